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

#ifndef _SYS_TIMEOUT_H_
#define _SYS_TIMEOUT_H_

#include <sys/types.h>

/*
 * All timeouts run on the softclock thread, which may sleep and may take
 * the netlock; TIMEOUT_PROC is accepted and changes nothing.
 *
 * Locks used to protect struct members:
 *	T	timeout_mtx
 */
struct timeout {
	void		(*to_func)(void *);
	void		*to_arg;
	struct timeout	*to_child;	/* [T] pairing heap */
	struct timeout	*to_next;	/* [T] sibling */
	struct timeout	*to_prev;	/* [T] sibling, or parent */
	uint64_t	 to_time;	/* [T] ns on the monotonic clock */
	uint64_t	 to_seq;	/* [T] order among equals */
	int		 to_flags;	/* [T] */
};

#define TIMEOUT_PROC		0x01
#define TIMEOUT_ONQUEUE		0x02
#define TIMEOUT_INITIALIZED	0x04
#define TIMEOUT_TRIGGERED	0x08
#define TIMEOUT_MPSAFE		0x10
#define KCLOCK_NONE		(-1)
#define KCLOCK_UPTIME		0
#define TIMEOUT_INITIALIZER(f, a) \
	{ (f), (a), NULL, NULL, NULL, 0, 0, TIMEOUT_INITIALIZED }

#define timeout_pending(to) \
	(__atomic_load_n(&(to)->to_flags, __ATOMIC_RELAXED) & TIMEOUT_ONQUEUE)
#define timeout_triggered(to)	((to)->to_flags & TIMEOUT_TRIGGERED)
#define timeout_initialized(to)	((to)->to_flags & TIMEOUT_INITIALIZED)

void	timeout_set(struct timeout *, void (*)(void *), void *);
void	timeout_set_proc(struct timeout *, void (*)(void *), void *);
void	timeout_set_flags(struct timeout *, void (*)(void *), void *, int, int);
/* any context; 1 when newly armed, 0 when moved */
int	timeout_add(struct timeout *, int);		/* ticks */
int	timeout_add_sec(struct timeout *, int);
int	timeout_add_msec(struct timeout *, uint64_t);
int	timeout_add_nsec(struct timeout *, uint64_t);
int	timeout_del(struct timeout *);			/* 1 when removed */
int	timeout_del_barrier(struct timeout *);		/* may sleep */
void	timeout_barrier(struct timeout *);		/* may sleep */
void	timeout_startup(void);

#endif /* _SYS_TIMEOUT_H_ */
