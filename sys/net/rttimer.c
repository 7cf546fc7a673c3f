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
 * Routes with an end.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/timeout.h>

#include <net/if_var.h>
#include <net/route.h>

/*
 * One period of one route. The route is in a table as long as this is
 * there: rtdelete() takes it away.
 *
 * Locks used to protect struct members:
 *	I	immutable after rt_timer_add()
 *	t	rttimer_mtx
 */
struct rttimer {
	TAILQ_ENTRY(rttimer)	 rtt_next;	/* [t] in its queue */
	LIST_ENTRY(rttimer)	 rtt_link;	/* [t] of its route */
	struct rttimer_queue	*rtt_queue;	/* [I] */
	struct rtentry		*rtt_rt;	/* [I] */
	time_t			 rtt_start;	/* [t] uptime, seconds */
	u_int			 rtt_tableid;	/* [I] */
};

static struct mutex rttimer_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static LIST_HEAD(, rttimer_queue) rttimer_queues;	/* [t] */
static struct timeout rttimer_timeout;

static void	rt_timer_run(void *);

void
rt_timer_init(void)
{
	timeout_set_proc(&rttimer_timeout, rt_timer_run, NULL);
}

void
rt_timer_queue_init(struct rttimer_queue *rtq, int timeout,
    void (*func)(struct rtentry *, u_int))
{
	rtq->rtq_func = func;
	rtq->rtq_timeout = timeout;
	rtq->rtq_count = 0;
	TAILQ_INIT(&rtq->rtq_head);
	mtx_enter(&rttimer_mtx);
	LIST_INSERT_HEAD(&rttimer_queues, rtq, rtq_link);
	mtx_leave(&rttimer_mtx);
}

static time_t
rtt_expire(const struct rttimer *rtt)
{
	return (rtt->rtt_start + rtt->rtt_queue->rtq_timeout);
}

/* The oldest of all, or NULL. */
static struct rttimer *
rt_timer_first(void)
{
	struct rttimer_queue *rtq;
	struct rttimer *rtt, *first = NULL;

	MUTEX_ASSERT_LOCKED(&rttimer_mtx);
	LIST_FOREACH(rtq, &rttimer_queues, rtq_link) {
		rtt = TAILQ_FIRST(&rtq->rtq_head);
		if (rtt != NULL &&
		    (first == NULL || rtt_expire(rtt) < rtt_expire(first)))
			first = rtt;
	}
	return (first);
}

static void
rt_timer_arm(void)
{
	struct rttimer *rtt = rt_timer_first();
	time_t wait;

	if (rtt == NULL)
		return;
	wait = rtt_expire(rtt) - getuptime();
	timeout_add_sec(&rttimer_timeout, wait > 0 ? (int)wait : 1);
}

static void
rt_timer_unlink(struct rttimer *rtt)
{
	MUTEX_ASSERT_LOCKED(&rttimer_mtx);
	TAILQ_REMOVE(&rtt->rtt_queue->rtq_head, rtt, rtt_next);
	rtt->rtt_queue->rtq_count--;
	LIST_REMOVE(rtt, rtt_link);
}

/* Its time has come. The function may well delete the route. */
static void
rt_timer_fire(struct rttimer *rtt)
{
	NET_ASSERT_LOCKED_EXCLUSIVE();
	rtref(rtt->rtt_rt);
	rtt->rtt_queue->rtq_func(rtt->rtt_rt, rtt->rtt_tableid);
	rtfree(rtt->rtt_rt);
	free(rtt, M_RTABLE, sizeof(*rtt));
}

static void
rt_timer_run(void *arg)
{
	struct rttimer *rtt;

	NET_LOCK();
	mtx_enter(&rttimer_mtx);
	while ((rtt = rt_timer_first()) != NULL &&
	    rtt_expire(rtt) <= getuptime()) {
		rt_timer_unlink(rtt);
		mtx_leave(&rttimer_mtx);
		rt_timer_fire(rtt);
		mtx_enter(&rttimer_mtx);
	}
	rt_timer_arm();
	mtx_leave(&rttimer_mtx);
	NET_UNLOCK();
}

void
rt_timer_queue_change(struct rttimer_queue *rtq, int timeout)
{
	mtx_enter(&rttimer_mtx);
	rtq->rtq_timeout = timeout;
	rt_timer_arm();
	mtx_leave(&rttimer_mtx);
}

void
rt_timer_queue_flush(struct rttimer_queue *rtq)
{
	struct rttimer *rtt;

	mtx_enter(&rttimer_mtx);
	while ((rtt = TAILQ_FIRST(&rtq->rtq_head)) != NULL) {
		rt_timer_unlink(rtt);
		mtx_leave(&rttimer_mtx);
		rt_timer_fire(rtt);
		mtx_enter(&rttimer_mtx);
	}
	mtx_leave(&rttimer_mtx);
}

u_long
rt_timer_queue_count(struct rttimer_queue *rtq)
{
	u_long n;

	mtx_enter(&rttimer_mtx);
	n = rtq->rtq_count;
	mtx_leave(&rttimer_mtx);
	return (n);
}

int
rt_timer_add(struct rtentry *rt, struct rttimer_queue *rtq, u_int tableid)
{
	struct rttimer *new, *rtt;

	NET_ASSERT_LOCKED();
	if (rt->rt_node == NULL)
		return (ESRCH);
	new = malloc(sizeof(*new), M_RTABLE, M_NOWAIT | M_ZERO);
	if (new == NULL)
		return (ENOBUFS);
	new->rtt_queue = rtq;
	new->rtt_rt = rt;
	new->rtt_tableid = tableid;
	mtx_enter(&rttimer_mtx);
	LIST_FOREACH(rtt, &rt->rt_timer, rtt_link) {
		if (rtt->rtt_queue == rtq)
			break;
	}
	if (rtt != NULL)
		rt_timer_unlink(rtt);
	new->rtt_start = getuptime();
	LIST_INSERT_HEAD(&rt->rt_timer, new, rtt_link);
	TAILQ_INSERT_TAIL(&rtq->rtq_head, new, rtt_next);
	rtq->rtq_count++;
	rt_timer_arm();
	mtx_leave(&rttimer_mtx);
	if (rtt != NULL)
		free(rtt, M_RTABLE, sizeof(*rtt));
	return (0);
}

void
rt_timer_remove_all(struct rtentry *rt)
{
	struct rttimer *rtt;

	mtx_enter(&rttimer_mtx);
	while ((rtt = LIST_FIRST(&rt->rt_timer)) != NULL) {
		rt_timer_unlink(rtt);
		mtx_leave(&rttimer_mtx);
		free(rtt, M_RTABLE, sizeof(*rtt));
		mtx_enter(&rttimer_mtx);
	}
	mtx_leave(&rttimer_mtx);
}

time_t
rt_timer_get_expire(struct rtentry *rt)
{
	struct rttimer *rtt;
	time_t expire = 0;

	mtx_enter(&rttimer_mtx);
	LIST_FOREACH(rtt, &rt->rt_timer, rtt_link) {
		if (expire == 0 || rtt_expire(rtt) < expire)
			expire = rtt_expire(rtt);
	}
	mtx_leave(&rttimer_mtx);
	return (expire);
}

void
rt_timer_delete(struct rtentry *rt, u_int tableid)
{
	(void)rtdeletemsg(rt, NULL, tableid);
}
