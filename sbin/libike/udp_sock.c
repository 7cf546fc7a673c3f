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
 * UDP sockets for IKE, opened while one may.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/sysctl.h>
#include <net/route.h>
#include <netinet/in.h>
#include <netinet/ip_esp.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "udp.h"

#define BUSY_TRIES	10		/* for one that is just ending */
#define BUSY_WAIT	100000		/* us */
#define RCVBUF		(1 << 20)	/* octets, or what is allowed */

static const int levels4[] = { IP_AUTH_LEVEL, IP_ESP_TRANS_LEVEL,
    IP_ESP_NETWORK_LEVEL, 0 };
static const int levels6[] = { IPV6_AUTH_LEVEL, IPV6_ESP_TRANS_LEVEL,
    IPV6_ESP_NETWORK_LEVEL, 0 };

/* Of the kernel: IPv6 may be unknown to it. */
static int
inet_socket(uint8_t family)
{
	int s;

	s = socket(family == 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC,
	    IPPROTO_UDP);
	if (s == -1) {
		if (family == 6 && (errno == EAFNOSUPPORT ||
		    errno == EPROTONOSUPPORT))
			return (-1);
		fatal("IPv%u: UDP socket", family);
	}
	return (s);
}

/* What we say never goes through the tunnels that it is about. */
static void
udp_options(int s, uint8_t family)
{
	const int *level = family == 4 ? levels4 : levels6;
	const int proto = family == 4 ? IPPROTO_IP : IPPROTO_IPV6;
	int bypass = IPSEC_LEVEL_BYPASS, on = 1, size = RCVBUF;

	for (; *level != 0; level++)
		if (setsockopt(s, proto, *level, &bypass,
		    sizeof(bypass)) == -1)
			fatal("IPv%u: bypass of IPsec", family);
	if (setsockopt(s, proto, family == 4 ? IP_RECVDSTADDR :
	    IPV6_RECVPKTINFO, &on, sizeof(on)) == -1)
		fatal("IPv%u: addresses of receipt", family);
	if (family == 6 && setsockopt(s, proto, IPV6_V6ONLY, &on,
	    sizeof(on)) == -1)
		fatal("IPv6: IPV6_V6ONLY");
	while (setsockopt(s, SOL_SOCKET, SO_RCVBUF, &size,
	    sizeof(size)) == -1 && size > 1024)
		size /= 2;
}

static int
udp_bind(int s, const struct udp_info *ui)
{
	struct sockaddr_in6 sin6;
	struct sockaddr_in sin;

	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	sin.sin_port = htons(ui->ui_port);
	if (ui->ui_family == 4)
		return (bind(s, (struct sockaddr *)&sin, sizeof(sin)));
	memset(&sin6, 0, sizeof(sin6));
	sin6.sin6_len = sizeof(sin6);
	sin6.sin6_family = AF_INET6;
	sin6.sin6_port = htons(ui->ui_port);
	return (bind(s, (struct sockaddr *)&sin6, sizeof(sin6)));
}

int
sock_udp(const struct udp_info *ui)
{
	int i, s;

	if ((s = inet_socket(ui->ui_family)) == -1)
		return (-1);
	for (i = 0; udp_bind(s, ui) == -1; i++) {
		if (errno != EADDRINUSE)
			fatal("IPv%u, UDP port %u", ui->ui_family,
			    ui->ui_port);
		if (i == BUSY_TRIES)
			fatalx("IPv%u, UDP port %u is in use: is there "
			    "another IKE daemon?", ui->ui_family, ui->ui_port);
		usleep(BUSY_WAIT);
	}
	udp_options(s, ui->ui_family);
	return (s);
}

int
sock_probe(uint8_t family)
{
	return (inet_socket(family));
}

static int
encap_sysctl(int name)
{
	int mib[4] = { CTL_NET, PF_INET, IPPROTO_ESP, name }, v;
	size_t len = sizeof(v);

	return (sysctl(mib, 4, &v, &len, NULL, 0) == -1 ? -1 : v);
}

void
sock_checkencap(uint16_t port, const char *option)
{
	if (encap_sysctl(ESPCTL_UDPENCAP_ENABLE) == 0)
		log_warnx("the kernel takes no ESP in UDP: sysctl "
		    "net.inet.esp.udpencap=1, or %s", option);
	else if (encap_sysctl(ESPCTL_UDPENCAP_PORT) != port)
		log_warnx("the kernel takes ESP in UDP at another port: "
		    "sysctl net.inet.esp.udpencap_port=%u", port);
}

/* Addresses and interfaces; which one it was is looked up. */
int
sock_route(void)
{
	unsigned int filter = ROUTE_FILTER(RTM_NEWADDR) |
	    ROUTE_FILTER(RTM_DELADDR) | ROUTE_FILTER(RTM_IFINFO) |
	    ROUTE_FILTER(RTM_DESYNC);
	int s;

	if ((s = socket(AF_ROUTE, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0)) == -1)
		fatal("routing socket");
	if (setsockopt(s, AF_ROUTE, ROUTE_MSGFILTER, &filter,
	    sizeof(filter)) == -1)
		fatal("routing socket: filter");
	return (s);
}
