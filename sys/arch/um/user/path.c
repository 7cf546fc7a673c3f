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
 * Files of the machine: /etc is the directory $UM_ETC of the host and
 * /var/run is $UM_RUN, so that many machines live side by side; /dev/bpf is
 * the kernel's.
 */

#define _GNU_SOURCE
#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <machine/umproto.h>

#include "um.h"

#define UM_MAPPED(path)							\
	char buf[PATH_MAX];						\
	const char *p;							\
									\
	if (((p) = um_path((path), buf, sizeof(buf))) == NULL)		\
		return (-1)

int	um_open(const char *, int, ...);
FILE	*um_fopen(const char *, const char *);
DIR	*um_opendir(const char *);
int	um_stat(const char *, struct stat *);
int	um_lstat(const char *, struct stat *);
int	um_access(const char *, int);
int	um_unlink(const char *);
int	um_rmdir(const char *);
int	um_mkdir(const char *, mode_t);
int	um_mkfifo(const char *, mode_t);
int	um_chmod(const char *, mode_t);
int	um_chown(const char *, uid_t, gid_t);
int	um_rename(const char *, const char *);
int	um_chroot(const char *);

static const struct {
	const char	*dir;
	const char	*env;
} um_dirs[] = {
	{ "/etc", "UM_ETC" },
	{ "/var/run", "UM_RUN" }
};
#define UM_NDIRS	(sizeof(um_dirs) / sizeof(um_dirs[0]))

static int	 um_chrooted;	/* the directories are out of reach */

static const char *
um_hostdir(size_t i)
{
	const char *dir = getenv(um_dirs[i].env);

	return (um_chrooted || dir == NULL || dir[0] == '\0' ? NULL : dir);
}

const char *
um_path(const char *path, char *buf, size_t size)
{
	const char *host;
	size_t i, n;

	for (i = 0; i < UM_NDIRS; i++) {
		n = strlen(um_dirs[i].dir);
		if (strncmp(path, um_dirs[i].dir, n) != 0 ||
		    (path[n] != '/' && path[n] != '\0') ||
		    (host = um_hostdir(i)) == NULL)
			continue;
		if ((size_t)snprintf(buf, size, "%s%s", host, path + n) >=
		    size) {
			errno = ENAMETOOLONG;
			return (NULL);
		}
		return (buf);
	}
	return (path);
}

void
um_unpath(char *path, size_t size)
{
	char tmp[PATH_MAX];
	const char *host;
	size_t i, n;

	for (i = 0; i < UM_NDIRS; i++) {
		if ((host = um_hostdir(i)) == NULL)
			continue;
		n = strlen(host);
		if (strncmp(path, host, n) != 0 || path[n] != '/')
			continue;
		snprintf(tmp, sizeof(tmp), "%s%s", um_dirs[i].dir, path + n);
		um_strlcpy(path, tmp, size);
		return;
	}
}

/* The device's name when a path is a device of the machine, or NULL. */
static const char *
um_device(const char *path)
{
	/* bpf0 and so on are what bpf was called when there were many */
	if (um_chrooted || strncmp(path, "/dev/bpf", 8) != 0 ||
	    path[8 + strspn(path + 8, "0123456789")] != '\0')
		return (NULL);
	return ("bpf");
}

static int
um_opendev(const char *name, int flags)
{
	struct iovec iov = { (void *)(uintptr_t)name, strlen(name) };
	struct um_call uc = { .uc_op = UMP_OPEN, .uc_iov = &iov,
	    .uc_iovcnt = 1 };

	if ((flags & O_ACCMODE) != O_WRONLY)
		uc.uc_arg[0] |= UMP_O_READ;
	if ((flags & O_ACCMODE) != O_RDONLY)
		uc.uc_arg[0] |= UMP_O_WRITE;
	if (um_rootcall(&uc) == -1)
		return (-1);
	if (uc.uc_fd == -1) {
		errno = EPROTO;
		return (-1);
	}
	if ((flags & O_CLOEXEC) == 0)
		(void)fcntl(uc.uc_fd, F_SETFD, 0);
	if (flags & O_NONBLOCK)
		(void)fcntl(uc.uc_fd, F_SETFL, fcntl(uc.uc_fd, F_GETFL) |
		    O_NONBLOCK);
	return (uc.uc_fd);
}

int
um_open(const char *path, int flags, ...)
{
	const char *dev = um_device(path);
	mode_t mode = 0;
	va_list ap;

	if (dev != NULL)
		return (um_opendev(dev, flags));
	UM_MAPPED(path);
	if (flags & (O_CREAT | O_TMPFILE)) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	return (open(p, flags, mode));
}

FILE *
um_fopen(const char *path, const char *mode)
{
	char buf[PATH_MAX];

	if ((path = um_path(path, buf, sizeof(buf))) == NULL)
		return (NULL);
	return (fopen(path, mode));
}

DIR *
um_opendir(const char *path)
{
	char buf[PATH_MAX];

	if ((path = um_path(path, buf, sizeof(buf))) == NULL)
		return (NULL);
	return (opendir(path));
}

int
um_stat(const char *path, struct stat *st)
{
	UM_MAPPED(path);
	return (stat(p, st));
}

int
um_lstat(const char *path, struct stat *st)
{
	UM_MAPPED(path);
	return (lstat(p, st));
}

int
um_access(const char *path, int mode)
{
	UM_MAPPED(path);
	return (access(p, mode));
}

int
um_unlink(const char *path)
{
	UM_MAPPED(path);
	return (unlink(p));
}

int
um_rmdir(const char *path)
{
	UM_MAPPED(path);
	return (rmdir(p));
}

int
um_mkdir(const char *path, mode_t mode)
{
	UM_MAPPED(path);
	return (mkdir(p, mode));
}

int
um_mkfifo(const char *path, mode_t mode)
{
	UM_MAPPED(path);
	return (mkfifo(p, mode));
}

int
um_chmod(const char *path, mode_t mode)
{
	UM_MAPPED(path);
	return (chmod(p, mode));
}

int
um_chown(const char *path, uid_t uid, gid_t gid)
{
	UM_MAPPED(path);
	return (chown(p, uid, gid));
}

int
um_rename(const char *from, const char *to)
{
	char tobuf[PATH_MAX];

	UM_MAPPED(from);
	if ((to = um_path(to, tobuf, sizeof(tobuf))) == NULL)
		return (-1);
	return (rename(p, to));
}

int
um_chroot(const char *path)
{
	UM_MAPPED(path);
	if (chroot(p) == -1)
		return (-1);
	um_chrooted = 1;
	return (0);
}
