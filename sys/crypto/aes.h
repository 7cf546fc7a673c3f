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

#ifndef _CRYPTO_AES_H_
#define _CRYPTO_AES_H_

#define AES_BLOCK_LEN		16
#define AES_BATCH		4	/* blocks computed side by side */
#define AES_BATCH_LEN		(AES_BATCH * AES_BLOCK_LEN)
#define AES_MAXROUNDS		14
#define AES_CTR_NONCE_LEN	12	/* of a counter block; 4 bytes count */

/* read-only after aes_setkey(): any number of threads may share it */
struct aes_ctx {
	uint64_t	ac_rk[AES_MAXROUNDS + 1][8];	/* bit planes */
	int		ac_rounds;
};

/*
 * All of these take the same time and touch the same memory whatever key
 * and data are; only key length and number of blocks show.
 */

/* key is 16, 24 or 32 bytes, else EINVAL */
int	aes_setkey(struct aes_ctx *, const uint8_t *, size_t);

/*
 * dst, src, number of blocks; dst may be src.  1 to 4 blocks cost the
 * same, so hand over as many as there are.
 */
void	aes_encrypt(const struct aes_ctx *, uint8_t *, const uint8_t *, size_t);
void	aes_decrypt(const struct aes_ctx *, uint8_t *, const uint8_t *, size_t);

/*
 * In place, len a multiple of 16.  The 16 byte iv may be the bytes right
 * before buf.
 */
void	aes_cbc_encrypt(const struct aes_ctx *, const uint8_t *, uint8_t *,
	    size_t);
void	aes_cbc_decrypt(const struct aes_ctx *, const uint8_t *, uint8_t *,
	    size_t);

/* AES_BATCH blocks of key stream: key, nonce, the first one's counter */
void	aes_ctr_stream(const struct aes_ctx *,
	    const uint8_t nonce[AES_CTR_NONCE_LEN], uint32_t,
	    uint8_t ks[AES_BATCH_LEN]);

/* en- or decrypt in place: key, nonce, counter of the first block, buffer */
void	aes_ctr_crypt(const struct aes_ctx *,
	    const uint8_t nonce[AES_CTR_NONCE_LEN], uint32_t, uint8_t *,
	    size_t);

#endif /* _CRYPTO_AES_H_ */
