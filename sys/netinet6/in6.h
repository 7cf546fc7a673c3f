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
 * IPv6 addresses and socket options. Read through <netinet/in.h>.
 */
#ifndef _NETINET6_IN6_H_
#define _NETINET6_IN6_H_

#ifndef _NETINET_IN_H_
#error "include <netinet/in.h> instead"
#endif

struct in6_addr {
	union {
		u_int8_t	__u6_addr8[16];
		u_int16_t	__u6_addr16[8];
		u_int32_t	__u6_addr32[4];
	} __u6_addr;
};
#define s6_addr		__u6_addr.__u6_addr8
#ifdef _KERNEL
#define s6_addr8	__u6_addr.__u6_addr8
#define s6_addr16	__u6_addr.__u6_addr16
#define s6_addr32	__u6_addr.__u6_addr32
#endif

struct sockaddr_in6 {
	u_int8_t	sin6_len;
	sa_family_t	sin6_family;
	in_port_t	sin6_port;
	u_int32_t	sin6_flowinfo;
	struct in6_addr	sin6_addr;
	u_int32_t	sin6_scope_id;		/* interface, host byte order */
};

#define INET6_ADDRSTRLEN	46

#define IN6ADDR_ANY_INIT \
	{{{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }}}
#define IN6ADDR_LOOPBACK_INIT \
	{{{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }}}

extern const struct in6_addr in6addr_any;
extern const struct in6_addr in6addr_loopback;

#define __IN6_32(a, i)		((a)->__u6_addr.__u6_addr32[i])
#define __IN6_8(a, i)		((a)->__u6_addr.__u6_addr8[i])

#define IN6_ARE_ADDR_EQUAL(a, b)					\
	(__IN6_32(a, 0) == __IN6_32(b, 0) &&				\
	    __IN6_32(a, 1) == __IN6_32(b, 1) &&				\
	    __IN6_32(a, 2) == __IN6_32(b, 2) &&				\
	    __IN6_32(a, 3) == __IN6_32(b, 3))
#define IN6_IS_ADDR_UNSPECIFIED(a)					\
	(__IN6_32(a, 0) == 0 && __IN6_32(a, 1) == 0 &&			\
	    __IN6_32(a, 2) == 0 && __IN6_32(a, 3) == 0)
#define IN6_IS_ADDR_LOOPBACK(a)						\
	(__IN6_32(a, 0) == 0 && __IN6_32(a, 1) == 0 &&			\
	    __IN6_32(a, 2) == 0 && __IN6_32(a, 3) == htonl(1))
#define IN6_IS_ADDR_V4COMPAT(a)						\
	(__IN6_32(a, 0) == 0 && __IN6_32(a, 1) == 0 &&			\
	    __IN6_32(a, 2) == 0 && __IN6_32(a, 3) != 0 &&		\
	    __IN6_32(a, 3) != htonl(1))
#define IN6_IS_ADDR_V4MAPPED(a)						\
	(__IN6_32(a, 0) == 0 && __IN6_32(a, 1) == 0 &&			\
	    __IN6_32(a, 2) == htonl(0x0000ffff))
#define IN6_IS_ADDR_LINKLOCAL(a)					\
	(__IN6_8(a, 0) == 0xfe && (__IN6_8(a, 1) & 0xc0) == 0x80)
#define IN6_IS_ADDR_SITELOCAL(a)					\
	(__IN6_8(a, 0) == 0xfe && (__IN6_8(a, 1) & 0xc0) == 0xc0)
#define IN6_IS_ADDR_MULTICAST(a)	(__IN6_8(a, 0) == 0xff)

#define IPV6_ADDR_SCOPE_INTFACELOCAL	0x01
#define IPV6_ADDR_SCOPE_NODELOCAL	IPV6_ADDR_SCOPE_INTFACELOCAL
#define IPV6_ADDR_SCOPE_LINKLOCAL	0x02
#define IPV6_ADDR_SCOPE_SITELOCAL	0x05
#define IPV6_ADDR_SCOPE_ORGLOCAL	0x08
#define IPV6_ADDR_SCOPE_GLOBAL		0x0e

#define __IN6_MC_SCOPE(a, scope) \
	(IN6_IS_ADDR_MULTICAST(a) && (__IN6_8(a, 1) & 0x0f) == (scope))
#define IN6_IS_ADDR_MC_INTFACELOCAL(a) \
	__IN6_MC_SCOPE(a, IPV6_ADDR_SCOPE_INTFACELOCAL)
#define IN6_IS_ADDR_MC_NODELOCAL(a)	IN6_IS_ADDR_MC_INTFACELOCAL(a)
#define IN6_IS_ADDR_MC_LINKLOCAL(a) \
	__IN6_MC_SCOPE(a, IPV6_ADDR_SCOPE_LINKLOCAL)
#define IN6_IS_ADDR_MC_SITELOCAL(a) \
	__IN6_MC_SCOPE(a, IPV6_ADDR_SCOPE_SITELOCAL)
#define IN6_IS_ADDR_MC_ORGLOCAL(a) \
	__IN6_MC_SCOPE(a, IPV6_ADDR_SCOPE_ORGLOCAL)
#define IN6_IS_ADDR_MC_GLOBAL(a) \
	__IN6_MC_SCOPE(a, IPV6_ADDR_SCOPE_GLOBAL)

/*
 * setsockopt(2), level IPPROTO_IPV6.
 */
#define IPV6_UNICAST_HOPS	4
#define IPV6_MULTICAST_IF	9
#define IPV6_MULTICAST_HOPS	10
#define IPV6_MULTICAST_LOOP	11
#define IPV6_JOIN_GROUP		12	/* struct ipv6_mreq */
#define IPV6_LEAVE_GROUP	13
#define IPV6_PORTRANGE		14
#define IPV6_CHECKSUM		26
#define IPV6_V6ONLY		27
#define IPV6_RTHDRDSTOPTS	35
#define IPV6_RECVPKTINFO	36
#define IPV6_RECVHOPLIMIT	37
#define IPV6_RECVRTHDR		38
#define IPV6_RECVHOPOPTS	39
#define IPV6_RECVDSTOPTS	40
#define IPV6_USE_MIN_MTU	42
#define IPV6_RECVPATHMTU	43
#define IPV6_PATHMTU		44
#define IPV6_PKTINFO		46	/* struct in6_pktinfo */
#define IPV6_HOPLIMIT		47
#define IPV6_NEXTHOP		48
#define IPV6_HOPOPTS		49
#define IPV6_DSTOPTS		50
#define IPV6_RTHDR		51
#define IPV6_AUTH_LEVEL		53	/* IPSEC_LEVEL_ */
#define IPV6_ESP_TRANS_LEVEL	54
#define IPV6_ESP_NETWORK_LEVEL	55
#define IPV6_RECVTCLASS		57
#define IPV6_AUTOFLOWLABEL	59
#define IPV6_IPCOMP_LEVEL	60
#define IPV6_TCLASS		61
#define IPV6_DONTFRAG		62
#define IPV6_MINHOPCOUNT	65
#define IPV6_RECVDSTPORT	66
#define IPV6_RTABLE		0x1021	/* SO_RTABLE */

#define IPV6_DEFAULT_MULTICAST_HOPS	1
#define IPV6_DEFAULT_MULTICAST_LOOP	1
#define IPV6_DEFHLIM		64

struct ipv6_mreq {
	struct in6_addr	ipv6mr_multiaddr;
	unsigned int	ipv6mr_interface;
};

struct in6_pktinfo {
	struct in6_addr	ipi6_addr;
	unsigned int	ipi6_ifindex;
};

struct ip6_mtuinfo {
	struct sockaddr_in6 ip6m_addr;
	u_int32_t	ip6m_mtu;		/* bytes, host byte order */
};

/*
 * sysctl { CTL_NET, PF_INET6, IPPROTO_IPV6, IPV6CTL_ }: int unless noted.
 */
#define IPV6CTL_FORWARDING	1
#define IPV6CTL_SENDREDIRECTS	2
#define IPV6CTL_DEFHLIM		3
#define IPV6CTL_STATS		6	/* struct ip6stat */
#define IPV6CTL_MAXFRAGPACKETS	9
#define IPV6CTL_LOG_INTERVAL	14
#define IPV6CTL_HDRNESTLIMIT	15
#define IPV6CTL_DAD_COUNT	16
#define IPV6CTL_AUTO_FLOWLABEL	17
#define IPV6CTL_DEFMCASTHLIM	18
#define IPV6CTL_USE_DEPRECATED	21
#define IPV6CTL_MAXFRAGS	41
#define IPV6CTL_MFORWARDING	42
#define IPV6CTL_MULTIPATH	43
#define IPV6CTL_MCAST_PMTU	44
#define IPV6CTL_NEIGHBORGCTHRESH 45
#define IPV6CTL_MAXDYNROUTES	48
#define IPV6CTL_DAD_PENDING	49
#define IPV6CTL_MTUDISCTIMEOUT	50
#define IPV6CTL_IFQUEUE		51
#define IPV6CTL_MAXID		55
/* of this kernel alone */
#define IPV6CTL_ND6STATS	200	/* struct nd6stat */

#ifdef _KERNEL
/* ---- kernel: the family's own interface starts here ---- */

struct mbuf;

static inline struct sockaddr_in6 *
satosin6(struct sockaddr *sa)
{
	return ((struct sockaddr_in6 *)sa);
}

static inline const struct sockaddr_in6 *
satosin6_const(const struct sockaddr *sa)
{
	return ((const struct sockaddr_in6 *)sa);
}

static inline struct sockaddr *
sin6tosa(struct sockaddr_in6 *sin6)
{
	return ((struct sockaddr *)sin6);
}

static inline const struct sockaddr *
sin6tosa_const(const struct sockaddr_in6 *sin6)
{
	return ((const struct sockaddr *)sin6);
}

extern const struct in6_addr	in6mask128;
extern const struct in6_addr	in6addr_linklocal_allnodes;	/* ff02::1 */
extern const struct in6_addr	in6addr_linklocal_allrouters;	/* ff02::2 */

/* an address that is good on one link only, and names no link by itself */
#define IN6_IS_SCOPE_EMBED(a)						\
	(IN6_IS_ADDR_LINKLOCAL(a) || IN6_IS_ADDR_MC_LINKLOCAL(a) ||	\
	    IN6_IS_ADDR_MC_INTFACELOCAL(a))

/*
 * Inside the kernel the second 16 bits of such an address hold the index of
 * its interface, in network order, on everything but the wire and the
 * system calls; sin6_scope_id is 0.
 *
 * in6_embedscope() makes that form of a sockaddr with sin6_scope_id: 0;
 * EADDRNOTAVAIL: it names no interface and needs one; ENXIO: there is no
 * such interface.  in6_recoverscope() is the way back, of any address;
 * in6_mksin6() the same for a sockaddr that has nothing in it yet, with a
 * port in network order.
 * in6_clearscope() makes an address fit for the wire; in6_setscope() marks
 * one that came from there.
 */
int	in6_embedscope(struct in6_addr *, const struct sockaddr_in6 *);
void	in6_recoverscope(struct sockaddr_in6 *, const struct in6_addr *);
void	in6_mksin6(struct sockaddr_in6 *, const struct in6_addr *, in_port_t);
void	in6_clearscope(struct in6_addr *);
void	in6_setscope(struct in6_addr *, u_int);

/*
 * Sum of len bytes from off under an IPv6 pseudo header that is made of the
 * packet's own (m begins with it) with that next header; 0 when the
 * checksum in there is right.  With nxt 0 there is no pseudo header.
 */
int	in6_cksum(struct mbuf *, u_int8_t, u_int32_t, u_int32_t);

/* ---- kernel: end ---- */
#endif /* _KERNEL */

#endif /* _NETINET6_IN6_H_ */
