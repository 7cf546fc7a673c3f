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
 * Poly1305 (RFC 8439): numbers modulo 2^130 - 5 in words of 64 bits.  It
 * takes a multiplication whose time does not depend on the operands.
 */

#include <sys/param.h>
#include <sys/systm.h>

#include <crypto/bytes.h>
#include <crypto/poly1305.h>

typedef unsigned __int128 u128;

void
poly1305_init(struct poly1305_ctx *pc, const uint8_t key[POLY1305_KEY_LEN])
{
	memset(pc, 0, sizeof(*pc));
	pc->pc_r[0] = load_le64(key) & 0x0ffffffc0fffffffULL;
	pc->pc_r[1] = load_le64(key + 8) & 0x0ffffffc0ffffffcULL;
	pc->pc_s[0] = load_le64(key + 16);
	pc->pc_s[1] = load_le64(key + 24);
}

/*
 * h = (h + block + top * 2^128) * r for each of n blocks.
 *
 * r1 is a multiple of 4, so what r1 * 2^64 times h1 * 2^64 makes is r1 / 4
 * times h1 in units of 2^130, of which each is worth 5.  h2 stays below 7
 * and r0, r1 below 2^60, so nothing overflows.
 */
static void
blocks(uint64_t h[3], const uint64_t r[2], const uint8_t *p, size_t n,
    uint64_t top)
{
	uint64_t h0 = h[0], h1 = h[1], h2 = h[2], r0 = r[0], r1 = r[1];
	uint64_t r1x5 = r1 + (r1 >> 2);
	u128 low, high;

	for (; n > 0; n--, p += POLY1305_BLOCK_LEN) {
		low = (u128)h0 + load_le64(p);
		high = (u128)h1 + load_le64(p + 8) + (low >> 64);
		h0 = low;
		h1 = high;
		h2 += (uint64_t)(high >> 64) + top;

		low = (u128)h0 * r0 + (u128)h1 * r1x5;
		high = (u128)h0 * r1 + (u128)h1 * r0 + (u128)h2 * r1x5 +
		    (low >> 64);
		h2 = h2 * r0 + (uint64_t)(high >> 64);

		low = (u128)(uint64_t)low + (h2 >> 2) * 5;
		high = (u128)(uint64_t)high + (low >> 64);
		h0 = low;
		h1 = high;
		h2 = (h2 & 3) + (uint64_t)(high >> 64);
	}
	h[0] = h0;
	h[1] = h1;
	h[2] = h2;
}

void
poly1305_update(struct poly1305_ctx *pc, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t n;

	if (pc->pc_used > 0) {
		n = ulmin(len, POLY1305_BLOCK_LEN - pc->pc_used);
		memcpy(pc->pc_buf + pc->pc_used, p, n);
		p += n;
		len -= n;
		if ((pc->pc_used += n) < POLY1305_BLOCK_LEN)
			return;
		blocks(pc->pc_h, pc->pc_r, pc->pc_buf, 1, 1);
	}
	n = len / POLY1305_BLOCK_LEN;
	blocks(pc->pc_h, pc->pc_r, p, n, 1);
	pc->pc_used = len % POLY1305_BLOCK_LEN;
	memcpy(pc->pc_buf, p + n * POLY1305_BLOCK_LEN, pc->pc_used);
}

void
poly1305_final(struct poly1305_ctx *pc, uint8_t tag[POLY1305_TAG_LEN])
{
	uint64_t *h = pc->pc_h, mask;
	u128 low, high;

	/* a shorter last block ends with its own top bit */
	if (pc->pc_used > 0) {
		memset(pc->pc_buf + pc->pc_used, 0,
		    POLY1305_BLOCK_LEN - pc->pc_used);
		pc->pc_buf[pc->pc_used] = 1;
		blocks(h, pc->pc_r, pc->pc_buf, 1, 0);
	}

	/* h is below twice the modulus: take h + 5 if that reaches 2^130 */
	low = (u128)h[0] + 5;
	high = (u128)h[1] + (low >> 64);
	mask = -((h[2] + (uint64_t)(high >> 64)) >> 2);
	h[0] = ((uint64_t)low & mask) | (h[0] & ~mask);
	h[1] = ((uint64_t)high & mask) | (h[1] & ~mask);

	low = (u128)h[0] + pc->pc_s[0];
	store_le64(tag, low);
	store_le64(tag + 8, h[1] + pc->pc_s[1] + (uint64_t)(low >> 64));
	explicit_bzero(pc, sizeof(*pc));
}
