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

#include <crypto/des.h>

#include "kt_ref.h"

#define MAXLEN	400

/* NIST CAVP, TCBCMMT3: the three keys, IV, plaintext, ciphertext */
static const char *const tcbcmmt3[][4] = {
	{ "b5cb1504802326c73df186e3e352a20de643b0d63ee30e37",
	  "43f791134c5647ba",
	  "dcc153cef81d6f24",
	  "92538bd8af18d3ba" },
	{ "a49d7564199e97cb529d2c9d97bf2f98d35edf57ba1f7358",
	  "c2e999cb6249023c",
	  "c689aee38a301bb316da75db36f110b5",
	  "e9afaba5ec75ea1bbe65506655bb4ecb" },
	{ "1a5d4c0825072a15a8ad9dfdaeda8c048adffb85bc4fced0",
	  "7fcfa736f7548b6f",
	  "983c3edacd939406010e1bc6ff9e12320ac5008117fa8f84",
	  "d84fa24f38cf451ca2c9adc960120bd8ff9871584fe31cee" },
	{ "d98aadc76d4a3716158c32866efbb9ce834af2297379a49d",
	  "3c5220327c502b44",
	  "6174079dda53ca723ebf00a66837f8d5ce648c08acaa5ee45ffe62210ef79d3e",
	  "f5bd4d600bed77bec78409e3530ebda1d815506ed53103015b87e371ae000958" },
	{ "ef6d3e54266d978ffb0b8ce6689d803e2cd34cc802fd0252",
	  "38bae5bce06d0ad9",
	  "c4f228b537223cd01c0debb5d9d4e12ba71656618d119b2f8f0af29d23efa3a9"
	    "e43c4c458a1b79a0",
	  "9e3289fb18379f55aa4e45a7e0e6df160b33b75f8627ad0954f8fdcb78cee55a"
	    "4664caeda1000fe5" },
	{ "625bc19b19df83abfb2f5bec9d4f2062017525a75bc26e70",
	  "bd0cff364ff69a91",
	  "8152d2ab876c3c8201403a5a406d3feaf27319dbea6ad01e24f4d18203704b86"
	    "de70da6bbb6d638e5aba3ff576b79b28",
	  "706fe7a973fac40e25b2b4499ce527078944c70e976d017b6af86a3a7a6b5294"
	    "3a72ba18a58000d2b61fdc3bfef2bc4a" },
	{ "9b162a0df8ad9b61c88676e3d586434570b902f12a2046e0",
	  "ebd6fefe029ad54b",
	  "f4c1c918e77355c8156f0fd778da52bff121ae5f2f44eaf4d2754946d0e10d1f"
	    "18ce3a0176e69c18b7d20b6e0d0bee5eb5edfe4bd60e4d92adcd86bce72e76f9"
	    "4ee5cbcaa8b01cfddcea2ade575e66ac",
	  "1ff3c8709f403a8eff291aedf50c010df5c5ff64a8b205f1fce68564798897a3"
	    "90db16ee0d053856b75898009731da290fcc119dad987277aacef694872e880c"
	    "4bb41471063fae05c89f25e4bd0cad6a" },
	{ "5eb6040d46082c7aa7d06dfd08dfeac8c18364c1548c3ba1",
	  "41746c7e442d3681",
	  "d4f00eb455de1034",
	  "c53a7b0ec40600fe" },
	{ "5b1cce7c0dc1ec49130dfb4af45785ab9179e567f2c7d549",
	  "3982bc02c3727d45",
	  "edae09288e9e3bc05746d872b48e3b29",
	  "6006f10adef52991fcc777a1238bbb65" },
	{ "34e68f58ecc71f4ad504e0b6e085a7c71c9bd38610737949",
	  "dfee6ce5d36b2c3d",
	  "fb5c4ad0525832b2d3594981b920c65c1029ddfa054d271c5a99a853f4b6de5d"
	    "6da41d8bdc2c7ede",
	  "374ec363fa84e7e7e2ae011427b79d5852923557452c52827c9ff4eb92a83457"
	    "075b28954015070f" },
};

/* NIST SP 800-20, variable plaintext, under a key whose 56 bits are zero */
static const char *const vartext[][2] = {
	{ "8000000000000000", "95f8a5e5dd31d900" },
	{ "4000000000000000", "dd7f121ca5015619" },
	{ "2000000000000000", "2e8653104f3834ea" },
	{ "1000000000000000", "4bd388ff6cd81d4f" },
	{ "0000000100000000", "aeb5f5ede22d1a36" },
	{ "0000000080000000", "e943d7568aec0c5c" },
	{ "0000000000000002", "06e7ea22ce92708f" },
	{ "0000000000000001", "166b40b44aba4bd6" },
};

KTEST(des_tcbcmmt3, "3DES-CBC gives messages of NIST's TCBCMMT3, both ways")
{
	struct des3_ctx dc;
	uint8_t key[24], iv[8], plain[80], cipher[80], buf[80];
	size_t len;
	int i;

	for (i = 0; i < nitems(tcbcmmt3); i++) {
		KT_EQ(kt_hex(key, tcbcmmt3[i][0]), sizeof(key));
		KT_EQ(kt_hex(iv, tcbcmmt3[i][1]), sizeof(iv));
		len = kt_hex(plain, tcbcmmt3[i][2]);
		KT_EQ(kt_hex(cipher, tcbcmmt3[i][3]), len);
		des3_setkey(&dc, key);
		memcpy(buf, plain, len);
		des3_cbc_encrypt(&dc, iv, buf, len);
		KT_MEMEQ(buf, cipher, len);
		des3_cbc_decrypt(&dc, iv, buf, len);
		KT_MEMEQ(buf, plain, len);
	}
}

KTEST(des_vartext, "3DES with three equal keys is DES, of single bits")
{
	static const uint8_t iv[8];
	struct des3_ctx dc;
	uint8_t key[24], want[8], buf[8];
	int i;

	memset(key, 1, sizeof(key));
	des3_setkey(&dc, key);
	for (i = 0; i < nitems(vartext); i++) {
		kt_hex(buf, vartext[i][0]);
		kt_hex(want, vartext[i][1]);
		des3_cbc_encrypt(&dc, iv, buf, sizeof(buf));
		KT_MEMEQ(buf, want, sizeof(buf));
	}
	/* parity is not looked at */
	memset(key, 0, sizeof(key));
	des3_setkey(&dc, key);
	kt_hex(buf, vartext[0][0]);
	kt_hex(want, vartext[0][1]);
	des3_cbc_encrypt(&dc, iv, buf, sizeof(buf));
	KT_MEMEQ(buf, want, sizeof(buf));
}

KTEST(des_random, "3DES-CBC equals DES bit by bit, with the IV in front")
{
	struct des3_ctx dc;
	uint8_t key[24], plain[8 + MAXLEN], ref[8 + MAXLEN], buf[8 + MAXLEN];
	size_t len;

	for (len = 0; len <= MAXLEN; len += 8) {
		kt_fill(key, sizeof(key));
		kt_fill(plain, sizeof(plain));
		memcpy(ref, plain, sizeof(ref));
		memcpy(buf, plain, sizeof(buf));
		ref_des3_cbc_encrypt(key, ref, ref + 8, len);
		des3_setkey(&dc, key);
		des3_cbc_encrypt(&dc, buf, buf + 8, len);
		KT_MEMEQ(buf, ref, sizeof(buf));
		des3_cbc_decrypt(&dc, buf, buf + 8, len);
		KT_MEMEQ(buf, plain, sizeof(buf));
	}
}
