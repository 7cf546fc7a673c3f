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

#ifndef _UM_SYS_TIME_H_
#define _UM_SYS_TIME_H_

#include <sys/types.h>
#include_next <sys/time.h>
#include <time.h>

#define timespecclear(ts)	((ts)->tv_sec = (ts)->tv_nsec = 0)
#define timespecisset(ts)	((ts)->tv_sec != 0 || (ts)->tv_nsec != 0)
#define timespeccmp(a, b, op)						\
	((a)->tv_sec == (b)->tv_sec ?					\
	    (a)->tv_nsec op (b)->tv_nsec : (a)->tv_sec op (b)->tv_sec)
#define timespecadd(a, b, sum) do {					\
	(sum)->tv_sec = (a)->tv_sec + (b)->tv_sec;			\
	(sum)->tv_nsec = (a)->tv_nsec + (b)->tv_nsec;			\
	if ((sum)->tv_nsec >= 1000000000L) {				\
		(sum)->tv_sec++;					\
		(sum)->tv_nsec -= 1000000000L;				\
	}								\
} while (0)
#define timespecsub(a, b, diff) do {					\
	(diff)->tv_sec = (a)->tv_sec - (b)->tv_sec;			\
	(diff)->tv_nsec = (a)->tv_nsec - (b)->tv_nsec;			\
	if ((diff)->tv_nsec < 0) {					\
		(diff)->tv_sec--;					\
		(diff)->tv_nsec += 1000000000L;				\
	}								\
} while (0)

#endif
