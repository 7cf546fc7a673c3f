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


#ifndef _LIBIKE_BUF_H_
#define _LIBIKE_BUF_H_

/*
 * Octets that grow, and reading without ever going past the end.  All
 * numbers are big endian.
 */
#include <stddef.h>
#include <stdint.h>

/*
 * {NULL} is an empty one.  A failure to grow is remembered in b_failed and
 * later calls do nothing, so that only the end need look.
 */
struct buf {
	uint8_t		*b_data;	/* malloc'ed */
	size_t		 b_len;
	size_t		 b_size;
	int		 b_failed;
};

void	 buf_put(struct buf *, const void *, size_t);
void	 buf_put8(struct buf *, uint8_t);
void	 buf_put16(struct buf *, uint16_t);
void	 buf_put32(struct buf *, uint32_t);
void	 buf_put64(struct buf *, uint64_t);
void	 buf_putbuf(struct buf *, const struct buf *);
/* A 32 bit length and so many octets; buf_putstr: of a string. */
void	 buf_putsized(struct buf *, const void *, size_t);
void	 buf_putstr(struct buf *, const char *);	/* NULL: as "" */
void	 buf_printf(struct buf *, const char *, ...)
	    __attribute__((__format__(printf, 2, 3)));
/* Room for so many, zeroed; valid until the next call.  NULL: no memory. */
void	*buf_room(struct buf *, size_t);
/* Over what is there; the octets have to be there. */
void	 buf_set8(struct buf *, size_t at, uint8_t);
void	 buf_set16(struct buf *, size_t at, uint16_t);
void	 buf_set32(struct buf *, size_t at, uint32_t);
void	 buf_trim(struct buf *, size_t len);	/* to at most so many */
/* Frees, having overwritten, and makes it {NULL}. */
void	 buf_clear(struct buf *);
/* Gives away what it holds: the new owner frees. */
void	 buf_move(struct buf *to, struct buf *from);

/* What is left to read of octets that somebody else owns. */
struct span {
	const uint8_t	*s_data;
	size_t		 s_len;
};

/* 0, or -1: not so many left; then nothing was read. */
int	 span_get8(struct span *, uint8_t *);
int	 span_get16(struct span *, uint16_t *);
int	 span_get32(struct span *, uint32_t *);
int	 span_get64(struct span *, uint64_t *);
int	 span_get(struct span *, void *, size_t);
int	 span_take(struct span *, size_t, struct span *);	/* a part */
int	 span_getsized(struct span *, struct span *);	/* of buf_putsized */
char	*span_getstr(struct span *);	/* malloc'ed, or NULL; no NUL inside */

#endif /* _LIBIKE_BUF_H_ */
