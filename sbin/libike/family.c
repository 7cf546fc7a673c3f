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
 * The parent of a daemon's processes: sees to it that they all live or none,
 * and tells of those that die.
 */
#include <sys/types.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "family.h"
#include "ike.h"
#include "log.h"

#define STOP_WAIT	5	/* s for goodbyes; they take 2 at the most */

static const int sigs[] = { SIGHUP, SIGINT, SIGTERM, SIGCHLD, SIGUSR1,
    SIGPIPE };
#define NSIGS		(sizeof(sigs) / sizeof(sigs[0]))

static const struct family *family;
static struct event_base *base;
static struct event	*sigevents[NSIGS];
static struct event	*stoptimer;
static struct child {
	pid_t		 c_pid;		/* 0: is none */
	struct chan	*c_chan;
} *children;				/* by number */
static int		 stopping;
static int		 status;	/* to exit with */

struct chan *
family_chan(unsigned int id)
{
	return (children[id].c_chan);
}

int
family_stopping(void)
{
	return (stopping);
}

static void
stop_now(evutil_socket_t fd, short what, void *arg)
{
	unsigned int i;

	for (i = 1; i < family->fa_n; i++)
		if (children[i].c_pid != 0)
			kill(children[i].c_pid, SIGKILL);
}

void
family_stop(int rc)
{
	const struct timeval tv = { .tv_sec = STOP_WAIT };
	const struct child *last = &children[family->fa_last];

	if (stopping)
		return;
	stopping = 1;
	status = rc;
	log_info("%s: shutting down...", proc_prog.pp_name);
	if (last->c_pid != 0)
		chan_send(last->c_chan, M_STOP, NULL, 0);
	evtimer_add(stoptimer, &tv);
}

static void
tell_loss(unsigned int id, int st)
{
	const char *name = proc_prog.pp_procs[id];

	if (WIFSIGNALED(st))
		log_warnx("lost child: %s terminated; signal %d", name,
		    WTERMSIG(st));
	else if (WEXITSTATUS(st) != PROC_TOLD)
		log_warnx("lost child: %s exited abnormally", name);
}

static void
hang_up(void)
{
	unsigned int i;

	for (i = 1; i < family->fa_n; i++) {
		if (i == family->fa_last)
			continue;
		chan_free(children[i].c_chan);
		children[i].c_chan = NULL;
	}
}

static void
child_ended(unsigned int id, int st)
{
	unsigned int i;

	children[id].c_pid = 0;
	if (!stopping) {
		tell_loss(id, st);
		family_stop(1);
	} else if (st != 0 && status == 0) {
		tell_loss(id, st);
		status = 1;
	}
	if (children[family->fa_last].c_pid == 0)
		hang_up();
	for (i = 1; i < family->fa_n; i++)
		if (children[i].c_pid != 0)
			return;
	event_base_loopbreak(base);
}

static void
reap(void)
{
	unsigned int i;
	pid_t pid;
	int st;

	while ((pid = waitpid(-1, &st, WNOHANG)) > 0)
		for (i = 1; i < family->fa_n; i++)
			if (children[i].c_pid == pid)
				child_ended(i, st);
}

static void
signaled(evutil_socket_t sig, short what, void *arg)
{
	if (sig == SIGCHLD)
		reap();
	else if (sig == SIGINT || sig == SIGTERM)
		family_stop(0);
	else
		family->fa_signal(sig);
}

static void
child_says(void *arg, unsigned int type, struct span *sp, int fd)
{
	family->fa_recv((struct child *)arg - children, type, sp, fd);
}

/* SIGCHLD tells more of it. */
static void
child_lost(void *arg)
{
}

static void
events_new(void)
{
	size_t i;

	if ((stoptimer = evtimer_new(base, stop_now, NULL)) == NULL)
		fatalx("no event");
	for (i = 0; i < NSIGS; i++) {
		sigevents[i] = evsignal_new(base, sigs[i], signaled, NULL);
		if (sigevents[i] == NULL || event_add(sigevents[i],
		    NULL) == -1)
			fatalx("no event");
	}
}

void
family_start(struct event_base *eb, const struct family *fa)
{
	struct child *c;
	unsigned int i;
	int fd;

	base = eb;
	family = fa;
	if ((children = calloc(fa->fa_n, sizeof(*children))) == NULL)
		fatal("children");
	events_new();
	for (i = 1; i < fa->fa_n; i++) {
		c = &children[i];
		fd = proc_start(i, &c->c_pid);
		c->c_chan = chan_new(base, fd, child_says, child_lost, c);
	}
}

void
family_introduce(unsigned int a, unsigned int b)
{
	const uint8_t ida = a, idb = b;
	int sv[2];

	proc_pair(sv);
	chan_sendfd(children[a].c_chan, M_PEER, &idb, 1, sv[0]);
	chan_sendfd(children[b].c_chan, M_PEER, &ida, 1, sv[1]);
}

int
family_end(void)
{
	size_t i;

	for (i = 0; i < NSIGS; i++)
		event_free(sigevents[i]);
	event_free(stoptimer);
	for (i = 1; i < family->fa_n; i++)
		chan_free(children[i].c_chan);
	free(children);
	return (status);
}

uint64_t
family_mark(const void *psk, size_t len)
{
	static uint8_t secret[32];
	static int known;
	const struct span s = { psk, len };
	uint8_t mac[PRF_MAX];
	uint64_t mark;

	if (!known)
		arc4random_buf(secret, sizeof(secret));
	known = 1;
	if (prf_calc(IKE_PRF_SHA2_256, secret, sizeof(secret), &s, 1,
	    mac) == -1)
		fatalx("no HMAC-SHA2-256 in libcrypto");
	memcpy(&mark, mac, sizeof(mark));
	return (mark);
}
