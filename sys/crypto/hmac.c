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

/* HMAC (RFC 2104) over SHA-1 and SHA-2. */

#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/cryptodev.h>
#include <crypto/hmac.h>

#define INNER_PAD	0x36
#define OUTER_PAD	0x5c

static enum sha2_type
sha2_type(enum hmac_hash hash)
{
	return ((enum sha2_type)hash);
}

int
hmac_by_auth(int auth, enum hmac_hash *hash)
{
	switch (auth) {
	case CRYPTO_SHA1_HMAC:
		*hash = HMAC_SHA1;
		return (0);
	case CRYPTO_SHA2_256_HMAC:
		*hash = HMAC_SHA2_256;
		return (0);
	case CRYPTO_SHA2_384_HMAC:
		*hash = HMAC_SHA2_384;
		return (0);
	case CRYPTO_SHA2_512_HMAC:
		*hash = HMAC_SHA2_512;
		return (0);
	default:
		return (EINVAL);
	}
}

size_t
hmac_digestlen(enum hmac_hash hash)
{
	return (hash == HMAC_SHA1 ? SHA1_DIGEST_LEN :
	    sha2_digestlen(sha2_type(hash)));
}

size_t
hmac_blocklen(enum hmac_hash hash)
{
	return (hash == HMAC_SHA1 ? SHA1_BLOCK_LEN :
	    sha2_blocklen(sha2_type(hash)));
}

/*
 * The hash of hc_key->hk_hash, whichever that is.
 */

static void
hash_init(struct hmac_ctx *hc)
{
	if (hc->hc_key->hk_hash == HMAC_SHA1)
		sha1_init(&hc->hc_hash.sha1);
	else
		sha2_init(&hc->hc_hash.sha2, sha2_type(hc->hc_key->hk_hash));
}

static void
hash_update(struct hmac_ctx *hc, const void *data, size_t len)
{
	if (hc->hc_key->hk_hash == HMAC_SHA1)
		sha1_update(&hc->hc_hash.sha1, data, len);
	else
		sha2_update(&hc->hc_hash.sha2, data, len);
}

static void
hash_final(struct hmac_ctx *hc, uint8_t *out)
{
	if (hc->hc_key->hk_hash == HMAC_SHA1)
		sha1_final(&hc->hc_hash.sha1, out);
	else
		sha2_final(&hc->hc_hash.sha2, out);
}

/* after a whole number of blocks */
static void
hash_save(const struct hmac_ctx *hc, union hmac_state *state)
{
	memset(state, 0, sizeof(*state));
	if (hc->hc_key->hk_hash == HMAC_SHA1)
		memcpy(state->hs_sha1, hc->hc_hash.sha1.s1_state,
		    sizeof(state->hs_sha1));
	else
		state->hs_sha2 = hc->hc_hash.sha2.sc_state;
}

/* as it was saved after one block */
static void
hash_resume(struct hmac_ctx *hc, const union hmac_state *state)
{
	hash_init(hc);
	if (hc->hc_key->hk_hash == HMAC_SHA1) {
		memcpy(hc->hc_hash.sha1.s1_state, state->hs_sha1,
		    sizeof(state->hs_sha1));
		hc->hc_hash.sha1.s1_count = SHA1_BLOCK_LEN;
	} else {
		hc->hc_hash.sha2.sc_state = state->hs_sha2;
		hc->hc_hash.sha2.sc_count =
		    sha2_blocklen(hc->hc_hash.sha2.sc_type);
	}
}

/* the state after one block of the key xor pad */
static void
pad_state(union hmac_state *state, const struct hmac_key *hk,
    const uint8_t *key, uint8_t pad)
{
	struct hmac_ctx hc = { .hc_key = hk };
	uint8_t block[HMAC_MAXBLOCK_LEN];
	size_t i, len = hmac_blocklen(hk->hk_hash);

	for (i = 0; i < len; i++)
		block[i] = key[i] ^ pad;
	hash_init(&hc);
	hash_update(&hc, block, len);
	hash_save(&hc, state);
	explicit_bzero(block, sizeof(block));
	explicit_bzero(&hc, sizeof(hc));
}

void
hmac_setkey(struct hmac_key *hk, enum hmac_hash hash, const uint8_t *key,
    size_t len)
{
	struct hmac_ctx hc = { .hc_key = hk };
	uint8_t block[HMAC_MAXBLOCK_LEN];

	hk->hk_hash = hash;
	memset(block, 0, sizeof(block));
	if (len > hmac_blocklen(hash)) {
		hash_init(&hc);
		hash_update(&hc, key, len);
		hash_final(&hc, block);
	} else
		memcpy(block, key, len);
	pad_state(&hk->hk_inner, hk, block, INNER_PAD);
	pad_state(&hk->hk_outer, hk, block, OUTER_PAD);
	explicit_bzero(block, sizeof(block));
}

void
hmac_init(struct hmac_ctx *hc, const struct hmac_key *hk)
{
	hc->hc_key = hk;
	hash_resume(hc, &hk->hk_inner);
}

void
hmac_update(struct hmac_ctx *hc, const void *data, size_t len)
{
	hash_update(hc, data, len);
}

void
hmac_final(struct hmac_ctx *hc, uint8_t *out)
{
	const struct hmac_key *hk = hc->hc_key;
	uint8_t digest[HMAC_MAXDIGEST_LEN];

	hash_final(hc, digest);
	hash_resume(hc, &hk->hk_outer);
	hash_update(hc, digest, hmac_digestlen(hk->hk_hash));
	hash_final(hc, out);
	explicit_bzero(digest, sizeof(digest));
}
