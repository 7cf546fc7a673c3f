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
 * Two engines in the simulation's world, and all that may happen to them.
 *
 * Input: options (1) where to begin (1), then records of an octet for what
 * happens and what its function below reads.  The network is a queue of
 * datagrams that only records deliver.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "payload.h"

#include "fuzz.h"
#include "fuzz_v1engine.h"
#include "fuzz_v1inside.h"
#include "fuzz_v1world.h"

#define RECORDS_MAX	64

static uint8_t
get(struct span *s)
{
	uint8_t v = 0;

	(void)span_get8(s, &v);
	return (v);
}

/* What would come next by itself. */
static void
step(void)
{
	if (z.nqueue > 0)
		deliver(0);
	else if (!TAILQ_EMPTY(&z.late))
		late_give(TAILQ_FIRST(&z.late));
	else
		sim_run(z.sim, 100);
}

/*
 * Where to begin.
 */
static int
is_sent(void)
{
	return (z.nqueue > 0);
}

static int
is_halfopen(void)
{
	struct engine_count ec;

	engine_counts(z.node[1]->n_engine, &ec);
	return (ec.ec_halfopen > 0);
}

static int
is_late_a(void)
{
	return (!TAILQ_EMPTY(&z.late) &&
	    TAILQ_FIRST(&z.late)->la_node == z.node[0]);
}

static int
is_late_b(void)
{
	return (!TAILQ_EMPTY(&z.late) &&
	    TAILQ_FIRST(&z.late)->la_node == z.node[1]);
}

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

static int
is_up(void)
{
	struct engine_count a, b;

	engine_counts(z.node[0]->n_engine, &a);
	engine_counts(z.node[1]->n_engine, &b);
	return (a.ec_live >= CONNS && b.ec_live >= CONNS);
}

#define QUICK_A		0x01
#define QUICK_B		0x02
#define MAIN_A		0x04
#define MAIN_B		0x08
#define DOWN_A		0x10
#define DOWN_B		0x20
#define BOOT_A		0x40

static const struct {
	int		(*is)(void);
	unsigned int	 then;
} begins[NBEGINS] = {
	{ NULL, 0 }, { is_sent, 0 }, { is_halfopen, 0 }, { is_late_a, 0 },
	{ is_late_b, 0 }, { is_phase1, 0 }, { is_quick, 0 }, { is_up, 0 },
	{ is_up, QUICK_A }, { is_up, QUICK_B }, { is_up, QUICK_A | QUICK_B },
	{ is_up, MAIN_A }, { is_up, MAIN_B }, { is_up, MAIN_A | MAIN_B },
	{ is_up, DOWN_B }, { is_up, BOOT_A }
};

static void
begin(unsigned int how)
{
	unsigned int i, then = begins[how].then;

	z.hold = 1;
	for (i = 0; begins[how].is != NULL && !begins[how].is(); i++) {
		if (i == 300)
			wrong("state %u is out of reach", how);
		step();
	}
	z.hold = begins[how].is == is_late_a || begins[how].is == is_late_b;
	for (i = 0; i < 2; i++) {
		if (then & (QUICK_A << i))
			engine_rekey(z.node[i]->n_engine, 2);
		if (then & (MAIN_A << i))
			engine_rekey(z.node[i]->n_engine, 1);
		if (then & (DOWN_A << i))
			(void)engine_teardown(z.node[i]->n_engine, 0, NULL);
	}
	if (then & BOOT_A) {
		down(0, 1);
		boot(0);
	}
}

/*
 * What may happen.
 */
static void
op_step(struct span *s)
{
	unsigned int n = get(s) % 16 + 1;

	while (n-- > 0)
		step();
}

static void
op_deliver(struct span *s)
{
	unsigned int i = get(s);

	if (z.nqueue > 0)
		deliver(i % z.nqueue);
}

static void
op_drop(struct span *s)
{
	unsigned int i = get(s);

	if (z.nqueue > 0)
		free(dequeue(i % z.nqueue));
}

static void
op_double(struct span *s)
{
	unsigned int i = get(s);

	if (z.nqueue > 0)
		enqueue(z.queue[i % z.nqueue]);
}

/* What is in the clear nothing protects: a peer without DPD may come of it. */
static struct dgram *
spoil(unsigned int i)
{
	struct dgram *d;

	if (z.nqueue == 0)
		return (NULL);
	d = z.queue[i % z.nqueue];
	if (d->dg_len < IKE_HDRLEN || !(d->dg_data[19] & 1))
		z.forged = 1;
	return (d->dg_len > 0 ? d : NULL);
}

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

static void
op_cut(struct span *s)
{
	unsigned int i = get(s), len = get(s);
	struct dgram *d = spoil(i);

	if (d != NULL && len < d->dg_len)
		d->dg_len = len;
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

/* A datagram from one end to the other. */
static struct dgram *
dgram_new(int to, int natt, const void *data, size_t len)
{
	struct dgram *d;

	if ((d = calloc(1, sizeof(*d) + len)) == NULL)
		wrong("no memory");
	d->dg_sim = z.sim;
	d->dg_src = z.node[!to]->n_addr;
	d->dg_dst = z.node[to]->n_addr;
	d->dg_src.ia_port = natt ? IKE_PORT_NATT : IKE_PORT;
	d->dg_dst.ia_port = d->dg_src.ia_port;
	d->dg_marker = natt;
	d->dg_len = len;
	if (len > 0)
		memcpy(d->dg_data, data, len);
	return (d);
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
op_raw(struct span *s)
{
	uint8_t what = get(s);
	size_t len = get(s);
	struct span data;
	struct dgram *d;

	(void)span_take(s, len < s->s_len ? len : s->s_len, &data);
	d = dgram_new(what & 1, what & 2, data.s_data, data.s_len);
	arrive(d);
	free(d);
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
		d->dg_src = z.stranger;
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
op_time(struct span *s)
{
	static const unsigned int unit[] = { 1, 20, 500, 5000 };
	uint8_t what = get(s);

	sim_run(z.sim, (get(s) + 1) * unit[what % 4]);
}

static void
op_rekey(struct span *s)
{
	uint8_t what = get(s);

	engine_rekey(z.node[what & 1]->n_engine, what & 2 ? 1 : 2);
	sim_run(z.sim, 0);
}

/* The end of an SA; bit 2: none is told, bit 3: no end, a packet came. */
static void
op_expire(struct span *s)
{
	uint8_t what = get(s), nth = get(s);
	struct node *n = z.node[what & 1];
	struct ike_addr dst;
	struct sa *sa;

	TAILQ_FOREACH(sa, &n->n_sas, sa_entry)
		if (nth-- == 0)
			break;
	if (sa != NULL && (what & 8))
		sa->sa_lastuse = sim_time(z.sim);
	else if (sa != NULL && (what & 4)) {
		if (sa->sa_evsoft != NULL)
			sim_cancel(z.sim, sa->sa_evsoft);
		sa->sa_evsoft = NULL;
	} else if (sa != NULL && (what & 2))
		sadb_expire(sa);
	else if (sa != NULL) {
		dst = sa->sa_k.ks_dst;
		engine_expire(n->n_engine, sa->sa_k.ks_spi, &dst, 0);
	} else
		engine_expire(n->n_engine, nth, &n->n_addr, what & 2);
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

static void
op_config(struct span *s)
{
	uint8_t what = get(s);
	int side = what & 1;

	z.policy[side] = what / 2 % (NPOLICIES + 1);
	node_config(z.node[side], config(side));
}

static void
op_ca(struct span *s)
{
	uint8_t what = get(s);
	struct late *la;

	z.hold = what & 1;
	z.refuse = (what & 8) != 0;
	la = what & 2 ? TAILQ_FIRST(&z.late) : TAILQ_LAST(&z.late, lates);
	if (la != NULL && (what & 4))
		late_free(la);
	else if (la != NULL)
		late_give(la);
}

static void
op_fail(struct span *s)
{
	uint8_t what = get(s);

	z.fail[what & 1] = what >> 1;
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

static void
op_nat(struct span *s)
{
	if (z.node[0]->n_nat != NULL)
		nat_move(z.node[0]->n_nat);
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
	z.inits = n;
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
check_kernel(struct node *n)
{
	struct sa *sa;

	TAILQ_FOREACH(sa, &n->n_sas, sa_entry)
		if (!inside_owns(n->n_engine, sa->sa_k.ks_spi,
		    sa->sa_k.ks_out))
			wrong("%s: SA 0x%08x, %s, is nobody's", n->n_name,
			    sa->sa_k.ks_spi, sa->sa_larval ? "larval" :
			    sa->sa_k.ks_out ? "out" : "in");
}

static void
check(void)
{
	struct engine_count ec;
	const char *why;
	int i;

	for (i = 0; i < 2; i++) {
		if ((why = inside_fault(z.node[i]->n_engine)) != NULL)
			wrong("%s: %s", z.node[i]->n_name, why);
		check_kernel(z.node[i]);
		engine_counts(z.node[i]->n_engine, &ec);
		if (ec.ec_sas > 16 + 4 * z.records + z.inits ||
		    ec.ec_pairs > 16 + 4 * z.records ||
		    ec.ec_exchanges > 16 + 8 * z.records + z.inits)
			wrong("%s: %u SAs, %u pairs, %u exchanges",
			    z.node[i]->n_name, ec.ec_sas, ec.ec_pairs,
			    ec.ec_exchanges);
		if (!z.known[i] && z.answered[i] > z.asked[i])
			wrong("%s: %llu octets to a stranger's %llu",
			    z.node[i]->n_name,
			    (unsigned long long)z.answered[i],
			    (unsigned long long)z.asked[i]);
	}
}

static void
record(struct span *s)
{
	unsigned int op = get(s) % NOPS;
	uint64_t when = z.sim->s_now, sent, done = z.sim->s_done, ms;

	sent = z.node[0]->n_sent + z.node[1]->n_sent;
	z.records++;
	ops[op](s);
	ms = z.sim->s_now - when;
	sent = z.node[0]->n_sent + z.node[1]->n_sent - sent;
	if (sent > 16 * 16 + z.inits + ms / 10 ||
	    z.sim->s_done - done > 1000 + ms)
		wrong("record %u: %llu datagrams, %llu events in %llu ms", op,
		    (unsigned long long)sent,
		    (unsigned long long)(z.sim->s_done - done),
		    (unsigned long long)ms);
	check();
}

/* What one sends now the other can read. */
static int
way_works(struct node *from, struct node *to)
{
	struct sa *out = sadb_newest(from, 0, 1), *in;

	if (out == NULL)
		return (0);
	TAILQ_FOREACH(in, &to->n_sas, sa_entry)
		if (!in->sa_larval && !in->sa_k.ks_out &&
		    in->sa_print == out->sa_print &&
		    in->sa_k.ks_spi == out->sa_k.ks_spi &&
		    ((z.opt & OPT_NAT) ||
		    addr_same(&in->sa_k.ks_dst, &out->sa_k.ks_dst)))
			return (1);
	return (0);
}

/*
 * Nobody did what only a peer can do: it comes back by itself, at the latest
 * when that is rekeyed of which the end was not heard: a DELETE is said once.
 */
static void
recover(void)
{
	int i;

	z.refuse = 0;
	for (i = 0; i < 2; i++) {
		z.fail[i] = 0;
		z.policy[i] = 0;
		engine_noflows(z.node[i]->n_engine, 0);
		node_config(z.node[i], config(i));
		engine_active(z.node[i]->n_engine, 1);
	}
	for (i = 0; i < 1400; i += 5) {
		sim_run(z.sim, 5 * SIM_SEC);
		check();
		if (way_works(z.node[0], z.node[1]) &&
		    way_works(z.node[1], z.node[0]))
			return;
	}
	wrong("no tunnel after %d s", i);
}

static void
check_stopped(struct node *n)
{
	struct sa *sa = TAILQ_FIRST(&n->n_sas);
	struct engine_count ec;

	engine_counts(n->n_engine, &ec);
	if (n->n_stopped != 1 || ec.ec_pairs != 0 || ec.ec_sas != 0)
		wrong("%s: stopped %d times, %u SAs, %u pairs", n->n_name,
		    n->n_stopped, ec.ec_sas, ec.ec_pairs);
	if (sa != NULL)
		wrong("%s: SA 0x%08x, %s, after the stop", n->n_name,
		    sa->sa_k.ks_spi, sa->sa_larval ? "larval" :
		    sa->sa_k.ks_out ? "out" : "in");
	if (!TAILQ_EMPTY(&n->n_parent->pa_policies))
		wrong("%s: a flow after the stop", n->n_name);
}

static void
finish(void)
{
	int i;

	z.wire = 1;
	z.hold = 0;
	while (z.nqueue > 0)
		deliver(0);
	while (!TAILQ_EMPTY(&z.late))
		late_give(TAILQ_FIRST(&z.late));
	check();
	if ((z.opt & OPT_RECOVER) && !z.forged)
		recover();
	for (i = 0; i < 2; i++)
		node_stop(z.node[i]);
	sim_run(z.sim, 2 * SIM_MIN);
	for (i = 0; i < 2; i++)
		check_stopped(z.node[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static int known;
	struct span s = { data, len };

	if (!known && RAND_set_DRBG_type(NULL, "TEST-RAND", NULL, NULL,
	    NULL) != 1)
		wrong("no TEST-RAND in libcrypto");
	known = 1;
	chance(RAND_get0_private(NULL));
	chance(RAND_get0_public(NULL));
	world_new();
	if (setjmp(z.sim->s_fail) != 0)
		abort();
	z.opt = get(&s);
	if (z.opt & OPT_NAT)
		z.node[0]->n_nat = nat_new("203.0.113.1", SIM_MIN);
	boot(0);
	boot(1);
	begin(get(&s) % NBEGINS);
	check();
	while (s.s_len > 0 && z.records < RECORDS_MAX)
		record(&s);
	finish();
	down(0, 1);
	down(1, 1);
	sim_free(z.sim);
	return (0);
}
