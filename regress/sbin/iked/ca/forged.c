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
 * B37: signatures that a lazy reader of PKCS#1 takes.  The private key is
 * used bare, so that its owner can say anything; the cube root needs no
 * private key at all.
 */
#include <sys/types.h>

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "catest.h"

#define ID	"east"
#define LEN	256		/* octets of the modulus */

static const uint8_t info256[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
    0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };
static const uint8_t info1[] = { 0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b,
    0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14 };

static struct side	 east, west;

/* A good proof with that key, by RFC 7427 or by method 1. */
static void
begin(struct proof *pr, EVP_PKEY *key, unsigned int hashes)
{
	side_open(&east, "east");
	side_open(&west, "west");
	side_key(&east, key);
	side_pub(&west, "pubkeys/fqdn/" ID, key);
	side_load(&east);
	side_load(&west);
	check(logged[0] == '\0', "warned: %s", logged);
	proof_start(pr, ID);
	pr->pr_hashes = hashes;
	check(proof_sign(pr, &east), "not signed: %s", pr->pr_res.ss_why);
	proof_carry(pr);
	expect_verdict(pr, &west, NULL, "the control");
}

static void
end(struct proof *pr)
{
	proof_end(pr);
	side_close(&east);
	side_close(&west);
}

/* Instead of the signature, with the algorithm's name left before it. */
static void
replace(struct proof *pr, const uint8_t *sig, size_t len)
{
	struct buf *auth = &pr->pr_vreq.vr_auth_data;

	buf_trim(auth, pr->pr_vreq.vr_method == IKE_AUTH_SIGNATURE ?
	    auth->b_data[0] + 1 : 0);
	buf_put(auth, sig, len);
}

static void
bare(struct proof *pr, EVP_PKEY *key, const uint8_t em[LEN])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	uint8_t sig[LEN];
	size_t len = sizeof(sig);

	if (EVP_PKEY_sign_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) != 1 ||
	    EVP_PKEY_sign(ctx, sig, &len, em, LEN) != 1)
		fatalx("cannot sign bare octets");
	EVP_PKEY_CTX_free(ctx);
	replace(pr, sig, len);
}

/* 00 01 ff.. 00 and these parts, with `behind' octets of rubbish. */
static void
encode(uint8_t em[LEN], const void *info, size_t infolen, const void *hash,
    size_t hashlen, size_t behind)
{
	size_t at = LEN - behind - hashlen - infolen;

	memset(em, 0xff, LEN);
	em[0] = 0;
	em[1] = 1;
	em[at - 1] = 0;
	memcpy(em + at, info, infolen);
	memcpy(em + at + infolen, hash, hashlen);
	memset(em + at + infolen + hashlen, 0x5a, behind);
}

static void
digest(const struct proof *pr, const char *md, uint8_t *hash)
{
	const struct buf *b = &pr->pr_vreq.vr_octets;

	if (!EVP_Q_digest(NULL, md, NULL, b->b_data, b->b_len, hash, NULL))
		fatalx("no %s", md);
}

/* All that can be wrong between 00 01 and the end. */
static void
all_wrong(struct proof *pr, EVP_PKEY *key, const uint8_t *info,
    size_t infolen, const uint8_t *hash, size_t hashlen)
{
	uint8_t em[LEN], other[sizeof(info256)];
	size_t i;

	encode(em, info, infolen, hash, hashlen, 0);
	bare(pr, key, em);
	expect_verdict(pr, &west, NULL, "as it should be");
	em[1] = 2;
	bare(pr, key, em);
	expect_verdict(pr, &west, "", "block type 2");
	em[1] = 1;
	em[20] = 0;
	bare(pr, key, em);
	expect_verdict(pr, &west, "", "a zero in the padding");
	encode(em, info, infolen, hash, hashlen, 100);
	bare(pr, key, em);
	expect_verdict(pr, &west, "", "rubbish behind the hash");
	encode(em, info, infolen, hash, hashlen,
	    LEN - 11 - infolen - hashlen);
	bare(pr, key, em);
	expect_verdict(pr, &west, "", "8 octets of padding, then rubbish");
	for (i = 0; i < hashlen; i++) {
		encode(em, info, infolen, hash, i, 0);
		bare(pr, key, em);
		expect_verdict(pr, &west, "", "a short hash");
		memcpy(other, info, infolen);
		other[infolen - 1] = i;
		other[1] -= hashlen - i;
		encode(em, other, infolen, hash, i, 0);
		bare(pr, key, em);
		expect_verdict(pr, &west, "", "a short hash that says so");
	}
	for (i = 0; i < infolen; i++) {
		memcpy(other, info, infolen);
		other[i] ^= 1 << rnd(8);
		encode(em, other, infolen, hash, hashlen, 0);
		bare(pr, key, em);
		expect_verdict(pr, &west, "", "another DigestInfo");
	}
	encode(em, "", 0, hash, hashlen, 0);
	bare(pr, key, em);
	expect_verdict(pr, &west, "", "no DigestInfo");
}

void
forged_pkcs1(void)
{
	EVP_PKEY *key = mint_key("RSA");
	struct proof pr;
	uint8_t hash[32], em[LEN];

	begin(&pr, key, ANY_HASH);
	digest(&pr, "SHA256", hash);
	all_wrong(&pr, key, info256, sizeof(info256), hash, 32);
	digest(&pr, "SHA1", hash);
	encode(em, info1, sizeof(info1), hash, 20, 0);
	bare(&pr, key, em);
	expect_verdict(&pr, &west, "", "SHA1 under the name of SHA2");
	memset(em, 0, sizeof(em));
	replace(&pr, em, sizeof(em));
	expect_verdict(&pr, &west, "", "0");
	em[LEN - 1] = 1;
	replace(&pr, em, sizeof(em));
	expect_verdict(&pr, &west, "", "1");
	memset(em, 0xff, sizeof(em));
	replace(&pr, em, sizeof(em));
	expect_verdict(&pr, &west, "", "more than the modulus");
	replace(&pr, em, 0);
	expect_verdict(&pr, &west, "", "nothing");
	end(&pr);

	begin(&pr, key, 0);
	check(pr.pr_vreq.vr_method == IKE_AUTH_RSA, "not method 1");
	digest(&pr, "SHA1", hash);
	all_wrong(&pr, key, info1, sizeof(info1), hash, 20);
	digest(&pr, "SHA256", hash);
	encode(em, info256, sizeof(info256), hash, 32, 0);
	bare(&pr, key, em);
	expect_verdict(&pr, &west, "", "SHA2 where SHA1 belongs");
	end(&pr);
	EVP_PKEY_free(key);
}

/* The least number whose cube is not below n. */
static void
cube_root(BIGNUM *root, const BIGNUM *n, BN_CTX *ctx)
{
	BIGNUM *cube = BN_new();
	int bit;

	BN_zero(root);
	for (bit = BN_num_bits(n) / 3 + 1; bit >= 0; bit--) {
		BN_set_bit(root, bit);
		BN_sqr(cube, root, ctx);
		BN_mul(cube, cube, root, ctx);
		if (BN_cmp(cube, n) >= 0)
			BN_clear_bit(root, bit);
	}
	BN_add_word(root, 1);
	BN_free(cube);
}

/*
 * With exponent 3 the cube root of 00 01 ff.. 00 | DigestInfo | hash | room
 * is a signature for all who do not look behind the hash.
 */
void
forged_cube(void)
{
	EVP_PKEY *key = mint_key("RSA3");
	BIGNUM *n = BN_new(), *s = BN_new();
	BN_CTX *ctx = BN_CTX_new();
	struct proof pr;
	uint8_t hash[32], em[LEN], forged[LEN], sig[LEN];
	size_t room = LEN - 11 - sizeof(info256) - 32;

	begin(&pr, key, ANY_HASH);
	digest(&pr, "SHA256", hash);
	encode(em, info256, sizeof(info256), hash, 32, room);
	memset(em + LEN - room, 0, room);
	BN_bin2bn(em, LEN, n);
	cube_root(s, n, ctx);
	BN_bn2binpad(s, sig, LEN);
	BN_sqr(n, s, ctx);
	BN_mul(n, n, s, ctx);
	check(BN_bn2binpad(n, forged, LEN) == LEN &&
	    memcmp(forged, em, LEN - room) == 0,
	    "the forgery would fool nobody");
	replace(&pr, sig, LEN);
	expect_verdict(&pr, &west, "not by the key", "forged");
	end(&pr);
	BN_free(n);
	BN_free(s);
	BN_CTX_free(ctx);
	EVP_PKEY_free(key);
}
