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

static uint64_t udp_before[udps_ncounters];

static void
udp_mark(void)
{
	counters_read(udpcounters, udp_before, udps_ncounters, NULL);
}

static uint64_t
udp_stat(int c)
{
	return (ktu_udpstat(c) - udp_before[c]);
}

KTEST(udp6_send, "a datagram, its addresses and its checksum")
{
	struct in6_addr far = K6_FAR;
	struct sockaddr_in6 sin6;
	struct socket *a, *b;
	struct mbuf *m;
	u_int len, port;

	KT_EQ(k6_setup(), 0);
	a = k6_open(SOCK_DGRAM, 0);
	KT_EQ(k6_sendmsg(a, NULL, 0, 9, NULL), EDESTADDRREQ);
	for (len = 0; len < 200; len += 33) {
		KT_EQ(k6_sendmsg(a, &far, 9, len, NULL), 0);
		m = kti_sent(&kti1);
		KT_ASSERT(m != NULL && m->m_pkthdr.len == 48 + len);
		KT_EQ(in6_cksum(m, IPPROTO_UDP, 40, 8 + len), 0);
		KT_EQ(IP6HDR(m)->ip6_hlim, 64);
		m_freem(m);
	}
	KT_EQ(k6_sendmsg(a, &far, 9, 65528, NULL), EMSGSIZE);
	/* to ourselves, by way of the loopback */
	b = k6_open(SOCK_DGRAM, 0);
	KT_EQ(k6_bind(b, in6addr_any, 5555), 0);
	far = K6_US;
	KT_EQ(k6_sendmsg(a, &far, 5555, 77, NULL), 0);
	port = ktu_port(a);
	KT_EQ(k6_recv(b, &sin6, NULL, NULL), 77);
	KT_EQ(ntohs(sin6.sin6_port), port);
	KT_ASSERT(IN6_ARE_ADDR_EQUAL(&sin6.sin6_addr, &far));
	KT_EQ(sin6.sin6_family, AF_INET6);
	/* in fragments, whose sum is over all of them */
	KT_EQ(ktu_setopt(a, SOL_SOCKET, SO_SNDBUF, 60000), 0);
	KT_EQ(k6_sendmsg(a, &far, 5555, 40000, NULL), 0);
	KT_EQ(k6_recv(b, NULL, NULL, NULL), 40000);
	ktu_close(a);
	ktu_close(b);
	k6_cleanup();
}

KTEST(udp6_faults, "datagrams that are no good, each counted by its cause")
{
	struct socket *so;
	struct mbuf *m;

	KT_EQ(k6_setup(), 0);
	so = k6_open(SOCK_DGRAM, 0);
	KT_EQ(k6_bind(so, in6addr_any, 6666), 0);
	udp_mark();
	k6_input(&kti0, k6_packet(K6_PEER, K6_US, IPPROTO_UDP, 7));
	KT_EQ(udp_stat(udps_hdrops), 1);
	m = k6_udp(K6_PEER, 9, K6_US, 6666, 8);
	mtod(m, u_char *)[45] = 17;
	k6_input(&kti0, m);
	m = k6_udp(K6_PEER, 9, K6_US, 6666, 8);
	mtod(m, u_char *)[45] = 7;
	k6_input(&kti0, m);
	m = k6_udp(K6_PEER, 9, K6_US, 6666, 8);
	mtod(m, u_char *)[45] = 0;
	k6_input(&kti0, m);
	KT_EQ(udp_stat(udps_badlen), 3);
	m = k6_udp(K6_PEER, 9, K6_US, 6666, 8);
	mtod(m, u_char *)[50] ^= 4;
	k6_input(&kti0, m);
	KT_EQ(udp_stat(udps_badsum), 1);
	/* no checksum is no good either */
	m = k6_udp(K6_PEER, 9, K6_US, 6666, 8);
	mtod(m, u_char *)[46] = mtod(m, u_char *)[47] = 0;
	k6_input(&kti0, m);
	KT_EQ(udp_stat(udps_badsum), 2);
	KT_EQ(udp_stat(udps_nosum), 1);
	k6_input(&kti0, k6_udp(K6_PEER, 9, K6_US, 0, 8));
	KT_EQ(udp_stat(udps_noport), 1);
	KT_EQ(kti_nsent(&kti0), 0);
	k6_input(&kti0, k6_udp(K6_PEER, 9, K6_US, 6667, 8));
	KT_EQ(udp_stat(udps_noport), 2);
	KT_EQ(k6_sent(&kti0, NULL), ICMP6_DST_UNREACH << 8 |
	    ICMP6_DST_UNREACH_NOPORT);
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_MINHOPCOUNT, 65), 0);
	k6_input(&kti0, k6_udp(K6_PEER, 9, K6_US, 6666, 8));
	KT_EQ(udp_stat(udps_hdrops), 2);
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_MINHOPCOUNT, 64), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_ESP_TRANS_LEVEL, 3), 0);
	k6_input(&kti0, k6_udp(K6_PEER, 9, K6_US, 6666, 8));
	KT_EQ(udp_stat(udps_nosec), 1);
	KT_EQ(k6_recv(so, NULL, NULL, NULL), -1);
	/* bytes behind the datagram do not belong to it */
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_ESP_TRANS_LEVEL, 1), 0);
	m = k6_udp(K6_PEER, 9, K6_US, 6666, 8);
	m_copyback(m, 56, 5, "12345", M_WAIT);
	k6_finish(m);
	k6_input(&kti0, m);
	KT_EQ(k6_recv(so, NULL, NULL, NULL), 8);
	ktu_close(so);
	k6_cleanup();
}

KTEST(udp6_esp, "ESP in UDP may have no checksum; IKE on its port must")
{
	struct socket *so;
	struct mbuf *m;

	KT_EQ(k6_setup(), 0);
	so = k6_open(SOCK_DGRAM, 0);
	KT_EQ(k6_bind(so, in6addr_any, 4500), 0);
	udp_mark();
	m = k6_udp(K6_PEER, 4500, K6_US, 4500, 40);
	memset(mtod(m, caddr_t) + 48, 0, 4);
	mtod(m, u_char *)[46] = mtod(m, u_char *)[47] = 0;
	k6_input(&kti0, m);
	KT_EQ(udp_stat(udps_badsum), 1);
	m = k6_udp(K6_PEER, 4500, K6_US, 4500, 40);
	memset(mtod(m, caddr_t) + 48, 0, 4);
	k6_cksum(m, 40);
	k6_input(&kti0, m);
	KT_EQ(k6_recv(so, NULL, NULL, NULL), 40);
	/* for an SA: not to the socket, whatever becomes of it */
	m = k6_udp(K6_PEER, 4500, K6_US, 4500, 40);
	memset(mtod(m, caddr_t) + 48, 7, 4);
	mtod(m, u_char *)[46] = mtod(m, u_char *)[47] = 0;
	k6_input(&kti0, m);
	KT_EQ(udp_stat(udps_badsum), 1);
	KT_EQ(k6_recv(so, NULL, NULL, NULL), -1);
	/* and one that keeps a NAT's mapping */
	k6_input(&kti0, k6_udp(K6_PEER, 4500, K6_US, 4500, 1));
	KT_EQ(k6_recv(so, NULL, NULL, NULL), -1);
	KT_EQ(kti_nsent(&kti0), 0);
	ktu_close(so);
	k6_cleanup();
}

KTEST(udp6_control, "what a message says of itself, and asks for")
{
	struct in6_addr far = K6_FAR, us = K6_US;
	struct in6_pktinfo *got, pi;
	struct socket *so;
	struct mbuf *m, *mc;
	int v = 17, tc = 0x28;

	KT_EQ(k6_setup(), 0);
	so = k6_open(SOCK_DGRAM, 0);
	KT_EQ(k6_bind(so, in6addr_any, 7777), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_RECVTCLASS, 1), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_RECVDSTPORT, 1), 0);
	m = k6_udp(K6_PEER, 9, K6_US, 7777, 8);
	IP6HDR(m)->ip6_flow |= htonl(0x2e << 20);
	IP6HDR(m)->ip6_hlim = 33;
	k6_input(&kti0, m);
	KT_EQ(k6_recv(so, NULL, NULL, &mc), 8);
	got = k6_findcmsg(mc, IPV6_PKTINFO);
	KT_ASSERT(got != NULL && IN6_ARE_ADDR_EQUAL(&got->ipi6_addr, &us));
	KT_EQ(got->ipi6_ifindex, kti0.ki_if.if_index);
	KT_EQ(*(int *)k6_findcmsg(mc, IPV6_HOPLIMIT), 33);
	KT_EQ(*(int *)k6_findcmsg(mc, IPV6_TCLASS), 0x2e);
	KT_EQ(*(u_int16_t *)k6_findcmsg(mc, IPV6_RECVDSTPORT), htons(7777));
	m_freem(mc);

	/* the other way: another source, by the route all the same */
	memset(&pi, 0, sizeof(pi));
	pi.ipi6_addr = us;
	mc = k6_cmsg(NULL, IPV6_PKTINFO, &pi, sizeof(pi));
	mc = k6_cmsg(mc, IPV6_HOPLIMIT, &v, sizeof(v));
	mc = k6_cmsg(mc, IPV6_TCLASS, &tc, sizeof(tc));
	KT_EQ(k6_sendmsg(so, &far, 9, 5, mc), 0);
	m = kti_sent(&kti1);
	KT_ASSERT(m != NULL);
	KT_ASSERT(IN6_ARE_ADDR_EQUAL(&IP6HDR(m)->ip6_src, &us));
	KT_EQ(IP6HDR(m)->ip6_hlim, 17);
	KT_EQ((ntohl(IP6HDR(m)->ip6_flow) >> 20) & 0xff, 0x28);
	m_freem(m);
	/* not ours; malformed; unknown; out of range */
	pi.ipi6_addr = far;
	mc = k6_cmsg(NULL, IPV6_PKTINFO, &pi, sizeof(pi));
	KT_EQ(k6_sendmsg(so, &far, 9, 5, mc), EADDRNOTAVAIL);
	mc = k6_cmsg(NULL, IPV6_PKTINFO, &pi, 19);
	KT_EQ(k6_sendmsg(so, &far, 9, 5, mc), EINVAL);
	mc = k6_cmsg(NULL, IPV6_HOPOPTS, &v, sizeof(v));
	KT_EQ(k6_sendmsg(so, &far, 9, 5, mc), EINVAL);
	v = 256;
	mc = k6_cmsg(NULL, IPV6_HOPLIMIT, &v, sizeof(v));
	KT_EQ(k6_sendmsg(so, &far, 9, 5, mc), EINVAL);
	mc = k6_cmsg(NULL, IPV6_HOPLIMIT, &v, sizeof(v));
	mtod(mc, struct cmsghdr *)->cmsg_len = 1000;
	KT_EQ(k6_sendmsg(so, &far, 9, 5, mc), EINVAL);
	KT_EQ(kti_nsent(&kti1), 0);
	ktu_close(so);
	k6_cleanup();
}

KTEST(udp6_mtu, "fragments, unless the socket does not want any")
{
	struct in6_addr far = K6_FAR;
	struct ip6_mtuinfo *mi;
	struct socket *so;
	struct mbuf *mc;

	KT_EQ(k6_setup(), 0);
	so = k6_open(SOCK_DGRAM, 0);
	KT_EQ(k6_connect(so, far, 9), 0);
	KT_EQ(k6_sendmsg(so, NULL, 0, 1353, NULL), 0);
	KT_EQ(kti_nsent(&kti1), 2);
	mq_purge(&kti1.ki_out);
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_DONTFRAG, 1), 0);
	KT_EQ(k6_sendmsg(so, NULL, 0, 1353, NULL), EMSGSIZE);
	KT_EQ(k6_sendmsg(so, NULL, 0, 1352, NULL), 0);
	KT_EQ(kti_nsent(&kti1), 1);
	mq_purge(&kti1.ki_out);
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_DONTFRAG, 0), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_USE_MIN_MTU, 1), 0);
	KT_EQ(k6_sendmsg(so, NULL, 0, 1233, NULL), 0);
	KT_EQ(kti_nsent(&kti1), 2);
	mq_purge(&kti1.ki_out);
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_USE_MIN_MTU, -1), 0);
	/* a router on the way tells, and the socket hears of it if it asked */
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_RECVPATHMTU, 1), 0);
	k6_input(&kti1, k6_error(K6_PEER1, K6_US1, ICMP6_PACKET_TOO_BIG, 0,
	    1300, k6_udp(K6_US1, ktu_port(so), K6_FAR, 9, 1352)));
	KT_EQ(k6_recv(so, NULL, NULL, &mc), 0);
	mi = k6_findcmsg(mc, IPV6_PATHMTU);
	KT_ASSERT(mi != NULL && mi->ip6m_mtu == 1300);
	m_freem(mc);
	KT_EQ(k6_sendmsg(so, NULL, 0, 1253, NULL), 0);
	KT_EQ(kti_nsent(&kti1), 2);
	ktu_close(so);
	k6_cleanup();
}

KTEST(udp6_group, "all members hear a group, senders of their own choice")
{
	struct in6_addr group = K6_GROUP;
	struct in6_multi *in6m;
	struct socket *a, *b;
	struct mbuf *m;
	int error = 0;

	KT_EQ(k6_setup(), 0);
	a = k6_open(SOCK_DGRAM, 0);
	b = k6_open(SOCK_DGRAM, 0);
	KT_EQ(ktu_setopt(a, SOL_SOCKET, SO_REUSEADDR, 1), 0);
	KT_EQ(ktu_setopt(b, SOL_SOCKET, SO_REUSEADDR, 1), 0);
	KT_EQ(k6_bind(a, group, 8888), 0);
	KT_EQ(k6_bind(b, group, 8888), 0);
	m = k6_udp(K6_PEER, 9, group, 8888, 8);
	SET(m->m_flags, M_MCAST);
	k6_input(&kti0, m);
	KT_EQ(k6_recv(a, NULL, NULL, NULL), -1);
	NET_LOCK();
	in6m = in6_addmulti(&group, &kti0.ki_if, &error);
	NET_UNLOCK();
	k6_input(&kti0, k6_udp(K6_PEER, 9, group, 8888, 8));
	KT_EQ(k6_recv(a, NULL, NULL, NULL), 8);
	KT_EQ(k6_recv(b, NULL, NULL, NULL), 8);
	mq_purge(&kti1.ki_out);
	KT_EQ(ktu_setopt(a, IPPROTO_IPV6, IPV6_MULTICAST_IF,
	    kti1.ki_if.if_index), 0);
	KT_EQ(ktu_setopt(a, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 5), 0);
	KT_EQ(k6_sendmsg(a, &group, 8888, 8, NULL), 0);
	m = kti_sent(&kti1);
	KT_ASSERT(m != NULL);
	KT_EQ(IP6HDR(m)->ip6_hlim, 5);
	m_freem(m);
	NET_LOCK();
	in6_delmulti(in6m);
	NET_UNLOCK();
	ktu_close(a);
	ktu_close(b);
	k6_cleanup();
}

KTEST(raw6_filter, "raw sockets: filter, checksum, what is their own")
{
	struct in6_addr far = K6_FAR;
	struct icmp6_filter *filt;
	struct socket *so;
	struct mbuf *m;

	KT_EQ(k6_setup(), 0);
	so = k6_open(SOCK_RAW, IPPROTO_ICMPV6);
	k6_input(&kti0, k6_icmp(K6_PEER, K6_US, ICMP6_ECHO_REPLY, 0, 1, 4));
	KT_EQ(k6_recv(so, NULL, NULL, NULL), 12);
	m = m_get(M_WAIT, MT_SOOPTS);
	m->m_len = sizeof(*filt);
	filt = mtod(m, struct icmp6_filter *);
	ICMP6_FILTER_SETPASSALL(filt);
	ICMP6_FILTER_SETBLOCK(ICMP6_ECHO_REPLY, filt);
	solock(so);
	KT_EQ(sosetopt(so, IPPROTO_ICMPV6, ICMP6_FILTER, m), 0);
	sounlock(so);
	m_free(m);
	k6_input(&kti0, k6_icmp(K6_PEER, K6_US, ICMP6_ECHO_REPLY, 0, 1, 4));
	k6_input(&kti0, k6_icmp(K6_PEER, K6_US, ND_ROUTER_ADVERT, 0, 1, 5));
	KT_EQ(k6_recv(so, NULL, NULL, NULL), 13);
	KT_EQ(k6_recv(so, NULL, NULL, NULL), -1);
	/* the kernel sums for it, and will not have it otherwise */
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_CHECKSUM, 2), EINVAL);
	KT_EQ(k6_sendmsg(so, &far, 0, 7, NULL), EINVAL);
	KT_EQ(k6_sendmsg(so, &far, 0, 8, NULL), 0);
	KT_EQ(k6_sent(&kti1, NULL), 0xa5a5);
	ktu_close(so);

	so = k6_open(SOCK_RAW, 253);
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_CHECKSUM, 3), EINVAL);
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_CHECKSUM, 4), 0);
	KT_EQ(k6_sendmsg(so, &far, 0, 5, NULL), EINVAL);
	KT_EQ(k6_sendmsg(so, &far, 0, 9, NULL), 0);
	m = kti_sent(&kti1);
	KT_ASSERT(m != NULL);
	KT_EQ(in6_cksum(m, 253, 40, 9), 0);
	IP6HDR(m)->ip6_dst = K6_US1;
	IP6HDR(m)->ip6_src = K6_PEER1;
	k6_input(&kti1, m);
	/* for other addresses the sum is wrong */
	KT_EQ(k6_recv(so, NULL, NULL, NULL), -1);
	ktu_close(so);
	k6_cleanup();
}
