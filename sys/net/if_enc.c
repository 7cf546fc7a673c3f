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
 * enc(4): shows packets of IPsec as they are in the clear.  Nothing goes
 * through it.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/sockio.h>

#include <net/if.h>
#include <net/if_enc.h>
#include <net/if_types.h>
#include <net/if_var.h>
#include <net/bpf.h>

#include "bpfilter.h"

/*
 * Locks used to protect struct members:
 *	I	immutable after creation
 *	N	netlock: exclusive to write, shared to read
 */
struct enc_softc {
	struct ifnet		 sc_if;
	int			 sc_unit;	/* [I] */
	LIST_ENTRY(enc_softc)	 sc_entry;	/* [N] by unit */
};

CTASSERT(ENC_CONF == M_CONF && ENC_AUTH == M_AUTH);
CTASSERT(sizeof(struct enchdr) == ENC_HDRLEN);

static int	enc_clone_create(struct if_clone *, int);
static int	enc_clone_destroy(struct ifnet *);
static int	enc_ioctl(struct ifnet *, u_long, caddr_t);
static int	enc_output(struct ifnet *, struct mbuf *, struct sockaddr *,
		    struct rtentry *);
static void	enc_input(struct ifnet *, struct mbuf *, struct netstack *);
static void	enc_start(struct ifqueue *);

static LIST_HEAD(, enc_softc) enc_list = LIST_HEAD_INITIALIZER(enc_list);
static struct if_clone enc_cloner =
    IF_CLONE_INITIALIZER("enc", enc_clone_create, enc_clone_destroy);

void
encattach(int n)
{
	if (enc_clone_create(&enc_cloner, 0) != 0)
		panic("encattach: enc0");
	if_clone_attach(&enc_cloner);
	NET_LOCK();
	if_addgroup(&LIST_FIRST(&enc_list)->sc_if, enc_cloner.ifc_name);
	NET_UNLOCK();
}

static void
enc_insert(struct enc_softc *sc)
{
	struct enc_softc *e, *prev = NULL;

	NET_LOCK();
	LIST_FOREACH(e, &enc_list, sc_entry) {
		if (e->sc_unit > sc->sc_unit)
			break;
		prev = e;
	}
	if (prev == NULL)
		LIST_INSERT_HEAD(&enc_list, sc, sc_entry);
	else
		LIST_INSERT_AFTER(prev, sc, sc_entry);
	NET_UNLOCK();
}

static int
enc_clone_create(struct if_clone *ifc, int unit)
{
	struct enc_softc *sc;
	struct ifnet *ifp;

	sc = malloc(sizeof(*sc), M_DEVBUF, M_WAITOK | M_ZERO);
	sc->sc_unit = unit;
	ifp = &sc->sc_if;
	ifp->if_softc = sc;
	snprintf(ifp->if_xname, sizeof(ifp->if_xname), "%s%d",
	    ifc->ifc_name, unit);
	ifp->if_type = IFT_ENC;
	ifp->if_xflags = IFXF_MPSAFE | (unit == 0 ? 0 : IFXF_CLONED);
	ifp->if_hdrlen = ENC_HDRLEN;
	ifp->if_ioctl = enc_ioctl;
	ifp->if_output = enc_output;
	ifp->if_input = enc_input;
	ifp->if_qstart = enc_start;
	ifp->if_rtrequest = p2p_rtrequest;
	if_counters_alloc(ifp);
	if_attach(ifp);
	if_alloc_sadl(ifp);
#if NBPFILTER > 0
	bpfattach(&ifp->if_bpf, ifp, DLT_ENC, ENC_HDRLEN);
#endif
	enc_insert(sc);
	return (0);
}

static void
enc_destroy(struct enc_softc *sc)
{
	NET_LOCK();
	LIST_REMOVE(sc, sc_entry);
	NET_UNLOCK();
	if_detach(&sc->sc_if);
	free(sc, M_DEVBUF, sizeof(*sc));
}

/* There is always one that SAs without a tap of their own use. */
static int
enc_clone_destroy(struct ifnet *ifp)
{
	struct enc_softc *sc = ifp->if_softc;

	if (sc->sc_unit == 0)
		return (EPERM);
	enc_destroy(sc);
	return (0);
}

void
encdetach(void)
{
	struct enc_softc *sc;

	while ((sc = LIST_FIRST(&enc_list)) != NULL)
		enc_destroy(sc);
}

static int
enc_ioctl(struct ifnet *ifp, u_long cmd, caddr_t data)
{
	switch (cmd) {
	case SIOCSIFFLAGS:
		if (ISSET(ifp->if_flags, IFF_UP))
			WRITE_ONCE(ifp->if_flags, ifp->if_flags | IFF_RUNNING);
		else
			WRITE_ONCE(ifp->if_flags, ifp->if_flags & ~IFF_RUNNING);
		return (0);
	default:
		return (ENOTTY);
	}
}

static int
enc_output(struct ifnet *ifp, struct mbuf *m, struct sockaddr *dst,
    struct rtentry *rt)
{
	counters_inc(ifp->if_counters, ifc_noproto);
	m_freem(m);
	return (EAFNOSUPPORT);
}

static void
enc_input(struct ifnet *ifp, struct mbuf *m, struct netstack *ns)
{
	counters_inc(ifp->if_counters, ifc_noproto);
	m_freem(m);
}

static void
enc_start(struct ifqueue *ifq)
{
	ifq_purge(ifq);
}

struct ifnet *
enc_getif(u_int rdomain, u_int unit)
{
	struct enc_softc *sc, *first = NULL;

	NET_ASSERT_LOCKED();
	LIST_FOREACH(sc, &enc_list, sc_entry) {
		if (sc->sc_if.if_rdomain != rdomain)
			continue;
		if (first == NULL)
			first = sc;
		if (sc->sc_unit == unit)
			return (&sc->sc_if);
	}
	return (first == NULL ? NULL : &first->sc_if);
}

#if NBPFILTER > 0
static void
enc_show(struct ifnet *ifp, const struct mbuf *m, u_int32_t af,
    u_int32_t spi, u_int32_t flags, u_int dir)
{
	struct enchdr eh = { .af = af, .spi = spi,
	    .flags = flags & (M_CONF | M_AUTH) };
	caddr_t bpf = SMR_PTR_GET(&ifp->if_bpf);

	if (bpf != NULL)
		(void)bpf_mtap_hdr(bpf, &eh, sizeof(eh), m, dir);
}
#else
#define enc_show(ifp, m, af, spi, flags, dir)	((void)0)
#endif

u_int
enc_tap_out(u_int rdomain, u_int unit, const struct mbuf *m, u_int32_t af,
    u_int32_t spi, u_int32_t flags)
{
	struct ifnet *ifp;

	if ((ifp = enc_getif(rdomain, unit)) == NULL)
		return (0);
	counters_pkt(ifp->if_counters, ifc_opackets, ifc_obytes,
	    m->m_pkthdr.len);
	enc_show(ifp, m, af, spi, flags, BPF_DIRECTION_OUT);
	return (ifp->if_index);
}

u_int
enc_tap_in(u_int rdomain, u_int unit, const struct mbuf *m, u_int32_t af,
    u_int32_t spi, u_int32_t flags)
{
	struct ifnet *ifp;

	if ((ifp = enc_getif(rdomain, unit)) == NULL)
		return (0);
	counters_pkt(ifp->if_counters, ifc_ipackets, ifc_ibytes,
	    m->m_pkthdr.len);
	enc_show(ifp, m, af, spi, flags, BPF_DIRECTION_IN);
	return (ifp->if_index);
}
