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

/* The provider of last resort: every algorithm there is, in portable C. */

#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/chachapoly.h>
#include <crypto/cryptodev.h>
#include <crypto/des.h>
#include <crypto/gmac.h>
#include <crypto/hmac.h>
#include <crypto/xform.h>

#define SOFT_SALT_LEN	4
#define SOFT_NONCE_LEN	(SOFT_SALT_LEN + CRYPTO_SEQIV_LEN)

struct soft_state {
	int		 ss_enc;
	int		 ss_auth;
	size_t		 ss_icvlen;
	uint8_t		 ss_salt[SOFT_SALT_LEN];
	struct hmac_key	 ss_hmac;
	union {
		struct des3_ctx		des3;
		struct aes_ctx		aes;	/* AES-CBC and AES-CTR */
		struct gcm_key		gcm;	/* and GMAC */
		struct chacha20_key	chacha20;
	} ss_key;
};

static int	soft_probe(const struct crypto_params *);
static int	soft_newsession(void *, const struct crypto_params *);
static int	soft_invoke(const void *, struct cryptop *);

static const struct crypto_provider soft_provider = {
	.cpv_name = "soft",
	.cpv_priority = 0,
	.cpv_statesize = sizeof(struct soft_state),
	.cpv_probe = soft_probe,
	.cpv_newsession = soft_newsession,
	.cpv_invoke = soft_invoke,
};

void
cryptosoft_attach(void)
{
	int error;

	if ((error = crypto_register(&soft_provider)) != 0)
		panic("cryptosoft: cannot register, error %d", error);
}

static int
is_gmac(int auth)
{
	return (auth == CRYPTO_AES_128_GMAC || auth == CRYPTO_AES_192_GMAC ||
	    auth == CRYPTO_AES_256_GMAC);
}

static int
soft_probe(const struct crypto_params *cp)
{
	enum hmac_hash hash;

	switch (cp->cp_enc) {
	case CRYPTO_AES_GCM_16:
	case CRYPTO_AES_GMAC:
	case CRYPTO_CHACHA20_POLY1305:
		return (1);		/* and its MAC */
	case CRYPTO_3DES_CBC:
	case CRYPTO_AES_CBC:
	case CRYPTO_AES_CTR:
	case CRYPTO_NULL:
	case 0:
		return (cp->cp_auth == 0 || is_gmac(cp->cp_auth) ||
		    hmac_by_auth(cp->cp_auth, &hash) == 0);
	default:
		return (0);
	}
}

/* the salt ends the key; returns what is left of its length */
static size_t
take_salt(struct soft_state *ss, const uint8_t *key, size_t len)
{
	len -= SOFT_SALT_LEN;
	memcpy(ss->ss_salt, key + len, SOFT_SALT_LEN);
	return (len);
}

static int
soft_setkey(struct soft_state *ss, const uint8_t *key, size_t len)
{
	switch (ss->ss_enc) {
	case CRYPTO_3DES_CBC:
		des3_setkey(&ss->ss_key.des3, key);
		return (0);
	case CRYPTO_AES_CBC:
		return (aes_setkey(&ss->ss_key.aes, key, len));
	case CRYPTO_AES_CTR:
		return (aes_setkey(&ss->ss_key.aes, key,
		    take_salt(ss, key, len)));
	case CRYPTO_AES_GCM_16:
	case CRYPTO_AES_GMAC:
		return (gcm_setkey(&ss->ss_key.gcm, key,
		    take_salt(ss, key, len)));
	case CRYPTO_CHACHA20_POLY1305:
		take_salt(ss, key, len);
		chacha20_setkey(&ss->ss_key.chacha20, key);
		return (0);
	default:
		return (0);
	}
}

static int
soft_newsession(void *state, const struct crypto_params *cp)
{
	struct soft_state *ss = state;
	enum hmac_hash hash;

	ss->ss_enc = cp->cp_enc;
	ss->ss_auth = cp->cp_auth;
	ss->ss_icvlen = cp->cp_icvlen;
	if (hmac_by_auth(cp->cp_auth, &hash) == 0)
		hmac_setkey(&ss->ss_hmac, hash, cp->cp_authkey,
		    cp->cp_authkeylen);
	else if (cp->cp_enc == 0)
		return (gcm_setkey(&ss->ss_key.gcm, cp->cp_authkey,
		    take_salt(ss, cp->cp_authkey, cp->cp_authkeylen)));
	return (soft_setkey(ss, cp->cp_enckey, cp->cp_enckeylen));
}

static void
soft_nonce(const struct soft_state *ss, const struct cryptop *crp,
    uint8_t nonce[SOFT_NONCE_LEN])
{
	memcpy(nonce, ss->ss_salt, SOFT_SALT_LEN);
	memcpy(nonce + SOFT_SALT_LEN, crp->crp_iv, CRYPTO_SEQIV_LEN);
}

/* RFC 4106 and 7634: with ESN the header has a middle word */
static int
soft_aead(const struct soft_state *ss, struct cryptop *crp)
{
	uint8_t nonce[SOFT_NONCE_LEN], aad[CRYPTO_AAD_LEN + 4];
	size_t aadlen = CRYPTO_AAD_LEN;
	int gcm = ss->ss_enc == CRYPTO_AES_GCM_16;

	soft_nonce(ss, crp, nonce);
	memcpy(aad, crp->crp_aad, CRYPTO_AAD_LEN);
	if (crp->crp_flags & CRYPTO_F_ESN) {
		memcpy(aad + 8, aad + 4, 4);
		memcpy(aad + 4, &crp->crp_esn, 4);
		aadlen += 4;
	}
	if ((crp->crp_flags & CRYPTO_F_ENCRYPT) == 0)
		return (gcm ? gcm_open(&ss->ss_key.gcm, nonce, aad, aadlen,
		    crp->crp_data, crp->crp_len, crp->crp_icv) :
		    chachapoly_open(&ss->ss_key.chacha20, nonce, aad, aadlen,
		    crp->crp_data, crp->crp_len, crp->crp_icv));
	if (gcm)
		gcm_seal(&ss->ss_key.gcm, nonce, aad, aadlen,
		    crp->crp_data, crp->crp_len, crp->crp_icv);
	else
		chachapoly_seal(&ss->ss_key.chacha20, nonce, aad, aadlen,
		    crp->crp_data, crp->crp_len, crp->crp_icv);
	return (0);
}

/* header, IV and payload in one go: they are contiguous */
static void
soft_hmac(const struct soft_state *ss, const struct cryptop *crp,
    uint8_t digest[HMAC_MAXDIGEST_LEN])
{
	struct hmac_ctx hc;

	hmac_init(&hc, &ss->ss_hmac);
	hmac_update(&hc, crp->crp_aad,
	    crp->crp_data - crp->crp_aad + crp->crp_len);
	if (crp->crp_flags & CRYPTO_F_ESN)
		hmac_update(&hc, &crp->crp_esn, sizeof(crp->crp_esn));
	hmac_final(&hc, digest);
}

/*
 * RFC 4543.  In ESP the high word has its place in the sequence number; AH
 * appends it to the packet (RFC 4302, 2.5.1).
 */
static void
soft_gmac(const struct soft_state *ss, const struct cryptop *crp,
    uint8_t digest[HMAC_MAXDIGEST_LEN])
{
	struct gmac_ctx gm;
	uint8_t nonce[SOFT_NONCE_LEN];
	const uint8_t *p = crp->crp_aad;
	size_t head, len = crp->crp_data - p + crp->crp_len;

	soft_nonce(ss, crp, nonce);
	gmac_init(&gm, &ss->ss_key.gcm, nonce);
	head = ss->ss_enc == 0 ? len : sizeof(uint32_t);
	gmac_update(&gm, p, head);
	if (crp->crp_flags & CRYPTO_F_ESN)
		gmac_update(&gm, &crp->crp_esn, sizeof(crp->crp_esn));
	gmac_update(&gm, p + head, len - head);
	gmac_final(&gm, digest);
}

static void
soft_mac(const struct soft_state *ss, const struct cryptop *crp,
    uint8_t digest[HMAC_MAXDIGEST_LEN])
{
	if (is_gmac(ss->ss_auth))
		soft_gmac(ss, crp, digest);
	else
		soft_hmac(ss, crp, digest);
}

/* RFC 3686: the counter starts at 1 */
static void
soft_ctr(const struct soft_state *ss, struct cryptop *crp)
{
	uint8_t nonce[SOFT_NONCE_LEN];

	soft_nonce(ss, crp, nonce);
	aes_ctr_crypt(&ss->ss_key.aes, nonce, 1, crp->crp_data,
	    crp->crp_len);
}

static void
soft_encrypt(const struct soft_state *ss, struct cryptop *crp)
{
	uint8_t digest[HMAC_MAXDIGEST_LEN];

	if (ss->ss_enc == CRYPTO_AES_CBC)
		aes_cbc_encrypt(&ss->ss_key.aes, crp->crp_iv,
		    crp->crp_data, crp->crp_len);
	else if (ss->ss_enc == CRYPTO_AES_CTR)
		soft_ctr(ss, crp);
	else if (ss->ss_enc == CRYPTO_3DES_CBC)
		des3_cbc_encrypt(&ss->ss_key.des3, crp->crp_iv,
		    crp->crp_data, crp->crp_len);
	if (ss->ss_auth != 0) {
		soft_mac(ss, crp, digest);
		memcpy(crp->crp_icv, digest, ss->ss_icvlen);
	}
}

static int
soft_decrypt(const struct soft_state *ss, struct cryptop *crp)
{
	uint8_t digest[HMAC_MAXDIGEST_LEN];
	int differs;

	if (ss->ss_auth != 0) {
		soft_mac(ss, crp, digest);
		differs = timingsafe_bcmp(digest, crp->crp_icv,
		    ss->ss_icvlen);
		explicit_bzero(digest, sizeof(digest));
		if (differs)
			return (EBADMSG);
	}
	if (ss->ss_enc == CRYPTO_AES_CBC)
		aes_cbc_decrypt(&ss->ss_key.aes, crp->crp_iv,
		    crp->crp_data, crp->crp_len);
	else if (ss->ss_enc == CRYPTO_AES_CTR)
		soft_ctr(ss, crp);
	else if (ss->ss_enc == CRYPTO_3DES_CBC)
		des3_cbc_decrypt(&ss->ss_key.des3, crp->crp_iv,
		    crp->crp_data, crp->crp_len);
	return (0);
}

static int
soft_invoke(const void *state, struct cryptop *crp)
{
	const struct soft_state *ss = state;

	if (ss->ss_enc == CRYPTO_AES_GCM_16 ||
	    ss->ss_enc == CRYPTO_CHACHA20_POLY1305)
		return (soft_aead(ss, crp));
	if ((crp->crp_flags & CRYPTO_F_ENCRYPT) == 0)
		return (soft_decrypt(ss, crp));
	soft_encrypt(ss, crp);
	return (0);
}
