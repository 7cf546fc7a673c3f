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


/* The outside of a packet, and all of it in hexadecimal. */

#include <sys/types.h>
#include <sys/socket.h>
#include <net/ethertypes.h>
#include <net/if_enc.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tcpdump.h"

#define ETHER_HDR	14

static int	depth;

int
print_deeper(void)
{
	if (depth == DEPTH_MAX) {
		printf("[too deep]");
		return (0);
	}
	depth++;
	return (1);
}

void
print_back(void)
{
	depth--;
}

static void
print_time(const struct packet *p)
{
	time_t t = p->p_sec;
	struct tm *tm = localtime(&t);

	if (tm != NULL)
		printf("%02d:%02d:%02d.%06u ", tm->tm_hour, tm->tm_min,
		    tm->tm_sec, p->p_usec);
}

void
print_arp(struct pk pk)
{
	u_int op;

	if (!pk_has(&pk, 8)) {
		pk_short("arp");
		return;
	}
	op = pk_16(&pk, 6);
	if (pk_16(&pk, 0) != 1 || pk_16(&pk, 2) != ETHERTYPE_IP ||
	    pk_8(&pk, 4) != 6 || pk_8(&pk, 5) != 4) {
		printf("arp: hardware %u protocol 0x%04x op %u",
		    pk_16(&pk, 0), pk_16(&pk, 2), op);
		return;
	}
	if (!pk_has(&pk, 28)) {
		pk_short("arp");
		return;
	}
	switch (op) {
	case 1:
		printf("arp who-has %s tell %s", name_ip(pk.pk_p + 24),
		    name_ip(pk.pk_p + 14));
		break;
	case 2:
		printf("arp reply %s is-at %s", name_ip(pk.pk_p + 14),
		    name_ether(pk.pk_p + 8));
		break;
	case 3:
	case 4:
		printf("rarp %s %s", op == 3 ? "who-is" : "reply",
		    name_ether(pk.pk_p + 18));
		break;
	default:
		printf("arp op %u", op);
		break;
	}
}

/* Tags of VLANs are taken off, any number of them. */
static void
print_ether(struct pk pk)
{
	u_int type;

	if (!pk_has(&pk, ETHER_HDR)) {
		pk_short("ether");
		return;
	}
	type = pk_16(&pk, 12);
	if (opt.o_link) {
		printf("%s > %s %04x %u: ", name_ether(pk.pk_p + 6),
		    name_ether(pk.pk_p), type, pk.pk_len);
	}
	(void)pk_skip(&pk, ETHER_HDR);
	while (type == 0x8100 && pk_has(&pk, 4)) {
		printf("802.1Q vid %u ", pk_16(&pk, 0) & 0xfff);
		type = pk_16(&pk, 2);
		(void)pk_skip(&pk, 4);
	}
	switch (type) {
	case ETHERTYPE_IP:
		print_ip(pk);
		break;
	case ETHERTYPE_IPV6:
		print_ip6(pk);
		break;
	case ETHERTYPE_ARP:
		print_arp(pk);
		break;
	default:
		printf("ethertype 0x%04x, len %u", type, pk.pk_len);
	}
}

/* Systems do not agree on the number of AF_INET6. */
static void
print_af(u_int32_t af, struct pk pk)
{
	switch (af) {
	case 2:
		print_ip(pk);
		break;
	case 10:
	case 24:
	case 28:
	case 30:
		print_ip6(pk);
		break;
	default:
		printf("family %u, len %u", af, pk.pk_len);
	}
}

/* of the machine that captured it, which need not be ours */
static u_int32_t
host_32(const struct pk *pk, u_int off, int swapped)
{
	u_int32_t v;

	memcpy(&v, pk->pk_p + off, sizeof(v));
	return (swapped ? __builtin_bswap32(v) : v);
}

static void
print_loop(struct pk pk, u_int dlt, int swapped)
{
	u_int32_t af;

	if (!pk_has(&pk, 4)) {
		pk_short("loop");
		return;
	}
	af = dlt == DLT_LOOP ? pk_32(&pk, 0) : host_32(&pk, 0, swapped);
	(void)pk_skip(&pk, 4);
	if (opt.o_link)
		printf("family %u %u: ", af, pk.pk_len + 4);
	print_af(af, pk);
}

static void
print_enc(struct pk pk, int swapped)
{
	u_int32_t af, flags, spi;

	if (!pk_has(&pk, ENC_HDRLEN)) {
		pk_short("enc");
		return;
	}
	af = host_32(&pk, 0, swapped);
	spi = pk_32(&pk, 4);
	flags = host_32(&pk, 8, swapped);
	(void)pk_skip(&pk, ENC_HDRLEN);
	printf("(%s,%s): SPI 0x%08x: ", flags & ENC_AUTH ? "authentic" :
	    "unprotected", flags & ENC_CONF ? "confidential" : "clear", spi);
	print_af(af, pk);
}

void
print_hex(const u_char *p, u_int n)
{
	u_int i, j;

	for (i = 0; i < n; i += 16) {
		printf("\n  %04x: ", i);
		for (j = i; j < i + 16; j++) {
			if (j < n)
				printf("%02x", p[j]);
			else if (opt.o_hexascii)
				printf("  ");
			if (j % 2 == 1 && (j < n || opt.o_hexascii))
				printf(" ");
		}
		if (!opt.o_hexascii)
			continue;
		printf(" ");
		for (j = i; j < i + 16 && j < n; j++)
			putchar(p[j] >= ' ' && p[j] < 0x7f ? p[j] : '.');
	}
}

void
print_ascii(const u_char *p, u_int n)
{
	u_int i;

	putchar('\n');
	for (i = 0; i < n; i++)
		putchar((p[i] >= ' ' && p[i] < 0x7f) || p[i] == '\n' ||
		    p[i] == '\t' ? p[i] : '.');
}

void
print_packet(const struct packet *p, u_int dlt, int swapped)
{
	struct pk pk = { p->p_data, p->p_caplen, p->p_len };

	depth = 0;
	print_time(p);
	switch (dlt) {
	case DLT_EN10MB:
		print_ether(pk);
		break;
	case DLT_NULL:
	case DLT_LOOP:
		print_loop(pk, dlt, swapped);
		break;
	case DLT_ENC:
		print_enc(pk, swapped);
		break;
	case DLT_RAW:
		print_ipany(pk);
		break;
	}
	if (opt.o_hex || opt.o_hexascii)
		print_hex(p->p_data, p->p_caplen);
	if (opt.o_ascii)
		print_ascii(p->p_data, p->p_caplen);
	putchar('\n');
}
