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
 * units create|destroy count: sec0, sec1 ... up to count, by one process;
 * created ones are up.
 */

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/ioctl.h>
#include <net/if.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
create(int s, struct ifreq *ifr)
{
	if (ioctl(s, SIOCIFCREATE, ifr) == -1)
		err(1, "%s: SIOCIFCREATE", ifr->ifr_name);
	if (ioctl(s, SIOCGIFFLAGS, ifr) == -1)
		err(1, "%s: SIOCGIFFLAGS", ifr->ifr_name);
	ifr->ifr_flags |= IFF_UP;
	if (ioctl(s, SIOCSIFFLAGS, ifr) == -1)
		err(1, "%s: SIOCSIFFLAGS", ifr->ifr_name);
}

static void
destroy(int s, struct ifreq *ifr)
{
	if (ioctl(s, SIOCIFDESTROY, ifr) == -1)
		err(1, "%s: SIOCIFDESTROY", ifr->ifr_name);
}

int
main(int argc, char *argv[])
{
	const char *errstr = NULL;
	struct ifreq ifr;
	unsigned int i, n = 0;
	int s;

	if (argc == 3)
		n = strtonum(argv[2], 1, 1000000, &errstr);
	if (argc != 3 || errstr != NULL || (strcmp(argv[1], "create") != 0 &&
	    strcmp(argv[1], "destroy") != 0)) {
		fprintf(stderr, "usage: units create|destroy count\n");
		return (1);
	}
	if ((s = socket(AF_INET, SOCK_DGRAM, 0)) == -1)
		err(1, "socket");
	for (i = 0; i < n; i++) {
		memset(&ifr, 0, sizeof(ifr));
		snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "sec%u", i);
		if (argv[1][0] == 'c')
			create(s, &ifr);
		else
			destroy(s, &ifr);
	}
	close(s);
	return (0);
}
