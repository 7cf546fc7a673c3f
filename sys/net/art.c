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

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/pool.h>

#include <net/art.h>

#define LOAD(p)		__atomic_load_n((p), __ATOMIC_ACQUIRE)
#define STORE(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELEASE)

static struct pool art_node_pool;

static inline int
key_bit(const struct art_key *k, int bit)
{
	return ((k->ak_w[bit >> 6] >> (63 - (bit & 63))) & 1);
}

/* the first n bits of a word, n from 0 to 64 */
static inline uint64_t
word_mask(int n)
{
	return (n == 0 ? 0 : ~0UL << (64 - n));
}

static inline int
key_prefix_eq(const struct art_key *a, const struct art_key *b, int plen)
{
	uint64_t hi = a->ak_w[0] ^ b->ak_w[0];

	if (plen <= 64)
		return ((hi & word_mask(plen)) == 0);
	return (hi == 0 &&
	    ((a->ak_w[1] ^ b->ak_w[1]) & word_mask(plen - 64)) == 0);
}

/* how many leading bits two keys share */
static int
key_common(const struct art_key *a, const struct art_key *b)
{
	uint64_t diff;

	diff = a->ak_w[0] ^ b->ak_w[0];
	if (diff != 0)
		return (__builtin_clzl(diff));
	diff = a->ak_w[1] ^ b->ak_w[1];
	return (diff != 0 ? 64 + __builtin_clzl(diff) : ART_MAXPLEN);
}

static int
key_cmp(const struct art_key *a, const struct art_key *b)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (a->ak_w[i] != b->ak_w[i])
			return (a->ak_w[i] < b->ak_w[i] ? -1 : 1);
	}
	return (0);
}

void
art_boot(void)
{
	pool_init(&art_node_pool, sizeof(struct art_node), 0, IPL_SOFTNET, 0,
	    "art_node", NULL);
}

void
art_init(struct art *ar, int maxplen)
{
	KASSERT(maxplen > 0 && maxplen <= ART_MAXPLEN);
	ar->ar_root = NULL;
	ar->ar_maxplen = maxplen;
	ar->ar_nodes = 0;
}

void
art_mkkey(struct art_key *k, const uint8_t *bytes, int n)
{
	int i;

	k->ak_w[0] = k->ak_w[1] = 0;
	for (i = 0; i < n; i++)
		k->ak_w[i >> 3] |= (uint64_t)bytes[i] << (56 - 8 * (i & 7));
}

void
art_mask(struct art_key *k, int plen)
{
	k->ak_w[0] &= word_mask(plen < 64 ? plen : 64);
	k->ak_w[1] &= word_mask(plen > 64 ? plen - 64 : 0);
}

int
art_covers(const struct art_node *an, const struct art_key *k)
{
	return (key_prefix_eq(&an->an_key, k, an->an_plen));
}

struct art_node *
art_match(struct art *ar, const struct art_key *k)
{
	struct art_node *an, *best = NULL;

	an = LOAD(&ar->ar_root);
	while (an != NULL && art_covers(an, k)) {
		if (ART_DATA(an) != NULL)
			best = an;
		if (an->an_plen == ar->ar_maxplen)
			break;
		an = LOAD(&an->an_child[key_bit(k, an->an_plen)]);
	}
	return (best);
}

struct art_node *
art_lookup(struct art *ar, const struct art_key *k, int plen)
{
	struct art_node *an;

	an = LOAD(&ar->ar_root);
	while (an != NULL && an->an_plen < plen && art_covers(an, k))
		an = LOAD(&an->an_child[key_bit(k, an->an_plen)]);
	if (an == NULL || an->an_plen != plen || !art_covers(an, k))
		return (NULL);
	return (an);
}

static struct art_node *
art_node_get(struct art *ar, const struct art_key *k, int plen)
{
	struct art_node *an;

	an = pool_get(&art_node_pool, PR_NOWAIT | PR_ZERO);
	if (an == NULL)
		return (NULL);
	an->an_key = *k;
	art_mask(&an->an_key, plen);
	an->an_plen = plen;
	ar->ar_nodes++;
	return (an);
}

static void
art_node_put(struct art *ar, struct art_node *an)
{
	ar->ar_nodes--;
	pool_put(&art_node_pool, an);
}

/* Hang child below an, which nobody can see yet. */
static void
art_adopt(struct art_node *an, struct art_node *child)
{
	an->an_child[key_bit(&child->an_key, an->an_plen)] = child;
	child->an_parent = an;
}

/*
 * Put the new node between *pp and old, which it contains or, by way of a
 * branch at bit "common", stands beside. 0 or ENOMEM.
 */
static int
art_split(struct art *ar, struct art_node **pp, struct art_node *old,
    struct art_node *new, int common)
{
	struct art_node *parent = old->an_parent, *top = new;

	if (common < new->an_plen) {
		top = art_node_get(ar, &new->an_key, common);
		if (top == NULL)
			return (ENOMEM);
		art_adopt(top, new);
	}
	art_adopt(top, old);
	top->an_parent = parent;
	STORE(pp, top);
	return (0);
}

struct art_node *
art_insert(struct art *ar, const struct art_key *k, int plen)
{
	struct art_node *an, *new, *parent = NULL, **pp = &ar->ar_root;
	int common = 0;

	KASSERT(plen >= 0 && plen <= ar->ar_maxplen);
	while ((an = LOAD(pp)) != NULL) {
		common = key_common(k, &an->an_key);
		common = MIN(common, MIN(plen, an->an_plen));
		if (common < an->an_plen)
			break;
		if (an->an_plen == plen)
			return (an);
		parent = an;
		pp = &an->an_child[key_bit(k, an->an_plen)];
	}

	new = art_node_get(ar, k, plen);
	if (new == NULL)
		return (NULL);
	if (an == NULL) {
		new->an_parent = parent;
		STORE(pp, new);
	} else if (art_split(ar, pp, an, new, common) != 0) {
		art_node_put(ar, new);
		return (NULL);
	}
	return (new);
}

void
art_delete(struct art *ar, struct art_node *an)
{
	struct art_node *parent, *child, **pp;

	/* at most two go: this one, and the branch it leaves with one child */
	while (an != NULL && an->an_rtlist == NULL) {
		if (an->an_child[0] != NULL && an->an_child[1] != NULL)
			break;
		child = an->an_child[an->an_child[0] == NULL];
		parent = an->an_parent;
		pp = parent == NULL ? &ar->ar_root :
		    &parent->an_child[key_bit(&an->an_key, parent->an_plen)];
		KASSERT(*pp == an);
		STORE(pp, child);
		if (child != NULL)
			child->an_parent = parent;
		art_node_put(ar, an);
		an = parent;
	}
}

/* the first node below an */
static struct art_node *
art_below(struct art *ar, struct art_node *an)
{
	struct art_node *child;

	if (an->an_plen == ar->ar_maxplen)
		return (NULL);
	child = LOAD(&an->an_child[0]);
	return (child != NULL ? child : LOAD(&an->an_child[1]));
}

struct art_node *
art_next(struct art *ar, const struct art_key *k, int plen)
{
	struct art_node *an, *child, *best = NULL;
	int cmp;

	an = LOAD(&ar->ar_root);
	while (an != NULL) {
		cmp = key_cmp(&an->an_key, k);
		if (cmp > 0 || (cmp == 0 && an->an_plen > plen))
			return (an);
		if (cmp == 0 && an->an_plen == plen) {
			child = art_below(ar, an);
			return (child != NULL ? child : best);
		}
		/* an comes first; is the rest behind or inside it? */
		if (an->an_plen >= plen || !art_covers(an, k))
			break;
		child = LOAD(&an->an_child[1]);
		if (key_bit(k, an->an_plen) == 0) {
			if (child != NULL)
				best = child;
			child = LOAD(&an->an_child[0]);
		}
		an = child;
	}
	return (best);
}
