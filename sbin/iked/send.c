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
 * Sending: requests until they are answered, answers as often as asked.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define UDPIP4		(20 + 8 + 4)	/* headers and non-ESP marker */
#define UDPIP6		(40 + 8 + 4)
#define DATAGRAM	1280		/* that goes everywhere */
#define SAY_TRIES	3

void
sa_header(const struct sa *sa, struct ike_hdr *h, uint8_t exch, int response,
    uint32_t msgid)
{
	memset(h, 0, sizeof(*h));
	h->h_spii = sa->sa_spi[0];
	h->h_spir = sa->sa_spi[1];
	h->h_version = IKE_VERSION;
	h->h_exch = exch;
	h->h_flags = (sa->sa_flags & SAF_INITIATOR ? IKE_F_INITIATOR : 0) |
	    (response ? IKE_F_RESPONSE : 0);
	h->h_msgid = msgid;
}

static void
en_send(struct engine *en, const struct ike_addr *local,
    const struct ike_addr *peer, int natt, const struct pkts *pk)
{
	struct engine_stats *st = &en->en_stats;
	unsigned int i;
	int error;

	for (i = 0; i < pk->pk_n; i++) {
		error = en->en_world.w_send(en->en_arg, local, peer,
		    pk->pk_buf[i].b_data, pk->pk_buf[i].b_len, natt);
		st->st_sent++;
		st->st_frags_sent += pk->pk_n > 1;
		if (error == 0)
			continue;
		st->st_sendfail++;
		st->st_frags_sendfail += pk->pk_n > 1;
		log_debug("send to %s: %s", addr_print(peer),
		    strerror(error));
	}
}

void
sa_transmit_to(struct sa *sa, const struct pkts *pk,
    const struct ike_addr *local, const struct ike_addr *peer)
{
	en_send(sa->sa_engine, local, peer, sa->sa_engine->en_nattport != 0 &&
	    local->ia_port == sa->sa_engine->en_nattport, pk);
}

void
sa_transmit(struct sa *sa, const struct pkts *pk)
{
	sa_transmit_to(sa, pk, &sa->sa_local, &sa->sa_peer);
}

void
send_clear(struct engine *en, const struct ike_addr *local,
    const struct ike_addr *peer, int natt, const struct ike_hdr *h,
    struct msgb *mb)
{
	struct pkts pk = { 0, NULL };

	if (msg_clear_make(&pk, h, mb) == 0)
		en_send(en, local, peer, natt, &pk);
	pkts_clear(&pk);
	mb_clear(mb);
}

/* Ordinary requests are debug matter, what makes a tunnel is not. */
static void
sa_log_sent(struct sa *sa, const struct ike_hdr *h, const struct pkts *pk)
{
	void (*log)(const char *, ...) = h->h_exch == IKE_X_INFORMATIONAL ?
	    log_debug : log_info;

	log("%ssend %s %s %u peer %s local %s, %zu bytes%s", sa_prefix(sa),
	    exch_name(h->h_exch), h->h_flags & IKE_F_RESPONSE ? "res" : "req",
	    h->h_msgid, addr_print(&sa->sa_peer), addr_print(&sa->sa_local),
	    pkts_len(pk), sa_natt(sa) ? ", NAT-T" : "");
}

static int
sa_make(struct sa *sa, const struct ike_hdr *h, struct msgb *mb,
    struct pkts *pk)
{
	size_t mtu = 0;
	int rc;

	pkts_clear(pk);
	if (sa->sa_flags & SAF_FRAGMENT)
		mtu = DATAGRAM - (sa->sa_peer.ia_family == 4 ? UDPIP4 :
		    UDPIP6);
	if (h->h_exch == IKE_X_SA_INIT)
		rc = msg_clear_make(pk, h, mb);
	else
		rc = msg_seal(pk, h, mb, sa_outkey(sa), &sa->sa_counter, mtu);
	mb_clear(mb);
	if (rc == 0)
		sa_log_sent(sa, h, pk);
	return (rc);
}

int
sa_request(struct sa *sa, struct job *jb, uint8_t exch, struct msgb *mb)
{
	struct ike_hdr h;

	sa_header(sa, &h, exch, 0, sa->sa_reqid);
	if (sa_make(sa, &h, mb, &sa->sa_request) == -1)
		return (-1);
	sa->sa_reqid++;
	sa->sa_job = jb;
	sa->sa_exch = exch;
	sa->sa_tries = 0;
	sa->sa_unknown = 0;
	sa->sa_sent = en_now(sa->sa_engine);
	/* two that boot at once should not wait for each other */
	sa->sa_wait = jb->jb_type == JOB_INIT ? RETRY_FIRST / 2 : RETRY_FIRST;
	sa_transmit(sa, &sa->sa_request);
	en_timer(sa->sa_engine, &sa->sa_retry, sa->sa_wait);
	return (0);
}

int
sa_response(struct sa *sa, uint8_t exch, struct msgb *mb)
{
	struct ike_hdr h;

	sa->sa_flags &= ~SAF_BUSY;
	sa_header(sa, &h, exch, 1, sa->sa_peerid - 1);
	if (sa_make(sa, &h, mb, &sa->sa_response) == -1) {
		log_warnx("%sno answer to %s", sa_prefix(sa), exch_name(exch));
		return (-1);
	}
	sa->sa_resexch = exch;
	sa_transmit_to(sa, &sa->sa_response, &sa->sa_at, &sa->sa_from);
	return (0);
}

int
sa_notify_response(struct sa *sa, uint8_t exch, uint16_t type,
    const void *data, size_t len)
{
	struct msgb mb;

	memset(&mb, 0, sizeof(mb));
	mb_notify(&mb, IKE_PROTO_NONE, NULL, 0, type, data, len);
	return (sa_response(sa, exch, &mb));
}

void
sa_resend(struct sa *sa)
{
	struct engine *en = sa->sa_engine;

	if (sa->sa_response.pk_n == 0)
		return;
	log_info("%sretransmit %s res %u local %s peer %s", sa_prefix(sa),
	    exch_name(sa->sa_resexch), sa->sa_peerid - 1,
	    addr_print(&sa->sa_at), addr_print(&sa->sa_from));
	en->en_stats.st_res_retransmitted++;
	sa_transmit_to(sa, &sa->sa_response, &sa->sa_at, &sa->sa_from);
}

struct job *
sa_answered(struct sa *sa)
{
	struct job *jb = sa->sa_job;

	sa->sa_job = NULL;
	pkts_clear(&sa->sa_request);
	frags_clear(&sa->sa_frags_res);
	en_untimer(sa->sa_engine, &sa->sa_retry);
	return (jb);
}

/* How long to ask, in ms. */
static uint64_t
sa_limit(const struct sa *sa)
{
	uint64_t dpd = sa->sa_engine->en_conf->conf_dpd * 2 * SEC;

	if (sa->sa_job->jb_type == JOB_INIT)
		return (INIT_LIMIT);
	if (sa->sa_job->jb_type == JOB_PROBE && dpd != 0 && dpd < RETRY_LIMIT)
		return (dpd < 4 * SEC ? 4 * SEC : dpd);
	return (RETRY_LIMIT);
}

static void
sa_say_silent(struct sa *sa)
{
	plan_say(sa->sa_tun->tn_plan, "no answer from %s, asked from %s: is "
	    "`peer' right, is iked running there, does a firewall stop UDP "
	    "port %u?", addr_print(&sa->sa_peer), addr_print(&sa->sa_local),
	    sa->sa_peer.ia_port);
}

/* Nobody answers. */
static void
sa_silent(struct sa *sa, const char *why)
{
	struct tunnel *tn = sa->sa_tun;
	struct plan *pn = tn->tn_plan;
	enum job_type type = sa->sa_job->jb_type;
	int young;

	sa->sa_engine->en_stats.st_timeouts++;
	if (sa->sa_state >= SA_REPLACED || type == JOB_IKE_DELETE ||
	    (tn->tn_flags & TNF_CLOSING)) {
		sa_close(sa, "no answer to delete");
		return;
	}
	young = sa->sa_state < SA_ESTABLISHED;
	sa->sa_engine->en_stats.st_sas_failed += young;
	if (pn != NULL && type == JOB_INIT)
		sa_say_silent(sa);
	else if (pn != NULL && type == JOB_AUTH)
		plan_say(pn, "%s answered IKE_SA_INIT, but not IKE_AUTH: it "
		    "may not know srcid %s, or UDP port %u or fragments do "
		    "not get through (`set fragmentation')",
		    addr_print(&sa->sa_peer), id_print(&pn->pn_policy->
		    pol_srcid), sa->sa_peer.ia_port);
	tun_close(tn, why, 0, !young);
	if (pn != NULL && young)
		plan_retry(pn, 1);
}

void
sa_retransmit(struct sa *sa)
{
	struct engine *en = sa->sa_engine;
	uint64_t max, now = en_now(en);

	if (sa->sa_job == NULL)
		return;
	if (now - sa->sa_sent >= sa_limit(sa)) {
		sa_silent(sa, "retransmit limit reached");
		return;
	}
	sa->sa_tries++;
	sa->sa_tun->tn_retransmits++;
	en->en_stats.st_req_retransmitted++;
	log_info("%sretransmit %u %s req %u peer %s local %s", sa_prefix(sa),
	    sa->sa_tries, exch_name(sa->sa_exch), sa->sa_reqid - 1,
	    addr_print(&sa->sa_peer), addr_print(&sa->sa_local));
	sa_transmit(sa, &sa->sa_request);
	/* it goes on for ever, but somebody may be waiting for a word */
	if (sa->sa_job->jb_type == JOB_INIT && sa->sa_tries == SAY_TRIES &&
	    sa->sa_tun->tn_plan != NULL)
		sa_say_silent(sa);
	max = sa->sa_job->jb_type == JOB_INIT ? INIT_RETRY_MAX : RETRY_MAX;
	sa->sa_wait *= 2;
	if (sa->sa_wait > max)
		sa->sa_wait = max;
	en_timer(en, &sa->sa_retry, sa->sa_wait);
}

/*
 * The peer, or someone in its place, does not know the SA that we ask by.
 * Each such answer is worth as much as one unanswered question: three in a
 * row, half a second apart, and the peer has forgotten it.  A live peer
 * answers in between.
 */
void
sa_hurry(struct sa *sa)
{
	struct engine *en = sa->sa_engine;

	if (sa->sa_job == NULL || sa->sa_state < SA_AUTH ||
	    sa->sa_unknown > sa->sa_tries)
		return;
	/* it may not have the answer yet that made this one of the old one */
	if (sa->sa_old != NULL && !(sa->sa_flags & SAF_CONFIRMED) &&
	    en_now(en) - sa->sa_created < 2 * SETTLE)
		return;
	if (++sa->sa_unknown > 3) {
		sa_silent(sa, "the peer has lost it");
		return;
	}
	sa->sa_wait = SEC / 4;
	en_timer(en, &sa->sa_retry, SEC / 2);
}
