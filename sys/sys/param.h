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

#ifndef _SYS_PARAM_H_
#define _SYS_PARAM_H_

#include <sys/types.h>
#include <sys/errno.h>
#include <machine/cpu.h>

#define MAXHOSTNAMELEN		256
#define MAXPATHLEN		1024

/* a function that sleeps may be broken off by a signal: not here */
#define PCATCH			0x100
#define PSOCK			24
#define PWAIT			32
#define INFSLP			UINT64_MAX	/* sleep without a limit, ns */

#define nitems(a)		(sizeof(a) / sizeof((a)[0]))
#define roundup(x, y)		((((x) + ((y) - 1)) / (y)) * (y))
#define howmany(x, y)		(((x) + ((y) - 1)) / (y))
#define powerof2(x)		((((x) - 1) & (x)) == 0)
#define MIN(a, b)		((a) < (b) ? (a) : (b))
#define MAX(a, b)		((a) > (b) ? (a) : (b))

#define SET(t, f)		((t) |= (f))
#define CLR(t, f)		((t) &= ~(f))
#define ISSET(t, f)		((t) & (f))

#define ALIGN(p)		(((unsigned long)(p) + 7) & ~7UL)
#define ALIGNED_POINTER(p, t)	((((unsigned long)(p)) & (sizeof(t) - 1)) == 0)

/* interrupt levels name contexts here; nothing is masked by them */
#define IPL_NONE		0
#define IPL_SOFTCLOCK		1
#define IPL_SOFTNET		2
#define IPL_SOFT		2
#define IPL_NET			4
#define IPL_VM			5
#define IPL_MPFLOOR		6
#define IPL_CLOCK		7
#define IPL_HIGH		8
#define IPL_MPSAFE		0x100

#define MSIZE			256	/* bytes of an mbuf with its header */
#define MCLSHIFT		11
#define MCLBYTES		(1 << MCLSHIFT)
#define MAXMCLBYTES		(64 * 1024)

#endif /* _SYS_PARAM_H_ */
