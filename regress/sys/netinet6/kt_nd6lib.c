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

#include "kt_nd6lib.h"

#include <sys/sockio.h>
#include <net/if_types.h>

struct n6_if n60, n61;

struct n6_lladdr
n6_mac(int n)
{
	struct n6_lladdr ll = { { 2, 0, 0, 0, n >> 8, n } };

	return (ll);
}

struct in6_addr
n6_addr(int net, int host)
{
	struct in6_addr in6 = in6addr_any;

	in6.s6_addr16[0] = htons(0x2001);
	in6.s6_addr16[1] = htons(0xdb8);
	in6.s6_addr16[3] = htons(net);
	in6.s6_addr16[6] = htons(host >> 16);
	in6.s6_addr16[7] = htons(host);
	return (in6);
}

struct in6_addr
n6_ll(int host)
{
	struct in6_addr in6 = in6addr_any;

	in6.s6_addr16[0] = htons(0xfe80);
	in6.s6_addr16[7] = htons(host);
	in6_setscope(&in6, N6ETH->if_index);
	return (in6);
}

/*
 * Interfaces
 */
static void
n6_qstart(struct ifqueue *ifq)
{
	struct n6_if *n6 = (struct n6_if *)ifq->ifq_if;
	struct mbuf *m;

	while ((m = ifq_dequeue(ifq)) != NULL)
		mq_enqueue(&n6->n6_out, m);
}

static int
n6_ioctl(struct ifnet *ifp, u_long cmd, caddr_t data)
{
	return (cmd == SIOCSIFADDR || cmd == SIOCADDMULTI ||
	    cmd == SIOCDELMULTI || cmd == SIOCSIFFLAGS ? 0 : ENOTTY);
}

/* A line puts nothing before its packets. */
static int
n6_output(struct ifnet *ifp, struct mbuf *m, struct sockaddr *dst,
    struct rtentry *rt)
{
	mq_enqueue(&((struct n6_if *)ifp)->n6_out, m);
	return (0);
}

static void
n6_prepare(struct n6_if *n6, const char *name, int flags)
{
	struct ifnet *ifp = N6IF(n6);

	memset(n6, 0, sizeof(*n6));
	mq_init(&n6->n6_out, 100000, IPL_SOFTNET);
	strlcpy(ifp->if_xname, name, sizeof(ifp->if_xname));
	ifp->if_flags = flags | IFF_MULTICAST;
	ifp->if_xflags = IFXF_MPSAFE;
	ifp->if_mtu = 1500;
	ifp->if_ioctl = n6_ioctl;
	ifp->if_qstart = n6_qstart;
	if_counters_alloc(ifp);
	n6->n6_attached = 1;
}

static void
n6_up(struct ifnet *ifp)
{
	NET_LOCK();
	SET(ifp->if_flags, IFF_RUNNING);
	if_up(ifp);
	NET_UNLOCK();
}

void
n6_cleanup(void)
{
	if (n60.n6_attached) {
		ether_ifdetach(N6ETH);
		mq_purge(&n60.n6_out);
	}
	if (n61.n6_attached) {
		if_detach(N6LINE);
		mq_purge(&n61.n6_out);
	}
	n60.n6_attached = n61.n6_attached = 0;
	nd6_gcthresh = 2048;
	ip6_dad_count = 1;
}

void
n6_setup(void)
{
	struct n6_lladdr us = n6_mac(1);

	n6_cleanup();
	n6_prepare(&n60, "ntb0", IFF_BROADCAST | IFF_SIMPLEX);
	memcpy(n60.n6_ac.ac_enaddr, us.b, ETHER_ADDR_LEN);
	ether_ifattach(N6ETH);
	n6_prepare(&n61, "ntp0", IFF_POINTOPOINT);
	N6LINE->if_type = IFT_TUNNEL;
	N6LINE->if_output = n6_output;
	N6LINE->if_input = p2p_input;
	if_attach(N6LINE);
	n6_up(N6ETH);
	n6_up(N6LINE);
}

int
n6_setup_addr(void)
{
	int error;

	n6_setup();
	error = n6_add(N6ETH, N6_US, 64, 0);
	/* duplicates are looked for, and reports of groups are over */
	kt_sleep(SEC_TO_NSEC(12));
	mq_purge(&n60.n6_out);
	return (error);
}

/*
 * Addresses
 */
static void
n6_sin6(struct sockaddr_in6 *sin6, struct in6_addr addr)
{
	memset(sin6, 0, sizeof(*sin6));
	sin6->sin6_len = sizeof(*sin6);
	sin6->sin6_family = AF_INET6;
	in6_recoverscope(sin6, &addr);
}

void
n6_fill(struct in6_aliasreq *ifra, struct in6_addr addr, int plen, int flags)
{
	memset(ifra, 0, sizeof(*ifra));
	n6_sin6(&ifra->ifra_addr, addr);
	n6_sin6(&ifra->ifra_prefixmask, in6addr_any);
	in6_prefixlen2mask(&ifra->ifra_prefixmask.sin6_addr, plen);
	ifra->ifra_flags = flags;
	ifra->ifra_lifetime.ia6t_vltime = ND6_INFINITE_LIFETIME;
	ifra->ifra_lifetime.ia6t_pltime = ND6_INFINITE_LIFETIME;
}

int
n6_request(struct ifnet *ifp, struct in6_aliasreq *ifra)
{
	int error;

	NET_LOCK();
	error = in6_ioctl(SIOCAIFADDR_IN6, (caddr_t)ifra, ifp, 1);
	NET_UNLOCK();
	kt_sleep(MSEC_TO_NSEC(3));
	return (error);
}

int
n6_add(struct ifnet *ifp, struct in6_addr addr, int plen, int flags)
{
	struct in6_aliasreq ifra;

	n6_fill(&ifra, addr, plen, flags);
	return (n6_request(ifp, &ifra));
}

int
n6_del(struct ifnet *ifp, struct in6_addr addr)
{
	struct in6_ifreq ifr;
	int error;

	memset(&ifr, 0, sizeof(ifr));
	n6_sin6(&ifr.ifr_ifru.ifru_addr, addr);
	NET_LOCK();
	error = in6_ioctl(SIOCDIFADDR_IN6, (caddr_t)&ifr, ifp, 1);
	NET_UNLOCK();
	kt_sleep(MSEC_TO_NSEC(3));
	return (error);
}

int
n6_flags(struct ifnet *ifp, struct in6_addr addr)
{
	struct in6_ifreq ifr;
	int error;

	memset(&ifr, 0, sizeof(ifr));
	n6_sin6(&ifr.ifr_ifru.ifru_addr, addr);
	NET_LOCK();
	error = in6_ioctl(SIOCGIFAFLAG_IN6, (caddr_t)&ifr, ifp, 0);
	NET_UNLOCK();
	return (error != 0 ? -1 : ifr.ifr_flags6);
}

struct rtentry *
n6_route(struct in6_addr addr, int plen)
{
	struct sockaddr_in6 dst, mask;
	struct rtentry *rt;

	n6_sin6(&dst, in6addr_any);
	dst.sin6_addr = addr;
	n6_sin6(&mask, in6addr_any);
	in6_prefixlen2mask(&mask.sin6_addr, plen);
	NET_LOCK_SHARED();
	rt = rtable_lookup(0, sin6tosa(&dst),
	    plen == 128 ? NULL : sin6tosa(&mask), NULL, RTP_ANY);
	NET_UNLOCK_SHARED();
	return (rt);
}

static int
n6_countone(struct rtentry *rt, void *arg, u_int id)
{
	*(int *)arg += ISSET(rt->rt_flags, RTF_CLONED) != 0;
	return (0);
}

int
n6_neighbours(void)
{
	int n = 0;

	NET_LOCK_SHARED();
	(void)rtable_walk(0, AF_INET6, NULL, n6_countone, &n);
	NET_UNLOCK_SHARED();
	return (n);
}

/*
 * Messages
 */
struct in6_addr
n6_snm(struct in6_addr addr)
{
	struct in6_addr group;

	nd6_solicited(&group, &addr, 0);
	return (group);
}

int
n6_make(struct n6_msg *nm, int type, struct in6_addr src,
    struct in6_addr dst, struct in6_addr target, u_int32_t flags, int station)
{
	struct n6_lladdr ll = n6_mac(station);

	memset(nm, 0, sizeof(*nm));
	nm->ip6.ip6_vfc = IPV6_VERSION;
	nm->ip6.ip6_nxt = IPPROTO_ICMPV6;
	nm->ip6.ip6_hlim = 255;
	nm->ip6.ip6_src = nd6_wire(&src);
	nm->ip6.ip6_dst = nd6_wire(&dst);
	nm->nd.nd_na_hdr.icmp6_type = type;
	nm->nd.nd_na_flags_reserved = flags;
	nm->nd.nd_na_target = nd6_wire(&target);
	if (station == 0)
		return (N6_NDLEN);
	nm->opt[0] = type == ND_NEIGHBOR_SOLICIT ? ND_OPT_SOURCE_LINKADDR :
	    ND_OPT_TARGET_LINKADDR;
	nm->opt[1] = 1;
	memcpy(nm->opt + 2, ll.b, ETHER_ADDR_LEN);
	return (N6_NDLEN + 8);
}

/* As icmp6_input() hands it on. */
void
n6_in(struct ifnet *ifp, const struct n6_msg *nm, int len)
{
	struct in6_addr src, dst;
	struct mbuf *m = m_gethdr(M_WAIT, MT_DATA);
	struct ip6_hdr *ip6;

	m->m_len = m->m_pkthdr.len = sizeof(nm->ip6) + len;
	memcpy(mtod(m, caddr_t), nm, m->m_len);
	ip6 = mtod(m, struct ip6_hdr *);
	ip6->ip6_plen = htons(len);
	src = ip6->ip6_src;
	dst = ip6->ip6_dst;
	in6_setscope(&src, ifp->if_index);
	in6_setscope(&dst, ifp->if_index);
	ip6->ip6_src = src;
	ip6->ip6_dst = dst;
	m->m_pkthdr.ph_ifidx = ifp->if_index;
	NET_LOCK_SHARED();
	if (nm->nd.nd_na_hdr.icmp6_type == ND_NEIGHBOR_SOLICIT)
		nd6_ns_input(m, sizeof(*ip6), len);
	else
		nd6_na_input(m, sizeof(*ip6), len);
	NET_UNLOCK_SHARED();
	kt_sleep(MSEC_TO_NSEC(3));
}

/* Take m, which goes, apart; is it of that type? */
static int
n6_isit(struct n6_if *n6, struct mbuf *m, int type, struct n6_sent *ns)
{
	int off = 0, n;

	memset(ns, 0, sizeof(*ns));
	if (n6 == &n60) {
		off = sizeof(ns->eh);
		m_copydata(m, 0, off, &ns->eh);
		if (ns->eh.ether_type != htons(ETHERTYPE_IPV6)) {
			m_freem(m);
			return (0);
		}
	}
	m_copydata(m, off, sizeof(ns->ip6), &ns->ip6);
	off += sizeof(ns->ip6);
	if (ns->ip6.ip6_nxt == IPPROTO_HOPOPTS)
		off += 8;
	else if (ns->ip6.ip6_nxt != IPPROTO_ICMPV6)
		off = m->m_pkthdr.len;
	n = m->m_pkthdr.len - off;
	if (n >= (int)sizeof(ns->nd))
		m_copydata(m, off, sizeof(ns->nd), &ns->nd);
	ns->optlen = MIN(n - (int)sizeof(ns->nd), (int)sizeof(ns->opt));
	if (ns->optlen > 0)
		m_copydata(m, off + sizeof(ns->nd), ns->optlen, ns->opt);
	m_freem(m);
	return (ns->nd.nd_na_hdr.icmp6_type == type);
}

int
n6_sent(struct n6_if *n6, int type, struct n6_sent *ns)
{
	struct mbuf *m;

	while ((m = mq_dequeue(&n6->n6_out)) != NULL) {
		if (n6_isit(n6, m, type, ns))
			return (1);
	}
	return (0);
}

int
n6_nsent(struct n6_if *n6, int type)
{
	struct n6_sent ns;
	int n = 0;

	while (n6_sent(n6, type, &ns))
		n++;
	return (n);
}

int
n6_sentdata(int station)
{
	struct n6_lladdr ll = n6_mac(station);
	struct ether_header eh;
	struct ip6_hdr ip6;
	struct mbuf *m;
	int len;

	while ((m = mq_dequeue(&n60.n6_out)) != NULL) {
		m_copydata(m, 0, sizeof(eh), &eh);
		m_copydata(m, sizeof(eh), sizeof(ip6), &ip6);
		len = m->m_pkthdr.len - sizeof(eh) - sizeof(ip6);
		m_freem(m);
		if (ip6.ip6_nxt == IPPROTO_UDP &&
		    memcmp(eh.ether_dhost, ll.b, ETHER_ADDR_LEN) == 0)
			return (len);
	}
	return (-1);
}

int
n6_send(struct in6_addr addr, int len)
{
	struct mbuf *m = m_gethdr(M_WAIT, MT_DATA);
	struct sockaddr_in6 dst;
	struct ip6_hdr *ip6;
	struct rtentry *rt;
	int error = EHOSTUNREACH;

	ip6 = mtod(m, struct ip6_hdr *);
	memset(ip6, 0, sizeof(*ip6) + len);
	m->m_len = m->m_pkthdr.len = sizeof(*ip6) + len;
	ip6->ip6_vfc = IPV6_VERSION;
	ip6->ip6_plen = htons(len);
	ip6->ip6_nxt = IPPROTO_UDP;
	ip6->ip6_src = N6_US;
	ip6->ip6_dst = nd6_wire(&addr);
	n6_sin6(&dst, in6addr_any);
	dst.sin6_addr = addr;
	NET_LOCK_SHARED();
	rt = rtalloc(sin6tosa(&dst), RT_RESOLVE, 0);
	if (rt == NULL)
		m_freem(m);
	else
		error = N6ETH->if_output(N6ETH, m, sin6tosa(&dst), rt);
	rtfree(rt);
	NET_UNLOCK_SHARED();
	kt_sleep(MSEC_TO_NSEC(1));
	return (error);
}

int
n6_state(struct in6_addr addr)
{
	struct in6_nbrinfo nbi;
	int error;

	memset(&nbi, 0, sizeof(nbi));
	nbi.addr = nd6_wire(&addr);
	NET_LOCK();
	error = in6_ioctl(SIOCGNBRINFO_IN6, (caddr_t)&nbi, N6ETH, 0);
	NET_UNLOCK();
	return (error != 0 ? -1 : nbi.state);
}

uint64_t
n6_count(size_t off)
{
	struct nd6stat ns;

	nd6stat_read(&ns);
	return (*(uint64_t *)((char *)&ns + off));
}
