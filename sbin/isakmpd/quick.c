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
 * Quick mode (RFC 2409 5.5): a pair of SAs for a connection.
 *
 * Who answers can receive before it says so; who asked sends by the new SA
 * once the answer is there, and answers that.  So nothing that is sent is
 * lost by the change from one pair to the next.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define COMMIT_WAIT	2000	/* ms for CONNECTED */

static int
new_nonce(struct exch *x, struct buf *nonce)
{
	void *p;

	if ((p = buf_room(nonce, V1_NONCE_LEN)) == NULL)
		return (-1);
	en_random(x->x_sa->sa_engine, p, V1_NONCE_LEN);
	return (0);
}

static int
new_dh(struct exch *x, uint16_t group, struct buf *pub)
{
	if (group == IKE_DH_NONE)
		return (0);
	return ((x->x_dh = dh_new(group)) == NULL ? -1 :
	    dh_public(x->x_dh, pub));
}

static struct exch *
quick_new(struct sa *sa, struct conn *cn, struct pair *replaces)
{
	struct exch *x;

	x = exch_new(sa, V1_X_QUICK, 1, sa_newmsgid(sa));
	if (x == NULL)
		return (NULL);
	x->x_conn = cn;
	cn->cn_quick = x;
	if ((x->x_replaces = replaces) != NULL)
		replaces->pr_flags |= PRF_RENEWING;
	if ((x->x_pair = pair_new(cn, sa, 1)) == NULL ||
	    keys_iv2(&sa->sa_keys, x->x_msgid, x->x_iv) == -1) {
		exch_fail(x, "out of memory");
		return (NULL);
	}
	x->x_pair->pr_msgid = x->x_msgid;
	return (x);
}

int
quick_start(struct sa *sa, struct conn *cn, struct pair *replaces)
{
	const struct p2conf *pc = cn->cn_conf;
	const struct p2_xform *qx = pc->pc_xforms;
	struct msgb mb = { 0 };
	struct exch *x;

	if ((x = quick_new(sa, cn, replaces)) == NULL)
		return (-1);
	if (pair_getspi(x->x_pair, qx->qx_proto) != 0) {
		exch_fail(x, "the kernel gave no SPI");
		return (-1);
	}
	if (new_nonce(x, &x->x_ni) == -1 ||
	    new_dh(x, qx->qx_group, &x->x_gxi) == -1) {
		exch_fail(x, "no Diffie-Hellman key");
		return (-1);
	}
	mb_p2_sa(&mb, qx, pc->pc_nxforms, x->x_pair->pr_in, natt_encap(sa));
	mb_data(&mb, V1_P_NONCE, x->x_ni.b_data, x->x_ni.b_len);
	if (qx->qx_group != IKE_DH_NONE)
		mb_data(&mb, V1_P_KE, x->x_gxi.b_data, x->x_gxi.b_len);
	mb_id2(&mb, &pc->pc_local);
	mb_id2(&mb, &pc->pc_remote);
	exch_to(x, XS_SENT_QM1);
	return (exch_send_hashed(x, QM_HASH1, &mb, 1));
}

/* What HASH covers: all that is behind it. */
static struct span
rest_of(const struct arrival *ar)
{
	struct span s = { ar->ar_plain.b_data + ar->ar_msg.m_hashend,
	    ar->ar_msg.m_end - ar->ar_msg.m_hashend };

	return (s);
}

static int
hash_good(const struct exch *x, enum qm_hash which, const struct arrival *ar)
{
	const struct p1_keys *k = &x->x_sa->sa_keys;
	const struct span *is = &ar->ar_msg.m_hash;
	const struct span rest = rest_of(ar);
	uint8_t hash[HASH_MAX];
	int error;

	if (which == QM_HASH1)
		error = keys_hash2_1(k, x->x_msgid, &rest, hash);
	else if (which == QM_HASH2)
		error = keys_hash2_2(k, x->x_msgid, &x->x_ni, &rest, hash);
	else
		error = keys_hash2_3(k, x->x_msgid, &x->x_ni, &x->x_nr, hash);
	return (!error && is->s_len == hash_len(k->k_hash) &&
	    crypto_equal(is->s_data, hash, is->s_len));
}

/* It is by the peer, and new. */
static void
accepted(struct exch *x, const struct arrival *ar)
{
	struct sa *sa = x->x_sa;

	memcpy(x->x_iv, ar->ar_iv, IV_MAX);
	sa_count(sa, ar->ar_plain.b_len);
	exch_note(x, ar->ar_raw, ar->ar_rawlen);
	natt_follow(sa, &ar->ar_local, &ar->ar_peer);
	dpd_heard(sa);
}

static void
refused(struct exch *x, uint16_t type, const struct buf *why)
{
	info_refuse(x, type);
	exch_fail(x, "%.*s", (int)why->b_len, why->b_len > 0 ?
	    (const char *)why->b_data : "");
}

static int
take_nonce(struct buf *nonce, const struct msg *m)
{
	if (!MSG_HAS(m, V1_P_NONCE) || m->m_nonce.s_len < V1_NONCE_MIN ||
	    m->m_nonce.s_len > V1_NONCE_MAX)
		return (-1);
	buf_put(nonce, m->m_nonce.s_data, m->m_nonce.s_len);
	return (nonce->b_failed ? -1 : 0);
}

/* The shared secret, if there is to be one. */
static int
take_ke(struct exch *x, uint16_t group, const struct msg *m)
{
	struct buf *theirs = x->x_initiator ? &x->x_gxr : &x->x_gxi;
	int error;

	if (group == IKE_DH_NONE)
		return (MSG_HAS(m, V1_P_KE) ? -1 : 0);
	if (!MSG_HAS(m, V1_P_KE) || m->m_ke.s_len != dh_publen(group) ||
	    x->x_dh == NULL)
		return (-1);
	buf_put(theirs, m->m_ke.s_data, m->m_ke.s_len);
	error = dh_shared(x->x_dh, m->m_ke.s_data, m->m_ke.s_len,
	    &x->x_secret);
	dh_free(x->x_dh);
	x->x_dh = NULL;
	return (error);
}

/* Without ID payloads the ends are the hosts themselves. */
static void
host_id(struct p2_id *pi, const struct ike_addr *a)
{
	memset(pi, 0, sizeof(*pi));
	pi->pi_type = a->ia_family == 4 ? IKE_ID_IPV4 : IKE_ID_IPV6;
	pi->pi_ts.ts_family = a->ia_family;
	pi->pi_ts.ts_port[1] = 65535;
	memcpy(pi->pi_ts.ts_lo, a->ia_addr, sizeof(pi->pi_ts.ts_lo));
	memcpy(pi->pi_ts.ts_hi, a->ia_addr, sizeof(pi->pi_ts.ts_hi));
}

/* Which connection; what it says is wrong, if none. */
static struct conn *
find_conn(struct exch *x, const struct msg *m, struct buf *why)
{
	struct sa *sa = x->x_sa;
	struct p2_id local, remote;

	if (m->m_nids == 0) {
		host_id(&local, &sa->sa_local);
		host_id(&remote, &sa->sa_peer);
	} else if (m->m_nids != 2 || p2_id_get(&m->m_id[0], &remote) == -1 ||
	    p2_id_get(&m->m_id[1], &local) == -1) {
		buf_printf(why, "its ID payloads are wrong or of a kind that "
		    "is not supported");
		return (NULL);
	}
	return (conn_match(sa, &local, &remote, why));
}

/* The peer's SPI, for an error to name. */
static void
note_spi(struct exch *x, const struct msg *m)
{
	struct span spi;

	if (m->m_nsa == 0 || m->m_sa.s_n == 0)
		return;
	spi = m->m_sa.s_prop[0].p_spi;
	x->x_proto = m->m_sa.s_prop[0].p_proto;
	if (spi.s_len == 4)
		(void)span_get32(&spi, &x->x_spi);
}

/* A pair as the peer wants it; 0, or the notify. */
static uint16_t
agree(struct exch *x, const struct msg *m, struct p2_choice *c,
    struct buf *why)
{
	struct conn *cn = x->x_conn;
	const struct p2conf *pc = cn->cn_conf;
	uint16_t group;

	if (m->m_nsa != 1 || p2_choose(c, &m->m_sa, pc->pc_xforms,
	    pc->pc_nxforms, natt_kind(x->x_sa), why) == -1)
		return (V1_N_NO_PROPOSAL_CHOSEN);
	if (!c->c_udp && natt_encap(x->x_sa) != 0) {
		buf_printf(why, "it offers no UDP encapsulation, though there "
		    "is a NAT between us: only the peer can mend it");
		return (V1_N_NO_PROPOSAL_CHOSEN);
	}
	group = c->c_ours->qx_group;
	if (pair_toomany(cn)) {
		buf_printf(why, "the peer makes SAs faster than they end");
		return (V1_N_NO_PROPOSAL_CHOSEN);
	}
	if ((x->x_pair = pair_new(cn, x->x_sa, 0)) == NULL)
		return (V1_N_NO_PROPOSAL_CHOSEN);
	x->x_pair->pr_msgid = x->x_msgid;
	pair_set(x->x_pair, c);
	if (new_dh(x, group, &x->x_gxr) == -1 ||
	    take_ke(x, group, m) == -1) {
		buf_printf(why, "its KE payload is none of group %s",
		    v1_group_name(group));
		return (V1_N_INVALID_KEY_INFORMATION);
	}
	if (take_nonce(&x->x_ni, m) == -1 || new_nonce(x, &x->x_nr) == -1) {
		buf_printf(why, "its nonce is none");
		return (V1_N_PAYLOAD_MALFORMED);
	}
	if (pair_getspi(x->x_pair, x->x_pair->pr_proto) != 0 ||
	    pair_keys(x->x_pair, x) == -1 ||
	    pair_install_in(x->x_pair) != 0) {
		buf_printf(why, "the kernel does not take such an SA");
		return (V1_N_NO_PROPOSAL_CHOSEN);
	}
	return (0);
}

static void
send_qm2(struct exch *x, const struct msg *m, const struct p2_choice *c)
{
	const uint32_t spi = x->x_pair->pr_in;
	const uint8_t spis[4] = { spi >> 24, spi >> 16, spi >> 8, spi };
	struct msgb mb = { 0 };
	unsigned int i;

	mb_sa_chosen(&mb, c->c_prop, c->c_xf, spis, sizeof(spis));
	mb_data(&mb, V1_P_NONCE, x->x_nr.b_data, x->x_nr.b_len);
	if (x->x_gxr.b_len > 0)
		mb_data(&mb, V1_P_KE, x->x_gxr.b_data, x->x_gxr.b_len);
	for (i = 0; i < m->m_nids; i++)
		mb_data(&mb, V1_P_ID, m->m_id[i].i_body.s_data,
		    m->m_id[i].i_body.s_len);
	exch_to(x, XS_SENT_QM2);
	x->x_ourspi = spi;
	(void)exch_send_hashed(x, QM_HASH2, &mb, 1);
}

static void
recv_qm1(struct exch *x, struct arrival *ar)
{
	const struct msg *m = &ar->ar_msg;
	struct buf why = { 0 };
	struct p2_choice c;
	uint16_t error;

	if (!hash_good(x, QM_HASH1, ar) ||
	    sa_msgid(x->x_sa, x->x_msgid) == -1) {
		dbg(DBG_MESSAGE, 20, "quick mode from %s is not by the peer",
		    addr_print(&ar->ar_peer));
		exch_free(x);
		return;
	}
	accepted(x, ar);
	note_spi(x, m);
	if ((x->x_conn = find_conn(x, m, &why)) == NULL)
		refused(x, V1_N_INVALID_ID_INFORMATION, &why);
	else if ((error = agree(x, m, &c, &why)) != 0)
		refused(x, error, &why);
	else
		send_qm2(x, m, &c);
	buf_clear(&why);
}

/* Ours, as they went; some peers leave them out if they are the hosts. */
static int
same_ids(const struct exch *x, const struct msg *m)
{
	const struct p2conf *pc = x->x_conn->cn_conf;
	struct p2_id local, remote;

	if (m->m_nids == 0)
		return (1);
	return (m->m_nids == 2 && p2_id_get(&m->m_id[0], &local) == 0 &&
	    p2_id_get(&m->m_id[1], &remote) == 0 &&
	    memcmp(&local.pi_ts, &pc->pc_local.pi_ts,
	    sizeof(local.pi_ts)) == 0 &&
	    memcmp(&remote.pi_ts, &pc->pc_remote.pi_ts,
	    sizeof(remote.pi_ts)) == 0);
}

static uint16_t
take_answer(struct exch *x, const struct msg *m, struct buf *why)
{
	const struct p2conf *pc = x->x_conn->cn_conf;
	struct pair *pr = x->x_pair;
	struct p2_choice c;

	if (m->m_nsa != 1 || p2_accept(&c, &m->m_sa, pc->pc_xforms,
	    pc->pc_nxforms, natt_encap(x->x_sa), why) == -1)
		return (V1_N_NO_PROPOSAL_CHOSEN);
	if (!same_ids(x, m)) {
		buf_printf(why, "the peer answers with other IDs");
		return (V1_N_INVALID_ID_INFORMATION);
	}
	if (take_ke(x, c.c_ours->qx_group, m) == -1) {
		buf_printf(why, "its KE payload is none of group %s",
		    v1_group_name(c.c_ours->qx_group));
		return (V1_N_INVALID_KEY_INFORMATION);
	}
	pair_set(pr, &c);
	pr->pr_local = x->x_sa->sa_local;	/* a NAT may have moved it */
	pr->pr_peer = x->x_sa->sa_peer;
	info_notifies(x->x_sa, x, m);
	if (pair_keys(pr, x) == -1 || pair_install_in(pr) != 0) {
		buf_printf(why, "the kernel does not take such an SA");
		return (V1_N_NO_PROPOSAL_CHOSEN);
	}
	return (0);
}

/* The pair is the connection's now. */
static void
quick_done(struct exch *x, int soon)
{
	struct pair *pr = x->x_pair;

	if (pr == NULL) {	/* it was deleted or torn down meanwhile */
		exch_free(x);
		return;
	}
	x->x_pair = NULL;
	x->x_sa->sa_engine->en_stats.st_p2_ok++;
	exch_done(x);
	if (soon)
		pair_switch_soon(pr);
	else if (pair_install_out(pr) != 0)
		pair_close(pr, 1, "the kernel does not take it");
	else
		pair_settled(pr);
}

void
quick_connected(struct exch *x)
{
	if (x->x_state == XS_COMMIT)
		quick_done(x, 0);
}

static void
recv_qm2(struct exch *x, struct arrival *ar)
{
	const struct msg *m = &ar->ar_msg;
	struct engine *en = x->x_sa->sa_engine;
	struct buf why = { 0 };
	struct msgb mb = { 0 };
	uint16_t error;
	int other;

	if (take_nonce(&x->x_nr, m) == -1 || !hash_good(x, QM_HASH2, ar)) {
		buf_clear(&x->x_nr);
		dbg(DBG_MESSAGE, 20, "%s: an answer from %s is not by the "
		    "peer", exch_title(x), addr_print(&ar->ar_peer));
		return;
	}
	accepted(x, ar);
	note_spi(x, m);
	if ((error = take_answer(x, m, &why)) != 0) {
		refused(x, error, &why);
		buf_clear(&why);
		return;
	}
	buf_clear(&why);
	other = conn_current(x->x_conn) != NULL;
	if (exch_send_hashed(x, QM_HASH3, &mb, 0) == -1)
		return;
	if (ar->ar_hdr.h_flags & V1_F_COMMIT) {
		exch_to(x, XS_COMMIT);
		en_timer(en, &x->x_timer, COMMIT_WAIT);
	} else
		quick_done(x, other);
}

static void
recv_qm3(struct exch *x, struct arrival *ar)
{
	if (!hash_good(x, QM_HASH3, ar)) {
		dbg(DBG_MESSAGE, 20, "%s: the last message from %s is not by "
		    "the peer", exch_title(x), addr_print(&ar->ar_peer));
		return;
	}
	accepted(x, ar);
	quick_done(x, 0);
}

/*
 * The last message got lost, but the peer sends by what it is about: that
 * proves the same.
 */
int
quick_implied(struct exch *x)
{
	if (x->x_state != XS_SENT_QM2 || x->x_pair == NULL ||
	    pair_lastuse(x->x_pair) == 0)
		return (0);
	quick_done(x, 0);
	return (1);
}

void
quick_recv(struct exch *x, struct arrival *ar)
{
	if (x->x_state != XS_START && x->x_pair == NULL) {
		exch_free(x);	/* what it was to make is gone */
		return;
	}
	switch (x->x_state) {
	case XS_START:
		recv_qm1(x, ar);
		break;
	case XS_SENT_QM1:
		recv_qm2(x, ar);
		break;
	case XS_SENT_QM2:
		recv_qm3(x, ar);
		break;
	default:
		break;
	}
}
