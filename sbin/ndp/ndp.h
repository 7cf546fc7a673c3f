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

#ifndef _NDP_H_
#define _NDP_H_

#include <sys/types.h>
#include <netinet/in.h>

/*
 * The neighbour cache as ndp(8) sees it.
 */

/* entry.c */
/* show all, or that one; how many there were */
int	ndp_show(const struct sockaddr_in6 *, int);
void	ndp_set(const struct sockaddr_in6 *, const unsigned char *);
/* 0: there is no such entry */
int	ndp_delete(const struct sockaddr_in6 *);
void	ndp_clear(void);

#endif /* _NDP_H_ */
