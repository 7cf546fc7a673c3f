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


#include <sys/param.h>
#include <sys/systm.h>
#include <net/toeplitz.h>

static uint16_t	stoeplitz_key;
static struct stoeplitz_cache stoeplitz_bytes;

const struct stoeplitz_cache *const stoeplitz_cache = &stoeplitz_bytes;

/*
 * Bit i of the input, from the highest, selects the 16 bits of the endless
 * key that start there: the key rotated left by i.
 */
static uint16_t
stoeplitz_byte(uint16_t key, uint8_t byte)
{
	uint32_t twice = ((uint32_t)key << 16) | key;
	uint16_t hash = 0;
	int i;

	for (i = 0; i < 8; i++)
		if (byte & (0x80 >> i))
			hash ^= twice >> (16 - i);
	return (hash);
}

void
stoeplitz_init(void)
{
	int i;

	/*
	 * An odd number of bits makes the 16 rotations linearly
	 * independent: no two words have the same hash.
	 */
	do {
		stoeplitz_key = arc4random();
	} while (!__builtin_parity(stoeplitz_key));

	for (i = 0; i < 256; i++)
		stoeplitz_bytes.bytes[i] = stoeplitz_byte(stoeplitz_key, i);
}

void
stoeplitz_to_key(void *key, size_t len)
{
	uint16_t word = htons(stoeplitz_key);
	size_t i;

	KASSERT(len % sizeof(word) == 0);
	for (i = 0; i + sizeof(word) <= len; i += sizeof(word))
		memcpy((char *)key + i, &word, sizeof(word));
}

uint16_t
stoeplitz_hash_ip4(const struct stoeplitz_cache *c, uint32_t faddr,
    uint32_t laddr)
{
	return (stoeplitz_hash_n32(c, faddr ^ laddr));
}

uint16_t
stoeplitz_hash_ip4port(const struct stoeplitz_cache *c, uint32_t faddr,
    uint32_t laddr, uint16_t fport, uint16_t lport)
{
	return (stoeplitz_hash_n32(c, faddr ^ laddr ^ fport ^ lport));
}

/* The xor of all 16-bit words; len is a multiple of 2. */
static uint16_t
stoeplitz_fold(const void *p, size_t len)
{
	uint16_t word, fold = 0;
	size_t i;

	for (i = 0; i < len; i += sizeof(word)) {
		memcpy(&word, (const char *)p + i, sizeof(word));
		fold ^= word;
	}
	return (fold);
}

uint16_t
stoeplitz_hash_ip6(const struct stoeplitz_cache *c,
    const struct in6_addr *faddr, const struct in6_addr *laddr)
{
	return (stoeplitz_hash_n16(c, stoeplitz_fold(faddr, 16) ^
	    stoeplitz_fold(laddr, 16)));
}

uint16_t
stoeplitz_hash_ip6port(const struct stoeplitz_cache *c,
    const struct in6_addr *faddr, const struct in6_addr *laddr,
    uint16_t fport, uint16_t lport)
{
	return (stoeplitz_hash_n16(c, stoeplitz_fold(faddr, 16) ^
	    stoeplitz_fold(laddr, 16) ^ fport ^ lport));
}

uint16_t
stoeplitz_hash_eaddr(const struct stoeplitz_cache *c, const uint8_t *ea)
{
	return (stoeplitz_hash_n16(c, stoeplitz_fold(ea, 6)));
}
