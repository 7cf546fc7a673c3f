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

/* AES-GCM, a block in a vector. */

#include "crypto_x86.h"

#define GCM_TARGET	"sse4.1,ssse3,aes,pclmul"
#define FN		X86_INLINE(GCM_TARGET)
#define NB		1
#define GV		8
#define PROVIDER	"gcm-aesni"
#define PRIORITY	20

typedef __m128i vec;

#define v_zero()	_mm_setzero_si128()
#define v_bcast(x)	(x)
#define v_first(x)	(x)
#define v_last(x)	(x)
#define v_load(p)	_mm_loadu_si128((const __m128i *)(p))
#define v_store(p, x)	_mm_storeu_si128((__m128i *)(p), x)
#define v_xor(a, b)	_mm_xor_si128(a, b)
#define v_xor3(a, b, c)	_mm_xor_si128(_mm_xor_si128(b, c), a)
#define v_add32(a, b)	_mm_add_epi32(a, b)
#define v_aes(b, k)	_mm_aesenc_si128(b, k)
#define v_aeslast(b, k)	_mm_aesenclast_si128(b, k)
#define v_clmul(a, b, n) _mm_clmulepi64_si128(a, b, n)
#define v_shuffle8(a, b) _mm_shuffle_epi8(a, b)
#define v_swap64(x)	_mm_shuffle_epi32(x, 0x4e)
#define v_low64(x)	_mm_move_epi64(x)
#define v_high64(x)	_mm_srli_si128(x, 8)
#define v_count1()	_mm_cvtsi32_si128(1)
#define v_fold(x)	(x)

#include "crypto_part.h"

#define v_loadn(p, n)	part_load(p, n)
#define v_storen(p, x, n) part_store(p, x, n)
#define v_firstn(x, n)	part_first(x, n)

#include "crypto_gcm.h"

void
crypto_gcm_aesni_attach(int features)
{
	if (features & X86_AESNI)
		crypto_register(&gcm_provider);
}
