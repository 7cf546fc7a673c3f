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

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <linux/if.h>
#include <linux/if_tun.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <machine/host.h>

#include "nic.h"

/* "tap:name": an Ethernet interface of the host's own stack. */
#define TAP_BATCH	64
#define TAP_IOVS	64

struct tap {
	int		 t_fd;
	int		 t_full;	/* waits for room to write */
	unsigned int	 t_room;	/* bytes for a frame */
	unsigned char	*t_buf;		/* TAP_BATCH of them */
};

static int
tap_device(struct host_nic *nic, const char *name, char *why, size_t len)
{
	struct ifreq ifr;
	int fd;

	if (*name == '\0' || strlen(name) >= IFNAMSIZ) {
		snprintf(why, len, "tap: wants the name of an interface, "
		    "at most %d letters", IFNAMSIZ - 1);
		return (-1);
	}
	if ((fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC)) ==
	    -1) {
		snprintf(why, len, "/dev/net/tun: %s", strerror(errno));
		return (-1);
	}
	memset(&ifr, 0, sizeof(ifr));
	memcpy(ifr.ifr_name, name, strlen(name) + 1);
	ifr.ifr_flags = IFF_TAP | IFF_NO_PI;
	if (ioctl(fd, TUNSETIFF, &ifr) == -1) {
		snprintf(why, len, "tap:%s: %s%s", name, strerror(errno),
		    errno == EPERM ? " (needs CAP_NET_ADMIN, or a tap made "
		    "for this user)" : "");
		close(fd);
		return (-1);
	}
	return (fd);
}

static int
tap_open(struct host_nic *nic, const char *name, char *why, size_t len)
{
	struct tap *t;
	int fd;

	if ((fd = tap_device(nic, name, why, len)) == -1)
		return (-1);
	if ((t = calloc(1, sizeof(*t))) == NULL ||
	    (t->t_buf = malloc(TAP_BATCH * (nic->hn_info.hn_mtu + 64UL))) ==
	    NULL || nic_watch(nic, fd, EPOLLIN) == -1) {
		snprintf(why, len, "tap:%s: %s", name, strerror(errno));
		if (t != NULL)
			free(t->t_buf);
		free(t);
		close(fd);
		return (-1);
	}
	t->t_fd = fd;
	t->t_room = nic->hn_info.hn_mtu + 64;
	nic->hn_priv = t;
	nic_setlink(nic, 1);
	return (0);
}

static void
tap_setfull(struct host_nic *nic, int full)
{
	struct tap *t = nic->hn_priv;

	if (t->t_full == full)
		return;
	t->t_full = full;
	nic_watch(nic, t->t_fd, full ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static unsigned int
tap_recv(struct host_nic *nic, struct host_frame *f, unsigned int n)
{
	struct tap *t = nic->hn_priv;
	unsigned char *p = t->t_buf;
	unsigned int i;
	ssize_t got;

	/* whoever has something left to send tries now, and asks again */
	tap_setfull(nic, 0);
	for (i = 0; i < n && i < TAP_BATCH; i++, p += t->t_room) {
		if ((got = read(t->t_fd, p, t->t_room)) <= 0)
			break;
		memset(&f[i], 0, sizeof(f[i]));
		f[i].hf_buf = p;
		f[i].hf_len = got;
	}
	return (i);
}

static unsigned int
tap_send(struct host_nic *nic, struct host_frame *f, unsigned int n)
{
	struct tap *t = nic->hn_priv;
	struct iovec iov[TAP_IOVS];
	unsigned int i, k;

	for (i = 0; i < n; i++) {
		if (f[i].hf_niov > TAP_IOVS) {
			nic_lost(nic, 1);
			continue;
		}
		for (k = 0; k < f[i].hf_niov; k++) {
			iov[k].iov_base = f[i].hf_iov[k].hi_base;
			iov[k].iov_len = f[i].hf_iov[k].hi_len;
		}
		if (writev(t->t_fd, iov, k) >= 0)
			continue;
		if (errno == EAGAIN) {
			tap_setfull(nic, 1);
			return (i);
		}
		nic_lost(nic, 1);	/* the host's interface is down */
	}
	tap_setfull(nic, 0);
	return (n);
}

static void
tap_close(struct host_nic *nic)
{
	struct tap *t = nic->hn_priv;

	close(t->t_fd);
	free(t->t_buf);
	free(t);
}

const struct nic_ops nic_tap = {
	"tap", tap_open, tap_recv, tap_send, tap_close
};
