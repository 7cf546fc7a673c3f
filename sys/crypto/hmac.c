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

/* HMAC (RFC 2104) over SHA-2. */

#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/hmac.h>

#define INNER_PAD	0x36
#define OUTER_PAD	0x5c

/* the state after one block of the key xor pad */
static void
pad_state(union sha2_state *state, enum sha2_type type, const uint8_t *key,
    uint8_t pad)
{
	struct sha2_ctx sc;
	uint8_t block[SHA2_MAXBLOCK_LEN];
	size_t i, len = sha2_blocklen(type);

	for (i = 0; i < len; i++)
		block[i] = key[i] ^ pad;
	sha2_init(&sc, type);
	sha2_update(&sc, block, len);
	*state = sc.sc_state;
	explicit_bzero(block, sizeof(block));
	explicit_bzero(&sc, sizeof(sc));
}

static void
resume(struct sha2_ctx *sc, enum sha2_type type, const union sha2_state *state)
{
	sc->sc_type = type;
	sc->sc_state = *state;
	sc->sc_count = sha2_blocklen(type);
}

void
hmac_setkey(struct hmac_key *hk, enum sha2_type type, const uint8_t *key,
    size_t len)
{
	struct sha2_ctx sc;
	uint8_t block[SHA2_MAXBLOCK_LEN];

	memset(block, 0, sizeof(block));
	if (len > sha2_blocklen(type)) {
		sha2_init(&sc, type);
		sha2_update(&sc, key, len);
		sha2_final(&sc, block);
	} else
		memcpy(block, key, len);
	hk->hk_type = type;
	memset(&hk->hk_inner, 0, sizeof(hk->hk_inner));
	memset(&hk->hk_outer, 0, sizeof(hk->hk_outer));
	pad_state(&hk->hk_inner, type, block, INNER_PAD);
	pad_state(&hk->hk_outer, type, block, OUTER_PAD);
	explicit_bzero(block, sizeof(block));
}

void
hmac_init(struct hmac_ctx *hc, const struct hmac_key *hk)
{
	hc->hc_key = hk;
	resume(&hc->hc_sha2, hk->hk_type, &hk->hk_inner);
}

void
hmac_update(struct hmac_ctx *hc, const void *data, size_t len)
{
	sha2_update(&hc->hc_sha2, data, len);
}

void
hmac_final(struct hmac_ctx *hc, uint8_t *out)
{
	const struct hmac_key *hk = hc->hc_key;
	uint8_t digest[SHA2_MAXDIGEST_LEN];

	sha2_final(&hc->hc_sha2, digest);
	resume(&hc->hc_sha2, hk->hk_type, &hk->hk_outer);
	sha2_update(&hc->hc_sha2, digest, sha2_digestlen(hk->hk_type));
	sha2_final(&hc->hc_sha2, out);
	explicit_bzero(digest, sizeof(digest));
}
