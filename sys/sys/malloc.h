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

#ifndef _SYS_MALLOC_H_
#define _SYS_MALLOC_H_

#include <sys/types.h>

/* which checker watches this build */
#if defined(__SANITIZE_ADDRESS__)
#define KERNEL_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KERNEL_ASAN
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define KERNEL_TSAN
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define KERNEL_TSAN
#endif
#endif

#define M_WAITOK	0x0001	/* may sleep, never NULL */
#define M_NOWAIT	0x0002	/* may be NULL; the fail knob hits these */
#define M_CANFAIL	0x0004	/* with M_WAITOK: NULL for absurd sizes */
#define M_ZERO		0x0008

/* types; each has a line in the leak report at halt */
#define M_DEVBUF	2
#define M_PCB		4
#define M_RTABLE	5
#define M_FTABLE	6
#define M_IFADDR	9
#define M_SOOPTS	10
#define M_SYSCTL	11
#define M_COUNTERS	12
#define M_SOCKET	13
#define M_IPMOPTS	53
#define M_IPMADDR	54
#define M_IFMADDR	55
#define M_MRTABLE	56
#define M_TASKQ		60
#define M_PROC		61
#define M_PFKEY		74
#define M_TDB		75
#define M_XDATA		76
#define M_CRYPTO_DATA	108
#define M_CREDENTIALS	110
#define M_TEMP		127
#define M_LAST		146

/*
 * One per call of malloc() in the source: panics and the leak report name
 * the place.  The fields below the place are atomic; ms_next is set once,
 * by the first allocation.
 */
struct malloc_site {
	const char		*ms_file;
	int			 ms_line;
	unsigned int		 ms_listed;	/* ms_next is or gets set */
	struct malloc_site	*ms_next;
	unsigned long		 ms_inuse;	/* allocations */
	unsigned long	 ms_boot;	/* of those, made at boot to stay */
	unsigned long		 ms_bytes;
};

/*
 *	void	*malloc(size_t size, int type, int flags);
 *	void	*mallocarray(size_t n, size_t size, int type, int flags);
 *	void	 free(void *p, int type, size_t size);
 *	void	 freezero(void *p, size_t size);
 *
 * Memory aligned to 16 bytes.  M_WAITOK may sleep and M_NOWAIT may be
 * called from any context; one of them is a must.  free() takes NULL, and
 * wants the size that malloc() got (0: unknown) and its type; it panics on
 * a double free, a wrong type, a wrong size, and when bytes before or
 * behind the memory were written.  freezero() only wipes: use free() after.
 */
#define MALLOC_STR1(x)		#x
#define MALLOC_STR(x)		MALLOC_STR1(x)
#define MALLOC_PLACE		__FILE__ ":" MALLOC_STR(__LINE__)
#define MALLOC_SITE		{ __FILE__, __LINE__, 0, NULL, 0, 0, 0 }
#define malloc(s, t, f) ({						\
	static struct malloc_site __malloc_site = MALLOC_SITE;		\
	malloc_at((s), (t), (f), &__malloc_site);			\
})
#define mallocarray(n, s, t, f) ({					\
	static struct malloc_site __malloc_site = MALLOC_SITE;		\
	mallocarray_at((n), (s), (t), (f), &__malloc_site);		\
})
#define free(p, t, s)		free_at((p), (t), (s), MALLOC_PLACE)
#define freezero(p, s)		freezero_at((p), (s), MALLOC_PLACE)

void	*malloc_at(size_t, int, int, struct malloc_site *);
void	*mallocarray_at(size_t, size_t, int, int, struct malloc_site *);
void	 free_at(void *, int, size_t, const char *);
void	 freezero_at(void *, size_t, const char *);
/* What free() would panic about, or NULL when the block is sound. */
const char *malloc_check(void *, int, size_t);

/*
 * Fail the nth M_NOWAIT allocation from now on this kernel (malloc, pool
 * and mbuf alike); 0 turns it off.  malloc_failed() tells how many have
 * been refused since.
 */
void	malloc_fail_nth(unsigned long);
unsigned long malloc_failed(void);

/* For the other allocators: is this the one that fails? */
extern unsigned long malloc_countdown;		/* [a] 0: none does */
int	malloc_may_fail(void);
static inline int
malloc_should_fail(void)
{
	return (__builtin_expect(__atomic_load_n(&malloc_countdown,
	    __ATOMIC_RELAXED) != 0, 0) && malloc_may_fail());
}

void	malloc_report(void);		/* what is in use, by type */
unsigned long malloc_inuse(int);	/* allocations of a type */
void	kmeminit(void);			/* before the first malloc() */
/* Print what leaked and return how many allocations that is. */
unsigned long malloc_leaks(void);
void	malloc_settle(void);	/* what there is now stays, and is no leak */

#endif /* _SYS_MALLOC_H_ */
