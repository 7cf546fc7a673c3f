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
 * A box before a or before b: it must be found, and kept awake.
 */
#include "pair.h"

void
nat_pair(struct pair *p, struct sim *s, int inside)
{
	pair_make(p, s);
	pair_nat(p, inside, 45 * SIM_SEC);
	p->p_opt.o_active[0] = inside == 0;
	p->p_opt.o_active[1] = inside == 1;
	own.ow_nat(p, inside);
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
		sim_fail(p->p_sim, "behind a NAT, but no UDP");
	if (sadb_newest(n, 0, 1)->sa_k.ks_udpport != o->n_natt)
		sim_fail(p->p_sim, "the end inside sends to port %u",
		    sadb_newest(n, 0, 1)->sa_k.ks_udpport);
	if (!addr_same(&out->sa_k.ks_dst, &n->n_nat->nb_outer))
		sim_fail(p->p_sim, "the end outside sends to %s",
		    addr_ntop(&out->sa_k.ks_dst));
	for (i = 0; i < 8; i++)
		if (n->n_nat->nb_map[i].nm_out == out->sa_k.ks_udpport &&
		    n->n_nat->nb_map[i].nm_in == n->n_natt)
			return;
	sim_fail(p->p_sim, "port %u is no mapping", out->sa_k.ks_udpport);
}

void
nat_kept(struct pair *p, struct sim *s, int inside, unsigned int most)
{
	struct node *n;
	uint64_t kept;

	nat_pair(p, s, inside);
	nat_check(p, inside);
	n = p->p_node[inside];
	kept = n->n_keepalives;
	sim_run(s, 10 * SIM_MIN);
	kept = n->n_keepalives - kept;
	if (kept < 10 || kept > most)
		sim_fail(s, "%llu keepalives in 10 minutes",
		    (unsigned long long)kept);
	if (p->p_node[!inside]->n_keepalives != 0)
		sim_fail(s, "keepalives from outside");
}

void
nat_end(struct pair *p, int inside)
{
	pair_settle(p, SIM_MIN);
	nat_check(p, inside);
	pair_data(p);
	if (p->p_flow[0][0]->f_wire + p->p_flow[0][1]->f_wire != 0)
		sim_fail(p->p_sim, "the NAT box let packets fall");
	pair_end(p);
}

void
nat_moves(struct pair *p, int inside, unsigned int times)
{
	struct sim *s = p->p_sim;

	while (times-- > 0) {
		sim_run(s, sim_below(s, 2 * SIM_MIN));
		nat_move(p->p_node[inside]->n_nat);
		if (sim_below(s, 3) == 0)
			node_rekey(p->p_node[sim_below(s, 2)],
			    REKEY_FIRST + sim_below(s, 2));
		sim_run(s, 5 * SIM_MIN);
		pair_settle(p, 3 * SIM_MIN);
		nat_check(p, inside);
		pair_data(p);
	}
	pair_end(p);
}
