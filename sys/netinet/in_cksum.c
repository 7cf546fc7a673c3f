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
#include <sys/endian.h>
#include <sys/mbuf.h>
#include <netinet/in_cksum.h>

#define IP_HDRLEN	20	/* of an IPv4 header without options */
#define IP_SRC_OFF	12	/* bytes from the IPv4 header to ip_src */

/*
 * Sum 64-bit words; a carry out of the top is worth one at the bottom,
 * because 2^64 - 1 is a multiple of 2^16 - 1.
 */
static inline u_int64_t
sum_add(u_int64_t sum, u_int64_t v)
{
	sum += v;
	return (sum + (sum < v));
}

u_int64_t
in_sum_mem(const void *p, size_t len, u_int64_t sum)
{
	const char *cp = p;
	u_int64_t w[4], last = 0, sum2 = 0;

	/* two sums, so that the carries of one do not wait for the other */
	for (; len >= sizeof(w); len -= sizeof(w), cp += sizeof(w)) {
		memcpy(w, cp, sizeof(w));
		sum = sum_add(sum, w[0]);
		sum2 = sum_add(sum2, w[1]);
		sum = sum_add(sum, w[2]);
		sum2 = sum_add(sum2, w[3]);
	}
	for (; len >= sizeof(w[0]); len -= sizeof(w[0]), cp += sizeof(w[0])) {
		memcpy(w, cp, sizeof(w[0]));
		sum = sum_add(sum, w[0]);
	}
	memcpy(&last, cp, len);
	return (sum_add(sum_add(sum, sum2), last));
}

u_int16_t
in_sum_fold(u_int64_t sum)
{
	sum = (sum >> 32) + (sum & 0xffffffff);
	sum = (sum >> 32) + (sum & 0xffffffff);
	sum = (sum >> 16) + (sum & 0xffff);
	sum = (sum >> 16) + (sum & 0xffff);
	return ((sum >> 16) + (sum & 0xffff));
}

u_int64_t
in_sum(struct mbuf *m, int off, int len, int *error)
{
	u_int64_t sum = 0, part;
	u_int count, skip = off, left = len;
	int odd = 0;

	*error = 0;
	for (; left > 0 && m != NULL; m = m->m_next) {
		if (skip >= m->m_len) {
			skip -= m->m_len;
			continue;
		}
		count = min(m->m_len - skip, left);
		part = in_sum_mem(m->m_data + skip, count, 0);
		/* a piece behind an odd number of bytes has them swapped */
		if (odd)
			part = swap16(in_sum_fold(part));
		sum = sum_add(sum, part);
		odd ^= count & 1;
		skip = 0;
		left -= count;
	}
	if (left > 0)
		*error = -1;
	return (sum);
}

static u_int16_t
in_sum_cksum(struct mbuf *m, int off, int len, u_int64_t more)
{
	u_int64_t sum;
	int error;

	sum = in_sum(m, off, len, &error);
	if (error != 0)
		return (0xffff);
	return (~in_sum_fold(sum_add(sum, more)));
}

/* Most IPv4 headers: every packet has one or two summed. */
static inline u_int64_t
sum_header(const void *p)
{
	u_int64_t w[2];
	u_int32_t last;

	memcpy(w, p, sizeof(w));
	memcpy(&last, (const char *)p + sizeof(w), sizeof(last));
	return (sum_add(sum_add(w[0], w[1]), last));
}

u_int16_t
in_cksum(struct mbuf *m, int len)
{
	if (len == IP_HDRLEN && m->m_len >= IP_HDRLEN)
		return (~in_sum_fold(sum_header(m->m_data)));
	return (in_sum_cksum(m, 0, len, 0));
}

int
in4_cksum(struct mbuf *m, u_int8_t proto, int off, int len)
{
	u_int32_t addr[2];
	u_int64_t more = 0;

	if (proto != 0) {
		m_copydata(m, IP_SRC_OFF, sizeof(addr), addr);
		more = (u_int64_t)addr[0] + addr[1] + htonl(len + proto);
	}
	return (in_sum_cksum(m, off, len, more));
}

u_int16_t
in_cksum_phdr(u_int32_t src, u_int32_t dst, u_int32_t lenproto)
{
	return (in_sum_fold((u_int64_t)src + dst + lenproto));
}

u_int16_t
in_cksum_addword(u_int16_t a, u_int16_t b)
{
	return (in_sum_fold((u_int64_t)a + b));
}
