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

#include <crypto/aes.h>

#include "kt_ref.h"

struct aes_vector {
	const char *key, *iv, *plain, *cipher;
};

static const struct aes_vector fips197[] = {
	{ "000102030405060708090a0b0c0d0e0f",
	  "",
	  "00112233445566778899aabbccddeeff",
	  "69c4e0d86a7b0430d8cdb78070b4c55a" },
	{ "000102030405060708090a0b0c0d0e0f1011121314151617",
	  "",
	  "00112233445566778899aabbccddeeff",
	  "dda97ca4864cdfe06eaf70a0ec0d7191" },
	{ "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	  "",
	  "00112233445566778899aabbccddeeff",
	  "8ea2b7ca516745bfeafc49904b496089" },
};

static const struct aes_vector sp800_38a_ecb[] = {
	{ "2b7e151628aed2a6abf7158809cf4f3c",
	  "",
	  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
	    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
	  "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
	  "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4" },
	{ "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
	  "",
	  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
	    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
	  "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef"
	  "ef7afd2270e2e60adce0ba2face6444e9a4b41ba738d6c72fb16691603c18e0e" },
	{ "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
	  "",
	  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
	    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
	  "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870"
	  "b6ed21b99ca6f4f9f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7" },
};

static const struct aes_vector sp800_38a_cbc[] = {
	{ "2b7e151628aed2a6abf7158809cf4f3c",
	  "000102030405060708090a0b0c0d0e0f",
	  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
	    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
	  "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
	  "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7" },
	{ "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
	  "000102030405060708090a0b0c0d0e0f",
	  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
	    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
	  "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"
	  "571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd" },
	{ "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
	  "000102030405060708090a0b0c0d0e0f",
	  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
	    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
	  "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
	  "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b" },
};

static const struct aes_vector rfc3602[] = {
	{ "06a9214036b8a15b512e03d534120006",
	  "3dafba429d9eb430b422da802c9fac41",
	  "53696e676c6520626c6f636b206d7367",
	  "e353779c1079aeb82708942dbe77181a" },
	{ "c286696d887c9aa0611bbb3e2025a45a",
	  "562e17996d093d28ddb3ba695a2e6f58",
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	  "d296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1" },
	{ "6c3ea0477630ce21a2ce334aa746c2cd",
	  "c782dc4c098c66cbd9cd27d825682c81",
	  "5468697320697320612034382d62797465206d65737361676520286578616374"
	    "6c7920332041455320626c6f636b7329",
	  "d0a02b3836451753d493665d33f0e8862dea54cdb293abc7506939276772f8d5"
	    "021c19216bad525c8579695d83ba2684" },
	{ "56e47a38c5598974bc46903dba290349",
	  "8ce82eefbea0da3c44699ed7db51b7d9",
	  "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
	    "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf",
	  "c30e32ffedc0774e6aff6af0869f71aa0f3af07a9a31a9c684db207eb0ef8e4e"
	  "35907aa632c3ffdf868bb7b29d3d46ad83ce9f9a102ee99d49a53e87f4c3da55" },
};

static void
check_ecb(const struct aes_vector *v)
{
	struct aes_ctx ac;
	uint8_t key[32], plain[64], cipher[64], buf[64];
	size_t len;

	KT_EQ(aes_setkey(&ac, key, kt_hex(key, v->key)), 0);
	len = kt_hex(plain, v->plain);
	KT_EQ(kt_hex(cipher, v->cipher), len);
	aes_encrypt(&ac, buf, plain, len / 16);
	KT_MEMEQ(buf, cipher, len);
	aes_decrypt(&ac, buf, buf, len / 16);
	KT_MEMEQ(buf, plain, len);
}

static void
check_cbc(const struct aes_vector *v)
{
	struct aes_ctx ac;
	uint8_t key[32], iv[16], plain[64], cipher[64], buf[64];
	size_t len;

	KT_EQ(aes_setkey(&ac, key, kt_hex(key, v->key)), 0);
	kt_hex(iv, v->iv);
	len = kt_hex(plain, v->plain);
	KT_EQ(kt_hex(cipher, v->cipher), len);
	memcpy(buf, plain, len);
	aes_cbc_encrypt(&ac, iv, buf, len);
	KT_MEMEQ(buf, cipher, len);
	aes_cbc_decrypt(&ac, iv, buf, len);
	KT_MEMEQ(buf, plain, len);
}

KTEST(aes_fips197, "AES gives the examples of FIPS 197, appendix C")
{
	int i;

	for (i = 0; i < nitems(fips197); i++)
		check_ecb(&fips197[i]);
}

KTEST(aes_sp800_38a, "AES and AES-CBC give the examples of NIST SP 800-38A")
{
	int i;

	for (i = 0; i < nitems(sp800_38a_ecb); i++)
		check_ecb(&sp800_38a_ecb[i]);
	for (i = 0; i < nitems(sp800_38a_cbc); i++)
		check_cbc(&sp800_38a_cbc[i]);
}

KTEST(aes_rfc3602, "AES-CBC gives cases 1 to 4 of RFC 3602, section 4")
{
	int i;

	for (i = 0; i < nitems(rfc3602); i++)
		check_cbc(&rfc3602[i]);
}

KTEST(aes_keylen, "AES refuses keys that are not 16, 24 or 32 bytes")
{
	struct aes_ctx ac;
	uint8_t key[64] = { 0 };
	size_t len;

	for (len = 0; len <= sizeof(key); len++)
		KT_EQ(aes_setkey(&ac, key, len),
		    len == 16 || len == 24 || len == 32 ? 0 : EINVAL);
}

/* one byte runs through all its values, so the S-boxes are covered whole */
KTEST(aes_all_bytes, "AES equals a bytewise AES for all values of each byte")
{
	struct aes_ctx ac;
	uint8_t key[32], in[16], out[16], ref[16];
	size_t keylen;
	int i;

	for (keylen = 16; keylen <= 32; keylen += 8) {
		kt_fill(key, keylen);
		KT_EQ(aes_setkey(&ac, key, keylen), 0);
		kt_fill(in, sizeof(in));
		for (i = 0; i < 256; i++) {
			in[i & 15]++;
			in[(i >> 4) & 15] ^= i;
			ref_aes_encrypt(key, keylen, in, ref);
			aes_encrypt(&ac, out, in, 1);
			KT_MEMEQ(out, ref, 16);
			ref_aes_decrypt(key, keylen, in, ref);
			aes_decrypt(&ac, out, in, 1);
			KT_MEMEQ(out, ref, 16);
		}
	}
}

KTEST(aes_blocks, "AES treats 0 to 18 blocks alike, also in place")
{
	struct aes_ctx ac;
	uint8_t key[32], in[18 * 16 + 1], out[18 * 16 + 1], ref[18 * 16];
	size_t i, keylen, n;

	for (n = 0; n <= 18; n++) {
		keylen = 16 + 8 * (n % 3);
		kt_fill(key, keylen);
		kt_fill(in, sizeof(in));
		KT_EQ(aes_setkey(&ac, key, keylen), 0);
		for (i = 0; i < n; i++)
			ref_aes_encrypt(key, keylen, in + 16 * i,
			    ref + 16 * i);
		out[16 * n] = 0xa5;
		aes_encrypt(&ac, out, in, n);
		KT_MEMEQ(out, ref, 16 * n);
		KT_EQ(out[16 * n], 0xa5);
		aes_decrypt(&ac, out, out, n);
		KT_MEMEQ(out, in, 16 * n);
		KT_EQ(out[16 * n], 0xa5);
	}
}

KTEST(aes_cbc_random, "AES-CBC equals a bytewise one, IV before the data")
{
	struct aes_ctx ac;
	uint8_t key[32], buf[16 + 320], plain[320], ref[320];
	size_t keylen, len;

	for (len = 0; len <= 320; len += 16) {
		keylen = 16 + 8 * (len / 16 % 3);
		kt_fill(key, keylen);
		kt_fill(buf, sizeof(buf));
		memcpy(plain, buf + 16, len);
		memcpy(ref, buf + 16, len);
		KT_EQ(aes_setkey(&ac, key, keylen), 0);
		ref_cbc_encrypt(key, keylen, buf, ref, len);
		aes_cbc_encrypt(&ac, buf, buf + 16, len);
		KT_MEMEQ(buf + 16, ref, len);
		aes_cbc_decrypt(&ac, buf, buf + 16, len);
		KT_MEMEQ(buf + 16, plain, len);
	}
}
