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

#include <sys/ktest.h>
#include <sys/malloc.h>

#include <crypto/cryptodev.h>
#include <crypto/xform.h>

#include "kt_ref.h"

#define MAXLEN		300	/* of payloads tried */
#define PKTLEN		(CRYPTO_AAD_LEN + XFORM_MAXIV + MAXLEN + 20)

/* everything ESP and AH may ask for */
static const struct suite {
	int	enc, auth;
	size_t	enckeylen, authkeylen;
} suites[] = {
	{ CRYPTO_AES_GCM_16,	CRYPTO_AES_128_GMAC,	20, 0 },
	{ CRYPTO_AES_GCM_16,	CRYPTO_AES_192_GMAC,	28, 0 },
	{ CRYPTO_AES_GCM_16,	CRYPTO_AES_256_GMAC,	36, 0 },
	{ CRYPTO_AES_CBC,	CRYPTO_SHA2_256_HMAC,	16, 32 },
	{ CRYPTO_AES_CBC,	CRYPTO_SHA2_384_HMAC,	24, 48 },
	{ CRYPTO_AES_CBC,	CRYPTO_SHA2_512_HMAC,	32, 64 },
	{ CRYPTO_AES_CBC,	0,			32, 0 },
	{ CRYPTO_AES_CTR,	CRYPTO_SHA1_HMAC,	20, 20 },
	{ CRYPTO_AES_CTR,	CRYPTO_SHA2_256_HMAC,	28, 32 },
	{ CRYPTO_AES_CTR,	0,			36, 0 },
	{ CRYPTO_3DES_CBC,	CRYPTO_SHA1_HMAC,	24, 20 },
	{ CRYPTO_3DES_CBC,	0,			24, 0 },
	{ CRYPTO_AES_GMAC,	CRYPTO_AES_128_GMAC,	20, 0 },
	{ CRYPTO_AES_GMAC,	CRYPTO_AES_192_GMAC,	28, 0 },
	{ CRYPTO_AES_GMAC,	CRYPTO_AES_256_GMAC,	36, 0 },
	{ CRYPTO_NULL,		CRYPTO_SHA2_384_HMAC,	0, 48 },
	{ CRYPTO_NULL,		CRYPTO_SHA2_512_HMAC,	0, 64 },
	{ CRYPTO_AES_CBC,	CRYPTO_SHA1_HMAC,	16, 20 },
	{ CRYPTO_CHACHA20_POLY1305, CRYPTO_CHACHA20_POLY1305_MAC, 36, 0 },
	{ CRYPTO_NULL,		CRYPTO_SHA1_HMAC,	0, 20 },
	{ CRYPTO_NULL,		CRYPTO_SHA2_256_HMAC,	0, 32 },
	{ 0,			CRYPTO_SHA1_HMAC,	0, 20 },
	{ 0,			CRYPTO_SHA2_256_HMAC,	0, 32 },
	{ 0,			CRYPTO_SHA2_384_HMAC,	0, 48 },
	{ 0,			CRYPTO_SHA2_512_HMAC,	0, 64 },
	{ 0,			CRYPTO_AES_128_GMAC,	0, 20 },
	{ 0,			CRYPTO_AES_192_GMAC,	0, 28 },
	{ 0,			CRYPTO_AES_256_GMAC,	0, 36 },
};

/* a packet with its session's keys and a request that points into it */
struct packet {
	struct cryptop	 crp;
	uint8_t		 enckey[40], authkey[64];
	struct crypto_params cp;
	uint8_t		 buf[PKTLEN], icv[XFORM_MAXICV + 1];
	uint8_t		 iv[CRYPTO_SEQIV_LEN];	/* where it is not in buf */
	size_t		 aadlen, ivlen, block;
};

static void
set_params(struct packet *pkt, const struct suite *s)
{
	const struct enc_xform *enc = enc_xform_find(s->enc);
	const struct auth_hash *auth = auth_hash_find(s->auth);

	memset(pkt, 0, sizeof(*pkt));
	pkt->cp.cp_enc = s->enc;
	pkt->cp.cp_auth = s->auth;
	pkt->cp.cp_enckey = pkt->enckey;
	pkt->cp.cp_enckeylen = s->enckeylen;
	pkt->cp.cp_authkey = pkt->authkey;
	pkt->cp.cp_authkeylen = s->authkeylen;
	pkt->cp.cp_icvlen = auth == NULL ? 0 : auth->authsize;
	pkt->aadlen = enc == NULL ? 0 : CRYPTO_AAD_LEN;
	pkt->ivlen = enc == NULL ? 0 : enc->ivsize;
	pkt->block = enc == NULL ? 1 : enc->blocksize;
	kt_fill(pkt->enckey, sizeof(pkt->enckey));
	kt_fill(pkt->authkey, sizeof(pkt->authkey));
	kt_fill(pkt->iv, sizeof(pkt->iv));
}

static void
set_request(struct packet *pkt, size_t len, int flags)
{
	struct cryptop *crp = &pkt->crp;

	crp->crp_flags = flags;
	crp->crp_aad = pkt->buf;
	crp->crp_aadlen = pkt->aadlen;
	crp->crp_iv = pkt->aadlen == 0 ? pkt->iv : pkt->buf + pkt->aadlen;
	crp->crp_data = pkt->buf + pkt->aadlen + pkt->ivlen;
	crp->crp_len = len;
	crp->crp_icv = pkt->icv;
	crp->crp_esn = kt_random();
}

/* the ESP header, with the whole sequence number if there is ESN */
static size_t
ref_header(const struct cryptop *crp, const uint8_t *buf, uint8_t *aad)
{
	int esn = (crp->crp_flags & CRYPTO_F_ESN) != 0;

	memcpy(aad, buf, 4);
	memcpy(aad + 4, &crp->crp_esn, 4);
	memcpy(aad + (esn ? 8 : 4), buf + 4, 4);
	return (esn ? 12 : 8);
}

static void
ref_combined(const struct packet *pkt, uint8_t *buf, const uint8_t *nonce,
    uint8_t *icv)
{
	const struct cryptop *crp = &pkt->crp;
	uint8_t *data = buf + pkt->aadlen + pkt->ivlen;
	uint8_t aad[12 + 8 + MAXLEN];
	size_t n = ref_header(crp, buf, aad);
	size_t keylen = pkt->cp.cp_enckeylen - 4;

	switch (pkt->cp.cp_enc) {
	case CRYPTO_AES_GCM_16:
		ref_gcm_seal(pkt->enckey, keylen, nonce, aad, n, data,
		    crp->crp_len, icv);
		break;
	case CRYPTO_AES_GMAC:
		memcpy(aad + n, buf + 8, 8 + crp->crp_len);
		ref_gcm_seal(pkt->enckey, keylen, nonce, aad,
		    n + 8 + crp->crp_len, NULL, 0, icv);
		break;
	case CRYPTO_CHACHA20_POLY1305:
		ref_chachapoly_seal(pkt->enckey, nonce, aad, n, data,
		    crp->crp_len, icv);
		break;
	}
}

/* over the packet, and with ESN the high word behind it */
static void
ref_mac(const struct packet *pkt, const uint8_t *buf, uint8_t *icv)
{
	const struct cryptop *crp = &pkt->crp;
	const struct crypto_params *cp = &pkt->cp;
	uint8_t digest[64], msg[PKTLEN + 4], nonce[12];
	size_t len = pkt->aadlen + pkt->ivlen + crp->crp_len;
	size_t keylen = cp->cp_authkeylen;

	memcpy(msg, buf, len);
	if (crp->crp_flags & CRYPTO_F_ESN) {
		memcpy(msg + len, &crp->crp_esn, 4);
		len += 4;
	}
	if (auth_hash_find(cp->cp_auth)->mac == XFORM_GMAC) {
		keylen -= 4;
		memcpy(nonce, pkt->authkey + keylen, 4);
		memcpy(nonce + 4, crp->crp_iv, 8);
		ref_gcm_seal(pkt->authkey, keylen, nonce, msg, len, NULL, 0,
		    digest);
	} else
		ref_hmac(cp->cp_auth, pkt->authkey, keylen, msg, len, digest);
	memcpy(icv, digest, cp->cp_icvlen);
}

/* what the packet and its ICV must become, the slow way */
static void
ref_encrypt(const struct packet *pkt, uint8_t *buf, uint8_t *icv)
{
	const struct crypto_params *cp = &pkt->cp;
	uint8_t *data = buf + pkt->aadlen + pkt->ivlen, nonce[12];
	size_t len = pkt->crp.crp_len, keylen = cp->cp_enckeylen;

	memcpy(nonce, pkt->enckey + keylen - 4, keylen < 4 ? 0 : 4);
	memcpy(nonce + 4, buf + 8, 8);
	if (cp->cp_enc == CRYPTO_AES_CBC)
		ref_cbc_encrypt(pkt->enckey, keylen, buf + 8, data, len);
	else if (cp->cp_enc == CRYPTO_3DES_CBC)
		ref_des3_cbc_encrypt(pkt->enckey, buf + 8, data, len);
	else if (cp->cp_enc == CRYPTO_AES_CTR)
		ref_ctr_crypt(pkt->enckey, keylen - 4, nonce, data, len);
	else if (cp->cp_enc != 0 && cp->cp_enc != CRYPTO_NULL)
		ref_combined(pkt, buf, nonce, icv);
	if (cp->cp_auth != 0 && (cp->cp_enc == 0 || cp->cp_authkeylen != 0))
		ref_mac(pkt, buf, icv);
}

static void
check_packet(struct packet *pkt, size_t len, int flags)
{
	uint8_t plain[PKTLEN], ref[PKTLEN], icv[XFORM_MAXICV + 1];

	set_request(pkt, len, flags | CRYPTO_F_ENCRYPT);
	kt_fill(pkt->buf, sizeof(pkt->buf));
	kt_fill(pkt->icv, sizeof(pkt->icv));
	memcpy(plain, pkt->buf, sizeof(plain));
	memcpy(ref, pkt->buf, sizeof(ref));
	memcpy(icv, pkt->icv, sizeof(icv));
	ref_encrypt(pkt, ref, icv);

	KT_EQ(crypto_invoke(&pkt->crp), 0);
	KT_MEMEQ(pkt->buf, ref, sizeof(ref));
	KT_MEMEQ(pkt->icv, icv, sizeof(icv));
	pkt->crp.crp_flags = flags;
	KT_EQ(crypto_invoke(&pkt->crp), 0);
	KT_MEMEQ(pkt->buf, plain, sizeof(plain));
	KT_MEMEQ(pkt->icv, icv, sizeof(icv));
}

/* every length the cipher can take */
static void
check_suite(const char *provider, const struct suite *s)
{
	struct packet pkt;
	size_t len;
	int error;

	set_params(&pkt, s);
	error = crypto_newsession_on(provider, &pkt.crp.crp_session, &pkt.cp);
	if (error == EINVAL && strcmp(provider, "soft") != 0)
		return;		/* not one of its algorithms */
	KT_EQ(error, 0);
	KT_EQ(strcmp(crypto_provider_name(pkt.crp.crp_session), provider), 0);
	for (len = 0; len <= MAXLEN; len += pkt.block)
		check_packet(&pkt, len, kt_random() & CRYPTO_F_ESN);
	crypto_freesession(pkt.crp.crp_session);
}

KTEST(crypto_random, "each provider equals bytewise ESP at lengths 0 to 300")
{
	const char *provider;
	int i, n;

	KT_ASSERT(crypto_provider_nth(0) != NULL);
	for (n = 0; (provider = crypto_provider_nth(n)) != NULL; n++)
		for (i = 0; i < nitems(suites); i++)
			check_suite(provider, &suites[i]);
}

/* a packet with one changed byte at p must be refused and left alone */
static void
check_forged(struct packet *pkt, uint8_t *p)
{
	uint8_t before[PKTLEN];

	*p ^= 1 << kt_random() % 8;
	memcpy(before, pkt->buf, sizeof(before));
	KT_EQ(crypto_invoke(&pkt->crp), EBADMSG);
	KT_MEMEQ(pkt->buf, before, sizeof(before));
}

static void
check_forgeries(const char *provider, const struct suite *s)
{
	struct packet pkt, good;
	size_t i, len = 96;

	set_params(&pkt, s);
	if (s->auth == 0 || crypto_newsession_on(provider,
	    &pkt.crp.crp_session, &pkt.cp) == EINVAL)
		return;
	set_request(&pkt, len, CRYPTO_F_ENCRYPT | CRYPTO_F_ESN);
	kt_fill(pkt.buf, sizeof(pkt.buf));
	KT_EQ(crypto_invoke(&pkt.crp), 0);
	pkt.crp.crp_flags &= ~CRYPTO_F_ENCRYPT;
	good = pkt;
	for (i = 0; i < pkt.cp.cp_icvlen; i++) {
		check_forged(&pkt, &pkt.icv[i]);
		memcpy(pkt.icv, good.icv, sizeof(pkt.icv));
	}
	for (i = 0; i < pkt.aadlen + pkt.ivlen + len; i++) {
		check_forged(&pkt, &pkt.buf[i]);
		memcpy(pkt.buf, good.buf, sizeof(pkt.buf));
	}
	for (i = 0; i < 4; i++) {
		check_forged(&pkt, (uint8_t *)&pkt.crp.crp_esn + i);
		pkt.crp.crp_esn = good.crp.crp_esn;
	}
	pkt.crp.crp_flags &= ~CRYPTO_F_ESN;
	KT_EQ(crypto_invoke(&pkt.crp), EBADMSG);
	pkt.crp.crp_flags |= CRYPTO_F_ESN;
	KT_EQ(crypto_invoke(&pkt.crp), 0);
	crypto_freesession(pkt.crp.crp_session);
}

KTEST(crypto_forged, "one wrong byte anywhere is refused, nothing decrypted")
{
	const char *provider;
	int i, n;

	for (n = 0; (provider = crypto_provider_nth(n)) != NULL; n++)
		for (i = 0; i < nitems(suites); i++)
			check_forgeries(provider, &suites[i]);
}

static void
check_refused(struct packet *pkt, struct cryptop *crp)
{
	uint8_t before[PKTLEN];

	memcpy(before, pkt->buf, sizeof(before));
	KT_EQ(crypto_invoke(crp), EINVAL);
	KT_MEMEQ(pkt->buf, before, sizeof(before));
}

KTEST(crypto_request, "requests that break a rule are EINVAL and untouched")
{
	const struct suite s = { CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC, 16, 32 };
	struct packet pkt;
	struct cryptop crp;
	size_t len;

	set_params(&pkt, &s);
	KT_EQ(crypto_newsession(&pkt.crp.crp_session, &pkt.cp), 0);
	set_request(&pkt, 64, CRYPTO_F_ENCRYPT);
	for (len = 49; len < 64; len++) {
		crp = pkt.crp;
		crp.crp_len = len;
		check_refused(&pkt, &crp);
	}
	crp = pkt.crp;
	crp.crp_flags |= 0x80;
	check_refused(&pkt, &crp);
	crp = pkt.crp;
	crp.crp_aadlen = 12;
	check_refused(&pkt, &crp);
	crp = pkt.crp;
	crp.crp_iv++;
	check_refused(&pkt, &crp);
	crp = pkt.crp;
	crp.crp_data++;
	check_refused(&pkt, &crp);
	crp = pkt.crp;
	crp.crp_icv = NULL;
	check_refused(&pkt, &crp);
	KT_EQ(crypto_invoke(&pkt.crp), 0);
	crypto_freesession(pkt.crp.crp_session);
}

KTEST(crypto_hashonly, "without a cipher there is data and no header")
{
	const struct suite s = { 0, CRYPTO_AES_128_GMAC, 0, 20 };
	struct packet pkt;
	struct cryptop crp;

	set_params(&pkt, &s);
	KT_EQ(crypto_newsession(&pkt.crp.crp_session, &pkt.cp), 0);
	set_request(&pkt, 64, CRYPTO_F_ENCRYPT);
	crp = pkt.crp;
	crp.crp_aadlen = CRYPTO_AAD_LEN;
	check_refused(&pkt, &crp);
	crp = pkt.crp;
	crp.crp_data++;
	check_refused(&pkt, &crp);
	KT_EQ(crypto_invoke(&pkt.crp), 0);
	pkt.crp.crp_flags = 0;
	KT_EQ(crypto_invoke(&pkt.crp), 0);
	pkt.iv[7] ^= 1;
	KT_EQ(crypto_invoke(&pkt.crp), EBADMSG);
	crypto_freesession(pkt.crp.crp_session);
}

KTEST(crypto_params, "parameters without a meaning are EINVAL")
{
	static const struct {
		int enc, auth;
		size_t enckeylen, authkeylen, icvlen;
	} bad[] = {
		{ 0, 0, 0, 0, 0 },
		{ CRYPTO_NULL, 0, 0, 0, 0 },
		{ 99, CRYPTO_SHA2_256_HMAC, 16, 32, 16 },
		{ CRYPTO_AES_CBC, 99, 16, 32, 16 },
		{ CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC, 0, 32, 16 },
		{ CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC, 20, 32, 16 },
		{ CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC, 40, 32, 16 },
		{ CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC, 16, 31, 16 },
		{ CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC, 16, 32, 12 },
		{ CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC, 16, 32, 0 },
		{ CRYPTO_AES_CBC, CRYPTO_AES_128_GMAC, 16, 20, 16 },
		{ CRYPTO_AES_CBC, 0, 16, 0, 16 },
		{ CRYPTO_AES_CBC, 0, 16, 32, 0 },
		{ CRYPTO_AES_GCM_16, 0, 20, 0, 16 },
		{ CRYPTO_AES_GCM_16, CRYPTO_AES_128_GMAC, 16, 0, 16 },
		{ CRYPTO_AES_GCM_16, CRYPTO_AES_256_GMAC, 20, 0, 16 },
		{ CRYPTO_AES_GCM_16, CRYPTO_AES_128_GMAC, 20, 20, 16 },
		{ CRYPTO_AES_GCM_16, CRYPTO_AES_128_GMAC, 20, 0, 8 },
		{ CRYPTO_AES_GCM_16, CRYPTO_SHA2_256_HMAC, 20, 32, 16 },
		{ CRYPTO_CHACHA20_POLY1305, CRYPTO_CHACHA20_POLY1305_MAC,
		    32, 0, 16 },
		{ CRYPTO_CHACHA20_POLY1305, CRYPTO_AES_256_GMAC, 36, 0, 16 },
		{ CRYPTO_AES_GCM_16, CRYPTO_CHACHA20_POLY1305_MAC, 36, 0, 16 },
		{ 0, CRYPTO_CHACHA20_POLY1305_MAC, 0, 36, 16 },
		{ 0, CRYPTO_AES_128_GMAC, 0, 16, 16 },
		{ 0, CRYPTO_AES_128_GMAC, 20, 0, 16 },
		{ CRYPTO_NULL, CRYPTO_AES_128_GMAC, 0, 20, 16 },
		{ CRYPTO_AES_GMAC, CRYPTO_AES_128_GMAC, 28, 0, 16 },
		{ CRYPTO_AES_GMAC, CRYPTO_SHA2_256_HMAC, 20, 32, 16 },
		{ CRYPTO_AES_CTR, CRYPTO_AES_128_GMAC, 20, 0, 16 },
		{ CRYPTO_AES_CTR, CRYPTO_SHA1_HMAC, 16, 20, 12 },
		{ CRYPTO_3DES_CBC, CRYPTO_SHA1_HMAC, 16, 20, 12 },
		{ CRYPTO_3DES_CBC, CRYPTO_SHA1_HMAC, 24, 20, 16 },
		{ 0, CRYPTO_SHA2_256_HMAC, 16, 32, 16 },
	};
	struct crypto_session *cs;
	struct crypto_params cp;
	uint8_t key[64] = { 0 };
	int i;

	memset(&cp, 0, sizeof(cp));
	cp.cp_enckey = cp.cp_authkey = key;
	for (i = 0; i < nitems(bad); i++) {
		cp.cp_enc = bad[i].enc;
		cp.cp_auth = bad[i].auth;
		cp.cp_enckeylen = bad[i].enckeylen;
		cp.cp_authkeylen = bad[i].authkeylen;
		cp.cp_icvlen = bad[i].icvlen;
		if (crypto_newsession(&cs, &cp) != EINVAL || cs != NULL)
			KT_FAIL("parameters %d were accepted", i);
	}
}

/* a provider that can be told what to do */
static struct {
	int	 able;
	int	 error;
	int	 clean;		/* state came zeroed and aligned */
	int	 freed;
	int	 secret;	/* state still held at free */
	void	*state;
} mock;

static int
mock_probe(const struct crypto_params *cp)
{
	return (mock.able);
}

static int
mock_newsession(void *state, const struct crypto_params *cp)
{
	static const uint8_t zero[200];

	mock.clean = ((uintptr_t)state & 63) == 0 &&
	    memcmp(state, zero, sizeof(zero)) == 0;
	memset(state, 0x5a, sizeof(zero));
	mock.state = state;
	return (mock.error);
}

static void
mock_freesession(void *state)
{
	mock.freed += state == mock.state;
	mock.secret = *(uint8_t *)state == 0x5a;
}

static int
mock_invoke(const void *state, struct cryptop *crp)
{
	return (state == mock.state ? ENOSYS : EIO);
}

static const struct crypto_provider mock_provider = {
	.cpv_name = "mock",
	.cpv_priority = 1000,
	.cpv_statesize = 200,
	.cpv_probe = mock_probe,
	.cpv_newsession = mock_newsession,
	.cpv_freesession = mock_freesession,
	.cpv_invoke = mock_invoke,
};

/* it stays registered, and unable to do anything once a test is over */
static void
mock_start(void)
{
	memset(&mock, 0, sizeof(mock));
	if (strcmp(crypto_provider_nth(0), "mock") != 0)
		KT_EQ(crypto_register(&mock_provider), 0);
	mock.able = 1;
}

KTEST(crypto_provider, "the best provider that is able serves a session")
{
	struct packet pkt;
	struct crypto_session **csp = &pkt.crp.crp_session;

	set_params(&pkt, &suites[0]);
	mock_start();
	KT_EQ(crypto_register(&mock_provider), EEXIST);
	KT_EQ(strcmp(crypto_provider_nth(0), "mock"), 0);
	KT_EQ(crypto_newsession(csp, &pkt.cp), 0);
	KT_EQ(strcmp(crypto_provider_name(*csp), "mock"), 0);
	KT_ASSERT(mock.clean);
	set_request(&pkt, 0, 0);
	KT_EQ(crypto_invoke(&pkt.crp), ENOSYS);
	crypto_freesession(*csp);
	KT_EQ(mock.freed, 1);
	KT_ASSERT(mock.secret);

	KT_EQ(crypto_newsession_on("soft", csp, &pkt.cp), 0);
	KT_EQ(strcmp(crypto_provider_name(*csp), "soft"), 0);
	crypto_freesession(*csp);
	mock.able = 0;
	KT_EQ(crypto_newsession(csp, &pkt.cp), 0);
	KT_ASSERT(strcmp(crypto_provider_name(*csp), "mock") != 0);
	crypto_freesession(*csp);
	KT_EQ(crypto_newsession_on("mock", csp, &pkt.cp), EINVAL);
	KT_EQ(crypto_newsession_on("nobody", csp, &pkt.cp), ENOENT);
	KT_EQ(mock.freed, 1);
}

KTEST(crypto_failure, "a session that cannot be made leaks nothing")
{
	unsigned long before = malloc_inuse(M_CRYPTO_DATA);
	struct packet pkt;
	struct crypto_session **csp = &pkt.crp.crp_session;

	set_params(&pkt, &suites[0]);
	mock_start();
	mock.error = EIO;
	KT_EQ(crypto_newsession(csp, &pkt.cp), EIO);
	KT_ASSERT(*csp == NULL);
	KT_EQ(mock.freed, 0);
	mock.able = 0;

	malloc_fail_nth(1);
	KT_EQ(crypto_newsession(csp, &pkt.cp), ENOMEM);
	malloc_fail_nth(0);
	KT_ASSERT(*csp == NULL);

	KT_EQ(crypto_newsession(csp, &pkt.cp), 0);
	KT_EQ(malloc_inuse(M_CRYPTO_DATA), before + 1);
	crypto_freesession(*csp);
	crypto_freesession(NULL);
	KT_EQ(malloc_inuse(M_CRYPTO_DATA), before);
}

/* does it come with a cipher that can have its key? */
static int
has_cipher(const struct auth_hash *auth)
{
	const struct enc_xform *enc;

	for (enc = enc_xforms; enc->type != 0; enc++)
		if (enc_xform_auth(enc, auth->keysize) == auth &&
		    enc_xform_keyok(enc, auth->keysize))
			return (1);
	return (0);
}

KTEST(crypto_xform, "algorithm tables agree with each other")
{
	const struct enc_xform *enc;
	const struct auth_hash *auth;

	for (enc = enc_xforms; enc->type != 0; enc++) {
		KT_ASSERT(enc_xform_find(enc->type) == enc);
		KT_ASSERT(enc->blocksize <= XFORM_MAXBLOCK);
		KT_ASSERT(enc->ivsize <= XFORM_MAXIV);
		KT_ASSERT(enc_xform_keyok(enc, enc->minkey));
		KT_ASSERT(enc_xform_keyok(enc, enc->maxkey));
		KT_ASSERT(!enc_xform_keyok(enc, enc->maxkey + enc->keystep));
	}
	for (auth = auth_hashes; auth->type != 0; auth++) {
		KT_ASSERT(auth_hash_find(auth->type) == auth);
		KT_ASSERT(auth->authsize <= XFORM_MAXICV);
		KT_ASSERT(auth->authsize <= auth->hashsize);
		KT_EQ(has_cipher(auth), auth->mac != XFORM_NOMAC);
	}
	KT_ASSERT(enc_xform_find(0) == NULL && auth_hash_find(0) == NULL);
	KT_ASSERT(enc_xform_auth(enc_xform_find(CRYPTO_AES_CBC), 20) == NULL);
}
