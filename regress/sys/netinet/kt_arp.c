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

#include <sys/proc.h>
#include <sys/sockio.h>
#include <net/if_dl.h>
#include <net/if_types.h>
#include <net/rtable.h>
#include <netinet/if_ether.h>
#include <machine/sched.h>

/* An Ethernet, 192.0.2.1/24, whose other stations are this file. */
static struct {
	struct arpcom		ac;		/* first */
	struct mbuf_queue	out;		/* frames that were sent */
	int			attached;
} eth;
#define ETH	(&eth.ac.ac_if)

static const u_int8_t us[ETHER_ADDR_LEN] = { 2, 0, 0, 0, 0, 1 };
static const u_int8_t sta_a[ETHER_ADDR_LEN] = { 2, 0, 0, 0, 0, 0xa };
static const u_int8_t sta_b[ETHER_ADDR_LEN] = { 2, 0, 0, 0, 0, 0xb };
static const u_int8_t all[ETHER_ADDR_LEN] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff
};
static const u_int8_t nobody[ETHER_ADDR_LEN];

#define IP_US	KTI_US0
#define IP_A	KTI_A(192, 0, 2, 10)
#define IP_B	KTI_A(192, 0, 2, 11)

static void
eth_qstart(struct ifqueue *ifq)
{
	struct mbuf *m;

	while ((m = ifq_dequeue(ifq)) != NULL)
		mq_enqueue(&eth.out, m);
}

static int
eth_ioctl(struct ifnet *ifp, u_long cmd, caddr_t data)
{
	return (cmd == SIOCSIFADDR || cmd == SIOCADDMULTI ||
	    cmd == SIOCDELMULTI ? 0 : ENOTTY);
}

static void
eth_cleanup(void)
{
	if (!eth.attached)
		return;
	ether_ifdetach(ETH);
	mq_purge(&eth.out);
	eth.attached = 0;
	arpt_keep = 1200;
	arpt_down = 20;
}

/* 0 or an errno */
static int
eth_setup(void)
{
	struct ifaliasreq ifra;
	struct sockaddr_in *sin;
	int error;

	eth_cleanup();
	memset(&eth, 0, sizeof(eth));
	mq_init(&eth.out, 1000, IPL_SOFTNET);
	memcpy(eth.ac.ac_enaddr, us, ETHER_ADDR_LEN);
	strlcpy(ETH->if_xname, "kta0", sizeof(ETH->if_xname));
	ETH->if_flags = IFF_BROADCAST | IFF_SIMPLEX | IFF_MULTICAST;
	ETH->if_xflags = IFXF_MPSAFE;
	ETH->if_mtu = ETHERMTU;
	ETH->if_ioctl = eth_ioctl;
	ETH->if_qstart = eth_qstart;
	if_counters_alloc(ETH);
	ether_ifattach(ETH);
	eth.attached = 1;
	memset(&ifra, 0, sizeof(ifra));
	sin = (struct sockaddr_in *)&ifra.ifra_addr;
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = IP_US;
	sin = (struct sockaddr_in *)&ifra.ifra_mask;
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = KTI_A(255, 255, 255, 0);
	NET_LOCK();
	SET(ETH->if_flags, IFF_RUNNING);
	if_up(ETH);
	error = in_ioctl(SIOCAIFADDR, (caddr_t)&ifra, ETH, 1);
	NET_UNLOCK();
	/*
	 * The limits of messages and ICMP errors start anew; who has the
	 * host's clock would wait, and counts neither.
	 */
	if (sched_exact)
		kt_sleep(SEC_TO_NSEC(11));
	return (error);
}

static uint64_t
count(size_t off)
{
	struct arpstat as;

	arpstat_read(&as);
	return (*(uint64_t *)((char *)&as + off));
}
#define COUNT(c)	count(offsetof(struct arpstat, arps_##c))

/* The next frame, for m_freem(), or NULL. */
static struct mbuf *
eth_sent(void)
{
	return (mq_dequeue(&eth.out));
}

/* Send a packet to a neighbour; consumed. */
static int
eth_send_one(in_addr_t dst, struct mbuf *m)
{
	struct sockaddr_in sin;
	struct rtentry *rt;
	int error;

	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = dst;
	NET_LOCK_SHARED();
	rt = rtalloc(sintosa(&sin), RT_RESOLVE, 0);
	error = ETH->if_output(ETH, m, sintosa(&sin), rt);
	rtfree(rt);
	NET_UNLOCK_SHARED();
	kt_sleep(MSEC_TO_NSEC(1));
	return (error);
}

/* Send n packets of sizes 20 + n - 1 down to 20; the first error. */
static int
eth_send(in_addr_t dst, u_int n)
{
	int error = 0;

	while (n-- > 0 && error == 0)
		error = eth_send_one(dst, kti_packet(IP_US, dst, IPPROTO_UDP,
		    20 + n));
	return (error);
}

static void
arp_fill(struct ether_arp *ea, int op, const u_int8_t *sha, in_addr_t spa,
    const u_int8_t *tha, in_addr_t tpa)
{
	ea->arp_hrd = htons(ARPHRD_ETHER);
	ea->arp_pro = htons(ETHERTYPE_IP);
	ea->arp_hln = ETHER_ADDR_LEN;
	ea->arp_pln = 4;
	ea->arp_op = htons(op);
	memcpy(ea->arp_sha, sha, ETHER_ADDR_LEN);
	memcpy(ea->arp_spa, &spa, sizeof(spa));
	memcpy(ea->arp_tha, tha, ETHER_ADDR_LEN);
	memcpy(ea->arp_tpa, &tpa, sizeof(tpa));
}

/* len bytes of an ARP packet come in. */
static void
eth_arp_raw(const struct ether_arp *ea, u_int len)
{
	struct mbuf *m = m_gethdr(M_WAIT, MT_DATA);

	memcpy(mtod(m, caddr_t), ea, len);
	m->m_len = m->m_pkthdr.len = len;
	m->m_pkthdr.ph_ifidx = ETH->if_index;
	NET_LOCK_SHARED();
	arpinput(ETH, m);
	NET_UNLOCK_SHARED();
	kt_sleep(MSEC_TO_NSEC(3));
}

static void
eth_arp(int op, const u_int8_t *sha, in_addr_t spa, in_addr_t tpa)
{
	struct ether_arp ea;

	arp_fill(&ea, op, sha, spa, op == ARPOP_REPLY ? us : nobody, tpa);
	eth_arp_raw(&ea, sizeof(ea));
}

/* Is this frame such an ARP packet?  Frees it. */
static int
is_arp(struct mbuf *m, int op, const u_int8_t *dst, in_addr_t spa,
    const u_int8_t *tha, in_addr_t tpa)
{
	struct ether_header eh;
	struct ether_arp ea, want;
	int right;

	if (m == NULL || m->m_pkthdr.len != sizeof(eh) + sizeof(ea)) {
		m_freem(m);
		return (0);
	}
	m_copydata(m, 0, sizeof(eh), &eh);
	m_copydata(m, sizeof(eh), sizeof(ea), &ea);
	m_freem(m);
	arp_fill(&want, op, us, spa, tha, tpa);
	right = memcmp(eh.ether_dhost, dst, ETHER_ADDR_LEN) == 0 &&
	    memcmp(eh.ether_shost, us, ETHER_ADDR_LEN) == 0 &&
	    eh.ether_type == htons(ETHERTYPE_ARP) &&
	    memcmp(&ea, &want, sizeof(ea)) == 0;
	return (right);
}

/* An IP packet to that station: its length without headers, else -1. */
static int
is_ip(struct mbuf *m, const u_int8_t *dst)
{
	struct ether_header eh;
	int len = -1;

	if (m == NULL)
		return (-1);
	m_copydata(m, 0, sizeof(eh), &eh);
	if (eh.ether_type == htons(ETHERTYPE_IP) &&
	    memcmp(eh.ether_dhost, dst, ETHER_ADDR_LEN) == 0)
		len = m->m_pkthdr.len - sizeof(eh) - sizeof(struct ip);
	m_freem(m);
	return (len);
}

KTEST(arp_resolve, "a packet waits for the answer to one request")
{
	KT_EQ(eth_setup(), 0);
	KT_EQ(eth_send(IP_A, 1), 0);
	KT_ASSERT(is_arp(eth_sent(), ARPOP_REQUEST, all, IP_US, nobody,
	    IP_A));
	KT_ASSERT(eth_sent() == NULL);
	KT_EQ(arp_queued, 1);
	eth_arp(ARPOP_REPLY, sta_a, IP_A, IP_US);
	KT_EQ(is_ip(eth_sent(), sta_a), 20);
	KT_EQ(arp_queued, 0);
	KT_EQ(eth_send(IP_A, 2), 0);
	KT_EQ(is_ip(eth_sent(), sta_a), 21);
	KT_EQ(is_ip(eth_sent(), sta_a), 20);
	KT_ASSERT(eth_sent() == NULL);
	eth_cleanup();
}

KTEST(arp_route, "the route shows the address, and that nobody answers")
{
	struct rtentry *rt;
	struct sockaddr_dl *sdl;

	KT_EQ(eth_setup(), 0);
	eth_send(IP_A, 1);
	eth_send(IP_B, 1);
	eth_arp(ARPOP_REPLY, sta_a, IP_A, IP_US);
	kt_sleep(SEC_TO_NSEC(7));
	rt = kti_route(IP_A, 32);
	KT_ASSERT(rt != NULL && ISSET(rt->rt_flags, RTF_LLINFO));
	sdl = satosdl(rt->rt_gateway);
	KT_EQ(sdl->sdl_alen, ETHER_ADDR_LEN);
	KT_MEMEQ(LLADDR(sdl), sta_a, ETHER_ADDR_LEN);
	KT_ASSERT(!ISSET(rt->rt_flags, RTF_REJECT));
	rtfree(rt);
	rt = kti_route(IP_B, 32);
	KT_ASSERT(rt != NULL && ISSET(rt->rt_flags, RTF_REJECT));
	KT_EQ(satosdl(rt->rt_gateway)->sdl_alen, 0);
	rtfree(rt);
	eth_cleanup();
}

KTEST(arp_silence, "five requests, then EHOSTDOWN for arpdown seconds")
{
	uint64_t timeouts = COUNT(timeout), downs = COUNT(down);
	struct mbuf *m;
	int n = 0;

	KT_EQ(eth_setup(), 0);
	KT_EQ(eth_send(IP_A, 3), 0);
	kt_sleep(SEC_TO_NSEC(8));
	while ((m = eth_sent()) != NULL) {
		KT_ASSERT(is_arp(m, ARPOP_REQUEST, all, IP_US, nobody, IP_A));
		n++;
	}
	KT_EQ(n, 5);
	KT_EQ(COUNT(timeout) - timeouts, 3);
	KT_EQ(arp_queued, 0);
	KT_EQ(eth_send(IP_A, 1), EHOSTDOWN);
	KT_EQ(COUNT(down) - downs, 1);
	kt_sleep(SEC_TO_NSEC(21));
	KT_EQ(eth_send(IP_A, 1), 0);
	KT_ASSERT(is_arp(eth_sent(), ARPOP_REQUEST, all, IP_US, nobody,
	    IP_A));
	/* an answer that comes late still counts */
	kt_sleep(SEC_TO_NSEC(8));
	KT_EQ(eth_send(IP_A, 1), EHOSTDOWN);
	mq_purge(&eth.out);
	eth_arp(ARPOP_REPLY, sta_a, IP_A, IP_US);
	KT_EQ(eth_send(IP_A, 1), 0);
	KT_EQ(is_ip(eth_sent(), sta_a), 20);
	eth_cleanup();
}

KTEST(arp_hold, "an entry holds the ten newest packets, in order")
{
	uint64_t full = COUNT(holdfull);
	int i;

	KT_EQ(eth_setup(), 0);
	KT_EQ(eth_send(IP_A, 15), 0);
	KT_EQ(COUNT(holdfull) - full, 5);
	KT_EQ(arp_queued, 10);
	m_freem(eth_sent());
	eth_arp(ARPOP_REPLY, sta_a, IP_A, IP_US);
	for (i = 9; i >= 0; i--)
		KT_EQ(is_ip(eth_sent(), sta_a), 20 + i);
	KT_ASSERT(eth_sent() == NULL);
	eth_cleanup();
}

KTEST(arp_holdlimit, "all entries hold 200, and lose them with the address")
{
	uint64_t limit = COUNT(holdlimit), flushed = COUNT(flushed);
	u_int i;

	KT_EQ(eth_setup(), 0);
	for (i = 0; i < 25; i++)
		KT_EQ(eth_send(KTI_A(192, 0, 2, 100 + i), 10), 0);
	KT_EQ(arp_queued, 200);
	KT_EQ(COUNT(holdlimit) - limit, 50);
	eth_cleanup();
	KT_EQ(arp_queued, 0);
	KT_EQ(COUNT(flushed) - flushed, 200);
}

/* One packet that is wrong: is it counted as that, and not answered? */
static int
arp_bad(const struct ether_arp *ea, u_int len, size_t counter)
{
	uint64_t before = count(counter);
	struct mbuf *m;

	eth_arp_raw(ea, len);
	if ((m = eth_sent()) != NULL) {
		m_freem(m);
		return (0);
	}
	return (count(counter) == before + 1);
}
#define BAD(len, c)							\
	KT_ASSERT(arp_bad(&ea, (len), offsetof(struct arpstat, arps_##c)))

KTEST(arp_bad, "bad packets are counted by cause and teach nothing")
{
	struct ether_arp good, ea;
	struct rtentry *rt;

	KT_EQ(eth_setup(), 0);
	arp_fill(&good, ARPOP_REQUEST, sta_a, IP_A, nobody, IP_US);
	ea = good;
	BAD(sizeof(ea) - 1, badlen);
	BAD(1, badlen);
	ea.arp_hrd = htons(ARPHRD_IEEE802);
	BAD(sizeof(ea), badhdr);
	ea = good;
	ea.arp_pro = htons(ETHERTYPE_IPV6);
	BAD(sizeof(ea), badhdr);
	ea = good;
	ea.arp_hln = 255;
	BAD(sizeof(ea), badhdr);
	ea = good;
	ea.arp_pln = 16;
	BAD(sizeof(ea), badhdr);
	ea = good;
	ea.arp_op = htons(ARPOP_INVREQUEST);
	BAD(sizeof(ea), badop);
	ea = good;
	memcpy(ea.arp_sha, all, ETHER_ADDR_LEN);
	BAD(sizeof(ea), badsender);
	memcpy(ea.arp_sha, nobody, ETHER_ADDR_LEN);
	BAD(sizeof(ea), badsender);
	memcpy(ea.arp_sha, us, ETHER_ADDR_LEN);
	BAD(sizeof(ea), loop);
	ea = good;
	ea.arp_spa[0] = 224;
	BAD(sizeof(ea), badsender);
	NET_LOCK();
	SET(ETH->if_flags, IFF_NOARP);
	NET_UNLOCK();
	ea = good;
	BAD(sizeof(ea), disabled);
	rt = kti_route(IP_A, 32);
	KT_ASSERT(rt == NULL);
	eth_cleanup();
}

KTEST(arp_answer, "who asks for us is answered and remembered")
{
	struct mbuf *m;

	KT_EQ(eth_setup(), 0);
	eth_arp(ARPOP_REQUEST, sta_a, IP_A, IP_US);
	KT_ASSERT(is_arp(eth_sent(), ARPOP_REPLY, sta_a, IP_US, sta_a,
	    IP_A));
	KT_EQ(eth_send(IP_A, 1), 0);
	KT_EQ(is_ip(eth_sent(), sta_a), 20);
	/* a probe has no address to remember */
	eth_arp(ARPOP_REQUEST, sta_b, 0, IP_US);
	KT_ASSERT(is_arp(eth_sent(), ARPOP_REPLY, sta_b, IP_US, sta_b, 0));
	/* for somebody else: no answer */
	eth_arp(ARPOP_REQUEST, sta_b, IP_B, IP_A);
	m = eth_sent();
	KT_ASSERT(m == NULL);
	eth_cleanup();
}

KTEST(arp_stranger, "nobody unasked or from elsewhere is remembered")
{
	uint64_t offnet = COUNT(offnet);
	struct rtentry *rt;

	KT_EQ(eth_setup(), 0);
	eth_arp(ARPOP_REPLY, sta_b, IP_B, IP_US + KTI_A(0, 0, 0, 1));
	rt = kti_route(IP_B, 32);
	KT_ASSERT(rt == NULL);
	eth_arp(ARPOP_REQUEST, sta_b, KTI_FAR, IP_US);
	m_freem(eth_sent());
	rt = kti_route(KTI_FAR, 32);
	KT_ASSERT(rt == NULL);
	KT_EQ(COUNT(offnet) - offnet, 1);
	eth_cleanup();
}

KTEST(arp_duplicate, "our address is defended once in ten seconds")
{
	uint64_t dups = COUNT(duplicate);
	int i, n;
	struct mbuf *m;

	KT_EQ(eth_setup(), 0);
	for (i = 0; i < 5; i++)
		eth_arp(ARPOP_REQUEST, sta_b, IP_US, IP_US);
	KT_ASSERT(is_arp(eth_sent(), ARPOP_REQUEST, all, IP_US, nobody,
	    IP_US));
	m = eth_sent();
	KT_ASSERT(m == NULL);
	kt_sleep(SEC_TO_NSEC(11));
	eth_arp(ARPOP_REPLY, sta_b, IP_US, IP_A);
	for (n = 0; (m = eth_sent()) != NULL; n++)
		m_freem(m);
	KT_EQ(n, 1);
	KT_EQ(COUNT(duplicate) - dups, 6);
	eth_cleanup();
}

KTEST(arp_refresh, "an address in use is asked for again before its end")
{
	struct rtentry *rt;
	int i;

	KT_EQ(eth_setup(), 0);
	arpt_keep = 80;
	eth_arp(ARPOP_REQUEST, sta_a, IP_A, IP_US);
	m_freem(eth_sent());
	/* not used at the end: gone */
	kt_sleep(SEC_TO_NSEC(82));
	rt = kti_route(IP_A, 32);
	KT_ASSERT(rt == NULL);
	KT_ASSERT(eth_sent() == NULL);
	/* used and answered: stays */
	eth_arp(ARPOP_REQUEST, sta_a, IP_A, IP_US);
	m_freem(eth_sent());
	for (i = 0; i < 3; i++) {
		kt_sleep(SEC_TO_NSEC(75));
		KT_EQ(eth_send(IP_A, 1), 0);
		KT_ASSERT(is_arp(eth_sent(), ARPOP_REQUEST, sta_a, IP_US,
		    nobody, IP_A));
		KT_EQ(is_ip(eth_sent(), sta_a), 20);
		eth_arp(ARPOP_REPLY, sta_a, IP_A, IP_US);
	}
	eth_cleanup();
}

KTEST(arp_move, "an address that moves to another station is followed")
{
	uint64_t changed = COUNT(changed);

	KT_EQ(eth_setup(), 0);
	eth_arp(ARPOP_REQUEST, sta_a, IP_A, IP_US);
	m_freem(eth_sent());
	eth_arp(ARPOP_REQUEST, sta_b, IP_A, IP_A);
	KT_EQ(COUNT(changed) - changed, 1);
	KT_EQ(eth_send(IP_A, 1), 0);
	KT_EQ(is_ip(eth_sent(), sta_b), 20);
	eth_cleanup();
}

KTEST(arp_permanent, "what was entered by hand is not overwritten")
{
	uint64_t statics = COUNT(static);
	struct sockaddr_in dst;
	struct sockaddr_dl sdl;
	struct rt_addrinfo info;
	int error;

	KT_EQ(eth_setup(), 0);
	memset(&dst, 0, sizeof(dst));
	dst.sin_len = sizeof(dst);
	dst.sin_family = AF_INET;
	dst.sin_addr.s_addr = IP_A;
	memset(&sdl, 0, sizeof(sdl));
	sdl.sdl_len = sizeof(sdl);
	sdl.sdl_family = AF_LINK;
	sdl.sdl_index = ETH->if_index;
	sdl.sdl_type = IFT_ETHER;
	sdl.sdl_alen = ETHER_ADDR_LEN;
	memcpy(LLADDR(&sdl), sta_a, ETHER_ADDR_LEN);
	memset(&info, 0, sizeof(info));
	info.rti_flags = RTF_HOST | RTF_STATIC;
	info.rti_info[RTAX_DST] = sintosa(&dst);
	info.rti_info[RTAX_GATEWAY] = sdltosa(&sdl);
	info.rti_addrs = RTA_DST | RTA_GATEWAY;
	NET_LOCK();
	info.rti_ifa = TAILQ_FIRST(&ETH->if_addrlist);
	while (info.rti_ifa->ifa_addr->sa_family != AF_INET)
		info.rti_ifa = TAILQ_NEXT(info.rti_ifa, ifa_list);
	error = rtrequest(RTM_ADD, &info, RTP_STATIC, NULL, 0);
	NET_UNLOCK();
	KT_EQ(error, 0);
	KT_EQ(eth_send(IP_A, 1), 0);
	KT_EQ(is_ip(eth_sent(), sta_a), 20);
	eth_arp(ARPOP_REPLY, sta_b, IP_A, IP_US);
	KT_EQ(COUNT(static) - statics, 1);
	kt_sleep(SEC_TO_NSEC(2000));
	KT_EQ(eth_send(IP_A, 1), 0);
	KT_EQ(is_ip(eth_sent(), sta_a), 20);
	eth_cleanup();
}

KTEST(arp_casts, "groups and broadcasts need no ARP")
{
	static const u_int8_t group[] = { 1, 0, 0x5e, 0x01, 2, 3 };
	struct sockaddr_in sin;
	u_int8_t en[ETHER_ADDR_LEN];
	struct mbuf *m;
	int error;

	KT_EQ(eth_setup(), 0);
	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = KTI_A(224, 129, 2, 3);
	m = kti_packet(IP_US, sin.sin_addr.s_addr, IPPROTO_UDP, 8);
	SET(m->m_flags, M_MCAST);
	NET_LOCK_SHARED();
	error = arpresolve(ETH, NULL, m, sintosa(&sin), en);
	NET_UNLOCK_SHARED();
	KT_EQ(error, 0);
	KT_MEMEQ(en, group, ETHER_ADDR_LEN);
	CLR(m->m_flags, M_MCAST);
	SET(m->m_flags, M_BCAST);
	NET_LOCK_SHARED();
	error = arpresolve(ETH, NULL, m, sintosa(&sin), en);
	NET_UNLOCK_SHARED();
	KT_EQ(error, 0);
	KT_MEMEQ(en, all, ETHER_ADDR_LEN);
	m_freem(m);
	KT_ASSERT(eth_sent() == NULL);
	eth_cleanup();
}

KTEST(arp_unreach, "the sender of a forwarded packet hears that it failed")
{
	struct sockaddr_in sin;
	struct mbuf *m;
	struct icmp icp;
	int error;

	KT_EQ(eth_setup(), 0);
	eth_arp(ARPOP_REQUEST, sta_a, IP_A, IP_US);
	m_freem(eth_sent());
	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = IP_B;
	m = kti_packet(IP_A, IP_B, IPPROTO_UDP, 20);
	m->m_pkthdr.ph_ifidx = ETH->if_index;
	NET_LOCK_SHARED();
	error = ETH->if_output(ETH, m, sintosa(&sin), NULL);
	NET_UNLOCK_SHARED();
	KT_EQ(error, 0);
	kt_sleep(SEC_TO_NSEC(8));
	while ((m = eth_sent()) != NULL && m->m_pkthdr.len ==
	    sizeof(struct ether_header) + sizeof(struct ether_arp))
		m_freem(m);
	KT_ASSERT(m != NULL);
	m_copydata(m, sizeof(struct ether_header) + sizeof(struct ip), 8,
	    &icp);
	KT_EQ(icp.icmp_type, ICMP_UNREACH);
	KT_EQ(icp.icmp_code, ICMP_UNREACH_HOST);
	KT_EQ(is_ip(m, sta_a), 8 + 20 + 20);
	eth_cleanup();
}

KTEST(arp_announce, "a new address is announced")
{
	struct ifaddr *ifa;

	KT_EQ(eth_setup(), 0);
	NET_LOCK();
	TAILQ_FOREACH(ifa, &ETH->if_addrlist, ifa_list) {
		if (ifa->ifa_addr->sa_family == AF_INET)
			arp_ifinit(ETH, ifa);
	}
	NET_UNLOCK();
	kt_sleep(MSEC_TO_NSEC(1));
	KT_ASSERT(is_arp(eth_sent(), ARPOP_REQUEST, all, IP_US, nobody,
	    IP_US));
	KT_ASSERT(eth_sent() == NULL);
	eth_cleanup();
}

/*
 * Several threads at it
 */

#define MP_STATIONS	8

static int	mp_running;	/* atomic: threads that have not ended */
static struct mbuf *mp_packet;		/* what is sent: to be copied */

/* 192.0.2.20 and up, at 02:00:00:00:01:xx */
static in_addr_t
mp_station(u_int i, u_int8_t *en)
{
	memcpy(en, sta_a, ETHER_ADDR_LEN);
	en[4] = 1;
	en[5] = i;
	return (KTI_A(192, 0, 2, 20 + i));
}

/* arg: so many rounds of sending, of answering, and of taking out routes */
static void
mp_arp_thread(void *arg)
{
	unsigned long n = (unsigned long)arg;
	u_int8_t en[ETHER_ADDR_LEN];
	struct rtentry *rt;
	in_addr_t ip;
	u_int dice;

	for (; n > 0; n--) {
		dice = arc4random();
		ip = mp_station(dice % MP_STATIONS, en);
		switch ((dice >> 8) % 8) {
		case 0:
			rt = kti_route(ip, 32);
			NET_LOCK();
			if (rt != NULL && rt->rt_node != NULL)
				rtdelete(rt, NULL, 0);
			NET_UNLOCK();
			rtfree(rt);
			break;
		case 1:
		case 2:
			eth_arp(ARPOP_REPLY, en, ip, IP_US);
			break;
		case 3:
			en[5] ^= 0x80;
			eth_arp(ARPOP_REQUEST, en, ip, IP_US);
			break;
		default:
			eth_send_one(ip, m_dup_pkt(mp_packet, 64, M_WAIT));
			break;
		}
	}
	__atomic_fetch_sub(&mp_running, 1, __ATOMIC_RELEASE);
}

KTEST(mp_arp, "threads that send, learn and delete lose no packet uncounted")
{
	unsigned long rounds = kt_count(200);
	uint64_t held, out;
	int i;

	KT_EQ(eth_setup(), 0);
	mq_init(&eth.out, 100000, IPL_SOFTNET);
	mp_packet = kti_packet(IP_US, IP_A, IPPROTO_UDP, 20);
	held = COUNT(held);
	out = COUNT(flushed) + COUNT(holdfull) + COUNT(timeout);
	mp_running = 3;
	for (i = 0; i < 3; i++)
		KT_EQ(kthread_create(mp_arp_thread, (void *)rounds, NULL,
		    "kt"), 0);
	while (__atomic_load_n(&mp_running, __ATOMIC_ACQUIRE) > 0)
		kt_sleep(MSEC_TO_NSEC(1));
	held = COUNT(held) - held;
	m_freem(mp_packet);
	eth_cleanup();
	out = COUNT(flushed) + COUNT(holdfull) + COUNT(timeout) - out;
	KT_EQ(arp_queued, 0);
	KT_ASSERT(held > 0 && out <= held);
}
