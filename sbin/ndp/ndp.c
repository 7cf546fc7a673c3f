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
#include <netinet/in.h>

#include <err.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ndp.h"

static void __attribute__((__noreturn__))
usage(void)
{
	fprintf(stderr, "usage: ndp [-n] host ...\n"
	    "       ndp [-n] -a\n"
	    "       ndp -c\n"
	    "       ndp -d host ...\n"
	    "       ndp -s host lladdr\n");
	exit(1);
}

static void
parse_host(const char *word, struct sockaddr_in6 *sin6)
{
	struct addrinfo hints, *ai;
	int error;

	memset(&hints, 0, sizeof(hints));
	hints.ai_family = AF_INET6;
	hints.ai_socktype = SOCK_DGRAM;
	if (strchr(word, ':') != NULL)
		hints.ai_flags = AI_NUMERICHOST;
	if ((error = getaddrinfo(word, NULL, &hints, &ai)) != 0)
		errx(1, "%s: %s", word, gai_strerror(error));
	memcpy(sin6, ai->ai_addr, sizeof(*sin6));
	freeaddrinfo(ai);
	if (IN6_IS_ADDR_LINKLOCAL(&sin6->sin6_addr) &&
	    sin6->sin6_scope_id == 0)
		errx(1, "%s: of which interface? say %s%%um0, for example",
		    word, word);
}

static void
parse_lladdr(const char *word, unsigned char *lladdr)
{
	unsigned int b[6];
	int i, n = 0;

	if (sscanf(word, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2],
	    &b[3], &b[4], &b[5], &n) != 6 || word[n] != '\0')
		errx(1, "%s: not a link address", word);
	for (i = 0; i < 6; i++)
		lladdr[i] = b[i];
	if (lladdr[0] & 1)
		errx(1, "%s: the link address of a group", word);
}

static int
show_hosts(char **argv, int numeric)
{
	struct sockaddr_in6 sin6;
	int rc = 0;

	for (; *argv != NULL; argv++) {
		parse_host(*argv, &sin6);
		if (ndp_show(&sin6, numeric) == 0) {
			printf("%s -- no entry\n", *argv);
			rc = 1;
		}
	}
	return (rc);
}

static int
delete_hosts(char **argv)
{
	struct sockaddr_in6 sin6;
	int rc = 0;

	for (; *argv != NULL; argv++) {
		parse_host(*argv, &sin6);
		if (!ndp_delete(&sin6)) {
			warnx("%s: no entry", *argv);
			rc = 1;
		} else
			printf("%s deleted\n", *argv);
	}
	return (rc);
}

static int
set_host(char **argv)
{
	struct sockaddr_in6 sin6;
	unsigned char lladdr[6];

	parse_host(argv[0], &sin6);
	parse_lladdr(argv[1], lladdr);
	ndp_set(&sin6, lladdr);
	return (0);
}

int
main(int argc, char **argv)
{
	int ch, numeric = 0, mode = 0;

	while ((ch = getopt(argc, argv, "acdns")) != -1) {
		switch (ch) {
		case 'n':
			numeric = 1;
			break;
		case 'a':
		case 'c':
		case 'd':
		case 's':
			if (mode != 0)
				usage();
			mode = ch;
			break;
		default:
			usage();
		}
	}
	argc -= optind;
	argv += optind;
	if (mode == 's' ? argc != 2 : mode == 'a' || mode == 'c' ?
	    argc != 0 : argc == 0)
		usage();
	if (mode != 0 && mode != 'a' && numeric)
		usage();
	switch (mode) {
	case 'a':
		(void)ndp_show(NULL, numeric);
		return (0);
	case 'c':
		ndp_clear();
		return (0);
	case 'd':
		return (delete_hosts(argv));
	case 's':
		return (set_host(argv));
	default:
		return (show_hosts(argv, numeric));
	}
}
