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


/* What IP carries. */

#include <sys/types.h>
#include <netinet/in.h>
#include <stdio.h>

#include "tcpdump.h"

#define PORT_IKE	500
#define PORT_NATT	4500
#define PORT_RIPNG	521
#define PROTO_OSPF	89

/* over the header that RFC 768 and RFC 8200 put before it; 0: good */
static u_int
proto_cksum(const struct pk *pk, const struct ends *e, u_int proto)
{
	u_int n = e->e_inet6 ? 32 : 8, i;
	u_int32_t sum = proto + pk->pk_len;

	for (i = 0; i < n; i += 2)
		sum += e->e_addrs[i] << 8 | e->e_addrs[i + 1];
	return (pk_cksum(pk->pk_p, pk->pk_n, sum));
}

/* Only what is all here can be checked. */
static void
proto_check(const struct pk *pk, const struct ends *e, u_int proto)
{
	if (opt.o_verbose && pk->pk_n == pk->pk_len && e->e_addrs != NULL)
		printf(" [%s cksum]", proto_cksum(pk, e, proto) == 0 ? "ok" :
		    "bad");
}

static void
print_portends(const struct ends *e, u_int src, u_int dst, int proto)
{
	printf("%s.%s > %s.%s: ", e->e_src, name_port(src, proto), e->e_dst,
	    name_port(dst, proto));
}

static void
print_ripng(const struct pk *pk)
{
	if (!pk_has(pk, 4))
		pk_short("ripng");
	else
		printf("ripng%u %s, %u routes", pk_8(pk, 1), pk_8(pk, 0) == 1 ?
		    "request" : pk_8(pk, 0) == 2 ? "response" : "command",
		    pk->pk_len > 4 ? (pk->pk_len - 4) / 20 : 0);
}

static void
print_espbody(const struct pk *pk)
{
	if (!pk_has(pk, 8))
		pk_short("esp");
	else
		printf("spi 0x%08x seq %u len %u", pk_32(pk, 0), pk_32(pk, 4),
		    pk->pk_len);
}

/* RFC 3948: one byte keeps the mapping, four zeros mark IKE. */
static void
print_natt(struct pk pk)
{
	if (pk.pk_len == 1 && pk_has(&pk, 1) && pk_8(&pk, 0) == 0xff)
		printf("udpencap: keepalive");
	else if (!pk_has(&pk, 4))
		pk_short("udpencap");
	else if (pk_32(&pk, 0) == 0) {
		(void)pk_skip(&pk, 4);
		printf("udpencap: ");
		print_ike(pk);
	} else {
		printf("udpencap: esp ");
		print_espbody(&pk);
	}
}

static void
print_udp(struct pk pk, const struct ends *e)
{
	struct pk all = pk;
	u_int src, dst, len;

	if (!pk_has(&pk, 8)) {
		print_ends(e);
		pk_short("udp");
		return;
	}
	src = pk_16(&pk, 0);
	dst = pk_16(&pk, 2);
	len = pk_16(&pk, 4);
	print_portends(e, src, dst, IPPROTO_UDP);
	if (len < 8) {
		printf("udp [bad length %u]", len);
		return;
	}
	pk_trim(&pk, len);
	pk_trim(&all, len);
	(void)pk_skip(&pk, 8);
	if (opt.o_quick)
		printf("udp %u", len - 8);
	else if (src == PORT_NATT || dst == PORT_NATT)
		print_natt(pk);
	else if (src == PORT_IKE || dst == PORT_IKE)
		print_ike(pk);
	else if (src == PORT_RIPNG && dst == PORT_RIPNG)
		print_ripng(&pk);
	else
		printf("udp %u", len - 8);
	if (pk_16(&all, 6) == 0 && !e->e_inet6)
		return;			/* none was sent */
	proto_check(&all, e, IPPROTO_UDP);
}

static void
print_tcp_options(const struct pk *pk, u_int hlen)
{
	u_int at = 20, kind, len;
	const char *sep = " <";

	while (at < hlen && (kind = pk_8(pk, at)) != 0) {
		if (kind == 1) {		/* no operation */
			at++;
			continue;
		}
		len = at + 1 < hlen ? pk_8(pk, at + 1) : 0;
		if (len < 2 || len > hlen - at) {
			printf("%s[bad option]", sep);
			sep = ",";
			break;
		}
		printf("%s", sep);
		if (kind == 2 && len == 4)
			printf("mss %u", pk_16(pk, at + 2));
		else if (kind == 3 && len == 3)
			printf("wscale %u", pk_8(pk, at + 2));
		else if (kind == 4 && len == 2)
			printf("sackOK");
		else if (kind == 8 && len == 10)
			printf("timestamp %u %u", pk_32(pk, at + 2),
			    pk_32(pk, at + 6));
		else
			printf("opt-%u:%u", kind, len - 2);
		sep = ",";
		at += len;
	}
	if (*sep == ',')
		printf(">");
}

static void
print_tcp(struct pk pk, const struct ends *e)
{
	static const char letters[] = "FSRPAUEW";
	u_int hlen, flags, data, i, n = 0;

	if (!pk_has(&pk, 20)) {
		print_ends(e);
		pk_short("tcp");
		return;
	}
	print_portends(e, pk_16(&pk, 0), pk_16(&pk, 2), IPPROTO_TCP);
	hlen = (pk_8(&pk, 12) >> 4) * 4;
	flags = pk_8(&pk, 13);
	if (hlen < 20 || hlen > pk.pk_len) {
		printf("tcp [bad header length %u]", hlen);
		return;
	}
	data = pk.pk_len - hlen;
	if (opt.o_quick) {
		printf("tcp %u", data);
		return;
	}
	for (i = 0; i < 8; i++)
		if ((flags & 1 << i) && i != 4) {
			putchar(letters[i]);
			n++;
		}
	if (n == 0)
		putchar('.');
	if (data > 0 || flags & 0x07)
		printf(" %u:%u(%u)", pk_32(&pk, 4), pk_32(&pk, 4) + data,
		    data);
	if (flags & 0x10)
		printf(" ack %u", pk_32(&pk, 8));
	printf(" win %u", pk_16(&pk, 14));
	if (flags & 0x20)
		printf(" urg %u", pk_16(&pk, 18));
	if (pk_has(&pk, hlen))
		print_tcp_options(&pk, hlen);
	else
		pk_short("tcp");
	proto_check(&pk, e, IPPROTO_TCP);
}

static void
print_esp(struct pk pk, const struct ends *e)
{
	printf("esp %s > %s ", e->e_src, e->e_dst);
	print_espbody(&pk);
}

/* RFC 4302; what it protects is in the clear. */
static void
print_ah(struct pk pk, const struct ends *e)
{
	u_int next, hlen;

	printf("ah %s > %s ", e->e_src, e->e_dst);
	if (!pk_has(&pk, 12)) {
		pk_short("ah");
		return;
	}
	next = pk_8(&pk, 0);
	hlen = (pk_8(&pk, 1) + 2) * 4;
	printf("spi 0x%08x seq %u len %u", pk_32(&pk, 4), pk_32(&pk, 8),
	    pk.pk_len);
	if (hlen < 12 || !pk_skip(&pk, hlen)) {
		pk_short("ah");
		return;
	}
	if (opt.o_quick || !print_deeper())
		return;
	printf(": ");
	print_proto(next, pk, e);
	print_back();
}

static void
print_ospf(struct pk pk, const struct ends *e)
{
	static const char *const types[] = { "type 0", "hello", "dd",
	    "ls_req", "ls_upd", "ls_ack" };
	u_int type;

	print_ends(e);
	if (!pk_has(&pk, 12)) {
		pk_short("ospf");
		return;
	}
	type = pk_8(&pk, 1);
	printf("OSPFv%u-", pk_8(&pk, 0));
	if (type > 0 && type < sizeof(types) / sizeof(types[0]))
		printf("%s", types[type]);
	else
		printf("type %u", type);
	printf(" %u: rtrid %s area %s", pk_16(&pk, 2), name_ip(pk.pk_p + 4),
	    name_ip(pk.pk_p + 8));
}

static void
print_inner(struct pk pk, const struct ends *e, int inet6)
{
	print_ends(e);
	if (inet6)
		print_ip6(pk);
	else
		print_ip(pk);
	printf(" (encap)");
}

void
print_proto(u_int proto, struct pk pk, const struct ends *e)
{
	switch (proto) {
	case IPPROTO_ICMP:
		print_icmp(pk, e);
		break;
	case IPPROTO_ICMPV6:
		print_icmp6(pk, e);
		break;
	case IPPROTO_UDP:
		print_udp(pk, e);
		break;
	case IPPROTO_TCP:
		print_tcp(pk, e);
		break;
	case IPPROTO_ESP:
		print_esp(pk, e);
		break;
	case IPPROTO_AH:
		print_ah(pk, e);
		break;
	case IPPROTO_IPV4:
	case IPPROTO_IPV6:
		print_inner(pk, e, proto == IPPROTO_IPV6);
		break;
	case PROTO_OSPF:
		print_ospf(pk, e);
		break;
	default:
		print_ends(e);
		if (name_proto(proto) != NULL)
			printf("%s %u", name_proto(proto), pk.pk_len);
		else
			printf("ip-proto-%u %u", proto, pk.pk_len);
	}
}
