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
#include <sys/malloc.h>
#include <sys/task.h>

#include <net/if.h>
#include <net/if_var.h>

#include "kt_thread.h"

/* Task queues: with a thread, driven by another, and the softnets'. */
static int		kk_log[64];
static unsigned int	kk_nlog;
static int		kk_step;	/* atomic */

static void
kk_note(void *arg)
{
	if (kk_nlog < nitems(kk_log))
		kk_log[kk_nlog] = (int)(unsigned long)arg;
	kk_nlog++;
}

static void
kk_start(void)
{
	kk_nlog = 0;
	ktt_set(&kk_step, 0);
}

/* Keeps a queue's thread until kk_step is 2. */
static void
kk_occupy(void *arg)
{
	ktt_set(&kk_step, 1);
	ktt_await(&kk_step, 2);
}

KTEST(task_order, "tasks run once each, in the order they were added")
{
	static struct task busy, t[8];
	unsigned long i;

	kk_start();
	task_set(&busy, kk_occupy, NULL);
	task_add(systqmp, &busy);
	ktt_await(&kk_step, 1);
	for (i = 0; i < nitems(t); i++) {
		task_set(&t[i], kk_note, (void *)i);
		KT_ASSERT(!task_pending(&t[i]));
		KT_EQ(task_del(systqmp, &t[i]), 0);
	}
	for (i = 0; i < nitems(t); i++) {
		KT_EQ(task_add(systqmp, &t[nitems(t) - 1 - i]), 1);
		KT_EQ(task_add(systqmp, &t[nitems(t) - 1 - i]), 0);
	}
	ktt_set(&kk_step, 2);
	taskq_barrier(systqmp);
	KT_EQ(kk_nlog, nitems(t));
	for (i = 0; i < nitems(t); i++) {
		KT_EQ(kk_log[i], nitems(t) - 1 - i);
		KT_ASSERT(!task_pending(&t[i]));
	}
}

KTEST(task_del, "a task that was deleted does not run")
{
	static struct task busy, a, b;

	kk_start();
	task_set(&busy, kk_occupy, NULL);
	task_set(&a, kk_note, (void *)1UL);
	task_set(&b, kk_note, (void *)2UL);
	KT_EQ(task_add(systqmp, &busy), 1);
	ktt_await(&kk_step, 1);
	KT_EQ(task_add(systqmp, &a), 1);
	KT_EQ(task_add(systqmp, &b), 1);
	KT_ASSERT(task_pending(&a));
	KT_EQ(task_del(systqmp, &a), 1);
	KT_EQ(task_del(systqmp, &a), 0);
	KT_ASSERT(!task_pending(&a));
	KT_EQ(task_add(systqmp, &busy), 1);	/* while it runs */
	KT_EQ(task_del(systqmp, &busy), 1);
	ktt_set(&kk_step, 2);
	taskq_barrier(systqmp);
	KT_EQ(kk_nlog, 1);
	KT_EQ(kk_log[0], 2);
}

static void
kk_slow(void *arg)
{
	ktt_set(&kk_step, 1);
	tsleep_nsec(&kk_step, PWAIT, "kt", MSEC_TO_NSEC(5));
	ktt_set(&kk_step, 2);
}

KTEST(task_barrier, "a barrier waits for the task that runs")
{
	static struct task t;

	kk_start();
	task_set(&t, kk_slow, NULL);
	task_add(systqmp, &t);
	ktt_await(&kk_step, 1);
	taskq_barrier(systqmp);
	KT_EQ(ktt_get(&kk_step), 2);
	task_add(systqmp, &t);
	ktt_await(&kk_step, 1);
	taskq_del_barrier(systqmp, &t);
	KT_EQ(ktt_get(&kk_step), 2);
	taskq_barrier(systqmp);		/* of an empty queue */
}

static struct task	kk_again;

static void
kk_readd(void *arg)
{
	int n = ktt_get(&kk_step);

	KTT_CHECK(!task_pending(&kk_again), n);
	if (n < 1000) {
		ktt_set(&kk_step, n + 1);
		KTT_CHECK(task_add(systqmp, &kk_again) == 1, n);
	}
}

KTEST(task_again, "a task may add itself, and lets others go between")
{
	int i;

	kk_start();
	task_set(&kk_again, kk_readd, NULL);
	task_add(systqmp, &kk_again);
	for (i = 0; i < 10; i++)
		taskq_barrier(systqmp);
	KT_ASSERT(ktt_get(&kk_step) < 1000);
	ktt_await(&kk_step, 1000);
	taskq_barrier(systqmp);
	KT_EQ(ktt_get(&kk_step), 1000);
	KT_EQ(ktt_join(), 0);
}

static void
kk_free(void *arg)
{
	memset(arg, 0xdb, sizeof(struct task));
	free(arg, M_TEMP, sizeof(struct task));
	kk_nlog++;
}

KTEST(task_free, "a task may free itself")
{
	struct task *t;
	int i;

	kk_start();
	for (i = 0; i < 20; i++) {
		t = malloc(sizeof(*t), M_TEMP, M_WAITOK);
		task_set(t, kk_free, t);
		task_add(i % 2 ? systqmp : systq, t);
		taskq_barrier(i % 2 ? systqmp : systq);
	}
	KT_EQ(kk_nlog, 20);
}

KTEST(task_destroy, "taskq_destroy() runs what is queued before")
{
	static struct task t[8];
	struct taskq *tq;
	unsigned long i, round;

	for (round = 0; round < 20; round++) {
		kk_start();
		tq = taskq_create("ktq", 1, IPL_NONE, round % 2 ? 0 :
		    TASKQ_MPSAFE);
		KT_ASSERT(tq != NULL);
		ktt_yields(round % 4);
		for (i = 0; i < nitems(t); i++) {
			task_set(&t[i], kk_note, (void *)i);
			task_add(tq, &t[i]);
		}
		taskq_destroy(tq);
		KT_EQ(kk_nlog, nitems(t));
	}
}

static void
kk_locked(void *arg)
{
	KTT_CHECK(_kernel_lock_held() == (arg != NULL), arg);
}

KTEST(task_lock, "systq has the kernel lock, systqmp has not")
{
	static struct task a, b;

	task_set(&a, kk_locked, &a);
	task_set(&b, kk_locked, NULL);
	task_add(systq, &a);
	task_add(systqmp, &b);
	taskq_barrier(systq);
	taskq_barrier(systqmp);
	KT_EQ(ktt_join(), 0);
}

/* --- driven queues */

static unsigned int	kk_kicks;

static void
kk_kick(void *arg)
{
	KTT_CHECK(arg == &kk_kicks, arg);
	kk_kicks++;
}

static struct taskq	*kk_tq;
static struct task	 kk_spawned;

static void
kk_spawn(void *arg)
{
	kk_note(arg);
	task_add(kk_tq, &kk_spawned);
}

KTEST(task_driven, "a driven queue runs when it is told to")
{
	static struct task t[6];
	unsigned long i;

	kk_start();
	kk_kicks = 0;
	KT_ASSERT((kk_tq = taskq_create_driven("ktq", kk_kick, &kk_kicks)) !=
	    NULL);
	KT_ASSERT(taskq_empty(kk_tq));
	KT_EQ(taskq_run(kk_tq, 10), 0);
	task_set(&kk_spawned, kk_note, (void *)99UL);
	for (i = 0; i < nitems(t); i++) {
		task_set(&t[i], i == 0 ? kk_spawn : kk_note, (void *)i);
		KT_EQ(task_add(kk_tq, &t[i]), 1);
		KT_EQ(task_add(kk_tq, &t[i]), 0);
		KT_EQ(kk_kicks, i + 1);
	}
	KT_ASSERT(!taskq_empty(kk_tq));
	kt_sleep(MSEC_TO_NSEC(1));
	KT_EQ(kk_nlog, 0);
	KT_EQ(taskq_run(kk_tq, 2), 2);
	KT_EQ(kk_nlog, 2);
	KT_EQ(kk_kicks, nitems(t) + 1);
	KT_EQ(task_del(kk_tq, &t[3]), 1);
	KT_EQ(taskq_run(kk_tq, 100), 4);
	KT_ASSERT(taskq_empty(kk_tq));
	KT_EQ(kk_nlog, 6);
	KT_EQ(kk_log[4], 5);
	KT_EQ(kk_log[5], 99);
	taskq_destroy(kk_tq);
	KT_EQ(ktt_join(), 0);
}

/* --- many at once */

static struct task	kk_shared;
static unsigned long	kk_ran;		/* atomic */
static unsigned long	kk_added;	/* atomic: less what was deleted */

static void
kk_count(void *arg)
{
	__atomic_fetch_add(&kk_ran, 1, __ATOMIC_RELAXED);
}

static void
kk_adder(void *arg)
{
	unsigned long i, n = kt_count(20000);

	for (i = 0; i < n; i++) {
		if (kt_random() % 4 == 0) {
			if (task_del(systqmp, &kk_shared))
				__atomic_fetch_sub(&kk_added, 1,
				    __ATOMIC_RELAXED);
		} else if (task_add(systqmp, &kk_shared))
			__atomic_fetch_add(&kk_added, 1, __ATOMIC_RELAXED);
		if (kt_random() % 16 == 0)
			yield();
	}
	ktt_exit();
}

KTEST(mp_task_count, "a task runs as often as it was added and not deleted")
{
	kk_ran = kk_added = 0;
	task_set(&kk_shared, kk_count, NULL);
	ktt_start_n(3, kk_adder);
	KT_EQ(ktt_join(), 0);
	taskq_barrier(systqmp);
	KT_EQ(kk_ran, kk_added);
}

/*
 * What is stored before task_add() is seen by the task, also if that finds
 * the task on the queue: no lock and no locked instruction helps.
 */
static struct {
	struct task	 kw_task;
	unsigned long	 kw_stored __aligned(64);
	unsigned long	 kw_seen __aligned(64);
} kk_words[2];

static void
kk_look(void *arg)
{
	unsigned long i = (unsigned long)arg;

	WRITE_ONCE(kk_words[i].kw_seen, READ_ONCE(kk_words[i].kw_stored));
}

/* 1 if the task has seen the word within seconds: nobody helps it. */
static int
kk_seen(unsigned long i, unsigned long v)
{
	unsigned int n;

	for (n = 0; n < 50000; n++) {
		if (READ_ONCE(kk_words[i].kw_seen) == v)
			return (1);
		if (n < 1000)
			CPU_BUSY_CYCLE();
		else
			tsleep_nsec(&kk_words, PWAIT, "kt", 100000);
	}
	return (0);
}

static void
kk_storer(void *arg)
{
	unsigned long i = (unsigned long)arg, v, n = kt_count(50000);
	struct taskq *tq = i == 0 ? systqmp : net_tq(1);

	for (v = 1; v <= n; v++) {
		WRITE_ONCE(kk_words[i].kw_stored, v);
		task_add(tq, &kk_words[i].kw_task);
		if (v % 8 == 0 && !kk_seen(i, v)) {
			ktt_bad(__LINE__, v);
			break;
		}
		if (v % 512 == 0)	/* let the other side sleep */
			tsleep_nsec(&kk_step, PWAIT, "kt", 20000);
	}
	ktt_exit();
}

KTEST(mp_task_sees, "what was stored before task_add() does not get lost")
{
	unsigned long i;

	for (i = 0; i < nitems(kk_words); i++) {
		task_set(&kk_words[i].kw_task, kk_look, (void *)i);
		kk_words[i].kw_stored = kk_words[i].kw_seen = 0;
	}
	ktt_start_n(nitems(kk_words), kk_storer);
	KT_EQ(ktt_join(), 0);
	taskq_barrier(systqmp);
	net_tq_barriers("kt");
}

/* A softnet that is about to sleep: no kick comes too late. */
static void
kk_ping(void *arg)
{
	ktt_set(&kk_step, ktt_get(&kk_step) + 1);
	wakeup(&kk_step);
}

static void
kk_pinger(void *arg)
{
	static struct task t;
	unsigned long n = kt_count(5000);
	unsigned int spin;
	int i;

	task_set(&t, kk_ping, NULL);
	for (i = 1; i <= (int)n; i++) {
		for (spin = kt_random() % 4096; spin > 0; spin--)
			CPU_BUSY_CYCLE();
		task_add(net_tq(1), &t);
		while (ktt_get(&kk_step) != i) {
			if (kt_random() % 2 == 0)
				yield();
			else
				tsleep_nsec(&kk_step, PWAIT, "kt", 1000);
		}
	}
	ktt_exit();
}

KTEST(mp_task_softnet, "a softnet that goes to sleep misses no task")
{
	kk_start();
	ktt_start(kk_pinger, NULL);
	KT_EQ(ktt_join(), 0);
}
