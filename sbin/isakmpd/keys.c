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
 * Keys and what is done with them.  HMAC is libike's.
 */
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "keys.h"
#include "log.h"

#define nitems(a)	(sizeof(a) / sizeof((a)[0]))

#define SALT		4	/* octets: RFC 3686, RFC 4106, RFC 4543 */

static struct hash {
	uint16_t	 ha_id;		/* V1_HASH_ */
	uint16_t	 ha_prf;	/* of ike.h */
	const char	*ha_name;
	EVP_MD		*ha_evp;
} hashes[] = {
	{ V1_HASH_MD5,		IKE_PRF_MD5,		"MD5",	NULL },
	{ V1_HASH_SHA1,		IKE_PRF_SHA1,		"SHA1",	NULL },
	{ V1_HASH_SHA2_256,	IKE_PRF_SHA2_256,	"SHA2-256", NULL },
	{ V1_HASH_SHA2_384,	IKE_PRF_SHA2_384,	"SHA2-384", NULL },
	{ V1_HASH_SHA2_512,	IKE_PRF_SHA2_512,	"SHA2-512", NULL },
};

/*
 * Blowfish and CAST are in libcrypto's legacy provider, which is not loaded
 * unless openssl.cnf(5) says so: then they are as unknown as any other.
 */
static struct cipher {
	uint16_t	 c_id;		/* V1_ENC_ */
	uint16_t	 c_minbits;	/* of the key */
	uint16_t	 c_maxbits;
	uint16_t	 c_bits;	/* when nobody says; 0: has to be said */
	size_t		 c_block;	/* octets */
	const char	*c_name;
	int		 c_tried;	/* the lookup, which is done once */
	EVP_CIPHER	*c_evp;
} ciphers[] = {
	{ V1_ENC_AES,	128, 128, 128, 16, "AES-128-CBC", 0, NULL },
	{ V1_ENC_AES,	192, 192, 0, 16, "AES-192-CBC", 0, NULL },
	{ V1_ENC_AES,	256, 256, 0, 16, "AES-256-CBC", 0, NULL },
	{ V1_ENC_3DES,	192, 192, 192, 8, "DES-EDE3-CBC", 0, NULL },
	{ V1_ENC_BLOWFISH, 40, 448, 128, 8, "BF-CBC", 0, NULL },
	{ V1_ENC_CAST,	40, 128, 128, 8, "CAST5-CBC", 0, NULL },
};

static void
cache_free(void)
{
	size_t i;

	for (i = 0; i < nitems(hashes); i++) {
		EVP_MD_free(hashes[i].ha_evp);
		hashes[i].ha_evp = NULL;
	}
	for (i = 0; i < nitems(ciphers); i++) {
		EVP_CIPHER_free(ciphers[i].c_evp);
		ciphers[i].c_evp = NULL;
		ciphers[i].c_tried = 0;
	}
}

/* Called before the first thing enters the cache. */
static void
cache_start(void)
{
	static int started;

	if (!started)
		started = OPENSSL_atexit(cache_free);
}

static struct span
part(const void *p, size_t len)
{
	return ((struct span){ p, len });
}

static struct span
part_buf(const struct buf *b)
{
	return (part(b->b_data, b->b_len));
}

static void
put32(uint8_t out[4], uint32_t v)
{
	out[0] = v >> 24;
	out[1] = v >> 16;
	out[2] = v >> 8;
	out[3] = v;
}

/*
 * Hashes and HMAC.
 */

static struct hash *
hash_find(uint16_t id)
{
	size_t i;

	for (i = 0; i < nitems(hashes); i++)
		if (hashes[i].ha_id == id)
			return (&hashes[i]);
	return (NULL);
}

size_t
hash_len(uint16_t hash)
{
	const struct hash *ha = hash_find(hash);

	return (ha != NULL ? prf_len(ha->ha_prf) : 0);
}

static int
hash_run(EVP_MD_CTX *ctx, const EVP_MD *md, const struct span *parts,
    unsigned int n, uint8_t out[HASH_MAX])
{
	unsigned int i;

	if (ctx == NULL || md == NULL || !EVP_DigestInit_ex2(ctx, md, NULL))
		return (-1);
	for (i = 0; i < n; i++)
		if (parts[i].s_len != 0 && !EVP_DigestUpdate(ctx,
		    parts[i].s_data, parts[i].s_len))
			return (-1);
	return (EVP_DigestFinal_ex(ctx, out, NULL) ? 0 : -1);
}

int
hash_calc(uint16_t hash, const struct span *parts, unsigned int n,
    uint8_t out[HASH_MAX])
{
	struct hash *ha = hash_find(hash);
	EVP_MD_CTX *ctx;
	int error;

	if (ha == NULL) {
		log_debug("crypto: no hash %u", hash);
		return (-1);
	}
	if (ha->ha_evp == NULL) {
		cache_start();
		ha->ha_evp = EVP_MD_fetch(NULL, ha->ha_name, NULL);
	}
	ctx = EVP_MD_CTX_new();
	error = hash_run(ctx, ha->ha_evp, parts, n, out);
	EVP_MD_CTX_free(ctx);
	return (error == -1 ? crypto_fail("hash") : 0);
}

int
hash_prf(uint16_t hash, const void *key, size_t keylen,
    const struct span *parts, unsigned int n, uint8_t out[HASH_MAX])
{
	const struct hash *ha = hash_find(hash);

	if (ha == NULL) {
		log_debug("crypto: no hash %u", hash);
		return (-1);
	}
	return (prf_calc(ha->ha_prf, key, keylen, parts, n, out));
}

/*
 * Ciphers.
 */

static struct cipher *
cipher_find(const struct p1_cipher *ci)
{
	struct cipher *c;
	size_t i;
	int match;

	for (i = 0; i < nitems(ciphers); i++) {
		c = &ciphers[i];
		match = ci->ci_bits == 0 ? c->c_bits != 0 :
		    ci->ci_bits >= c->c_minbits &&
		    ci->ci_bits <= c->c_maxbits && ci->ci_bits % 8 == 0;
		if (c->c_id != ci->ci_enc || !match)
			continue;
		if (!c->c_tried) {
			cache_start();
			c->c_evp = EVP_CIPHER_fetch(NULL, c->c_name, NULL);
			c->c_tried = 1;
			ERR_clear_error();
		}
		return (c->c_evp != NULL ? c : NULL);
	}
	return (NULL);
}

size_t
cipher_block(const struct p1_cipher *ci)
{
	const struct cipher *c = cipher_find(ci);

	return (c != NULL ? c->c_block : 0);
}

size_t
cipher_keylen(const struct p1_cipher *ci)
{
	const struct cipher *c = cipher_find(ci);

	if (c == NULL)
		return (0);
	return ((ci->ci_bits != 0 ? ci->ci_bits : c->c_bits) / 8);
}

static int
cbc_run(EVP_CIPHER_CTX *ctx, const struct cipher *c, const struct p1_keys *k,
    const uint8_t *iv, uint8_t *data, size_t len, int encrypt)
{
	int keylen = cipher_keylen(&k->k_cipher), n;

	if (ctx == NULL ||
	    !EVP_CipherInit_ex2(ctx, c->c_evp, NULL, NULL, encrypt, NULL) ||
	    (EVP_CIPHER_CTX_get_key_length(ctx) != keylen &&
	    !EVP_CIPHER_CTX_set_key_length(ctx, keylen)) ||
	    !EVP_CipherInit_ex2(ctx, NULL, k->k_key, iv, encrypt, NULL) ||
	    !EVP_CIPHER_CTX_set_padding(ctx, 0) ||
	    !EVP_CipherUpdate(ctx, data, &n, data, len) || n != (int)len ||
	    !EVP_CipherFinal_ex(ctx, data + len, &n))
		return (-1);
	return (0);
}

static int
cbc(const struct p1_keys *k, uint8_t iv[IV_MAX], uint8_t *data, size_t len,
    int encrypt)
{
	const struct cipher *c = cipher_find(&k->k_cipher);
	uint8_t next[IV_MAX];
	EVP_CIPHER_CTX *ctx;
	int error;

	if (c == NULL || len == 0 || len % c->c_block != 0 ||
	    len > IKE_MAXMSG) {
		log_debug("crypto: %zu octets and cipher %u", len,
		    k->k_cipher.ci_enc);
		return (-1);
	}
	memcpy(next, data + len - c->c_block, c->c_block);
	ctx = EVP_CIPHER_CTX_new();
	error = cbc_run(ctx, c, k, iv, data, len, encrypt);
	EVP_CIPHER_CTX_free(ctx);
	if (error == -1)
		return (crypto_fail("CBC"));
	if (encrypt)
		memcpy(next, data + len - c->c_block, c->c_block);
	memcpy(iv, next, c->c_block);
	return (0);
}

int
keys_encrypt(const struct p1_keys *k, uint8_t iv[IV_MAX], uint8_t *data,
    size_t len)
{
	return (cbc(k, iv, data, len, 1));
}

int
keys_decrypt(const struct p1_keys *k, uint8_t iv[IV_MAX], uint8_t *data,
    size_t len)
{
	return (cbc(k, iv, data, len, 0));
}

/*
 * Phase 1.
 */

int
keys_skeyid_sig(uint16_t hash, const struct buf *ni, const struct buf *nr,
    const struct buf *secret, uint8_t out[HASH_MAX])
{
	struct span parts[] = { part_buf(secret) };
	struct buf key = { 0 };
	int error;

	buf_putbuf(&key, ni);
	buf_putbuf(&key, nr);
	error = key.b_failed ? -1 :
	    hash_prf(hash, key.b_data, key.b_len, parts, nitems(parts), out);
	buf_clear(&key);
	return (error);
}

int
keys_skeyid_psk(uint16_t hash, const void *psk, size_t psklen,
    const struct buf *ni, const struct buf *nr, uint8_t out[HASH_MAX])
{
	struct span parts[] = { part_buf(ni), part_buf(nr) };

	return (hash_prf(hash, psk, psklen, parts, nitems(parts), out));
}

/* One of the three: prf(SKEYID, [the one before |] g^xy | cookies | n). */
static int
skeyid_next(const struct p1_keys *k, const uint8_t *before,
    const struct buf *secret, const uint8_t cookies[16], uint8_t n,
    uint8_t out[HASH_MAX])
{
	struct span parts[] = {
		part(before, before != NULL ? k->k_len : 0),
		part_buf(secret), part(cookies, 2 * V1_COOKIELEN),
		part(&n, sizeof(n))
	};

	return (hash_prf(k->k_hash, k->k_skeyid, k->k_len, parts,
	    nitems(parts), out));
}

/*
 * K1 = prf(key, first), K2 = prf(key, K1 | rest), ..., as much as it takes.
 */
static int
stretch(const struct p1_keys *k, const uint8_t *key, const struct span *parts,
    unsigned int n, int all, uint8_t *out, size_t len)
{
	struct span chain[8];
	uint8_t t[HASH_MAX];
	size_t use;
	int error = -1;

	chain[0] = part(NULL, 0);
	memcpy(&chain[1], parts, n * sizeof(*parts));
	for (n++; len > 0; out += use, len -= use) {
		if ((error = hash_prf(k->k_hash, key, k->k_len, chain, n,
		    t)) == -1)
			break;
		chain[0] = part(t, k->k_len);
		if (!all)
			n = 1;
		use = len < k->k_len ? len : k->k_len;
		memcpy(out, t, use);
	}
	OPENSSL_cleanse(t, sizeof(t));
	return (error);
}

/* RFC 2409, appendix B. */
static int
cipher_key(struct p1_keys *k)
{
	static const uint8_t zero;
	struct span parts[] = { part(&zero, 1) };
	size_t len = cipher_keylen(&k->k_cipher);

	if (len == 0 || len > sizeof(k->k_key)) {
		log_debug("crypto: no cipher %u with %u bits",
		    k->k_cipher.ci_enc, k->k_cipher.ci_bits);
		return (-1);
	}
	if (len > k->k_len)
		return (stretch(k, k->k_e, parts, nitems(parts), 0, k->k_key,
		    len));
	memcpy(k->k_key, k->k_e, len);
	return (0);
}

int
keys_derive(struct p1_keys *k, const struct buf *secret,
    const uint8_t cookies[16], const struct buf *gxi, const struct buf *gxr)
{
	struct span parts[] = { part_buf(gxi), part_buf(gxr) };
	uint8_t iv[HASH_MAX];

	k->k_len = hash_len(k->k_hash);
	if (skeyid_next(k, NULL, secret, cookies, 0, k->k_d) == -1 ||
	    skeyid_next(k, k->k_d, secret, cookies, 1, k->k_a) == -1 ||
	    skeyid_next(k, k->k_a, secret, cookies, 2, k->k_e) == -1 ||
	    cipher_key(k) == -1 ||
	    hash_calc(k->k_hash, parts, nitems(parts), iv) == -1)
		return (-1);
	memcpy(k->k_iv, iv, sizeof(k->k_iv));
	return (0);
}

int
keys_hash1(const struct p1_keys *k, int initiator, const struct buf *gxi,
    const struct buf *gxr, const uint8_t cookies[16], const struct buf *sai,
    const struct span *id, uint8_t out[HASH_MAX])
{
	const uint8_t *cky_i = cookies, *cky_r = cookies + V1_COOKIELEN;
	struct span parts[] = {
		part_buf(initiator ? gxi : gxr),
		part_buf(initiator ? gxr : gxi),
		part(initiator ? cky_i : cky_r, V1_COOKIELEN),
		part(initiator ? cky_r : cky_i, V1_COOKIELEN),
		part_buf(sai), *id
	};

	return (hash_prf(k->k_hash, k->k_skeyid, k->k_len, parts,
	    nitems(parts), out));
}

/*
 * Phase 2.
 */

int
keys_iv2(const struct p1_keys *k, uint32_t msgid, uint8_t iv[IV_MAX])
{
	uint8_t id[4] = { 0 }, out[HASH_MAX];
	struct span parts[] = {
		part(k->k_iv, cipher_block(&k->k_cipher)), part(id, sizeof(id))
	};

	put32(id, msgid);
	if (hash_calc(k->k_hash, parts, nitems(parts), out) == -1)
		return (-1);
	memcpy(iv, out, IV_MAX);
	return (0);
}

int
keys_hash2_1(const struct p1_keys *k, uint32_t msgid, const struct span *rest,
    uint8_t out[HASH_MAX])
{
	uint8_t id[4] = { 0 };
	struct span parts[] = { part(id, sizeof(id)), *rest };

	put32(id, msgid);
	return (hash_prf(k->k_hash, k->k_a, k->k_len, parts, nitems(parts),
	    out));
}

int
keys_hash2_2(const struct p1_keys *k, uint32_t msgid, const struct buf *ni,
    const struct span *rest, uint8_t out[HASH_MAX])
{
	uint8_t id[4] = { 0 };
	struct span parts[] = { part(id, sizeof(id)), part_buf(ni), *rest };

	put32(id, msgid);
	return (hash_prf(k->k_hash, k->k_a, k->k_len, parts, nitems(parts),
	    out));
}

int
keys_hash2_3(const struct p1_keys *k, uint32_t msgid, const struct buf *ni,
    const struct buf *nr, uint8_t out[HASH_MAX])
{
	uint8_t head[5] = { 0 };
	struct span parts[] = {
		part(head, sizeof(head)), part_buf(ni), part_buf(nr)
	};

	put32(head + 1, msgid);
	return (hash_prf(k->k_hash, k->k_a, k->k_len, parts, nitems(parts),
	    out));
}

int
keys_mat(const struct p1_keys *k, const struct buf *secret, uint8_t proto,
    uint32_t spi, const struct buf *ni, const struct buf *nr, uint8_t *out,
    size_t len)
{
	uint8_t head[5] = { proto };
	struct span parts[] = {
		secret != NULL ? part_buf(secret) : part(NULL, 0),
		part(head, sizeof(head)), part_buf(ni), part_buf(nr)
	};

	put32(head + 1, spi);
	if (len == 0)
		return (0);
	if (stretch(k, k->k_d, parts, nitems(parts), 1, out, len) == 0)
		return (0);
	OPENSSL_cleanse(out, len);
	return (-1);
}

void
keys_clear(struct p1_keys *k)
{
	OPENSSL_cleanse(k, sizeof(*k));
}

/*
 * ESP and AH.
 */

static const struct esp {
	uint8_t		 e_id;		/* V1_ESP_ */
	uint16_t	 e_ike;		/* IKE_ENCR_ */
	uint16_t	 e_minbits;	/* of the key */
	uint16_t	 e_maxbits;
	uint16_t	 e_step;
	uint16_t	 e_bits;	/* when nobody says; 0: has to be said */
	uint8_t		 e_salt;	/* octets */
	uint8_t		 e_aead;
} esps[] = {
	{ V1_ESP_3DES, IKE_ENCR_3DES, 192, 192, 8, 192, 0, 0 },
	{ V1_ESP_CAST, IKE_ENCR_CAST, 40, 128, 8, 128, 0, 0 },
	{ V1_ESP_BLOWFISH, IKE_ENCR_BLOWFISH, 40, 448, 8, 128, 0, 0 },
	{ V1_ESP_AES, IKE_ENCR_AES_CBC, 128, 256, 64, 128, 0, 0 },
	{ V1_ESP_AES_CTR, IKE_ENCR_AES_CTR, 128, 256, 64, 0, SALT, 0 },
	{ V1_ESP_AES_GCM, IKE_ENCR_AES_GCM_16, 128, 256, 64, 0, SALT, 1 },
	{ V1_ESP_AES_GMAC, IKE_ENCR_AES_GMAC, 128, 256, 64, 0, SALT, 1 },
};

static const struct mac {
	uint16_t	 m_id;		/* V1_MAC_ */
	uint8_t		 m_ah;		/* V1_AH_ */
	uint8_t		 m_key;		/* octets */
	int		 m_ike;		/* IKE_INTEG_; -1: none there */
} macs[] = {
	{ V1_MAC_MD5, V1_AH_MD5, 16, IKE_INTEG_MD5_96 },
	{ V1_MAC_SHA1, V1_AH_SHA1, 20, IKE_INTEG_SHA1_96 },
	{ V1_MAC_SHA2_256, V1_AH_SHA2_256, 32, IKE_INTEG_SHA2_256 },
	{ V1_MAC_SHA2_384, V1_AH_SHA2_384, 48, IKE_INTEG_SHA2_384 },
	{ V1_MAC_SHA2_512, V1_AH_SHA2_512, 64, IKE_INTEG_SHA2_512 },
	{ V1_MAC_RIPEMD, V1_AH_RIPEMD, 20, -1 },
};
static const struct mac mac_none = { V1_MAC_NONE, 0, 0, IKE_INTEG_NONE };

/*
 * What it is made of: the cipher (NULL: none; for ESP that is NULL), the bits
 * of its key and the MAC.  Without any of both it is not one we know.
 */
static int
esp_parts(uint8_t proto, uint8_t id, uint16_t bits, uint16_t mac,
    const struct esp **e, uint16_t *keybits, const struct mac **m)
{
	size_t i;

	*e = NULL;
	*m = mac == V1_MAC_NONE ? &mac_none : NULL;
	*keybits = 0;
	for (i = 0; i < nitems(macs); i++)
		if (proto == V1_PROTO_AH ? macs[i].m_ah == id &&
		    (mac == V1_MAC_NONE || mac == macs[i].m_id) :
		    macs[i].m_id == mac)
			*m = &macs[i];
	if (*m == NULL)
		return (-1);
	if (proto == V1_PROTO_AH || id == V1_ESP_NULL)
		return (*m != &mac_none && bits == 0 &&
		    (proto == V1_PROTO_AH || proto == V1_PROTO_ESP) ? 0 : -1);
	for (i = 0; i < nitems(esps); i++)
		if (esps[i].e_id == id)
			*e = &esps[i];
	if (proto != V1_PROTO_ESP || *e == NULL)
		return (-1);
	*keybits = bits != 0 ? bits : (*e)->e_bits;
	if (*keybits < (*e)->e_minbits || *keybits > (*e)->e_maxbits ||
	    *keybits % (*e)->e_step != 0)
		return (-1);
	return ((*e)->e_aead && *m != &mac_none ? -1 : 0);
}

int
esp_keylen(uint8_t proto, uint8_t id, uint16_t bits, uint16_t mac,
    size_t *enc, size_t *auth)
{
	const struct esp *e;
	const struct mac *m;
	uint16_t keybits;

	if (esp_parts(proto, id, bits, mac, &e, &keybits, &m) == -1)
		return (-1);
	*enc = e != NULL ? keybits / 8 + e->e_salt : 0;
	*auth = m->m_key;
	return (0);
}

int
esp_xforms(uint8_t proto, uint8_t id, uint16_t bits, uint16_t mac,
    struct ike_xform *encr, struct ike_xform *integ)
{
	const struct esp *e;
	const struct mac *m;
	uint16_t keybits;

	if (esp_parts(proto, id, bits, mac, &e, &keybits, &m) == -1 ||
	    m->m_ike == -1)
		return (-1);
	memset(encr, 0, sizeof(*encr));
	memset(integ, 0, sizeof(*integ));
	encr->xf_type = IKE_T_ENCR;
	integ->xf_type = IKE_T_INTEG;
	integ->xf_id = m->m_ike;
	if (e != NULL) {
		encr->xf_id = e->e_ike;
		encr->xf_keybits = e->e_ike == IKE_ENCR_3DES ? 0 : keybits;
	} else if (proto == V1_PROTO_ESP)
		encr->xf_id = IKE_ENCR_NULL;
	return (0);
}
