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


/* IPv6 and its extension headers, RFC 8200. */

#include <sys/types.h>
#include <netinet/in.h>
#include <stdio.h>

#include "tcpdump.h"

#define IP6_HDR		40
#define NH_HOP		0
#define NH_ROUTING	43
#define NH_FRAGMENT	44
#define NH_NONE		59
#define NH_DSTOPTS	60
#define EXT_MAX		16	/* more of them nobody needs */

/* An extension header: 1, or 0 when nothing behind it can be printed. */
static int
ip6_extension(struct pk *pk, u_int *nh, struct ends *e)
{
	u_int len, off, type = *nh;

	if (!pk_has(pk, 8)) {
		print_ends(e);
		pk_short("ip6 extension");
		return (0);
	}
	len = type == NH_FRAGMENT ? 8 : (pk_8(pk, 1) + 1) * 8;
	*nh = pk_8(pk, 0);
	switch (type) {
	case NH_HOP:
		printf("[hbh] ");
		break;
	case NH_DSTOPTS:
		printf("[dstopts] ");
		break;
	case NH_ROUTING:
		printf("[rthdr type %u left %u] ", pk_8(pk, 2), pk_8(pk, 3));
		break;
	case NH_FRAGMENT:
		off = pk_16(pk, 2);
		printf("[frag 0x%08x:%u@%u%s] ", pk_32(pk, 4),
		    pk->pk_len > 8 ? pk->pk_len - 8 : 0, off & 0xfff8,
		    off & 1 ? "+" : "");
		if (off & 0xfff9)
			e->e_addrs = NULL;
		if ((off & 0xfff8) == 0)
			break;
		print_ends(e);
		printf("%s", name_proto(*nh) != NULL ? name_proto(*nh) :
		    "ip6");
		return (0);
	}
	if (!pk_skip(pk, len)) {
		print_ends(e);
		pk_short("ip6 extension");
		return (0);
	}
	return (1);
}

static void
ip6_payload(struct pk pk, struct ends *e, u_int nh)
{
	int i;

	for (i = 0; i < EXT_MAX; i++)
		switch (nh) {
		case NH_HOP:
		case NH_ROUTING:
		case NH_FRAGMENT:
		case NH_DSTOPTS:
			if (!ip6_extension(&pk, &nh, e))
				return;
			break;
		case NH_NONE:
			print_ends(e);
			printf("no next header");
			return;
		default:
			print_proto(nh, pk, e);
			return;
		}
	print_ends(e);
	printf("[too many extension headers]");
}

void
print_ip6(struct pk pk)
{
	struct ends e = { .e_inet6 = 1 };
	struct pk hdr = pk;
	u_int len;

	if (!pk_has(&pk, IP6_HDR)) {
		pk_short("ip6");
		return;
	}
	if (pk_8(&pk, 0) >> 4 != 6) {
		printf("bad ip6: version %u", pk_8(&pk, 0) >> 4);
		return;
	}
	if (!print_deeper())
		return;
	len = pk_16(&pk, 4);
	e.e_src = name_ip6(hdr.pk_p + 8);
	e.e_dst = name_ip6(hdr.pk_p + 24);
	e.e_addrs = hdr.pk_p + 8;
	pk_trim(&pk, IP6_HDR + len);
	(void)pk_skip(&pk, IP6_HDR);
	ip6_payload(pk, &e, pk_8(&hdr, 6));
	if (opt.o_verbose) {
		printf(" (hlim %u, len %u", pk_8(&hdr, 7), len);
		if ((pk_32(&hdr, 0) & 0xfffffff) != 0)
			printf(", class 0x%02x, flow 0x%05x",
			    (pk_16(&hdr, 0) >> 4) & 0xff,
			    pk_32(&hdr, 0) & 0xfffff);
		printf(")");
	}
	if (hdr.pk_len >= IP6_HDR && len > hdr.pk_len - IP6_HDR)
		printf(" [%u bytes are missing]", len -
		    (hdr.pk_len - IP6_HDR));
	print_back();
}
