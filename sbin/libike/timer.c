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
 * The real clock, by libevent, and real randomness.
 */
#include <sys/types.h>
#include <sys/time.h>

#include <time.h>

#include <event2/event.h>

#include <openssl/rand.h>

#include "log.h"
#include "timer.h"

/* Timers count from when they are set, not from when we woke up. */
struct event_base *
timer_base(void)
{
	struct event_config *cfg;
	struct event_base *base;

	if ((cfg = event_config_new()) == NULL ||
	    event_config_set_flag(cfg, EVENT_BASE_FLAG_NO_CACHE_TIME) == -1 ||
	    (base = event_base_new_with_config(cfg)) == NULL)
		fatalx("no event loop");
	event_config_free(cfg);
	return (base);
}

uint64_t
timer_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * UINT64_C(1000) + ts.tv_nsec / 1000000);
}

void
timer_random(void *p, size_t len)
{
	if (RAND_bytes(p, len) != 1)
		fatalx("no random numbers");
}

void
timer_disarm(struct timer *tm)
{
	if (tm->t_world != NULL)
		event_free(tm->t_world);
	tm->t_world = NULL;
}

/* The function may arm it anew, or free it. */
static void
timer_fire(evutil_socket_t fd, short what, void *arg)
{
	struct timer *tm = arg;

	timer_disarm(tm);
	tm->t_fn(tm->t_arg);
}

void
timer_arm(struct event_base *base, struct timer *tm, uint64_t ms)
{
	struct timeval tv = { .tv_sec = ms / 1000,
	    .tv_usec = ms % 1000 * 1000 };

	if (tm->t_world == NULL &&
	    (tm->t_world = evtimer_new(base, timer_fire, tm)) == NULL)
		fatalx("timer: out of memory");
	if (evtimer_add(tm->t_world, &tv) == -1)
		fatalx("timer: out of memory");
}
