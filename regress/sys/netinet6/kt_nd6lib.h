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
 * What the tests of IPv6 addresses and neighbours share: an Ethernet, n60,
 * and a line, n61, whose other stations are the tests.
 */
#ifndef _KT_ND6LIB_H_
#define _KT_ND6LIB_H_

#include <sys/ktest.h>
#include <sys/endian.h>
#include <sys/mbuf.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_var.h>
#include <net/route.h>
#include <net/rtable.h>

#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/in.h>
#include <netinet/ip6.h>
#include <netinet6/in6_var.h>
#include <netinet6/ip6_var.h>
#include <netinet6/nd6.h>

struct n6_if {
	struct arpcom		n6_ac;		/* first */
	struct mbuf_queue	n6_out;		/* what was sent */
	int			n6_attached;
};
extern struct n6_if n60, n61;
#define N6IF(n6)	(&(n6)->n6_ac.ac_if)
#define N6ETH		N6IF(&n60)
#define N6LINE		N6IF(&n61)

/* Stations by their link addresses: 2:0:0:0:0:N; 1 is us. */
struct n6_lladdr {
	u_int8_t	b[ETHER_ADDR_LEN];
};
struct n6_lladdr n6_mac(int);

/* 2001:db8::net:0:0:host, and fe80::host on the Ethernet, embedded. */
struct in6_addr n6_addr(int, int);
struct in6_addr n6_ll(int);
#define N6_US	n6_addr(0, 1)	/* ours on the Ethernet, /64 */

/* Interfaces that are up and have no address. */
void	n6_setup(void);
/* The same, and N6_US is there, no longer tentative; 0 or an errno. */
int	n6_setup_addr(void);
void	n6_cleanup(void);
/* SIOCAIFADDR_IN6 and SIOCDIFADDR_IN6; 0 or an errno */
int	n6_add(struct ifnet *, struct in6_addr, int, int);
int	n6_request(struct ifnet *, struct in6_aliasreq *);
void	n6_fill(struct in6_aliasreq *, struct in6_addr, int, int);
int	n6_del(struct ifnet *, struct in6_addr);
/* IN6_IFF_ of an address, or -1 */
int	n6_flags(struct ifnet *, struct in6_addr);
/* The route to exactly this prefix, with a reference; or NULL. */
struct rtentry *n6_route(struct in6_addr, int);
/* Host routes behind which is a neighbour. */
int	n6_neighbours(void);

/* A neighbour message, to be changed at will before it comes in. */
struct n6_msg {
	struct ip6_hdr			ip6;
	struct nd_neighbor_advert	nd;
	u_int8_t			opt[24];
} __packed;
#define N6_NDLEN	24
/* From one to another, about a target; a link address of that station
 * unless 0.  Addresses are as on the wire.  Returns the ICMPv6 length. */
int	n6_make(struct n6_msg *, int, struct in6_addr, struct in6_addr,
	    struct in6_addr, u_int32_t, int);
/* len bytes of its ICMPv6 come in; what follows from it happens. */
void	n6_in(struct ifnet *, const struct n6_msg *, int);
struct in6_addr n6_snm(struct in6_addr);	/* solicited-node, as on wire */

/* The next message of that type sent, which is taken out; 0: none was. */
struct n6_sent {
	struct ether_header	eh;
	struct ip6_hdr		ip6;
	struct nd_neighbor_advert nd;	/* or the group of an MLD message */
	int			optlen;
	u_int8_t		opt[16];
};
int	n6_sent(struct n6_if *, int, struct n6_sent *);
int	n6_nsent(struct n6_if *, int);		/* how many; taken out too */
/* Payload of the next UDP packet to a station, or -1. */
int	n6_sentdata(int);
/* Send that many bytes to a neighbour; 0 or an errno */
int	n6_send(struct in6_addr, int);
/* ND6_LLINFO_ of a neighbour, or -1 */
int	n6_state(struct in6_addr);

uint64_t n6_count(size_t);
#define N6COUNT(c)	n6_count(offsetof(struct nd6stat, nd6s_##c))

#endif /* _KT_ND6LIB_H_ */
