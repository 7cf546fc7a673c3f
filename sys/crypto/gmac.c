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

/* GMAC (NIST SP 800-38D) in pieces. */

#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/bytes.h>
#include <crypto/gmac.h>

void
gmac_init(struct gmac_ctx *gm, const struct gcm_key *gk,
    const uint8_t nonce[GCM_NONCE_LEN])
{
	memset(gm, 0, sizeof(*gm));
	gm->gm_key = gk;
	memcpy(gm->gm_nonce, nonce, sizeof(gm->gm_nonce));
}

/* ghash_update() pads what it gets, so it gets whole blocks until the end */
void
gmac_update(struct gmac_ctx *gm, const void *data, size_t len)
{
	const struct ghash_key *gk = &gm->gm_key->gk_ghash;
	const uint8_t *p = data;
	size_t n, used = gm->gm_count % GHASH_BLOCK_LEN;

	gm->gm_count += len;
	if (used > 0) {
		n = ulmin(len, GHASH_BLOCK_LEN - used);
		memcpy(gm->gm_buf + used, p, n);
		p += n;
		len -= n;
		if (used + n < GHASH_BLOCK_LEN)
			return;
		ghash_update(gk, &gm->gm_hash, gm->gm_buf, GHASH_BLOCK_LEN);
	}
	n = len % GHASH_BLOCK_LEN;
	ghash_update(gk, &gm->gm_hash, p, len - n);
	memcpy(gm->gm_buf, p + len - n, n);
}

void
gmac_final(struct gmac_ctx *gm, uint8_t tag[GMAC_TAG_LEN])
{
	const struct ghash_key *gk = &gm->gm_key->gk_ghash;
	uint8_t block[AES_BLOCK_LEN];

	ghash_update(gk, &gm->gm_hash, gm->gm_buf,
	    gm->gm_count % GHASH_BLOCK_LEN);
	store_be64(block, gm->gm_count << 3);
	store_be64(block + 8, 0);
	ghash_update(gk, &gm->gm_hash, block, sizeof(block));
	ghash_final(&gm->gm_hash, tag);

	memcpy(block, gm->gm_nonce, GCM_NONCE_LEN);
	store_be32(block + GCM_NONCE_LEN, 1);
	aes_encrypt(&gm->gm_key->gk_aes, block, block, 1);
	xor_bytes(tag, block, sizeof(block));
	explicit_bzero(block, sizeof(block));
	explicit_bzero(gm, sizeof(*gm));
}
