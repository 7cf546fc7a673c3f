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


/* What the tests of one directory share: count faults, read hex digits. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

#ifndef nitems
#define nitems(a)	(sizeof(a) / sizeof((a)[0]))
#endif

static unsigned int faults, checks;

static inline void __attribute__((__format__(printf, 2, 3)))
check(int good, const char *fmt, ...)
{
	va_list ap;

	checks++;
	if (good)
		return;
	faults++;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static inline int
check_done(void)
{
	printf("%u checks, %u faults\n", checks, faults);
	return (faults != 0 || checks == 0);
}

/* The octets that the digits say, behind what is there. */
static inline void
unhex(struct buf *b, const char *hex)
{
	unsigned int v;

	for (; *hex != '\0'; hex += 2) {
		if (sscanf(hex, "%2x", &v) != 1) {
			printf("not hex: %s\n", hex);
			exit(1);
		}
		buf_put8(b, v);
	}
	if (b->b_failed) {
		printf("no memory\n");
		exit(1);
	}
}

/* Is it so many octets, those? */
static inline int
is_hex(const void *data, size_t len, const char *hex)
{
	struct buf want = { 0 };
	int same;

	unhex(&want, hex);
	same = want.b_len == len &&
	    (len == 0 || memcmp(want.b_data, data, len) == 0);
	buf_clear(&want);
	return (same);
}

static inline struct span
span_of(const struct buf *b)
{
	return ((struct span){ b->b_data, b->b_len });
}
