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
 * What a daemon does with its command line and surroundings before it is one.
 */
#include <sys/types.h>
#include <sys/resource.h>

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "proc.h"

/* What a program is started with: 0, 1 and 2 are somebody's. */
void
proc_standard(void)
{
	/* of Linux, 1 alone stops a dump into a pipe, too */
	const struct rlimit none = { 1, 1 };
	int fd;

	/* there are keys in memory */
	if (setrlimit(RLIMIT_CORE, &none) == -1)
		err(1, "RLIMIT_CORE");
	do {
		if ((fd = open("/dev/null", O_RDWR)) == -1)
			err(1, "/dev/null");
	} while (fd <= STDERR_FILENO);
	close(fd);
}

uint16_t
proc_port(const char *arg)
{
	const char *why;
	uint16_t port;

	port = strtonum(arg, 1, 65535, &why);
	if (why != NULL)
		errx(1, "port %s is %s", arg, why);
	return (port);
}

/*
 * The number of the owner is the host's: the kernel that the tools talk to
 * may call this user root.
 */
int
proc_isowner(uid_t uid)
{
	uid_t r, e, s;

	return (uid == 0 || uid == getuid() ||
	    (getresuid(&r, &e, &s) == 0 && uid == r));
}

/* The daemon's directory will be another. */
const char *
proc_absolute(const char *path)
{
	char *cwd, *new;

	if (path[0] == '/')
		return (path);
	if ((cwd = getcwd(NULL, 0)) == NULL ||
	    asprintf(&new, "%s/%s", cwd, path) == -1)
		err(1, "%s", path);
	free(cwd);
	return (new);
}
