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

static int
output(struct mbuf *m, int flags, struct ip6_moptions *im6o)
{
	int error;

	NET_LOCK_SHARED();
	error = ip6_output(m, NULL, NULL, flags, im6o, NULL);
	NET_UNLOCK_SHARED();
	kt_sleep(MSEC_TO_NSEC(1));
	return (error);
}

/* Take the fragments off an interface and let them come in at us again. */
static int
pass_back(struct kti_if *ki, u_int mtu, u_int *nfrags)
{
	struct mbuf *m;

	for (*nfrags = 0; (m = kti_sent(ki)) != NULL; ++*nfrags) {
		if (m->m_pkthdr.len > mtu || (m->m_pkthdr.len & 7 &&
		    kti_nsent(ki) != 0 && IP6HDR(m)->ip6_nxt ==
		    IPPROTO_FRAGMENT)) {
			m_freem(m);
			return (-1);
		}
		IP6HDR(m)->ip6_dst = K6_US1;
		k6_input(ki, m);
	}
	return (0);
}

/* A UDP datagram with len bytes, whose checksum is good at its receiver. */
static struct mbuf *
datagram(u_int len)
{
	struct mbuf *m = k6_udp(K6_PEER1, 9, K6_US1, 4444, len);

	IP6HDR(m)->ip6_dst = K6_PEER1;
	return (m);
}

KTEST(ip6_fragment, "every size is cut so that it comes together again")
{
	static const u_int mtus[] = { 1280, 1287, 1400 };
	struct socket *so;
	struct mbuf *m;
	u_int i, len, n;

	KT_EQ(k6_setup(), 0);
	ip6_forwarding = 1;
	so = k6_open(SOCK_DGRAM, 0);
	KT_EQ(k6_bind(so, in6addr_any, 4444), 0);
	KT_EQ(ktu_setopt(so, SOL_SOCKET, SO_RCVBUF, 200000), 0);
	for (i = 0; i < nitems(mtus); i++) {
		kti1.ki_if.if_mtu = mtus[i];
		for (len = 1; len < 65000; len += 1 + kt_random() % 2048) {
			m = datagram(len);
			/* the source may be anybody's: it is made up */
			KT_EQ(output(m, IPV6_UNSPECSRC, NULL), 0);
			KT_EQ(pass_back(&kti1, mtus[i], &n), 0);
			KT_EQ(n, len + 48 <= mtus[i] ? 1 :
			    howmany(len + 8, (mtus[i] - 48) & ~7));
			KT_EQ(k6_recv(so, NULL, NULL, NULL), len);
		}
	}
	ktu_close(so);
	k6_cleanup();
}

KTEST(ip6_fragment_headers, "headers for routers are in every fragment")
{
	u_char hdr[8] = { 0 };
	struct mbuf *m;
	u_int32_t id = 0, fid;
	int i;

	KT_EQ(k6_setup(), 0);
	m = k6_packet(K6_US1, K6_FAR, 253, 3000);
	m = k6_prepend(m, IPPROTO_DSTOPTS, hdr, 8, 1);
	m = k6_prepend(m, IPPROTO_ROUTING, hdr, 8, 1);
	m = k6_prepend(m, IPPROTO_HOPOPTS, hdr, 8, 1);
	KT_EQ(output(m, IPV6_MINMTU, NULL), 0);
	for (i = 0; (m = kti_sent(&kti1)) != NULL; i++) {
		KT_ASSERT(m->m_pkthdr.len <= 1280);
		m = m_pullup(m, 64);
		KT_EQ(IP6HDR(m)->ip6_nxt, IPPROTO_HOPOPTS);
		KT_EQ(mtod(m, u_char *)[40], IPPROTO_ROUTING);
		KT_EQ(mtod(m, u_char *)[48], IPPROTO_FRAGMENT);
		KT_EQ(mtod(m, u_char *)[56], IPPROTO_DSTOPTS);
		memcpy(&fid, mtod(m, caddr_t) + 60, 4);
		KT_ASSERT(i == 0 || fid == id);
		id = fid;
		m_freem(m);
	}
	KT_EQ(i, 3);
	k6_cleanup();
}

KTEST(ip6_dontfrag, "what may not be cut is refused; groups get 1280")
{
	struct mbuf *m;

	KT_EQ(k6_setup(), 0);
	k6_mark();
	m = k6_packet(K6_US1, K6_FAR, 253, 1361);
	m->m_pkthdr.csum_flags |= M_IPV6_DF_OUT;
	KT_EQ(output(m, 0, NULL), EMSGSIZE);
	KT_EQ(k6_stat(ip6s_cantfrag), 1);
	m = k6_packet(K6_US1, K6_FAR, 253, 1360);
	m->m_pkthdr.csum_flags |= M_IPV6_DF_OUT;
	KT_EQ(output(m, 0, NULL), 0);
	m = kti_sent(&kti1);
	KT_ASSERT(m != NULL && m->m_pkthdr.len == 1400);
	m_freem(m);
	/* longer than the header can say */
	m = k6_packet(K6_US1, K6_FAR, 253, 60000);
	KT_EQ(m_copyback(m, 40 + 65535, 1, "", M_WAIT), 0);
	KT_EQ(output(m, 0, NULL), EMSGSIZE);
	KT_EQ(kti_nsent(&kti1), 0);
	k6_cleanup();
}

KTEST(ip6_refused, "what has no way, no source or no sense")
{
	struct in6_addr mapped = k6_words(0, 0, 1);

	mapped.s6_addr16[5] = 0xffff;
	KT_EQ(k6_setup(), 0);
	k6_mark();
	KT_EQ(output(k6_packet(K6_US, K6_NOWHERE, 253, 9), 0, NULL),
	    EHOSTUNREACH);
	KT_EQ(k6_stat(ip6s_noroute), 1);
	KT_EQ(output(k6_packet(K6_US, in6addr_any, 253, 9), 0, NULL),
	    EADDRNOTAVAIL);
	KT_EQ(output(k6_packet(K6_US, mapped, 253, 9), 0, NULL),
	    EADDRNOTAVAIL);
	KT_EQ(output(k6_packet(K6_GROUP, K6_FAR, 253, 9), 0, NULL),
	    EADDRNOTAVAIL);
	/* addresses of another link, or of no link at all */
	KT_EQ(output(k6_packet(k6_ll(&kti0, 1), K6_FAR, 253, 9), 0, NULL),
	    EHOSTUNREACH);
	KT_EQ(output(k6_packet(K6_LOOP, K6_FAR, 253, 9), 0, NULL),
	    EADDRNOTAVAIL);
	KT_EQ(k6_stat(ip6s_odropped), 6);
	KT_EQ(k6_addroute(k6_addr(4, 0), K6_PEER1, RTF_REJECT), 0);
	KT_EQ(output(k6_packet(K6_US, k6_addr(4, 1), 253, 9), 0, NULL),
	    ENETUNREACH);
	KT_EQ(k6_addroute(k6_addr(5, 0), K6_PEER1, RTF_BLACKHOLE), 0);
	KT_EQ(output(k6_packet(K6_US, k6_addr(5, 1), 253, 9), 0, NULL), 0);
	KT_EQ(kti_nsent(&kti0) + kti_nsent(&kti1), 0);
	k6_cleanup();
}

/* Packets sent with that next header; all are taken out. */
static int
count(struct kti_if *ki, int nxt)
{
	struct mbuf *m;
	int n = 0;

	while ((m = kti_sent(ki)) != NULL) {
		n += IP6HDR(m)->ip6_nxt == nxt;
		m_freem(m);
	}
	return (n);
}

/* The next packet of ours; groups are talked about whenever they like. */
static struct mbuf *
next_sent(struct kti_if *ki)
{
	struct mbuf *m;

	while ((m = kti_sent(ki)) != NULL && IP6HDR(m)->ip6_nxt != 253)
		m_freem(m);
	return (m);
}

/* Does the packet sent next come from there? */
static int
from(struct kti_if *ki, struct in6_addr src)
{
	struct mbuf *m = next_sent(ki);
	int same;

	if (m == NULL)
		return (0);
	same = IN6_ARE_ADDR_EQUAL(&IP6HDR(m)->ip6_src, &src);
	m_freem(m);
	return (same);
}

/* Send one to there without a source. */
static int
unsourced(struct in6_addr dst)
{
	return (output(k6_packet(in6addr_any, dst, 253, 9), 0, NULL));
}

KTEST(ip6_source, "which of our addresses speaks, rule by rule")
{
	struct in6_addr other = k6_addr(3, 0x99), ula = k6_words(0xfd00, 1, 1);

	KT_EQ(k6_setup(), 0);
	KT_EQ(unsourced(K6_PEER), 0);
	KT_ASSERT(from(&kti0, K6_US));
	KT_EQ(unsourced(K6_FAR), 0);
	KT_ASSERT(from(&kti1, K6_US1));
	/* 8: longer prefix in common, on the same interface */
	KT_EQ(k6_ifaddr(&kti1, other, 64, NULL), 0);
	KT_EQ(unsourced(K6_FAR), 0);
	KT_ASSERT(from(&kti1, other));
	/* 5: the interface counts more */
	KT_EQ(unsourced(K6_PEER), 0);
	KT_ASSERT(from(&kti0, K6_US));
	/* 3: deprecated ones last, but before another scope */
	k6_ifaflags(other, IN6_IFF_DEPRECATED);
	KT_EQ(unsourced(K6_FAR), 0);
	KT_ASSERT(from(&kti1, K6_US1));
	k6_ifaflags(K6_US1, IN6_IFF_DEPRECATED);
	KT_EQ(unsourced(K6_FAR), 0);
	KT_ASSERT(from(&kti1, K6_US));
	k6_ifaflags(K6_US1, 0);
	/* tentative and anycast ones never */
	k6_ifaflags(other, IN6_IFF_TENTATIVE);
	KT_EQ(unsourced(K6_FAR), 0);
	KT_ASSERT(from(&kti1, K6_US1));
	k6_ifaflags(other, IN6_IFF_ANYCAST);
	KT_EQ(unsourced(K6_FAR), 0);
	KT_ASSERT(from(&kti1, K6_US1));
	/* 6: labels: ULA to ULA, though the other matches better */
	KT_EQ(k6_ifaddr(&kti0, ula, 64, NULL), 0);
	KT_EQ(k6_addroute(k6_words(0xfd00, 2, 0), K6_PEER, 0), 0);
	KT_EQ(unsourced(k6_words(0xfd00, 2, 9)), 0);
	KT_ASSERT(from(&kti0, ula));
	KT_EQ(unsourced(K6_PEER), 0);
	KT_ASSERT(from(&kti0, K6_US));
	k6_cleanup();
}

/* What the interfaces made for themselves is not to be used either. */
static void
no_linklocals(void)
{
	struct in6_ifaddr *ia;
	struct ifnet *ifp;

	NET_LOCK();
	TAILQ_FOREACH(ifp, &ifnetlist, if_list) {
		while ((ia = in6ifa_ifpforlinklocal(ifp,
		    IN6_IFF_TENTATIVE)) != NULL)
			WRITE_ONCE(ia->ia6_flags, IN6_IFF_TENTATIVE);
	}
	NET_UNLOCK();
}

/* The same: from the link, with no scope on the wire? */
static int
from_ll(struct kti_if *ki)
{
	struct in6_addr none = k6_words(0xfe80, 0, 0);
	struct mbuf *m = next_sent(ki);
	int same;

	if (m == NULL)
		return (0);
	same = memcmp(&IP6HDR(m)->ip6_src, &none, 8) == 0 &&
	    (!IN6_IS_SCOPE_EMBED(&IP6HDR(m)->ip6_dst) ||
	    IP6HDR(m)->ip6_dst.s6_addr16[1] == 0);
	m_freem(m);
	return (same);
}

KTEST(ip6_source_scope, "link-local to link-local; none left: refused")
{
	struct in6_addr ll = k6_words(0xfe80, 0, 0x11);

	KT_EQ(k6_setup(), 0);
	in6_setscope(&ll, kti0.ki_if.if_index);
	KT_EQ(k6_ifaddr(&kti0, ll, 64, NULL), 0);
	KT_EQ(unsourced(k6_ll(&kti0, 0x77)), 0);
	/* no scope is on the wire, neither there nor in the destination */
	KT_ASSERT(from_ll(&kti0));
	KT_EQ(unsourced(k6_words(0xff02, kti0.ki_if.if_index, 0x55)), 0);
	KT_ASSERT(from_ll(&kti0));
	k6_ifaflags(K6_US, IN6_IFF_TENTATIVE);
	k6_ifaflags(K6_US1, IN6_IFF_TENTATIVE);
	k6_mark();
	/* better than nothing, RFC 6724: but never leaves its link */
	KT_EQ(unsourced(K6_PEER), 0);
	KT_ASSERT(from_ll(&kti0));
	k6_ifaflags(ll, IN6_IFF_TENTATIVE);
	no_linklocals();
	KT_EQ(unsourced(K6_PEER), EADDRNOTAVAIL);
	KT_EQ(k6_stat(ip6s_nosource), 1);
	KT_EQ(output(k6_packet(in6addr_any, K6_PEER, 253, 9),
	    IPV6_UNSPECSRC, NULL), 0);
	KT_ASSERT(from(&kti0, in6addr_any));
	k6_cleanup();
}

KTEST(ip6_mcast, "groups: by option or scope; members here hear it too")
{
	struct ip6_moptions im6o;
	struct in6_addr group = K6_GROUP;
	struct in6_multi *in6m;
	int error = 0;

	KT_EQ(k6_setup(), 0);
	memset(&im6o, 0, sizeof(im6o));
	im6o.im6o_ifidx = kti1.ki_if.if_index;
	im6o.im6o_loop = 1;
	KT_EQ(output(k6_packet(in6addr_any, group, 253, 9), 0, &im6o), 0);
	KT_EQ(count(&kti1, 253), 1);
	NET_LOCK();
	in6m = in6_addmulti(&group, &kti1.ki_if, &error);
	NET_UNLOCK();
	KT_ASSERT(in6m != NULL);
	mq_purge(&kti1.ki_out);
	k6_mark();
	KT_EQ(output(k6_packet(in6addr_any, group, IPPROTO_NONE, 9), 0,
	    &im6o), 0);
	KT_EQ(k6_stat(ip6s_nxthist + IPPROTO_NONE), 1);
	KT_EQ(count(&kti1, IPPROTO_NONE), 1);
	im6o.im6o_loop = 0;
	k6_mark();
	KT_EQ(output(k6_packet(in6addr_any, group, IPPROTO_NONE, 9), 0,
	    &im6o), 0);
	KT_EQ(k6_stat(ip6s_delivered), 0);
	mq_purge(&kti1.ki_out);
	im6o.im6o_ifidx = 9999;
	KT_EQ(output(k6_packet(in6addr_any, group, 253, 9), 0, &im6o),
	    EADDRNOTAVAIL);
	NET_LOCK();
	in6_delmulti(in6m);
	NET_UNLOCK();
	k6_cleanup();
}

static int
to_us(struct in6_addr dst)
{
	return (output(k6_packet(in6addr_any, dst, IPPROTO_NONE, 9), 0,
	    NULL));
}

KTEST(ip6_loopback, "to ourselves, by any of our addresses")
{
	struct in6_addr ll;

	KT_EQ(k6_setup(), 0);
	ll = k6_ll(&kti0, 0x11);
	KT_EQ(k6_ifaddr(&kti0, ll, 64, NULL), 0);
	k6_mark();
	KT_EQ(to_us(K6_US), 0);
	KT_EQ(to_us(K6_US1), 0);
	KT_EQ(to_us(ll), 0);
	KT_EQ(k6_stat(ip6s_delivered), 3);
	k6_cleanup();
}
