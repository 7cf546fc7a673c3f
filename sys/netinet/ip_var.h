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
 * IPv4: counters.
 */
#ifndef _NETINET_IP_VAR_H_
#define _NETINET_IP_VAR_H_

#include <sys/types.h>

/* 32 bits each, unlike the counters they are copied from */
struct ipstat {
	u_int32_t	ips_total;
	u_int32_t	ips_badsum;
	u_int32_t	ips_tooshort;
	u_int32_t	ips_toosmall;
	u_int32_t	ips_badhlen;
	u_int32_t	ips_badlen;
	u_int32_t	ips_fragments;
	u_int32_t	ips_fragdropped;
	u_int32_t	ips_fragtimeout;
	u_int32_t	ips_forward;
	u_int32_t	ips_cantforward;
	u_int32_t	ips_redirectsent;
	u_int32_t	ips_noproto;
	u_int32_t	ips_delivered;
	u_int32_t	ips_localout;
	u_int32_t	ips_odropped;	/* no buffers, or the queue was full */
	u_int32_t	ips_reassembled;
	u_int32_t	ips_fragmented;	/* packets cut */
	u_int32_t	ips_ofragments;	/* fragments made */
	u_int32_t	ips_cantfrag;
	u_int32_t	ips_badoptions;
	u_int32_t	ips_noroute;
	u_int32_t	ips_badvers;
	u_int32_t	ips_rawout;
	u_int32_t	ips_badfrags;
	u_int32_t	ips_rcvmemdrop;	/* no memory */
	u_int32_t	ips_toolong;	/* longer than 65535 */
	u_int32_t	ips_nogif;
	u_int32_t	ips_badaddr;
	u_int32_t	ips_inswcsum;
	u_int32_t	ips_outswcsum;
	u_int32_t	ips_notmember;
	u_int32_t	ips_rtcachehit;
	u_int32_t	ips_rtcachemiss;
	u_int32_t	ips_wrongif;	/* address of another interface */
	u_int32_t	ips_idropped;	/* input, no buffers or no use */
};

#ifdef _KERNEL
#include <sys/percpu.h>

/* one per member of struct ipstat, in the same order */
enum ipstat_counters {
	ips_total,
	ips_badsum,
	ips_tooshort,
	ips_toosmall,
	ips_badhlen,
	ips_badlen,
	ips_fragments,
	ips_fragdropped,
	ips_fragtimeout,
	ips_forward,
	ips_cantforward,
	ips_redirectsent,
	ips_noproto,
	ips_delivered,
	ips_localout,
	ips_odropped,
	ips_reassembled,
	ips_fragmented,
	ips_ofragments,
	ips_cantfrag,
	ips_badoptions,
	ips_noroute,
	ips_badvers,
	ips_rawout,
	ips_badfrags,
	ips_rcvmemdrop,
	ips_toolong,
	ips_nogif,
	ips_badaddr,
	ips_inswcsum,
	ips_outswcsum,
	ips_notmember,
	ips_rtcachehit,
	ips_rtcachemiss,
	ips_wrongif,
	ips_idropped,
	ips_ncounters
};

extern struct cpumem *ipcounters;

static inline void
ipstat_inc(enum ipstat_counters c)
{
	counters_inc(ipcounters, c);
}

static inline void
ipstat_add(enum ipstat_counters c, uint64_t v)
{
	counters_add(ipcounters, c, v);
}

/* ---- kernel: the protocol's own interface starts here ---- */

#include <sys/socket.h>
#include <netinet/in.h>

struct ifnet;
struct in_multi;
struct inpcb;
struct ip;
struct mbuf;
struct mbuf_list;
struct netstack;
struct proc;
struct rtentry;
struct socket;

/*
 * Multicast state of a socket, under its lock; ip_mloopback() and
 * ip_output() only read it.
 */
struct ip_moptions {
	u_int		  imo_ifidx;	/* output interface; 0: by route */
	u_int8_t	  imo_ttl;
	u_int8_t	  imo_loop;	/* members here hear it too */
	u_int		  imo_num;	/* memberships */
	u_int		  imo_max;	/* room for so many */
	struct in_multi	**imo_membership;
};

/* flags of ip_output() */
#define IP_FORWARDING		0x0001	/* came from outside, keep its id */
#define IP_RAWOUTPUT		0x0002	/* header is complete but its sum */
#define IP_ROUTETOIF		SO_DONTROUTE	/* no gateway, TTL as it is */
#define IP_ALLOWBROADCAST	SO_BROADCAST

extern int	ip_defttl;		/* [a] */
extern int	ip_forwarding;		/* [a] 2: only what IPsec decrypted */
extern int	ip_sendredirects;	/* [a] */
extern int	ip_multipath;		/* [a] the source chooses too */
extern int	ip_maxqueue;		/* [a] packets in reassembly */
extern int	ip_directedbcast;	/* [a] */
extern int	ip_mtudisc;		/* [a] learn path MTUs from ICMP */
extern int	ip_mtudisc_timeout;	/* [a] s */
extern int	ipport_firstauto;	/* [a] ports, host order */
extern int	ipport_lastauto;
extern int	ipport_hifirstauto;
extern int	ipport_hilastauto;
extern int	arpt_keep;		/* [a] s, if_ether.c */
extern int	arpt_down;		/* [a] s, if_ether.c */
extern int	arp_queued;		/* [a] packets held, if_ether.c */

/* ip_input.c.  All consume the mbuf; NET held, ns may be NULL. */
void	ip_init(void);
void	ipv4_input(struct ifnet *, struct mbuf *, struct netstack *);
/*
 * Hand *mp, which is for us, from protocol to protocol: header at *offp,
 * number, address family.  *mp is gone afterwards.
 */
int	ip_deliver(struct mbuf **, int *, int, int, struct netstack *);
void	ip_forget_routes(void);		/* NET(X) */
/* ip_sysctl.c */
int	ip_sysctl(int *, u_int, void *, size_t *, void *, size_t);

/* ip_forward.c.  It came in on the interface and is not for us. */
void	ip_forward(struct mbuf *, struct ifnet *, struct route *);

/*
 * ip_output.c.  ip_output() consumes m.  The IPv4 header comes first and
 * contiguous; ip_tos, ip_ttl, ip_p, ip_len, ip_off (DF), ip_dst are set
 * and ip_src may be 0: the interface's.  opt must be NULL.  The table is
 * ph_rtableid; the route is cached in ro unless NULL.  NET held.
 * EMSGSIZE, EACCES (broadcast not allowed), EHOSTUNREACH, EADDRNOTAVAIL,
 * ENETUNREACH, ENOBUFS, or what the interface says.
 */
int	ip_output(struct mbuf *, struct mbuf *, struct route *, int,
	    struct ip_moptions *, const struct inpcb *, u_int32_t);
/* The same from a softnet task, so that nothing recurses; any context. */
void	ip_send(struct mbuf *);
/*
 * Cut m, which it consumes, into fragments for the MTU, complete with
 * their checksums.  0, EMSGSIZE or ENOBUFS, and then the list is empty.
 */
int	ip_fragment(struct mbuf *, struct mbuf_list *, struct ifnet *,
	    u_int32_t);
/*
 * Bytes of the largest packet that will be on the wire: of a packet with
 * M_TCP_TSO one of its segments.
 */
u_int	ip_wirelen(struct mbuf *, const struct ip *);
u_int32_t ip_route_mtu(struct rtentry *, struct ifnet *);
int	ip_mtu_blocked(struct mbuf *, const struct ip *, u_int32_t);
void	ip_output_init(void);
/* The route of a packet in a table; held by the struct route. */
struct rtentry *ip_lookup(struct route *, const struct ip *, u_int);
/*
 * The lower half: m, which is consumed, leaves by the interface, whole or
 * in fragments for the MTU.  Next hop NULL: by the route and ip_dst.
 */
int	ip_output_if(struct mbuf *, struct ifnet *, struct rtentry *,
	    struct sockaddr *, u_int32_t);
/*
 * Finish the checksums asked for in csum_flags: in software, or leave
 * them to the interface when that is not NULL and can.
 */
void	in_proto_cksum_out(struct mbuf *, struct ifnet *);
void	in_hdr_cksum_out(struct mbuf *, struct ifnet *);

/* ip_sockopt.c: options of level IPPROTO_IP; socket locked */
int	ip_ctloutput(int, struct socket *, int, int, struct mbuf *);
/*
 * The like for IPv6: a value, an int or one byte where that is customary;
 * EINVAL.  An answer.  Options that are the same in both.
 */
int	ip_optint(struct mbuf *, int *);
int	ip_retint(struct mbuf *, int);
int	ip_setportrange(struct inpcb *, int);
int	ip_setseclevel(struct socket *, u_char *, int);
/* Leaves the groups.  NULL is fine; NET not held, it takes it. */
void	ip_freemoptions(struct ip_moptions *);

/*
 * ip_frag.c.  Consumes m, a fragment with its header contiguous; the whole
 * packet comes back, or NULL.  Any context, no mutex held.
 */
void	ip_frag_init(void);
struct mbuf *ip_reass(struct mbuf *);
void	ip_frag_drain(void);
u_int	ip_frag_queues(void);		/* packets that wait for the rest */
u_int	ip_frag_count(void);		/* fragments that wait */

/* ip_id.c: host order, never 0, no repetition within 32768; any context */
u_int16_t ip_randomid(void);
void	ip_id_init(void);

/* ---- kernel: end ---- */
#endif /* _KERNEL */

#endif /* _NETINET_IP_VAR_H_ */
