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
 * What sysctl(2) tells about routes and interfaces. It is put together in
 * our own memory under the shared netlock, and copied out without.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_var.h>
#include <net/route.h>
#include <net/rtable.h>
#include <net/rtsock_var.h>

#define RTW_CHUNK	4096		/* bytes to begin with */

/* An answer as it grows: counted in full, kept as far as it is wanted. */
struct rtwalk {
	char		*rw_buf;
	size_t		 rw_size;	/* bytes of rw_buf */
	size_t		 rw_limit;	/* bytes the caller has room for */
	size_t		 rw_needed;	/* bytes there are so far */
	int		 rw_op;		/* NET_RT_* */
	int		 rw_arg;
};

/*
 * Room for the next record, zeroed; NULL when the caller only counts or
 * will get ENOMEM anyway; ENOMEM in *error when there is no memory.
 */
static void *
rtw_room(struct rtwalk *rw, size_t len, int *error)
{
	size_t off = rw->rw_needed, size;
	char *buf;

	*error = 0;
	rw->rw_needed += len;
	if (rw->rw_needed > rw->rw_limit)
		return (NULL);
	if (rw->rw_needed > rw->rw_size) {
		size = MAX(rw->rw_size * 2, RTW_CHUNK);
		size = MAX(size, rw->rw_needed);
		buf = malloc(size, M_TEMP, M_WAITOK | M_CANFAIL);
		if (buf == NULL) {
			*error = ENOMEM;
			return (NULL);
		}
		if (rw->rw_buf != NULL) {
			memcpy(buf, rw->rw_buf, off);
			free(rw->rw_buf, M_TEMP, rw->rw_size);
		}
		rw->rw_buf = buf;
		rw->rw_size = size;
	}
	return (memset(rw->rw_buf + off, 0, len));
}

/* Negative: all but that priority. */
static int
rtw_wants(const struct rtwalk *rw, const struct rtentry *rt)
{
	int prio = rt->rt_priority & RTP_MASK;

	if (rw->rw_op == NET_RT_FLAGS)
		return ((rt->rt_flags & rw->rw_arg) != 0);
	if (rw->rw_arg < 0)
		return (prio != (-rw->rw_arg & RTP_MASK));
	return (rw->rw_arg == 0 || rw->rw_arg == RTP_ANY ||
	    prio == rw->rw_arg);
}

static int
rtw_route(struct rtentry *rt, void *arg, u_int tableid)
{
	uint64_t msg[RTM_KERNMAX / sizeof(uint64_t)];
	struct rtwalk *rw = arg;
	size_t len;
	void *p;
	int error;

	if (!rtw_wants(rw, rt))
		return (0);
	len = rtm_route(msg, sizeof(msg), RTM_GET, rt, tableid);
	p = rtw_room(rw, len, &error);
	if (p != NULL)
		memcpy(p, msg, len);
	return (error);
}

static int
rtw_routes(struct rtwalk *rw, int af, u_int tableid)
{
	int error = 0, i;

	if (!rtable_exists(tableid))
		return (ENOENT);
	for (i = 1; i <= AF_MAX && error == 0; i++) {
		if ((af == AF_UNSPEC || af == i) && rtable_maxplen(i) != 0)
			error = rtable_walk(tableid, i, NULL, rtw_route, rw);
	}
	return (error);
}

static int
rtw_interface(struct rtwalk *rw, struct ifnet *ifp, int af)
{
	uint64_t msg[RTM_KERNMAX / sizeof(uint64_t)];
	struct ifaddr *ifa;
	size_t len;
	void *p;
	int error;

	len = rtm_ifinfo(msg, sizeof(msg), ifp);
	if ((p = rtw_room(rw, len, &error)) != NULL)
		memcpy(p, msg, len);
	TAILQ_FOREACH(ifa, &ifp->if_addrlist, ifa_list) {
		if (error != 0)
			break;
		if (ifa->ifa_addr->sa_family == AF_LINK ||
		    (af != AF_UNSPEC && ifa->ifa_addr->sa_family != af))
			continue;
		len = rtm_ifaddr(msg, sizeof(msg), RTM_NEWADDR, ifa);
		if ((p = rtw_room(rw, len, &error)) != NULL)
			memcpy(p, msg, len);
	}
	return (error);
}

static int
rtw_interfaces(struct rtwalk *rw, int af)
{
	struct ifnet *ifp;
	int error = 0;

	TAILQ_FOREACH(ifp, &ifnetlist, if_list) {
		if (rw->rw_arg != 0 && rw->rw_arg != (int)ifp->if_index)
			continue;
		if ((error = rtw_interface(rw, ifp, af)) != 0)
			break;
	}
	return (error);
}

static int
rtw_ifnames(struct rtwalk *rw)
{
	struct if_nameindex_msg *ifn;
	struct ifnet *ifp;
	int error = 0;

	TAILQ_FOREACH(ifp, &ifnetlist, if_list) {
		if (rw->rw_arg != 0 && rw->rw_arg != (int)ifp->if_index)
			continue;
		ifn = rtw_room(rw, sizeof(*ifn), &error);
		if (error != 0)
			break;
		if (ifn == NULL)
			continue;
		ifn->if_index = ifp->if_index;
		strlcpy(ifn->if_name, ifp->if_xname, sizeof(ifn->if_name));
	}
	return (error);
}

static int
rtw_stats(struct rtwalk *rw)
{
	struct rtstat *st;
	int error;

	st = rtw_room(rw, sizeof(*st), &error);
	if (st != NULL) {
		st->rts_badredirect = READ_ONCE(rtstat.rts_badredirect);
		st->rts_dynamic = READ_ONCE(rtstat.rts_dynamic);
		st->rts_newgateway = READ_ONCE(rtstat.rts_newgateway);
		st->rts_unreach = READ_ONCE(rtstat.rts_unreach);
		st->rts_wildcard = READ_ONCE(rtstat.rts_wildcard);
	}
	return (error);
}

static int
rtw_table(struct rtwalk *rw)
{
	struct rt_tableinfo *ti;
	int error;

	if (rw->rw_arg < 0 || !rtable_exists(rw->rw_arg))
		return (ENOENT);
	ti = rtw_room(rw, sizeof(*ti), &error);
	if (ti != NULL) {
		ti->rti_tableid = rw->rw_arg;
		ti->rti_domainid = rtable_l2(rw->rw_arg);
	}
	return (error);
}

static int
rtw_collect(struct rtwalk *rw, int af, u_int tableid)
{
	NET_ASSERT_LOCKED();
	switch (rw->rw_op) {
	case NET_RT_DUMP:
	case NET_RT_FLAGS:
		return (rtw_routes(rw, af, tableid));
	case NET_RT_IFLIST:
		return (rtw_interfaces(rw, af));
	case NET_RT_IFNAMES:
		return (rtw_ifnames(rw));
	case NET_RT_STATS:
		return (rtw_stats(rw));
	case NET_RT_TABLE:
		return (rtw_table(rw));
	default:
		return (EOPNOTSUPP);
	}
}

int
sysctl_rtable(int *name, u_int namelen, void *oldp, size_t *oldlenp,
    void *newp, size_t newlen)
{
	struct rtwalk rw;
	u_int tableid;
	int error;

	if (newp != NULL)
		return (EPERM);
	if (namelen < 3 || namelen > 4)
		return (EINVAL);
	tableid = namelen == 4 ? (u_int)name[3] : curproc->p_rtableid;
	memset(&rw, 0, sizeof(rw));
	rw.rw_op = name[1];
	rw.rw_arg = name[2];
	rw.rw_limit = oldp != NULL ? *oldlenp : 0;

	NET_LOCK_SHARED();
	error = rtw_collect(&rw, name[0], tableid);
	NET_UNLOCK_SHARED();

	if (error == 0) {
		*oldlenp = rw.rw_needed;
		if (oldp == NULL) {
			/* tables grow between the two calls */
			if (rw.rw_op != NET_RT_STATS &&
			    rw.rw_op != NET_RT_TABLE)
				*oldlenp += rw.rw_needed / 10;
		} else if (rw.rw_needed > rw.rw_limit)
			error = ENOMEM;
		else if (rw.rw_needed != 0)
			error = copyout(rw.rw_buf, oldp, rw.rw_needed);
	}
	if (rw.rw_buf != NULL)
		free(rw.rw_buf, M_TEMP, rw.rw_size);
	return (error);
}
