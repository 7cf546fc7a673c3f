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
 * talk -l: answers each datagram that comes to port 7, of either family.
 * talk [-I source] address [count [size]]: sends so many, one by one, and
 * has to have each of them back, the same, within a second.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>

#include <err.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PORT	7
#define MAXSIZE	8192

union addr {
	struct sockaddr		sa;
	struct sockaddr_in	sin;
	struct sockaddr_in6	sin6;
};

static socklen_t
address(union addr *a, const char *word, int family)
{
	memset(a, 0, sizeof(*a));
	if (family == AF_INET || (word != NULL &&
	    inet_pton(AF_INET, word, &a->sin.sin_addr) == 1)) {
		a->sin.sin_len = sizeof(a->sin);
		a->sin.sin_family = AF_INET;
		return (sizeof(a->sin));
	}
	if (word != NULL && inet_pton(AF_INET6, word, &a->sin6.sin6_addr) != 1)
		errx(2, "%s: no address", word);
	a->sin6.sin6_len = sizeof(a->sin6);
	a->sin6.sin6_family = AF_INET6;
	return (sizeof(a->sin6));
}

static void
set_port(union addr *a)
{
	if (a->sa.sa_family == AF_INET)
		a->sin.sin_port = htons(PORT);
	else
		a->sin6.sin6_port = htons(PORT);
}

static int
open_socket(const union addr *a, socklen_t len)
{
	int s;

	if ((s = socket(a->sa.sa_family, SOCK_DGRAM, 0)) == -1)
		err(2, "socket");
	if (bind(s, &a->sa, len) == -1)
		err(2, "bind");
	return (s);
}

/*
 * From where it was sent to: what told us is what the kernel wants to be
 * told, but for the interface.
 */
static void
answer(int s)
{
	static uint8_t buf[MAXSIZE];
	struct iovec iov = { buf, sizeof(buf) };
	union {
		struct cmsghdr	hdr;
		uint8_t		buf[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} ctl;
	union addr a;
	struct msghdr mh = { .msg_name = &a, .msg_namelen = sizeof(a),
	    .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &ctl,
	    .msg_controllen = sizeof(ctl) };
	ssize_t n;

	if ((n = recvmsg(s, &mh, 0)) == -1)
		err(1, "recvmsg");
	if (CMSG_FIRSTHDR(&mh) == NULL)
		errx(1, "no address");
	if (ctl.hdr.cmsg_level == IPPROTO_IPV6)
		memset(CMSG_DATA(&ctl.hdr) + offsetof(struct in6_pktinfo,
		    ipi6_ifindex), 0, sizeof(unsigned int));
	iov.iov_len = n;
	/* the way back may be shut */
	(void)sendmsg(s, &mh, 0);
}

static void
listens(void)
{
	struct pollfd pfd[2];
	union addr a;
	socklen_t len;
	int i, on = 1;

	for (i = 0; i < 2; i++) {
		len = address(&a, NULL, i == 0 ? AF_INET : AF_INET6);
		set_port(&a);
		pfd[i].fd = open_socket(&a, len);
		if ((i == 0 ? setsockopt(pfd[i].fd, IPPROTO_IP,
		    IP_RECVDSTADDR, &on, sizeof(on)) : setsockopt(pfd[i].fd,
		    IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on))) == -1)
			err(2, "addresses");
		pfd[i].events = POLLIN;
	}
	for (;;) {
		if (poll(pfd, 2, -1) == -1)
			err(1, "poll");
		for (i = 0; i < 2; i++)
			if (pfd[i].revents != 0)
				answer(pfd[i].fd);
	}
}

/* 1: it came back. */
static int
try(int s, size_t size, unsigned int number)
{
	static uint8_t sent[MAXSIZE], got[MAXSIZE];
	struct pollfd pfd = { .fd = s, .events = POLLIN };
	ssize_t n;
	size_t i;

	for (i = 0; i < size; i++)
		sent[i] = i * 31 + number;
	if (send(s, sent, size, 0) == -1)
		return (0);
	while (poll(&pfd, 1, 1000) > 0) {
		n = recv(s, got, sizeof(got), 0);
		if (n == (ssize_t)size && memcmp(sent, got, size) == 0)
			return (1);
		if (n == -1)
			return (0);
	}
	return (0);
}

int
main(int argc, char *argv[])
{
	const char *from = NULL;
	unsigned int i, n, count, size;
	union addr a, b;
	socklen_t len;
	int ch, s;

	while ((ch = getopt(argc, argv, "I:l")) != -1)
		switch (ch) {
		case 'I':
			from = optarg;
			break;
		case 'l':
			listens();
			break;
		default:
			return (2);
		}
	argc -= optind;
	argv += optind;
	if (argc < 1)
		errx(2, "usage: talk -l | talk [-I source] address "
		    "[count [size]]");
	count = argc > 1 ? atoi(argv[1]) : 1;
	size = argc > 2 ? atoi(argv[2]) : 64;
	if (size == 0 || size > MAXSIZE)
		errx(2, "size: 1 to %d", MAXSIZE);
	len = address(&b, argv[0], AF_UNSPEC);
	set_port(&b);
	(void)address(&a, from, b.sa.sa_family);
	s = open_socket(&a, len);
	if (connect(s, &b.sa, len) == -1)
		err(1, "%s", argv[0]);
	for (i = n = 0; i < count; i++)
		n += try(s, size, i);
	printf("%u of %u came back\n", n, count);
	return (n == count ? 0 : 1);
}
