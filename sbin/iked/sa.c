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
 * IKE SAs: their life, their names, their keys.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

static void	 sa_expired(void *);
static void	 sa_again(void *);

static unsigned int
sa_bucket(uint64_t spi)
{
	return (spi & (HASHSIZE - 1));
}

uint64_t
sa_ourspi(const struct sa *sa)
{
	return (sa->sa_spi[sa->sa_flags & SAF_INITIATOR ? 0 : 1]);
}

struct sa *
sa_find(struct engine *en, uint64_t spi)
{
	struct sa *sa;

	LIST_FOREACH(sa, &en->en_hash[sa_bucket(spi)], sa_hash)
		if (sa_ourspi(sa) == spi)
			return (sa);
	return (NULL);
}

/* A responder's SA by what the initiator chose: IKE_SA_INIT come twice. */
struct sa *
sa_find_init(struct engine *en, uint64_t spii, const struct ike_addr *peer)
{
	struct tunnel *tn;
	struct sa *sa;

	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry)
		LIST_FOREACH(sa, &tn->tn_sas, sa_entry)
			if (!(sa->sa_flags & SAF_INITIATOR) &&
			    sa->sa_spi[0] == spii && sa->sa_old == NULL &&
			    addr_same(&sa->sa_peer, peer))
				return (sa);
	return (NULL);
}

struct sa *
sa_new(struct engine *en, struct tunnel *tn, int initiator)
{
	struct sa *sa;
	uint64_t spi;

	if ((sa = calloc(1, sizeof(*sa))) == NULL)
		return (NULL);
	do
		en_random(en, &spi, sizeof(spi));
	while (spi == 0 || sa_find(en, spi) != NULL);
	sa->sa_engine = en;
	sa->sa_tun = tn;
	if (initiator)
		sa->sa_flags |= SAF_INITIATOR;
	sa->sa_spi[initiator ? 0 : 1] = spi;
	sa->sa_created = en_now(en);
	sa->sa_retry.t_fn = sa_again;
	sa->sa_retry.t_arg = sa;
	sa->sa_timer.t_fn = sa_expired;
	sa->sa_timer.t_arg = sa;
	LIST_INSERT_HEAD(&en->en_hash[sa_bucket(spi)], sa, sa_hash);
	LIST_INSERT_HEAD(&tn->tn_sas, sa, sa_entry);
	en->en_stats.st_sas_created++;
	return (sa);
}

void
hs_free(struct sa *sa)
{
	struct handshake *hs = sa->sa_hs;
	unsigned int i;

	if (hs == NULL)
		return;
	buf_clear(&hs->hs_mine);
	buf_clear(&hs->hs_theirs);
	dh_free(hs->hs_dh);
	buf_clear(&hs->hs_cookie);
	buf_clear(&hs->hs_request);
	sign_res_clear(&hs->hs_signed);
	for (i = 0; i < hs->hs_nreqs; i++)
		buf_clear(&hs->hs_reqs[i].ac_data);
	if (hs->hs_child != NULL)
		child_free(hs->hs_child);
	free(hs);
	sa->sa_hs = NULL;
}

/* Nobody may point to it any more. */
static void
sa_unlink(struct sa *sa)
{
	struct tunnel *tn = sa->sa_tun;
	struct child *ch;
	struct sa *other;

	TAILQ_FOREACH(ch, &tn->tn_children, ch_entry)
		if (ch->ch_sa == sa)
			ch->ch_sa = NULL;
	LIST_FOREACH(other, &tn->tn_sas, sa_entry) {
		if (other->sa_mine == sa)
			other->sa_mine = NULL;
		if (other->sa_theirs == sa)
			other->sa_theirs = NULL;
		if (other->sa_old == sa)
			other->sa_old = NULL;
		if (other->sa_job != NULL && other->sa_job->jb_newsa == sa)
			other->sa_job->jb_newsa = NULL;
	}
	if (tn->tn_sa == sa)
		tn->tn_sa = NULL;
}

static void
sa_forget_keys(struct sa *sa)
{
	explicit_bzero(sa->sa_skd, sizeof(sa->sa_skd));
	explicit_bzero(sa->sa_skp, sizeof(sa->sa_skp));
	buf_clear(&sa->sa_ni);
	buf_clear(&sa->sa_nr);
}

void
sa_free(struct sa *sa, const char *why)
{
	struct engine *en = sa->sa_engine;
	struct tunnel *tn = sa->sa_tun;

	if (why != NULL)
		log_info("%ssa_free: %s", sa_prefix(sa), why);
	hs_free(sa);
	/* also one that was refused and lingers is somebody's burden on us */
	if (sa->sa_flags & SAF_HALFOPEN)
		en->en_halfopen--;
	job_free(en, sa_answered(sa));
	LIST_REMOVE(sa, sa_hash);
	if (tn != NULL) {
		LIST_REMOVE(sa, sa_entry);
		sa_unlink(sa);
	}
	en_untimer(en, &sa->sa_retry);
	en_untimer(en, &sa->sa_timer);
	sa_forget_keys(sa);
	explicit_bzero(sa->sa_key, sizeof(sa->sa_key));
	props_clear(&sa->sa_prop);
	pkts_clear(&sa->sa_response);
	frags_clear(&sa->sa_frags_req);
	frags_clear(&sa->sa_frags_res);
	free(sa);
	en->en_stats.st_sas_removed++;
	if (tn != NULL)
		tun_reap(tn);
}

static void
sa_maybe_gone(struct tunnel *tn)
{
	struct sa *sa;

	LIST_FOREACH(sa, &tn->tn_sas, sa_entry)
		if (sa->sa_state != SA_CLOSED)
			return;
	tn->tn_flags |= TNF_CLOSING | TNF_GONE;
	en_maybe_done(tn->tn_engine);
}

/*
 * Nothing more is asked by it.  What it answered last it answers again, as
 * the answer may be lost.
 */
void
sa_close(struct sa *sa, const char *why)
{
	struct engine *en = sa->sa_engine;
	struct tunnel *tn = sa->sa_tun;
	int last;

	if (sa->sa_response.pk_n == 0 || (sa->sa_state < SA_ESTABLISHED &&
	    sa->sa_resexch == IKE_X_SA_INIT) ||
	    ((sa->sa_flags & SAF_HALFOPEN) &&
	    en->en_halfopen > HALFOPEN_COOKIE)) {
		last = LIST_FIRST(&tn->tn_sas) == sa &&
		    LIST_NEXT(sa, sa_entry) == NULL;
		sa_free(sa, why);
		if (!last)
			sa_maybe_gone(tn);
		return;
	}
	if (why != NULL)
		log_info("%ssa_free: %s", sa_prefix(sa), why);
	hs_free(sa);
	job_free(en, sa_answered(sa));
	sa_unlink(sa);
	sa_forget_keys(sa);
	sa->sa_state = SA_CLOSED;
	en_timer(en, &sa->sa_timer, LINGER);
	sa_maybe_gone(tn);
}

/* Its delete is due; or it never came, or was never answered. */
static void
sa_last_words(struct sa *sa)
{
	struct engine *en = sa->sa_engine;
	struct job *jb;

	if (!(sa->sa_flags & SAF_DELETE)) {
		sa_free(sa, "SA rekeyed");
		return;
	}
	if (sa->sa_job != NULL) {
		en_timer(en, &sa->sa_timer, SEC);
		return;
	}
	sa->sa_flags &= ~SAF_DELETE;
	if ((jb = calloc(1, sizeof(*jb))) == NULL) {
		sa_free(sa, "SA rekeyed");
		return;
	}
	jb->jb_type = JOB_IKE_DELETE;
	en_timer(en, &sa->sa_timer, RETRY_LIMIT + SEC);
	if (info_start(sa, jb) == -1)
		job_free(en, jb);
}

/*
 * Another IKE SA has taken its place.  tell: its delete is ours to send;
 * else the peer's.
 */
void
sa_retire(struct sa *sa, int tell)
{
	sa->sa_state = SA_REPLACED;
	if (tell)
		sa->sa_flags |= SAF_DELETE;
	en_timer(sa->sa_engine, &sa->sa_timer, tell ? DRAIN : RETRY_LIMIT);
}

int
sa_natt(const struct sa *sa)
{
	return (sa->sa_engine->en_nattport != 0 &&
	    sa->sa_local.ia_port == sa->sa_engine->en_nattport);
}

/* The time of its state is over. */
static void
sa_expired(void *arg)
{
	struct sa *sa = arg;
	struct tunnel *tn = sa->sa_tun;
	struct plan *pn = sa->sa_flags & SAF_INITIATOR ? tn->tn_plan : NULL;

	switch (sa->sa_state) {
	case SA_ESTABLISHED:
		if (!(sa->sa_engine->en_flags & ENF_PASSIVE))
			job_add(tn, JOB_IKE_REKEY, NULL, 0);
		/* again, should this one come to nothing */
		en_timer(sa->sa_engine, &sa->sa_timer, BACKOFF_MAX);
		break;
	case SA_REPLACED:
		sa_last_words(sa);
		break;
	case SA_CLOSED:
		sa_free(sa, NULL);
		break;
	default:
		sa->sa_engine->en_stats.st_sas_failed++;
		sa_free(sa, "SA_INIT timeout");
		if (pn != NULL)
			plan_retry(pn, 1);
	}
}

static void
sa_again(void *arg)
{
	sa_retransmit(arg);
}

/* The first rekeying, at about 85 % of its life. */
void
sa_settled(struct sa *sa)
{
	struct engine *en = sa->sa_engine;
	struct plan *pn = sa->sa_tun->tn_plan;
	struct ike_addr source;
	uint64_t life;

	/* the peer may have come to any address of ours */
	if (en->en_world.w_source(en->en_arg, &sa->sa_peer, &source) == 0 &&
	    !addr_same(&source, &sa->sa_local))
		sa->sa_flags |= SAF_ALIAS;
	sa->sa_state = SA_ESTABLISHED;
	sa->sa_established = en_now(en);
	life = pn == NULL ? 0 : pn->pn_policy->pol_ikelifetime * SEC;
	if (life == 0)
		en_untimer(en, &sa->sa_timer);
	else
		en_timer(en, &sa->sa_timer, en_jitter(en, life * 82 / 100,
		    life * 88 / 100));
}

/* RFC 7296 2.8.1: the lowest of the nonces decides; as strings of octets. */
int
nonce_cmp(const void *a, size_t alen, const void *b, size_t blen)
{
	int cmp = memcmp(a, b, alen < blen ? alen : blen);

	return (cmp != 0 ? cmp : alen < blen ? -1 : alen > blen);
}

void
sa_lower_nonce(uint8_t *lower, size_t *len, const struct buf *a,
    const struct buf *b)
{
	if (nonce_cmp(a->b_data, a->b_len, b->b_data, b->b_len) > 0)
		a = b;
	*len = a->b_len;
	memcpy(lower, a->b_data, a->b_len);
}

const struct skey *
sa_outkey(const struct sa *sa)
{
	return (&sa->sa_key[sa->sa_flags & SAF_INITIATOR ? 0 : 1]);
}

const struct skey *
sa_inkey(const struct sa *sa)
{
	return (&sa->sa_key[sa->sa_flags & SAF_INITIATOR ? 1 : 0]);
}

void
sa_putspi(uint8_t p[8], uint64_t spi)
{
	int i;

	for (i = 7; i >= 0; i--, spi >>= 8)
		p[i] = spi;
}

static int
sa_skeyseed(struct sa *sa, const struct buf *secret, const struct sa *old,
    uint8_t *seed, uint16_t *prf)
{
	struct span p[3];
	struct buf key = { 0 };
	int rc;

	if (old != NULL) {
		*prf = old->sa_prf;
		p[0].s_data = secret->b_data;
		p[0].s_len = secret->b_len;
		p[1].s_data = sa->sa_ni.b_data;
		p[1].s_len = sa->sa_ni.b_len;
		p[2].s_data = sa->sa_nr.b_data;
		p[2].s_len = sa->sa_nr.b_len;
		return (prf_calc(*prf, old->sa_skd, prf_len(*prf), p, 3,
		    seed));
	}
	*prf = sa->sa_prf;
	buf_putbuf(&key, &sa->sa_ni);
	buf_putbuf(&key, &sa->sa_nr);
	p[0].s_data = secret->b_data;
	p[0].s_len = secret->b_len;
	rc = key.b_failed ? -1 : prf_calc(*prf, key.b_data, key.b_len, p, 1,
	    seed);
	buf_clear(&key);
	return (rc);
}

/* Sizes of the SK_e and SK_a keys by what was chosen. */
static int
sa_sizes(struct sa *sa)
{
	const struct ike_prop *pr = &sa->sa_prop.ps_prop[0];
	const struct ike_xform *xf;
	int i;

	if ((xf = prop_get(pr, IKE_T_PRF)) == NULL)
		return (-1);
	sa->sa_prf = xf->xf_id;
	for (i = 0; i < 2; i++) {
		memset(&sa->sa_key[i], 0, sizeof(sa->sa_key[i]));
		if ((xf = prop_get(pr, IKE_T_ENCR)) == NULL)
			return (-1);
		sa->sa_key[i].sk_encr = *xf;
		if ((xf = prop_get(pr, IKE_T_INTEG)) != NULL)
			sa->sa_key[i].sk_integ = *xf;
		if (skey_sizes(&sa->sa_key[i]) == -1)
			return (-1);
	}
	return (0);
}

static const uint8_t *
take(void *to, const uint8_t *from, size_t len)
{
	memcpy(to, from, len);
	return (from + len);
}

/* RFC 7296 2.14, 2.18 */
int
sa_derive(struct sa *sa, const struct buf *secret, const struct sa *old)
{
	uint8_t seed[PRF_MAX], spis[16], keys[3 * PRF_MAX + 2 * (68 + 64)];
	const uint8_t *k = keys;
	struct span p[3];
	uint16_t prf;
	size_t n;
	int rc;

	if (sa_sizes(sa) == -1 || sa_skeyseed(sa, secret, old, seed,
	    &prf) == -1)
		return (-1);
	sa_putspi(spis, sa->sa_spi[0]);
	sa_putspi(spis + 8, sa->sa_spi[1]);
	p[0].s_data = sa->sa_ni.b_data;
	p[0].s_len = sa->sa_ni.b_len;
	p[1].s_data = sa->sa_nr.b_data;
	p[1].s_len = sa->sa_nr.b_len;
	p[2].s_data = spis;
	p[2].s_len = sizeof(spis);
	n = prf_len(sa->sa_prf);
	/* the seed is of the old SA's PRF, the keys of the new one's */
	rc = prf_plus(sa->sa_prf, seed, prf_len(prf), p, 3, keys, 3 * n +
	    2 * (sa->sa_key[0].sk_akeylen + sa->sa_key[0].sk_ekeylen));
	if (rc == 0) {
		k = take(sa->sa_skd, k, n);
		k = take(sa->sa_key[0].sk_akey, k, sa->sa_key[0].sk_akeylen);
		k = take(sa->sa_key[1].sk_akey, k, sa->sa_key[1].sk_akeylen);
		k = take(sa->sa_key[0].sk_ekey, k, sa->sa_key[0].sk_ekeylen);
		k = take(sa->sa_key[1].sk_ekey, k, sa->sa_key[1].sk_ekeylen);
		k = take(sa->sa_skp[0], k, n);
		(void)take(sa->sa_skp[1], k, n);
		keylog_sa(sa);
	}
	explicit_bzero(seed, sizeof(seed));
	explicit_bzero(keys, sizeof(keys));
	return (rc);
}

const char *
sa_prefix(const struct sa *sa)
{
	static char text[32];

	snprintf(text, sizeof(text), "spi=0x%016llx: ",
	    (unsigned long long)sa->sa_spi[0]);
	return (text);
}

const char *
sa_algs(const struct sa *sa)
{
	static const struct {
		uint8_t		 type;
		const char	*word;
	} words[] = {
		{ IKE_T_ENCR, "enc" }, { IKE_T_INTEG, "auth" },
		{ IKE_T_DH, "group" }, { IKE_T_PRF, "prf" }
	};
	static char text[160];
	const struct ike_xform *xf;
	size_t i, n = 0;

	text[0] = '\0';
	if (sa->sa_prop.ps_n == 0)
		return (text);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		xf = prop_get(&sa->sa_prop.ps_prop[0], words[i].type);
		if (xf == NULL || xf->xf_id == 0)
			continue;
		n += snprintf(text + n, sizeof(text) - n, "%s%s %s",
		    n ? " " : "", words[i].word, xform_print(xf));
	}
	return (text);
}
