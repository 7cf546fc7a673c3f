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
 * flood address count: look up the route to the address so many times; all
 * who listen on a routing socket, but for us, hear each answer.
 */

#include <sys/types.h>
#include <sys/socket.h>
#include <net/route.h>
#include <netinet/in.h>
#include <arpa/inet.h>

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	struct {
		struct rt_msghdr	rtm;
		struct sockaddr_in	dst;
	} msg;
	int n, off = 0, s;

	if (argc != 3)
		errx(1, "usage: flood address count");
	memset(&msg, 0, sizeof(msg));
	msg.rtm.rtm_msglen = sizeof(msg);
	msg.rtm.rtm_version = RTM_VERSION;
	msg.rtm.rtm_type = RTM_GET;
	msg.rtm.rtm_hdrlen = sizeof(msg.rtm);
	msg.rtm.rtm_addrs = RTA_DST;
	msg.dst.sin_len = sizeof(msg.dst);
	msg.dst.sin_family = AF_INET;
	if (inet_pton(AF_INET, argv[1], &msg.dst.sin_addr) != 1)
		errx(1, "%s: bad address", argv[1]);
	if ((s = socket(AF_ROUTE, SOCK_RAW, 0)) == -1)
		err(1, "socket");
	if (setsockopt(s, SOL_SOCKET, SO_USELOOPBACK, &off,
	    sizeof(off)) == -1)
		err(1, "SO_USELOOPBACK");
	for (n = atoi(argv[2]); n > 0; n--)
		if (write(s, &msg, sizeof(msg)) == -1)
			err(1, "write");
	return (0);
}
