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

#include "kt_inet.h"

static struct icmp *
icmphdr(struct mbuf *m)
{
	struct ip *ip = mtod(m, struct ip *);

	return ((struct icmp *)((char *)ip + (ip->ip_hl << 2)));
}

/* The checksum of the ICMP message in m, with len bytes. */
static void
icmpsum(struct mbuf *m)
{
	struct ip *ip = mtod(m, struct ip *);
	int hlen = ip->ip_hl << 2;

	icmphdr(m)->icmp_cksum = 0;
	icmphdr(m)->icmp_cksum = in4_cksum(m, 0, hlen,
	    m->m_pkthdr.len - hlen);
}

static struct mbuf *
echo(in_addr_t src, in_addr_t dst, u_int len)
{
	struct mbuf *m;

	m = kti_packet(src, dst, IPPROTO_ICMP, ICMP_MINLEN + len);
	icmphdr(m)->icmp_type = ICMP_ECHO;
	icmphdr(m)->icmp_code = 0;
	icmpsum(m);
	return (m);
}

/* An error from a router at src about a packet from us to dst. */
static struct mbuf *
error(int type, int code, in_addr_t inner_src, in_addr_t inner_dst,
    u_int inner_len, u_int mtu)
{
	struct mbuf *m;
	struct icmp *icp;

	m = kti_packet(KTI_PEER1, KTI_US1, IPPROTO_ICMP,
	    ICMP_MINLEN + sizeof(struct ip) + 8);
	icp = icmphdr(m);
	memset(icp, 0, ICMP_MINLEN + sizeof(struct ip) + 8);
	icp->icmp_type = type;
	icp->icmp_code = code;
	icp->icmp_nextmtu = htons(mtu);
	icp->icmp_ip.ip_v = IPVERSION;
	icp->icmp_ip.ip_hl = 5;
	icp->icmp_ip.ip_len = htons(inner_len);
	icp->icmp_ip.ip_p = IPPROTO_UDP;
	icp->icmp_ip.ip_src.s_addr = inner_src;
	icp->icmp_ip.ip_dst.s_addr = inner_dst;
	icmpsum(m);
	return (m);
}

KTEST(icmp_echo, "an echo comes back whole, from the address asked")
{
	static u_char data[1400];
	struct mbuf *m;
	struct ip *ip;
	u_int len;

	KT_EQ(kti_setup(), 0);
	for (len = 0; len <= sizeof(data); len += 100) {
		m = echo(KTI_PEER0, KTI_US0, len);
		m_copydata(m, 28, len, data);
		mtod(m, struct ip *)->ip_ttl = 3;
		kti_finish(m);
		kti_input(&kti0, m);
		KT_ASSERT((m = kti_sent(&kti0)) != NULL);
		ip = mtod(m, struct ip *);
		KT_EQ(m->m_pkthdr.len, 28 + len);
		KT_EQ(ntohs(ip->ip_len), 28 + len);
		KT_EQ(ip->ip_src.s_addr, KTI_US0);
		KT_EQ(ip->ip_dst.s_addr, KTI_PEER0);
		KT_EQ(ip->ip_ttl, MAXTTL);
		KT_EQ(in_cksum(m, 20), 0);
		KT_EQ(icmphdr(m)->icmp_type, ICMP_ECHOREPLY);
		KT_EQ(in4_cksum(m, 0, 20, 8 + len), 0);
		KT_MEMEQ(mtod(m, u_char *) + 28, data, len);
		m_freem(m);
	}
	kti_cleanup();
}

KTEST(icmp_echo_options, "the answer has no options, and no tags")
{
	struct mbuf *m;
	struct ip *ip;
	struct icmp *icp;

	KT_EQ(kti_setup(), 0);
	m = kti_packet(KTI_PEER0, KTI_US0, IPPROTO_ICMP, 4 + 8 + 32);
	ip = mtod(m, struct ip *);
	ip->ip_hl = 6;
	memset(ip + 1, IPOPT_NOP, 4);
	icp = icmphdr(m);
	icp->icmp_type = ICMP_ECHO;
	icp->icmp_code = 0;
	icmpsum(m);
	kti_finish(m);
	m_tag_prepend(m, m_tag_get(PACKET_TAG_IPSEC_IN_DONE, 4, M_WAITOK));
	SET(m->m_flags, M_AUTH | M_CONF);
	kti_input(&kti0, m);
	KT_ASSERT((m = kti_sent(&kti0)) != NULL);
	KT_EQ(mtod(m, struct ip *)->ip_hl, 5);
	KT_EQ(m->m_pkthdr.len, 20 + 8 + 32);
	KT_EQ(in4_cksum(m, 0, 20, 40), 0);
	KT_ASSERT(m_tag_first(m) == NULL);
	KT_EQ(m->m_flags & (M_AUTH | M_CONF), 0);
	m_freem(m);
	kti_cleanup();
}

KTEST(icmp_echo_ignored, "no answer to broadcasts, groups, bad sums, nobody")
{
	uint64_t bcast, sum, shrt;
	struct mbuf *m;

	KT_EQ(kti_setup(), 0);
	bcast = kti_icmpstat(icps_bmcastecho);
	sum = kti_icmpstat(icps_checksum);
	shrt = kti_icmpstat(icps_tooshort);
	kti_input(&kti0, echo(KTI_PEER0, KTI_BCAST0, 56));
	kti_input(&kti0, echo(KTI_PEER0, INADDR_BROADCAST, 56));
	kti_input(&kti0, echo(KTI_PEER0, INADDR_ALLHOSTS_GROUP, 56));
	KT_EQ(kti_icmpstat(icps_bmcastecho) - bcast, 3);
	m = echo(KTI_PEER0, KTI_US0, 56);
	icmphdr(m)->icmp_cksum ^= 1;
	kti_input(&kti0, m);
	KT_EQ(kti_icmpstat(icps_checksum) - sum, 1);
	kti_input(&kti0, kti_packet(KTI_PEER0, KTI_US0, IPPROTO_ICMP, 7));
	KT_EQ(kti_icmpstat(icps_tooshort) - shrt, 1);
	kti_input(&kti0, echo(INADDR_ANY, KTI_US0, 56));
	KT_EQ(kti_nsent(&kti0), 0);
	kti_cleanup();
}

/* Complain about m, which came in on kti0; the answer, or NULL. */
static struct mbuf *
complain(struct mbuf *m, int type, int code, int mtu)
{
	m->m_pkthdr.ph_ifidx = kti0.ki_if.if_index;
	NET_LOCK_SHARED();
	icmp_error(m, type, code, 0, mtu);
	NET_UNLOCK_SHARED();
	kt_sleep(MSEC_TO_NSEC(1));
	return (kti_sent(&kti0));
}

KTEST(icmp_error_quote, "an error quotes all that 576 bytes hold")
{
	static const u_int lens[] = { 0, 1, 8, 56, 528, 529, 1400 };
	static u_char orig[1500];
	struct mbuf *m;
	u_int i, quoted;

	KT_EQ(kti_setup(), 0);
	for (i = 0; i < nitems(lens); i++) {
		m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, lens[i]);
		m_copydata(m, 0, m->m_pkthdr.len, orig);
		m = complain(m, ICMP_UNREACH, ICMP_UNREACH_NEEDFRAG, 1234);
		KT_ASSERT(m != NULL);
		quoted = min(20 + lens[i], 576 - 28);
		KT_EQ(m->m_pkthdr.len, 28 + quoted);
		KT_EQ(icmphdr(m)->icmp_type, ICMP_UNREACH);
		KT_EQ(icmphdr(m)->icmp_code, ICMP_UNREACH_NEEDFRAG);
		KT_EQ(ntohs(icmphdr(m)->icmp_nextmtu), 1234);
		KT_EQ(in4_cksum(m, 0, 20, 8 + quoted), 0);
		KT_EQ(mtod(m, struct ip *)->ip_src.s_addr, KTI_US0);
		KT_EQ(mtod(m, struct ip *)->ip_dst.s_addr, KTI_PEER0);
		KT_MEMEQ(mtod(m, u_char *) + 28, orig, quoted);
		m_freem(m);
	}
	kti_cleanup();
}

KTEST(icmp_error_never, "what may not be answered is not")
{
	struct mbuf *m;
	struct ip *ip;

	KT_EQ(kti_setup(), 0);
	/* errors */
	m = error(ICMP_TIMXCEED, 0, KTI_US1, KTI_FAR, 100, 0);
	KT_ASSERT(complain(m, ICMP_UNREACH, ICMP_UNREACH_HOST, 0) == NULL);
	/* ICMP without a type */
	m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_ICMP, 0);
	KT_ASSERT(complain(m, ICMP_UNREACH, ICMP_UNREACH_HOST, 0) == NULL);
	/* broadcasts, on the link or above */
	m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, 8);
	SET(m->m_flags, M_BCAST);
	KT_ASSERT(complain(m, ICMP_UNREACH, ICMP_UNREACH_HOST, 0) == NULL);
	m = kti_packet(KTI_PEER0, INADDR_ALLHOSTS_GROUP, IPPROTO_UDP, 8);
	KT_ASSERT(complain(m, ICMP_UNREACH, ICMP_UNREACH_PORT, 0) == NULL);
	m = kti_packet(KTI_PEER0, INADDR_BROADCAST, IPPROTO_UDP, 8);
	KT_ASSERT(complain(m, ICMP_UNREACH, ICMP_UNREACH_PORT, 0) == NULL);
	/* later fragments */
	m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, 8);
	ip = mtod(m, struct ip *);
	ip->ip_off = htons(100);
	KT_ASSERT(complain(m, ICMP_TIMXCEED, 0, 0) == NULL);
	/* senders that are nobody */
	m = kti_packet(INADDR_ANY, KTI_FAR, IPPROTO_UDP, 8);
	KT_ASSERT(complain(m, ICMP_TIMXCEED, 0, 0) == NULL);
	m = kti_packet(KTI_A(224, 0, 0, 5), KTI_FAR, IPPROTO_UDP, 8);
	KT_ASSERT(complain(m, ICMP_TIMXCEED, 0, 0) == NULL);
	m = kti_packet(KTI_A(240, 0, 0, 5), KTI_FAR, IPPROTO_UDP, 8);
	KT_ASSERT(complain(m, ICMP_TIMXCEED, 0, 0) == NULL);
	m = kti_packet(KTI_A(127, 0, 0, 1), KTI_FAR, IPPROTO_UDP, 8);
	m_freem(complain(m, ICMP_TIMXCEED, 0, 0));
	KT_EQ(kti_nsent(&kti0), 0);
	kti_cleanup();
}

KTEST(icmp_error_rate, "100 errors a second, the others counted")
{
	uint64_t toofreq;
	struct mbuf *m;
	int i, n;

	KT_EQ(kti_setup(), 0);
	toofreq = kti_icmpstat(icps_toofreq);
	NET_LOCK_SHARED();
	for (i = 0; i < 250; i++) {
		m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, 8);
		m->m_pkthdr.ph_ifidx = kti0.ki_if.if_index;
		icmp_error(m, ICMP_TIMXCEED, 0, 0, 0);
	}
	NET_UNLOCK_SHARED();
	kt_sleep(MSEC_TO_NSEC(1));
	for (n = 0; (m = kti_sent(&kti0)) != NULL; n++)
		m_freem(m);
	KT_EQ(n, 100);
	KT_EQ(kti_icmpstat(icps_toofreq) - toofreq, 150);
	kt_sleep(SEC_TO_NSEC(2));
	m = kti_packet(KTI_PEER0, KTI_FAR, IPPROTO_UDP, 8);
	KT_ASSERT((m = complain(m, ICMP_TIMXCEED, 0, 0)) != NULL);
	m_freem(m);
	kti_cleanup();
}

/* Send a packet of len bytes to KTI_FAR; error, and what left is freed. */
static int
send_far(u_int len, int df, u_int *pieces)
{
	struct mbuf *m;
	int e;

	m = kti_packet(KTI_US1, KTI_FAR, IPPROTO_UDP, len - 20);
	mtod(m, struct ip *)->ip_off = df ? htons(IP_DF) : 0;
	NET_LOCK_SHARED();
	e = ip_output(m, NULL, NULL, 0, NULL, NULL, 0);
	NET_UNLOCK_SHARED();
	for (*pieces = 0; (m = kti_sent(&kti1)) != NULL; (*pieces)++)
		m_freem(m);
	return (e);
}

KTEST(icmp_mtudisc, "a path MTU is learnt, obeyed, and forgotten")
{
	struct rtentry *rt;
	u_int n;

	KT_EQ(kti_setup(), 0);
	KT_EQ(send_far(1400, 1, &n), 0);
	KT_EQ(n, 1);
	kti_input(&kti1, error(ICMP_UNREACH, ICMP_UNREACH_NEEDFRAG, KTI_US1,
	    KTI_FAR, 1400, 1000));
	KT_ASSERT((rt = kti_route(KTI_FAR, 32)) != NULL);
	KT_EQ(rt->rt_mtu, 1000);
	KT_EQ(rt->rt_flags & (RTF_HOST | RTF_DYNAMIC | RTF_GATEWAY),
	    RTF_HOST | RTF_DYNAMIC | RTF_GATEWAY);
	rtfree(rt);
	KT_EQ(send_far(1400, 1, &n), EMSGSIZE);
	KT_EQ(n, 0);
	KT_EQ(send_far(1000, 1, &n), 0);
	KT_EQ(n, 1);
	KT_EQ(send_far(1400, 0, &n), 0);
	KT_EQ(n, 2);
	/* lower again, but never up */
	kti_input(&kti1, error(ICMP_UNREACH, ICMP_UNREACH_NEEDFRAG, KTI_US1,
	    KTI_FAR, 1000, 900));
	kti_input(&kti1, error(ICMP_UNREACH, ICMP_UNREACH_NEEDFRAG, KTI_US1,
	    KTI_FAR, 1400, 1300));
	KT_ASSERT((rt = kti_route(KTI_FAR, 32)) != NULL);
	KT_EQ(rt->rt_mtu, 900);
	rtfree(rt);
	kt_sleep(SEC_TO_NSEC(ip_mtudisc_timeout + 10));
	KT_ASSERT(kti_route(KTI_FAR, 32) == NULL);
	KT_EQ(send_far(1400, 1, &n), 0);
	kti_cleanup();
}

KTEST(icmp_mtudisc_old, "a router that names no MTU: the next common one")
{
	struct rtentry *rt;

	KT_EQ(kti_setup(), 0);
	kti_input(&kti1, error(ICMP_UNREACH, ICMP_UNREACH_NEEDFRAG, KTI_US1,
	    KTI_FAR, 1400, 0));
	KT_ASSERT((rt = kti_route(KTI_FAR, 32)) != NULL);
	KT_EQ(rt->rt_mtu, 1006);
	rtfree(rt);
	kti_cleanup();
}

KTEST(icmp_mtudisc_forged, "nonsense does not make routes, nor a flood")
{
	struct rtentry *rt;
	struct mbuf *m;
	u_int i, n;

	KT_EQ(kti_setup(), 0);
	/* too small, not smaller, not ours, off, cut short */
	kti_input(&kti1, error(ICMP_UNREACH, ICMP_UNREACH_NEEDFRAG, KTI_US1,
	    KTI_FAR, 1400, 68));
	kti_input(&kti1, error(ICMP_UNREACH, ICMP_UNREACH_NEEDFRAG, KTI_US1,
	    KTI_FAR, 600, 600));
	kti_input(&kti1, error(ICMP_UNREACH, ICMP_UNREACH_NEEDFRAG,
	    KTI_NOWHERE, KTI_FAR, 1400, 1000));
	ip_mtudisc = 0;
	kti_input(&kti1, error(ICMP_UNREACH, ICMP_UNREACH_NEEDFRAG, KTI_US1,
	    KTI_FAR, 1400, 1000));
	ip_mtudisc = 1;
	m = error(ICMP_UNREACH, ICMP_UNREACH_NEEDFRAG, KTI_US1, KTI_FAR,
	    1400, 1000);
	m_adj(m, -1);
	icmpsum(m);
	kti_finish(m);
	kti_input(&kti1, m);
	KT_ASSERT(kti_route(KTI_FAR, 32) == NULL);

	/* other errors have no MTU; a later fragment proves nothing */
	kti_input(&kti1, error(ICMP_UNREACH, ICMP_UNREACH_HOST, KTI_US1,
	    KTI_FAR, 1400, 1000));
	m = error(ICMP_UNREACH, ICMP_UNREACH_NEEDFRAG, KTI_US1, KTI_FAR,
	    1400, 1000);
	icmphdr(m)->icmp_ip.ip_off = htons(100);
	icmpsum(m);
	kti_input(&kti1, m);
	KT_ASSERT(kti_route(KTI_FAR, 32) == NULL);

	for (i = 0; i < 16; i++)
		KT_EQ(kti_addroute(KTI_A(10, 0, i, 0), KTI_PEER1), 0);
	NET_LOCK_SHARED();
	for (i = 0; i < 16 * 256; i++)
		ipv4_input(&kti1.ki_if, error(ICMP_UNREACH,
		    ICMP_UNREACH_NEEDFRAG, KTI_US1,
		    KTI_A(10, 0, i >> 8, i & 0xff), 1400, 1000), NULL);
	NET_UNLOCK_SHARED();
	for (i = n = 0; i < 16 * 256; i++) {
		rt = kti_route(KTI_A(10, 0, i >> 8, i & 0xff), 32);
		n += rt != NULL;
		rtfree(rt);
	}
	KT_EQ(n, 1024);
	KT_EQ(kti_nsent(&kti0) + kti_nsent(&kti1), 0);
	kti_cleanup();
}

/* A redirect to a gateway for packets to dst, said by a neighbour. */
static struct mbuf *
redirect(in_addr_t from, in_addr_t dst, in_addr_t gw)
{
	struct mbuf *m;
	struct icmp *icp;

	m = error(ICMP_REDIRECT, ICMP_REDIRECT_HOST, KTI_US1, dst, 100, 0);
	mtod(m, struct ip *)->ip_src.s_addr = from;
	mtod(m, struct ip *)->ip_dst.s_addr = KTI_US0;
	icp = icmphdr(m);
	icp->icmp_gwaddr.s_addr = gw;
	icmpsum(m);
	kti_finish(m);
	return (m);
}

KTEST(icmp_redirects, "taken only when told to, from the gateway in use")
{
	struct rtentry *rt;
	in_addr_t dst = KTI_A(203, 0, 114, 5), gw2 = KTI_A(192, 0, 2, 78);
	uint32_t bad;

	KT_EQ(kti_setup(), 0);
	KT_EQ(kti_addroute(dst & KTI_A(255, 255, 255, 0), KTI_PEER0), 0);
	kti_input(&kti0, redirect(KTI_PEER0, dst, gw2));
	KT_ASSERT(kti_route(dst, 32) == NULL);

	icmp_rediraccept = 1;
	bad = READ_ONCE(rtstat.rts_badredirect);
	kti_input(&kti0, redirect(gw2, dst, gw2));
	kti_input(&kti0, redirect(KTI_PEER0, dst, KTI_PEER1));
	kti_input(&kti0, redirect(KTI_PEER0, dst, KTI_US0));
	kti_input(&kti0, redirect(KTI_PEER0, dst, KTI_FAR));
	KT_EQ(READ_ONCE(rtstat.rts_badredirect) - bad, 4);
	KT_ASSERT(kti_route(dst, 32) == NULL);
	kti_input(&kti0, redirect(KTI_PEER0, dst, gw2));
	KT_ASSERT((rt = kti_route(dst, 32)) != NULL);
	KT_EQ(((struct sockaddr_in *)rt->rt_gateway)->sin_addr.s_addr, gw2);
	KT_ASSERT(ISSET(rt->rt_flags, RTF_DYNAMIC));
	rtfree(rt);
	/* and on to a third, if the second says so */
	kti_input(&kti0, redirect(gw2, dst, KTI_A(192, 0, 2, 79)));
	KT_ASSERT((rt = kti_route(dst, 32)) != NULL);
	KT_EQ(((struct sockaddr_in *)rt->rt_gateway)->sin_addr.s_addr,
	    KTI_A(192, 0, 2, 79));
	rtfree(rt);
	kt_sleep(SEC_TO_NSEC(700));
	KT_ASSERT(kti_route(dst, 32) == NULL);
	/* a router does not listen */
	ip_forwarding = 1;
	kti_input(&kti0, redirect(KTI_PEER0, dst, gw2));
	KT_ASSERT(kti_route(dst, 32) == NULL);
	icmp_rediraccept = 0;
	kti_cleanup();
}

KTEST(icmp_garbage, "random messages change nothing and leak nothing")
{
	unsigned long i, inuse;
	struct mbuf *m;
	u_int len;

	KT_EQ(kti_setup(), 0);
	inuse = m_inuse();
	for (i = 0; i < kt_count(20000); i++) {
		len = kt_random() % 80;
		m = kti_packet(KTI_PEER0, KTI_US0, IPPROTO_ICMP, len);
		if (len >= ICMP_MINLEN) {
			icmphdr(m)->icmp_type = kt_random() % 20;
			if (kt_random() % 2)
				icmphdr(m)->icmp_code = kt_random() % 6;
			if (len >= 28 && kt_random() % 2) {
				icmphdr(m)->icmp_ip.ip_v = 4;
				icmphdr(m)->icmp_ip.ip_src.s_addr = KTI_US0;
			}
			if (icmphdr(m)->icmp_type == ICMP_ECHO)
				icmphdr(m)->icmp_type = ICMP_TSTAMP;
			icmpsum(m);
		}
		NET_LOCK_SHARED();
		ipv4_input(&kti0.ki_if, m, NULL);
		NET_UNLOCK_SHARED();
	}
	kt_sleep(MSEC_TO_NSEC(1));
	KT_EQ(kti_nsent(&kti0), 0);
	KT_EQ(m_inuse(), inuse);
	kti_cleanup();
}
