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
#include <sys/domain.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/socket.h>

#include <net/art.h>
#include <net/if_dl.h>
#include <net/route.h>
#include <net/rtable.h>

#define RTABLE_NAF	4		/* families that route, at most */
#define WALK_FEW	8		/* routes of a prefix, without malloc */

#define NEXT(rt)	__atomic_load_n(&(rt)->rt_next, __ATOMIC_ACQUIRE)

/*
 * Locks used to protect struct members:
 *	I	immutable after rtable_add()
 *	N	netlock
 *	T	netlock; rtable_mtx too while it is shared and the tree grows
 */
struct rtable {
	unsigned int	 rtb_domain;		/* [N] routing domain */
	unsigned int	 rtb_loif;		/* [N] its loopback's index */
	struct art	 rtb_art[RTABLE_NAF];	/* [T] */
};

struct rtable_af {
	sa_family_t	 raf_family;
	int		 raf_offset;		/* bytes before the key */
	int		 raf_maxplen;		/* bits */
};

/* threads that insert under the shared netlock */
static struct mutex rtable_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static struct rtable *rtables[RT_TABLEID_MAX + 1];	/* grows; atomic */
static struct rtable_af rtable_afs[RTABLE_NAF];		/* since boot */
static int	rtable_naf;				/* since boot */

void
rtable_init(void)
{
	const struct domain *dp;
	int i;

	art_boot();
	rtable_naf = 0;
	for (i = 0; (dp = domains[i]) != NULL; i++) {
		if (dp->dom_maxplen == 0)
			continue;
		if (rtable_naf == RTABLE_NAF || dp->dom_rtoffset % 8 != 0)
			panic("%s: domain %s", __func__, dp->dom_name);
		rtable_afs[rtable_naf].raf_family = dp->dom_family;
		rtable_afs[rtable_naf].raf_offset = dp->dom_rtoffset / 8;
		rtable_afs[rtable_naf].raf_maxplen = dp->dom_maxplen;
		rtable_naf++;
	}
	if (rtable_add(0) != 0)
		panic("%s: no memory", __func__);
}

static struct rtable *
rtable_get(unsigned int id)
{
	if (id > RT_TABLEID_MAX)
		return (NULL);
	return (__atomic_load_n(&rtables[id], __ATOMIC_ACQUIRE));
}

static const struct rtable_af *
rtable_af(sa_family_t af)
{
	int i;

	for (i = 0; i < rtable_naf; i++) {
		if (rtable_afs[i].raf_family == af)
			return (&rtable_afs[i]);
	}
	return (NULL);
}

static struct art *
rtable_art(unsigned int id, sa_family_t af)
{
	struct rtable *rtb = rtable_get(id);
	const struct rtable_af *raf = rtable_af(af);

	if (rtb == NULL || raf == NULL)
		return (NULL);
	return (&rtb->rtb_art[raf - rtable_afs]);
}

int
rtable_exists(unsigned int id)
{
	return (rtable_get(id) != NULL);
}

int
rtable_empty(unsigned int id)
{
	struct rtable *rtb = rtable_get(id);
	int i;

	for (i = 0; rtb != NULL && i < rtable_naf; i++) {
		if (rtb->rtb_art[i].ar_nodes != 0)
			return (0);
	}
	return (1);
}

int
rtable_add(unsigned int id)
{
	struct rtable *rtb;
	int i;

	if (id > RT_TABLEID_MAX)
		return (EINVAL);
	if (rtable_exists(id))
		return (0);
	rtb = malloc(sizeof(*rtb), M_RTABLE, M_NOWAIT | M_ZERO);
	if (rtb == NULL)
		return (ENOMEM);
	for (i = 0; i < rtable_naf; i++)
		art_init(&rtb->rtb_art[i], rtable_afs[i].raf_maxplen);
	__atomic_store_n(&rtables[id], rtb, __ATOMIC_RELEASE);
	return (0);
}

void
rtable_fini(void)
{
	unsigned int id;

	for (id = 0; id <= RT_TABLEID_MAX; id++) {
		if (!rtable_exists(id) || !rtable_empty(id))
			continue;
		free(rtables[id], M_RTABLE, sizeof(*rtables[id]));
		rtables[id] = NULL;
	}
}

unsigned int
rtable_l2(unsigned int id)
{
	struct rtable *rtb = rtable_get(id);

	return (rtb != NULL ? READ_ONCE(rtb->rtb_domain) : 0);
}

unsigned int
rtable_loindex(unsigned int id)
{
	struct rtable *rtb = rtable_get(rtable_l2(id));

	return (rtb != NULL ? READ_ONCE(rtb->rtb_loif) : 0);
}

void
rtable_l2set(unsigned int id, unsigned int domain, unsigned int loif)
{
	struct rtable *rtb = rtable_get(id);

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if (rtb == NULL || domain > RT_TABLEID_MAX)
		return;
	WRITE_ONCE(rtb->rtb_domain, domain);
	WRITE_ONCE(rtb->rtb_loif, loif);
}

int
rtable_maxplen(sa_family_t af)
{
	const struct rtable_af *raf = rtable_af(af);

	return (raf != NULL ? raf->raf_maxplen : 0);
}

int
rtable_keyoffset(sa_family_t af)
{
	const struct rtable_af *raf = rtable_af(af);

	return (raf != NULL ? raf->raf_offset : 0);
}

/* Bytes behind sa_len count as zero: masks come trimmed. */
static void
rtable_mkkey(struct art_key *k, const struct rtable_af *raf,
    const struct sockaddr *sa)
{
	int n = MIN((int)sa->sa_len - raf->raf_offset, raf->raf_maxplen / 8);

	art_mkkey(k, (const uint8_t *)sa + raf->raf_offset, n);
}

int
rtable_satoplen(sa_family_t af, const struct sockaddr *mask)
{
	const struct rtable_af *raf = rtable_af(af);
	struct art_key k, full = { { ~0UL, ~0UL } };
	int plen;

	if (raf == NULL)
		return (-1);
	if (mask == NULL)
		return (raf->raf_maxplen);
	rtable_mkkey(&k, raf, mask);
	for (plen = 0; plen < raf->raf_maxplen; plen++) {
		if ((k.ak_w[plen >> 6] >> (63 - (plen & 63)) & 1) == 0)
			break;
	}
	art_mask(&full, plen);
	return (memcmp(&full, &k, sizeof(k)) == 0 ? plen : -1);
}

int
rtable_sa_equal(const struct sockaddr *a, const struct sockaddr *b)
{
	const struct rtable_af *raf = rtable_af(a->sa_family);
	struct art_key ka, kb;

	if (a->sa_family != b->sa_family)
		return (0);
	if (a->sa_family == AF_LINK)
		return (satosdl_const(a)->sdl_index ==
		    satosdl_const(b)->sdl_index);
	if (raf == NULL)
		return (a->sa_len == b->sa_len &&
		    memcmp(a, b, a->sa_len) == 0);
	rtable_mkkey(&ka, raf, a);
	rtable_mkkey(&kb, raf, b);
	return (memcmp(&ka, &kb, sizeof(ka)) == 0);
}

/*
 * Find the tree, the key and the length that an address and a mask stand
 * for. 0, EINVAL, EAFNOSUPPORT.
 */
static int
rtable_prefix(unsigned int id, const struct sockaddr *dst,
    const struct sockaddr *mask, struct art **ar, struct art_key *k, int *plen)
{
	const struct rtable_af *raf = rtable_af(dst->sa_family);

	if (raf == NULL)
		return (EAFNOSUPPORT);
	if ((*ar = rtable_art(id, dst->sa_family)) == NULL)
		return (EINVAL);
	if ((*plen = rtable_satoplen(dst->sa_family, mask)) == -1)
		return (EINVAL);
	rtable_mkkey(k, raf, dst);
	art_mask(k, *plen);
	return (0);
}

struct rtentry *
rtable_lookup(unsigned int id, const struct sockaddr *dst,
    const struct sockaddr *mask, const struct sockaddr *gateway, uint8_t prio)
{
	struct art *ar;
	struct art_key k;
	struct art_node *an;
	struct rtentry *rt;
	int plen;

	NET_ASSERT_LOCKED();
	if (rtable_prefix(id, dst, mask, &ar, &k, &plen) != 0)
		return (NULL);
	if ((an = art_lookup(ar, &k, plen)) == NULL)
		return (NULL);
	for (rt = ART_DATA(an); rt != NULL; rt = NEXT(rt)) {
		if (prio != RTP_NONE && prio != RTP_ANY &&
		    (rt->rt_priority & RTP_MASK) != (prio & RTP_MASK))
			continue;
		if (gateway != NULL &&
		    !rtable_sa_equal(rt->rt_gateway, gateway))
			continue;
		rtref(rt);
		return (rt);
	}
	return (NULL);
}

/* Of the routes that are as good as the first, the one for this pair. */
static struct rtentry *
rtable_share(struct rtentry *first, const struct sockaddr *dst,
    const uint32_t *src)
{
	struct rtentry *rt;
	unsigned int n = 0;

	for (rt = first; rt != NULL &&
	    rt->rt_priority == first->rt_priority; rt = NEXT(rt))
		n++;
	if (n < 2)
		return (first);
	n = rt_hash(dst, src, n);
	for (rt = first; n > 0; n--)
		rt = NEXT(rt);
	return (rt);
}

struct rtentry *
rtable_match(unsigned int id, const struct sockaddr *dst, uint32_t *src)
{
	const struct rtable_af *raf = rtable_af(dst->sa_family);
	struct art *ar = rtable_art(id, dst->sa_family);
	struct art_node *an;
	struct art_key k;
	struct rtentry *rt;

	NET_ASSERT_LOCKED();
	if (ar == NULL)
		return (NULL);
	rtable_mkkey(&k, raf, dst);
	if ((an = art_match(ar, &k)) == NULL)
		return (NULL);
	rt = ART_DATA(an);
	if (src != NULL)
		rt = rtable_share(rt, dst, src);
	rtref(rt);
	return (rt);
}

struct rtentry *
rtable_iterate(struct rtentry *rt)
{
	struct rtentry *next;

	NET_ASSERT_LOCKED();
	next = rt->rt_node != NULL ? NEXT(rt) : NULL;
	if (next != NULL)
		rtref(next);
	rtfree(rt);
	return (next);
}

/* The routes of a node that have this priority, up or down. */
static unsigned int
rtable_peers(struct art_node *an, uint8_t prio, struct rtentry **one)
{
	struct rtentry *rt;
	unsigned int n = 0;

	for (rt = an->an_rtlist; rt != NULL; rt = rt->rt_next) {
		if ((rt->rt_priority & RTP_MASK) == (prio & RTP_MASK)) {
			*one = rt;
			n++;
		}
	}
	return (n);
}

static int
rtable_conflict(struct art_node *an, const struct sockaddr *gateway,
    uint8_t prio, struct rtentry *rt)
{
	struct rtentry *mrt;

	for (mrt = an->an_rtlist; mrt != NULL; mrt = mrt->rt_next) {
		if ((mrt->rt_priority & RTP_MASK) != (prio & RTP_MASK))
			continue;
		if ((rt->rt_flags & RTF_MPATH) == 0 ||
		    (mrt->rt_ifidx == rt->rt_ifidx &&
		    rtable_sa_equal(mrt->rt_gateway, gateway)))
			return (1);
	}
	return (0);
}

/* Best first; among equals the newcomer goes last. */
static void
rtable_link(struct art_node *an, struct rtentry *rt)
{
	struct rtentry **pp = &an->an_rtlist;

	while (*pp != NULL && (*pp)->rt_priority <= rt->rt_priority)
		pp = &(*pp)->rt_next;
	rt->rt_node = an;
	rt->rt_next = *pp;
	__atomic_store_n(pp, rt, __ATOMIC_RELEASE);
}

static void
rtable_unlink(struct art_node *an, struct rtentry *rt)
{
	struct rtentry **pp = &an->an_rtlist;

	while (*pp != rt)
		pp = &(*pp)->rt_next;
	__atomic_store_n(pp, rt->rt_next, __ATOMIC_RELEASE);
	rt->rt_node = NULL;
	rt->rt_next = NULL;
}

/* Only with the netlock exclusive are there peers whose flags change. */
static void
rtable_mpath_joined(struct art_node *an, struct rtentry *rt)
{
	struct rtentry *mrt, *one;

	if (rtable_peers(an, rt->rt_priority, &one) < 2) {
		CLR(rt->rt_flags, RTF_MPATH);
		return;
	}
	for (mrt = an->an_rtlist; mrt != NULL; mrt = mrt->rt_next) {
		if ((mrt->rt_priority & RTP_MASK) ==
		    (rt->rt_priority & RTP_MASK))
			SET(mrt->rt_flags, RTF_MPATH);
	}
}

static int
rtable_insert_locked(struct art *ar, const struct art_key *k, int plen,
    const struct sockaddr *gateway, uint8_t prio, struct rtentry *rt)
{
	struct art_node *an;

	MUTEX_ASSERT_LOCKED(&rtable_mtx);
	if ((an = art_insert(ar, k, plen)) == NULL)
		return (ENOMEM);
	if (rtable_conflict(an, gateway, prio, rt))
		return (EEXIST);
	rtref(rt);
	rt->rt_priority = prio;
	if (ISSET(rt->rt_flags, RTF_MPATH)) {
		rtable_link(an, rt);
		rtable_mpath_joined(an, rt);
	} else
		rtable_link(an, rt);
	return (0);
}

int
rtable_insert(unsigned int id, struct sockaddr *dst,
    const struct sockaddr *mask, const struct sockaddr *gateway, uint8_t prio,
    struct rtentry *rt)
{
	struct art *ar;
	struct art_key k;
	int error, plen;

	NET_ASSERT_LOCKED();
	error = rtable_prefix(id, dst, mask, &ar, &k, &plen);
	if (error != 0)
		return (error);
	mtx_enter(&rtable_mtx);
	error = rtable_insert_locked(ar, &k, plen, gateway, prio, rt);
	mtx_leave(&rtable_mtx);
	return (error);
}

int
rtable_delete(unsigned int id, const struct sockaddr *dst,
    const struct sockaddr *mask, struct rtentry *rt)
{
	struct art *ar = rtable_art(id, dst->sa_family);
	struct art_node *an = rt->rt_node;
	struct rtentry *one;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if (ar == NULL || an == NULL ||
	    rtable_satoplen(dst->sa_family, mask) != an->an_plen)
		return (ESRCH);
	rtable_unlink(an, rt);
	if (ISSET(rt->rt_flags, RTF_MPATH) &&
	    rtable_peers(an, rt->rt_priority, &one) == 1)
		CLR(one->rt_flags, RTF_MPATH);
	if (an->an_rtlist == NULL)
		art_delete(ar, an);
	rtfree(rt);
	return (0);
}

static int
rtable_walk_node(struct art_node *an, struct rtentry **prt,
    int (*func)(struct rtentry *, void *, unsigned int), void *arg,
    unsigned int id)
{
	struct rtentry *few[WALK_FEW], **rts = few, *rt;
	unsigned int i, n = 0, max = 0;
	int error = 0;

	for (rt = ART_DATA(an); rt != NULL; rt = NEXT(rt))
		max++;
	if (max > WALK_FEW)
		rts = mallocarray(max, sizeof(*rts), M_RTABLE, M_WAITOK);
	for (rt = ART_DATA(an); rt != NULL && n < max; rt = NEXT(rt)) {
		rtref(rt);
		rts[n++] = rt;
	}
	for (i = 0; i < n; i++) {
		if (error == 0 && rts[i]->rt_node == an) {
			error = func(rts[i], arg, id);
			if (error != 0 && prt != NULL) {
				rtref(rts[i]);
				*prt = rts[i];
			}
		}
		rtfree(rts[i]);
	}
	if (rts != few)
		free(rts, M_RTABLE, max * sizeof(*rts));
	return (error);
}

static int
rtable_walk_art(struct art *ar, const struct art_key *prefix, int plen,
    struct rtentry **prt, int (*func)(struct rtentry *, void *, unsigned int),
    void *arg, unsigned int id)
{
	struct art_node *an;
	struct art_key k, top;
	int error, len;

	if ((an = art_lookup(ar, prefix, plen)) == NULL)
		an = art_next(ar, prefix, plen);
	while (an != NULL) {
		k = top = an->an_key;
		len = an->an_plen;
		art_mask(&top, plen);
		if (memcmp(&top, prefix, sizeof(top)) != 0)
			break;
		error = rtable_walk_node(an, prt, func, arg, id);
		if (error != 0)
			return (error);
		an = art_next(ar, &k, len);
	}
	return (0);
}

int
rtable_walk(unsigned int id, sa_family_t af, struct rtentry **prt,
    int (*func)(struct rtentry *, void *, unsigned int), void *arg)
{
	struct art *ar = rtable_art(id, af);
	struct art_key all = { { 0, 0 } };

	NET_ASSERT_LOCKED();
	if (rtable_af(af) == NULL)
		return (EAFNOSUPPORT);
	if (ar == NULL)
		return (EINVAL);
	return (rtable_walk_art(ar, &all, 0, prt, func, arg, id));
}

int
rtable_walk_prefix(unsigned int id, const struct sockaddr *dst, int plen,
    struct rtentry **prt, int (*func)(struct rtentry *, void *, unsigned int),
    void *arg)
{
	struct art *ar;
	struct art_key k;
	int error, full;

	NET_ASSERT_LOCKED();
	error = rtable_prefix(id, dst, NULL, &ar, &k, &full);
	if (error != 0)
		return (error);
	if (plen < 0 || plen > full)
		return (EINVAL);
	art_mask(&k, plen);
	return (rtable_walk_art(ar, &k, plen, prt, func, arg, id));
}

void
rtable_walk_covering(struct rtentry *rt, void (*func)(struct rtentry *,
    void *), void *arg)
{
	struct art_node *an;
	struct rtentry *mrt;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	for (an = rt->rt_node; an != NULL; an = an->an_parent) {
		for (mrt = an->an_rtlist; mrt != NULL; mrt = mrt->rt_next)
			func(mrt, arg);
	}
}

int
rtable_contains(const struct rtentry *rt, const struct sockaddr *sa)
{
	const struct rtable_af *raf = rtable_af(sa->sa_family);
	struct art_key k;

	if (raf == NULL || rt->rt_node == NULL ||
	    rt->rt_dest->sa_family != sa->sa_family)
		return (0);
	rtable_mkkey(&k, raf, sa);
	return (art_covers(rt->rt_node, &k));
}

int
rtable_mpath_capable(unsigned int id, sa_family_t af)
{
	return (rtable_art(id, af) != NULL);
}

int
rtable_mpath_reprio(unsigned int id, struct sockaddr *dst, int plen,
    uint8_t prio, struct rtentry *rt)
{
	struct art_node *an = rt->rt_node;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if (an == NULL || an->an_plen != plen ||
	    rtable_art(id, dst->sa_family) == NULL)
		return (ESRCH);
	rtable_unlink(an, rt);
	rt->rt_priority = prio;
	rtable_link(an, rt);
	return (0);
}
