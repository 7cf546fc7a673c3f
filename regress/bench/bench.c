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

#include "bench.h"

#include <sys/malloc.h>

#include <machine/host.h>
#include <machine/sched.h>
#include <machine/softnet.h>

#define BENCH_SAMPLES	8192		/* bursts of a window at most */
#define BENCH_WINDOW	6000		/* us */
#define BENCH_STALL	2000000		/* rounds until a burst is lost */

/*
 * The softnet's thread and the test's by turns: the one that waits leaves
 * all of it alone.
 */
static struct {
	struct bench_work	*work;		/* atomic; NULL: none */
	enum { PREPARE, READY, GOING } phase;
	unsigned int		 stalled;	/* rounds in this phase */
	uint64_t		 begin;		/* of this burst */
	uint64_t		 end;		/* of the window */
	unsigned int		 n;
	uint64_t		 samples[BENCH_SAMPLES];
	uint64_t		 clocks0;
	uint64_t		 ns0;
} bench;

static unsigned int	bench_step(void *, unsigned int);

static struct softnet_nic bench_nic = { .sn_recv = bench_step };

int
bench_start(void)
{
	if (sched_exact || ncpus != 1) {
		ktest_fail(__FILE__, __LINE__,
		    "wants BSD_REALTIME=1 and one CPU");
		return (EINVAL);
	}
	bench.clocks0 = bench_clocks();
	bench.ns0 = host_monotime();
	softnet_nic_add(softnet_of(0), &bench_nic);
	return (0);
}

void
bench_stop(void)
{
	softnet_nic_del(softnet_of(0), &bench_nic);
}

uint64_t
bench_hz(void)
{
	uint64_t ns = host_monotime() - bench.ns0;

	/* to the ms: the product stays below 64 bits for years */
	return ((bench_clocks() - bench.clocks0) / MAX(1, ns / 1000000) *
	    1000);
}

static void
bench_end(void)
{
	__atomic_store_n(&bench.work, NULL, __ATOMIC_RELEASE);
	wakeup(&bench);
}

/* A burst is through. */
static void
bench_sample(uint64_t now)
{
	bench.samples[bench.n++] = now - bench.begin;
	bench.phase = PREPARE;
	if (bench.n == BENCH_SAMPLES || now >= bench.end)
		bench_end();
}

static unsigned int
bench_stalled(void)
{
	if (++bench.stalled < BENCH_STALL)
		return (1);
	bench.n = 0;
	bench_end();
	return (0);
}

/* Never returns 0 while there is work: the softnet would go to sleep. */
static unsigned int
bench_step(void *arg, unsigned int max)
{
	struct bench_work *w = __atomic_load_n(&bench.work,
	    __ATOMIC_ACQUIRE);

	if (w == NULL)
		return (0);
	if (bench.phase == GOING) {
		if (w->bw_done != NULL && !w->bw_done(w))
			return (bench_stalled());
		bench_sample(bench_clocks());
		return (1);
	}
	if (bench.phase == PREPARE) {
		bench.stalled = 0;
		bench.phase = READY;
		if (w->bw_prepare != NULL)
			w->bw_prepare(w);
	}
	if (w->bw_ready != NULL && !w->bw_ready(w))
		return (bench_stalled());
	bench.stalled = 0;
	bench.phase = GOING;
	bench.begin = bench_clocks();
	w->bw_go(w);
	return (1);
}

static void
bench_sort(uint64_t *v, unsigned int n)
{
	unsigned int gap, i, j;
	uint64_t x;

	for (gap = n / 2; gap > 0; gap /= 2) {
		for (i = gap; i < n; i++) {
			x = v[i];
			for (j = i; j >= gap && v[j - gap] > x; j -= gap)
				v[j] = v[j - gap];
			v[j] = x;
		}
	}
}

/* Bursts that the host interrupted lie in the upper quarter. */
static uint64_t
bench_mean(void)
{
	unsigned int from = bench.n / 4, to = bench.n - bench.n / 4, i;
	uint64_t sum = 0;

	if (bench.n == 0)
		return (0);
	bench_sort(bench.samples, bench.n);
	for (i = from; i < to; i++)
		sum += bench.samples[i];
	return (sum * 100 / (to - from) / BENCH_BURST);
}

uint64_t
bench_window(struct bench_work *w, unsigned long us)
{
	static uint64_t hz;

	if (hz == 0) {
		kt_sleep(MSEC_TO_NSEC(20));
		hz = bench_hz();
	}
	bench.n = 0;
	bench.phase = PREPARE;
	bench.end = bench_clocks() + kt_count(us) * (hz / 1000000);
	__atomic_store_n(&bench.work, w, __ATOMIC_RELEASE);
	softnet_kick(softnet_of(0));
	for (;;) {
		sleep_setup(&bench, "bench");
		if (__atomic_load_n(&bench.work, __ATOMIC_ACQUIRE) == NULL)
			break;
		sleep_finish(INFSLP);
	}
	sleep_cancel();
	return (bench_mean());
}

int
bench_compare(const char *name, const char *peername,
    struct bench_work *ours, struct bench_work *peer, unsigned int runs)
{
	uint64_t o, p;
	unsigned int i;

	/* the first warms up */
	for (i = 0; i <= runs; i++) {
		o = bench_window(ours, BENCH_WINDOW);
		p = bench_window(peer, BENCH_WINDOW);
		if (o == 0 || p == 0) {
			ktest_fail(__FILE__, __LINE__, "%s: packets got lost",
			    name);
			return (EIO);
		}
		if (i > 0)
			kt_say("sample %s clocks %s %llu %llu\n", name,
			    peername, (unsigned long long)o,
			    (unsigned long long)p);
	}
	return (0);
}
