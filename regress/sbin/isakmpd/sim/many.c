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
 * Both ends at once, paths that change, and one node with many peers that
 * all want everything.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "pair.h"

#define SPOKES	(SIM_NODES - 1)

/* What an end can do to the other's plans. */
enum act { QUICK, MAIN, EXPIRE, TEARDOWN, NOTHING };

static const struct collision {
	enum act	a;
	enum act	b;
	const char	*what;
} collisions[] = {
	{ QUICK,	QUICK,	"both rekey phase 2" },
	{ MAIN,		MAIN,	"both rekey phase 1" },
	{ QUICK,	MAIN,	"phase 2 meets phase 1" },
	{ MAIN,		QUICK,	"phase 1 meets phase 2" },
	{ QUICK,	EXPIRE,	"rekey meets delete" },
	{ EXPIRE,	QUICK,	"delete meets rekey" },
	{ EXPIRE,	EXPIRE,	"both delete" },
	{ MAIN,		EXPIRE,	"phase 1 meets delete" },
	{ QUICK,	TEARDOWN, "rekey meets teardown of phase 1" },
	{ TEARDOWN,	QUICK,	"teardown of phase 1 meets rekey" },
	{ MAIN,		TEARDOWN, "phase 1 meets its teardown" },
	{ TEARDOWN,	TEARDOWN, "both tear down phase 1" },
	{ QUICK,	NOTHING, "phase 2 alone" },
	{ MAIN,		NOTHING, "phase 1 alone" }
};
#define NCOLLISIONS	(sizeof(collisions) / sizeof(collisions[0]))

static void
act(struct pair *p, int w, enum act what)
{
	struct node *n = p->p_node[w];
	struct rule r;
	struct sa *sa;

	history_who(n->n_sim, n->n_name);
	switch (what) {
	case QUICK:
	case MAIN:
		engine_rekey(n->n_engine, what == MAIN ? 1 : 2);
		break;
	case EXPIRE:
		/* not one that the peer may not have yet */
		sa = sadb_newest(n, 0, sim_below(n->n_sim, 2));
		if (sa != NULL &&
		    sa->sa_born + 5 * SIM_SEC <= n->n_sim->s_now)
			sadb_expire(sa);
		break;
	case TEARDOWN:
		pair_rule(p, w, 0, &r);
		engine_teardown(n->n_engine, 1, rule_peer(&r));
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

/*
 * An SA was deleted at one end: packets under way are lost.  Without phase 1
 * nobody can say what became of phase 2.
 */
static int
act_deletes(const struct collision *c)
{
	return (c->a == EXPIRE || c->b == EXPIRE || c->a == TEARDOWN ||
	    c->b == TEARDOWN);
}

void
test_collide(struct sim *s)
{
	static const unsigned int gaps[] = { 0, 0, 0, 5, 9, 10, 11, 20, 100,
	    600, 2000 };
	const struct collision *c;
	struct script sc;
	struct pair p;
	int i, n = 1 + sim_below(s, 3);

	c = &collisions[s->s_seed % NCOLLISIONS];
	pair_make(&p, s);
	p.p_opt.o_active[1] = sim_below(s, 2);
	pair_startboth(&p);
	pair_settle(&p, SIM_MIN);
	pair_flows(&p, 50);
	script_make(s, &sc);
	s->s_hook = script_hook;
	s->s_hookarg = &sc;
	for (i = 0; i < n; i++) {
		act(&p, 0, c->a);
		sim_run(s, gaps[sim_below(s, 11)]);
		act(&p, 1, c->b);
		sim_run(s, gaps[sim_below(s, 11)]);
	}
	sim_run(s, 20 * SIM_SEC);
	s->s_hook = NULL;
	pair_back(&p, 2 * SIM_MIN);
	pair_settle(&p, 2 * SIM_MIN);
	if (pair_lost(&p) != 0 && !act_deletes(c))
		sim_fail(s, "%s: lost %u packets", c->what, pair_lost(&p));
	pair_data(&p);
	pair_end(&p);
}

/* A box before a or before b: it must be found, and kept awake. */
static void
nat_pair(struct pair *p, struct sim *s, int inside)
{
	pair_make(p, s);
	pair_nat(p, inside, 45 * SIM_SEC);
	p->p_opt.o_anypeer[!inside] = 1;
	p->p_opt.o_active[0] = inside == 0;
	p->p_opt.o_active[1] = inside == 1;
	p->p_opt.o_aggressive = sim_below(s, 4) == 0;
	p->p_opt.o_rsa = sim_below(s, 8) == 0;
	pair_startboth(p);
	pair_settle(p, SIM_MIN);
}

static void
nat_check(struct pair *p, int inside)
{
	struct node *n = p->p_node[inside], *o = p->p_node[!inside];
	struct sa *out = sadb_newest(o, 0, 1);
	int i;

	if (!out->sa_k.ks_udpencap || !sadb_newest(n, 0, 1)->sa_k.ks_udpencap)
		sim_fail(p->p_sim, "NAT not found");
	if (sadb_newest(n, 0, 1)->sa_k.ks_udpport != o->n_natt)
		sim_fail(p->p_sim, "to port %u",
		    sadb_newest(n, 0, 1)->sa_k.ks_udpport);
	for (i = 0; i < 8; i++)
		if (n->n_nat->nb_map[i].nm_out == out->sa_k.ks_udpport &&
		    n->n_nat->nb_map[i].nm_in == n->n_natt)
			return;
	sim_fail(p->p_sim, "port %u is no mapping", out->sa_k.ks_udpport);
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
	if (kept < 10 || kept > 120)
		sim_fail(s, "%llu keepalives in 10 minutes",
		    (unsigned long long)kept);
	if (p.p_node[!inside]->n_keepalives != 0)
		sim_fail(s, "keepalives from outside");
	/* from outside, through a mapping that nobody used since */
	node_rekey(p.p_node[!inside], 2);
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
	if (sim_below(s, 2))
		pair_flows(&p, 200);
	for (i = 0; i < n; i++) {
		sim_run(s, sim_below(s, 2 * SIM_MIN));
		nat_move(p.p_node[inside]->n_nat);
		if (sim_below(s, 3) == 0)
			node_rekey(p.p_node[sim_below(s, 2)],
			    1 + sim_below(s, 2));
		sim_run(s, 5 * SIM_MIN);
		pair_settle(&p, 3 * SIM_MIN);
		nat_check(&p, inside);
		pair_data(&p);
	}
	pair_end(&p);
}

static void
spoke_addr(unsigned int i, char *addr, size_t len)
{
	snprintf(addr, len, "198.51.100.%u", 10 + i);
}

static void
many_rule(struct rule *r, int hub, int active, int ids)
{
	static const struct rule defaults = {
		.r_psk = SIM_SECRET, .r_enc = { "aes", "aes" },
		.r_hash = { "SHA2_256", "SHA2_256" },
		.r_group = { "ECP_256", "ECP_256" }
	};

	*r = defaults;
	r->r_active = active;
	if (hub)
		r->r_local = "192.0.2.1";
	else
		r->r_peer = "192.0.2.1";
	if (ids && hub)
		r->r_srcid = "hub.example";
	else if (ids)
		r->r_dstid = "hub.example";
}

/* roles: a bit of each spoke, 0: the hub initiates; 2 of 3: both do. */
static void
hub_start(struct sim *s, unsigned int spokes, unsigned int roles)
{
	char addr[SPOKES][32], id[32];
	struct confdb *db;
	struct rule r;
	unsigned int i;

	if ((db = confdb_new()) == NULL)
		err(2, NULL);
	rule_general(db, "DPD-check-interval", 5);
	for (i = 0; i < spokes; i++) {
		many_rule(&r, 1, (roles >> i & 1) == 0, roles >> 31);
		spoke_addr(i, addr[i], sizeof(addr[i]));
		snprintf(id, sizeof(id), "s%u.example", i);
		r.r_unit = i;
		r.r_peer = addr[i];
		r.r_dstid = roles >> 31 ? id : NULL;
		rule_put(db, &r);
	}
	node_start(s->s_node[0], db);
}

static void
spoke_start(struct sim *s, unsigned int i, unsigned int roles)
{
	struct confdb *db;
	struct rule r;
	char id[32];

	if ((db = confdb_new()) == NULL)
		err(2, NULL);
	rule_general(db, "DPD-check-interval", 5);
	many_rule(&r, 0, (roles >> i & 1) != 0 || i % 3 == 2, roles >> 31);
	snprintf(id, sizeof(id), "s%u.example", i);
	r.r_unit = i;
	r.r_srcid = roles >> 31 ? id : NULL;
	rule_put(db, &r);
	node_start(s->s_node[i + 1], db);
}

static int
hub_good(struct sim *s, unsigned int spokes, char *why, size_t len)
{
	struct engine_count ec;
	struct sa *in, *out;
	unsigned int i;

	engine_counts(s->s_node[0]->n_engine, &ec);
	snprintf(why, len, "%u ISAKMP SAs and %u pairs of %u",
	    ec.ec_established, ec.ec_live, spokes);
	if (ec.ec_established < spokes || ec.ec_established > 2 * spokes ||
	    ec.ec_live != spokes)
		return (0);
	for (i = 0; i < spokes; i++) {
		out = sadb_newest(s->s_node[i + 1], i, 1);
		in = out == NULL ? NULL : sadb_find(s->s_node[0],
		    out->sa_k.ks_spi, &s->s_node[0]->n_addr);
		snprintf(why, len, "spoke %u is not on sec%u, or sends by "
		    "%u SAs", i, i, sadb_count(s->s_node[0], i, 1, 0));
		if (in == NULL || in->sa_k.ks_unit != i ||
		    in->sa_print != out->sa_print ||
		    sadb_count(s->s_node[0], i, 1, 0) != 1)
			return (0);
	}
	return (1);
}

static void
hub_settle(struct sim *s, unsigned int spokes, uint64_t ms)
{
	/* what was made twice goes after a while */
	uint64_t end = s->s_now + ms + 60 * SIM_SEC;
	char why[128];

	while (!hub_good(s, spokes, why, sizeof(why))) {
		if (s->s_now >= end)
			sim_fail(s, "%s", why);
		sim_run(s, 250);
	}
	/* and stays so, or comes to it again: the other end may begin, too */
	sim_run(s, 90 * SIM_SEC);
	if (!hub_good(s, spokes, why, sizeof(why)))
		sim_fail(s, "not for long: %s", why);
}

/* Each on its own interface, whoever begins, also after the hub came back. */
void
test_many(struct sim *s)
{
	unsigned int i, spokes = 2 + sim_below(s, SPOKES - 1);
	unsigned int roles = sim_random(s);
	char name[16], addr[32];

	node_new(s, "hub", "192.0.2.1");
	for (i = 0; i < spokes; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		spoke_addr(i, addr, sizeof(addr));
		node_new(s, name, addr);
	}
	hub_start(s, spokes, roles);
	for (i = 0; i < spokes; i++)
		spoke_start(s, i, roles);
	hub_settle(s, spokes, 30 * SIM_SEC);
	for (i = 0; i < spokes; i++) {
		flow_new(s->s_node[0], s->s_node[i + 1], i, 100);
		flow_new(s->s_node[i + 1], s->s_node[0], i, 100);
	}
	sim_run(s, 2 * SIM_SEC);
	node_rekey(s->s_node[sim_below(s, spokes + 1)], 2);
	node_rekey(s->s_node[0], 1 + sim_below(s, 2));
	sim_run(s, 30 * SIM_SEC);
	for (i = 0; i < s->s_nflows; i++)
		if (s->s_flow[i].f_got == 0 || flow_lost(&s->s_flow[i]) != 0)
			sim_fail(s, "flow %u: %u got, %u lost", i,
			    s->s_flow[i].f_got, flow_lost(&s->s_flow[i]));
	node_kill(s->s_node[0], sim_below(s, 2));
	sim_run(s, sim_below(s, 3 * SIM_MIN));
	hub_start(s, spokes, roles);
	hub_settle(s, spokes, 2 * SIM_MIN);
	sim_free(s);
}
