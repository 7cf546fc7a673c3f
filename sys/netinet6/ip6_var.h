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
 * IPv6: counters, and the protocol's interface inside the kernel.
 */
#ifndef _NETINET6_IP6_VAR_H_
#define _NETINET6_IP6_VAR_H_

#include <sys/types.h>

#ifdef _KERNEL

#include <sys/socket.h>
#include <netinet/in.h>

struct ifnet;
struct in6_multi;
struct inpcb;
struct ip6_hdr;
struct mbuf;
struct netstack;
struct route;
struct rtentry;
struct sockaddr_in6;
struct socket;

/* Multicast state of a socket, under its lock. */
struct ip6_moptions {
	u_int		  im6o_ifidx;	/* output interface; 0: by route */
	u_int8_t	  im6o_hlim;
	u_int8_t	  im6o_loop;	/* members here hear it too */
	u_int		  im6o_num;	/* memberships */
	u_int		  im6o_max;	/* room for so many */
	struct in6_multi **im6o_membership;
};

/* flags of ip6_output() */
#define IPV6_UNSPECSRC		0x01	/* :: is the source, and stays */
#define IPV6_FORWARDING		0x02	/* came from outside */
#define IPV6_MINMTU		0x04	/* cut to 1280 bytes */

extern int	ip6_defhlim;		/* [a] */
extern int	ip6_forwarding;		/* [a] 2: only what IPsec decrypted */
extern int	ip6_mtudisc_timeout;	/* [a] s */

/* ip6_input.c.  All consume the mbuf; NET held, ns may be NULL. */
void	ip6_init(void);
void	ipv6_input(struct ifnet *, struct mbuf *, struct netstack *);
/*
 * Offset of the upper-layer header behind all extension headers that m, an
 * IPv6 packet with its header first, has, and its number in *nxtp; -1 if
 * malformed.  With stop >= 0 the walk ends at that header.  *protoffp,
 * unless NULL, is the offset of the byte that names it.
 */
int	ip6_lasthdr(struct mbuf *, int, int *, int *);
int	ip6_sysctl(int *, u_int, void *, size_t *, void *, size_t);

/* ip6_forward.c.  It came in and is not for us; consumes m. */
void	ip6_forward(struct mbuf *, struct ifnet *, struct route *);

/*
 * ip6_output.c.  ip6_output() consumes m, whose header comes first and
 * contiguous, scopes embedded: ip6_nxt, ip6_hlim, ip6_flow and ip6_dst are
 * set, ip6_src too or ::, which stands for the best of ours unless
 * IPV6_UNSPECSRC.  Options must be in the packet already; the first of the
 * pointers is reserved and NULL.  The table is ph_rtableid; the route is
 * cached in ro unless NULL.  A packet that is too big is cut, unless
 * M_IPV6_DF_OUT (or forwarded): EMSGSIZE, and the SAs it came through learn
 * the MTU.  NET held.
 */
int	ip6_output(struct mbuf *, void *, struct route *, int,
	    struct ip6_moptions *, const struct inpcb *);
/* The same from a softnet task; any context. */
void	ip6_send(struct mbuf *);
/* Finish the checksums asked for in csum_flags, in software unless the
 * interface (may be NULL) can. */
void	in6_proto_cksum_out(struct mbuf *, struct ifnet *);

/* in6_src.c.  NET.  Our best address for a destination by RFC 6724 out of
 * the interface, or NULL; borrowed. */
const struct in6_addr *in6_ifawithscope(struct ifnet *,
	    const struct in6_addr *, u_int);

/* frag6.c.  pr_input of IPPROTO_FRAGMENT. */
void	frag6_init(void);
int	frag6_input(struct mbuf **, int *, int, int, struct netstack *);

/* ip6_sockopt.c: options of level IPPROTO_IPV6; socket locked */
int	ip6_ctloutput(int, struct socket *, int, int, struct mbuf *);
void	ip6_freemoptions(struct ip6_moptions *);

#endif /* _KERNEL */
#endif /* _NETINET6_IP6_VAR_H_ */
