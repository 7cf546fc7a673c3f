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

#ifndef _NET_RTSOCK_VAR_H_
#define _NET_RTSOCK_VAR_H_

#include <sys/types.h>
#include <sys/socket.h>

/*
 * Between the files of the routing socket.
 */
struct if_data;
struct ifaddr;
struct ifnet;
struct mbuf;
struct rt_addrinfo;
struct rtentry;
struct sockaddr;
struct sockaddr_dl;
struct sockaddr_in6;
struct sockaddr_rtlabel;

#define RTM_KERNMAX	640	/* no message of the kernel's own is longer */

/* Where the addresses of a route are while a message is made of them. */
struct rtm_scratch {
	struct sockaddr_in6	rs_mask;
	struct sockaddr_rtlabel	rs_label;
	struct sockaddr_dl	rs_ifp;
};

/* An address on its way out: the kernel's form of a scope becomes that of
 * the system calls. */
void	rtm_recoverscope(struct sockaddr *);
/*
 * Lay a message out: header with length, version and type, zeroes, the
 * addresses of info; sets rti_addrs. Returns the length; nothing is written
 * when that is more than size.
 */
size_t	rtm_build(void *, size_t, int, struct rt_addrinfo *);
/* The message about a route, complete; borrowed memory; NET held. */
size_t	rtm_route(void *, size_t, int, struct rtentry *, u_int);
size_t	rtm_ifinfo(void *, size_t, struct ifnet *);
size_t	rtm_ifaddr(void *, size_t, int, struct ifaddr *);

/*
 * Hand a message to each socket that wants it, but not to skip (or NULL).
 * Any context. The family is that of its addresses, or AF_UNSPEC.
 */
void	rtm_broadcast(const void *, size_t, sa_family_t, struct socket *);

/* A request, consumed; socket locked, NET not held; sleeps. errno. */
int	route_request(struct socket *, struct mbuf *);

#endif /* _NET_RTSOCK_VAR_H_ */
