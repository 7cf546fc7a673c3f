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


#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/dh.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "crypto.h"
#include "log.h"

#define nitems(a)	(sizeof(a) / sizeof((a)[0]))

#define DH_MAX		1024	/* octets of the longest value, MODP8192 */
#define POINT_RAW	0x04	/* what libcrypto has in front of x | y */

enum dh_kind { MODP, ECP, X25519 };

/*
 * A group of the registry.  Of a MODP group the name is not needed: libcrypto
 * knows the prime.
 */
struct group {
	uint16_t	 gr_id;
	enum dh_kind	 gr_kind;
	size_t		 gr_len;	/* octets of the public value */
	const char	*gr_name;
	BIGNUM		*(*gr_prime)(BIGNUM *);
	unsigned int	 gr_expbits;	/* of the exponent, RFC 3526 8 */
	/* The parameters, made once and kept. */
	EVP_PKEY	*gr_params;
	BIGNUM		*gr_max;	/* p - 1 */
};

#define G_MODP(id, bits, prime, expbits) \
	{ id, MODP, (bits) / 8, "DH", prime, expbits, NULL, NULL }
#define G_ECP(id, len, name) \
	{ id, ECP, 2 * (len), name, NULL, 0, NULL, NULL }

static struct group groups[] = {
	G_MODP(IKE_DH_MODP768, 768, BN_get_rfc2409_prime_768, 240),
	G_MODP(IKE_DH_MODP1024, 1024, BN_get_rfc2409_prime_1024, 240),
	G_MODP(IKE_DH_MODP1536, 1536, BN_get_rfc3526_prime_1536, 240),
	G_MODP(IKE_DH_MODP2048, 2048, BN_get_rfc3526_prime_2048, 320),
	G_MODP(IKE_DH_MODP3072, 3072, BN_get_rfc3526_prime_3072, 420),
	G_MODP(IKE_DH_MODP4096, 4096, BN_get_rfc3526_prime_4096, 480),
	G_MODP(IKE_DH_MODP6144, 6144, BN_get_rfc3526_prime_6144, 540),
	G_MODP(IKE_DH_MODP8192, 8192, BN_get_rfc3526_prime_8192, 620),
	G_ECP(IKE_DH_ECP256, 32, "P-256"),
	G_ECP(IKE_DH_ECP384, 48, "P-384"),
	G_ECP(IKE_DH_ECP521, 66, "P-521"),
	G_ECP(IKE_DH_ECP192, 24, "P-192"),
	G_ECP(IKE_DH_ECP224, 28, "P-224"),
	G_ECP(IKE_DH_BP224, 28, "brainpoolP224r1"),
	G_ECP(IKE_DH_BP256, 32, "brainpoolP256r1"),
	G_ECP(IKE_DH_BP384, 48, "brainpoolP384r1"),
	G_ECP(IKE_DH_BP512, 64, "brainpoolP512r1"),
	{ IKE_DH_CURVE25519, X25519, 32, "X25519", NULL, 0, NULL, NULL },
};

struct dh {
	struct group	*dh_gr;
	EVP_PKEY	*dh_key;
};

static void
groups_free(void)
{
	size_t i;

	for (i = 0; i < nitems(groups); i++) {
		EVP_PKEY_free(groups[i].gr_params);
		groups[i].gr_params = NULL;
		BN_free(groups[i].gr_max);
		groups[i].gr_max = NULL;
	}
}

static struct group *
group_find(uint16_t id)
{
	size_t i;

	for (i = 0; i < nitems(groups); i++)
		if (groups[i].gr_id == id)
			return (&groups[i]);
	return (NULL);
}

/* What OSSL_PARAMs say of a key of this kind. NULL: libcrypto says no. */
static EVP_PKEY *
params_key(const char *type, OSSL_PARAM_BLD *bld)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *pkey = NULL;

	if (params == NULL || ctx == NULL ||
	    EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEY_PARAMETERS,
	    params) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return (pkey);
}

/* All MODP groups have 2 as their generator. */
static EVP_PKEY *
modp_params(struct group *gr)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *p = gr->gr_prime(NULL), *g = BN_new();
	EVP_PKEY *pkey = NULL;

	if (bld != NULL && p != NULL && g != NULL && BN_set_word(g, 2) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_P, p) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_G, g))
		pkey = params_key("DH", bld);
	BN_free(gr->gr_max);
	gr->gr_max = p;
	if (p == NULL || !BN_sub_word(p, 1)) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	BN_free(g);
	OSSL_PARAM_BLD_free(bld);
	return (pkey);
}

static EVP_PKEY *
ecp_params(const struct group *gr)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY *pkey = NULL;

	if (bld != NULL && OSSL_PARAM_BLD_push_utf8_string(bld,
	    OSSL_PKEY_PARAM_GROUP_NAME, gr->gr_name, 0))
		pkey = params_key("EC", bld);
	OSSL_PARAM_BLD_free(bld);
	return (pkey);
}

/* Curve25519 has no parameters: the kind of the key says it all. */
static int
group_load(struct group *gr)
{
	static int started;

	if (gr->gr_kind == X25519 || gr->gr_params != NULL)
		return (0);
	if (!started)
		started = OPENSSL_atexit(groups_free);
	gr->gr_params = gr->gr_kind == MODP ? modp_params(gr) :
	    ecp_params(gr);
	return (gr->gr_params != NULL ? 0 : -1);
}

static EVP_PKEY *
group_keygen(struct group *gr)
{
	OSSL_PARAM params[2];
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *pkey = NULL;
	int bits = gr->gr_expbits;

	if (group_load(gr) == -1)
		return (NULL);
	params[0] = OSSL_PARAM_construct_int(OSSL_PKEY_PARAM_DH_PRIV_LEN,
	    &bits);
	params[1] = OSSL_PARAM_construct_end();
	ctx = gr->gr_params != NULL ?
	    EVP_PKEY_CTX_new_from_pkey(NULL, gr->gr_params, NULL) :
	    EVP_PKEY_CTX_new_from_name(NULL, gr->gr_name, NULL);
	if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1 ||
	    (gr->gr_kind == MODP && EVP_PKEY_CTX_set_params(ctx,
	    params) != 1) || EVP_PKEY_generate(ctx, &pkey) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(ctx);
	return (pkey);
}

size_t
dh_publen(uint16_t id)
{
	const struct group *gr = group_find(id);

	return (gr != NULL ? gr->gr_len : 0);
}

struct dh *
dh_new(uint16_t id)
{
	struct group *gr = group_find(id);
	struct dh *dh;

	if (gr == NULL) {
		log_debug("crypto: no DH group %u", id);
		return (NULL);
	}
	if ((dh = calloc(1, sizeof(*dh))) == NULL)
		return (NULL);
	dh->dh_gr = gr;
	if ((dh->dh_key = group_keygen(gr)) == NULL) {
		crypto_fail("DH key");
		free(dh);
		return (NULL);
	}
	return (dh);
}

/* libcrypto overwrites the private value. */
void
dh_free(struct dh *dh)
{
	if (dh == NULL)
		return;
	EVP_PKEY_free(dh->dh_key);
	free(dh);
}

uint16_t
dh_group(const struct dh *dh)
{
	return (dh->dh_gr->gr_id);
}

int
dh_public(struct dh *dh, struct buf *b)
{
	size_t front = dh->dh_gr->gr_kind == ECP, len;
	unsigned char *pub = NULL;
	int error = 0;

	len = EVP_PKEY_get1_encoded_public_key(dh->dh_key, &pub);
	if (len != front + dh->dh_gr->gr_len ||
	    (front != 0 && pub[0] != POINT_RAW))
		error = crypto_fail("DH public value");
	else
		buf_put(b, pub + front, len - front);
	OPENSSL_free(pub);
	return (error == -1 || b->b_failed ? -1 : 0);
}

/*
 * RFC 6989 2.1: 1 < r < p - 1.  All primes are safe ones, so that no other
 * small subgroup exists and the costly test of the order need not be.
 */
static int
modp_check(const struct group *gr, const uint8_t *pub)
{
	BIGNUM *r = BN_bin2bn(pub, gr->gr_len, NULL);
	int good;

	good = r != NULL && !BN_is_zero(r) && !BN_is_one(r) &&
	    BN_cmp(r, gr->gr_max) < 0;
	BN_free(r);
	return (good ? 0 : -1);
}

/*
 * libcrypto takes a point if its coordinates are in range and it is on the
 * curve, RFC 6989 2.3; the curves have a cofactor of 1.
 */
static EVP_PKEY *
peer_key(const struct group *gr, const uint8_t *pub)
{
	uint8_t value[1 + DH_MAX];
	size_t front = gr->gr_kind == ECP;
	EVP_PKEY *peer;

	if (gr->gr_kind == X25519)
		return (EVP_PKEY_new_raw_public_key_ex(NULL, gr->gr_name,
		    NULL, pub, gr->gr_len));
	if (gr->gr_kind == MODP && modp_check(gr, pub) == -1)
		return (NULL);
	value[0] = POINT_RAW;
	memcpy(value + front, pub, gr->gr_len);
	peer = EVP_PKEY_new();
	if (peer != NULL && (!EVP_PKEY_copy_parameters(peer, gr->gr_params) ||
	    !EVP_PKEY_set1_encoded_public_key(peer, value,
	    front + gr->gr_len))) {
		EVP_PKEY_free(peer);
		return (NULL);
	}
	return (peer);
}

/* How many octets the secret has, 0: none could be calculated. */
static size_t
derive(struct dh *dh, EVP_PKEY *peer, uint8_t secret[DH_MAX])
{
	EVP_PKEY_CTX *ctx;
	size_t len = DH_MAX;

	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, dh->dh_key, NULL);
	/*
	 * RFC 7296 2.14: as long as the prime, with zeros in front.  The
	 * other kinds are always so.  The peer's value was checked before.
	 */
	if (ctx == NULL || EVP_PKEY_derive_init(ctx) != 1 ||
	    (dh->dh_gr->gr_kind == MODP &&
	    EVP_PKEY_CTX_set_dh_pad(ctx, 1) != 1) ||
	    EVP_PKEY_derive_set_peer_ex(ctx, peer, 0) != 1 ||
	    EVP_PKEY_derive(ctx, secret, &len) != 1)
		len = 0;
	EVP_PKEY_CTX_free(ctx);
	return (len);
}

int
dh_shared(struct dh *dh, const void *pub, size_t publen, struct buf *secret)
{
	static const uint8_t zero[DH_MAX];
	const struct group *gr = dh->dh_gr;
	uint8_t out[DH_MAX];
	EVP_PKEY *peer;
	size_t len, want;
	int error = 0;

	if (publen != gr->gr_len) {
		log_debug("crypto: public value of %zu octets for DH group "
		    "%u, which has %zu", publen, gr->gr_id, gr->gr_len);
		return (-1);
	}
	if ((peer = peer_key(gr, pub)) == NULL)
		return (crypto_fail("DH public value of the peer"));
	want = gr->gr_kind == ECP ? gr->gr_len / 2 : gr->gr_len;
	len = derive(dh, peer, out);
	if (len != want || crypto_equal(out, zero, len))
		error = crypto_fail("DH secret");
	else
		buf_put(secret, out, len);
	EVP_PKEY_free(peer);
	OPENSSL_cleanse(out, sizeof(out));
	return (error == -1 || secret->b_failed ? -1 : 0);
}
