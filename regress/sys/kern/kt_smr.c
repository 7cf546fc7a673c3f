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
#include <sys/smr.h>

#include "kt_thread.h"

/* Safe memory reclamation: who waits for whom, and who must not. */
#define NREADERS	3

static int	km_step;		/* atomic */
static int	km_go;			/* atomic */
static int	km_done;		/* atomic */

static void
km_start(void)
{
	ktt_set(&km_step, 0);
	ktt_set(&km_go, 0);
	ktt_set(&km_done, 0);
}

/* In a section until km_go is what the argument says. */
static void
km_reader(void *arg)
{
	smr_read_enter();
	ktt_set(&km_step, ktt_get(&km_step) + 1);
	ktt_await(&km_go, (int)(unsigned long)arg);
	smr_read_leave();
	ktt_exit();
}

/* Give the others time; the virtual clock would not move. */
static void
km_pause(void)
{
	ktt_yields(500);
	if (ncpus > 1)
		kt_sleep(MSEC_TO_NSEC(1));
}

static void
km_barrier(void *arg)
{
	smr_barrier();
	ktt_set(&km_done, 1);
	ktt_exit();
}

KTEST(mp_smr_reader, "a barrier waits for a reader that is inside")
{
	km_start();
	ktt_start(km_reader, (void *)1UL);
	ktt_await(&km_step, 1);
	ktt_start(km_barrier, NULL);
	km_pause();
	KT_EQ(ktt_get(&km_done), 0);
	ktt_set(&km_go, 1);
	KT_EQ(ktt_join(), 0);
	KT_EQ(ktt_get(&km_done), 1);
	smr_barrier();			/* and for nobody else */
}

static void
km_nested(void *arg)
{
	smr_read_enter();
	smr_read_enter();
	ktt_set(&km_step, 1);
	ktt_await(&km_go, 1);
	smr_read_leave();
	SMR_ASSERT_CRITICAL();
	ktt_set(&km_step, 2);
	ktt_await(&km_go, 2);
	smr_read_enter();
	smr_read_leave();
	ktt_set(&km_step, 3);
	ktt_await(&km_go, 3);
	smr_read_leave();
	SMR_ASSERT_NONCRITICAL();
	ktt_exit();
}

KTEST(mp_smr_nest, "of nested sections the outermost counts")
{
	int i;

	km_start();
	ktt_start(km_nested, NULL);
	ktt_await(&km_step, 1);
	ktt_start(km_barrier, NULL);
	for (i = 1; i <= 2; i++) {
		km_pause();
		KT_EQ(ktt_get(&km_done), 0);
		ktt_set(&km_go, i);
		ktt_await(&km_step, i + 1);
	}
	km_pause();
	KT_EQ(ktt_get(&km_done), 0);
	ktt_set(&km_go, 3);
	KT_EQ(ktt_join(), 0);
	KT_EQ(ktt_get(&km_done), 1);
}

/* Sleeps, is woken, and then stays in a section for long. */
static int	km_late_sleeps;		/* atomic */

static void
km_late(void *arg)
{
	ktt_set(&km_late_sleeps, 1);
	tsleep_nsec(&km_go, PWAIT, "ktlate", INFSLP);
	smr_read_enter();
	ktt_set(&km_step, 2);
	ktt_await(&km_go, 2);
	smr_read_leave();
	ktt_exit();
}

KTEST(smr_later, "a barrier does not wait for sections that begin later")
{
	km_start();
	ktt_set(&km_late_sleeps, 0);
	/* in this order, as a barrier looks at the oldest first */
	ktt_start(km_reader, (void *)1UL);
	ktt_await(&km_step, 1);
	ktt_start(km_late, NULL);
	ktt_await(&km_late_sleeps, 1);
	ktt_start(km_barrier, NULL);
	ktt_yields(500);		/* it waits for the reader */
	wakeup(&km_go);
	ktt_await(&km_step, 2);
	KT_EQ(ktt_get(&km_done), 0);
	ktt_set(&km_go, 1);
	ktt_wait(1);
	KT_EQ(ktt_get(&km_done), 1);
	ktt_set(&km_go, 2);
	KT_EQ(ktt_join(), 0);
}

/* --- smr_call() */

struct km_item {
	struct smr_entry ki_smr;
	unsigned int	 ki_magic;
	unsigned int	 ki_number;
};
#define KM_MAGIC	0x736d7231U

static unsigned int	km_called;	/* the smr thread's */
static int		km_more;	/* calls from within a call */

static struct km_item *
km_new(unsigned int number)
{
	struct km_item *ki;

	ki = malloc(sizeof(*ki), M_TEMP, M_WAITOK | M_ZERO);
	smr_init(&ki->ki_smr);
	ki->ki_magic = KM_MAGIC;
	ki->ki_number = number;
	return (ki);
}

static void
km_free(void *arg)
{
	struct km_item *ki = arg;

	KTT_CHECK(ki->ki_magic == KM_MAGIC, ki->ki_magic);
	memset(ki, 0xdb, sizeof(*ki));
	free(ki, M_TEMP, sizeof(*ki));
}

static void
km_ordered(void *arg)
{
	struct km_item *ki = arg;

	KTT_CHECK(ki->ki_number == km_called, ki->ki_number);
	km_called++;
	if (km_more > 0) {
		km_more--;
		ki = km_new(100 + ki->ki_number);
		smr_call(&ki->ki_smr, km_ordered, ki);
	}
	km_free(arg);
}

KTEST(smr_call_order, "callbacks run in order, and may call and free")
{
	static struct km_item *items[100];
	unsigned int i;

	km_called = 0;
	km_more = 50;
	for (i = 0; i < nitems(items); i++)
		items[i] = km_new(i);
	smr_read_enter();
	for (i = 0; i < nitems(items); i++) {
		smr_call(&items[i]->ki_smr, km_ordered, items[i]);
		ktt_yields(2);
	}
	KT_EQ(km_called, 0);		/* this thread is inside */
	smr_read_leave();
	smr_drain();
	KT_EQ(km_called, 150);
	KT_EQ(ktt_join(), 0);
}

/* --- under load */

static struct km_item	*km_current;	/* readers follow it */
static unsigned long	km_reads;	/* atomic */

static void
km_look(unsigned int last)
{
	struct km_item *ki;

	smr_read_enter();
	ki = SMR_PTR_GET(&km_current);
	KTT_CHECK(ki->ki_number >= last, ki->ki_number);
	last = ki->ki_number;
	ktt_yields(kt_random() % 4);
	KTT_CHECK(ki->ki_magic == KM_MAGIC, ki->ki_magic);
	KTT_CHECK(ki->ki_number == last, ki->ki_number);
	smr_read_leave();
}

/* Hardly ever gives up its CPU. */
static void
km_busy(void *arg)
{
	unsigned int last = 0;

	while (!ktt_stopping()) {
		km_look(last);
		__atomic_fetch_add(&km_reads, 1, __ATOMIC_RELAXED);
		if (arg != NULL)
			tsleep_nsec(&km_go, PWAIT, "kt", kt_random() % 2000);
		else if (kt_random() % 64 == 0)
			yield();
	}
	ktt_exit();
}

static void
km_replace(unsigned int number, int wait)
{
	struct km_item *old = km_current;

	SMR_PTR_SET_LOCKED(&km_current, km_new(number));
	if (wait) {
		smr_barrier();
		km_free(old);
	} else
		smr_call(&old->ki_smr, km_free, old);
}

KTEST(mp_smr_busy, "nothing is freed that busy readers still look at")
{
	unsigned long i, n = kt_count(5000);

	km_start();
	km_current = km_new(0);
	ktt_start_n(NREADERS, km_busy);
	for (i = 1; i <= n; i++) {
		km_replace(i, i % 2 == 0);
		if (i % 64 == 0)
			km_pause();
	}
	KT_EQ(ktt_end(), 0);
	smr_drain();
	KT_ASSERT(__atomic_load_n(&km_reads, __ATOMIC_RELAXED) > 0);
	km_free(km_current);
	KT_EQ(ktt_join(), 0);
}

static void
km_barriers(void *arg)
{
	unsigned long i, n = kt_count(5000);

	for (i = 0; i < n; i++) {
		smr_read_enter();
		if (kt_random() % 8 == 0)
			yield();
		smr_read_leave();
		smr_barrier();
	}
	ktt_exit();
}

KTEST(mp_smr_barriers, "threads in a barrier do not wait for each other")
{
	km_start();
	ktt_start_n(NREADERS + 1, km_barriers);
	KT_EQ(ktt_join(), 0);
}

static void
km_short(void *arg)
{
	smr_read_enter();
	smr_read_leave();
	ktt_exit();
}

KTEST(mp_smr_exits, "threads that ended do not count")
{
	unsigned int i;

	for (i = 0; i < 100; i++) {
		ktt_start_n(NREADERS, km_short);
		if (i % 2 == 0)
			smr_barrier();
		KT_EQ(ktt_join(), 0);
		smr_barrier();
	}
}
