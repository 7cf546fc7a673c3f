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
 * Routes that follow the addresses and the state of interfaces.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_var.h>
#include <net/route.h>
#include <net/rtable.h>

/* tells the routes that addresses make from each other and the rest */
#define RT_IFA_KIND	(RTF_GATEWAY|RTF_STATIC|RTF_DYNAMIC|RTF_CLONED| \
			    RTF_LOCAL|RTF_BROADCAST|RTF_CONNECTED)

/*
 * The address that packets to a gateway leave from. Where the gateway is
 * itself behind a gateway there is none.
 */
static struct ifaddr *
rt_ifa_gateway(const struct sockaddr *gate, u_int tableid)
{
	struct ifaddr *ifa;
	struct rtentry *rt;

	ifa = ifa_ifwithdstaddr(gate, tableid);
	if (ifa != NULL)
		return (ifa);
	rt = rtalloc(gate, 0, rtable_l2(tableid));
	if (rt != NULL && !ISSET(rt->rt_flags, RTF_GATEWAY))
		ifa = rt->rt_ifa;
	rtfree(rt);	/* it stays in the table, and so does its ifa */
	return (ifa);
}

static struct ifaddr *
rt_ifa_link(const struct sockaddr *gate, const struct sockaddr *dst)
{
	struct ifaddr *ifa = NULL;
	struct ifnet *ifp;

	ifp = if_get(satosdl_const(gate)->sdl_index);
	if (ifp != NULL)
		ifa = ifaof_ifpforaddr(dst, ifp);
	if_put(ifp);
	return (ifa);
}

static struct ifaddr *
rt_ifa_route(int flags, const struct sockaddr *dst,
    const struct sockaddr *gate, u_int tableid)
{
	struct ifaddr *ifa = NULL;

	if (gate->sa_family == AF_LINK)
		return (rt_ifa_link(gate, dst));
	if (ISSET(flags, RTF_GATEWAY))
		ifa = rt_ifa_gateway(gate, tableid);
	else {
		if (ISSET(flags, RTF_HOST))
			ifa = ifa_ifwithdstaddr(dst, tableid);
		if (ifa == NULL)
			ifa = ifa_ifwithaddr(gate, tableid);
	}
	if (ifa != NULL && ifa->ifa_addr->sa_family != dst->sa_family)
		ifa = ifaof_ifpforaddr(dst, ifa->ifa_ifp);
	return (ifa);
}

/* The interface named by a link address: by index, or else by name. */
static struct ifnet *
rt_ifp(const struct sockaddr *sa)
{
	const struct sockaddr_dl *sdl = satosdl_const(sa);
	char name[IFNAMSIZ];
	struct ifnet *ifp;

	if (sdl->sdl_index != 0)
		return (if_get(sdl->sdl_index));
	if (sdl->sdl_nlen == 0 || sdl->sdl_nlen >= sizeof(name))
		return (NULL);
	memset(name, 0, sizeof(name));
	memcpy(name, sdl->sdl_data, sdl->sdl_nlen);
	ifp = if_unit_locked(name);
	return (ifp != NULL ? if_ref(ifp) : NULL);
}

int
rt_getifa(struct rt_addrinfo *info, u_int tableid)
{
	const struct sockaddr *dst = info->rti_info[RTAX_DST];
	const struct sockaddr *gate = info->rti_info[RTAX_GATEWAY];
	const struct sockaddr *addr = info->rti_info[RTAX_IFA];
	struct ifaddr *ifa = NULL;
	struct ifnet *ifp;

	NET_ASSERT_LOCKED();
	if (addr != NULL)
		ifa = ifa_ifwithaddr(addr, tableid);
	if (ifa == NULL && info->rti_info[RTAX_IFP] != NULL) {
		ifp = rt_ifp(info->rti_info[RTAX_IFP]);
		if (ifp == NULL)
			return (ENXIO);
		ifa = ifaof_ifpforaddr(addr != NULL ? addr : gate != NULL &&
		    gate->sa_family != AF_LINK ? gate : dst, ifp);
		if_put(ifp);
	} else if (ifa == NULL && addr == NULL && gate != NULL)
		ifa = rt_ifa_route(info->rti_flags, dst, gate, tableid);
	if (ifa == NULL)
		return (ENETUNREACH);
	info->rti_ifa = ifa;
	return (0);
}

static u_int8_t
rt_ifa_prio(struct ifaddr *ifa, int flags)
{
	if (ISSET(flags, RTF_LOCAL|RTF_BROADCAST))
		return (RTP_LOCAL);
	if (ISSET(flags, RTF_CONNECTED))
		return (RTP_CONNECTED + ifa->ifa_ifp->if_priority);
	return (RTP_STATIC + ifa->ifa_ifp->if_priority);
}

int
rt_ifa_add(struct ifaddr *ifa, int flags, const struct sockaddr *dst,
    u_int tableid)
{
	struct ifnet *ifp = ifa->ifa_ifp;
	struct sockaddr_rtlabel label;
	struct rt_addrinfo info;
	struct rtentry *rt;
	int error;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	memset(&info, 0, sizeof(info));
	info.rti_ifa = ifa;
	info.rti_flags = flags;
	info.rti_info[RTAX_DST] = dst;
	info.rti_info[RTAX_GATEWAY] = ISSET(flags, RTF_LLINFO) ?
	    (struct sockaddr *)ifp->if_sadl : ifa->ifa_addr;
	if (!ISSET(flags, RTF_HOST))
		info.rti_info[RTAX_NETMASK] = ifa->ifa_netmask;
	info.rti_info[RTAX_LABEL] = rtlabel_id2sa(ifp->if_rtlabelid, &label);
	error = rtrequest(RTM_ADD, &info, rt_ifa_prio(ifa, flags), &rt,
	    tableid);
	if (error != 0)
		return (error);
	/* each address has one local route: a new one means a new address */
	if (ISSET(flags, RTF_LOCAL))
		rtm_addr(RTM_NEWADDR, ifa);
	rtm_send(rt, RTM_ADD, 0, tableid);
	rtfree(rt);
	return (0);
}

int
rt_ifa_del(struct ifaddr *ifa, int flags, const struct sockaddr *dst,
    u_int tableid)
{
	struct rtentry *rt;
	int error;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	rt = rtable_lookup(tableid, dst,
	    ISSET(flags, RTF_HOST) ? NULL : ifa->ifa_netmask, NULL, RTP_ANY);
	while (rt != NULL && (rt->rt_ifa != ifa ||
	    (rt->rt_flags & RT_IFA_KIND) != (flags & RT_IFA_KIND)))
		rt = rtable_iterate(rt);
	if (rt == NULL)
		return (ESRCH);
	error = rtdeletemsg(rt, ifa->ifa_ifp, tableid);
	if (error == 0 && ISSET(flags, RTF_LOCAL))
		rtm_addr(RTM_DELADDR, ifa);
	rtfree(rt);
	return (error);
}

/* Of "no address yet" there is no host route. */
static int
rt_ifa_unset(const struct sockaddr *sa)
{
	const uint8_t *key = (const uint8_t *)sa +
	    rtable_keyoffset(sa->sa_family);
	int i;

	for (i = 0; i < rtable_maxplen(sa->sa_family) / 8; i++) {
		if (key[i] != 0)
			return (0);
	}
	return (1);
}

static int
rt_ifa_localflags(struct ifaddr *ifa)
{
	int flags = RTF_HOST | RTF_LOCAL | RTF_MPATH;

	if (!ISSET(ifa->ifa_ifp->if_flags, IFF_LOOPBACK | IFF_POINTOPOINT))
		SET(flags, RTF_LLINFO);
	return (flags);
}

int
rt_ifa_addlocal(struct ifaddr *ifa)
{
	if (rt_ifa_unset(ifa->ifa_addr))
		return (0);
	return (rt_ifa_add(ifa, rt_ifa_localflags(ifa), ifa->ifa_addr,
	    ifa->ifa_ifp->if_rdomain));
}

int
rt_ifa_dellocal(struct ifaddr *ifa)
{
	if (rt_ifa_unset(ifa->ifa_addr))
		return (0);
	return (rt_ifa_del(ifa, rt_ifa_localflags(ifa), ifa->ifa_addr,
	    ifa->ifa_ifp->if_rdomain));
}

void
rt_setifa(struct rtentry *rt, struct ifaddr *ifa, u_int tableid)
{
	struct ifnet *ifp = rt->rt_ifa->ifa_ifp;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if (rt->rt_ifa == ifa)
		return;
	ifp->if_rtrequest(ifp, RTM_DELETE, rt);
	ifafree(rt->rt_ifa);
	rt->rt_ifa = ifaref(ifa);
	ifp = ifa->ifa_ifp;
	rt->rt_ifidx = ifp->if_index;
	rt_putgwroute(rt);
	ifp->if_rtrequest(ifp, RTM_ADD, rt);
	(void)rt_if_linkstate_change(rt, ifp, tableid);
}

void
rt_walk_all(int (*func)(struct rtentry *, void *, u_int), void *arg)
{
	u_int id;
	int af;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	for (id = 0; id <= RT_TABLEID_MAX; id++) {
		if (!rtable_exists(id))
			continue;
		for (af = 1; af <= AF_MAX; af++) {
			if (rtable_maxplen(af) != 0)
				(void)rtable_walk(id, af, NULL, func, arg);
		}
	}
}

static int
rt_ifa_purge_one(struct rtentry *rt, void *arg, u_int id)
{
	if (rt->rt_ifa == arg)
		(void)rtdeletemsg(rt, rt->rt_ifa->ifa_ifp, id);
	return (0);
}

void
rt_ifa_purge(struct ifaddr *ifa)
{
	rt_walk_all(rt_ifa_purge_one, ifa);
}

static int
rt_if_remove_one(struct rtentry *rt, void *arg, u_int id)
{
	struct ifnet *ifp = arg;

	if (rt->rt_ifidx == ifp->if_index)
		(void)rtdeletemsg(rt, ifp, id);
	return (0);
}

void
rt_if_remove(struct ifnet *ifp)
{
	rt_walk_all(rt_if_remove_one, ifp);
}

int
rt_if_linkstate_change(struct rtentry *rt, void *arg, u_int id)
{
	struct ifnet *ifp = arg;
	u_int8_t prio = rt->rt_priority & RTP_MASK;
	int up = rt_if_usable(ifp);

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if (rt->rt_ifidx != ifp->if_index)
		return (0);
	if (ISSET(rt->rt_flags, RTF_LOCAL))
		up = 1;
	if (!up && ISSET(rt->rt_flags, RTF_CLONED|RTF_DYNAMIC)) {
		(void)rtdeletemsg(rt, ifp, id);
		return (0);
	}
	if (up == (ISSET(rt->rt_flags, RTF_UP) != 0))
		return (0);
	if (up)
		SET(rt->rt_flags, RTF_UP);
	else {
		CLR(rt->rt_flags, RTF_UP);
		SET(prio, RTP_DOWN);
	}
	(void)rtable_mpath_reprio(id, rt_key(rt), rt->rt_plen, prio, rt);
	atomic_inc_long(&rtgeneration);
	return (0);
}

void
rt_if_track(struct ifnet *ifp)
{
	rt_walk_all(rt_if_linkstate_change, ifp);
}
