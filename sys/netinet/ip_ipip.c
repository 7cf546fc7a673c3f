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

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_var.h>
#include <netinet/ip_ecn.h>
#include <netinet/ip_ipip.h>
#include <netinet/ip_ipsp.h>

struct cpumem *ipipcounters;

void
ipip_init(void)
{
	ipipcounters = counters_alloc(ipips_ncounters);
}

/*
 * TOS of the outer header.  The inner code points are copied, but a mark
 * of congestion stays inside and the outer one says ECT(0) instead
 * (RFC 4301 5.1.2.1): a mark that is there at the other end was made on
 * the way.
 */
static u_int8_t
ipip_tos(u_int8_t itos)
{
	if ((itos & IPTOS_ECN_MASK) == IPTOS_ECN_CE)
		return ((itos & ~IPTOS_ECN_MASK) | IPTOS_ECN_ECT0);
	return (itos);
}

/* Family, TOS and DF of what is inside; an errno when it makes no sense. */
static int
ipip_inner(struct mbuf *m, u_int8_t *proto, u_int8_t *tos, u_int16_t *df)
{
	u_int8_t hdr[8];
	u_int16_t off;

	if (m->m_pkthdr.len < (int)sizeof(hdr))
		return (EINVAL);
	m_copydata(m, 0, sizeof(hdr), hdr);
	switch (hdr[0] >> 4) {
	case 4:
		*proto = IPPROTO_IPV4;
		*tos = hdr[1];
		memcpy(&off, &hdr[6], sizeof(off));
		*df = off & htons(IP_DF);
		return (0);
	case 6:
		*proto = IPPROTO_IPV6;
		*tos = (hdr[0] << 4) | (hdr[1] >> 4);
		*df = 0;
		return (0);
	default:
		return (EAFNOSUPPORT);
	}
}

static int
ipip_fail(struct mbuf **mp, enum ipipstat_counters c, int error)
{
	ipipstat_inc(c);
	m_freemp(mp);
	return (error);
}

int
ipip_output(struct mbuf **mp, struct tdb *tdb)
{
	u_int8_t proto, tos;
	u_int16_t df;
	struct ip *ip;
	int error;

	if (tdb->tdb_dst.sa.sa_family != AF_INET)
		return (ipip_fail(mp, ipips_family, EAFNOSUPPORT));
	if (tdb->tdb_src.sin.sin_addr.s_addr == INADDR_ANY ||
	    tdb->tdb_dst.sin.sin_addr.s_addr == INADDR_ANY)
		return (ipip_fail(mp, ipips_unspec, EINVAL));
	if ((error = ipip_inner(*mp, &proto, &tos, &df)) != 0)
		return (ipip_fail(mp, ipips_family, error));
	if ((*mp)->m_pkthdr.len + (int)sizeof(*ip) > IP_MAXPACKET)
		return (ipip_fail(mp, ipips_hdrops, EMSGSIZE));

	M_PREPEND(*mp, sizeof(*ip), M_DONTWAIT);
	if (*mp == NULL)
		return (ipip_fail(mp, ipips_hdrops, ENOBUFS));
	ip = mtod(*mp, struct ip *);
	ip->ip_v = IPVERSION;
	ip->ip_hl = sizeof(*ip) >> 2;
	ip->ip_tos = ipip_tos(tos);
	ip->ip_len = htons((*mp)->m_pkthdr.len);
	ip->ip_id = htons(ip_randomid());
	ip->ip_off = df;
	ip->ip_ttl = READ_ONCE(ip_defttl);
	ip->ip_p = proto;
	ip->ip_sum = 0;
	ip->ip_src = tdb->tdb_src.sin.sin_addr;
	ip->ip_dst = tdb->tdb_dst.sin.sin_addr;
	ipipstat_pkt(ipips_opackets, ipips_obytes, (*mp)->m_pkthdr.len -
	    sizeof(*ip));
	return (0);
}
