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

#include <net/pfkeyv2.h>

#include <string.h>

#include "ipsecctl.h"

/*
 * The first of several names is the one printed.  Salts count as key, and
 * with one number for several key lengths the length decides.
 */
static const struct alg auths[] = {
	{ "hmac-md5", "hmac-md5", SADB_AALG_MD5HMAC, 0, 16, 16 },
	{ "hmac-ripemd160", "hmac-ripemd160", SADB_X_AALG_RIPEMD160HMAC, 0,
	    20, 20 },
	{ "hmac-sha1", "hmac-sha1", SADB_AALG_SHA1HMAC, 0, 20, 20 },
	{ "hmac-sha2-256", "hmac-sha2-256", SADB_X_AALG_SHA2_256, 0, 32, 32 },
	{ "hmac-sha2-384", "hmac-sha2-384", SADB_X_AALG_SHA2_384, 0, 48, 48 },
	{ "hmac-sha2-512", "hmac-sha2-512", SADB_X_AALG_SHA2_512, 0, 64, 64 },
	{ "gmac-aes-128", "gmac-aes-128", SADB_X_AALG_AES128GMAC,
	    ALG_AEAD | ALG_HIDDEN, 20, 20 },
	{ "gmac-aes-192", "gmac-aes-192", SADB_X_AALG_AES192GMAC,
	    ALG_AEAD | ALG_HIDDEN, 28, 28 },
	{ "gmac-aes-256", "gmac-aes-256", SADB_X_AALG_AES256GMAC,
	    ALG_AEAD | ALG_HIDDEN, 36, 36 },
	{ "chacha20-poly1305", "chacha20-poly1305",
	    SADB_X_AALG_CHACHA20POLY1305, ALG_AEAD | ALG_HIDDEN, 36, 36 },
	{ NULL, NULL, 0, 0, 0, 0 }
};

#define CTR	SADB_X_EALG_AESCTR
#define GCM	SADB_X_EALG_AESGCM16
#define GMAC	SADB_X_EALG_AESGMAC
#define AEAD	(ALG_AEAD | ALG_NONCE)
static const struct alg encs[] = {
	{ "aes", "aes", SADB_X_EALG_AES, 0, 16, 16 },
	{ "aes-128", "aes", SADB_X_EALG_AES, 0, 16, 16 },
	{ "aes-192", "aes", SADB_X_EALG_AES, 0, 24, 24 },
	{ "aes-256", "aes", SADB_X_EALG_AES, 0, 32, 32 },
	{ "aesctr", "aesctr", CTR, ALG_NONCE, 20, 20 },
	{ "aes-128-ctr", "aesctr", CTR, ALG_NONCE, 20, 20 },
	{ "aes-192-ctr", "aesctr", CTR, ALG_NONCE, 28, 28 },
	{ "aes-256-ctr", "aesctr", CTR, ALG_NONCE, 36, 36 },
	{ "aes-128-gcm", "aes-gcm", GCM, AEAD, 20, 20 },
	{ "aes-192-gcm", "aes-gcm", GCM, AEAD, 28, 28 },
	{ "aes-256-gcm", "aes-gcm", GCM, AEAD, 36, 36 },
	{ "aes-128-gmac", "aes-gmac", GMAC, AEAD, 20, 20 },
	{ "aes-192-gmac", "aes-gmac", GMAC, AEAD, 28, 28 },
	{ "aes-256-gmac", "aes-gmac", GMAC, AEAD, 36, 36 },
	{ "chacha20-poly1305", "chacha20-poly1305",
	    SADB_X_EALG_CHACHA20POLY1305, AEAD, 36, 36 },
	{ "3des-cbc", "3des-cbc", SADB_EALG_3DESCBC, 0, 24, 24 },
	{ "3des", "3des-cbc", SADB_EALG_3DESCBC, 0, 24, 24 },
	{ "blowfish", "blowfish", SADB_X_EALG_BLF, 0, 5, 56 },
	{ "cast128", "cast128", SADB_X_EALG_CAST, 0, 5, 16 },
	{ "null", "null", SADB_EALG_NULL, 0, 0, 0 },
	{ NULL, NULL, 0, 0, 0, 0 }
};

static const struct alg comps[] = {
	{ "deflate", "deflate", SADB_X_CALG_DEFLATE, 0, 0, 0 },
	{ NULL, NULL, 0, 0, 0, 0 }
};

static const struct alg *const tables[] = { auths, encs, comps };

const struct alg *
alg_byname(enum algkind kind, const char *name)
{
	const struct alg *a;

	for (a = tables[kind]; a->name != NULL; a++)
		if (!(a->flags & ALG_HIDDEN) && strcmp(a->name, name) == 0)
			return (a);
	return (NULL);
}

const struct alg *
alg_byid(enum algkind kind, uint8_t id, size_t keylen)
{
	static const struct alg other = { "unknown", "unknown", 0, 0, 0, 0 };
	const struct alg *a, *found = &other;

	for (a = tables[kind]; a->name != NULL; a++) {
		if (a->id != id)
			continue;
		if (keylen >= a->minkey && keylen <= a->maxkey)
			return (a);
		if (found == &other)
			found = a;
	}
	return (found);
}

const char *
alg_names(enum algkind kind)
{
	static char buf[512];
	const struct alg *a;

	buf[0] = '\0';
	for (a = tables[kind]; a->name != NULL; a++) {
		if (a->flags & ALG_HIDDEN)
			continue;
		if (buf[0] != '\0')
			strlcat(buf, ", ", sizeof(buf));
		strlcat(buf, a->name, sizeof(buf));
	}
	return (buf);
}
