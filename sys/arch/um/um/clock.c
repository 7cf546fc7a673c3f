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
#include <sys/proc.h>
#include <sys/time.h>

#include <machine/host.h>
#include <machine/sched.h>

/*
 * Monotonic time starts at boot.  The wall clock is the host's at boot
 * plus that; when time is virtual it starts at a fixed date.
 */
#define CLOCK_EXACT_EPOCH	1700000000UL	/* s */

static uint64_t	clock_boot;	/* the host's monotonic time then */
static uint64_t	clock_wall;	/* ns since 1970 at boot */
static uint64_t	clock_virtual;	/* exact: ns since boot, atomic */

void
clock_init(void)
{
	if (sched_exact) {
		clock_wall = SEC_TO_NSEC(CLOCK_EXACT_EPOCH);
		clock_virtual = SEC_TO_NSEC(1);
		return;
	}
	/* boot lies a second back, so that an uptime is never 0 */
	clock_boot = host_monotime() - SEC_TO_NSEC(1);
	clock_wall = host_walltime() - SEC_TO_NSEC(1);
}

uint64_t
nsecuptime(void)
{
	if (sched_exact)
		return (__atomic_load_n(&clock_virtual, __ATOMIC_RELAXED));
	return (host_monotime() - clock_boot);
}

/* The same moment on the host's clock. */
uint64_t
clock_hosttime(uint64_t t)
{
	return (t > UINT64_MAX - clock_boot ? UINT64_MAX : t + clock_boot);
}

void
clock_advance(uint64_t t)
{
	if (t > __atomic_load_n(&clock_virtual, __ATOMIC_RELAXED))
		__atomic_store_n(&clock_virtual, t, __ATOMIC_RELAXED);
}

/* A softnet thread looks at the clock once a round, not for each packet. */
time_t
gettime(void)
{
	struct proc *p = curproc;

	if (p != NULL && p->p_now != 0 && !sched_exact)
		return (p->p_now);
	return ((clock_wall + nsecuptime()) / 1000000000UL);
}

void
clock_round(void)
{
	if (!sched_exact)
		curproc->p_now = (clock_wall + host_coarsetime() -
		    clock_boot) / 1000000000UL;
}

time_t
getuptime(void)
{
	return (nsecuptime() / 1000000000UL);
}

uint64_t
getnsecuptime(void)
{
	return (nsecuptime());
}

static void
clock_timespec(uint64_t ns, struct timespec *ts)
{
	ts->tv_sec = ns / 1000000000UL;
	ts->tv_nsec = ns % 1000000000UL;
}

static void
clock_timeval(uint64_t ns, struct timeval *tv)
{
	tv->tv_sec = ns / 1000000000UL;
	tv->tv_usec = ns % 1000000000UL / 1000;
}

void
nanotime(struct timespec *ts)
{
	clock_timespec(clock_wall + nsecuptime(), ts);
}

void
microtime(struct timeval *tv)
{
	clock_timeval(clock_wall + nsecuptime(), tv);
}

void
getnanotime(struct timespec *ts)
{
	nanotime(ts);
}

void
getmicrotime(struct timeval *tv)
{
	microtime(tv);
}

void
nanouptime(struct timespec *ts)
{
	clock_timespec(nsecuptime(), ts);
}

void
microuptime(struct timeval *tv)
{
	clock_timeval(nsecuptime(), tv);
}

void
getnanouptime(struct timespec *ts)
{
	nanouptime(ts);
}

void
getmicrouptime(struct timeval *tv)
{
	microuptime(tv);
}

/* 1 when at least the interval has passed since the last 1. */
int
ratecheck(struct timeval *last, const struct timeval *interval)
{
	struct timeval now, since;

	microuptime(&now);
	timersub(&now, last, &since);
	if (timerisset(last) && timercmp(&since, interval, <))
		return (0);
	*last = now;
	return (1);
}

/* 1 while there have been at most maxpps in this second; -1: no limit. */
int
ppsratecheck(struct timeval *last, int *curpps, int maxpps)
{
	struct timeval now;

	microuptime(&now);
	if (now.tv_sec != last->tv_sec || !timerisset(last)) {
		*last = now;
		*curpps = 0;
	}
	if (*curpps < INT_MAX)
		++*curpps;
	return (maxpps < 0 || *curpps <= maxpps);
}
