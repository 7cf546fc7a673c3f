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
 * Both ends at once (RFC 7296 2.8, 2.25), and paths that change: NAT boxes,
 * ports and addresses.
 */
#include <stdio.h>
#include <string.h>

#include "pair.h"

/* What an end can do to the other's plans. */
enum act { CHILD, IKE, EXPIRE, RESET, NOTHING };

static const struct collision {
	enum act	a;
	enum act	b;
	const char	*what;
} collisions[] = {
	{ CHILD,	CHILD,	"both rekey the child" },
	{ IKE,		IKE,	"both rekey the IKE SA" },
	{ CHILD,	IKE,	"child rekey meets IKE rekey" },
	{ IKE,		CHILD,	"IKE rekey meets child rekey" },
	{ CHILD,	EXPIRE,	"child rekey meets child delete" },
	{ EXPIRE,	CHILD,	"child delete meets child rekey" },
	{ EXPIRE,	EXPIRE,	"both delete the child" },
	{ IKE,		EXPIRE,	"IKE rekey meets child delete" },
	{ EXPIRE,	IKE,	"child delete meets IKE rekey" },
	{ CHILD,	RESET,	"child rekey meets IKE delete" },
	{ RESET,	CHILD,	"IKE delete meets child rekey" },
	{ IKE,		RESET,	"IKE rekey meets IKE delete" },
	{ RESET,	IKE,	"IKE delete meets IKE rekey" },
	{ RESET,	RESET,	"both delete the IKE SA" },
	{ CHILD,	NOTHING, "child rekey alone" },
	{ IKE,		NOTHING, "IKE rekey alone" }
};
#define NCOLLISIONS	(sizeof(collisions) / sizeof(collisions[0]))

static void
act(struct node *n, enum act what)
{
	struct sa *sa;

	history_who(n->n_sim, n->n_name);
	switch (what) {
	case CHILD:
	case IKE:
		engine_rekey(n->n_engine, what == IKE);
		break;
	case EXPIRE:
		/* not one that the peer may not have yet */
		sa = sadb_newest(n, 0, sim_below(n->n_sim, 2));
		if (sa != NULL &&
		    sa->sa_born + 5 * SIM_SEC <= n->n_sim->s_now)
			sadb_expire(sa);
		break;
	case RESET:
		engine_reset(n->n_engine, NULL);
		break;
	case NOTHING:
		break;
	}
	history_who(n->n_sim, NULL);
}

/* The fate of the first messages after the collision began. */
struct script {
	int		 sc_delay[2][6];	/* of a's, of b's */
	unsigned int	 sc_n[2];
};

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

static int
act_deletes(enum act what)
{
	return (what == EXPIRE || what == RESET);
}

void
test_collide(struct sim *s)
{
	static const unsigned int gaps[] = { 0, 0, 0, 5, 9, 10, 11, 20, 100,
	    600, 2000 };
	const struct collision *c;
	struct script sc;
	struct pair p;
	int i;

	c = &collisions[s->s_seed % NCOLLISIONS];
	pair_new(&p, s);
	p.p_opt.o_active[1] = sim_below(s, 2);
	if (sim_below(s, 2))
		p.p_opt.o_childsa[0] = p.p_opt.o_childsa[1] =
		    "childsa enc aes-128-gcm group curve25519";
	pair_startboth(&p);
	pair_settle(&p, SIM_MIN);
	pair_flows(&p, 50);
	script_make(s, &sc);
	s->s_hook = script_hook;
	s->s_hookarg = &sc;
	for (i = 0; i < 1 + sim_below(s, 3); i++) {
		act(p.p_node[0], c->a);
		sim_run(s, gaps[sim_below(s, 11)]);
		act(p.p_node[1], c->b);
		sim_run(s, gaps[sim_below(s, 11)]);
	}
	sim_run(s, 20 * SIM_SEC);
	s->s_hook = NULL;
	pair_back(&p, 10 * SIM_SEC);
	pair_settle(&p, 2 * SIM_MIN);
	if (pair_lost(&p) != 0 && !act_deletes(c->a) && !act_deletes(c->b))
		sim_fail(s, "%s: lost %u packets", c->what, pair_lost(&p));
	pair_data(&p);
	pair_end(&p);
}

/* A box before a or before b: it must be found, and kept awake. */
static void
nat_pair(struct pair *p, struct sim *s, int inside)
{
	pair_new(p, s);
	pair_nat(p, inside, 45 * SIM_SEC);
	p->p_opt.o_peer[!inside] = "peer any";
	p->p_opt.o_active[0] = inside == 0;
	p->p_opt.o_active[1] = inside == 1;
	pair_startboth(p);
	pair_settle(p, SIM_MIN);
}

static void
nat_check(struct pair *p, int inside)
{
	struct node *n = p->p_node[inside], *o = p->p_node[!inside];
	struct sa *out = sadb_newest(o, 0, 1);

	if (!sadb_newest(n, 0, 1)->sa_k.ks_udpencap ||
	    !out->sa_k.ks_udpencap)
		sim_fail(p->p_sim, "behind a NAT, but no UDP");
	if (sadb_newest(n, 0, 1)->sa_k.ks_udpport != IKE_PORT_NATT)
		sim_fail(p->p_sim, "the end inside sends to port %u",
		    sadb_newest(n, 0, 1)->sa_k.ks_udpport);
	if (!addr_same(&out->sa_k.ks_dst, &n->n_nat->nb_outer))
		sim_fail(p->p_sim, "the end outside sends to %s",
		    addr_ntop(&out->sa_k.ks_dst));
}

void
test_nat(struct sim *s)
{
	int inside = sim_below(s, 2);
	struct pair p;
	uint64_t kept;

	nat_pair(&p, s, inside);
	nat_check(&p, inside);
	kept = p.p_node[inside]->n_keepalives;
	sim_run(s, 10 * SIM_MIN);
	kept = p.p_node[inside]->n_keepalives - kept;
	if (kept < 10 || kept > 60)
		sim_fail(s, "%llu keepalives in 10 minutes",
		    (unsigned long long)kept);
	if (p.p_node[!inside]->n_keepalives != 0)
		sim_fail(s, "keepalives from outside");
	/* from outside, through a mapping that nobody used since */
	node_rekey(p.p_node[!inside], sim_below(s, 2));
	pair_settle(&p, SIM_MIN);
	nat_check(&p, inside);
	pair_data(&p);
	if (p.p_flow[0][0]->f_wire + p.p_flow[0][1]->f_wire != 0)
		sim_fail(s, "the NAT box let packets fall");
	pair_end(&p);
}

/* The box forgets: other ports, under a tunnel in use. */
void
test_natmove(struct sim *s)
{
	int inside = sim_below(s, 2);
	unsigned int i, n = 1 + sim_below(s, 3);
	struct pair p;

	nat_pair(&p, s, inside);
	pair_flows(&p, 200);
	for (i = 0; i < n; i++) {
		sim_run(s, sim_below(s, 2 * SIM_MIN));
		nat_move(p.p_node[inside]->n_nat);
		if (sim_below(s, 3) == 0)
			node_rekey(p.p_node[sim_below(s, 2)],
			    sim_below(s, 2));
		sim_run(s, 5 * SIM_MIN);
		pair_settle(&p, 3 * SIM_MIN);
		nat_check(&p, inside);
		pair_data(&p);
	}
	pair_end(&p);
}

/*
 * To another network, behind its own NAT box, if there is one.
 */
static void
roam(struct pair *p, unsigned int i)
{
	struct node *n = p->p_node[0];
	char addr[32], outer[32];

	snprintf(outer, sizeof(outer), "203.0.113.%u", 3 + i);
	snprintf(addr, sizeof(addr), "10.%u.0.2", 7 + i);
	if (n->n_nat != NULL) {
		nat_move(n->n_nat);
		addr_pton(outer, &n->n_nat->nb_outer);
		addr_pton(addr, &n->n_addr);
	} else
		addr_pton(outer, &n->n_addr);
	history_who(n->n_sim, n->n_name);
	engine_addresses(n->n_engine);
	history_who(n->n_sim, NULL);
}

/* The initiator goes elsewhere, and the tunnel with it, as it is. */
void
test_mobike(struct sim *s)
{
	unsigned int i, n = 1 + sim_below(s, 4), rekeyed = 0;
	struct pair p;
	uint64_t print;

	pair_new(&p, s);
	if (sim_below(s, 2))
		pair_nat(&p, 0, SIM_MIN);
	else
		pair_v4(&p);
	p.p_opt.o_mobike = 1;
	p.p_opt.o_peer[1] = "peer any";
	p.p_opt.o_anylocal = 1;
	pair_startboth(&p);
	pair_settle(&p, SIM_MIN);
	pair_flows(&p, 200);
	print = sadb_newest(p.p_node[0], 0, 1)->sa_print;
	for (i = 0; i < n; i++) {
		if (sim_below(s, 2))
			pair_badwire(&p, 200);
		roam(&p, i);
		if (sim_below(s, 3) == 0) {
			rekeyed = 1;
			node_rekey(p.p_node[sim_below(s, 2)],
			    sim_below(s, 2));
		}
		sim_run(s, sim_below(s, 30 * SIM_SEC));
		wire_good(&s->s_ike);
		pair_settle(&p, SIM_MIN);
		pair_data(&p);
	}
	if (!rekeyed && sadb_newest(p.p_node[0], 0, 1)->sa_print != print)
		sim_fail(s, "the tunnel was made anew, not moved");
	pair_end(&p);
}
