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
 * Reassembly.  Fragments wait unsorted; a map of 8-byte units tells what
 * is there.  When all of it is, they are copied into one buffer, which the
 * receivers (ESP above all) want anyway.  So the cost of a packet is linear
 * in its size, whatever the order of its fragments.
 *
 * There is always an answer to "no room": the oldest packet goes.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/queue.h>
#include <sys/timeout.h>

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_spd.h>
#include <netinet/ip_var.h>
#include <netinet/in_cksum.h>

#define IPQ_NHASH	256		/* power of 2 */
#define IPQ_MAXFRAGS	4096		/* that wait, altogether */
#define IPQ_MAXPERPKT	256		/* of one packet */
#define IPQ_UNITS	(IP_MAXPACKET / 8 + 1)
#define IPQ_WORDS	howmany(IPQ_UNITS, 64)
#define IPQ_LIFE	SEC_TO_NSEC(30)

/* no link may cut smaller than this, RFC 791 */
#define IPQ_MINMTU	68

/*
 * Whose fragment: what was decrypted never mixes with what was not, nor
 * with what came from another peer.
 */
struct ipq_key {
	u_int64_t	ik_ipsec;
	struct in_addr	ik_src;
	struct in_addr	ik_dst;
	u_int		ik_rtableid;
	u_int16_t	ik_id;
	u_int8_t	ik_p;
};

/* A packet that is not complete; all under ipq_mtx. */
struct ipq {
	LIST_ENTRY(ipq)		 iq_hash;
	TAILQ_ENTRY(ipq)	 iq_age;
	struct ipq_key		 iq_key;
	uint64_t		 iq_deadline;	/* ns of uptime */
	struct mbuf		*iq_frags;	/* m_nextpkt, unsorted */
	struct mbuf		*iq_first;	/* the one with offset 0 */
	u_int			 iq_nfrags;
	u_int			 iq_have;	/* bytes */
	u_int			 iq_end;	/* highest byte seen + 1 */
	u_int			 iq_total;	/* bytes in all, 0 unknown */
	u_int			 iq_ecn;	/* 1 << code point, of all */
	u_int			 iq_mflags;	/* M_BCAST|M_MCAST of all */
	uint64_t		 iq_map[IPQ_WORDS];
};
TAILQ_HEAD(ipq_list, ipq);

/* What the header of a fragment says, in bytes. */
struct ipfrag {
	u_int	if_off;
	u_int	if_len;
	u_int	if_hlen;
	int	if_more;
};

static void	ipq_timeout(void *);

int ip_maxqueue = 300;				/* [a] packets */

static struct mutex ipq_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static LIST_HEAD(, ipq) ipq_hash[IPQ_NHASH];
static struct ipq_list ipq_ages = TAILQ_HEAD_INITIALIZER(ipq_ages);
static u_int ipq_nqueues;
static u_int ipq_nfrags;
static u_int32_t ipq_secret[2];
static struct timeout ipq_to = TIMEOUT_INITIALIZER(ipq_timeout, NULL);

void
ip_frag_init(void)
{
	arc4random_buf(ipq_secret, sizeof(ipq_secret));
}

u_int
ip_frag_queues(void)
{
	return (READ_ONCE(ipq_nqueues));
}

u_int
ip_frag_count(void)
{
	return (READ_ONCE(ipq_nfrags));
}

static u_int
ipq_bucket(const struct ipq_key *ik)
{
	u_int64_t h;

	h = (ik->ik_src.s_addr ^ ipq_secret[0]) * 0x9e3779b97f4a7c15UL;
	h = (h ^ (h >> 29) ^ ik->ik_dst.s_addr ^ ipq_secret[1]) *
	    0xbf58476d1ce4e5b9UL;
	h = (h ^ (h >> 32) ^ ik->ik_id ^ (u_int64_t)ik->ik_p << 16 ^
	    (u_int64_t)ik->ik_rtableid << 24) * 0x94d049bb133111ebUL;
	return ((h >> 40) & (IPQ_NHASH - 1));
}

/*
 * The map
 */

/* The bits of a word that lie in [from, to); w is the word's number. */
static uint64_t
ipq_mask(u_int w, u_int from, u_int to)
{
	uint64_t mask = ~0UL;

	if (from > w * 64)
		mask &= ~0UL << (from - w * 64);
	if (to < (w + 1) * 64)
		mask &= ~(~0UL << (to - w * 64));
	return (mask);
}

static int
ipq_overlaps(const struct ipq *iq, u_int from, u_int to)
{
	u_int w;

	for (w = from / 64; w * 64 < to; w++) {
		if (iq->iq_map[w] & ipq_mask(w, from, to))
			return (1);
	}
	return (0);
}

static void
ipq_fill(struct ipq *iq, u_int from, u_int to)
{
	u_int w;

	for (w = from / 64; w * 64 < to; w++)
		iq->iq_map[w] |= ipq_mask(w, from, to);
}

/*
 * Queues; ipq_mtx held
 */
static struct ipq *
ipq_find(const struct ipq_key *ik)
{
	struct ipq *iq;

	LIST_FOREACH(iq, &ipq_hash[ipq_bucket(ik)], iq_hash) {
		if (memcmp(&iq->iq_key, ik, sizeof(*ik)) == 0)
			break;
	}
	return (iq);
}

static void
ipq_unlink(struct ipq *iq)
{
	LIST_REMOVE(iq, iq_hash);
	TAILQ_REMOVE(&ipq_ages, iq, iq_age);
	WRITE_ONCE(ipq_nqueues, ipq_nqueues - 1);
	WRITE_ONCE(ipq_nfrags, ipq_nfrags - iq->iq_nfrags);
}

/* Of an unlinked one, with its fragments; no lock needed. */
static void
ipq_free(struct ipq *iq)
{
	struct mbuf *m;

	for (m = iq->iq_frags; m != NULL; )
		m = m_freem(m);
	free(iq, M_FTABLE, sizeof(*iq));
}

static void
ipq_drop(struct ipq *iq, enum ipstat_counters why)
{
	ipstat_add(why, iq->iq_nfrags);
	ipq_unlink(iq);
	ipq_free(iq);
}

/* Make room for one more fragment, and for one more packet. */
static void
ipq_evict(int newpkt)
{
	u_int limit = READ_ONCE(ip_maxqueue);

	while (!TAILQ_EMPTY(&ipq_ages) && (ipq_nfrags >= IPQ_MAXFRAGS ||
	    (newpkt && ipq_nqueues >= limit)))
		ipq_drop(TAILQ_FIRST(&ipq_ages), ips_fragdropped);
}

static struct ipq *
ipq_create(const struct ipq_key *ik)
{
	struct ipq *iq;

	ipq_evict(1);
	iq = malloc(sizeof(*iq), M_FTABLE, M_NOWAIT | M_ZERO);
	if (iq == NULL)
		return (NULL);
	iq->iq_key = *ik;
	iq->iq_deadline = getnsecuptime() + IPQ_LIFE;
	LIST_INSERT_HEAD(&ipq_hash[ipq_bucket(ik)], iq, iq_hash);
	if (TAILQ_EMPTY(&ipq_ages))
		timeout_add_nsec(&ipq_to, IPQ_LIFE);
	TAILQ_INSERT_TAIL(&ipq_ages, iq, iq_age);
	WRITE_ONCE(ipq_nqueues, ipq_nqueues + 1);
	return (iq);
}

/*
 * Fragments
 */
static void
ipfrag_parse(const struct ip *ip, struct ipfrag *f)
{
	f->if_off = (ntohs(ip->ip_off) & IP_OFFMASK) << 3;
	f->if_hlen = ip->ip_hl << 2;
	f->if_len = ntohs(ip->ip_len) - f->if_hlen;
	f->if_more = (ip->ip_off & htons(IP_MF)) != 0;
}

static void
ipfrag_key(struct mbuf *m, const struct ip *ip, struct ipq_key *ik)
{
	memset(ik, 0, sizeof(*ik));	/* it is compared as memory */
	ik->ik_src = ip->ip_src;
	ik->ik_dst = ip->ip_dst;
	ik->ik_rtableid = m->m_pkthdr.ph_rtableid;
	ik->ik_id = ip->ip_id;
	ik->ik_p = ip->ip_p;
#ifdef IPSEC
	ik->ik_ipsec = ipsec_input_origin(m);
#endif
}

/* 0, or what the fragment is dropped for without a look at others. */
static int
ipfrag_check(const struct ipfrag *f, enum ipstat_counters *why)
{
	*why = ips_toolong;
	if (f->if_hlen + f->if_off + f->if_len > IP_MAXPACKET)
		return (EMSGSIZE);
	*why = ips_badfrags;
	if (f->if_len == 0)
		return (EINVAL);
	if (f->if_more && ((f->if_len & 7) != 0 ||
	    f->if_hlen + f->if_len < IPQ_MINMTU))
		return (EINVAL);
	return (0);
}

/* Does the same piece wait already?  Networks do duplicate packets. */
static int
ipq_has(const struct ipq *iq, const struct ipfrag *f)
{
	struct ipfrag g;
	struct mbuf *m;

	for (m = iq->iq_frags; m != NULL; m = m->m_nextpkt) {
		ipfrag_parse(mtod(m, struct ip *), &g);
		if (g.if_off == f->if_off)
			return (g.if_len == f->if_len &&
			    g.if_more == f->if_more);
	}
	return (0);
}

/*
 * How the fragment fits: 0, EEXIST (a duplicate), EINVAL (it contradicts
 * what is there, so that none of it can be believed).
 */
static int
ipq_fits(const struct ipq *iq, const struct ipfrag *f)
{
	u_int end = f->if_off + f->if_len;

	if (ipq_overlaps(iq, f->if_off / 8, howmany(end, 8)))
		return (ipq_has(iq, f) ? EEXIST : EINVAL);
	if (iq->iq_total != 0 && (!f->if_more || end > iq->iq_total))
		return (EINVAL);
	if (!f->if_more && iq->iq_end > end)
		return (EINVAL);
	return (0);
}

static void
ipq_insert(struct ipq *iq, struct mbuf *m, const struct ipfrag *f)
{
	u_int end = f->if_off + f->if_len;

	m->m_nextpkt = iq->iq_frags;
	iq->iq_frags = m;
	if (f->if_off == 0)
		iq->iq_first = m;
	if (!f->if_more)
		iq->iq_total = end;
	iq->iq_end = max(iq->iq_end, end);
	iq->iq_have += f->if_len;
	iq->iq_ecn |= 1 << (mtod(m, struct ip *)->ip_tos & IPTOS_ECN_MASK);
	iq->iq_mflags |= m->m_flags & (M_BCAST | M_MCAST);
	ipq_fill(iq, f->if_off / 8, howmany(end, 8));
	iq->iq_nfrags++;
	WRITE_ONCE(ipq_nfrags, ipq_nfrags + 1);
}

/*
 * Put a fragment where it belongs.  m is consumed; the queue comes back,
 * unlinked, when it is complete.
 */
static struct ipq *
ipq_add(struct mbuf *m, const struct ipfrag *f)
{
	struct ipq *iq;
	struct ipq_key ik;
	enum ipstat_counters why = ips_rcvmemdrop;
	int error;

	ipfrag_key(m, mtod(m, struct ip *), &ik);
	MUTEX_ASSERT_LOCKED(&ipq_mtx);
	ipq_evict(0);
	if ((iq = ipq_find(&ik)) == NULL && (iq = ipq_create(&ik)) == NULL)
		goto drop;
	why = ips_fragdropped;
	if ((error = ipq_fits(iq, f)) == EEXIST)
		goto drop;
	if (error != 0) {
		why = ips_badfrags;
		ipq_drop(iq, why);
		goto drop;
	}
	if (iq->iq_nfrags == IPQ_MAXPERPKT) {
		ipq_drop(iq, why);
		goto drop;
	}
	ipq_insert(iq, m, f);
	if (iq->iq_total == 0 || iq->iq_have != iq->iq_total)
		return (NULL);
	ipq_unlink(iq);
	return (iq);

 drop:
	ipstat_inc(why);
	m_freem(m);
	return (NULL);
}

/*
 * The code point of the whole, RFC 3168 5.3: CE wins, but not over a
 * fragment that knows no ECN, which makes the packet void: -1.
 */
static int
ipq_ecn(const struct ipq *iq, u_int8_t tos)
{
	if (!(iq->iq_ecn & (1 << IPTOS_ECN_CE)))
		return (tos);
	if (iq->iq_ecn & (1 << IPTOS_ECN_NOTECT))
		return (-1);
	return (tos | IPTOS_ECN_CE);
}

/* The buffer for all of it, with the first fragment's header and history. */
static struct mbuf *
ipq_newpacket(struct ipq *iq, u_int hlen)
{
	struct mbuf *m;
	u_int len = hlen + iq->iq_total;

	m = m_getpacket(M_DONTWAIT, M_RXHEADROOM, len, M_RXTAILROOM);
	if (m == NULL)
		return (NULL);
	if (m_dup_pkthdr(m, iq->iq_first, M_DONTWAIT) != 0) {
		m_freem(m);
		return (NULL);
	}
	m->m_flags |= iq->iq_mflags;
	/* what a device said of a part is not true of the whole */
	m->m_pkthdr.csum_flags = 0;
	m->m_len = m->m_pkthdr.len = len;
	m_copydata(iq->iq_first, 0, hlen, mtod(m, caddr_t));
	return (m);
}

static struct mbuf *
ipq_join(struct ipq *iq)
{
	struct mbuf *m, *n;
	struct ipfrag f;
	struct ip *ip = mtod(iq->iq_first, struct ip *);
	u_int hlen = ip->ip_hl << 2;
	int tos = ipq_ecn(iq, ip->ip_tos);

	if (tos == -1) {
		ipstat_inc(ips_badfrags);
		return (NULL);
	}
	if (hlen + iq->iq_total > IP_MAXPACKET) {
		ipstat_inc(ips_toolong);
		return (NULL);
	}
	if ((m = ipq_newpacket(iq, hlen)) == NULL) {
		ipstat_inc(ips_rcvmemdrop);
		return (NULL);
	}
	for (n = iq->iq_frags; n != NULL; n = n->m_nextpkt) {
		ipfrag_parse(mtod(n, struct ip *), &f);
		m_copydata(n, f.if_hlen, f.if_len,
		    mtod(m, caddr_t) + hlen + f.if_off);
	}
	ip = mtod(m, struct ip *);
	ip->ip_tos = tos;
	ip->ip_len = htons(hlen + iq->iq_total);
	ip->ip_off = 0;
	ip->ip_sum = 0;
	ip->ip_sum = in_cksum(m, hlen);
	ipstat_inc(ips_reassembled);
	return (m);
}

struct mbuf *
ip_reass(struct mbuf *m)
{
	struct ipfrag f;
	struct ipq *iq;
	enum ipstat_counters why;

	ipstat_inc(ips_fragments);
	ipfrag_parse(mtod(m, struct ip *), &f);
	if (ipfrag_check(&f, &why) != 0) {
		ipstat_inc(why);
		m_freem(m);
		return (NULL);
	}
	mtx_enter(&ipq_mtx);
	iq = ipq_add(m, &f);
	mtx_leave(&ipq_mtx);
	if (iq == NULL)
		return (NULL);
	m = ipq_join(iq);
	ipq_free(iq);
	return (m);
}

/* Unlink those whose time is up; arm the timeout for the next one. */
static void
ipq_expired(struct ipq_list *list, uint64_t now)
{
	struct ipq *iq;

	mtx_enter(&ipq_mtx);
	while ((iq = TAILQ_FIRST(&ipq_ages)) != NULL) {
		if (iq->iq_deadline > now) {
			timeout_add_nsec(&ipq_to, iq->iq_deadline - now);
			break;
		}
		ipq_unlink(iq);
		TAILQ_INSERT_TAIL(list, iq, iq_age);
	}
	mtx_leave(&ipq_mtx);
}

/* Tell the sender, who can only make use of it with the first fragment. */
static void
ipq_complain(struct ipq *iq)
{
	struct mbuf *m, **mp;

	if ((m = iq->iq_first) == NULL)
		return;
	for (mp = &iq->iq_frags; *mp != m; mp = &(*mp)->m_nextpkt)
		;
	*mp = m->m_nextpkt;
	m->m_nextpkt = NULL;
	icmp_error(m, ICMP_TIMXCEED, ICMP_TIMXCEED_REASS, 0, 0);
}

static void
ipq_timeout(void *arg)
{
	struct ipq_list list = TAILQ_HEAD_INITIALIZER(list);
	struct ipq *iq;

	ipq_expired(&list, getnsecuptime());
	NET_LOCK_SHARED();
	while ((iq = TAILQ_FIRST(&list)) != NULL) {
		TAILQ_REMOVE(&list, iq, iq_age);
		ipstat_add(ips_fragtimeout, iq->iq_nfrags);
		ipq_complain(iq);
		ipq_free(iq);
	}
	NET_UNLOCK_SHARED();
}

void
ip_frag_drain(void)
{
	mtx_enter(&ipq_mtx);
	while (!TAILQ_EMPTY(&ipq_ages))
		ipq_drop(TAILQ_FIRST(&ipq_ages), ips_fragdropped);
	timeout_del(&ipq_to);
	mtx_leave(&ipq_mtx);
}
