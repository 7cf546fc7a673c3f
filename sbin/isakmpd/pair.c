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
 * Pairs: two SAs of phase 2 and what the kernel has of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "log.h"
#include "sa.h"

#define LATE		2000	/* ms after the kernel should have told */
#define RETRY		5000	/* ms to another attempt to rekey */
#define LAST_WORDS	2000	/* ms a pair receives that was deleted */
#define FAREWELLS	5	/* DELETEs, while the peer sends by it */
#define UNSURE		3	/* times the drain: both may mean the other */

static void	pair_timeout(void *);
static void	pair_switch(void *);

struct pair *
pair_new(struct conn *cn, const struct sa *sa, int initiator)
{
	struct pair *pr;

	if ((pr = calloc(1, sizeof(*pr))) == NULL)
		return (NULL);
	pr->pr_conn = cn;
	pr->pr_flags = initiator ? PRF_INITIATOR : 0;
	memcpy(pr->pr_cookies, sa->sa_cookies, sizeof(pr->pr_cookies));
	pr->pr_local = sa->sa_local;
	pr->pr_peer = sa->sa_peer;
	pr->pr_created = en_now(cn->cn_engine);
	pr->pr_timer = (struct timer){ .t_fn = pair_timeout, .t_arg = pr };
	pr->pr_switch = (struct timer){ .t_fn = pair_switch, .t_arg = pr };
	TAILQ_INSERT_TAIL(&cn->cn_pairs, pr, pr_entry);
	if (sa_self(sa, &pr->pr_self) == -1 ||
	    id_copy(&pr->pr_remote, &sa->sa_remote) == -1) {
		pair_free(pr);
		return (NULL);
	}
	return (pr);
}

/* The oldest that was replaced makes room; 1: there is none. */
int
pair_toomany(struct conn *cn)
{
	struct pair *pr, *oldest = NULL;
	unsigned int n = 0;

	TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry) {
		n++;
		if (oldest == NULL && (pr->pr_flags & PRF_REPLACED))
			oldest = pr;
	}
	if (n < CONN_MAXPAIRS)
		return (0);
	if (oldest == NULL)
		return (1);
	pair_free(oldest);
	return (0);
}

/*
 * The kernel
 */

static void
ksa_life(const struct pair *pr, struct ksa *ks)
{
	const uint32_t part = pr->pr_flags & PRF_INITIATOR ? 90 : 95;

	ks->ks_hard_s = pr->pr_life_s;
	ks->ks_soft_s = (uint64_t)pr->pr_life_s * part / 100;
	ks->ks_soft_bytes = pr->pr_life_kb * 1024ULL * part / 100;
	/* who sends counts; what is under way then still comes in */
	ks->ks_hard_bytes = pr->pr_life_kb * 1024ULL * (ks->ks_out ? 1 : 2);
}

/* As the kernel has to know the SA of one direction.  0 or -1. */
static int
pair_ksa(const struct pair *pr, struct ksa *ks, int out)
{
	const struct p2conf *pc = pr->pr_conn->cn_conf;

	memset(ks, 0, sizeof(*ks));
	ks->ks_spi = out ? pr->pr_out : pr->pr_in;
	ks->ks_out = out;
	ks->ks_src = out ? pr->pr_local : pr->pr_peer;
	ks->ks_dst = out ? pr->pr_peer : pr->pr_local;
	ks->ks_src.ia_port = ks->ks_dst.ia_port = 0;
	ks->ks_udpencap = pr->pr_udp;
	ks->ks_udpport = pr->pr_udp ? pr->pr_peer.ia_port : 0;
	ks->ks_unit = pc->pc_unit;
	ks->ks_nounit = (pc->pc_flags & P2C_IFACE) == 0;
	ks->ks_proto = pr->pr_proto;
	ks->ks_transport = pr->pr_transport;
	ks->ks_tag = pc->pc_tag;
	ks->ks_larval = !out;
	ks->ks_ekey = pr->pr_key[out][0];
	ks->ks_ekeylen = pr->pr_keylen[0];
	ks->ks_akey = pr->pr_key[out][1];
	ks->ks_akeylen = pr->pr_keylen[1];
	ks->ks_selfts = pc->pc_nat.pi_type != 0 ? &pc->pc_nat.pi_ts :
	    &pc->pc_local.pi_ts;
	ks->ks_peerts = &pc->pc_remote.pi_ts;
	ks->ks_srcid = out ? &pr->pr_self : &pr->pr_remote;
	ks->ks_dstid = out ? &pr->pr_remote : &pr->pr_self;
	ksa_life(pr, ks);
	if (pr->pr_id == 0)
		return (0);
	return (esp_xforms(pr->pr_proto, pr->pr_id, pr->pr_bits, pr->pr_mac,
	    &ks->ks_encr, &ks->ks_integ));
}

int
pair_getspi(struct pair *pr, uint8_t proto)
{
	struct engine *en = pr->pr_conn->cn_engine;
	struct ksa ks;
	int error;

	pr->pr_proto = proto;
	(void)pair_ksa(pr, &ks, 0);
	error = en->en_world.w_getspi(en->en_arg, &ks, &pr->pr_in);
	if (error == 0)
		pr->pr_flags |= PRF_SPI;
	else
		log_warnx("%s: no SPI: %s", pr->pr_conn->cn_conf->pc_name,
		    kernel_reason(error, &ks));
	return (error);
}

static void
kernel_refused(const struct pair *pr, const struct ksa *ks, int error)
{
	log_warnx("%s: the kernel refuses the %s SA: %s",
	    pr->pr_conn->cn_conf->pc_name, ks->ks_out ? "outbound" :
	    "inbound", kernel_reason(error, ks));
}

static struct kflow
pair_flow(const struct pair *pr)
{
	const struct p2conf *pc = pr->pr_conn->cn_conf;
	struct kflow kf = {
		.kf_local = pc->pc_nat.pi_type != 0 ? pc->pc_nat.pi_ts :
		    pc->pc_local.pi_ts,
		.kf_remote = pc->pc_remote.pi_ts, .kf_self = pr->pr_local,
		.kf_peer = pr->pr_peer, .kf_proto = pr->pr_proto,
		.kf_transport = pr->pr_transport, .kf_selfid = &pr->pr_self,
		.kf_peerid = &pr->pr_remote };

	kf.kf_self.ia_port = kf.kf_peer.ia_port = 0;
	return (kf);
}

/*
 * Without an interface it takes policies to send by it; if there can be none
 * the peer is told so, in its quick mode.
 */
static int
pair_addflow(struct pair *pr)
{
	struct engine *en = pr->pr_conn->cn_engine;
	struct kflow kf = pair_flow(pr);
	struct pair *other;
	int error;

	if ((pr->pr_flags & PRF_FLOW) ||
	    (pr->pr_conn->cn_conf->pc_flags & P2C_IFACE) ||
	    (en->en_flags & ENF_NOFLOWS))
		return (0);
	TAILQ_FOREACH(other, &pr->pr_conn->cn_pairs, pr_entry)
		if ((other->pr_flags & PRF_FLOW) &&
		    addr_same(&other->pr_local, &pr->pr_local) &&
		    addr_same(&other->pr_peer, &pr->pr_peer)) {
			pr->pr_flags |= PRF_FLOW;
			return (0);
		}
	error = en->en_world.w_flow(en->en_arg, &kf, 1);
	if (error == 0)
		pr->pr_flags |= PRF_FLOW;
	else
		log_warnx("%s: the kernel refuses the flows: %s",
		    pr->pr_conn->cn_conf->pc_name,
		    kernel_flow_reason(error, &kf));
	return (error);
}

/* The policies are those of the connection: the last one takes them along. */
static void
pair_delflow(struct pair *pr)
{
	struct engine *en = pr->pr_conn->cn_engine;
	struct kflow kf = pair_flow(pr);
	struct pair *other;

	if ((pr->pr_flags & PRF_FLOW) == 0)
		return;
	pr->pr_flags &= ~PRF_FLOW;
	TAILQ_FOREACH(other, &pr->pr_conn->cn_pairs, pr_entry)
		if (other->pr_flags & PRF_FLOW)
			return;
	(void)en->en_world.w_flow(en->en_arg, &kf, 0);
}

int
pair_install_in(struct pair *pr)
{
	struct engine *en = pr->pr_conn->cn_engine;
	struct ksa ks;
	int error;

	if (pair_ksa(pr, &ks, 0) == -1) {
		log_warnx("%s: no SA has such transforms",
		    pr->pr_conn->cn_conf->pc_name);
		return (-1);
	}
	error = en->en_world.w_addsa(en->en_arg, &ks);
	if (error == ESRCH) {
		/* the kernel forgets an SPI sooner than we a request */
		ks.ks_larval = 0;
		error = en->en_world.w_addsa(en->en_arg, &ks);
	}
	if (error != 0) {
		kernel_refused(pr, &ks, error);
		return (error);
	}
	pr->pr_flags |= PRF_IN;
	return (pair_addflow(pr));
}

int
pair_install_out(struct pair *pr)
{
	struct engine *en = pr->pr_conn->cn_engine;
	struct ksa ks;
	int error;

	en_untimer(en, &pr->pr_switch);
	pr->pr_flags &= ~PRF_SWITCH;
	if (pair_ksa(pr, &ks, 1) == -1)
		return (-1);
	if ((error = en->en_world.w_addsa(en->en_arg, &ks)) != 0) {
		kernel_refused(pr, &ks, error);
		return (error);
	}
	pr->pr_flags |= PRF_OUT;
	return (pair_addflow(pr));
}

/* It is not sent by any more. */
static void
pair_mute(struct pair *pr)
{
	struct engine *en = pr->pr_conn->cn_engine;
	struct ksa ks;

	en_untimer(en, &pr->pr_switch);
	pr->pr_flags &= ~PRF_SWITCH;
	if (pr->pr_flags & PRF_OUT) {
		(void)pair_ksa(pr, &ks, 1);
		(void)en->en_world.w_delsa(en->en_arg, &ks);
	}
	pr->pr_flags &= ~PRF_OUT;
	pair_delflow(pr);
}

static void
pair_deafen(struct pair *pr)
{
	struct engine *en = pr->pr_conn->cn_engine;
	struct ksa ks;

	if (pr->pr_flags & (PRF_SPI | PRF_IN)) {
		(void)pair_ksa(pr, &ks, 0);
		(void)en->en_world.w_delsa(en->en_arg, &ks);
	}
	pr->pr_flags &= ~(PRF_SPI | PRF_IN);
}

/* Whose exchange is to replace it, or make it, forgets it. */
static void
pair_forget(struct pair *pr)
{
	struct exch *x;
	struct sa *sa;

	TAILQ_FOREACH(sa, &pr->pr_conn->cn_engine->en_sas, sa_entry)
		TAILQ_FOREACH(x, &sa->sa_exchs, x_entry) {
			if (x->x_replaces == pr)
				x->x_replaces = NULL;
			if (x->x_pair == pr) {
				x->x_pair = NULL;
				exch_orphan(x);
			}
		}
}

void
pair_free(struct pair *pr)
{
	struct engine *en = pr->pr_conn->cn_engine;

	pair_forget(pr);
	en_untimer(en, &pr->pr_switch);
	if ((en->en_flags & ENF_FREEING) == 0) {
		pair_mute(pr);
		pair_deafen(pr);
	}
	en_untimer(en, &pr->pr_timer);
	TAILQ_REMOVE(&pr->pr_conn->cn_pairs, pr, pr_entry);
	id_clear(&pr->pr_self);
	id_clear(&pr->pr_remote);
	freezero(pr, sizeof(*pr));
}

/*
 * What was agreed
 */

void
pair_set(struct pair *pr, const struct p2_choice *c)
{
	pr->pr_out = c->c_spi;
	pr->pr_proto = c->c_ours->qx_proto;
	pr->pr_id = c->c_ours->qx_id;
	pr->pr_mac = c->c_ours->qx_mac;
	pr->pr_bits = c->c_bits;
	pr->pr_group = c->c_ours->qx_group;
	pr->pr_udp = c->c_udp;
	pr->pr_transport = c->c_transport;
	pr->pr_life_s = c->c_life_s;
	pr->pr_life_kb = c->c_life_kb;
}

int
pair_keys(struct pair *pr, const struct exch *x)
{
	uint8_t mat[2 * sizeof(pr->pr_key[0][0])];
	size_t enc, mac;
	int out, error = 0;

	if (esp_keylen(pr->pr_proto, pr->pr_id, pr->pr_bits, pr->pr_mac, &enc,
	    &mac) == -1 || enc > sizeof(pr->pr_key[0][0]) ||
	    mac > sizeof(pr->pr_key[0][0]))
		return (-1);
	pr->pr_keylen[0] = enc;
	pr->pr_keylen[1] = mac;
	for (out = 0; out < 2 && !error; out++) {
		error = keys_mat(&x->x_sa->sa_keys, &x->x_secret,
		    pr->pr_proto, out ? pr->pr_out : pr->pr_in, &x->x_ni,
		    &x->x_nr, mat, enc + mac);
		memcpy(pr->pr_key[out][0], mat, enc);
		memcpy(pr->pr_key[out][1], mat + enc, mac);
	}
	explicit_bzero(mat, sizeof(mat));
	return (error);
}

/*
 * One replaces another
 */

static uint32_t
higher(const struct pair *pr)
{
	return (pr->pr_in > pr->pr_out ? pr->pr_in : pr->pr_out);
}

/*
 * It is to end.  Until then both ends receive by it and it may be sent by:
 * the kernel takes what was added last.  What is taken out of the kernel
 * never comes back, as its numbers would begin anew under the same key, which
 * reveals what AES-GCM encrypts.
 */
void
pair_retire(struct pair *pr)
{
	struct engine *en = pr->pr_conn->cn_engine;

	pr->pr_flags |= PRF_REPLACED;
	pr->pr_tell = 1;
	en_timer(en, &pr->pr_timer, en_jitter(en, PAIR_DRAIN,
	    PAIR_DRAIN * 3 / 2));
}

static uint64_t
soft_ms(const struct pair *pr)
{
	const uint64_t part = pr->pr_flags & PRF_INITIATOR ? 900 : 950;

	return (pr->pr_life_s * part);
}

/* Neither end has deleted it yet. */
static int
pair_usable(const struct pair *pr)
{
	return ((pr->pr_flags & (PRF_IN | PRF_OUT)) == (PRF_IN | PRF_OUT) &&
	    pr->pr_settled != 0 && ((pr->pr_flags & PRF_REPLACED) == 0 ||
	    (pr->pr_tell && pr->pr_told == 0)));
}

/* The last that was begun by us, or by the peer, of those nobody deleted. */
static struct pair *
pair_last(struct conn *cn, unsigned int initiator)
{
	struct pair *pr, *best = NULL;

	TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry)
		if ((pr->pr_flags & PRF_INITIATOR) == initiator &&
		    pair_usable(pr) &&
		    (best == NULL || pr->pr_created >= best->pr_created))
			best = pr;
	return (best);
}

static int
pairs_atonce(const struct pair *a, const struct pair *b)
{
	const uint64_t apart = a->pr_created > b->pr_created ?
	    a->pr_created - b->pr_created : b->pr_created - a->pr_created;

	return (((a->pr_flags ^ b->pr_flags) & PRF_INITIATOR) &&
	    apart <= PAIR_OVERLAP);
}

/*
 * The one to send by.  Who began which, in what order and within a moment,
 * both ends see alike; in what order they were settled they do not.  Of the
 * last ones of either end the later counts, or, if they were made at once,
 * the one with the highest SPI.
 */
static struct pair *
pair_choose(struct conn *cn)
{
	struct pair *ours = pair_last(cn, PRF_INITIATOR);
	struct pair *theirs = pair_last(cn, 0);

	if (ours == NULL || theirs == NULL)
		return (ours != NULL ? ours : theirs);
	if (pairs_atonce(ours, theirs))
		return (higher(ours) > higher(theirs) ? ours : theirs);
	return (ours->pr_created > theirs->pr_created ? ours : theirs);
}

/* It is not to end after all. */
static void
pair_restore(struct pair *pr)
{
	struct engine *en = pr->pr_conn->cn_engine;

	pr->pr_flags &= ~PRF_REPLACED;
	if (pr->pr_life_s != 0)
		en_timer(en, &pr->pr_timer, soft_ms(pr) + LATE);
	else
		en_untimer(en, &pr->pr_timer);
}

/*
 * If the other end sees it otherwise after all, it says so by a DELETE before
 * one that was made at once with the chosen one is forgotten here.
 */
void
pair_settled(struct pair *pr)
{
	struct conn *cn = pr->pr_conn;
	struct engine *en = cn->cn_engine;
	struct pair *best, *other;

	pr->pr_settled = en_now(en);
	if (pr->pr_life_s != 0)
		en_timer(en, &pr->pr_timer, soft_ms(pr) + LATE);
	dbg(DBG_SA, 10, "%s: SPIs in %08x, out %08x", cn->cn_conf->pc_name,
	    pr->pr_in, pr->pr_out);
	best = pair_choose(cn);
	if (best->pr_flags & PRF_REPLACED)
		pair_restore(best);
	TAILQ_FOREACH(other, &cn->cn_pairs, pr_entry) {
		if (other == best || other->pr_settled == 0 ||
		    (other->pr_flags & PRF_REPLACED))
			continue;
		pair_retire(other);
		if (pairs_atonce(other, best))
			en_timer(en, &other->pr_timer, en_jitter(en,
			    UNSURE * PAIR_DRAIN, (UNSURE + 1) * PAIR_DRAIN));
	}
	conn_changed(cn);
}

void
pair_switch_soon(struct pair *pr)
{
	pr->pr_flags |= PRF_SWITCH;
	en_timer(pr->pr_conn->cn_engine, &pr->pr_switch, SWITCH_DELAY);
}

static void
pair_switch(void *arg)
{
	struct pair *pr = arg;

	if (pair_install_out(pr) != 0)
		pair_close(pr, 1, "the kernel does not take it");
	else
		pair_settled(pr);
}

/* The current one went: one that is new, or was to end, takes its place. */
static void
pair_revive(struct conn *cn)
{
	struct pair *pr;

	if (conn_current(cn) != NULL)
		return;
	TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry)
		if (pr->pr_flags & PRF_SWITCH) {
			en_timer(cn->cn_engine, &pr->pr_switch, 0);
			break;
		}
	if ((pr = pair_choose(cn)) != NULL)
		pair_restore(pr);
}

void
pair_close(struct pair *pr, int tell, const char *why)
{
	struct conn *cn = pr->pr_conn;

	dbg(DBG_SA, 10, "%s: SPIs in %08x, out %08x closed: %s",
	    cn->cn_conf->pc_name, pr->pr_in, pr->pr_out, why);
	if (tell && (pr->pr_flags & PRF_IN))
		info_bury_pair(pr);
	pair_free(pr);
	pair_revive(cn);
	conn_changed(cn);
}

/* The peer deleted what we send by; what is on its way still comes. */
void
pair_deleted(struct pair *pr)
{
	struct conn *cn = pr->pr_conn;

	pair_forget(pr);	/* its last message may come after this */
	pr->pr_flags |= PRF_REPLACED;
	pr->pr_tell = 0;
	pair_mute(pr);
	en_timer(cn->cn_engine, &pr->pr_timer, LAST_WORDS);
	pair_revive(cn);
	conn_changed(cn);
}

/*
 * Time
 */

/* One that is to replace it is there, but not sent by yet. */
static int
pair_succeeded(const struct pair *pr)
{
	const struct pair *other;

	TAILQ_FOREACH(other, &pr->pr_conn->cn_pairs, pr_entry)
		if (other != pr && (other->pr_flags &
		    (PRF_IN | PRF_OUT | PRF_REPLACED)) == PRF_IN &&
		    other->pr_created > pr->pr_settled)
			return (1);
	return (0);
}

void
pair_rekey(struct pair *pr)
{
	struct conn *cn = pr->pr_conn;
	struct engine *en = cn->cn_engine;
	struct peer *pe = cn->cn_conf->pc_peer;
	struct sa *sa;

	if ((pr->pr_flags & (PRF_REPLACED | PRF_RENEWING)) ||
	    (en->en_flags & (ENF_PASSIVE | ENF_STOPPING)) ||
	    cn->cn_quick != NULL)
		return;
	pr->pr_flags |= PRF_SOFT;
	if (conn_answering(cn) || pair_succeeded(pr))
		return;
	if ((sa = sa_for(en, pe)) != NULL &&
	    id_cmp(&sa->sa_remote, &pr->pr_remote) == 0)
		(void)quick_start(sa, cn, pr);
	else if (sa_making(en, pe) == NULL && pe->pe_addr.ia_family != 0)
		p1_start(en, pe, NULL);
}

static uint64_t
pair_age(const struct pair *pr)
{
	return (en_now(pr->pr_conn->cn_engine) - pr->pr_settled);
}

/*
 * The peer is told before it is forgotten here: what it sends by it until
 * then comes.  It is told again while it does, as a DELETE may get lost.
 */
static void
pair_farewell(struct pair *pr)
{
	struct engine *en = pr->pr_conn->cn_engine;
	const int64_t now = en->en_world.w_time(en->en_arg);

	if (pr->pr_told == 0 ? pr->pr_tell : pr->pr_told < FAREWELLS &&
	    pair_lastuse(pr) + LAST_WORDS / 1000 >= now) {
		pr->pr_tell = 0;
		pr->pr_told++;
		pair_mute(pr);
		info_delete_pair(pr);
		en_timer(en, &pr->pr_timer, LAST_WORDS);
		return;
	}
	pair_close(pr, pr->pr_told > 0, "replaced");
}

static void
pair_timeout(void *arg)
{
	struct pair *pr = arg;
	struct engine *en = pr->pr_conn->cn_engine;

	if (pr->pr_flags & PRF_REPLACED) {
		pair_farewell(pr);
		return;
	}
	if (pr->pr_life_s == 0) {	/* octets: the kernel ends it */
		en_timer(en, &pr->pr_timer, RETRY);
		pair_rekey(pr);
		return;
	}
	if (pair_age(pr) >= pr->pr_life_s * 1000ULL) {
		pair_close(pr, 1, "expired");
		return;
	}
	en_timer(en, &pr->pr_timer, RETRY < pr->pr_life_s * 1000ULL -
	    pair_age(pr) + LATE ? RETRY : pr->pr_life_s * 1000ULL -
	    pair_age(pr) + LATE);
	pair_rekey(pr);
}

/* SADB_EXPIRE.  After the hard one the SA of that direction is gone. */
void
pair_expired(struct pair *pr, int hard)
{
	if (hard)
		pair_close(pr, 1, "expired");
	else if (pr->pr_flags & PRF_REPLACED) {
		/* the kernel sends by it, but need not */
		if (conn_current(pr->pr_conn) != NULL)
			pair_mute(pr);
	} else if (pr->pr_settled != 0) {
		en_timer(pr->pr_conn->cn_engine, &pr->pr_timer, RETRY);
		pair_rekey(pr);
	}
}

/*
 * Looking
 */

/* One of the peer's of this SA. */
struct pair *
pair_by_out(struct engine *en, uint8_t proto, uint32_t spi,
    const struct sa *sa)
{
	struct pair *pr;
	struct conn *cn;

	TAILQ_FOREACH(cn, &en->en_conns, cn_entry) {
		if (cn->cn_conf->pc_peer != sa->sa_conf)
			continue;
		TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry)
			if (pr->pr_out == spi && pr->pr_proto == proto &&
			    (pr->pr_flags & PRF_IN) &&
			    id_cmp(&pr->pr_remote, &sa->sa_remote) == 0)
				return (pr);
	}
	return (NULL);
}

/* The peer is somewhere else now: what is in UDP goes there. */
void
pair_moved(struct pair *pr, const struct sa *sa)
{
	struct engine *en = pr->pr_conn->cn_engine;
	struct ksa old[2], new[2];
	int out, error = 0;

	for (out = 0; out < 2; out++)
		(void)pair_ksa(pr, &old[out], out);
	pr->pr_peer = sa->sa_peer;
	pr->pr_local = sa->sa_local;
	for (out = 0; out < 2; out++) {
		if ((pr->pr_flags & (out ? PRF_OUT : PRF_IN)) == 0)
			continue;
		(void)pair_ksa(pr, &new[out], out);
		new[out].ks_larval = 0;
		error |= en->en_world.w_movesa(en->en_arg, &old[out],
		    &new[out]);
	}
	if (error)
		pair_rekey(pr);
}

int64_t
pair_lastuse(struct pair *pr)
{
	struct ksa_stat st[2];

	pair_stats(pr, st);
	return (st[0].kt_lastuse);
}

void
pair_stats(struct pair *pr, struct ksa_stat st[2])
{
	struct engine *en = pr->pr_conn->cn_engine;
	struct ksa ks;
	int out;

	memset(st, 0, 2 * sizeof(*st));
	for (out = 0; out < 2; out++) {
		if ((pr->pr_flags & (out ? PRF_OUT : PRF_IN)) == 0)
			continue;
		(void)pair_ksa(pr, &ks, out);
		(void)en->en_world.w_statsa(en->en_arg, &ks, &st[out]);
	}
}
