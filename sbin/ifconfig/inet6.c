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
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet6/in6_var.h>
#include <arpa/inet.h>

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ifconfig.h"

#define SCOPE_OFF	2	/* where the kernel keeps an index */

/* A socket of the family that the requests want, or -1. */
static int
in6_socket(void)
{
	static int s = -1;

	if (s == -1)
		s = socket(AF_INET6, SOCK_DGRAM, 0);
	return (s);
}

static void
in6_request(unsigned long request, const char *name, void *arg)
{
	int s;

	if ((s = in6_socket()) == -1 || ioctl(s, request, arg) == -1)
		req_err(name);
}

static void
sin6_parse(struct ifcfg *ic, struct sockaddr_in6 *sin6, const char *word)
{
	char buf[INET6_ADDRSTRLEN + IFNAMSIZ], *scope;

	if (strlcpy(buf, word, sizeof(buf)) >= sizeof(buf))
		bad_value(word);
	if ((scope = strchr(buf, '%')) != NULL) {
		*scope++ = '\0';
		if (strcmp(scope, ic->ic_name) != 0)
			errx(1, "%s: not of interface %s", word, ic->ic_name);
	}
	memset(sin6, 0, sizeof(*sin6));
	sin6->sin6_len = sizeof(*sin6);
	sin6->sin6_family = AF_INET6;
	if (inet_pton(AF_INET6, buf, &sin6->sin6_addr) != 1)
		bad_value(word);
	if (IN6_IS_ADDR_LINKLOCAL(&sin6->sin6_addr))
		sin6->sin6_scope_id = if_nametoindex(ic->ic_name);
	else if (scope != NULL)
		errx(1, "%s: only a link-local address has a scope", word);
}

static void
inet6_setaddr(struct ifcfg *ic, const char *word)
{
	char buf[INET6_ADDRSTRLEN + IFNAMSIZ + sizeof("/128")];
	int len;

	if (strlcpy(buf, word, sizeof(buf)) >= sizeof(buf))
		bad_value(word);
	if ((len = addr_cutlen(buf, 128)) != -1) {
		ic->ic_addr.aa_prefixlen = len;
		ic->ic_addr.aa_given |= AA_MASK;
	}
	sin6_parse(ic, &ic->ic_addr.aa_addr.sin6, buf);
}

static void
inet6_setdst(struct ifcfg *ic, const char *word)
{
	sin6_parse(ic, &ic->ic_addr.aa_dst.sin6, word);
}

static void
inet6_setprefix(struct ifcfg *ic, const char *word)
{
	ic->ic_addr.aa_prefixlen = number("prefixlen", word, 0, 128);
}

static void
inet6_setmask(struct ifcfg *ic, const char *word)
{
	errx(1, "netmask: IPv6 has prefixlen instead");
}

static void
inet6_setbrd(struct ifcfg *ic, const char *word)
{
	errx(1, "broadcast: IPv6 has none");
}

static void
need_inet6(struct ifcfg *ic, const char *word)
{
	if (ic->ic_af->af_af != AF_INET6)
		errx(1, "%s: only after inet6", word);
	ic->ic_addr.aa_given |= AA_DETAIL;
}

void
set_in6flag(struct ifcfg *ic, char **argv, long value)
{
	need_inet6(ic, argv[-1]);
	if (value > 0)
		ic->ic_addr.aa_flags |= value;
	else
		ic->ic_addr.aa_flags &= ~-value;
}

void
set_lifetime(struct ifcfg *ic, char **argv, long which)
{
	uint32_t n;

	need_inet6(ic, argv[-1]);
	if (strcmp(argv[0], "infty") == 0)
		n = ND6_INFINITE_LIFETIME;
	else
		n = number(argv[-1], argv[0], 1, UINT32_MAX - 1);
	if (which == 'v')
		ic->ic_addr.aa_vltime = n;
	else
		ic->ic_addr.aa_pltime = n;
}

static void
mask6_set(struct sockaddr_in6 *sin6, int len)
{
	int i;

	memset(sin6, 0, sizeof(*sin6));
	sin6->sin6_len = sizeof(*sin6);
	sin6->sin6_family = AF_INET6;
	for (i = 0; i < len; i++)
		sin6->sin6_addr.s6_addr[i / 8] |= 0x80 >> (i % 8);
}

static void
inet6_add(struct ifcfg *ic)
{
	struct addrargs *aa = &ic->ic_addr;
	struct in6_aliasreq ifra;

	if (!(aa->aa_given & AA_MASK))
		aa->aa_prefixlen = (aa->aa_given & AA_DST) ? 128 : 64;
	memset(&ifra, 0, sizeof(ifra));
	strlcpy(ifra.ifra_name, ic->ic_name, sizeof(ifra.ifra_name));
	ifra.ifra_addr = aa->aa_addr.sin6;
	if (aa->aa_given & AA_DST)
		ifra.ifra_dstaddr = aa->aa_dst.sin6;
	mask6_set(&ifra.ifra_prefixmask, aa->aa_prefixlen);
	ifra.ifra_flags = aa->aa_flags;
	ifra.ifra_lifetime.ia6t_vltime = aa->aa_vltime ? aa->aa_vltime :
	    ND6_INFINITE_LIFETIME;
	ifra.ifra_lifetime.ia6t_pltime = aa->aa_pltime ? aa->aa_pltime :
	    ND6_INFINITE_LIFETIME;
	in6_request(SIOCAIFADDR_IN6, "SIOCAIFADDR_IN6", &ifra);
}

static void
inet6_delete(struct ifcfg *ic)
{
	struct in6_ifreq ifr;

	memset(&ifr, 0, sizeof(ifr));
	strlcpy(ifr.ifr_name, ic->ic_name, sizeof(ifr.ifr_name));
	ifr.ifr_ifru.ifru_addr = ic->ic_addr.aa_addr.sin6;
	in6_request(SIOCDIFADDR_IN6, "SIOCDIFADDR_IN6", &ifr);
}

/* IPv6 addresses do not replace each other: alias changes nothing. */
static void
inet6_apply(struct ifcfg *ic)
{
	if (!(ic->ic_addr.aa_given & AA_ADDR))
		errx(1, "inet6: no address given");
	if (ic->ic_addr.aa_given & AA_DELETE)
		inet6_delete(ic);
	else
		inet6_add(ic);
}

/* The kernel may keep the index inside a link-local address. */
static void
in6_unscope(struct sockaddr_in6 *sin6)
{
	uint8_t *p = sin6->sin6_addr.s6_addr + SCOPE_OFF;

	if (!IN6_IS_ADDR_LINKLOCAL(&sin6->sin6_addr))
		return;
	if (sin6->sin6_scope_id == 0)
		sin6->sin6_scope_id = p[0] << 8 | p[1];
	p[0] = p[1] = 0;
}

static void
sa_in6(const struct sockaddr *sa, struct sockaddr_in6 *sin6)
{
	memset(sin6, 0, sizeof(*sin6));
	if (sa != NULL)
		memcpy(sin6, sa, sa->sa_len < sizeof(*sin6) ? sa->sa_len :
		    sizeof(*sin6));
}

/* An address that is not set has no text. */
static void
print_in6(struct ifcfg *ic, const char *before, struct sockaddr_in6 *sin6)
{
	char text[INET6_ADDRSTRLEN] = "";

	in6_unscope(sin6);
	if (!IN6_IS_ADDR_UNSPECIFIED(&sin6->sin6_addr))
		inet_ntop(AF_INET6, &sin6->sin6_addr, text, sizeof(text));
	printf("%s%s", before, text);
	if (sin6->sin6_scope_id != 0)
		printf("%%%s", ic->ic_name);
}

static void
print_in6flags(struct ifcfg *ic, const struct sockaddr_in6 *sin6)
{
	static const struct {
		int		 flag;
		const char	*name;
	} names[] = {
		{ IN6_IFF_ANYCAST, "anycast" },
		{ IN6_IFF_TENTATIVE, "tentative" },
		{ IN6_IFF_DUPLICATED, "duplicated" },
		{ IN6_IFF_DETACHED, "detached" },
		{ IN6_IFF_DEPRECATED, "deprecated" },
		{ IN6_IFF_AUTOCONF, "autoconf" },
		{ IN6_IFF_TEMPORARY, "temporary" },
	};
	struct in6_ifreq ifr;
	size_t i;

	memset(&ifr, 0, sizeof(ifr));
	strlcpy(ifr.ifr_name, ic->ic_name, sizeof(ifr.ifr_name));
	ifr.ifr_ifru.ifru_addr = *sin6;
	if (ioctl(in6_socket(), SIOCGIFAFLAG_IN6, &ifr) == -1)
		return;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (ifr.ifr_flags6 & names[i].flag)
			printf(" %s", names[i].name);
	}
}

static void
print_seconds(const char *what, int64_t end, time_t now)
{
	if (end == 0)
		printf(" %s infty", what);
	else
		printf(" %s %" PRId64, what, end > now ? end - now : 0);
}

static void
print_in6life(struct ifcfg *ic, const struct sockaddr_in6 *sin6)
{
	struct in6_addrlifetime *life;
	struct in6_ifreq ifr;
	time_t now = time(NULL);

	memset(&ifr, 0, sizeof(ifr));
	strlcpy(ifr.ifr_name, ic->ic_name, sizeof(ifr.ifr_name));
	ifr.ifr_ifru.ifru_addr = *sin6;
	if (ioctl(in6_socket(), SIOCGIFALIFETIME_IN6, &ifr) == -1)
		return;
	life = &ifr.ifr_ifru.ifru_lifetime;
	if (life->ia6t_preferred == 0 && life->ia6t_expire == 0)
		return;
	print_seconds("pltime", life->ia6t_preferred, now);
	print_seconds("vltime", life->ia6t_expire, now);
}

static int
mask6_len(const struct sockaddr *sa)
{
	struct sockaddr_in6 sin6;
	int n = 0;

	sa_in6(sa, &sin6);
	while (n < 128 &&
	    (sin6.sin6_addr.s6_addr[n / 8] & (0x80 >> (n % 8))) != 0)
		n++;
	return (n);
}

static void
inet6_print(struct ifcfg *ic, const struct ifaddrs *ifa)
{
	struct sockaddr_in6 sin6, dst;

	sa_in6(ifa->ifa_addr, &sin6);
	print_in6(ic, "\tinet6 ", &sin6);
	if (ifa->ifa_flags & IFF_POINTOPOINT) {
		sa_in6(ifa->ifa_dstaddr, &dst);
		print_in6(ic, " --> ", &dst);
	}
	printf(" prefixlen %d", mask6_len(ifa->ifa_netmask));
	print_in6flags(ic, &sin6);
	if (sin6.sin6_scope_id != 0)
		printf(" scopeid 0x%x", sin6.sin6_scope_id);
	print_in6life(ic, &sin6);
	printf("\n");
}

const struct afops inet6_ops = {
	.af_name	= "inet6",
	.af_af		= AF_INET6,
	.af_setaddr	= inet6_setaddr,
	.af_setdst	= inet6_setdst,
	.af_setmask	= inet6_setmask,
	.af_setbrd	= inet6_setbrd,
	.af_setprefix	= inet6_setprefix,
	.af_apply	= inet6_apply,
	.af_print	= inet6_print,
};
