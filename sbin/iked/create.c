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
 * CREATE_CHILD_SA for Child SAs: new ones and rekeying, with the collisions
 * of RFC 7296 2.8.1 and 2.25.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define CHILDREN_MAX	8	/* of a tunnel: a peer cannot pile them up */

static int
child_loses(const struct child *a, const struct child *b)
{
	return (nonce_cmp(a->ch_nonce, a->ch_noncelen, b->ch_nonce,
	    b->ch_noncelen) < 0);
}

/*
 * Both ends rekeyed it.  The one made with the lowest nonce is closed by
 * whoever made it; the other end closes the old one.
 */
static void
child_collide(struct child *old)
{
	struct tunnel *tn = old->ch_tun;
	struct child *gone;

	gone = child_loses(old->ch_mine, old->ch_theirs) ? old->ch_mine :
	    old;
	log_debug("simultaneous rekeying of 0x%08x: ours %s", old->ch_in,
	    gone == old ? "stays" : "goes");
	gone->ch_flags |= CHF_DELETING;
	job_add(tn, JOB_CHILD_DELETE, gone, child_drain(gone));
}

static unsigned int
child_count(struct tunnel *tn)
{
	struct child *ch;
	unsigned int n = 0;

	TAILQ_FOREACH(ch, &tn->tn_children, ch_entry)
		n++;
	return (n);
}

/* What we are about to do that forbids it now.  RFC 7296 2.25. */
static int
create_busy(const struct sa *sa, const struct child *old)
{
	const struct tunnel *tn = sa->sa_tun;

	return (sa->sa_state != SA_ESTABLISHED ||
	    (tn->tn_flags & TNF_CLOSING) || (sa->sa_job != NULL &&
	    sa->sa_job->jb_type == JOB_IKE_REKEY) ||
	    (old != NULL && (old->ch_flags & CHF_DELETING)));
}

void
create_refuse(struct sa *sa, uint16_t type, uint16_t group)
{
	uint8_t data[2] = { group >> 8, group };

	(void)sa_notify_response(sa, IKE_X_CREATE_CHILD, type, data,
	    type == IKE_N_INVALID_KE_PAYLOAD ? sizeof(data) : 0);
}

/*
 * The old one that REKEY_SA names, *old NULL: none named.  0, or -1: it was
 * answered that there is no such.
 */
static int
create_old(struct sa *sa, const struct msg *m, struct child **old)
{
	const struct msg_notify *mn = msg_notify(m, IKE_N_REKEY_SA);
	struct span s;
	struct msgb mb;
	uint32_t spi = 0;

	*old = NULL;
	if (mn == NULL)
		return (0);
	s = mn->mn_spi;
	if (span_get32(&s, &spi) == 0 && s.s_len == 0)
		*old = child_by_out(sa->sa_tun, spi);
	if (*old != NULL)
		return (0);
	/* it may be the one that our request, not answered yet, has made */
	if (sa->sa_job != NULL && (sa->sa_job->jb_type == JOB_CHILD_NEW ||
	    sa->sa_job->jb_type == JOB_CHILD_REKEY)) {
		create_refuse(sa, IKE_N_TEMPORARY_FAILURE, 0);
		return (-1);
	}
	memset(&mb, 0, sizeof(mb));
	mb_notify(&mb, sa->sa_tun->tn_proto, mn->mn_spi.s_data,
	    mn->mn_spi.s_len == 4 ? 4 : 0, IKE_N_CHILD_SA_NOT_FOUND, NULL, 0);
	(void)sa_response(sa, IKE_X_CREATE_CHILD, &mb);
	return (-1);
}

/*
 * Our half of a DH exchange if the chosen proposal has one, and the secret.
 * 0, or the notify to refuse with, *want the group.
 */
static uint16_t
create_dh(const struct child *ch, const struct msg *m, struct buf *pub,
    struct buf *secret, uint16_t *want)
{
	struct dh *dh;
	int rc;

	if ((*want = child_group(ch)) == 0)
		return (0);
	if (!MSG_HAS(m, IKE_P_KE) || m->m_group != *want)
		return (IKE_N_INVALID_KE_PAYLOAD);
	if ((dh = dh_new(*want)) == NULL)
		return (IKE_N_NO_PROPOSAL_CHOSEN);
	rc = dh_public(dh, pub) == -1 || dh_shared(dh, m->m_ke.s_data,
	    m->m_ke.s_len, secret) == -1;
	dh_free(dh);
	return (rc ? IKE_N_INVALID_SYNTAX : 0);
}

/* Responder: the new one and the answer.  0, or the notify to refuse with. */
static uint16_t
create_answer(struct sa *sa, struct child *ch, struct msg *m, int half,
    uint16_t *group)
{
	struct buf pub = { 0 }, secret = { 0 }, ni = { 0 }, nr = { 0 };
	uint8_t nonce[IKE_NONCE_LEN];
	struct msgb mb;
	uint16_t refuse;

	memset(&mb, 0, sizeof(mb));
	en_random(sa->sa_engine, nonce, sizeof(nonce));
	buf_put(&ni, m->m_nonce.s_data, m->m_nonce.s_len);
	buf_put(&nr, nonce, sizeof(nonce));
	if ((refuse = child_choose(ch, m, 0)) == 0)
		refuse = create_dh(ch, m, &pub, &secret, group);
	if (refuse == 0 && (ni.b_failed || nr.b_failed || child_derive(ch,
	    sa, *group != 0 ? &secret : NULL, &ni, &nr) == -1 ||
	    child_install(ch, sa, half) == -1))
		refuse = IKE_N_NO_PROPOSAL_CHOSEN;
	if (refuse == 0) {
		child_answer(ch, &mb);
		mb_nonce(&mb, nonce, sizeof(nonce));
		if (*group != 0)
			mb_ke(&mb, *group, &pub);
		child_answer_ts(ch, &mb);
		(void)sa_response(sa, IKE_X_CREATE_CHILD, &mb);
	}
	buf_clear(&pub);
	buf_clear(&secret);
	buf_clear(&ni);
	buf_clear(&nr);
	return (refuse);
}

void
create_request(struct sa *sa, struct msg *m)
{
	struct tunnel *tn = sa->sa_tun;
	struct child *old, *ch;
	uint16_t refuse, group = 0;

	if (m->m_sa.ps_n > 0 &&
	    m->m_sa.ps_prop[0].pr_proto == IKE_PROTO_IKE) {
		ikerekey_request(sa, m);
		return;
	}
	if (!MSG_HAS(m, IKE_P_NONCE)) {
		create_refuse(sa, IKE_N_INVALID_SYNTAX, 0);
		return;
	}
	if (create_old(sa, m, &old) == -1)
		return;
	if (create_busy(sa, old)) {
		create_refuse(sa, IKE_N_TEMPORARY_FAILURE, 0);
		return;
	}
	if (child_count(tn) >= CHILDREN_MAX || tn->tn_plan == NULL ||
	    (ch = child_new(tn, sa, 0)) == NULL) {
		create_refuse(sa, IKE_N_NO_ADDITIONAL_SAS, 0);
		return;
	}
	refuse = create_answer(sa, ch, m, child_current(tn) != NULL, &group);
	if (refuse != 0) {
		child_free(ch);
		create_refuse(sa, refuse, group);
	} else if (old != NULL) {
		/* if ours is under way, too, its answer decides */
		tn->tn_rekeys++;
		old->ch_theirs = ch;
	}
	job_next(tn);
}

int
create_child_start(struct sa *sa, struct job *jb)
{
	struct policy *pol;
	struct buf pub = { 0 };
	struct msgb mb;
	uint8_t spi[4];
	uint16_t group = jb->jb_group;
	int ok;

	if (sa->sa_tun->tn_plan == NULL ||
	    (jb->jb_new = child_new(sa->sa_tun, sa, 1)) == NULL)
		return (-1);
	pol = sa->sa_tun->tn_plan->pn_policy;
	memset(&mb, 0, sizeof(mb));
	en_random(sa->sa_engine, jb->jb_nonce, sizeof(jb->jb_nonce));
	if (jb->jb_child != NULL) {
		child_putspi(spi, jb->jb_child->ch_in);
		mb_notify(&mb, jb->jb_child->ch_proto, spi, sizeof(spi),
		    IKE_N_REKEY_SA, NULL, 0);
	}
	child_putspi(spi, jb->jb_new->ch_in);
	child_offer_mode(jb->jb_new, &mb);
	mb_sa_spi(&mb, &pol->pol_childsa, spi, sizeof(spi), 0);
	mb_nonce(&mb, jb->jb_nonce, sizeof(jb->jb_nonce));
	if (group == 0)
		(void)props_groups(&pol->pol_childsa, &group, 1);
	if (group != 0 && (jb->jb_dh = dh_new(group)) != NULL &&
	    dh_public(jb->jb_dh, &pub) == 0)
		mb_ke(&mb, group, &pub);
	ok = group == 0 || pub.b_len > 0;
	buf_clear(&pub);
	mb_ts(&mb, IKE_P_TSI, &pol->pol_src);
	mb_ts(&mb, IKE_P_TSR, &pol->pol_dst);
	if (ok && sa_request(sa, jb, IKE_X_CREATE_CHILD, &mb) == 0)
		return (0);
	mb_clear(&mb);
	child_free(jb->jb_new);
	jb->jb_new = NULL;
	dh_free(jb->jb_dh);
	jb->jb_dh = NULL;
	return (-1);
}

/* Another group, if it is ours and was not tried. */
static int
create_other_group(struct sa *sa, struct job *jb, const struct msg_notify *mn)
{
	struct policy *pol = sa->sa_tun->tn_plan->pn_policy;
	struct span s = mn->mn_data;
	uint16_t group;

	if (span_get16(&s, &group) == -1 || jb->jb_tries++ > 3 ||
	    (jb->jb_dh != NULL && dh_group(jb->jb_dh) == group))
		return (-1);
	if (!props_has_group(&pol->pol_childsa, group))
		return (-1);
	jb->jb_group = group;
	return (0);
}

/* The peer refuses. */
static void
create_refused(struct sa *sa, struct job *jb, const struct msg_notify *mn)
{
	struct tunnel *tn = sa->sa_tun;
	struct engine *en = sa->sa_engine;
	struct child *old = jb->jb_child;

	switch (mn->mn_type) {
	case IKE_N_TEMPORARY_FAILURE:
		job_again(sa, jb);
		return;
	case IKE_N_INVALID_KE_PAYLOAD:
		if (tn->tn_plan != NULL &&
		    create_other_group(sa, jb, mn) == 0) {
			job_again(sa, jb);
			return;
		}
		break;
	case IKE_N_CHILD_SA_NOT_FOUND:
		/* it has deleted, or replaced it; its delete may be lost */
		if (old != NULL && old->ch_theirs == NULL) {
			job_add(tn, JOB_CHILD_DELETE, old, 0);
			child_retire(old);
		}
		break;
	case IKE_N_NO_ADDITIONAL_SAS:
		job_free(en, jb);
		tun_close(tn, "the peer wants no more SAs", 1, 1);
		return;
	default:
		child_failed(tn, mn->mn_type);
		/* the old one lives; ask once more before its end */
		if (old != NULL && old->ch_state == CH_LIVE)
			en_timer(en, &old->ch_timer, BACKOFF_MAX / 2);
	}
	job_free(en, jb);
	tun_changed(tn);
	job_next(tn);
}

/* The peer has deleted it before we knew of it. */
static int
create_gone(const struct job *jb, const struct child *ch)
{
	unsigned int i;

	for (i = 0; i < JOB_GONE; i++)
		if (jb->jb_gone[i] == ch->ch_out)
			return (1);
	return (0);
}

/* The new pair is there: use it, and let the old one go. */
static void
create_use(struct tunnel *tn, struct job *jb, struct child *ch)
{
	struct child *old = jb->jb_child, *other;

	if (create_gone(jb, ch)) {
		child_retire(ch);
		return;
	}
	if (old == NULL) {
		/* the peer's rekeying won, and it has closed the old one */
		ch->ch_flags |= CHF_DELETING;
		other = jb->jb_type == JOB_CHILD_REKEY ? child_current(tn) :
		    NULL;
		if (other != NULL && child_loses(ch, other))
			job_add(tn, JOB_CHILD_DELETE, ch, child_drain(ch));
		else
			ch->ch_flags &= ~CHF_DELETING;
		return;
	}
	tn->tn_rekeys++;
	old->ch_mine = ch;
	if (old->ch_theirs != NULL)
		child_collide(old);
	else {
		old->ch_flags |= CHF_DELETING;
		job_add(tn, JOB_CHILD_DELETE, old, child_drain(old));
	}
}

/* NULL, or what is wrong with the answer. */
static const char *
create_take(struct sa *sa, struct job *jb, struct child *ch, struct msg *m)
{
	struct buf secret = { 0 }, ni = { 0 }, nr = { 0 };
	const char *why = NULL;
	uint16_t group;

	if (!MSG_HAS(m, IKE_P_NONCE) || child_accept(ch, m, 0) == -1)
		return ("answer without what belongs to it");
	group = child_group(ch);
	if (group != 0 && (jb->jb_dh == NULL || !MSG_HAS(m, IKE_P_KE) ||
	    m->m_group != group || dh_group(jb->jb_dh) != group ||
	    dh_shared(jb->jb_dh, m->m_ke.s_data, m->m_ke.s_len,
	    &secret) == -1))
		why = "KE is no public value of the group";
	buf_put(&ni, jb->jb_nonce, sizeof(jb->jb_nonce));
	buf_put(&nr, m->m_nonce.s_data, m->m_nonce.s_len);
	if (why == NULL && (ni.b_failed || nr.b_failed || child_derive(ch,
	    sa, group != 0 ? &secret : NULL, &ni, &nr) == -1 ||
	    child_install(ch, sa, 0) == -1))
		why = "the SAs cannot be made";
	buf_clear(&secret);
	buf_clear(&ni);
	buf_clear(&nr);
	return (why);
}

void
create_child_done(struct sa *sa, struct job *jb, struct msg *m)
{
	struct tunnel *tn = sa->sa_tun;
	const struct msg_notify *mn = msg_error(m);
	struct child *ch = jb->jb_new;
	const char *why;

	/* the tunnel is being closed, or the SA was replaced meanwhile */
	if (ch == NULL || (tn->tn_flags & TNF_CLOSING)) {
		job_free(sa->sa_engine, jb);
		job_next(tn);
		return;
	}
	if (mn != NULL && !MSG_HAS(m, IKE_P_SA)) {
		create_refused(sa, jb, mn);
		return;
	}
	jb->jb_new = NULL;
	if ((why = create_take(sa, jb, ch, m)) != NULL) {
		log_warnx("%sCREATE_CHILD_SA: %s", sa_prefix(sa), why);
		child_disown(ch);
		child_failed(tn, 0);
		if (jb->jb_child != NULL && jb->jb_child->ch_state == CH_LIVE)
			en_timer(sa->sa_engine, &jb->jb_child->ch_timer,
			    BACKOFF_MAX / 2);
	} else
		create_use(tn, jb, ch);
	job_free(sa->sa_engine, jb);
	tun_changed(tn);
	job_next(tn);
}
