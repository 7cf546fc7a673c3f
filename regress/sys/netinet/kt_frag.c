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

#include "kt_inet.h"

#include <sys/proc.h>

#include <netinet/ip_ipsp.h>

#define SRC	KTI_A(192, 0, 2, 77)
#define DST	KTI_A(192, 0, 2, 1)

static u_char payload[IP_MAXPACKET + 8];

static void
payload_fill(void)
{
	u_int i;

	for (i = 0; i < sizeof(payload); i++)
		payload[i] = kt_random();
}

/* Bytes off .. off + len of the payload as a fragment; any thread. */
static struct mbuf *
fragment(u_int id, u_int off, u_int len, int more)
{
	struct mbuf *m;
	struct ip *ip;

	m = m_getpacket(M_WAIT, 64, sizeof(*ip) + len, 0);
	m->m_len = m->m_pkthdr.len = sizeof(*ip) + len;
	ip = mtod(m, struct ip *);
	memset(ip, 0, sizeof(*ip));
	memcpy(ip + 1, payload + off, len);
	ip->ip_v = IPVERSION;
	ip->ip_hl = sizeof(*ip) >> 2;
	ip->ip_id = htons(id);
	ip->ip_off = htons(off >> 3 | (more ? IP_MF : 0));
	ip->ip_ttl = 64;
	ip->ip_p = IPPROTO_UDP;
	ip->ip_src.s_addr = SRC;
	ip->ip_dst.s_addr = DST;
	kti_finish(m);
	return (m);
}

/* Give it a fragment: 1 and m freed when it makes a packet of len bytes
 * of payload, 0 when none comes, -1 when that is wrong. */
static int
reass(struct mbuf *m, u_int len)
{
	struct ip *ip;
	int right;

	if ((m = ip_reass(m)) == NULL)
		return (0);
	ip = mtod(m, struct ip *);
	right = m->m_pkthdr.len == (int)(sizeof(*ip) + len) &&
	    ntohs(ip->ip_len) == sizeof(*ip) + len && ip->ip_off == 0 &&
	    ip->ip_hl == 5 && in_cksum(m, sizeof(*ip)) == 0 &&
	    m->m_next == NULL && memcmp(ip + 1, payload, len) == 0;
	m_freem(m);
	return (right ? 1 : -1);
}

struct piece {
	u_int	off, len;
	int	more;
};
#define MAXPIECES	256

/* Cut len bytes at random; how many pieces. */
static u_int
cut(struct piece *p, u_int len)
{
	u_int n, off, step, least = max(48, roundup(len / 100, 8));

	for (n = off = 0; off < len; n++, off += step) {
		step = least + (kt_random() % 128) * 8;
		if (off + step >= len)
			step = len - off;
		p[n].off = off;
		p[n].len = step;
		p[n].more = off + step < len;
	}
	return (n);
}

static void
shuffle(struct piece *p, u_int n)
{
	struct piece t;
	u_int i, j;

	for (i = n; i > 1; i--) {
		j = kt_random() % i;
		t = p[i - 1];
		p[i - 1] = p[j];
		p[j] = t;
	}
}

KTEST(frag_order, "any order, with duplicates, gives the packet back")
{
	struct piece p[MAXPIECES];
	unsigned long round, inuse = m_inuse();
	u_int i, n, len;
	int got;

	payload_fill();
	for (round = 0; round < kt_count(300); round++) {
		len = 1 + kt_random() % (IP_MAXPACKET - sizeof(struct ip));
		n = cut(p, len);
		if (round % 3 != 0)
			shuffle(p, n);
		if (n == 1) {
			KT_EQ(reass(fragment(round, 0, len, 0), len), 1);
			continue;
		}
		for (i = 0; i < n; i++) {
			got = reass(fragment(round, p[i].off, p[i].len,
			    p[i].more), len);
			KT_EQ(got, i == n - 1);
			if (got == 0 && kt_random() % 4 == 0)
				KT_EQ(reass(fragment(round, p[i].off,
				    p[i].len, p[i].more), len), 0);
		}
	}
	KT_EQ(ip_frag_queues(), 0);
	KT_EQ(ip_frag_count(), 0);
	KT_EQ(m_inuse(), inuse);
}

/*
 * The same by a model of one byte per 8-byte unit that knows nothing but
 * the rules: an overlap, or a contradiction about the end, voids all.
 */
struct model {
	u_char	unit[IP_MAXPACKET / 8 + 1];
	struct piece had[64];
	u_int	nhad, have, end, total;
};

static int
model_add(struct model *mo, const struct piece *p)
{
	u_int i, end = p->off + p->len;

	for (i = 0; i < mo->nhad; i++) {
		if (memcmp(&mo->had[i], p, sizeof(*p)) == 0)
			return (0);
	}
	for (i = p->off / 8; i < howmany(end, 8); i++) {
		if (mo->unit[i])
			goto voided;
	}
	if (mo->total != 0 && (!p->more || end > mo->total))
		goto voided;
	if (!p->more && mo->end > end)
		goto voided;
	for (i = p->off / 8; i < howmany(end, 8); i++)
		mo->unit[i] = 1;
	mo->had[mo->nhad++] = *p;
	mo->have += p->len;
	mo->end = max(mo->end, end);
	if (!p->more)
		mo->total = end;
	if (mo->total == 0 || mo->have != mo->total)
		return (0);
	i = mo->total;
	memset(mo, 0, sizeof(*mo));
	return (i);

 voided:
	memset(mo, 0, sizeof(*mo));
	return (0);
}

KTEST(frag_model, "random pieces that overlap and contradict, by a model")
{
	static struct model mo;
	struct piece p;
	unsigned long round;
	u_int i, len, done = 0;
	int got;

	payload_fill();
	for (round = 0; round < kt_count(2000); round++) {
		memset(&mo, 0, sizeof(mo));
		for (i = 0; i < 60; i++) {
			memset(&p, 0, sizeof(p));
			p.off = kt_random() % 6 * 48;
			p.len = 48 + kt_random() % 2 * 48;
			p.more = kt_random() % 4 != 0;
			if (!p.more)
				p.len -= kt_random() % 8;
			len = model_add(&mo, &p);
			got = reass(fragment(7, p.off, p.len, p.more), len);
			KT_EQ(got, len != 0);
			done += got;
		}
		ip_frag_drain();
	}
	KT_ASSERT(done > 0);
	KT_EQ(ip_frag_count(), 0);
}

KTEST(frag_overlap, "an overlap drops all of the packet")
{
	uint64_t bad = kti_ipstat(ips_badfrags);

	payload_fill();
	KT_EQ(reass(fragment(1, 0, 800, 1), 0), 0);
	KT_EQ(reass(fragment(1, 1200, 400, 0), 0), 0);
	KT_EQ(ip_frag_count(), 2);
	KT_EQ(reass(fragment(1, 400, 800, 1), 0), 0);
	KT_EQ(ip_frag_queues(), 0);
	KT_EQ(kti_ipstat(ips_badfrags) - bad, 3);
	/* and what would have made it whole begins a new one */
	KT_EQ(reass(fragment(1, 800, 400, 1), 0), 0);
	KT_EQ(ip_frag_count(), 1);
	ip_frag_drain();
}

KTEST(frag_malformed, "tiny, empty, odd and too long ones, each counted")
{
	uint64_t bad = kti_ipstat(ips_badfrags);
	uint64_t toolong = kti_ipstat(ips_toolong);

	payload_fill();
	KT_EQ(reass(fragment(1, 0, 40, 1), 0), 0);	/* tiny */
	KT_EQ(reass(fragment(1, 0, 0, 1), 0), 0);
	KT_EQ(reass(fragment(1, 8, 0, 0), 0), 0);
	KT_EQ(reass(fragment(1, 0, 801, 1), 0), 0);	/* not in eights */
	KT_EQ(kti_ipstat(ips_badfrags) - bad, 4);
	KT_EQ(ip_frag_queues(), 0);
	KT_EQ(reass(fragment(1, 65528, 8, 0), 0), 0);
	KT_EQ(kti_ipstat(ips_toolong) - toolong, 1);
	KT_EQ(ip_frag_queues(), 0);
	/* a last one may be small */
	KT_EQ(reass(fragment(1, 0, 48, 1), 49), 0);
	KT_EQ(reass(fragment(1, 48, 1, 0), 49), 1);
}

KTEST(frag_longheader, "with the first header it is longer than 65535")
{
	uint64_t toolong = kti_ipstat(ips_toolong);
	struct mbuf *m;
	struct ip *ip;

	payload_fill();
	m = kti_packet(SRC, DST, IPPROTO_UDP, 40 + 800);
	ip = mtod(m, struct ip *);
	ip->ip_hl = 15;
	memset(ip + 1, IPOPT_NOP, 40);
	ip->ip_id = htons(3);
	ip->ip_off = htons(IP_MF);
	kti_finish(m);
	KT_ASSERT(ip_reass(m) == NULL);
	KT_ASSERT(ip_reass(fragment(3, 800, 64000, 1)) == NULL);
	KT_ASSERT(ip_reass(fragment(3, 64800, 700, 0)) == NULL);
	KT_EQ(kti_ipstat(ips_toolong) - toolong, 1);
	KT_EQ(ip_frag_queues(), 0);
}

KTEST(frag_limits, "10000 packets begun: bounded, and the newest complete")
{
	uint64_t dropped = kti_ipstat(ips_fragdropped);
	u_int i;

	payload_fill();
	ip_maxqueue = 300;
	for (i = 1; i <= 10000; i++)
		KT_EQ(reass(fragment(i, 0, 800, 1), 0), 0);
	KT_EQ(ip_frag_queues(), 300);
	KT_EQ(ip_frag_count(), 300);
	KT_EQ(kti_ipstat(ips_fragdropped) - dropped, 9700);
	KT_EQ(reass(fragment(10000, 800, 8, 0), 808), 1);
	KT_EQ(reass(fragment(9701, 800, 8, 0), 808), 1);
	KT_EQ(reass(fragment(9700, 800, 8, 0), 808), 0);
	ip_frag_drain();
	KT_EQ(ip_frag_count(), 0);
}

KTEST(frag_perpacket, "one packet of too many pieces, and all together")
{
	u_int i, id;

	payload_fill();
	for (i = 0; i < 256; i++)
		KT_EQ(reass(fragment(1, i * 48, 48, 1), 0), 0);
	KT_EQ(ip_frag_count(), 256);
	KT_EQ(reass(fragment(1, i * 48, 48, 1), 0), 0);
	KT_EQ(ip_frag_queues(), 0);

	for (id = 1; id <= 40; id++)
		for (i = 0; i < 200; i++)
			KT_EQ(reass(fragment(id, i * 48, 48, 1), 0), 0);
	KT_ASSERT(ip_frag_count() <= 4096);
	KT_ASSERT(ip_frag_count() > 3000);
	ip_frag_drain();
	KT_EQ(ip_frag_count(), 0);
}

KTEST(frag_expiry, "30 s: gone, and the sender hears if the first is known")
{
	uint64_t timeouts = kti_ipstat(ips_fragtimeout);
	struct mbuf *m;
	struct icmp *icp;

	KT_EQ(kti_setup(), 0);
	payload_fill();
	m = fragment(1, 0, 800, 1);
	m->m_pkthdr.ph_ifidx = kti0.ki_if.if_index;
	KT_EQ(reass(m, 0), 0);
	KT_EQ(reass(fragment(2, 800, 800, 1), 0), 0);
	kt_sleep(SEC_TO_NSEC(29));
	KT_EQ(ip_frag_queues(), 2);
	KT_EQ(kti_nsent(&kti0), 0);
	KT_EQ(reass(fragment(3, 0, 800, 1), 0), 0);
	kt_sleep(SEC_TO_NSEC(2));
	KT_EQ(ip_frag_queues(), 1);
	KT_EQ(kti_ipstat(ips_fragtimeout) - timeouts, 2);

	KT_EQ(kti_nsent(&kti0), 1);
	m = kti_sent(&kti0);
	icp = (struct icmp *)(mtod(m, struct ip *) + 1);
	KT_EQ(icp->icmp_type, ICMP_TIMXCEED);
	KT_EQ(icp->icmp_code, ICMP_TIMXCEED_REASS);
	KT_EQ(ntohs(icp->icmp_ip.ip_id), 1);
	KT_EQ(ntohs(icp->icmp_ip.ip_off), IP_MF);
	m_freem(m);
	kt_sleep(SEC_TO_NSEC(30));
	KT_EQ(ip_frag_queues(), 0);
	kti_cleanup();
}

KTEST(frag_ipsec, "clear fragments never complete a decrypted packet")
{
	struct mbuf *m;
	struct m_tag *t;

	payload_fill();
	NET_LOCK_SHARED();
	m = fragment(1, 0, 800, 1);
	t = m_tag_get(PACKET_TAG_IPSEC_IN_DONE,
	    sizeof(struct tdb_ident), M_WAITOK);
	memset(t + 1, 0, sizeof(struct tdb_ident));
	m_tag_prepend(m, t);
	KT_EQ(reass(m, 0), 0);
	KT_EQ(reass(fragment(1, 800, 100, 0), 900), 0);
	KT_EQ(ip_frag_queues(), 2);

	m = fragment(1, 800, 100, 0);
	t = m_tag_get(PACKET_TAG_IPSEC_IN_DONE,
	    sizeof(struct tdb_ident), M_WAITOK);
	memset(t + 1, 0, sizeof(struct tdb_ident));
	m_tag_prepend(m, t);
	KT_ASSERT((m = ip_reass(m)) != NULL);
	KT_ASSERT(m_tag_find(m, PACKET_TAG_IPSEC_IN_DONE, NULL) != NULL);
	m_freem(m);
	KT_EQ(ip_frag_queues(), 1);
	NET_UNLOCK_SHARED();
	ip_frag_drain();
}

KTEST(frag_keys, "src, dst, protocol, id and table: all five must agree")
{
	struct mbuf *m;
	struct ip *ip;
	int i;

	payload_fill();
	for (i = 0; i < 6; i++) {
		KT_EQ(reass(fragment(1, 0, 800, 1), 0), 0);
		m = fragment(1, 800, 100, 0);
		ip = mtod(m, struct ip *);
		ip->ip_src.s_addr ^= i == 0;
		ip->ip_dst.s_addr ^= i == 1;
		ip->ip_p ^= i == 2;
		ip->ip_id ^= i == 3;
		m->m_pkthdr.ph_rtableid = i == 4;
		KT_EQ(reass(m, 900), i == 5);
		KT_EQ(ip_frag_queues(), i == 5 ? 0 : 2);
		ip_frag_drain();
	}
}

KTEST(frag_flags, "a broadcast piece makes a broadcast; sums are asked anew")
{
	struct mbuf *m;

	payload_fill();
	m = fragment(1, 0, 800, 1);
	m->m_pkthdr.csum_flags = M_IPV4_CSUM_IN_OK | M_UDP_CSUM_IN_OK;
	KT_EQ(reass(m, 0), 0);
	m = fragment(1, 800, 100, 0);
	SET(m->m_flags, M_BCAST);
	KT_ASSERT((m = ip_reass(m)) != NULL);
	KT_ASSERT(ISSET(m->m_flags, M_BCAST));
	KT_EQ(m->m_pkthdr.csum_flags, 0);
	m_freem(m);
}

static int
reass_ecn(u_int a, u_int b)
{
	struct mbuf *m;
	int tos;

	m = fragment(1, 0, 800, 1);
	mtod(m, struct ip *)->ip_tos = a;
	if (ip_reass(m) != NULL)
		return (-2);
	m = fragment(1, 800, 100, 0);
	mtod(m, struct ip *)->ip_tos = b;
	if ((m = ip_reass(m)) == NULL)
		return (-1);
	tos = mtod(m, struct ip *)->ip_tos;
	m_freem(m);
	return (tos);
}

KTEST(frag_ecn, "congestion seen by one fragment is seen by the packet")
{
	payload_fill();
	KT_EQ(reass_ecn(0x60 | IPTOS_ECN_ECT0, IPTOS_ECN_ECT0),
	    0x60 | IPTOS_ECN_ECT0);
	KT_EQ(reass_ecn(IPTOS_ECN_ECT0, IPTOS_ECN_CE), IPTOS_ECN_CE);
	KT_EQ(reass_ecn(IPTOS_ECN_CE, IPTOS_ECN_ECT0), IPTOS_ECN_CE);
	KT_EQ(reass_ecn(IPTOS_ECN_NOTECT, IPTOS_ECN_CE), -1);
	KT_EQ(ip_frag_queues(), 0);
}

KTEST(frag_nomem, "every allocation that can fail, does; nothing leaks")
{
	unsigned long inuse = m_inuse(), n, failed, whole = 0;
	struct mbuf *a, *b, *m;

	payload_fill();
	for (n = 1; n < 8; n++) {
		a = fragment(1, 0, 800, 1);
		b = fragment(1, 800, 100, 0);
		malloc_fail_nth(n);
		m = ip_reass(a);
		KT_ASSERT(m == NULL);
		m = ip_reass(b);
		failed = malloc_failed();
		malloc_fail_nth(0);
		KT_EQ(m != NULL, failed == 0);
		whole += m != NULL;
		m_freem(m);
		ip_frag_drain();
	}
	KT_ASSERT(whole > 0 && whole < 7);
	KT_EQ(m_inuse(), inuse);
}

KTEST(frag_roundtrip, "what ip_fragment() cuts, ip_reass() joins")
{
	struct mbuf_list ml;
	struct mbuf *m, *whole;
	struct ip *ip;
	unsigned long round;
	u_int len, mtu, done;

	payload_fill();
	for (round = 0; round < kt_count(300); round++) {
		mtu = 68 + kt_random() % 9000;
		len = mtu + 1 + kt_random() % (mtu * 20);
		len = min(len, IP_MAXPACKET - sizeof(*ip));
		m = fragment(round, 0, len, 0);
		KT_EQ(ip_fragment(m, &ml, NULL, mtu), 0);
		for (done = 0; (m = ml_dequeue(&ml)) != NULL; done++) {
			ip = mtod(m, struct ip *);
			KT_ASSERT(m->m_pkthdr.len <= (int)mtu);
			KT_EQ(ntohs(ip->ip_len), m->m_pkthdr.len);
			KT_EQ(m_length(m), m->m_pkthdr.len);
			KT_EQ(in_cksum(m, ip->ip_hl << 2), 0);
			if ((whole = ip_reass(m)) != NULL) {
				KT_EQ(ml_len(&ml), 0);
				KT_EQ(whole->m_pkthdr.len, sizeof(*ip) + len);
				KT_MEMEQ(mtod(whole, u_char *) + sizeof(*ip),
				    payload, len);
				m_freem(whole);
			}
		}
		KT_ASSERT(done > 1);
		KT_EQ(ip_frag_queues(), 0);
	}
}

KTEST(frag_again, "fragments of fragments make the same packet")
{
	struct mbuf_list ml, ml2;
	struct mbuf *m, *whole = NULL;
	u_int n = 0;

	payload_fill();
	KT_EQ(ip_fragment(fragment(1, 0, 5000, 0), &ml, NULL, 1500), 0);
	while ((m = ml_dequeue(&ml)) != NULL) {
		if (m->m_pkthdr.len <= 576) {
			ml_init(&ml2);
			ml_enqueue(&ml2, m);
		} else
			KT_EQ(ip_fragment(m, &ml2, NULL, 576), 0);
		while ((m = ml_dequeue(&ml2)) != NULL) {
			KT_ASSERT(whole == NULL);
			whole = ip_reass(m);
			n++;
		}
	}
	KT_ASSERT(n >= 9 && whole != NULL);
	KT_EQ(whole->m_pkthdr.len, 5020);
	KT_MEMEQ(mtod(whole, char *) + 20, payload, 5000);
	m_freem(whole);
}

KTEST(frag_options, "fragments have the options that are to be copied")
{
	static const u_char opts[12] = { IPOPT_NOP, IPOPT_RA, 4, 0, 0,
	    IPOPT_RR, 5, 4, 0, 0, IPOPT_NOP, IPOPT_EOL };
	struct mbuf_list ml;
	struct mbuf *m, *whole = NULL;
	struct ip *ip;

	payload_fill();
	m = kti_packet(SRC, DST, IPPROTO_UDP, 2000);
	ip = mtod(m, struct ip *);
	ip->ip_hl = 8;
	memcpy(ip + 1, opts, sizeof(opts));
	memcpy((char *)(ip + 1) + 12, payload, 1988);
	kti_finish(m);
	KT_EQ(ip_fragment(m, &ml, NULL, 576), 0);
	KT_ASSERT(ml_len(&ml) >= 4);
	m = ml_dequeue(&ml);
	KT_EQ(mtod(m, struct ip *)->ip_hl, 8);
	KT_ASSERT(ip_reass(m) == NULL);
	while ((m = ml_dequeue(&ml)) != NULL) {
		ip = mtod(m, struct ip *);
		KT_EQ(ip->ip_hl, 6);
		KT_MEMEQ(ip + 1, opts + 1, 4);
		whole = ip_reass(m);
	}
	KT_ASSERT(whole != NULL);
	KT_MEMEQ(mtod(whole, char *) + 32, payload, 1988);
	m_freem(whole);
}

#define MP_THREADS	4

static unsigned int mp_left, mp_whole, mp_wrong;	/* atomic */

/* Packets of two pieces, each thread with ids of its own. */
static void
mp_thread(void *arg)
{
	u_int base = (u_long)arg << 12, i;
	int got;

	for (i = 0; i < kt_count(2000); i++) {
		if (reass(fragment(base + (i & 0xfff), 0, 800, 1), 0) != 0)
			atomic_inc_int(&mp_wrong);
		got = reass(fragment(base + (i & 0xfff), 800, 100, 0), 900);
		if (got == 1)
			atomic_inc_int(&mp_whole);
		else if (got == -1)
			atomic_inc_int(&mp_wrong);
		if (ip_randomid() == 0)
			atomic_inc_int(&mp_wrong);
	}
	atomic_dec_int(&mp_left);
	kthread_exit(0);
}

KTEST(mp_frag, "threads that reassemble and evict each other's packets")
{
	u_long i;

	payload_fill();
	ip_maxqueue = 2;
	mp_whole = mp_wrong = 0;
	mp_left = MP_THREADS;
	for (i = 0; i < MP_THREADS; i++)
		KT_EQ(kthread_create(mp_thread, (void *)i, NULL, "mpfrag"),
		    0);
	while (atomic_load_int(&mp_left) != 0)
		kt_sleep(MSEC_TO_NSEC(1));
	ip_frag_drain();
	ip_maxqueue = 300;
	KT_EQ(atomic_load_int(&mp_wrong), 0);
	KT_ASSERT(atomic_load_int(&mp_whole) > 0);
	KT_EQ(ip_frag_queues(), 0);
	KT_EQ(ip_frag_count(), 0);
}
