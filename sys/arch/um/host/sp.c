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
 * Clients of the kernel: the sockets they hold and the requests they send.
 * The copies to and from their memory are in sp_copy.c.
 *
 * A client may send anything and die at any moment.  What is not a request
 * is answered with an error if it brought a reply channel and dropped if it
 * did not; nothing a client does makes a thread here wait, but for the
 * copies, which have a limit.
 */

#define _GNU_SOURCE
#include <sys/types.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <machine/host.h>
#include <machine/umproto.h>

#include "sp.h"

#define SP_MAXSOCK	4096
#define SP_SPAREFDS	128	/* for NICs, reply channels, files */
#define SP_MAXFDS	8	/* taken from one message */
#define SP_SNDBUF	(256 * 1024)

/*
 * Locks used to protect struct members:
 *	I	immutable after creation
 *	s	sp_mtx
 *	b	whoever serves the socket: so_busy is set
 */
struct host_so {
	struct host_sp	*so_sp;		/* [I] */
	int		 so_fd;		/* [I] */
	void		*so_cookie;	/* [I] */
	unsigned int	 so_rights;	/* [b] */
	int		 so_busy;	/* [s] an event is being served */
	int		 so_watched;	/* [s] epoll knows it */
	int		 so_wantout;	/* [s] tell when there is room */
	struct host_so	*so_next;	/* [s] */
	struct host_so	**so_prev;	/* [s] */
};

struct host_sp {
	pthread_mutex_t	 sp_mtx;
	int		 sp_epfd;	/* [I] */
	int		 sp_listenfd;	/* [I] */
	int		 sp_stopfd;	/* [I] readable: shut down */
	uid_t		 sp_owner;	/* [I] */
	uint64_t	 sp_id;		/* [I] tells this kernel from others */
	struct host_so	*sp_list;	/* [s] */
	unsigned int	 sp_count;	/* [s] */
	unsigned int	 sp_max;	/* [I] */
	unsigned int	 sp_serial;	/* [s] */
	struct sockaddr_un sp_sun;	/* [I] */
};

enum sp_got { SP_NOTHING, SP_REQUEST, SP_GONE };

static struct host_sp *sp_global;

static int	 sp_listen(struct host_sp *, const char *);
static int	 sp_watch(struct host_sp *, int, void *);
static void	 sp_accept(struct host_sp *);
static int	 sp_event(struct host_sp *, struct host_so *, uint32_t,
		    struct host_call *);
static enum sp_got sp_recv(struct host_so *, struct host_call *);
static struct host_so *sp_add(struct host_sp *, int, void *, int);
static int	 sp_isroot(const struct host_so *);

/* Sockets are many: allow as many descriptors as we want, and count on it. */
static unsigned int
sp_limit(void)
{
	struct rlimit rl;
	rlim_t want = SP_MAXSOCK + SP_SPAREFDS;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1)
		return (SP_SPAREFDS);
	if (rl.rlim_cur < want) {
		rl.rlim_cur = rl.rlim_max < want ? rl.rlim_max : want;
		(void)setrlimit(RLIMIT_NOFILE, &rl);
		(void)getrlimit(RLIMIT_NOFILE, &rl);
	}
	if (rl.rlim_cur >= want)
		return (SP_MAXSOCK);
	return (rl.rlim_cur > 2 * SP_SPAREFDS ?
	    rl.rlim_cur - SP_SPAREFDS : rl.rlim_cur / 2);
}

int
host_sp_init(const char *path, unsigned int owner)
{
	struct host_sp *sp;
	int error;

	if ((sp = calloc(1, sizeof(*sp))) == NULL)
		return (ENOMEM);
	pthread_mutex_init(&sp->sp_mtx, NULL);
	sp->sp_owner = owner;
	sp->sp_max = sp_limit();
	sp->sp_listenfd = -1;
	sp->sp_stopfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sp->sp_epfd = epoll_create1(EPOLL_CLOEXEC);
	if (sp->sp_stopfd == -1 || sp->sp_epfd == -1 ||
	    getrandom(&sp->sp_id, sizeof(sp->sp_id), 0) == -1)
		error = errno;
	else
		error = sp_listen(sp, path);
	if (error == 0 && (sp_watch(sp, sp->sp_stopfd, NULL) == -1 ||
	    sp_watch(sp, sp->sp_listenfd, sp) == -1))
		error = errno;
	if (error != 0) {
		host_sp_close(sp);
		return (error);
	}
	sp_global = sp;
	return (0);
}

/*
 * A socket of a kernel that is no more is in the way and can go; one that
 * still answers cannot.
 */
static int
sp_stale(const struct sockaddr_un *sun)
{
	int s, dead;

	s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s == -1)
		return (0);
	dead = connect(s, (const struct sockaddr *)sun, sizeof(*sun)) == -1 &&
	    errno == ECONNREFUSED;
	close(s);
	return (dead && unlink(sun->sun_path) == 0);
}

static int
sp_listen(struct host_sp *sp, const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int on = 1, s;

	if (strlen(path) >= sizeof(sun.sun_path))
		return (ENAMETOOLONG);
	strcpy(sun.sun_path, path);
	s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s == -1)
		return (errno);
	sp->sp_listenfd = s;
	/* connections inherit this */
	if (setsockopt(s, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == -1)
		return (errno);
	if (bind(s, (struct sockaddr *)&sun, sizeof(sun)) == -1 &&
	    (errno != EADDRINUSE || !sp_stale(&sun) ||
	    bind(s, (struct sockaddr *)&sun, sizeof(sun)) == -1))
		return (errno);
	sp->sp_sun = sun;
	/* the directory says who may come, credentials what he may do */
	if (chmod(path, 0666) == -1 || listen(s, 64) == -1)
		return (errno);
	return (0);
}

struct host_sp *
host_sp_open(void)
{
	return (sp_global);
}

unsigned int
host_sp_owner(struct host_sp *sp)
{
	return (sp->sp_owner);
}

/* The stop event stays level-triggered, so that every waiter sees it. */
static int
sp_watch(struct host_sp *sp, int fd, void *ptr)
{
	struct epoll_event ev = { .events = EPOLLIN };

	if (ptr != NULL)
		ev.events |= EPOLLONESHOT;
	ev.data.ptr = ptr;
	return (epoll_ctl(sp->sp_epfd, EPOLL_CTL_ADD, fd, &ev));
}

int
host_sp_wait(struct host_sp *sp, struct host_call *hc)
{
	struct epoll_event ev;
	void *msg = hc->hc_msg;

	for (;;) {
		if (epoll_wait(sp->sp_epfd, &ev, 1, -1) != 1)
			continue;	/* a signal */
		if (ev.data.ptr == NULL)
			return (EINTR);
		if (ev.data.ptr == sp) {
			sp_accept(sp);
			continue;
		}
		memset(hc, 0, sizeof(*hc));
		hc->hc_msg = msg;
		hc->hc_replyfd = hc->hc_newfd = -1;
		if (sp_event(sp, ev.data.ptr, ev.events, hc))
			return (0);
	}
}

static void
sp_accept(struct host_sp *sp)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLONESHOT };
	struct host_so *so;
	int s;

	s = accept4(sp->sp_listenfd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (s != -1) {
		/* the process finds its connection closed: too many */
		if ((so = sp_add(sp, s, NULL, 0)) == NULL)
			close(s);
		else {
			so->so_rights = UMP_R_ALL;
			sp_serve(so);
		}
	}
	ev.data.ptr = sp;
	(void)epoll_ctl(sp->sp_epfd, EPOLL_CTL_MOD, sp->sp_listenfd, &ev);
}

/* 1 when the kernel has something to do */
static int
sp_event(struct host_sp *sp, struct host_so *so, uint32_t events,
    struct host_call *hc)
{
	enum sp_got got = SP_NOTHING;

	pthread_mutex_lock(&sp->sp_mtx);
	so->so_busy = 1;
	if ((events & EPOLLOUT) && so->so_wantout) {
		so->so_wantout = 0;
		hc->hc_writable = 1;
	}
	pthread_mutex_unlock(&sp->sp_mtx);

	hc->hc_so = so;
	hc->hc_cookie = so->so_cookie;
	hc->hc_rights = so->so_rights;
	if (events & ~(uint32_t)EPOLLOUT)
		got = sp_recv(so, hc);
	if (got == SP_GONE && sp_isroot(so)) {
		host_so_free(so);
		return (0);
	}
	hc->hc_gone = got == SP_GONE;
	if (got == SP_NOTHING && !hc->hc_writable) {
		host_call_done(hc);
		return (0);
	}
	return (1);
}

/* Descriptors and credentials that came with a message. */
struct sp_control {
	int		 sc_fds[SP_MAXFDS];
	unsigned int	 sc_nfds;
	struct ucred	 sc_cred;
	int		 sc_hascred;
};

static void
sp_parse(struct msghdr *mh, struct sp_control *sc)
{
	struct cmsghdr *cm;
	unsigned int n;

	memset(sc, 0, sizeof(*sc));
	for (cm = CMSG_FIRSTHDR(mh); cm != NULL; cm = CMSG_NXTHDR(mh, cm)) {
		if (cm->cmsg_level != SOL_SOCKET)
			continue;
		if (cm->cmsg_type == SCM_CREDENTIALS &&
		    cm->cmsg_len == CMSG_LEN(sizeof(sc->sc_cred))) {
			memcpy(&sc->sc_cred, CMSG_DATA(cm),
			    sizeof(sc->sc_cred));
			sc->sc_hascred = 1;
		} else if (cm->cmsg_type == SCM_RIGHTS) {
			n = (cm->cmsg_len - CMSG_LEN(0)) / sizeof(int);
			memcpy(sc->sc_fds, CMSG_DATA(cm), n * sizeof(int));
			sc->sc_nfds = n;
		}
	}
}

/* Anything else might make us wait in send or close. */
static int
sp_isreplyfd(int fd)
{
	int v;
	socklen_t len = sizeof(v);

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &v, &len) == -1 ||
	    v != AF_UNIX)
		return (0);
	len = sizeof(v);
	return (getsockopt(fd, SOL_SOCKET, SO_TYPE, &v, &len) == 0 &&
	    v == SOCK_SEQPACKET);
}

static int
sp_badreq(const struct ump_req *rq, size_t n, const struct msghdr *mh,
    const struct sp_control *sc)
{
	if (n < sizeof(*rq))
		return (EINVAL);
	if (rq->ur_version != UMP_VERSION)
		return (EPROTONOSUPPORT);
	if (mh->msg_flags & MSG_TRUNC)
		return (EMSGSIZE);
	if (sc->sc_nfds != 1 || (mh->msg_flags & MSG_CTRUNC))
		return (EINVAL);
	if (rq->ur_alen > UMP_MAXADDR || rq->ur_clen > UMP_MAXCTL ||
	    rq->ur_dlen > UMP_MAXDATA)
		return (EMSGSIZE);
	if (sizeof(*rq) + rq->ur_alen + rq->ur_clen + rq->ur_dlen != n)
		return (EINVAL);
	return (0);
}

static enum sp_got
sp_take(struct host_so *so, struct host_call *hc, size_t n,
    struct msghdr *mh, struct sp_control *sc)
{
	const struct ump_req *rq = hc->hc_msg;
	unsigned int i;
	int error;

	for (i = 1; i < sc->sc_nfds; i++)
		close(sc->sc_fds[i]);
	if (sc->sc_nfds == 0)
		return (SP_NOTHING);
	hc->hc_replyfd = sc->sc_fds[0];
	if (!sc->sc_hascred || !sp_isreplyfd(hc->hc_replyfd)) {
		close(hc->hc_replyfd);
		hc->hc_replyfd = -1;
		return (SP_NOTHING);
	}
	if (n >= sizeof(*rq))
		hc->hc_seq = rq->ur_seq;
	if ((error = sp_badreq(rq, n, mh, sc)) != 0) {
		host_call_reply(hc, error, 0, NULL, 0);
		return (SP_NOTHING);
	}
	hc->hc_len = n;
	hc->hc_pid = sc->sc_cred.pid;
	hc->hc_uid = sc->sc_cred.uid;
	hc->hc_priv = sc->sc_cred.uid == 0 ||
	    sc->sc_cred.uid == so->so_sp->sp_owner;
	return (SP_REQUEST);
}

static enum sp_got
sp_recv(struct host_so *so, struct host_call *hc)
{
	union {
		struct cmsghdr	align;
		char		buf[CMSG_SPACE(sizeof(struct ucred)) +
				    CMSG_SPACE(SP_MAXFDS * sizeof(int))];
	} c;
	struct iovec iov = { hc->hc_msg, UMP_MAXREQ };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = &c, .msg_controllen = sizeof(c) };
	struct sp_control sc;
	ssize_t n;

	n = recvmsg(so->so_fd, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n == -1)
		return (errno == EAGAIN || errno == EINTR ? SP_NOTHING :
		    SP_GONE);
	sp_parse(&mh, &sc);
	/* even an empty message carries credentials; the end does not */
	if (n == 0 && !sc.sc_hascred)
		return (SP_GONE);
	return (sp_take(so, hc, n, &mh, &sc));
}

static int
sp_isroot(const struct host_so *so)
{
	return (so->so_cookie == NULL);
}

static void
sp_arm(struct host_so *so)
{
	struct epoll_event ev = {
	    .events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT };

	if (so->so_wantout)
		ev.events |= EPOLLOUT;
	ev.data.ptr = so;
	(void)epoll_ctl(so->so_sp->sp_epfd, so->so_watched ? EPOLL_CTL_MOD :
	    EPOLL_CTL_ADD, so->so_fd, &ev);
	so->so_watched = 1;
}

/* From here on another thread may serve the socket, or free it. */
void
sp_serve(struct host_so *so)
{
	struct host_sp *sp = so->so_sp;

	pthread_mutex_lock(&sp->sp_mtx);
	so->so_busy = 0;
	sp_arm(so);
	pthread_mutex_unlock(&sp->sp_mtx);
}

void
host_call_done(struct host_call *hc)
{
	sp_serve(hc->hc_so);
}

/* While a request is being served its end arms the socket for us. */
void
host_so_notify(struct host_so *so)
{
	pthread_mutex_lock(&so->so_sp->sp_mtx);
	so->so_wantout = 1;
	if (!so->so_busy)
		sp_arm(so);
	pthread_mutex_unlock(&so->so_sp->sp_mtx);
}

/* Busy, and unknown to epoll, until sp_serve(). */
static struct host_so *
sp_add(struct host_sp *sp, int fd, void *cookie, int priv)
{
	struct host_so *so;

	if ((so = calloc(1, sizeof(*so))) == NULL)
		return (NULL);
	so->so_sp = sp;
	so->so_fd = fd;
	so->so_cookie = cookie;
	so->so_busy = 1;
	pthread_mutex_lock(&sp->sp_mtx);
	/* whoever is not the owner cannot take all of them */
	if (sp->sp_count >= (cookie != NULL && !priv ? sp->sp_max / 2 :
	    sp->sp_max)) {
		pthread_mutex_unlock(&sp->sp_mtx);
		free(so);
		return (NULL);
	}
	sp->sp_count++;
	if ((so->so_next = sp->sp_list) != NULL)
		so->so_next->so_prev = &so->so_next;
	so->so_prev = &sp->sp_list;
	sp->sp_list = so;
	pthread_mutex_unlock(&sp->sp_mtx);
	return (so);
}

static int
sp_name(struct host_sp *sp, int fd, int kind)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	unsigned int serial;
	int n;

	pthread_mutex_lock(&sp->sp_mtx);
	serial = ++sp->sp_serial;
	pthread_mutex_unlock(&sp->sp_mtx);
	n = snprintf(sun.sun_path + 1, sizeof(sun.sun_path) - 1,
	    UMP_NAME "%016llx%c%u", (unsigned long long)sp->sp_id,
	    kind, serial);
	return (bind(fd, (struct sockaddr *)&sun,
	    offsetof(struct sockaddr_un, sun_path) + 1 + n));
}

int
host_so_new(struct host_sp *sp, struct host_call *hc, void *cookie,
    int kind, struct host_so **sop)
{
	int on = 1, room = SP_SNDBUF, sv[2];
	struct host_so *so;

	/* the client's end waits, as descriptors do at first; ours never */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		return (errno);
	(void)setsockopt(sv[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	if (setsockopt(sv[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) ==
	    -1 || (cookie != NULL && sp_name(sp, sv[0], kind) == -1) ||
	    (so = sp_add(sp, sv[0], cookie, hc->hc_priv)) == NULL) {
		close(sv[0]);
		close(sv[1]);
		return (ENFILE);
	}
	so->so_rights = hc->hc_rights;
	hc->hc_newfd = sv[1];
	hc->hc_newso = so;
	*sop = so;
	return (0);
}

void
host_so_setrights(struct host_so *so, unsigned int rights)
{
	so->so_rights = rights;
}

int
host_so_deliver(struct host_so *so, const struct host_iov *hi,
    unsigned int n)
{
	struct msghdr mh = { .msg_iov = (struct iovec *)(uintptr_t)hi,
	    .msg_iovlen = n };

	_Static_assert(sizeof(*hi) == sizeof(struct iovec) &&
	    offsetof(struct host_iov, hi_len) ==
	    offsetof(struct iovec, iov_len), "host_iov");
	if (sendmsg(so->so_fd, &mh, MSG_DONTWAIT | MSG_NOSIGNAL) != -1)
		return (0);
	return (errno);
}

void
host_so_shutdown(struct host_so *so)
{
	(void)shutdown(so->so_fd, SHUT_WR);
}

void
host_so_free(struct host_so *so)
{
	struct host_sp *sp = so->so_sp;

	pthread_mutex_lock(&sp->sp_mtx);
	if ((*so->so_prev = so->so_next) != NULL)
		so->so_next->so_prev = so->so_prev;
	sp->sp_count--;
	(void)epoll_ctl(sp->sp_epfd, EPOLL_CTL_DEL, so->so_fd, NULL);
	pthread_mutex_unlock(&sp->sp_mtx);
	close(so->so_fd);
	free(so);
}

void
host_sp_shutdown(struct host_sp *sp)
{
	(void)eventfd_write(sp->sp_stopfd, 1);
}

void
host_sp_close(struct host_sp *sp)
{
	while (sp->sp_list != NULL)
		host_so_free(sp->sp_list);
	if (sp->sp_sun.sun_path[0] != '\0')
		(void)unlink(sp->sp_sun.sun_path);
	if (sp->sp_listenfd != -1)
		close(sp->sp_listenfd);
	if (sp->sp_stopfd != -1)
		close(sp->sp_stopfd);
	if (sp->sp_epfd != -1)
		close(sp->sp_epfd);
	pthread_mutex_destroy(&sp->sp_mtx);
	if (sp_global == sp)
		sp_global = NULL;
	free(sp);
}
