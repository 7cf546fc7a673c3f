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

#ifndef _CRYPTO_BYTES_H_
#define _CRYPTO_BYTES_H_

/*
 * Loads and stores of a fixed byte order at any alignment.  Written with
 * shifts: compilers make one instruction of each.
 */

static inline uint32_t
load_le32(const uint8_t *p)
{
	return ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24);
}

static inline uint64_t
load_le64(const uint8_t *p)
{
	return (load_le32(p) | (uint64_t)load_le32(p + 4) << 32);
}

static inline uint32_t
load_be32(const uint8_t *p)
{
	return ((uint32_t)p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[0] << 24);
}

static inline uint64_t
load_be64(const uint8_t *p)
{
	return ((uint64_t)load_be32(p) << 32 | load_be32(p + 4));
}

static inline void
store_le32(uint8_t *p, uint32_t v)
{
	p[0] = v;
	p[1] = v >> 8;
	p[2] = v >> 16;
	p[3] = v >> 24;
}

static inline void
store_le64(uint8_t *p, uint64_t v)
{
	store_le32(p, v);
	store_le32(p + 4, v >> 32);
}

static inline void
store_be32(uint8_t *p, uint32_t v)
{
	p[0] = v >> 24;
	p[1] = v >> 16;
	p[2] = v >> 8;
	p[3] = v;
}

static inline void
store_be64(uint8_t *p, uint64_t v)
{
	store_be32(p, v >> 32);
	store_be32(p + 4, v);
}

/* dst ^= src; neither needs any alignment */
static inline void
xor_bytes(uint8_t *dst, const uint8_t *src, size_t len)
{
	uint64_t a, b;

	for (; len >= 8; len -= 8, dst += 8, src += 8) {
		memcpy(&a, dst, 8);
		memcpy(&b, src, 8);
		a ^= b;
		memcpy(dst, &a, 8);
	}
	for (; len > 0; len--)
		*dst++ ^= *src++;
}

#endif /* _CRYPTO_BYTES_H_ */
