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
 * GHASH (NIST SP 800-38D) in constant time, by integer multiplication.
 *
 * GCM stores the coefficient of x^0 in the first bit of a block.  A block
 * loaded as one big endian number is thus the polynomial backwards, and
 * backwards GHASH multiplies as
 *	a * b / x^128  modulo  x^128 + x^127 + x^126 + x^121 + 1
 * once the hash key has been multiplied by x.  The division comes for free:
 * the low half of a product is cleared from below by adding multiples of
 * the modulus, whose lowest coefficient is 1.
 *
 * The multiplication must be one whose time does not depend on the
 * operands, as it is on every 64 bit processor of the last 15 years.
 */

#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/bytes.h>
#include <crypto/ghash.h>

typedef unsigned __int128 u128;

#define EVERY4TH	0x1111111111111111ULL

/* of a 256 bit product, by Karatsuba; sums of such are taken unreduced */
struct product {
	u128	p_low, p_mid, p_high;
};

/*
 * Product without carries.  Operands that have only every 4th bit set
 * leave 3 bits of room for the counts of a column, which is enough for 15
 * terms; so the top 4 bits of x, its 16th, go separately: a run of 4 bits
 * times every 4th bit puts at most one term into a column.
 */
static inline u128
clmul(uint64_t x, uint64_t y)
{
	const u128 mask = (u128)EVERY4TH << 64 | EVERY4TH;
	const uint64_t low = EVERY4TH >> 4;
	uint64_t x0, x1, x2, x3, xt, y0, y1, y2, y3;
	u128 z0, z1, z2, z3, zt;

	x0 = x & low;
	x1 = x & low << 1;
	x2 = x & low << 2;
	x3 = x & low << 3;
	xt = x & 0xfULL << 60;
	y0 = y & EVERY4TH;
	y1 = y & EVERY4TH << 1;
	y2 = y & EVERY4TH << 2;
	y3 = y & EVERY4TH << 3;

	z0 = (u128)x0 * y0 ^ (u128)x1 * y3 ^ (u128)x2 * y2 ^ (u128)x3 * y1;
	z1 = (u128)x0 * y1 ^ (u128)x1 * y0 ^ (u128)x2 * y3 ^ (u128)x3 * y2;
	z2 = (u128)x0 * y2 ^ (u128)x1 * y1 ^ (u128)x2 * y0 ^ (u128)x3 * y3;
	z3 = (u128)x0 * y3 ^ (u128)x1 * y2 ^ (u128)x2 * y1 ^ (u128)x3 * y0;
	zt = (u128)xt * y0 ^ (u128)xt * y1 ^ (u128)xt * y2 ^ (u128)xt * y3;

	return ((z0 & mask) | (z1 & mask << 1) | (z2 & mask << 2) |
	    (z3 & mask << 3)) ^ zt;
}

static inline void
multiply_add(struct product *p, uint64_t high, uint64_t low,
    const uint64_t h[2])
{
	p->p_high ^= clmul(h[0], high);
	p->p_low ^= clmul(h[1], low);
	p->p_mid ^= clmul(h[0] ^ h[1], high ^ low);
}

static inline void
reduce(uint64_t y[2], const struct product *p)
{
	u128 mid = p->p_mid ^ p->p_high ^ p->p_low;
	uint64_t w0, w1, w2, w3;

	w0 = p->p_low;
	w1 = (uint64_t)(p->p_low >> 64) ^ (uint64_t)mid;
	w2 = (uint64_t)p->p_high ^ (uint64_t)(mid >> 64);
	w3 = p->p_high >> 64;

	w1 ^= w0 << 63 ^ w0 << 62 ^ w0 << 57;
	w2 ^= w0 ^ w0 >> 1 ^ w0 >> 2 ^ w0 >> 7;
	w2 ^= w1 << 63 ^ w1 << 62 ^ w1 << 57;
	w3 ^= w1 ^ w1 >> 1 ^ w1 >> 2 ^ w1 >> 7;
	y[0] = w3;
	y[1] = w2;
}

void
ghash_setkey(struct ghash_key *gk, const uint8_t h[GHASH_BLOCK_LEN])
{
	struct product p;
	uint64_t high, low, carry;
	int i;

	/* times x; what falls out is x^128 = x^127 + x^126 + x^121 + 1 */
	high = load_be64(h);
	low = load_be64(h + 8);
	carry = high >> 63;
	high = high << 1 | low >> 63;
	low <<= 1;
	gk->gk_h[0][0] = high ^ carry << 63 ^ carry << 62 ^ carry << 57;
	gk->gk_h[0][1] = low ^ carry;

	for (i = 1; i < GHASH_BATCH; i++) {
		memset(&p, 0, sizeof(p));
		multiply_add(&p, gk->gk_h[i - 1][0], gk->gk_h[i - 1][1],
		    gk->gk_h[0]);
		reduce(gk->gk_h[i], &p);
	}
	explicit_bzero(&p, sizeof(p));
}

/* 1 to GHASH_BATCH blocks with one reduction */
static inline void
hash_blocks(const struct ghash_key *gk, uint64_t y[2], const uint8_t *buf,
    size_t n)
{
	struct product p;

	memset(&p, 0, sizeof(p));
	multiply_add(&p, load_be64(buf) ^ y[0], load_be64(buf + 8) ^ y[1],
	    gk->gk_h[n - 1]);
	while (--n > 0) {
		buf += GHASH_BLOCK_LEN;
		multiply_add(&p, load_be64(buf), load_be64(buf + 8),
		    gk->gk_h[n - 1]);
	}
	reduce(y, &p);
}

void
ghash_update(const struct ghash_key *gk, struct ghash_ctx *gc,
    const uint8_t *buf, size_t len)
{
	uint8_t last[GHASH_BLOCK_LEN];
	size_t n;

	while (len >= GHASH_BLOCK_LEN) {
		n = ulmin(len / GHASH_BLOCK_LEN, GHASH_BATCH);
		hash_blocks(gk, gc->gc_y, buf, n);
		buf += n * GHASH_BLOCK_LEN;
		len -= n * GHASH_BLOCK_LEN;
	}
	if (len == 0)
		return;
	memset(last, 0, sizeof(last));
	memcpy(last, buf, len);
	hash_blocks(gk, gc->gc_y, last, 1);
}

void
ghash_final(const struct ghash_ctx *gc, uint8_t out[GHASH_BLOCK_LEN])
{
	store_be64(out, gc->gc_y[0]);
	store_be64(out + 8, gc->gc_y[1]);
}
