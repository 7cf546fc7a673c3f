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
 * The socket calls of the tools.  A um socket's requests go to the kernel;
 * what it receives is read from the descriptor.
 */

#include <sys/time.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include <machine/umproto.h>

#include "um.h"

/* BSD's numbers of what the host calls otherwise */
#define B_FIONREAD	0x4004667fUL
#define B_FIONBIO	0x8004667eUL
#define B_TIOCGWINSZ	0x40087468UL
#define B_BIOCSETF	0x80104267UL
#define B_BIOCFLUSH	0x20004268UL
#define B_BIOCSETIF	0x8020426cUL
#define B_BIOCSRTIMEOUT	0x8010426dUL
#define B_BIOCSDLT	0x8004427aUL
#define B_IOCLEN(c)	(((c) >> 16) & 0x1fff)
#define B_IOC_OUT	0x40000000UL
#define B_IOC_IN	0x80000000UL

int	um_socket(int, int, int);
int	um_socketpair(int, int, int, int *);
int	um_bind(int, const void *, socklen_t);
int	um_connect(int, const void *, socklen_t);
int	um_listen(int, int);
int	um_accept(int, void *, socklen_t *);
int	um_accept4(int, void *, socklen_t *, int);
int	um_shutdown(int, int);
int	um_getsockname(int, void *, socklen_t *);
int	um_getpeername(int, void *, socklen_t *);
int	um_getsockopt(int, int, int, void *, socklen_t *);
int	um_setsockopt(int, int, int, const void *, socklen_t);
int	um_ioctl(int, unsigned long, ...);

static int	 um_name(int, void *, socklen_t *, int);
static int	 um_flags(int, int);

static int
um_hosttype(int type)
{
	return ((type & 0xf) | (type & B_SOCK_CLOEXEC ? SOCK_CLOEXEC : 0) |
	    (type & B_SOCK_NONBLOCK ? SOCK_NONBLOCK : 0));
}

/* The descriptor comes with FD_CLOEXEC set; give it what was asked for. */
static int
um_flags(int fd, int type)
{
	if ((type & B_SOCK_CLOEXEC) == 0)
		(void)fcntl(fd, F_SETFD, 0);
	if (type & B_SOCK_NONBLOCK)
		(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	return (fd);
}

int
um_socket(int domain, int type, int protocol)
{
	struct um_call uc = { .uc_op = UMP_SOCKET, .uc_arg = {
	    (unsigned int)domain,
	    (unsigned int)type & ~(B_SOCK_CLOEXEC | B_SOCK_NONBLOCK),
	    (unsigned int)protocol } };

	if (domain == B_AF_UNIX)
		return (socket(AF_UNIX, um_hosttype(type), protocol));
	if (um_rootcall(&uc) == -1)
		return (-1);
	if (uc.uc_fd == -1) {
		errno = EPROTO;
		return (-1);
	}
	return (um_flags(uc.uc_fd, type));
}

int
um_socketpair(int domain, int type, int protocol, int *sv)
{
	if (domain != B_AF_UNIX) {
		errno = EOPNOTSUPP;
		return (-1);
	}
	return (socketpair(AF_UNIX, um_hosttype(type), protocol, sv));
}

int
um_bind(int fd, const void *sa, socklen_t len)
{
	struct um_call uc = { .uc_op = UMP_BIND, .uc_addr = sa,
	    .uc_alen = len };

	if (!um_issock(fd))
		return (um_host_bind(fd, sa, len));
	return (um_call(fd, &uc));
}

int
um_connect(int fd, const void *sa, socklen_t len)
{
	struct um_call uc = { .uc_op = UMP_CONNECT, .uc_addr = sa,
	    .uc_alen = len };

	if (!um_issock(fd))
		return (um_host_connect(fd, sa, len));
	return (um_call(fd, &uc));
}

/* This kernel has no protocol with connections to wait for. */
int
um_listen(int fd, int backlog)
{
	if (!um_issock(fd))
		return (listen(fd, backlog));
	errno = EOPNOTSUPP;
	return (-1);
}

int
um_accept4(int fd, void *sa, socklen_t *lenp, int flags)
{
	if (!um_issock(fd))
		return (um_host_accept(fd, sa, lenp, um_hosttype(flags)));
	errno = EOPNOTSUPP;
	return (-1);
}

int
um_accept(int fd, void *sa, socklen_t *lenp)
{
	return (um_accept4(fd, sa, lenp, 0));
}

int
um_shutdown(int fd, int how)
{
	struct um_call uc = { .uc_op = UMP_SHUTDOWN,
	    .uc_arg = { (unsigned int)how } };

	if (!um_issock(fd))
		return (shutdown(fd, how));
	return (um_call(fd, &uc));
}

static int
um_name(int fd, void *sa, socklen_t *lenp, int op)
{
	struct um_call uc = { .uc_op = op, .uc_out = sa, .uc_outlen = *lenp };
	char full[UMP_MAXADDR];

	if (!um_issock(fd))
		return (um_host_name(fd, sa, lenp, op == UMP_PEERNAME));
	uc.uc_out = full;
	uc.uc_outlen = sizeof(full);
	if (um_call(fd, &uc) == -1)
		return (-1);
	memcpy(sa, full, uc.uc_outlen < *lenp ? uc.uc_outlen : *lenp);
	*lenp = uc.uc_outlen;
	return (0);
}

int
um_getsockname(int fd, void *sa, socklen_t *lenp)
{
	return (um_name(fd, sa, lenp, UMP_SOCKNAME));
}

int
um_getpeername(int fd, void *sa, socklen_t *lenp)
{
	return (um_name(fd, sa, lenp, UMP_PEERNAME));
}

/* Waiting is done on the descriptor, which belongs to the host. */
static int
um_ishostopt(int level, int opt)
{
	return (level == B_SOL_SOCKET &&
	    (opt == B_SO_RCVTIMEO || opt == B_SO_SNDTIMEO));
}

int
um_setsockopt(int fd, int level, int opt, const void *val, socklen_t len)
{
	struct iovec iov = { (void *)(uintptr_t)val, len };
	struct um_call uc = { .uc_op = UMP_SETOPT, .uc_arg = {
	    (unsigned int)level, (unsigned int)opt }, .uc_iov = &iov,
	    .uc_iovcnt = 1 };

	if (!um_issock(fd) || um_ishostopt(level, opt))
		return (um_host_setsockopt(fd, level, opt, val, len));
	return (um_call(fd, &uc));
}

int
um_getsockopt(int fd, int level, int opt, void *val, socklen_t *lenp)
{
	struct um_call uc = { .uc_op = UMP_GETOPT, .uc_arg = {
	    (unsigned int)level, (unsigned int)opt, *lenp }, .uc_out = val,
	    .uc_outlen = *lenp };

	if (!um_issock(fd) || um_ishostopt(level, opt))
		return (um_host_getsockopt(fd, level, opt, val, lenp));
	if (um_call(fd, &uc) == -1)
		return (-1);
	*lenp = uc.uc_outlen;
	return (0);
}

/* Bytes of the next message, without what the kernel puts before it. */
static int
um_nread(int fd, int *n)
{
	ssize_t len;

	if (!um_issock(fd))
		return (ioctl(fd, FIONREAD, n));
	/* the host's FIONREAD adds up all messages that wait */
	len = recv(fd, NULL, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
	if (len == -1 && errno != EAGAIN)
		return (-1);
	*n = len == -1 ? 0 : len;
	if (um_issock(fd) == UMP_FRAMED && *n > 0)
		*n = *n > (int)sizeof(struct ump_dgram) ?
		    *n - (int)sizeof(struct ump_dgram) : 0;
	return (0);
}

/*
 * The host's part of a device's ioctl: what was on the way to the process
 * goes, too, and a read waits for so long.
 */
static void
um_devioctl(int fd, unsigned long cmd, const void *p)
{
	char c;

	switch (cmd) {
	case B_BIOCSETF:
	case B_BIOCFLUSH:
	case B_BIOCSDLT:
	case B_BIOCSETIF:
		while (recv(fd, &c, sizeof(c), MSG_DONTWAIT) > 0)
			continue;
		break;
	case B_BIOCSRTIMEOUT:
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, p,
		    sizeof(struct timeval));
		break;
	}
}

int
um_ioctl(int fd, unsigned long cmd, ...)
{
	struct um_call uc = { .uc_op = UMP_IOCTL, .uc_arg = { cmd } };
	struct iovec iov;
	va_list ap;
	void *p;

	va_start(ap, cmd);
	p = va_arg(ap, void *);
	va_end(ap);
	if (cmd == B_FIONREAD || cmd == FIONREAD)
		return (um_nread(fd, p));
	if (cmd == B_FIONBIO || cmd == FIONBIO)
		return (ioctl(fd, FIONBIO, p));
	if (!um_issock(fd))
		return (ioctl(fd, cmd == B_TIOCGWINSZ ? TIOCGWINSZ : cmd, p));
	iov.iov_base = p;
	iov.iov_len = B_IOCLEN(cmd);
	if (cmd & B_IOC_IN) {
		uc.uc_iov = &iov;
		uc.uc_iovcnt = 1;
	}
	if (cmd & B_IOC_OUT) {
		uc.uc_out = p;
		uc.uc_outlen = B_IOCLEN(cmd);
	}
	if (um_call(fd, &uc) == -1)
		return (-1);
	if (um_issock(fd) == UMP_DEVICE)
		um_devioctl(fd, cmd, p);
	return (0);
}
