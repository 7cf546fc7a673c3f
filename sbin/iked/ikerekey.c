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
 * CREATE_CHILD_SA that rekeys the IKE SA, RFC 7296 2.8, 2.18, 2.25.2.  The
 * Child SAs belong to the tunnel: they need not move.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

/* The new one goes where the old one went. */
static void
ikerekey_inherit(struct sa *sa, const struct sa *old)
{
	sa->sa_local = old->sa_local;
	sa->sa_peer = old->sa_peer;
	sa->sa_flags |= old->sa_flags & (SAF_FRAGMENT | SAF_MOBIKE |
	    SAF_ENCAP | SAF_NAT_SELF | SAF_NAT_PEER);
}

static int
ikerekey_loses(const struct sa *a, const struct sa *b)
{
	return (nonce_cmp(a->sa_nonce, a->sa_noncelen, b->sa_nonce,
	    b->sa_noncelen) < 0);
}

/* From now on it is the one that asks. */
static void
ikerekey_adopt(struct sa *sa, struct sa *old)
{
	struct tunnel *tn = sa->sa_tun;

	tn->tn_sa = sa;
	tn->tn_ikerekeys++;
	tn->tn_engine->en_stats.st_sas_rekeyed++;
	log_info("%srekeyed as 0x%016llx by %s (%s)", sa_prefix(old),
	    (unsigned long long)sa->sa_spi[0],
	    sa->sa_flags & SAF_INITIATOR ? "us" : "the peer", sa_algs(sa));
	en_event(tn->tn_engine, "ike rekeyed %s", tn->tn_plan != NULL ?
	    tn->tn_plan->pn_policy->pol_name : "-");
}

/* Both ends did it at once. */
static void
ikerekey_collide(struct sa *old)
{
	struct sa *mine = old->sa_mine, *theirs = old->sa_theirs;

	log_debug("%ssimultaneous rekeying", sa_prefix(old));
	if (ikerekey_loses(mine, theirs)) {
		ikerekey_adopt(theirs, old);
		sa_retire(mine, 1);
		sa_retire(old, 0);
	} else {
		if (old->sa_tun->tn_sa != mine)
			ikerekey_adopt(mine, old);
		sa_retire(theirs, 0);
		sa_retire(old, 1);
	}
}

/* What of ours does not go together with it. */
static int
ikerekey_busy(const struct sa *sa)
{
	const struct job *jb = sa->sa_job;

	if ((sa->sa_tun->tn_flags & TNF_CLOSING) || sa->sa_theirs != NULL ||
	    sa->sa_state == SA_REPLACED)
		return (1);
	return (jb != NULL && (jb->jb_type == JOB_CHILD_NEW ||
	    jb->jb_type == JOB_CHILD_REKEY ||
	    jb->jb_type == JOB_CHILD_DELETE || jb->jb_type == JOB_MOVE ||
	    jb->jb_type == JOB_IKE_DELETE));
}

/* The peer's SPI of the new one. */
static int
ikerekey_spi(const struct ike_prop *pr, uint64_t *spi)
{
	struct span s = { pr->pr_spi, 8 };

	return (pr->pr_spilen != 8 || span_get64(&s, spi) == -1 ||
	    *spi == 0 ? -1 : 0);
}

/* Responder: keys and answer.  0, or the notify to refuse with. */
static uint16_t
ikerekey_answer(struct sa *old, struct sa *sa, struct msg *m)
{
	struct buf pub = { 0 }, secret = { 0 };
	uint8_t spi[8], nonce[IKE_NONCE_LEN];
	uint16_t refuse = 0;
	struct msgb mb;
	struct dh *dh;

	memset(&mb, 0, sizeof(mb));
	sa_putspi(spi, sa->sa_spi[1]);
	en_random(sa->sa_engine, nonce, sizeof(nonce));
	buf_put(&sa->sa_ni, m->m_nonce.s_data, m->m_nonce.s_len);
	buf_put(&sa->sa_nr, nonce, sizeof(nonce));
	dh = dh_new(m->m_group);
	if (dh == NULL || dh_public(dh, &pub) == -1 || dh_shared(dh,
	    m->m_ke.s_data, m->m_ke.s_len, &secret) == -1 ||
	    sa_derive(sa, &secret, old) == -1)
		refuse = IKE_N_INVALID_SYNTAX;
	else {
		mb_sa_spi(&mb, &sa->sa_prop, spi, sizeof(spi), 0);
		mb_nonce(&mb, nonce, sizeof(nonce));
		mb_ke(&mb, m->m_group, &pub);
		(void)sa_response(old, IKE_X_CREATE_CHILD, &mb);
		sa_lower_nonce(sa->sa_nonce, &sa->sa_noncelen, &sa->sa_ni,
		    &sa->sa_nr);
	}
	dh_free(dh);
	buf_clear(&pub);
	buf_clear(&secret);
	return (refuse);
}

/* Chosen proposal to *chosen.  0, or the notify to refuse with. */
static uint16_t
ikerekey_choose(struct sa *sa, struct msg *m, struct ike_props *chosen,
    uint16_t *group)
{
	const struct policy *pol = sa->sa_tun->tn_plan->pn_policy;
	const struct ike_xform *dh;
	struct buf why = { 0 };

	if (props_select(chosen, &pol->pol_ikesa, &m->m_sa, 0) == -1) {
		props_explain(&why, &pol->pol_ikesa, &m->m_sa, "ikesa", 0);
		plan_say(sa->sa_tun->tn_plan, "no proposal chosen for %s: "
		    "%.*s", addr_print(&sa->sa_peer), (int)why.b_len,
		    (char *)why.b_data);
		buf_clear(&why);
		return (IKE_N_NO_PROPOSAL_CHOSEN);
	}
	dh = prop_get(&chosen->ps_prop[0], IKE_T_DH);
	*group = dh == NULL ? 0 : dh->xf_id;
	return (*group != m->m_group ? IKE_N_INVALID_KE_PAYLOAD : 0);
}

void
ikerekey_request(struct sa *old, struct msg *m)
{
	struct tunnel *tn = old->sa_tun;
	struct ike_props chosen = { 0 };
	struct sa *sa = NULL;
	uint16_t refuse, group = 0;
	uint64_t spi;

	if (!MSG_HAS(m, IKE_P_KE) || !MSG_HAS(m, IKE_P_NONCE))
		refuse = IKE_N_INVALID_SYNTAX;
	else if (ikerekey_busy(old) || tn->tn_plan == NULL)
		refuse = IKE_N_TEMPORARY_FAILURE;
	else if ((refuse = ikerekey_choose(old, m, &chosen, &group)) == 0) {
		if (ikerekey_spi(&chosen.ps_prop[0], &spi) == -1)
			refuse = IKE_N_INVALID_SYNTAX;
		else if ((sa = sa_new(old->sa_engine, tn, 0)) == NULL)
			refuse = IKE_N_TEMPORARY_FAILURE;
	}
	if (refuse == 0) {
		sa->sa_spi[0] = spi;
		sa->sa_prop = chosen;
		sa->sa_old = old;
		memset(&chosen, 0, sizeof(chosen));
		ikerekey_inherit(sa, old);
		refuse = ikerekey_answer(old, sa, m);
	}
	props_clear(&chosen);
	if (refuse != 0) {
		if (sa != NULL)
			sa_free(sa, NULL);
		create_refuse(old, refuse, group);
		return;
	}
	sa_settled(sa);
	old->sa_theirs = sa;
	/* ours is under way: its answer decides */
	if (old->sa_job != NULL && old->sa_job->jb_type == JOB_IKE_REKEY)
		return;
	ikerekey_adopt(sa, old);
	sa_retire(old, 0);
	job_next(tn);
}

int
ikerekey_start(struct sa *old, struct job *jb)
{
	struct policy *pol;
	struct buf pub = { 0 };
	struct msgb mb;
	struct sa *sa;
	uint8_t spi[8];
	uint16_t group = jb->jb_group;

	if (old->sa_tun->tn_plan == NULL ||
	    (sa = sa_new(old->sa_engine, old->sa_tun, 1)) == NULL)
		return (-1);
	pol = old->sa_tun->tn_plan->pn_policy;
	memset(&mb, 0, sizeof(mb));
	jb->jb_newsa = sa;
	sa->sa_old = old;
	sa_putspi(spi, sa->sa_spi[0]);
	en_random(old->sa_engine, jb->jb_nonce, sizeof(jb->jb_nonce));
	/* the group in use is one that the peer takes */
	if (group == 0)
		group = prop_get(&old->sa_prop.ps_prop[0], IKE_T_DH)->xf_id;
	mb_sa_spi(&mb, &pol->pol_ikesa, spi, sizeof(spi), 0);
	mb_nonce(&mb, jb->jb_nonce, sizeof(jb->jb_nonce));
	if ((jb->jb_dh = dh_new(group)) != NULL &&
	    dh_public(jb->jb_dh, &pub) == 0)
		mb_ke(&mb, group, &pub);
	buf_clear(&pub);
	if (jb->jb_dh != NULL &&
	    sa_request(old, jb, IKE_X_CREATE_CHILD, &mb) == 0)
		return (0);
	mb_clear(&mb);
	dh_free(jb->jb_dh);
	jb->jb_dh = NULL;
	jb->jb_newsa = NULL;
	sa_free(sa, NULL);
	return (-1);
}

/* NULL, or what is wrong with the answer. */
static const char *
ikerekey_take(struct sa *old, struct sa *sa, struct job *jb, struct msg *m)
{
	const struct policy *pol = old->sa_tun->tn_plan->pn_policy;
	const struct ike_xform *dh;
	struct buf secret = { 0 };
	int rc;

	if (!MSG_HAS(m, IKE_P_SA) || !MSG_HAS(m, IKE_P_KE) ||
	    !MSG_HAS(m, IKE_P_NONCE))
		return ("answer without what belongs to it");
	if (m->m_sa.ps_n != 1 || props_offered(&pol->pol_ikesa,
	    &m->m_sa.ps_prop[0], 0) == -1 ||
	    ikerekey_spi(&m->m_sa.ps_prop[0], &sa->sa_spi[1]) == -1)
		return ("chose what was not offered");
	dh = prop_get(&m->m_sa.ps_prop[0], IKE_T_DH);
	if (dh == NULL || dh->xf_id != m->m_group || jb->jb_dh == NULL ||
	    dh_group(jb->jb_dh) != m->m_group)
		return ("KE of another group");
	buf_put(&sa->sa_ni, jb->jb_nonce, sizeof(jb->jb_nonce));
	buf_put(&sa->sa_nr, m->m_nonce.s_data, m->m_nonce.s_len);
	if (props_copy(&sa->sa_prop, &m->m_sa) == -1)
		return ("no memory");
	rc = dh_shared(jb->jb_dh, m->m_ke.s_data, m->m_ke.s_len, &secret);
	if (rc == 0)
		rc = sa_derive(sa, &secret, old);
	buf_clear(&secret);
	if (rc == -1)
		return ("KE is no public value");
	sa_lower_nonce(sa->sa_nonce, &sa->sa_noncelen, &sa->sa_ni,
	    &sa->sa_nr);
	return (NULL);
}

static void
ikerekey_refused(struct sa *old, struct job *jb, const struct msg_notify *mn)
{
	struct tunnel *tn = old->sa_tun;
	struct span s = mn->mn_data;
	uint16_t group;

	/* the peer's own went through before ours came */
	if (old->sa_theirs != NULL) {
		job_free(old->sa_engine, jb);
		ikerekey_adopt(old->sa_theirs, old);
		sa_retire(old, 0);
		job_next(tn);
		return;
	}
	if (mn->mn_type == IKE_N_INVALID_KE_PAYLOAD && jb->jb_tries < 4 &&
	    span_get16(&s, &group) == 0 && jb->jb_group != group &&
	    props_has_group(&tn->tn_plan->pn_policy->pol_ikesa, group))
		jb->jb_group = group;
	else if (mn->mn_type != IKE_N_TEMPORARY_FAILURE) {
		log_warnx("%sthe peer does not rekey: %s; the tunnel is made "
		    "anew", sa_prefix(old), notify_name(mn->mn_type));
		job_free(old->sa_engine, jb);
		tun_close(tn, "rekey refused", 1, 1);
		return;
	}
	job_again(old, jb);
}

void
ikerekey_done(struct sa *old, struct job *jb, struct msg *m)
{
	struct tunnel *tn = old->sa_tun;
	struct sa *sa = jb->jb_newsa;
	const struct msg_notify *mn = msg_error(m);
	const char *why;

	if (sa == NULL || (tn->tn_flags & TNF_CLOSING) ||
	    tn->tn_plan == NULL || old->sa_state != SA_ESTABLISHED) {
		job_free(old->sa_engine, jb);
		job_next(tn);
		return;
	}
	if (mn != NULL && !MSG_HAS(m, IKE_P_SA)) {
		ikerekey_refused(old, jb, mn);
		return;
	}
	if ((why = ikerekey_take(old, sa, jb, m)) != NULL) {
		log_warnx("%sCREATE_CHILD_SA: %s", sa_prefix(old), why);
		job_free(old->sa_engine, jb);
		tun_close(tn, "rekey failed", 1, 1);
		return;
	}
	jb->jb_newsa = NULL;
	job_free(old->sa_engine, jb);
	ikerekey_inherit(sa, old);
	sa->sa_flags |= SAF_CONFIRMED;
	sa_settled(sa);
	old->sa_mine = sa;
	if (old->sa_theirs != NULL)
		ikerekey_collide(old);
	else {
		ikerekey_adopt(sa, old);
		sa_retire(old, 1);
	}
	job_next(tn);
}
