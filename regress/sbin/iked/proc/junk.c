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
 * A client of the control socket that does not behave: what it gets is an
 * error or the end of the connection, and iked lives.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctl.h"

#define ROUNDS	200
#define MANY	64		/* more than are served at a time */
#define SLOW	20		/* fewer */

static int	failed;

static int
client(void)
{
	struct timeval tv = { .tv_sec = 5 };
	struct sockaddr_un sun = { .sun_len = sizeof(sun),
	    .sun_family = AF_UNIX };
	int s;

	strlcpy(sun.sun_path, CTL_SOCKET, sizeof(sun.sun_path));
	if ((s = socket(AF_UNIX, SOCK_STREAM, 0)) == -1 ||
	    connect(s, (struct sockaddr *)&sun, sizeof(sun)) == -1)
		err(1, "%s", CTL_SOCKET);
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	return (s);
}

static void
put(int s, const void *p, size_t len)
{
	(void)send(s, p, len, MSG_NOSIGNAL);
}

/* The whole answer; its end, or -1 if there was none. */
static int
answer(int s, char *why, size_t size)
{
	struct ctl_hdr ch;
	char text[CTL_MAXTEXT];

	while (recv(s, &ch, sizeof(ch), MSG_WAITALL) == sizeof(ch)) {
		if (ch.ch_len > sizeof(text) || recv(s, text, ch.ch_len,
		    MSG_WAITALL) != (ssize_t)ch.ch_len)
			return (-1);
		if (ch.ch_type == CTL_END) {
			snprintf(why, size, "%.*s", (int)ch.ch_len, text);
			return (ch.ch_status);
		}
	}
	return (-1);
}

/* Fails, and says so. */
static void
refused(const char *what, uint32_t type, uint32_t len, const char *arg,
    size_t arglen, const char *want)
{
	struct ctl_hdr ch = { .ch_type = type, .ch_len = len };
	char why[256] = "";
	int s = client(), rv;

	put(s, &ch, sizeof(ch));
	put(s, arg, arglen);
	rv = answer(s, why, sizeof(why));
	if (rv != CTL_FAILED || strstr(why, want) == NULL) {
		printf("%s: answer %d \"%s\", not \"%s\"\n", what, rv, why,
		    want);
		failed = 1;
	}
	close(s);
}

static void
works(const char *when)
{
	struct ctl_hdr ch = { .ch_type = CTL_SHOW_STATS };
	char why[256] = "";
	int s = client(), rv;

	put(s, &ch, sizeof(ch));
	if ((rv = answer(s, why, sizeof(why))) != CTL_OK) {
		printf("%s: answer %d \"%s\"\n", when, rv, why);
		failed = 1;
	}
	close(s);
}

static void
requests(void)
{
	static char big[4 * CTL_MAXARG];

	memset(big, 'x', sizeof(big));
	refused("type 0", 0, 0, NULL, 0, "does not know");
	refused("type", CTL_NREQUESTS, 0, NULL, 0, "does not know");
	refused("answer", CTL_END, 0, NULL, 0, "does not know");
	refused("length", CTL_LOAD, ~0U, NULL, 0, "too long");
	refused("long", CTL_LOAD, sizeof(big), big, sizeof(big), "too long");
	refused("none", CTL_LOAD, 0, NULL, 0, "needs an argument");
	refused("some", CTL_RELOAD, 1, "x", 1, "takes no argument");
	refused("NUL", CTL_LOAD, 4, "/a\0b", 4, "octet 0");
	refused("path", CTL_LOAD, 3, "a/b", 3, "whole path");
	refused("id", CTL_RESET_ID, CTL_MAXARG, big, CTL_MAXARG, "identity");
	works("bad requests");
}

/* Cut off anywhere, or followed by more. */
static void
noise(unsigned int seed)
{
	unsigned char data[256];
	struct ctl_hdr ch = { .ch_type = CTL_SHOW_SA };
	unsigned int i, n;
	int s;

	srandom(seed);
	for (i = 0; i < ROUNDS; i++) {
		for (n = 0; n < sizeof(data); n++)
			data[n] = random() >> 8;
		s = client();
		if (i % 2)
			put(s, &ch, random() % (sizeof(ch) + 1));
		put(s, data, random() % sizeof(data));
		close(s);
	}
	works("noise");
}

static void
crowd(void)
{
	struct ctl_hdr ch = { .ch_type = CTL_SHOW_SA };
	int s[MANY], i;

	for (i = 0; i < SLOW; i++) {
		s[i] = client();
		put(s[i], &ch, sizeof(ch));
	}
	works("clients that do not read");
	for (; i < MANY; i++)
		s[i] = client();
	for (i = 0; i < MANY; i++)
		close(s[i]);
	works("a crowd");
}

int
main(int argc, char *argv[])
{
	const char *s = argc > 1 ? argv[1] : getenv("SEED");
	unsigned int seed = s != NULL ? strtoul(s, NULL, 0) : time(NULL);

	requests();
	noise(seed);
	crowd();
	if (failed)
		printf("seed %u\n", seed);
	return (failed);
}
