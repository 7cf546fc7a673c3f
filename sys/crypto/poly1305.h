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

#ifndef _CRYPTO_POLY1305_H_
#define _CRYPTO_POLY1305_H_

#define POLY1305_KEY_LEN	32	/* for one message, never again */
#define POLY1305_BLOCK_LEN	16
#define POLY1305_TAG_LEN	16

struct poly1305_ctx {
	uint64_t	pc_r[2];	/* the multiplier, clamped */
	uint64_t	pc_s[2];	/* added at the end */
	uint64_t	pc_h[3];	/* the sum so far, below 2^131 */
	size_t		pc_used;	/* bytes in pc_buf, never all of it */
	uint8_t		pc_buf[POLY1305_BLOCK_LEN];
};

/*
 * Poly1305 of RFC 8439.  Time depends on lengths alone.  poly1305_final()
 * writes the tag and erases the context.
 */
void	poly1305_init(struct poly1305_ctx *,
	    const uint8_t key[POLY1305_KEY_LEN]);
void	poly1305_update(struct poly1305_ctx *, const void *, size_t);
void	poly1305_final(struct poly1305_ctx *, uint8_t tag[POLY1305_TAG_LEN]);

#endif /* _CRYPTO_POLY1305_H_ */
