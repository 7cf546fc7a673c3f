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

#ifndef _SYS_TYPES_H_
#define _SYS_TYPES_H_

#ifndef _KERNEL
#error "the kernel's <sys/types.h>; userland has its own"
#endif

#include <sys/cdefs.h>

typedef signed char		int8_t;
typedef unsigned char		uint8_t;
typedef short			int16_t;
typedef unsigned short		uint16_t;
typedef int			int32_t;
typedef unsigned int		uint32_t;
typedef long			int64_t;
typedef unsigned long		uint64_t;
typedef long			intptr_t;
typedef unsigned long		uintptr_t;

typedef uint8_t			u_int8_t;
typedef uint16_t		u_int16_t;
typedef uint32_t		u_int32_t;
typedef uint64_t		u_int64_t;

typedef unsigned char		u_char;
typedef unsigned short		u_short;
typedef unsigned int		u_int;
typedef unsigned long		u_long;

typedef unsigned long		size_t;
typedef long			ssize_t;
typedef long			off_t;
typedef int64_t			time_t;
typedef long			suseconds_t;
typedef int			pid_t;
typedef uint32_t		uid_t;
typedef uint32_t		gid_t;
typedef char			*caddr_t;

typedef uint8_t			sa_family_t;
typedef uint32_t		socklen_t;
typedef uint32_t		in_addr_t;
typedef uint16_t		in_port_t;

#ifndef NULL
#define NULL			((void *)0)
#endif

#define offsetof(s, m)		__builtin_offsetof(s, m)

#define UINT8_MAX		0xffU
#define UINT16_MAX		0xffffU
#define UINT32_MAX		0xffffffffU
#define UINT64_MAX		0xffffffffffffffffUL
#define INT_MAX			0x7fffffff
#define INT32_MAX		0x7fffffff
#define INT64_MAX		0x7fffffffffffffffL
#define UINT_MAX		0xffffffffU
#define LONG_MAX		0x7fffffffffffffffL
#define ULONG_MAX		0xffffffffffffffffUL
#define USHRT_MAX		0xffff
#define SIZE_MAX		ULONG_MAX

#endif /* _SYS_TYPES_H_ */
