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
 * Time inside the kernel. Userland has the host's <sys/time.h>; timeval and
 * timespec are laid out alike.
 */
#ifndef _SYS_TIME_H_
#define _SYS_TIME_H_

#include <sys/types.h>

struct timeval {
	time_t	tv_sec;
	long	tv_usec;
};

struct timespec {
	time_t	tv_sec;
	long	tv_nsec;
};

#define timerclear(tv)		((tv)->tv_sec = (tv)->tv_usec = 0)
#define timerisset(tv)		((tv)->tv_sec != 0 || (tv)->tv_usec != 0)
#define timercmp(a, b, op)						\
	((a)->tv_sec == (b)->tv_sec ?					\
	    (a)->tv_usec op (b)->tv_usec : (a)->tv_sec op (b)->tv_sec)
#define timeradd(a, b, sum) do {					\
	(sum)->tv_sec = (a)->tv_sec + (b)->tv_sec;			\
	(sum)->tv_usec = (a)->tv_usec + (b)->tv_usec;			\
	if ((sum)->tv_usec >= 1000000) {				\
		(sum)->tv_sec++;					\
		(sum)->tv_usec -= 1000000;				\
	}								\
} while (0)
#define timersub(a, b, diff) do {					\
	(diff)->tv_sec = (a)->tv_sec - (b)->tv_sec;			\
	(diff)->tv_usec = (a)->tv_usec - (b)->tv_usec;			\
	if ((diff)->tv_usec < 0) {					\
		(diff)->tv_sec--;					\
		(diff)->tv_usec += 1000000;				\
	}								\
} while (0)

/*
 * "time" is the wall clock, which may jump; "uptime" never goes back.
 * Callable from any context; the get* forms are cheap and coarse.
 */
time_t	gettime(void);				/* seconds */
time_t	getuptime(void);			/* seconds */
uint64_t getnsecuptime(void);			/* nanoseconds */
uint64_t nsecuptime(void);			/* nanoseconds */

void	nanotime(struct timespec *);
void	microtime(struct timeval *);
void	getnanotime(struct timespec *);
void	getmicrotime(struct timeval *);

void	nanouptime(struct timespec *);
void	microuptime(struct timeval *);
void	getnanouptime(struct timespec *);
void	getmicrouptime(struct timeval *);

/*
 * Rate limits; nonzero means "go ahead". The caller owns the state and
 * keeps others away from it.
 */
int	ratecheck(struct timeval *_last, const struct timeval *_mininterval);
int	ppsratecheck(struct timeval *_last, int *_curpps, int _maxpps);

#endif /* _SYS_TIME_H_ */
