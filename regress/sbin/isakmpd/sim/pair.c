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
 * Two nodes: what they are told, and whether what came of it is right.
 */
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pair.h"

static const char *const pair_addr[2][2] = {
	{ "192.0.2.1", "2001:db8::1" },
	{ "198.51.100.2", "2001:db8:1::2" }
};

/* Networks that connections other than the first are for, a's and b's. */
static const char *const pair_net[PAIR_TUNNELS][2] = {
	{ NULL, NULL },
	{ "10.1.0.0/255.255.0.0", "10.2.0.0/255.255.0.0" },
	{ "10.3.3.0/255.255.255.0", "172.16.0.0/255.240.0.0" }
};

static const struct {
	const char	*enc;
	const char	*hash;
	const char	*group;
} mains[] = {
	{ "aes", "SHA2_256", "ECP_256" },
	{ "aes", "SHA", "ECP_256" },
	{ "aes-256", "SHA2_512", "ECP_384" },
	{ "aes-192", "SHA2_384", "MODP_1024" },
	{ "3des", "MD5", "ECP_256" }
}, quicks[] = {
	{ "aes", "SHA2_256", "ECP_256" },
	{ "aes", "SHA", "NONE" },
	{ "aes-256-gcm", "NONE", "ECP_256" },
	{ "aes-128-ctr", "SHA2_512", "NONE" },
	{ "3des", "SHA2_384", "NONE" }
};

static void
pair_open(struct pair *p, struct sim *s, int v6)
{
	unsigned int m = sim_below(s, 5), q = sim_below(s, 5);
	struct pair_opt *o = &p->p_opt;
	int w;

	memset(p, 0, sizeof(*p));
	p->p_sim = s;
	p->p_node[0] = node_new(s, "a", pair_addr[0][v6]);
	p->p_node[1] = node_new(s, "b", pair_addr[1][v6]);
	o->o_active[0] = 1;
	o->o_tunnels = 1;
	o->o_dpd = 5;
	o->o_ids = sim_below(s, 2);
	for (w = 0; w < 2; w++) {
		o->o_enc[w][0] = mains[m].enc;
		o->o_hash[w][0] = mains[m].hash;
		o->o_group[w][0] = mains[m].group;
		o->o_enc[w][1] = quicks[q].enc;
		o->o_hash[w][1] = quicks[q].hash;
		o->o_group[w][1] = quicks[q].group;
		o->o_psk[w] = SIM_SECRET;
	}
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

static const char *
outer(struct node *n)
{
	return (addr_ntop(n->n_nat != NULL ? &n->n_nat->nb_outer :
	    &n->n_addr));
}

void
pair_rule(struct pair *p, int which, unsigned int t, struct rule *r)
{
	static const char *const name[2] = { "a.example", "b.example" };
	struct pair_opt *o = &p->p_opt;
	int i;

	memset(r, 0, sizeof(*r));
	r->r_unit = o->o_policy ? -1 : (int)t;
	r->r_active = o->o_active[which];
	r->r_aggressive = o->o_aggressive;
	r->r_local = addr_ntop(&p->p_node[which]->n_addr);
	if (!o->o_anypeer[which])
		r->r_peer = outer(p->p_node[!which]);
	if (!o->o_rsa)
		r->r_psk = o->o_psk[which];
	if (o->o_ids || o->o_rsa) {
		r->r_srcid = name[which];
		r->r_dstid = name[!which];
	}
	if (o->o_dstid[which] != NULL)
		r->r_dstid = o->o_dstid[which];
	for (i = 0; i < 2; i++) {
		r->r_enc[i] = o->o_enc[which][i];
		r->r_hash[i] = o->o_hash[which][i];
		r->r_group[i] = o->o_group[which][i];
		r->r_life[i] = o->o_life[i];
	}
	r->r_from = t == 0 ? o->o_from[which] : pair_net[t][which];
	r->r_to = t == 0 ? o->o_to[which] : pair_net[t][!which];
}

struct confdb *
pair_conf(struct pair *p, int which)
{
	struct pair_opt *o = &p->p_opt;
	struct confdb *db;
	struct rule r;
	unsigned int t;

	if ((db = confdb_new()) == NULL)
		err(2, NULL);
	if (o->o_dpd != 0)
		rule_general(db, "DPD-check-interval", o->o_dpd);
	if (o->o_check != 0)
		rule_general(db, "Check-interval", o->o_check);
	for (t = 0; t < o->o_tunnels; t++) {
		pair_rule(p, which, t, &r);
		rule_put(db, &r);
	}
	return (db);
}

void
pair_start(struct pair *p, int which)
{
	struct node *n = p->p_node[which];

	if (p->p_opt.o_rsa && n->n_parent->pa_dir == NULL &&
	    (n->n_parent->pa_dir = strdup(secrets_dir(which))) == NULL)
		err(2, NULL);
	node_start(n, pair_conf(p, which));
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

static int __attribute__((__format__(printf, 2, 3)))
bad(struct pair *p, const char *fmt, ...)
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
		return (bad(p, "%s: sec%u has %u SAs in, %u out, %u larval",
		    n->n_name, t, in, out, larval));
	return (1);
}

static int
way_good(struct pair *p, struct node *from, struct node *to, unsigned int t)
{
	struct sa *out = sadb_newest(from, t, 1);
	struct sa *in = sadb_newest(to, t, 0);

	if (out->sa_k.ks_spi != in->sa_k.ks_spi)
		return (bad(p, "sec%u: %s sends by 0x%08x, %s receives by "
		    "0x%08x", t, from->n_name, out->sa_k.ks_spi, to->n_name,
		    in->sa_k.ks_spi));
	if (out->sa_print != in->sa_print)
		return (bad(p, "sec%u: not the same keys", t));
	if (out->sa_k.ks_udpencap != in->sa_k.ks_udpencap)
		return (bad(p, "sec%u: UDP at one end only", t));
	if (!addr_same(&in->sa_k.ks_dst, &to->n_addr) ||
	    !addr_same(&out->sa_k.ks_dst, to->n_nat != NULL ?
	    &to->n_nat->nb_outer : &to->n_addr))
		return (bad(p, "sec%u: %s is not at %s", t, to->n_name,
		    addr_ntop(&out->sa_k.ks_dst)));
	return (1);
}

static int
counts_good(struct pair *p, struct node *n)
{
	struct engine_count ec;
	unsigned int want = p->p_opt.o_tunnels;

	engine_counts(n->n_engine, &ec);
	/* replaced ones stay as long as pairs that were made under them */
	if (ec.ec_sas > 2 + want || ec.ec_halfopen != 0 ||
	    ec.ec_exchanges != 0 ||
	    ec.ec_pairs != want || ec.ec_live != want)
		return (bad(p, "%s: %u ISAKMP SAs, %u established, %u half "
		    "open, %u exchanges, %u pairs, %u live, of %u",
		    n->n_name, ec.ec_sas, ec.ec_established, ec.ec_halfopen,
		    ec.ec_exchanges, ec.ec_pairs, ec.ec_live, want));
	return (1);
}

int
pair_good(struct pair *p)
{
	struct node *a = p->p_node[0], *b = p->p_node[1];
	unsigned int t;

	if (a->n_engine == NULL || b->n_engine == NULL)
		return (bad(p, "an end does not run"));
	if (!counts_good(p, a) || !counts_good(p, b))
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
		return (bad(p, "sec%u: %s has nothing to send by", t,
		    from->n_name));
	TAILQ_FOREACH(in, &to->n_sas, sa_entry)
		if (!in->sa_larval && !in->sa_k.ks_out &&
		    in->sa_print == out->sa_print)
			return (1);
	return (bad(p, "sec%u: %s sends by 0x%08x, which %s has not", t,
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

	for (t = 0; t < PAIR_TUNNELS; t++)
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
	struct engine_count ec;

	if (n->n_stopped != 1)
		sim_fail(n->n_sim, "%s: stopped %d times", n->n_name,
		    n->n_stopped);
	if (!TAILQ_EMPTY(&n->n_sas))
		sim_fail(n->n_sim, "%s: SA 0x%08x %s after the stop",
		    n->n_name, TAILQ_FIRST(&n->n_sas)->sa_k.ks_spi,
		    TAILQ_FIRST(&n->n_sas)->sa_larval ? "larval" : "live");
	if (!TAILQ_EMPTY(&n->n_parent->pa_policies))
		sim_fail(n->n_sim, "%s: a policy outlives the stop",
		    n->n_name);
	engine_counts(n->n_engine, &ec);
	if (ec.ec_pairs + ec.ec_halfopen + ec.ec_exchanges != 0)
		sim_fail(n->n_sim, "%s: %u pairs, %u half open, %u exchanges "
		    "after the stop", n->n_name, ec.ec_pairs, ec.ec_halfopen,
		    ec.ec_exchanges);
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
			sim_fail(p->p_sim, "%s: %u ISAKMP SAs", what,
			    ec.ec_sas);
		if (n->n_maxsent > 40)
			sim_fail(p->p_sim, "%s: %s: %u messages a minute",
			    what, n->n_name, n->n_maxsent);
	}
}
