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
#include <sys/proc.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_types.h>
#include <net/if_var.h>
#include <net/route.h>

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_var.h>
#ifdef INET6
#include <netinet6/ip6_var.h>
#endif

#include <machine/softnet.h>

#include "bpfilter.h"
#include <net/bpf.h>

/* Packets on their way between interfaces and protocols. */

/*
 * One packet, and all that came out of it: what a tunnel unwrapped waits
 * in ns_input, so that depth costs no stack.
 */
static void
if_input_one(struct ifnet *ifp, struct mbuf *m, struct netstack *ns)
{
	struct ifnet *next;

	ifp->if_input(ifp, m, ns);
	while ((m = ml_dequeue(&ns->ns_input)) != NULL) {
		if ((next = if_get(m->m_pkthdr.ph_ifidx)) == NULL) {
			m_freem(m);	/* destroyed meanwhile */
			continue;
		}
		next->if_input(next, m, ns);
		if_put(next);
	}
}

void
if_input_process(struct ifnet *ifp, struct mbuf_list *ml, unsigned int idx)
{
	struct netstack *ns = softnet_ns(softnet_of(ifp->if_index + idx));
	struct mbuf *m;

	NET_LOCK_SHARED();
	while ((m = ml_dequeue(ml)) != NULL)
		if_input_one(ifp, m, ns);
	NET_UNLOCK_SHARED();
}

/* The first life of the packet ends: what the outer frame said is void. */
void
if_vinput(struct ifnet *ifp, struct mbuf *m, struct netstack *ns)
{
	m->m_pkthdr.pf.inp = NULL;
	m->m_pkthdr.ph_ifidx = ifp->if_index;
	m->m_pkthdr.ph_rtableid = ifp->if_rdomain;

	if (if_tap(ifp, m, BPF_DIRECTION_IN)) {
		m_freem(m);
		return;
	}
	if (ns == NULL) {
		ifiq_enqueue(&ifp->if_rcv, m);
		return;
	}
	counters_pkt(ifp->if_counters, ifc_ipackets, ifc_ibytes,
	    m->m_pkthdr.len);
	if (ISSET(READ_ONCE(ifp->if_xflags), IFXF_MONITOR)) {
		m_freem(m);
		return;
	}
	ml_enqueue(&ns->ns_input, m);
}

void
if_input_proto(struct ifnet *ifp, struct mbuf *m,
    void (*input)(struct ifnet *, struct mbuf *, struct netstack *),
    struct netstack *ns)
{
	input(ifp, m, ns);
}

/* A packet for an address of ours, seen as coming in on ifp. */
int
if_input_local(struct ifnet *ifp, struct mbuf *m, sa_family_t af,
    struct netstack *ns)
{
	u_int8_t loops = m->m_pkthdr.ph_loopcnt;

	m_resethdr(m);
	m->m_pkthdr.ph_loopcnt = loops;
	m->m_pkthdr.ph_ifidx = ifp->if_index;
	m->m_pkthdr.ph_rtableid = ifp->if_rdomain;
	m->m_pkthdr.ph_family = af;
	SET(m->m_flags, M_LOOP);
	ifiq_enqueue(&ifp->if_rcv, m);
	return (0);
}

/* The same for an output routine: it left and came back. */
int
if_output_local(struct ifnet *ifp, struct mbuf *m, sa_family_t af)
{
	counters_pkt(ifp->if_counters, ifc_opackets, ifc_obytes,
	    m->m_pkthdr.len);
	return (if_input_local(ifp, m, af, NULL));
}

int
if_enqueue(struct ifnet *ifp, struct mbuf *m)
{
	CLR(m->m_pkthdr.csum_flags, M_TIMESTAMP);
	m->m_pkthdr.pf.inp = NULL;
	return (ifp->if_enqueue(ifp, m));
}

int
if_output_ml(struct ifnet *ifp, struct mbuf_list *ml, struct sockaddr *dst,
    struct rtentry *rt)
{
	struct mbuf *m;
	int error = 0;

	while (error == 0 && (m = ml_dequeue(ml)) != NULL)
		error = ifp->if_output(ifp, m, dst, rt);
	return (error);
}

int
if_enqueue_ifq(struct ifnet *ifp, struct mbuf *m)
{
	int error;

	if ((error = ifq_enqueue(&ifp->if_snd, m)) == 0)
		ifq_start(&ifp->if_snd);
	return (error);
}

void
p2p_input(struct ifnet *ifp, struct mbuf *m, struct netstack *ns)
{
	if (m->m_pkthdr.ph_family == AF_INET) {
		ipv4_input(ifp, m, ns);
		return;
	}
#ifdef INET6
	if (m->m_pkthdr.ph_family == AF_INET6) {
		ipv6_input(ifp, m, ns);
		return;
	}
#endif
	counters_inc(ifp->if_counters, ifc_noproto);
	m_freem(m);
}

int
if_tap(struct ifnet *ifp, const struct mbuf *m, u_int dir)
{
	caddr_t bpf = SMR_PTR_GET(&ifp->if_bpf);

	return (bpf != NULL && ifp->if_bpf_mtap(bpf, m, dir));
}

int
p2p_bpf_mtap(caddr_t bpf, const struct mbuf *m, u_int dir)
{
#if NBPFILTER > 0
	return (bpf_mtap_af(bpf, m->m_pkthdr.ph_family, m, dir));
#else
	return (0);
#endif
}

/* A route to our own address needs no link-layer entry. */
void
p2p_rtrequest(struct ifnet *ifp, int req, struct rtentry *rt)
{
	if (req == RTM_ADD && ISSET(rt->rt_flags, RTF_LOCAL))
		CLR(rt->rt_flags, RTF_LLINFO);
}

__dead void
unhandled_af(int af)
{
	panic("unhandled address family %d", af);
}
