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

#ifndef _NETINET_IN_PCB_H_
#define _NETINET_IN_PCB_H_

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/mutex.h>
#include <sys/refcnt.h>
#include <net/route.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>

struct ip_moptions;
struct icmp6_filter;
struct ip6_ctl;
struct ip6_moptions;
struct ip6ctlparam;
struct mbuf;
struct netstack;
struct pr_usrreqs;
struct socket;
struct inpcbtable;

/* an IPv4 address lies in the last four bytes */
union inpaddru {
	struct in6_addr		iau_addr6;
	struct {
		uint8_t		pad[12];
		struct in_addr	inaddr;
	} iau_a4u;
};

/* IPSEC_LEVEL_ that a socket asks for */
struct ipsec_level {
	u_char	sl_auth;
	u_char	sl_esp_trans;
	u_char	sl_esp_network;
	u_char	sl_ipcomp;
};

/*
 * Protocol control block: what an inet socket is to its protocol.
 *
 * It holds a reference of its socket until it is freed, so whoever has a
 * reference of the pcb may follow inp_socket.
 *
 * Locks used to protect struct members:
 *	I	immutable after in_pcballoc()
 *	t	inpt_mtx of its table
 *	s	the socket's lock
 *	ts	both to write, either to read
 *	a	atomic; written under the socket's lock
 */
struct inpcb {
	LIST_ENTRY(inpcb)	 inp_hash;	/* [t] both ends */
	LIST_ENTRY(inpcb)	 inp_lhash;	/* [t] lport */
	TAILQ_ENTRY(inpcb)	 inp_queue;	/* [t] all of the table */
	struct inpcbtable	*inp_table;	/* [I] */
	union inpaddru		 inp_faddru;	/* [ts] 0: not connected */
	union inpaddru		 inp_laddru;	/* [ts] 0: any */
#define inp_faddr	inp_faddru.iau_a4u.inaddr
#define inp_faddr6	inp_faddru.iau_addr6
#define inp_laddr	inp_laddru.iau_a4u.inaddr
#define inp_laddr6	inp_laddru.iau_addr6
	u_int16_t		 inp_fport;	/* [ts] network order */
	u_int16_t		 inp_lport;	/* [ts] network order, 0: none */
	u_int			 inp_rtableid;	/* [ts] */
	int			 inp_reuse;	/* [t] SO_REUSE* when bound */
	struct socket		*inp_socket;	/* [I] counted */
	caddr_t			 inp_ppcb;	/* [I] the protocol's, or NULL */
	struct route		 inp_route;	/* [s] */
	struct refcnt		 inp_refcnt;
	int			 inp_flags;	/* [a] INP_* */
	union {
		struct ip	 hu_ip;		/* [s] tos, ttl; ip_p [I] */
		struct ip6_hdr	 hu_ipv6;
	} inp_hu;
#define inp_ip		inp_hu.hu_ip
#define inp_ipv6	inp_hu.hu_ipv6
	struct mbuf		*inp_options;	/* always NULL */
	union {
		struct ip_moptions	*mou_mo;	/* [s] */
		struct ip6_moptions	*mou_mo6;	/* [s] */
	} inp_mou;
#define inp_moptions	inp_mou.mou_mo
#define inp_moptions6	inp_mou.mou_mo6
	struct ipsec_level	 inp_seclevel;	/* [a] each */
	u_char			 inp_ip_minttl;	/* [a] drop what has less */
#define inp_ip6_minhlim	inp_ip_minttl
	int			 inp_hops;	/* [s] IPv6, -1: default */
	int			 inp_cksum6;	/* [a] raw IPv6, -1: none */
	struct in6_pktinfo	 inp_pktinfo6;	/* [s] IPv6, scope embedded */
	struct icmp6_filter	*inp_icmp6filt;	/* [ts] or NULL */
};

/*
 * The pcbs of one protocol.  The hashes grow with the number of pcbs.
 *
 * Locks used to protect struct members:
 *	I	immutable after in_pcbinit()
 *	t	inpt_mtx
 */
LIST_HEAD(inpcbhead, inpcb);
struct inpcbtable {
	struct mutex		 inpt_mtx;
	TAILQ_HEAD(, inpcb)	 inpt_queue;	/* [t] newest first */
	struct inpcbhead	*inpt_hashtbl;	/* [t] */
	struct inpcbhead	*inpt_lhashtbl;	/* [t] */
	u_int			 inpt_size;	/* [t] slots, a power of 2 */
	u_int			 inpt_count;	/* [t] pcbs */
	u_int32_t		 inpt_key;	/* [I] random, of the hash */
	/* ports, or NULL: never chosen by us; for the superuser alone */
	const u_int32_t		*inpt_baddynamic;	/* [I] bits [a] */
	const u_int32_t		*inpt_rootonly;		/* [I] bits [a] */
};

/* a bitmap of the 65536 ports */
#define DP_MAPSIZE	(65536 / 32)
#define DP_ISSET(m, p)	(READ_ONCE((m)[(p) >> 5]) & (1U << ((p) & 31)))

/* inp_flags */
#define INP_RECVDSTADDR	0x0004
#define INP_HDRINCL	0x0008		/* the user makes the IP header */
#define INP_HIGHPORT	0x0010		/* IP_PORTRANGE_HIGH */
#define INP_LOWPORT	0x0020		/* IP_PORTRANGE_LOW */
#define INP_RECVIF	0x0080
#define INP_RECVTTL	0x0100
#define INP_RECVDSTPORT	0x0200
#define INP_RECVRTABLE	0x0400
#define INP_IPV6	0x1000		/* the other union members */
#define INP_AUTOLADDR	0x2000		/* inp_laddr is connect()'s */
#define IN6P_PKTINFO	0x010000	/* IPv6: packets come with these */
#define IN6P_HOPLIMIT	0x020000
#define IN6P_TCLASS	0x040000
#define IN6P_MTU	0x080000	/* IPV6_RECVPATHMTU */
#define IN6P_DONTFRAG	0x100000
#define IN6P_MINMTU	0x200000	/* cut to 1280 bytes always */
#define IN6P_PATHMTU	0x400000	/* cut to what the path takes always */
#define IN6P_FLOWLABEL	0x800000	/* IPV6_AUTOFLOWLABEL */
#define INP_CONTROLOPTS	(INP_RECVDSTADDR | INP_RECVIF | INP_RECVTTL | \
			    INP_RECVDSTPORT | INP_RECVRTABLE)

#define sotoinpcb(so)	((struct inpcb *)(so)->so_pcb)

/* boot; the size is a power of 2 */
void	in_pcbinit(struct inpcbtable *, u_int);

/*
 * Life.  Socket locked; in_pcballoc() makes so_pcb, for a protocol, and may
 * sleep.
 * in_pcbdetach() takes it out of the table, frees what belongs to the
 * socket and drops the socket's reference; NET not held.
 */
int	in_pcballoc(struct socket *, struct inpcbtable *, int);
void	in_pcbdetach(struct inpcb *);
struct inpcb *in_pcbref(struct inpcb *);	/* NULL is fine */
void	in_pcbunref(struct inpcb *);		/* NULL is fine; any context */

/*
 * Addresses; socket locked, NET held (shared will do).  nam is the
 * caller's; NULL binds to any address and a port of our choice.
 *
 *	EINVAL		bound already, bad length
 *	EAFNOSUPPORT	not AF_INET
 *	EADDRNOTAVAIL	not an address of ours; no source or port to use
 *	EADDRINUSE	somebody else has it
 *	EACCES		a port for the superuser
 */
int	in_pcbbind(struct inpcb *, struct mbuf *);
int	in_pcbconnect(struct inpcb *, struct mbuf *);
void	in_pcbdisconnect(struct inpcb *);
/* May this socket use the address and port?  0 or an error as above. */
int	in_pcbaddrisavail(struct inpcb *, const struct sockaddr_in *);
/* Just set them: no questions. */
void	in_pcbset_laddr(struct inpcb *, struct in_addr);
void	in_pcbset_faddr(struct inpcb *, struct in_addr);
/* The source for packets to that destination: 0 or EADDRNOTAVAIL. */
int	in_pcbselsrc(struct in_addr *, const struct sockaddr_in *,
	    struct inpcb *);
/* The route to there, borrowed from inp_route, or NULL: none that works. */
struct rtentry *in_pcbrtentry(struct inpcb *, struct in_addr);
/* SO_RTABLE: 0, EINVAL no such table, EBUSY bound or connected */
int	in_pcbset_rtableid(struct inpcb *, u_int);
/* Fill nam with our address, or the peer's; socket locked. */
void	in_setsockaddr(struct inpcb *, struct mbuf *);
void	in_setpeeraddr(struct inpcb *, struct mbuf *);
/* The same as pr_usrreqs want it; ENOTCONN without a peer. */
int	in_sockaddr(struct socket *, struct mbuf *);
int	in_peeraddr(struct socket *, struct mbuf *);

/*
 * Look-ups, NET held, any context.  They hand out a reference.  Addresses
 * and ports in network order, last a routing table.  The first finds a
 * connected pcb, the second one that is not: bound to the address, or
 * else to any.
 */
struct inpcb *in_pcblookup(struct inpcbtable *, struct in_addr, u_int,
	    struct in_addr, u_int, u_int);
struct inpcb *in_pcblookup_listen(struct inpcbtable *, struct in_addr,
	    u_int, u_int);

/*
 * Call notify(pcb, errno) for all that are connected to the address, with
 * the table locked.  NET held.
 */
void	in_pcbnotifyall(struct inpcbtable *, const struct sockaddr_in *,
	    u_int, int, void (*)(struct inpcb *, int));
/* so_error, and wake the socket; any context */
void	in_pcberror(struct inpcb *, int);
/* errno of a PRC_ command, 0: nothing the socket wants to hear of */
int	in_prcerrno(int);

/*
 * For delivery; any context under NET.  ip_savecontrol() appends to *mp
 * an MT_CONTROL mbuf with what the socket asked to know about the packet,
 * or nothing.  in_pcbsecok(): the packet has the protection that the
 * socket requires.
 */
void	ip_savecontrol(struct inpcb *, struct mbuf **, struct ip *,
	    struct mbuf *);
int	in_pcbsecok(struct inpcb *, struct mbuf *, int);

/*
 * The source that control messages of sendmsg(2) ask for, or INADDR_ANY;
 * control may be NULL.  0, or EINVAL: malformed, or not IP_SENDSRCADDR.
 */
int	in_getsendsrc(struct in_addr *, const struct mbuf *);

/*
 * What IPv6 and IPv4 share.  Table locked: in and out of the hashes, with
 * addresses, ports or table about to change; those of a local port.  A port
 * (host order) that the socket may ask for: 0 or EACCES.  A free one, in
 * network order: taken(pcb, address, port) tells whether it is not; 0,
 * EACCES, EADDRNOTAVAIL.  in_cmsg(): append a control message of that
 * level and type to m, which has room.
 */
void	in_pcbhash_insert(struct inpcb *);
void	in_pcbhash_remove(struct inpcb *);
struct inpcbhead *in_pcblhead(struct inpcbtable *, u_int);
int	in_pcbcheckport(struct inpcb *, u_int);
int	in_pcbpickport(struct inpcb *, int (*)(struct inpcb *, const void *,
	    u_int), const void *, u_int16_t *);
void	in_cmsg(struct mbuf *, int, int, const void *, u_int);

/*
 * The same as above for IPv6 (in6_pcb.c), scopes embedded in addresses but
 * for those in nam.  An IPv6 socket never has to do with IPv4.
 */
int	in6_pcbbind(struct inpcb *, struct mbuf *);
int	in6_pcbconnect(struct inpcb *, struct mbuf *);
int	in6_pcbaddrisavail(struct inpcb *, const struct in6_addr *, u_int);
void	in6_pcbset_laddr(struct inpcb *, const struct in6_addr *);
void	in6_pcbset_faddr(struct inpcb *, const struct in6_addr *);
/*
 * The address of a user's sockaddr, scope embedded: that named, or an
 * interface to use for want of one (0: none).  As in_nam2sin(), and
 * EADDRNOTAVAIL for what is not one of IPv6 or has no scope but needs one.
 */
int	in6_pcbnam(struct mbuf *, u_int, struct in6_addr *, u_int16_t *);
int	in6_pcbselsrc(struct in6_addr *, const struct in6_addr *,
	    struct inpcb *, u_int);
struct rtentry *in6_pcbrtentry(struct inpcb *, const struct in6_addr *);
int	in6_sockaddr(struct socket *, struct mbuf *);
int	in6_peeraddr(struct socket *, struct mbuf *);
/* table locked; no reference */
struct inpcb *in6_pcbfind(struct inpcbtable *, const struct in6_addr *, u_int,
	    const struct in6_addr *, u_int, u_int);
struct inpcb *in6_pcblookup(struct inpcbtable *, const struct in6_addr *,
	    u_int, const struct in6_addr *, u_int, u_int);
struct inpcb *in6_pcblookup_listen(struct inpcbtable *,
	    const struct in6_addr *, u_int, u_int);
/*
 * An ICMPv6 error about a packet of ours to that destination: those that
 * are connected to it hear of the errno, or with EMSGSIZE, if they asked,
 * of the path MTU.
 */
void	in6_pcbnotifyall(struct inpcbtable *, const struct sockaddr_in6 *,
	    u_int, int, u_int32_t);
void	in6_pcbnotify(struct inpcb *, const struct sockaddr_in6 *, int,
	    u_int32_t);
/* Of the packet whose header is first, with that upper header at off. */
void	ip6_savecontrol(struct inpcb *, struct mbuf **, struct mbuf *, int);

/*
 * What one message may ask for: of the socket by default, else by control
 * data.  ip6_getctl() (ip6_sockopt.c): 0, or EINVAL for malformed or
 * unknown control data, ENXIO for an interface.
 */
struct ip6_ctl {
	struct in6_pktinfo ic_pktinfo;	/* scope embedded; :: and 0: none */
	int		 ic_hops;	/* -1: default */
	int		 ic_tclass;
	int		 ic_flags;	/* IN6P_DONTFRAG, MINMTU, PATHMTU */
};
int	ip6_getctl(struct inpcb *, const struct mbuf *, struct ip6_ctl *);
/*
 * Send m, a datagram of the protocol (its
 * header first) from and to.  Consumes m; socket locked, NET held.
 */
int	in6_pcboutput(struct inpcb *, struct mbuf *, const struct in6_addr *,
	    const struct in6_addr *, const struct ip6_ctl *);

extern struct inpcbtable udbtable, rawcbtable, udb6table, rawin6pcbtable;

/*
 * raw_ip.c.  rip_input() takes *mp, a packet for us whose header is
 * contiguous, to the sockets that want it, and returns IPPROTO_DONE; the
 * sender of one that nobody wants is told when no protocol did either.
 * NET held.
 */
extern const struct pr_usrreqs rip_usrreqs;
void	rip_init(void);
int	rip_input(struct mbuf **, int *, int, int, struct netstack *);
int	rip_ctloutput(int, struct socket *, int, int, struct mbuf *);
/* raw_ip6.c: the same for IPv6; sockets see what is behind the headers */
extern const struct pr_usrreqs rip6_usrreqs;
void	rip6_init(void);
int	rip6_input(struct mbuf **, int *, int, int, struct netstack *);
void	rip6_ctlinput(int, struct sockaddr *, u_int, void *);
int	rip6_ctloutput(int, struct socket *, int, int, struct mbuf *);

#endif /* _NETINET_IN_PCB_H_ */
