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

#ifndef _UM_STDLIB_H_
#define _UM_STDLIB_H_

#include_next <stdlib.h>
#include <sys/types.h>

__BEGIN_DECLS
long long strtonum(const char *, long long, long long, const char **)
	    __UM_STUB(strtonum);
void	*recallocarray(void *, size_t, size_t, size_t)
	    __UM_STUB(recallocarray);
void	freezero(void *, size_t) __UM_STUB(freezero);
const char *getprogname(void) __UM_STUB(getprogname);
void	setprogname(const char *) __UM_STUB(setprogname);
void	setproctitle(const char *, ...) __UM_STUB(setproctitle)
	    __printflike(1, 2);
__END_DECLS

#endif
