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

/* AES-GCM, two blocks in a vector. */

#include "crypto_x86.h"

#define GCM_TARGET	"avx2,bmi2,vaes,vpclmulqdq,aes,pclmul"
#define FN		X86_INLINE(GCM_TARGET)
#define NB		2
#define GV		4
#define PROVIDER	"gcm-avx2"
#define PRIORITY	30

typedef __m256i vec;

#define v_zero()	_mm256_setzero_si256()
#define v_bcast(x)	_mm256_broadcastsi128_si256(x)
#define v_first(x)	_mm256_zextsi128_si256(x)
#define v_last(x)	_mm256_inserti128_si256(_mm256_setzero_si256(), x, 1)
#define v_load(p)	_mm256_loadu_si256((const __m256i *)(p))
#define v_store(p, x)	_mm256_storeu_si256((__m256i *)(p), x)
#define v_xor(a, b)	_mm256_xor_si256(a, b)
#define v_xor3(a, b, c)	_mm256_xor_si256(_mm256_xor_si256(b, c), a)
#define v_add32(a, b)	_mm256_add_epi32(a, b)
#define v_aes(b, k)	_mm256_aesenc_epi128(b, k)
#define v_aeslast(b, k)	_mm256_aesenclast_epi128(b, k)
#define v_clmul(a, b, n) _mm256_clmulepi64_epi128(a, b, n)
#define v_shuffle8(a, b) _mm256_shuffle_epi8(a, b)
#define v_swap64(x)	_mm256_shuffle_epi32(x, 0x4e)
#define v_low64(x)	_mm256_unpacklo_epi64(x, v_zero())
#define v_high64(x)	_mm256_unpackhi_epi64(x, v_zero())
#define v_count1()	_mm256_set_epi32(0, 0, 0, 2, 0, 0, 0, 1)

#include "crypto_part.h"

/* n is 1 to 32 */
FN vec
v_loadn(const uint8_t *p, size_t n)
{
	if (n == 32)
		return (v_load(p));
	if (n <= 16)
		return (v_first(part_load(p, n)));
	return (_mm256_set_m128i(part_load(p + 16, n - 16),
	    _mm_loadu_si128((const __m128i *)p)));
}

FN void
v_storen(uint8_t *p, vec x, size_t n)
{
	__m128i low = _mm256_castsi256_si128(x);

	if (n == 32)
		v_store(p, x);
	else if (n <= 16)
		part_store(p, low, n);
	else {
		_mm_storeu_si128((__m128i *)p, low);
		part_store(p + 16, _mm256_extracti128_si256(x, 1), n - 16);
	}
}

FN vec
v_firstn(vec x, size_t n)
{
	if (n == 32)
		return (x);
	if (n <= 16)
		return (v_first(part_first(_mm256_castsi256_si128(x), n)));
	return (_mm256_set_m128i(part_first(_mm256_extracti128_si256(x, 1),
	    n - 16), _mm256_castsi256_si128(x)));
}

FN __m128i
v_fold(vec x)
{
	return (_mm_xor_si128(_mm256_castsi256_si128(x),
	    _mm256_extracti128_si256(x, 1)));
}

#include "crypto_gcm.h"

void
crypto_gcm_avx2_attach(int features)
{
	if (features & X86_VAES)
		crypto_register(&gcm_provider);
}
