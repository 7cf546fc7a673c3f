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

#ifndef _SYS_MUTEX_H_
#define _SYS_MUTEX_H_

#include <sys/types.h>
#include <sys/proc.h>

/*
 * Spinning lock, not recursive.  Whoever holds one must not sleep, take
 * the netlock or drop a reference that may be the last.
 */
struct mutex {
	struct proc	*mtx_owner;
	int		 mtx_wantipl;
};

#define MUTEX_INITIALIZER(ipl)		{ NULL, (ipl) }

void	mtx_init(struct mutex *, int);
#define mtx_enter(m) do {						\
	if (!mtx_enter_alone(m))					\
		_mtx_enter((m), __FILE__, __LINE__);			\
} while (0)
#define mtx_leave(m) do {						\
	if (!mtx_leave_alone(m))					\
		_mtx_leave((m), __FILE__, __LINE__);			\
} while (0)
int	mtx_enter_try(struct mutex *);	/* 1 when taken */
void	_mtx_enter(struct mutex *, const char *, int);
void	_mtx_leave(struct mutex *, const char *, int);
int	mtx_owned(struct mutex *);

/*
 * With one CPU one thread at a time runs, and another one goes on only
 * where this one gives the CPU up: nothing has to be atomic.  The orders
 * are for those who watch.
 */
extern int	mtx_alone;		/* one CPU, and no yields by chance */

static inline int
mtx_enter_alone(struct mutex *mtx)
{
	if (!mtx_alone ||
	    __atomic_load_n(&mtx->mtx_owner, __ATOMIC_ACQUIRE) != NULL)
		return (0);
	__atomic_store_n(&mtx->mtx_owner, curproc, __ATOMIC_RELAXED);
	curproc->p_mtxdepth++;
	return (1);
}

static inline int
mtx_leave_alone(struct mutex *mtx)
{
	if (!mtx_alone || __atomic_load_n(&mtx->mtx_owner,
	    __ATOMIC_RELAXED) != curproc)
		return (0);
	__atomic_store_n(&mtx->mtx_owner, NULL, __ATOMIC_RELEASE);
	curproc->p_mtxdepth--;
	return (1);
}

#ifdef DIAGNOSTIC
void	mtx_assert_locked(struct mutex *, const char *, int);
void	mtx_assert_unlocked(struct mutex *, const char *, int);
#define MUTEX_ASSERT_LOCKED(m)	 mtx_assert_locked((m), __FILE__, __LINE__)
#define MUTEX_ASSERT_UNLOCKED(m) mtx_assert_unlocked((m), __FILE__, __LINE__)
#else
#define MUTEX_ASSERT_LOCKED(m)	 ((void)0)
#define MUTEX_ASSERT_UNLOCKED(m) ((void)0)
#endif

#endif /* _SYS_MUTEX_H_ */
