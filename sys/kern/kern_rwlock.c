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
#define RWS_STARVED	0x8U	/* who was woken in vain waits: nobody new */
#define RWS_READ	0x10U	/* one reader */

/*
 * After readers comes a writer that waits, as RWS_WRWANT stays; after a
 * writer everybody tries, so that writers in turns do not keep readers out
 * for ever.  Whoever was woken and still found it held sets RWS_STARVED:
 * then only those that have waited before get the lock, the first of them
 * clears it.  A thread that has never waited sets RWS_WRWANT only while
 * somebody holds the lock: else it might sleep and nobody wake it.
 */

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

/* What keeps a thread out, depending on whether it has waited before. */
static unsigned int
rw_block(int flags, unsigned int waited)
{
	unsigned int block;

	block = flags & RW_WRITE ? ~(RWS_WAIT | RWS_WRWANT | RWS_STARVED) :
	    RWS_WRLOCK | RWS_WRWANT;
	return (waited ? block : block | RWS_STARVED);
}

static int
rw_try(struct rwlock *rwl, int flags, unsigned int waited)
{
	unsigned int s, new, block = rw_block(flags, waited);

	while (((s = rw_load(rwl)) & block) == 0) {
		if (flags & RW_WRITE)
			new = (s & RWS_WAIT) | RWS_WRLOCK;
		else
			new = (s & ~RWS_STARVED) + RWS_READ;
		if (!rw_cas(rwl, s, new))
			continue;
		if (flags & RW_WRITE)
			__atomic_store_n(&rwl->rwl_owner, curproc,
			    __ATOMIC_RELAXED);
		return (1);
	}
	return (0);
}

/* Ask to be woken; sleep unless the lock changed meanwhile. */
static void
rw_wait(struct rwlock *rwl, int flags, unsigned int waited)
{
	unsigned int s, new, block = rw_block(flags, waited);

	sleep_setup(rwl, rwl->rwl_name);
	do {
		s = rw_load(rwl);
		if ((s & block) == 0) {
			sleep_cancel();
			return;
		}
		new = s | RWS_WAIT;
		if (waited)
			new |= RWS_STARVED;
		if ((flags & RW_WRITE) && (s & RWS_WRLOCK || s >= RWS_READ))
			new |= RWS_WRWANT;
	} while (new != s && !rw_cas(rwl, s, new));
	sleep_finish(INFSLP);
}

int
_rw_enter(struct rwlock *rwl, int flags, const char *file, int line)
{
	unsigned int waited = 0;

	if (__atomic_load_n(&rwl->rwl_owner, __ATOMIC_RELAXED) == curproc)
		panic("rw_enter %s %s:%d: this thread writes already",
		    rwl->rwl_name, file, line);
	if (!(flags & RW_NOSLEEP))
		sched_assertwaitok(file, line);
	sched_maybe_yield();
	while (!rw_try(rwl, flags, waited)) {
		if (flags & RW_NOSLEEP)
			return (EBUSY);
		rw_wait(rwl, flags, waited);
		waited = 1;
	}
	return (0);
}

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
		if (how == RW_WRITE)
			new = s & ~(RWS_WRLOCK | RWS_WRWANT);
		else
			new = s - RWS_READ;
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
