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

#ifndef _CRYPTO_CHACHAPOLY_H_
#define _CRYPTO_CHACHAPOLY_H_

#include <crypto/chacha20.h>

#define CHACHAPOLY_KEY_LEN	CHACHA20_KEY_LEN
#define CHACHAPOLY_NONCE_LEN	CHACHA20_NONCE_LEN
#define CHACHAPOLY_TAG_LEN	16

/*
 * AEAD_CHACHA20_POLY1305 of RFC 8439 under a key of chacha20_setkey():
 * key, nonce, additional data and its length, buffer (in place) and its
 * length, tag.  A nonce must not be used twice with one key.
 *
 * chachapoly_open() compares the tag before it decrypts: with a wrong one
 * the buffer still holds the ciphertext, and EBADMSG is returned.
 */
void	chachapoly_seal(const struct chacha20_key *, const uint8_t *,
	    const uint8_t *, size_t, uint8_t *, size_t, uint8_t *);
int	chachapoly_open(const struct chacha20_key *, const uint8_t *,
	    const uint8_t *, size_t, uint8_t *, size_t, const uint8_t *);

#endif /* _CRYPTO_CHACHAPOLY_H_ */
