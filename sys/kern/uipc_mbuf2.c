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
 * Packet buffers: cutting, joining, copying and walking chains; tags;
 * lists and queues of packets.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>
#include <sys/pool.h>

static struct pool mtagpool;

struct mbuf *
m_getptr(struct mbuf *m, int loc, int *off)
{
	for (; m != NULL && loc >= 0; m = m->m_next) {
		if ((u_int)loc < m->m_len ||
		    ((u_int)loc == m->m_len && m->m_next == NULL)) {
			*off = loc;
			return (m);
		}
		loc -= m->m_len;
	}
	return (NULL);
}

/* Like m_getptr(), but the end of an mbuf wins over the start of the next. */
static struct mbuf *
m_getend(struct mbuf *m, int loc, u_int *off)
{
	if (loc < 0)
		return (NULL);
	while (m != NULL && (u_int)loc > m->m_len) {
		loc -= m->m_len;
		m = m->m_next;
	}
	*off = loc;
	return (m);
}

void
m_copydata(struct mbuf *m, int off, int len, void *p)
{
	caddr_t cp = p;
	u_int count, skip = off, left = len;

	if (off < 0 || len < 0)
		panic("m_copydata: offset %d, length %d", off, len);
	for (; left > 0 && m != NULL; m = m->m_next) {
		if (skip >= m->m_len) {
			skip -= m->m_len;
			continue;
		}
		count = min(m->m_len - skip, left);
		memcpy(cp, m->m_data + skip, count);
		skip = 0;
		left -= count;
		cp += count;
	}
	if (left > 0)
		panic("m_copydata: packet ends %u bytes before %d + %d",
		    left, off, len);
}

int
m_apply(struct mbuf *m, int off, int len,
    int (*f)(caddr_t, caddr_t, unsigned int), caddr_t arg)
{
	u_int count, skip = off, left = len;
	int error;

	if (off < 0 || len < 0)
		panic("m_apply: offset %d, length %d", off, len);
	for (; left > 0 && m != NULL; m = m->m_next) {
		if (skip >= m->m_len) {
			skip -= m->m_len;
			continue;
		}
		count = min(m->m_len - skip, left);
		if ((error = f(arg, m->m_data + skip, count)) != 0)
			return (error);
		skip = 0;
		left -= count;
	}
	if (left > 0)
		panic("m_apply: packet ends %u bytes before %d + %d", left,
		    off, len);
	return (0);
}

static struct mbuf *
m_last(struct mbuf *m)
{
	while (m->m_next != NULL)
		m = m->m_next;
	return (m);
}

void
m_cat(struct mbuf *m, struct mbuf *n)
{
	if (n->m_flags & M_PKTHDR)
		m_removehdr(n);
	m = m_last(m);
	/* what fits behind the data saves an mbuf */
	while (n != NULL && !(n->m_flags & M_EXT) &&
	    m_trailingspace(m) >= (int)n->m_len) {
		memcpy(m->m_data + m->m_len, n->m_data, n->m_len);
		m->m_len += n->m_len;
		m->m_flags |= n->m_flags & M_ZEROIZE;
		n = m_free(n);
	}
	m->m_next = n;
}

static void
m_adj_head(struct mbuf *m, u_int len)
{
	u_int count;

	for (; m != NULL && len > 0; m = m->m_next) {
		count = min(len, m->m_len);
		m->m_data += count;
		m->m_len -= count;
		len -= count;
	}
}

/* Keep the first len bytes. */
static void
m_adj_tail(struct mbuf *m, u_int len)
{
	for (; m != NULL; m = m->m_next) {
		m->m_len = min(len, m->m_len);
		len -= m->m_len;
	}
}

void
m_adj(struct mbuf *m, int len)
{
	u_int total = m_length(m), cut;

	cut = ulmin(len < 0 ? -(long)len : len, total);
	if (len < 0)
		m_adj_tail(m, total - cut);
	else
		m_adj_head(m, cut);
	if (m->m_flags & M_PKTHDR)
		m->m_pkthdr.len -= cut;
}

struct mbuf *
m_copym(struct mbuf *m0, int off0, int len0, int how)
{
	struct mbuf *m, *n, *top = NULL, **np = &top;
	u_int off, len = len0, count;
	int hdr = (off0 == 0 && (m0->m_flags & M_PKTHDR));

	if ((m = m_getptr(m0, off0, (int *)&off)) == NULL || len0 < 0 ||
	    (len0 != M_COPYALL && m_length(m) < off + len))
		panic("m_copym: offset %d, length %d", off0, len0);
	do {
		count = min(len, m->m_len - off);
		if ((n = m_getlike(m, hdr, 0, how)) == NULL)
			goto fail;
		*np = n;
		np = &n->m_next;
		if (hdr && m_dup_pkthdr(n, m0, how) != 0)
			goto fail;
		if (m_share(n, m, off, count, how) != 0)
			goto fail;
		hdr = 0;
		off = 0;
		if (len0 != M_COPYALL)
			len -= count;
		m = m->m_next;
	} while (m != NULL && len > 0);
	if (off0 == 0 && (m0->m_flags & M_PKTHDR) && len0 != M_COPYALL)
		top->m_pkthdr.len = len0;
	return (top);

 fail:
	m_freem(top);
	return (NULL);
}

struct mbuf *
m_dup_pkt(struct mbuf *m0, u_int adj, int how)
{
	struct mbuf *m;
	u_int len = m0->m_pkthdr.len;

	KASSERT(m0->m_flags & M_PKTHDR);
	if (adj > MAXMCLBYTES ||
	    (m = m_getlike(m0, 1, adj + len, how)) == NULL)
		return (NULL);
	if (m_dup_pkthdr(m, m0, how) != 0) {
		m_freem(m);
		return (NULL);
	}
	m->m_data += adj;
	m->m_len = len;
	m_copydata(m0, 0, len, m->m_data);
	return (m);
}

/* The bytes of one mbuf from off on, in an mbuf without a header. */
static struct mbuf *
m_rest(struct mbuf *m, u_int off, int how)
{
	struct mbuf *n;

	if ((n = m_getlike(m, 0, 0, how)) == NULL)
		return (NULL);
	if (m_share(n, m, off, m->m_len - off, how) != 0)
		return (m_free(n));
	return (n);
}

struct mbuf *
m_split(struct mbuf *m0, int len, int how)
{
	struct mbuf *m, *n;
	int hdr = m0->m_flags & M_PKTHDR;
	u_int off;

	if ((m = m_getend(m0, len, &off)) == NULL)
		return (NULL);
	if ((n = m_getlike(m, hdr, 0, how)) == NULL)
		return (NULL);
	if ((hdr && m_dup_pkthdr(n, m0, how) != 0) ||
	    m_share(n, m, off, m->m_len - off, how) != 0) {
		m_freem(n);
		return (NULL);
	}
	n->m_next = m->m_next;
	m->m_next = NULL;
	m->m_len = off;
	if (hdr) {
		n->m_pkthdr.len -= len;
		m0->m_pkthdr.len = len;
	}
	return (n);
}

struct mbuf *
m_inject(struct mbuf *m0, int skip, int len, int how)
{
	struct mbuf *m, *n, *rest;
	u_int off;

	if (len < 0 || (m = m_getend(m0, skip, &off)) == NULL ||
	    (n = m_getlike(m, 0, len, how)) == NULL)
		return (NULL);
	rest = m->m_next;
	if (off < m->m_len) {
		if ((rest = m_rest(m, off, how)) == NULL)
			return (m_free(n));
		rest->m_next = m->m_next;
		m->m_len = off;
	}
	n->m_len = len;
	n->m_next = rest;
	m->m_next = n;
	if (m0->m_flags & M_PKTHDR)
		m0->m_pkthdr.len += len;
	return (n);
}

/* Space in one mbuf, by moving the part of its data that is shorter. */
static int
m_makespace_within(struct mbuf *m, u_int off, int len)
{
	int front = m_leadingspace(m) >= len;
	int back = m_trailingspace(m) >= len;

	if (m_readonly(m))
		return (0);
	if (front && (!back || off <= m->m_len - off)) {
		memmove(m->m_data - len, m->m_data, off);
		m->m_data -= len;
	} else if (back)
		memmove(m->m_data + off + len, m->m_data + off,
		    m->m_len - off);
	else
		return (0);
	m->m_len += len;
	return (1);
}

struct mbuf *
m_makespace(struct mbuf *m0, int skip, int len, int *offp)
{
	struct mbuf *m, *n;
	u_int off;

	if (len < 0 || (m = m_getend(m0, skip, &off)) == NULL)
		return (NULL);
	if (!m_makespace_within(m, off, len)) {
		n = m->m_next;
		if (off < m->m_len || n == NULL ||
		    !m_makespace_within(n, 0, len)) {
			*offp = 0;
			return (m_inject(m0, skip, len, M_DONTWAIT));
		}
		m = n;
		off = 0;
	}
	if (m0->m_flags & M_PKTHDR)
		m0->m_pkthdr.len += len;
	*offp = off;
	return (m);
}

/* Append len zeros.  0, or ENOBUFS and the chain is as it was. */
static int
m_extend(struct mbuf *m0, u_int len, int how)
{
	struct mbuf *last = m_last(m0), *n, *top = NULL, **np = &top;
	u_int here, left, count;

	here = min(m_trailingspace(last), len);
	for (left = len - here; left > 0; left -= count) {
		count = min(left, MAXMCLBYTES);
		if ((n = m_getlike(m0, 0, count, how)) == NULL) {
			m_freem(top);
			return (ENOBUFS);
		}
		memset(n->m_data, 0, count);
		n->m_len = count;
		*np = n;
		np = &n->m_next;
	}
	memset(last->m_data + last->m_len, 0, here);
	last->m_len += here;
	last->m_next = top;
	if (m0->m_flags & M_PKTHDR)
		m0->m_pkthdr.len += len;
	return (0);
}

/* Make all mbufs that hold a part of the range writable. */
static int
m_unshare_range(struct mbuf *m, u_int off, u_int len, int how)
{
	u_int end = off + len, pos = 0;
	int error;

	for (; m != NULL && pos < end; m = m->m_next) {
		if (m->m_len > 0 && pos + m->m_len > off &&
		    (error = m_unshare(m, how)) != 0)
			return (error);
		pos += m->m_len;
	}
	return (0);
}

int
m_copyback(struct mbuf *m0, int off, int len, const void *p, int how)
{
	const char *cp = p;
	struct mbuf *m;
	u_int total = m_length(m0), count, skip = off;
	int error;

	if (off < 0 || len < 0 || off > INT_MAX - len)
		panic("m_copyback: offset %d, length %d", off, len);
	if ((error = m_unshare_range(m0, off, len, how)) != 0)
		return (error);
	if ((u_int)(off + len) > total &&
	    (error = m_extend(m0, off + len - total, how)) != 0)
		return (error);
	for (m = m0; len > 0; m = m->m_next) {
		if (skip >= m->m_len) {
			skip -= m->m_len;
			continue;
		}
		count = min(m->m_len - skip, len);
		memcpy(m->m_data + skip, cp, count);
		skip = 0;
		cp += count;
		len -= count;
	}
	return (0);
}

/*
 * Tags
 */
void
m_tag_startup(void)
{
	pool_init(&mtagpool, sizeof(struct m_tag) + PACKET_TAG_MAXSIZE, 0,
	    IPL_NET, 0, "mtagpl", NULL);
}

struct m_tag *
m_tag_get(int type, int len, int how)
{
	struct m_tag *t;

	KASSERT(powerof2(type) && type > 0 && type <= USHRT_MAX);
	if (len < 0 || len > PACKET_TAG_MAXSIZE ||
	    (t = pool_get(&mtagpool, how)) == NULL)
		return (NULL);
	t->m_tag_id = type;
	t->m_tag_len = len;
	t->m_tag_pad = 0;
	return (t);
}

void
m_tag_init(struct mbuf *m)
{
	SLIST_INIT(&m->m_pkthdr.ph_tags);
	m->m_pkthdr.ph_tagsset = 0;
}

void
m_tag_prepend(struct mbuf *m, struct m_tag *t)
{
	SLIST_INSERT_HEAD(&m->m_pkthdr.ph_tags, t, m_tag_link);
	m->m_pkthdr.ph_tagsset |= t->m_tag_id;
}

void
m_tag_delete(struct mbuf *m, struct m_tag *t)
{
	int type = t->m_tag_id;

	SLIST_REMOVE(&m->m_pkthdr.ph_tags, t, m_tag, m_tag_link);
	pool_put(&mtagpool, t);
	if (m_tag_find(m, type, NULL) == NULL)
		m->m_pkthdr.ph_tagsset &= ~type;
}

void
m_tag_delete_chain(struct mbuf *m)
{
	struct m_tag *t;

	while ((t = m_tag_first(m)) != NULL) {
		SLIST_REMOVE_HEAD(&m->m_pkthdr.ph_tags, m_tag_link);
		pool_put(&mtagpool, t);
	}
	m->m_pkthdr.ph_tagsset = 0;
}

/* The first of a type, or the first behind prev. */
struct m_tag *
m_tag_find(struct mbuf *m, int type, struct m_tag *prev)
{
	struct m_tag *t;

	if (!(m->m_pkthdr.ph_tagsset & type))
		return (NULL);
	t = (prev == NULL) ? m_tag_first(m) : m_tag_next(m, prev);
	while (t != NULL && t->m_tag_id != type)
		t = m_tag_next(m, t);
	return (t);
}

struct m_tag *
m_tag_copy(struct m_tag *t, int how)
{
	struct m_tag *n;

	if ((n = m_tag_get(t->m_tag_id, t->m_tag_len, how)) != NULL)
		memcpy(n + 1, t + 1, t->m_tag_len);
	return (n);
}

/* Give `to' copies of all tags, in place of its own.  0 or ENOBUFS. */
int
m_tag_copy_chain(struct mbuf *to, struct mbuf *from, int how)
{
	struct m_tag *t, *n, *last = NULL;

	m_tag_delete_chain(to);
	SLIST_FOREACH(t, &from->m_pkthdr.ph_tags, m_tag_link) {
		if ((n = m_tag_copy(t, how)) == NULL) {
			m_tag_delete_chain(to);
			return (ENOBUFS);
		}
		if (last == NULL)
			SLIST_INSERT_HEAD(&to->m_pkthdr.ph_tags, n,
			    m_tag_link);
		else
			SLIST_INSERT_AFTER(last, n, m_tag_link);
		to->m_pkthdr.ph_tagsset |= n->m_tag_id;
		last = n;
	}
	return (0);
}

struct m_tag *
m_tag_first(struct mbuf *m)
{
	return (SLIST_FIRST(&m->m_pkthdr.ph_tags));
}

struct m_tag *
m_tag_next(struct mbuf *m, struct m_tag *t)
{
	return (SLIST_NEXT(t, m_tag_link));
}

/*
 * Lists: of one owner, no lock
 */
void
ml_init(struct mbuf_list *ml)
{
	ml->ml_head = ml->ml_tail = NULL;
	/* mq_len() looks without the lock */
	WRITE_ONCE(ml->ml_len, 0);
}

/* Move all of the second list behind the first. */
void
ml_enlist(struct mbuf_list *to, struct mbuf_list *from)
{
	if (from->ml_head == NULL)
		return;
	if (to->ml_tail == NULL)
		to->ml_head = from->ml_head;
	else
		to->ml_tail->m_nextpkt = from->ml_head;
	to->ml_tail = from->ml_tail;
	WRITE_ONCE(to->ml_len, to->ml_len + from->ml_len);
	ml_init(from);
}

/* The packets, linked by m_nextpkt; the list is empty then. */
struct mbuf *
ml_dechain(struct mbuf_list *ml)
{
	struct mbuf *m = ml->ml_head;

	ml_init(ml);
	return (m);
}

u_int
ml_purge(struct mbuf_list *ml)
{
	struct mbuf *m = ml->ml_head;
	u_int n = ml->ml_len;

	ml_init(ml);
	while (m != NULL)
		m = m_freem(m);
	return (n);
}

/*
 * Queues: lists with a lock and a limit
 */
void
mq_init(struct mbuf_queue *mq, u_int maxlen, int ipl)
{
	mtx_init(&mq->mq_mtx, ipl);
	ml_init(&mq->mq_list);
	mq->mq_maxlen = maxlen;
	mq->mq_drops = 0;
}

int
mq_enqueue(struct mbuf_queue *mq, struct mbuf *m)
{
	int full;

	mtx_enter(&mq->mq_mtx);
	full = ml_len(&mq->mq_list) >= mq->mq_maxlen;
	if (full)
		mq->mq_drops++;
	else
		ml_enqueue(&mq->mq_list, m);
	mtx_leave(&mq->mq_mtx);
	if (full)
		m_freem(m);
	return (full);
}

struct mbuf *
mq_dequeue(struct mbuf_queue *mq)
{
	struct mbuf *m;

	mtx_enter(&mq->mq_mtx);
	m = ml_dequeue(&mq->mq_list);
	mtx_leave(&mq->mq_mtx);
	return (m);
}

int
mq_enlist(struct mbuf_queue *mq, struct mbuf_list *ml)
{
	u_int dropped;

	mtx_enter(&mq->mq_mtx);
	while (!ml_empty(ml) && ml_len(&mq->mq_list) < mq->mq_maxlen)
		ml_enqueue(&mq->mq_list, ml_dequeue(ml));
	dropped = ml_len(ml);
	mq->mq_drops += dropped;
	mtx_leave(&mq->mq_mtx);
	ml_purge(ml);
	return (dropped);
}

void
mq_delist(struct mbuf_queue *mq, struct mbuf_list *ml)
{
	mtx_enter(&mq->mq_mtx);
	*ml = mq->mq_list;
	ml_init(&mq->mq_list);
	mtx_leave(&mq->mq_mtx);
}

u_int
mq_purge(struct mbuf_queue *mq)
{
	struct mbuf_list ml;

	mq_delist(mq, &ml);
	return (ml_purge(&ml));
}
