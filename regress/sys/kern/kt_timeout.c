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
#include <sys/timeout.h>

#include "kt_thread.h"

/* Timeouts, against a list that is searched from end to end. */
#define NTIMEOUTS	100

struct ke_timeout {
	struct timeout	 ke_to;
	uint64_t	 ke_due;	/* ns */
	uint64_t	 ke_seq;
	int		 ke_armed;
};

static struct ke_timeout ke_model[NTIMEOUTS];
static uint64_t		 ke_seq;
static unsigned long	 ke_fired;

static struct ke_timeout *
ke_first(void)
{
	struct ke_timeout *ke, *first = NULL;

	for (ke = ke_model; ke < ke_model + NTIMEOUTS; ke++) {
		if (ke->ke_armed && (first == NULL ||
		    ke->ke_due < first->ke_due ||
		    (ke->ke_due == first->ke_due &&
		    ke->ke_seq < first->ke_seq)))
			first = ke;
	}
	return (first);
}

static void	ke_change(struct ke_timeout *);

/* It is the first of all, to the nanosecond; some go on from here. */
static void
ke_fire(void *arg)
{
	struct ke_timeout *ke = arg;

	KTT_CHECK(ke == ke_first(), ke - ke_model);
	KTT_CHECK(ke->ke_due == nsecuptime(), ke->ke_due);
	KTT_CHECK(!timeout_pending(&ke->ke_to), ke - ke_model);
	KTT_CHECK(timeout_triggered(&ke->ke_to), ke - ke_model);
	ke->ke_armed = 0;
	ke_fired++;
	if (kt_random() % 4 == 0)
		ke_change(&ke_model[kt_random() % NTIMEOUTS]);
}

static void
ke_del(struct ke_timeout *ke)
{
	KTT_CHECK(timeout_del(&ke->ke_to) == ke->ke_armed, ke - ke_model);
	KTT_CHECK(!timeout_triggered(&ke->ke_to), ke - ke_model);
	ke->ke_armed = 0;
}

static void
ke_add(struct ke_timeout *ke, uint64_t ns)
{
	ke->ke_due = nsecuptime() + ns;
	ke->ke_seq = ke_seq++;
	KTT_CHECK(timeout_add_nsec(&ke->ke_to, ns) == !ke->ke_armed,
	    ke - ke_model);
	ke->ke_armed = 1;
}

/* Many are due at the same time. */
static void
ke_change(struct ke_timeout *ke)
{
	if (kt_random() % 4 == 0)
		ke_del(ke);
	else
		ke_add(ke, MSEC_TO_NSEC(1 + kt_random() % 20));
}

KTEST(timeout_model, "random timeouts fire in order and exactly then")
{
	unsigned long round, i, n;

	for (i = 0; i < NTIMEOUTS; i++) {
		timeout_set(&ke_model[i].ke_to, ke_fire, &ke_model[i]);
		ke_model[i].ke_armed = 0;
	}
	ke_fired = 0;
	for (round = 0; round < kt_count(20000); round++) {
		for (n = kt_random() % 16; n > 0; n--) {
			i = kt_random() % NTIMEOUTS;
			KT_EQ(timeout_pending(&ke_model[i].ke_to) != 0,
			    ke_model[i].ke_armed);
			ke_change(&ke_model[i]);
		}
		/* between two milliseconds: the changes are one instant */
		if (kt_random() % 2 == 0)
			kt_sleep(MSEC_TO_NSEC(kt_random() % 8) + 1);
	}
	while (ke_first() != NULL)
		kt_sleep(MSEC_TO_NSEC(10));
	KT_ASSERT(ke_fired > kt_count(20000));
	KT_EQ(ktt_join(), 0);
}

static int		kx_log[64];
static unsigned int	kx_nlog;
static int		kx_step;	/* atomic */

static void
kx_note(void *arg)
{
	if (kx_nlog < nitems(kx_log))
		kx_log[kx_nlog] = (int)(unsigned long)arg;
	kx_nlog++;
}

KTEST(timeout_equals, "those due at once fire in the order of adding")
{
	static struct timeout to[32];
	unsigned long i;

	kx_nlog = 0;
	for (i = 0; i < nitems(to); i++) {
		timeout_set(&to[i], kx_note, (void *)i);
		KT_EQ(timeout_add_msec(&to[i], 10), 1);
	}
	/* moved to where it is, it is the last; so are these */
	KT_EQ(timeout_add_msec(&to[0], 10), 0);
	for (i = 4; i < 8; i++) {
		KT_EQ(timeout_del(&to[i]), 1);
		KT_EQ(timeout_add_msec(&to[i], 10), 1);
	}
	kt_sleep(MSEC_TO_NSEC(10) - 1);
	KT_EQ(kx_nlog, 0);
	kt_sleep(2);
	KT_EQ(kx_nlog, nitems(to));
	for (i = 0; i < nitems(to); i++)
		KT_EQ(kx_log[i], i < 3 ? i + 1 : i < 27 ? i + 5 :
		    i == 27 ? 0 : i - 24);
}

KTEST(timeout_units, "seconds, milliseconds, ticks; never too big")
{
	static struct timeout to;
	uint64_t start = nsecuptime();

	timeout_set_proc(&to, kx_note, NULL);
	KT_ASSERT(timeout_initialized(&to));
	timeout_add_sec(&to, 3);
	KT_EQ(to.to_time - start, 3000000000UL);
	timeout_add_msec(&to, 7);
	KT_EQ(to.to_time - start, 7000000);
	timeout_add(&to, 2);
	KT_EQ(to.to_time - start, 2000000000UL / hz);
	timeout_add_nsec(&to, 5);
	KT_EQ(to.to_time - start, 5);
	timeout_add_sec(&to, INT_MAX);
	KT_EQ(to.to_time - start, INT_MAX * 1000000000UL);
	timeout_add_msec(&to, UINT64_MAX);
	KT_ASSERT(to.to_time > start + SEC_TO_NSEC(1000000000));
	timeout_add_nsec(&to, UINT64_MAX);
	KT_ASSERT(to.to_time > start + SEC_TO_NSEC(1000000000));
	kx_nlog = 0;
	kt_sleep(SEC_TO_NSEC(1000000));
	KT_EQ(kx_nlog, 0);
	KT_ASSERT(timeout_pending(&to));
	timeout_add(&to, -1);
	kt_sleep(1);
	KT_EQ(kx_nlog, 1);
	timeout_add_sec(&to, -1);
	kt_sleep(1);
	KT_EQ(kx_nlog, 2);
	KT_EQ(timeout_del(&to), 0);
}

static struct timeout	kx_slowto;

static void
kx_slow(void *arg)
{
	ktt_set(&kx_step, 1);
	tsleep_nsec(&kx_step, PWAIT, "kt", MSEC_TO_NSEC(5));
	ktt_set(&kx_step, 2);
}

KTEST(timeout_barrier, "del_barrier waits for the function that runs")
{
	static struct timeout other;
	uint64_t start;

	timeout_set(&kx_slowto, kx_slow, NULL);
	timeout_set(&other, kx_note, NULL);
	timeout_add_nsec(&kx_slowto, 1);
	kt_sleep(2);
	KT_EQ(ktt_get(&kx_step), 1);
	start = nsecuptime();
	KT_EQ(timeout_del(&kx_slowto), 0);
	timeout_barrier(&other);	/* that is not it */
	KT_EQ(nsecuptime(), start);
	KT_EQ(timeout_del_barrier(&kx_slowto), 0);
	KT_EQ(ktt_get(&kx_step), 2);
	KT_EQ(nsecuptime() - start, MSEC_TO_NSEC(5) - 1);
	/* pending: it does not run, and nobody waits */
	ktt_set(&kx_step, 0);
	timeout_add_nsec(&kx_slowto, 5);
	KT_EQ(timeout_del_barrier(&kx_slowto), 1);
	kt_sleep(10);
	KT_EQ(ktt_get(&kx_step), 0);
	/* one that is late because another was slow */
	timeout_add_nsec(&kx_slowto, 1);
	timeout_add_nsec(&other, 2);
	kx_nlog = 0;
	kt_sleep(MSEC_TO_NSEC(4));
	KT_EQ(kx_nlog, 0);
	kt_sleep(MSEC_TO_NSEC(1) + 2);
	KT_EQ(kx_nlog, 1);
}

static struct timeout	kx_again;
static uint64_t		kx_next;

static void
kx_tick(void *arg)
{
	KTT_CHECK(nsecuptime() == kx_next, kx_nlog);
	kx_nlog++;
	kx_next += SEC_TO_NSEC(10);
	timeout_add_sec(&kx_again, 10);
}

static void
kx_free(void *arg)
{
	memset(arg, 0xdb, sizeof(struct timeout));
	free(arg, M_TEMP, sizeof(struct timeout));
	kx_nlog++;
}

KTEST(timeout_hours, "eight hours of ten seconds each, without drift")
{
	kx_nlog = 0;
	timeout_set(&kx_again, kx_tick, NULL);
	kx_next = nsecuptime() + SEC_TO_NSEC(10);
	timeout_add_sec(&kx_again, 10);
	kt_sleep(SEC_TO_NSEC(8 * 3600) + 1);
	KT_EQ(kx_nlog, 8 * 360);
	KT_EQ(timeout_del_barrier(&kx_again), 1);
	KT_EQ(ktt_join(), 0);
}

KTEST(timeout_free, "a timeout may free itself")
{
	struct timeout *to;
	int i;

	kx_nlog = 0;
	for (i = 0; i < 20; i++) {
		to = malloc(sizeof(*to), M_TEMP, M_WAITOK);
		timeout_set(to, kx_free, to);
		timeout_add_nsec(to, i % 4);
	}
	kt_sleep(5);
	KT_EQ(kx_nlog, 20);
}

/* --- many at once */

#define NCHURN	8

struct kx_churn {
	struct timeout	 kc_to;
	unsigned int	 kc_magic;
	int		 kc_running;	/* atomic */
};
static struct kx_churn	kx_shared[NCHURN];
static unsigned long	kx_count;	/* atomic */

static void
kx_churned(void *arg)
{
	struct kx_churn *kc = arg;

	KTT_CHECK(__atomic_fetch_add(&kc->kc_running, 1,
	    __ATOMIC_RELAXED) == 0, kc - kx_shared);
	KTT_CHECK(kc->kc_magic == 0x6b6368, kc->kc_magic);
	if (kt_random() % 4 == 0)
		tsleep_nsec(&kc->kc_running, PWAIT, "kt", 700);
	KTT_CHECK(kc->kc_magic == 0x6b6368, kc->kc_magic);
	__atomic_fetch_sub(&kc->kc_running, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&kx_count, 1, __ATOMIC_RELAXED);
}

static void
kx_churner(void *arg)
{
	unsigned long i, n = kt_count(10000);
	struct kx_churn *kc, *own;

	for (i = 0; i < n; i++) {
		kc = &kx_shared[kt_random() % NCHURN];
		if (kt_random() % 4 == 0)
			timeout_del(&kc->kc_to);
		else
			timeout_add_nsec(&kc->kc_to, kt_random() % 5000);
		if (i % 16 != 0)
			continue;
		own = malloc(sizeof(*own), M_TEMP, M_WAITOK | M_ZERO);
		own->kc_magic = 0x6b6368;
		timeout_set(&own->kc_to, kx_churned, own);
		timeout_add_nsec(&own->kc_to, 1000);
		tsleep_nsec(own, PWAIT, "kt", kt_random() % 2000);
		timeout_del_barrier(&own->kc_to);
		KTT_CHECK(ktt_get(&own->kc_running) == 0, i);
		memset(own, 0xdb, sizeof(*own));
		free(own, M_TEMP, sizeof(*own));
	}
	ktt_exit();
}

KTEST(mp_timeout_churn, "added, moved, deleted and freed by many at once")
{
	int i;

	kx_count = 0;
	for (i = 0; i < NCHURN; i++) {
		kx_shared[i].kc_magic = 0x6b6368;
		timeout_set(&kx_shared[i].kc_to, kx_churned, &kx_shared[i]);
	}
	ktt_start_n(3, kx_churner);
	KT_EQ(ktt_join(), 0);
	for (i = 0; i < NCHURN; i++)
		timeout_del_barrier(&kx_shared[i].kc_to);
	KT_EQ(ktt_join(), 0);
	KT_ASSERT(__atomic_load_n(&kx_count, __ATOMIC_RELAXED) > 0);
}
