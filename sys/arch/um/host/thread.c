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

#define _GNU_SOURCE
#include <sys/random.h>
#include <sys/syscall.h>

#include <linux/futex.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <machine/host.h>

/* the sanitizers make frames several times larger */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define THREAD_STACK	(2 * 1024 * 1024)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define THREAD_STACK	(2 * 1024 * 1024)
#endif
#endif
#ifndef THREAD_STACK
#define THREAD_STACK	(256 * 1024)
#endif

struct host_thread {
	void		(*ht_func)(void *);
	void		*ht_arg;
};

static void *
thread_start(void *arg)
{
	struct host_thread ht = *(struct host_thread *)arg;

	free(arg);
	ht.ht_func(ht.ht_arg);
	return (NULL);
}

/*
 * Nobody waits for a thread's end.  Signals are for the thread that main()
 * waits in.
 */
int
host_thread_create(void (*func)(void *), void *arg, const char *name)
{
	struct host_thread *ht;
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, old;
	int error;

	if ((ht = calloc(1, sizeof(*ht))) == NULL)
		return (ENOMEM);
	ht->ht_func = func;
	ht->ht_arg = arg;
	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, THREAD_STACK);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&thread, &attr, thread_start, ht);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	if (error != 0)
		free(ht);
	return (error);
}

void
host_thread_exit(void)
{
	pthread_exit(NULL);
}

void
host_yield(void)
{
	sched_yield();
}

unsigned int
host_ncpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == -1)
		return (1);
	return (CPU_COUNT(&set));
}

int
host_park(unsigned int *word, unsigned long deadline)
{
	struct timespec ts, *tsp = NULL;

	if (deadline != ~0UL) {
		ts.tv_sec = deadline / 1000000000UL;
		ts.tv_nsec = deadline % 1000000000UL;
		tsp = &ts;
	}
	while (__atomic_exchange_n(word, 0, __ATOMIC_ACQUIRE) == 0) {
		if (syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, 0, tsp,
		    NULL, FUTEX_BITSET_MATCH_ANY) == -1 && errno == ETIMEDOUT)
			return (ETIMEDOUT);
	}
	return (0);
}

void
host_unpark(unsigned int *word)
{
	__atomic_store_n(word, 1, __ATOMIC_RELEASE);
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static unsigned long
thread_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (ts.tv_sec * 1000000000UL + ts.tv_nsec);
}

unsigned long
host_monotime(void)
{
	return (thread_clock(CLOCK_MONOTONIC));
}

/* Costs no look at a counter, which a virtual machine pays dearly for. */
unsigned long
host_coarsetime(void)
{
	return (thread_clock(CLOCK_MONOTONIC_COARSE));
}

unsigned long
host_walltime(void)
{
	return (thread_clock(CLOCK_REALTIME));
}

unsigned long
host_cputime(void)
{
	return (thread_clock(CLOCK_PROCESS_CPUTIME_ID));
}

void
host_random(void *buf, unsigned long len)
{
	unsigned char *p = buf;
	ssize_t n;

	while (len > 0) {
		n = getrandom(p, len > 256 ? 256 : len, 0);
		if (n == -1 && errno != EINTR)
			abort();
		if (n > 0) {
			p += n;
			len -= n;
		}
	}
}

void *
host_alloc(unsigned long size, unsigned long align)
{
	void *p;

	if (align < sizeof(void *))
		align = sizeof(void *);
	if (posix_memalign(&p, align, size) != 0)
		return (NULL);
	return (p);
}

void
host_free(void *p)
{
	free(p);
}
