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
 * Addresses as text.
 */

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "um.h"

int	um_inet_net_pton(int, const char *, void *, size_t);
char	*um_inet_net_ntop(int, const void *, int, char *, size_t);
void	um_link_addr(const char *, struct bsd_sdl *);
char	*um_link_ntoa(const struct bsd_sdl *);

static int
um_hostaf(int af)
{
	return (af == B_AF_INET ? AF_INET : af == B_AF_INET6 ? AF_INET6 : -1);
}

int
um_inet_pton(int af, const char *s, void *dst)
{
	return (inet_pton(um_hostaf(af), s, dst));
}

const char *
um_inet_ntop(int af, const void *src, char *buf, socklen_t size)
{
	return (inet_ntop(um_hostaf(af), src, buf, size));
}

/* Up to four numbers; how many there were, or -1. */
static int
um_octets(const char *s, const char **end, uint8_t *octets)
{
	unsigned int v;
	int i;

	for (i = 0; i < 4; i++) {
		if (!isdigit((unsigned char)*s))
			return (-1);
		for (v = 0; isdigit((unsigned char)*s); s++)
			if ((v = v * 10 + (*s - '0')) > 255)
				return (-1);
		octets[i] = v;
		if (*s != '.') {
			*end = s;
			return (i + 1);
		}
		s++;
	}
	return (-1);
}

/* The length behind the slash, or -1. */
static int
um_prefixlen(const char *s, int max)
{
	char *end;
	long v;

	if (!isdigit((unsigned char)*s))
		return (-1);
	v = strtol(s, &end, 10);
	return (*end != '\0' || v > max ? -1 : (int)v);
}

/* Without a length, the class says it, and the octets that were given. */
static int
um_classlen(const uint8_t *octets, int n)
{
	int len = octets[0] < 128 ? 8 : octets[0] < 192 ? 16 :
	    octets[0] < 224 ? 24 : octets[0] < 240 ? 8 : 32;

	return (len < n * 8 ? n * 8 : len);
}

static int
um_net4(const char *s, uint8_t *octets)
{
	const char *end;
	int len, n;

	if ((n = um_octets(s, &end, octets)) == -1)
		return (-1);
	if (*end == '\0')
		return (um_classlen(octets, n));
	if (*end != '/' || (len = um_prefixlen(end + 1, 32)) == -1)
		return (-1);
	return (len);
}

static int
um_net6(const char *s, uint8_t *addr)
{
	const char *slash = strchr(s, '/');
	char buf[INET6_ADDRSTRLEN];
	size_t n = slash != NULL ? (size_t)(slash - s) : strlen(s);

	if (n >= sizeof(buf))
		return (-1);
	memcpy(buf, s, n);
	buf[n] = '\0';
	if (inet_pton(AF_INET6, buf, addr) != 1)
		return (-1);
	return (slash == NULL ? 128 : um_prefixlen(slash + 1, 128));
}

int
um_inet_net_pton(int af, const char *s, void *dst, size_t size)
{
	uint8_t addr[16] = { 0 };
	size_t need;
	int len;

	if (um_hostaf(af) == -1) {
		errno = EAFNOSUPPORT;
		return (-1);
	}
	len = af == B_AF_INET ? um_net4(s, addr) : um_net6(s, addr);
	if (len == -1) {
		errno = ENOENT;
		return (-1);
	}
	need = af == B_AF_INET ? 4 : 16;
	if (size < (size_t)(len + 7) / 8) {
		errno = EMSGSIZE;
		return (-1);
	}
	memcpy(dst, addr, size < need ? size : need);
	return (len);
}

/* IPv4 as short as the prefix allows: 10/8 */
char *
um_inet_net_ntop(int af, const void *src, int len, char *buf, size_t size)
{
	char text[INET6_ADDRSTRLEN + 4];
	const uint8_t *p = src;
	int i, at = 0;

	if (um_hostaf(af) == -1 || len < 0 ||
	    len > (af == B_AF_INET ? 32 : 128)) {
		errno = um_hostaf(af) == -1 ? EAFNOSUPPORT : EINVAL;
		return (NULL);
	}
	if (af == B_AF_INET)
		for (i = 0; i == 0 || i * 8 < len; i++)
			at += snprintf(text + at, sizeof(text) - at, "%s%d",
			    i == 0 ? "" : ".", len == 0 ? 0 : p[i]);
	else if (inet_ntop(AF_INET6, src, text, sizeof(text)) == NULL)
		return (NULL);
	else
		at = strlen(text);
	snprintf(text + at, sizeof(text) - at, "/%d", len);
	if (strlen(text) >= size) {
		errno = EMSGSIZE;
		return (NULL);
	}
	return (strcpy(buf, text));
}

/* "name:1.2.3" or "1:2:3", hexadecimal */
void
um_link_addr(const char *s, struct bsd_sdl *sdl)
{
	const char *colon = strchr(s, ':');
	size_t at = 0, room, n;
	char *end;

	room = sdl->sdl_len > offsetof(struct bsd_sdl, sdl_data) ?
	    sdl->sdl_len - offsetof(struct bsd_sdl, sdl_data) :
	    sizeof(sdl->sdl_data);
	memset(&sdl->sdl_family, 0, offsetof(struct bsd_sdl, sdl_data) - 1);
	memset(sdl->sdl_data, 0, room);
	sdl->sdl_family = B_AF_LINK;
	n = colon != NULL ? (size_t)(colon - s) : 0;
	if (n > 0 && strspn(s, "0123456789abcdefABCDEF") < n && n <= room) {
		memcpy(sdl->sdl_data, s, n);
		sdl->sdl_nlen = at = n;
		s = colon + 1;
	}
	for (; at < room && isxdigit((unsigned char)*s); s = end + 1) {
		sdl->sdl_data[at++] = strtoul(s, &end, 16);
		sdl->sdl_alen++;
		if (*end != '.' && *end != ':' && *end != '-')
			break;
	}
	if (sdl->sdl_len == 0)
		sdl->sdl_len = sizeof(*sdl);
}

char *
um_link_ntoa(const struct bsd_sdl *sdl)
{
	static char buf[2 * 256 + 3 * 256];
	const uint8_t *p = (const uint8_t *)sdl->sdl_data + sdl->sdl_nlen;
	int i, at = 0;

	if (sdl->sdl_nlen > 0)
		at = snprintf(buf, sizeof(buf), "%.*s%s", sdl->sdl_nlen,
		    sdl->sdl_data, sdl->sdl_alen > 0 ? ":" : "");
	buf[at] = '\0';
	for (i = 0; i < sdl->sdl_alen; i++)
		at += snprintf(buf + at, sizeof(buf) - at, "%s%x",
		    i > 0 ? "." : "", p[i]);
	return (buf);
}
