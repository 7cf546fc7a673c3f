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
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/task.h>

#include <machine/sched.h>

/*
 * A queue of tasks and the one thread that runs them, in order.  One
 * thread serves a queue whatever number was asked for.
 *
 * Locks used to protect struct members:
 *	I	immutable
 *	q	tq_mtx
 */
struct taskq {
	const char	*tq_name;		/* [I] */
	unsigned int	 tq_flags;		/* [I] TASKQ_MPSAFE */
	void		(*tq_kick)(void *);	/* [I] driven from outside */
	void		*tq_kickarg;		/* [I] */
	struct mutex	 tq_mtx;
	struct task_list tq_list;		/* [q] */
	unsigned int	 tq_len;		/* [q] atomic load by others */
	struct proc	*tq_proc;		/* [q] runs them */
	struct task	*tq_running;		/* [q] only an address */
	int		 tq_dying;		/* [q] */
};

static struct taskq taskq_sys = {
	.tq_name = "systq",
	.tq_mtx = MUTEX_INITIALIZER(IPL_HIGH),
	.tq_list = TAILQ_HEAD_INITIALIZER(taskq_sys.tq_list),
};
static struct taskq taskq_sysmp = {
	.tq_name = "systqmp",
	.tq_flags = TASKQ_MPSAFE,
	.tq_mtx = MUTEX_INITIALIZER(IPL_HIGH),
	.tq_list = TAILQ_HEAD_INITIALIZER(taskq_sysmp.tq_list),
};
struct taskq *const systq = &taskq_sys;
struct taskq *const systqmp = &taskq_sysmp;

void
task_set(struct task *t, void (*func)(void *), void *arg)
{
	t->t_func = func;
	t->t_arg = arg;
	t->t_flags = 0;
}

int
task_add(struct taskq *tq, struct task *t)
{
	int added = 0;

	/*
	 * What the task is to see is written before its flag is looked at,
	 * or a task that starts now misses both.
	 */
	if (ncpus > 1)
		membar_sync();
	if (__atomic_load_n(&t->t_flags, __ATOMIC_ACQUIRE) & TASK_ONQUEUE)
		return (0);
	mtx_enter(&tq->tq_mtx);
	if (!(t->t_flags & TASK_ONQUEUE)) {
		__atomic_store_n(&t->t_flags, t->t_flags | TASK_ONQUEUE,
		    __ATOMIC_RELAXED);
		TAILQ_INSERT_TAIL(&tq->tq_list, t, t_entry);
		__atomic_store_n(&tq->tq_len, tq->tq_len + 1,
		    __ATOMIC_SEQ_CST);
		added = 1;
	}
	mtx_leave(&tq->tq_mtx);
	if (!added)
		return (0);
	if (tq->tq_kick != NULL)
		tq->tq_kick(tq->tq_kickarg);
	else
		wakeup_one(tq);
	return (1);
}

static void
task_unqueue(struct taskq *tq, struct task *t)
{
	MUTEX_ASSERT_LOCKED(&tq->tq_mtx);
	TAILQ_REMOVE(&tq->tq_list, t, t_entry);
	/* a full barrier, the other half of task_add()'s */
	__atomic_fetch_and(&t->t_flags, ~TASK_ONQUEUE, __ATOMIC_SEQ_CST);
	__atomic_store_n(&tq->tq_len, tq->tq_len - 1, __ATOMIC_RELAXED);
}

int
task_del(struct taskq *tq, struct task *t)
{
	int removed = 0;

	mtx_enter(&tq->tq_mtx);
	if (t->t_flags & TASK_ONQUEUE) {
		task_unqueue(tq, t);
		removed = 1;
	}
	mtx_leave(&tq->tq_mtx);
	return (removed);
}

int
taskq_empty(struct taskq *tq)
{
	return (__atomic_load_n(&tq->tq_len, __ATOMIC_SEQ_CST) == 0);
}

/* Run the first task; 0 when there is none. */
static int
taskq_run_one(struct taskq *tq)
{
	struct task *t, work;

	mtx_enter(&tq->tq_mtx);
	if ((t = TAILQ_FIRST(&tq->tq_list)) == NULL) {
		mtx_leave(&tq->tq_mtx);
		return (0);
	}
	task_unqueue(tq, t);
	work = *t;
	tq->tq_proc = curproc;
	tq->tq_running = t;
	mtx_leave(&tq->tq_mtx);

	if (!(tq->tq_flags & TASKQ_MPSAFE))
		KERNEL_LOCK();
	work.t_func(work.t_arg);
	if (!(tq->tq_flags & TASKQ_MPSAFE))
		KERNEL_UNLOCK();

	mtx_enter(&tq->tq_mtx);
	tq->tq_running = NULL;
	mtx_leave(&tq->tq_mtx);
	return (1);
}

unsigned int
taskq_run(struct taskq *tq, unsigned int max)
{
	unsigned int n = 0;

	while (n < max && !taskq_empty(tq) && taskq_run_one(tq))
		n++;
	return (n);
}

static void
taskq_thread(void *arg)
{
	struct taskq *tq = arg;

	for (;;) {
		while (taskq_run_one(tq))
			yield();
		mtx_enter(&tq->tq_mtx);
		while (TAILQ_EMPTY(&tq->tq_list) && !tq->tq_dying)
			msleep_nsec(tq, &tq->tq_mtx, PWAIT, "bored", INFSLP);
		if (TAILQ_EMPTY(&tq->tq_list))
			break;
		mtx_leave(&tq->tq_mtx);
	}
	tq->tq_dying = 2;
	mtx_leave(&tq->tq_mtx);
	wakeup(&tq->tq_dying);
	kthread_exit(0);
}

static struct taskq *
taskq_alloc(const char *name, unsigned int flags)
{
	struct taskq *tq;

	tq = malloc(sizeof(*tq), M_TASKQ, M_WAITOK | M_ZERO);
	tq->tq_name = name;
	tq->tq_flags = flags;
	mtx_init(&tq->tq_mtx, IPL_HIGH);
	TAILQ_INIT(&tq->tq_list);
	return (tq);
}

struct taskq *
taskq_create(const char *name, unsigned int nthreads, int ipl,
    unsigned int flags)
{
	struct taskq *tq = taskq_alloc(name, flags);

	if (kthread_create(taskq_thread, tq, NULL, name) != 0) {
		free(tq, M_TASKQ, sizeof(*tq));
		return (NULL);
	}
	return (tq);
}

struct taskq *
taskq_create_driven(const char *name, void (*kick)(void *), void *arg)
{
	struct taskq *tq = taskq_alloc(name, TASKQ_MPSAFE);

	tq->tq_kick = kick;
	tq->tq_kickarg = arg;
	return (tq);
}

/* Tasks that are queued still run. */
void
taskq_destroy(struct taskq *tq)
{
	if (tq->tq_kick == NULL) {
		mtx_enter(&tq->tq_mtx);
		tq->tq_dying = 1;
		wakeup(tq);
		while (tq->tq_dying != 2)
			msleep_nsec(&tq->tq_dying, &tq->tq_mtx, PWAIT,
			    "tqdying", INFSLP);
		mtx_leave(&tq->tq_mtx);
	}
	free(tq, M_TASKQ, sizeof(*tq));
}

void
taskq_startup(void)
{
	if (kthread_create(taskq_thread, systq, NULL, "systq") != 0 ||
	    kthread_create(taskq_thread, systqmp, NULL, "systqmp") != 0)
		panic("taskq_startup");
}

static void
taskq_barrier_task(void *arg)
{
	int *done = arg;

	__atomic_store_n(done, 1, __ATOMIC_RELEASE);
	wakeup(done);
}

void
taskq_barrier(struct taskq *tq)
{
	struct task t;
	int done = 0, self;

	mtx_enter(&tq->tq_mtx);
	self = tq->tq_running != NULL && tq->tq_proc == curproc;
	mtx_leave(&tq->tq_mtx);
	if (self)
		panic("taskq_barrier: %s would wait for itself", tq->tq_name);

	task_set(&t, taskq_barrier_task, &done);
	task_add(tq, &t);
	for (;;) {
		sleep_setup(&done, "tqbar");
		if (__atomic_load_n(&done, __ATOMIC_ACQUIRE))
			break;
		sleep_finish(INFSLP);
	}
	sleep_cancel();
}

void
taskq_del_barrier(struct taskq *tq, struct task *t)
{
	task_del(tq, t);
	taskq_barrier(tq);
}
