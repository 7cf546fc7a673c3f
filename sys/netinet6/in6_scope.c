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
 * IPv6 addresses and the links they are good on, RFC 4007; prefixes.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_var.h>

#include <netinet/in.h>
#include <netinet6/in6_var.h>

#define SCOPE_WORD	1	/* of s6_addr16, holds the index */

const struct in6_addr in6addr_any = IN6ADDR_ANY_INIT;
const struct in6_addr in6addr_loopback = IN6ADDR_LOOPBACK_INIT;
const struct in6_addr in6mask128 = { { .__u6_addr32 = {
	0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff
} } };
const struct in6_addr in6addr_linklocal_allnodes = { {
	{ 0xff, 0x02, [15] = 1 }
} };
const struct in6_addr in6addr_linklocal_allrouters = { {
	{ 0xff, 0x02, [15] = 2 }
} };

int
in6_embedscope(struct in6_addr *in6, const struct sockaddr_in6 *sin6)
{
	struct ifnet *ifp;

	*in6 = sin6->sin6_addr;
	if (!IN6_IS_SCOPE_EMBED(in6))
		return (0);
	if (sin6->sin6_scope_id == 0)
		/* it may come from where the index is inside already */
		return (in6->s6_addr16[SCOPE_WORD] == 0 ? EADDRNOTAVAIL : 0);
	if (sin6->sin6_scope_id > USHRT_MAX ||
	    (ifp = if_get(sin6->sin6_scope_id)) == NULL)
		return (ENXIO);
	if_put(ifp);
	in6->s6_addr16[SCOPE_WORD] = htons(sin6->sin6_scope_id);
	return (0);
}

void
in6_recoverscope(struct sockaddr_in6 *sin6, const struct in6_addr *in6)
{
	sin6->sin6_addr = *in6;
	sin6->sin6_scope_id = 0;
	if (!IN6_IS_SCOPE_EMBED(in6))
		return;
	sin6->sin6_scope_id = ntohs(in6->s6_addr16[SCOPE_WORD]);
	sin6->sin6_addr.s6_addr16[SCOPE_WORD] = 0;
}

void
in6_mksin6(struct sockaddr_in6 *sin6, const struct in6_addr *in6,
    in_port_t port)
{
	memset(sin6, 0, sizeof(*sin6));
	sin6->sin6_len = sizeof(*sin6);
	sin6->sin6_family = AF_INET6;
	sin6->sin6_port = port;
	in6_recoverscope(sin6, in6);
}

void
in6_clearscope(struct in6_addr *in6)
{
	if (IN6_IS_SCOPE_EMBED(in6))
		in6->s6_addr16[SCOPE_WORD] = 0;
}

void
in6_setscope(struct in6_addr *in6, u_int ifidx)
{
	if (IN6_IS_SCOPE_EMBED(in6))
		in6->s6_addr16[SCOPE_WORD] = htons(ifidx);
}

/* lim, unless NULL, is where the mask ends; -1: bits are scattered. */
int
in6_mask2len(const struct in6_addr *mask, const u_char *lim)
{
	const u_char *p = mask->s6_addr;
	int bits = 0;
	u_char b;

	if (lim == NULL || lim > p + sizeof(*mask))
		lim = p + sizeof(*mask);
	for (; p < lim && *p == 0xff; p++)
		bits += 8;
	if (p < lim) {
		for (b = *p++; b & 0x80; b <<= 1)
			bits++;
		if (b != 0)
			return (-1);
	}
	for (; p < lim; p++) {
		if (*p != 0)
			return (-1);
	}
	return (bits);
}

void
in6_prefixlen2mask(struct in6_addr *mask, int len)
{
	int i;

	memset(mask, 0, sizeof(*mask));
	for (i = 0; i < 16 && len > 0; i++, len -= 8)
		mask->s6_addr[i] = len < 8 ? 0xff << (8 - len) : 0xff;
}
