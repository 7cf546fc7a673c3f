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

#include <crypto/cryptodev.h>
#include <crypto/hmac.h>

#include "kt_ref.h"

/* message, then its digests in the order of enum sha2_type */
static const char *const fips180[][4] = {
	{ "",
	  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	  "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
	    "274edebfe76f65fbd51ad2f14898b95b",
	  "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	  "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e" },
	{ "616263",
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	  "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	    "8086072ba1e7cc2358baeca134c825a7",
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
	{ "6162636462636465636465666465666765666768666768696768696a68696a6b"
	    "696a6b6c6a6b6c6d6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
	  "3391fdddfc8dc7393707a65b1b4709397cf8b1d162af05abfe8f450de5f36bc6"
	    "b0455a8520bc4e6f5fe95b1fe3c8452b",
	  "204a8fc6dda82f0a0ced7beb8e08a41657c16ef468b228a8279be331a703c335"
	  "96fd15c13b1b07f9aa1d3bea57789ca031ad85c7a71dd70354ec631238ca3445" },
	{ "61626364656667686263646566676869636465666768696a6465666768696a6b"
	    "65666768696a6b6c666768696a6b6c6d6768696a6b6c6d6e68696a6b6c6d6e6f"
	    "696a6b6c6d6e6f706a6b6c6d6e6f70716b6c6d6e6f7071726c6d6e6f70717273"
	    "6d6e6f70717273746e6f707172737475",
	  "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
	  "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712"
	    "fcc7c71a557e2db966c3e9fa91746039",
	  "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
	  "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909" },
};

static const char *const million_a[] = {
	"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
	"9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b"
	    "07b8b3dc38ecc4ebae97ddd87f3d8985",
	"e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
	    "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b",
};

/* key, message, HMAC with each hash; the fifth is published shortened */
static const char *const rfc4231[][5] = {
	{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
	  "4869205468657265",
	  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
	  "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
	    "faea9ea9076ede7f4af152e8b2fa9cb6",
	  "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
	  "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854" },
	{ "4a656665",
	  "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
	  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
	  "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
	    "8e2240ca5e69e2c78b3239ecfab21649",
	  "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
	  "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
	    "dddddddddddddddddddddddddddddddddddd",
	  "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
	  "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b"
	    "2a5ab39dc13814b94e3ab6e101a34f27",
	  "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
	  "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb" },
	{ "0102030405060708090a0b0c0d0e0f10111213141516171819",
	  "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
	    "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
	  "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
	  "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e"
	    "6801dd23c4a7d679ccf8a386c674cffb",
	  "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db"
	  "a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd" },
	{ "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c",
	  "546573742057697468205472756e636174696f6e",
	  "a3b6167473100ee06e0c796c2955552bfa6f7c0a6a8aef8b93f860aab0cd20c5",
	  "3abf34c3503b2a23a46efc619baef897f4c8e42c934ce55ccbae9740fcbc1af4"
	    "ca62269e2a37cd88ba926341efe4aeea",
	  "415fad6271580a531d4179bc891d87a650188707922a4fbb36663a1eb16da008"
	  "711c5b50ddd0fc235084eb9d3364a1454fb2ef67cd1d29fe6773068ea266e96b" },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaa",
	  "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a"
	    "65204b6579202d2048617368204b6579204669727374",
	  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
	  "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
	    "0c2ef6ab4030fe8296248df163f44952",
	  "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
	  "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598" },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaa",
	  "5468697320697320612074657374207573696e672061206c6172676572207468"
	    "616e20626c6f636b2d73697a65206b657920616e642061206c61726765722074"
	    "68616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565"
	    "647320746f20626520686173686564206265666f7265206265696e6720757365"
	    "642062792074686520484d414320616c676f726974686d2e",
	  "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
	  "6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5"
	    "a678cc31e799176d3860e6110c46523e",
	  "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944"
	  "b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58" },
};

static void
check_digest(enum sha2_type type, const uint8_t *msg, size_t len,
    const char *good)
{
	struct sha2_ctx sc;
	uint8_t out[SHA2_MAXDIGEST_LEN], want[SHA2_MAXDIGEST_LEN];

	KT_EQ(kt_hex(want, good), sha2_digestlen(type));
	sha2_init(&sc, type);
	sha2_update(&sc, msg, len);
	sha2_final(&sc, out);
	KT_MEMEQ(out, want, sha2_digestlen(type));
}

KTEST(sha2_fips180, "SHA-256, 384 and 512 give the examples of FIPS 180-4")
{
	uint8_t msg[128];
	size_t len;
	int i, type;

	for (i = 0; i < nitems(fips180); i++) {
		len = kt_hex(msg, fips180[i][0]);
		for (type = SHA2_256; type <= SHA2_512; type++)
			check_digest(type, msg, len, fips180[i][1 + type]);
	}
}

KTEST(sha2_million, "SHA-2 of a million times the letter a, in odd pieces")
{
	struct sha2_ctx sc;
	uint8_t msg[997], out[SHA2_MAXDIGEST_LEN], want[SHA2_MAXDIGEST_LEN];
	size_t left, n;
	int type;

	memset(msg, 'a', sizeof(msg));
	for (type = SHA2_256; type <= SHA2_512; type++) {
		sha2_init(&sc, type);
		for (left = 1000000; left > 0; left -= n) {
			n = ulmin(left, sizeof(msg));
			sha2_update(&sc, msg, n);
		}
		sha2_final(&sc, out);
		kt_hex(want, million_a[type]);
		KT_MEMEQ(out, want, sha2_digestlen(type));
	}
}

KTEST(sha2_pieces, "SHA-2 does not depend on how a message comes in pieces")
{
	struct sha2_ctx one, many;
	uint8_t msg[300], a[SHA2_MAXDIGEST_LEN], b[SHA2_MAXDIGEST_LEN];
	size_t len, n, off;
	int type;

	kt_fill(msg, sizeof(msg));
	for (len = 0; len <= sizeof(msg); len++) {
		type = len % 3;
		sha2_init(&one, type);
		sha2_update(&one, msg, len);
		sha2_final(&one, a);
		sha2_init(&many, type);
		for (off = 0; off < len; off += n) {
			n = ulmin(kt_random() % 150, len - off);
			sha2_update(&many, msg + off, n);
		}
		sha2_final(&many, b);
		KT_MEMEQ(a, b, sha2_digestlen(type));
	}
}

KTEST(sha2_erases, "a finished SHA-2 context holds nothing")
{
	struct sha2_ctx sc, zero;
	uint8_t out[SHA2_MAXDIGEST_LEN];

	memset(&zero, 0, sizeof(zero));
	sha2_init(&sc, SHA2_256);
	sha2_update(&sc, "secret", 6);
	sha2_final(&sc, out);
	KT_MEMEQ(&sc, &zero, sizeof(sc));
}

KTEST(hmac_rfc4231, "HMAC-SHA2 gives the test cases of RFC 4231")
{
	struct hmac_key hk;
	struct hmac_ctx hc;
	uint8_t key[131], msg[160];
	uint8_t out[SHA2_MAXDIGEST_LEN], want[SHA2_MAXDIGEST_LEN];
	size_t keylen, len;
	int i, type;

	for (i = 0; i < nitems(rfc4231); i++) {
		keylen = kt_hex(key, rfc4231[i][0]);
		len = kt_hex(msg, rfc4231[i][1]);
		for (type = SHA2_256; type <= SHA2_512; type++) {
			hmac_setkey(&hk, type, key, keylen);
			hmac_init(&hc, &hk);
			hmac_update(&hc, msg, len);
			hmac_final(&hc, out);
			kt_hex(want, rfc4231[i][2 + type]);
			KT_MEMEQ(out, want, sha2_digestlen(type));
		}
	}
}

KTEST(hmac_random, "HMAC with stored pads equals HMAC by its definition")
{
	static const int auth[] = { CRYPTO_SHA2_256_HMAC,
	    CRYPTO_SHA2_384_HMAC, CRYPTO_SHA2_512_HMAC, CRYPTO_SHA1_HMAC };
	struct hmac_key hk;
	struct hmac_ctx hc;
	uint8_t key[160], msg[300];
	uint8_t out[HMAC_MAXDIGEST_LEN], ref[HMAC_MAXDIGEST_LEN];
	size_t keylen, len;
	int hash;

	for (len = 0; len <= sizeof(msg); len++) {
		hash = len % 4;
		keylen = kt_random() % (sizeof(key) + 1);
		kt_fill(key, keylen);
		kt_fill(msg, len);
		ref_hmac(auth[hash], key, keylen, msg, len, ref);
		hmac_setkey(&hk, hash, key, keylen);
		hmac_init(&hc, &hk);
		hmac_update(&hc, msg, len);
		hmac_final(&hc, out);
		KT_MEMEQ(out, ref, hmac_digestlen(hash));
	}
}
