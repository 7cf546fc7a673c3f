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
 * What main mode and aggressive mode have in common once there is an SA: the
 * keys, who is who.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

/*
 * Diffie-Hellman
 */

int
p1_newdh(struct exch *x)
{
	struct sa *sa = x->x_sa;
	struct buf *pub = x->x_initiator ? &x->x_gxi : &x->x_gxr;
	struct buf *nonce = x->x_initiator ? &x->x_ni : &x->x_nr;
	void *p;

	buf_clear(pub);
	buf_clear(nonce);
	if ((p = buf_room(nonce, V1_NONCE_LEN)) == NULL)
		return (-1);
	en_random(sa->sa_engine, p, V1_NONCE_LEN);
	return ((x->x_dh = dh_new(sa->sa_group)) == NULL ? -1 :
	    dh_public(x->x_dh, pub));
}

void
p1_putke(struct exch *x, struct msgb *mb)
{
	const struct buf *pub = x->x_initiator ? &x->x_gxi : &x->x_gxr;
	const struct buf *nonce = x->x_initiator ? &x->x_ni : &x->x_nr;

	mb_data(mb, V1_P_KE, pub->b_data, pub->b_len);
	mb_data(mb, V1_P_NONCE, nonce->b_data, nonce->b_len);
}

static int
span_is(const struct span *s, const struct buf *b)
{
	return (s->s_len == b->b_len && s->s_len > 0 &&
	    memcmp(s->s_data, b->b_data, s->s_len) == 0);
}

/* What we said ourselves is nobody's answer. */
uint16_t
p1_getke(struct exch *x, const struct msg *m)
{
	struct buf *pub = x->x_initiator ? &x->x_gxr : &x->x_gxi;
	struct buf *nonce = x->x_initiator ? &x->x_nr : &x->x_ni;

	if (!MSG_HAS(m, V1_P_KE) || !MSG_HAS(m, V1_P_NONCE) ||
	    m->m_nonce.s_len < V1_NONCE_MIN ||
	    m->m_nonce.s_len > V1_NONCE_MAX)
		return (V1_N_PAYLOAD_MALFORMED);
	if (m->m_ke.s_len != dh_publen(x->x_sa->sa_group) ||
	    span_is(&m->m_ke, x->x_initiator ? &x->x_gxi : &x->x_gxr) ||
	    span_is(&m->m_nonce, x->x_initiator ? &x->x_ni : &x->x_nr))
		return (V1_N_INVALID_KEY_INFORMATION);
	buf_clear(pub);
	buf_clear(nonce);
	buf_put(pub, m->m_ke.s_data, m->m_ke.s_len);
	buf_put(nonce, m->m_nonce.s_data, m->m_nonce.s_len);
	return (pub->b_failed || nonce->b_failed ?
	    V1_N_INVALID_KEY_INFORMATION : 0);
}

int
p1_secret(struct exch *x)
{
	const struct buf *theirs = x->x_initiator ? &x->x_gxr : &x->x_gxi;
	int error;

	buf_clear(&x->x_secret);
	error = dh_shared(x->x_dh, theirs->b_data, theirs->b_len,
	    &x->x_secret);
	dh_free(x->x_dh);
	x->x_dh = NULL;
	return (error);
}

/*
 * Keys
 */

void
p1_keyed(struct exch *x)
{
	struct sa *sa = x->x_sa;

	if (keys_derive(&sa->sa_keys, &x->x_secret, sa->sa_cookies, &x->x_gxi,
	    &x->x_gxr) == -1) {
		exch_fail(x, "keys cannot be derived");
		return;
	}
	buf_clear(&x->x_secret);
	if (x->x_type == V1_X_MAIN)
		main_keyed(x);
	else
		aggr_keyed(x);
}

void
p1_keys(struct exch *x)
{
	struct p1_keys *k = &x->x_sa->sa_keys;
	struct auth_req ar = { 0 };

	if (x->x_sa->sa_auth != V1_AUTH_PSK) {
		if (keys_skeyid_sig(k->k_hash, &x->x_ni, &x->x_nr,
		    &x->x_secret, k->k_skeyid) == -1)
			exch_fail(x, "keys cannot be derived");
		else
			p1_keyed(x);
		return;
	}
	buf_putbuf(&ar.ar_ni, &x->x_ni);
	buf_putbuf(&ar.ar_nr, &x->x_nr);
	exch_ask(x, XW_SKEYID, &ar);
	auth_req_clear(&ar);
}

/*
 * Who is who
 */

/* What the configuration expects; with RSA and nothing said the address. */
static int
id_expected(const struct sa *sa, const struct ike_id *id, struct ike_id *want)
{
	const struct peer *pe = sa->sa_conf;
	const struct ike_addr *a = &pe->pe_addr;

	memset(want, 0, sizeof(*want));
	if (pe->pe_remote.id_type != 0)
		*want = pe->pe_remote;
	else if (sa->sa_auth != V1_AUTH_PSK && a->ia_family != 0) {
		want->id_type = a->ia_family == 4 ? IKE_ID_IPV4 : IKE_ID_IPV6;
		want->id_len = addr_len(a);
		want->id_data = (uint8_t *)a->ia_addr;
	} else
		return (1);
	return (id_cmp(want, id) == 0);
}

int
p1_getid(struct exch *x, const struct msg *m)
{
	struct sa *sa = x->x_sa;
	struct buf *body = x->x_initiator ? &x->x_idr : &x->x_idi;
	struct ike_id want;

	id_clear(&sa->sa_remote);
	if (m->m_nids != 1 || v1_id_get(&m->m_id[0], &sa->sa_remote) == -1) {
		info_refuse(x, V1_N_INVALID_ID_INFORMATION);
		exch_fail(x, "its ID payload is missing or wrong");
		return (-1);
	}
	if (!id_expected(sa, &sa->sa_remote, &want)) {
		info_refuse(x, V1_N_INVALID_ID_INFORMATION);
		exch_fail(x, "the peer says it is %s, %s is expected: write "
		    "`dstid %s' here or the other as `srcid' there",
		    id_print(&sa->sa_remote), id_print(&want),
		    strchr(id_print(&sa->sa_remote), '/') != NULL ?
		    strchr(id_print(&sa->sa_remote), '/') + 1 : "");
		return (-1);
	}
	buf_clear(body);
	buf_put(body, m->m_id[0].i_body.s_data, m->m_id[0].i_body.s_len);
	return (body->b_failed ? -1 : 0);
}

int
p1_putid(struct exch *x, struct msgb *mb)
{
	struct buf *body = x->x_initiator ? &x->x_idi : &x->x_idr;
	struct ike_id self = { 0 };

	if (sa_self(x->x_sa, &self) == -1) {
		exch_fail(x, "out of memory");
		return (-1);
	}
	buf_clear(body);
	id1_body(body, &self);
	mb_id1(mb, &self);
	id_clear(&self);
	return (0);
}

void
p1_keepreqs(struct exch *x, const struct msg *m)
{
	struct auth_cert *ac;
	unsigned int i;

	for (i = 0; i < m->m_ncertreqs &&
	    x->x_ncertreqs < AUTH_MAXCERTS; i++) {
		ac = &x->x_certreqs[x->x_ncertreqs++];
		ac->ac_encoding = m->m_certreqs[i].c_encoding;
		buf_put(&ac->ac_data, m->m_certreqs[i].c_data.s_data,
		    m->m_certreqs[i].c_data.s_len);
	}
}

/* Which CAs we trust; none by name: any. */
void
p1_putreqs(struct exch *x, struct msgb *mb)
{
	const struct engine *en = x->x_sa->sa_engine;
	struct span all = { en->en_canames.b_data, en->en_canames.b_len };
	struct span name;
	unsigned int n = 0;

	if (x->x_sa->sa_auth == V1_AUTH_PSK)
		return;
	for (; n < 8 && span_getsized(&all, &name) == 0; n++)
		mb_cert1(mb, V1_P_CERTREQ, IKE_CERT_X509, name.s_data,
		    name.s_len);
	if (n == 0)
		mb_cert1(mb, V1_P_CERTREQ, IKE_CERT_X509, NULL, 0);
}

/* HASH_I or HASH_R of who is asked for: the initiator, or not. */
static int
p1_hash(struct exch *x, int initiator, uint8_t hash[HASH_MAX])
{
	const struct buf *id = initiator ? &x->x_idi : &x->x_idr;
	struct span body = { id->b_data, id->b_len };

	return (keys_hash1(&x->x_sa->sa_keys, initiator, &x->x_gxi, &x->x_gxr,
	    x->x_sa->sa_cookies, &x->x_sai, &body, hash));
}

static void
p1_signed(struct exch *x)
{
	if (x->x_type == V1_X_MAIN)
		main_signed(x);
	else
		aggr_signed(x);
}

static void
p1_verified(struct exch *x)
{
	if (x->x_type == V1_X_MAIN)
		main_verified(x);
	else
		aggr_verified(x);
}

void
p1_prove(struct exch *x, struct msgb *mb)
{
	struct sa *sa = x->x_sa;
	const size_t len = hash_len(sa->sa_keys.k_hash);
	struct auth_req ar = { 0 };
	uint8_t hash[HASH_MAX];
	unsigned int i;

	mb_clear(&x->x_reply);
	x->x_reply = *mb;
	memset(mb, 0, sizeof(*mb));
	if (p1_hash(x, x->x_initiator, hash) == -1) {
		exch_fail(x, "no hash of ourselves");
		return;
	}
	if (sa->sa_auth == V1_AUTH_PSK) {
		mb_data(&x->x_reply, V1_P_HASH, hash, len);
		p1_signed(x);
		return;
	}
	buf_put(&ar.ar_hash, hash, len);
	for (i = 0; i < x->x_ncertreqs; i++, ar.ar_ncerts++) {
		ar.ar_certs[i].ac_encoding = x->x_certreqs[i].ac_encoding;
		buf_putbuf(&ar.ar_certs[i].ac_data, &x->x_certreqs[i].ac_data);
	}
	if (sa_self(sa, &ar.ar_id) == -1)
		exch_fail(x, "out of memory");
	else
		exch_ask(x, XW_SIGN, &ar);
	auth_req_clear(&ar);
}

static void
p1_refuse(struct exch *x, const char *why)
{
	struct sa *sa = x->x_sa;

	info_refuse(x, V1_N_AUTHENTICATION_FAILED);
	exch_fail(x, "authentication of %s failed: %s",
	    id_print(&sa->sa_remote), why);
}

/* What proves the peer, until there are keys to look at it with. */
void
p1_keepproof(struct exch *x, const struct msg *m)
{
	const struct span *proof = x->x_sa->sa_auth == V1_AUTH_PSK ?
	    &m->m_hash : &m->m_sig;
	struct auth_cert *ac;
	unsigned int i;

	buf_clear(&x->x_proof);
	buf_put(&x->x_proof, proof->s_data, proof->s_len);
	for (i = 0; i < m->m_ncerts && x->x_ncerts < AUTH_MAXCERTS; i++) {
		ac = &x->x_certs[x->x_ncerts++];
		ac->ac_encoding = m->m_certs[i].c_encoding;
		buf_put(&ac->ac_data, m->m_certs[i].c_data.s_data,
		    m->m_certs[i].c_data.s_len);
	}
}

static void
verify_signature(struct exch *x, const uint8_t *hash, size_t len)
{
	struct auth_req ar = { 0 };
	unsigned int i;

	buf_put(&ar.ar_hash, hash, len);
	buf_putbuf(&ar.ar_sig, &x->x_proof);
	for (i = 0; i < x->x_ncerts; i++, ar.ar_ncerts++) {
		ar.ar_certs[i].ac_encoding = x->x_certs[i].ac_encoding;
		buf_putbuf(&ar.ar_certs[i].ac_data, &x->x_certs[i].ac_data);
	}
	if (id_copy(&ar.ar_id, &x->x_sa->sa_remote) == -1)
		exch_fail(x, "out of memory");
	else
		exch_ask(x, XW_VERIFY, &ar);
	auth_req_clear(&ar);
}

void
p1_verify(struct exch *x)
{
	struct sa *sa = x->x_sa;
	const size_t len = hash_len(sa->sa_keys.k_hash);
	uint8_t hash[HASH_MAX];

	if (p1_hash(x, !x->x_initiator, hash) == -1)
		exch_fail(x, "no hash of the peer");
	else if (x->x_proof.b_len == 0)
		p1_refuse(x, sa->sa_auth == V1_AUTH_PSK ? "no HASH came" :
		    "no signature came");
	else if (sa->sa_auth != V1_AUTH_PSK)
		verify_signature(x, hash, len);
	else if (x->x_proof.b_len != len ||
	    !crypto_equal(x->x_proof.b_data, hash, len))
		p1_refuse(x, "the pre-shared keys differ: let both ends have "
		    "the same");
	else
		p1_verified(x);
}

static void
put_signature(struct exch *x, const struct auth_res *as)
{
	unsigned int i;

	for (i = 0; i < as->as_ncerts; i++)
		mb_cert1(&x->x_reply, V1_P_CERT, as->as_certs[i].ac_encoding,
		    as->as_certs[i].ac_data.b_data,
		    as->as_certs[i].ac_data.b_len);
	mb_data(&x->x_reply, V1_P_SIG, as->as_data.b_data,
	    as->as_data.b_len);
}

static const enum exch_wait kind_wait[] = {
	[AUTH_SKEYID] = XW_SKEYID,
	[AUTH_SIGN] = XW_SIGN,
	[AUTH_VERIFY] = XW_VERIFY
};

/* What the ca says. */
void
p1_answer(struct exch *x, const struct auth_res *as)
{
	struct sa *sa = x->x_sa;
	const char *why = as->as_why != NULL ? as->as_why : "no reason given";
	const size_t len = hash_len(sa->sa_keys.k_hash);

	if (x->x_wait == XW_NONE || as->as_kind < AUTH_SKEYID ||
	    as->as_kind > AUTH_VERIFY || x->x_wait != kind_wait[as->as_kind])
		return;
	x->x_wait = XW_NONE;
	if (!as->as_ok) {
		if (as->as_kind == AUTH_VERIFY)
			p1_refuse(x, why);
		else {
			info_refuse(x, V1_N_AUTHENTICATION_FAILED);
			exch_fail(x, "%s", why);
		}
		return;
	}
	if (as->as_kind == AUTH_VERIFY)
		p1_verified(x);
	else if (as->as_kind == AUTH_SIGN) {
		put_signature(x, as);
		p1_signed(x);
	} else if (as->as_data.b_len != len)
		exch_fail(x, "SKEYID of %zu octets", as->as_data.b_len);
	else {
		memcpy(sa->sa_keys.k_skeyid, as->as_data.b_data, len);
		p1_keyed(x);
	}
}

/*
 * INITIAL-CONTACT, if we know of nothing else with this peer; and what it
 * says.
 */
void
p1_contact(struct exch *x, struct msgb *mb, const struct msg *m)
{
	struct sa *sa = x->x_sa, *other;
	const struct v1_notify *n;
	struct conn *cn;

	if (m != NULL) {
		n = msg_notify(m, V1_N_INITIAL_CONTACT);
		x->x_contact |= n != NULL;
		return;
	}
	TAILQ_FOREACH(other, &sa->sa_engine->en_sas, sa_entry)
		if (other != sa && (other->sa_flags & SAF_ESTABLISHED) &&
		    other->sa_conf == sa->sa_conf)
			return;
	TAILQ_FOREACH(cn, &sa->sa_engine->en_conns, cn_entry)
		if (cn->cn_conf->pc_peer == sa->sa_conf &&
		    !TAILQ_EMPTY(&cn->cn_pairs))
			return;
	mb_notify1(mb, V1_PROTO_ISAKMP, sa->sa_cookies, 16,
	    V1_N_INITIAL_CONTACT, NULL, 0);
}

/*
 * The peer began anew: what was made before this exchange began is nothing
 * it knows of.
 */
static void
contact_forget(struct sa *sa, uint64_t since)
{
	struct engine *en = sa->sa_engine;
	struct pair *pr, *prnext;
	struct sa *other, *next;
	struct conn *cn;

	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		for (pr = TAILQ_FIRST(&cn->cn_pairs); pr != NULL;
		    pr = prnext) {
			prnext = TAILQ_NEXT(pr, pr_entry);
			if (cn->cn_conf->pc_peer == sa->sa_conf &&
			    id_cmp(&pr->pr_remote, &sa->sa_remote) == 0 &&
			    pr->pr_created < since)
				pair_close(pr, 0, "the peer began anew");
		}
	for (other = TAILQ_FIRST(&en->en_sas); other != NULL; other = next) {
		next = TAILQ_NEXT(other, sa_entry);
		if (other != sa && (other->sa_flags & SAF_ESTABLISHED) &&
		    other->sa_established < since &&
		    other->sa_conf == sa->sa_conf &&
		    id_cmp(&other->sa_remote, &sa->sa_remote) == 0) {
			dbg(DBG_SA, 10, "ISAKMP SA %s: the peer began anew",
			    sa_name(other));
			sa_orphans(other);
			sa_free(other);
			next = TAILQ_FIRST(&en->en_sas);
		}
	}
}

/* The same, said later. */
void
p1_anew(struct sa *sa)
{
	contact_forget(sa, sa->sa_created);
}

void
p1_done(struct exch *x)
{
	struct sa *sa = x->x_sa;
	const int contact = x->x_contact;
	const uint64_t started = x->x_started;
	struct msgb mb = { 0 };

	exch_done(x);
	if (contact)
		contact_forget(sa, started);
	sa_settled(sa);
	/* aggressive mode's second message cannot say it protected */
	if (x->x_type == V1_X_AGGRESSIVE && !x->x_initiator) {
		p1_contact(x, &mb, NULL);
		if (mb.mb_buf.b_len > 0)
			(void)sa_inform(sa, &mb);
	}
	conns_sa_ready(sa);
}
