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

#ifndef _NET_ART_H_
#define _NET_ART_H_

#include <sys/types.h>

/*
 * A tree of prefixes of up to 128 bits: each node's prefix contains those
 * of its children, which differ in the bit behind it. Nodes without data
 * are there to branch, and always have two children.
 *
 * The caller provides one of two kinds of exclusion. With "growth" any
 * number of threads may read while one inserts: what is new is complete
 * before it is linked. art_delete() needs the tree for itself.
 *
 * Locks used to protect struct members:
 *	I	immutable once linked
 *	r	atomic; changed by the one who inserts, or alone
 *	w	read and written by the one who inserts, or alone
 */
struct rtentry;

struct art_key {
	uint64_t	 ak_w[2];	/* most significant first */
};

struct art_node {
	struct art_node	*an_child[2];	/* [r] */
	struct art_node	*an_parent;	/* [w] */
	struct rtentry	*an_rtlist;	/* [r] the data; NULL: none */
	struct art_key	 an_key;	/* [I] zero behind the prefix */
	int		 an_plen;	/* [I] bits */
};

struct art {
	struct art_node	*ar_root;	/* [r] */
	int		 ar_maxplen;	/* [I] bits */
	unsigned int	 ar_nodes;	/* [w] */
};

#define ART_MAXPLEN	128
#define ART_DATA(an)	__atomic_load_n(&(an)->an_rtlist, __ATOMIC_ACQUIRE)

void	art_boot(void);
void	art_init(struct art *, int);
void	art_mkkey(struct art_key *, const uint8_t *, int);	/* bytes */
void	art_mask(struct art_key *, int);
int	art_covers(const struct art_node *, const struct art_key *);
/* the longest prefix with data that contains the key, or NULL */
struct art_node *art_match(struct art *, const struct art_key *);
/* exactly this prefix, with data or without, or NULL */
struct art_node *art_lookup(struct art *, const struct art_key *, int);
/* find or make the node; NULL without memory. Growth. Never sleeps. */
struct art_node *art_insert(struct art *, const struct art_key *, int);
/* drop a node that has lost its data, if nothing branches there. Alone. */
void	art_delete(struct art *, struct art_node *);
/*
 * The first node behind this prefix in the order (key, shorter first); the
 * prefix itself need not be there. So a walk survives any change.
 */
struct art_node *art_next(struct art *, const struct art_key *, int);

#endif /* _NET_ART_H_ */
