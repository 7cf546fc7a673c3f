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
 * The routing socket: requests.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/proc.h>
#include <sys/socket.h>
#include <sys/socketvar.h>

#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_var.h>
#include <net/route.h>
#include <net/rtable.h>
#include <net/rtsock_var.h>

/* what a request may say about the route itself; the rest is the kernel's */
#define RTF_USER	(RTF_GATEWAY|RTF_HOST|RTF_REJECT|RTF_CLONING|	\
			    RTF_MULTICAST|RTF_LLINFO|RTF_STATIC|	\
			    RTF_BLACKHOLE|RTF_PROTO1|RTF_PROTO2|	\
			    RTF_PROTO3|RTF_MPATH)
#define RTF_KERNEL	(RTF_LOCAL|RTF_BROADCAST)
#define RTF_UNKNOWN	(RTF_MPLS|RTF_BFD)
#define RTA_USER	(RTA_DST|RTA_GATEWAY|RTA_NETMASK|RTA_IFP|	\
			    RTA_IFA|RTA_BRD|RTA_LABEL)
#define RTV_USER	(RTV_MTU|RTV_EXPIRE)

/* One request while it is served. */
struct rtreq {
	struct rt_msghdr	*rq_rtm;	/* as sent */
	struct rt_addrinfo	 rq_info;	/* points into rq_rtm */
	u_int			 rq_tableid;
	u_int8_t		 rq_prio;
	struct rtentry		*rq_rt;		/* the answer, counted */
};

/*
 * Checks.
 */

static int
rtreq_check_sa(int i, const struct sockaddr *sa)
{
	const struct sockaddr_dl *sdl = satosdl_const(sa);
	const struct sockaddr_rtlabel *sr =
	    (const struct sockaddr_rtlabel *)sa;
	size_t need;

	if (i == RTAX_NETMASK)
		return (0);		/* may be trimmed down to nothing */
	if (i == RTAX_LABEL)
		return (sa->sa_len == sizeof(*sr) && memchr(sr->sr_label, 0,
		    sizeof(sr->sr_label)) != NULL ? 0 : EINVAL);
	if (sa->sa_family == AF_LINK) {
		need = offsetof(struct sockaddr_dl, sdl_data);
		return (i != RTAX_DST && sdl->sdl_len >= need &&
		    (size_t)sdl->sdl_nlen + sdl->sdl_alen <=
		    sdl->sdl_len - need ? 0 : EINVAL);
	}
	if (i == RTAX_IFP)
		return (EINVAL);
	if (rtable_maxplen(sa->sa_family) == 0)
		return (EAFNOSUPPORT);
	need = rtable_keyoffset(sa->sa_family) +
	    rtable_maxplen(sa->sa_family) / 8;
	return (sa->sa_len >= need ? 0 : EINVAL);
}

/* An address on its way in: its scope takes the kernel's form. */
static int
rtreq_embedscope(struct sockaddr *sa)
{
#ifdef INET6
	struct in6_addr in6;
	int error;

	if (sa->sa_family != AF_INET6 || sa->sa_len != sizeof(
	    struct sockaddr_in6) || satosin6(sa)->sin6_scope_id == 0)
		return (0);
	if ((error = in6_embedscope(&in6, satosin6(sa))) != 0)
		return (error);
	satosin6(sa)->sin6_addr = in6;
	satosin6(sa)->sin6_scope_id = 0;
#endif
	return (0);
}

/* Find the addresses, each inside the message and good for its purpose. */
static int
rtreq_addrs(struct rtreq *rq)
{
	struct rt_msghdr *rtm = rq->rq_rtm;
	char *p = (char *)rtm + rtm->rtm_hdrlen;
	char *end = (char *)rtm + rtm->rtm_msglen;
	struct sockaddr *sa;
	int error, i;

	if ((rtm->rtm_addrs & ~RTA_USER) != 0)
		return (EINVAL);
	for (i = 0; i < RTAX_MAX; i++) {
		if ((rtm->rtm_addrs & (1 << i)) == 0)
			continue;
		sa = (struct sockaddr *)p;
		if (end - p < 8 || end - p < sa->sa_len)
			return (EINVAL);
		if ((error = rtreq_check_sa(i, sa)) != 0 ||
		    (i != RTAX_NETMASK &&
		    (error = rtreq_embedscope(sa)) != 0))
			return (error);
		rq->rq_info.rti_info[i] = sa;
		p += sa->sa_len == 0 ? 8 : ALIGN(sa->sa_len);
		if (p > end)
			p = end;
	}
	return (0);
}

static int
rtreq_check_flags(const struct rt_msghdr *rtm)
{
	if (rtm->rtm_type == RTM_GET)
		return (0);
	if ((rtm->rtm_flags & RTF_KERNEL) != 0 ||
	    ((rtm->rtm_fmask & rtm->rtm_flags) & RTF_KERNEL) != 0)
		return (EINVAL);
	if (rtm->rtm_priority > RTP_MAX || rtm->rtm_priority == RTP_LOCAL)
		return (EINVAL);
	if (rtm->rtm_type == RTM_DELETE)
		return (0);
	if ((rtm->rtm_flags & RTF_UNKNOWN) != 0 ||
	    (rtm->rtm_inits & ~RTV_USER) != 0)
		return (EOPNOTSUPP);
	/* only the link layer looks at that */
	if ((rtm->rtm_inits & RTV_EXPIRE) != 0 &&
	    (rtm->rtm_flags & RTF_LLINFO) == 0)
		return (EOPNOTSUPP);
	return (0);
}

/* The head of a message of which len bytes came. */
static int
rtreq_check_head(const struct rt_msghdr *rtm, size_t len)
{
	if (len < sizeof(*rtm) || rtm->rtm_msglen != len)
		return (EINVAL);
	if (rtm->rtm_version != RTM_VERSION)
		return (EPROTONOSUPPORT);
	if (rtm->rtm_hdrlen < sizeof(*rtm) || rtm->rtm_hdrlen > len ||
	    rtm->rtm_hdrlen % 8 != 0)
		return (EINVAL);
	switch (rtm->rtm_type) {
	case RTM_GET:
		return (0);
	case RTM_ADD:
	case RTM_DELETE:
	case RTM_CHANGE:
		return (suser(curproc) != 0 ? EACCES : 0);
	default:
		return (EOPNOTSUPP);
	}
}

static int
rtreq_check(struct rtreq *rq)
{
	const struct rt_msghdr *rtm = rq->rq_rtm;
	const struct sockaddr *dst, *gate;
	int error;

	if ((error = rtreq_check_flags(rtm)) != 0 ||
	    (error = rtreq_addrs(rq)) != 0)
		return (error);
	dst = rq->rq_info.rti_info[RTAX_DST];
	gate = rq->rq_info.rti_info[RTAX_GATEWAY];
	if (dst == NULL || (rtm->rtm_type == RTM_ADD && gate == NULL))
		return (EINVAL);
	if (gate != NULL && gate->sa_family != dst->sa_family &&
	    (gate->sa_family != AF_LINK || (rtm->rtm_flags & RTF_GATEWAY) != 0))
		return (EINVAL);
	if (rtable_satoplen(dst->sa_family,
	    rq->rq_info.rti_info[RTAX_NETMASK]) == -1)
		return (EINVAL);
	rq->rq_info.rti_flags = rtm->rtm_flags & RTF_USER;
	return (0);
}

/*
 * The four requests; each leaves the route it is about in rq_rt.
 */

/* What the sender sets beyond addresses and flags; expiry in wall time. */
static void
rtreq_metrics(struct rtreq *rq)
{
	const struct rt_msghdr *rtm = rq->rq_rtm;
	struct rtentry *rt = rq->rq_rt;
	int64_t expire = rtm->rtm_rmx.rmx_expire;

	if ((rtm->rtm_inits & RTV_MTU) != 0)
		WRITE_ONCE(rt->rt_mtu, rtm->rtm_rmx.rmx_mtu);
	if ((rtm->rtm_inits & RTV_EXPIRE) != 0)
		WRITE_ONCE(rt->rt_expire, expire == 0 ? 0 :
		    MAX(expire - gettime() + getuptime(), 1));
	rt->rt_locks &= ~rtm->rtm_inits;
	rt->rt_locks |= rtm->rtm_inits & rtm->rtm_rmx.rmx_locks;
}

static int
rtreq_add(struct rtreq *rq)
{
	int error;

	error = rtrequest(RTM_ADD, &rq->rq_info, rq->rq_prio, &rq->rq_rt,
	    rq->rq_tableid);
	if (error == 0)
		rtreq_metrics(rq);
	return (error);
}

/*
 * The route that a request names, by gateway and priority where they are
 * given; one that belongs to an address only if there is no other.
 */
static struct rtentry *
rtreq_lookup(struct rtreq *rq, const struct sockaddr *gate)
{
	struct rt_addrinfo *info = &rq->rq_info;
	struct rtentry *rt, *own = NULL;
	u_int8_t prio = rq->rq_prio;

	rt = rtable_lookup(rq->rq_tableid, info->rti_info[RTAX_DST],
	    info->rti_info[RTAX_NETMASK], gate, prio);
	for (; rt != NULL; rt = rtable_iterate(rt)) {
		if ((prio != RTP_NONE && prio != RTP_ANY &&
		    (rt->rt_priority & RTP_MASK) != prio) ||
		    (gate != NULL && !rtable_sa_equal(rt->rt_gateway, gate)))
			continue;
		if (!ISSET(rt->rt_flags, RTF_KERNEL))
			break;
		if (own == NULL) {
			rtref(rt);
			own = rt;
		}
	}
	if (rt == NULL)
		return (own);
	rtfree(own);
	return (rt);
}

static int
rtreq_delete(struct rtreq *rq)
{
	struct rtentry *rt;

	rt = rtreq_lookup(rq, rq->rq_info.rti_info[RTAX_GATEWAY]);
	if (rt == NULL)
		return (ESRCH);
	rq->rq_rt = rt;
	if (ISSET(rt->rt_flags, RTF_KERNEL))
		return (EINVAL);
	return (rtdelete(rt, NULL, rq->rq_tableid));
}

/*
 * With RTF_MPATH the gateway tells which one, else it is what changes. It
 * never changes to that of another: that one would have been found.
 */
static struct rtentry *
rtreq_find(struct rtreq *rq)
{
	struct rtentry *rt;

	rt = rtreq_lookup(rq, rq->rq_info.rti_info[RTAX_GATEWAY]);
	if (rt == NULL && !ISSET(rq->rq_info.rti_flags, RTF_MPATH))
		rt = rtreq_lookup(rq, NULL);
	return (rt);
}

static int
rtreq_change_gate(struct rtreq *rq, struct rtentry *rt)
{
	struct rt_addrinfo *info = &rq->rq_info;
	const struct sockaddr *gate = info->rti_info[RTAX_GATEWAY];
	struct ifaddr *ifa = rt->rt_ifa;
	int error, same;

	same = gate == NULL || rtable_sa_equal(gate, rt->rt_gateway);
	if (!same || info->rti_info[RTAX_IFA] != NULL ||
	    info->rti_info[RTAX_IFP] != NULL) {
		error = rt_getifa(info, rq->rq_tableid);
		if (error != 0)
			return (error);
		ifa = info->rti_ifa;
	}
	if (!same) {
		error = rt_setgate(rt, gate, rq->rq_tableid);
		if (error != 0)
			return (error);
		CLR(rt->rt_flags, RTF_GATEWAY);
		SET(rt->rt_flags, info->rti_flags & RTF_GATEWAY);
		/* another path: what was learnt of its MTU is void */
		if (!ISSET(rt->rt_locks, RTV_MTU))
			WRITE_ONCE(rt->rt_mtu, 0);
	}
	rt_setifa(rt, ifa, rq->rq_tableid);
	return (0);
}

static int
rtreq_change(struct rtreq *rq)
{
	const struct sockaddr *label = rq->rq_info.rti_info[RTAX_LABEL];
	const struct rt_msghdr *rtm = rq->rq_rtm;
	int error, fmask = rtm->rtm_fmask & RTF_FMASK & RTF_USER;
	struct rtentry *rt;

	if ((rt = rtreq_find(rq)) == NULL)
		return (ESRCH);
	rq->rq_rt = rt;
	if (ISSET(rt->rt_flags, RTF_KERNEL))
		return (EINVAL);
	if ((error = rtreq_change_gate(rq, rt)) != 0 ||
	    (error = rt_setlabel(rt, label)) != 0)
		return (error);
	rtreq_metrics(rq);
	CLR(rt->rt_flags, fmask);
	SET(rt->rt_flags, rtm->rtm_flags & fmask);
	atomic_inc_long(&rtgeneration);
	return (0);
}

/* With a mask that very route, without what a packet would take. */
static int
rtreq_get(struct rtreq *rq)
{
	struct rt_addrinfo *info = &rq->rq_info;
	const struct sockaddr *dst = info->rti_info[RTAX_DST];
	struct rtentry *rt;

	if (info->rti_info[RTAX_NETMASK] != NULL)
		rt = rtable_lookup(rq->rq_tableid, dst,
		    info->rti_info[RTAX_NETMASK],
		    info->rti_info[RTAX_GATEWAY], rq->rq_prio);
	else {
		rt = rtable_match(rq->rq_tableid, dst, NULL);
		while (rt != NULL && rq->rq_prio != RTP_NONE &&
		    rq->rq_prio != RTP_ANY &&
		    (rt->rt_priority & RTP_MASK) != rq->rq_prio)
			rt = rtable_iterate(rt);
	}
	rq->rq_rt = rt;
	return (rt == NULL ? ESRCH : 0);
}

static int
rtreq_run(struct rtreq *rq)
{
	int error;

	if (!rtable_exists(rq->rq_tableid)) {
		if (rq->rq_rtm->rtm_type != RTM_ADD)
			return (EINVAL);
		error = rtable_add(rq->rq_tableid);
		if (error != 0)
			return (error == ENOMEM ? ENOBUFS : error);
	}
	switch (rq->rq_rtm->rtm_type) {
	case RTM_ADD:
		return (rtreq_add(rq));
	case RTM_DELETE:
		return (rtreq_delete(rq));
	case RTM_CHANGE:
		return (rtreq_change(rq));
	default:
		return (rtreq_get(rq));
	}
}

/* RTM_GET tells the MTU that counts, not only one that was set. */
static void
rtreq_getmtu(struct rtentry *rt, struct rt_msghdr *rtm)
{
	struct ifnet *ifp;

	ifp = if_get(rt->rt_ifidx);
	if (ifp != NULL)
		rtm->rtm_rmx.rmx_mtu = rt_getmtu(rt, ifp);
	if_put(ifp);
}

/* The request goes back as it came. */
static void
rtreq_recoverscopes(struct rtreq *rq)
{
	int i;

	for (i = 0; i < RTAX_MAX; i++) {
		if (i != RTAX_NETMASK && rq->rq_info.rti_info[i] != NULL)
			rtm_recoverscope((struct sockaddr *)
			    rq->rq_info.rti_info[i]);
	}
}

/*
 * Everybody hears what was done and by whom, and the sender what became of
 * it: the route as it is now, or the request with an error.
 */
static void
rtreq_reply(struct rtreq *rq, int error, struct socket *skip)
{
	uint64_t buf[RTM_KERNMAX / sizeof(uint64_t)];
	struct rt_msghdr *rtm = rq->rq_rtm, *reply = rtm;
	const struct sockaddr *dst = rq->rq_info.rti_info[RTAX_DST];
	sa_family_t af = dst != NULL ? dst->sa_family : AF_UNSPEC;
	size_t len = rtm->rtm_msglen;

	rtm->rtm_errno = error;
	rtm->rtm_pid = curproc->p_pid;
	if (error != 0) {
		rtm->rtm_flags &= ~RTF_DONE;
		rtreq_recoverscopes(rq);
	} else {
		reply = (struct rt_msghdr *)buf;
		len = rtm_route(buf, sizeof(buf), rtm->rtm_type, rq->rq_rt,
		    rq->rq_tableid);
		KASSERT(len <= sizeof(buf));
		reply->rtm_pid = rtm->rtm_pid;
		reply->rtm_seq = rtm->rtm_seq;
		reply->rtm_inits = rtm->rtm_inits;
		reply->rtm_fmask = rtm->rtm_fmask;
		if (rtm->rtm_type == RTM_GET)
			rtreq_getmtu(rq->rq_rt, reply);
	}
	rtm_broadcast(reply, len, af, skip);
}

static int
rtreq_serve(struct rt_msghdr *rtm, struct socket *skip)
{
	struct rtreq rq;
	int error, shared = rtm->rtm_type == RTM_GET;

	memset(&rq, 0, sizeof(rq));
	rq.rq_rtm = rtm;
	rq.rq_tableid = rtm->rtm_tableid;
	rq.rq_prio = rtm->rtm_priority & RTP_MASK;
	if (shared)
		NET_LOCK_SHARED();
	else
		NET_LOCK();
	error = rtreq_check(&rq);
	if (error == 0)
		error = rtreq_run(&rq);
	rtreq_reply(&rq, error, skip);
	rtfree(rq.rq_rt);
	if (shared)
		NET_UNLOCK_SHARED();
	else
		NET_UNLOCK();
	return (error);
}

int
route_request(struct socket *so, struct mbuf *m)
{
	struct rt_msghdr *rtm;
	size_t len = m->m_pkthdr.len;
	int error;

	if (len < sizeof(*rtm) || len > RTM_MAXSIZE) {
		m_freem(m);
		return (len > RTM_MAXSIZE ? EMSGSIZE : EINVAL);
	}
	rtm = malloc(len, M_TEMP, M_WAITOK);
	m_copydata(m, 0, len, rtm);
	m_freem(m);
	error = rtreq_check_head(rtm, len);
	if (error == 0)
		error = rtreq_serve(rtm,
		    ISSET(so->so_options, SO_USELOOPBACK) ? NULL : so);
	free(rtm, M_TEMP, len);
	return (error);
}
