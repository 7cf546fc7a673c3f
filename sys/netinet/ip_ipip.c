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
#include <sys/protosw.h>
#include <sys/socket.h>
#include <sys/sysctl.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/route.h>

#include <netinet/in.h>
#include <netinet/in_pcb.h>
#include <netinet/ip.h>
#include <netinet/ip_var.h>
#include <netinet/ip_ecn.h>
#include <netinet/ip_ipip.h>
#include <netinet/ip_ipsp.h>

#ifdef INET6
#include <netinet/ip6.h>
#include <netinet6/ip6_var.h>
#endif

/*
 * IP in IP, any family in any: the outer header of tunnel mode.
 */

#define IPIP_MAXNEST	16		/* packets inside one another */

/* What an outer header takes from the inner one. */
struct ipip_inner {
	int		 in_af;
	u_int8_t	 in_proto;	/* its number in the outer header */
	u_int8_t	 in_tos;
	u_int16_t	 in_df;		/* network order */
};

struct cpumem *ipipcounters;
int ipip_allow;
int ipip_ecn = ECN_ALLOWED;

void
ipip_init(void)
{
	ipipcounters = counters_alloc(ipips_ncounters);
}

/* The traffic class of an IPv6 header lies across its first two bytes. */
static u_int8_t
ipip_gettos(const u_int8_t *hdr, int af)
{
	return (af == AF_INET ? hdr[1] : (hdr[0] << 4) | (hdr[1] >> 4));
}

/* 0, or an errno when it makes no sense. */
static int
ipip_look(struct mbuf *m, struct ipip_inner *in)
{
	u_int8_t copy[8];
	const u_int8_t *hdr = mtod(m, const u_int8_t *);
	u_int16_t off;

	if (m->m_len < sizeof(copy)) {
		if (m->m_pkthdr.len < (int)sizeof(copy))
			return (EINVAL);
		m_copydata(m, 0, sizeof(copy), copy);
		hdr = copy;
	}
	in->in_df = 0;
	switch (hdr[0] >> 4) {
	case 4:
		in->in_af = AF_INET;
		in->in_proto = IPPROTO_IPV4;
		memcpy(&off, &hdr[6], sizeof(off));
		in->in_df = off & htons(IP_DF);
		break;
	case 6:
		in->in_af = AF_INET6;
		in->in_proto = IPPROTO_IPV6;
		break;
	default:
		return (EAFNOSUPPORT);
	}
	in->in_tos = ipip_gettos(hdr, in->in_af);
	return (0);
}

static int
ipip_fail(struct mbuf **mp, enum ipipstat_counters c, int error)
{
	ipipstat_inc(c);
	m_freemp(mp);
	return (error);
}

static int
ipip_output4(struct mbuf **mp, struct tdb *tdb, const struct ipip_inner *in,
    u_int8_t tos)
{
	struct ip *ip;

	if (tdb->tdb_src.sin.sin_addr.s_addr == INADDR_ANY ||
	    tdb->tdb_dst.sin.sin_addr.s_addr == INADDR_ANY)
		return (ipip_fail(mp, ipips_unspec, EINVAL));
	if ((*mp)->m_pkthdr.len + (int)sizeof(*ip) > IP_MAXPACKET)
		return (ipip_fail(mp, ipips_hdrops, EMSGSIZE));
	M_PREPEND(*mp, sizeof(*ip), M_DONTWAIT);
	if (*mp == NULL)
		return (ipip_fail(mp, ipips_hdrops, ENOBUFS));
	ip = mtod(*mp, struct ip *);
	ip->ip_v = IPVERSION;
	ip->ip_hl = sizeof(*ip) >> 2;
	ip->ip_tos = tos;
	ip->ip_len = htons((*mp)->m_pkthdr.len);
	ip->ip_id = htons(ip_randomid());
	ip->ip_off = in->in_df;
	ip->ip_ttl = READ_ONCE(ip_defttl);
	ip->ip_p = in->in_proto;
	ip->ip_sum = 0;
	ip->ip_src = tdb->tdb_src.sin.sin_addr;
	ip->ip_dst = tdb->tdb_dst.sin.sin_addr;
	return (0);
}

#ifdef INET6
static int
ipip_output6(struct mbuf **mp, struct tdb *tdb, const struct ipip_inner *in,
    u_int8_t tos)
{
	int plen = (*mp)->m_pkthdr.len;
	struct ip6_hdr *ip6;

	if (IN6_IS_ADDR_UNSPECIFIED(&tdb->tdb_src.sin6.sin6_addr) ||
	    IN6_IS_ADDR_UNSPECIFIED(&tdb->tdb_dst.sin6.sin6_addr))
		return (ipip_fail(mp, ipips_unspec, EINVAL));
	if (plen > IPV6_MAXPACKET)
		return (ipip_fail(mp, ipips_hdrops, EMSGSIZE));
	M_PREPEND(*mp, sizeof(*ip6), M_DONTWAIT);
	if (*mp == NULL)
		return (ipip_fail(mp, ipips_hdrops, ENOBUFS));
	ip6 = mtod(*mp, struct ip6_hdr *);
	ip6->ip6_flow = htonl((u_int32_t)tos << 20);
	ip6->ip6_vfc |= IPV6_VERSION;
	ip6->ip6_plen = htons(plen);
	ip6->ip6_nxt = in->in_proto;
	ip6->ip6_hlim = READ_ONCE(ip6_defhlim);
	ip6->ip6_src = tdb->tdb_src.sin6.sin6_addr;
	ip6->ip6_dst = tdb->tdb_dst.sin6.sin6_addr;
	return (0);
}
#endif

int
ipip_output(struct mbuf **mp, struct tdb *tdb)
{
	int error, len = (*mp)->m_pkthdr.len;
	struct ipip_inner in;
	u_int8_t tos;

	if ((error = ipip_look(*mp, &in)) != 0)
		return (ipip_fail(mp, ipips_family, error));
	ip_ecn_ingress(READ_ONCE(ipip_ecn), &tos, &in.in_tos);
	switch (tdb->tdb_dst.sa.sa_family) {
	case AF_INET:
		error = ipip_output4(mp, tdb, &in, tos);
		break;
#ifdef INET6
	case AF_INET6:
		error = ipip_output6(mp, tdb, &in, tos);
		break;
#endif
	default:
		return (ipip_fail(mp, ipips_family, EAFNOSUPPORT));
	}
	if (error == 0)
		ipipstat_pkt(ipips_opackets, ipips_obytes, len);
	return (error);
}

/*
 * Input
 */

static void
ipip_settos(u_int8_t *hdr, int af, u_int8_t tos)
{
	if (af == AF_INET) {
		ip_tos_patch((struct ip *)hdr, tos);
		return;
	}
	hdr[0] = (hdr[0] & 0xf0) | (tos >> 4);
	hdr[1] = (hdr[1] & 0x0f) | (tos << 4);
}

/* A packet from outside that claims to be from ourselves. */
static int
ipip_spoofed(const u_int8_t *hdr, int af, u_int rtableid)
{
	union sockaddr_union su;
	struct rtentry *rt;
	int local;

	memset(&su, 0, sizeof(su));
	su.sa.sa_family = af;
	if (af == AF_INET) {
		su.sin.sin_len = sizeof(su.sin);
		su.sin.sin_addr = ((const struct ip *)hdr)->ip_src;
	} else {
		su.sin6.sin6_len = sizeof(su.sin6);
		memcpy(&su.sin6.sin6_addr, hdr +
		    offsetof(struct ip6_hdr, ip6_src),
		    sizeof(su.sin6.sin6_addr));
	}
	rt = rtalloc(&su.sa, 0, rtableid);
	local = rt != NULL && ISSET(rt->rt_flags, RTF_LOCAL);
	rtfree(rt);
	return (local);
}

/* Is it for us to take apart?  Else raw sockets may. */
static int
ipip_wanted(struct mbuf *m)
{
	return (ISSET(m->m_flags, M_AUTH | M_CONF) ||
	    READ_ONCE(ipip_allow) != 0);
}

/* The inner packet, header contiguous, or NULL and counted. */
static struct mbuf *
ipip_unwrap(struct mbuf *m, int hlen, int oaf, int iaf)
{
	int minlen = iaf == AF_INET ? sizeof(struct ip) :
	    sizeof(struct ip6_hdr);
	u_int8_t otos, itos, ohdr[2], *hdr;

	m_copydata(m, 0, sizeof(ohdr), ohdr);
	otos = ipip_gettos(ohdr, oaf);
	m_adj(m, hlen);
	if (m->m_pkthdr.len < minlen || (m = m_contig(m, 0, 0,
	    M_DONTWAIT)) == NULL) {
		ipipstat_inc(ipips_hdrops);
		return (m_freem(m));
	}
	hdr = mtod(m, u_int8_t *);
	if (hdr[0] >> 4 != (iaf == AF_INET ? 4 : 6)) {
		ipipstat_inc(ipips_family);
		return (m_freem(m));
	}
	itos = ipip_gettos(hdr, iaf);
	if (!ip_ecn_egress(ECN_ALLOWED, &otos, &itos)) {
		ipipstat_inc(ipips_pdrops);
		return (m_freem(m));
	}
	if (itos != ipip_gettos(hdr, iaf))
		ipip_settos(hdr, iaf, itos);
	if (READ_ONCE(ipip_allow) != 2 &&
	    ipip_spoofed(hdr, iaf, m->m_pkthdr.ph_rtableid)) {
		ipipstat_inc(ipips_spoof);
		return (m_freem(m));
	}
	return (m);
}

int
ipip_input(struct mbuf **mp, int *offp, int proto, int oaf,
    struct netstack *ns)
{
	int iaf = proto == IPPROTO_IPV4 ? AF_INET : AF_INET6;
	struct mbuf *m = *mp;
	struct ifnet *ifp;

	if (!ipip_wanted(m)) {
#ifdef INET6
		if (oaf == AF_INET6)
			return (rip6_input(mp, offp, proto, oaf, ns));
#endif
		return (rip_input(mp, offp, proto, oaf, ns));
	}
	*mp = NULL;
	ipipstat_pkt(ipips_ipackets, ipips_ibytes,
	    m->m_pkthdr.len - *offp);
#ifndef INET6
	if (iaf == AF_INET6) {
		ipipstat_inc(ipips_family);
		m_freem(m);
		return (IPPROTO_DONE);
	}
#endif
	if ((m = ipip_unwrap(m, *offp, oaf, iaf)) == NULL)
		return (IPPROTO_DONE);
	/* nothing of the outer header's, but for the packet's history */
	CLR(m->m_flags, M_BCAST | M_MCAST | M_CONF | M_AUTH | M_TUNNEL);
	m->m_pkthdr.csum_flags = 0;
	ifp = if_get(m->m_pkthdr.ph_ifidx);
	/* each wrapping costs stack until the innermost is done with */
	if (ifp == NULL || ++m->m_pkthdr.ph_loopcnt > IPIP_MAXNEST) {
		if_put(ifp);
		ipipstat_inc(ipips_pdrops);
		m_freem(m);
		return (IPPROTO_DONE);
	}
#ifdef INET6
	if_input_proto(ifp, m, iaf == AF_INET ? ipv4_input : ipv6_input, ns);
#else
	if_input_proto(ifp, m, ipv4_input, ns);
#endif
	if_put(ifp);
	return (IPPROTO_DONE);
}

/*
 * An SA that only encapsulates, as the first of a bundle.  What arrives is
 * unwrapped by ipip_input() without one.
 */
int
ipe4_attach(void)
{
	return (0);
}

int
ipe4_init(struct tdb *tdb, const struct xformsw *xf, struct ipsecinit *ii)
{
	if (ii->ii_encalg != 0 || ii->ii_authalg != 0)
		return (EINVAL);
	tdb->tdb_xform = xf;
	return (0);
}

int
ipe4_zeroize(struct tdb *tdb)
{
	return (0);
}

int
ipe4_input(struct mbuf **mp, struct tdb *tdb, int skip, int protoff,
    struct netstack *ns)
{
	ipipstat_inc(ipips_pdrops);
	return (-1);
}

int
ipe4_output(struct mbuf *m, struct tdb *tdb, int skip, int protoff)
{
	return (ipsp_process_done(m, tdb));
}

static const struct sysctl_bounded_args ipipctl_vars[] = {
	{ IPIPCTL_ALLOW, &ipip_allow, 0, 2 },
	{ IPIPCTL_ECN, &ipip_ecn, ECN_FORBIDDEN, ECN_ALLOWED },
};

int
ipip_sysctl(int *name, u_int namelen, void *oldp, size_t *oldlenp,
    void *newp, size_t newlen)
{
	uint64_t c[ipips_ncounters];

	if (namelen != 1)
		return (ENOTDIR);
	if (name[0] == IPIPCTL_STATS) {
		counters_read(ipipcounters, c, ipips_ncounters, NULL);
		return (sysctl_rdstruct(oldp, oldlenp, newp, c, sizeof(c)));
	}
	return (sysctl_bounded_arr(ipipctl_vars, nitems(ipipctl_vars), name,
	    namelen, oldp, oldlenp, newp, newlen));
}
