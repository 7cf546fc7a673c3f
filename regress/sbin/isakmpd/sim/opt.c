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
 * What two nodes are told, and what only isakmpd counts.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "pair.h"

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
opt_new(struct pair *p)
{
	unsigned int m = sim_below(p->p_sim, 5), q = sim_below(p->p_sim, 5);
	struct pair_opt *o = &p->p_opt;
	int w;

	o->o_dpd = 5;
	o->o_ids = sim_below(p->p_sim, 2);
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

static void
opt_who(struct pair *p)
{
	struct pair_opt *o = &p->p_opt;

	if (!o->o_active[0] || !o->o_active[1])
		o->o_anypeer[o->o_active[0]] = sim_below(p->p_sim, 4) == 0;
}

static void
opt_ca(struct pair *p)
{
	p->p_opt.o_rsa = sim_below(p->p_sim, 8) == 0;
	p->p_opt.o_aggressive = sim_below(p->p_sim, 4) == 0;
}

static void
opt_up(struct pair *p)
{
	struct sim *s = p->p_sim;

	if (sim_below(s, 8) == 0)
		p->p_node[sim_below(s, 2)]->n_natt = 0;
	if (sim_below(s, 4) == 0)
		p->p_opt.o_dpd = 0;
}

/* Private values of groups and signatures are not of our chance. */
static void
opt_certain(struct pair *p)
{
	p->p_opt.o_dpd = 5;
	p->p_opt.o_rsa = 0;
}

static void
opt_nat(struct pair *p, int inside)
{
	p->p_opt.o_anypeer[!inside] = 1;
	p->p_opt.o_aggressive = sim_below(p->p_sim, 4) == 0;
	p->p_opt.o_rsa = sim_below(p->p_sim, 8) == 0;
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
		r->r_peer = node_outer(p->p_node[!which]);
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
pair_reload(struct pair *p, int which)
{
	node_config(p->p_node[which], pair_conf(p, which));
}

void
pair_reset(struct pair *p, int which)
{
	struct rule r;

	pair_rule(p, which, 0, &r);
	engine_teardown(p->p_node[which]->n_engine, 1, rule_peer(&r));
}

/* Who is active begins at once, else the peer has to see. */
static uint64_t
opt_patience(struct pair *p, int which, int rekeyed)
{
	return ((p->p_opt.o_active[which] ? 10 : 65) * SIM_SEC);
}

static int
opt_counts(struct pair *p, struct node *n)
{
	struct engine_count ec;
	unsigned int want = p->p_opt.o_tunnels;

	engine_counts(n->n_engine, &ec);
	/* replaced ones stay as long as pairs that were made under them */
	if (ec.ec_sas > 2 + want || ec.ec_halfopen != 0 ||
	    ec.ec_exchanges != 0 || ec.ec_pairs != want || ec.ec_live != want)
		return (pair_bad(p, "%s: %u ISAKMP SAs, %u established, %u "
		    "half open, %u exchanges, %u pairs, %u live, of %u",
		    n->n_name, ec.ec_sas, ec.ec_established, ec.ec_halfopen,
		    ec.ec_exchanges, ec.ec_pairs, ec.ec_live, want));
	return (1);
}

static void
opt_stopped(struct node *n)
{
	struct engine_count ec;

	if (!TAILQ_EMPTY(&n->n_parent->pa_policies))
		sim_fail(n->n_sim, "%s: a policy outlives the stop",
		    n->n_name);
	engine_counts(n->n_engine, &ec);
	if (ec.ec_pairs + ec.ec_halfopen + ec.ec_exchanges != 0)
		sim_fail(n->n_sim, "%s: %u pairs, %u half open, %u exchanges "
		    "after the stop", n->n_name, ec.ec_pairs, ec.ec_halfopen,
		    ec.ec_exchanges);
}

const struct pair_own own = {
	.ow_new = opt_new,
	.ow_who = opt_who,
	.ow_ca = opt_ca,
	.ow_up = opt_up,
	.ow_certain = opt_certain,
	.ow_nat = opt_nat,
	.ow_patience = opt_patience,
	.ow_counts = opt_counts,
	.ow_stopped = opt_stopped,
	.ow_twice = 10 * SIM_MIN,
	.ow_crash = 3 * SIM_MIN,
	.ow_none = 40
};
