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

#ifndef _CRYPTO_X86_H_
#define _CRYPTO_X86_H_

/*
 * What the fast providers share.  Vectors are kept out of prototypes:
 * functions for different processors pass them differently.
 */
#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/hmac.h>

#include <immintrin.h>

#define X86_AES_MAXROUNDS	14

/* what this processor and the system below us can do */
#define X86_AESNI	0x01	/* AES, PCLMULQDQ, SSE4.1 */
#define X86_SHA		0x02	/* SHA-1, SHA-256 */
#define X86_AVX2	0x04
#define X86_VAES	0x08	/* VAES, VPCLMULQDQ; X86_AVX2 */
#define X86_AVX512	0x10	/* F, BW, DQ, VL; X86_AVX2 */

/* in the order of use; read-only afterwards */
struct x86_aes {
	__m128i		xa_key[X86_AES_MAXROUNDS + 1];
	int		xa_rounds;
};

/* crypto_x86.c: key of 16, 24 or 32 bytes, else EINVAL; needs X86_AESNI */
int	x86_aes_setkey(struct x86_aes *, const uint8_t *, size_t);
/* the keys of the other direction, for the instructions that decrypt */
void	x86_aes_invert(struct x86_aes *, const struct x86_aes *);

/*
 * crypto_shani.c: HMAC with keys from hmac_setkey(), for the hashes that
 * x86_hmac_has(); needs X86_SHA.  Some whole blocks may come first; then
 * x86_hmac_final() takes the rest of the message and, unless NULL, four
 * bytes behind it, writes the whole digest and erases the state.
 */
#define X86_HMAC_BLOCK	64	/* of each of these hashes */

struct x86_hmac {
	const struct hmac_key	*xh_key;
	uint64_t		 xh_len;	/* bytes so far, with the pad */
	uint32_t		 xh_state[8];
};

int	x86_hmac_has(enum hmac_hash);
void	x86_hmac_init(struct x86_hmac *, const struct hmac_key *);
void	x86_hmac_blocks(struct x86_hmac *, const uint8_t *, size_t);
void	x86_hmac_final(struct x86_hmac *, const uint8_t *, size_t,
	    const uint32_t *, uint8_t *);

/* each registers the providers that these features can serve */
void	crypto_aesni_attach(int);
void	crypto_chacha_avx2_attach(int);
void	crypto_chacha_avx512_attach(int);
void	crypto_gcm_aesni_attach(int);
void	crypto_gcm_avx2_attach(int);
void	crypto_gcm_avx512_attach(int);

#define X86_INLINE(features)						\
	static inline __attribute__((__always_inline__,			\
	    __target__(features)))
#define X86_UNROLL	_Pragma("GCC unroll 16")

/* What is secret no more: for the test of constant time, which says how. */
#ifndef X86_PUBLIC
#define X86_PUBLIC(p, len)
#endif

#endif /* _CRYPTO_X86_H_ */
