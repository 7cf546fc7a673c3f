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
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/timeout.h>

#include <machine/sched.h>

/*
 * A pairing heap: the earliest is the root, equals stay in the order they
 * were added, nothing is allocated.  to_prev of a first child is its
 * parent.
 */
static struct mutex	 timeout_mtx = MUTEX_INITIALIZER(IPL_HIGH);
static struct timeout	*timeout_root;		/* timeout_mtx */
static uint64_t		 timeout_seq;		/* timeout_mtx */
static struct timeout	*timeout_running;	/* timeout_mtx, an address */
static struct proc	*timeout_proc;

static int
to_before(const struct timeout *a, const struct timeout *b)
{
	if (a->to_time != b->to_time)
		return (a->to_time < b->to_time);
	return (a->to_seq < b->to_seq);
}

/* timeout_pending() looks without the mutex. */
static void
to_flag(struct timeout *to, int set, int clear)
{
	__atomic_store_n(&to->to_flags, (to->to_flags & ~clear) | set,
	    __ATOMIC_RELAXED);
}

static struct timeout *
to_merge(struct timeout *a, struct timeout *b)
{
	struct timeout *t;

	if (a == NULL)
		return (b);
	if (b == NULL)
		return (a);
	if (to_before(b, a)) {
		t = a;
		a = b;
		b = t;
	}
	b->to_prev = a;
	b->to_next = a->to_child;
	if (b->to_next != NULL)
		b->to_next->to_prev = b;
	a->to_child = b;
	return (a);
}

/* Join a list of siblings: in pairs from the left, then from the right. */
static struct timeout *
to_merge_pairs(struct timeout *list)
{
	struct timeout *done = NULL, *a, *b, *root = NULL;

	while ((a = list) != NULL) {
		b = a->to_next;
		list = b != NULL ? b->to_next : NULL;
		a->to_next = a->to_prev = NULL;
		if (b != NULL)
			b->to_next = b->to_prev = NULL;
		a = to_merge(a, b);
		a->to_next = done;
		done = a;
	}
	while ((a = done) != NULL) {
		done = a->to_next;
		a->to_next = a->to_prev = NULL;
		root = to_merge(root, a);
	}
	return (root);
}

static void
to_remove(struct timeout *to)
{
	struct timeout *kids = to_merge_pairs(to->to_child);

	to->to_child = NULL;
	if (to == timeout_root) {
		timeout_root = kids;
	} else {
		if (to->to_prev->to_child == to)
			to->to_prev->to_child = to->to_next;
		else
			to->to_prev->to_next = to->to_next;
		if (to->to_next != NULL)
			to->to_next->to_prev = to->to_prev;
		timeout_root = to_merge(timeout_root, kids);
	}
	to->to_next = to->to_prev = NULL;
	to_flag(to, 0, TIMEOUT_ONQUEUE);
}

void
timeout_set_flags(struct timeout *to, void (*func)(void *), void *arg,
    int kclock, int flags)
{
	to->to_func = func;
	to->to_arg = arg;
	to->to_child = to->to_next = to->to_prev = NULL;
	to->to_time = to->to_seq = 0;
	to->to_flags = flags | TIMEOUT_INITIALIZED;
}

void
timeout_set(struct timeout *to, void (*func)(void *), void *arg)
{
	timeout_set_flags(to, func, arg, KCLOCK_NONE, 0);
}

void
timeout_set_proc(struct timeout *to, void (*func)(void *), void *arg)
{
	timeout_set_flags(to, func, arg, KCLOCK_NONE, TIMEOUT_PROC);
}

int
timeout_add_nsec(struct timeout *to, uint64_t ns)
{
	uint64_t now = nsecuptime();
	int fresh, first;

	mtx_enter(&timeout_mtx);
	fresh = !(to->to_flags & TIMEOUT_ONQUEUE);
	if (!fresh)
		to_remove(to);
	to->to_time = ns > UINT64_MAX - now ? UINT64_MAX - 1 : now + ns;
	to->to_seq = timeout_seq++;
	to_flag(to, TIMEOUT_ONQUEUE, TIMEOUT_TRIGGERED);
	timeout_root = to_merge(timeout_root, to);
	first = timeout_root == to;
	mtx_leave(&timeout_mtx);
	if (first)
		wakeup(&timeout_root);
	return (fresh);
}

int
timeout_add(struct timeout *to, int ticks)
{
	return (timeout_add_nsec(to, (uint64_t)MAX(ticks, 0) *
	    (1000000000UL / hz)));
}

int
timeout_add_sec(struct timeout *to, int sec)
{
	return (timeout_add_nsec(to, SEC_TO_NSEC(MAX(sec, 0))));
}

int
timeout_add_msec(struct timeout *to, uint64_t ms)
{
	return (timeout_add_nsec(to, MSEC_TO_NSEC(ms)));
}

int
timeout_del(struct timeout *to)
{
	int removed = 0;

	mtx_enter(&timeout_mtx);
	if (to->to_flags & TIMEOUT_ONQUEUE) {
		to_remove(to);
		removed = 1;
	}
	to_flag(to, 0, TIMEOUT_TRIGGERED);
	mtx_leave(&timeout_mtx);
	return (removed);
}

void
timeout_barrier(struct timeout *to)
{
	if (curproc == timeout_proc)
		panic("timeout_barrier: from a timeout");
	mtx_enter(&timeout_mtx);
	while (timeout_running == to)
		msleep_nsec(&timeout_running, &timeout_mtx, PWAIT, "tmobar",
		    INFSLP);
	mtx_leave(&timeout_mtx);
}

int
timeout_del_barrier(struct timeout *to)
{
	int removed = timeout_del(to);

	timeout_barrier(to);
	return (removed);
}

/* The function may free the timeout: only its address is used after. */
static void
timeout_run(struct timeout *to)
{
	void (*func)(void *) = to->to_func;
	void *arg = to->to_arg;

	to_remove(to);
	to_flag(to, TIMEOUT_TRIGGERED, 0);
	timeout_running = to;
	mtx_leave(&timeout_mtx);
	func(arg);
	yield();		/* many may be due at once */
	mtx_enter(&timeout_mtx);
	timeout_running = NULL;
	wakeup(&timeout_running);
}

static void
softclock(void *arg)
{
	uint64_t now;

	mtx_enter(&timeout_mtx);
	for (;;) {
		now = nsecuptime();
		if (timeout_root == NULL)
			msleep_nsec(&timeout_root, &timeout_mtx, PWAIT,
			    "timeout", INFSLP);
		else if (timeout_root->to_time > now)
			msleep_nsec(&timeout_root, &timeout_mtx, PWAIT,
			    "timeout", timeout_root->to_time - now);
		else
			timeout_run(timeout_root);
	}
}

void
timeout_startup(void)
{
	if (kthread_create(softclock, NULL, &timeout_proc, "softclock") != 0)
		panic("timeout_startup");
}
