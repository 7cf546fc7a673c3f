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

static void
check_vector(const struct gcm_vector *v)
{
	struct gcm_key gk;
	uint8_t key[32], nonce[12], aad[20], plain[64], cipher[64], buf[64];
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
