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
 * IPv6 addresses of interfaces: what ioctls carry.
 */
#ifndef _NETINET6_IN6_VAR_H_
#define _NETINET6_IN6_VAR_H_

#include <sys/types.h>
#include <sys/ioccom.h>
#include <net/if.h>
#include <netinet/in.h>

#define ND6_INFINITE_LIFETIME	0xffffffff

struct in6_addrlifetime {
	int64_t		ia6t_expire;	/* absolute, seconds; 0 never */
	int64_t		ia6t_preferred;	/* absolute, seconds; 0 never */
	u_int32_t	ia6t_vltime;	/* seconds, as configured */
	u_int32_t	ia6t_pltime;
};

struct in6_ifreq {
	char	ifr_name[IFNAMSIZ];
	union {
		struct sockaddr_in6	ifru_addr;
		struct sockaddr_in6	ifru_dstaddr;
		int			ifru_flags6;
		int			ifru_metric;
		caddr_t			ifru_data;
		struct in6_addrlifetime	ifru_lifetime;
		/* the largest member of OpenBSD's union has this size */
		u_int64_t		ifru_pad[34];
	} ifr_ifru;
};
#define ifr_flags6	ifr_ifru.ifru_flags6

struct in6_aliasreq {
	char			ifra_name[IFNAMSIZ];
	struct sockaddr_in6	ifra_addr;
	struct sockaddr_in6	ifra_dstaddr;
	struct sockaddr_in6	ifra_prefixmask;
	int			ifra_flags;	/* IN6_IFF_ */
	struct in6_addrlifetime	ifra_lifetime;
};

#define IN6_IFF_ANYCAST		0x01
#define IN6_IFF_TENTATIVE	0x02
#define IN6_IFF_DUPLICATED	0x04
#define IN6_IFF_DETACHED	0x08
#define IN6_IFF_DEPRECATED	0x10
#define IN6_IFF_AUTOCONF	0x40
#define IN6_IFF_TEMPORARY	0x80

#define SIOCDIFADDR_IN6		 _IOW('i', 25, struct in6_ifreq)
#define SIOCAIFADDR_IN6		 _IOW('i', 26, struct in6_aliasreq)
#define SIOCGIFDSTADDR_IN6	_IOWR('i', 34, struct in6_ifreq)
#define SIOCGIFNETMASK_IN6	_IOWR('i', 37, struct in6_ifreq)
#define SIOCGIFAFLAG_IN6	_IOWR('i', 73, struct in6_ifreq)
#define SIOCGIFALIFETIME_IN6	_IOWR('i', 81, struct in6_ifreq)

#ifdef _KERNEL
/* ---- kernel: the family's own interface starts here ---- */
/* ---- kernel: end ---- */
#endif

#endif /* _NETINET6_IN6_VAR_H_ */
