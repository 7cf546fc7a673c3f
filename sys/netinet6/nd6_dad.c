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
 * Duplicate address detection, RFC 4862 5.4: before we use an address we ask
 * whether somebody has it.  Each question has a nonce, RFC 7527, so that one
 * that comes back to us is not taken for somebody else's.
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
#include <net/if_var.h>
#include <net/route.h>

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet6/in6_var.h>
#include <netinet6/ip6_var.h>
#include <netinet6/nd6.h>

/*
 * The detection of one address, which is in the list as long as it lasts.
 *
 * Locks used to protect struct members:
 *	X	NET(X) to write, NET to read
 *	M	dad_mtx
 */
struct dad {
	LIST_ENTRY(dad)	 da_list;		/* [X] */
	struct ifaddr	*da_ifa;		/* [X] counted */
	uint64_t	 da_due;		/* [X] ns of uptime */
	int		 da_sent;		/* [X] questions */
	u_int8_t	 da_nonce[ND_NONCELEN];	/* [X] of the last one */
	int		 da_taken;		/* [M] somebody has it */
};

#define DAD_WAIT_MS	1000	/* after each question */

static void	dad_timer(void *);

static LIST_HEAD(, dad) dad_list = LIST_HEAD_INITIALIZER(dad_list);
						/* [X] */
static struct mutex dad_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static struct timeout dad_tick = TIMEOUT_INITIALIZER(dad_timer, NULL);

int
nd6_dad_wanted(const struct ifnet *ifp, int flags)
{
	return (ISSET(ifp->if_flags, IFF_MULTICAST) &&
	    !ISSET(ifp->if_flags, IFF_LOOPBACK) &&
	    !ISSET(flags, IN6_IFF_ANYCAST) &&
	    atomic_load_int(&ip6_dad_count) > 0);
}

static struct dad *
dad_find(struct ifaddr *ifa)
{
	struct dad *da;

	NET_ASSERT_LOCKED();
	LIST_FOREACH(da, &dad_list, da_list) {
		if (da->da_ifa == ifa)
			return (da);
	}
	return (NULL);
}

static void
dad_setflags(struct ifaddr *ifa, int clear, int set)
{
	struct in6_ifaddr *ia = ifatoia6(ifa);
	int flags = (ia->ia6_flags & ~clear) | set;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if (flags == ia->ia6_flags)
		return;
	WRITE_ONCE(ia->ia6_flags, flags);
	rtm_addr(RTM_CHGADDRATTR, ifa);
}

static void
dad_free(struct dad *da)
{
	NET_ASSERT_LOCKED_EXCLUSIVE();
	LIST_REMOVE(da, da_list);
	atomic_add_int(&ip6_dad_pending, -1);
	ifafree(da->da_ifa);
	free(da, M_IPMADDR, sizeof(*da));
}

static void
dad_ask(struct dad *da)
{
	struct ifnet *ifp = da->da_ifa->ifa_ifp;
	struct in6_addr *addr = IA6_IN6(ifatoia6(da->da_ifa));
	struct in6_addr group;
	struct nd6_msg nm;
	struct mbuf *m;

	arc4random_buf(da->da_nonce, sizeof(da->da_nonce));
	nd6_solicited(&group, addr, ifp->if_index);
	memset(&nm, 0, sizeof(nm));
	nm.nm_type = ND_NEIGHBOR_SOLICIT;
	nm.nm_src = &in6addr_any;
	nm.nm_dst = &group;
	nm.nm_target = addr;
	nm.nm_nonce = da->da_nonce;
	/* what was not asked cannot have been denied */
	if ((m = nd6_message(ifp, &nm)) == NULL)
		return;
	da->da_sent++;
	nd6_send(ifp, m, nm.nm_type);
}

static int
dad_taken(struct dad *da)
{
	int taken;

	mtx_enter(&dad_mtx);
	taken = da->da_taken;
	mtx_leave(&dad_mtx);
	return (taken);
}

/* Time for the next step; while the interface is down there is none. */
static void
dad_step(struct dad *da)
{
	struct ifaddr *ifa = da->da_ifa;
	const u_int16_t *w = IA6_IN6(ifatoia6(ifa))->s6_addr16;

	if (dad_taken(da)) {
		nd6stat_inc(nd6s_dupaddr);
		log(LOG_ERR, "%s: nd6: our address ...%x:%x:%x:%x is "
		    "somebody else's, and not used\n", ifa->ifa_ifp->if_xname,
		    ntohs(w[4]), ntohs(w[5]), ntohs(w[6]), ntohs(w[7]));
		dad_setflags(ifa, IN6_IFF_TENTATIVE, IN6_IFF_DUPLICATED);
		/* we may want to talk to who has it */
		rt_ifa_dellocal(ifa);
		dad_free(da);
		return;
	}
	da->da_due = nsecuptime() + MSEC_TO_NSEC(DAD_WAIT_MS);
	if (!ISSET(ifa->ifa_ifp->if_flags, IFF_RUNNING))
		return;
	if (da->da_sent < atomic_load_int(&ip6_dad_count)) {
		dad_ask(da);
		return;
	}
	dad_setflags(ifa, IN6_IFF_TENTATIVE, 0);
	dad_free(da);
}

static void
dad_arm(void)
{
	uint64_t now = nsecuptime(), next = 0;
	struct dad *da;

	LIST_FOREACH(da, &dad_list, da_list)
		next = next == 0 ? da->da_due : MIN(next, da->da_due);
	if (next != 0)
		timeout_add_nsec(&dad_tick, next > now ? next - now : 1);
}

static void
dad_timer(void *arg)
{
	struct dad *da, *next;

	NET_LOCK();
	LIST_FOREACH_SAFE(da, &dad_list, da_list, next) {
		if (nsecuptime() >= da->da_due || dad_taken(da))
			dad_step(da);
	}
	dad_arm();
	NET_UNLOCK();
}

void
nd6_dad_stop(struct ifaddr *ifa)
{
	struct dad *da;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if ((da = dad_find(ifa)) != NULL)
		dad_free(da);
}

/* An interface that is down begins when it comes up. */
void
nd6_dad_start(struct ifaddr *ifa)
{
	struct ifnet *ifp = ifa->ifa_ifp;
	struct dad *da;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	nd6_dad_stop(ifa);
	if (ISSET(ifatoia6(ifa)->ia6_flags, IN6_IFF_DUPLICATED))
		(void)rt_ifa_addlocal(ifa);
	if (!nd6_dad_wanted(ifp, ifatoia6(ifa)->ia6_flags)) {
		dad_setflags(ifa, IN6_IFF_TENTATIVE | IN6_IFF_DUPLICATED, 0);
		return;
	}
	dad_setflags(ifa, IN6_IFF_DUPLICATED, IN6_IFF_TENTATIVE);
	if (!ISSET(ifp->if_flags, IFF_UP))
		return;
	da = malloc(sizeof(*da), M_IPMADDR, M_WAITOK | M_ZERO);
	da->da_ifa = ifaref(ifa);
	atomic_add_int(&ip6_dad_pending, 1);
	LIST_INSERT_HEAD(&dad_list, da, da_list);
	dad_step(da);
	dad_arm();
}

void
nd6_dad_restart(struct ifnet *ifp)
{
	struct ifaddr *ifa;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	TAILQ_FOREACH(ifa, &ifp->if_addrlist, ifa_list) {
		if (ifa->ifa_addr->sa_family == AF_INET6)
			nd6_dad_start(ifa);
	}
}

void
nd6_dad_heard(struct ifaddr *ifa, const struct nd6_in *ni)
{
	struct dad *da = dad_find(ifa);

	if (da == NULL) {
		nd6stat_inc(nd6s_tentative);
		return;
	}
	if (ni->ni_nonce != NULL &&
	    memcmp(ni->ni_nonce, da->da_nonce, ND_NONCELEN) == 0) {
		nd6stat_inc(nd6s_loop);
		return;
	}
	mtx_enter(&dad_mtx);
	da->da_taken = 1;
	mtx_leave(&dad_mtx);
	/* flags change under NET(X), which input does not have */
	timeout_add_msec(&dad_tick, 1);
}
