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
#include <sys/protosw.h>
#include <sys/socket.h>
#include <sys/sysctl.h>
#include <sys/task.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/pfkeyv2.h>
#include <net/rtable.h>

#include "sec.h"
#if NSEC > 0
#include <net/if_sec.h>
#endif

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_var.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_ipsp.h>
#include <netinet/ip_esp.h>
#include <netinet/ip_ipip.h>
#include <netinet/in_pcb.h>
#include <netinet/udp.h>

/*
 * Packets that arrive under an SA.  A packet that is dropped is counted
 * by cause in espstat, and once more in ipsec_idrops and at its SA.
 */
#define IPSEC_MAXNEST	8		/* SAs one frame may be wrapped in */

static void	ipsec_exclusive_task(void *);

int	esp_enable = 1;
int	udpencap_enable = 1;
int	udpencap_port = 4500;
int	ipsec_in_use;
int	ipsec_esp_exclusive;
static int	encdebug;
static int	ipsec_expire_acquire = 30;
static int	ipsec_require_pfs = 1;
static int	ipsec_soft_allocations;
static int	ipsec_exp_allocations;
static int	ipsec_soft_bytes_dfl;
static int	ipsec_exp_bytes_dfl;
static int	ipsec_exp_timeout = 86400;
static int	ipsec_soft_timeout = 80000;
static int	ipsec_soft_first_use = 3600;
static int	ipsec_exp_first_use = 7200;

static struct mbuf_queue ipsec_exclusive_mq =
    MBUF_QUEUE_INITIALIZER(1024, IPL_SOFTNET);
static struct task	 ipsec_exclusive =
    TASK_INITIALIZER(ipsec_exclusive_task, NULL);

void
ipsec_init(void)
{
	ipsp_init();
	ipip_init();
}

/* Count a drop and free the packet; tdb may be NULL. */
static int
ipsec_drop(struct mbuf **mp, struct tdb *tdb)
{
	ipsecstat_inc(ipsec_idrops_c);
	if (tdb != NULL)
		tdbstat_inc(tdb, tdb_idrops);
	m_freemp(mp);
	return (IPPROTO_DONE);
}

static int
ipsec_nesting(struct mbuf *m)
{
	struct m_tag *mtag = NULL;
	int n = 0;

	while ((mtag = m_tag_find(m, PACKET_TAG_IPSEC_IN_DONE, mtag)) != NULL)
		n++;
	return (n);
}

/*
 * The SA that a packet belongs to, with a reference; NULL, and counted,
 * when there is none that may be used.
 */
static struct tdb *
ipsec_findsa(struct mbuf *m, int skip, int sproto, int udpencap)
{
	union sockaddr_union dst;
	struct tdb *tdb;
	u_int32_t spi, flags;

	memset(&dst, 0, sizeof(dst));
	dst.sin.sin_family = AF_INET;
	dst.sin.sin_len = sizeof(dst.sin);
	m_copydata(m, offsetof(struct ip, ip_dst), sizeof(struct in_addr),
	    &dst.sin.sin_addr);
	m_copydata(m, skip, sizeof(spi), &spi);

	tdb = gettdb(rtable_l2(m->m_pkthdr.ph_rtableid), spi, &dst, sproto);
	if (tdb == NULL) {
		espstat_inc(esps_notdb);
		return (NULL);
	}
	flags = READ_ONCE(tdb->tdb_flags);
	if (ISSET(flags, TDBF_INVALID | TDBF_DELETED)) {
		espstat_inc(esps_invalid);
	} else if (udpencap && !ISSET(flags, TDBF_UDPENCAP)) {
		espstat_inc(esps_udpinval);
	} else if (!udpencap && ISSET(flags, TDBF_UDPENCAP)) {
		espstat_inc(esps_udpneeded);
	} else if (tdb->tdb_xform == NULL) {
		espstat_inc(esps_noxform);
	} else
		return (tdb);
	tdbstat_inc(tdb, tdb_idrops);
	tdb_unref(tdb);
	return (NULL);
}

int
ipsec_common_input(struct mbuf **mp, int skip, int protoff, int af,
    int sproto, int udpencap, struct netstack *ns)
{
	struct mbuf *m = *mp;
	struct tdb *tdb;
	int prot;

	NET_ASSERT_LOCKED();
	espstat_inc(esps_input);
	espstat_add(esps_ibytes, m->m_pkthdr.len - skip);
	ipsecstat_pkt(ipsec_ipackets_c, ipsec_ibytes_c,
	    m->m_pkthdr.len - skip);
	if (udpencap)
		espstat_inc(esps_udpencin);

	if (m->m_pkthdr.len - skip < 2 * (int)sizeof(u_int32_t)) {
		espstat_inc(esps_hdrops);
		return (ipsec_drop(mp, NULL));
	}
	if (af != AF_INET) {
		espstat_inc(esps_nopf);
		return (ipsec_drop(mp, NULL));
	}
	if (ipsec_nesting(m) >= IPSEC_MAXNEST) {
		espstat_inc(esps_pdrops);
		return (ipsec_drop(mp, NULL));
	}
	if ((tdb = ipsec_findsa(m, skip, sproto, udpencap)) == NULL)
		return (ipsec_drop(mp, NULL));

	tdb_firstuse(tdb);
	KERNEL_LOCK();
	prot = tdb->tdb_xform->xf_input(mp, tdb, skip, protoff, ns);
	KERNEL_UNLOCK();
	if (prot == -1) {
		ipsec_drop(mp, tdb);
		prot = IPPROTO_DONE;
	}
	tdb_unref(tdb);
	return (prot);
}

/* The history of a packet: this SA unwrapped it. */
static int
ipsec_tag(struct mbuf *m, struct tdb *tdb)
{
	struct tdb_ident *tdbi;
	struct m_tag *mtag;

	mtag = m_tag_get(PACKET_TAG_IPSEC_IN_DONE, sizeof(*tdbi), M_NOWAIT);
	if (mtag == NULL)
		return (ENOMEM);
	tdbi = (struct tdb_ident *)(mtag + 1);
	memset(tdbi, 0, sizeof(*tdbi));
	tdbi->spi = tdb->tdb_spi;
	tdbi->dst = tdb->tdb_dst;
	tdbi->proto = tdb->tdb_sproto;
	tdbi->rdomain = tdb->tdb_rdomain;
	m_tag_prepend(m, mtag);
	return (0);
}

/* The outer header describes what is left of the packet. */
static void
ipsec_fixlen(struct mbuf *m, int skip)
{
	struct ip *ip = mtod(m, struct ip *);

	ip->ip_len = htons(m->m_pkthdr.len);
	ip->ip_sum = 0;
}

#if NSEC > 0
/* An interface's SA: the packet goes there, and nowhere else. */
static int
ipsec_input_iface(struct mbuf **mp, struct tdb *tdb, int prot,
    struct netstack *ns)
{
	struct sec_softc *sc;
	struct mbuf *m = *mp;

	if (!ISSET(READ_ONCE(tdb->tdb_flags), TDBF_TUNNELING) ||
	    tdb->tdb_iface_dir != IPSP_DIRECTION_IN ||
	    (sc = sec_get(tdb->tdb_iface)) == NULL) {
		espstat_inc(esps_pdrops);
		return (-1);
	}
	*mp = NULL;
	sec_input(sc, AF_INET, prot, m, ns);
	sec_put(sc);
	return (IPPROTO_DONE);
}
#endif

/*
 * After the transform: *mp begins with the outer header, whose protocol
 * at protoff is what was inside.  -1: drop it, the cause is counted.
 */
int
ipsec_common_input_cb(struct mbuf **mp, struct tdb *tdb, int skip,
    int protoff, struct netstack *ns)
{
	struct mbuf *m = *mp;

	ipsec_fixlen(m, skip);
	if (ipsec_tag(m, tdb) != 0) {
		espstat_inc(esps_hdrops);
		return (-1);
	}
	SET(m->m_flags, M_CONF | M_AUTH);
	if (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_TUNNELING))
		SET(m->m_flags, M_TUNNEL);
	m->m_pkthdr.pf.inp = NULL;
	if (tdb->tdb_rdomain != tdb->tdb_rdomain_post)
		m->m_pkthdr.ph_rtableid = tdb->tdb_rdomain_post;
	tdbstat_add(tdb, tdb_idecompbytes, m->m_pkthdr.len - skip);
	counters_add(ipseccounters, ipsec_idecompbytes_c,
	    m->m_pkthdr.len - skip);

#if NSEC > 0
	if (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_IFACE))
		return (ipsec_input_iface(mp, tdb,
		    *(mtod(m, u_int8_t *) + protoff), ns));
#endif
	/* policies, which would say where it may go, are not here yet */
	espstat_inc(esps_pdrops);
	return (-1);
}

/* The path that OpenBSD takes: exclusive netlock, no netstack. */
static void
ipsec_exclusive_task(void *arg)
{
	struct mbuf_list ml;
	struct mbuf *m;
	struct ip *ip;

	mq_delist(&ipsec_exclusive_mq, &ml);
	NET_LOCK();
	while ((m = ml_dequeue(&ml)) != NULL) {
		ip = mtod(m, struct ip *);
		ipsec_common_input(&m, ip->ip_hl << 2,
		    offsetof(struct ip, ip_p), AF_INET, ip->ip_p, 0, NULL);
	}
	NET_UNLOCK();
}

int
esp46_input(struct mbuf **mp, int *offp, int proto, int af,
    struct netstack *ns)
{
	struct mbuf *m = *mp;

	if (!READ_ONCE(esp_enable))
		return (rip_input(mp, offp, proto, af, ns));
	if (READ_ONCE(ipsec_esp_exclusive) && ns != NULL) {
		*mp = NULL;
		if (mq_enqueue(&ipsec_exclusive_mq, m) != 0) {
			espstat_inc(esps_qfull);
			ipsecstat_inc(ipsec_idrops_c);
		} else
			task_add(systqmp, &ipsec_exclusive);
		return (IPPROTO_DONE);
	}
	return (ipsec_common_input(mp, *offp, offsetof(struct ip, ip_p), af,
	    proto, 0, ns));
}

/*
 * ICMP says that an ESP packet of ours was too big: the SA remembers what
 * fits inside.
 */
static void
ipsec_pmtu(u_int rdomain, struct ip *ip, u_int8_t sproto, u_int32_t spi,
    u_int mtu)
{
	union sockaddr_union dst;
	struct tdb *tdb;

	memset(&dst, 0, sizeof(dst));
	dst.sin.sin_family = AF_INET;
	dst.sin.sin_len = sizeof(dst.sin);
	dst.sin.sin_addr = ip->ip_dst;
	if ((tdb = gettdb(rdomain, spi, &dst, sproto)) == NULL)
		return;
	ipsec_set_mtu(tdb, mtu);
	tdb_unref(tdb);
}

static void
ipsec_ctlinput(int cmd, u_int rdomain, void *v, int off, u_int8_t sproto)
{
	struct ip *ip = v;
	struct icmp *icp;
	u_int32_t spi;
	u_int mtu;

	if (cmd != PRC_MSGSIZE || ip == NULL || !READ_ONCE(ip_mtudisc))
		return;
	/* the header that came back lies in the ICMP message */
	icp = (struct icmp *)((caddr_t)ip - offsetof(struct icmp, icmp_ip));
	mtu = ntohs(icp->icmp_nextmtu);
	/* what did fit needs no news */
	if (mtu < 296 || mtu >= ntohs(ip->ip_len))
		return;
	memcpy(&spi, (caddr_t)ip + (ip->ip_hl << 2) + off, sizeof(spi));
	ipsec_pmtu(rtable_l2(rdomain), ip, sproto, spi, mtu);
}

void
esp4_ctlinput(int cmd, struct sockaddr *sa, u_int rdomain, void *v)
{
	ipsec_ctlinput(cmd, rdomain, v, 0, IPPROTO_ESP);
}

void
udpencap_ctlinput(int cmd, struct sockaddr *sa, u_int rdomain, void *v)
{
	ipsec_ctlinput(cmd, rdomain, v, sizeof(struct udphdr), IPPROTO_ESP);
}

static const struct sysctl_bounded_args ipsecctl_vars[] = {
	{ IPCTL_ENCDEBUG, &encdebug, 0, 1 },
	{ IPCTL_IPSEC_EXPIRE_ACQUIRE, &ipsec_expire_acquire, 0, INT_MAX },
	{ IPCTL_IPSEC_EMBRYONIC_SA_TIMEOUT, &ipsec_keep_invalid, 0, INT_MAX },
	{ IPCTL_IPSEC_REQUIRE_PFS, &ipsec_require_pfs, 0, 1 },
	{ IPCTL_IPSEC_SOFT_ALLOCATIONS, &ipsec_soft_allocations, 0, INT_MAX },
	{ IPCTL_IPSEC_ALLOCATIONS, &ipsec_exp_allocations, 0, INT_MAX },
	{ IPCTL_IPSEC_SOFT_BYTES, &ipsec_soft_bytes_dfl, 0, INT_MAX },
	{ IPCTL_IPSEC_BYTES, &ipsec_exp_bytes_dfl, 0, INT_MAX },
	{ IPCTL_IPSEC_TIMEOUT, &ipsec_exp_timeout, 0, INT_MAX },
	{ IPCTL_IPSEC_SOFT_TIMEOUT, &ipsec_soft_timeout, 0, INT_MAX },
	{ IPCTL_IPSEC_SOFT_FIRSTUSE, &ipsec_soft_first_use, 0, INT_MAX },
	{ IPCTL_IPSEC_FIRSTUSE, &ipsec_exp_first_use, 0, INT_MAX },
};

static const struct sysctl_bounded_args espctl_vars[] = {
	{ ESPCTL_ENABLE, &esp_enable, 0, 1 },
	{ ESPCTL_UDPENCAP_ENABLE, &udpencap_enable, 0, 1 },
	{ ESPCTL_UDPENCAP_PORT, &udpencap_port, 0, 65535 },
	{ ESPCTL_EXCLUSIVE, &ipsec_esp_exclusive, 0, 1 },
};

int
ipsec_sysctl(int *name, u_int namelen, void *oldp, size_t *oldlenp,
    void *newp, size_t newlen)
{
	uint64_t c[ipsec_ncounters];

	if (name[0] == IPCTL_IPSEC_STATS) {
		counters_read(ipseccounters, c, ipsec_ncounters, NULL);
		return (sysctl_rdstruct(oldp, oldlenp, newp, c, sizeof(c)));
	}
	return (sysctl_bounded_arr(ipsecctl_vars, nitems(ipsecctl_vars),
	    name, namelen, oldp, oldlenp, newp, newlen));
}

int
esp_sysctl(int *name, u_int namelen, void *oldp, size_t *oldlenp,
    void *newp, size_t newlen)
{
	uint64_t c[esps_ncounters];

	if (namelen != 1)
		return (ENOTDIR);
	if (name[0] == ESPCTL_STATS) {
		counters_read(espcounters, c, esps_ncounters, NULL);
		return (sysctl_rdstruct(oldp, oldlenp, newp, c, sizeof(c)));
	}
	return (sysctl_bounded_arr(espctl_vars, nitems(espctl_vars), name,
	    namelen, oldp, oldlenp, newp, newlen));
}
