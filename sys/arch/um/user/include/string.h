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

#ifndef _UM_STRING_H_
#define _UM_STRING_H_

#include_next <string.h>
#include <sys/types.h>

__BEGIN_DECLS
size_t	strlcpy(char *, const char *, size_t) __UM_STUB(strlcpy);
size_t	strlcat(char *, const char *, size_t) __UM_STUB(strlcat);
int	timingsafe_bcmp(const void *, const void *, size_t)
	    __UM_STUB(timingsafe_bcmp);
int	timingsafe_memcmp(const void *, const void *, size_t)
	    __UM_STUB(timingsafe_memcmp);

/* the host's, which shows them under _GNU_SOURCE only */
void	*memmem(const void *, size_t, const void *, size_t);
__END_DECLS

#endif
