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

#include "kt_inet6.h"

#define IP6HDR(m)	mtod(m, struct ip6_hdr *)

/* A packet to us with one fault; it must be counted there and nowhere. */
enum fault {
	F_SMALL, F_VERSION, F_SHORT, F_SRC_MCAST, F_DST_ANY, F_SRC_MAPPED,
	F_DST_MAPPED, F_SRC_LOOP, F_DST_LOOP, F_SCOPE0, F_IFLOCAL,
	F_SRC_EMBED, F_DST_EMBED, F_GROUP, F_EXT_CUT, F_EXT_LONG, F_HBH_CUT,
	F_OTHERS, F_LINKLOCAL, F_TENTATIVE, F_NFAULTS
};

static const enum ip6stat_counters fault_counter[F_NFAULTS] = {
	ip6s_toosmall, ip6s_badvers, ip6s_tooshort, ip6s_badaddr,
	ip6s_badaddr, ip6s_badaddr, ip6s_badaddr, ip6s_badaddr, ip6s_badaddr,
	ip6s_badscope, ip6s_badscope, ip6s_badscope, ip6s_badscope,
	ip6s_notmember, ip6s_badhdr, ip6s_badhdr, ip6s_badhdr,
	ip6s_cantforward, ip6s_cantforward, ip6s_tentative
};

static void
faulty_addr(enum fault f, struct ip6_hdr *ip6)
{
	struct in6_addr mapped = k6_words(0, 0, 0x0101);

	mapped.s6_addr16[5] = 0xffff;
	switch (f) {
	case F_SRC_MCAST:
		ip6->ip6_src = K6_GROUP;
		break;
	case F_DST_ANY:
		ip6->ip6_dst = in6addr_any;
		break;
	case F_SRC_MAPPED:
		ip6->ip6_src = mapped;
		break;
	case F_DST_MAPPED:
		ip6->ip6_dst = mapped;
		break;
	case F_SRC_LOOP:
		ip6->ip6_src = K6_LOOP;
		break;
	case F_DST_LOOP:
		ip6->ip6_dst = K6_LOOP;
		break;
	case F_SCOPE0:
		ip6->ip6_dst = k6_words(0xff00, 0, 1);
		break;
	case F_IFLOCAL:
		ip6->ip6_dst = k6_words(0xff01, 0, 1);
		break;
	case F_SRC_EMBED:
		ip6->ip6_src = k6_ll(&kti1, 5);
		break;
	case F_DST_EMBED:
		ip6->ip6_dst = k6_words(0xff02, kti0.ki_if.if_index, 1);
		break;
	case F_GROUP:
		ip6->ip6_dst = K6_GROUP;
		break;
	case F_OTHERS:
		ip6->ip6_dst = K6_FAR;
		break;
	case F_LINKLOCAL:
		ip6->ip6_dst = k6_words(0xfe80, 0, 0x4444);
		break;
	default:
		break;
	}
}

static struct mbuf *
faulty(enum fault f)
{
	struct mbuf *m;

	m = k6_packet(K6_PEER, K6_US, IPPROTO_NONE, 40);
	faulty_addr(f, IP6HDR(m));
	switch (f) {
	case F_SMALL:
		m_adj(m, -41);
		break;
	case F_VERSION:
		IP6HDR(m)->ip6_vfc = 0x40;
		break;
	case F_SHORT:
		IP6HDR(m)->ip6_plen = htons(41);
		break;
	case F_EXT_CUT:
	case F_HBH_CUT:
		m_adj(m, -33);
		k6_finish(m);
		/* FALLTHROUGH */
	case F_EXT_LONG:
		IP6HDR(m)->ip6_nxt = f == F_HBH_CUT ? IPPROTO_HOPOPTS :
		    IPPROTO_DSTOPTS;
		mtod(m, u_char *)[41] = 5;
		break;
	default:
		break;
	}
	return (m);
}

KTEST(ip6_faults, "each bad header has its counter, and gets no answer")
{
	int f;

	KT_EQ(k6_setup(), 0);
	for (f = 0; f < F_NFAULTS; f++) {
		k6_ifaflags(K6_US, f == F_TENTATIVE ? IN6_IFF_TENTATIVE : 0);
		k6_mark();
		k6_input(&kti0, faulty(f));
		if (!k6_only(fault_counter[f]))
			KT_FAIL("fault %d", f);
	}
	KT_EQ(kti_nsent(&kti0), 0);
	/* and without a fault */
	k6_ifaflags(K6_US, 0);
	k6_mark();
	k6_input(&kti0, k6_packet(K6_PEER, K6_US, IPPROTO_NONE, 0));
	KT_EQ(k6_stat(ip6s_delivered), 1);
	KT_EQ(k6_only(-1), 1);
	k6_cleanup();
}

KTEST(ip6_padding, "what the link layer has behind the packet is cut off")
{
	struct mbuf *m;

	KT_EQ(k6_setup(), 0);
	m = k6_icmp(K6_PEER, K6_US, ICMP6_ECHO_REQUEST, 0, 1, 20);
	m_copyback(m, m->m_pkthdr.len, 9, "123456789", M_WAIT);
	k6_input(&kti0, m);
	m = kti_sent(&kti0);
	KT_ASSERT(m != NULL);
	KT_EQ(m->m_pkthdr.len, 68);
	m_freem(m);
	k6_cleanup();
}

/* Options and what becomes of them; type 0: the packet is delivered. */
static const struct opt_case {
	u_char	opts[6];
	int	type;		/* of the answer << 8 | code, -1: silence */
	u_int	ptr;
	int	mcast;		/* the same for a group */
} opt_cases[] = {
	{ { 0, 0, 0, 0, 0, 0 }, 0, 0, 0 },
	{ { 1, 4, 0, 0, 0, 0 }, 0, 0, 0 },
	{ { 5, 2, 0, 0, 1, 0 }, 0, 0, 0 },
	{ { 0x1e, 4, 1, 2, 3, 4 }, 0, 0, 0 },
	{ { 0x5e, 4, 1, 2, 3, 4 }, -1, 0, -1 },
	{ { 0x9e, 4, 1, 2, 3, 4 }, ICMP6_PARAM_PROB << 8 |
	    ICMP6_PARAMPROB_OPTION, 42, ICMP6_PARAM_PROB << 8 |
	    ICMP6_PARAMPROB_OPTION },
	{ { 0, 0, 0xde, 2, 3, 4 }, ICMP6_PARAM_PROB << 8 |
	    ICMP6_PARAMPROB_OPTION, 44, -1 },
	/* a jumbogram is an option that nobody knows */
	{ { 0xc2, 4, 0, 1, 0, 0 }, ICMP6_PARAM_PROB << 8 |
	    ICMP6_PARAMPROB_OPTION, 42, -1 },
	{ { 1, 5, 0, 0, 0, 0 }, ICMP6_PARAM_PROB << 8, 43, -1 },
	{ { 1, 255, 0, 0, 0, 0 }, ICMP6_PARAM_PROB << 8, 43, -1 },
	{ { 1, 3, 0, 0, 0, 0x1e }, ICMP6_PARAM_PROB << 8, 48, -1 },
	{ { 5, 4, 0, 0, 0, 0 }, ICMP6_PARAM_PROB << 8, 43, -1 },
};

/* 0 if that is what happens */
static int
opt_try(const struct opt_case *oc, int nxt, int mcast)
{
	struct in6_addr dst = mcast ? in6addr_linklocal_allnodes : K6_US;
	int want = mcast ? oc->mcast : oc->type, got;
	u_char hdr[8] = { 0 };
	u_int32_t ptr = 0;
	struct mbuf *m;

	memcpy(hdr + 2, oc->opts, 6);
	m = k6_packet(K6_PEER, dst, IPPROTO_NONE, 8);
	m = k6_prepend(m, nxt, hdr, 8, 1);
	k6_mark();
	k6_input(&kti0, m);
	got = k6_sent(&kti0, &ptr);
	kt_sleep(MSEC_TO_NSEC(20));
	if (k6_stat(ip6s_badoptions) != (want != 0))
		return (-1);
	if (want == 0)
		return (got != -1 || k6_stat(ip6s_nxthist +
		    IPPROTO_NONE) != 1);
	return (got != want || (got != -1 && ptr != oc->ptr));
}

KTEST(ip6_options, "options skip, drop or complain by their two bits")
{
	u_int i;

	KT_EQ(k6_setup(), 0);
	for (i = 0; i < nitems(opt_cases); i++) {
		if (opt_try(&opt_cases[i], IPPROTO_HOPOPTS, 0) != 0 ||
		    opt_try(&opt_cases[i], IPPROTO_HOPOPTS, 1) != 0 ||
		    opt_try(&opt_cases[i], IPPROTO_DSTOPTS, 0) != 0 ||
		    opt_try(&opt_cases[i], IPPROTO_DSTOPTS, 1) != 0)
			KT_FAIL("case %u", i);
	}
	k6_cleanup();
}

KTEST(ip6_chain, "hop-by-hop comes first, routes are over, chains end")
{
	u_char hdr[8] = { 0, 0, 0, 0 }, rt[24] = { 0, 2, 0, 1 };
	struct mbuf *m;
	u_int32_t ptr;
	int i, n;

	KT_EQ(k6_setup(), 0);
	m = k6_packet(K6_PEER, K6_US, IPPROTO_NONE, 0);
	m = k6_prepend(m, IPPROTO_HOPOPTS, hdr, 8, 1);
	k6_input(&kti0, k6_prepend(m, IPPROTO_DSTOPTS, hdr, 8, 1));
	KT_EQ(k6_sent(&kti0, &ptr), ICMP6_PARAM_PROB << 8 |
	    ICMP6_PARAMPROB_NEXTHEADER);
	KT_EQ(ptr, 40);

	m = k6_packet(K6_PEER, K6_US, IPPROTO_NONE, 0);
	k6_input(&kti0, k6_prepend(m, IPPROTO_ROUTING, rt, 24, 3));
	KT_EQ(k6_sent(&kti0, &ptr), ICMP6_PARAM_PROB << 8);
	KT_EQ(ptr, 42);
	rt[3] = 0;
	k6_mark();
	m = k6_packet(K6_PEER, K6_US, IPPROTO_NONE, 0);
	k6_input(&kti0, k6_prepend(m, IPPROTO_ROUTING, rt, 24, 3));
	KT_EQ(k6_stat(ip6s_nxthist + IPPROTO_NONE), 1);

	for (n = 9; n < 12; n++) {
		m = k6_packet(K6_PEER, K6_US, IPPROTO_NONE, 0);
		for (i = 0; i < n; i++)
			m = k6_prepend(m, IPPROTO_DSTOPTS, hdr, 8, 1);
		k6_mark();
		k6_input(&kti0, m);
		KT_EQ(k6_stat(ip6s_nxthist + IPPROTO_NONE), n <= 10);
		KT_EQ(k6_stat(ip6s_toomanyhdr), n > 10);
	}
	KT_EQ(kti_nsent(&kti0), 0);
	k6_cleanup();
}

KTEST(ip6_noproto, "a protocol nobody has is told of, where it is named")
{
	u_char hdr[8] = { 0 };
	u_int32_t ptr;
	struct mbuf *m;

	KT_EQ(k6_setup(), 0);
	k6_mark();
	k6_input(&kti0, k6_packet(K6_PEER, K6_US, 200, 8));
	KT_EQ(k6_stat(ip6s_noproto), 1);
	KT_EQ(k6_sent(&kti0, &ptr), ICMP6_PARAM_PROB << 8 |
	    ICMP6_PARAMPROB_NEXTHEADER);
	KT_EQ(ptr, 6);
	m = k6_packet(K6_PEER, K6_US, 200, 8);
	k6_input(&kti0, k6_prepend(m, IPPROTO_DSTOPTS, hdr, 8, 1));
	KT_EQ(k6_sent(&kti0, &ptr), ICMP6_PARAM_PROB << 8 |
	    ICMP6_PARAMPROB_NEXTHEADER);
	KT_EQ(ptr, 40);
	k6_cleanup();
}

KTEST(ip6_hosts, "a host takes packets where the address lives alone")
{
	KT_EQ(k6_setup(), 0);
	k6_mark();
	k6_input(&kti1, k6_packet(K6_PEER1, K6_US, IPPROTO_NONE, 8));
	KT_EQ(k6_only(ip6s_wrongif), 1);
	ip6_forwarding = 1;
	k6_mark();
	k6_input(&kti1, k6_packet(K6_PEER1, K6_US, IPPROTO_NONE, 8));
	KT_EQ(k6_stat(ip6s_delivered), 1);
	k6_cleanup();
}

/* A packet from the shared medium to behind the line, or back. */
static struct mbuf *
transit(int hlim, u_int len)
{
	struct mbuf *m = k6_packet(K6_PEER, K6_FAR, 253, len);

	IP6HDR(m)->ip6_hlim = hlim;
	return (m);
}

KTEST(ip6_forward, "packets of others, and what their senders are told")
{
	struct mbuf *m, *want;
	u_int32_t param;

	KT_EQ(k6_setup(), 0);
	ip6_forwarding = 1;
	k6_mark();
	m = transit(9, 1360);
	want = m_dup_pkt(m, 0, M_WAIT);
	k6_input(&kti0, m);
	KT_EQ(k6_only(ip6s_forward), 1);
	m = kti_sent(&kti1);
	KT_ASSERT(m != NULL && m->m_pkthdr.len == 1400);
	IP6HDR(want)->ip6_hlim = 8;
	m = m_pullup(m, 1400);
	KT_EQ(memcmp(mtod(m, caddr_t), mtod(want, caddr_t), 1400), 0);
	m_freem(m);
	m_freem(want);

	k6_input(&kti0, transit(9, 1361));
	KT_EQ(k6_sent(&kti0, &param), ICMP6_PACKET_TOO_BIG << 8);
	KT_EQ(param, 1400);
	k6_input(&kti0, transit(1, 10));
	KT_EQ(k6_sent(&kti0, NULL), ICMP6_TIME_EXCEEDED << 8);
	k6_input(&kti0, transit(0, 10));
	KT_EQ(k6_sent(&kti0, NULL), ICMP6_TIME_EXCEEDED << 8);
	k6_input(&kti0, k6_packet(K6_PEER, K6_NOWHERE, 253, 10));
	KT_EQ(k6_sent(&kti0, NULL), ICMP6_DST_UNREACH << 8 |
	    ICMP6_DST_UNREACH_NOROUTE);
	/* from one link to another with an address of the first */
	k6_input(&kti0, k6_packet(k6_words(0xfe80, 0, 0x66), K6_FAR, 253,
	    10));
	KT_EQ(k6_sent(&kti0, NULL), ICMP6_DST_UNREACH << 8 |
	    ICMP6_DST_UNREACH_BEYONDSCOPE);
	k6_mark();
	k6_input(&kti0, k6_packet(in6addr_any, K6_FAR, 253, 10));
	k6_input(&kti0, k6_packet(K6_PEER, k6_words(0xfe80, 0, 0x66), 253,
	    10));
	KT_EQ(k6_stat(ip6s_cantforward), 2);
	KT_EQ(kti_nsent(&kti0) + kti_nsent(&kti1), 0);
	k6_cleanup();
}

KTEST(ip6_forward_refused, "the next interface says no")
{
	u_int32_t param;

	KT_EQ(k6_setup(), 0);
	ip6_forwarding = 1;
	kti1.ki_error = EMSGSIZE;
	k6_input(&kti0, transit(9, 1000));
	KT_EQ(k6_sent(&kti0, &param), ICMP6_PACKET_TOO_BIG << 8);
	KT_EQ(param, 1400);
	kti1.ki_error = EHOSTUNREACH;
	k6_input(&kti0, transit(9, 1000));
	KT_EQ(k6_sent(&kti0, NULL), ICMP6_DST_UNREACH << 8 |
	    ICMP6_DST_UNREACH_ADDR);
	kti1.ki_error = ENOBUFS;
	k6_input(&kti0, transit(9, 1000));
	KT_EQ(kti_nsent(&kti0), 0);
	/* 2: only what came out of a tunnel */
	kti1.ki_error = 0;
	ip6_forwarding = 2;
	k6_mark();
	k6_input(&kti0, transit(9, 1000));
	KT_EQ(k6_only(ip6s_cantforward), 1);
	k6_cleanup();
}

KTEST(ip6_lasthdr, "the chain of headers, to its end or to an offset")
{
	u_char hdr[8] = { 0 }, fh[8] = { 0 };
	struct mbuf *m;
	int nxt, at;

	KT_EQ(k6_setup(), 0);
	m = k6_packet(K6_PEER, K6_US, IPPROTO_UDP, 16);
	m = k6_prepend(m, IPPROTO_FRAGMENT, fh, 8, 1);
	m = k6_prepend(m, IPPROTO_DSTOPTS, hdr, 8, 1);
	KT_EQ(ip6_lasthdr(m, -1, &nxt, &at), 56);
	KT_EQ(nxt, IPPROTO_UDP);
	KT_EQ(at, 48);
	KT_EQ(ip6_lasthdr(m, 40, &nxt, &at), 40);
	KT_EQ(nxt, IPPROTO_DSTOPTS);
	KT_EQ(at, 6);
	KT_EQ(ip6_lasthdr(m, 48, &nxt, &at), 48);
	KT_EQ(nxt, IPPROTO_FRAGMENT);
	KT_EQ(at, 40);
	KT_EQ(ip6_lasthdr(m, 57, &nxt, &at), -1);
	KT_EQ(ip6_lasthdr(m, 44, &nxt, &at), -1);
	/* a later fragment has no more headers */
	mtod(m, u_char *)[51] = 8;
	KT_EQ(ip6_lasthdr(m, -1, &nxt, &at), 48);
	KT_EQ(nxt, IPPROTO_FRAGMENT);
	/* cut */
	mtod(m, u_char *)[41] = 40;
	KT_EQ(ip6_lasthdr(m, -1, &nxt, &at), -1);
	m_freem(m);
	k6_cleanup();
}

KTEST(ip6_fuzz, "packets made of noise do no harm and leave nothing")
{
	struct mbuf *m;
	u_char *p;
	u_int i, j, len;

	static const u_char nxts[] = { 0, 6, 17, 43, 44, 50, 51, 58, 59, 60 };

	KT_EQ(k6_setup(), 0);
	ip6_forwarding = 1;
	for (i = 0; i < 20000; i++) {
		len = kt_random() % 120;
		m = k6_packet(K6_PEER, kt_random() % 4 ? K6_US : K6_FAR,
		    nxts[kt_random() % nitems(nxts)], len);
		p = mtod(m, u_char *);
		for (j = 40; j + 8 <= 40 + len; j += 8) {
			if (kt_random() % 2)
				p[j] = nxts[kt_random() % nitems(nxts)];
			if (kt_random() % 4)
				p[j + 1] = kt_random() % 4;
		}
		if (kt_random() % 8 == 0)
			p[kt_random() % (40 + len)] = kt_random();
		m->m_pkthdr.ph_ifidx = kti0.ki_if.if_index;
		NET_LOCK_SHARED();
		ipv6_input(&kti0.ki_if, m, NULL);
		NET_UNLOCK_SHARED();
	}
	kt_sleep(SEC_TO_NSEC(70));
	KT_EQ(frag6_queues(), 0);
	KT_EQ(frag6_frags(), 0);
	k6_cleanup();
}
