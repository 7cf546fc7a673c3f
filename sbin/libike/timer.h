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


#ifndef _LIBIKE_TIMER_H_
#define _LIBIKE_TIMER_H_

/*
 * Timers and clocks as a state machine sees them; timer.c has real ones.
 */
#include <stddef.h>
#include <stdint.h>

/* A timer of a state machine; its world arms it. */
struct timer {
	void		(*t_fn)(void *);
	void		*t_arg;
	void		*t_world;	/* the world's, NULL at first */
};

struct event_base;
struct event_base *timer_base(void);	/* for timer_arm; or the end */
/* Call t_fn(t_arg) once, so many ms from now; anew if armed. */
void	 timer_arm(struct event_base *, struct timer *, uint64_t ms);
void	 timer_disarm(struct timer *);	/* gives up t_world */
uint64_t timer_now(void);		/* monotonic, ms */
void	 timer_random(void *, size_t);	/* octets nobody can guess */

#endif /* _LIBIKE_TIMER_H_ */
