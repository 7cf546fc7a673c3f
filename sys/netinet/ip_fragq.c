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
 * Fragments wait unsorted; a map of 8-byte units tells what is there.  When
 * all of it is, they are copied into one buffer, which the receivers (ESP
 * above all) want anyway.  So the cost of a packet is linear in its size,
 * whatever the order of its fragments.
 *
 * There is always an answer to "no room": the oldest packet goes.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>

#include <net/if_var.h>

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_fragq.h>

#define FRAGQ_MAXPERPKT	256		/* of one packet */
#define FRAGQ_MINROOM	8

static void	fragq_timeout(void *);

void
fragq_init(struct fragq_table *ft)
{
	mtx_init(&ft->ft_mtx, IPL_SOFTNET);
	TAILQ_INIT(&ft->ft_ages);
	arc4random_buf(&ft->ft_secret, sizeof(ft->ft_secret));
	timeout_set(&ft->ft_to, fragq_timeout, ft);
}

static u_int
fragq_bucket(const struct fragq_table *ft, const struct fragq_key *fk)
{
	u_int64_t w[sizeof(*fk) / sizeof(u_int64_t)], h = ft->ft_secret;
	u_int i;

	CTASSERT(sizeof(*fk) % sizeof(w[0]) == 0);
	memcpy(w, fk, sizeof(w));
	for (i = 0; i < nitems(w); i++) {
		h = (h ^ w[i]) * 0x9e3779b97f4a7c15UL;
		h ^= h >> 29;
	}
	return ((h >> 40) & (FRAGQ_NHASH - 1));
}

/*
 * The map
 */

/* The bits of a word that lie in [from, to); w is the word's number. */
static uint64_t
fragq_mask(u_int w, u_int from, u_int to)
{
	uint64_t mask = ~0UL;

	if (from > w * 64)
		mask &= ~0UL << (from - w * 64);
	if (to < (w + 1) * 64)
		mask &= ~(~0UL << (to - w * 64));
	return (mask);
}

static int
fragq_overlaps(const struct fragq *fq, u_int from, u_int to)
{
	u_int w;

	for (w = from / 64; w * 64 < to; w++) {
		if (fq->fq_map[w] & fragq_mask(w, from, to))
			return (1);
	}
	return (0);
}

static void
fragq_fill(struct fragq *fq, u_int from, u_int to)
{
	u_int w;

	for (w = from / 64; w * 64 < to; w++)
		fq->fq_map[w] |= fragq_mask(w, from, to);
}

/*
 * Queues; the mutex is held
 */
static struct fragq *
fragq_find(struct fragq_table *ft, const struct fragq_key *fk)
{
	struct fragq *fq;

	LIST_FOREACH(fq, &ft->ft_hash[fragq_bucket(ft, fk)], fq_hash) {
		if (memcmp(&fq->fq_key, fk, sizeof(*fk)) == 0)
			break;
	}
	return (fq);
}

static void
fragq_unlink(struct fragq_table *ft, struct fragq *fq)
{
	LIST_REMOVE(fq, fq_hash);
	TAILQ_REMOVE(&ft->ft_ages, fq, fq_age);
	WRITE_ONCE(ft->ft_nqueues, ft->ft_nqueues - 1);
	WRITE_ONCE(ft->ft_nfrags, ft->ft_nfrags - fq->fq_nfrags);
}

/* Of an unlinked one, with its fragments; no lock needed. */
void
fragq_free(struct fragq *fq)
{
	u_int i;

	for (i = 0; i < fq->fq_nfrags; i++)
		m_freem(fq->fq_frags[i].fr_m);
	free(fq->fq_frags, M_FTABLE, fq->fq_room * sizeof(*fq->fq_frags));
	free(fq, M_FTABLE, sizeof(*fq));
}

static void
fragq_drop(struct fragq_table *ft, struct fragq *fq, enum fragq_cause why)
{
	ft->ft_count(why, fq->fq_nfrags);
	fragq_unlink(ft, fq);
	fragq_free(fq);
}

/* Make room for one more fragment, and for one more packet. */
static void
fragq_evict(struct fragq_table *ft, int newpkt)
{
	u_int limit = READ_ONCE(*ft->ft_maxqueues);
	u_int maxfrags = READ_ONCE(*ft->ft_maxfrags);

	while (!TAILQ_EMPTY(&ft->ft_ages) && (ft->ft_nfrags >= maxfrags ||
	    (newpkt && ft->ft_nqueues >= limit)))
		fragq_drop(ft, TAILQ_FIRST(&ft->ft_ages), FRAGQ_DROPPED);
}

static struct fragq *
fragq_create(struct fragq_table *ft, const struct fragq_key *fk)
{
	struct fragq *fq;

	fragq_evict(ft, 1);
	fq = malloc(sizeof(*fq), M_FTABLE, M_NOWAIT | M_ZERO);
	if (fq == NULL)
		return (NULL);
	fq->fq_key = *fk;
	fq->fq_deadline = getnsecuptime() + ft->ft_life;
	LIST_INSERT_HEAD(&ft->ft_hash[fragq_bucket(ft, fk)], fq, fq_hash);
	if (TAILQ_EMPTY(&ft->ft_ages))
		timeout_add_nsec(&ft->ft_to, ft->ft_life);
	TAILQ_INSERT_TAIL(&ft->ft_ages, fq, fq_age);
	WRITE_ONCE(ft->ft_nqueues, ft->ft_nqueues + 1);
	return (fq);
}

/* Room for one more fragment of the packet; 0 or ENOBUFS. */
static int
fragq_grow(struct fragq *fq)
{
	struct frag *n;
	u_int room;

	if (fq->fq_nfrags < fq->fq_room)
		return (0);
	room = MAX(fq->fq_room * 2, FRAGQ_MINROOM);
	n = mallocarray(room, sizeof(*n), M_FTABLE, M_NOWAIT);
	if (n == NULL)
		return (ENOBUFS);
	if (fq->fq_nfrags > 0)
		memcpy(n, fq->fq_frags, fq->fq_nfrags * sizeof(*n));
	free(fq->fq_frags, M_FTABLE, fq->fq_room * sizeof(*n));
	fq->fq_frags = n;
	fq->fq_room = room;
	return (0);
}

/* Does the same piece wait already?  Networks do duplicate packets. */
static int
fragq_has(const struct fragq *fq, const struct frag *f)
{
	const struct frag *g;
	u_int i;

	for (i = 0; i < fq->fq_nfrags; i++) {
		g = &fq->fq_frags[i];
		if (g->fr_off == f->fr_off)
			return (g->fr_len == f->fr_len &&
			    g->fr_more == f->fr_more);
	}
	return (0);
}

/*
 * How the fragment fits: 0, EEXIST (a duplicate), EINVAL (it contradicts
 * what is there, so that none of it can be believed, RFC 5722).
 */
static int
fragq_fits(const struct fragq *fq, const struct frag *f)
{
	u_int end = f->fr_off + f->fr_len;

	if (fragq_overlaps(fq, f->fr_off / 8, howmany(end, 8)))
		return (fragq_has(fq, f) ? EEXIST : EINVAL);
	if (fq->fq_total != 0 && (!f->fr_more || end > fq->fq_total))
		return (EINVAL);
	if (!f->fr_more && fq->fq_end > end)
		return (EINVAL);
	return (0);
}

static void
fragq_insert(struct fragq_table *ft, struct fragq *fq, const struct frag *f)
{
	u_int end = f->fr_off + f->fr_len;

	fq->fq_frags[fq->fq_nfrags++] = *f;
	if (!f->fr_more)
		fq->fq_total = end;
	fq->fq_end = MAX(fq->fq_end, end);
	fq->fq_have += f->fr_len;
	fq->fq_ecn |= 1 << f->fr_ecn;
	fq->fq_mflags |= f->fr_m->m_flags & (M_BCAST | M_MCAST);
	fragq_fill(fq, f->fr_off / 8, howmany(end, 8));
	WRITE_ONCE(ft->ft_nfrags, ft->ft_nfrags + 1);
}

static struct fragq *
fragq_add_locked(struct fragq_table *ft, const struct fragq_key *fk,
    const struct frag *f)
{
	struct fragq *fq;
	enum fragq_cause why = FRAGQ_NOMEM;
	int error;

	MUTEX_ASSERT_LOCKED(&ft->ft_mtx);
	fragq_evict(ft, 0);
	if ((fq = fragq_find(ft, fk)) == NULL &&
	    (fq = fragq_create(ft, fk)) == NULL)
		goto drop;
	why = FRAGQ_DROPPED;
	if ((error = fragq_fits(fq, f)) == EEXIST)
		goto drop;
	if (error != 0) {
		why = FRAGQ_BAD;
		fragq_drop(ft, fq, why);
		goto drop;
	}
	if (fq->fq_nfrags == FRAGQ_MAXPERPKT) {
		fragq_drop(ft, fq, why);
		goto drop;
	}
	if (fragq_grow(fq) != 0) {
		why = FRAGQ_NOMEM;
		fragq_drop(ft, fq, why);
		goto drop;
	}
	fragq_insert(ft, fq, f);
	if (fq->fq_total == 0 || fq->fq_have != fq->fq_total)
		return (NULL);
	fragq_unlink(ft, fq);
	return (fq);

 drop:
	ft->ft_count(why, 1);
	m_freem(f->fr_m);
	return (NULL);
}

struct fragq *
fragq_add(struct fragq_table *ft, const struct fragq_key *fk,
    const struct frag *f)
{
	struct fragq *fq;

	mtx_enter(&ft->ft_mtx);
	fq = fragq_add_locked(ft, fk, f);
	mtx_leave(&ft->ft_mtx);
	return (fq);
}

/*
 * The whole
 */
struct frag *
fragq_first(const struct fragq *fq)
{
	u_int i;

	for (i = 0; i < fq->fq_nfrags; i++) {
		if (fq->fq_frags[i].fr_off == 0)
			return (&fq->fq_frags[i]);
	}
	return (NULL);
}

/* CE wins, but not over a fragment that knows no ECN. */
int
fragq_ecn(const struct fragq *fq, u_int8_t ecn)
{
	if (!(fq->fq_ecn & (1 << IPTOS_ECN_CE)))
		return (ecn);
	if (fq->fq_ecn & (1 << IPTOS_ECN_NOTECT))
		return (-1);
	return (IPTOS_ECN_CE);
}

struct mbuf *
fragq_join(struct fragq_table *ft, struct fragq *fq, u_int hlen)
{
	struct frag *f = fragq_first(fq);
	struct mbuf *m, *first = f->fr_m;
	u_int i, len = hlen + fq->fq_total;

	m = m_getpacket(M_DONTWAIT, M_RXHEADROOM, len, M_RXTAILROOM);
	if (m == NULL || m_dup_pkthdr(m, first, M_DONTWAIT) != 0) {
		m_freem(m);
		ft->ft_count(FRAGQ_NOMEM, 1);
		return (NULL);
	}
	m->m_flags |= fq->fq_mflags;
	/* what a device said of a part is not true of the whole */
	m->m_pkthdr.csum_flags = 0;
	m->m_len = m->m_pkthdr.len = len;
	m_copydata(first, 0, hlen, mtod(m, caddr_t));
	for (i = 0; i < fq->fq_nfrags; i++) {
		f = &fq->fq_frags[i];
		m_copydata(f->fr_m, f->fr_hlen, f->fr_len,
		    mtod(m, caddr_t) + hlen + f->fr_off);
	}
	return (m);
}

/*
 * Time
 */

/* Unlink those whose time is up; arm the timeout for the next one. */
static void
fragq_expired(struct fragq_table *ft, struct fragq_list *list, uint64_t now)
{
	struct fragq *fq;

	mtx_enter(&ft->ft_mtx);
	while ((fq = TAILQ_FIRST(&ft->ft_ages)) != NULL) {
		if (fq->fq_deadline > now) {
			timeout_add_nsec(&ft->ft_to, fq->fq_deadline - now);
			break;
		}
		ft->ft_count(FRAGQ_TIMEOUT, fq->fq_nfrags);
		fragq_unlink(ft, fq);
		TAILQ_INSERT_TAIL(list, fq, fq_age);
	}
	mtx_leave(&ft->ft_mtx);
}

static void
fragq_timeout(void *arg)
{
	struct fragq_table *ft = arg;
	struct fragq_list list = TAILQ_HEAD_INITIALIZER(list);
	struct fragq *fq;
	struct frag *f;

	fragq_expired(ft, &list, getnsecuptime());
	NET_LOCK_SHARED();
	while ((fq = TAILQ_FIRST(&list)) != NULL) {
		TAILQ_REMOVE(&list, fq, fq_age);
		/* the sender can only make use of it with the first one */
		if ((f = fragq_first(fq)) != NULL) {
			ft->ft_complain(f->fr_m);
			f->fr_m = NULL;
		}
		fragq_free(fq);
	}
	NET_UNLOCK_SHARED();
}

void
fragq_drain(struct fragq_table *ft)
{
	mtx_enter(&ft->ft_mtx);
	while (!TAILQ_EMPTY(&ft->ft_ages))
		fragq_drop(ft, TAILQ_FIRST(&ft->ft_ages), FRAGQ_DROPPED);
	timeout_del(&ft->ft_to);
	mtx_leave(&ft->ft_mtx);
}
