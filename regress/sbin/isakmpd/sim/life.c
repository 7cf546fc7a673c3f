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
 * A connection's life on bad networks: up, rekeyed, expired, crashed, cut
 * off, configured anew.
 */
#include <string.h>

#include "pair.h"

void
test_up(struct sim *s)
{
	struct pair p;
	int again = sim_below(s, 3) == 0;

	trial_up(s, &p);
	pair_startboth(&p);
	pair_back(&p, 10 * SIM_SEC);
	pair_settle(&p, SIM_MIN);
	pair_data(&p);
	if (again) {
		node_kill(p.p_node[0], 1);
		node_kill(p.p_node[1], 1);
		pair_startboth(&p);
		pair_back(&p, 10 * SIM_SEC);
		pair_settle(&p, SIM_MIN);
		/* packets of the dead were lost */
		pair_data(&p);
	}
	pair_end(&p);
}

/*
 * A third of all is lost, for minutes; then one pair is left in the end, and
 * nothing else.
 */
void
test_loss(struct sim *s)
{
	struct pair p;

	trial_up(s, &p);
	p.p_opt.o_dpd = 5;	/* else half of an ISAKMP SA stays for long */
	pair_badwire(&p, 300);
	if (sim_below(s, 2))
		p.p_opt.o_life[1] = "120";
	pair_startboth(&p);
	pair_flows(&p, 500);
	sim_run(s, 1 + sim_below(s, 5 * SIM_MIN));
	wire_good(&s->s_ike);
	pair_back(&p, 3 * SIM_MIN);
	pair_settle(&p, 5 * SIM_MIN);
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
	static const char *const lifes[] = { "600", "900", "1200" };
	struct pair p;

	pair_make(&p, s);
	pair_who(&p);
	pair_ca(&p);
	p.p_opt.o_tunnels = 1 + sim_below(s, 2);
	/* time enough for a bad wire between soft and hard */
	if (sim_below(s, 2))
		p.p_opt.o_life[1] = lifes[sim_below(s, 3)];
	if (sim_below(s, 2))
		p.p_opt.o_life[0] = lifes[sim_below(s, 3)];
	trial_mix(&p);
	if (sim_below(s, 2)) {
		pair_badwire(&p, 150);
		s->s_mercy = 1;		/* else the peer would seem dead */
	}
	trial_rekey(&p, 40 * SIM_MIN);
}

static void
expire_check(struct pair *p, const struct ksa *k)
{
	if (k->ks_hard_s == 0 || k->ks_hard_s > 60)
		sim_fail(p->p_sim, "the SA has a lifetime of %u s",
		    k->ks_hard_s);
}

/* Lifetimes of both phases end, without a loss. */
void
test_expire(struct sim *s)
{
	struct pair p;

	pair_make(&p, s);
	pair_who(&p);
	pair_ca(&p);
	p.p_opt.o_life[1] = "60";
	if (sim_below(s, 2))
		p.p_opt.o_life[0] = sim_below(s, 2) ? "60" : "100";
	trial_expire(&p, expire_check);
}

static void
dpd_gone(struct pair *p, int w)
{
	struct engine_count ec;

	engine_counts(p->p_node[w]->n_engine, &ec);
	if (ec.ec_live != 0 || ec.ec_established != 0)
		sim_fail(p->p_sim, "%s: does not notice that the peer is gone",
		    p->p_node[w]->n_name);
	if (!TAILQ_EMPTY(&p->p_node[w]->n_sas))
		sim_fail(p->p_sim, "%s: SAs with a dead peer",
		    p->p_node[w]->n_name);
}

/* A peer that is heard is not asked; one that is gone is given up. */
void
test_dpd(struct sim *s)
{
	uint64_t sent[2];
	struct pair p;
	int w;

	pair_make(&p, s);
	pair_who(&p);
	pair_startboth(&p);
	pair_settle(&p, SIM_MIN);
	pair_flows(&p, 200);
	sim_run(s, 20 * SIM_SEC);
	for (w = 0; w < 2; w++)
		sent[w] = p.p_node[w]->n_sent;
	sim_run(s, 2 * SIM_MIN);
	for (w = 0; w < 2; w++)
		if (p.p_node[w]->n_sent - sent[w] > 2)
			sim_fail(s, "%s: %llu probes of a peer that is heard",
			    p.p_node[w]->n_name, (unsigned long long)
			    (p.p_node[w]->n_sent - sent[w]));
	flow_stop(p.p_flow[0][0]);
	flow_stop(p.p_flow[0][1]);
	p.p_flow[0][0] = p.p_flow[0][1] = NULL;
	sim_run(s, sim_below(s, 2 * SIM_MIN));
	pair_settle(&p, SIM_SEC);
	p.p_node[0]->n_cut = 1;
	sim_run(s, 50 * SIM_SEC);
	for (w = 0; w < 2; w++)
		if (!p.p_opt.o_active[w])
			dpd_gone(&p, w);
	sim_run(s, sim_below(s, 5 * SIM_MIN));
	p.p_node[0]->n_cut = 0;
	pair_back(&p, 2 * SIM_MIN);
	pair_settle(&p, 3 * SIM_MIN);
	pair_data(&p);
	pair_end(&p);
}

static void
reload(struct pair *p)
{
	struct sim *s = p->p_sim;
	int first = sim_below(s, 2);

	pair_reload(p, first);
	if (sim_below(s, 2))
		sim_run(s, sim_below(s, 5 * SIM_SEC));
	pair_reload(p, !first);
}

/* One more, one less, another cipher: the others do not notice. */
void
test_reload(struct sim *s)
{
	uint64_t was[PAIR_TUNNELS];
	struct pair p;

	pair_make(&p, s);
	p.p_opt.o_tunnels = 2;
	pair_who(&p);
	pair_startboth(&p);
	pair_settle(&p, SIM_MIN);
	pair_flows(&p, 100);
	sim_run(s, 5 * SIM_SEC);
	trial_print(&p, was);

	reload(&p);
	sim_run(s, sim_below(s, 10 * SIM_SEC));
	p.p_opt.o_tunnels = 3;
	reload(&p);
	pair_back(&p, 90 * SIM_SEC);
	pair_settle(&p, 2 * SIM_MIN);
	pair_data(&p);
	trial_same(&p, was, "a reload");
	if (flow_lost(p.p_flow[0][0]) + flow_lost(p.p_flow[0][1]) != 0)
		sim_fail(s, "a reload lost packets");

	flow_stop(p.p_flow[2][0]);
	flow_stop(p.p_flow[2][1]);
	p.p_opt.o_tunnels = 2;
	reload(&p);
	pair_settle(&p, 2 * SIM_MIN);
	trial_same(&p, was, "removing one");
	trial_gone(&p);

	p.p_opt.o_enc[0][1] = p.p_opt.o_enc[1][1] = "aes-192";
	p.p_opt.o_hash[0][1] = p.p_opt.o_hash[1][1] = "SHA2_256";
	reload(&p);
	pair_back(&p, 90 * SIM_SEC);
	pair_settle(&p, 2 * SIM_MIN);
	trial_keybits(&p, 192);
	pair_data(&p);
	pair_end(&p);
}

/* The model changes all the time, also while something is under way. */
void
test_restless(struct sim *s)
{
	struct pair p;
	unsigned int i, n = 5 + sim_below(s, 20);
	int w;

	trial_up(s, &p);
	pair_startboth(&p);
	for (i = 0; i < n; i++) {
		sim_run(s, sim_below(s, sim_below(s, 2) ? 100 :
		    5 * SIM_SEC));
		w = sim_below(s, 2);
		p.p_opt.o_tunnels = 1 + sim_below(s, PAIR_TUNNELS);
		if (sim_below(s, 3) == 0)
			p.p_opt.o_enc[0][1] = p.p_opt.o_enc[1][1] =
			    sim_below(s, 2) ? "aes-256" : "aes";
		if (sim_below(s, 4) == 0)
			p.p_opt.o_psk[w] = sim_below(s, 2) ? "another" :
			    SIM_SECRET;
		if (strcmp(p.p_opt.o_hash[w][1], "NONE") == 0)
			p.p_opt.o_hash[0][1] = p.p_opt.o_hash[1][1] = "SHA";
		pair_reload(&p, w);
		if (sim_below(s, 3) == 0)
			node_rekey(p.p_node[w], 1 + sim_below(s, 2));
	}
	p.p_opt.o_psk[0] = p.p_opt.o_psk[1] = SIM_SECRET;
	reload(&p);
	pair_back(&p, 3 * SIM_MIN);
	pair_settle(&p, 5 * SIM_MIN);
	pair_data(&p);
	pair_end(&p);
}

/* A kernel that refuses SAs by chance: said, and mended when it does not. */
void
test_kernel(struct sim *s)
{
	unsigned int i, n = 3 + sim_below(s, 6), failed;
	struct pair p;
	int w = sim_below(s, 2);

	pair_make(&p, s);
	pair_who(&p);
	if (sim_below(s, 2)) {
		pair_startboth(&p);
		pair_settle(&p, SIM_MIN);
	}
	p.p_node[w]->n_parent->pa_fail = 200 + sim_below(s, 800);
	if (p.p_node[0]->n_engine == NULL)
		pair_startboth(&p);
	for (i = 0; i < n; i++) {
		node_rekey(p.p_node[sim_below(s, 2)], 2);
		sim_run(s, sim_below(s, 60 * SIM_SEC));
	}
	p.p_node[w]->n_parent->pa_fail = 0;
	failed = p.p_node[w]->n_parent->pa_failed;
	if (failed != 0 && !history_has(p.p_node[w]->n_name, "warning"))
		sim_fail(s, "%u refusals, and not a word", failed);
	pair_back(&p, 2 * SIM_MIN);
	pair_settle(&p, 5 * SIM_MIN);
	pair_data(&p);
	pair_end(&p);
}
