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
#include <netinet/ip_esp.h>
#include <netinet/ip_ipip.h>
#include <netinet/udp.h>

#include <crypto/xform.h>

/* Bytes moved through an SA, and what happens when they run out. */
u_int32_t
tdb_bytes_charge(struct tdb *tdb, u_int64_t n)
{
	u_int32_t ran = 0;

	MUTEX_ASSERT_LOCKED(&tdb->tdb_mtx);
	tdb->tdb_cur_bytes += n;
	if (ISSET(tdb->tdb_flags, TDBF_BYTES) &&
	    tdb->tdb_cur_bytes >= tdb->tdb_exp_bytes)
		ran = TDBF_BYTES;
	else if (ISSET(tdb->tdb_flags, TDBF_SOFT_BYTES) &&
	    tdb->tdb_cur_bytes >= tdb->tdb_soft_bytes)
		ran = TDBF_SOFT_BYTES;
	if (ran != 0)
		WRITE_ONCE(tdb->tdb_flags, tdb->tdb_flags & ~ran);
	return (ran);
}

int
tdb_bytes_expire(struct tdb *tdb, u_int32_t ran)
{
	if (ran == 0)
		return (0);
	if (ran == TDBF_SOFT_BYTES) {
		pfkeyv2_expire(tdb, SADB_EXT_LIFETIME_SOFT);
		return (0);
	}
	ipsecstat_inc(ipsec_exctdb_c);
	if (!tdb_isdeleted(tdb))
		pfkeyv2_expire(tdb, SADB_EXT_LIFETIME_HARD);
	tdb_delete(tdb);
	return (1);
}

static int
ipsp_check(struct tdb *tdb)
{
	if (!READ_ONCE(esp_enable) || tdb->tdb_xform == NULL)
		return (EHOSTUNREACH);
	if (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_INVALID | TDBF_DELETED))
		return (ENXIO);
	if (tdb->tdb_dst.sa.sa_family != AF_INET)
		return (EPFNOSUPPORT);
	return (0);
}

static int
ipsp_drop(struct tdb *tdb, int error)
{
	ipsecstat_inc(ipsec_odrops_c);
	tdbstat_inc(tdb, tdb_odrops);
	return (error);
}

/* The outer header stands: the DF bit is the caller's choice. */
static void
ipsp_setdf(struct mbuf *m, int setdf)
{
	struct ip *ip = mtod(m, struct ip *);

	if (setdf == IPSP_DF_ON)
		ip->ip_off |= htons(IP_DF);
	else if (setdf == IPSP_DF_OFF)
		ip->ip_off &= ~htons(IP_DF);
}

int
ipsp_process_packet(struct mbuf *m, struct tdb *tdb, int af, int tunalready,
    int setdf)
{
	int error;

	NET_ASSERT_LOCKED();
	KERNEL_ASSERT_LOCKED();
	if ((error = ipsp_check(tdb)) != 0) {
		m_freem(m);
		return (ipsp_drop(tdb, error));
	}
	tdb_firstuse(tdb);
	if (!tunalready) {
		if (!ISSET(READ_ONCE(tdb->tdb_flags), TDBF_TUNNELING)) {
			m_freem(m);
			return (ipsp_drop(tdb, EINVAL));
		}
		tdbstat_add(tdb, tdb_ouncompbytes, m->m_pkthdr.len);
		counters_add(ipseccounters, ipsec_ouncompbytes_c,
		    m->m_pkthdr.len);
		if ((error = ipip_output(&m, tdb)) != 0)
			return (ipsp_drop(tdb, error));
		ipsp_setdf(m, setdf);
	}
	error = tdb->tdb_xform->xf_output(m, tdb, sizeof(struct ip),
	    offsetof(struct ip, ip_p));
	return (error == 0 ? 0 : ipsp_drop(tdb, error));
}

/* ESP in UDP (RFC 3948): the header goes between outer IP and ESP. */
static struct mbuf *
ipsp_udpencap(struct mbuf *m, struct tdb *tdb)
{
	const int iphlen = sizeof(struct ip);
	struct udphdr *uh;

	M_PREPEND(m, sizeof(*uh), M_DONTWAIT);
	if (m == NULL || (m->m_len < iphlen + (int)sizeof(*uh) &&
	    (m = m_pullup(m, iphlen + sizeof(*uh))) == NULL))
		return (NULL);
	memmove(mtod(m, caddr_t), mtod(m, caddr_t) + sizeof(*uh), iphlen);
	uh = (struct udphdr *)(mtod(m, caddr_t) + iphlen);
	uh->uh_sport = htons(READ_ONCE(udpencap_port));
	uh->uh_dport = tdb->tdb_udpencap_port != 0 ?
	    tdb->tdb_udpencap_port : htons(READ_ONCE(udpencap_port));
	uh->uh_ulen = htons(m->m_pkthdr.len - iphlen);
	uh->uh_sum = 0;
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

/* The transform is done: *m is outer IP and ESP.  Send it. */
int
ipsp_process_done(struct mbuf *m, struct tdb *tdb)
{
	u_int8_t proto = tdb->tdb_sproto;
	struct ip *ip;
	int error;

	if (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_UDPENCAP)) {
		if (!READ_ONCE(udpencap_enable) ||
		    READ_ONCE(udpencap_port) == 0) {
			m_freem(m);
			return (ENXIO);
		}
		if ((m = ipsp_udpencap(m, tdb)) == NULL)
			return (ENOBUFS);
		proto = IPPROTO_UDP;
	}
	ip = mtod(m, struct ip *);
	ip->ip_len = htons(m->m_pkthdr.len);
	ip->ip_p = proto;
	if (ipsp_tag(m, tdb) != 0) {
		m_freem(m);
		return (ENOMEM);
	}
	ipsecstat_pkt(ipsec_opackets_c, ipsec_obytes_c, m->m_pkthdr.len);
	tdbstat_pkt(tdb, tdb_opackets, tdb_obytes, m->m_pkthdr.len);
	WRITE_ONCE(tdb->tdb_last_used, gettime());
	m->m_pkthdr.pf.inp = NULL;
	if (tdb->tdb_rdomain != tdb->tdb_rdomain_post)
		m->m_pkthdr.ph_rtableid = tdb->tdb_rdomain_post;
	error = ip_output(m, NULL, NULL, IP_RAWOUTPUT, NULL, NULL, 0);
	if (error != 0)
		espstat_inc(esps_outfail);
	return (error);
}

static int
ipsec_align(const struct tdb *tdb)
{
	return (tdb->tdb_encalgxform != NULL ?
	    tdb->tdb_encalgxform->padsize : 4);
}

ssize_t
ipsec_hdrsz(struct tdb *tdb)
{
	ssize_t n = 2 * sizeof(u_int32_t) + tdb->tdb_ivlen + ESP_TRAILER;

	if (tdb->tdb_sproto != IPPROTO_ESP)
		return (-1);
	if (tdb->tdb_authalgxform != NULL)
		n += tdb->tdb_authalgxform->authsize;
	if (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_UDPENCAP))
		n += sizeof(struct udphdr);
	if (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_TUNNELING))
		n += tdb->tdb_dst.sa.sa_family == AF_INET6 ? 40 :
		    sizeof(struct ip);
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
	if (hdr == -1 || inner <= 0)
		return;
	inner -= (inner + ESP_TRAILER) % ipsec_align(tdb);
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
