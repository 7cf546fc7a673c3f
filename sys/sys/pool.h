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

#ifndef _SYS_POOL_H_
#define _SYS_POOL_H_

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/mutex.h>

#define PR_WAITOK	0x0001
#define PR_NOWAIT	0x0002
#define PR_LIMITFAIL	0x0004
#define PR_ZERO		0x0008

struct pool_item;
struct pool_page;

/*
 * Objects of one size.  Each CPU has up to two batches of free items, so
 * that get and put take no lock most of the time; full batches move
 * between the CPUs through the pool's list.
 *
 * Locks used to protect struct members:
 *	I	immutable after pool_init()
 *	P	pr_mtx
 *	L	pool_list_mtx
 *	c	the CPU whose slot it is
 */
struct pool_cache {
	struct pool_item *pc_list;	/* [c] items in use now */
	struct pool_item *pc_spare;	/* [c] a full batch or NULL */
	unsigned int	 pc_count;	/* [c] of pc_list */
	unsigned long	 pc_gets;	/* [c] atomic load by others */
	unsigned long	 pc_puts;	/* [c] atomic load by others */
} __aligned(64);

struct pool {
	TAILQ_ENTRY(pool) pr_list;	/* [L] all pools */
	const char	*pr_wchan;	/* [I] name */
	size_t		 pr_size;	/* [I] bytes of an item */
	size_t		 pr_align;	/* [I] */
	unsigned int	 pr_batch;	/* [I] items of a full batch */
	struct mutex	 pr_mtx;
	struct pool_item *pr_free;	/* [P] batches */
	unsigned int	 pr_nfree;	/* [P] items in them */
	unsigned int	 pr_nitems;	/* [P] made from pages */
	unsigned int	 pr_hardlimit;	/* [P] atomic load; UINT_MAX: none */
	unsigned long	 pr_boot;	/* [I] items in use since boot */
	unsigned int	 pr_nwait;	/* [P] sleep for the limit */
	struct pool_page *pr_pages;	/* [P] */
	struct pool_cache pr_cache[MAXCPUS];
};

/*
 * size, align (a power of 2, 0: whatever suits), name; ipl, flags and the
 * allocator argument are as on OpenBSD and not used.
 */
void	pool_init(struct pool *, size_t, u_int, int, int, const char *, void *);
void	pool_destroy(struct pool *);
/*
 * PR_NOWAIT: any context; NULL when there is none, or by malloc_fail_nth().
 * PR_WAITOK: may sleep; NULL only at the hard limit with PR_LIMITFAIL.
 */
void	*pool_get(struct pool *, int);
void	pool_put(struct pool *, void *);	/* double put: panic */
/*
 * At most so many items out.  Before the first get; EINVAL when more are
 * out already.  The warning and its rate are as on OpenBSD and not used.
 */
int	pool_sethardlimit(struct pool *, u_int, const char *, int);
int	pool_setlowat(struct pool *, int);	/* make so many; 0 or ENOMEM */
/* 1 when pool_put() of the item would panic; any item of the pool. */
int	pool_isfree(struct pool *, void *);
unsigned long pool_inuse(struct pool *);
unsigned long pool_leaks(void);			/* prints; how many items */
void	pool_settle(void);		/* items in use now are no leak */
void	pool_fini(void);			/* free all pages, at halt */

#endif /* _SYS_POOL_H_ */
