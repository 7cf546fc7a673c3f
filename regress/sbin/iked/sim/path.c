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

#include "pair.h"

static const struct collision collisions[] = {
	{ { ACT_CHILD, ACT_CHILD }, "both rekey the child" },
	{ { ACT_IKE, ACT_IKE }, "both rekey the IKE SA" },
	{ { ACT_CHILD, ACT_IKE }, "child rekey meets IKE rekey" },
	{ { ACT_IKE, ACT_CHILD }, "IKE rekey meets child rekey" },
	{ { ACT_CHILD, ACT_EXPIRE }, "child rekey meets child delete" },
	{ { ACT_EXPIRE, ACT_CHILD }, "child delete meets child rekey" },
	{ { ACT_EXPIRE, ACT_EXPIRE }, "both delete the child" },
	{ { ACT_IKE, ACT_EXPIRE }, "IKE rekey meets child delete" },
	{ { ACT_EXPIRE, ACT_IKE }, "child delete meets IKE rekey" },
	{ { ACT_CHILD, ACT_RESET }, "child rekey meets IKE delete" },
	{ { ACT_RESET, ACT_CHILD }, "IKE delete meets child rekey" },
	{ { ACT_IKE, ACT_RESET }, "IKE rekey meets IKE delete" },
	{ { ACT_RESET, ACT_IKE }, "IKE delete meets IKE rekey" },
	{ { ACT_RESET, ACT_RESET }, "both delete the IKE SA" },
	{ { ACT_CHILD, ACT_NOTHING }, "child rekey alone" },
	{ { ACT_IKE, ACT_NOTHING }, "IKE rekey alone" }
};
#define NCOLLISIONS	(sizeof(collisions) / sizeof(collisions[0]))

void
test_collide(struct sim *s)
{
	const struct collision *c;
	struct script sc;
	struct pair p;
	unsigned int i;

	c = &collisions[s->s_seed % NCOLLISIONS];
	pair_make(&p, s);
	p.p_opt.o_active[1] = sim_below(s, 2);
	if (sim_below(s, 2))
		p.p_opt.o_childsa[0] = p.p_opt.o_childsa[1] =
		    "childsa enc aes-128-gcm group curve25519";
	collide_start(&p, &sc);
	for (i = 0; i < 1 + sim_below(s, 3); i++)
		collide_once(&p, c);
	collide_end(&p, c, 10 * SIM_SEC);
}

void
test_nat(struct sim *s)
{
	int inside = sim_below(s, 2);
	struct pair p;

	nat_kept(&p, s, inside, 60);
	/* from outside, through a mapping that nobody used since */
	node_rekey(p.p_node[!inside], sim_below(s, 2));
	nat_end(&p, inside);
}

/* Under a tunnel in use. */
void
test_natmove(struct sim *s)
{
	int inside = sim_below(s, 2);
	unsigned int n = 1 + sim_below(s, 3);
	struct pair p;

	nat_pair(&p, s, inside);
	pair_flows(&p, 200);
	nat_moves(&p, inside, n);
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

	pair_make(&p, s);
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
