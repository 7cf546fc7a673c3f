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
#include <sys/ioccom.h>
#include <net/if.h>
#include <netinet/in.h>

/*
 * Neighbour discovery's counters: sysctl { CTL_NET, PF_INET6, IPPROTO_IPV6,
 * IPV6CTL_ND6STATS }.
 */
struct nd6stat {
	u_int64_t	nd6s_rcvns;
	u_int64_t	nd6s_rcvna;
	u_int64_t	nd6s_txns;
	u_int64_t	nd6s_txna;
	u_int64_t	nd6s_learned;	/* addresses that were not known */
	u_int64_t	nd6s_changed;	/* or were another */
	u_int64_t	nd6s_held;	/* packets that waited for one */
	u_int64_t	nd6s_dupaddr;	/* our addresses found to be taken */
	/* messages dropped */
	u_int64_t	nd6s_badhlim;	/* they were forwarded */
	u_int64_t	nd6s_badcode;
	u_int64_t	nd6s_badlen;
	u_int64_t	nd6s_badtarget;	/* a group, or another link's */
	u_int64_t	nd6s_badopt;	/* options of length 0, or cut */
	u_int64_t	nd6s_badaddr;	/* source or destination */
	u_int64_t	nd6s_badlladdr;	/* nobody can have that */
	u_int64_t	nd6s_loop;	/* sent by ourselves */
	u_int64_t	nd6s_notours;	/* asks for somebody else */
	u_int64_t	nd6s_tentative;	/* asks for what is not ours yet */
	u_int64_t	nd6s_offnet;	/* sender is no neighbour */
	u_int64_t	nd6s_unasked;	/* about one we do not know */
	u_int64_t	nd6s_nolladdr;	/* answer without an answer */
	u_int64_t	nd6s_static;	/* its entry is permanent, another */
	u_int64_t	nd6s_ignored;	/* does not override what we know */
	u_int64_t	nd6s_duplicate;	/* it uses an address of ours */
	/* IPv6 packets dropped */
	u_int64_t	nd6s_noentry;	/* the route has no neighbour */
	u_int64_t	nd6s_full;	/* no room for another neighbour */
	u_int64_t	nd6s_nosource;	/* no address of ours to ask from */
	u_int64_t	nd6s_nobufs;	/* or messages not sent */
	u_int64_t	nd6s_holdfull;	/* the entry holds enough already */
	u_int64_t	nd6s_holdlimit;	/* all entries together do */
	u_int64_t	nd6s_timeout;	/* nobody answered */
	u_int64_t	nd6s_flushed;	/* held by an entry that went */
};

/* states of a neighbour, RFC 4861 7.3.2 */
#define ND6_LLINFO_INCOMPLETE	0
#define ND6_LLINFO_REACHABLE	1
#define ND6_LLINFO_STALE	2
#define ND6_LLINFO_DELAY	3
#define ND6_LLINFO_PROBE	4

struct in6_nbrinfo {
	char		ifname[IFNAMSIZ];
	struct in6_addr	addr;		/* its scope embedded, or none */
	int64_t		expire;		/* wall time, s; 0: never */
	int		asked;		/* times in vain */
	int		isrouter;	/* it says so */
	int		state;		/* ND6_LLINFO_ */
};
#define SIOCGNBRINFO_IN6	_IOWR('i', 78, struct in6_nbrinfo)

#ifdef _KERNEL

/* one per member of struct nd6stat, in the same order */
enum nd6stat_counters {
	nd6s_rcvns,
	nd6s_rcvna,
	nd6s_txns,
	nd6s_txna,
	nd6s_learned,
	nd6s_changed,
	nd6s_held,
	nd6s_dupaddr,
	nd6s_badhlim,
	nd6s_badcode,
	nd6s_badlen,
	nd6s_badtarget,
	nd6s_badopt,
	nd6s_badaddr,
	nd6s_badlladdr,
	nd6s_loop,
	nd6s_notours,
	nd6s_tentative,
	nd6s_offnet,
	nd6s_unasked,
	nd6s_nolladdr,
	nd6s_static,
	nd6s_ignored,
	nd6s_duplicate,
	nd6s_noentry,
	nd6s_full,
	nd6s_nosource,
	nd6s_nobufs,
	nd6s_holdfull,
	nd6s_holdlimit,
	nd6s_timeout,
	nd6s_flushed,
	nd6s_ncounters
};

struct ifaddr;
struct ifnet;
struct in6_addr;
struct in6_multi;
struct mbuf;
struct rtentry;
struct sockaddr;

void	nd6stat_inc(enum nd6stat_counters);
void	nd6stat_read(struct nd6stat *);		/* any context */
extern int nd6_gcthresh;	/* [a] neighbours of which no idle ones stay */
extern int nd6_queued;		/* [a] packets held now */
/*
 * The link address to send m to, as arpresolve() of netinet/if_ether.h: 0
 * and it is filled in; else m is consumed, and EAGAIN means that it waits.
 */
int	nd6_resolve(struct ifnet *, struct rtentry *, struct mbuf *,
	    const struct sockaddr *, u_char *);
/* if_rtrequest of routes of AF_INET6 */
void	nd6_rtrequest(struct ifnet *, int, struct rtentry *);
/*
 * May a clone be made for another neighbour?  Not for any that somebody
 * sends to, when too many of these do not answer; for a router (or one who
 * just spoke) until there are too many of all kinds.  Any context.
 */
int	nd6_mayclone(int);
int	nd6_nbrinfo(struct ifnet *, struct in6_nbrinfo *);	/* NET(X) */
/* Does that kind of interface have neighbours with link addresses? */
int	nd6_need_cache(const struct ifnet *);
/*
 * Messages, from icmp6_input() after their checksum: m is consumed, begins
 * at the IPv6 header, the ICMPv6 message is at off and has len bytes.
 */
void	nd6_ns_input(struct mbuf *, int, int);
void	nd6_na_input(struct mbuf *, int, int);
/* Group changes heard and told (RFC 2710); as above. */
void	mld6_input(struct mbuf *, int, int);
/* A group was joined, or is left for good.  NET(X). */
void	mld6_join(struct in6_multi *, struct ifnet *);
void	mld6_leave(struct in6_multi *, struct ifnet *);
/* Duplicate address detection of an address that is TENTATIVE.  NET(X). */
void	nd6_dad_start(struct ifaddr *);
void	nd6_dad_stop(struct ifaddr *);
/* Is it to be done on an interface, for an address with such IN6_IFF_? */
int	nd6_dad_wanted(const struct ifnet *, int);
/* The interface came up, or went down: all its addresses are in doubt. */
void	nd6_dad_restart(struct ifnet *);	/* NET(X) */
/* The solicited-node group of an address on a link, RFC 4291 2.7.1. */
void	nd6_solicited(struct in6_addr *, const struct in6_addr *, u_int);

/*
 * Between the parts of neighbour discovery.
 */

/* What is to be sent; addresses with their scopes embedded. */
struct nd6_msg {
	int			 nm_type;	/* ND_NEIGHBOR_ */
	const struct in6_addr	*nm_src;
	const struct in6_addr	*nm_dst;
	const struct in6_addr	*nm_target;
	u_int32_t		 nm_flags;	/* ND_NA_FLAG_ */
	int			 nm_lladdr;	/* say ours */
	const u_int8_t		*nm_nonce;	/* ND_NONCELEN, or NULL */
};
#define ND_OPT_NONCE	14		/* RFC 7527 */
#define ND_NONCELEN	6

/* One that came in; good while its mbuf is. */
struct nd6_in {
	struct in6_addr		 ni_src;	/* scopes embedded */
	struct in6_addr		 ni_dst;
	struct in6_addr		 ni_target;
	u_int32_t		 ni_flags;
	const u_int8_t		*ni_lladdr;	/* the sender's, or NULL */
	const u_int8_t		*ni_nonce;
};

/*
 * The message, complete, for nd6_send(); NULL: no memory, counted.  Any
 * context.
 */
struct mbuf *nd6_message(struct ifnet *, const struct nd6_msg *);
/* Consumes m, which may be NULL, is of an ICMPv6 type and begins with its
 * IPv6 header as it goes on the wire.  NET held, no mutex. */
void	nd6_send(struct ifnet *, struct mbuf *, int);
/* An address as it goes on the wire. */
struct in6_addr nd6_wire(const struct in6_addr *);
/* At most one message in ten seconds. */
void	nd6_complain(struct ifnet *, const char *, const struct nd6_in *);
/* nd6.c: what a sender says about itself; 0: it is no neighbour */
int	nd6_cache_ns(struct ifnet *, const struct nd6_in *);
void	nd6_cache_na(struct ifnet *, const struct nd6_in *);
/* nd6_dad.c: somebody has that address, or wants it; NET */
void	nd6_dad_heard(struct ifaddr *, const struct nd6_in *);

#endif /* _KERNEL */
#endif /* _NETINET6_ND6_H_ */
