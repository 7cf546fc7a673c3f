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

#include <sys/proc.h>

#define MP_STATIONS	8
#define NEW	n6_addr(0, 0x50)

static int	mp_running;	/* atomic: threads that have not ended */

static void
mp_advert(struct in6_addr addr, int station)
{
	struct n6_msg nm;
	int len;

	len = n6_make(&nm, ND_NEIGHBOR_ADVERT, addr, N6_US, addr,
	    ND_NA_FLAG_SOLICITED | ND_NA_FLAG_OVERRIDE, station);
	n6_in(N6ETH, &nm, len);
}

static void
mp_solicit(struct in6_addr addr, int station)
{
	struct n6_msg nm;
	int len;

	len = n6_make(&nm, ND_NEIGHBOR_SOLICIT, addr, n6_snm(N6_US), N6_US,
	    0, station);
	n6_in(N6ETH, &nm, len);
}

/* Somebody else wants the address that comes and goes. */
static void
mp_rival(void)
{
	struct n6_msg nm;
	int len;

	len = n6_make(&nm, ND_NEIGHBOR_SOLICIT, in6addr_any, n6_snm(NEW), NEW,
	    0, 0);
	n6_in(N6ETH, &nm, len);
}

static void
mp_unroute(struct in6_addr addr)
{
	struct rtentry *rt = n6_route(addr, 128);

	NET_LOCK();
	if (rt != NULL && rt->rt_node != NULL)
		rtdelete(rt, NULL, 0);
	NET_UNLOCK();
	rtfree(rt);
}

/* arg: so many rounds of sending, answering, and changing addresses */
static void
mp_nd6_thread(void *arg)
{
	unsigned long n = (unsigned long)arg;
	struct in6_addr addr;
	u_int dice;

	for (; n > 0; n--) {
		dice = arc4random();
		addr = n6_addr(0, 0x20 + dice % MP_STATIONS);
		switch ((dice >> 8) % 12) {
		case 0:
			mp_unroute(addr);
			break;
		case 1:
		case 2:
			mp_advert(addr, 0x20 + dice % MP_STATIONS);
			break;
		case 3:
			mp_solicit(addr, 0x80 + dice % MP_STATIONS);
			break;
		case 4:
			(void)n6_add(N6ETH, NEW, 64, 0);
			break;
		case 5:
			(void)n6_del(N6ETH, NEW);
			break;
		case 6:
			mp_rival();
			break;
		default:
			(void)n6_send(addr, 20);
			break;
		}
	}
	__atomic_fetch_sub(&mp_running, 1, __ATOMIC_RELEASE);
}

KTEST(mp_nd6, "threads that send, learn and delete lose no packet uncounted")
{
	unsigned long rounds = kt_count(200);
	uint64_t held, out;
	int i;

	/* with the clock of the host there is no time to wait */
	n6_setup();
	ip6_dad_count = 0;
	KT_EQ(n6_add(N6ETH, N6_US, 64, 0), 0);
	ip6_dad_count = 1;
	held = N6COUNT(held);
	out = N6COUNT(flushed) + N6COUNT(holdfull) + N6COUNT(timeout);
	mp_running = 3;
	for (i = 0; i < 3; i++)
		KT_EQ(kthread_create(mp_nd6_thread, (void *)rounds, NULL,
		    "kt"), 0);
	while (__atomic_load_n(&mp_running, __ATOMIC_ACQUIRE) > 0)
		kt_sleep(MSEC_TO_NSEC(1));
	held = N6COUNT(held) - held;
	n6_cleanup();
	out = N6COUNT(flushed) + N6COUNT(holdfull) + N6COUNT(timeout) - out;
	KT_EQ(nd6_queued, 0);
	KT_EQ(ip6_dad_pending, 0);
	KT_EQ(n6_neighbours(), 0);
	KT_ASSERT(held > 0 && out <= held);
}
