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
 * AES-CBC and AES-CTR with AES-NI, and nothing at all, with HMAC: that of
 * crypto_shani.c where there is one, else the portable.
 */
#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/cryptodev.h>

#include "crypto_x86.h"

#define AES_TARGET	"sse4.1,ssse3,aes"
#define FN		X86_INLINE(AES_TARGET)
#define BLOCK		16
#define SALT_LEN	4
#define WIDE		8	/* blocks side by side */

#include "crypto_part.h"

struct aesni_state {
	struct x86_aes	ae_encrypt;
	struct x86_aes	ae_decrypt;
	struct hmac_key	ae_hmac;
	int		ae_enc;
	int		ae_auth;
	int		ae_shani;
	size_t		ae_icvlen;
	uint32_t	ae_salt;
};

static int	aesni_probe(const struct crypto_params *);
static int	aesni_newsession(void *, const struct crypto_params *);
static int	sha_probe(const struct crypto_params *);
static int	sha_newsession(void *, const struct crypto_params *);
static int	aesni_invoke(const void *, struct cryptop *);

static const struct crypto_provider aesni_provider = {
	.cpv_name = "aesni",
	.cpv_priority = 10,
	.cpv_statesize = sizeof(struct aesni_state),
	.cpv_probe = aesni_probe,
	.cpv_newsession = aesni_newsession,
	.cpv_invoke = aesni_invoke,
};

static const struct crypto_provider sha_provider = {
	.cpv_name = "aesni-sha",
	.cpv_priority = 20,
	.cpv_statesize = sizeof(struct aesni_state),
	.cpv_probe = sha_probe,
	.cpv_newsession = sha_newsession,
	.cpv_invoke = aesni_invoke,
};

void
crypto_aesni_attach(int features)
{
	if ((features & X86_AESNI) == 0)
		return;
	crypto_register(&aesni_provider);
	if (features & X86_SHA)
		crypto_register(&sha_provider);
}

/* AES with whatever HMAC */
static int
aesni_probe(const struct crypto_params *cp)
{
	enum hmac_hash hash;

	return ((cp->cp_enc == CRYPTO_AES_CBC ||
	    cp->cp_enc == CRYPTO_AES_CTR) &&
	    (cp->cp_auth == 0 || hmac_by_auth(cp->cp_auth, &hash) == 0));
}

/* our HMAC with AES or none */
static int
sha_probe(const struct crypto_params *cp)
{
	enum hmac_hash hash;

	return ((cp->cp_enc == CRYPTO_AES_CBC ||
	    cp->cp_enc == CRYPTO_AES_CTR || cp->cp_enc == CRYPTO_NULL ||
	    cp->cp_enc == 0) && hmac_by_auth(cp->cp_auth, &hash) == 0 &&
	    x86_hmac_has(hash));
}

static int
aesni_newsession(void *state, const struct crypto_params *cp)
{
	struct aesni_state *ae = state;
	size_t len = cp->cp_enckeylen;
	enum hmac_hash hash;
	int error;

	ae->ae_enc = cp->cp_enc;
	ae->ae_auth = cp->cp_auth;
	ae->ae_icvlen = cp->cp_icvlen;
	if (hmac_by_auth(cp->cp_auth, &hash) == 0)
		hmac_setkey(&ae->ae_hmac, hash, cp->cp_authkey,
		    cp->cp_authkeylen);
	if (cp->cp_enc != CRYPTO_AES_CBC && cp->cp_enc != CRYPTO_AES_CTR)
		return (0);
	if (cp->cp_enc == CRYPTO_AES_CTR) {
		len -= SALT_LEN;
		memcpy(&ae->ae_salt, cp->cp_enckey + len, SALT_LEN);
	}
	if ((error = x86_aes_setkey(&ae->ae_encrypt, cp->cp_enckey,
	    len)) != 0)
		return (error);
	x86_aes_invert(&ae->ae_decrypt, &ae->ae_encrypt);
	return (0);
}

static int
sha_newsession(void *state, const struct crypto_params *cp)
{
	((struct aesni_state *)state)->ae_shani = 1;
	return (aesni_newsession(state, cp));
}

__attribute__((__target__(AES_TARGET))) static void
cbc_encrypt(const struct x86_aes *xa, const uint8_t *iv, uint8_t *p,
    size_t len)
{
	__m128i b = _mm_loadu_si128((const __m128i *)iv);
	int r;

	for (; len > 0; len -= BLOCK, p += BLOCK) {
		b = _mm_xor_si128(b, _mm_xor_si128(xa->xa_key[0],
		    _mm_loadu_si128((__m128i *)p)));
		for (r = 1; r < xa->xa_rounds; r++)
			b = _mm_aesenc_si128(b, xa->xa_key[r]);
		b = _mm_aesenclast_si128(b, xa->xa_key[r]);
		_mm_storeu_si128((__m128i *)p, b);
	}
}

/* n blocks at once; returns the last of the ciphertext */
FN __m128i
cbc_decrypt_blocks(const struct x86_aes *xa, __m128i iv, uint8_t *p,
    const int n)
{
	__m128i b[WIDE], c[WIDE], k = xa->xa_key[0];
	int i, r;

	X86_UNROLL
	for (i = 0; i < n; i++) {
		c[i] = _mm_loadu_si128((__m128i *)p + i);
		b[i] = _mm_xor_si128(c[i], k);
	}
	for (r = 1; r < xa->xa_rounds; r++) {
		k = xa->xa_key[r];
		X86_UNROLL
		for (i = 0; i < n; i++)
			b[i] = _mm_aesdec_si128(b[i], k);
	}
	k = xa->xa_key[r];
	X86_UNROLL
	for (i = 0; i < n; i++) {
		b[i] = _mm_aesdeclast_si128(b[i], _mm_xor_si128(k,
		    i == 0 ? iv : c[i - 1]));
		_mm_storeu_si128((__m128i *)p + i, b[i]);
	}
	return (c[n - 1]);
}

__attribute__((__target__(AES_TARGET))) static void
cbc_decrypt(const struct x86_aes *xa, const uint8_t *iv, uint8_t *p,
    size_t len)
{
	__m128i last = _mm_loadu_si128((const __m128i *)iv);

	for (; len >= WIDE * BLOCK; len -= WIDE * BLOCK, p += WIDE * BLOCK)
		last = cbc_decrypt_blocks(xa, last, p, WIDE);
	for (; len > 0; len -= BLOCK, p += BLOCK)
		last = cbc_decrypt_blocks(xa, last, p, 1);
}

FN __m128i
counter(__m128i nonce, uint32_t n)
{
	return (_mm_insert_epi32(nonce, __builtin_bswap32(n), 3));
}

FN void
key_stream(const struct x86_aes *xa, __m128i nonce, uint32_t ctr,
    __m128i b[WIDE], const int n)
{
	__m128i k = xa->xa_key[0];
	int i, r;

	X86_UNROLL
	for (i = 0; i < n; i++)
		b[i] = _mm_xor_si128(counter(nonce, ctr + i), k);
	for (r = 1; r < xa->xa_rounds; r++) {
		k = xa->xa_key[r];
		X86_UNROLL
		for (i = 0; i < n; i++)
			b[i] = _mm_aesenc_si128(b[i], k);
	}
	X86_UNROLL
	for (i = 0; i < n; i++)
		b[i] = _mm_aesenclast_si128(b[i], xa->xa_key[r]);
}

/* RFC 3686: salt, IV, and a count from 1 */
__attribute__((__target__(AES_TARGET))) static void
ctr_crypt(const struct aesni_state *ae, const uint8_t *iv, uint8_t *p,
    size_t len)
{
	__m128i b[WIDE], nonce;
	uint32_t ctr = 1, w[2];
	size_t n;
	int i;

	memcpy(w, iv, sizeof(w));
	nonce = _mm_set_epi32(0, w[1], w[0], ae->ae_salt);
	for (; len >= WIDE * BLOCK; len -= WIDE * BLOCK, ctr += WIDE) {
		key_stream(&ae->ae_encrypt, nonce, ctr, b, WIDE);
		for (i = 0; i < WIDE; i++, p += BLOCK)
			_mm_storeu_si128((__m128i *)p, _mm_xor_si128(b[i],
			    _mm_loadu_si128((__m128i *)p)));
	}
	for (; len > 0; len -= n, p += n, ctr++) {
		n = ulmin(len, BLOCK);
		key_stream(&ae->ae_encrypt, nonce, ctr, b, 1);
		part_store(p, _mm_xor_si128(b[0], part_load(p, n)), n);
	}
}

static void
hmac(const struct aesni_state *ae, const struct cryptop *crp,
    uint8_t digest[HMAC_MAXDIGEST_LEN])
{
	size_t len = crp->crp_data - crp->crp_aad + crp->crp_len;
	int esn = crp->crp_flags & CRYPTO_F_ESN;
	struct hmac_ctx hc;
	struct x86_hmac xh;

	if (ae->ae_shani) {
		x86_hmac_init(&xh, &ae->ae_hmac);
		x86_hmac_final(&xh, crp->crp_aad, len,
		    esn ? &crp->crp_esn : NULL, digest);
		return;
	}
	hmac_init(&hc, &ae->ae_hmac);
	hmac_update(&hc, crp->crp_aad, len);
	if (esn)
		hmac_update(&hc, &crp->crp_esn, sizeof(crp->crp_esn));
	hmac_final(&hc, digest);
}

/*
 * CBC and the hash each wait for themselves alone: a processor that looks
 * far enough ahead does them side by side, if the hash is a step behind.
 */
static void
cbc_hmac(const struct aesni_state *ae, const struct cryptop *crp,
    uint8_t digest[HMAC_MAXDIGEST_LEN])
{
	const uint8_t *hash = crp->crp_aad, *iv = crp->crp_iv;
	uint8_t *p = crp->crp_data;
	size_t left, n;
	struct x86_hmac xh;

	x86_hmac_init(&xh, &ae->ae_hmac);
	for (left = crp->crp_len; left > 0; left -= n) {
		n = ulmin(left, X86_HMAC_BLOCK);
		cbc_encrypt(&ae->ae_encrypt, iv, p, n);
		if (p - hash >= X86_HMAC_BLOCK) {
			x86_hmac_blocks(&xh, hash, 1);
			hash += X86_HMAC_BLOCK;
		}
		p += n;
		iv = p - BLOCK;
	}
	x86_hmac_final(&xh, hash, p - hash, crp->crp_flags & CRYPTO_F_ESN ?
	    &crp->crp_esn : NULL, digest);
}

static void
encrypt(const struct aesni_state *ae, struct cryptop *crp)
{
	uint8_t digest[HMAC_MAXDIGEST_LEN];

	if (ae->ae_enc == CRYPTO_AES_CBC && ae->ae_shani)
		cbc_hmac(ae, crp, digest);
	else {
		if (ae->ae_enc == CRYPTO_AES_CBC)
			cbc_encrypt(&ae->ae_encrypt, crp->crp_iv,
			    crp->crp_data, crp->crp_len);
		else if (ae->ae_enc == CRYPTO_AES_CTR)
			ctr_crypt(ae, crp->crp_iv, crp->crp_data,
			    crp->crp_len);
		if (ae->ae_auth == 0)
			return;
		hmac(ae, crp, digest);
	}
	memcpy(crp->crp_icv, digest, ae->ae_icvlen);
	explicit_bzero(digest, sizeof(digest));
}

static int
decrypt(const struct aesni_state *ae, struct cryptop *crp)
{
	uint8_t digest[HMAC_MAXDIGEST_LEN];
	int differs;

	if (ae->ae_auth != 0) {
		hmac(ae, crp, digest);
		differs = timingsafe_bcmp(digest, crp->crp_icv,
		    ae->ae_icvlen);
		explicit_bzero(digest, sizeof(digest));
		if (differs)
			return (EBADMSG);
	}
	if (ae->ae_enc == CRYPTO_AES_CBC)
		cbc_decrypt(&ae->ae_decrypt, crp->crp_iv, crp->crp_data,
		    crp->crp_len);
	else if (ae->ae_enc == CRYPTO_AES_CTR)
		ctr_crypt(ae, crp->crp_iv, crp->crp_data, crp->crp_len);
	return (0);
}

static int
aesni_invoke(const void *state, struct cryptop *crp)
{
	const struct aesni_state *ae = state;

	if ((crp->crp_flags & CRYPTO_F_ENCRYPT) == 0)
		return (decrypt(ae, crp));
	encrypt(ae, crp);
	return (0);
}
