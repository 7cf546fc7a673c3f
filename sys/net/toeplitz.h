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


#ifndef _NET_TOEPLITZ_H_
#define _NET_TOEPLITZ_H_

#include <sys/types.h>
#include <sys/endian.h>

struct in6_addr;

/*
 * A Toeplitz hash whose key repeats every 16 bits: both directions of a
 * flow have one hash, and each 16 bits of input count alike wherever they
 * stand, so they can be xored before they are hashed.  The hash of a
 * 16-bit word is a permutation.  Any context once stoeplitz_init() ran.
 */
struct stoeplitz_cache {
	uint16_t	 bytes[256];	/* hash of a byte, the high one */
};

extern const struct stoeplitz_cache *const stoeplitz_cache;

void	stoeplitz_init(void);		/* draws the key of this boot */
/* Fill with the key as network cards want it; whole 16-bit words. */
void	stoeplitz_to_key(void *, size_t);

/* addresses and ports in network byte order */
uint16_t stoeplitz_hash_ip4(const struct stoeplitz_cache *, uint32_t,
	    uint32_t);
uint16_t stoeplitz_hash_ip4port(const struct stoeplitz_cache *, uint32_t,
	    uint32_t, uint16_t, uint16_t);
uint16_t stoeplitz_hash_ip6(const struct stoeplitz_cache *,
	    const struct in6_addr *, const struct in6_addr *);
uint16_t stoeplitz_hash_ip6port(const struct stoeplitz_cache *,
	    const struct in6_addr *, const struct in6_addr *, uint16_t,
	    uint16_t);
uint16_t stoeplitz_hash_eaddr(const struct stoeplitz_cache *,
	    const uint8_t *);

/* host byte order */
static inline uint16_t
stoeplitz_hash_h16(const struct stoeplitz_cache *c, uint16_t h16)
{
	return (c->bytes[h16 >> 8] ^ swap16(c->bytes[h16 & 0xff]));
}

static inline uint16_t
stoeplitz_hash_h32(const struct stoeplitz_cache *c, uint32_t h32)
{
	return (stoeplitz_hash_h16(c, h32 ^ (h32 >> 16)));
}

static inline uint16_t
stoeplitz_hash_h64(const struct stoeplitz_cache *c, uint64_t h64)
{
	return (stoeplitz_hash_h32(c, h64 ^ (h64 >> 32)));
}

/* network byte order */
static inline uint16_t
stoeplitz_hash_n16(const struct stoeplitz_cache *c, uint16_t n16)
{
	return (stoeplitz_hash_h16(c, ntohs(n16)));
}

static inline uint16_t
stoeplitz_hash_n32(const struct stoeplitz_cache *c, uint32_t n32)
{
	return (stoeplitz_hash_n16(c, n32 ^ (n32 >> 16)));
}

static inline uint16_t
stoeplitz_hash_n64(const struct stoeplitz_cache *c, uint64_t n64)
{
	return (stoeplitz_hash_n32(c, n64 ^ (n64 >> 32)));
}

#define stoeplitz_ip4(f, l)	stoeplitz_hash_ip4(stoeplitz_cache, (f), (l))
#define stoeplitz_ip4port(f, l, fp, lp) \
	stoeplitz_hash_ip4port(stoeplitz_cache, (f), (l), (fp), (lp))
#define stoeplitz_ip6(f, l)	stoeplitz_hash_ip6(stoeplitz_cache, (f), (l))
#define stoeplitz_ip6port(f, l, fp, lp) \
	stoeplitz_hash_ip6port(stoeplitz_cache, (f), (l), (fp), (lp))
#define stoeplitz_eaddr(ea)	stoeplitz_hash_eaddr(stoeplitz_cache, (ea))
#define stoeplitz_h16(v)	stoeplitz_hash_h16(stoeplitz_cache, (v))
#define stoeplitz_h32(v)	stoeplitz_hash_h32(stoeplitz_cache, (v))
#define stoeplitz_h64(v)	stoeplitz_hash_h64(stoeplitz_cache, (v))
#define stoeplitz_n16(v)	stoeplitz_hash_n16(stoeplitz_cache, (v))
#define stoeplitz_n32(v)	stoeplitz_hash_n32(stoeplitz_cache, (v))
#define stoeplitz_n64(v)	stoeplitz_hash_n64(stoeplitz_cache, (v))

#endif /* _NET_TOEPLITZ_H_ */
