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
 * packets udp address port bytes: send a datagram of so many bytes.
 * packets raw address protocol hex ...: send IP packets of the protocol with
 * these payloads.
 */

#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void __attribute__((__noreturn__))
usage(void)
{
	fprintf(stderr, "usage: packets udp address port bytes\n"
	    "       packets raw address protocol hex ...\n");
	exit(1);
}

static long
number(const char *text, long max)
{
	const char *errstr;
	long n;

	n = strtonum(text, 0, max, &errstr);
	if (errstr != NULL)
		errx(1, "%s: %s", text, errstr);
	return (n);
}

static void
address(struct sockaddr_in *sin, const char *text)
{
	memset(sin, 0, sizeof(*sin));
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	if (inet_pton(AF_INET, text, &sin->sin_addr) != 1)
		errx(1, "%s: bad address", text);
}

static void
send_one(int s, const struct sockaddr_in *to, const void *data, size_t len)
{
	if (sendto(s, data, len, 0, (const struct sockaddr *)to,
	    sizeof(*to)) == -1)
		printf("sendto: %s\n", strerror(errno));
}

static size_t
hex(const char *text, unsigned char *data, size_t size)
{
	unsigned int byte;
	size_t n;

	for (n = 0; text[2 * n] != '\0'; n++)
		if (n == size || sscanf(text + 2 * n, "%2x", &byte) != 1)
			errx(1, "%s: not hexadecimal, or too long", text);
		else
			data[n] = byte;
	return (n);
}

int
main(int argc, char *argv[])
{
	static unsigned char data[65536];
	struct sockaddr_in to;
	int i, s;

	if (argc < 5)
		usage();
	address(&to, argv[2]);
	if (strcmp(argv[1], "udp") == 0) {
		to.sin_port = htons(number(argv[3], 65535));
		if ((s = socket(AF_INET, SOCK_DGRAM, 0)) == -1)
			err(1, "socket");
		send_one(s, &to, data, number(argv[4], sizeof(data)));
		return (0);
	}
	if (strcmp(argv[1], "raw") != 0)
		usage();
	if ((s = socket(AF_INET, SOCK_RAW, number(argv[3], 255))) == -1)
		err(1, "socket");
	for (i = 4; i < argc; i++)
		send_one(s, &to, data, hex(argv[i], data, sizeof(data)));
	return (0);
}
