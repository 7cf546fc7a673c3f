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

#ifndef _ROUTE_SHOW_H_
#define _ROUTE_SHOW_H_

#include <sys/types.h>
#include <sys/socket.h>
#include <net/route.h>

/*
 * Routing tables and addresses as text, for route(8) and netstat(1).
 */

#define ADDR_TEXTLEN	256	/* room for any address or name */

/* what a table is shown with, and which of its routes */
struct rtshow {
	int		 rs_af;		/* AF_UNSPEC: all */
	unsigned int	 rs_table;
	int		 rs_numeric;	/* no names */
	int		 rs_verbose;	/* with labels */
	int		 rs_priority;	/* 0: any */
	int		 rs_flags;	/* RTF_ that a route must have */
	int		 rs_noflags;	/* and those it must not */
	const char	*rs_label;	/* or NULL */
};

/* show.c */
/* to stdout; exits when the kernel gives no table */
void	show_routes(const struct rtshow *);
/*
 * The messages of a table, in memory that the caller frees, and their
 * length; exits when there is no such table.
 */
char	*route_dump(int, int, unsigned int, size_t *);	/* af, priority */
/* the next message of the dump, from NULL on; NULL at the end */
const struct rt_msghdr *route_next(const char *, size_t,
	    const struct rt_msghdr *);
/*
 * Where the addresses of a message are: its head, its RTA_ bits, and an
 * array of RTAX_MAX that is filled, with NULL for those not there.
 */
void	route_addrs(const void *, int, const struct sockaddr **);

/*
 * addr.c: all write to the buffer of ADDR_TEXTLEN bytes and return it.
 */
const char *addr_text(const struct sockaddr *, int, char *);
const char *label_text(const struct sockaddr *, char *);
/* network and bits of its prefix: 10.1/16, default */
const char *net_text(const struct sockaddr *, int, int, char *);
/* bits of a mask of that family, which may be cut short; NULL is all */
int	mask_len(int, const struct sockaddr *);
/* clear what is behind so many bits */
void	addr_mask(struct sockaddr *, int);
/* bits of an address of the family; 0 when it has none that we know */
int	af_bits(int);
/* table from text: a number the kernel can have, or the program ends */
unsigned int table_number(const char *);

#endif /* _ROUTE_SHOW_H_ */
