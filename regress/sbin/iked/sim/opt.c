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
 * What two nodes are told, and what only iked counts.
 */
#include <stdio.h>

#include "pair.h"

static void
opt_new(struct pair *p)
{
	p->p_opt.o_dpd = 60;
	p->p_opt.o_life = 10800;
	p->p_opt.o_frag = sim_below(p->p_sim, 2);
	p->p_opt.o_mobike = sim_below(p->p_sim, 2);
}

static void
opt_up(struct pair *p)
{
	struct sim *s = p->p_sim;

	p->p_opt.o_natt = sim_below(s, 8) == 0;
	if (sim_below(s, 8) == 0)
		p->p_node[0]->n_force = p->p_node[1]->n_force = 1;
	else if (sim_below(s, 8) == 0)
		p->p_node[sim_below(s, 2)]->n_natt = 0;
}

static void
opt_nat(struct pair *p, int inside)
{
	p->p_opt.o_peer[!inside] = "peer any";
}

static void
text_policy(struct pair *p, int which, unsigned int t, struct buf *b)
{
	struct pair_opt *o = &p->p_opt;

	buf_printf(b, "ikev2 \"t%u\" %s%s esp %s", t,
	    o->o_active[which] ? "active" : "passive",
	    o->o_natt ? " natt" : "",
	    o->o_ts[which] != NULL ? o->o_ts[which] : "from any to any");
	if (which == 1 || !o->o_anylocal)
		buf_printf(b, " local %s",
		    addr_ntop(&p->p_node[which]->n_addr));
	if (o->o_peer[which] != NULL)
		buf_printf(b, " %s", o->o_peer[which]);
	else
		buf_printf(b, " peer %s", node_outer(p->p_node[!which]));
	if (o->o_ikesa[which] != NULL)
		buf_printf(b, " %s", o->o_ikesa[which]);
	if (o->o_childsa[which] != NULL)
		buf_printf(b, " %s", o->o_childsa[which]);
	buf_printf(b, " srcid %s%u.example dstid %s%u.example",
	    p->p_node[which]->n_name, t, p->p_node[!which]->n_name, t);
	if (o->o_ikelife != 0)
		buf_printf(b, " ikelifetime %u", o->o_ikelife);
	buf_printf(b, " lifetime %u", o->o_life);
	if (o->o_bytes != 0)
		buf_printf(b, " bytes %u", o->o_bytes);
	buf_printf(b, " psk \"%s\" iface sec%u\n", o->o_psk[which] != NULL ?
	    o->o_psk[which] : SIM_SECRET, t);
}

const char *
pair_text(struct pair *p, int which)
{
	static char text[4096];
	struct pair_opt *o = &p->p_opt;
	struct buf b = { 0 };
	unsigned int t;

	buf_printf(&b, "set %smobike\nset %sfragmentation\n",
	    o->o_mobike ? "" : "no", o->o_frag ? "" : "no");
	buf_printf(&b, "set dpd_check_interval %u\n", o->o_dpd);
	if (o->o_set[which] != NULL)
		buf_printf(&b, "%s\n", o->o_set[which]);
	for (t = 0; t < o->o_tunnels; t++)
		text_policy(p, which, t, &b);
	snprintf(text, sizeof(text), "%.*s", (int)b.b_len,
	    (const char *)b.b_data);
	buf_clear(&b);
	return (text);
}

void
pair_start(struct pair *p, int which)
{
	node_start(p->p_node[which], pair_text(p, which));
}

void
pair_reload(struct pair *p, int which)
{
	node_config(p->p_node[which], pair_text(p, which));
}

void
pair_reset(struct pair *p, int which)
{
	engine_reset(p->p_node[which]->n_engine, NULL);
}

/* Who has never used a new IKE SA gets the time to do so. */
static uint64_t
opt_patience(struct pair *p, int which, int rekeyed)
{
	return ((rekeyed ? 25 : 10) * SIM_SEC);
}

static int
opt_counts(struct pair *p, struct node *n)
{
	struct engine_count ec;
	unsigned int want = p->p_opt.o_tunnels;

	engine_counts(n->n_engine, &ec);
	/* those that were rekeyed linger for a while */
	if ((p->p_opt.o_ikelife == 0 ? ec.ec_sas != want :
	    ec.ec_sas > 5 * want) || ec.ec_established != want ||
	    ec.ec_halfopen != 0 || ec.ec_children != want ||
	    ec.ec_live != want)
		return (pair_bad(p, "%s: %u IKE SAs, %u established, %u half "
		    "open, %u children, %u live, of %u", n->n_name,
		    ec.ec_sas, ec.ec_established, ec.ec_halfopen,
		    ec.ec_children, ec.ec_live, want));
	return (1);
}

static void
opt_stopped(struct node *n)
{
	struct engine_count ec;

	/* IKE SAs may still answer what comes twice, or hope for an answer */
	engine_counts(n->n_engine, &ec);
	if (ec.ec_children + ec.ec_halfopen != 0)
		sim_fail(n->n_sim, "%s: %u children, %u half open after the "
		    "stop", n->n_name, ec.ec_children, ec.ec_halfopen);
}

const struct pair_own own = {
	.ow_new = opt_new,
	.ow_up = opt_up,
	.ow_nat = opt_nat,
	.ow_patience = opt_patience,
	.ow_counts = opt_counts,
	.ow_stopped = opt_stopped,
	.ow_twice = 3 * SIM_MIN,
	.ow_crash = 2 * SIM_MIN,
	.ow_none = 20
};
