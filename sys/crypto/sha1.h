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

#ifndef _CRYPTO_SHA1_H_
#define _CRYPTO_SHA1_H_

#define SHA1_DIGEST_LEN		20
#define SHA1_BLOCK_LEN		64

/* plain memory: may be copied to branch off a running hash */
struct sha1_ctx {
	uint32_t	s1_state[5];
	uint64_t	s1_count;	/* bytes so far */
	uint8_t		s1_buf[SHA1_BLOCK_LEN];
};

/*
 * Time depends on lengths alone.  sha1_final() writes SHA1_DIGEST_LEN
 * bytes and erases the context.
 */
void	sha1_init(struct sha1_ctx *);
void	sha1_update(struct sha1_ctx *, const void *, size_t);
void	sha1_final(struct sha1_ctx *, uint8_t *);

#endif /* _CRYPTO_SHA1_H_ */
