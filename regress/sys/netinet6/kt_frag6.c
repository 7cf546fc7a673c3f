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

static struct in6_addr f_src;

/* len bytes from off on of the packet that counts bytes up from 1. */
static struct mbuf *
piece(u_int32_t id, u_int off, u_int len, int more)
{
	struct mbuf *m = k6_packet(f_src, K6_US, 253, len);
	struct ip6_frag fh;
	u_int i;

	for (i = 0; i < len; i++)
		mtod(m, u_char *)[40 + i] = off + i + 1;
	memset(&fh, 0, sizeof(fh));
	fh.ip6f_offlg = htons(off | more);
	fh.ip6f_ident = htonl(id);
	return (k6_prepend(m, IPPROTO_FRAGMENT, &fh, sizeof(fh), 1));
}

static void
frag(u_int32_t id, u_int off, u_int len, int more)
{
	k6_input(&kti0, piece(id, off, len, more));
}

/* A raw socket sees what came together. */
static struct socket *
listener(void)
{
	return (k6_open(SOCK_RAW, 253));
}

/* Is the next packet the one that counts, with so many bytes? */
static int
arrived(struct socket *so, int len)
{
	struct mbuf *m;
	int i, n;

	n = k6_recv(so, NULL, &m, NULL);
	if (n != len) {
		if (n != -1)
			m_freem(m);
		return (0);
	}
	m = m_pullup(m, len);
	for (i = 0; i < len; i++) {
		if (mtod(m, u_char *)[i] != (u_char)(i + 1))
			break;
	}
	m_freem(m);
	return (i == len);
}

static struct socket *
frag6_begin(void)
{
	f_src = K6_PEER;
	if (k6_setup() != 0)
		return (NULL);
	k6_mark();
	return (listener());
}

KTEST(frag6_orders, "pieces in all orders, of several packets at a time")
{
	static const u_char orders[][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
		{ 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
	};
	struct socket *so = frag6_begin();
	u_int i, j, k;

	KT_ASSERT(so != NULL);
	for (i = 0; i < nitems(orders); i++) {
		for (j = 0; j < 3; j++) {
			k = orders[i][j];
			frag(i, k * 64, k == 2 ? 61 : 64, k != 2);
			/* another in between, which differs in its id */
			frag(100 + i, k * 64, k == 2 ? 7 : 64, k != 2);
		}
		KT_ASSERT(arrived(so, 189));
		KT_ASSERT(arrived(so, 135));
	}
	KT_EQ(k6_stat(ip6s_reassembled), 12);
	KT_EQ(k6_stat(ip6s_fragments), 36);
	KT_EQ(frag6_queues(), 0);
	ktu_close(so);
	k6_cleanup();
}

KTEST(frag6_overlap, "what overlaps is void with all of it, RFC 5722")
{
	static const struct {
		u_int off, len;
		int more;
	} bad[] = {
		{ 56, 16, 1 }, { 0, 72, 1 }, { 0, 56, 1 }, { 8, 8, 1 },
		{ 64, 64, 1 }, { 120, 8, 1 }, { 136, 8, 1 },
	};
	struct socket *so = frag6_begin();
	u_int i;

	KT_ASSERT(so != NULL);
	for (i = 0; i < nitems(bad); i++) {
		frag(i, 0, 64, 1);
		frag(i, 128, 8, 0);
		k6_mark();
		frag(i, bad[i].off, bad[i].len, bad[i].more);
		if (i == 4) {
			/* that one was right: the packet is complete */
			KT_ASSERT(arrived(so, 136));
			continue;
		}
		if (i == 5) {
			KT_EQ(frag6_frags(), 3);
			frag6_drain();
			continue;
		}
		if (k6_stat(ip6s_badfrags) != 3)
			KT_FAIL("case %u", i);
		KT_EQ(frag6_frags(), 0);
		/* and what would have completed it does not */
		frag(i, 64, 64, 1);
		KT_EQ(k6_stat(ip6s_reassembled), 0);
		frag6_drain();
	}
	KT_EQ(k6_recv(so, NULL, NULL, NULL), -1);
	ktu_close(so);
	k6_cleanup();
}

KTEST(frag6_dup, "the same piece twice is no attack")
{
	struct socket *so = frag6_begin();

	KT_ASSERT(so != NULL);
	frag(1, 0, 64, 1);
	frag(1, 0, 64, 1);
	frag(1, 64, 10, 0);
	KT_ASSERT(arrived(so, 74));
	KT_EQ(k6_stat(ip6s_fragdropped), 1);
	ktu_close(so);
	k6_cleanup();
}

KTEST(frag6_bad, "pieces that are wrong by themselves")
{
	u_char hdr[8] = { 0 };
	struct socket *so = frag6_begin();
	struct mbuf *m;
	u_int32_t ptr;

	KT_ASSERT(so != NULL);
	frag(1, 0, 63, 1);
	KT_EQ(k6_sent(&kti0, &ptr), ICMP6_PARAM_PROB << 8);
	KT_EQ(ptr, 4);
	KT_EQ(k6_stat(ip6s_badfrags), 1);
	frag(1, 65528, 9, 0);
	KT_EQ(k6_sent(&kti0, &ptr), ICMP6_PARAM_PROB << 8);
	KT_EQ(ptr, 42);
	KT_EQ(k6_stat(ip6s_toolong), 1);
	frag(1, 8, 0, 0);
	KT_EQ(k6_stat(ip6s_badfrags), 2);
	/* the first one ends before the headers do */
	m = piece(1, 0, 16, 1);
	mtod(m, u_char *)[40] = IPPROTO_DSTOPTS;
	mtod(m, u_char *)[49] = 3;
	k6_input(&kti0, m);
	KT_EQ(k6_stat(ip6s_badfrags), 3);
	/* half a header */
	m = piece(1, 0, 0, 1);
	m_adj(m, -1);
	k6_finish(m);
	k6_input(&kti0, m);
	KT_EQ(k6_stat(ip6s_badfrags), 4);
	/* two headers that are not equally long: the first one's counts */
	frag(2, 64, 8, 0);
	m = piece(2, 0, 64, 1);
	k6_input(&kti0, k6_prepend(m, IPPROTO_DSTOPTS, hdr, 8, 1));
	KT_ASSERT(arrived(so, 72));
	KT_EQ(kti_nsent(&kti0), 0);
	KT_EQ(frag6_frags(), 0);
	ktu_close(so);
	k6_cleanup();
}

KTEST(frag6_atomic, "one that is the whole disturbs no other, RFC 8021")
{
	struct socket *so = frag6_begin();

	KT_ASSERT(so != NULL);
	frag(1, 0, 64, 1);
	frag(1, 0, 50, 0);
	KT_ASSERT(arrived(so, 50));
	frag(1, 64, 5, 0);
	KT_ASSERT(arrived(so, 69));
	KT_EQ(k6_stat(ip6s_badfrags), 0);
	ktu_close(so);
	k6_cleanup();
}

KTEST(frag6_timeout, "after a minute the sender of the first is told")
{
	struct socket *so = frag6_begin();

	KT_ASSERT(so != NULL);
	frag(1, 0, 64, 1);
	frag(2, 64, 64, 1);
	kt_sleep(SEC_TO_NSEC(59));
	KT_EQ(frag6_queues(), 2);
	kt_sleep(SEC_TO_NSEC(2));
	KT_EQ(frag6_queues(), 0);
	KT_EQ(k6_stat(ip6s_fragtimeout), 2);
	KT_EQ(k6_sent(&kti0, NULL), ICMP6_TIME_EXCEEDED << 8 |
	    ICMP6_TIME_EXCEED_REASSEMBLY);
	KT_EQ(kti_nsent(&kti0), 0);
	ktu_close(so);
	k6_cleanup();
}

KTEST(frag6_storm, "a storm fills no more than its room, the oldest goes")
{
	struct socket *so = frag6_begin();
	u_int i;

	KT_ASSERT(so != NULL);
	for (i = 0; i < 3000; i++) {
		f_src = k6_addr(1, 2 + kt_random() % 60000);
		frag(kt_random(), kt_random() % 100 * 8, 64, 1);
		KT_ASSERT(frag6_queues() <= 200 && frag6_frags() <= 200);
	}
	KT_EQ(frag6_queues(), 200);
	KT_EQ(k6_stat(ip6s_fragdropped), 2800);
	/* one packet in many pieces is a storm, too */
	frag6_drain();
	ip6_maxfrags = 1000;
	f_src = K6_PEER;
	for (i = 0; i < 300; i++)
		frag(1, 16 * i, 8, 1);
	KT_ASSERT(frag6_frags() <= 256);
	/* and after all that a good one comes through */
	frag(3, 0, 64, 1);
	frag(3, 64, 64, 0);
	KT_ASSERT(arrived(so, 128));
	ktu_close(so);
	k6_cleanup();
}

KTEST(frag6_ecn, "congestion that a piece met is that of the whole")
{
	struct socket *so = frag6_begin();
	struct mbuf *m, *mc;
	int ecn, i, *tclass;

	KT_ASSERT(so != NULL);
	KT_EQ(ktu_setopt(so, IPPROTO_IPV6, IPV6_RECVTCLASS, 1), 0);
	for (ecn = 0; ecn < 4; ecn++) {
		m = piece(ecn, 0, 64, 1);
		IP6HDR(m)->ip6_flow |= htonl(2 << 20);
		k6_input(&kti0, m);
		m = piece(ecn, 64, 8, 0);
		IP6HDR(m)->ip6_flow |= htonl(ecn << 20);
		k6_input(&kti0, m);
		i = k6_recv(so, NULL, NULL, &mc);
		KT_EQ(i, 72);
		tclass = k6_findcmsg(mc, IPV6_TCLASS);
		KT_ASSERT(tclass != NULL);
		KT_EQ(*tclass, ecn == 3 ? 3 : 2);
		m_freem(mc);
	}
	/* CE over a piece that knows no ECN */
	frag(9, 0, 64, 1);
	m = piece(9, 64, 8, 0);
	IP6HDR(m)->ip6_flow |= htonl(3 << 20);
	k6_input(&kti0, m);
	KT_EQ(k6_stat(ip6s_badfrags), 1);
	KT_EQ(k6_recv(so, NULL, NULL, NULL), -1);
	ktu_close(so);
	k6_cleanup();
}
