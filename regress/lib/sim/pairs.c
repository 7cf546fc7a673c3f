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
 * Two nodes, and whether what came of what they were told is right.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pair.h"

static const char *const pair_addr[2][2] = {
	{ "192.0.2.1", "2001:db8::1" },
	{ "198.51.100.2", "2001:db8:1::2" }
};

static void
pair_open(struct pair *p, struct sim *s, int v6)
{
	memset(p, 0, sizeof(*p));
	p->p_sim = s;
	p->p_node[0] = node_new(s, "a", pair_addr[0][v6]);
	p->p_node[1] = node_new(s, "b", pair_addr[1][v6]);
	p->p_opt.o_active[0] = 1;
	p->p_opt.o_tunnels = 1;
	own.ow_new(p);
}

void
pair_make(struct pair *p, struct sim *s)
{
	pair_open(p, s, sim_below(s, 4) == 0);
}

/* These two before the first pair_start. */
void
pair_v4(struct pair *p)
{
	addr_pton(pair_addr[0][0], &p->p_node[0]->n_addr);
	addr_pton(pair_addr[1][0], &p->p_node[1]->n_addr);
}

void
pair_nat(struct pair *p, int which, uint64_t timeout)
{
	struct node *n = p->p_node[which];

	pair_v4(p);
	addr_pton(which == 0 ? "10.0.0.2" : "10.1.0.2", &n->n_addr);
	n->n_nat = nat_new(pair_addr[which][0], timeout);
}

const char *
node_outer(struct node *n)
{
	return (addr_ntop(n->n_nat != NULL ? &n->n_nat->nb_outer :
	    &n->n_addr));
}

/* Who initiates: a, b or both. */
void
pair_who(struct pair *p)
{
	unsigned int who = 1 + sim_below(p->p_sim, 3);

	p->p_opt.o_active[0] = (who & 1) != 0;
	p->p_opt.o_active[1] = (who & 2) != 0;
	if (own.ow_who != NULL)
		own.ow_who(p);
}

void
pair_ca(struct pair *p)
{
	struct sim *s = p->p_sim;
	int w;

	for (w = 0; w < 2; w++)
		p->p_node[w]->n_cadelay = sim_below(s, 3) == 0 ?
		    1 + sim_below(s, 500) : 0;
	if (own.ow_ca != NULL)
		own.ow_ca(p);
}

void
pair_startboth(struct pair *p)
{
	int first = sim_below(p->p_sim, 2);

	pair_start(p, first);
	if (sim_below(p->p_sim, 2))
		sim_run(p->p_sim, sim_below(p->p_sim, 3 * SIM_SEC));
	pair_start(p, !first);
}

int
pair_bad(struct pair *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->p_why, sizeof(p->p_why), fmt, ap);
	va_end(ap);
	return (0);
}

/* One SA of a connection in each direction, and no other. */
static int
node_good(struct pair *p, struct node *n, unsigned int t)
{
	unsigned int in, out, larval;

	in = sadb_count(n, t, 0, 0);
	out = sadb_count(n, t, 1, 0);
	larval = sadb_count(n, t, 0, 1);
	if (in != 1 || out != 1 || larval != 0)
		return (pair_bad(p, "%s: sec%u has %u SAs in, %u out, "
		    "%u larval", n->n_name, t, in, out, larval));
	return (1);
}

static int
way_good(struct pair *p, struct node *from, struct node *to, unsigned int t)
{
	struct sa *out = sadb_newest(from, t, 1);
	struct sa *in = sadb_newest(to, t, 0);

	if (out->sa_k.ks_spi != in->sa_k.ks_spi)
		return (pair_bad(p, "sec%u: %s sends by 0x%08x, %s receives by "
		    "0x%08x", t, from->n_name, out->sa_k.ks_spi, to->n_name,
		    in->sa_k.ks_spi));
	if (out->sa_print != in->sa_print)
		return (pair_bad(p, "sec%u: not the same keys", t));
	if (out->sa_k.ks_udpencap != in->sa_k.ks_udpencap)
		return (pair_bad(p, "sec%u: UDP at one end only", t));
	if (!addr_same(&in->sa_k.ks_dst, &to->n_addr) ||
	    !addr_same(&out->sa_k.ks_dst, to->n_nat != NULL ?
	    &to->n_nat->nb_outer : &to->n_addr))
		return (pair_bad(p, "sec%u: %s is not at %s", t, to->n_name,
		    addr_ntop(&out->sa_k.ks_dst)));
	return (1);
}

int
pair_good(struct pair *p)
{
	struct node *a = p->p_node[0], *b = p->p_node[1];
	unsigned int t;

	if (a->n_engine == NULL || b->n_engine == NULL)
		return (pair_bad(p, "an end does not run"));
	if (!own.ow_counts(p, a) || !own.ow_counts(p, b))
		return (0);
	for (t = 0; t < p->p_opt.o_tunnels; t++)
		if (!node_good(p, a, t) || !node_good(p, b, t) ||
		    !way_good(p, a, b, t) || !way_good(p, b, a, t))
			return (0);
	return (1);
}

/* What the sender would use, the receiver has. */
static int
way_works(struct pair *p, struct node *from, struct node *to, unsigned int t)
{
	struct sa *out, *in;

	if ((out = sadb_newest(from, t, 1)) == NULL)
		return (pair_bad(p, "sec%u: %s has nothing to send by", t,
		    from->n_name));
	TAILQ_FOREACH(in, &to->n_sas, sa_entry)
		if (!in->sa_larval && !in->sa_k.ks_out &&
		    in->sa_print == out->sa_print)
			return (1);
	return (pair_bad(p, "sec%u: %s sends by 0x%08x, which %s has not", t,
	    from->n_name, out->sa_k.ks_spi, to->n_name));
}

int
pair_works(struct pair *p)
{
	struct node *a = p->p_node[0], *b = p->p_node[1];
	unsigned int t;

	for (t = 0; t < p->p_opt.o_tunnels; t++)
		if (!way_works(p, a, b, t) || !way_works(p, b, a, t))
			return (0);
	return (1);
}

void
pair_back(struct pair *p, uint64_t ms)
{
	uint64_t end = p->p_sim->s_now + ms;

	while (!pair_works(p)) {
		if (p->p_sim->s_now >= end)
			sim_fail(p->p_sim, "no tunnel after %llu s: %s",
			    (unsigned long long)ms / 1000, p->p_why);
		sim_run(p->p_sim, 20);
	}
}

/* In steps; a rekey may be under way at any time, but not for long. */
void
pair_settle(struct pair *p, uint64_t ms)
{
	uint64_t end = p->p_sim->s_now + ms, last = 0;

	for (;;) {
		sim_run(p->p_sim, 250);
		if (!pair_good(p))
			last = 0;
		else if (last == 0)
			last = p->p_sim->s_now;
		else if (p->p_sim->s_now - last >= 2 * SIM_SEC)
			return;
		if (last == 0 && p->p_sim->s_now >= end)
			sim_fail(p->p_sim, "not good after %llu s: %s",
			    (unsigned long long)ms / 1000, p->p_why);
	}
}

void
pair_flows(struct pair *p, unsigned int every)
{
	unsigned int t;
	int w;

	for (t = 0; t < p->p_opt.o_tunnels; t++)
		for (w = 0; w < 2; w++)
			if (p->p_flow[t][w] == NULL)
				p->p_flow[t][w] = flow_new(p->p_node[w],
				    p->p_node[!w], t, every);
}

unsigned int
pair_lost(struct pair *p)
{
	unsigned int t, lost = 0;

	for (t = 0; t < p->p_opt.o_tunnels; t++)
		if (p->p_flow[t][0] != NULL)
			lost += flow_lost(p->p_flow[t][0]) +
			    flow_lost(p->p_flow[t][1]);
	return (lost);
}

void
pair_data(struct pair *p)
{
	unsigned int got[PAIR_TUNNELS][2], lost, t;
	int w;

	pair_flows(p, 100);
	lost = pair_lost(p);
	for (t = 0; t < p->p_opt.o_tunnels; t++)
		for (w = 0; w < 2; w++)
			got[t][w] = p->p_flow[t][w]->f_got;
	sim_run(p->p_sim, SIM_SEC + 2 * p->p_flow[0][0]->f_every);
	if (pair_lost(p) != lost)
		sim_fail(p->p_sim, "the ends lose packets");
	for (t = 0; t < p->p_opt.o_tunnels; t++)
		for (w = 0; w < 2; w++)
			if (p->p_flow[t][w]->f_got == got[t][w])
				sim_fail(p->p_sim, "sec%u: nothing comes "
				    "from %s", t, p->p_node[w]->n_name);
}

static void
stopped_check(struct node *n)
{
	if (n->n_stopped != 1)
		sim_fail(n->n_sim, "%s: stopped %d times", n->n_name,
		    n->n_stopped);
	if (!TAILQ_EMPTY(&n->n_sas))
		sim_fail(n->n_sim, "%s: SA 0x%08x %s after the stop",
		    n->n_name, TAILQ_FIRST(&n->n_sas)->sa_k.ks_spi,
		    TAILQ_FIRST(&n->n_sas)->sa_larval ? "larval" : "live");
	own.ow_stopped(n);
}

void
pair_end(struct pair *p)
{
	struct sim *s = p->p_sim;
	int first = sim_below(s, 2);

	node_show(p->p_node[first]);
	node_stop(p->p_node[first]);
	if (sim_below(s, 2))
		sim_run(s, sim_below(s, 3 * SIM_SEC));
	node_stop(p->p_node[!first]);
	sim_run(s, 2 * SIM_SEC + 1);
	stopped_check(p->p_node[0]);
	stopped_check(p->p_node[1]);
	sim_free(s);
}

void
pair_badwire(struct pair *p, unsigned int permille)
{
	struct sim *s = p->p_sim;

	s->s_ike.wi_loss = sim_below(s, permille + 1);
	s->s_ike.wi_dup = sim_below(s, 300);
	s->s_ike.wi_min = 1;
	s->s_ike.wi_max = sim_below(s, 4) == 0 ? 3000 :
	    1 + sim_below(s, 500);
}

uint64_t
pair_print(struct pair *p, unsigned int t)
{
	struct sa *in, *out;
	uint64_t h = 0;
	int w;

	for (w = 0; w < 2; w++) {
		in = sadb_newest(p->p_node[w], t, 0);
		out = sadb_newest(p->p_node[w], t, 1);
		h = h * 31 + (in == NULL ? 0 : in->sa_print * 7) +
		    (out == NULL ? 0 : out->sa_print);
	}
	return (h);
}

void
pair_none(struct pair *p, const char *what)
{
	struct engine_count ec;
	struct node *n;
	int w;

	for (w = 0; w < 2; w++) {
		n = p->p_node[w];
		engine_counts(n->n_engine, &ec);
		if (ec.ec_live != 0 || sadb_newest(n, 0, 1) != NULL ||
		    sadb_newest(n, 0, 0) != NULL)
			sim_fail(p->p_sim, "%s: a tunnel that may not be",
			    what);
		if (ec.ec_sas > 4)
			sim_fail(p->p_sim, "%s: %u SAs of IKE", what,
			    ec.ec_sas);
		if (n->n_maxsent > own.ow_none)
			sim_fail(p->p_sim, "%s: %s: %u messages a minute",
			    what, n->n_name, n->n_maxsent);
	}
}
