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

/*
 * Tokens: who runs.  Built without the thread sanitizer, like the host's
 * park and unpark: what one thread did before it passed a token on must
 * not count as ordered before what the next one does, or a missing lock
 * would never show.
 */
#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/queue.h>

#include <machine/host.h>
#include <machine/sched.h>

TAILQ_HEAD(procs, proc);

/*
 * Locks used to protect what is below:
 *	S	sched_lock, a spinning word; never held across a park
 */
static unsigned int	 sched_lock;
static struct procs sched_all =
    TAILQ_HEAD_INITIALIZER(sched_all);		/* [S] */
static struct procs sched_runq =
    TAILQ_HEAD_INITIALIZER(sched_runq);		/* [S] */
static struct procs sched_sleepq =
    TAILQ_HEAD_INITIALIZER(sched_sleepq);	/* [S] */
static unsigned int	 sched_nrun;		/* [S] length of runq */
static unsigned int	 sched_nprocs;		/* [S] */
static unsigned int	 sched_nhost;		/* [S] waiting in the host */
static struct cpu_info	*sched_idle[MAXCPUS];	/* [S] free tokens */
static unsigned int	 sched_nidle;		/* [S] */
static uint64_t		 sched_rng;		/* [S] */
static uint64_t		 sched_hash;		/* [S] */
static uint64_t		 sched_nswitch;		/* [S] */
static uint64_t		 sched_nunpark;		/* [S] */

int			 sched_seeded;
int			 sched_exact;
struct cpu_info		 cpu_infos[MAXCPUS];
unsigned int		 ncpus = 1;
int			 mtx_alone;
__thread struct proc	*curproc;
__thread struct cpu_info *sched_cpu;
static struct proc	 proc0;

#define SCHED_CHANCE	16	/* one in so many lock operations yields */

static void
s_lock(void)
{
	unsigned int n = 0;

	while (__atomic_exchange_n(&sched_lock, 1, __ATOMIC_ACQUIRE) != 0) {
		if (++n % 64 == 0)
			host_yield();
		else
			CPU_BUSY_CYCLE();
	}
}

static void
s_unlock(void)
{
	__atomic_store_n(&sched_lock, 0, __ATOMIC_RELEASE);
}

/* xorshift64*: good enough to choose, and ours to replay */
static uint64_t
s_random(void)
{
	sched_rng ^= sched_rng >> 12;
	sched_rng ^= sched_rng << 25;
	sched_rng ^= sched_rng >> 27;
	return (sched_rng * 0x2545f4914f6cdd1dUL);
}

void
sched_seed(uint64_t seed)
{
	s_lock();
	sched_rng = seed * 0x9e3779b97f4a7c15UL + 0x1234567;
	if (sched_rng == 0)
		sched_rng = 1;
	sched_hash = 0xcbf29ce484222325UL;
	sched_nswitch = 0;
	s_unlock();
}

void
sched_init(unsigned int cpus, int seeded, int exact, uint64_t seed)
{
	unsigned int i;

	ncpus = cpus;
	sched_seeded = seeded;
	sched_exact = exact;
	mtx_alone = cpus == 1 && !seeded;
	sched_seed(seed);
	for (i = 0; i < ncpus; i++)
		cpu_infos[i].ci_index = i;
	for (i = ncpus; i > 1; i--)
		sched_idle[sched_nidle++] = &cpu_infos[i - 1];

	proc0.p_name = "main";
	proc0.p_stat = SONPROC;
	proc0.p_cpu = &cpu_infos[0];
	proc0.p_suser = 1;
	cpu_infos[0].ci_curproc = &proc0;
	TAILQ_INSERT_TAIL(&sched_all, &proc0, p_list);
	sched_nprocs = 1;
	curproc = &proc0;
	sched_cpu = &cpu_infos[0];
}

uint64_t
sched_trace(void)
{
	return (sched_hash);
}

uint64_t
sched_switches(void)
{
	return (sched_nswitch);
}

uint64_t
sched_unparks(void)
{
	return (__atomic_load_n(&sched_nunpark, __ATOMIC_RELAXED));
}

int
sched_waiting(void)
{
	return (__atomic_load_n(&sched_nrun, __ATOMIC_RELAXED) != 0);
}

static void
s_give(struct cpu_info *ci, struct proc *p)
{
	ci->ci_curproc = p;
	p->p_stat = SONPROC;
	sched_hash = (sched_hash ^ p->p_id) * 0x100000001b3UL;
	sched_nswitch++;
	__atomic_store_n(&p->p_cpu, ci, __ATOMIC_RELEASE);
	if (p != curproc) {
		sched_nunpark++;
		host_unpark(&p->p_park);
	}
}

/* Make a thread ready; it runs at once if a token is free. */
static void
s_setrun(struct proc *p)
{
	if (sched_nidle > 0) {
		s_give(sched_idle[--sched_nidle], p);
		return;
	}
	p->p_stat = SRUN;
	TAILQ_INSERT_TAIL(&sched_runq, p, p_runq);
	sched_nrun++;
}

static struct proc *
s_choose(void)
{
	struct proc *p = TAILQ_FIRST(&sched_runq);
	uint64_t n;

	if (p == NULL)
		return (NULL);
	if (sched_seeded) {
		for (n = s_random() % sched_nrun; n > 0; n--)
			p = TAILQ_NEXT(p, p_runq);
	}
	TAILQ_REMOVE(&sched_runq, p, p_runq);
	sched_nrun--;
	return (p);
}

static void
s_wake(struct proc *p, int timedout)
{
	TAILQ_REMOVE(&sched_sleepq, p, p_sleepq);
	p->p_wchan = NULL;
	p->p_timedout = timedout;
	if (p->p_stat == SSLEEP)
		s_setrun(p);
}

/*
 * Nobody is ready and time is virtual: go to the earliest deadline.  The
 * thread that sleeps until then may be the caller itself.
 */
static void
s_jump(void)
{
	struct proc *p, *np;
	uint64_t next = UINT64_MAX;

	TAILQ_FOREACH(p, &sched_sleepq, p_sleepq) {
		if (p->p_stat == SSLEEP && p->p_deadline < next)
			next = p->p_deadline;
	}
	if (next == UINT64_MAX) {
		if (sched_nhost > 0)
			return;
		s_unlock();
		panic("deadlock: every thread sleeps without a deadline");
	}
	clock_advance(next);
	TAILQ_FOREACH_SAFE(p, &sched_sleepq, p_sleepq, np) {
		if (p->p_stat == SSLEEP && p->p_deadline <= next)
			s_wake(p, 1);
	}
}

/* Take the token from the caller, who is already on a queue or leaving. */
static void
s_pass(void)
{
	struct proc *me = curproc, *p;
	struct cpu_info *ci = me->p_cpu;

	if (me->p_smrdepth == 0)
		smr_quiescent(me);
	__atomic_store_n(&me->p_cpu, NULL, __ATOMIC_RELEASE);
	ci->ci_curproc = NULL;
	if ((p = s_choose()) != NULL) {
		s_give(ci, p);
		return;
	}
	sched_idle[sched_nidle++] = ci;
	if (sched_exact && sched_nidle == ncpus)
		s_jump();
}

static void
s_wait(void)
{
	struct proc *me = curproc;

	while (__atomic_load_n(&me->p_cpu, __ATOMIC_ACQUIRE) == NULL)
		host_park(&me->p_park, ~0UL);
	sched_cpu = me->p_cpu;
}

void
sched_release(void)
{
	sched_assertwaitok(__FILE__, __LINE__);
	s_lock();
	curproc->p_stat = SHOST;
	sched_nhost++;
	s_pass();
	s_unlock();
}

void
sched_acquire(void)
{
	s_lock();
	sched_nhost--;
	s_setrun(curproc);
	s_unlock();
	s_wait();
}

/* Quiescent even when nobody else is ready, or a grace period would not
 * end while this thread keeps busy. */
int
sched_yield(void)
{
	struct proc *me = curproc;

	if (me->p_smrdepth == 0)
		smr_quiescent(me);
	s_lock();
	if (sched_nrun == 0) {
		s_unlock();
		return (0);
	}
	me->p_stat = SRUN;
	TAILQ_INSERT_TAIL(&sched_runq, me, p_runq);
	sched_nrun++;
	s_pass();
	s_unlock();
	s_wait();
	return (1);
}

void
yield(void)
{
	sched_yield();
}

void
sched_chance(void)
{
	int hit;

	if (curproc == NULL || curproc->p_cpu == NULL)
		return;
	s_lock();
	hit = (s_random() >> 32) % SCHED_CHANCE == 0;
	s_unlock();
	if (hit)
		sched_yield();
}

void
sched_spin(unsigned int *n)
{
	if (ncpus == 1 || *n >= 4096) {
		if (sched_yield()) {
			*n = 0;
			return;
		}
		host_yield();
	} else if (++*n % 128 == 0)
		host_yield();
	else
		CPU_BUSY_CYCLE();
}

void
sleep_setup(const volatile void *chan, const char *wmesg)
{
	struct proc *me = curproc;

	s_lock();
	me->p_wchan = chan;
	me->p_wmesg = wmesg;
	me->p_timedout = 0;
	TAILQ_INSERT_TAIL(&sched_sleepq, me, p_sleepq);
	s_unlock();
}

void
sleep_cancel(void)
{
	s_lock();
	if (curproc->p_wchan != NULL)
		s_wake(curproc, 0);
	s_unlock();
}

int
sleep_finish(uint64_t ns)
{
	struct proc *me = curproc;
	uint64_t now = nsecuptime();

	sched_assertwaitok(me->p_wmesg, 0);
	s_lock();
	if (me->p_wchan == NULL) {
		s_unlock();
		return (0);
	}
	me->p_deadline = ns == INFSLP || ns > UINT64_MAX - now ? UINT64_MAX :
	    now + ns;
	me->p_stat = SSLEEP;
	s_pass();
	s_unlock();

	if (!sched_exact && me->p_deadline != UINT64_MAX) {
		while (__atomic_load_n(&me->p_cpu, __ATOMIC_ACQUIRE) == NULL &&
		    host_park(&me->p_park, clock_hosttime(me->p_deadline)) == 0)
			continue;
		s_lock();
		if (me->p_wchan != NULL)
			s_wake(me, 1);
		s_unlock();
	}
	s_wait();
	return (me->p_timedout ? EWOULDBLOCK : 0);
}

void
wakeup_n(const volatile void *chan, int n)
{
	struct proc *p, *np;

	s_lock();
	TAILQ_FOREACH_SAFE(p, &sched_sleepq, p_sleepq, np) {
		if (n == 0)
			break;
		if (p->p_wchan != chan)
			continue;
		s_wake(p, 0);
		n--;
	}
	s_unlock();
}

void
wakeup(const volatile void *chan)
{
	wakeup_n(chan, -1);
}

int
sched_offcpu(struct proc *p)
{
	int off;

	s_lock();
	off = p->p_cpu == NULL;
	s_unlock();
	return (off);
}

unsigned int
sched_procs(struct proc **v, unsigned int max)
{
	struct proc *p;
	unsigned int n = 0;

	s_lock();
	TAILQ_FOREACH(p, &sched_all, p_list) {
		if (p->p_stat == SDEAD)
			continue;
		if (n < max)
			v[n] = p;
		n++;
	}
	s_unlock();
	return (n);
}

static void
s_start(void *arg)
{
	struct proc *p = arg;

	curproc = p;
	s_wait();
	p->p_func(p->p_arg);
	kthread_exit(0);
}

int
kthread_create(void (*func)(void *), void *arg, struct proc **pp,
    const char *name)
{
	struct proc *p;

	if ((p = host_alloc(sizeof(*p), 64)) == NULL)
		return (EAGAIN);
	memset(p, 0, sizeof(*p));
	p->p_name = name;
	p->p_func = func;
	p->p_arg = arg;
	p->p_suser = 1;
	/* orders all of this before a barrier that looks at the thread */
	smr_quiescent(p);

	if (host_thread_create(s_start, p, name) != 0) {
		host_free(p);
		return (EAGAIN);
	}
	if (pp != NULL)
		*pp = p;
	s_lock();
	p->p_id = sched_nprocs++;
	TAILQ_INSERT_TAIL(&sched_all, p, p_list);
	s_setrun(p);
	s_unlock();
	return (0);
}

/*
 * The proc stays on the list of all threads for whoever holds a pointer
 * to it; threads are few and end at halt.
 */
void
kthread_exit(int status)
{
	sched_assertwaitok(__FILE__, __LINE__);
	smr_exit();
	s_lock();
	curproc->p_stat = SDEAD;
	s_pass();
	s_unlock();
	host_thread_exit();
}
