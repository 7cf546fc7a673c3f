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
 * Memory per CPU.  One allocation: the table that cpumem_enter() indexes,
 * and behind it a block for each CPU that shares no cache line.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/percpu.h>

static size_t
cpumem_bytes(size_t size, size_t *blocks)
{
	*blocks = roundup(ncpus * sizeof(struct cpumem), CACHELINESIZE) +
	    CACHELINESIZE;
	return (*blocks + ncpus * roundup(size, CACHELINESIZE));
}

struct cpumem *
cpumem_malloc(size_t size, int type)
{
	struct cpumem *cm;
	size_t bytes, blocks;
	uintptr_t p;
	unsigned int i;

	bytes = cpumem_bytes(size, &blocks);
	cm = malloc(bytes, type, M_WAITOK | M_ZERO);
	p = ((uintptr_t)cm + blocks) & ~(uintptr_t)(CACHELINESIZE - 1);
	for (i = 0; i < ncpus; i++)
		cm[i].cm_mem = (void *)(p + i * roundup(size, CACHELINESIZE));
	return (cm);
}

void
cpumem_free(struct cpumem *cm, int type, size_t size)
{
	size_t blocks;

	if (cm != NULL)
		free(cm, type, cpumem_bytes(size, &blocks));
}

struct cpumem *
counters_alloc(unsigned int n)
{
	return (cpumem_malloc(n * sizeof(uint64_t), M_COUNTERS));
}

void
counters_free(struct cpumem *cm, unsigned int n)
{
	cpumem_free(cm, M_COUNTERS, n * sizeof(uint64_t));
}

void
counters_read(struct cpumem *cm, uint64_t *out, unsigned int n,
    uint64_t *scratch)
{
	unsigned int cpu, i;
	uint64_t *p;

	memset(out, 0, n * sizeof(*out));
	for (cpu = 0; cpu < ncpus; cpu++) {
		p = cm[cpu].cm_mem;
		for (i = 0; i < n; i++)
			out[i] += atomic_load_long(&p[i]);
	}
}

void
counters_zero(struct cpumem *cm, unsigned int n)
{
	unsigned int cpu, i;
	uint64_t *p;

	for (cpu = 0; cpu < ncpus; cpu++) {
		p = cm[cpu].cm_mem;
		for (i = 0; i < n; i++)
			atomic_store_long(&p[i], 0);
	}
}
