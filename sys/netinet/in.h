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
 * Internet addresses, protocols, socket options. Addresses and ports are in
 * network byte order everywhere.
 */
#ifndef _NETINET_IN_H_
#define _NETINET_IN_H_

#include <sys/types.h>
#include <sys/endian.h>
#include <sys/socket.h>

#define IPPROTO_IP		0
#define IPPROTO_HOPOPTS		IPPROTO_IP
#define IPPROTO_ICMP		1
#define IPPROTO_IGMP		2
#define IPPROTO_IPIP		4
#define IPPROTO_IPV4		IPPROTO_IPIP
#define IPPROTO_TCP		6
#define IPPROTO_UDP		17
#define IPPROTO_IPV6		41
#define IPPROTO_ROUTING		43
#define IPPROTO_FRAGMENT	44
#define IPPROTO_GRE		47
#define IPPROTO_ESP		50
#define IPPROTO_AH		51
#define IPPROTO_ICMPV6		58
#define IPPROTO_NONE		59
#define IPPROTO_DSTOPTS		60
#define IPPROTO_OSPF		89
#define IPPROTO_ETHERIP		97
#define IPPROTO_ENCAP		98
#define IPPROTO_PIM		103
#define IPPROTO_IPCOMP		108
#define IPPROTO_CARP		112
#define IPPROTO_SCTP		132
#define IPPROTO_UDPLITE		136
#define IPPROTO_MPLS		137
#define IPPROTO_PFSYNC		240
#define IPPROTO_RAW		255
#define IPPROTO_MAX		256
#define IPPROTO_DONE		257	/* kernel only: mbuf is consumed */

/*
 * Ports, host byte order: below IPPORT_RESERVED only the superuser binds.
 */
#define IPPORT_RESERVED		1024
#define IPPORT_USERRESERVED	49151
#define IPPORT_HIFIRSTAUTO	49152
#define IPPORT_HILASTAUTO	65535

struct in_addr {
	in_addr_t	s_addr;
};

struct sockaddr_in {
	u_int8_t	sin_len;
	sa_family_t	sin_family;
	in_port_t	sin_port;
	struct in_addr	sin_addr;
	int8_t		sin_zero[8];
};

#define INET_ADDRSTRLEN		16

/*
 * INADDR_ constants and IN_ tests: host byte order for programs, network
 * byte order inside the kernel.
 */
#ifdef _KERNEL
#define __IPADDR(x)		((in_addr_t)htonl(x))
#else
#define __IPADDR(x)		((in_addr_t)(x))
#endif

#define INADDR_ANY		__IPADDR(0x00000000U)
#define INADDR_LOOPBACK		__IPADDR(0x7f000001U)
#define INADDR_BROADCAST	__IPADDR(0xffffffffU)
#define INADDR_NONE		__IPADDR(0xffffffffU)
#define INADDR_UNSPEC_GROUP	__IPADDR(0xe0000000U)
#define INADDR_ALLHOSTS_GROUP	__IPADDR(0xe0000001U)
#define INADDR_ALLROUTERS_GROUP	__IPADDR(0xe0000002U)
#define INADDR_MAX_LOCAL_GROUP	__IPADDR(0xe00000ffU)
#define IN_LOOPBACKNET		127

#define IN_CLASSA_NET		__IPADDR(0xff000000U)
#define IN_CLASSA_NSHIFT	24
#define IN_CLASSA_HOST		__IPADDR(0x00ffffffU)
#define IN_CLASSB_NET		__IPADDR(0xffff0000U)
#define IN_CLASSB_NSHIFT	16
#define IN_CLASSB_HOST		__IPADDR(0x0000ffffU)
#define IN_CLASSC_NET		__IPADDR(0xffffff00U)
#define IN_CLASSC_NSHIFT	8
#define IN_CLASSC_HOST		__IPADDR(0x000000ffU)
#define IN_CLASSD_NET		__IPADDR(0xf0000000U)
#define IN_RFC3021_NET		__IPADDR(0xfffffffeU)

#define __IN_PREFIX(i, mask, net) \
	(((in_addr_t)(i) & __IPADDR(mask)) == __IPADDR(net))

#define IN_CLASSA(i)		__IN_PREFIX(i, 0x80000000U, 0x00000000U)
#define IN_CLASSB(i)		__IN_PREFIX(i, 0xc0000000U, 0x80000000U)
#define IN_CLASSC(i)		__IN_PREFIX(i, 0xe0000000U, 0xc0000000U)
#define IN_CLASSD(i)		__IN_PREFIX(i, 0xf0000000U, 0xe0000000U)
#define IN_MULTICAST(i)		IN_CLASSD(i)
#define IN_EXPERIMENTAL(i)	__IN_PREFIX(i, 0xf0000000U, 0xf0000000U)
#define IN_BADCLASS(i)		IN_EXPERIMENTAL(i)
#define IN_LOCAL_GROUP(i)	__IN_PREFIX(i, 0xffffff00U, 0xe0000000U)

/*
 * setsockopt(2), level IPPROTO_IP.
 */
#define IP_OPTIONS		1
#define IP_HDRINCL		2
#define IP_TOS			3
#define IP_TTL			4
#define IP_RECVOPTS		5
#define IP_RECVRETOPTS		6
#define IP_RECVDSTADDR		7	/* struct in_addr, as control data */
#define IP_SENDSRCADDR		IP_RECVDSTADDR
#define IP_RETOPTS		8
#define IP_MULTICAST_IF		9
#define IP_MULTICAST_TTL	10
#define IP_MULTICAST_LOOP	11
#define IP_ADD_MEMBERSHIP	12	/* struct ip_mreq */
#define IP_DROP_MEMBERSHIP	13
#define IP_PORTRANGE		19
#define IP_AUTH_LEVEL		20	/* IPSEC_LEVEL_ */
#define IP_ESP_TRANS_LEVEL	21
#define IP_ESP_NETWORK_LEVEL	22
#define IP_IPCOMP_LEVEL		29
#define IP_RECVIF		30	/* struct sockaddr_dl */
#define IP_RECVTTL		31
#define IP_MINTTL		32
#define IP_RECVDSTPORT		33
#define IP_RECVRTABLE		35
#define IP_IPSECFLOWINFO	36
#define IP_IPDEFTTL		37
#define IP_RTABLE		0x1021	/* SO_RTABLE */

#define IP_DEFAULT_MULTICAST_TTL	1
#define IP_DEFAULT_MULTICAST_LOOP	1
#define IP_MAX_MEMBERSHIPS		4095

#define IP_PORTRANGE_DEFAULT	0
#define IP_PORTRANGE_HIGH	1
#define IP_PORTRANGE_LOW	2

#define IPSEC_LEVEL_BYPASS	0x00	/* never IPsec */
#define IPSEC_LEVEL_NONE	0x00
#define IPSEC_LEVEL_AVAIL	0x01	/* send with IPsec if there is an SA */
#define IPSEC_LEVEL_USE		0x02	/* the same, and ask for one */
#define IPSEC_LEVEL_REQUIRE	0x03
#define IPSEC_LEVEL_UNIQUE	0x04	/* an SA of this socket alone */
#define IPSEC_LEVEL_DEFAULT	IPSEC_LEVEL_AVAIL

#define IPSEC_AUTH_LEVEL_DEFAULT	IPSEC_LEVEL_DEFAULT
#define IPSEC_ESP_TRANS_LEVEL_DEFAULT	IPSEC_LEVEL_DEFAULT
#define IPSEC_ESP_NETWORK_LEVEL_DEFAULT	IPSEC_LEVEL_DEFAULT
#define IPSEC_IPCOMP_LEVEL_DEFAULT	IPSEC_LEVEL_DEFAULT

struct ip_mreq {
	struct in_addr	imr_multiaddr;
	struct in_addr	imr_interface;
};

struct ip_mreqn {
	struct in_addr	imr_multiaddr;
	struct in_addr	imr_address;
	int		imr_ifindex;
};

/*
 * sysctl { CTL_NET, PF_INET, IPPROTO_IP, IPCTL_ }: int unless noted.
 */
#define IPCTL_FORWARDING		1	/* 2: only IPsec */
#define IPCTL_SENDREDIRECTS		2
#define IPCTL_DEFTTL			3
#define IPCTL_SOURCEROUTE		5
#define IPCTL_DIRECTEDBCAST		6
#define IPCTL_IPPORT_FIRSTAUTO		7
#define IPCTL_IPPORT_LASTAUTO		8
#define IPCTL_IPPORT_HIFIRSTAUTO	9
#define IPCTL_IPPORT_HILASTAUTO		10
#define IPCTL_IPPORT_MAXQUEUE		11
#define IPCTL_ENCDEBUG			12
#define IPCTL_IPSEC_STATS		13	/* struct ipsecstat */
#define IPCTL_IPSEC_EXPIRE_ACQUIRE	14	/* seconds */
#define IPCTL_IPSEC_EMBRYONIC_SA_TIMEOUT 15	/* seconds */
#define IPCTL_IPSEC_REQUIRE_PFS		16
#define IPCTL_IPSEC_SOFT_ALLOCATIONS	17
#define IPCTL_IPSEC_ALLOCATIONS		18
#define IPCTL_IPSEC_SOFT_BYTES		19
#define IPCTL_IPSEC_BYTES		20
#define IPCTL_IPSEC_TIMEOUT		21	/* seconds */
#define IPCTL_IPSEC_SOFT_TIMEOUT	22
#define IPCTL_IPSEC_SOFT_FIRSTUSE	23
#define IPCTL_IPSEC_FIRSTUSE		24
#define IPCTL_IPSEC_ENC_ALGORITHM	25	/* string */
#define IPCTL_IPSEC_AUTH_ALGORITHM	26	/* string */
#define IPCTL_MTUDISC			27
#define IPCTL_MTUDISCTIMEOUT		28	/* seconds */
#define IPCTL_IPSEC_IPCOMP_ALGORITHM	29	/* string */
#define IPCTL_IFQUEUE			30
#define IPCTL_MFORWARDING		31
#define IPCTL_MULTIPATH			32
#define IPCTL_STATS			33	/* struct ipstat */
#define IPCTL_ARPQUEUED			36
#define IPCTL_ARPTIMEOUT		39	/* seconds */
#define IPCTL_ARPDOWN			40	/* seconds */
#define IPCTL_ARPQUEUE			41
#define IPCTL_MAXID			42
/* ours: defaults of policies and sockets, ipsec(4) */
#define IPCTL_IPSEC_DF			230	/* IPSEC_DF_ */
#define IPCTL_IPSEC_AUTH_LEVEL		231	/* IPSEC_LEVEL_ */
#define IPCTL_IPSEC_ESP_TRANS_LEVEL	232
#define IPCTL_IPSEC_ESP_NETWORK_LEVEL	233
/* of this kernel alone */
#define IPCTL_ARPSTATS			200	/* struct arpstat */

#ifdef _KERNEL
/* ---- kernel: the family's own interface starts here ---- */

#include <netinet/in_cksum.h>

struct ifaddr;
struct ifnet;
struct in_ifaddr;
struct mbuf;
struct netstack;
struct route;

static inline struct sockaddr_in *
satosin(struct sockaddr *sa)
{
	return ((struct sockaddr_in *)sa);
}

static inline const struct sockaddr_in *
satosin_const(const struct sockaddr *sa)
{
	return ((const struct sockaddr_in *)sa);
}

static inline struct sockaddr *
sintosa(struct sockaddr_in *sin)
{
	return ((struct sockaddr *)sin);
}

static inline const struct sockaddr *
sintosa_const(const struct sockaddr_in *sin)
{
	return ((const struct sockaddr *)sin);
}

/* ---- kernel: end ---- */
#endif /* _KERNEL */

#include <netinet6/in6.h>

#endif /* _NETINET_IN_H_ */
