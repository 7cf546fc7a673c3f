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
 * AES-GCM for ESP (RFC 4106), whatever the width of a vector: a file that
 * includes this says before
 *
 *	FN		attributes of all functions here
 *	vec, NB		a vector, and the blocks of 16 bytes in it
 *	GV		vectors in a group: what is worked at together
 *	v_...		operations on vectors
 *	GCM_TARGET	the same as a list of features
 *	PROVIDER, PRIORITY
 *
 * GHASH is computed with the bytes of a block reversed and the powers of H
 * multiplied by x: then a product of polynomials is the product of the
 * standard's bit-reflected ones, without a shift.  Lane j of a running sum
 * collects the blocks j, j + NB, ...; only at the end, when each block of
 * the last group meets its own power of H, do the lanes become one.
 */
#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/cryptodev.h>

#define BLOCK		16
#define SALT_LEN	4
#define VBYTES		(NB * BLOCK)
#define GBLOCKS		(GV * NB)
#define GBYTES		(GV * VBYTES)
/* a whole group, the start of another, and the lengths */
#define NPOWERS		(2 * GBLOCKS + 2)

struct gcm_state {
	struct x86_aes	gs_aes;
	__m128i		gs_powers[NPOWERS + NB];	/* downwards; 0s */
	uint32_t	gs_salt;
	int		gs_gmac;
};

/*
 * Products that wait for their reduction.  By Karatsuba's method: what
 * belongs in the middle is mid, lo and hi together.
 */
struct gcm_sum {
	vec		lo, mid, hi;
};

FN __m128i
bswap128(__m128i x)
{
	return (_mm_shuffle_epi8(x, _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8,
	    9, 10, 11, 12, 13, 14, 15)));
}

FN vec
v_bswap(vec x)
{
	return (v_shuffle8(x, v_bcast(_mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7,
	    8, 9, 10, 11, 12, 13, 14, 15))));
}

FN vec
halves(vec x)
{
	return (v_xor(x, v_swap64(x)));
}

FN void
sum_init(struct gcm_sum *s, vec x, vec h)
{
	s->lo = v_clmul(x, h, 0x00);
	s->hi = v_clmul(x, h, 0x11);
	s->mid = v_clmul(halves(x), halves(h), 0x00);
}

FN void
sum_add(struct gcm_sum *s, vec x, vec h)
{
	s->lo = v_xor(s->lo, v_clmul(x, h, 0x00));
	s->hi = v_xor(s->hi, v_clmul(x, h, 0x11));
	s->mid = v_xor(s->mid, v_clmul(halves(x), halves(h), 0x00));
}

/* of 256 bits, folds the lower 128 into the upper; lane by lane */
FN vec
sum_reduce(const struct gcm_sum *s)
{
	const vec poly = v_bcast(_mm_set1_epi64x(0xc2ULL << 56));
	vec lo, mid = v_xor3(s->mid, s->lo, s->hi), hi;

	lo = v_xor3(v_swap64(s->lo), v_clmul(s->lo, poly, 0x00),
	    v_low64(mid));
	hi = v_xor(s->hi, v_high64(mid));
	return (v_xor3(hi, v_swap64(lo), v_clmul(lo, poly, 0x00)));
}

FN __m128i
sum_final(const struct gcm_sum *s)
{
	const __m128i poly = _mm_set1_epi64x(0xc2ULL << 56);
	__m128i lo = v_fold(s->lo), hi = v_fold(s->hi), mid, t;

	mid = _mm_xor_si128(v_fold(s->mid), _mm_xor_si128(lo, hi));
	t = _mm_clmulepi64_si128(lo, poly, 0x00);
	lo = _mm_xor_si128(_mm_shuffle_epi32(lo, 0x4e), t);
	lo = _mm_xor_si128(lo, _mm_move_epi64(mid));
	t = _mm_clmulepi64_si128(lo, poly, 0x00);
	hi = _mm_xor_si128(hi, _mm_srli_si128(mid, 8));
	return (_mm_xor_si128(_mm_xor_si128(hi, _mm_shuffle_epi32(lo, 0x4e)),
	    t));
}

FN __m128i
multiply(__m128i a, __m128i b)
{
	struct gcm_sum s;

	sum_init(&s, v_first(a), v_first(b));
	return (sum_final(&s));
}

/* n consecutive powers that end with H to the power of last */
FN vec
powers(const struct gcm_state *gs, size_t first)
{
	return (v_load(&gs->gs_powers[NPOWERS - first]));
}

FN vec
power_everywhere(const struct gcm_state *gs, size_t n)
{
	return (v_bcast(gs->gs_powers[NPOWERS - n]));
}

/* all but the last round, of which x is to be the key */
FN vec
aes_block(const struct gcm_state *gs, vec b, vec x, const int rounds)
{
	int r;

	b = v_xor(b, v_bcast(gs->gs_aes.xa_key[0]));
	X86_UNROLL
	for (r = 1; r < rounds; r++)
		b = v_aes(b, v_bcast(gs->gs_aes.xa_key[r]));
	return (v_aeslast(b, v_xor(x, v_bcast(gs->gs_aes.xa_key[rounds]))));
}

FN __m128i
aes_block128(const struct gcm_state *gs, __m128i b, const int rounds)
{
	int r;

	b = _mm_xor_si128(b, gs->gs_aes.xa_key[0]);
	X86_UNROLL
	for (r = 1; r < rounds; r++)
		b = _mm_aesenc_si128(b, gs->gs_aes.xa_key[r]);
	return (_mm_aesenclast_si128(b, gs->gs_aes.xa_key[rounds]));
}

enum gcm_mode { SEAL, OPEN, AUTH };

/*
 * Hash the group c while the one at p is crypted, which then takes its
 * place: the ciphertext, the bytes of each block reversed.  Neither waits
 * for the other.
 */
FN void
crypt_group(const struct gcm_state *gs, uint8_t *p, vec *ctr, vec c[GV],
    struct gcm_sum *s, const int rounds, const enum gcm_mode mode)
{
	vec b[GV], in, out, k = v_bcast(gs->gs_aes.xa_key[0]);
	int i, r;

	X86_UNROLL
	for (i = 0; i < GV; i++) {
		b[i] = v_xor(v_bswap(*ctr), k);
		*ctr = v_add32(*ctr, v_bcast(_mm_cvtsi32_si128(NB)));
	}
	X86_UNROLL
	for (r = 1; r < rounds; r++) {
		k = v_bcast(gs->gs_aes.xa_key[r]);
		X86_UNROLL
		for (i = 0; i < GV; i++)
			b[i] = v_aes(b[i], k);
		/* the first is the last to be known */
		if (s != NULL && r <= GV)
			sum_add(s, c[GV - r], power_everywhere(gs,
			    r * NB));
	}
	k = v_bcast(gs->gs_aes.xa_key[rounds]);
	X86_UNROLL
	for (i = 0; i < GV; i++) {
		in = v_load(p + i * VBYTES);
		out = v_aeslast(b[i], v_xor(in, k));
		v_store(p + i * VBYTES, out);
		c[i] = v_bswap(mode == SEAL ? out : in);
	}
}

FN void
hash_group(const struct gcm_state *gs, uint8_t *p, vec c[GV],
    struct gcm_sum *s)
{
	int i;

	X86_UNROLL
	for (i = 0; i < GV; i++) {
		if (s != NULL)
			sum_add(s, c[i], power_everywhere(gs, GBLOCKS -
			    i * NB));
		c[i] = v_bswap(v_load(p + i * VBYTES));
	}
}

FN void
do_group(const struct gcm_state *gs, uint8_t *p, vec *ctr, vec c[GV],
    struct gcm_sum *s, const int rounds, const enum gcm_mode mode)
{
	if (mode == AUTH)
		hash_group(gs, p, c, s);
	else
		crypt_group(gs, p, ctr, c, s, rounds, mode);
}

/* SPI, sequence number with its upper half if there is one; 0s */
FN __m128i
header(const struct cryptop *crp, uint32_t *len)
{
	uint32_t spi, low;

	memcpy(&spi, crp->crp_aad, 4);
	memcpy(&low, crp->crp_aad + 4, 4);
	if (crp->crp_flags & CRYPTO_F_ESN) {
		*len = CRYPTO_AAD_LEN + 4;
		return (bswap128(_mm_set_epi32(0, low, crp->crp_esn, spi)));
	}
	*len = CRYPTO_AAD_LEN;
	return (bswap128(_mm_set_epi32(0, 0, low, spi)));
}

/* The counter block of the tag, its bytes reversed. */
FN __m128i
first_counter(const struct gcm_state *gs, const struct cryptop *crp)
{
	uint32_t iv[2];

	memcpy(iv, crp->crp_iv, sizeof(iv));
	return (bswap128(_mm_set_epi32(1 << 24, iv[1], iv[0], gs->gs_salt)));
}

/*
 * GMAC (RFC 4543) authenticates the IV and the payload, too, which begins
 * in the middle of a block if there is ESN.  Returns the first block; what
 * is behind it lies contiguous.
 */
FN __m128i
gmac_header(const struct cryptop *crp, uint8_t **p, size_t *left)
{
	uint32_t iv, len;
	__m128i x;

	x = bswap128(header(crp, &len));
	memcpy(&iv, crp->crp_iv, sizeof(iv));
	if (crp->crp_flags & CRYPTO_F_ESN) {
		*p -= 4;
		*left += 4;
		return (bswap128(_mm_insert_epi32(x, iv, 3)));
	}
	return (bswap128(_mm_loadu_si128((const __m128i *)crp->crp_aad)));
}

/* One pass over the payload in either direction; returns the tag. */
FN __m128i
crypt(const struct gcm_state *gs, const struct cryptop *crp,
    const int rounds, const enum gcm_mode mode)
{
	uint8_t *p = crp->crp_data;
	size_t left = crp->crp_len, n, power;
	struct gcm_sum s;
	vec c[GV], in, out, ctr;
	__m128i aad, lengths, mask;
	uint32_t aadlen;
	int i;

	if (mode == AUTH) {
		aad = gmac_header(crp, &p, &left);
		lengths = _mm_set_epi64x((left + BLOCK) << 3, 0);
	} else {
		aad = header(crp, &aadlen);
		lengths = _mm_set_epi64x(aadlen << 3, left << 3);
	}
	mask = first_counter(gs, crp);
	ctr = v_add32(v_bcast(mask), v_count1());
	mask = aes_block128(gs, bswap128(mask), rounds);
	/* the tail's first block has this power, the lengths have 1 */
	power = 1 + (left + BLOCK - 1) / BLOCK;

	/* the header's lane matters once sums are carried on in lanes */
	if (left < 2 * GBYTES)
		sum_init(&s, v_first(aad),
		    v_first(gs->gs_powers[NPOWERS - power - 1]));
	else
		sum_init(&s, v_last(aad),
		    power_everywhere(gs, GBLOCKS + NB));
	if (left >= GBYTES) {
		do_group(gs, p, &ctr, c, NULL, rounds, mode);
		for (;;) {
			p += GBYTES;
			left -= GBYTES;
			power -= GBLOCKS;
			if (left < GBYTES)
				break;
			do_group(gs, p, &ctr, c, &s, rounds, mode);
			c[0] = v_xor(c[0], sum_reduce(&s));
			s.lo = s.mid = s.hi = v_zero();
		}
		X86_UNROLL
		for (i = 0; i < GV; i++)
			sum_add(&s, c[i], powers(gs, power + GBLOCKS -
			    i * NB));
	}
	while (left > 0) {
		n = left < VBYTES ? left : VBYTES;
		in = v_loadn(p, n);
		if (mode != AUTH) {
			out = aes_block(gs, v_bswap(ctr), in, rounds);
			v_storen(p, out, n);
			if (mode == SEAL)
				in = v_firstn(out, n);
			ctr = v_add32(ctr, v_bcast(_mm_cvtsi32_si128(NB)));
		}
		sum_add(&s, v_bswap(in), powers(gs, power));
		power -= NB;
		p += n;
		left -= n;
	}
	sum_add(&s, v_first(lengths), v_first(gs->gs_powers[NPOWERS - 1]));
	return (_mm_xor_si128(bswap128(sum_final(&s)), mask));
}

/* The tag as it came; nothing is told by how long this takes. */
FN int
tag_matches(const struct cryptop *crp, __m128i tag)
{
	__m128i d;
	int same;

	d = _mm_xor_si128(_mm_loadu_si128((__m128i *)crp->crp_icv), tag);
	same = _mm_testz_si128(d, d);
	X86_PUBLIC(&same, sizeof(same));
	return (same);
}

FN int
invoke(const struct gcm_state *gs, const struct cryptop *crp,
    const int rounds)
{
	const int sealing = crp->crp_flags & CRYPTO_F_ENCRYPT;
	__m128i tag;

	if (gs->gs_gmac)
		tag = crypt(gs, crp, rounds, AUTH);
	else if (sealing)
		tag = crypt(gs, crp, rounds, SEAL);
	else
		tag = crypt(gs, crp, rounds, OPEN);
	if (sealing) {
		_mm_storeu_si128((__m128i *)crp->crp_icv, tag);
		return (0);
	}
	if (tag_matches(crp, tag))
		return (0);
	/* the ciphertext again: the key stream takes itself away */
	if (!gs->gs_gmac)
		crypt(gs, crp, rounds, SEAL);
	return (EBADMSG);
}

__attribute__((__target__(GCM_TARGET))) static int
invoke10(const struct gcm_state *gs, const struct cryptop *crp)
{
	return (invoke(gs, crp, 10));
}

__attribute__((__target__(GCM_TARGET))) static int
invoke12(const struct gcm_state *gs, const struct cryptop *crp)
{
	return (invoke(gs, crp, 12));
}

__attribute__((__target__(GCM_TARGET))) static int
invoke14(const struct gcm_state *gs, const struct cryptop *crp)
{
	return (invoke(gs, crp, 14));
}

static int
gcm_invoke(const void *state, struct cryptop *crp)
{
	const struct gcm_state *gs = state;

	switch (gs->gs_aes.xa_rounds) {
	case 10:
		return (invoke10(gs, crp));
	case 12:
		return (invoke12(gs, crp));
	default:
		return (invoke14(gs, crp));
	}
}

static int
gcm_probe(const struct crypto_params *cp)
{
	return (cp->cp_enc == CRYPTO_AES_GCM_16 ||
	    cp->cp_enc == CRYPTO_AES_GMAC);
}

__attribute__((__target__(GCM_TARGET))) static void
set_powers(struct gcm_state *gs)
{
	__m128i h, carry, p;
	int i;

	h = bswap128(aes_block128(gs, _mm_setzero_si128(),
	    gs->gs_aes.xa_rounds));
	/* times x; what falls out is x^128 = x^127 + x^126 + x^121 + 1 */
	carry = _mm_srli_epi64(h, 63);
	p = _mm_or_si128(_mm_slli_epi64(h, 1), _mm_slli_si128(carry, 8));
	carry = _mm_sub_epi64(_mm_setzero_si128(),
	    _mm_shuffle_epi32(carry, 0xee));
	h = _mm_xor_si128(p, _mm_and_si128(carry,
	    _mm_set_epi64x(0xc2ULL << 56, 1)));
	for (i = NPOWERS - 1, p = h; i >= 0; i--) {
		gs->gs_powers[i] = p;
		p = multiply(p, h);
	}
}

static int
gcm_newsession(void *state, const struct crypto_params *cp)
{
	struct gcm_state *gs = state;
	size_t len = cp->cp_enckeylen - SALT_LEN;
	int error;

	gs->gs_gmac = cp->cp_enc == CRYPTO_AES_GMAC;
	memcpy(&gs->gs_salt, cp->cp_enckey + len, SALT_LEN);
	if ((error = x86_aes_setkey(&gs->gs_aes, cp->cp_enckey, len)) != 0)
		return (error);
	set_powers(gs);
	return (0);
}

static const struct crypto_provider gcm_provider = {
	.cpv_name = PROVIDER,
	.cpv_priority = PRIORITY,
	.cpv_statesize = sizeof(struct gcm_state),
	.cpv_probe = gcm_probe,
	.cpv_newsession = gcm_newsession,
	.cpv_invoke = gcm_invoke,
};
