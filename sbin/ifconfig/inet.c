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
#include <arpa/inet.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ifconfig.h"

static void
sin_set(struct sockaddr_in *sin, in_addr_t addr)
{
	memset(sin, 0, sizeof(*sin));
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = addr;
}

/* Names are not looked up: a wrong word would wait for name servers. */
static void
sin_parse(struct sockaddr_in *sin, const char *word)
{
	struct in_addr in;

	if (inet_pton(AF_INET, word, &in) != 1)
		bad_value(word);
	sin_set(sin, in.s_addr);
}

static in_addr_t
prefix_mask(int len)
{
	return (htonl(len == 0 ? 0 : 0xffffffffU << (32 - len)));
}

static void
inet_setaddr(struct ifcfg *ic, const char *word)
{
	char buf[INET_ADDRSTRLEN + sizeof("/32")];
	int len;

	if (strlcpy(buf, word, sizeof(buf)) >= sizeof(buf))
		bad_value(word);
	if ((len = addr_cutlen(buf, 32)) != -1) {
		sin_set(&ic->ic_addr.aa_mask, prefix_mask(len));
		ic->ic_addr.aa_given |= AA_MASK;
	}
	sin_parse(&ic->ic_addr.aa_addr.sin, buf);
}

static void
inet_setdst(struct ifcfg *ic, const char *word)
{
	sin_parse(&ic->ic_addr.aa_dst.sin, word);
}

static void
inet_setmask(struct ifcfg *ic, const char *word)
{
	struct in_addr in;
	uint32_t holes;

	if (inet_aton(word, &in) == 0)
		bad_value(word);
	holes = ~ntohl(in.s_addr);
	if (holes & (holes + 1))
		errx(1, "netmask %s: has ones after zeros", word);
	sin_set(&ic->ic_addr.aa_mask, in.s_addr);
}

static void
inet_setprefix(struct ifcfg *ic, const char *word)
{
	sin_set(&ic->ic_addr.aa_mask,
	    prefix_mask(number("prefixlen", word, 0, 32)));
}

static void
inet_setbrd(struct ifcfg *ic, const char *word)
{
	sin_parse(&ic->ic_addr.aa_brd, word);
}

static in_addr_t
class_mask(in_addr_t addr)
{
	if (IN_CLASSA(ntohl(addr)))
		return (htonl(IN_CLASSA_NET));
	if (IN_CLASSB(ntohl(addr)))
		return (htonl(IN_CLASSB_NET));
	return (htonl(IN_CLASSC_NET));
}

/* The first address of the interface; 0 when it has none. */
static int
inet_primary(struct ifcfg *ic, struct sockaddr_in *sin)
{
	struct ifreq ifr;

	ifr_init(ic, &ifr);
	ifr.ifr_addr.sa_family = AF_INET;
	if (ioctl(ic->ic_s, SIOCGIFADDR, &ifr) == -1) {
		if (errno != EADDRNOTAVAIL)
			req_err("SIOCGIFADDR");
		return (0);
	}
	memcpy(sin, &ifr.ifr_addr, sizeof(*sin));
	return (1);
}

static void
inet_delete(struct ifcfg *ic, const struct sockaddr_in *sin)
{
	struct ifreq ifr;

	ifr_init(ic, &ifr);
	memcpy(&ifr.ifr_addr, sin, sizeof(*sin));
	if (ioctl(ic->ic_s, SIOCDIFADDR, &ifr) == -1)
		req_err("SIOCDIFADDR");
}

static void
inet_add(struct ifcfg *ic)
{
	struct addrargs *aa = &ic->ic_addr;
	struct sockaddr_in old, *sin = &aa->aa_addr.sin;
	struct ifaliasreq ifra;

	if (!(aa->aa_given & AA_MASK))
		sin_set(&aa->aa_mask, class_mask(sin->sin_addr.s_addr));
	/* the old one may hold the route that the new one wants */
	if (!(aa->aa_given & AA_ALIAS) && inet_primary(ic, &old) &&
	    old.sin_addr.s_addr != sin->sin_addr.s_addr)
		inet_delete(ic, &old);
	memset(&ifra, 0, sizeof(ifra));
	strlcpy(ifra.ifra_name, ic->ic_name, sizeof(ifra.ifra_name));
	memcpy(&ifra.ifra_addr, sin, sizeof(*sin));
	memcpy(&ifra.ifra_mask, &aa->aa_mask, sizeof(aa->aa_mask));
	if (aa->aa_given & AA_DST)
		memcpy(&ifra.ifra_dstaddr, &aa->aa_dst.sin,
		    sizeof(aa->aa_dst.sin));
	else if (aa->aa_given & AA_BRD)
		memcpy(&ifra.ifra_broadaddr, &aa->aa_brd,
		    sizeof(aa->aa_brd));
	if (ioctl(ic->ic_s, SIOCAIFADDR, &ifra) == -1)
		req_err("SIOCAIFADDR");
}

static void
inet_change1(struct ifcfg *ic, unsigned long request, const char *name,
    const struct sockaddr_in *sin)
{
	struct ifreq ifr;

	ifr_init(ic, &ifr);
	memcpy(&ifr.ifr_addr, sin, sizeof(*sin));
	if (ioctl(ic->ic_s, request, &ifr) == -1)
		req_err(name);
}

/* Without an address: what is said is about the one that is there. */
static void
inet_change(struct ifcfg *ic)
{
	struct addrargs *aa = &ic->ic_addr;

	if (aa->aa_given & AA_ALIAS)
		errx(1, "alias: no address given");
	if (aa->aa_given & AA_DST)
		inet_change1(ic, SIOCSIFDSTADDR, "SIOCSIFDSTADDR",
		    &aa->aa_dst.sin);
	if (aa->aa_given & AA_MASK)
		inet_change1(ic, SIOCSIFNETMASK, "SIOCSIFNETMASK",
		    &aa->aa_mask);
	if (aa->aa_given & AA_BRD)
		inet_change1(ic, SIOCSIFBRDADDR, "SIOCSIFBRDADDR",
		    &aa->aa_brd);
}

static void
inet_apply(struct ifcfg *ic)
{
	struct addrargs *aa = &ic->ic_addr;

	if ((aa->aa_given & (AA_DST | AA_BRD)) == (AA_DST | AA_BRD))
		errx(1, "an address has a destination or a broadcast "
		    "address, not both");
	if (aa->aa_given & AA_DELETE) {
		if (!(aa->aa_given & AA_ADDR) &&
		    !inet_primary(ic, &aa->aa_addr.sin)) {
			errno = EADDRNOTAVAIL;
			req_err("SIOCDIFADDR");
		}
		inet_delete(ic, &aa->aa_addr.sin);
	} else if (aa->aa_given & AA_ADDR)
		inet_add(ic);
	else
		inet_change(ic);
}

static in_addr_t
sa_inet(const struct sockaddr *sa)
{
	struct sockaddr_in sin;

	memset(&sin, 0, sizeof(sin));
	if (sa != NULL)
		memcpy(&sin, sa, sa->sa_len < sizeof(sin) ? sa->sa_len :
		    sizeof(sin));
	return (sin.sin_addr.s_addr);
}

static void
print_in(const char *before, const struct sockaddr *sa)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr in = { sa_inet(sa) };

	printf("%s%s", before, inet_ntop(AF_INET, &in, text, sizeof(text)));
}

static void
inet_print(struct ifcfg *ic, const struct ifaddrs *ifa)
{
	print_in("\tinet ", ifa->ifa_addr);
	if (ifa->ifa_flags & IFF_POINTOPOINT)
		print_in(" --> ", ifa->ifa_dstaddr);
	printf(" netmask 0x%08x", ntohl(sa_inet(ifa->ifa_netmask)));
	if ((ifa->ifa_flags & IFF_BROADCAST) &&
	    sa_inet(ifa->ifa_broadaddr) != 0)
		print_in(" broadcast ", ifa->ifa_broadaddr);
	printf("\n");
}

const struct afops inet_ops = {
	.af_name	= "inet",
	.af_af		= AF_INET,
	.af_setaddr	= inet_setaddr,
	.af_setdst	= inet_setdst,
	.af_setmask	= inet_setmask,
	.af_setbrd	= inet_setbrd,
	.af_setprefix	= inet_setprefix,
	.af_apply	= inet_apply,
	.af_print	= inet_print,
};
