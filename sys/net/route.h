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
 * The routing socket: messages, flags, metrics.
 */
#ifndef _NET_ROUTE_H_
#define _NET_ROUTE_H_

#include <sys/types.h>
#include <sys/socket.h>

struct rt_metrics {
	u_int64_t	rmx_pksent;	/* packets sent by this route */
	int64_t		rmx_expire;	/* absolute, seconds; 0 never */
	u_int		rmx_locks;	/* RTV_ the kernel must not change */
	u_int		rmx_mtu;	/* bytes */
	u_int		rmx_refcnt;
	u_int		rmx_hopcount;
	u_int		rmx_recvpipe;
	u_int		rmx_sendpipe;
	u_int		rmx_ssthresh;
	u_int		rmx_rtt;
	u_int		rmx_rttvar;
	u_int		rmx_pad;
};

#define RTM_RTTUNIT	1000000		/* of rmx_rtt: a second */

/* rmx_locks and rtm_inits */
#define RTV_MTU		0x1
#define RTV_HOPCOUNT	0x2
#define RTV_EXPIRE	0x4
#define RTV_RPIPE	0x8
#define RTV_SPIPE	0x10
#define RTV_SSTHRESH	0x20
#define RTV_RTT		0x40
#define RTV_RTTVAR	0x80

#define RTF_UP		0x1
#define RTF_GATEWAY	0x2
#define RTF_HOST	0x4
#define RTF_REJECT	0x8
#define RTF_DYNAMIC	0x10
#define RTF_MODIFIED	0x20
#define RTF_DONE	0x40
#define RTF_CLONING	0x100
#define RTF_MULTICAST	0x200
#define RTF_LLINFO	0x400
#define RTF_STATIC	0x800
#define RTF_BLACKHOLE	0x1000
#define RTF_PROTO3	0x2000
#define RTF_PROTO2	0x4000
#define RTF_PROTO1	0x8000
#define RTF_CLONED	0x10000
#define RTF_CACHED	0x20000
#define RTF_MPATH	0x40000
#define RTF_MPLS	0x100000
#define RTF_LOCAL	0x200000
#define RTF_BROADCAST	0x400000
#define RTF_CONNECTED	0x800000
#define RTF_BFD		0x1000000

/* what RTM_CHANGE may set or clear */
#define RTF_FMASK							\
	(RTF_LLINFO|RTF_PROTO1|RTF_PROTO2|RTF_PROTO3|RTF_BLACKHOLE|	\
	    RTF_REJECT|RTF_STATIC|RTF_MPLS|RTF_BFD)

/*
 * Priorities: the lowest wins. RTP_DOWN is or'ed in while a route is not
 * usable.
 */
#define RTP_NONE	0
#define RTP_LOCAL	1
#define RTP_CONNECTED	4
#define RTP_STATIC	8
#define RTP_EIGRP	28
#define RTP_OSPF	32
#define RTP_ISIS	36
#define RTP_RIP		40
#define RTP_BGP		48
#define RTP_DEFAULT	56
#define RTP_PROPOSAL_STATIC	57
#define RTP_PROPOSAL_DHCLIENT	58
#define RTP_PROPOSAL_SLAAC	59
#define RTP_PROPOSAL_UMB	60
#define RTP_PROPOSAL_PPP	61
#define RTP_PROPOSAL_SOLICIT	62
#define RTP_MAX		63
#define RTP_ANY		64
#define RTP_MASK	0x7f
#define RTP_DOWN	0x80

struct rtstat {
	u_int32_t	rts_badredirect;
	u_int32_t	rts_dynamic;	/* routes made by redirects */
	u_int32_t	rts_newgateway;	/* routes changed by redirects */
	u_int32_t	rts_unreach;	/* lookups that failed */
	u_int32_t	rts_wildcard;	/* lookups answered by default */
};

/* record of sysctl NET_RT_TABLE */
struct rt_tableinfo {
	u_short		rti_tableid;
	u_short		rti_domainid;
};

/*
 * Followed by the addresses named in rtm_addrs, in the order of the bits,
 * each padded to 8 bytes.
 */
struct rt_msghdr {
	u_short		rtm_msglen;	/* bytes, with the addresses */
	u_char		rtm_version;	/* RTM_VERSION */
	u_char		rtm_type;	/* RTM_ */
	u_short		rtm_hdrlen;	/* where the addresses begin */
	u_short		rtm_index;	/* interface */
	u_short		rtm_tableid;
	u_char		rtm_priority;	/* RTP_ */
	u_char		rtm_mpls;
	int		rtm_addrs;	/* RTA_ */
	int		rtm_flags;	/* RTF_ */
	int		rtm_fmask;	/* RTF_ that RTM_CHANGE changes */
	pid_t		rtm_pid;	/* of the sender */
	int		rtm_seq;	/* chosen by the sender */
	int		rtm_errno;
	u_int		rtm_inits;	/* RTV_ */
	struct rt_metrics rtm_rmx;
};

#define RTM_VERSION	5
#define RTM_MAXSIZE	2048

#define RTM_ADD		0x1
#define RTM_DELETE	0x2
#define RTM_CHANGE	0x3
#define RTM_GET		0x4
#define RTM_LOSING	0x5
#define RTM_REDIRECT	0x6
#define RTM_MISS	0x7
#define RTM_RESOLVE	0xb
#define RTM_NEWADDR	0xc
#define RTM_DELADDR	0xd
#define RTM_IFINFO	0xe
#define RTM_IFANNOUNCE	0xf
#define RTM_DESYNC	0x10	/* messages were lost: read it all again */
#define RTM_INVALIDATE	0x11
#define RTM_BFD		0x12
#define RTM_PROPOSAL	0x13
#define RTM_CHGADDRATTR	0x14
#define RTM_80211INFO	0x15
#define RTM_SOURCE	0x16

#define RTA_DST		0x1
#define RTA_GATEWAY	0x2
#define RTA_NETMASK	0x4
#define RTA_GENMASK	0x8
#define RTA_IFP		0x10
#define RTA_IFA		0x20
#define RTA_AUTHOR	0x40
#define RTA_BRD		0x80
#define RTA_SRC		0x100
#define RTA_SRCMASK	0x200
#define RTA_LABEL	0x400
#define RTA_BFD		0x800
#define RTA_DNS		0x1000
#define RTA_STATIC	0x2000
#define RTA_SEARCH	0x4000

/* the same as indices */
#define RTAX_DST	0
#define RTAX_GATEWAY	1
#define RTAX_NETMASK	2
#define RTAX_GENMASK	3
#define RTAX_IFP	4
#define RTAX_IFA	5
#define RTAX_AUTHOR	6
#define RTAX_BRD	7
#define RTAX_SRC	8
#define RTAX_SRCMASK	9
#define RTAX_LABEL	10
#define RTAX_BFD	11
#define RTAX_DNS	12
#define RTAX_STATIC	13
#define RTAX_SEARCH	14
#define RTAX_MAX	15

/*
 * setsockopt(2), level AF_ROUTE: which messages a socket wants.
 */
#define ROUTE_MSGFILTER		1	/* set of ROUTE_FILTER() */
#define ROUTE_TABLEFILTER	2	/* table, or RTABLE_ANY */
#define ROUTE_PRIOFILTER	3	/* highest priority number wanted */
#define ROUTE_FLAGFILTER	4	/* RTF_ not wanted */

#define ROUTE_FILTER(m)		(1U << (m))
#define RTABLE_ANY		0xffffffff

#define RTLABEL_LEN		32

struct sockaddr_rtlabel {
	u_int8_t	sr_len;
	sa_family_t	sr_family;
	char		sr_label[RTLABEL_LEN];
};

#ifdef _KERNEL
/* ---- kernel: the routing table's own interface starts here ---- */

#include <sys/queue.h>
#include <sys/refcnt.h>
#include <netinet/in.h>

struct rtentry;
struct ifaddr;
struct ifnet;
struct netstack;

/*
 * A route someone remembers. It is stale, and looked up again, when the
 * table or the destination differs or the table's generation has moved on.
 * Owned by one thread at a time; ro_rt is a counted reference.
 */
struct route {
	struct rtentry	*ro_rt;
	u_long		 ro_generation;
	u_long		 ro_tableid;
	union {
		struct sockaddr		ro_dstsa;
		struct sockaddr_in	ro_dstsin;
		struct sockaddr_in6	ro_dstsin6;
	};
	union {
		struct in_addr		ro_srcin;
		struct in6_addr		ro_srcin6;
	};
};

struct art_node;
struct rttimer;

/*
 * An entry of the routing table.
 *
 * Under the shared netlock the table may only grow, by clones and by host
 * routes that remember a path MTU: such an entry is complete before it can
 * be found. All other changes need the netlock exclusively.
 *
 * Locks used to protect struct members:
 *	I	immutable once it can be found
 *	N	netlock: exclusive to write, shared to read
 *	G	set from NULL under NET and rt_gw_mtx, cleared under NET(X);
 *		read by an atomic load under NET
 *	g	rt_gw_mtx, and NET
 *	L	the link layer's own lock, and NET
 *	t	rttimer_mtx
 *	a	atomic
 */
LIST_HEAD(rtentry_list, rtentry);

struct rt_kmetrics {
	u_int64_t	 rmx_pksent;	/* [a] lookups that found it */
	int64_t		 rmx_expire;	/* [a] seconds of uptime, 0: never */
	u_int		 rmx_locks;	/* [N] RTV_MTU */
	u_int		 rmx_mtu;	/* [a] bytes, 0: the interface's */
};

struct rtentry {
	struct sockaddr	*rt_dest;	/* [I] masked */
	struct art_node	*rt_node;	/* [N] NULL: not in the table */
	struct rtentry	*rt_next;	/* [N] next by priority; grows too */
	struct sockaddr	*rt_gateway;	/* [N] */
	struct ifaddr	*rt_ifa;	/* [N] counted */
	caddr_t		 rt_llinfo;	/* [L] */
	struct rtentry	*rt_gwroute;	/* [G] counted; of a gateway route */
	struct rtentry_list rt_gwusers;	/* [g] whose rt_gwroute this is */
	LIST_ENTRY(rtentry) rt_gwlink;	/* [g] in rt_gwusers of that one */
	u_int		 rt_cachecnt;	/* [g] how many are in rt_gwusers */
	struct rtentry	*rt_parent;	/* [I] counted; it was cloned from */
	LIST_HEAD(, rttimer) rt_timer;	/* [t] */
	struct rt_kmetrics rt_rmx;
	struct refcnt	 rt_refcnt;
	u_int		 rt_ifidx;	/* [N] */
	u_int		 rt_flags;	/* [N] RTF_*; of a clone: [L] too */
	int		 rt_plen;	/* [I] bits of the prefix */
	u_int16_t	 rt_labelid;	/* [N] */
	u_int8_t	 rt_priority;	/* [N] RTP_*, with RTP_DOWN */
};
#define rt_use		rt_rmx.rmx_pksent
#define rt_expire	rt_rmx.rmx_expire
#define rt_locks	rt_rmx.rmx_locks
#define rt_mtu		rt_rmx.rmx_mtu
#define rt_key(rt)	((rt)->rt_dest)

/* What a message or a caller says about a route. All is borrowed. */
struct rt_addrinfo {
	int			 rti_addrs;	/* RTA_* present in rti_info */
	const struct sockaddr	*rti_info[RTAX_MAX];
	int			 rti_flags;	/* RTF_* */
	struct ifaddr		*rti_ifa;	/* or NULL: to be found out */
};

extern struct rtstat	rtstat;		/* [a] */
extern unsigned long	rtgeneration;	/* [a] moves on with each change */

/* boot: before the first interface; routedomain does it, if nobody has */
void	route_init(void);
void	route_fini(void);	/* halt: frees all; NET not held, sleeps */

/* for rtalloc() */
#define RT_RESOLVE	1	/* make a clone of a cloning route */
#define RT_NEIGHBOR	2	/* with that: it has just been heard */

/*
 * Look a destination up; NET held (shared will do), never sleeps. NULL, or
 * a reference for rtfree(). The longest prefix wins even when its routes
 * are down, so that nothing leaks to a shorter one: ask rtisvalid(). With
 * a source (network order) equal routes share by hash; without, and that
 * is what sysctl multipath=0 means, the first of them is taken.
 */
struct rtentry *rtalloc(const struct sockaddr *, int, u_int);
struct rtentry *rtalloc_mpath(const struct sockaddr *, u_int32_t *, u_int);
/* index of the path among n for this pair of addresses: 0 .. n - 1 */
u_int	rt_hash(const struct sockaddr *, const u_int32_t *, u_int);
void	rtref(struct rtentry *);
void	rtfree(struct rtentry *);	/* NULL is fine; any context */
/* up, and so is its next hop; NET held; NULL is not valid */
int	rtisvalid(struct rtentry *);
/*
 * The route to the next hop, whose gateway is a link-layer address or the
 * far end: itself unless RTF_GATEWAY. Borrowed while NET is held; NULL
 * when the next hop is not known.
 */
struct rtentry *rt_getll(struct rtentry *);
#define rtgetgw(rt)	rt_getll(rt)
/* rt_mtu, else the MTU of that interface */
u_int	rt_getmtu(struct rtentry *, struct ifnet *);

/*
 * Fill a struct route. route_cache() returns 0 when ro still holds the
 * answer; otherwise it drops that, takes the new destination, and returns
 * ESRCH. src may be NULL. route_mpath() does the look-up as well; what it
 * returns is held by ro until ro is used again or released. NET held.
 */
int	route_cache(struct route *, const struct in_addr *,
	    const struct in_addr *, u_int);
struct rtentry *route_mpath(struct route *, const struct in_addr *,
	    const struct in_addr *, u_int);
int	route6_cache(struct route *, const struct in6_addr *,
	    const struct in6_addr *, u_int);
struct rtentry *route6_mpath(struct route *, const struct in6_addr *,
	    const struct in6_addr *, u_int);
void	route_release(struct route *);		/* frees ro_rt, any context */

/*
 * Changes. NET(X), but for RTM_RESOLVE and for RTM_ADD of a route with
 * RTF_HOST|RTF_DYNAMIC, where NET(S) does. Never sleep. On success the
 * last but one argument, unless NULL, gets a reference. if_rtrequest() of
 * the interface sees RTM_ADD and RTM_RESOLVE before the route can be
 * found, and RTM_DELETE when it no longer can (or the insertion failed).
 *
 *	EEXIST		same prefix and priority
 *	ENETUNREACH	no address or next hop to use
 *	ENXIO		no such interface
 *	EINVAL		prefix, flags or table are wrong
 *	EAFNOSUPPORT	no such table for that family
 *	ENOBUFS		no memory
 *	ESRCH		(rtrequest_delete) no such route
 *
 * prio RTP_NONE stands for RTP_STATIC plus the interface's priority when
 * adding, and for any when deleting.
 */
int	rtrequest(int, struct rt_addrinfo *, u_int8_t, struct rtentry **,
	    u_int);		/* RTM_ADD, RTM_RESOLVE; else EOPNOTSUPP */
int	rtrequest_delete(struct rt_addrinfo *, u_int8_t, struct ifnet *,
	    struct rtentry **, u_int);
/* take this very route out; ifp NULL: find it; keeps the caller's ref */
int	rtdelete(struct rtentry *, struct ifnet *, u_int);
/* the same, and RTM_DELETE to the routing sockets; ifp may be NULL */
int	rtdeletemsg(struct rtentry *, struct ifnet *, u_int);
/* find rti_ifa; 0, ENETUNREACH, ENXIO when RTAX_IFP does not exist */
int	rt_getifa(struct rt_addrinfo *, u_int);
/* copies the gateway; next hop forgotten. 0, EINVAL, ENOBUFS */
int	rt_setgate(struct rtentry *, const struct sockaddr *, u_int);
/* sockaddr_rtlabel, "" for none, NULL for no change; 0 or ENOBUFS */
int	rt_setlabel(struct rtentry *, const struct sockaddr *);
void	rt_putgwroute(struct rtentry *);	/* NET(X) */
struct sockaddr *rt_plen2mask(const struct rtentry *, struct sockaddr_in6 *);
/* call for each table and family: rtable_walk() */
void	rt_walk_all(int (*)(struct rtentry *, void *, u_int), void *);
/* IFF_UP and a link that is not down */
int	rt_if_usable(const struct ifnet *);
/* use another address of an interface; NET(X) */
void	rt_setifa(struct rtentry *, struct ifaddr *, u_int);

/*
 * Routes that follow addresses and interfaces; NET(X). rt_ifa_add() and
 * rt_ifa_del() tell the routing sockets: RTM_ADD or RTM_DELETE, and with
 * RTF_LOCAL also RTM_NEWADDR or RTM_DELADDR, so nobody else has to.
 *
 * Priority: RTP_LOCAL with RTF_LOCAL or RTF_BROADCAST, RTP_CONNECTED with
 * RTF_CONNECTED, else RTP_STATIC; the last two plus if_priority. Gateway:
 * with RTF_LLINFO the interface's link address, else the address itself.
 * A network route wants RTF_HOST clear and takes ifa_netmask.
 *
 * For "A --> B" on a point-to-point interface the callers' part is
 *	rt_ifa_addlocal(ifa);
 *	rt_ifa_add(ifa, RTF_HOST, ifa->ifa_dstaddr, ifp->if_rdomain);
 * and no more, whatever the netmask.
 */
int	rt_ifa_add(struct ifaddr *, int, const struct sockaddr *, u_int);
int	rt_ifa_del(struct ifaddr *, int, const struct sockaddr *, u_int);
int	rt_ifa_addlocal(struct ifaddr *);	/* in if_rdomain */
int	rt_ifa_dellocal(struct ifaddr *);
void	rt_ifa_purge(struct ifaddr *);		/* all that use it */
void	rt_if_remove(struct ifnet *);		/* all that use it */
/*
 * IFF_UP or the link changed: routes through the interface lose or regain
 * RTF_UP and RTP_DOWN; clones and dynamic ones go when it is down.
 */
void	rt_if_track(struct ifnet *);
int	rt_if_linkstate_change(struct rtentry *, void *, u_int);

/*
 * Routes with an end: func(rt, table) is called once, timeout seconds
 * after rt_timer_add(), under NET(X) from the softclock thread, unless the
 * route goes first. func is usually rt_timer_delete().
 */
struct rttimer_queue {
	void			(*rtq_func)(struct rtentry *, u_int);
	int			 rtq_timeout;	/* [t] seconds */
	u_long			 rtq_count;	/* [t] */
	TAILQ_HEAD(, rttimer)	 rtq_head;	/* [t] oldest first */
	LIST_ENTRY(rttimer_queue) rtq_link;	/* [t] */
};
void	rt_timer_init(void);
void	rt_timer_queue_init(struct rttimer_queue *, int,
	    void (*)(struct rtentry *, u_int));
void	rt_timer_queue_change(struct rttimer_queue *, int);
void	rt_timer_queue_flush(struct rttimer_queue *);	/* NET(X), calls */
u_long	rt_timer_queue_count(struct rttimer_queue *);
/* NET; again: starts anew; 0, ENOBUFS, ESRCH when rt is in no table */
int	rt_timer_add(struct rtentry *, struct rttimer_queue *, u_int);
void	rt_timer_remove_all(struct rtentry *);
time_t	rt_timer_get_expire(struct rtentry *);	/* uptime, 0: none */
void	rt_timer_delete(struct rtentry *, u_int);

/*
 * Names of routes. name2id: 0 when the table is full or the name empty,
 * else a counted id; ref and unref count. Any context.
 */
u_int16_t rtlabel_name2id(const char *);
const char *rtlabel_id2name(u_int16_t, char *, size_t);	/* NULL: no such */
struct sockaddr *rtlabel_id2sa(u_int16_t, struct sockaddr_rtlabel *);
void	rtlabel_ref(u_int16_t);
void	rtlabel_unref(u_int16_t);

/*
 * Messages to the routing sockets: any context that holds NET (or none,
 * for rtm_ifannounce() and rtm_miss()). A socket that could not take one
 * is told so by RTM_DESYNC.
 */
void	rtm_send(struct rtentry *, int, int, u_int);	/* type, errno, table */
/* type, addresses, RTF_*, priority, ifindex, errno, table */
void	rtm_miss(int, struct rt_addrinfo *, int, u_int8_t, u_int, int, u_int);
void	rtm_ifchg(struct ifnet *);
void	rtm_ifannounce(struct ifnet *, int);		/* IFAN_* */
void	rtm_addr(int, struct ifaddr *);		/* RTM_NEWADDR, RTM_DELADDR */

/*
 * sysctl { CTL_NET, PF_ROUTE, 0, af, op, arg [, table] }; the name begins
 * at af. oldp is the caller's memory, oldlenp ours. Sleeps; NET not held.
 */
int	sysctl_rtable(int *, u_int, void *, size_t *, void *, size_t);

/* ---- kernel: end ---- */
#endif /* _KERNEL */

#endif /* _NET_ROUTE_H_ */
