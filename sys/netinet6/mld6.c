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
 * Multicast listener discovery, RFC 2710: routers are told which groups we
 * are in.  All there is to remember is in the memberships, so no number of
 * queries takes memory; and no group is reported more than once a second.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timeout.h>

#include <net/if.h>
#include <net/if_var.h>

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip6.h>
#include <netinet6/in6_var.h>
#include <netinet6/nd6.h>

#define MLD_UNSOLICITED	10000	/* ms between reports of a new group */
#define MLD_PAUSE	1000	/* ms between reports of any */
#define MLD_MAXDELAY	32768	/* ms; MLDv2 has a code for more */

/* A report with its header: hop-by-hop options are for routers to look. */
struct mld_packet {
	struct ip6_hdr	mp_ip6;
	struct ip6_hbh	mp_hbh;
	struct ip6_opt	mp_alert;	/* router alert, RFC 2711 */
	u_int8_t	mp_value[2];	/* 0: MLD */
	struct ip6_opt	mp_padn;	/* nothing, to 8 bytes */
	struct mld_hdr	mp_mld;
} __packed;
CTASSERT(sizeof(struct mld_packet) == 40 + 8 + 24);

static void	mld6_timer(void *);

static struct mutex mld6_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static struct timeout mld6_tick = TIMEOUT_INITIALIZER(mld6_timer, NULL);
static uint64_t mld6_tickdue;		/* [M] when mld6_tick is, 0: not */

/* Groups of one interface, and that of all nodes, are nobody's business. */
static int
mld6_wanted(const struct in6_addr *group, const struct ifnet *ifp)
{
	struct in6_addr all = in6addr_linklocal_allnodes;

	in6_setscope(&all, ifp->if_index);
	return (!ISSET(ifp->if_flags, IFF_LOOPBACK) &&
	    (group->s6_addr[1] & 0x0f) > IPV6_ADDR_SCOPE_INTFACELOCAL &&
	    !IN6_ARE_ADDR_EQUAL(group, &all));
}

static void
mld6_send(struct ifnet *ifp, const struct in6_addr *group, int type)
{
	struct in6_ifaddr *ia;
	struct mld_packet *mp;
	struct mbuf *m;

	if ((ifp->if_flags & (IFF_UP | IFF_RUNNING)) !=
	    (IFF_UP | IFF_RUNNING))
		return;
	if ((m = m_gethdr(M_DONTWAIT, MT_DATA)) == NULL) {
		nd6stat_inc(nd6s_nobufs);
		return;
	}
	m_align(m, sizeof(*mp));
	m->m_len = m->m_pkthdr.len = sizeof(*mp);
	mp = mtod(m, struct mld_packet *);
	memset(mp, 0, sizeof(*mp));
	mp->mp_ip6.ip6_vfc = IPV6_VERSION;
	mp->mp_ip6.ip6_plen = htons(sizeof(*mp) - sizeof(mp->mp_ip6));
	mp->mp_ip6.ip6_nxt = IPPROTO_HOPOPTS;
	mp->mp_ip6.ip6_hlim = 1;
	/* without an address yet :: will do, RFC 3590 */
	ia = in6ifa_ifpforlinklocal(ifp, IN6_IFF_TENTATIVE |
	    IN6_IFF_DUPLICATED | IN6_IFF_ANYCAST);
	if (ia != NULL)
		mp->mp_ip6.ip6_src = nd6_wire(IA6_IN6(ia));
	mp->mp_mld.mld_icmp6_hdr.icmp6_type = type;
	mp->mp_mld.mld_addr = nd6_wire(group);
	mp->mp_ip6.ip6_dst = type == MLD_LISTENER_DONE ?
	    in6addr_linklocal_allrouters : mp->mp_mld.mld_addr;
	mp->mp_hbh.ip6h_nxt = IPPROTO_ICMPV6;
	mp->mp_alert.ip6o_type = IP6OPT_ROUTER_ALERT;
	mp->mp_alert.ip6o_len = sizeof(mp->mp_value);
	mp->mp_padn.ip6o_type = IP6OPT_PADN;
	mp->mp_mld.mld_icmp6_hdr.icmp6_cksum = in6_cksum(m, IPPROTO_ICMPV6,
	    offsetof(struct mld_packet, mp_mld), sizeof(mp->mp_mld));
	nd6_send(ifp, m, type);
}

static void
mld6_schedule(uint64_t due)
{
	uint64_t now = nsecuptime();

	MUTEX_ASSERT_LOCKED(&mld6_mtx);
	if (mld6_tickdue != 0 && mld6_tickdue <= due)
		return;
	mld6_tickdue = due;
	timeout_add_nsec(&mld6_tick, due > now ? due - now : 1);
}

/* A report at any time from now to that many ms. */
static void
mld6_report_within(struct in6_multi *in6m, u_int ms)
{
	uint64_t now = nsecuptime(), due;

	MUTEX_ASSERT_LOCKED(&mld6_mtx);
	if (in6m->in6m_due != 0 && in6m->in6m_due < now + MSEC_TO_NSEC(ms))
		return;
	due = now + MSEC_TO_NSEC(arc4random_uniform(ms + 1));
	if (in6m->in6m_sent != 0)
		due = MAX(due, in6m->in6m_sent + MSEC_TO_NSEC(MLD_PAUSE));
	in6m->in6m_due = due;
	mld6_schedule(due);
}

/* Send what is due; the time of the next one, or 0. */
static uint64_t
mld6_look(struct in6_multi *in6m, struct ifnet *ifp)
{
	uint64_t next;
	int due;

	mtx_enter(&mld6_mtx);
	due = in6m->in6m_due != 0 && nsecuptime() >= in6m->in6m_due;
	if (due) {
		in6m->in6m_due = 0;
		in6m->in6m_sent = nsecuptime();
		in6m->in6m_last = 1;
		if (in6m->in6m_again > 0) {
			in6m->in6m_again--;
			mld6_report_within(in6m, MLD_UNSOLICITED);
		}
	}
	next = in6m->in6m_due;
	mtx_leave(&mld6_mtx);
	if (due)
		mld6_send(ifp, &in6m->in6m_sin.sin6_addr,
		    MLD_LISTENER_REPORT);
	return (next);
}

static void
mld6_timer(void *arg)
{
	uint64_t next = 0, due;
	struct ifmaddr *ifma;
	struct ifnet *ifp;

	NET_LOCK_SHARED();
	mtx_enter(&mld6_mtx);
	mld6_tickdue = 0;
	mtx_leave(&mld6_mtx);
	TAILQ_FOREACH(ifp, &ifnetlist, if_list) {
		TAILQ_FOREACH(ifma, &ifp->if_maddrlist, ifma_list) {
			if (ifma->ifma_addr->sa_family != AF_INET6)
				continue;
			due = mld6_look((struct in6_multi *)ifma, ifp);
			if (due != 0)
				next = next == 0 ? due : MIN(next, due);
		}
	}
	mtx_enter(&mld6_mtx);
	if (next != 0)
		mld6_schedule(next);
	mtx_leave(&mld6_mtx);
	NET_UNLOCK_SHARED();
}

void
mld6_join(struct in6_multi *in6m, struct ifnet *ifp)
{
	NET_ASSERT_LOCKED_EXCLUSIVE();
	if (!mld6_wanted(&in6m->in6m_sin.sin6_addr, ifp))
		return;
	mtx_enter(&mld6_mtx);
	in6m->in6m_again = 1;
	mld6_report_within(in6m, 0);
	mtx_leave(&mld6_mtx);
}

void
mld6_leave(struct in6_multi *in6m, struct ifnet *ifp)
{
	int last;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	mtx_enter(&mld6_mtx);
	last = in6m->in6m_last;
	in6m->in6m_due = 0;
	in6m->in6m_last = 0;
	mtx_leave(&mld6_mtx);
	if (last)
		mld6_send(ifp, &in6m->in6m_sin.sin6_addr, MLD_LISTENER_DONE);
}

/* A router asks for one group, or with :: for all. */
static void
mld6_query(struct ifnet *ifp, const struct in6_addr *group, u_int ms)
{
	struct in6_multi *in6m;
	struct ifmaddr *ifma;

	mtx_enter(&mld6_mtx);
	TAILQ_FOREACH(ifma, &ifp->if_maddrlist, ifma_list) {
		if (ifma->ifma_addr->sa_family != AF_INET6)
			continue;
		in6m = (struct in6_multi *)ifma;
		if (mld6_wanted(&in6m->in6m_sin.sin6_addr, ifp) &&
		    (IN6_IS_ADDR_UNSPECIFIED(group) || IN6_ARE_ADDR_EQUAL(
		    group, &in6m->in6m_sin.sin6_addr)))
			mld6_report_within(in6m, ms);
	}
	mtx_leave(&mld6_mtx);
}

/* Somebody else has reported: that is enough for all. */
static void
mld6_heard(struct ifnet *ifp, const struct in6_addr *group)
{
	struct in6_multi *in6m;
	struct ifmaddr *ifma;

	mtx_enter(&mld6_mtx);
	TAILQ_FOREACH(ifma, &ifp->if_maddrlist, ifma_list) {
		in6m = (struct in6_multi *)ifma;
		if (ifma->ifma_addr->sa_family == AF_INET6 &&
		    IN6_ARE_ADDR_EQUAL(group, &in6m->in6m_sin.sin6_addr) &&
		    in6m->in6m_due != 0) {
			in6m->in6m_due = 0;
			in6m->in6m_last = 0;
		}
	}
	mtx_leave(&mld6_mtx);
}

/* 0: the message is not to be trusted. */
static int
mld6_check(const struct ip6_hdr *ip6, const struct mld_hdr *mld)
{
	if (ip6->ip6_hlim != 1 || mld->mld_icmp6_hdr.icmp6_code != 0)
		return (0);
	/* a report may come before its sender has an address */
	if (!IN6_IS_ADDR_LINKLOCAL(&ip6->ip6_src) &&
	    (mld->mld_icmp6_hdr.icmp6_type == MLD_LISTENER_QUERY ||
	    !IN6_IS_ADDR_UNSPECIFIED(&ip6->ip6_src)))
		return (0);
	if (!IN6_IS_ADDR_MULTICAST(&ip6->ip6_dst))
		return (0);
	return (IN6_IS_ADDR_MULTICAST(&mld->mld_addr) ||
	    (mld->mld_icmp6_hdr.icmp6_type == MLD_LISTENER_QUERY &&
	    IN6_IS_ADDR_UNSPECIFIED(&mld->mld_addr)));
}

static void
mld6_message(struct ifnet *ifp, const struct mld_hdr *mld)
{
	struct in6_addr group = mld->mld_addr;

	in6_setscope(&group, ifp->if_index);
	switch (mld->mld_icmp6_hdr.icmp6_type) {
	case MLD_LISTENER_QUERY:
		mld6_query(ifp, &group, MIN(MLD_MAXDELAY,
		    ntohs(mld->mld_icmp6_hdr.icmp6_maxdelay)));
		break;
	case MLD_LISTENER_REPORT:
		mld6_heard(ifp, &group);
		break;
	default:
		/* who leaves interests routers */
		break;
	}
}

void
mld6_input(struct mbuf *m, int off, int len)
{
	struct mld_hdr mld;
	struct ifnet *ifp;

	NET_ASSERT_LOCKED();
	if (len < (int)sizeof(mld)) {
		icmp6stat_inc(icp6s_badmld);
		m_freem(m);
		return;
	}
	m_copydata(m, off, sizeof(mld), &mld);
	if (!mld6_check(mtod(m, struct ip6_hdr *), &mld))
		icmp6stat_inc(icp6s_badmld);
	else if ((ifp = if_get(m->m_pkthdr.ph_ifidx)) != NULL) {
		mld6_message(ifp, &mld);
		if_put(ifp);
	}
	m_freem(m);
}
