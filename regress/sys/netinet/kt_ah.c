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

/* rows: I1 */

/*
 * AH against a second reading of RFC 4302, which shares the hash alone.
 */
#include "kt_spdlib.h"

#include <crypto/xform.h>

#define PAYLOAD		40

static const int ah_auths[] = { SADB_AALG_SHA1HMAC, SADB_X_AALG_SHA2_256,
	SADB_X_AALG_SHA2_384, SADB_X_AALG_SHA2_512 };

static struct socket	*ah_so;
static struct tdb	*ah_sa;

static int
ah_begin(int tunnel, int auth, u_int32_t flags)
{
	int error;

	if ((error = kspd_begin()) != 0)
		return (error);
	ah_sa = kspd_sa(&(struct kspd_sa){ .ka_proto = IPPROTO_AH,
	    .ka_tunnel = tunnel, .ka_auth = auth, .ka_flags = flags });
	ah_so = ktu_open(SOCK_DGRAM, 0);
	return (ktu_bind(ah_so, INADDR_ANY, KSPD_PORT));
}

static void
ah_end(void)
{
	ktu_close(ah_so);
	kspd_end();
}

/* With transport mode for the socket, else for who is behind us. */
static struct mbuf *
ah_inner(void)
{
	if (ah_sa->tdb_flags & TDBF_TUNNELING)
		return (ktu_udp(KTI_FAR, 7, KTI_PEER0, 9, PAYLOAD));
	return (ktu_udp(KTI_PEER1, 7, KTI_US1, KSPD_PORT, PAYLOAD));
}

static struct mbuf *
ah_good(u_int64_t seq)
{
	return (kah_wrap(ah_sa, seq, ah_inner()));
}

/* How many came through, and all of each. */
static int
ah_arrived(void)
{
	struct mbuf *m;
	int n = 0;

	while (ktu_recv(ah_so, NULL, NULL, NULL) == PAYLOAD)
		n++;
	while ((m = kti_sent(&kti0)) != NULL) {
		if (m->m_pkthdr.len == 28 + PAYLOAD)
			n++;
		m_freem(m);
	}
	return (n);
}

static int
ah_passes(struct mbuf *m)
{
	kti_input(&kti1, m);
	ksec_settle();
	return (ah_arrived());
}

/* A packet is lost, for that cause alone. */
static int
ah_lost(struct mbuf *m, int why)
{
	static const int causes[] = { ahs_hdrops, ahs_notdb, ahs_badauth,
	    ahs_noxform, ahs_wrap, ahs_replay, ahs_badauthl, ahs_invalid,
	    ahs_pdrops, ahs_crypto };
	uint64_t n = 0;
	u_int i;

	kspd_mark();
	if (ah_passes(m) != 0)
		return (-1);
	for (i = 0; i < nitems(causes); i++)
		n += kspd_ah(causes[i]);
	if (n != 1 || kspd_ah(why) != 1 ||
	    kspd_ipsec(ipsec_idrops_c) != 1)
		return (-2);
	return (0);
}

KTEST(ah_in, "AH in: each MAC, either mode, ESN or not")
{
	u_int64_t seq;
	u_int i;

	for (i = 0; i < nitems(ah_auths) * 4; i++) {
		KT_EQ(ah_begin(i & 1, ah_auths[i / 4], i & 2 ? TDBF_ESN : 0),
		    0);
		for (seq = 1; seq < 4; seq++)
			KT_EQ(ah_passes(ah_good(seq)), 1);
		KT_EQ(kspd_ah(ahs_input), 3);
		KT_EQ(kspd_ipsec(ipsec_idrops_c), 0);
		ah_end();
	}
}

/* What left, which is what the RFC wants. */
static void
ah_sent(struct tdb *out, int tunnel, u_int seq)
{
	struct mbuf *m = kti_sent(&kti1);
	int n = 12 + out->tdb_authalgxform->authsize;
	u_int32_t words[3];
	struct ip *ip;

	KT_ASSERT(m != NULL);
	m = m_pullup(m, sizeof(*ip));
	ip = mtod(m, struct ip *);
	KT_EQ(ip->ip_p, IPPROTO_AH);
	KT_EQ(ip->ip_dst.s_addr, KTI_PEER1);
	KT_EQ(ntohs(ip->ip_len), m->m_pkthdr.len);
	KT_EQ(in_cksum(m, sizeof(*ip)), 0);
	KT_EQ(m->m_pkthdr.len, 20 + n + (tunnel ? 20 : 0) + 8 + PAYLOAD);
	m_copydata(m, 20, sizeof(words), words);
	KT_EQ(ntohl(words[0]), (tunnel ? IPPROTO_IPV4 : IPPROTO_UDP) << 24 |
	    (n / 4 - 2) << 16);
	KT_EQ(ntohl(words[1]), KSPD_SPI);
	KT_EQ(ntohl(words[2]), seq);
	KT_EQ(kah_check(m, out, 0), 0);
	m_freem(m);
}

KTEST(ah_out, "AH out: each MAC, either mode, ESN or not")
{
	struct tdb *out;
	u_int i, seq;

	for (i = 0; i < nitems(ah_auths) * 4; i++) {
		KT_EQ(kspd_begin(), 0);
		out = kspd_sa(&(struct kspd_sa){ .ka_proto = IPPROTO_AH,
		    .ka_out = 1, .ka_tunnel = i & 1,
		    .ka_auth = ah_auths[i / 4],
		    .ka_flags = i & 2 ? TDBF_ESN : 0 });
		KT_EQ(kspd_flow(SADB_X_ADDFLOW, &(struct kspd_flow){
		    .kf_satype = SADB_SATYPE_AH, .kf_dst = KTI_PEER1,
		    .kf_dstlen = 32, .kf_peer = KTI_PEER1 }), 0);
		for (seq = 1; seq < 4; seq++) {
			KT_EQ(kspd_output(ktu_udp(KTI_US1, KSPD_PORT,
			    KTI_PEER1, 7, PAYLOAD)), 0);
			ah_sent(out, i & 1, seq);
		}
		KT_EQ(kspd_ah(ahs_output), 3);
		kspd_end();
	}
}

KTEST(ah_mutable, "AH: what routers change may, all else must not")
{
	u_int64_t seq = 1;
	struct mbuf *m;
	u_int8_t *p;
	int at, was;

	KT_EQ(ah_begin(0, 0, 0), 0);
	m = ah_good(seq++);
	p = mtod(m, u_int8_t *);
	p[1] = 0xb8;			/* type of service */
	p[6] = 0x40;			/* DF */
	p[8] = 3;			/* time to live */
	kti_finish(m);
	KT_EQ(ah_passes(m), 1);
	/* identification, source, all of AH but its SPI, and the payload */
	for (at = 4; at < 20 + 28 + 8 + PAYLOAD; at++) {
		if ((at >= 6 && at < 12) || (at >= 16 && at < 20) ||
		    at == 21 || (at >= 24 && at < 28))
			continue;
		m = ah_good(seq);
		p = mtod(m, u_int8_t *) + at;
		was = *p;
		*p ^= 1 << (kt_random() & 7);
		/* the number forward, not into the past */
		if (at >= 28 && at < 32)
			*p = was | 1 << (kt_random() & 7);
		if (*p == was)
			*p ^= 0x80;
		kti_finish(m);
		KT_EQ(ah_lost(m, ahs_badauth), 0);
	}
	/* nothing of that has moved the window */
	KT_EQ(ah_passes(ah_good(seq)), 1);
	ah_end();
}

/* The packet inside, with options. */
static struct mbuf *
ah_optioned(const u_int8_t *opt, int len)
{
	struct mbuf *u = ah_inner(), *m;
	struct ip *ip;
	int n = u->m_pkthdr.len - 20;

	m = kti_packet(KTI_PEER1, KTI_US1, IPPROTO_UDP, len + n);
	ip = mtod(m, struct ip *);
	ip->ip_hl += len / 4;
	memcpy(ip + 1, opt, len);
	m_copydata(u, 20, n, (u_int8_t *)(ip + 1) + len);
	m_freem(u);
	kti_finish(m);
	return (m);
}

static struct mbuf *
ah_change(struct mbuf *m, int at)
{
	mtod(m, u_int8_t *)[at] ^= 0x40;
	kti_finish(m);
	return (m);
}

KTEST(ah_options, "AH: options that routers fill in, and those they do not")
{
	/* record route, timestamp, an unknown one; router alert, security */
	static const u_int8_t opt[] = { 1, 7, 7, 4, 1, 2, 3, 4, 68, 8, 5, 0,
	    9, 9, 9, 9, 0x5e, 4, 8, 8, 148, 4, 0, 0, 130, 3, 5, 0 };
	static const struct {
		int	at, changes;
	} bytes[] = { { 4, 1 }, { 5, 1 }, { 7, 1 }, { 12, 1 }, { 15, 1 },
	    { 18, 1 }, { 19, 1 }, { 22, 0 }, { 23, 0 }, { 26, 0 } };
	struct mbuf *m;
	u_int i;

	KT_EQ(ah_begin(0, 0, 0), 0);
	KT_EQ(ah_passes(kah_wrap(ah_sa, 1, ah_optioned(opt,
	    sizeof(opt)))), 1);
	for (i = 0; i < nitems(bytes); i++) {
		m = ah_change(kah_wrap(ah_sa, 2 + i, ah_optioned(opt,
		    sizeof(opt))), 20 + bytes[i].at);
		if (bytes[i].changes)
			KT_EQ(ah_passes(m), 1);
		else
			KT_EQ(ah_lost(m, ahs_badauth), 0);
	}
	ah_end();
}

KTEST(ah_replay, "AH: replayed, too old, 0, and none of it when forged")
{
	struct mbuf *m;

	KT_EQ(ah_begin(0, 0, 0), 0);
	KT_EQ(ah_passes(ah_good(1)), 1);
	KT_EQ(ah_lost(ah_good(1), ahs_replay), 0);
	KT_EQ(ah_lost(ah_good(0), ahs_wrap), 0);
	m = ah_good(1000000);
	mtod(m, u_int8_t *)[40] ^= 1;
	KT_EQ(ah_lost(m, ahs_badauth), 0);
	KT_EQ(ah_passes(ah_good(3)), 1);
	KT_EQ(ah_passes(ah_good(2)), 1);
	KT_EQ(ah_passes(ah_good(1000000)), 1);
	KT_EQ(ah_lost(ah_good(4), ahs_replay), 0);
	KT_EQ(ah_passes(ah_good(0xffffffff)), 1);
	ah_end();
}

KTEST(ah_esn, "AH: the number's upper half is hashed, and guessed right")
{
	const u_int64_t far = 0xfffffff0ULL;

	KT_EQ(ah_begin(0, 0, TDBF_ESN), 0);
	ah_sa->tdb_rpl = far - 1;
	KT_EQ(ah_passes(ah_good(far)), 1);
	KT_EQ(ah_passes(ah_good(0x100000005ULL)), 1);
	KT_EQ(ah_passes(ah_good(far + 1)), 1);
	KT_EQ(ah_lost(ah_good(0x200000006ULL), ahs_badauth), 0);
	KT_EQ(ah_lost(ah_good(7), ahs_badauth), 0);
	KT_EQ(ah_lost(ah_good(0x100000005ULL), ahs_replay), 0);
	KT_EQ(ah_passes(ah_good(0x100000006ULL)), 1);
	ah_end();
}

KTEST(ah_lengths, "AH: every length, of the packet and of the ICV")
{
	struct mbuf *m;
	int len;

	KT_EQ(ah_begin(0, 0, 0), 0);
	for (len = 0; len < 28; len++) {
		m = ah_good(1);
		m_adj(m, len - (m->m_pkthdr.len - 20));
		kti_finish(m);
		KT_EQ(ah_lost(m, ahs_hdrops), 0);
	}
	for (; len < 28 + 8 + PAYLOAD; len++) {
		m = ah_good(1);
		m_adj(m, len - (m->m_pkthdr.len - 20));
		kti_finish(m);
		KT_EQ(ah_lost(m, ahs_badauth), 0);
	}
	for (len = 0; len < 256; len++) {
		if (len == 5)
			continue;
		m = ah_good(1);
		mtod(m, u_int8_t *)[21] = len;
		kah_seal(m, ah_sa, 0);
		KT_EQ(ah_lost(m, ahs_badauthl), 0);
	}
	m = ah_good(1);
	mtod(m, u_int8_t *)[27] ^= 1;		/* SPI */
	KT_EQ(ah_lost(m, ahs_notdb), 0);
	ah_sa->tdb_flags |= TDBF_INVALID;
	KT_EQ(ah_lost(ah_good(1), ahs_invalid), 0);
	ah_sa->tdb_flags &= ~TDBF_INVALID;
	KT_EQ(ah_passes(ah_good(1)), 1);
	ah_end();
}

/* Any next header, AH again among them, ends. */
KTEST(ah_next, "AH: every next header, and AH in AH in AH")
{
	struct mbuf *m;
	u_int64_t seq;
	int i, passed;

	for (i = 0; i < 2; i++) {
		KT_EQ(ah_begin(i, 0, 0), 0);
		for (seq = 1; seq < 256; seq++) {
			m = ah_good(seq);
			mtod(m, u_int8_t *)[20] = seq;
			kah_seal(m, ah_sa, 0);
			passed = ah_passes(m);
			KT_EQ(passed, seq == (i ? IPPROTO_IPV4 :
			    IPPROTO_UDP));
		}
		ah_end();
	}
	KT_EQ(ah_begin(0, 0, 0), 0);
	m = ah_inner();
	for (seq = 100; seq > 93; seq--)
		m = kah_wrap(ah_sa, seq, m);
	KT_EQ(ah_passes(m), 1);
	m = ah_inner();
	for (seq = 200; seq > 191; seq--)
		m = kah_wrap(ah_sa, seq, m);
	KT_EQ(ah_lost(m, ahs_pdrops), 0);
	ah_end();
}

KTEST(ah_shared, "AH: memory that is shared stays as it is")
{
	struct mbuf *m, *n;
	u_int8_t before[200], after[200];

	KT_EQ(ah_begin(0, 0, 0), 0);
	m = ah_good(1);
	m_copydata(m, 0, m->m_pkthdr.len, before);
	n = m_copym(m, 0, M_COPYALL, M_WAIT);
	KT_EQ(ah_passes(n), 1);
	m_copydata(m, 0, m->m_pkthdr.len, after);
	KT_MEMEQ(before, after, m->m_pkthdr.len);
	m_freem(m);
	ah_end();
}

KTEST(ah_nomem, "B15: AH without memory, at each allocation, in and out")
{
	unsigned long mbufs, nth, refused = 1;
	struct mbuf *m;
	int out, passed = 0;

	KT_EQ(ah_begin(1, 0, 0), 0);
	kspd_sa(&(struct kspd_sa){ .ka_proto = IPPROTO_AH, .ka_out = 1,
	    .ka_tunnel = 1 });
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &(struct kspd_flow){
	    .kf_satype = SADB_SATYPE_AH, .kf_dst = KTI_FAR, .kf_dstlen = 32,
	    .kf_peer = KTI_PEER1 }), 0);
	kpk_drain();
	mbufs = m_inuse() + m_clinuse();
	for (out = 0; out < 2; out++, refused = 1) {
		for (nth = 1; refused != 0; nth++) {
			KT_ASSERT(nth < 100);
			m = out ? ktu_udp(KTI_PEER0, 9, KTI_FAR, 7, PAYLOAD) :
			    ah_good(nth);
			kspd_mark();
			malloc_fail_nth(nth);
			kti_input(out ? &kti0 : &kti1, m);
			ksec_settle();
			refused = malloc_failed();
			malloc_fail_nth(0);
			if (out) {
				passed = kti_nsent(&kti1);
				m_freem(kti_sent(&kti1));
				/* the error to who sent it */
				m_freem(kti_sent(&kti0));
			} else
				passed = ah_arrived();
			KT_EQ(m_inuse() + m_clinuse(), mbufs);
		}
		KT_EQ(passed, 1);
		KT_ASSERT(nth > 2);
	}
	ah_end();
}
