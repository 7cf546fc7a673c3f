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
 * The checksum of what IPv6 carries, RFC 8200 8.1.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>

#include <netinet/in.h>
#include <netinet/in_cksum.h>
#include <netinet/ip6.h>

/* The pseudo header behind the addresses; network order. */
struct ip6_pseudo {
	struct in6_addr	ps_src;
	struct in6_addr	ps_dst;
	u_int32_t	ps_len;
	u_int32_t	ps_nxt;
};

int
in6_cksum(struct mbuf *m, u_int8_t nxt, u_int32_t off, u_int32_t len)
{
	struct ip6_pseudo ps;
	u_int64_t sum, part;
	int error;

	sum = in_sum(m, off, len, &error);
	if (error != 0)
		return (0xffff);
	if (nxt != 0) {
		CTASSERT(offsetof(struct ip6_hdr, ip6_dst) ==
		    offsetof(struct ip6_hdr, ip6_src) + sizeof(ps.ps_src));
		m_copydata(m, offsetof(struct ip6_hdr, ip6_src),
		    2 * sizeof(ps.ps_src), &ps);
		in6_clearscope(&ps.ps_src);
		in6_clearscope(&ps.ps_dst);
		ps.ps_len = htonl(len);
		ps.ps_nxt = htonl(nxt);
		part = in_sum_mem(&ps, sizeof(ps), 0);
		sum += part;
		sum += sum < part;
	}
	return ((u_int16_t)~in_sum_fold(sum));
}
