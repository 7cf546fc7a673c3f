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
 * keystest: the keys of IKEv1 against what golden.py makes of RFC 2409 and
 * what NIST's CAVP does, the ciphers back and forth, and all sizes.
 */
#include "keys.h"
#include "log.h"

#include "check.h"
#include "golden_keys.h"

static struct buf
octets(const char *hex)
{
	struct buf b = { 0 };

	unhex(&b, hex);
	return (b);
}

/*
 * CAVP's first of SHA-1 for signatures ("ikev1_dsa", NIST SP 800-135).
 */
#define NIST_GXY							\
	"2a2e0bbe8da3657a83f3d35826e49e2d38e557e912a1b9e6c30c63577b3eab71" \
	"5466202862027f2c26f3090743555579611771db0b92bef93834432a3a7762fc" \
	"8a0f4889fd281d6082770d10a40d7bad61e832f041e620d6787e7f62ab2861dd" \
	"fbe272e0d9d3cdec5f1bbf750e24b8b32d6d714968ad69ce5086c32ad2742ebc"

static void
test_nist(void)
{
	struct buf ni = octets("ced5635da6796075");
	struct buf nr = octets("6244b427712fb776");
	struct buf gxy = octets(NIST_GXY);
	struct buf cookies = octets("382e5c8b0a3fa307ba4b7616700a2413");
	struct p1_keys k = {
		.k_hash = V1_HASH_SHA1, .k_cipher = { V1_ENC_AES, 128 }
	};

	check(keys_skeyid_sig(k.k_hash, &ni, &nr, &gxy, k.k_skeyid) == 0 &&
	    is_hex(k.k_skeyid, 20, "dc37ac99de6dcfbd1ee74af7fb36f9b4b0a7829d"),
	    "NIST: SKEYID");
	check(keys_derive(&k, &gxy, cookies.b_data, &ni, &nr) == 0 &&
	    k.k_len == 20, "NIST: derive");
	check(is_hex(k.k_d, 20, "486293ed547adb562cefdaf43d3d8457b196f2b6"),
	    "NIST: SKEYID_d");
	check(is_hex(k.k_a, 20, "f4053b5ca07e59bb41b8f401037ca90b72b3917e"),
	    "NIST: SKEYID_a");
	check(is_hex(k.k_e, 20, "49a1d53a80fb77e663552964fbbcb45092021473"),
	    "NIST: SKEYID_e");
	buf_clear(&ni);
	buf_clear(&nr);
	buf_clear(&gxy);
	buf_clear(&cookies);
}

/* The row of golden.py that is looked at, in octets. */
static struct {
	unsigned int	 row;
	const struct golden *g;
	struct buf	 psk, ni, nr, gxy, gxi, gxr, cookies, sai, id, rest;
	struct buf	 pfs, plain;
	struct p1_keys	 k;
} w;

static void
want(const char *what, int error, const uint8_t *got, size_t len,
    const char *hex)
{
	check(error == 0, "row %u, %s: error", w.row, what);
	check(is_hex(got, len, hex), "row %u, %s: differs", w.row, what);
}

static void
row_open(unsigned int row)
{
	const struct golden *g = &golden[row];

	w.row = row;
	w.g = g;
	w.psk = octets(g->psk);
	w.ni = octets(g->ni);
	w.nr = octets(g->nr);
	w.gxy = octets(g->gxy);
	w.gxi = octets(g->gxi);
	w.gxr = octets(g->gxr);
	w.cookies = octets(g->cookies);
	w.sai = octets(g->sai);
	w.id = octets(g->id);
	w.rest = octets(g->rest);
	w.pfs = octets(g->pfs);
	w.plain = octets(g->plain);
	memset(&w.k, 0, sizeof(w.k));
	w.k.k_hash = g->hash;
	w.k.k_cipher = (struct p1_cipher){ g->enc, g->bits };
}

static void
row_close(void)
{
	buf_clear(&w.psk);
	buf_clear(&w.ni);
	buf_clear(&w.nr);
	buf_clear(&w.gxy);
	buf_clear(&w.gxi);
	buf_clear(&w.gxr);
	buf_clear(&w.cookies);
	buf_clear(&w.sai);
	buf_clear(&w.id);
	buf_clear(&w.rest);
	buf_clear(&w.pfs);
	buf_clear(&w.plain);
}

static void
row_phase1(void)
{
	const struct golden *g = w.g;
	size_t len = hash_len(g->hash), block = cipher_block(&w.k.k_cipher);
	struct span id = { w.id.b_data, w.id.b_len };
	uint8_t out[HASH_MAX];

	want("SKEYID by signature", keys_skeyid_sig(g->hash, &w.ni, &w.nr,
	    &w.gxy, out), out, len, g->sig);
	want("SKEYID", keys_skeyid_psk(g->hash, w.psk.b_data, w.psk.b_len,
	    &w.ni, &w.nr, w.k.k_skeyid), w.k.k_skeyid, len, g->skeyid);
	check(keys_derive(&w.k, &w.gxy, w.cookies.b_data, &w.gxi,
	    &w.gxr) == 0, "row %u: derive", w.row);
	check(w.k.k_len == len, "row %u: length", w.row);
	want("SKEYID_d", 0, w.k.k_d, len, g->d);
	want("SKEYID_a", 0, w.k.k_a, len, g->a);
	want("SKEYID_e", 0, w.k.k_e, len, g->e);
	want("key", 0, w.k.k_key, cipher_keylen(&w.k.k_cipher), g->key);
	want("IV", 0, w.k.k_iv, block, g->iv);
	want("HASH_I", keys_hash1(&w.k, 1, &w.gxi, &w.gxr, w.cookies.b_data,
	    &w.sai, &id, out), out, len, g->hash_i);
	want("HASH_R", keys_hash1(&w.k, 0, &w.gxi, &w.gxr, w.cookies.b_data,
	    &w.sai, &id, out), out, len, g->hash_r);
}

static void
row_phase2(void)
{
	const struct golden *g = w.g;
	size_t len = hash_len(g->hash);
	struct span rest = { w.rest.b_data, w.rest.b_len };
	struct buf none = { 0 };
	uint8_t out[HASH_MAX], mat[128];

	want("HASH(1)", keys_hash2_1(&w.k, GOLDEN_MSGID, &rest, out), out,
	    len, g->hash1);
	want("HASH(2)", keys_hash2_2(&w.k, GOLDEN_MSGID, &w.ni, &rest, out),
	    out, len, g->hash2);
	want("HASH(3)", keys_hash2_3(&w.k, GOLDEN_MSGID, &w.ni, &w.nr, out),
	    out, len, g->hash3);
	want("KEYMAT", keys_mat(&w.k, NULL, V1_PROTO_ESP, GOLDEN_SPI, &w.ni,
	    &w.nr, mat, 100), mat, 100, g->mat);
	memset(mat, 0xee, sizeof(mat));
	want("KEYMAT, no secret", keys_mat(&w.k, &none, V1_PROTO_ESP,
	    GOLDEN_SPI, &w.ni, &w.nr, mat, 100), mat, 100, g->mat);
	check(mat[100] == 0xee, "row %u: KEYMAT runs over", w.row);
	want("KEYMAT, PFS", keys_mat(&w.k, &w.pfs, V1_PROTO_ESP, GOLDEN_SPI,
	    &w.ni, &w.nr, mat, 68), mat, 68, g->matpfs);
	check(keys_mat(&w.k, NULL, V1_PROTO_ESP, GOLDEN_SPI, &w.ni, &w.nr,
	    mat, 0) == 0, "row %u: KEYMAT of no octets", w.row);
}

/* In one piece, and in two with the IV carried over. */
static void
row_cipher(void)
{
	size_t block = cipher_block(&w.k.k_cipher), len = w.plain.b_len;
	uint8_t data[96], iv[IV_MAX], start[IV_MAX];
	const char *last = w.g->cipher + 2 * (len - block);

	want("IV of phase 2", keys_iv2(&w.k, GOLDEN_MSGID, start), start,
	    block, w.g->iv2);
	memcpy(iv, start, sizeof(iv));
	memcpy(data, w.plain.b_data, len);
	want("CBC", keys_encrypt(&w.k, iv, data, len), data, len,
	    w.g->cipher);
	want("next IV", 0, iv, block, last);
	memcpy(iv, start, sizeof(iv));
	want("CBC back", keys_decrypt(&w.k, iv, data, len), data, len,
	    w.g->plain);
	want("next IV back", 0, iv, block, last);
	memcpy(iv, start, sizeof(iv));
	check(keys_encrypt(&w.k, iv, data, block) == 0 &&
	    keys_encrypt(&w.k, iv, data + block, len - block) == 0,
	    "row %u: CBC in two pieces", w.row);
	want("CBC in two pieces", 0, data, len, w.g->cipher);
	for (len = 0; len <= 2 * block; len++)
		if (len % block != 0 || len == 0)
			check(keys_encrypt(&w.k, iv, data, len) == -1 &&
			    keys_decrypt(&w.k, iv, data, len) == -1,
			    "row %u: CBC of %zu octets", w.row, len);
}

static void
test_clear(void)
{
	static const struct p1_keys zero;
	struct p1_keys k;

	memset(&k, 0xa5, sizeof(k));
	keys_clear(&k);
	check(memcmp(&k, &zero, sizeof(k)) == 0, "keys are left");
}

/*
 * Blowfish and CAST are there or not, as libcrypto likes; then their keys are
 * of the size that is asked for, and they work.
 */
static void
test_ciphers(void)
{
	static const struct {
		uint16_t enc, bits;
		size_t block, keylen;
		int optional;
	} rows[] = {
		{ V1_ENC_AES, 0, 16, 16, 0 }, { V1_ENC_AES, 128, 16, 16, 0 },
		{ V1_ENC_AES, 192, 16, 24, 0 }, { V1_ENC_AES, 256, 16, 32, 0 },
		{ V1_ENC_AES, 160, 0, 0, 0 }, { V1_ENC_AES, 64, 0, 0, 0 },
		{ V1_ENC_AES, 512, 0, 0, 0 }, { V1_ENC_AES, 255, 0, 0, 0 },
		{ V1_ENC_3DES, 0, 8, 24, 0 }, { V1_ENC_3DES, 128, 0, 0, 0 },
		{ V1_ENC_DES, 0, 0, 0, 0 }, { 99, 128, 0, 0, 0 },
		{ V1_ENC_BLOWFISH, 0, 8, 16, 1 },
		{ V1_ENC_BLOWFISH, 160, 8, 20, 1 },
		{ V1_ENC_BLOWFISH, 161, 0, 0, 0 },
		{ V1_ENC_BLOWFISH, 456, 0, 0, 0 },
		{ V1_ENC_CAST, 0, 8, 16, 1 }, { V1_ENC_CAST, 136, 0, 0, 0 },
	};
	struct p1_keys k = { .k_key = { 1, 2, 3 } };
	uint8_t iv[IV_MAX] = { 0 }, data[16] = { 0 };
	size_t i, block, keylen;

	for (i = 0; i < nitems(rows); i++) {
		k.k_cipher = (struct p1_cipher){ rows[i].enc, rows[i].bits };
		block = cipher_block(&k.k_cipher);
		keylen = cipher_keylen(&k.k_cipher);
		if (rows[i].optional && block == 0)
			check(keylen == 0, "cipher %zu: %zu octets", i, keylen);
		else
			check(block == rows[i].block &&
			    keylen == rows[i].keylen,
			    "cipher %zu: %zu and %zu octets", i, block, keylen);
		check(keys_encrypt(&k, iv, data, sizeof(data)) ==
		    (block != 0 ? 0 : -1), "cipher %zu: encrypt", i);
	}
}

static void
test_hashes(void)
{
	static const size_t lens[] = { 0, 16, 20, 0, 32, 48, 64, 0 };
	struct span abc[2] = {
		{ (const uint8_t *)"a", 1 }, { (const uint8_t *)"bc", 2 }
	};
	struct p1_keys k = { 0 };
	struct buf none = { 0 };
	uint8_t out[HASH_MAX], cookies[16] = { 0 };
	unsigned int i;

	for (i = 0; i < nitems(lens); i++) {
		check(hash_len(i) == lens[i], "hash %u: length", i);
		check(hash_calc(i, abc, 2, out) == (lens[i] != 0 ? 0 : -1),
		    "hash %u: calc", i);
		check(hash_prf(i, "", 0, abc, 2, out) ==
		    (lens[i] != 0 ? 0 : -1), "hash %u: prf", i);
		k.k_hash = i;
		check(keys_derive(&k, &none, cookies, &none, &none) == -1,
		    "hash %u: keys of an unknown cipher", i);
	}
	check(hash_calc(V1_HASH_SHA1, abc, 2, out) == 0 &&
	    is_hex(out, 20, "a9993e364706816aba3e25717850c26c9cd0d89d"),
	    "SHA-1 of abc");
}

static const struct esp_row {
	uint8_t		 proto, id;
	uint16_t	 bits, mac;
	int		 enc, auth;	/* octets; -1: not known */
	int		 encr, keybits, integ;	/* of ike.h; -1: none */
} esp_rows[] = {
	{ 3, V1_ESP_AES, 128, V1_MAC_SHA1, 16, 20, IKE_ENCR_AES_CBC, 128,
	    IKE_INTEG_SHA1_96 },
	{ 3, V1_ESP_AES, 192, V1_MAC_SHA2_256, 24, 32, IKE_ENCR_AES_CBC, 192,
	    IKE_INTEG_SHA2_256 },
	{ 3, V1_ESP_AES, 256, V1_MAC_SHA2_512, 32, 64, IKE_ENCR_AES_CBC, 256,
	    IKE_INTEG_SHA2_512 },
	{ 3, V1_ESP_AES, 0, V1_MAC_MD5, 16, 16, IKE_ENCR_AES_CBC, 128,
	    IKE_INTEG_MD5_96 },
	{ 3, V1_ESP_AES, 160, V1_MAC_SHA1, -1, 0, -1, 0, 0 },
	{ 3, V1_ESP_3DES, 0, V1_MAC_SHA2_384, 24, 48, IKE_ENCR_3DES, 0,
	    IKE_INTEG_SHA2_384 },
	{ 3, V1_ESP_NULL, 0, V1_MAC_SHA1, 0, 20, IKE_ENCR_NULL, 0,
	    IKE_INTEG_SHA1_96 },
	{ 3, V1_ESP_NULL, 0, V1_MAC_NONE, -1, 0, -1, 0, 0 },
	{ 3, V1_ESP_AES_GCM, 128, 0, 20, 0, IKE_ENCR_AES_GCM_16, 128, 0 },
	{ 3, V1_ESP_AES_GCM, 256, 0, 36, 0, IKE_ENCR_AES_GCM_16, 256, 0 },
	{ 3, V1_ESP_AES_GCM, 0, 0, -1, 0, -1, 0, 0 },
	{ 3, V1_ESP_AES_GCM, 160, 0, -1, 0, -1, 0, 0 },
	{ 3, V1_ESP_AES_GCM, 128, V1_MAC_SHA1, -1, 0, -1, 0, 0 },
	{ 3, V1_ESP_AES_GMAC, 192, 0, 28, 0, IKE_ENCR_AES_GMAC, 192, 0 },
	{ 3, V1_ESP_AES_CTR, 128, V1_MAC_SHA1, 20, 20, IKE_ENCR_AES_CTR, 128,
	    IKE_INTEG_SHA1_96 },
	{ 3, V1_ESP_AES_CTR, 0, V1_MAC_SHA1, -1, 0, -1, 0, 0 },
	{ 3, V1_ESP_BLOWFISH, 448, V1_MAC_SHA1, 56, 20, IKE_ENCR_BLOWFISH,
	    448, IKE_INTEG_SHA1_96 },
	{ 3, V1_ESP_CAST, 0, V1_MAC_SHA1, 16, 20, IKE_ENCR_CAST, 128,
	    IKE_INTEG_SHA1_96 },
	{ 3, V1_ESP_AES, 128, V1_MAC_RIPEMD, 16, 20, -1, 0, 0 },
	{ 3, V1_ESP_AES, 128, 99, -1, 0, -1, 0, 0 },
	{ 3, 99, 128, V1_MAC_SHA1, -1, 0, -1, 0, 0 },
	{ 2, V1_AH_SHA2_256, 0, V1_MAC_SHA2_256, 0, 32, 0, 0,
	    IKE_INTEG_SHA2_256 },
	{ 2, V1_AH_SHA1, 0, V1_MAC_NONE, 0, 20, 0, 0, IKE_INTEG_SHA1_96 },
	{ 2, V1_AH_SHA1, 0, V1_MAC_MD5, -1, 0, -1, 0, 0 },
	{ 2, V1_AH_MD5, 128, V1_MAC_MD5, -1, 0, -1, 0, 0 },
	{ 2, V1_AH_RIPEMD, 0, V1_MAC_RIPEMD, 0, 20, -1, 0, 0 },
	{ 2, 99, 0, V1_MAC_NONE, -1, 0, -1, 0, 0 },
	{ 1, V1_ESP_AES, 128, V1_MAC_SHA1, -1, 0, -1, 0, 0 },
	{ 1, V1_ESP_NULL, 0, V1_MAC_SHA1, -1, 0, -1, 0, 0 },
	{ 4, V1_ESP_3DES, 0, V1_MAC_SHA1, -1, 0, -1, 0, 0 },
};

static void
test_esp(void)
{
	const struct esp_row *r;
	struct ike_xform encr, integ;
	size_t i, enc, auth;
	int error;

	for (i = 0; i < nitems(esp_rows); i++) {
		r = &esp_rows[i];
		error = esp_keylen(r->proto, r->id, r->bits, r->mac, &enc,
		    &auth);
		check(error == (r->enc == -1 ? -1 : 0) && (error == -1 ||
		    (enc == (size_t)r->enc && auth == (size_t)r->auth)),
		    "ESP row %zu: sizes", i);
		error = esp_xforms(r->proto, r->id, r->bits, r->mac, &encr,
		    &integ);
		check(error == (r->encr == -1 ? -1 : 0) && (error == -1 ||
		    (encr.xf_type == IKE_T_ENCR && encr.xf_id == r->encr &&
		    encr.xf_keybits == r->keybits &&
		    integ.xf_type == IKE_T_INTEG && integ.xf_id == r->integ)),
		    "ESP row %zu: transforms", i);
	}
}

int
main(void)
{
	unsigned int i;

	log_init("keystest", 1, 0);
	test_nist();
	for (i = 0; i < nitems(golden); i++) {
		row_open(i);
		row_phase1();
		row_phase2();
		row_cipher();
		row_close();
	}
	test_clear();
	test_ciphers();
	test_hashes();
	test_esp();
	return (check_done());
}
