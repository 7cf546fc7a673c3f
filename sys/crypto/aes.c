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
 * AES in constant time: four blocks side by side, one bit plane per word.
 *
 * Plane i holds bit i of all 64 bytes of the four blocks.  The byte of
 * block b in row r and column c is bit 16r + 4c + b of each plane.  So a
 * step from one row to the next is a rotation by 16, and the columns of a
 * row are the four nibbles of a 16 bit lane.
 *
 * ShiftRows is never done.  With round n the planes hold the state as it
 * was n ShiftRows ago: row r is turned back by n * r columns.  That does
 * not matter to SubBytes; MixColumns finds the next row n columns further
 * on; the round keys are stored turned in the same way.  After 4 rounds all
 * is in place again, after 10 or 14 two steps are missing and done once.
 *
 * The S-box is inversion in GF(2^8), taken as GF(((2^2)^2)^2) with normal
 * bases, between two linear maps that also change the basis.  The maps
 * were found by a search over bases and orders of summation for the
 * fewest additions: 60 forward and 64 back.  The bases, (W, W^2),
 * (Z, Z^4) and (Y, Y^16), are made of the bytes W = bc, Z = 5d, Y = fe.
 * The constant 0x63 is not part of the maps but of the round keys 1 to
 * last; MixColumns leaves a column of equal bytes as it is, so that holds
 * in both directions.
 */

#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/aes.h>
#include <crypto/bytes.h>

#define SBOX_CONST	0x63

/*
 * Planes belong into registers, so loops over them and calls must go away.
 * GCC keeps them at -O2 unless told, and the cipher takes twice the time.
 */
#ifdef __clang__
#define UNROLL
#else
#define UNROLL	_Pragma("GCC unroll 9")
#endif
#define INLINE	static inline __attribute__((__always_inline__))

/*
 * An element of GF(2^4) made ready for multiplication: its coefficients in
 * GF(2^2), a1 and a0, and their sum, each as high bit, low bit and the sum
 * of both.  The product of two is 9 ANDs; its four bits are sums of those.
 */
#define GF16_TERMS	9

INLINE uint64_t
ror64(uint64_t x, int n)
{
	return (n == 0 ? x : x >> n | x << (64 - n));
}

/* 1 / d in GF(2^4); d is a1 high, a1 low, a0 high, a0 low from bit 3 down */
INLINE void
gf16_invert(const uint64_t d[4], uint64_t e[GF16_TERMS])
{
	uint64_t a1, a0, nh, nl, ns, m;

	a1 = d[3] ^ d[2];
	a0 = d[1] ^ d[0];

	/* the norm, in GF(2^2); its inverse is its square: the bits swapped */
	m = a1 & a0;
	nh = (d[3] | d[1]) ^ m;
	nl = (d[2] | d[0]) ^ m ^ d[3] ^ d[1];
	ns = nh ^ nl;

	m = ns & a0;
	e[0] = (nl & d[1]) ^ m;
	e[1] = (nh & d[0]) ^ m;
	m = ns & a1;
	e[3] = (nl & d[3]) ^ m;
	e[4] = (nh & d[2]) ^ m;

	e[2] = e[0] ^ e[1];
	e[5] = e[3] ^ e[4];
	e[6] = e[0] ^ e[3];
	e[7] = e[1] ^ e[4];
	e[8] = e[2] ^ e[5];
}

/*
 * The inverse in GF(2^8) of h * Y + l * Y^16: d comes in with the share of
 * the norm that is linear in h and l.  Both products go out as terms.
 */
INLINE void
gf256_invert(const uint64_t h[GF16_TERMS], const uint64_t l[GF16_TERMS],
    uint64_t d[4], uint64_t hp[GF16_TERMS], uint64_t lp[GF16_TERMS])
{
	uint64_t e[GF16_TERMS], p[GF16_TERMS], t[6];
	int i;

	UNROLL
	for (i = 0; i < GF16_TERMS; i++)
		p[i] = h[i] & l[i];
	t[0] = p[5] ^ p[7];
	t[1] = p[2] ^ p[7];
	t[2] = p[6] ^ t[1];
	t[3] = p[8] ^ t[1];
	t[4] = p[3] ^ t[0];
	t[5] = p[6] ^ t[0];
	d[0] ^= p[4] ^ t[5];
	d[1] ^= p[8] ^ t[4];
	d[2] ^= p[1] ^ t[2];
	d[3] ^= p[0] ^ t[3];

	gf16_invert(d, e);
	UNROLL
	for (i = 0; i < GF16_TERMS; i++) {
		hp[i] = e[i] & l[i];
		lp[i] = e[i] & h[i];
	}
}

/* SubBytes but for the addition of SBOX_CONST */
INLINE void
sub_bytes(uint64_t q[8])
{
	uint64_t h[GF16_TERMS], l[GF16_TERMS], d[4];
	uint64_t hp[GF16_TERMS], lp[GF16_TERMS], t[25];

	l[1] = q[0];
	t[0] = q[1] ^ q[3];
	t[1] = q[5] ^ q[6];
	h[7] = q[4] ^ q[7];
	t[2] = q[2] ^ t[0];
	l[3] = q[0] ^ t[1];
	h[6] = q[2] ^ q[7];
	l[7] = q[6] ^ t[2];
	l[2] = t[0] ^ h[7];
	l[5] = q[5] ^ t[2];
	t[3] = q[2] ^ h[7];
	h[3] = q[1] ^ l[3];
	t[4] = q[5] ^ h[6];
	l[6] = t[1] ^ l[2];
	t[5] = q[4] ^ t[1];
	l[0] = q[0] ^ l[2];
	h[8] = q[2] ^ q[4];
	d[3] = h[7] ^ l[7];
	l[8] = q[5] ^ t[3];
	h[4] = q[7] ^ l[3];
	h[2] = q[1] ^ t[3];
	h[0] = h[6] ^ h[3];
	h[5] = q[1] ^ q[7];
	l[4] = q[0] ^ l[7];
	d[0] = q[7] ^ l[5];
	d[2] = t[2] ^ t[5];
	h[1] = q[4] ^ l[3];
	d[1] = q[3] ^ t[4];

	gf256_invert(h, l, d, hp, lp);

	t[0] = lp[7] ^ lp[8];
	t[1] = lp[0] ^ t[0];
	t[2] = lp[2] ^ t[1];
	t[3] = hp[3] ^ hp[8];
	t[4] = hp[0] ^ t[2];
	t[5] = hp[2] ^ lp[5];
	t[6] = hp[1] ^ t[5];
	t[7] = hp[2] ^ t[4];
	t[8] = hp[6] ^ t[6];
	t[9] = hp[5] ^ t[3];
	t[10] = lp[3] ^ t[0];
	t[11] = hp[4] ^ t[10];
	t[12] = lp[4] ^ t[8];
	t[13] = lp[5] ^ t[11];
	t[14] = lp[6] ^ lp[7];
	t[15] = hp[1] ^ t[4];
	t[16] = t[1] ^ t[9];
	t[17] = hp[7] ^ t[14];
	t[18] = hp[6] ^ t[13];
	t[19] = t[2] ^ t[9];
	t[20] = hp[7] ^ hp[8];
	t[21] = hp[5] ^ t[11];
	t[22] = hp[3] ^ hp[4];
	t[23] = hp[3] ^ t[7];
	t[24] = lp[1] ^ t[12];
	q[0] = t[6] ^ t[21];
	q[3] = t[15] ^ t[22];
	q[2] = t[16] ^ t[24];
	q[4] = hp[5] ^ t[23];
	q[1] = t[3] ^ t[18];
	q[6] = t[7] ^ t[20];
	q[5] = t[12] ^ t[17];
	q[7] = hp[7] ^ t[19];
}

/* the way back; SBOX_CONST is off already */
INLINE void
inv_sub_bytes(uint64_t q[8])
{
	uint64_t h[GF16_TERMS], l[GF16_TERMS], d[4];
	uint64_t hp[GF16_TERMS], lp[GF16_TERMS], t[27];

	h[3] = q[4] ^ q[6];
	t[0] = q[0] ^ q[1];
	h[7] = q[3] ^ q[4];
	t[1] = q[3] ^ q[6];
	h[1] = h[3] ^ t[0];
	t[2] = q[2] ^ q[7];
	l[0] = q[7] ^ h[3];
	h[6] = q[6] ^ q[7];
	h[4] = t[0] ^ t[1];
	t[3] = q[5] ^ h[3];
	t[4] = q[1] ^ q[2];
	l[1] = q[5] ^ t[2];
	t[5] = q[0] ^ q[7];
	h[2] = t[0] ^ h[6];
	d[1] = q[0] ^ t[3];
	t[6] = q[1] ^ t[1];
	d[3] = t[2] ^ h[4];
	d[0] = q[5] ^ h[7];
	l[2] = q[2] ^ t[3];
	l[8] = h[7] ^ t[4];
	h[8] = q[3] ^ l[0];
	h[5] = t[0] ^ h[7];
	l[7] = h[1] ^ t[2];
	l[5] = q[5] ^ t[6];
	l[3] = q[0] ^ h[7];
	l[6] = t[1] ^ t[5];
	l[4] = q[5] ^ h[1];
	h[0] = q[4] ^ q[7];
	d[2] = q[0] ^ q[3];

	gf256_invert(h, l, d, hp, lp);

	t[0] = hp[7] ^ lp[7];
	t[1] = lp[5] ^ t[0];
	t[2] = lp[3] ^ t[1];
	t[3] = hp[6] ^ lp[8];
	t[4] = hp[0] ^ hp[3];
	t[5] = t[2] ^ t[3];
	t[6] = hp[1] ^ lp[0];
	t[7] = hp[2] ^ hp[4];
	t[8] = lp[4] ^ t[4];
	t[9] = hp[8] ^ t[2];
	t[10] = hp[5] ^ t[8];
	t[11] = hp[3] ^ t[9];
	t[12] = lp[1] ^ t[6];
	t[13] = lp[2] ^ lp[6];
	t[14] = t[3] ^ t[10];
	t[15] = lp[1] ^ lp[7];
	t[16] = t[1] ^ t[12];
	t[17] = hp[6] ^ t[0];
	t[18] = hp[4] ^ t[5];
	t[19] = lp[3] ^ t[17];
	t[20] = lp[6] ^ t[7];
	t[21] = hp[5] ^ lp[8];
	q[1] = t[11] ^ t[21];
	q[0] = t[13] ^ t[15];
	t[22] = t[12] ^ t[20];
	q[7] = hp[5] ^ t[18];
	t[23] = hp[2] ^ t[5];
	t[24] = t[10] ^ t[13];
	q[4] = hp[1] ^ t[23];
	q[5] = t[14] ^ t[16];
	t[25] = t[6] ^ t[24];
	q[3] = t[11] ^ t[22];
	q[6] = t[19] ^ t[25];
	t[26] = t[5] ^ t[7];
	q[2] = t[4] ^ t[26];
}

INLINE void
add_round_key(uint64_t q[8], const uint64_t rk[8])
{
	int i;

	UNROLL
	for (i = 0; i < 8; i++)
		q[i] ^= rk[i];
}

/* every byte takes the value found rows further on and cols to the right */
INLINE uint64_t
rotate_bytes(uint64_t x, int rows, int cols)
{
	uint64_t m;

	cols &= 3;
	if (cols == 0)
		return (ror64(x, 16 * rows));
	m = 0x0001000100010001ULL * (0xffffU >> (4 * cols));
	return ((ror64(x, 16 * rows + 4 * cols) & m) |
	    (ror64(x, 16 * (rows - 1) + 4 * cols) & ~m));
}

/* MixColumns on a state that lacks n ShiftRows; n is a constant, 0 to 3 */
INLINE void
mix_columns(uint64_t q[8], int n)
{
	uint64_t t[8], u[8];
	int i;

	UNROLL
	for (i = 0; i < 8; i++) {
		t[i] = rotate_bytes(q[i], 1, n);
		u[i] = q[i] ^ t[i];
		t[i] ^= rotate_bytes(u[i], 2, 2 * n);
	}
	q[0] = t[0] ^ u[7];
	q[1] = t[1] ^ u[0] ^ u[7];
	q[2] = t[2] ^ u[1];
	q[3] = t[3] ^ u[2] ^ u[7];
	q[4] = t[4] ^ u[3] ^ u[7];
	q[5] = t[5] ^ u[4];
	q[6] = t[6] ^ u[5];
	q[7] = t[7] ^ u[6];
}

/*
 * The inverse is MixColumns after 4 times the sum of a byte and the next
 * but one of its column has been added to both.
 */
INLINE void
inv_mix_columns(uint64_t q[8], int n)
{
	uint64_t u[8];
	int i;

	UNROLL
	for (i = 0; i < 8; i++)
		u[i] = q[i] ^ rotate_bytes(q[i], 2, 2 * n);
	q[0] ^= u[6];
	q[1] ^= u[6] ^ u[7];
	q[2] ^= u[0] ^ u[7];
	q[3] ^= u[1] ^ u[6];
	q[4] ^= u[2] ^ u[6] ^ u[7];
	q[5] ^= u[3] ^ u[7];
	q[6] ^= u[4];
	q[7] ^= u[5];
	mix_columns(q, n);
}

/* two ShiftRows at once: rows 1 and 3 move by half */
INLINE void
shift_rows_twice(uint64_t q[8])
{
	const uint64_t even = 0x0000ffff0000ffffULL;
	const uint64_t low = 0x00ff000000ff0000ULL;
	int i;

	UNROLL
	for (i = 0; i < 8; i++)
		q[i] = (q[i] & even) | (q[i] >> 8 & low) |
		    (q[i] & low) << 8;
}

/* n inverse ShiftRows, any n; slow, for the key schedule */
static void
unshift_rows(uint64_t q[8], int n)
{
	uint64_t lane, x;
	int i, k, r;

	for (i = 0; i < 8; i++) {
		for (x = 0, r = 0; r < 4; r++) {
			k = 4 * (n * r & 3);
			lane = q[i] >> (16 * r) & 0xffff;
			lane = (lane << k | lane >> (16 - k)) & 0xffff;
			x |= lane << (16 * r);
		}
		q[i] = x;
	}
}

INLINE void
swap_bits(uint64_t *a, uint64_t *b, uint64_t mask, int n)
{
	uint64_t t;

	t = (*a >> n ^ *b) & mask;
	*b ^= t;
	*a ^= t << n;
}

/* bit i of byte k of word w changes places with bit w of byte k of word i */
INLINE void
transpose(uint64_t q[8])
{
	int i;

	UNROLL
	for (i = 0; i < 8; i += 2)
		swap_bits(&q[i], &q[i + 1], 0x5555555555555555ULL, 1);
	UNROLL
	for (i = 0; i < 8; i++)
		if ((i & 2) == 0)
			swap_bits(&q[i], &q[i + 2], 0x3333333333333333ULL, 2);
	UNROLL
	for (i = 0; i < 4; i++)
		swap_bits(&q[i], &q[i + 4], 0x0f0f0f0f0f0f0f0fULL, 4);
}

/* byte i of the word to byte 2i */
static inline uint64_t
spread(uint64_t x)
{
	x = (x | x << 16) & 0x0000ffff0000ffffULL;
	return ((x | x << 8) & 0x00ff00ff00ff00ffULL);
}

static inline uint32_t
unspread(uint64_t x)
{
	x &= 0x00ff00ff00ff00ffULL;
	x = (x | x >> 8) & 0x0000ffff0000ffffULL;
	return (x | x >> 16);
}

static inline void
pack(uint64_t q[8], const uint8_t *p)
{
	int b;

	UNROLL
	for (b = 0; b < AES_BATCH; b++, p += AES_BLOCK_LEN) {
		q[b] = spread(load_le32(p)) | spread(load_le32(p + 8)) << 8;
		q[b + 4] = spread(load_le32(p + 4)) |
		    spread(load_le32(p + 12)) << 8;
	}
	transpose(q);
}

static inline void
unpack(uint8_t *p, uint64_t q[8])
{
	int b;

	transpose(q);
	UNROLL
	for (b = 0; b < AES_BATCH; b++, p += AES_BLOCK_LEN) {
		store_le32(p, unspread(q[b]));
		store_le32(p + 8, unspread(q[b] >> 8));
		store_le32(p + 4, unspread(q[b + 4]));
		store_le32(p + 12, unspread(q[b + 4] >> 8));
	}
}

/* SubWord of the key schedule */
static uint32_t
sub_word(uint32_t w)
{
	uint64_t q[8];
	int i;

	for (i = 0; i < 8; i++)
		q[i] = w >> i & 0x01010101;
	sub_bytes(q);
	for (w = 0, i = 0; i < 8; i++)
		w |= (uint32_t)(q[i] & 0x01010101) << i;
	return (w ^ SBOX_CONST * 0x01010101U);
}

/* FIPS 197 key expansion; words are little endian */
static void
expand_key(uint32_t *w, int nwords, const uint8_t *key, int nk)
{
	uint32_t rcon, t;
	int i;

	for (i = 0; i < nk; i++)
		w[i] = load_le32(key + 4 * i);
	for (rcon = 1; i < nwords; i++) {
		t = w[i - 1];
		if (i % nk == 0) {
			t = sub_word(t >> 8 | t << 24) ^ rcon;
			rcon = rcon << 1 ^ (rcon >> 7) * 0x11b;
		} else if (nk > 6 && i % nk == 4)
			t = sub_word(t);
		w[i] = w[i - nk] ^ t;
	}
}

int
aes_setkey(struct aes_ctx *ac, const uint8_t *key, size_t keylen)
{
	uint32_t w[4 * (AES_MAXROUNDS + 1)];
	uint8_t buf[AES_BATCH_LEN];
	uint32_t add;
	int i, j;

	if (keylen != 16 && keylen != 24 && keylen != 32)
		return (EINVAL);
	ac->ac_rounds = keylen / 4 + 6;
	expand_key(w, 4 * (ac->ac_rounds + 1), key, keylen / 4);
	for (i = 0; i <= ac->ac_rounds; i++) {
		add = i == 0 ? 0 : SBOX_CONST * 0x01010101U;
		for (j = 0; j < 4 * AES_BATCH; j++)
			store_le32(buf + 4 * j, w[4 * i + (j & 3)] ^ add);
		pack(ac->ac_rk[i], buf);
		unshift_rows(ac->ac_rk[i], i);
	}
	explicit_bzero(w, sizeof(w));
	explicit_bzero(buf, sizeof(buf));
	return (0);
}

INLINE void
round_encrypt(uint64_t q[8], const uint64_t rk[8], int n)
{
	sub_bytes(q);
	mix_columns(q, n);
	add_round_key(q, rk);
}

INLINE void
round_decrypt(uint64_t q[8], const uint64_t rk[8], int n)
{
	inv_sub_bytes(q);
	add_round_key(q, rk);
	inv_mix_columns(q, n);
}

static void
encrypt_batch(const struct aes_ctx *ac, uint8_t *dst, const uint8_t *src)
{
	const uint64_t (*rk)[8] = ac->ac_rk;
	uint64_t q[8];
	int i, last = ac->ac_rounds;

	pack(q, src);
	add_round_key(q, rk[0]);
	round_encrypt(q, rk[1], 1);
	for (i = 2; i < last; i += 4) {
		round_encrypt(q, rk[i], 2);
		round_encrypt(q, rk[i + 1], 3);
		if (i + 2 == last)
			break;
		round_encrypt(q, rk[i + 2], 0);
		round_encrypt(q, rk[i + 3], 1);
	}
	sub_bytes(q);
	add_round_key(q, rk[last]);
	if (last & 2)
		shift_rows_twice(q);
	unpack(dst, q);
}

static void
decrypt_batch(const struct aes_ctx *ac, uint8_t *dst, const uint8_t *src)
{
	const uint64_t (*rk)[8] = ac->ac_rk;
	uint64_t q[8];
	int i, last = ac->ac_rounds;

	pack(q, src);
	if (last & 2)
		shift_rows_twice(q);
	add_round_key(q, rk[last]);
	for (i = last - 1; i > 1; i -= 2) {
		if (i & 2) {
			round_decrypt(q, rk[i], 3);
			round_decrypt(q, rk[i - 1], 2);
		} else {
			round_decrypt(q, rk[i], 1);
			round_decrypt(q, rk[i - 1], 0);
		}
	}
	round_decrypt(q, rk[1], 1);
	inv_sub_bytes(q);
	add_round_key(q, rk[0]);
	unpack(dst, q);
}

static void
by_batches(void (*fn)(const struct aes_ctx *, uint8_t *, const uint8_t *),
    const struct aes_ctx *ac, uint8_t *dst, const uint8_t *src, size_t n)
{
	uint8_t buf[AES_BATCH_LEN];

	for (; n >= AES_BATCH; n -= AES_BATCH) {
		fn(ac, dst, src);
		dst += AES_BATCH_LEN;
		src += AES_BATCH_LEN;
	}
	if (n == 0)
		return;
	memset(buf, 0, sizeof(buf));
	memcpy(buf, src, n * AES_BLOCK_LEN);
	fn(ac, buf, buf);
	memcpy(dst, buf, n * AES_BLOCK_LEN);
	explicit_bzero(buf, sizeof(buf));
}

void
aes_encrypt(const struct aes_ctx *ac, uint8_t *dst, const uint8_t *src,
    size_t n)
{
	by_batches(encrypt_batch, ac, dst, src, n);
}

void
aes_decrypt(const struct aes_ctx *ac, uint8_t *dst, const uint8_t *src,
    size_t n)
{
	by_batches(decrypt_batch, ac, dst, src, n);
}

/* each block waits for the one before: three quarters of the work is lost */
void
aes_cbc_encrypt(const struct aes_ctx *ac, const uint8_t *iv, uint8_t *buf,
    size_t len)
{
	uint8_t x[AES_BATCH_LEN];

	memset(x, 0, sizeof(x));
	memcpy(x, iv, AES_BLOCK_LEN);
	for (; len >= AES_BLOCK_LEN; len -= AES_BLOCK_LEN) {
		xor_bytes(x, buf, AES_BLOCK_LEN);
		encrypt_batch(ac, x, x);
		memcpy(buf, x, AES_BLOCK_LEN);
		buf += AES_BLOCK_LEN;
	}
}

void
aes_cbc_decrypt(const struct aes_ctx *ac, const uint8_t *iv, uint8_t *buf,
    size_t len)
{
	/* the block before, then what was decrypted and is overwritten */
	uint8_t prev[AES_BLOCK_LEN + AES_BATCH_LEN];
	size_t n;

	memcpy(prev, iv, AES_BLOCK_LEN);
	for (; len > 0; len -= n) {
		n = ulmin(len, AES_BATCH_LEN);
		memcpy(prev + AES_BLOCK_LEN, buf, n);
		aes_decrypt(ac, buf, buf, n / AES_BLOCK_LEN);
		xor_bytes(buf, prev, n);
		memcpy(prev, prev + n, AES_BLOCK_LEN);
		buf += n;
	}
}

void
aes_ctr_stream(const struct aes_ctx *ac,
    const uint8_t nonce[AES_CTR_NONCE_LEN], uint32_t ctr,
    uint8_t ks[AES_BATCH_LEN])
{
	uint8_t *p;
	int i;

	for (i = 0, p = ks; i < AES_BATCH; i++, p += AES_BLOCK_LEN) {
		memcpy(p, nonce, AES_CTR_NONCE_LEN);
		store_be32(p + AES_CTR_NONCE_LEN, ctr + i);
	}
	encrypt_batch(ac, ks, ks);
}

void
aes_ctr_crypt(const struct aes_ctx *ac,
    const uint8_t nonce[AES_CTR_NONCE_LEN], uint32_t ctr, uint8_t *buf,
    size_t len)
{
	uint8_t ks[AES_BATCH_LEN];
	size_t n;

	for (; len > 0; len -= n, buf += n, ctr += AES_BATCH) {
		n = ulmin(len, sizeof(ks));
		aes_ctr_stream(ac, nonce, ctr, ks);
		xor_bytes(buf, ks, n);
	}
	explicit_bzero(ks, sizeof(ks));
}
