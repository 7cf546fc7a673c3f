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
 * IPv4 to an interface: route, source, size, checksums, fragments.
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

#include <netinet/in.h>
#include <netinet/in_cksum.h>
#include <netinet/in_pcb.h>
#include <netinet/in_var.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_spd.h>
#include <netinet/ip_var.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>

#define IPSEND_MAXLEN	2048		/* packets */
#define IP_FRAGROOM	64		/* before a fragment: link header */

/* Where a packet goes; the interface is borrowed while NET is held. */
struct ip_way {
	struct ifnet		*iw_ifp;
	struct rtentry		*iw_rt;		/* NULL: a group's interface */
	u_int32_t		 iw_mtu;
};

static void	ip_send_task(void *);

int ip_defttl = IPDEFTTL;
int ip_mtudisc = 1;

static struct mbuf_queue ipsend_mq;
static struct task ipsend_task = TASK_INITIALIZER(ip_send_task, NULL);

void
ip_output_init(void)
{
	mq_init(&ipsend_mq, IPSEND_MAXLEN, IPL_SOFTNET);
}

struct rtentry *
ip_lookup(struct route *ro, const struct ip *ip, u_int rtableid)
{
	return (route_mpath(ro, &ip->ip_dst,
	    READ_ONCE(ip_multipath) ? &ip->ip_src : NULL, rtableid));
}

u_int32_t
ip_route_mtu(struct rtentry *rt, struct ifnet *ifp)
{
	u_int32_t mtu = READ_ONCE(ifp->if_mtu), rmtu;

	/* what is for ourselves goes by the loopback, not by rt_ifidx */
	if (rt == NULL || ISSET(rt->rt_flags, RTF_LOCAL))
		return (mtu);
	rmtu = READ_ONCE(rt->rt_mtu);
	return (rmtu != 0 && rmtu < mtu ? rmtu : mtu);
}

/* Header bytes of a TCP segment at off, or those it has at least. */
static u_int
ip_tcphlen(struct mbuf *m, u_int off)
{
	u_int8_t doff;

	if (m->m_pkthdr.len < (int)(off + sizeof(struct tcphdr)))
		return (sizeof(struct tcphdr));
	/* the upper half of the byte, words */
	m_copydata(m, off + 12, sizeof(doff), &doff);
	return ((doff >> 4) << 2);
}

u_int
ip_wirelen(struct mbuf *m, const struct ip *ip)
{
	u_int hlen = ip->ip_hl << 2, len = ntohs(ip->ip_len);

	if (!ISSET(m->m_pkthdr.csum_flags, M_TCP_TSO))
		return (len);
	return (min(len, hlen + ip_tcphlen(m, hlen) + m->m_pkthdr.ph_mss));
}

/*
 * Too big, and not to be cut?  The segments of a TSO packet do not exist
 * yet, so they cannot be cut either.
 */
int
ip_mtu_blocked(struct mbuf *m, const struct ip *ip, u_int32_t mtu)
{
	return (ip_wirelen(m, ip) > mtu && ((ip->ip_off & htons(IP_DF)) ||
	    ISSET(m->m_pkthdr.csum_flags, M_TCP_TSO)));
}

/*
 * Checksums
 */
void
in_hdr_cksum_out(struct mbuf *m, struct ifnet *ifp)
{
	struct ip *ip = mtod(m, struct ip *);

	/* a store that the loads of the sum would have to wait for */
	if (ip->ip_sum != 0)
		ip->ip_sum = 0;
	if (ifp != NULL && ISSET(ifp->if_capabilities, IFCAP_CSUM_IPv4)) {
		SET(m->m_pkthdr.csum_flags, M_IPV4_CSUM_OUT);
		return;
	}
	ipstat_inc(ips_outswcsum);
	ip->ip_sum = in_cksum(m, ip->ip_hl << 2);
	CLR(m->m_pkthdr.csum_flags, M_IPV4_CSUM_OUT);
}

/* Where the checksum of the protocol lies, from the header's start; or -1. */
static int
ip_cksum_offset(const struct ip *ip)
{
	switch (ip->ip_p) {
	case IPPROTO_TCP:
		return (offsetof(struct tcphdr, th_sum));
	case IPPROTO_UDP:
		return (offsetof(struct udphdr, uh_sum));
	case IPPROTO_ICMP:
		return (offsetof(struct icmp, icmp_cksum));
	default:
		return (-1);
	}
}

static void
ip_cksum_store(struct mbuf *m, int off, u_int16_t sum)
{
	/* the first buffer nearly always holds it, and is ours */
	if (m->m_len >= (u_int)off + sizeof(sum) && !m_readonly(m))
		memcpy(mtod(m, caddr_t) + off, &sum, sizeof(sum));
	else if (m_copyback(m, off, sizeof(sum), &sum, M_DONTWAIT) != 0)
		ipstat_inc(ips_odropped);
}

static void
in_delayed_cksum(struct mbuf *m, const struct ip *ip, int off, int at)
{
	int len = ntohs(ip->ip_len) - off;
	u_int16_t sum = 0;

	ip_cksum_store(m, at, 0);
	sum = in4_cksum(m, ip->ip_p == IPPROTO_ICMP ? 0 : ip->ip_p, off, len);
	if (ip->ip_p == IPPROTO_UDP && sum == 0)
		sum = 0xffff;
	ip_cksum_store(m, at, sum);
}

static int
in_ifcap_cksum(struct ifnet *ifp, u_int16_t csum_flags)
{
	u_int32_t need = 0;

	if (ifp == NULL || ISSET(csum_flags, M_ICMP_CSUM_OUT))
		return (0);
	if (ISSET(csum_flags, M_TCP_CSUM_OUT))
		need |= IFCAP_CSUM_TCPv4;
	if (ISSET(csum_flags, M_UDP_CSUM_OUT))
		need |= IFCAP_CSUM_UDPv4;
	return ((ifp->if_capabilities & need) == need);
}

void
in_proto_cksum_out(struct mbuf *m, struct ifnet *ifp)
{
	const u_int16_t all = M_TCP_CSUM_OUT | M_UDP_CSUM_OUT |
	    M_ICMP_CSUM_OUT;
	struct ip *ip = mtod(m, struct ip *);
	int at, off = ip->ip_hl << 2;

	if (!ISSET(m->m_pkthdr.csum_flags, all))
		return;
	at = ip_cksum_offset(ip);
	if (at == -1 || off + at + 2 > ntohs(ip->ip_len)) {
		CLR(m->m_pkthdr.csum_flags, all);
		return;
	}
	/* each segment of a TSO packet gets its own where it is cut */
	if (ISSET(m->m_pkthdr.csum_flags, M_TCP_TSO) ||
	    in_ifcap_cksum(ifp, m->m_pkthdr.csum_flags)) {
		ip_cksum_store(m, off + at, in_cksum_phdr(ip->ip_src.s_addr,
		    ip->ip_dst.s_addr,
		    htonl(ntohs(ip->ip_len) - off + ip->ip_p)));
		return;
	}
	ipstat_inc(ips_outswcsum);
	in_delayed_cksum(m, ip, off, off + at);
	CLR(m->m_pkthdr.csum_flags, all);
}

/*
 * Fragments
 */

/* The options that every fragment has: copied behind to, bytes with pad. */
static u_int
ip_copied_options(const struct ip *ip, struct ip *to)
{
	const u_int8_t *cp = (const u_int8_t *)(ip + 1);
	u_int8_t *dp = (u_int8_t *)(to + 1);
	u_int left = (ip->ip_hl << 2) - sizeof(*ip), optlen, n = 0;

	for (; left > 0 && *cp != IPOPT_EOL; left -= optlen, cp += optlen) {
		optlen = 1;
		if (*cp != IPOPT_NOP) {
			if (left <= IPOPT_OLEN || cp[IPOPT_OLEN] <=
			    IPOPT_OLEN || cp[IPOPT_OLEN] > left)
				break;
			optlen = cp[IPOPT_OLEN];
		}
		if (*cp == IPOPT_NOP || !IPOPT_COPIED(*cp))
			continue;
		memcpy(dp + n, cp, optlen);
		n += optlen;
	}
	while (n & 3)
		dp[n++] = IPOPT_EOL;
	return (n);
}

/* One fragment but the first: len bytes of m0 from off on. */
static struct mbuf *
ip_fragment_one(struct mbuf *m0, u_int off, u_int len, int more)
{
	struct ip *ip = mtod(m0, struct ip *), *fip;
	struct mbuf *m;
	u_int ipoff, hlen, hlen0 = ip->ip_hl << 2;

	if ((m = m_gethdr(M_DONTWAIT, MT_DATA)) == NULL)
		return (NULL);
	if (m_dup_pkthdr(m, m0, M_DONTWAIT) != 0)
		return (m_freem(m));
	m->m_data += IP_FRAGROOM;
	fip = mtod(m, struct ip *);
	*fip = *ip;
	hlen = sizeof(*ip) + ip_copied_options(ip, fip);
	fip->ip_hl = hlen >> 2;
	ipoff = (ntohs(ip->ip_off) & ~IP_MF) + ((off - hlen0) >> 3);
	fip->ip_off = htons(ipoff | (more ? IP_MF : 0));
	fip->ip_len = htons(hlen + len);
	m->m_len = hlen;
	m->m_pkthdr.len = hlen + len;
	if ((m->m_next = m_copym(m0, off, len, M_DONTWAIT)) == NULL)
		return (m_freem(m));
	return (m);
}

int
ip_fragment(struct mbuf *m0, struct mbuf_list *ml, struct ifnet *ifp,
    u_int32_t mtu)
{
	struct ip *ip = mtod(m0, struct ip *);
	struct mbuf *m;
	u_int hlen = ip->ip_hl << 2, tlen = ntohs(ip->ip_len);
	u_int off, len, last = (ip->ip_off & htons(IP_MF)) == 0;
	int error = EMSGSIZE;

	ml_init(ml);
	ml_enqueue(ml, m0);
	if (mtu < hlen + 8)
		goto fail;
	len = (mtu - hlen) & ~7U;
	error = ENOBUFS;
	for (off = hlen + len; off < tlen; off += len) {
		m = ip_fragment_one(m0, off, min(len, tlen - off),
		    off + len < tlen || !last);
		if (m == NULL)
			goto fail;
		ml_enqueue(ml, m);
	}
	if (hlen + len < tlen)
		m_adj(m0, -(int)(tlen - hlen - len));
	ip->ip_len = htons(hlen + len);
	ip->ip_off |= htons(IP_MF);
	MBUF_LIST_FOREACH(ml, m)
		in_hdr_cksum_out(m, ifp);
	ipstat_inc(ips_fragmented);
	ipstat_add(ips_ofragments, ml_len(ml));
	return (0);

 fail:
	ipstat_inc(error == ENOBUFS ? ips_odropped : ips_cantfrag);
	ml_purge(ml);
	return (error);
}

/* It does not fit: those who made SAs of it want to know for how much. */
static int
ip_output_toobig(struct mbuf *m, u_int32_t mtu)
{
#ifdef IPSEC
	if (m_tag_find(m, PACKET_TAG_IPSEC_OUT_DONE, NULL) != NULL)
		ipsec_adjust_mtu(m, mtu);
#endif
	ipstat_inc(ips_cantfrag);
	m_freem(m);
	return (EMSGSIZE);
}

int
ip_output_if(struct mbuf *m, struct ifnet *ifp, struct rtentry *rt,
    struct sockaddr *dst, u_int32_t mtu)
{
	struct ip *ip = mtod(m, struct ip *);
	struct mbuf_list ml;
	struct sockaddr_in sin;
	int error;

	if (dst == NULL && rt != NULL && ISSET(rt->rt_flags, RTF_GATEWAY))
		dst = rt->rt_gateway;
	if (dst == NULL) {
		memset(&sin, 0, sizeof(sin));
		sin.sin_len = sizeof(sin);
		sin.sin_family = AF_INET;
		sin.sin_addr = ip->ip_dst;
		dst = sintosa(&sin);
	}
	if (ip_wirelen(m, ip) <= mtu) {
		in_proto_cksum_out(m, ifp);
		in_hdr_cksum_out(m, ifp);
		return (ifp->if_output(ifp, m, dst, rt));
	}
	if (ip_mtu_blocked(m, ip, mtu) || ISSET(m->m_flags, M_BCAST))
		return (ip_output_toobig(m, mtu));
	/* no device can sum over several packets */
	in_proto_cksum_out(m, NULL);
	if ((error = ip_fragment(m, &ml, ifp, mtu)) != 0)
		return (error);
	error = if_output_ml(ifp, &ml, dst, rt);
	if (!ml_empty(&ml))
		ipstat_add(ips_odropped, ml_purge(&ml));
	return (error);
}

/*
 * Output of our own packets
 */

static void
ip_output_header(struct mbuf *m, int flags)
{
	struct ip *ip = mtod(m, struct ip *);

	if (ISSET(flags, IP_FORWARDING | IP_RAWOUTPUT))
		return;
	ip->ip_v = IPVERSION;
	ip->ip_hl = sizeof(*ip) >> 2;
	ip->ip_off &= htons(IP_DF);
	ip->ip_id = htons(ip_randomid());
	ipstat_inc(ips_localout);
}

/* A group's interface named by the socket: no route is asked. */
static int
ip_way_group(struct ip_way *iw, const struct ip_moptions *imo)
{
	if ((iw->iw_ifp = if_get_locked(imo->imo_ifidx)) == NULL)
		return (EADDRNOTAVAIL);
	iw->iw_rt = NULL;
	return (0);
}

/* 0, an errno, or EJUSTRETURN: a hole to throw it in. */
static int
ip_way_route(struct ip_way *iw, struct route *ro, const struct ip *ip,
    u_int rtableid, int flags)
{
	struct rtentry *rt;
	u_int ifidx;

	rt = iw->iw_rt = ip_lookup(ro, ip, rtableid);
	if (!rtisvalid(rt)) {
		ipstat_inc(ips_noroute);
		return (EHOSTUNREACH);
	}
	if (ISSET(flags, IP_ROUTETOIF) && ISSET(rt->rt_flags, RTF_GATEWAY)) {
		ipstat_inc(ips_noroute);
		return (ENETUNREACH);
	}
	if (ISSET(rt->rt_flags, RTF_REJECT | RTF_BLACKHOLE)) {
		ipstat_inc(ips_noroute);
		if (ISSET(rt->rt_flags, RTF_BLACKHOLE))
			return (EJUSTRETURN);
		return (ISSET(rt->rt_flags, RTF_HOST) ? EHOSTUNREACH :
		    ENETUNREACH);
	}
	ifidx = ISSET(rt->rt_flags, RTF_LOCAL) ? rtable_loindex(rtableid) :
	    rt->rt_ifidx;
	if ((iw->iw_ifp = if_get_locked(ifidx)) == NULL) {
		ipstat_inc(ips_noroute);
		return (EHOSTUNREACH);
	}
	return (0);
}

/* No source given: the route's, or the group interface's address. */
static int
ip_output_source(struct ip *ip, const struct ip_way *iw)
{
	struct sockaddr_in sin;
	struct ifaddr *ifa;

	if (ip->ip_src.s_addr != INADDR_ANY)
		return (0);
	if (iw->iw_rt != NULL) {
		ifa = iw->iw_rt->rt_ifa;
	} else {
		memset(&sin, 0, sizeof(sin));
		sin.sin_len = sizeof(sin);
		sin.sin_family = AF_INET;
		sin.sin_addr = ip->ip_dst;
		ifa = ifaof_ifpforaddr(sintosa(&sin), iw->iw_ifp);
	}
	if (ifa == NULL || ifa->ifa_addr->sa_family != AF_INET)
		return (EADDRNOTAVAIL);
	ip->ip_src = ifatoia(ifa)->ia_addr.sin_addr;
	return (0);
}

static int
ip_output_bcast(struct mbuf *m, const struct ip_way *iw, int flags)
{
	struct ip *ip = mtod(m, struct ip *);

	if (ip->ip_dst.s_addr != INADDR_BROADCAST && (iw->iw_rt == NULL ||
	    !ISSET(iw->iw_rt->rt_flags, RTF_BROADCAST))) {
		CLR(m->m_flags, M_BCAST);
		return (0);
	}
	if (!ISSET(iw->iw_ifp->if_flags, IFF_BROADCAST))
		return (EADDRNOTAVAIL);
	if (!ISSET(flags, IP_ALLOWBROADCAST))
		return (EACCES);
	SET(m->m_flags, M_BCAST);
	return (0);
}

/* Members on this machine hear it as well.  m is kept. */
static void
ip_mloopback(struct mbuf *m, struct ifnet *ifp)
{
	struct mbuf *n;

	if ((n = m_dup_pkt(m, M_RXHEADROOM, M_DONTWAIT)) == NULL) {
		ipstat_inc(ips_odropped);
		return;
	}
	in_proto_cksum_out(n, NULL);
	in_hdr_cksum_out(n, NULL);
	if_input_local(ifp, n, AF_INET, NULL);
}

/* 0, an errno, or EJUSTRETURN: done with it. */
static int
ip_output_mcast(struct mbuf *m, const struct ip_way *iw, int flags,
    const struct ip_moptions *imo)
{
	struct ip *ip = mtod(m, struct ip *);
	struct ifnet *ifp = iw->iw_ifp;

	SET(m->m_flags, M_MCAST);
	if (!ISSET(flags, IP_RAWOUTPUT))
		ip->ip_ttl = imo != NULL ? imo->imo_ttl :
		    IP_DEFAULT_MULTICAST_TTL;
	if (!ISSET(ifp->if_flags, IFF_MULTICAST))
		return (ENETUNREACH);
	if ((imo == NULL || imo->imo_loop) && in_hasmulti(&ip->ip_dst, ifp))
		ip_mloopback(m, ifp);
	if (ip->ip_ttl == 0 || ISSET(ifp->if_flags, IFF_LOOPBACK))
		return (EJUSTRETURN);
	return (0);
}

static int
ip_output_way(struct mbuf *m, const struct ip_way *iw, int flags,
    const struct ip_moptions *imo)
{
	struct ip *ip = mtod(m, struct ip *);

	if (IN_MULTICAST(ip->ip_dst.s_addr))
		return (ip_output_mcast(m, iw, flags, imo));
	CLR(m->m_flags, M_MCAST);
	return (ip_output_bcast(m, iw, flags));
}

/* Route and, if that is open, source. */
static int
ip_output_route(struct mbuf *m, struct ip_way *iw, struct route *ro,
    int flags, struct ip_moptions *imo)
{
	struct ip *ip = mtod(m, struct ip *);
	int error;

	if (IN_MULTICAST(ip->ip_dst.s_addr) && imo != NULL &&
	    imo->imo_ifidx != 0)
		error = ip_way_group(iw, imo);
	else
		error = ip_way_route(iw, ro, ip, m->m_pkthdr.ph_rtableid,
		    flags);
	return (error != 0 ? error : ip_output_source(ip, iw));
}

#ifdef IPSEC
/*
 * What policies and the socket say: 0 and m is still there, to be sent as
 * it is, or EJUSTRETURN or an errno and it is gone.  An SA needs no route
 * to the packet's destination, but a policy wants to know the source.
 */
static int
ip_output_policy(struct mbuf *m, struct ip_way *iw, struct route *ro,
    int flags, struct ip_moptions *imo, const struct inpcb *inp)
{
	struct tdb *tdb;
	u_int32_t mtu;
	int error = 0;

	if (mtod(m, struct ip *)->ip_src.s_addr == INADDR_ANY)
		error = ip_output_route(m, iw, ro, flags, imo);
	if (error == 0)
		error = ipsec_output_lookup(m, AF_INET, inp, &tdb);
	if (error != 0) {
		if (error != EJUSTRETURN)
			ipstat_inc(ips_odropped);
		m_freem(m);
		return (error);
	}
	if (tdb == NULL)
		return (0);
	/* it may be the inner one from here on */
	in_hdr_cksum_out(m, NULL);
	error = ipsec_output_send(m, tdb, AF_INET, &mtu);
	tdb_unref(tdb);
	return (error == 0 ? EJUSTRETURN : error);
}
#endif

int
ip_output(struct mbuf *m, struct mbuf *opt, struct route *ro, int flags,
    struct ip_moptions *imo, const struct inpcb *inp, u_int32_t flowinfo)
{
	struct ip_way iw = { NULL, NULL, 0 };
	struct route iproute;
	int error;

	NET_ASSERT_LOCKED();
	if (ro == NULL) {
		ro = &iproute;
		ro->ro_rt = NULL;
	}
	ip_output_header(m, flags);
	if ((error = opt != NULL ? EOPNOTSUPP : 0) != 0)
		goto drop;
#ifdef IPSEC
	if (ipsec_output_wanted(inp) && (error = ip_output_policy(m, &iw, ro,
	    flags, imo, inp)) != 0)
		goto done;
#endif
	if (iw.iw_ifp == NULL)
		error = ip_output_route(m, &iw, ro, flags, imo);
	if (error == 0)
		error = ip_output_way(m, &iw, flags, imo);
	if (error == 0) {
		iw.iw_mtu = ip_route_mtu(iw.iw_rt, iw.iw_ifp);
		error = ip_output_if(m, iw.iw_ifp, iw.iw_rt, NULL, iw.iw_mtu);
		goto done;
	}
 drop:
	if (error != 0 && error != EJUSTRETURN)
		ipstat_inc(ips_odropped);
	m_freem(m);
 done:
	if (ro == &iproute)
		route_release(ro);
	return (error == EJUSTRETURN ? 0 : error);
}

static void
ip_send_task(void *arg)
{
	struct mbuf_list ml;
	struct mbuf *m;

	mq_delist(&ipsend_mq, &ml);
	if (ml_empty(&ml))
		return;
	NET_LOCK_SHARED();
	while ((m = ml_dequeue(&ml)) != NULL)
		ip_output(m, NULL, NULL, 0, NULL, NULL, 0);
	NET_UNLOCK_SHARED();
}

void
ip_send(struct mbuf *m)
{
	if (mq_enqueue(&ipsend_mq, m) != 0)
		ipstat_inc(ips_odropped);
	task_add(net_tq(0), &ipsend_task);
}
