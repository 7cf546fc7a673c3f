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

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip6.h>
#include <netinet/ip_spd.h>
#include <netinet6/ip6_var.h>

/*
 * The packet is gone once an interface has it: what an error needs of it
 * is kept here.  RFC 4443 wants as much as fits, but that much would be
 * copied for each packet; the headers and an SPI or ports are what the
 * receiver of an error looks at.
 */
#define IP6QUOTE_MAX	128

struct ip6_quote {
	u_int	qu_len;
	u_int	qu_rtableid;
	u_int	qu_ifidx;
	char	qu_data[IP6QUOTE_MAX] __aligned(4);
};

static void
ip6_quote_take(struct ip6_quote *qu, struct mbuf *m)
{
	qu->qu_len = min(m->m_pkthdr.len, IP6QUOTE_MAX);
	qu->qu_rtableid = m->m_pkthdr.ph_rtableid;
	qu->qu_ifidx = m->m_pkthdr.ph_ifidx;
	m_copydata(m, 0, qu->qu_len, qu->qu_data);
}

static void
ip6_quote_error(const struct ip6_quote *qu, int type, int code, int param)
{
	struct mbuf *m;

	m = m_getpacket(M_DONTWAIT, 0, qu->qu_len, 0);
	if (m == NULL) {
		ip6stat_inc(ip6s_rcvmemdrop);
		return;
	}
	memcpy(mtod(m, caddr_t), qu->qu_data, qu->qu_len);
	m->m_len = m->m_pkthdr.len = qu->qu_len;
	m->m_pkthdr.ph_rtableid = qu->qu_rtableid;
	m->m_pkthdr.ph_ifidx = qu->qu_ifidx;
	icmp6_error(m, type, code, param);
}

/* What the sender learns when the next interface did not take a packet. */
static void
ip6_forward_failed(const struct ip6_quote *qu, int error, u_int32_t mtu)
{
	switch (error) {
	case ENOBUFS:
	case ENOMEM:
		/* counted by the queue; more packets do not help */
	case EACCES:
		break;
	case EMSGSIZE:
		ip6_quote_error(qu, ICMP6_PACKET_TOO_BIG, 0, mtu);
		break;
	default:
		ip6_quote_error(qu, ICMP6_DST_UNREACH,
		    ICMP6_DST_UNREACH_ADDR, 0);
		break;
	}
}

/* Out by this interface.  Consumes m. */
static void
ip6_forward_if(struct mbuf *m, struct ifnet *ifp, struct ifnet *oifp,
    struct rtentry *rt)
{
	struct ip6_quote qu;
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	u_int32_t mtu = ip6_route_mtu(rt, oifp);
	int error;

	/* a link's addresses mean nothing on another, RFC 4443 3.1 */
	if (IN6_IS_ADDR_LINKLOCAL(&ip6->ip6_src) && oifp != ifp) {
		ip6stat_inc(ip6s_badscope);
		icmp6_error(m, ICMP6_DST_UNREACH,
		    ICMP6_DST_UNREACH_BEYONDSCOPE, 0);
		return;
	}
	if (ip6_wirelen(m) > mtu) {
		ip6stat_inc(ip6s_cantfrag);
		icmp6_error(m, ICMP6_PACKET_TOO_BIG, 0, mtu);
		return;
	}
	ip6_quote_take(&qu, m);
	ip6->ip6_hlim--;
	error = ip6_output_if(m, oifp, rt, IPV6_FORWARDING, mtu);
	if (error != 0)
		ip6_forward_failed(&qu, error, mtu);
	else
		ip6stat_inc(ip6s_forward);
}

#ifdef IPSEC
/* Through an SA that a policy has found.  Consumes m. */
static void
ip6_forward_tdb(struct mbuf *m, struct tdb *tdb)
{
	struct ip6_quote qu;
	u_int32_t mtu;
	int error;

	ip6_quote_take(&qu, m);
	mtod(m, struct ip6_hdr *)->ip6_hlim--;
	error = ipsec_output_send(m, tdb, AF_INET6, &mtu);
	if (error == 0)
		ip6stat_inc(ip6s_forward);
	else if (error != EMSGSIZE || mtu != 0)
		ip6_forward_failed(&qu, error, max(mtu, IPV6_MMTU));
}

/*
 * What policies say of a packet that is passed on: may it be here, and how
 * does it leave?  Returns 1 when it is done with.
 */
static int
ip6_forward_policy(struct mbuf *m)
{
	struct tdb *tdb;
	int error;

	error = ipsec_input_check(m, AF_INET6, NULL);
	if (error == 0)
		error = ipsec_output_lookup(m, AF_INET6, NULL, &tdb);
	if (error != 0) {
		ip6stat_inc(ip6s_cantforward);
		icmp6_error(m, ICMP6_DST_UNREACH, error == EACCES ?
		    ICMP6_DST_UNREACH_ADMIN : ICMP6_DST_UNREACH_ADDR, 0);
		return (1);
	}
	if (tdb == NULL)
		return (0);
	ip6_forward_tdb(m, tdb);
	tdb_unref(tdb);
	return (1);
}
#endif

/* Neither groups nor the addresses of one link or host are passed on. */
static int
ip6_canforward(struct mbuf *m, const struct ip6_hdr *ip6)
{
	return (!ISSET(m->m_flags, M_BCAST | M_MCAST) &&
	    !IN6_IS_ADDR_MULTICAST(&ip6->ip6_dst) &&
	    !IN6_IS_ADDR_LINKLOCAL(&ip6->ip6_dst) &&
	    !IN6_IS_ADDR_LOOPBACK(&ip6->ip6_dst) &&
	    !IN6_IS_ADDR_LOOPBACK(&ip6->ip6_src) &&
	    !IN6_IS_ADDR_UNSPECIFIED(&ip6->ip6_src));
}

void
ip6_forward(struct mbuf *m, struct ifnet *ifp, struct route *ro)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	struct ifnet *oifp;
	struct rtentry *rt;

	if (!ip6_canforward(m, ip6)) {
		ip6stat_inc(ip6s_cantforward);
		m_freem(m);
		return;
	}
	if (ip6->ip6_hlim <= 1) {
		ip6stat_inc(ip6s_cantforward);
		icmp6_error(m, ICMP6_TIME_EXCEEDED,
		    ICMP6_TIME_EXCEED_TRANSIT, 0);
		return;
	}
#ifdef IPSEC
	if (ipsec_output_wanted(NULL) && ip6_forward_policy(m))
		return;
#endif
	rt = ip6_lookup(ro, ip6, m->m_pkthdr.ph_rtableid);
	if (!rtisvalid(rt)) {
		ip6stat_inc(ip6s_noroute);
		icmp6_error(m, ICMP6_DST_UNREACH, rt == NULL ?
		    ICMP6_DST_UNREACH_NOROUTE : ICMP6_DST_UNREACH_ADDR, 0);
		return;
	}
	if (ISSET(rt->rt_flags, RTF_BLACKHOLE)) {
		ip6stat_inc(ip6s_noroute);
		m_freem(m);
		return;
	}
	if (ISSET(rt->rt_flags, RTF_REJECT) ||
	    (oifp = if_get(rt->rt_ifidx)) == NULL) {
		ip6stat_inc(ip6s_noroute);
		icmp6_error(m, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE,
		    0);
		return;
	}
	ip6_forward_if(m, ifp, oifp, rt);
	if_put(oifp);
}
