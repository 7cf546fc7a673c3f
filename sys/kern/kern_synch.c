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
#include <sys/rwlock.h>

#include <machine/sched.h>

int	hz = 100;

int
tsleep_nsec(const volatile void *chan, int prio, const char *wmesg,
    uint64_t ns)
{
	sleep_setup(chan, wmesg);
	return (sleep_finish(ns));
}

int
_msleep_nsec(const volatile void *chan, struct mutex *mtx, int prio,
    const char *wmesg, uint64_t ns, const char *file, int line)
{
	int error;

	sleep_setup(chan, wmesg);
	_mtx_leave(mtx, file, line);
	error = sleep_finish(ns);
	if (!(prio & PNORELOCK))
		_mtx_enter(mtx, file, line);
	return (error);
}

int
rwsleep_nsec(const volatile void *chan, struct rwlock *rwl, int prio,
    const char *wmesg, uint64_t ns)
{
	int error, how = rw_status(rwl);

	sleep_setup(chan, wmesg);
	rw_exit(rwl);
	error = sleep_finish(ns);
	if (!(prio & PNORELOCK))
		rw_enter(rwl, how == RW_WRITE ? RW_WRITE : RW_READ);
	return (error);
}

int
suser(struct proc *p)
{
	return (p->p_suser ? 0 : EPERM);
}
