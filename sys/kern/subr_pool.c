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


/*
 * Pools: items of one size, with batches of free ones at each CPU.
 *
 * A thread keeps its CPU between two calls that may take a lock, and not
 * across them: the slot is looked up again after each.
 *
 * Under AddressSanitizer every item is a block of the host, and under
 * ThreadSanitizer the CPUs have no batches, so that both see each item
 * come and go.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/pool.h>
#include <machine/md.h>

#define POOL_BATCHBYTES	(128 * 1024)	/* of a batch, if it has... */
#define POOL_BATCHMIN	4		/* ...more than so many */
#define POOL_BATCHMAX	64
#define POOL_POISON	64		/* bytes watched behind pool_item */
#define POOL_POISONWORD	0xdfdfdfdfdfdfdfdfUL
#define POOL_MAGIC	0x3c96e15a0f7b42d1UL

/* The start of a free item. */
struct pool_item {
	struct pool_item *pi_next;	/* in its batch */
	struct pool_item *pi_batch;	/* first of a batch: next batch */
	uint64_t	 pi_magic;	/* item_magic() */
	unsigned int	 pi_count;	/* first of a batch: its items */
};

/* Items of one batch follow, at pr_align. */
struct pool_page {
	struct pool_page *pp_next;
};

static TAILQ_HEAD(, pool) pool_list = TAILQ_HEAD_INITIALIZER(pool_list);
static struct mutex pool_list_mtx = MUTEX_INITIALIZER(IPL_NONE);

static inline struct pool_cache *
pool_cache(struct pool *pr)
{
	return (&pr->pr_cache[cpu_number()]);
}

static inline void
pool_count(unsigned long *counter)
{
	__atomic_store_n(counter,
	    __atomic_load_n(counter, __ATOMIC_RELAXED) + 1, __ATOMIC_RELAXED);
}

unsigned long
pool_inuse(struct pool *pr)
{
	unsigned long n = 0;
	int i;

	for (i = 0; i < MAXCPUS; i++) {
		n += atomic_load_long(&pr->pr_cache[i].pc_gets);
		n -= atomic_load_long(&pr->pr_cache[i].pc_puts);
	}
	return (n);
}

#ifdef KERNEL_ASAN

static void *
pool_item_get(struct pool *pr)
{
	return (md_alloc(pr->pr_size, pr->pr_align));
}

static void
pool_item_put(struct pool *pr, void *v)
{
	md_free(v);
}

int
pool_isfree(struct pool *pr, void *v)
{
	return (0);
}

#else /* KERNEL_ASAN */

static inline uint64_t
item_magic(struct pool_item *pi)
{
	return (POOL_MAGIC ^ (uintptr_t)pi);
}

#ifdef DIAGNOSTIC
static size_t
pool_poisoned(struct pool *pr)
{
	return (ulmin(pr->pr_size - sizeof(struct pool_item), POOL_POISON));
}

static void
pool_poison(struct pool *pr, struct pool_item *pi)
{
	uint64_t *p = (uint64_t *)(pi + 1);
	size_t i, n = pool_poisoned(pr) / sizeof(*p);

	for (i = 0; i < n; i++)
		p[i] = POOL_POISONWORD;
}

static void
pool_poison_check(struct pool *pr, struct pool_item *pi)
{
	const uint64_t *p = (uint64_t *)(pi + 1);
	size_t i, n = pool_poisoned(pr) / sizeof(*p);

	for (i = 0; i < n; i++)
		if (__builtin_expect(p[i] != POOL_POISONWORD, 0))
			panic("pool_get: %s: item %p was written after its "
			    "put, near byte %zu", pr->pr_wchan, pi,
			    sizeof(*pi) + i * sizeof(*p));
}
#else
#define pool_poison(pr, pi)		((void)0)
#define pool_poison_check(pr, pi)	((void)0)
#endif

int
pool_isfree(struct pool *pr, void *v)
{
	struct pool_item *pi = v;

	return (pi->pi_magic == item_magic(pi));
}

/* Make a page, which is one batch that nobody else knows.  NULL: none. */
static struct pool_item *
pool_page_alloc(struct pool *pr, struct pool_page **ppp)
{
	struct pool_item *pi, *batch = NULL;
	struct pool_page *pp;
	size_t off = roundup(sizeof(*pp), pr->pr_align);
	unsigned int i;

	pp = md_alloc(off + pr->pr_batch * pr->pr_size,
	    ulmax(pr->pr_align, 64));
	if (pp == NULL)
		return (NULL);
	for (i = pr->pr_batch; i-- > 0; batch = pi) {
		pi = (struct pool_item *)((char *)pp + off +
		    i * pr->pr_size);
		pi->pi_next = batch;
		pi->pi_magic = item_magic(pi);
		pool_poison(pr, pi);
	}
	batch->pi_count = pr->pr_batch;
	*ppp = pp;
	return (batch);
}

static struct pool_item *
pool_grow(struct pool *pr)
{
	struct pool_item *batch;
	struct pool_page *pp;

	if ((batch = pool_page_alloc(pr, &pp)) == NULL)
		return (NULL);
	mtx_enter(&pr->pr_mtx);
	pp->pp_next = pr->pr_pages;
	pr->pr_pages = pp;
	pr->pr_nitems += pr->pr_batch;
	mtx_leave(&pr->pr_mtx);
	return (batch);
}

/* Take a batch from the shared list or from new memory.  NULL: none. */
static struct pool_item *
pool_batch_get(struct pool *pr)
{
	struct pool_item *batch;

	mtx_enter(&pr->pr_mtx);
	if ((batch = pr->pr_free) != NULL) {
		pr->pr_free = batch->pi_batch;
		pr->pr_nfree -= batch->pi_count;
	}
	mtx_leave(&pr->pr_mtx);
	return (batch != NULL ? batch : pool_grow(pr));
}

static void
pool_batch_put(struct pool *pr, struct pool_item *batch, unsigned int count)
{
	batch->pi_count = count;
	mtx_enter(&pr->pr_mtx);
	batch->pi_batch = pr->pr_free;
	pr->pr_free = batch;
	pr->pr_nfree += count;
	mtx_leave(&pr->pr_mtx);
}

#ifdef KERNEL_TSAN

static struct pool_item *
pool_item_take(struct pool *pr)
{
	struct pool_item *pi, *rest;

	if ((pi = pool_batch_get(pr)) == NULL)
		return (NULL);
	if ((rest = pi->pi_next) != NULL)
		pool_batch_put(pr, rest, pi->pi_count - 1);
	return (pi);
}

static void
pool_item_give(struct pool *pr, struct pool_item *pi)
{
	pi->pi_next = NULL;
	pool_batch_put(pr, pi, 1);
}

#else /* KERNEL_TSAN */

/* Fill the slot of the CPU we are on by now. */
static int
pool_cache_fill(struct pool *pr)
{
	struct pool_cache *pc;
	struct pool_item *batch;

	if ((batch = pool_batch_get(pr)) == NULL)
		return (0);
	pc = pool_cache(pr);
	if (pc->pc_list == NULL) {
		pc->pc_list = batch;
		pc->pc_count = batch->pi_count;
	} else
		pool_batch_put(pr, batch, batch->pi_count);
	return (1);
}

static struct pool_item *
pool_item_take(struct pool *pr)
{
	struct pool_cache *pc = pool_cache(pr);
	struct pool_item *pi;

	while (__builtin_expect((pi = pc->pc_list) == NULL, 0)) {
		if ((pi = pc->pc_spare) != NULL) {
			pc->pc_list = pi;
			pc->pc_count = pi->pi_count;
			pc->pc_spare = NULL;
			break;
		}
		if (!pool_cache_fill(pr))
			return (NULL);
		pc = pool_cache(pr);
	}
	pc->pc_list = pi->pi_next;
	pc->pc_count--;
	return (pi);
}

static void
pool_item_give(struct pool *pr, struct pool_item *pi)
{
	struct pool_cache *pc = pool_cache(pr);
	struct pool_item *batch = NULL;

	if (__builtin_expect(pc->pc_count >= pr->pr_batch, 0)) {
		batch = pc->pc_spare;
		pc->pc_spare = pc->pc_list;
		pc->pc_spare->pi_count = pc->pc_count;
		pc->pc_list = NULL;
		pc->pc_count = 0;
	}
	pi->pi_next = pc->pc_list;
	pc->pc_list = pi;
	pc->pc_count++;
	if (__builtin_expect(batch != NULL, 0))
		pool_batch_put(pr, batch, batch->pi_count);
}

#endif /* KERNEL_TSAN */

static void *
pool_item_get(struct pool *pr)
{
	struct pool_item *pi;

	if ((pi = pool_item_take(pr)) == NULL)
		return (NULL);
	if (__builtin_expect(pi->pi_magic != item_magic(pi), 0))
		panic("pool_get: %s: item %p was written after its put",
		    pr->pr_wchan, pi);
	pool_poison_check(pr, pi);
	pi->pi_magic = 0;
	return (pi);
}

static void
pool_item_put(struct pool *pr, void *v)
{
	struct pool_item *pi = v;

	if (__builtin_expect(pool_isfree(pr, pi), 0))
		panic("pool_put: %s: double put of %p", pr->pr_wchan, pi);
	pi->pi_magic = item_magic(pi);
	pool_poison(pr, pi);
	pool_item_give(pr, pi);
}

#endif /* KERNEL_ASAN */

void
pool_init(struct pool *pr, size_t size, u_int align, int ipl, int flags,
    const char *name, void *allocator)
{
	memset(pr, 0, sizeof(*pr));
	mtx_init(&pr->pr_mtx, ipl);
	pr->pr_wchan = name;
	pr->pr_align = ulmax(align, 16);
	pr->pr_hardlimit = UINT_MAX;
	KASSERTMSG(powerof2(pr->pr_align), "pool %s", name);
#ifdef KERNEL_ASAN
	pr->pr_size = size;
#else
	pr->pr_size = roundup(ulmax(size, sizeof(struct pool_item)),
	    pr->pr_align);
#endif
	pr->pr_batch = ulmin(POOL_BATCHMAX, ulmax(POOL_BATCHMIN,
	    POOL_BATCHBYTES / ulmax(pr->pr_size, 1)));

	mtx_enter(&pool_list_mtx);
	TAILQ_INSERT_TAIL(&pool_list, pr, pr_list);
	mtx_leave(&pool_list_mtx);
}

static void
pool_free_pages(struct pool *pr)
{
	struct pool_page *pp;

	while ((pp = pr->pr_pages) != NULL) {
		pr->pr_pages = pp->pp_next;
		md_free(pp);
	}
	pr->pr_free = NULL;
	pr->pr_nfree = pr->pr_nitems = 0;
	memset(pr->pr_cache, 0, sizeof(pr->pr_cache));
}

void
pool_destroy(struct pool *pr)
{
	unsigned long n = pool_inuse(pr);

	if (n != 0)
		panic("pool_destroy: %s: %lu items in use", pr->pr_wchan, n);
	mtx_enter(&pool_list_mtx);
	TAILQ_REMOVE(&pool_list, pr, pr_list);
	mtx_leave(&pool_list_mtx);
	pool_free_pages(pr);
}

/* Count one item out if the limit allows, or sleep until it does. */
static int
pool_limit_enter(struct pool *pr, int flags)
{
	int error = 0;

	mtx_enter(&pr->pr_mtx);
	while (error == 0 && pool_inuse(pr) >= pr->pr_hardlimit) {
		if (flags & (PR_NOWAIT | PR_LIMITFAIL)) {
			error = ENOMEM;
			break;
		}
		pr->pr_nwait++;
		msleep_nsec(pr, &pr->pr_mtx, PWAIT, pr->pr_wchan, INFSLP);
		pr->pr_nwait--;
	}
	if (error == 0)
		pool_count(&pool_cache(pr)->pc_gets);
	mtx_leave(&pr->pr_mtx);
	return (error);
}

static void
pool_limit_leave(struct pool *pr)
{
	unsigned int nwait;

	mtx_enter(&pr->pr_mtx);
	pool_count(&pool_cache(pr)->pc_puts);
	nwait = pr->pr_nwait;
	mtx_leave(&pr->pr_mtx);
	if (nwait != 0)
		wakeup_one(pr);
}

void *
pool_get(struct pool *pr, int flags)
{
	int limited = READ_ONCE(pr->pr_hardlimit) != UINT_MAX;
	void *v;

	if (flags & PR_WAITOK)
		assertwaitok();
	else if (malloc_should_fail())
		return (NULL);
	if (__builtin_expect(limited, 0) && pool_limit_enter(pr, flags) != 0)
		return (NULL);

	if (__builtin_expect((v = pool_item_get(pr)) == NULL, 0)) {
		if (flags & PR_WAITOK)
			panic("pool_get: %s: no memory for items of %zu bytes",
			    pr->pr_wchan, pr->pr_size);
		if (limited)
			pool_limit_leave(pr);
		return (NULL);
	}
	if (__builtin_expect(!limited, 1))
		pool_count(&pool_cache(pr)->pc_gets);
	if (flags & PR_ZERO)
		memset(v, 0, pr->pr_size);
	return (v);
}

void
pool_put(struct pool *pr, void *v)
{
	pool_item_put(pr, v);
	if (__builtin_expect(READ_ONCE(pr->pr_hardlimit) == UINT_MAX, 1))
		pool_count(&pool_cache(pr)->pc_puts);
	else
		pool_limit_leave(pr);
}

int
pool_sethardlimit(struct pool *pr, u_int n, const char *warn, int rate)
{
	int error = 0;

	mtx_enter(&pr->pr_mtx);
	if (pool_inuse(pr) > n)
		error = EINVAL;
	else
		WRITE_ONCE(pr->pr_hardlimit, n);
	mtx_leave(&pr->pr_mtx);
	return (error);
}

int
pool_setlowat(struct pool *pr, int n)
{
#ifndef KERNEL_ASAN
	struct pool_item *batch;

	while (READ_ONCE(pr->pr_nitems) < (unsigned int)n) {
		if ((batch = pool_grow(pr)) == NULL)
			return (ENOMEM);
		pool_batch_put(pr, batch, batch->pi_count);
	}
#endif
	return (0);
}

unsigned long
pool_leaks(void)
{
	struct pool *pr;
	unsigned long n, total = 0;

	mtx_enter(&pool_list_mtx);
	TAILQ_FOREACH(pr, &pool_list, pr_list) {
		if ((n = pool_inuse(pr)) <= pr->pr_boot)
			continue;
		n -= pr->pr_boot;
		printf("leak: %lu items of pool %s\n", n, pr->pr_wchan);
		total += n;
	}
	mtx_leave(&pool_list_mtx);
	return (total);
}

void
pool_fini(void)
{
	struct pool *pr;

	mtx_enter(&pool_list_mtx);
	while ((pr = TAILQ_FIRST(&pool_list)) != NULL) {
		TAILQ_REMOVE(&pool_list, pr, pr_list);
		pool_free_pages(pr);
	}
	mtx_leave(&pool_list_mtx);
}

void
pool_settle(void)
{
	struct pool *pr;

	mtx_enter(&pool_list_mtx);
	TAILQ_FOREACH(pr, &pool_list, pr_list)
		pr->pr_boot = pool_inuse(pr);
	mtx_leave(&pool_list_mtx);
}
