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

#include "kt_inet.h"

#define IPHDR(m)	mtod(m, struct ip *)

/* A packet to us with one fault; it must be counted there and nowhere. */
enum fault {
	F_SHORT, F_VERSION, F_HLEN_SMALL, F_HLEN_BIG, F_SUM, F_LEN_SMALL,
	F_LEN_BIG, F_SRC_MCAST, F_SRC_BCAST, F_SRC_LOOP, F_DST_LOOP, F_GROUP,
	F_NFAULTS
};

static const enum ipstat_counters fault_counter[F_NFAULTS] = {
	ips_toosmall, ips_badvers, ips_badhlen, ips_badhlen, ips_badsum,
	ips_badlen, ips_tooshort, ips_badaddr, ips_badaddr, ips_badaddr,
	ips_badaddr, ips_notmember
};

static struct mbuf *
faulty(enum fault f)
{
	struct mbuf *m;
	struct ip *ip;

	m = kti_packet(KTI_PEER0, KTI_US0, IPPROTO_UDP, 40);
	ip = IPHDR(m);
	switch (f) {
	case F_VERSION:
		ip->ip_v = 5;
		break;
	case F_HLEN_SMALL:
		ip->ip_hl = 4;
		break;
	case F_HLEN_BIG:
		m_adj(m, -24);
		ip->ip_hl = 15;
		break;
	case F_SRC_MCAST:
		ip->ip_src.s_addr = KTI_A(224, 0, 0, 9);
		break;
	case F_SRC_BCAST:
		ip->ip_src.s_addr = INADDR_BROADCAST;
		break;
	case F_SRC_LOOP:
		ip->ip_src.s_addr = INADDR_LOOPBACK;
		break;
	case F_DST_LOOP:
		ip->ip_dst.s_addr = INADDR_LOOPBACK;
		break;
	case F_GROUP:
		ip->ip_dst.s_addr = KTI_A(239, 1, 2, 3);
		break;
	default:
		break;
	}
	kti_finish(m);
	if (f == F_SHORT)
		m_adj(m, -41);
	if (f == F_SUM)
		ip->ip_sum ^= 0x0100;
	if (f == F_LEN_SMALL || f == F_LEN_BIG) {
		ip->ip_len = htons(f == F_LEN_SMALL ? 19 : 61);
		ip->ip_sum = 0;
		ip->ip_sum = in_cksum(m, 20);
	}
	return (m);
}

KTEST(ip_faults, "each bad header has its counter, and gets no answer")
{
	uint64_t before[ips_ncounters], after[ips_ncounters];
	int f, c;

	KT_EQ(kti_setup(), 0);
	for (f = 0; f < F_NFAULTS; f++) {
		counters_read(ipcounters, before, ips_ncounters, NULL);
		kti_input(&kti0, faulty(f));
		counters_read(ipcounters, after, ips_ncounters, NULL);
		for (c = 0; c < ips_ncounters; c++) {
			if (c == ips_inswcsum)
				continue;
			KT_EQ(after[c] - before[c], c == ips_total ||
			    c == (int)fault_counter[f]);
		}
	}
	KT_EQ(kti_nsent(&kti0), 0);
	kti_cleanup();
}

/* A packet with these options to us. */
static struct mbuf *
with_options(const u_char *opts, u_int len)
{
	struct mbuf *m;

	m = kti_packet(KTI_PEER0, KTI_US0, IPPROTO_UDP, len + 16);
	memcpy(IPHDR(m) + 1, opts, len);
	IPHDR(m)->ip_hl = (20 + len) >> 2;
	kti_finish(m);
	return (m);
}

KTEST(ip_options, "good ones pass, bad lengths and routes do not")
{
	static const struct {
		u_char	opts[8];
		int	type, code;	/* of the answer; 0: it is good */
	} cases[] = {
		{ { 1, 1, 1, 1, 1, 1, 1, 1 }, 0, 0 },
		{ { 1, 0, 9, 9, 9, 9, 9, 9 }, 0, 0 },
		{ { 7, 7, 4, 0, 0, 0, 0, 0 }, 0, 0 },
		{ { 68, 8, 5, 0, 0, 0, 0, 0 }, 0, 0 },
		{ { 148, 4, 0, 0, 0 }, 0, 0 },
		{ { 7, 0, 4, 0 }, ICMP_PARAMPROB, 21 },
		{ { 7, 1, 4, 0 }, ICMP_PARAMPROB, 21 },
		{ { 7, 9, 4, 0 }, ICMP_PARAMPROB, 21 },
		{ { 99, 255, 4, 0 }, ICMP_PARAMPROB, 21 },
		{ { 1, 1, 1, 1, 1, 1, 1, 7 }, ICMP_PARAMPROB, 28 },
		{ { 7, 7, 3, 0, 0, 0, 0, 0 }, ICMP_PARAMPROB, 22 },
		{ { 7, 2, 1, 1, 1, 1, 1, 1 }, ICMP_PARAMPROB, 22 },
		{ { 68, 8, 4, 0, 0, 0, 0, 0 }, ICMP_PARAMPROB, 22 },
		{ { 131, 7, 4, 192, 0, 2, 9, 0 }, ICMP_UNREACH,
		    ICMP_UNREACH_SRCFAIL },
		{ { 1, 137, 7, 4, 192, 0, 2, 9 }, ICMP_UNREACH,
		    ICMP_UNREACH_SRCFAIL },
	};
	uint64_t bad, good;
	struct mbuf *m;
	struct icmp *icp;
	u_int i;

	KT_EQ(kti_setup(), 0);
	for (i = 0; i < nitems(cases); i++) {
		bad = kti_ipstat(ips_badoptions);
		good = kti_ipstat(ips_delivered);
		kti_input(&kti0, with_options(cases[i].opts, 8));
		KT_EQ(kti_ipstat(ips_badoptions) - bad, cases[i].type != 0);
		KT_EQ(kti_ipstat(ips_delivered) - good, cases[i].type == 0);
		m = kti_sent(&kti0);
		if (cases[i].type == 0) {
			m_freem(m);	/* nobody listens: port unreachable */
			continue;
		}
		KT_ASSERT(m != NULL);
		icp = (struct icmp *)(IPHDR(m) + 1);
		KT_EQ(icp->icmp_type, cases[i].type);
		if (icp->icmp_type == ICMP_PARAMPROB) {
			KT_EQ(icp->icmp_code, 0);
			KT_EQ(icp->icmp_pptr, cases[i].code);
		} else
			KT_EQ(icp->icmp_code, cases[i].code);
		m_freem(m);
	}
	kti_cleanup();
}

KTEST(ip_padding, "bytes behind the packet are the link's, and go")
{
	struct mbuf *m;
	int i;

	KT_EQ(kti_setup(), 0);
	ip_forwarding = 1;
	m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, 9);
	for (i = 0; i < 17; i++)
		KT_EQ(m_copyback(m, 29 + i, 1, "x", M_NOWAIT), 0);
	kti_input(&kti0, m);
	KT_ASSERT((m = kti_sent(&kti1)) != NULL);
	KT_EQ(m->m_pkthdr.len, 29);
	KT_EQ(m_length(m), 29);
	m_freem(m);
	kti_cleanup();
}

KTEST(ip_forward, "passed on with one hop less; off by default")
{
	uint64_t cant;
	struct mbuf *m;
	u_char data[100];

	KT_EQ(kti_setup(), 0);
	cant = kti_ipstat(ips_cantforward);
	kti_input(&kti0, kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, 100));
	KT_EQ(kti_ipstat(ips_cantforward) - cant, 1);
	KT_EQ(kti_nsent(&kti0) + kti_nsent(&kti1), 0);

	ip_forwarding = 1;
	m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, 100);
	m_copydata(m, 20, 100, data);
	kti_input(&kti0, m);
	KT_ASSERT((m = kti_sent(&kti1)) != NULL);
	KT_EQ(IPHDR(m)->ip_ttl, 63);
	KT_EQ(in_cksum(m, 20), 0);
	KT_EQ(IPHDR(m)->ip_src.s_addr, KTI_PEER0);
	KT_EQ(IPHDR(m)->ip_dst.s_addr, KTI_FAR);
	KT_MEMEQ(mtod(m, u_char *) + 20, data, sizeof(data));
	m_freem(m);
	kti_cleanup();
}

KTEST(ip_forward_ipsec, "forwarding=2: only what was decrypted")
{
	uint64_t cant;
	struct mbuf *m;

	KT_EQ(kti_setup(), 0);
	cant = kti_ipstat(ips_cantforward);
	ip_forwarding = 2;
	kti_input(&kti0, kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, 100));
	KT_EQ(kti_ipstat(ips_cantforward) - cant, 1);
	KT_EQ(kti_nsent(&kti1), 0);
	m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, 100);
	m_tag_prepend(m, m_tag_get(PACKET_TAG_IPSEC_IN_DONE, 4, M_WAITOK));
	kti_input(&kti0, m);
	KT_EQ(kti_nsent(&kti1), 1);
	kti_cleanup();
}

/* Let m in by kti0; the error that comes back there, checked, or -1. */
static int
forward_error(struct mbuf *m, int *mtu)
{
	struct icmp *icp;
	u_char orig[28];
	int code;

	m_copydata(m, 0, sizeof(orig), orig);
	kti_input(&kti0, m);
	if ((m = kti_sent(&kti0)) == NULL)
		return (-1);
	icp = (struct icmp *)(IPHDR(m) + 1);
	code = icp->icmp_type << 8 | icp->icmp_code;
	*mtu = ntohs(icp->icmp_nextmtu);
	/* as it was received: hops, length and checksum */
	if (memcmp(&icp->icmp_ip, orig, sizeof(orig)) != 0 ||
	    in4_cksum(m, 0, 20, m->m_pkthdr.len - 20) != 0)
		code = -2;
	m_freem(m);
	return (code);
}

KTEST(ip_forward_errors, "what cannot be forwarded is told the sender")
{
	struct mbuf *m;
	int mtu;

	KT_EQ(kti_setup(), 0);
	ip_forwarding = 1;
	m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, 100);
	IPHDR(m)->ip_ttl = 1;
	kti_finish(m);
	KT_EQ(forward_error(m, &mtu), ICMP_TIMXCEED << 8);
	m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, 100);
	IPHDR(m)->ip_ttl = 0;
	kti_finish(m);
	KT_EQ(forward_error(m, &mtu), ICMP_TIMXCEED << 8);
	m = kti_packet(KTI_PEER0, KTI_NOWHERE, IPPROTO_UDP, 100);
	KT_EQ(forward_error(m, &mtu), ICMP_UNREACH << 8 | ICMP_UNREACH_NET);
	m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, 1381);
	IPHDR(m)->ip_off = htons(IP_DF);
	kti_finish(m);
	KT_EQ(forward_error(m, &mtu),
	    ICMP_UNREACH << 8 | ICMP_UNREACH_NEEDFRAG);
	KT_EQ(mtu, 1400);
	/* an interface that refuses: by kind */
	kti1.ki_error = ENETDOWN;
	m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, 100);
	KT_EQ(forward_error(m, &mtu), ICMP_UNREACH << 8 | ICMP_UNREACH_HOST);
	kti1.ki_error = ENOBUFS;
	m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, 100);
	KT_EQ(forward_error(m, &mtu), -1);
	KT_EQ(kti_nsent(&kti1), 0);
	kti_cleanup();
}

KTEST(ip_forward_sizes, "every size around the MTU arrives, in pieces or not")
{
	static u_char data[5000];
	struct mbuf *m, *whole;
	u_int len, n;

	KT_EQ(kti_setup(), 0);
	ip_forwarding = 1;
	for (len = 0; len < sizeof(data); len += len > 1300 && len < 1450 ?
	    1 : 97) {
		m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, len);
		m_copydata(m, 20, len, data);
		kti_input(&kti0, m);
		KT_EQ(kti_nsent(&kti1), len + 20 <= 1400 ? 1 :
		    howmany(len, 1376));
		for (n = 0; (m = kti_sent(&kti1)) != NULL; n++) {
			KT_ASSERT(m->m_pkthdr.len <= 1400);
			KT_EQ(in_cksum(m, 20), 0);
			whole = len + 20 <= 1400 ? m : ip_reass(m);
			if (whole == NULL)
				continue;
			KT_EQ(kti_nsent(&kti1), 0);
			KT_EQ(whole->m_pkthdr.len, 20 + len);
			KT_MEMEQ(mtod(whole, u_char *) + 20, data, len);
			m_freem(whole);
		}
		KT_EQ(ip_frag_queues(), 0);
	}
	kti_cleanup();
}

KTEST(ip_forward_never, "broadcasts and strange addresses stay here")
{
	uint64_t cant, wrongif;
	struct mbuf *m;

	KT_EQ(kti_setup(), 0);
	ip_forwarding = 1;
	cant = kti_ipstat(ips_cantforward);
	m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, 100);
	SET(m->m_flags, M_BCAST);
	kti_input(&kti0, m);
	m = kti_packet(KTI_PEER0, KTI_A(240, 1, 1, 1), IPPROTO_UDP, 100);
	kti_input(&kti0, m);
	m = kti_packet(KTI_PEER0, KTI_A(0, 1, 1, 1), IPPROTO_UDP, 100);
	kti_input(&kti0, m);
	m = kti_packet(KTI_A(0, 1, 1, 1), KTI_FAR, IPPROTO_UDP, 100);
	kti_input(&kti0, m);
	KT_EQ(kti_ipstat(ips_cantforward) - cant, 4);
	/* a directed broadcast from elsewhere */
	wrongif = kti_ipstat(ips_wrongif);
	m = kti_packet(KTI_PEER1, KTI_BCAST0, IPPROTO_UDP, 100);
	kti_input(&kti1, m);
	KT_EQ(kti_ipstat(ips_wrongif) - wrongif, 1);
	KT_EQ(kti_nsent(&kti0) + kti_nsent(&kti1), 0);
	kti_cleanup();
}

KTEST(ip_stronghost, "a host has its addresses where they live")
{
	uint64_t wrongif, got;

	KT_EQ(kti_setup(), 0);
	wrongif = kti_ipstat(ips_wrongif);
	kti_input(&kti1, kti_packet(KTI_PEER1, KTI_US0, IPPROTO_UDP, 30));
	KT_EQ(kti_ipstat(ips_wrongif) - wrongif, 1);
	ip_forwarding = 1;
	got = kti_ipstat(ips_delivered);
	kti_input(&kti1, kti_packet(KTI_PEER1, KTI_US0, IPPROTO_UDP, 30));
	KT_EQ(kti_ipstat(ips_delivered) - got, 1);
	kti_cleanup();
}

/* A TSO packet of segments of mss bytes to the far net. */
static struct mbuf *
super(u_int len, u_int mss)
{
	struct mbuf *m;

	m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_TCP, len);
	*(mtod(m, u_char *) + 20 + 12) = 5 << 4;
	IPHDR(m)->ip_off = htons(IP_DF);
	m->m_pkthdr.ph_mss = mss;
	SET(m->m_pkthdr.csum_flags, M_TCP_TSO | M_TCP_CSUM_OUT);
	kti_finish(m);
	return (m);
}

KTEST(ip_tso, "a super packet counts by its segments and stays whole")
{
	struct mbuf *m;
	int mtu;

	KT_EQ(kti_setup(), 0);
	ip_forwarding = 1;
	kti_input(&kti0, super(60000, 1360));
	KT_ASSERT((m = kti_sent(&kti1)) != NULL);
	KT_EQ(m->m_pkthdr.len, 60020);
	KT_EQ(m->m_pkthdr.ph_mss, 1360);
	KT_ASSERT(ISSET(m->m_pkthdr.csum_flags, M_TCP_TSO));
	KT_EQ(in_cksum(m, 20), 0);
	m_freem(m);
	KT_EQ(forward_error(super(60000, 1361), &mtu),
	    ICMP_UNREACH << 8 | ICMP_UNREACH_NEEDFRAG);
	KT_EQ(mtu, 1400);
	KT_EQ(kti_nsent(&kti1), 0);
	kti_cleanup();
}

KTEST(ip_softcksum, "sums asked for are made when the interface cannot")
{
	struct mbuf *m;
	int len;

	KT_EQ(kti_setup(), 0);
	ip_forwarding = 1;
	for (len = 8; len < 3000; len += 331) {
		m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, len);
		SET(m->m_pkthdr.csum_flags, M_UDP_CSUM_OUT);
		kti_input(&kti0, m);
		KT_ASSERT((m = kti_sent(&kti1)) != NULL);
		while (IPHDR(m)->ip_off & htons(IP_MF)) {
			KT_ASSERT(ip_reass(m) == NULL);
			KT_ASSERT((m = kti_sent(&kti1)) != NULL);
		}
		if (IPHDR(m)->ip_off != 0)
			KT_ASSERT((m = ip_reass(m)) != NULL);
		KT_EQ(in4_cksum(m, IPPROTO_UDP, 20, len), 0);
		KT_EQ(m->m_pkthdr.csum_flags & M_UDP_CSUM_OUT, 0);
		m_freem(m);
	}
	kti_cleanup();
}

KTEST(ip_softcksum_zero, "a UDP sum of 0 is sent as 0xffff")
{
	struct mbuf *m;
	u_int16_t *word;

	KT_EQ(kti_setup(), 0);
	ip_forwarding = 1;
	m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, 10);
	word = (u_int16_t *)(mtod(m, char *) + 20);
	word[3] = word[4] = 0;
	word[4] = in4_cksum(m, IPPROTO_UDP, 20, 10);
	SET(m->m_pkthdr.csum_flags, M_UDP_CSUM_OUT);
	kti_input(&kti0, m);
	KT_ASSERT((m = kti_sent(&kti1)) != NULL);
	word = (u_int16_t *)(mtod(m, char *) + 20);
	KT_EQ(word[3], 0xffff);
	m_freem(m);
	kti_cleanup();
}

KTEST(ip_redirect, "who could go straight is told, on a shared medium")
{
	struct mbuf *m;
	struct icmp *icp;

	KT_EQ(kti_setup(), 0);
	ip_forwarding = 1;
	kti_input(&kti0, kti_packet(KTI_PEER0, KTI_A(192, 0, 2, 99),
	    IPPROTO_UDP, 100));
	KT_EQ(kti_nsent(&kti0), 2);
	KT_ASSERT((m = kti_sent(&kti0)) != NULL);
	KT_EQ(IPHDR(m)->ip_dst.s_addr, KTI_A(192, 0, 2, 99));
	m_freem(m);
	KT_ASSERT((m = kti_sent(&kti0)) != NULL);
	icp = (struct icmp *)(IPHDR(m) + 1);
	KT_EQ(icp->icmp_type, ICMP_REDIRECT);
	KT_EQ(icp->icmp_gwaddr.s_addr, KTI_A(192, 0, 2, 99));
	KT_EQ(IPHDR(m)->ip_dst.s_addr, KTI_PEER0);
	m_freem(m);
	/* never on a line */
	kti_input(&kti1, kti_packet(KTI_PEER1, KTI_FAR, IPPROTO_UDP, 100));
	KT_EQ(kti_nsent(&kti1), 1);
	kti_cleanup();
}

KTEST(ip_addresses, "the routes of an address come and go with it")
{
	struct rtentry *rt;

	KT_EQ(kti_setup(), 0);
	KT_ASSERT((rt = kti_route(KTI_US0, 32)) != NULL);
	KT_ASSERT(ISSET(rt->rt_flags, RTF_LOCAL));
	KT_EQ(rt->rt_priority, RTP_LOCAL);
	rtfree(rt);
	KT_ASSERT((rt = kti_route(KTI_BCAST0, 32)) != NULL);
	KT_ASSERT(ISSET(rt->rt_flags, RTF_BROADCAST));
	rtfree(rt);
	KT_ASSERT((rt = kti_route(KTI_US0 & KTI_A(255, 255, 255, 0), 24)) !=
	    NULL);
	KT_EQ(rt->rt_flags & (RTF_CONNECTED | RTF_CLONING),
	    RTF_CONNECTED | RTF_CLONING);
	KT_EQ(rt->rt_priority, RTP_CONNECTED);
	rtfree(rt);
	/* a line: both ends, and no network */
	KT_ASSERT((rt = kti_route(KTI_US1, 32)) != NULL);
	KT_ASSERT(ISSET(rt->rt_flags, RTF_LOCAL));
	rtfree(rt);
	KT_ASSERT((rt = kti_route(KTI_PEER1, 32)) != NULL);
	KT_EQ(rt->rt_flags & (RTF_HOST | RTF_LOCAL | RTF_CONNECTED |
	    RTF_GATEWAY), RTF_HOST);
	KT_EQ(rt->rt_priority, RTP_STATIC);
	rtfree(rt);
	KT_ASSERT(kti_route(KTI_A(198, 51, 100, 0), 30) == NULL);

	/* another mask is another network */
	KT_EQ(kti_addr(&kti0, KTI_US0, 25, 0), 0);
	KT_ASSERT(kti_route(KTI_A(192, 0, 2, 0), 24) == NULL);
	KT_ASSERT(kti_route(KTI_BCAST0, 32) == NULL);
	KT_ASSERT((rt = kti_route(KTI_A(192, 0, 2, 0), 25)) != NULL);
	rtfree(rt);
	KT_ASSERT((rt = kti_route(KTI_A(192, 0, 2, 127), 32)) != NULL);
	rtfree(rt);

	KT_EQ(kti_deladdr(&kti0, KTI_US0), 0);
	KT_EQ(kti_deladdr(&kti1, KTI_US1), 0);
	KT_EQ(kti_deladdr(&kti1, KTI_US1), EADDRNOTAVAIL);
	KT_ASSERT(kti_route(KTI_US0, 32) == NULL);
	KT_ASSERT(kti_route(KTI_A(192, 0, 2, 0), 25) == NULL);
	KT_ASSERT(kti_route(KTI_PEER1, 32) == NULL);
	KT_ASSERT(kti_route(KTI_FAR & KTI_A(255, 255, 255, 0), 24) == NULL);
	kti_cleanup();
}

KTEST(ip_twoaddresses, "two of one network: either may go first")
{
	struct rtentry *rt;

	KT_EQ(kti_setup(), 0);
	KT_EQ(kti_addr(&kti0, KTI_A(192, 0, 2, 2), 24, 0), 0);
	KT_EQ(kti_deladdr(&kti0, KTI_US0), 0);
	KT_ASSERT((rt = kti_route(KTI_A(192, 0, 2, 0), 24)) != NULL);
	KT_EQ(((struct sockaddr_in *)rt->rt_ifa->ifa_addr)->sin_addr.s_addr,
	    KTI_A(192, 0, 2, 2));
	rtfree(rt);
	KT_ASSERT((rt = kti_route(KTI_BCAST0, 32)) != NULL);
	rtfree(rt);
	KT_EQ(kti_deladdr(&kti0, KTI_A(192, 0, 2, 2)), 0);
	KT_ASSERT(kti_route(KTI_A(192, 0, 2, 0), 24) == NULL);
	kti_cleanup();
}

KTEST(ip_badaddresses, "addresses nobody can have are refused")
{
	KT_EQ(kti_setup(), 0);
	KT_EQ(kti_addr(&kti0, KTI_A(224, 0, 0, 1), 24, 0), EINVAL);
	KT_EQ(kti_addr(&kti0, INADDR_BROADCAST, 24, 0), EINVAL);
	KT_EQ(kti_addr(&kti1, KTI_A(10, 0, 0, 1), 30,
	    KTI_A(224, 0, 0, 1)), EINVAL);
	KT_ASSERT(kti_route(KTI_A(10, 0, 0, 1), 32) == NULL);
	kti_cleanup();
}

KTEST(ip_ids, "32768 ids in a row are all different, and none is 0")
{
	static u_char seen[65536];
	u_int id;
	int i, round;

	for (round = 0; round < 5; round++) {
		/* wherever a window starts; two rounds may touch it */
		for (i = kt_random() % 40000; i > 0; i--)
			ip_randomid();
		memset(seen, 0, sizeof(seen));
		for (i = 0; i < 32767; i++) {
			id = ip_randomid();
			KT_ASSERT(id != 0);
			KT_EQ(seen[id], 0);
			seen[id] = 1;
		}
	}
}
