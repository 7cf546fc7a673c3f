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
 * The reply channel of a request: its answer, and before that the copies
 * between the kernel and the memory of the client.
 */

#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <machine/host.h>
#include <machine/umproto.h>

#include "sp.h"

/* all waiting for one client in one call, ns */
#define SP_PATIENCE	10000000000UL

static int	 sp_memfd(const void *, unsigned long);
static int	 sp_send(struct host_call *, struct ump_rep *, const void *,
		    unsigned long, int);
static int	 sp_ack(struct host_call *, void *, unsigned long);

/* A file with the data that nobody can change any more, or -1. */
static int
sp_memfd(const void *data, unsigned long len)
{
	const char *p = data;
	ssize_t n;
	int fd;

	fd = memfd_create("um", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd == -1)
		return (-1);
	for (; len > 0; p += n, len -= n)
		if ((n = write(fd, p, len)) <= 0)
			break;
	if (len > 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK |
	    F_SEAL_GROW | F_SEAL_WRITE) == -1) {
		close(fd);
		return (-1);
	}
	return (fd);
}

static int
sp_send_fd(struct host_call *hc, struct ump_rep *rp, const void *data,
    unsigned long len, int fd)
{
	union {
		struct cmsghdr	hdr;
		char		buf[CMSG_SPACE(sizeof(int))];
	} c;
	struct iovec iov[2] = { { rp, sizeof(*rp) },
	    { (void *)(uintptr_t)data, len } };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n;

	if (fd != -1) {
		memset(&c, 0, sizeof(c));
		c.hdr.cmsg_len = CMSG_LEN(sizeof(int));
		c.hdr.cmsg_level = SOL_SOCKET;
		c.hdr.cmsg_type = SCM_RIGHTS;
		memcpy(CMSG_DATA(&c.hdr), &fd, sizeof(int));
		mh.msg_control = &c;
		mh.msg_controllen = sizeof(c);
	}
	do {
		n = sendmsg(hc->hc_replyfd, &mh, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (n == -1 && errno == EINTR);
	return (n == -1 ? errno : 0);
}

/* The channel has room unless the client plays games: so never wait. */
static int
sp_send(struct host_call *hc, struct ump_rep *rp, const void *data,
    unsigned long len, int fd)
{
	int error, memfd;

	rp->up_version = UMP_VERSION;
	rp->up_seq = hc->hc_seq;
	rp->up_flags = fd != -1 ? UMP_FD : 0;
	if (len <= UMP_MAXINLINE)
		return (sp_send_fd(hc, rp, data, len, fd));
	if ((memfd = sp_memfd(data, len)) == -1)
		return (ENOMEM);
	rp->up_flags = UMP_MEMFD;
	error = sp_send_fd(hc, rp, NULL, 0, memfd);
	close(memfd);
	return (error);
}

/*
 * A new socket is served before the client hears of it: while its other end
 * is still ours too nothing can happen to it.
 */
void
host_call_reply(struct host_call *hc, int error, long ret, const void *data,
    unsigned long len)
{
	struct ump_rep rp = { .up_type = UMP_REPLY, .up_error = error,
	    .up_ret = ret, .up_len = len };
	int fd = -1;

	if (error == 0 && hc->hc_newfd != -1) {
		fd = hc->hc_newfd;
		sp_serve(hc->hc_newso);
	}
	(void)sp_send(hc, &rp, data, len, fd);
	close(hc->hc_replyfd);
	hc->hc_replyfd = -1;
	if (hc->hc_newfd != -1)
		close(hc->hc_newfd);
	hc->hc_newfd = -1;
}

/* Is there a message?  0, or EFAULT when the client is dead or too slow. */
static int
sp_wait(struct host_call *hc)
{
	struct pollfd pfd = { .fd = hc->hc_replyfd, .events = POLLIN };
	unsigned long now = host_monotime();

	if (hc->hc_deadline == 0)
		hc->hc_deadline = now + SP_PATIENCE;
	if (now >= hc->hc_deadline)
		return (EFAULT);
	(void)poll(&pfd, 1, (hc->hc_deadline - now) / 1000000 + 1);
	return (0);
}

/*
 * The client's answer to a copy, with len bytes of data: 0 or EFAULT.  What
 * is left of a call that was given up is passed over.
 */
static int
sp_ack(struct host_call *hc, void *buf, unsigned long len)
{
	struct ump_ack ack;
	struct iovec iov[2] = { { &ack, sizeof(ack) }, { buf, len } };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n;

	for (;;) {
		n = recvmsg(hc->hc_replyfd, &mh,
		    MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		if (n == -1 && (errno == EAGAIN || errno == EINTR)) {
			if (sp_wait(hc) != 0)
				break;
			continue;
		}
		if (n < (ssize_t)sizeof(ack))
			break;
		if (ack.ua_seq != hc->hc_seq)
			continue;
		if (ack.ua_error != 0)
			return (EFAULT);
		if (ack.ua_len != len || (size_t)n != sizeof(ack) + len ||
		    (mh.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
			break;
		return (0);
	}
	hc->hc_silent = 1;	/* it gets an answer, but no more questions */
	return (EFAULT);
}

int
host_call_copyin(struct host_call *hc, unsigned long addr, void *buf,
    unsigned long len)
{
	struct ump_rep rp;
	unsigned long n;
	char *p = buf;

	for (; len > 0; len -= n, p += n, addr += n) {
		n = len < UMP_MAXINLINE ? len : UMP_MAXINLINE;
		memset(&rp, 0, sizeof(rp));
		rp.up_type = UMP_COPYIN;
		rp.up_addr = addr;
		rp.up_len = n;
		if (hc->hc_silent ||
		    sp_send(hc, &rp, NULL, 0, -1) != 0 ||
		    sp_ack(hc, p, n) != 0)
			return (EFAULT);
	}
	return (0);
}

int
host_call_copyout(struct host_call *hc, const void *buf, unsigned long addr,
    unsigned long len)
{
	struct ump_rep rp = { .up_type = UMP_COPYOUT, .up_addr = addr,
	    .up_len = len };

	if (len == 0)
		return (0);
	if (hc->hc_silent || sp_send(hc, &rp, buf, len, -1) != 0 ||
	    sp_ack(hc, NULL, 0) != 0)
		return (EFAULT);
	return (0);
}
