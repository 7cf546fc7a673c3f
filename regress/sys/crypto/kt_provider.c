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
 * Every provider that this processor can run against the portable one:
 * the same packets, the same ICVs, and the same refusals.
 */
#include <sys/ktest.h>

#include <crypto/cryptodev.h>
#include <crypto/xform.h>

#include <machine/md.h>

#include "kt_ref.h"

#define DENSE_MAX	300	/* up to here every length of every suite */
#define LEN_MAX		2100
#define HUGE_MAX	65535
#define PKT_MAX		(CRYPTO_AAD_LEN + XFORM_MAXIV + HUGE_MAX)

/* fastest first, and what each must serve where it runs */
static const struct {
	const char	*name;
	int		 enc, auth;
	size_t		 enckeylen, authkeylen;
} expected[] = {
	{ "gcm-avx512",	CRYPTO_AES_GCM_16, CRYPTO_AES_128_GMAC, 20, 0 },
	{ "gcm-avx2",	CRYPTO_AES_GCM_16, CRYPTO_AES_192_GMAC, 28, 0 },
	{ "gcm-aesni",	CRYPTO_AES_GCM_16, CRYPTO_AES_256_GMAC, 36, 0 },
	{ "chacha-avx512", CRYPTO_CHACHA20_POLY1305,
	  CRYPTO_CHACHA20_POLY1305_MAC, 36, 0 },
	{ "chacha-avx2", CRYPTO_CHACHA20_POLY1305,
	  CRYPTO_CHACHA20_POLY1305_MAC, 36, 0 },
	{ "gcm-avx512",	CRYPTO_AES_GMAC, CRYPTO_AES_128_GMAC, 20, 0 },
	{ "gcm-avx2",	CRYPTO_AES_GMAC, CRYPTO_AES_256_GMAC, 36, 0 },
	{ "gcm-aesni",	CRYPTO_AES_GMAC, CRYPTO_AES_192_GMAC, 28, 0 },
	{ "aesni-sha",	CRYPTO_AES_CTR, CRYPTO_SHA2_256_HMAC, 20, 32 },
	{ "aesni-sha",	0, CRYPTO_SHA1_HMAC, 0, 20 },
	{ "aesni-sha",	CRYPTO_AES_CBC, CRYPTO_SHA1_HMAC, 16, 20 },
	{ "aesni-sha",	CRYPTO_NULL, CRYPTO_SHA2_256_HMAC, 0, 32 },
	{ "aesni",	CRYPTO_AES_CBC, CRYPTO_SHA2_512_HMAC, 32, 64 },
};

struct suite {
	struct crypto_params	 cp;
	const struct enc_xform	*enc;
	uint8_t			 enckey[64], authkey[64];
	size_t			 aadlen;	/* 0: a hash alone, for AH */
	size_t			 ivlen;
	struct crypto_session	*soft;
	struct crypto_session	*fast[CRYPTO_MAXPROVIDERS];
	int			 nfast;
	char			 what[64];
};

/* a packet as it shall be, and the one at work, which others compare */
struct work {
	size_t		 len, total;	/* payload; with header and IV */
	struct cryptop	 crp;
	uint8_t		*mem;		/* ends where the packet does */
	uint8_t		*p;
	uint8_t		 icv[XFORM_MAXICV + 1];
};
static uint8_t plain[PKT_MAX], cipher[PKT_MAX];
static uint8_t good_icv[XFORM_MAXICV];
static uint8_t ah_iv[CRYPTO_SEQIV_LEN];

static void
set_request(struct cryptop *crp, const struct suite *s, uint8_t *p,
    size_t len, uint8_t *icv)
{
	crp->crp_aad = p;
	crp->crp_aadlen = s->aadlen;
	crp->crp_iv = s->enc == NULL ? ah_iv : p + s->aadlen;
	crp->crp_data = p + s->aadlen + s->ivlen;
	crp->crp_len = len;
	crp->crp_icv = icv;
}

/*
 * Memory from the host, so that its address sanitizer sees what reads or
 * writes behind it; the packet begins anywhere.
 */
static void
work_init(struct work *w, const struct suite *s, size_t len)
{
	size_t off = kt_random() % 64, icvlen = s->cp.cp_icvlen;
	int behind = kt_random() & 1;

	w->len = len;
	w->total = s->aadlen + s->ivlen + len;
	w->mem = md_alloc(off + w->total + (behind ? icvlen : 0), 16);
	if (w->mem == NULL)
		panic("kt_provider: no memory");
	w->p = w->mem + off;
	w->crp.crp_esn = kt_random();
	set_request(&w->crp, s, w->p, len, behind ? w->p + w->total : w->icv);
	kt_fill(plain, w->total);
	kt_fill(w->icv, sizeof(w->icv));
}

/* what the portable provider makes of it */
static int
reference(const struct work *w, const struct suite *s, int flags)
{
	struct cryptop crp = w->crp;

	memcpy(cipher, plain, w->total);
	set_request(&crp, s, cipher, w->len, good_icv);
	crp.crp_session = s->soft;
	crp.crp_flags = flags | CRYPTO_F_ENCRYPT;
	return (crypto_invoke(&crp));
}

static void
forge(struct work *w, const struct suite *s, int flags)
{
	uint8_t *at, bit = 1 << kt_random() % 8;
	uint32_t r = kt_random();

	if (r % 4 == 0 && (flags & CRYPTO_F_ESN))
		at = (uint8_t *)&w->crp.crp_esn + kt_random() % 4;
	else if (r % 4 == 1 && s->aadlen > 0)
		at = w->p + kt_random() % s->aadlen;
	else if (r % 4 == 2 && w->total > 0)
		at = w->p + kt_random() % w->total;
	else
		at = w->crp.crp_icv + kt_random() % s->cp.cp_icvlen;
	*at ^= bit;
	memcpy(plain, w->p, w->total);
	if (crypto_invoke(&w->crp) != EBADMSG)
		KT_FAIL("%s %s length %zu: a forgery is taken",
		    crypto_provider_name(w->crp.crp_session), s->what,
		    w->len);
	if (memcmp(w->p, plain, w->total) != 0)
		KT_FAIL("%s %s length %zu: a forgery was changed",
		    crypto_provider_name(w->crp.crp_session), s->what,
		    w->len);
	*at ^= bit;
}

static int
same(const struct work *w, const struct suite *s, const uint8_t *want,
    uint8_t canary)
{
	return (memcmp(w->p, want, w->total) == 0 &&
	    memcmp(w->crp.crp_icv, good_icv, s->cp.cp_icvlen) == 0 &&
	    w->icv[XFORM_MAXICV] == canary);
}

static void
check_provider(struct work *w, const struct suite *s,
    struct crypto_session *cs, int flags)
{
	const char *name = crypto_provider_name(cs);
	uint8_t canary = w->icv[XFORM_MAXICV];

	w->crp.crp_session = cs;
	w->crp.crp_flags = flags | CRYPTO_F_ENCRYPT;
	memcpy(w->p, plain, w->total);
	KT_EQ(crypto_invoke(&w->crp), 0);
	if (!same(w, s, cipher, canary))
		KT_FAIL("%s %s length %zu%s: not what the portable says",
		    name, s->what, w->len, flags ? " with ESN" : "");
	w->crp.crp_flags = flags;
	KT_EQ(crypto_invoke(&w->crp), 0);
	if (!same(w, s, plain, canary))
		KT_FAIL("%s %s length %zu%s: does not decrypt", name,
		    s->what, w->len, flags ? " with ESN" : "");
}

static void
check_forgery(struct work *w, const struct suite *s,
    struct crypto_session *cs, int flags)
{
	w->crp.crp_session = cs;
	w->crp.crp_flags = flags;
	memcpy(w->p, cipher, w->total);
	memcpy(w->crp.crp_icv, good_icv, s->cp.cp_icvlen);
	forge(w, s, flags);
}

static void
check_length(const struct suite *s, size_t len, int flags)
{
	struct work w;
	int i;

	work_init(&w, s, len);
	KT_EQ(reference(&w, s, flags), 0);
	for (i = 0; i < s->nfast; i++)
		check_provider(&w, s, s->fast[i], flags);
	/* spoils the plaintext */
	for (i = 0; i < s->nfast && s->cp.cp_icvlen != 0; i++)
		check_forgery(&w, s, s->fast[i], flags);
	md_free(w.mem);
}

static void
check_lengths(const struct suite *s)
{
	size_t len, step, block = s->enc == NULL ? 1 : s->enc->blocksize;
	int aead = s->enc != NULL && s->enc->mac != XFORM_NOMAC;
	unsigned long i;

	/* a step of one block when counts are full */
	for (len = 0; len <= LEN_MAX; len += step * block) {
		check_length(s, len, kt_random() & CRYPTO_F_ESN);
		step = aead || len < DENSE_MAX ? 1 :
		    1 + kt_random() % (17 - ulmin(16, kt_count(16)));
	}
	for (i = kt_count(10); i > 0; i--) {
		len = LEN_MAX + kt_random() % (HUGE_MAX - LEN_MAX);
		check_length(s, len - len % block,
		    kt_random() & CRYPTO_F_ESN);
	}
}

static int
set_params(struct suite *s, const struct enc_xform *enc, size_t keylen,
    const struct auth_hash *auth)
{
	memset(s, 0, sizeof(*s));
	kt_fill(s->enckey, sizeof(s->enckey));
	kt_fill(s->authkey, sizeof(s->authkey));
	s->enc = enc;
	s->cp.cp_enc = enc == NULL ? 0 : enc->type;
	s->cp.cp_enckey = s->enckey;
	s->cp.cp_enckeylen = keylen;
	s->aadlen = enc == NULL ? 0 : CRYPTO_AAD_LEN;
	s->ivlen = enc == NULL ? 0 : enc->ivsize;
	s->cp.cp_auth = auth == NULL ? 0 : auth->type;
	s->cp.cp_authkey = s->authkey;
	s->cp.cp_authkeylen = auth == NULL || auth->mac != XFORM_NOMAC ? 0 :
	    auth->keysize;
	s->cp.cp_icvlen = auth == NULL ? 0 : auth->authsize;
	snprintf(s->what, sizeof(s->what), "%s/%zu/%s", enc == NULL ? "-" :
	    enc->name, keylen, auth == NULL ? "-" : auth->name);
	return (crypto_newsession_on("soft", &s->soft, &s->cp));
}

/* one combination of algorithms, if there is such */
static void
check_suite(const struct enc_xform *enc, size_t keylen,
    const struct auth_hash *auth)
{
	static struct suite s;
	const char *name;
	int i;

	if (set_params(&s, enc, keylen, auth) != 0)
		return;
	for (i = 0; (name = crypto_provider_nth(i)) != NULL; i++)
		if (strcmp(name, "soft") != 0 && crypto_newsession_on(name,
		    &s.fast[s.nfast], &s.cp) == 0)
			s.nfast++;
	if (s.nfast > 0)
		check_lengths(&s);
	for (i = 0; i < s.nfast; i++)
		crypto_freesession(s.fast[i]);
	crypto_freesession(s.soft);
}

static void
check_cipher(const struct enc_xform *enc, size_t keylen)
{
	const struct auth_hash *auth;

	check_suite(enc, keylen, NULL);
	for (auth = auth_hashes; auth->type != 0; auth++)
		check_suite(enc, keylen, auth);
}

KTEST(provider_all, "each provider equals the portable one at every length")
{
	const struct enc_xform *enc;
	size_t keylen;

	check_cipher(NULL, 0);
	for (enc = enc_xforms; enc->type != 0; enc++) {
		if (enc->type == CRYPTO_NULL) {
			check_cipher(enc, 0);
			continue;
		}
		for (keylen = enc->minkey; keylen <= enc->maxkey;
		    keylen += enc->keystep)
			check_cipher(enc, keylen);
	}
}

/* one that cannot run here is missed, one that can has its algorithm */
KTEST(provider_known, "providers are there and serve what they are for")
{
	struct crypto_session *cs;
	uint8_t key[64], authkey[64];
	struct crypto_params cp;
	int error, i;

	kt_fill(key, sizeof(key));
	kt_fill(authkey, sizeof(authkey));
	for (i = 0; i < nitems(expected); i++) {
		memset(&cp, 0, sizeof(cp));
		cp.cp_enc = expected[i].enc;
		cp.cp_enckey = key;
		cp.cp_enckeylen = expected[i].enckeylen;
		cp.cp_auth = expected[i].auth;
		cp.cp_authkey = authkey;
		cp.cp_authkeylen = expected[i].authkeylen;
		cp.cp_icvlen = auth_hash_find(cp.cp_auth)->authsize;
		error = crypto_newsession_on(expected[i].name, &cs, &cp);
		if (error == ENOENT) {
			kt_say("skipped: %s does not run on this processor\n",
			    expected[i].name);
			continue;
		}
		KT_EQ(error, 0);
		KT_EQ(strcmp(crypto_provider_name(cs), expected[i].name), 0);
		crypto_freesession(cs);
	}
}
