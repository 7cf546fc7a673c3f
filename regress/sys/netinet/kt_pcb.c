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

#include "kt_sock.h"

#include <sys/malloc.h>

#define DGRAM	ktu_open(SOCK_DGRAM, 0)
#define ANY	INADDR_ANY

KTEST(pcb_ports, "who may bind to what")
{
	struct socket *a = DGRAM, *b;

	KT_EQ(kti_setup(), 0);
	KT_ASSERT(a != NULL);
	KT_EQ(ktu_bind(a, KTI_PEER0, 1000), EADDRNOTAVAIL);
	KT_EQ(ktu_bind(a, KTI_US0, 500), 0);
	KT_EQ(ktu_bind(a, KTI_US0, 501), EINVAL);
	curproc->p_suser = 0;
	b = DGRAM;
	curproc->p_suser = 1;
	KT_ASSERT(b != NULL);
	KT_EQ(ktu_bind(b, ANY, 1023), EACCES);
	KT_EQ(ktu_bind(b, ANY, 1024), 0);
	KT_EQ(ktu_setopt(b, IPPROTO_IP, IP_PORTRANGE, IP_PORTRANGE_LOW), 0);
	ktu_close(a);
	ktu_close(b);
	kti_cleanup();
}

/* Bind two sockets one after the other: the second one's error. */
static int
bind2(in_addr_t addr1, int opt1, in_addr_t addr2, int opt2)
{
	struct socket *a = DGRAM, *b = DGRAM;
	int error = -1;

	if (opt1 != 0)
		ktu_setopt(a, SOL_SOCKET, opt1, 1);
	if (opt2 != 0)
		ktu_setopt(b, SOL_SOCKET, opt2, 1);
	if (ktu_bind(a, addr1, 4000) == 0)
		error = ktu_bind(b, addr2, 4000);
	ktu_close(a);
	ktu_close(b);
	return (error);
}

KTEST(pcb_reuse, "when two sockets may share a port")
{
	in_addr_t group = KTI_A(224, 0, 0, 99);

	KT_EQ(kti_setup(), 0);
	KT_EQ(bind2(ANY, 0, ANY, 0), EADDRINUSE);
	KT_EQ(bind2(KTI_US0, 0, KTI_US0, 0), EADDRINUSE);
	KT_EQ(bind2(KTI_US0, 0, KTI_US1, 0), 0);
	KT_EQ(bind2(ANY, 0, KTI_US0, 0), EADDRINUSE);
	KT_EQ(bind2(KTI_US0, 0, ANY, 0), EADDRINUSE);
	KT_EQ(bind2(ANY, 0, KTI_US0, SO_REUSEADDR), 0);
	KT_EQ(bind2(ANY, SO_REUSEADDR, ANY, SO_REUSEADDR), EADDRINUSE);
	KT_EQ(bind2(ANY, SO_REUSEPORT, ANY, SO_REUSEPORT), 0);
	KT_EQ(bind2(ANY, 0, ANY, SO_REUSEPORT), EADDRINUSE);
	KT_EQ(bind2(ANY, SO_REUSEPORT, ANY, 0), EADDRINUSE);
	KT_EQ(bind2(group, SO_REUSEADDR, group, SO_REUSEADDR), 0);
	KT_EQ(bind2(group, 0, group, SO_REUSEADDR), EADDRINUSE);
	kti_cleanup();
}

KTEST(pcb_auto, "ports chosen for sockets")
{
	int first = ipport_firstauto, last = ipport_lastauto;
	struct socket *a = DGRAM, *b = DGRAM, *c = DGRAM;
	u_int i, port, high = 0, seen[3] = { 0, 0, 0 };

	KT_EQ(kti_setup(), 0);
	/* 4500 is ESP's: it is never chosen */
	ipport_firstauto = 4499;
	ipport_lastauto = 4501;
	KT_EQ(ktu_bind(a, ANY, 0), 0);
	KT_EQ(ktu_bind(b, ANY, 0), 0);
	KT_EQ(ktu_bind(c, ANY, 0), EADDRNOTAVAIL);
	KT_EQ(ktu_port(a) + ktu_port(b), 4499 + 4501);
	ktu_close(a);
	ktu_close(b);
	/* all of a range come up */
	ipport_firstauto = 5002;
	ipport_lastauto = 5000;
	for (i = 0; i < 200; i++) {
		a = DGRAM;
		KT_EQ(ktu_bind(a, ANY, 0), 0);
		port = ktu_port(a);
		KT_ASSERT(port >= 5000 && port <= 5002);
		seen[port - 5000]++;
		ktu_close(a);
	}
	KT_ASSERT(seen[0] > 0 && seen[1] > 0 && seen[2] > 0);
	ipport_firstauto = first;
	ipport_lastauto = last;
	KT_EQ(ktu_setopt(c, IPPROTO_IP, IP_PORTRANGE, IP_PORTRANGE_HIGH), 0);
	KT_EQ(ktu_bind(c, ANY, 0), 0);
	high = ktu_port(c);
	KT_ASSERT(high >= IPPORT_HIFIRSTAUTO && high <= IPPORT_HILASTAUTO);
	ktu_close(c);
	kti_cleanup();
}

KTEST(pcb_connect, "connecting finds a source, and lets go of it")
{
	struct socket *a = DGRAM, *b = DGRAM;
	struct inpcb *inp = sotoinpcb(a);

	KT_EQ(kti_setup(), 0);
	KT_EQ(ktu_connect(a, KTI_PEER0, 0), EADDRNOTAVAIL);
	KT_EQ(ktu_connect(a, KTI_NOWHERE, 7), EHOSTUNREACH);
	KT_EQ(ktu_connect(a, KTI_FAR, 7), 0);
	KT_EQ(inp->inp_laddr.s_addr, KTI_US1);
	KT_ASSERT(inp->inp_lport != 0);
	/* connecting again moves it */
	KT_EQ(ktu_connect(a, KTI_PEER0, 7), 0);
	KT_EQ(inp->inp_laddr.s_addr, KTI_US0);
	solock(a);
	KT_EQ(sodisconnect(a), 0);
	KT_EQ(sodisconnect(a), ENOTCONN);
	sounlock(a);
	KT_EQ(inp->inp_laddr.s_addr, ANY);
	KT_EQ(inp->inp_faddr.s_addr, ANY);
	/* what was bound stays bound */
	KT_EQ(ktu_bind(b, KTI_US0, 77), 0);
	KT_EQ(ktu_connect(b, KTI_FAR, 7), 0);
	solock(b);
	KT_EQ(sodisconnect(b), 0);
	sounlock(b);
	KT_EQ(sotoinpcb(b)->inp_laddr.s_addr, KTI_US0);
	KT_EQ(ktu_port(b), 77);
	ktu_close(a);
	ktu_close(b);
	kti_cleanup();
}

/* Whose is a datagram from there to here?  Drops the reference. */
static struct socket *
whose(in_addr_t faddr, u_int fport, in_addr_t laddr, u_int lport)
{
	struct in_addr f = { faddr }, l = { laddr };
	struct socket *so = NULL;
	struct inpcb *inp;

	NET_LOCK_SHARED();
	inp = in_pcblookup(&udbtable, f, htons(fport), l, htons(lport), 0);
	if (inp == NULL)
		inp = in_pcblookup_listen(&udbtable, l, htons(lport), 0);
	if (inp != NULL)
		so = inp->inp_socket;
	in_pcbunref(inp);
	NET_UNLOCK_SHARED();
	return (so);
}

KTEST(pcb_lookup, "connected before bound, an address before any")
{
	struct socket *any = DGRAM, *addr = DGRAM, *conn = DGRAM;

	KT_EQ(kti_setup(), 0);
	KT_EQ(ktu_setopt(addr, SOL_SOCKET, SO_REUSEPORT, 1), 0);
	KT_EQ(ktu_setopt(conn, SOL_SOCKET, SO_REUSEPORT, 1), 0);
	KT_EQ(ktu_bind(any, ANY, 600), 0);
	KT_EQ(ktu_bind(addr, KTI_US0, 600), 0);
	KT_EQ(ktu_bind(conn, KTI_US0, 600), 0);
	KT_EQ(ktu_connect(conn, KTI_PEER0, 9), 0);
	KT_ASSERT(whose(KTI_PEER0, 9, KTI_US0, 600) == conn);
	KT_ASSERT(whose(KTI_PEER0, 8, KTI_US0, 600) == addr);
	KT_ASSERT(whose(KTI_PEER0, 9, KTI_US1, 600) == any);
	KT_ASSERT(whose(KTI_PEER0, 9, KTI_US0, 601) == NULL);
	ktu_close(conn);
	KT_ASSERT(whose(KTI_PEER0, 9, KTI_US0, 600) == addr);
	ktu_close(addr);
	KT_ASSERT(whose(KTI_PEER0, 9, KTI_US0, 600) == any);
	ktu_close(any);
	KT_ASSERT(whose(KTI_PEER0, 9, KTI_US0, 600) == NULL);
	kti_cleanup();
}

#define MANY	1000

KTEST(pcb_many, "the table grows, finds all, and gives all back")
{
	static struct socket *so[MANY];
	unsigned long pcbs;
	u_int i;

	KT_EQ(kti_setup(), 0);
	for (i = 0; i < MANY; i++) {
		so[i] = DGRAM;
		KT_EQ(ktu_bind(so[i], i & 1 ? ANY : KTI_US0, 2000 + i), 0);
	}
	pcbs = malloc_inuse(M_PCB);
	KT_EQ(udbtable.inpt_count, MANY);
	KT_ASSERT(udbtable.inpt_size >= MANY);
	for (i = 0; i < MANY; i++)
		KT_ASSERT(whose(KTI_PEER0, 1, KTI_US0, 2000 + i) == so[i]);
	for (i = 0; i < MANY; i++)
		ktu_close(so[i]);
	KT_EQ(udbtable.inpt_count, 0);
	KT_EQ(pcbs - malloc_inuse(M_PCB), MANY);
	kti_cleanup();
}

KTEST(pcb_ref, "a pcb outlives its socket's close while referenced")
{
	struct socket *a = DGRAM;
	struct in_addr any = { ANY };
	unsigned long before;
	struct inpcb *inp;

	KT_EQ(kti_setup(), 0);
	KT_EQ(ktu_bind(a, ANY, 600), 0);
	before = malloc_inuse(M_SOCKET);
	inp = in_pcblookup_listen(&udbtable, any, htons(600), 0);
	KT_ASSERT(inp != NULL);
	ktu_close(a);
	KT_EQ(malloc_inuse(M_SOCKET), before);
	KT_ASSERT(inp->inp_socket == a);
	in_pcbunref(inp);
	KT_EQ(malloc_inuse(M_SOCKET), before - 1);
	kti_cleanup();
}
