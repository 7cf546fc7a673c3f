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
 * Packet buffers: getting and freeing them, their headers, and what the
 * data path does to them.  Slower surgery is in uipc_mbuf2.c.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>
#include <sys/pool.h>

/* A cluster as the pool knows it. */
struct mcluster {
	char		 mc_pool[48];	/* the pool's, while it is free */
	unsigned int	 mc_refs;	/* atomic: mbufs that share it */
	char		 mc_buf[] __aligned(64);
};
CTASSERT(sizeof(struct mcluster) == 64);
CTASSERT(M_WAITOK == PR_WAITOK && M_NOWAIT == PR_NOWAIT);

static const struct {
	u_int		 mcc_size;	/* bytes of mc_buf */
	const char	*mcc_name;
} mcl_classes[] = {
	{ MCLBYTES,		"mcl2k" },
	{ 4 * 1024,		"mcl4k" },
	{ 9 * 1024,		"mcl9k" },
	{ 16 * 1024,		"mcl16k" },
	{ MAXMCLBYTES + 512,	"mcl64k" },
};
#define MCL_NCLASSES	nitems(mcl_classes)

static struct pool mbpool;
static struct pool mclpools[MCL_NCLASSES];

void
mbinit(void)
{
	u_int i;

	pool_init(&mbpool, MSIZE, 64, IPL_NET, 0, "mbufpl", NULL);
	for (i = 0; i < MCL_NCLASSES; i++)
		pool_init(&mclpools[i], sizeof(struct mcluster) +
		    mcl_classes[i].mcc_size, 64, IPL_NET, 0,
		    mcl_classes[i].mcc_name, NULL);
	m_tag_startup();
}

unsigned long
m_inuse(void)
{
	return (pool_inuse(&mbpool));
}

unsigned long
m_clinuse(void)
{
	unsigned long n = 0;
	u_int i;

	for (i = 0; i < MCL_NCLASSES; i++)
		n += pool_inuse(&mclpools[i]);
	return (n);
}

struct mbuf *
m_get(int how, int type)
{
	struct mbuf *m;

	if ((m = pool_get(&mbpool, how)) == NULL)
		return (NULL);
	m->m_next = NULL;
	m->m_nextpkt = NULL;
	m->m_data = m->m_dat;
	m->m_len = 0;
	m->m_type = type;
	m->m_flags = 0;
	return (m);
}

struct mbuf *
m_getclr(int how, int type)
{
	struct mbuf *m;

	if ((m = m_get(how, type)) != NULL)
		memset(m->m_dat, 0, MLEN);
	return (m);
}

static void
m_inithdr(struct mbuf *m)
{
	memset(&m->m_pkthdr, 0, sizeof(m->m_pkthdr));
	m->m_pkthdr.pf.prio = M_DEFPRIO;
}

struct mbuf *
m_gethdr(int how, int type)
{
	struct mbuf *m;

	if ((m = pool_get(&mbpool, how)) == NULL)
		return (NULL);
	m->m_next = NULL;
	m->m_nextpkt = NULL;
	m->m_data = m->m_pktdat;
	m->m_len = 0;
	m->m_type = type;
	m->m_flags = M_PKTHDR;
	m_inithdr(m);
	return (m);
}

/* A cluster of the smallest class that has the bytes, or NULL. */
static struct mcluster *
mcl_get(int how, u_int len, u_int *class)
{
	struct mcluster *mc;
	u_int i = 0;

	while (mcl_classes[i].mcc_size < len)
		if (++i == MCL_NCLASSES)
			return (NULL);
	if ((mc = pool_get(&mclpools[i], how)) == NULL)
		return (NULL);
	atomic_store_int(&mc->mc_refs, 1);
	*class = i;
	return (mc);
}

static void
mcl_attach(struct mbuf *m, struct mcluster *mc, u_int class)
{
	m->m_ext.ext_buf = mc->mc_buf;
	m->m_ext.ext_size = mcl_classes[class].mcc_size;
	m->m_ext.ext_class = class;
	m->m_ext.ext_refs = &mc->mc_refs;
	m->m_data = mc->mc_buf;
	m->m_flags |= M_EXT | M_EXTWR;
}

static void
mcl_release(struct mbuf *m)
{
	unsigned int *refs = m->m_ext.ext_refs;

	/* nobody can join the only owner, who so needs no locked cycle */
	if (__atomic_load_n(refs, __ATOMIC_ACQUIRE) != 1 &&
	    __atomic_sub_fetch(refs, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	if (m->m_flags & M_ZEROIZE)
		explicit_bzero(m->m_ext.ext_buf, m->m_ext.ext_size);
	pool_put(&mclpools[m->m_ext.ext_class],
	    m->m_ext.ext_buf - offsetof(struct mcluster, mc_buf));
}

struct mbuf *
m_clget(struct mbuf *m, int how, u_int len)
{
	struct mbuf *m0 = NULL;
	struct mcluster *mc;
	u_int class;

	if (m == NULL) {
		if ((m0 = m_gethdr(how, MT_DATA)) == NULL)
			return (NULL);
		m = m0;
	}
	KASSERT(!(m->m_flags & M_EXT));
	if ((mc = mcl_get(how, len, &class)) == NULL) {
		m_freem(m0);
		return (NULL);
	}
	mcl_attach(m, mc, class);
	return (m);
}

struct mbuf *
m_getpacket(int how, u_int head, u_int len, u_int tail)
{
	struct mbuf *m;

	/* a whole IPv6 packet is longer than 64K */
	if (head > MAXMCLBYTES || len > MAXMCLBYTES + 512 ||
	    tail > MAXMCLBYTES)
		return (NULL);
	if ((m = m_clget(NULL, how, head + len + tail)) != NULL)
		m->m_data += head;
	return (m);
}

/* An mbuf like m, with or without a header, with room for len bytes. */
struct mbuf *
m_getlike(struct mbuf *m, int hdr, u_int len, int how)
{
	struct mbuf *n;

	n = hdr ? m_gethdr(how, m->m_type) : m_get(how, m->m_type);
	if (n == NULL)
		return (NULL);
	if (len > (hdr ? MHLEN : MLEN) && m_clget(n, how, len) == NULL)
		return (m_free(n));
	n->m_flags |= m->m_flags & M_ZEROIZE;
	return (n);
}

struct mbuf *
m_free(struct mbuf *m)
{
	struct mbuf *n = m->m_next;

	/* before its fields, which are none, lead anywhere */
	if (__builtin_expect(pool_isfree(&mbpool, m), 0))
		panic("m_free: %p is free already", m);
	if (__builtin_expect(m->m_flags & M_ZEROIZE, 0) && n != NULL)
		n->m_flags |= M_ZEROIZE;
	if ((m->m_flags & M_PKTHDR) && !SLIST_EMPTY(&m->m_pkthdr.ph_tags))
		m_tag_delete_chain(m);
	if (m->m_flags & M_EXT)
		mcl_release(m);
	if (__builtin_expect(m->m_flags & M_ZEROIZE, 0))
		explicit_bzero(m->m_dat, MLEN);
	pool_put(&mbpool, m);
	return (n);
}

struct mbuf *
m_freem(struct mbuf *m)
{
	struct mbuf *next;

	if (m == NULL)
		return (NULL);
	next = m->m_nextpkt;
	do {
		m = m_free(m);
	} while (m != NULL);
	return (next);
}

void
m_freemp(struct mbuf **mp)
{
	struct mbuf *m = *mp;

	*mp = NULL;
	m_freem(m);
}

int
m_readonly(struct mbuf *m)
{
	return ((m->m_flags & M_EXT) && (!(m->m_flags & M_EXTWR) ||
	    __atomic_load_n(m->m_ext.ext_refs, __ATOMIC_ACQUIRE) != 1));
}

static inline caddr_t
m_bufstart(struct mbuf *m)
{
	if (m->m_flags & M_EXT)
		return (m->m_ext.ext_buf);
	return ((m->m_flags & M_PKTHDR) ? m->m_pktdat : m->m_dat);
}

static inline u_int
m_bufsize(struct mbuf *m)
{
	if (m->m_flags & M_EXT)
		return (m->m_ext.ext_size);
	return ((m->m_flags & M_PKTHDR) ? MHLEN : MLEN);
}

int
m_leadingspace(struct mbuf *m)
{
	if (m_readonly(m))
		return (0);
	return (m->m_data - m_bufstart(m));
}

int
m_trailingspace(struct mbuf *m)
{
	if (m_readonly(m))
		return (0);
	return (m_bufstart(m) + m_bufsize(m) - (m->m_data + m->m_len));
}

void
m_align(struct mbuf *m, int len)
{
	KASSERT(len >= 0 && (u_int)len <= m_bufsize(m));
	m->m_data = m_bufstart(m) +
	    ((m_bufsize(m) - len) & ~(sizeof(long) - 1));
}

u_int
m_length(struct mbuf *m)
{
	u_int len = 0;

	for (; m != NULL; m = m->m_next)
		len += m->m_len;
	return (len);
}

static inline u_int
m_pktlen(struct mbuf *m)
{
	return ((m->m_flags & M_PKTHDR) ? m->m_pkthdr.len : m_length(m));
}

int
m_calchdrlen(struct mbuf *m)
{
	KASSERT(m->m_flags & M_PKTHDR);
	return (m->m_pkthdr.len = m_length(m));
}

void
m_resethdr(struct mbuf *m)
{
	int len = m->m_pkthdr.len;
	u_int8_t loopcnt = m->m_pkthdr.ph_loopcnt;

	KASSERT(m->m_flags & M_PKTHDR);
	m->m_flags &= M_EXT | M_EXTWR | M_PKTHDR | M_EOR | M_ZEROIZE;
	m_tag_delete_chain(m);
	m_inithdr(m);
	m->m_pkthdr.len = len;
	m->m_pkthdr.ph_loopcnt = loopcnt;
}

void
m_removehdr(struct mbuf *m)
{
	KASSERT(m->m_flags & M_PKTHDR);
	m_tag_delete_chain(m);
	m->m_flags &= ~M_PKTHDR;
}

int
m_dup_pkthdr(struct mbuf *to, struct mbuf *from, int how)
{
	KASSERT((from->m_flags & M_PKTHDR) && to->m_len == 0);
	to->m_flags &= M_EXT | M_EXTWR;
	to->m_flags |= from->m_flags & M_COPYFLAGS;
	to->m_pkthdr = from->m_pkthdr;
	m_tag_init(to);
	to->m_pkthdr.ph_cookie = NULL;
	to->m_pkthdr.pf.statekey = NULL;
	to->m_pkthdr.pf.inp = NULL;
	if (!(to->m_flags & M_EXT))
		to->m_data = to->m_pktdat;
	return (m_tag_copy_chain(to, from, how));
}

void
m_move_pkthdr(struct mbuf *to, struct mbuf *from)
{
	KASSERT((from->m_flags & M_PKTHDR) && to->m_len == 0);
	to->m_flags &= M_EXT | M_EXTWR;
	to->m_flags |= from->m_flags & M_COPYFLAGS;
	to->m_pkthdr = from->m_pkthdr;
	to->m_nextpkt = from->m_nextpkt;
	if (!(to->m_flags & M_EXT))
		to->m_data = to->m_pktdat;
	m_tag_init(from);
	from->m_nextpkt = NULL;
	from->m_flags &= ~(M_COPYFLAGS & ~(M_ZEROIZE | M_EOR));
}

struct mbuf *
m_prepend(struct mbuf *m, int len, int how)
{
	struct mbuf *n;
	int hdr = m->m_flags & M_PKTHDR;

	if (m_leadingspace(m) >= len) {
		m->m_data -= len;
		m->m_len += len;
	} else {
		if ((n = m_getlike(m, hdr, len, how)) == NULL) {
			m_freem(m);
			return (NULL);
		}
		if (hdr)
			m_move_pkthdr(n, m);
		m_align(n, len);
		n->m_len = len;
		n->m_next = m;
		m = n;
	}
	if (hdr)
		m->m_pkthdr.len += len;
	return (m);
}

/*
 * Make the first mbuf one that can take len bytes, by moving its data or
 * by a new mbuf before it.  NULL: no memory, and m is as it was.
 */
static struct mbuf *
m_pullup_room(struct mbuf *m, u_int len)
{
	struct mbuf *n;
	int hdr = m->m_flags & M_PKTHDR;
	u_int room;

	if (m_trailingspace(m) >= (int)(len - m->m_len))
		return (m);
	if (!m_readonly(m) && m_bufsize(m) >= len) {
		memmove(m_bufstart(m), m->m_data, m->m_len);
		m->m_data = m_bufstart(m);
		return (m);
	}
	if ((n = m_getlike(m, hdr, len, M_DONTWAIT)) == NULL)
		return (NULL);
	if (hdr)
		m_move_pkthdr(n, m);
	room = ulmin((m_bufsize(n) - len) / 2, M_RXHEADROOM);
	n->m_data = m_bufstart(n) + (room & ~(sizeof(long) - 1));
	n->m_next = m;
	return (n);
}

struct mbuf *
m_pullup(struct mbuf *m, int len)
{
	struct mbuf *m0, *n;
	u_int count;

	if (m->m_len >= (u_int)len)
		return (m);
	if (m_length(m) < (u_int)len || (m0 = m_pullup_room(m, len)) == NULL) {
		m_freem(m);
		return (NULL);
	}
	while (m0->m_len < (u_int)len) {
		n = m0->m_next;
		count = min(len - m0->m_len, n->m_len);
		memcpy(m0->m_data + m0->m_len, n->m_data, count);
		m0->m_len += count;
		n->m_data += count;
		n->m_len -= count;
		if (n->m_len == 0)
			m0->m_next = m_free(n);
	}
	return (m0);
}

/*
 * Replace the chain by its first mbuf with a fresh cluster that holds len
 * bytes of the chain behind head bytes of room.  0, or ENOBUFS and the
 * chain is as it was.
 */
static int
m_flatten(struct mbuf *m, u_int head, u_int len, u_int tail, int how)
{
	struct mcluster *mc;
	u_int class;

	if (head > MAXMCLBYTES || tail > MAXMCLBYTES ||
	    (mc = mcl_get(how, head + len + tail, &class)) == NULL)
		return (ENOBUFS);
	m_copydata(m, 0, len, mc->mc_buf + head);
	if (m->m_next != NULL) {
		m->m_next->m_flags |= m->m_flags & M_ZEROIZE;
		m_freem(m->m_next);
		m->m_next = NULL;
	}
	if (m->m_flags & M_EXT)
		mcl_release(m);
	mcl_attach(m, mc, class);
	m->m_data += head;
	m->m_len = len;
	return (0);
}

struct mbuf *
m_contig(struct mbuf *m, u_int head, u_int tail, int how)
{
	caddr_t start;

	if (m->m_next == NULL && !m_readonly(m)) {
		start = m_bufstart(m);
		if (m->m_data - start >= head &&
		    start + m_bufsize(m) - (m->m_data + m->m_len) >= tail)
			return (m);
		if ((u_long)head + m->m_len + tail <= m_bufsize(m)) {
			memmove(start + head, m->m_data, m->m_len);
			m->m_data = start + head;
			return (m);
		}
	}
	if (m_flatten(m, head, m_pktlen(m), tail, how) != 0) {
		m_freem(m);
		return (NULL);
	}
	return (m);
}

int
m_defrag(struct mbuf *m, int how)
{
	if (m->m_next == NULL)
		return (0);
	return (m_flatten(m, 0, m_pktlen(m), 0, how));
}

/* Give this one mbuf memory of its own.  0, or ENOBUFS and m is as it was. */
int
m_unshare(struct mbuf *m, int how)
{
	struct mcluster *mc;
	u_int class, off;

	if (!m_readonly(m))
		return (0);
	if ((mc = mcl_get(how, m->m_ext.ext_size, &class)) == NULL)
		return (ENOBUFS);
	off = m->m_data - m->m_ext.ext_buf;
	memcpy(mc->mc_buf + off, m->m_data, m->m_len);
	mcl_release(m);
	mcl_attach(m, mc, class);
	m->m_data += off;
	return (0);
}

/*
 * Give the empty mbuf n, of m_getlike(), len bytes of m from off on: the
 * same cluster, or a copy.  0 or ENOBUFS.
 */
int
m_share(struct mbuf *n, struct mbuf *m, u_int off, u_int len, int how)
{
	if (m->m_flags & M_EXT) {
		atomic_inc_int(m->m_ext.ext_refs);
		n->m_ext = m->m_ext;
		n->m_flags |= m->m_flags & (M_EXT | M_EXTWR | M_ZEROIZE);
		n->m_data = m->m_data + off;
	} else {
		if (len > m_bufsize(n) && m_clget(n, how, len) == NULL)
			return (ENOBUFS);
		m_align(n, len);
		memcpy(n->m_data, m->m_data + off, len);
	}
	n->m_len = len;
	return (0);
}

struct mbuf *
m_devget(char *buf, int len, int off)
{
	struct mbuf *m;

	if ((m = m_getpacket(M_DONTWAIT, off, len, 0)) == NULL)
		return (NULL);
	memcpy(m->m_data, buf, len);
	m->m_len = m->m_pkthdr.len = len;
	return (m);
}
