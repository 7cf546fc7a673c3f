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
 * A table of facts: how large, where, which number. Its end is ABI_END.
 */
#ifndef _ABI_H_
#define _ABI_H_

enum abi_kind {
	ABI_END,
	ABI_SIZE,	/* a: bytes */
	ABI_MEMBER,	/* a: offset, b: bytes */
	ABI_VALUE,	/* a: the constant */
	ABI_IOCTL	/* a: the same, best read in hex */
};

struct abi {
	enum abi_kind	 kind;
	const char	*name;
	unsigned long	 a, b;
};

extern const struct abi abi_kernel[], abi_user[];

#endif /* _ABI_H_ */
