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
 * What the tests of IPv6 packets and sockets share: the interfaces of
 * kt_inet.h, with addresses that need no neighbours.
 */
#ifndef _KT_INET6_H_
#define _KT_INET6_H_

#include "../netinet/kt_inet.h"
#include "../netinet/kt_sock.h"

#include <netinet/icmp6.h>
#include <netinet/ip6.h>
#include <netinet6/in6_var.h>
#include <netinet6/ip6_var.h>

/*
 * 2001:db8:net::host; kti0 is net 1 and we are host 1 there.  kti1 is a
 * line 2001:db8:2::1 --> 2001:db8:2::2, and net 3 is behind its far end.
 */
struct in6_addr	k6_addr(u_int, u_int);
struct in6_addr	k6_ll(struct kti_if *, u_int);	/* fe80::host, embedded */
struct in6_addr	k6_words(u_int, u_int, u_int);	/* the first two, the last */
#define K6_US		k6_addr(1, 1)
#define K6_PEER		k6_addr(1, 0x77)
#define K6_US1		k6_addr(2, 1)
#define K6_PEER1	k6_addr(2, 2)
#define K6_FAR		k6_addr(3, 9)
#define K6_NOWHERE	k6_words(0x2600, 0, 1)
#define K6_GROUP	k6_words(0xff05, 0, 0x1234)
#define K6_LOOP		k6_words(0, 0, 1)

int	k6_setup(void);				/* 0 or an errno */
int	k6_network(void);		/* the same, but not quiet yet */
void	k6_cleanup(void);
/* prefix of 64 bits, or with a far end; SIOCAIFADDR_IN6 */
int	k6_ifaddr(struct kti_if *, struct in6_addr, int, struct in6_addr *);
void	k6_ifaflags(struct in6_addr, int);	/* IN6_IFF_ of ours */
struct sockaddr_in6 k6_sin6(struct in6_addr);
int	k6_addroute(struct in6_addr, struct in6_addr, int); /* /64, RTF_ */
struct rtentry *k6_host(struct in6_addr);	/* host route or NULL, ref */

/* A packet with len random bytes behind its header, which is complete. */
struct mbuf *k6_packet(struct in6_addr, struct in6_addr, int, u_int);
/* Put such a header (8 * units bytes, the rest zero) before what follows
 * the IPv6 header, and name it there. */
struct mbuf *k6_prepend(struct mbuf *, int, const void *, u_int, u_int);
void	k6_finish(struct mbuf *);		/* length */
void	k6_input(struct kti_if *, struct mbuf *);
/* An ICMPv6 message of 8 bytes and len of data, with its checksum. */
struct mbuf *k6_icmp(struct in6_addr, struct in6_addr, int, int, u_int32_t,
	    u_int);
void	k6_cksum(struct mbuf *, int);		/* of ICMPv6 or UDP at */
/* An ICMPv6 error about that packet, from a router; m is consumed. */
struct mbuf *k6_error(struct in6_addr, struct in6_addr, int, int, u_int32_t,
	    struct mbuf *);
/* What was sent next: type << 8 | code if that is ICMPv6, -1: nothing, or
 * something else; the 32 bits behind it go to *param. */
int	k6_sent(struct kti_if *, u_int32_t *);

/* All counters; those that have moved since, but for harmless ones. */
void	k6_mark(void);
uint64_t k6_stat(int);			/* since the mark */
uint64_t k6_istat(int);			/* of ICMPv6, since the mark */
int	k6_only(int);			/* this one moved once, no other */

/* Sockets, as in kt_sock.h; the interface is the scope. */
struct socket *k6_open(int, int);
int	k6_bind(struct socket *, struct in6_addr, u_int);
int	k6_connect(struct socket *, struct in6_addr, u_int);
int	k6_sendmsg(struct socket *, const struct in6_addr *, u_int, u_int,
	    struct mbuf *);
int	k6_recv(struct socket *, struct sockaddr_in6 *, struct mbuf **,
	    struct mbuf **);
int	k6_getopt(struct socket *, int, int *);
/* a control message of level IPPROTO_IPV6, behind what mc has */
struct mbuf *k6_cmsg(struct mbuf *, int, const void *, u_int);
/* the same found: its data, or NULL */
void	*k6_findcmsg(struct mbuf *, int);
struct mbuf *k6_udp(struct in6_addr, u_int, struct in6_addr, u_int, u_int);

#endif /* _KT_INET6_H_ */
