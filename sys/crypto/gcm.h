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

#ifndef _CRYPTO_GCM_H_
#define _CRYPTO_GCM_H_

#include <crypto/aes.h>
#include <crypto/ghash.h>

#define GCM_NONCE_LEN	12	/* the only length supported */
#define GCM_TAG_LEN	16

/* read-only after gcm_setkey() */
struct gcm_key {
	struct aes_ctx		gk_aes;
	struct ghash_key	gk_ghash;
};

/* an AES key of 16, 24 or 32 bytes, else EINVAL */
int	gcm_setkey(struct gcm_key *, const uint8_t *, size_t);

/*
 * key, nonce, additional data and its length, buffer (in place) and its
 * length, tag.  A nonce must not be used twice with one key.
 *
 * gcm_open() compares the tag before it decrypts: with a wrong one the
 * buffer still holds the ciphertext, and EBADMSG is returned.
 */
void	gcm_seal(const struct gcm_key *, const uint8_t *, const uint8_t *,
	    size_t, uint8_t *, size_t, uint8_t *);
int	gcm_open(const struct gcm_key *, const uint8_t *, const uint8_t *,
	    size_t, uint8_t *, size_t, const uint8_t *);

#endif /* _CRYPTO_GCM_H_ */
