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

#include <machine/random.h>

#include "kt_thread.h"

/* arc4random(9). */

/* Back to what the run was started with. */
static void
kr_end(void)
{
	if (sched_seeded)
		random_seed(kt_seed());
}

/*
 * The seed 0 makes the first CPU's key 0: RFC 8439, A.1, vectors 1 and 2.
 * The first 32 bytes become the next key and are never given out; behind
 * the 16th block comes what openssl enc -chacha20 says for that key.
 */
KTEST(random_vector, "the stream is ChaCha20, less the next key")
{
	static const uint8_t block0[32] = {
		0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48, 0x8d,
		0x77, 0x24, 0xe0, 0x3f, 0xb8, 0xd8, 0x4a, 0x37,
		0x6a, 0x43, 0xb8, 0xf4, 0x15, 0x18, 0xa1, 0x1c,
		0xc3, 0x87, 0xb6, 0x69, 0xb2, 0xee, 0x65, 0x86
	};
	static const uint8_t block1[8] = {
		0x9f, 0x07, 0xe7, 0xbe, 0x55, 0x51, 0x38, 0x7a
	};
	static const uint8_t block16[16] = {
		0x8b, 0x4e, 0xa3, 0x79, 0xc6, 0x81, 0x8d, 0xcd,
		0x4a, 0x83, 0xbb, 0x45, 0x67, 0x03, 0x7d, 0x15
	};
	static uint8_t buf[16 * 64 - 32 + 16];

	KT_EQ(cpu_number(), 0);
	random_seed(0);
	arc4random_buf(buf, sizeof(buf));
	kr_end();
	KT_MEMEQ(buf, block0, 32);
	KT_MEMEQ(buf + 32, block1, 8);
	KT_MEMEQ(buf + 16 * 64 - 32, block16, 16);
}

/* A stream in pieces of random length, at most max. */
static void
kr_pieces(uint8_t *buf, size_t len, size_t max)
{
	size_t n;

	for (; len > 0; buf += n, len -= n) {
		n = 1 + kt_random() % max;
		n = MIN(n, len);
		arc4random_buf(buf, n);
	}
}

KTEST(random_repeat, "the same seed gives the same, whatever the pieces")
{
	static uint8_t a[5000], b[5000];
	unsigned int i;

	for (i = 0; i < 20; i++) {
		random_seed(kt_seed() + i);
		arc4random_buf(a, sizeof(a));
		random_seed(kt_seed() + i);
		kr_pieces(b, sizeof(b), i == 0 ? 1 : 2000);
		KT_MEMEQ(a, b, sizeof(a));
		random_seed(kt_seed() + i + 1);
		arc4random_buf(b, sizeof(b));
		KT_ASSERT(memcmp(a, b, 32) != 0);
		KT_ASSERT(memcmp(a + 1024, b + 1024, 32) != 0);
		KT_ASSERT(memcmp(a, a + 992, 32) != 0);	/* refilled */
	}
	kr_end();
}

KTEST(random_uniform, "below the bound, all of it, none more than others")
{
	static unsigned int count[64];
	unsigned int i, n, bound, low;

	KT_EQ(arc4random_uniform(0), 0);
	KT_EQ(arc4random_uniform(1), 0);
	for (bound = 2; bound <= nitems(count); bound++) {
		memset(count, 0, sizeof(count));
		for (i = 0; i < 100 * bound; i++) {
			n = arc4random_uniform(bound);
			KT_ASSERT(n < bound);
			count[n]++;
		}
		/* expected 100, the deviation is 10 */
		for (i = 0; i < bound; i++)
			KT_ASSERT(count[i] > 30 && count[i] < 180);
	}
	for (i = 0; i < 1000; i++) {
		bound = 2 + kt_random() % (UINT_MAX - 2);
		KT_ASSERT(arc4random_uniform(bound) < bound);
		KT_ASSERT(arc4random_uniform(UINT_MAX) < UINT_MAX);
	}
	/* 3 * 2^30: a mere remainder would favour the low third */
	for (i = low = 0; i < 30000; i++)
		low += arc4random_uniform(3U << 30) < 1U << 30;
	KT_ASSERT(low > 9400 && low < 10600);
}

KTEST(random_bits, "each bit is set in half of the words")
{
	unsigned int ones[32] = { 0 };
	unsigned int i, k, v;

	for (i = 0; i < 10000; i++) {
		v = arc4random();
		for (k = 0; k < 32; k++)
			ones[k] += v >> k & 1;
	}
	for (k = 0; k < 32; k++)
		KT_ASSERT(ones[k] > 4650 && ones[k] < 5350);
}

/* Threads that move between CPUs never get the same twice. */
#define NDRAWERS	4
#define NDRAWS		5000

static uint64_t	kr_drawn[NDRAWERS][NDRAWS];
static int	kr_ready;		/* atomic */

static void
kr_drawer(void *arg)
{
	unsigned long me = (unsigned long)arg;
	unsigned int i;

	__atomic_fetch_add(&kr_ready, 1, __ATOMIC_SEQ_CST);
	ktt_await(&kr_ready, NDRAWERS);
	for (i = 0; i < NDRAWS; i++) {
		arc4random_buf(&kr_drawn[me][i], sizeof(uint64_t));
		if (i % 8 == 0)
			yield();
		if (i % 1024 == 0)
			tsleep_nsec(&kr_drawn, PWAIT, "kt", 1000);
	}
	ktt_exit();
}

static void
kr_sift(uint64_t *v, size_t i, size_t n)
{
	size_t kid;
	uint64_t t;

	for (; (kid = 2 * i + 1) < n; i = kid) {
		if (kid + 1 < n && v[kid + 1] > v[kid])
			kid++;
		if (v[i] >= v[kid])
			return;
		t = v[i];
		v[i] = v[kid];
		v[kid] = t;
	}
}

static void
kr_sort(uint64_t *v, size_t n)
{
	size_t i;
	uint64_t t;

	for (i = n / 2; i-- > 0;)
		kr_sift(v, i, n);
	while (n-- > 1) {
		t = v[0];
		v[0] = v[n];
		v[n] = t;
		kr_sift(v, 0, n);
	}
}

KTEST(mp_random, "no number is given to two threads")
{
	uint64_t *v = &kr_drawn[0][0];
	unsigned int i;

	ktt_set(&kr_ready, 0);
	ktt_start_n(NDRAWERS, kr_drawer);
	KT_EQ(ktt_join(), 0);
	kr_sort(v, NDRAWERS * NDRAWS);
	for (i = 1; i < NDRAWERS * NDRAWS; i++)
		KT_ASSERT(v[i - 1] < v[i]);
}
