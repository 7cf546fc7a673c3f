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

#ifndef _ISAKMPD_ISAKMPD_H_
#define _ISAKMPD_ISAKMPD_H_

/*
 * What the processes of isakmpd(8) share.
 */
#include <stdint.h>

#include "buf.h"
#include "ike.h"
#include "udp.h"

#define ISAKMPD_DIR	"/etc/isakmpd"
#define ISAKMPD_CONF	ISAKMPD_DIR "/isakmpd.conf"
#define ISAKMPD_POLICY	ISAKMPD_DIR "/isakmpd.policy"
#define ISAKMPD_FIFO	"/var/run/isakmpd.fifo"
#define ISAKMPD_PID	"/var/run/isakmpd.pid"
#define ISAKMPD_REPORT	"/var/run/isakmpd.report"
#define ISAKMPD_RESULT	"/var/run/isakmpd.result"
#define ISAKMPD_PCAP	"/var/run/isakmpd.pcap"
#define ISAKMPD_USER	"_isakmpd"
#define ISAKMPD_EMPTY	"/var/run/isakmpd.empty"

enum proc_id {
	PROC_PARENT,
	PROC_CA,
	PROC_IKE,
	PROC_N
};
extern const char *const isakmpd_procs[PROC_N];	/* their names */

/*
 * Classes of debugging, as -D and the FIFO's D number them.  A message is
 * logged (log_debug) if the level of its class is at least its own.
 */
enum dbg_class {
	DBG_MISC, DBG_TRANSPORT, DBG_MESSAGE, DBG_CRYPTO, DBG_TIMER,
	DBG_SYSDEP, DBG_SA, DBG_EXCHANGE, DBG_NEGOTIATION, DBG_POLICY,
	DBG_UI, DBG_N
};

/* debug.c */
void	 dbg(enum dbg_class, int level, const char *, ...)
	    __attribute__((__format__(printf, 3, 4)));
int	 dbg_on(enum dbg_class, int level);
/* cls DBG_N: all of them */
void	 dbg_level(enum dbg_class, int level);
/* "class=level", "A=level"; 0, or -1: no such form */
int	 dbg_parse(const char *);
void	 dbg_toggle(void);		/* off, and on again */

#endif /* _ISAKMPD_ISAKMPD_H_ */
