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


/* Bytes of packets, never more of them than there are. */

#include <stdio.h>

#include "tcpdump.h"

int
pk_has(const struct pk *pk, u_int n)
{
	return (pk->pk_n >= n);
}

int
pk_skip(struct pk *pk, u_int n)
{
	if (pk->pk_n < n)
		return (0);
	pk->pk_p += n;
	pk->pk_n -= n;
	pk->pk_len -= n < pk->pk_len ? n : pk->pk_len;
	return (1);
}

void
pk_trim(struct pk *pk, u_int len)
{
	if (pk->pk_len > len)
		pk->pk_len = len;
	if (pk->pk_n > len)
		pk->pk_n = len;
}

u_int
pk_8(const struct pk *pk, u_int off)
{
	return (pk->pk_p[off]);
}

u_int
pk_16(const struct pk *pk, u_int off)
{
	return (pk->pk_p[off] << 8 | pk->pk_p[off + 1]);
}

u_int32_t
pk_32(const struct pk *pk, u_int off)
{
	return ((u_int32_t)pk_16(pk, off) << 16 | pk_16(pk, off + 2));
}

void
pk_short(const char *what)
{
	printf("[|%s]", what);
}

u_int
pk_cksum(const u_char *p, u_int n, u_int32_t sum)
{
	u_int i;

	for (i = 0; i + 1 < n; i += 2)
		sum += p[i] << 8 | p[i + 1];
	if (n % 2 != 0)
		sum += p[n - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (~sum & 0xffff);
}
