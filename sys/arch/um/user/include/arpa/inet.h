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

#ifndef _UM_ARPA_INET_H_
#define _UM_ARPA_INET_H_

#include <netinet/in.h>

__BEGIN_DECLS
/* the host's: they know IPv4 alone, and a struct in_addr is the same */
in_addr_t inet_addr(const char *);
int	inet_aton(const char *, struct in_addr *);
char	*inet_ntoa(struct in_addr);
in_addr_t inet_network(const char *);

int	inet_pton(int, const char *, void *) __UM_STUB(inet_pton);
const char *inet_ntop(int, const void *, char *, socklen_t)
	    __UM_STUB(inet_ntop);
int	inet_net_pton(int, const char *, void *, size_t)
	    __UM_STUB(inet_net_pton);
char	*inet_net_ntop(int, const void *, int, char *, size_t)
	    __UM_STUB(inet_net_ntop);
__END_DECLS

#endif
