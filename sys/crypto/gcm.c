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

/* AES in Galois/Counter Mode (NIST SP 800-38D), nonces of 96 bits only. */

#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/bytes.h>
#include <crypto/gcm.h>

/*
 * ks starts with counter 1, the tag's own block, so three of its blocks
 * are for data; erases ks.
 */
static void
crypt(const struct gcm_key *gk, const uint8_t *nonce,
    uint8_t ks[AES_BATCH_LEN], uint8_t *buf, size_t len)
{
	size_t n = ulmin(len, AES_BATCH_LEN - AES_BLOCK_LEN);

	xor_bytes(buf, ks + AES_BLOCK_LEN, n);
	explicit_bzero(ks, AES_BATCH_LEN);
	if (len > n)
		aes_ctr_crypt(&gk->gk_aes, nonce, 1 + AES_BATCH, buf + n,
		    len - n);
}

/* the tag over aad and ciphertext; mask is the block of counter 1 */
static void
compute_tag(const struct gcm_key *gk, const uint8_t *mask, const uint8_t *aad,
    size_t aadlen, const uint8_t *buf, size_t len, uint8_t tag[GCM_TAG_LEN])
{
	struct ghash_ctx gc = { { 0, 0 } };
	uint8_t lengths[GHASH_BLOCK_LEN];

	ghash_update(&gk->gk_ghash, &gc, aad, aadlen);
	ghash_update(&gk->gk_ghash, &gc, buf, len);
	store_be64(lengths, (uint64_t)aadlen << 3);
	store_be64(lengths + 8, (uint64_t)len << 3);
	ghash_update(&gk->gk_ghash, &gc, lengths, sizeof(lengths));
	ghash_final(&gc, tag);
	xor_bytes(tag, mask, GCM_TAG_LEN);
}

int
gcm_setkey(struct gcm_key *gk, const uint8_t *key, size_t keylen)
{
	uint8_t h[AES_BLOCK_LEN];
	int error;

	if ((error = aes_setkey(&gk->gk_aes, key, keylen)) != 0)
		return (error);
	memset(h, 0, sizeof(h));
	aes_encrypt(&gk->gk_aes, h, h, 1);
	ghash_setkey(&gk->gk_ghash, h);
	explicit_bzero(h, sizeof(h));
	return (0);
}

void
gcm_seal(const struct gcm_key *gk, const uint8_t *nonce, const uint8_t *aad,
    size_t aadlen, uint8_t *buf, size_t len, uint8_t *tag)
{
	uint8_t ks[AES_BATCH_LEN], mask[AES_BLOCK_LEN];

	aes_ctr_stream(&gk->gk_aes, nonce, 1, ks);
	memcpy(mask, ks, sizeof(mask));
	crypt(gk, nonce, ks, buf, len);
	compute_tag(gk, mask, aad, aadlen, buf, len, tag);
	explicit_bzero(mask, sizeof(mask));
}

int
gcm_open(const struct gcm_key *gk, const uint8_t *nonce, const uint8_t *aad,
    size_t aadlen, uint8_t *buf, size_t len, const uint8_t *tag)
{
	uint8_t ks[AES_BATCH_LEN], good[GCM_TAG_LEN];
	int differs;

	aes_ctr_stream(&gk->gk_aes, nonce, 1, ks);
	compute_tag(gk, ks, aad, aadlen, buf, len, good);
	differs = timingsafe_bcmp(good, tag, GCM_TAG_LEN);
	explicit_bzero(good, sizeof(good));
	if (differs) {
		explicit_bzero(ks, sizeof(ks));
		return (EBADMSG);
	}
	crypt(gk, nonce, ks, buf, len);
	return (0);
}
