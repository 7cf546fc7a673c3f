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
 * nat path mac address gateway path mac gateway: translate between an inside,
 * a wire with one host, which has this address and for which we are the
 * gateway, and an outside.  UDP alone goes through, each port of the host by
 * one of ours; SIGUSR1 forgets which, as after a restart.
 */
#include <arpa/inet.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "wire.h"

#define NPORTS		16
#define FIRST		20000	/* of our ports */

static struct wire	 inside = { .w_us = { 0x02, 0, 0, 0x6e, 0x61, 1 } };
static struct wire	 outside = { .w_us = { 0x02, 0, 0, 0x6e, 0x61, 2 } };
static struct in_addr	 host;
static unsigned int	 base = FIRST;
static unsigned int	 ports[NPORTS];	/* of the host; its place is ours */
static volatile sig_atomic_t forgotten;

static void
forget(int sig)
{
	forgotten = 1;
}

static void
pass(struct wire *to, uint8_t *frame, size_t len)
{
	uint8_t *ip = frame + ETHER_HDR, *udp = ip + IP_HDR;

	ip_checksum(ip);
	put16(udp + 6, 0);		/* none */
	wire_send(to, frame, len, 0x0800);
}

/* Our port for one of the host's. */
static unsigned int
map(unsigned int port)
{
	unsigned int i;

	for (i = 0; i < NPORTS && ports[i] != 0; i++)
		if (ports[i] == port)
			return (base + i);
	if (i == NPORTS)
		errx(1, "too many ports");
	ports[i] = port;
	return (base + i);
}

static void
leave(struct wire *w, uint8_t *frame, size_t len)
{
	uint8_t *ip = frame + ETHER_HDR, *udp = ip + IP_HDR;

	if (ip[9] != IPPROTO_UDP || memcmp(ip + 12, &host, 4) != 0 ||
	    memcmp(ip + 16, &w->w_addr, 4) == 0)
		return;
	memcpy(ip + 12, &outside.w_addr, 4);
	put16(udp, map(get16(udp)));
	pass(&outside, frame, len);
}

static void
enter(struct wire *w, uint8_t *frame, size_t len)
{
	uint8_t *ip = frame + ETHER_HDR, *udp = ip + IP_HDR;
	unsigned int i = get16(udp + 2) - base;

	if (ip[9] != IPPROTO_UDP || memcmp(ip + 16, &w->w_addr, 4) != 0 ||
	    i >= NPORTS || ports[i] == 0)
		return;
	memcpy(ip + 16, &host, 4);
	put16(udp + 2, ports[i]);
	pass(&inside, frame, len);
}

int
main(int argc, char *argv[])
{
	struct sigaction sa = { .sa_handler = forget };
	struct pollfd pfd[2];

	if (argc != 8 || ether_parse(argv[2], inside.w_them) == -1 ||
	    inet_pton(AF_INET, argv[3], &host) != 1 ||
	    inet_pton(AF_INET, argv[4], &inside.w_addr) != 1 ||
	    ether_parse(argv[6], outside.w_them) == -1 ||
	    inet_pton(AF_INET, argv[7], &outside.w_addr) != 1) {
		fprintf(stderr, "usage: nat path mac address gateway "
		    "path mac gateway\n");
		return (2);
	}
	sigaction(SIGUSR1, &sa, NULL);
	wire_plug(&inside, argv[1]);
	wire_plug(&outside, argv[5]);
	pfd[0].fd = inside.w_fd;
	pfd[1].fd = outside.w_fd;
	pfd[0].events = pfd[1].events = POLLIN;
	for (;;) {
		if (poll(pfd, 2, -1) == -1 && errno != EINTR)
			err(1, "poll");
		if (forgotten) {
			forgotten = 0;
			base += NPORTS;
			memset(ports, 0, sizeof(ports));
			continue;
		}
		if (pfd[0].revents)
			wire_recv(&inside, leave);
		if (pfd[1].revents)
			wire_recv(&outside, enter);
	}
}
