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
 * IPv4 addresses of interfaces, and the groups these have joined.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/protosw.h>
#include <sys/socket.h>
#include <sys/socketvar.h>
#include <sys/sockio.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/route.h>

#include <netinet/in.h>
#include <netinet/in_var.h>
#include <netinet/ip_var.h>

/* All that is configured of an address.  Network order. */
struct in_config {
	struct in_addr	ic_addr;
	struct in_addr	ic_dst;		/* far end, or broadcast; 0: none */
	struct in_addr	ic_mask;
	int		ic_hasdst;	/* ic_dst was given */
};

/*
 * Numbers
 */
void
in_prefixlen2mask(struct in_addr *maskp, int plen)
{
	maskp->s_addr = plen <= 0 ? 0 : htonl(0xffffffffU << (32 - plen));
}

int
in_mask2len(struct in_addr *mask)
{
	u_int32_t v;
	int n = 0;

	for (v = mask->s_addr; v != 0; v &= v - 1)
		n++;
	return (n);
}

static int
in_mask_ok(struct in_addr mask)
{
	u_int32_t holes = ~ntohl(mask.s_addr);

	return ((holes & (holes + 1)) == 0);
}

/* The mask of old times, for who gives none. */
static in_addr_t
in_classmask(struct in_addr addr)
{
	if (IN_CLASSA(addr.s_addr))
		return (IN_CLASSA_NET);
	if (IN_CLASSB(addr.s_addr))
		return (IN_CLASSB_NET);
	return (IN_CLASSC_NET);
}

int
in_canforward(struct in_addr in)
{
	u_int net = ntohl(in.s_addr) >> IN_CLASSA_NSHIFT;

	return (!IN_EXPERIMENTAL(in.s_addr) && !IN_MULTICAST(in.s_addr) &&
	    net != 0 && net != IN_LOOPBACKNET);
}

static void
in_sin(struct sockaddr_in *sin, struct in_addr addr)
{
	memset(sin, 0, sizeof(*sin));
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	sin->sin_addr = addr;
}

int
in_broadcast(struct in_addr in, u_int rtableid)
{
	struct sockaddr_in sin;
	struct rtentry *rt;
	int bcast;

	if (in.s_addr == INADDR_BROADCAST || in.s_addr == INADDR_ANY)
		return (1);
	in_sin(&sin, in);
	rt = rtalloc(sintosa(&sin), 0, rtableid);
	bcast = rtisvalid(rt) && ISSET(rt->rt_flags, RTF_BROADCAST);
	rtfree(rt);
	return (bcast);
}

int
in_nam2sin(const struct mbuf *nam, struct sockaddr_in **sinp)
{
	struct sockaddr *sa = mtod(nam, struct sockaddr *);

	if (nam->m_len < offsetof(struct sockaddr, sa_data))
		return (EINVAL);
	if (sa->sa_family != AF_INET)
		return (EAFNOSUPPORT);
	if (sa->sa_len != nam->m_len || sa->sa_len != sizeof(**sinp))
		return (EINVAL);
	*sinp = satosin(sa);
	return (0);
}

/*
 * Routes of an address; NET(X)
 */

/* One that is there already, by hand or by another address, is fine. */
static int
in_route_add(struct in_ifaddr *ia, int flags, const struct sockaddr_in *dst)
{
	int error;

	error = rt_ifa_add(&ia->ia_ifa, flags,
	    (const struct sockaddr *)dst, ia->ia_ifp->if_rdomain);
	return (error == EEXIST ? 0 : error);
}

static void
in_route_del(struct in_ifaddr *ia, int flags, const struct sockaddr_in *dst)
{
	rt_ifa_del(&ia->ia_ifa, flags, (const struct sockaddr *)dst,
	    ia->ia_ifp->if_rdomain);
}

static int
in_isnet(const struct in_ifaddr *ia)
{
	return (!ISSET(ia->ia_ifp->if_flags,
	    IFF_LOOPBACK | IFF_POINTOPOINT) &&
	    ia->ia_netmask != INADDR_BROADCAST &&
	    ia->ia_addr.sin_addr.s_addr != INADDR_ANY);
}

static void
in_ifscrub(struct in_ifaddr *ia)
{
	if (ISSET(ia->ia_flags, IFA_ROUTE)) {
		if (ISSET(ia->ia_ifp->if_flags, IFF_POINTOPOINT))
			in_route_del(ia, RTF_HOST | RTF_MPATH,
			    &ia->ia_dstaddr);
		else {
			if (ia->ia_broadaddr.sin_addr.s_addr != INADDR_ANY)
				in_route_del(ia, RTF_HOST | RTF_BROADCAST |
				    RTF_MPATH, &ia->ia_broadaddr);
			in_route_del(ia, RTF_CLONING | RTF_CONNECTED |
			    RTF_MPATH, &ia->ia_addr);
		}
		CLR(ia->ia_flags, IFA_ROUTE);
	}
	rt_ifa_dellocal(&ia->ia_ifa);
}

/* The network on a shared medium, or the far end of a line. */
static int
in_ifroute(struct in_ifaddr *ia)
{
	int error;

	if (ISSET(ia->ia_ifp->if_flags, IFF_POINTOPOINT)) {
		if (ia->ia_dstaddr.sin_family != AF_INET ||
		    ia->ia_dstaddr.sin_addr.s_addr == INADDR_ANY)
			return (0);
		SET(ia->ia_flags, IFA_ROUTE);
		return (in_route_add(ia, RTF_HOST | RTF_MPATH,
		    &ia->ia_dstaddr));
	}
	if (!in_isnet(ia))
		return (0);
	SET(ia->ia_flags, IFA_ROUTE);
	error = in_route_add(ia, RTF_CLONING | RTF_CONNECTED | RTF_MPATH,
	    &ia->ia_addr);
	if (error == 0 && ia->ia_broadaddr.sin_addr.s_addr != INADDR_ANY)
		error = in_route_add(ia, RTF_HOST | RTF_BROADCAST |
		    RTF_MPATH, &ia->ia_broadaddr);
	return (error);
}

static int
in_ifroutes(struct in_ifaddr *ia)
{
	int error;

	if ((error = rt_ifa_addlocal(&ia->ia_ifa)) != 0)
		return (error);
	return (in_ifroute(ia));
}

/*
 * Addresses; NET(X)
 */
static struct in_ifaddr *
in_firstaddr(struct ifnet *ifp)
{
	struct ifaddr *ifa;

	TAILQ_FOREACH(ifa, &ifp->if_addrlist, ifa_list) {
		if (ifa->ifa_addr->sa_family == AF_INET)
			return (ifatoia(ifa));
	}
	return (NULL);
}

static struct in_ifaddr *
in_findaddr(struct ifnet *ifp, struct in_addr addr)
{
	struct ifaddr *ifa;

	TAILQ_FOREACH(ifa, &ifp->if_addrlist, ifa_list) {
		if (ifa->ifa_addr->sa_family == AF_INET &&
		    ifatoia(ifa)->ia_addr.sin_addr.s_addr == addr.s_addr)
			return (ifatoia(ifa));
	}
	return (NULL);
}

static void
in_getconfig(const struct in_ifaddr *ia, struct in_config *ic)
{
	ic->ic_addr = ia->ia_addr.sin_addr;
	ic->ic_mask.s_addr = ia->ia_netmask;
	ic->ic_dst = ia->ia_dstaddr.sin_addr;
	ic->ic_hasdst = ia->ia_dstaddr.sin_family == AF_INET;
}

/* Networks of two or one have no broadcast address, RFC 3021. */
static in_addr_t
in_defbroadcast(const struct in_config *ic)
{
	if ((ic->ic_mask.s_addr & IN_RFC3021_NET) == IN_RFC3021_NET)
		return (INADDR_ANY);
	return (ic->ic_addr.s_addr | ~ic->ic_mask.s_addr);
}

static void
in_setconfig(struct in_ifaddr *ia, const struct in_config *ic)
{
	struct in_config c = *ic;
	u_short flags = ia->ia_ifp->if_flags;

	if (ISSET(flags, IFF_LOOPBACK)) {
		c.ic_dst = c.ic_addr;
		c.ic_hasdst = 1;
	} else if (ISSET(flags, IFF_BROADCAST) && !c.ic_hasdst) {
		c.ic_dst.s_addr = in_defbroadcast(&c);
		c.ic_hasdst = 1;
	}
	in_sin(&ia->ia_addr, c.ic_addr);
	in_sin(&ia->ia_sockmask, c.ic_mask);
	in_sin(&ia->ia_dstaddr, c.ic_dst);
	if (!c.ic_hasdst)
		memset(&ia->ia_dstaddr, 0, sizeof(ia->ia_dstaddr));
	ia->ia_netmask = c.ic_mask.s_addr;
	ia->ia_net = c.ic_addr.s_addr & c.ic_mask.s_addr;
}

static struct in_ifaddr *
in_newaddr(struct ifnet *ifp)
{
	struct in_ifaddr *ia;

	ia = malloc(sizeof(*ia), M_IFADDR, M_WAITOK | M_ZERO);
	refcnt_init(&ia->ia_ifa.ifa_refcnt);
	ia->ia_ifa.ifa_addr = sintosa(&ia->ia_addr);
	ia->ia_ifa.ifa_dstaddr = sintosa(&ia->ia_dstaddr);
	ia->ia_ifa.ifa_netmask = sintosa(&ia->ia_sockmask);
	ia->ia_ifp = ifp;
	ia->ia_addr.sin_family = AF_INET;
	return (ia);
}

static void
in_purgeaddr(struct in_ifaddr *ia)
{
	struct ifnet *ifp = ia->ia_ifp;

	in_ifscrub(ia);
	/* what was routed by hand over this address goes with it */
	rt_ifa_purge(&ia->ia_ifa);
	if (ia->ia_allhosts != NULL)
		in_delmulti(ia->ia_allhosts);
	ia->ia_allhosts = NULL;
	ifa_del(ifp, &ia->ia_ifa);
	ifafree(&ia->ia_ifa);
}

static int
in_driver(struct ifnet *ifp, u_long cmd, void *data)
{
	int error;

	KERNEL_LOCK();
	error = ifp->if_ioctl(ifp, cmd, data);
	KERNEL_UNLOCK();
	return (error);
}

/* The address is set: make it known.  What fails leaves routes behind. */
static int
in_ifinit(struct in_ifaddr *ia)
{
	struct ifnet *ifp = ia->ia_ifp;
	struct in_addr group = { INADDR_ALLHOSTS_GROUP };
	int error;

	if ((error = in_driver(ifp, SIOCSIFADDR, ia)) != 0 ||
	    (error = in_ifroutes(ia)) != 0)
		return (error);
	if (ISSET(ifp->if_flags, IFF_MULTICAST) && ia->ia_allhosts == NULL)
		ia->ia_allhosts = in_addmulti(&group, ifp);
	return (0);
}

static int
in_config_ok(const struct in_config *ic)
{
	return (in_mask_ok(ic->ic_mask) &&
	    !IN_MULTICAST(ic->ic_addr.s_addr) &&
	    !IN_EXPERIMENTAL(ic->ic_addr.s_addr) &&
	    !IN_MULTICAST(ic->ic_dst.s_addr));
}

/*
 * Give ia, or a new address when that is NULL, this configuration; if that
 * cannot be, all is as before.
 */
static int
in_configure(struct ifnet *ifp, struct in_ifaddr *ia,
    const struct in_config *ic)
{
	struct in_config old;
	int error, new = ia == NULL;

	if (!in_config_ok(ic))
		return (EINVAL);
	if (new) {
		ia = in_newaddr(ifp);
		in_setconfig(ia, ic);
		ifa_add(ifp, &ia->ia_ifa);
	} else {
		in_getconfig(ia, &old);
		in_ifscrub(ia);
		in_setconfig(ia, ic);
	}
	if ((error = in_ifinit(ia)) != 0) {
		if (new)
			in_purgeaddr(ia);
		else {
			in_ifscrub(ia);
			in_setconfig(ia, &old);
			in_ifroutes(ia);
		}
		return (error);
	}
	if_addrhooks_run(ifp);
	return (0);
}

/*
 * ioctls
 */
static int
in_sa2sin(const struct sockaddr *sa, const struct sockaddr_in **sinp)
{
	if (sa->sa_family != AF_INET)
		return (EAFNOSUPPORT);
	if (sa->sa_len != sizeof(**sinp))
		return (EINVAL);
	*sinp = satosin_const(sa);
	return (0);
}

/* SIOCSIFADDR: the first address, whatever it is now. */
static int
in_ioctl_set(struct ifnet *ifp, const struct sockaddr_in *sin)
{
	struct in_ifaddr *ia = in_firstaddr(ifp);
	struct in_config ic;

	memset(&ic, 0, sizeof(ic));
	if (ia != NULL) {
		in_getconfig(ia, &ic);
		/* a broadcast address that was not chosen moves along */
		if (ISSET(ifp->if_flags, IFF_BROADCAST) &&
		    ic.ic_dst.s_addr == in_defbroadcast(&ic))
			ic.ic_hasdst = 0;
	} else
		ic.ic_mask.s_addr = in_classmask(sin->sin_addr);
	ic.ic_addr = sin->sin_addr;
	return (in_configure(ifp, ia, &ic));
}

/* SIOCSIFNETMASK, SIOCSIFDSTADDR, SIOCSIFBRDADDR */
static int
in_ioctl_change(u_long cmd, struct ifnet *ifp, const struct sockaddr_in *sin)
{
	struct in_ifaddr *ia = in_firstaddr(ifp);
	struct in_config ic;

	if (ia == NULL)
		return (EADDRNOTAVAIL);
	in_getconfig(ia, &ic);
	if (cmd == SIOCSIFNETMASK) {
		if (ISSET(ifp->if_flags, IFF_BROADCAST) &&
		    ic.ic_dst.s_addr == in_defbroadcast(&ic))
			ic.ic_hasdst = 0;
		ic.ic_mask = sin->sin_addr;
	} else {
		if (!ISSET(ifp->if_flags, cmd == SIOCSIFDSTADDR ?
		    IFF_POINTOPOINT : IFF_BROADCAST))
			return (EINVAL);
		ic.ic_dst = sin->sin_addr;
		ic.ic_hasdst = 1;
	}
	return (in_configure(ifp, ia, &ic));
}

/* SIOCAIFADDR: the address is the key; the rest is set where given. */
static int
in_ioctl_alias(struct ifnet *ifp, const struct ifaliasreq *ifra)
{
	const struct sockaddr_in *addr = NULL, *dst = NULL, *mask = NULL;
	struct in_ifaddr *ia;
	struct in_config ic;
	int error;

	if ((ifra->ifra_addr.sa_family != AF_UNSPEC &&
	    (error = in_sa2sin(&ifra->ifra_addr, &addr)) != 0) ||
	    (ifra->ifra_dstaddr.sa_family != AF_UNSPEC &&
	    (error = in_sa2sin(&ifra->ifra_dstaddr, &dst)) != 0))
		return (error);
	/* some say nothing about a mask but its length */
	if (ifra->ifra_mask.sa_len == sizeof(*mask))
		mask = satosin_const(&ifra->ifra_mask);
	else if (ifra->ifra_mask.sa_len != 0)
		return (EINVAL);
	if (dst != NULL && !ISSET(ifp->if_flags,
	    IFF_POINTOPOINT | IFF_BROADCAST | IFF_LOOPBACK))
		return (EINVAL);

	ia = addr != NULL ? in_findaddr(ifp, addr->sin_addr) :
	    in_firstaddr(ifp);
	if (ia == NULL && addr == NULL)
		return (EADDRNOTAVAIL);
	memset(&ic, 0, sizeof(ic));
	if (ia != NULL)
		in_getconfig(ia, &ic);
	else {
		ic.ic_addr = addr->sin_addr;
		ic.ic_mask.s_addr = in_classmask(addr->sin_addr);
	}
	/* a new mask has a new broadcast address */
	if (mask != NULL) {
		ic.ic_mask = mask->sin_addr;
		if (!ISSET(ifp->if_flags, IFF_POINTOPOINT))
			ic.ic_hasdst = 0;
	}
	if (dst != NULL) {
		ic.ic_dst = dst->sin_addr;
		ic.ic_hasdst = 1;
	}
	return (in_configure(ifp, ia, &ic));
}

static int
in_ioctl_delete(struct ifnet *ifp, const struct ifreq *ifr)
{
	const struct sockaddr_in *sin;
	struct in_ifaddr *ia;
	int error;

	if (ifr->ifr_addr.sa_family == AF_UNSPEC)
		ia = in_firstaddr(ifp);
	else {
		if ((error = in_sa2sin(&ifr->ifr_addr, &sin)) != 0)
			return (error);
		ia = in_findaddr(ifp, sin->sin_addr);
	}
	if (ia == NULL)
		return (EADDRNOTAVAIL);
	in_purgeaddr(ia);
	if_addrhooks_run(ifp);
	return (0);
}

/* SIOCGIF*: of the address named in the request, or of the first. */
static int
in_ioctl_get(u_long cmd, struct ifnet *ifp, struct ifreq *ifr)
{
	const struct sockaddr_in *sin;
	struct in_ifaddr *ia = NULL;

	if (in_sa2sin(&ifr->ifr_addr, &sin) == 0)
		ia = in_findaddr(ifp, sin->sin_addr);
	if (ia == NULL && (ia = in_firstaddr(ifp)) == NULL)
		return (EADDRNOTAVAIL);
	switch (cmd) {
	case SIOCGIFADDR:
		ifr->ifr_addr = *sintosa(&ia->ia_addr);
		break;
	case SIOCGIFNETMASK:
		ifr->ifr_addr = *sintosa(&ia->ia_sockmask);
		break;
	case SIOCGIFDSTADDR:
		if (!ISSET(ifp->if_flags, IFF_POINTOPOINT))
			return (EINVAL);
		ifr->ifr_dstaddr = *sintosa(&ia->ia_dstaddr);
		break;
	case SIOCGIFBRDADDR:
		if (!ISSET(ifp->if_flags, IFF_BROADCAST))
			return (EINVAL);
		ifr->ifr_broadaddr = *sintosa(&ia->ia_broadaddr);
		break;
	}
	return (0);
}

int
in_ioctl(u_long cmd, caddr_t data, struct ifnet *ifp, int privileged)
{
	struct ifreq *ifr = (struct ifreq *)data;
	const struct sockaddr_in *sin;
	int error;

	switch (cmd) {
	case SIOCGIFADDR:
	case SIOCGIFNETMASK:
	case SIOCGIFDSTADDR:
	case SIOCGIFBRDADDR:
		return (in_ioctl_get(cmd, ifp, ifr));
	case SIOCSIFADDR:
	case SIOCSIFNETMASK:
	case SIOCSIFDSTADDR:
	case SIOCSIFBRDADDR:
	case SIOCAIFADDR:
	case SIOCDIFADDR:
		break;
	default:
		return (EOPNOTSUPP);
	}
	if (!privileged)
		return (EPERM);
	NET_ASSERT_LOCKED_EXCLUSIVE();
	if (cmd == SIOCAIFADDR)
		return (in_ioctl_alias(ifp, (struct ifaliasreq *)data));
	if (cmd == SIOCDIFADDR)
		return (in_ioctl_delete(ifp, ifr));
	if ((error = in_sa2sin(&ifr->ifr_addr, &sin)) != 0)
		return (error);
	if (cmd == SIOCSIFADDR)
		return (in_ioctl_set(ifp, sin));
	return (in_ioctl_change(cmd, ifp, sin));
}

int
in_control(struct socket *so, u_long cmd, caddr_t data, struct ifnet *ifp)
{
	int error;

	/* requests without an interface are none of ours */
	if (ifp == NULL)
		return (EOPNOTSUPP);
	NET_LOCK();
	error = in_ioctl(cmd, data, ifp, so->so_suser);
	NET_UNLOCK();
	return (error);
}

/*
 * Groups.  The list is written under NET(X) and if_maddrlock, so that
 * either is enough to read it.
 */
static struct in_multi *
in_lookupmulti(const struct in_addr *addr, struct ifnet *ifp)
{
	struct ifmaddr *ifma;

	TAILQ_FOREACH(ifma, &ifp->if_maddrlist, ifma_list) {
		if (ifma->ifma_addr->sa_family == AF_INET &&
		    satosin(ifma->ifma_addr)->sin_addr.s_addr == addr->s_addr)
			return ((struct in_multi *)ifma);
	}
	return (NULL);
}

int
in_hasmulti(const struct in_addr *addr, struct ifnet *ifp)
{
	NET_ASSERT_LOCKED();
	return (in_lookupmulti(addr, ifp) != NULL);
}

static int
in_multi_driver(struct in_multi *inm, struct ifnet *ifp, u_long cmd)
{
	struct ifreq ifr;

	memset(&ifr, 0, sizeof(ifr));
	memcpy(&ifr.ifr_addr, &inm->inm_sin, sizeof(inm->inm_sin));
	return (in_driver(ifp, cmd, &ifr));
}

/* A reference, or NULL: the driver cannot. */
struct in_multi *
in_addmulti(const struct in_addr *addr, struct ifnet *ifp)
{
	struct in_multi *inm;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if ((inm = in_lookupmulti(addr, ifp)) != NULL) {
		refcnt_take(&inm->inm_ifma.ifma_refcnt);
		return (inm);
	}
	inm = malloc(sizeof(*inm), M_IPMADDR, M_WAITOK | M_ZERO);
	in_sin(&inm->inm_sin, *addr);
	inm->inm_ifma.ifma_addr = sintosa(&inm->inm_sin);
	inm->inm_ifma.ifma_ifidx = ifp->if_index;
	refcnt_init(&inm->inm_ifma.ifma_refcnt);
	if (in_multi_driver(inm, ifp, SIOCADDMULTI) != 0) {
		free(inm, M_IPMADDR, sizeof(*inm));
		return (NULL);
	}
	rw_enter_write(&ifp->if_maddrlock);
	TAILQ_INSERT_HEAD(&ifp->if_maddrlist, &inm->inm_ifma, ifma_list);
	rw_exit_write(&ifp->if_maddrlock);
	return (inm);
}

static void
in_unlinkmulti(struct in_multi *inm, struct ifnet *ifp)
{
	in_multi_driver(inm, ifp, SIOCDELMULTI);
	rw_enter_write(&ifp->if_maddrlock);
	TAILQ_REMOVE(&ifp->if_maddrlist, &inm->inm_ifma, ifma_list);
	rw_exit_write(&ifp->if_maddrlock);
	inm->inm_ifma.ifma_ifidx = 0;
}

void
in_delmulti(struct in_multi *inm)
{
	struct ifnet *ifp;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if (!refcnt_rele(&inm->inm_ifma.ifma_refcnt))
		return;
	/* of an interface that is gone, or on its way, it is off the list */
	if ((ifp = if_get(inm->inm_ifma.ifma_ifidx)) != NULL) {
		in_unlinkmulti(inm, ifp);
		if_put(ifp);
	}
	free(inm, M_IPMADDR, sizeof(*inm));
}

void
in_ifdetach(struct ifnet *ifp)
{
	struct in_ifaddr *ia;
	struct ifmaddr *ifma, *next;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	/* sockets keep their memberships, which then lead nowhere */
	TAILQ_FOREACH_SAFE(ifma, &ifp->if_maddrlist, ifma_list, next) {
		if (ifma->ifma_addr->sa_family == AF_INET)
			in_unlinkmulti((struct in_multi *)ifma, ifp);
	}
	while ((ia = in_firstaddr(ifp)) != NULL)
		in_purgeaddr(ia);
	ip_forget_routes();
}
