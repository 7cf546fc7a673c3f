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
#include <sys/socket.h>
#include <net/route.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "route.h"

/* Requests about one route. */

#define SA_SPACE(sa)	((sa)->sa_len == 0 ? 8 : (((sa)->sa_len + 7) & ~7))

struct rtmsg {
	struct rt_msghdr	m_rtm;
	char			m_space[RTM_MAXSIZE -
				    sizeof(struct rt_msghdr)];
};

static int seq;

int
route_socket(int af)
{
	int s;

	if ((s = socket(AF_ROUTE, SOCK_RAW, af)) == -1)
		err(1, "routing socket");
	return (s);
}

/* The host's texts for some of these differ from BSD's. */
const char *
route_reason(int error)
{
	switch (error) {
	case ESRCH:
		return ("not in table");
	case EBUSY:
		return ("entry in use");
	case ENOBUFS:
		return ("routing table overflow");
	case EAFNOSUPPORT:
		return ("Address family not supported by protocol family");
	case EACCES:
	case EPERM:
		return ("must be root to alter routing table");
	default:
		return (strerror(error));
	}
}

static int
message_type(int cmd)
{
	switch (cmd) {
	case CMD_ADD:
		return (RTM_ADD);
	case CMD_DELETE:
		return (RTM_DELETE);
	case CMD_CHANGE:
		return (RTM_CHANGE);
	default:
		return (RTM_GET);
	}
}

static void
message_build(const struct rtreq *rq, struct rtmsg *msg)
{
	struct rt_msghdr *rtm = &msg->m_rtm;
	char *p = msg->m_space;
	const struct sockaddr *sa;
	int i;

	memset(msg, 0, sizeof(*msg));
	rtm->rtm_version = RTM_VERSION;
	rtm->rtm_type = message_type(rq->rq_cmd);
	rtm->rtm_hdrlen = sizeof(*rtm);
	rtm->rtm_tableid = rtable;
	rtm->rtm_priority = rq->rq_priority;
	rtm->rtm_addrs = rq->rq_addrs;
	rtm->rtm_flags = rq->rq_flags;
	rtm->rtm_fmask = (rq->rq_flags | rq->rq_clear) & RTF_FMASK;
	rtm->rtm_pid = getpid();
	rtm->rtm_seq = ++seq;
	rtm->rtm_inits = rq->rq_inits;
	rtm->rtm_rmx.rmx_mtu = rq->rq_mtu;
	rtm->rtm_rmx.rmx_locks = rq->rq_locks;
	if (rq->rq_cmd == CMD_ADD)
		rtm->rtm_flags |= RTF_UP;
	for (i = 0; i < RTAX_MAX; i++) {
		if ((rq->rq_addrs & (1 << i)) == 0)
			continue;
		sa = &rq->rq_su[i].sa;
		memcpy(p, sa, sa->sa_len);
		p += SA_SPACE(sa);
	}
	rtm->rtm_msglen = p - (char *)msg;
}

/* The answer takes the place of the question; an errno, or 0. */
static int
message_get(int s, struct rtmsg *msg)
{
	struct rt_msghdr *rtm = &msg->m_rtm;
	pid_t pid = rtm->rtm_pid;
	ssize_t n;

	for (;;) {
		n = read(s, msg, sizeof(*msg));
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (errno);
		if ((size_t)n < sizeof(*rtm) || n < rtm->rtm_msglen)
			continue;
		if (rtm->rtm_version == RTM_VERSION &&
		    rtm->rtm_type == RTM_GET && rtm->rtm_seq == seq &&
		    rtm->rtm_pid == pid)
			return (rtm->rtm_errno);
	}
}

/*
 * Who only tells does not listen; who asks hears answers alone.  A table
 * comes to be with its first route: the others have to exist.
 */
static void
message_filter(int s, int type)
{
	unsigned int filter = ROUTE_FILTER(RTM_GET), table = rtable;
	int off = 0;

	if (type != RTM_GET && setsockopt(s, SOL_SOCKET, SO_USELOOPBACK,
	    &off, sizeof(off)) == -1)
		err(1, "SO_USELOOPBACK");
	if (type == RTM_GET && setsockopt(s, AF_ROUTE, ROUTE_MSGFILTER,
	    &filter, sizeof(filter)) == -1)
		err(1, "ROUTE_MSGFILTER");
	if (type != RTM_ADD && setsockopt(s, AF_ROUTE, ROUTE_TABLEFILTER,
	    &table, sizeof(table)) == -1) {
		if (errno == ENOENT)
			errx(1, "routing table %u does not exist", rtable);
		err(1, "ROUTE_TABLEFILTER");
	}
}

static int
message_send(struct rtmsg *msg)
{
	int error = 0, s, type = msg->m_rtm.rtm_type;

	s = route_socket(AF_UNSPEC);
	message_filter(s, type);
	if (write(s, msg, msg->m_rtm.rtm_msglen) == -1)
		error = errno;
	else if (type == RTM_GET)
		error = message_get(s, msg);
	close(s);
	return (error);
}

static void
request_report(const struct rtreq *rq, int error)
{
	if (qflag || (rq->rq_cmd == CMD_GET && error == 0))
		return;
	printf("%s %s %s", rq->rq_name,
	    rq->rq_flags & RTF_HOST ? "host" : "net", rq->rq_dst);
	if (rq->rq_gate != NULL)
		printf(": gateway %s", rq->rq_gate);
	if (error != 0)
		printf(": %s", route_reason(error));
	putchar('\n');
}

int
request_run(struct rtreq *rq)
{
	struct rtmsg msg;
	int error = 0;

	if (rq->rq_cmd != CMD_GET && !dflag && !tflag && geteuid() != 0)
		errx(1, "must be root to alter routing table");
	words_resolve(rq);
	message_build(rq, &msg);
	if (dflag || (vflag && rq->rq_cmd != CMD_GET))
		message_print(&msg, msg.m_rtm.rtm_msglen);
	if (dflag || tflag) {
		if (rq->rq_cmd != CMD_GET)
			request_report(rq, 0);
		return (0);
	}
	error = message_send(&msg);
	request_report(rq, error);
	if (rq->rq_cmd == CMD_GET && error == 0 && !qflag) {
		get_print(rq, &msg.m_rtm);
		if (vflag)
			message_print(&msg, msg.m_rtm.rtm_msglen);
	}
	return (error != 0);
}
