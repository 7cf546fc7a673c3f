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
 * IKE_SA_INIT, both sides: RFC 7296 1.2, 2.6, 2.7.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define RESTARTS_MAX	6	/* COOKIE and INVALID_KE_PAYLOAD together */
#define COOKIE_MAX	64
#define COOKIE_LEN	33	/* version of the secret, HMAC-SHA2-256 */
#define VENDORID	"um iked"

static const uint16_t init_hashes[] = {
	IKE_HASH_SHA2_256, IKE_HASH_SHA2_384, IKE_HASH_SHA2_512,
	IKE_HASH_IDENTITY
};

static void
init_put_hashes(struct msgb *mb)
{
	uint8_t data[2 * sizeof(init_hashes) / sizeof(init_hashes[0])];
	size_t i, n = sizeof(init_hashes) / sizeof(init_hashes[0]);

	for (i = 0; i < n; i++) {
		data[2 * i] = init_hashes[i] >> 8;
		data[2 * i + 1] = init_hashes[i];
	}
	mb_notify(mb, IKE_PROTO_NONE, NULL, 0,
	    IKE_N_SIGNATURE_HASH_ALGORITHMS, data, sizeof(data));
}

static unsigned int
init_get_hashes(const struct msg *m)
{
	const struct msg_notify *mn;
	unsigned int set = 0;
	struct span s;
	uint16_t hash;

	mn = msg_notify(m, IKE_N_SIGNATURE_HASH_ALGORITHMS);
	if (mn == NULL)
		return (0);
	for (s = mn->mn_data; span_get16(&s, &hash) == 0;)
		if (hash < 32)
			set |= 1U << hash;
	return (set);
}

/* What both sides put behind SA, KE and the nonce. */
static void
init_put_rest(struct sa *sa, struct msgb *mb, int request)
{
	struct engine *en = sa->sa_engine;
	unsigned int flags = en->en_conf->conf_flags;

	if (flags & CONF_VENDORID)
		mb_vendor(mb, VENDORID, sizeof(VENDORID) - 1);
	if (request ? (flags & CONF_FRAGMENT) != 0 :
	    (sa->sa_flags & SAF_FRAGMENT) != 0)
		mb_notify(mb, IKE_PROTO_NONE, NULL, 0,
		    IKE_N_FRAGMENTATION_SUPPORTED, NULL, 0);
	natt_put(mb, sa, request);
	init_put_hashes(mb);
}

static void
init_get_rest(struct sa *sa, const struct msg *m, uint64_t spir)
{
	if (msg_notify(m, IKE_N_FRAGMENTATION_SUPPORTED) != NULL &&
	    (sa->sa_engine->en_conf->conf_flags & CONF_FRAGMENT))
		sa->sa_flags |= SAF_FRAGMENT;
	sa->sa_hs->hs_hashes = init_get_hashes(m);
	(void)natt_get(sa, m, spir);
}

static int
init_nonce(struct sa *sa, struct buf *nonce)
{
	void *p;

	buf_clear(nonce);
	if ((p = buf_room(nonce, IKE_NONCE_LEN)) == NULL)
		return (-1);
	en_random(sa->sa_engine, p, IKE_NONCE_LEN);
	return (0);
}

static int
init_handshake(struct sa *sa)
{
	if ((sa->sa_hs = calloc(1, sizeof(*sa->sa_hs))) == NULL)
		return (-1);
	sa->sa_hs->hs_started = en_now(sa->sa_engine);
	return (0);
}

/*
 * Ask, for the first time or anew with what the answer wanted.  0 or -1.
 */
static int
init_send(struct sa *sa)
{
	struct handshake *hs = sa->sa_hs;
	struct policy *pol = sa->sa_tun->tn_plan->pn_policy;
	struct buf pub = { 0 };
	struct job *jb;
	struct msgb mb;
	int rc = -1;

	memset(&mb, 0, sizeof(mb));
	if (hs->hs_dh == NULL && (hs->hs_dh = dh_new(hs->hs_group)) == NULL)
		return (-1);
	if (dh_public(hs->hs_dh, &pub) == 0 &&
	    (jb = calloc(1, sizeof(*jb))) != NULL) {
		jb->jb_type = JOB_INIT;
		if (hs->hs_cookie.b_len > 0)
			mb_notify(&mb, IKE_PROTO_NONE, NULL, 0, IKE_N_COOKIE,
			    hs->hs_cookie.b_data, hs->hs_cookie.b_len);
		mb_sa(&mb, &pol->pol_ikesa);
		mb_ke(&mb, hs->hs_group, &pub);
		mb_nonce(&mb, sa->sa_ni.b_data, sa->sa_ni.b_len);
		init_put_rest(sa, &mb, 1);
		sa->sa_reqid = 0;
		rc = sa_request(sa, jb, IKE_X_SA_INIT, &mb);
		if (rc == -1)
			job_free(sa->sa_engine, jb);
	}
	buf_clear(&pub);
	if (rc == -1)
		return (-1);
	buf_clear(&hs->hs_mine);
	buf_putbuf(&hs->hs_mine, &sa->sa_request.pk_buf[0]);
	return (hs->hs_mine.b_failed ? -1 : 0);
}

/* Where from and where to.  0, or -1 and said why. */
static int
init_addresses(struct plan *pn, const struct ike_addr *peer,
    struct sa *sa)
{
	struct engine *en = pn->pn_engine;
	struct policy *pol = pn->pn_policy;
	int error;

	sa->sa_peer = peer != NULL ? *peer : pol->pol_peer.ce_addr;
	sa->sa_local = pol->pol_local.ce_addr;
	sa->sa_peer.ia_port = en->en_ikeport;
	if (sa->sa_local.ia_family == 0 && (error = en->en_world.w_source(
	    en->en_arg, &sa->sa_peer, &sa->sa_local)) != 0) {
		plan_say(pn, "no way to peer %s: %s", addr_ntop(&sa->sa_peer),
		    strerror(error));
		return (-1);
	}
	sa->sa_local.ia_port = en->en_ikeport;
	if ((en->en_flags & ENF_FORCENATT) && en->en_nattport != 0)
		sa->sa_local.ia_port = sa->sa_peer.ia_port = en->en_nattport;
	return (0);
}

int
init_start(struct plan *pn, const struct ike_addr *peer)
{
	struct engine *en = pn->pn_engine;
	struct tunnel *tn;
	struct sa *sa;

	if ((tn = tun_new(en, pn)) == NULL)
		return (-1);
	tn->tn_flags |= TNF_INITIATOR;
	if ((sa = sa_new(en, tn, 1)) == NULL) {
		tun_free(tn);
		return (-1);
	}
	log_info("ikev2_init_ike_sa: initiating \"%s\"",
	    pn->pn_policy->pol_name);
	en_event(en, "initiating %s", pn->pn_policy->pol_name);
	if (init_addresses(pn, peer, sa) == 0 && init_handshake(sa) == 0 &&
	    init_nonce(sa, &sa->sa_ni) == 0) {
		sa->sa_hs->hs_group = pn->pn_group;
		if (sa->sa_hs->hs_group == 0)
			(void)props_groups(&pn->pn_policy->pol_ikesa,
			    &sa->sa_hs->hs_group, 1);
		if (init_send(sa) == 0)
			return (0);
	}
	sa_free(sa, "failed to send SA_INIT");
	return (-1);
}

/* The attempt is over; the next one after a while. */
static void
init_fail(struct sa *sa, const char *why)
{
	struct plan *pn = sa->sa_tun->tn_plan;

	sa->sa_engine->en_stats.st_sas_failed++;
	sa_free(sa, why);
	if (pn != NULL)
		plan_retry(pn, 1);
}

/*
 * The responder wants another group.  Whether it is one of ours is all that
 * we can know (RFC 7296 1.2: the offer is the same, so no downgrade).
 */
static int
init_other_group(struct sa *sa, const struct msg_notify *mn)
{
	struct handshake *hs = sa->sa_hs;
	struct plan *pn = sa->sa_tun->tn_plan;
	struct span s = mn->mn_data;
	struct ike_xform xf = { IKE_T_DH, 0, 0 };

	if (span_get16(&s, &xf.xf_id) == -1 || s.s_len != 0 ||
	    xf.xf_id == hs->hs_group)
		return (-1);
	if (!props_has_group(&pn->pn_policy->pol_ikesa, xf.xf_id)) {
		plan_say(pn, "%s wants group %s: add it to ikesa, or ask the "
		    "other end for one of ours", addr_print(&sa->sa_peer),
		    xform_print(&xf));
		return (-1);
	}
	hs->hs_group = pn->pn_group = xf.xf_id;
	dh_free(hs->hs_dh);
	hs->hs_dh = NULL;
	return (0);
}

static int
init_cookie(struct sa *sa, const struct msg_notify *mn)
{
	struct handshake *hs = sa->sa_hs;

	if (mn->mn_data.s_len == 0 || mn->mn_data.s_len > COOKIE_MAX)
		return (-1);
	buf_clear(&hs->hs_cookie);
	buf_put(&hs->hs_cookie, mn->mn_data.s_data, mn->mn_data.s_len);
	return (hs->hs_cookie.b_failed ? -1 : 0);
}

/* What we did as we were told is no reason to do it again. */
static int
init_told_already(const struct sa *sa, const struct msg *m)
{
	const struct handshake *hs = sa->sa_hs;
	const struct msg_notify *mn;
	uint16_t group;
	struct span s;

	if ((mn = msg_notify(m, IKE_N_COOKIE)) != NULL)
		return (mn->mn_data.s_len == hs->hs_cookie.b_len &&
		    memcmp(mn->mn_data.s_data, hs->hs_cookie.b_data,
		    mn->mn_data.s_len) == 0);
	mn = msg_notify(m, IKE_N_INVALID_KE_PAYLOAD);
	s = mn->mn_data;
	return (span_get16(&s, &group) == 0 && group == hs->hs_group &&
	    hs->hs_restarts > 0);
}

/*
 * Ask again, as the answer says.  Who does not hold us up by that is the
 * limit of restarts.
 */
static void
init_restart(struct sa *sa, const struct msg *m)
{
	const struct msg_notify *mn;
	int rc = -1;

	if (init_told_already(sa, m))
		return;
	if (++sa->sa_hs->hs_restarts <= RESTARTS_MAX) {
		if ((mn = msg_notify(m, IKE_N_COOKIE)) != NULL)
			rc = init_cookie(sa, mn);
		else if ((mn = msg_notify(m, IKE_N_INVALID_KE_PAYLOAD)) !=
		    NULL)
			rc = init_other_group(sa, mn);
	}
	if (rc == 0) {
		job_free(sa->sa_engine, sa_answered(sa));
		rc = init_send(sa);
	}
	if (rc == -1)
		init_fail(sa, "SA_INIT failed");
}

/* It refuses. */
static void
init_refused(struct sa *sa, const struct msg_notify *mn)
{
	struct plan *pn = sa->sa_tun->tn_plan;
	struct buf offer = { 0 };

	if (mn->mn_type == IKE_N_NO_PROPOSAL_CHOSEN) {
		sa->sa_engine->en_stats.st_proposals_failed++;
		props_print(&offer, &pn->pn_policy->pol_ikesa);
		buf_trim(&offer, 1200);
		plan_say(pn, "no proposal chosen: %s takes none of what ikesa "
		    "offers: %.*s; its log may say what it wants: add that to "
		    "`ikesa', or add one of these there",
		    addr_print(&sa->sa_peer), (int)offer.b_len,
		    (char *)offer.b_data);
		buf_clear(&offer);
		init_fail(sa, "no proposal chosen (IKE SA)");
		return;
	}
	plan_say(pn, "%s refuses IKE_SA_INIT: %s", addr_print(&sa->sa_peer),
	    notify_name(mn->mn_type));
	init_fail(sa, "SA_INIT failed");
}

/* What it chose, its half of the secret.  NULL, or what is wrong. */
static const char *
init_take(struct sa *sa, struct msg *m)
{
	struct handshake *hs = sa->sa_hs;
	const struct policy *pol = sa->sa_tun->tn_plan->pn_policy;
	const struct ike_xform *dh;
	struct buf secret = { 0 };
	int rc;

	if (m->m_sa.ps_n != 1 || m->m_sa.ps_prop[0].pr_proto !=
	    IKE_PROTO_IKE || props_offered(&pol->pol_ikesa,
	    &m->m_sa.ps_prop[0], 0) == -1)
		return ("chose what was not offered");
	dh = prop_get(&m->m_sa.ps_prop[0], IKE_T_DH);
	if (dh == NULL || dh->xf_id != hs->hs_group ||
	    m->m_group != hs->hs_group)
		return ("KE of another group");
	if (props_copy(&sa->sa_prop, &m->m_sa) == -1)
		return ("no memory");
	buf_put(&sa->sa_nr, m->m_nonce.s_data, m->m_nonce.s_len);
	rc = dh_shared(hs->hs_dh, m->m_ke.s_data, m->m_ke.s_len, &secret);
	if (rc == 0)
		rc = sa_derive(sa, &secret, NULL);
	buf_clear(&secret);
	return (rc == -1 ? "KE is no public value" : NULL);
}

void
init_response(struct sa *sa, const struct ike_hdr *h, const void *data,
    size_t len, struct msg *m)
{
	struct handshake *hs = sa->sa_hs;
	const struct msg_notify *mn;
	const char *why;

	if (sa->sa_job == NULL)
		return;
	log_info("%srecv IKE_SA_INIT res 0 peer %s local %s, %zu bytes, "
	    "policy '%s'", sa_prefix(sa), addr_print(&sa->sa_peer),
	    addr_print(&sa->sa_local), len,
	    sa->sa_tun->tn_plan->pn_policy->pol_name);
	if (msg_notify(m, IKE_N_COOKIE) != NULL ||
	    msg_notify(m, IKE_N_INVALID_KE_PAYLOAD) != NULL) {
		init_restart(sa, m);
		return;
	}
	if ((mn = msg_error(m)) != NULL) {
		init_refused(sa, mn);
		return;
	}
	if (h->h_spir == 0 || !MSG_HAS(m, IKE_P_SA) ||
	    !MSG_HAS(m, IKE_P_KE) || !MSG_HAS(m, IKE_P_NONCE)) {
		sa->sa_engine->en_stats.st_dropped++;
		return;
	}
	sa->sa_spi[1] = h->h_spir;
	if ((why = init_take(sa, m)) != NULL) {
		plan_say(sa->sa_tun->tn_plan, "answer of %s to IKE_SA_INIT: "
		    "%s", addr_print(&sa->sa_peer), why);
		init_fail(sa, "SA_INIT failed");
		return;
	}
	job_free(sa->sa_engine, sa_answered(sa));
	buf_put(&hs->hs_theirs, data, len);
	init_get_rest(sa, m, sa->sa_spi[1]);
	(void)natt_seen(sa, m);
	auth_keep_requests(sa, m);
	natt_float(sa);
	auth_begin(sa);
}

/* What only the owner of the address can know, and we need not keep. */
static int
init_cookie_make(struct engine *en, unsigned int age,
    const struct ike_addr *peer, const struct ike_hdr *h,
    const struct msg *m, uint8_t cookie[COOKIE_LEN])
{
	struct buf b = { 0 };
	struct span s;
	uint8_t mac[PRF_MAX];
	int rc;

	buf_put(&b, m->m_nonce.s_data, m->m_nonce.s_len);
	buf_put8(&b, peer->ia_family);
	buf_put(&b, peer->ia_addr, sizeof(peer->ia_addr));
	buf_put16(&b, peer->ia_port);
	buf_put64(&b, h->h_spii);
	s.s_data = b.b_data;
	s.s_len = b.b_len;
	rc = b.b_failed ? -1 : prf_calc(IKE_PRF_SHA2_256, en->en_secret[age],
	    sizeof(en->en_secret[age]), &s, 1, mac);
	buf_clear(&b);
	if (rc == -1)
		return (-1);
	cookie[0] = en->en_secret_n - age;
	memcpy(cookie + 1, mac, COOKIE_LEN - 1);
	return (0);
}

static void
init_cookie_turn(struct engine *en)
{
	uint64_t now = en_now(en);

	if (now - en->en_secret_at < COOKIE_SECRET)
		return;
	memcpy(en->en_secret[1], en->en_secret[0], sizeof(en->en_secret[0]));
	en_random(en, en->en_secret[0], sizeof(en->en_secret[0]));
	en->en_secret_at = now;
	en->en_secret_n++;
}

static void
init_refuse(struct engine *en, const struct ike_addr *local,
    const struct ike_addr *peer, int natt, const struct ike_hdr *h,
    uint16_t type, const void *data, size_t len)
{
	struct ike_hdr res = *h;
	struct msgb mb;

	memset(&mb, 0, sizeof(mb));
	res.h_flags = IKE_F_RESPONSE;
	res.h_version = IKE_VERSION;
	mb_notify(&mb, IKE_PROTO_NONE, NULL, 0, type, data, len);
	send_clear(en, local, peer, natt, &res, &mb);
}

/*
 * Many are half open: only who shows that he gets our answers may open
 * another (RFC 7296 2.6).  1: go on; 0: asked for it.
 */
static int
init_cookie_ok(struct engine *en, const struct ike_addr *local,
    const struct ike_addr *peer, int natt, const struct ike_hdr *h,
    const struct msg *m)
{
	const struct msg_notify *mn = msg_notify(m, IKE_N_COOKIE);
	uint8_t cookie[COOKIE_LEN];
	unsigned int age;

	if (en->en_halfopen < HALFOPEN_COOKIE)
		return (1);
	init_cookie_turn(en);
	if (mn != NULL && mn->mn_data.s_len == COOKIE_LEN) {
		age = (uint8_t)(en->en_secret_n - mn->mn_data.s_data[0]);
		if (age <= 1 && init_cookie_make(en, age, peer, h, m,
		    cookie) == 0 && crypto_equal(cookie, mn->mn_data.s_data,
		    COOKIE_LEN))
			return (en->en_halfopen < HALFOPEN_MAX);
	}
	if (init_cookie_make(en, 0, peer, h, m, cookie) == -1)
		return (0);
	init_refuse(en, local, peer, natt, h, IKE_N_COOKIE, cookie,
	    sizeof(cookie));
	en->en_stats.st_cookies++;
	return (0);
}

/* Nobody's policy: say to whom it may concern what would make it one. */
static void
init_no_policy(struct engine *en, const struct ike_addr *local,
    const struct ike_addr *peer, const struct plan *near, const struct msg *m)
{
	struct buf why = { 0 };

	en->en_stats.st_proposals_failed++;
	if (near == NULL) {
		log_info("no compatible policy found: %s asks %s, and no "
		    "ikev2 line has such local and peer", addr_print(peer),
		    addr_print(local));
		return;
	}
	props_explain(&why, &near->pn_policy->pol_ikesa, &m->m_sa, "ikesa",
	    0);
	plan_say((struct plan *)near, "no proposal chosen for %s: %.*s",
	    addr_print(peer), (int)why.b_len, (char *)why.b_data);
	buf_clear(&why);
}

static struct sa *
init_new_responder(struct plan *pn, const struct ike_addr *local,
    const struct ike_addr *peer, const struct ike_hdr *h)
{
	struct engine *en = pn->pn_engine;
	struct tunnel *tn;
	struct sa *sa;

	if ((tn = tun_new(en, pn)) == NULL)
		return (NULL);
	if ((sa = sa_new(en, tn, 0)) == NULL) {
		tun_free(tn);
		return (NULL);
	}
	sa->sa_spi[0] = h->h_spii;
	sa->sa_local = sa->sa_at = *local;
	sa->sa_peer = sa->sa_from = *peer;
	if (init_handshake(sa) == -1) {
		sa_free(sa, NULL);
		return (NULL);
	}
	sa->sa_flags |= SAF_HALFOPEN;
	en->en_halfopen++;
	return (sa);
}

/* Both halves of the secret, and our answer.  0 or -1. */
static int
init_answer(struct sa *sa, const struct msg *m)
{
	struct engine *en = sa->sa_engine;
	struct handshake *hs = sa->sa_hs;
	struct buf pub = { 0 }, secret = { 0 };
	struct msgb mb;
	int rc;

	memset(&mb, 0, sizeof(mb));
	buf_put(&sa->sa_ni, m->m_nonce.s_data, m->m_nonce.s_len);
	rc = (hs->hs_dh = dh_new(m->m_group)) == NULL ||
	    init_nonce(sa, &sa->sa_nr) == -1 ||
	    dh_public(hs->hs_dh, &pub) == -1 || dh_shared(hs->hs_dh,
	    m->m_ke.s_data, m->m_ke.s_len, &secret) == -1 ||
	    sa_derive(sa, &secret, NULL) == -1 ? -1 : 0;
	if (rc == 0) {
		mb_sa(&mb, &sa->sa_prop);
		mb_ke(&mb, m->m_group, &pub);
		mb_nonce(&mb, sa->sa_nr.b_data, sa->sa_nr.b_len);
		if (sa->sa_tun->tn_plan->pn_policy->pol_auth !=
		    CONF_AUTH_PSK && en->en_certreq.b_len > 0)
			mb_certreq(&mb, IKE_CERT_X509, en->en_certreq.b_data,
			    en->en_certreq.b_len);
		init_put_rest(sa, &mb, 0);
		rc = sa_response(sa, IKE_X_SA_INIT, &mb);
	}
	dh_free(hs->hs_dh);
	hs->hs_dh = NULL;
	buf_clear(&pub);
	buf_clear(&secret);
	if (rc == 0)
		buf_putbuf(&hs->hs_mine, &sa->sa_response.pk_buf[0]);
	return (rc);
}

static void
init_accept(struct plan *pn, struct ike_props *chosen,
    const struct ike_addr *local, const struct ike_addr *peer,
    const struct ike_hdr *h, const void *data, size_t len, struct msg *m)
{
	struct engine *en = pn->pn_engine;
	struct sa *sa;

	if ((sa = init_new_responder(pn, local, peer, h)) == NULL) {
		props_clear(chosen);
		return;
	}
	sa->sa_prop = *chosen;
	log_info("%srecv IKE_SA_INIT req 0 peer %s local %s, %zu bytes, "
	    "policy '%s'", sa_prefix(sa), addr_print(peer),
	    addr_print(local), len, pn->pn_policy->pol_name);
	buf_put(&sa->sa_hs->hs_theirs, data, len);
	init_get_rest(sa, m, 0);
	sa->sa_state = SA_AUTH;
	sa->sa_peerid = 1;
	if (init_answer(sa, m) == -1) {
		log_info("%sIKE_SA_INIT of %s: KE is no public value",
		    sa_prefix(sa), addr_print(peer));
		sa_free(sa, NULL);
		return;
	}
	en_timer(en, &sa->sa_timer, HALFOPEN_LIMIT);
}

void
init_request(struct engine *en, const struct ike_addr *local,
    const struct ike_addr *peer, int natt, const struct ike_hdr *h,
    const void *data, size_t len, struct msg *m)
{
	struct ike_props chosen = { 0 };
	const struct ike_xform *dh;
	struct plan *pn, *near;
	uint8_t group[2];
	struct sa *sa;

	if (!MSG_HAS(m, IKE_P_SA) || !MSG_HAS(m, IKE_P_KE) ||
	    !MSG_HAS(m, IKE_P_NONCE) || (en->en_flags & ENF_STOPPING)) {
		en->en_stats.st_dropped++;
		return;
	}
	if ((sa = sa_find_init(en, h->h_spii, peer)) != NULL) {
		sa->sa_from = *peer;
		sa->sa_at = *local;
		if (sa->sa_state == SA_AUTH && sa->sa_peerid == 1)
			sa_resend(sa);
		return;
	}
	if (!init_cookie_ok(en, local, peer, natt, h, m))
		return;
	pn = plan_for_init(en, local, peer, &m->m_sa, &chosen, &near);
	if (pn == NULL) {
		init_no_policy(en, local, peer, near, m);
		init_refuse(en, local, peer, natt, h,
		    IKE_N_NO_PROPOSAL_CHOSEN, NULL, 0);
		return;
	}
	dh = prop_get(&chosen.ps_prop[0], IKE_T_DH);
	if (dh == NULL || dh->xf_id != m->m_group) {
		group[0] = dh == NULL ? 0 : dh->xf_id >> 8;
		group[1] = dh == NULL ? 0 : dh->xf_id;
		log_debug("want dh %s, KE has %u", dh == NULL ? "none" :
		    xform_print(dh), m->m_group);
		init_refuse(en, local, peer, natt, h,
		    IKE_N_INVALID_KE_PAYLOAD, group, sizeof(group));
		props_clear(&chosen);
		return;
	}
	init_accept(pn, &chosen, local, peer, h, data, len, m);
}
