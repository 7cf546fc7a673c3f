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

static uint8_t ref_sbox[256], ref_inv_sbox[256];

static int
digit(char c)
{
	return (c <= '9' ? c - '0' : c - 'a' + 10);
}

static uint8_t
gf256_mul(uint8_t a, uint8_t b)
{
	uint8_t r;

	for (r = 0; b != 0; b >>= 1) {
		if (b & 1)
			r ^= a;
		a = a << 1 ^ (a & 0x80 ? 0x1b : 0);
	}
	return (r);
}

/* FIPS 197, 5.1.1: the inverse, then the affine map bit by bit */
static void
make_sbox(void)
{
	int b, i, inv, x;
	uint8_t s;

	if (ref_sbox[0] != 0)
		return;
	for (x = 0; x < 256; x++) {
		for (inv = 255; inv > 0; inv--)
			if (gf256_mul(x, inv) == 1)
				break;
		for (s = 0, i = 0; i < 8; i++) {
			b = inv >> i ^ inv >> (i + 4) % 8 ^
			    inv >> (i + 5) % 8 ^ inv >> (i + 6) % 8 ^
			    inv >> (i + 7) % 8 ^ 0x63 >> i;
			s |= (b & 1) << i;
		}
		ref_sbox[x] = s;
		ref_inv_sbox[s] = x;
	}
}

/* round keys as bytes; returns the number of rounds */
static int
expand(const uint8_t *key, size_t keylen, uint8_t w[15][16])
{
	uint8_t *p = w[0], t[4], x, rcon = 1;
	size_t i;
	int j, rounds = keylen / 4 + 6;

	make_sbox();
	memcpy(p, key, keylen);
	for (i = keylen; i < 16 * (size_t)(rounds + 1); i += 4) {
		memcpy(t, p + i - 4, 4);
		if (i % keylen == 0) {
			x = t[0];
			t[0] = ref_sbox[t[1]] ^ rcon;
			t[1] = ref_sbox[t[2]];
			t[2] = ref_sbox[t[3]];
			t[3] = ref_sbox[x];
			rcon = gf256_mul(rcon, 2);
		} else if (keylen == 32 && i % 32 == 16)
			for (j = 0; j < 4; j++)
				t[j] = ref_sbox[t[j]];
		for (j = 0; j < 4; j++)
			p[i + j] = p[i + j - keylen] ^ t[j];
	}
	return (rounds);
}

static void
mix(uint8_t s[16], const uint8_t m[4])
{
	uint8_t t[16];
	int c, i, r;

	memset(t, 0, sizeof(t));
	for (c = 0; c < 4; c++)
		for (r = 0; r < 4; r++)
			for (i = 0; i < 4; i++)
				t[4 * c + r] ^= gf256_mul(m[(i - r) & 3],
				    s[4 * c + i]);
	memcpy(s, t, 16);
}

static void
add(uint8_t s[16], const uint8_t k[16])
{
	int i;

	for (i = 0; i < 16; i++)
		s[i] ^= k[i];
}

void
ref_aes_encrypt(const uint8_t *key, size_t keylen, const uint8_t in[16],
    uint8_t out[16])
{
	static const uint8_t m[4] = { 2, 3, 1, 1 };
	uint8_t s[16], t[16], w[15][16];
	int i, j, rounds = expand(key, keylen, w);

	memcpy(s, in, 16);
	add(s, w[0]);
	for (i = 1; i <= rounds; i++) {
		for (j = 0; j < 16; j++)
			t[j] = ref_sbox[s[(j + 4 * (j % 4)) % 16]];
		memcpy(s, t, 16);
		if (i < rounds)
			mix(s, m);
		add(s, w[i]);
	}
	memcpy(out, s, 16);
}

void
ref_aes_decrypt(const uint8_t *key, size_t keylen, const uint8_t in[16],
    uint8_t out[16])
{
	static const uint8_t m[4] = { 14, 11, 13, 9 };
	uint8_t s[16], t[16], w[15][16];
	int i, j, rounds = expand(key, keylen, w);

	memcpy(s, in, 16);
	for (i = rounds; i > 0; i--) {
		add(s, w[i]);
		if (i < rounds)
			mix(s, m);
		for (j = 0; j < 16; j++)
			t[(j + 4 * (j % 4)) % 16] = ref_inv_sbox[s[j]];
		memcpy(s, t, 16);
	}
	add(s, w[0]);
	memcpy(out, s, 16);
}

void
ref_cbc_encrypt(const uint8_t *key, size_t keylen, const uint8_t *iv,
    uint8_t *buf, size_t len)
{
	for (; len >= 16; len -= 16, iv = buf, buf += 16) {
		add(buf, iv);
		ref_aes_encrypt(key, keylen, buf, buf);
	}
}

/* SP 800-38D, 6.3: bit 0 is the leftmost */
static void
ghash_mul(uint8_t y[16], const uint8_t h[16])
{
	uint8_t v[16], z[16];
	int carry, i, j;

	memset(z, 0, sizeof(z));
	memcpy(v, h, 16);
	for (i = 0; i < 128; i++) {
		if (y[i / 8] & 0x80 >> i % 8)
			add(z, v);
		carry = v[15] & 1;
		for (j = 15; j > 0; j--)
			v[j] = v[j] >> 1 | v[j - 1] << 7;
		v[0] = v[0] >> 1 ^ (carry ? 0xe1 : 0);
	}
	memcpy(y, z, 16);
}

void
ref_ghash(const uint8_t h[16], const uint8_t *buf, size_t len, uint8_t y[16])
{
	size_t i, n;

	for (; len > 0; len -= n, buf += n) {
		n = len < 16 ? len : 16;
		for (i = 0; i < n; i++)
			y[i] ^= buf[i];
		ghash_mul(y, h);
	}
}

void
ref_gcm_seal(const uint8_t *key, size_t keylen, const uint8_t *nonce,
    const uint8_t *aad, size_t aadlen, uint8_t *buf, size_t len, uint8_t *tag)
{
	uint8_t h[16] = { 0 }, j0[16], ks[16], lengths[16] = { 0 };
	size_t i;
	unsigned int ctr = 1;

	ref_aes_encrypt(key, keylen, h, h);
	memcpy(j0, nonce, 12);
	j0[12] = j0[13] = j0[14] = 0;
	for (i = 0; i < len; i++) {
		if (i % 16 == 0) {
			ctr++;
			j0[14] = ctr >> 8;
			j0[15] = ctr;
			ref_aes_encrypt(key, keylen, j0, ks);
		}
		buf[i] ^= ks[i % 16];
	}
	for (i = 0; i < 4; i++) {
		lengths[7 - i] = (uint64_t)aadlen * 8 >> 8 * i;
		lengths[15 - i] = (uint64_t)len * 8 >> 8 * i;
	}
	memset(tag, 0, 16);
	ref_ghash(h, aad, aadlen, tag);
	ref_ghash(h, buf, len, tag);
	ref_ghash(h, lengths, 16, tag);
	j0[14] = 0;
	j0[15] = 1;
	ref_aes_encrypt(key, keylen, j0, ks);
	add(tag, ks);
}

/*
 * FIPS 46-3, bit by bit; bits count from 1, the most significant.
 */

static const uint8_t ref_ip[64] = {
	58, 50, 42, 34, 26, 18, 10, 2, 60, 52, 44, 36, 28, 20, 12, 4,
	62, 54, 46, 38, 30, 22, 14, 6, 64, 56, 48, 40, 32, 24, 16, 8,
	57, 49, 41, 33, 25, 17,  9, 1, 59, 51, 43, 35, 27, 19, 11, 3,
	61, 53, 45, 37, 29, 21, 13, 5, 63, 55, 47, 39, 31, 23, 15, 7,
}, ref_e[48] = {
	32,  1,  2,  3,  4,  5,  4,  5,  6,  7,  8,  9,
	 8,  9, 10, 11, 12, 13, 12, 13, 14, 15, 16, 17,
	16, 17, 18, 19, 20, 21, 20, 21, 22, 23, 24, 25,
	24, 25, 26, 27, 28, 29, 28, 29, 30, 31, 32,  1,
}, ref_p[32] = {
	16,  7, 20, 21, 29, 12, 28, 17,  1, 15, 23, 26,  5, 18, 31, 10,
	 2,  8, 24, 14, 32, 27,  3,  9, 19, 13, 30,  6, 22, 11,  4, 25,
}, ref_pc1[56] = {
	57, 49, 41, 33, 25, 17,  9,  1, 58, 50, 42, 34, 26, 18,
	10,  2, 59, 51, 43, 35, 27, 19, 11,  3, 60, 52, 44, 36,
	63, 55, 47, 39, 31, 23, 15,  7, 62, 54, 46, 38, 30, 22,
	14,  6, 61, 53, 45, 37, 29, 21, 13,  5, 28, 20, 12,  4,
}, ref_pc2[48] = {
	14, 17, 11, 24,  1,  5,  3, 28, 15,  6, 21, 10,
	23, 19, 12,  4, 26,  8, 16,  7, 27, 20, 13,  2,
	41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48,
	44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
};

/* four rows of 16 each, in hex */
static const char *const ref_s[8] = {
	"e4d12fb83a6c59070f74e2d1a6cb9538"
	    "41e8d62bfc973a50fc8249175b3ea06d",
	"f18e6b34972dc05a3d47f28ec01a69b5"
	    "0e7ba4d158c6932fd8a13f42b67c05e9",
	"a09e63f51dc7b428d709346a285ecbf1"
	    "d6498f30b12c5ae71ad069874fe3b52c",
	"7de3069a1285bc4fd8b56f03472c1ae9"
	    "a690cb7df13e52843f06a1d8945bc72e",
	"2c417ab6853fd0e9eb2c47d150fa3986"
	    "421bad78f9c5630eb8c71e2d6f09a453",
	"c1af92680d34e75baf427c9561de0b38"
	    "9ef528c3704a1db6432c95fabe17608d",
	"4b2ef08d3c975a61d0b7491ae35c2f86"
	    "14bdc37eaf6805926bd814a7950fe23c",
	"d2846fb1a93e50c71fd8a374c56b0e92"
	    "7b419ce206adf35821e74a8dfc90356b",
};

static uint64_t
ref_pick(uint64_t x, int width, const uint8_t *bits, int n)
{
	uint64_t y = 0;
	int i;

	for (i = 0; i < n; i++)
		y = y << 1 | (x >> (width - bits[i]) & 1);
	return (y);
}

static uint64_t
ref_turn(uint64_t x, int n)
{
	return ((x << n | x >> (28 - n)) & 0xfffffff);
}

static uint32_t
ref_f(uint32_t r, uint64_t k)
{
	uint64_t x = ref_pick(r, 32, ref_e, 48) ^ k;
	uint32_t y = 0;
	int b, i;

	for (i = 0; i < 8; i++) {
		b = x >> (42 - 6 * i) & 63;
		b = (b & 32) | (b & 1) << 4 | (b >> 1 & 15);
		y = y << 4 | digit(ref_s[i][b]);
	}
	return (ref_pick(y, 32, ref_p, 32));
}

static uint64_t
ref_des(uint64_t key, uint64_t block, int decrypt)
{
	uint64_t k[16], c, d, x = 0;
	uint32_t l, r, t;
	int i, n;

	key = ref_pick(key, 64, ref_pc1, 56);
	c = key >> 28;
	d = key & 0xfffffff;
	for (i = 0; i < 16; i++) {
		n = i < 2 || i == 8 || i == 15 ? 1 : 2;
		c = ref_turn(c, n);
		d = ref_turn(d, n);
		k[i] = ref_pick(c << 28 | d, 56, ref_pc2, 48);
	}
	block = ref_pick(block, 64, ref_ip, 64);
	l = block >> 32;
	r = block;
	for (i = 0; i < 16; i++) {
		t = l ^ ref_f(r, k[decrypt ? 15 - i : i]);
		l = r;
		r = t;
	}
	block = (uint64_t)r << 32 | l;
	for (i = 0; i < 64; i++)
		x |= (block >> (63 - i) & 1) << (64 - ref_ip[i]);
	return (x);
}

static uint64_t
ref_be64(const uint8_t *p)
{
	uint64_t x = 0;
	int i;

	for (i = 0; i < 8; i++)
		x = x << 8 | p[i];
	return (x);
}

void
ref_des3_cbc_encrypt(const uint8_t key[24], const uint8_t *iv, uint8_t *buf,
    size_t len)
{
	uint64_t x = ref_be64(iv);
	int i;

	for (; len >= 8; len -= 8, buf += 8) {
		x = ref_des(ref_be64(key), x ^ ref_be64(buf), 0);
		x = ref_des(ref_be64(key + 8), x, 1);
		x = ref_des(ref_be64(key + 16), x, 0);
		for (i = 0; i < 8; i++)
			buf[i] = x >> (56 - 8 * i);
	}
}

/* RFC 3686, 4 */
void
ref_ctr_crypt(const uint8_t *key, size_t keylen, const uint8_t nonce[12],
    uint8_t *buf, size_t len)
{
	uint8_t block[16], ks[16];
	size_t i;

	memcpy(block, nonce, 12);
	for (i = 0; i < len; i++) {
		if (i % 16 == 0) {
			block[12] = block[13] = 0;
			block[14] = (1 + i / 16) >> 8;
			block[15] = 1 + i / 16;
			ref_aes_encrypt(key, keylen, block, ks);
		}
		buf[i] ^= ks[i % 16];
	}
}

static void
ref_quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	static const int shifts[] = { 16, 12, 8, 7 };
	uint32_t *p = a, *q = b, *r = d, *t;
	int i;

	/* a += b; d = rotate(d ^ a), and the same with c, d, b in turn */
	for (i = 0; i < 4; i++) {
		*p += *q;
		*r = (*r ^ *p) << shifts[i] | (*r ^ *p) >> (32 - shifts[i]);
		p = p == a ? c : a;
		t = q;
		q = r;
		r = t;
	}
}

/* RFC 8439, 2.3: one block of key stream */
static void
ref_chacha20(const uint8_t key[32], uint32_t ctr, const uint8_t nonce[12],
    uint8_t out[64])
{
	uint8_t in[64];
	uint32_t x[16], y[16];
	int i, j;

	memcpy(in, "expand 32-byte k", 16);
	memcpy(in + 16, key, 32);
	memcpy(in + 52, nonce, 12);
	for (i = 0; i < 4; i++)
		in[48 + i] = ctr >> 8 * i;
	for (i = 0; i < 16; i++)
		x[i] = y[i] = in[4 * i] | in[4 * i + 1] << 8 |
		    in[4 * i + 2] << 16 | (uint32_t)in[4 * i + 3] << 24;
	for (i = 0; i < 20; i++)
		for (j = 0; j < 4; j++)
			ref_quarter_round(&y[j],
			    &y[4 + (j + i % 2) % 4],
			    &y[8 + (j + i % 2 * 2) % 4],
			    &y[12 + (j + i % 2 * 3) % 4]);
	for (i = 0; i < 64; i++)
		out[i] = (x[i / 4] + y[i / 4]) >> i % 4 * 8;
}

/* h = h * r modulo 2^130 - 5, 17 digits to the base 256 */
static void
ref_1305_mul(uint32_t h[17], const uint8_t r[16])
{
	uint32_t p[34] = { 0 }, carry;
	int i, j, round;

	for (i = 0; i < 17; i++)
		for (j = 0; j < 16; j++)
			p[i + j] += h[i] * r[j];
	for (round = 0; round < 3; round++) {
		for (carry = 0, i = 0; i < 34; i++) {
			carry += p[i];
			p[i] = carry & 255;
			carry >>= 8;
		}
		/* 2^136 is 2^6 * 2^130 */
		for (i = 17; i < 34; i++) {
			p[i - 17] += p[i] * 5 << 6;
			p[i] = 0;
		}
		p[0] += (p[16] >> 2) * 5;
		p[16] &= 3;
	}
	for (carry = 0, i = 0; i < 17; i++) {
		carry += p[i];
		h[i] = carry & 255;
		carry >>= 8;
	}
}

/* RFC 8439, 2.5.1; text is zero padded to whole blocks */
static void
ref_poly1305(const uint8_t key[32], const uint8_t *buf, size_t len,
    uint8_t tag[16])
{
	uint32_t h[17] = { 0 }, carry;
	uint8_t r[16], g[17];
	int i;

	for (i = 0; i < 16; i++)
		r[i] = key[i] & (i % 4 == 3 ? 15 : 255) &
		    (i > 0 && i % 4 == 0 ? 252 : 255);
	for (; len >= 16; len -= 16, buf += 16) {
		for (i = 0; i < 16; i++)
			h[i] += buf[i];
		h[16]++;
		ref_1305_mul(h, r);
	}
	for (carry = 5, i = 0; i < 17; i++) {
		carry += h[i];
		g[i] = carry;
		carry >>= 8;
	}
	for (carry = 0, i = 0; i < 16; i++) {
		carry += (g[16] & 4 ? g[i] : h[i]) + key[16 + i];
		tag[i] = carry;
		carry >>= 8;
	}
}

/* RFC 8439, 2.8.1; aad of at most 16 bytes and text of at most 1024 */
void
ref_chachapoly_seal(const uint8_t key[32], const uint8_t nonce[12],
    const uint8_t *aad, size_t aadlen, uint8_t *buf, size_t len, uint8_t *tag)
{
	uint8_t ks[64], msg[16 + 1024 + 16] = { 0 };
	size_t i, padded = (len + 15) / 16 * 16;

	for (i = 0; i < len; i++) {
		if (i % 64 == 0)
			ref_chacha20(key, 1 + i / 64, nonce, ks);
		buf[i] ^= ks[i % 64];
	}
	memcpy(msg, aad, aadlen);
	memcpy(msg + 16, buf, len);
	msg[16 + padded] = aadlen;
	msg[16 + padded + 8] = len;
	msg[16 + padded + 9] = len >> 8;
	ref_chacha20(key, 0, nonce, ks);
	ref_poly1305(ks, msg, 16 + padded + 16, tag);
}

static void
ref_hash(enum hmac_hash hash, const uint8_t *buf, size_t len, uint8_t *out)
{
	struct sha1_ctx sha1;
	struct sha2_ctx sha2;

	if (hash == HMAC_SHA1) {
		sha1_init(&sha1);
		sha1_update(&sha1, buf, len);
		sha1_final(&sha1, out);
	} else {
		sha2_init(&sha2, (enum sha2_type)hash);
		sha2_update(&sha2, buf, len);
		sha2_final(&sha2, out);
	}
}

/* H(key ^ opad || H(key ^ ipad || text)) on whole buffers */
void
ref_hmac(int auth, const uint8_t *key, size_t keylen, const uint8_t *buf,
    size_t len, uint8_t *out)
{
	enum hmac_hash hash = auth == CRYPTO_SHA1_HMAC ? HMAC_SHA1 :
	    auth == CRYPTO_SHA2_256_HMAC ? HMAC_SHA2_256 :
	    auth == CRYPTO_SHA2_384_HMAC ? HMAC_SHA2_384 : HMAC_SHA2_512;
	size_t i, block = hmac_blocklen(hash);
	uint8_t k[HMAC_MAXBLOCK_LEN] = { 0 };
	uint8_t msg[HMAC_MAXBLOCK_LEN + 1024];

	if (keylen > block)
		ref_hash(hash, key, keylen, k);
	else
		memcpy(k, key, keylen);
	for (i = 0; i < block; i++)
		msg[i] = k[i] ^ 0x36;
	memcpy(msg + block, buf, len);
	ref_hash(hash, msg, block + len, out);
	for (i = 0; i < block; i++)
		msg[i] = k[i] ^ 0x5c;
	memcpy(msg + block, out, hmac_digestlen(hash));
	ref_hash(hash, msg, block + hmac_digestlen(hash), out);
}

size_t
kt_hex(uint8_t *out, const char *s)
{
	size_t n;

	for (n = 0; s[2 * n] != '\0'; n++)
		out[n] = digit(s[2 * n]) << 4 | digit(s[2 * n + 1]);
	return (n);
}

void
kt_fill(void *buf, size_t len)
{
	uint8_t *p = buf;

	while (len-- > 0)
		*p++ = kt_random();
}
