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

#include <crypto/hmac.h>

#include "kt_ref.h"

/* the examples of FIPS 180 */
static const char *const fips180[][2] = {
	{ "",
	  "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
	{ "616263",
	  "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ "6162636462636465636465666465666765666768666768696768696a68696a6b"
	    "696a6b6c6a6b6c6d6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
	  "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
	{ "61626364656667686263646566676869636465666768696a6465666768696a6b"
	    "65666768696a6b6c666768696a6b6c6d6768696a6b6c6d6e68696a6b6c6d6e6f"
	    "696a6b6c6d6e6f706a6b6c6d6e6f70716b6c6d6e6f7071726c6d6e6f70717273"
	    "6d6e6f70717273746e6f707172737475",
	  "a49b2446a02c645bf419f995b67091253a04a259" },
};

static const char million_a[] = "34aa973cd4c4daa4f61eeb2bdbad27316534016f";

/* RFC 2202, 3: key, text, HMAC-SHA1 */
static const char *const rfc2202[][3] = {
	{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
	  "4869205468657265",
	  "b617318655057264e28bc0b6fb378c8ef146be00" },
	{ "4a656665",
	  "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
	  "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
	    "dddddddddddddddddddddddddddddddddddd",
	  "125d7342b9ac11cd91a39af48aa17b4f63f175d3" },
	{ "0102030405060708090a0b0c0d0e0f10111213141516171819",
	  "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
	    "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
	  "4c9007f4026250c6bc8414f9bf50c86c2d7235da" },
	{ "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c",
	  "546573742057697468205472756e636174696f6e",
	  "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04" },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a"
	    "65204b6579202d2048617368204b6579204669727374",
	  "aa4ae5e15272d00e95705637ce8a3b55ed402112" },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a"
	    "65204b657920616e64204c6172676572205468616e204f6e6520426c6f636b2d"
	    "53697a652044617461",
	  "e8e99d0f45237d786d6bbaa7965c7808bbff1a91" },
};

KTEST(sha1_fips180, "SHA-1 gives the examples of FIPS 180")
{
	struct sha1_ctx sc;
	uint8_t msg[128], out[SHA1_DIGEST_LEN], want[SHA1_DIGEST_LEN];
	size_t len;
	int i;

	for (i = 0; i < nitems(fips180); i++) {
		len = kt_hex(msg, fips180[i][0]);
		KT_EQ(kt_hex(want, fips180[i][1]), sizeof(want));
		sha1_init(&sc);
		sha1_update(&sc, msg, len);
		sha1_final(&sc, out);
		KT_MEMEQ(out, want, sizeof(out));
	}
}

KTEST(sha1_million, "SHA-1 of a million times the letter a, in odd pieces")
{
	struct sha1_ctx sc;
	uint8_t msg[997], out[SHA1_DIGEST_LEN], want[SHA1_DIGEST_LEN];
	size_t left, n;

	memset(msg, 'a', sizeof(msg));
	sha1_init(&sc);
	for (left = 1000000; left > 0; left -= n) {
		n = ulmin(left, sizeof(msg));
		sha1_update(&sc, msg, n);
	}
	sha1_final(&sc, out);
	kt_hex(want, million_a);
	KT_MEMEQ(out, want, sizeof(out));
}

KTEST(sha1_pieces, "SHA-1 does not depend on how a message comes in pieces")
{
	struct sha1_ctx one, many;
	uint8_t msg[200], a[SHA1_DIGEST_LEN], b[SHA1_DIGEST_LEN];
	size_t len, n, off;

	kt_fill(msg, sizeof(msg));
	for (len = 0; len <= sizeof(msg); len++) {
		sha1_init(&one);
		sha1_update(&one, msg, len);
		sha1_final(&one, a);
		sha1_init(&many);
		for (off = 0; off < len; off += n) {
			n = ulmin(kt_random() % 90, len - off);
			sha1_update(&many, msg + off, n);
		}
		sha1_final(&many, b);
		KT_MEMEQ(a, b, sizeof(a));
	}
}

KTEST(sha1_erases, "a finished SHA-1 context holds nothing")
{
	struct sha1_ctx sc, zero;
	uint8_t out[SHA1_DIGEST_LEN];

	memset(&zero, 0, sizeof(zero));
	sha1_init(&sc);
	sha1_update(&sc, "secret", 6);
	sha1_final(&sc, out);
	KT_MEMEQ(&sc, &zero, sizeof(sc));
}

KTEST(hmac_rfc2202, "HMAC-SHA1 gives the test cases of RFC 2202")
{
	struct hmac_key hk;
	struct hmac_ctx hc;
	uint8_t key[80], msg[80], out[HMAC_MAXDIGEST_LEN];
	uint8_t want[SHA1_DIGEST_LEN];
	size_t keylen, len;
	int i;

	for (i = 0; i < nitems(rfc2202); i++) {
		keylen = kt_hex(key, rfc2202[i][0]);
		len = kt_hex(msg, rfc2202[i][1]);
		KT_EQ(kt_hex(want, rfc2202[i][2]), sizeof(want));
		hmac_setkey(&hk, HMAC_SHA1, key, keylen);
		hmac_init(&hc, &hk);
		hmac_update(&hc, msg, len);
		hmac_final(&hc, out);
		KT_MEMEQ(out, want, sizeof(want));
	}
}
