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
 * The process that ikectl(8) talks to: it looks at who asks and what, hands
 * the question to who knows, and the answer back.
 */
#include <sys/types.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "ctl.h"
#include "iked.h"
#include "log.h"
#include "proc.h"

#define CLIENTS_MAX	32
#define WATCHERS_MAX	(CLIENTS_MAX / 2)	/* the others come and go */
#define ANSWER_MAX	(16U << 20)	/* octets that wait for a client */
#define WATCH_MAX	(1U << 20)	/* the same of `monitor' */
#define CLIENT_WAIT	30		/* s without any progress */

struct client {
	TAILQ_ENTRY(client) cl_entry;
	uint32_t	 cl_id;
	struct bufferevent *cl_bev;
	unsigned int	 cl_pending;	/* answers that are to come */
	int		 cl_asked;	/* the request is there */
	int		 cl_watching;
	int		 cl_closing;	/* once all is sent */
	char		*cl_why;	/* the first that failed, or NULL */
};
TAILQ_HEAD(clients, client);

/* Who does what: parent, ca, control itself (never), ikev2. */
static const struct {
	uint8_t		 to[PROC_N];	/* 1: is asked */
	int		 arg;		/* whether there is an argument */
} requests[CTL_NREQUESTS] = {
	[CTL_SHOW_SA] =		{ { [PROC_IKEV2] = 1 }, 0 },
	[CTL_SHOW_STATS] =	{ { [PROC_IKEV2] = 1 }, 0 },
	[CTL_SHOW_CERTSTORE] =	{ { [PROC_CA] = 1 }, 0 },
	[CTL_RELOAD] =		{ { [PROC_PARENT] = 1 }, 0 },
	[CTL_LOAD] =		{ { [PROC_PARENT] = 1 }, 1 },
	[CTL_RESET_ALL] =	{ { 1, 0, 0, 1 }, 0 },
	[CTL_RESET_CA] =	{ { [PROC_PARENT] = 1 }, 0 },
	[CTL_RESET_POLICY] =	{ { [PROC_PARENT] = 1 }, 0 },
	[CTL_RESET_SA] =	{ { [PROC_IKEV2] = 1 }, 0 },
	[CTL_RESET_ID] =	{ { [PROC_IKEV2] = 1 }, 1 },
	[CTL_COUPLE] =		{ { [PROC_IKEV2] = 1 }, 0 },
	[CTL_DECOUPLE] =	{ { [PROC_IKEV2] = 1 }, 0 },
	[CTL_ACTIVE] =		{ { [PROC_IKEV2] = 1 }, 0 },
	[CTL_PASSIVE] =		{ { [PROC_IKEV2] = 1 }, 0 },
	[CTL_LOG_BRIEF] =	{ { 1, 1, 0, 1 }, 0 },
	[CTL_LOG_VERBOSE] =	{ { 1, 1, 0, 1 }, 0 },
	[CTL_MONITOR] =		{ { 0 }, 0 }
};

static struct event_base *control_base;
static struct chan	*control_peers[PROC_N];
static struct event	*control_event;		/* of the listening socket */
static int		 control_sock = -1;
static struct clients	 clients = TAILQ_HEAD_INITIALIZER(clients);
static unsigned int	 nclients;
static unsigned int	 nwatching;
static uint32_t		 lastid;
static uid_t		 control_uid;		/* the daemon's before */
static gid_t		 control_gid;

static void
control_lost(void *arg)
{
	event_base_loopbreak(control_base);
}

/* The parent sees to it. */
static void
control_peerlost(void *arg)
{
}

static void
watching(int change)
{
	uint8_t before = nwatching > 0, after;

	nwatching += change;
	after = nwatching > 0;
	if (before != after)
		chan_send(control_peers[PROC_IKEV2], M_MONITOR, &after, 1);
}

static void
client_free(struct client *cl)
{
	TAILQ_REMOVE(&clients, cl, cl_entry);
	if (cl->cl_watching)
		watching(-1);
	bufferevent_free(cl->cl_bev);
	free(cl->cl_why);
	free(cl);
	/* there was no room for another */
	if (nclients-- == CLIENTS_MAX && control_event != NULL)
		event_add(control_event, NULL);
}

static struct client *
client_find(uint32_t id)
{
	struct client *cl;

	TAILQ_FOREACH(cl, &clients, cl_entry)
		if (cl->cl_id == id)
			return (cl);
	return (NULL);
}

/* 0, or -1: it reads too slowly, and is no more. */
static int
client_put(struct client *cl, uint32_t type, uint32_t status,
    const void *data, size_t len)
{
	struct evbuffer *out = bufferevent_get_output(cl->cl_bev);
	struct ctl_hdr ch = { .ch_type = type, .ch_status = status,
	    .ch_len = len };

	if (evbuffer_get_length(out) + len >
	    (cl->cl_watching ? WATCH_MAX : ANSWER_MAX)) {
		log_warnx("a client of the control socket reads too slowly");
		client_free(cl);
		return (-1);
	}
	if (evbuffer_add(out, &ch, sizeof(ch)) == -1 ||
	    evbuffer_add(out, data, len) == -1)
		fatalx("out of memory");
	return (0);
}

static void
client_end(struct client *cl, const char *why)
{
	if (client_put(cl, CTL_END, why == NULL ? CTL_OK : CTL_FAILED, why,
	    why == NULL ? 0 : strlen(why)) == 0)
		cl->cl_closing = 1;
}

/* Hand it on; as many answers are to come. */
static void
client_ask(struct client *cl, const struct ctl_hdr *ch, const char *arg)
{
	struct buf b = { 0 };
	int i;

	for (i = 0; i < PROC_N; i++) {
		if (!requests[ch->ch_type].to[i])
			continue;
		buf_put32(&b, cl->cl_id);
		buf_put32(&b, ch->ch_type);
		buf_put32(&b, ch->ch_flags);
		buf_putstr(&b, arg);
		chan_sendbuf(control_peers[i], M_CTL, &b);
		cl->cl_pending++;
	}
}

static void
client_request(struct client *cl, const struct ctl_hdr *ch, const char *arg)
{
	if (ch->ch_type == CTL_MONITOR && nwatching == WATCHERS_MAX) {
		client_end(cl, "there are too many that watch already: end "
		    "another ikectl monitor");
		return;
	}
	if (ch->ch_type == CTL_MONITOR) {
		cl->cl_watching = 1;
		watching(1);
		return;
	}
	if (ch->ch_type == CTL_LOG_BRIEF || ch->ch_type == CTL_LOG_VERBOSE)
		ctl_log(ch->ch_type);
	client_ask(cl, ch, arg);
}

/* NULL, or what is wrong with it. */
static const char *
client_check(const struct ctl_hdr *ch, const char *arg)
{
	if (ch->ch_type == 0 || ch->ch_type >= CTL_NREQUESTS)
		return ("iked does not know this request: is ikectl of the "
		    "same version?");
	if (requests[ch->ch_type].arg != (ch->ch_len > 0))
		return (ch->ch_len > 0 ? "the request takes no argument" :
		    "the request needs an argument");
	if (strlen(arg) != ch->ch_len)
		return ("the argument has an octet 0");
	if (ch->ch_type == CTL_LOAD && arg[0] != '/')
		return ("the file needs its whole path");
	return (NULL);
}

static void
client_readable(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	struct client *cl = arg;
	char text[CTL_MAXARG + 1];
	struct ctl_hdr ch;
	const char *why;

	if (cl->cl_asked) {
		/* it had its one; what is unread would spoil the answer */
		evbuffer_drain(in, evbuffer_get_length(in));
		return;
	}
	if (evbuffer_copyout(in, &ch, sizeof(ch)) != sizeof(ch))
		return;
	if (ch.ch_len > CTL_MAXARG) {
		cl->cl_asked = 1;
		client_end(cl, "the argument is too long");
		return;
	}
	if (evbuffer_get_length(in) < sizeof(ch) + ch.ch_len)
		return;
	cl->cl_asked = 1;
	bufferevent_set_timeouts(bev, NULL,
	    &(struct timeval){ .tv_sec = CLIENT_WAIT });
	evbuffer_drain(in, sizeof(ch));
	evbuffer_remove(in, text, ch.ch_len);
	text[ch.ch_len] = '\0';
	if ((why = client_check(&ch, text)) != NULL)
		client_end(cl, why);
	else
		client_request(cl, &ch, text);
}

static void
client_written(struct bufferevent *bev, void *arg)
{
	struct client *cl = arg;

	if (cl->cl_closing)
		client_free(cl);
}

static void
client_event(struct bufferevent *bev, short what, void *arg)
{
	client_free(arg);
}

/* Who may connect is the socket's mode's to say; this is beside it. */
static int
client_allowed(int s)
{
	uid_t uid;
	gid_t gid;

	if (getpeereid(s, &uid, &gid) == -1) {
		log_warn("control socket");
		return (0);
	}
	if (uid == 0 || uid == control_uid || gid == control_gid)
		return (1);
	log_warnx("uid %u, gid %u may not use the control socket", uid, gid);
	return (0);
}

static void
control_accept(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval tv = { .tv_sec = CLIENT_WAIT };
	struct client *cl;
	int s;

	s = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (s == -1)
		return;
	if (!client_allowed(s)) {
		close(s);
		return;
	}
	if ((cl = calloc(1, sizeof(*cl))) == NULL ||
	    (cl->cl_bev = bufferevent_socket_new(control_base, s,
	    BEV_OPT_CLOSE_ON_FREE)) == NULL)
		fatalx("out of memory");
	cl->cl_id = ++lastid;
	TAILQ_INSERT_TAIL(&clients, cl, cl_entry);
	if (++nclients == CLIENTS_MAX)
		event_del(control_event);
	bufferevent_setcb(cl->cl_bev, client_readable, client_written,
	    client_event, cl);
	bufferevent_set_timeouts(cl->cl_bev, &tv, &tv);
	bufferevent_enable(cl->cl_bev, EV_READ | EV_WRITE);
}

/* A part of an answer, or its end, for a client that may have gone. */
static void
control_answer(unsigned int type, struct span *sp)
{
	struct client *cl;
	uint32_t id, status;

	if (span_get32(sp, &id) == -1 ||
	    (type == M_CTLEND && span_get32(sp, &status) == -1))
		fatalx("an answer is too short");
	if ((cl = client_find(id)) == NULL)
		return;
	if (type == M_CTLTEXT) {
		client_put(cl, CTL_TEXT, 0, sp->s_data, sp->s_len);
		return;
	}
	if (status != CTL_OK && cl->cl_why == NULL &&
	    (cl->cl_why = strndup((const char *)sp->s_data,
	    sp->s_len)) == NULL)
		fatal("answer");
	if (--cl->cl_pending == 0)
		client_end(cl, cl->cl_why);
}

static void
control_tell(struct span *sp)
{
	struct client *cl, *next;

	for (cl = TAILQ_FIRST(&clients); cl != NULL; cl = next) {
		next = TAILQ_NEXT(cl, cl_entry);
		if (cl->cl_watching)
			client_put(cl, CTL_TEXT, 0, sp->s_data, sp->s_len);
	}
}

static void
control_from_peer(void *arg, unsigned int type, struct span *sp, int fd)
{
	switch (type) {
	case M_CTLTEXT:
	case M_CTLEND:
		control_answer(type, sp);
		break;
	case M_EVENT:
		control_tell(sp);
		break;
	default:
		fatalx("message %u from another process", type);
	}
}

static void
control_setup(void)
{
	if (control_sock == -1 || control_peers[PROC_CA] == NULL ||
	    control_peers[PROC_IKEV2] == NULL)
		fatalx("a channel is missing");
	proc_pledge("stdio unix");
	control_event = event_new(control_base, control_sock,
	    EV_READ | EV_PERSIST, control_accept, NULL);
	if (control_event == NULL || event_add(control_event, NULL) == -1)
		fatalx("no event");
}

static void
control_from_parent(void *arg, unsigned int type, struct span *sp, int fd)
{
	uint8_t id;

	switch (type) {
	case M_PEER:
		if (span_get8(sp, &id) == -1 ||
		    (id != PROC_CA && id != PROC_IKEV2) || fd == -1)
			fatalx("no such peer");
		control_peers[id] = chan_new(control_base, fd,
		    control_from_peer, control_peerlost, NULL);
		break;
	case M_LISTEN:
		control_sock = fd;
		break;
	case M_SETUP:
		control_setup();
		break;
	default:
		control_from_peer(arg, type, sp, fd);
	}
}

void
control_run(void)
{
	struct client *cl;
	int i;

	control_uid = getuid();
	control_gid = getgid();
	if ((control_base = event_base_new()) == NULL)
		fatalx("out of memory");
	proc_drop(NULL);
	proc_unveil("/", "");
	proc_unveil(NULL, NULL);
	proc_pledge("stdio unix recvfd");
	control_peers[PROC_PARENT] = chan_new(control_base, PROC_FD,
	    control_from_parent, control_lost, NULL);
	event_base_dispatch(control_base);
	while ((cl = TAILQ_FIRST(&clients)) != NULL)
		client_free(cl);
	if (control_event != NULL)
		event_free(control_event);
	if (control_sock != -1)
		close(control_sock);
	for (i = 0; i < PROC_N; i++)
		chan_free(control_peers[i]);
	event_base_free(control_base);
}
