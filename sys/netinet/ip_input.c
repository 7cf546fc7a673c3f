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
 * IPv4 from an interface: checks, whose it is, delivery.  Everything here
 * runs under the shared netlock on several threads at once.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/domain.h>
#include <sys/mbuf.h>
#include <sys/protosw.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_types.h>
#include <net/if_var.h>
#include <net/route.h>

#include <netinet/in.h>
#include <netinet/in_cksum.h>
#include <netinet/in_var.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_spd.h>
#include <netinet/ip_var.h>

#include <machine/softnet.h>

/* Who gets a packet. */
enum ip_whose { IP_OURS, IP_OTHERS, IP_NOBODYS };

struct cpumem *ipcounters;
u_char ip_protox[256];

int ip_forwarding;
int ip_directedbcast;
int ip_multipath;

void
ip_init(void)
{
	ipcounters = counters_alloc(ips_ncounters);
	ip_id_init();
	pffillprotox(PF_INET, ip_protox);
	ip_frag_init();
	ip_output_init();
}

/* Addresses that no packet on a wire may have. */
static int
ip_martian(const struct ip *ip, struct ifnet *ifp)
{
	if (IN_MULTICAST(ip->ip_src.s_addr) ||
	    ip->ip_src.s_addr == INADDR_BROADCAST)
		return (1);
	if (ISSET(ifp->if_flags, IFF_LOOPBACK))
		return (0);
	return ((ntohl(ip->ip_src.s_addr) >> IN_CLASSA_NSHIFT) ==
	    IN_LOOPBACKNET ||
	    (ntohl(ip->ip_dst.s_addr) >> IN_CLASSA_NSHIFT) ==
	    IN_LOOPBACKNET);
}

static int
ip_cksum_bad(struct mbuf *m, int hlen)
{
	if (m->m_pkthdr.csum_flags & M_IPV4_CSUM_IN_OK)
		return (0);
	if (m->m_pkthdr.csum_flags & M_IPV4_CSUM_IN_BAD)
		return (1);
	ipstat_inc(ips_inswcsum);
	return (in_cksum(m, hlen) != 0);
}

/*
 * A packet that is what its header says, header contiguous and nothing
 * behind its end; or NULL.
 */
static struct mbuf *
ip_check(struct mbuf *m, struct ifnet *ifp)
{
	enum ipstat_counters why;
	struct ip *ip;
	int hlen, len;

	why = ips_toosmall;
	if (m->m_pkthdr.len < (int)sizeof(*ip))
		goto drop;
	why = ips_rcvmemdrop;
	if ((m = m_pullup(m, sizeof(*ip))) == NULL)
		goto drop;
	ip = mtod(m, struct ip *);
	why = ips_badvers;
	if (ip->ip_v != IPVERSION)
		goto drop;
	hlen = ip->ip_hl << 2;
	why = ips_badhlen;
	if (hlen < (int)sizeof(*ip) || hlen > m->m_pkthdr.len)
		goto drop;
	why = ips_rcvmemdrop;
	if ((m = m_pullup(m, hlen)) == NULL)
		goto drop;
	ip = mtod(m, struct ip *);
	why = ips_badsum;
	if (ip_cksum_bad(m, hlen))
		goto drop;
	len = ntohs(ip->ip_len);
	why = ips_badlen;
	if (len < hlen)
		goto drop;
	why = ips_tooshort;
	if (len > m->m_pkthdr.len)
		goto drop;
	why = ips_badaddr;
	if (ip_martian(ip, ifp))
		goto drop;
	/* what is behind is padding of the link layer */
	if (len < m->m_pkthdr.len)
		m_adj(m, len - m->m_pkthdr.len);
	return (m);

 drop:
	ipstat_inc(why);
	m_freem(m);
	return (NULL);
}

/* One option that takes stamps: is there sense in its pointer? */
static int
ip_option_badptr(const u_int8_t *cp, int optlen)
{
	int first = cp[IPOPT_OPTVAL] == IPOPT_TS ? 5 : IPOPT_MINOFF;

	return (optlen <= IPOPT_OFFSET || cp[IPOPT_OFFSET] < first);
}

/*
 * Look at the options.  Routes and times are not recorded, which RFC 1812
 * leaves to us; a source route is refused.  0, or the packet was bad and
 * is gone.
 */
static int
ip_dooptions(struct mbuf *m)
{
	struct ip *ip = mtod(m, struct ip *);
	u_int8_t *start = (u_int8_t *)ip, *cp = start + sizeof(*ip);
	int optlen, left = (ip->ip_hl << 2) - sizeof(*ip);
	int type = ICMP_PARAMPROB, code = 0;

	for (; left > 0; left -= optlen, cp += optlen) {
		optlen = 1;
		if (cp[IPOPT_OPTVAL] == IPOPT_EOL)
			return (0);
		if (cp[IPOPT_OPTVAL] == IPOPT_NOP)
			continue;
		code = cp + IPOPT_OLEN - start;
		if (left <= IPOPT_OLEN)
			goto bad;
		optlen = cp[IPOPT_OLEN];
		if (optlen <= IPOPT_OLEN || optlen > left)
			goto bad;
		switch (cp[IPOPT_OPTVAL]) {
		case IPOPT_LSRR:
		case IPOPT_SSRR:
			type = ICMP_UNREACH;
			code = ICMP_UNREACH_SRCFAIL;
			goto bad;
		case IPOPT_RR:
		case IPOPT_TS:
			code = cp + IPOPT_OFFSET - start;
			if (ip_option_badptr(cp, optlen))
				goto bad;
			break;
		}
	}
	return (0);

 bad:
	ipstat_inc(ips_badoptions);
	icmp_error(m, type, code, 0, 0);
	return (EINVAL);
}

/*
 * A host, as opposed to a router, takes packets for an address only where
 * the address lives: nobody else's network may reach round that.
 */
static enum ip_whose
ip_whose_local(struct mbuf *m, struct ifnet *ifp, struct rtentry *rt)
{
	struct ifnet *owner;
	int foreign;

	if (READ_ONCE(ip_forwarding) != 0 || rt->rt_ifidx == ifp->if_index ||
	    ISSET(ifp->if_flags, IFF_LOOPBACK))
		return (IP_OURS);
	/* what an SA let in came by the interface of its outer header */
	if (m_tag_find(m, PACKET_TAG_IPSEC_IN_DONE, NULL) != NULL &&
	    ifp->if_type != IFT_TUNNEL)
		return (IP_OURS);
	/* addresses of a loopback are the machine's, wherever asked for */
	owner = if_get(rt->rt_ifidx);
	foreign = owner == NULL || !ISSET(owner->if_flags, IFF_LOOPBACK);
	if_put(owner);
	if (!foreign)
		return (IP_OURS);
	ipstat_inc(ips_wrongif);
	return (IP_NOBODYS);
}

static enum ip_whose
ip_whose_mcast(struct mbuf *m, struct ifnet *ifp, const struct ip *ip)
{
	SET(m->m_flags, M_MCAST);
	if (in_hasmulti(&ip->ip_dst, ifp))
		return (IP_OURS);
	/* a router for groups would be asked here */
	ipstat_inc(ips_notmember);
	return (IP_NOBODYS);
}

static enum ip_whose
ip_whose(struct mbuf *m, struct ifnet *ifp, struct route *ro)
{
	struct ip *ip = mtod(m, struct ip *);
	struct rtentry *rt;

	if (IN_MULTICAST(ip->ip_dst.s_addr))
		return (ip_whose_mcast(m, ifp, ip));
	if (ip->ip_dst.s_addr == INADDR_BROADCAST ||
	    ip->ip_dst.s_addr == INADDR_ANY) {
		SET(m->m_flags, M_BCAST);
		return (IP_OURS);
	}
	rt = ip_lookup(ro, ip, m->m_pkthdr.ph_rtableid);
	if (!rtisvalid(rt))
		return (IP_OTHERS);
	if (ISSET(rt->rt_flags, RTF_LOCAL))
		return (ip_whose_local(m, ifp, rt));
	if (!ISSET(rt->rt_flags, RTF_BROADCAST))
		return (IP_OTHERS);
	if (rt->rt_ifidx == ifp->if_index) {
		SET(m->m_flags, M_BCAST);
		return (IP_OURS);
	}
	if (READ_ONCE(ip_directedbcast))
		return (IP_OTHERS);
	ipstat_inc(ips_wrongif);
	return (IP_NOBODYS);
}

/* It is for us.  Consumes m. */
static void
ip_local(struct mbuf *m, struct netstack *ns)
{
	struct ip *ip = mtod(m, struct ip *);
	int off;

	if (ip->ip_off & htons(IP_MF | IP_OFFMASK)) {
		if ((m = ip_reass(m)) == NULL)
			return;
		ip = mtod(m, struct ip *);
	}
	off = ip->ip_hl << 2;
	ipstat_inc(ips_delivered);
	ip_deliver(&m, &off, ip->ip_p, AF_INET, ns);
}

#ifdef IPSEC
/*
 * Protocols that look for themselves, with the socket in hand, or only take
 * a header off: what is inside is looked at when it comes round again.
 */
static int
ip_deliver_unchecked(int nxt)
{
	switch (nxt) {
	case IPPROTO_UDP:
	case IPPROTO_ESP:
	case IPPROTO_AH:
	case IPPROTO_IPV4:
	case IPPROTO_IPV6:
		return (1);
	default:
		return (0);
	}
}
#endif

int
ip_deliver(struct mbuf **mp, int *offp, int nxt, int af, struct netstack *ns)
{
	NET_ASSERT_LOCKED();
	while (nxt != IPPROTO_DONE) {
		KASSERT(nxt >= 0 && nxt < (int)nitems(ip_protox));
#ifdef IPSEC
		if (ipsec_input_wanted(NULL) && !ip_deliver_unchecked(nxt) &&
		    ipsec_input_check(*mp, af, NULL) != 0) {
			m_freemp(mp);
			return (IPPROTO_DONE);
		}
#endif
		nxt = inetsw[ip_protox[nxt]].pr_input(mp, offp, nxt, af, ns);
	}
	return (nxt);
}

/* May we pass it on?  2 stands for "if it came out of a tunnel". */
static int
ip_mayforward(struct mbuf *m)
{
	switch (READ_ONCE(ip_forwarding)) {
	case 0:
		return (0);
	case 2:
		return (m_tag_find(m, PACKET_TAG_IPSEC_IN_DONE, NULL) !=
		    NULL);
	default:
		return (1);
	}
}

/*
 * The softnets let go of the routes they remember, so that none of these
 * outlives its interface.  Nobody uses them while we have the netlock.
 */
void
ip_forget_routes(void)
{
	struct netstack *ns;
	u_int i = 0;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	do {
		ns = softnet_ns(softnet_of(i));
		route_release(&ns->ns_route);
		route_release(&ns->ns_route6);
		route_release(&ns->ns_saroute);
		route_release(&ns->ns_saroute6);
	} while (softnet_of(++i) != softnet_of(0));
}

void
ipv4_input(struct ifnet *ifp, struct mbuf *m, struct netstack *ns)
{
	struct route iproute, *ro = &iproute;

	NET_ASSERT_LOCKED();
	ipstat_inc(ips_total);
	if ((m = ip_check(m, ifp)) == NULL)
		return;
	if (mtod(m, struct ip *)->ip_hl > (sizeof(struct ip) >> 2) &&
	    ip_dooptions(m) != 0)
		return;

	/* a run of packets to the same place looks its route up once */
	if (ns != NULL)
		ro = &ns->ns_route;
	else
		iproute.ro_rt = NULL;
	switch (ip_whose(m, ifp, ro)) {
	case IP_OURS:
		ip_local(m, ns);
		break;
	case IP_OTHERS:
		if (ip_mayforward(m)) {
			ip_forward(m, ifp, ro);
			break;
		}
		ipstat_inc(ips_cantforward);
		/* FALLTHROUGH */
	case IP_NOBODYS:
		m_freem(m);
		break;
	}
	if (ro == &iproute)
		route_release(ro);
}
