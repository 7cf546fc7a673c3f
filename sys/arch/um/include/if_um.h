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

#ifndef _MACHINE_IF_UM_H_
#define _MACHINE_IF_UM_H_

#include <sys/types.h>

/* Make umN on a backend; ENXIO and a text for the user.  May sleep. */
int	um_attach(unsigned int, const char *, char *, size_t);
void	um_detach_all(void);

/* "inject:" interfaces, by unit: a frame in (0, ENOBUFS), a frame out
 * (its length, 0 when there is none).  Any context. */
int	um_inject(unsigned int, const void *, unsigned int);
unsigned int um_collect(unsigned int, void *, unsigned int);

#endif /* _MACHINE_IF_UM_H_ */
