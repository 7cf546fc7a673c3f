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
 * The world of a fuzz target: seeds, a log that formats and forgets, and
 * those calls of libum that need a kernel, without one.
 *
 * In: SEEDS, a directory: write the seeds there and exit.
 *	SHOW: what is logged, too.
 */
#include <sys/socket.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "iked.h"
#include "kernel.h"
#include "log.h"

#include "fuzz.h"

int	 LLVMFuzzerInitialize(int *, char ***);

static const char	*only;
static struct buf	*tee;
static int		 show;
static jmp_buf		*may_end;

void
wrong(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	abort();
}

void
only_file(const char *path)
{
	only = path;
}

void
end_to(jmp_buf *where)
{
	may_end = where;
}

void
seed(const void *data, size_t len)
{
	static unsigned int n;
	char path[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/seed%u", getenv("SEEDS"), n++);
	if ((f = fopen(path, "w")) == NULL || fwrite(data, 1, len, f) != len ||
	    fclose(f) != 0)
		err(1, "%s", path);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	show = getenv("SHOW") != NULL;
	if (getenv("SEEDS") != NULL) {
		seeds();
		exit(0);
	}
	return (0);
}

/*
 * log.h.  All is formatted, as with the log at its most verbose; an end
 * because of what came in is a failure.
 */
static void	 forget(const char *, va_list)
		    __attribute__((__format__(printf, 1, 0)));

static void
forget(const char *fmt, va_list ap)
{
	char text[4096];

	vsnprintf(text, sizeof(text), fmt, ap);
	if (tee != NULL)
		buf_putstr(tee, text);
	if (show)
		fprintf(stderr, "%s\n", text);
}

#define LOG(name)							\
void									\
name(const char *fmt, ...)						\
{									\
	va_list ap;							\
									\
	va_start(ap, fmt);						\
	forget(fmt, ap);						\
	va_end(ap);							\
}

LOG(log_warn)
LOG(log_warnx)
LOG(log_info)
LOG(log_debug)

void
fatal(const char *fmt, ...)
{
	wrong("fatal: %s", fmt);
}

void
fatalx(const char *fmt, ...)
{
	if (may_end != NULL)
		longjmp(*may_end, 1);
	wrong("fatalx: %s", fmt);
}

void
log_init(const char *name, int foreground, int verbose)
{
}

void
log_setverbose(int verbose)
{
}

int
log_getverbose(void)
{
	return (2);
}

int
log_isforeground(void)
{
	return (1);
}

void
log_copyto(struct buf *b)
{
	tee = b;
}

/*
 * libum
 */
struct ifaddrs;

int	um_open(const char *, int, ...);
ssize_t	um_read(int, void *, size_t);
ssize_t	um_write(int, const void *, size_t);
int	um_unlink(const char *);
DIR	*um_opendir(const char *);
uid_t	um_getuid(void);
int	um_gethostname(char *, size_t);
int	um_socket(int, int, int);
int	um_ioctl(int, unsigned long, ...);
int	um_getifaddrs(struct ifaddrs **);
void	um_freeifaddrs(struct ifaddrs *);
int	um_getaddrinfo(const char *, const char *, const void *, void **);
void	um_freeaddrinfo(void *);
const char *um_gai_strerror(int);

int
um_open(const char *path, int flags, ...)
{
	if (only != NULL && strcmp(path, only) != 0) {
		errno = ENOENT;
		return (-1);
	}
	return (open(path, flags & O_CLOEXEC ? O_RDONLY | O_CLOEXEC :
	    O_RDONLY));
}

ssize_t
um_read(int fd, void *p, size_t len)
{
	return (read(fd, p, len));
}

ssize_t
um_write(int fd, const void *p, size_t len)
{
	return (write(fd, p, len));
}

int
um_unlink(const char *path)
{
	return (unlink(path));
}

DIR *
um_opendir(const char *path)
{
	return (opendir(path));
}

uid_t
um_getuid(void)
{
	return (getuid());
}

int
um_gethostname(char *name, size_t size)
{
	snprintf(name, size, "east.example.org");
	return (0);
}

int
um_socket(int domain, int type, int proto)
{
	errno = ENXIO;
	return (-1);
}

int
um_ioctl(int fd, unsigned long cmd, ...)
{
	errno = ENXIO;
	return (-1);
}

int
um_getifaddrs(struct ifaddrs **p)
{
	errno = ENXIO;
	return (-1);
}

void
um_freeifaddrs(struct ifaddrs *p)
{
}

int
um_getaddrinfo(const char *host, const char *port, const void *hints,
    void **res)
{
	return (EAI_NONAME);
}

void
um_freeaddrinfo(void *res)
{
}

const char *
um_gai_strerror(int error)
{
	return ("no such name");
}

/*
 * libike's: where processes start, and of the kernel.
 */
int	proc_isowner(uid_t);

int
proc_isowner(uid_t uid)
{
	return (uid == getuid());
}

const char *
kernel_reason(int error, const struct ksa *k)
{
	return (strerror(error));
}

const char *
kernel_flow_reason(int error, const struct kflow *kf)
{
	return (strerror(error));
}
