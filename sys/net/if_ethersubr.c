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

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>
#include <sys/socket.h>
#include <sys/sockio.h>

#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_types.h>
#include <net/if_var.h>
#include <net/route.h>

#include <netinet/in.h>
#include <netinet/in_var.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip_var.h>

#ifdef INET6
#include <netinet6/ip6_var.h>
#include <netinet6/nd6.h>
#endif

static const u_int8_t etherbroadcastaddr[ETHER_ADDR_LEN] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff
};

void
ether_ifattach(struct ifnet *ifp)
{
	struct arpcom *ac = (struct arpcom *)ifp;

	ifp->if_type = IFT_ETHER;
	ifp->if_addrlen = ETHER_ADDR_LEN;
	ifp->if_hdrlen = ETHER_HDR_LEN;
	ifp->if_input = ether_input;
	ifp->if_output = ether_output;
	ifp->if_rtrequest = ether_rtrequest;
	if_attach(ifp);
	if_alloc_sadl(ifp);
	memcpy(LLADDR(ifp->if_sadl), ac->ac_enaddr, ETHER_ADDR_LEN);
}

void
ether_ifdetach(struct ifnet *ifp)
{
	if_detach(ifp);
}

void
ether_rtrequest(struct ifnet *ifp, int req, struct rtentry *rt)
{
	if (rt_key(rt)->sa_family == AF_INET)
		arp_rtrequest(ifp, req, rt);
#ifdef INET6
	else if (rt_key(rt)->sa_family == AF_INET6)
		nd6_rtrequest(ifp, req, rt);
#endif
}

int
ether_ioctl(struct ifnet *ifp, void *acp, u_long cmd, caddr_t data)
{
	struct arpcom *ac = acp;

	switch (cmd) {
	case SIOCSIFADDR:
		return (0);
	case SIOCADDMULTI:
	case SIOCDELMULTI:
		return (0);		/* every frame is received */
	case SIOCSIFLLADDR:
		memcpy(ac->ac_enaddr, LLADDR(ifp->if_sadl), ETHER_ADDR_LEN);
		return (0);
	default:
		return (ENOTTY);
	}
}

/*
 * Fill in the header for a destination, less the source; EAGAIN: the mbuf
 * is gone or held.
 */
static int
ether_resolve(struct ifnet *ifp, struct mbuf *m, struct sockaddr *dst,
    struct rtentry *rt, struct ether_header *eh)
{
	int error;

	switch (dst->sa_family) {
	case AF_INET:
		eh->ether_type = htons(ETHERTYPE_IP);
		error = arpresolve(ifp, rt, m, dst, eh->ether_dhost);
		if (error != 0)
			return (error);
		break;
#ifdef INET6
	case AF_INET6:
		eh->ether_type = htons(ETHERTYPE_IPV6);
		error = nd6_resolve(ifp, rt, m, dst, eh->ether_dhost);
		if (error != 0)
			return (error);
		break;
#endif
	case AF_UNSPEC:
		memcpy(eh, dst->sa_data, sizeof(*eh));
		break;
	default:
		counters_inc(ifp->if_counters, ifc_noproto);
		m_freem(m);
		return (EAFNOSUPPORT);
	}
	return (0);
}

int
ether_output(struct ifnet *ifp, struct mbuf *m, struct sockaddr *dst,
    struct rtentry *rt)
{
	struct arpcom *ac = (struct arpcom *)ifp;
	struct ether_header eh, *to;
	int error;

	if ((READ_ONCE(ifp->if_flags) & (IFF_UP | IFF_RUNNING)) !=
	    (IFF_UP | IFF_RUNNING)) {
		counters_inc(ifp->if_counters, ifc_oerrors);
		m_freem(m);
		return (ENETDOWN);
	}
	error = ether_resolve(ifp, m, dst, rt, &eh);
	if (error != 0)
		return (error == EAGAIN ? 0 : error);
	M_PREPEND(m, ETHER_HDR_LEN, M_DONTWAIT);
	if (m == NULL) {
		counters_inc(ifp->if_counters, ifc_oerrors);
		return (ENOBUFS);
	}
	/* by parts: a load of what two stores wrote has to wait for both */
	to = mtod(m, struct ether_header *);
	memcpy(to->ether_dhost, eh.ether_dhost, ETHER_ADDR_LEN);
	memcpy(to->ether_shost, ac->ac_enaddr, ETHER_ADDR_LEN);
	to->ether_type = eh.ether_type;
	return (if_enqueue(ifp, m));
}

/* Broadcast, multicast, ours (1), or somebody else's (0)? */
static int
ether_forus(struct ifnet *ifp, struct mbuf *m, const struct ether_header *eh)
{
	struct arpcom *ac = (struct arpcom *)ifp;

	if (ETHER_IS_MULTICAST(eh->ether_dhost)) {
		SET(m->m_flags, memcmp(eh->ether_dhost, etherbroadcastaddr,
		    ETHER_ADDR_LEN) == 0 ? M_BCAST : M_MCAST);
		counters_inc(ifp->if_counters, ifc_imcasts);
		return (1);
	}
	return (memcmp(eh->ether_dhost, ac->ac_enaddr, ETHER_ADDR_LEN) == 0);
}

void
ether_input(struct ifnet *ifp, struct mbuf *m, struct netstack *ns)
{
	struct ether_header *eh;

	/* what members on this machine hear never had a link header */
	if (ISSET(m->m_flags, M_LOOP)) {
		p2p_input(ifp, m, ns);
		return;
	}
	if (m->m_len < ETHER_HDR_LEN &&
	    (m = m_pullup(m, ETHER_HDR_LEN)) == NULL) {
		counters_inc(ifp->if_counters, ifc_ierrors);
		return;
	}
	eh = mtod(m, struct ether_header *);
	if (!ether_forus(ifp, m, eh)) {
		m_freem(m);
		return;
	}
	switch (ntohs(eh->ether_type)) {
	case ETHERTYPE_IP:
		m_adj(m, ETHER_HDR_LEN);
		ipv4_input(ifp, m, ns);
		break;
#ifdef INET6
	case ETHERTYPE_IPV6:
		m_adj(m, ETHER_HDR_LEN);
		ipv6_input(ifp, m, ns);
		break;
#endif
	case ETHERTYPE_ARP:
		m_adj(m, ETHER_HDR_LEN);
		arpinput(ifp, m);
		break;
	default:
		counters_inc(ifp->if_counters, ifc_noproto);
		m_freem(m);
		break;
	}
}
