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
#include <sys/task.h>

#include "../netinet/kt_esplib.h"
#include "../netinet/kt_nattlib.h"
#include "kt_pfkeylib.h"

/*
 * SADB_UPDATE of SAs that are in use: the peer, or we, get another address,
 * or a NAT gives another port.  kti1 leads to the old place, kti0 to the
 * new one.
 */
#define UDP		(SADB_X_SAFLAGS_TUNNEL | SADB_X_SAFLAGS_UDPENCAP)

/* where an SA goes, in host order but for the addresses */
struct place {
	in_addr_t	p_src;
	in_addr_t	p_dst;
	u_int		p_port;
};

static const struct place old = { KTI_US1, KTI_PEER1, 31337 };
static struct kpk_msg km, answer;
static struct tdb *move_in, *move_out;
static struct task move_task;
static unsigned int move_links;		/* changes of sec0's link state */
static uint64_t move_encap;		/* packets put into UDP so far */

static void
link_changed(void *arg)
{
	move_links++;
}

/* sec0 with an SA for each direction, the outbound one as old says. */
static int
move_begin(int gcm, u_int32_t flags)
{
	struct ifnet *ifp;

	if ((move_in = kte_setup(gcm, flags)) == NULL || kpk_open() != 0)
		return (1);
	move_out = ksec_add(&(struct ksec_sa){ .ks_unit = 0,
	    .ks_spi = KSEC_SPI, .ks_dir = IPSP_DIRECTION_OUT, .ks_gcm = gcm,
	    .ks_flags = flags });
	NET_LOCK();
	if (flags & TDBF_UDPENCAP)
		move_out->tdb_udpencap_port = htons(old.p_port);
	NET_UNLOCK();
	ksec_settle();
	move_links = 0;
	task_set(&move_task, link_changed, NULL);
	ifp = if_unit("sec0");
	if_linkstatehook_add(ifp, &move_task);
	if_put(ifp);
	move_encap = ksec_espstat(esps_udpencout);
	return (0);
}

/* Is sec0's link up, and was it all the time? */
static int
stayed_up(void)
{
	struct if_data d;

	ksec_ifdata(0, &d);
	return (d.ifi_link_state == LINK_STATE_UP && move_links == 0);
}

static void
move_end(void)
{
	struct ifnet *ifp = if_unit("sec0");

	if_linkstatehook_del(ifp, &move_task);
	if_put(ifp);
	kpk_close();
	kte_end();
}

/* The request of kernel_movesa(), as far as it is always the same. */
static void
update(u_int32_t flags, in_addr_t src, in_addr_t dst)
{
	struct sadb_sa *sa;

	kpk_init(&km, SADB_UPDATE, SADB_SATYPE_ESP);
	kpk_sa(&km, KSEC_SPI, flags);
	sa = kpk_find(&km, SADB_EXT_SA);
	sa->sadb_sa_encrypt = 0;
	sa->sadb_sa_replay = 0;
	kpk_addr(&km, SADB_EXT_ADDRESS_SRC, src);
	kpk_addr(&km, SADB_EXT_ADDRESS_DST, dst);
}

static void
update_port(u_int port)
{
	struct sadb_x_udpencap *ue;

	ue = kpk_ext(&km, SADB_X_EXT_UDPENCAP, sizeof(*ue));
	ue->sadb_x_udpencap_port = htons(port);
}

static int
move(const struct place *from, const struct place *to)
{
	update(UDP, to->p_src, from->p_dst);
	if (from->p_dst != to->p_dst)
		kpk_addr(&km, SADB_EXT_ADDRESS_PROXY, to->p_dst);
	update_port(to->p_port);
	return (kpk_do(&km, NULL));
}

/* All that PF_KEY says of an SA, or the error. */
static int
record(in_addr_t dst)
{
	static struct kpk_msg get;

	kpk_init(&get, SADB_GET, SADB_SATYPE_ESP);
	kpk_sa(&get, KSEC_SPI, SADB_X_SAFLAGS_TUNNEL);
	kpk_addr(&get, SADB_EXT_ADDRESS_DST, dst);
	return (kpk_do(&get, &answer));
}

static uint64_t
counted(struct tdb *tdb, int which)
{
	uint64_t c[tdb_ncounters];

	counters_read(tdb->tdb_counters, c, tdb_ncounters, NULL);
	return (c[which]);
}

static struct kti_if *
way_of(const struct place *p)
{
	return (p->p_dst == KTI_PEER0 ? &kti0 : &kti1);
}

/* The packet is for that place, and number seq. */
static int
is_for(struct mbuf *m, const struct place *p, u_int32_t seq)
{
	struct ip *ip = mtod(m, struct ip *);
	struct udphdr uh;
	u_int32_t esp[2];

	m_copydata(m, IPHDR, sizeof(uh), &uh);
	m_copydata(m, OUTER, sizeof(esp), esp);
	return (ip->ip_p == IPPROTO_UDP && ip->ip_src.s_addr == p->p_src &&
	    ip->ip_dst.s_addr == p->p_dst && ntohs(uh.uh_dport) == p->p_port &&
	    ntohs(uh.uh_sport) == PORT && ntohl(esp[0]) == KSEC_SPI &&
	    ntohl(esp[1]) == seq);
}

/* What is sent by sec0 goes there, as number seq, and nowhere else. */
static int
sends_to(const struct place *p, u_int32_t seq)
{
	struct mbuf *m;
	int ok;

	if (ksec_send(0, KTI_FAR, 100) != 0)
		return (0);
	ksec_settle();
	if (kti_nsent(&kti0) + kti_nsent(&kti1) != 1 ||
	    (m = kti_sent(way_of(p))) == NULL)
		return (0);
	ok = is_for(m, p, seq);
	m_freem(m);
	return (ok && stayed_up());
}

KTEST(natt_move_port, "the NAT's port changes: the next packet goes there")
{
	struct place to = old, last = old;
	int i;

	KT_EQ(move_begin(1, TDBF_UDPENCAP), 0);
	KT_ASSERT(sends_to(&old, 1));
	for (i = 2; i < 40; i++) {
		last = to;
		to.p_port = i == 20 ? PORT : 1 + kt_random() % 65535;
		KT_EQ(move(&last, &to), 0);
		KT_ASSERT(sends_to(&to, i));
	}
	/* port 0 is the default */
	last = to;
	to.p_port = 0;
	KT_EQ(move(&last, &to), 0);
	to.p_port = PORT;
	KT_ASSERT(sends_to(&to, i));
	/* no port: no news */
	update(UDP, old.p_src, old.p_dst);
	KT_EQ(kpk_do(&km, NULL), 0);
	KT_ASSERT(sends_to(&to, ++i));
	KT_EQ(counted(move_out, tdb_opackets), i);
	KT_EQ(ksec_espstat(esps_udpencout), move_encap + i);
	move_end();
}

static u_int64_t
current_of(const struct kpk_msg *m)
{
	const struct sadb_lifetime *lt;

	lt = kpk_find(m, SADB_EXT_LIFETIME_CURRENT);
	return (lt->sadb_lifetime_bytes);
}

KTEST(natt_move_peer, "the peer's address changes: it is the same SA, there")
{
	static const struct place to = { KTI_US0, KTI_PEER0, 4711 };
	u_int64_t bytes;
	struct sadb_x_counter *c;

	KT_EQ(move_begin(0, TDBF_UDPENCAP), 0);
	KT_ASSERT(sends_to(&old, 1));
	KT_ASSERT(sends_to(&old, 2));
	NET_LOCK();
	ipsec_set_mtu(move_out, 1000);
	NET_UNLOCK();
	KT_ASSERT(move_out->tdb_mtu != 0);
	KT_EQ(record(KTI_PEER1), 0);
	bytes = current_of(&answer);
	KT_ASSERT(bytes > 0);
	KT_EQ(move(&old, &to), 0);
	KT_ASSERT(sends_to(&to, 3));
	KT_ASSERT(sends_to(&to, 4));
	/* no SA is where it was, and one where it is */
	KT_EQ(record(KTI_PEER1), ESRCH);
	KT_EQ(record(KTI_PEER0), 0);
	KT_EQ(current_of(&answer), 2 * bytes);
	c = kpk_find(&answer, SADB_X_EXT_COUNTER);
	KT_EQ(c->sadb_x_counter_opackets, 4);
	/* what was learned of the old path is forgotten */
	KT_EQ(move_out->tdb_mtu, 0);
	/* and back */
	KT_EQ(move(&to, &old), 0);
	KT_ASSERT(sends_to(&old, 5));
	KT_EQ(ksec_espstat(esps_udpencout), move_encap + 5);
	KT_EQ(counted(move_out, tdb_odrops), 0);
	move_end();
}

KTEST(natt_move_often, "moves at random: each packet is where the SA is")
{
	unsigned long n, rounds = kt_count(1000);
	struct place now = old, to;
	u_int32_t seq = 0;
	struct if_data d;
	int k;

	KT_EQ(move_begin(1, TDBF_UDPENCAP), 0);
	for (n = 0; n < rounds; n++) {
		to.p_src = kt_random() % 2 ? KTI_US0 : KTI_US1;
		to.p_dst = kt_random() % 2 ? KTI_PEER0 : KTI_PEER1;
		to.p_port = 4000 + kt_random() % 2;
		KT_EQ(move(&now, &to), 0);
		now = to;
		for (k = kt_random() % 3; k > 0; k--)
			KT_ASSERT(sends_to(&now, ++seq));
	}
	ksec_ifdata(0, &d);
	KT_EQ(d.ifi_opackets, seq);
	KT_EQ(d.ifi_oerrors, 0);
	KT_EQ(tdb_count(), 2);
	move_end();
}

/* Number seq of the peer, in UDP, between these addresses. */
static struct mbuf *
peers(u_int64_t seq, in_addr_t src, in_addr_t dst, u_int sport)
{
	struct mbuf *m = kte_good(move_in, seq);
	struct udphdr *uh;

	M_PREPEND(m, sizeof(*uh), M_WAIT);
	memmove(mtod(m, caddr_t), mtod(m, caddr_t) + sizeof(*uh), IPHDR);
	uh = (struct udphdr *)(mtod(m, struct ip *) + 1);
	uh->uh_sport = htons(sport);
	uh->uh_dport = htons(PORT);
	uh->uh_ulen = htons(m->m_pkthdr.len - IPHDR);
	uh->uh_sum = 0;
	mtod(m, struct ip *)->ip_p = IPPROTO_UDP;
	mtod(m, struct ip *)->ip_src.s_addr = src;
	mtod(m, struct ip *)->ip_dst.s_addr = dst;
	kti_finish(m);
	return (m);
}

/* It comes in by an interface and out of sec0. */
static int
arrives(struct kti_if *ki, struct mbuf *m)
{
	kte_mark();
	kti_input(ki, m);
	ksec_settle();
	return (kte_arrived() == 1 && kte_dropped() == 0 && stayed_up());
}

/* It comes in and is dropped for this cause. */
static int
refused(struct kti_if *ki, struct mbuf *m, int why)
{
	kte_mark();
	kti_input(ki, m);
	ksec_settle();
	return (kte_arrived() == 0 && kte_only(why) == 1 && stayed_up());
}

/* As move(), for the inbound SA: it has no port of its own to send to. */
static int
move_inbound(in_addr_t src, in_addr_t dst, in_addr_t proxy)
{
	update(UDP, src, dst);
	if (proxy != 0)
		kpk_addr(&km, SADB_EXT_ADDRESS_PROXY, proxy);
	return (kpk_do(&km, NULL));
}

static void
inbound(int gcm)
{
	struct sadb_address *ad;

	KT_EQ(move_begin(gcm, TDBF_UDPENCAP), 0);
	KT_ASSERT(arrives(&kti1, peers(100, KTI_PEER1, KTI_US1, 31337)));
	KT_ASSERT(arrives(&kti1, peers(103, KTI_PEER1, KTI_US1, 31337)));
	/* the peer is ahead of its message, which IKE protects as well */
	KT_ASSERT(arrives(&kti1, peers(104, KTI_PEER0, KTI_US1, 4711)));

	KT_EQ(move_inbound(KTI_PEER0, KTI_US1, 0), 0);
	KT_EQ(record(KTI_US1), 0);
	ad = kpk_find(&answer, SADB_EXT_ADDRESS_SRC);
	KT_EQ(((struct sockaddr_in *)(ad + 1))->sin_addr.s_addr, KTI_PEER0);
	/* the window is where it was, and knows what it has seen */
	KT_EQ(move_in->tdb_rpl, 104);
	KT_ASSERT(refused(&kti1, peers(100, KTI_PEER0, KTI_US1, 4711),
	    esps_replay));
	KT_ASSERT(refused(&kti1, peers(103, KTI_PEER0, KTI_US1, 4711),
	    esps_replay));
	KT_ASSERT(refused(&kti1, peers(104, KTI_PEER0, KTI_US1, 4711),
	    esps_replay));
	KT_ASSERT(arrives(&kti1, peers(102, KTI_PEER0, KTI_US1, 4711)));
	KT_ASSERT(arrives(&kti1, peers(105, KTI_PEER0, KTI_US1, 4711)));
	/* what was still on its way */
	KT_ASSERT(arrives(&kti1, peers(101, KTI_PEER1, KTI_US1, 31337)));
	KT_EQ(counted(move_in, tdb_ipackets), 6);
	KT_EQ(counted(move_in, tdb_idrops), 3);

	/* now we move: nothing of this SA is taken at the old address */
	KT_EQ(move_inbound(KTI_PEER0, KTI_US1, KTI_US0), 0);
	KT_EQ(record(KTI_US1), ESRCH);
	KT_EQ(record(KTI_US0), 0);
	KT_ASSERT(refused(&kti1, peers(106, KTI_PEER0, KTI_US1, 4711),
	    esps_notdb));
	KT_ASSERT(arrives(&kti0, peers(106, KTI_PEER0, KTI_US0, 4711)));
	KT_ASSERT(refused(&kti0, peers(105, KTI_PEER0, KTI_US0, 4711),
	    esps_replay));
	KT_EQ(counted(move_in, tdb_ipackets), 7);
	KT_EQ(tdb_count(), 2);
	/* the other direction has not heard of any of this */
	KT_ASSERT(sends_to(&old, 1));
	move_end();
}

KTEST(natt_move_in_cbc, "an inbound SA moves: window and counters come along")
{
	inbound(0);
}

KTEST(natt_move_in_gcm, "the same with AES-GCM")
{
	inbound(1);
}

/* The record but for its header, into buf; its length. */
static size_t
snapshot(u_char *buf)
{
	if (record(KTI_PEER1) != 0)
		return (0);
	memcpy(buf, answer.km.bytes + sizeof(answer.km.hdr),
	    answer.km_len - sizeof(answer.km.hdr));
	return (answer.km_len - sizeof(answer.km.hdr));
}

static int
unmoved(void)
{
	static u_char before[sizeof(km.km.bytes)], after[sizeof(before)];
	size_t len = snapshot(before);
	int error = kpk_do(&km, NULL);

	if (len == 0 || snapshot(after) != len ||
	    memcmp(before, after, len) != 0)
		return (-1);
	return (error);
}

KTEST(natt_move_refused, "a move that is refused moves nothing at all")
{
	struct sadb_address *ad;
	struct sockaddr_in6 *sin6;

	KT_EQ(move_begin(1, TDBF_UDPENCAP), 0);
	KT_ASSERT(sends_to(&old, 1));
	/* switched off: no port may be named */
	WRITE_ONCE(udpencap_enable, 0);
	update(UDP, KTI_US0, KTI_PEER1);
	kpk_addr(&km, SADB_EXT_ADDRESS_PROXY, KTI_PEER0);
	update_port(1);
	KT_EQ(unmoved(), EINVAL);
	WRITE_ONCE(udpencap_enable, 1);
	/* to where another SA is */
	kpk_init(&km, SADB_ADD, SADB_SATYPE_ESP);
	kpk_sa(&km, KSEC_SPI, SADB_X_SAFLAGS_TUNNEL);
	kpk_addr(&km, SADB_EXT_ADDRESS_DST, KTI_PEER0);
	kpk_key(&km, SADB_EXT_KEY_ENCRYPT, 160);
	KT_EQ(kpk_do(&km, NULL), 0);
	update(UDP, KTI_US0, KTI_PEER1);
	kpk_addr(&km, SADB_EXT_ADDRESS_PROXY, KTI_PEER0);
	update_port(1);
	KT_EQ(unmoved(), EEXIST);
	/* to nowhere, and into another family */
	update(UDP, KTI_US0, KTI_PEER1);
	kpk_addr(&km, SADB_EXT_ADDRESS_PROXY, 0);
	update_port(1);
	KT_EQ(unmoved(), EINVAL);
	update(UDP, KTI_US0, KTI_PEER1);
	ad = kpk_ext(&km, SADB_EXT_ADDRESS_PROXY, sizeof(*ad) +
	    sizeof(*sin6));
	sin6 = (struct sockaddr_in6 *)(ad + 1);
	sin6->sin6_len = sizeof(*sin6);
	sin6->sin6_family = AF_INET6;
	sin6->sin6_addr.s6_addr[15] = 1;
	update_port(1);
	KT_EQ(unmoved(), EINVAL);
	KT_ASSERT(sends_to(&old, 2));
	move_end();
}

KTEST(natt_move_form, "UPDATE puts an SA into UDP, and never takes it out")
{
	struct place to = { KTI_US1, KTI_PEER1, PORT };
	struct sadb_sa *sa;
	u_int32_t without;
	struct mbuf *m;

	KT_EQ(move_begin(1, 0), 0);
	KT_EQ(ksec_send(0, KTI_FAR, 100), 0);
	ksec_settle();
	m = kti_sent(&kti1);
	KT_EQ(mtod(m, struct ip *)->ip_p, IPPROTO_ESP);
	m_freem(m);
	NET_LOCK();
	ipsec_set_mtu(move_out, 1300);
	NET_UNLOCK();
	without = move_out->tdb_mtu;
	KT_ASSERT(without != 0);
	/* a port alone does not do it */
	update(SADB_X_SAFLAGS_TUNNEL, KTI_US1, KTI_PEER1);
	update_port(PORT);
	KT_EQ(unmoved(), EINVAL);
	update(UDP, KTI_US1, KTI_PEER1);
	KT_EQ(kpk_do(&km, NULL), 0);
	KT_ASSERT(sends_to(&to, 2));
	/* what fitted before is 8 bytes too large now */
	KT_EQ(move_out->tdb_mtu, 0);
	NET_LOCK();
	ipsec_set_mtu(move_out, 1300);
	NET_UNLOCK();
	KT_EQ(move_out->tdb_mtu, without - 8);
	/* once it is, saying so again changes nothing */
	update(UDP, KTI_US1, KTI_PEER1);
	KT_EQ(unmoved(), 0);
	KT_EQ(move_out->tdb_mtu, without - 8);

	/* a flag that is missing says nothing, whatever else is said */
	update(SADB_X_SAFLAGS_TUNNEL, KTI_US1, KTI_PEER1);
	KT_EQ(unmoved(), 0);
	update(SADB_X_SAFLAGS_TUNNEL, KTI_US0, KTI_PEER1);
	kpk_addr(&km, SADB_EXT_ADDRESS_PROXY, KTI_PEER0);
	KT_EQ(kpk_do(&km, &answer), 0);
	KT_EQ(record(KTI_PEER0), 0);
	sa = kpk_find(&answer, SADB_EXT_SA);
	KT_ASSERT(sa->sadb_sa_flags & SADB_X_SAFLAGS_UDPENCAP);
	to.p_src = KTI_US0;
	to.p_dst = KTI_PEER0;
	KT_ASSERT(sends_to(&to, 3));
	/* likewise the other direction */
	KT_ASSERT(arrives(&kti1, kte_good(move_in, 1)));
	KT_EQ(move_inbound(KTI_PEER1, KTI_US1, 0), 0);
	KT_ASSERT(refused(&kti1, kte_good(move_in, 2), esps_udpneeded));
	KT_ASSERT(arrives(&kti1, peers(2, KTI_PEER1, KTI_US1, 31337)));
	move_end();
}

/* ICMP: a packet of that SA was too big for the way to that place. */
static void
needfrag(const struct place *p, u_int mtu)
{
	struct natt_quote q = natt_quoted(1400);

	q.q_ip.ip_src.s_addr = p->p_src;
	q.q_ip.ip_dst.s_addr = p->p_dst;
	q.q_uh.uh_dport = htons(p->p_port);
	natt_needfrag(&q, sizeof(q), mtu);
}

KTEST(natt_move_pmtu, "of the path to the old place nothing is learned")
{
	static const struct place to = { KTI_US0, KTI_PEER0, 4711 };

	KT_EQ(move_begin(1, TDBF_UDPENCAP), 0);
	needfrag(&old, 1300);
	KT_ASSERT(move_out->tdb_mtu != 0);
	KT_EQ(move(&old, &to), 0);
	KT_EQ(move_out->tdb_mtu, 0);
	needfrag(&old, 1000);
	KT_EQ(move_out->tdb_mtu, 0);
	needfrag(&to, 1200);
	KT_ASSERT(move_out->tdb_mtu != 0);
	KT_ASSERT(sends_to(&to, 1));
	move_end();
}
