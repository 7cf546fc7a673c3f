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
#include <stdio.h>
#include <string.h>

#include "pair.h"

/* Who initiates: a, b or both. */
static void
choose_active(struct pair *p)
{
	unsigned int who = 1 + sim_below(p->p_sim, 3);

	p->p_opt.o_active[0] = (who & 1) != 0;
	p->p_opt.o_active[1] = (who & 2) != 0;
}

static void
choose_ca(struct pair *p)
{
	struct sim *s = p->p_sim;
	int w;

	for (w = 0; w < 2; w++)
		p->p_node[w]->n_cadelay = sim_below(s, 3) == 0 ?
		    1 + sim_below(s, 500) : 0;
}

static void
up(struct sim *s, struct pair *p)
{
	pair_new(p, s);
	choose_active(p);
	choose_ca(p);
	p->p_opt.o_tunnels = 1 + sim_below(s, PAIR_TUNNELS);
	p->p_opt.o_natt = sim_below(s, 8) == 0;
	if (sim_below(s, 8) == 0)
		p->p_node[0]->n_force = p->p_node[1]->n_force = 1;
	else if (sim_below(s, 8) == 0)
		p->p_node[sim_below(s, 2)]->n_natt = 0;
}

void
test_up(struct sim *s)
{
	struct pair p;

	up(s, &p);
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
		up(again, &p);
		pair_badwire(&p, 200);
		pair_startboth(&p);
		sim_run(again, 30 * SIM_SEC);
		trace[i] = again->s_trace;
		wire_good(&again->s_ike);
		pair_settle(&p, 3 * SIM_MIN);
		pair_end(&p);
	}
	if (trace[0] != trace[1])
		sim_fail(s, "two runs differ");
	sim_free(s);
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
			node_rekey(p->p_node[0], sim_below(s, 3) == 0);
		else
			node_rekey(p->p_node[1], sim_below(s, 3) == 0);
		if (both) {
			sim_run(s, sim_below(s, 40));
			node_rekey(p->p_node[1], sim_below(s, 3) == 0);
		}
		sim_run(s, sim_below(s, sim_below(s, 2) ? 200 :
		    20 * SIM_SEC));
	}
}

/*
 * The wire of ESP loses nothing, but turns the order about: not one packet
 * may be lost.
 */
void
test_rekey(struct sim *s)
{
	struct pair p;

	pair_new(&p, s);
	choose_active(&p);
	choose_ca(&p);
	p.p_opt.o_tunnels = 1 + sim_below(s, 2);
	if (sim_below(s, 2))
		p.p_opt.o_childsa[0] = p.p_opt.o_childsa[1] =
		    "childsa enc aes-128-gcm group curve25519";
	/* time enough for a bad wire between soft and hard */
	if (sim_below(s, 2))
		p.p_opt.o_life = 600 + sim_below(s, 600);
	if (sim_below(s, 2))
		p.p_opt.o_ikelife = 60 + sim_below(s, 120);
	pair_startboth(&p);
	pair_settle(&p, 2 * SIM_MIN);
	s->s_esp.wi_min = 1;
	s->s_esp.wi_max = 1 + sim_below(s, 60);
	pair_badwire(&p, 150);
	s->s_mercy = 1;		/* else the peer would seem to be dead */
	pair_flows(&p, 50 + sim_below(s, 200));
	rekey_often(&p);
	sim_run(s, sim_below(s, 4) == 0 ? 20 * SIM_MIN : SIM_SEC);
	wire_good(&s->s_ike);
	pair_settle(&p, 3 * SIM_MIN);
	if (pair_lost(&p) != 0)
		sim_fail(s, "rekeying lost %u packets", pair_lost(&p));
	pair_data(&p);
	pair_end(&p);
}

/* Lifetimes in octets, packets and seconds, without a loss. */
void
test_expire(struct sim *s)
{
	unsigned int kind = s->s_seed % 3;
	struct sa *sa;
	struct pair p;
	uint32_t spi;

	pair_new(&p, s);
	choose_active(&p);
	if (kind == 0)
		p.p_opt.o_bytes = 100000;
	else if (kind == 1)
		p.p_node[0]->n_packets = p.p_node[1]->n_packets = 100;
	else
		p.p_opt.o_life = 60;
	pair_startboth(&p);
	pair_settle(&p, SIM_MIN);
	sa = sadb_newest(p.p_node[0], 0, 1);
	spi = sa->sa_k.ks_spi;
	if ((kind == 0 && sa->sa_k.ks_hard_bytes == 0) ||
	    (kind == 1 && sa->sa_k.ks_hard_packets == 0) ||
	    (kind == 2 && sa->sa_k.ks_hard_s != 60))
		sim_fail(s, "the SA has no lifetime");
	pair_flows(&p, 200);
	sim_run(s, 5 * SIM_MIN);
	sa = sadb_newest(p.p_node[0], 0, 1);
	if (sa == NULL || sa->sa_k.ks_spi == spi)
		sim_fail(s, "no rekey for lifetime's sake");
	pair_settle(&p, SIM_MIN);
	if (pair_lost(&p) != 0)
		sim_fail(s, "expiry lost %u packets", pair_lost(&p));
	pair_end(&p);
}

/*
 * A node dies, its kernel with it or not, and comes back: so does the
 * tunnel, within 10 s.
 */
void
test_crash(struct sim *s)
{
	unsigned int i, n = 1 + sim_below(s, 3);
	struct pair p;
	int w, rekeyed;

	pair_new(&p, s);
	choose_active(&p);
	choose_ca(&p);
	p.p_opt.o_tunnels = 1 + sim_below(s, 2);
	pair_startboth(&p);
	pair_settle(&p, SIM_MIN);
	pair_flows(&p, 200);
	for (i = 0; i < n; i++) {
		w = sim_below(s, 2);
		if ((rekeyed = sim_below(s, 3) == 0))
			node_rekey(p.p_node[sim_below(s, 2)], sim_below(s, 2));
		sim_run(s, sim_below(s, 100));
		node_kill(p.p_node[w], sim_below(s, 2));
		sim_run(s, sim_below(s, 2) ? sim_below(s, 3 * SIM_SEC) :
		    sim_below(s, 5 * SIM_MIN));
		if (sim_below(s, 4) == 0) {
			node_kill(p.p_node[!w], sim_below(s, 2));
			pair_start(&p, !w);
		}
		pair_start(&p, w);
		/* who has never used a new IKE SA gets the time to do so */
		pair_back(&p, (rekeyed ? 25 : 10) * SIM_SEC);
		pair_settle(&p, 2 * SIM_MIN);
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

	pair_new(&p, s);
	choose_active(&p);
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

/* What may not change over a reload: SPIs, keys and where they stand. */
static uint64_t
tunnel_print(struct pair *p, unsigned int t)
{
	uint64_t h = 0;
	int w;

	for (w = 0; w < 2; w++)
		h = h * 31 + sadb_newest(p->p_node[w], t, 0)->sa_print * 7 +
		    sadb_newest(p->p_node[w], t, 1)->sa_print;
	return (h);
}

void
test_reload(struct sim *s)
{
	uint64_t was[PAIR_TUNNELS], packets;
	struct pair p;
	unsigned int t;
	int w = sim_below(s, 2);

	pair_new(&p, s);
	p.p_opt.o_tunnels = 2;
	choose_active(&p);
	pair_startboth(&p);
	pair_settle(&p, SIM_MIN);
	pair_flows(&p, 100);
	sim_run(s, 5 * SIM_SEC);
	for (t = 0; t < 2; t++)
		was[t] = tunnel_print(&p, t);
	packets = sadb_newest(p.p_node[w], 0, 1)->sa_packets;

	/* the same, then one more: nothing happens to the others */
	node_config(p.p_node[w], pair_text(&p, w));
	sim_run(s, sim_below(s, 10 * SIM_SEC));
	p.p_opt.o_tunnels = 3;
	node_config(p.p_node[w], pair_text(&p, w));
	node_config(p.p_node[!w], pair_text(&p, !w));
	for (t = 0; t < 2; t++)
		p.p_flow[2][t] = flow_new(p.p_node[t], p.p_node[!t], 2, 100);
	pair_settle(&p, 2 * SIM_MIN);
	for (t = 0; t < 2; t++)
		if (tunnel_print(&p, t) != was[t])
			sim_fail(s, "a reload touched tunnel %u", t);
	if (sadb_newest(p.p_node[w], 0, 1)->sa_packets <= packets)
		sim_fail(s, "a reload began to count anew");
	if (flow_lost(p.p_flow[0][0]) + flow_lost(p.p_flow[0][1]) != 0)
		sim_fail(s, "a reload lost packets");

	/* one less: its SAs go, those of the others stay */
	p.p_opt.o_tunnels = 2;
	node_config(p.p_node[w], pair_text(&p, w));
	node_config(p.p_node[!w], pair_text(&p, !w));
	pair_settle(&p, 2 * SIM_MIN);
	for (t = 0; t < 2; t++)
		if (tunnel_print(&p, t) != was[t])
			sim_fail(s, "removing one touched tunnel %u", t);
	if (sadb_count(p.p_node[0], 2, 0, 0) +
	    sadb_count(p.p_node[1], 2, 0, 0) != 0)
		sim_fail(s, "the tunnel that went left SAs");

	/* another cipher: rekeyed or made anew, but as it says */
	p.p_opt.o_childsa[0] = p.p_opt.o_childsa[1] =
	    "childsa enc aes-256-gcm";
	node_config(p.p_node[w], pair_text(&p, w));
	node_config(p.p_node[!w], pair_text(&p, !w));
	pair_back(&p, SIM_MIN);
	pair_settle(&p, 2 * SIM_MIN);
	for (t = 0; t < 2; t++)
		if (sadb_newest(p.p_node[0], t, 1)->sa_k.ks_encr.xf_keybits
		    != 256)
			sim_fail(s, "a changed policy has not changed");
	pair_data(&p);
	pair_end(&p);
}
