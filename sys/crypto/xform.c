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

#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/cryptodev.h>
#include <crypto/xform.h>

/*
 * With AES-CTR 4 bytes would do, and are taken; but OpenBSD drops what is
 * no multiple of 16.
 */
const struct enc_xform enc_xforms[] = {
	{ CRYPTO_NULL,		"NULL",		4, 4, 0, 0, 256, 1, 0,
	    XFORM_NOMAC },
	{ CRYPTO_3DES_CBC,	"3DES-CBC",	8, 8, 8, 24, 24, 1, 0,
	    XFORM_NOMAC },
	{ CRYPTO_AES_CBC,	"AES-CBC",	16, 16, 16, 16, 32, 8, 0,
	    XFORM_NOMAC },
	{ CRYPTO_AES_CTR,	"AES-CTR",	1, 16, 8, 20, 36, 8, 4,
	    XFORM_NOMAC },
	{ CRYPTO_AES_GCM_16,	"AES-GCM-16",	1, 4, 8, 20, 36, 8, 4,
	    XFORM_GMAC },
	{ CRYPTO_AES_GMAC,	"AES-GMAC",	1, 4, 8, 20, 36, 8, 4,
	    XFORM_GMAC },
	{ CRYPTO_CHACHA20_POLY1305, "CHACHA20-POLY1305", 1, 4, 8, 36, 36, 1, 4,
	    XFORM_POLY1305 },
	{ 0 }
};

const struct auth_hash auth_hashes[] = {
	{ CRYPTO_SHA1_HMAC,	"HMAC-SHA1",	20, 20, 12, 64,
	    XFORM_NOMAC },
	{ CRYPTO_SHA2_256_HMAC,	"HMAC-SHA2-256", 32, 32, 16, 64,
	    XFORM_NOMAC },
	{ CRYPTO_SHA2_384_HMAC,	"HMAC-SHA2-384", 48, 48, 24, 128,
	    XFORM_NOMAC },
	{ CRYPTO_SHA2_512_HMAC,	"HMAC-SHA2-512", 64, 64, 32, 128,
	    XFORM_NOMAC },
	{ CRYPTO_AES_128_GMAC,	"GMAC-AES-128",	20, 16, 16, 16,
	    XFORM_GMAC },
	{ CRYPTO_AES_192_GMAC,	"GMAC-AES-192",	28, 16, 16, 16,
	    XFORM_GMAC },
	{ CRYPTO_AES_256_GMAC,	"GMAC-AES-256",	36, 16, 16, 16,
	    XFORM_GMAC },
	{ CRYPTO_CHACHA20_POLY1305_MAC, "CHACHA20-POLY1305", 36, 16, 16, 16,
	    XFORM_POLY1305 },
	{ 0 }
};

const struct enc_xform *
enc_xform_find(int type)
{
	const struct enc_xform *enc;

	for (enc = enc_xforms; enc->type != 0; enc++)
		if (enc->type == type)
			return (enc);
	return (NULL);
}

const struct auth_hash *
auth_hash_find(int type)
{
	const struct auth_hash *auth;

	for (auth = auth_hashes; auth->type != 0; auth++)
		if (auth->type == type)
			return (auth);
	return (NULL);
}

int
enc_xform_keyok(const struct enc_xform *enc, size_t len)
{
	return (len >= enc->minkey && len <= enc->maxkey &&
	    (len - enc->minkey) % enc->keystep == 0);
}

const struct auth_hash *
enc_xform_auth(const struct enc_xform *enc, size_t keylen)
{
	const struct auth_hash *auth;

	if (enc->mac == XFORM_NOMAC)
		return (NULL);
	for (auth = auth_hashes; auth->type != 0; auth++)
		if (auth->mac == enc->mac && auth->keysize == keylen)
			return (auth);
	return (NULL);
}
