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
 * Constant time, checked by a machine: keys, plaintext and all that comes
 * of them are marked as undefined memory, and memcheck reports each branch
 * and each address that depends on such.  This half is kernel code.
 */

#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/chachapoly.h>
#include <crypto/cryptodev.h>
#include <crypto/des.h>
#include <crypto/gmac.h>
#include <crypto/hmac.h>

#include <machine/cpu.h>

#include "ct.h"

#define STATE_MAX	8192
#define MSG_MAX		200
#define ESP_LEN		1168	/* for all that work at many blocks at once */

static const struct crypto_provider *providers[CRYPTO_MAXPROVIDERS];
static int nproviders;
static uint8_t buf[8 + 16 + ESP_LEN], icv[64], key[64], authkey[64];

/* what the providers find in place of the kernel */
int
crypto_register(const struct crypto_provider *pv)
{
	if (pv->cpv_statesize > STATE_MAX || nproviders == CRYPTO_MAXPROVIDERS)
		__builtin_trap();
	providers[nproviders++] = pv;
	return (0);
}

/* for instructions that memcheck does not know */
void	crypto_chacha_avx512_attach(int);
void	crypto_gcm_avx2_attach(int);
void	crypto_gcm_avx512_attach(int);

void
crypto_chacha_avx512_attach(int features)
{
}

void
crypto_gcm_avx2_attach(int features)
{
}

void
crypto_gcm_avx512_attach(int features)
{
}

/* whether a packet is genuine is no secret any more once it is decided */
int
timingsafe_bcmp(const void *a, const void *b, size_t len)
{
	const uint8_t *p = a, *q = b;
	int differs = 0;

	while (len-- > 0)
		differs |= *p++ ^ *q++;
	ct_public(&differs, sizeof(differs));
	return (differs != 0);
}

void
panic(const char *fmt, ...)
{
	__builtin_trap();
}

static void
ct_aes(void)
{
	struct aes_ctx ac;
	size_t keylen, n;

	for (keylen = 16; keylen <= 32; keylen += 8) {
		ct_secret(key, sizeof(key));
		ct_secret(buf, sizeof(buf));
		aes_setkey(&ac, key, keylen);
		for (n = 1; n <= 9; n += 4) {
			aes_encrypt(&ac, buf, buf, n);
			aes_decrypt(&ac, buf, buf, n);
			aes_cbc_encrypt(&ac, buf, buf + 16, n * 16);
			aes_cbc_decrypt(&ac, buf, buf + 16, n * 16);
		}
	}
}

static void
ct_gcm(void)
{
	struct gcm_key gk;
	uint8_t nonce[GCM_NONCE_LEN] = { 0 }, aad[12] = { 0 };
	size_t len;

	for (len = 0; len <= MSG_MAX; len += 25) {
		ct_secret(key, sizeof(key));
		ct_secret(buf, sizeof(buf));
		gcm_setkey(&gk, key, 32);
		gcm_seal(&gk, nonce, aad, sizeof(aad), buf, len, icv);
		gcm_open(&gk, nonce, aad, sizeof(aad), buf, len, icv);
	}
}

static void
ct_ctr(void)
{
	struct aes_ctx ac;
	uint8_t nonce[AES_CTR_NONCE_LEN] = { 0 };

	ct_secret(key, sizeof(key));
	ct_secret(buf, sizeof(buf));
	aes_setkey(&ac, key, 32);
	aes_ctr_crypt(&ac, nonce, 1, buf, MSG_MAX - 3);
}

static void
ct_des(void)
{
	struct des3_ctx dc;

	ct_secret(key, sizeof(key));
	ct_secret(buf, sizeof(buf));
	des3_setkey(&dc, key);
	des3_cbc_encrypt(&dc, buf, buf + 8, 64);
	des3_cbc_decrypt(&dc, buf, buf + 8, 64);
}

static void
ct_gmac(void)
{
	struct gcm_key gk;
	struct gmac_ctx gm;
	uint8_t nonce[GCM_NONCE_LEN] = { 0 };

	ct_secret(key, sizeof(key));
	ct_secret(buf, sizeof(buf));
	gcm_setkey(&gk, key, 16);
	gmac_init(&gm, &gk, nonce);
	gmac_update(&gm, buf, 7);
	gmac_update(&gm, buf + 7, MSG_MAX - 7);
	gmac_final(&gm, icv);
}

static void
ct_chachapoly(void)
{
	struct chacha20_key ck;
	uint8_t nonce[CHACHAPOLY_NONCE_LEN] = { 0 }, aad[12] = { 0 };
	size_t len;

	for (len = 0; len <= MSG_MAX; len += 25) {
		ct_secret(key, sizeof(key));
		ct_secret(buf, sizeof(buf));
		chacha20_setkey(&ck, key);
		chachapoly_seal(&ck, nonce, aad, sizeof(aad), buf, len, icv);
		chachapoly_open(&ck, nonce, aad, sizeof(aad), buf, len, icv);
	}
}

static void
ct_hmac(void)
{
	struct hmac_key hk;
	struct hmac_ctx hc;
	int hash;

	for (hash = HMAC_SHA2_256; hash <= HMAC_SHA1; hash++) {
		ct_secret(key, sizeof(key));
		ct_secret(buf, sizeof(buf));
		hmac_setkey(&hk, hash, key, sizeof(key));
		hmac_init(&hc, &hk);
		hmac_update(&hc, buf, 7);
		hmac_update(&hc, buf + 7, MSG_MAX - 7);
		hmac_final(&hc, icv);
		ct_public(icv, sizeof(icv));
	}
}

static void
esp_packet(const struct crypto_provider *provider,
    const struct crypto_params *cp, size_t ivlen)
{
	static uint8_t state[STATE_MAX] __aligned(64);
	struct cryptop crp;

	memset(state, 0, sizeof(state));
	memset(&crp, 0, sizeof(crp));
	ct_secret(key, sizeof(key));
	ct_secret(authkey, sizeof(authkey));
	ct_secret(buf, sizeof(buf));
	if (provider->cpv_newsession(state, cp) != 0)
		panic("newsession");
	crp.crp_flags = CRYPTO_F_ENCRYPT | CRYPTO_F_ESN;
	crp.crp_aad = buf;
	crp.crp_aadlen = CRYPTO_AAD_LEN;
	crp.crp_iv = buf + CRYPTO_AAD_LEN;
	crp.crp_data = crp.crp_iv + ivlen;
	crp.crp_len = ESP_LEN;
	crp.crp_icv = icv;
	if (provider->cpv_invoke(state, &crp) != 0)
		panic("encrypt");
	crp.crp_flags = CRYPTO_F_ESN;
	if (provider->cpv_invoke(state, &crp) != 0)
		panic("decrypt");
	icv[0] ^= 1;
	if (provider->cpv_invoke(state, &crp) == 0)
		panic("forgery");
}

static void
ct_esp(void)
{
	static const struct crypto_params params[] = {
		{ CRYPTO_AES_GCM_16, CRYPTO_AES_128_GMAC, key, 20, NULL, 0,
		    16 },
		{ CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC, key, 16, authkey, 32,
		    16 },
		{ CRYPTO_NULL, CRYPTO_SHA2_512_HMAC, key, 0, authkey, 64,
		    32 },
		{ CRYPTO_AES_CBC, CRYPTO_SHA1_HMAC, key, 32, authkey, 20,
		    12 },
		{ CRYPTO_CHACHA20_POLY1305, CRYPTO_CHACHA20_POLY1305_MAC, key,
		    36, NULL, 0, 16 },
		{ CRYPTO_AES_GMAC, CRYPTO_AES_256_GMAC, key, 36, NULL, 0,
		    16 },
		{ CRYPTO_AES_CTR, CRYPTO_SHA2_256_HMAC, key, 28, authkey, 32,
		    16 },
		{ CRYPTO_3DES_CBC, CRYPTO_SHA1_HMAC, key, 24, authkey, 20,
		    12 },
	};
	static const size_t ivlen[] = { 8, 16, 0, 16, 8, 8, 8, 8 };
	int i, n;

	cryptosoft_attach();
#ifdef PROVIDERS
	/* those of the processor that memcheck plays */
	cpu_crypto_attach();
#endif
	for (n = 0; n < nproviders; n++) {
		ct_say(providers[n]->cpv_name);
		for (i = 0; i < nitems(params); i++)
			if (providers[n]->cpv_probe(&params[i]))
				esp_packet(providers[n], &params[i],
				    ivlen[i]);
	}
}

/* two faults that must be found, else the check checks nothing */
static void
ct_leak_branch(void)
{
	volatile int odd = 0;

	ct_secret(key, sizeof(key));
	if (key[0] & 1)
		odd++;
}

static void
ct_leak_index(void)
{
	static volatile uint8_t table[256];
	volatile uint8_t x;

	ct_secret(key, sizeof(key));
	x = table[key[0]];
	(void)x;
}

static const struct {
	const char	*name;
	void		(*func)(void);
} tests[] = {
	{ "aes", ct_aes },
	{ "ctr", ct_ctr },
	{ "des", ct_des },
	{ "gcm", ct_gcm },
	{ "gmac", ct_gmac },
	{ "chachapoly", ct_chachapoly },
	{ "hmac", ct_hmac },
	{ "esp", ct_esp },
	{ "leak-branch", ct_leak_branch },
	{ "leak-index", ct_leak_index },
};

int
ct_run(const char *name)
{
	int i;

	for (i = 0; i < nitems(tests); i++) {
		if (strcmp(name, tests[i].name) == 0) {
			tests[i].func();
			return (0);
		}
	}
	return (-1);
}
