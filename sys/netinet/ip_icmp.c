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
 * ICMP: what comes in, and errors that go out.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/protosw.h>
#include <sys/socket.h>
#include <sys/sysctl.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/route.h>

#include <netinet/icmp_var.h>
#include <netinet/in.h>
#include <netinet/in_cksum.h>
#include <netinet/in_pcb.h>
#include <netinet/in_var.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_var.h>

/*
 * What the protocol of a quoted packet may look at: its header, and behind
 * it the 64 bits that are always there, or UDP and the SPI of ESP in it.
 */
#define ICMP_QUOTED	(8 + sizeof(struct ip) + MAX_IPOPTLEN + 12)

/* The whole of an error, RFC 1812 4.3.2.3 */
#define ICMP_ERRMAX	576
#define ICMP_QUOTEMAX	(ICMP_ERRMAX - sizeof(struct ip) - ICMP_MINLEN)

struct cpumem *icmpcounters;

static int icmp_bmcastecho;		/* [a] */
static int icmp_errppslimit = 100;	/* [a] per second, < 0: no limit */
static int icmp_never;			/* what is not done at all */

static struct mutex icmp_rate_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static struct timeval icmp_rate_last;	/* icmp_rate_mtx */
static int icmp_rate_count;		/* icmp_rate_mtx */

void
icmp_init(void)
{
	icmpcounters = counters_alloc(icps_ncounters);
	icmp_route_init();
}

/*
 * Errors
 */
static int
icmp_ratelimit(void)
{
	int limit = READ_ONCE(icmp_errppslimit), ok;

	mtx_enter(&icmp_rate_mtx);
	ok = limit < 0 || ppsratecheck(&icmp_rate_last, &icmp_rate_count,
	    limit);
	mtx_leave(&icmp_rate_mtx);
	return (!ok);
}

/* Is this packet an ICMP error, or can it not be told? */
static int
icmp_iserror(struct mbuf *m, const struct ip *ip)
{
	u_int8_t type;
	int hlen = ip->ip_hl << 2;

	if (ip->ip_p != IPPROTO_ICMP)
		return (0);
	if (m->m_pkthdr.len <= hlen)
		return (1);
	m_copydata(m, hlen, sizeof(type), &type);
	return (!ICMP_INFOTYPE(type));
}

/* RFC 1122 3.2.2: who may not be answered. */
static int
icmp_mayerror(struct mbuf *m, const struct ip *ip)
{
	if (ISSET(m->m_flags, M_BCAST | M_MCAST) ||
	    IN_MULTICAST(ip->ip_dst.s_addr) ||
	    ip->ip_dst.s_addr == INADDR_BROADCAST)
		return (0);
	if (ip->ip_src.s_addr == INADDR_ANY ||
	    ip->ip_src.s_addr == INADDR_BROADCAST ||
	    IN_MULTICAST(ip->ip_src.s_addr) || IN_BADCLASS(ip->ip_src.s_addr))
		return (0);
	return ((ip->ip_off & htons(IP_OFFMASK)) == 0);
}

/* The empty packet of an error about n, with its header's place ready. */
static struct mbuf *
icmp_newerror(struct mbuf *n, u_int quote)
{
	struct mbuf *m;
	u_int len = sizeof(struct ip) + ICMP_MINLEN + quote;

	m = m_getpacket(M_DONTWAIT, M_RXHEADROOM, len, M_RXTAILROOM);
	if (m == NULL)
		return (NULL);
	m->m_len = m->m_pkthdr.len = len;
	m->m_pkthdr.ph_rtableid = n->m_pkthdr.ph_rtableid;
	m->m_pkthdr.ph_ifidx = n->m_pkthdr.ph_ifidx;
	m->m_pkthdr.ph_loopcnt = n->m_pkthdr.ph_loopcnt;
	memset(mtod(m, caddr_t), 0, sizeof(struct ip) + ICMP_MINLEN);
	return (m);
}

/* From and to as in the packet complained about: icmp_reflect() turns it. */
static void
icmp_fillerror(struct mbuf *m, const struct ip *oip, int type, int code,
    u_int32_t dest, int mtu)
{
	struct ip *ip = mtod(m, struct ip *);
	struct icmp *icp = (struct icmp *)(ip + 1);

	ip->ip_v = IPVERSION;
	ip->ip_hl = sizeof(*ip) >> 2;
	ip->ip_tos = (oip->ip_tos & ~IPTOS_ECN_MASK) |
	    IPTOS_PREC_INTERNETCONTROL;
	ip->ip_len = htons(m->m_pkthdr.len);
	ip->ip_p = IPPROTO_ICMP;
	ip->ip_src = oip->ip_src;
	ip->ip_dst = oip->ip_dst;

	icp->icmp_type = type;
	icp->icmp_code = code;
	if (type == ICMP_REDIRECT)
		icp->icmp_gwaddr.s_addr = dest;
	else if (type == ICMP_PARAMPROB) {
		icp->icmp_pptr = code;
		icp->icmp_code = 0;
	} else if (type == ICMP_UNREACH && code == ICMP_UNREACH_NEEDFRAG)
		icp->icmp_nextmtu = htons(mtu);
}

struct mbuf *
icmp_do_error(struct mbuf *n, int type, int code, u_int32_t dest, int mtu)
{
	struct ip *oip = mtod(n, struct ip *);
	struct mbuf *m = NULL;
	u_int hlen = oip->ip_hl << 2, quote;

	icmpstat_inc(icps_error);
	if (n->m_pkthdr.len < (int)hlen) {
		icmpstat_inc(icps_oldshort);
		goto done;
	}
	if (type != ICMP_REDIRECT && icmp_iserror(n, oip)) {
		icmpstat_inc(icps_oldicmp);
		goto done;
	}
	if (!icmp_mayerror(n, oip)) {
		icmpstat_inc(icps_oldshort);
		goto done;
	}
	if (icmp_ratelimit()) {
		icmpstat_inc(icps_toofreq);
		goto done;
	}
	quote = min(ntohs(oip->ip_len), n->m_pkthdr.len);
	quote = min(quote, ICMP_QUOTEMAX);
	if ((m = icmp_newerror(n, quote)) == NULL) {
		ipstat_inc(ips_odropped);
		goto done;
	}
	icmp_fillerror(m, oip, type, code, dest, mtu);
	m_copydata(n, 0, quote, mtod(m, caddr_t) + sizeof(struct ip) +
	    ICMP_MINLEN);
	icmpstat_inc(icps_outhist + type);
 done:
	m_freem(n);
	return (m);
}

void
icmp_error(struct mbuf *n, int type, int code, u_int32_t dest, int mtu)
{
	struct mbuf *m;

	if ((m = icmp_do_error(n, type, code, dest, mtu)) != NULL &&
	    icmp_reflect(m) == 0)
		icmp_send(m);
}

/*
 * Answers
 */

/*
 * The source of an answer to a packet for dst: dst, if that is one of our
 * addresses; else one of the interface it came by, or of the one that
 * leads back.
 */
static int
icmp_source(struct mbuf *m, struct in_addr to, struct in_addr dst,
    struct in_addr *src)
{
	struct sockaddr_in sin;
	struct ifnet *ifp;
	struct ifaddr *ifa;
	struct rtentry *rt;
	int error = EHOSTUNREACH;

	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	sin.sin_addr = dst;
	*src = dst;
	rt = rtalloc(sintosa(&sin), 0, m->m_pkthdr.ph_rtableid);
	if (rtisvalid(rt) && ISSET(rt->rt_flags, RTF_LOCAL)) {
		rtfree(rt);
		return (0);
	}
	rtfree(rt);

	sin.sin_addr = to;
	ifp = if_get(m->m_pkthdr.ph_ifidx);
	if (ifp != NULL && !ISSET(ifp->if_flags, IFF_LOOPBACK) &&
	    (ifa = ifaof_ifpforaddr(sintosa(&sin), ifp)) != NULL &&
	    ifa->ifa_addr->sa_family == AF_INET) {
		*src = ifatoia(ifa)->ia_addr.sin_addr;
		if_put(ifp);
		return (0);
	}
	if_put(ifp);
	rt = rtalloc(sintosa(&sin), 0, m->m_pkthdr.ph_rtableid);
	if (rtisvalid(rt) && rt->rt_ifa != NULL &&
	    rt->rt_ifa->ifa_addr->sa_family == AF_INET) {
		*src = ifatoia(rt->rt_ifa)->ia_addr.sin_addr;
		error = 0;
	}
	rtfree(rt);
	return (error);
}

/* A new life in the same buffer: no tags, flags, options of the old one. */
static void
icmp_reset(struct mbuf *m)
{
	struct ip *ip = mtod(m, struct ip *);
	u_int rtableid = m->m_pkthdr.ph_rtableid;
	int optlen = (ip->ip_hl << 2) - sizeof(*ip);

	if (optlen > 0) {
		memmove((caddr_t)ip + optlen, ip, sizeof(*ip));
		m_adj(m, optlen);
	}
	m_resethdr(m);
	m->m_pkthdr.ph_rtableid = rtableid;
	ip = mtod(m, struct ip *);
	ip->ip_hl = sizeof(*ip) >> 2;
	ip->ip_len = htons(m->m_pkthdr.len);
	ip->ip_off = 0;
	ip->ip_ttl = MAXTTL;
}

int
icmp_reflect(struct mbuf *m)
{
	struct ip *ip = mtod(m, struct ip *);
	struct in_addr src, to = ip->ip_src;
	int error = EADDRNOTAVAIL;

	/* nobody, and nobody alone, lives there */
	if ((!in_canforward(to) &&
	    (ntohl(to.s_addr) >> IN_CLASSA_NSHIFT) != IN_LOOPBACKNET) ||
	    (error = icmp_source(m, to, ip->ip_dst, &src)) != 0) {
		ipstat_inc(error == EADDRNOTAVAIL ? ips_badaddr :
		    ips_noroute);
		m_freem(m);
		return (error);
	}
	icmp_reset(m);
	ip = mtod(m, struct ip *);
	ip->ip_dst = to;
	ip->ip_src = src;
	return (0);
}

void
icmp_send(struct mbuf *m)
{
	struct ip *ip = mtod(m, struct ip *);

	((struct icmp *)(ip + 1))->icmp_cksum = 0;
	SET(m->m_pkthdr.csum_flags, M_ICMP_CSUM_OUT);
	ip_send(m);
}

/*
 * Input
 */

/* pr_ctlinput command for an error, 0 for none, -1 for a bad code. */
static int
icmp_prc(const struct icmp *icp)
{
	static const u_int8_t unreach[] = {
		[ICMP_UNREACH_NET] = PRC_UNREACH_NET,
		[ICMP_UNREACH_HOST] = PRC_UNREACH_HOST,
		[ICMP_UNREACH_PROTOCOL] = PRC_UNREACH_PROTOCOL,
		[ICMP_UNREACH_PORT] = PRC_UNREACH_PORT,
		[ICMP_UNREACH_NEEDFRAG] = PRC_MSGSIZE,
		[ICMP_UNREACH_SRCFAIL] = PRC_UNREACH_SRCFAIL,
		[ICMP_UNREACH_NET_UNKNOWN] = PRC_UNREACH_NET,
		[ICMP_UNREACH_HOST_UNKNOWN] = PRC_UNREACH_HOST,
		[ICMP_UNREACH_ISOLATED] = PRC_UNREACH_NET,
		[ICMP_UNREACH_NET_PROHIB] = PRC_UNREACH_NET,
		[ICMP_UNREACH_HOST_PROHIB] = PRC_UNREACH_HOST,
		[ICMP_UNREACH_TOSNET] = PRC_UNREACH_NET,
		[ICMP_UNREACH_TOSHOST] = PRC_UNREACH_HOST,
		[ICMP_UNREACH_FILTER_PROHIB] = PRC_UNREACH_PORT,
		[ICMP_UNREACH_HOST_PRECEDENCE] = PRC_UNREACH_PORT,
		[ICMP_UNREACH_PRECEDENCE_CUTOFF] = PRC_UNREACH_PORT,
	};

	switch (icp->icmp_type) {
	case ICMP_UNREACH:
		return (icp->icmp_code < nitems(unreach) ?
		    unreach[icp->icmp_code] : -1);
	case ICMP_TIMXCEED:
		return (icp->icmp_code <= ICMP_TIMXCEED_REASS ?
		    PRC_TIMXCEED_INTRANS + icp->icmp_code : -1);
	case ICMP_PARAMPROB:
		return (icp->icmp_code <= ICMP_PARAMPROB_LENGTH ?
		    PRC_PARAMPROB : -1);
	default:
		return (0);
	}
}

/* Does an error quote a packet that can have been ours? */
static int
icmp_quotes_us(const struct icmp *icp, u_int rtableid)
{
	struct sockaddr_in sin;
	struct rtentry *rt;
	int ours;

	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	sin.sin_addr = icp->icmp_ip.ip_src;
	rt = rtalloc(sintosa(&sin), 0, rtableid);
	ours = rtisvalid(rt) && ISSET(rt->rt_flags, RTF_LOCAL);
	rtfree(rt);
	return (ours);
}

/*
 * The quoted packet's protocol hears of the error.  In m the ICMP header
 * is at hlen; icmplen bytes of it and the quote are contiguous.
 */
static void
icmp_input_error(struct mbuf *m, int hlen, int icmplen)
{
	union {
		struct icmp	icp;
		char		data[ICMP_QUOTED];
	} quoted;
	struct icmp *icp = &quoted.icp;
	struct sockaddr_in sin;
	const struct protosw *pr;
	int prc;

	/* zero, where it is not long enough */
	memset(&quoted, 0, sizeof(quoted));
	m_copydata(m, hlen, min(icmplen, sizeof(quoted)), &quoted);
	if ((prc = icmp_prc(icp)) == -1) {
		icmpstat_inc(icps_badcode);
		return;
	}
	if (icmplen < (int)ICMP_ADVLENMIN ||
	    icmplen < (int)ICMP_ADVLEN(icp) ||
	    icp->icmp_ip.ip_v != IPVERSION ||
	    icp->icmp_ip.ip_hl < (sizeof(struct ip) >> 2)) {
		icmpstat_inc(icps_badlen);
		return;
	}
	/* a later fragment quotes no ports */
	if (prc == 0 || IN_MULTICAST(icp->icmp_ip.ip_dst.s_addr) ||
	    (icp->icmp_ip.ip_off & htons(IP_OFFMASK)) ||
	    !icmp_quotes_us(icp, m->m_pkthdr.ph_rtableid))
		return;
	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	sin.sin_addr = icp->icmp_ip.ip_dst;
	/* an SA knows by its SPI whether to believe it, and keeps its own */
	if (prc == PRC_MSGSIZE && icp->icmp_ip.ip_p != IPPROTO_ESP &&
	    icp->icmp_ip.ip_p != IPPROTO_AH)
		icmp_mtudisc(icp, m->m_pkthdr.ph_rtableid);
	pr = &inetsw[ip_protox[icp->icmp_ip.ip_p]];
	if (pr->pr_ctlinput != NULL)
		pr->pr_ctlinput(prc, sintosa(&sin), m->m_pkthdr.ph_rtableid,
		    &icp->icmp_ip);
}

/* Answer in place.  Consumes m. */
static void
icmp_echo(struct mbuf *m, int hlen)
{
	struct icmp *icp = (struct icmp *)(mtod(m, caddr_t) + hlen);

	if (ISSET(m->m_flags, M_BCAST | M_MCAST) &&
	    !READ_ONCE(icmp_bmcastecho)) {
		icmpstat_inc(icps_bmcastecho);
		m_freem(m);
		return;
	}
	icp->icmp_type = ICMP_ECHOREPLY;
	if (icmp_reflect(m) != 0)
		return;
	icmpstat_inc(icps_reflect);
	icmpstat_inc(icps_outhist + ICMP_ECHOREPLY);
	icmp_send(m);
}

/*
 * The ICMP header, and of an error what it quotes, contiguous behind the IP
 * header and with a good checksum; or NULL and the packet is gone.
 */
static struct mbuf *
icmp_check(struct mbuf *m, int hlen, int icmplen)
{
	int need = hlen + min(icmplen, 8 + (15 << 2) + 8);

	if (icmplen < ICMP_MINLEN) {
		icmpstat_inc(icps_tooshort);
		goto drop;
	}
	if ((m = m_pullup(m, need)) == NULL) {
		ipstat_inc(ips_rcvmemdrop);
		return (NULL);
	}
	if (m->m_pkthdr.csum_flags & M_ICMP_CSUM_IN_OK)
		return (m);
	if ((m->m_pkthdr.csum_flags & M_ICMP_CSUM_IN_BAD) ||
	    in4_cksum(m, 0, hlen, icmplen) != 0) {
		icmpstat_inc(icps_checksum);
		goto drop;
	}
	return (m);

 drop:
	m_freem(m);
	return (NULL);
}

int
icmp_input(struct mbuf **mp, int *offp, int proto, int af,
    struct netstack *ns)
{
	struct icmp *icp;
	int hlen = *offp, icmplen = (*mp)->m_pkthdr.len - hlen;

	if ((*mp = icmp_check(*mp, hlen, icmplen)) == NULL)
		return (IPPROTO_DONE);
	icp = (struct icmp *)(mtod(*mp, caddr_t) + hlen);
	if (icp->icmp_type <= ICMP_MAXTYPE)
		icmpstat_inc(icps_inhist + icp->icmp_type);
	switch (icp->icmp_type) {
	case ICMP_ECHO:
		icmp_echo(*mp, hlen);
		*mp = NULL;
		return (IPPROTO_DONE);
	case ICMP_UNREACH:
	case ICMP_TIMXCEED:
	case ICMP_PARAMPROB:
		icmp_input_error(*mp, hlen, icmplen);
		break;
	case ICMP_REDIRECT:
		icmp_input_redirect(*mp, hlen, icmplen);
		break;
	}
	/* all but what was answered interests those who watch */
	return (rip_input(mp, offp, proto, af, ns));
}

/*
 * sysctl
 */
static const struct sysctl_bounded_args icmpctl_vars[] = {
	{ ICMPCTL_MASKREPL, &icmp_never, 0, 0 },
	{ ICMPCTL_BMCASTECHO, &icmp_bmcastecho, 0, 1 },
	{ ICMPCTL_ERRPPSLIMIT, &icmp_errppslimit, -1, INT_MAX },
	{ ICMPCTL_REDIRACCEPT, &icmp_rediraccept, 0, 1 },
	{ ICMPCTL_TSTAMPREPL, &icmp_never, 0, 0 },
};

int
icmp_sysctl(int *name, u_int namelen, void *oldp, size_t *oldlenp,
    void *newp, size_t newlen)
{
	uint64_t counters[icps_ncounters];
	struct icmpstat stat;

	CTASSERT(sizeof(stat) == sizeof(counters));
	if (namelen != 1)
		return (ENOTDIR);
	switch (name[0]) {
	case ICMPCTL_STATS:
		counters_read(icmpcounters, counters, nitems(counters), NULL);
		memcpy(&stat, counters, sizeof(stat));
		return (sysctl_rdstruct(oldp, oldlenp, newp, &stat,
		    sizeof(stat)));
	case ICMPCTL_REDIRTIMEOUT:
		return (icmp_redirtimeout_sysctl(oldp, oldlenp, newp,
		    newlen));
	default:
		return (sysctl_bounded_arr(icmpctl_vars, nitems(icmpctl_vars),
		    name, namelen, oldp, oldlenp, newp, newlen));
	}
}
