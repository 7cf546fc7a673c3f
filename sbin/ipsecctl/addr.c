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
 * Addresses of rules: from words, of this machine, as text.
 */
#include <sys/ioctl.h>
#include <sys/sockio.h>
#include <net/if.h>
#include <arpa/inet.h>

#include <err.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipsecctl.h"

/* of this machine, sorted; n == -1: not asked yet, -2: no kernel */
static struct ifaddrs	*ifas;
static struct addr	*mine;
static ssize_t		 nmine = -1;

static void
addr_add(struct addrlist *al, const struct addr *a)
{
	al->al_addr = recallocarray(al->al_addr, al->al_n, al->al_n + 1,
	    sizeof(*a));
	if (al->al_addr == NULL)
		err(1, NULL);
	al->al_addr[al->al_n++] = *a;
}

static void
addr_init(struct addr *a, int af)
{
	memset(a, 0, sizeof(*a));
	a->sa.sa_family = af;
	if (af == AF_INET)
		a->in4.sin_len = sizeof(a->in4);
	else
		a->in6.sin6_len = sizeof(a->in6);
	a->prefix = ADDR_BITS(a);
}

static uint8_t *
addr_bytes(struct addr *a)
{
	if (a->sa.sa_family == AF_INET)
		return ((uint8_t *)&a->in4.sin_addr);
	return (a->in6.sin6_addr.s6_addr);
}

void
addr_host(struct addr *a, const struct sockaddr *sa)
{
	addr_init(a, sa->sa_family);
	if (sa->sa_family == AF_INET) {
		a->in4.sin_addr = ((const struct sockaddr_in *)sa)->sin_addr;
	} else {
		a->in6.sin6_addr =
		    ((const struct sockaddr_in6 *)sa)->sin6_addr;
		a->in6.sin6_scope_id =
		    ((const struct sockaddr_in6 *)sa)->sin6_scope_id;
	}
}

void
addr_mask(const struct addr *a, struct addr *mask)
{
	uint8_t *p;
	int bits;

	addr_init(mask, a->sa.sa_family);
	p = addr_bytes(mask);
	for (bits = a->prefix; bits >= 8; bits -= 8)
		*p++ = 0xff;
	if (bits > 0)
		*p = 0xff << (8 - bits);
}

int
addr_masklen(const struct sockaddr *sa)
{
	struct addr mask;
	const uint8_t *p;
	int n;

	addr_host(&mask, sa);
	p = addr_bytes(&mask);
	for (n = 0; n < ADDR_BITS(&mask); n++)
		if (!(p[n / 8] & (0x80 >> n % 8)))
			break;
	return (n);
}

/* A network's address has no bits behind its prefix. */
static void
addr_cut(struct addr *a)
{
	struct addr mask;
	uint8_t *p, *m;
	int i;

	addr_mask(a, &mask);
	p = addr_bytes(a);
	m = addr_bytes(&mask);
	for (i = 0; i < ADDR_BITS(a) / 8; i++)
		p[i] &= m[i];
}

/* "10", "10.1" with a prefix behind it stand for 10.0.0.0, 10.1.0.0. */
static int
addr_short4(const char *s, uint8_t *p)
{
	unsigned long v;
	char *end;
	int i;

	memset(p, 0, 4);
	for (i = 0; i < 4; i++) {
		if (*s < '0' || *s > '9')
			return (0);
		v = strtoul(s, &end, 10);
		if (v > 255 || end - s > 3)
			return (0);
		p[i] = v;
		if (*end == '\0')
			return (1);
		if (*end != '.')
			return (0);
		s = end + 1;
	}
	return (0);
}

/* 1 done, 0 no number, -1 no such prefix. */
static int
addr_numeric(const char *word, struct addr *a)
{
	char buf[INET6_ADDRSTRLEN];
	const char *slash, *errstr;
	size_t n;

	slash = strchr(word, '/');
	n = slash == NULL ? strlen(word) : (size_t)(slash - word);
	if (n >= sizeof(buf))
		return (0);
	memcpy(buf, word, n);
	buf[n] = '\0';
	addr_init(a, AF_INET6);
	if (inet_pton(AF_INET6, buf, &a->in6.sin6_addr) != 1) {
		addr_init(a, AF_INET);
		if (inet_pton(AF_INET, buf, &a->in4.sin_addr) != 1 &&
		    (slash == NULL || !addr_short4(buf, addr_bytes(a))))
			return (0);
	}
	if (slash == NULL)
		return (1);
	a->prefix = strtonum(slash + 1, 0, ADDR_BITS(a), &errstr);
	if (errstr != NULL)
		return (-1);
	addr_cut(a);
	return (1);
}

static int
addr_qcmp(const void *a, const void *b)
{
	return (addr_cmp(a, b));
}

static int
addr_usable(const struct ifaddrs *ifa)
{
	return (ifa->ifa_addr != NULL &&
	    (ifa->ifa_addr->sa_family == AF_INET ||
	    ifa->ifa_addr->sa_family == AF_INET6));
}

static int
addr_ask(void)
{
	const struct ifaddrs *ifa;
	size_t n = 0;

	if (nmine != -1)
		return (nmine == -2 ? -1 : 0);
	nmine = -2;
	if (getifaddrs(&ifas) == -1)
		return (-1);
	for (ifa = ifas; ifa != NULL; ifa = ifa->ifa_next)
		n += addr_usable(ifa);
	mine = xcalloc(n + 1, sizeof(*mine));
	nmine = 0;
	for (ifa = ifas; ifa != NULL; ifa = ifa->ifa_next)
		if (addr_usable(ifa))
			addr_host(&mine[nmine++], ifa->ifa_addr);
	qsort(mine, nmine, sizeof(*mine), addr_qcmp);
	return (0);
}

int
addr_islocal(const struct addr *a)
{
	if (addr_ask() == -1)
		return (-1);
	return (bsearch(a, mine, nmine, sizeof(*mine), addr_qcmp) != NULL);
}

void
addr_done(void)
{
	if (ifas != NULL)
		freeifaddrs(ifas);
	free(mine);
	ifas = NULL;
	mine = NULL;
	nmine = -1;
}

/* All addresses of an interface but link-local ones; 1: it exists. */
static int
addr_interface(struct addrlist *al, const char *name)
{
	const struct ifaddrs *ifa;
	struct addr a;
	int found = 0;

	if (addr_ask() == -1)
		return (0);
	for (ifa = ifas; ifa != NULL; ifa = ifa->ifa_next) {
		if (strcmp(ifa->ifa_name, name) != 0)
			continue;
		found = 1;
		if (!addr_usable(ifa))
			continue;
		addr_host(&a, ifa->ifa_addr);
		if (a.sa.sa_family != AF_INET6 ||
		    !IN6_IS_ADDR_LINKLOCAL(&a.in6.sin6_addr))
			addr_add(al, &a);
	}
	return (found);
}

static int
addr_members(int s, const char *group, struct ifgroupreq *ifgr)
{
	memset(ifgr, 0, sizeof(*ifgr));
	if (strlcpy(ifgr->ifgr_name, group, sizeof(ifgr->ifgr_name)) >=
	    sizeof(ifgr->ifgr_name) || ioctl(s, SIOCGIFGMEMB, ifgr) == -1)
		return (-1);
	ifgr->ifgr_groups = xcalloc(1, ifgr->ifgr_len + 1);
	if (ioctl(s, SIOCGIFGMEMB, ifgr) == -1) {
		free(ifgr->ifgr_groups);
		return (-1);
	}
	return (0);
}

static int
addr_group(struct addrlist *al, const char *name)
{
	struct ifgroupreq ifgr;
	char member[IFNAMSIZ];
	size_t i;
	int error, s;

	if (addr_ask() == -1 || (s = socket(AF_INET, SOCK_DGRAM, 0)) == -1)
		return (0);
	error = addr_members(s, name, &ifgr);
	close(s);
	if (error == -1)
		return (0);
	for (i = 0; i < ifgr.ifgr_len / sizeof(struct ifg_req); i++) {
		strlcpy(member, ifgr.ifgr_groups[i].ifgrq_member,
		    sizeof(member));
		addr_interface(al, member);
	}
	free(ifgr.ifgr_groups);
	return (1);
}

static const char *
addr_name(struct addrlist *al, const char *name)
{
	struct addrinfo hints, *res, *ai;
	struct addr a;
	int error;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_DGRAM;
	if ((error = getaddrinfo(name, NULL, &hints, &res)) != 0)
		return (gai_strerror(error));
	for (ai = res; ai != NULL; ai = ai->ai_next) {
		if (ai->ai_family != AF_INET && ai->ai_family != AF_INET6)
			continue;
		addr_host(&a, ai->ai_addr);
		addr_add(al, &a);
	}
	freeaddrinfo(res);
	return (NULL);
}

/* Would a resolver be asked for such a name? */
static int
addr_plausible(const char *s)
{
	return (strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
	    "XYZ0123456789.-_:%") == strlen(s) && strlen(s) < 256 &&
	    strspn(s, "0123456789.") != strlen(s));
}

const char *
addr_resolve(struct addrlist *al, const char *word)
{
	static char msg[512];
	struct addr a;
	const char *why;
	size_t n = al->al_n;
	int rv;

	if (word == NULL) {
		addr_init(&a, AF_INET);
		a.any = 1;
		a.prefix = 0;
		addr_add(al, &a);
		addr_init(&a, AF_INET6);
		a.any = 1;
		a.prefix = 0;
		addr_add(al, &a);
		return (NULL);
	}
	if ((rv = addr_numeric(word, &a)) == 1) {
		addr_add(al, &a);
		return (NULL);
	}
	if (rv == -1) {
		snprintf(msg, sizeof(msg), "bad prefix length in %.80s: 0 to "
		    "%d", word, ADDR_BITS(&a));
		return (msg);
	}
	why = "not an address";
	if (!addr_plausible(word) || (!addr_interface(al, word) &&
	    !addr_group(al, word) && (why = addr_name(al, word)) != NULL)) {
		snprintf(msg, sizeof(msg), "no such host: %.80s: %s", word,
		    why);
		return (msg);
	}
	if (al->al_n == n) {
		snprintf(msg, sizeof(msg), "%.80s has no address", word);
		return (msg);
	}
	return (NULL);
}

int
addr_cmp(const struct addr *a, const struct addr *b)
{
	int rv;

	if (a->sa.sa_family != b->sa.sa_family)
		return (a->sa.sa_family < b->sa.sa_family ? -1 : 1);
	rv = memcmp(addr_bytes((struct addr *)a),
	    addr_bytes((struct addr *)b), ADDR_BITS(a) / 8);
	if (rv == 0)
		rv = (int)a->prefix - (int)b->prefix;
	return (rv);
}

const char *
addr_str(const struct addr *a)
{
	static char bufs[4][INET6_ADDRSTRLEN + 24];
	static int next;
	char *buf = bufs[next++ % 4];
	char ifname[IF_NAMESIZE];
	size_t size = sizeof(bufs[0]), n;

	if (inet_ntop(a->sa.sa_family, addr_bytes((struct addr *)a), buf,
	    size) == NULL)
		strlcpy(buf, "?", size);
	n = strlen(buf);
	if (a->sa.sa_family == AF_INET6 && a->in6.sin6_scope_id != 0) {
		if (if_indextoname(a->in6.sin6_scope_id, ifname) != NULL)
			n += snprintf(buf + n, size - n, "%%%s", ifname);
		else
			n += snprintf(buf + n, size - n, "%%%u",
			    a->in6.sin6_scope_id);
	}
	if (ADDR_ISNET(a))
		snprintf(buf + n, size - n, "/%u", a->prefix);
	return (buf);
}
