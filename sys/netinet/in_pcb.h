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
struct ip6_moptions;
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
	int			 inp_cksum6;	/* [s] raw IPv6, -1: none */
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

extern struct inpcbtable udbtable, rawcbtable;

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

#endif /* _NETINET_IN_PCB_H_ */
