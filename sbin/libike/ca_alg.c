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
 * Signatures, and how RFC 7427 names their algorithms.
 *
 * Nothing of a peer's AlgorithmIdentifier is parsed: it has to be, octet by
 * octet, one of those that are made here.  So a parameter that is missing,
 * doubled or out of range is no case of its own.
 */
#include <sys/types.h>

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "store.h"

#define DER_NULL	0x05
#define DER_INTEGER	0x02
#define DER_OID		0x06
#define DER_SEQUENCE	0x30
#define DER_EXPLICIT	0xa0		/* | number */

/* Object identifiers; where a hash is part of it, the last octet stands in
 * hashes[]. */
static const uint8_t oid_pkcs1[] =	/* 1.2.840.113549.1.1 */
    { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01 };
static const uint8_t oid_ecdsa[] =	/* 1.2.840.10045.4.3 */
    { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03 };
static const uint8_t oid_sha2[] =	/* 2.16.840.1.101.3.4.2 */
    { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02 };
static const uint8_t oid_eddsa[] =	/* 1.3.101 */
    { 0x2b, 0x65 };
#define OID_MGF1	8		/* of oid_pkcs1 */
#define OID_PSS		10
#define OID_ED25519	112		/* of oid_eddsa */

static const struct {
	unsigned int	 hash;		/* IKE_HASH_ */
	const char	*md;
	uint8_t		 len;		/* octets */
	uint8_t		 pkcs1;		/* the last octets of the OIDs */
	uint8_t		 ecdsa;
	uint8_t		 sha2;
} hashes[] = {
	{ IKE_HASH_SHA2_256,	"SHA2-256",	32,	11, 2, 1 },
	{ IKE_HASH_SHA2_384,	"SHA2-384",	48,	12, 3, 2 },
	{ IKE_HASH_SHA2_512,	"SHA2-512",	64,	13, 4, 3 }
};
#define NHASHES		(sizeof(hashes) / sizeof(hashes[0]))

/* The methods that are older than RFC 7427. */
static const struct {
	uint8_t		 method;
	enum key_kind	 kind;
	struct sigalg	 alg;
	uint8_t		 octets;	/* of r and of s */
} methods[] = {
	{ IKE_AUTH_RSA,		KEY_RSA,	{ SIG_PKCS1, IKE_HASH_SHA1 },
	    0 },
	{ IKE_AUTH_ECDSA256,	KEY_P256,
	    { SIG_ECDSA, IKE_HASH_SHA2_256 }, 32 },
	{ IKE_AUTH_ECDSA384,	KEY_P384,
	    { SIG_ECDSA, IKE_HASH_SHA2_384 }, 48 },
	{ IKE_AUTH_ECDSA521,	KEY_P521,
	    { SIG_ECDSA, IKE_HASH_SHA2_512 }, 66 }
};
#define NMETHODS	(sizeof(methods) / sizeof(methods[0]))

/* Everything here is shorter than 128 octets: one octet says how long. */
static size_t
der_open(struct buf *b, uint8_t tag)
{
	buf_put8(b, tag);
	buf_put8(b, 0);
	return (b->b_len);
}

static void
der_close(struct buf *b, size_t at)
{
	if (!b->b_failed)
		buf_set8(b, at - 1, b->b_len - at);
}

static void
der_oid(struct buf *b, const uint8_t *oid, size_t len, uint8_t last)
{
	size_t at = der_open(b, DER_OID);

	buf_put(b, oid, len);
	buf_put8(b, last);
	der_close(b, at);
}

/* bare: without the NULL, which RFC 4055 2.1 leaves to taste. */
static void
der_hash(struct buf *b, size_t h, int bare)
{
	size_t at = der_open(b, DER_SEQUENCE);

	der_oid(b, oid_sha2, sizeof(oid_sha2), hashes[h].sha2);
	if (!bare)
		der_close(b, der_open(b, DER_NULL));
	der_close(b, at);
}

/* RSASSA-PSS-params: the hash, MGF1 with the same, as much salt as hash. */
static void
der_pss(struct buf *b, size_t h, int bare)
{
	size_t seq = der_open(b, DER_SEQUENCE), at, mgf;

	at = der_open(b, DER_EXPLICIT | 0);
	der_hash(b, h, bare);
	der_close(b, at);

	at = der_open(b, DER_EXPLICIT | 1);
	mgf = der_open(b, DER_SEQUENCE);
	der_oid(b, oid_pkcs1, sizeof(oid_pkcs1), OID_MGF1);
	der_hash(b, h, bare);
	der_close(b, mgf);
	der_close(b, at);

	at = der_open(b, DER_EXPLICIT | 2);
	buf_put8(b, DER_INTEGER);
	buf_put8(b, 1);
	buf_put8(b, hashes[h].len);
	der_close(b, at);
	der_close(b, seq);
}

static size_t
hash_find(unsigned int hash)
{
	size_t h;

	for (h = 0; h < NHASHES; h++)
		if (hashes[h].hash == hash)
			break;
	return (h);
}

/* h: an index of hashes[], but for SIG_EDDSA */
static void
alg_encode(struct buf *b, unsigned int scheme, size_t h, int bare)
{
	size_t at = der_open(b, DER_SEQUENCE);

	switch (scheme) {
	case SIG_PKCS1:
		der_oid(b, oid_pkcs1, sizeof(oid_pkcs1), hashes[h].pkcs1);
		if (!bare)
			der_close(b, der_open(b, DER_NULL));
		break;
	case SIG_PSS:
		der_oid(b, oid_pkcs1, sizeof(oid_pkcs1), OID_PSS);
		der_pss(b, h, bare);
		break;
	case SIG_ECDSA:
		der_oid(b, oid_ecdsa, sizeof(oid_ecdsa), hashes[h].ecdsa);
		break;
	case SIG_EDDSA:
		der_oid(b, oid_eddsa, sizeof(oid_eddsa), OID_ED25519);
		break;
	}
	der_close(b, at);
}

void
alg_put(struct buf *b, const struct sigalg *sa)
{
	size_t h = hash_find(sa->sa_hash);

	if (h < NHASHES || sa->sa_scheme == SIG_EDDSA)
		alg_encode(b, sa->sa_scheme, h, 0);
}

static int
alg_is(const struct span *der, unsigned int scheme, size_t h, int bare)
{
	struct buf b = { 0 };
	int same;

	alg_encode(&b, scheme, h, bare);
	same = !b.b_failed && b.b_len == der->s_len &&
	    memcmp(b.b_data, der->s_data, b.b_len) == 0;
	buf_clear(&b);
	return (same);
}

/* What it might have meant. */
static int
alg_refuse(const struct span *der, char **why)
{
	const unsigned char *p = der->s_data;
	const ASN1_OBJECT *oid;
	char name[80] = "no DER";
	X509_ALGOR *alg;

	if ((alg = d2i_X509_ALGOR(NULL, &p, der->s_len)) != NULL) {
		X509_ALGOR_get0(&oid, NULL, NULL, alg);
		OBJ_obj2txt(name, sizeof(name), oid, 0);
		X509_ALGOR_free(alg);
	}
	ERR_clear_error();
	return (ca_refuse(why, "the algorithm of the signature is %s, or its "
	    "parameters are not as they should be: the peer has to use "
	    "SHA2-256, SHA2-384 or SHA2-512 with RSA PKCS#1 v1.5, RSA-PSS "
	    "(same hash in MGF1, as much salt) or ECDSA, or Ed25519", name));
}

int
alg_get(const struct span *der, struct sigalg *sa, char **why)
{
	unsigned int scheme;
	size_t h;

	for (scheme = SIG_PKCS1; scheme <= SIG_ECDSA; scheme++)
		for (h = 0; h < NHASHES; h++)
			if (alg_is(der, scheme, h, 0) ||
			    alg_is(der, scheme, h, 1)) {
				sa->sa_scheme = scheme;
				sa->sa_hash = hashes[h].hash;
				return (0);
			}
	if (alg_is(der, SIG_EDDSA, 0, 0)) {
		sa->sa_scheme = SIG_EDDSA;
		sa->sa_hash = IKE_HASH_IDENTITY;
		return (0);
	}
	return (alg_refuse(der, why));
}

void
alg_ofkey(const EVP_PKEY *key, unsigned int hash, struct sigalg *sa)
{
	sa->sa_hash = hash;
	switch (key_kind(key)) {
	case KEY_RSA:
		sa->sa_scheme = EVP_PKEY_get_base_id(key) ==
		    EVP_PKEY_RSA_PSS ? SIG_PSS : SIG_PKCS1;
		break;
	case KEY_ED25519:
		sa->sa_scheme = SIG_EDDSA;
		break;
	default:
		sa->sa_scheme = SIG_ECDSA;
		break;
	}
}

int
alg_ofmethod(uint8_t method, struct sigalg *sa, enum key_kind *kind)
{
	size_t i;

	for (i = 0; i < NMETHODS; i++)
		if (methods[i].method == method) {
			*sa = methods[i].alg;
			*kind = methods[i].kind;
			return (0);
		}
	return (-1);
}

/* Can such a key make or check such a signature at all? */
static int
alg_fits(const EVP_PKEY *key, const struct sigalg *sa)
{
	switch (sa->sa_scheme) {
	case SIG_PKCS1:
		return (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA);
	case SIG_PSS:
		return (key_kind(key) == KEY_RSA);
	case SIG_ECDSA:
		return (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
		    key_kind(key) != KEY_NONE);
	case SIG_EDDSA:
		return (key_kind(key) == KEY_ED25519);
	}
	return (0);
}

static const char *
alg_md(const struct sigalg *sa)
{
	size_t h = hash_find(sa->sa_hash);

	if (sa->sa_scheme == SIG_EDDSA)
		return (NULL);		/* it hashes by itself */
	return (h < NHASHES ? hashes[h].md : "SHA1");
}

/* 1 as libcrypto says it: well. */
static int
alg_padding(EVP_PKEY_CTX *ctx, const struct sigalg *sa)
{
	if (sa->sa_scheme == SIG_PKCS1)
		return (EVP_PKEY_CTX_set_rsa_padding(ctx,
		    RSA_PKCS1_PADDING));
	if (sa->sa_scheme != SIG_PSS)
		return (1);
	return (EVP_PKEY_CTX_set_rsa_padding(ctx,
	    RSA_PKCS1_PSS_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, alg_md(sa), NULL) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) ==
	    1);
}

static int
sign_octets(EVP_MD_CTX *ctx, EVP_PKEY *key, const struct sigalg *sa,
    const struct buf *octets, struct buf *sig)
{
	EVP_PKEY_CTX *pctx;
	size_t len;
	void *room;

	if (EVP_DigestSignInit_ex(ctx, &pctx, alg_md(sa), NULL, NULL, key,
	    NULL) != 1 || alg_padding(pctx, sa) != 1 ||
	    EVP_DigestSign(ctx, NULL, &len, octets->b_data,
	    octets->b_len) != 1 || (room = buf_room(sig, len)) == NULL)
		return (-1);
	if (EVP_DigestSign(ctx, room, &len, octets->b_data,
	    octets->b_len) != 1)
		return (-1);
	/* of ECDSA, it was but the most that may come */
	buf_trim(sig, (uint8_t *)room - sig->b_data + len);
	return (0);
}

int
alg_sign(EVP_PKEY *key, const struct sigalg *sa, const struct buf *octets,
    struct buf *sig, char **why)
{
	EVP_MD_CTX *ctx;
	int error = -1;

	if (!alg_fits(key, sa))
		return (ca_refuse(why, "%s cannot make such a signature",
		    key_name(key)));
	ERR_clear_error();
	if ((ctx = EVP_MD_CTX_new()) != NULL)
		error = sign_octets(ctx, key, sa, octets, sig);
	EVP_MD_CTX_free(ctx);
	if (error == -1)
		return (ca_refuse(why, "cannot sign: %s", ca_liberror()));
	return (0);
}

int
alg_verify(EVP_PKEY *key, const struct sigalg *sa, const struct buf *octets,
    const struct span *sig, char **why)
{
	EVP_MD_CTX *ctx;
	EVP_PKEY_CTX *pctx;
	int good = 0;

	if (!alg_fits(key, sa))
		return (ca_refuse(why, "the signature is of another kind than "
		    "the key (%s)", key_name(key)));
	ERR_clear_error();
	if ((ctx = EVP_MD_CTX_new()) != NULL &&
	    EVP_DigestVerifyInit_ex(ctx, &pctx, alg_md(sa), NULL, NULL, key,
	    NULL) == 1 && alg_padding(pctx, sa) == 1)
		good = EVP_DigestVerify(ctx, sig->s_data, sig->s_len,
		    octets->b_data, octets->b_len) == 1;
	EVP_MD_CTX_free(ctx);
	if (!good)
		ca_refuse(why, "the signature is not by the key (%s): do the "
		    "peer's private key and what it shows here belong "
		    "together?", key_name(key));
	ERR_clear_error();
	return (good ? 0 : -1);
}

static size_t
kind_octets(enum key_kind kind)
{
	size_t i;

	for (i = 0; i < NMETHODS; i++)
		if (methods[i].kind == kind)
			return (methods[i].octets);
	return (0);
}

int
ecdsa_toraw(enum key_kind kind, const struct buf *der, struct buf *raw)
{
	const unsigned char *p = der->b_data;
	size_t n = kind_octets(kind);
	ECDSA_SIG *sig;
	uint8_t *room;
	int error = -1;

	if (n == 0 || (sig = d2i_ECDSA_SIG(NULL, &p, der->b_len)) == NULL)
		return (-1);
	if ((room = buf_room(raw, 2 * n)) != NULL &&
	    BN_bn2binpad(ECDSA_SIG_get0_r(sig), room, n) == (int)n &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), room + n, n) == (int)n)
		error = 0;
	ECDSA_SIG_free(sig);
	return (error);
}

int
ecdsa_toder(enum key_kind kind, const struct span *raw, struct buf *der)
{
	size_t n = kind_octets(kind);
	ECDSA_SIG *sig;
	BIGNUM *r, *s;
	unsigned char *out = NULL;
	int len = -1;

	if (n == 0 || raw->s_len != 2 * n || (sig = ECDSA_SIG_new()) == NULL)
		return (-1);
	r = BN_bin2bn(raw->s_data, n, NULL);
	s = BN_bin2bn(raw->s_data + n, n, NULL);
	if (r != NULL && s != NULL && ECDSA_SIG_set0(sig, r, s)) {
		len = i2d_ECDSA_SIG(sig, &out);
	} else {
		BN_free(r);
		BN_free(s);
	}
	ECDSA_SIG_free(sig);
	if (len > 0)
		buf_put(der, out, len);
	OPENSSL_free(out);
	return (len > 0 && !der->b_failed ? 0 : -1);
}
