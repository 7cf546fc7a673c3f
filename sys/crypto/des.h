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

#ifndef _CRYPTO_DES_H_
#define _CRYPTO_DES_H_

#define DES_BLOCK_LEN	8
#define DES_ROUNDS	16
#define DES3_KEY_LEN	24
#define DES3_ROUNDS	(3 * DES_ROUNDS)

/* round keys in the order of encryption, six words for the S-boxes' inputs */
struct des3_ctx {
	uint32_t	dc_rk[DES3_ROUNDS][6];
};

/*
 * Triple DES, EDE with three keys (RFC 2451).  Time and memory touched
 * depend on lengths alone.  Parity bits are ignored, weak keys taken.
 */
void	des3_setkey(struct des3_ctx *, const uint8_t key[DES3_KEY_LEN]);

/*
 * In place, len a multiple of 8.  The 8 byte iv may be the bytes right
 * before buf.
 */
void	des3_cbc_encrypt(const struct des3_ctx *, const uint8_t *, uint8_t *,
	    size_t);
void	des3_cbc_decrypt(const struct des3_ctx *, const uint8_t *, uint8_t *,
	    size_t);

#endif /* _CRYPTO_DES_H_ */
