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
 * Neighbour discovery, RFC 4861 and RFC 4862.
 */
#ifndef _NETINET6_ND6_H_
#define _NETINET6_ND6_H_

#include <sys/types.h>

#ifdef _KERNEL

struct ifaddr;
struct ifnet;
struct in6_addr;
struct mbuf;
struct rtentry;
struct sockaddr;

void	nd6_init(void);
/*
 * The link address to send m to, as arpresolve() of netinet/if_ether.h: 0
 * and it is filled in; else m is consumed, and EAGAIN means that it waits.
 */
int	nd6_resolve(struct ifnet *, struct rtentry *, struct mbuf *,
	    const struct sockaddr *, u_char *);
/* if_rtrequest of routes of AF_INET6 */
void	nd6_rtrequest(struct ifnet *, int, struct rtentry *);
/* Does that kind of interface have neighbours with link addresses? */
int	nd6_need_cache(const struct ifnet *);
/*
 * Messages, from icmp6_input() after their checksum: m is consumed, begins
 * at the IPv6 header, the ICMPv6 message is at off and has len bytes.
 */
void	nd6_ns_input(struct mbuf *, int, int);
void	nd6_na_input(struct mbuf *, int, int);
/* Group changes heard and told (RFC 2710); as above. */
void	mld6_init(void);
void	mld6_input(struct mbuf *, int, int);
/* Duplicate address detection of an address that is TENTATIVE.  NET(X). */
void	nd6_dad_start(struct ifaddr *);
void	nd6_dad_stop(struct ifaddr *);

#endif /* _KERNEL */
#endif /* _NETINET6_ND6_H_ */
