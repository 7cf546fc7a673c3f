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

#ifndef _UM_STDIO_H_
#define _UM_STDIO_H_

#include_next <stdio.h>
#include <sys/cdefs.h>
#include <stdarg.h>

__BEGIN_DECLS
/* paths below /etc and /var/run are this machine's, see um(7) */
FILE	*fopen(const char *, const char *) __UM_STUB(fopen);
int	rename(const char *, const char *) __UM_STUB(rename);

/* the host's, which shows them under _GNU_SOURCE only */
int	asprintf(char **, const char *, ...) __printflike(2, 3);
int	vasprintf(char **, const char *, va_list) __printflike(2, 0);
__END_DECLS

#endif
