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
#include <net/toeplitz.h>

/* The hash as it is defined: bit by bit, with the key spelled out. */
static uint16_t
slow_hash(const uint8_t *data, size_t len)
{
	uint8_t key[64];
	uint16_t hash = 0;
	uint32_t window;
	size_t bit;

	stoeplitz_to_key(key, sizeof(key));
	for (bit = 0; bit < len * 8; bit++) {
		window = key[bit / 8] << 16 | key[bit / 8 + 1] << 8 |
		    key[bit / 8 + 2];
		if (data[bit / 8] & (0x80 >> (bit % 8)))
			hash ^= window >> (8 - bit % 8);
	}
	return (hash);
}

KTEST(toeplitz_definition, "all forms agree with the hash bit by bit")
{
	uint8_t data[36];
	uint32_t a, b;
	uint16_t p, q;
	int i;

	for (i = 0; i < 1000; i++) {
		a = kt_random();
		b = kt_random();
		p = kt_random();
		q = kt_random();
		memcpy(data, &a, 4);
		memcpy(data + 4, &b, 4);
		memcpy(data + 8, &p, 2);
		memcpy(data + 10, &q, 2);
		KT_EQ(stoeplitz_n16(p), slow_hash(data + 8, 2));
		KT_EQ(stoeplitz_n32(a), slow_hash(data, 4));
		KT_EQ(stoeplitz_h32(ntohl(a)), stoeplitz_n32(a));
		KT_EQ(stoeplitz_ip4(a, b), slow_hash(data, 8));
		KT_EQ(stoeplitz_ip4port(a, b, p, q), slow_hash(data, 12));
		KT_EQ(stoeplitz_eaddr(data), slow_hash(data, 6));
	}
}

KTEST(toeplitz_ip6, "IPv6 flows, and both directions have one hash")
{
	uint8_t data[36];
	const struct in6_addr *f = (void *)data, *l = (void *)(data + 16);
	uint16_t p, q;
	int i, j;

	for (i = 0; i < 1000; i++) {
		for (j = 0; j < 36; j++)
			data[j] = kt_random();
		memcpy(&p, data + 32, 2);
		memcpy(&q, data + 34, 2);
		KT_EQ(stoeplitz_ip6port(f, l, p, q), slow_hash(data, 36));
		KT_EQ(stoeplitz_ip6(f, l), slow_hash(data, 32));
		KT_EQ(stoeplitz_ip6port(f, l, p, q),
		    stoeplitz_ip6port(l, f, q, p));
	}
}

KTEST(toeplitz_permutation, "no two 16-bit words have the same hash")
{
	static uint8_t seen[65536];
	unsigned int i;

	memset(seen, 0, sizeof(seen));
	for (i = 0; i < 65536; i++) {
		KT_EQ(seen[stoeplitz_h16(i)], 0);
		seen[stoeplitz_h16(i)] = 1;
	}
}
