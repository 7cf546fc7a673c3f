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

/* ChaCha20 and Poly1305 as an AEAD (RFC 8439, 2.8). */

#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/bytes.h>
#include <crypto/chachapoly.h>
#include <crypto/poly1305.h>

/*
 * ks starts with counter 0, the block of the Poly1305 key, so three of its
 * blocks are for data; erases ks.
 */
static void
crypt(const struct chacha20_key *ck, const uint8_t *nonce,
    uint8_t ks[CHACHA20_BATCH_LEN], uint8_t *buf, size_t len)
{
	size_t n = ulmin(len, CHACHA20_BATCH_LEN - CHACHA20_BLOCK_LEN);

	xor_bytes(buf, ks + CHACHA20_BLOCK_LEN, n);
	explicit_bzero(ks, CHACHA20_BATCH_LEN);
	if (len > n)
		chacha20_crypt(ck, nonce, CHACHA20_BATCH, buf + n, len - n);
}

/* and zeroes up to the next whole block */
static void
update_padded(struct poly1305_ctx *pc, const uint8_t *buf, size_t len)
{
	static const uint8_t zeroes[POLY1305_BLOCK_LEN];

	poly1305_update(pc, buf, len);
	poly1305_update(pc, zeroes, -len % POLY1305_BLOCK_LEN);
}

static void
compute_tag(const uint8_t key[POLY1305_KEY_LEN], const uint8_t *aad,
    size_t aadlen, const uint8_t *buf, size_t len,
    uint8_t tag[CHACHAPOLY_TAG_LEN])
{
	struct poly1305_ctx pc;
	uint8_t lengths[POLY1305_BLOCK_LEN];

	poly1305_init(&pc, key);
	update_padded(&pc, aad, aadlen);
	update_padded(&pc, buf, len);
	store_le64(lengths, aadlen);
	store_le64(lengths + 8, len);
	poly1305_update(&pc, lengths, sizeof(lengths));
	poly1305_final(&pc, tag);
}

void
chachapoly_seal(const struct chacha20_key *ck, const uint8_t *nonce,
    const uint8_t *aad, size_t aadlen, uint8_t *buf, size_t len, uint8_t *tag)
{
	uint8_t ks[CHACHA20_BATCH_LEN], key[POLY1305_KEY_LEN];

	chacha20_stream(ck, nonce, 0, ks);
	memcpy(key, ks, sizeof(key));
	crypt(ck, nonce, ks, buf, len);
	compute_tag(key, aad, aadlen, buf, len, tag);
	explicit_bzero(key, sizeof(key));
}

int
chachapoly_open(const struct chacha20_key *ck, const uint8_t *nonce,
    const uint8_t *aad, size_t aadlen, uint8_t *buf, size_t len,
    const uint8_t *tag)
{
	uint8_t ks[CHACHA20_BATCH_LEN], good[CHACHAPOLY_TAG_LEN];
	int differs;

	chacha20_stream(ck, nonce, 0, ks);
	compute_tag(ks, aad, aadlen, buf, len, good);
	differs = timingsafe_bcmp(good, tag, CHACHAPOLY_TAG_LEN);
	explicit_bzero(good, sizeof(good));
	if (differs) {
		explicit_bzero(ks, sizeof(ks));
		return (EBADMSG);
	}
	crypt(ck, nonce, ks, buf, len);
	return (0);
}
