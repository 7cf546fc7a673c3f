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

/* rows: N6 */

#include "kt_nd6lib.h"

#include <sys/sockio.h>

#define NEW	n6_addr(0, 0x50)

static const struct in6_addr any;

/* Flags of the route to exactly that prefix that matter here, or -1. */
static int
route(struct in6_addr addr, int plen)
{
	struct rtentry *rt = n6_route(addr, plen);
	int flags;

	if (rt == NULL)
		return (-1);
	flags = rt->rt_flags & (RTF_HOST | RTF_LOCAL | RTF_CLONING |
	    RTF_CONNECTED | RTF_MULTICAST | RTF_LLINFO);
	rtfree(rt);
	return (flags);
}

static int
naddrs(struct ifnet *ifp)
{
	struct ifaddr *ifa;
	int n = 0;

	NET_LOCK_SHARED();
	TAILQ_FOREACH(ifa, &ifp->if_addrlist, ifa_list)
		n += ifa->ifa_addr->sa_family == AF_INET6;
	NET_UNLOCK_SHARED();
	return (n);
}

static struct in6_addr
group(int scope, struct ifnet *ifp)
{
	struct in6_addr in6 = any;

	in6.s6_addr[0] = 0xff;
	in6.s6_addr[1] = scope;
	in6_setscope(&in6, ifp->if_index);
	return (in6);
}

static struct in6_addr
linklocal(struct ifnet *ifp)
{
	struct in6_ifaddr *ia;
	struct in6_addr in6;

	NET_LOCK_SHARED();
	ia = in6ifa_ifpforlinklocal(ifp, 0);
	in6 = ia != NULL ? *IA6_IN6(ia) : any;
	NET_UNLOCK_SHARED();
	return (in6);
}

static int
hasgroup(struct ifnet *ifp, struct in6_addr in6)
{
	int has;

	in6_setscope(&in6, ifp->if_index);
	NET_LOCK_SHARED();
	has = in6_hasmulti(&in6, ifp);
	NET_UNLOCK_SHARED();
	return (has);
}

KTEST(in6_nothing, "an interface has nothing of IPv6 before it is asked for")
{
	n6_setup();
	KT_EQ(naddrs(N6ETH), 0);
	KT_EQ(naddrs(N6LINE), 0);
	KT_ASSERT(TAILQ_EMPTY(&N6ETH->if_maddrlist));
	KT_ASSERT(mq_empty(&n60.n6_out) && mq_empty(&n61.n6_out));
	n6_cleanup();
}

KTEST(in6_ether, "an address on a shared medium, its routes and groups")
{
	struct in6_addr ll;

	n6_setup();
	KT_EQ(n6_add(N6ETH, NEW, 64, 0), 0);
	KT_EQ(naddrs(N6ETH), 2);
	/* the link address is 2:0:0:0:0:1, universal bit turned */
	ll = n6_ll(1);
	ll.s6_addr[11] = 0xff;
	ll.s6_addr[12] = 0xfe;
	KT_ASSERT(n6_flags(N6ETH, ll) != -1);
	KT_EQ(route(NEW, 128), RTF_HOST | RTF_LOCAL | RTF_LLINFO);
	KT_EQ(route(n6_addr(0, 0), 64), RTF_CLONING | RTF_CONNECTED);
	KT_EQ(route(ll, 128), RTF_HOST | RTF_LOCAL | RTF_LLINFO);
	KT_EQ(route(n6_ll(0), 64), RTF_CLONING | RTF_CONNECTED);
	KT_EQ(route(group(1, N6ETH), 32), RTF_MULTICAST);
	KT_EQ(route(group(2, N6ETH), 32), RTF_MULTICAST);
	KT_ASSERT(hasgroup(N6ETH, in6addr_linklocal_allnodes));
	KT_ASSERT(hasgroup(N6ETH, n6_snm(NEW)));
	KT_EQ(n6_del(N6ETH, NEW), 0);
	KT_EQ(route(NEW, 128), -1);
	KT_EQ(route(n6_addr(0, 0), 64), -1);
	KT_ASSERT(!hasgroup(N6ETH, n6_snm(NEW)));
	KT_ASSERT(hasgroup(N6ETH, in6addr_linklocal_allnodes));
	KT_EQ(naddrs(N6ETH), 1);
	KT_EQ(n6_del(N6ETH, NEW), EADDRNOTAVAIL);
	/* the link-local address is only made where there is none */
	KT_EQ(n6_add(N6ETH, NEW, 64, 0), 0);
	KT_EQ(naddrs(N6ETH), 2);
	n6_cleanup();
	KT_EQ(route(n6_ll(0), 64), -1);
}

KTEST(in6_line, "an address on a line, with and without a far end")
{
	struct in6_addr us = n6_addr(9, 1), far = n6_addr(8, 2), ll;
	struct in6_aliasreq ifra;

	n6_setup();
	n6_fill(&ifra, us, 128, 0);
	ifra.ifra_dstaddr = ifra.ifra_addr;
	ifra.ifra_dstaddr.sin6_addr = far;
	KT_EQ(n6_request(N6LINE, &ifra), 0);
	KT_EQ(naddrs(N6LINE), 2);
	KT_EQ(route(us, 128), RTF_HOST | RTF_LOCAL);
	KT_EQ(route(far, 128), RTF_HOST);
	KT_EQ(route(n6_addr(9, 0), 64), -1);
	ll = linklocal(N6LINE);
	KT_EQ(ll.s6_addr[8] & 0x02, 0);
	KT_EQ(route(ll, 128), RTF_HOST | RTF_LOCAL);
	ll.s6_addr32[2] = ll.s6_addr32[3] = 0;
	KT_EQ(route(ll, 64), RTF_CONNECTED);
	/* another far end */
	ifra.ifra_dstaddr.sin6_addr = n6_addr(8, 3);
	KT_EQ(n6_request(N6LINE, &ifra), 0);
	KT_EQ(route(far, 128), -1);
	KT_EQ(route(n6_addr(8, 3), 128), RTF_HOST);
	KT_EQ(naddrs(N6LINE), 2);
	KT_EQ(n6_del(N6LINE, us), 0);
	KT_EQ(route(n6_addr(8, 3), 128), -1);
	/* a network behind it needs no neighbours */
	KT_EQ(n6_add(N6LINE, us, 64, 0), 0);
	KT_EQ(route(n6_addr(9, 0), 64), RTF_CONNECTED);
	n6_cleanup();
}

KTEST(in6_random, "link-local addresses of lines differ")
{
	struct in6_addr first, second;

	n6_setup();
	KT_EQ(n6_add(N6LINE, NEW, 128, 0), 0);
	first = linklocal(N6LINE);
	NET_LOCK();
	in6_ifdetach(N6LINE);
	NET_UNLOCK();
	KT_EQ(naddrs(N6LINE), 0);
	KT_ASSERT(TAILQ_EMPTY(&N6LINE->if_maddrlist));
	KT_EQ(n6_add(N6LINE, NEW, 128, 0), 0);
	second = linklocal(N6LINE);
	KT_ASSERT(!IN6_ARE_ADDR_EQUAL(&first, &second));
	n6_cleanup();
}

KTEST(in6_ownlinklocal, "who brings a link-local address gets no other")
{
	n6_setup();
	KT_EQ(n6_add(N6ETH, n6_ll(0x77), 64, 0), 0);
	KT_EQ(n6_add(N6ETH, NEW, 64, 0), 0);
	KT_EQ(naddrs(N6ETH), 2);
	KT_ASSERT(n6_flags(N6ETH, n6_ll(0x77)) != -1);
	n6_cleanup();
}

#define REFUSED(e)	do {						\
	KT_EQ(n6_request(ifp, &ifra), (e));				\
	KT_EQ(naddrs(N6ETH) + naddrs(N6LINE), 0);			\
	n6_fill(&ifra, NEW, 64, 0);					\
} while (0)

KTEST(in6_refused, "requests that are wrong change nothing")
{
	struct in6_aliasreq ifra;
	struct ifnet *ifp;

	n6_setup();
	ifp = N6ETH;
	n6_fill(&ifra, NEW, 64, 0);
	ifra.ifra_addr.sin6_family = AF_INET;
	REFUSED(EAFNOSUPPORT);
	ifra.ifra_addr.sin6_len = 16;
	REFUSED(EINVAL);
	ifra.ifra_addr.sin6_addr = any;
	REFUSED(EINVAL);
	ifra.ifra_addr.sin6_addr = in6addr_loopback;
	REFUSED(EINVAL);
	ifra.ifra_addr.sin6_addr = in6addr_linklocal_allnodes;
	REFUSED(EINVAL);
	ifra.ifra_addr.sin6_addr.s6_addr32[0] = 0;
	ifra.ifra_addr.sin6_addr.s6_addr32[1] = 0;
	ifra.ifra_addr.sin6_addr.s6_addr32[2] = htonl(0xffff);
	REFUSED(EINVAL);
	ifra.ifra_addr.sin6_scope_id = N6LINE->if_index;
	REFUSED(EINVAL);
	ifra.ifra_prefixmask.sin6_addr.s6_addr[2] = 0;
	REFUSED(EINVAL);
	ifra.ifra_prefixmask.sin6_len = 8;
	REFUSED(EINVAL);
	ifra.ifra_dstaddr = ifra.ifra_addr;
	REFUSED(EINVAL);
	ifra.ifra_flags = IN6_IFF_DUPLICATED;
	REFUSED(EINVAL);
	ifra.ifra_lifetime.ia6t_vltime = 0;
	REFUSED(EINVAL);
	ifra.ifra_lifetime.ia6t_vltime = 10;
	REFUSED(EINVAL);
	WRITE_ONCE(ifp->if_mtu, 1279);
	REFUSED(EINVAL);
	WRITE_ONCE(ifp->if_mtu, 1280);
	KT_EQ(n6_request(ifp, &ifra), 0);
	n6_cleanup();
}

KTEST(in6_ioctl, "who may ask for what")
{
	struct in6_aliasreq ifra;
	struct in6_ifreq ifr;
	struct ifreq old;

	n6_setup();
	n6_fill(&ifra, NEW, 64, 0);
	memset(&ifr, 0, sizeof(ifr));
	memset(&old, 0, sizeof(old));
	NET_LOCK();
	KT_EQ(in6_ioctl(SIOCAIFADDR_IN6, (caddr_t)&ifra, N6ETH, 0), EPERM);
	KT_EQ(in6_ioctl(SIOCDIFADDR_IN6, (caddr_t)&ifr, N6ETH, 0), EPERM);
	KT_EQ(in6_ioctl(SIOCSIFADDR, (caddr_t)&old, N6ETH, 1), EINVAL);
	KT_EQ(in6_ioctl(SIOCSIFDSTADDR, (caddr_t)&old, N6ETH, 1), EINVAL);
	KT_EQ(in6_ioctl(SIOCSIFNETMASK, (caddr_t)&old, N6ETH, 1), EINVAL);
	KT_EQ(in6_ioctl(SIOCSIFBRDADDR, (caddr_t)&old, N6ETH, 1), EINVAL);
	KT_EQ(in6_ioctl(SIOCSIFFLAGS, (caddr_t)&old, N6ETH, 1), EOPNOTSUPP);
	NET_UNLOCK();
	KT_EQ(naddrs(N6ETH), 0);
	KT_EQ(n6_request(N6ETH, &ifra), 0);
	ifr.ifr_ifru.ifru_addr = ifra.ifra_addr;
	NET_LOCK();
	KT_EQ(in6_ioctl(SIOCGIFDSTADDR_IN6, (caddr_t)&ifr, N6ETH, 0), EINVAL);
	KT_EQ(in6_ioctl(SIOCGIFNETMASK_IN6, (caddr_t)&ifr, N6ETH, 0), 0);
	NET_UNLOCK();
	KT_EQ(in6_mask2len(&ifr.ifr_ifru.ifru_addr.sin6_addr, NULL), 64);
	n6_cleanup();
}

KTEST(in6_lifetime, "an address is deprecated, and gone, in time")
{
	struct in6_aliasreq ifra;
	struct in6_ifreq ifr;

	n6_setup();
	n6_fill(&ifra, NEW, 64, 0);
	ifra.ifra_lifetime.ia6t_vltime = 3600;
	ifra.ifra_lifetime.ia6t_pltime = 600;
	KT_EQ(n6_request(N6ETH, &ifra), 0);
	memset(&ifr, 0, sizeof(ifr));
	ifr.ifr_ifru.ifru_addr = ifra.ifra_addr;
	NET_LOCK();
	KT_EQ(in6_ioctl(SIOCGIFALIFETIME_IN6, (caddr_t)&ifr, N6ETH, 0), 0);
	NET_UNLOCK();
	KT_EQ(ifr.ifr_ifru.ifru_lifetime.ia6t_vltime, 3600);
	KT_EQ(ifr.ifr_ifru.ifru_lifetime.ia6t_expire - gettime(), 3600);
	KT_EQ(ifr.ifr_ifru.ifru_lifetime.ia6t_preferred - gettime(), 600);
	kt_sleep(SEC_TO_NSEC(590));
	KT_EQ(n6_flags(N6ETH, NEW), 0);
	kt_sleep(SEC_TO_NSEC(12));
	KT_EQ(n6_flags(N6ETH, NEW), IN6_IFF_DEPRECATED);
	/* set again: preferred again, for another while */
	KT_EQ(n6_request(N6ETH, &ifra), 0);
	KT_EQ(n6_flags(N6ETH, NEW), 0);
	kt_sleep(SEC_TO_NSEC(3590));
	KT_EQ(n6_flags(N6ETH, NEW), IN6_IFF_DEPRECATED);
	kt_sleep(SEC_TO_NSEC(12));
	KT_EQ(n6_flags(N6ETH, NEW), -1);
	KT_EQ(route(NEW, 128), -1);
	KT_EQ(route(n6_addr(0, 0), 64), -1);
	/* the others live on */
	KT_EQ(naddrs(N6ETH), 1);
	n6_cleanup();
}

KTEST(in6_loop, "lo0 has ::1 and a link-local address when it is up")
{
	struct ifnet *lo = if_unit("lo0");
	struct in6_addr ll = n6_ll(1);

	n6_setup();
	NET_LOCK();
	if_up(lo);
	NET_UNLOCK();
	in6_setscope(&ll, lo->if_index);
	KT_EQ(naddrs(lo), 2);
	KT_EQ(n6_flags(lo, in6addr_loopback), 0);
	KT_EQ(n6_flags(lo, ll), 0);
	KT_EQ(route(in6addr_loopback, 128), RTF_HOST | RTF_LOCAL);
	NET_LOCK();
	in6_ifdetach(lo);
	if_down(lo);
	NET_UNLOCK();
	KT_EQ(naddrs(lo), 0);
	if_put(lo);
	n6_cleanup();
}

KTEST(in6_rdomain, "an interface that moves leaves its addresses behind")
{
	n6_setup();
	KT_EQ(n6_add(N6ETH, NEW, 64, 0), 0);
	NET_LOCK();
	KT_EQ(if_setrdomain(N6ETH, 3), 0);
	NET_UNLOCK();
	KT_EQ(naddrs(N6ETH), 0);
	KT_ASSERT(TAILQ_EMPTY(&N6ETH->if_maddrlist));
	KT_EQ(route(NEW, 128), -1);
	/* the same address twice, in two domains */
	KT_EQ(n6_add(N6ETH, NEW, 64, 0), 0);
	KT_EQ(n6_add(N6LINE, NEW, 128, 0), 0);
	KT_EQ(route(NEW, 128), RTF_HOST | RTF_LOCAL);
	n6_cleanup();
}

/* Reports or farewells for that group among what was sent. */
static int
mld(struct n6_if *n6, int type, struct in6_addr of)
{
	struct n6_sent ns;
	int n = 0;

	while (n6_sent(n6, type, &ns))
		n += IN6_ARE_ADDR_EQUAL(&of, &ns.nd.nd_na_target) &&
		    ns.ip6.ip6_nxt == IPPROTO_HOPOPTS && ns.ip6.ip6_hlim == 1;
	return (n);
}

static void
mld_in(int type, struct in6_addr src, struct in6_addr dst,
    struct in6_addr of, u_int delay)
{
	struct mbuf *m = m_gethdr(M_WAIT, MT_DATA);
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	struct mld_hdr *mh = (struct mld_hdr *)(ip6 + 1);

	m->m_len = m->m_pkthdr.len = sizeof(*ip6) + sizeof(*mh);
	memset(ip6, 0, m->m_len);
	ip6->ip6_hlim = 1;
	ip6->ip6_src = src;
	ip6->ip6_dst = dst;
	mh->mld_icmp6_hdr.icmp6_type = type;
	mh->mld_icmp6_hdr.icmp6_maxdelay = htons(delay);
	mh->mld_addr = nd6_wire(&of);
	m->m_pkthdr.ph_ifidx = N6ETH->if_index;
	NET_LOCK_SHARED();
	mld6_input(m, sizeof(*ip6), sizeof(*mh));
	NET_UNLOCK_SHARED();
	kt_sleep(MSEC_TO_NSEC(3));
}

KTEST(mld6_report, "groups are reported when joined, asked for, and left")
{
	struct in6_addr g = n6_snm(NEW), router = n6_ll(0xa);
	int i;

	n6_setup();
	KT_EQ(n6_add(N6ETH, NEW, 64, 0), 0);
	KT_EQ(mld(&n60, MLD_LISTENER_REPORT, g), 1);
	kt_sleep(SEC_TO_NSEC(12));
	KT_EQ(mld(&n60, MLD_LISTENER_REPORT, g), 1);
	kt_sleep(SEC_TO_NSEC(60));
	KT_EQ(mld(&n60, MLD_LISTENER_REPORT, g), 0);
	mld_in(MLD_LISTENER_QUERY, router, in6addr_linklocal_allnodes, any,
	    5000);
	kt_sleep(SEC_TO_NSEC(6));
	KT_EQ(mld(&n60, MLD_LISTENER_REPORT, g), 1);
	/* somebody else was faster */
	mld_in(MLD_LISTENER_QUERY, router, g, g, 5000);
	mld_in(MLD_LISTENER_REPORT, n6_ll(0xb), g, g, 0);
	kt_sleep(SEC_TO_NSEC(6));
	KT_EQ(mld(&n60, MLD_LISTENER_REPORT, g), 0);
	/* no more than one a second, however often they ask */
	for (i = 0; i < 1000; i++)
		mld_in(MLD_LISTENER_QUERY, router,
		    in6addr_linklocal_allnodes, any, 0);
	kt_sleep(SEC_TO_NSEC(2));
	i = mld(&n60, MLD_LISTENER_REPORT, g);
	KT_ASSERT(i >= 2 && i <= 5);
	KT_EQ(n6_del(N6ETH, NEW), 0);
	KT_EQ(mld(&n60, MLD_LISTENER_DONE, g), 1);
	n6_cleanup();
}

KTEST(mld6_silent, "the group of all nodes is nobody's business")
{
	struct in6_addr all = in6addr_linklocal_allnodes;

	n6_setup();
	KT_EQ(n6_add(N6ETH, N6_US, 64, 0), 0);
	kt_sleep(SEC_TO_NSEC(12));
	KT_EQ(mld(&n60, MLD_LISTENER_REPORT, all), 0);
	mld_in(MLD_LISTENER_QUERY, n6_ll(0xa), all, any, 0);
	kt_sleep(SEC_TO_NSEC(2));
	KT_EQ(mld(&n60, MLD_LISTENER_REPORT, all), 0);
	/* questions that no router of this link has asked */
	mld_in(MLD_LISTENER_QUERY, N6_US, all, any, 0);
	mld_in(MLD_LISTENER_QUERY, any, all, any, 0);
	mld_in(MLD_LISTENER_QUERY, n6_ll(0xa), all, N6_US, 0);
	kt_sleep(SEC_TO_NSEC(2));
	KT_EQ(n6_nsent(&n60, MLD_LISTENER_REPORT), 0);
	n6_cleanup();
}
