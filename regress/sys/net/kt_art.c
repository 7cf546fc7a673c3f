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

/*
 * The tree of prefixes against a plain list.
 */

#include <sys/ktest.h>
#include <sys/malloc.h>
#include <sys/socket.h>

#include <net/art.h>

#define NMODEL	600

struct model {
	struct art_key	 m_key;
	int		 m_plen;
	int		 m_used;
};

static struct model model[NMODEL];

/* the tree keeps the pointer and never looks behind it */
static struct rtentry *
model_data(struct model *m)
{
	return ((struct rtentry *)m);
}

static uint64_t
random_word(void)
{
	return ((uint64_t)kt_random() << 32 | kt_random());
}

/*
 * Keys that collide: few bits differ, at places where words and bytes end
 * too.
 */
static void
random_key(struct art_key *k, int maxplen)
{
	static const int places[] = { 0, 1, 7, 8, 15, 16, 23, 24, 30, 31, 32,
	    33, 62, 63, 64, 65, 95, 96, 126, 127 };
	int i, bit;

	memset(k, 0, sizeof(*k));
	for (i = 0; i < (int)nitems(places); i++) {
		bit = places[i];
		if (bit < maxplen && kt_random() % 2)
			k->ak_w[bit >> 6] |= 1UL << (63 - (bit & 63));
	}
	if (kt_random() % 4 == 0) {
		k->ak_w[0] ^= random_word();
		k->ak_w[1] ^= random_word();
	}
	art_mask(k, maxplen);
}

static int
in_prefix(const struct art_key *prefix, int plen, const struct art_key *k)
{
	struct art_key top = *k;

	art_mask(&top, plen);
	return (memcmp(&top, prefix, sizeof(top)) == 0);
}

static struct model *
model_find(const struct art_key *k, int plen)
{
	int i;

	for (i = 0; i < NMODEL; i++) {
		if (model[i].m_used && model[i].m_plen == plen &&
		    memcmp(&model[i].m_key, k, sizeof(*k)) == 0)
			return (&model[i]);
	}
	return (NULL);
}

static struct model *
model_match(const struct art_key *k)
{
	struct model *best = NULL;
	int i;

	for (i = 0; i < NMODEL; i++) {
		if (model[i].m_used &&
		    in_prefix(&model[i].m_key, model[i].m_plen, k) &&
		    (best == NULL || model[i].m_plen > best->m_plen))
			best = &model[i];
	}
	return (best);
}

static int
model_before(const struct art_key *a, int alen, const struct art_key *b,
    int blen)
{
	if (a->ak_w[0] != b->ak_w[0])
		return (a->ak_w[0] < b->ak_w[0]);
	if (a->ak_w[1] != b->ak_w[1])
		return (a->ak_w[1] < b->ak_w[1]);
	return (alen < blen);
}

/* Nodes without data must branch; a child lies in its parent. */
static unsigned int
tree_check(struct art *ar, struct art_node *an, struct art_node *parent,
    unsigned int *bad)
{
	struct art_key k;
	unsigned int n = 1;
	int b;

	k = an->an_key;
	art_mask(&k, an->an_plen);
	if (memcmp(&k, &an->an_key, sizeof(k)) != 0 ||
	    an->an_parent != parent || (parent != NULL &&
	    (an->an_plen <= parent->an_plen || !art_covers(parent, &k))))
		(*bad)++;
	if (an->an_rtlist == NULL &&
	    (an->an_child[0] == NULL || an->an_child[1] == NULL))
		(*bad)++;
	for (b = 0; b < 2; b++) {
		if (an->an_child[b] != NULL)
			n += tree_check(ar, an->an_child[b], an, bad);
	}
	return (n);
}

/* The walk shows exactly the model, in order. */
static int
walk_agrees(struct art *ar)
{
	struct art_key k = { { 0, 0 } }, last = k;
	struct art_node *an;
	int i, n = 0, used = 0, len = 0, lastlen = -1;

	for (i = 0; i < NMODEL; i++)
		used += model[i].m_used;
	if ((an = art_lookup(ar, &k, 0)) == NULL)
		an = art_next(ar, &k, 0);
	for (; an != NULL; an = art_next(ar, &k, len)) {
		k = an->an_key;
		len = an->an_plen;
		if (lastlen != -1 && !model_before(&last, lastlen, &k, len))
			return (0);
		last = k;
		lastlen = len;
		if (an->an_rtlist == NULL)
			continue;
		if ((void *)an->an_rtlist != model_find(&k, len))
			return (0);
		n++;
	}
	return (n == used);
}

/* From a place that need not be in the tree. */
static int
next_agrees(struct art *ar, const struct art_key *k, int plen)
{
	struct model *best = NULL;
	struct art_node *an;
	int i;

	for (i = 0; i < NMODEL; i++) {
		if (model[i].m_used &&
		    model_before(k, plen, &model[i].m_key, model[i].m_plen) &&
		    (best == NULL || model_before(&model[i].m_key,
		    model[i].m_plen, &best->m_key, best->m_plen)))
			best = &model[i];
	}
	an = art_next(ar, k, plen);
	while (an != NULL && an->an_rtlist == NULL)
		an = art_next(ar, &an->an_key, an->an_plen);
	return (best == NULL ? an == NULL :
	    an != NULL && (void *)an->an_rtlist == best);
}

/* Add the prefix, or remove it when it is there. 0 when all agree. */
static int
model_toggle(struct art *ar, struct art_key *k, int plen)
{
	struct art_node *an;
	struct model *m;
	int i;

	art_mask(k, plen);
	an = art_lookup(ar, k, plen);
	m = model_find(k, plen);
	if ((m != NULL) != (an != NULL && an->an_rtlist != NULL))
		return (1);
	if (m != NULL) {
		m->m_used = 0;
		an->an_rtlist = NULL;
		art_delete(ar, an);
		return (0);
	}
	for (i = 0; i < NMODEL && model[i].m_used; i++)
		;
	if (i == NMODEL)
		return (0);
	an = art_insert(ar, k, plen);
	if (an == NULL || an->an_rtlist != NULL || an->an_plen != plen)
		return (1);
	model[i].m_key = *k;
	model[i].m_plen = plen;
	model[i].m_used = 1;
	an->an_rtlist = model_data(&model[i]);
	return (0);
}

static const char *
run_model(int maxplen, unsigned long ops)
{
	struct art ar;
	struct art_key k;
	struct art_node *an;
	unsigned int bad = 0;
	unsigned long n;
	int plen;

	memset(model, 0, sizeof(model));
	art_init(&ar, maxplen);
	for (n = 0; n < ops; n++) {
		random_key(&k, maxplen);
		plen = kt_random() % 8 == 0 ? maxplen :
		    (int)(kt_random() % (maxplen + 1));
		if (model_toggle(&ar, &k, plen) != 0)
			return ("insert or delete");
		random_key(&k, maxplen);
		an = art_match(&ar, &k);
		if ((an == NULL ? NULL : (void *)an->an_rtlist) !=
		    model_match(&k))
			return ("match");
		art_mask(&k, plen);
		if (!next_agrees(&ar, &k, plen))
			return ("next");
		if (n % 64 == 0 && !walk_agrees(&ar))
			return ("walk");
		if (n % 64 == 0 && ar.ar_root != NULL &&
		    (tree_check(&ar, ar.ar_root, NULL, &bad) != ar.ar_nodes ||
		    bad != 0))
			return ("shape");
	}
	for (n = 0; n < NMODEL; n++) {
		if (model[n].m_used &&
		    model_toggle(&ar, &model[n].m_key, model[n].m_plen) != 0)
			return ("delete at the end");
	}
	return (ar.ar_root == NULL && ar.ar_nodes == 0 ? NULL : "left over");
}

KTEST(art_model_v4, "prefixes of 32 bits behave like a list of them")
{
	const char *what = run_model(32, kt_count(20000));

	if (what != NULL)
		KT_FAIL("%s (seed %llu)", what,
		    (unsigned long long)kt_seed());
}

KTEST(art_model_v6, "prefixes of 128 bits behave like a list of them")
{
	const char *what = run_model(128, kt_count(20000));

	if (what != NULL)
		KT_FAIL("%s (seed %llu)", what,
		    (unsigned long long)kt_seed());
}

KTEST(art_nomem, "without memory an insertion changes nothing")
{
	static const uint8_t a[4] = { 10, 1, 0, 0 }, b[4] = { 10, 2, 0, 0 };
	struct art ar;
	struct art_key ka, kb;
	struct art_node *an;
	unsigned int n;

	art_init(&ar, 32);
	art_mkkey(&ka, a, 4);
	art_mkkey(&kb, b, 4);
	an = art_insert(&ar, &ka, 16);
	KT_ASSERT(an != NULL);
	an->an_rtlist = model_data(&model[0]);
	/* the node, then the branch above it */
	for (n = 1; n <= 2; n++) {
		malloc_fail_nth(n);
		KT_ASSERT(art_insert(&ar, &kb, 16) == NULL);
		malloc_fail_nth(0);
		KT_EQ(ar.ar_nodes, 1);
		KT_ASSERT(ar.ar_root == an && art_match(&ar, &ka) == an);
	}
	KT_ASSERT(art_insert(&ar, &kb, 16) != NULL);
	KT_EQ(ar.ar_nodes, 3);
	art_delete(&ar, art_lookup(&ar, &kb, 16));
	KT_EQ(ar.ar_nodes, 1);
	an->an_rtlist = NULL;
	art_delete(&ar, an);
	KT_EQ(ar.ar_nodes, 0);
}
