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
 * INFORMATIONAL: deletes, liveness, and addresses that change (MOBIKE, RFC
 * 4555).
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

/* It may be one of a pair whose making is on its way to us. */
static void
info_remember(struct job *jb, uint32_t spi)
{
	if (jb == NULL)
		return;
	memmove(&jb->jb_gone[1], &jb->jb_gone[0],
	    (JOB_GONE - 1) * sizeof(jb->jb_gone[0]));
	jb->jb_gone[0] = spi;
}

/*
 * The peer's inbound SPIs that go; ours of the same pairs to `ours', but
 * those that we are about to delete ourselves.  How many.
 */
static unsigned int
info_children(struct sa *sa, const struct msg_delete *md, uint32_t *ours,
    unsigned int max)
{
	struct span s = md->md_spis;
	struct child *ch;
	unsigned int n = 0;
	uint32_t spi;

	while (span_get32(&s, &spi) == 0 && n < max) {
		if ((ch = child_by_out(sa->sa_tun, spi)) == NULL) {
			info_remember(sa->sa_job, spi);
			continue;
		}
		if (!(ch->ch_flags & CHF_DELSENT))
			ours[n++] = ch->ch_in;
		child_retire(ch);
	}
	return (n);
}

/* The peer closes this IKE SA.  It was answered. */
static void
info_closed(struct sa *sa)
{
	struct tunnel *tn = sa->sa_tun;
	struct sa *next = sa->sa_theirs;
	struct job *jb;

	log_debug("%sikev2_ikesa_recv_delete: received delete",
	    sa_prefix(sa));
	if (sa != tn->tn_sa || (tn->tn_flags & TNF_CLOSING)) {
		/* it would not, did it not have the other one */
		if (next != NULL)
			next->sa_flags |= SAF_CONFIRMED;
		if (next != NULL && next == tn->tn_sa)
			en_timer(tn->tn_engine, &tn->tn_wake, 0);
		sa_close(sa, sa->sa_state == SA_REPLACED ? "SA rekeyed" :
		    NULL);
		return;
	}
	if (next == NULL) {
		tun_close(tn, "received delete", 0, 1);
		return;
	}
	/* it has rekeyed; ours, under way, comes to nothing */
	if ((jb = sa_answered(sa)) != NULL) {
		if (jb->jb_type == JOB_MOVE)
			job_add(tn, JOB_MOVE, NULL, 0);
		job_free(sa->sa_engine, jb);
	}
	tn->tn_sa = next;
	next->sa_flags |= SAF_CONFIRMED;
	sa_close(sa, "SA rekeyed");
	job_next(tn);
}

/* MOBIKE: the addresses are those this message came by. */
static void
info_move(struct sa *sa, const struct msg *m, const struct arrival *ar)
{
	struct tunnel *tn = sa->sa_tun;
	unsigned int was = sa->sa_flags & SAF_ENCAP;
	int moved = addr_cmp(&sa->sa_peer, &ar->ar_peer) != 0 ||
	    addr_cmp(&sa->sa_local, &ar->ar_local) != 0;

	if (moved)
		log_info("%speer is at %s now, was at %s", sa_prefix(sa),
		    addr_print(&ar->ar_peer), addr_print(&sa->sa_peer));
	sa->sa_peer = ar->ar_peer;
	sa->sa_local = ar->ar_local;
	(void)natt_get(sa, m, sa->sa_spi[1]);
	if (!moved && was == (sa->sa_flags & SAF_ENCAP))
		return;
	sa->sa_engine->en_stats.st_moves++;
	if (sa == tn->tn_sa)
		tun_moved(tn, sa);
}

/* Where we see the peer, if it asks; RFC 4555 3.5, 3.7, 3.8. */
static void
info_answer_move(struct sa *sa, struct msgb *mb, const struct msg *m,
    const struct arrival *ar)
{
	const struct msg_notify *mn = msg_notify(m, IKE_N_COOKIE2);
	struct ike_addr peer = sa->sa_peer;

	if (msg_notify(m, IKE_N_NAT_DETECTION_SOURCE_IP) != NULL) {
		sa->sa_peer = ar->ar_peer;
		natt_put(mb, sa, 0);
		sa->sa_peer = peer;
	}
	if (mn != NULL)
		mb_notify(mb, IKE_PROTO_NONE, NULL, 0, IKE_N_COOKIE2,
		    mn->mn_data.s_data, mn->mn_data.s_len);
}

void
info_request(struct sa *sa, struct msg *m, const struct arrival *ar)
{
	struct tunnel *tn = sa->sa_tun;
	struct msgb mb;
	uint32_t ours[64];
	unsigned int i, n = 0;
	int closed = 0;

	memset(&mb, 0, sizeof(mb));
	for (i = 0; i < m->m_ndeletes; i++) {
		if (m->m_deletes[i].md_proto == IKE_PROTO_IKE)
			closed = 1;
		else if (m->m_deletes[i].md_proto == tn->tn_proto)
			n += info_children(sa, &m->m_deletes[i], ours + n,
			    sizeof(ours) / sizeof(ours[0]) - n);
	}
	if (n > 0 && !closed)
		mb_delete(&mb, tn->tn_proto, ours, n);
	if ((sa->sa_flags & SAF_MOBIKE) && !closed) {
		if (msg_notify(m, IKE_N_UPDATE_SA_ADDRESSES) != NULL)
			info_move(sa, m, ar);
		info_answer_move(sa, &mb, m, ar);
	}
	(void)sa_response(sa, IKE_X_INFORMATIONAL, &mb);
	if (closed) {
		info_closed(sa);
		return;
	}
	tun_changed(tn);
	job_next(tn);
}

/* We are somewhere else: say so, from there. */
static int
info_start_move(struct sa *sa, struct job *jb, struct msgb *mb)
{
	struct engine *en = sa->sa_engine;
	struct ike_addr local = sa->sa_local;

	if (en->en_world.w_source(en->en_arg, &sa->sa_peer, &local) != 0)
		return (-1);
	local.ia_port = sa->sa_local.ia_port;
	log_info("%swe are at %s now, were at %s", sa_prefix(sa),
	    addr_print(&local), addr_print(&sa->sa_local));
	sa->sa_local = local;
	en_random(en, jb->jb_cookie2, sizeof(jb->jb_cookie2));
	mb_notify(mb, IKE_PROTO_NONE, NULL, 0, IKE_N_UPDATE_SA_ADDRESSES,
	    NULL, 0);
	natt_put(mb, sa, 0);
	mb_notify(mb, IKE_PROTO_NONE, NULL, 0, IKE_N_COOKIE2, jb->jb_cookie2,
	    sizeof(jb->jb_cookie2));
	return (0);
}

int
info_start(struct sa *sa, struct job *jb)
{
	struct msgb mb;

	memset(&mb, 0, sizeof(mb));
	switch (jb->jb_type) {
	case JOB_CHILD_DELETE:
		mb_delete(&mb, sa->sa_tun->tn_proto, &jb->jb_spi, 1);
		if (jb->jb_child != NULL) {
			jb->jb_child->ch_flags |= CHF_DELETING | CHF_DELSENT;
			child_mute(jb->jb_child);
		}
		break;
	case JOB_IKE_DELETE:
		mb_delete(&mb, IKE_PROTO_IKE, NULL, 0);
		log_debug("%ssent delete, closing SA", sa_prefix(sa));
		break;
	case JOB_MOVE:
		if (info_start_move(sa, jb, &mb) == -1)
			return (-1);
		break;
	default:
		/* a NAT may have given us another face */
		if ((sa->sa_flags & SAF_MOBIKE) &&
		    (sa->sa_flags & SAF_NAT_SELF))
			natt_put(&mb, sa, 0);
		sa->sa_engine->en_stats.st_probes++;
	}
	return (sa_request(sa, jb, IKE_X_INFORMATIONAL, &mb));
}

/* The peer knows our new place. */
static void
info_moved(struct sa *sa, const struct job *jb, const struct msg *m)
{
	const struct msg_notify *mn = msg_notify(m, IKE_N_COOKIE2);

	if (mn == NULL || mn->mn_data.s_len != sizeof(jb->jb_cookie2) ||
	    memcmp(mn->mn_data.s_data, jb->jb_cookie2,
	    sizeof(jb->jb_cookie2)) != 0) {
		tun_close(sa->sa_tun, "address update failed", 1, 1);
		return;
	}
	(void)natt_get(sa, m, sa->sa_spi[1]);
	(void)natt_seen(sa, m);
	natt_float(sa);
	sa->sa_engine->en_stats.st_moves++;
	tun_moved(sa->sa_tun, sa);
	natt_keepalive(sa->sa_tun);
	/* it may have changed again meanwhile */
	engine_addresses(sa->sa_engine);
}

/* This tunnel lives: its doubles are not needed. */
static void
info_only_one(struct tunnel *tn)
{
	struct tunnel *other, *next;

	TAILQ_FOREACH_SAFE(other, &tn->tn_engine->en_tunnels, tn_entry, next)
		if (other != tn && other->tn_plan == tn->tn_plan &&
		    tn->tn_plan != NULL && other->tn_up != 0 &&
		    id_cmp(&other->tn_peerid, &tn->tn_peerid) == 0 &&
		    !(other->tn_flags & (TNF_CLOSING | TNF_GONE)))
			tun_replaced(other);
}

void
info_done(struct sa *sa, struct job *jb, struct msg *m)
{
	struct tunnel *tn = sa->sa_tun;
	struct engine *en = sa->sa_engine;
	enum job_type type = jb->jb_type;

	if (type == JOB_IKE_DELETE) {
		job_free(en, jb);
		sa_close(sa, NULL);
		return;
	}
	if (!(tn->tn_flags & TNF_CLOSING)) {
		if (type == JOB_CHILD_DELETE && jb->jb_child != NULL)
			child_retire(jb->jb_child);
		else if (type == JOB_MOVE)
			info_moved(sa, jb, m);
		else if (type == JOB_ONLY)
			info_only_one(tn);
		else if (type == JOB_PROBE && natt_seen(sa, m) &&
		    (tn->tn_flags & TNF_INITIATOR))
			job_add(tn, JOB_MOVE, NULL, 0);
	}
	job_free(en, jb);
	tun_changed(tn);
	job_next(tn);
}
