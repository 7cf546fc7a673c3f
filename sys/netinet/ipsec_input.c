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
#include <sys/task.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/pfkeyv2.h>
#include <net/rtable.h>

#include "enc.h"
#if NENC > 0
#include <net/if_enc.h>
#endif
#include "sec.h"
#if NSEC > 0
#include <net/if_sec.h>
#endif

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_var.h>
#include <netinet/ip6.h>
#include <netinet/ip_ah.h>
#include <netinet/ip_esp.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_ipip.h>
#include <netinet/ip_ipsp.h>
#include <netinet/in_cksum.h>
#include <netinet/in_pcb.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>

#ifdef INET6
#include <netinet/icmp6.h>
#include <netinet6/ip6_var.h>
#endif

/*
 * Packets that arrive under an SA.  A packet that is dropped is counted
 * by cause in espstat, and once more in ipsec_idrops and at its SA.
 */
#define IPSEC_MAXNEST	8		/* SAs one frame may be wrapped in */

static void	ipsec_exclusive_task(void *);

int		ipsec_in_use;

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

/* One cause, counted where its protocol has it. */
static void
ipsec_count(int sproto, enum espstat_counters esp, enum ahstat_counters ah)
{
	if (sproto == IPPROTO_AH)
		ahstat_inc(ah);
	else
		espstat_inc(esp);
}

/* Where the SPI lies behind the header's start. */
static int
ipsec_spioff(int sproto)
{
	return (sproto == IPPROTO_AH ? offsetof(struct ah, ah_spi) : 0);
}

static void
ipsec_outerdst(struct mbuf *m, int af, union sockaddr_union *dst)
{
	memset(dst, 0, sizeof(*dst));
	dst->sa.sa_family = af;
	if (af == AF_INET) {
		dst->sin.sin_len = sizeof(dst->sin);
		m_copydata(m, offsetof(struct ip, ip_dst),
		    sizeof(struct in_addr), &dst->sin.sin_addr);
	} else {
		dst->sin6.sin6_len = sizeof(dst->sin6);
		m_copydata(m, offsetof(struct ip6_hdr, ip6_dst),
		    sizeof(struct in6_addr), &dst->sin6.sin6_addr);
	}
}

/*
 * The SA that a packet belongs to, with a reference; NULL, and counted,
 * when there is none that may be used.
 */
static struct tdb *
ipsec_findsa(struct mbuf *m, int skip, int af, int sproto, int udpencap)
{
	union sockaddr_union dst;
	struct tdb *tdb;
	u_int32_t spi, flags;

	ipsec_outerdst(m, af, &dst);
	m_copydata(m, skip + ipsec_spioff(sproto), sizeof(spi), &spi);

	tdb = gettdb(rtable_l2(m->m_pkthdr.ph_rtableid), spi, &dst, sproto);
	if (tdb == NULL) {
		ipsec_count(sproto, esps_notdb, ahs_notdb);
		return (NULL);
	}
	flags = READ_ONCE(tdb->tdb_flags);
	if (ISSET(flags, TDBF_INVALID | TDBF_DELETED)) {
		ipsec_count(sproto, esps_invalid, ahs_invalid);
	} else if (udpencap && !ISSET(flags, TDBF_UDPENCAP)) {
		espstat_inc(esps_udpinval);
	} else if (!udpencap && ISSET(flags, TDBF_UDPENCAP)) {
		espstat_inc(esps_udpneeded);
	} else if (tdb->tdb_xform == NULL) {
		ipsec_count(sproto, esps_noxform, ahs_noxform);
	} else
		return (tdb);
	tdbstat_inc(tdb, tdb_idrops);
	tdb_unref(tdb);
	return (NULL);
}

static void
ipsec_count_in(int sproto, int len, int udpencap)
{
	if (sproto == IPPROTO_AH) {
		ahstat_inc(ahs_input);
		ahstat_add(ahs_ibytes, len);
	} else {
		espstat_inc(esps_input);
		espstat_add(esps_ibytes, len);
	}
	ipsecstat_pkt(ipsec_ipackets_c, ipsec_ibytes_c, len);
	if (udpencap)
		espstat_inc(esps_udpencin);
}

int
ipsec_common_input(struct mbuf **mp, int skip, int protoff, int af,
    int sproto, int udpencap, struct netstack *ns)
{
	struct mbuf *m = *mp;
	struct tdb *tdb;
	int prot;

	NET_ASSERT_LOCKED();
	ipsec_count_in(sproto, m->m_pkthdr.len - skip, udpencap);
	if (m->m_pkthdr.len - skip < ipsec_spioff(sproto) +
	    2 * (int)sizeof(u_int32_t)) {
		ipsec_count(sproto, esps_hdrops, ahs_hdrops);
		return (ipsec_drop(mp, NULL));
	}
	if (protoff == -1 || ipsec_nesting(m) >= IPSEC_MAXNEST) {
		ipsec_count(sproto, esps_pdrops, ahs_pdrops);
		return (ipsec_drop(mp, NULL));
	}
	tdb = ipsec_findsa(m, skip, af, sproto, udpencap);
	if (tdb == NULL)
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
ipsec_fixlen(struct mbuf *m, int af, int skip)
{
	struct ip *ip;

	if (af == AF_INET6) {
		mtod(m, struct ip6_hdr *)->ip6_plen =
		    htons(m->m_pkthdr.len - sizeof(struct ip6_hdr));
		return;
	}
	ip = mtod(m, struct ip *);
	ip->ip_len = htons(m->m_pkthdr.len);
	ip->ip_sum = 0;
	ip->ip_sum = in_cksum(m, skip);
}

static void
ipsec_setflags(struct mbuf *m, struct tdb *tdb)
{
	SET(m->m_flags, ipsec_mflags(tdb));
	if (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_TUNNELING))
		SET(m->m_flags, M_TUNNEL);
	m->m_pkthdr.pf.inp = NULL;
	if (tdb->tdb_rdomain != tdb->tdb_rdomain_post)
		m->m_pkthdr.ph_rtableid = tdb->tdb_rdomain_post;
}

#if NSEC > 0
/* An interface's SA: the packet goes there, and nowhere else. */
static int
ipsec_input_iface(struct mbuf **mp, struct tdb *tdb, int af, int prot,
    struct netstack *ns)
{
	struct sec_softc *sc;
	struct mbuf *m = *mp;

	if (!ISSET(READ_ONCE(tdb->tdb_flags), TDBF_TUNNELING) ||
	    tdb->tdb_iface_dir != IPSP_DIRECTION_IN ||
	    (sc = sec_get(tdb->tdb_iface)) == NULL) {
		ipsec_count(tdb->tdb_sproto, esps_pdrops, ahs_pdrops);
		return (-1);
	}
	*mp = NULL;
	sec_input(sc, af, prot, m, ns);
	sec_put(sc);
	return (IPPROTO_DONE);
}
#endif

/*
 * A NAT changed the addresses that a checksum inside transport mode was
 * made of; the ICV was right, so the data is (RFC 3948 3.1.2).
 */
static void
ipsec_natcksum(struct mbuf *m, int af, int skip, int prot)
{
	int at, len = m->m_pkthdr.len - skip;
	u_int16_t sum = 0;

	if (prot == IPPROTO_UDP)
		at = offsetof(struct udphdr, uh_sum);
	else if (prot == IPPROTO_TCP)
		at = offsetof(struct tcphdr, th_sum);
	else
		return;
	if (len < at + (int)sizeof(sum) || m->m_len < (u_int)(skip + len))
		return;
	memcpy(mtod(m, caddr_t) + skip + at, &sum, sizeof(sum));
	if (prot == IPPROTO_UDP && af == AF_INET)
		return;
#ifdef INET6
	if (af == AF_INET6)
		sum = in6_cksum(m, prot, skip, len);
	else
#endif
	sum = in4_cksum(m, prot, skip, len);
	if (prot == IPPROTO_UDP && sum == 0)
		sum = 0xffff;
	memcpy(mtod(m, caddr_t) + skip + at, &sum, sizeof(sum));
}

/* What a policy's SA, or one of transport mode, had inside. */
static int
ipsec_input_inner(struct mbuf **mp, struct tdb *tdb, int af, int skip,
    int prot)
{
	struct mbuf *m = *mp;
	int tunnel = ISSET(READ_ONCE(tdb->tdb_flags), TDBF_TUNNELING) != 0;

	/* traffic flow confidentiality, RFC 4303 2.6: not a loss */
	if (prot == IPPROTO_NONE) {
		m_freemp(mp);
		return (IPPROTO_DONE);
	}
	if (tunnel && prot != IPPROTO_IPV4 && prot != IPPROTO_IPV6) {
		ipsec_count(tdb->tdb_sproto, esps_pdrops, ahs_pdrops);
		return (-1);
	}
	if (!tunnel && ISSET(READ_ONCE(tdb->tdb_flags), TDBF_UDPENCAP))
		ipsec_natcksum(m, af, skip, prot);
	return (prot);
}

/*
 * After the transform: *mp begins with the outer header, whose protocol
 * at protoff is what was inside.  -1: drop it, the cause is counted.
 */
int
ipsec_common_input_cb(struct mbuf **mp, struct tdb *tdb, int skip,
    int protoff, struct netstack *ns)
{
	const int af = tdb->tdb_dst.sa.sa_family;
	struct mbuf *m = *mp;
	int prot = *(mtod(m, u_int8_t *) + protoff);

	ipsec_fixlen(m, af, skip);
	if (ipsec_tag(m, tdb) != 0) {
		ipsec_count(tdb->tdb_sproto, esps_hdrops, ahs_hdrops);
		return (-1);
	}
	ipsec_setflags(m, tdb);
	tdbstat_add(tdb, tdb_idecompbytes, m->m_pkthdr.len - skip);
	counters_add(ipseccounters, ipsec_idecompbytes_c,
	    m->m_pkthdr.len - skip);

#if NENC > 0
	enc_tap_in(tdb->tdb_rdomain_post, tdb->tdb_tap, m, af, tdb->tdb_spi,
	    ipsec_mflags(tdb));
#endif
#if NSEC > 0
	if (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_IFACE))
		return (ipsec_input_iface(mp, tdb, af, prot, ns));
#endif
	return (ipsec_input_inner(mp, tdb, af, skip, prot));
}

/* Which byte before off names the header at off; -1 if none does. */
static int
ipsec_protoff(struct mbuf *m, int af, int off)
{
#ifdef INET6
	int at, nxt;

	if (af == AF_INET6)
		return (ip6_lasthdr(m, off, &nxt, &at) == -1 ? -1 : at);
#endif
	return (offsetof(struct ip, ip_p));
}

/*
 * The path that OpenBSD takes, exclusive netlock and no netstack.  The
 * offset of the header waits with the packet.
 */
static void
ipsec_exclusive_task(void *arg)
{
	struct mbuf_list ml;
	struct mbuf *m;
	int af, off, proto;

	mq_delist(&ipsec_exclusive_mq, &ml);
	NET_LOCK();
	while ((m = ml_dequeue(&ml)) != NULL) {
		af = m->m_pkthdr.ph_family;
		off = (long)m->m_pkthdr.ph_cookie & 0xffff;
		proto = (long)m->m_pkthdr.ph_cookie >> 16;
		m->m_pkthdr.ph_cookie = NULL;
		proto = ipsec_common_input(&m, off, ipsec_protoff(m, af, off),
		    af, proto, 0, NULL);
		if (proto == IPPROTO_DONE)
			continue;
#ifdef INET6
		if (af == AF_INET6)
			ip6_deliver(&m, &off, proto, NULL);
		else
#endif
		ip_deliver(&m, &off, proto, af, NULL);
	}
	NET_UNLOCK();
}

static int
ipsec46_input(struct mbuf **mp, int *offp, int proto, int af,
    struct netstack *ns)
{
	struct mbuf *m = *mp;

	if (READ_ONCE(ipsec_esp_exclusive) && ns != NULL) {
		*mp = NULL;
		m->m_pkthdr.ph_family = af;
		m->m_pkthdr.ph_cookie = (void *)((long)proto << 16 | *offp);
		if (mq_enqueue(&ipsec_exclusive_mq, m) != 0) {
			ipsec_count(proto, esps_qfull, ahs_qfull);
			ipsecstat_inc(ipsec_idrops_c);
		} else
			task_add(systqmp, &ipsec_exclusive);
		return (IPPROTO_DONE);
	}
	return (ipsec_common_input(mp, *offp, ipsec_protoff(m, af, *offp), af,
	    proto, 0, ns));
}

/* Switched off: raw sockets may have it. */
static int
ipsec_raw_input(struct mbuf **mp, int *offp, int proto, int af,
    struct netstack *ns)
{
#ifdef INET6
	if (af == AF_INET6)
		return (rip6_input(mp, offp, proto, af, ns));
#endif
	return (rip_input(mp, offp, proto, af, ns));
}

int
esp46_input(struct mbuf **mp, int *offp, int proto, int af,
    struct netstack *ns)
{
	if (!READ_ONCE(esp_enable))
		return (ipsec_raw_input(mp, offp, proto, af, ns));
	return (ipsec46_input(mp, offp, proto, af, ns));
}

int
ah46_input(struct mbuf **mp, int *offp, int proto, int af,
    struct netstack *ns)
{
	if (!READ_ONCE(ah_enable))
		return (ipsec_raw_input(mp, offp, proto, af, ns));
	return (ipsec46_input(mp, offp, proto, af, ns));
}

/*
 * Somebody on the path says that a packet of ours was too big: the SA
 * remembers what fits inside.
 */
static int
ipsec_pmtu(u_int rdomain, union sockaddr_union *dst, u_int8_t sproto,
    u_int32_t spi, u_int mtu)
{
	struct tdb *tdb;

	/* what it is about had left the SA, for this domain */
	tdb = gettdb_rev(rtable_l2(rdomain), spi, dst, sproto);
	if (tdb == NULL)
		return (0);
	ipsec_set_mtu(tdb, mtu);
	tdb_unref(tdb);
	return (1);
}

#ifdef INET6
/*
 * Nobody on the way cuts IPv6: the route has to know, so that what may go
 * in pieces leaves in such as pass.
 */
void
ipsec6_pmtu(u_int rdomain, const struct in6_addr *addr, u_int8_t sproto,
    u_int32_t spi, u_int32_t mtu)
{
	union sockaddr_union dst;

	/* no link is smaller: who says so lies */
	if (mtu < IPV6_MMTU || !READ_ONCE(ip_mtudisc))
		return;
	memset(&dst, 0, sizeof(dst));
	dst.sin6.sin6_family = AF_INET6;
	dst.sin6.sin6_len = sizeof(dst.sin6);
	dst.sin6.sin6_addr = *addr;
	if (ipsec_pmtu(rdomain, &dst, sproto, spi, mtu))
		icmp6_mtudisc_update(addr, mtu, rdomain);
}

int
ipsec6_toobig(struct mbuf *m, u_int32_t mtu, u_int rdomain)
{
	int off = sizeof(struct ip6_hdr), nxt;
	struct ip6_hdr ip6;
	struct ip6_ext ext;
	u_int32_t spi;

	m_copydata(m, 0, sizeof(ip6), &ip6);
	nxt = ip6.ip6_nxt;
	while (nxt == IPPROTO_HOPOPTS || nxt == IPPROTO_ROUTING ||
	    nxt == IPPROTO_DSTOPTS) {
		if (m->m_pkthdr.len < off + (int)sizeof(ext))
			return (0);
		m_copydata(m, off, sizeof(ext), &ext);
		nxt = ext.ip6e_nxt;
		off += (ext.ip6e_len + 1) << 3;
	}
	if (nxt != IPPROTO_ESP && nxt != IPPROTO_AH)
		return (0);
	off += ipsec_spioff(nxt);
	if (m->m_pkthdr.len < off + (int)sizeof(spi))
		return (1);
	m_copydata(m, off, sizeof(spi), &spi);
	ipsec6_pmtu(rdomain, &ip6.ip6_dst, nxt, spi, mtu);
	return (1);
}
#endif

static void
ipsec_ctlinput(int cmd, u_int rdomain, void *v, int off, u_int8_t sproto)
{
	union sockaddr_union dst;
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
	memset(&dst, 0, sizeof(dst));
	dst.sin.sin_family = AF_INET;
	dst.sin.sin_len = sizeof(dst.sin);
	dst.sin.sin_addr = ip->ip_dst;
	memcpy(&spi, (caddr_t)ip + (ip->ip_hl << 2) + off, sizeof(spi));
	ipsec_pmtu(rdomain, &dst, sproto, spi, mtu);
}

void
esp4_ctlinput(int cmd, struct sockaddr *sa, u_int rdomain, void *v)
{
	ipsec_ctlinput(cmd, rdomain, v, 0, IPPROTO_ESP);
}

void
ah4_ctlinput(int cmd, struct sockaddr *sa, u_int rdomain, void *v)
{
	ipsec_ctlinput(cmd, rdomain, v, offsetof(struct ah, ah_spi),
	    IPPROTO_AH);
}

void
udpencap_ctlinput(int cmd, struct sockaddr *sa, u_int rdomain, void *v)
{
	ipsec_ctlinput(cmd, rdomain, v, sizeof(struct udphdr), IPPROTO_ESP);
}
