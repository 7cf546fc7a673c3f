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

/* ChaCha20-Poly1305 with vectors of 256 bits. */

#include "crypto_x86.h"

#define CC_TARGET	"avx2,bmi2"
#define FN		X86_INLINE(CC_TARGET)
#define NB		2
#define GROUPS		4
#define PROVIDER	"chacha-avx2"
#define PRIORITY	30

typedef __m256i vec;

#define v_bcast(x)	_mm256_broadcastsi128_si256(x)
#define v_set64(x)	_mm256_set1_epi64x(x)
#define v_low(x)	_mm256_zextsi128_si256(_mm_cvtsi64_si128(x))
#define v_load(p)	_mm256_loadu_si256((const __m256i *)(p))
#define v_store(p, x)	_mm256_storeu_si256((__m256i *)(p), x)
#define v_xor(a, b)	_mm256_xor_si256(a, b)
#define v_and(a, b)	_mm256_and_si256(a, b)
#define v_or(a, b)	_mm256_or_si256(a, b)
#define v_add32(a, b)	_mm256_add_epi32(a, b)
#define v_add64(a, b)	_mm256_add_epi64(a, b)
#define v_mul32(a, b)	_mm256_mul_epu32(a, b)
#define v_srl64(x, n)	_mm256_srli_epi64(x, n)
#define v_sll64(x, n)	_mm256_slli_epi64(x, n)
#define v_words(x, n)	_mm256_shuffle_epi32(x, n)
#define v_unpacklo64(a, b) _mm256_unpacklo_epi64(a, b)
#define v_unpackhi64(a, b) _mm256_unpackhi_epi64(a, b)
#define v_count()	_mm256_set_epi32(0, 0, 0, 1, 0, 0, 0, 0)

FN vec
v_rol(vec x, const int n)
{
	return (v_or(_mm256_slli_epi32(x, n), _mm256_srli_epi32(x, 32 - n)));
}

FN vec
v_rol16(vec x)
{
	return (_mm256_shuffle_epi8(x, v_bcast(_mm_set_epi8(13, 12, 15, 14,
	    9, 8, 11, 10, 5, 4, 7, 6, 1, 0, 3, 2))));
}

FN vec
v_rol8(vec x)
{
	return (_mm256_shuffle_epi8(x, v_bcast(_mm_set_epi8(14, 13, 12, 15,
	    10, 9, 8, 11, 6, 5, 4, 7, 2, 1, 0, 3))));
}

FN uint64_t
v_sum64(vec x)
{
	__m128i y;

	y = _mm_add_epi64(_mm256_castsi256_si128(x),
	    _mm256_extracti128_si256(x, 1));
	return (_mm_cvtsi128_si64(_mm_add_epi64(y,
	    _mm_unpackhi_epi64(y, y))));
}

FN void
v_transpose(vec x[4])
{
	vec a, b;

	a = _mm256_permute2x128_si256(x[0], x[1], 0x20);
	b = _mm256_permute2x128_si256(x[0], x[1], 0x31);
	x[1] = _mm256_permute2x128_si256(x[2], x[3], 0x20);
	x[3] = _mm256_permute2x128_si256(x[2], x[3], 0x31);
	x[0] = a;
	x[2] = b;
}

#include "crypto_chacha.h"

void
crypto_chacha_avx2_attach(int features)
{
	if (features & X86_AVX2)
		crypto_register(&cc_provider);
}
