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
 * What comes through the FIFO: to tear down, to bring up, to be passive, to
 * end; and connections without an interface.
 */
#include <stdio.h>
#include <string.h>

#include "pair.h"

/* Cookies of the ISAKMP SA that S shows as established, without a colon. */
static void
shown_cookies(struct engine *e, char hex[33])
{
	struct buf b = { 0 };
	const char *at;
	char state[16];

	engine_show(e, &b);
	buf_put8(&b, '\0');
	for (at = (const char *)b.b_data;
	    (at = strstr(at, "cookies ")) != NULL; at++)
		if (sscanf(at, "cookies %16[0-9a-f]:%16[0-9a-f] %*s %15s",
		    hex, hex + 16, state) == 3 &&
		    strcmp(state, "established") == 0)
			break;
	buf_clear(&b);
}

/*
 * Before the other end can begin anew.  What was on its way to it when w tore
 * down may still come.
 */
static void
gone(struct pair *p, int w, int told, const char *what)
{
	unsigned int t;

	sim_run(p->p_sim, 40);
	for (t = 0; t < p->p_opt.o_tunnels; t++)
		if (sadb_newest(p->p_node[w], t, 1) != NULL ||
		    sadb_newest(p->p_node[w], t, 0) != NULL ||
		    (told && sadb_newest(p->p_node[!w], t, 1) != NULL))
			sim_fail(p->p_sim, "%s: there are SAs of sec%u",
			    what, t);
}

static void
must(struct pair *p, const char *what, const char *why)
{
	if (why != NULL)
		sim_fail(p->p_sim, "%s: %s", what, why);
}

/* Somebody wants it again: both may, and the active one has to. */
static void
bring_up(struct pair *p)
{
	struct rule r;
	unsigned int t;
	int w = p->p_opt.o_active[0] ? 0 : 1;

	for (t = 0; t < p->p_opt.o_tunnels; t++) {
		pair_rule(p, w, t, &r);
		must(p, "connect", engine_connect(p->p_node[w]->n_engine,
		    rule_conn(&r)));
	}
	pair_back(p, 20 * SIM_SEC);
	pair_settle(p, SIM_MIN);
	pair_data(p);
}

/* Phase 2: the SAs go at both ends at once. */
static void
teardown_quick(struct pair *p, int w, int phase)
{
	struct engine *e = p->p_node[w]->n_engine;
	struct engine_count ec;
	struct rule r;
	unsigned int t;

	engine_counts(e, &ec);
	for (t = 0; t < p->p_opt.o_tunnels; t++) {
		pair_rule(p, w, t, &r);
		must(p, "teardown", engine_teardown(e, phase, rule_conn(&r)));
	}
	gone(p, w, ec.ec_established != 0, "teardown quick");
}

/* Phase 1 by its name or its address; what is left has to work. */
static void
teardown_main(struct pair *p, int w)
{
	struct engine *e = p->p_node[w]->n_engine;
	struct engine_count ec;
	struct rule r;

	/* an earlier one may be gone, and what works needs no other */
	engine_counts(e, &ec);
	if (ec.ec_established == 0)
		return;
	pair_rule(p, w, 0, &r);
	if (sim_below(p->p_sim, 2) || r.r_peer == NULL)
		must(p, "teardown", engine_teardown(e, 1, rule_peer(&r)));
	else
		must(p, "teardown", engine_teardown(e, 1, r.r_peer));
	engine_counts(e, &ec);
	if (ec.ec_established != 0)
		sim_fail(p->p_sim, "an ISAKMP SA outlives its teardown");
}

static void
delete_cookies(struct pair *p, int w)
{
	struct engine *e = p->p_node[w]->n_engine;
	struct engine_count ec;
	char hex[33] = "";

	if (engine_delete(e, "0123456789abcdef0123456789abcdef", NULL) ==
	    NULL || engine_delete(e, "xyz", "-") == NULL)
		sim_fail(p->p_sim, "deleted what is not there");
	engine_counts(e, &ec);
	if (ec.ec_established != 1)
		return;
	shown_cookies(e, hex);
	must(p, "delete", engine_delete(e, hex, sim_below(p->p_sim, 2) ?
	    "-" : NULL));
	engine_counts(e, &ec);
	if (ec.ec_established != 0)
		sim_fail(p->p_sim, "an ISAKMP SA outlives its delete");
}

void
test_delete(struct sim *s)
{
	struct engine_count ec;
	struct pair p;
	unsigned int i, n = 1 + sim_below(s, 4);
	int w;

	pair_make(&p, s);
	p.p_opt.o_active[1] = sim_below(s, 2);
	p.p_opt.o_tunnels = 1 + sim_below(s, 2);
	pair_startboth(&p);
	pair_settle(&p, SIM_MIN);
	if (engine_teardown(p.p_node[0]->n_engine, 0, "no-such-thing") ==
	    NULL || engine_connect(p.p_node[0]->n_engine, "nor-this") == NULL)
		sim_fail(s, "did what nobody can");
	for (i = 0; i < n; i++) {
		w = sim_below(s, 2);
		history_who(s, p.p_node[w]->n_name);
		switch (sim_below(s, 4)) {
		case 0:
			teardown_quick(&p, w, sim_below(s, 2) ? 2 : 0);
			break;
		case 1:
			teardown_main(&p, w);
			break;
		case 2:
			engine_counts(p.p_node[w]->n_engine, &ec);
			must(&p, "T", engine_teardown(p.p_node[w]->n_engine,
			    0, NULL));
			gone(&p, w, ec.ec_established != 0, "T");
			break;
		case 3:
			delete_cookies(&p, w);
			break;
		}
		history_who(s, NULL);
		sim_run(s, sim_below(s, 5 * SIM_SEC));
		bring_up(&p);
	}
	pair_end(&p);
}

/* In any state; afterwards nothing is left, at once or nearly so. */
void
test_stop(struct sim *s)
{
	struct engine_count ec;
	struct pair p;
	int w = sim_below(s, 2);

	pair_make(&p, s);
	p.p_opt.o_active[1] = sim_below(s, 2);
	p.p_opt.o_tunnels = 1 + sim_below(s, PAIR_TUNNELS);
	p.p_node[w]->n_cadelay = sim_below(s, 2) ? 500 : 0;
	pair_startboth(&p);
	sim_run(s, sim_below(s, sim_below(s, 2) ? 200 : SIM_MIN));
	if (sim_below(s, 2))
		node_rekey(p.p_node[sim_below(s, 2)], 1 + sim_below(s, 2));
	sim_run(s, sim_below(s, 100));
	node_stop(p.p_node[w]);
	sim_run(s, 2 * SIM_SEC);
	if (p.p_node[w]->n_stopped != 1)
		sim_fail(s, "%s: stopped %d times", p.p_node[w]->n_name,
		    p.p_node[w]->n_stopped);
	if (!TAILQ_EMPTY(&p.p_node[w]->n_sas))
		sim_fail(s, "%s: SAs after the stop", p.p_node[w]->n_name);
	node_kill(p.p_node[w], 0);
	/* the other has been told, or asks whether anybody is there */
	sim_run(s, 3 * SIM_MIN);
	engine_counts(p.p_node[!w]->n_engine, &ec);
	if (ec.ec_live != 0 || sadb_newest(p.p_node[!w], 0, 1) != NULL)
		sim_fail(s, "%s: does not see the end",
		    p.p_node[!w]->n_name);
	pair_start(&p, w);
	pair_back(&p, 70 * SIM_SEC);
	pair_settle(&p, 2 * SIM_MIN);
	pair_data(&p);
	pair_end(&p);
}

/* M passive: it answers and asks nothing. */
void
test_active(struct sim *s)
{
	struct engine_count ec;
	struct pair p;
	struct node *n;
	uint64_t sent;

	pair_make(&p, s);
	pair_startboth(&p);
	n = p.p_node[0];
	if (sim_below(s, 2))
		sim_run(s, sim_below(s, 100));
	else
		pair_settle(&p, SIM_MIN);
	engine_active(n->n_engine, 0);
	p.p_node[1]->n_cut = 1;
	sim_run(s, 5 * SIM_MIN);
	engine_counts(n->n_engine, &ec);
	if (ec.ec_live != 0)
		sim_fail(s, "passive, and blind");
	sent = n->n_sent;
	sim_run(s, 20 * SIM_MIN);
	if (n->n_sent != sent)
		sim_fail(s, "passive, but sent %llu messages",
		    (unsigned long long)(n->n_sent - sent));
	p.p_node[1]->n_cut = 0;
	engine_active(n->n_engine, 1);
	pair_back(&p, 2 * SIM_MIN);
	pair_settle(&p, 2 * SIM_MIN);
	pair_data(&p);
	pair_end(&p);
}

static void
policies(struct pair *p, unsigned int want)
{
	struct policy *po;
	unsigned int n;
	int w;

	for (w = 0; w < 2; w++) {
		n = 0;
		TAILQ_FOREACH(po, &p->p_node[w]->n_parent->pa_policies,
		    po_entry)
			n++;
		if (n != want)
			sim_fail(p->p_sim, "%s: %u policies, not %u",
			    p->p_node[w]->n_name, n, want);
	}
}

/* No interface: the policies come and go with the SAs. */
void
test_policy(struct sim *s)
{
	struct pair p;
	unsigned int i;
	int w;

	pair_make(&p, s);
	p.p_opt.o_policy = 1;
	p.p_opt.o_from[0] = p.p_opt.o_to[1] = "10.7.0.0/255.255.0.0";
	p.p_opt.o_from[1] = p.p_opt.o_to[0] = "10.8.8.0/255.255.255.0";
	pair_startboth(&p);
	pair_settle(&p, SIM_MIN);
	policies(&p, 1);
	pair_flows(&p, 100);
	for (i = 0; i < 3; i++) {
		node_rekey(p.p_node[sim_below(s, 2)], 2);
		sim_run(s, sim_below(s, 20 * SIM_SEC));
		policies(&p, 1);
	}
	pair_settle(&p, SIM_MIN);
	policies(&p, 1);
	if (pair_lost(&p) != 0)
		sim_fail(s, "lost %u packets", pair_lost(&p));
	w = sim_below(s, 2);
	history_who(s, p.p_node[w]->n_name);
	must(&p, "T", engine_teardown(p.p_node[w]->n_engine, 0, NULL));
	history_who(s, NULL);
	sim_run(s, 40);
	policies(&p, 0);
	bring_up(&p);
	policies(&p, 1);
	pair_end(&p);
}

/* Whatever may happen to one end. */
static void
chaos_once(struct pair *p, int w, int lossy)
{
	struct node *n = p->p_node[w];
	struct sim *s = p->p_sim;
	struct rule r;
	struct sa *sa;

	pair_rule(p, w, sim_below(s, p->p_opt.o_tunnels), &r);
	history_who(s, n->n_name);
	switch (sim_below(s, 9)) {
	case 0:
		engine_teardown(n->n_engine, sim_below(s, 3), rule_conn(&r));
		break;
	case 1:
		/* without phase 1 nobody can be told */
		if (lossy)
			engine_teardown(n->n_engine, 1, rule_peer(&r));
		break;
	case 2:
		engine_teardown(n->n_engine, 0, NULL);
		break;
	case 3:
		engine_connect(n->n_engine, rule_conn(&r));
		break;
	case 4:
		engine_active(n->n_engine, sim_below(s, 2));
		break;
	case 5:
		engine_rekey(n->n_engine, 1 + sim_below(s, 2));
		break;
	case 6:
		sa = sadb_newest(n, r.r_unit, sim_below(s, 2));
		if (sa != NULL)
			sadb_expire(sa);
		break;
	case 7:
		n->n_parent->pa_fail = sim_below(s, 3) == 0 ? 300 : 0;
		break;
	case 8:
		engine_addresses(n->n_engine);
		break;
	}
	history_who(s, NULL);
}

/* All of it, at any time, on a bad wire: nothing that cannot be mended. */
void
test_chaos(struct sim *s)
{
	struct pair p;
	unsigned int i, n = 10 + sim_below(s, 40);
	int w, lossy = 0;

	pair_make(&p, s);
	p.p_opt.o_active[1] = sim_below(s, 2);
	p.p_opt.o_tunnels = 1 + sim_below(s, PAIR_TUNNELS);
	p.p_opt.o_aggressive = sim_below(s, 4) == 0;
	for (w = 0; w < 2; w++)
		p.p_node[w]->n_cadelay = sim_below(s, 2) ? 300 : 0;
	if (sim_below(s, 2))
		pair_badwire(&p, 200);
	if ((lossy = sim_below(s, 2)) == 0)
		s->s_ike.wi_loss = 0;
	pair_startboth(&p);
	for (i = 0; i < n; i++) {
		sim_run(s, sim_below(s, sim_below(s, 2) ? 60 : 3 * SIM_SEC));
		w = sim_below(s, 2);
		if (sim_below(s, 12) == 0) {
			node_kill(p.p_node[w], sim_below(s, 2));
			pair_start(&p, w);
		}
		chaos_once(&p, w, lossy);
		node_show(p.p_node[w]);
	}
	wire_good(&s->s_ike);
	for (w = 0; w < 2; w++) {
		p.p_node[w]->n_parent->pa_fail = 0;
		engine_active(p.p_node[w]->n_engine, 1);
		/* nobody knows of a DELETE that it got lost */
		if (lossy)
			engine_teardown(p.p_node[w]->n_engine, 0, NULL);
		pair_reload(&p, w);
	}
	/* what one end tore down and the other was not told comes by DPD */
	sim_run(s, 2 * SIM_MIN);
	bring_up(&p);
	pair_end(&p);
}
