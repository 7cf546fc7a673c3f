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

#include <sys/sockio.h>

#include "kt_inet6.h"

#define IP6HDR(m)	mtod(m, struct ip6_hdr *)

static uint64_t k6_before[ip6s_ncounters];
static uint64_t k6_ibefore[icp6s_ncounters];

struct in6_addr
k6_words(u_int first, u_int second, u_int last)
{
	struct in6_addr a;

	memset(&a, 0, sizeof(a));
	a.s6_addr16[0] = htons(first);
	a.s6_addr16[1] = htons(second);
	a.s6_addr16[7] = htons(last);
	return (a);
}

struct in6_addr
k6_addr(u_int net, u_int host)
{
	struct in6_addr a = k6_words(0x2001, 0xdb8, host);

	a.s6_addr16[2] = htons(net);
	return (a);
}

struct in6_addr
k6_ll(struct kti_if *ki, u_int host)
{
	return (k6_words(0xfe80, ki->ki_if.if_index, host));
}

struct sockaddr_in6
k6_sin6(struct in6_addr addr)
{
	struct sockaddr_in6 sin6;

	memset(&sin6, 0, sizeof(sin6));
	sin6.sin6_len = sizeof(sin6);
	sin6.sin6_family = AF_INET6;
	sin6.sin6_addr = addr;
	return (sin6);
}

int
k6_ifaddr(struct kti_if *ki, struct in6_addr addr, int plen,
    struct in6_addr *dst)
{
	struct in6_aliasreq ifra;
	struct in6_addr mask;
	int error;

	memset(&ifra, 0, sizeof(ifra));
	strlcpy(ifra.ifra_name, ki->ki_if.if_xname, sizeof(ifra.ifra_name));
	ifra.ifra_addr = k6_sin6(addr);
	if (dst != NULL)
		ifra.ifra_dstaddr = k6_sin6(*dst);
	in6_prefixlen2mask(&mask, plen);
	ifra.ifra_prefixmask = k6_sin6(mask);
	ifra.ifra_lifetime.ia6t_vltime = ND6_INFINITE_LIFETIME;
	ifra.ifra_lifetime.ia6t_pltime = ND6_INFINITE_LIFETIME;
	NET_LOCK();
	error = in6_ioctl(SIOCAIFADDR_IN6, (caddr_t)&ifra, &ki->ki_if, 1);
	NET_UNLOCK();
	return (error);
}

void
k6_ifaflags(struct in6_addr addr, int flags)
{
	struct in6_ifaddr *ia;

	NET_LOCK();
	ia = in6ifa_withaddr(&addr, 0);
	if (ia != NULL)
		WRITE_ONCE(ia->ia6_flags, flags);
	NET_UNLOCK();
}

int
k6_addroute(struct in6_addr net, struct in6_addr gateway, int flags)
{
	struct sockaddr_in6 dst = k6_sin6(net), gw = k6_sin6(gateway), mask;
	struct in6_addr m;
	struct rt_addrinfo info;
	int error;

	in6_prefixlen2mask(&m, 64);
	mask = k6_sin6(m);
	memset(dst.sin6_addr.s6_addr + 8, 0, 8);
	memset(&info, 0, sizeof(info));
	info.rti_flags = RTF_UP | RTF_GATEWAY | RTF_STATIC | flags;
	info.rti_info[RTAX_DST] = sin6tosa(&dst);
	info.rti_info[RTAX_GATEWAY] = sin6tosa(&gw);
	info.rti_info[RTAX_NETMASK] = sin6tosa(&mask);
	info.rti_addrs = RTA_DST | RTA_GATEWAY | RTA_NETMASK;
	NET_LOCK();
	error = rtrequest(RTM_ADD, &info, RTP_STATIC, NULL, 0);
	NET_UNLOCK();
	return (error);
}

struct rtentry *
k6_host(struct in6_addr addr)
{
	struct sockaddr_in6 dst = k6_sin6(addr);
	struct rtentry *rt;

	NET_LOCK_SHARED();
	rt = rtable_lookup(0, sin6tosa(&dst), NULL, NULL, RTP_ANY);
	NET_UNLOCK_SHARED();
	return (rt);
}

int
k6_network(void)
{
	struct in6_addr peer = K6_PEER1;
	int error;

	k6_cleanup();
	ip6_dad_count = 0;
	if ((error = kti_network()) != 0 ||
	    (error = k6_ifaddr(&kti0, K6_US, 64, NULL)) != 0 ||
	    (error = k6_ifaddr(&kti1, K6_US1, 128, &peer)) != 0)
		return (error);
	return (k6_addroute(K6_FAR, K6_PEER1, 0));
}

int
k6_setup(void)
{
	int error = k6_network();

	/* what joining groups has to say comes out at once, or later */
	kt_sleep(SEC_TO_NSEC(20));
	mq_purge(&kti0.ki_out);
	mq_purge(&kti1.ki_out);
	return (error);
}

void
k6_cleanup(void)
{
	frag6_drain();
	kti_cleanup();
	ip6_forwarding = 0;
	ip6_hdrnestlimit = 10;
	ip6_maxfrags = ip6_maxfragpackets = 200;
	ip6_use_deprecated = 1;
	ip6_dad_count = 1;
}

void
k6_finish(struct mbuf *m)
{
	IP6HDR(m)->ip6_plen = htons(m->m_pkthdr.len - 40);
}

struct mbuf *
k6_packet(struct in6_addr src, struct in6_addr dst, int nxt, u_int len)
{
	struct mbuf *m;
	u_int i;

	m = m_getpacket(M_WAIT, 256, 40 + len, 0);
	m->m_len = m->m_pkthdr.len = 40 + len;
	memset(IP6HDR(m), 0, 40);
	IP6HDR(m)->ip6_vfc = IPV6_VERSION;
	IP6HDR(m)->ip6_nxt = nxt;
	IP6HDR(m)->ip6_hlim = 64;
	IP6HDR(m)->ip6_src = src;
	IP6HDR(m)->ip6_dst = dst;
	for (i = 0; i < len; i++)
		mtod(m, u_char *)[40 + i] = kt_random();
	k6_finish(m);
	return (m);
}

struct mbuf *
k6_prepend(struct mbuf *m, int nxt, const void *hdr, u_int len, u_int units)
{
	struct ip6_hdr save = *IP6HDR(m);
	u_char *p;

	m_adj(m, 40);
	m = m_prepend(m, 40 + units * 8, M_WAIT);
	p = mtod(m, u_char *);
	memset(p + 40, 0, units * 8);
	memcpy(p + 40, hdr, len);
	p[40] = save.ip6_nxt;
	save.ip6_nxt = nxt;
	memcpy(p, &save, 40);
	k6_finish(m);
	return (m);
}

void
k6_input(struct kti_if *ki, struct mbuf *m)
{
	m->m_pkthdr.ph_ifidx = ki->ki_if.if_index;
	NET_LOCK_SHARED();
	ipv6_input(&ki->ki_if, m, NULL);
	NET_UNLOCK_SHARED();
	kt_sleep(MSEC_TO_NSEC(1));
}

void
k6_cksum(struct mbuf *m, int off)
{
	u_char *p = mtod(m, u_char *);
	int nxt = IP6HDR(m)->ip6_nxt, at = nxt == IPPROTO_UDP ? 6 : 2;
	u_int16_t sum;

	memset(p + off + at, 0, 2);
	sum = in6_cksum(m, nxt, off, m->m_pkthdr.len - off);
	memcpy(p + off + at, &sum, 2);
}

struct mbuf *
k6_icmp(struct in6_addr src, struct in6_addr dst, int type, int code,
    u_int32_t param, u_int len)
{
	struct mbuf *m = k6_packet(src, dst, IPPROTO_ICMPV6, 8 + len);
	struct icmp6_hdr *icp = (struct icmp6_hdr *)(IP6HDR(m) + 1);

	icp->icmp6_type = type;
	icp->icmp6_code = code;
	icp->icmp6_data32[0] = htonl(param);
	k6_cksum(m, 40);
	return (m);
}

struct mbuf *
k6_error(struct in6_addr src, struct in6_addr dst, int type, int code,
    u_int32_t param, struct mbuf *quoted)
{
	u_int len = MIN(quoted->m_pkthdr.len, 1232);
	struct mbuf *m = k6_icmp(src, dst, type, code, param, len);

	m_copydata(quoted, 0, len, mtod(m, caddr_t) + 48);
	m_freem(quoted);
	k6_cksum(m, 40);
	return (m);
}

int
k6_sent(struct kti_if *ki, u_int32_t *param)
{
	struct mbuf *m = kti_sent(ki);
	struct icmp6_hdr icp;
	int good;

	if (m == NULL)
		return (-1);
	good = m->m_pkthdr.len >= 48 && m->m_pkthdr.len <= 1280 &&
	    IP6HDR(m)->ip6_nxt == IPPROTO_ICMPV6 &&
	    ntohs(IP6HDR(m)->ip6_plen) == m->m_pkthdr.len - 40 &&
	    in6_cksum(m, IPPROTO_ICMPV6, 40, m->m_pkthdr.len - 40) == 0;
	if (good)
		m_copydata(m, 40, sizeof(icp), &icp);
	m_freem(m);
	if (!good)
		return (-1);
	if (param != NULL)
		*param = ntohl(icp.icmp6_data32[0]);
	return (icp.icmp6_type << 8 | icp.icmp6_code);
}

void
k6_mark(void)
{
	counters_read(ip6counters, k6_before, ip6s_ncounters, NULL);
	counters_read(icmp6counters, k6_ibefore, icp6s_ncounters, NULL);
}

uint64_t
k6_stat(int c)
{
	uint64_t now[ip6s_ncounters];

	counters_read(ip6counters, now, ip6s_ncounters, NULL);
	return (now[c] - k6_before[c]);
}

uint64_t
k6_istat(int c)
{
	uint64_t now[icp6s_ncounters];

	counters_read(icmp6counters, now, icp6s_ncounters, NULL);
	return (now[c] - k6_ibefore[c]);
}

int
k6_only(int which)
{
	int c;

	for (c = 0; c < ip6s_nxthist; c++) {
		if (c == ip6s_total || c == ip6s_delivered ||
		    c == ip6s_fragments || c == ip6s_localout ||
		    c == ip6s_outswcsum)
			continue;
		if (k6_stat(c) != (c == which))
			return (0);
	}
	return (1);
}

/*
 * Sockets
 */
struct socket *
k6_open(int type, int proto)
{
	struct socket *so;

	if (socreate(AF_INET6, &so, type, proto, curproc) != 0)
		return (NULL);
	return (so);
}

/* As the user writes it: the scope apart. */
static struct mbuf *
k6_nam(struct in6_addr addr, u_int port)
{
	struct mbuf *m = m_getclr(M_WAIT, MT_SONAME);
	struct sockaddr_in6 *sin6 = mtod(m, struct sockaddr_in6 *);

	in6_mksin6(sin6, &addr, htons(port));
	m->m_len = sizeof(*sin6);
	return (m);
}

int
k6_bind(struct socket *so, struct in6_addr addr, u_int port)
{
	struct mbuf *nam = k6_nam(addr, port);
	int error;

	solock(so);
	error = sobind(so, nam, curproc);
	sounlock(so);
	m_freem(nam);
	return (error);
}

int
k6_connect(struct socket *so, struct in6_addr addr, u_int port)
{
	struct mbuf *nam = k6_nam(addr, port);
	int error;

	solock(so);
	error = soconnect(so, nam);
	sounlock(so);
	m_freem(nam);
	return (error);
}

int
k6_sendmsg(struct socket *so, const struct in6_addr *addr, u_int port,
    u_int len, struct mbuf *control)
{
	struct mbuf *m;
	int error;

	m = m_getpacket(M_WAIT, 64, len, 0);
	m->m_len = m->m_pkthdr.len = len;
	memset(mtod(m, caddr_t), 0xa5, len);
	solock(so);
	error = sosend(so, addr != NULL ? k6_nam(*addr, port) : NULL, m,
	    control, 0);
	sounlock(so);
	kt_sleep(MSEC_TO_NSEC(1));
	return (error);
}

int
k6_recv(struct socket *so, struct sockaddr_in6 *from, struct mbuf **datap,
    struct mbuf **controlp)
{
	struct mbuf *m, *mc = NULL;
	int len;

	solock(so);
	m = soreceive(so);
	sounlock(so);
	if (m == NULL)
		return (-1);
	if (from != NULL)
		memcpy(from, mtod(m, caddr_t), sizeof(*from));
	m = m_free(m);
	if (m != NULL && m->m_type == MT_CONTROL) {
		mc = m;
		m = m->m_next;
		mc->m_next = NULL;
	}
	len = m_length(m);
	if (controlp != NULL)
		*controlp = mc;
	else
		m_freem(mc);
	if (datap != NULL)
		*datap = m;
	else
		m_freem(m);
	return (len);
}

int
k6_getopt(struct socket *so, int name, int *v)
{
	struct mbuf *m = m_get(M_WAIT, MT_SOOPTS);
	int error;

	m->m_len = 0;
	solock(so);
	error = sogetopt(so, IPPROTO_IPV6, name, m);
	sounlock(so);
	if (error == 0)
		memcpy(v, mtod(m, caddr_t), sizeof(*v));
	m_free(m);
	return (error);
}

struct mbuf *
k6_cmsg(struct mbuf *mc, int type, const void *data, u_int len)
{
	if (mc == NULL) {
		mc = m_get(M_WAIT, MT_CONTROL);
		mc->m_len = 0;
	}
	in_cmsg(mc, IPPROTO_IPV6, type, data, len);
	return (mc);
}

void *
k6_findcmsg(struct mbuf *mc, int type)
{
	struct cmsghdr *cm;
	u_int off;

	for (off = 0; mc != NULL && off < mc->m_len;
	    off += CMSG_SPACE(cm->cmsg_len - CMSG_LEN(0))) {
		cm = (struct cmsghdr *)(mtod(mc, caddr_t) + off);
		if (cm->cmsg_level == IPPROTO_IPV6 && cm->cmsg_type == type)
			return (CMSG_DATA(cm));
	}
	return (NULL);
}

struct mbuf *
k6_udp(struct in6_addr src, u_int sport, struct in6_addr dst, u_int dport,
    u_int len)
{
	struct mbuf *m = k6_packet(src, dst, IPPROTO_UDP, 8 + len);
	struct udphdr *uh = (struct udphdr *)(IP6HDR(m) + 1);

	uh->uh_sport = htons(sport);
	uh->uh_dport = htons(dport);
	uh->uh_ulen = htons(8 + len);
	k6_cksum(m, 40);
	return (m);
}
