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

#ifndef _SYS_PROC_H_
#define _SYS_PROC_H_

#include <sys/queue.h>
#include <machine/cpu.h>

struct netstack;

/*
 * A kernel thread.
 *
 * Locks used to protect struct members:
 *	I	immutable after creation
 *	S	sched_lock
 *	o	the thread itself; others may look with an atomic load
 */
struct proc {
	TAILQ_ENTRY(proc) p_list;		/* [S] all threads */
	TAILQ_ENTRY(proc) p_runq;		/* [S] ready */
	TAILQ_ENTRY(proc) p_sleepq;		/* [S] p_wchan is set */
	const char	*p_name;		/* [I] */
	unsigned int	 p_id;			/* [I] in order of creation */
	void		(*p_func)(void *);	/* [I] */
	void		*p_arg;			/* [I] */
	unsigned int	 p_park;		/* the host's park word */
	int		 p_stat;		/* [S] SRUN ... */
	struct cpu_info	*p_cpu;			/* [S] token held, or NULL */
	const volatile void *p_wchan;		/* [S] what it sleeps on */
	const char	*p_wmesg;		/* [S] */
	uint64_t	 p_deadline;		/* [S] ns, UINT64_MAX none */
	int		 p_timedout;		/* [S] */

	unsigned int	 p_quiescent;		/* [o] times seen outside SMR */
	unsigned int	 p_smrdepth;		/* [o] open SMR sections */
	unsigned int	 p_mtxdepth;		/* [o] mutexes held */
	unsigned int	 p_kldepth;		/* [o] KERNEL_LOCK nesting */
	unsigned int	 p_nshared;		/* [o] netlock held shared */
	time_t		 p_now;			/* [o] this round's second, or 0 */
	struct netstack	*p_ns;			/* [o] of a softnet, or NULL */

	/* whose request is served, see um/proxy.c */
	void		*p_call;		/* [o] copyin, copyout */
	pid_t		 p_pid;			/* [o] the client's */
	int		 p_suser;		/* [o] may configure */
	unsigned int	 p_rtableid;		/* [o] */
};

#define SRUN		1	/* on the run queue */
#define SONPROC		2	/* holds a token */
#define SSLEEP		3	/* on the sleep queue */
#define SHOST		4	/* waits in the host, without a token */
#define SDEAD		5

/* Start a thread; name must stay.  May sleep.  0 or EAGAIN. */
int	kthread_create(void (*)(void *), void *, struct proc **, const char *);
void	kthread_create_deferred(void (*)(void *), void *);
void	kthread_exit(int) __dead;

int	suser(struct proc *);		/* 0 or EPERM */

#endif /* _SYS_PROC_H_ */
