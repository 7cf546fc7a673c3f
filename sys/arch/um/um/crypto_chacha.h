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
 * ChaCha20-Poly1305 for ESP (RFC 7634), whatever the width of a vector: a
 * file that includes this says before
 *
 *	GROUPS		of blocks side by side, see below
 *	FN, CC_TARGET	attributes of all functions here; as a list
 *	vec, NB		a vector, and the pieces of 16 bytes in it
 *	v_...		operations on vectors
 *	v_transpose()	piece i of vector j becomes piece j of vector i, of
 *			four vectors; they are blocks behind each other then
 *	PROVIDER, PRIORITY
 *
 * A block of ChaCha20 is four rows of 16 bytes.  A vector holds one row of
 * NB blocks; up to GROUPS such fours go through the rounds side by side.
 *
 * Poly1305 is a sum of blocks times powers of r.  Each lane of 64 bits takes
 * every LANES'th block, as 5 limbs of 26 bits; the portable code does what
 * is left over, and everything when there is little.
 */
#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/bytes.h>
#include <crypto/cryptodev.h>
#include <crypto/chacha20.h>
#include <crypto/poly1305.h>

#define STREAM_MAX	(GROUPS * NB * CHACHA20_BLOCK_LEN)
#define DOUBLE_ROUNDS	10
#define SALT_LEN	4
#define LIMBS		5
#define LIMB_BITS	26
#define LIMB_MASK	((1ULL << LIMB_BITS) - 1)
#define LANES		(2 * NB)
#define CHUNK		(LANES * POLY1305_BLOCK_LEN)
/* for less the powers of r are not worth their while */
#define WIDE_MIN	(4 * CHUNK)

typedef unsigned __int128 u128;

struct cc_state {
	uint32_t	cs_key[8];
	uint32_t	cs_salt;
};

FN vec
rows(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	return (v_bcast(_mm_set_epi32(d, c, b, a)));
}

FN void
quarter_rounds(vec x[4])
{
	x[0] = v_add32(x[0], x[1]);
	x[3] = v_rol16(v_xor(x[3], x[0]));
	x[2] = v_add32(x[2], x[3]);
	x[1] = v_rol(v_xor(x[1], x[2]), 12);
	x[0] = v_add32(x[0], x[1]);
	x[3] = v_rol8(v_xor(x[3], x[0]));
	x[2] = v_add32(x[2], x[3]);
	x[1] = v_rol(v_xor(x[1], x[2]), 7);
}

/* columns, then diagonals */
FN void
double_round(vec x[4])
{
	quarter_rounds(x);
	x[1] = v_words(x[1], 0x39);
	x[2] = v_words(x[2], 0x4e);
	x[3] = v_words(x[3], 0x93);
	quarter_rounds(x);
	x[1] = v_words(x[1], 0x93);
	x[2] = v_words(x[2], 0x4e);
	x[3] = v_words(x[3], 0x39);
}

/* n groups of blocks, counted from ctr */
FN void
stream(const struct cc_state *cs, const uint32_t iv[2], uint32_t ctr,
    uint8_t *ks, const int n)
{
	vec first[4], x[GROUPS][4], count = v_count();
	int g, i;

	first[0] = rows(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574);
	first[1] = v_bcast(_mm_loadu_si128((const __m128i *)cs->cs_key));
	first[2] = v_bcast(_mm_loadu_si128((const __m128i *)cs->cs_key + 1));
	first[3] = v_add32(rows(ctr, cs->cs_salt, iv[0], iv[1]), count);
	X86_UNROLL
	for (g = 0; g < n; g++) {
		X86_UNROLL
		for (i = 0; i < 3; i++)
			x[g][i] = first[i];
		x[g][3] = v_add32(first[3], rows(g * NB, 0, 0, 0));
	}
	for (i = 0; i < DOUBLE_ROUNDS; i++) {
		X86_UNROLL
		for (g = 0; g < n; g++)
			double_round(x[g]);
	}
	X86_UNROLL
	for (g = 0; g < n; g++) {
		X86_UNROLL
		for (i = 0; i < 4; i++)
			x[g][i] = v_add32(x[g][i], first[i]);
		x[g][3] = v_add32(x[g][3], rows(g * NB, 0, 0, 0));
		v_transpose(x[g]);
		X86_UNROLL
		for (i = 0; i < 4; i++)
			v_store(ks + (4 * g + i) * sizeof(vec), x[g][i]);
	}
}

/* Enough for len bytes, STREAM_MAX at most; returns how many there are. */
__attribute__((__target__(CC_TARGET), __noinline__)) static size_t
stream_for(const struct cc_state *cs, const uint32_t iv[2], uint32_t ctr,
    uint8_t *ks, size_t len)
{
	size_t group = NB * CHACHA20_BLOCK_LEN;

	if (len > 3 * group) {
		stream(cs, iv, ctr, ks, GROUPS);
		return (GROUPS * group);
	}
	if (len > 2 * group) {
		stream(cs, iv, ctr, ks, 3);
		return (3 * group);
	}
	if (len > group) {
		stream(cs, iv, ctr, ks, 2);
		return (2 * group);
	}
	stream(cs, iv, ctr, ks, 1);
	return (group);
}

FN void
xor_stream(uint8_t *p, const uint8_t *ks, size_t len)
{
	for (; len >= sizeof(vec); len -= sizeof(vec)) {
		v_store(p, v_xor(v_load(p), v_load(ks)));
		p += sizeof(vec);
		ks += sizeof(vec);
	}
	xor_bytes(p, ks, len);
}

/*
 * Of n bytes in ks the first block is the key of Poly1305; the rest and
 * what is wanted more is for data.  Erases ks.
 */
__attribute__((__target__(CC_TARGET))) static void
crypt(const struct cc_state *cs, const uint32_t iv[2], uint8_t *ks, size_t n,
    uint8_t *p, size_t len)
{
	uint32_t ctr = n / CHACHA20_BLOCK_LEN;
	size_t used = n, m;

	m = ulmin(len, n - CHACHA20_BLOCK_LEN);
	xor_stream(p, ks + CHACHA20_BLOCK_LEN, m);
	while ((len -= m) > 0) {
		p += m;
		n = stream_for(cs, iv, ctr, ks, len);
		ctr += n / CHACHA20_BLOCK_LEN;
		used = MAX(used, n);
		m = ulmin(len, n);
		xor_stream(p, ks, m);
	}
	explicit_bzero(ks, used);
}

/* h * r modulo 2^130 - 5, for r as Poly1305 has it (see poly1305.c) */
static inline void
multiply(uint64_t h[3], const uint64_t r[2])
{
	uint64_t r1x5 = r[1] + (r[1] >> 2), h2;
	u128 low, high;

	low = (u128)h[0] * r[0] + (u128)h[1] * r1x5;
	high = (u128)h[0] * r[1] + (u128)h[1] * r[0] + (u128)h[2] * r1x5 +
	    (low >> 64);
	h2 = h[2] * r[0] + (uint64_t)(high >> 64);
	low = (u128)(uint64_t)low + (h2 >> 2) * 5;
	high = (u128)(uint64_t)high + (low >> 64);
	h[0] = low;
	h[1] = high;
	h[2] = (h2 & 3) + (uint64_t)(high >> 64);
}

static inline void
to_limbs(uint64_t *l, size_t stride, const uint64_t h[3])
{
	l[0] = h[0] & LIMB_MASK;
	l[stride] = h[0] >> 26 & LIMB_MASK;
	l[2 * stride] = (h[0] >> 52 | h[1] << 12) & LIMB_MASK;
	l[3 * stride] = h[1] >> 14 & LIMB_MASK;
	l[4 * stride] = h[1] >> 40 | h[2] << 24;
}

/* limbs of any size below 2^60 */
static inline void
from_limbs(uint64_t h[3], const uint64_t l[LIMBS])
{
	u128 low, high;

	low = (u128)l[0] + ((u128)l[1] << 26) + ((u128)l[2] << 52);
	high = (low >> 64) + ((u128)l[3] << 14) + ((u128)l[4] << 40);
	h[0] = low;
	h[1] = high;
	h[2] = (uint64_t)(high >> 64);
	low = (u128)h[0] + (h[2] >> 2) * 5;
	high = (u128)h[1] + (low >> 64);
	h[0] = low;
	h[1] = high;
	h[2] = (h[2] & 3) + (uint64_t)(high >> 64);
}

/* of the lane, in the order that load_chunk() leaves them in */
static inline int
lane_block(int lane)
{
	return (lane / 2 + lane % 2 * NB);
}

FN void
load_chunk(vec m[LIMBS], const uint8_t *p)
{
	vec mask = v_set64(LIMB_MASK), a, b, low, high;

	a = v_load(p);
	b = v_load(p + sizeof(vec));
	low = v_unpacklo64(a, b);
	high = v_unpackhi64(a, b);
	m[0] = v_and(low, mask);
	m[1] = v_and(v_srl64(low, 26), mask);
	m[2] = v_and(v_or(v_srl64(low, 52), v_sll64(high, 12)), mask);
	m[3] = v_and(v_srl64(high, 14), mask);
	m[4] = v_or(v_srl64(high, 40), v_set64(1 << 24));
}

/* d += h * r, not yet carried; s is r * 5 */
FN void
add_product(vec d[LIMBS], const vec h[LIMBS], const vec r[LIMBS],
    const vec s[LIMBS])
{
	int i, j;

	X86_UNROLL
	for (j = 0; j < LIMBS; j++) {
		X86_UNROLL
		for (i = 0; i < LIMBS; i++)
			d[i] = v_add64(d[i], v_mul32(h[j], j <= i ?
			    r[i - j] : s[LIMBS + i - j]));
	}
}

/* limbs below 2^62 become limbs below 2^27 */
FN void
carry(vec d[LIMBS])
{
	vec mask = v_set64(LIMB_MASK), c;
	int i, k;

	/* two chains, 0 1 2 3 4 and 3 4 0 1 2, a step by turns */
	X86_UNROLL
	for (i = 0; i < 4; i++) {
		k = (i + 3) % LIMBS;
		c = v_srl64(d[i], LIMB_BITS);
		d[i] = v_and(d[i], mask);
		d[i + 1] = v_add64(d[i + 1], c);
		c = v_srl64(d[k], LIMB_BITS);
		d[k] = v_and(d[k], mask);
		if (k == LIMBS - 1)
			c = v_add64(c, v_sll64(c, 2));
		d[(k + 1) % LIMBS] = v_add64(d[(k + 1) % LIMBS], c);
	}
}

/* h = h * r + m */
FN void
multiply_lanes(vec h[LIMBS], const vec r[LIMBS], const vec s[LIMBS],
    const vec m[LIMBS])
{
	vec d[LIMBS];
	int i;

	X86_UNROLL
	for (i = 0; i < LIMBS; i++)
		d[i] = m[i];
	add_product(d, h, r, s);
	carry(d);
	X86_UNROLL
	for (i = 0; i < LIMBS; i++)
		h[i] = d[i];
}

FN void
times5(vec s[LIMBS], const vec r[LIMBS])
{
	int i;

	X86_UNROLL
	for (i = 0; i < LIMBS; i++)
		s[i] = v_add64(r[i], v_sll64(r[i], 2));
}

/* r to the power of LANES in each lane, and what each needs at the end */
FN void
lane_powers(const struct poly1305_ctx *pc, vec all[LIMBS], vec each[LIMBS])
{
	uint64_t l[LIMBS][LANES] __aligned(64), power[LANES][3];
	int i;

	power[0][0] = pc->pc_r[0];
	power[0][1] = pc->pc_r[1];
	power[0][2] = 0;
	for (i = 1; i < LANES; i++) {
		memcpy(power[i], power[i - 1], sizeof(power[i]));
		multiply(power[i], pc->pc_r);
	}
	for (i = 0; i < LANES; i++)
		to_limbs(&l[0][i], LANES, power[LANES - 1 - lane_block(i)]);
	X86_UNROLL
	for (i = 0; i < LIMBS; i++) {
		each[i] = v_load(l[i]);
		all[i] = v_set64(l[i][0]);
	}
	explicit_bzero(power, sizeof(power));
	explicit_bzero(l, sizeof(l));
}

/* One or more chunks, after a whole number of blocks. */
__attribute__((__target__(CC_TARGET), __noinline__)) static void
poly1305_chunks(struct poly1305_ctx *pc, const uint8_t *p, size_t n)
{
	vec h[LIMBS], m[LIMBS], d[LIMBS], zero[LIMBS], last[LIMBS];
	vec r[LIMBS], s[LIMBS], r2[LIMBS], s2[LIMBS];
	uint64_t l[LIMBS];
	int i;

	lane_powers(pc, r, last);
	times5(s, r);
	to_limbs(l, 1, pc->pc_h);
	load_chunk(h, p);
	X86_UNROLL
	for (i = 0; i < LIMBS; i++) {
		h[i] = v_add64(h[i], v_low(l[i]));
		zero[i] = v_set64(0);
		r2[i] = r[i];
	}
	if (n % 2 == 0) {
		load_chunk(m, p += CHUNK);
		multiply_lanes(h, r, s, m);
		n--;
	}
	/* two at once share their carries */
	multiply_lanes(r2, r, s, zero);
	times5(s2, r2);
	while (n > 1) {
		load_chunk(m, p + CHUNK);
		load_chunk(d, p += 2 * CHUNK);
		add_product(d, m, r, s);
		add_product(d, h, r2, s2);
		carry(d);
		X86_UNROLL
		for (i = 0; i < LIMBS; i++)
			h[i] = d[i];
		n -= 2;
	}
	times5(s, last);
	multiply_lanes(h, last, s, zero);
	X86_UNROLL
	for (i = 0; i < LIMBS; i++)
		l[i] = v_sum64(h[i]);
	from_limbs(pc->pc_h, l);
}

static void
compute_tag(const uint8_t *key, const struct cryptop *crp,
    uint8_t tag[POLY1305_TAG_LEN])
{
	uint8_t block[POLY1305_BLOCK_LEN] = { 0 };
	const uint8_t *p = crp->crp_data;
	size_t aadlen = CRYPTO_AAD_LEN, len = crp->crp_len, n;
	struct poly1305_ctx pc;

	poly1305_init(&pc, key);
	memcpy(block, crp->crp_aad, CRYPTO_AAD_LEN);
	if (crp->crp_flags & CRYPTO_F_ESN) {
		memcpy(block + 8, block + 4, 4);
		memcpy(block + 4, &crp->crp_esn, 4);
		aadlen += 4;
	}
	poly1305_update(&pc, block, sizeof(block));
	if (len >= WIDE_MIN) {
		poly1305_chunks(&pc, p, len / CHUNK);
		p += len - len % CHUNK;
		len %= CHUNK;
	}
	n = len % POLY1305_BLOCK_LEN;
	poly1305_update(&pc, p, len - n);
	if (n > 0) {
		memset(block, 0, sizeof(block));
		memcpy(block, p + len - n, n);
		poly1305_update(&pc, block, sizeof(block));
	}
	store_le64(block, aadlen);
	store_le64(block + 8, crp->crp_len);
	poly1305_update(&pc, block, sizeof(block));
	poly1305_final(&pc, tag);
}

static int
cc_invoke(const void *state, struct cryptop *crp)
{
	uint8_t ks[STREAM_MAX] __aligned(64), tag[POLY1305_TAG_LEN];
	const struct cc_state *cs = state;
	uint32_t iv[2];
	size_t n;
	int differs;

	memcpy(iv, crp->crp_iv, sizeof(iv));
	n = stream_for(cs, iv, 0, ks, CHACHA20_BLOCK_LEN + crp->crp_len);
	if (crp->crp_flags & CRYPTO_F_ENCRYPT) {
		uint8_t key[POLY1305_KEY_LEN];

		memcpy(key, ks, sizeof(key));
		crypt(cs, iv, ks, n, crp->crp_data, crp->crp_len);
		compute_tag(key, crp, crp->crp_icv);
		explicit_bzero(key, sizeof(key));
		return (0);
	}
	compute_tag(ks, crp, tag);
	differs = timingsafe_bcmp(tag, crp->crp_icv, sizeof(tag));
	explicit_bzero(tag, sizeof(tag));
	if (differs) {
		explicit_bzero(ks, n);
		return (EBADMSG);
	}
	crypt(cs, iv, ks, n, crp->crp_data, crp->crp_len);
	return (0);
}

static int
cc_probe(const struct crypto_params *cp)
{
	return (cp->cp_enc == CRYPTO_CHACHA20_POLY1305);
}

static int
cc_newsession(void *state, const struct crypto_params *cp)
{
	struct cc_state *cs = state;

	memcpy(cs->cs_key, cp->cp_enckey, sizeof(cs->cs_key));
	memcpy(&cs->cs_salt, cp->cp_enckey + sizeof(cs->cs_key), SALT_LEN);
	return (0);
}

static const struct crypto_provider cc_provider = {
	.cpv_name = PROVIDER,
	.cpv_priority = PRIORITY,
	.cpv_statesize = sizeof(struct cc_state),
	.cpv_probe = cc_probe,
	.cpv_newsession = cc_newsession,
	.cpv_invoke = cc_invoke,
};
