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
 * Sockets of the host, which for the tools are AF_UNIX: from BSD's
 * structures and numbers to the host's, and back.
 */

#define _GNU_SOURCE
#include <sys/time.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "um.h"

#define UM_MAXRIGHTS	253	/* descriptors in one message, host's limit */

struct bsd_peercred {
	uint32_t	uid;
	uint32_t	gid;
	int32_t		pid;
};

int	um_getpeereid(int, uid_t *, gid_t *);

static const struct {
	int	bsd;
	int	host;
} um_sockopts[] = {
	{ 0x0001, SO_DEBUG },
	{ 0x0002, SO_ACCEPTCONN },
	{ 0x0004, SO_REUSEADDR },
	{ 0x0008, SO_KEEPALIVE },
	{ 0x0010, SO_DONTROUTE },
	{ 0x0020, SO_BROADCAST },
	{ 0x0080, SO_LINGER },
	{ 0x0200, SO_REUSEPORT },
	{ 0x0800, SO_TIMESTAMP },
	{ 0x1001, SO_SNDBUF },
	{ 0x1002, SO_RCVBUF },
	{ 0x1004, SO_RCVLOWAT },
	{ B_SO_SNDTIMEO, SO_SNDTIMEO },
	{ B_SO_RCVTIMEO, SO_RCVTIMEO },
	{ 0x1007, SO_ERROR },
	{ 0x1008, SO_TYPE }
};

static int	 um_tohost(const void *, socklen_t, struct sockaddr_un *,
		    socklen_t *);
static void	 um_tobsd(const struct sockaddr_un *, socklen_t, void *,
		    socklen_t *);

int
um_msgflags(int flags)
{
	return ((flags & B_MSG_PEEK ? MSG_PEEK : 0) |
	    (flags & B_MSG_DONTWAIT ? MSG_DONTWAIT : 0) |
	    (flags & B_MSG_WAITALL ? MSG_WAITALL : 0) |
	    (flags & B_MSG_EOR ? MSG_EOR : 0) |
	    (flags & B_MSG_NOSIGNAL ? MSG_NOSIGNAL : 0) |
	    (flags & B_MSG_CMSG_CLOEXEC ? MSG_CMSG_CLOEXEC : 0));
}

static int
um_tohost(const void *sa, socklen_t len, struct sockaddr_un *sun,
    socklen_t *sunlen)
{
	const struct bsd_sun *bsun = sa;
	char path[sizeof(bsun->sun_path) + 1], host[sizeof(sun->sun_path)];
	const char *p;
	size_t n;

	if (len <= offsetof(struct bsd_sun, sun_path) || len > sizeof(*bsun)) {
		errno = EINVAL;
		return (-1);
	}
	if (bsun->sun_family != B_AF_UNIX) {
		errno = EAFNOSUPPORT;
		return (-1);
	}
	n = strnlen(bsun->sun_path,
	    len - offsetof(struct bsd_sun, sun_path));
	memcpy(path, bsun->sun_path, n);
	path[n] = '\0';
	if ((p = um_path(path, host, sizeof(host))) == NULL)
		return (-1);
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	strcpy(sun->sun_path, p);
	*sunlen = sizeof(*sun);
	return (0);
}

static void
um_tobsd(const struct sockaddr_un *sun, socklen_t sunlen, void *sa,
    socklen_t *lenp)
{
	struct bsd_sun bsun = { .sun_family = B_AF_UNIX };
	char path[sizeof(sun->sun_path) + 1] = "";

	if (sunlen > offsetof(struct sockaddr_un, sun_path))
		memcpy(path, sun->sun_path,
		    sunlen - offsetof(struct sockaddr_un, sun_path));
	um_unpath(path, sizeof(path));
	um_strlcpy(bsun.sun_path, path, sizeof(bsun.sun_path));
	bsun.sun_len = offsetof(struct bsd_sun, sun_path) +
	    strlen(bsun.sun_path) + 1;
	memcpy(sa, &bsun, *lenp < sizeof(bsun) ? *lenp : sizeof(bsun));
	*lenp = bsun.sun_len;
}

int
um_host_bind(int fd, const void *sa, socklen_t len)
{
	struct sockaddr_un sun;
	socklen_t sunlen;

	if (um_tohost(sa, len, &sun, &sunlen) == -1)
		return (-1);
	return (bind(fd, (struct sockaddr *)&sun, sunlen));
}

int
um_host_connect(int fd, const void *sa, socklen_t len)
{
	struct sockaddr_un sun;
	socklen_t sunlen;

	if (um_tohost(sa, len, &sun, &sunlen) == -1)
		return (-1);
	return (connect(fd, (struct sockaddr *)&sun, sunlen));
}

int
um_host_accept(int fd, void *sa, socklen_t *lenp, int flags)
{
	struct sockaddr_un sun;
	socklen_t sunlen = sizeof(sun);
	int s;

	s = accept4(fd, (struct sockaddr *)&sun, &sunlen, flags);
	if (s != -1 && sa != NULL)
		um_tobsd(&sun, sunlen, sa, lenp);
	return (s);
}

int
um_host_name(int fd, void *sa, socklen_t *lenp, int peer)
{
	struct sockaddr_un sun;
	socklen_t sunlen = sizeof(sun);

	if ((peer ? getpeername(fd, (struct sockaddr *)&sun, &sunlen) :
	    getsockname(fd, (struct sockaddr *)&sun, &sunlen)) == -1)
		return (-1);
	if (sun.sun_family != AF_UNIX) {
		errno = EAFNOSUPPORT;
		return (-1);
	}
	um_tobsd(&sun, sunlen, sa, lenp);
	return (0);
}

/* Descriptors are the only control messages both sides have. */
static int
um_ctltohost(const struct bsd_msghdr *bm, struct msghdr *mh)
{
	const uint8_t *p = bm->msg_control;
	struct bsd_cmsghdr cm;
	struct cmsghdr *hcm = mh->msg_control;
	size_t at = 0, n, len = 0;

	for (; at + B_CMSG_HDR <= bm->msg_controllen;
	    at += B_CMSG_ALIGN(cm.cmsg_len)) {
		memcpy(&cm, p + at, sizeof(cm));
		if (cm.cmsg_len < B_CMSG_HDR || cm.cmsg_len >
		    bm->msg_controllen - at || cm.cmsg_level != B_SOL_SOCKET ||
		    cm.cmsg_type != B_SCM_RIGHTS)
			break;
		n = cm.cmsg_len - B_CMSG_HDR;
		if (len + n > UM_MAXRIGHTS * sizeof(int))
			break;
		memcpy(CMSG_DATA(hcm) + len, p + at + B_CMSG_HDR, n);
		len += n;
	}
	if (at < bm->msg_controllen) {
		errno = EINVAL;
		return (-1);
	}
	hcm->cmsg_level = SOL_SOCKET;
	hcm->cmsg_type = SCM_RIGHTS;
	hcm->cmsg_len = CMSG_LEN(len);
	mh->msg_controllen = CMSG_SPACE(len);
	return (0);
}

union um_hostctl {
	struct cmsghdr	hdr;
	char		buf[CMSG_SPACE(UM_MAXRIGHTS * sizeof(int))];
};

ssize_t
um_host_sendmsg(int fd, const struct bsd_msghdr *bm, int flags)
{
	union um_hostctl c = { .buf = { 0 } };
	struct sockaddr_un sun;
	socklen_t sunlen;
	struct msghdr mh = { .msg_iov = bm->msg_iov,
	    .msg_iovlen = bm->msg_iovlen };

	if (bm->msg_name != NULL && bm->msg_namelen > 0) {
		if (um_tohost(bm->msg_name, bm->msg_namelen, &sun,
		    &sunlen) == -1)
			return (-1);
		mh.msg_name = &sun;
		mh.msg_namelen = sunlen;
	}
	if (bm->msg_control != NULL && bm->msg_controllen > 0) {
		mh.msg_control = &c;
		if (um_ctltohost(bm, &mh) == -1)
			return (-1);
	}
	return (sendmsg(fd, &mh, um_msgflags(flags)));
}

/* What the program left no room for is closed: nobody would know of it. */
static void
um_ctltobsd(struct msghdr *mh, struct bsd_msghdr *bm)
{
	struct cmsghdr *hcm = CMSG_FIRSTHDR(mh);
	struct bsd_cmsghdr cm = { .cmsg_level = B_SOL_SOCKET,
	    .cmsg_type = B_SCM_RIGHTS };
	size_t room = 0, n, i;
	int fds[UM_MAXRIGHTS];

	if (bm->msg_control != NULL && bm->msg_controllen > B_CMSG_HDR)
		room = (bm->msg_controllen - B_CMSG_HDR) / sizeof(int);
	bm->msg_controllen = 0;
	if (hcm == NULL || hcm->cmsg_level != SOL_SOCKET ||
	    hcm->cmsg_type != SCM_RIGHTS)
		return;
	n = (hcm->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(fds, CMSG_DATA(hcm), n * sizeof(int));
	for (i = room; i < n; i++) {
		close(fds[i]);
		bm->msg_flags |= B_MSG_CTRUNC;
	}
	if ((n = room < n ? room : n) == 0)
		return;
	cm.cmsg_len = B_CMSG_HDR + n * sizeof(int);
	memcpy(bm->msg_control, &cm, sizeof(cm));
	memcpy((char *)bm->msg_control + B_CMSG_HDR, fds, n * sizeof(int));
	bm->msg_controllen = cm.cmsg_len;
}

ssize_t
um_host_recvmsg(int fd, struct bsd_msghdr *bm, int flags)
{
	union um_hostctl c;
	struct sockaddr_un sun;
	struct msghdr mh = { .msg_name = &sun, .msg_namelen = sizeof(sun),
	    .msg_iov = bm->msg_iov, .msg_iovlen = bm->msg_iovlen,
	    .msg_control = &c, .msg_controllen = sizeof(c) };
	ssize_t n;

	n = recvmsg(fd, &mh, um_msgflags(flags));
	if (n == -1 && errno == ENOTSOCK && bm->msg_control == NULL)
		return (readv(fd, bm->msg_iov, bm->msg_iovlen));
	if (n == -1)
		return (-1);
	bm->msg_flags = (mh.msg_flags & MSG_TRUNC ? B_MSG_TRUNC : 0) |
	    (mh.msg_flags & MSG_CTRUNC ? B_MSG_CTRUNC : 0) |
	    (mh.msg_flags & MSG_EOR ? B_MSG_EOR : 0);
	um_ctltobsd(&mh, bm);
	if (bm->msg_name != NULL && mh.msg_namelen > 0 &&
	    sun.sun_family == AF_UNIX)
		um_tobsd(&sun, mh.msg_namelen, bm->msg_name,
		    &bm->msg_namelen);
	else
		bm->msg_namelen = 0;
	return (n);
}

static int
um_hostopt(int level, int opt)
{
	size_t i;

	if (level == B_SOL_SOCKET)
		for (i = 0; i < sizeof(um_sockopts) / sizeof(um_sockopts[0]);
		    i++)
			if (um_sockopts[i].bsd == opt)
				return (um_sockopts[i].host);
	errno = ENOPROTOOPT;
	return (-1);
}

int
um_host_setsockopt(int fd, int level, int opt, const void *val,
    socklen_t len)
{
	int host;

	if ((host = um_hostopt(level, opt)) == -1)
		return (-1);
	return (setsockopt(fd, SOL_SOCKET, host, val, len));
}

static int
um_peercred(int fd, struct bsd_peercred *pc)
{
	struct ucred uc;
	socklen_t len = sizeof(uc);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &uc, &len) == -1)
		return (-1);
	pc->uid = um_mapuid(uc.uid);
	pc->gid = uc.gid;
	pc->pid = uc.pid;
	return (0);
}

int
um_getpeereid(int fd, uid_t *uid, gid_t *gid)
{
	struct bsd_peercred pc;

	if (um_peercred(fd, &pc) == -1)
		return (-1);
	*uid = pc.uid;
	*gid = pc.gid;
	return (0);
}

int
um_host_getsockopt(int fd, int level, int opt, void *val, socklen_t *lenp)
{
	struct bsd_peercred pc;
	int host;

	if (level == B_SOL_SOCKET && opt == B_SO_PEERCRED) {
		if (um_peercred(fd, &pc) == -1)
			return (-1);
		if (*lenp > sizeof(pc))
			*lenp = sizeof(pc);
		memcpy(val, &pc, *lenp);
		return (0);
	}
	if ((host = um_hostopt(level, opt)) == -1)
		return (-1);
	return (getsockopt(fd, SOL_SOCKET, host, val, lenp));
}
