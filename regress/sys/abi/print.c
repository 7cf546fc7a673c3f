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
 * Print the table as the kernel sees it (-k) or as programs do (-u).
 */
#include <stdio.h>
#include <string.h>

#include "abi.h"

static void
print(const struct abi *e)
{
	switch (e->kind) {
	case ABI_MEMBER:
		printf("%s %lu %lu\n", e->name, e->a, e->b);
		break;
	case ABI_IOCTL:
		printf("%s %#lx\n", e->name, e->a);
		break;
	default:
		printf("%s %lu\n", e->name, e->a);
		break;
	}
}

int
main(int argc, char *argv[])
{
	const struct abi *e;

	if (argc != 2 || (strcmp(argv[1], "-k") && strcmp(argv[1], "-u"))) {
		fprintf(stderr, "usage: abi -k | -u\n");
		return (2);
	}
	for (e = argv[1][1] == 'k' ? abi_kernel : abi_user;
	    e->kind != ABI_END; e++)
		print(e);
	return (0);
}
