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
 * IPv6 from an interface: checks, whose it is, delivery from header to
 * header.  Everything here runs under the shared netlock on several
 * threads at once.
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

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip6.h>
#include <netinet/ip_spd.h>
#include <netinet6/in6_var.h>
#include <netinet6/ip6_var.h>
#include <netinet6/nd6.h>

/* Who gets a packet. */
enum ip6_whose { IP6_OURS, IP6_OTHERS, IP6_NOBODYS };

struct cpumem *ip6counters;
u_char ip6_protox[256];

int ip6_forwarding;
int ip6_multipath;
int ip6_hdrnestlimit = 10;

void
ip6_init(void)
{
	ip6counters = counters_alloc(ip6s_ncounters);
	pffillprotox(PF_INET6, ip6_protox);
	ip6_output_init();
}

/*
 * Has the packet never left this machine?  Then its addresses have their
 * scopes.  What came out of a tunnel did, even if that ended here.
 */
static int
ip6_inside(struct mbuf *m, struct ifnet *ifp)
{
	return ((ISSET(ifp->if_flags, IFF_LOOPBACK) ||
	    ISSET(m->m_flags, M_LOOP)) &&
	    m_tag_find(m, PACKET_TAG_IPSEC_IN_DONE, NULL) == NULL);
}

/* What no packet may have, wherever it comes from: 0, or the cause. */
static int
ip6_martian(const struct ip6_hdr *ip6)
{
	const struct in6_addr *src = &ip6->ip6_src, *dst = &ip6->ip6_dst;

	if (IN6_IS_ADDR_MULTICAST(src) || IN6_IS_ADDR_UNSPECIFIED(dst) ||
	    IN6_IS_ADDR_V4MAPPED(src) || IN6_IS_ADDR_V4MAPPED(dst))
		return (ip6s_badaddr);
	/* RFC 4291 2.7: scope 0 is reserved */
	if (IN6_IS_ADDR_MULTICAST(dst) && (dst->s6_addr[1] & 0x0f) == 0)
		return (ip6s_badscope);
	return (0);
}

/* The same of one that came by a wire, where no scope is written down. */
static int
ip6_martian_wire(const struct ip6_hdr *ip6)
{
	const struct in6_addr *src = &ip6->ip6_src, *dst = &ip6->ip6_dst;

	if (IN6_IS_ADDR_LOOPBACK(src) || IN6_IS_ADDR_LOOPBACK(dst))
		return (ip6s_badaddr);
	if (IN6_IS_ADDR_MC_INTFACELOCAL(dst) ||
	    (IN6_IS_SCOPE_EMBED(src) && src->s6_addr16[1] != 0) ||
	    (IN6_IS_SCOPE_EMBED(dst) && dst->s6_addr16[1] != 0))
		return (ip6s_badscope);
	return (0);
}

/*
 * A packet that is what its header says, header contiguous, addresses with
 * their scopes and nothing behind its end; or NULL.
 */
static struct mbuf *
ip6_check(struct mbuf *m, struct ifnet *ifp)
{
	struct ip6_hdr *ip6;
	int len, why;

	why = ip6s_toosmall;
	if (m->m_pkthdr.len < (int)sizeof(*ip6))
		goto drop;
	why = ip6s_rcvmemdrop;
	/* the scopes are written into it */
	if (m_readonly(m) && (m = m_contig(m, M_RXHEADROOM, M_RXTAILROOM,
	    M_DONTWAIT)) == NULL)
		goto drop;
	if ((m = m_pullup(m, sizeof(*ip6))) == NULL)
		goto drop;
	ip6 = mtod(m, struct ip6_hdr *);
	why = ip6s_badvers;
	if ((ip6->ip6_vfc & IPV6_VERSION_MASK) != IPV6_VERSION)
		goto drop;
	len = sizeof(*ip6) + ntohs(ip6->ip6_plen);
	why = ip6s_tooshort;
	if (len > m->m_pkthdr.len)
		goto drop;
	if ((why = ip6_martian(ip6)) != 0)
		goto drop;
	if (!ip6_inside(m, ifp)) {
		if ((why = ip6_martian_wire(ip6)) != 0)
			goto drop;
		in6_setscope(&ip6->ip6_src, ifp->if_index);
		in6_setscope(&ip6->ip6_dst, ifp->if_index);
	}
	/* what is behind is padding of the link layer */
	if (len < m->m_pkthdr.len)
		m_adj(m, len - m->m_pkthdr.len);
	return (m);

 drop:
	ip6stat_inc(why);
	m_freem(m);
	return (NULL);
}

/*
 * Options
 */

/*
 * What becomes of a packet with an option nobody here knows, at off: 0 to
 * go on, else it is gone.
 */
static int
ip6_unknown_opt(struct mbuf *m, u_int8_t type, int off)
{
	if (IP6OPT_TYPE(type) == IP6OPT_TYPE_SKIP)
		return (0);
	ip6stat_inc(ip6s_badoptions);
	if (IP6OPT_TYPE(type) == IP6OPT_TYPE_FORCEICMP ||
	    (IP6OPT_TYPE(type) == IP6OPT_TYPE_ICMP &&
	    !ISSET(m->m_flags, M_BCAST | M_MCAST) &&
	    !IN6_IS_ADDR_MULTICAST(&mtod(m, struct ip6_hdr *)->ip6_dst)))
		icmp6_error(m, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_OPTION, off);
	else
		m_freem(m);
	return (EINVAL);
}

/*
 * The options of a header at off with so many bytes, which are contiguous.
 * Its type and length are well-formed options or the packet is gone: then
 * not 0.  Jumbograms are not known here: RFC 2675 asks for no more.
 */
static int
ip6_options(struct mbuf *m, int off, int len)
{
	const u_int8_t *p = mtod(m, const u_int8_t *);
	int end = off + len, optlen;

	for (off += sizeof(struct ip6_ext); off < end; off += optlen) {
		optlen = 1;
		if (p[off] == IP6OPT_PAD1)
			continue;
		if (end - off < IP6OPT_MINLEN)
			goto bad;
		optlen = IP6OPT_MINLEN + p[off + 1];
		if (optlen > end - off)
			goto bad;
		if (p[off] == IP6OPT_PADN)
			continue;
		if (p[off] == IP6OPT_ROUTER_ALERT) {
			/* ours to look at only if it is for us anyway */
			if (optlen != IP6OPT_MINLEN + 2)
				goto bad;
			continue;
		}
		if (ip6_unknown_opt(m, p[off], off) != 0)
			return (EINVAL);
	}
	return (0);

 bad:
	ip6stat_inc(ip6s_badoptions);
	icmp6_error(m, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_HEADER, off + 1);
	return (EINVAL);
}

/*
 * An extension header at off, of which *lenp bytes in all are contiguous
 * then; or NULL, the packet was too short and is gone.
 */
static struct mbuf *
ip6_pullext(struct mbuf *m, int off, int *lenp)
{
	struct ip6_ext *ext;

	if (m->m_pkthdr.len - off < 8) {
		ip6stat_inc(ip6s_badhdr);
		return (m_freem(m));
	}
	if ((m = m_pullup(m, off + 8)) == NULL) {
		ip6stat_inc(ip6s_rcvmemdrop);
		return (NULL);
	}
	ext = (struct ip6_ext *)(mtod(m, caddr_t) + off);
	*lenp = (ext->ip6e_len + 1) << 3;
	if (m->m_pkthdr.len - off < *lenp) {
		ip6stat_inc(ip6s_badhdr);
		return (m_freem(m));
	}
	if ((m = m_pullup(m, off + *lenp)) == NULL)
		ip6stat_inc(ip6s_rcvmemdrop);
	return (m);
}

int
dest6_input(struct mbuf **mp, int *offp, int proto, int af,
    struct netstack *ns)
{
	int len, off = *offp;

	if ((*mp = ip6_pullext(*mp, off, &len)) == NULL)
		return (IPPROTO_DONE);
	if (ip6_options(*mp, off, len) != 0) {
		*mp = NULL;
		return (IPPROTO_DONE);
	}
	*offp += len;
	return (mtod(*mp, u_int8_t *)[off]);
}

/*
 * No type of route is followed here: type 0 because of RFC 5095.  One that
 * has been travelled is only a header.
 */
int
route6_input(struct mbuf **mp, int *offp, int proto, int af,
    struct netstack *ns)
{
	struct ip6_rthdr *rh;
	struct mbuf *m;
	int len, off = *offp;

	if ((m = *mp = ip6_pullext(*mp, off, &len)) == NULL)
		return (IPPROTO_DONE);
	rh = (struct ip6_rthdr *)(mtod(m, caddr_t) + off);
	if (rh->ip6r_segleft != 0) {
		ip6stat_inc(ip6s_badoptions);
		icmp6_error(m, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_HEADER,
		    off + offsetof(struct ip6_rthdr, ip6r_type));
		*mp = NULL;
		return (IPPROTO_DONE);
	}
	*offp += len;
	return (rh->ip6r_nxt);
}

/*
 * Whose
 */

/*
 * A host, as opposed to a router, takes packets for an address only where
 * the address lives: nobody else's network may reach round that.
 */
static enum ip6_whose
ip6_whose_local(struct mbuf *m, struct ifnet *ifp, struct rtentry *rt)
{
	struct ifnet *owner;
	int foreign, flags;

	flags = READ_ONCE(ifatoia6(rt->rt_ifa)->ia6_flags);
	if (ISSET(flags, IN6_IFF_TENTATIVE | IN6_IFF_DUPLICATED)) {
		ip6stat_inc(ip6s_tentative);
		return (IP6_NOBODYS);
	}
	if (READ_ONCE(ip6_forwarding) != 0 || rt->rt_ifidx == ifp->if_index ||
	    ISSET(ifp->if_flags, IFF_LOOPBACK))
		return (IP6_OURS);
	/* what an SA let in came by the interface of its outer header */
	if (m_tag_find(m, PACKET_TAG_IPSEC_IN_DONE, NULL) != NULL &&
	    ifp->if_type != IFT_TUNNEL)
		return (IP6_OURS);
	/* addresses of a loopback are the machine's, wherever asked for */
	owner = if_get(rt->rt_ifidx);
	foreign = owner == NULL || !ISSET(owner->if_flags, IFF_LOOPBACK);
	if_put(owner);
	if (!foreign)
		return (IP6_OURS);
	ip6stat_inc(ip6s_wrongif);
	return (IP6_NOBODYS);
}

static enum ip6_whose
ip6_whose(struct mbuf *m, struct ifnet *ifp, struct route *ro)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	struct rtentry *rt;

	if (IN6_IS_ADDR_MULTICAST(&ip6->ip6_dst)) {
		SET(m->m_flags, M_MCAST);
		if (in6_hasmulti(&ip6->ip6_dst, ifp))
			return (IP6_OURS);
		/* a router for groups would be asked here */
		ip6stat_inc(ip6s_notmember);
		return (IP6_NOBODYS);
	}
	rt = ip6_lookup(ro, ip6, m->m_pkthdr.ph_rtableid);
	if (rtisvalid(rt) && ISSET(rt->rt_flags, RTF_LOCAL) &&
	    rt->rt_ifa->ifa_addr->sa_family == AF_INET6)
		return (ip6_whose_local(m, ifp, rt));
	return (IP6_OTHERS);
}

/*
 * Delivery
 */

/* The chain ends here without a protocol; counted already. */
static void
ip6_deliver_bad(struct mbuf **mp, int *offp, int nxt)
{
	int at, last;

	/* RFC 8200 4: options for every hop come first, or nowhere */
	if (nxt == IPPROTO_HOPOPTS &&
	    ip6_lasthdr(*mp, *offp, &last, &at) == *offp)
		icmp6_error(*mp, ICMP6_PARAM_PROB,
		    ICMP6_PARAMPROB_NEXTHEADER, at);
	else
		m_freem(*mp);
	*mp = NULL;
}

#ifdef IPSEC
/*
 * Protocols that look for themselves, with the socket in hand, or only take
 * a header off; and those that find neighbours, without whom there is no
 * SA.
 */
static int
ip6_deliver_unchecked(struct mbuf *m, int nxt)
{
	switch (nxt) {
	case IPPROTO_UDP:
	case IPPROTO_ESP:
	case IPPROTO_AH:
	case IPPROTO_IPV4:
	case IPPROTO_IPV6:
	case IPPROTO_DSTOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_FRAGMENT:
		return (1);
	case IPPROTO_ICMPV6:
		return (ipsec_isnd6(m));
	default:
		return (0);
	}
}
#endif

void
ip6_deliver(struct mbuf **mp, int *offp, int nxt, struct netstack *ns)
{
	int n = 0;

	NET_ASSERT_LOCKED();
	while (nxt != IPPROTO_DONE) {
		KASSERT(nxt >= 0 && nxt < (int)nitems(ip6_protox));
		if (n++ > READ_ONCE(ip6_hdrnestlimit)) {
			ip6stat_inc(ip6s_toomanyhdr);
			m_freemp(mp);
			return;
		}
		ip6stat_inc(ip6s_nxthist + nxt);
		if (nxt == IPPROTO_HOPOPTS ||
		    (*mp)->m_pkthdr.len < *offp) {
			ip6stat_inc(ip6s_badhdr);
			ip6_deliver_bad(mp, offp, nxt);
			return;
		}
#ifdef IPSEC
		if (ipsec_input_wanted(NULL) &&
		    !ip6_deliver_unchecked(*mp, nxt) &&
		    ipsec_input_check(*mp, AF_INET6, NULL) != 0) {
			m_freemp(mp);
			return;
		}
#endif
		nxt = inet6sw[ip6_protox[nxt]].pr_input(mp, offp, nxt,
		    AF_INET6, ns);
	}
}

/*
 * Options for every hop: they are looked at before it is known whose the
 * packet is.  *nxtp and *offp move behind them.
 */
static struct mbuf *
ip6_hopopts(struct mbuf *m, int *offp, int *nxtp)
{
	int len;

	if ((m = ip6_pullext(m, *offp, &len)) == NULL)
		return (NULL);
	if (ip6_options(m, *offp, len) != 0)
		return (NULL);
	ip6stat_inc(ip6s_nxthist + IPPROTO_HOPOPTS);
	*nxtp = mtod(m, u_int8_t *)[*offp];
	*offp += len;
	return (m);
}

/* May we pass it on?  2 stands for "if it came out of a tunnel". */
static int
ip6_mayforward(struct mbuf *m)
{
	switch (READ_ONCE(ip6_forwarding)) {
	case 0:
		return (0);
	case 2:
		return (m_tag_find(m, PACKET_TAG_IPSEC_IN_DONE, NULL) !=
		    NULL);
	default:
		return (1);
	}
}

void
ipv6_input(struct ifnet *ifp, struct mbuf *m, struct netstack *ns)
{
	struct route iproute, *ro = &iproute;
	int nxt, off = sizeof(struct ip6_hdr);

	NET_ASSERT_LOCKED();
	ip6stat_inc(ip6s_total);
	if ((m = ip6_check(m, ifp)) == NULL)
		return;
	nxt = mtod(m, struct ip6_hdr *)->ip6_nxt;
	if (nxt == IPPROTO_HOPOPTS &&
	    (m = ip6_hopopts(m, &off, &nxt)) == NULL)
		return;

	/* a run of packets to the same place looks its route up once */
	if (ns != NULL)
		ro = &ns->ns_route6;
	else
		iproute.ro_rt = NULL;
	switch (ip6_whose(m, ifp, ro)) {
	case IP6_OURS:
		ip6stat_inc(ip6s_delivered);
		ip6_deliver(&m, &off, nxt, ns);
		break;
	case IP6_OTHERS:
		if (ip6_mayforward(m)) {
			ip6_forward(m, ifp, ro);
			break;
		}
		ip6stat_inc(ip6s_cantforward);
		/* FALLTHROUGH */
	case IP6_NOBODYS:
		m_freem(m);
		break;
	}
	if (ro == &iproute)
		route_release(ro);
}

/*
 * The chain of headers
 */

/* Bytes of the header with that number at off; 0: it is the last, -1. */
static int
ip6_exthdr_len(struct mbuf *m, int nxt, int off, u_int8_t *next)
{
	struct ip6_frag fh;
	struct ip6_ext ext;

	switch (nxt) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case IPPROTO_AH:
		if (m->m_pkthdr.len - off < (int)sizeof(ext))
			return (-1);
		m_copydata(m, off, sizeof(ext), &ext);
		*next = ext.ip6e_nxt;
		/* that of AH counts words, RFC 4302 2.2 */
		return (nxt == IPPROTO_AH ? (ext.ip6e_len + 2) << 2 :
		    (ext.ip6e_len + 1) << 3);
	case IPPROTO_FRAGMENT:
		if (m->m_pkthdr.len - off < (int)sizeof(fh))
			return (-1);
		m_copydata(m, off, sizeof(fh), &fh);
		*next = fh.ip6f_nxt;
		return (fh.ip6f_offlg & IP6F_OFF_MASK ? 0 : sizeof(fh));
	default:
		return (0);
	}
}

/* stop and proto: the offset and the number of a header to end at, or -1. */
static int
ip6_walkhdrs(struct mbuf *m, int stop, int proto, int *nxtp, int *protoffp)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	int len, off = sizeof(*ip6), at = offsetof(struct ip6_hdr, ip6_nxt);
	u_int8_t next;

	*nxtp = ip6->ip6_nxt;
	for (;;) {
		if (protoffp != NULL)
			*protoffp = at;
		if (off > m->m_pkthdr.len)
			return (-1);
		if (stop == off || proto == *nxtp)
			return (off);
		len = ip6_exthdr_len(m, *nxtp, off, &next);
		if (len == -1 || (len == 0 && stop >= 0))
			return (-1);
		if (len == 0)
			return (off);
		*nxtp = next;
		at = off;
		off += len;
	}
}

int
ip6_lasthdr(struct mbuf *m, int stop, int *nxtp, int *protoffp)
{
	return (ip6_walkhdrs(m, stop, -1, nxtp, protoffp));
}

int
ip6_prothdr(struct mbuf *m, int proto, int *nxtp)
{
	return (ip6_walkhdrs(m, -1, proto, nxtp, NULL));
}
