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

#ifndef _MACHINE_CPU_H_
#define _MACHINE_CPU_H_

#include <sys/types.h>

/*
 * A CPU is a token of the scheduler.  A kernel thread holds one while it
 * runs and gives it back whenever it waits, so what lies in a cpu_info is
 * touched by one thread at a time.
 */
#define MAXCPUS			16

struct proc;

struct cpu_info {
	unsigned int	 ci_index;	/* [I] 0 .. ncpus - 1 */
	struct proc	*ci_curproc;	/* [token] who holds it */
} __aligned(64);

extern struct cpu_info	cpu_infos[MAXCPUS];
extern unsigned int	ncpus;

extern __thread struct proc *curproc;

/* the token this thread runs on, while it does */
extern __thread struct cpu_info *sched_cpu;
#define curcpu()		(sched_cpu)
#define cpu_number()		(curcpu()->ci_index)
#define CPU_BUSY_CYCLE()	__builtin_ia32_pause()

/* Register the fast crypto providers that this processor can run. */
void	cpu_crypto_attach(void);

#endif /* _MACHINE_CPU_H_ */
