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
 * Of pledge.c and syscalls.c: which calls of the host a promise frees.
 */
#ifndef PLEDGE_H
#define PLEDGE_H

#include <stdint.h>

#define P_STDIO		0x000001
#define P_RPATH		0x000002
#define P_WPATH		0x000004
#define P_CPATH		0x000008
#define P_DPATH		0x000010
#define P_FATTR		0x000020
#define P_CHOWN		0x000040
#define P_FLOCK		0x000080
#define P_INET		0x000100
#define P_UNIX		0x000200
#define P_DNS		0x000400
#define P_TTY		0x000800
#define P_PROC		0x001000
#define P_EXEC		0x002000
#define P_PROTEXEC	0x004000
#define P_ID		0x008000
#define P_SETTIME	0x010000
#define P_UNVEIL	0x020000
#define P_ERROR		0x040000
#define P_GETPW		0x080000
#define P_TMPPATH	0x100000
/* no words */
#define P_ALWAYS	0x200000
#define P_START		0x400000	/* of a program that begins */
#define P_TRACE		0x800000	/* of a sanitizer */

/*
 * A call is free when all of sr_need are held and the argument, its lower 32
 * bits, has sr_value in the bits of sr_mask; with sr_errno it fails so and
 * is no crime.  The first rule that fits decides.
 */
struct um_sysrule {
	unsigned int	sr_call;
	unsigned int	sr_need;	/* 0: the end of the table */
	uint8_t		sr_arg;
	uint8_t		sr_errno;
	uint32_t	sr_mask;
	uint32_t	sr_value;
};

extern const struct um_sysrule um_sysrules[];

#endif
