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

#ifndef _KT_ROUTE_H_
#define _KT_ROUTE_H_

#include <sys/types.h>
#include <sys/socket.h>
#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_var.h>
#include <net/route.h>
#include <netinet/in.h>

/*
 * Interfaces for the tests of routing: attached for real, without packets.
 * The routes go to a table and routing domain of their own.
 */
#define KT_TABLE	200

struct kt_addr {
	struct ifaddr		ka_ifa;		/* first: ifafree() */
	struct sockaddr_in	ka_addr;
	struct sockaddr_in	ka_dst;
	struct sockaddr_in	ka_mask;
};

struct kt_if {
	struct ifnet		ki_if;
	unsigned int		ki_requests[RTM_RESOLVE + 1];
};

/* name, IFF_*; up. NULL when there is no memory. NET not held. */
struct kt_if *kt_if_create(const char *, int);
void	kt_if_destroy(struct kt_if *);
/* "10.0.0.1", peer or NULL, bits; no routes are made. NET not held. */
struct ifaddr *kt_if_addr(struct kt_if *, const char *, const char *, int);
/* LINK_STATE_*; routes follow */
void	kt_if_link(struct kt_if *, int);

/* "10.1.2.3" into a static ring of a few */
struct sockaddr *kt_sin(const char *);
struct sockaddr *kt_mask(int);			/* bits */
/* RTM_ADD by an interface address: prefix, bits, gateway, flags, prio */
int	kt_route_add(struct ifaddr *, const char *, int, const char *, int,
	    u_int8_t);
int	kt_route_del(const char *, int, const char *, u_int8_t);
/* the gateway (or "none", "down") that packets to an address would take */
const char *kt_route_to(const char *);
unsigned int kt_route_count(void);		/* in KT_TABLE */
void	kt_route_flush(void);			/* all of KT_TABLE */

#endif /* _KT_ROUTE_H_ */
