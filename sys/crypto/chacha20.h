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

#ifndef _CRYPTO_CHACHA20_H_
#define _CRYPTO_CHACHA20_H_

#define CHACHA20_KEY_LEN	32
#define CHACHA20_NONCE_LEN	12
#define CHACHA20_BLOCK_LEN	64
#define CHACHA20_BATCH		4	/* blocks computed side by side */
#define CHACHA20_BATCH_LEN	(CHACHA20_BATCH * CHACHA20_BLOCK_LEN)

/* read-only after chacha20_setkey() */
struct chacha20_key {
	uint32_t	ck_words[8];
};

/* ChaCha20 of RFC 8439.  Time depends on lengths alone. */
void	chacha20_setkey(struct chacha20_key *,
	    const uint8_t key[CHACHA20_KEY_LEN]);

/* CHACHA20_BATCH blocks of key stream: key, nonce, the first's counter */
void	chacha20_stream(const struct chacha20_key *,
	    const uint8_t nonce[CHACHA20_NONCE_LEN], uint32_t,
	    uint8_t ks[CHACHA20_BATCH_LEN]);

/* en- or decrypt in place: key, nonce, counter of the first block, buffer */
void	chacha20_crypt(const struct chacha20_key *,
	    const uint8_t nonce[CHACHA20_NONCE_LEN], uint32_t, uint8_t *,
	    size_t);

#endif /* _CRYPTO_CHACHA20_H_ */
