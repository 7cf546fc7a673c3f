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

#include <machine/host.h>
#include <machine/random.h>

/*
 * arc4random(9): a ChaCha20 key stream per CPU (RFC 8439, 64 bit counter)
 * whose first 32 bytes of every refill become the next key, so that what
 * was handed out cannot be computed back.
 */
#define RND_BLOCKS	16
#define RND_BYTES	(RND_BLOCKS * 64)
#define RND_RESEED	(1024 * 1024)	/* bytes between host_random() */

struct rndstate {
	uint32_t	rs_key[8];
	uint64_t	rs_counter;
	uint8_t		rs_buf[RND_BYTES];
	unsigned int	rs_have;	/* bytes left at the end of rs_buf */
	unsigned int	rs_until;	/* bytes until the next reseed */
} __aligned(64);

static struct rndstate	rnd_cpus[MAXCPUS];	/* each its token's */
static int		rnd_fixed;		/* seeded: never reseed */

#define ROTL(v, n)	(((v) << (n)) | ((v) >> (32 - (n))))
#define QUARTER(a, b, c, d) do {				\
	a += b; d = ROTL(d ^ a, 16);				\
	c += d; b = ROTL(b ^ c, 12);				\
	a += b; d = ROTL(d ^ a, 8);				\
	c += d; b = ROTL(b ^ c, 7);				\
} while (0)

static void
rnd_block(const uint32_t *key, uint64_t counter, uint8_t *out)
{
	uint32_t in[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };
	uint32_t x[16];
	int i;

	memcpy(&in[4], key, 32);
	in[12] = counter;
	in[13] = counter >> 32;
	memcpy(x, in, sizeof(x));
	for (i = 0; i < 10; i++) {
		QUARTER(x[0], x[4], x[8], x[12]);
		QUARTER(x[1], x[5], x[9], x[13]);
		QUARTER(x[2], x[6], x[10], x[14]);
		QUARTER(x[3], x[7], x[11], x[15]);
		QUARTER(x[0], x[5], x[10], x[15]);
		QUARTER(x[1], x[6], x[11], x[12]);
		QUARTER(x[2], x[7], x[8], x[13]);
		QUARTER(x[3], x[4], x[9], x[14]);
	}
	for (i = 0; i < 16; i++)
		x[i] += in[i];
	memcpy(out, x, 64);
}

static void
rnd_refill(struct rndstate *rs)
{
	unsigned int i;

	if (!rnd_fixed && rs->rs_until < RND_BYTES) {
		host_random(rs->rs_key, sizeof(rs->rs_key));
		rs->rs_until = RND_RESEED;
	}
	for (i = 0; i < RND_BLOCKS; i++)
		rnd_block(rs->rs_key, rs->rs_counter++, rs->rs_buf + i * 64);
	memcpy(rs->rs_key, rs->rs_buf, sizeof(rs->rs_key));
	memset(rs->rs_buf, 0, sizeof(rs->rs_key));
	rs->rs_have = RND_BYTES - sizeof(rs->rs_key);
	rs->rs_until -= MIN(rs->rs_until, RND_BYTES);
}

void
random_seed(uint64_t seed)
{
	unsigned int i;

	rnd_fixed = 1;
	for (i = 0; i < nitems(rnd_cpus); i++) {
		memset(&rnd_cpus[i], 0, sizeof(rnd_cpus[i]));
		rnd_cpus[i].rs_key[0] = seed;
		rnd_cpus[i].rs_key[1] = seed >> 32;
		rnd_cpus[i].rs_key[2] = i;
	}
}

/*
 * Byte by byte: the thread sanitizer knows nothing of tokens and would
 * report a call of memcpy or memset, which it sees even from here.
 */
void
arc4random_buf(void *buf, size_t len)
{
	struct rndstate *rs = &rnd_cpus[cpu_number()];
	volatile uint8_t *from;
	uint8_t *p = buf;
	size_t n;

	while (len > 0) {
		if (rs->rs_have == 0)
			rnd_refill(rs);
		n = MIN(len, rs->rs_have);
		from = rs->rs_buf + RND_BYTES - rs->rs_have;
		rs->rs_have -= n;
		len -= n;
		for (; n > 0; n--) {
			*p++ = *from;
			*from++ = 0;
		}
	}
}

u_int32_t
arc4random(void)
{
	u_int32_t v;

	arc4random_buf(&v, sizeof(v));
	return (v);
}

u_int32_t
arc4random_uniform(u_int32_t bound)
{
	u_int32_t v, least;

	if (bound < 2)
		return (0);
	least = -bound % bound;		/* 2^32 mod bound */
	do {
		v = arc4random();
	} while (v < least);
	return (v % bound);
}
