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

/* ChaCha20-Poly1305 with vectors of 512 bits. */

#include "crypto_x86.h"

#define CC_TARGET	"avx512f,avx512bw,avx512dq,avx512vl,bmi2"
#define FN		X86_INLINE(CC_TARGET)
#define NB		4
#define GROUPS		6
#define PROVIDER	"chacha-avx512"
#define PRIORITY	40

typedef __m512i vec;

#define v_bcast(x)	_mm512_broadcast_i32x4(x)
#define v_set64(x)	_mm512_set1_epi64(x)
#define v_low(x)	_mm512_zextsi128_si512(_mm_cvtsi64_si128(x))
#define v_load(p)	_mm512_loadu_si512(p)
#define v_store(p, x)	_mm512_storeu_si512(p, x)
#define v_xor(a, b)	_mm512_xor_si512(a, b)
#define v_and(a, b)	_mm512_and_si512(a, b)
#define v_or(a, b)	_mm512_or_si512(a, b)
#define v_add32(a, b)	_mm512_add_epi32(a, b)
#define v_add64(a, b)	_mm512_add_epi64(a, b)
#define v_mul32(a, b)	_mm512_mul_epu32(a, b)
#define v_srl64(x, n)	_mm512_srli_epi64(x, n)
#define v_sll64(x, n)	_mm512_slli_epi64(x, n)
#define v_rol(x, n)	_mm512_rol_epi32(x, n)
#define v_rol16(x)	_mm512_rol_epi32(x, 16)
#define v_rol8(x)	_mm512_rol_epi32(x, 8)
#define v_words(x, n)	_mm512_shuffle_epi32(x, n)
#define v_unpacklo64(a, b) _mm512_unpacklo_epi64(a, b)
#define v_unpackhi64(a, b) _mm512_unpackhi_epi64(a, b)
#define v_sum64(x)	_mm512_reduce_add_epi64(x)
#define v_count()	_mm512_set_epi32(0, 0, 0, 3, 0, 0, 0, 2,	\
			    0, 0, 0, 1, 0, 0, 0, 0)

FN void
v_transpose(vec x[4])
{
	vec a, b, c, d;

	a = _mm512_shuffle_i32x4(x[0], x[1], 0x44);
	b = _mm512_shuffle_i32x4(x[2], x[3], 0x44);
	c = _mm512_shuffle_i32x4(x[0], x[1], 0xee);
	d = _mm512_shuffle_i32x4(x[2], x[3], 0xee);
	x[0] = _mm512_shuffle_i32x4(a, b, 0x88);
	x[1] = _mm512_shuffle_i32x4(a, b, 0xdd);
	x[2] = _mm512_shuffle_i32x4(c, d, 0x88);
	x[3] = _mm512_shuffle_i32x4(c, d, 0xdd);
}

#include "crypto_chacha.h"

void
crypto_chacha_avx512_attach(int features)
{
	if (features & X86_AVX512)
		crypto_register(&cc_provider);
}
