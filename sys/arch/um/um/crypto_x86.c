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
 * Which instructions there are, the providers that use them, and the key
 * schedule that these share.
 */
#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/cryptodev.h>

#include <machine/cpu.h>

#include <cpuid.h>

#include "crypto_x86.h"

#define FN	X86_INLINE("aes,sse4.1")

/* of XCR0: what the system saves when it changes threads */
#define XCR0_AVX	0x06
#define XCR0_AVX512	0xe6

static uint64_t
x86_xcr0(void)
{
	uint32_t low, high;

	__asm__ volatile("xgetbv" : "=a" (low), "=d" (high) : "c" (0));
	return ((uint64_t)high << 32 | low);
}

static int
all_set(uint64_t v, uint64_t bits)
{
	return ((v & bits) == bits);
}

static int
x86_features(void)
{
	uint32_t a, b, c, d, b7 = 0, c7 = 0;
	uint64_t xcr0 = 0;
	int features = 0;

	if (!__get_cpuid(1, &a, &b, &c, &d))
		return (0);
	if (!all_set(c, bit_AES | bit_PCLMUL | bit_SSSE3 | bit_SSE4_1))
		return (0);
	features |= X86_AESNI;
	if (c & bit_OSXSAVE)
		xcr0 = x86_xcr0();
	__get_cpuid_count(7, 0, &a, &b7, &c7, &d);
	if (b7 & bit_SHA)
		features |= X86_SHA;
	if (!all_set(xcr0, XCR0_AVX) || !all_set(b7, bit_AVX2 | bit_BMI2))
		return (features);
	features |= X86_AVX2;
	if (all_set(c7, bit_VAES | bit_VPCLMULQDQ))
		features |= X86_VAES;
	if (all_set(xcr0, XCR0_AVX512) && all_set(b7, bit_AVX512F |
	    bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL))
		features |= X86_AVX512;
	return (features);
}

void
cpu_crypto_attach(void)
{
	int features = x86_features();

	crypto_chacha_avx512_attach(features);
	crypto_chacha_avx2_attach(features);
	crypto_gcm_avx512_attach(features);
	crypto_gcm_avx2_attach(features);
	crypto_gcm_aesni_attach(features);
	crypto_aesni_attach(features);
}

/* In four equal columns AES's shift of rows changes nothing. */
FN uint32_t
sub_word(uint32_t w)
{
	return (_mm_cvtsi128_si32(_mm_aesenclast_si128(_mm_set1_epi32(w),
	    _mm_setzero_si128())));
}

/* FIPS 197, 5.2, with words in the processor's byte order */
__attribute__((__target__("aes,sse4.1"))) int
x86_aes_setkey(struct x86_aes *xa, const uint8_t *key, size_t len)
{
	uint32_t w[4 * (X86_AES_MAXROUNDS + 1)], t, rcon = 1;
	unsigned int i, nk = len / 4;

	if (len != 16 && len != 24 && len != 32)
		return (EINVAL);
	xa->xa_rounds = nk + 6;
	memcpy(w, key, len);
	for (i = nk; i < 4 * (nk + 7); i++) {
		t = w[i - 1];
		if (i % nk == 0) {
			t = sub_word(t >> 8 | t << 24) ^ rcon;
			rcon = rcon << 1 ^ (rcon >> 7) * 0x11b;
		} else if (nk > 6 && i % nk == 4)
			t = sub_word(t);
		w[i] = w[i - nk] ^ t;
	}
	memcpy(xa->xa_key, w, i * sizeof(w[0]));
	explicit_bzero(w, sizeof(w));
	return (0);
}

__attribute__((__target__("aes,sse4.1"))) void
x86_aes_invert(struct x86_aes *dec, const struct x86_aes *enc)
{
	int i, n = enc->xa_rounds;

	dec->xa_rounds = n;
	dec->xa_key[0] = enc->xa_key[n];
	for (i = 1; i < n; i++)
		dec->xa_key[i] = _mm_aesimc_si128(enc->xa_key[n - i]);
	dec->xa_key[n] = enc->xa_key[0];
}
