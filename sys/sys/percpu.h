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

#ifndef _SYS_PERCPU_H_
#define _SYS_PERCPU_H_

#include <sys/types.h>
#include <sys/atomic.h>
#include <machine/cpu.h>

#define CACHELINESIZE		64

/*
 * One block of memory per CPU.  Counters are plain words of the CPU that
 * the thread runs on: the caller must neither sleep nor lock between
 * finding its block and leaving it.
 */
struct cpumem {
	void		*cm_mem;
};

struct cpumem	*cpumem_malloc(size_t, int);	/* may sleep; zeroed */
void		 cpumem_free(struct cpumem *, int, size_t);
struct cpumem	*counters_alloc(unsigned int);	/* may sleep */
void		 counters_free(struct cpumem *, unsigned int);
/* Sum over the CPUs; scratch is not used and may be NULL. */
void		 counters_read(struct cpumem *, uint64_t *, unsigned int,
		    uint64_t *);
void		 counters_zero(struct cpumem *, unsigned int);

static inline void *
cpumem_enter(struct cpumem *cm)
{
	return (cm[cpu_number()].cm_mem);
}
#define cpumem_leave(cm, mem)	((void)(cm), (void)(mem))

static inline void
counters_add(struct cpumem *cm, unsigned int c, uint64_t v)
{
	uint64_t *p = (uint64_t *)cpumem_enter(cm) + c;

	__atomic_store_n(p, __atomic_load_n(p, __ATOMIC_RELAXED) + v,
	    __ATOMIC_RELAXED);
}

static inline void
counters_inc(struct cpumem *cm, unsigned int c)
{
	counters_add(cm, c, 1);
}

static inline void
counters_dec(struct cpumem *cm, unsigned int c)
{
	counters_add(cm, c, (uint64_t)-1);
}

static inline void
counters_pkt(struct cpumem *cm, unsigned int c, unsigned int b, uint64_t v)
{
	counters_add(cm, c, 1);
	counters_add(cm, b, v);
}

#endif /* _SYS_PERCPU_H_ */
