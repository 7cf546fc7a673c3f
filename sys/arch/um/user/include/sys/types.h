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

#ifndef _UM_SYS_TYPES_H_
#define _UM_SYS_TYPES_H_

#include <sys/cdefs.h>
#include_next <sys/types.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t		sa_family_t;
typedef uint32_t	in_addr_t;
typedef uint16_t	in_port_t;

/* the host's headers look at this name before they define the type */
#ifndef __socklen_t_defined
typedef uint32_t	socklen_t;
#define __socklen_t_defined
#endif

#endif
