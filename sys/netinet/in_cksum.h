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


#ifndef _NETINET_IN_CKSUM_H_
#define _NETINET_IN_CKSUM_H_

#include <sys/types.h>

struct mbuf;

/*
 * Internet checksums.  None changes the packet.  What is returned goes
 * into a header as it is; over data with its checksum in place it is 0.
 */

/* The first len bytes, which m has; else 0xffff. */
u_int16_t in_cksum(struct mbuf *, int);
/*
 * len bytes from off on, with the pseudo header of the IPv4 packet m and
 * the protocol when that is not 0.
 */
int	in4_cksum(struct mbuf *, u_int8_t, int, int);

/*
 * For the like of these: ones' complement sums, not folded, words as they
 * lie in memory.  in_sum() adds len bytes from off on; -1 in *error when
 * the packet is shorter.  in_sum_fold() makes 16 bits of it.
 */
u_int64_t in_sum(struct mbuf *, int, int, int *);
u_int64_t in_sum_mem(const void *, size_t, u_int64_t);
u_int16_t in_sum_fold(u_int64_t);

/*
 * The pseudo header, folded and not complemented: what a protocol's
 * checksum field holds when the device is to do the rest.  Addresses and
 * htonl(len + protocol) in network byte order.
 */
u_int16_t in_cksum_phdr(u_int32_t, u_int32_t, u_int32_t);
/* The sum of two folded, not complemented sums. */
u_int16_t in_cksum_addword(u_int16_t, u_int16_t);

#endif /* _NETINET_IN_CKSUM_H_ */
