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

/* AES-GCM, four blocks in a vector. */

#include "crypto_x86.h"

#define GCM_TARGET	"avx512f,avx512bw,avx512dq,avx512vl,bmi2,vaes,"	\
			"vpclmulqdq,aes,pclmul"
#define FN		X86_INLINE(GCM_TARGET)
#define NB		4
#define GV		5
#define PROVIDER	"gcm-avx512"
#define PRIORITY	40

typedef __m512i vec;

#define v_zero()	_mm512_setzero_si512()
#define v_bcast(x)	_mm512_broadcast_i32x4(x)
#define v_first(x)	_mm512_zextsi128_si512(x)
#define v_last(x)	_mm512_inserti32x4(_mm512_setzero_si512(), x, 3)
#define v_load(p)	_mm512_loadu_si512(p)
#define v_store(p, x)	_mm512_storeu_si512(p, x)
#define v_xor(a, b)	_mm512_xor_si512(a, b)
#define v_xor3(a, b, c)	_mm512_ternarylogic_epi32(a, b, c, 0x96)
#define v_add32(a, b)	_mm512_add_epi32(a, b)
#define v_aes(b, k)	_mm512_aesenc_epi128(b, k)
#define v_aeslast(b, k)	_mm512_aesenclast_epi128(b, k)
#define v_clmul(a, b, n) _mm512_clmulepi64_epi128(a, b, n)
#define v_shuffle8(a, b) _mm512_shuffle_epi8(a, b)
#define v_swap64(x)	_mm512_shuffle_epi32(x, 0x4e)
#define v_low64(x)	_mm512_unpacklo_epi64(x, v_zero())
#define v_high64(x)	_mm512_unpackhi_epi64(x, v_zero())
#define v_count1()	_mm512_set_epi32(0, 0, 0, 4, 0, 0, 0, 3,	\
			    0, 0, 0, 2, 0, 0, 0, 1)

/* n is 1 to 64 */
FN __mmask64
mask_of(size_t n)
{
	return (~0ULL >> (64 - n));
}

FN vec
v_loadn(const uint8_t *p, size_t n)
{
	return (_mm512_maskz_loadu_epi8(mask_of(n), p));
}

FN void
v_storen(uint8_t *p, vec x, size_t n)
{
	_mm512_mask_storeu_epi8(p, mask_of(n), x);
}

FN vec
v_firstn(vec x, size_t n)
{
	return (_mm512_maskz_mov_epi8(mask_of(n), x));
}

FN __m128i
v_fold(vec x)
{
	__m256i y;

	y = _mm256_xor_si256(_mm512_castsi512_si256(x),
	    _mm512_extracti64x4_epi64(x, 1));
	return (_mm_xor_si128(_mm256_castsi256_si128(y),
	    _mm256_extracti128_si256(y, 1)));
}

#include "crypto_gcm.h"

void
crypto_gcm_avx512_attach(int features)
{
	if ((features & X86_AVX512) && (features & X86_VAES))
		crypto_register(&gcm_provider);
}
