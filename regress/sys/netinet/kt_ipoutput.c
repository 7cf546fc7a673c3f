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
#include "kt_sock.h"

#define GROUP	KTI_A(239, 1, 2, 3)

static int
output(struct mbuf *m, int flags, struct ip_moptions *imo,
    const struct inpcb *inp)
{
	int error;

	NET_LOCK_SHARED();
	error = ip_output(m, NULL, NULL, flags, imo, inp, 0);
	NET_UNLOCK_SHARED();
	kt_sleep(MSEC_TO_NSEC(1));
	return (error);
}

/* What left by the interface is from there to here, and is freed. */
static int
left(struct kti_if *ki, in_addr_t src, in_addr_t dst, int mflags)
{
	struct mbuf *m;
	struct ip *ip;
	int right;

	if ((m = kti_sent(ki)) == NULL)
		return (0);
	ip = mtod(m, struct ip *);
	right = ip->ip_src.s_addr == src && ip->ip_dst.s_addr == dst &&
	    in_cksum(m, 20) == 0 &&
	    (m->m_flags & (M_BCAST | M_MCAST)) == mflags;
	m_freem(m);
	return (right);
}

KTEST(ip_out_source, "no source given: the one of the way out")
{
	uint64_t noroute;
	struct mbuf *m;

	KT_EQ(kti_setup(), 0);
	m = kti_packet(0, KTI_PEER0, 17, 9);
	/* what it was on another link does not count */
	SET(m->m_flags, M_BCAST | M_MCAST);
	KT_EQ(output(m, 0, NULL, NULL), 0);
	KT_ASSERT(left(&kti0, KTI_US0, KTI_PEER0, 0));
	KT_EQ(output(kti_packet(0, KTI_FAR, 17, 9), 0, NULL, NULL), 0);
	KT_ASSERT(left(&kti1, KTI_US1, KTI_FAR, 0));
	KT_EQ(output(kti_packet(KTI_US0, KTI_FAR, 17, 9), 0, NULL, NULL), 0);
	KT_ASSERT(left(&kti1, KTI_US0, KTI_FAR, 0));
	noroute = kti_ipstat(ips_noroute);
	KT_EQ(output(kti_packet(0, KTI_NOWHERE, 17, 9), 0, NULL, NULL),
	    EHOSTUNREACH);
	KT_EQ(kti_ipstat(ips_noroute) - noroute, 1);
	/* not beyond the network, when asked so */
	KT_EQ(output(kti_packet(0, KTI_FAR, 17, 9), IP_ROUTETOIF, NULL,
	    NULL), ENETUNREACH);
	KT_EQ(output(kti_packet(0, KTI_PEER1, 17, 9), IP_ROUTETOIF, NULL,
	    NULL), 0);
	KT_ASSERT(left(&kti1, KTI_US1, KTI_PEER1, 0));
	kti_cleanup();
}

KTEST(ip_out_raw, "a complete header keeps its id and hops, and DF counts")
{
	struct mbuf *m;
	int i;

	KT_EQ(kti_setup(), 0);
	for (i = 0; i < 2; i++) {
		m = kti_packet(KTI_US0, KTI_PEER0, 50, 100);
		mtod(m, struct ip *)->ip_id = htons(4711);
		mtod(m, struct ip *)->ip_ttl = 7;
		KT_EQ(output(m, i == 0 ? IP_RAWOUTPUT : 0, NULL, NULL), 0);
		KT_ASSERT((m = kti_sent(&kti0)) != NULL);
		KT_EQ(mtod(m, struct ip *)->ip_id == htons(4711), i == 0);
		KT_EQ(mtod(m, struct ip *)->ip_ttl, 7);
		KT_EQ(in_cksum(m, 20), 0);
		m_freem(m);
	}
	m = kti_packet(KTI_US0, KTI_PEER0, 50, 1481);
	mtod(m, struct ip *)->ip_off = htons(IP_DF);
	KT_EQ(output(m, IP_RAWOUTPUT, NULL, NULL), EMSGSIZE);
	KT_EQ(kti_nsent(&kti0), 0);
	kti_cleanup();
}

KTEST(ip_out_broadcast, "broadcasts by permission, and never in pieces")
{
	static const in_addr_t dst[] = { KTI_BCAST0 };
	u_int i;

	KT_EQ(kti_setup(), 0);
	for (i = 0; i < nitems(dst); i++) {
		KT_EQ(output(kti_packet(0, dst[i], 17, 9), 0, NULL, NULL),
		    EACCES);
		KT_EQ(kti_nsent(&kti0), 0);
		KT_EQ(output(kti_packet(0, dst[i], 17, 9), IP_ALLOWBROADCAST,
		    NULL, NULL), 0);
		KT_ASSERT(left(&kti0, KTI_US0, dst[i], M_BCAST));
		KT_EQ(output(kti_packet(0, dst[i], 17, 1481),
		    IP_ALLOWBROADCAST, NULL, NULL), EMSGSIZE);
	}
	kti_cleanup();
}

KTEST(ip_out_local, "what is for ourselves goes by the loopback")
{
	uint64_t got;

	KT_EQ(kti_setup(), 0);
	got = kti_ipstat(ips_delivered);
	KT_EQ(output(kti_packet(KTI_US0, KTI_US1, 253, 3000), 0, NULL, NULL),
	    0);
	KT_EQ(kti_nsent(&kti0) + kti_nsent(&kti1), 0);
	/* it, and the complaint that nobody knows protocol 253 */
	KT_EQ(kti_ipstat(ips_delivered) - got, 2);
	kti_cleanup();
}

KTEST(ip_out_refused, "options and protection that cannot be had")
{
	static struct inpcb inp;
	struct mbuf *m, *opt;
	int error;

	KT_EQ(kti_setup(), 0);
	opt = m_get(M_WAIT, MT_SOOPTS);
	m = kti_packet(0, KTI_PEER0, 17, 9);
	NET_LOCK_SHARED();
	error = ip_output(m, opt, NULL, 0, NULL, NULL, 0);
	NET_UNLOCK_SHARED();
	m_freem(opt);
	KT_EQ(error, EOPNOTSUPP);
	inp.inp_seclevel.sl_esp_trans = IPSEC_LEVEL_REQUIRE;
	KT_EQ(output(kti_packet(0, KTI_PEER0, 17, 9), 0, NULL, &inp),
	    EACCES);
	inp.inp_seclevel.sl_esp_trans = IPSEC_LEVEL_USE;
	KT_EQ(output(kti_packet(0, KTI_PEER0, 17, 9), 0, NULL, &inp), 0);
	KT_EQ(kti_nsent(&kti0), 1);
	kti_cleanup();
}

KTEST(ip_out_group, "to a group: interface, hops, and members here")
{
	struct ip_moptions imo;
	struct in_addr group = { GROUP };
	struct in_multi *inm;
	struct mbuf *m;
	uint64_t got;

	KT_EQ(kti_setup(), 0);
	memset(&imo, 0, sizeof(imo));
	imo.imo_ifidx = kti0.ki_if.if_index;
	imo.imo_ttl = 3;
	imo.imo_loop = 1;
	got = kti_ipstat(ips_delivered);
	KT_EQ(output(kti_packet(0, GROUP, 253, 9), 0, &imo, NULL), 0);
	KT_ASSERT((m = kti_sent(&kti0)) != NULL);
	KT_EQ(mtod(m, struct ip *)->ip_ttl, 3);
	KT_EQ(mtod(m, struct ip *)->ip_src.s_addr, KTI_US0);
	KT_ASSERT(ISSET(m->m_flags, M_MCAST));
	m_freem(m);
	KT_EQ(kti_ipstat(ips_delivered) - got, 0);

	NET_LOCK();
	inm = in_addmulti(&group, &kti0.ki_if);
	NET_UNLOCK();
	KT_ASSERT(inm != NULL);
	KT_EQ(output(kti_packet(0, GROUP, 253, 9), 0, &imo, NULL), 0);
	KT_EQ(kti_nsent(&kti0), 1);
	KT_EQ(kti_ipstat(ips_delivered) - got, 1);
	imo.imo_loop = 0;
	KT_EQ(output(kti_packet(0, GROUP, 253, 9), 0, &imo, NULL), 0);
	KT_EQ(kti_ipstat(ips_delivered) - got, 1);
	imo.imo_loop = 1;
	imo.imo_ttl = 0;
	KT_EQ(output(kti_packet(0, GROUP, 253, 9), 0, &imo, NULL), 0);
	KT_EQ(kti_nsent(&kti0), 2);
	KT_EQ(kti_ipstat(ips_delivered) - got, 2);
	NET_LOCK();
	in_delmulti(inm);
	NET_UNLOCK();
	kti_input(&kti0, kti_packet(KTI_PEER0, GROUP, 253, 9));
	KT_EQ(kti_ipstat(ips_delivered) - got, 2);
	kti_cleanup();
}

static int
membership(struct socket *so, int optname, in_addr_t group, in_addr_t ifaddr)
{
	struct mbuf *m = m_get(M_WAIT, MT_SOOPTS);
	struct ip_mreq mreq = { { group }, { ifaddr } };
	int error;

	memcpy(mtod(m, caddr_t), &mreq, sizeof(mreq));
	m->m_len = sizeof(mreq);
	solock(so);
	error = sosetopt(so, IPPROTO_IP, optname, m);
	sounlock(so);
	m_freem(m);
	return (error);
}

KTEST(ip_membership, "joining, leaving, and an interface that goes first")
{
	struct in_addr group = { GROUP };
	struct socket *so;
	int has;

	KT_EQ(kti_setup(), 0);
	KT_ASSERT((so = ktu_open(SOCK_DGRAM, 0)) != NULL);
	KT_EQ(membership(so, IP_ADD_MEMBERSHIP, KTI_FAR, KTI_US0), EINVAL);
	KT_EQ(membership(so, IP_ADD_MEMBERSHIP, GROUP, KTI_FAR),
	    EADDRNOTAVAIL);
	KT_EQ(membership(so, IP_DROP_MEMBERSHIP, GROUP, KTI_US0),
	    EADDRNOTAVAIL);
	KT_EQ(membership(so, IP_ADD_MEMBERSHIP, GROUP, KTI_US0), 0);
	KT_EQ(membership(so, IP_ADD_MEMBERSHIP, GROUP, KTI_US0), EADDRINUSE);
	KT_EQ(membership(so, IP_ADD_MEMBERSHIP, GROUP, KTI_US1), 0);
	NET_LOCK_SHARED();
	has = in_hasmulti(&group, &kti0.ki_if);
	NET_UNLOCK_SHARED();
	KT_EQ(has, 1);
	KT_EQ(membership(so, IP_DROP_MEMBERSHIP, GROUP, KTI_US0), 0);
	NET_LOCK_SHARED();
	has = in_hasmulti(&group, &kti0.ki_if);
	NET_UNLOCK_SHARED();
	KT_EQ(has, 0);
	kti_cleanup();
	ktu_close(so);
}

KTEST(ip_sockopts, "values out of range and unknown options are refused")
{
	static const struct {
		int	name, value, error;
	} cases[] = {
		{ IP_TOS, 0x10, 0 }, { IP_TOS, 256, EINVAL },
		{ IP_TOS, -1, EINVAL },
		{ IP_TTL, 1, 0 }, { IP_TTL, 0, EINVAL },
		{ IP_TTL, 256, EINVAL }, { IP_TTL, -1, 0 },
		{ IP_MINTTL, 255, 0 }, { IP_MINTTL, 256, EINVAL },
		{ IP_RECVTTL, 1, 0 }, { IP_RECVDSTADDR, 1, 0 },
		{ IP_HDRINCL, 1, ENOPROTOOPT },
		{ IP_OPTIONS, 0, ENOPROTOOPT },
		{ IP_PORTRANGE, IP_PORTRANGE_LOW, 0 },
		{ IP_PORTRANGE, 3, EINVAL },
		{ IP_ESP_TRANS_LEVEL, IPSEC_LEVEL_REQUIRE, 0 },
		{ IP_ESP_TRANS_LEVEL, 5, EINVAL },
		{ IP_ESP_NETWORK_LEVEL, -1, EINVAL },
		{ IP_MULTICAST_TTL, 9, 0 }, { IP_MULTICAST_TTL, 256, EINVAL },
		{ IP_MULTICAST_LOOP, 2, EINVAL },
		{ IP_ADD_MEMBERSHIP, 0, EINVAL },
		{ 12345, 1, ENOPROTOOPT },
	};
	struct socket *so;
	u_int i;

	KT_ASSERT((so = ktu_open(SOCK_DGRAM, 0)) != NULL);
	for (i = 0; i < nitems(cases); i++)
		KT_EQ(ktu_setopt(so, IPPROTO_IP, cases[i].name,
		    cases[i].value), cases[i].error);
	KT_EQ(sotoinpcb(so)->inp_ip.ip_tos, 0x10);
	KT_EQ(sotoinpcb(so)->inp_ip.ip_ttl, ip_defttl);
	KT_EQ(sotoinpcb(so)->inp_moptions->imo_ttl, 9);
	ktu_close(so);
}
