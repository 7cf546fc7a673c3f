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

#ifndef _FUZZ_H_
#define _FUZZ_H_

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A target has these two.  Input by chance comes to the first; the second
 * calls seed() with what is good, for the fuzzer to start from.
 */
int	 LLVMFuzzerTestOneInput(const uint8_t *, size_t);
void	 seeds(void);

void	 seed(const void *, size_t);
/* What must not be is, whatever the input: the end. */
void	 wrong(const char *, ...)
	    __attribute__((__noreturn__, __format__(printf, 1, 2)));
/* The one file that can be opened; NULL: any. */
void	 only_file(const char *);
/* Where fatalx() goes, as the process may end; NULL: it may not. */
void	 end_to(jmp_buf *);

#endif
