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
 * SHA-256, SHA-384 and SHA-512 (FIPS 180-4).  No part of it has a branch or
 * an index that depends on what is hashed.
 */

#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/bytes.h>
#include <crypto/sha2.h>

/*
 * Fractions of the cube roots of the first 80 primes.  SHA-256 takes the
 * upper halves of the first 64; the same is true of its initial state.
 */
static const uint64_t sha2_k[80] = {
	0x428a2f98d728ae22ULL, 0x7137449123ef65cdULL,
	0xb5c0fbcfec4d3b2fULL, 0xe9b5dba58189dbbcULL,
	0x3956c25bf348b538ULL, 0x59f111f1b605d019ULL,
	0x923f82a4af194f9bULL, 0xab1c5ed5da6d8118ULL,
	0xd807aa98a3030242ULL, 0x12835b0145706fbeULL,
	0x243185be4ee4b28cULL, 0x550c7dc3d5ffb4e2ULL,
	0x72be5d74f27b896fULL, 0x80deb1fe3b1696b1ULL,
	0x9bdc06a725c71235ULL, 0xc19bf174cf692694ULL,
	0xe49b69c19ef14ad2ULL, 0xefbe4786384f25e3ULL,
	0x0fc19dc68b8cd5b5ULL, 0x240ca1cc77ac9c65ULL,
	0x2de92c6f592b0275ULL, 0x4a7484aa6ea6e483ULL,
	0x5cb0a9dcbd41fbd4ULL, 0x76f988da831153b5ULL,
	0x983e5152ee66dfabULL, 0xa831c66d2db43210ULL,
	0xb00327c898fb213fULL, 0xbf597fc7beef0ee4ULL,
	0xc6e00bf33da88fc2ULL, 0xd5a79147930aa725ULL,
	0x06ca6351e003826fULL, 0x142929670a0e6e70ULL,
	0x27b70a8546d22ffcULL, 0x2e1b21385c26c926ULL,
	0x4d2c6dfc5ac42aedULL, 0x53380d139d95b3dfULL,
	0x650a73548baf63deULL, 0x766a0abb3c77b2a8ULL,
	0x81c2c92e47edaee6ULL, 0x92722c851482353bULL,
	0xa2bfe8a14cf10364ULL, 0xa81a664bbc423001ULL,
	0xc24b8b70d0f89791ULL, 0xc76c51a30654be30ULL,
	0xd192e819d6ef5218ULL, 0xd69906245565a910ULL,
	0xf40e35855771202aULL, 0x106aa07032bbd1b8ULL,
	0x19a4c116b8d2d0c8ULL, 0x1e376c085141ab53ULL,
	0x2748774cdf8eeb99ULL, 0x34b0bcb5e19b48a8ULL,
	0x391c0cb3c5c95a63ULL, 0x4ed8aa4ae3418acbULL,
	0x5b9cca4f7763e373ULL, 0x682e6ff3d6b2b8a3ULL,
	0x748f82ee5defb2fcULL, 0x78a5636f43172f60ULL,
	0x84c87814a1f0ab72ULL, 0x8cc702081a6439ecULL,
	0x90befffa23631e28ULL, 0xa4506cebde82bde9ULL,
	0xbef9a3f7b2c67915ULL, 0xc67178f2e372532bULL,
	0xca273eceea26619cULL, 0xd186b8c721c0c207ULL,
	0xeada7dd6cde0eb1eULL, 0xf57d4f7fee6ed178ULL,
	0x06f067aa72176fbaULL, 0x0a637dc5a2c898a6ULL,
	0x113f9804bef90daeULL, 0x1b710b35131c471bULL,
	0x28db77f523047d84ULL, 0x32caab7b40c72493ULL,
	0x3c9ebe0a15c9bebcULL, 0x431d67c49c100d4cULL,
	0x4cc5d4becb3e42b6ULL, 0x597f299cfc657e2aULL,
	0x5fcb6fab3ad6faecULL, 0x6c44198c4a475817ULL,
};

static const uint64_t sha512_start[8] = {
	0x6a09e667f3bcc908ULL, 0xbb67ae8584caa73bULL,
	0x3c6ef372fe94f82bULL, 0xa54ff53a5f1d36f1ULL,
	0x510e527fade682d1ULL, 0x9b05688c2b3e6c1fULL,
	0x1f83d9abfb41bd6bULL, 0x5be0cd19137e2179ULL,
};

static const uint64_t sha384_start[8] = {
	0xcbbb9d5dc1059ed8ULL, 0x629a292a367cd507ULL,
	0x9159015a3070dd17ULL, 0x152fecd8f70e5939ULL,
	0x67332667ffc00b31ULL, 0x8eb44a8768581511ULL,
	0xdb0c2e0d64f98fa7ULL, 0x47b5481dbefa4fa4ULL,
};

#define CHOOSE(x, y, z)		((((y) ^ (z)) & (x)) ^ (z))
#define MAJORITY(x, y, z)	(((x) & (y)) | (((x) | (y)) & (z)))

/*
 * One round.  Variables change names instead of places: the caller passes
 * them one further on each time.  sum0 and sum1 are the hash's own.
 */
#define ROUND(sum0, sum1, a, b, c, d, e, f, g, h, kw) do {		\
	(h) += sum1(e) + CHOOSE(e, f, g) + (kw);			\
	(d) += (h);							\
	(h) += sum0(a) + MAJORITY(a, b, c);				\
} while (0)

#define EIGHT_ROUNDS(sum0, sum1, v, KW) do {				\
	ROUND(sum0, sum1, v[0], v[1], v[2], v[3], v[4], v[5], v[6],	\
	    v[7], KW(0));						\
	ROUND(sum0, sum1, v[7], v[0], v[1], v[2], v[3], v[4], v[5],	\
	    v[6], KW(1));						\
	ROUND(sum0, sum1, v[6], v[7], v[0], v[1], v[2], v[3], v[4],	\
	    v[5], KW(2));						\
	ROUND(sum0, sum1, v[5], v[6], v[7], v[0], v[1], v[2], v[3],	\
	    v[4], KW(3));						\
	ROUND(sum0, sum1, v[4], v[5], v[6], v[7], v[0], v[1], v[2],	\
	    v[3], KW(4));						\
	ROUND(sum0, sum1, v[3], v[4], v[5], v[6], v[7], v[0], v[1],	\
	    v[2], KW(5));						\
	ROUND(sum0, sum1, v[2], v[3], v[4], v[5], v[6], v[7], v[0],	\
	    v[1], KW(6));						\
	ROUND(sum0, sum1, v[1], v[2], v[3], v[4], v[5], v[6], v[7],	\
	    v[0], KW(7));						\
} while (0)

static inline uint32_t
ror32(uint32_t x, int n)
{
	return (x >> n | x << (32 - n));
}

static inline uint64_t
ror64(uint64_t x, int n)
{
	return (x >> n | x << (64 - n));
}

#define SUM0_256(x)	(ror32(x, 2) ^ ror32(x, 13) ^ ror32(x, 22))
#define SUM1_256(x)	(ror32(x, 6) ^ ror32(x, 11) ^ ror32(x, 25))
#define SIGMA0_256(x)	(ror32(x, 7) ^ ror32(x, 18) ^ (x) >> 3)
#define SIGMA1_256(x)	(ror32(x, 17) ^ ror32(x, 19) ^ (x) >> 10)

#define SUM0_512(x)	(ror64(x, 28) ^ ror64(x, 34) ^ ror64(x, 39))
#define SUM1_512(x)	(ror64(x, 14) ^ ror64(x, 18) ^ ror64(x, 41))
#define SIGMA0_512(x)	(ror64(x, 1) ^ ror64(x, 8) ^ (x) >> 7)
#define SIGMA1_512(x)	(ror64(x, 19) ^ ror64(x, 61) ^ (x) >> 6)

static void
sha256_block(uint32_t s[8], const uint8_t *p)
{
	uint32_t v[8], w[64];
	int i;

	for (i = 0; i < 16; i++)
		w[i] = load_be32(p + 4 * i);
	for (; i < 64; i++)
		w[i] = w[i - 16] + SIGMA0_256(w[i - 15]) + w[i - 7] +
		    SIGMA1_256(w[i - 2]);
	memcpy(v, s, sizeof(v));
#define KW(j)	((uint32_t)(sha2_k[i + (j)] >> 32) + w[i + (j)])
	for (i = 0; i < 64; i += 8)
		EIGHT_ROUNDS(SUM0_256, SUM1_256, v, KW);
#undef KW
	for (i = 0; i < 8; i++)
		s[i] += v[i];
}

static void
sha512_block(uint64_t s[8], const uint8_t *p)
{
	uint64_t v[8], w[80];
	int i;

	for (i = 0; i < 16; i++)
		w[i] = load_be64(p + 8 * i);
	for (; i < 80; i++)
		w[i] = w[i - 16] + SIGMA0_512(w[i - 15]) + w[i - 7] +
		    SIGMA1_512(w[i - 2]);
	memcpy(v, s, sizeof(v));
#define KW(j)	(sha2_k[i + (j)] + w[i + (j)])
	for (i = 0; i < 80; i += 8)
		EIGHT_ROUNDS(SUM0_512, SUM1_512, v, KW);
#undef KW
	for (i = 0; i < 8; i++)
		s[i] += v[i];
}

static void
hash_block(struct sha2_ctx *sc, const uint8_t *p)
{
	if (sc->sc_type == SHA2_256)
		sha256_block(sc->sc_state.s32, p);
	else
		sha512_block(sc->sc_state.s64, p);
}

size_t
sha2_digestlen(enum sha2_type type)
{
	switch (type) {
	case SHA2_256:
		return (SHA256_DIGEST_LEN);
	case SHA2_384:
		return (SHA384_DIGEST_LEN);
	default:
		return (SHA512_DIGEST_LEN);
	}
}

size_t
sha2_blocklen(enum sha2_type type)
{
	return (type == SHA2_256 ? SHA256_BLOCK_LEN : SHA512_BLOCK_LEN);
}

void
sha2_init(struct sha2_ctx *sc, enum sha2_type type)
{
	int i;

	sc->sc_type = type;
	sc->sc_count = 0;
	for (i = 0; i < 8; i++) {
		if (type == SHA2_256)
			sc->sc_state.s32[i] = sha512_start[i] >> 32;
		else if (type == SHA2_384)
			sc->sc_state.s64[i] = sha384_start[i];
		else
			sc->sc_state.s64[i] = sha512_start[i];
	}
}

void
sha2_update(struct sha2_ctx *sc, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t block = sha2_blocklen(sc->sc_type);
	size_t n, used = sc->sc_count % block;

	sc->sc_count += len;
	if (used > 0) {
		n = ulmin(len, block - used);
		memcpy(sc->sc_buf + used, p, n);
		p += n;
		len -= n;
		if (used + n < block)
			return;
		hash_block(sc, sc->sc_buf);
	}
	for (; len >= block; len -= block, p += block)
		hash_block(sc, p);
	memcpy(sc->sc_buf, p, len);
}

/* the count of bits, 16 bytes with SHA-512, of which 8 are always zero */
void
sha2_final(struct sha2_ctx *sc, uint8_t *out)
{
	size_t block = sha2_blocklen(sc->sc_type);
	size_t used = sc->sc_count % block;
	size_t i, len = sha2_digestlen(sc->sc_type);

	sc->sc_buf[used++] = 0x80;
	if (used > block - block / 8) {
		memset(sc->sc_buf + used, 0, block - used);
		hash_block(sc, sc->sc_buf);
		used = 0;
	}
	memset(sc->sc_buf + used, 0, block - 8 - used);
	store_be64(sc->sc_buf + block - 8, sc->sc_count << 3);
	hash_block(sc, sc->sc_buf);

	if (sc->sc_type == SHA2_256)
		for (i = 0; i < len / 4; i++)
			store_be32(out + 4 * i, sc->sc_state.s32[i]);
	else
		for (i = 0; i < len / 8; i++)
			store_be64(out + 8 * i, sc->sc_state.s64[i]);
	explicit_bzero(sc, sizeof(*sc));
}
