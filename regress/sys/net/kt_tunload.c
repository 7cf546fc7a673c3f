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

#include "kt_tunlib.h"
#include "../netinet/kt_esplib.h"

/* Tunnels under load: storms of fragments, and new keys all the time. */

#define IPHDR		((int)sizeof(struct ip))
#define IP6HDR		((int)sizeof(struct ip6_hdr))

static struct ktun t;

/*
 * B09: fragments that never become a packet, from anywhere
 */
#define STORM		10000
#define STORMBUFS	2500	/* mbufs and clusters that may wait */

/* off, len in bytes; of a packet that will never be whole */
static void
fragment4(u_int id, int off, int len, int more)
{
	struct mbuf *m = kti_packet(htonl(11 << 24 | kt_random() >> 8),
	    KTI_US1, IPPROTO_ESP, len);
	struct ip *ip = mtod(m, struct ip *);

	ip->ip_id = htons(id);
	ip->ip_off = htons(off >> 3 | (more ? IP_MF : 0));
	kti_finish(m);
	ktun_in(&kti1, m);
}

static void
fragment6(u_int id, int off, int len, int more)
{
	struct mbuf *m = ktun_packet(AF_INET6, IP6HDR + 8 + len, 0);
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	struct ip6_frag *fh = (struct ip6_frag *)(ip6 + 1);

	ip6->ip6_nxt = IPPROTO_FRAGMENT;
	ip6->ip6_src = n6_addr(2, kt_random());
	ip6->ip6_dst = KTUN_US6;
	fh->ip6f_nxt = IPPROTO_ESP;
	fh->ip6f_reserved = 0;
	fh->ip6f_offlg = htons(off) | (more ? IP6F_MORE_FRAG : 0);
	fh->ip6f_ident = htonl(id);
	ktun_in(&kti1, m);
}

/* Whole blocks, tiny, overlapping, far out. */
static void
fragment(int af, int i)
{
	void (*frag)(u_int, int, int, int) = af == AF_INET ? fragment4 :
	    fragment6;
	int off;

	switch (i % 4) {
	case 0:
		frag(i, 0, 1200, 1);
		break;
	case 1:
		frag(i, 8 * (1 + kt_random() % 100), 8, 1);
		break;
	case 2:
		off = 8 * (1 + kt_random() % 100);
		frag(i, off, 64, 1);
		frag(i, off + 8, 64, kt_random() % 2);
		break;
	default:
		frag(i, 65528 - 8 * (kt_random() % 50), 1 + kt_random() % 30,
		    0);
	}
}

/* Another way than fragments' may be full: these two must not be lost. */
static int
flows(void)
{
	struct ktun_fate f = ktun_send(&t, AF_INET, 600, 1);

	if (f.f_what != KTUN_ARRIVED || f.f_wire != 1)
		return (0);
	f = ktun_send(&t, AF_INET6, 3000, 0);
	return (f.f_what == KTUN_ARRIVED);
}

static void
storm(int oaf)
{
	unsigned long before, most = 0, n = kt_count(STORM), i;

	memset(&t, 0, sizeof(t));
	t.t_oaf = oaf;
	t.t_mtu = 32768;
	t.t_link = 1500;
	KT_EQ(ktun_begin(&t), 0);
	KT_ASSERT(flows());
	mq_purge(&kti1.ki_out);
	before = m_inuse() + m_clinuse();
	for (i = 0; i < n; i++) {
		fragment(oaf, i);
		if (i % 100 == 0) {
			KT_ASSERT(flows());
			/* errors for those who sent nonsense */
			mq_purge(&kti1.ki_out);
			most = MAX(most, m_inuse() + m_clinuse() - before);
		}
	}
	KT_ASSERT(most > 100);
	KT_ASSERT(most < STORMBUFS);
	KT_ASSERT(flows());
	KT_EQ(ktun_end(), 0);
}

KTEST(b09_storm_v4, "B09: 10,000 packets begun in IPv4, and the tunnel works")
{
	storm(AF_INET);
}

KTEST(b09_storm_v6, "B09: 10,000 packets begun in IPv6, and the tunnel works")
{
	storm(AF_INET6);
}

/*
 * New keys while packets flow.  The wire holds packets back, loses,
 * repeats and reorders them, or does nothing of it.
 */
#define REKEYS		1000
#define EACH		8	/* packets under one key */
#define KEPT		5	/* keys to receive with */
#define FLOWS		4
#define HELD		8	/* packets at a time on a bad wire */
#define LONGEST		12	/* packets sent while one is held */
#define PAYLOAD		120

static struct wire {
	int		 w_bad;		/* it does all that */
	u_int		 w_lost;
	u_int		 w_nheld;
	u_int		 w_clock;	/* packets that came */
	struct {
		struct mbuf	*h_m;
		u_int		 h_since;
	} w_held[HELD];
} wire;

struct mark {
	u_int	mk_flow, mk_seq;
};

static u_int next_seq[FLOWS];	/* to be sent */
static u_int last_seq[FLOWS];	/* that arrived */
static u_int reordered, received;

static struct mbuf *
back(struct mbuf *m)
{
	struct in6_addr addr6;
	struct ip6_hdr *ip6;
	struct ip *ip = mtod(m, struct ip *);
	struct in_addr addr;

	if (ip->ip_v == 4) {
		addr = ip->ip_src;
		ip->ip_src = ip->ip_dst;
		ip->ip_dst = addr;
	} else {
		ip6 = mtod(m, struct ip6_hdr *);
		addr6 = ip6->ip6_src;
		ip6->ip6_src = ip6->ip6_dst;
		ip6->ip6_dst = addr6;
	}
	m_tag_delete_chain(m);
	return (m);
}

/* What arrived: in order within its flow, and once. */
static void
take(void)
{
	struct mark mk;
	struct mbuf *m;

	while ((m = ktun_arrived()) != NULL) {
		m_copydata(m, IPHDR, sizeof(mk), &mk);
		m_freem(m);
		received++;
		if (mk.mk_flow >= FLOWS || mk.mk_seq <= last_seq[mk.mk_flow])
			reordered++;
		else
			last_seq[mk.mk_flow] = mk.mk_seq;
	}
}

static void
deliver(u_int i)
{
	struct mbuf *m = wire.w_held[i].h_m;

	wire.w_held[i] = wire.w_held[--wire.w_nheld];
	if (wire.w_bad && kt_random() % 20 == 0)
		ktun_in(&kti1, m_dup_pkt(m, 0, M_WAIT));
	ktun_in(&kti1, m);
	ktun_settle();
	take();
}

static void
hold(struct mbuf *m)
{
	u_int i;

	wire.w_held[wire.w_nheld].h_m = m;
	wire.w_held[wire.w_nheld++].h_since = wire.w_clock++;
	if (wire.w_bad && wire.w_nheld < HELD)
		return;
	for (i = 0; i < wire.w_nheld; i++)
		if (wire.w_clock - wire.w_held[i].h_since > LONGEST)
			break;
	deliver(i < wire.w_nheld ? i : kt_random() % wire.w_nheld);
}

static void
carry(void)
{
	struct mbuf *m;

	while ((m = kti_sent(&kti1)) != NULL) {
		if (wire.w_bad && kt_random() % 20 == 0) {
			wire.w_lost++;
			m_freem(m);
			continue;
		}
		hold(back(m));
	}
}

static void
send_one(void)
{
	struct mark mk = { .mk_flow = kt_random() % FLOWS };
	struct mbuf *m = ktun_packet(AF_INET, PAYLOAD, 0);

	mk.mk_seq = ++next_seq[mk.mk_flow];
	m_copyback(m, IPHDR, sizeof(mk), &mk, M_WAIT);
	ktun_input(m);
	carry();
}

/* As an IKE daemon does it: in first, then out; the old in stays a while. */
static void
rekey(int oaf, int bad)
{
	u_int n = kt_count(REKEYS), sent = 0, i, j;
	struct tdb *in[KEPT], *out;

	memset(&t, 0, sizeof(t));
	memset(&wire, 0, sizeof(wire));
	memset(next_seq, 0, sizeof(next_seq));
	memset(last_seq, 0, sizeof(last_seq));
	reordered = received = 0;
	t.t_oaf = oaf;
	t.t_mtu = 1280;
	t.t_link = 1500;
	wire.w_bad = bad;
	KT_EQ(ktun_begin(&t), 0);
	memset(in, 0, sizeof(in));
	in[KEPT - 1] = t.t_in;
	out = t.t_out;
	for (i = 1; i <= n; i++) {
		if (in[0] != NULL)
			ksec_delete(in[0]);
		memmove(in, in + 1, sizeof(in) - sizeof(in[0]));
		in[KEPT - 1] = ktun_sa(&t, IPSP_DIRECTION_IN, KTUN_SPI + i, 0);
		/* half with packets waiting for the key */
		for (j = 0; j < EACH / 2; j++, sent++)
			send_one();
		t.t_out = ktun_sa(&t, IPSP_DIRECTION_OUT, KTUN_SPI + i, 0);
		for (; j < EACH; j++, sent++)
			send_one();
		ksec_delete(out);
		out = t.t_out;
	}
	while (wire.w_nheld != 0)
		deliver(kt_random() % wire.w_nheld);
	KT_EQ(received, sent - wire.w_lost);
	if (!bad) {
		KT_EQ(reordered, 0);
		KT_EQ(ktun_losses(), 0);
	} else
		KT_ASSERT(wire.w_lost > 0 && reordered > 0);
	KT_EQ(ktun_end(), 0);
}

KTEST(tun_rekey, "1000 new keys under load: nothing is lost or reordered")
{
	rekey(AF_INET, 0);
	rekey(AF_INET6, 0);
}

KTEST(tun_rekey_wire, "the same on a bad wire: it alone loses packets")
{
	rekey(AF_INET, 1);
	rekey(AF_INET6, 1);
}
