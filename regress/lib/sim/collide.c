/*
 * Copyright (c) 2026 The um project
 *
 * Permission to use, copy, modify, and distribute this software for any
 * purpose with or without fee is hereby granted, provided that the above
 * copyright notice and this permission notice appear in all copies.
 *
 * THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
 * WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
 * MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
 * ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
 * WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
 * ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
 * OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
 */

/*
 * Both ends do something at once, and what they send is late.
 */
#include <string.h>

#include "pair.h"

static void
act(struct pair *p, int w, enum act what)
{
	struct node *n = p->p_node[w];
	struct sa *sa;

	history_who(n->n_sim, n->n_name);
	switch (what) {
	case ACT_CHILD:
	case ACT_IKE:
		engine_rekey(n->n_engine, what == ACT_IKE ? REKEY_IKE :
		    REKEY_CHILD);
		break;
	case ACT_EXPIRE:
		/* not one that the peer may not have yet */
		sa = sadb_newest(n, 0, sim_below(n->n_sim, 2));
		if (sa != NULL &&
		    sa->sa_born + 5 * SIM_SEC <= n->n_sim->s_now)
			sadb_expire(sa);
		break;
	case ACT_RESET:
		pair_reset(p, w);
		break;
	case ACT_NOTHING:
		break;
	}
	history_who(n->n_sim, NULL);
}

static int
script_hook(struct sim *s, struct node *from, struct dgram *d, void *arg)
{
	struct script *sc = arg;
	int w = from != s->s_node[0];

	if (sc->sc_n[w] == 6)
		return (10);
	return (sc->sc_delay[w][sc->sc_n[w]++]);
}

/* At most one of the first messages is lost, any may take its time. */
static void
script_make(struct sim *s, struct script *sc)
{
	static const int delays[] = { 1, 10, 11, 50, 500, 1500, 2500 };
	int i, w;

	memset(sc, 0, sizeof(*sc));
	for (w = 0; w < 2; w++)
		for (i = 0; i < 6; i++)
			sc->sc_delay[w][i] = sim_below(s, 3) == 0 ?
			    delays[sim_below(s, 7)] : 10;
	if (sim_below(s, 2))
		sc->sc_delay[sim_below(s, 2)][sim_below(s, 4)] = -2;
}

void
collide_start(struct pair *p, struct script *sc)
{
	struct sim *s = p->p_sim;

	pair_startboth(p);
	pair_settle(p, SIM_MIN);
	pair_flows(p, 50);
	script_make(s, sc);
	s->s_hook = script_hook;
	s->s_hookarg = sc;
}

void
collide_once(struct pair *p, const struct collision *c)
{
	static const unsigned int gaps[] = { 0, 0, 0, 5, 9, 10, 11, 20, 100,
	    600, 2000 };
	int w;

	for (w = 0; w < 2; w++) {
		act(p, w, c->co_act[w]);
		sim_run(p->p_sim, gaps[sim_below(p->p_sim, 11)]);
	}
}

/* Packets of an SA that is deleted at one end are lost under way. */
static int
deletes(const struct collision *c)
{
	int w;

	for (w = 0; w < 2; w++)
		if (c->co_act[w] == ACT_EXPIRE || c->co_act[w] == ACT_RESET)
			return (1);
	return (0);
}

void
collide_end(struct pair *p, const struct collision *c, uint64_t ms)
{
	struct sim *s = p->p_sim;

	sim_run(s, 20 * SIM_SEC);
	s->s_hook = NULL;
	pair_back(p, ms);
	pair_settle(p, 2 * SIM_MIN);
	if (pair_lost(p) != 0 && !deletes(c))
		sim_fail(s, "%s: lost %u packets", c->co_what, pair_lost(p));
	pair_data(p);
	pair_end(p);
}
