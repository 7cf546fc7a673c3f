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
 * Requests to the kernel: the root connection, the reply channel, and the
 * copies the kernel asks for in between.
 */

#define _GNU_SOURCE
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <machine/umproto.h>

#include "um.h"

#define UM_FDBASE	100	/* ours begin here, where nobody looks */

/*
 * A descriptor of ours that the program may have closed behind our back,
 * and whose number may be somebody else's by now.
 */
struct um_fd {
	int		uf_fd;		/* -1: none */
	dev_t		uf_dev;
	ino_t		uf_ino;
};
#define UM_NOFD		{ -1, 0, 0 }

/* both ends of a reply channel */
struct um_chan {
	struct um_fd	ch_mine;
	struct um_fd	ch_theirs;
	pid_t		ch_pid;		/* a child must not share it */
	uint32_t	ch_seq;
	int		ch_busy;
};

static struct um_fd	 um_root = UM_NOFD;	/* um_mtx */
static pid_t		 um_rootpid;		/* um_mtx: who may use it */
static int		 um_noroot;		/* um_mtx: pledged */
static int		 um_nosocket;		/* um_mtx: a filter forbids */
static uid_t		 um_owneruid;		/* um_mtx */
static int		 um_ownerknown;		/* um_mtx */
static char		*um_sockpath;		/* $UM_SOCKET */
static pthread_mutex_t	 um_mtx = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t	 um_key;
static __thread struct um_chan um_chan = { UM_NOFD, UM_NOFD, 0, 0, 0 };

unsigned int		 um_rtable;

void	um_closefrom(int);

static int	 um_connect(void);
static int	 um_attach(void);
static void	 um_complain(int);
static int	 um_serve(struct um_chan *, struct um_call *);

int
um_highfd(int fd)
{
	int high;

	if ((high = fcntl(fd, F_DUPFD_CLOEXEC, UM_FDBASE)) == -1)
		return (fd);	/* few are allowed: then it stays */
	close(fd);
	return (high);
}

static void
um_fdset(struct um_fd *uf, int fd)
{
	struct stat st;

	uf->uf_fd = fd;
	if (fd != -1 && fstat(fd, &st) == 0) {
		uf->uf_dev = st.st_dev;
		uf->uf_ino = st.st_ino;
	}
}

static int
um_fdours(const struct um_fd *uf)
{
	struct stat st;

	return (uf->uf_fd != -1 && fstat(uf->uf_fd, &st) == 0 &&
	    st.st_dev == uf->uf_dev && st.st_ino == uf->uf_ino);
}

static void
um_fdclose(struct um_fd *uf)
{
	if (um_fdours(uf))
		close(uf->uf_fd);
	uf->uf_fd = -1;
}

static void
um_lock(void)
{
	pthread_mutex_lock(&um_mtx);
}

static void
um_unlock(void)
{
	pthread_mutex_unlock(&um_mtx);
}

static void
um_threadend(void *arg)
{
	struct um_chan *ch = arg;

	um_fdclose(&ch->ch_mine);
	um_fdclose(&ch->ch_theirs);
}

/*
 * Connect before the program changes its root directory or its uid.  Not
 * every program needs a kernel: who does hears of a failure later.
 */
__attribute__((__constructor__)) static void
um_init(void)
{
	const char *p;
	int saved = errno;

	pthread_key_create(&um_key, um_threadend);
	pthread_atfork(um_lock, um_unlock, um_unlock);
	if ((p = getenv("UM_RTABLE")) != NULL)
		um_rtable = strtoul(p, NULL, 10) & 0xff;
	if ((p = getenv("UM_SOCKET")) != NULL && p[0] != '\0')
		um_sockpath = strdup(p);
	(void)um_connect();
	errno = saved;
}

static int
um_hello(int fd)
{
	struct um_call uc = { .uc_op = UMP_HELLO };

	if (um_call(fd, &uc) == -1)
		return (-1);
	um_owneruid = uc.uc_ret;
	um_ownerknown = 1;
	return (0);
}

static int
um_connect(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int saved, s;

	if (um_nosocket) {
		errno = EPERM;
		return (-1);
	}
	if (um_sockpath == NULL) {
		errno = ECONNREFUSED;
		return (-1);
	}
	if (strlen(um_sockpath) >= sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	strcpy(sun.sun_path, um_sockpath);
	if ((s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) == -1)
		return (-1);
	s = um_highfd(s);
	if (connect(s, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    um_hello(s) == -1) {
		saved = errno;
		close(s);
		errno = saved;
		return (-1);
	}
	um_fdset(&um_root, s);
	um_rootpid = getpid();
	return (0);
}

/* After fork(): a root connection of our own, through our parent's. */
static int
um_attach(void)
{
	struct um_call uc = { .uc_op = UMP_ATTACH };

	if (um_call(um_root.uf_fd, &uc) == -1)
		return (-1);
	if (uc.uc_fd == -1) {
		errno = EPROTO;
		return (-1);
	}
	um_fdclose(&um_root);
	um_fdset(&um_root, um_highfd(uc.uc_fd));
	um_rootpid = getpid();
	return (0);
}

static int
um_rootfd(void)
{
	int error = 0, fd;

	um_lock();
	if (um_noroot) {
		errno = EPERM;
		error = -1;
	} else if (!um_fdours(&um_root))
		error = um_connect();
	else if (um_rootpid != getpid())
		error = um_attach();
	fd = error == -1 ? -1 : um_root.uf_fd;
	um_unlock();
	if (fd == -1)
		um_complain(errno);
	return (fd);
}

int
um_rootcall(struct um_call *uc)
{
	int fd;

	if ((fd = um_rootfd()) == -1)
		return (-1);
	return (um_call(fd, uc));
}

void
um_pledged(void)
{
	um_lock();
	um_noroot = 1;
	um_fdclose(&um_root);
	um_unlock();
}

void
um_filtered_socket(void)
{
	um_lock();
	um_nosocket = 1;
	um_unlock();
}

int
um_owner(uid_t *uid)
{
	int known;

	um_lock();
	known = um_ownerknown;
	*uid = um_owneruid;
	um_unlock();
	return (known ? 0 : -1);
}

/* Daemons close what they did not open: not the way to their kernel. */
void
um_closefrom(int low)
{
	const int keep[3] = { um_root.uf_fd, um_chan.ch_mine.uf_fd,
	    um_chan.ch_theirs.uf_fd };
	unsigned int from = low < 0 ? 0 : low;
	int i, next;

	for (;;) {
		for (next = -1, i = 0; i < 3; i++)
			if (keep[i] >= (int)from &&
			    (next == -1 || keep[i] < next))
				next = keep[i];
		if (next == -1)
			break;
		if (next > (int)from)
			(void)close_range(from, next - 1, 0);
		from = next + 1;
	}
	(void)close_range(from, ~0U, 0);
}

/* Say once, and in one line, what is wrong and what to do. */
static void
um_complain(int error)
{
	static int done;
	int saved = errno;

	if (error == EPERM || __atomic_exchange_n(&done, 1, __ATOMIC_RELAXED))
		return;
	if (um_sockpath == NULL)
		dprintf(STDERR_FILENO, "%s: no um kernel: UM_SOCKET is not "
		    "set; start one with bsd(8)\n", um_getprogname());
	else if (error == EPROTONOSUPPORT)
		dprintf(STDERR_FILENO, "%s: the um kernel at %s is of another "
		    "version; build both anew\n", um_getprogname(),
		    um_sockpath);
	else
		dprintf(STDERR_FILENO, "%s: no um kernel at %s: %s; start one "
		    "with bsd(8)\n", um_getprogname(), um_sockpath,
		    strerror(error));
	errno = saved;
}

int
um_issock(int fd)
{
	struct sockaddr_un sun;
	socklen_t len = sizeof(sun);
	int kind = 0, saved = errno;

	if (getpeername(fd, (struct sockaddr *)&sun, &len) == 0 &&
	    sun.sun_family == AF_UNIX &&
	    len > offsetof(struct sockaddr_un, sun_path) + 1 + UMP_KINDOFF &&
	    memcmp(sun.sun_path, "\0" UMP_NAME, 1 + UMP_NAMELEN) == 0)
		kind = sun.sun_path[1 + UMP_KINDOFF];
	errno = saved;
	return (kind);
}

static int
um_chanopen(struct um_chan *ch)
{
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		return (-1);
	um_fdset(&ch->ch_mine, um_highfd(sv[0]));
	um_fdset(&ch->ch_theirs, um_highfd(sv[1]));
	ch->ch_pid = getpid();
	return (0);
}

/*
 * The thread's channel, or the spare one when a signal handler calls us in
 * the midst of a call.
 */
static struct um_chan *
um_changet(struct um_chan *spare)
{
	struct um_chan *ch = &um_chan;

	if (ch->ch_busy)
		ch = spare;
	ch->ch_busy = 1;
	if (ch->ch_pid != getpid() || !um_fdours(&ch->ch_mine) ||
	    !um_fdours(&ch->ch_theirs)) {
		um_fdclose(&ch->ch_mine);
		um_fdclose(&ch->ch_theirs);
		if (um_chanopen(ch) == -1) {
			ch->ch_busy = 0;
			return (NULL);
		}
		if (ch == &um_chan)
			pthread_setspecific(um_key, ch);
	}
	ch->ch_seq++;
	return (ch);
}

static void
um_chanput(struct um_chan *ch, struct um_chan *spare)
{
	int saved = errno;

	if (ch == spare)
		um_threadend(ch);
	ch->ch_busy = 0;
	errno = saved;
}

/* Our own requests wait for room, whatever the program set for its fd. */
static int
um_sendwait(int fd, const struct msghdr *mh)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };
	int tries = 0;

	while (sendmsg(fd, mh, MSG_NOSIGNAL) == -1) {
		if (errno == EAGAIN)
			(void)poll(&pfd, 1, -1);
		else if (errno == ETOOMANYREFS && ++tries < 1000)
			usleep(1000);	/* descriptors under way, host's limit */
		else if (errno != EINTR)
			return (-1);
	}
	return (0);
}

static int
um_request(int fd, struct um_chan *ch, const struct um_call *uc)
{
	struct ump_req rq = { .ur_version = UMP_VERSION, .ur_op = uc->uc_op,
	    .ur_rtable = um_rtable, .ur_seq = ch->ch_seq,
	    .ur_alen = uc->uc_alen, .ur_clen = uc->uc_clen };
	union {
		struct cmsghdr	hdr;
		char		buf[CMSG_SPACE(sizeof(int))];
	} c;
	struct iovec iov[3 + uc->uc_iovcnt];
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 3 + uc->uc_iovcnt,
	    .msg_control = &c, .msg_controllen = sizeof(c) };
	size_t len = 0;
	int i;

	iov[0] = (struct iovec){ &rq, sizeof(rq) };
	iov[1].iov_base = (void *)(uintptr_t)uc->uc_addr;
	iov[1].iov_len = uc->uc_alen;
	iov[2].iov_base = (void *)(uintptr_t)uc->uc_ctl;
	iov[2].iov_len = uc->uc_clen;
	for (i = 0; i < uc->uc_iovcnt; i++) {
		iov[3 + i] = uc->uc_iov[i];
		if (uc->uc_iov[i].iov_len > UMP_MAXDATA - len) {
			errno = EMSGSIZE;
			return (-1);
		}
		len += uc->uc_iov[i].iov_len;
	}
	rq.ur_dlen = len;
	memcpy(rq.ur_arg, uc->uc_arg, sizeof(rq.ur_arg));
	memset(&c, 0, sizeof(c));
	c.hdr.cmsg_len = CMSG_LEN(sizeof(int));
	c.hdr.cmsg_level = SOL_SOCKET;
	c.hdr.cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(&c.hdr), &ch->ch_theirs.uf_fd, sizeof(int));
	return (um_sendwait(fd, &mh));
}

/* 1 when there is an answer, 0 when the kernel went away */
static int
um_wait(int fd, struct um_chan *ch)
{
	struct pollfd pfd[2] = {
	    { .fd = ch->ch_mine.uf_fd, .events = POLLIN },
	    { .fd = fd } };

	for (;;) {
		if (poll(pfd, 2, -1) == -1)
			continue;
		if (pfd[0].revents & POLLIN)
			return (1);
		if (pfd[0].revents || pfd[1].revents & (POLLHUP | POLLERR))
			return (poll(pfd, 1, 0) == 1);
	}
}

/*
 * A call is over when its answer is there: there is no way to take one
 * back, so signals do not break it off.
 */
int
um_call(int fd, struct um_call *uc)
{
	struct um_chan spare = { UM_NOFD, UM_NOFD, 0, 0, 0 }, *ch;
	int error;

	uc->uc_fd = -1;
	if (uc->uc_alen > UMP_MAXADDR || uc->uc_clen > UMP_MAXCTL) {
		errno = EINVAL;
		return (-1);
	}
	if ((ch = um_changet(&spare)) == NULL)
		return (-1);
	if ((error = um_request(fd, ch, uc)) == 0)
		do {
			error = um_wait(fd, ch) ? um_serve(ch, uc) :
			    ECONNRESET;
		} while (error == -1);
	else
		error = errno == EPIPE ? ECONNRESET : errno;
	um_chanput(ch, &spare);
	if (error == 0)
		return (0);
	if (error == ECONNRESET)
		um_complain(error);
	errno = error;
	return (-1);
}

/*
 * Take the message whose head was looked at off the reply channel: its data
 * to the given place, its descriptor or -1.
 */
static ssize_t
um_take(struct um_chan *ch, void *data, size_t len, int *fdp)
{
	struct ump_rep rp;
	union {
		struct cmsghdr	hdr;
		char		buf[CMSG_SPACE(sizeof(int))];
	} c;
	struct iovec iov[2] = { { &rp, sizeof(rp) }, { data, len } };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2,
	    .msg_control = &c, .msg_controllen = sizeof(c) };
	ssize_t n;

	n = recvmsg(ch->ch_mine.uf_fd, &mh, MSG_CMSG_CLOEXEC);
	*fdp = -1;
	if (n != -1 && mh.msg_controllen >= CMSG_LEN(sizeof(int)) &&
	    c.hdr.cmsg_type == SCM_RIGHTS)
		memcpy(fdp, CMSG_DATA(&c.hdr), sizeof(int));
	return (n);
}

static int
um_readfile(int fd, void *buf, size_t len)
{
	char *p = buf;
	off_t off = 0;
	ssize_t n;

	for (; len > 0; len -= n, off += n)
		if ((n = pread(fd, p + off, len, off)) <= 0)
			return (n == -1 ? errno : EPROTO);
	return (0);
}

static int
um_ack(struct um_chan *ch, int error, const void *data, size_t len)
{
	struct ump_ack ack = { .ua_seq = ch->ch_seq, .ua_error = error,
	    .ua_len = len };
	struct iovec iov[2] = { { &ack, sizeof(ack) },
	    { (void *)(uintptr_t)data, len } };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2 };

	if (um_sendwait(ch->ch_mine.uf_fd, &mh) == 0)
		return (-1);
	/* the host looked at the memory for us: it is not there */
	if (errno == EFAULT && len > 0)
		return (um_ack(ch, EFAULT, NULL, 0));
	return (errno);
}

static int
um_copyout(struct um_chan *ch, struct ump_rep *rp)
{
	void *addr = (void *)(uintptr_t)rp->up_addr;
	int error = 0, fd;

	if (rp->up_flags & UMP_MEMFD) {
		(void)um_take(ch, NULL, 0, &fd);
		error = um_readfile(fd, addr, rp->up_len);
	} else if (um_take(ch, addr, rp->up_len, &fd) == -1)
		error = errno;
	if (fd != -1)
		close(fd);
	return (um_ack(ch, error == 0 ? 0 : EFAULT, NULL, 0));
}

static int
um_final(struct um_chan *ch, struct ump_rep *rp, struct um_call *uc)
{
	size_t len = rp->up_len < uc->uc_outlen ? rp->up_len : uc->uc_outlen;
	int error = rp->up_error, fd;

	if (um_take(ch, uc->uc_out, rp->up_flags & UMP_MEMFD ? 0 : len,
	    &fd) == -1 && error == 0)
		error = errno;
	if (rp->up_flags & UMP_MEMFD) {
		if (error == 0)
			error = um_readfile(fd, uc->uc_out, len);
		close(fd);
	} else
		uc->uc_fd = fd;
	uc->uc_ret = rp->up_ret;
	uc->uc_outlen = len;
	return (error);
}

/* Serve one message: -1 to go on, else the error of the call, or 0. */
static int
um_serve(struct um_chan *ch, struct um_call *uc)
{
	struct ump_rep rp;
	ssize_t n;
	int fd;

	n = recv(ch->ch_mine.uf_fd, &rp, sizeof(rp), MSG_PEEK | MSG_DONTWAIT);
	if (n == -1)
		return (errno == EAGAIN || errno == EINTR ? -1 : errno);
	if (n != sizeof(rp))
		return (EPROTO);
	if (rp.up_version != UMP_VERSION)
		return (EPROTONOSUPPORT);
	if (rp.up_seq == ch->ch_seq)
		switch (rp.up_type) {
		case UMP_REPLY:
			return (um_final(ch, &rp, uc));
		case UMP_COPYOUT:
			return (um_copyout(ch, &rp));
		}
	/* a question, or what is left of a call that failed */
	(void)um_take(ch, NULL, 0, &fd);
	if (fd != -1)
		close(fd);
	if (rp.up_seq != ch->ch_seq)
		return (-1);
	if (rp.up_type != UMP_COPYIN || rp.up_len > UMP_MAXINLINE)
		return (EPROTO);
	return (um_ack(ch, 0, (void *)(uintptr_t)rp.up_addr, rp.up_len));
}
