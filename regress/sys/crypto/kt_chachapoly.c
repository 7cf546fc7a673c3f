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

#include <crypto/chachapoly.h>
#include <crypto/poly1305.h>

#include "kt_ref.h"

#define MAXLEN	600

/* RFC 8439, 2.3.2, 2.4.2, A.1 and A.2: with the counter in front */
static const struct chacha20_vector {
	uint32_t ctr;
	const char *key, *nonce, *plain, *cipher;
} chacha20_rfc8439[] = {
	{ 1,
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	  "000000090000004a00000000",
	  "0000000000000000000000000000000000000000000000000000000000000000"
	    "0000000000000000000000000000000000000000000000000000000000000000",
	  "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
	    "d2826446079faa0914c2d705d98b02a2"
	    "b5129cd1de164eb9cbd083e8a2503c4e" },
	{ 1,
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	  "000000000000004a00000000",
	  "4c616469657320616e642047656e746c656d656e206f662074686520636c6173"
	    "73206f66202739393a204966204920636f756c64206f6666657220796f75206f"
	    "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
	    "637265656e20776f756c642062652069742e",
	  "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0b"
	    "f91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8"
	    "07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736"
	    "5af90bbf74a35be6b40b8eedf2785e42874d" },
	{ 0,
	  "0000000000000000000000000000000000000000000000000000000000000000",
	  "000000000000000000000000",
	  "0000000000000000000000000000000000000000000000000000000000000000"
	    "0000000000000000000000000000000000000000000000000000000000000000",
	  "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
	    "da41597c5157488d7724e03fb8d84a37"
	    "6a43b8f41518a11cc387b669b2ee6586" },
	{ 1,
	  "0000000000000000000000000000000000000000000000000000000000000000",
	  "000000000000000000000000",
	  "0000000000000000000000000000000000000000000000000000000000000000"
	    "0000000000000000000000000000000000000000000000000000000000000000",
	  "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
	    "29b721769ce64e43d57133b074d839d5"
	    "31ed1f28510afb45ace10a1f4b794d6f" },
	{ 1,
	  "0000000000000000000000000000000000000000000000000000000000000001",
	  "000000000000000000000000",
	  "0000000000000000000000000000000000000000000000000000000000000000"
	    "0000000000000000000000000000000000000000000000000000000000000000",
	  "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a"
	    "8eca00bbb4a73bdad192b5c42f73f2fd"
	    "4e273644c8b36125a64addeb006c13a0" },
	{ 42,
	  "1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0",
	  "000000000000000000000002",
	  "2754776173206272696c6c69672c20616e642074686520736c6974687920746f"
	    "7665730a446964206779726520616e642067696d626c6520696e207468652077"
	    "6162653a0a416c6c206d696d737920776572652074686520626f726f676f7665"
	    "732c0a416e6420746865206d6f6d65207261746873206f757467726162652e",
	  "62e6347f95ed87a45ffae7426f27a1df5fb69110044c0d73118effa95b01e5cf"
	    "166d3df2d721caf9b21e5fb14c616871fd84c54f9d65b283196c7fe4f60553eb"
	    "f39c6402c42234e32a356b3e764312a61a5532055716ead6962568f87d3f3f77"
	    "04c6a8d1bcd1bf4d50d6154b6da731b187b58dfd728afa36757a797ac188d1" },
};

/*
 * RFC 8439, 2.5.2 and A.3: key, text, tag.  Most of the latter are sums
 * that come out close to the modulus.
 */
static const char *const poly1305_rfc8439[][3] = {
	{ "85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b",
	  "43727970746f6772617068696320466f72756d2052657365617263682047726f"
	    "7570",
	  "a8061dc1305136c6c22b8baf0c0127a9" },
	{ "1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0",
	  "2754776173206272696c6c69672c20616e642074686520736c6974687920746f"
	    "7665730a446964206779726520616e642067696d626c6520696e207468652077"
	    "6162653a0a416c6c206d696d737920776572652074686520626f726f676f7665"
	    "732c0a416e6420746865206d6f6d65207261746873206f757467726162652e",
	  "4541669a7eaaee61e708dc7cbcc5eb62" },
	{ "0200000000000000000000000000000000000000000000000000000000000000",
	  "ffffffffffffffffffffffffffffffff",
	  "03000000000000000000000000000000" },
	{ "02000000000000000000000000000000ffffffffffffffffffffffffffffffff",
	  "02000000000000000000000000000000",
	  "03000000000000000000000000000000" },
	{ "0100000000000000000000000000000000000000000000000000000000000000",
	  "fffffffffffffffffffffffffffffffff0ffffffffffffffffffffffffffffff"
	    "11000000000000000000000000000000",
	  "05000000000000000000000000000000" },
	{ "0100000000000000000000000000000000000000000000000000000000000000",
	  "fffffffffffffffffffffffffffffffffbfefefefefefefefefefefefefefefe"
	    "01010101010101010101010101010101",
	  "00000000000000000000000000000000" },
	{ "0200000000000000000000000000000000000000000000000000000000000000",
	  "fdffffffffffffffffffffffffffffff",
	  "faffffffffffffffffffffffffffffff" },
	{ "0100000000000000040000000000000000000000000000000000000000000000",
	  "e33594d7505e43b900000000000000003394d7505e4379cd0100000000000000"
	    "0000000000000000000000000000000001000000000000000000000000000000",
	  "14000000000000005500000000000000" },
	{ "0100000000000000040000000000000000000000000000000000000000000000",
	  "e33594d7505e43b900000000000000003394d7505e4379cd0100000000000000"
	    "00000000000000000000000000000000",
	  "13000000000000000000000000000000" },
	/* made with OpenSSL: a carry out of the words that are kept whole */
	{ "0400000000000000000000000000000000000000000000000000000000000000",
	  "ffffffffffffffffffffffffffffffff00000000000000000000000000000000",
	  "1d000000000000000000000000000000" },
};

/* RFC 8439, 2.8.2 and A.5 */
static const struct aead_vector {
	const char *key, *nonce, *aad, *plain, *cipher, *tag;
} aead_rfc8439[] = {
	{ "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
	  "070000004041424344454647",
	  "50515253c0c1c2c3c4c5c6c7",
	  "4c616469657320616e642047656e746c656d656e206f662074686520636c6173"
	    "73206f66202739393a204966204920636f756c64206f6666657220796f75206f"
	    "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
	    "637265656e20776f756c642062652069742e",
	  "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
	    "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
	    "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
	    "3ff4def08e4b7a9de576d26586cec64b6116",
	  "1ae10b594f09e26a7e902ecbd0600691" },
	{ "1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0",
	  "000000000102030405060708",
	  "f33388860000000000004e91",
	  "496e7465726e65742d4472616674732061726520647261667420646f63756d65"
	    "6e74732076616c696420666f722061206d6178696d756d206f6620736978206d"
	    "6f6e74687320616e64206d617920626520757064617465642c207265706c6163"
	    "65642c206f72206f62736f6c65746564206279206f7468657220646f63756d65"
	    "6e747320617420616e792074696d652e20497420697320696e617070726f7072"
	    "6961746520746f2075736520496e7465726e65742d4472616674732061732072"
	    "65666572656e6365206d6174657269616c206f7220746f206369746520746865"
	    "6d206f74686572207468616e206173202fe2809c776f726b20696e2070726f67"
	    "726573732e2fe2809d",
	  "64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb2"
	    "4c6cfc18755d43eea09ee94e382d26b0bdb7b73c321b0100d4f03b7f355894cf"
	    "332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c855"
	    "9797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4"
	    "b9166c767b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523e"
	    "af4534d7f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a"
	    "0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a10"
	    "49e617d91d361094fa68f0ff77987130305beaba2eda04df997b714d6c6f2c29"
	    "a6ad5cb4022b02709b",
	  "eead9d67890cbb22392336fea1851f38" },
};

KTEST(chacha20_rfc8439, "ChaCha20 gives the examples of RFC 8439")
{
	const struct chacha20_vector *v;
	struct chacha20_key ck;
	uint8_t key[32], nonce[12], buf[128], cipher[128];
	size_t len;

	for (v = chacha20_rfc8439; v < &chacha20_rfc8439[nitems(
	    chacha20_rfc8439)]; v++) {
		KT_EQ(kt_hex(key, v->key), sizeof(key));
		KT_EQ(kt_hex(nonce, v->nonce), sizeof(nonce));
		len = kt_hex(buf, v->plain);
		KT_EQ(kt_hex(cipher, v->cipher), len);
		chacha20_setkey(&ck, key);
		chacha20_crypt(&ck, nonce, v->ctr, buf, len);
		KT_MEMEQ(buf, cipher, len);
	}
}

KTEST(poly1305_rfc8439, "Poly1305 gives the examples of RFC 8439")
{
	struct poly1305_ctx pc;
	uint8_t key[32], msg[128], tag[16], want[16];
	size_t len, n, off;
	int i;

	for (i = 0; i < nitems(poly1305_rfc8439); i++) {
		KT_EQ(kt_hex(key, poly1305_rfc8439[i][0]), sizeof(key));
		len = kt_hex(msg, poly1305_rfc8439[i][1]);
		KT_EQ(kt_hex(want, poly1305_rfc8439[i][2]), sizeof(want));
		poly1305_init(&pc, key);
		poly1305_update(&pc, msg, len);
		poly1305_final(&pc, tag);
		KT_MEMEQ(tag, want, sizeof(tag));

		poly1305_init(&pc, key);
		for (off = 0; off < len; off += n) {
			n = ulmin(kt_random() % 40, len - off);
			poly1305_update(&pc, msg + off, n);
		}
		poly1305_final(&pc, tag);
		KT_MEMEQ(tag, want, sizeof(tag));
	}
}

static void
check_aead(const struct aead_vector *v)
{
	struct chacha20_key ck;
	uint8_t key[32], nonce[12], aad[12], plain[300], cipher[300], buf[300];
	uint8_t tag[16], good[16];
	size_t len;

	KT_EQ(kt_hex(key, v->key), sizeof(key));
	KT_EQ(kt_hex(nonce, v->nonce), sizeof(nonce));
	KT_EQ(kt_hex(aad, v->aad), sizeof(aad));
	KT_EQ(kt_hex(good, v->tag), sizeof(good));
	len = kt_hex(plain, v->plain);
	KT_EQ(kt_hex(cipher, v->cipher), len);
	chacha20_setkey(&ck, key);
	memcpy(buf, plain, len);
	chachapoly_seal(&ck, nonce, aad, sizeof(aad), buf, len, tag);
	KT_MEMEQ(buf, cipher, len);
	KT_MEMEQ(tag, good, sizeof(tag));
	tag[15] ^= 0x80;
	KT_EQ(chachapoly_open(&ck, nonce, aad, sizeof(aad), buf, len, tag),
	    EBADMSG);
	KT_MEMEQ(buf, cipher, len);
	KT_EQ(chachapoly_open(&ck, nonce, aad, sizeof(aad), buf, len, good),
	    0);
	KT_MEMEQ(buf, plain, len);
}

KTEST(chachapoly_rfc8439, "the AEAD gives the examples of RFC 8439")
{
	int i;

	for (i = 0; i < nitems(aead_rfc8439); i++)
		check_aead(&aead_rfc8439[i]);
}

KTEST(chachapoly_random, "ChaCha20-Poly1305 equals the same byte by byte")
{
	struct chacha20_key ck;
	uint8_t key[32], nonce[12], aad[16], buf[MAXLEN], ref[MAXLEN];
	uint8_t tag[16], want[16];
	size_t aadlen, len;

	for (len = 0; len <= MAXLEN; len += 1 + kt_random() % 3) {
		kt_fill(key, sizeof(key));
		kt_fill(nonce, sizeof(nonce));
		kt_fill(aad, sizeof(aad));
		kt_fill(buf, sizeof(buf));
		memcpy(ref, buf, sizeof(ref));
		/* the reference pads to one block */
		aadlen = 1 + kt_random() % sizeof(aad);
		ref_chachapoly_seal(key, nonce, aad, aadlen, ref, len, want);
		chacha20_setkey(&ck, key);
		chachapoly_seal(&ck, nonce, aad, aadlen, buf, len, tag);
		KT_MEMEQ(buf, ref, sizeof(buf));
		KT_MEMEQ(tag, want, sizeof(tag));
	}
}
