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
 * Sending and receiving.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <machine/umproto.h>

#include "um.h"

/* a message has these many parts at most, and one for the frame */
#define UM_IOVMAX	(IOV_MAX - 4)

ssize_t	um_sendmsg(int, const struct bsd_msghdr *, int);
ssize_t	um_sendto(int, const void *, size_t, int, const void *, socklen_t);
ssize_t	um_send(int, const void *, size_t, int);
ssize_t	um_write(int, const void *, size_t);
ssize_t	um_writev(int, const struct iovec *, int);
ssize_t	um_recvmsg(int, struct bsd_msghdr *, int);
ssize_t	um_recvfrom(int, void *, size_t, int, void *, socklen_t *);
ssize_t	um_recv(int, void *, size_t, int);
ssize_t	um_read(int, void *, size_t);
ssize_t	um_readv(int, const struct iovec *, int);

static ssize_t	 um_recvframe(int, struct bsd_msghdr *, int);
static ssize_t	 um_recvraw(int, struct bsd_msghdr *, int);

ssize_t
um_sendmsg(int fd, const struct bsd_msghdr *bm, int flags)
{
	struct um_call uc = { .uc_op = UMP_SEND, .uc_arg = {
	    flags & ~(B_MSG_DONTWAIT | B_MSG_NOSIGNAL) },
	    .uc_addr = bm->msg_name, .uc_ctl = bm->msg_control,
	    .uc_iov = bm->msg_iov, .uc_iovcnt = bm->msg_iovlen };

	if (!um_issock(fd))
		return (um_host_sendmsg(fd, bm, flags));
	if (bm->msg_iovlen > UM_IOVMAX) {
		errno = EMSGSIZE;
		return (-1);
	}
	if (bm->msg_name != NULL)
		uc.uc_alen = bm->msg_namelen;
	if (bm->msg_control != NULL)
		uc.uc_clen = bm->msg_controllen;
	return (um_call(fd, &uc) == -1 ? -1 : uc.uc_ret);
}

ssize_t
um_sendto(int fd, const void *buf, size_t len, int flags, const void *sa,
    socklen_t salen)
{
	struct iovec iov = { (void *)(uintptr_t)buf, len };
	struct bsd_msghdr bm = { .msg_name = (void *)(uintptr_t)sa,
	    .msg_namelen = sa == NULL ? 0 : salen, .msg_iov = &iov,
	    .msg_iovlen = 1 };

	return (um_sendmsg(fd, &bm, flags));
}

ssize_t
um_send(int fd, const void *buf, size_t len, int flags)
{
	return (um_sendto(fd, buf, len, flags, NULL, 0));
}

ssize_t
um_write(int fd, const void *buf, size_t len)
{
	if (!um_issock(fd))
		return (write(fd, buf, len));
	return (um_send(fd, buf, len, 0));
}

ssize_t
um_writev(int fd, const struct iovec *iov, int n)
{
	struct bsd_msghdr bm = { .msg_iov = (struct iovec *)(uintptr_t)iov,
	    .msg_iovlen = n };

	if (!um_issock(fd))
		return (writev(fd, iov, n));
	if (n < 0) {
		errno = EINVAL;
		return (-1);
	}
	return (um_sendmsg(fd, &bm, 0));
}

/* What fits of the sender's address; the length says what there was. */
static void
um_putaddr(struct bsd_msghdr *bm, const void *sa, uint32_t len)
{
	if (bm->msg_name != NULL)
		memcpy(bm->msg_name, sa, len < bm->msg_namelen ? len :
		    bm->msg_namelen);
	bm->msg_namelen = len;
}

/* The control messages that fit, whole ones; 0 when some did not. */
static int
um_putctl(struct bsd_msghdr *bm, const uint8_t *ctl, uint32_t len)
{
	struct bsd_cmsghdr cm;
	uint32_t at = 0, room = 0;

	if (bm->msg_control != NULL)
		room = bm->msg_controllen;
	while (at + B_CMSG_HDR <= len) {
		memcpy(&cm, ctl + at, sizeof(cm));
		if (cm.cmsg_len < B_CMSG_HDR || cm.cmsg_len > len - at ||
		    at + cm.cmsg_len > room)
			break;
		at += B_CMSG_ALIGN(cm.cmsg_len);
	}
	if (at > len)
		at = len;
	bm->msg_controllen = at < room ? at : room;
	memcpy(bm->msg_control, ctl, bm->msg_controllen);
	return (at == len);
}

static ssize_t
um_recvframe(int fd, struct bsd_msghdr *bm, int flags)
{
	struct ump_dgram ud;
	struct iovec iov[1 + bm->msg_iovlen];
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 1 +
	    bm->msg_iovlen };
	ssize_t n;

	iov[0] = (struct iovec){ &ud, sizeof(ud) };
	memcpy(iov + 1, bm->msg_iov, bm->msg_iovlen * sizeof(iov[0]));
	if ((n = recvmsg(fd, &mh, um_msgflags(flags))) == -1)
		return (-1);
	bm->msg_flags = 0;
	if (n == 0) {			/* shut down */
		bm->msg_namelen = bm->msg_controllen = 0;
		return (0);
	}
	if (n < (ssize_t)sizeof(ud) || ud.ud_alen > UMP_DGADDR ||
	    ud.ud_clen > UMP_DGCTL)
		ud.ud_error = EPROTO;
	if (ud.ud_error != 0) {
		errno = ud.ud_error;
		return (-1);
	}
	bm->msg_flags = ud.ud_flags;
	if (mh.msg_flags & MSG_TRUNC)
		bm->msg_flags |= B_MSG_TRUNC;
	um_putaddr(bm, ud.ud_addr, ud.ud_alen);
	if (bm->msg_control == NULL)
		bm->msg_controllen = 0;
	else if (!um_putctl(bm, ud.ud_ctl, ud.ud_clen))
		bm->msg_flags |= B_MSG_CTRUNC;
	return (n - sizeof(ud));
}

static ssize_t
um_recvraw(int fd, struct bsd_msghdr *bm, int flags)
{
	struct msghdr mh = { .msg_iov = bm->msg_iov,
	    .msg_iovlen = bm->msg_iovlen };
	ssize_t n;

	if ((n = recvmsg(fd, &mh, um_msgflags(flags))) == -1)
		return (-1);
	bm->msg_flags = mh.msg_flags & MSG_TRUNC ? B_MSG_TRUNC : 0;
	bm->msg_namelen = bm->msg_controllen = 0;
	return (n);
}

ssize_t
um_recvmsg(int fd, struct bsd_msghdr *bm, int flags)
{
	if (bm->msg_iovlen > UM_IOVMAX) {
		errno = EMSGSIZE;
		return (-1);
	}
	switch (um_issock(fd)) {
	case 0:
		return (um_host_recvmsg(fd, bm, flags));
	case UMP_FRAMED:
		return (um_recvframe(fd, bm, flags));
	default:
		return (um_recvraw(fd, bm, flags));
	}
}

ssize_t
um_recvfrom(int fd, void *buf, size_t len, int flags, void *sa,
    socklen_t *salen)
{
	struct iovec iov = { buf, len };
	struct bsd_msghdr bm = { .msg_name = sa, .msg_iov = &iov,
	    .msg_iovlen = 1 };
	ssize_t n;

	if (sa != NULL && salen != NULL)
		bm.msg_namelen = *salen;
	n = um_recvmsg(fd, &bm, flags);
	if (n != -1 && salen != NULL)
		*salen = bm.msg_namelen;
	return (n);
}

ssize_t
um_recv(int fd, void *buf, size_t len, int flags)
{
	return (um_recvfrom(fd, buf, len, flags, NULL, NULL));
}

/*
 * A device's records are whole, and never empty: nothing means that there
 * will be no more.  A read that was given a time comes back with nothing
 * after it; one that must not wait has its error.
 */
static ssize_t
um_readdev(int fd, const struct iovec *iov, int n)
{
	struct msghdr mh = { .msg_iov = (struct iovec *)(uintptr_t)iov,
	    .msg_iovlen = n };
	size_t room = 0;
	ssize_t got;
	int i;

	for (i = 0; i < n; i++)
		room += iov[i].iov_len;
	/* waits, and says how long it is */
	got = recv(fd, NULL, 0, MSG_PEEK | MSG_TRUNC);
	if (got > 0 && (size_t)got > room) {
		errno = EINVAL;
		return (-1);
	}
	if (got > 0)
		got = recvmsg(fd, &mh, 0);
	if (got == -1 && errno == EAGAIN && !(fcntl(fd, F_GETFL) & O_NONBLOCK))
		return (0);
	if (got == 0 && room > 0) {
		errno = ENXIO;
		return (-1);
	}
	return (got);
}

ssize_t
um_read(int fd, void *buf, size_t len)
{
	struct iovec iov = { buf, len };

	switch (um_issock(fd)) {
	case UMP_FRAMED:
		return (um_recv(fd, buf, len, 0));
	case UMP_DEVICE:
		return (um_readdev(fd, &iov, 1));
	default:
		return (read(fd, buf, len));
	}
}

ssize_t
um_readv(int fd, const struct iovec *iov, int n)
{
	struct bsd_msghdr bm = { .msg_iov = (struct iovec *)(uintptr_t)iov,
	    .msg_iovlen = n };

	int kind = um_issock(fd);

	if (kind != UMP_FRAMED && kind != UMP_DEVICE)
		return (readv(fd, iov, n));
	if (n < 0 || n > UM_IOVMAX) {
		errno = EINVAL;
		return (-1);
	}
	if (kind == UMP_DEVICE)
		return (um_readdev(fd, iov, n));
	return (um_recvmsg(fd, &bm, 0));
}
