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

#define NBLOCKS	64

static int
says(const char *error, const char *what)
{
	return (error != NULL && strcmp(error, what) == 0);
}

KTEST(malloc_blocks, "blocks are aligned, do not overlap and are counted")
{
	u_char *p[NBLOCKS];
	size_t size[NBLOCKS], j;
	unsigned long inuse = malloc_inuse(M_TEMP);
	int i;

	for (i = 0; i < NBLOCKS; i++) {
		size[i] = kt_random() % 5000;
		p[i] = malloc(size[i], M_TEMP, M_WAITOK);
		KT_EQ((uintptr_t)p[i] % 16, 0);
		memset(p[i], i, size[i]);
	}
	KT_EQ(malloc_inuse(M_TEMP), inuse + NBLOCKS);
	for (i = 0; i < NBLOCKS; i++) {
		for (j = 0; j < size[i]; j++)
			KT_EQ(p[i][j], i);
		free(p[i], M_TEMP, size[i]);
	}
	KT_EQ(malloc_inuse(M_TEMP), inuse);
	free(NULL, M_TEMP, 1);
}

KTEST(malloc_zero, "M_ZERO clears memory that was used before")
{
	u_char *p;
	int i, j;

	for (i = 0; i < 100; i++) {
		p = malloc(300, M_TEMP, M_WAITOK | M_ZERO);
		for (j = 0; j < 300; j++)
			KT_EQ(p[j], 0);
		memset(p, 0xa5, 300);
		free(p, M_TEMP, 300);
	}
}

KTEST(malloc_check, "free() would notice a wrong type, size, and overruns")
{
	u_char *p = malloc(37, M_TEMP, M_WAITOK);

	KT_ASSERT(malloc_check(p, M_TEMP, 37) == NULL);
	KT_ASSERT(malloc_check(p, M_TEMP, 0) == NULL);
	KT_ASSERT(says(malloc_check(p, M_PCB, 37), "wrong type"));
	KT_ASSERT(says(malloc_check(p, M_TEMP, 36), "wrong size"));
#ifndef KERNEL_ASAN
	p[37] ^= 1;
	KT_ASSERT(says(malloc_check(p, M_TEMP, 37), "overrun"));
	p[37] ^= 1;
	p[-1] ^= 1;
	KT_ASSERT(malloc_check(p, M_TEMP, 37) != NULL);
	p[-1] ^= 1;
#endif
	KT_ASSERT(malloc_check(p, M_TEMP, 37) == NULL);
	free(p, M_TEMP, 37);
}

KTEST(malloc_fail, "exactly the nth allocation that must not wait fails")
{
	static struct pool pool;
	struct mbuf *m;
	void *p, *q, *item;

	pool_init(&pool, 100, 0, IPL_NONE, 0, "ktfail", NULL);
	malloc_fail_nth(3);
	p = malloc(1, M_TEMP, M_NOWAIT);
	KT_ASSERT(p != NULL);
	q = malloc(1, M_TEMP, M_WAITOK);
	item = pool_get(&pool, PR_WAITOK);
	m = m_get(M_DONTWAIT, MT_DATA);
	KT_ASSERT(m != NULL);
	KT_EQ(malloc_failed(), 0);
	KT_ASSERT(malloc(1, M_TEMP, M_NOWAIT) == NULL);
	KT_EQ(malloc_failed(), 1);
	free(p, M_TEMP, 1);
	p = malloc(1, M_TEMP, M_NOWAIT);
	KT_ASSERT(p != NULL);
	malloc_fail_nth(1);
	KT_EQ(malloc_failed(), 0);
	KT_ASSERT(pool_get(&pool, PR_NOWAIT) == NULL);
	malloc_fail_nth(2);
	KT_ASSERT(m_clget(NULL, M_DONTWAIT, 2000) == NULL);
	KT_EQ(malloc_failed(), 1);
	malloc_fail_nth(0);

	m_freem(m);
	pool_put(&pool, item);
	pool_destroy(&pool);
	free(p, M_TEMP, 0);
	free(q, M_TEMP, 1);
}

KTEST(malloc_absurd, "sizes that overflow or are absurd are refused")
{
	KT_ASSERT(mallocarray(1UL << 33, 1UL << 33, M_TEMP, M_NOWAIT) == NULL);
	KT_ASSERT(mallocarray(SIZE_MAX, 2, M_TEMP, M_WAITOK | M_CANFAIL) ==
	    NULL);
	KT_ASSERT(malloc(SIZE_MAX - 16, M_TEMP, M_NOWAIT) == NULL);
	KT_ASSERT(malloc(1UL << 40, M_TEMP, M_WAITOK | M_CANFAIL) == NULL);
}

KTEST(malloc_leaks, "what is not freed is reported with its place")
{
	unsigned long before = malloc_leaks();
	char dmesg[400], *found;
	unsigned long n;
	void *p;

	p = malloc(123, M_DEVBUF, M_WAITOK);
	KT_EQ(malloc_leaks(), before + 1);
	n = msgbuf_read(dmesg, sizeof(dmesg) - 1);
	dmesg[n] = '\0';
	for (found = dmesg; (found = strchr(found, 'k')) != NULL; found++)
		if (strncmp(found, "kt_malloc.c", 11) == 0)
			break;
	KT_ASSERT(before != 0 || found != NULL);
	free(p, M_DEVBUF, 123);
	KT_EQ(malloc_leaks(), before);
}

KTEST(malloc_freezero, "freezero() wipes")
{
	u_char *p = malloc(64, M_TEMP, M_WAITOK);
	int i;

	memset(p, 1, 64);
	freezero(p, 64);
	for (i = 0; i < 64; i++)
		KT_EQ(p[i], 0);
	free(p, M_TEMP, 64);
}
