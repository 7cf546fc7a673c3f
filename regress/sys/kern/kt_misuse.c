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


#include <sys/ktest.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/pool.h>
#include <sys/proc.h>
#include <sys/refcnt.h>
#include <sys/rwlock.h>
#include <sys/smr.h>

/*
 * Wrong use of the kernel.  Each of these has to end the kernel with a
 * message that names the place: misuse.sh runs them and knows what to
 * expect; one that returns has failed.
 */
static struct mutex	misuse_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static struct rwlock	misuse_rwl = RWLOCK_INITIALIZER("misuse");

KTEST(misuse_sleep_mutex, "sleeping with a mutex held")
{
	static int nothing;

	mtx_enter(&misuse_mtx);
	tsleep_nsec(&nothing, PWAIT, "misusing", 1);
	KT_FAIL("the kernel went on");
}

KTEST(misuse_malloc_mutex, "memory that may wait, with a mutex held")
{
	mtx_enter(&misuse_mtx);
	free(malloc(1, M_TEMP, M_WAITOK), M_TEMP, 1);
	KT_FAIL("the kernel went on");
}

KTEST(misuse_sleep_smr, "a lock that may wait inside an SMR section")
{
	smr_read_enter();
	rw_enter_write(&misuse_rwl);
	KT_FAIL("the kernel went on");
}

KTEST(misuse_barrier_smr, "waiting for oneself to leave an SMR section")
{
	smr_read_enter();
	smr_barrier();
	KT_FAIL("the kernel went on");
}

KTEST(misuse_smr_leave, "leaving an SMR section that was not entered")
{
	smr_read_leave();
	KT_FAIL("the kernel went on");
}

KTEST(misuse_mutex_twice, "a mutex entered twice")
{
	mtx_enter(&misuse_mtx);
	mtx_enter(&misuse_mtx);
	KT_FAIL("the kernel went on");
}

KTEST(misuse_unlock, "leaving a mutex that is not held")
{
	mtx_leave(&misuse_mtx);
	KT_FAIL("the kernel went on");
}

KTEST(misuse_rw_exit, "letting go of a rwlock that nobody holds")
{
	rw_exit_write(&misuse_rwl);
	KT_FAIL("the kernel went on");
}

KTEST(misuse_netlock, "the netlock exclusively while it is held shared")
{
	NET_LOCK_SHARED();
	NET_LOCK();
	KT_FAIL("the kernel went on");
}

KTEST(misuse_net_unlock, "letting go of a netlock that is not held")
{
	NET_UNLOCK_SHARED();
	KT_FAIL("the kernel went on");
}

KTEST(misuse_net_assert, "what needs the netlock, without")
{
	NET_ASSERT_LOCKED();
	KT_FAIL("the kernel went on");
}

KTEST(misuse_double_free, "memory that is freed twice")
{
	void *p = malloc(100, M_TEMP, M_WAITOK);

	free(p, M_TEMP, 100);
	free(p, M_TEMP, 100);
	KT_FAIL("the kernel went on");
}

KTEST(misuse_free_size, "memory that is freed with another size")
{
	void *p = malloc(100, M_TEMP, M_WAITOK);

	free(p, M_TEMP, 101);
	KT_FAIL("the kernel went on");
}

KTEST(misuse_pool_put, "an item that goes back to its pool twice")
{
	static struct pool pool;
	void *p;

	pool_init(&pool, 64, 0, IPL_SOFTNET, 0, "misuse", NULL);
	p = pool_get(&pool, PR_WAITOK);
	pool_put(&pool, p);
	pool_put(&pool, p);
	KT_FAIL("the kernel went on");
}

KTEST(misuse_m_free, "an mbuf that is freed twice")
{
	struct mbuf *m = m_gethdr(M_WAIT, MT_DATA);

	m_free(m);
	m_free(m);
	KT_FAIL("the kernel went on");
}

KTEST(misuse_refcnt, "a reference taken of what is gone")
{
	struct refcnt r = REFCNT_INITIALIZER();

	refcnt_rele(&r);
	refcnt_take(&r);
	KT_FAIL("the kernel went on");
}

KTEST(misuse_deadlock, "every thread sleeps for ever")
{
	static int nothing;

	tsleep_nsec(&nothing, PWAIT, "misusing", INFSLP);
	KT_FAIL("the kernel went on");
}
