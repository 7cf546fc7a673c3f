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


#include "kt_esplib.h"

/*
 * What must not get through ESP.  Everything is dropped, counted under its
 * own name, not answered, and the good packet that follows still arrives.
 */
#define ICVLEN		16

/* The good packet after the bad ones. */
#define THEN_GOOD(tdb, seq)	do {					\
	int arrived__ = kte_arrived();					\
	kte_input(kte_good((tdb), (seq)));				\
	KT_EQ(kte_arrived(), arrived__ + 1);				\
} while (0)

/* Lengths from nothing to whole cipher blocks of noise. */
static int
short_cause(struct tdb *tdb, int len)
{
	int plen = len - 8 - kte_ivlen(tdb) - ICVLEN;

	if (len < 8)
		return (esps_hdrops);
	if (plen < kte_block(tdb) || plen % kte_block(tdb) != 0)
		return (esps_badilen);
	return (esps_badauth);
}

static void
test_short(int gcm)
{
	struct tdb *tdb = kte_setup(gcm, 0);
	struct mbuf *m;
	int len;

	KT_ASSERT(tdb != NULL);
	for (len = 0; len < 64; len++) {
		m = kte_raw(KSEC_SPI, len);
		if (len >= 8)	/* a number that is not 0 */
			*(mtod(m, u_char *) + 20 + 7) |= 1;
		kte_mark();
		kte_input(m);
		KT_EQ(kte_only(short_cause(tdb, len)), 1);
		KT_EQ(kte_arrived(), 0);
	}
	KT_EQ(tdb->tdb_rpl, 0);
	THEN_GOOD(tdb, 1);
	kte_end();
}

KTEST(b01_short_cbc, "ESP payloads of 0 to 63 bytes, CBC")
{
	test_short(0);
}

KTEST(b01_short_gcm, "ESP payloads of 0 to 63 bytes, GCM")
{
	test_short(1);
}

KTEST(b02_spi, "SPI 0, 1 to 255, unknown, or another address: no SA")
{
	struct tdb *tdb = kte_setup(0, 0);
	struct mbuf *m;
	u_int32_t spi;

	KT_ASSERT(tdb != NULL);
	for (spi = 0; spi < 256; spi++)
		kte_input(kte_raw(spi, 100));
	KT_EQ(kte_only(esps_notdb), 256);
	kte_mark();
	for (spi = 0; spi < 100; spi++)
		kte_input(kte_raw(0x10000 + kt_random() % 0x10000000, 100));
	kte_input(kte_raw(KSEC_SPI - 1, 100));
	kte_input(kte_raw(UINT32_MAX, 100));
	KT_EQ(kte_only(esps_notdb), 102);

	/* authentic, but for another address of ours */
	kte_mark();
	m = kte_good(tdb, 1);
	mtod(m, struct ip *)->ip_dst.s_addr = KTI_US0;
	kti_finish(m);
	kti_input(&kti0, m);
	KT_EQ(kte_only(esps_notdb), 1);
	/* for an SA that has no keys yet */
	kte_mark();
	m = kte_good(tdb, 1);
	NET_LOCK();
	tdb->tdb_flags |= TDBF_INVALID;
	NET_UNLOCK();
	kte_input(m);
	KT_EQ(kte_only(esps_invalid), 1);
	NET_LOCK();
	tdb->tdb_flags &= ~TDBF_INVALID;
	NET_UNLOCK();
	KT_EQ(kte_arrived(), 0);
	THEN_GOOD(tdb, 1);
	kte_end();
}

/* Change one byte of a copy of a packet. */
static struct mbuf *
flipped(struct mbuf *m, int at)
{
	struct mbuf *n = m_dup_pkt(m, 0, M_WAIT);

	*(mtod(n, u_char *) + at) ^= 1 << kt_random() % 8;
	return (n);
}

static void
test_icv(int gcm)
{
	struct tdb *tdb = kte_setup(gcm, 0);
	struct mbuf *m, *n;
	int i, len, cause;

	KT_ASSERT(tdb != NULL);
	m = kte_good(tdb, 5);
	len = m->m_pkthdr.len;
	/* from the sequence number to the last byte */
	for (i = 20 + 4; i < len; i++) {
		kte_mark();
		kte_input(flipped(m, i));
		KT_EQ(kte_only(esps_badauth), 1);
	}
	for (i = 1; i <= ICVLEN; i++) {
		cause = i % kte_block(tdb) == 0 ? esps_badauth : esps_badilen;
		n = m_dup_pkt(m, 0, M_WAIT);
		m_adj(n, -i);
		kti_finish(n);
		kte_mark();
		kte_input(n);
		KT_EQ(kte_only(cause), 1);
		n = kti_packet(KTI_PEER1, KTI_US1, IPPROTO_ESP, len - 20 + i);
		memcpy(mtod(n, u_char *) + 20, mtod(m, u_char *) + 20,
		    len - 20);
		kte_mark();
		kte_input(n);
		KT_EQ(kte_only(cause), 1);
	}
	KT_EQ(kte_arrived(), 0);
	KT_EQ(tdb->tdb_rpl, 0);
	kte_input(m);
	KT_EQ(kte_arrived(), 1);
	kte_end();
}

KTEST(b03_icv_cbc, "each byte flipped, the ICV cut, bytes added; HMAC")
{
	test_icv(0);
}

KTEST(b03_icv_gcm, "each byte flipped, the ICV cut, bytes added; GCM")
{
	test_icv(1);
}

KTEST(b04_blocks, "a payload that is no multiple of the block")
{
	static u_char plain[256];
	struct tdb *tdb = kte_setup(0, 0);
	struct mbuf *m;
	int cut;

	KT_ASSERT(tdb != NULL);
	for (cut = 1; cut < 16; cut++) {
		m = kte_seal(tdb, cut, plain, 128);
		m_adj(m, -cut);
		kti_finish(m);
		kte_mark();
		kte_input(m);
		KT_EQ(kte_only(esps_badilen), 1);
	}
	KT_EQ(kte_arrived(), 0);
	KT_EQ(tdb->tdb_rpl, 0);
	THEN_GOOD(tdb, 20);
	kte_end();
}

/* A payload of len bytes that ends in so much padding, if it has room. */
static u_char *
padded(int len, int pad)
{
	static u_char plain[256];
	int i;

	for (i = 0; i < len - 2; i++)
		plain[i] = i + 1 - (len - 2 - pad);
	plain[len - 2] = pad;
	plain[len - 1] = IPPROTO_NONE;
	return (plain);
}

KTEST(b05_padding, "authentic, but the padding lies")
{
	struct tdb *tdb = kte_setup(0, 0);
	struct sec_stats ss;
	u_int64_t seq = 0;
	u_char *plain;
	int len, pad, i;

	KT_ASSERT(tdb != NULL);
	/* longer than there is, by one and by much */
	for (len = 16; len <= 256; len += 48) {
		for (pad = len - 1; pad <= 255; pad += 16) {
			kte_mark();
			kte_input(kte_seal(tdb, ++seq, padded(len, pad), len));
			KT_EQ(kte_only(esps_badenc), 1);
		}
	}
	/* each byte of it wrong, of little and of much */
	for (pad = 14; pad < 256; pad += 80) {
		for (i = 0; i < pad; i++) {
			plain = padded(256, pad);
			plain[254 - pad + i] ^= 1 + kt_random() % 255;
			kte_mark();
			kte_input(kte_seal(tdb, ++seq, plain, 256));
			KT_EQ(kte_only(esps_badenc), 1);
		}
	}
	KT_EQ(kte_arrived(), 0);
	/* the window has moved on with each: they were authentic */
	KT_EQ(tdb->tdb_rpl, seq);
	/* none, and all that there can be */
	kte_mark();
	kte_input(kte_seal(tdb, ++seq, padded(16, 0), 16));
	kte_input(kte_seal(tdb, ++seq, padded(256, 254), 256));
	ksec_stats(0, &ss);
	KT_EQ(ss.ss_idummy, 2);
	KT_EQ(kte_only(esps_badenc), 0);
	THEN_GOOD(tdb, seq + 1);
	kte_end();
}

KTEST(b05_nexthdr, "next headers: dummy 59 is no loss, the rest is refused")
{
	static const u_char bad[] = { 0, 1, 2, 6, 17, 50, 58, 94, 253, 255 };
	struct tdb *tdb = kte_setup(0, 0);
	struct sec_stats ss;
	struct if_data data;
	struct mbuf *m;
	u_int i;

	KT_ASSERT(tdb != NULL);
	for (i = 0; i < nitems(bad); i++) {
		m = kti_packet(KTI_FAR, KTI_NOWHERE, 253, 80);
		kte_input(kte_wrap(tdb, i + 1, m, bad[i]));
	}
	ksec_stats(0, &ss);
	ksec_ifdata(0, &data);
	KT_EQ(ss.ss_iproto, nitems(bad));
	KT_EQ(data.ifi_noproto, nitems(bad));
	KT_EQ(data.ifi_ierrors, 0);

	m = kti_packet(KTI_FAR, KTI_NOWHERE, 253, 80);
	kte_input(kte_wrap(tdb, 100, m, IPPROTO_NONE));
	/* nothing at all inside, RFC 4303 2.6 */
	m = m_getpacket(M_WAIT, 64, 64, 0);
	m->m_len = m->m_pkthdr.len = 0;
	kte_input(kte_wrap(tdb, 101, m, IPPROTO_NONE));
	ksec_stats(0, &ss);
	ksec_ifdata(0, &data);
	KT_EQ(ss.ss_idummy, 2);
	KT_EQ(data.ifi_ierrors, 0);
	KT_EQ(kte_only(esps_pdrops), 0);
	KT_EQ(kte_arrived(), 0);
	THEN_GOOD(tdb, 200);
	kte_end();
}

/* An inner packet of len bytes whose first byte and total length are these. */
static struct mbuf *
inner(int len, int vhl, int total)
{
	struct mbuf *m = kti_packet(KTI_FAR, KTI_NOWHERE, 253, 200);
	struct ip *ip = mtod(m, struct ip *);

	*mtod(m, u_char *) = vhl;
	ip->ip_len = htons(total);
	ip->ip_sum = 0;
	if ((vhl & 15) >= 5)
		ip->ip_sum = in_cksum(m, (vhl & 15) << 2);
	m_adj(m, len - m->m_pkthdr.len);
	return (m);
}

KTEST(b06_inner_header, "an inner packet that is none: counted by sec0")
{
	struct tdb *tdb = kte_setup(0, 0);
	struct sec_stats ss;
	struct if_data data;
	u_int64_t seq = 0;
	int i;

	KT_ASSERT(tdb != NULL);
	/* shorter than its header */
	for (i = 0; i < 20; i++)
		kte_input(kte_wrap(tdb, ++seq, inner(i, 0x45, i),
		    IPPROTO_IPV4));
	/* not version 4, IPv6 among them */
	for (i = 0; i < 16; i++) {
		if (i != 4)
			kte_input(kte_wrap(tdb, ++seq,
			    inner(100, i << 4 | 5, 100), IPPROTO_IPV4));
	}
	ksec_stats(0, &ss);
	ksec_ifdata(0, &data);
	KT_EQ(ss.ss_iheader, seq);
	KT_EQ(data.ifi_ierrors, seq);
	KT_EQ(kte_arrived(), 0);
	KT_EQ(kte_only(esps_badenc), 0);
	THEN_GOOD(tdb, seq + 1);
	kte_end();
}

KTEST(b06_inner_length, "an inner packet longer than it is: counted by IP")
{
	struct tdb *tdb = kte_setup(0, 0);
	uint64_t tooshort = kti_ipstat(ips_tooshort);
	uint64_t badlen = kti_ipstat(ips_badlen);
	uint64_t badhlen = kti_ipstat(ips_badhlen);
	uint64_t badsum = kti_ipstat(ips_badsum);
	struct mbuf *m;

	KT_ASSERT(tdb != NULL);
	kte_input(kte_wrap(tdb, 1, inner(100, 0x45, 101), IPPROTO_IPV4));
	kte_input(kte_wrap(tdb, 2, inner(100, 0x45, 65535), IPPROTO_IPV4));
	KT_EQ(kti_ipstat(ips_tooshort) - tooshort, 2);
	kte_input(kte_wrap(tdb, 3, inner(100, 0x45, 19), IPPROTO_IPV4));
	KT_EQ(kti_ipstat(ips_badlen) - badlen, 1);
	kte_input(kte_wrap(tdb, 4, inner(100, 0x44, 100), IPPROTO_IPV4));
	kte_input(kte_wrap(tdb, 5, inner(50, 0x4f, 50), IPPROTO_IPV4));
	KT_EQ(kti_ipstat(ips_badhlen) - badhlen, 2);
	/* the sum of the outer header vouches for nothing inside */
	m = inner(100, 0x45, 100);
	mtod(m, struct ip *)->ip_src.s_addr ^= 1;
	kte_input(kte_wrap(tdb, 6, m, IPPROTO_IPV4));
	KT_EQ(kti_ipstat(ips_badsum) - badsum, 1);
	KT_EQ(kte_only(esps_badenc), 0);
	kte_end();
}

/* An outer header with n words of no operation. */
static struct mbuf *
with_options(struct mbuf *m, int n)
{
	struct ip *ip;

	M_PREPEND(m, n * 4, M_WAIT);
	memmove(mtod(m, caddr_t), mtod(m, caddr_t) + n * 4, sizeof(*ip));
	memset(mtod(m, caddr_t) + sizeof(*ip), IPOPT_NOP, n * 4);
	ip = mtod(m, struct ip *);
	ip->ip_hl += n;
	kti_finish(m);
	return (m);
}

KTEST(b10_outer, "outer header: options, a wrong checksum, no hops left")
{
	struct tdb *tdb = kte_setup(0, 0);
	uint64_t badsum = kti_ipstat(ips_badsum);
	u_int64_t seq = 0;
	struct mbuf *m;
	int n;

	KT_ASSERT(tdb != NULL);
	for (n = 1; n <= 10; n++)
		kte_input(with_options(kte_good(tdb, ++seq), n));
	KT_EQ(kte_arrived(), 10);
	for (n = 0; n < 16; n++) {
		m = kte_good(tdb, seq + 1);
		mtod(m, struct ip *)->ip_sum ^= htons(1 << n);
		kte_input(m);
	}
	KT_EQ(kti_ipstat(ips_badsum) - badsum, 16);
	KT_EQ(kte_arrived(), 10);
	/* RFC 1122 3.2.1.7: it is there already */
	m = kte_good(tdb, ++seq);
	mtod(m, struct ip *)->ip_ttl = 0;
	kti_finish(m);
	kte_input(m);
	KT_EQ(kte_arrived(), 11);
	/* what the link put behind the packet is not ESP's */
	m = kte_good(tdb, ++seq);
	m_copyback(m, m->m_pkthdr.len, 13, "thirteen byte", M_WAIT);
	kte_input(m);
	KT_EQ(kte_arrived(), 12);
	KT_EQ(kte_only(esps_badilen), 0);
	kte_end();
}

/*
 * Wrapped depth times, for sec0, sec1 and sec2 in turn, sec0 outermost.
 * Nobody answers to an ICMP error.
 */
static struct mbuf *
nested(struct tdb **tdb, u_int64_t seq, int depth)
{
	struct mbuf *m = kti_packet(KTI_FAR, KTI_NOWHERE, IPPROTO_ICMP, 80);

	*(mtod(m, u_char *) + sizeof(struct ip)) = ICMP_UNREACH;
	while (depth-- > 0)
		m = kte_wrap(tdb[depth % 3], seq + depth, m, IPPROTO_IPV4);
	return (m);
}

KTEST(b13_nested, "ESP in ESP: eight deep, round three interfaces, no more")
{
	struct tdb *tdb[3];
	struct if_data data;
	int depth, i, sum;

	tdb[0] = kte_setup(1, 0);
	KT_ASSERT(tdb[0] != NULL);
	/* a gateway: addresses are good on all interfaces */
	ip_forwarding = 1;
	for (i = 1; i < 3; i++) {
		KT_EQ(ksec_create(i), 0);
		tdb[i] = ksec_add(&(struct ksec_sa){ .ks_unit = i,
		    .ks_spi = KSEC_SPI + i, .ks_gcm = 1,
		    .ks_dir = IPSP_DIRECTION_IN });
	}
	for (depth = 1, sum = 0; depth <= 8; depth++) {
		kte_input(nested(tdb, depth * 100, depth));
		sum += depth;
	}
	KT_EQ(kte_only(esps_pdrops), 0);
	for (i = 0; i < 3; i++) {
		ksec_ifdata(i, &data);
		sum -= data.ifi_ipackets;
	}
	KT_EQ(sum, 0);
	for (depth = 9; depth <= 20; depth++) {
		kte_mark();
		kte_input(nested(tdb, depth * 100, depth));
		KT_EQ(kte_only(esps_pdrops), 1);
	}
	ksec_destroy(1);
	ksec_destroy(2);
	kte_end();
}

/* B14, SAs and interfaces that go while packets come: net/kt_secmp.c. */

KTEST(b16_shared_input, "ESP in memory that others look at: it stays as it is")
{
	static u_char before[KTE_INNER + 200];
	struct tdb *tdb;
	struct mbuf *m, *n;
	int gcm, len;

	for (gcm = 0; gcm < 2; gcm++) {
		tdb = kte_setup(gcm, 0);
		KT_ASSERT(tdb != NULL);
		m = kte_good(tdb, 1);
		len = m->m_pkthdr.len;
		m_copydata(m, 0, len, before);
		KT_ASSERT((n = m_copym(m, 0, M_COPYALL, M_WAIT)) != NULL);
		KT_ASSERT(m_readonly(n));
		kte_input(n);
		KT_EQ(kte_arrived(), 1);
		KT_EQ(m->m_pkthdr.len, len);
		KT_MEMEQ(mtod(m, u_char *), before, len);
		m_freem(m);
		kte_end();
	}
}

KTEST(b16_shared_output, "a packet to send that others look at stays, too")
{
	static u_char before[1000];
	struct sockaddr_in sin = { .sin_len = sizeof(sin),
	    .sin_family = AF_INET };
	struct ifnet *ifp;
	struct mbuf *m, *n;

	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	ksec_pair(0, NULL, NULL);
	m = kti_packet(KTI_FAR, KTI_NOWHERE, 253, sizeof(before) - 20);
	m_copydata(m, 0, sizeof(before), before);
	KT_ASSERT((n = m_copym(m, 0, M_COPYALL, M_WAIT)) != NULL);
	sin.sin_addr.s_addr = KTI_NOWHERE;
	ifp = if_unit("sec0");
	NET_LOCK_SHARED();
	KT_EQ(ifp->if_output(ifp, n, (struct sockaddr *)&sin, NULL), 0);
	NET_UNLOCK_SHARED();
	if_put(ifp);
	ksec_settle();
	KT_EQ(kti_nsent(&kti1), 1);
	KT_EQ(m->m_pkthdr.len, (int)sizeof(before));
	KT_MEMEQ(mtod(m, u_char *), before, sizeof(before));
	m_freem(m);
	ksec_destroy(0);
	ksec_cleanup();
}
