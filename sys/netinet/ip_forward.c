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
 * Packets of others: pass them on, or tell the sender why not.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/route.h>

#include <netinet/in.h>
#include <netinet/in_var.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_spd.h>
#include <netinet/ip_var.h>

int ip_sendredirects = 1;

/*
 * The packet is gone once an interface has it: what an error needs of it
 * is kept here, the header as it was received and the 64 bits behind it.
 */
#define IPQUOTE_MAX	(sizeof(struct ip) + MAX_IPOPTLEN + 8)

struct ip_quote {
	u_int	qu_len;
	u_int	qu_rtableid;
	u_int	qu_ifidx;
	char	qu_data[IPQUOTE_MAX] __aligned(4);
};

static void
ip_quote_take(struct ip_quote *qu, struct mbuf *m)
{
	qu->qu_len = min(m->m_pkthdr.len, IPQUOTE_MAX);
	qu->qu_rtableid = m->m_pkthdr.ph_rtableid;
	qu->qu_ifidx = m->m_pkthdr.ph_ifidx;
	m_copydata(m, 0, qu->qu_len, qu->qu_data);
}

static void
ip_quote_error(const struct ip_quote *qu, int type, int code, u_int32_t dest,
    int mtu)
{
	struct mbuf *m;

	if ((m = m_gethdr(M_DONTWAIT, MT_DATA)) == NULL) {
		ipstat_inc(ips_rcvmemdrop);
		return;
	}
	memcpy(mtod(m, caddr_t), qu->qu_data, qu->qu_len);
	m->m_len = m->m_pkthdr.len = qu->qu_len;
	m->m_pkthdr.ph_rtableid = qu->qu_rtableid;
	m->m_pkthdr.ph_ifidx = qu->qu_ifidx;
	icmp_error(m, type, code, dest, mtu);
}

/*
 * Is there a shorter way for the sender than by us?  Then the gateway to
 * name, else 0: only on a network that both are on.
 */
static u_int32_t
ip_redirect_to(const struct ip_quote *qu, struct ifnet *ifp,
    struct rtentry *rt)
{
	const struct ip *ip = (const struct ip *)qu->qu_data;
	struct in_ifaddr *ia = ifatoia(rt->rt_ifa);

	if (!READ_ONCE(ip_sendredirects) || rt->rt_ifidx != ifp->if_index ||
	    !ISSET(ifp->if_flags, IFF_BROADCAST) ||
	    ISSET(rt->rt_flags, RTF_DYNAMIC | RTF_MODIFIED) ||
	    (ip->ip_src.s_addr & ia->ia_netmask) != ia->ia_net)
		return (0);
	if (!ISSET(rt->rt_flags, RTF_GATEWAY))
		return (ip->ip_dst.s_addr);
	if (rt->rt_gateway->sa_family != AF_INET)
		return (0);
	return (satosin(rt->rt_gateway)->sin_addr.s_addr);
}

/* What the sender learns when the next interface did not take a packet. */
static void
ip_forward_failed(const struct ip_quote *qu, int error, u_int32_t mtu)
{
	switch (error) {
	case ENOBUFS:
	case ENOMEM:
		/* counted by the queue; more packets do not help */
	case EACCES:
		break;
	case EMSGSIZE:
		ip_quote_error(qu, ICMP_UNREACH, ICMP_UNREACH_NEEDFRAG, 0,
		    mtu);
		break;
	default:
		ip_quote_error(qu, ICMP_UNREACH, ICMP_UNREACH_HOST, 0, 0);
		break;
	}
}

/* Out by this interface.  Consumes m. */
static void
ip_forward_if(struct mbuf *m, struct ifnet *ifp, struct ifnet *oifp,
    struct rtentry *rt)
{
	struct ip_quote qu;
	struct ip *ip = mtod(m, struct ip *);
	u_int32_t gw, mtu = ip_route_mtu(rt, oifp);
	int error;

	if (ip_mtu_blocked(m, ip, mtu)) {
		ipstat_inc(ips_cantfrag);
		icmp_error(m, ICMP_UNREACH, ICMP_UNREACH_NEEDFRAG, 0, mtu);
		return;
	}
	ip_quote_take(&qu, m);
	ip->ip_ttl -= IPTTLDEC;
	if ((error = ip_output_if(m, oifp, rt, NULL, mtu)) != 0) {
		ip_forward_failed(&qu, error, mtu);
		return;
	}
	ipstat_inc(ips_forward);
	if ((gw = ip_redirect_to(&qu, ifp, rt)) != 0) {
		ipstat_inc(ips_redirectsent);
		ip_quote_error(&qu, ICMP_REDIRECT, ICMP_REDIRECT_HOST, gw, 0);
	}
}

#ifdef IPSEC
/* Through an SA that a policy has found.  Consumes m. */
static void
ip_forward_tdb(struct mbuf *m, struct tdb *tdb)
{
	struct ip *ip = mtod(m, struct ip *);
	struct ip_quote qu;
	u_int32_t mtu;
	int error;

	ip_quote_take(&qu, m);
	ip->ip_ttl -= IPTTLDEC;
	in_hdr_cksum_out(m, NULL);
	error = ipsec_output_send(m, tdb, AF_INET, &mtu);
	if (error == 0)
		ipstat_inc(ips_forward);
	else if (error != EMSGSIZE || mtu != 0)
		ip_forward_failed(&qu, error, mtu);
}

/*
 * What policies say of a packet that is passed on: may it be here, and how
 * does it leave?  Returns 1 when it is done with.
 */
static int
ip_forward_policy(struct mbuf *m)
{
	struct tdb *tdb;
	int error;

	error = ipsec_input_check(m, AF_INET, NULL);
	if (error == 0)
		error = ipsec_output_lookup(m, AF_INET, NULL, &tdb);
	if (error != 0) {
		ipstat_inc(ips_cantforward);
		icmp_error(m, ICMP_UNREACH, error == EACCES ?
		    ICMP_UNREACH_FILTER_PROHIB : ICMP_UNREACH_HOST, 0, 0);
		return (1);
	}
	if (tdb == NULL)
		return (0);
	ip_forward_tdb(m, tdb);
	tdb_unref(tdb);
	return (1);
}
#endif

void
ip_forward(struct mbuf *m, struct ifnet *ifp, struct route *ro)
{
	struct ip *ip = mtod(m, struct ip *);
	struct ifnet *oifp;
	struct rtentry *rt;

	if (ISSET(m->m_flags, M_BCAST | M_MCAST) ||
	    !in_canforward(ip->ip_src) || !in_canforward(ip->ip_dst)) {
		ipstat_inc(ips_cantforward);
		m_freem(m);
		return;
	}
	if (ip->ip_ttl <= IPTTLDEC) {
		ipstat_inc(ips_cantforward);
		icmp_error(m, ICMP_TIMXCEED, ICMP_TIMXCEED_INTRANS, 0, 0);
		return;
	}
#ifdef IPSEC
	if (ipsec_output_wanted(NULL) && ip_forward_policy(m))
		return;
#endif
	rt = ip_lookup(ro, ip, m->m_pkthdr.ph_rtableid);
	if (!rtisvalid(rt)) {
		ipstat_inc(ips_noroute);
		icmp_error(m, ICMP_UNREACH, rt == NULL ? ICMP_UNREACH_NET :
		    ICMP_UNREACH_HOST, 0, 0);
		return;
	}
	if (ISSET(rt->rt_flags, RTF_BLACKHOLE)) {
		ipstat_inc(ips_noroute);
		m_freem(m);
		return;
	}
	if (ISSET(rt->rt_flags, RTF_REJECT) ||
	    (oifp = if_get(rt->rt_ifidx)) == NULL) {
		ipstat_inc(ips_noroute);
		icmp_error(m, ICMP_UNREACH, ICMP_UNREACH_HOST, 0, 0);
		return;
	}
	if (ISSET(rt->rt_flags, RTF_BROADCAST))
		SET(m->m_flags, M_BCAST);
	ip_forward_if(m, ifp, oifp, rt);
	if_put(oifp);
}
