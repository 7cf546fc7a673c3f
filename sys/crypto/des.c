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
 * DES and triple DES (FIPS 46-3) in constant time: without tables that a
 * secret indexes.
 *
 * Bit n of the standard, which counts from 1, is bit 32 - n of a word.  All
 * eight S-boxes are computed at once, each in its own nibble: input i of
 * every S-box is a word whose nibbles are all ones or all zeroes, and the
 * four bits of a nibble are the four outputs.
 *
 * An output is a polynomial in the six inputs, a sum of products.  With the
 * coefficients of all 32 outputs side by side in words, a step takes one
 * input out of the polynomials: p = q + input * r, where q and r have half
 * as many coefficients.  The first four steps do four words at a time.
 */

#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/bytes.h>
#include <crypto/des.h>

#define INPUTS		6	/* of an S-box */
#define NIBBLES		0x11111111U

/* GCC keeps small loops at -O2 unless told: twice the time */
#ifdef __clang__
#define UNROLL
#else
#define UNROLL		_Pragma("GCC unroll 8")
#endif

#define ROTATE(x, n)	((x) << (n) | (x) >> (32 - (n)))

typedef uint32_t quad __attribute__((__vector_size__(16)));

/*
 * Coefficient of the product of those inputs whose bits are set in the
 * index.  A nibble's outputs are in the order that lets permute() do with
 * the fewest rotations, which was searched for.
 */
static const quad des_poly[16] = {
	{ 0xbf372347, 0xafde3559, 0x75b563de, 0x99e38860 },
	{ 0x3a6795bb, 0x59a2ebc6, 0xa65e0e74, 0xf3e2b9a6 },
	{ 0xcd9a39c6, 0x6039a06c, 0x9670d565, 0xa17fe0a6 },
	{ 0xa1306611, 0xf1282405, 0xa0752421, 0xf17ff065 },
	{ 0xa73977ff, 0xf0854aaa, 0xc05aa005, 0x59dba00c },
	{ 0xd9fca90c, 0x69972eaf, 0x8868a800, 0x95c981aa },
	{ 0x92e7e29a, 0x53b1b509, 0x5a3a6887, 0xe62fc9a6 },
	{ 0x2111e730, 0x6109f560, 0x00000000, 0x00000000 },
	{ 0xb6d95935, 0x58b3aee3, 0xda4f8049, 0x93d0b400 },
	{ 0x8c1cf280, 0x0803eb21, 0xd353502a, 0x9ac3d7f1 },
	{ 0x107f6203, 0x60bf421c, 0xd540e019, 0xa9105653 },
	{ 0xb110f683, 0x611ca497, 0x801f36a9, 0xf09033a7 },
	{ 0x500fe282, 0xcb0f72ad, 0x015fa80b, 0xeadcc012 },
	{ 0x10109202, 0x1a3c4b86, 0x486c6000, 0xfd4fab8b },
	{ 0xac7c0e81, 0x0a731f3b, 0x892f85d8, 0x97306e49 },
	{ 0x1433f6e2, 0xd07fa4b0, 0x00000000, 0x00000000 },
};

/* bits of the key for the halves of the key register, from 1 */
static const uint8_t des_pc1[56] = {
	57, 49, 41, 33, 25, 17,  9,  1, 58, 50, 42, 34, 26, 18,
	10,  2, 59, 51, 43, 35, 27, 19, 11,  3, 60, 52, 44, 36,
	63, 55, 47, 39, 31, 23, 15,  7, 62, 54, 46, 38, 30, 22,
	14,  6, 61, 53, 45, 37, 29, 21, 13,  5, 28, 20, 12,  4,
};

/* bits of the key register for the inputs of the S-boxes in turn, from 1 */
static const uint8_t des_pc2[48] = {
	14, 17, 11, 24,  1,  5,  3, 28, 15,  6, 21, 10,
	23, 19, 12,  4, 26,  8, 16,  7, 27, 20, 13,  2,
	41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48,
	44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
};

/* rounds, from 0, before which the register turns by one bit and not two */
#define TURNS_ONCE(round)	((0x8103 >> (round)) & 1)

static void
set_round_key(uint32_t rk[INPUTS], uint64_t reg)
{
	int i, s;

	memset(rk, 0, INPUTS * sizeof(rk[0]));
	for (s = 0; s < 8; s++)
		for (i = 0; i < INPUTS; i++)
			rk[i] |= (uint32_t)(reg >>
			    (56 - des_pc2[INPUTS * s + i]) & 1) * 15 <<
			    (28 - 4 * s);
}

/* one DES: step is 1, or -1 for the round keys of decryption */
static void
set_des_key(uint32_t (*rk)[INPUTS], int step, const uint8_t *key)
{
	uint64_t bits = load_be64(key), half = (1U << 28) - 1, reg = 0;
	uint64_t left, right;
	int i, n;

	for (i = 0; i < 56; i++)
		reg = reg << 1 | (bits >> (64 - des_pc1[i]) & 1);
	for (i = 0; i < DES_ROUNDS; i++, rk += step) {
		n = TURNS_ONCE(i) ? 1 : 2;
		left = reg >> 28;
		right = reg & half;
		left = (left << n | left >> (28 - n)) & half;
		right = (right << n | right >> (28 - n)) & half;
		reg = left << 28 | right;
		set_round_key(*rk, reg);
	}
}

void
des3_setkey(struct des3_ctx *dc, const uint8_t key[DES3_KEY_LEN])
{
	set_des_key(dc->dc_rk, 1, key);
	set_des_key(dc->dc_rk + 2 * DES_ROUNDS - 1, -1, key + 8);
	set_des_key(dc->dc_rk + 2 * DES_ROUNDS, 1, key + 16);
}

/* the S-boxes' outputs go to their places in the other half */
static inline uint32_t
permute(uint32_t x)
{
	return (ROTATE(x & 0x40800484, 3) | ROTATE(x & 0x01011000, 6) |
	    ROTATE(x & 0x84004802, 10) | ROTATE(x & 0x00128048, 14) |
	    ROTATE(x & 0x18280200, 19) | ROTATE(x & 0x00000010, 21) |
	    ROTATE(x & 0x22442000, 26) | ROTATE(x & 0x00000121, 27));
}

static inline quad
spread(uint32_t x)
{
	return ((quad){ x, x, x, x });
}

/* inputs 5 down to 0 go out of the polynomials */
static inline uint32_t
substitute(const uint32_t in[INPUTS])
{
	quad p[8], x;
	int i;

	x = spread(in[5]);
	UNROLL
	for (i = 0; i < 8; i++)
		p[i] = des_poly[i] ^ (x & des_poly[i + 8]);
	x = spread(in[4]);
	UNROLL
	for (i = 0; i < 4; i++)
		p[i] ^= x & p[i + 4];
	x = spread(in[3]);
	UNROLL
	for (i = 0; i < 2; i++)
		p[i] ^= x & p[i + 2];
	p[0] ^= spread(in[2]) & p[1];
	return (p[0][0] ^ (in[1] & p[0][2]) ^
	    (in[0] & (p[0][1] ^ (in[1] & p[0][3]))));
}

/* a half's share of the other one: S-box s gets bits 4s to 4s + 5 */
static inline uint32_t
feistel(uint32_t half, const uint32_t rk[INPUTS])
{
	uint32_t in[INPUTS];
	int i;

	UNROLL
	for (i = 1; i <= 4; i++)
		in[i] = (half >> (4 - i) & NIBBLES) * 15;
	in[0] = ROTATE(in[4], 28);
	in[5] = ROTATE(in[1], 4);
	UNROLL
	for (i = 0; i < INPUTS; i++)
		in[i] ^= rk[i];
	return (permute(substitute(in)));
}

/* 8 rows of 8 bits, to columns: squares of 1, 2, 4 bits change places */
static uint64_t
transpose(uint64_t x)
{
	uint64_t t;

	t = (x ^ x >> 7) & 0x00aa00aa00aa00aaULL;
	x ^= t ^ t << 7;
	t = (x ^ x >> 14) & 0x0000cccc0000ccccULL;
	x ^= t ^ t << 14;
	t = (x ^ x >> 28) & 0x00000000f0f0f0f0ULL;
	return (x ^ t ^ t << 28);
}

/* every other byte of x to the lower half, and back */
static uint32_t
pack(uint64_t x)
{
	x &= 0x00ff00ff00ff00ffULL;
	x = (x | x >> 8) & 0x0000ffff0000ffffULL;
	return (x | x >> 16);
}

static uint64_t
unpack(uint64_t x)
{
	x = (x | x << 16) & 0x0000ffff0000ffffULL;
	return ((x | x << 8) & 0x00ff00ff00ff00ffULL);
}

/*
 * All rounds, the keys step apart.  The initial permutation takes columns
 * of bits from the last byte to the first: the even columns make the left
 * half, the odd ones the right.  Between two DES it undoes the final one,
 * and just the halves change places.
 */
static void
crypt_block(const uint32_t (*rk)[INPUTS], int step, uint8_t *dst,
    const uint8_t *src)
{
	uint64_t x = transpose(load_le64(src));
	uint32_t left = pack(x), right = pack(x >> 8), t;
	int i, n;

	for (n = 0; n < 3; n++) {
		for (i = 0; i < DES_ROUNDS; i += 2, rk += 2 * step) {
			left ^= feistel(right, rk[0]);
			right ^= feistel(left, rk[step]);
		}
		t = left;
		left = right;
		right = t;
	}
	store_le64(dst, transpose(unpack(left) | unpack(right) << 8));
}

void
des3_cbc_encrypt(const struct des3_ctx *dc, const uint8_t *iv, uint8_t *buf,
    size_t len)
{
	for (; len >= DES_BLOCK_LEN; len -= DES_BLOCK_LEN) {
		xor_bytes(buf, iv, DES_BLOCK_LEN);
		crypt_block(dc->dc_rk, 1, buf, buf);
		iv = buf;
		buf += DES_BLOCK_LEN;
	}
}

void
des3_cbc_decrypt(const struct des3_ctx *dc, const uint8_t *iv, uint8_t *buf,
    size_t len)
{
	uint8_t block[DES_BLOCK_LEN], prev[DES_BLOCK_LEN];

	memcpy(prev, iv, sizeof(prev));
	for (; len >= DES_BLOCK_LEN; len -= DES_BLOCK_LEN) {
		memcpy(block, buf, sizeof(block));
		crypt_block(dc->dc_rk + DES3_ROUNDS - 1, -1, buf, buf);
		xor_bytes(buf, prev, sizeof(prev));
		memcpy(prev, block, sizeof(prev));
		buf += DES_BLOCK_LEN;
	}
}
