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


/* ICMP, RFC 792, 1191, 1256. */

#include <sys/types.h>
#include <netinet/in.h>
#include <stdio.h>

#include "tcpdump.h"

/* the packet that an error is about; more of it than its start is rare */
static void
icmp_about(struct pk pk)
{
	if (opt.o_quick || !pk_skip(&pk, 8) || !pk_has(&pk, 1))
		return;
	printf(" for ");
	print_ip(pk);
}

static void
icmp_unreach(const struct pk *pk)
{
	static const char *const why[] = { "net", "host", "protocol", "port",
	    "need to frag", "source route failed", "net unknown",
	    "host unknown", "isolated", "net prohibited", "host prohibited",
	    "net for this tos", "host for this tos", "prohibited by filter",
	    "host precedence", "precedence cutoff" };
	u_int code = pk_8(pk, 1);

	printf("unreachable - ");
	if (code < sizeof(why) / sizeof(why[0]))
		printf("%s", why[code]);
	else
		printf("code %u", code);
	if (code == 4)
		printf(" (mtu %u)", pk_16(pk, 6));
	icmp_about(*pk);
}

static void
icmp_redirect(const struct pk *pk)
{
	printf("redirect to %s", name_ip(pk->pk_p + 4));
	icmp_about(*pk);
}

static void
icmp_body(const struct pk *pk)
{
	switch (pk_8(pk, 0)) {
	case 0:
	case 8:
		printf("echo %s (id:%04x seq:%u)", pk_8(pk, 0) == 8 ?
		    "request" : "reply", pk_16(pk, 4), pk_16(pk, 6));
		break;
	case 3:
		icmp_unreach(pk);
		break;
	case 4:
		printf("source quench");
		icmp_about(*pk);
		break;
	case 5:
		icmp_redirect(pk);
		break;
	case 9:
		printf("router advertisement");
		break;
	case 10:
		printf("router solicitation");
		break;
	case 11:
		printf("time exceeded %s", pk_8(pk, 1) == 0 ? "in-transit" :
		    "in reassembly");
		icmp_about(*pk);
		break;
	case 12:
		printf("parameter problem - octet %u", pk_8(pk, 4));
		icmp_about(*pk);
		break;
	case 13:
	case 14:
		printf("timestamp %s", pk_8(pk, 0) == 13 ? "request" :
		    "reply");
		break;
	default:
		printf("type-%u code-%u", pk_8(pk, 0), pk_8(pk, 1));
	}
}

void
print_icmp(struct pk pk, const struct ends *e)
{
	print_ends(e);
	printf("icmp: ");
	if (!pk_has(&pk, 8)) {
		pk_short("icmp");
		return;
	}
	icmp_body(&pk);
	if (opt.o_verbose && pk.pk_n == pk.pk_len && e->e_addrs != NULL)
		printf(" [%s cksum]", pk_cksum(pk.pk_p, pk.pk_n, 0) == 0 ?
		    "ok" : "bad");
}
