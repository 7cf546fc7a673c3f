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

#ifndef _CRYPTO_HMAC_H_
#define _CRYPTO_HMAC_H_

#include <crypto/sha1.h>
#include <crypto/sha2.h>

/* of any hash in enum hmac_hash */
#define HMAC_MAXDIGEST_LEN	SHA2_MAXDIGEST_LEN
#define HMAC_MAXBLOCK_LEN	SHA2_MAXBLOCK_LEN

enum hmac_hash {
	HMAC_SHA2_256 = SHA2_256,
	HMAC_SHA2_384 = SHA2_384,
	HMAC_SHA2_512 = SHA2_512,
	HMAC_SHA1
};

union hmac_state {
	uint32_t		hs_sha1[5];
	union sha2_state	hs_sha2;
};

/*
 * The hash states after the inner and the outer pad: two blocks that no
 * message has to pay for again.  Read-only after hmac_setkey().
 */
struct hmac_key {
	union hmac_state	hk_inner;
	union hmac_state	hk_outer;
	enum hmac_hash		hk_hash;
};

struct hmac_ctx {
	const struct hmac_key	*hc_key;
	union {
		struct sha1_ctx	 sha1;
		struct sha2_ctx	 sha2;
	} hc_hash;
};

/* of CRYPTO_..._HMAC in cryptodev.h; 0, or EINVAL: it is no HMAC */
int	hmac_by_auth(int, enum hmac_hash *);
size_t	hmac_digestlen(enum hmac_hash);
size_t	hmac_blocklen(enum hmac_hash);

/* a key of any length, as RFC 2104 has it; it is not kept */
void	hmac_setkey(struct hmac_key *, enum hmac_hash, const uint8_t *, size_t);

/* hmac_final() writes the whole digest and erases the context's hash */
void	hmac_init(struct hmac_ctx *, const struct hmac_key *);
void	hmac_update(struct hmac_ctx *, const void *, size_t);
void	hmac_final(struct hmac_ctx *, uint8_t *);

#endif /* _CRYPTO_HMAC_H_ */
