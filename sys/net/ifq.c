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
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/task.h>

#include <net/if.h>
#include <net/bpf.h>
#include <net/if_var.h>
#include <net/ifq.h>

/*
 * The serialiser runs one task of a queue at a time: if_qstart, restart
 * and barrier never meet.
 */
void
ifq_serialize(struct ifqueue *ifq, struct task *t)
{
	struct task work;

	mtx_enter(&ifq->ifq_task_mtx);
	if (!(t->t_flags & TASK_ONQUEUE)) {
		__atomic_store_n(&t->t_flags, t->t_flags | TASK_ONQUEUE,
		    __ATOMIC_RELAXED);
		TAILQ_INSERT_TAIL(&ifq->ifq_task_list, t, t_entry);
	}
	if (ifq->ifq_serializer) {
		mtx_leave(&ifq->ifq_task_mtx);
		return;
	}
	ifq->ifq_serializer = 1;
	while ((t = TAILQ_FIRST(&ifq->ifq_task_list)) != NULL) {
		TAILQ_REMOVE(&ifq->ifq_task_list, t, t_entry);
		__atomic_store_n(&t->t_flags, t->t_flags & ~TASK_ONQUEUE,
		    __ATOMIC_RELAXED);
		work = *t;
		mtx_leave(&ifq->ifq_task_mtx);
		work.t_func(work.t_arg);
		mtx_enter(&ifq->ifq_task_mtx);
	}
	ifq->ifq_serializer = 0;
	mtx_leave(&ifq->ifq_task_mtx);
}

static void
ifq_start_task(void *arg)
{
	struct ifqueue *ifq = arg;
	struct ifnet *ifp = ifq->ifq_if;

	if (!ISSET(READ_ONCE(ifp->if_flags), IFF_RUNNING) ||
	    ifq_empty(ifq) || ifq_is_oactive(ifq))
		return;
	ifp->if_qstart(ifq);
}

static void
ifq_restart_task(void *arg)
{
	struct ifqueue *ifq = arg;

	ifq_clr_oactive(ifq);
	ifq_start_task(ifq);
}

static void
ifq_bundle_task(void *arg)
{
	struct ifqueue *ifq = arg;

	ifq_serialize(ifq, &ifq->ifq_start);
}

/*
 * The queue is drained by a task of the interface's softnet, after the
 * packets that arrive now: they leave in one batch.
 */
void
ifq_start(struct ifqueue *ifq)
{
	task_add(ifq->ifq_softnet, &ifq->ifq_bundle);
}

void
ifq_restart(struct ifqueue *ifq)
{
	ifq_serialize(ifq, &ifq->ifq_restart);
}

void
ifq_init(struct ifqueue *ifq, struct ifnet *ifp, unsigned int idx)
{
	unsigned int i;

	ifq->ifq_if = ifp;
	ifq->ifq_softnet = net_tq(ifp->if_index + idx);
	ifq->ifq_idx = idx;
	mtx_init(&ifq->ifq_mtx, IPL_NET);
	for (i = 0; i < nitems(ifq->ifq_prio); i++)
		ml_init(&ifq->ifq_prio[i]);
	if (ifq->ifq_maxlen == 0)
		ifq_init_maxlen(ifq, IFQ_MAXLEN);
	mtx_init(&ifq->ifq_task_mtx, IPL_NET);
	TAILQ_INIT(&ifq->ifq_task_list);
	task_set(&ifq->ifq_bundle, ifq_bundle_task, ifq);
	task_set(&ifq->ifq_start, ifq_start_task, ifq);
	task_set(&ifq->ifq_restart, ifq_restart_task, ifq);
}

void
ifq_destroy(struct ifqueue *ifq)
{
	unsigned int i;

	taskq_del_barrier(ifq->ifq_softnet, &ifq->ifq_bundle);
	ifq_barrier(ifq);
	for (i = 0; i < nitems(ifq->ifq_prio); i++)
		ml_purge(&ifq->ifq_prio[i]);
}

/* Only tasks of the softnet enter the serialiser. */
void
ifq_barrier(struct ifqueue *ifq)
{
	taskq_barrier(ifq->ifq_softnet);
}

int
ifq_enqueue(struct ifqueue *ifq, struct mbuf *m)
{
	unsigned int prio = m->m_pkthdr.pf.prio;
	int len = m->m_pkthdr.len;
	int mcast = ISSET(m->m_flags, M_MCAST);

	KASSERT(prio <= IFQ_MAXPRIO);
	mtx_enter(&ifq->ifq_mtx);
	if (ifq->ifq_len >= ifq->ifq_maxlen) {
		ifq->ifq_qdrops++;
		mtx_leave(&ifq->ifq_mtx);
		m_freem(m);
		return (ENOBUFS);
	}
	ml_enqueue(&ifq->ifq_prio[prio], m);
	WRITE_ONCE(ifq->ifq_len, ifq->ifq_len + 1);
	ifq->ifq_packets++;
	ifq->ifq_bytes += len;
	if (mcast)
		ifq->ifq_mcasts++;
	mtx_leave(&ifq->ifq_mtx);
	return (0);
}

unsigned int
ifq_dequeue_list(struct ifqueue *ifq, struct mbuf_list *ml, unsigned int max)
{
	struct mbuf *m;
	unsigned int n = 0;
	int prio;

	mtx_enter(&ifq->ifq_mtx);
	for (prio = IFQ_MAXPRIO; prio >= IFQ_MINPRIO; prio--) {
		while (n < max && !ml_empty(&ifq->ifq_prio[prio])) {
			m = ml_dequeue(&ifq->ifq_prio[prio]);
			ml_enqueue(ml, m);
			n++;
		}
	}
	WRITE_ONCE(ifq->ifq_len, ifq->ifq_len - n);
	mtx_leave(&ifq->ifq_mtx);
	return (n);
}

/* While one packet is worked on, the next may come into the cache. */
static inline void
ifq_prefetch(const struct mbuf *m)
{
	const u_int8_t *data;

	if (m == NULL)
		return;
	__builtin_prefetch(&m->m_pkthdr, 1);
	data = mtod(m, const u_int8_t *);
	__builtin_prefetch(data - CACHELINESIZE, 1);
	__builtin_prefetch(data, 1);
}

struct mbuf *
ifq_dequeue(struct ifqueue *ifq)
{
	struct mbuf *m = NULL;
	int prio;

	mtx_enter(&ifq->ifq_mtx);
	if (ifq->ifq_len > 0) {
		prio = IFQ_MAXPRIO;
		while (ml_empty(&ifq->ifq_prio[prio]))
			prio--;
		m = ml_dequeue(&ifq->ifq_prio[prio]);
		ifq_prefetch(ifq->ifq_prio[prio].ml_head);
		WRITE_ONCE(ifq->ifq_len, ifq->ifq_len - 1);
	}
	mtx_leave(&ifq->ifq_mtx);
	return (m);
}

void
ifq_requeue(struct ifqueue *ifq, struct mbuf_list *ml)
{
	struct mbuf_list *first = &ifq->ifq_prio[IFQ_MAXPRIO];

	mtx_enter(&ifq->ifq_mtx);
	WRITE_ONCE(ifq->ifq_len, ifq->ifq_len + ml_len(ml));
	ml_enlist(ml, first);
	ml_enlist(first, ml);
	mtx_leave(&ifq->ifq_mtx);
}

unsigned int
ifq_purge(struct ifqueue *ifq)
{
	struct mbuf_list ml = MBUF_LIST_INITIALIZER();
	unsigned int i, n;

	mtx_enter(&ifq->ifq_mtx);
	for (i = 0; i < nitems(ifq->ifq_prio); i++)
		ml_enlist(&ml, &ifq->ifq_prio[i]);
	n = ml_len(&ml);
	WRITE_ONCE(ifq->ifq_len, 0);
	ifq->ifq_qdrops += n;
	mtx_leave(&ifq->ifq_mtx);
	ml_purge(&ml);
	return (n);
}

void
ifq_set_oactive(struct ifqueue *ifq)
{
	WRITE_ONCE(ifq->ifq_oactive, 1);
}

void
ifq_clr_oactive(struct ifqueue *ifq)
{
	WRITE_ONCE(ifq->ifq_oactive, 0);
}

static void
ifiq_process(void *arg)
{
	struct ifiqueue *ifiq = arg;
	struct mbuf_list ml;

	mtx_enter(&ifiq->ifiq_mtx);
	ml = ifiq->ifiq_ml;
	ml_init(&ifiq->ifiq_ml);
	mtx_leave(&ifiq->ifiq_mtx);
	if (!ml_empty(&ml))
		if_input_process(ifiq->ifiq_if, &ml, ifiq->ifiq_idx);
}

void
ifiq_init(struct ifiqueue *ifiq, struct ifnet *ifp, unsigned int idx)
{
	ifiq->ifiq_if = ifp;
	ifiq->ifiq_softnet = net_tq(ifp->if_index + idx);
	ifiq->ifiq_idx = idx;
	mtx_init(&ifiq->ifiq_mtx, IPL_NET);
	ml_init(&ifiq->ifiq_ml);
	task_set(&ifiq->ifiq_task, ifiq_process, ifiq);
}

void
ifiq_destroy(struct ifiqueue *ifiq)
{
	taskq_del_barrier(ifiq->ifiq_softnet, &ifiq->ifiq_task);
	ml_purge(&ifiq->ifiq_ml);
}

/* Who listens may have packets dropped: those are gone without a trace. */
static void
ifiq_tap(struct ifnet *ifp, struct mbuf_list *ml)
{
	struct mbuf_list all = *ml;
	struct mbuf *m;

	ml_init(ml);
	while ((m = ml_dequeue(&all)) != NULL) {
		if (if_tap(ifp, m, BPF_DIRECTION_IN))
			m_freem(m);
		else
			ml_enqueue(ml, m);
	}
}

/*
 * Packets of an interface that is not up count as received errors, as the
 * wire brought them; MONITOR ends here too.
 */
int
ifiq_input(struct ifiqueue *ifiq, struct mbuf_list *ml)
{
	struct ifnet *ifp = ifiq->ifiq_if;
	struct mbuf *m;
	uint64_t bytes = 0;
	int up = ISSET(READ_ONCE(ifp->if_flags), IFF_UP);

	MBUF_LIST_FOREACH(ml, m) {
		m->m_pkthdr.ph_ifidx = ifp->if_index;
		m->m_pkthdr.ph_rtableid = ifp->if_rdomain;
	}
	if (up && READ_ONCE(ifp->if_bpf) != NULL)
		ifiq_tap(ifp, ml);
	if (ml_empty(ml))
		return (0);
	MBUF_LIST_FOREACH(ml, m)
		bytes += m->m_pkthdr.len;
	mtx_enter(&ifiq->ifiq_mtx);
	if (up) {
		ifiq->ifiq_packets += ml_len(ml);
		ifiq->ifiq_bytes += bytes;
		if (!ISSET(READ_ONCE(ifp->if_xflags), IFXF_MONITOR))
			ml_enlist(&ifiq->ifiq_ml, ml);
	} else
		ifiq->ifiq_errors += ml_len(ml);
	mtx_leave(&ifiq->ifiq_mtx);
	if (!ml_empty(ml)) {
		ml_purge(ml);
		return (1);
	}
	task_add(ifiq->ifiq_softnet, &ifiq->ifiq_task);
	return (0);
}

int
ifiq_enqueue(struct ifiqueue *ifiq, struct mbuf *m)
{
	mtx_enter(&ifiq->ifiq_mtx);
	ifiq->ifiq_packets++;
	ifiq->ifiq_bytes += m->m_pkthdr.len;
	ml_enqueue(&ifiq->ifiq_ml, m);
	mtx_leave(&ifiq->ifiq_mtx);
	task_add(ifiq->ifiq_softnet, &ifiq->ifiq_task);
	return (0);
}
