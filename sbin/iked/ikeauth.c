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
 * IKE_AUTH, both sides: RFC 7296 1.2, 2.15, 2.16 without EAP.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

static void	 auth_answer(struct sa *);

void
auth_keep_requests(struct sa *sa, const struct msg *m)
{
	struct handshake *hs = sa->sa_hs;
	unsigned int i;

	for (i = 0; i < m->m_ncertreqs && hs->hs_nreqs < AUTH_MAXCERTS; i++) {
		hs->hs_reqs[hs->hs_nreqs].ac_encoding =
		    m->m_certreqs[i].mc_encoding;
		buf_put(&hs->hs_reqs[hs->hs_nreqs].ac_data,
		    m->m_certreqs[i].mc_data.s_data,
		    m->m_certreqs[i].mc_data.s_len);
		hs->hs_nreqs++;
	}
}

/*
 * What the initiator (i) or the responder signs, RFC 7296 2.15: its first
 * message, the other's nonce, the MAC of its ID payload's body.  0 or -1.
 */
static int
auth_octets(struct sa *sa, int i, const struct ike_id *id, struct buf *out)
{
	struct handshake *hs = sa->sa_hs;
	int mine = i == ((sa->sa_flags & SAF_INITIATOR) != 0);
	struct buf body = { 0 };
	uint8_t mac[PRF_MAX];
	struct span s;
	int rc;

	buf_put8(&body, id->id_type);
	buf_put(&body, "\0\0", 3);
	buf_put(&body, id->id_data, id->id_len);
	s.s_data = body.b_data;
	s.s_len = body.b_len;
	rc = body.b_failed ? -1 : prf_calc(sa->sa_prf, sa->sa_skp[i ? 0 : 1],
	    prf_len(sa->sa_prf), &s, 1, mac);
	buf_clear(&body);
	if (rc == -1)
		return (-1);
	buf_putbuf(out, mine ? &hs->hs_mine : &hs->hs_theirs);
	buf_putbuf(out, i ? &sa->sa_nr : &sa->sa_ni);
	buf_put(out, mac, prf_len(sa->sa_prf));
	return (out->b_failed ? -1 : 0);
}

/* Have the ca make our AUTH; its answer may come before this is over. */
static void
auth_sign(struct sa *sa)
{
	struct engine *en = sa->sa_engine;
	struct handshake *hs = sa->sa_hs;
	struct policy *pol = sa->sa_tun->tn_plan->pn_policy;
	struct sign_req sr;
	unsigned int i;

	memset(&sr, 0, sizeof(sr));
	sr.sr_id = sa_ourspi(sa);
	sr.sr_policy = pol->pol_id;
	sr.sr_auth = pol->pol_auth;
	sr.sr_prf = sa->sa_prf;
	sr.sr_hashes = hs->hs_hashes;
	for (i = 0; i < hs->hs_nreqs; i++) {
		sr.sr_reqs[i].ac_encoding = hs->hs_reqs[i].ac_encoding;
		buf_putbuf(&sr.sr_reqs[i].ac_data, &hs->hs_reqs[i].ac_data);
	}
	sr.sr_nreqs = hs->hs_nreqs;
	sa->sa_state = SA_SIGN;
	if (id_copy(&sr.sr_self, &pol->pol_srcid) == 0 && auth_octets(sa,
	    (sa->sa_flags & SAF_INITIATOR) != 0, &pol->pol_srcid,
	    &sr.sr_octets) == 0)
		en->en_world.w_sign(en->en_arg, &sr);
	sign_req_clear(&sr);
}

void
auth_begin(struct sa *sa)
{
	/* an answer that never comes is a failure, too */
	en_timer(sa->sa_engine, &sa->sa_timer, HALFOPEN_LIMIT);
	auth_sign(sa);
}

/* Before it is established.  Who answered lingers. */
static void
auth_fail(struct sa *sa, const char *why)
{
	struct plan *pn = sa->sa_tun->tn_plan;
	int initiator = sa->sa_flags & SAF_INITIATOR;

	sa->sa_engine->en_stats.st_sas_failed++;
	sa->sa_flags &= ~SAF_BUSY;
	tun_close(sa->sa_tun, why, 0, 0);
	if (pn != NULL && initiator)
		plan_retry(pn, 1);
}

/* Responder: the peer hears no more than that it failed. */
static void
auth_refuse(struct sa *sa, uint16_t type, const char *why)
{
	(void)sa_notify_response(sa, IKE_X_AUTH, type, NULL, 0);
	auth_fail(sa, why);
}

static int
auth_copy_signed(struct sign_res *to, const struct sign_res *from)
{
	struct buf b = { 0 };
	struct span s;
	int rc;

	sign_res_clear(to);
	sign_res_put(&b, from);
	s.s_data = b.b_data;
	s.s_len = b.b_len;
	rc = b.b_failed ? -1 : sign_res_get(&s, to);
	buf_clear(&b);
	return (rc);
}

static void
auth_put_mine(struct sa *sa, struct msgb *mb, uint8_t payload)
{
	struct engine *en = sa->sa_engine;
	struct handshake *hs = sa->sa_hs;
	struct policy *pol = sa->sa_tun->tn_plan->pn_policy;
	unsigned int i;

	mb_id(mb, payload, &pol->pol_srcid);
	if (payload == IKE_P_IDI && pol->pol_dstid.id_type != 0)
		mb_id(mb, IKE_P_IDR, &pol->pol_dstid);
	for (i = 0; i < hs->hs_signed.ss_ncerts; i++)
		mb_cert(mb, hs->hs_signed.ss_certs[i].ac_encoding,
		    hs->hs_signed.ss_certs[i].ac_data.b_data,
		    hs->hs_signed.ss_certs[i].ac_data.b_len);
	if (payload == IKE_P_IDI && pol->pol_auth != CONF_AUTH_PSK &&
	    en->en_certreq.b_len > 0)
		mb_certreq(mb, IKE_CERT_X509, en->en_certreq.b_data,
		    en->en_certreq.b_len);
	mb_auth(mb, hs->hs_signed.ss_method, hs->hs_signed.ss_auth.b_data,
	    hs->hs_signed.ss_auth.b_len);
}

/* RFC 7296 2.4: said only if there is no other SA with this peer. */
static int
auth_first_contact(const struct sa *sa)
{
	struct tunnel *tn;

	TAILQ_FOREACH(tn, &sa->sa_engine->en_tunnels, tn_entry)
		if (tn != sa->sa_tun && tn->tn_up != 0 &&
		    tn->tn_plan == sa->sa_tun->tn_plan &&
		    !(tn->tn_flags & (TNF_CLOSING | TNF_GONE)))
			return (0);
	return (1);
}

static void
auth_send(struct sa *sa)
{
	struct engine *en = sa->sa_engine;
	struct handshake *hs = sa->sa_hs;
	struct job *jb = NULL;
	struct msgb mb;

	memset(&mb, 0, sizeof(mb));
	hs->hs_child = child_new(sa->sa_tun, sa, 1);
	if (hs->hs_child == NULL || (jb = calloc(1, sizeof(*jb))) == NULL) {
		auth_fail(sa, "the kernel refuses an SPI");
		return;
	}
	jb->jb_type = JOB_AUTH;
	auth_put_mine(sa, &mb, IKE_P_IDI);
	child_offer(hs->hs_child, &mb);
	if (auth_first_contact(sa))
		mb_notify(&mb, IKE_PROTO_NONE, NULL, 0,
		    IKE_N_INITIAL_CONTACT, NULL, 0);
	if (en->en_conf->conf_flags & CONF_MOBIKE)
		mb_notify(&mb, IKE_PROTO_NONE, NULL, 0,
		    IKE_N_MOBIKE_SUPPORTED, NULL, 0);
	sa->sa_state = SA_AUTH;
	en_untimer(en, &sa->sa_timer);
	if (sa_request(sa, jb, IKE_X_AUTH, &mb) == -1) {
		job_free(en, jb);
		auth_fail(sa, "IKE_AUTH failed");
	}
}

void
engine_signed(struct engine *en, const struct sign_res *res)
{
	struct sa *sa = sa_find(en, res->ss_id);

	if (sa == NULL || sa->sa_state != SA_SIGN || sa->sa_hs == NULL)
		return;
	if (!res->ss_ok || auth_copy_signed(&sa->sa_hs->hs_signed,
	    res) == -1) {
		if (sa->sa_tun->tn_plan != NULL)
			plan_say(sa->sa_tun->tn_plan, "cannot say who we are: "
			    "%s", res->ss_why != NULL ? res->ss_why :
			    "no memory");
		if (sa->sa_flags & SAF_INITIATOR)
			auth_fail(sa, "failed to get local id");
		else
			auth_refuse(sa, IKE_N_AUTHENTICATION_FAILED,
			    "failed to get local id");
	} else if (sa->sa_tun->tn_plan == NULL)
		auth_fail(sa, "Policy no longer exists");
	else if (sa->sa_flags & SAF_INITIATOR)
		auth_send(sa);
	else
		auth_answer(sa);
}

/* Have the ca look at the peer's AUTH; the message is kept for later. */
static void
auth_verify(struct sa *sa, struct msg *m, uint8_t first, struct buf *plain)
{
	struct engine *en = sa->sa_engine;
	struct handshake *hs = sa->sa_hs;
	struct policy *pol = sa->sa_tun->tn_plan->pn_policy;
	int initiator = (sa->sa_flags & SAF_INITIATOR) != 0;
	const struct ike_id *id = initiator ? &m->m_idr : &m->m_idi;
	struct verify_req vr;
	unsigned int i;

	memset(&vr, 0, sizeof(vr));
	vr.vr_id = sa_ourspi(sa);
	vr.vr_policy = pol->pol_id;
	vr.vr_auth = pol->pol_auth;
	vr.vr_prf = sa->sa_prf;
	vr.vr_method = m->m_authmethod;
	buf_put(&vr.vr_auth_data, m->m_auth.s_data, m->m_auth.s_len);
	for (i = 0; i < m->m_ncerts && i < AUTH_MAXCERTS; i++) {
		vr.vr_certs[i].ac_encoding = m->m_certs[i].mc_encoding;
		buf_put(&vr.vr_certs[i].ac_data, m->m_certs[i].mc_data.s_data,
		    m->m_certs[i].mc_data.s_len);
	}
	vr.vr_ncerts = i;
	buf_move(&hs->hs_request, plain);
	hs->hs_first = first;
	sa->sa_state = SA_VERIFY;
	sa->sa_flags |= SAF_BUSY;
	en_timer(en, &sa->sa_timer, HALFOPEN_LIMIT);
	if (id_copy(&vr.vr_peer, id) == 0 && auth_octets(sa, !initiator, id,
	    &vr.vr_octets) == 0)
		en->en_world.w_verify(en->en_arg, &vr);
	verify_req_clear(&vr);
}

void
auth_request(struct sa *sa, struct msg *m, uint8_t first, struct buf *plain)
{
	struct engine *en = sa->sa_engine;
	struct tunnel *tn = sa->sa_tun;
	struct plan *pn;

	if (!MSG_HAS(m, IKE_P_IDI) || !MSG_HAS(m, IKE_P_AUTH)) {
		/* EAP begins without AUTH */
		log_info("%sIKE_AUTH of %s without %s%s", sa_prefix(sa),
		    addr_print(&sa->sa_peer), MSG_HAS(m, IKE_P_IDI) ? "AUTH" :
		    "IDi", MSG_HAS(m, IKE_P_IDI) ? ": EAP is not spoken "
		    "here" : "");
		auth_refuse(sa, IKE_N_AUTHENTICATION_FAILED, "IKE_AUTH "
		    "failed");
		return;
	}
	pn = plan_for_auth(en, sa, m);
	if (pn == NULL) {
		log_warnx("%sno compatible policy found: %s asks %s for %s; "
		    "no ikev2 line for these addresses has this dstid%s",
		    sa_prefix(sa), id_print(&m->m_idi),
		    addr_print(&sa->sa_local), m->m_idr.id_type == 0 ?
		    "whoever" : id_print(&m->m_idr), m->m_idr.id_type == 0 ?
		    "" : " and this srcid");
		auth_refuse(sa, IKE_N_AUTHENTICATION_FAILED,
		    "authentication failed");
		return;
	}
	tn->tn_plan = pn;
	auth_keep_requests(sa, m);
	auth_verify(sa, m, first, plain);
}

/* The responder refuses us as such. */
static void
auth_refused(struct sa *sa, const struct msg *m)
{
	struct plan *pn = sa->sa_tun->tn_plan;
	const struct policy *pol = pn == NULL ? NULL : pn->pn_policy;
	const struct msg_notify *mn = msg_error(m);
	int psk = pol != NULL && pol->pol_auth == CONF_AUTH_PSK;
	int named = pol != NULL && pol->pol_dstid.id_type != 0;

	if (pol != NULL && mn != NULL &&
	    mn->mn_type == IKE_N_AUTHENTICATION_FAILED)
		plan_say(pn, "%s does not accept us as %s: it may have "
		    "another %s for that name, or no policy with dstid %s"
		    "%s%s; compare srcid, %s%s with the other end, its log "
		    "says more", addr_print(&sa->sa_peer),
		    id_print(&pol->pol_srcid), psk ? "psk" : "key",
		    id_print(&pol->pol_srcid), named ? " and srcid " : "",
		    named ? id_print(&pol->pol_dstid) : "",
		    named ? "dstid and " : "", psk ? "psk" : "certificates");
	else if (pn != NULL)
		plan_say(pn, "%s refuses IKE_AUTH: %s",
		    addr_print(&sa->sa_peer), mn == NULL ? "no AUTH in the "
		    "answer" : notify_name(mn->mn_type));
	auth_fail(sa, mn != NULL && mn->mn_type ==
	    IKE_N_AUTHENTICATION_FAILED ? "authentication failed" :
	    "IKE_AUTH failed");
}

void
auth_response(struct sa *sa, struct msg *m, uint8_t first, struct buf *plain)
{
	struct plan *pn = sa->sa_tun->tn_plan;

	if (pn == NULL)
		auth_fail(sa, "Policy no longer exists");
	else if (!MSG_HAS(m, IKE_P_IDR) || !MSG_HAS(m, IKE_P_AUTH))
		auth_refused(sa, m);
	else if (pn->pn_policy->pol_dstid.id_type != 0 &&
	    id_cmp(&pn->pn_policy->pol_dstid, &m->m_idr) != 0) {
		plan_say(pn, "%s says that it is %s, and dstid is %s: change "
		    "one of them", addr_print(&sa->sa_peer),
		    id_print(&m->m_idr), id_print(&pn->pn_policy->pol_dstid));
		auth_fail(sa, "authentication failed");
	} else
		auth_verify(sa, m, first, plain);
}

/* The IKE SA is up. */
static int
auth_settle(struct sa *sa, const struct ike_id *peer)
{
	struct tunnel *tn = sa->sa_tun;

	if (id_copy(&tn->tn_peerid, peer) == -1 ||
	    id_copy(&tn->tn_self, &tn->tn_plan->pn_policy->pol_srcid) == -1)
		return (-1);
	tn->tn_sa = sa;
	if (sa->sa_flags & SAF_INITIATOR)
		sa->sa_flags |= SAF_CONFIRMED;
	if (sa->sa_flags & SAF_HALFOPEN)
		sa->sa_engine->en_halfopen--;
	sa->sa_flags &= ~(SAF_HALFOPEN | SAF_BUSY);
	sa_settled(sa);
	return (0);
}

/* Initiator: the peer is who it says; now the Child SA of the answer. */
static void
auth_done(struct sa *sa, struct msg *m)
{
	struct tunnel *tn = sa->sa_tun;
	struct handshake *hs = sa->sa_hs;
	struct child *ch = hs->hs_child;
	const struct msg_notify *mn = msg_error(m);

	hs->hs_child = NULL;
	if (auth_settle(sa, &m->m_idr) == -1) {
		child_free(ch);
		auth_fail(sa, "no memory");
		return;
	}
	if (msg_notify(m, IKE_N_MOBIKE_SUPPORTED) != NULL &&
	    (sa->sa_engine->en_conf->conf_flags & CONF_MOBIKE))
		sa->sa_flags |= SAF_MOBIKE;
	if (mn != NULL && !MSG_HAS(m, IKE_P_SA)) {
		child_failed(tn, mn->mn_type);
		child_free(ch);
	} else if (child_accept(ch, m, 1) == -1 || child_derive(ch, sa,
	    NULL, &sa->sa_ni, &sa->sa_nr) == -1 ||
	    child_install(ch, sa, 0) == -1) {
		child_failed(tn, 0);
		child_disown(ch);
	}
	tun_established(tn);
}

/* Responder: a Child SA as asked, or why not, then who we are. */
static void
auth_answer(struct sa *sa)
{
	struct tunnel *tn = sa->sa_tun;
	struct handshake *hs = sa->sa_hs;
	struct engine *en = sa->sa_engine;
	struct child *ch;
	const char *why;
	struct msgb mb;
	struct msg m;
	uint16_t refuse;
	uint8_t critical;

	memset(&mb, 0, sizeof(mb));
	if (msg_parse(&m, hs->hs_first, hs->hs_request.b_data, 0,
	    hs->hs_request.b_len, &critical, &why) != 0 ||
	    auth_settle(sa, &m.m_idi) == -1) {
		auth_fail(sa, "IKE_AUTH failed");
		return;
	}
	hs->hs_contact = msg_notify(&m, IKE_N_INITIAL_CONTACT) != NULL;
	auth_put_mine(sa, &mb, IKE_P_IDR);
	refuse = IKE_N_NO_PROPOSAL_CHOSEN;
	if ((ch = child_new(tn, sa, 0)) != NULL &&
	    (refuse = child_choose(ch, &m, 1)) == 0 && (child_derive(ch, sa,
	    NULL, &sa->sa_ni, &sa->sa_nr) == -1 ||
	    child_install(ch, sa, 0) == -1))
		refuse = IKE_N_NO_PROPOSAL_CHOSEN;
	if (refuse == 0) {
		child_answer(ch, &mb);
		child_answer_ts(ch, &mb);
	} else {
		mb_notify(&mb, IKE_PROTO_NONE, NULL, 0, refuse, NULL, 0);
		if (ch != NULL)
			child_free(ch);
	}
	if (msg_notify(&m, IKE_N_MOBIKE_SUPPORTED) != NULL &&
	    (en->en_conf->conf_flags & CONF_MOBIKE)) {
		sa->sa_flags |= SAF_MOBIKE;
		mb_notify(&mb, IKE_PROTO_NONE, NULL, 0,
		    IKE_N_MOBIKE_SUPPORTED, NULL, 0);
	}
	msg_clear(&m);
	if (sa_response(sa, IKE_X_AUTH, &mb) == -1)
		auth_fail(sa, "IKE_AUTH failed");
	else
		tun_established(tn);
}

/* Initiator: the responder is not who it says; it thinks all is well. */
static void
auth_disown(struct sa *sa, const char *why)
{
	struct tunnel *tn = sa->sa_tun;
	struct plan *pn = tn->tn_plan;

	plan_say(pn, "authentication failed for %s: %s",
	    addr_print(&sa->sa_peer), why);
	sa->sa_engine->en_stats.st_sas_failed++;
	sa->sa_flags |= SAF_CONFIRMED;
	sa->sa_flags &= ~SAF_BUSY;
	sa->sa_state = SA_ESTABLISHED;
	tn->tn_sa = sa;
	hs_free(sa);
	tun_close(tn, "authentication failed", 1, 0);
	plan_retry(pn, 1);
}

void
engine_verified(struct engine *en, const struct verify_res *res)
{
	struct sa *sa = sa_find(en, res->vs_id);
	const char *why = res->vs_why != NULL ? res->vs_why : "no reason";
	uint8_t critical;
	struct msg m;

	if (sa == NULL || sa->sa_state != SA_VERIFY || sa->sa_hs == NULL)
		return;
	if (sa->sa_tun->tn_plan == NULL)
		auth_fail(sa, "Policy no longer exists");
	else if (!res->vs_ok && (sa->sa_flags & SAF_INITIATOR))
		auth_disown(sa, why);
	else if (!res->vs_ok) {
		plan_say(sa->sa_tun->tn_plan, "authentication failed for %s: "
		    "%s", addr_print(&sa->sa_peer), why);
		auth_refuse(sa, IKE_N_AUTHENTICATION_FAILED,
		    "authentication failed");
	} else if (!(sa->sa_flags & SAF_INITIATOR))
		auth_sign(sa);
	else if (msg_parse(&m, sa->sa_hs->hs_first,
	    sa->sa_hs->hs_request.b_data, 0, sa->sa_hs->hs_request.b_len,
	    &critical, &why) != 0)
		auth_fail(sa, "IKE_AUTH failed");
	else {
		auth_done(sa, &m);
		msg_clear(&m);
	}
}
