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
#include <net/if_dl.h>
#include <net/if_types.h>

#include <err.h>
#include <errno.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ifconfig.h"

/* What an interface looks like. */

#define XFLAG_SHIFT	16	/* xflags are shown above the flags */

static const struct {
	uint32_t	 flag;
	const char	*name;
} flag_names[] = {
	{ IFF_UP,		"UP" },
	{ IFF_BROADCAST,	"BROADCAST" },
	{ IFF_DEBUG,		"DEBUG" },
	{ IFF_LOOPBACK,		"LOOPBACK" },
	{ IFF_POINTOPOINT,	"POINTOPOINT" },
	{ IFF_STATICARP,	"STATICARP" },
	{ IFF_RUNNING,		"RUNNING" },
	{ IFF_NOARP,		"NOARP" },
	{ IFF_PROMISC,		"PROMISC" },
	{ IFF_ALLMULTI,		"ALLMULTI" },
	{ IFF_OACTIVE,		"OACTIVE" },
	{ IFF_SIMPLEX,		"SIMPLEX" },
	{ IFF_LINK0,		"LINK0" },
	{ IFF_LINK1,		"LINK1" },
	{ IFF_LINK2,		"LINK2" },
	{ IFF_MULTICAST,	"MULTICAST" },
	{ IFXF_AUTOCONF6TEMP << XFLAG_SHIFT,	"AUTOCONF6TEMP" },
	{ IFXF_MPLS << XFLAG_SHIFT,		"MPLS" },
	{ IFXF_WOL << XFLAG_SHIFT,		"WOL" },
	{ IFXF_AUTOCONF6 << XFLAG_SHIFT,	"AUTOCONF6" },
	{ IFXF_INET6_NOSOII << XFLAG_SHIFT,	"INET6_NOSOII" },
	{ IFXF_AUTOCONF4 << XFLAG_SHIFT,	"AUTOCONF4" },
	{ IFXF_MONITOR << XFLAG_SHIFT,		"MONITOR" },
	{ IFXF_LRO << XFLAG_SHIFT,		"LRO" },
};

static void
print_flags(uint32_t flags)
{
	const char *sep = "<";
	size_t i;

	printf("flags=%x", flags);
	for (i = 0; i < sizeof(flag_names) / sizeof(flag_names[0]); i++) {
		if (flags & flag_names[i].flag) {
			printf("%s%s", sep, flag_names[i].name);
			sep = ",";
		}
	}
	printf("%s>", sep[0] == '<' ? sep : "");
}

static int
ask(struct ifcfg *ic, unsigned long request, struct ifreq *ifr)
{
	ifr_init(ic, ifr);
	return (ioctl(ic->ic_s, request, ifr) == 0);
}

static void
print_first(struct ifcfg *ic)
{
	struct ifreq ifr;
	uint32_t flags = 0;

	if (ask(ic, SIOCGIFFLAGS, &ifr))
		flags = (unsigned short)ifr.ifr_flags;
	if (ask(ic, SIOCGIFXFLAGS, &ifr))
		flags |= (uint32_t)(unsigned short)ifr.ifr_flags <<
		    XFLAG_SHIFT;
	printf("%s: ", ic->ic_name);
	print_flags(flags);
	if (ask(ic, SIOCGIFRDOMAIN, &ifr) && ifr.ifr_rdomainid != 0)
		printf(" rdomain %d", ifr.ifr_rdomainid);
	if (ask(ic, SIOCGIFMETRIC, &ifr) && ifr.ifr_metric != 0)
		printf(" metric %d", ifr.ifr_metric);
	if (ask(ic, SIOCGIFMTU, &ifr) && ifr.ifr_mtu != 0)
		printf(" mtu %d", ifr.ifr_mtu);
	printf("\n");
}

static void
print_lladdr(const struct sockaddr_dl *sdl)
{
	const unsigned char *p;
	int i;

	if (sdl->sdl_alen == 0 || sdl->sdl_type != IFT_ETHER)
		return;
	p = (const unsigned char *)LLADDR(sdl);
	printf("\tlladdr");
	for (i = 0; i < sdl->sdl_alen; i++)
		printf("%c%02x", i == 0 ? ' ' : ':', p[i]);
	printf("\n");
}

static void
print_descr(struct ifcfg *ic)
{
	char text[IFDESCRSIZE] = "";
	struct ifreq ifr;

	ifr_init(ic, &ifr);
	ifr.ifr_data = text;
	if (ioctl(ic->ic_s, SIOCGIFDESCR, &ifr) == 0 && text[0] != '\0')
		printf("\tdescription: %.*s\n", IFDESCRSIZE, text);
}

static void
print_index(struct ifcfg *ic, unsigned int index)
{
	struct ifreq ifr;

	printf("\tindex %u", index);
	if (ask(ic, SIOCGIFPRIORITY, &ifr))
		printf(" priority %d", ifr.ifr_metric);
	if (ask(ic, SIOCGIFLLPRIO, &ifr))
		printf(" llprio %d", ifr.ifr_llprio);
	printf("\n");
}

/* Everything is in the group "all": it says nothing. */
static void
print_groups(struct ifcfg *ic)
{
	struct ifg_req *groups;
	size_t i, n, shown = 0;

	groups = group_list(ic->ic_s, SIOCGIFGROUP, ic->ic_name, &n);
	if (groups == NULL)
		return;
	for (i = 0; i < n; i++) {
		if (strcmp(groups[i].ifgrq_group, IFG_ALL) == 0)
			continue;
		printf("%s%.*s", shown++ == 0 ? "\tgroups: " : " ", IFNAMSIZ,
		    groups[i].ifgrq_group);
	}
	if (shown > 0)
		printf("\n");
	free(groups);
}

static const char *
link_state(const struct if_data *ifd)
{
	switch (ifd->ifi_link_state) {
	case LINK_STATE_INVALID:
		return ("invalid");
	case LINK_STATE_DOWN:
		return (ifd->ifi_type == IFT_ETHER ? "no carrier" : "down");
	case LINK_STATE_KALIVE_DOWN:
		return ("keepalive down");
	default:
		return ("active");
	}
}

static void
print_link(struct ifcfg *ic, const struct ifaddrs *ifa)
{
	const struct if_data *ifd = ifa->ifa_data;
	const struct sockaddr_dl *sdl =
	    (const struct sockaddr_dl *)ifa->ifa_addr;

	print_first(ic);
	if (sdl != NULL)
		print_lladdr(sdl);
	print_descr(ic);
	print_index(ic, sdl != NULL ? sdl->sdl_index :
	    if_nametoindex(ic->ic_name));
	print_keepalive(ic);
	print_encap(ic);
	print_groups(ic);
	if (ifd->ifi_link_state != LINK_STATE_UNKNOWN)
		printf("\tstatus: %s\n", link_state(ifd));
}

/*
 * The interface whose records begin at ifa; returns where the next one's
 * begin.
 */
static const struct ifaddrs *
print_if(int s, const struct ifaddrs *ifa, int af, int aliases)
{
	struct ifcfg ic;
	const struct ifaddrs *first = ifa;
	int inet = 0;

	memset(&ic, 0, sizeof(ic));
	ic.ic_s = s;
	strlcpy(ic.ic_name, ifa->ifa_name, sizeof(ic.ic_name));
	print_link(&ic, ifa);
	for (ifa = ifa->ifa_next; ifa != NULL && ifa->ifa_data == NULL;
	    ifa = ifa->ifa_next) {
		if (af != 0 && ifa->ifa_addr->sa_family != af)
			continue;
		if (ifa->ifa_addr->sa_family == AF_INET &&
		    (inet++ == 0 || aliases))
			inet_ops.af_print(&ic, ifa);
	}
	for (first = first->ifa_next; first != ifa; first = first->ifa_next) {
		if (first->ifa_addr->sa_family == AF_INET6 &&
		    (af == 0 || af == AF_INET6))
			inet6_ops.af_print(&ic, first);
	}
	print_tunnel(&ic);
	return (ifa);
}

/* Each interface's first record is the one with ifa_data. */
static struct ifaddrs *
iflist(void)
{
	struct ifaddrs *list;

	if (getifaddrs(&list) == -1)
		err(1, "getifaddrs");
	return (list);
}

int
show_all(int s, int af, int aliases)
{
	struct ifaddrs *list = iflist();
	const struct ifaddrs *ifa = list;

	while (ifa != NULL)
		ifa = print_if(s, ifa, af, aliases);
	freeifaddrs(list);
	return (0);
}

static int
show_name(int s, const struct ifaddrs *ifa, const char *name, int af)
{
	for (; ifa != NULL; ifa = ifa->ifa_next) {
		if (ifa->ifa_data != NULL &&
		    strcmp(ifa->ifa_name, name) == 0) {
			print_if(s, ifa, af, 1);
			return (1);
		}
	}
	return (0);
}

/* The name of an interface, or of a group of them. */
int
show_one(int s, const char *name, int af)
{
	struct ifaddrs *list = iflist();
	struct ifg_req *members;
	size_t i, n;
	int shown;

	shown = show_name(s, list, name, af);
	if (!shown && (members = group_list(s, SIOCGIFGMEMB, name,
	    &n)) != NULL) {
		for (i = 0; i < n; i++)
			shown |= show_name(s, list, members[i].ifgrq_member,
			    af);
		free(members);
	}
	freeifaddrs(list);
	if (!shown)
		fprintf(stderr, "%s: no such interface\n", name);
	return (shown ? 0 : 1);
}
