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

#include "kt_tunlib.h"
#include "../netinet/kt_esplib.h"

#include <netinet/udp.h>
#include <netinet/udp_var.h>

/*
 * Bad input over IPv6 outside, and what may stand before ESP there; the
 * B-numbers are those of the same tests over IPv4.
 */

#define IPHDR		((int)sizeof(struct ip))
#define IP6HDR		((int)sizeof(struct ip6_hdr))
#define ESPHDR		8
#define BOTH		2	/* kinds of SAs: AES-GCM, AES-CBC and SHA2 */

static struct ktun t6;
static u_int64_t number;	/* of the next packet that is made by hand */

static int
begin(int alg)
{
	memset(&t6, 0, sizeof(t6));
	t6.t_oaf = AF_INET6;
	t6.t_alg = alg;
	t6.t_mtu = 1500;
	t6.t_link = 9000;
	number = 1;
	if (ktun_begin(&t6) != 0)
		return (1);
	kte_mark();
	return (0);
}

/* What kt_esplib.h makes has an IPv4 header outside. */
static struct mbuf *
outer6(struct mbuf *m)
{
	struct ip6_hdr *ip6;
	int len = m->m_pkthdr.len - IPHDR;

	m_adj(m, IPHDR);
	M_PREPEND(m, IP6HDR, M_WAIT);
	ip6 = mtod(m, struct ip6_hdr *);
	memset(ip6, 0, sizeof(*ip6));
	ip6->ip6_vfc = IPV6_VERSION;
	ip6->ip6_plen = htons(len);
	ip6->ip6_nxt = IPPROTO_ESP;
	ip6->ip6_hlim = 64;
	ip6->ip6_src = KTUN_PEER6;
	ip6->ip6_dst = KTUN_US6;
	return (m);
}

static void
feed(struct mbuf *m)
{
	ktun_in(&kti1, m);
	ksec_settle();
}

/* A packet inside, wrapped; it would arrive. */
static struct mbuf *
good(void)
{
	return (outer6(kte_wrap(t6.t_in, number++, ktun_packet(AF_INET, 100,
	    0), IPPROTO_IPV4)));
}

static int
arrived(void)
{
	struct mbuf *m;
	int n = 0;

	for (; (m = ktun_arrived()) != NULL; n++)
		m_freem(m);
	return (n);
}

/* So many were dropped, each for one cause, and no more. */
static int
dropped(int n)
{
	int ok = kte_dropped() == n && kte_arrived() == 0 && arrived() == 0;

	if (!ok)
		kt_say("%d dropped, %d arrived\n", kte_dropped(),
		    kte_arrived());
	kte_mark();
	return (ok);
}

/* For that cause alone. */
static int
cause(int esps, int n)
{
	int got = kte_only(esps);

	if (got != n)
		kt_say("cause %d: %d, not %d\n", esps, got, n);
	kte_mark();
	return (got == n && arrived() == 0);
}

static int
works(void)
{
	feed(good());
	kte_mark();
	return (arrived() == 1);
}

KTEST(b01_short_v6, "B01: ESP of 0 to 63 bytes in IPv6")
{
	int alg, len;

	for (alg = 0; alg < BOTH; alg++) {
		KT_EQ(begin(alg), 0);
		for (len = 0; len < 64; len++) {
			feed(outer6(kte_raw(KTUN_SPI, len)));
			KT_ASSERT(len < ESPHDR ? cause(esps_hdrops, 1) :
			    dropped(1));
		}
		KT_ASSERT(works());
		KT_EQ(ktun_end(), 0);
	}
}

KTEST(b02_spi_v6, "B02: other SPIs, and ours at another address of ours")
{
	struct mbuf *m;
	u_int32_t spi;

	KT_EQ(begin(0), 0);
	for (spi = 0; spi < 256; spi++) {
		feed(outer6(kte_raw(spi, 64)));
		KT_ASSERT(cause(esps_notdb, 1));
	}
	for (spi = 1; spi != 0; spi <<= 1) {
		feed(outer6(kte_raw(KTUN_SPI ^ spi, 64)));
		KT_ASSERT(cause(esps_notdb, 1));
	}
	m = good();
	mtod(m, struct ip6_hdr *)->ip6_dst = n6_addr(0, 1);
	feed(m);
	KT_ASSERT(cause(esps_notdb, 1));
	KT_ASSERT(works());
	KT_EQ(ktun_end(), 0);
}

KTEST(b03_icv_v6, "B03: each byte flipped, bytes cut off or added")
{
	struct mbuf *m;
	int alg, i, len;

	for (alg = 0; alg < BOTH; alg++) {
		KT_EQ(begin(alg), 0);
		len = (m = good())->m_pkthdr.len;
		m_freem(m);
		for (i = IP6HDR; i < len; i++) {
			m = good();
			*(mtod(m, u_int8_t *) + i) ^= 1 << kt_random() % 8;
			feed(m);
			KT_ASSERT(dropped(1));
		}
		for (i = 1; i < 64; i++) {
			m = good();
			m_adj(m, -i);
			mtod(m, struct ip6_hdr *)->ip6_plen =
			    htons(len - IP6HDR - i);
			feed(m);
			KT_ASSERT(dropped(1));
			/* behind what the header says is no part of it */
			m = good();
			m_copyback(m, len, i, ktun_algs, M_WAIT);
			feed(m);
			KT_EQ(arrived(), 1);
			m = good();
			m_copyback(m, len, i, ktun_algs, M_WAIT);
			mtod(m, struct ip6_hdr *)->ip6_plen =
			    htons(len - IP6HDR + i);
			kte_mark();
			feed(m);
			KT_ASSERT(dropped(1));
		}
		KT_ASSERT(works());
		KT_EQ(ktun_end(), 0);
	}
}

KTEST(b05_padding_v6, "B05: authentic, but the padding lies; next headers")
{
	u_char plain[64];
	int alg, i, n;

	for (alg = 0; alg < BOTH; alg++) {
		KT_EQ(begin(alg), 0);
		memset(plain, 0, sizeof(plain));
		plain[sizeof(plain) - 1] = IPPROTO_IPV4;
		for (i = 63; i < 256; i++) {
			plain[sizeof(plain) - 2] = i;
			feed(outer6(kte_seal(t6.t_in, number++, plain,
			    sizeof(plain))));
			KT_ASSERT(cause(esps_badenc, 1));
		}
		/* nothing but an interface's families is let in */
		for (i = n = 0; i < 256; i++) {
			if (i == IPPROTO_NONE)
				continue;
			plain[sizeof(plain) - 2] = 0;
			plain[sizeof(plain) - 1] = i;
			feed(outer6(kte_seal(t6.t_in, number++, plain,
			    sizeof(plain))));
			n++;
		}
		KT_EQ(arrived(), 0);
		KT_EQ(ktun_losses() >= (u_int)n, 1);
		kte_mark();
		KT_ASSERT(works());
		KT_EQ(ktun_end(), 0);
	}
}

/* Inside: any version, shorter than its header; claims and next header. */
KTEST(b06_inner_v6, "B06: what is inside is short, or not what it claims")
{
	struct sec_stats a, b;
	struct mbuf *m;
	int i, next, n = 0;

	KT_EQ(begin(0), 0);
	ksec_stats(0, &a);
	for (i = 0; i < 16; i++) {
		for (next = 0; next < 2; next++) {
			if (i == (next ? 6 : 4))
				continue;
			m = ktun_packet(next ? AF_INET6 : AF_INET, 100, 0);
			*mtod(m, u_int8_t *) = i << 4 | 5;
			feed(outer6(kte_wrap(t6.t_in, number++, m, next ?
			    IPPROTO_IPV6 : IPPROTO_IPV4)));
			n++;
		}
	}
	for (i = 0; i < IP6HDR; i++, n++) {
		m = ktun_packet(AF_INET6, 100, 0);
		m_adj(m, i - 100);
		feed(outer6(kte_wrap(t6.t_in, number++, m, IPPROTO_IPV6)));
	}
	KT_EQ(arrived(), 0);
	ksec_stats(0, &b);
	KT_EQ(b.ss_iheader - a.ss_iheader, n);
	KT_EQ(kte_dropped(), 0);
	KT_ASSERT(works());
	KT_EQ(ktun_end(), 0);
}

static uint64_t
ip6count(int c)
{
	uint64_t counters[ip6s_ncounters];

	counters_read(ip6counters, counters, ip6s_ncounters, NULL);
	return (counters[c]);
}

/* sec0 hands on to the stack again. */
static void
stacked(void)
{
	struct ifnet *ifp = if_unit("sec0");

	WRITE_ONCE(ifp->if_input, p2p_input);
	if_put(ifp);
}

KTEST(b06_length_v6, "B06: IPv6 inside that is longer than the packet, or odd")
{
	struct ip6_hdr *ip6;
	uint64_t was, n = 0;
	struct mbuf *m;
	int len;

	KT_EQ(begin(0), 0);
	stacked();
	was = ip6count(ip6s_tooshort);
	for (len = 61; len < 4000; len += 37, n++) {
		m = ktun_packet(AF_INET6, 100, 0);
		mtod(m, struct ip6_hdr *)->ip6_plen = htons(len);
		feed(outer6(kte_wrap(t6.t_in, number++, m, IPPROTO_IPV6)));
	}
	KT_EQ(ip6count(ip6s_tooshort) - was, n);
	was = ip6count(ip6s_badaddr);
	m = ktun_packet(AF_INET6, 100, 0);
	ip6 = mtod(m, struct ip6_hdr *);
	ip6->ip6_src.s6_addr[0] = 0xff;
	feed(outer6(kte_wrap(t6.t_in, number++, m, IPPROTO_IPV6)));
	KT_EQ(ip6count(ip6s_badaddr) - was, 1);
	KT_EQ(ktun_end(), 0);
}

KTEST(b07_replay_v6, "B07, B08: once only, and no forgery moves the window")
{
	struct mbuf *m;
	int i;

	KT_EQ(begin(0), 0);
	for (i = 0; i < 50; i++) {
		m = good();
		feed(m_dup_pkt(m, 0, M_WAIT));
		KT_EQ(arrived(), 1);
		kte_mark();
		feed(m);
		KT_ASSERT(cause(esps_replay, 1));
		m = outer6(kte_wrap(t6.t_in, number + 100000,
		    ktun_packet(AF_INET, 100, 0), IPPROTO_IPV4));
		*(mtod(m, u_int8_t *) + m->m_len - 1) ^= 1;
		feed(m);
		KT_ASSERT(cause(esps_badauth, 1));
	}
	KT_ASSERT(works());
	KT_EQ(ktun_end(), 0);
}

KTEST(b10_outer_v6, "B10: an outer header that lies about the length")
{
	struct mbuf *m;
	int len, full, n = 0;
	uint64_t was;

	KT_EQ(begin(0), 0);
	m = good();
	full = m->m_pkthdr.len - IP6HDR;
	m_freem(m);
	was = ip6count(ip6s_tooshort);
	for (len = full + 1; len < 65536; len += 997, n++) {
		m = good();
		mtod(m, struct ip6_hdr *)->ip6_plen = htons(len);
		feed(m);
	}
	KT_EQ(ip6count(ip6s_tooshort) - was, n);
	KT_EQ(arrived(), 0);
	KT_EQ(kte_dropped(), 0);
	for (len = 0; len < full; len++) {
		kte_mark();
		m = good();
		mtod(m, struct ip6_hdr *)->ip6_plen = htons(len);
		feed(m);
		KT_ASSERT(dropped(1));
	}
	KT_ASSERT(works());
	KT_EQ(ktun_end(), 0);
}

/* UDP from port 4500 to ours, checksummed: len bytes. */
static struct mbuf *
udp6(const void *p, int len)
{
	struct mbuf *m = ktun_packet(AF_INET6, IP6HDR + 8 + len, 0);
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	struct udphdr *uh = (struct udphdr *)(ip6 + 1);

	ip6->ip6_nxt = IPPROTO_UDP;
	ip6->ip6_src = KTUN_PEER6;
	ip6->ip6_dst = KTUN_US6;
	uh->uh_sport = uh->uh_dport = htons(KTUN_PORT);
	uh->uh_ulen = htons(8 + len);
	uh->uh_sum = 0;
	memcpy(uh + 1, p, len);
	uh->uh_sum = in6_cksum(m, IPPROTO_UDP, IP6HDR, 8 + len);
	return (m);
}

static u_int64_t
udpcount(int c)
{
	uint64_t counters[udps_ncounters];

	counters_read(udpcounters, counters, udps_ncounters, NULL);
	return (counters[c]);
}

static void
check_udp6(void)
{
	u_int8_t esp[512];
	struct udphdr *uh;
	struct mbuf *m;
	int len, full;
	uint64_t was;

	m = good();
	full = m->m_pkthdr.len - IP6HDR;
	m_copydata(m, IP6HDR, full, esp);
	m_freem(m);
	/* cut off: too short for UDP's ESP, for ESP, or not authentic */
	for (len = 4; len < full; len++) {
		feed(udp6(esp, len));
		KT_ASSERT(dropped(1));
	}
	/* keepalives, and IKE that nobody listens to */
	for (len = 0; len < 4; len++) {
		feed(udp6("\377\377\377", len));
		KT_ASSERT(dropped(0));
	}
	feed(udp6("\0\0\0\0some message of IKE", 24));
	KT_ASSERT(dropped(0));
	/* a checksum is right, or there is none: ESP has its own, RFC 6935 */
	was = udpcount(udps_badsum);
	m = udp6(esp, full);
	uh = (struct udphdr *)(mtod(m, struct ip6_hdr *) + 1);
	uh->uh_sum ^= 0x101;
	feed(m);
	m = udp6("\0\0\0\0some message of IKE", 24);
	uh = (struct udphdr *)(mtod(m, struct ip6_hdr *) + 1);
	uh->uh_sum = 0;
	feed(m);
	KT_ASSERT(dropped(0));
	KT_EQ(udpcount(udps_badsum) - was, 2);
	m = udp6(esp, full);
	uh = (struct udphdr *)(mtod(m, struct ip6_hdr *) + 1);
	uh->uh_sum = 0;
	feed(m);
	KT_EQ(arrived(), 1);
	kte_mark();
	feed(udp6(esp, full));
	KT_EQ(kte_dropped(), 1);
	mq_purge(&kti1.ki_out);
	/* each SA has one form */
	kte_mark();
	feed(good());
	KT_ASSERT(cause(esps_udpneeded, 1));
}

KTEST(b11_udp_v6, "B11: ESP in UDP over IPv6, short, unsummed, or none")
{
	int alg;

	for (alg = 0; alg < BOTH; alg++) {
		memset(&t6, 0, sizeof(t6));
		t6.t_oaf = AF_INET6;
		t6.t_natt = 1;
		t6.t_alg = alg;
		t6.t_mtu = t6.t_link = 1500;
		number = 1;
		KT_EQ(ktun_begin(&t6), 0);
		kte_mark();
		check_udp6();
		mq_purge(&kti1.ki_out);
		KT_EQ(ktun_end(), 0);
	}
}

KTEST(b13_depth_v6, "B13: eight SAs around a packet, each in IPv6, not nine")
{
	struct mbuf *m;
	int depth, i;

	KT_EQ(begin(0), 0);
	stacked();
	for (depth = 1; depth <= 12; depth++) {
		m = good();
		for (i = 1; i < depth; i++)
			m = outer6(kte_wrap(t6.t_in, number++, m,
			    IPPROTO_IPV6));
		feed(m);
		KT_EQ(kte_arrived(), MIN(depth, 8));
		KT_EQ(kte_dropped(), depth > 8);
		mq_purge(&kti0.ki_out);
		kte_mark();
	}
	KT_EQ(ktun_end(), 0);
}

KTEST(b16_shared_v6, "B16: what another holds as well is not written to")
{
	u_int8_t before[400], after[400];
	struct mbuf *m, *n;
	int alg, len;

	for (alg = 0; alg < BOTH; alg++) {
		KT_EQ(begin(alg), 0);
		m = good();
		len = m->m_pkthdr.len;
		m_copydata(m, 0, len, before);
		n = m_copym(m, 0, M_COPYALL, M_WAIT);
		feed(m_pullup(n, IP6HDR));
		KT_EQ(arrived(), 1);
		m_copydata(m, 0, len, after);
		KT_MEMEQ(before, after, len);
		m_freem(m);
		KT_EQ(ktun_end(), 0);
	}
}

/*
 * Before ESP
 */
enum { HBH, DST, RTG, RTG1, ATOM };

/* Put an extension header of 8 or 16 bytes where the next one is. */
static struct mbuf *
extend(struct mbuf *m, int kind)
{
	static const u_int8_t number[] = { IPPROTO_HOPOPTS, IPPROTO_DSTOPTS,
	    IPPROTO_ROUTING, IPPROTO_ROUTING, IPPROTO_FRAGMENT };
	int len = kind == ATOM || kt_random() % 2 ? 8 : 16;
	struct ip6_hdr *ip6;
	u_int8_t *ext;

	M_PREPEND(m, len, M_WAIT);
	m = m_pullup(m, IP6HDR + len);
	memmove(mtod(m, u_int8_t *), mtod(m, u_int8_t *) + len, IP6HDR);
	ip6 = mtod(m, struct ip6_hdr *);
	ext = (u_int8_t *)(ip6 + 1);
	memset(ext, 0, len);
	ext[0] = ip6->ip6_nxt;
	ip6->ip6_nxt = number[kind];
	ip6->ip6_plen = htons(ntohs(ip6->ip6_plen) + len);
	if (kind == ATOM)
		return (m);
	ext[1] = (len >> 3) - 1;
	if (kind == HBH || kind == DST) {
		ext[2] = 1;			/* PadN */
		ext[3] = len - 4;
	} else {
		ext[2] = 253;
		ext[3] = kind == RTG1;
	}
	return (m);
}

/* From the last header to the first. */
static const int chains[][5] = {
	{ HBH, -1 }, { DST, -1 }, { RTG, -1 }, { ATOM, -1 },
	{ DST, HBH, -1 }, { RTG, DST, HBH, -1 }, { DST, RTG, DST, HBH, -1 },
	{ DST, ATOM, RTG, HBH, -1 }, { ATOM, RTG, -1 },
};
static u_int chain;

static struct mbuf *
lengthen(struct mbuf *m)
{
	const int *c;

	for (c = chains[chain]; *c != -1; c++)
		m = extend(m, *c);
	return (m);
}

/* What came back at sec0 is one packet of that length. */
static int
one(int len)
{
	struct mbuf *m = ktun_arrived();
	int ok = m != NULL && m->m_pkthdr.len == len;

	m_freem(m);
	return (ok && ktun_arrived() == NULL);
}

KTEST(tun_headers, "extension headers before ESP, and before UDP and ESP")
{
	int natt, af;

	for (natt = 0; natt < 2; natt++) {
		memset(&t6, 0, sizeof(t6));
		t6.t_oaf = AF_INET6;
		t6.t_natt = natt;
		t6.t_mtu = 1500;
		t6.t_link = 9000;
		KT_EQ(ktun_begin(&t6), 0);
		for (chain = 0; chain < nitems(chains); chain++) {
			for (af = 0; af < 2; af++) {
				ktun_input(ktun_packet(af ? AF_INET6 :
				    AF_INET, 500, 0));
				KT_EQ(ktun_turn(&t6, lengthen), 1);
				KT_ASSERT(one(500));
			}
		}
		KT_EQ(ktun_losses(), 0);
		KT_EQ(ktun_end(), 0);
	}
}

KTEST(tun_headers_bad, "a route that goes on, too many headers: not for ESP")
{
	struct mbuf *m;
	uint64_t was;
	int i;

	KT_EQ(begin(0), 0);
	m = extend(good(), RTG1);
	feed(m);
	KT_EQ(arrived(), 0);
	KT_EQ(ktun_losses(), 1);
	mq_purge(&kti1.ki_out);
	was = ip6count(ip6s_toomanyhdr);
	m = good();
	for (i = 0; i < 64; i++)
		m = extend(m, DST);
	feed(m);
	KT_EQ(arrived(), 0);
	KT_EQ(ip6count(ip6s_toomanyhdr) - was, 1);
	mq_purge(&kti1.ki_out);
	kte_mark();
	KT_ASSERT(works());
	KT_EQ(ktun_end(), 0);
}

KTEST(tun_fragments, "ESP in fragments of any size, in any order")
{
	struct mbuf *m, *part[64];
	struct mbuf_list ml;
	int i, n, r, at;

	for (r = 0; r < 40; r++) {
		KT_EQ(begin(r % ktun_nalgs), 0);
		m = outer6(kte_wrap(t6.t_in, number++, ktun_packet(AF_INET6,
		    1000, 0), IPPROTO_IPV6));
		if (r % 3 == 1)
			m = extend(m, DST);
		if (r % 3 == 2)
			m = extend(extend(m, RTG), HBH);
		KT_EQ(ip6_fragment(m, &ml, 120 + kt_random() % 600), 0);
		for (n = 0; (m = ml_dequeue(&ml)) != NULL; n++) {
			KT_ASSERT(n < nitems(part));
			/* anywhere among those before it */
			at = kt_random() % (n + 1);
			part[n] = part[at];
			part[at] = m;
			if (at == n)
				part[n] = m;
		}
		for (i = 0; i < n; i++)
			ktun_in(&kti1, m_pullup(part[i], IP6HDR));
		ksec_settle();
		KT_ASSERT(one(1000));
		KT_EQ(ktun_losses(), 0);
		KT_EQ(ktun_end(), 0);
	}
}

/*
 * Congestion, RFC 6040: rows are what was inside, columns outside, by the
 * numbers of the codepoints; -1: lost.
 */
static const int ecn[4][4] = {
	{ 0, 0, 0, -1 }, { 1, 1, 1, 3 }, { 2, 1, 2, 3 }, { 3, 3, 3, 3 }
};

static int
tos_of(struct mbuf *m)
{
	u_int8_t *p = mtod(m, u_int8_t *);

	return (p[0] >> 4 == 4 ? p[1] : (u_int8_t)(p[0] << 4 | p[1] >> 4));
}

static void
check_ecn(int iaf, int in, int out)
{
	struct mbuf *m = ktun_packet(iaf, 100, 0);
	u_int8_t *p = mtod(m, u_int8_t *);

	if (iaf == AF_INET) {
		p[1] = 0x48 | in;
		kti_finish(m);
	} else {
		p[0] |= 0x04;
		p[1] = (0x08 | in) << 4;
	}
	m = outer6(kte_wrap(t6.t_in, number++, m, iaf == AF_INET ?
	    IPPROTO_IPV4 : IPPROTO_IPV6));
	p = mtod(m, u_int8_t *);
	p[1] |= out << 4;
	feed(m);
	m = ktun_arrived();
	if (ecn[in][out] == -1) {
		KT_ASSERT(m == NULL);
		KT_EQ(ktun_losses(), 1);
		return;
	}
	KT_ASSERT(m != NULL);
	KT_EQ(tos_of(m), 0x48 | ecn[in][out]);
	if (iaf == AF_INET)
		KT_EQ(in_cksum(m, IPHDR), 0);
	KT_EQ(m->m_flags & (M_AUTH | M_CONF | M_TUNNEL), 0);
	m_freem(m);
	KT_EQ(ktun_losses(), 0);
}

KTEST(tun_ecn_v6, "congestion met by IPv6 outside is known inside")
{
	int i;

	KT_EQ(begin(0), 0);
	for (i = 0; i < 32; i++)
		check_ecn(i & 16 ? AF_INET6 : AF_INET, i & 3, i >> 2 & 3);
	KT_EQ(ktun_end(), 0);
}
