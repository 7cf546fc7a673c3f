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

#ifndef _CRYPTO_GMAC_H_
#define _CRYPTO_GMAC_H_

#include <crypto/gcm.h>

#define GMAC_TAG_LEN	GCM_TAG_LEN

struct gmac_ctx {
	const struct gcm_key	*gm_key;
	struct ghash_ctx	 gm_hash;
	uint64_t		 gm_count;	/* bytes so far */
	uint8_t			 gm_nonce[GCM_NONCE_LEN];
	uint8_t			 gm_buf[GHASH_BLOCK_LEN];
};

/*
 * GMAC: the tag of GCM over additional data alone, in pieces, under a key
 * of gcm_setkey().  A nonce must not be used twice with one key.
 * gmac_final() writes GMAC_TAG_LEN bytes and erases the context.
 */
void	gmac_init(struct gmac_ctx *, const struct gcm_key *,
	    const uint8_t nonce[GCM_NONCE_LEN]);
void	gmac_update(struct gmac_ctx *, const void *, size_t);
void	gmac_final(struct gmac_ctx *, uint8_t tag[GMAC_TAG_LEN]);

#endif /* _CRYPTO_GMAC_H_ */
