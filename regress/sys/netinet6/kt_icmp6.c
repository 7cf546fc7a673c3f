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

#include "kt_inet6.h"

#define IP6HDR(m)	mtod(m, struct ip6_hdr *)

KTEST(icmp6_echo, "an answer from where it was asked, headers left out")
{
	static const u_int sizes[] = { 0, 1, 56, 1452, 9000, 60000 };
	u_char hdr[8] = { 0 };
	struct mbuf *m, *n;
	u_int i;

	KT_EQ(k6_setup(), 0);
	kti0.ki_if.if_mtu = 65535;
	for (i = 0; i < nitems(sizes); i++) {
		m = k6_icmp(K6_PEER, K6_US, ICMP6_ECHO_REQUEST, 0, 0x10002,
		    sizes[i]);
		n = m_dup_pkt(m, 0, M_WAIT);
		if (i & 1)
			m = k6_prepend(m, IPPROTO_DSTOPTS, hdr, 8, 1);
		k6_input(&kti0, m);
		m = kti_sent(&kti0);
		KT_ASSERT(m != NULL);
		KT_EQ(m->m_pkthdr.len, n->m_pkthdr.len);
		m = m_pullup(m, m->m_pkthdr.len);
		KT_EQ(in6_cksum(m, IPPROTO_ICMPV6, 40,
		    m->m_pkthdr.len - 40), 0);
		KT_EQ(mtod(m, u_char *)[40], ICMP6_ECHO_REPLY);
		KT_EQ(IP6HDR(m)->ip6_hlim, 64);
		KT_EQ(memcmp(mtod(m, caddr_t) + 44, mtod(n, caddr_t) + 44,
		    4 + sizes[i]), 0);
		KT_ASSERT(IN6_ARE_ADDR_EQUAL(&IP6HDR(m)->ip6_src,
		    &IP6HDR(n)->ip6_dst));
		KT_ASSERT(IN6_ARE_ADDR_EQUAL(&IP6HDR(m)->ip6_dst,
		    &IP6HDR(n)->ip6_src));
		m_freem(m);
		m_freem(n);
	}
	/* a group answers by the best address each member has */
	k6_input(&kti0, k6_icmp(K6_PEER, k6_words(0xff02, 0, 1),
	    ICMP6_ECHO_REQUEST, 0, 1, 8));
	m = kti_sent(&kti0);
	KT_ASSERT(m != NULL);
	n = k6_packet(K6_US, K6_US, 0, 0);
	KT_ASSERT(IN6_ARE_ADDR_EQUAL(&IP6HDR(m)->ip6_src,
	    &IP6HDR(n)->ip6_src));
	m_freem(m);
	m_freem(n);
	k6_cleanup();
}

KTEST(icmp6_bad, "messages too short, with a bad sum, from nobody")
{
	struct mbuf *m;

	KT_EQ(k6_setup(), 0);
	k6_mark();
	k6_input(&kti0, k6_packet(K6_PEER, K6_US, IPPROTO_ICMPV6, 7));
	KT_EQ(k6_istat(icp6s_tooshort), 1);
	m = k6_icmp(K6_PEER, K6_US, ICMP6_ECHO_REQUEST, 0, 1, 8);
	mtod(m, u_char *)[50] ^= 1;
	k6_input(&kti0, m);
	KT_EQ(k6_istat(icp6s_checksum), 1);
	k6_input(&kti0, k6_icmp(in6addr_any, K6_US, ICMP6_ECHO_REQUEST, 0, 1,
	    8));
	KT_EQ(k6_stat(ip6s_badaddr), 1);
	k6_input(&kti0, k6_error(K6_PEER, K6_US, ICMP6_DST_UNREACH, 7, 0,
	    k6_packet(K6_US, K6_FAR, 253, 9)));
	KT_EQ(k6_istat(icp6s_badcode), 1);
	k6_input(&kti0, k6_icmp(K6_PEER, K6_US, ICMP6_DST_UNREACH, 0, 0, 39));
	KT_EQ(k6_istat(icp6s_badlen), 1);
	k6_input(&kti0, k6_error(K6_PEER, K6_US, ICMP6_DST_UNREACH, 0, 0,
	    k6_packet(K6_FAR, K6_US, 253, 9)));
	KT_EQ(k6_istat(icp6s_notmine), 1);
	KT_EQ(kti_nsent(&kti0), 0);
	k6_cleanup();
}

/* Is a packet with a protocol nobody has answered? */
static int
answered(struct mbuf *m)
{
	k6_input(&kti0, m);
	return (k6_sent(&kti0, NULL) != -1);
}

KTEST(icmp6_silence, "no error about errors, to groups or to nobody")
{
	struct mbuf *m;

	KT_EQ(k6_setup(), 0);
	ip6_forwarding = 1;
	KT_EQ(answered(k6_packet(K6_PEER, K6_US, 253, 9)), 1);
	KT_EQ(answered(k6_packet(K6_PEER, k6_words(0xff02, 0, 1), 253, 9)),
	    0);
	KT_EQ(answered(k6_packet(in6addr_any, K6_US, 253, 9)), 0);
	k6_mark();
	/* an error, a redirect, and a query, none of which finds a way */
	KT_EQ(answered(k6_icmp(K6_PEER, K6_NOWHERE, ICMP6_TIME_EXCEEDED, 0,
	    0, 60)), 0);
	KT_EQ(answered(k6_icmp(K6_PEER, K6_NOWHERE, ND_REDIRECT, 0, 0, 60)),
	    0);
	KT_EQ(k6_istat(icp6s_canterror), 2);
	KT_EQ(answered(k6_icmp(K6_PEER, K6_NOWHERE, ICMP6_ECHO_REQUEST, 0,
	    0, 60)), 1);
	/* too big is said about a group's packet, too */
	m = k6_packet(K6_PEER, K6_GROUP, 253, 9);
	m->m_pkthdr.ph_ifidx = kti0.ki_if.if_index;
	NET_LOCK_SHARED();
	icmp6_error(m, ICMP6_PACKET_TOO_BIG, 0, 1280);
	NET_UNLOCK_SHARED();
	kt_sleep(MSEC_TO_NSEC(1));
	KT_EQ(k6_sent(&kti0, NULL), ICMP6_PACKET_TOO_BIG << 8);
	k6_cleanup();
}

KTEST(icmp6_quote, "errors hold what fits into 1280 bytes, as it was")
{
	struct mbuf *m, *n;
	u_int len;

	KT_EQ(k6_setup(), 0);
	for (len = 0; len < 2000; len += 400) {
		m = k6_packet(K6_PEER, K6_US, 253, len);
		n = m_dup_pkt(m, 0, M_WAIT);
		k6_input(&kti0, m);
		m = kti_sent(&kti0);
		KT_ASSERT(m != NULL);
		m = m_pullup(m, m->m_pkthdr.len);
		KT_EQ(m->m_pkthdr.len, MIN(48 + 40 + len, 1280));
		KT_EQ(memcmp(mtod(m, caddr_t) + 48, mtod(n, caddr_t),
		    m->m_pkthdr.len - 48), 0);
		m_freem(m);
		m_freem(n);
	}
	k6_cleanup();
}

KTEST(icmp6_rate, "a hundred errors a second, and no more")
{
	int i, n = 0;

	KT_EQ(k6_setup(), 0);
	k6_mark();
	for (i = 0; i < 500; i++) {
		NET_LOCK_SHARED();
		icmp6_error(k6_packet(K6_PEER, K6_US, 253, 9),
		    ICMP6_DST_UNREACH, 0, 0);
		NET_UNLOCK_SHARED();
	}
	kt_sleep(MSEC_TO_NSEC(1));
	while (k6_sent(&kti0, NULL) != -1)
		n++;
	KT_EQ(n, 100);
	KT_EQ(k6_istat(icp6s_toofreq), 400);
	k6_cleanup();
}

/* The MTU in the host route to there; 0: none. */
static u_int
host_mtu(struct in6_addr dst)
{
	struct rtentry *rt = k6_host(dst);
	u_int mtu = rt != NULL ? rt->rt_mtu : 0;

	rtfree(rt);
	return (mtu);
}

/* A router on the line says so about a packet of len bytes. */
static void
too_big(struct in6_addr src, struct in6_addr dst, u_int mtu, u_int len)
{
	k6_input(&kti1, k6_error(K6_PEER1, K6_US1, ICMP6_PACKET_TOO_BIG, 0,
	    mtu, k6_packet(src, dst, 253, len)));
}

KTEST(icmp6_pmtu, "path MTUs: smaller ones, not below 1280, for a while")
{
	struct in6_addr other = k6_addr(3, 10);
	u_char ah[2] = { 0, 4 };
	struct mbuf *m;

	KT_EQ(k6_setup(), 0);
	too_big(K6_US1, K6_FAR, 1279, 1360);
	KT_EQ(host_mtu(K6_FAR), 0);
	too_big(K6_US1, K6_FAR, 1300, 1360);
	KT_EQ(host_mtu(K6_FAR), 1300);
	too_big(K6_US1, K6_FAR, 1350, 1360);
	KT_EQ(host_mtu(K6_FAR), 1300);
	too_big(K6_US1, K6_FAR, 1280, 1360);
	KT_EQ(host_mtu(K6_FAR), 1280);
	/* one that did fit, and one that was not ours */
	too_big(K6_US1, other, 1300, 1000);
	too_big(K6_PEER, other, 1300, 1360);
	KT_EQ(host_mtu(other), 0);
	/* packets of SAs: these keep their own */
	k6_input(&kti1, k6_error(K6_PEER1, K6_US1, ICMP6_PACKET_TOO_BIG, 0,
	    1300, k6_packet(K6_US1, other, IPPROTO_ESP, 1360)));
	m = k6_packet(K6_US1, other, IPPROTO_IPV6, 1360);
	m = k6_prepend(m, IPPROTO_AH, ah, sizeof(ah), 3);
	k6_input(&kti1, k6_error(K6_PEER1, K6_US1, ICMP6_PACKET_TOO_BIG, 0,
	    1300, m));
	KT_EQ(host_mtu(other), 0);
	kt_sleep(SEC_TO_NSEC(599));
	KT_EQ(host_mtu(K6_FAR), 1280);
	kt_sleep(SEC_TO_NSEC(3));
	KT_EQ(host_mtu(K6_FAR), 0);
	k6_cleanup();
}

KTEST(icmp6_pmtu_storm, "forged ones fill the table to its limit only")
{
	u_int i, n = 0;

	KT_EQ(k6_setup(), 0);
	for (i = 0; i < 3000; i++)
		too_big(K6_US1, k6_addr(3, 100 + i), 1280, 1360);
	for (i = 0; i < 3000; i++)
		n += host_mtu(k6_addr(3, 100 + i)) != 0;
	KT_EQ(n, 1024);
	kt_sleep(SEC_TO_NSEC(700));
	KT_EQ(host_mtu(k6_addr(3, 100)), 0);
	k6_cleanup();
}

/* The error that a connected socket has, which is then gone. */
static int
error_of(struct socket *so)
{
	int error;

	solock(so);
	error = sotakeerror(so);
	sounlock(so);
	return (error);
}

KTEST(icmp6_ctlinput, "sockets hear of errors about their packets")
{
	static const struct {
		int type, code, error;
	} cases[] = {
		{ ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE,
		    EHOSTUNREACH },
		{ ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADDR, EHOSTDOWN },
		{ ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOPORT,
		    ECONNREFUSED },
		{ ICMP6_PARAM_PROB, ICMP6_PARAMPROB_NEXTHEADER,
		    ECONNREFUSED },
		{ ICMP6_PARAM_PROB, ICMP6_PARAMPROB_HEADER, ENOPROTOOPT },
		{ ICMP6_TIME_EXCEEDED, 0, 0 },
	};
	u_char hdr[16] = { 0, 1 };
	struct socket *so;
	struct mbuf *q;
	u_int i, port;

	KT_EQ(k6_setup(), 0);
	so = k6_open(SOCK_DGRAM, 0);
	KT_EQ(k6_connect(so, K6_FAR, 53), 0);
	port = ktu_port(so);
	for (i = 0; i < nitems(cases); i++) {
		q = k6_udp(K6_US1, port, K6_FAR, 53, 9);
		/* with a header between */
		if (i & 1)
			q = k6_prepend(q, IPPROTO_DSTOPTS, hdr, 16, 2);
		k6_input(&kti1, k6_error(K6_PEER1, K6_US1, cases[i].type,
		    cases[i].code, 0, q));
		KT_EQ(error_of(so), cases[i].error);
		/* about another port */
		k6_input(&kti1, k6_error(K6_PEER1, K6_US1, cases[i].type,
		    cases[i].code, 0, k6_udp(K6_US1, port, K6_FAR, 54, 9)));
		KT_EQ(error_of(so), 0);
	}
	ktu_close(so);
	k6_cleanup();
}

KTEST(icmp6_fuzz, "errors that quote noise")
{
	struct mbuf *q;
	u_char *p;
	u_int i, len, j;

	KT_EQ(k6_setup(), 0);
	for (i = 0; i < 5000; i++) {
		len = kt_random() % 100;
		q = k6_packet(K6_US1, K6_FAR, kt_random() % 62, len);
		p = mtod(q, u_char *);
		for (j = 40; j + 8 <= 40 + len; j += 8) {
			p[j] = kt_random() % 62;
			p[j + 1] = kt_random() % 3;
		}
		if (kt_random() % 4 == 0)
			m_adj(q, -(int)(kt_random() % (40 + len)));
		k6_input(&kti1, k6_error(K6_PEER1, K6_US1, 1 +
		    kt_random() % 4, kt_random() % 3, 1300, q));
	}
	k6_cleanup();
}
