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


#include <sys/ktest.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/pool.h>
#include <sys/proc.h>

#define NITEMS	1000

struct item {
	uint64_t	 it_words[13];
};

/* one per test: a test that fails leaves its pool behind */
static struct pool pools[16], *ktpool = pools;
static struct item *items[NITEMS];

static void
item_fill(struct item *it, uint64_t v)
{
	size_t i;

	for (i = 0; i < nitems(it->it_words); i++)
		it->it_words[i] = v * 0x9e3779b97f4a7c15UL + i;
}

static int
item_ok(struct item *it, uint64_t v)
{
	size_t i;

	for (i = 0; i < nitems(it->it_words); i++)
		if (it->it_words[i] != v * 0x9e3779b97f4a7c15UL + i)
			return (0);
	return (1);
}

static void
ktpool_init(void)
{
	ktpool++;
	KASSERT(ktpool < pools + nitems(pools));
	pool_init(ktpool, sizeof(struct item), 0, IPL_NONE, 0, "ktpool",
	    NULL);
}

KTEST(pool_churn, "no two items overlap while they come and go")
{
	unsigned long i, n, slot;

	ktpool_init();
	memset(items, 0, sizeof(items));
	for (i = n = 0; i < kt_count(100000); i++) {
		slot = kt_random() % NITEMS;
		if (items[slot] == NULL) {
			items[slot] = pool_get(ktpool, PR_WAITOK);
			item_fill(items[slot], slot);
			n++;
		} else {
			KT_ASSERT(item_ok(items[slot], slot));
			pool_put(ktpool, items[slot]);
			items[slot] = NULL;
			n--;
		}
		KT_EQ(pool_inuse(ktpool), n);
	}
	for (slot = 0; slot < NITEMS; slot++) {
		if (items[slot] == NULL)
			continue;
		KT_ASSERT(item_ok(items[slot], slot));
		pool_put(ktpool, items[slot]);
	}
	KT_EQ(pool_inuse(ktpool), 0);
	pool_destroy(ktpool);
}

#ifndef KERNEL_ASAN
/* Free items that the pool knows of, on its list and on the CPUs'. */
static unsigned int
ktpool_nfree(void)
{
	unsigned int i, n = ktpool->pr_nfree;

	for (i = 0; i < ncpus; i++) {
		n += ktpool->pr_cache[i].pc_count;
		if (ktpool->pr_cache[i].pc_spare != NULL)
			n += ktpool->pr_batch;
	}
	return (n);
}

KTEST(pool_bounded, "no item is lost on its way between the CPUs")
{
	unsigned long round;
	int i;

	ktpool_init();
	for (round = 0; round < kt_count(200); round++) {
		for (i = 0; i < NITEMS; i++)
			items[i] = pool_get(ktpool, PR_WAITOK);
		KT_EQ(ktpool_nfree() + NITEMS, ktpool->pr_nitems);
		if (round % 2 == 0)
			yield();
		for (i = NITEMS; i-- > 0;)
			pool_put(ktpool, items[i]);
		KT_EQ(ktpool_nfree(), ktpool->pr_nitems);
	}
	KT_ASSERT(ktpool->pr_nitems <= NITEMS + (2 * ncpus + 1) *
	    ktpool->pr_batch);
	pool_destroy(ktpool);
}

KTEST(pool_isfree, "pool_put() would notice a second put")
{
	struct item *it;

	ktpool_init();
	it = pool_get(ktpool, PR_WAITOK);
	KT_ASSERT(!pool_isfree(ktpool, it));
	pool_put(ktpool, it);
	KT_ASSERT(pool_isfree(ktpool, it));
	pool_destroy(ktpool);
}

KTEST(pool_lowat, "pool_setlowat() makes items beforehand")
{
	ktpool_init();
	KT_EQ(pool_setlowat(ktpool, 200), 0);
	KT_ASSERT(ktpool->pr_nitems >= 200);
	KT_EQ(ktpool->pr_nfree, ktpool->pr_nitems);
	pool_destroy(ktpool);
}
#endif

KTEST(pool_zero, "PR_ZERO clears an item that was used before")
{
	struct item *it;
	size_t i, round;

	ktpool_init();
	for (round = 0; round < 200; round++) {
		it = pool_get(ktpool, PR_NOWAIT | PR_ZERO);
		for (i = 0; i < nitems(it->it_words); i++)
			KT_EQ(it->it_words[i], 0);
		memset(it, 0xa5, sizeof(*it));
		pool_put(ktpool, it);
	}
	pool_destroy(ktpool);
}

KTEST(pool_limit, "the hard limit holds, and is no leak")
{
	int i;

	ktpool_init();
	KT_EQ(pool_sethardlimit(ktpool, 10, NULL, 0), 0);
	for (i = 0; i < 10; i++)
		KT_ASSERT((items[i] = pool_get(ktpool, PR_WAITOK)) != NULL);
	KT_ASSERT(pool_get(ktpool, PR_NOWAIT) == NULL);
	KT_ASSERT(pool_get(ktpool, PR_WAITOK | PR_LIMITFAIL) == NULL);
	KT_EQ(pool_sethardlimit(ktpool, 9, NULL, 0), EINVAL);
	pool_put(ktpool, items[9]);
	KT_ASSERT((items[9] = pool_get(ktpool, PR_NOWAIT)) != NULL);
	KT_EQ(pool_leaks(), 10 + pool_leaks() - pool_inuse(ktpool));
	for (i = 0; i < 10; i++)
		pool_put(ktpool, items[i]);
	KT_EQ(pool_inuse(ktpool), 0);
	pool_destroy(ktpool);
}

static void
limit_thread(void *arg)
{
	tsleep_nsec(&items, PWAIT, "ktlimit", MSEC_TO_NSEC(20));
	pool_put(ktpool, arg);
	kthread_exit(0);
}

KTEST(pool_limit_wait, "PR_WAITOK sleeps at the limit until a put")
{
	struct item *it;

	ktpool_init();
	KT_EQ(pool_sethardlimit(ktpool, 1, NULL, 0), 0);
	it = pool_get(ktpool, PR_WAITOK);
	KT_EQ(kthread_create(limit_thread, it, NULL, "ktlimit"), 0);
	it = pool_get(ktpool, PR_WAITOK);
	KT_ASSERT(it != NULL);
	KT_EQ(pool_inuse(ktpool), 1);
	pool_put(ktpool, it);
	pool_destroy(ktpool);
}

#define NTHREADS	4

static struct mbuf_queue handover = MBUF_QUEUE_INITIALIZER(512, IPL_NONE);
static unsigned int handover_left, handover_bad;

/* Each gets packets here and there, and frees what others got. */
static void
handover_thread(void *arg)
{
	unsigned long i, n = kt_count(4000);
	struct mbuf *m;

	for (i = 0; i < n; i++) {
		if ((m = m_clget(NULL, M_DONTWAIT, 1500)) == NULL)
			continue;
		memset(m->m_data, (int)i, 64);
		m->m_len = m->m_pkthdr.len = 64;
		m->m_pkthdr.ph_flowid = (u_char)i;
		if (mq_enqueue(&handover, m) != 0)
			yield();
		if ((m = mq_dequeue(&handover)) == NULL)
			continue;
		if ((u_char)m->m_data[0] != m->m_pkthdr.ph_flowid ||
		    memcmp(m->m_data, m->m_data + 1, 63) != 0)
			atomic_inc_int(&handover_bad);
		m_freem(m);
	}
	if (atomic_dec_int_nv(&handover_left) == 0)
		wakeup(&handover_left);
	kthread_exit(0);
}

KTEST(pool_handover, "mbufs got on one CPU and freed on another stay whole")
{
	unsigned long mbufs = m_inuse(), clusters = m_clinuse();
	int i;

	atomic_store_int(&handover_left, NTHREADS);
	for (i = 0; i < NTHREADS; i++)
		KT_EQ(kthread_create(handover_thread, NULL, NULL, "kthand"),
		    0);
	while (atomic_load_int(&handover_left) != 0)
		tsleep_nsec(&handover_left, PWAIT, "kthand",
		    MSEC_TO_NSEC(10));
	mq_purge(&handover);
	KT_EQ(atomic_load_int(&handover_bad), 0);
	KT_EQ(m_inuse(), mbufs);
	KT_EQ(m_clinuse(), clusters);
}
