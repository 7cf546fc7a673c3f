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
 * The control process, as a whole: clients come, say anything in any pieces,
 * and go, while the other processes answer late or never.
 *
 * Input: steps of what (1) client (1) length (1) and, for some, octets.
 */
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "ctl.h"
#include "iked.h"
#include "proc.h"

#include "fuzz.h"

#define CLIENTS		4
#define IDS		64	/* of requests that are remembered */

enum step {
	S_CONNECT,
	S_SAY,
	S_HANGUP,
	S_TEXT,			/* an answer from another process */
	S_END,
	S_EVENT,
	S_HEAR,
	S_N
};

/* The end of a channel that the control process has. */
struct chan {
	chan_recv	*ch_recv;
	void		*ch_arg;
};

int	 fuzz_dispatch(struct event_base *);
int	 um_accept4(int, void *, void *, int);
int	 um_getpeereid(int, uid_t *, gid_t *);

static struct span	 input;
static struct event_base *base;
static struct chan	*chans[PROC_N];
static unsigned int	 nchans;
static int		 listener;
static int		 clients[CLIENTS];	/* our ends, or -1 */
static int		 arriving;		/* its end, or -1 */
static uint32_t		 ids[IDS];
static unsigned int	 nids;

/*
 * What the control process calls
 */

struct chan *
chan_new(struct event_base *b, int fd, chan_recv *recv,
    void (*lost)(void *), void *arg)
{
	struct chan *ch = calloc(1, sizeof(*ch));

	if (ch == NULL || nchans == PROC_N)
		wrong("chan_new");
	ch->ch_recv = recv;
	ch->ch_arg = arg;
	base = b;
	return (chans[nchans++] = ch);
}

void
chan_free(struct chan *ch)
{
	free(ch);
}

void
chan_send(struct chan *ch, unsigned int type, const void *data, size_t len)
{
	if (type != M_MONITOR || len != 1)
		wrong("message %u of %zu octets", type, len);
}

/* What another process gets has to be a request. */
void
chan_sendbuf(struct chan *ch, unsigned int type, struct buf *b)
{
	struct span s = { b->b_data, b->b_len };
	struct ctl_req cr;

	if (type != M_CTL || ctl_req_get(&s, &cr) == -1 || s.s_len != 0)
		wrong("message %u", type);
	if (cr.cr_type == 0 || cr.cr_type >= CTL_NREQUESTS ||
	    strlen(cr.cr_arg) > CTL_MAXARG)
		wrong("request %u", cr.cr_type);
	ids[nids++ % IDS] = cr.cr_client;
	free(cr.cr_arg);
	buf_clear(b);
}

void
proc_drop(const char *dir)
{
}

void
proc_unveil(const char *path, const char *permissions)
{
}

void
proc_pledge(const char *promises)
{
}

int
um_accept4(int fd, void *sa, void *len, int flags)
{
	uint64_t n;
	int s = arriving;

	arriving = -1;
	if (read(fd, &n, sizeof(n)) != sizeof(n) || s == -1) {
		errno = EAGAIN;
		return (-1);
	}
	return (s);
}

int
um_getpeereid(int fd, uid_t *uid, gid_t *gid)
{
	*uid = 0;
	*gid = 0;
	return (0);
}

/*
 * Steps
 */

static void
turn(void)
{
	event_base_loop(base, EVLOOP_NONBLOCK);
}

static void
connect_one(unsigned int i)
{
	uint64_t one = 1;
	int s[2];

	if (clients[i] != -1)
		return;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s) == -1)
		wrong("socketpair");
	clients[i] = s[0];
	arriving = s[1];
	if (write(listener, &one, sizeof(one)) != sizeof(one))
		wrong("eventfd");
	turn();
	if (arriving != -1) {
		/* not accepted: there are enough */
		close(arriving);
		arriving = -1;
	}
}

static void
hangup(unsigned int i)
{
	if (clients[i] != -1)
		close(clients[i]);
	clients[i] = -1;
}

/* All that a client gets is what ctl.h says. */
static void
hear(unsigned int i)
{
	uint8_t text[CTL_MAXTEXT];
	struct ctl_hdr ch;
	ssize_t n;

	while (clients[i] != -1 &&
	    (n = read(clients[i], &ch, sizeof(ch))) > 0) {
		if (n != sizeof(ch) || ch.ch_len > sizeof(text) ||
		    (ch.ch_type != CTL_TEXT && ch.ch_type != CTL_END))
			wrong("answer %u of %u octets", ch.ch_type,
			    ch.ch_len);
		if (ch.ch_len > 0 &&
		    read(clients[i], text, ch.ch_len) != ch.ch_len)
			wrong("answer is cut short");
		if (ch.ch_type == CTL_END)
			hangup(i);
	}
}

static void
answer(enum step what, unsigned int i, const struct span *text)
{
	struct buf b = { 0 };
	struct span s;
	unsigned int type = what == S_TEXT ? M_CTLTEXT :
	    what == S_END ? M_CTLEND : M_EVENT;

	if (type != M_EVENT)
		buf_put32(&b, ids[i % IDS]);
	if (type == M_CTLEND)
		buf_put32(&b, text->s_len > 0 ? CTL_FAILED : CTL_OK);
	buf_put(&b, text->s_data, text->s_len);
	s = (struct span){ b.b_data, b.b_len };
	/* two ends to one question are a fault of the other process */
	if (type == M_CTLEND) {
		if (ids[i % IDS] == 0)
			type = M_CTLTEXT;
		ids[i % IDS] = 0;
	}
	chans[PROC_N - 2]->ch_recv(chans[PROC_N - 2]->ch_arg, type, &s, -1);
	buf_clear(&b);
}

static void
say(unsigned int i, const struct span *text)
{
	if (clients[i] != -1 && text->s_len > 0 &&
	    send(clients[i], text->s_data, text->s_len, MSG_NOSIGNAL) == -1)
		hangup(i);
}

static void
step(enum step what, unsigned int who, const struct span *text)
{
	switch (what) {
	case S_CONNECT:
		connect_one(who % CLIENTS);
		break;
	case S_SAY:
		say(who % CLIENTS, text);
		break;
	case S_HANGUP:
		hangup(who % CLIENTS);
		break;
	case S_HEAR:
		hear(who % CLIENTS);
		break;
	default:
		answer(what, who, text);
	}
	turn();
}

static void
parent(unsigned int type, uint8_t id, int fd)
{
	struct span s = { &id, 1 };

	chans[0]->ch_recv(chans[0]->ch_arg, type, &s, fd);
}

/* In the place of the control process's event loop. */
int
fuzz_dispatch(struct event_base *b)
{
	struct span text;
	uint8_t what, who, len;
	unsigned int i;

	parent(M_PEER, PROC_CA, 1000);
	parent(M_PEER, PROC_IKEV2, 1001);
	parent(M_LISTEN, 0, listener);
	parent(M_SETUP, 0, -1);
	while (span_get8(&input, &what) == 0 &&
	    span_get8(&input, &who) == 0 && span_get8(&input, &len) == 0) {
		what %= S_N;
		if (what == S_CONNECT || what == S_HANGUP || what == S_HEAR)
			len = 0;
		span_take(&input, len < input.s_len ? len : input.s_len,
		    &text);
		step(what, who, &text);
	}
	for (i = 0; i < CLIENTS; i++)
		hear(i);
	return (0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	unsigned int i;

	input = (struct span){ data, len };
	nchans = nids = 0;
	memset(ids, 0, sizeof(ids));
	arriving = -1;
	for (i = 0; i < CLIENTS; i++)
		clients[i] = -1;
	if ((listener = eventfd(0, EFD_NONBLOCK)) == -1)
		wrong("eventfd");
	control_run();
	for (i = 0; i < CLIENTS; i++)
		hangup(i);
	return (0);
}

static void
put_step(struct buf *b, enum step what, uint8_t who, const void *data,
    uint8_t len)
{
	buf_put8(b, what);
	buf_put8(b, who);
	buf_put8(b, len);
	buf_put(b, data, len);
}

/* With an argument as long as may be, or longer, in pieces. */
static void
seed_long(uint32_t len)
{
	static uint8_t text[CTL_MAXARG + 1];
	struct ctl_hdr ch = { .ch_type = CTL_RESET_ID, .ch_len = len };
	struct buf b = { 0 };
	uint32_t n;

	memset(text, 'a', sizeof(text));
	put_step(&b, S_CONNECT, 0, NULL, 0);
	put_step(&b, S_SAY, 0, &ch, sizeof(ch));
	for (; len > 0; len -= n) {
		n = len < 200 ? len : 200;
		put_step(&b, S_SAY, 0, text, n);
	}
	put_step(&b, S_END, 0, "no", 2);
	put_step(&b, S_HEAR, 0, NULL, 0);
	seed(b.b_data, b.b_len);
	buf_clear(&b);
}

void
seeds(void)
{
	struct ctl_hdr ch = { 0 };
	struct buf b = { 0 };
	unsigned int type;

	seed_long(CTL_MAXARG);
	seed_long(CTL_MAXARG + 1);

	for (type = 0; type <= CTL_NREQUESTS; type++) {
		ch.ch_type = type;
		ch.ch_len = type == CTL_RESET_ID || type == CTL_LOAD ? 3 : 0;
		put_step(&b, S_CONNECT, 0, NULL, 0);
		put_step(&b, S_SAY, 0, &ch, sizeof(ch) / 2);
		put_step(&b, S_SAY, 0, (uint8_t *)&ch + sizeof(ch) / 2,
		    sizeof(ch) / 2);
		put_step(&b, S_SAY, 0, "/ab", ch.ch_len);
		put_step(&b, S_EVENT, 0, "event\n", 6);
		put_step(&b, S_TEXT, 0, "text\n", 5);
		put_step(&b, S_END, 0, "", 0);
		put_step(&b, S_HEAR, 0, NULL, 0);
		seed(b.b_data, b.b_len);
		buf_clear(&b);
	}
}
