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

#include <crypto/gcm.h>

#include "kt_ref.h"

#define MAXLEN	300

/* the examples of the GCM specification that have a nonce of 96 bits */
static const struct gcm_vector {
	const char *key, *nonce, *aad, *plain, *cipher, *tag;
} gcm_spec[] = {
	{ "00000000000000000000000000000000",
	  "000000000000000000000000",
	  "",
	  "",
	  "",
	  "58e2fccefa7e3061367f1d57a4e7455a" },
	{ "00000000000000000000000000000000",
	  "000000000000000000000000",
	  "",
	  "00000000000000000000000000000000",
	  "0388dace60b6a392f328c2b971b2fe78",
	  "ab6e47d42cec13bdf53a67b21257bddf" },
	{ "feffe9928665731c6d6a8f9467308308",
	  "cafebabefacedbaddecaf888",
	  "",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
	    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
	  "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
	    "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985",
	  "4d5c2af327cd64a62cf35abd2ba6fab4" },
	{ "feffe9928665731c6d6a8f9467308308",
	  "cafebabefacedbaddecaf888",
	  "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
	    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	  "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
	    "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
	  "5bc94fbc3221a5db94fae95ae7121a47" },
	{ "000000000000000000000000000000000000000000000000",
	  "000000000000000000000000",
	  "",
	  "",
	  "",
	  "cd33b28ac773f74ba00ed1f312572435" },
	{ "000000000000000000000000000000000000000000000000",
	  "000000000000000000000000",
	  "",
	  "00000000000000000000000000000000",
	  "98e7247c07f0fe411c267e4384b0f600",
	  "2ff58d80033927ab8ef4d4587514f0fb" },
	{ "feffe9928665731c6d6a8f9467308308feffe9928665731c",
	  "cafebabefacedbaddecaf888",
	  "",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
	    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
	  "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c"
	    "7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9ccda2710acade256",
	  "9924a7c8587336bfb118024db8674a14" },
	{ "feffe9928665731c6d6a8f9467308308feffe9928665731c",
	  "cafebabefacedbaddecaf888",
	  "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
	    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	  "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c"
	    "7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9ccda2710",
	  "2519498e80f1478f37ba55bd6d27618c" },
	{ "0000000000000000000000000000000000000000000000000000000000000000",
	  "000000000000000000000000",
	  "",
	  "",
	  "",
	  "530f8afbc74536b9a963b4f1c4cb738b" },
	{ "0000000000000000000000000000000000000000000000000000000000000000",
	  "000000000000000000000000",
	  "",
	  "00000000000000000000000000000000",
	  "cea7403d4d606b6e074ec5d3baf39d18",
	  "d0d1c8a799996bf0265b98b5d48ab919" },
	{ "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
	  "cafebabefacedbaddecaf888",
	  "",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
	    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
	  "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
	    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
	  "b094dac5d93471bdec1a502270e3cc6c" },
	{ "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
	  "cafebabefacedbaddecaf888",
	  "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
	    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	  "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
	    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
	  "76fc6ece0f4e1768cddf8853bb2d551b" },
};

/* NIST CAVP, gcmEncryptExtIV128: lengths of no whole block */
static const struct gcm_vector gcm_cavp[] = {
	{ "7fddb57453c241d03efbed3ac44e371c",
	  "ee283a3fc75575e33efd4887",
	  "",
	  "d5de42b461646c255c87bd2962d3b9a2",
	  "2ccda4a5415cb91e135c2a0f78c9b2fd",
	  "b36d1df9b9d5e596f83e8b7f52971cb3" },
	{ "fe9bb47deb3a61e423c2231841cfd1fb",
	  "4d328eb776f500a2f7fb47aa",
	  "",
	  "f1cc3818e421876bb6b8bbd6c9",
	  "b88c5c1977b35b517b0aeae967",
	  "43fd4727fe5cdb4b5b42818dea7ef8c9" },
	{ "6703df3701a7f54911ca72e24dca046a",
	  "12823ab601c350ea4bc2488c",
	  "",
	  "793cd125b0b84a043e3ac67717",
	  "b2051c80014f42f08735a7b0cd",
	  "38e6bcd29962e5f2c13626b85a877101" },
	{ "fe47fcce5fc32665d2ae399e4eec72ba",
	  "5adb9609dbaeb58cbd6e7275",
	  "88319d6e1d3ffa5f987199166c8a9b56c2aeba5a",
	  "7c0e88c88899a779228465074797cd4c2e1498d259b54390b85e3eef1c02df60"
	    "e743f1b840382c4bccaf3bafb4ca8429bea063",
	  "98f4826f05a265e6dd2be82db241c0fbbbf9ffb1c173aa83964b7cf539304373"
	    "6365253ddbc5db8778371495da76d269e5db3e",
	  "291ef1982e4defedaa2249f898556b47" },
	{ "2c1f21cf0f6fb3661943155c3e3d8492",
	  "23cb5ff362e22426984d1907",
	  "5d3624879d35e46849953e45a32a624d6a6c536ed9857c613b572b0333e70155"
	    "7a713e3f010ecdf9a6bd6c9e3e44b065208645aff4aabee611b3915285141700"
	    "84ccf587177f4488f33cfb5e979e42b6e1cfc0a60238982a7aec",
	  "42f758836986954db44bf37c6ef5e4ac0adaf38f27252a1b82d02ea949c8a1a2"
	    "dbc0d68b5615ba7c1220ff6510e259f06655d8",
	  "81824f0e0d523db30d3da369fdc0d60894c7a0a20646dd015073ad2732bd989b"
	    "14a222b6ad57af43e1895df9dca2a5344a62cc",
	  "57a3ee28136e94c74838997ae9823f3a" },
	/* made with OpenSSL: the same for longer keys */
	{ "a803225ad42431de6db760b82e022bfa95a8187339cc6e17",
	  "57e55ed6649aa9465ffafbe3",
	  "c921c87a816cc54124ee92b9",
	  "364fb4540f2e943cd4b429c4d7",
	  "38ff14b8556040b64c68b4cb59",
	  "0bf6f328d15bc020ca876b2b3a9bae5d" },
	{ "9ab66043388da1c9cdbae41a9760adf4f6857fc303f865c4",
	  "7186006307bfb25c412a327a",
	  "b5f4a64fc7abddec",
	  "01719b1cb1855077a87dc6719d775e5a555edadc71ec876f0150bfde29947d2c"
	    "0dbf8d1c05d32e820c3d4b03d021609b11f821",
	  "91be0a85e6e70703e5c71f9aeb901317cdbc7a8ce04905bf0ccd5cb085e43f15"
	    "c90de02285f0aaa616402d72eec3bf3793ce9c",
	  "ffc0873b8a47dd7529d31097b9a40450" },
	{ "146fa94ed6a73daeee56165cd917f27ec6ddb7cfa138bf78",
	  "4b62876398efc42a7fe5dd67",
	  "322c8d809153b477a853935ed99d48bd0969e658301328a7c8062da9120f4253"
	    "0fc758d836804ee86cd18494bc261362db1d6cf01bd16bdd00107e324b108d5c"
	    "187d730fe4b0306503907800ff4db0fd524158de8b5db42175b9",
	  "bb",
	  "a8",
	  "9a70a0fdd07fc7e1d42f8991709f8d8c" },
	{ "370c1348a7656ac680c7169d9a143e7ecddfee03038f8a09eccf881cc776de8f",
	  "6b345ae49f0c6c8fa8abc654",
	  "f21334bfcd9f6aee754183a0",
	  "f156f2deefb2ed3c92b11dd75a",
	  "c6b39f0c489b738a5613652946",
	  "9383e2a2e40676bde2fbca52c502fce1" },
	{ "6f724eb37aecb6b26911c878d80d83ed32a806e4479c16abb679ba5c45ed758f",
	  "2684ecaf13d692d425185be0",
	  "d1a281a212df5d884569a7e396ad294dde7ce12c",
	  "2a27b3eaaba2fc74c579a0add17d587c846fd1a6fbe1f8384b211b376544d34a"
	    "7254c689bf664a30ae73a850f8b64915523d6a",
	  "df68538fe381ea97c072b12686f86eeb1ecfd64fa0aaa7430ddf046d32e3aa85"
	    "b821e24e155a4f2dd831f8f8865cc90f9537f7",
	  "7a349e92144c97d8dac7050cc09abf54" },
};

static void
check_vector(const struct gcm_vector *v)
{
	struct gcm_key gk;
	uint8_t key[32], nonce[12], aad[90], plain[64], cipher[64], buf[64];
	uint8_t good[16], tag[16];
	size_t aadlen, len;

	KT_EQ(gcm_setkey(&gk, key, kt_hex(key, v->key)), 0);
	KT_EQ(kt_hex(nonce, v->nonce), 12);
	KT_EQ(kt_hex(good, v->tag), 16);
	aadlen = kt_hex(aad, v->aad);
	len = kt_hex(plain, v->plain);
	KT_EQ(kt_hex(cipher, v->cipher), len);
	memcpy(buf, plain, len);
	gcm_seal(&gk, nonce, aad, aadlen, buf, len, tag);
	KT_MEMEQ(buf, cipher, len);
	KT_MEMEQ(tag, good, 16);
	KT_EQ(gcm_open(&gk, nonce, aad, aadlen, buf, len, tag), 0);
	KT_MEMEQ(buf, plain, len);
}

KTEST(gcm_spec, "AES-GCM gives the examples of its specification")
{
	int i;

	for (i = 0; i < nitems(gcm_spec); i++)
		check_vector(&gcm_spec[i]);
}

KTEST(gcm_cavp, "AES-GCM gives vectors of NIST's CAVP and of OpenSSL")
{
	int i;

	for (i = 0; i < nitems(gcm_cavp); i++)
		check_vector(&gcm_cavp[i]);
}

/*
 * Random polynomials seldom fill a column of the multiplication, so these
 * do: all ones, and runs of ones at either end.
 */
KTEST(ghash_carries, "GHASH equals a bitwise one on operands full of ones")
{
	struct ghash_key gk;
	struct ghash_ctx gc;
	uint8_t h[16], buf[80], ref[16], y[16];
	int i, j;

	memset(buf, 0xff, sizeof(buf));
	for (i = 0; i <= 128; i++) {
		for (j = 0; j < 16; j++)
			h[j] = 8 * j + 8 <= i ? 0xff :
			    8 * j >= i ? 0 : 0xff << (8 - i % 8);
		memset(ref, 0, sizeof(ref));
		memset(&gc, 0, sizeof(gc));
		ref_ghash(h, buf, sizeof(buf), ref);
		ghash_setkey(&gk, h);
		ghash_update(&gk, &gc, buf, sizeof(buf));
		ghash_final(&gc, y);
		KT_MEMEQ(y, ref, 16);

		for (j = 0; j < 16; j++)
			h[j] = ~h[j];
		memset(ref, 0, sizeof(ref));
		memset(&gc, 0, sizeof(gc));
		ref_ghash(h, buf, sizeof(buf), ref);
		ghash_setkey(&gk, h);
		ghash_update(&gk, &gc, buf, sizeof(buf));
		ghash_final(&gc, y);
		KT_MEMEQ(y, ref, 16);
	}
}

KTEST(ghash_random, "GHASH equals a bitwise one at lengths 0 to 300")
{
	struct ghash_key gk;
	struct ghash_ctx gc;
	uint8_t h[16], buf[MAXLEN], ref[16], y[16];
	size_t len;

	for (len = 0; len <= MAXLEN; len++) {
		kt_fill(h, sizeof(h));
		kt_fill(buf, len);
		memset(ref, 0, sizeof(ref));
		memset(&gc, 0, sizeof(gc));
		ref_ghash(h, buf, len, ref);
		ghash_setkey(&gk, h);
		ghash_update(&gk, &gc, buf, len);
		ghash_final(&gc, y);
		KT_MEMEQ(y, ref, 16);
	}
}

KTEST(gcm_random, "AES-GCM equals a bytewise one at lengths 0 to 300")
{
	struct gcm_key gk;
	uint8_t key[32], nonce[12], aad[40], tag[16], good[16];
	uint8_t plain[MAXLEN], buf[MAXLEN + 1], ref[MAXLEN];
	size_t aadlen, keylen, len;

	for (len = 0; len <= MAXLEN; len++) {
		keylen = 16 + 8 * (kt_random() % 3);
		aadlen = kt_random() % sizeof(aad);
		kt_fill(key, keylen);
		kt_fill(nonce, sizeof(nonce));
		kt_fill(aad, aadlen);
		kt_fill(plain, len);
		memcpy(buf, plain, len);
		memcpy(ref, plain, len);
		buf[len] = 0xa5;
		ref_gcm_seal(key, keylen, nonce, aad, aadlen, ref, len, good);
		KT_EQ(gcm_setkey(&gk, key, keylen), 0);
		gcm_seal(&gk, nonce, aad, aadlen, buf, len, tag);
		KT_MEMEQ(buf, ref, len);
		KT_MEMEQ(tag, good, 16);
		KT_EQ(gcm_open(&gk, nonce, aad, aadlen, buf, len, tag), 0);
		KT_MEMEQ(buf, plain, len);
		KT_EQ(buf[len], 0xa5);
	}
}

KTEST(gcm_bad_tag, "each wrong bit of a GCM tag is found, nothing decrypted")
{
	struct gcm_key gk;
	uint8_t key[16], nonce[12], aad[8], tag[16], buf[100], cipher[100];
	int i;

	kt_fill(key, sizeof(key));
	kt_fill(nonce, sizeof(nonce));
	kt_fill(aad, sizeof(aad));
	kt_fill(buf, sizeof(buf));
	KT_EQ(gcm_setkey(&gk, key, sizeof(key)), 0);
	gcm_seal(&gk, nonce, aad, sizeof(aad), buf, sizeof(buf), tag);
	memcpy(cipher, buf, sizeof(buf));
	for (i = 0; i < 128; i++) {
		tag[i / 8] ^= 1 << i % 8;
		KT_EQ(gcm_open(&gk, nonce, aad, sizeof(aad), buf, sizeof(buf),
		    tag), EBADMSG);
		KT_MEMEQ(buf, cipher, sizeof(buf));
		tag[i / 8] ^= 1 << i % 8;
	}
	KT_EQ(gcm_open(&gk, nonce, aad, sizeof(aad), buf, sizeof(buf), tag), 0);
}
