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

#ifndef _MACHINE_SCHED_H_
#define _MACHINE_SCHED_H_

#include <sys/types.h>

/*
 * The scheduler hands tokens (CPUs) to kernel threads, each of which is a
 * thread of the host that runs only while it holds one.  With one token
 * and a seed the order of everything follows from the seed; "exact" adds
 * a virtual clock that jumps to the next deadline when all are asleep.
 */
struct proc;

extern int	sched_seeded;		/* yields are thrown in by chance */
extern int	sched_exact;		/* and the clock is virtual */

void	sched_init(unsigned int, int, int, uint64_t);
void	sched_seed(uint64_t);		/* restart the chain of choices */
uint64_t sched_trace(void);		/* hash of all switches so far */
uint64_t sched_switches(void);
uint64_t sched_unparks(void);		/* threads woken through the host */

/* Give the token up before waiting in the host, and take one after. */
void	sched_release(void);
void	sched_acquire(void);
/* Let another ready thread run first; returns 0 when there was none. */
int	sched_yield(void);
void	sched_chance(void);		/* the same, one time in many */
#define sched_maybe_yield()	do {					\
	if (__builtin_expect(sched_seeded, 0))				\
		sched_chance();						\
} while (0)
int	sched_waiting(void);		/* somebody wants a token */
void	sched_spin(unsigned int *);	/* one turn of waiting for a mutex */

/*
 * Sleep on an address in two steps, so that a wakeup between looking at
 * the condition and sleeping is not lost.  ns: how long, INFSLP for ever.
 */
void	sleep_setup(const volatile void *, const char *);
int	sleep_finish(uint64_t);		/* 0 or EWOULDBLOCK */
void	sleep_cancel(void);

/* Is this thread off its token, or gone?  For smr_barrier(). */
int	sched_offcpu(struct proc *);
/* threads that have not ended: how many, and the first max of them */
unsigned int sched_procs(struct proc **, unsigned int);

/* monotonic, ns; virtual when exact */
uint64_t nsecuptime(void);
uint64_t clock_hosttime(uint64_t);
void	clock_init(void);
void	clock_round(void);		/* gettime() of this round */
void	clock_advance(uint64_t);	/* exact: to that time */

void	smr_quiescent(struct proc *);
void	smr_exit(void);			/* the calling thread ends */

#endif /* _MACHINE_SCHED_H_ */
