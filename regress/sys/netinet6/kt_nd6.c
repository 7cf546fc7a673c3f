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

#include "kt_nd6lib.h"

#define A	n6_addr(0, 0xa)		/* a station, by n6_mac(0xa) */
#define B	n6_addr(0, 0xb)
#define SOLICITED	ND_NA_FLAG_SOLICITED
#define OVERRIDE	ND_NA_FLAG_OVERRIDE

static const struct in6_addr any;

static int
is_station(const struct ether_header *eh, int n)
{
	struct n6_lladdr ll = n6_mac(n), us = n6_mac(1);

	return (memcmp(eh->ether_dhost, ll.b, ETHER_ADDR_LEN) == 0 &&
	    memcmp(eh->ether_shost, us.b, ETHER_ADDR_LEN) == 0);
}

/* Is it to the link address of that group? */
static int
is_group(const struct ether_header *eh, struct in6_addr group)
{
	u_int8_t en[ETHER_ADDR_LEN];

	ETHER_MAP_IPV6_MULTICAST(&group, en);
	return (memcmp(eh->ether_dhost, en, ETHER_ADDR_LEN) == 0);
}

static int
same(struct in6_addr a, struct in6_addr b)
{
	return (IN6_ARE_ADDR_EQUAL(&a, &b));
}

/* Our link address is in the first option, of that type. */
static int
is_opt(const struct n6_sent *ns, int type)
{
	struct n6_lladdr us = n6_mac(1);

	return (ns->optlen == 8 && ns->opt[0] == type && ns->opt[1] == 1 &&
	    memcmp(ns->opt + 2, us.b, ETHER_ADDR_LEN) == 0);
}

/* An advertisement for us comes in from where it is about. */
static void
advertise(struct in6_addr target, u_int32_t flags, int station)
{
	struct n6_msg nm;
	int len;

	len = n6_make(&nm, ND_NEIGHBOR_ADVERT, target, N6_US, target, flags,
	    station);
	n6_in(N6ETH, &nm, len);
}

static void
solicit(struct in6_addr src, struct in6_addr dst, struct in6_addr target,
    int station)
{
	struct n6_msg nm;
	int len;

	len = n6_make(&nm, ND_NEIGHBOR_SOLICIT, src, dst, target, 0, station);
	n6_in(N6ETH, &nm, len);
}

/* A question about A, right in all: 0 if not. */
static int
asks_for(struct in6_addr target)
{
	struct n6_sent ns;

	return (n6_sent(&n60, ND_NEIGHBOR_SOLICIT, &ns) &&
	    is_group(&ns.eh, n6_snm(target)) &&
	    same(ns.ip6.ip6_src, N6_US) &&
	    same(ns.ip6.ip6_dst, n6_snm(target)) &&
	    same(ns.nd.nd_na_target, target) && ns.ip6.ip6_hlim == 255 &&
	    is_opt(&ns, ND_OPT_SOURCE_LINKADDR));
}

KTEST(nd6_resolve, "a packet waits for the answer to one solicitation")
{
	KT_EQ(n6_setup_addr(), 0);
	KT_EQ(n6_send(A, 30), 0);
	KT_EQ(nd6_queued, 1);
	KT_ASSERT(asks_for(A));
	KT_EQ(n6_state(A), ND6_LLINFO_INCOMPLETE);
	advertise(A, SOLICITED | OVERRIDE, 0xa);
	KT_EQ(n6_sentdata(0xa), 30);
	KT_EQ(nd6_queued, 0);
	KT_EQ(n6_state(A), ND6_LLINFO_REACHABLE);
	KT_EQ(n6_send(A, 31), 0);
	KT_EQ(n6_sentdata(0xa), 31);
	n6_cleanup();
}

KTEST(nd6_route, "the route shows the link address")
{
	struct n6_lladdr ll = n6_mac(0xa);
	struct sockaddr_dl *sdl;
	struct rtentry *rt;

	KT_EQ(n6_setup_addr(), 0);
	KT_EQ(n6_send(A, 30), 0);
	advertise(A, SOLICITED | OVERRIDE, 0xa);
	rt = n6_route(A, 128);
	KT_ASSERT(rt != NULL);
	sdl = satosdl(rt->rt_gateway);
	KT_ASSERT(ISSET(rt->rt_flags, RTF_LLINFO));
	KT_EQ(sdl->sdl_alen, ETHER_ADDR_LEN);
	KT_MEMEQ(LLADDR(sdl), ll.b, ETHER_ADDR_LEN);
	rtfree(rt);
	n6_cleanup();
}

KTEST(nd6_silence, "three solicitations, and the neighbour is forgotten")
{
	uint64_t timeouts = N6COUNT(timeout);

	KT_EQ(n6_setup_addr(), 0);
	KT_EQ(n6_send(A, 30), 0);
	KT_EQ(n6_send(A, 31), 0);
	kt_sleep(SEC_TO_NSEC(5));
	KT_EQ(n6_nsent(&n60, ND_NEIGHBOR_SOLICIT), 3);
	KT_EQ(N6COUNT(timeout) - timeouts, 2);
	KT_EQ(nd6_queued, 0);
	KT_EQ(n6_state(A), -1);
	KT_EQ(n6_neighbours(), 0);
	/* and asked for again */
	KT_EQ(n6_send(A, 30), 0);
	KT_ASSERT(asks_for(A));
	n6_cleanup();
}

KTEST(nd6_hold, "an entry holds the ten newest packets, all of them 200")
{
	uint64_t full = N6COUNT(holdfull), limit = N6COUNT(holdlimit);
	int i;

	KT_EQ(n6_setup_addr(), 0);
	for (i = 0; i < 15; i++)
		KT_EQ(n6_send(A, 20 + i), 0);
	KT_EQ(N6COUNT(holdfull) - full, 5);
	KT_EQ(nd6_queued, 10);
	for (i = 0; i < 200; i++)
		KT_EQ(n6_send(n6_addr(0, 0x100 + i / 10), 20), 0);
	KT_EQ(nd6_queued, 200);
	KT_EQ(N6COUNT(holdlimit) - limit, 10);
	advertise(A, SOLICITED | OVERRIDE, 0xa);
	for (i = 5; i < 15; i++)
		KT_EQ(n6_sentdata(0xa), 20 + i);
	KT_EQ(n6_sentdata(0xa), -1);
	n6_cleanup();
	KT_EQ(nd6_queued, 0);
}

KTEST(nd6_nud, "in use it is probed, and if it answers, reachable again")
{
	struct n6_sent ns;
	int i;

	KT_EQ(n6_setup_addr(), 0);
	KT_EQ(n6_send(A, 30), 0);
	advertise(A, SOLICITED | OVERRIDE, 0xa);
	kt_sleep(SEC_TO_NSEC(14));
	KT_EQ(n6_state(A), ND6_LLINFO_REACHABLE);
	kt_sleep(SEC_TO_NSEC(33));
	KT_EQ(n6_state(A), ND6_LLINFO_STALE);
	mq_purge(&n60.n6_out);
	KT_EQ(n6_send(A, 30), 0);
	KT_EQ(n6_sentdata(0xa), 30);
	KT_EQ(n6_state(A), ND6_LLINFO_DELAY);
	kt_sleep(SEC_TO_NSEC(4));
	KT_EQ(n6_nsent(&n60, ND_NEIGHBOR_SOLICIT), 0);
	kt_sleep(MSEC_TO_NSEC(1200));
	KT_EQ(n6_state(A), ND6_LLINFO_PROBE);
	KT_ASSERT(n6_sent(&n60, ND_NEIGHBOR_SOLICIT, &ns));
	KT_ASSERT(is_station(&ns.eh, 0xa) && same(ns.ip6.ip6_dst, A));
	advertise(A, SOLICITED, 0xa);
	KT_EQ(n6_state(A), ND6_LLINFO_REACHABLE);
	/* packets go on while it does not answer; then it is forgotten */
	kt_sleep(SEC_TO_NSEC(47));
	mq_purge(&n60.n6_out);
	for (i = 0; i < 7; i++) {
		KT_EQ(n6_send(A, 30), 0);
		KT_EQ(n6_sentdata(0xa), 30);
		kt_sleep(SEC_TO_NSEC(1));
	}
	kt_sleep(SEC_TO_NSEC(2));
	KT_EQ(n6_state(A), -1);
	n6_cleanup();
}

KTEST(nd6_idle, "who is not used is forgotten after twenty minutes")
{
	KT_EQ(n6_setup_addr(), 0);
	KT_EQ(n6_send(A, 30), 0);
	advertise(A, SOLICITED | OVERRIDE, 0xa);
	kt_sleep(SEC_TO_NSEC(20 * 60));
	KT_EQ(n6_state(A), ND6_LLINFO_STALE);
	mq_purge(&n60.n6_out);
	kt_sleep(SEC_TO_NSEC(60));
	KT_EQ(n6_state(A), -1);
	KT_EQ(n6_nsent(&n60, ND_NEIGHBOR_SOLICIT), 0);
	n6_cleanup();
}

/* RFC 4861 7.2.5 and appendix C */
KTEST(nd6_advert, "what advertisements change, and what not")
{
	uint64_t ignored = N6COUNT(ignored), nolladdr = N6COUNT(nolladdr);
	uint64_t unasked = N6COUNT(unasked);

	KT_EQ(n6_setup_addr(), 0);
	advertise(A, OVERRIDE, 0xa);
	KT_EQ(N6COUNT(unasked) - unasked, 1);
	KT_EQ(n6_neighbours(), 0);
	KT_EQ(n6_send(A, 30), 0);
	advertise(A, SOLICITED, 0);
	KT_EQ(N6COUNT(nolladdr) - nolladdr, 1);
	KT_EQ(n6_state(A), ND6_LLINFO_INCOMPLETE);
	/* not asked for: it may be so, and the packet that goes there asks */
	advertise(A, 0, 0xa);
	KT_EQ(n6_state(A), ND6_LLINFO_DELAY);
	KT_EQ(n6_sentdata(0xa), 30);
	/* the same again without a link address */
	advertise(A, SOLICITED, 0);
	KT_EQ(n6_state(A), ND6_LLINFO_REACHABLE);
	/* somebody else without override: doubt, but no change */
	advertise(A, SOLICITED, 0xb);
	KT_EQ(n6_state(A), ND6_LLINFO_STALE);
	KT_EQ(N6COUNT(ignored) - ignored, 1);
	KT_EQ(n6_send(A, 31), 0);
	KT_EQ(n6_sentdata(0xa), 31);
	/* with override: change, and doubt unless it was asked */
	advertise(A, OVERRIDE, 0xb);
	KT_EQ(n6_state(A), ND6_LLINFO_STALE);
	advertise(A, SOLICITED | OVERRIDE, 0xc);
	KT_EQ(n6_state(A), ND6_LLINFO_REACHABLE);
	KT_EQ(n6_send(A, 32), 0);
	KT_EQ(n6_sentdata(0xc), 32);
	/* an override that changes nothing */
	advertise(A, OVERRIDE, 0xc);
	KT_EQ(n6_state(A), ND6_LLINFO_REACHABLE);
	n6_cleanup();
}

KTEST(nd6_answer, "who asks for us is answered and remembered")
{
	struct n6_sent ns;

	KT_EQ(n6_setup_addr(), 0);
	solicit(A, n6_snm(N6_US), N6_US, 0xa);
	KT_ASSERT(n6_sent(&n60, ND_NEIGHBOR_ADVERT, &ns));
	KT_ASSERT(is_station(&ns.eh, 0xa) && ns.ip6.ip6_hlim == 255);
	KT_ASSERT(same(ns.ip6.ip6_src, N6_US) && same(ns.ip6.ip6_dst, A));
	KT_ASSERT(same(ns.nd.nd_na_target, N6_US));
	KT_EQ(ns.nd.nd_na_flags_reserved & ~ND_NA_FLAG_ROUTER,
	    SOLICITED | OVERRIDE);
	KT_ASSERT(is_opt(&ns, ND_OPT_TARGET_LINKADDR));
	/* stale, and the answer was a use */
	KT_EQ(n6_state(A), ND6_LLINFO_DELAY);
	KT_EQ(n6_send(A, 30), 0);
	KT_EQ(n6_sentdata(0xa), 30);
	/* by our link-local address, from theirs */
	solicit(n6_ll(0xb), n6_ll(1), N6_US, 0xb);
	KT_ASSERT(n6_sent(&n60, ND_NEIGHBOR_ADVERT, &ns));
	KT_ASSERT(same(ns.ip6.ip6_dst, nd6_wire(&(struct in6_addr[])
	    { n6_ll(0xb) }[0])));
	/* who looks for duplicates has no address to answer to */
	solicit(any, n6_snm(N6_US), N6_US, 0);
	KT_ASSERT(n6_sent(&n60, ND_NEIGHBOR_ADVERT, &ns));
	KT_ASSERT(same(ns.ip6.ip6_dst, in6addr_linklocal_allnodes));
	KT_ASSERT(is_group(&ns.eh, in6addr_linklocal_allnodes));
	KT_EQ(ns.nd.nd_na_flags_reserved & ~ND_NA_FLAG_ROUTER, OVERRIDE);
	n6_cleanup();
}

KTEST(nd6_learn, "a waiting packet goes to who asks for us")
{
	KT_EQ(n6_setup_addr(), 0);
	KT_EQ(n6_send(A, 30), 0);
	solicit(A, n6_snm(N6_US), N6_US, 0xa);
	KT_EQ(n6_sentdata(0xa), 30);
	KT_EQ(n6_state(A), ND6_LLINFO_DELAY);
	n6_cleanup();
}

KTEST(nd6_anycast, "an anycast address is answered for without override")
{
	struct n6_sent ns;
	struct in6_addr us = n6_addr(0, 0x77);

	KT_EQ(n6_setup_addr(), 0);
	KT_EQ(n6_add(N6ETH, us, 64, IN6_IFF_ANYCAST), 0);
	KT_EQ(n6_flags(N6ETH, us), IN6_IFF_ANYCAST);
	solicit(A, n6_snm(us), us, 0xa);
	KT_ASSERT(n6_sent(&n60, ND_NEIGHBOR_ADVERT, &ns));
	KT_ASSERT(same(ns.nd.nd_na_target, us));
	KT_ASSERT(!same(ns.ip6.ip6_src, us));
	KT_EQ(ns.nd.nd_na_flags_reserved & ~ND_NA_FLAG_ROUTER, SOLICITED);
	n6_cleanup();
}

/* One message that is wrong: is it counted as that, and not answered? */
static int
bad(const struct n6_msg *nm, int len, size_t counter)
{
	uint64_t before = n6_count(counter);
	int n = n6_neighbours();

	n6_in(N6ETH, nm, len);
	return (n6_count(counter) == before + 1 && n6_neighbours() == n &&
	    n6_nsent(&n60, ND_NEIGHBOR_ADVERT) == 0);
}
#define BAD(len, c) \
	KT_ASSERT(bad(&nm, (len), offsetof(struct nd6stat, nd6s_##c)))

KTEST(nd6_badns, "bad solicitations are counted by cause and teach nothing")
{
	struct n6_msg good, nm;
	int len, i;

	KT_EQ(n6_setup_addr(), 0);
	len = n6_make(&good, ND_NEIGHBOR_SOLICIT, A, n6_snm(N6_US), N6_US, 0,
	    0xa);
	nm = good;
	for (i = 0; i < 255; i += 254) {
		nm.ip6.ip6_hlim = i;
		BAD(len, badhlim);
	}
	nm = good;
	nm.nd.nd_na_hdr.icmp6_code = 1;
	BAD(len, badcode);
	nm = good;
	for (i = 8; i < N6_NDLEN; i++)
		BAD(i, badlen);
	for (i = N6_NDLEN + 1; i < len; i++)
		BAD(i, badopt);
	nm.opt[1] = 0;
	BAD(len, badopt);
	nm.opt[1] = 2;
	BAD(len, badopt);
	nm = good;
	nm.nd.nd_na_target = n6_snm(N6_US);
	BAD(len, badtarget);
	nm.nd.nd_na_target = any;
	BAD(len, badtarget);
	nm.nd.nd_na_target = in6addr_loopback;
	BAD(len, badtarget);
	nm.nd.nd_na_target = B;
	BAD(len, notours);
	nm = good;
	memset(nm.opt + 2, 0, ETHER_ADDR_LEN);
	BAD(len, badlladdr);
	nm.opt[2] = 0x33;
	BAD(len, badlladdr);
	memcpy(nm.opt + 2, n6_mac(1).b, ETHER_ADDR_LEN);
	BAD(len, loop);
	/* probes: only to the group, and without a link address */
	nm = good;
	nm.ip6.ip6_src = any;
	BAD(len, badaddr);
	nm.ip6.ip6_dst = N6_US;
	BAD(N6_NDLEN, badaddr);
	nm.ip6.ip6_dst = in6addr_linklocal_allnodes;
	BAD(N6_NDLEN, badaddr);
	/* not from this network: RFC 5942 */
	nm = good;
	nm.ip6.ip6_src = n6_addr(1, 0xa);
	BAD(len, offnet);
	nm.ip6.ip6_src = N6_US;
	BAD(len, duplicate);
	/* and what is good is still good */
	nm = good;
	n6_in(N6ETH, &nm, len);
	KT_EQ(n6_nsent(&n60, ND_NEIGHBOR_ADVERT), 1);
	n6_cleanup();
}

KTEST(nd6_badna, "bad advertisements are counted by cause and teach nothing")
{
	struct n6_msg good, nm;
	int len, i;

	KT_EQ(n6_setup_addr(), 0);
	KT_EQ(n6_send(A, 30), 0);
	len = n6_make(&good, ND_NEIGHBOR_ADVERT, A, N6_US, A, SOLICITED |
	    OVERRIDE, 0xa);
	nm = good;
	nm.ip6.ip6_hlim = 254;
	BAD(len, badhlim);
	nm = good;
	nm.nd.nd_na_hdr.icmp6_code = 255;
	BAD(len, badcode);
	nm = good;
	for (i = 8; i < N6_NDLEN; i++)
		BAD(i, badlen);
	for (i = N6_NDLEN + 1; i < len; i++)
		BAD(i, badopt);
	nm.opt[1] = 0;
	BAD(len, badopt);
	nm = good;
	nm.nd.nd_na_target.s6_addr[0] = 0xff;
	BAD(len, badtarget);
	nm = good;
	nm.ip6.ip6_dst = in6addr_linklocal_allnodes;
	BAD(len, badaddr);
	nm = good;
	memset(nm.opt + 2, 0xff, ETHER_ADDR_LEN);
	BAD(len, badlladdr);
	nm = good;
	nm.nd.nd_na_target = N6_US;
	BAD(len, duplicate);
	memcpy(nm.opt + 2, n6_mac(1).b, ETHER_ADDR_LEN);
	BAD(len, loop);
	nm = good;
	nm.nd.nd_na_target = n6_addr(7, 7);
	BAD(len, unasked);
	KT_EQ(n6_state(A), ND6_LLINFO_INCOMPLETE);
	KT_EQ(nd6_queued, 1);
	/* options we do not know are skipped */
	nm = good;
	memcpy(nm.opt + 16, nm.opt, 8);
	memset(nm.opt, 0, 16);
	nm.opt[0] = 200;
	nm.opt[1] = 2;
	n6_in(N6ETH, &nm, len + 16);
	KT_EQ(n6_sentdata(0xa), 30);
	n6_cleanup();
}

KTEST(nd6_random, "random messages do no harm")
{
	struct n6_msg nm;
	u_long i, n = kt_count(20000);
	u_int8_t *p = (u_int8_t *)&nm.nd;
	int len, j;

	KT_EQ(n6_setup_addr(), 0);
	for (i = 0; i < n; i++) {
		n6_make(&nm, kt_random() % 2 ? ND_NEIGHBOR_SOLICIT :
		    ND_NEIGHBOR_ADVERT, kt_random() % 8 ? A : any,
		    kt_random() % 2 ? N6_US : n6_snm(N6_US),
		    kt_random() % 2 ? N6_US : A, kt_random(), 0xa);
		len = 8 + kt_random() % (sizeof(nm) - sizeof(nm.ip6) - 7);
		for (j = kt_random() % 4; j > 0; j--)
			p[1 + kt_random() % (len - 1)] = kt_random();
		n6_in(N6ETH, &nm, len);
		mq_purge(&n60.n6_out);
	}
	KT_ASSERT(n6_neighbours() < 4);
	n6_cleanup();
}

KTEST(nd6_flood, "packets to everybody leave room for those who are there")
{
	uint64_t full = N6COUNT(full);
	int i;

	KT_EQ(n6_setup_addr(), 0);
	nd6_gcthresh = 400;
	KT_EQ(n6_send(A, 30), 0);
	advertise(A, SOLICITED | OVERRIDE, 0xa);
	for (i = 0; i < 1000; i++)
		(void)n6_send(n6_addr(0, 0x10000 + i), 20);
	KT_ASSERT(n6_neighbours() <= 100 + 1);
	KT_EQ(N6COUNT(full) - full, 1000 - (n6_neighbours() - 1));
	mq_purge(&n60.n6_out);
	/* the known one, one who asks, and a router of ours */
	KT_EQ(n6_send(A, 31), 0);
	KT_EQ(n6_sentdata(0xa), 31);
	solicit(B, n6_snm(N6_US), N6_US, 0xb);
	KT_EQ(n6_send(B, 32), 0);
	KT_EQ(n6_sentdata(0xb), 32);
	/* all that do not answer go */
	kt_sleep(SEC_TO_NSEC(5));
	KT_EQ(n6_neighbours(), 2);
	KT_EQ(nd6_queued, 0);
	n6_cleanup();
}

KTEST(nd6_spoof, "solicitations from everybody are remembered in bounds")
{
	int i;

	KT_EQ(n6_setup_addr(), 0);
	nd6_gcthresh = 400;
	KT_EQ(n6_send(A, 30), 0);
	advertise(A, SOLICITED | OVERRIDE, 0xa);
	for (i = 0; i < 1500; i++) {
		solicit(n6_addr(0, 0x10000 + i), n6_snm(N6_US), N6_US,
		    2 + i);
		mq_purge(&n60.n6_out);
	}
	KT_ASSERT(n6_neighbours() <= 401);
	KT_EQ(n6_send(A, 31), 0);
	KT_EQ(n6_sentdata(0xa), 31);
	/* there is room for one more, who is just as unknown */
	solicit(B, n6_snm(N6_US), N6_US, 0xb);
	KT_EQ(n6_send(B, 32), 0);
	KT_EQ(n6_sentdata(0xb), 32);
	n6_cleanup();
}

KTEST(nd6_crowd, "idle neighbours make room for new ones, oldest first")
{
	int i;

	KT_EQ(n6_setup_addr(), 0);
	nd6_gcthresh = 64;
	for (i = 0; i < 100; i++) {
		KT_EQ(n6_send(n6_addr(0, 0x100 + i), 20), 0);
		advertise(n6_addr(0, 0x100 + i), SOLICITED | OVERRIDE,
		    0x100 + i);
		KT_EQ(n6_sentdata(0x100 + i), 20);
		kt_sleep(SEC_TO_NSEC(2));
	}
	KT_EQ(n6_state(n6_addr(0, 0x100)), -1);
	KT_EQ(n6_state(n6_addr(0, 0x100 + 99)), ND6_LLINFO_REACHABLE);
	KT_ASSERT(n6_neighbours() <= 64);
	KT_ASSERT(n6_neighbours() >= 50);
	n6_cleanup();
}

/* What a neighbour does in its life; packets may get lost. */
static void
nomem_life(void)
{
	(void)n6_send(A, 20);
	kt_sleep(MSEC_TO_NSEC(1500));
	advertise(A, SOLICITED | OVERRIDE, 0xa);
	(void)n6_send(A, 21);
	solicit(B, n6_snm(N6_US), N6_US, 0xb);
	(void)n6_send(B, 22);
	solicit(any, n6_snm(N6_US), N6_US, 0);
	(void)n6_add(N6ETH, n6_addr(5, 5), 64, 0);
	kt_sleep(SEC_TO_NSEC(9));
	(void)n6_del(N6ETH, n6_addr(5, 5));
}

KTEST(nd6_nomem, "every allocation that can fail, does; nothing leaks")
{
	u_long inuse, n, failed = 1;

	for (n = 1; n < 100 && failed != 0; n++) {
		KT_EQ(n6_setup_addr(), 0);
		inuse = m_inuse();
		malloc_fail_nth(n);
		nomem_life();
		failed = malloc_failed();
		malloc_fail_nth(0);
		kt_sleep(SEC_TO_NSEC(60));
		mq_purge(&n60.n6_out);
		KT_EQ(m_inuse(), inuse);
		/* all is well again */
		KT_EQ(n6_send(A, 23), 0);
		advertise(A, SOLICITED | OVERRIDE, 0xa);
		KT_EQ(n6_sentdata(0xa), 23);
		n6_cleanup();
	}
	KT_EQ(failed, 0);
	KT_ASSERT(n > 10);
}

KTEST(nd6_permanent, "an entry made by hand is neither changed nor ended")
{
	uint64_t statics = N6COUNT(static);
	struct n6_lladdr ll = n6_mac(0xa);
	struct rt_addrinfo info;
	struct sockaddr_in6 dst;
	struct sockaddr_dl sdl;
	int error;

	KT_EQ(n6_setup_addr(), 0);
	memset(&dst, 0, sizeof(dst));
	dst.sin6_len = sizeof(dst);
	dst.sin6_family = AF_INET6;
	dst.sin6_addr = A;
	memset(&sdl, 0, sizeof(sdl));
	sdl.sdl_len = sizeof(sdl);
	sdl.sdl_family = AF_LINK;
	sdl.sdl_index = N6ETH->if_index;
	sdl.sdl_alen = ETHER_ADDR_LEN;
	memcpy(LLADDR(&sdl), ll.b, ETHER_ADDR_LEN);
	memset(&info, 0, sizeof(info));
	info.rti_flags = RTF_HOST | RTF_STATIC | RTF_LLINFO;
	info.rti_info[RTAX_DST] = sin6tosa(&dst);
	info.rti_info[RTAX_GATEWAY] = sdltosa(&sdl);
	NET_LOCK();
	error = rtrequest(RTM_ADD, &info, RTP_STATIC, NULL, 0);
	NET_UNLOCK();
	KT_EQ(error, 0);
	KT_EQ(n6_send(A, 30), 0);
	KT_EQ(n6_sentdata(0xa), 30);
	advertise(A, SOLICITED | OVERRIDE, 0xb);
	solicit(A, n6_snm(N6_US), N6_US, 0xb);
	KT_EQ(N6COUNT(static) - statics, 2);
	kt_sleep(SEC_TO_NSEC(3600));
	KT_EQ(n6_send(A, 31), 0);
	KT_EQ(n6_sentdata(0xa), 31);
	n6_cleanup();
}
