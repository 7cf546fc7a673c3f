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
#include <sys/uio.h>
#include <netinet/in.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "log.h"
#include "udp.h"

#define UDP_BATCH	64	/* datagrams at a time */
#define UDP_MARKER	4	/* octets, RFC 3948 2.2 */

struct usock {
	SLIST_ENTRY(usock) us_entry;
	struct udp	*us_udp;
	struct udp_info	 us_info;
	int		 us_fd;
	struct event	*us_event;
};

struct udp {
	SLIST_HEAD(, usock) udp_socks;
	int		 udp_probe[2];		/* IPv4, IPv6; -1: none */
	struct event_base *udp_base;
	void		(*udp_recv)(void *, const struct ike_addr *,
			    const struct ike_addr *, const void *, size_t,
			    int);
	void		(*udp_gone)(void *);
	void		*udp_arg;
	uint8_t		 udp_data[IKE_MAXMSG + UDP_MARKER];
};

union anyaddr {
	struct sockaddr		sa;
	struct sockaddr_in	sin;
	struct sockaddr_in6	sin6;
};

/* Room for where a datagram came to, or where it is to come from. */
union anyctl {
	struct cmsghdr	hdr;
	uint8_t		buf[CMSG_SPACE(sizeof(struct in6_pktinfo)) + 64];
};

static socklen_t
addr_out(union anyaddr *sa, const struct ike_addr *a)
{
	memset(sa, 0, sizeof(*sa));
	if (a->ia_family == 4) {
		sa->sin.sin_len = sizeof(sa->sin);
		sa->sin.sin_family = AF_INET;
		sa->sin.sin_port = htons(a->ia_port);
		memcpy(&sa->sin.sin_addr, a->ia_addr, 4);
		return (sizeof(sa->sin));
	}
	sa->sin6.sin6_len = sizeof(sa->sin6);
	sa->sin6.sin6_family = AF_INET6;
	sa->sin6.sin6_port = htons(a->ia_port);
	memcpy(&sa->sin6.sin6_addr, a->ia_addr, 16);
	return (sizeof(sa->sin6));
}

static int
addr_in(struct ike_addr *a, const union anyaddr *sa, socklen_t len)
{
	memset(a, 0, sizeof(*a));
	if (len >= sizeof(sa->sin) && sa->sa.sa_family == AF_INET) {
		a->ia_family = 4;
		a->ia_port = ntohs(sa->sin.sin_port);
		memcpy(a->ia_addr, &sa->sin.sin_addr, 4);
		return (0);
	}
	if (len >= sizeof(sa->sin6) && sa->sa.sa_family == AF_INET6) {
		a->ia_family = 6;
		a->ia_port = ntohs(sa->sin6.sin6_port);
		memcpy(a->ia_addr, &sa->sin6.sin6_addr, 16);
		return (0);
	}
	return (-1);
}

/* Where it came to. */
static void
ctl_in(struct ike_addr *a, const struct usock *us, struct msghdr *mh)
{
	struct cmsghdr *cm;

	memset(a, 0, sizeof(*a));
	a->ia_port = us->us_info.ui_port;
	for (cm = CMSG_FIRSTHDR(mh); cm != NULL; cm = CMSG_NXTHDR(mh, cm)) {
		if (cm->cmsg_level == IPPROTO_IP &&
		    cm->cmsg_type == IP_RECVDSTADDR &&
		    cm->cmsg_len >= CMSG_LEN(4)) {
			a->ia_family = 4;
			memcpy(a->ia_addr, CMSG_DATA(cm), 4);
		}
		if (cm->cmsg_level == IPPROTO_IPV6 &&
		    cm->cmsg_type == IPV6_PKTINFO &&
		    cm->cmsg_len >= CMSG_LEN(sizeof(struct in6_pktinfo))) {
			a->ia_family = 6;
			memcpy(a->ia_addr, CMSG_DATA(cm) +
			    offsetof(struct in6_pktinfo, ipi6_addr), 16);
		}
	}
}

/* Where it is to come from. */
static void
ctl_out(struct msghdr *mh, union anyctl *ctl, const struct ike_addr *a)
{
	const size_t len = a->ia_family == 4 ? 4 : sizeof(struct in6_pktinfo);

	memset(ctl, 0, sizeof(*ctl));
	ctl->hdr.cmsg_len = CMSG_LEN(len);
	if (a->ia_family == 4) {
		ctl->hdr.cmsg_level = IPPROTO_IP;
		ctl->hdr.cmsg_type = IP_SENDSRCADDR;
		memcpy(CMSG_DATA(&ctl->hdr), a->ia_addr, 4);
	} else {
		ctl->hdr.cmsg_level = IPPROTO_IPV6;
		ctl->hdr.cmsg_type = IPV6_PKTINFO;
		memcpy(CMSG_DATA(&ctl->hdr) +
		    offsetof(struct in6_pktinfo, ipi6_addr), a->ia_addr, 16);
	}
	mh->msg_control = ctl;
	mh->msg_controllen = CMSG_SPACE(len);
}

static void
udp_deliver(struct usock *us, const struct ike_addr *local,
    const struct ike_addr *peer, const uint8_t *data, size_t len)
{
	static const uint8_t marker[UDP_MARKER];
	struct udp *udp = us->us_udp;

	if (us->us_info.ui_natt) {
		/* keepalives; ESP of which the kernel knows no SA */
		if (len < UDP_MARKER || memcmp(data, marker, UDP_MARKER) != 0)
			return;
		data += UDP_MARKER;
		len -= UDP_MARKER;
	}
	udp->udp_recv(udp->udp_arg, local, peer, data, len,
	    us->us_info.ui_natt);
}

/* One datagram: 1, or 0: none is there, or -1: nor will there be. */
static int
udp_readone(struct usock *us)
{
	struct udp *udp = us->us_udp;
	struct iovec iov = { udp->udp_data, sizeof(udp->udp_data) };
	struct ike_addr local, peer;
	union anyaddr from;
	union anyctl ctl;
	struct msghdr mh = { .msg_name = &from, .msg_namelen = sizeof(from),
	    .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &ctl,
	    .msg_controllen = sizeof(ctl) };
	ssize_t n;

	if ((n = recvmsg(us->us_fd, &mh, MSG_DONTWAIT)) == -1) {
		if (errno == EAGAIN)
			return (0);
		/* what the network said of something we sent, if it lives */
		return (errno == ECONNRESET || errno == EBADF ? -1 : 1);
	}
	/* an empty datagram has a sender, the end has none */
	if (n == 0 && mh.msg_namelen == 0)
		return (-1);
	if (mh.msg_flags & MSG_TRUNC ||
	    addr_in(&peer, &from, mh.msg_namelen) == -1)
		return (1);
	ctl_in(&local, us, &mh);
	udp_deliver(us, &local, &peer, udp->udp_data, n);
	return (1);
}

static void
udp_readable(evutil_socket_t fd, short what, void *arg)
{
	struct usock *us = arg;
	struct udp *udp = us->us_udp;
	int i, rv = 1;

	for (i = 0; i < UDP_BATCH && rv == 1; i++)
		rv = udp_readone(us);
	if (rv == -1)
		udp->udp_gone(udp->udp_arg);
}

struct udp *
udp_new(struct event_base *base, void (*recv)(void *,
    const struct ike_addr *, const struct ike_addr *, const void *, size_t,
    int), void (*gone)(void *), void *arg)
{
	struct udp *udp;

	if ((udp = calloc(1, sizeof(*udp))) == NULL)
		fatal("UDP");
	SLIST_INIT(&udp->udp_socks);
	udp->udp_probe[0] = udp->udp_probe[1] = -1;
	udp->udp_base = base;
	udp->udp_recv = recv;
	udp->udp_gone = gone;
	udp->udp_arg = arg;
	return (udp);
}

void
udp_free(struct udp *udp)
{
	struct usock *us;
	int i;

	while ((us = SLIST_FIRST(&udp->udp_socks)) != NULL) {
		SLIST_REMOVE_HEAD(&udp->udp_socks, us_entry);
		event_free(us->us_event);
		close(us->us_fd);
		free(us);
	}
	for (i = 0; i < 2; i++)
		if (udp->udp_probe[i] != -1)
			close(udp->udp_probe[i]);
	free(udp);
}

void
udp_add(struct udp *udp, const struct udp_info *ui, int fd)
{
	struct usock *us;

	if ((us = calloc(1, sizeof(*us))) == NULL)
		fatal("UDP");
	us->us_udp = udp;
	us->us_info = *ui;
	us->us_fd = fd;
	us->us_event = event_new(udp->udp_base, fd, EV_READ | EV_PERSIST,
	    udp_readable, us);
	if (us->us_event == NULL)
		fatalx("UDP: no event");
	SLIST_INSERT_HEAD(&udp->udp_socks, us, us_entry);
}

void
udp_start(struct udp *udp)
{
	struct usock *us;

	SLIST_FOREACH(us, &udp->udp_socks, us_entry)
		if (event_add(us->us_event, NULL) == -1)
			fatalx("UDP: no event");
}

void
udp_addprobe(struct udp *udp, uint8_t family, int fd)
{
	udp->udp_probe[family == 6] = fd;
}

/* The socket of that family and port, or NULL. */
static struct usock *
udp_find(struct udp *udp, uint8_t family, uint16_t port)
{
	struct usock *us;

	SLIST_FOREACH(us, &udp->udp_socks, us_entry)
		if (us->us_info.ui_family == family &&
		    us->us_info.ui_port == port)
			return (us);
	return (NULL);
}

int
udp_send(struct udp *udp, const struct ike_addr *local,
    const struct ike_addr *peer, const void *data, size_t len, int marker)
{
	static const uint8_t zero[UDP_MARKER];
	struct iovec iov[2] = { { (void *)(uintptr_t)zero,
	    marker ? UDP_MARKER : 0 }, { (void *)(uintptr_t)data, len } };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2 };
	const struct usock *us;
	union anyaddr to;
	union anyctl ctl;

	us = udp_find(udp, peer->ia_family, local->ia_port);
	if (us == NULL)
		return (EAFNOSUPPORT);
	mh.msg_name = &to;
	mh.msg_namelen = addr_out(&to, peer);
	if (local->ia_family == peer->ia_family)
		ctl_out(&mh, &ctl, local);
	if (sendmsg(us->us_fd, &mh, MSG_DONTWAIT) == -1)
		return (errno);
	return (0);
}

int
udp_source(struct udp *udp, const struct ike_addr *peer,
    struct ike_addr *local)
{
	const int fd = udp->udp_probe[peer->ia_family == 6];
	struct ike_addr to = *peer;
	union anyaddr sa;
	socklen_t len;

	if (fd == -1)
		return (EAFNOSUPPORT);
	to.ia_port = IKE_PORT;		/* any; but 0 is none */
	len = addr_out(&sa, &to);
	if (connect(fd, &sa.sa, len) == -1)
		return (errno);
	len = sizeof(sa);
	if (getsockname(fd, &sa.sa, &len) == -1)
		return (errno);
	if (addr_in(local, &sa, len) == -1)
		return (EAFNOSUPPORT);
	local->ia_port = 0;
	return (0);
}
