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
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/socket.h>
#include <sys/sockio.h>

#include <net/if.h>
#include <net/bpf.h>
#include <net/if_types.h>
#include <net/if_var.h>
#include <net/route.h>
#include <net/rtable.h>

#include "bpfilter.h"

#define LOMTU	32768

static int	loop_clone_create(struct if_clone *, int);
static int	loop_clone_destroy(struct ifnet *);
static int	loioctl(struct ifnet *, u_long, caddr_t);
static int	looutput(struct ifnet *, struct mbuf *, struct sockaddr *,
		    struct rtentry *);
static void	lortrequest(struct ifnet *, int, struct rtentry *);
static void	lostart(struct ifqueue *);

static struct if_clone loop_cloner =
    IF_CLONE_INITIALIZER("lo", loop_clone_create, loop_clone_destroy);

void
loopattach(int n)
{
	if (loop_clone_create(&loop_cloner, 0) != 0)
		panic("loopattach: lo0");
	if_clone_attach(&loop_cloner);
}

static int
loop_clone_create(struct if_clone *ifc, int unit)
{
	struct ifnet *ifp;

	ifp = malloc(sizeof(*ifp), M_DEVBUF, M_WAITOK | M_ZERO);
	snprintf(ifp->if_xname, sizeof(ifp->if_xname), "lo%d", unit);
	ifp->if_flags = IFF_LOOPBACK | IFF_MULTICAST;
	ifp->if_xflags = IFXF_MPSAFE;
	ifp->if_rtrequest = lortrequest;
	ifp->if_type = IFT_LOOP;
	ifp->if_mtu = LOMTU;
	ifp->if_ioctl = loioctl;
	ifp->if_output = looutput;
	ifp->if_input = p2p_input;
	ifp->if_qstart = lostart;
	ifp->if_bpf_mtap = p2p_bpf_mtap;
	if_counters_alloc(ifp);
	if_attach(ifp);
	if_alloc_sadl(ifp);
#if NBPFILTER > 0
	bpfattach(&ifp->if_bpf, ifp, DLT_LOOP, sizeof(u_int32_t));
#endif
	NET_LOCK();
	if_addgroup(ifp, ifc->ifc_name);
	if (unit == 0)
		rtable_l2set(0, 0, ifp->if_index);
	NET_UNLOCK();
	return (0);
}

/* lo0 holds the routes to our own addresses. */
static int
loop_clone_destroy(struct ifnet *ifp)
{
	if (strcmp(ifp->if_xname, "lo0") == 0)
		return (EPERM);
	if_detach(ifp);
	free(ifp, M_DEVBUF, sizeof(*ifp));
	return (0);
}

/* At halt, when nobody routes any more. */
void
loopdetach(void)
{
	struct ifnet *ifp;

	if ((ifp = if_unit("lo0")) == NULL)
		return;
	if_put(ifp);
	if_detach(ifp);
	free(ifp, M_DEVBUF, sizeof(*ifp));
}

/* Packets never queue: they come back in at once. */
static void
lostart(struct ifqueue *ifq)
{
	ifq_purge(ifq);
}

/* Routes through here show what they carry. */
static void
lortrequest(struct ifnet *ifp, int req, struct rtentry *rt)
{
	if (req == RTM_ADD && rt->rt_mtu == 0)
		rt->rt_mtu = ifp->if_mtu;
	p2p_rtrequest(ifp, req, rt);
}

static int
looutput(struct ifnet *ifp, struct mbuf *m, struct sockaddr *dst,
    struct rtentry *rt)
{
	if (rt != NULL && ISSET(rt->rt_flags, RTF_REJECT | RTF_BLACKHOLE)) {
		counters_inc(ifp->if_counters, ifc_oerrors);
		m_freem(m);
		if (ISSET(rt->rt_flags, RTF_BLACKHOLE))
			return (0);
		return (ISSET(rt->rt_flags, RTF_HOST) ? EHOSTUNREACH :
		    ENETUNREACH);
	}
	if (++m->m_pkthdr.ph_loopcnt > M_MAXLOOP) {
		counters_inc(ifp->if_counters, ifc_oerrors);
		m_freem(m);
		return (ELOOP);
	}
	m->m_pkthdr.ph_family = dst->sa_family;
	/* once for both ways: it goes out and in in one go */
	if (if_tap(ifp, m, BPF_DIRECTION_OUT)) {
		m_freem(m);
		return (0);
	}
	return (if_output_local(ifp, m, dst->sa_family));
}

static int
loioctl(struct ifnet *ifp, u_long cmd, caddr_t data)
{
	struct ifreq *ifr = (struct ifreq *)data;

	switch (cmd) {
	case SIOCSIFFLAGS:
		if (ISSET(ifp->if_flags, IFF_UP))
			WRITE_ONCE(ifp->if_flags, ifp->if_flags | IFF_RUNNING);
		else
			WRITE_ONCE(ifp->if_flags, ifp->if_flags & ~IFF_RUNNING);
		return (0);
	case SIOCSIFADDR:
		WRITE_ONCE(ifp->if_flags, ifp->if_flags | IFF_RUNNING);
		if (!ISSET(ifp->if_flags, IFF_UP))
			if_up(ifp);
		return (0);
	case SIOCADDMULTI:
	case SIOCDELMULTI:
		return (0);
	case SIOCSIFMTU:
		if (ifr->ifr_mtu < 68 || ifr->ifr_mtu > 65535)
			return (EINVAL);
		WRITE_ONCE(ifp->if_mtu, ifr->ifr_mtu);
		return (0);
	default:
		return (ENOTTY);
	}
}
