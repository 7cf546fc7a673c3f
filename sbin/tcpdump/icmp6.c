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


/* ICMPv6, RFC 4443; neighbour discovery, RFC 4861; MLD, RFC 2710, 3810. */

#include <sys/types.h>
#include <netinet/in.h>
#include <stdio.h>

#include "tcpdump.h"

static void
icmp6_about(struct pk pk)
{
	if (opt.o_quick || !pk_skip(&pk, 8) || !pk_has(&pk, 1))
		return;
	printf(" for ");
	print_ip6(pk);
}

static void
nd_option(const struct pk *pk, u_int len)
{
	switch (pk_8(pk, 0)) {
	case 1:
	case 2:
		printf(" (%s lladdr: %s)", pk_8(pk, 0) == 1 ? "src" : "dst",
		    name_ether(pk->pk_p + 2));
		break;
	case 3:
		if (len >= 32)
			printf(" (prefix %s/%u)", name_ip6(pk->pk_p + 16),
			    pk_8(pk, 2));
		break;
	case 5:
		printf(" (mtu %u)", pk_32(pk, 4));
		break;
	default:
		printf(" (opt-%u)", pk_8(pk, 0));
	}
}

/* from this offset on */
static void
nd_options(struct pk pk, u_int off)
{
	u_int len;

	if (opt.o_quick || !pk_skip(&pk, off))
		return;
	while (pk_has(&pk, 8)) {
		len = pk_8(&pk, 1) * 8;
		if (len == 0 || !pk_has(&pk, len)) {
			printf(" [bad nd option]");
			return;
		}
		nd_option(&pk, len);
		(void)pk_skip(&pk, len);
	}
}

static void
nd_router(const struct pk *pk)
{
	if (!pk_has(pk, 16)) {
		pk_short("router adv");
		return;
	}
	printf("router adv (hlim %u, life %u)", pk_8(pk, 4), pk_16(pk, 6));
	nd_options(*pk, 16);
}

static void
nd_neighbor(const struct pk *pk)
{
	if (!pk_has(pk, 24)) {
		pk_short("neighbor");
		return;
	}
	if (pk_8(pk, 0) == 135)
		printf("neighbor sol: who has %s", name_ip6(pk->pk_p + 8));
	else
		printf("neighbor adv: tgt is %s%s%s%s",
		    name_ip6(pk->pk_p + 8), pk_8(pk, 4) & 0x80 ? "(R)" : "",
		    pk_8(pk, 4) & 0x40 ? "(S)" : "",
		    pk_8(pk, 4) & 0x20 ? "(O)" : "");
	nd_options(*pk, 24);
}

static void
nd_redirect(const struct pk *pk)
{
	if (!pk_has(pk, 40)) {
		pk_short("redirect");
		return;
	}
	printf("redirect %s to %s", name_ip6(pk->pk_p + 24),
	    name_ip6(pk->pk_p + 8));
	nd_options(*pk, 40);
}

static void
mld(const struct pk *pk, const char *what)
{
	if (!pk_has(pk, 24))
		pk_short("mld");
	else
		printf("multicast listener %s %s", what,
		    name_ip6(pk->pk_p + 8));
}

static void
mld2(struct pk pk)
{
	u_int n = pk_16(&pk, 6), len;

	printf("multicast listener report v2, %u groups", n);
	(void)pk_skip(&pk, 8);
	for (; n > 0 && pk_has(&pk, 20); n--) {
		printf(" %s", name_ip6(pk.pk_p + 4));
		len = 20 + pk_16(&pk, 2) * 16 + pk_8(&pk, 1) * 4;
		if (!pk_skip(&pk, len))
			break;
	}
}

static void
icmp6_unreach(const struct pk *pk)
{
	static const char *const why[] = { "no route", "prohibited",
	    "beyond scope", "address", "port", "policy", "reject route" };
	u_int code = pk_8(pk, 1);

	printf("unreachable - ");
	if (code < sizeof(why) / sizeof(why[0]))
		printf("%s", why[code]);
	else
		printf("code %u", code);
	icmp6_about(*pk);
}

static int
icmp6_error(const struct pk *pk)
{
	switch (pk_8(pk, 0)) {
	case 1:
		icmp6_unreach(pk);
		return (1);
	case 2:
		printf("too big %u", pk_32(pk, 4));
		break;
	case 3:
		printf("time exceeded %s", pk_8(pk, 1) == 0 ? "in-transit" :
		    "in reassembly");
		break;
	case 4:
		printf("parameter problem - octet %u", pk_32(pk, 4));
		break;
	default:
		return (0);
	}
	icmp6_about(*pk);
	return (1);
}

static void
icmp6_info(const struct pk *pk)
{
	switch (pk_8(pk, 0)) {
	case 128:
	case 129:
		printf("echo %s (id:%04x seq:%u)", pk_8(pk, 0) == 128 ?
		    "request" : "reply", pk_16(pk, 4), pk_16(pk, 6));
		break;
	case 130:
		mld(pk, "query");
		break;
	case 131:
		mld(pk, "report");
		break;
	case 132:
		mld(pk, "done");
		break;
	case 133:
		printf("router sol");
		nd_options(*pk, 8);
		break;
	case 134:
		nd_router(pk);
		break;
	case 135:
	case 136:
		nd_neighbor(pk);
		break;
	case 137:
		nd_redirect(pk);
		break;
	case 143:
		mld2(*pk);
		break;
	default:
		printf("type-%u code-%u", pk_8(pk, 0), pk_8(pk, 1));
	}
}

static u_int
icmp6_cksum(const struct pk *pk, const struct ends *e)
{
	u_int32_t sum = IPPROTO_ICMPV6 + pk->pk_len;
	u_int i;

	for (i = 0; i < 32; i += 2)
		sum += e->e_addrs[i] << 8 | e->e_addrs[i + 1];
	return (pk_cksum(pk->pk_p, pk->pk_n, sum));
}

void
print_icmp6(struct pk pk, const struct ends *e)
{
	print_ends(e);
	printf("icmp6: ");
	if (!pk_has(&pk, 8)) {
		pk_short("icmp6");
		return;
	}
	if (!icmp6_error(&pk))
		icmp6_info(&pk);
	if (opt.o_verbose && pk.pk_n == pk.pk_len && e->e_inet6 &&
	    e->e_addrs != NULL)
		printf(" [%s cksum]", icmp6_cksum(&pk, e) == 0 ? "ok" :
		    "bad");
}
