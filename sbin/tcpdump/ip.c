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


/* IPv4. */

#include <sys/types.h>
#include <netinet/in.h>
#include <stdio.h>

#include "tcpdump.h"

#define IP_HDR		20

void
print_ends(const struct ends *e)
{
	printf("%s > %s: ", e->e_src, e->e_dst);
}

static void
print_ip_options(const struct pk *pk, u_int hlen)
{
	u_int at = IP_HDR, len;

	printf(" optlen=%u", hlen - IP_HDR);
	while (at < hlen && pk_8(pk, at) != 0) {
		if (pk_8(pk, at) == 1) {	/* no operation */
			at++;
			continue;
		}
		len = at + 1 < hlen ? pk_8(pk, at + 1) : 0;
		if (len < 2 || len > hlen - at) {
			printf(" [bad option]");
			return;
		}
		printf(" opt-%u", pk_8(pk, at));
		at += len;
	}
}

static void
print_ip_verbose(const struct pk *pk, u_int hlen, u_int len)
{
	u_int off = pk_16(pk, 6);

	printf(" (%sttl %u, id %u, len %u", off & 0x4000 ? "DF, " : "",
	    pk_8(pk, 8), pk_16(pk, 4), len);
	if (pk_8(pk, 1) != 0)
		printf(", tos 0x%02x", pk_8(pk, 1));
	printf(")");
	if (pk_cksum(pk->pk_p, hlen, 0) != 0)
		printf(" [bad ip cksum]");
	if (hlen > IP_HDR)
		print_ip_options(pk, hlen);
}

static void
print_ip_payload(struct pk pk, const struct ends *e, u_int proto, u_int off)
{
	u_int at = (off & 0x1fff) * 8;

	if (at == 0)
		print_proto(proto, pk, e);
	else {
		print_ends(e);
		printf("%s", name_proto(proto) != NULL ? name_proto(proto) :
		    "ip");
	}
}

void
print_ip(struct pk pk)
{
	struct ends e = { 0 };
	struct pk hdr = pk;
	u_int hlen, len, off;

	if (!pk_has(&pk, IP_HDR)) {
		pk_short("ip");
		return;
	}
	hlen = (pk_8(&pk, 0) & 0xf) * 4;
	len = pk_16(&pk, 2);
	off = pk_16(&pk, 6);
	if (pk_8(&pk, 0) >> 4 != 4 || hlen < IP_HDR || len < hlen) {
		printf("bad ip: version %u, header %u, length %u",
		    pk_8(&pk, 0) >> 4, hlen, len);
		return;
	}
	if (!pk_has(&pk, hlen)) {
		pk_short("ip");
		return;
	}
	if (!print_deeper())
		return;
	pk_trim(&pk, len);
	e.e_src = name_ip(hdr.pk_p + 12);
	e.e_dst = name_ip(hdr.pk_p + 16);
	if ((off & 0x3fff) == 0)
		e.e_addrs = hdr.pk_p + 12;
	(void)pk_skip(&pk, hlen);
	print_ip_payload(pk, &e, pk_8(&hdr, 9), off);
	if (off & 0x3fff)
		printf(" (frag %u:%u@%u%s)", pk_16(&hdr, 4), len - hlen,
		    (off & 0x1fff) * 8, off & 0x2000 ? "+" : "");
	if (opt.o_verbose)
		print_ip_verbose(&hdr, hlen, len);
	if (len > hdr.pk_len)
		printf(" [%u bytes are missing]", len - hdr.pk_len);
	print_back();
}

void
print_ipany(struct pk pk)
{
	if (!pk_has(&pk, 1))
		pk_short("ip");
	else if (pk_8(&pk, 0) >> 4 == 6)
		print_ip6(pk);
	else
		print_ip(pk);
}
