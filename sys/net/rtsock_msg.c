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
 * Routing messages: how they are made.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_var.h>
#include <net/route.h>
#include <net/rtsock_var.h>

static size_t
rtm_hdrlen(int type)
{
	switch (type) {
	case RTM_NEWADDR:
	case RTM_DELADDR:
	case RTM_CHGADDRATTR:
		return (sizeof(struct ifa_msghdr));
	case RTM_IFINFO:
		return (sizeof(struct if_msghdr));
	case RTM_IFANNOUNCE:
		return (sizeof(struct if_announcemsghdr));
	default:
		return (sizeof(struct rt_msghdr));
	}
}

/* An address without length still takes one place. */
static size_t
rtm_salen(const struct sockaddr *sa)
{
	return (sa->sa_len == 0 ? 8 : ALIGN(sa->sa_len));
}

void
rtm_recoverscope(struct sockaddr *sa)
{
#ifdef INET6
	struct in6_addr in6;

	if (sa->sa_family != AF_INET6 || sa->sa_len != sizeof(
	    struct sockaddr_in6) || satosin6(sa)->sin6_scope_id != 0)
		return;
	in6 = satosin6(sa)->sin6_addr;
	in6_recoverscope(satosin6(sa), &in6);
#endif
}

size_t
rtm_build(void *buf, size_t size, int type, struct rt_addrinfo *info)
{
	size_t hdrlen = rtm_hdrlen(type), len = hdrlen;
	struct rt_msghdr *rtm = buf;
	const struct sockaddr *sa;
	char *p;
	int i;

	info->rti_addrs = 0;
	for (i = 0; i < RTAX_MAX; i++) {
		if ((sa = info->rti_info[i]) == NULL)
			continue;
		info->rti_addrs |= 1 << i;
		len += rtm_salen(sa);
	}
	if (len > size)
		return (len);
	memset(buf, 0, len);
	rtm->rtm_msglen = len;
	rtm->rtm_version = RTM_VERSION;
	rtm->rtm_type = type;
	rtm->rtm_hdrlen = hdrlen;
	for (p = (char *)buf + hdrlen, i = 0; i < RTAX_MAX; i++) {
		if ((sa = info->rti_info[i]) == NULL)
			continue;
		memcpy(p, sa, sa->sa_len);
		if (i != RTAX_NETMASK && i != RTAX_SRCMASK)
			rtm_recoverscope((struct sockaddr *)p);
		p += rtm_salen(sa);
	}
	return (len);
}

/* The link address of an interface, which has at least its name. */
static const struct sockaddr *
rtm_sdl(struct ifnet *ifp, struct sockaddr_dl *sdl)
{
	size_t nlen = strlen(ifp->if_xname);

	if (ifp->if_sadl != NULL)
		return (sdltosa(ifp->if_sadl));
	memset(sdl, 0, sizeof(*sdl));
	sdl->sdl_len = sizeof(*sdl);
	sdl->sdl_family = AF_LINK;
	sdl->sdl_index = ifp->if_index;
	sdl->sdl_type = ifp->if_type;
	sdl->sdl_nlen = nlen;
	memcpy(sdl->sdl_data, ifp->if_xname, nlen);
	return (sdltosa(sdl));
}

static void
rtm_getmetrics(struct rtentry *rt, struct rt_metrics *rmx)
{
	int64_t expire = __atomic_load_n(&rt->rt_expire, __ATOMIC_RELAXED);

	if (expire == 0)
		expire = rt_timer_get_expire(rt);
	rmx->rmx_pksent = __atomic_load_n(&rt->rt_use, __ATOMIC_RELAXED);
	rmx->rmx_expire = expire == 0 ? 0 : expire - getuptime() + gettime();
	rmx->rmx_locks = rt->rt_locks;
	rmx->rmx_mtu = READ_ONCE(rt->rt_mtu);
	/* those that are neither the table's nor ours */
	rmx->rmx_refcnt = MAX(refcnt_read(&rt->rt_refcnt), 2) - 2;
}

static void
rtm_routeinfo(struct rt_addrinfo *info, struct rtentry *rt, struct ifnet *ifp,
    struct rtm_scratch *rs)
{
	memset(info, 0, sizeof(*info));
	info->rti_info[RTAX_DST] = rt_key(rt);
	info->rti_info[RTAX_GATEWAY] = rt->rt_gateway;
	info->rti_info[RTAX_NETMASK] = rt_plen2mask(rt, &rs->rs_mask);
	info->rti_info[RTAX_LABEL] = rtlabel_id2sa(rt->rt_labelid,
	    &rs->rs_label);
	info->rti_info[RTAX_IFA] = rt->rt_ifa->ifa_addr;
	if (ifp != NULL)
		info->rti_info[RTAX_IFP] = rtm_sdl(ifp, &rs->rs_ifp);
}

size_t
rtm_route(void *buf, size_t size, int type, struct rtentry *rt, u_int tableid)
{
	struct rt_msghdr *rtm = buf;
	struct rt_addrinfo info;
	struct rtm_scratch rs;
	struct ifnet *ifp;
	size_t len;

	NET_ASSERT_LOCKED();
	ifp = if_get(rt->rt_ifidx);
	rtm_routeinfo(&info, rt, ifp, &rs);
	len = rtm_build(buf, size, type, &info);
	if_put(ifp);
	if (len > size)
		return (len);
	rtm->rtm_addrs = info.rti_addrs;
	rtm->rtm_index = rt->rt_ifidx;
	rtm->rtm_tableid = tableid;
	rtm->rtm_priority = rt->rt_priority & RTP_MASK;
	rtm->rtm_flags = READ_ONCE(rt->rt_flags) | RTF_DONE;
	if (READ_ONCE(rt->rt_cachecnt) != 0)
		rtm->rtm_flags |= RTF_CACHED;
	rtm_getmetrics(rt, &rtm->rtm_rmx);
	return (len);
}

size_t
rtm_ifinfo(void *buf, size_t size, struct ifnet *ifp)
{
	struct if_msghdr *ifm = buf;
	struct rt_addrinfo info;
	struct sockaddr_dl sdl;
	size_t len;

	NET_ASSERT_LOCKED();
	memset(&info, 0, sizeof(info));
	info.rti_info[RTAX_IFP] = rtm_sdl(ifp, &sdl);
	len = rtm_build(buf, size, RTM_IFINFO, &info);
	if (len > size)
		return (len);
	ifm->ifm_addrs = info.rti_addrs;
	ifm->ifm_index = ifp->if_index;
	ifm->ifm_tableid = ifp->if_rdomain;
	ifm->ifm_flags = ifp->if_flags;
	ifm->ifm_xflags = ifp->if_xflags;
	if_getdata(ifp, &ifm->ifm_data);
	return (len);
}

size_t
rtm_ifaddr(void *buf, size_t size, int type, struct ifaddr *ifa)
{
	struct ifa_msghdr *ifam = buf;
	struct ifnet *ifp = ifa->ifa_ifp;
	struct rt_addrinfo info;
	struct sockaddr_dl sdl;
	size_t len;

	NET_ASSERT_LOCKED();
	memset(&info, 0, sizeof(info));
	info.rti_info[RTAX_IFP] = rtm_sdl(ifp, &sdl);
	info.rti_info[RTAX_IFA] = ifa->ifa_addr;
	info.rti_info[RTAX_NETMASK] = ifa->ifa_netmask;
	if (ifa->ifa_dstaddr != NULL && ifa->ifa_dstaddr->sa_len != 0)
		info.rti_info[RTAX_BRD] = ifa->ifa_dstaddr;
	len = rtm_build(buf, size, type, &info);
	if (len > size)
		return (len);
	ifam->ifam_addrs = info.rti_addrs;
	ifam->ifam_index = ifp->if_index;
	ifam->ifam_tableid = ifp->if_rdomain;
	ifam->ifam_flags = ifa->ifa_flags;
	ifam->ifam_metric = ifa->ifa_metric;
	return (len);
}

/*
 * What the kernel tells on its own account.
 */

void
rtm_send(struct rtentry *rt, int type, int error, u_int tableid)
{
	uint64_t buf[RTM_KERNMAX / sizeof(uint64_t)];
	struct rt_msghdr *rtm = (struct rt_msghdr *)buf;
	size_t len;

	len = rtm_route(buf, sizeof(buf), type, rt, tableid);
	KASSERT(len <= sizeof(buf));
	rtm->rtm_errno = error;
	rtm_broadcast(buf, len, rt_key(rt)->sa_family, NULL);
}

void
rtm_miss(int type, struct rt_addrinfo *info, int flags, u_int8_t prio,
    u_int ifidx, int error, u_int tableid)
{
	uint64_t buf[RTM_KERNMAX / sizeof(uint64_t)];
	struct rt_msghdr *rtm = (struct rt_msghdr *)buf;
	const struct sockaddr *dst = info->rti_info[RTAX_DST];
	size_t len;

	if (dst == NULL)
		return;
	len = rtm_build(buf, sizeof(buf), type, info);
	KASSERT(len <= sizeof(buf));
	rtm->rtm_addrs = info->rti_addrs;
	rtm->rtm_flags = RTF_DONE | flags;
	rtm->rtm_priority = prio;
	rtm->rtm_index = ifidx;
	rtm->rtm_errno = error;
	rtm->rtm_tableid = tableid;
	rtm_broadcast(buf, len, dst->sa_family, NULL);
}

void
rtm_ifchg(struct ifnet *ifp)
{
	uint64_t buf[RTM_KERNMAX / sizeof(uint64_t)];
	size_t len;

	len = rtm_ifinfo(buf, sizeof(buf), ifp);
	KASSERT(len <= sizeof(buf));
	rtm_broadcast(buf, len, AF_UNSPEC, NULL);
}

void
rtm_ifannounce(struct ifnet *ifp, int what)
{
	struct if_announcemsghdr ifan;

	memset(&ifan, 0, sizeof(ifan));
	ifan.ifan_msglen = sizeof(ifan);
	ifan.ifan_version = RTM_VERSION;
	ifan.ifan_type = RTM_IFANNOUNCE;
	ifan.ifan_hdrlen = sizeof(ifan);
	ifan.ifan_index = ifp->if_index;
	ifan.ifan_what = what;
	strlcpy(ifan.ifan_name, ifp->if_xname, sizeof(ifan.ifan_name));
	rtm_broadcast(&ifan, sizeof(ifan), AF_UNSPEC, NULL);
}

void
rtm_addr(int type, struct ifaddr *ifa)
{
	uint64_t buf[RTM_KERNMAX / sizeof(uint64_t)];
	size_t len;

	len = rtm_ifaddr(buf, sizeof(buf), type, ifa);
	KASSERT(len <= sizeof(buf));
	rtm_broadcast(buf, len, ifa->ifa_addr->sa_family, NULL);
}
