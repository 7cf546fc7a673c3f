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
 * Receiving: whose a message is, whether it is authentic, whether it is
 * new, and who deals with it.  What the table of states below does not
 * allow is dropped (RFC 7296 2.3, 2.21).
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

static void
recv_drop(struct engine *en, const struct ike_addr *peer, const char *why)
{
	en->en_stats.st_dropped++;
	log_debug("drop message of %s: %s", addr_print(peer), why);
}

/* One clear answer of few: so many a second to the world at large. */
static int
recv_may_answer(struct engine *en)
{
	uint64_t now = en_now(en) / SEC;

	if (en->en_unknown_at != now) {
		en->en_unknown_at = now;
		en->en_unknown = 0;
	}
	return (en->en_unknown++ < UNKNOWN_RATE);
}

/* A clear notify back to where a request came from. */
static void
recv_refuse(struct engine *en, const struct arrival *ar, int natt,
    const struct ike_hdr *h, uint16_t type, const void *data, size_t len)
{
	struct ike_hdr res = *h;
	struct msgb mb;

	if ((h->h_flags & IKE_F_RESPONSE) || !recv_may_answer(en))
		return;
	memset(&mb, 0, sizeof(mb));
	res.h_version = IKE_VERSION;
	res.h_flags = IKE_F_RESPONSE |
	    (h->h_flags & IKE_F_INITIATOR ? 0 : IKE_F_INITIATOR);
	mb_notify(&mb, IKE_PROTO_NONE, NULL, 0, type, data, len);
	send_clear(en, &ar->ar_local, &ar->ar_peer, natt, &res, &mb);
}

static void
recv_init(struct engine *en, const struct arrival *ar, int natt,
    const struct ike_hdr *h, const uint8_t *data, size_t len)
{
	const char *why = "IKE_SA_INIT out of place";
	struct msg m;
	struct sa *sa;
	uint8_t critical;
	uint16_t error;

	error = msg_parse(&m, h->h_next, data, IKE_HDRLEN, len - IKE_HDRLEN,
	    &critical, &why);
	if (error != 0) {
		recv_drop(en, &ar->ar_peer, why);
		if (error == IKE_N_UNSUPPORTED_CRITICAL_PAYLOAD)
			recv_refuse(en, ar, natt, h, error, &critical, 1);
		return;
	}
	if (!(h->h_flags & IKE_F_RESPONSE)) {
		if ((h->h_flags & IKE_F_INITIATOR) && h->h_spii != 0 &&
		    h->h_spir == 0 && h->h_msgid == 0)
			init_request(en, &ar->ar_local, &ar->ar_peer, natt, h,
			    data, len, &m);
		else
			recv_drop(en, &ar->ar_peer, why);
	} else if (!(h->h_flags & IKE_F_INITIATOR) && h->h_msgid == 0 &&
	    (sa = sa_find(en, h->h_spii)) != NULL &&
	    (sa->sa_flags & SAF_INITIATOR) && sa->sa_state == SA_INIT &&
	    sa->sa_hs != NULL && addr_same(&sa->sa_peer, &ar->ar_peer))
		init_response(sa, h, data, len, &m);
	else
		recv_drop(en, &ar->ar_peer, "answer to nothing");
	msg_clear(&m);
}

/* Clear messages outside of IKE_SA_INIT: hints, believed by nobody. */
static void
recv_clear(struct engine *en, const struct arrival *ar, struct sa *sa,
    const struct ike_hdr *h, const struct msg *m)
{
	if (h->h_spii == 0 && h->h_spir == 0 &&
	    h->h_exch == IKE_X_INFORMATIONAL &&
	    (msg_notify(m, IKE_N_INVALID_SPI) != NULL ||
	    msg_notify(m, IKE_N_INVALID_IKE_SPI) != NULL))
		plan_hinted(en, &ar->ar_peer);
	else if (sa != NULL && (h->h_flags & IKE_F_RESPONSE) &&
	    msg_notify(m, IKE_N_INVALID_IKE_SPI) != NULL &&
	    addr_same(&sa->sa_peer, &ar->ar_peer))
		sa_hurry(sa);
	else
		recv_drop(en, &ar->ar_peer, "not protected");
}

/* The request under way has its answer. */
static void
recv_response(struct sa *sa, struct msg *m, uint8_t first, struct buf *plain)
{
	struct job *jb = sa_answered(sa);

	if (jb->jb_type == JOB_AUTH) {
		job_free(sa->sa_engine, jb);
		auth_response(sa, m, first, plain);
	} else
		job_response(sa, jb, m);
}

/* What may be asked of an SA in which state; the rest is dropped. */
static int
recv_allowed(const struct sa *sa, const struct ike_hdr *h)
{
	switch (sa->sa_state) {
	case SA_AUTH:
		return (!(sa->sa_flags & SAF_INITIATOR) &&
		    h->h_exch == IKE_X_AUTH && h->h_msgid == 1);
	case SA_ESTABLISHED:
	case SA_REPLACED:
		return (h->h_exch == IKE_X_CREATE_CHILD ||
		    h->h_exch == IKE_X_INFORMATIONAL);
	case SA_CLOSED:
		return (h->h_exch == IKE_X_INFORMATIONAL);
	default:
		return (0);
	}
}

/* RFC 7296 2.11: the answer goes where the question came from. */
static void
recv_way(struct sa *sa, const struct arrival *ar)
{
	sa->sa_from = ar->ar_peer;
	sa->sa_at = ar->ar_local;
}

static void
recv_request(struct sa *sa, const struct ike_hdr *h, struct msg *m,
    uint8_t first, struct buf *plain, const struct arrival *ar)
{
	sa->sa_peerid++;
	recv_way(sa, ar);
	if (sa->sa_state == SA_CLOSED) {
		struct msgb mb;

		memset(&mb, 0, sizeof(mb));
		(void)sa_response(sa, h->h_exch, &mb);
		return;
	}
	if (sa->sa_state >= SA_ESTABLISHED) {
		/* it asks for more: so it has all our answers */
		sa->sa_flags |= SAF_CONFIRMED;
		child_proved(sa);
	}
	if (h->h_exch == IKE_X_AUTH)
		auth_request(sa, m, first, plain);
	else if (h->h_exch == IKE_X_CREATE_CHILD)
		create_request(sa, m);
	else
		info_request(sa, m, ar);
}

/* The payloads inside are no good: say so, and if it was an answer give up. */
static void
recv_malformed(struct sa *sa, const struct ike_hdr *h, uint16_t error,
    uint8_t critical, const char *why, const struct arrival *ar)
{
	struct engine *en = sa->sa_engine;
	struct plan *pn = sa->sa_tun->tn_plan;

	log_warnx("%s%s of %s: %s", sa_prefix(sa), exch_name(h->h_exch),
	    addr_print(&sa->sa_peer), why);
	en->en_stats.st_dropped++;
	if (!(h->h_flags & IKE_F_RESPONSE)) {
		sa->sa_peerid++;
		recv_way(sa, ar);
		(void)sa_notify_response(sa, h->h_exch, error, &critical,
		    error == IKE_N_UNSUPPORTED_CRITICAL_PAYLOAD);
		if (sa->sa_state < SA_ESTABLISHED)
			sa_close(sa, "malformed message");
		return;
	}
	job_free(en, sa_answered(sa));
	if (sa->sa_state >= SA_REPLACED ||
	    (sa->sa_tun->tn_flags & TNF_CLOSING))
		sa_close(sa, "malformed message");
	else {
		tun_close(sa->sa_tun, "malformed message",
		    sa->sa_state == SA_ESTABLISHED, 0);
		if (pn != NULL)
			plan_retry(pn, 1);
	}
}

/* An authentic, whole message that is wanted. */
static void
recv_plain(struct sa *sa, const struct ike_hdr *h, const struct arrival *ar,
    uint8_t first, struct buf *plain)
{
	struct tunnel *tn = sa->sa_tun;
	const char *why = "";
	uint8_t critical;
	uint16_t error;
	struct msg m;

	tun_heard(tn);
	natt_follow(sa, &ar->ar_local, &ar->ar_peer);
	error = msg_parse(&m, first, plain->b_data, 0, plain->b_len,
	    &critical, &why);
	if (error != 0) {
		recv_malformed(sa, h, error, critical, why, ar);
		return;
	}
	if (h->h_flags & IKE_F_RESPONSE)
		recv_response(sa, &m, first, plain);
	else
		recv_request(sa, h, &m, first, plain, ar);
	msg_clear(&m);
}

static void
recv_log(struct sa *sa, const struct ike_hdr *h, const struct arrival *ar,
    size_t len)
{
	void (*log)(const char *, ...) = h->h_exch == IKE_X_INFORMATIONAL ?
	    log_debug : log_info;
	struct plan *pn = sa->sa_tun->tn_plan;

	log("%srecv %s %s %u peer %s local %s, %zu bytes, policy '%s'",
	    sa_prefix(sa), exch_name(h->h_exch),
	    h->h_flags & IKE_F_RESPONSE ? "res" : "req", h->h_msgid,
	    addr_print(&ar->ar_peer), addr_print(&ar->ar_local), len,
	    pn != NULL ? pn->pn_policy->pol_name : "-");
}

/*
 * Put a fragment to the others.  1: `plain' is the whole message now.
 */
static int
recv_fragment(struct sa *sa, const struct ike_hdr *h, const struct msg *m,
    struct buf *plain, uint8_t *first)
{
	struct engine_stats *st = &sa->sa_engine->en_stats;
	struct buf whole = { 0 };
	int rc;

	st->st_frags_received++;
	if (!(sa->sa_flags & SAF_FRAGMENT)) {
		st->st_frags_dropped++;
		return (0);
	}
	rc = frags_add(h->h_flags & IKE_F_RESPONSE ? &sa->sa_frags_res :
	    &sa->sa_frags_req, h, m, plain, &whole, first);
	if (rc == -1)
		st->st_frags_dropped++;
	if (rc != 1)
		return (0);
	st->st_frags_reassembled++;
	buf_clear(plain);
	buf_move(plain, &whole);
	return (1);
}

/* A double of the request we answered last, or are at work on. */
static void
recv_double(struct sa *sa, const struct msg *m, const struct arrival *ar)
{
	recv_way(sa, ar);
	child_doubted(sa);
	if (sa->sa_flags & SAF_BUSY)
		sa->sa_engine->en_stats.st_busy++;
	else if (m->m_sktype != IKE_P_SKF || m->m_frag == 1)
		sa_resend(sa);
}

/* 1: new; 2: a double; 0: neither. */
static int
recv_wanted(const struct sa *sa, const struct ike_hdr *h)
{
	if (h->h_flags & IKE_F_RESPONSE)
		return (sa->sa_job != NULL && h->h_exch == sa->sa_exch &&
		    h->h_msgid == sa->sa_reqid - 1);
	if (h->h_msgid == sa->sa_peerid - 1 && ((sa->sa_flags & SAF_BUSY) ||
	    (sa->sa_response.pk_n > 0 && h->h_exch == sa->sa_resexch)))
		return (2);
	return (h->h_msgid == sa->sa_peerid && recv_allowed(sa, h));
}

static void
recv_protected(struct sa *sa, const struct arrival *ar,
    const struct ike_hdr *h, const uint8_t *data, size_t len,
    const struct msg *m)
{
	struct engine *en = sa->sa_engine;
	struct buf plain = { 0 };
	uint8_t first = m->m_sknext;
	int wanted = recv_wanted(sa, h);

	if (wanted == 0)
		recv_drop(en, &ar->ar_peer, "message ID or exchange is not "
		    "of this moment");
	else if (sa_inkey(sa)->sk_ekeylen == 0 ||
	    msg_open(&plain, data, len, m, sa_inkey(sa)) == -1)
		recv_drop(en, &ar->ar_peer, "not authentic");
	else if (wanted == 2)
		recv_double(sa, m, ar);
	else if (m->m_sktype != IKE_P_SKF ||
	    recv_fragment(sa, h, m, &plain, &first)) {
		recv_log(sa, h, ar, len);
		recv_plain(sa, h, ar, first, &plain);
	}
	buf_clear(&plain);
}

/* All but IKE_SA_INIT: it belongs to an SA, or to none. */
static void
recv_sa(struct engine *en, const struct arrival *ar, int natt,
    const struct ike_hdr *h, const uint8_t *data, size_t len)
{
	int from_initiator = (h->h_flags & IKE_F_INITIATOR) != 0;
	const char *why = "";
	struct sa *sa = NULL;
	struct msg m;
	uint8_t critical;

	if (msg_parse(&m, h->h_next, data, IKE_HDRLEN, len - IKE_HDRLEN,
	    &critical, &why) != 0) {
		recv_drop(en, &ar->ar_peer, why);
		return;
	}
	if (h->h_spii != 0)
		sa = sa_find(en, from_initiator ? h->h_spir : h->h_spii);
	if (sa != NULL && (((sa->sa_flags & SAF_INITIATOR) != 0) ==
	    from_initiator || sa->sa_spi[0] != h->h_spii ||
	    sa->sa_spi[1] != h->h_spir))
		sa = NULL;
	if (m.m_sktype == 0)
		recv_clear(en, ar, sa, h, &m);
	else if (sa != NULL)
		recv_protected(sa, ar, h, data, len, &m);
	else {
		recv_drop(en, &ar->ar_peer, "no such IKE SA");
		recv_refuse(en, ar, natt, h, IKE_N_INVALID_IKE_SPI, NULL, 0);
	}
	msg_clear(&m);
}

void
engine_recv(struct engine *en, const struct ike_addr *local,
    const struct ike_addr *peer, const void *data, size_t len, int natt)
{
	struct arrival ar = { *local, *peer };
	struct ike_hdr h;

	en->en_stats.st_received++;
	if (hdr_parse(&h, data, len) == -1)
		recv_drop(en, peer, "no IKE message");
	else if (h.h_version >> 4 != IKE_VERSION >> 4) {
		recv_drop(en, peer, "not IKEv2");
		if (h.h_version >> 4 > IKE_VERSION >> 4)
			recv_refuse(en, &ar, natt, &h,
			    IKE_N_INVALID_MAJOR_VERSION, NULL, 0);
	} else if (en->en_conf == NULL || !(en->en_flags & ENF_STARTED))
		recv_drop(en, peer, "not configured yet");
	else if (h.h_exch == IKE_X_SA_INIT)
		recv_init(en, &ar, natt, &h, data, len);
	else
		recv_sa(en, &ar, natt, &h, data, len);
}
