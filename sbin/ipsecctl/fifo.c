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
 * The FIFO on which isakmpd(8) takes commands.  It says nothing back: all
 * that can be known is whether there is a reader, and that it reads.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "conf.h"

#define PATIENCE	10000		/* ms until a full FIFO moves */

static char	 why[256];

static const char *
fifo_open(const char *path, int *fd)
{
	struct stat st;

	*fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (*fd == -1 && (errno == ENOENT || errno == ENXIO)) {
		/* A socket has no reader that way, either. */
		if (stat(path, &st) == 0 && !S_ISFIFO(st.st_mode))
			return ("is not a FIFO");
		return ("isakmpd is not running (start it with isakmpd -K)");
	}
	if (*fd == -1 || fstat(*fd, &st) == -1)
		return (strerror(errno));
	if (!S_ISFIFO(st.st_mode))
		return ("is not a FIFO");
	if (!lex_is_owner(st.st_uid))
		return ("owner not root or current user");
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return ("others may read or write it: chmod 600 it");
	return (NULL);
}

static long long
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * 1000LL + ts.tv_nsec / 1000000);
}

/* A write of up to PIPE_BUF bytes is done whole or not at all. */
static const char *
fifo_chunk(int fd, const char *p, size_t n)
{
	static int stuck;	/* it was waited for in vain */
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };
	long long end, left;

	if (stuck && poll(&pfd, 1, 0) == 1 && pfd.revents & POLLOUT)
		stuck = 0;
	end = now() + (stuck ? 0 : PATIENCE);
	while (write(fd, p, n) == -1) {
		if (errno == EPIPE)
			return ("isakmpd has closed it");
		if (errno != EAGAIN && errno != EINTR)
			return (strerror(errno));
		if ((left = end - now()) <= 0) {
			stuck = 1;
			return ("isakmpd does not read it");
		}
		if (poll(&pfd, 1, left) == -1 && errno != EINTR)
			return (strerror(errno));
	}
	return (NULL);
}

/* As many whole lines as are written at once. */
static size_t
fifo_lines(const char *p, size_t n)
{
	size_t i;

	if (n <= PIPE_BUF)
		return (n);
	for (i = PIPE_BUF; i > 0 && p[i - 1] != '\n'; i--)
		;
	return (i);
}

static const char *
fifo_send(int fd, const char *p, size_t n)
{
	static char msg[128];
	const char *error = NULL;
	size_t len, done = 0;

	while (error == NULL && done < n) {
		len = fifo_lines(p + done, n - done);
		if ((error = fifo_chunk(fd, p + done, len)) == NULL)
			done += len;
	}
	if (error == NULL || done == 0)
		return (error);
	snprintf(msg, sizeof(msg), "%s: it has %zu of %zu bytes of the rule",
	    error, done, n);
	return (msg);
}

const char *
fifo_write(const char *path, const char *p, size_t n)
{
	struct sigaction ign, old;
	const char *error;
	int fd;

	memset(&ign, 0, sizeof(ign));
	ign.sa_handler = SIG_IGN;
	if ((error = fifo_open(path, &fd)) == NULL) {
		sigaction(SIGPIPE, &ign, &old);
		error = fifo_send(fd, p, n);
		sigaction(SIGPIPE, &old, NULL);
	}
	if (fd != -1)
		close(fd);
	if (error == NULL)
		return (NULL);
	snprintf(why, sizeof(why), "%s: %s", path, error);
	return (why);
}
