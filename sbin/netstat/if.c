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

#include <err.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <string.h>

#include "netstat.h"
#include "show.h"

/* Interfaces and their counters, one line for each address. */

/* what a line says, and the columns that fit all of them */
struct column {
	char	net[ADDR_TEXTLEN];
	char	addr[ADDR_TEXTLEN];
};
static int net_width = 11, addr_width = 17;

static void
head(int bytes)
{
	printf("%-7s %-5s %-*s %-*s ", "Name", "Mtu", net_width, "Network",
	    addr_width, "Address");
	if (bytes)
		printf("%10s %10s\n", "Ibytes", "Obytes");
	else
		printf("%8s %5s %8s %5s %5s\n", "Ipkts", "Ifail", "Opkts",
		    "Ofail", "Colls");
}

static void
counters(const struct if_data *d, int bytes)
{
	if (bytes) {
		printf("%10llu %10llu\n", (unsigned long long)d->ifi_ibytes,
		    (unsigned long long)d->ifi_obytes);
		return;
	}
	/* what a queue had no room for has failed, too */
	printf("%8llu %5llu %8llu %5llu %5llu\n",
	    (unsigned long long)d->ifi_ipackets,
	    (unsigned long long)(d->ifi_ierrors + d->ifi_iqdrops),
	    (unsigned long long)d->ifi_opackets,
	    (unsigned long long)(d->ifi_oerrors + d->ifi_oqdrops),
	    (unsigned long long)d->ifi_collisions);
}

/* A link address is left blank when there is none. */
static void
column_fill(struct column *c, const struct ifaddrs *ifa)
{
	const struct sockaddr *sa = ifa->ifa_addr;
	const struct sockaddr_dl *sdl = (const struct sockaddr_dl *)sa;
	struct sockaddr_storage net;
	int af = sa->sa_family, plen;

	if (af == AF_LINK) {
		strlcpy(c->net, "<Link>", sizeof(c->net));
		c->addr[0] = '\0';
		if (sdl->sdl_alen != 0)
			addr_text(sa, 1, c->addr);
		return;
	}
	memset(&net, 0, sizeof(net));
	memcpy(&net, sa, sa->sa_len);
	plen = mask_len(af, ifa->ifa_netmask);
	addr_mask((struct sockaddr *)&net, plen);
	net_text((struct sockaddr *)&net, plen, 1, c->net);
	addr_text(sa, nflag, c->addr);
}

static void
width(const struct ifaddrs *ifa, const struct if_data *data, int bytes)
{
	struct column c;

	column_fill(&c, ifa);
	if ((int)strlen(c.net) > net_width)
		net_width = strlen(c.net);
	if ((int)strlen(c.addr) > addr_width)
		addr_width = strlen(c.addr);
}

static void
line(const struct ifaddrs *ifa, const struct if_data *data, int bytes)
{
	char name[IFNAMSIZ + 1];
	struct column c;

	column_fill(&c, ifa);
	snprintf(name, sizeof(name), "%s%s", ifa->ifa_name,
	    ifa->ifa_flags & IFF_UP ? "" : "*");
	printf("%-7s %-5u %-*s %-*s ", name, data->ifi_mtu, net_width,
	    c.net, addr_width, c.addr);
	counters(data, bytes);
}

/* Call the function for each line; the interfaces there were. */
static int
walk(const struct ifaddrs *ifa, int af, const char *iface, int bytes,
    void (*func)(const struct ifaddrs *, const struct if_data *, int))
{
	const struct if_data *data = NULL;
	int found = 0;

	for (; ifa != NULL; ifa = ifa->ifa_next) {
		if (ifa->ifa_addr == NULL || (iface != NULL &&
		    strcmp(iface, ifa->ifa_name) != 0))
			continue;
		/* it comes before the addresses of its interface */
		if (ifa->ifa_addr->sa_family == AF_LINK) {
			data = ifa->ifa_data;
			found++;
		}
		if (data != NULL && (af == AF_UNSPEC ||
		    ifa->ifa_addr->sa_family == af))
			func(ifa, data, bytes);
	}
	return (found);
}

void
interfaces(int af, const char *iface, int bytes)
{
	struct ifaddrs *ifa0;

	if (getifaddrs(&ifa0) == -1)
		err(1, "cannot read the list of interfaces");
	if (walk(ifa0, af, iface, bytes, width) == 0 && iface != NULL)
		errx(1, "%s: no such interface", iface);
	head(bytes);
	walk(ifa0, af, iface, bytes, line);
	freeifaddrs(ifa0);
}
