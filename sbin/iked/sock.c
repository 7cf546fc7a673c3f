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
 * What the parent opens for the others, while it may.  Every failure is told
 * in one line, and the end.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "iked.h"
#include "log.h"
#include "proc.h"

#define BUSY_TRIES	10		/* for one that is just ending */
#define BUSY_WAIT	100000		/* us */

/* Does somebody answer there? */
static int
control_answers(const struct sockaddr_un *sun)
{
	int s, rv;

	if ((s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1)
		fatal("socket");
	rv = connect(s, (const struct sockaddr *)sun, sizeof(*sun));
	close(s);
	return (rv == 0);
}

static void
control_name(struct sockaddr_un *sun, const char *path)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_len = sizeof(*sun);
	sun->sun_family = AF_UNIX;
	if (strlcpy(sun->sun_path, path, sizeof(sun->sun_path)) >=
	    sizeof(sun->sun_path))
		fatalx("%s: too long for the name of a socket", path);
}

/* One that is just ending is waited for. */
void
sock_alone(const char *path)
{
	struct sockaddr_un sun;
	struct stat st;
	int i;

	control_name(&sun, path);
	for (i = 0; control_answers(&sun); i++) {
		if (i == BUSY_TRIES)
			fatalx("%s: another iked is running, it answers "
			    "there", path);
		usleep(BUSY_WAIT);
	}
	if (lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		fatalx("%s is there already, and no socket", path);
}

int
sock_control(const char *path)
{
	struct sockaddr_un sun;
	mode_t old;
	int rv, s;

	control_name(&sun, path);
	if (unlink(path) == -1 && errno != ENOENT)
		fatal("%s", path);
	s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s == -1)
		fatal("socket");
	old = umask(0117);
	rv = bind(s, (struct sockaddr *)&sun, sizeof(sun));
	umask(old);
	if (rv == -1 || chmod(path, 0660) == -1 || listen(s, 16) == -1)
		fatal("%s", path);
	return (s);
}

int
sock_keylog(const char *dir, const char *table)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", dir, table) >=
	    (int)sizeof(path))
		fatalx("%s: name too long", dir);
	/* a fifo would have us wait; whoever owns it could read it */
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW |
	    O_NONBLOCK | O_CLOEXEC, 0600);
	if (fd == -1 || fstat(fd, &st) == -1)
		fatal("%s", path);
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1 ||
	    !proc_isowner(st.st_uid))
		fatalx("%s is there already and not a file of our own: "
		    "remove it", path);
	if (fchmod(fd, 0600) == -1)
		fatal("%s", path);
	return (fd);
}
