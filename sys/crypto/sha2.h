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

#ifndef _CRYPTO_SHA2_H_
#define _CRYPTO_SHA2_H_

#define SHA256_DIGEST_LEN	32
#define SHA256_BLOCK_LEN	64
#define SHA384_DIGEST_LEN	48
#define SHA512_DIGEST_LEN	64
#define SHA512_BLOCK_LEN	128	/* SHA-384's too */

/* the largest of all */
#define SHA2_MAXDIGEST_LEN	SHA512_DIGEST_LEN
#define SHA2_MAXBLOCK_LEN	SHA512_BLOCK_LEN

enum sha2_type { SHA2_256, SHA2_384, SHA2_512 };

union sha2_state {
	uint32_t	s32[8];		/* SHA-256 */
	uint64_t	s64[8];		/* SHA-384 and SHA-512 */
};

/* plain memory: may be copied to branch off a running hash */
struct sha2_ctx {
	union sha2_state	sc_state;
	uint64_t		sc_count;	/* bytes so far */
	enum sha2_type		sc_type;
	uint8_t			sc_buf[SHA2_MAXBLOCK_LEN];
};

size_t	sha2_digestlen(enum sha2_type);
size_t	sha2_blocklen(enum sha2_type);

/*
 * Time depends on lengths alone.  sha2_final() writes sha2_digestlen()
 * bytes and erases the context.
 */
void	sha2_init(struct sha2_ctx *, enum sha2_type);
void	sha2_update(struct sha2_ctx *, const void *, size_t);
void	sha2_final(struct sha2_ctx *, uint8_t *);

#endif /* _CRYPTO_SHA2_H_ */
