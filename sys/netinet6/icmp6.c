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
 * ICMPv6, RFC 4443: what comes in, and errors that go out.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/protosw.h>
#include <sys/socket.h>
#include <sys/sysctl.h>

#include <net/if_var.h>
#include <net/route.h>

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/in_pcb.h>
#include <netinet/ip6.h>
#include <netinet/ip_ipsp.h>
#include <netinet/ip_icmp.h>
#include <netinet6/in6_var.h>
#include <netinet6/ip6_var.h>
#include <netinet6/nd6.h>

#define ICMP6_MAXQUOTE	ICMPV6_PLD_MAXLEN

struct cpumem *icmp6counters;

int ip6_mtudisc_timeout = 10 * 60;

static int icmp6_errppslimit = 100;	/* [a] per second, < 0: no limit */

static struct mutex icmp6_rate_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static struct timeval icmp6_rate_last;	/* icmp6_rate_mtx */
static int icmp6_rate_count;		/* icmp6_rate_mtx */
static struct rttimer_queue icmp6_mtudisc_queue;

void
icmp6_init(void)
{
	icmp6counters = counters_alloc(icp6s_ncounters);
	rt_timer_queue_init(&icmp6_mtudisc_queue, ip6_mtudisc_timeout,
	    icmp_mtudisc_end);
}

/*
 * Errors
 */
static int
icmp6_ratelimit(void)
{
	int limit = READ_ONCE(icmp6_errppslimit), ok;

	mtx_enter(&icmp6_rate_mtx);
	ok = limit < 0 || ppsratecheck(&icmp6_rate_last, &icmp6_rate_count,
	    limit);
	mtx_leave(&icmp6_rate_mtx);
	return (!ok);
}

/* Is this packet an ICMPv6 error or a redirect, or can it not be told? */
static int
icmp6_iserror(struct mbuf *m)
{
	u_int8_t type;
	int nxt, off;

	if ((off = ip6_lasthdr(m, -1, &nxt, NULL)) == -1)
		return (0);
	if (nxt == IPPROTO_FRAGMENT && off < m->m_pkthdr.len) {
		/* a later piece of what may be one */
		m_copydata(m, off, sizeof(type), &type);
		return (type == IPPROTO_ICMPV6);
	}
	if (nxt != IPPROTO_ICMPV6)
		return (0);
	if (m->m_pkthdr.len <= off)
		return (1);
	m_copydata(m, off, sizeof(type), &type);
	return ((type & ICMP6_INFOMSG_MASK) == 0 || type == ND_REDIRECT);
}

/* RFC 4443 2.4 (e): who may not be told, and what. */
static int
icmp6_mayerror(struct mbuf *m, int type, int code)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);

	if (IN6_IS_ADDR_UNSPECIFIED(&ip6->ip6_src) ||
	    IN6_IS_ADDR_MULTICAST(&ip6->ip6_src))
		return (0);
	if ((ISSET(m->m_flags, M_BCAST | M_MCAST) ||
	    IN6_IS_ADDR_MULTICAST(&ip6->ip6_dst)) &&
	    type != ICMP6_PACKET_TOO_BIG && (type != ICMP6_PARAM_PROB ||
	    code != ICMP6_PARAMPROB_OPTION))
		return (0);
	return (!icmp6_iserror(m));
}

/* Is the address one that we may answer from? */
static int
icmp6_ours(const struct in6_addr *addr, u_int rtableid)
{
	struct sockaddr_in6 sin6;
	struct rtentry *rt;
	int ours;

	memset(&sin6, 0, sizeof(sin6));
	sin6.sin6_len = sizeof(sin6);
	sin6.sin6_family = AF_INET6;
	sin6.sin6_addr = *addr;
	rt = rtalloc(sin6tosa(&sin6), 0, rtableid);
	ours = rtisvalid(rt) && ISSET(rt->rt_flags, RTF_LOCAL);
	rtfree(rt);
	return (ours);
}

/*
 * The header of an answer to what oip6 begins: from its destination if
 * that is ours; else ip6_output() finds the best of our addresses.
 */
static void
icmp6_answer_header(struct mbuf *m, const struct ip6_hdr *oip6)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	struct in6_addr src = oip6->ip6_dst, dst = oip6->ip6_src;

	ip6->ip6_flow = 0;
	ip6->ip6_vfc = IPV6_VERSION;
	ip6->ip6_plen = htons(m->m_pkthdr.len - sizeof(*ip6));
	ip6->ip6_nxt = IPPROTO_ICMPV6;
	ip6->ip6_hlim = READ_ONCE(ip6_defhlim);
	ip6->ip6_dst = dst;
	ip6->ip6_src = !IN6_IS_ADDR_MULTICAST(&src) &&
	    icmp6_ours(&src, m->m_pkthdr.ph_rtableid) ? src : in6addr_any;
	SET(m->m_pkthdr.csum_flags, M_ICMP_CSUM_OUT);
}

/* The error about n, with as much of n as fits; NULL: no memory. */
static struct mbuf *
icmp6_newerror(struct mbuf *n, int type, int code, int param)
{
	struct ip6_hdr *quoted;
	struct icmp6_hdr *icp;
	struct mbuf *m;
	u_int quote = min(n->m_pkthdr.len, ICMP6_MAXQUOTE);
	u_int hlen = sizeof(*quoted) + sizeof(*icp);

	m = m_getpacket(M_DONTWAIT, M_RXHEADROOM, hlen + quote,
	    M_RXTAILROOM);
	if (m == NULL)
		return (NULL);
	m->m_len = m->m_pkthdr.len = hlen + quote;
	m->m_pkthdr.ph_rtableid = n->m_pkthdr.ph_rtableid;
	m->m_pkthdr.ph_loopcnt = n->m_pkthdr.ph_loopcnt;
	icmp6_answer_header(m, mtod(n, struct ip6_hdr *));
	icp = (struct icmp6_hdr *)(mtod(m, struct ip6_hdr *) + 1);
	icp->icmp6_type = type;
	icp->icmp6_code = code;
	icp->icmp6_cksum = 0;
	icp->icmp6_pptr = htonl(param);
	quoted = (struct ip6_hdr *)(icp + 1);
	m_copydata(n, 0, quote, quoted);
	in6_clearscope(&quoted->ip6_src);
	in6_clearscope(&quoted->ip6_dst);
	return (m);
}

void
icmp6_error(struct mbuf *n, int type, int code, int param)
{
	struct mbuf *m;

	icmp6stat_inc(icp6s_error);
	if (n->m_pkthdr.len < (int)sizeof(struct ip6_hdr) ||
	    !icmp6_mayerror(n, type, code))
		icmp6stat_inc(icp6s_canterror);
	else if (icmp6_ratelimit())
		icmp6stat_inc(icp6s_toofreq);
	else if ((m = icmp6_newerror(n, type, code, param)) == NULL)
		ip6stat_inc(ip6s_odropped);
	else {
		icmp6stat_inc(icp6s_outhist + type);
		ip6_send(m);
	}
	m_freem(n);
}

/*
 * Path MTU
 */
struct rtentry *
icmp6_mtudisc_clone(struct sockaddr_in6 *dst, u_int rtableid, int ipsec)
{
	return (icmp_pmtu_route(sin6tosa(dst), &icmp6_mtudisc_queue, rtableid,
	    ipsec));
}

void
icmp6_mtudisc_changed(void)
{
	rt_timer_queue_change(&icmp6_mtudisc_queue,
	    READ_ONCE(ip6_mtudisc_timeout));
}

void
icmp6_mtudisc_update(const struct in6_addr *dst, u_int32_t mtu,
    u_int rtableid)
{
	struct sockaddr_in6 sin6;
	struct rtentry *rt;
	u_int old;

	/* no link has less, and nobody makes us believe so: RFC 8201 4 */
	if (mtu < IPV6_MMTU || IN6_IS_ADDR_MULTICAST(dst))
		return;
	memset(&sin6, 0, sizeof(sin6));
	sin6.sin6_len = sizeof(sin6);
	sin6.sin6_family = AF_INET6;
	sin6.sin6_addr = *dst;
	if ((rt = icmp6_mtudisc_clone(&sin6, rtableid, 0)) == NULL)
		return;
	old = READ_ONCE(rt->rt_mtu);
	if (!ISSET(rt->rt_locks, RTV_MTU) && (old == 0 || mtu < old)) {
		WRITE_ONCE(rt->rt_mtu, mtu);
		icmp6stat_inc(icp6s_pmtuchg);
	}
	rtfree(rt);
}

/*
 * Input
 */

/* pr_ctlinput command for an error, -1 for a bad code. */
static int
icmp6_prc(const struct icmp6_hdr *icp)
{
	static const u_int8_t unreach[] = {
		[ICMP6_DST_UNREACH_NOROUTE] = PRC_UNREACH_NET,
		[ICMP6_DST_UNREACH_ADMIN] = PRC_UNREACH_HOST,
		[ICMP6_DST_UNREACH_BEYONDSCOPE] = PRC_UNREACH_HOST,
		[ICMP6_DST_UNREACH_ADDR] = PRC_HOSTDEAD,
		[ICMP6_DST_UNREACH_NOPORT] = PRC_UNREACH_PORT,
		/* RFC 4443 3.1: source policy, rejected route */
		PRC_UNREACH_HOST, PRC_UNREACH_HOST,
	};

	switch (icp->icmp6_type) {
	case ICMP6_DST_UNREACH:
		return (icp->icmp6_code < nitems(unreach) ?
		    unreach[icp->icmp6_code] : -1);
	case ICMP6_PACKET_TOO_BIG:
		/* the code does not count, RFC 4443 3.2 */
		return (PRC_MSGSIZE);
	case ICMP6_TIME_EXCEEDED:
		return (icp->icmp6_code <= ICMP6_TIME_EXCEED_REASSEMBLY ?
		    PRC_TIMXCEED_INTRANS + icp->icmp6_code : -1);
	default:
		if (icp->icmp6_code == ICMP6_PARAMPROB_NEXTHEADER)
			return (PRC_UNREACH_PROTOCOL);
		return (icp->icmp6_code <= ICMP6_PARAMPROB_OPTION ?
		    PRC_PARAMPROB : -1);
	}
}

/*
 * The packet that the error in m at off quotes, as a packet of its own that
 * is contiguous and has scopes; NULL: it is no good, counted.
 */
static struct mbuf *
icmp6_quoted(struct mbuf *m, int off, int icmplen)
{
	struct mbuf *q;
	struct ip6_hdr *ip6;
	int len = min(icmplen - (int)sizeof(struct icmp6_hdr),
	    ICMP6_MAXQUOTE);

	if (len < (int)sizeof(*ip6)) {
		icmp6stat_inc(icp6s_badlen);
		return (NULL);
	}
	q = m_getpacket(M_DONTWAIT, 0, len, 0);
	if (q == NULL) {
		ip6stat_inc(ip6s_rcvmemdrop);
		return (NULL);
	}
	m_copydata(m, off + sizeof(struct icmp6_hdr), len, mtod(q, caddr_t));
	q->m_len = q->m_pkthdr.len = len;
	ip6 = mtod(q, struct ip6_hdr *);
	if ((ip6->ip6_vfc & IPV6_VERSION_MASK) != IPV6_VERSION) {
		icmp6stat_inc(icp6s_badlen);
		return (m_freem(q));
	}
	in6_clearscope(&ip6->ip6_src);
	in6_clearscope(&ip6->ip6_dst);
	in6_setscope(&ip6->ip6_src, m->m_pkthdr.ph_ifidx);
	in6_setscope(&ip6->ip6_dst, m->m_pkthdr.ph_ifidx);
	return (q);
}

/*
 * The quoted packet's protocol hears of the error.  q begins with the
 * packet; mtu is that of PACKET_TOO_BIG.
 */
static void
icmp6_notify(struct mbuf *q, int prc, u_int32_t mtu, u_int rtableid)
{
	struct ip6_hdr *ip6 = mtod(q, struct ip6_hdr *);
	struct ip6ctlparam ip6c;
	struct sockaddr_in6 sin6;
	const struct protosw *pr;
	int nxt, off;

	off = ip6_prothdr(q, IPPROTO_AH, &nxt);
	/* a later fragment quotes no ports */
	if (off == -1 || nxt == IPPROTO_FRAGMENT)
		return;
	memset(&sin6, 0, sizeof(sin6));
	sin6.sin6_len = sizeof(sin6);
	sin6.sin6_family = AF_INET6;
	sin6.sin6_addr = ip6->ip6_dst;
	ip6c.ip6c_ip6 = ip6;
	ip6c.ip6c_proto = (caddr_t)ip6 + off;
	ip6c.ip6c_len = q->m_pkthdr.len - off;
	ip6c.ip6c_mtu = mtu;
	pr = &inet6sw[ip6_protox[nxt]];
	if (pr->pr_ctlinput != NULL)
		pr->pr_ctlinput(prc, sin6tosa(&sin6), rtableid, &ip6c);
}

/*
 * A packet of ours did not fit.  An SA knows by its SPI whether to believe
 * it; else the destination's route remembers.
 */
static void
icmp6_toobig(struct mbuf *q, u_int32_t mtu, u_int rtableid)
{
#ifdef IPSEC
	if (ipsec6_toobig(q, mtu, rtableid))
		return;
#endif
	icmp6_mtudisc_update(&mtod(q, struct ip6_hdr *)->ip6_dst, mtu,
	    rtableid);
}

static void
icmp6_input_error(struct mbuf *m, int off, int icmplen)
{
	struct icmp6_hdr *icp = (struct icmp6_hdr *)(mtod(m, caddr_t) + off);
	u_int rtableid = m->m_pkthdr.ph_rtableid;
	struct ip6_hdr *ip6;
	struct mbuf *q;
	u_int32_t mtu = 0;
	int prc;

	if ((prc = icmp6_prc(icp)) == -1) {
		icmp6stat_inc(icp6s_badcode);
		return;
	}
	if (prc == PRC_MSGSIZE)
		mtu = ntohl(icp->icmp6_mtu);
	if ((q = icmp6_quoted(m, off, icmplen)) == NULL)
		return;
	ip6 = mtod(q, struct ip6_hdr *);
	if (!icmp6_ours(&ip6->ip6_src, rtableid)) {
		icmp6stat_inc(icp6s_notmine);
		m_freem(q);
		return;
	}
	/* what did fit needs no news */
	if (prc != PRC_MSGSIZE || (mtu >= IPV6_MMTU &&
	    mtu < ntohs(ip6->ip6_plen) + sizeof(*ip6))) {
		if (prc == PRC_MSGSIZE)
			icmp6_toobig(q, mtu, rtableid);
		icmp6_notify(q, prc, mtu, rtableid);
	}
	m_freem(q);
}

/* Answer in place.  Consumes m, whose ICMPv6 header is contiguous. */
static void
icmp6_echo(struct mbuf *m, int off)
{
	struct ip6_hdr oip6;
	u_int rtableid = m->m_pkthdr.ph_rtableid;

	if (m_readonly(m) && (m = m_contig(m, M_RXHEADROOM, M_RXTAILROOM,
	    M_DONTWAIT)) == NULL) {
		ip6stat_inc(ip6s_rcvmemdrop);
		return;
	}
	oip6 = *mtod(m, struct ip6_hdr *);
	if (IN6_IS_ADDR_UNSPECIFIED(&oip6.ip6_src)) {
		ip6stat_inc(ip6s_badaddr);
		m_freem(m);
		return;
	}
	mtod(m, u_int8_t *)[off] = ICMP6_ECHO_REPLY;
	/* no flags, tags, or headers between of the old life */
	m_adj(m, off - (int)sizeof(oip6));
	m_resethdr(m);
	m->m_pkthdr.ph_rtableid = rtableid;
	icmp6_answer_header(m, &oip6);
	icmp6stat_inc(icp6s_reflect);
	icmp6stat_inc(icp6s_outhist + ICMP6_ECHO_REPLY);
	ip6_send(m);
}

/* Neighbour and group messages; they get a packet of their own. */
static void
icmp6_input_link(struct mbuf *m, int type, int off, int icmplen)
{
	struct mbuf *n;

	if ((n = m_dup_pkt(m, M_RXHEADROOM, M_DONTWAIT)) == NULL) {
		ip6stat_inc(ip6s_rcvmemdrop);
		return;
	}
	switch (type) {
	case ND_NEIGHBOR_SOLICIT:
		nd6_ns_input(n, off, icmplen);
		break;
	case ND_NEIGHBOR_ADVERT:
		nd6_na_input(n, off, icmplen);
		break;
	default:
		mld6_input(n, off, icmplen);
		break;
	}
}

/* The ICMPv6 header contiguous and with a good checksum; or NULL. */
static struct mbuf *
icmp6_check(struct mbuf *m, int off, int icmplen)
{
	if (icmplen < (int)sizeof(struct icmp6_hdr)) {
		icmp6stat_inc(icp6s_tooshort);
		return (m_freem(m));
	}
	if ((m = m_pullup(m, off + sizeof(struct icmp6_hdr))) == NULL) {
		ip6stat_inc(ip6s_rcvmemdrop);
		return (NULL);
	}
	if (m->m_pkthdr.csum_flags & M_ICMP_CSUM_IN_OK)
		return (m);
	if ((m->m_pkthdr.csum_flags & M_ICMP_CSUM_IN_BAD) ||
	    in6_cksum(m, IPPROTO_ICMPV6, off, icmplen) != 0) {
		icmp6stat_inc(icp6s_checksum);
		return (m_freem(m));
	}
	return (m);
}

int
icmp6_input(struct mbuf **mp, int *offp, int proto, int af,
    struct netstack *ns)
{
	int off = *offp, icmplen = (*mp)->m_pkthdr.len - off;
	u_int8_t type;

	if ((*mp = icmp6_check(*mp, off, icmplen)) == NULL)
		return (IPPROTO_DONE);
	type = mtod(*mp, u_int8_t *)[off];
	icmp6stat_inc(icp6s_inhist + type);
	switch (type) {
	case ICMP6_ECHO_REQUEST:
		icmp6_echo(*mp, off);
		*mp = NULL;
		return (IPPROTO_DONE);
	case ICMP6_DST_UNREACH:
	case ICMP6_PACKET_TOO_BIG:
	case ICMP6_TIME_EXCEEDED:
	case ICMP6_PARAM_PROB:
		icmp6_input_error(*mp, off, icmplen);
		break;
	case MLD_LISTENER_QUERY:
	case MLD_LISTENER_REPORT:
	case MLD_LISTENER_DONE:
	case ND_NEIGHBOR_SOLICIT:
	case ND_NEIGHBOR_ADVERT:
		icmp6_input_link(*mp, type, off, icmplen);
		break;
	}
	/* all but what was answered interests those who watch */
	return (rip6_input(mp, offp, proto, af, ns));
}

/*
 * sysctl
 */
static const struct sysctl_bounded_args icmp6ctl_vars[] = {
	{ ICMPV6CTL_ERRPPSLIMIT, &icmp6_errppslimit, -1, INT_MAX },
};

int
icmp6_sysctl(int *name, u_int namelen, void *oldp, size_t *oldlenp,
    void *newp, size_t newlen)
{
	uint64_t counters[icp6s_ncounters];

	CTASSERT(sizeof(struct icmp6stat) == sizeof(counters));
	if (namelen != 1)
		return (ENOTDIR);
	if (name[0] == ICMPV6CTL_STATS) {
		counters_read(icmp6counters, counters, nitems(counters),
		    NULL);
		return (sysctl_rdstruct(oldp, oldlenp, newp, counters,
		    sizeof(counters)));
	}
	return (sysctl_bounded_arr(icmp6ctl_vars, nitems(icmp6ctl_vars),
	    name, namelen, oldp, oldlenp, newp, newlen));
}
