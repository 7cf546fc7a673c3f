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

#ifndef _NETINET_IN_VAR_H_
#define _NETINET_IN_VAR_H_

#include <sys/queue.h>
#include <net/if_var.h>
#include <netinet/in.h>

/*
 * An IPv4 address of an interface.
 *
 * Locks used to protect struct members:
 *	I	immutable after in_ifinit()
 *	N	netlock
 */
struct in_ifaddr {
	struct ifaddr	ia_ifa;
#define ia_ifp		ia_ifa.ifa_ifp
#define ia_flags	ia_ifa.ifa_flags
	u_int32_t	ia_net;			/* [N] network order */
	u_int32_t	ia_netmask;		/* [N] network order */
	struct sockaddr_in ia_addr;		/* [N] */
	struct sockaddr_in ia_dstaddr;		/* [N] */
#define ia_broadaddr	ia_dstaddr
	struct sockaddr_in ia_sockmask;		/* [N] */
	struct in_multi	*ia_allhosts;		/* [N] */
};
#define ifatoia(ifa)	((struct in_ifaddr *)(ifa))
#define satosin(sa)	((struct sockaddr_in *)(sa))
#define satosin_const(sa) ((const struct sockaddr_in *)(sa))
#define sintosa(sin)	((struct sockaddr *)(sin))

struct in_aliasreq {
	char		ifra_name[IFNAMSIZ];
	union {
		struct sockaddr_in	ifrau_addr;
		int			ifrau_align;
	} ifra_ifrau;
	struct sockaddr_in ifra_dstaddr;
#define ifra_broadaddr	ifra_dstaddr
	struct sockaddr_in ifra_mask;
};

struct in_multi {
	struct ifmaddr	inm_ifma;
	struct sockaddr_in inm_sin;
};

/*
 * pru_control; NET not held, it takes it.  EOPNOTSUPP: not a request about
 * addresses.  The last of in_ioctl(): by the superuser.
 */
int	in_control(struct socket *, u_long, caddr_t, struct ifnet *);
/* NET(X) unless said otherwise */
int	in_ioctl(u_long, caddr_t, struct ifnet *, int);
void	in_ifdetach(struct ifnet *);
void	in_prefixlen2mask(struct in_addr *, int);
int	in_mask2len(struct in_addr *);
int	in_broadcast(struct in_addr, u_int);		/* NET */
int	in_canforward(struct in_addr);
struct in_multi *in_addmulti(const struct in_addr *, struct ifnet *);
void	in_delmulti(struct in_multi *);
int	in_hasmulti(const struct in_addr *, struct ifnet *);	/* NET */
int	in_nam2sin(const struct mbuf *, struct sockaddr_in **);

#endif /* _NETINET_IN_VAR_H_ */
