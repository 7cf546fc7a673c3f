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
#include <sys/time.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/pfkeyv2.h>

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_var.h>
#include <netinet/ip_ipsp.h>
#include <netinet/ip_ah.h>
#include <netinet/ip_esp.h>
#include <netinet/ip_ipip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>

#ifdef INET6
#include <netinet6/ip6_var.h>
#endif

#include <crypto/xform.h>

#include "enc.h"
#if NENC > 0
#include <net/if_enc.h>
#endif

/*
 * What moved through an SA, and what happens when its lifetime runs out:
 * bytes, and packets, which PF_KEY calls allocations.
 */
u_int32_t
tdb_charge(struct tdb *tdb, u_int64_t n)
{
	u_int32_t hard = 0, soft = 0, ran;

	MUTEX_ASSERT_LOCKED(&tdb->tdb_mtx);
	tdb->tdb_cur_bytes += n;
	if (tdb->tdb_cur_allocations != UINT32_MAX)
		tdb->tdb_cur_allocations++;
	if (!ISSET(tdb->tdb_flags, TDBF_BYTES | TDBF_SOFT_BYTES |
	    TDBF_ALLOCATIONS | TDBF_SOFT_ALLOCATIONS))
		return (0);
	if (tdb->tdb_cur_bytes >= tdb->tdb_exp_bytes)
		hard |= TDBF_BYTES;
	if (tdb->tdb_cur_allocations >= tdb->tdb_exp_allocations)
		hard |= TDBF_ALLOCATIONS;
	if (tdb->tdb_cur_bytes >= tdb->tdb_soft_bytes)
		soft |= TDBF_SOFT_BYTES;
	if (tdb->tdb_cur_allocations >= tdb->tdb_soft_allocations)
		soft |= TDBF_SOFT_ALLOCATIONS;
	hard &= tdb->tdb_flags;
	ran = hard != 0 ? hard : soft & tdb->tdb_flags;
	if (ran != 0)
		WRITE_ONCE(tdb->tdb_flags, tdb->tdb_flags & ~ran);
	return (ran);
}

int
tdb_charge_expire(struct tdb *tdb, u_int32_t ran)
{
	if (ran == 0)
		return (0);
	if (!ISSET(ran, TDBF_BYTES | TDBF_ALLOCATIONS)) {
		pfkeyv2_expire(tdb, SADB_EXT_LIFETIME_SOFT);
		return (0);
	}
	ipsecstat_inc(ipsec_exctdb_c);
	if (!tdb_isdeleted(tdb))
		pfkeyv2_expire(tdb, SADB_EXT_LIFETIME_HARD);
	tdb_delete(tdb);
	return (1);
}

/*
 * Output
 */

#define IPSP_MAXNEST	16		/* SAs one packet may go through */

u_int32_t
ipsec_mflags(const struct tdb *tdb)
{
	return ((tdb->tdb_encalgxform != NULL ? M_CONF : 0) |
	    (tdb->tdb_authalgxform != NULL ? M_AUTH : 0));
}

static int
ipsp_enabled(const struct tdb *tdb)
{
	switch (tdb->tdb_sproto) {
	case IPPROTO_ESP:
		return (READ_ONCE(esp_enable));
	case IPPROTO_AH:
		return (READ_ONCE(ah_enable));
	default:
		return (1);
	}
}

static int
ipsp_check(struct tdb *tdb)
{
	if (!ipsp_enabled(tdb) || tdb->tdb_xform == NULL)
		return (EHOSTUNREACH);
	if (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_INVALID | TDBF_DELETED))
		return (ENXIO);
	switch (tdb->tdb_dst.sa.sa_family) {
	case AF_INET:
#ifdef INET6
	case AF_INET6:
#endif
		return (0);
	default:
		return (EPFNOSUPPORT);
	}
}

/* Inside a bundle it is the first SA that counts the loss for all. */
static int
ipsp_drop(struct tdb *tdb, int error, int bundled)
{
	if (!bundled)
		ipsecstat_inc(ipsec_odrops_c);
	tdbstat_inc(tdb, tdb_odrops);
	return (error);
}

/* Does the packet go to the other end of the SA itself? */
static int
ipsp_samedst(struct mbuf *m, const struct tdb *tdb, int af)
{
	u_int8_t dst[sizeof(struct in6_addr)];
	int off = offsetof(struct ip, ip_dst), len = sizeof(struct in_addr);
	const void *ours = &tdb->tdb_dst.sin.sin_addr;

	if (tdb->tdb_dst.sa.sa_family != af)
		return (0);
	if (af == AF_INET6) {
		off = offsetof(struct ip6_hdr, ip6_dst);
		len = sizeof(struct in6_addr);
		ours = &tdb->tdb_dst.sin6.sin6_addr;
	}
	if (m->m_pkthdr.len < off + len)
		return (0);
	m_copydata(m, off, len, dst);
	return (memcmp(dst, ours, len) == 0);
}

/* Each SA that a packet goes through costs stack until it has left. */
static int
ipsp_nested(struct mbuf *m)
{
	struct m_tag *mtag = NULL;
	int n = 0;

	while ((mtag = m_tag_find(m, PACKET_TAG_IPSEC_OUT_DONE, mtag)) !=
	    NULL)
		n++;
	return (n >= IPSP_MAXNEST);
}

/* The outer header stands: may it be fragmented? */
static void
ipsp_setdf(struct mbuf *m, const struct tdb *tdb, int setdf)
{
	struct ip *ip;

	if (tdb->tdb_dst.sa.sa_family == AF_INET6) {
		if (setdf == IPSP_DF_ON)
			SET(m->m_pkthdr.csum_flags, M_IPV6_DF_OUT);
		else if (setdf == IPSP_DF_OFF)
			CLR(m->m_pkthdr.csum_flags, M_IPV6_DF_OUT);
		return;
	}
	ip = mtod(m, struct ip *);
	if (setdf == IPSP_DF_ON)
		ip->ip_off |= htons(IP_DF);
	else if (setdf == IPSP_DF_OFF)
		ip->ip_off &= ~htons(IP_DF);
}

/* Checksums somebody else was to finish are finished before they are hidden. */
static void
ipsp_cksum(struct mbuf *m, int af)
{
	if (af == AF_INET) {
		in_proto_cksum_out(m, NULL);
		if (ISSET(m->m_pkthdr.csum_flags, M_IPV4_CSUM_OUT))
			in_hdr_cksum_out(m, NULL);
	}
#ifdef INET6
	else
		in6_proto_cksum_out(m, NULL);
#endif
}

/* Into tunnel mode, if the SA is such or does not lead there otherwise. */
static int
ipsp_tunnel(struct mbuf **mp, struct tdb *tdb, int af, int setdf)
{
	struct mbuf *m = *mp;
	int error;

	if (!ISSET(READ_ONCE(tdb->tdb_flags), TDBF_TUNNELING) &&
	    ipsp_samedst(m, tdb, af))
		return (0);
	tdbstat_add(tdb, tdb_ouncompbytes, m->m_pkthdr.len);
	counters_add(ipseccounters, ipsec_ouncompbytes_c, m->m_pkthdr.len);
	if ((error = ipip_output(mp, tdb)) != 0)
		return (error);
	ipsp_setdf(*mp, tdb, setdf);
	if (!ISSET(READ_ONCE(tdb->tdb_flags),
	    TDBF_TUNNELING | TDBF_USEDTUNNEL)) {
		mtx_enter(&tdb->tdb_mtx);
		WRITE_ONCE(tdb->tdb_flags, tdb->tdb_flags | TDBF_USEDTUNNEL);
		mtx_leave(&tdb->tdb_mtx);
	}
	return (0);
}

#ifdef INET6
/*
 * Where an IPsec header goes in an IPv6 packet, RFC 4303 3.1.1: behind
 * what each node on the way looks at.  0 or EINVAL; *skip bytes before it,
 * *protoff is the byte that will name it.
 */
static int
ipsp_insert6(struct mbuf *m, int *skip, int *protoff)
{
	struct ip6_ext ext;
	u_int8_t nxt;

	*skip = sizeof(struct ip6_hdr);
	*protoff = offsetof(struct ip6_hdr, ip6_nxt);
	m_copydata(m, *protoff, sizeof(nxt), &nxt);
	for (;;) {
		if (nxt != IPPROTO_HOPOPTS && nxt != IPPROTO_ROUTING &&
		    nxt != IPPROTO_DSTOPTS)
			return (0);
		if (m->m_pkthdr.len < *skip + (int)sizeof(ext))
			return (EINVAL);
		m_copydata(m, *skip, sizeof(ext), &ext);
		/* options for the destination alone are protected too */
		if (nxt == IPPROTO_DSTOPTS && ext.ip6e_nxt != IPPROTO_ROUTING)
			return (0);
		*protoff = *skip + offsetof(struct ip6_ext, ip6e_nxt);
		*skip += (ext.ip6e_len + 1) << 3;
		if (*skip > m->m_pkthdr.len)
			return (EINVAL);
		nxt = ext.ip6e_nxt;
	}
}
#endif

/* The header is checked; 0 or EINVAL. */
static int
ipsp_insert(struct mbuf *m, int af, int *skip, int *protoff)
{
#ifdef INET6
	if (af == AF_INET6) {
		if (m->m_pkthdr.len < (int)sizeof(struct ip6_hdr))
			return (EINVAL);
		return (ipsp_insert6(m, skip, protoff));
	}
#endif
	/* the header of IPv4 is contiguous on its way out */
	if (m->m_len < sizeof(struct ip))
		return (EINVAL);
	*skip = mtod(m, struct ip *)->ip_hl << 2;
	*protoff = offsetof(struct ip, ip_p);
	return (*skip < (int)sizeof(struct ip) || *skip > m->m_pkthdr.len ?
	    EINVAL : 0);
}

static int
ipsp_process(struct mbuf *m, struct tdb *tdb, int af, int tunalready,
    int setdf, int bundled)
{
	int error, skip, protoff;

	NET_ASSERT_LOCKED();
	KERNEL_ASSERT_LOCKED();
	if ((error = ipsp_check(tdb)) != 0)
		goto drop;
	error = ELOOP;
	if (ipsp_nested(m))
		goto drop;
	tdb_firstuse(tdb);
	ipsp_cksum(m, af);
	if (!tunalready && (error = ipsp_tunnel(&m, tdb, af, setdf)) != 0)
		goto drop;
	error = ipsp_insert(m, tdb->tdb_dst.sa.sa_family, &skip, &protoff);
	if (error != 0)
		goto drop;
#if NENC > 0
	enc_tap_out(tdb->tdb_rdomain, tdb->tdb_tap, m,
	    tdb->tdb_dst.sa.sa_family, tdb->tdb_spi, ipsec_mflags(tdb));
#endif
	error = tdb->tdb_xform->xf_output(m, tdb, skip, protoff);
	return (error == 0 ? 0 : ipsp_drop(tdb, error, bundled));

 drop:
	m_freem(m);
	return (ipsp_drop(tdb, error, bundled));
}

int
ipsp_process_packet(struct mbuf *m, struct tdb *tdb, int af, int tunalready,
    int setdf)
{
	return (ipsp_process(m, tdb, af, tunalready, setdf, 0));
}

/*
 * ESP in UDP (RFC 3948): the header goes right before ESP.  Over IPv6 it
 * has a checksum.
 */
static struct mbuf *
ipsp_udpencap(struct mbuf *m, struct tdb *tdb)
{
	const int af = tdb->tdb_dst.sa.sa_family;
	int skip, protoff;
	struct udphdr *uh;

	if (ipsp_insert(m, af, &skip, &protoff) != 0)
		return (m_freem(m));
	M_PREPEND(m, sizeof(*uh), M_DONTWAIT);
	if (m == NULL || (m->m_len < skip + (int)sizeof(*uh) &&
	    (m = m_pullup(m, skip + sizeof(*uh))) == NULL))
		return (NULL);
	memmove(mtod(m, caddr_t), mtod(m, caddr_t) + sizeof(*uh), skip);
	*(mtod(m, u_int8_t *) + protoff) = IPPROTO_UDP;
	uh = (struct udphdr *)(mtod(m, caddr_t) + skip);
	uh->uh_sport = htons(READ_ONCE(udpencap_port));
	uh->uh_dport = tdb->tdb_udpencap_port != 0 ?
	    tdb->tdb_udpencap_port : htons(READ_ONCE(udpencap_port));
	uh->uh_ulen = htons(m->m_pkthdr.len - skip);
	uh->uh_sum = 0;
	if (af == AF_INET6)
		SET(m->m_pkthdr.csum_flags, M_UDP_CSUM_OUT);
	espstat_inc(esps_udpencout);
	return (m);
}

static int
ipsp_tag(struct mbuf *m, struct tdb *tdb)
{
	struct tdb_ident *tdbi;
	struct m_tag *mtag;

	mtag = m_tag_get(PACKET_TAG_IPSEC_OUT_DONE, sizeof(*tdbi), M_NOWAIT);
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

/* The outer header says how long the packet is now. */
static void
ipsp_fixlen(struct mbuf *m, int af)
{
#ifdef INET6
	if (af == AF_INET6) {
		mtod(m, struct ip6_hdr *)->ip6_plen =
		    htons(m->m_pkthdr.len - sizeof(struct ip6_hdr));
		return;
	}
#endif
	mtod(m, struct ip *)->ip_len = htons(m->m_pkthdr.len);
}

/*
 * What this packet has become leaves, or goes through the next SA.  A
 * thread that sends one after the other remembers where the last one went.
 */
static int
ipsp_send(struct mbuf *m, struct tdb *tdb, int af)
{
	struct netstack *ns = curproc->p_ns;
	struct tdb *next;
	int error;

	/* half of a bundle must not pass for all of it */
	if ((error = tdb_bundled(tdb, &next)) != 0) {
		m_freem(m);
		return (error);
	}
	if (next != NULL) {
		/* this one's header will be inside of the next one's */
		if (af == AF_INET)
			SET(m->m_pkthdr.csum_flags, M_IPV4_CSUM_OUT);
		error = ipsp_process(m, next, af, 0, IPSP_DF_INHERIT, 1);
		tdb_unref(next);
		return (error);
	}
	m->m_pkthdr.pf.inp = NULL;
	if (tdb->tdb_rdomain != tdb->tdb_rdomain_post)
		m->m_pkthdr.ph_rtableid = tdb->tdb_rdomain_post;
#ifdef INET6
	if (af == AF_INET6)
		error = ip6_output(m, NULL, ns != NULL ? &ns->ns_saroute6 :
		    NULL, 0, NULL, NULL);
	else
#endif
	error = ip_output(m, NULL, ns != NULL ? &ns->ns_saroute : NULL,
	    IP_RAWOUTPUT, NULL, NULL, 0);
	if (error != 0) {
		if (tdb->tdb_sproto == IPPROTO_AH)
			ahstat_inc(ahs_outfail);
		else
			espstat_inc(esps_outfail);
	}
	return (error);
}

/* The transform is done: m is outer IP and what is inside.  Send it. */
int
ipsp_process_done(struct mbuf *m, struct tdb *tdb)
{
	const int af = tdb->tdb_dst.sa.sa_family;

	if (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_UDPENCAP)) {
		if (!READ_ONCE(udpencap_enable) ||
		    READ_ONCE(udpencap_port) == 0) {
			m_freem(m);
			return (ENXIO);
		}
		if ((m = ipsp_udpencap(m, tdb)) == NULL)
			return (ENOBUFS);
	}
	ipsp_fixlen(m, af);
	if (ipsp_tag(m, tdb) != 0) {
		m_freem(m);
		return (ENOMEM);
	}
	ipsecstat_pkt(ipsec_opackets_c, ipsec_obytes_c, m->m_pkthdr.len);
	tdbstat_pkt(tdb, tdb_opackets, tdb_obytes, m->m_pkthdr.len);
	WRITE_ONCE(tdb->tdb_last_used, gettime());
	return (ipsp_send(m, tdb, af));
}

/*
 * Sizes
 */

/* Bytes of the inner packet that stay outside of the SA. */
static int
ipsec_keptsz(struct tdb *tdb)
{
	if (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_TUNNELING | TDBF_USEDTUNNEL))
		return (0);
	return (tdb->tdb_dst.sa.sa_family == AF_INET6 ?
	    sizeof(struct ip6_hdr) : sizeof(struct ip));
}

static int
ipsec_align(const struct tdb *tdb)
{
	return (tdb->tdb_encalgxform != NULL ?
	    tdb->tdb_encalgxform->padsize : 4);
}

/* The header of the protocol alone, without padding and outer header. */
static ssize_t
ipsec_protosz(struct tdb *tdb)
{
	ssize_t n;

	switch (tdb->tdb_sproto) {
	case IPPROTO_ESP:
		n = 2 * sizeof(u_int32_t) + tdb->tdb_ivlen + ESP_TRAILER;
		if (tdb->tdb_authalgxform != NULL)
			n += tdb->tdb_authalgxform->authsize;
		if (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_UDPENCAP))
			n += sizeof(struct udphdr);
		return (n);
	case IPPROTO_AH:
		return (ah_hdrsiz(tdb));
	case IPPROTO_IPIP:
		return (0);
	default:
		return (-1);
	}
}

ssize_t
ipsec_hdrsz(struct tdb *tdb)
{
	ssize_t n = ipsec_protosz(tdb);

	if (n == -1)
		return (-1);
	if (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_TUNNELING | TDBF_USEDTUNNEL))
		n += tdb->tdb_dst.sa.sa_family == AF_INET6 ?
		    sizeof(struct ip6_hdr) : sizeof(struct ip);
	return (n);
}

/*
 * The largest inner packet that makes no larger outer one.  What is known
 * of a path holds for its time and is only made smaller: a message that
 * raises it is late or forged.
 */
void
ipsec_set_mtu(struct tdb *tdb, u_int32_t mtu)
{
	ssize_t inner, hdr = ipsec_hdrsz(tdb);
	u_int32_t old = READ_ONCE(tdb->tdb_mtu);
	u_int64_t now = gettime();

	inner = (ssize_t)mtu - hdr;
	if (hdr == -1 || inner <= ipsec_keptsz(tdb))
		return;
	/* what ESP pads begins behind a header that transport mode keeps */
	if (tdb->tdb_sproto == IPPROTO_ESP)
		inner -= (inner + ESP_TRAILER - ipsec_keptsz(tdb)) %
		    ipsec_align(tdb);
	if (inner <= 0 || (old != 0 && old <= inner &&
	    READ_ONCE(tdb->tdb_mtutimeout) > now))
		return;
	WRITE_ONCE(tdb->tdb_mtu, inner);
	WRITE_ONCE(tdb->tdb_mtutimeout, now + READ_ONCE(ip_mtudisc_timeout));
}

/* What is too big for the route out: tell the SAs it came through. */
void
ipsec_adjust_mtu(struct mbuf *m, u_int32_t mtu)
{
	struct m_tag *mtag = NULL;
	struct tdb_ident *tdbi;
	struct tdb *tdb;

	while ((mtag = m_tag_find(m, PACKET_TAG_IPSEC_OUT_DONE, mtag)) !=
	    NULL) {
		tdbi = (struct tdb_ident *)(mtag + 1);
		tdb = gettdb(tdbi->rdomain, tdbi->spi, &tdbi->dst,
		    tdbi->proto);
		if (tdb == NULL)
			break;
		ipsec_set_mtu(tdb, mtu);
		mtu = READ_ONCE(tdb->tdb_mtu);
		tdb_unref(tdb);
	}
}
