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
 * ICMP that changes routes: path MTUs and redirects.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>
#include <sys/socket.h>
#include <sys/sysctl.h>
#include <sys/task.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/route.h>

#include <netinet/icmp_var.h>
#include <netinet/in.h>
#include <netinet/in_var.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_var.h>

#define ICMP_MINPMTU	296	/* nobody gets us lower, bytes */
#define ICMP_MAXPMTU	1024	/* destinations remembered */
#define ICMP_MAXREDIR	1024	/* the same of redirects */
#define ICMP_REDIRQLEN	32

/* What a redirect wants; it waits in an mbuf for the exclusive netlock. */
struct icmp_redirect {
	struct in_addr	ir_from;
	struct in_addr	ir_dst;
	struct in_addr	ir_gw;
	u_int		ir_rtableid;
};

static void	icmp_redirect_task(void *);

int ip_mtudisc_timeout = 10 * 60;
int icmp_rediraccept;
static int icmp_redirtimeout = 10 * 60;		/* [a] s */

static struct rttimer_queue icmp_mtudisc_queue;
static struct rttimer_queue icmp_redirect_queue;
static struct mbuf_queue icmp_redirect_mq;
static struct task icmp_redirect_work =
    TASK_INITIALIZER(icmp_redirect_task, NULL);

static void
icmp_sin(struct sockaddr_in *sin, struct in_addr addr)
{
	memset(sin, 0, sizeof(*sin));
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	sin->sin_addr = addr;
}

/*
 * Path MTU
 */

/* Host routes that were made for it go; of others the MTU does. */
void
icmp_mtudisc_end(struct rtentry *rt, u_int rtableid)
{
	if (ISSET(rt->rt_flags, RTF_DYNAMIC))
		rtdeletemsg(rt, NULL, rtableid);
	else if (!ISSET(rt->rt_locks, RTV_MTU))
		WRITE_ONCE(rt->rt_mtu, 0);
}

void
icmp_route_init(void)
{
	rt_timer_queue_init(&icmp_mtudisc_queue, ip_mtudisc_timeout,
	    icmp_mtudisc_end);
	rt_timer_queue_init(&icmp_redirect_queue, icmp_redirtimeout,
	    rt_timer_delete);
	mq_init(&icmp_redirect_mq, ICMP_REDIRQLEN, IPL_SOFTNET);
}

void
icmp_mtudisc_changed(void)
{
	NET_LOCK();
	if (!READ_ONCE(ip_mtudisc))
		rt_timer_queue_flush(&icmp_mtudisc_queue);
	NET_UNLOCK();
	rt_timer_queue_change(&icmp_mtudisc_queue,
	    READ_ONCE(ip_mtudisc_timeout));
}

/* The host route below rt, with its gateway; a reference, or NULL. */
static struct rtentry *
icmp_hostroute(struct rtentry *rt, const struct sockaddr *dst,
    const struct sockaddr *gateway, int flags, u_int rtableid)
{
	struct rt_addrinfo info;
	struct rtentry *nrt = NULL;

	memset(&info, 0, sizeof(info));
	info.rti_flags = RTF_HOST | RTF_DYNAMIC | flags;
	info.rti_info[RTAX_DST] = dst;
	info.rti_info[RTAX_GATEWAY] = gateway;
	info.rti_addrs = RTA_DST | RTA_GATEWAY;
	info.rti_ifa = rt->rt_ifa;
	if (rtrequest(RTM_ADD, &info, rt->rt_priority & RTP_MASK, &nrt,
	    rtableid) != 0)
		return (NULL);
	rtm_send(nrt, RTM_ADD, 0, rtableid);
	return (nrt);
}

struct rtentry *
icmp_pmtu_route(const struct sockaddr *dst, struct rttimer_queue *rtq,
    u_int rtableid, int ipsec)
{
	struct rtentry *rt, *nrt;

	rt = rtalloc(dst, RT_RESOLVE, rtableid);
	if (!rtisvalid(rt) ||
	    ISSET(rt->rt_flags, RTF_LOCAL | RTF_BROADCAST) ||
	    (!ipsec && ISSET(rt->rt_flags, RTF_REJECT | RTF_BLACKHOLE)))
		goto bad;
	if (!ISSET(rt->rt_flags, RTF_HOST)) {
		if (rt_timer_queue_count(rtq) >= ICMP_MAXPMTU)
			goto bad;
		nrt = icmp_hostroute(rt, dst, rt->rt_gateway, rt->rt_flags &
		    (RTF_GATEWAY | RTF_REJECT | RTF_BLACKHOLE), rtableid);
		rtfree(rt);
		if ((rt = nrt) == NULL)
			return (NULL);
	}
	if (rt_timer_add(rt, rtq, rtableid) != 0)
		goto bad;
	return (rt);

 bad:
	rtfree(rt);
	return (NULL);
}

struct rtentry *
icmp_mtudisc_clone(struct in_addr dst, u_int rtableid, int ipsec)
{
	struct sockaddr_in sin;

	icmp_sin(&sin, dst);
	return (icmp_pmtu_route(sintosa(&sin), &icmp_mtudisc_queue, rtableid,
	    ipsec));
}

/*
 * A router too old to name its MTU: the next lower one that is common,
 * RFC 1191 7.1.
 */
static u_int
icmp_guess_mtu(u_int len)
{
	static const u_int16_t mtus[] = {
		32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, ICMP_MINPMTU
	};
	u_int i;

	for (i = 0; i < nitems(mtus); i++) {
		if (mtus[i] < len)
			return (mtus[i]);
	}
	return (0);
}

void
icmp_mtudisc(struct icmp *icp, u_int rtableid)
{
	struct rtentry *rt;
	u_int old, mtu, len = ntohs(icp->icmp_ip.ip_len);

	if (!READ_ONCE(ip_mtudisc))
		return;
	if ((mtu = ntohs(icp->icmp_nextmtu)) == 0)
		mtu = icmp_guess_mtu(len);
	/* what did fit needs no news */
	if (mtu < ICMP_MINPMTU || mtu >= len)
		return;
	rt = icmp_mtudisc_clone(icp->icmp_ip.ip_dst, rtableid, 0);
	if (rt == NULL)
		return;
	old = READ_ONCE(rt->rt_mtu);
	if (!ISSET(rt->rt_locks, RTV_MTU) && (old == 0 || mtu < old))
		WRITE_ONCE(rt->rt_mtu, mtu);
	rtfree(rt);
}

/*
 * Redirects, if we listen to them at all
 */

/* Is the new gateway a neighbour on the interface of the old one? */
static int
icmp_redirect_gwok(const struct icmp_redirect *ir, struct rtentry *rt)
{
	struct sockaddr_in sin;
	struct rtentry *grt;
	int ok;

	icmp_sin(&sin, ir->ir_gw);
	grt = rtalloc(sintosa(&sin), 0, ir->ir_rtableid);
	ok = rtisvalid(grt) && grt->rt_ifidx == rt->rt_ifidx &&
	    !ISSET(grt->rt_flags, RTF_GATEWAY | RTF_LOCAL | RTF_BROADCAST);
	rtfree(grt);
	return (ok);
}

/* Only the gateway in use may tell of a better one. */
static int
icmp_redirect_ok(const struct icmp_redirect *ir, struct rtentry *rt)
{
	return (rtisvalid(rt) && ISSET(rt->rt_flags, RTF_GATEWAY) &&
	    rt->rt_gateway->sa_family == AF_INET &&
	    satosin(rt->rt_gateway)->sin_addr.s_addr == ir->ir_from.s_addr &&
	    (!ISSET(rt->rt_flags, RTF_HOST) ||
	    ISSET(rt->rt_flags, RTF_DYNAMIC)) &&
	    icmp_redirect_gwok(ir, rt));
}

static void
icmp_redirect_apply(const struct icmp_redirect *ir)
{
	struct sockaddr_in dst, gw;
	struct rtentry *rt, *nrt;

	icmp_sin(&dst, ir->ir_dst);
	icmp_sin(&gw, ir->ir_gw);
	rt = rtalloc(sintosa(&dst), 0, ir->ir_rtableid);
	if (!icmp_redirect_ok(ir, rt) ||
	    rt_timer_queue_count(&icmp_redirect_queue) >= ICMP_MAXREDIR) {
		atomic_inc_int(&rtstat.rts_badredirect);
	} else if (ISSET(rt->rt_flags, RTF_HOST)) {
		if (rt_setgate(rt, sintosa(&gw), ir->ir_rtableid) == 0) {
			SET(rt->rt_flags, RTF_MODIFIED);
			atomic_inc_int(&rtstat.rts_newgateway);
			rtm_send(rt, RTM_CHANGE, 0, ir->ir_rtableid);
		}
	} else if ((nrt = icmp_hostroute(rt, sintosa(&dst), sintosa(&gw),
	    RTF_GATEWAY, ir->ir_rtableid)) != NULL) {
		atomic_inc_int(&rtstat.rts_dynamic);
		if (rt_timer_add(nrt, &icmp_redirect_queue,
		    ir->ir_rtableid) != 0)
			rtdeletemsg(nrt, NULL, ir->ir_rtableid);
		rtfree(nrt);
	}
	rtfree(rt);
}

static void
icmp_redirect_task(void *arg)
{
	struct mbuf_list ml;
	struct mbuf *m;

	mq_delist(&icmp_redirect_mq, &ml);
	NET_LOCK();
	while ((m = ml_dequeue(&ml)) != NULL) {
		icmp_redirect_apply(mtod(m, struct icmp_redirect *));
		m_freem(m);
	}
	NET_UNLOCK();
}

void
icmp_input_redirect(struct mbuf *m, int hlen, int icmplen)
{
	struct ip *ip = mtod(m, struct ip *);
	struct icmp *icp = (struct icmp *)((caddr_t)ip + hlen);
	struct icmp_redirect *ir;
	struct mbuf *n;

	if (icp->icmp_code > ICMP_REDIRECT_TOSHOST) {
		icmpstat_inc(icps_badcode);
		return;
	}
	if (icmplen < (int)ICMP_ADVLENMIN ||
	    icmplen < (int)ICMP_ADVLEN(icp) ||
	    icp->icmp_ip.ip_hl < (sizeof(struct ip) >> 2)) {
		icmpstat_inc(icps_badlen);
		return;
	}
	/* a router knows better than its neighbours, RFC 1812 5.2.7.2 */
	if (!READ_ONCE(icmp_rediraccept) || READ_ONCE(ip_forwarding) != 0)
		return;
	if ((n = m_gethdr(M_DONTWAIT, MT_DATA)) == NULL) {
		ipstat_inc(ips_rcvmemdrop);
		return;
	}
	ir = mtod(n, struct icmp_redirect *);
	ir->ir_from = ip->ip_src;
	ir->ir_dst = icp->icmp_ip.ip_dst;
	ir->ir_gw = icp->icmp_gwaddr;
	ir->ir_rtableid = m->m_pkthdr.ph_rtableid;
	n->m_len = n->m_pkthdr.len = sizeof(*ir);
	if (mq_enqueue(&icmp_redirect_mq, n) != 0) {
		ipstat_inc(ips_idropped);
		return;
	}
	task_add(systqmp, &icmp_redirect_work);
}

int
icmp_redirtimeout_sysctl(void *oldp, size_t *oldlenp, void *newp,
    size_t newlen)
{
	int error;

	error = sysctl_int_bounded(oldp, oldlenp, newp, newlen,
	    &icmp_redirtimeout, 0, INT_MAX);
	if (error == 0 && newp != NULL)
		rt_timer_queue_change(&icmp_redirect_queue,
		    READ_ONCE(icmp_redirtimeout));
	return (error);
}
