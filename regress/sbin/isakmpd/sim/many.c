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

#include "pair.h"

#define SPOKES	(SIM_NODES - 1)

static const struct collision collisions[] = {
	{ { ACT_CHILD, ACT_CHILD }, "both rekey phase 2" },
	{ { ACT_IKE, ACT_IKE }, "both rekey phase 1" },
	{ { ACT_CHILD, ACT_IKE }, "phase 2 meets phase 1" },
	{ { ACT_IKE, ACT_CHILD }, "phase 1 meets phase 2" },
	{ { ACT_CHILD, ACT_EXPIRE }, "rekey meets delete" },
	{ { ACT_EXPIRE, ACT_CHILD }, "delete meets rekey" },
	{ { ACT_EXPIRE, ACT_EXPIRE }, "both delete" },
	{ { ACT_IKE, ACT_EXPIRE }, "phase 1 meets delete" },
	{ { ACT_CHILD, ACT_RESET }, "rekey meets teardown of phase 1" },
	{ { ACT_RESET, ACT_CHILD }, "teardown of phase 1 meets rekey" },
	{ { ACT_IKE, ACT_RESET }, "phase 1 meets its teardown" },
	{ { ACT_RESET, ACT_RESET }, "both tear down phase 1" },
	{ { ACT_CHILD, ACT_NOTHING }, "phase 2 alone" },
	{ { ACT_IKE, ACT_NOTHING }, "phase 1 alone" }
};
#define NCOLLISIONS	(sizeof(collisions) / sizeof(collisions[0]))

void
test_collide(struct sim *s)
{
	unsigned int n = 1 + sim_below(s, 3);
	const struct collision *c;
	struct script sc;
	struct pair p;

	c = &collisions[s->s_seed % NCOLLISIONS];
	pair_make(&p, s);
	p.p_opt.o_active[1] = sim_below(s, 2);
	collide_start(&p, &sc);
	while (n-- > 0)
		collide_once(&p, c);
	collide_end(&p, c, 2 * SIM_MIN);
}

void
test_nat(struct sim *s)
{
	int inside = sim_below(s, 2);
	struct pair p;

	nat_kept(&p, s, inside, 120);
	/* from outside, through a mapping that nobody used since */
	node_rekey(p.p_node[!inside], 2);
	nat_end(&p, inside);
}

/* Under a tunnel, in use or not. */
void
test_natmove(struct sim *s)
{
	int inside = sim_below(s, 2);
	unsigned int n = 1 + sim_below(s, 3);
	struct pair p;

	nat_pair(&p, s, inside);
	if (sim_below(s, 2))
		pair_flows(&p, 200);
	nat_moves(&p, inside, n);
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
		wheel_addr(i, addr[i], sizeof(addr[i]));
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

	wheel_new(s, spokes);
	hub_start(s, spokes, roles);
	for (i = 0; i < spokes; i++)
		spoke_start(s, i, roles);
	hub_settle(s, spokes, 30 * SIM_SEC);
	wheel_flows(s, spokes);
	node_rekey(s->s_node[sim_below(s, spokes + 1)], 2);
	node_rekey(s->s_node[0], 1 + sim_below(s, 2));
	sim_run(s, 30 * SIM_SEC);
	wheel_lossless(s);
	node_kill(s->s_node[0], sim_below(s, 2));
	sim_run(s, sim_below(s, 3 * SIM_MIN));
	hub_start(s, spokes, roles);
	hub_settle(s, spokes, 2 * SIM_MIN);
	sim_free(s);
}
