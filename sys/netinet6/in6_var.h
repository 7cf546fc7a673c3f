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
 * IPv6 addresses of interfaces: what ioctls carry, and what the kernel has.
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

#include <net/if_var.h>

struct mbuf;
struct rtentry;
struct socket;

/*
 * An IPv6 address of an interface.
 *
 * Locks used to protect struct members:
 *	N	netlock: exclusive to write, shared to read
 *	X	netlock exclusively to write; atomic loads
 */
struct in6_ifaddr {
	struct ifaddr	ia_ifa;
#define ia6_ifa		ia_ifa
#define ia6_ifp		ia_ifa.ifa_ifp
	struct sockaddr_in6 ia_addr;		/* [N] scope embedded */
	struct sockaddr_in6 ia_dstaddr;		/* [N] */
	struct sockaddr_in6 ia_prefixmask;	/* [N] */
	struct in6_addrlifetime ia6_lifetime;	/* [N] uptime, s */
	time_t		ia6_updatetime;		/* [N] uptime, s */
	int		ia6_flags;		/* [X] IN6_IFF_ */
	struct in6_multi *ia6_allnodes;		/* [N] memberships that */
	struct in6_multi *ia6_solicited;	/* [N] come with it */
};
#define ifatoia6(ifa)	((struct in6_ifaddr *)(ifa))
#define IA6_IN6(ia)	(&(ia)->ia_addr.sin6_addr)

/*
 * A group that an interface is in, and what MLD has to say of it.
 *
 * Locks used to protect struct members:
 *	I	immutable
 *	M	mld6_mtx
 */
struct in6_multi {
	struct ifmaddr	in6m_ifma;
	struct sockaddr_in6 in6m_sin;		/* [I] scope embedded */
	uint64_t	in6m_due;		/* [M] next report, ns of
						 * uptime; 0: none */
	uint64_t	in6m_sent;		/* [M] last report, the same */
	int		in6m_again;		/* [M] reports after that */
	int		in6m_last;		/* [M] the last one was ours */
};

/*
 * in6.c.  pru_control of IPv6 sockets; NET not held, it takes it.
 * EOPNOTSUPP: not a request about IPv6 addresses.
 */
int	in6_control(struct socket *, u_long, caddr_t, struct ifnet *);
/* NET(X) unless said otherwise; last: by the superuser */
int	in6_ioctl(u_long, caddr_t, struct ifnet *, int);
void	in6_purgeaddr(struct ifaddr *);
/* prefix of a mask, and the mask of a prefix */
int	in6_mask2len(const struct in6_addr *, const u_char *);
void	in6_prefixlen2mask(struct in6_addr *, int);
/* NET.  Borrowed while it is held; NULL: none. */
struct in6_ifaddr *in6ifa_ifpforlinklocal(struct ifnet *, int); /* not these
						 * IN6_IFF_ flags */
struct in6_ifaddr *in6ifa_ifpwithaddr(struct ifnet *,
	    const struct in6_addr *);
/* The address itself, whatever its state, in a routing domain. */
struct in6_ifaddr *in6ifa_withaddr(const struct in6_addr *, u_int);
/* Does the interface have any? */
int	in6_present(struct ifnet *);
/* An address of the kernel's choice; 0 or an errno.  NET(X). */
int	in6_setup(struct ifnet *, const struct in6_addr *, int);
/* in6_multi.c.  Groups; a membership more or less of the interface. */
struct in6_multi *in6_addmulti(const struct in6_addr *, struct ifnet *,
	    int *);				/* NET(X); NULL, errno */
void	in6_delmulti(struct in6_multi *);	/* NET(X) */
void	in6_detachmulti(struct ifnet *);	/* NET(X) */
int	in6_hasmulti(const struct in6_addr *, struct ifnet *);	/* NET */
int	in6_nam2sin6(const struct mbuf *, struct sockaddr_in6 **);

/* in6_ifattach.c.  NET(X).  A link-local address, and the groups of all
 * nodes: 0 or an errno (EINVAL: MTU below 1280).  ifdetach: all goes. */
int	in6_ifattach(struct ifnet *);
int	in6_ifcheck(struct ifnet *);		/* could it be attached? */
void	in6_ifdetach(struct ifnet *);

/* ---- kernel: end ---- */
#endif

#endif /* _NETINET6_IN6_VAR_H_ */
