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

#ifndef _CRYPTO_GHASH_H_
#define _CRYPTO_GHASH_H_

#define GHASH_BLOCK_LEN		16
#define GHASH_BATCH		4	/* blocks per reduction */

/* powers 1 to GHASH_BATCH of the hash key; read-only after ghash_setkey() */
struct ghash_key {
	uint64_t	gk_h[GHASH_BATCH][2];
};

struct ghash_ctx {
	uint64_t	gc_y[2];	/* all zero at the start of a message */
};

/* h: the block of zeroes encrypted under the GCM key */
void	ghash_setkey(struct ghash_key *, const uint8_t h[GHASH_BLOCK_LEN]);

/* hash len bytes and zeroes up to the next whole block */
void	ghash_update(const struct ghash_key *, struct ghash_ctx *,
	    const uint8_t *, size_t);
void	ghash_final(const struct ghash_ctx *, uint8_t out[GHASH_BLOCK_LEN]);

#endif /* _CRYPTO_GHASH_H_ */
