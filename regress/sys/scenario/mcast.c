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
 * mcast hear|deaf|send ospf|ripng interface count: routing daemons that say
 * hello.  Who sends says it fifty times a second; who hears ends when so
 * many have come, checks each, and prints where the first is from.  Who is
 * deaf hears, but has not joined the group.
 */

#include <sys/types.h>
#include <sys/socket.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <arpa/inet.h>

#include <err.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROTO_OSPF	89
#define PORT_RIPNG	521
#define HELLO		44	/* bytes */
#define SILENCE		20000	/* ms until who hears gives up */

static unsigned int ifidx;

static void
set(int s, int level, int name, const void *p, socklen_t len)
{
	if (setsockopt(s, level, name, p, len) == -1)
		err(1, "setsockopt %d %d", level, name);
}

static void
hello(unsigned char *buf, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < HELLO; i++)
		buf[i] = i * 5 + n;
	buf[0] = n;
}

static int
ospf(struct sockaddr_storage *ss, int join)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)ss;
	struct ip_mreqn mr;
	unsigned char ttl = 1;
	int s;

	if ((s = socket(AF_INET, SOCK_RAW, PROTO_OSPF)) == -1)
		err(1, "socket");
	memset(ss, 0, sizeof(*ss));
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = inet_addr("224.0.0.5");
	memset(&mr, 0, sizeof(mr));
	mr.imr_multiaddr = sin->sin_addr;
	mr.imr_ifindex = ifidx;
	set(s, IPPROTO_IP, IP_MULTICAST_IF, &mr, sizeof(mr));
	set(s, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof(ttl));
	if (join)
		set(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, &mr, sizeof(mr));
	return (s);
}

static int
ripng(struct sockaddr_storage *ss, int join)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)ss, any;
	struct ipv6_mreq mr;
	int s, hops = 255;

	if ((s = socket(AF_INET6, SOCK_DGRAM, 0)) == -1)
		err(1, "socket");
	memset(&any, 0, sizeof(any));
	any.sin6_len = sizeof(any);
	any.sin6_family = AF_INET6;
	any.sin6_port = htons(PORT_RIPNG);
	if (bind(s, (struct sockaddr *)&any, sizeof(any)) == -1)
		err(1, "bind");
	memset(ss, 0, sizeof(*ss));
	*sin6 = any;
	if (inet_pton(AF_INET6, "ff02::9", &sin6->sin6_addr) != 1)
		errx(1, "inet_pton");
	mr.ipv6mr_multiaddr = sin6->sin6_addr;
	mr.ipv6mr_interface = ifidx;
	set(s, IPPROTO_IPV6, IPV6_MULTICAST_IF, &ifidx, sizeof(ifidx));
	set(s, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops));
	if (join)
		set(s, IPPROTO_IPV6, IPV6_JOIN_GROUP, &mr, sizeof(mr));
	return (s);
}

/* Of a raw socket the IP header comes, too. */
static void
check_ospf(const unsigned char *buf, ssize_t len, in_addr_t group)
{
	const struct ip *ip = (const struct ip *)buf;
	unsigned char want[HELLO];

	if (len != (ssize_t)sizeof(*ip) + HELLO || ip->ip_ttl != 1 ||
	    ip->ip_dst.s_addr != group)
		errx(1, "%zd bytes, ttl %d, to %s", len, ip->ip_ttl,
		    inet_ntoa(ip->ip_dst));
	hello(want, buf[sizeof(*ip)]);
	if (memcmp(buf + sizeof(*ip), want, HELLO) != 0)
		errx(1, "not what was sent");
}

static void
check_ripng(const unsigned char *buf, ssize_t len,
    const struct sockaddr_in6 *from)
{
	unsigned char want[HELLO];

	hello(want, buf[0]);
	if (len != HELLO || memcmp(buf, want, HELLO) != 0)
		errx(1, "not what was sent: %zd bytes", len);
	if (!IN6_IS_ADDR_LINKLOCAL(&from->sin6_addr) ||
	    from->sin6_scope_id != ifidx || from->sin6_port !=
	    htons(PORT_RIPNG))
		errx(1, "from an address of another kind or interface");
}

static void
hear(int s, int v6, in_addr_t group, int count)
{
	struct pollfd pfd = { .fd = s, .events = POLLIN };
	struct sockaddr_storage from;
	unsigned char buf[256];
	char name[64];
	socklen_t flen;
	ssize_t len;
	int i;

	for (i = 0; i < count; i++) {
		if (poll(&pfd, 1, SILENCE) != 1)
			errx(1, "%d of %d heard", i, count);
		flen = sizeof(from);
		len = recvfrom(s, buf, sizeof(buf), 0,
		    (struct sockaddr *)&from, &flen);
		if (len == -1)
			err(1, "recvfrom");
		if (v6)
			check_ripng(buf, len, (struct sockaddr_in6 *)&from);
		else
			check_ospf(buf, len, group);
		if (i == 0 && getnameinfo((struct sockaddr *)&from, flen,
		    name, sizeof(name), NULL, 0, NI_NUMERICHOST) == 0)
			printf("%s\n", name);
	}
}

static void
say(int s, const struct sockaddr_storage *to, int count)
{
	unsigned char buf[HELLO];
	int i;

	for (i = 0; i < count; i++) {
		hello(buf, i);
		if (sendto(s, buf, sizeof(buf), 0,
		    (const struct sockaddr *)to, to->ss_len) != HELLO)
			err(1, "sendto");
		usleep(20000);
	}
}

int
main(int argc, char *argv[])
{
	struct sockaddr_storage to;
	int s, v6, join;

	if (argc != 5)
		errx(1, "usage: mcast hear|deaf|send ospf|ripng interface "
		    "count");
	v6 = strcmp(argv[2], "ripng") == 0;
	join = strcmp(argv[1], "hear") == 0;
	if ((ifidx = if_nametoindex(argv[3])) == 0)
		errx(1, "%s: no such interface", argv[3]);
	s = v6 ? ripng(&to, join) : ospf(&to, join);
	if (strcmp(argv[1], "send") == 0)
		say(s, &to, atoi(argv[4]));
	else
		hear(s, v6, ((struct sockaddr_in *)&to)->sin_addr.s_addr,
		    atoi(argv[4]));
	return (0);
}
