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

/*
 * Algorithms: PF_KEY's numbers of them and the kernel's own.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/socket.h>

#include <net/pfkeyvar.h>

#include <netinet/in.h>
#include <netinet/ip_ipsp.h>

#include <crypto/cryptodev.h>
#include <crypto/xform.h>

static const struct pfkey_alg {
	int		 al_crypto;	/* 0: no more */
	uint8_t		 al_sadb;
} pfkey_encs[] = {
	{ CRYPTO_NULL,			SADB_EALG_NULL },
	{ CRYPTO_3DES_CBC,		SADB_EALG_3DESCBC },
	{ CRYPTO_AES_CBC,		SADB_X_EALG_AES },
	{ CRYPTO_AES_CTR,		SADB_X_EALG_AESCTR },
	{ CRYPTO_AES_GCM_16,		SADB_X_EALG_AESGCM16 },
	{ CRYPTO_AES_GMAC,		SADB_X_EALG_AESGMAC },
	{ CRYPTO_CHACHA20_POLY1305,	SADB_X_EALG_CHACHA20POLY1305 },
	{ 0, 0 }
}, pfkey_auths[] = {
	{ CRYPTO_SHA1_HMAC,		SADB_AALG_SHA1HMAC },
	{ CRYPTO_SHA2_256_HMAC,		SADB_X_AALG_SHA2_256 },
	{ CRYPTO_SHA2_384_HMAC,		SADB_X_AALG_SHA2_384 },
	{ CRYPTO_SHA2_512_HMAC,		SADB_X_AALG_SHA2_512 },
	{ CRYPTO_AES_128_GMAC,		SADB_X_AALG_AES128GMAC },
	{ CRYPTO_AES_192_GMAC,		SADB_X_AALG_AES192GMAC },
	{ CRYPTO_AES_256_GMAC,		SADB_X_AALG_AES256GMAC },
	{ CRYPTO_CHACHA20_POLY1305_MAC,	SADB_X_AALG_CHACHA20POLY1305 },
	{ 0, 0 }
};

static int
to_crypto(const struct pfkey_alg *al, int sadb)
{
	while (al->al_crypto != 0 && al->al_sadb != sadb)
		al++;
	return (al->al_crypto);
}

static uint8_t
to_sadb(const struct pfkey_alg *al, int crypto)
{
	while (al->al_crypto != 0 && al->al_crypto != crypto)
		al++;
	return (al->al_sadb);
}

int
pfkeyv2_encalg(int sadb)
{
	return (to_crypto(pfkey_encs, sadb));
}

int
pfkeyv2_authalg(int sadb)
{
	return (to_crypto(pfkey_auths, sadb));
}

uint8_t
pfkey_enc_sadb(const struct enc_xform *enc)
{
	return (enc == NULL ? 0 : to_sadb(pfkey_encs, enc->type));
}

uint8_t
pfkey_auth_sadb(const struct auth_hash *auth)
{
	return (auth == NULL ? 0 : to_sadb(pfkey_auths, auth->type));
}

/* Append to the last extension, which is a list. */
static void
export_alg(struct pfkey_buf *pb, int type, uint8_t sadb, size_t iv,
    size_t minkey, size_t maxkey)
{
	struct sadb_ext *ext;
	struct sadb_alg *alg;

	if ((alg = pfkey_room(pb, sizeof(*alg))) == NULL)
		return;
	alg->sadb_alg_id = sadb;
	alg->sadb_alg_ivlen = iv * 8;
	alg->sadb_alg_minbits = minkey * 8;
	alg->sadb_alg_maxbits = maxkey * 8;
	ext = (struct sadb_ext *)(pb->pb_data + pb->pb_ext[type]);
	ext->sadb_ext_len += sizeof(*alg) / 8;
}

/*
 * What ESP and AH can do; of compression and other SA types, nothing.  A MAC
 * that comes with its cipher is not listed, as nobody asks for it.
 */
void
pfkey_export_algs(struct pfkey_buf *pb, int satype)
{
	const struct enc_xform *enc;
	const struct auth_hash *auth;
	int esp = satype == SADB_SATYPE_ESP;
	int macs = esp || satype == SADB_SATYPE_AH;

	pfkey_put(pb, SADB_EXT_SUPPORTED_AUTH, sizeof(struct sadb_supported));
	for (auth = auth_hashes; macs && auth->type != 0; auth++)
		if (auth->mac == XFORM_NOMAC)
			export_alg(pb, SADB_EXT_SUPPORTED_AUTH,
			    pfkey_auth_sadb(auth), 0, auth->keysize,
			    auth->keysize);
	pfkey_put(pb, SADB_EXT_SUPPORTED_ENCRYPT,
	    sizeof(struct sadb_supported));
	/* NULL takes any key and needs none */
	for (enc = enc_xforms; esp && enc->type != 0; enc++)
		export_alg(pb, SADB_EXT_SUPPORTED_ENCRYPT,
		    pfkey_enc_sadb(enc), enc->ivsize, enc->minkey,
		    enc->type == CRYPTO_NULL ? 0 : enc->maxkey);
	pfkey_put(pb, SADB_X_EXT_SUPPORTED_COMP,
	    sizeof(struct sadb_supported));
}
