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

#ifndef _SYS_SYSTM_H_
#define _SYS_SYSTM_H_

#include <sys/types.h>
#include <sys/atomic.h>
#include <sys/stdarg.h>
#include <sys/time.h>

struct mutex;
struct rwlock;
struct proc;

/* kern/subr_prf.c: console and the message ring; never sleep */
int	printf(const char *, ...) __attribute__((__format__(printf, 1, 2)));
int	vprintf(const char *, va_list);
int	snprintf(char *, size_t, const char *, ...)
	    __attribute__((__format__(printf, 3, 4)));
int	vsnprintf(char *, size_t, const char *, va_list);
void	panic(const char *, ...) __dead
	    __attribute__((__format__(printf, 1, 2)));
void	log(int, const char *, ...)
	    __attribute__((__format__(printf, 2, 3)));
#define LOG_ERR		3
#define LOG_WARNING	4
#define LOG_INFO	6
#define LOG_DEBUG	7
/* the newest bytes of all that was printed, up to n, oldest first */
unsigned long msgbuf_read(char *, unsigned long);
void	__assert(const char *, const char *, int, const char *) __dead;
extern const char *panicstr;		/* not NULL once the kernel panics */

#ifdef DIAGNOSTIC
#define KASSERT(e) \
	((e) ? (void)0 : __assert("diagnostic ", __FILE__, __LINE__, #e))
#define KASSERTMSG(e, msg, ...)	do {					\
	if (!(e))							\
		panic("kernel assertion \"%s\" failed: %s:%d: " msg,	\
		    #e, __FILE__, __LINE__, ##__VA_ARGS__);		\
} while (0)
#else
#define KASSERT(e)		((void)0)
#define KASSERTMSG(e, msg, ...)	((void)0)
#endif
#define CTASSERT(e)		_Static_assert(e, #e)

/* strings: lib/libkern */
#define memcpy(d, s, n)		__builtin_memcpy(d, s, n)
#define memmove(d, s, n)	__builtin_memmove(d, s, n)
#define memset(d, c, n)		__builtin_memset(d, c, n)
#define memcmp(a, b, n)		__builtin_memcmp(a, b, n)
#define bcopy(s, d, n)		__builtin_memmove(d, s, n)
#define bzero(d, n)		__builtin_memset(d, 0, n)
#define bcmp(a, b, n)		__builtin_memcmp(a, b, n)
void	explicit_bzero(void *, size_t);
int	timingsafe_bcmp(const void *, const void *, size_t);
size_t	strlen(const char *);
size_t	strnlen(const char *, size_t);
int	strcmp(const char *, const char *);
int	strncmp(const char *, const char *, size_t);
char	*strchr(const char *, int);
char	*strrchr(const char *, int);
size_t	strlcpy(char *, const char *, size_t);
size_t	strlcat(char *, const char *, size_t);
void	*memchr(const void *, int, size_t);

static inline u_int max(u_int a, u_int b) { return (a > b ? a : b); }
static inline u_int min(u_int a, u_int b) { return (a < b ? a : b); }
static inline long lmax(long a, long b) { return (a > b ? a : b); }
static inline long lmin(long a, long b) { return (a < b ? a : b); }
static inline u_long ulmax(u_long a, u_long b) { return (a > b ? a : b); }
static inline u_long ulmin(u_long a, u_long b) { return (a < b ? a : b); }

/* um/machdep.c: random numbers, any context; seeded with bsd -s */
u_int32_t arc4random(void);
void	arc4random_buf(void *, size_t);
u_int32_t arc4random_uniform(u_int32_t);

/*
 * The memory of the process whose request this thread serves.  May sleep;
 * EFAULT when the process is gone or the range is not its own.
 */
int	copyin(const void *, void *, size_t);
int	copyout(const void *, void *, size_t);
int	copyinstr(const void *, void *, size_t, size_t *);

/*
 * Sleep on an address.  The lock is released while asleep and taken again
 * before the return, unless PNORELOCK.  0, or EWOULDBLOCK after ns.
 */
#define PNORELOCK	0x200
int	tsleep_nsec(const volatile void *, int, const char *, uint64_t);
#define msleep_nsec(c, m, p, w, ns) \
	_msleep_nsec((c), (m), (p), (w), (ns), __FILE__, __LINE__)
int	_msleep_nsec(const volatile void *, struct mutex *, int, const char *,
	    uint64_t, const char *, int);
int	rwsleep_nsec(const volatile void *, struct rwlock *, int, const char *,
	    uint64_t);
void	wakeup(const volatile void *);
void	wakeup_n(const volatile void *, int);
#define wakeup_one(c)	wakeup_n((c), 1)
void	yield(void);

#define SEC_TO_NSEC(s)	((uint64_t)(s) * 1000000000UL)
#define MSEC_TO_NSEC(m)	((uint64_t)(m) * 1000000UL)
#define USEC_TO_NSEC(u)	((uint64_t)(u) * 1000UL)

extern int	hz;			/* ticks per second, 100 */

/*
 * The netlock.  Shared: packets move.  Exclusive: configuration changes.
 * Not recursive; either form may sleep.
 */
extern struct rwlock netlock;
#define NET_LOCK()		_net_lock(__FILE__, __LINE__)
#define NET_UNLOCK()		_net_unlock(__FILE__, __LINE__)
#define NET_LOCK_SHARED()	_net_lock_shared(__FILE__, __LINE__)
#define NET_UNLOCK_SHARED()	_net_unlock_shared(__FILE__, __LINE__)
void	_net_lock(const char *, int);
void	_net_unlock(const char *, int);
void	_net_lock_shared(const char *, int);
void	_net_unlock_shared(const char *, int);

#ifdef DIAGNOSTIC
void	net_assert_locked(const char *, int);
void	net_assert_exclusive(const char *, int);
void	net_assert_unlocked(const char *, int);
#define NET_ASSERT_LOCKED()		net_assert_locked(__FILE__, __LINE__)
#define NET_ASSERT_LOCKED_EXCLUSIVE()	net_assert_exclusive(__FILE__, __LINE__)
#define NET_ASSERT_UNLOCKED()		net_assert_unlocked(__FILE__, __LINE__)
#else
#define NET_ASSERT_LOCKED()		((void)0)
#define NET_ASSERT_LOCKED_EXCLUSIVE()	((void)0)
#define NET_ASSERT_UNLOCKED()		((void)0)
#endif

/*
 * Nothing here depends on a kernel lock: the pair counts its nesting, so
 * that code shared with OpenBSD is checked, and locks nothing.
 */
void	KERNEL_LOCK(void);
void	KERNEL_UNLOCK(void);
int	_kernel_lock_held(void);
#define KERNEL_ASSERT_LOCKED()		KASSERT(_kernel_lock_held())
#define KERNEL_ASSERT_UNLOCKED()	KASSERT(!_kernel_lock_held())

#define splnet()		0
#define splsoftnet()		0
#define splx(s)			((void)(s))
#define assertwaitok()		sched_assertwaitok(__FILE__, __LINE__)
void	sched_assertwaitok(const char *, int);

#endif /* _SYS_SYSTM_H_ */
