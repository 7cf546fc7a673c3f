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
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/pfkeyv2.h>
#include <net/rtable.h>

#include <netinet/in.h>
#include <netinet/ip_spd.h>

/*
 * Policies with the same mask are a group, and a group is a hash: a look-up
 * costs as much as there are different masks, however many policies there
 * are.
 */
#define SPD_HASHMIN	16		/* a power of two */
#define SPD_MAXACQUIRES	256		/* questions that wait for an answer */

struct spd_group {
	TAILQ_ENTRY(spd_group)	 sg_entry;	/* [N] narrowest first */
	struct sockaddr_encap	 sg_mask;	/* [I] */
	LIST_HEAD(spd_bucket, ipsec_policy) *sg_hash;	/* [N] */
	u_int			 sg_size;	/* [N] buckets */
	u_int			 sg_count;	/* [N] policies */
	u_int			 sg_bits;	/* [I] of the mask */
};

struct spd_question {
	TAILQ_ENTRY(spd_question) sq_entry;	/* oldest first */
	struct sockaddr_encap	 sq_addr;
	struct sockaddr_encap	 sq_mask;
	union sockaddr_union	 sq_dst;
	u_int32_t		 sq_seq;
	u_int			 sq_rdomain;
	time_t			 sq_expires;	/* uptime */
};

/* the words of a flow that a mask covers: the head of the struct is the
 * same for all of a family */
#define SPD_WORDS	(sizeof(struct sockaddr_encap) / sizeof(u_int64_t))
CTASSERT(sizeof(struct sockaddr_encap) == 48);

static TAILQ_HEAD(, spd_group) *spd_groups[RT_TABLEID_MAX + 1]; /* [N] */
static TAILQ_HEAD(, ipsec_policy) spd_all =
    TAILQ_HEAD_INITIALIZER(spd_all);				/* [N] */

static struct mutex	 spd_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static TAILQ_HEAD(, spd_question) spd_questions =
    TAILQ_HEAD_INITIALIZER(spd_questions);		/* spd_mtx */
static u_int		 spd_nquestions;		/* spd_mtx */
static u_int32_t	 spd_seq;			/* spd_mtx */

static void	spd_forget(struct spd_question *);

static void
spd_and(struct sockaddr_encap *to, const struct sockaddr_encap *a,
    const struct sockaddr_encap *mask)
{
	u_int64_t v[SPD_WORDS], m[SPD_WORDS];
	u_int i;

	memcpy(v, a, sizeof(v));
	memcpy(m, mask, sizeof(m));
	/* length, family, type */
	m[0] |= htobe64(0xffffffff00000000ULL);
	for (i = 0; i < SPD_WORDS; i++)
		v[i] &= m[i];
	memcpy(to, v, sizeof(v));
}

static int
spd_same(const struct sockaddr_encap *a, const struct sockaddr_encap *b)
{
	return (memcmp(a, b, sizeof(*a)) == 0);
}

static void
spd_noports(struct sockaddr_encap *key)
{
	if (key->sen_type == SENT_IP4)
		key->Sen.Sip4.Sport = key->Sen.Sip4.Dport = 0;
	else
		key->Sen.Sip6.Sport = key->Sen.Sip6.Dport = 0;
}

static int
spd_unported(const struct sockaddr_encap *packet)
{
	struct sockaddr_encap flow = *packet;

	spd_noports(&flow);
	return (spd_same(&flow, packet));
}

/* Ports take no part: of a fragment they are not known. */
static u_int
spd_hash(const struct sockaddr_encap *key)
{
	struct sockaddr_encap flow = *key;
	u_int64_t v[SPD_WORDS], h = 0;
	u_int i;

	spd_noports(&flow);
	memcpy(v, &flow, sizeof(v));
	for (i = 0; i < SPD_WORDS; i++) {
		h = (h ^ v[i]) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 29;
	}
	return (h >> 16);
}

int
spd_sameflow(const struct sockaddr_encap *a, const struct sockaddr_encap *b)
{
	struct sockaddr_encap ac = *a, bc = *b;

	ac.Sen.Sip4.Direction = bc.Sen.Sip4.Direction = 0;
	return (spd_same(&ac, &bc));
}

int
spd_covers(const struct sockaddr_encap *flow,
    const struct sockaddr_encap *mask, const struct sockaddr_encap *packet)
{
	struct sockaddr_encap key, flowc = *flow, maskc = *mask;

	if (flow->sen_type != packet->sen_type)
		return (0);
	if (spd_unported(packet)) {
		spd_noports(&flowc);
		spd_noports(&maskc);
	}
	spd_and(&key, packet, &maskc);
	return (spd_sameflow(&key, &flowc));
}

static u_int
spd_bits(const struct sockaddr_encap *mask)
{
	u_int64_t v[SPD_WORDS];
	u_int i, n = 0;

	memcpy(v, mask, sizeof(v));
	for (i = 0; i < SPD_WORDS; i++)
		for (; v[i] != 0; v[i] &= v[i] - 1)
			n++;
	return (n);
}

/*
 * Groups
 */

static struct spd_group *
spd_group_find(u_int rdomain, const struct sockaddr_encap *mask)
{
	struct spd_group *sg;

	if (spd_groups[rdomain] == NULL)
		return (NULL);
	TAILQ_FOREACH(sg, spd_groups[rdomain], sg_entry) {
		if (spd_same(&sg->sg_mask, mask))
			break;
	}
	return (sg);
}

/* Of two masks with as many bits the greater is asked first. */
static int
spd_group_before(const struct spd_group *a, const struct spd_group *b)
{
	if (a->sg_bits != b->sg_bits)
		return (a->sg_bits > b->sg_bits);
	return (memcmp(&a->sg_mask, &b->sg_mask, sizeof(a->sg_mask)) > 0);
}

static struct spd_group *
spd_group_make(u_int rdomain, const struct sockaddr_encap *mask)
{
	struct spd_group *sg, *at;

	if (spd_groups[rdomain] == NULL) {
		spd_groups[rdomain] = malloc(sizeof(*spd_groups[rdomain]),
		    M_TDB, M_WAITOK);
		TAILQ_INIT(spd_groups[rdomain]);
	}
	sg = malloc(sizeof(*sg), M_TDB, M_WAITOK | M_ZERO);
	sg->sg_mask = *mask;
	sg->sg_bits = spd_bits(mask);
	sg->sg_size = SPD_HASHMIN;
	sg->sg_hash = mallocarray(sg->sg_size, sizeof(*sg->sg_hash), M_TDB,
	    M_WAITOK | M_ZERO);
	TAILQ_FOREACH(at, spd_groups[rdomain], sg_entry) {
		if (spd_group_before(sg, at))
			break;
	}
	if (at != NULL)
		TAILQ_INSERT_BEFORE(at, sg, sg_entry);
	else
		TAILQ_INSERT_TAIL(spd_groups[rdomain], sg, sg_entry);
	return (sg);
}

static void
spd_group_free(u_int rdomain, struct spd_group *sg)
{
	TAILQ_REMOVE(spd_groups[rdomain], sg, sg_entry);
	free(sg->sg_hash, M_TDB, sg->sg_size * sizeof(*sg->sg_hash));
	free(sg, M_TDB, sizeof(*sg));
	if (TAILQ_EMPTY(spd_groups[rdomain])) {
		free(spd_groups[rdomain], M_TDB,
		    sizeof(*spd_groups[rdomain]));
		spd_groups[rdomain] = NULL;
	}
}

static struct spd_bucket *
spd_bucket(struct spd_group *sg, const struct sockaddr_encap *key)
{
	return (&sg->sg_hash[spd_hash(key) & (sg->sg_size - 1)]);
}

static void
spd_group_grow(struct spd_group *sg)
{
	struct spd_bucket *old = sg->sg_hash;
	struct ipsec_policy *ipo;
	u_int i, osize = sg->sg_size;

	sg->sg_size *= 4;
	sg->sg_hash = mallocarray(sg->sg_size, sizeof(*sg->sg_hash), M_TDB,
	    M_WAITOK | M_ZERO);
	for (i = 0; i < osize; i++) {
		while ((ipo = LIST_FIRST(&old[i])) != NULL) {
			LIST_REMOVE(ipo, ipo_hash);
			LIST_INSERT_HEAD(spd_bucket(sg, &ipo->ipo_addr), ipo,
			    ipo_hash);
		}
	}
	free(old, M_TDB, osize * sizeof(*old));
}

/*
 * Policies
 */

static struct ipsec_policy *
spd_group_lookup(struct spd_group *sg, const struct sockaddr_encap *key)
{
	struct ipsec_policy *ipo;

	LIST_FOREACH(ipo, spd_bucket(sg, key), ipo_hash) {
		if (spd_same(&ipo->ipo_addr, key))
			break;
	}
	return (ipo);
}

void
spd_insert(struct ipsec_policy *ipo)
{
	struct spd_group *sg;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	sg = spd_group_find(ipo->ipo_rdomain, &ipo->ipo_mask);
	if (sg == NULL)
		sg = spd_group_make(ipo->ipo_rdomain, &ipo->ipo_mask);
	if (sg->sg_count > 2 * sg->sg_size)
		spd_group_grow(sg);
	ipo->ipo_group = sg;
	sg->sg_count++;
	LIST_INSERT_HEAD(spd_bucket(sg, &ipo->ipo_addr), ipo, ipo_hash);
	TAILQ_INSERT_TAIL(&spd_all, ipo, ipo_list);
	WRITE_ONCE(ipsec_in_use, ipsec_in_use + 1);
}

void
spd_remove(struct ipsec_policy *ipo)
{
	struct spd_group *sg = ipo->ipo_group;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	LIST_REMOVE(ipo, ipo_hash);
	TAILQ_REMOVE(&spd_all, ipo, ipo_list);
	WRITE_ONCE(ipsec_in_use, ipsec_in_use - 1);
	if (--sg->sg_count == 0)
		spd_group_free(ipo->ipo_rdomain, sg);
	ipsp_ids_free(ipo->ipo_ids);
	free(ipo, M_TDB, sizeof(*ipo));
}

void
spd_flush(u_int rdomain)
{
	struct ipsec_policy *ipo, *next;
	struct spd_question *sq, *nextq;

	TAILQ_FOREACH_SAFE(ipo, &spd_all, ipo_list, next) {
		if (ipo->ipo_rdomain == rdomain)
			spd_remove(ipo);
	}
	mtx_enter(&spd_mtx);
	TAILQ_FOREACH_SAFE(sq, &spd_questions, sq_entry, nextq) {
		if (sq->sq_rdomain == rdomain)
			spd_forget(sq);
	}
	mtx_leave(&spd_mtx);
}

struct ipsec_policy *
spd_find(u_int rdomain, const struct sockaddr_encap *addr,
    const struct sockaddr_encap *mask)
{
	struct spd_group *sg;

	NET_ASSERT_LOCKED();
	if ((sg = spd_group_find(rdomain, mask)) == NULL)
		return (NULL);
	return (spd_group_lookup(sg, addr));
}

/* Of types of policies, the stricter is the greater. */
static const u_int8_t spd_strict[] = {
	[IPSP_PERMIT] = 0,
	[IPSP_IPSEC_USE] = 1,
	[IPSP_IPSEC_ACQUIRE] = 2,
	[IPSP_IPSEC_REQUIRE] = 3,
	[IPSP_IPSEC_DONTACQ] = 4,
	[IPSP_DENY] = 5,
};

static struct ipsec_policy *
spd_stricter(struct ipsec_policy *a, struct ipsec_policy *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL ? a : b);
	return (spd_strict[b->ipo_type] > spd_strict[a->ipo_type] ? b : a);
}

static int
spd_hasports(const struct spd_group *sg)
{
	struct sockaddr_encap flow = sg->sg_mask;

	spd_noports(&flow);
	return (!spd_same(&flow, &sg->sg_mask));
}

/* The strictest policy of a group that fits but for ports. */
static struct ipsec_policy *
spd_group_strictest(struct spd_group *sg, const struct sockaddr_encap *key)
{
	struct sockaddr_encap flow, want = *key;
	struct ipsec_policy *ipo, *found = NULL;

	spd_noports(&want);
	LIST_FOREACH(ipo, spd_bucket(sg, key), ipo_hash) {
		flow = ipo->ipo_addr;
		spd_noports(&flow);
		if (spd_same(&flow, &want))
			found = spd_stricter(found, ipo);
	}
	return (found);
}

/*
 * All that the packet might match, from the narrowest on to the first that
 * it does match whatever its ports are: the strictest of these.
 */
struct ipsec_policy *
spd_match_noports(u_int rdomain, const struct sockaddr_encap *packet)
{
	struct sockaddr_encap key;
	struct ipsec_policy *ipo, *found = NULL;
	struct spd_group *sg;

	NET_ASSERT_LOCKED();
	if (spd_groups[rdomain] == NULL)
		return (NULL);
	TAILQ_FOREACH(sg, spd_groups[rdomain], sg_entry) {
		if (sg->sg_mask.sen_type != packet->sen_type)
			continue;
		spd_and(&key, packet, &sg->sg_mask);
		if (spd_hasports(sg))
			found = spd_stricter(found,
			    spd_group_strictest(sg, &key));
		else if ((ipo = spd_group_lookup(sg, &key)) != NULL)
			return (spd_stricter(found, ipo));
	}
	return (found);
}

struct ipsec_policy *
spd_match(u_int rdomain, const struct sockaddr_encap *packet)
{
	struct sockaddr_encap key;
	struct ipsec_policy *ipo;
	struct spd_group *sg;

	NET_ASSERT_LOCKED();
	if (spd_groups[rdomain] == NULL)
		return (NULL);
	TAILQ_FOREACH(sg, spd_groups[rdomain], sg_entry) {
		if (sg->sg_mask.sen_type != packet->sen_type)
			continue;
		spd_and(&key, packet, &sg->sg_mask);
		if ((ipo = spd_group_lookup(sg, &key)) != NULL)
			return (ipo);
	}
	return (NULL);
}

int
spd_walk(u_int rdomain, int (*func)(struct ipsec_policy *, void *),
    void *arg)
{
	struct ipsec_policy *ipo;
	int error = 0;

	NET_ASSERT_LOCKED();
	TAILQ_FOREACH(ipo, &spd_all, ipo_list) {
		if (ipo->ipo_rdomain == rdomain &&
		    (error = func(ipo, arg)) != 0)
			break;
	}
	return (error);
}

/*
 * Questions to key management
 */

static void
spd_forget(struct spd_question *sq)
{
	MUTEX_ASSERT_LOCKED(&spd_mtx);
	TAILQ_REMOVE(&spd_questions, sq, sq_entry);
	spd_nquestions--;
	free(sq, M_TDB, sizeof(*sq));
}

static int
spd_asked(const struct spd_question *new)
{
	struct spd_question *sq, *next;
	time_t now = getuptime();

	MUTEX_ASSERT_LOCKED(&spd_mtx);
	TAILQ_FOREACH_SAFE(sq, &spd_questions, sq_entry, next) {
		if (sq->sq_expires <= now)
			spd_forget(sq);
		else if (sq->sq_rdomain == new->sq_rdomain &&
		    spd_same(&sq->sq_addr, &new->sq_addr) &&
		    spd_same(&sq->sq_mask, &new->sq_mask) &&
		    memcmp(&sq->sq_dst, &new->sq_dst,
		    sizeof(sq->sq_dst)) == 0)
			return (1);
	}
	return (0);
}

/*
 * Remember it under a new number, unless it was asked: 0, EALREADY or
 * ENOBUFS.  With 0 it may be forgotten at any time from here on.
 */
static int
spd_remember(struct spd_question *new, u_int32_t *seq)
{
	int error = 0;

	mtx_enter(&spd_mtx);
	if (spd_asked(new)) {
		error = EALREADY;
	} else if (spd_nquestions >= SPD_MAXACQUIRES) {
		error = ENOBUFS;
	} else {
		*seq = new->sq_seq = ++spd_seq;
		TAILQ_INSERT_TAIL(&spd_questions, new, sq_entry);
		spd_nquestions++;
	}
	mtx_leave(&spd_mtx);
	return (error);
}

/* Nobody heard it: the next packet asks again. */
static void
spd_unask(u_int32_t seq)
{
	struct spd_question *sq;

	mtx_enter(&spd_mtx);
	TAILQ_FOREACH(sq, &spd_questions, sq_entry) {
		if (sq->sq_seq == seq)
			break;
	}
	if (sq != NULL)
		spd_forget(sq);
	mtx_leave(&spd_mtx);
}

int
spd_acquire(const struct ipsec_policy *ipo,
    const struct sockaddr_encap *packet, const union sockaddr_union *dst)
{
	struct spd_question *sq;
	u_int32_t seq;
	int error;

	sq = malloc(sizeof(*sq), M_TDB, M_NOWAIT | M_ZERO);
	if (sq == NULL)
		return (ENOBUFS);
	sq->sq_addr = ipo->ipo_addr;
	sq->sq_mask = ipo->ipo_mask;
	sq->sq_dst = *dst;
	sq->sq_rdomain = ipo->ipo_rdomain;
	sq->sq_expires = getuptime() +
	    READ_ONCE(ipsec_prop.pd_expire_acquire);
	if ((error = spd_remember(sq, &seq)) != 0) {
		free(sq, M_TDB, sizeof(*sq));
		return (error == EALREADY ? 0 : error);
	}
	error = pfkeyv2_acquire(ipo, packet, dst, seq);
	if (error != 0)
		spd_unask(seq);
	return (error);
}

int
spd_acquired(u_int rdomain, u_int32_t seq, struct sockaddr_encap *addr,
    struct sockaddr_encap *mask)
{
	struct spd_question *sq;

	mtx_enter(&spd_mtx);
	TAILQ_FOREACH(sq, &spd_questions, sq_entry) {
		if (sq->sq_seq == seq && sq->sq_rdomain == rdomain &&
		    sq->sq_expires > getuptime())
			break;
	}
	if (sq != NULL) {
		*addr = sq->sq_addr;
		*mask = sq->sq_mask;
	}
	mtx_leave(&spd_mtx);
	return (sq != NULL ? 0 : ESRCH);
}
