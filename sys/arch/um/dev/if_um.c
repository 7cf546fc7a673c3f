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
#include <sys/task.h>

#include <net/if.h>
#include <net/bpf.h>
#include <net/if_types.h>
#include <net/if_var.h>

#include <netinet/in.h>
#include <netinet/if_ether.h>

#include <machine/host.h>
#include <machine/if_um.h>
#include <machine/softnet.h>

#include "bpfilter.h"

/*
 * um(4): an Ethernet interface on a NIC of the host side.
 *
 * Locks used to protect struct members:
 *	I	immutable after um_attach()
 *	o	the softnet thread that owns the NIC
 */
struct um_softc {
	struct arpcom		 sc_ac;
	struct host_nic		*sc_nic;	/* [I] */
	struct softnet		*sc_softnet;	/* [I] */
	struct softnet_nic	 sc_rx;		/* [o] */
	unsigned int		 sc_unit;	/* [I] */
	int			 sc_linkup;	/* [o] */
	unsigned long		 sc_lost;	/* [o] counted so far */
	struct task		 sc_poke;
	struct um_softc		*sc_next;	/* [I] */
};

#define UM_TXRING	1024		/* packets that may wait */
#define UM_ALIGN	2		/* puts the IP header on 4 bytes */
#define UM_TAPPED	M_PROTO1	/* bpf(4) saw it already */

static struct um_softc	*um_list;	/* boot and halt only */

static int	um_ioctl(struct ifnet *, u_long, caddr_t);
static void	um_qstart(struct ifqueue *);
static unsigned int um_recv(void *, unsigned int);
static void	um_poke(void *);

static void
um_lladdr(struct um_softc *sc)
{
	u_int8_t *a = sc->sc_ac.ac_enaddr;

	arc4random_buf(a, ETHER_ADDR_LEN);
	a[0] = 0xfe;
	a[1] = 0xe1;
	a[5] = sc->sc_unit;
}

static struct um_softc *
um_find(unsigned int unit)
{
	struct um_softc *sc;

	for (sc = um_list; sc != NULL; sc = sc->sc_next) {
		if (sc->sc_unit == unit)
			break;
	}
	return (sc);
}

int
um_attach(unsigned int unit, const char *spec, char *why, size_t len)
{
	struct host_nicinfo info;
	struct um_softc *sc;
	struct ifnet *ifp;

	if (um_find(unit) != NULL) {
		snprintf(why, len, "um%u is there twice", unit);
		return (EEXIST);
	}
	sc = malloc(sizeof(*sc), M_DEVBUF, M_WAITOK | M_ZERO);
	if ((sc->sc_nic = host_nic_open(spec, &info, why, len)) == NULL) {
		free(sc, M_DEVBUF, sizeof(*sc));
		return (ENXIO);
	}
	sc->sc_unit = unit;
	um_lladdr(sc);
	ifp = &sc->sc_ac.ac_if;
	ifp->if_softc = sc;
	snprintf(ifp->if_xname, sizeof(ifp->if_xname), "um%u", unit);
	ifp->if_flags = IFF_BROADCAST | IFF_SIMPLEX | IFF_MULTICAST;
	ifp->if_xflags = IFXF_MPSAFE;
	ifp->if_mtu = MIN(info.hn_mtu, ETHERMTU);
	ifp->if_hardmtu = info.hn_mtu;
	ifp->if_link_state = LINK_STATE_DOWN;
	ifp->if_ioctl = um_ioctl;
	ifp->if_qstart = um_qstart;
	ifq_init_maxlen(&ifp->if_snd, UM_TXRING);
	if_counters_alloc(ifp);
	ether_ifattach(ifp);
#if NBPFILTER > 0
	bpfattach(&ifp->if_bpf, ifp, DLT_EN10MB, ETHER_HDR_LEN);
#endif

	sc->sc_softnet = softnet_of(ifp->if_index);
	sc->sc_rx.sn_recv = um_recv;
	sc->sc_rx.sn_arg = sc;
	task_set(&sc->sc_poke, um_poke, sc);
	sc->sc_next = um_list;
	um_list = sc;
	if (softnet_poll(sc->sc_softnet) != NULL)
		host_nic_attach(sc->sc_nic, softnet_poll(sc->sc_softnet));
	softnet_nic_add(sc->sc_softnet, &sc->sc_rx);
	task_add(net_tq(ifp->if_index), &sc->sc_poke);
	return (0);
}

void
um_detach_all(void)
{
	struct um_softc *sc;
	struct ifnet *ifp;

	while ((sc = um_list) != NULL) {
		um_list = sc->sc_next;
		ifp = &sc->sc_ac.ac_if;
		NET_LOCK();
		if (ISSET(ifp->if_flags, IFF_UP))
			if_down(ifp);
		WRITE_ONCE(ifp->if_flags, ifp->if_flags & ~IFF_RUNNING);
		NET_UNLOCK();
		softnet_nic_del(sc->sc_softnet, &sc->sc_rx);
		taskq_del_barrier(net_tq(ifp->if_index), &sc->sc_poke);
		ether_ifdetach(ifp);
		host_nic_close(sc->sc_nic);
		free(sc, M_DEVBUF, sizeof(*sc));
	}
}

static int
um_ioctl(struct ifnet *ifp, u_long cmd, caddr_t data)
{
	struct um_softc *sc = ifp->if_softc;
	struct ifreq *ifr = (struct ifreq *)data;

	switch (cmd) {
	case SIOCSIFADDR:
		WRITE_ONCE(ifp->if_flags, ifp->if_flags | IFF_RUNNING);
		if (!ISSET(ifp->if_flags, IFF_UP))
			if_up(ifp);
		if (((struct ifaddr *)data)->ifa_addr->sa_family == AF_INET)
			arp_ifinit(ifp, (struct ifaddr *)data);
		return (0);
	case SIOCSIFFLAGS:
		if (ISSET(ifp->if_flags, IFF_UP))
			WRITE_ONCE(ifp->if_flags, ifp->if_flags | IFF_RUNNING);
		else
			WRITE_ONCE(ifp->if_flags, ifp->if_flags & ~IFF_RUNNING);
		return (0);
	case SIOCSIFMTU:
		if (ifr->ifr_mtu < ETHERMIN || ifr->ifr_mtu >
		    (int)ifp->if_hardmtu)
			return (EINVAL);
		WRITE_ONCE(ifp->if_mtu, ifr->ifr_mtu);
		return (0);
	default:
		return (ether_ioctl(ifp, &sc->sc_ac, cmd, data));
	}
}

/*
 * What the host side reports besides frames: link changes, frames nobody
 * took, room after a full queue.
 */
static void
um_events(struct um_softc *sc)
{
	struct ifnet *ifp = &sc->sc_ac.ac_if;
	unsigned long lost = host_nic_lost(sc->sc_nic);
	int up = host_nic_linkup(sc->sc_nic);

	if (up != sc->sc_linkup) {
		sc->sc_linkup = up;
		__atomic_store_n(&ifp->if_link_state, up ?
		    LINK_STATE_FULL_DUPLEX : LINK_STATE_DOWN,
		    __ATOMIC_RELAXED);
		if_link_state_change(ifp);
	}
	if (lost != sc->sc_lost) {
		counters_add(ifp->if_counters, ifc_oerrors,
		    lost - sc->sc_lost);
		sc->sc_lost = lost;
	}
	if (ifq_is_oactive(&ifp->if_snd))
		ifq_restart(&ifp->if_snd);
}

static void
um_poke(void *arg)
{
	um_events(arg);
}

static struct mbuf *
um_mbuf(const struct host_frame *f)
{
	struct mbuf *m;

	m = m_getpacket(M_DONTWAIT, M_RXHEADROOM + UM_ALIGN, f->hf_len,
	    M_RXTAILROOM);
	if (m == NULL)
		return (NULL);
	memcpy(mtod(m, caddr_t), f->hf_buf, f->hf_len);
	m->m_len = m->m_pkthdr.len = f->hf_len;
	if (f->hf_gso != 0) {
		m->m_pkthdr.ph_mss = f->hf_gso;
		SET(m->m_pkthdr.csum_flags, M_TCP_TSO);
	}
	if (ISSET(f->hf_flags, HOST_FRAME_CSUM_OK))
		SET(m->m_pkthdr.csum_flags, M_TCP_CSUM_IN_OK |
		    M_UDP_CSUM_IN_OK);
	return (m);
}

static unsigned int
um_recv(void *arg, unsigned int max)
{
	struct host_frame f[HOST_FRAME_BATCH];
	struct mbuf_list ml = MBUF_LIST_INITIALIZER();
	struct um_softc *sc = arg;
	struct ifnet *ifp = &sc->sc_ac.ac_if;
	unsigned int i, n;
	struct mbuf *m;

	n = host_nic_recv(sc->sc_nic, f, MIN(max, nitems(f)));
	for (i = 0; i < n; i++) {
		if (f[i].hf_len < ETHER_HDR_LEN)
			counters_inc(ifp->if_counters, ifc_ierrors);
		else if ((m = um_mbuf(&f[i])) == NULL)
			counters_inc(ifp->if_counters, ifc_iqdrops);
		else
			ml_enqueue(&ml, m);
	}
	ifiq_input(&ifp->if_rcv, &ml);
	um_events(sc);
	return (n);
}

/* Describe the packet's pieces; ENOBUFS when it has too many. */
static int
um_frame(struct mbuf *m, struct host_frame *f, struct host_iov *iov)
{
	struct mbuf *n;
	unsigned int k = 0, pieces = 0;

	for (n = m; n != NULL; n = n->m_next)
		pieces += n->m_len > 0;
	if (pieces > HOST_FRAME_IOVS && m_defrag(m, M_DONTWAIT) != 0)
		return (ENOBUFS);
	for (n = m; n != NULL; n = n->m_next) {
		if (n->m_len == 0)
			continue;
		iov[k].hi_base = n->m_data;
		iov[k++].hi_len = n->m_len;
	}
	f->hf_iov = iov;
	f->hf_niov = k;
	f->hf_gso = ISSET(m->m_pkthdr.csum_flags, M_TCP_TSO) ?
	    m->m_pkthdr.ph_mss : 0;
	f->hf_flags = 0;
	return (0);
}

/* Send a batch; what did not fit stays in ml.  1 when all went. */
static int
um_send(struct um_softc *sc, struct mbuf_list *ml)
{
	struct host_iov iov[HOST_FRAME_BATCH][HOST_FRAME_IOVS];
	struct host_frame f[HOST_FRAME_BATCH];
	struct mbuf_list good = MBUF_LIST_INITIALIZER();
	struct mbuf *m;
	unsigned int n = 0, sent;

	while ((m = ml_dequeue(ml)) != NULL) {
		if (um_frame(m, &f[n], iov[n]) != 0) {
			counters_inc(sc->sc_ac.ac_if.if_counters,
			    ifc_oerrors);
			m_freem(m);
			continue;
		}
		ml_enqueue(&good, m);
		n++;
	}
	sent = host_nic_send(sc->sc_nic, f, n);
	while (n-- > 0) {
		m = ml_dequeue(&good);
		if (sent > 0) {
			sent--;
			m_freem(m);
		} else
			ml_enqueue(ml, m);
	}
	return (ml_empty(ml));
}

/* Before they leave, so that no answer comes first. */
static void
um_tap(struct ifnet *ifp, struct mbuf_list *ml)
{
	struct mbuf_list all = *ml;
	struct mbuf *m;

	if (READ_ONCE(ifp->if_bpf) == NULL)
		return;
	ml_init(ml);
	while ((m = ml_dequeue(&all)) != NULL) {
		if (!ISSET(m->m_flags, UM_TAPPED) &&
		    if_tap(ifp, m, BPF_DIRECTION_OUT)) {
			m_freem(m);
			continue;
		}
		SET(m->m_flags, UM_TAPPED);
		ml_enqueue(ml, m);
	}
}

static void
um_qstart(struct ifqueue *ifq)
{
	struct um_softc *sc = ifq->ifq_if->if_softc;
	struct mbuf_list ml = MBUF_LIST_INITIALIZER();

	while (ifq_dequeue_list(ifq, &ml, HOST_FRAME_BATCH) > 0) {
		um_tap(&sc->sc_ac.ac_if, &ml);
		if (!um_send(sc, &ml)) {
			ifq_set_oactive(ifq);
			ifq_requeue(ifq, &ml);
			break;
		}
	}
}

int
um_inject(unsigned int unit, const void *frame, unsigned int len)
{
	struct um_softc *sc = um_find(unit);

	if (sc == NULL || host_inject_put(sc->sc_nic, frame, len) != 0)
		return (ENOBUFS);
	task_add(net_tq(sc->sc_ac.ac_if.if_index), &sc->sc_poke);
	return (0);
}

unsigned int
um_collect(unsigned int unit, void *frame, unsigned int max)
{
	struct um_softc *sc = um_find(unit);

	return (sc == NULL ? 0 : host_inject_get(sc->sc_nic, frame, max));
}
