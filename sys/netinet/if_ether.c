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
 * ARP, RFC 826: the link addresses of IPv4 neighbours on Ethernet.  Every
 * neighbour has a host route, cloned from that of its network, and behind
 * rt_llinfo one of the entries here.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timeout.h>

#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_var.h>
#include <net/route.h>

#include <netinet/in.h>
#include <netinet/in_var.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_var.h>

/*
 * An entry lives from RTM_ADD or RTM_RESOLVE of its route to RTM_DELETE,
 * and whoever holds NET may follow rt_llinfo.  The word is all that output
 * looks at most of the time; it changes under the mutex.  What others see
 * of an entry in its route, link address and RTF_REJECT, is written later
 * under NET(X), by arp_settle().
 *
 * Locks used to protect struct members:
 *	I	immutable
 *	L	arp_mtx to write; arp_mtx or NET(X) to read
 *	a	atomic, written with arp_mtx held
 */
struct llinfo_arp {
	LIST_ENTRY(llinfo_arp)	 la_list;	/* [L] */
	struct rtentry		*la_rt;		/* [I] not counted */
	uint64_t		 la_word;	/* [a] LA_*, link address */
	struct mbuf_list	 la_hold;	/* [L] wait for the address */
	time_t			 la_asked;	/* [L] last request, uptime */
	u_int			 la_tries;	/* [L] requests unanswered */
	int			 la_permanent;	/* [L] made by hand */
	int			 la_news;	/* [L] for arp_settle() */
};

/* one per member of struct arpstat, in the same order */
enum arpstat_counters {
	arps_rcvrequest,
	arps_rcvreply,
	arps_txrequest,
	arps_txreply,
	arps_learned,
	arps_changed,
	arps_held,
	arps_badlen,
	arps_badhdr,
	arps_badop,
	arps_badsender,
	arps_loop,
	arps_disabled,
	arps_offnet,
	arps_static,
	arps_duplicate,
	arps_noentry,
	arps_nobufs,
	arps_holdfull,
	arps_holdlimit,
	arps_timeout,
	arps_down,
	arps_flushed,
	arps_ncounters
};

#define LA_VALID	(1UL << 63)	/* the low 48 bits are the address */
#define LA_STALE	(1UL << 62)	/* ask again if it is in use */
#define LA_DOWN		(1UL << 61)	/* nobody answers: no use to try */

#define ARP_MAXTRIES	5		/* a second apart */
#define ARP_MAXHOLD	10		/* packets an entry holds */
#define ARP_MAXHELD	200		/* packets all of them hold */
#define ARP_STALE(keep)	MAX((keep) / 8, 1)	/* ask so long before the end */

static const u_int8_t arp_broadcast[ETHER_ADDR_LEN] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff
};
static const u_int8_t arp_nobody[ETHER_ADDR_LEN];

static void	arp_timer(void *);
static void	arp_settle_now(void *);

static struct mutex arp_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static LIST_HEAD(, llinfo_arp) arp_list = LIST_HEAD_INITIALIZER(arp_list);
						/* [L] */
static struct timeout arp_tick = TIMEOUT_INITIALIZER(arp_timer, NULL);
static struct timeout arp_soon = TIMEOUT_INITIALIZER(arp_settle_now, NULL);
static int arp_ticking;		/* [L] arp_tick is on its way */
static uint64_t arp_counts[arps_ncounters];	/* [a] */
int arpt_keep = 20 * 60;	/* an address is good for so long */
int arpt_down = 20;		/* who did not answer is asked again after */
int arp_queued;			/* packets held now */

static void
arpstat_inc(enum arpstat_counters c)
{
	__atomic_fetch_add(&arp_counts[c], 1, __ATOMIC_RELAXED);
}

void
arpstat_read(struct arpstat *as)
{
	u_int64_t *c = &as->arps_rcvrequest;
	u_int i;

	CTASSERT(sizeof(*as) == sizeof(arp_counts));
	for (i = 0; i < arps_ncounters; i++)
		c[i] = __atomic_load_n(&arp_counts[i], __ATOMIC_RELAXED);
}

static uint64_t
arp_pack(const u_int8_t *enaddr)
{
	uint64_t word = 0;

	memcpy(&word, enaddr, ETHER_ADDR_LEN);
	return (word | LA_VALID);
}

static void
arp_unpack(u_int8_t *enaddr, uint64_t word)
{
	memcpy(enaddr, &word, ETHER_ADDR_LEN);
}

static uint64_t
arp_word(struct llinfo_arp *la)
{
	return (__atomic_load_n(&la->la_word, __ATOMIC_RELAXED));
}

static void
arp_setword(struct llinfo_arp *la, uint64_t word)
{
	MUTEX_ASSERT_LOCKED(&arp_mtx);
	__atomic_store_n(&la->la_word, word, __ATOMIC_RELAXED);
}

static void
arp_setexpire(struct rtentry *rt, int sec)
{
	__atomic_store_n(&rt->rt_expire, getuptime() + sec, __ATOMIC_RELAXED);
}

static time_t
arp_expire(struct rtentry *rt)
{
	return (__atomic_load_n(&rt->rt_expire, __ATOMIC_RELAXED));
}

static struct in_addr
arp_rtaddr(struct rtentry *rt)
{
	return (satosin(rt_key(rt))->sin_addr);
}

/*
 * Packets of ours
 */

/* Complete with its Ethernet header, for arp_send(); any context. */
static struct mbuf *
arp_packet(int op, const u_int8_t *dst, const u_int8_t *sha,
    const u_int32_t *spa, const u_int8_t *tha, const u_int32_t *tpa)
{
	struct ether_header *eh;
	struct ether_arp ea;
	struct mbuf *m;

	if ((m = m_gethdr(M_DONTWAIT, MT_DATA)) == NULL) {
		arpstat_inc(arps_nobufs);
		return (NULL);
	}
	m_align(m, sizeof(*eh) + sizeof(ea));
	m->m_len = m->m_pkthdr.len = sizeof(*eh) + sizeof(ea);
	eh = mtod(m, struct ether_header *);
	memcpy(eh->ether_dhost, dst, ETHER_ADDR_LEN);
	memcpy(eh->ether_shost, sha, ETHER_ADDR_LEN);
	eh->ether_type = htons(ETHERTYPE_ARP);
	if (ETHER_IS_BROADCAST(dst))
		SET(m->m_flags, M_BCAST);
	ea.arp_hrd = htons(ARPHRD_ETHER);
	ea.arp_pro = htons(ETHERTYPE_IP);
	ea.arp_hln = ETHER_ADDR_LEN;
	ea.arp_pln = sizeof(*spa);
	ea.arp_op = htons(op);
	memcpy(ea.arp_sha, sha, ETHER_ADDR_LEN);
	memcpy(ea.arp_spa, spa, sizeof(ea.arp_spa));
	memcpy(ea.arp_tha, tha, ETHER_ADDR_LEN);
	memcpy(ea.arp_tpa, tpa, sizeof(ea.arp_tpa));
	memcpy(eh + 1, &ea, sizeof(ea));
	return (m);
}

/* NET held, no mutex; consumes m, which may be NULL. */
static void
arp_send(struct ifnet *ifp, struct mbuf *m, enum arpstat_counters c)
{
	struct sockaddr sa;

	if (m == NULL)
		return;
	memset(&sa, 0, sizeof(sa));
	sa.sa_family = AF_UNSPEC;
	sa.sa_len = sizeof(sa);
	memcpy(sa.sa_data, mtod(m, caddr_t), sizeof(struct ether_header));
	m_adj(m, sizeof(struct ether_header));
	m->m_pkthdr.ph_rtableid = ifp->if_rdomain;
	m->m_pkthdr.pf.prio = ifp->if_llprio;
	arpstat_inc(c);
	ifp->if_output(ifp, m, &sa, NULL);
}

void
arprequest(struct ifnet *ifp, const u_int32_t *sip, const u_int32_t *tip,
    const u_int8_t *enaddr)
{
	arp_send(ifp, arp_packet(ARPOP_REQUEST, arp_broadcast, enaddr, sip,
	    arp_nobody, tip), arps_txrequest);
}

/* Asking for our own address tells it to who has another for it. */
void
arp_ifinit(struct ifnet *ifp, struct ifaddr *ifa)
{
	struct arpcom *ac = (struct arpcom *)ifp;
	const u_int32_t *ip = &ifatoia(ifa)->ia_addr.sin_addr.s_addr;

	NET_ASSERT_LOCKED();
	if (!ISSET(ifp->if_flags, IFF_NOARP))
		arprequest(ifp, ip, ip, ac->ac_enaddr);
}

/*
 * The request for an entry.  dst: whom to ask, everybody or who had the
 * address until now.
 */
static struct mbuf *
arp_ask(struct llinfo_arp *la, const u_int8_t *dst)
{
	struct rtentry *rt = la->la_rt;
	struct arpcom *ac = (struct arpcom *)rt->rt_ifa->ifa_ifp;
	struct in_addr ip = arp_rtaddr(rt);

	MUTEX_ASSERT_LOCKED(&arp_mtx);
	la->la_asked = getuptime();
	la->la_tries++;
	return (arp_packet(ARPOP_REQUEST, dst, ac->ac_enaddr,
	    &ifatoia(rt->rt_ifa)->ia_addr.sin_addr.s_addr, arp_nobody,
	    &ip.s_addr));
}

/*
 * Held packets
 */

static void
arp_countheld(int n)
{
	atomic_add_int(&arp_queued, n);
}

/* Take all out of the entry. */
static void
arp_release(struct llinfo_arp *la, struct mbuf_list *ml)
{
	MUTEX_ASSERT_LOCKED(&arp_mtx);
	arp_countheld(-(int)ml_len(&la->la_hold));
	ml_enlist(ml, &la->la_hold);
}

/* Hold m; the oldest one of the entry makes room.  What is lost, or NULL. */
static struct mbuf *
arp_hold(struct llinfo_arp *la, struct mbuf *m)
{
	struct mbuf *lost = NULL;

	MUTEX_ASSERT_LOCKED(&arp_mtx);
	if (ml_len(&la->la_hold) >= ARP_MAXHOLD) {
		lost = ml_dequeue(&la->la_hold);
		arpstat_inc(arps_holdfull);
	} else if (atomic_load_int(&arp_queued) >= ARP_MAXHELD) {
		arpstat_inc(arps_holdlimit);
		return (m);
	} else
		arp_countheld(1);
	ml_enqueue(&la->la_hold, m);
	arpstat_inc(arps_held);
	return (lost);
}

/* Nobody answered.  Whoever sent it through us is told. */
static void
arp_giveup(struct mbuf_list *ml)
{
	struct mbuf *m;

	NET_ASSERT_LOCKED();
	while ((m = ml_dequeue(ml)) != NULL) {
		arpstat_inc(arps_timeout);
		if (m->m_pkthdr.ph_ifidx == 0 ||
		    (m = m_pullup(m, sizeof(struct ip))) == NULL ||
		    (m = m_pullup(m, mtod(m, struct ip *)->ip_hl << 2)) ==
		    NULL) {
			m_freem(m);
			continue;
		}
		icmp_error(m, ICMP_UNREACH, ICMP_UNREACH_HOST, 0, 0);
	}
}

/*
 * Entries
 */

static int
arp_wanted(struct rtentry *rt)
{
	return (ISSET(rt->rt_flags, RTF_HOST) && !ISSET(rt->rt_flags,
	    RTF_GATEWAY | RTF_LOCAL | RTF_BROADCAST | RTF_MULTICAST |
	    RTF_MPLS) && rt->rt_ifa->ifa_addr->sa_family == AF_INET);
}

/* Somewhere to write the address: a clone has that already. */
static struct sockaddr_dl *
arp_gate(struct ifnet *ifp, struct rtentry *rt)
{
	struct sockaddr_dl sdl;

	if (rt->rt_gateway->sa_family != AF_LINK) {
		memset(&sdl, 0, sizeof(sdl));
		sdl.sdl_len = sizeof(sdl);
		sdl.sdl_family = AF_LINK;
		sdl.sdl_index = ifp->if_index;
		sdl.sdl_type = ifp->if_type;
		if (rt_setgate(rt, sdltosa(&sdl), ifp->if_rdomain) != 0)
			return (NULL);
	}
	return (satosdl(rt->rt_gateway));
}

/* An entry without an address lives until it could be down at the latest. */
static void
arp_unresolved(struct llinfo_arp *la)
{
	arp_setword(la, 0);
	la->la_tries = 0;
	arp_setexpire(la->la_rt, MAX(READ_ONCE(arpt_down), ARP_MAXTRIES + 2));
}

static struct llinfo_arp *
arp_entry(struct rtentry *rt)
{
	return ((struct llinfo_arp *)__atomic_load_n(&rt->rt_llinfo,
	    __ATOMIC_ACQUIRE));
}

/* The route's entry, made if need be; NULL without memory. */
static struct llinfo_arp *
arp_mkentry(struct rtentry *rt)
{
	struct llinfo_arp *la, *new;

	new = malloc(sizeof(*new), M_RTABLE, M_NOWAIT | M_ZERO);
	if (new == NULL)
		return (NULL);
	new->la_rt = rt;
	ml_init(&new->la_hold);
	mtx_enter(&arp_mtx);
	la = arp_entry(rt);
	if (la == NULL) {
		la = new;
		new = NULL;
		arp_unresolved(la);
		LIST_INSERT_HEAD(&arp_list, la, la_list);
		__atomic_store_n(&rt->rt_llinfo, (caddr_t)la,
		    __ATOMIC_RELEASE);
		if (!arp_ticking)
			timeout_add_sec(&arp_tick, 1);
		arp_ticking = 1;
	}
	mtx_leave(&arp_mtx);
	free(new, M_RTABLE, sizeof(*new));
	return (la);
}

/* A new route, or a permanent entry that got another address. */
static void
arp_rtadd(struct ifnet *ifp, struct rtentry *rt)
{
	time_t expire = arp_expire(rt);
	struct llinfo_arp *la;
	struct sockaddr_dl *sdl;

	if ((sdl = arp_gate(ifp, rt)) == NULL)
		return;
	if ((la = arp_entry(rt)) == NULL && (la = arp_mkentry(rt)) == NULL)
		return;
	SET(rt->rt_flags, RTF_LLINFO);
	if (sdl->sdl_alen != ETHER_ADDR_LEN)
		return;
	mtx_enter(&arp_mtx);
	arp_setword(la, arp_pack((u_int8_t *)LLADDR(sdl)));
	la->la_permanent = expire == 0;
	__atomic_store_n(&rt->rt_expire, expire, __ATOMIC_RELAXED);
	mtx_leave(&arp_mtx);
}

static void
arp_rtdelete(struct rtentry *rt)
{
	struct llinfo_arp *la = arp_entry(rt);
	struct mbuf_list ml = MBUF_LIST_INITIALIZER();

	if (la == NULL)
		return;
	mtx_enter(&arp_mtx);
	LIST_REMOVE(la, la_list);
	arp_release(la, &ml);
	__atomic_store_n(&rt->rt_llinfo, NULL, __ATOMIC_RELEASE);
	mtx_leave(&arp_mtx);
	CLR(rt->rt_flags, RTF_LLINFO);
	free(la, M_RTABLE, sizeof(*la));
	while (!ml_empty(&ml)) {
		arpstat_inc(arps_flushed);
		m_freem(ml_dequeue(&ml));
	}
}

void
arp_rtrequest(struct ifnet *ifp, int req, struct rtentry *rt)
{
	NET_ASSERT_LOCKED();
	switch (req) {
	case RTM_ADD:
	case RTM_RESOLVE:
		if (arp_wanted(rt))
			arp_rtadd(ifp, rt);
		break;
	case RTM_DELETE:
		arp_rtdelete(rt);
		break;
	}
}

/*
 * Time
 */

/* What one look at all entries brings to light. */
struct arp_round {
	struct mbuf_list	ar_asks;	/* requests to send */
	struct mbuf_list	ar_dead;	/* held in vain */
	int			ar_settle;	/* work for NET(X) */
	int			ar_entries;	/* that change with time */
};

/* An entry that waits for an answer: ask again or give up. */
static void
arp_retry(struct llinfo_arp *la, struct arp_round *ar)
{
	struct rtentry *rt = la->la_rt;
	struct mbuf *m;

	if (la->la_tries >= ARP_MAXTRIES) {
		arp_setword(la, LA_DOWN);
		arp_setexpire(rt, READ_ONCE(arpt_down));
		arp_release(la, &ar->ar_dead);
		la->la_news = ar->ar_settle = 1;
		return;
	}
	if ((m = arp_ask(la, arp_broadcast)) == NULL)
		return;
	m->m_pkthdr.ph_ifidx = rt->rt_ifa->ifa_ifp->if_index;
	ml_enqueue(&ar->ar_asks, m);
}

static void
arp_look(struct llinfo_arp *la, struct arp_round *ar)
{
	uint64_t word = arp_word(la);
	time_t now = getuptime(), expire = arp_expire(la->la_rt);

	ar->ar_settle |= la->la_news;
	if (la->la_permanent)
		return;
	ar->ar_entries = 1;
	if (now >= expire)
		ar->ar_settle = 1;
	else if (ISSET(word, LA_VALID)) {
		if (expire - now <= ARP_STALE(READ_ONCE(arpt_keep)))
			arp_setword(la, word | LA_STALE);
	} else if (!ISSET(word, LA_DOWN) && la->la_tries > 0 &&
	    now > la->la_asked)
		arp_retry(la, ar);
}

/*
 * The time of an entry is over.  Clones go; a route made by hand stays and
 * has to be resolved again.
 */
static void
arp_end(struct llinfo_arp *la)
{
	struct rtentry *rt = la->la_rt;

	if (ISSET(rt->rt_flags, RTF_CLONED)) {
		rtdeletemsg(rt, NULL, rt->rt_ifa->ifa_ifp->if_rdomain);
		return;
	}
	mtx_enter(&arp_mtx);
	la->la_news |= arp_word(la) != 0;
	arp_unresolved(la);
	mtx_leave(&arp_mtx);
}

/* Write what is new of an entry where others see it. */
static void
arp_publish(struct llinfo_arp *la)
{
	struct rtentry *rt = la->la_rt;
	struct ifnet *ifp = rt->rt_ifa->ifa_ifp;
	uint64_t word = arp_word(la);
	struct sockaddr_dl *sdl;

	if ((sdl = arp_gate(ifp, rt)) == NULL)
		return;
	mtx_enter(&arp_mtx);
	la->la_news = 0;
	mtx_leave(&arp_mtx);
	sdl->sdl_alen = ISSET(word, LA_VALID) ? ETHER_ADDR_LEN : 0;
	arp_unpack((u_int8_t *)LLADDR(sdl), word);
	SET(rt->rt_flags, RTF_LLINFO);
	if (ISSET(word, LA_DOWN))
		SET(rt->rt_flags, RTF_REJECT);
	else
		CLR(rt->rt_flags, RTF_REJECT);
	rtm_send(rt, RTM_RESOLVE, 0, ifp->if_rdomain);
}

/* Nobody else holds NET, so the list changes by nothing but arp_end(). */
static void
arp_settle(void)
{
	struct llinfo_arp *la, *next;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	LIST_FOREACH_SAFE(la, &arp_list, la_list, next) {
		if (la->la_news)
			arp_publish(la);
		if (!la->la_permanent &&
		    getuptime() >= arp_expire(la->la_rt))
			arp_end(la);
	}
}

static void
arp_settle_now(void *arg)
{
	NET_LOCK();
	arp_settle();
	NET_UNLOCK();
}

static void
arp_timer(void *arg)
{
	struct arp_round ar = { MBUF_LIST_INITIALIZER(),
	    MBUF_LIST_INITIALIZER(), 0, 0 };
	struct llinfo_arp *la;
	struct ifnet *ifp;
	struct mbuf *m;

	NET_LOCK_SHARED();
	mtx_enter(&arp_mtx);
	LIST_FOREACH(la, &arp_list, la_list)
		arp_look(la, &ar);
	arp_ticking = ar.ar_entries;
	if (arp_ticking)
		timeout_add_sec(&arp_tick, 1);
	mtx_leave(&arp_mtx);
	while ((m = ml_dequeue(&ar.ar_asks)) != NULL) {
		if ((ifp = if_get(m->m_pkthdr.ph_ifidx)) == NULL) {
			m_freem(m);
			continue;
		}
		m->m_pkthdr.ph_ifidx = 0;
		arp_send(ifp, m, arps_txrequest);
		if_put(ifp);
	}
	arp_giveup(&ar.ar_dead);
	NET_UNLOCK_SHARED();

	if (ar.ar_settle)
		arp_settle_now(NULL);
}

/*
 * Output
 */

/* In use near its end: first ask who had it, then everybody. */
static void
arp_refresh(struct ifnet *ifp, struct llinfo_arp *la)
{
	int pause = ARP_STALE(READ_ONCE(arpt_keep)) / 5;
	u_int8_t enaddr[ETHER_ADDR_LEN];
	struct mbuf *m = NULL;

	mtx_enter(&arp_mtx);
	if (getuptime() - la->la_asked > pause &&
	    ISSET(arp_word(la), LA_STALE)) {
		arp_unpack(enaddr, arp_word(la));
		m = arp_ask(la, la->la_tries == 0 ? enaddr : arp_broadcast);
	}
	mtx_leave(&arp_mtx);
	arp_send(ifp, m, arps_txrequest);
}

/* No address yet.  Consumes m unless it returns 0: the answer just came. */
static int
arp_wait(struct ifnet *ifp, struct llinfo_arp *la, struct mbuf *m,
    u_int8_t *desten)
{
	struct mbuf *ask = NULL, *lost = m;
	uint64_t word;
	int error = EAGAIN;

	mtx_enter(&arp_mtx);
	word = arp_word(la);
	if (ISSET(word, LA_VALID)) {
		mtx_leave(&arp_mtx);
		arp_unpack(desten, word);
		return (0);
	}
	if (ISSET(word, LA_DOWN)) {
		arpstat_inc(arps_down);
		error = EHOSTDOWN;
	} else {
		if (la->la_tries == 0) {
			arp_unresolved(la);
			ask = arp_ask(la, arp_broadcast);
		}
		lost = arp_hold(la, m);
	}
	mtx_leave(&arp_mtx);
	m_freem(lost);
	arp_send(ifp, ask, arps_txrequest);
	return (error);
}

static int
arp_resolve_rt(struct ifnet *ifp, struct rtentry *rt, struct mbuf *m,
    u_int8_t *desten)
{
	struct llinfo_arp *la = NULL;
	uint64_t word;

	if (rt != NULL && (rt = rt_getll(rt)) != NULL &&
	    rt_key(rt)->sa_family == AF_INET &&
	    rt->rt_ifa->ifa_ifp == ifp &&
	    (la = arp_entry(rt)) == NULL && rt->rt_node != NULL &&
	    arp_wanted(rt))
		la = arp_mkentry(rt);	/* no memory when it was made */
	if (la == NULL) {
		arpstat_inc(arps_noentry);
		m_freem(m);
		return (EHOSTUNREACH);
	}
	word = arp_word(la);
	if (!ISSET(word, LA_VALID)) {
		if (!ISSET(ifp->if_flags, IFF_NOARP | IFF_STATICARP))
			return (arp_wait(ifp, la, m, desten));
		arpstat_inc(arps_noentry);
		m_freem(m);
		return (EHOSTUNREACH);
	}
	arp_unpack(desten, word);
	if (ISSET(word, LA_STALE))
		arp_refresh(ifp, la);
	return (0);
}

int
arpresolve(struct ifnet *ifp, struct rtentry *rt, struct mbuf *m,
    const struct sockaddr *dst, u_int8_t *desten)
{
	struct rtentry *found = NULL;
	struct in_addr group;
	int error;

	NET_ASSERT_LOCKED();
	if (ISSET(m->m_flags, M_BCAST)) {
		memcpy(desten, arp_broadcast, ETHER_ADDR_LEN);
		return (0);
	}
	if (ISSET(m->m_flags, M_MCAST)) {
		group = satosin_const(dst)->sin_addr;
		/* the route to it may name a router */
		if (!IN_MULTICAST(group.s_addr))
			group = mtod(m, struct ip *)->ip_dst;
		ETHER_MAP_IP_MULTICAST(&group, desten);
		return (0);
	}
	if (rt == NULL)
		rt = found = rtalloc(dst, RT_RESOLVE, ifp->if_rdomain);
	error = arp_resolve_rt(ifp, rt, m, desten);
	rtfree(found);
	return (error);
}

/*
 * Input
 */

static void
arp_drop(struct mbuf *m, enum arpstat_counters c)
{
	arpstat_inc(c);
	m_freem(m);
}

/* At most one message in ten seconds. */
static void
arp_complain(struct ifnet *ifp, const char *what, const struct ether_arp *ea)
{
	static const struct timeval interval = { 10, 0 };
	static struct timeval last;
	const u_int8_t *ip = ea->arp_spa, *en = ea->arp_sha;
	int go;

	mtx_enter(&arp_mtx);
	go = ratecheck(&last, &interval);
	mtx_leave(&arp_mtx);
	if (go)
		log(LOG_WARNING, "%s: arp: %s: %u.%u.%u.%u at "
		    "%02x:%02x:%02x:%02x:%02x:%02x\n", ifp->if_xname, what,
		    ip[0], ip[1], ip[2], ip[3], en[0], en[1], en[2], en[3],
		    en[4], en[5]);
}

/* Somebody uses an address of ours: say so, not more often than RFC 5227. */
static void
arp_defend(struct ifnet *ifp, struct in_addr ip, const struct ether_arp *ea)
{
	static const struct timeval interval = { 10, 0 };
	static struct timeval last;
	struct arpcom *ac = (struct arpcom *)ifp;
	int go;

	arp_complain(ifp, "somebody else uses our address", ea);
	mtx_enter(&arp_mtx);
	go = ratecheck(&last, &interval);
	mtx_leave(&arp_mtx);
	if (go)
		arprequest(ifp, &ip.s_addr, &ip.s_addr, ac->ac_enaddr);
}

static int
arp_isours(struct ifnet *ifp, struct in_addr ip)
{
	struct ifaddr *ifa;

	TAILQ_FOREACH(ifa, &ifp->if_addrlist, ifa_list) {
		if (ifa->ifa_addr->sa_family == AF_INET &&
		    satosin(ifa->ifa_addr)->sin_addr.s_addr == ip.s_addr)
			return (1);
	}
	return (0);
}

/* The entry learns the address.  What it held is left in *ml. */
static void
arp_learn(struct ifnet *ifp, struct llinfo_arp *la,
    const struct ether_arp *ea, struct mbuf_list *ml)
{
	uint64_t new = arp_pack(ea->arp_sha), old;
	int other, soon = 0;

	mtx_enter(&arp_mtx);
	old = arp_word(la);
	other = (old & ~LA_STALE) != new;
	if (other && la->la_permanent) {
		mtx_leave(&arp_mtx);
		arpstat_inc(arps_static);
		arp_complain(ifp, "permanent entry not overwritten", ea);
		return;
	}
	if (!la->la_permanent)
		arp_setexpire(la->la_rt, READ_ONCE(arpt_keep));
	arp_setword(la, new);
	la->la_tries = 0;
	if (other) {
		soon = !la->la_news;
		la->la_news = 1;
	}
	arp_release(la, ml);
	mtx_leave(&arp_mtx);
	if (!other)
		return;
	/* the route needs NET(X), which input does not have */
	if (soon)
		timeout_add_msec(&arp_soon, 1);
	if (!ISSET(old, LA_VALID)) {
		arpstat_inc(arps_learned);
		return;
	}
	arpstat_inc(arps_changed);
	arp_complain(ifp, "address changed", ea);
}

/*
 * Who sent this may be of interest: to an entry that exists, or, when it
 * wants something of us, to a new one.
 */
static void
arp_sender(struct ifnet *ifp, const struct ether_arp *ea, int create)
{
	struct mbuf_list ml = MBUF_LIST_INITIALIZER();
	struct sockaddr_in sin;
	struct rtentry *rt;
	struct mbuf *m;

	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	memcpy(&sin.sin_addr, ea->arp_spa, sizeof(sin.sin_addr));
	rt = rtalloc(sintosa(&sin), create ? RT_RESOLVE : 0,
	    ifp->if_rdomain);
	if (rt != NULL && arp_entry(rt) != NULL &&
	    rt->rt_ifa->ifa_ifp == ifp)
		arp_learn(ifp, arp_entry(rt), ea, &ml);
	else if (rt == NULL || ISSET(rt->rt_flags, RTF_GATEWAY) ||
	    rt->rt_ifidx != ifp->if_index)
		arpstat_inc(arps_offnet);
	while ((m = ml_dequeue(&ml)) != NULL)
		ifp->if_output(ifp, m, rt_key(rt), rt);
	rtfree(rt);
}

static void
arp_reply(struct ifnet *ifp, const struct ether_arp *ea)
{
	struct arpcom *ac = (struct arpcom *)ifp;
	u_int32_t spa, tpa;

	memcpy(&spa, ea->arp_spa, sizeof(spa));
	memcpy(&tpa, ea->arp_tpa, sizeof(tpa));
	arp_send(ifp, arp_packet(ARPOP_REPLY, ea->arp_sha, ac->ac_enaddr,
	    &tpa, ea->arp_sha, &spa), arps_txreply);
}

/* A well-formed request or reply; m is its buffer, consumed. */
static void
in_arpinput(struct ifnet *ifp, struct mbuf *m)
{
	struct arpcom *ac = (struct arpcom *)ifp;
	struct ether_arp *ea = mtod(m, struct ether_arp *);
	struct in_addr spa, tpa;
	int ours, op = ntohs(ea->arp_op);

	memcpy(&spa, ea->arp_spa, sizeof(spa));
	memcpy(&tpa, ea->arp_tpa, sizeof(tpa));
	if (memcmp(ea->arp_sha, ac->ac_enaddr, ETHER_ADDR_LEN) == 0) {
		arp_drop(m, arps_loop);
		return;
	}
	if (ETHER_IS_MULTICAST(ea->arp_sha) || ETHER_IS_ANYADDR(ea->arp_sha) ||
	    IN_MULTICAST(spa.s_addr) || IN_BADCLASS(spa.s_addr)) {
		arp_drop(m, arps_badsender);
		return;
	}
	if (spa.s_addr != INADDR_ANY && arp_isours(ifp, spa)) {
		arp_defend(ifp, spa, ea);
		arp_drop(m, arps_duplicate);
		return;
	}
	ours = arp_isours(ifp, tpa);
	/* no sender address: somebody probes before using one */
	if (spa.s_addr != INADDR_ANY && !ISSET(ifp->if_flags, IFF_STATICARP))
		arp_sender(ifp, ea, ours);
	if (ours && op == ARPOP_REQUEST)
		arp_reply(ifp, ea);
	m_freem(m);
}

void
arpinput(struct ifnet *ifp, struct mbuf *m)
{
	struct arphdr *ar;

	NET_ASSERT_LOCKED();
	if (ISSET(ifp->if_flags, IFF_NOARP)) {
		arp_drop(m, arps_disabled);
		return;
	}
	if (m->m_pkthdr.len < sizeof(struct ether_arp)) {
		arp_drop(m, arps_badlen);
		return;
	}
	if ((m = m_pullup(m, sizeof(struct ether_arp))) == NULL) {
		arpstat_inc(arps_nobufs);
		return;
	}
	ar = mtod(m, struct arphdr *);
	if (ar->ar_hrd != htons(ARPHRD_ETHER) ||
	    ar->ar_pro != htons(ETHERTYPE_IP) ||
	    ar->ar_hln != ETHER_ADDR_LEN || ar->ar_pln != 4) {
		arp_drop(m, arps_badhdr);
		return;
	}
	switch (ntohs(ar->ar_op)) {
	case ARPOP_REQUEST:
		arpstat_inc(arps_rcvrequest);
		break;
	case ARPOP_REPLY:
		arpstat_inc(arps_rcvreply);
		break;
	default:
		arp_drop(m, arps_badop);
		return;
	}
	in_arpinput(ifp, m);
}
