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

#define _GNU_SOURCE
#include <sys/stat.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <machine/host.h>

#include "main.h"

static int	dir_console = -1;
static int	dir_verbose;
static char	dir_path[PATH_MAX];
static pid_t	dir_owner;		/* a fork does not clean up */

static void
dir_name(char *buf, size_t len, const char *leaf)
{
	if (snprintf(buf, len, "%s/%s", dir_path, leaf) >= (int)len)
		errx(1, "%s/%s: path too long", dir_path, leaf);
}

static void
dir_env(const char *name, const char *value)
{
	if (setenv(name, value, 1) == -1)
		err(1, "setenv %s", name);
}

/* Manuals of installed tools lie apart, as the tools do. */
static void
dir_manuals(const char *exe)
{
	const char *old = getenv("MANPATH");
	char *new, dir[PATH_MAX + 32];

	snprintf(dir, sizeof(dir), "%s/../lib/um/man", exe);
	if (access(dir, X_OK) == -1)
		return;
	/* an empty end stands for what man(1) would search anyway */
	if (asprintf(&new, "%s:%s", dir, old != NULL ? old : "") == -1)
		err(1, NULL);
	dir_env("MANPATH", new);
	free(new);
}

/*
 * The tools of this kernel come first in PATH: those of the build tree
 * beside the program, or of the installation.
 */
static void
dir_tools(void)
{
	char exe[PATH_MAX], tools[PATH_MAX + 32];
	const char *path = getenv("PATH");
	char *new;
	ssize_t n;

	if ((n = readlink("/proc/self/exe", exe, sizeof(exe) - 1)) == -1)
		return;
	exe[n] = '\0';
	dirname(exe);
	snprintf(tools, sizeof(tools), "%s/sbin", exe);
	if (access(tools, X_OK) == -1)
		snprintf(tools, sizeof(tools), "%s/../lib/um/sbin", exe);
	if (asprintf(&new, "%s%s%s", tools, path != NULL ? ":" : "",
	    path != NULL ? path : "") == -1)
		err(1, NULL);
	dir_env("PATH", new);
	free(new);
	dir_manuals(exe);
}

static void
dir_environment(void)
{
	char buf[PATH_MAX];

	dir_name(buf, sizeof(buf), "sock");
	dir_env("UM_SOCKET", buf);
	dir_name(buf, sizeof(buf), "run");
	dir_env("UM_RUN", buf);
	dir_name(buf, sizeof(buf), "etc");
	dir_env("UM_ETC", buf);
	dir_tools();
}

static void
dir_make(struct bsd *b)
{
	const char *tmp = getenv("TMPDIR");
	char path[PATH_MAX];

	if (b->b_dir != NULL) {
		if (mkdir(b->b_dir, 0700) == -1 && errno != EEXIST)
			err(1, "%s", b->b_dir);
		if (chmod(b->b_dir, 0700) == -1 ||
		    realpath(b->b_dir, dir_path) == NULL)
			err(1, "%s", b->b_dir);
		return;
	}
	snprintf(path, sizeof(path), "%s/bsd.XXXXXX",
	    tmp != NULL && *tmp == '/' ? tmp : "/tmp");
	if (mkdtemp(path) == NULL)
		err(1, "%s", path);
	strcpy(dir_path, path);
	b->b_private = 1;
}

static int
dir_rm(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return (remove(path));
}

static void
dir_unmake(void)
{
	if (dir_owner == getpid())
		nftw(dir_path, dir_rm, 16, FTW_DEPTH | FTW_PHYS);
}

/* The machine's /etc is the folder named by -e, or an empty one. */
static void
dir_etc(struct bsd *b)
{
	char link[PATH_MAX], etc[PATH_MAX];
	struct stat st;

	dir_name(link, sizeof(link), "etc");
	if (b->b_etc == NULL) {
		if (mkdir(link, 0755) == -1 && errno != EEXIST)
			err(1, "%s", link);
		return;
	}
	if (realpath(b->b_etc, etc) == NULL || stat(etc, &st) == -1)
		err(1, "-e %s", b->b_etc);
	if (!S_ISDIR(st.st_mode))
		errx(1, "-e %s: not a directory", b->b_etc);
	if (unlink(link) == -1 && errno != ENOENT && rmdir(link) == -1)
		err(1, "%s", link);
	if (symlink(etc, link) == -1)
		err(1, "%s", link);
}

/* -n, or the first word of etc/myname, or "um". */
static void
dir_hostname(struct bsd *b)
{
	static char name[256];
	char path[PATH_MAX];
	FILE *f;

	b->b_args.ka_hostname = "um";
	if (b->b_name != NULL) {
		b->b_args.ka_hostname = b->b_name;
		return;
	}
	dir_name(path, sizeof(path), "etc/myname");
	if ((f = fopen(path, "re")) == NULL)
		return;
	if (fscanf(f, "%255s", name) == 1)
		b->b_args.ka_hostname = name;
	fclose(f);
}

static void
dir_pid(void)
{
	char path[PATH_MAX];
	FILE *f;

	dir_name(path, sizeof(path), "pid");
	if ((f = fopen(path, "we")) == NULL)
		err(1, "%s", path);
	fprintf(f, "%ld\n", (long)getpid());
	if (fclose(f) != 0)
		err(1, "%s", path);
}

/* First of all: a directory that is in use is left as it is. */
static void
dir_socket(void)
{
	struct sockaddr_un sun;
	char path[PATH_MAX];
	int error;

	dir_name(path, sizeof(path), "sock");
	if (strlen(path) >= sizeof(sun.sun_path))
		errx(1, "%s: a socket's name has at most %zu bytes; choose a "
		    "shorter directory with -d", path,
		    sizeof(sun.sun_path) - 1);
	if ((error = host_sp_init(path, getuid())) != 0)
		errx(1, "%s: %s", path, error == EADDRINUSE ?
		    "another bsd runs there" : strerror(error));
}

void
dir_open(struct bsd *b)
{
	char path[PATH_MAX];

	dir_make(b);
	dir_owner = getpid();
	if (b->b_private)
		atexit(dir_unmake);
	dir_verbose = b->b_verbose;
	if (b->b_args.ka_ktest == NULL)
		dir_socket();
	dir_name(path, sizeof(path), "console");
	if ((dir_console = open(path, O_WRONLY | O_CREAT | O_TRUNC |
	    O_CLOEXEC | O_APPEND, 0600)) == -1)
		err(1, "%s", path);
	dir_name(path, sizeof(path), "run");
	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		err(1, "%s", path);
	dir_etc(b);
	dir_hostname(b);
	dir_name(path, sizeof(path), "up");
	unlink(path);
	dir_pid();
	dir_environment();
	if (b->b_daemon)
		printf("%s\n", dir_path);
	fflush(stdout);
}

void
dir_ready(struct bsd *b)
{
	char path[PATH_MAX];
	int fd;

	dir_name(path, sizeof(path), "up");
	if ((fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) == -1)
		warn("%s", path);
	else
		close(fd);
}

void
dir_close(struct bsd *b)
{
	char path[PATH_MAX];

	dir_name(path, sizeof(path), "up");
	unlink(path);
	dir_name(path, sizeof(path), "pid");
	unlink(path);
}

void
dir_attach(struct bsd *b)
{
	static char *shell[] = { NULL, NULL };
	char path[PATH_MAX];

	if (realpath(b->b_attach, dir_path) == NULL)
		err(1, "-a %s", b->b_attach);
	dir_name(path, sizeof(path), "sock");
	if (access(path, R_OK | W_OK) == -1)
		errx(1, "-a %s: no bsd runs there (%s: %s)", b->b_attach,
		    path, strerror(errno));
	dir_environment();
	if (b->b_command == NULL) {
		if ((shell[0] = getenv("SHELL")) == NULL)
			shell[0] = "/bin/sh";
		b->b_command = shell;
	}
	execvp(b->b_command[0], b->b_command);
	err(127, "%s", b->b_command[0]);
}

static void
dir_write(int fd, const char *text, unsigned long len)
{
	ssize_t n;

	while (fd != -1 && len > 0) {
		if ((n = write(fd, text, len)) == -1) {
			if (errno == EINTR)
				continue;
			return;
		}
		text += n;
		len -= n;
	}
}

void
host_console(const char *text, unsigned long len)
{
	dir_write(dir_console, text, len);
	if (dir_verbose)
		dir_write(STDERR_FILENO, text, len);
}

void
host_alert(const char *text, unsigned long len)
{
	dir_write(dir_console, text, len);
	dir_write(STDERR_FILENO, text, len);
}

/* A fifth of what a test names, unless FULL=1; N= multiplies it. */
unsigned long
host_scale(void)
{
	const char *full = getenv("FULL"), *n = getenv("N");
	unsigned long percent, times;

	percent = full != NULL && strcmp(full, "1") == 0 ? 100 : 20;
	times = n != NULL ? strtoul(n, NULL, 10) : 1;
	return (percent * (times == 0 ? 1 : times));
}

void
host_halt(int status)
{
	exit(status);
}

/* Where it happened, for addr2line(1); a private directory stays. */
void
host_abort(void)
{
	void *frames[32];
	int n;

	n = backtrace(frames, sizeof(frames) / sizeof(frames[0]));
	backtrace_symbols_fd(frames, n, STDERR_FILENO);
	if (dir_console != -1)
		backtrace_symbols_fd(frames, n, dir_console);
	abort();
}
