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

#ifndef _NET_RTABLE_H_
#define _NET_RTABLE_H_

#include <net/route.h>

/*
 * Routing tables by id, each with one tree per address family.  Written
 * under NET(X), read under NET; rtable_insert() of a clone or of a dynamic
 * host route, see <net/route.h>, may run under NET(S) beside readers.
 */
#define RT_TABLEID_MAX		255
#define RTABLE_ANY		0xffffffff

void	rtable_init(void);
int	rtable_exists(unsigned int);
int	rtable_empty(unsigned int);
int	rtable_add(unsigned int);		/* 0, ENOMEM, EINVAL */
unsigned int rtable_l2(unsigned int);		/* its routing domain */
unsigned int rtable_loindex(unsigned int);	/* loopback of the domain */
void	rtable_l2set(unsigned int, unsigned int, unsigned int);

/*
 * References: lookup and match hand one out, for rtfree(); NULL when there
 * is nothing.  lookup wants exactly this prefix (mask NULL: a host), and
 * gateway and priority unless NULL and RTP_NONE or RTP_ANY.  match finds
 * the longest prefix, of its routes the best, and with a source (network
 * order) one of the equally good.
 */
struct rtentry *rtable_lookup(unsigned int, const struct sockaddr *,
	    const struct sockaddr *, const struct sockaddr *, uint8_t);
struct rtentry *rtable_match(unsigned int, const struct sockaddr *,
	    uint32_t *);
struct rtentry *rtable_iterate(struct rtentry *);	/* next of multipath;
							 * frees this one */
/*
 * The table takes a reference of its own.  A route that shares prefix and
 * priority with others needs RTF_MPATH, which the table then sets on all
 * of them and takes off the last one left.  0, EEXIST, EINVAL,
 * EAFNOSUPPORT, ENOMEM.
 */
int	rtable_insert(unsigned int, struct sockaddr *,
	    const struct sockaddr *, const struct sockaddr *, uint8_t,
	    struct rtentry *);
int	rtable_delete(unsigned int, const struct sockaddr *,
	    const struct sockaddr *, struct rtentry *);	/* 0 or ESRCH */
/*
 * Call for each route, by prefix and then priority, until not 0, which is
 * returned, and *prt (unless prt is NULL) gets a reference to that route.
 * The function may add and delete what it wants: it sees each route that
 * was there when its prefix was reached and still is.  May sleep.  The
 * second form stays inside one prefix; what it takes is rtable_walk()'s.
 */
int	rtable_walk(unsigned int, sa_family_t, struct rtentry **,
	    int (*)(struct rtentry *, void *, unsigned int), void *);
int	rtable_walk_prefix(unsigned int, const struct sockaddr *, int,
	    struct rtentry **, int (*)(struct rtentry *, void *,
	    unsigned int), void *);
/*
 * For each route whose prefix contains this one, or is it, longest first;
 * the function must not change the table.
 */
void	rtable_walk_covering(struct rtentry *, void (*)(struct rtentry *,
	    void *), void *);
/* the address lies in the prefix of a route that is in a table */
int	rtable_contains(const struct rtentry *, const struct sockaddr *);
int	rtable_mpath_capable(unsigned int, sa_family_t);
/* a new priority: move the route to where it belongs; 0, ESRCH; NET(X) */
int	rtable_mpath_reprio(unsigned int, struct sockaddr *, int, uint8_t,
	    struct rtentry *);

/* bits of a netmask, NULL: all; -1 when it has holes or no such family */
int	rtable_satoplen(sa_family_t, const struct sockaddr *);
/* bits of an address of that family, 0: not in tables; bytes before them */
int	rtable_maxplen(sa_family_t);
int	rtable_keyoffset(sa_family_t);
/* gateways are equal when they lead to the same place */
int	rtable_sa_equal(const struct sockaddr *, const struct sockaddr *);
void	rtable_fini(void);	/* at halt: free tables that are empty */

#endif /* _NET_RTABLE_H_ */
