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
 * IPv6 addresses of interfaces.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/protosw.h>
#include <sys/socket.h>
#include <sys/socketvar.h>
#include <sys/sockio.h>
#include <sys/time.h>
#include <sys/timeout.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/route.h>
#include <net/rtable.h>

#include <netinet/in.h>
#include <netinet/ip6.h>
#include <netinet/ip_var.h>
#include <netinet6/in6_var.h>
#include <netinet6/nd6.h>

/* All that is configured of an address; scopes embedded. */
struct in6_config {
	struct in6_addr	ic_addr;
	struct in6_addr	ic_dst;		/* far end; :: is none */
	int		ic_plen;
	int		ic_flags;	/* IN6_IFF_ that may be asked for */
	u_int32_t	ic_vltime;	/* s */
	u_int32_t	ic_pltime;	/* s */
};

#define IN6_IFF_CONFIG							\
	(IN6_IFF_ANYCAST | IN6_IFF_AUTOCONF | IN6_IFF_TEMPORARY)
/* may be said, and mean nothing more */
#define IN6_IFF_NOISE	(IN6_IFF_TENTATIVE | IN6_IFF_DEPRECATED)

static void	in6_life(void *);

static struct timeout in6_life_tmo = TIMEOUT_INITIALIZER(in6_life, NULL);

static void
in6_sin6(struct sockaddr_in6 *sin6, const struct in6_addr *addr)
{
	memset(sin6, 0, sizeof(*sin6));
	sin6->sin6_len = sizeof(*sin6);
	sin6->sin6_family = AF_INET6;
	sin6->sin6_addr = *addr;
}

int
in6_nam2sin6(const struct mbuf *nam, struct sockaddr_in6 **sin6p)
{
	struct sockaddr *sa = mtod(nam, struct sockaddr *);

	if (nam->m_len < offsetof(struct sockaddr, sa_data))
		return (EINVAL);
	if (sa->sa_family != AF_INET6)
		return (EAFNOSUPPORT);
	if (sa->sa_len != nam->m_len || sa->sa_len != sizeof(**sin6p))
		return (EINVAL);
	*sin6p = satosin6(sa);
	return (0);
}

/*
 * Look-ups
 */

struct in6_ifaddr *
in6ifa_ifpwithaddr(struct ifnet *ifp, const struct in6_addr *addr)
{
	struct ifaddr *ifa;

	NET_ASSERT_LOCKED();
	TAILQ_FOREACH(ifa, &ifp->if_addrlist, ifa_list) {
		if (ifa->ifa_addr->sa_family == AF_INET6 &&
		    IN6_ARE_ADDR_EQUAL(IA6_IN6(ifatoia6(ifa)), addr))
			return (ifatoia6(ifa));
	}
	return (NULL);
}

struct in6_ifaddr *
in6ifa_ifpforlinklocal(struct ifnet *ifp, int notflags)
{
	struct ifaddr *ifa;

	NET_ASSERT_LOCKED();
	TAILQ_FOREACH(ifa, &ifp->if_addrlist, ifa_list) {
		if (ifa->ifa_addr->sa_family == AF_INET6 &&
		    IN6_IS_ADDR_LINKLOCAL(IA6_IN6(ifatoia6(ifa))) &&
		    (READ_ONCE(ifatoia6(ifa)->ia6_flags) & notflags) == 0)
			return (ifatoia6(ifa));
	}
	return (NULL);
}

struct in6_ifaddr *
in6ifa_withaddr(const struct in6_addr *addr, u_int rdomain)
{
	struct in6_ifaddr *ia;
	struct ifnet *ifp;

	NET_ASSERT_LOCKED();
	TAILQ_FOREACH(ifp, &ifnetlist, if_list) {
		if (ifp->if_rdomain == rdomain &&
		    (ia = in6ifa_ifpwithaddr(ifp, addr)) != NULL)
			return (ia);
	}
	return (NULL);
}

static struct in6_ifaddr *
in6_firstaddr(struct ifnet *ifp)
{
	struct ifaddr *ifa;

	TAILQ_FOREACH(ifa, &ifp->if_addrlist, ifa_list) {
		if (ifa->ifa_addr->sa_family == AF_INET6)
			return (ifatoia6(ifa));
	}
	return (NULL);
}

int
in6_present(struct ifnet *ifp)
{
	NET_ASSERT_LOCKED();
	return (in6_firstaddr(ifp) != NULL);
}

/*
 * Routes of an address; NET(X)
 */

/*
 * Groups of the link, and of the interface alone, leave by the interface
 * that is part of their address.
 */
static int
in6_route_groups(struct in6_ifaddr *ia)
{
	struct ifnet *ifp = ia->ia6_ifp;
	struct sockaddr_in6 dst, mask;
	struct rt_addrinfo info;
	struct rtentry *rt;
	int error = 0, scope;

	for (scope = 1; scope <= 2; scope++) {
		in6_sin6(&dst, &in6addr_any);
		dst.sin6_addr.s6_addr[0] = 0xff;
		dst.sin6_addr.s6_addr[1] = scope;
		in6_setscope(&dst.sin6_addr, ifp->if_index);
		in6_sin6(&mask, &in6addr_any);
		in6_prefixlen2mask(&mask.sin6_addr, 32);
		memset(&info, 0, sizeof(info));
		info.rti_ifa = &ia->ia_ifa;
		info.rti_flags = RTF_MULTICAST | RTF_MPATH;
		info.rti_info[RTAX_DST] = sin6tosa(&dst);
		info.rti_info[RTAX_GATEWAY] = ia->ia_ifa.ifa_addr;
		info.rti_info[RTAX_NETMASK] = sin6tosa(&mask);
		error = rtrequest(RTM_ADD, &info, RTP_CONNECTED +
		    ifp->if_priority, &rt, ifp->if_rdomain);
		if (error == EEXIST)
			error = 0;
		else if (error != 0)
			break;
		else {
			rtm_send(rt, RTM_ADD, 0, ifp->if_rdomain);
			rtfree(rt);
		}
	}
	return (error);
}

static int
in6_hasdst(const struct in6_ifaddr *ia)
{
	return (ia->ia_dstaddr.sin6_family == AF_INET6);
}

/* Flags of the network's route; 0: it has none. */
static int
in6_netflags(const struct in6_ifaddr *ia)
{
	if (IN6_ARE_ADDR_EQUAL(&ia->ia_prefixmask.sin6_addr, &in6mask128))
		return (0);
	/* no neighbours to be found on a line */
	return (RTF_CONNECTED | RTF_MPATH |
	    (nd6_need_cache(ia->ia6_ifp) ? RTF_CLONING : 0));
}

/* One that is there already, by hand or by another address, is fine. */
static int
in6_ifroute(struct in6_ifaddr *ia)
{
	u_int rdomain = ia->ia6_ifp->if_rdomain;
	int error = 0, flags = in6_netflags(ia);

	SET(ia->ia_ifa.ifa_flags, IFA_ROUTE);
	if (in6_hasdst(ia))
		error = rt_ifa_add(&ia->ia_ifa, RTF_HOST | RTF_MPATH,
		    sin6tosa(&ia->ia_dstaddr), rdomain);
	else if (flags != 0)
		error = rt_ifa_add(&ia->ia_ifa, flags, sin6tosa(&ia->ia_addr),
		    rdomain);
	return (error == EEXIST ? 0 : error);
}

static int
in6_ifroutes(struct in6_ifaddr *ia)
{
	int error;

	if ((error = rt_ifa_addlocal(&ia->ia_ifa)) != 0)
		return (error);
	if ((error = in6_ifroute(ia)) != 0)
		return (error);
	if (IN6_IS_ADDR_LINKLOCAL(IA6_IN6(ia)))
		error = in6_route_groups(ia);
	return (error);
}

static void
in6_ifscrub(struct in6_ifaddr *ia)
{
	u_int rdomain = ia->ia6_ifp->if_rdomain;
	int flags = in6_netflags(ia);

	if (ISSET(ia->ia_ifa.ifa_flags, IFA_ROUTE)) {
		if (in6_hasdst(ia))
			rt_ifa_del(&ia->ia_ifa, RTF_HOST | RTF_MPATH,
			    sin6tosa(&ia->ia_dstaddr), rdomain);
		else if (flags != 0)
			rt_ifa_del(&ia->ia_ifa, flags,
			    sin6tosa(&ia->ia_addr), rdomain);
		CLR(ia->ia_ifa.ifa_flags, IFA_ROUTE);
	}
	rt_ifa_dellocal(&ia->ia_ifa);
}

/*
 * Lifetimes.  Addresses that end are few: all are looked at when the first
 * of them changes.
 */

/* The end of a lifetime that begins now, in uptime; 0: none. */
static time_t
in6_lifeend(u_int32_t lifetime)
{
	if (lifetime == ND6_INFINITE_LIFETIME)
		return (0);
	return (MAX(getuptime() + lifetime, 1));
}

static int
in6_ended(time_t end)
{
	return (end != 0 && getuptime() >= end);
}

static void
in6_setdeprecated(struct in6_ifaddr *ia)
{
	int flags = ia->ia6_flags & ~IN6_IFF_DEPRECATED;

	if (in6_ended(ia->ia6_lifetime.ia6t_preferred))
		SET(flags, IN6_IFF_DEPRECATED);
	if (flags == ia->ia6_flags)
		return;
	WRITE_ONCE(ia->ia6_flags, flags);
	rtm_addr(RTM_CHGADDRATTR, &ia->ia_ifa);
}

/* What has ended changes; the time until the next end, or 0. */
static time_t
in6_life_ifp(struct ifnet *ifp)
{
	time_t left, next = 0;
	struct ifaddr *ifa, *nifa;
	struct in6_ifaddr *ia;
	int gone = 0;

	TAILQ_FOREACH_SAFE(ifa, &ifp->if_addrlist, ifa_list, nifa) {
		if (ifa->ifa_addr->sa_family != AF_INET6)
			continue;
		ia = ifatoia6(ifa);
		if (in6_ended(ia->ia6_lifetime.ia6t_expire)) {
			in6_purgeaddr(ifa);
			gone = 1;
			continue;
		}
		in6_setdeprecated(ia);
		left = ia->ia6_lifetime.ia6t_expire;
		if (left == 0 || (ia->ia6_lifetime.ia6t_preferred != 0 &&
		    !ISSET(ia->ia6_flags, IN6_IFF_DEPRECATED)))
			left = ia->ia6_lifetime.ia6t_preferred;
		if (left == 0 || in6_ended(left))
			continue;
		left -= getuptime();
		next = next == 0 ? left : MIN(next, left);
	}
	if (gone)
		if_addrhooks_run(ifp);
	return (next);
}

static void
in6_life_look(void)
{
	time_t left, next = 0;
	struct ifnet *ifp;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	TAILQ_FOREACH(ifp, &ifnetlist, if_list) {
		left = in6_life_ifp(ifp);
		if (left != 0)
			next = next == 0 ? left : MIN(next, left);
	}
	if (next != 0)
		timeout_add_sec(&in6_life_tmo, MIN(next, 24 * 3600));
}

static void
in6_life(void *arg)
{
	NET_LOCK();
	in6_life_look();
	NET_UNLOCK();
}

/*
 * Addresses; NET(X)
 */
static void
in6_getconfig(const struct in6_ifaddr *ia, struct in6_config *ic)
{
	ic->ic_addr = *IA6_IN6(ia);
	ic->ic_dst = ia->ia_dstaddr.sin6_addr;
	ic->ic_plen = in6_mask2len(&ia->ia_prefixmask.sin6_addr, NULL);
	ic->ic_flags = ia->ia6_flags & IN6_IFF_CONFIG;
	ic->ic_vltime = ia->ia6_lifetime.ia6t_vltime;
	ic->ic_pltime = ia->ia6_lifetime.ia6t_pltime;
}

static void
in6_setconfig(struct in6_ifaddr *ia, const struct in6_config *ic)
{
	struct in6_addrlifetime *lt = &ia->ia6_lifetime;

	in6_sin6(&ia->ia_addr, &ic->ic_addr);
	in6_sin6(&ia->ia_prefixmask, &in6addr_any);
	in6_prefixlen2mask(&ia->ia_prefixmask.sin6_addr, ic->ic_plen);
	memset(&ia->ia_dstaddr, 0, sizeof(ia->ia_dstaddr));
	if (!IN6_IS_ADDR_UNSPECIFIED(&ic->ic_dst))
		in6_sin6(&ia->ia_dstaddr, &ic->ic_dst);
	WRITE_ONCE(ia->ia6_flags, (ia->ia6_flags & ~IN6_IFF_CONFIG) |
	    ic->ic_flags);
	lt->ia6t_vltime = ic->ic_vltime;
	lt->ia6t_pltime = ic->ic_pltime;
	lt->ia6t_expire = in6_lifeend(ic->ic_vltime);
	lt->ia6t_preferred = in6_lifeend(ic->ic_pltime);
	ia->ia6_updatetime = getuptime();
	if (in6_ended(lt->ia6t_preferred))
		WRITE_ONCE(ia->ia6_flags, ia->ia6_flags | IN6_IFF_DEPRECATED);
	else
		WRITE_ONCE(ia->ia6_flags, ia->ia6_flags & ~IN6_IFF_DEPRECATED);
}

static struct in6_ifaddr *
in6_newaddr(struct ifnet *ifp)
{
	struct in6_ifaddr *ia;

	ia = malloc(sizeof(*ia), M_IFADDR, M_WAITOK | M_ZERO);
	refcnt_init(&ia->ia_ifa.ifa_refcnt);
	ia->ia_ifa.ifa_addr = sin6tosa(&ia->ia_addr);
	ia->ia_ifa.ifa_dstaddr = sin6tosa(&ia->ia_dstaddr);
	ia->ia_ifa.ifa_netmask = sin6tosa(&ia->ia_prefixmask);
	ia->ia6_ifp = ifp;
	ia->ia_addr.sin6_family = AF_INET6;
	return (ia);
}

static void
in6_leave(struct in6_multi **in6mp)
{
	if (*in6mp != NULL)
		in6_delmulti(*in6mp);
	*in6mp = NULL;
}

void
in6_purgeaddr(struct ifaddr *ifa)
{
	struct in6_ifaddr *ia = ifatoia6(ifa);

	NET_ASSERT_LOCKED_EXCLUSIVE();
	nd6_dad_stop(ifa);
	in6_ifscrub(ia);
	/* what was routed by hand over this address goes with it */
	rt_ifa_purge(ifa);
	in6_leave(&ia->ia6_solicited);
	in6_leave(&ia->ia6_allnodes);
	ifa_del(ia->ia6_ifp, ifa);
	ifafree(ifa);
}

/* The groups that everybody who has an address is in, RFC 4291 2.8. */
static int
in6_joingroups(struct in6_ifaddr *ia)
{
	struct ifnet *ifp = ia->ia6_ifp;
	struct in6_addr group;
	int error = 0;

	if (!ISSET(ifp->if_flags, IFF_MULTICAST))
		return (0);
	if (ia->ia6_allnodes == NULL) {
		group = in6addr_linklocal_allnodes;
		in6_setscope(&group, ifp->if_index);
		ia->ia6_allnodes = in6_addmulti(&group, ifp, &error);
		if (error != 0)
			return (error);
	}
	if (ia->ia6_solicited == NULL) {
		nd6_solicited(&group, IA6_IN6(ia), ifp->if_index);
		ia->ia6_solicited = in6_addmulti(&group, ifp, &error);
	}
	return (error);
}

static int
in6_driver(struct in6_ifaddr *ia)
{
	struct ifnet *ifp = ia->ia6_ifp;
	int error;

	KERNEL_LOCK();
	error = ifp->if_ioctl(ifp, SIOCSIFADDR, (caddr_t)ia);
	KERNEL_UNLOCK();
	return (error);
}

/*
 * A new address for the list.  The driver may bring the interface up, which
 * must not look for duplicates of what is not there yet.
 */
static int
in6_addaddr(struct ifnet *ifp, const struct in6_config *ic,
    struct in6_ifaddr **iap)
{
	struct in6_ifaddr *ia = in6_newaddr(ifp);
	int error;

	in6_setconfig(ia, ic);
	if ((error = in6_driver(ia)) != 0) {
		ifafree(&ia->ia_ifa);
		return (error);
	}
	if (nd6_dad_wanted(ifp, ic->ic_flags))
		WRITE_ONCE(ia->ia6_flags, ia->ia6_flags | IN6_IFF_TENTATIVE);
	ifa_add(ifp, &ia->ia_ifa);
	*iap = ia;
	return (0);
}

/*
 * Give ia, or a new address when that is NULL, this configuration; if that
 * cannot be, all is as before.
 */
static int
in6_configure(struct ifnet *ifp, struct in6_ifaddr *ia,
    const struct in6_config *ic)
{
	struct in6_config old;
	int error, new = ia == NULL;

	if (new) {
		if ((error = in6_addaddr(ifp, ic, &ia)) != 0)
			return (error);
	} else {
		in6_getconfig(ia, &old);
		in6_ifscrub(ia);
		in6_setconfig(ia, ic);
	}
	if ((error = in6_ifroutes(ia)) == 0)
		error = in6_joingroups(ia);
	if (error != 0) {
		if (new)
			in6_purgeaddr(&ia->ia_ifa);
		else {
			in6_ifscrub(ia);
			in6_setconfig(ia, &old);
			in6_ifroutes(ia);
		}
		return (error);
	}
	if (new || ISSET(ia->ia6_flags, IN6_IFF_DUPLICATED))
		nd6_dad_start(&ia->ia_ifa);
	in6_life_look();
	if_addrhooks_run(ifp);
	return (0);
}

/* For addresses that the kernel makes up itself. */
int
in6_setup(struct ifnet *ifp, const struct in6_addr *addr, int plen)
{
	struct in6_config ic;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	memset(&ic, 0, sizeof(ic));
	ic.ic_addr = *addr;
	in6_setscope(&ic.ic_addr, ifp->if_index);
	ic.ic_plen = plen;
	ic.ic_vltime = ic.ic_pltime = ND6_INFINITE_LIFETIME;
	return (in6_configure(ifp, in6ifa_ifpwithaddr(ifp, &ic.ic_addr),
	    &ic));
}

/*
 * ioctls
 */

/* An address of a request, which can only mean this interface. */
static int
in6_getaddr(struct in6_addr *in6, struct ifnet *ifp,
    const struct sockaddr_in6 *sin6)
{
	if (sin6->sin6_family != AF_INET6)
		return (EAFNOSUPPORT);
	if (sin6->sin6_len != sizeof(*sin6))
		return (EINVAL);
	if (sin6->sin6_scope_id != 0 && sin6->sin6_scope_id != ifp->if_index)
		return (EINVAL);
	*in6 = sin6->sin6_addr;
	in6_setscope(in6, ifp->if_index);
	return (0);
}

static int
in6_canassign(const struct in6_addr *in6, const struct ifnet *ifp)
{
	if (IN6_IS_ADDR_LOOPBACK(in6))
		return (ISSET(ifp->if_flags, IFF_LOOPBACK));
	return (!IN6_IS_ADDR_UNSPECIFIED(in6) &&
	    !IN6_IS_ADDR_MULTICAST(in6) && !IN6_IS_ADDR_V4MAPPED(in6));
}

static int
in6_getplen(const struct sockaddr_in6 *mask, int *plen)
{
	/* some say nothing about a mask but its length */
	if (mask->sin6_len == sizeof(*mask))
		*plen = in6_mask2len(&mask->sin6_addr, NULL);
	else if (mask->sin6_len != 0)
		return (EINVAL);
	return (*plen == -1 ? EINVAL : 0);
}

static int
in6_getdst(struct in6_config *ic, struct ifnet *ifp,
    const struct sockaddr_in6 *dst)
{
	int error;

	if (dst->sin6_family == AF_UNSPEC)
		return (0);
	if (!ISSET(ifp->if_flags, IFF_POINTOPOINT))
		return (EINVAL);
	if ((error = in6_getaddr(&ic->ic_dst, ifp, dst)) != 0)
		return (error);
	return (IN6_IS_ADDR_UNSPECIFIED(&ic->ic_dst) ||
	    in6_canassign(&ic->ic_dst, ifp) ? 0 : EINVAL);
}

static int
in6_getlife(struct in6_config *ic, const struct in6_aliasreq *ifra)
{
	const struct in6_addrlifetime *lt = &ifra->ifra_lifetime;

	if (lt->ia6t_vltime == 0 || lt->ia6t_pltime > lt->ia6t_vltime)
		return (EINVAL);
	ic->ic_vltime = lt->ia6t_vltime;
	ic->ic_pltime = ISSET(ifra->ifra_flags, IN6_IFF_DEPRECATED) ? 0 :
	    lt->ia6t_pltime;
	return (0);
}

/* SIOCAIFADDR_IN6: the address is the key; the rest is set. */
static int
in6_ioctl_add(struct ifnet *ifp, const struct in6_aliasreq *ifra)
{
	struct in6_ifaddr *ia;
	struct in6_config ic;
	int error;

	memset(&ic, 0, sizeof(ic));
	if ((error = in6_getaddr(&ic.ic_addr, ifp, &ifra->ifra_addr)) != 0)
		return (error);
	if (!in6_canassign(&ic.ic_addr, ifp) || (ifra->ifra_flags &
	    ~(IN6_IFF_CONFIG | IN6_IFF_NOISE)) != 0)
		return (EINVAL);
	ia = in6ifa_ifpwithaddr(ifp, &ic.ic_addr);
	if (ia != NULL)
		in6_getconfig(ia, &ic);
	else
		ic.ic_plen = 128;
	ic.ic_flags = ifra->ifra_flags & IN6_IFF_CONFIG;
	if ((error = in6_getplen(&ifra->ifra_prefixmask, &ic.ic_plen)) != 0 ||
	    (error = in6_getdst(&ic, ifp, &ifra->ifra_dstaddr)) != 0 ||
	    (error = in6_getlife(&ic, ifra)) != 0)
		return (error);
	if (ia == NULL) {
		error = IN6_IS_ADDR_LINKLOCAL(&ic.ic_addr) ?
		    in6_ifcheck(ifp) : in6_ifattach(ifp);
		if (error != 0)
			return (error);
		/* that may have been the very one */
		ia = in6ifa_ifpwithaddr(ifp, &ic.ic_addr);
	}
	return (in6_configure(ifp, ia, &ic));
}

/* The address that a request names. */
static int
in6_ioctl_find(struct ifnet *ifp, const struct in6_ifreq *ifr,
    struct in6_ifaddr **iap)
{
	struct in6_addr in6;
	int error;

	error = in6_getaddr(&in6, ifp, &ifr->ifr_ifru.ifru_addr);
	if (error != 0)
		return (error);
	*iap = in6ifa_ifpwithaddr(ifp, &in6);
	return (*iap == NULL ? EADDRNOTAVAIL : 0);
}

static int
in6_ioctl_delete(struct ifnet *ifp, const struct in6_ifreq *ifr)
{
	struct in6_ifaddr *ia;
	int error;

	if ((error = in6_ioctl_find(ifp, ifr, &ia)) != 0)
		return (error);
	in6_purgeaddr(&ia->ia_ifa);
	if_addrhooks_run(ifp);
	return (0);
}

/* Uptime to wall time. */
static int64_t
in6_wall(int64_t end)
{
	return (end == 0 ? 0 : end - getuptime() + gettime());
}

static int
in6_ioctl_get(u_long cmd, struct ifnet *ifp, struct in6_ifreq *ifr)
{
	struct in6_addrlifetime *lt = &ifr->ifr_ifru.ifru_lifetime;
	struct in6_ifaddr *ia;
	int error;

	if ((error = in6_ioctl_find(ifp, ifr, &ia)) != 0)
		return (error);
	switch (cmd) {
	case SIOCGIFDSTADDR_IN6:
		if (!ISSET(ifp->if_flags, IFF_POINTOPOINT))
			return (EINVAL);
		ifr->ifr_ifru.ifru_dstaddr = ia->ia_dstaddr;
		in6_recoverscope(&ifr->ifr_ifru.ifru_dstaddr,
		    &ia->ia_dstaddr.sin6_addr);
		break;
	case SIOCGIFNETMASK_IN6:
		ifr->ifr_ifru.ifru_addr = ia->ia_prefixmask;
		break;
	case SIOCGIFAFLAG_IN6:
		ifr->ifr_flags6 = ia->ia6_flags;
		break;
	case SIOCGIFALIFETIME_IN6:
		*lt = ia->ia6_lifetime;
		lt->ia6t_expire = in6_wall(lt->ia6t_expire);
		lt->ia6t_preferred = in6_wall(lt->ia6t_preferred);
		break;
	}
	return (0);
}

int
in6_ioctl(u_long cmd, caddr_t data, struct ifnet *ifp, int privileged)
{
	switch (cmd) {
	case SIOCGIFDSTADDR_IN6:
	case SIOCGIFNETMASK_IN6:
	case SIOCGIFAFLAG_IN6:
	case SIOCGIFALIFETIME_IN6:
		return (in6_ioctl_get(cmd, ifp, (struct in6_ifreq *)data));
	case SIOCAIFADDR_IN6:
		if (!privileged)
			return (EPERM);
		return (in6_ioctl_add(ifp, (struct in6_aliasreq *)data));
	case SIOCDIFADDR_IN6:
		if (!privileged)
			return (EPERM);
		return (in6_ioctl_delete(ifp, (struct in6_ifreq *)data));
	case SIOCGNBRINFO_IN6:
		return (nd6_nbrinfo(ifp, (struct in6_nbrinfo *)data));
	case SIOCSIFADDR:
	case SIOCSIFDSTADDR:
	case SIOCSIFBRDADDR:
	case SIOCSIFNETMASK:
		/* too small for what they would have to say */
		return (EINVAL);
	default:
		return (EOPNOTSUPP);
	}
}

int
in6_control(struct socket *so, u_long cmd, caddr_t data, struct ifnet *ifp)
{
	int error;

	/* requests without an interface are none of ours */
	if (ifp == NULL)
		return (EOPNOTSUPP);
	NET_LOCK();
	error = in6_ioctl(cmd, data, ifp, so->so_suser);
	NET_UNLOCK();
	return (error);
}

void
in6_ifdetach(struct ifnet *ifp)
{
	struct in6_ifaddr *ia;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if (in6_firstaddr(ifp) == NULL && TAILQ_EMPTY(&ifp->if_maddrlist))
		return;
	in6_detachmulti(ifp);
	while ((ia = in6_firstaddr(ifp)) != NULL)
		in6_purgeaddr(&ia->ia_ifa);
	ip_forget_routes();
}
