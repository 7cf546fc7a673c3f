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

#define NEW	n6_addr(0, 0x50)

static const struct in6_addr any;

static int
same(struct in6_addr a, struct in6_addr b)
{
	return (IN6_ARE_ADDR_EQUAL(&a, &b));
}

/* The question about an address, taken out of what was sent. */
static int
probe(struct n6_if *n6, struct in6_addr addr, struct n6_sent *ns)
{
	while (n6_sent(n6, ND_NEIGHBOR_SOLICIT, ns)) {
		if (same(ns->nd.nd_na_target, addr))
			return (same(ns->ip6.ip6_src, any) &&
			    same(ns->ip6.ip6_dst, n6_snm(addr)) &&
			    ns->ip6.ip6_hlim == 255);
	}
	return (0);
}

/* Somebody else looks for duplicates of it, with that nonce if any. */
static void
rival(struct ifnet *ifp, struct in6_addr addr, const u_int8_t *nonce)
{
	struct n6_msg nm;
	int len;

	len = n6_make(&nm, ND_NEIGHBOR_SOLICIT, any, n6_snm(addr), addr, 0,
	    0);
	if (nonce != NULL) {
		nm.opt[0] = ND_OPT_NONCE;
		nm.opt[1] = 1;
		memcpy(nm.opt + 2, nonce, ND_NONCELEN);
		len += 8;
	}
	n6_in(ifp, &nm, len);
}

/* Somebody has it and says so. */
static void
owner(struct in6_addr addr, int station)
{
	struct n6_msg nm;
	int len;

	len = n6_make(&nm, ND_NEIGHBOR_ADVERT, addr,
	    in6addr_linklocal_allnodes, addr, ND_NA_FLAG_OVERRIDE, station);
	n6_in(N6ETH, &nm, len);
}

KTEST(dad_fresh, "a new address is asked for, and ours a second later")
{
	struct n6_sent ns;

	n6_setup();
	KT_EQ(ip6_dad_pending, 0);
	KT_EQ(n6_add(N6ETH, NEW, 64, 0), 0);
	KT_EQ(n6_flags(N6ETH, NEW), IN6_IFF_TENTATIVE);
	KT_EQ(ip6_dad_pending, 2);	/* with the link-local one */
	KT_ASSERT(probe(&n60, NEW, &ns));
	KT_EQ(ns.optlen, 8);
	KT_EQ(ns.opt[0], ND_OPT_NONCE);
	kt_sleep(MSEC_TO_NSEC(990));
	KT_EQ(n6_flags(N6ETH, NEW), IN6_IFF_TENTATIVE);
	kt_sleep(MSEC_TO_NSEC(20));
	KT_EQ(n6_flags(N6ETH, NEW), 0);
	KT_EQ(n6_nsent(&n60, ND_NEIGHBOR_SOLICIT), 0);
	KT_EQ(ip6_dad_pending, 0);
	n6_cleanup();
}

KTEST(dad_linkaddr, "the link address of the question is the group's")
{
	static const u_int8_t en[] = { 0x33, 0x33, 0xff, 0, 0, 0x50 };
	struct n6_sent ns;

	n6_setup();
	KT_EQ(n6_add(N6ETH, NEW, 64, 0), 0);
	KT_ASSERT(probe(&n60, NEW, &ns));
	KT_MEMEQ(ns.eh.ether_dhost, en, sizeof(en));
	n6_cleanup();
}

KTEST(dad_count, "as many questions as asked for, and none at all")
{
	n6_setup();
	ip6_dad_count = 3;
	KT_EQ(n6_add(N6ETH, n6_ll(9), 64, 0), 0);
	kt_sleep(MSEC_TO_NSEC(2900));
	KT_EQ(n6_flags(N6ETH, n6_ll(9)), IN6_IFF_TENTATIVE);
	kt_sleep(MSEC_TO_NSEC(200));
	KT_EQ(n6_flags(N6ETH, n6_ll(9)), 0);
	KT_EQ(n6_nsent(&n60, ND_NEIGHBOR_SOLICIT), 3);
	ip6_dad_count = 0;
	KT_EQ(n6_add(N6ETH, NEW, 64, 0), 0);
	KT_EQ(n6_flags(N6ETH, NEW), 0);
	KT_EQ(n6_nsent(&n60, ND_NEIGHBOR_SOLICIT), 0);
	n6_cleanup();
}

KTEST(dad_rival, "somebody else asks, too: neither has it")
{
	uint64_t dups = N6COUNT(dupaddr);

	n6_setup();
	KT_EQ(n6_add(N6ETH, NEW, 64, 0), 0);
	rival(N6ETH, NEW, NULL);
	KT_EQ(n6_flags(N6ETH, NEW), IN6_IFF_DUPLICATED);
	kt_sleep(SEC_TO_NSEC(5));
	KT_EQ(n6_flags(N6ETH, NEW), IN6_IFF_DUPLICATED);
	KT_EQ(N6COUNT(dupaddr) - dups, 1);
	KT_EQ(ip6_dad_pending, 0);
	/* nobody is told that we have it */
	rival(N6ETH, NEW, NULL);
	KT_EQ(n6_nsent(&n60, ND_NEIGHBOR_ADVERT), 0);
	/* the other one went: the address is set again, or the interface */
	KT_EQ(n6_add(N6ETH, NEW, 64, 0), 0);
	KT_EQ(n6_flags(N6ETH, NEW), IN6_IFF_TENTATIVE);
	kt_sleep(SEC_TO_NSEC(2));
	KT_EQ(n6_flags(N6ETH, NEW), 0);
	n6_cleanup();
}

KTEST(dad_owner, "somebody has it already")
{
	n6_setup();
	KT_EQ(n6_add(N6ETH, NEW, 64, 0), 0);
	owner(NEW, 0xa);
	KT_EQ(n6_flags(N6ETH, NEW), IN6_IFF_DUPLICATED);
	/* it is a neighbour like any other */
	KT_EQ(n6_add(N6ETH, N6_US, 64, 0), 0);
	kt_sleep(SEC_TO_NSEC(2));
	mq_purge(&n60.n6_out);
	KT_EQ(n6_send(NEW, 30), 0);
	owner(NEW, 0xa);
	KT_EQ(n6_sentdata(0xa), 30);
	/* even one that has our link address */
	KT_EQ(n6_add(N6ETH, n6_addr(0, 0x51), 64, 0), 0);
	owner(n6_addr(0, 0x51), 1);
	KT_EQ(n6_flags(N6ETH, n6_addr(0, 0x51)), IN6_IFF_DUPLICATED);
	n6_cleanup();
}

KTEST(dad_loop, "our own question come back is nobody's")
{
	struct n6_sent ns;
	u_int8_t nonce[ND_NONCELEN];

	n6_setup();
	KT_EQ(n6_add(N6ETH, NEW, 64, 0), 0);
	KT_ASSERT(probe(&n60, NEW, &ns));
	memcpy(nonce, ns.opt + 2, sizeof(nonce));
	rival(N6ETH, NEW, nonce);
	KT_EQ(n6_flags(N6ETH, NEW), IN6_IFF_TENTATIVE);
	nonce[0] ^= 1;
	rival(N6ETH, NEW, nonce);
	KT_EQ(n6_flags(N6ETH, NEW), IN6_IFF_DUPLICATED);
	n6_cleanup();
}

KTEST(dad_resolve, "who wants to talk to a tentative address waits")
{
	uint64_t tentative = N6COUNT(tentative);
	struct n6_msg nm;
	int len;

	n6_setup();
	KT_EQ(n6_add(N6ETH, NEW, 64, 0), 0);
	len = n6_make(&nm, ND_NEIGHBOR_SOLICIT, n6_addr(0, 0xa),
	    n6_snm(NEW), NEW, 0, 0xa);
	n6_in(N6ETH, &nm, len);
	KT_EQ(N6COUNT(tentative) - tentative, 1);
	KT_EQ(n6_nsent(&n60, ND_NEIGHBOR_ADVERT), 0);
	KT_EQ(n6_flags(N6ETH, NEW), IN6_IFF_TENTATIVE);
	n6_cleanup();
}

KTEST(dad_updown, "an interface that was down asks again")
{
	struct n6_sent ns;

	KT_EQ(n6_setup_addr(), 0);
	KT_EQ(n6_flags(N6ETH, N6_US), 0);
	NET_LOCK();
	if_down(N6ETH);
	NET_UNLOCK();
	KT_EQ(n6_flags(N6ETH, N6_US), IN6_IFF_TENTATIVE);
	kt_sleep(SEC_TO_NSEC(5));
	KT_EQ(n6_flags(N6ETH, N6_US), IN6_IFF_TENTATIVE);
	KT_EQ(ip6_dad_pending, 0);
	NET_LOCK();
	if_up(N6ETH);
	NET_UNLOCK();
	kt_sleep(MSEC_TO_NSEC(5));
	KT_ASSERT(probe(&n60, N6_US, &ns));
	kt_sleep(SEC_TO_NSEC(2));
	KT_EQ(n6_flags(N6ETH, N6_US), 0);
	n6_cleanup();
}

KTEST(dad_line, "a line asks its far end")
{
	struct in6_addr a = n6_addr(9, 1), b = n6_addr(9, 2);
	struct n6_sent ns;

	n6_setup();
	KT_EQ(n6_add(N6LINE, a, 128, 0), 0);
	KT_EQ(n6_add(N6LINE, b, 128, 0), 0);
	KT_EQ(n6_flags(N6LINE, a), IN6_IFF_TENTATIVE);
	KT_ASSERT(probe(&n61, a, &ns));
	rival(N6LINE, b, NULL);
	kt_sleep(SEC_TO_NSEC(2));
	KT_EQ(n6_flags(N6LINE, a), 0);
	KT_EQ(n6_flags(N6LINE, b), IN6_IFF_DUPLICATED);
	n6_cleanup();
}

KTEST(dad_gone, "an address may go while it is asked for")
{
	n6_setup();
	KT_EQ(n6_add(N6ETH, NEW, 64, 0), 0);
	KT_EQ(n6_del(N6ETH, NEW), 0);
	KT_EQ(ip6_dad_pending, 1);
	KT_EQ(n6_add(N6ETH, NEW, 64, 0), 0);
	rival(N6ETH, NEW, NULL);
	n6_cleanup();
	KT_EQ(ip6_dad_pending, 0);
	kt_sleep(SEC_TO_NSEC(3));
}
