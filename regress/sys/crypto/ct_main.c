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

/* The half of the constant time check that sees the host. */

#include <stdio.h>
#include <valgrind/memcheck.h>

#include "ct.h"

void
ct_secret(void *p, unsigned long len)
{
	VALGRIND_MAKE_MEM_UNDEFINED(p, len);
}

void
ct_public(void *p, unsigned long len)
{
	VALGRIND_MAKE_MEM_DEFINED(p, len);
}

void
ct_say(const char *s)
{
	puts(s);
}

int
main(int argc, char *argv[])
{
	int i;

	if (argc < 2) {
		fprintf(stderr, "usage: %s test ...\n", argv[0]);
		return (2);
	}
	if (!RUNNING_ON_VALGRIND) {
		fprintf(stderr, "%s: proves nothing outside of valgrind\n",
		    argv[0]);
		return (2);
	}
	for (i = 1; i < argc; i++) {
		if (ct_run(argv[i]) == -1) {
			fprintf(stderr, "%s: no test named %s\n", argv[0],
			    argv[i]);
			return (2);
		}
	}
	return (0);
}
