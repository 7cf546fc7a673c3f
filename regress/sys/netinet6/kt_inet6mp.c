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

#include <sys/proc.h>

#define MP_PORT		4000
#define MP_PORTS	4

static int	mp6_running;	/* atomic: threads that have not ended */

/* A fragment of one of a few packets; what is around it may not fit. */
static void
mp6_fragment(u_int dice)
{
	struct mbuf *m = k6_packet(K6_PEER, K6_US, IPPROTO_NONE, 64);
	struct ip6_frag fh;

	memset(&fh, 0, sizeof(fh));
	fh.ip6f_offlg = htons((dice & 3) << 6 | ((dice & 3) != 3));
	fh.ip6f_ident = (dice >> 2) & 7;
	k6_input(&kti0, k6_prepend(m, IPPROTO_FRAGMENT, &fh, sizeof(fh), 1));
}

/* A router says that a packet to one of a few hosts was too big. */
static void
mp6_toobig(u_int dice)
{
	k6_input(&kti1, k6_error(K6_PEER1, K6_US1, ICMP6_PACKET_TOO_BIG, 0,
	    1280 + dice % 50, k6_packet(K6_US1, k6_addr(3, dice % 5 + 1),
	    IPPROTO_UDP, 1360)));
}

/* A socket lives: bound, connected, in a group, told things. */
static void
mp6_socket(u_int dice)
{
	struct in6_addr far = k6_addr(3, dice % 5 + 1), us = K6_US;
	struct socket *so = k6_open(SOCK_DGRAM, 0);

	(void)k6_bind(so, dice & 8 ? us : in6addr_any,
	    MP_PORT + dice % MP_PORTS);
	if (dice & 16)
		(void)k6_connect(so, far, 9);
	(void)k6_sendmsg(so, dice & 16 ? NULL : &far, 9, 1300, NULL);
	(void)k6_sendmsg(so, &us, MP_PORT + (dice >> 5) % MP_PORTS, 100,
	    NULL);
	while (k6_recv(so, NULL, NULL, NULL) != -1)
		continue;
	ktu_close(so);
}

/* arg: so many rounds */
static void
mp6_thread(void *arg)
{
	unsigned long n = (unsigned long)arg;
	u_int dice;

	for (; n > 0; n--) {
		dice = arc4random();
		switch ((dice >> 16) % 8) {
		case 0:
		case 1:
			mp6_fragment(dice);
			break;
		case 2:
			mp6_toobig(dice);
			break;
		case 3:
			k6_ifaflags(K6_US, dice & 1 ? IN6_IFF_DEPRECATED : 0);
			break;
		case 4:
			k6_input(&kti0, k6_icmp(K6_PEER, K6_US,
			    ICMP6_ECHO_REQUEST, 0, 1, 100));
			break;
		case 5:
			k6_input(&kti0, k6_udp(K6_PEER, 9, K6_US,
			    MP_PORT + dice % MP_PORTS, 50));
			break;
		default:
			mp6_socket(dice);
			break;
		}
	}
	__atomic_fetch_sub(&mp6_running, 1, __ATOMIC_RELEASE);
}

KTEST(mp_inet6, "threads with sockets, fragments and errors leave nothing")
{
	unsigned long rounds = kt_count(150);
	int i;

	KT_EQ(k6_network(), 0);
	k6_mark();
	mp6_running = 3;
	for (i = 0; i < 3; i++)
		KT_EQ(kthread_create(mp6_thread, (void *)rounds, NULL, "kt"),
		    0);
	while (__atomic_load_n(&mp6_running, __ATOMIC_ACQUIRE) > 0)
		kt_sleep(MSEC_TO_NSEC(1));
	/* each fragment waits, or has become part of a packet, or not */
	KT_ASSERT(k6_stat(ip6s_fragments) >= frag6_frags() +
	    k6_stat(ip6s_fragdropped) + k6_stat(ip6s_badfrags) +
	    4 * k6_stat(ip6s_reassembled));
	KT_ASSERT(k6_istat(icp6s_reflect) > 0);
	KT_EQ(udb6table.inpt_count, 0);
	k6_cleanup();
	KT_EQ(frag6_frags(), 0);
	KT_EQ(frag6_queues(), 0);
}
