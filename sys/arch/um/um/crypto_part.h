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
 * The first n bytes of a block, 1 to 16, for processors without masks.
 * FN says what the includer's functions are.
 */

static const uint8_t part_shift[32] __aligned(32) = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
};
static const uint8_t part_mask[32] __aligned(32) = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

/*
 * 0 behind them.  Nothing behind them is read, but up to 15 bytes before
 * are: of a packet these are its header and IV, or its previous block.
 */
FN __m128i
part_load(const uint8_t *p, size_t n)
{
	return (_mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(p + n -
	    16)), _mm_loadu_si128((const __m128i *)(part_shift + 16 - n))));
}

FN __m128i
part_first(__m128i x, size_t n)
{
	return (_mm_and_si128(x, _mm_loadu_si128((const __m128i *)(part_mask +
	    16 - n))));
}

FN void
part_store(uint8_t *p, __m128i x, size_t n)
{
	uint64_t v;

	if (n == 16) {
		_mm_storeu_si128((__m128i *)p, x);
		return;
	}
	if (n & 8) {
		_mm_storel_epi64((__m128i *)p, x);
		x = _mm_srli_si128(x, 8);
		p += 8;
	}
	v = _mm_cvtsi128_si64(x);
	if (n & 4) {
		memcpy(p, &v, 4);
		v >>= 32;
		p += 4;
	}
	if (n & 2) {
		memcpy(p, &v, 2);
		v >>= 16;
		p += 2;
	}
	if (n & 1)
		*p = v;
}
