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
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/smr.h>
#include <sys/socket.h>
#include <sys/task.h>

#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_types.h>
#include <net/if_var.h>
#include <net/route.h>
#include <net/rtable.h>

#include <netinet/in.h>
#include <netinet/in_var.h>
#ifdef INET6
#include <netinet6/in6_var.h>
#include <netinet6/nd6.h>
#endif

#include "bpfilter.h"
#if NBPFILTER > 0
#include <net/bpf.h>
#endif

/*
 * Interfaces by index: readers are inside SMR, writers hold NET(X).  Slot
 * 0 stays empty, as index 0 means none.
 */
struct if_map {
	struct smr_entry	 im_smr;
	unsigned int		 im_limit;
	struct ifnet		*im_slot[];
};

#define IF_MAPMIN	32
#define IF_HASHSIZE	1024

static struct if_map	*if_map;		/* NET(X), SMR */
static LIST_HEAD(, ifnet) if_names[IF_HASHSIZE];	/* NET */
static struct mutex	 if_hooks_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
struct ifnet_head	 ifnetlist = TAILQ_HEAD_INITIALIZER(ifnetlist);

static size_t
if_map_size(unsigned int limit)
{
	return (sizeof(struct if_map) + limit * sizeof(struct ifnet *));
}

static struct if_map *
if_map_new(unsigned int limit)
{
	struct if_map *im;

	im = malloc(if_map_size(limit), M_IFADDR, M_WAITOK | M_ZERO);
	im->im_limit = limit;
	smr_init(&im->im_smr);
	return (im);
}

static void
if_map_free(void *arg)
{
	struct if_map *im = arg;

	free(im, M_IFADDR, if_map_size(im->im_limit));
}

void
ifinit(void)
{
	unsigned int i;

	if_map = if_map_new(IF_MAPMIN);
	for (i = 0; i < nitems(if_names); i++)
		LIST_INIT(&if_names[i]);
}

void
ifdrain(void)
{
	KASSERT(TAILQ_EMPTY(&ifnetlist));
	if_map_free(if_map);
	if_map = NULL;
}

static unsigned int
if_namehash(const char *name)
{
	unsigned int h = 5381;

	while (*name != '\0')
		h = h * 33 + (unsigned char)*name++;
	return (h % IF_HASHSIZE);
}

/* The lowest free index; the map grows when there is none. */
static unsigned int
if_map_insert(struct ifnet *ifp)
{
	struct if_map *old = if_map, *im;
	static unsigned int hint = 1;
	unsigned int i;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	for (i = hint; i < old->im_limit; i++) {
		if (old->im_slot[i] == NULL)
			break;
	}
	if (i == old->im_limit) {
		for (i = 1; i < hint && old->im_slot[i] != NULL; i++)
			continue;
		if (i == hint)
			i = old->im_limit;
	}
	if (i >= old->im_limit) {
		im = if_map_new(old->im_limit * 2);
		memcpy(im->im_slot, old->im_slot, old->im_limit *
		    sizeof(old->im_slot[0]));
		SMR_PTR_SET_LOCKED(&if_map, im);
		smr_call(&old->im_smr, if_map_free, old);
	}
	hint = i + 1;
	ifp->if_index = i;
	return (i);
}

struct ifnet *
if_get_smr(unsigned int idx)
{
	struct if_map *im;

	SMR_ASSERT_CRITICAL();
	im = SMR_PTR_GET(&if_map);
	if (idx == 0 || idx >= im->im_limit)
		return (NULL);
	return (SMR_PTR_GET(&im->im_slot[idx]));
}

struct ifnet *
if_ref(struct ifnet *ifp)
{
	refcnt_take(&ifp->if_refcnt);
	return (ifp);
}

/* Who takes it out of the map has the netlock exclusively. */
struct ifnet *
if_get_locked(unsigned int idx)
{
	struct ifnet *ifp;

	NET_ASSERT_LOCKED();
	smr_read_enter();
	ifp = if_get_smr(idx);
	smr_read_leave();
	return (ifp);
}

struct ifnet *
if_get(unsigned int idx)
{
	struct ifnet *ifp;

	smr_read_enter();
	if ((ifp = if_get_smr(idx)) != NULL)
		if_ref(ifp);
	smr_read_leave();
	return (ifp);
}

void
if_put(struct ifnet *ifp)
{
	if (ifp != NULL)
		refcnt_rele_wake(&ifp->if_refcnt);
}

struct ifnet *
if_unit_locked(const char *name)
{
	struct ifnet *ifp;

	NET_ASSERT_LOCKED();
	LIST_FOREACH(ifp, &if_names[if_namehash(name)], if_hash) {
		if (strcmp(ifp->if_xname, name) == 0)
			return (ifp);
	}
	return (NULL);
}

struct ifnet *
if_unit(const char *name)
{
	struct ifnet *ifp;

	NET_LOCK_SHARED();
	if ((ifp = if_unit_locked(name)) != NULL)
		if_ref(ifp);
	NET_UNLOCK_SHARED();
	return (ifp);
}

void
if_counters_alloc(struct ifnet *ifp)
{
	KASSERT(ifp->if_counters == NULL);
	ifp->if_counters = counters_alloc(ifc_ncounters);
}

void
if_counters_free(struct ifnet *ifp)
{
	if (ifp->if_counters != NULL)
		counters_free(ifp->if_counters, ifc_ncounters);
	ifp->if_counters = NULL;
}

/*
 * The link address carries the interface's name and index.  The interface
 * is listed already, and may have been asked about without one.
 */
void
if_alloc_sadl(struct ifnet *ifp)
{
	size_t namelen = strlen(ifp->if_xname), len;
	struct sockaddr_dl *sdl, *old;

	len = offsetof(struct sockaddr_dl, sdl_data) + namelen +
	    ifp->if_addrlen;
	len = roundup(MAX(len, sizeof(*sdl)), sizeof(long));
	sdl = malloc(len, M_IFADDR, M_WAITOK | M_ZERO);
	sdl->sdl_len = len;
	sdl->sdl_family = AF_LINK;
	memcpy(sdl->sdl_data, ifp->if_xname, namelen);
	sdl->sdl_nlen = namelen;
	sdl->sdl_alen = ifp->if_addrlen;
	sdl->sdl_index = ifp->if_index;
	sdl->sdl_type = ifp->if_type;
	NET_LOCK();
	old = ifp->if_sadl;
	ifp->if_sadl = sdl;
	NET_UNLOCK();
	if (old != NULL)
		free(old, M_IFADDR, old->sdl_len);
}

void
if_free_sadl(struct ifnet *ifp)
{
	if (ifp->if_sadl != NULL)
		free(ifp->if_sadl, M_IFADDR, ifp->if_sadl->sdl_len);
	ifp->if_sadl = NULL;
}

static void
if_linkstate_task(void *arg)
{
	unsigned int idx = (unsigned int)(unsigned long)arg;
	struct ifnet *ifp;

	if ((ifp = if_get(idx)) == NULL)
		return;
	NET_LOCK();
	KERNEL_LOCK();
	if_linkstate(ifp);
	KERNEL_UNLOCK();
	NET_UNLOCK();
	if_put(ifp);
}

/* Taking the netlock exclusively is not a softnet's business. */
void
if_link_state_change(struct ifnet *ifp)
{
	task_add(systqmp, &ifp->if_linkstatetask);
}

static void
if_attach_common(struct ifnet *ifp)
{
	KASSERT(ifp->if_ioctl != NULL);
	KASSERT(!ISSET(ifp->if_xflags, IFXF_MPSAFE) ||
	    (ifp->if_qstart != NULL && ifp->if_start == NULL));
	refcnt_init(&ifp->if_refcnt);
	TAILQ_INIT(&ifp->if_addrlist);
	TAILQ_INIT(&ifp->if_maddrlist);
	TAILQ_INIT(&ifp->if_groups);
	TAILQ_INIT(&ifp->if_addrhooks);
	TAILQ_INIT(&ifp->if_linkstatehooks);
	TAILQ_INIT(&ifp->if_detachhooks);
	rw_init(&ifp->if_maddrlock, "ifmaddr");
	task_set(&ifp->if_linkstatetask, if_linkstate_task,
	    (void *)(unsigned long)ifp->if_index);
	if (ifp->if_rtrequest == NULL)
		ifp->if_rtrequest = ether_rtrequest;
#if NBPFILTER > 0
	if (ifp->if_bpf_mtap == NULL)
		ifp->if_bpf_mtap = bpf_mtap_ether;
#endif
	if (ifp->if_enqueue == NULL)
		ifp->if_enqueue = if_enqueue_ifq;
	ifp->if_llprio = IFQ_DEFPRIO;
	ifp->if_txmit = 16;
	ifq_init(&ifp->if_snd, ifp, 0);
	ifiq_init(&ifp->if_rcv, ifp, 0);
}

void
if_attach(struct ifnet *ifp)
{
	NET_LOCK();
	if_map_insert(ifp);
	if_attach_common(ifp);
	if_addgroup(ifp, IFG_ALL);
	TAILQ_INSERT_TAIL(&ifnetlist, ifp, if_list);
	LIST_INSERT_HEAD(&if_names[if_namehash(ifp->if_xname)], ifp, if_hash);
	SMR_PTR_SET_LOCKED(&if_map->im_slot[ifp->if_index], ifp);
	microtime(&ifp->if_lastchange);
	rtm_ifannounce(ifp, IFAN_ARRIVAL);
	NET_UNLOCK();
}

static void
if_detached_qstart(struct ifqueue *ifq)
{
	ifq_purge(ifq);
}

static int
if_detached_ioctl(struct ifnet *ifp, u_long cmd, caddr_t data)
{
	return (ENODEV);
}

static void
if_hooks_run(struct task_list *hooks)
{
	struct task *t, work;

	mtx_enter(&if_hooks_mtx);
	for (t = TAILQ_FIRST(hooks); t != NULL; t = TAILQ_NEXT(t, t_entry)) {
		work = *t;
		mtx_leave(&if_hooks_mtx);
		work.t_func(work.t_arg);
		mtx_enter(&if_hooks_mtx);
	}
	mtx_leave(&if_hooks_mtx);
}

/* Nobody finds it any more; wait for those who have. */
static void
if_unlink(struct ifnet *ifp)
{
	NET_LOCK();
	SMR_PTR_SET_LOCKED(&if_map->im_slot[ifp->if_index], NULL);
	LIST_REMOVE(ifp, if_hash);
	TAILQ_REMOVE(&ifnetlist, ifp, if_list);
	NET_UNLOCK();
	smr_barrier();
	net_tq_barriers("ifdetach");
	taskq_del_barrier(systqmp, &ifp->if_linkstatetask);
	refcnt_finalize(&ifp->if_refcnt, "ifdetach");
}

static void
if_deladdrs(struct ifnet *ifp)
{
	in_ifdetach(ifp);
#ifdef INET6
	in6_ifdetach(ifp);
#endif
}

void
if_detach(struct ifnet *ifp)
{
	struct task *t;

	NET_ASSERT_UNLOCKED();
	while ((t = TAILQ_FIRST(&ifp->if_detachhooks)) != NULL) {
		if_detachhook_del(ifp, t);
		t->t_func(t->t_arg);
	}
	if_unlink(ifp);

	ifp->if_qstart = if_detached_qstart;
	ifp->if_ioctl = if_detached_ioctl;
	ifq_barrier(&ifp->if_snd);
#if NBPFILTER > 0
	bpfdetach(ifp);
#endif

	NET_LOCK();
	if_deladdrs(ifp);
	rt_if_remove(ifp);
	if_delgroups(ifp);
	rtm_ifannounce(ifp, IFAN_DEPARTURE);
	NET_UNLOCK();

	ifq_destroy(&ifp->if_snd);
	ifiq_destroy(&ifp->if_rcv);
	if_free_sadl(ifp);
	if_counters_free(ifp);
}

void
if_up(struct ifnet *ifp)
{
	NET_ASSERT_LOCKED_EXCLUSIVE();
	WRITE_ONCE(ifp->if_flags, ifp->if_flags | IFF_UP);
	microtime(&ifp->if_lastchange);
	if_linkstate(ifp);
#ifdef INET6
	/* all expect ::1, and ask for it by no other means */
	if (ifp->if_index == rtable_loindex(ifp->if_rdomain))
		(void)in6_ifattach(ifp);
	nd6_dad_restart(ifp);
#endif
}

void
if_down(struct ifnet *ifp)
{
	NET_ASSERT_LOCKED_EXCLUSIVE();
	WRITE_ONCE(ifp->if_flags, ifp->if_flags & ~IFF_UP);
	microtime(&ifp->if_lastchange);
	ifq_purge(&ifp->if_snd);
	if_linkstate(ifp);
#ifdef INET6
	nd6_dad_restart(ifp);
#endif
}

/* Routes and listeners follow the flags and the link. */
void
if_linkstate(struct ifnet *ifp)
{
	NET_ASSERT_LOCKED_EXCLUSIVE();
	rtm_ifchg(ifp);
	rt_if_track(ifp);
	if_hooks_run(&ifp->if_linkstatehooks);
}

static void
if_hook_add(struct task_list *hooks, struct task *t)
{
	mtx_enter(&if_hooks_mtx);
	TAILQ_INSERT_HEAD(hooks, t, t_entry);
	mtx_leave(&if_hooks_mtx);
}

static void
if_hook_del(struct task_list *hooks, struct task *t)
{
	mtx_enter(&if_hooks_mtx);
	TAILQ_REMOVE(hooks, t, t_entry);
	mtx_leave(&if_hooks_mtx);
}

void
if_detachhook_add(struct ifnet *ifp, struct task *t)
{
	if_hook_add(&ifp->if_detachhooks, t);
}

void
if_detachhook_del(struct ifnet *ifp, struct task *t)
{
	if_hook_del(&ifp->if_detachhooks, t);
}

void
if_linkstatehook_add(struct ifnet *ifp, struct task *t)
{
	if_hook_add(&ifp->if_linkstatehooks, t);
}

void
if_linkstatehook_del(struct ifnet *ifp, struct task *t)
{
	if_hook_del(&ifp->if_linkstatehooks, t);
}

void
if_addrhook_add(struct ifnet *ifp, struct task *t)
{
	if_hook_add(&ifp->if_addrhooks, t);
}

void
if_addrhook_del(struct ifnet *ifp, struct task *t)
{
	if_hook_del(&ifp->if_addrhooks, t);
}

void
if_addrhooks_run(struct ifnet *ifp)
{
	if_hooks_run(&ifp->if_addrhooks);
}

static void
if_getdata_queues(struct ifnet *ifp, struct if_data *data)
{
	struct ifqueue *ifq = &ifp->if_snd;
	struct ifiqueue *ifiq = &ifp->if_rcv;

	mtx_enter(&ifq->ifq_mtx);
	data->ifi_opackets += ifq->ifq_packets;
	data->ifi_obytes += ifq->ifq_bytes;
	data->ifi_oqdrops += ifq->ifq_qdrops;
	data->ifi_oerrors += ifq->ifq_errors;
	data->ifi_omcasts += ifq->ifq_mcasts;
	mtx_leave(&ifq->ifq_mtx);

	mtx_enter(&ifiq->ifiq_mtx);
	data->ifi_ipackets += ifiq->ifiq_packets;
	data->ifi_ibytes += ifiq->ifiq_bytes;
	data->ifi_iqdrops += ifiq->ifiq_qdrops;
	data->ifi_ierrors += ifiq->ifiq_errors;
	data->ifi_noproto += ifiq->ifiq_noproto;
	mtx_leave(&ifiq->ifiq_mtx);
}

void
if_getdata(struct ifnet *ifp, struct if_data *data)
{
	uint64_t c[ifc_ncounters], percpu[ifc_ncounters];
	unsigned int i;

	memcpy(c, ifp->if_data_counters, sizeof(c));
	if (ifp->if_counters != NULL) {
		counters_read(ifp->if_counters, percpu, ifc_ncounters, NULL);
		for (i = 0; i < ifc_ncounters; i++)
			c[i] += percpu[i];
	}
	memset(data, 0, sizeof(*data));
	data->ifi_type = ifp->if_type;
	data->ifi_addrlen = ifp->if_addrlen;
	data->ifi_hdrlen = ifp->if_hdrlen;
	data->ifi_link_state = READ_ONCE(ifp->if_link_state);
	data->ifi_mtu = ifp->if_mtu;
	data->ifi_metric = ifp->if_metric;
	data->ifi_rdomain = ifp->if_rdomain;
	data->ifi_baudrate = ifp->if_baudrate;
	data->ifi_capabilities = ifp->if_capabilities;
	data->ifi_lastchange = ifp->if_lastchange;
	memcpy(&data->ifi_ipackets, c, sizeof(c));
	if_getdata_queues(ifp, data);
}

/*
 * Into another routing domain, which comes to be.  Addresses belong to
 * the old one and go.
 */
int
if_setrdomain(struct ifnet *ifp, int rdomain)
{
	int error;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if (rdomain < 0 || rdomain > RT_TABLEID_MAX)
		return (EINVAL);
	if (!rtable_exists(rdomain)) {
		if ((error = rtable_add(rdomain)) != 0)
			return (error);
		rtable_l2set(rdomain, rdomain, 0);
	}
	if (rtable_l2(rdomain) != (unsigned int)rdomain)
		return (EINVAL);
	if ((unsigned int)rdomain == ifp->if_rdomain)
		return (0);
	if_deladdrs(ifp);
	rt_if_remove(ifp);
	ifp->if_rdomain = rdomain;
	return (0);
}

int
if_txhprio_l3_check(int prio)
{
	if (prio == IF_HDRPRIO_PACKET || prio == IF_HDRPRIO_PAYLOAD ||
	    (prio >= IF_HDRPRIO_MIN && prio <= IF_HDRPRIO_MAX))
		return (0);
	return (EINVAL);
}

int
if_rxhprio_l3_check(int prio)
{
	return (prio == IF_HDRPRIO_OUTER ? 0 : if_txhprio_l3_check(prio));
}

int
ifpromisc(struct ifnet *ifp, int on)
{
	NET_ASSERT_LOCKED_EXCLUSIVE();
	ifp->if_pcount += on ? 1 : -1;
	if (ifp->if_pcount > 0)
		WRITE_ONCE(ifp->if_flags, ifp->if_flags | IFF_PROMISC);
	else
		WRITE_ONCE(ifp->if_flags, ifp->if_flags & ~IFF_PROMISC);
	return (0);
}
