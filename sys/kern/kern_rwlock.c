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

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/proc.h>
#include <sys/rwlock.h>

#include <machine/sched.h>

#define RWS_WRLOCK	0x1U	/* held by rwl_owner */
#define RWS_WAIT	0x2U	/* somebody sleeps */
#define RWS_WRWANT	0x4U	/* a writer waits: no new readers */
#define RWS_READ	0x8U	/* one reader */

void
rw_init(struct rwlock *rwl, const char *name)
{
	rwl->rwl_state = 0;
	rwl->rwl_owner = NULL;
	rwl->rwl_name = name;
}

static unsigned int
rw_load(struct rwlock *rwl)
{
	return (__atomic_load_n(&rwl->rwl_state, __ATOMIC_RELAXED));
}

static int
rw_cas(struct rwlock *rwl, unsigned int old, unsigned int new)
{
	return (__atomic_compare_exchange_n(&rwl->rwl_state, &old, new, 0,
	    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
}

static int
rw_try_read(struct rwlock *rwl)
{
	unsigned int s;

	while (((s = rw_load(rwl)) & (RWS_WRLOCK | RWS_WRWANT)) == 0) {
		if (rw_cas(rwl, s, s + RWS_READ))
			return (1);
	}
	return (0);
}

static int
rw_try_write(struct rwlock *rwl)
{
	unsigned int s;

	while (((s = rw_load(rwl)) & ~(RWS_WAIT | RWS_WRWANT)) == 0) {
		if (rw_cas(rwl, s, (s & RWS_WAIT) | RWS_WRLOCK)) {
			__atomic_store_n(&rwl->rwl_owner, curproc,
			    __ATOMIC_RELAXED);
			return (1);
		}
	}
	return (0);
}

/* Ask to be woken; sleep unless the lock changed meanwhile. */
static void
rw_wait(struct rwlock *rwl, int flags)
{
	unsigned int s, want, block;

	want = flags & RW_WRITE ? RWS_WAIT | RWS_WRWANT : RWS_WAIT;
	block = flags & RW_WRITE ? ~(RWS_WAIT | RWS_WRWANT) :
	    RWS_WRLOCK | RWS_WRWANT;
	sleep_setup(rwl, rwl->rwl_name);
	do {
		s = rw_load(rwl);
		if ((s & block) == 0) {
			sleep_cancel();
			return;
		}
	} while ((s | want) != s && !rw_cas(rwl, s, s | want));
	sleep_finish(INFSLP);
}

int
_rw_enter(struct rwlock *rwl, int flags, const char *file, int line)
{
	if (__atomic_load_n(&rwl->rwl_owner, __ATOMIC_RELAXED) == curproc)
		panic("rw_enter %s %s:%d: this thread writes already",
		    rwl->rwl_name, file, line);
	if (!(flags & RW_NOSLEEP))
		sched_assertwaitok(file, line);
	for (;;) {
		if (flags & RW_WRITE ? rw_try_write(rwl) : rw_try_read(rwl))
			return (0);
		if (flags & RW_NOSLEEP)
			return (EBUSY);
		rw_wait(rwl, flags);
	}
}

/*
 * RWS_WRWANT stays until a writer has the lock: those that are woken find
 * it and let the writer go first.
 */
void
_rw_exit(struct rwlock *rwl, int how, const char *file, int line)
{
	unsigned int s, new;

	if (how == 0)
		how = rw_load(rwl) & RWS_WRLOCK ? RW_WRITE : RW_READ;
	if (how == RW_WRITE) {
		if (rw_status(rwl) != RW_WRITE)
			panic("rw_exit %s %s:%d: not held by this thread",
			    rwl->rwl_name, file, line);
		__atomic_store_n(&rwl->rwl_owner, NULL, __ATOMIC_RELAXED);
	}
	do {
		s = rw_load(rwl);
		if (how == RW_READ && s < RWS_READ)
			panic("rw_exit %s %s:%d: no reader holds it",
			    rwl->rwl_name, file, line);
		new = how == RW_WRITE ? s & ~RWS_WRLOCK : s - RWS_READ;
		if (new < RWS_READ)
			new &= ~RWS_WAIT;
	} while (!rw_cas(rwl, s, new));
	if ((s & RWS_WAIT) && !(new & RWS_WAIT))
		wakeup(rwl);
}

int
rw_status(struct rwlock *rwl)
{
	unsigned int s = rw_load(rwl);

	if (s & RWS_WRLOCK)
		return (__atomic_load_n(&rwl->rwl_owner, __ATOMIC_RELAXED) ==
		    curproc ? RW_WRITE : RW_WRITE_OTHER);
	return (s >= RWS_READ ? RW_READ : 0);
}

int
rw_waiters(struct rwlock *rwl)
{
	return ((rw_load(rwl) & RWS_WAIT) != 0);
}

void
rw_assert_wrlock(struct rwlock *rwl)
{
	if (rw_status(rwl) != RW_WRITE)
		panic("%s: not held by this writer", rwl->rwl_name);
}

void
rw_assert_anylock(struct rwlock *rwl)
{
	int s = rw_status(rwl);

	if (s != RW_WRITE && s != RW_READ)
		panic("%s: not held", rwl->rwl_name);
}
