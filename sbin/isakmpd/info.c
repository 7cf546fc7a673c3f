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
 * Informational exchanges: errors, notifies and deletes (RFC 2408 3.14, 3.15,
 * RFC 2409 5.7).
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define GONE_AGAIN	1000ULL	/* ms; then 4, 16 and 64 s */
#define GONE_TOLD	4	/* times, beyond the first */
#define GONE_WORTH	30000	/* ms it would live on there */

/*
 * What we say
 */

static void
put_spi(uint8_t to[4], uint32_t spi)
{
	to[0] = spi >> 24;
	to[1] = spi >> 16;
	to[2] = spi >> 8;
	to[3] = spi;
}

/* What came last was encrypted and could be read: the keys are the same. */
static int
keys_known(const struct exch *x)
{
	return ((x->x_sa->sa_flags & SAF_HALFOPEN) == 0 &&
	    (x->x_state == XS_SENT_AUTH || (x->x_type == V1_X_MAIN &&
	    x->x_state == XS_SENT_KE && !x->x_initiator)));
}

/*
 * In phase 1 nothing protects it as long as the keys are doubted.  Who
 * answered our proof takes the SA for established, so that it has to hear of
 * its end.  In phase 2 the peer's SPI says which of its exchanges is meant.
 */
void
info_refuse(struct exch *x, uint16_t type)
{
	struct sa *sa = x->x_sa;
	struct msgb mb = { 0 };
	const uint8_t spi[4] = { x->x_spi >> 24, x->x_spi >> 16,
	    x->x_spi >> 8, x->x_spi };

	sa->sa_engine->en_stats.st_notifies++;
	if (sa->sa_p1 == x && keys_known(x)) {
		mb_notify1(&mb, V1_PROTO_ISAKMP, sa->sa_cookies, 16, type,
		    NULL, 0);
		(void)sa_inform(sa, &mb);
		if (x->x_initiator)
			info_delete_sa(sa);
		return;
	}
	if (sa->sa_p1 == x) {
		send_notify(sa->sa_engine, &sa->sa_local, &sa->sa_peer,
		    sa_natt(sa), sa->sa_cookies, type,
		    sa->sa_flags & SAF_HALFOPEN ? x->x_question : V1_MAXMSG);
		return;
	}
	mb_notify1(&mb, x->x_proto != 0 ? x->x_proto : V1_PROTO_ESP, spi,
	    x->x_spi != 0 ? sizeof(spi) : 0, type, NULL, 0);
	(void)sa_inform(sa, &mb);
}

/* Over any ISAKMP SA with this very peer that is there. */
static struct sa *
peer_sa(struct engine *en, unsigned int peer, const struct ike_id *remote)
{
	struct sa *sa, *best = NULL;

	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		if (sa->sa_conf->pe_id == peer &&
		    (sa->sa_flags & (SAF_ESTABLISHED | SAF_CLOSING)) ==
		    SAF_ESTABLISHED && id_cmp(&sa->sa_remote, remote) == 0 &&
		    (best == NULL || (best->sa_flags & SAF_REPLACED) ||
		    (sa->sa_flags & SAF_REPLACED) == 0))
			best = sa;
	return (best);
}

void
info_delete_spi(struct sa *sa, uint8_t proto, uint32_t spi)
{
	const uint8_t b[4] = { spi >> 24, spi >> 16, spi >> 8, spi };
	struct msgb mb = { 0 };

	mb_delete1(&mb, proto, b, sizeof(b), 1);
	(void)sa_inform(sa, &mb);
}

void
info_delete_pair(struct pair *pr)
{
	struct conn *cn = pr->pr_conn;
	struct sa *sa = peer_sa(cn->cn_engine, cn->cn_conf->pc_peer->pe_id,
	    &pr->pr_remote);

	if (sa != NULL)
		info_delete_spi(sa, pr->pr_proto, pr->pr_in);
}

static void	gone_again(void *);

static void
gone_drop(struct engine *en, unsigned int i)
{
	id_clear(&en->en_gone[i].go_remote);
	memmove(&en->en_gone[i], &en->en_gone[i + 1],
	    (--en->en_ngone - i) * sizeof(en->en_gone[0]));
}

static void
gone_arm(struct engine *en)
{
	const uint64_t now = en_now(en);
	uint64_t next = UINT64_MAX;
	unsigned int i;

	for (i = 0; i < en->en_ngone; i++)
		if (en->en_gone[i].go_next < next)
			next = en->en_gone[i].go_next;
	en->en_again.t_fn = gone_again;
	en->en_again.t_arg = en;
	if (next == UINT64_MAX)
		en_untimer(en, &en->en_again);
	else
		en_timer(en, &en->en_again, next > now ? next - now : 0);
}

/*
 * Once more, over all SAs that are there: the peer may have lost one, or not
 * have it yet.  If there is none, the next is waited for.
 */
static void
gone_tell(struct engine *en, struct gone *go)
{
	struct sa *sa;
	int told = 0;

	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		if (sa->sa_conf->pe_id == go->go_peer &&
		    (sa->sa_flags & (SAF_ESTABLISHED | SAF_CLOSING)) ==
		    SAF_ESTABLISHED &&
		    id_cmp(&sa->sa_remote, &go->go_remote) == 0) {
			info_delete_spi(sa, go->go_proto, go->go_spi);
			told = 1;
		}
	go->go_next = !told ? UINT64_MAX :
	    en_now(en) + (GONE_AGAIN << 2 * ++go->go_told);
}

static void
gone_again(void *arg)
{
	struct engine *en = arg;
	const uint64_t now = en_now(en);
	struct gone *go;
	unsigned int i = 0;

	while (i < en->en_ngone) {
		go = &en->en_gone[i];
		if (go->go_next <= now && now < go->go_until)
			gone_tell(en, go);
		if (go->go_told >= GONE_TOLD || now >= go->go_until)
			gone_drop(en, i);
		else
			i++;
	}
	gone_arm(en);
}

void
info_bury_pair(struct pair *pr)
{
	struct conn *cn = pr->pr_conn;
	struct engine *en = cn->cn_engine;
	struct peer *pe = cn->cn_conf->pc_peer;
	struct gone go = {
		.go_proto = pr->pr_proto, .go_spi = pr->pr_in,
		.go_peer = pe->pe_id,
		.go_until = pr->pr_life_s != 0 ?
		    pr->pr_created + pr->pr_life_s * 1000ULL : UINT64_MAX };

	info_delete_pair(pr);
	if (id_copy(&go.go_remote, &pr->pr_remote) == -1)
		return;
	if (en->en_ngone == EN_MAXGONE)
		gone_drop(en, 0);
	go.go_next = en_now(en) + GONE_AGAIN;
	en->en_gone[en->en_ngone++] = go;
	gone_arm(en);
	/* one is made to say it by, where the peer is known and it matters */
	if (go.go_until > en_now(en) + GONE_WORTH &&
	    peer_sa(en, pe->pe_id, &pr->pr_remote) == NULL &&
	    (en->en_flags & (ENF_PASSIVE | ENF_STOPPING)) == 0 &&
	    pe->pe_addr.ia_family != 0 && sa_making(en, pe) == NULL)
		p1_start(en, pe, NULL);
}

void
info_buried(struct sa *sa)
{
	struct engine *en = sa->sa_engine;
	struct gone *go;

	for (go = en->en_gone; go < en->en_gone + en->en_ngone; go++)
		if (go->go_peer == sa->sa_conf->pe_id) {
			go->go_next = en_now(en) + GONE_AGAIN;
			go->go_told = 0;
		}
	gone_arm(en);
}

void
info_forget(struct engine *en)
{
	while (en->en_ngone > 0)
		gone_drop(en, en->en_ngone - 1);
	en_untimer(en, &en->en_again);
}

static void
put_pairs(const struct sa *sa, uint8_t proto, struct msgb *mb)
{
	struct buf spis = { 0 };
	struct pair *pr;
	struct conn *cn;

	TAILQ_FOREACH(cn, &sa->sa_engine->en_conns, cn_entry)
		TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry)
			if (cn->cn_conf->pc_peer == sa->sa_conf &&
			    (pr->pr_flags & PRF_IN) && pr->pr_proto == proto &&
			    spis.b_len < 4 * MSG_MAXSPIS &&
			    id_cmp(&sa->sa_remote, &pr->pr_remote) == 0)
				buf_put32(&spis, pr->pr_in);
	if (spis.b_len > 0 && !spis.b_failed)
		mb_delete1(mb, proto, spis.b_data, 4, spis.b_len / 4);
	buf_clear(&spis);
}

/*
 * All that is there with this peer and the SA itself, in one message: were
 * the SA's DELETE there first, nobody could read the others.  And once more
 * the other way round, as there are peers that look at the first DELETE of a
 * message only.
 */
void
info_goodbye(struct sa *sa)
{
	struct msgb mb = { 0 };
	int first;

	for (first = 0; first < 2; first++) {
		if (first)
			mb_delete1(&mb, V1_PROTO_ISAKMP, sa->sa_cookies, 16,
			    1);
		put_pairs(sa, V1_PROTO_ESP, &mb);
		put_pairs(sa, V1_PROTO_AH, &mb);
		if (!first)
			mb_delete1(&mb, V1_PROTO_ISAKMP, sa->sa_cookies, 16,
			    1);
		(void)sa_inform(sa, &mb);
	}
}

/* Pairs that we answered for over it go along: in the same message. */
void
info_delete_sa(struct sa *sa)
{
	const struct exch *x;
	struct msgb mb = { 0 };
	uint8_t spi[4];

	TAILQ_FOREACH(x, &sa->sa_exchs, x_entry) {
		if (x->x_initiator || x->x_state != XS_SENT_QM2 ||
		    x->x_pair == NULL)
			continue;
		put_spi(spi, x->x_pair->pr_in);
		mb_delete1(&mb, x->x_pair->pr_proto, spi, sizeof(spi), 1);
	}
	mb_delete1(&mb, V1_PROTO_ISAKMP, sa->sa_cookies, 16, 1);
	(void)sa_inform(sa, &mb);
}

/*
 * What is said to us, protected
 */

/* 1: this SA itself is gone. */
static int
recv_delete_sa(struct sa *sa, const struct v1_delete *d)
{
	const uint8_t *cookies = d->d_spis.s_data;
	struct sa *other;
	unsigned int i;
	int self = 0;

	for (i = 0; i < d->d_n; i++, cookies += 16) {
		other = sa_find(sa->sa_engine, cookies);
		if (other == sa)
			self = 1;
		else if (other != NULL && sa_sameends(other, sa)) {
			dbg(DBG_SA, 10, "ISAKMP SA %s: deleted by the peer",
			    sa_name(other));
			sa_orphans(other);
			sa_free(other);
		}
	}
	return (self);
}

static void
recv_delete_pairs(struct sa *sa, const struct v1_delete *d)
{
	struct span spis = d->d_spis;
	struct pair *pr;
	uint32_t spi;

	while (span_get32(&spis, &spi) == 0) {
		pr = pair_by_out(sa->sa_engine, d->d_proto, spi, sa);
		if (pr != NULL) {
			dbg(DBG_SA, 10, "%s: SPI %08x deleted by the peer",
			    pr->pr_conn->cn_conf->pc_name, spi);
			pair_deleted(pr);
		}
	}
}

/* Last, as the SA may be what is deleted.  Connections begin anew then. */
static void
recv_deletes(struct sa *sa, const struct msg *m)
{
	unsigned int i;
	int self = 0;

	for (i = 0; i < m->m_ndeletes; i++) {
		if (m->m_deletes[i].d_proto == V1_PROTO_ISAKMP &&
		    m->m_deletes[i].d_spilen == 16)
			self |= recv_delete_sa(sa, &m->m_deletes[i]);
		else if (m->m_deletes[i].d_spilen == 4)
			recv_delete_pairs(sa, &m->m_deletes[i]);
	}
	if (!self)
		return;
	dbg(DBG_SA, 10, "ISAKMP SA %s: deleted by the peer", sa_name(sa));
	sa_orphans(sa);
	sa_free(sa);
}

/* Our quick mode that an error is about, or NULL. */
static struct exch *
refused_exch(struct sa *sa, const struct v1_notify *n)
{
	struct exch *x, *found = NULL;
	struct span s = n->n_spi;
	uint32_t spi = 0;
	int other = 0;

	if (s.s_len == 4)
		(void)span_get32(&s, &spi);
	TAILQ_FOREACH(x, &sa->sa_exchs, x_entry) {
		if (!x->x_initiator || x->x_state != XS_SENT_QM1 ||
		    x->x_pair == NULL)
			continue;
		if (x->x_pair->pr_in == spi)
			return (x);
		if (found != NULL)
			other = 1;
		found = x;
	}
	if (other || found == NULL)
		return (NULL);
	if (spi == 0)
		return (found);
	found->x_said = n->n_type;	/* most likely: if nothing else comes */
	return (NULL);
}

/* What somebody who reads the log may want to do. */
const char *
info_cure(uint16_t type)
{
	switch (type) {
	case V1_N_NO_PROPOSAL_CHOSEN:
		return (": it takes none of our transforms; its log may say "
		    "what it wants");
	case V1_N_INVALID_ID_INFORMATION:
		return (": it knows no such IDs; let both ends say the same");
	case V1_N_AUTHENTICATION_FAILED:
	case V1_N_INVALID_HASH_INFORMATION:
	case V1_N_PAYLOAD_MALFORMED:
		return (": do both ends have the same pre-shared key, or "
		    "know the other's certificate?");
	default:
		return ("");
	}
}

static void
recv_error(struct sa *sa, const struct v1_notify *n)
{
	struct exch *x;

	if (sa->sa_p1 != NULL && sa->sa_p1->x_state != XS_DONE)
		exch_fail(sa->sa_p1, "the peer says %s%s",
		    v1_notify_name(n->n_type), info_cure(n->n_type));
	else if ((x = refused_exch(sa, n)) != NULL)
		exch_fail(x, "the peer says %s%s", v1_notify_name(n->n_type),
		    info_cure(n->n_type));
	else
		dbg(DBG_EXCHANGE, 10, "%s says %s", sa_name(sa),
		    v1_notify_name(n->n_type));
}

/* CONNECTED, for an exchange whose answer had the commit bit. */
static void
recv_connected(struct sa *sa, uint32_t msgid)
{
	struct exch *x, *next;

	for (x = TAILQ_FIRST(&sa->sa_exchs); x != NULL; x = next) {
		next = TAILQ_NEXT(x, x_entry);
		if (x->x_state == XS_COMMIT &&
		    (x->x_msgid == msgid || sa_msgid_used(sa, msgid)))
			quick_connected(x);
	}
}

/* Attributes as those of an SA: the responder means to end it sooner. */
static void
responder_life(struct sa *sa, struct exch *x, const struct v1_notify *n)
{
	struct span s = n->n_data, value;
	uint16_t type, len, kind = 0;
	uint32_t v;

	while (span_get16(&s, &type) == 0 && span_get16(&s, &len) == 0) {
		v = len;
		if ((type & V1_A_BASIC) == 0) {
			if (span_take(&s, len, &value) == -1)
				return;
			for (v = 0; value.s_len > 0; value.s_len--)
				v = v << 8 | *value.s_data++;
		}
		type &= ~V1_A_BASIC;
		if (type == (x != NULL ? V1_B_LIFETYPE : V1_A_LIFETYPE))
			kind = v;
		else if (type != (x != NULL ? V1_B_LIFEDUR : V1_A_LIFEDUR) ||
		    kind != V1_LIFE_SECONDS || v < 60)
			continue;
		else if (x != NULL && x->x_pair != NULL &&
		    (x->x_pair->pr_life_s == 0 || v < x->x_pair->pr_life_s))
			x->x_pair->pr_life_s = v;
		else if (x == NULL && (sa->sa_life_s == 0 ||
		    sa->sa_life_s > v)) {
			sa->sa_life_s = v;
			if ((sa->sa_flags & SAF_ESTABLISHED) == 0)
				continue;	/* sa_settled() is to come */
			en_timer(sa->sa_engine, &sa->sa_soft, v * 850ULL);
			en_timer(sa->sa_engine, &sa->sa_hard, v * 1000ULL);
		}
	}
}

/* With the last message of phase 1: as long as it is not established. */
void
info_lifetime(struct sa *sa, const struct msg *m)
{
	const struct v1_notify *n;

	if ((n = msg_notify(m, V1_N_RESPONDER_LIFETIME)) != NULL)
		responder_life(sa, NULL, n);
}

void
info_notifies(struct sa *sa, struct exch *x, const struct msg *m)
{
	const struct v1_notify *n;
	unsigned int i;

	for (i = 0; i < m->m_nnotifies; i++) {
		n = &m->m_notifies[i];
		if (n->n_type == V1_N_RESPONDER_LIFETIME)
			responder_life(sa, n->n_proto == V1_PROTO_ISAKMP ?
			    NULL : x, n);
		else if (n->n_type == V1_N_INITIAL_CONTACT && x == NULL)
			p1_anew(sa);
		else if (n->n_type == V1_N_R_U_THERE ||
		    n->n_type == V1_N_R_U_THERE_ACK)
			dpd_notify(sa, n);
	}
}

static int
hash_good(const struct sa *sa, const struct arrival *ar)
{
	const struct msg *m = &ar->ar_msg;
	const struct span rest = { ar->ar_plain.b_data + m->m_hashend,
	    m->m_end - m->m_hashend };
	uint8_t hash[HASH_MAX];

	return (keys_hash2_1(&sa->sa_keys, ar->ar_hdr.h_msgid, &rest,
	    hash) == 0 && m->m_hash.s_len == hash_len(sa->sa_keys.k_hash) &&
	    crypto_equal(m->m_hash.s_data, hash, m->m_hash.s_len));
}

void
info_recv(struct sa *sa, struct arrival *ar)
{
	const struct msg *m = &ar->ar_msg;
	const struct v1_notify *n;
	const uint32_t msgid = ar->ar_hdr.h_msgid;
	const int known = sa_msgid_used(sa, msgid);

	if (!hash_good(sa, ar)) {
		dbg(DBG_MESSAGE, 20, "informational message from %s is not "
		    "by the peer", addr_print(&ar->ar_peer));
		return;
	}
	n = msg_notify(m, V1_N_CONNECTED);
	if (n != NULL)
		recv_connected(sa, msgid);
	if (known || sa_msgid(sa, msgid) == -1)
		return;
	sa_count(sa, ar->ar_plain.b_len);
	if (sa->sa_flags & SAF_ESTABLISHED) {
		natt_follow(sa, &ar->ar_local, &ar->ar_peer);
		dpd_heard(sa);
		info_notifies(sa, NULL, m);
	}
	if ((n = msg_error(m)) != NULL)
		recv_error(sa, n);	/* an SA that is not there yet goes */
	else if (sa->sa_flags & SAF_ESTABLISHED)
		recv_deletes(sa, m);
}

/*
 * What is said to us by anybody
 */

/* Whose phase 1 it is about: ours alone can be ended by it. */
static struct sa *
clear_sa(struct engine *en, const struct arrival *ar)
{
	static const uint8_t zero[8];
	const uint8_t *cookies = ar->ar_raw;
	struct sa *sa;

	if (memcmp(cookies + 8, zero, 8) == 0 ||
	    (sa = sa_find(en, cookies)) == NULL)
		sa = sa_find_first(en, cookies, &ar->ar_peer);
	if (sa == NULL || (sa->sa_flags & SAF_INITIATOR) == 0 ||
	    (sa->sa_flags & SAF_ESTABLISHED) || sa->sa_p1 == NULL ||
	    !addr_same(&sa->sa_peer, &ar->ar_peer))
		return (NULL);
	return (sa);
}

/* What became of the exchange of theirs that we answered: for the log. */
static void
info_heard(struct engine *en, struct arrival *ar)
{
	const struct v1_notify *n;
	const char *why;
	struct sa *sa = sa_find(en, ar->ar_raw);

	if (sa == NULL || (sa->sa_flags & SAF_ESTABLISHED) ||
	    !addr_same(&sa->sa_peer, &ar->ar_peer) ||
	    (ar->ar_hdr.h_flags & V1_F_ENCRYPTED) ||
	    msg_parse(&ar->ar_msg, ar->ar_hdr.h_next,
	    (const uint8_t *)ar->ar_raw + IKE_HDRLEN,
	    ar->ar_rawlen - IKE_HDRLEN, 0, 1, &why) != 0)
		return;
	if ((n = msg_error(&ar->ar_msg)) != NULL)
		en_warn(en, "%s: %s gives up, it says %s%s",
		    sa->sa_conf->pe_name, addr_print(&ar->ar_peer),
		    v1_notify_name(n->n_type), info_cure(n->n_type));
	msg_clear(&ar->ar_msg);
}

/*
 * Our first message is refused so by whoever knows our cookie; later it has
 * to be said twice, as the honest answer may still come.
 */
void
info_clear(struct engine *en, struct arrival *ar)
{
	const struct v1_notify *n;
	const char *why;
	struct exch *x;
	struct sa *sa;

	if ((sa = clear_sa(en, ar)) == NULL) {
		en->en_stats.st_dropped++;
		info_heard(en, ar);
		return;
	}
	x = sa->sa_p1;
	buf_put(&ar->ar_plain, (const uint8_t *)ar->ar_raw + IKE_HDRLEN,
	    ar->ar_rawlen - IKE_HDRLEN);
	if (ar->ar_plain.b_failed || (ar->ar_hdr.h_flags & V1_F_ENCRYPTED) ||
	    msg_parse(&ar->ar_msg, ar->ar_hdr.h_next, ar->ar_plain.b_data,
	    ar->ar_plain.b_len, 0, 1, &why) != 0) {
		en->en_stats.st_malformed++;
		return;
	}
	if ((n = msg_error(&ar->ar_msg)) != NULL) {
		dbg(DBG_EXCHANGE, 10, "%s: %s says %s", exch_title(x),
		    addr_print(&ar->ar_peer), v1_notify_name(n->n_type));
		if (x->x_state == XS_SENT_SA || x->x_said != 0)
			exch_fail(x, "the peer says %s%s",
			    v1_notify_name(x->x_said != 0 ? x->x_said :
			    n->n_type), info_cure(x->x_said != 0 ? x->x_said :
			    n->n_type));
		else
			x->x_said = n->n_type;
	}
	msg_clear(&ar->ar_msg);
}
