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
 * Public keys: which we take, what they are called and how they travel.
 */
#include <sys/types.h>

#include <stdio.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>

#include "store.h"

/*
 * Bits of a modulus and of an exponent: below, anybody finds the key; above,
 * one signature keeps the machine busy.
 */
#define RSA_MINBITS	1024
#define RSA_MAXBITS	16384
#define RSA_MAXEXPBITS	64

static const struct {
	enum key_kind	 kind;
	const char	*group;		/* as libcrypto calls it */
	const char	*name;
} curves[] = {
	{ KEY_P256,	"prime256v1",	"ECDSA P-256" },
	{ KEY_P384,	"secp384r1",	"ECDSA P-384" },
	{ KEY_P521,	"secp521r1",	"ECDSA P-521" }
};
#define NCURVES		(sizeof(curves) / sizeof(curves[0]))

/* The index of its curve, NCURVES: another one, or one spelled out. */
static size_t
curve_find(const EVP_PKEY *key)
{
	char group[64];
	int explicit = 0;
	size_t i;

	if (!EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) ||
	    (EVP_PKEY_get_int_param(key,
	    OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit) &&
	    explicit))
		return (NCURVES);
	for (i = 0; i < NCURVES; i++)
		if (strcmp(group, curves[i].group) == 0)
			break;
	return (i);
}

enum key_kind
key_kind(const EVP_PKEY *key)
{
	size_t i;

	switch (key == NULL ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_RSA:
	case EVP_PKEY_RSA_PSS:
		return (KEY_RSA);
	case EVP_PKEY_EC:
		i = curve_find(key);
		return (i < NCURVES ? curves[i].kind : KEY_NONE);
	case EVP_PKEY_ED25519:
		return (KEY_ED25519);
	default:
		return (KEY_NONE);
	}
}

const char *
key_name(const EVP_PKEY *key)
{
	static char name[64];
	enum key_kind kind = key_kind(key);
	size_t i;

	for (i = 0; i < NCURVES; i++)
		if (kind == curves[i].kind)
			return (curves[i].name);
	if (kind == KEY_ED25519)
		return ("Ed25519");
	if (kind == KEY_NONE)
		return ("key of an unknown kind");
	snprintf(name, sizeof(name), "RSA%s %d bits",
	    EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA_PSS ? "-PSS" : "",
	    EVP_PKEY_get_bits(key));
	return (name);
}

static const char *
rsa_fault_numbers(const BIGNUM *n, const BIGNUM *e)
{
	static char text[80];

	if (BN_num_bits(n) < RSA_MINBITS || BN_num_bits(n) > RSA_MAXBITS) {
		snprintf(text, sizeof(text),
		    "its RSA modulus has %d bits, not %d to %d",
		    BN_num_bits(n), RSA_MINBITS, RSA_MAXBITS);
		return (text);
	}
	if (!BN_is_odd(n))
		return ("its RSA modulus is even");
	if (!BN_is_odd(e) || BN_is_one(e))
		return ("its RSA exponent is even or 1");
	if (BN_num_bits(e) > RSA_MAXEXPBITS)
		return ("its RSA exponent has more than 64 bits");
	return (NULL);
}

static const char *
rsa_fault(const EVP_PKEY *key)
{
	BIGNUM *n = NULL, *e = NULL;
	const char *fault = "its RSA key has no numbers";

	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) &&
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e))
		fault = rsa_fault_numbers(n, e);
	BN_free(n);
	BN_free(e);
	return (fault);
}

/* The point at infinity and points that are not on the curve. */
static const char *
ec_fault(const EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx;
	int good;

	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, (EVP_PKEY *)key, NULL);
	good = ctx != NULL && EVP_PKEY_public_check_quick(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	return (good ? NULL : "its EC point is not on the curve");
}

const char *
key_fault(const EVP_PKEY *key)
{
	switch (key_kind(key)) {
	case KEY_NONE:
		return ("its key is none of RSA, ECDSA P-256, P-384, P-521 "
		    "and Ed25519");
	case KEY_RSA:
		return (rsa_fault(key));
	case KEY_ED25519:
		return (NULL);
	default:
		return (ec_fault(key));
	}
}

int
key_encode(const EVP_PKEY *key, uint8_t encoding, struct buf *b)
{
	enum key_kind kind = key_kind(key);
	unsigned char *der = NULL;
	int len = -1;

	if (encoding == IKE_CERT_RSA && kind == KEY_RSA)
		len = i2d_PublicKey(key, &der);
	else if (encoding == IKE_CERT_RAW || (encoding == IKE_CERT_ECDSA &&
	    kind >= KEY_P256 && kind <= KEY_P521))
		len = i2d_PUBKEY(key, &der);
	if (len > 0)
		buf_put(b, der, len);
	OPENSSL_free(der);
	return (len > 0 && !b->b_failed ? 0 : -1);
}

const char *
method_name(unsigned int method)
{
	static char name[32];

	switch (method) {
	case IKE_AUTH_RSA:
		return ("an RSA signature (method 1)");
	case IKE_AUTH_PSK:
		return ("a pre-shared key");
	case IKE_AUTH_ECDSA256:
		return ("an ECDSA P-256 signature (method 9)");
	case IKE_AUTH_ECDSA384:
		return ("an ECDSA P-384 signature (method 10)");
	case IKE_AUTH_ECDSA521:
		return ("an ECDSA P-521 signature (method 11)");
	case IKE_AUTH_SIGNATURE:
		return ("an RFC 7427 signature");
	default:
		snprintf(name, sizeof(name), "method %u", method);
		return (name);
	}
}
