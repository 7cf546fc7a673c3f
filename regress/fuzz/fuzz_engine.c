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
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "world.h"

#include "fuzz.h"
#include "fuzz_engine.h"
#include "fuzz_inside.h"

#define QUEUE_MAX	48
#define RECORDS_MAX	64

/* What the ca has said, and nobody has heard yet. */
struct late {
	TAILQ_ENTRY(late) la_entry;
	struct node	*la_node;
	int		 la_verify;
	struct sign_res	 la_sign;
	struct verify_res la_res;
};

static struct {
	struct sim	*sim;
	struct node	*node[2];
	unsigned int	 opt;
	unsigned int	 policy[2];	/* of each configuration */
	struct dgram	*queue[QUEUE_MAX];
	unsigned int	 nqueue;
	TAILQ_HEAD(lates, late) late;
	int		 hold;		/* what the ca says */
	int		 wire;		/* no queue: a good wire */
	uint8_t		 fail[2];	/* which of the next kernel calls */
	struct world	 world;		/* the simulation's */
	unsigned int	 records;
	unsigned int	 inits;		/* of a flood */
	int		 forged;	/* with the right keys */
} z;

void
history_who(struct sim *s, const char *name)
{
}

void
history_secret(const uint8_t *secret, size_t len)
{
}

static uint8_t
get(struct span *s)
{
	uint8_t v = 0;

	(void)span_get8(s, &v);
	return (v);
}

static int
side_of(const void *node)
{
	return (node == z.node[1]);
}

static void
late_free(struct late *la)
{
	TAILQ_REMOVE(&z.late, la, la_entry);
	sign_res_clear(&la->la_sign);
	verify_res_clear(&la->la_res);
	free(la);
}

static void
late_give(struct late *la)
{
	if (la->la_verify)
		engine_verified(la->la_node->n_engine, &la->la_res);
	else
		engine_signed(la->la_node->n_engine, &la->la_sign);
	late_free(la);
}

static struct late *
late_new(struct node *n)
{
	struct late *la;

	if ((la = calloc(1, sizeof(*la))) == NULL)
		wrong("no memory");
	la->la_node = n;
	TAILQ_INSERT_TAIL(&z.late, la, la_entry);
	return (la);
}

static void
our_sign(void *arg, const struct sign_req *sr)
{
	struct late *la = late_new(arg);

	ca_sign(la->la_node->n_ca, sr, &la->la_sign);
	if (!z.hold)
		late_give(la);
}

static void
our_verify(void *arg, const struct verify_req *vr)
{
	struct late *la = late_new(arg);

	la->la_verify = 1;
	ca_verify(la->la_node->n_ca, vr, &la->la_res);
	if (!z.hold)
		late_give(la);
}

static int
kernel_fails(const void *node)
{
	uint8_t *fail = &z.fail[side_of(node)];
	int now = *fail & 1;

	*fail >>= 1;
	return (now);
}

static int
our_getspi(void *arg, const struct ksa *k, uint32_t *spi)
{
	return (kernel_fails(arg) ? ENOMEM : z.world.w_getspi(arg, k, spi));
}

/*
 * The simulation's kernel takes no SA at an address that is not ours.  Here
 * one may be: until the peer has answered to a move, and on the way back if
 * the second SA of a pair does not move.
 */
static struct ike_addr
pretend(struct node *n, const struct ksa *k)
{
	struct ike_addr now = n->n_addr;

	n->n_addr = k->ks_out ? k->ks_src : k->ks_dst;
	return (now);
}

/* A peer may well choose the same SPI twice; the simulation's would not. */
static int
our_addsa(void *arg, const struct ksa *k)
{
	struct node *n = arg;
	struct ike_addr now;
	struct sa *sa;
	int error;

	if (kernel_fails(arg))
		return (ENOMEM);
	TAILQ_FOREACH(sa, &n->n_sas, sa_entry)
		if (k->ks_out && sa->sa_k.ks_spi == k->ks_spi &&
		    addr_same(&sa->sa_k.ks_dst, &k->ks_dst))
			return (EEXIST);
	now = pretend(n, k);
	error = z.world.w_addsa(arg, k);
	n->n_addr = now;
	return (error);
}

static int
our_movesa(void *arg, const struct ksa *old, const struct ksa *new)
{
	struct node *n = arg;
	struct ike_addr now;
	int error;

	if (kernel_fails(arg))
		return (EINVAL);
	now = pretend(n, new);
	error = z.world.w_movesa(arg, old, new);
	n->n_addr = now;
	return (error);
}

static void
our_keylog(void *arg, const char *table, const char *line)
{
	if (strpbrk(table, "\n/") != NULL || strchr(line, '\n') != NULL)
		wrong("key log: %s", line);
}

static void
enqueue(const struct dgram *d)
{
	struct dgram *copy;

	if (z.nqueue == QUEUE_MAX)
		return;
	if ((copy = malloc(sizeof(*d) + d->dg_len)) == NULL)
		wrong("no memory");
	memcpy(copy, d, sizeof(*d) + d->dg_len);
	z.queue[z.nqueue++] = copy;
}

static int
to_queue(struct sim *s, struct node *from, struct dgram *d, void *arg)
{
	if (z.wire)
		return (-1);
	enqueue(d);
	return (-2);
}

static struct dgram *
dequeue(unsigned int i)
{
	struct dgram *d = z.queue[i];

	memmove(&z.queue[i], &z.queue[i + 1],
	    (--z.nqueue - i) * sizeof(z.queue[0]));
	return (d);
}

/* What was not sent by anybody knows where a NAT leads to. */
static void
arrive(const struct dgram *d)
{
	int natt = d->dg_dst.ia_port == IKE_PORT_NATT;

	if (addr_same(&d->dg_dst, &z.node[0]->n_addr) &&
	    !natt == !d->dg_marker)
		engine_recv(z.node[0]->n_engine, &d->dg_dst, &d->dg_src,
		    d->dg_data, d->dg_len, natt);
	else
		sim_inject(z.sim, d);
	sim_run(z.sim, 0);
}

static void
deliver(unsigned int i)
{
	struct dgram *d = dequeue(i);

	arrive(d);
	free(d);
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
boot(int side)
{
	node_start(z.node[side], config(side));
	engine_certreq(z.node[side]->n_engine, "twenty octets of it.", 20);
}

static void
down(int side, int flush)
{
	struct late *la, *next;

	TAILQ_FOREACH_SAFE(la, &z.late, la_entry, next)
		if (la->la_node == z.node[side])
			late_free(la);
	node_kill(z.node[side], flush);
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
is_up(void)
{
	struct engine_count a, b;

	engine_counts(z.node[0]->n_engine, &a);
	engine_counts(z.node[1]->n_engine, &b);
	return (a.ec_live > 0 && b.ec_live > 0);
}

#define REKEY_A		0x01
#define REKEY_B		0x02
#define IKE_A		0x04
#define IKE_B		0x08
#define RESET_A		0x10
#define RESET_B		0x20

static const struct {
	int		(*is)(void);
	unsigned int	 then;
} begins[NBEGINS] = {
	{ NULL, 0 }, { is_sent, 0 }, { is_halfopen, 0 }, { is_late_a, 0 },
	{ is_late_b, 0 }, { is_up, 0 }, { is_up, REKEY_A },
	{ is_up, REKEY_B }, { is_up, REKEY_A | REKEY_B }, { is_up, IKE_A },
	{ is_up, IKE_B }, { is_up, IKE_A | IKE_B }, { is_up, REKEY_A | IKE_B },
	{ is_up, IKE_A | REKEY_B }, { is_up, RESET_A }, { is_up, RESET_B },
};

static void
begin(unsigned int how)
{
	unsigned int i, then = begins[how].then;

	z.hold = 1;
	for (i = 0; begins[how].is != NULL && !begins[how].is(); i++) {
		if (i == 200)
			wrong("state %u is out of reach", how);
		step();
	}
	z.hold = begins[how].is == is_late_a || begins[how].is == is_late_b;
	for (i = 0; i < 2; i++) {
		if (then & (REKEY_A << i))
			engine_rekey(z.node[i]->n_engine, 0);
		if (then & (IKE_A << i))
			engine_rekey(z.node[i]->n_engine, 1);
		if (then & (RESET_A << i))
			(void)engine_reset(z.node[i]->n_engine, NULL);
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

static void
op_mutate(struct span *s)
{
	unsigned int i = get(s), at = get(s) << 8, n = get(s) % 8 + 1;
	struct dgram *d;

	at |= get(s);
	if (z.nqueue == 0 || z.queue[i % z.nqueue]->dg_len == 0)
		return;
	d = z.queue[i % z.nqueue];
	while (n-- > 0)
		d->dg_data[at++ % d->dg_len] ^= get(s);
}

static void
op_cut(struct span *s)
{
	unsigned int i = get(s), len = get(s);

	if (z.nqueue > 0 && len < z.queue[i % z.nqueue]->dg_len)
		z.queue[i % z.nqueue]->dg_len = len;
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

	engine_rekey(z.node[what & 1]->n_engine, (what & 2) != 0);
}

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
	if (sa != NULL && (what & 2))
		sadb_expire(sa);
	else if (sa != NULL) {
		dst = sa->sa_k.ks_dst;
		engine_expire(n->n_engine, sa->sa_k.ks_spi, &dst, 0);
	} else
		engine_expire(n->n_engine, nth, &n->n_addr, what & 2);
}

static void
op_reset(struct span *s)
{
	uint8_t what = get(s);

	(void)engine_reset(z.node[what & 1]->n_engine, what & 2 ? what & 1 ?
	    "FQDN/a0.example" : "FQDN/b0.example" : NULL);
}

static void
op_config(struct span *s)
{
	uint8_t what = get(s);
	int side = what & 1;

	z.policy[side] = what / 2 % 5;
	node_config(z.node[side], config(side));
}

static void
op_ca(struct span *s)
{
	uint8_t what = get(s);
	struct late *la;

	z.hold = what & 1;
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

/* The NAT, if there is one, forgets. */
static void
op_nat(struct span *s)
{
	if (z.opt & OPT_NAT)
		nat_move(z.node[0]->n_nat);
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
		    ec.ec_children > 10 * (ec.ec_sas + z.records))
			wrong("%s: %u SAs, %u children", z.node[i]->n_name,
			    ec.ec_sas, ec.ec_children);
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
	if (sent > 16 * 16 + ms / 10 || z.sim->s_done - done > 1000 + ms)
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

/* Nobody did what only a peer can do: it comes back by itself. */
static void
recover(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		z.fail[i] = 0;
		z.policy[i] = 0;
		node_config(z.node[i], config(i));
		engine_couple(z.node[i]->n_engine, 1);
		engine_active(z.node[i]->n_engine, 1);
	}
	for (i = 0; i < 900; i += 5) {
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
	if (n->n_stopped != 1 || ec.ec_children != 0)
		wrong("%s: stopped %d times, %u children", n->n_name,
		    n->n_stopped, ec.ec_children);
	if (sa != NULL)
		wrong("%s: SA 0x%08x, %s, after the stop", n->n_name,
		    sa->sa_k.ks_spi, sa->sa_larval ? "larval" :
		    sa->sa_k.ks_out ? "out" : "in");
}

static void
finish(void)
{
	struct engine_count ec;
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
	node_stop(z.node[0]);
	node_stop(z.node[1]);
	sim_run(z.sim, 2 * SIM_SEC + 1);
	for (i = 0; i < 2; i++)
		check_stopped(z.node[i]);
	sim_run(z.sim, 10 * SIM_MIN);
	for (i = 0; i < 2; i++) {
		engine_counts(z.node[i]->n_engine, &ec);
		if (ec.ec_sas != 0)
			wrong("%s: %u SAs stay for ever", z.node[i]->n_name,
			    ec.ec_sas);
	}
}

/*
 * The keys of libcrypto come from no chance, either: of its own generators
 * there is one that gives what it was given.
 */
static void
chance(EVP_RAND_CTX *ctx)
{
	static uint8_t octets[16384];
	unsigned int strength = 256;
	uint32_t v = 1;
	size_t i;
	OSSL_PARAM p[] = {
		OSSL_PARAM_construct_uint(OSSL_RAND_PARAM_STRENGTH, &strength),
		OSSL_PARAM_construct_octet_string(
		    OSSL_RAND_PARAM_TEST_ENTROPY, octets, sizeof(octets)),
		OSSL_PARAM_construct_end()
	};

	for (i = 0; i < sizeof(octets); i++)
		octets[i] = (v = v * 1103515245 + 12345) >> 16;
	if (ctx == NULL || EVP_RAND_uninstantiate(ctx) != 1 ||
	    EVP_RAND_CTX_set_params(ctx, p) != 1 ||
	    EVP_RAND_instantiate(ctx, strength, 0, NULL, 0, NULL) != 1)
		wrong("no TEST-RAND in libcrypto");
}

static void
world_new(void)
{
	static const char *const addr[2] = { "192.0.2.1", "198.51.100.2" };
	static const char *const name[2] = { "a", "b" };
	int i;

	memset(&z, 0, sizeof(z));
	TAILQ_INIT(&z.late);
	z.sim = sim_new(1);
	z.sim->s_hook = to_queue;
	for (i = 0; i < 2; i++) {
		z.node[i] = node_new(z.sim, name[i], addr[i]);
		z.world = *z.node[i]->n_world;
		z.node[i]->n_world->w_sign = our_sign;
		z.node[i]->n_world->w_verify = our_verify;
		z.node[i]->n_world->w_getspi = our_getspi;
		z.node[i]->n_world->w_addsa = our_addsa;
		z.node[i]->n_world->w_movesa = our_movesa;
		z.node[i]->n_world->w_keylog = our_keylog;
	}
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
