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
 * Two engines of isakmpd in the world of fuzz_play.c: what may happen to them
 * alone, and what must hold.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "fuzz_v1engine.h"
#include "fuzz_v1inside.h"
#include "fuzz_v1world.h"

/*
 * Where to begin.
 */
static int
is_phase1(void)
{
	struct engine_count a, b;

	engine_counts(z.node[0]->n_engine, &a);
	engine_counts(z.node[1]->n_engine, &b);
	return (a.ec_established > 0 && b.ec_established > 0);
}

static int
is_quick(void)
{
	struct engine_count b;

	engine_counts(z.node[1]->n_engine, &b);
	return (b.ec_pairs > 0);
}

static const struct beginning begins[NBEGINS] = {
	{ NULL, 0 }, { is_sent, 0 }, { is_halfopen, 0 }, { is_late_a, 0 },
	{ is_late_b, 0 }, { is_phase1, 0 }, { is_quick, 0 }, { is_up, 0 },
	{ is_up, CHILD_A }, { is_up, CHILD_B }, { is_up, CHILD_A | CHILD_B },
	{ is_up, IKE_A }, { is_up, IKE_B }, { is_up, IKE_A | IKE_B },
	{ is_up, RESET_B }, { is_up, BOOT_A }
};

static void
reset(struct engine *en)
{
	(void)engine_teardown(en, 0, NULL);
}

/*
 * What may happen.
 */
static void
op_mutate(struct span *s)
{
	unsigned int i = get(s), at = get(s) << 8, n = get(s) % 8 + 1;
	struct dgram *d = spoil(i);
	uint8_t what;

	at |= get(s);
	while (n-- > 0) {
		what = get(s);
		if (d != NULL)
			d->dg_data[at++ % d->dg_len] ^= what;
	}
}

/* Back to where it came from. */
static void
op_reflect(struct span *s)
{
	unsigned int i = get(s);
	struct ike_addr src;
	struct dgram *d;

	if (z.nqueue == 0)
		return;
	d = dequeue(i % z.nqueue);
	src = d->dg_src;
	d->dg_src = d->dg_dst;
	d->dg_dst = src;
	arrive(d);
	free(d);
}

/* What is on its way comes with its plain octets changed. */
static void
op_again(struct span *s)
{
	unsigned int i = get(s);
	struct dgram *d, *new;
	struct forged f;
	int to;

	if (z.nqueue == 0)
		return;
	d = z.queue[i % z.nqueue];
	to = !addr_same(&d->dg_dst, &z.node[0]->n_addr) &&
	    (z.node[0]->n_nat == NULL ||
	    !addr_same(&d->dg_dst, &z.node[0]->n_nat->nb_outer));
	if (forge_again(s, z.node[to]->n_engine, d->dg_data, d->dg_len,
	    &f) == 0) {
		d = dequeue(i % z.nqueue);
		new = dgram_new(to, d->dg_marker, f.f_data.b_data,
		    f.f_data.b_len);
		new->dg_src = d->dg_src;
		new->dg_dst = d->dg_dst;
		z.forged = 1;
		arrive(new);
		free(new);
		free(d);
	}
	buf_clear(&f.f_data);
}

static void
send_forged(const struct forged *f, int to, int late)
{
	struct dgram *d;

	d = dgram_new(to, f->f_dst.ia_port == IKE_PORT_NATT, f->f_data.b_data,
	    f->f_data.b_len);
	if (f->f_src.ia_family != 0)
		d->dg_src = f->f_src;
	if (f->f_how & HOW_STRANGER) {
		d->dg_src = strangers.st_addr;
		d->dg_src.ia_port = d->dg_dst.ia_port;
	}
	if (f->f_how & HOW_ELSEWHERE)
		d->dg_src.ia_port++;
	if (late)
		enqueue(d);
	else
		arrive(d);
	free(d);
}

/* bit 0: to whom; bit 1: to the queue, not at once */
static void
op_forge(struct span *s)
{
	uint8_t what = get(s);
	int to = what & 1;
	struct forged f;

	if (forge(s, z.node[to]->n_engine, &f) == 0)
		send_forged(&f, to, what & 2);
	/* in the clear it may be part of a phase 1 */
	z.forged = 1;
	buf_clear(&f.f_data);
}

static void
op_rekey(struct span *s)
{
	uint8_t what = get(s);

	engine_rekey(z.node[what & 1]->n_engine, what & 2 ? 1 : 2);
	sim_run(z.sim, 0);
}

/* bit 2: none is told, bit 3: no end, a packet came. */
static int
expire(struct sa *sa, unsigned int what)
{
	if (what & 8)
		sa->sa_lastuse = sim_time(z.sim);
	else if (what & 4) {
		if (sa->sa_evsoft != NULL)
			sim_cancel(z.sim, sa->sa_evsoft);
		sa->sa_evsoft = NULL;
	}
	return ((what & (4 | 8)) != 0);
}

static void
command_delete(struct engine *en, uint8_t nth, uint8_t which)
{
	struct inside_exch ix;
	struct inside_sa is;
	char cookies[40] = "", msgid[16];
	int i;

	memset(&is, 0, sizeof(is));
	(void)inside_sa(en, nth, &is);
	for (i = 0; i < 16; i++)
		snprintf(cookies + 2 * i, 3, "%02x", is.is_cookies[i]);
	(void)inside_exch(en, is.is_cookies, which, &ix);
	snprintf(msgid, sizeof(msgid), "%x", which == 255 ? 0 :
	    which == 254 ? 4711 : ix.ix_msgid);
	(void)engine_delete(en, nth == 255 ? "junk" : cookies,
	    which == 253 ? "-" : which == 252 ? "junk" : msgid);
}

static void
op_command(struct span *s)
{
	uint8_t what = get(s), arg = get(s);
	struct engine *en = z.node[what & 1]->n_engine;
	const char *name = NULL;
	struct rule r;

	if (z.policy[what & 1] < NPOLICIES) {
		config_rule(&r, what & 1, arg & 1);
		name = arg & 2 ? rule_peer(&r) : arg & 4 ? r.r_peer :
		    arg & 8 ? "nobody" : rule_conn(&r);
	}
	switch (what >> 1 & 7) {
	case 0:
		(void)engine_connect(en, name != NULL ? name : "nobody");
		break;
	case 1:
	case 2:
	case 3:
		(void)engine_teardown(en, (what >> 1 & 7) - 1, name);
		break;
	case 4:
		(void)engine_teardown(en, 0, NULL);
		break;
	case 5:
		engine_active(en, arg & 1);
		break;
	case 6:
		command_delete(en, arg, get(s));
		break;
	case 7:
		engine_noflows(en, arg & 1);
		break;
	}
}

/* a comes to another address, and back. */
static void
op_move(struct span *s)
{
	uint8_t what = get(s);
	struct node *n = z.node[0];

	if (n->n_nat == NULL)
		n->n_addr.ia_addr[3] = 1 + (what & 1);
	engine_addresses(n->n_engine);
}

static void
op_restart(struct span *s)
{
	uint8_t what = get(s);

	down(what & 1, (what & 2) != 0);
	z.node[what & 1]->n_natt = what & 4 ? 0 : IKE_PORT_NATT;
	if (what & 4)
		z.forged |= z.opt & OPT_NAT;
	boot(what & 1);
}

static void
op_show(struct span *s)
{
	node_show(z.node[get(s) & 1]);
}

/* First messages from everywhere. */
static void
op_flood(struct span *s)
{
	static const uint8_t init[] = { HOW_NEW, 0, 0, 0, 1, P_SA1, 0 };
	unsigned int i, n = (get(s) % 16 + 1) * 40;
	struct span in;
	struct forged f;
	struct dgram *d;

	if (z.inits > 0)
		return;
	for (i = 0; i < n; i++) {
		in.s_data = init;
		in.s_len = sizeof(init);
		if (forge(&in, z.node[1]->n_engine, &f) == -1)
			wrong("no memory");
		d = dgram_new(1, 0, f.f_data.b_data, f.f_data.b_len);
		d->dg_src.ia_addr[0] = 100;
		d->dg_src.ia_addr[2] = i >> 8;
		d->dg_src.ia_addr[3] = i;
		arrive(d);
		free(d);
		buf_clear(&f.f_data);
	}
	z.inits = z.answers = n;
}

static void	(*const ops[NOPS])(struct span *) = {
	[STEP] = op_step, [DELIVER] = op_deliver,
	[DROP] = op_drop, [DOUBLE] = op_double,
	[MUTATE] = op_mutate, [CUT] = op_cut,
	[REFLECT] = op_reflect, [AGAIN] = op_again,
	[RAW] = op_raw, [FORGE] = op_forge,
	[TIME] = op_time, [REKEY] = op_rekey,
	[EXPIRE] = op_expire, [COMMAND] = op_command,
	[CONFIG] = op_config, [CA] = op_ca,
	[FAIL] = op_fail, [MOVE] = op_move,
	[RESTART] = op_restart, [SHOW] = op_show,
	[NAT] = op_nat, [FLOOD] = op_flood
};

/*
 * What must hold.
 */
static void
check_counts(int side)
{
	struct node *n = z.node[side];
	struct engine_count ec;

	engine_counts(n->n_engine, &ec);
	if (ec.ec_sas > 16 + 4 * z.records + z.inits ||
	    ec.ec_pairs > 16 + 4 * z.records ||
	    ec.ec_exchanges > 16 + 8 * z.records + z.inits)
		wrong("%s: %u SAs, %u pairs, %u exchanges", n->n_name,
		    ec.ec_sas, ec.ec_pairs, ec.ec_exchanges);
	check_stranger(side);
}

static void
well(int side)
{
	z.refuse = 0;
	engine_noflows(z.node[side]->n_engine, 0);
	configure(side);
}

static void
check_stopped(struct node *n)
{
	struct engine_count ec;

	engine_counts(n->n_engine, &ec);
	if (ec.ec_pairs != 0 || ec.ec_sas != 0)
		wrong("%s: stopped with %u SAs, %u pairs", n->n_name,
		    ec.ec_sas, ec.ec_pairs);
	if (!TAILQ_EMPTY(&n->n_parent->pa_policies))
		wrong("%s: a flow after the stop", n->n_name);
}

const struct play play = {
	.pl_nat = OPT_NAT, .pl_recover = OPT_RECOVER,
	.pl_ops = ops, .pl_nops = NOPS,
	.pl_begins = begins, .pl_nbegins = NBEGINS,
	.pl_steps = 300, .pl_live = CONNS, .pl_npolicies = NPOLICIES + 1,
	/* when that is rekeyed whose DELETE, said once, was not heard */
	.pl_again = 1400, .pl_goodbye = 2 * SIM_MIN,
	.pl_world = our_world, .pl_sent = to_stranger,
	.pl_arrive = arrive, .pl_spoilt = spoilt,
	.pl_boot = boot, .pl_configure = configure,
	.pl_well = well, .pl_reset = reset, .pl_expire = expire,
	.pl_fault = inside_fault, .pl_owns = inside_owns,
	.pl_check = check_counts, .pl_stopped = check_stopped
};
