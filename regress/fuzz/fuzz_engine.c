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
 * Two engines of iked in the world of fuzz_play.c: what is theirs alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "fuzz_engine.h"
#include "fuzz_inside.h"
#include "fuzz_world.h"

#define NPOLICIES	5

/* What the ca says. */
struct said {
	struct answer	 sd_answer;
	struct sign_res	 sd_sign;
	struct verify_res sd_verify;
};

static void
give_signed(struct answer *an)
{
	engine_signed(an->an_node->n_engine, &((struct said *)an)->sd_sign);
}

static void
give_verified(struct answer *an)
{
	engine_verified(an->an_node->n_engine,
	    &((struct said *)an)->sd_verify);
}

static void
said_clear(struct answer *an)
{
	struct said *sd = (struct said *)an;

	sign_res_clear(&sd->sd_sign);
	verify_res_clear(&sd->sd_verify);
}

static void
our_sign(void *arg, const struct sign_req *sr)
{
	struct node *n = arg;
	struct said *sd;

	sd = answer_new(sizeof(*sd), give_signed, said_clear);
	ca_sign(n->n_ca, sr, &sd->sd_sign);
	late_say(n, &sd->sd_answer);
}

static void
our_verify(void *arg, const struct verify_req *vr)
{
	struct node *n = arg;
	struct said *sd;

	sd = answer_new(sizeof(*sd), give_verified, said_clear);
	ca_verify(n->n_ca, vr, &sd->sd_verify);
	late_say(n, &sd->sd_answer);
}

static void
our_keylog(void *arg, const char *table, const char *line)
{
	if (strpbrk(table, "\n/") != NULL || strchr(line, '\n') != NULL)
		wrong("key log: %s", line);
}

static void
our_world(void)
{
	struct world *w;
	int i;

	for (i = 0; i < 2; i++) {
		w = z.node[i]->n_world;
		w->w_sign = our_sign;
		w->w_verify = our_verify;
		w->w_keylog = our_keylog;
	}
}

static void
arrive(const struct dgram *d)
{
	hand_over(d);
	sim_run(z.sim, 0);
}

static const char *
config(int side)
{
	static const char *const policies[] = {
		"ikesa enc aes-128-gcm prf hmac-sha2-256 group curve25519 "
		"childsa enc aes-128-gcm group curve25519",
		"ikesa enc aes-128 auth hmac-sha2-256 group ecp256 "
		"group curve25519 childsa enc aes-128 auth hmac-sha2-256",
		"ikesa enc aes-128-gcm prf hmac-sha2-256 group curve25519 "
		"group ecp256 childsa enc aes-128-gcm group none esn noesn",
	};
	static char text[1024];
	int wrongpsk = z.policy[side] == 3;
	int roaming = z.opt & (OPT_ROAMING | OPT_NAT);
	int active = side == 0 || (!roaming && (z.opt & OPT_BOTH));
	char local[64] = "";

	if (side == 1 || !roaming)
		snprintf(local, sizeof(local), "local %s",
		    addr_ntop(&z.node[side]->n_addr));
	if (z.policy[side] == 4)
		return ("set passive\n");
	snprintf(text, sizeof(text), "set %smobike\nset %sfragmentation\n"
	    "set dpd_check_interval 60\nikev2 \"t0\" %s %s esp "
	    "from any to any %s peer %s %s srcid %c0.example "
	    "dstid %c0.example ikelifetime %u lifetime %u psk \"%s\" "
	    "iface sec0\n", z.opt & OPT_MOBIKE ? "" : "no",
	    z.opt & OPT_FRAGMENT ? "" : "no",
	    active ? "active" : "passive",
	    z.opt & OPT_NATT ? "natt" : "", local,
	    side == 0 ? "198.51.100.2" : active ? "192.0.2.1" : "any",
	    policies[wrongpsk ? 0 : z.policy[side]], 'a' + side, 'b' - side,
	    z.opt & OPT_SHORT ? 300 : 0, z.opt & OPT_SHORT ? 60 : 10800,
	    wrongpsk ? "something else, not it" : SIM_SECRET);
	return (text);
}

static void
configure(int side)
{
	node_config(z.node[side], config(side));
}

static void
boot(int side)
{
	node_start(z.node[side], config(side));
	engine_certreq(z.node[side]->n_engine, "twenty octets of it.", 20);
}

static void
reset(struct engine *en)
{
	(void)engine_reset(en, NULL);
}

static const struct beginning begins[NBEGINS] = {
	{ NULL, 0 }, { is_sent, 0 }, { is_halfopen, 0 }, { is_late_a, 0 },
	{ is_late_b, 0 }, { is_up, 0 }, { is_up, CHILD_A },
	{ is_up, CHILD_B }, { is_up, CHILD_A | CHILD_B }, { is_up, IKE_A },
	{ is_up, IKE_B }, { is_up, IKE_A | IKE_B }, { is_up, CHILD_A | IKE_B },
	{ is_up, IKE_A | CHILD_B }, { is_up, RESET_A }, { is_up, RESET_B },
};

static void
op_mutate(struct span *s)
{
	unsigned int i = get(s), at = get(s) << 8, n = get(s) % 8 + 1;
	struct dgram *d = spoil(i);

	at |= get(s);
	while (d != NULL && n-- > 0)
		d->dg_data[at++ % d->dg_len] ^= get(s);
}

/* bit 0: to whom; bit 1: to the queue, not at once */
static void
op_forge(struct span *s)
{
	uint8_t what = get(s);
	int to = what & 1;
	struct forged f;
	struct dgram *d;
	unsigned int i;

	if (z.node[to]->n_engine == NULL)
		return;
	if (forge(s, z.node[to]->n_engine, &f) == 0)
		for (i = 0; i < f.f_pkts.pk_n; i++) {
			d = dgram_new(to, f.f_dst.ia_port == IKE_PORT_NATT,
			    f.f_pkts.pk_buf[i].b_data,
			    f.f_pkts.pk_buf[i].b_len);
			if (f.f_src.ia_family != 0)
				d->dg_src = f.f_src;
			d->dg_src.ia_port += f.f_elsewhere;
			if (what & 2)
				enqueue(d);
			else
				arrive(d);
			free(d);
		}
	z.forged |= f.f_sealed;
	pkts_clear(&f.f_pkts);
}

static void
op_rekey(struct span *s)
{
	uint8_t what = get(s);

	engine_rekey(z.node[what & 1]->n_engine, (what & 2) != 0);
}

static void
op_reset(struct span *s)
{
	uint8_t what = get(s);

	(void)engine_reset(z.node[what & 1]->n_engine, what & 2 ? what & 1 ?
	    "FQDN/a0.example" : "FQDN/b0.example" : NULL);
}

static void
op_switch(struct span *s)
{
	uint8_t what = get(s);
	struct engine *en = z.node[what & 1]->n_engine;

	if (what & 2)
		engine_active(en, what & 4);
	else
		engine_couple(en, what & 4);
}

static void
op_move(struct span *s)
{
	if (!(z.opt & OPT_ROAMING))
		return;
	z.node[0]->n_addr.ia_addr[3] = 1 + (get(s) & 1);
	engine_addresses(z.node[0]->n_engine);
}

/* More half open SAs than are had without a cookie. */
static void
op_flood(struct span *s)
{
	static const uint8_t init[] = { 4, 0, 0, 0, 3, 3, 0, 0, 4, 0, 5, 1 };
	unsigned int i, n = 60 + get(s) % 16;
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
		d = dgram_new(1, 0, f.f_pkts.pk_buf[0].b_data,
		    f.f_pkts.pk_buf[0].b_len);
		d->dg_src.ia_addr[1] = i;
		arrive(d);
		free(d);
		pkts_clear(&f.f_pkts);
	}
	z.inits = n;
}

static void
op_restart(struct span *s)
{
	uint8_t what = get(s);

	down(what & 1, (what & 2) != 0);
	boot(what & 1);
}

static void
op_show(struct span *s)
{
	uint8_t what = get(s);
	struct engine *en = z.node[what & 1]->n_engine;
	struct buf b = { 0 };

	engine_show_sa(en, &b, what & 2);
	engine_show_stats(en, &b, what & 4, what & 2);
	buf_clear(&b);
}

static void	(*const ops[NOPS])(struct span *) = {
	[STEP] = op_step, [DELIVER] = op_deliver,
	[DROP] = op_drop, [DOUBLE] = op_double,
	[MUTATE] = op_mutate, [CUT] = op_cut,
	[RAW] = op_raw, [FORGE] = op_forge,
	[TIME] = op_time, [REKEY] = op_rekey,
	[EXPIRE] = op_expire, [RESET] = op_reset,
	[CONFIG] = op_config, [CA] = op_ca,
	[FAIL] = op_fail, [SWITCH] = op_switch,
	[MOVE] = op_move, [RESTART] = op_restart,
	[SHOW] = op_show, [NAT] = op_nat,
	[FLOOD] = op_flood
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
	    ec.ec_children > 10 * (ec.ec_sas + z.records))
		wrong("%s: %u SAs, %u children", n->n_name, ec.ec_sas,
		    ec.ec_children);
}

static void
well(int side)
{
	configure(side);
	engine_couple(z.node[side]->n_engine, 1);
}

static void
check_stopped(struct node *n)
{
	struct engine_count ec;

	engine_counts(n->n_engine, &ec);
	if (ec.ec_children != 0)
		wrong("%s: stopped with %u children", n->n_name,
		    ec.ec_children);
}

static void
check_gone(void)
{
	struct engine_count ec;
	int i;

	sim_run(z.sim, 10 * SIM_MIN);
	for (i = 0; i < 2; i++) {
		engine_counts(z.node[i]->n_engine, &ec);
		if (ec.ec_sas != 0)
			wrong("%s: %u SAs stay for ever", z.node[i]->n_name,
			    ec.ec_sas);
	}
}

const struct play play = {
	.pl_nat = OPT_NAT, .pl_recover = OPT_RECOVER,
	.pl_ops = ops, .pl_nops = NOPS,
	.pl_begins = begins, .pl_nbegins = NBEGINS,
	.pl_steps = 200, .pl_live = 1, .pl_npolicies = NPOLICIES,
	.pl_again = 900, .pl_goodbye = 2 * SIM_SEC + 1,
	.pl_world = our_world, .pl_arrive = arrive,
	.pl_boot = boot, .pl_configure = configure,
	.pl_well = well, .pl_reset = reset,
	.pl_fault = inside_fault, .pl_owns = inside_owns,
	.pl_check = check_counts, .pl_stopped = check_stopped,
	.pl_gone = check_gone
};
