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
 * Where commands come from: a FIFO of our own, or the standard input.
 * Whoever writes there says lines; they may come in parts, be too long, or
 * be no text.
 */
#include <sys/types.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon.h"
#include "log.h"
#include "proc.h"

#define LINE_SIZE	1024	/* octets of a line, with its end */
#define LOCK_TRIES	10	/* for a daemon that is just ending */
#define LOCK_WAIT	100000	/* us */

struct fifo {
	int		 ff_fd;
	struct event	*ff_event;
	void		(*ff_line)(char *);
	size_t		 ff_len;
	int		 ff_skip;	/* the rest of a line too long */
	char		 ff_data[LINE_SIZE];
};

static void
fifo_check(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		fatal("%s", path);
	if (!S_ISFIFO(st.st_mode) || !proc_isowner(st.st_uid))
		fatalx("%s is there already, and no FIFO of our own: remove "
		    "it, or use -f", path);
	if ((st.st_mode & 077) != 0)
		fatalx("%s: others than its owner may read or write it: "
		    "remove it", path);
}

/* To read and to write, so that it does not end when a writer does. */
static int
fifo_try(const char *path)
{
	struct stat st;
	int fd;

	if (mkfifo(path, 0600) == -1 && errno != EEXIST)
		fatal("%s", path);
	/* opening a device may do something */
	if (lstat(path, &st) == 0 && !S_ISFIFO(st.st_mode))
		fatalx("%s is there already, and no FIFO of our own: remove "
		    "it, or use -f", path);
	fd = open(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1 && errno != ENOENT)
		fatal("%s", path);
	if (fd == -1)
		return (-1);
	fifo_check(fd, path);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && file_islinked(fd, path))
		return (fd);
	close(fd);
	return (-1);
}

int
fifo_open(const char *path)
{
	int fd, i;

	if (strcmp(path, "-") == 0) {
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		if (fd == -1)
			fatal("standard input");
		return (fd);
	}
	for (i = 0; (fd = fifo_try(path)) == -1; i++) {
		if (i == LOCK_TRIES)
			fatalx("%s: another isakmpd is running, it reads "
			    "there", path);
		usleep(LOCK_WAIT);
	}
	return (fd);
}

/* While it is locked. */
void
fifo_remove(const char *path, int fd)
{
	if (strcmp(path, "-") != 0 && file_islinked(fd, path))
		unlink(path);
}

/* A line too long is told of once, and not what is in it. */
static void
fifo_octet(struct fifo *ff, char c)
{
	if (c == '\n') {
		ff->ff_data[ff->ff_len] = '\0';
		if (ff->ff_skip)
			log_warnx("fifo: a line of more than %d characters "
			    "is ignored", LINE_SIZE - 1);
		else if (memchr(ff->ff_data, '\0', ff->ff_len) != NULL)
			log_warnx("fifo: a line that is no text is ignored");
		else
			ff->ff_line(ff->ff_data);
		explicit_bzero(ff->ff_data, ff->ff_len);
		ff->ff_len = 0;
		ff->ff_skip = 0;
	} else if (ff->ff_len == LINE_SIZE - 1)
		ff->ff_skip = 1;
	else
		ff->ff_data[ff->ff_len++] = c;
}

static void
fifo_readable(evutil_socket_t fd, short what, void *arg)
{
	struct fifo *ff = arg;
	char data[4096];
	ssize_t i, n;

	if ((n = read(fd, data, sizeof(data))) == -1) {
		if (errno == EAGAIN || errno == EINTR)
			return;
		log_warn("fifo");
	}
	for (i = 0; i < n; i++)
		fifo_octet(ff, data[i]);
	explicit_bzero(data, sizeof(data));
	if (n > 0)
		return;
	/* of the standard input: the last line may have no end */
	if (ff->ff_len > 0)
		fifo_octet(ff, '\n');
	event_del(ff->ff_event);
}

struct fifo *
fifo_new(struct event_base *base, int fd, void (*line)(char *))
{
	struct fifo *ff;

	if ((ff = calloc(1, sizeof(*ff))) == NULL)
		fatal("fifo");
	ff->ff_fd = fd;
	ff->ff_line = line;
	ff->ff_event = event_new(base, fd, EV_READ | EV_PERSIST,
	    fifo_readable, ff);
	if (ff->ff_event == NULL || event_add(ff->ff_event, NULL) == -1)
		fatalx("fifo: no event");
	return (ff);
}

void
fifo_free(struct fifo *ff)
{
	event_free(ff->ff_event);
	close(ff->ff_fd);
	freezero(ff, sizeof(*ff));
}
