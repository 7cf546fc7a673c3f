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


#ifndef _MACHINE_MD_H_
#define _MACHINE_MD_H_

#include <sys/types.h>

/*
 * What machine-independent code may ask of the machine below it.  All are
 * callable in any context; none gives up the CPU's token.
 */
void	*md_alloc(size_t, size_t);	/* size, align; NULL: none left */
void	 md_free(void *);
/* never predictable, not even by bsd -s: for guards, not for behaviour */
void	 md_random(void *, size_t);
void	 md_console(const char *, size_t);
void	 md_alert(const char *, size_t);	/* also where a user sees it */
void	 md_abort(void) __dead;
void	 md_yield(void);		/* let another host thread go on */

#endif /* _MACHINE_MD_H_ */
