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

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/domain.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/pool.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_types.h>
#include <net/if_var.h>
#include <net/route.h>
#include <net/rtable.h>

#ifdef INET6
#include <netinet6/nd6.h>
#endif

struct rtstat	rtstat;
unsigned long	rtgeneration = 1;

static struct pool rtentry_pool;
static uint64_t	rt_hashkey;			/* since boot */
static struct mutex rt_gw_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);

static struct rtentry *rt_clone(struct rtentry *, const struct sockaddr *,
		    u_int);
static int	rt_add(struct rt_addrinfo *, u_int8_t, struct rtentry **,
		    u_int);

void
route_init(void)
{
	static int done;

	if (done)
		return;
	done = 1;
	pool_init(&rtentry_pool, sizeof(struct rtentry), 0, IPL_SOFTNET, 0,
	    "rtentry", NULL);
	arc4random_buf(&rt_hashkey, sizeof(rt_hashkey));
	rtable_init();
	rt_timer_init();
}

static int
route_fini_one(struct rtentry *rt, void *arg, u_int id)
{
	return (rtdelete(rt, NULL, id));
}

void
route_fini(void)
{
	NET_LOCK();
	rt_walk_all(route_fini_one, NULL);
	NET_UNLOCK();
	rtable_fini();
}

static void
rt_changed(void)
{
	__atomic_add_fetch(&rtgeneration, 1, __ATOMIC_SEQ_CST);
}

/*
 * Life of an entry.
 */

static size_t
rt_gatesize(const struct sockaddr *sa)
{
	/* link layers write addresses into theirs */
	if (sa->sa_family == AF_LINK)
		return (MAX(sa->sa_len, sizeof(struct sockaddr_dl)));
	return (sa->sa_len);
}

static int
rt_destlen(sa_family_t af)
{
	switch (af) {
	case AF_INET:
		return (sizeof(struct sockaddr_in));
	case AF_INET6:
		return (sizeof(struct sockaddr_in6));
	default:
		return (rtable_keyoffset(af) + rtable_maxplen(af) / 8);
	}
}

/* The prefix and nothing else: no port, no scope, no bits behind it. */
static struct sockaddr *
rt_mkdest(const struct sockaddr *dst, int plen)
{
	int off = rtable_keyoffset(dst->sa_family);
	int len = rt_destlen(dst->sa_family), bits = plen, i;
	uint8_t *key;
	struct sockaddr *sa;

	sa = malloc(len, M_RTABLE, M_NOWAIT | M_ZERO);
	if (sa == NULL)
		return (NULL);
	sa->sa_len = len;
	sa->sa_family = dst->sa_family;
	key = (uint8_t *)sa + off;
	for (i = off; bits > 0 && i < dst->sa_len; i++, bits -= 8) {
		*key++ = ((const uint8_t *)dst)[i] &
		    (bits < 8 ? 0xff << (8 - bits) : 0xff);
	}
	return (sa);
}

static struct rtentry *
rt_new(const struct sockaddr *dst, int plen, int flags, struct ifaddr *ifa)
{
	struct rtentry *rt;

	rt = pool_get(&rtentry_pool, PR_NOWAIT | PR_ZERO);
	if (rt == NULL)
		return (NULL);
	rt->rt_dest = rt_mkdest(dst, plen);
	if (rt->rt_dest == NULL) {
		pool_put(&rtentry_pool, rt);
		return (NULL);
	}
	refcnt_init(&rt->rt_refcnt);
	rt->rt_plen = plen;
	rt->rt_flags = flags;
	rt->rt_ifa = ifaref(ifa);
	rt->rt_ifidx = ifa->ifa_ifp->if_index;
	LIST_INIT(&rt->rt_gwusers);
	LIST_INIT(&rt->rt_timer);
	return (rt);
}

void
rtref(struct rtentry *rt)
{
	refcnt_take(&rt->rt_refcnt);
}

void
rtfree(struct rtentry *rt)
{
	struct rtentry *parent;

	/* a clone's parent is not a clone: twice at most */
	while (rt != NULL && refcnt_rele(&rt->rt_refcnt)) {
		KASSERT(rt->rt_node == NULL && rt->rt_gwroute == NULL);
		KASSERT(LIST_EMPTY(&rt->rt_gwusers));
		KASSERT(LIST_EMPTY(&rt->rt_timer));
		parent = rt->rt_parent;
		rtlabel_unref(rt->rt_labelid);
		ifafree(rt->rt_ifa);
		free(rt->rt_dest, M_RTABLE, rt->rt_dest->sa_len);
		if (rt->rt_gateway != NULL)
			free(rt->rt_gateway, M_RTABLE,
			    rt_gatesize(rt->rt_gateway));
		pool_put(&rtentry_pool, rt);
		rt = parent;
	}
}

struct sockaddr *
rt_plen2mask(const struct rtentry *rt, struct sockaddr_in6 *mask)
{
	sa_family_t af = rt->rt_dest->sa_family;
	uint8_t *key = (uint8_t *)mask + rtable_keyoffset(af);
	int bits;

	KASSERT(rt_destlen(af) <= (int)sizeof(*mask));
	memset(mask, 0, sizeof(*mask));
	mask->sin6_len = rt_destlen(af);
	mask->sin6_family = af;
	for (bits = rt->rt_plen; bits > 0; bits -= 8)
		*key++ = bits < 8 ? 0xff << (8 - bits) : 0xff;
	return ((struct sockaddr *)mask);
}

/*
 * Next hops.
 */

/* Forget nh, the next hop of rt; the caller frees what is returned. */
static struct rtentry *
rt_unlinkgw(struct rtentry *rt)
{
	struct rtentry *nh = rt->rt_gwroute;

	MUTEX_ASSERT_LOCKED(&rt_gw_mtx);
	if (nh != NULL) {
		LIST_REMOVE(rt, rt_gwlink);
		nh->rt_cachecnt--;
		__atomic_store_n(&rt->rt_gwroute, NULL, __ATOMIC_RELEASE);
	}
	return (nh);
}

void
rt_putgwroute(struct rtentry *rt)
{
	struct rtentry *nh;

	mtx_enter(&rt_gw_mtx);
	nh = rt_unlinkgw(rt);
	mtx_leave(&rt_gw_mtx);
	rtfree(nh);
}

/* nh goes: whoever used it looks for another when next used. */
static void
rt_gw_orphan(struct rtentry *nh)
{
	struct rtentry *rt;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	while ((rt = LIST_FIRST(&nh->rt_gwusers)) != NULL)
		rt_putgwroute(rt);
}

/* arg is new, and rt covers it: gateways that it would now get it serves. */
static void
rt_gw_shadow(struct rtentry *rt, void *arg)
{
	struct rtentry *new = arg, *user, *next;

	LIST_FOREACH_SAFE(user, &rt->rt_gwusers, rt_gwlink, next) {
		if (rtable_contains(new, user->rt_gateway))
			rt_putgwroute(user);
	}
}

/*
 * A clone instead of a cloning route that is up; frees that.  prefer: more
 * than a single destination depends on it, or it is known to exist.
 */
static struct rtentry *
rt_resolve(struct rtentry *rt, const struct sockaddr *dst, int prefer,
    u_int tableid)
{
	struct rtentry *clone;

	if ((rt->rt_flags & (RTF_CLONING|RTF_UP)) != (RTF_CLONING|RTF_UP))
		return (rt);
#ifdef INET6
	/* networks of IPv6 are larger than any memory */
	if (dst->sa_family == AF_INET6 && !nd6_mayclone(prefer)) {
		rtfree(rt);
		return (NULL);
	}
#endif
	clone = rt_clone(rt, dst, tableid);
	rtfree(rt);
	return (clone);
}

static struct rtentry *
rt_match(const struct sockaddr *dst, u_int32_t *src, int flags, u_int tableid)
{
	struct rtentry *rt;

	rt = rtable_match(tableid, dst, src);
	if (rt == NULL) {
		atomic_inc_int(&rtstat.rts_unreach);
		return (NULL);
	}
	if (rt->rt_plen == 0)
		atomic_inc_int(&rtstat.rts_wildcard);
	if (ISSET(flags, RT_RESOLVE))
		rt = rt_resolve(rt, dst, ISSET(flags, RT_NEIGHBOR), tableid);
	if (rt != NULL)
		atomic_inc_long(&rt->rt_use);
	return (rt);
}

/*
 * Find the next hop of a gateway route: on its own interface and not
 * behind another gateway. There may be none, or not yet.
 */
static void
rt_setgwroute(struct rtentry *rt, u_int tableid)
{
	struct rtentry *nh;

	tableid = rtable_l2(tableid);
	nh = rtable_match(tableid, rt->rt_gateway, NULL);
	while (nh != NULL && (nh->rt_ifidx != rt->rt_ifidx ||
	    ISSET(nh->rt_flags, RTF_GATEWAY)))
		nh = rtable_iterate(nh);
	if (nh != NULL)
		nh = rt_resolve(nh, rt->rt_gateway, 1, tableid);
	if (nh == NULL || nh->rt_ifidx != rt->rt_ifidx) {
		rtfree(nh);
		return;
	}
	mtx_enter(&rt_gw_mtx);
	if (rt->rt_gwroute == NULL) {
		LIST_INSERT_HEAD(&nh->rt_gwusers, rt, rt_gwlink);
		nh->rt_cachecnt++;
		__atomic_store_n(&rt->rt_gwroute, nh, __ATOMIC_RELEASE);
		nh = NULL;
	}
	mtx_leave(&rt_gw_mtx);
	rtfree(nh);
}

struct rtentry *
rt_getll(struct rtentry *rt)
{
	if (ISSET(rt->rt_flags, RTF_GATEWAY))
		return (__atomic_load_n(&rt->rt_gwroute, __ATOMIC_ACQUIRE));
	return (rt);
}

int
rtisvalid(struct rtentry *rt)
{
	if (rt == NULL || !ISSET(READ_ONCE(rt->rt_flags), RTF_UP))
		return (0);
	rt = rt_getll(rt);
	return (rt != NULL && ISSET(READ_ONCE(rt->rt_flags), RTF_UP));
}

u_int
rt_getmtu(struct rtentry *rt, struct ifnet *ifp)
{
	u_int mtu = READ_ONCE(rt->rt_mtu);

	return (mtu != 0 ? mtu : READ_ONCE(ifp->if_mtu));
}

/*
 * Look-ups.
 */

static struct rtentry *
rt_alloc(const struct sockaddr *dst, u_int32_t *src, int flags, u_int tableid)
{
	struct rtentry *rt;

	rt = rt_match(dst, src, flags, tableid);
	if (rt != NULL && rt_getll(rt) == NULL)
		rt_setgwroute(rt, tableid);
	return (rt);
}

struct rtentry *
rtalloc(const struct sockaddr *dst, int flags, u_int tableid)
{
	return (rt_alloc(dst, NULL, flags, tableid));
}

struct rtentry *
rtalloc_mpath(const struct sockaddr *dst, u_int32_t *src, u_int tableid)
{
	return (rt_alloc(dst, src, RT_RESOLVE, tableid));
}

static uint64_t
rt_mix(uint64_t h, uint32_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15UL;
	return (h ^ (h >> 29));
}

u_int
rt_hash(const struct sockaddr *dst, const u_int32_t *src, u_int n)
{
	const uint8_t *key;
	uint64_t h = rt_hashkey;
	uint32_t word;
	int i, words = rtable_maxplen(dst->sa_family) / 32;

	key = (const uint8_t *)dst + rtable_keyoffset(dst->sa_family);
	for (i = 0; i < words; i++) {
		memcpy(&word, key + 4 * i, sizeof(word));
		h = rt_mix(rt_mix(h, word), src[i]);
	}
	return (((h >> 32) * n) >> 32);
}

void
route_release(struct route *ro)
{
	rtfree(ro->ro_rt);
	ro->ro_rt = NULL;
}

static int
route_stale(struct route *ro, sa_family_t af, unsigned long gen, u_int id)
{
	return (ro->ro_rt == NULL || ro->ro_generation != gen ||
	    ro->ro_tableid != id || ro->ro_dstsa.sa_family != af ||
	    !rtisvalid(ro->ro_rt));
}

static void
route_reset(struct route *ro, unsigned long gen, u_int id)
{
	rtfree(ro->ro_rt);
	memset(ro, 0, sizeof(*ro));
	ro->ro_generation = gen;
	ro->ro_tableid = id;
}

int
route_cache(struct route *ro, const struct in_addr *dst,
    const struct in_addr *src, u_int id)
{
	unsigned long gen = __atomic_load_n(&rtgeneration, __ATOMIC_ACQUIRE);

	if (!route_stale(ro, AF_INET, gen, id) &&
	    ro->ro_dstsin.sin_addr.s_addr == dst->s_addr &&
	    (src == NULL || ro->ro_srcin.s_addr == src->s_addr ||
	    !ISSET(ro->ro_rt->rt_flags, RTF_MPATH)))
		return (0);
	route_reset(ro, gen, id);
	ro->ro_dstsin.sin_len = sizeof(ro->ro_dstsin);
	ro->ro_dstsin.sin_family = AF_INET;
	ro->ro_dstsin.sin_addr = *dst;
	if (src != NULL)
		ro->ro_srcin = *src;
	return (ESRCH);
}

struct rtentry *
route_mpath(struct route *ro, const struct in_addr *dst,
    const struct in_addr *src, u_int id)
{
	if (route_cache(ro, dst, src, id) != 0)
		ro->ro_rt = rtalloc_mpath(&ro->ro_dstsa,
		    src != NULL ? &ro->ro_srcin.s_addr : NULL, id);
	return (ro->ro_rt);
}

int
route6_cache(struct route *ro, const struct in6_addr *dst,
    const struct in6_addr *src, u_int id)
{
	unsigned long gen = __atomic_load_n(&rtgeneration, __ATOMIC_ACQUIRE);

	if (!route_stale(ro, AF_INET6, gen, id) &&
	    memcmp(&ro->ro_dstsin6.sin6_addr, dst, sizeof(*dst)) == 0 &&
	    (src == NULL || memcmp(&ro->ro_srcin6, src, sizeof(*src)) == 0 ||
	    !ISSET(ro->ro_rt->rt_flags, RTF_MPATH)))
		return (0);
	route_reset(ro, gen, id);
	ro->ro_dstsin6.sin6_len = sizeof(ro->ro_dstsin6);
	ro->ro_dstsin6.sin6_family = AF_INET6;
	ro->ro_dstsin6.sin6_addr = *dst;
	if (src != NULL)
		ro->ro_srcin6 = *src;
	return (ESRCH);
}

struct rtentry *
route6_mpath(struct route *ro, const struct in6_addr *dst,
    const struct in6_addr *src, u_int id)
{
	if (route6_cache(ro, dst, src, id) != 0)
		ro->ro_rt = rtalloc_mpath(&ro->ro_dstsa,
		    src != NULL ? (u_int32_t *)&ro->ro_srcin6 : NULL, id);
	return (ro->ro_rt);
}

/*
 * Changes.
 */

int
rt_if_usable(const struct ifnet *ifp)
{
	return (ISSET(ifp->if_flags, IFF_UP) &&
	    LINK_STATE_IS_UP(READ_ONCE(ifp->if_link_state)));
}

int
rt_setgate(struct rtentry *rt, const struct sockaddr *gate, u_int tableid)
{
	struct sockaddr *sa;

	if (gate->sa_len < offsetof(struct sockaddr, sa_data))
		return (EINVAL);
	sa = malloc(rt_gatesize(gate), M_RTABLE, M_NOWAIT | M_ZERO);
	if (sa == NULL)
		return (ENOBUFS);
	memcpy(sa, gate, gate->sa_len);
	if (rt->rt_gateway != NULL)
		free(rt->rt_gateway, M_RTABLE, rt_gatesize(rt->rt_gateway));
	rt->rt_gateway = sa;
	rt_putgwroute(rt);
	if (rt->rt_node != NULL)
		rt_changed();
	return (0);
}

int
rt_setlabel(struct rtentry *rt, const struct sockaddr *sa)
{
	const struct sockaddr_rtlabel *sr =
	    (const struct sockaddr_rtlabel *)sa;
	u_int16_t id;

	if (sr == NULL)
		return (0);
	id = rtlabel_name2id(sr->sr_label);
	if (id == 0 && sr->sr_label[0] != '\0')
		return (ENOBUFS);
	rtlabel_unref(rt->rt_labelid);
	rt->rt_labelid = id;
	return (0);
}

/* The interface's own part of a route, and whether it can be used. */
static void
rt_attach(struct rtentry *rt, struct ifnet *ifp, int req, u_int8_t *prio)
{
	if (ISSET(rt->rt_flags, RTF_LOCAL) || rt_if_usable(ifp)) {
		SET(rt->rt_flags, RTF_UP);
		*prio &= RTP_MASK;
	} else {
		CLR(rt->rt_flags, RTF_UP);
		*prio |= RTP_DOWN;
	}
	ifp->if_rtrequest(ifp, req, rt);
}

/*
 * Make the copy of a cloning route that is good for one destination. Under
 * the shared netlock another thread may do the same: the first one wins.
 */
static struct rtentry *
rt_clone(struct rtentry *parent, const struct sockaddr *dst, u_int tableid)
{
	struct sockaddr_dl sdl;
	struct ifnet *ifp = parent->rt_ifa->ifa_ifp;
	struct rtentry *rt;
	u_int8_t prio = (parent->rt_priority & RTP_MASK) - 1;
	int error;

	rt = rt_new(dst, rtable_maxplen(dst->sa_family),
	    (parent->rt_flags & ~(RTF_CLONING|RTF_CONNECTED|RTF_STATIC|
	    RTF_MPATH)) | RTF_CLONED|RTF_HOST, parent->rt_ifa);
	if (rt == NULL)
		return (NULL);
	memset(&sdl, 0, sizeof(sdl));
	sdl.sdl_len = sizeof(sdl);
	sdl.sdl_family = AF_LINK;
	sdl.sdl_index = ifp->if_index;
	sdl.sdl_type = ifp->if_type;
	error = rt_setgate(rt, sdltosa(&sdl), tableid);
	if (error != 0) {
		rtfree(rt);
		return (NULL);
	}
	rtref(parent);
	rt->rt_parent = parent;
	rt->rt_rmx.rmx_locks = parent->rt_locks;
	rt->rt_rmx.rmx_mtu = READ_ONCE(parent->rt_mtu);
	rt->rt_labelid = parent->rt_labelid;
	rtlabel_ref(rt->rt_labelid);

	rt_attach(rt, ifp, RTM_RESOLVE, &prio);
	error = rtable_insert(tableid, rt_key(rt), NULL, rt->rt_gateway, prio,
	    rt);
	if (error != 0) {
		ifp->if_rtrequest(ifp, RTM_DELETE, rt);
		rtfree(rt);
		if (error != EEXIST)
			return (NULL);
		return (rtable_lookup(tableid, dst, NULL, NULL, RTP_ANY));
	}
	rt_changed();
	rtm_send(rt, RTM_ADD, 0, tableid);
	return (rt);
}

int
rtrequest(int req, struct rt_addrinfo *info, u_int8_t prio,
    struct rtentry **ret, u_int tableid)
{
	struct rtentry *rt;

	if (info->rti_info[RTAX_DST] == NULL || !rtable_exists(tableid))
		return (EINVAL);
	switch (req) {
	case RTM_ADD:
		return (rt_add(info, prio, ret, tableid));
	case RTM_RESOLVE:
		rt = rt_match(info->rti_info[RTAX_DST], NULL, RT_RESOLVE,
		    tableid);
		if (rt == NULL)
			return (ESRCH);
		if (ret != NULL)
			*ret = rt;
		else
			rtfree(rt);
		return (0);
	default:
		return (EOPNOTSUPP);
	}
}

/* Length of the prefix that a message means; sets RTF_HOST to match. */
static int
rt_infoplen(struct rt_addrinfo *info, int *plen)
{
	sa_family_t af = info->rti_info[RTAX_DST]->sa_family;
	int full = rtable_maxplen(af);

	if (full == 0)
		return (EAFNOSUPPORT);
	*plen = rtable_satoplen(af, info->rti_info[RTAX_NETMASK]);
	if (*plen == -1 ||
	    (*plen != full && ISSET(info->rti_flags, RTF_HOST)))
		return (EINVAL);
	if (*plen == full)
		SET(info->rti_flags, RTF_HOST);
	if (ISSET(info->rti_flags, RTF_HOST))
		CLR(info->rti_flags, RTF_CLONING);
	return (0);
}

static int
rt_flush_shadowed(struct rtentry *rt, void *arg, u_int id)
{
	struct rtentry *new = arg;

	if (ISSET(rt->rt_flags, RTF_CLONED) && rt->rt_parent != new &&
	    (rt->rt_parent->rt_plen < new->rt_plen ||
	    (rt->rt_parent->rt_plen == new->rt_plen &&
	    rt->rt_parent->rt_priority > new->rt_priority)))
		(void)rtdeletemsg(rt, NULL, id);
	return (0);
}

/* The interface may be gone from its list already: it comes along. */
struct rt_flush {
	struct rtentry	*rf_parent;
	struct ifnet	*rf_ifp;
};

static int
rt_flush_clones(struct rtentry *rt, void *arg, u_int id)
{
	struct rt_flush *rf = arg;

	if (ISSET(rt->rt_flags, RTF_CLONED) && rt->rt_parent == rf->rf_parent)
		(void)rtdeletemsg(rt, rf->rf_ifp, id);
	return (0);
}

/* A real host route takes the place of a clone. */
static void
rt_evict(struct rtentry *rt, u_int tableid)
{
	struct rtentry *clone;

	clone = rtable_lookup(tableid, rt_key(rt), NULL, NULL, RTP_ANY);
	while (clone != NULL && !ISSET(clone->rt_flags, RTF_CLONED))
		clone = rtable_iterate(clone);
	if (clone != NULL)
		(void)rtdeletemsg(clone, NULL, tableid);
	rtfree(clone);
}

/*
 * Enter a complete route. A host route that remembers a path MTU changes
 * nothing else, so the shared netlock is enough for it.
 */
static int
rt_publish(struct rtentry *rt, u_int8_t prio, u_int tableid)
{
	struct ifnet *ifp = rt->rt_ifa->ifa_ifp;
	struct sockaddr_in6 mask;
	int error, grow;

	grow = ISSET(rt->rt_flags, RTF_HOST) &&
	    ISSET(rt->rt_flags, RTF_DYNAMIC);
	if (!grow && ISSET(rt->rt_flags, RTF_HOST))
		rt_evict(rt, tableid);
	rt_attach(rt, ifp, RTM_ADD, &prio);
	error = rtable_insert(tableid, rt_key(rt), rt_plen2mask(rt, &mask),
	    rt->rt_gateway, prio, rt);
	if (error != 0) {
		ifp->if_rtrequest(ifp, RTM_DELETE, rt);
		return (error == ENOMEM ? ENOBUFS : error);
	}
	if (!grow) {
		NET_ASSERT_LOCKED_EXCLUSIVE();
		rtable_walk_covering(rt, rt_gw_shadow, rt);
		(void)rtable_walk_prefix(tableid, rt_key(rt), rt->rt_plen,
		    NULL, rt_flush_shadowed, rt);
	}
	rt_changed();
	return (0);
}

static int
rt_add(struct rt_addrinfo *info, u_int8_t prio, struct rtentry **ret,
    u_int tableid)
{
	const struct sockaddr *gate = info->rti_info[RTAX_GATEWAY];
	struct rtentry *rt;
	int error, plen;

	if (gate == NULL)
		return (EINVAL);
	if ((error = rt_infoplen(info, &plen)) != 0)
		return (error);
	if (info->rti_ifa == NULL && (error = rt_getifa(info, tableid)) != 0)
		return (error);
	rt = rt_new(info->rti_info[RTAX_DST], plen, info->rti_flags,
	    info->rti_ifa);
	if (rt == NULL)
		return (ENOBUFS);
	if (prio == RTP_NONE)
		prio = RTP_STATIC + info->rti_ifa->ifa_ifp->if_priority;
	error = rt_setlabel(rt, info->rti_info[RTAX_LABEL]);
	if (error == 0)
		error = rt_setgate(rt, gate, tableid);
	if (error == 0)
		error = rt_publish(rt, prio, tableid);
	if (error != 0 || ret == NULL)
		rtfree(rt);
	else
		*ret = rt;
	return (error);
}

int
rtdelete(struct rtentry *rt, struct ifnet *ifp, u_int tableid)
{
	struct sockaddr_in6 mask;
	struct rt_flush rf = { rt, ifp };
	struct ifnet *found = NULL;
	int error;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	error = rtable_delete(tableid, rt_key(rt), rt_plen2mask(rt, &mask),
	    rt);
	if (error != 0)
		return (error);
	CLR(rt->rt_flags, RTF_UP);
	rt_putgwroute(rt);
	rt_gw_orphan(rt);
	rt_timer_remove_all(rt);
	if (ISSET(rt->rt_flags, RTF_CLONING))
		(void)rtable_walk_prefix(tableid, rt_key(rt), rt->rt_plen,
		    NULL, rt_flush_clones, &rf);
	if (ifp == NULL)
		ifp = found = if_get(rt->rt_ifidx);
	if (ifp != NULL)
		ifp->if_rtrequest(ifp, RTM_DELETE, rt);
	if_put(found);
	rt_changed();
	return (0);
}

int
rtdeletemsg(struct rtentry *rt, struct ifnet *ifp, u_int tableid)
{
	int error;

	rtref(rt);
	error = rtdelete(rt, ifp, tableid);
	if (error == 0)
		rtm_send(rt, RTM_DELETE, 0, tableid);
	rtfree(rt);
	return (error);
}

int
rtrequest_delete(struct rt_addrinfo *info, u_int8_t prio, struct ifnet *ifp,
    struct rtentry **ret, u_int tableid)
{
	struct rtentry *rt;
	int error, plen;

	if (info->rti_info[RTAX_DST] == NULL || !rtable_exists(tableid))
		return (EINVAL);
	if ((error = rt_infoplen(info, &plen)) != 0)
		return (error);
	rt = rtable_lookup(tableid, info->rti_info[RTAX_DST],
	    info->rti_info[RTAX_NETMASK], info->rti_info[RTAX_GATEWAY], prio);
	while (rt != NULL && ifp != NULL && rt->rt_ifidx != ifp->if_index)
		rt = rtable_iterate(rt);
	if (rt == NULL)
		return (ESRCH);
	error = rtdelete(rt, ifp, tableid);
	if (error != 0 || ret == NULL)
		rtfree(rt);
	else
		*ret = rt;
	return (error);
}
