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

#include "kt_inet.h"

#include <net/if_types.h>

struct kti_if kti0, kti1;

static int
kti_output(struct ifnet *ifp, struct mbuf *m, struct sockaddr *dst,
    struct rtentry *rt)
{
	struct kti_if *ki = (struct kti_if *)ifp;

	if (ki->ki_error != 0) {
		m_freem(m);
		return (ki->ki_error);
	}
	return (mq_enqueue(&ki->ki_out, m) != 0 ? ENOBUFS : 0);
}

static int
kti_ioctl(struct ifnet *ifp, u_long cmd, caddr_t data)
{
	switch (cmd) {
	case SIOCSIFADDR:
	case SIOCADDMULTI:
	case SIOCDELMULTI:
		return (0);
	default:
		return (ENOTTY);
	}
}

static void
kti_qstart(struct ifqueue *ifq)
{
	ifq_purge(ifq);
}

static void
kti_attach(struct kti_if *ki, const char *name, int flags, u_int mtu)
{
	struct ifnet *ifp = &ki->ki_if;

	memset(ki, 0, sizeof(*ki));
	mq_init(&ki->ki_out, 100000, IPL_SOFTNET);
	strlcpy(ifp->if_xname, name, sizeof(ifp->if_xname));
	ifp->if_flags = flags | IFF_MULTICAST | IFF_SIMPLEX;
	ifp->if_xflags = IFXF_MPSAFE;
	ifp->if_type = IFT_TUNNEL;
	ifp->if_mtu = mtu;
	ifp->if_ioctl = kti_ioctl;
	ifp->if_output = kti_output;
	ifp->if_input = p2p_input;
	ifp->if_qstart = kti_qstart;
	if_counters_alloc(ifp);
	if_attach(ifp);
	if_alloc_sadl(ifp);
	NET_LOCK();
	SET(ifp->if_flags, IFF_RUNNING);
	if_up(ifp);
	NET_UNLOCK();
	ki->ki_attached = 1;
}

static void
kti_detach(struct kti_if *ki)
{
	if (!ki->ki_attached)
		return;
	if_detach(&ki->ki_if);
	mq_purge(&ki->ki_out);
	ki->ki_attached = 0;
}

static void
kti_sin(struct sockaddr *sa, in_addr_t addr)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)sa;

	memset(sin, 0, sizeof(*sin));
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = addr;
}

int
kti_addr(struct kti_if *ki, in_addr_t addr, int plen, in_addr_t dst)
{
	struct ifaliasreq ifra;
	struct in_addr mask;
	int error;

	memset(&ifra, 0, sizeof(ifra));
	kti_sin(&ifra.ifra_addr, addr);
	if (dst != 0)
		kti_sin(&ifra.ifra_dstaddr, dst);
	if (plen >= 0) {
		in_prefixlen2mask(&mask, plen);
		kti_sin(&ifra.ifra_mask, mask.s_addr);
	}
	NET_LOCK();
	error = in_ioctl(SIOCAIFADDR, (caddr_t)&ifra, &ki->ki_if, 1);
	NET_UNLOCK();
	return (error);
}

int
kti_deladdr(struct kti_if *ki, in_addr_t addr)
{
	struct ifreq ifr;
	int error;

	memset(&ifr, 0, sizeof(ifr));
	kti_sin(&ifr.ifr_addr, addr);
	NET_LOCK();
	error = in_ioctl(SIOCDIFADDR, (caddr_t)&ifr, &ki->ki_if, 1);
	NET_UNLOCK();
	return (error);
}

struct rtentry *
kti_route(in_addr_t addr, int plen)
{
	struct sockaddr_in dst, mask;
	struct rtentry *rt;
	struct in_addr in;

	kti_sin((struct sockaddr *)&dst, addr);
	in_prefixlen2mask(&in, plen);
	kti_sin((struct sockaddr *)&mask, in.s_addr);
	NET_LOCK_SHARED();
	rt = rtable_lookup(0, (struct sockaddr *)&dst,
	    plen == 32 ? NULL : (struct sockaddr *)&mask, NULL, RTP_ANY);
	NET_UNLOCK_SHARED();
	return (rt);
}

int
kti_addroute(in_addr_t net, in_addr_t gateway)
{
	struct sockaddr_in dst, gw, mask;
	struct rt_addrinfo info;
	int error;

	kti_sin((struct sockaddr *)&dst, net);
	kti_sin((struct sockaddr *)&gw, gateway);
	kti_sin((struct sockaddr *)&mask, KTI_A(255, 255, 255, 0));
	memset(&info, 0, sizeof(info));
	info.rti_flags = RTF_UP | RTF_GATEWAY | RTF_STATIC;
	info.rti_info[RTAX_DST] = (struct sockaddr *)&dst;
	info.rti_info[RTAX_GATEWAY] = (struct sockaddr *)&gw;
	info.rti_info[RTAX_NETMASK] = (struct sockaddr *)&mask;
	info.rti_addrs = RTA_DST | RTA_GATEWAY | RTA_NETMASK;
	NET_LOCK();
	error = rtrequest(RTM_ADD, &info, RTP_STATIC, NULL, 0);
	NET_UNLOCK();
	return (error);
}

int
kti_network(void)
{
	int error;

	kti_cleanup();
	kti_attach(&kti0, "kti0", IFF_BROADCAST, 1500);
	kti_attach(&kti1, "kti1", IFF_POINTOPOINT, 1400);
	if ((error = kti_addr(&kti0, KTI_US0, 24, 0)) != 0 ||
	    (error = kti_addr(&kti1, KTI_US1, 30, KTI_PEER1)) != 0)
		return (error);
	return (kti_addroute(KTI_FAR & KTI_A(255, 255, 255, 0), KTI_PEER1));
}

int
kti_setup(void)
{
	int error = kti_network();

	/* the rate of errors starts anew with each second */
	kt_sleep(SEC_TO_NSEC(2));
	return (error);
}

void
kti_cleanup(void)
{
	ip_frag_drain();
	kt_sleep(MSEC_TO_NSEC(1));
	kti_detach(&kti0);
	kti_detach(&kti1);
	ip_forwarding = 0;
	ip_directedbcast = 0;
	ip_mtudisc = 1;
	ip_maxqueue = 300;
}

void
kti_finish(struct mbuf *m)
{
	struct ip *ip = mtod(m, struct ip *);

	ip->ip_len = htons(m->m_pkthdr.len);
	ip->ip_sum = 0;
	ip->ip_sum = in_cksum(m, ip->ip_hl << 2);
}

struct mbuf *
kti_packet(in_addr_t src, in_addr_t dst, int proto, u_int len)
{
	static u_int16_t id;
	struct mbuf *m;
	struct ip *ip;
	u_int i;

	m = m_getpacket(M_WAIT, 64, sizeof(*ip) + len, 0);
	m->m_len = m->m_pkthdr.len = sizeof(*ip) + len;
	ip = mtod(m, struct ip *);
	memset(ip, 0, sizeof(*ip));
	ip->ip_v = IPVERSION;
	ip->ip_hl = sizeof(*ip) >> 2;
	ip->ip_id = htons(__atomic_add_fetch(&id, 1, __ATOMIC_RELAXED));
	ip->ip_ttl = 64;
	ip->ip_p = proto;
	ip->ip_src.s_addr = src;
	ip->ip_dst.s_addr = dst;
	for (i = 0; i < len; i++)
		*(mtod(m, u_char *) + sizeof(*ip) + i) = kt_random();
	kti_finish(m);
	return (m);
}

void
kti_input(struct kti_if *ki, struct mbuf *m)
{
	m->m_pkthdr.ph_ifidx = ki->ki_if.if_index;
	NET_LOCK_SHARED();
	ipv4_input(&ki->ki_if, m, NULL);
	NET_UNLOCK_SHARED();
	kt_sleep(MSEC_TO_NSEC(1));
}

struct mbuf *
kti_sent(struct kti_if *ki)
{
	return (mq_dequeue(&ki->ki_out));
}

unsigned int
kti_nsent(struct kti_if *ki)
{
	return (mq_len(&ki->ki_out));
}

uint64_t
kti_ipstat(enum ipstat_counters c)
{
	uint64_t counters[ips_ncounters];

	counters_read(ipcounters, counters, ips_ncounters, NULL);
	return (counters[c]);
}

uint64_t
kti_icmpstat(int c)
{
	uint64_t counters[icps_ncounters];

	counters_read(icmpcounters, counters, icps_ncounters, NULL);
	return (counters[c]);
}
