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
 * General memory.  Each block has a header in front and, except where a
 * sanitizer watches its end, a canary behind.  There is no slab: a block
 * is a block of the host, so that its checkers see it.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <machine/md.h>

#define MALLOC_ALIGN	16
#define MALLOC_MAX	(1UL << 32)	/* more is absurd, bytes */

/*
 * The host's free lists overwrite the first words of a freed block, so
 * what recognises a double free stands at the end of the header.
 */
struct block {
	unsigned long		 b_clobber[2];
	size_t			 b_size;	/* asked for */
	struct malloc_site	*b_site;
	const char		*b_freed;	/* where, or NULL */
	int			 b_type;
	uint32_t		 b_magic;	/* block_magic() */
};
CTASSERT(sizeof(struct block) % MALLOC_ALIGN == 0);

#ifdef KERNEL_ASAN
#define CANARYSIZE	0
void	__asan_poison_memory_region(const volatile void *, size_t);
void	__asan_unpoison_memory_region(const volatile void *, size_t);
#define block_hide(b)	__asan_poison_memory_region((b), sizeof(*(b)))
#define block_show(b)	__asan_unpoison_memory_region((b), sizeof(*(b)))
#else
#define CANARYSIZE	sizeof(uint64_t)
#define block_hide(b)	((void)0)
#define block_show(b)	((void)0)
#endif

/* all members are atomic */
struct malloc_stat {
	unsigned long	 ks_inuse;	/* allocations */
	unsigned long	 ks_bytes;
	unsigned long	 ks_calls;
};

static struct malloc_stat malloc_stats[M_LAST];
static struct malloc_site *malloc_sites;	/* atomic; grows at the head */
static uint64_t	malloc_secret;			/* 0: not up yet */
unsigned long malloc_countdown;		/* atomic; 0: off */
static unsigned long malloc_refused;		/* atomic */

static const char *const malloc_names[M_LAST] = {
	[M_DEVBUF] = "devbuf",
	[M_PCB] = "pcb",
	[M_RTABLE] = "routetbl",
	[M_FTABLE] = "fragtbl",
	[M_IFADDR] = "ifaddr",
	[M_SOOPTS] = "soopts",
	[M_SYSCTL] = "sysctl",
	[M_COUNTERS] = "counters",
	[M_SOCKET] = "socket",
	[M_IPMOPTS] = "ip_moptions",
	[M_IPMADDR] = "in_multi",
	[M_IFMADDR] = "ether_multi",
	[M_MRTABLE] = "mrt",
	[M_TASKQ] = "taskq",
	[M_PROC] = "proc",
	[M_PFKEY] = "pfkey",
	[M_TDB] = "tdb",
	[M_XDATA] = "xform_data",
	[M_CRYPTO_DATA] = "crypto",
	[M_CREDENTIALS] = "credentials",
	[M_TEMP] = "temp",
};

static const char *
malloc_name(int type)
{
	if (type < 0 || type >= M_LAST || malloc_names[type] == NULL)
		return ("unknown");
	return (malloc_names[type]);
}

static uint32_t
block_magic(struct block *b)
{
	return ((uint32_t)(malloc_secret ^ ((uintptr_t)b >> 4)) | 1);
}

static void
canary_set(struct block *b)
{
	uint64_t canary = malloc_secret ^ b->b_size;

	memcpy((char *)(b + 1) + b->b_size, &canary, CANARYSIZE);
}

static int
canary_ok(struct block *b)
{
	uint64_t canary = malloc_secret ^ b->b_size;

	return (memcmp((char *)(b + 1) + b->b_size, &canary, CANARYSIZE) == 0);
}

void
kmeminit(void)
{
	uint64_t secret;

	KASSERT(malloc_secret == 0);
	md_random(&secret, sizeof(secret));
	malloc_secret = secret | 1;
}

static void
site_list(struct malloc_site *ms)
{
	struct malloc_site *head;

	if (__atomic_exchange_n(&ms->ms_listed, 1, __ATOMIC_RELAXED))
		return;
	head = __atomic_load_n(&malloc_sites, __ATOMIC_RELAXED);
	do {
		__atomic_store_n(&ms->ms_next, head, __ATOMIC_RELAXED);
	} while (!__atomic_compare_exchange_n(&malloc_sites, &head, ms, 1,
	    __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

/* How many allocations and bytes more (or less, in two's complement). */
static void
malloc_account(int type, struct malloc_site *ms, unsigned long n,
    unsigned long bytes)
{
	__atomic_fetch_add(&malloc_stats[type].ks_inuse, n, __ATOMIC_RELAXED);
	__atomic_fetch_add(&malloc_stats[type].ks_bytes, bytes,
	    __ATOMIC_RELAXED);
	__atomic_fetch_add(&ms->ms_inuse, n, __ATOMIC_RELAXED);
	__atomic_fetch_add(&ms->ms_bytes, bytes, __ATOMIC_RELAXED);
}

static void *
malloc_refuse(size_t size, int type, int flags, struct malloc_site *ms)
{
	if ((flags & M_WAITOK) && !(flags & M_CANFAIL))
		panic("malloc: no memory for %zu bytes of %s at %s:%d", size,
		    malloc_name(type), ms->ms_file, ms->ms_line);
	return (NULL);
}

static void
malloc_args(int type, int flags, struct malloc_site *ms)
{
	int how = flags & (M_WAITOK | M_NOWAIT);

	if (type <= 0 || type >= M_LAST)
		panic("malloc: type %d at %s:%d", type, ms->ms_file,
		    ms->ms_line);
	if (how != M_WAITOK && how != M_NOWAIT)
		panic("malloc: flags 0x%x at %s:%d", flags, ms->ms_file,
		    ms->ms_line);
	if (malloc_secret == 0)
		panic("malloc: before kmeminit at %s:%d", ms->ms_file,
		    ms->ms_line);
	if (how == M_WAITOK)
		sched_assertwaitok(ms->ms_file, ms->ms_line);
}

void *
malloc_at(size_t size, int type, int flags, struct malloc_site *ms)
{
	struct block *b;

	malloc_args(type, flags, ms);
	if ((flags & M_NOWAIT) && malloc_should_fail())
		return (NULL);
	if (size > MALLOC_MAX)
		return (malloc_refuse(size, type, flags, ms));
	b = md_alloc(sizeof(*b) + size + CANARYSIZE, MALLOC_ALIGN);
	if (b == NULL)
		return (malloc_refuse(size, type, flags, ms));

	b->b_size = size;
	b->b_site = ms;
	b->b_freed = NULL;
	b->b_type = type;
	b->b_magic = block_magic(b);
	canary_set(b);
	block_hide(b);

	site_list(ms);
	malloc_account(type, ms, 1, size);
	__atomic_fetch_add(&malloc_stats[type].ks_calls, 1, __ATOMIC_RELAXED);
	if (flags & M_ZERO)
		memset(b + 1, 0, size);
	return (b + 1);
}

void *
mallocarray_at(size_t n, size_t size, int type, int flags,
    struct malloc_site *ms)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total)) {
		malloc_args(type, flags, ms);
		return (malloc_refuse(SIZE_MAX, type, flags, ms));
	}
	return (malloc_at(total, type, flags, ms));
}

static const char *
block_check(struct block *b, int type, size_t size)
{
	if (b->b_magic == ~block_magic(b))
		return ("double free");
	if (b->b_magic != block_magic(b))
		return ("not from malloc, or overrun from before it");
	if (!canary_ok(b))
		return ("overrun");
	if (b->b_type != type)
		return ("wrong type");
	if (size != 0 && b->b_size != size)
		return ("wrong size");
	return (NULL);
}

const char *
malloc_check(void *p, int type, size_t size)
{
	struct block *b = (struct block *)p - 1;
	const char *error;

	block_show(b);
	error = block_check(b, type, size);
	block_hide(b);
	return (error);
}

static void
free_panic(struct block *b, const char *error, int type, size_t size,
    const char *place)
{
	/* of a block that is none, nothing but its address is known */
	if (b->b_magic != block_magic(b) && b->b_magic != ~block_magic(b))
		panic("free at %s: %s: %p as %zu bytes of %s", place, error,
		    b + 1, size, malloc_name(type));
	panic("free at %s: %s: %p as %zu bytes of %s; it is %zu bytes of %s "
	    "from %s:%d%s%s", place, error, b + 1, size, malloc_name(type),
	    b->b_size, malloc_name(b->b_type), b->b_site->ms_file,
	    b->b_site->ms_line, b->b_freed != NULL ? ", freed at " : "",
	    b->b_freed != NULL ? b->b_freed : "");
}

void
free_at(void *p, int type, size_t size, const char *place)
{
	struct block *b;
	const char *error;

	if (p == NULL)
		return;
	b = (struct block *)p - 1;
	block_show(b);
	if ((error = block_check(b, type, size)) != NULL)
		free_panic(b, error, type, size, place);
	malloc_account(type, b->b_site, -1UL, -b->b_size);
	b->b_freed = place;
	b->b_magic = ~b->b_magic;
	/* the stores must reach the memory although nobody seems to look */
	__asm__ volatile("" : : "r" (b) : "memory");
	md_free(b);
}

void
freezero_at(void *p, size_t size, const char *place)
{
	struct block *b = (struct block *)p - 1;
	const char *error;

	block_show(b);
	error = block_check(b, b->b_type, 0);
	if (error == NULL && size > b->b_size)
		error = "wiped beyond its end";
	if (error != NULL)
		free_panic(b, error, b->b_type, size, place);
	block_hide(b);
	explicit_bzero(p, size);
}

void
malloc_fail_nth(unsigned long n)
{
	__atomic_store_n(&malloc_refused, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&malloc_countdown, n, __ATOMIC_RELAXED);
}

unsigned long
malloc_failed(void)
{
	return (__atomic_load_n(&malloc_refused, __ATOMIC_RELAXED));
}

int
malloc_may_fail(void)
{
	unsigned long n;

	n = __atomic_load_n(&malloc_countdown, __ATOMIC_RELAXED);
	do {
		if (__builtin_expect(n == 0, 1))
			return (0);
	} while (!__atomic_compare_exchange_n(&malloc_countdown, &n, n - 1, 1,
	    __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	if (n != 1)
		return (0);
	__atomic_fetch_add(&malloc_refused, 1, __ATOMIC_RELAXED);
	return (1);
}

unsigned long
malloc_inuse(int type)
{
	if (type < 0 || type >= M_LAST)
		return (0);
	return (atomic_load_long(&malloc_stats[type].ks_inuse));
}

void
malloc_report(void)
{
	struct malloc_stat *ks;
	int type;

	printf("%-12s %10s %12s %12s\n", "type", "inuse", "bytes", "calls");
	for (type = 0; type < M_LAST; type++) {
		ks = &malloc_stats[type];
		if (atomic_load_long(&ks->ks_calls) == 0)
			continue;
		printf("%-12s %10lu %12lu %12lu\n", malloc_name(type),
		    atomic_load_long(&ks->ks_inuse),
		    atomic_load_long(&ks->ks_bytes),
		    atomic_load_long(&ks->ks_calls));
	}
}

unsigned long
malloc_leaks(void)
{
	struct malloc_site *ms;
	unsigned long inuse, total = 0;

	ms = __atomic_load_n(&malloc_sites, __ATOMIC_ACQUIRE);
	for (; ms != NULL; ms = atomic_load_long(&ms->ms_next)) {
		inuse = atomic_load_long(&ms->ms_inuse);
		if (inuse <= ms->ms_boot)
			continue;
		inuse -= ms->ms_boot;
		printf("leak: %lu allocations, %lu bytes from %s:%d\n", inuse,
		    atomic_load_long(&ms->ms_bytes), ms->ms_file,
		    ms->ms_line);
		total += inuse;
	}
	return (total);
}

void
malloc_settle(void)
{
	struct malloc_site *ms;

	ms = __atomic_load_n(&malloc_sites, __ATOMIC_ACQUIRE);
	for (; ms != NULL; ms = atomic_load_long(&ms->ms_next))
		ms->ms_boot = atomic_load_long(&ms->ms_inuse);
}
