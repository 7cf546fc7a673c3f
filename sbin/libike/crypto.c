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


#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "crypto.h"
#include "log.h"

#define nitems(a)	(sizeof(a) / sizeof((a)[0]))

#define AEAD_SALT	4		/* octets, RFC 5282 and RFC 7634 */
#define AEAD_IV		8		/* octets on the wire */
#define IV_MAX		16

/*
 * What libcrypto has to look up by name is looked up once, and stays until
 * the process ends.
 */
struct hash {
	const char	*ha_name;
	size_t		 ha_len;	/* octets of its output */
	EVP_MAC_CTX	*ha_hmac;	/* of this hash, without a key */
};

enum { MD5, SHA1, SHA2_256, SHA2_384, SHA2_512 };

static struct hash hashes[] = {
	[MD5] =		{ "MD5",	16,	NULL },
	[SHA1] =	{ "SHA1",	20,	NULL },
	[SHA2_256] =	{ "SHA2-256",	32,	NULL },
	[SHA2_384] =	{ "SHA2-384",	48,	NULL },
	[SHA2_512] =	{ "SHA2-512",	64,	NULL },
};

static const struct {
	uint16_t	 prf_id;
	int		 prf_hash;
} prfs[] = {
	{ IKE_PRF_MD5,		MD5 },
	{ IKE_PRF_SHA1,		SHA1 },
	{ IKE_PRF_SHA2_256,	SHA2_256 },
	{ IKE_PRF_SHA2_384,	SHA2_384 },
	{ IKE_PRF_SHA2_512,	SHA2_512 },
};

struct integ {
	uint16_t	 in_id;
	int		 in_hash;	/* its output is the key's length, too */
	size_t		 in_icv;	/* octets */
};

static const struct integ integs[] = {
	{ IKE_INTEG_MD5_96,	MD5,		12 },
	{ IKE_INTEG_SHA1_96,	SHA1,		12 },
	{ IKE_INTEG_SHA2_256,	SHA2_256,	16 },
	{ IKE_INTEG_SHA2_384,	SHA2_384,	24 },
	{ IKE_INTEG_SHA2_512,	SHA2_512,	32 },
};

struct cipher {
	uint16_t	 ci_id;
	uint16_t	 ci_keybits;	/* as in the transform */
	const char	*ci_name;
	size_t		 ci_key;	/* octets, without salt */
	size_t		 ci_block;	/* octets, 1: an AEAD */
	size_t		 ci_icv;	/* octets, of an AEAD */
	EVP_CIPHER	*ci_evp;
};

static struct cipher ciphers[] = {
	{ IKE_ENCR_3DES,	0,   "DES-EDE3-CBC",	24, 8, 0, NULL },
	{ IKE_ENCR_AES_CBC,	128, "AES-128-CBC",	16, 16, 0, NULL },
	{ IKE_ENCR_AES_CBC,	192, "AES-192-CBC",	24, 16, 0, NULL },
	{ IKE_ENCR_AES_CBC,	256, "AES-256-CBC",	32, 16, 0, NULL },
	{ IKE_ENCR_AES_GCM_12,	128, "AES-128-GCM",	16, 1, 12, NULL },
	{ IKE_ENCR_AES_GCM_12,	256, "AES-256-GCM",	32, 1, 12, NULL },
	{ IKE_ENCR_AES_GCM_16,	128, "AES-128-GCM",	16, 1, 16, NULL },
	{ IKE_ENCR_AES_GCM_16,	256, "AES-256-GCM",	32, 1, 16, NULL },
	{ IKE_ENCR_CHACHA20,	0,   "ChaCha20-Poly1305", 32, 1, 16, NULL },
};

static EVP_MD	*sha1;

static void
cache_free(void)
{
	size_t i;

	for (i = 0; i < nitems(hashes); i++) {
		EVP_MAC_CTX_free(hashes[i].ha_hmac);
		hashes[i].ha_hmac = NULL;
	}
	for (i = 0; i < nitems(ciphers); i++) {
		EVP_CIPHER_free(ciphers[i].ci_evp);
		ciphers[i].ci_evp = NULL;
	}
	EVP_MD_free(sha1);
	sha1 = NULL;
}

/* Called before the first thing enters the cache. */
static void
cache_start(void)
{
	static int started;

	if (!started)
		started = OPENSSL_atexit(cache_free);
}

int
crypto_fail(const char *what)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	log_debug("crypto: %s%s%s", what, why != NULL ? ": " : "",
	    why != NULL ? why : "");
	ERR_clear_error();
	return (-1);
}

int
crypto_equal(const void *a, const void *b, size_t len)
{
	return (CRYPTO_memcmp(a, b, len) == 0);
}

void
crypto_sha1(const void *data, size_t len, uint8_t out[20])
{
	if (sha1 == NULL) {
		cache_start();
		sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	}
	if (sha1 == NULL || !EVP_Digest(data, len, out, NULL, sha1, NULL))
		fatalx("libcrypto cannot do SHA1: no memory, or a provider "
		    "in openssl.cnf(5) without it");
}

/*
 * HMAC
 */

/* Looks up HMAC of this hash. NULL: libcrypto has none. */
static EVP_MAC_CTX *
hmac_base(struct hash *ha)
{
	OSSL_PARAM params[2];
	EVP_MAC_CTX *ctx;
	EVP_MAC *mac;

	if (ha->ha_hmac != NULL)
		return (ha->ha_hmac);
	cache_start();
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
	    (char *)ha->ha_name, 0);
	params[1] = OSSL_PARAM_construct_end();
	mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	ctx = EVP_MAC_CTX_new(mac);
	EVP_MAC_free(mac);
	if (ctx != NULL && EVP_MAC_CTX_set_params(ctx, params))
		ha->ha_hmac = ctx;
	else
		EVP_MAC_CTX_free(ctx);
	return (ha->ha_hmac);
}

/* A context with the key in it. */
static EVP_MAC_CTX *
hmac_new(struct hash *ha, const void *key, size_t keylen)
{
	EVP_MAC_CTX *base, *ctx;

	if ((base = hmac_base(ha)) == NULL ||
	    (ctx = EVP_MAC_CTX_dup(base)) == NULL)
		return (NULL);
	/* A key that is NULL would mean the one from before. */
	if (!EVP_MAC_init(ctx, keylen != 0 ? key : "", keylen, NULL)) {
		EVP_MAC_CTX_free(ctx);
		return (NULL);
	}
	return (ctx);
}

static int
hmac_add(EVP_MAC_CTX *ctx, const struct span *parts, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (parts[i].s_len != 0 &&
		    !EVP_MAC_update(ctx, parts[i].s_data, parts[i].s_len))
			return (-1);
	return (0);
}

static int
hmac(struct hash *ha, const void *key, size_t keylen,
    const struct span *parts, unsigned int n, uint8_t out[PRF_MAX])
{
	EVP_MAC_CTX *ctx;
	size_t len;
	int error;

	ctx = hmac_new(ha, key, keylen);
	error = ctx == NULL || hmac_add(ctx, parts, n) == -1 ||
	    !EVP_MAC_final(ctx, out, &len, PRF_MAX);
	EVP_MAC_CTX_free(ctx);
	return (error ? crypto_fail("HMAC") : 0);
}

/*
 * PRF
 */

static struct hash *
prf_hash(uint16_t prf)
{
	size_t i;

	for (i = 0; i < nitems(prfs); i++)
		if (prfs[i].prf_id == prf)
			return (&hashes[prfs[i].prf_hash]);
	return (NULL);
}

size_t
prf_len(uint16_t prf)
{
	const struct hash *ha = prf_hash(prf);

	return (ha != NULL ? ha->ha_len : 0);
}

int
prf_calc(uint16_t prf, const void *key, size_t keylen,
    const struct span *parts, unsigned int n, uint8_t out[PRF_MAX])
{
	struct hash *ha = prf_hash(prf);

	if (ha == NULL) {
		log_debug("crypto: no PRF %u", prf);
		return (-1);
	}
	return (hmac(ha, key, keylen, parts, n, out));
}

/*
 * T1 = prf(K, S | 1), Tn = prf(K, Tn-1 | S | n).  The key is digested once:
 * each T starts from a copy of `base'.
 */
static int
prf_rounds(EVP_MAC_CTX *base, size_t len, const struct span *parts,
    unsigned int n, uint8_t *out, size_t outlen)
{
	struct span first = { 0 }, last;
	uint8_t t[PRF_MAX], count = 1;
	EVP_MAC_CTX *ctx;
	size_t got, use;
	int error = 0;

	for (; outlen != 0 && !error; count++) {
		last = (struct span){ &count, 1 };
		ctx = EVP_MAC_CTX_dup(base);
		error = ctx == NULL || hmac_add(ctx, &first, 1) == -1 ||
		    hmac_add(ctx, parts, n) == -1 ||
		    hmac_add(ctx, &last, 1) == -1 ||
		    !EVP_MAC_final(ctx, t, &got, sizeof(t));
		EVP_MAC_CTX_free(ctx);
		if (error)
			break;
		first = (struct span){ t, len };
		use = outlen < len ? outlen : len;
		memcpy(out, t, use);
		out += use;
		outlen -= use;
	}
	OPENSSL_cleanse(t, sizeof(t));
	return (error ? -1 : 0);
}

int
prf_plus(uint16_t prf, const void *key, size_t keylen,
    const struct span *parts, unsigned int n, void *out, size_t outlen)
{
	struct hash *ha = prf_hash(prf);
	EVP_MAC_CTX *base;
	int error;

	if (ha == NULL || outlen > 255 * ha->ha_len) {
		log_debug("crypto: no %zu octets from PRF %u", outlen, prf);
		return (-1);
	}
	base = hmac_new(ha, key, keylen);
	error = base == NULL ||
	    prf_rounds(base, ha->ha_len, parts, n, out, outlen) == -1;
	EVP_MAC_CTX_free(base);
	if (error) {
		OPENSSL_cleanse(out, outlen);
		return (crypto_fail("prf+"));
	}
	return (0);
}

/*
 * The protection of SK payloads
 */

static struct cipher *
skey_cipher(const struct skey *sk)
{
	size_t i;

	for (i = 0; i < nitems(ciphers); i++)
		if (ciphers[i].ci_id == sk->sk_encr.xf_id &&
		    ciphers[i].ci_keybits == sk->sk_encr.xf_keybits)
			return (&ciphers[i]);
	return (NULL);
}

static const struct integ *
skey_integ(const struct skey *sk)
{
	size_t i;

	for (i = 0; i < nitems(integs); i++)
		if (integs[i].in_id == sk->sk_integ.xf_id)
			return (&integs[i]);
	return (NULL);
}

static int
is_aead(const struct cipher *ci)
{
	return (ci->ci_block == 1);
}

int
skey_sizes(struct skey *sk)
{
	const struct cipher *ci = skey_cipher(sk);
	const struct integ *in = skey_integ(sk);

	sk->sk_ekeylen = sk->sk_akeylen = 0;
	if (ci == NULL || (is_aead(ci) ?
	    sk->sk_integ.xf_id != IKE_INTEG_NONE : in == NULL)) {
		log_debug("crypto: encryption %u with %u bits and integrity "
		    "%u are not for an IKE SA", sk->sk_encr.xf_id,
		    sk->sk_encr.xf_keybits, sk->sk_integ.xf_id);
		return (-1);
	}
	sk->sk_ekeylen = ci->ci_key;
	if (is_aead(ci))
		sk->sk_ekeylen += AEAD_SALT;
	else
		sk->sk_akeylen = hashes[in->in_hash].ha_len;
	return (0);
}

size_t
skey_ivlen(const struct skey *sk)
{
	const struct cipher *ci = skey_cipher(sk);

	if (ci == NULL)
		return (0);
	return (is_aead(ci) ? AEAD_IV : ci->ci_block);
}

size_t
skey_icvlen(const struct skey *sk)
{
	const struct cipher *ci = skey_cipher(sk);
	const struct integ *in = skey_integ(sk);

	if (ci == NULL)
		return (0);
	if (is_aead(ci))
		return (ci->ci_icv);
	return (in != NULL ? in->in_icv : 0);
}

size_t
skey_block(const struct skey *sk)
{
	const struct cipher *ci = skey_cipher(sk);

	return (ci != NULL ? ci->ci_block : 1);
}

/* One message: aad, then iv | text | icv in place. */
struct sealed {
	const void	*se_aad;
	size_t		 se_aadlen;
	uint8_t		*se_iv;
	size_t		 se_ivlen;
	uint8_t		*se_text;
	size_t		 se_len;
	uint8_t		*se_icv;
	size_t		 se_icvlen;
};

/* Memory for one, and where in it is what. NULL: the sizes are impossible. */
static uint8_t *
sealed_new(struct sealed *se, const struct skey *sk, const struct cipher *ci,
    const void *aad, size_t aadlen, size_t len)
{
	uint8_t *mem;

	se->se_ivlen = skey_ivlen(sk);
	se->se_icvlen = skey_icvlen(sk);
	if (ci == NULL || se->se_icvlen == 0 || aadlen > IKE_MAXMSG ||
	    len > IKE_MAXMSG || len % ci->ci_block != 0)
		return (NULL);
	mem = OPENSSL_malloc(se->se_ivlen + len + se->se_icvlen);
	if (mem == NULL)
		return (NULL);
	se->se_aad = aad;
	se->se_aadlen = aadlen;
	se->se_iv = mem;
	se->se_text = mem + se->se_ivlen;
	se->se_len = len;
	se->se_icv = se->se_text + len;
	return (mem);
}

/* The MAC over all that is in front of it. */
static int
sealed_mac(const struct sealed *se, const struct skey *sk,
    uint8_t mac[PRF_MAX])
{
	struct span parts[2] = {
		{ se->se_aad, se->se_aadlen },
		{ se->se_iv, se->se_ivlen + se->se_len },
	};

	return (hmac(&hashes[skey_integ(sk)->in_hash], sk->sk_akey,
	    sk->sk_akeylen, parts, 2, mac));
}

/* A context for one message, NULL: libcrypto does not have the cipher. */
static EVP_CIPHER_CTX *
cipher_start(struct cipher *ci, const struct sealed *se,
    const struct skey *sk, int encrypt)
{
	uint8_t nonce[AEAD_SALT + AEAD_IV];
	EVP_CIPHER_CTX *ctx;
	const uint8_t *iv = se->se_iv;

	if (ci->ci_evp == NULL) {
		cache_start();
		ci->ci_evp = EVP_CIPHER_fetch(NULL, ci->ci_name, NULL);
	}
	if (ci->ci_evp == NULL || (ctx = EVP_CIPHER_CTX_new()) == NULL)
		return (NULL);
	if (is_aead(ci)) {
		memcpy(nonce, sk->sk_ekey + ci->ci_key, AEAD_SALT);
		memcpy(nonce + AEAD_SALT, se->se_iv, AEAD_IV);
		iv = nonce;
	}
	if (!EVP_CipherInit_ex2(ctx, ci->ci_evp, sk->sk_ekey, iv, encrypt,
	    NULL) || !EVP_CIPHER_CTX_set_padding(ctx, 0)) {
		EVP_CIPHER_CTX_free(ctx);
		ctx = NULL;
	}
	OPENSSL_cleanse(nonce, sizeof(nonce));
	return (ctx);
}

/* The text in place; an AEAD makes or checks the ICV on the way. */
static int
cipher_run(struct cipher *ci, const struct sealed *se, const struct skey *sk,
    int encrypt)
{
	EVP_CIPHER_CTX *ctx;
	uint8_t none[IV_MAX];
	int aead = is_aead(ci), len, ok;

	if ((ctx = cipher_start(ci, se, sk, encrypt)) == NULL)
		return (-1);
	ok = 1;
	if (aead && !encrypt)
		ok = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG,
		    se->se_icvlen, se->se_icv);
	if (ok && aead && se->se_aadlen != 0)
		ok = EVP_CipherUpdate(ctx, NULL, &len, se->se_aad,
		    se->se_aadlen);
	if (ok && se->se_len != 0)
		ok = EVP_CipherUpdate(ctx, se->se_text, &len, se->se_text,
		    se->se_len);
	if (ok)
		ok = EVP_CipherFinal_ex(ctx, none, &len);
	if (ok && aead && encrypt)
		ok = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG,
		    se->se_icvlen, se->se_icv);
	EVP_CIPHER_CTX_free(ctx);
	return (ok > 0 ? 0 : -1);
}

static int
seal(struct cipher *ci, struct sealed *se, const struct skey *sk,
    uint64_t counter)
{
	uint8_t mac[PRF_MAX];
	int i;

	if (is_aead(ci)) {
		for (i = AEAD_IV; i-- > 0; counter >>= 8)
			se->se_iv[i] = counter & 0xff;
		return (cipher_run(ci, se, sk, 1));
	}
	if (RAND_bytes(se->se_iv, se->se_ivlen) != 1 ||
	    cipher_run(ci, se, sk, 1) == -1 || sealed_mac(se, sk, mac) == -1)
		return (-1);
	memcpy(se->se_icv, mac, se->se_icvlen);
	return (0);
}

/*
 * Seal and open work in memory of their own, as aad or data may well lie in
 * the buffer that the result goes to, which moves when it grows.
 */
int
skey_seal(const struct skey *sk, uint64_t counter, const void *aad,
    size_t aadlen, const void *plain, size_t len, struct buf *out)
{
	struct cipher *ci = skey_cipher(sk);
	struct sealed se;
	uint8_t *mem;
	size_t total;
	int error;

	if ((mem = sealed_new(&se, sk, ci, aad, aadlen, len)) == NULL)
		return (crypto_fail("seal: size or transforms"));
	total = se.se_ivlen + se.se_len + se.se_icvlen;
	if (len != 0)
		memcpy(se.se_text, plain, len);
	if ((error = seal(ci, &se, sk, counter)) == -1)
		crypto_fail("seal");
	else
		buf_put(out, mem, total);
	OPENSSL_clear_free(mem, total);
	return (error == -1 || out->b_failed ? -1 : 0);
}

/* The MAC is looked at before anything is deciphered. */
static int
open_sealed(struct cipher *ci, struct sealed *se, const struct skey *sk)
{
	uint8_t mac[PRF_MAX];

	if (!is_aead(ci) && (sealed_mac(se, sk, mac) == -1 ||
	    !crypto_equal(mac, se->se_icv, se->se_icvlen)))
		return (-1);
	return (cipher_run(ci, se, sk, 0));
}

int
skey_open(const struct skey *sk, const void *aad, size_t aadlen,
    const void *data, size_t len, struct buf *plain)
{
	struct cipher *ci = skey_cipher(sk);
	size_t over = skey_ivlen(sk) + skey_icvlen(sk);
	struct sealed se;
	uint8_t *mem;
	int error;

	if (len < over || (mem = sealed_new(&se, sk, ci, aad, aadlen,
	    len - over)) == NULL)
		return (crypto_fail("open: size or transforms"));
	memcpy(mem, data, len);
	if ((error = open_sealed(ci, &se, sk)) == -1)
		crypto_fail("open: not authentic");
	else
		buf_put(plain, se.se_text, se.se_len);
	OPENSSL_clear_free(mem, len);
	return (error == -1 || plain->b_failed ? -1 : 0);
}
