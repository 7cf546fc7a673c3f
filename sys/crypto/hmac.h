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

#include <crypto/sha2.h>

/*
 * The hash states after the inner and the outer pad: two blocks that no
 * message has to pay for again.  Read-only after hmac_setkey().
 */
struct hmac_key {
	union sha2_state	hk_inner;
	union sha2_state	hk_outer;
	enum sha2_type		hk_type;
};

struct hmac_ctx {
	const struct hmac_key	*hc_key;
	struct sha2_ctx		 hc_sha2;
};

/* a key of any length, as RFC 2104 has it; it is not kept */
void	hmac_setkey(struct hmac_key *, enum sha2_type, const uint8_t *, size_t);

/* hmac_final() writes the whole digest and erases the context */
void	hmac_init(struct hmac_ctx *, const struct hmac_key *);
void	hmac_update(struct hmac_ctx *, const void *, size_t);
void	hmac_final(struct hmac_ctx *, uint8_t *);

#endif /* _CRYPTO_HMAC_H_ */
