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
#include <sys/smr.h>

#include <machine/sched.h>

/*
 * A grace period is over when each thread that was inside a section, or
 * might have been, has been seen outside: it gave up its token there, or
 * counted another round.  The counters are stored with release and loaded
 * with acquire order, which is all that orders a reader before the free.
 */
SIMPLEQ_HEAD(smr_queue, smr_entry);

#define SMR_MAXPROCS	256

static struct mutex	smr_mtx = MUTEX_INITIALIZER(IPL_HIGH);
static struct smr_queue	smr_deferred = SIMPLEQ_HEAD_INITIALIZER(smr_deferred);
static unsigned int	smr_ndeferred;	/* smr_mtx: queued or running */
static unsigned int	smr_nexits;	/* atomic: threads that ended */

void
_smr_read_leave(const char *file, int line)
{
	struct proc *p = curproc;

	if (p->p_smrdepth == 0)
		panic("smr_read_leave %s:%d: no section is open", file, line);
	__atomic_store_n(&p->p_smrdepth, p->p_smrdepth - 1, __ATOMIC_RELEASE);
	if (p->p_smrdepth == 0)
		sched_maybe_yield();
}

/*
 * The exchange is a full barrier: what this thread reads in its next
 * section must not be read before others see the count, or a grace period
 * that starts in between ends too soon.
 */
void
smr_quiescent(struct proc *p)
{
	__atomic_exchange_n(&p->p_quiescent, p->p_quiescent + 1,
	    __ATOMIC_SEQ_CST);
}

/* A thread ends and will never be seen again: barriers skip it. */
void
smr_exit(void)
{
	__atomic_fetch_add(&smr_nexits, 1, __ATOMIC_SEQ_CST);
}

static unsigned int
smr_seen(struct proc *p)
{
	return (__atomic_load_n(&p->p_quiescent, __ATOMIC_ACQUIRE));
}

static int
smr_outside(struct proc *p)
{
	return (sched_offcpu(p) &&
	    __atomic_load_n(&p->p_smrdepth, __ATOMIC_ACQUIRE) == 0);
}

static void
smr_wait_for(struct proc *p, unsigned int seen)
{
	unsigned int n = 0;

	while (smr_seen(p) == seen && !smr_outside(p)) {
		if (sched_yield())
			continue;
		if (++n < 256)
			CPU_BUSY_CYCLE();
		else
			tsleep_nsec(&n, PWAIT, "smrbar", USEC_TO_NSEC(50));
	}
}

void
_smr_barrier(const char *file, int line)
{
	struct proc *v[SMR_MAXPROCS];
	unsigned int seen[SMR_MAXPROCS], i, n, m = 0;

	sched_assertwaitok(file, line);
	n = sched_procs(v, nitems(v));
	/* full barrier: unlinked first, then look at the readers */
	__atomic_fetch_add(&smr_nexits, 0, __ATOMIC_SEQ_CST);
	if (n > nitems(v))
		panic("smr_barrier: %u threads", n);
	for (i = 0; i < n; i++) {
		seen[m] = smr_seen(v[i]);
		if (v[i] != curproc && !smr_outside(v[i]))
			v[m++] = v[i];
	}
	for (i = 0; i < m; i++)
		smr_wait_for(v[i], seen[i]);
}

void
smr_init(struct smr_entry *smr)
{
	smr->smr_func = NULL;
	smr->smr_arg = NULL;
}

void
smr_call(struct smr_entry *smr, void (*func)(void *), void *arg)
{
	smr->smr_func = func;
	smr->smr_arg = arg;
	mtx_enter(&smr_mtx);
	SIMPLEQ_INSERT_TAIL(&smr_deferred, smr, smr_list);
	__atomic_fetch_add(&smr_ndeferred, 1, __ATOMIC_RELAXED);
	mtx_leave(&smr_mtx);
	wakeup(&smr_deferred);
}

static void
smr_thread(void *arg)
{
	struct smr_queue todo;
	struct smr_entry *smr;
	unsigned int n = 0;

	for (;;) {
		SIMPLEQ_INIT(&todo);
		mtx_enter(&smr_mtx);
		while (SIMPLEQ_EMPTY(&smr_deferred))
			msleep_nsec(&smr_deferred, &smr_mtx, PWAIT, "smr",
			    INFSLP);
		SIMPLEQ_CONCAT(&todo, &smr_deferred);
		mtx_leave(&smr_mtx);

		smr_barrier();
		while ((smr = SIMPLEQ_FIRST(&todo)) != NULL) {
			SIMPLEQ_REMOVE_HEAD(&todo, smr_list);
			smr->smr_func(smr->smr_arg);
			__atomic_fetch_sub(&smr_ndeferred, 1,
			    __ATOMIC_RELEASE);
			if (++n % 64 == 0)
				yield();
		}
		wakeup(&smr_ndeferred);
	}
}

void
smr_startup(void)
{
	if (kthread_create(smr_thread, NULL, NULL, "smr") != 0)
		panic("smr_startup");
}

void
smr_drain(void)
{
	for (;;) {
		sleep_setup(&smr_ndeferred, "smrdrain");
		if (__atomic_load_n(&smr_ndeferred, __ATOMIC_ACQUIRE) == 0)
			break;
		sleep_finish(INFSLP);
	}
	sleep_cancel();
}

#ifdef DIAGNOSTIC
void
smr_assert_critical(const char *file, int line)
{
	if (curproc->p_smrdepth == 0 && panicstr == NULL)
		panic("outside of any SMR section at %s:%d", file, line);
}

void
smr_assert_noncritical(const char *file, int line)
{
	if (curproc->p_smrdepth != 0 && panicstr == NULL)
		panic("inside an SMR section at %s:%d", file, line);
}
#endif
