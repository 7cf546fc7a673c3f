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

#include <sys/types.h>
#include <sys/socket.h>
#include <net/if.h>
#include <net/if_dl.h>
#include <net/route.h>
#include <netinet/in.h>
#include <arpa/inet.h>

#include <err.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "show.h"

/* Addresses as text. */

int
af_bits(int af)
{
	switch (af) {
	case AF_INET:
		return (32);
	case AF_INET6:
		return (128);
	default:
		return (0);
	}
}

static size_t
af_offset(int af)
{
	return (af == AF_INET ? offsetof(struct sockaddr_in, sin_addr) :
	    offsetof(struct sockaddr_in6, sin6_addr));
}

/* Masks come trimmed: what is behind sa_len is zero. */
int
mask_len(int af, const struct sockaddr *mask)
{
	const uint8_t *p = (const uint8_t *)mask;
	size_t i;
	int bits = 0, left = af_bits(af);
	uint8_t b;

	if (mask == NULL)
		return (left);
	for (i = af_offset(af); left > 0 && i < mask->sa_len; i++, left -= 8)
		for (b = p[i]; b & 0x80; b <<= 1)
			bits++;
	return (bits);
}

void
addr_mask(struct sockaddr *sa, int plen)
{
	uint8_t *p = (uint8_t *)sa + af_offset(sa->sa_family);
	int i;

	for (i = plen; i < af_bits(sa->sa_family); i++)
		p[i / 8] &= ~(0x80 >> i % 8);
}

static const char *
link_text(const struct sockaddr_dl *sdl, char *buf)
{
	const unsigned char *p;
	int i, n = 0;

	if (sdl->sdl_alen == 0) {
		snprintf(buf, ADDR_TEXTLEN, "link#%u", sdl->sdl_index);
		return (buf);
	}
	p = (const unsigned char *)LLADDR(sdl);
	for (i = 0; i < sdl->sdl_alen && n < ADDR_TEXTLEN - 4; i++)
		n += snprintf(buf + n, ADDR_TEXTLEN - n, "%s%02x",
		    i == 0 ? "" : ":", p[i]);
	return (buf);
}

const char *
addr_text(const struct sockaddr *sa, int numeric, char *buf)
{
	switch (sa->sa_len == 0 ? AF_UNSPEC : sa->sa_family) {
	case AF_INET:
	case AF_INET6:
		if (getnameinfo(sa, sa->sa_len, buf, ADDR_TEXTLEN, NULL, 0,
		    numeric ? NI_NUMERICHOST : NI_NOFQDN) != 0)
			strlcpy(buf, "invalid", ADDR_TEXTLEN);
		break;
	case AF_LINK:
		return (link_text((const struct sockaddr_dl *)sa, buf));
	case AF_UNSPEC:
		strlcpy(buf, "-", ADDR_TEXTLEN);
		break;
	default:
		snprintf(buf, ADDR_TEXTLEN, "af#%u", sa->sa_family);
	}
	return (buf);
}

const char *
label_text(const struct sockaddr *sa, char *buf)
{
	const struct sockaddr_rtlabel *sr =
	    (const struct sockaddr_rtlabel *)sa;

	snprintf(buf, ADDR_TEXTLEN, "%.*s", sa->sa_len == sizeof(*sr) ?
	    (int)sizeof(sr->sr_label) : 0, sr->sr_label);
	return (buf);
}

/* As many octets as the prefix covers. */
static void
net4_text(const struct sockaddr *sa, int plen, char *buf)
{
	const uint8_t *p = (const uint8_t *)sa + af_offset(AF_INET);
	int i, n = 0;

	for (i = 0; i == 0 || i * 8 < plen; i++)
		n += snprintf(buf + n, ADDR_TEXTLEN - n, "%s%u",
		    i == 0 ? "" : ".", p[i]);
	snprintf(buf + n, ADDR_TEXTLEN - n, "/%d", plen);
}

const char *
net_text(const struct sockaddr *sa, int plen, int numeric, char *buf)
{
	int af = sa->sa_family;
	size_t n;

	if (af_bits(af) == 0 || plen == af_bits(af))
		return (addr_text(sa, numeric, buf));
	if (plen == 0)
		strlcpy(buf, "default", ADDR_TEXTLEN);
	else if (af == AF_INET)
		net4_text(sa, plen, buf);
	else {
		addr_text(sa, 1, buf);
		n = strlen(buf);
		snprintf(buf + n, ADDR_TEXTLEN - n, "/%d", plen);
	}
	return (buf);
}

unsigned int
table_number(const char *text)
{
	const char *errstr;
	unsigned int table;

	table = strtonum(text, 0, RT_TABLEID_MAX, &errstr);
	if (errstr != NULL)
		errx(1, "table id '%s' is %s: 0 to %d", text, errstr,
		    RT_TABLEID_MAX);
	return (table);
}
