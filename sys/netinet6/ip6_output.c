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
 * IPv6 to an interface: route, source, size, checksums, fragments.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>
#include <sys/socket.h>
#include <sys/task.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/route.h>
#include <net/rtable.h>

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/in_cksum.h>
#include <netinet/in_pcb.h>
#include <netinet/ip6.h>
#include <netinet/ip_spd.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <netinet6/in6_var.h>
#include <netinet6/ip6_var.h>

#define IP6SEND_MAXLEN	2048		/* packets */
#define IP6_FRAGROOM	64		/* before a fragment: link header */

/* Where a packet goes; ip6_output() owns the reference to the interface. */
struct ip6_way {
	struct ifnet		*iw_ifp;
	struct rtentry		*iw_rt;		/* NULL: a group's interface */
};

static void	ip6_send_task(void *);

int ip6_defhlim = IPV6_DEFHLIM;
int ip6_defmcasthlim = IPV6_DEFAULT_MULTICAST_HOPS;

static struct mbuf_queue ip6send_mq;
static struct task ip6send_task = TASK_INITIALIZER(ip6_send_task, NULL);

void
ip6_output_init(void)
{
	mq_init(&ip6send_mq, IP6SEND_MAXLEN, IPL_SOFTNET);
}

struct rtentry *
ip6_lookup(struct route *ro, const struct ip6_hdr *ip6, u_int rtableid)
{
	return (route6_mpath(ro, &ip6->ip6_dst,
	    READ_ONCE(ip6_multipath) ? &ip6->ip6_src : NULL, rtableid));
}

u_int32_t
ip6_route_mtu(struct rtentry *rt, struct ifnet *ifp)
{
	u_int32_t mtu = READ_ONCE(ifp->if_mtu), rmtu;

	/* what is for ourselves goes by the loopback, not by rt_ifidx */
	if (rt == NULL || ISSET(rt->rt_flags, RTF_LOCAL))
		return (mtu);
	rmtu = READ_ONCE(rt->rt_mtu);
	return (rmtu != 0 && rmtu < mtu ? rmtu : mtu);
}

u_int
ip6_wirelen(struct mbuf *m)
{
	u_int8_t doff;
	int hlen, nxt;

	if (!ISSET(m->m_pkthdr.csum_flags, M_TCP_TSO))
		return (m->m_pkthdr.len);
	hlen = ip6_lasthdr(m, -1, &nxt, NULL);
	if (hlen == -1 || nxt != IPPROTO_TCP ||
	    m->m_pkthdr.len < hlen + (int)sizeof(struct tcphdr))
		return (m->m_pkthdr.len);
	/* the upper half of the byte, words */
	m_copydata(m, hlen + 12, sizeof(doff), &doff);
	hlen += (doff >> 4) << 2;
	return (min(m->m_pkthdr.len, hlen + m->m_pkthdr.ph_mss));
}

/*
 * Checksums
 */

/* Where the checksum of the protocol lies, from the header's start; or -1. */
static int
ip6_cksum_offset(int nxt)
{
	switch (nxt) {
	case IPPROTO_TCP:
		return (offsetof(struct tcphdr, th_sum));
	case IPPROTO_UDP:
		return (offsetof(struct udphdr, uh_sum));
	case IPPROTO_ICMPV6:
		return (offsetof(struct icmp6_hdr, icmp6_cksum));
	default:
		return (-1);
	}
}

static void
ip6_cksum_store(struct mbuf *m, int off, u_int16_t sum)
{
	/* the first buffer nearly always holds it, and is ours */
	if (m->m_len >= (u_int)off + sizeof(sum) && !m_readonly(m))
		memcpy(mtod(m, caddr_t) + off, &sum, sizeof(sum));
	else if (m_copyback(m, off, sizeof(sum), &sum, M_DONTWAIT) != 0)
		ip6stat_inc(ip6s_odropped);
}

/* The pseudo header, folded: what a device that does the rest wants. */
static u_int16_t
ip6_cksum_phdr(const struct ip6_hdr *ip6, u_int32_t len, u_int8_t nxt)
{
	struct in6_addr addr[2];
	u_int64_t sum;

	addr[0] = ip6->ip6_src;
	addr[1] = ip6->ip6_dst;
	in6_clearscope(&addr[0]);
	in6_clearscope(&addr[1]);
	sum = in_sum_fold(in_sum_mem(addr, sizeof(addr), 0));
	return (in_sum_fold(sum + htonl(len) + htonl(nxt)));
}

static int
ip6_ifcap_cksum(struct ifnet *ifp, u_int16_t csum_flags)
{
	u_int32_t need = 0;

	if (ifp == NULL || ISSET(csum_flags, M_ICMP_CSUM_OUT))
		return (0);
	if (ISSET(csum_flags, M_TCP_CSUM_OUT))
		need |= IFCAP_CSUM_TCPv6;
	if (ISSET(csum_flags, M_UDP_CSUM_OUT))
		need |= IFCAP_CSUM_UDPv6;
	return ((ifp->if_capabilities & need) == need);
}

void
in6_proto_cksum_out(struct mbuf *m, struct ifnet *ifp)
{
	const u_int16_t all = M_TCP_CSUM_OUT | M_UDP_CSUM_OUT |
	    M_ICMP_CSUM_OUT;
	int at, off, len, nxt;
	u_int16_t sum;

	if (!ISSET(m->m_pkthdr.csum_flags, all))
		return;
	off = ip6_lasthdr(m, -1, &nxt, NULL);
	at = off == -1 ? -1 : ip6_cksum_offset(nxt);
	len = m->m_pkthdr.len - off;
	if (at == -1 || at + 2 > len) {
		CLR(m->m_pkthdr.csum_flags, all);
		return;
	}
	/* each segment of a TSO packet gets its own where it is cut */
	if (ISSET(m->m_pkthdr.csum_flags, M_TCP_TSO) ||
	    ip6_ifcap_cksum(ifp, m->m_pkthdr.csum_flags)) {
		ip6_cksum_store(m, off + at, ip6_cksum_phdr(mtod(m,
		    struct ip6_hdr *), len, nxt));
		return;
	}
	ip6stat_inc(ip6s_outswcsum);
	ip6_cksum_store(m, off + at, 0);
	sum = in6_cksum(m, nxt, off, len);
	if (nxt == IPPROTO_UDP && sum == 0)
		sum = 0xffff;
	ip6_cksum_store(m, off + at, sum);
	CLR(m->m_pkthdr.csum_flags, all);
}

/*
 * Fragments
 */

/*
 * Bytes that every fragment begins with, RFC 8200 4.5: the headers up to a
 * routing header, or else those for every hop.  *atp is the offset of the
 * byte that names the next; -1 if malformed.
 */
static int
ip6_unfragpart(struct mbuf *m, int *atp)
{
	struct ip6_ext ext;
	int nxt, off = sizeof(struct ip6_hdr), len = off;
	int at = offsetof(struct ip6_hdr, ip6_nxt);

	*atp = at;
	nxt = mtod(m, struct ip6_hdr *)->ip6_nxt;
	while (nxt == IPPROTO_HOPOPTS || nxt == IPPROTO_DSTOPTS ||
	    nxt == IPPROTO_ROUTING) {
		if (m->m_pkthdr.len - off < (int)sizeof(ext))
			return (-1);
		m_copydata(m, off, sizeof(ext), &ext);
		at = off;
		off += (ext.ip6e_len + 1) << 3;
		if (nxt != IPPROTO_DSTOPTS) {
			*atp = at;
			len = off;
		}
		nxt = ext.ip6e_nxt;
	}
	return (len > m->m_pkthdr.len ? -1 : len);
}

/* What the fragments of one packet have in common. */
struct ip6_cut {
	int		 ic_hlen;	/* bytes of the unfragmentable part */
	int		 ic_at;		/* where it names the next header */
	u_int8_t	 ic_nxt;
	u_int32_t	 ic_ident;	/* network order */
};

/* len bytes of m0 from off on, as a fragment. */
static struct mbuf *
ip6_fragment_one(struct mbuf *m0, const struct ip6_cut *ic, int off, int len,
    int more)
{
	struct ip6_hdr *ip6;
	struct ip6_frag *fh;
	struct mbuf *m;
	int hlen = ic->ic_hlen + sizeof(*fh);

	m = m_getpacket(M_DONTWAIT, IP6_FRAGROOM, hlen, 0);
	if (m == NULL)
		return (NULL);
	if (m_dup_pkthdr(m, m0, M_DONTWAIT) != 0)
		return (m_freem(m));
	ip6 = mtod(m, struct ip6_hdr *);
	m_copydata(m0, 0, ic->ic_hlen, ip6);
	((u_int8_t *)ip6)[ic->ic_at] = IPPROTO_FRAGMENT;
	ip6->ip6_plen = htons(hlen - sizeof(*ip6) + len);
	fh = (struct ip6_frag *)((caddr_t)ip6 + ic->ic_hlen);
	fh->ip6f_nxt = ic->ic_nxt;
	fh->ip6f_reserved = 0;
	fh->ip6f_offlg = htons(off - ic->ic_hlen) |
	    (more ? IP6F_MORE_FRAG : 0);
	fh->ip6f_ident = ic->ic_ident;
	m->m_len = hlen;
	m->m_pkthdr.len = hlen + len;
	if ((m->m_next = m_copym(m0, off, len, M_DONTWAIT)) == NULL)
		return (m_freem(m));
	return (m);
}

int
ip6_fragment(struct mbuf *m0, struct mbuf_list *ml, u_int32_t mtu)
{
	struct ip6_cut ic;
	struct mbuf *m;
	int off, len, tlen = m0->m_pkthdr.len, error = EMSGSIZE;

	ml_init(ml);
	ic.ic_hlen = ip6_unfragpart(m0, &ic.ic_at);
	len = (int)mtu - ic.ic_hlen - (int)sizeof(struct ip6_frag);
	if (ic.ic_hlen == -1 || ic.ic_hlen == tlen || len < 8)
		goto fail;
	len &= ~7;
	m_copydata(m0, ic.ic_at, sizeof(ic.ic_nxt), &ic.ic_nxt);
	ic.ic_ident = arc4random();
	error = ENOBUFS;
	for (off = ic.ic_hlen; off < tlen; off += len) {
		m = ip6_fragment_one(m0, &ic, off, min(len, tlen - off),
		    off + len < tlen);
		if (m == NULL)
			goto fail;
		ml_enqueue(ml, m);
	}
	m_freem(m0);
	ip6stat_inc(ip6s_fragmented);
	ip6stat_add(ip6s_ofragments, ml_len(ml));
	return (0);

 fail:
	ip6stat_inc(error == ENOBUFS ? ip6s_odropped : ip6s_cantfrag);
	m_freem(m0);
	ml_purge(ml);
	return (error);
}

/* It does not fit: those who made SAs of it want to know for how much. */
static int
ip6_output_toobig(struct mbuf *m, u_int32_t mtu)
{
#ifdef IPSEC
	if (m_tag_find(m, PACKET_TAG_IPSEC_OUT_DONE, NULL) != NULL)
		ipsec_adjust_mtu(m, mtu);
#endif
	ip6stat_inc(ip6s_cantfrag);
	m_freem(m);
	return (EMSGSIZE);
}

/* May nobody cut it?  The segments of a TSO packet do not exist yet. */
static int
ip6_dontcut(struct mbuf *m, int flags)
{
	return (ISSET(flags, IPV6_FORWARDING) ||
	    ISSET(m->m_pkthdr.csum_flags, M_IPV6_DF_OUT | M_TCP_TSO));
}

int
ip6_output_if(struct mbuf *m, struct ifnet *ifp, struct rtentry *rt,
    int flags, u_int32_t mtu)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	struct mbuf_list ml;
	struct sockaddr_in6 sin6;
	struct sockaddr *dst = sin6tosa(&sin6);
	int error;

	memset(&sin6, 0, sizeof(sin6));
	sin6.sin6_len = sizeof(sin6);
	sin6.sin6_family = AF_INET6;
	sin6.sin6_addr = ip6->ip6_dst;
	if (rt != NULL && ISSET(rt->rt_flags, RTF_GATEWAY))
		dst = rt->rt_gateway;
	if (!ISSET(ifp->if_flags, IFF_LOOPBACK)) {
		in6_clearscope(&ip6->ip6_src);
		in6_clearscope(&ip6->ip6_dst);
	}
	if (ip6_wirelen(m) <= mtu) {
		in6_proto_cksum_out(m, ifp);
		CLR(m->m_pkthdr.csum_flags, M_IPV6_DF_OUT);
		return (ifp->if_output(ifp, m, dst, rt));
	}
	if (ip6_dontcut(m, flags))
		return (ip6_output_toobig(m, mtu));
	/* no device can sum over several packets */
	in6_proto_cksum_out(m, NULL);
	if ((error = ip6_fragment(m, &ml, mtu)) != 0)
		return (error);
	error = if_output_ml(ifp, &ml, dst, rt);
	if (!ml_empty(&ml))
		ip6stat_add(ip6s_odropped, ml_purge(&ml));
	return (error);
}

/*
 * Output of our own packets
 */

/* 0 or an errno: what is wrong with the header whatever the route. */
static int
ip6_output_header(struct mbuf *m, int flags)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	int len = m->m_pkthdr.len - sizeof(*ip6);

	if (len > IPV6_MAXPACKET)
		return (EMSGSIZE);
	if (IN6_IS_ADDR_UNSPECIFIED(&ip6->ip6_dst) ||
	    IN6_IS_ADDR_MULTICAST(&ip6->ip6_src) ||
	    IN6_IS_ADDR_V4MAPPED(&ip6->ip6_src) ||
	    IN6_IS_ADDR_V4MAPPED(&ip6->ip6_dst))
		return (EADDRNOTAVAIL);
	if (!ISSET(flags, IPV6_FORWARDING)) {
		ip6->ip6_vfc = (ip6->ip6_vfc & ~IPV6_VERSION_MASK) |
		    IPV6_VERSION;
		ip6stat_inc(ip6s_localout);
	}
	ip6->ip6_plen = htons(len);
	return (0);
}

/* A group's interface: the socket names it, or the group's own scope. */
static u_int
ip6_group_ifidx(const struct ip6_hdr *ip6, const struct ip6_moptions *im6o)
{
	if (IN6_IS_SCOPE_EMBED(&ip6->ip6_dst) &&
	    ip6->ip6_dst.s6_addr16[1] != 0)
		return (ntohs(ip6->ip6_dst.s6_addr16[1]));
	return (im6o != NULL ? im6o->im6o_ifidx : 0);
}

/* 0, an errno, or EJUSTRETURN: a hole to throw it in. */
static int
ip6_way_route(struct ip6_way *iw, struct route *ro,
    const struct ip6_hdr *ip6, u_int rtableid)
{
	struct rtentry *rt;
	u_int ifidx;

	rt = iw->iw_rt = ip6_lookup(ro, ip6, rtableid);
	if (!rtisvalid(rt)) {
		ip6stat_inc(ip6s_noroute);
		return (EHOSTUNREACH);
	}
	if (ISSET(rt->rt_flags, RTF_REJECT | RTF_BLACKHOLE)) {
		ip6stat_inc(ip6s_noroute);
		if (ISSET(rt->rt_flags, RTF_BLACKHOLE))
			return (EJUSTRETURN);
		return (ISSET(rt->rt_flags, RTF_HOST) ? EHOSTUNREACH :
		    ENETUNREACH);
	}
	ifidx = ISSET(rt->rt_flags, RTF_LOCAL) ? rtable_loindex(rtableid) :
	    rt->rt_ifidx;
	if ((iw->iw_ifp = if_get_locked(ifidx)) == NULL) {
		ip6stat_inc(ip6s_noroute);
		return (EHOSTUNREACH);
	}
	return (0);
}

static int
ip6_way_find(struct ip6_way *iw, struct mbuf *m, struct route *ro,
    const struct ip6_moptions *im6o)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	u_int ifidx;

	if (IN6_IS_ADDR_MULTICAST(&ip6->ip6_dst) &&
	    (ifidx = ip6_group_ifidx(ip6, im6o)) != 0) {
		iw->iw_ifp = if_get_locked(ifidx);
		return (iw->iw_ifp == NULL ? EADDRNOTAVAIL : 0);
	}
	return (ip6_way_route(iw, ro, ip6, m->m_pkthdr.ph_rtableid));
}

/*
 * Is a source that lives on one link only good out there?  To ourselves
 * it always is.
 */
static int
ip6_source_scope(const struct ip6_hdr *ip6, const struct ip6_way *iw)
{
	if (iw->iw_rt != NULL && ISSET(iw->iw_rt->rt_flags, RTF_LOCAL))
		return (0);
	if (ISSET(iw->iw_ifp->if_flags, IFF_LOOPBACK))
		return (0);
	if (IN6_IS_ADDR_LOOPBACK(&ip6->ip6_src))
		return (EADDRNOTAVAIL);
	if (IN6_IS_ADDR_LINKLOCAL(&ip6->ip6_src) &&
	    ip6->ip6_src.s6_addr16[1] != htons(iw->iw_ifp->if_index)) {
		ip6stat_inc(ip6s_badscope);
		return (EHOSTUNREACH);
	}
	return (0);
}

static int
ip6_output_source(struct mbuf *m, const struct ip6_way *iw, int flags)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	const struct in6_addr *src;
	struct ifnet *ifp = iw->iw_ifp, *owner = NULL;

	if (ISSET(flags, IPV6_UNSPECSRC | IPV6_FORWARDING))
		return (0);
	if (!IN6_IS_ADDR_UNSPECIFIED(&ip6->ip6_src))
		return (ip6_source_scope(ip6, iw));
	/* an address of ours answers itself; lo0 is only the way there */
	if (iw->iw_rt != NULL && ISSET(iw->iw_rt->rt_flags, RTF_LOCAL) &&
	    (owner = if_get(iw->iw_rt->rt_ifidx)) != NULL)
		ifp = owner;
	src = in6_ifawithscope(ifp, &ip6->ip6_dst,
	    rtable_l2(m->m_pkthdr.ph_rtableid));
	if (src != NULL)
		ip6->ip6_src = *src;
	if_put(owner);
	if (src == NULL) {
		ip6stat_inc(ip6s_nosource);
		return (EADDRNOTAVAIL);
	}
	return (0);
}

/* Members on this machine hear it as well.  m is kept. */
static void
ip6_mloopback(struct mbuf *m, struct ifnet *ifp)
{
	struct mbuf *n;

	if ((n = m_dup_pkt(m, M_RXHEADROOM, M_DONTWAIT)) == NULL) {
		ip6stat_inc(ip6s_odropped);
		return;
	}
	in6_proto_cksum_out(n, NULL);
	if_input_local(ifp, n, AF_INET6, NULL);
}

/* 0, an errno, or EJUSTRETURN: done with it. */
static int
ip6_output_mcast(struct mbuf *m, const struct ip6_way *iw,
    const struct ip6_moptions *im6o)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	struct ifnet *ifp = iw->iw_ifp;

	if (!IN6_IS_ADDR_MULTICAST(&ip6->ip6_dst)) {
		CLR(m->m_flags, M_MCAST);
		return (0);
	}
	SET(m->m_flags, M_MCAST);
	if (!ISSET(ifp->if_flags, IFF_MULTICAST))
		return (ENETUNREACH);
	if ((im6o == NULL || im6o->im6o_loop) &&
	    in6_hasmulti(&ip6->ip6_dst, ifp))
		ip6_mloopback(m, ifp);
	if (ip6->ip6_hlim == 0 || ISSET(ifp->if_flags, IFF_LOOPBACK) ||
	    IN6_IS_ADDR_MC_INTFACELOCAL(&ip6->ip6_dst))
		return (EJUSTRETURN);
	return (0);
}

/* Route, scope of a group and, if that is open, source. */
static int
ip6_output_route(struct mbuf *m, struct ip6_way *iw, struct route *ro,
    int flags, struct ip6_moptions *im6o)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	int error;

	if ((error = ip6_way_find(iw, m, ro, im6o)) != 0)
		return (error);
	/* a group of one link is that of the link the packet takes */
	if (IN6_IS_ADDR_MULTICAST(&ip6->ip6_dst))
		in6_setscope(&ip6->ip6_dst, iw->iw_ifp->if_index);
	return (ip6_output_source(m, iw, flags));
}

#ifdef IPSEC
/*
 * What policies and the socket say, as ip_output_policy() of IPv4 has it:
 * 0, or EJUSTRETURN or an errno and m is gone.  The messages that find
 * neighbours come before there can be an SA to them.
 */
static int
ip6_output_policy(struct mbuf *m, struct ip6_way *iw, struct route *ro,
    int flags, struct ip6_moptions *im6o, const struct inpcb *inp)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	struct tdb *tdb = NULL;
	u_int32_t mtu;
	int error = 0;

	if (IN6_IS_ADDR_UNSPECIFIED(&ip6->ip6_src) &&
	    !ISSET(flags, IPV6_UNSPECSRC))
		error = ip6_output_route(m, iw, ro, flags, im6o);
	if (error == 0 && !ipsec_isnd6(m))
		error = ipsec_output_lookup(m, AF_INET6, inp, &tdb);
	if (error != 0) {
		if (error != EJUSTRETURN)
			ip6stat_inc(ip6s_odropped);
		m_freem(m);
		return (error);
	}
	if (tdb == NULL)
		return (0);
	error = ipsec_output_send(m, tdb, AF_INET6, &mtu);
	tdb_unref(tdb);
	return (error == 0 ? EJUSTRETURN : error);
}
#endif

int
ip6_output(struct mbuf *m, void *opt, struct route *ro, int flags,
    struct ip6_moptions *im6o, const struct inpcb *inp)
{
	struct ip6_way iw = { NULL, NULL };
	struct route iproute;
	u_int32_t mtu;
	int error;

	NET_ASSERT_LOCKED();
	KASSERT(opt == NULL);
	if (ro == NULL) {
		ro = &iproute;
		ro->ro_rt = NULL;
	}
	if ((error = ip6_output_header(m, flags)) != 0)
		goto drop;
#ifdef IPSEC
	if (ipsec_output_wanted(inp) && (error = ip6_output_policy(m, &iw,
	    ro, flags, im6o, inp)) != 0)
		goto done;
#endif
	if (iw.iw_ifp == NULL &&
	    (error = ip6_output_route(m, &iw, ro, flags, im6o)) != 0)
		goto drop;
	if ((error = ip6_output_mcast(m, &iw, im6o)) != 0)
		goto drop;
	mtu = ip6_route_mtu(iw.iw_rt, iw.iw_ifp);
	if (ISSET(flags, IPV6_MINMTU))
		mtu = min(mtu, IPV6_MMTU);
	error = ip6_output_if(m, iw.iw_ifp, iw.iw_rt, flags, mtu);
	goto done;

 drop:
	if (error != EJUSTRETURN)
		ip6stat_inc(ip6s_odropped);
	m_freem(m);
 done:
	if (ro == &iproute)
		route_release(ro);
	return (error == EJUSTRETURN ? 0 : error);
}

static void
ip6_send_task(void *arg)
{
	struct mbuf_list ml;
	struct mbuf *m;

	mq_delist(&ip6send_mq, &ml);
	if (ml_empty(&ml))
		return;
	NET_LOCK_SHARED();
	while ((m = ml_dequeue(&ml)) != NULL)
		ip6_output(m, NULL, NULL, 0, NULL, NULL);
	NET_UNLOCK_SHARED();
}

void
ip6_send(struct mbuf *m)
{
	if (mq_enqueue(&ip6send_mq, m) != 0)
		ip6stat_inc(ip6s_odropped);
	task_add(net_tq(0), &ip6send_task);
}
