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
#include <sys/refcnt.h>
#include <sys/rwlock.h>

#include "kt_thread.h"

/* Mutexes, rwlocks, sleeping and waking, reference counts. */
#define NTHREADS	4

static struct mutex	ks_mtx = MUTEX_INITIALIZER(IPL_NONE);
static struct rwlock	ks_rwl = RWLOCK_INITIALIZER("ktrwl");
static int		ks_step;	/* atomic */
static int		ks_chan;

/* The order in which things happened. */
static int		ks_log[64];
static unsigned int	ks_nlog;

static void
ks_note(int what)
{
	unsigned int n = __atomic_fetch_add(&ks_nlog, 1, __ATOMIC_RELAXED);

	if (n < nitems(ks_log))
		ks_log[n] = what;
}

static void
ks_start(void)
{
	mtx_init(&ks_mtx, IPL_NONE);
	rw_init(&ks_rwl, "ktrwl");
	ktt_set(&ks_step, 0);
	ks_nlog = 0;
}

/* --- mutex */

static unsigned long	ks_counter;	/* ks_mtx */

/* Others run between the load and the store, if the mutex lets them. */
static void
ks_adder(void *arg)
{
	unsigned long i, v, n = kt_count(20000);

	for (i = 0; i < n; i++) {
		if (i % 3 != 0)
			mtx_enter(&ks_mtx);
		else
			while (!mtx_enter_try(&ks_mtx))
				yield();
		KTT_CHECK(mtx_owned(&ks_mtx), i);
		v = ks_counter;
		if (i % 8 == 0)
			yield();
		ks_counter = v + 1;
		mtx_leave(&ks_mtx);
		KTT_CHECK(!mtx_owned(&ks_mtx), i);
	}
	ktt_exit();
}

KTEST(mp_sync_mutex, "one thread at a time is inside a mutex")
{
	ks_start();
	ks_counter = 0;
	ktt_start_n(NTHREADS, ks_adder);
	KT_EQ(ktt_join(), 0);
	KT_EQ(ks_counter, NTHREADS * kt_count(20000));
}

static void
ks_holder(void *arg)
{
	mtx_enter(&ks_mtx);
	ktt_set(&ks_step, 1);
	ktt_await(&ks_step, 2);
	mtx_leave(&ks_mtx);
	ktt_exit();
}

KTEST(sync_mutex_try, "mtx_enter_try() fails while another thread is inside")
{
	ks_start();
	ktt_start(ks_holder, NULL);
	ktt_await(&ks_step, 1);
	KT_EQ(mtx_enter_try(&ks_mtx), 0);
	KT_EQ(mtx_owned(&ks_mtx), 0);
	KT_EQ(curproc->p_mtxdepth, 0);
	ktt_set(&ks_step, 2);
	KT_EQ(ktt_join(), 0);
	KT_EQ(mtx_enter_try(&ks_mtx), 1);
	KT_EQ(mtx_owned(&ks_mtx), 1);
	KT_EQ(curproc->p_mtxdepth, 1);
	mtx_leave(&ks_mtx);
}

/* --- rwlock */

static unsigned long	ks_a, ks_b;	/* ks_rwl: always equal */
static int		ks_readers;	/* atomic: inside now */
static int		ks_mostreaders;	/* atomic */

static void
ks_read(void)
{
	unsigned long a;
	int n;

	rw_enter_read(&ks_rwl);
	n = __atomic_add_fetch(&ks_readers, 1, __ATOMIC_RELAXED);
	if (n > __atomic_load_n(&ks_mostreaders, __ATOMIC_RELAXED))
		__atomic_store_n(&ks_mostreaders, n, __ATOMIC_RELAXED);
	a = ks_a;
	yield();
	KTT_CHECK(a == ks_b, ks_b);
	KTT_CHECK(rw_status(&ks_rwl) == RW_READ, rw_status(&ks_rwl));
	__atomic_fetch_sub(&ks_readers, 1, __ATOMIC_RELAXED);
	rw_exit_read(&ks_rwl);
}

static void
ks_write(void)
{
	rw_enter_write(&ks_rwl);
	KTT_CHECK(rw_status(&ks_rwl) == RW_WRITE, rw_status(&ks_rwl));
	KTT_CHECK(ktt_get(&ks_readers) == 0, ktt_get(&ks_readers));
	ks_a++;
	yield();
	ks_b++;
	rw_exit_write(&ks_rwl);
}

static void
ks_user(void *arg)
{
	unsigned long i, n = kt_count(20000);

	for (i = 0; i < n; i++) {
		if (kt_random() % 4 == 0)
			ks_write();
		else
			ks_read();
		if (kt_random() % 16 == 0)
			tsleep_nsec(&ks_chan, PWAIT, "ktrw", 1000);
	}
	ktt_exit();
}

KTEST(mp_sync_rwlock, "a writer is alone, readers are not")
{
	ks_start();
	ks_a = ks_b = 0;
	ktt_set(&ks_mostreaders, 0);
	ktt_start_n(NTHREADS, ks_user);
	KT_EQ(ktt_join(), 0);
	KT_EQ(ks_a, ks_b);
	KT_ASSERT(ncpus > 1 || ktt_get(&ks_mostreaders) > 1);
	KT_EQ(rw_status(&ks_rwl), 0);
	KT_EQ(rw_waiters(&ks_rwl), 0);
}

static void
ks_reader(void *arg)
{
	rw_enter_read(&ks_rwl);
	ks_note('r');
	rw_exit_read(&ks_rwl);
	ktt_exit();
}

static void
ks_writer(void *arg)
{
	rw_enter_write(&ks_rwl);
	ks_note('w');
	rw_exit_write(&ks_rwl);
	ktt_exit();
}

KTEST(sync_rw_preference, "a writer that waits goes before new readers")
{
	ks_start();
	rw_enter_read(&ks_rwl);
	ktt_start(ks_reader, NULL);
	ktt_wait(0);			/* readers share it */
	KT_EQ(ks_nlog, 1);
	ktt_start(ks_writer, NULL);
	kt_sleep(1000);
	KT_EQ(rw_waiters(&ks_rwl), 1);
	KT_EQ(rw_enter(&ks_rwl, RW_READ | RW_NOSLEEP), EBUSY);
	ktt_start_n(NTHREADS, ks_reader);
	kt_sleep(1000);
	KT_EQ(ks_nlog, 1);
	rw_exit_read(&ks_rwl);
	KT_EQ(ktt_join(), 0);
	KT_EQ(ks_nlog, 2 + NTHREADS);
	KT_EQ(ks_log[1], 'w');
}

KTEST(sync_rw_states, "rw_status() and RW_NOSLEEP, free, read and written")
{
	ks_start();
	KT_EQ(rw_status(&ks_rwl), 0);
	KT_EQ(rw_enter(&ks_rwl, RW_READ | RW_NOSLEEP), 0);
	KT_EQ(rw_status(&ks_rwl), RW_READ);
	KT_EQ(rw_enter(&ks_rwl, RW_READ | RW_NOSLEEP), 0);
	rw_exit_read(&ks_rwl);
	KT_EQ(rw_enter(&ks_rwl, RW_WRITE | RW_NOSLEEP), EBUSY);
	KT_EQ(rw_waiters(&ks_rwl), 0);
	rw_exit(&ks_rwl);
	KT_EQ(rw_enter(&ks_rwl, RW_WRITE | RW_NOSLEEP), 0);
	KT_EQ(rw_status(&ks_rwl), RW_WRITE);
	rw_exit(&ks_rwl);
	KT_EQ(rw_status(&ks_rwl), 0);
}

static void
ks_status(void *arg)
{
	ks_note(rw_status(&ks_rwl));
	ks_note(rw_enter(&ks_rwl, RW_READ | RW_NOSLEEP));
	ks_note(rw_enter(&ks_rwl, RW_WRITE | RW_NOSLEEP));
	ktt_exit();
}

KTEST(sync_rw_other, "a lock that another thread writes says so")
{
	ks_start();
	rw_enter_write(&ks_rwl);
	ktt_start(ks_status, NULL);
	KT_EQ(ktt_join(), 0);
	rw_exit_write(&ks_rwl);
	KT_EQ(ks_log[0], RW_WRITE_OTHER);
	KT_EQ(ks_log[1], EBUSY);
	KT_EQ(ks_log[2], EBUSY);
}

/* Holds the lock for 1 ms, has it back at once, for ever. */
static void
ks_greedy(void *arg)
{
	int how = arg != NULL ? RW_READ : RW_WRITE;

	while (!ktt_stopping()) {
		rw_enter(&ks_rwl, how);
		tsleep_nsec(&ks_chan, PWAIT, "ktgreedy", MSEC_TO_NSEC(1));
		rw_exit(&ks_rwl);
	}
	ktt_exit();
}

KTEST(sync_rw_starve, "no reader and no writer waits for ever")
{
	uint64_t start;
	int i;

	for (i = 0; i < 2; i++) {
		ks_start();
		ktt_start(ks_greedy, i == 0 ? NULL : &ks_rwl);
		ktt_start(ks_greedy, i == 0 ? NULL : &ks_rwl);
		kt_sleep(MSEC_TO_NSEC(1) / 2);
		start = nsecuptime();
		rw_enter(&ks_rwl, i == 0 ? RW_READ : RW_WRITE);
		KT_ASSERT(nsecuptime() - start < MSEC_TO_NSEC(200));
		start = nsecuptime();
		rw_exit(&ks_rwl);
		rw_enter(&ks_rwl, RW_WRITE);
		KT_ASSERT(nsecuptime() - start < MSEC_TO_NSEC(200));
		rw_exit(&ks_rwl);
		KT_EQ(ktt_end(), 0);
	}
}

/* --- sleep and wakeup */

KTEST(sync_timeout, "a sleep ends when its time is over, not sooner")
{
	uint64_t start, ns;

	for (ns = 1; ns < SEC_TO_NSEC(100000); ns *= 7) {
		start = nsecuptime();
		KT_EQ(tsleep_nsec(&ks_chan, PWAIT, "kt", ns), EWOULDBLOCK);
		KT_EQ(nsecuptime() - start, ns);
	}
	KT_EQ(tsleep_nsec(&ks_chan, PWAIT, "kt", 0), EWOULDBLOCK);
}

KTEST(sync_setup, "a wakeup between looking and sleeping is not lost")
{
	uint64_t start = nsecuptime();

	sleep_setup(&ks_chan, "kt");
	wakeup(&ks_chan);
	KT_EQ(sleep_finish(SEC_TO_NSEC(1)), 0);
	KT_EQ(nsecuptime(), start);
	sleep_setup(&ks_chan, "kt");
	wakeup_n(&ks_chan, 0);
	wakeup(&ks_step);
	KT_EQ(sleep_finish(SEC_TO_NSEC(1)), EWOULDBLOCK);
	sleep_setup(&ks_chan, "kt");
	sleep_cancel();
	wakeup(&ks_chan);
	KT_EQ(tsleep_nsec(&ks_chan, PWAIT, "kt", 1), EWOULDBLOCK);
}

static void
ks_sleeper(void *arg)
{
	KTT_CHECK(tsleep_nsec(&ks_chan, PWAIT, "kt", INFSLP) == 0, arg);
	ks_note((int)(unsigned long)arg);
	ktt_exit();
}

/* ks_log[from ... to - 1] is a permutation of these numbers. */
static int
ks_logged(unsigned int from, unsigned int to)
{
	unsigned int i, seen = 0;

	if (ks_nlog != to)
		return (0);
	for (i = from; i < to; i++)
		seen |= 1U << ks_log[i];
	return (seen == (1U << to) - (1U << from));
}

KTEST(sync_wakeup_order, "wakeup_n() wakes those that sleep longest")
{
	unsigned long i;

	ks_start();
	for (i = 0; i < 8; i++) {
		ktt_start(ks_sleeper, (void *)i);
		kt_sleep(1);
	}
	wakeup(&ks_step);
	wakeup_n(&ks_chan, 0);
	kt_sleep(1);
	KT_EQ(ks_nlog, 0);
	wakeup_n(&ks_chan, 2);
	kt_sleep(1);
	KT_ASSERT(ks_logged(0, 2));
	wakeup_one(&ks_chan);
	kt_sleep(1);
	KT_ASSERT(ks_logged(2, 3));
	wakeup(&ks_chan);
	KT_EQ(ktt_join(), 0);
	KT_ASSERT(ks_logged(3, 8));
}

/* Two threads in turns: a lost wakeup is the end of it. */
static int		ks_turn;	/* ks_mtx */

static void
ks_player(void *arg)
{
	unsigned long i, n = kt_count(20000);
	int me = arg != NULL;

	mtx_enter(&ks_mtx);
	for (i = 0; i < n; i++) {
		while (ks_turn != me)
			KTT_CHECK(msleep_nsec(&ks_turn, &ks_mtx, PWAIT, "kt",
			    INFSLP) == 0, i);
		KTT_CHECK(mtx_owned(&ks_mtx), i);
		ks_turn = !me;
		if (kt_random() % 2 == 0)
			wakeup(&ks_turn);
		else
			wakeup_one(&ks_turn);
	}
	mtx_leave(&ks_mtx);
	ktt_exit();
}

KTEST(mp_sync_msleep, "no wakeup is lost between two that take turns")
{
	ks_start();
	ks_turn = 0;
	ktt_start(ks_player, NULL);
	ktt_start(ks_player, &ks_turn);
	KT_EQ(ktt_join(), 0);
}

static void
ks_waker(void *arg)
{
	mtx_enter(&ks_mtx);		/* is free while the other sleeps */
	ktt_set(&ks_step, 1);
	wakeup(&ks_chan);
	mtx_leave(&ks_mtx);
	ktt_exit();
}

KTEST(sync_msleep_relock, "msleep() takes the mutex again, or not")
{
	ks_start();
	mtx_enter(&ks_mtx);
	ktt_start(ks_waker, NULL);
	KT_EQ(msleep_nsec(&ks_chan, &ks_mtx, PWAIT, "kt", INFSLP), 0);
	KT_EQ(ktt_get(&ks_step), 1);
	KT_EQ(mtx_owned(&ks_mtx), 1);
	KT_EQ(msleep_nsec(&ks_chan, &ks_mtx, PWAIT, "kt", 5), EWOULDBLOCK);
	KT_EQ(mtx_owned(&ks_mtx), 1);
	KT_EQ(msleep_nsec(&ks_chan, &ks_mtx, PWAIT | PNORELOCK, "kt", 5),
	    EWOULDBLOCK);
	KT_EQ(mtx_owned(&ks_mtx), 0);
	KT_EQ(ktt_join(), 0);
}

static void
ks_rwwaker(void *arg)
{
	rw_enter_write(&ks_rwl);
	ktt_set(&ks_step, 1);
	wakeup(&ks_chan);
	rw_exit_write(&ks_rwl);
	ktt_exit();
}

KTEST(sync_rwsleep, "rwsleep() lets go and takes the same hold again")
{
	static const int how[] = { RW_READ, RW_WRITE };
	int i;

	for (i = 0; i < 2; i++) {
		ks_start();
		rw_enter(&ks_rwl, how[i]);
		ktt_start(ks_rwwaker, NULL);
		kt_sleep(1);
		KT_EQ(ktt_get(&ks_step), 0);
		KT_EQ(rwsleep_nsec(&ks_chan, &ks_rwl, PWAIT, "kt", INFSLP),
		    0);
		KT_EQ(ktt_get(&ks_step), 1);
		KT_EQ(rw_status(&ks_rwl), how[i]);
		KT_EQ(ktt_join(), 0);
		KT_EQ(rwsleep_nsec(&ks_chan, &ks_rwl, PWAIT | PNORELOCK,
		    "kt", 7), EWOULDBLOCK);
		KT_EQ(rw_status(&ks_rwl), 0);
	}
}

/*
 * Sleeps with limits that race with wakeups leave nothing behind that ends
 * a later sleep: each return has a reason of its own.
 */
static int		ks_reason[NTHREADS];	/* atomic */

static void
ks_napper(void *arg)
{
	unsigned long me = (unsigned long)arg, i, n = kt_count(5000);
	uint64_t start, ns;

	for (i = 0; i < n; i++) {
		ns = kt_random() % 3000;
		start = nsecuptime();
		if (tsleep_nsec(&ks_chan, PWAIT, "kt", ns) == EWOULDBLOCK)
			KTT_CHECK(nsecuptime() - start >= ns, i);
		if (i % 8 != 0)
			continue;
		KTT_CHECK(tsleep_nsec(&ks_reason[me], PWAIT, "kt",
		    INFSLP) == 0, i);
		KTT_CHECK(__atomic_exchange_n(&ks_reason[me], 0,
		    __ATOMIC_SEQ_CST) == 1, i);
	}
	ktt_exit();
}

KTEST(mp_sync_stale, "no sleep ends early because an earlier one was woken")
{
	unsigned long i;

	ks_start();
	ktt_start_n(NTHREADS, ks_napper);
	while (__atomic_load_n(&ktt_left, __ATOMIC_ACQUIRE) > 0) {
		wakeup_one(&ks_chan);
		kt_sleep(kt_random() % 3000);
		i = kt_random() % NTHREADS;
		ktt_set(&ks_reason[i], 1);
		wakeup(&ks_reason[i]);
	}
	KT_EQ(ktt_join(), 0);
}

/* --- reference counts */

struct ks_object {
	struct refcnt	 ko_refs;
	unsigned int	 ko_used;	/* atomic */
};
static struct ks_object	*ks_object;

static void
ks_user_of(void *arg)
{
	struct ks_object *ko = arg;
	unsigned int n = kt_random() % 4;

	ktt_yields(n);
	if (n == 3)
		tsleep_nsec(&ks_chan, PWAIT, "kt", 1000);
	__atomic_fetch_add(&ko->ko_used, 1, __ATOMIC_RELAXED);
	refcnt_rele_wake(&ko->ko_refs);
	ktt_exit();
}

KTEST(mp_sync_refcnt, "refcnt_finalize() waits for all, then it can go")
{
	unsigned long i, j, n = kt_count(300);

	for (i = 0; i < n; i++) {
		ks_object = malloc(sizeof(*ks_object), M_TEMP, M_WAITOK |
		    M_ZERO);
		refcnt_init(&ks_object->ko_refs);
		KT_EQ(refcnt_shared(&ks_object->ko_refs), 0);
		for (j = 0; j < NTHREADS; j++) {
			refcnt_take(&ks_object->ko_refs);
			KT_EQ(refcnt_shared(&ks_object->ko_refs), 1);
			ktt_start(ks_user_of, ks_object);
		}
		refcnt_finalize(&ks_object->ko_refs, "ktref");
		KT_EQ(refcnt_read(&ks_object->ko_refs), 0);
		KT_EQ(ks_object->ko_used, NTHREADS);
		memset(ks_object, 0xdb, sizeof(*ks_object));
		free(ks_object, M_TEMP, sizeof(*ks_object));
	}
	KT_EQ(ktt_join(), 0);
}
