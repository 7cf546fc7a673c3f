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

#ifndef _UM_SYS_ENDIAN_H_
#define _UM_SYS_ENDIAN_H_

#include <sys/types.h>
#include <endian.h>

#define swap16(x)	__builtin_bswap16(x)
#define swap32(x)	__builtin_bswap32(x)
#define swap64(x)	__builtin_bswap64(x)

/* constant expressions, which the host's htobe16() is not */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define htons(x)	((uint16_t)__builtin_bswap16((uint16_t)(x)))
#define htonl(x)	((uint32_t)__builtin_bswap32((uint32_t)(x)))
#else
#define htons(x)	((uint16_t)(x))
#define htonl(x)	((uint32_t)(x))
#endif
#define ntohs(x)	htons(x)
#define ntohl(x)	htonl(x)

#endif
