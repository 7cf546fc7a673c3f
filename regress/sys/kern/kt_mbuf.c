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
 * Random operations on packets, each of which has a flat copy that the
 * same operation is done to.  Shared clusters, refused memory and odd
 * layouts come up by themselves.
 */

#include <sys/ktest.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>

#define NPACKETS	6
#define MAXPACKET	60000	/* bytes; larger ones are cut */

struct packet {
	struct mbuf	*pk_m;		/* NULL: none */
	u_int		 pk_len;
	u_char		*pk_flat;	/* MAXPACKET bytes */
	int		 pk_tag;	/* payload of its tag */
};

static struct packet packets[NPACKETS];
static int	refusing;	/* memory is refused at random */
static u_int	refused;	/* operations that hit that */

static u_int
below(u_int n)
{
	return (n == 0 ? 0 : kt_random() % n);
}

/* Mostly small, sometimes large. */
static u_int
some_length(u_int most)
{
	static const u_int scale[] = { 3, 40, 150, 300, 2200, 9000, 60000 };

	return (below(ulmin(most, scale[below(nitems(scale))]) + 1));
}

static void
some_bytes(u_char *p, u_int len)
{
	u_char start = kt_random(), step = kt_random();

	for (; len > 0; len--, start += step)
		*p++ = start;
}

static void
refuse_begin(void)
{
	if (refusing && below(3) == 0)
		malloc_fail_nth(1 + below(4));
}

static void
refuse_end(void)
{
	if (malloc_failed())
		refused++;
	malloc_fail_nth(0);
}

static void
packet_drop(struct packet *pk)
{
	m_freemp(&pk->pk_m);
	pk->pk_len = 0;
}

static struct m_tag *
packet_tag(struct packet *pk)
{
	return (m_tag_find(pk->pk_m, PACKET_TAG_GRE, NULL));
}

/* NULL, or what is wrong. */
static const char *
packet_check(struct packet *pk)
{
	struct mbuf *m = pk->pk_m;
	struct m_tag *t;
	u_int off = 0;

	if (m == NULL)
		return (NULL);
	if (!(m->m_flags & M_PKTHDR) || m->m_nextpkt != NULL)
		return ("header");
	if (m->m_pkthdr.len != pk->pk_len || m_length(m) != pk->pk_len)
		return ("length");
	if ((t = packet_tag(pk)) == NULL || m_tag_next(m, t) != NULL ||
	    memcmp(t + 1, &pk->pk_tag, sizeof(pk->pk_tag)) != 0)
		return ("tag");
	for (; m != NULL; off += m->m_len, m = m->m_next) {
		if (m != pk->pk_m && (m->m_flags & M_PKTHDR))
			return ("inner header");
		if (memcmp(m->m_data, pk->pk_flat + off, m->m_len) != 0)
			return ("bytes");
		if (!m_readonly(m) && (m_leadingspace(m) < 0 ||
		    m_trailingspace(m) < 0))
			return ("room");
	}
	return (NULL);
}

/* A new packet in one buffer, with room of all sizes around the data. */
static void
op_new(struct packet *pk)
{
	struct mbuf *m;
	u_int len = some_length(MAXPACKET);

	packet_drop(pk);
	if (below(2) == 0)
		m = m_getpacket(M_WAIT, some_length(200), len,
		    some_length(200));
	else if (len > MHLEN)
		m = m_clget(NULL, M_WAIT, len);
	else
		m = m_gethdr(M_WAIT, MT_DATA);
	some_bytes(pk->pk_flat, len);
	memcpy(m->m_data, pk->pk_flat, len);
	m->m_len = m->m_pkthdr.len = len;
	m_tag_prepend(m, m_tag_get(PACKET_TAG_GRE, sizeof(int), M_WAIT));
	pk->pk_m = m;
	pk->pk_len = len;
	pk->pk_tag = kt_random();
	memcpy(packet_tag(pk) + 1, &pk->pk_tag, sizeof(pk->pk_tag));
}

/* b becomes the packet m, whose bytes are those of a from off on. */
static void
packet_set(struct packet *b, struct mbuf *m, struct packet *a, u_int off,
    u_int len)
{
	packet_drop(b);
	if (m == NULL)
		return;
	b->pk_m = m;
	b->pk_len = len;
	b->pk_tag = a->pk_tag;
	memmove(b->pk_flat, a->pk_flat + off, len);
}

static const char *
op_copym(struct packet *a, struct packet *b)
{
	static u_char bytes[MAXPACKET];
	u_int off = below(a->pk_len + 1), len = below(a->pk_len - off + 1);
	struct mbuf *m;

	m = m_copym(a->pk_m, 0, below(2) ? M_COPYALL : a->pk_len, M_DONTWAIT);
	packet_set(b, m, a, 0, a->pk_len);
	if ((m = m_copym(a->pk_m, off, len, M_DONTWAIT)) == NULL)
		return (NULL);
	if (m_length(m) != len || (off > 0 && (m->m_flags & M_PKTHDR)))
		return ("m_copym length");
	m_copydata(m, 0, len, bytes);
	m_freem(m);
	return (memcmp(bytes, a->pk_flat + off, len) ? "m_copym" : NULL);
}

static const char *
op_dup(struct packet *a, struct packet *b)
{
	u_int adj = some_length(200);
	struct mbuf *m;

	m = m_dup_pkt(a->pk_m, adj, M_DONTWAIT);
	if (m != NULL && (m->m_next != NULL || m_readonly(m) ||
	    m_leadingspace(m) < adj))
		return ("m_dup_pkt room");
	packet_set(b, m, a, 0, a->pk_len);
	return (NULL);
}

static const char *
op_split(struct packet *a, struct packet *b)
{
	u_int off = below(a->pk_len + 1);
	struct mbuf *m;

	m = m_split(a->pk_m, off, M_DONTWAIT);
	if (m == NULL && !malloc_failed())
		return ("m_split refused");
	packet_set(b, m, a, off, a->pk_len - off);
	if (m != NULL)
		a->pk_len = off;
	return (NULL);
}

static const char *
op_cat(struct packet *a, struct packet *b)
{
	if (b->pk_m == NULL || a->pk_len + b->pk_len > MAXPACKET)
		return (NULL);
	m_cat(a->pk_m, b->pk_m);
	a->pk_m->m_pkthdr.len += b->pk_len;
	memcpy(a->pk_flat + a->pk_len, b->pk_flat, b->pk_len);
	a->pk_len += b->pk_len;
	b->pk_m = NULL;
	b->pk_len = 0;
	return (NULL);
}

static const char *
op_adj(struct packet *a, struct packet *b)
{
	u_int cut = some_length(a->pk_len + 100);

	if (below(2) == 0)
		m_adj(a->pk_m, -(int)cut);
	else {
		m_adj(a->pk_m, cut);
		cut = min(cut, a->pk_len);
		memmove(a->pk_flat, a->pk_flat + cut, a->pk_len - cut);
	}
	a->pk_len -= min(cut, a->pk_len);
	return (NULL);
}

static const char *
op_pullup(struct packet *a, struct packet *b)
{
	u_int len = some_length(a->pk_len + 10);

	if ((a->pk_m = m_pullup(a->pk_m, len)) == NULL) {
		if (len <= a->pk_len && !malloc_failed())
			return ("m_pullup refused");
		packet_drop(a);
	} else if (len > a->pk_len || a->pk_m->m_len < len)
		return ("m_pullup length");
	return (NULL);
}

/* The model of bytes that came in between. */
static void
flat_insert(struct packet *a, u_int off, const u_char *p, u_int len)
{
	memmove(a->pk_flat + off + len, a->pk_flat + off, a->pk_len - off);
	memcpy(a->pk_flat + off, p, len);
	a->pk_len += len;
}

static const char *
op_prepend(struct packet *a, struct packet *b)
{
	u_char bytes[3000];
	u_int len = some_length(sizeof(bytes));

	if (a->pk_len + len > MAXPACKET)
		return (NULL);
	M_PREPEND(a->pk_m, len, M_DONTWAIT);
	if (a->pk_m == NULL) {
		packet_drop(a);
		return (malloc_failed() ? NULL : "M_PREPEND refused");
	}
	some_bytes(bytes, len);
	memcpy(a->pk_m->m_data, bytes, len);
	flat_insert(a, 0, bytes, len);
	return (NULL);
}

static const char *
op_insert(struct packet *a, struct packet *b)
{
	u_char bytes[3000];
	u_int len = some_length(sizeof(bytes)), off = below(a->pk_len + 1);
	struct mbuf *m;
	int at = 0;

	if (a->pk_len + len > MAXPACKET)
		return (NULL);
	if (below(4) == 0) {
		m = m_inject(a->pk_m, off, len, M_DONTWAIT);
		if (m != NULL && m->m_len != len)
			return ("m_inject length");
	} else
		m = m_makespace(a->pk_m, off, len, &at);
	if (m == NULL)
		return (malloc_failed() ? NULL : "m_makespace refused");
	if (m_readonly(m) || at + len > m->m_len)
		return ("m_makespace space");
	some_bytes(bytes, len);
	memcpy(m->m_data + at, bytes, len);
	flat_insert(a, off, bytes, len);
	return (NULL);
}

static const char *
op_copyback(struct packet *a, struct packet *b)
{
	u_char bytes[3000];
	u_int len = some_length(sizeof(bytes)), off;

	off = some_length(a->pk_len + 300);
	if (off + len > MAXPACKET)
		return (NULL);
	some_bytes(bytes, len);
	if (m_copyback(a->pk_m, off, len, bytes, M_DONTWAIT) != 0)
		return (malloc_failed() ? NULL : "m_copyback refused");
	if (off > a->pk_len)
		memset(a->pk_flat + a->pk_len, 0, off - a->pk_len);
	memcpy(a->pk_flat + off, bytes, len);
	a->pk_len = max(a->pk_len, off + len);
	return (NULL);
}

static const char *
op_contig(struct packet *a, struct packet *b)
{
	u_int head = some_length(300), tail = some_length(300);
	struct mbuf *m;

	m = a->pk_m = m_contig(a->pk_m, head, tail, M_DONTWAIT);
	if (m == NULL) {
		packet_drop(a);
		return (malloc_failed() ? NULL : "m_contig refused");
	}
	if (m->m_next != NULL || m_readonly(m) || m_leadingspace(m) < head ||
	    m_trailingspace(m) < tail)
		return ("m_contig room");
	return (NULL);
}

static const char *
op_defrag(struct packet *a, struct packet *b)
{
	if (m_defrag(a->pk_m, M_DONTWAIT) != 0)
		return (malloc_failed() ? NULL : "m_defrag refused");
	return (a->pk_m->m_next != NULL ? "m_defrag length" : NULL);
}

/* Who may write to an mbuf writes for himself only. */
static const char *
op_write(struct packet *a, struct packet *b)
{
	struct mbuf *m;
	u_int loc = below(a->pk_len);
	int off;

	if ((m = m_getptr(a->pk_m, loc, &off)) == NULL)
		return ("m_getptr");
	if (a->pk_len == 0 || m_readonly(m))
		return (NULL);
	if ((u_char)m->m_data[off] != a->pk_flat[loc])
		return ("m_getptr place");
	m->m_data[off] = a->pk_flat[loc] = kt_random();
	return (NULL);
}

static int
apply_compare(caddr_t arg, caddr_t data, unsigned int len)
{
	u_char **flat = (u_char **)arg;

	if (memcmp(*flat, data, len) != 0)
		return (-1);
	*flat += len;
	return (0);
}

static const char *
op_read(struct packet *a, struct packet *b)
{
	static u_char bytes[MAXPACKET];
	u_int off = below(a->pk_len + 1), len = below(a->pk_len - off + 1);
	u_char *flat = a->pk_flat + off;

	m_copydata(a->pk_m, off, len, bytes);
	if (memcmp(bytes, flat, len) != 0)
		return ("m_copydata");
	if (m_apply(a->pk_m, off, len, apply_compare, (caddr_t)&flat) != 0 ||
	    flat != a->pk_flat + off + len)
		return ("m_apply");
	return (NULL);
}

/* what makes chains longer comes more often than what ends them */
static const struct {
	const char	*op_name;
	const char	*(*op_func)(struct packet *, struct packet *);
} ops[] = {
	{ "copym",	op_copym },
	{ "copym",	op_copym },
	{ "dup",	op_dup },
	{ "split",	op_split },
	{ "split",	op_split },
	{ "cat",	op_cat },
	{ "cat",	op_cat },
	{ "cat",	op_cat },
	{ "cat",	op_cat },
	{ "adj",	op_adj },
	{ "pullup",	op_pullup },
	{ "prepend",	op_prepend },
	{ "prepend",	op_prepend },
	{ "insert",	op_insert },
	{ "insert",	op_insert },
	{ "insert",	op_insert },
	{ "insert",	op_insert },
	{ "copyback",	op_copyback },
	{ "copyback",	op_copyback },
	{ "contig",	op_contig },
	{ "defrag",	op_defrag },
	{ "write",	op_write },
	{ "write",	op_write },
	{ "write",	op_write },
	{ "read",	op_read },
};

/* One operation on random packets; what went wrong, and in which. */
static const char *
random_op(const char **name)
{
	struct packet *a = &packets[below(NPACKETS)], *b;
	const char *error;
	u_int op = below(nitems(ops));

	do {
		b = &packets[below(NPACKETS)];
	} while (b == a);
	if (a->pk_m == NULL || below(20) == 0)
		op_new(a);
	*name = ops[op].op_name;
	refuse_begin();
	error = ops[op].op_func(a, b);
	refuse_end();
	if (error == NULL)
		error = packet_check(a);
	return (error != NULL ? error : packet_check(b));
}

static const char *
check_all(void)
{
	const char *error = NULL;
	u_int i;

	for (i = 0; i < NPACKETS && error == NULL; i++)
		error = packet_check(&packets[i]);
	return (error);
}

static void
random_ops(unsigned long count)
{
	unsigned long mbufs = m_inuse(), clusters = m_clinuse(), n;
	const char *error, *name = "";
	u_int i;

	for (i = 0; i < NPACKETS; i++)
		packets[i].pk_flat = malloc(MAXPACKET, M_TEMP, M_WAITOK);
	for (n = 0; n < count; n++) {
		error = random_op(&name);
		/* sharers that the operation had no business with */
		if (error == NULL && n % 16 == 0)
			error = check_all();
		if (error != NULL)
			KT_FAIL("seed %lu, operation %lu (%s): %s", kt_seed(),
			    n, name, error);
	}
	if ((error = check_all()) != NULL)
		KT_FAIL("seed %lu: %s", kt_seed(), error);
	for (i = 0; i < NPACKETS; i++) {
		packet_drop(&packets[i]);
		free(packets[i].pk_flat, M_TEMP, MAXPACKET);
	}
	KT_EQ(m_inuse(), mbufs);
	KT_EQ(m_clinuse(), clusters);
}

KTEST(mbuf_model, "random operations agree with flat memory")
{
	refusing = 0;
	random_ops(kt_count(40000));
}

KTEST(mbuf_refused, "the same while memory is refused; nothing leaks")
{
	refusing = 1;
	refused = 0;
	random_ops(kt_count(40000));
	KT_ASSERT(refused > 0);
	refusing = 0;
}

KTEST(mbuf_sizes, "every length up to the largest cluster has one")
{
	struct mbuf *m;
	u_int len;

	for (len = 0; len <= MAXMCLBYTES + 512; len += 1 + len / 50) {
		KT_ASSERT((m = m_clget(NULL, M_WAIT, len)) != NULL);
		KT_ASSERT(m_trailingspace(m) >= len);
		memset(m->m_data, 1, len);
		m_freem(m);
	}
	KT_ASSERT(m_clget(NULL, M_WAIT, MAXMCLBYTES + 513) == NULL);
	KT_ASSERT((m = m_clget(NULL, M_WAIT, MAXMCLBYTES + 512)) != NULL);
	m_freem(m);
	KT_ASSERT((m = m_getpacket(M_WAIT, 128, 65535, 64)) != NULL);
	KT_EQ(m->m_len, 0);
	KT_EQ(m->m_pkthdr.len, 0);
	KT_ASSERT(m_leadingspace(m) == 128);
	KT_ASSERT(m_trailingspace(m) >= 65535 + 64);
	m_freem(m);
	KT_ASSERT(m_getpacket(M_WAIT, 65535, 65535, 0) == NULL);
	KT_ASSERT(m_getpacket(M_WAIT, -1, 2, 0) == NULL);
}

KTEST(mbuf_contig_fast, "m_contig() leaves alone what is good already")
{
	struct mbuf *m = m_getpacket(M_WAIT, M_RXHEADROOM, 1400,
	    M_RXTAILROOM);
	caddr_t data = m->m_data;

	m->m_len = m->m_pkthdr.len = 1400;
	KT_ASSERT(m_contig(m, M_RXHEADROOM, M_RXTAILROOM, M_DONTWAIT) == m);
	KT_ASSERT(m->m_data == data);
	m_freem(m);
}

KTEST(mbuf_share, "a copy shares the cluster, until it is written to")
{
	unsigned long clusters = m_clinuse();
	struct mbuf *m = m_getpacket(M_WAIT, 0, 1000, 0), *n;
	char byte = 'x';

	memset(m->m_data, 'a', 1000);
	m->m_len = m->m_pkthdr.len = 1000;
	n = m_copym(m, 0, M_COPYALL, M_WAIT);
	KT_EQ(m_clinuse(), clusters + 1);
	KT_ASSERT(m_readonly(m) && m_readonly(n));
	KT_EQ(m_leadingspace(n) + m_trailingspace(n), 0);
	KT_EQ(m_copyback(n, 5, 1, &byte, M_WAIT), 0);
	KT_EQ(m_clinuse(), clusters + 2);
	KT_ASSERT(!m_readonly(m) && !m_readonly(n));
	KT_EQ(m->m_data[5], 'a');
	KT_EQ(n->m_data[5], 'x');
	m_freem(m);
	m_freem(n);
	KT_EQ(m_clinuse(), clusters);
}

KTEST(mbuf_tags, "tags are found by type, and copies are one's own")
{
	struct mbuf *m = m_gethdr(M_WAIT, MT_DATA), *n;
	struct m_tag *a, *b, *c;

	KT_ASSERT(m_tag_get(PACKET_TAG_GRE, 81, M_WAIT) == NULL);
	a = m_tag_get(PACKET_TAG_GRE, 4, M_WAIT);
	b = m_tag_get(PACKET_TAG_GRE, 4, M_WAIT);
	c = m_tag_get(PACKET_TAG_IPSEC_IN_DONE, 80, M_WAIT);
	memset(c + 1, 7, 80);
	m_tag_prepend(m, a);
	m_tag_prepend(m, c);
	m_tag_prepend(m, b);
	KT_ASSERT(m_tag_find(m, PACKET_TAG_GRE, NULL) == b);
	KT_ASSERT(m_tag_find(m, PACKET_TAG_GRE, b) == a);
	KT_ASSERT(m_tag_find(m, PACKET_TAG_GRE, a) == NULL);
	KT_ASSERT(m_tag_find(m, PACKET_TAG_DLT, NULL) == NULL);
	n = m_dup_pkt(m, 0, M_WAIT);
	m_tag_delete(m, b);
	KT_ASSERT(m_tag_find(m, PACKET_TAG_GRE, NULL) == a);
	m_tag_delete(m, a);
	KT_EQ(m->m_pkthdr.ph_tagsset, PACKET_TAG_IPSEC_IN_DONE);
	m_freem(m);
	a = m_tag_first(n);
	KT_EQ(a->m_tag_id, PACKET_TAG_GRE);
	a = m_tag_find(n, PACKET_TAG_IPSEC_IN_DONE, NULL);
	KT_EQ(a->m_tag_len, 80);
	KT_EQ(((char *)(a + 1))[79], 7);
	m_freem(n);
}

KTEST(mbuf_headers, "headers are moved, copied, reset and taken away")
{
	struct mbuf *m = m_getpacket(M_WAIT, 8, 100, 0), *n;

	m->m_len = m->m_pkthdr.len = 100;
	m->m_flags |= M_BCAST | M_AUTH | M_TUNNEL;
	m->m_pkthdr.ph_rtableid = 3;
	m->m_pkthdr.ph_loopcnt = 2;
	m->m_pkthdr.csum_flags = M_IPV4_CSUM_IN_OK;
	m->m_pkthdr.pf.prio = 6;
	n = m_gethdr(M_WAIT, MT_DATA);
	KT_EQ(n->m_pkthdr.pf.prio, M_DEFPRIO);
	KT_EQ(m_dup_pkthdr(n, m, M_WAIT), 0);
	KT_EQ(n->m_flags, M_PKTHDR | M_BCAST | M_AUTH | M_TUNNEL);
	KT_EQ(n->m_pkthdr.ph_rtableid, 3);
	KT_EQ(n->m_pkthdr.pf.prio, 6);
	m_free(n);
	m_resethdr(m);
	KT_EQ(m->m_flags, M_PKTHDR | M_EXT | M_EXTWR);
	KT_EQ(m->m_pkthdr.len, 100);
	KT_EQ(m->m_pkthdr.ph_loopcnt, 2);
	KT_EQ(m->m_pkthdr.csum_flags, 0);
	KT_EQ(m->m_pkthdr.ph_rtableid, 0);
	KT_EQ(m->m_pkthdr.pf.prio, M_DEFPRIO);
	m_removehdr(m);
	KT_EQ(m->m_flags, M_EXT | M_EXTWR);
	KT_EQ(m_length(m), 100);
	m_freem(m);
}

KTEST(mbuf_zeroize, "M_ZEROIZE wipes, with the last owner of a cluster")
{
	struct mbuf *m = m_getpacket(M_WAIT, 0, 100, 0), *keep, *n;
	caddr_t buf;

	m->m_flags |= M_ZEROIZE;
	memset(m->m_data, 's', 100);
	m->m_len = m->m_pkthdr.len = 100;
	n = m_copym(m, 0, M_COPYALL, M_WAIT);
	keep = m_copym(m, 10, 50, M_WAIT);
	KT_ASSERT((n->m_flags & M_ZEROIZE) && (keep->m_flags & M_ZEROIZE));
	m_freem(m);
	KT_EQ(n->m_data[99], 's');
	m_freem(keep);
	KT_EQ(n->m_data[99], 's');
	buf = n->m_data;
	m_freem(n);
	/* the pool gives back what came last, unless a sanitizer watches */
	m = m_clget(NULL, M_WAIT, MCLBYTES);
	KT_ASSERT(m->m_data != buf || m->m_data[99] == 0);
#if !defined(KERNEL_ASAN) && !defined(KERNEL_TSAN)
	KT_ASSERT(m->m_data == buf);
#endif
	m_freem(m);
}

KTEST(mbuf_queue, "a full queue drops, counts, and keeps the order")
{
	struct mbuf_queue mq;
	struct mbuf_list ml = MBUF_LIST_INITIALIZER();
	unsigned long mbufs = m_inuse();
	struct mbuf *m;
	int i;

	mq_init(&mq, 3, IPL_NONE);
	for (i = 0; i < 5; i++) {
		m = m_gethdr(M_WAIT, MT_DATA);
		m->m_pkthdr.len = i;
		KT_EQ(mq_enqueue(&mq, m), i >= 3);
	}
	KT_EQ(mq_len(&mq), 3);
	KT_EQ(mq.mq_drops, 2);
	m = mq_dequeue(&mq);
	KT_EQ(m->m_pkthdr.len, 0);
	ml_enqueue(&ml, m);
	ml_enqueue(&ml, m_gethdr(M_WAIT, MT_DATA));
	KT_EQ(mq_enlist(&mq, &ml), 1);
	KT_ASSERT(ml_empty(&ml));
	mq_delist(&mq, &ml);
	KT_ASSERT(mq_empty(&mq));
	KT_EQ(ml_len(&ml), 3);
	m = ml_dequeue(&ml);
	KT_EQ(m->m_pkthdr.len, 1);
	m_freem(m);
	KT_EQ(ml_purge(&ml), 2);
	KT_ASSERT(ml_dequeue(&ml) == NULL);
	KT_EQ(m_inuse(), mbufs);
}
