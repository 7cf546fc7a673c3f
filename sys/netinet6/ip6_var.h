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

struct ip6stat {
	u_int64_t	ip6s_total;
	u_int64_t	ip6s_toosmall;	/* shorter than a header */
	u_int64_t	ip6s_tooshort;	/* shorter than it says */
	u_int64_t	ip6s_badvers;
	u_int64_t	ip6s_badaddr;	/* addresses that no wire may carry */
	u_int64_t	ip6s_badscope;	/* the same, by their scope */
	u_int64_t	ip6s_badoptions; /* that are refused */
	u_int64_t	ip6s_badhdr;	/* extension headers, shape or order */
	u_int64_t	ip6s_toomanyhdr;	/* more than hdrnestlimit */
	u_int64_t	ip6s_notmember;	/* of the group */
	u_int64_t	ip6s_wrongif;	/* address of another interface */
	u_int64_t	ip6s_tentative;	/* address not ours yet */
	u_int64_t	ip6s_fragments;
	u_int64_t	ip6s_fragdropped;	/* duplicates, out of space */
	u_int64_t	ip6s_fragtimeout;
	u_int64_t	ip6s_badfrags;
	u_int64_t	ip6s_toolong;	/* longer than 65535, all of it */
	u_int64_t	ip6s_reassembled;
	u_int64_t	ip6s_delivered;
	u_int64_t	ip6s_noproto;
	u_int64_t	ip6s_forward;
	u_int64_t	ip6s_cantforward;
	u_int64_t	ip6s_localout;
	u_int64_t	ip6s_rawout;
	u_int64_t	ip6s_fragmented;	/* packets cut */
	u_int64_t	ip6s_ofragments;	/* fragments made */
	u_int64_t	ip6s_cantfrag;
	u_int64_t	ip6s_noroute;
	u_int64_t	ip6s_nosource;	/* no address of ours for it */
	u_int64_t	ip6s_odropped;	/* no buffers, or the queue was full */
	u_int64_t	ip6s_idropped;	/* input, no buffers or no use */
	u_int64_t	ip6s_rcvmemdrop;	/* no memory */
	u_int64_t	ip6s_outswcsum;
	u_int64_t	ip6s_nxthist[256]; /* headers by number */
};

#ifdef _KERNEL

#include <sys/percpu.h>
#include <sys/socket.h>
#include <netinet/in.h>

/* one per member of struct ip6stat, in the same order; the histogram is
 * added to a number */
enum ip6stat_counters {
	ip6s_total,
	ip6s_toosmall,
	ip6s_tooshort,
	ip6s_badvers,
	ip6s_badaddr,
	ip6s_badscope,
	ip6s_badoptions,
	ip6s_badhdr,
	ip6s_toomanyhdr,
	ip6s_notmember,
	ip6s_wrongif,
	ip6s_tentative,
	ip6s_fragments,
	ip6s_fragdropped,
	ip6s_fragtimeout,
	ip6s_badfrags,
	ip6s_toolong,
	ip6s_reassembled,
	ip6s_delivered,
	ip6s_noproto,
	ip6s_forward,
	ip6s_cantforward,
	ip6s_localout,
	ip6s_rawout,
	ip6s_fragmented,
	ip6s_ofragments,
	ip6s_cantfrag,
	ip6s_noroute,
	ip6s_nosource,
	ip6s_odropped,
	ip6s_idropped,
	ip6s_rcvmemdrop,
	ip6s_outswcsum,
	ip6s_nxthist,
	ip6s_ncounters = ip6s_nxthist + 256
};

extern struct cpumem *ip6counters;

static inline void
ip6stat_inc(enum ip6stat_counters c)
{
	counters_inc(ip6counters, c);
}

static inline void
ip6stat_add(enum ip6stat_counters c, uint64_t v)
{
	counters_add(ip6counters, c, v);
}

struct ifnet;
struct in6_multi;
struct inpcb;
struct ip6_hdr;
struct mbuf;
struct mbuf_list;
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

extern int	ip6_auto_flowlabel;	/* [a] sockets have a label */
extern int	ip6_defhlim;		/* [a] */
extern int	ip6_defmcasthlim;	/* [a] */
extern int	ip6_forwarding;		/* [a] 2: only what IPsec decrypted */
extern int	ip6_hdrnestlimit;	/* [a] extension headers */
extern int	ip6_maxfragpackets;	/* [a] packets in reassembly */
extern int	ip6_maxfrags;		/* [a] fragments in reassembly */
extern int	ip6_mtudisc_timeout;	/* [a] s */
extern int	ip6_multipath;		/* [a] the source chooses too */
extern int	ip6_use_deprecated;	/* [a] as source, if all are */
extern int	ip6_dad_count;		/* [a] probes; 0: no detection */
extern int	ip6_dad_pending;	/* [a] addresses being probed */

/* ip6_input.c.  All consume the mbuf; NET held, ns may be NULL. */
void	ip6_init(void);
void	ipv6_input(struct ifnet *, struct mbuf *, struct netstack *);
/*
 * Offset of the upper-layer header behind all extension headers that m, an
 * IPv6 packet with its header first, has, and its number in *nxtp; -1 if
 * malformed.  With stop >= 0 the walk ends at the header that begins at
 * that offset, and -1 means that none does.  *protoffp, unless NULL, is the
 * offset of the byte that names it.  A fragment that is not the first ends
 * the walk at its fragment header.
 */
int	ip6_lasthdr(struct mbuf *, int, int *, int *);
/* The same without stop, but a header of that number is the last. */
int	ip6_prothdr(struct mbuf *, int, int *);
/*
 * Hand *mp, which is for us, from header to header: the one at *offp and
 * its number.  *mp is gone afterwards.
 */
void	ip6_deliver(struct mbuf **, int *, int, struct netstack *);
/* pr_input of headers that only hold options or an order for routers. */
int	dest6_input(struct mbuf **, int *, int, int, struct netstack *);
int	route6_input(struct mbuf **, int *, int, int, struct netstack *);
/* ip6_sysctl.c */
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
void	ip6_output_init(void);
/* The route of a packet in a table; held by the struct route. */
struct rtentry *ip6_lookup(struct route *, const struct ip6_hdr *, u_int);
u_int32_t ip6_route_mtu(struct rtentry *, struct ifnet *);
/* Bytes on the wire: of a packet with M_TCP_TSO one of its segments. */
u_int	ip6_wirelen(struct mbuf *);
/*
 * The lower half: m, which is consumed, leaves by the interface, whole or
 * in fragments for the MTU unless IPV6_FORWARDING.  Its addresses lose
 * their scopes unless it stays on this machine.
 */
int	ip6_output_if(struct mbuf *, struct ifnet *, struct rtentry *, int,
	    u_int32_t);
/*
 * Cut m, which it consumes, into fragments for the MTU.  0, EMSGSIZE or
 * ENOBUFS, and then the list is empty.
 */
int	ip6_fragment(struct mbuf *, struct mbuf_list *, u_int32_t);
/* Finish the checksums asked for in csum_flags, in software unless the
 * interface (may be NULL) can. */
void	in6_proto_cksum_out(struct mbuf *, struct ifnet *);

/* in6_src.c.  NET.  Our best address for a destination by RFC 6724 out of
 * the interface, in a routing domain, or NULL; borrowed. */
const struct in6_addr *in6_ifawithscope(struct ifnet *,
	    const struct in6_addr *, u_int);

/* frag6.c.  pr_input of IPPROTO_FRAGMENT. */
void	frag6_init(void);
int	frag6_input(struct mbuf **, int *, int, int, struct netstack *);
void	frag6_drain(void);
u_int	frag6_queues(void);		/* packets that wait for the rest */
u_int	frag6_frags(void);		/* fragments that wait */

/*
 * What pr_ctlinput of protocols over IPv6 gets, unless NULL: a packet of
 * ours that an ICMPv6 error quotes.
 */
struct ip6ctlparam {
	const struct ip6_hdr *ip6c_ip6;	/* scopes embedded */
	const void	*ip6c_proto;	/* header of the protocol */
	u_int		 ip6c_len;	/* bytes of it that are there */
	u_int32_t	 ip6c_mtu;	/* PRC_MSGSIZE: bytes */
};

/* ip6_sockopt.c: options of level IPPROTO_IPV6; socket locked */
int	ip6_ctloutput(int, struct socket *, int, int, struct mbuf *);
void	ip6_freemoptions(struct ip6_moptions *);

#endif /* _KERNEL */
#endif /* _NETINET6_IP6_VAR_H_ */
