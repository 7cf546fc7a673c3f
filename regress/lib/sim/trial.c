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
 * What may happen to a tunnel in its life, whatever keeps it.
 */
#include <string.h>

#include "pair.h"

void
trial_up(struct sim *s, struct pair *p)
{
	pair_make(p, s);
	pair_who(p);
	pair_ca(p);
	p->p_opt.o_tunnels = 1 + sim_below(s, PAIR_TUNNELS);
	own.ow_up(p);
}

/* A seed is a seed: what the engines do depends on nothing else. */
void
test_twice(struct sim *s)
{
	uint64_t trace[2];
	struct sim *again;
	struct pair p;
	int i;

	for (i = 0; i < 2; i++) {
		again = sim_new(s->s_seed);
		memcpy(&again->s_fail, &s->s_fail, sizeof(s->s_fail));
		trial_up(again, &p);
		if (own.ow_certain != NULL)
			own.ow_certain(&p);
		pair_badwire(&p, 200);
		pair_startboth(&p);
		sim_run(again, 30 * SIM_SEC);
		trace[i] = again->s_trace;
		wire_good(&again->s_ike);
		pair_settle(&p, own.ow_twice);
		pair_end(&p);
	}
	if (trace[0] != trace[1])
		sim_fail(s, "two runs differ");
	sim_free(s);
}

/* Mostly what is below it. */
static int
rarely_ike(struct sim *s)
{
	return (sim_below(s, 3) == 0 ? REKEY_IKE : REKEY_CHILD);
}

/* Rekeys at any time, of either kind, by either end, for a while. */
static void
rekey_often(struct pair *p)
{
	struct sim *s = p->p_sim;
	unsigned int i, n = 3 + sim_below(s, 8);
	int both;

	for (i = 0; i < n; i++) {
		both = sim_below(s, 3) == 0;
		if (both || sim_below(s, 2))
			node_rekey(p->p_node[0], rarely_ike(s));
		else
			node_rekey(p->p_node[1], rarely_ike(s));
		if (both) {
			sim_run(s, sim_below(s, 40));
			node_rekey(p->p_node[1], rarely_ike(s));
		}
		sim_run(s, sim_below(s, sim_below(s, 2) ? 200 :
		    20 * SIM_SEC));
	}
}

void
trial_mix(struct pair *p)
{
	struct sim *s = p->p_sim;

	pair_startboth(p);
	pair_settle(p, 2 * SIM_MIN);
	s->s_esp.wi_min = 1;
	s->s_esp.wi_max = 1 + sim_below(s, 60);
}

void
trial_rekey(struct pair *p, uint64_t later)
{
	struct sim *s = p->p_sim;

	pair_flows(p, 50 + sim_below(s, 200));
	rekey_often(p);
	sim_run(s, sim_below(s, 4) == 0 ? later : SIM_SEC);
	wire_good(&s->s_ike);
	pair_settle(p, 3 * SIM_MIN);
	if (pair_lost(p) != 0)
		sim_fail(s, "rekeying lost %u packets", pair_lost(p));
	pair_data(p);
	pair_end(p);
}

void
trial_expire(struct pair *p, void (*check)(struct pair *, const struct ksa *))
{
	struct sim *s = p->p_sim;
	struct sa *sa;
	uint32_t spi;

	pair_startboth(p);
	pair_settle(p, SIM_MIN);
	sa = sadb_newest(p->p_node[0], 0, 1);
	spi = sa->sa_k.ks_spi;
	check(p, &sa->sa_k);
	pair_flows(p, 200);
	sim_run(s, 5 * SIM_MIN);
	sa = sadb_newest(p->p_node[0], 0, 1);
	if (sa == NULL || sa->sa_k.ks_spi == spi)
		sim_fail(s, "no rekey for lifetime's sake");
	pair_settle(p, SIM_MIN);
	if (pair_lost(p) != 0)
		sim_fail(s, "expiry lost %u packets", pair_lost(p));
	pair_end(p);
}

/* A node dies, its kernel with it or not, and comes back: so do tunnels. */
void
test_crash(struct sim *s)
{
	unsigned int i, n = 1 + sim_below(s, 3);
	struct pair p;
	int w, rekeyed;

	pair_make(&p, s);
	pair_who(&p);
	pair_ca(&p);
	p.p_opt.o_tunnels = 1 + sim_below(s, 2);
	pair_startboth(&p);
	pair_settle(&p, SIM_MIN);
	pair_flows(&p, 200);
	for (i = 0; i < n; i++) {
		w = sim_below(s, 2);
		if ((rekeyed = sim_below(s, 3) == 0))
			node_rekey(p.p_node[sim_below(s, 2)],
			    REKEY_FIRST + sim_below(s, 2));
		sim_run(s, sim_below(s, 100));
		node_kill(p.p_node[w], sim_below(s, 2));
		sim_run(s, sim_below(s, 2) ? sim_below(s, 3 * SIM_SEC) :
		    sim_below(s, 5 * SIM_MIN));
		if (sim_below(s, 4) == 0) {
			node_kill(p.p_node[!w], sim_below(s, 2));
			pair_start(&p, !w);
		}
		pair_start(&p, w);
		pair_back(&p, own.ow_patience(&p, w, rekeyed));
		pair_settle(&p, own.ow_crash);
		pair_data(&p);
	}
	pair_end(&p);
}

/* Out of reach for minutes or hours; nobody shouts meanwhile. */
void
test_partition(struct sim *s)
{
	unsigned int w = sim_below(s, 3);
	struct pair p;
	int i;

	pair_make(&p, s);
	pair_who(&p);
	pair_startboth(&p);
	pair_settle(&p, SIM_MIN);
	pair_flows(&p, 1000);
	for (i = 0; i < 2; i++)
		p.p_node[i]->n_cut = w == i || w == 2;
	sim_run(s, 5 * SIM_MIN);
	p.p_node[0]->n_maxsent = p.p_node[1]->n_maxsent = 0;
	sim_run(s, sim_below(s, 2) ? sim_below(s, 10 * SIM_MIN) :
	    sim_below(s, 5 * 60 * SIM_MIN));
	for (i = 0; i < 2; i++) {
		if (p.p_node[i]->n_maxsent > 12)
			sim_fail(s, "%s: %u messages a minute to nobody",
			    p.p_node[i]->n_name, p.p_node[i]->n_maxsent);
		p.p_node[i]->n_cut = 0;
	}
	pair_back(&p, 2 * SIM_MIN);
	pair_settle(&p, 3 * SIM_MIN);
	pair_data(&p);
	pair_end(&p);
}

void
trial_print(struct pair *p, uint64_t *print)
{
	unsigned int t;

	for (t = 0; t < 2; t++)
		print[t] = pair_print(p, t);
}

void
trial_same(struct pair *p, const uint64_t *print, const char *what)
{
	unsigned int t;

	for (t = 0; t < 2; t++)
		if (pair_print(p, t) != print[t])
			sim_fail(p->p_sim, "%s touched tunnel %u", what, t);
}

void
trial_gone(struct pair *p)
{
	if (sadb_count(p->p_node[0], 2, 0, 0) +
	    sadb_count(p->p_node[1], 2, 0, 0) != 0)
		sim_fail(p->p_sim, "the tunnel that went left SAs");
}

void
trial_keybits(struct pair *p, unsigned int bits)
{
	unsigned int t;

	for (t = 0; t < 2; t++)
		if (sadb_newest(p->p_node[0], t, 1)->sa_k.ks_encr.xf_keybits
		    != bits)
			sim_fail(p->p_sim, "what has changed does not count");
}
