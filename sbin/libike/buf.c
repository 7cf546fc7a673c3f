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


#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

#define BUF_MAX		(64 * 1024 * 1024)

/* Room for n more octets, or a failure that stays. */
static int
buf_grow(struct buf *b, size_t n)
{
	size_t size;
	void *p;

	if (b->b_failed || n > BUF_MAX - b->b_len) {
		b->b_failed = 1;
		return (-1);
	}
	if (n <= b->b_size - b->b_len)
		return (0);
	for (size = b->b_size == 0 ? 128 : b->b_size; size < b->b_len + n;)
		size *= 2;
	/* what lies there may be a key: no realloc(3) */
	if ((p = malloc(size)) == NULL) {
		b->b_failed = 1;
		return (-1);
	}
	if (b->b_len > 0)
		memcpy(p, b->b_data, b->b_len);
	if (b->b_data != NULL)
		explicit_bzero(b->b_data, b->b_size);
	free(b->b_data);
	b->b_data = p;
	b->b_size = size;
	return (0);
}

void
buf_put(struct buf *b, const void *data, size_t len)
{
	if (buf_grow(b, len) == -1 || len == 0)
		return;
	memcpy(b->b_data + b->b_len, data, len);
	b->b_len += len;
}

void
buf_put8(struct buf *b, uint8_t v)
{
	buf_put(b, &v, 1);
}

void
buf_put16(struct buf *b, uint16_t v)
{
	uint8_t d[2] = { v >> 8, v };

	buf_put(b, d, sizeof(d));
}

void
buf_put32(struct buf *b, uint32_t v)
{
	uint8_t d[4] = { v >> 24, v >> 16, v >> 8, v };

	buf_put(b, d, sizeof(d));
}

void
buf_put64(struct buf *b, uint64_t v)
{
	buf_put32(b, v >> 32);
	buf_put32(b, v);
}

void
buf_putbuf(struct buf *b, const struct buf *from)
{
	buf_put(b, from->b_data, from->b_len);
	b->b_failed |= from->b_failed;
}

void
buf_putsized(struct buf *b, const void *data, size_t len)
{
	buf_put32(b, len);
	buf_put(b, data, len);
}

void
buf_putstr(struct buf *b, const char *s)
{
	buf_putsized(b, s, s == NULL ? 0 : strlen(s));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || buf_grow(b, n + 1) == -1)
		return;
	va_start(ap, fmt);
	vsnprintf((char *)b->b_data + b->b_len, n + 1, fmt, ap);
	va_end(ap);
	b->b_len += n;
}

void *
buf_room(struct buf *b, size_t n)
{
	void *p;

	if (buf_grow(b, n) == -1)
		return (NULL);
	p = b->b_data + b->b_len;
	memset(p, 0, n);
	b->b_len += n;
	return (p);
}

void
buf_set8(struct buf *b, size_t at, uint8_t v)
{
	if (!b->b_failed)
		b->b_data[at] = v;
}

void
buf_set16(struct buf *b, size_t at, uint16_t v)
{
	buf_set8(b, at, v >> 8);
	buf_set8(b, at + 1, v);
}

void
buf_set32(struct buf *b, size_t at, uint32_t v)
{
	buf_set16(b, at, v >> 16);
	buf_set16(b, at + 2, v);
}

void
buf_trim(struct buf *b, size_t len)
{
	if (len < b->b_len)
		b->b_len = len;
}

void
buf_clear(struct buf *b)
{
	if (b->b_data != NULL)
		explicit_bzero(b->b_data, b->b_size);
	free(b->b_data);
	memset(b, 0, sizeof(*b));
}

void
buf_move(struct buf *to, struct buf *from)
{
	*to = *from;
	memset(from, 0, sizeof(*from));
}

int
span_get(struct span *s, void *data, size_t len)
{
	if (len > s->s_len)
		return (-1);
	if (len > 0)
		memcpy(data, s->s_data, len);
	s->s_data += len;
	s->s_len -= len;
	return (0);
}

int
span_get8(struct span *s, uint8_t *v)
{
	return (span_get(s, v, 1));
}

int
span_get16(struct span *s, uint16_t *v)
{
	uint8_t d[2];

	if (span_get(s, d, sizeof(d)) == -1)
		return (-1);
	*v = d[0] << 8 | d[1];
	return (0);
}

int
span_get32(struct span *s, uint32_t *v)
{
	uint8_t d[4];

	if (span_get(s, d, sizeof(d)) == -1)
		return (-1);
	*v = (uint32_t)d[0] << 24 | d[1] << 16 | d[2] << 8 | d[3];
	return (0);
}

int
span_get64(struct span *s, uint64_t *v)
{
	uint32_t hi, lo;

	if (s->s_len < 8 || span_get32(s, &hi) == -1 ||
	    span_get32(s, &lo) == -1)
		return (-1);
	*v = (uint64_t)hi << 32 | lo;
	return (0);
}

int
span_take(struct span *s, size_t len, struct span *part)
{
	if (len > s->s_len)
		return (-1);
	part->s_data = s->s_data;
	part->s_len = len;
	if (len == 0)		/* s_data may be NULL */
		return (0);
	s->s_data += len;
	s->s_len -= len;
	return (0);
}

int
span_getsized(struct span *s, struct span *part)
{
	struct span at = *s;
	uint32_t len;

	if (span_get32(&at, &len) == -1 || span_take(&at, len, part) == -1)
		return (-1);
	*s = at;
	return (0);
}

char *
span_getstr(struct span *s)
{
	struct span part, at = *s;
	char *str;

	if (span_getsized(&at, &part) == -1 ||
	    (part.s_len > 0 && memchr(part.s_data, '\0', part.s_len) != NULL) ||
	    (str = malloc(part.s_len + 1)) == NULL)
		return (NULL);
	if (part.s_len > 0)
		memcpy(str, part.s_data, part.s_len);
	str[part.s_len] = '\0';
	*s = at;
	return (str);
}
