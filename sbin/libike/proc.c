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


#include <sys/types.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "proc.h"

#define CHAN_BATCH	64	/* messages at a time */

/* What became of reading. */
#define CHAN_SOME	1
#define CHAN_NONE	0	/* nothing is there */
#define CHAN_END	(-1)	/* for ever */
#define CHAN_FREED	(-2)	/* the channel is no more */

struct frame_hdr {
	uint32_t	 fh_type;
	uint32_t	 fh_len;
	uint32_t	 fh_fd;		/* whether one comes with it */
};

/* One that has to be sent: header and octets. */
struct frame {
	TAILQ_ENTRY(frame) fr_entry;
	uint8_t		*fr_data;
	size_t		 fr_len;
	size_t		 fr_off;
	int		 fr_fd;		/* -1: none, or it is sent */
};
TAILQ_HEAD(frames, frame);

struct chan {
	int		 ch_sock;
	struct event	*ch_read;
	struct event	*ch_write;
	chan_recv	*ch_recv;
	void		(*ch_lost)(void *);
	void		*ch_arg;
	struct frames	 ch_out;
	int		 ch_dead;	/* lost was called, or will be */
	int		 ch_busy;	/* in ch_recv */
	int		 ch_freed;	/* meanwhile */
	/* what has come of the next one */
	struct frame_hdr ch_hdr;
	size_t		 ch_got;	/* octets of header and data */
	uint8_t		*ch_data;
	int		 ch_fd;
};

static int	 proc_inroot;		/* chroot(2) was called */

static void
frame_free(struct chan *ch, struct frame *fr)
{
	TAILQ_REMOVE(&ch->ch_out, fr, fr_entry);
	freezero(fr->fr_data, fr->fr_len);
	if (fr->fr_fd != -1)
		close(fr->fr_fd);
	free(fr);
}

/* With the descriptor, if there is one, as long as nothing is sent. */
static ssize_t
frame_write(int sock, struct frame *fr)
{
	struct iovec iov = { fr->fr_data + fr->fr_off,
	    fr->fr_len - fr->fr_off };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	union {
		struct cmsghdr	hdr;
		uint8_t		buf[CMSG_SPACE(sizeof(int))];
	} cm;

	if (fr->fr_fd != -1) {
		memset(&cm, 0, sizeof(cm));
		cm.hdr.cmsg_len = CMSG_LEN(sizeof(int));
		cm.hdr.cmsg_level = SOL_SOCKET;
		cm.hdr.cmsg_type = SCM_RIGHTS;
		memcpy(CMSG_DATA(&cm.hdr), &fr->fr_fd, sizeof(int));
		mh.msg_control = &cm;
		mh.msg_controllen = sizeof(cm);
	}
	return (sendmsg(sock, &mh, MSG_DONTWAIT | MSG_NOSIGNAL));
}

static void
chan_flush(struct chan *ch)
{
	struct frame *fr;
	ssize_t n;

	while (!ch->ch_dead && (fr = TAILQ_FIRST(&ch->ch_out)) != NULL) {
		if ((n = frame_write(ch->ch_sock, fr)) == -1) {
			if (errno == EINTR)
				continue;
			if (errno == EAGAIN) {
				event_add(ch->ch_write, NULL);
				return;
			}
			/* the reader tells of it, from the event loop */
			ch->ch_dead = 1;
			event_active(ch->ch_read, EV_READ, 0);
			return;
		}
		if (fr->fr_fd != -1)
			close(fr->fr_fd);
		fr->fr_fd = -1;
		if ((fr->fr_off += n) == fr->fr_len)
			frame_free(ch, fr);
	}
}

static void
chan_writable(evutil_socket_t fd, short what, void *arg)
{
	chan_flush(arg);
}

/* Octets into the header or the data. */
static int
chan_read(struct chan *ch, uint8_t *p, size_t len)
{
	struct iovec iov = { p, len };
	union {
		struct cmsghdr	hdr;
		uint8_t		buf[CMSG_SPACE(sizeof(int))];
	} cm;
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = &cm, .msg_controllen = sizeof(cm) };
	ssize_t n;

	n = recvmsg(ch->ch_sock, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n == -1)
		return (errno == EAGAIN || errno == EINTR ? CHAN_NONE :
		    CHAN_END);
	if (n == 0)
		return (CHAN_END);
	if (mh.msg_controllen >= CMSG_LEN(sizeof(int)) &&
	    cm.hdr.cmsg_level == SOL_SOCKET &&
	    cm.hdr.cmsg_type == SCM_RIGHTS) {
		if (ch->ch_fd != -1)
			close(ch->ch_fd);
		memcpy(&ch->ch_fd, CMSG_DATA(&cm.hdr), sizeof(int));
	}
	ch->ch_got += n;
	return (CHAN_SOME);
}

/* A whole message: give it on. */
static int
chan_deliver(struct chan *ch)
{
	struct span body = { ch->ch_data, ch->ch_hdr.fh_len };
	size_t len = ch->ch_hdr.fh_len;
	uint8_t *data = ch->ch_data;
	int fd = ch->ch_fd;

	ch->ch_got = 0;
	ch->ch_data = NULL;
	ch->ch_fd = -1;
	ch->ch_busy = 1;
	ch->ch_recv(ch->ch_arg, ch->ch_hdr.fh_type, &body, fd);
	ch->ch_busy = 0;
	freezero(data, len);
	if (!ch->ch_freed)
		return (CHAN_SOME);
	free(ch);
	return (CHAN_FREED);
}

/* The header is complete: room for the data.  0 or -1. */
static int
chan_header(struct chan *ch)
{
	if (ch->ch_hdr.fh_len > PROC_MAXMSG ||
	    (ch->ch_hdr.fh_fd != 0) != (ch->ch_fd != -1))
		return (-1);
	if (ch->ch_hdr.fh_len > 0 &&
	    (ch->ch_data = malloc(ch->ch_hdr.fh_len)) == NULL)
		fatal("message");
	return (0);
}

/* As chan_read, until one message is there and given on. */
static int
chan_next(struct chan *ch)
{
	const size_t hlen = sizeof(ch->ch_hdr);
	int rv;

	while (ch->ch_got < hlen) {
		rv = chan_read(ch, (uint8_t *)&ch->ch_hdr + ch->ch_got,
		    hlen - ch->ch_got);
		if (rv != CHAN_SOME)
			return (rv);
		if (ch->ch_got == hlen && chan_header(ch) == -1)
			return (CHAN_END);
	}
	while (ch->ch_got - hlen < ch->ch_hdr.fh_len) {
		rv = chan_read(ch, ch->ch_data + (ch->ch_got - hlen),
		    ch->ch_hdr.fh_len - (ch->ch_got - hlen));
		if (rv != CHAN_SOME)
			return (rv);
	}
	return (chan_deliver(ch));
}

static void
chan_readable(evutil_socket_t fd, short what, void *arg)
{
	struct chan *ch = arg;
	int i, rv = CHAN_SOME;

	/* also what came before the other end went */
	for (i = 0; i < CHAN_BATCH && rv == CHAN_SOME; i++)
		rv = chan_next(ch);
	if (rv != CHAN_END && (rv != CHAN_NONE || !ch->ch_dead))
		return;
	ch->ch_dead = 1;
	event_del(ch->ch_read);
	event_del(ch->ch_write);
	ch->ch_lost(ch->ch_arg);
}

struct chan *
chan_new(struct event_base *base, int sock, chan_recv *recv,
    void (*lost)(void *), void *arg)
{
	struct chan *ch;

	if ((ch = calloc(1, sizeof(*ch))) == NULL)
		fatal("channel");
	ch->ch_sock = sock;
	ch->ch_recv = recv;
	ch->ch_lost = lost;
	ch->ch_arg = arg;
	ch->ch_fd = -1;
	TAILQ_INIT(&ch->ch_out);
	ch->ch_read = event_new(base, sock, EV_READ | EV_PERSIST,
	    chan_readable, ch);
	ch->ch_write = event_new(base, sock, EV_WRITE, chan_writable, ch);
	if (ch->ch_read == NULL || ch->ch_write == NULL ||
	    event_add(ch->ch_read, NULL) == -1)
		fatalx("channel: no event");
	return (ch);
}

void
chan_free(struct chan *ch)
{
	struct frame *fr;

	if (ch == NULL)
		return;
	while ((fr = TAILQ_FIRST(&ch->ch_out)) != NULL)
		frame_free(ch, fr);
	event_free(ch->ch_read);
	event_free(ch->ch_write);
	close(ch->ch_sock);
	if (ch->ch_fd != -1)
		close(ch->ch_fd);
	freezero(ch->ch_data, ch->ch_data == NULL ? 0 : ch->ch_hdr.fh_len);
	ch->ch_freed = 1;
	if (!ch->ch_busy)
		free(ch);
}

void
chan_sendfd(struct chan *ch, unsigned int type, const void *data, size_t len,
    int fd)
{
	struct frame_hdr fh = { .fh_type = type, .fh_len = len,
	    .fh_fd = fd != -1 };
	struct frame *fr;

	if (ch->ch_dead) {
		if (fd != -1)
			close(fd);
		return;
	}
	if (len > PROC_MAXMSG)
		fatalx("message %u of %zu octets is too long", type, len);
	if ((fr = calloc(1, sizeof(*fr))) == NULL ||
	    (fr->fr_data = malloc(sizeof(fh) + len)) == NULL)
		fatal("message");
	memcpy(fr->fr_data, &fh, sizeof(fh));
	if (len > 0)
		memcpy(fr->fr_data + sizeof(fh), data, len);
	fr->fr_len = sizeof(fh) + len;
	fr->fr_fd = fd;
	TAILQ_INSERT_TAIL(&ch->ch_out, fr, fr_entry);
	if (TAILQ_FIRST(&ch->ch_out) == fr)
		chan_flush(ch);
}

void
chan_send(struct chan *ch, unsigned int type, const void *data, size_t len)
{
	chan_sendfd(ch, type, data, len, -1);
}

void
chan_sendbuf(struct chan *ch, unsigned int type, struct buf *buf)
{
	if (buf->b_failed)
		fatalx("message %u: out of memory", type);
	chan_send(ch, type, buf->b_data, buf->b_len);
	buf_clear(buf);
}

void
proc_pair(int sv[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) == -1)
		fatal("socketpair");
}

/*
 * In the child: this program again, by its name, which is what ps(1) shows;
 * but by the link if the file has been replaced.
 */
static void
proc_exec(unsigned int id)
{
	static const char self[] = "/proc/self/exe";
	char path[PATH_MAX], prog[16], name[16], *argv[6];
	ssize_t len;
	int n = 0;

	strlcpy(name, proc_prog.pp_procs[id], sizeof(name));
	strlcpy(prog, proc_prog.pp_name, sizeof(prog));
	argv[n++] = prog;
	argv[n++] = "-P";
	argv[n++] = name;
	if (log_isforeground())
		argv[n++] = "-d";
	if (log_getverbose() > 0)
		argv[n++] = log_getverbose() > 1 ? "-vv" : "-v";
	argv[n] = NULL;
	if ((len = readlink(self, path, sizeof(path) - 1)) > 0) {
		path[len] = '\0';
		execv(path, argv);
	}
	execv(self, argv);
	log_warn("cannot start %s", path);
	_exit(1);
}

int
proc_start(unsigned int id, pid_t *pid)
{
	int sv[2];

	proc_pair(sv);
	switch (*pid = fork()) {
	case -1:
		fatal("fork");
	case 0:
		if (sv[1] == PROC_FD ? fcntl(PROC_FD, F_SETFD, 0) == -1 :
		    dup2(sv[1], PROC_FD) == -1)
			_exit(1);
		closefrom(PROC_FD + 1);
		proc_exec(id);
	}
	close(sv[1]);
	return (sv[0]);
}

void
proc_signals(void)
{
	static const int sigs[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGUSR1,
	    SIGUSR2 };
	size_t i;

	for (i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		signal(sigs[i], SIG_IGN);
}

/* The host's: that of the machine is root's for its kernel's owner. */
int
proc_isroot(void)
{
	uid_t real, effective, saved;

	if (getresuid(&real, &effective, &saved) == -1)
		fatal("getresuid");
	return (effective == 0);
}

void
proc_checkuser(void)
{
	const char *user = proc_prog.pp_user;

	if (proc_isroot() && getpwnam(user) == NULL)
		fatalx("unknown user %s: useradd -r -M -d /var/empty "
		    "-s /usr/sbin/nologin %s", user, user);
}

/* A directory that only root could put something into. */
static int
proc_safedir(const char *dir)
{
	struct stat st;

	return (lstat(dir, &st) == 0 && S_ISDIR(st.st_mode) &&
	    st.st_uid == 0 && (st.st_mode & 022) == 0);
}

static const char *
proc_emptydir(void)
{
	if (proc_safedir("/var/empty"))
		return ("/var/empty");
	if (mkdir(proc_prog.pp_empty, 0755) == -1 && errno != EEXIST)
		fatal("%s", proc_prog.pp_empty);
	if (!proc_safedir(proc_prog.pp_empty))
		fatalx("%s is not a directory of root's alone",
		    proc_prog.pp_empty);
	return (proc_prog.pp_empty);
}

void
proc_drop(const char *dir)
{
	struct passwd *pw;
	struct stat st;

	if (!proc_isroot()) {
		if (chdir("/") == -1)
			fatal("/");
		return;
	}
	if ((pw = getpwnam(proc_prog.pp_user)) == NULL)
		fatalx("unknown user %s", proc_prog.pp_user);
	if (dir == NULL || stat(dir, &st) == -1)
		dir = proc_emptydir();
	if (chroot(dir) == -1 || chdir("/") == -1)
		fatal("chroot %s", dir);
	proc_inroot = 1;
	if (setgroups(1, &pw->pw_gid) == -1 ||
	    setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) == -1 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) == -1)
		fatal("cannot become %s", proc_prog.pp_user);
}

int
proc_chrooted(void)
{
	return (proc_inroot);
}

void
proc_unveil(const char *path, const char *permissions)
{
	if (unveil(path, permissions) == -1 && errno != ENOENT)
		fatal("unveil %s", path != NULL ? path : "");
}

void
proc_pledge(const char *promises)
{
	if (pledge(promises, NULL) == -1)
		fatal("pledge \"%s\"", promises);
}
