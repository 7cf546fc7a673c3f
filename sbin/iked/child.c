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
 * Child SAs, and the kernel's part of them.  Inbound comes first, outbound
 * once the peer can have inbound, and inbound goes last.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "log.h"
#include "sa.h"

#define SPI_MIN		0x100
#define MARGIN		10		/* s from the rekeying to the end */
/* Without ESN the numbers of an SA end here; rekey well before. */
#define SEQ_HARD	0xffffffffU
#define SEQ_SOFT	0xe0000000U
#define CHILD_BACKOFF	6		/* doublings */

/* The kernel counts packets, but does not say when there are enough. */
#define POLL_LIMITED	(10 * SEC)	/* the policy has a limit */
#define POLL_NOESN	(60 * SEC)

static void	 child_tick(void *);

static struct policy *
child_policy(const struct child *ch)
{
	return (ch->ch_tun->tn_plan == NULL ? NULL :
	    ch->ch_tun->tn_plan->pn_policy);
}

static int
child_decoupled(const struct child *ch)
{
	return ((ch->ch_tun->tn_engine->en_flags & ENF_DECOUPLED) != 0);
}

void
child_place(struct child *ch, const struct sa *sa)
{
	ch->ch_local = sa->sa_local;
	ch->ch_peer = sa->sa_peer;
	ch->ch_encap = (sa->sa_flags & SAF_ENCAP) != 0;
}

static int
child_getspi(struct child *ch)
{
	struct engine *en = ch->ch_tun->tn_engine;
	struct ksa ks;
	int error;

	if (child_decoupled(ch)) {
		do
			en_random(en, &ch->ch_in, sizeof(ch->ch_in));
		while (ch->ch_in < SPI_MIN);
		return (0);
	}
	child_ksa(ch, &ks, 0);
	error = en->en_world.w_getspi(en->en_arg, &ks, &ch->ch_in);
	if (error != 0) {
		log_warnx("the kernel gives no SPI: %s", strerror(error));
		return (-1);
	}
	ch->ch_flags |= CHF_INKERNEL;
	return (0);
}

struct child *
child_new(struct tunnel *tn, const struct sa *sa, int initiator)
{
	struct engine *en = tn->tn_engine;
	struct child *ch;

	if ((ch = calloc(1, sizeof(*ch))) == NULL)
		return (NULL);
	ch->ch_tun = tn;
	ch->ch_state = CH_LARVAL;
	ch->ch_flags = initiator ? CHF_INITIATOR : 0;
	ch->ch_created = en_now(en);
	ch->ch_proto = IKE_PROTO_ESP;
	if (child_policy(ch) != NULL)
		ch->ch_proto = policy_proto(child_policy(ch));
	tn->tn_proto = ch->ch_proto;
	ch->ch_timer.t_fn = child_tick;
	ch->ch_timer.t_arg = ch;
	child_place(ch, sa);
	TAILQ_INSERT_HEAD(&tn->tn_children, ch, ch_entry);
	if (child_getspi(ch) == -1) {
		child_free(ch);
		return (NULL);
	}
	en->en_stats.st_children_created++;
	return (ch);
}

static void
child_delsa(struct child *ch, int out)
{
	struct engine *en = ch->ch_tun->tn_engine;
	struct ksa ks;

	child_ksa(ch, &ks, out);
	/* one that expired is gone already */
	(void)en->en_world.w_delsa(en->en_arg, &ks);
}

void
child_uncouple(struct child *ch)
{
	if (!(ch->ch_flags & CHF_INKERNEL))
		return;
	if (ch->ch_state == CH_LIVE && !(ch->ch_flags & CHF_MUTE))
		child_delsa(ch, 1);
	child_delsa(ch, 0);
	ch->ch_flags &= ~CHF_INKERNEL;
}

/* It is nobody's subject and replaces nobody any more. */
static void
child_forget(struct child *ch)
{
	struct tunnel *tn = ch->ch_tun;
	struct child *other;

	job_forget(tn, ch);
	TAILQ_FOREACH(other, &tn->tn_children, ch_entry) {
		if (other->ch_mine == ch)
			other->ch_mine = NULL;
		if (other->ch_theirs == ch)
			other->ch_theirs = NULL;
	}
}

void
child_free(struct child *ch)
{
	struct tunnel *tn = ch->ch_tun;
	struct sa *sa;

	child_uncouple(ch);
	en_untimer(tn->tn_engine, &ch->ch_timer);
	child_forget(ch);
	TAILQ_REMOVE(&tn->tn_children, ch, ch_entry);
	LIST_FOREACH(sa, &tn->tn_sas, sa_entry)
		if (sa->sa_hs != NULL && sa->sa_hs->hs_child == ch)
			sa->sa_hs->hs_child = NULL;
	props_clear(&ch->ch_prop);
	tslist_clear(&ch->ch_src);
	tslist_clear(&ch->ch_dst);
	tn->tn_engine->en_stats.st_children_removed++;
	explicit_bzero(ch, sizeof(*ch));
	free(ch);
}

void
child_putspi(uint8_t p[4], uint32_t spi)
{
	p[0] = spi >> 24;
	p[1] = spi >> 16;
	p[2] = spi >> 8;
	p[3] = spi;
}

void
child_offer_mode(struct child *ch, struct msgb *mb)
{
	const struct policy *pol = child_policy(ch);

	if (pol->pol_flags & POL_TRANSPORT)
		mb_notify(mb, IKE_PROTO_NONE, NULL, 0,
		    IKE_N_USE_TRANSPORT_MODE, NULL, 0);
}

/*
 * RFC 7296 1.3.1: transport mode is there if both ends say so.  NULL, or why
 * it cannot be as the policy has it.
 */
static const char *
child_mode(struct child *ch, const struct msg *m)
{
	const struct policy *pol = child_policy(ch);
	int theirs = msg_notify(m, IKE_N_USE_TRANSPORT_MODE) != NULL;

	if (!(pol->pol_flags & POL_TRANSPORT)) {
		/* an answer cannot have what was not asked for */
		return (theirs && (ch->ch_flags & CHF_INITIATOR) ?
		    "transport mode, which was not asked for" : NULL);
	}
	if (!theirs)
		return ("the peer wants tunnel mode, the policy is transport: "
		    "change one of them");
	ch->ch_flags |= CHF_TRANSPORT;
	return (NULL);
}

void
child_offer(struct child *ch, struct msgb *mb)
{
	struct policy *pol = child_policy(ch);
	uint8_t spi[4];

	child_putspi(spi, ch->ch_in);
	child_offer_mode(ch, mb);
	mb_sa_spi(mb, &pol->pol_childsa, spi, sizeof(spi), 1);
	mb_ts(mb, IKE_P_TSI, &pol->pol_src);
	mb_ts(mb, IKE_P_TSR, &pol->pol_dst);
}

static void
child_no_ts(struct child *ch, const struct msg *m)
{
	struct policy *pol = child_policy(ch);
	struct buf why = { 0 };

	ts_explain(&why, &pol->pol_src, &pol->pol_dst, &m->m_tsi, &m->m_tsr);
	plan_say(ch->ch_tun->tn_plan, "traffic selectors of %s: %.*s",
	    addr_print(&ch->ch_peer), (int)why.b_len, (char *)why.b_data);
	buf_clear(&why);
}

static void
child_no_proposal(struct child *ch, const struct msg *m, int nodh)
{
	struct policy *pol = child_policy(ch);
	struct buf why = { 0 };

	ch->ch_tun->tn_engine->en_stats.st_proposals_failed++;
	props_explain(&why, &pol->pol_childsa, &m->m_sa, "childsa", nodh);
	plan_say(ch->ch_tun->tn_plan, "no proposal chosen for the Child SA "
	    "of %s: %.*s", addr_print(&ch->ch_peer), (int)why.b_len,
	    (char *)why.b_data);
	buf_clear(&why);
}

static int
child_peerspi(struct child *ch)
{
	struct ike_prop *pr = &ch->ch_prop.ps_prop[0];

	if (pr->pr_proto != ch->ch_proto || pr->pr_spilen != 4)
		return (-1);
	ch->ch_out = (uint32_t)pr->pr_spi[0] << 24 | pr->pr_spi[1] << 16 |
	    pr->pr_spi[2] << 8 | pr->pr_spi[3];
	return (ch->ch_out < SPI_MIN ? -1 : 0);
}

uint16_t
child_choose(struct child *ch, const struct msg *m, int nodh)
{
	struct policy *pol = child_policy(ch);
	const char *why;

	if (pol == NULL || !MSG_HAS(m, IKE_P_SA) || !MSG_HAS(m, IKE_P_TSI) ||
	    !MSG_HAS(m, IKE_P_TSR))
		return (IKE_N_INVALID_SYNTAX);
	if ((why = child_mode(ch, m)) != NULL) {
		plan_say(ch->ch_tun->tn_plan, "Child SA of %s: %s",
		    addr_print(&ch->ch_peer), why);
		return (IKE_N_NO_PROPOSAL_CHOSEN);
	}
	if (props_select(&ch->ch_prop, &pol->pol_childsa, &m->m_sa,
	    nodh) == -1 || child_peerspi(ch) == -1) {
		child_no_proposal(ch, m, nodh);
		return (IKE_N_NO_PROPOSAL_CHOSEN);
	}
	/* the peer's own side is our destination */
	if (ts_narrow(&ch->ch_dst, &m->m_tsi, &pol->pol_dst) == -1 ||
	    ts_narrow(&ch->ch_src, &m->m_tsr, &pol->pol_src) == -1) {
		child_no_ts(ch, m);
		return (IKE_N_TS_UNACCEPTABLE);
	}
	return (0);
}

void
child_answer(struct child *ch, struct msgb *mb)
{
	uint8_t spi[4];

	child_putspi(spi, ch->ch_in);
	if (ch->ch_flags & CHF_TRANSPORT)
		mb_notify(mb, IKE_PROTO_NONE, NULL, 0,
		    IKE_N_USE_TRANSPORT_MODE, NULL, 0);
	mb_sa_spi(mb, &ch->ch_prop, spi, sizeof(spi), 0);
}

void
child_answer_ts(struct child *ch, struct msgb *mb)
{
	mb_ts(mb, IKE_P_TSI, &ch->ch_dst);
	mb_ts(mb, IKE_P_TSR, &ch->ch_src);
}

int
child_accept(struct child *ch, const struct msg *m, int nodh)
{
	struct policy *pol = child_policy(ch);
	const char *why = NULL;

	if (pol == NULL)
		return (-1);
	if (!MSG_HAS(m, IKE_P_SA) || !MSG_HAS(m, IKE_P_TSI) ||
	    !MSG_HAS(m, IKE_P_TSR))
		why = "without SA or selectors";
	else if (m->m_sa.ps_n != 1 || props_offered(&pol->pol_childsa,
	    &m->m_sa.ps_prop[0], nodh) == -1)
		why = "chose what was not offered";
	else if (m->m_tsi.tl_n == 0 || m->m_tsr.tl_n == 0 ||
	    !ts_within(&m->m_tsi, &pol->pol_src) ||
	    !ts_within(&m->m_tsr, &pol->pol_dst))
		why = "selectors wider than ours";
	else if ((why = child_mode(ch, m)) != NULL)
		;
	else if (props_copy(&ch->ch_prop, &m->m_sa) == -1 ||
	    tslist_copy(&ch->ch_src, &m->m_tsi) == -1 ||
	    tslist_copy(&ch->ch_dst, &m->m_tsr) == -1)
		why = "no memory";
	else if (child_peerspi(ch) == -1)
		why = "no SPI";
	if (why != NULL)
		plan_say(ch->ch_tun->tn_plan, "Child SA of %s: %s",
		    addr_print(&ch->ch_peer), why);
	return (why == NULL ? 0 : -1);
}

uint16_t
child_group(const struct child *ch)
{
	const struct ike_xform *xf;

	if (ch->ch_prop.ps_n == 0)
		return (0);
	xf = prop_get(&ch->ch_prop.ps_prop[0], IKE_T_DH);
	return (xf == NULL ? 0 : xf->xf_id);
}

static void
child_sizes(const struct child *ch, size_t *elen, size_t *alen)
{
	const struct ike_prop *pr = &ch->ch_prop.ps_prop[0];
	const struct xform_name *xn;
	const struct ike_xform *xf;

	*elen = *alen = 0;
	if ((xf = prop_get(pr, IKE_T_ENCR)) != NULL &&
	    (xn = xform_find(xf)) != NULL)
		*elen = xn->xn_keylen + xn->xn_salt;
	if ((xf = prop_get(pr, IKE_T_INTEG)) != NULL && xf->xf_id != 0 &&
	    (xn = xform_find(xf)) != NULL)
		*alen = xn->xn_keylen;
}

/* RFC 7296 2.17; the keys of the initiator's direction come first. */
int
child_derive(struct child *ch, struct sa *sa, const struct buf *secret,
    const struct buf *ni, const struct buf *nr)
{
	uint8_t keys[2 * sizeof(ch->ch_keys[0])];
	struct span p[3];
	size_t elen, alen;
	unsigned int n = 0;
	int in = ch->ch_flags & CHF_INITIATOR ? 1 : 0;

	child_sizes(ch, &elen, &alen);
	if (elen + alen > sizeof(ch->ch_keys[0]))
		return (-1);
	if (secret != NULL) {
		p[n].s_data = secret->b_data;
		p[n++].s_len = secret->b_len;
	}
	p[n].s_data = ni->b_data;
	p[n++].s_len = ni->b_len;
	p[n].s_data = nr->b_data;
	p[n++].s_len = nr->b_len;
	sa_lower_nonce(ch->ch_nonce, &ch->ch_noncelen, ni, nr);
	if (prf_plus(sa->sa_prf, sa->sa_skd, prf_len(sa->sa_prf), p, n, keys,
	    2 * (elen + alen)) == -1)
		return (-1);
	memcpy(ch->ch_keys[0], keys + in * (elen + alen), elen + alen);
	memcpy(ch->ch_keys[1], keys + !in * (elen + alen), elen + alen);
	explicit_bzero(keys, sizeof(keys));
	return (0);
}

static int
child_esn(const struct child *ch)
{
	const struct ike_xform *xf;

	xf = prop_get(&ch->ch_prop.ps_prop[0], IKE_T_ESN);
	return (xf != NULL && xf->xf_id == IKE_ESN_YES);
}

/* How many packets it may send; 0: any number. */
static uint64_t
child_packets(const struct child *ch)
{
	const struct policy *pol = child_policy(ch);
	uint64_t packets = pol == NULL ? 0 : pol->pol_packets;

	if (!child_esn(ch) && (packets == 0 || packets > SEQ_HARD))
		packets = SEQ_HARD;
	return (packets);
}

static void
child_lifetimes(struct child *ch, struct ksa *ks)
{
	struct engine *en = ch->ch_tun->tn_engine;
	const struct policy *pol = child_policy(ch);
	uint64_t packets;

	if (pol == NULL)
		return;
	packets = child_packets(ch);
	ks->ks_hard_s = ch->ch_hard;
	ks->ks_soft_s = ch->ch_soft;
	ks->ks_hard_bytes = pol->pol_bytes;
	ks->ks_soft_bytes = pol->pol_bytes / 1000 * en_jitter(en, 850, 950);
	if (pol->pol_bytes != 0 && ks->ks_soft_bytes == 0)
		ks->ks_soft_bytes = pol->pol_bytes * 9 / 10;
	if (packets == 0 || packets > SEQ_HARD)
		return;
	ks->ks_hard_packets = packets;
	ks->ks_soft_packets = packets == SEQ_HARD ? SEQ_SOFT :
	    packets * en_jitter(en, 850, 950) / 1000;
}

void
child_ksa(struct child *ch, struct ksa *ks, int out)
{
	const struct policy *pol = child_policy(ch);
	struct tunnel *tn = ch->ch_tun;
	const struct ike_prop *pr;
	const struct ike_xform *xf;
	size_t elen, alen;

	memset(ks, 0, sizeof(*ks));
	ks->ks_spi = out ? ch->ch_out : ch->ch_in;
	ks->ks_out = out;
	ks->ks_larval = !out;
	ks->ks_src = out ? ch->ch_local : ch->ch_peer;
	ks->ks_dst = out ? ch->ch_peer : ch->ch_local;
	ks->ks_src.ia_port = ks->ks_dst.ia_port = 0;
	ks->ks_udpencap = ch->ch_encap;
	ks->ks_udpport = ch->ch_encap ? ch->ch_peer.ia_port : 0;
	ks->ks_unit = pol != NULL ? pol->pol_unit : 0;
	ks->ks_nounit = pol != NULL && (pol->pol_flags & POL_FLOWS);
	ks->ks_proto = ch->ch_proto;
	ks->ks_transport = (ch->ch_flags & CHF_TRANSPORT) != 0;
	/* more than one pair cannot be told */
	if (ch->ch_src.tl_n == 1 && ch->ch_dst.tl_n == 1) {
		ks->ks_selfts = &ch->ch_src.tl_ts[0];
		ks->ks_peerts = &ch->ch_dst.tl_ts[0];
	}
	if (tn->tn_peerid.id_type != 0) {
		ks->ks_srcid = out ? &tn->tn_self : &tn->tn_peerid;
		ks->ks_dstid = out ? &tn->tn_peerid : &tn->tn_self;
	}
	if (ch->ch_prop.ps_n == 0)
		return;
	pr = &ch->ch_prop.ps_prop[0];
	if ((xf = prop_get(pr, IKE_T_ENCR)) != NULL)
		ks->ks_encr = *xf;
	if ((xf = prop_get(pr, IKE_T_INTEG)) != NULL)
		ks->ks_integ = *xf;
	ks->ks_esn = child_esn(ch);
	child_sizes(ch, &elen, &alen);
	ks->ks_ekey = ch->ch_keys[out ? 1 : 0];
	ks->ks_ekeylen = elen;
	ks->ks_akey = ch->ch_keys[out ? 1 : 0] + elen;
	ks->ks_akeylen = alen;
}

static int
child_addsa(struct child *ch, int out)
{
	struct engine *en = ch->ch_tun->tn_engine;
	struct ksa ks;
	int error;

	if (!(ch->ch_flags & CHF_INKERNEL))
		return (0);
	child_ksa(ch, &ks, out);
	child_lifetimes(ch, &ks);
	/* the peer ends it; it sends by it until it has our delete */
	if (!out)
		ks.ks_hard_bytes *= 2;
	error = en->en_world.w_addsa(en->en_arg, &ks);
	if (error == ESRCH && !out) {
		/* the kernel forgets an SPI sooner than we a request */
		ks.ks_larval = 0;
		error = en->en_world.w_addsa(en->en_arg, &ks);
	}
	if (error == 0)
		return (0);
	if (ks.ks_nounit)
		log_warnx("the kernel refuses SA 0x%08x: %s", ks.ks_spi,
		    kernel_reason(error, &ks));
	else
		log_warnx("the kernel refuses SA 0x%08x for sec%u: %s",
		    ks.ks_spi, ks.ks_unit, kernel_reason(error, &ks));
	return (-1);
}

static void
child_log_loaded(struct child *ch, const struct sa *sa)
{
	const struct ike_prop *pr = &ch->ch_prop.ps_prop[0];
	const struct ike_xform *encr = prop_get(pr, IKE_T_ENCR);
	const struct ike_xform *integ = prop_get(pr, IKE_T_INTEG);
	const struct ike_xform *esn = prop_get(pr, IKE_T_ESN);
	const struct ike_xform *dh = prop_get(pr, IKE_T_DH);
	int auth = integ != NULL && integ->xf_id != 0;
	int group = dh != NULL && dh->xf_id != 0;

	log_info("%sikev2_childsa_enable: loaded SPIs: 0x%08x, 0x%08x (enc "
	    "%s%s%s%s%s%s)", sa_prefix(sa), ch->ch_out, ch->ch_in,
	    encr != NULL ? xform_print(encr) : "none", auth ? " auth " : "",
	    auth ? xform_print(integ) : "", group ? " group " : "",
	    group ? xform_print(dh) : "",
	    esn != NULL && esn->xf_id == IKE_ESN_YES ? " esn" : "");
}

/* When to rekey, in s; the end leaves time for the last packets. */
static uint32_t
child_soft(struct engine *en, uint32_t hard)
{
	uint32_t soft;

	if (hard == 0)
		return (0);
	if (hard <= 2 * MARGIN)
		soft = (uint64_t)hard * en_jitter(en, 500, 600) / 1000;
	else {
		soft = (uint64_t)hard * en_jitter(en, 850, 950) / 1000;
		if (soft > hard - MARGIN)
			soft = hard - MARGIN;
	}
	return (soft == 0 ? 1 : soft);
}

/* How long a replaced one stays before its delete, in ms. */
uint64_t
child_drain(const struct child *ch)
{
	uint64_t life = (uint64_t)ch->ch_hard * SEC;

	return (life != 0 && life / 8 < DRAIN ? life / 8 : DRAIN);
}

int
child_install(struct child *ch, struct sa *sa, int half)
{
	struct engine *en = ch->ch_tun->tn_engine;
	const struct policy *pol = child_policy(ch);

	if (pol == NULL)
		return (-1);
	/* the SPI was for another place */
	if ((ch->ch_flags & CHF_INKERNEL) &&
	    !addr_same(&ch->ch_local, &sa->sa_local))
		child_delsa(ch, 0);
	child_place(ch, sa);
	ch->ch_sa = sa;
	keylog_child(ch, sa);
	ch->ch_hard = pol->pol_lifetime;
	ch->ch_soft = child_soft(en, ch->ch_hard);
	ch->ch_rekey_at = ch->ch_soft == 0 ? 0 :
	    en_now(en) + (uint64_t)ch->ch_soft * SEC;
	if (child_addsa(ch, 0) == -1)
		return (-1);
	ch->ch_state = CH_HALF;
	child_log_loaded(ch, sa);
	if (half) {
		ch->ch_proof = en_now(en) + PROOF;
		en_timer(en, &ch->ch_timer, PROOF_POLL);
		return (0);
	}
	return (child_complete(ch));
}

/* The next look at it while it lives. */
static void
child_arm(struct child *ch)
{
	struct engine *en = ch->ch_tun->tn_engine;
	const struct policy *pol = child_policy(ch);
	uint64_t now = en_now(en), ms = UINT64_MAX;

	if (child_packets(ch) != 0)
		ms = pol != NULL && pol->pol_packets != 0 ? POLL_LIMITED :
		    POLL_NOESN;
	if (ch->ch_rekey_at != 0 && (ch->ch_rekey_at <= now ||
	    ch->ch_rekey_at - now < ms))
		ms = ch->ch_rekey_at > now ? ch->ch_rekey_at - now : 0;
	if (ms == UINT64_MAX)
		en_untimer(en, &ch->ch_timer);
	else
		en_timer(en, &ch->ch_timer, ms);
}

/* Rekey in time, by the clock or by the packets. */
static void
child_look(struct child *ch)
{
	struct engine *en = ch->ch_tun->tn_engine;
	uint64_t limit = child_packets(ch);
	struct ksa_stat kt;
	struct ksa ks;

	if (ch->ch_rekey_at != 0 && ch->ch_rekey_at <= en_now(en)) {
		/* again, should this one come to nothing */
		en_timer(en, &ch->ch_timer, BACKOFF_MAX / 2);
		child_expired(ch, 0);
		return;
	}
	child_arm(ch);
	if (limit == 0 || !(ch->ch_flags & CHF_INKERNEL))
		return;
	child_ksa(ch, &ks, 1);
	if (en->en_world.w_statsa(en->en_arg, &ks, &kt) != 0)
		return;
	if (kt.kt_packets >= limit)
		child_expired(ch, 1);
	else if (kt.kt_packets >= (limit == SEQ_HARD ? SEQ_SOFT :
	    limit * 85 / 100))
		child_expired(ch, 0);
}

int
child_complete(struct child *ch)
{
	struct tunnel *tn = ch->ch_tun;
	struct engine *en = tn->tn_engine;

	if (child_addsa(ch, 1) == -1)
		return (-1);
	ch->ch_state = CH_LIVE;
	explicit_bzero(ch->ch_keys, sizeof(ch->ch_keys));
	tn->tn_backoff = 0;
	tn->tn_childless = 0;
	child_arm(ch);
	if (tn->tn_plan != NULL)
		flow_sync(tn->tn_plan, ch->ch_sa);
	/* negotiated without the kernel, which is wanted now */
	if (!(ch->ch_flags & CHF_INKERNEL) && !child_decoupled(ch))
		job_add(tn, JOB_CHILD_REKEY, ch, 0);
	en_event(en, "child %s: 0x%08x 0x%08x", tn->tn_plan != NULL ?
	    tn->tn_plan->pn_policy->pol_name : "-", ch->ch_in, ch->ch_out);
	return (0);
}

/* A new request by this IKE SA: the peer has our answers by it. */
void
child_proved(struct sa *sa)
{
	struct child *ch, *next;

	TAILQ_FOREACH_SAFE(ch, &sa->sa_tun->tn_children, ch_entry, next)
		if (ch->ch_state == CH_HALF && ch->ch_sa == sa &&
		    child_complete(ch) == -1)
			child_retire(ch);
}

/* It asks again: it has not got our answer. */
void
child_doubted(struct sa *sa)
{
	struct child *ch;

	TAILQ_FOREACH(ch, &sa->sa_tun->tn_children, ch_entry)
		if (ch->ch_state == CH_HALF && ch->ch_sa == sa)
			ch->ch_proof = en_now(sa->sa_engine) + PROOF;
}

/* The peer has not shown that it has this one, by ESP at least. */
static int
child_unproved(struct child *ch)
{
	struct engine *en = ch->ch_tun->tn_engine;
	struct ksa_stat kt;
	struct ksa ks;

	if (en_now(en) >= ch->ch_proof)
		return (0);
	child_ksa(ch, &ks, 0);
	return (!(ch->ch_flags & CHF_INKERNEL) ||
	    en->en_world.w_statsa(en->en_arg, &ks, &kt) != 0 ||
	    kt.kt_packets == 0);
}

/* With `gone' gone, is there nothing to send by? */
static int
child_last(struct tunnel *tn, const struct child *gone)
{
	struct child *ch;

	TAILQ_FOREACH(ch, &tn->tn_children, ch_entry)
		if (ch != gone && ch->ch_state == CH_LIVE &&
		    !(ch->ch_flags & CHF_MUTE))
			return (0);
	return (1);
}

/* If nothing else is there to send by, one of which only half is. */
static void
child_relieve(struct child *ch)
{
	struct tunnel *tn = ch->ch_tun;
	struct child *other, *next;

	if (tn->tn_flags & TNF_CLOSING)
		return;
	TAILQ_FOREACH_SAFE(other, &tn->tn_children, ch_entry, next)
		if (other != ch && other->ch_state == CH_HALF &&
		    child_last(tn, ch))
			(void)child_complete(other);
}

void
child_stop(struct child *ch)
{
	if (ch->ch_state != CH_LIVE || !(ch->ch_flags & CHF_INKERNEL) ||
	    (ch->ch_flags & CHF_MUTE))
		return;
	child_delsa(ch, 1);
	ch->ch_flags |= CHF_MUTE;
}

/*
 * We are about to tell the peer that it goes: it may take inbound away
 * before its answer comes.
 */
void
child_mute(struct child *ch)
{
	child_relieve(ch);
	if (!child_last(ch->ch_tun, ch))
		child_stop(ch);
}

/*
 * The outbound SA goes at once, the inbound one after what may be under
 * way.  There is no moment without an outbound SA if there is another.
 */
void
child_retire(struct child *ch)
{
	if (ch->ch_state == CH_OLD)
		return;
	child_relieve(ch);
	if (ch->ch_state == CH_LIVE && (ch->ch_flags & CHF_INKERNEL) &&
	    !(ch->ch_flags & CHF_MUTE))
		child_delsa(ch, 1);
	ch->ch_state = CH_OLD;
	explicit_bzero(ch->ch_keys, sizeof(ch->ch_keys));
	child_forget(ch);
	if (ch->ch_tun->tn_plan != NULL)
		flow_sync(ch->ch_tun->tn_plan, NULL);
	en_timer(ch->ch_tun->tn_engine, &ch->ch_timer, GRACE);
}

struct child *
child_by_out(struct tunnel *tn, uint32_t spi)
{
	struct child *ch;

	TAILQ_FOREACH(ch, &tn->tn_children, ch_entry)
		if (ch->ch_out == spi && (ch->ch_state == CH_HALF ||
		    ch->ch_state == CH_LIVE))
			return (ch);
	return (NULL);
}

struct child *
child_current(struct tunnel *tn)
{
	struct child *ch;

	TAILQ_FOREACH(ch, &tn->tn_children, ch_entry)
		if ((ch->ch_state == CH_LIVE || ch->ch_state == CH_HALF) &&
		    ch->ch_mine == NULL && ch->ch_theirs == NULL &&
		    !(ch->ch_flags & CHF_DELETING))
			return (ch);
	return (NULL);
}

static void
child_tick(void *arg)
{
	struct child *ch = arg;
	struct tunnel *tn = ch->ch_tun;

	switch (ch->ch_state) {
	case CH_HALF:
		if (child_unproved(ch))
			en_timer(tn->tn_engine, &ch->ch_timer, PROOF_POLL);
		else if (child_complete(ch) == -1)
			child_retire(ch);
		break;
	case CH_LIVE:
		child_look(ch);
		break;
	case CH_OLD:
		child_free(ch);
		if (tn->tn_flags & TNF_CLOSING) {
			tun_reap(tn);
			return;
		}
		break;
	default:
		break;
	}
	tun_changed(tn);
}

void
child_expired(struct child *ch, int hard)
{
	struct tunnel *tn = ch->ch_tun;

	if (ch->ch_state != CH_LIVE && ch->ch_state != CH_HALF)
		return;
	if (hard) {
		log_info("%sSA 0x%08x expired", tn->tn_sa != NULL ?
		    sa_prefix(tn->tn_sa) : "", ch->ch_in);
		job_add(tn, JOB_CHILD_DELETE, ch, 0);
		child_retire(ch);
		tun_changed(tn);
	} else if (!(tn->tn_engine->en_flags & ENF_PASSIVE) &&
	    ch->ch_mine == NULL && ch->ch_theirs == NULL &&
	    !(ch->ch_flags & CHF_DELETING))
		job_add(tn, JOB_CHILD_REKEY, ch, 0);
}

/* The peer has made its half, and we cannot: it is to go. */
void
child_disown(struct child *ch)
{
	job_add(ch->ch_tun, JOB_CHILD_DELETE, ch, 0);
	child_free(ch);
}

/* No Child SA, but an IKE SA: once more, later. */
void
child_failed(struct tunnel *tn, uint16_t notify)
{
	struct plan *pn = tn->tn_plan;
	struct buf b = { 0 };

	if (tn->tn_backoff < CHILD_BACKOFF)
		tn->tn_backoff++;
	if (pn == NULL || notify == 0)
		return;
	if (notify == IKE_N_NO_PROPOSAL_CHOSEN) {
		props_print(&b, &pn->pn_policy->pol_childsa);
		buf_trim(&b, 1200);
		plan_say(pn, "no proposal chosen: the peer takes none of what "
		    "childsa offers: %.*s; its log may say what it wants: "
		    "add that to `childsa'", (int)b.b_len, (char *)b.b_data);
	} else if (notify == IKE_N_TS_UNACCEPTABLE)
		plan_say(pn, "the peer does not take our traffic selectors: "
		    "from %s to %s; `from' and `to' have to be what it calls "
		    "`to' and `from'", tslist_print(&pn->pn_policy->pol_src),
		    tslist_print(&pn->pn_policy->pol_dst));
	else
		plan_say(pn, "the peer refuses the Child SA: %s",
		    notify_name(notify));
	buf_clear(&b);
}
