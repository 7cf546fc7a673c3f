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
#include <sys/mutex.h>
#include <sys/refcnt.h>
#include <sys/rwlock.h>

#include <machine/sched.h>

struct rwlock netlock = RWLOCK_INITIALIZER("netlock");

void
mtx_init(struct mutex *mtx, int ipl)
{
	mtx->mtx_owner = NULL;
	mtx->mtx_wantipl = ipl;
}

int
mtx_owned(struct mutex *mtx)
{
	return (__atomic_load_n(&mtx->mtx_owner, __ATOMIC_RELAXED) == curproc);
}

int
mtx_enter_try(struct mutex *mtx)
{
	struct proc *none = NULL;

	if (!__atomic_compare_exchange_n(&mtx->mtx_owner, &none, curproc, 0,
	    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return (0);
	curproc->p_mtxdepth++;
	return (1);
}

void
_mtx_enter(struct mutex *mtx, const char *file, int line)
{
	unsigned int n = 0;

	sched_maybe_yield();
	while (!mtx_enter_try(mtx)) {
		if (mtx_owned(mtx))
			panic("mtx_enter %s:%d: this thread holds it already",
			    file, line);
		sched_spin(&n);
	}
}

void
_mtx_leave(struct mutex *mtx, const char *file, int line)
{
	if (!mtx_owned(mtx))
		panic("mtx_leave %s:%d: not held by this thread", file, line);
	__atomic_store_n(&mtx->mtx_owner, NULL, __ATOMIC_RELEASE);
	curproc->p_mtxdepth--;
	sched_maybe_yield();
}

#ifdef DIAGNOSTIC
void
mtx_assert_locked(struct mutex *mtx, const char *file, int line)
{
	if (!mtx_owned(mtx) && panicstr == NULL)
		panic("mutex not held at %s:%d", file, line);
}

void
mtx_assert_unlocked(struct mutex *mtx, const char *file, int line)
{
	if (mtx_owned(mtx) && panicstr == NULL)
		panic("mutex held at %s:%d", file, line);
}
#endif

void
sched_assertwaitok(const char *file, int line)
{
	struct proc *p = curproc;

	if (panicstr != NULL)
		return;
	if (p->p_mtxdepth != 0)
		panic("%s:%d: sleeps with a mutex held (thread %s)",
		    file, line, p->p_name);
	if (p->p_smrdepth != 0)
		panic("%s:%d: sleeps inside an SMR section (thread %s)",
		    file, line, p->p_name);
}

void
KERNEL_LOCK(void)
{
	curproc->p_kldepth++;
}

void
KERNEL_UNLOCK(void)
{
	if (curproc->p_kldepth == 0)
		panic("KERNEL_UNLOCK: not held");
	curproc->p_kldepth--;
}

int
_kernel_lock_held(void)
{
	return (curproc->p_kldepth > 0);
}

void
_net_lock(const char *file, int line)
{
	if (curproc->p_nshared != 0)
		panic("NET_LOCK %s:%d: held shared already", file, line);
	_rw_enter(&netlock, RW_WRITE, file, line);
}

void
_net_unlock(const char *file, int line)
{
	_rw_exit(&netlock, RW_WRITE, file, line);
}

void
_net_lock_shared(const char *file, int line)
{
	if (curproc->p_nshared != 0)
		panic("NET_LOCK_SHARED %s:%d: held already", file, line);
	_rw_enter(&netlock, RW_READ, file, line);
	curproc->p_nshared++;
}

void
_net_unlock_shared(const char *file, int line)
{
	if (curproc->p_nshared == 0)
		panic("NET_UNLOCK_SHARED %s:%d: not held", file, line);
	curproc->p_nshared--;
	_rw_exit(&netlock, RW_READ, file, line);
}

#ifdef DIAGNOSTIC
void
net_assert_locked(const char *file, int line)
{
	if (curproc->p_nshared == 0 && rw_status(&netlock) != RW_WRITE &&
	    panicstr == NULL)
		panic("netlock not held at %s:%d", file, line);
}

void
net_assert_exclusive(const char *file, int line)
{
	if (rw_status(&netlock) != RW_WRITE && panicstr == NULL)
		panic("netlock not held exclusively at %s:%d", file, line);
}

void
net_assert_unlocked(const char *file, int line)
{
	if ((curproc->p_nshared != 0 || rw_status(&netlock) == RW_WRITE) &&
	    panicstr == NULL)
		panic("netlock held at %s:%d", file, line);
}
#endif

/* What it was.  With one CPU nobody comes between, as with mutexes. */
static inline unsigned int
refcnt_add(struct refcnt *r, unsigned int n)
{
	unsigned int old;

	if (ncpus > 1)
		return (__atomic_fetch_add(&r->r_refs, n, __ATOMIC_ACQ_REL));
	old = __atomic_load_n(&r->r_refs, __ATOMIC_ACQUIRE);
	__atomic_store_n(&r->r_refs, old + n, __ATOMIC_RELEASE);
	return (old);
}

void
refcnt_init(struct refcnt *r)
{
	__atomic_store_n(&r->r_refs, 1, __ATOMIC_RELAXED);
}

void
refcnt_take(struct refcnt *r)
{
	if (refcnt_add(r, 1) == 0)
		panic("refcnt_take: from zero");
}

int
refcnt_rele(struct refcnt *r)
{
	unsigned int old;

	old = refcnt_add(r, -1U);
	if (old == 0)
		panic("refcnt_rele: below zero");
	sched_maybe_yield();
	return (old == 1);
}

/*
 * Whoever sleeps in refcnt_finalize() may free the counter as soon as it
 * is zero: it is only an address here.
 */
void
refcnt_rele_wake(struct refcnt *r)
{
	if (refcnt_rele(r))
		wakeup(r);
}

void
refcnt_finalize(struct refcnt *r, const char *wmesg)
{
	if (refcnt_rele(r))
		return;
	while (refcnt_read(r) != 0) {
		sleep_setup(r, wmesg);
		if (refcnt_read(r) == 0)
			sleep_cancel();
		else
			sleep_finish(INFSLP);
	}
}

int
refcnt_shared(struct refcnt *r)
{
	return (refcnt_read(r) > 1);
}

unsigned int
refcnt_read(struct refcnt *r)
{
	return (__atomic_load_n(&r->r_refs, __ATOMIC_ACQUIRE));
}
