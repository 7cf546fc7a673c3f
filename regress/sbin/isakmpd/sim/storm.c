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
 * A storm: whatever operators, kernels and networks can do to two ends, in
 * any order; then it is quiet, and all has to work.
 */
#include <stdio.h>
#include <string.h>

#include "pair.h"

/* "d", with what S shows: some ISAKMP SA, or what was made under one. */
static void
say_delete(struct node *n)
{
	unsigned int skip = sim_below(n->n_sim, 4);
	const char *at, *id;
	struct buf b = { 0 };
	char cookies[34] = "", msgid[9];

	engine_show(n->n_engine, &b);
	buf_put8(&b, '\0');
	at = (const char *)b.b_data;
	id = strstr(at, "msgid ");
	while ((at = strstr(at, "cookies ")) != NULL) {
		at += strlen("cookies ");
		snprintf(cookies, sizeof(cookies), "%s", at);
		if (skip-- == 0)
			break;
	}
	if (id != NULL && sim_below(n->n_sim, 3) != 0) {
		snprintf(msgid, sizeof(msgid), "%s", id + strlen("msgid "));
		engine_delete(n->n_engine, cookies, msgid);
	} else
		engine_delete(n->n_engine, cookies, "-");
	buf_clear(&b);
}

/* An operator at the FIFO; what cannot be done is refused. */
static void
say(struct pair *p, int w, unsigned int t)
{
	struct node *n = p->p_node[w];
	struct sim *s = p->p_sim;
	struct rule r;

	pair_rule(p, w, t, &r);
	switch (sim_below(s, 10)) {
	case 0:
		engine_teardown(n->n_engine, sim_below(s, 3), rule_conn(&r));
		break;
	case 1:
		engine_teardown(n->n_engine, 1, rule_peer(&r));
		break;
	case 2:
		engine_teardown(n->n_engine, 0, NULL);
		break;
	case 3:
	case 4:
		engine_connect(n->n_engine, rule_conn(&r));
		break;
	case 5:
	case 6:
		say_delete(n);
		break;
	case 7:
	case 8:
		engine_rekey(n->n_engine, REKEY_FIRST + sim_below(s, 2));
		break;
	case 9:
		engine_active(n->n_engine, sim_below(s, 2));
		break;
	}
}

/* The address may be away, but comes back before anything is sent. */
static void
readdress(struct node *n)
{
	struct ike_addr keep = n->n_addr;

	if (sim_below(n->n_sim, 3) == 0)
		n->n_addr.ia_addr[3] ^= 1;
	engine_addresses(n->n_engine);
	n->n_addr = keep;
}

/* Of an SA: truly, or as a kernel might say it though it is there. */
static void
expire(struct node *n, unsigned int t)
{
	struct sim *s = n->n_sim;
	struct sa *sa = sadb_newest(n, t, sim_below(s, 2));

	if (sa == NULL)
		return;
	if (sim_below(s, 2))
		sadb_expire(sa);
	else
		engine_expire(n->n_engine, sa->sa_k.ks_spi,
		    &sa->sa_k.ks_dst, sim_below(s, 2));
}

/* Another lifetime or what it was before, at one end. */
static void
remodel(struct pair *p, int w)
{
	const char *life = p->p_opt.o_life[1];

	if (sim_below(p->p_sim, 2))
		p->p_opt.o_life[1] = "777";
	pair_reload(p, w);
	p->p_opt.o_life[1] = life;
}

static void
storm_once(struct pair *p)
{
	struct sim *s = p->p_sim;
	unsigned int t = sim_below(s, p->p_opt.o_tunnels);
	int w = sim_below(s, 2);
	struct node *n = p->p_node[w];

	if (n->n_engine == NULL) {
		pair_start(p, w);
		return;
	}
	history_who(s, n->n_name);
	switch (sim_below(s, 15)) {
	case 0:
		remodel(p, w);
		break;
	case 1:
		readdress(n);
		break;
	case 2:
		expire(n, t);
		break;
	case 3:
		if (sim_below(s, 4) == 0)
			node_kill(n, sim_below(s, 2));
		break;
	case 4:
		if (n->n_nat != NULL && sim_below(s, 2))
			nat_move(n->n_nat);
		n->n_cut = sim_below(s, 6) == 0;
		break;
	default:
		say(p, w, t);
		break;
	}
	history_who(s, NULL);
}

static void
storm_options(struct pair *p)
{
	struct pair_opt *o = &p->p_opt;
	struct sim *s = p->p_sim;
	struct node *a = p->p_node[0];

	if (sim_below(s, 3) == 0) {
		pair_nat(p, 0, SIM_MIN);
		o->o_anypeer[1] = sim_below(s, 2);
	}
	o->o_active[1] = a->n_nat == NULL && sim_below(s, 2);
	o->o_tunnels = 1 + sim_below(s, PAIR_TUNNELS);
	pair_ca(p);
	o->o_life[0] = sim_below(s, 4) == 0 ? "120" : NULL;
	o->o_life[1] = sim_below(s, 4) == 0 ? "70" : NULL;
	if (sim_below(s, 6) == 0) {
		o->o_policy = o->o_tunnels = 1;
		o->o_from[0] = o->o_to[1] = "10.7.0.0/255.255.0.0";
		o->o_from[1] = o->o_to[0] = "10.8.8.0/255.255.255.0";
	}
	if (sim_below(s, 6) == 0)
		p->p_node[sim_below(s, 2)]->n_parent->pa_fail =
		    sim_below(s, 200);
	if (sim_below(s, 2))
		pair_badwire(p, 200);
}

/* Nothing happens any more, and both ends run, with what they were told. */
static void
storm_calm(struct pair *p)
{
	int w;

	wire_good(&p->p_sim->s_ike);
	for (w = 0; w < 2; w++) {
		p->p_node[w]->n_cut = 0;
		p->p_node[w]->n_parent->pa_fail = 0;
		if (p->p_node[w]->n_engine == NULL) {
			pair_start(p, w);
			continue;
		}
		engine_active(p->p_node[w]->n_engine, 1);
		pair_reload(p, w);
	}
}

void
test_storm(struct sim *s)
{
	unsigned int n = 20 + sim_below(s, 60);
	struct pair p;

	pair_make(&p, s);
	storm_options(&p);
	pair_startboth(&p);
	while (n-- > 0) {
		sim_run(s, sim_below(s, sim_below(s, 3) ? 60 :
		    sim_below(s, 3) ? 2 * SIM_SEC : SIM_MIN));
		storm_once(&p);
	}
	storm_calm(&p);
	sim_run(s, 3 * SIM_MIN);
	pair_back(&p, 3 * SIM_MIN);
	pair_settle(&p, 3 * SIM_MIN);
	pair_data(&p);
	pair_end(&p);
}
