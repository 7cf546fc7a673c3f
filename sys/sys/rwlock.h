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

#ifndef _SYS_RWLOCK_H_
#define _SYS_RWLOCK_H_

#include <sys/types.h>

struct proc;

/*
 * Sleeping reader-writer lock; a waiting writer keeps new readers out, and
 * nobody is overtaken for ever.  rwl_state: bits 0 to 3 say who holds it
 * and who waits, see kern_rwlock.c, the rest counts readers.
 */
struct rwlock {
	unsigned int	 rwl_state;
	struct proc	*rwl_owner;	/* the writer */
	const char	*rwl_name;
};

#define RWLOCK_INITIALIZER(name)	{ 0, NULL, (name) }

#define RW_WRITE		0x0001
#define RW_READ			0x0002
#define RW_INTR			0x0010
#define RW_NOSLEEP		0x0040	/* EBUSY instead of waiting */
#define RW_WRITE_OTHER		0x0100	/* rw_status(): somebody else's */

void	rw_init(struct rwlock *, const char *);
#define rw_enter(rwl, f)	_rw_enter((rwl), (f), __FILE__, __LINE__)
#define rw_enter_read(rwl)	((void)rw_enter((rwl), RW_READ))
#define rw_enter_write(rwl)	((void)rw_enter((rwl), RW_WRITE))
#define rw_exit(rwl)		_rw_exit((rwl), 0, __FILE__, __LINE__)
#define rw_exit_read(rwl)	_rw_exit((rwl), RW_READ, __FILE__, __LINE__)
#define rw_exit_write(rwl)	_rw_exit((rwl), RW_WRITE, __FILE__, __LINE__)
int	_rw_enter(struct rwlock *, int, const char *, int); /* 0 or EBUSY */
void	_rw_exit(struct rwlock *, int, const char *, int);
int	rw_status(struct rwlock *);	/* 0 or RW_READ, WRITE, WRITE_OTHER */
void	rw_assert_wrlock(struct rwlock *);
void	rw_assert_anylock(struct rwlock *);
int	rw_waiters(struct rwlock *);	/* somebody waits */

#endif /* _SYS_RWLOCK_H_ */
