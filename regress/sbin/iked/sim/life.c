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
 * A tunnel's life on bad networks: up, rekeyed, expired, crashed, cut off,
 * configured anew.
 */
#include "pair.h"

void
test_up(struct sim *s)
{
	struct pair p;

	trial_up(s, &p);
	if (sim_below(s, 4) != 0) {
		pair_badwire(&p, 300);
		pair_startboth(&p);
		sim_run(s, 1 + sim_below(s, 90 * SIM_SEC));
		wire_good(&s->s_ike);
		pair_settle(&p, 3 * SIM_MIN);
	} else {
		pair_startboth(&p);
		pair_back(&p, 2 * SIM_SEC);
		pair_settle(&p, 1 * SIM_MIN);
	}
	pair_data(&p);
	pair_end(&p);
}

/*
 * The wire of ESP loses nothing, but turns the order about: not one packet
 * may be lost.
 */
void
test_rekey(struct sim *s)
{
	struct pair p;

	pair_make(&p, s);
	pair_who(&p);
	pair_ca(&p);
	p.p_opt.o_tunnels = 1 + sim_below(s, 2);
	if (sim_below(s, 2))
		p.p_opt.o_childsa[0] = p.p_opt.o_childsa[1] =
		    "childsa enc aes-128-gcm group curve25519";
	/* time enough for a bad wire between soft and hard */
	if (sim_below(s, 2))
		p.p_opt.o_life = 600 + sim_below(s, 600);
	if (sim_below(s, 2))
		p.p_opt.o_ikelife = 60 + sim_below(s, 120);
	trial_mix(&p);
	pair_badwire(&p, 150);
	s->s_mercy = 1;		/* else the peer would seem to be dead */
	trial_rekey(&p, 20 * SIM_MIN);
}

/* What was asked for is what it has. */
static void
expire_check(struct pair *p, const struct ksa *k)
{
	unsigned int kind = p->p_sim->s_seed % 3;

	if ((kind == 0 && k->ks_hard_bytes == 0) ||
	    (kind == 1 && k->ks_hard_packets == 0) ||
	    (kind == 2 && k->ks_hard_s != 60))
		sim_fail(p->p_sim, "the SA has no lifetime");
}

/* Lifetimes in octets, packets and seconds, without a loss. */
void
test_expire(struct sim *s)
{
	unsigned int kind = s->s_seed % 3;
	struct pair p;

	pair_make(&p, s);
	pair_who(&p);
	if (kind == 0)
		p.p_opt.o_bytes = 100000;
	else if (kind == 1)
		p.p_node[0]->n_packets = p.p_node[1]->n_packets = 100;
	else
		p.p_opt.o_life = 60;
	trial_expire(&p, expire_check);
}

void
test_reload(struct sim *s)
{
	uint64_t was[PAIR_TUNNELS], packets;
	struct pair p;
	unsigned int t;
	int w = sim_below(s, 2);

	pair_make(&p, s);
	p.p_opt.o_tunnels = 2;
	pair_who(&p);
	pair_startboth(&p);
	pair_settle(&p, SIM_MIN);
	pair_flows(&p, 100);
	sim_run(s, 5 * SIM_SEC);
	trial_print(&p, was);
	packets = sadb_newest(p.p_node[w], 0, 1)->sa_packets;

	/* the same, then one more: nothing happens to the others */
	pair_reload(&p, w);
	sim_run(s, sim_below(s, 10 * SIM_SEC));
	p.p_opt.o_tunnels = 3;
	pair_reload(&p, w);
	pair_reload(&p, !w);
	for (t = 0; t < 2; t++)
		p.p_flow[2][t] = flow_new(p.p_node[t], p.p_node[!t], 2, 100);
	pair_settle(&p, 2 * SIM_MIN);
	trial_same(&p, was, "a reload");
	if (sadb_newest(p.p_node[w], 0, 1)->sa_packets <= packets)
		sim_fail(s, "a reload began to count anew");
	if (flow_lost(p.p_flow[0][0]) + flow_lost(p.p_flow[0][1]) != 0)
		sim_fail(s, "a reload lost packets");

	/* one less: its SAs go, those of the others stay */
	p.p_opt.o_tunnels = 2;
	pair_reload(&p, w);
	pair_reload(&p, !w);
	pair_settle(&p, 2 * SIM_MIN);
	trial_same(&p, was, "removing one");
	trial_gone(&p);

	/* another cipher: rekeyed or made anew, but as it says */
	p.p_opt.o_childsa[0] = p.p_opt.o_childsa[1] =
	    "childsa enc aes-256-gcm";
	pair_reload(&p, w);
	pair_reload(&p, !w);
	pair_back(&p, SIM_MIN);
	pair_settle(&p, 2 * SIM_MIN);
	trial_keybits(&p, 256);
	pair_data(&p);
	pair_end(&p);
}
