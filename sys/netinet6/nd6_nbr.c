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

/*
 * Neighbour solicitations and advertisements, RFC 4861 7.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/route.h>

#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/in.h>
#include <netinet/ip6.h>
#include <netinet6/in6_var.h>
#include <netinet6/ip6_var.h>
#include <netinet6/nd6.h>

#define ND6_HLIM	255	/* nobody has forwarded it */
#define ND6_OPTLEN	8	/* bytes of each option that we send */

/* both kinds have the target in the same place */
CTASSERT(sizeof(struct nd_neighbor_solicit) ==
    sizeof(struct nd_neighbor_advert));
CTASSERT(offsetof(struct nd_neighbor_solicit, nd_ns_target) ==
    offsetof(struct nd_neighbor_advert, nd_na_target));

static struct mutex nd6_log_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);

void
nd6_solicited(struct in6_addr *group, const struct in6_addr *addr,
    u_int ifidx)
{
	memset(group, 0, sizeof(*group));
	group->s6_addr[0] = 0xff;
	group->s6_addr[1] = 0x02;
	group->s6_addr[11] = 1;
	group->s6_addr[12] = 0xff;
	memcpy(&group->s6_addr[13], &addr->s6_addr[13], 3);
	in6_setscope(group, ifidx);
}

/*
 * Output
 */

struct in6_addr
nd6_wire(const struct in6_addr *addr)
{
	struct in6_addr in6 = *addr;

	in6_clearscope(&in6);
	return (in6);
}

static u_int8_t *
nd6_option(u_int8_t *p, int type, const u_int8_t *data)
{
	p[0] = type;
	p[1] = ND6_OPTLEN / 8;
	memcpy(p + 2, data, ND6_OPTLEN - 2);
	return (p + ND6_OPTLEN);
}

static void
nd6_header(struct ip6_hdr *ip6, const struct nd6_msg *nm, int len)
{
	memset(ip6, 0, sizeof(*ip6));
	ip6->ip6_vfc = IPV6_VERSION;
	ip6->ip6_plen = htons(len);
	ip6->ip6_nxt = IPPROTO_ICMPV6;
	ip6->ip6_hlim = ND6_HLIM;
	ip6->ip6_src = nd6_wire(nm->nm_src);
	ip6->ip6_dst = nd6_wire(nm->nm_dst);
}

struct mbuf *
nd6_message(struct ifnet *ifp, const struct nd6_msg *nm)
{
	struct arpcom *ac = (struct arpcom *)ifp;
	int lladdr = nm->nm_lladdr && nd6_need_cache(ifp);
	struct nd_neighbor_advert *na;
	struct ip6_hdr *ip6;
	struct mbuf *m;
	u_int8_t *p;
	int len;

	len = sizeof(*na) + (lladdr ? ND6_OPTLEN : 0) +
	    (nm->nm_nonce != NULL ? ND6_OPTLEN : 0);
	if ((m = m_gethdr(M_DONTWAIT, MT_DATA)) == NULL) {
		nd6stat_inc(nd6s_nobufs);
		return (NULL);
	}
	m_align(m, sizeof(*ip6) + len);
	m->m_len = m->m_pkthdr.len = sizeof(*ip6) + len;
	ip6 = mtod(m, struct ip6_hdr *);
	nd6_header(ip6, nm, len);
	na = (struct nd_neighbor_advert *)(ip6 + 1);
	memset(na, 0, sizeof(*na));
	na->nd_na_hdr.icmp6_type = nm->nm_type;
	na->nd_na_flags_reserved = nm->nm_flags;
	na->nd_na_target = nd6_wire(nm->nm_target);
	p = (u_int8_t *)(na + 1);
	if (lladdr)
		p = nd6_option(p, nm->nm_type == ND_NEIGHBOR_SOLICIT ?
		    ND_OPT_SOURCE_LINKADDR : ND_OPT_TARGET_LINKADDR,
		    ac->ac_enaddr);
	if (nm->nm_nonce != NULL)
		p = nd6_option(p, ND_OPT_NONCE, nm->nm_nonce);
	na->nd_na_hdr.icmp6_cksum = in6_cksum(m, IPPROTO_ICMPV6,
	    sizeof(*ip6), len);
	nd6stat_inc(nm->nm_type == ND_NEIGHBOR_SOLICIT ? nd6s_txns :
	    nd6s_txna);
	return (m);
}

void
nd6_send(struct ifnet *ifp, struct mbuf *m, int type)
{
	struct sockaddr_in6 dst;

	if (m == NULL)
		return;
	memset(&dst, 0, sizeof(dst));
	dst.sin6_len = sizeof(dst);
	dst.sin6_family = AF_INET6;
	dst.sin6_addr = mtod(m, struct ip6_hdr *)->ip6_dst;
	if (IN6_IS_ADDR_MULTICAST(&dst.sin6_addr))
		SET(m->m_flags, M_MCAST);
	in6_setscope(&dst.sin6_addr, ifp->if_index);
	m->m_pkthdr.ph_rtableid = ifp->if_rdomain;
	m->m_pkthdr.pf.prio = ifp->if_llprio;
	icmp6stat_inc(icp6s_outhist + type);
	ifp->if_output(ifp, m, sin6tosa(&dst), NULL);
}

/*
 * Input
 */

void
nd6_complain(struct ifnet *ifp, const char *what, const struct nd6_in *ni)
{
	static const struct timeval interval = { 10, 0 };
	static struct timeval last;
	const u_int16_t *w = ni->ni_target.s6_addr16;
	int go;

	mtx_enter(&nd6_log_mtx);
	go = ratecheck(&last, &interval);
	mtx_leave(&nd6_log_mtx);
	if (go)
		log(LOG_WARNING, "%s: nd6: %s: %x:%x:%x:%x:%x:%x:%x:%x\n",
		    ifp->if_xname, what, ntohs(w[0]), IN6_IS_SCOPE_EMBED(
		    &ni->ni_target) ? 0 : ntohs(w[1]), ntohs(w[2]),
		    ntohs(w[3]), ntohs(w[4]), ntohs(w[5]), ntohs(w[6]),
		    ntohs(w[7]));
}

static enum nd6stat_counters
nd6_check_lladdr(const u_int8_t *enaddr)
{
	return (ETHER_IS_MULTICAST(enaddr) || ETHER_IS_ANYADDR(enaddr) ?
	    nd6s_badlladdr : nd6s_ncounters);
}

/* left bytes of options at p; want is that with a link address. */
static enum nd6stat_counters
nd6_options(struct ifnet *ifp, struct nd6_in *ni, const u_int8_t *p, int left,
    int want)
{
	int len;

	for (; left > 0; p += len, left -= len) {
		if (left < ND6_OPTLEN || (len = p[1] * 8) == 0 || len > left)
			return (nd6s_badopt);
		if (len != ND6_OPTLEN)
			continue;
		if (p[0] == want)
			ni->ni_lladdr = p + 2;
		else if (p[0] == ND_OPT_NONCE)
			ni->ni_nonce = p + 2;
	}
	if (ni->ni_lladdr == NULL || !nd6_need_cache(ifp))
		return (nd6s_ncounters);
	return (nd6_check_lladdr(ni->ni_lladdr));
}

/* The rules for one kind of message, RFC 4861 7.1.1 and 7.1.2. */
static enum nd6stat_counters
nd6_check(const struct nd6_in *ni, int type, u_int ifidx)
{
	struct in6_addr group;

	if (type == ND_NEIGHBOR_ADVERT)
		return (IN6_IS_ADDR_MULTICAST(&ni->ni_dst) &&
		    ISSET(ni->ni_flags, ND_NA_FLAG_SOLICITED) ?
		    nd6s_badaddr : nd6s_ncounters);
	if (!IN6_IS_ADDR_UNSPECIFIED(&ni->ni_src))
		return (nd6s_ncounters);
	/* the sender looks for duplicates */
	nd6_solicited(&group, &ni->ni_target, ifidx);
	if (!IN6_ARE_ADDR_EQUAL(&ni->ni_dst, &group) ||
	    ni->ni_lladdr != NULL)
		return (nd6s_badaddr);
	return (nd6s_ncounters);
}

/*
 * Take a message apart: m is contiguous.  nd6s_ncounters is right, all else
 * the cause to drop it.
 */
static enum nd6stat_counters
nd6_parse(struct ifnet *ifp, struct mbuf *m, int off, int len,
    struct nd6_in *ni)
{
	const struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	const struct nd_neighbor_advert *na;
	enum nd6stat_counters bad;
	int type;

	memset(ni, 0, sizeof(*ni));
	na = (const struct nd_neighbor_advert *)(mtod(m, caddr_t) + off);
	type = na->nd_na_hdr.icmp6_type;
	if (ip6->ip6_hlim != ND6_HLIM)
		return (nd6s_badhlim);
	if (na->nd_na_hdr.icmp6_code != 0)
		return (nd6s_badcode);
	ni->ni_src = ip6->ip6_src;
	ni->ni_dst = ip6->ip6_dst;
	ni->ni_target = na->nd_na_target;
	ni->ni_flags = na->nd_na_flags_reserved;
	in6_setscope(&ni->ni_src, ifp->if_index);
	in6_setscope(&ni->ni_dst, ifp->if_index);
	if (IN6_IS_ADDR_MULTICAST(&ni->ni_target) ||
	    IN6_IS_ADDR_UNSPECIFIED(&ni->ni_target) ||
	    IN6_IS_ADDR_LOOPBACK(&ni->ni_target))
		return (nd6s_badtarget);
	in6_setscope(&ni->ni_target, ifp->if_index);
	bad = nd6_options(ifp, ni, (const u_int8_t *)(na + 1),
	    len - (int)sizeof(*na), type == ND_NEIGHBOR_SOLICIT ?
	    ND_OPT_SOURCE_LINKADDR : ND_OPT_TARGET_LINKADDR);
	return (bad != nd6s_ncounters ? bad :
	    nd6_check(ni, type, ifp->if_index));
}

/*
 * An advertisement of ours for who asked.  An anycast address has others
 * beside us, so it does not override them and is nobody's source.
 */
static void
nd6_answer(struct ifnet *ifp, struct in6_ifaddr *ia, const struct nd6_in *ni)
{
	const int notflags = IN6_IFF_TENTATIVE | IN6_IFF_DUPLICATED |
	    IN6_IFF_ANYCAST;
	struct in6_addr all = in6addr_linklocal_allnodes;
	struct in6_ifaddr *from = ia;
	struct nd6_msg nm;

	memset(&nm, 0, sizeof(nm));
	nm.nm_type = ND_NEIGHBOR_ADVERT;
	nm.nm_dst = &ni->ni_src;
	if (IN6_IS_ADDR_UNSPECIFIED(&ni->ni_src)) {
		in6_setscope(&all, ifp->if_index);
		nm.nm_dst = &all;
	} else
		SET(nm.nm_flags, ND_NA_FLAG_SOLICITED);
	if (ISSET(READ_ONCE(ia->ia6_flags), IN6_IFF_ANYCAST))
		from = in6ifa_ifpforlinklocal(ifp, notflags);
	else
		SET(nm.nm_flags, ND_NA_FLAG_OVERRIDE);
	if (atomic_load_int(&ip6_forwarding) != 0)
		SET(nm.nm_flags, ND_NA_FLAG_ROUTER);
	if (from == NULL) {
		nd6stat_inc(nd6s_nosource);
		return;
	}
	nm.nm_src = IA6_IN6(from);
	nm.nm_target = IA6_IN6(ia);
	nm.nm_lladdr = 1;
	nd6_send(ifp, nd6_message(ifp, &nm), nm.nm_type);
}

/* Is it our own, come back?  Then no sense is to be made of it. */
static int
nd6_isloop(struct ifnet *ifp, const struct nd6_in *ni)
{
	struct arpcom *ac = (struct arpcom *)ifp;

	return (nd6_need_cache(ifp) && ni->ni_lladdr != NULL &&
	    memcmp(ni->ni_lladdr, ac->ac_enaddr, ETHER_ADDR_LEN) == 0);
}

/* Does the sender use an address that is ours beyond doubt? */
static int
nd6_isours(struct ifnet *ifp, const struct nd6_in *ni)
{
	struct in6_ifaddr *ia = in6ifa_ifpwithaddr(ifp, &ni->ni_src);

	return (ia != NULL && !ISSET(READ_ONCE(ia->ia6_flags),
	    IN6_IFF_TENTATIVE | IN6_IFF_DUPLICATED | IN6_IFF_ANYCAST));
}

static void
nd6_ns(struct ifnet *ifp, const struct nd6_in *ni)
{
	int dad = IN6_IS_ADDR_UNSPECIFIED(&ni->ni_src), flags;
	struct in6_ifaddr *ia;

	if (nd6_isloop(ifp, ni)) {
		nd6stat_inc(nd6s_loop);
		return;
	}
	if ((ia = in6ifa_ifpwithaddr(ifp, &ni->ni_target)) == NULL) {
		nd6stat_inc(nd6s_notours);
		return;
	}
	flags = READ_ONCE(ia->ia6_flags);
	if (ISSET(flags, IN6_IFF_TENTATIVE | IN6_IFF_DUPLICATED)) {
		if (dad && ISSET(flags, IN6_IFF_TENTATIVE))
			nd6_dad_heard(&ia->ia_ifa, ni);
		else
			nd6stat_inc(nd6s_tentative);
		return;
	}
	if (!dad && nd6_isours(ifp, ni)) {
		nd6stat_inc(nd6s_duplicate);
		nd6_complain(ifp, "asked by somebody with our address", ni);
		return;
	}
	if (!dad && !nd6_cache_ns(ifp, ni)) {
		nd6stat_inc(nd6s_offnet);
		return;
	}
	nd6_answer(ifp, ia, ni);
}

static void
nd6_na(struct ifnet *ifp, const struct nd6_in *ni)
{
	struct in6_ifaddr *ia;

	ia = in6ifa_ifpwithaddr(ifp, &ni->ni_target);
	if (ia == NULL || ISSET(READ_ONCE(ia->ia6_flags),
	    IN6_IFF_DUPLICATED)) {
		nd6_cache_na(ifp, ni);
		return;
	}
	/* we have not said that we have it */
	if (ISSET(READ_ONCE(ia->ia6_flags), IN6_IFF_TENTATIVE)) {
		nd6_dad_heard(&ia->ia_ifa, ni);
		return;
	}
	if (nd6_isloop(ifp, ni)) {
		nd6stat_inc(nd6s_loop);
		return;
	}
	nd6stat_inc(nd6s_duplicate);
	if (!ISSET(READ_ONCE(ia->ia6_flags), IN6_IFF_ANYCAST))
		nd6_complain(ifp, "somebody else has our address", ni);
}

static void
nd6_input(struct mbuf *m, int off, int len,
    void (*func)(struct ifnet *, const struct nd6_in *))
{
	enum nd6stat_counters bad;
	struct nd6_in ni;
	struct ifnet *ifp;

	NET_ASSERT_LOCKED();
	if (len < (int)sizeof(struct nd_neighbor_advert)) {
		nd6stat_inc(nd6s_badlen);
		m_freem(m);
		return;
	}
	if ((m = m_pullup(m, off + len)) == NULL) {
		nd6stat_inc(nd6s_nobufs);
		return;
	}
	if ((ifp = if_get(m->m_pkthdr.ph_ifidx)) != NULL) {
		bad = nd6_parse(ifp, m, off, len, &ni);
		if (bad != nd6s_ncounters)
			nd6stat_inc(bad);
		else
			func(ifp, &ni);
		if_put(ifp);
	}
	m_freem(m);
}

void
nd6_ns_input(struct mbuf *m, int off, int len)
{
	nd6stat_inc(nd6s_rcvns);
	nd6_input(m, off, len, nd6_ns);
}

void
nd6_na_input(struct mbuf *m, int off, int len)
{
	nd6stat_inc(nd6s_rcvna);
	nd6_input(m, off, len, nd6_na);
}
