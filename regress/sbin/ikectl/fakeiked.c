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
 * fakeiked mode ...: in the place of iked(8), at /var/run/iked.sock, one
 * client after the other.  Says what each asked, and answers as the mode
 * says.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

static void
put(int s, uint32_t type, uint32_t status, const char *text, size_t len)
{
	struct ctl_hdr h = { type, 0, status, len };

	if (write(s, &h, sizeof(h)) != sizeof(h) ||
	    (len > 0 && write(s, text, len) != (ssize_t)len))
		err(1, "write");
}

static void
serve(int s, const char *mode)
{
	static char big[CTL_MAXTEXT];
	char arg[CTL_MAXARG + 1] = "";
	struct ctl_hdr h;

	if (recv(s, &h, sizeof(h), MSG_WAITALL) != sizeof(h) ||
	    h.ch_len >= sizeof(arg) || (h.ch_len > 0 &&
	    recv(s, arg, h.ch_len, MSG_WAITALL) != h.ch_len))
		errx(1, "request");
	printf("%u %u <%s>\n", h.ch_type, h.ch_flags, arg);
	fflush(stdout);
	memset(big, 'x', sizeof(big));
	if (strcmp(mode, "ok") == 0) {
		put(s, CTL_TEXT, 0, "one\n", 4);
		put(s, CTL_TEXT, 0, "two\n", 4);
		put(s, CTL_END, CTL_OK, "", 0);
	} else if (strcmp(mode, "big") == 0) {
		put(s, CTL_TEXT, 0, big, sizeof(big));
		put(s, CTL_END, CTL_OK, "", 0);
	} else if (strcmp(mode, "fail") == 0)
		put(s, CTL_END, CTL_FAILED, "no such peer", 12);
	else if (strcmp(mode, "close") == 0)
		put(s, CTL_TEXT, 0, "one\n", 4);
	else if (strcmp(mode, "junk") == 0)
		put(s, 77, 0, big, sizeof(big));
	else
		errx(1, "%s: no such mode", mode);
}

int
main(int argc, char **argv)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX,
	    .sun_path = CTL_SOCKET };
	int s, c, i;

	sun.sun_len = SUN_LEN(&sun);
	(void)unlink(CTL_SOCKET);
	if ((s = socket(AF_UNIX, SOCK_STREAM, 0)) == -1 ||
	    bind(s, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    listen(s, 5) == -1)
		err(1, "%s", CTL_SOCKET);
	for (i = 1; i < argc; i++) {
		if ((c = accept(s, NULL, NULL)) == -1)
			err(1, "accept");
		serve(c, argv[i]);
		close(c);
	}
	return (0);
}
