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

KTEST(pcb6_bind, "what may be bound, and how often")
{
	struct in6_addr mapped = k6_words(0, 0, 1), ll;
	struct socket *a, *b, *four;

	mapped.s6_addr16[5] = 0xffff;
	KT_EQ(k6_setup(), 0);
	a = k6_open(SOCK_DGRAM, 0);
	b = k6_open(SOCK_DGRAM, 0);
	four = ktu_open(SOCK_DGRAM, 0);
	KT_EQ(k6_bind(a, K6_FAR, 1111), EADDRNOTAVAIL);
	KT_EQ(k6_bind(a, mapped, 1111), EADDRNOTAVAIL);
	KT_EQ(k6_bind(a, k6_words(0xfe80, 0, 1), 1111), EADDRNOTAVAIL);
	KT_EQ(k6_bind(a, k6_words(0xfe80, 999, 1), 1111), ENXIO);
	k6_ifaflags(K6_US, IN6_IFF_TENTATIVE);
	KT_EQ(k6_bind(a, K6_US, 1111), EADDRNOTAVAIL);
	k6_ifaflags(K6_US, IN6_IFF_ANYCAST);
	KT_EQ(k6_bind(a, K6_US, 1111), EADDRNOTAVAIL);
	k6_ifaflags(K6_US, IN6_IFF_DEPRECATED);
	KT_EQ(k6_bind(a, K6_US, 1111), 0);
	KT_EQ(k6_bind(a, K6_US, 1112), EINVAL);
	KT_EQ(k6_bind(b, K6_US, 1111), EADDRINUSE);
	KT_EQ(k6_bind(b, in6addr_any, 1111), EADDRINUSE);
	/* the other family has ports of its own */
	KT_EQ(ktu_bind(four, INADDR_ANY, 1111), 0);
	KT_EQ(k6_bind(b, K6_US1, 1111), 0);
	ktu_close(a);
	ktu_close(b);
	a = k6_open(SOCK_DGRAM, 0);
	b = k6_open(SOCK_DGRAM, 0);
	/* the same address on two links is two addresses */
	ll = k6_ll(&kti0, 0x11);
	KT_EQ(k6_ifaddr(&kti0, ll, 64, NULL), 0);
	KT_EQ(k6_bind(a, ll, 1111), 0);
	ll = k6_ll(&kti1, 0x11);
	KT_EQ(k6_bind(b, ll, 1111), EADDRNOTAVAIL);
	KT_EQ(k6_ifaddr(&kti1, ll, 64, NULL), 0);
	KT_EQ(k6_bind(b, ll, 1111), 0);
	ktu_close(a);
	ktu_close(b);
	ktu_close(four);
	k6_cleanup();
}

KTEST(pcb6_reuse, "sharing a port")
{
	struct socket *a, *b;

	KT_EQ(k6_setup(), 0);
	a = k6_open(SOCK_DGRAM, 0);
	b = k6_open(SOCK_DGRAM, 0);
	KT_EQ(ktu_setopt(a, SOL_SOCKET, SO_REUSEADDR, 1), 0);
	KT_EQ(ktu_setopt(b, SOL_SOCKET, SO_REUSEADDR, 1), 0);
	KT_EQ(k6_bind(a, in6addr_any, 2222), 0);
	KT_EQ(k6_bind(b, in6addr_any, 2222), EADDRINUSE);
	KT_EQ(k6_bind(b, K6_US, 2222), 0);
	ktu_close(a);
	ktu_close(b);
	/* a group is there to be shared */
	a = k6_open(SOCK_DGRAM, 0);
	b = k6_open(SOCK_DGRAM, 0);
	KT_EQ(ktu_setopt(a, SOL_SOCKET, SO_REUSEADDR, 1), 0);
	KT_EQ(ktu_setopt(b, SOL_SOCKET, SO_REUSEADDR, 1), 0);
	KT_EQ(k6_bind(a, K6_GROUP, 2222), 0);
	KT_EQ(k6_bind(b, K6_GROUP, 2222), 0);
	ktu_close(a);
	ktu_close(b);
	k6_cleanup();
}

KTEST(pcb6_connect, "connecting picks a source and a port, once")
{
	struct in6_addr mapped = k6_words(0, 0, 1), us = K6_US1;
	struct socket *a, *b;
	struct inpcb *inp;
	u_int port;

	mapped.s6_addr16[5] = 0xffff;
	KT_EQ(k6_setup(), 0);
	a = k6_open(SOCK_DGRAM, 0);
	b = k6_open(SOCK_DGRAM, 0);
	inp = sotoinpcb(a);
	KT_EQ(k6_connect(a, K6_FAR, 0), EADDRNOTAVAIL);
	KT_EQ(k6_connect(a, in6addr_any, 7), EADDRNOTAVAIL);
	KT_EQ(k6_connect(a, mapped, 7), EADDRNOTAVAIL);
	KT_EQ(k6_connect(a, K6_NOWHERE, 7), EHOSTUNREACH);
	KT_EQ(k6_connect(a, k6_words(0xfe80, 0, 7), 7), EADDRNOTAVAIL);
	KT_EQ(k6_connect(a, K6_FAR, 7), 0);
	KT_ASSERT(IN6_ARE_ADDR_EQUAL(&inp->inp_laddr6, &us));
	port = ktu_port(a);
	KT_ASSERT(port >= 1024);
	/* again, to somebody else and back */
	KT_EQ(k6_connect(a, K6_PEER, 8), 0);
	KT_EQ(k6_connect(a, K6_FAR, 7), 0);
	KT_EQ(ktu_port(a), port);
	/* the same four numbers are somebody's already */
	KT_EQ(ktu_setopt(b, SOL_SOCKET, SO_REUSEADDR, 1), 0);
	KT_EQ(k6_bind(b, in6addr_any, port), 0);
	KT_EQ(k6_connect(b, K6_FAR, 7), EADDRINUSE);
	KT_EQ(k6_connect(b, K6_FAR, 8), 0);
	solock(a);
	KT_EQ(sodisconnect(a), 0);
	KT_EQ(sodisconnect(a), ENOTCONN);
	sounlock(a);
	KT_ASSERT(IN6_IS_ADDR_UNSPECIFIED(&inp->inp_laddr6));
	KT_EQ(ktu_port(a), port);
	ktu_close(a);
	ktu_close(b);
	k6_cleanup();
}

KTEST(pcb6_lookup, "the closest socket gets the datagram")
{
	struct socket *any, *bound, *conn;

	KT_EQ(k6_setup(), 0);
	any = k6_open(SOCK_DGRAM, 0);
	bound = k6_open(SOCK_DGRAM, 0);
	conn = k6_open(SOCK_DGRAM, 0);
	KT_EQ(ktu_setopt(bound, SOL_SOCKET, SO_REUSEADDR, 1), 0);
	KT_EQ(ktu_setopt(conn, SOL_SOCKET, SO_REUSEPORT, 1), 0);
	KT_EQ(ktu_setopt(bound, SOL_SOCKET, SO_REUSEPORT, 1), 0);
	KT_EQ(k6_bind(any, in6addr_any, 3333), 0);
	KT_EQ(k6_bind(bound, K6_US, 3333), 0);
	KT_EQ(k6_bind(conn, K6_US, 3333), 0);
	KT_EQ(k6_connect(conn, K6_PEER, 9), 0);
	k6_input(&kti0, k6_udp(K6_PEER, 9, K6_US, 3333, 1));
	k6_input(&kti0, k6_udp(K6_PEER, 10, K6_US, 3333, 2));
	k6_input(&kti1, k6_udp(K6_PEER1, 9, K6_US1, 3333, 3));
	KT_EQ(k6_recv(conn, NULL, NULL, NULL), 1);
	KT_EQ(k6_recv(bound, NULL, NULL, NULL), 2);
	KT_EQ(k6_recv(any, NULL, NULL, NULL), 3);
	KT_EQ(k6_recv(conn, NULL, NULL, NULL), -1);
	KT_EQ(k6_recv(bound, NULL, NULL, NULL), -1);
	KT_EQ(k6_recv(any, NULL, NULL, NULL), -1);
	ktu_close(any);
	ktu_close(bound);
	ktu_close(conn);
	k6_cleanup();
}

KTEST(pcb6_options, "options: what is taken, what is refused, read back")
{
	static const struct {
		int name, good, bad, dflt;
	} opts[] = {
		{ IPV6_UNICAST_HOPS, 7, 256, 64 },
		{ IPV6_MULTICAST_HOPS, 9, -2, 1 },
		{ IPV6_MULTICAST_LOOP, 0, 2, 1 },
		{ IPV6_TCLASS, 0xb8, 256, 0 },
		{ IPV6_MINHOPCOUNT, 255, -1, 0 },
		{ IPV6_V6ONLY, 1, 0, 1 },
		{ IPV6_USE_MIN_MTU, 1, 2, -1 },
		{ IPV6_PORTRANGE, 1, 3, 0 },
		{ IPV6_ESP_TRANS_LEVEL, 3, 5, 1 },
		{ IPV6_AUTH_LEVEL, 2, 9, 1 },
	};
	static const int flags[] = {
		IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS,
		IPV6_RECVPATHMTU, IPV6_DONTFRAG, IPV6_RECVDSTPORT,
	};
	struct socket *so;
	u_int i;
	int v;

	KT_EQ(k6_setup(), 0);
	so = k6_open(SOCK_DGRAM, 0);
	for (i = 0; i < nitems(opts); i++) {
		KT_EQ(k6_getopt(so, opts[i].name, &v), 0);
		KT_EQ(v, opts[i].dflt);
		KT_EQ(ktu_setopt(so, IPPROTO_IPV6, opts[i].name,
		    opts[i].bad), EINVAL);
		KT_EQ(ktu_setopt(so, IPPROTO_IPV6, opts[i].name,
		    opts[i].good), 0);
		KT_EQ(k6_getopt(so, opts[i].name, &v), 0);
		KT_EQ(v, opts[i].good);
	}
	for (i = 0; i < nitems(flags); i++) {
		KT_EQ(k6_getopt(so, flags[i], &v), 0);
		KT_EQ(v, 0);
		KT_EQ(ktu_setopt(so, IPPROTO_IPV6, flags[i], 1), 0);
		KT_EQ(k6_getopt(so, flags[i], &v), 0);
		KT_EQ(v, 1);
		KT_EQ(ktu_setopt(so, IPPROTO_IPV6, flags[i], 0), 0);
		KT_EQ(k6_getopt(so, flags[i], &v), 0);
		KT_EQ(v, 0);
	}
	/* what this kernel does not do, it does not promise */
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_HOPOPTS, 1), ENOPROTOOPT);
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_RTHDR, 1), ENOPROTOOPT);
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_CHECKSUM, 2), ENOPROTOOPT);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_TTL, 2), ENOPROTOOPT);
	KT_EQ(k6_getopt(so, IPV6_PATHMTU, &v), ENOTCONN);
	ktu_close(so);
	k6_cleanup();
}

/* Join or leave; 0 or an errno */
static int
membership(struct socket *so, int name, struct in6_addr group, u_int ifidx)
{
	struct mbuf *m = m_get(M_WAIT, MT_SOOPTS);
	struct ipv6_mreq mreq;
	int error;

	mreq.ipv6mr_multiaddr = group;
	mreq.ipv6mr_interface = ifidx;
	memcpy(mtod(m, caddr_t), &mreq, sizeof(mreq));
	m->m_len = sizeof(mreq);
	solock(so);
	error = sosetopt(so, IPPROTO_IPV6, name, m);
	sounlock(so);
	m_free(m);
	return (error);
}

static int
member(struct in6_addr group)
{
	int is;

	NET_LOCK_SHARED();
	is = in6_hasmulti(&group, &kti0.ki_if);
	NET_UNLOCK_SHARED();
	return (is);
}

KTEST(pcb6_groups, "joining, leaving, and what a closed socket leaves")
{
	struct in6_addr local = k6_words(0xff02, 0, 0x77), in;
	struct socket *so;
	u_int i, idx;

	KT_EQ(k6_setup(), 0);
	so = k6_open(SOCK_DGRAM, 0);
	idx = kti0.ki_if.if_index;
	in = k6_words(0xff02, idx, 0x77);
	KT_EQ(membership(so, IPV6_JOIN_GROUP, K6_US, idx), EINVAL);
	KT_EQ(membership(so, IPV6_JOIN_GROUP, local, 9999), ENXIO);
	KT_EQ(membership(so, IPV6_JOIN_GROUP, local, idx), 0);
	KT_EQ(membership(so, IPV6_JOIN_GROUP, local, idx), EADDRINUSE);
	KT_EQ(member(in), 1);
	KT_EQ(membership(so, IPV6_LEAVE_GROUP, K6_GROUP, idx),
	    EADDRNOTAVAIL);
	KT_EQ(membership(so, IPV6_LEAVE_GROUP, local, 0), 0);
	KT_EQ(member(in), 0);
	for (i = 0; i < 100; i++)
		KT_EQ(membership(so, IPV6_JOIN_GROUP,
		    k6_words(0xff05, 0, i + 1), idx), 0);
	KT_EQ(member(k6_words(0xff05, 0, 100)), 1);
	ktu_close(so);
	kt_sleep(MSEC_TO_NSEC(1));
	KT_EQ(member(k6_words(0xff05, 0, 100)), 0);
	k6_cleanup();
}
