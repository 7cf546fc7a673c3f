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
#include <sys/eventfd.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <machine/host.h>

#include "nic.h"

/*
 * One thread waits; any thread may kick.  The NICs' own epoll sets are
 * members of this one, level triggered: what was not drained is seen
 * again.
 */
struct host_poll {
	int	hp_epoll;
	int	hp_event;
};

struct host_poll *
host_poll_new(void)
{
	struct epoll_event ev = { .events = EPOLLIN };
	struct host_poll *hp;

	if ((hp = calloc(1, sizeof(*hp))) == NULL)
		return (NULL);
	hp->hp_epoll = epoll_create1(EPOLL_CLOEXEC);
	hp->hp_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	ev.data.fd = hp->hp_event;
	if (hp->hp_epoll == -1 || hp->hp_event == -1 ||
	    epoll_ctl(hp->hp_epoll, EPOLL_CTL_ADD, hp->hp_event, &ev) == -1) {
		host_poll_free(hp);
		return (NULL);
	}
	return (hp);
}

void
host_poll_free(struct host_poll *hp)
{
	if (hp->hp_epoll != -1)
		close(hp->hp_epoll);
	if (hp->hp_event != -1)
		close(hp->hp_event);
	free(hp);
}

int
host_nic_attach(struct host_nic *nic, struct host_poll *hp)
{
	struct epoll_event ev = { .events = EPOLLIN };

	ev.data.fd = nic->hn_epoll;
	return (epoll_ctl(hp->hp_epoll, EPOLL_CTL_ADD, nic->hn_epoll, &ev) ==
	    -1 ? errno : 0);
}

static int
poll_timeout(unsigned long deadline)
{
	unsigned long now, ms;

	if (deadline == ~0UL)
		return (-1);
	now = host_monotime();
	if (deadline <= now)
		return (0);
	ms = (deadline - now + 999999) / 1000000;
	return (ms > 3600000 ? 3600000 : (int)ms);
}

void
host_poll_wait(struct host_poll *hp, unsigned long deadline)
{
	struct epoll_event ev[8];
	uint64_t v;
	int i, n;

	n = epoll_wait(hp->hp_epoll, ev, 8, poll_timeout(deadline));
	for (i = 0; i < n; i++) {
		if (ev[i].data.fd == hp->hp_event &&
		    read(hp->hp_event, &v, sizeof(v)) == -1)
			continue;	/* another wait took the kick */
	}
}

void
host_poll_kick(struct host_poll *hp)
{
	uint64_t v = 1;
	ssize_t n;

	/* a full counter means it is readable already */
	n = write(hp->hp_event, &v, sizeof(v));
	(void)n;
}
