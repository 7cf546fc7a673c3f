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
 * Files that the parent writes.  Their names are the administrator's, but the
 * directory may be one that others write to: nothing is followed, and nothing
 * is overwritten that is no such file.
 */
#include <sys/types.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon.h"
#include "log.h"
#include "proc.h"

#define LOCK_TRIES	10	/* for a daemon that is just ending */
#define LOCK_WAIT	100000	/* us */

/* An ordinary file of our own, that has no other name. */
static int
is_ours(const struct stat *st)
{
	return (S_ISREG(st->st_mode) && st->st_nlink == 1 &&
	    proc_isowner(st->st_uid));
}

/* -1: no such, or warned (errno 0) */
static int
file_open(const char *path, int flags, mode_t mode)
{
	struct stat st;
	int fd;

	/* a fifo would have us wait */
	fd = open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode);
	if (fd == -1)
		return (-1);
	if (fstat(fd, &st) == 0 && is_ours(&st))
		return (fd);
	close(fd);
	log_warnx("%s is there already and not a file of our own: remove it",
	    path);
	errno = 0;
	return (-1);
}

/* Is it still what that name stands for? */
int
file_islinked(int fd, const char *path)
{
	struct stat ours, there;

	return (fstat(fd, &ours) == 0 && lstat(path, &there) == 0 &&
	    ours.st_dev == there.st_dev && ours.st_ino == there.st_ino);
}

/* -1: somebody else has it. */
static int
pid_try(const char *path)
{
	int fd;

	fd = file_open(path, O_RDWR | O_CREAT, 0644);
	if (fd == -1 && errno != 0)
		fatal("%s", path);
	if (fd == -1)
		exit(1);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && file_islinked(fd, path))
		return (fd);
	close(fd);
	return (-1);
}

int
pid_lock(const char *path)
{
	int fd, i;

	for (i = 0; (fd = pid_try(path)) == -1; i++) {
		if (i == LOCK_TRIES)
			fatalx("%s: another isakmpd is running, that is its "
			    "file", path);
		usleep(LOCK_WAIT);
	}
	return (fd);
}

void
pid_write(int fd, const char *path)
{
	char text[32];
	int n;

	n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) == -1 || pwrite(fd, text, n, 0) != n)
		fatal("%s", path);
}

static int
write_all(int fd, const struct buf *b)
{
	size_t at;
	ssize_t n;

	for (at = 0; at < b->b_len; at += n)
		if ((n = write(fd, b->b_data + at, b->b_len - at)) == -1)
			return (-1);
	return (0);
}

/* Whoever reads it sees the old one or the new one, never a part. */
int
file_replace(const char *path, const struct buf *b)
{
	char tmp[PATH_MAX];
	struct stat st;
	int error, fd;

	if (lstat(path, &st) == 0 && !is_ours(&st)) {
		log_warnx("%s is there already and not a file of our own: "
		    "remove it", path);
		return (-1);
	}
	if (snprintf(tmp, sizeof(tmp), "%s.new", path) >= (int)sizeof(tmp)) {
		log_warnx("%s: name too long", path);
		return (-1);
	}
	if (unlink(tmp) == -1 && errno != ENOENT) {
		log_warn("%s", tmp);
		return (-1);
	}
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (fd == -1) {
		log_warn("%s", tmp);
		return (-1);
	}
	error = write_all(fd, b) == -1 ? errno : 0;
	if (close(fd) == -1 && error == 0)
		error = errno;
	if (error == 0 && rename(tmp, path) == 0)
		return (0);
	errno = error != 0 ? error : errno;
	log_warn("%s", path);
	unlink(tmp);
	return (-1);
}

int
pcap_open(const char *path)
{
	struct stat st;
	int fd;

	/* ike may still write to it, behind what is there */
	fd = file_open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd == -1) {
		if (errno != 0)
			log_warn("packet log %s", path);
		return (-1);
	}
	if (fstat(fd, &st) == 0 && (st.st_mode & 077) != 0)
		log_warnx("packet log %s: others than its owner may read or "
		    "write it: remove it", path);
	else if (ftruncate(fd, 0) == -1)
		log_warn("packet log %s", path);
	else
		return (fd);
	close(fd);
	return (-1);
}
