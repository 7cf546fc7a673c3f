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
 * Link-level addresses.
 */
#ifndef _NET_IF_DL_H_
#define _NET_IF_DL_H_

#include <sys/types.h>

/*
 * sdl_data holds the name (sdl_nlen bytes, no NUL), then the address.
 * A longer name makes sdl_len, and the address, longer.
 */
struct sockaddr_dl {
	u_char		sdl_len;
	u_char		sdl_family;	/* AF_LINK */
	u_int16_t	sdl_index;
	u_char		sdl_type;	/* IFT_ */
	u_char		sdl_nlen;
	u_char		sdl_alen;
	u_char		sdl_slen;	/* 0 */
	char		sdl_data[24];
};

#define LLADDR(s)	((caddr_t)((s)->sdl_data + (s)->sdl_nlen))

#ifdef _KERNEL
struct sockaddr;

static inline struct sockaddr_dl *
satosdl(struct sockaddr *sa)
{
	return ((struct sockaddr_dl *)sa);
}

static inline const struct sockaddr_dl *
satosdl_const(const struct sockaddr *sa)
{
	return ((const struct sockaddr_dl *)sa);
}

static inline struct sockaddr *
sdltosa(struct sockaddr_dl *sdl)
{
	return ((struct sockaddr *)sdl);
}
#endif

#endif /* _NET_IF_DL_H_ */
