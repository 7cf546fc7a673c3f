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
 * Routes in their tables: which one is taken, and what becomes of the
 * others when one goes.
 */

#include <sys/ktest.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/timeout.h>

#include <net/rtable.h>

#include "kt_route.h"

#define KT_ROUTE(dst, via) do {						\
	const char *__to = kt_route_to(dst);				\
	if (strcmp(__to, via) != 0)					\
		KT_FAIL("%s goes to %s, not %s", dst, __to, via);	\
} while (0)

/* a point-to-point interface and an Ethernet-like one */
static struct kt_if *p2p, *eth;
static struct ifaddr *p2pa, *etha;

static void
with_interfaces(void (*func)(void))
{
	p2p = kt_if_create("ktp0", IFF_POINTOPOINT);
	eth = kt_if_create("kte0", IFF_BROADCAST);
	p2pa = kt_if_addr(p2p, "169.254.0.2", "169.254.0.1", 30);
	etha = kt_if_addr(eth, "192.0.2.8", NULL, 24);
	func();
	kt_route_flush();
	kt_if_destroy(p2p);
	kt_if_destroy(eth);
	NET_LOCK_SHARED();
	if (!rtable_empty(KT_TABLE))
		ktest_fail(__FILE__, __LINE__, "routes left in the table");
	NET_UNLOCK_SHARED();
}

static int
flags_of(const char *dst, int bits, const char *gate)
{
	struct rtentry *rt;
	int flags = -1;

	NET_LOCK_SHARED();
	rt = rtable_lookup(KT_TABLE, kt_sin(dst), kt_mask(bits),
	    gate != NULL ? kt_sin(gate) : NULL, RTP_ANY);
	if (rt != NULL)
		flags = rt->rt_flags;
	rtfree(rt);
	NET_UNLOCK_SHARED();
	return (flags);
}

static void
addresses(void)
{
	NET_LOCK();
	KT_EQ(rt_ifa_addlocal(p2pa), 0);
	KT_EQ(rt_ifa_add(p2pa, RTF_HOST, p2pa->ifa_dstaddr, KT_TABLE), 0);
	KT_EQ(rt_ifa_addlocal(etha), 0);
	KT_EQ(rt_ifa_add(etha, RTF_CLONING|RTF_CONNECTED|RTF_MPATH,
	    etha->ifa_addr, KT_TABLE), 0);
	NET_UNLOCK();
}

static void
test_addresses(void)
{
	addresses();
	KT_EQ(kt_route_count(), 4);
	KT_EQ(flags_of("169.254.0.2", 32, NULL), RTF_UP|RTF_HOST|RTF_LOCAL);
	KT_EQ(flags_of("169.254.0.1", 32, NULL), RTF_UP|RTF_HOST);
	KT_EQ(flags_of("192.0.2.8", 32, NULL),
	    RTF_UP|RTF_HOST|RTF_LOCAL|RTF_LLINFO);
	KT_EQ(flags_of("192.0.2.0", 24, NULL),
	    RTF_UP|RTF_CLONING|RTF_CONNECTED);
	KT_ROUTE("169.254.0.1", "169.254.0.2");
	/* the netmask of a point-to-point address makes no route */
	KT_ROUTE("169.254.0.3", "none");

	NET_LOCK();
	KT_EQ(rt_ifa_dellocal(p2pa), 0);
	KT_EQ(rt_ifa_del(p2pa, RTF_HOST, p2pa->ifa_dstaddr, KT_TABLE), 0);
	KT_EQ(rt_ifa_del(p2pa, RTF_HOST, p2pa->ifa_dstaddr, KT_TABLE), ESRCH);
	NET_UNLOCK();
	KT_ROUTE("169.254.0.2", "none");
	KT_EQ(kt_route_count(), 2);
}

KTEST(route_addresses, "an address makes its own routes and no others")
{
	with_interfaces(test_addresses);
}

static void
test_prefixes(void)
{
	addresses();
	KT_EQ(kt_route_add(p2pa, "10.0.0.0", 8, "169.254.0.1", RTF_GATEWAY, 0),
	    0);
	KT_EQ(kt_route_add(p2pa, "10.1.2.3", 16, NULL, 0, 0), 0);
	KT_EQ(kt_route_add(p2pa, "0.0.0.0", 0, "169.254.0.1", RTF_GATEWAY, 0),
	    0);
	KT_EQ(flags_of("10.1.0.0", 16, NULL), RTF_UP);
	KT_ROUTE("10.2.0.1", "169.254.0.1");
	KT_ROUTE("10.1.255.255", "169.254.0.2");
	KT_ROUTE("8.8.8.8", "169.254.0.1");
	KT_EQ(kt_route_add(p2pa, "10.0.0.0", 8, "169.254.0.2", RTF_GATEWAY, 0),
	    EEXIST);
	KT_EQ(kt_route_add(p2pa, "10.0.0.0", 8, NULL, RTF_HOST, 0), EINVAL);
	KT_EQ(kt_route_del("10.0.0.0", 9, NULL, RTP_ANY), ESRCH);
	KT_EQ(kt_route_del("10.0.0.0", 8, "169.254.0.2", RTP_ANY), ESRCH);
	KT_EQ(kt_route_del("10.0.0.0", 8, NULL, RTP_BGP), ESRCH);
	KT_EQ(kt_route_del("10.0.0.0", 8, "169.254.0.1", RTP_STATIC), 0);
	KT_EQ(kt_route_del("10.0.0.0", 8, NULL, RTP_ANY), ESRCH);
	KT_EQ(kt_route_del("0.0.0.0", 0, NULL, RTP_ANY), 0);
	KT_ROUTE("10.2.0.1", "none");
}

KTEST(route_prefixes, "the longest prefix wins; errors are the right ones")
{
	with_interfaces(test_prefixes);
}

static void
test_masks(void)
{
	struct sockaddr_in sin;

	memcpy(&sin, kt_sin("255.0.255.0"), sizeof(sin));
	KT_EQ(rtable_satoplen(AF_INET, (struct sockaddr *)&sin), -1);
	memcpy(&sin, kt_sin("255.255.254.0"), sizeof(sin));
	KT_EQ(rtable_satoplen(AF_INET, (struct sockaddr *)&sin), 23);
	/* trimmed behind the last byte that is not zero, as BSD does */
	sin.sin_len = 6;
	KT_EQ(rtable_satoplen(AF_INET, (struct sockaddr *)&sin), 16);
	sin.sin_len = 0;
	KT_EQ(rtable_satoplen(AF_INET, (struct sockaddr *)&sin), 0);
	KT_EQ(rtable_satoplen(AF_INET, NULL), 32);
	KT_EQ(rtable_satoplen(AF_LINK, NULL), -1);
	KT_EQ(rtable_add(RT_TABLEID_MAX + 1), EINVAL);
}

KTEST(route_masks, "netmasks become lengths, or nothing when they have holes")
{
	test_masks();
}

/*
 * Several routes for one prefix.
 */

static void
test_mpath(void)
{
	struct rtentry *rt;
	u_int32_t src;
	unsigned int i, n[2] = { 0, 0 };

	KT_EQ(kt_route_add(p2pa, "10.0.0.0", 8, "10.9.0.1", 0, 8), 0);
	KT_EQ(kt_route_add(p2pa, "10.0.0.0", 8, "10.9.0.2", 0, 8), EEXIST);
	KT_EQ(kt_route_add(p2pa, "10.0.0.0", 8, "10.9.0.1", RTF_MPATH, 8),
	    EEXIST);
	KT_EQ(flags_of("10.0.0.0", 8, "10.9.0.1") & RTF_MPATH, 0);
	KT_EQ(kt_route_add(p2pa, "10.0.0.0", 8, "10.9.0.2", RTF_MPATH, 8), 0);
	KT_EQ(kt_route_add(p2pa, "10.0.0.0", 8, "10.9.0.3", 0, 20), 0);
	KT_EQ(flags_of("10.0.0.0", 8, "10.9.0.1") & RTF_MPATH, RTF_MPATH);
	KT_EQ(flags_of("10.0.0.0", 8, "10.9.0.2") & RTF_MPATH, RTF_MPATH);
	KT_EQ(flags_of("10.0.0.0", 8, "10.9.0.3") & RTF_MPATH, 0);

	NET_LOCK_SHARED();
	for (i = 0; i < 2000; i++) {
		src = i % 1000;		/* each pair twice */
		rt = rtalloc_mpath(kt_sin("10.1.1.1"), &src, KT_TABLE);
		KT_EQ(rt->rt_priority, 8);
		n[rtable_sa_equal(rt->rt_gateway, kt_sin("10.9.0.2"))]++;
		rtfree(rt);
	}
	NET_UNLOCK_SHARED();
	KT_ASSERT(n[0] > 700 && n[1] > 700 && n[0] % 2 == 0);
	KT_ROUTE("10.1.1.1", "10.9.0.1");

	KT_EQ(kt_route_del("10.0.0.0", 8, "10.9.0.1", RTP_ANY), 0);
	KT_EQ(flags_of("10.0.0.0", 8, "10.9.0.2") & RTF_MPATH, 0);
	KT_EQ(kt_route_del("10.0.0.0", 8, "10.9.0.2", RTP_ANY), 0);
	KT_ROUTE("10.1.1.1", "10.9.0.3");
}

KTEST(route_mpath, "equal routes share by source, the rest by priority")
{
	with_interfaces(test_mpath);
}

static void
test_linkstate(void)
{
	addresses();
	KT_EQ(kt_route_add(p2pa, "10.0.0.0", 8, "169.254.0.1", RTF_GATEWAY, 8),
	    0);
	KT_EQ(kt_route_add(etha, "10.0.0.0", 8, "192.0.2.1", RTF_GATEWAY, 20),
	    0);
	KT_EQ(kt_route_add(p2pa, "11.0.0.0", 8, "169.254.0.1", RTF_GATEWAY, 8),
	    0);
	KT_EQ(kt_route_add(etha, "0.0.0.0", 0, "192.0.2.1", RTF_GATEWAY, 8),
	    0);
	KT_ROUTE("10.1.1.1", "169.254.0.1");
	kt_if_link(p2p, LINK_STATE_DOWN);
	KT_ROUTE("10.1.1.1", "192.0.2.1");
	/* nothing meant for the tunnel leaks to the default route */
	KT_ROUTE("11.1.1.1", "down");
	KT_ROUTE("169.254.0.1", "down");
	KT_ROUTE("169.254.0.2", "169.254.0.2");
	KT_EQ(kt_route_add(p2pa, "12.0.0.0", 8, "169.254.0.1", RTF_GATEWAY, 8),
	    0);
	KT_ROUTE("12.1.1.1", "down");
	KT_EQ(flags_of("11.0.0.0", 8, NULL), RTF_GATEWAY);
	KT_EQ(flags_of("12.0.0.0", 8, NULL), RTF_GATEWAY);
	kt_if_link(p2p, LINK_STATE_UP);
	KT_ROUTE("10.1.1.1", "169.254.0.1");
	KT_ROUTE("11.1.1.1", "169.254.0.1");
	KT_ROUTE("12.1.1.1", "169.254.0.1");
	NET_LOCK();
	if_down(&p2p->ki_if);
	NET_UNLOCK();
	KT_ROUTE("10.1.1.1", "192.0.2.1");
	KT_ROUTE("11.1.1.1", "down");
}

KTEST(route_linkstate, "routes follow the link and come back with it")
{
	with_interfaces(test_linkstate);
}

/*
 * Walks.
 */

struct walk {
	unsigned int	w_calls;
	unsigned int	w_stop;
	const char	*w_victim;
};

static int
walk_delete_self(struct rtentry *rt, void *arg, u_int id)
{
	struct walk *w = arg;

	w->w_calls++;
	return (rtdeletemsg(rt, NULL, id));
}

static int
walk_delete_other(struct rtentry *rt, void *arg, u_int id)
{
	struct walk *w = arg;
	struct rtentry *victim;

	w->w_calls++;
	victim = rtable_lookup(id, kt_sin(w->w_victim), kt_mask(16), NULL,
	    RTP_ANY);
	if (victim != NULL)
		(void)rtdeletemsg(victim, NULL, id);
	rtfree(victim);
	return (w->w_calls == w->w_stop ? EINTR : 0);
}

static int
walk_delete_peers(struct rtentry *rt, void *arg, u_int id)
{
	struct walk *w = arg;
	struct rtentry *peer;

	w->w_calls++;
	while ((peer = rtable_lookup(id, rt_key(rt), kt_mask(16), NULL,
	    RTP_ANY)) != NULL) {
		(void)rtdeletemsg(peer, NULL, id);
		rtfree(peer);
	}
	return (0);
}

static void
fill(unsigned int n)
{
	char dst[20];
	unsigned int i;

	for (i = 0; i < n; i++) {
		snprintf(dst, sizeof(dst), "10.%u.0.0", i);
		KT_EQ(kt_route_add(p2pa, dst, 16, "10.9.0.1", 0, 8), 0);
	}
}

static void
test_walk(void)
{
	struct walk w = { 0, 0, NULL };
	struct rtentry *rt = NULL;
	char gate[20];
	unsigned int i;

	fill(100);
	for (i = 0; i < 20; i++) {
		snprintf(gate, sizeof(gate), "10.9.1.%u", i);
		KT_EQ(kt_route_add(p2pa, "10.50.0.0", 16, gate, RTF_MPATH, 8),
		    0);
	}
	NET_LOCK();
	/* the first call takes one away that is still to come */
	w.w_victim = "10.1.0.0";
	KT_EQ(rtable_walk(KT_TABLE, AF_INET, NULL, walk_delete_other, &w), 0);
	KT_EQ(w.w_calls, 119);
	w.w_calls = 0;
	w.w_stop = 3;
	KT_EQ(rtable_walk(KT_TABLE, AF_INET, &rt, walk_delete_other, &w),
	    EINTR);
	KT_ASSERT(rt != NULL &&
	    rtable_sa_equal(rt_key(rt), kt_sin("10.3.0.0")));
	rtfree(rt);
	w.w_calls = 0;
	KT_EQ(rtable_walk_prefix(KT_TABLE, kt_sin("10.50.0.0"), 16, NULL,
	    walk_delete_peers, &w), 0);
	KT_EQ(w.w_calls, 1);
	w.w_calls = 0;
	KT_EQ(rtable_walk(KT_TABLE, AF_INET, NULL, walk_delete_self, &w), 0);
	KT_EQ(w.w_calls, 98);
	KT_ASSERT(rtable_empty(KT_TABLE));
	NET_UNLOCK();
}

KTEST(route_walk, "a walk bears what its function does to the table")
{
	with_interfaces(test_walk);
}

/*
 * Clones and next hops.
 */

static void
test_clone(void)
{
	addresses();
	KT_EQ(kt_route_count(), 4);
	KT_ROUTE("192.0.2.9", "link");
	KT_ROUTE("192.0.2.9", "link");
	KT_ROUTE("192.0.2.10", "link");
	KT_EQ(kt_route_count(), 6);
	KT_EQ(eth->ki_requests[RTM_RESOLVE], 2);
	KT_EQ(flags_of("192.0.2.9", 32, NULL),
	    RTF_UP|RTF_HOST|RTF_CLONED|RTF_LLINFO);

	/* a route of its own takes the place of a clone */
	KT_EQ(kt_route_add(p2pa, "192.0.2.9", 32, NULL, RTF_STATIC, 0), 0);
	KT_EQ(flags_of("192.0.2.9", 32, NULL), RTF_UP|RTF_HOST|RTF_STATIC);
	KT_EQ(eth->ki_requests[RTM_DELETE], 1);
	/* even one of the same priority */
	KT_EQ(kt_route_add(p2pa, "192.0.2.10", 32, NULL, RTF_STATIC,
	    RTP_CONNECTED - 1), 0);
	KT_EQ(kt_route_del("192.0.2.10", 32, NULL, RTP_ANY), 0);
	KT_ROUTE("192.0.2.10", "link");
	/* and a better network those inside */
	KT_EQ(kt_route_add(p2pa, "192.0.2.0", 28, NULL, 0, 0), 0);
	KT_EQ(flags_of("192.0.2.10", 32, NULL), -1);
	KT_ROUTE("192.0.2.10", "169.254.0.2");
	KT_ROUTE("192.0.2.100", "link");
	NET_LOCK();
	KT_EQ(rt_ifa_del(etha, RTF_CLONING|RTF_CONNECTED, etha->ifa_addr,
	    KT_TABLE), 0);
	NET_UNLOCK();
	KT_EQ(flags_of("192.0.2.100", 32, NULL), -1);
	KT_EQ(eth->ki_requests[RTM_DELETE], 5);
}

KTEST(route_clone, "neighbours get routes of their own, and lose them")
{
	with_interfaces(test_clone);
}

static void
test_gateway(void)
{
	struct rtentry *rt;

	KT_EQ(kt_route_add(etha, "10.0.0.0", 8, "192.0.2.1", RTF_GATEWAY, 8),
	    0);
	KT_ROUTE("10.1.1.1", "down");
	addresses();
	KT_ROUTE("10.1.1.1", "192.0.2.1");
	NET_LOCK_SHARED();
	rt = rtalloc(kt_sin("10.1.1.1"), RT_RESOLVE, KT_TABLE);
	KT_ASSERT(rt_getll(rt) != NULL && rt_getll(rt) != rt);
	KT_ASSERT(rtable_sa_equal(rt_key(rt_getll(rt)), kt_sin("192.0.2.1")));
	KT_EQ(rt_getll(rt)->rt_cachecnt, 1);
	rtfree(rt);
	NET_UNLOCK_SHARED();

	/* the neighbour goes: the next look-up finds it anew */
	KT_EQ(kt_route_del("192.0.2.1", 32, NULL, RTP_ANY), 0);
	KT_ROUTE("10.1.1.1", "192.0.2.1");
	/* a gateway behind a gateway is none */
	KT_EQ(kt_route_add(etha, "11.0.0.0", 8, "10.1.1.1", RTF_GATEWAY, 8),
	    0);
	KT_ROUTE("11.1.1.1", "down");
	/* the gateway turns out to be elsewhere */
	KT_EQ(kt_route_add(p2pa, "192.0.2.1", 32, NULL, 0, 0), 0);
	KT_ROUTE("10.1.1.1", "down");
	KT_EQ(kt_route_del("192.0.2.1", 32, NULL, RTP_ANY), 0);
	KT_ROUTE("10.1.1.1", "192.0.2.1");
}

KTEST(route_gateway, "next hops are found, lost and found again")
{
	with_interfaces(test_gateway);
}

/* The length of the prefix that the next hop of an address was found by. */
static int
nexthop_plen(const char *dst)
{
	struct rtentry *rt;
	int plen = -1;

	NET_LOCK_SHARED();
	rt = rtalloc(kt_sin(dst), RT_RESOLVE, KT_TABLE);
	if (rt != NULL && rt_getll(rt) != NULL)
		plen = rt_getll(rt)->rt_plen;
	rtfree(rt);
	NET_UNLOCK_SHARED();
	return (plen);
}

static void
test_shadow(void)
{
	KT_EQ(kt_route_add(p2pa, "172.16.0.0", 16, NULL, 0, 0), 0);
	KT_EQ(kt_route_add(p2pa, "10.0.0.0", 8, "172.16.1.1", RTF_GATEWAY, 0),
	    0);
	KT_EQ(kt_route_add(p2pa, "11.0.0.0", 8, "172.16.2.1", RTF_GATEWAY, 0),
	    0);
	KT_EQ(nexthop_plen("10.1.1.1"), 16);
	KT_EQ(nexthop_plen("11.1.1.1"), 16);
	KT_EQ(kt_route_add(p2pa, "172.16.1.0", 24, NULL, 0, 0), 0);
	KT_EQ(nexthop_plen("10.1.1.1"), 24);
	KT_EQ(nexthop_plen("11.1.1.1"), 16);
	KT_EQ(kt_route_del("172.16.1.0", 24, NULL, RTP_ANY), 0);
	KT_EQ(nexthop_plen("10.1.1.1"), 16);
}

KTEST(route_shadow, "a gateway is looked for again when a better route comes")
{
	with_interfaces(test_shadow);
}

static void
test_cache(void)
{
	struct in_addr dst = { htonl(0x0a010101) }, src[2] = { { 1 }, { 2 } };
	struct route ro;
	struct rtentry *rt;

	memset(&ro, 0, sizeof(ro));
	KT_EQ(kt_route_add(p2pa, "10.0.0.0", 8, "10.9.0.1", 0, 8), 0);
	NET_LOCK_SHARED();
	KT_EQ(route_cache(&ro, &dst, NULL, KT_TABLE), ESRCH);
	rt = route_mpath(&ro, &dst, NULL, KT_TABLE);
	KT_ASSERT(rt != NULL);
	KT_EQ(route_cache(&ro, &dst, NULL, KT_TABLE), 0);
	KT_EQ(route_cache(&ro, &dst, &src[0], KT_TABLE), 0);
	NET_UNLOCK_SHARED();
	KT_EQ(kt_route_add(p2pa, "10.1.0.0", 16, "10.9.0.2", 0, 8), 0);
	NET_LOCK_SHARED();
	KT_EQ(route_cache(&ro, &dst, NULL, KT_TABLE), ESRCH);
	KT_ASSERT(route_mpath(&ro, &dst, NULL, KT_TABLE) != rt);
	KT_EQ(route_cache(&ro, &dst, NULL, 0), ESRCH);
	KT_ASSERT(route_mpath(&ro, &dst, &src[0], KT_TABLE) != NULL);
	NET_UNLOCK_SHARED();
	KT_EQ(kt_route_del("10.1.0.0", 16, NULL, RTP_ANY), 0);
	KT_EQ(kt_route_add(p2pa, "10.0.0.0", 8, "10.9.0.2", RTF_MPATH, 8), 0);
	NET_LOCK_SHARED();
	KT_ASSERT(route_mpath(&ro, &dst, &src[0], KT_TABLE) != NULL);
	KT_EQ(route_cache(&ro, &dst, &src[0], KT_TABLE), 0);
	KT_EQ(route_cache(&ro, &dst, &src[1], KT_TABLE), ESRCH);
	route_release(&ro);
	NET_UNLOCK_SHARED();
}

KTEST(route_cache, "a remembered route is looked up again after a change")
{
	with_interfaces(test_cache);
}

/*
 * Time, names, and threads at once.
 */

static void
test_timer(void)
{
	static struct rttimer_queue queue;
	static int ready;
	struct rtentry *rt;

	if (!ready)
		rt_timer_queue_init(&queue, 60, rt_timer_delete);
	ready = 1;
	rt_timer_queue_change(&queue, 3);
	fill(2);
	NET_LOCK();
	rt = rtable_lookup(KT_TABLE, kt_sin("10.1.0.0"), kt_mask(16), NULL, 0);
	KT_EQ(rt_timer_add(rt, &queue, KT_TABLE), 0);
	KT_EQ(rt_timer_add(rt, &queue, KT_TABLE), 0);
	KT_EQ(rt_timer_queue_count(&queue), 1);
	KT_ASSERT(rt_timer_get_expire(rt) >= getuptime() + 2);
	NET_UNLOCK();
	kt_sleep(SEC_TO_NSEC(1));
	KT_EQ(kt_route_count(), 2);
	kt_sleep(SEC_TO_NSEC(4));
	KT_EQ(kt_route_count(), 1);
	KT_EQ(rt_timer_queue_count(&queue), 0);
	NET_LOCK();
	KT_EQ(rt_timer_add(rt, &queue, KT_TABLE), ESRCH);
	rtfree(rt);
	rt = rtable_lookup(KT_TABLE, kt_sin("10.0.0.0"), kt_mask(16), NULL, 0);
	KT_EQ(rt_timer_add(rt, &queue, KT_TABLE), 0);
	/* a route that goes takes its timers along */
	KT_EQ(rtdeletemsg(rt, NULL, KT_TABLE), 0);
	rtfree(rt);
	NET_UNLOCK();
	KT_EQ(rt_timer_queue_count(&queue), 0);
}

KTEST(route_timer, "a route with an end goes then, and not before")
{
	with_interfaces(test_timer);
}

KTEST(route_label, "labels are numbers that live as long as they are used")
{
	char buf[RTLABEL_LEN];
	u_int16_t a, b;

	a = rtlabel_name2id("kt-one");
	b = rtlabel_name2id("kt-two");
	KT_ASSERT(a != 0 && b != 0 && a != b);
	KT_EQ(rtlabel_name2id("kt-one"), a);
	KT_EQ(rtlabel_name2id(""), 0);
	KT_ASSERT(rtlabel_id2name(b, buf, sizeof(buf)) == buf);
	KT_EQ(strcmp(buf, "kt-two"), 0);
	rtlabel_unref(a);
	KT_ASSERT(rtlabel_id2name(a, buf, sizeof(buf)) != NULL);
	rtlabel_unref(a);
	KT_ASSERT(rtlabel_id2name(a, buf, sizeof(buf)) == NULL);
	KT_EQ(rtlabel_name2id("kt-three"), a);
	rtlabel_unref(a);
	rtlabel_unref(b);
}

static unsigned int race_left;

/* Resolve neighbours under the shared lock, as output does. */
static void
race_reader(void *arg)
{
	struct sockaddr_in sin;
	struct rtentry *rt;
	unsigned int i;

	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	for (i = 0; i < kt_count(400); i++) {
		sin.sin_addr.s_addr = htonl(0xc0000210 + i % 16);
		NET_LOCK_SHARED();
		rt = rtalloc((struct sockaddr *)&sin, RT_RESOLVE, KT_TABLE);
		if (rt != NULL && !ISSET(rt->rt_flags, RTF_CLONED))
			panic("%s: not a clone", __func__);
		rtfree(rt);
		NET_UNLOCK_SHARED();
		yield();
	}
	atomic_dec_int(&race_left);
	wakeup(&race_left);
	kthread_exit(0);
}

static void
test_race(void)
{
	unsigned int i;

	race_left = 3;
	for (i = 0; i < 3; i++)
		KT_EQ(kthread_create(race_reader, NULL, NULL, "ktrace"), 0);
	while (READ_ONCE(race_left) != 0) {
		NET_LOCK();
		(void)rt_ifa_add(etha, RTF_CLONING|RTF_CONNECTED,
		    etha->ifa_addr, KT_TABLE);
		NET_UNLOCK();
		(void)tsleep_nsec(&race_left, PWAIT, "ktrace",
		    USEC_TO_NSEC(50));
		NET_LOCK();
		(void)rt_ifa_del(etha, RTF_CLONING|RTF_CONNECTED,
		    etha->ifa_addr, KT_TABLE);
		NET_UNLOCK();
	}
	KT_EQ(kt_route_count(), 0);
	/* each clone and each network route was seen to come and to go */
	KT_EQ(eth->ki_requests[RTM_ADD] + eth->ki_requests[RTM_RESOLVE],
	    eth->ki_requests[RTM_DELETE]);
}

KTEST(mp_route_race, "clones are made by many at once while networks go")
{
	with_interfaces(test_race);
}
