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

/* HMAC over SHA-1 and SHA-256 with the processor's instructions for them. */

#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/bytes.h>

#include "crypto_x86.h"

#define SHA_TARGET	"sha,sse4.1,ssse3"
#define FN		X86_INLINE(SHA_TARGET)
#define SHA_BLOCK	X86_HMAC_BLOCK
#define SHA_LENGTH	8	/* bytes that end the last block */

static const uint32_t sha256_k[64] __aligned(16) = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
	0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
	0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
	0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* four words of the message, most significant byte first */
FN __m128i
load_words(const uint8_t *p)
{
	return (_mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)p),
	    _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2,
	    3)));
}

/* the same for SHA-1, whose first word is the highest */
FN __m128i
load_reverse(const uint8_t *p)
{
	return (_mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)p),
	    _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	    15)));
}

/* the next four words, from the last 16 */
FN __m128i
sha256_schedule(const __m128i w[4], int i)
{
	__m128i x, last = w[(i + 3) % 4];

	x = _mm_sha256msg1_epu32(w[i % 4], w[(i + 1) % 4]);
	x = _mm_add_epi32(x, _mm_alignr_epi8(last, w[(i + 2) % 4], 4));
	return (_mm_sha256msg2_epu32(x, last));
}

/* The instructions want the eight words as ABEF and CDGH. */
__attribute__((__target__(SHA_TARGET))) static void
sha256_blocks(uint32_t *state, const uint8_t *p, size_t n)
{
	__m128i w[4], abef, cdgh, abef0, cdgh0, k, x, y;
	int i;

	x = _mm_shuffle_epi32(_mm_loadu_si128((__m128i *)state), 0xb1);
	y = _mm_shuffle_epi32(_mm_loadu_si128((__m128i *)(state + 4)), 0x1b);
	abef = _mm_alignr_epi8(x, y, 8);
	cdgh = _mm_blend_epi16(y, x, 0xf0);
	for (; n > 0; n--, p += SHA_BLOCK) {
		abef0 = abef;
		cdgh0 = cdgh;
		X86_UNROLL
		for (i = 0; i < 16; i++) {
			w[i % 4] = i < 4 ? load_words(p + 16 * i) :
			    sha256_schedule(w, i);
			k = _mm_add_epi32(w[i % 4], _mm_load_si128(
			    (const __m128i *)(sha256_k + 4 * i)));
			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, k);
			abef = _mm_sha256rnds2_epu32(abef, cdgh,
			    _mm_shuffle_epi32(k, 0x0e));
		}
		abef = _mm_add_epi32(abef, abef0);
		cdgh = _mm_add_epi32(cdgh, cdgh0);
	}
	x = _mm_shuffle_epi32(abef, 0x1b);
	y = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((__m128i *)state, _mm_blend_epi16(x, y, 0xf0));
	_mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(y, x, 8));
}

FN __m128i
sha1_schedule(const __m128i w[4], int i)
{
	__m128i x;

	x = _mm_sha1msg1_epu32(w[i % 4], w[(i + 1) % 4]);
	x = _mm_xor_si128(x, w[(i + 2) % 4]);
	return (_mm_sha1msg2_epu32(x, w[(i + 3) % 4]));
}

/* Which of the four functions is part of the instruction. */
FN __m128i
sha1_rounds(__m128i abcd, __m128i e, int i)
{
	switch (i / 5) {
	case 0:
		return (_mm_sha1rnds4_epu32(abcd, e, 0));
	case 1:
		return (_mm_sha1rnds4_epu32(abcd, e, 1));
	case 2:
		return (_mm_sha1rnds4_epu32(abcd, e, 2));
	default:
		return (_mm_sha1rnds4_epu32(abcd, e, 3));
	}
}

__attribute__((__target__(SHA_TARGET))) static void
sha1_blocks(uint32_t *state, const uint8_t *p, size_t n)
{
	__m128i w[4], abcd, abcd0, before, e, e0;
	int i;

	abcd = _mm_shuffle_epi32(_mm_loadu_si128((__m128i *)state), 0x1b);
	e = _mm_set_epi32(state[4], 0, 0, 0);
	for (; n > 0; n--, p += SHA_BLOCK) {
		before = abcd0 = abcd;
		e0 = e;
		X86_UNROLL
		for (i = 0; i < 20; i++) {
			w[i % 4] = i < 4 ? load_reverse(p + 16 * i) :
			    sha1_schedule(w, i);
			/* E is A before four rounds, rotated */
			e = i == 0 ? _mm_add_epi32(e, w[0]) :
			    _mm_sha1nexte_epu32(before, w[i % 4]);
			before = abcd;
			abcd = sha1_rounds(abcd, e, i);
		}
		e = _mm_sha1nexte_epu32(before, e0);
		abcd = _mm_add_epi32(abcd, abcd0);
	}
	_mm_storeu_si128((__m128i *)state, _mm_shuffle_epi32(abcd, 0x1b));
	state[4] = _mm_extract_epi32(e, 3);
}

static void
sha_blocks(enum hmac_hash hash, uint32_t *state, const uint8_t *p, size_t n)
{
	if (hash == HMAC_SHA1)
		sha1_blocks(state, p, n);
	else
		sha256_blocks(state, p, n);
}

/* n < 64 bytes in the buffer, the end of a message after total bytes */
static void
sha_finish(enum hmac_hash hash, uint32_t *state, uint8_t buf[2 * SHA_BLOCK],
    size_t n, uint64_t total)
{
	size_t end = n + 1 + SHA_LENGTH <= SHA_BLOCK ? SHA_BLOCK :
	    2 * SHA_BLOCK;

	buf[n] = 0x80;
	memset(buf + n + 1, 0, end - n - 1);
	store_be64(buf + end - SHA_LENGTH, total << 3);
	sha_blocks(hash, state, buf, end / SHA_BLOCK);
}

static void
sha_output(uint8_t *out, const uint32_t *state, size_t len)
{
	size_t i;

	for (i = 0; i < len / 4; i++)
		store_be32(out + 4 * i, state[i]);
}

static const uint32_t *
hmac_words(const union hmac_state *hs, enum hmac_hash hash)
{
	return (hash == HMAC_SHA1 ? hs->hs_sha1 : hs->hs_sha2.s32);
}

int
x86_hmac_has(enum hmac_hash hash)
{
	return (hash == HMAC_SHA1 || hash == HMAC_SHA2_256);
}

void
x86_hmac_init(struct x86_hmac *xh, const struct hmac_key *hk)
{
	xh->xh_key = hk;
	xh->xh_len = SHA_BLOCK;
	memcpy(xh->xh_state, hmac_words(&hk->hk_inner, hk->hk_hash),
	    hmac_digestlen(hk->hk_hash));
}

void
x86_hmac_blocks(struct x86_hmac *xh, const uint8_t *p, size_t n)
{
	sha_blocks(xh->xh_key->hk_hash, xh->xh_state, p, n);
	xh->xh_len += n * SHA_BLOCK;
}

void
x86_hmac_final(struct x86_hmac *xh, const uint8_t *p, size_t len,
    const uint32_t *esn, uint8_t *out)
{
	const struct hmac_key *hk = xh->xh_key;
	size_t dlen = hmac_digestlen(hk->hk_hash), n = len % SHA_BLOCK;
	uint8_t buf[2 * SHA_BLOCK];

	x86_hmac_blocks(xh, p, len / SHA_BLOCK);
	memcpy(buf, p + len - n, n);
	if (esn != NULL) {
		memcpy(buf + n, esn, sizeof(*esn));
		if ((n += sizeof(*esn)) >= SHA_BLOCK) {
			x86_hmac_blocks(xh, buf, 1);
			n -= SHA_BLOCK;
			memcpy(buf, buf + SHA_BLOCK, sizeof(*esn));
		}
	}
	sha_finish(hk->hk_hash, xh->xh_state, buf, n, xh->xh_len + n);
	sha_output(buf, xh->xh_state, dlen);
	memcpy(xh->xh_state, hmac_words(&hk->hk_outer, hk->hk_hash), dlen);
	sha_finish(hk->hk_hash, xh->xh_state, buf, dlen, SHA_BLOCK + dlen);
	sha_output(out, xh->xh_state, dlen);
	explicit_bzero(buf, sizeof(buf));
	explicit_bzero(xh, sizeof(*xh));
}
