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
 * Words of the configuration that stand for addresses.  All are looked up
 * while the file is read.
 */
#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/sockio.h>
#include <net/if.h>
#include <netinet/in.h>

#include <ifaddrs.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draft.h"
#include "log.h"

static struct ifaddrs	*ifas;
static int		 asked;		/* 1: ifas is good, -1: no kernel */

static int
ask(void)
{
	if (asked == 0)
		asked = getifaddrs(&ifas) == -1 ? -1 : 1;
	return (asked == 1 ? 0 : -1);
}

void
host_done(void)
{
	if (asked == 1)
		freeifaddrs(ifas);
	asked = 0;
	ifas = NULL;
}

static unsigned int
bits(const struct conf_end *e)
{
	return (e->ce_addr.ia_family == 4 ? 32 : 128);
}

int
end_single(const struct conf_end *e)
{
	return (e->ce_addr.ia_family != 0 && e->ce_plen == bits(e));
}

const char *
end_print(const struct conf_end *e)
{
	static char bufs[2][64];
	static unsigned int turn;
	char *s = bufs[turn++ % 2];

	if (e->ce_addr.ia_family == 0)
		strlcpy(s, "any", sizeof(bufs[0]));
	else if (end_single(e))
		strlcpy(s, addr_ntop(&e->ce_addr), sizeof(bufs[0]));
	else
		snprintf(s, sizeof(bufs[0]), "%s/%u", addr_ntop(&e->ce_addr),
		    e->ce_plen);
	return (s);
}

static void
add(struct ends *en, const struct ike_addr *a, unsigned int plen)
{
	struct conf_end *p;
	unsigned int i;

	p = recallocarray(en->en_end, en->en_n, en->en_n + 1, sizeof(*p));
	if (p == NULL)
		fatal("configuration");
	en->en_end = p;
	p += en->en_n++;
	p->ce_addr = *a;
	p->ce_plen = plen;
	/* a network's address has no bits behind its prefix */
	for (i = plen; i < bits(p); i++)
		p->ce_addr.ia_addr[i / 8] &= ~(0x80 >> i % 8);
}

/* Those that only mean something on one link are left out. */
static void
add_sockaddr(struct ends *en, const struct sockaddr *sa)
{
	const struct sockaddr_in6 *sin6;
	struct ike_addr a;

	memset(&a, 0, sizeof(a));
	if (sa->sa_family == AF_INET) {
		a.ia_family = 4;
		memcpy(a.ia_addr, &((const struct sockaddr_in *)sa)->sin_addr,
		    4);
		add(en, &a, 32);
	} else if (sa->sa_family == AF_INET6) {
		sin6 = (const struct sockaddr_in6 *)sa;
		if (IN6_IS_ADDR_LINKLOCAL(&sin6->sin6_addr))
			return;
		a.ia_family = 6;
		memcpy(a.ia_addr, &sin6->sin6_addr, 16);
		add(en, &a, 128);
	}
}

/* "10", "10.1" with a prefix behind it stand for 10.0.0.0, 10.1.0.0. */
static int
short4(const char *s, struct ike_addr *a)
{
	unsigned long v;
	char *end;
	int i;

	memset(a, 0, sizeof(*a));
	a->ia_family = 4;
	for (i = 0; i < 4; i++) {
		if (*s < '0' || *s > '9')
			return (-1);
		v = strtoul(s, &end, 10);
		if (v > 255 || end - s > 3)
			return (-1);
		a->ia_addr[i] = v;
		if (*end == '\0')
			return (0);
		if (*end != '.')
			return (-1);
		s = end + 1;
	}
	return (-1);
}

/* 1 done, 0 no number, -1 no such prefix. */
static int
numeric(struct ends *en, const char *word)
{
	char num[64];
	struct conf_end e;
	const char *slash = strchr(word, '/'), *errstr;
	size_t n = slash == NULL ? strlen(word) : (size_t)(slash - word);

	if (n >= sizeof(num))
		return (0);
	memcpy(num, word, n);
	num[n] = '\0';
	if (addr_pton(num, &e.ce_addr) == -1 &&
	    (slash == NULL || short4(num, &e.ce_addr) == -1))
		return (0);
	e.ce_plen = bits(&e);
	if (slash != NULL) {
		if (slash[1] < '0' || slash[1] > '9')
			return (-1);
		e.ce_plen = strtonum(slash + 1, 0, bits(&e), &errstr);
		if (errstr != NULL)
			return (-1);
	}
	add(en, &e.ce_addr, e.ce_plen);
	return (1);
}

/* 1: there is such an interface. */
static int
interface(struct ends *en, const char *name)
{
	const struct ifaddrs *ifa;
	int found = 0;

	if (ask() == -1)
		return (0);
	for (ifa = ifas; ifa != NULL; ifa = ifa->ifa_next) {
		if (strcmp(ifa->ifa_name, name) != 0)
			continue;
		found = 1;
		if (en != NULL && ifa->ifa_addr != NULL)
			add_sockaddr(en, ifa->ifa_addr);
	}
	return (found);
}

int
host_iface(const char *name)
{
	return (ask() == -1 ? -1 : interface(NULL, name));
}

static int
members(int s, const char *name, struct ifgroupreq *ifgr)
{
	memset(ifgr, 0, sizeof(*ifgr));
	if (strlcpy(ifgr->ifgr_name, name, sizeof(ifgr->ifgr_name)) >=
	    sizeof(ifgr->ifgr_name) || ioctl(s, SIOCGIFGMEMB, ifgr) == -1)
		return (-1);
	ifgr->ifgr_groups = calloc(1, ifgr->ifgr_len + 1);
	if (ifgr->ifgr_groups == NULL)
		fatal("configuration");
	if (ioctl(s, SIOCGIFGMEMB, ifgr) == 0)
		return (0);
	free(ifgr->ifgr_groups);
	return (-1);
}

/* 1: there is such a group of interfaces. */
static int
group(struct ends *en, const char *name)
{
	struct ifgroupreq ifgr;
	char member[IFNAMSIZ];
	size_t i;
	int rc, s;

	if (ask() == -1 || (s = socket(AF_INET, SOCK_DGRAM, 0)) == -1)
		return (0);
	rc = members(s, name, &ifgr);
	close(s);
	if (rc == -1)
		return (0);
	for (i = 0; i < ifgr.ifgr_len / sizeof(struct ifg_req); i++) {
		strlcpy(member, ifgr.ifgr_groups[i].ifgrq_member,
		    sizeof(member));
		interface(en, member);
	}
	free(ifgr.ifgr_groups);
	return (1);
}

static const char *
dns(struct ends *en, const char *name)
{
	struct addrinfo hints, *res, *ai;
	int error;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_DGRAM;
	if ((error = getaddrinfo(name, NULL, &hints, &res)) != 0)
		return (gai_strerror(error));
	for (ai = res; ai != NULL; ai = ai->ai_next)
		add_sockaddr(en, ai->ai_addr);
	freeaddrinfo(res);
	return (NULL);
}

/* Would a name server be asked for such a name? */
static int
plausible(const char *s)
{
	return (*s != '\0' && strlen(s) < 256 &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.-_") == strlen(s) &&
	    strspn(s, "0123456789.") != strlen(s));
}

const char *
host_resolve(struct ends *en, const char *word)
{
	static const struct ike_addr any4 = { .ia_family = 4 };
	static const struct ike_addr any6 = { .ia_family = 6 };
	const char *why;
	int rv;

	memset(en, 0, sizeof(*en));
	if (word == NULL) {
		add(en, &any4, 0);
		add(en, &any6, 0);
		return (NULL);
	}
	if ((rv = numeric(en, word)) == 1)
		return (NULL);
	if (rv == -1)
		return ("no such prefix length: 0 to 32, or 128 with IPv6");
	if (strchr(word, '%') != NULL && strchr(word, ':') != NULL)
		return ("an address of one link alone cannot be an end");
	if (!plausible(word))
		return ("not an address");
	if (!interface(en, word) && !group(en, word) &&
	    (why = dns(en, word)) != NULL)
		return (why);
	return (en->en_n == 0 ? "it has no address" : NULL);
}
