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
 * sec(4): a point-to-point interface whose packets go through the IPsec
 * SAs that name its unit.  This file is the same in every kernel that has
 * it; it uses interfaces of OpenBSD's and nothing else.
 */

#ifndef IPSEC
#error sec enabled without IPSEC defined
#endif

#include "bpfilter.h"
#include "pf.h"

#include <sys/param.h>
#include <sys/mbuf.h>
#include <sys/socket.h>
#include <sys/sockio.h>
#include <sys/systm.h>
#include <sys/smr.h>
#include <sys/refcnt.h>
#include <sys/task.h>
#include <sys/mutex.h>
#include <sys/time.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/if_types.h>
#include <net/if_sec.h>
#include <net/rtable.h>

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_ecn.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_var.h>
#include <netinet/ip_ipsp.h>

#ifdef INET6
#include <netinet/ip6.h>
#include <netinet/icmp6.h>
#endif

#if NBPFILTER > 0
#include <net/bpf.h>
#endif

#if NPF > 0
#include <net/pfvar.h>
#endif

#define SEC_MTU_MIN	1280	/* and the default */
#define SEC_MTU_MAX	32768	/* could get closer to 64k */
#define SEC_BATCH	64	/* packets sent before others get a turn */
#define SEC_QLEN	1024	/* packets that may wait for that */
#define SEC_QUOTE	128	/* bytes of one kept for ICMP, <= MHLEN */
#define SEC_HASHBITS	12	/* of interfaces */
#define SEC_HASHSIZE	(1 << SEC_HASHBITS)
#define SEC_SABITS	15	/* of their SAs, which may be many more */
#define SEC_SAHASHSIZE	(1 << SEC_SABITS)

/*
 * Locks used to protect struct members:
 *	I	immutable after creation
 *	K	sec_mtx
 *	R	sec_mtx to write, SMR to read
 *	a	atomic loads and stores
 *	n	netlock exclusively and sec_mtx to write, either to read
 *	p	per CPU
 *	t	the transmit task
 */

/* one per member of struct sec_stats, in the same order */
enum sec_counters {
	secc_odown, secc_onosa, secc_ofamily, secc_oloop, secc_otoobig,
	secc_oerror, secc_idown, secc_iheader, secc_iproto, secc_iforeign,
	secc_iecn, secc_idummy, secc_ncounters
};

/*
 * Our own record of an SA, found again by the SA's address: its unit,
 * direction and flags may read differently when it leaves than when it
 * came, and the links inside struct tdb are somebody else's.  A record
 * holds a reference to its SA.
 */
struct sec_sa {
	LIST_ENTRY(sec_sa)	 ss_byspi;	/* [K] sec_sas, by SPI */
	LIST_ENTRY(sec_sa)	 ss_byunit;	/* [K] sec_bucket() */
	SIMPLEQ_ENTRY(sec_sa)	 ss_dead;	/* [K] sec_dead */
	struct tdb		*ss_tdb;	/* [I] counted */
	unsigned int		 ss_unit;	/* [K] */
	int			 ss_dir;	/* [K] 0: of no use */
};
LIST_HEAD(sec_sa_list, sec_sa);
SIMPLEQ_HEAD(sec_sa_queue, sec_sa);

struct sec_softc {
	struct ifnet		 sc_if;
	SMR_LIST_ENTRY(sec_softc) sc_entry;	/* [R] sec_softcs */
	struct refcnt		 sc_refs;
	struct sec_sa		*sc_out;	/* [R] SA to send with */
	struct task		 sc_send;
	struct cpumem		*sc_counters;	/* [p] */
	unsigned int		 sc_unit;	/* [I] */
	int			 sc_dead;	/* [a] being destroyed */
	int			 sc_df;		/* [a] IPSP_DF_* */
	union sockaddr_union	 sc_src;	/* [n] ends that SAs must */
	union sockaddr_union	 sc_dst;	/* [n] have, or AF_UNSPEC */
	int			 sc_rtable;	/* [n] of the ends, -1: any */
	int			 sc_fits;	/* [t] bytes sent, with DF, */
	struct tdb		*sc_fitstdb;	/* [t] by this; not counted */
};
SMR_LIST_HEAD(sec_softc_list, sec_softc);

static int	sec_clone_create(struct if_clone *, int);
static int	sec_clone_destroy(struct ifnet *);
static int	sec_ioctl(struct ifnet *, u_long, caddr_t);

static int	sec_output(struct ifnet *, struct mbuf *, struct sockaddr *,
		    struct rtentry *);
static void	sec_start(struct ifqueue *);
static void	sec_send(void *);

static struct sec_sa *sec_newest(struct sec_softc *, int);
static int	sec_foreign(struct sec_softc *, int);
static void	sec_choose(unsigned int);
static void	sec_reap(void *);
static void	sec_bind(void *);

static struct mutex		 sec_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static struct sec_softc_list	 sec_softcs[SEC_HASHSIZE];	/* [R] */
static struct sec_sa_list	 sec_sas[SEC_SAHASHSIZE];	/* [K] */
static struct sec_sa_list	 sec_units[SEC_SAHASHSIZE];	/* [K] */
static struct sec_sa_queue	 sec_dead =
    SIMPLEQ_HEAD_INITIALIZER(sec_dead);				/* [K] */
static u_int64_t		 sec_snomem;			/* [K] */
static struct task		 sec_reap_task =
    TASK_INITIALIZER(sec_reap, NULL);
static struct task		 sec_bind_task =
    TASK_INITIALIZER(sec_bind, NULL);

static struct if_clone sec_cloner =
    IF_CLONE_INITIALIZER("sec", sec_clone_create, sec_clone_destroy);

void
secattach(int n)
{
	if_clone_attach(&sec_cloner);
}

/*
 * Units mostly follow one another: the multiplication keeps such apart.
 * All of the unit takes part, and is compared in full where it matters.
 */
static unsigned int
sec_hash(u_int32_t v, int bits)
{
	return ((v * 0x9e3779b1U) >> (32 - bits));
}

/* of the interfaces with this unit */
static struct sec_softc_list *
sec_head(unsigned int unit)
{
	return (&sec_softcs[sec_hash(unit, SEC_HASHBITS)]);
}

/* of the SAs with this SPI */
static struct sec_sa_list *
sec_spibucket(struct tdb *tdb)
{
	return (&sec_sas[sec_hash(tdb->tdb_spi, SEC_SABITS)]);
}

/* of the SAs of a unit in one direction */
static struct sec_sa_list *
sec_bucket(unsigned int unit, int dir)
{
	return (&sec_units[sec_hash(unit << 2 | dir, SEC_SABITS)]);
}

static int
sec_clone_create(struct if_clone *ifc, int unit)
{
	struct sec_softc *sc;
	struct ifnet *ifp;

	sc = malloc(sizeof(*sc), M_DEVBUF, M_WAITOK|M_ZERO);
	sc->sc_unit = unit;
	sc->sc_rtable = -1;
	refcnt_init(&sc->sc_refs);
	task_set(&sc->sc_send, sec_send, sc);
	sc->sc_counters = counters_alloc(secc_ncounters);

	ifp = &sc->sc_if;
	snprintf(ifp->if_xname, sizeof(ifp->if_xname), "%s%d",
	    ifc->ifc_name, unit);
	ifp->if_softc = sc;
	ifp->if_type = IFT_TUNNEL;
	ifp->if_mtu = SEC_MTU_MIN;
	ifp->if_flags = IFF_POINTOPOINT|IFF_MULTICAST;
	ifp->if_xflags = IFXF_CLONED|IFXF_MPSAFE;
	ifp->if_link_state = LINK_STATE_DOWN;
	ifp->if_bpf_mtap = p2p_bpf_mtap;
	ifp->if_input = p2p_input;
	ifp->if_output = sec_output;
	ifp->if_qstart = sec_start;
	ifp->if_ioctl = sec_ioctl;
	ifp->if_rtrequest = p2p_rtrequest;

	ifq_init_maxlen(&ifp->if_snd, SEC_QLEN);
	if_counters_alloc(ifp);
	if_attach(ifp);
	if_alloc_sadl(ifp);
#if NBPFILTER > 0
	bpfattach(&ifp->if_bpf, ifp, DLT_LOOP, sizeof(u_int32_t));
#endif

	/* complete: packets and SAs may find it now, and until destroy */
	mtx_enter(&sec_mtx);
	SMR_LIST_INSERT_HEAD_LOCKED(sec_head(unit), sc, sc_entry);
	sec_choose(unit);
	mtx_leave(&sec_mtx);

	return (0);
}

/*
 * In this order: nobody finds the softc, those who have look elsewhere,
 * the transmit task is done and stays away, the last packet that came in
 * has let go, the interface is taken apart.
 */
static int
sec_clone_destroy(struct ifnet *ifp)
{
	struct sec_softc *sc = ifp->if_softc;

	NET_LOCK();
	WRITE_ONCE(sc->sc_dead, 1);
	WRITE_ONCE(ifp->if_flags, ifp->if_flags & ~IFF_RUNNING);
	NET_UNLOCK();

	mtx_enter(&sec_mtx);
	SMR_LIST_REMOVE_LOCKED(sc, sc_entry);
	SMR_PTR_SET_LOCKED(&sc->sc_out, NULL);
	mtx_leave(&sec_mtx);

	smr_barrier();
	ifq_barrier(&ifp->if_snd);
	taskq_del_barrier(net_tq(ifp->if_index), &sc->sc_send);
	refcnt_finalize(&sc->sc_refs, "secdtor");

	if_detach(ifp);
	counters_free(sc->sc_counters, secc_ncounters);
	free(sc, M_DEVBUF, sizeof(*sc));

	return (0);
}

static int
sec_running(struct sec_softc *sc)
{
	return (ISSET(READ_ONCE(sc->sc_if.if_flags), IFF_RUNNING) &&
	    !READ_ONCE(sc->sc_dead));
}

static void
sec_stats(struct sec_softc *sc, struct sec_stats *ss)
{
	uint64_t scratch[secc_ncounters];

	_Static_assert(offsetof(struct sec_stats, ss_snomem) ==
	    offsetof(struct sec_stats, ss_odown) + sizeof(scratch), "");
	counters_read(sc->sc_counters, (uint64_t *)&ss->ss_odown,
	    secc_ncounters, scratch);
	mtx_enter(&sec_mtx);
	ss->ss_snomem = sec_snomem;
	ss->ss_sforeign = sec_foreign(sc, IPSP_DIRECTION_IN) +
	    sec_foreign(sc, IPSP_DIRECTION_OUT);
	mtx_leave(&sec_mtx);
}

/*
 * The ends of the tunnel.
 */

static int
sec_sameaddr(const union sockaddr_union *a, const union sockaddr_union *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return (0);
	if (a->sa.sa_family == AF_INET)
		return (a->sin.sin_addr.s_addr == b->sin.sin_addr.s_addr);
	return (IN6_ARE_ADDR_EQUAL(&a->sin6.sin6_addr, &b->sin6.sin6_addr));
}

/* May an end of a tunnel have it? */
static int
sec_isend(const struct sockaddr *sa)
{
	const struct sockaddr_in *sin = (const struct sockaddr_in *)sa;
#ifdef INET6
	const struct in6_addr *a =
	    &((const struct sockaddr_in6 *)sa)->sin6_addr;

	if (sa->sa_family == AF_INET6)
		return (sa->sa_len == sizeof(struct sockaddr_in6) &&
		    !IN6_IS_ADDR_UNSPECIFIED(a) && !IN6_IS_ADDR_LINKLOCAL(a) &&
		    !IN6_IS_ADDR_MULTICAST(a));
#endif
	return (sa->sa_family == AF_INET && sa->sa_len == sizeof(*sin) &&
	    sin->sin_addr.s_addr != INADDR_ANY &&
	    !IN_MULTICAST(sin->sin_addr.s_addr));
}

static int
sec_samertable(const struct sec_softc *a, const struct sec_softc *b)
{
	return (a->sc_rtable == b->sc_rtable || a->sc_rtable == -1 ||
	    b->sc_rtable == -1);
}

/* Another interface with the same ends would have the same SAs. */
static int
sec_collides(struct sec_softc *sc, const union sockaddr_union *src,
    const union sockaddr_union *dst)
{
	struct sec_softc *o;
	int i;

	for (i = 0; i < SEC_HASHSIZE; i++) {
		SMR_LIST_FOREACH_LOCKED(o, &sec_softcs[i], sc_entry) {
			if (o != sc && sec_samertable(o, sc) &&
			    sec_sameaddr(&o->sc_src, src) &&
			    sec_sameaddr(&o->sc_dst, dst))
				return (1);
		}
	}
	return (0);
}

static int
sec_setends(struct sec_softc *sc, const struct sockaddr *src,
    const struct sockaddr *dst)
{
	union sockaddr_union us, them;
	int error = 0;

	if (!sec_isend(src) || !sec_isend(dst) ||
	    src->sa_family != dst->sa_family)
		return (EINVAL);
	memset(&us, 0, sizeof(us));
	memset(&them, 0, sizeof(them));
	memcpy(&us, src, src->sa_len);
	memcpy(&them, dst, dst->sa_len);

	mtx_enter(&sec_mtx);
	if (sec_collides(sc, &us, &them))
		error = EADDRINUSE;
	else {
		sc->sc_src = us;
		sc->sc_dst = them;
		sec_choose(sc->sc_unit);
	}
	mtx_leave(&sec_mtx);
	return (error);
}

/* Those that were set, or else those of the SAs in use, which are a pair. */
static int
sec_getends(struct sec_softc *sc, struct if_laddrreq *req)
{
	union sockaddr_union *src = &sc->sc_src, *dst = &sc->sc_dst;
	struct sec_sa *out;
	int error = 0;

	mtx_enter(&sec_mtx);
	if (src->sa.sa_family == AF_UNSPEC) {
		out = sec_newest(sc, IPSP_DIRECTION_OUT);
		if (out == NULL || !sec_isend(&out->ss_tdb->tdb_src.sa) ||
		    sec_newest(sc, IPSP_DIRECTION_IN) == NULL) {
			error = EADDRNOTAVAIL;
			goto done;
		}
		src = &out->ss_tdb->tdb_src;
		dst = &out->ss_tdb->tdb_dst;
	}
	memset(&req->addr, 0, sizeof(req->addr));
	memset(&req->dstaddr, 0, sizeof(req->dstaddr));
	memcpy(&req->addr, src, src->sa.sa_len);
	memcpy(&req->dstaddr, dst, dst->sa.sa_len);
done:
	mtx_leave(&sec_mtx);
	return (error);
}

static void
sec_unsetends(struct sec_softc *sc)
{
	mtx_enter(&sec_mtx);
	memset(&sc->sc_src, 0, sizeof(sc->sc_src));
	memset(&sc->sc_dst, 0, sizeof(sc->sc_dst));
	sec_choose(sc->sc_unit);
	mtx_leave(&sec_mtx);
}

static int
sec_setrtable(struct sec_softc *sc, int rtable)
{
	int error = 0, was;

	if (rtable < -1 || rtable > RT_TABLEID_MAX ||
	    (rtable != -1 && !rtable_exists(rtable)))
		return (EINVAL);
	mtx_enter(&sec_mtx);
	was = sc->sc_rtable;
	sc->sc_rtable = rtable;
	if (sc->sc_src.sa.sa_family != AF_UNSPEC &&
	    sec_collides(sc, &sc->sc_src, &sc->sc_dst)) {
		sc->sc_rtable = was;
		error = EADDRINUSE;
	} else
		sec_choose(sc->sc_unit);
	mtx_leave(&sec_mtx);
	return (error);
}

static int
sec_ioctl_tunnel(struct sec_softc *sc, u_long cmd, caddr_t data)
{
	static const int df[] = { IPSP_DF_OFF, IPSP_DF_ON, IPSP_DF_INHERIT };
	struct if_laddrreq *req = (struct if_laddrreq *)data;
	struct ifreq *ifr = (struct ifreq *)data;

	switch (cmd) {
	case SIOCSLIFPHYDF:
		if (ifr->ifr_df < 0 || ifr->ifr_df >= nitems(df))
			return (EINVAL);
		WRITE_ONCE(sc->sc_df, df[ifr->ifr_df]);
		break;
	case SIOCGLIFPHYDF:
		ifr->ifr_df = READ_ONCE(sc->sc_df);
		if (ifr->ifr_df == IPSP_DF_INHERIT)
			ifr->ifr_df = 2;
		break;
	case SIOCSLIFPHYADDR:
		return (sec_setends(sc, (struct sockaddr *)&req->addr,
		    (struct sockaddr *)&req->dstaddr));
	case SIOCDIFPHYADDR:
		sec_unsetends(sc);
		break;
	case SIOCGLIFPHYADDR:
		return (sec_getends(sc, req));
	case SIOCSLIFPHYRTABLE:
		return (sec_setrtable(sc, ifr->ifr_rdomainid));
	case SIOCGLIFPHYRTABLE:
		if (sc->sc_rtable == -1)
			return (ENOTTY);
		ifr->ifr_rdomainid = sc->sc_rtable;
		break;
	default:
		return (ENOTTY);
	}
	return (0);
}

static int
sec_ioctl(struct ifnet *ifp, u_long cmd, caddr_t data)
{
	struct sec_softc *sc = ifp->if_softc;
	struct ifreq *ifr = (struct ifreq *)data;

	switch (cmd) {
	case SIOCSIFADDR:
	case SIOCADDMULTI:
	case SIOCDELMULTI:
		break;
	case SIOCSIFFLAGS:
		if (READ_ONCE(sc->sc_dead))
			return (ENXIO);
		if (ISSET(ifp->if_flags, IFF_UP))
			WRITE_ONCE(ifp->if_flags, ifp->if_flags | IFF_RUNNING);
		else
			WRITE_ONCE(ifp->if_flags, ifp->if_flags & ~IFF_RUNNING);
		/* link0 changes what the link state says */
		mtx_enter(&sec_mtx);
		sec_choose(sc->sc_unit);
		mtx_leave(&sec_mtx);
		break;
	case SIOCSIFMTU:
		if (ifr->ifr_mtu < SEC_MTU_MIN || ifr->ifr_mtu > SEC_MTU_MAX)
			return (EINVAL);
		ifp->if_mtu = ifr->ifr_mtu;
		break;
	case SIOCGSECSTATS:
		sec_stats(sc, (struct sec_stats *)data);
		break;
	default:
		return (sec_ioctl_tunnel(sc, cmd, data));
	}
	return (0);
}

/* A packet is lost: once by cause, once for the interface. */
static void
sec_lost(struct sec_softc *sc, enum sec_counters cause,
    enum if_counters total)
{
	counters_inc(sc->sc_counters, cause);
	counters_inc(sc->sc_if.if_counters, total);
}

/* It was counted as sent when it was queued, and is not. */
static void
sec_unsent(struct sec_softc *sc, int len)
{
	counters_dec(sc->sc_if.if_counters, ifc_opackets);
	counters_add(sc->sc_if.if_counters, ifc_obytes, -(u_int64_t)len);
}

/*
 * Output.
 */

/* Each SA that a packet goes through leaves its mark: none has it twice. */
static int
sec_loop(struct mbuf *m, struct tdb *tdb)
{
	struct m_tag *mtag = NULL;
	struct tdb_ident *tdbi;

	while ((mtag = m_tag_find(m, PACKET_TAG_IPSEC_OUT_DONE, mtag)) !=
	    NULL) {
		tdbi = (struct tdb_ident *)(mtag + 1);
		if (tdbi->spi == tdb->tdb_spi &&
		    tdbi->proto == tdb->tdb_sproto &&
		    tdbi->rdomain == tdb->tdb_rdomain &&
		    sec_sameaddr(&tdbi->dst, &tdb->tdb_dst))
			return (1);
	}
	return (0);
}

/* Bytes that fit through the SA as far as is known, 0: any. */
static u_int32_t
sec_mtu(struct tdb *tdb)
{
	u_int32_t mtu = READ_ONCE(tdb->tdb_mtu);

	if (mtu == 0 ||
	    READ_ONCE(tdb->tdb_mtutimeout) <= (u_int64_t)gettime())
		return (0);
	return (mtu);
}

/*
 * Is its sender the only one who may cut it?  Of IPv6 always, but for what
 * is so small that every link has to take it: that gets through in pieces.
 */
static int
sec_nofrag(struct mbuf *m, int af)
{
	struct ip ip;

	if (af != AF_INET)
		return (m->m_pkthdr.len > SEC_MTU_MIN);
	if (m->m_pkthdr.len < (int)sizeof(ip))
		return (0);
	m_copydata(m, 0, sizeof(ip), &ip);
	return (ISSET(ip.ip_off, htons(IP_DF)));
}

/*
 * DF bit of the outer packet.  One without it always fits, whatever anybody
 * says, and where nobody could be told that it did not there is no other.
 */
static int
sec_df(struct sec_softc *sc, struct mbuf *m, int af, u_int32_t mtu)
{
	int df = READ_ONCE(sc->sc_df), nofrag;

	if (df == IPSP_DF_OFF)
		return (df);
	nofrag = sec_nofrag(m, af);
	if (df == IPSP_DF_INHERIT)
		return (nofrag ? IPSP_DF_ON : IPSP_DF_OFF);
	if (!nofrag && mtu != 0 && m->m_pkthdr.len > (int)mtu)
		return (IPSP_DF_OFF);
	return (df);
}

/* Tell the sender of m, which is consumed, what fits. */
static void
sec_toobig(struct mbuf *m, int af, int mtu)
{
#ifdef INET6
	if (af == AF_INET6) {
		icmp6_error(m, ICMP6_PACKET_TOO_BIG, 0,
		    MAX(mtu, SEC_MTU_MIN));
		return;
	}
#endif
	icmp_error(m, ICMP_UNREACH, ICMP_UNREACH_NEEDFRAG, 0, mtu);
}

/*
 * May this packet go?  The sender is told now, while it listens: what is
 * found out later, on the queue's way out, is only counted.
 */
static int
sec_check(struct sec_softc *sc, struct mbuf *m, int af, u_int32_t *mtu)
{
	struct sec_sa *ss;
	int loop = 0;

	if (!sec_running(sc)) {
		sec_lost(sc, secc_odown, ifc_oerrors);
		return (ENETDOWN);
	}

	/*
	 * A label stack may begin like either IP, and would leave as what
	 * it is not.
	 */
	if (af != AF_INET && af != AF_INET6) {
		sec_lost(sc, secc_ofamily, ifc_oerrors);
		return (EAFNOSUPPORT);
	}

	smr_read_enter();
	ss = SMR_PTR_GET(&sc->sc_out);
	if (ss != NULL) {
		*mtu = sec_mtu(ss->ss_tdb);
		loop = sec_loop(m, ss->ss_tdb);
	}
	smr_read_leave();
	if (ss == NULL) {
		sec_lost(sc, secc_onosa, ifc_oerrors);
		return (EHOSTUNREACH);
	}
	if (loop) {
		sec_lost(sc, secc_oloop, ifc_oerrors);
		return (EIO);
	}
	return (0);
}

static int
sec_output(struct ifnet *ifp, struct mbuf *m, struct sockaddr *dst,
    struct rtentry *rt)
{
	struct sec_softc *sc = ifp->if_softc;
	u_int32_t mtu = 0;
	int error;

	error = sec_check(sc, m, dst->sa_family, &mtu);
	if (error != 0) {
		m_freem(m);
		return (error);
	}
	if (mtu != 0 && m->m_pkthdr.len > (int)mtu &&
	    sec_df(sc, m, dst->sa_family, mtu) == IPSP_DF_ON) {
		/*
		 * Who forwards would, for an error, name the interface's
		 * MTU, which is not what fits.
		 */
		error = m->m_pkthdr.ph_ifidx == 0 ? EMSGSIZE : 0;
		sec_lost(sc, secc_otoobig, ifc_oerrors);
		sec_toobig(m, dst->sa_family, mtu);
		return (error);
	}

	m->m_pkthdr.ph_family = dst->sa_family;
	return (if_enqueue(ifp, m));
}

/*
 * The serialiser may or may not hold the netlock, and must not wait for
 * it: packets leave from a task.
 */
static void
sec_start(struct ifqueue *ifq)
{
	struct ifnet *ifp = ifq->ifq_if;
	struct sec_softc *sc = ifp->if_softc;

	if (!READ_ONCE(sc->sc_dead))
		task_add(net_tq(ifp->if_index), &sc->sc_send);
}

/*
 * The SA for the next packet, with a reference.  The caller hands in the
 * one it has, which is kept as long as it is the right one.
 */
static struct tdb *
sec_pick(struct sec_softc *sc, struct tdb *have)
{
	struct tdb *tdb;
	struct sec_sa *ss;

	smr_read_enter();
	ss = SMR_PTR_GET(&sc->sc_out);
	tdb = ss != NULL ? ss->ss_tdb : NULL;
	if (tdb != have)
		tdb_ref(tdb);
	smr_read_leave();

	if (tdb != have)
		tdb_unref(have);
	return (tdb);
}

/* Enough of a packet to tell its sender that the outer one did not fit. */
static struct mbuf *
sec_quote(struct mbuf *m)
{
	struct mbuf *n;
	int len = MIN(m->m_pkthdr.len, SEC_QUOTE);

	if ((n = m_gethdr(M_DONTWAIT, MT_DATA)) == NULL)
		return (NULL);
	m_copydata(m, 0, len, mtod(n, caddr_t));
	n->m_len = n->m_pkthdr.len = len;
	n->m_pkthdr.ph_rtableid = m->m_pkthdr.ph_rtableid;
	n->m_pkthdr.ph_ifidx = m->m_pkthdr.ph_ifidx;
	return (n);
}

/*
 * Why it was not sent.  The SA has learned how much fits, but may be a
 * byte off: what has just failed does not fit in any case.
 */
static void
sec_failed(struct sec_softc *sc, struct tdb *tdb, struct mbuf *quote, int af,
    int len, int error)
{
	u_int32_t mtu = sec_mtu(tdb);

	sec_unsent(sc, len);
	/* with EIO the interface that met it twice has counted it */
	if (error != EIO)
		sec_lost(sc, error == EMSGSIZE ? secc_otoobig : secc_oerror,
		    ifc_oerrors);
	if (error == EMSGSIZE && mtu != 0 && quote != NULL)
		sec_toobig(quote, af, MIN((int)mtu, len - 1));
	else
		m_freem(quote);
}

/* Consumes m. */
static int
sec_process(struct sec_softc *sc, struct tdb *tdb, struct mbuf *m, int df)
{
	if (df == IPSP_DF_ON && tdb->tdb_dst.sa.sa_family == AF_INET6)
		SET(m->m_pkthdr.csum_flags, M_IPV6_DF_OUT);
	m->m_pkthdr.ph_rtableid = sc->sc_rtable != -1 ?
	    (unsigned int)sc->sc_rtable : tdb->tdb_rdomain;
	return (ipsp_process_packet(m, tdb, m->m_pkthdr.ph_family, 0, df));
}

/*
 * What goes with DF and comes to nothing: enough is kept of a packet to
 * tell its sender.  Of one that may be cut all of it is kept, to go again
 * without, until its size is known to pass.
 */
static struct mbuf *
sec_keep(struct sec_softc *sc, struct tdb *tdb, struct mbuf *m, int af)
{
	if (sec_nofrag(m, af))
		return (sec_quote(m));
	if (sc->sc_fitstdb != tdb) {
		sc->sc_fitstdb = tdb;
		sc->sc_fits = 0;
	}
	if (m->m_pkthdr.len <= sc->sc_fits)
		return (NULL);
	return (m_dup_pkt(m, 0, M_DONTWAIT));
}

static void
sec_send_one(struct sec_softc *sc, struct tdb *tdb, struct mbuf *m)
{
	int af = m->m_pkthdr.ph_family, len = m->m_pkthdr.len;
	int df = sec_df(sc, m, af, sec_mtu(tdb)), error;
	struct mbuf *keep = NULL;
#if NBPFILTER > 0
	caddr_t if_bpf = READ_ONCE(sc->sc_if.if_bpf);

	if (if_bpf && bpf_mtap_af(if_bpf, af, m, BPF_DIRECTION_OUT)) {
		m_freem(m);
		return;
	}
#endif

	CLR(m->m_flags, M_BCAST|M_MCAST);
#if NPF > 0
	pf_pkt_addr_changed(m);
#endif
	if (df == IPSP_DF_ON)
		keep = sec_keep(sc, tdb, m, af);

	error = sec_process(sc, tdb, m, df);
	/* the path has less room than it had */
	if (error == EMSGSIZE && len <= sc->sc_fits)
		sc->sc_fits = len - 1;
	if (keep != NULL && keep->m_pkthdr.len == len &&
	    !sec_nofrag(keep, af)) {
		if (error == EMSGSIZE) {
			error = sec_process(sc, tdb, keep, IPSP_DF_OFF);
			keep = NULL;
		} else if (error == 0)
			sc->sc_fits = len;
	}
	if (error != 0)
		sec_failed(sc, tdb, keep, af, len, error);
	else
		m_freem(keep);
}

/*
 * Shared netlock, so that others go on; a bounded batch, so that others
 * get on.  The reference to the SA goes back before the netlock does:
 * freeing one needs it, and this thread is not the one that reaps.
 */
static void
sec_send(void *arg)
{
	struct sec_softc *sc = arg;
	struct ifqueue *ifq = &sc->sc_if.if_snd;
	struct tdb *tdb = NULL;
	struct mbuf *m;
	int n;

	NET_LOCK_SHARED();
	KERNEL_LOCK();
	for (n = 0; n < SEC_BATCH && (m = ifq_dequeue(ifq)) != NULL; n++) {
		tdb = sec_pick(sc, tdb);
		if (tdb != NULL && sec_running(sc)) {
			sec_send_one(sc, tdb, m);
			continue;
		}
		sec_unsent(sc, m->m_pkthdr.len);
		sec_lost(sc, sec_running(sc) ? secc_onosa : secc_odown,
		    ifc_oerrors);
		m_freem(m);
	}
	tdb_unref(tdb);
	KERNEL_UNLOCK();
	NET_UNLOCK_SHARED();

	if (!ifq_empty(ifq) && !READ_ONCE(sc->sc_dead))
		task_add(net_tq(sc->sc_if.if_index), &sc->sc_send);
}

/*
 * Input.
 */

/* Inside SMR, or with sec_mtx held. */
static struct sec_softc *
sec_find(unsigned int unit)
{
	struct sec_softc *sc;

	SMR_LIST_FOREACH(sc, sec_head(unit), sc_entry) {
		if (sc->sc_unit == unit)
			break;
	}
	return (sc);
}

struct sec_softc *
sec_get(unsigned int unit)
{
	struct sec_softc *sc;

	smr_read_enter();
	sc = sec_find(unit);
	if (sc != NULL)
		refcnt_take(&sc->sc_refs);
	smr_read_leave();

	return (sc);
}

void
sec_put(struct sec_softc *sc)
{
	if (sc != NULL)
		refcnt_rele_wake(&sc->sc_refs);
}

/* Bytes before what was inside ESP, or -1; the TOS of the outer header. */
static int
sec_outer_len(struct mbuf *m, int af, int proto, u_int8_t *tos)
{
	struct ip ip;
#ifdef INET6
	struct ip6_hdr ip6;
	struct ip6_ext ext;
	int len, nxt;
#endif

	if (af == AF_INET && m->m_pkthdr.len >= (int)sizeof(ip)) {
		m_copydata(m, 0, sizeof(ip), &ip);
		*tos = ip.ip_tos;
		return (ip.ip_hl << 2);
	}
#ifdef INET6
	if (af == AF_INET6 && m->m_pkthdr.len >= (int)sizeof(ip6)) {
		m_copydata(m, 0, sizeof(ip6), &ip6);
		*tos = ntohl(ip6.ip6_flow) >> 20;
		len = sizeof(ip6);
		nxt = ip6.ip6_nxt;
		while (nxt == IPPROTO_HOPOPTS || nxt == IPPROTO_ROUTING ||
		    nxt == IPPROTO_DSTOPTS) {
			if (m->m_pkthdr.len < len + (int)sizeof(ext))
				return (-1);
			m_copydata(m, len, sizeof(ext), &ext);
			len += (ext.ip6e_len + 1) << 3;
			nxt = ext.ip6e_nxt;
		}
		return (nxt == proto ? len : -1);
	}
#endif
	return (-1);
}

/*
 * Is there at least the header of what the packet claims to be?  The
 * stack looks closer; this keeps one protocol from posing as another.
 */
static int
sec_inner_ok(struct mbuf *m, int version, int hlen)
{
	u_int8_t vhl;

	if (m->m_pkthdr.len < hlen)
		return (0);
	m_copydata(m, 0, sizeof(vhl), &vhl);
	return (vhl >> 4 == version);
}

/* The family of what was inside; counts and returns AF_UNSPEC if bad. */
static int
sec_inner_family(struct sec_softc *sc, struct mbuf *m, int proto)
{
	switch (proto) {
	case IPPROTO_IPV4:
		if (sec_inner_ok(m, IPVERSION, sizeof(struct ip)))
			return (AF_INET);
		break;
#ifdef INET6
	case IPPROTO_IPV6:
		if (sec_inner_ok(m, 6, sizeof(struct ip6_hdr)))
			return (AF_INET6);
		break;
#endif
#ifdef MPLS
	case IPPROTO_MPLS:
		if (m->m_pkthdr.len >= (int)sizeof(u_int32_t))
			return (AF_MPLS);
		break;
#endif
	case IPPROTO_NONE:
		/* traffic flow confidentiality, not a loss */
		counters_inc(sc->sc_counters, secc_idummy);
		return (AF_UNSPEC);
	default:
		sec_lost(sc, secc_iproto, ifc_noproto);
		return (AF_UNSPEC);
	}

	sec_lost(sc, secc_iheader, ifc_ierrors);
	return (AF_UNSPEC);
}

/*
 * Routers mark the outer packet when they are congested: pass that on to
 * those who can do something about it, RFC 6040 4.2.  NULL, and counted:
 * the packet is gone, as it would have been where it was marked.
 */
static struct mbuf *
sec_ecn(struct sec_softc *sc, struct mbuf *m, int af, u_int8_t otos)
{
	u_int8_t itos, was, *p;

	if (af != AF_INET && af != AF_INET6)
		return (m);
	if ((m = m_pullup(m, sizeof(struct ip))) == NULL) {
		sec_lost(sc, secc_iheader, ifc_ierrors);
		return (NULL);
	}
	p = mtod(m, u_int8_t *);
	was = itos = af == AF_INET ? p[1] : p[0] << 4 | p[1] >> 4;
	if (!ip_ecn_egress(ECN_ALLOWED, &otos, &itos)) {
		sec_lost(sc, secc_iecn, ifc_ierrors);
		return (m_freem(m));
	}
	if (itos != was && af == AF_INET)
		ip_tos_patch(mtod(m, struct ip *), itos);
	else if (itos != was)
		p[1] = (p[1] & 0x0f) | itos << 4;
	return (m);
}

/*
 * What the outer frame and header said is not about this packet: checksums
 * verified, broadcast, and the marks by which others take it for one that
 * a policy has let in.  The tags, its history, stay.
 */
static void
sec_wash(struct mbuf *m)
{
	CLR(m->m_flags, M_BCAST|M_MCAST|M_CONF|M_AUTH|M_COMP|M_TUNNEL);
	m->m_pkthdr.csum_flags = 0;
	m->m_pkthdr.pf.prio = IFQ_DEFPRIO;
#if NPF > 0
	pf_pkt_addr_changed(m);
#endif
}

/* Is the SA that has just unwrapped it one of the tunnel's domain? */
static int
sec_outer_domain(struct sec_softc *sc, struct mbuf *m)
{
	struct tdb_ident *tdbi;
	struct m_tag *mtag;

	if (sc->sc_rtable == -1)
		return (1);
	mtag = m_tag_find(m, PACKET_TAG_IPSEC_IN_DONE, NULL);
	if (mtag == NULL)
		return (0);
	tdbi = (struct tdb_ident *)(mtag + 1);
	return (tdbi->rdomain == rtable_l2(sc->sc_rtable));
}

/* Does it come from where the tunnel was said to end? */
static int
sec_outer_ends(struct sec_softc *sc, struct mbuf *m, int af)
{
	union sockaddr_union src, dst;
	int off = offsetof(struct ip, ip_src), len = sizeof(struct in_addr);
	caddr_t to[2] = { (caddr_t)&src.sin.sin_addr,
	    (caddr_t)&dst.sin.sin_addr };

	if (sc->sc_src.sa.sa_family == AF_UNSPEC)
		return (1);
#ifdef INET6
	if (af == AF_INET6) {
		off = offsetof(struct ip6_hdr, ip6_src);
		len = sizeof(struct in6_addr);
		to[0] = (caddr_t)&src.sin6.sin6_addr;
		to[1] = (caddr_t)&dst.sin6.sin6_addr;
	}
#endif
	src.sa.sa_family = dst.sa.sa_family = af;
	m_copydata(m, off, len, to[0]);
	m_copydata(m, off + len, len, to[1]);
	return (sec_sameaddr(&src, &sc->sc_dst) &&
	    sec_sameaddr(&dst, &sc->sc_src));
}

void
sec_input(struct sec_softc *sc, int af, int proto, struct mbuf *m,
    struct netstack *ns)
{
	u_int8_t tos = 0;
	int hlen;

	if (!sec_running(sc)) {
		sec_lost(sc, secc_idown, ifc_ierrors);
		goto drop;
	}

	hlen = sec_outer_len(m, af, proto, &tos);
	if (hlen == -1 || hlen > m->m_pkthdr.len) {
		sec_lost(sc, secc_iheader, ifc_ierrors);
		goto drop;
	}
	if (!sec_outer_ends(sc, m, af) || !sec_outer_domain(sc, m)) {
		sec_lost(sc, secc_iforeign, ifc_ierrors);
		goto drop;
	}
	m_adj(m, hlen);

	af = sec_inner_family(sc, m, proto);
	if (af == AF_UNSPEC)
		goto drop;
	if ((m = sec_ecn(sc, m, af, tos)) == NULL)
		return;

	sec_wash(m);
	m->m_pkthdr.ph_family = af;
	if_vinput(&sc->sc_if, m, ns);
	return;

drop:
	m_freem(m);
}

/*
 * SAs.
 */

static struct sec_sa *
sec_sa_find(struct tdb *tdb)
{
	struct sec_sa *ss;

	MUTEX_ASSERT_LOCKED(&sec_mtx);
	LIST_FOREACH(ss, sec_spibucket(tdb), ss_byspi) {
		if (ss->ss_tdb == tdb)
			return (ss);
	}
	return (NULL);
}

/* An SA that no packet may use is held, but is neither in nor out. */
static int
sec_sa_direction(struct tdb *tdb)
{
	u_int32_t flags = READ_ONCE(tdb->tdb_flags);

	if (!ISSET(flags, TDBF_TUNNELING) || ISSET(flags, TDBF_INVALID))
		return (0);
	return (tdb->tdb_iface_dir);
}

/*
 * The link is up when there is an SA for each direction; with link0 the
 * interface does not say.
 */
static void
sec_linkstate(struct sec_softc *sc, int alive)
{
	struct ifnet *ifp = &sc->sc_if;
	int state = alive ? LINK_STATE_UP : LINK_STATE_DOWN;

	if (ISSET(READ_ONCE(ifp->if_flags), IFF_LINK0))
		state = LINK_STATE_UNKNOWN;
	if (READ_ONCE(ifp->if_link_state) == state)
		return;
	WRITE_ONCE(ifp->if_link_state, state);
	if_link_state_change(ifp);
}

/* Has it the ends that the interface was given?  Who sends may be open. */
static int
sec_sa_fits(struct sec_softc *sc, struct tdb *tdb, int dir)
{
	union sockaddr_union *us = &tdb->tdb_src, *them = &tdb->tdb_dst;
	unsigned int rdomain = tdb->tdb_rdomain_post;

	if (dir == IPSP_DIRECTION_IN) {
		us = &tdb->tdb_dst;
		them = &tdb->tdb_src;
		rdomain = tdb->tdb_rdomain;
	}
	if (sc->sc_rtable != -1 && rtable_l2(sc->sc_rtable) != rdomain)
		return (0);
	if (sc->sc_src.sa.sa_family == AF_UNSPEC)
		return (1);
	return (sec_sameaddr(us, &sc->sc_src) &&
	    (sec_sameaddr(them, &sc->sc_dst) ||
	    (dir == IPSP_DIRECTION_IN && !sec_isend(&them->sa))));
}

static struct sec_sa *
sec_newest(struct sec_softc *sc, int dir)
{
	struct sec_sa *ss;

	MUTEX_ASSERT_LOCKED(&sec_mtx);
	LIST_FOREACH(ss, sec_bucket(sc->sc_unit, dir), ss_byunit) {
		if (ss->ss_unit == sc->sc_unit && ss->ss_dir == dir &&
		    sec_sa_fits(sc, ss->ss_tdb, dir))
			break;
	}
	return (ss);
}

/* How many SAs of the unit have other ends. */
static int
sec_foreign(struct sec_softc *sc, int dir)
{
	struct sec_sa *ss;
	int n = 0;

	MUTEX_ASSERT_LOCKED(&sec_mtx);
	LIST_FOREACH(ss, sec_bucket(sc->sc_unit, dir), ss_byunit) {
		if (ss->ss_unit == sc->sc_unit && ss->ss_dir == dir &&
		    !sec_sa_fits(sc, ss->ss_tdb, dir))
			n++;
	}
	return (n);
}

/* Choose the SA to send with, the newest, and judge the link. */
static void
sec_choose(unsigned int unit)
{
	struct sec_softc *sc;
	struct sec_sa *out;

	MUTEX_ASSERT_LOCKED(&sec_mtx);
	if ((sc = sec_find(unit)) == NULL)
		return;
	out = sec_newest(sc, IPSP_DIRECTION_OUT);
	SMR_PTR_SET_LOCKED(&sc->sc_out, out);
	sec_linkstate(sc, out != NULL &&
	    sec_newest(sc, IPSP_DIRECTION_IN) != NULL);
}

/* Put a new record where its SA says. */
static void
sec_sa_attach(struct sec_sa *ss, struct tdb *tdb)
{
	MUTEX_ASSERT_LOCKED(&sec_mtx);
	ss->ss_tdb = tdb_ref(tdb);
	ss->ss_unit = tdb->tdb_iface;
	ss->ss_dir = sec_sa_direction(tdb);
	LIST_INSERT_HEAD(sec_spibucket(tdb), ss, ss_byspi);
	LIST_INSERT_HEAD(sec_bucket(ss->ss_unit, ss->ss_dir), ss, ss_byunit);
	sec_choose(ss->ss_unit);
}

/*
 * A relinked SA may have moved to another unit or direction, where it is
 * the newest; else it stays as old as it is.
 */
static void
sec_sa_move(struct sec_sa *ss, struct tdb *tdb)
{
	unsigned int ounit = ss->ss_unit;
	int dir = sec_sa_direction(tdb);

	MUTEX_ASSERT_LOCKED(&sec_mtx);
	if (tdb->tdb_iface == ounit && dir == ss->ss_dir) {
		sec_choose(ounit);	/* its ends may have moved */
		return;
	}
	LIST_REMOVE(ss, ss_byunit);
	ss->ss_unit = tdb->tdb_iface;
	ss->ss_dir = dir;
	LIST_INSERT_HEAD(sec_bucket(ss->ss_unit, ss->ss_dir), ss, ss_byunit);
	if (ounit != ss->ss_unit)
		sec_choose(ounit);
	sec_choose(ss->ss_unit);
}

/*
 * Bind an SA with nss, which is consumed and may be NULL: then it is bound
 * later, by a task that looks at all of them.
 */
static void
sec_sa_bind(struct sec_sa *nss, struct tdb *tdb)
{
	struct sec_sa *ss;

	mtx_enter(&sec_mtx);
	ss = sec_sa_find(tdb);
	if (ss != NULL)
		sec_sa_move(ss, tdb);
	else if (nss != NULL) {
		sec_sa_attach(nss, tdb);
		nss = NULL;
	} else {
		sec_snomem++;
		task_add(systqmp, &sec_bind_task);
	}
	mtx_leave(&sec_mtx);

	if (nss != NULL)
		free(nss, M_DEVBUF, sizeof(*nss));
}

/* Nothing may sleep here. */
void
sec_tdb_insert(struct tdb *tdb)
{
	sec_sa_bind(malloc(sizeof(struct sec_sa), M_DEVBUF, M_NOWAIT|M_ZERO),
	    tdb);
}

/*
 * Only an SA that is being deleted leaves.  Otherwise it is taken out of
 * the tables to be put back under the same hold of the mutex, and a
 * sender that looks meanwhile must not find the interface without it;
 * nothing takes TDBF_IFACE off an SA.  One that is not known here was not
 * ours when it was put in, or waits for memory.
 */
void
sec_tdb_remove(struct tdb *tdb)
{
	struct sec_sa *ss;

	if (!ISSET(READ_ONCE(tdb->tdb_flags), TDBF_DELETED))
		return;

	mtx_enter(&sec_mtx);
	ss = sec_sa_find(tdb);
	if (ss != NULL) {
		LIST_REMOVE(ss, ss_byspi);
		LIST_REMOVE(ss, ss_byunit);
		sec_choose(ss->ss_unit);
		SIMPLEQ_INSERT_TAIL(&sec_dead, ss, ss_dead);
		task_add(systqmp, &sec_reap_task);
	}
	mtx_leave(&sec_mtx);
}

/*
 * After a grace period no sender follows a record any more.  This has a
 * thread to itself as far as transmit is concerned: waiting here pauses
 * nobody's packets.
 */
static void
sec_reap(void *arg)
{
	struct sec_sa_queue dead = SIMPLEQ_HEAD_INITIALIZER(dead);
	struct sec_sa *ss;

	mtx_enter(&sec_mtx);
	SIMPLEQ_CONCAT(&dead, &sec_dead);
	mtx_leave(&sec_mtx);
	if (SIMPLEQ_EMPTY(&dead))
		return;

	smr_barrier();
	NET_LOCK_SHARED();
	while ((ss = SIMPLEQ_FIRST(&dead)) != NULL) {
		SIMPLEQ_REMOVE_HEAD(&dead, ss_dead);
		tdb_unref(ss->ss_tdb);
		free(ss, M_DEVBUF, sizeof(*ss));
	}
	NET_UNLOCK_SHARED();
}

static int
sec_bind_tdb(struct tdb *tdb, void *arg, int last)
{
	if ((READ_ONCE(tdb->tdb_flags) & (TDBF_IFACE|TDBF_DELETED)) ==
	    TDBF_IFACE)
		sec_sa_bind(malloc(sizeof(struct sec_sa), M_DEVBUF,
		    M_WAITOK|M_ZERO), tdb);
	return (0);
}

/* The netlock keeps SAs from being deleted between look and bind. */
static void
sec_bind(void *arg)
{
	unsigned int rdomain;

	NET_LOCK();
	for (rdomain = 0; rdomain <= RT_TABLEID_MAX; rdomain++)
		tdb_walk(rdomain, sec_bind_tdb, NULL);
	NET_UNLOCK();
}
