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
 * Addresses and ports as text.  Names are those of the machine's own
 * /etc/hosts: the one who looks at packets does not send any.
 */

#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <err.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tcpdump.h"

#define NRING	32
#define NAMELEN	256
#define MAXHOSTS 4096

struct host {
	int		 h_af;
	u_char		 h_addr[16];
	char		*h_name;
};

struct near {
	u_int32_t	 n_net;		/* host order */
	u_int32_t	 n_mask;
};

static struct host	*hosts;
static size_t		 nhosts;
static struct near	 nears[16];
static size_t		 nnears;

static const struct {
	u_int		 port;
	int		 proto;		/* 0: any */
	const char	*name;
} ports[] = {
	{ 7, 0, "echo" }, { 20, IPPROTO_TCP, "ftp-data" },
	{ 21, IPPROTO_TCP, "ftp" }, { 22, IPPROTO_TCP, "ssh" },
	{ 23, IPPROTO_TCP, "telnet" }, { 25, IPPROTO_TCP, "smtp" },
	{ 53, 0, "domain" }, { 67, IPPROTO_UDP, "bootps" },
	{ 68, IPPROTO_UDP, "bootpc" }, { 69, IPPROTO_UDP, "tftp" },
	{ 80, IPPROTO_TCP, "www" }, { 123, IPPROTO_UDP, "ntp" },
	{ 161, IPPROTO_UDP, "snmp" }, { 162, IPPROTO_UDP, "snmp-trap" },
	{ 179, IPPROTO_TCP, "bgp" }, { 443, 0, "https" },
	{ 500, IPPROTO_UDP, "isakmp" }, { 514, IPPROTO_UDP, "syslog" },
	{ 520, IPPROTO_UDP, "route" }, { 521, IPPROTO_UDP, "ripng" },
	{ 4500, IPPROTO_UDP, "ipsec-nat-t" }
};

static const struct {
	u_int		 num;
	const char	*name;
} protos[] = {
	{ IPPROTO_ICMP, "icmp" }, { 2, "igmp" }, { IPPROTO_IPV4, "ipencap" },
	{ IPPROTO_TCP, "tcp" }, { IPPROTO_UDP, "udp" },
	{ IPPROTO_IPV6, "ipv6" }, { 47, "gre" }, { IPPROTO_ESP, "esp" },
	{ IPPROTO_AH, "ah" }, { IPPROTO_ICMPV6, "icmp6" }, { 89, "ospf" },
	{ 103, "pim" }, { 108, "ipcomp" }, { 112, "carp" }, { 132, "sctp" }
};

static char *
ring(void)
{
	static char text[NRING][NAMELEN];
	static unsigned int next;

	return (text[next++ % NRING]);
}

static void
hosts_line(char *line)
{
	char *addr, *name, *rest = line;
	struct host h = { 0 };

	line[strcspn(line, "#\n")] = '\0';
	addr = strsep(&rest, " \t");
	do {
		name = strsep(&rest, " \t");
	} while (name != NULL && *name == '\0');
	if (name == NULL || strlen(name) >= NAMELEN)
		return;
	if (inet_pton(AF_INET, addr, h.h_addr) == 1)
		h.h_af = AF_INET;
	else if (inet_pton(AF_INET6, addr, h.h_addr) == 1)
		h.h_af = AF_INET6;
	else
		return;
	if ((h.h_name = strdup(name)) == NULL)
		err(1, NULL);
	hosts[nhosts++] = h;
}

static void
hosts_read(void)
{
	char line[1024];
	FILE *fp;

	if ((fp = fopen("/etc/hosts", "r")) == NULL)
		return;
	if ((hosts = calloc(MAXHOSTS, sizeof(*hosts))) == NULL)
		err(1, NULL);
	while (nhosts < MAXHOSTS && fgets(line, sizeof(line), fp) != NULL)
		hosts_line(line);
	fclose(fp);
}

static void
nears_read(const char *interface)
{
	struct ifaddrs *ifap, *ifa;
	struct sockaddr_in *sin, *mask;

	if (getifaddrs(&ifap) == -1)
		err(1, "getifaddrs");
	for (ifa = ifap; ifa != NULL; ifa = ifa->ifa_next) {
		if (strcmp(ifa->ifa_name, interface) != 0 ||
		    ifa->ifa_addr == NULL || ifa->ifa_netmask == NULL ||
		    ifa->ifa_addr->sa_family != AF_INET ||
		    nnears == sizeof(nears) / sizeof(nears[0]))
			continue;
		sin = (struct sockaddr_in *)ifa->ifa_addr;
		mask = (struct sockaddr_in *)ifa->ifa_netmask;
		nears[nnears].n_mask = ntohl(mask->sin_addr.s_addr);
		nears[nnears].n_net = ntohl(sin->sin_addr.s_addr) &
		    nears[nnears].n_mask;
		nnears++;
	}
	freeifaddrs(ifap);
}

void
names_init(const char *interface)
{
	if (opt.o_numbers)
		return;
	hosts_read();
	if (opt.o_near && interface != NULL)
		nears_read(interface);
}

/* With -f only those of a network we are on have a name. */
static int
nameless(int af, const u_char *p)
{
	struct pk pk = { p, 16, 16 };
	size_t i;

	if (opt.o_numbers)
		return (1);
	if (!opt.o_near || af != AF_INET)
		return (opt.o_near);
	for (i = 0; i < nnears; i++)
		if ((pk_32(&pk, 0) & nears[i].n_mask) == nears[i].n_net)
			return (0);
	return (1);
}

static const char *
name_addr(int af, const u_char *p, size_t len)
{
	char *text = ring();
	size_t i;

	if (!nameless(af, p))
		for (i = 0; i < nhosts; i++)
			if (hosts[i].h_af == af &&
			    memcmp(hosts[i].h_addr, p, len) == 0)
				return (strcpy(text, hosts[i].h_name));
	if (inet_ntop(af, p, text, NAMELEN) == NULL)
		strcpy(text, "?");
	return (text);
}

const char *
name_ip(const u_char *p)
{
	return (name_addr(AF_INET, p, 4));
}

const char *
name_ip6(const u_char *p)
{
	return (name_addr(AF_INET6, p, 16));
}

const char *
name_ether(const u_char *p)
{
	char *text = ring();

	(void)snprintf(text, NAMELEN, "%02x:%02x:%02x:%02x:%02x:%02x", p[0],
	    p[1], p[2], p[3], p[4], p[5]);
	return (text);
}

const char *
name_port(u_int port, int proto)
{
	char *text = ring();
	size_t i;

	if (!opt.o_numbers)
		for (i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
			if (ports[i].port == port && (ports[i].proto == 0 ||
			    ports[i].proto == proto))
				return (ports[i].name);
	(void)snprintf(text, NAMELEN, "%u", port);
	return (text);
}

const char *
name_proto(u_int num)
{
	size_t i;

	for (i = 0; i < sizeof(protos) / sizeof(protos[0]); i++)
		if (protos[i].num == num)
			return (protos[i].name);
	return (NULL);
}
