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

#ifndef _KT_REF_H_
#define _KT_REF_H_

/*
 * The algorithms a second time, byte by byte and bit by bit as the
 * standards describe them: slow, not in constant time, and sharing nothing
 * with what they check but the hashes.
 */
void	ref_aes_encrypt(const uint8_t *key, size_t keylen,
	    const uint8_t in[16], uint8_t out[16]);
void	ref_aes_decrypt(const uint8_t *key, size_t keylen,
	    const uint8_t in[16], uint8_t out[16]);
void	ref_cbc_encrypt(const uint8_t *key, size_t keylen, const uint8_t *iv,
	    uint8_t *buf, size_t len);
void	ref_ghash(const uint8_t h[16], const uint8_t *buf, size_t len,
	    uint8_t y[16]);
void	ref_gcm_seal(const uint8_t *key, size_t keylen, const uint8_t *nonce,
	    const uint8_t *aad, size_t aadlen, uint8_t *buf, size_t len,
	    uint8_t *tag);

void	ref_ctr_crypt(const uint8_t *key, size_t keylen,
	    const uint8_t nonce[12], uint8_t *buf, size_t len);
void	ref_des3_cbc_encrypt(const uint8_t key[24], const uint8_t *iv,
	    uint8_t *buf, size_t len);
void	ref_chachapoly_seal(const uint8_t key[32], const uint8_t nonce[12],
	    const uint8_t *aad, size_t aadlen, uint8_t *buf, size_t len,
	    uint8_t *tag);

/* the whole digest of HMAC over one buffer of at most 1024 bytes */
void	ref_hmac(int auth, const uint8_t *key, size_t keylen,
	    const uint8_t *buf, size_t len, uint8_t *out);

/* hex digits to bytes; returns how many */
size_t	kt_hex(uint8_t *, const char *);
void	kt_fill(void *, size_t);		/* from kt_random() */

#endif /* _KT_REF_H_ */
