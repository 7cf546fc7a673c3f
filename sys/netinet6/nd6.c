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
 * The neighbour cache, RFC 4861 7: the link addresses of IPv6 neighbours on
 * Ethernet.  As with ARP, every neighbour has a host route, cloned from that
 * of its network, and behind rt_llinfo one of the entries here.
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
#include <net/if_types.h>
#include <net/if_var.h>
#include <net/route.h>

#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/in.h>
#include <netinet/ip6.h>
#include <netinet6/in6_var.h>
#include <netinet6/nd6.h>

/*
 * An entry lives from RTM_ADD or RTM_RESOLVE of its route to RTM_DELETE,
 * and whoever holds NET may follow rt_llinfo.  The word is all that output
 * looks at most of the time; it changes under the mutex.  The link address
 * in the route, for others to see, is written later under NET(X), by
 * nd6_settle(), and that is where entries end.
 *
 * Locks used to protect struct members:
 *	I	immutable
 *	L	nd6_mtx to write; nd6_mtx or NET(X) to read
 *	a	atomic, written with nd6_mtx held
 */
struct llinfo_nd6 {
	TAILQ_ENTRY(llinfo_nd6)	 ln_list;	/* [L] */
	struct rtentry		*ln_rt;		/* [I] not counted */
	uint64_t		 ln_word;	/* [a] LN_*, link address */
	struct mbuf_list	 ln_hold;	/* [L] wait for the address */
	uint64_t		 ln_due;	/* [L] ns of uptime, 0: never */
	u_int			 ln_tries;	/* [L] messages unanswered */
	int			 ln_state;	/* [L] ND6_LLINFO_* */
	int			 ln_permanent;	/* [L] made by hand */
	int			 ln_router;	/* [L] it says so */
	int			 ln_known;	/* [L] it has answered us */
	int			 ln_news;	/* [L] for nd6_settle() */
	int			 ln_dead;	/* [L] for nd6_settle() */
};
TAILQ_HEAD(nd6_list, llinfo_nd6);

#define LN_VALID	(1UL << 63)	/* the low 48 bits are the address */
#define LN_STALE	(1UL << 62)	/* its use is to be noticed */

/* RFC 4861 10 */
#define MAX_MULTICAST_SOLICIT	3
#define MAX_UNICAST_SOLICIT	3
#define RETRANS_MS		1000
#define DELAY_FIRST_MS		5000
#define REACHABLE_MS		30000	/* times 0.5 to 1.5 */

#define ND6_STALE_MS	(20 * 60 * 1000)	/* nobody sends to it */
#define ND6_UNUSED_MS	30000	/* a clone that nobody used */
#define ND6_GRID	100000000ULL	/* ns; timers that are near meet */
#define ND6_MAXHOLD	10	/* packets an entry holds */
#define ND6_MAXHELD	200	/* packets all of them hold */

static void	nd6_timer(void *);
static void	nd6_settle_now(void *);

static struct mutex nd6_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static struct nd6_list nd6_list = TAILQ_HEAD_INITIALIZER(nd6_list);
						/* [L] those that answered
						 * last are at the end */
static struct timeout nd6_tick = TIMEOUT_INITIALIZER(nd6_timer, NULL);
static struct timeout nd6_soon = TIMEOUT_INITIALIZER(nd6_settle_now, NULL);
static uint64_t nd6_tickdue;	/* [L] when nd6_tick is, 0: not */
static int nd6_count;		/* [a] entries */
static int nd6_unresolved;	/* [a] of these INCOMPLETE */
static uint64_t nd6_counts[nd6s_ncounters];	/* [a] */
int nd6_gcthresh = 2048;
int nd6_queued;

void
nd6stat_inc(enum nd6stat_counters c)
{
	__atomic_fetch_add(&nd6_counts[c], 1, __ATOMIC_RELAXED);
}

void
nd6stat_read(struct nd6stat *ns)
{
	u_int64_t *c = &ns->nd6s_rcvns;
	u_int i;

	CTASSERT(sizeof(*ns) == sizeof(nd6_counts));
	for (i = 0; i < nd6s_ncounters; i++)
		c[i] = __atomic_load_n(&nd6_counts[i], __ATOMIC_RELAXED);
}

int
nd6_need_cache(const struct ifnet *ifp)
{
	return (ifp->if_type == IFT_ETHER);
}

int
nd6_mayclone(int prefer)
{
	int max = READ_ONCE(nd6_gcthresh);

	if (max < 0)
		return (1);
	if (atomic_load_int(&nd6_count) >= max)
		timeout_add_msec(&nd6_soon, 1);
	else if (prefer || atomic_load_int(&nd6_unresolved) < max / 4)
		return (1);
	/* who is waited for on account of many routes is let in anyway */
	if (prefer && atomic_load_int(&nd6_count) < max + max / 4)
		return (1);
	nd6stat_inc(nd6s_full);
	return (0);
}

/*
 * Entries: small changes, with the mutex held
 */

static uint64_t
nd6_pack(const u_int8_t *enaddr)
{
	uint64_t word = 0;

	memcpy(&word, enaddr, ETHER_ADDR_LEN);
	return (word | LN_VALID);
}

static void
nd6_unpack(u_int8_t *enaddr, uint64_t word)
{
	memcpy(enaddr, &word, ETHER_ADDR_LEN);
}

static uint64_t
nd6_word(struct llinfo_nd6 *ln)
{
	return (__atomic_load_n(&ln->ln_word, __ATOMIC_RELAXED));
}

static struct in6_addr *
nd6_addr(struct llinfo_nd6 *ln)
{
	return (&satosin6(rt_key(ln->ln_rt))->sin6_addr);
}

static struct ifnet *
nd6_ifp(struct llinfo_nd6 *ln)
{
	return (ln->ln_rt->rt_ifa->ifa_ifp);
}

static void
nd6_settle_soon(void)
{
	timeout_add_msec(&nd6_soon, 1);
}

static void
nd6_schedule(uint64_t due)
{
	uint64_t now = nsecuptime();

	MUTEX_ASSERT_LOCKED(&nd6_mtx);
	if (nd6_tickdue != 0 && nd6_tickdue <= due)
		return;
	nd6_tickdue = due;
	timeout_add_nsec(&nd6_tick, due > now ? due - now : 1);
}

static void
nd6_setdue(struct llinfo_nd6 *ln, u_int ms)
{
	uint64_t due = nsecuptime() + MSEC_TO_NSEC(ms);

	ln->ln_due = roundup(due, ND6_GRID);
	__atomic_store_n(&ln->ln_rt->rt_expire, getuptime() + ms / 1000,
	    __ATOMIC_RELAXED);
	nd6_schedule(ln->ln_due);
}

/* The word follows the state; link addresses stay until another comes. */
static void
nd6_setstate(struct llinfo_nd6 *ln, int state, u_int ms)
{
	uint64_t word = nd6_word(ln) & ~LN_STALE;

	MUTEX_ASSERT_LOCKED(&nd6_mtx);
	if (ln->ln_state == ND6_LLINFO_INCOMPLETE)
		atomic_add_int(&nd6_unresolved, -1);
	if (state == ND6_LLINFO_INCOMPLETE) {
		atomic_add_int(&nd6_unresolved, 1);
		word = 0;
	}
	if (state == ND6_LLINFO_STALE)
		word |= LN_STALE;
	ln->ln_state = state;
	ln->ln_tries = 0;
	ln->ln_dead = 0;
	__atomic_store_n(&ln->ln_word, word, __ATOMIC_RELAXED);
	nd6_setdue(ln, ms);
}

static void
nd6_setreachable(struct llinfo_nd6 *ln)
{
	nd6_setstate(ln, ND6_LLINFO_REACHABLE, REACHABLE_MS / 2 +
	    arc4random_uniform(REACHABLE_MS));
	ln->ln_known = 1;
	TAILQ_REMOVE(&nd6_list, ln, ln_list);
	TAILQ_INSERT_TAIL(&nd6_list, ln, ln_list);
}

/* Not for a state, which follows. */
static void
nd6_setll(struct llinfo_nd6 *ln, const u_int8_t *enaddr)
{
	uint64_t old = nd6_word(ln), new = nd6_pack(enaddr);

	if ((old & ~LN_STALE) == new)
		return;
	nd6stat_inc(ISSET(old, LN_VALID) ? nd6s_changed : nd6s_learned);
	__atomic_store_n(&ln->ln_word, new, __ATOMIC_RELAXED);
	if (!ln->ln_news)
		nd6_settle_soon();
	ln->ln_news = 1;
}

/* The request for an entry, from the sender of m if that is us. */
static struct mbuf *
nd6_ask(struct llinfo_nd6 *ln, struct mbuf *m)
{
	const int notflags = IN6_IFF_TENTATIVE | IN6_IFF_DUPLICATED |
	    IN6_IFF_ANYCAST;
	struct ifnet *ifp = nd6_ifp(ln);
	struct in6_ifaddr *ia = NULL;
	struct in6_addr group, src;
	struct nd6_msg nm;

	MUTEX_ASSERT_LOCKED(&nd6_mtx);
	if (m != NULL && m->m_len >= sizeof(struct ip6_hdr)) {
		src = mtod(m, struct ip6_hdr *)->ip6_src;
		in6_setscope(&src, ifp->if_index);
		ia = in6ifa_ifpwithaddr(ifp, &src);
	}
	if (ia == NULL || ISSET(READ_ONCE(ia->ia6_flags), notflags))
		ia = ifatoia6(ln->ln_rt->rt_ifa);
	if (ISSET(READ_ONCE(ia->ia6_flags), notflags))
		ia = in6ifa_ifpforlinklocal(ifp, notflags);
	ln->ln_tries++;
	nd6_setdue(ln, RETRANS_MS);
	if (ia == NULL) {
		nd6stat_inc(nd6s_nosource);
		return (NULL);
	}
	memset(&nm, 0, sizeof(nm));
	nd6_solicited(&group, nd6_addr(ln), ifp->if_index);
	nm.nm_type = ND_NEIGHBOR_SOLICIT;
	nm.nm_src = IA6_IN6(ia);
	nm.nm_dst = ln->ln_state == ND6_LLINFO_PROBE ? nd6_addr(ln) : &group;
	nm.nm_target = nd6_addr(ln);
	nm.nm_lladdr = 1;
	return (nd6_message(ifp, &nm));
}

/*
 * Held packets
 */

/* Take all out of the entry. */
static void
nd6_release(struct llinfo_nd6 *ln, struct mbuf_list *ml)
{
	MUTEX_ASSERT_LOCKED(&nd6_mtx);
	atomic_add_int(&nd6_queued, -(int)ml_len(&ln->ln_hold));
	ml_enlist(ml, &ln->ln_hold);
}

/* Hold m; the oldest one of the entry makes room.  What is lost, or NULL. */
static struct mbuf *
nd6_hold(struct llinfo_nd6 *ln, struct mbuf *m)
{
	struct mbuf *lost = NULL;

	MUTEX_ASSERT_LOCKED(&nd6_mtx);
	if (ml_len(&ln->ln_hold) >= ND6_MAXHOLD) {
		lost = ml_dequeue(&ln->ln_hold);
		nd6stat_inc(nd6s_holdfull);
	} else if (atomic_load_int(&nd6_queued) >= ND6_MAXHELD) {
		nd6stat_inc(nd6s_holdlimit);
		return (m);
	} else
		atomic_add_int(&nd6_queued, 1);
	ml_enqueue(&ln->ln_hold, m);
	nd6stat_inc(nd6s_held);
	return (lost);
}

/* Nobody answered.  Whoever sent it through us is told. */
static void
nd6_giveup(struct mbuf_list *ml)
{
	struct mbuf *m;

	NET_ASSERT_LOCKED();
	while ((m = ml_dequeue(ml)) != NULL) {
		nd6stat_inc(nd6s_timeout);
		if (m->m_pkthdr.ph_ifidx == 0 ||
		    (m = m_pullup(m, sizeof(struct ip6_hdr))) == NULL) {
			m_freem(m);
			continue;
		}
		icmp6_error(m, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADDR, 0);
	}
}

/*
 * Entries
 */

static int
nd6_wanted(struct rtentry *rt)
{
	return (ISSET(rt->rt_flags, RTF_HOST) && !ISSET(rt->rt_flags,
	    RTF_GATEWAY | RTF_LOCAL | RTF_BROADCAST | RTF_MULTICAST |
	    RTF_MPLS) && rt->rt_ifa->ifa_addr->sa_family == AF_INET6 &&
	    nd6_need_cache(rt->rt_ifa->ifa_ifp));
}

/* Somewhere to write the address: a clone has that already. */
static struct sockaddr_dl *
nd6_gate(struct ifnet *ifp, struct rtentry *rt)
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

static struct llinfo_nd6 *
nd6_entry(struct rtentry *rt)
{
	return ((struct llinfo_nd6 *)__atomic_load_n(&rt->rt_llinfo,
	    __ATOMIC_ACQUIRE));
}

/* The route's entry, made if need be; NULL without memory. */
static struct llinfo_nd6 *
nd6_mkentry(struct rtentry *rt)
{
	struct llinfo_nd6 *ln, *new;

	new = malloc(sizeof(*new), M_RTABLE, M_NOWAIT | M_ZERO);
	if (new == NULL)
		return (NULL);
	new->ln_rt = rt;
	new->ln_state = ND6_LLINFO_STALE;	/* for nd6_setstate() */
	ml_init(&new->ln_hold);
	mtx_enter(&nd6_mtx);
	ln = nd6_entry(rt);
	if (ln == NULL) {
		ln = new;
		new = NULL;
		nd6_setstate(ln, ND6_LLINFO_INCOMPLETE, ND6_UNUSED_MS);
		TAILQ_INSERT_TAIL(&nd6_list, ln, ln_list);
		atomic_add_int(&nd6_count, 1);
		__atomic_store_n(&rt->rt_llinfo, (caddr_t)ln,
		    __ATOMIC_RELEASE);
	}
	mtx_leave(&nd6_mtx);
	free(new, M_RTABLE, sizeof(*new));
	return (ln);
}

/* A new route, or a permanent entry that got another address. */
static void
nd6_rtadd(struct ifnet *ifp, struct rtentry *rt)
{
	struct llinfo_nd6 *ln;
	struct sockaddr_dl *sdl;
	time_t expire = __atomic_load_n(&rt->rt_expire, __ATOMIC_RELAXED);

	if ((sdl = nd6_gate(ifp, rt)) == NULL)
		return;
	if ((ln = nd6_entry(rt)) == NULL && (ln = nd6_mkentry(rt)) == NULL)
		return;
	SET(rt->rt_flags, RTF_LLINFO);
	if (sdl->sdl_alen != ETHER_ADDR_LEN)
		return;
	mtx_enter(&nd6_mtx);
	__atomic_store_n(&ln->ln_word, nd6_pack((u_int8_t *)LLADDR(sdl)),
	    __ATOMIC_RELAXED);
	nd6_setreachable(ln);
	ln->ln_permanent = expire == 0;
	if (ln->ln_permanent) {
		ln->ln_due = 0;
		__atomic_store_n(&rt->rt_expire, 0, __ATOMIC_RELAXED);
	}
	mtx_leave(&nd6_mtx);
}

static void
nd6_rtdelete(struct rtentry *rt)
{
	struct llinfo_nd6 *ln = nd6_entry(rt);
	struct mbuf_list ml = MBUF_LIST_INITIALIZER();

	if (ln == NULL)
		return;
	mtx_enter(&nd6_mtx);
	TAILQ_REMOVE(&nd6_list, ln, ln_list);
	if (ln->ln_state == ND6_LLINFO_INCOMPLETE)
		atomic_add_int(&nd6_unresolved, -1);
	atomic_add_int(&nd6_count, -1);
	nd6_release(ln, &ml);
	__atomic_store_n(&rt->rt_llinfo, NULL, __ATOMIC_RELEASE);
	mtx_leave(&nd6_mtx);
	CLR(rt->rt_flags, RTF_LLINFO);
	free(ln, M_RTABLE, sizeof(*ln));
	while (!ml_empty(&ml)) {
		nd6stat_inc(nd6s_flushed);
		m_freem(ml_dequeue(&ml));
	}
}

void
nd6_rtrequest(struct ifnet *ifp, int req, struct rtentry *rt)
{
	NET_ASSERT_LOCKED();
	switch (req) {
	case RTM_ADD:
	case RTM_RESOLVE:
		if (nd6_wanted(rt))
			nd6_rtadd(ifp, rt);
		break;
	case RTM_DELETE:
		nd6_rtdelete(rt);
		break;
	}
}

/*
 * Time
 */

/* What one look at all entries brings to light. */
struct nd6_round {
	struct mbuf_list	nr_asks;	/* requests to send */
	struct mbuf_list	nr_dead;	/* held in vain */
	int			nr_settle;	/* work for NET(X) */
	uint64_t		nr_next;	/* ns of uptime, 0: never */
};

/* Ask again, or give up. */
static void
nd6_retry(struct llinfo_nd6 *ln, u_int max, struct nd6_round *nr)
{
	struct mbuf *m;

	/* a clone that was never used has nobody to ask for */
	if (ln->ln_tries >= max || (ln->ln_tries == 0 &&
	    ln->ln_state == ND6_LLINFO_INCOMPLETE)) {
		nd6_release(ln, &nr->nr_dead);
		ln->ln_dead = nr->nr_settle = 1;
		ln->ln_due = 0;
		return;
	}
	m = nd6_ask(ln, ml_empty(&ln->ln_hold) ? NULL :
	    MBUF_LIST_FIRST(&ln->ln_hold));
	if (m == NULL)
		return;
	m->m_pkthdr.ph_ifidx = nd6_ifp(ln)->if_index;
	ml_enqueue(&nr->nr_asks, m);
}

static void
nd6_look(struct llinfo_nd6 *ln, struct nd6_round *nr)
{
	if (ln->ln_due != 0 && nsecuptime() >= ln->ln_due) {
		switch (ln->ln_state) {
		case ND6_LLINFO_INCOMPLETE:
			nd6_retry(ln, MAX_MULTICAST_SOLICIT, nr);
			break;
		case ND6_LLINFO_REACHABLE:
			nd6_setstate(ln, ND6_LLINFO_STALE, ND6_STALE_MS);
			break;
		case ND6_LLINFO_DELAY:
			nd6_setstate(ln, ND6_LLINFO_PROBE, RETRANS_MS);
			/* FALLTHROUGH */
		case ND6_LLINFO_PROBE:
			nd6_retry(ln, MAX_UNICAST_SOLICIT, nr);
			break;
		case ND6_LLINFO_STALE:
			ln->ln_dead = nr->nr_settle = 1;
			ln->ln_due = 0;
			break;
		}
	}
	if (ln->ln_due != 0)
		nr->nr_next = nr->nr_next == 0 ? ln->ln_due :
		    MIN(nr->nr_next, ln->ln_due);
}

static void
nd6_timer(void *arg)
{
	struct nd6_round nr = { MBUF_LIST_INITIALIZER(),
	    MBUF_LIST_INITIALIZER(), 0, 0 };
	struct llinfo_nd6 *ln;
	struct ifnet *ifp;
	struct mbuf *m;

	NET_LOCK_SHARED();
	mtx_enter(&nd6_mtx);
	/* nothing arms it while it looks: what is due is found at the end */
	nd6_tickdue = 1;
	TAILQ_FOREACH(ln, &nd6_list, ln_list)
		nd6_look(ln, &nr);
	nd6_tickdue = 0;
	if (nr.nr_next != 0)
		nd6_schedule(nr.nr_next);
	mtx_leave(&nd6_mtx);
	while ((m = ml_dequeue(&nr.nr_asks)) != NULL) {
		if ((ifp = if_get(m->m_pkthdr.ph_ifidx)) == NULL) {
			m_freem(m);
			continue;
		}
		m->m_pkthdr.ph_ifidx = 0;
		nd6_send(ifp, m, ND_NEIGHBOR_SOLICIT);
		if_put(ifp);
	}
	nd6_giveup(&nr.nr_dead);
	NET_UNLOCK_SHARED();

	if (nr.nr_settle)
		nd6_settle_now(NULL);
}

/*
 * The end of an entry.  Clones go; a route made by hand stays and has to be
 * resolved again.
 */
static void
nd6_end(struct llinfo_nd6 *ln)
{
	struct rtentry *rt = ln->ln_rt;

	if (ISSET(rt->rt_flags, RTF_CLONED)) {
		rtdeletemsg(rt, NULL, nd6_ifp(ln)->if_rdomain);
		return;
	}
	mtx_enter(&nd6_mtx);
	ln->ln_news |= nd6_word(ln) != 0;
	nd6_setstate(ln, ND6_LLINFO_INCOMPLETE, ND6_UNUSED_MS);
	ln->ln_due = 0;
	__atomic_store_n(&rt->rt_expire, 0, __ATOMIC_RELAXED);
	mtx_leave(&nd6_mtx);
}

/* Write what is new of an entry where others see it. */
static void
nd6_publish(struct llinfo_nd6 *ln)
{
	struct rtentry *rt = ln->ln_rt;
	uint64_t word = nd6_word(ln);
	struct sockaddr_dl *sdl;

	if ((sdl = nd6_gate(nd6_ifp(ln), rt)) == NULL)
		return;
	mtx_enter(&nd6_mtx);
	ln->ln_news = 0;
	mtx_leave(&nd6_mtx);
	sdl->sdl_alen = ISSET(word, LN_VALID) ? ETHER_ADDR_LEN : 0;
	nd6_unpack((u_int8_t *)LLADDR(sdl), word);
	rtm_send(rt, RTM_RESOLVE, 0, nd6_ifp(ln)->if_rdomain);
}

/*
 * There are too many: the oldest go, down to a number.  First those who have
 * only spoken, and may be anybody's invention; then those that are known,
 * but not in use.
 */
static void
nd6_evict(int known, int max)
{
	struct llinfo_nd6 *ln, *next;

	TAILQ_FOREACH_SAFE(ln, &nd6_list, ln_list, next) {
		if (atomic_load_int(&nd6_count) <= max)
			break;
		if (ln->ln_permanent || ln->ln_known != known ||
		    ln->ln_state == ND6_LLINFO_INCOMPLETE ||
		    (known && ln->ln_state != ND6_LLINFO_STALE))
			continue;
		nd6_end(ln);
	}
}

/* Nobody else holds NET, so the list changes by nothing but nd6_end(). */
static void
nd6_settle_now(void *arg)
{
	int max = READ_ONCE(nd6_gcthresh);
	struct llinfo_nd6 *ln, *next;

	NET_LOCK();
	TAILQ_FOREACH_SAFE(ln, &nd6_list, ln_list, next) {
		if (ln->ln_dead)
			nd6_end(ln);
		else if (ln->ln_news)
			nd6_publish(ln);
	}
	if (max >= 0 && atomic_load_int(&nd6_count) >= max) {
		nd6_evict(0, max - max / 8);
		nd6_evict(1, max - max / 8);
	}
	NET_UNLOCK();
}

/*
 * Output
 */

/* No address yet.  Consumes m unless it returns 0: the answer just came. */
static int
nd6_wait(struct ifnet *ifp, struct llinfo_nd6 *ln, struct mbuf *m,
    u_int8_t *desten)
{
	struct mbuf *ask = NULL, *lost;
	uint64_t word;

	mtx_enter(&nd6_mtx);
	word = nd6_word(ln);
	if (ISSET(word, LN_VALID)) {
		mtx_leave(&nd6_mtx);
		nd6_unpack(desten, word);
		return (0);
	}
	if (ln->ln_tries == 0 && !ln->ln_dead)
		ask = nd6_ask(ln, m);
	lost = nd6_hold(ln, m);
	mtx_leave(&nd6_mtx);
	m_freem(lost);
	nd6_send(ifp, ask, ND_NEIGHBOR_SOLICIT);
	return (EAGAIN);
}

/* It may be gone: time to find out, unless traffic shows that it is not. */
static void
nd6_used(struct llinfo_nd6 *ln)
{
	mtx_enter(&nd6_mtx);
	if (ln->ln_state == ND6_LLINFO_STALE)
		nd6_setstate(ln, ND6_LLINFO_DELAY, DELAY_FIRST_MS);
	mtx_leave(&nd6_mtx);
}

static int
nd6_resolve_rt(struct ifnet *ifp, struct rtentry *rt, struct mbuf *m,
    u_int8_t *desten)
{
	struct llinfo_nd6 *ln = NULL;
	uint64_t word;

	if (rt != NULL && (rt = rt_getll(rt)) != NULL &&
	    rt_key(rt)->sa_family == AF_INET6 &&
	    rt->rt_ifa->ifa_ifp == ifp &&
	    (ln = nd6_entry(rt)) == NULL && rt->rt_node != NULL &&
	    nd6_wanted(rt))
		ln = nd6_mkentry(rt);	/* no memory when it was made */
	if (ln == NULL) {
		nd6stat_inc(nd6s_noentry);
		m_freem(m);
		return (EHOSTUNREACH);
	}
	word = nd6_word(ln);
	if (!ISSET(word, LN_VALID))
		return (nd6_wait(ifp, ln, m, desten));
	nd6_unpack(desten, word);
	if (ISSET(word, LN_STALE))
		nd6_used(ln);
	return (0);
}

int
nd6_resolve(struct ifnet *ifp, struct rtentry *rt, struct mbuf *m,
    const struct sockaddr *dst, u_int8_t *desten)
{
	struct in6_addr to = satosin6_const(dst)->sin6_addr;
	struct rtentry *found = NULL;
	int error;

	NET_ASSERT_LOCKED();
	/* the route to a group may name a router */
	if (ISSET(m->m_flags, M_MCAST) && !IN6_IS_ADDR_MULTICAST(&to))
		to = mtod(m, struct ip6_hdr *)->ip6_dst;
	if (IN6_IS_ADDR_MULTICAST(&to)) {
		ETHER_MAP_IPV6_MULTICAST(&to, desten);
		return (0);
	}
	if (rt == NULL)
		rt = found = rtalloc(dst, RT_RESOLVE, ifp->if_rdomain);
	error = nd6_resolve_rt(ifp, rt, m, desten);
	rtfree(found);
	return (error);
}

/*
 * Input
 */

/* What waited goes; the entry, and so rt, is good while NET is held. */
static void
nd6_flush(struct ifnet *ifp, struct mbuf_list *ml, struct rtentry *rt)
{
	struct mbuf *m;

	while ((m = ml_dequeue(ml)) != NULL)
		ifp->if_output(ifp, m, rt_key(rt), rt);
}

/* Permanent entries learn nothing; with the mutex held. */
static int
nd6_fixed(struct ifnet *ifp, struct llinfo_nd6 *ln, const struct nd6_in *ni)
{
	if (!ln->ln_permanent)
		return (0);
	if (ni->ni_lladdr != NULL &&
	    nd6_word(ln) != nd6_pack(ni->ni_lladdr))
		nd6stat_inc(nd6s_static);
	return (1);
}

static struct rtentry *
nd6_lookup(struct ifnet *ifp, const struct in6_addr *addr, int flags)
{
	struct sockaddr_in6 sin6;

	memset(&sin6, 0, sizeof(sin6));
	sin6.sin6_len = sizeof(sin6);
	sin6.sin6_family = AF_INET6;
	sin6.sin6_addr = *addr;
	return (rtalloc(sin6tosa(&sin6), flags, ifp->if_rdomain));
}

/*
 * Somebody asks and may have said where it is: RFC 4861 7.2.3.  Only who is
 * on the link by our own routes gets an entry.
 */
int
nd6_cache_ns(struct ifnet *ifp, const struct nd6_in *ni)
{
	struct mbuf_list ml = MBUF_LIST_INITIALIZER();
	struct llinfo_nd6 *ln;
	struct rtentry *rt;
	int near;

	rt = nd6_lookup(ifp, &ni->ni_src, RT_RESOLVE | RT_NEIGHBOR);
	near = rt != NULL && rt->rt_ifa->ifa_ifp == ifp &&
	    !ISSET(rt->rt_flags, RTF_GATEWAY);
	if (near && nd6_need_cache(ifp)) {
		ln = nd6_entry(rt);
		near = ln != NULL;
		mtx_enter(&nd6_mtx);
		if (ln != NULL && ni->ni_lladdr != NULL &&
		    !nd6_fixed(ifp, ln, ni) &&
		    (nd6_word(ln) & ~LN_STALE) != nd6_pack(ni->ni_lladdr)) {
			nd6_setll(ln, ni->ni_lladdr);
			nd6_setstate(ln, ND6_LLINFO_STALE, ND6_STALE_MS);
			nd6_release(ln, &ml);
		}
		mtx_leave(&nd6_mtx);
	}
	nd6_flush(ifp, &ml, rt);
	rtfree(rt);
	return (near);
}

/* RFC 4861 7.2.5; with the mutex held */
static void
nd6_advert(struct llinfo_nd6 *ln, const struct nd6_in *ni)
{
	int solicited = ISSET(ni->ni_flags, ND_NA_FLAG_SOLICITED) != 0;
	int override = ISSET(ni->ni_flags, ND_NA_FLAG_OVERRIDE) != 0;
	int other;

	if (ln->ln_state == ND6_LLINFO_INCOMPLETE) {
		if (ni->ni_lladdr == NULL) {
			nd6stat_inc(nd6s_nolladdr);
			return;
		}
		other = override = 1;
	} else
		other = ni->ni_lladdr != NULL && nd6_pack(ni->ni_lladdr) !=
		    (nd6_word(ln) & ~LN_STALE);
	if (other && !override) {
		/* somebody else says that it is the one: is it? */
		nd6stat_inc(nd6s_ignored);
		if (ln->ln_state == ND6_LLINFO_REACHABLE)
			nd6_setstate(ln, ND6_LLINFO_STALE, ND6_STALE_MS);
		return;
	}
	ln->ln_router = ISSET(ni->ni_flags, ND_NA_FLAG_ROUTER) != 0;
	if (other)
		nd6_setll(ln, ni->ni_lladdr);
	if (solicited)
		nd6_setreachable(ln);
	else if (other)
		nd6_setstate(ln, ND6_LLINFO_STALE, ND6_STALE_MS);
}

void
nd6_cache_na(struct ifnet *ifp, const struct nd6_in *ni)
{
	struct mbuf_list ml = MBUF_LIST_INITIALIZER();
	struct llinfo_nd6 *ln = NULL;
	struct rtentry *rt;

	rt = nd6_lookup(ifp, &ni->ni_target, 0);
	if (rt != NULL && rt->rt_ifa->ifa_ifp == ifp && nd6_wanted(rt))
		ln = nd6_entry(rt);
	if (ln == NULL) {
		nd6stat_inc(nd6s_unasked);
		rtfree(rt);
		return;
	}
	mtx_enter(&nd6_mtx);
	if (!nd6_fixed(ifp, ln, ni)) {
		nd6_advert(ln, ni);
		if (ISSET(nd6_word(ln), LN_VALID))
			nd6_release(ln, &ml);
	}
	mtx_leave(&nd6_mtx);
	nd6_flush(ifp, &ml, rt);
	rtfree(rt);
}

int
nd6_nbrinfo(struct ifnet *ifp, struct in6_nbrinfo *nbi)
{
	struct llinfo_nd6 *ln = NULL;
	struct rtentry *rt;
	time_t expire;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	in6_setscope(&nbi->addr, ifp->if_index);
	rt = nd6_lookup(ifp, &nbi->addr, 0);
	if (rt != NULL && rt->rt_ifa->ifa_ifp == ifp && nd6_wanted(rt))
		ln = nd6_entry(rt);
	if (ln != NULL) {
		expire = __atomic_load_n(&rt->rt_expire, __ATOMIC_RELAXED);
		nbi->expire = expire == 0 ? 0 :
		    expire - getuptime() + gettime();
		nbi->asked = ln->ln_tries;
		nbi->isrouter = ln->ln_router;
		nbi->state = ln->ln_state;
	}
	rtfree(rt);
	return (ln == NULL ? EINVAL : 0);
}
