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
 * ChaCha20 (RFC 8439), four blocks side by side: lane n of every word is
 * that word in block n.  Compilers make of that what the machine has.
 */

#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/bytes.h>
#include <crypto/chacha20.h>

#define WORDS		16	/* of a block */
#define DOUBLE_ROUNDS	10

typedef uint32_t lanes __attribute__((__vector_size__(4 * CHACHA20_BATCH)));

#define ROTATE(x, n)	((x) << (n) | (x) >> (32 - (n)))

#define QUARTER_ROUND(a, b, c, d) do {					\
	(a) += (b); (d) ^= (a); (d) = ROTATE(d, 16);			\
	(c) += (d); (b) ^= (c); (b) = ROTATE(b, 12);			\
	(a) += (b); (d) ^= (a); (d) = ROTATE(d, 8);			\
	(c) += (d); (b) ^= (c); (b) = ROTATE(b, 7);			\
} while (0)

void
chacha20_setkey(struct chacha20_key *ck, const uint8_t key[CHACHA20_KEY_LEN])
{
	int i;

	for (i = 0; i < 8; i++)
		ck->ck_words[i] = load_le32(key + 4 * i);
}

static inline lanes
spread(uint32_t word)
{
	return ((lanes){ word, word, word, word });
}

static void
start(const struct chacha20_key *ck, const uint8_t *nonce, uint32_t ctr,
    lanes x[WORDS])
{
	int i;

	/* "expand 32-byte k" */
	x[0] = spread(0x61707865);
	x[1] = spread(0x3320646e);
	x[2] = spread(0x79622d32);
	x[3] = spread(0x6b206574);
	for (i = 0; i < 8; i++)
		x[4 + i] = spread(ck->ck_words[i]);
	x[12] = spread(ctr) + (lanes){ 0, 1, 2, 3 };
	for (i = 0; i < 3; i++)
		x[13 + i] = spread(load_le32(nonce + 4 * i));
}

void
chacha20_stream(const struct chacha20_key *ck,
    const uint8_t nonce[CHACHA20_NONCE_LEN], uint32_t ctr,
    uint8_t ks[CHACHA20_BATCH_LEN])
{
	lanes first[WORDS], x[WORDS];
	int i, n;

	start(ck, nonce, ctr, first);
	memcpy(x, first, sizeof(x));
	for (i = 0; i < DOUBLE_ROUNDS; i++) {
		QUARTER_ROUND(x[0], x[4], x[8], x[12]);
		QUARTER_ROUND(x[1], x[5], x[9], x[13]);
		QUARTER_ROUND(x[2], x[6], x[10], x[14]);
		QUARTER_ROUND(x[3], x[7], x[11], x[15]);
		QUARTER_ROUND(x[0], x[5], x[10], x[15]);
		QUARTER_ROUND(x[1], x[6], x[11], x[12]);
		QUARTER_ROUND(x[2], x[7], x[8], x[13]);
		QUARTER_ROUND(x[3], x[4], x[9], x[14]);
	}
	for (i = 0; i < WORDS; i++) {
		x[i] += first[i];
		for (n = 0; n < CHACHA20_BATCH; n++)
			store_le32(ks + CHACHA20_BLOCK_LEN * n + 4 * i,
			    x[i][n]);
	}
}

void
chacha20_crypt(const struct chacha20_key *ck,
    const uint8_t nonce[CHACHA20_NONCE_LEN], uint32_t ctr, uint8_t *buf,
    size_t len)
{
	uint8_t ks[CHACHA20_BATCH_LEN];
	size_t n;

	for (; len > 0; len -= n, buf += n, ctr += CHACHA20_BATCH) {
		n = ulmin(len, sizeof(ks));
		chacha20_stream(ck, nonce, ctr, ks);
		xor_bytes(buf, ks, n);
	}
	explicit_bzero(ks, sizeof(ks));
}
