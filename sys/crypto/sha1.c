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
 * SHA-1 (FIPS 180-4), for HMAC alone: collisions are known.  No part of it
 * has a branch or an index that depends on what is hashed.
 */

#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/bytes.h>
#include <crypto/sha1.h>

#define ROUNDS		80
#define PHASE		20	/* rounds of one function and constant */

#define ROTATE(x, n)		((x) << (n) | (x) >> (32 - (n)))
#define CHOOSE(x, y, z)		((((y) ^ (z)) & (x)) ^ (z))
#define PARITY(x, y, z)		((x) ^ (y) ^ (z))
#define MAJORITY(x, y, z)	(((x) & (y)) | (((x) | (y)) & (z)))

/*
 * Variables change names instead of places: the caller passes them one
 * further on each time.
 */
#define ROUND(fn, a, b, c, d, e, kw) do {				\
	(e) += fn(b, c, d) + (kw);					\
	(e) += ROTATE(a, 5);						\
	(b) = ROTATE(b, 30);						\
} while (0)

#define TWENTY_ROUNDS(fn, k, w) do {					\
	for (i = 0; i < PHASE; i += 5) {				\
		ROUND(fn, a, b, c, d, e, k + (w)[i]);			\
		ROUND(fn, e, a, b, c, d, k + (w)[i + 1]);		\
		ROUND(fn, d, e, a, b, c, k + (w)[i + 2]);		\
		ROUND(fn, c, d, e, a, b, k + (w)[i + 3]);		\
		ROUND(fn, b, c, d, e, a, k + (w)[i + 4]);		\
	}								\
} while (0)

static void
hash_block(uint32_t s[5], const uint8_t *p)
{
	uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4];
	uint32_t t, x, y, z, w[ROUNDS];
	int i;

	for (i = 0; i < 16; i++)
		w[i] = load_be32(p + 4 * i);
	/*
	 * x, y and z are the last three words: a compiler that fetches two
	 * at a time would wait for what it has just stored.
	 */
	for (x = w[13], y = w[14], z = w[15]; i < ROUNDS; i++) {
		t = x ^ w[i - 8] ^ w[i - 14] ^ w[i - 16];
		x = y;
		y = z;
		z = w[i] = ROTATE(t, 1);
	}
	TWENTY_ROUNDS(CHOOSE, 0x5a827999, w);
	TWENTY_ROUNDS(PARITY, 0x6ed9eba1, w + PHASE);
	TWENTY_ROUNDS(MAJORITY, 0x8f1bbcdc, w + 2 * PHASE);
	TWENTY_ROUNDS(PARITY, 0xca62c1d6, w + 3 * PHASE);
	s[0] += a;
	s[1] += b;
	s[2] += c;
	s[3] += d;
	s[4] += e;
}

void
sha1_init(struct sha1_ctx *sc)
{
	sc->s1_count = 0;
	sc->s1_state[0] = 0x67452301;
	sc->s1_state[1] = 0xefcdab89;
	sc->s1_state[2] = 0x98badcfe;
	sc->s1_state[3] = 0x10325476;
	sc->s1_state[4] = 0xc3d2e1f0;
}

void
sha1_update(struct sha1_ctx *sc, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t n, used = sc->s1_count % SHA1_BLOCK_LEN;

	sc->s1_count += len;
	if (used > 0) {
		n = ulmin(len, SHA1_BLOCK_LEN - used);
		memcpy(sc->s1_buf + used, p, n);
		p += n;
		len -= n;
		if (used + n < SHA1_BLOCK_LEN)
			return;
		hash_block(sc->s1_state, sc->s1_buf);
	}
	for (; len >= SHA1_BLOCK_LEN; len -= SHA1_BLOCK_LEN) {
		hash_block(sc->s1_state, p);
		p += SHA1_BLOCK_LEN;
	}
	memcpy(sc->s1_buf, p, len);
}

void
sha1_final(struct sha1_ctx *sc, uint8_t *out)
{
	size_t used = sc->s1_count % SHA1_BLOCK_LEN;
	int i;

	sc->s1_buf[used++] = 0x80;
	if (used > SHA1_BLOCK_LEN - 8) {
		memset(sc->s1_buf + used, 0, SHA1_BLOCK_LEN - used);
		hash_block(sc->s1_state, sc->s1_buf);
		used = 0;
	}
	memset(sc->s1_buf + used, 0, SHA1_BLOCK_LEN - 8 - used);
	store_be64(sc->s1_buf + SHA1_BLOCK_LEN - 8, sc->s1_count << 3);
	hash_block(sc->s1_state, sc->s1_buf);
	for (i = 0; i < 5; i++)
		store_be32(out + 4 * i, sc->s1_state[i]);
	explicit_bzero(sc, sizeof(*sc));
}
