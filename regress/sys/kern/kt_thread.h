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
#ifndef _KT_THREAD_H_
#define _KT_THREAD_H_

#include <sys/ktest.h>
#include <sys/mutex.h>
#include <sys/proc.h>

#include <machine/sched.h>

/*
 * Threads of a test: a file of tests has one set of them at a time.  A
 * check that fails in a thread is told at the join, as the test may have
 * returned meanwhile; so what threads use is static.
 */
static unsigned int	ktt_left;	/* atomic: still running */
static int		ktt_stop;	/* atomic: they should end */
static int		ktt_badline;	/* atomic: the first that failed */
static unsigned long	ktt_badvalue;	/* atomic */

static inline void
ktt_bad(int line, unsigned long value)
{
	if (__atomic_exchange_n(&ktt_badline, line, __ATOMIC_RELAXED) == 0)
		__atomic_store_n(&ktt_badvalue, value, __ATOMIC_RELAXED);
}

/* In a thread: the value is printed when the check fails. */
#define KTT_CHECK(e, value)	do {					\
	if (!(e))							\
		ktt_bad(__LINE__, (unsigned long)(value));		\
} while (0)

static inline void
ktt_start(void (*func)(void *), void *arg)
{
	__atomic_fetch_add(&ktt_left, 1, __ATOMIC_RELAXED);
	if (kthread_create(func, arg, NULL, "kt") != 0)
		panic("ktt_start: no thread");
}

static inline void
ktt_start_n(unsigned int n, void (*func)(void *))
{
	unsigned long i;

	for (i = 0; i < n; i++)
		ktt_start(func, (void *)i);
}

/* What a thread calls last. */
static inline void
ktt_exit(void)
{
	__atomic_fetch_sub(&ktt_left, 1, __ATOMIC_RELEASE);
	wakeup(&ktt_left);
}

static inline int
ktt_stopping(void)
{
	return (__atomic_load_n(&ktt_stop, __ATOMIC_ACQUIRE));
}

/* Wait until at most n threads are left. */
static inline void
ktt_wait(unsigned int n)
{
	for (;;) {
		sleep_setup(&ktt_left, "ktwait");
		if (__atomic_load_n(&ktt_left, __ATOMIC_ACQUIRE) <= n)
			break;
		sleep_finish(INFSLP);
	}
	sleep_cancel();
}

/* Wait for all; the line of a check that failed, or 0. */
static inline int
ktt_join(void)
{
	int line;

	ktt_wait(0);
	line = __atomic_exchange_n(&ktt_badline, 0, __ATOMIC_RELAXED);
	if (line != 0)
		kt_say("thread: line %d, value %lu\n", line, ktt_badvalue);
	return (line);
}

static inline int
ktt_end(void)
{
	int line;

	__atomic_store_n(&ktt_stop, 1, __ATOMIC_RELEASE);
	line = ktt_join();
	__atomic_store_n(&ktt_stop, 0, __ATOMIC_RELEASE);
	return (line);
}

/* Let others run, without time going by on the virtual clock. */
static inline void
ktt_yields(unsigned int n)
{
	while (n-- > 0)
		yield();
}

/* An int that one thread sets and others wait for, by yielding. */
static inline void
ktt_set(int *p, int v)
{
	__atomic_store_n(p, v, __ATOMIC_SEQ_CST);
}

static inline int
ktt_get(int *p)
{
	return (__atomic_load_n(p, __ATOMIC_SEQ_CST));
}

static inline void
ktt_await(int *p, int v)
{
	while (ktt_get(p) != v)
		yield();
}

#endif /* _KT_THREAD_H_ */
