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
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <machine/host.h>
#include <machine/wireproto.h>

#include "nic.h"

/*
 * "wire:path" joins two ends.  Whoever gets the lock on path.lock listens,
 * the other connects and, when the wire breaks, tries again for ever: an
 * end whose peer is gone may become the listener itself.
 */
#define WIRE_RETRY	50000000L	/* ns between attempts */
#define WIRE_PATIENCE	990000000L	/* ns for the other's hello */
#define WIRE_SOCKBUF	(8 * 1024 * 1024)
#define WIRE_IOVS	1024		/* of one message, the host's limit */

struct wire {
	char		 w_path[108];
	char		 w_lockpath[120];
	int		 w_lock;	/* descriptor that holds the lock */
	int		 w_listen;
	int		 w_sock;	/* the other end, or -1 */
	int		 w_hello;	/* and it has said hello */
	int		 w_full;	/* waits for room to send */
	int		 w_timer;
	unsigned char	*w_buf;		/* one message */
	size_t		 w_len;		/* bytes in it */
	size_t		 w_off;		/* bytes read from it */
	struct wire_frame w_hdr[WIRE_IOVS];
	struct iovec	 w_iov[WIRE_IOVS];
};

/* ns is less than a second; 0 stops the timer */
static void
wire_timer(struct wire *w, long ns)
{
	struct itimerspec its = { .it_value = { 0, ns } };

	timerfd_settime(w->w_timer, 0, &its, NULL);
}

static void
wire_setfull(struct host_nic *nic, int full)
{
	struct wire *w = nic->hn_priv;

	if (w->w_full == full)
		return;
	w->w_full = full;
	nic_watch(nic, w->w_sock, full ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void
wire_hangup(struct host_nic *nic)
{
	struct wire *w = nic->hn_priv;

	if (w->w_sock != -1)
		close(w->w_sock);
	w->w_sock = -1;
	w->w_hello = 0;
	w->w_full = 0;
	w->w_len = w->w_off = 0;
	nic_setlink(nic, 0);
	if (w->w_listen == -1)
		wire_timer(w, WIRE_RETRY);
}

/* A new connection: say hello and wait for the other's. */
static void
wire_greet(struct host_nic *nic, int fd)
{
	struct wire *w = nic->hn_priv;
	struct wire_hello h = {
		.wh_magic = WIRE_MAGIC, .wh_version = WIRE_VERSION,
		.wh_mtu = nic->hn_info.hn_mtu,
	};
	int size = WIRE_SOCKBUF;

	/* FORCE needs a privilege; without it the host's limit is used */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	w->w_sock = fd;
	w->w_hello = 0;
	wire_timer(w, WIRE_PATIENCE);
	if (nic_watch(nic, fd, EPOLLIN) == -1 ||
	    send(fd, &h, sizeof(h), MSG_DONTWAIT | MSG_NOSIGNAL) !=
	    sizeof(h))
		wire_hangup(nic);
}

static void
wire_sockaddr(struct wire *w, struct sockaddr_un *sun)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	memcpy(sun->sun_path, w->w_path, sizeof(sun->sun_path));
}

static int
wire_socket(void)
{
	return (socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0));
}

/* Something at the path that is no socket is not ours to remove. */
static int
wire_usurped(struct wire *w)
{
	struct stat st;

	return (lstat(w->w_path, &st) == 0 && !S_ISSOCK(st.st_mode));
}

/* The lock is ours: the socket is stale if it exists. */
static void
wire_listen(struct host_nic *nic)
{
	struct wire *w = nic->hn_priv;
	struct sockaddr_un sun;
	int fd;

	wire_sockaddr(w, &sun);
	if (!wire_usurped(w))
		unlink(w->w_path);
	if ((fd = wire_socket()) == -1 ||
	    bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    listen(fd, 2) == -1 || nic_watch(nic, fd, EPOLLIN) == -1) {
		if (fd != -1)
			close(fd);
		wire_timer(w, WIRE_RETRY);
		return;
	}
	w->w_listen = fd;
}

static void
wire_connect(struct host_nic *nic)
{
	struct wire *w = nic->hn_priv;
	struct sockaddr_un sun;
	int fd;

	if (flock(w->w_lock, LOCK_EX | LOCK_NB) == 0) {
		wire_listen(nic);
		return;
	}
	wire_sockaddr(w, &sun);
	if ((fd = wire_socket()) == -1 ||
	    connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1) {
		if (fd != -1)
			close(fd);
		wire_timer(w, WIRE_RETRY);
		return;
	}
	wire_greet(nic, fd);
}

static void
wire_accept(struct host_nic *nic)
{
	struct wire *w = nic->hn_priv;
	int fd;

	if (w->w_listen == -1 || (fd = accept4(w->w_listen, NULL, NULL,
	    SOCK_NONBLOCK | SOCK_CLOEXEC)) == -1)
		return;
	if (w->w_sock != -1) {
		close(fd);		/* a wire has two ends */
		return;
	}
	wire_greet(nic, fd);
}

static int
wire_open(struct host_nic *nic, const char *path, char *why, size_t len)
{
	struct wire *w;

	if ((w = calloc(1, sizeof(*w))) == NULL) {
		snprintf(why, len, "out of memory");
		return (-1);
	}
	w->w_lock = w->w_listen = w->w_sock = w->w_timer = -1;
	if (*path == '\0' || strlen(path) >= sizeof(w->w_path)) {
		snprintf(why, len, "wire: wants a path of at most %zu bytes, "
		    "this has %zu", sizeof(w->w_path) - 1, strlen(path));
		free(w);
		return (-1);
	}
	memcpy(w->w_path, path, strlen(path) + 1);
	if (wire_usurped(w)) {
		snprintf(why, len, "wire: %s exists and is not a socket",
		    path);
		free(w);
		return (-1);
	}
	snprintf(w->w_lockpath, sizeof(w->w_lockpath), "%s.lock", path);
	w->w_lock = open(w->w_lockpath, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	w->w_timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK |
	    TFD_CLOEXEC);
	w->w_buf = malloc(WIRE_MSGMAX);
	if (w->w_lock == -1 || w->w_timer == -1 || w->w_buf == NULL ||
	    nic_watch(nic, w->w_timer, EPOLLIN) == -1) {
		snprintf(why, len, "%s: %s", w->w_lockpath, strerror(errno));
		if (w->w_lock != -1)
			close(w->w_lock);
		if (w->w_timer != -1)
			close(w->w_timer);
		free(w->w_buf);
		free(w);
		return (-1);
	}
	nic->hn_priv = w;
	wire_connect(nic);
	return (0);
}

static void
wire_close(struct host_nic *nic)
{
	struct wire *w = nic->hn_priv;

	if (w->w_sock != -1)
		close(w->w_sock);
	if (w->w_listen != -1) {
		unlink(w->w_path);
		close(w->w_listen);
	}
	close(w->w_timer);
	close(w->w_lock);
	free(w->w_buf);
	free(w);
}

/*
 * Retries and new connections: what epoll woke us for besides frames.  Room
 * to send is asked for again if the driver, who tries now, finds none; if
 * he has nothing left to send, it must not wake us any more.
 */
static void
wire_events(struct host_nic *nic)
{
	struct wire *w = nic->hn_priv;
	uint64_t ticks;

	if (!w->w_hello && read(w->w_timer, &ticks, sizeof(ticks)) ==
	    sizeof(ticks)) {
		if (w->w_sock != -1)
			wire_hangup(nic);	/* it says nothing */
		else if (w->w_listen == -1)
			wire_connect(nic);
	}
	wire_accept(nic);
	if (w->w_sock != -1)
		wire_setfull(nic, 0);
}

/* It works, but our larger packets are lost at the other end. */
static void
wire_complain(struct wire *w, unsigned int ours, unsigned int theirs)
{
	char line[256];
	int len;

	len = snprintf(line, sizeof(line), "wire:%s: mtu is %u here and %u "
	    "at the other end\n", w->w_path, ours, theirs);
	host_console(line, len);
}

/* The peer's first message; anything but a hello ends the connection. */
static void
wire_meet(struct host_nic *nic)
{
	struct wire *w = nic->hn_priv;
	struct wire_hello h;

	if (w->w_len != sizeof(h)) {
		wire_hangup(nic);
		return;
	}
	memcpy(&h, w->w_buf, sizeof(h));
	if (h.wh_magic != WIRE_MAGIC || h.wh_version != WIRE_VERSION) {
		wire_hangup(nic);
		return;
	}
	w->w_len = w->w_off = 0;
	if (h.wh_mtu < nic->hn_info.hn_mtu)
		wire_complain(w, nic->hn_info.hn_mtu, h.wh_mtu);
	w->w_hello = 1;
	wire_timer(w, 0);
	nic_setlink(nic, 1);
}

/* Get the next message of frames into w_buf; 0 when there is none. */
static int
wire_message(struct host_nic *nic)
{
	struct wire *w = nic->hn_priv;
	ssize_t n;

	while (w->w_sock != -1) {
		n = recv(w->w_sock, w->w_buf, WIRE_MSGMAX, MSG_DONTWAIT);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return (0);
		if (n <= 0) {
			wire_hangup(nic);
			return (0);
		}
		w->w_len = n;
		w->w_off = 0;
		if (w->w_hello)
			return (1);
		wire_meet(nic);
	}
	return (0);
}

/*
 * A frame that cannot be read becomes one of no bytes, which the driver
 * counts, and ends its message.
 */
static void
wire_next(struct wire *w, struct host_frame *f)
{
	struct wire_frame h;

	memset(f, 0, sizeof(*f));
	f->hf_buf = w->w_buf;
	if (w->w_len - w->w_off < sizeof(h))
		goto bad;
	memcpy(&h, w->w_buf + w->w_off, sizeof(h));
	w->w_off += sizeof(h);
	/* our hello has not asked for frames that are to be cut */
	if (h.wf_type != WIRE_ETHERNET || h.wf_gso != 0 ||
	    h.wf_len > w->w_len - w->w_off)
		goto bad;
	f->hf_buf = w->w_buf + w->w_off;
	f->hf_len = h.wf_len;
	if (h.wf_flags & WIRE_F_CSUM_OK)
		f->hf_flags |= HOST_FRAME_CSUM_OK;
	w->w_off += h.wf_len;
	return;
bad:
	w->w_off = w->w_len;
}

static unsigned int
wire_recv(struct host_nic *nic, struct host_frame *f, unsigned int n)
{
	struct wire *w = nic->hn_priv;
	unsigned int i = 0;

	/*
	 * Frames point into one message: the next one is read only when
	 * none of this is handed out.
	 */
	if (w->w_off == w->w_len && !wire_message(nic)) {
		wire_events(nic);
		return (0);
	}
	while (i < n && w->w_off < w->w_len)
		wire_next(w, &f[i++]);
	return (i);
}

static size_t
wire_framelen(const struct host_frame *f)
{
	size_t len = sizeof(struct wire_frame);
	unsigned int k;

	for (k = 0; k < f->hf_niov; k++)
		len += f->hf_iov[k].hi_len;
	return (len);
}

/* Lay out as many frames as one message takes; how many that is. */
static unsigned int
wire_pack(struct wire *w, struct host_frame *f, unsigned int n, size_t *niov)
{
	size_t total = 0, len, v = 0;
	unsigned int i, k;

	for (i = 0; i < n; i++) {
		len = wire_framelen(&f[i]);
		if (i > 0 && (total + len > WIRE_MSGMAX ||
		    v + 1 + f[i].hf_niov > WIRE_IOVS))
			break;
		total += len;
		w->w_hdr[i].wf_len = len - sizeof(struct wire_frame);
		w->w_hdr[i].wf_gso = f[i].hf_gso;
		w->w_hdr[i].wf_type = WIRE_ETHERNET;
		w->w_hdr[i].wf_flags =
		    f[i].hf_flags & HOST_FRAME_CSUM_PARTIAL ?
		    WIRE_F_PARTIAL : 0;
		w->w_iov[v].iov_base = &w->w_hdr[i];
		w->w_iov[v++].iov_len = sizeof(struct wire_frame);
		for (k = 0; k < f[i].hf_niov; k++) {
			w->w_iov[v].iov_base = f[i].hf_iov[k].hi_base;
			w->w_iov[v++].iov_len = f[i].hf_iov[k].hi_len;
		}
	}
	*niov = v;
	return (i);
}

static unsigned int
wire_send(struct host_nic *nic, struct host_frame *f, unsigned int n)
{
	struct wire *w = nic->hn_priv;
	struct msghdr mh = { .msg_iov = w->w_iov };
	unsigned int done = 0, most = n, k;

	while (done < n) {
		if (w->w_sock == -1 || !w->w_hello) {
			nic_lost(nic, n - done);
			return (n);
		}
		k = wire_pack(w, f + done, n - done < most ? n - done : most,
		    &mh.msg_iovlen);
		if (sendmsg(w->w_sock, &mh, MSG_DONTWAIT | MSG_NOSIGNAL) !=
		    -1) {
			done += k;
			continue;
		}
		if (errno == EAGAIN) {
			wire_setfull(nic, 1);
			return (done);
		}
		if (errno == EMSGSIZE && k > 1) {
			most = 1;	/* a small socket buffer */
			continue;
		}
		if (errno == EMSGSIZE) {
			nic_lost(nic, k);
			done += k;
			continue;
		}
		wire_hangup(nic);
	}
	wire_setfull(nic, 0);
	return (n);
}

const struct nic_ops nic_wire = {
	"wire", wire_open, wire_recv, wire_send, wire_close
};
