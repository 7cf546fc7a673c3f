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

#include <sys/sockio.h>

#include "../netinet/kt_sock.h"
#include "kt_seclib.h"

#include <crypto/cryptodev.h>

/*
 * sec(4) and the path outside: sizes, marks of congestion, loops; what is
 * counted where, and what the sender hears.
 */
#define INSIDE_US	KTI_A(169, 254, 229, 42)
#define INSIDE_PEER	KTI_A(169, 254, 229, 41)
#define FARNET		KTI_A(10, 2, 0, 0)
#define FARHOST		KTI_A(10, 2, 0, 10)

/* sec0 and sec1 with addresses; FARNET is behind sec0. */
static int
rev_begin(void)
{
	struct ifnet *ifp;
	int error;

	if (ksec_setup() != 0 || ksec_create(0) != 0 || ksec_create(1) != 0)
		return (1);
	ip_forwarding = 1;
	ifp = if_unit("sec0");
	error = kti_addr((struct kti_if *)ifp, INSIDE_US, 30, INSIDE_PEER);
	if_put(ifp);
	if (error == 0)
		error = kti_addroute(FARNET, INSIDE_PEER);
	ksec_settle();
	return (error);
}

static void
rev_end(void)
{
	struct mbuf *m;

	ksec_settle();
	ksec_destroy(0);
	ksec_destroy(1);
	while ((m = kti_sent(&kti0)) != NULL || (m = kti_sent(&kti1)) != NULL)
		m_freem(m);
	ksec_cleanup();
}

static int
rev_df(unsigned int on)
{
	struct ifnet *ifp = if_unit("sec0");
	struct ifreq ifr;
	int error;

	memset(&ifr, 0, sizeof(ifr));
	ifr.ifr_df = on;
	NET_LOCK();
	error = ifp->if_ioctl(ifp, SIOCSLIFPHYDF, (caddr_t)&ifr);
	NET_UNLOCK();
	if_put(ifp);
	return (error);
}

static void
rev_pathmtu(u_int mtu)
{
	NET_LOCK();
	WRITE_ONCE(kti1.ki_if.if_mtu, mtu);
	NET_UNLOCK();
}

/* A packet for FARHOST from a host behind kti0. */
static struct mbuf *
rev_packet(int len, int off, u_int8_t tos)
{
	struct mbuf *m;
	struct ip *ip;

	m = kti_packet(KTI_PEER0, FARHOST, IPPROTO_NONE, len - sizeof(*ip));
	ip = mtod(m, struct ip *);
	ip->ip_off = htons(off);
	ip->ip_tos = tos;
	kti_finish(m);
	return (m);
}

/* The same as if it were our own, straight into the interface. */
static int
rev_output(unsigned int unit, struct mbuf *m)
{
	struct sockaddr_in sin = { .sin_len = sizeof(sin),
	    .sin_family = AF_INET, .sin_addr.s_addr = FARHOST };
	struct ifnet *ifp = if_unit(unit == 0 ? "sec0" : "sec1");
	int error;

	NET_LOCK_SHARED();
	error = ifp->if_output(ifp, m, (struct sockaddr *)&sin, NULL);
	NET_UNLOCK_SHARED();
	if_put(ifp);
	ksec_settle();
	return (error);
}

/* Drop what left by an interface; how many. */
static unsigned int
rev_drain(struct kti_if *ki)
{
	unsigned int n = 0;
	struct mbuf *m;

	while ((m = kti_sent(ki)) != NULL) {
		m_freem(m);
		n++;
	}
	return (n);
}

static void
rev_forget(struct tdb *tdb)
{
	WRITE_ONCE(tdb->tdb_mtu, 0);
}

/* Is the one answer on kti0 an ICMP error with that code and MTU? */
static int
rev_answer(int code, u_int mtu)
{
	struct mbuf *m;
	struct icmp *icp;
	int ok;

	if (kti_nsent(&kti0) != 1)
		return (0);
	m = kti_sent(&kti0);
	icp = (struct icmp *)(mtod(m, struct ip *) + 1);
	ok = mtod(m, struct ip *)->ip_p == IPPROTO_ICMP &&
	    mtod(m, struct ip *)->ip_dst.s_addr == KTI_PEER0 &&
	    icp->icmp_type == ICMP_UNREACH && icp->icmp_code == code &&
	    ntohs(icp->icmp_nextmtu) == mtu &&
	    icp->icmp_ip.ip_src.s_addr == KTI_PEER0 &&
	    icp->icmp_ip.ip_dst.s_addr == FARHOST;
	m_freem(m);
	return (ok);
}

/* The largest packet for an outer MTU, found out as the driver does. */
static void
rev_exact(int gcm)
{
	struct ksec_sa ks = { .ks_unit = 0, .ks_spi = KSEC_SPI + gcm,
	    .ks_dir = IPSP_DIRECTION_OUT, .ks_gcm = gcm };
	struct tdb *tdb;
	u_int mtu, inner;

	tdb = ksec_add(&ks);
	for (mtu = 1380; mtu < 1400; mtu++) {
		rev_pathmtu(mtu);
		rev_forget(tdb);
		KT_EQ(rev_output(0, rev_packet(1500, IP_DF, 0)), 0);
		inner = tdb->tdb_mtu;
		KT_ASSERT(inner > 1300 && inner < mtu);
		KT_ASSERT(rev_answer(ICMP_UNREACH_NEEDFRAG, inner));
		KT_EQ(rev_output(0, rev_packet(inner, IP_DF, 0)), 0);
		KT_EQ(rev_drain(&kti1), 1);
		rev_forget(tdb);
		KT_EQ(rev_output(0, rev_packet(inner + 1, IP_DF, 0)), 0);
		KT_EQ(rev_drain(&kti1), 0);
		rev_drain(&kti0);
		kt_sleep(SEC_TO_NSEC(2));
	}
	ksec_delete(tdb);
	ksec_settle();
}

KTEST(rev_mtu_exact, "the size a sender is told fits, and no larger one does")
{
	KT_EQ(rev_begin(), 0);
	KT_EQ(rev_df(1), 0);
	rev_exact(0);
	rev_exact(1);
	rev_end();
}

KTEST(rev_pmtu_forward, "who is forwarded hears at once what fits, and once")
{
	struct sec_stats ss;
	struct if_data d;
	struct tdb *tdb;

	KT_EQ(rev_begin(), 0);
	KT_EQ(rev_df(1), 0);
	ksec_pair(0, &tdb, NULL);
	ksec_settle();
	rev_pathmtu(1300);
	kti_input(&kti0, rev_packet(1280, IP_DF, 0));
	ksec_settle();
	KT_EQ(kti_nsent(&kti1), 0);
	KT_ASSERT(rev_answer(ICMP_UNREACH_NEEDFRAG, 1230));
	KT_EQ(tdb->tdb_rpl, 1);
	/* now it is known, and no number is spent on it */
	kti_input(&kti0, rev_packet(1280, IP_DF, 0));
	ksec_settle();
	KT_ASSERT(rev_answer(ICMP_UNREACH_NEEDFRAG, 1230));
	KT_EQ(tdb->tdb_rpl, 1);
	ksec_stats(0, &ss);
	ksec_ifdata(0, &d);
	KT_EQ(ss.ss_otoobig, 2);
	KT_EQ(ss.ss_oerror, 0);
	KT_EQ(d.ifi_oerrors, 2);
	KT_EQ(d.ifi_opackets, 0);
	KT_EQ(d.ifi_obytes, 0);
	/* what fits goes, and so does what may be cut */
	kti_input(&kti0, rev_packet(1230, IP_DF, 0));
	ksec_settle();
	KT_EQ(rev_drain(&kti1), 1);
	kti_input(&kti0, rev_packet(1280, 0, 0));
	ksec_settle();
	KT_EQ(rev_drain(&kti1), 2);
	KT_EQ(kti_nsent(&kti0), 0);
	/* it does not hold for ever */
	rev_pathmtu(1400);
	kt_sleep(SEC_TO_NSEC(ip_mtudisc_timeout + 1));
	kti_input(&kti0, rev_packet(1280, IP_DF, 0));
	ksec_settle();
	KT_EQ(rev_drain(&kti1), 1);
	rev_end();
}

KTEST(rev_pmtu_local, "our own sender gets EMSGSIZE, with DF outside only")
{
	struct tdb *tdb;

	KT_EQ(rev_begin(), 0);
	ksec_pair(0, &tdb, NULL);
	ksec_settle();
	NET_LOCK();
	ipsec_set_mtu(tdb, 1200);
	NET_UNLOCK();
	KT_EQ(rev_output(0, rev_packet(1280, IP_DF, 0)), 0);
	KT_EQ(rev_drain(&kti1), 1);
	KT_EQ(rev_df(1), 0);
	KT_EQ(rev_output(0, rev_packet(1280, IP_DF, 0)), EMSGSIZE);
	KT_EQ(rev_drain(&kti1), 0);
	rev_end();
}

/*
 * An ICMP message about an outer packet of len bytes, with qlen bytes of
 * what is behind its header; the last of these are in memory only.
 */
static void
rev_needfrag_cut(int proto, u_int len, u_int mtu, const void *quote,
    u_int qlen, u_int cut)
{
	struct mbuf *m;
	struct icmp *icp;

	m = kti_packet(KTI_PEER1, KTI_US1, IPPROTO_ICMP,
	    8 + sizeof(struct ip) + qlen);
	icp = (struct icmp *)(mtod(m, struct ip *) + 1);
	memset(icp, 0, 8 + sizeof(struct ip));
	icp->icmp_type = ICMP_UNREACH;
	icp->icmp_code = ICMP_UNREACH_NEEDFRAG;
	icp->icmp_nextmtu = htons(mtu);
	icp->icmp_ip.ip_v = IPVERSION;
	icp->icmp_ip.ip_hl = sizeof(struct ip) >> 2;
	icp->icmp_ip.ip_len = htons(len);
	icp->icmp_ip.ip_p = proto;
	icp->icmp_ip.ip_src.s_addr = KTI_US1;
	icp->icmp_ip.ip_dst.s_addr = KTI_PEER1;
	memcpy(&icp->icmp_ip + 1, quote, qlen);
	m_adj(m, -(int)cut);
	kti_finish(m);
	icp->icmp_cksum = in4_cksum(m, 0, sizeof(struct ip),
	    m->m_pkthdr.len - sizeof(struct ip));
	kti_input(&kti1, m);
}

static void
rev_needfrag(int proto, u_int len, u_int mtu, const void *quote, u_int qlen)
{
	rev_needfrag_cut(proto, len, mtu, quote, qlen, 0);
}

KTEST(rev_pmtu_icmp, "an MTU that is too small, too large or higher is ignored")
{
	u_int32_t esp[2] = { htonl(KSEC_SPI), htonl(1) };
	struct tdb *tdb;

	KT_EQ(rev_begin(), 0);
	ksec_pair(0, &tdb, NULL);
	rev_needfrag(IPPROTO_ESP, 1356, 0, esp, sizeof(esp));
	rev_needfrag(IPPROTO_ESP, 1356, 68, esp, sizeof(esp));
	rev_needfrag(IPPROTO_ESP, 1356, 295, esp, sizeof(esp));
	rev_needfrag(IPPROTO_ESP, 1356, 1356, esp, sizeof(esp));
	rev_needfrag(IPPROTO_ESP, 1356, 65535, esp, sizeof(esp));
	KT_EQ(tdb->tdb_mtu, 0);
	rev_needfrag(IPPROTO_ESP, 1356, 1300, esp, sizeof(esp));
	KT_EQ(tdb->tdb_mtu, 1230);
	rev_needfrag(IPPROTO_ESP, 1356, 1340, esp, sizeof(esp));
	KT_EQ(tdb->tdb_mtu, 1230);
	rev_needfrag(IPPROTO_ESP, 1300, 1200, esp, sizeof(esp));
	KT_EQ(tdb->tdb_mtu, 1134);
	kt_sleep(SEC_TO_NSEC(ip_mtudisc_timeout + 1));
	rev_needfrag(IPPROTO_ESP, 1356, 1340, esp, sizeof(esp));
	KT_EQ(tdb->tdb_mtu, 1278);
	rev_end();
}

KTEST(rev_pmtu_udp, "of ESP in UDP, an SPI that was not quoted is not read")
{
	struct ksec_sa ks = { .ks_unit = 0, .ks_spi = KSEC_SPI,
	    .ks_dir = IPSP_DIRECTION_OUT, .ks_flags = TDBF_UDPENCAP };
	struct {
		struct udphdr	uh;
		u_int32_t	spi;
	} q;
	struct tdb *tdb;

	KT_EQ(rev_begin(), 0);
	tdb = ksec_add(&ks);
	memset(&q, 0, sizeof(q));
	q.uh.uh_sport = q.uh.uh_dport = htons(4500);
	q.spi = htonl(KSEC_SPI);
	rev_needfrag_cut(IPPROTO_UDP, 1364, 1300, &q, sizeof(q),
	    sizeof(q.spi));
	KT_EQ(tdb->tdb_mtu, 0);
	rev_needfrag(IPPROTO_UDP, 1364, 1300, &q, sizeof(q));
	KT_EQ(tdb->tdb_mtu, 1230);
	rev_end();
}

/* Let an SA's outer packets go somewhere else. */
static void
rev_moveto(struct tdb *tdb, in_addr_t dst)
{
	NET_LOCK();
	mtx_enter(&tdb_sadb_mtx);
	tdb_unlink_locked(tdb);
	tdb->tdb_dst.sin.sin_addr.s_addr = dst;
	puttdb_locked(tdb);
	mtx_leave(&tdb_sadb_mtx);
	NET_UNLOCK();
}

KTEST(rev_selfloop, "a tunnel whose way leads into itself: counted once")
{
	struct sec_stats ss;
	struct if_data d;
	struct tdb *tdb;

	KT_EQ(rev_begin(), 0);
	ksec_pair(0, &tdb, NULL);
	ksec_settle();
	rev_moveto(tdb, FARHOST);
	KT_EQ(rev_output(0, rev_packet(100, 0, 0)), 0);
	ksec_stats(0, &ss);
	ksec_ifdata(0, &d);
	KT_EQ(ss.ss_oloop, 1);
	KT_EQ(ss.ss_oerror, 0);
	KT_EQ(d.ifi_oerrors, 1);
	KT_EQ(d.ifi_opackets, 0);
	KT_EQ(kti_nsent(&kti1), 0);
	rev_end();
}

KTEST(rev_nested, "one tunnel in another; in a circle, a packet ends once")
{
	struct sec_stats s0, s1;
	struct if_data d0, d1;
	struct tdb *t0, *t1;
	struct ifnet *ifp;

	KT_EQ(rev_begin(), 0);
	ksec_pair(0, &t0, NULL);
	ksec_pair(1, &t1, NULL);
	ifp = if_unit("sec1");
	KT_EQ(kti_addr((struct kti_if *)ifp, KTI_A(169, 254, 230, 42), 30,
	    KTI_A(169, 254, 230, 41)), 0);
	if_put(ifp);
	KT_EQ(kti_addroute(KTI_A(10, 3, 0, 0), KTI_A(169, 254, 230, 41)), 0);
	ksec_settle();
	rev_moveto(t1, FARHOST);
	KT_EQ(rev_output(1, rev_packet(100, 0, 0)), 0);
	KT_EQ(rev_drain(&kti1), 1);
	rev_moveto(t0, KTI_A(10, 3, 0, 1));
	KT_EQ(rev_output(1, rev_packet(100, 0, 0)), 0);
	KT_EQ(rev_drain(&kti1), 0);
	ksec_stats(0, &s0);
	ksec_stats(1, &s1);
	ksec_ifdata(0, &d0);
	ksec_ifdata(1, &d1);
	KT_EQ(s1.ss_oloop, 1);
	KT_EQ(s0.ss_oloop + s0.ss_oerror + s1.ss_oerror, 0);
	KT_EQ(d0.ifi_oerrors, 0);
	KT_EQ(d1.ifi_oerrors, 1);
	KT_EQ(d0.ifi_opackets, 1);
	KT_EQ(d1.ifi_opackets, 2);
	rev_end();
}

KTEST(rev_late, "what is lost while it waits is an error, and was not sent")
{
	struct sec_stats ss;
	struct if_data d;
	struct tdb *tdb;
	struct sockaddr_in sin = { .sin_len = sizeof(sin),
	    .sin_family = AF_INET, .sin_addr.s_addr = FARHOST };
	struct ifnet *ifp;
	int i;

	KT_EQ(rev_begin(), 0);
	ksec_pair(0, &tdb, NULL);
	ksec_settle();
	ifp = if_unit("sec0");
	NET_LOCK();
	for (i = 0; i < 3; i++)
		ifp->if_output(ifp, rev_packet(100, 0, 0),
		    (struct sockaddr *)&sin, NULL);
	tdb_delete(tdb);
	NET_UNLOCK();
	if_put(ifp);
	ksec_settle();
	ksec_stats(0, &ss);
	ksec_ifdata(0, &d);
	KT_EQ(ss.ss_onosa, 3);
	KT_EQ(d.ifi_oerrors, 3);
	KT_EQ(d.ifi_opackets, 0);
	KT_EQ(d.ifi_obytes, 0);
	KT_EQ(d.ifi_oqdrops, 0);
	KT_EQ(kti_nsent(&kti1), 0);
	rev_end();
}

static void
rev_congested(struct mbuf *m)
{
	mtod(m, struct ip *)->ip_tos |= IPTOS_ECN_CE;
	kti_finish(m);
}

KTEST(rev_ecn, "congestion met outside is known inside, by who knows ECN")
{
	static const u_int8_t ecn[][2] = {
		{ IPTOS_ECN_NOTECT, IPTOS_ECN_CE },	/* is lost */
		{ IPTOS_ECN_ECT0, IPTOS_ECN_CE },
		{ IPTOS_ECN_ECT1, IPTOS_ECN_CE },
		{ IPTOS_ECN_CE, IPTOS_ECN_CE },
	};
	struct sec_stats ss;
	struct mbuf *m;
	struct ip *ip;
	u_int i, tos;

	KT_EQ(rev_begin(), 0);
	ksec_pair(0, NULL, NULL);
	ksec_settle();
	for (i = 0; i < nitems(ecn) * 64; i++) {
		tos = (i / nitems(ecn)) << 2;
		m = rev_packet(60, 0, tos | ecn[i % nitems(ecn)][0]);
		ip = mtod(m, struct ip *);
		ip->ip_src.s_addr = KTI_FAR;
		ip->ip_dst.s_addr = KTI_PEER0;
		kti_finish(m);
		KT_EQ(rev_output(0, m), 0);
		KT_EQ(ksec_reflect(rev_congested), 1);
		ksec_settle();
		m = kti_sent(&kti0);
		if (ecn[i % nitems(ecn)][0] == IPTOS_ECN_NOTECT) {
			KT_ASSERT(m == NULL);
			continue;
		}
		KT_ASSERT(m != NULL);
		ip = mtod(m, struct ip *);
		KT_EQ(ip->ip_tos, tos | ecn[i % nitems(ecn)][1]);
		KT_EQ(in_cksum(m, sizeof(*ip)), 0);
		m_freem(m);
	}
	KT_EQ(ksec_stats(0, &ss), 0);
	KT_EQ(ss.ss_iecn, 64);
	rev_end();
}

KTEST(rev_recreate, "destroyed with SAs and created again, it works again")
{
	struct if_data d;
	struct ifnet *ifp;

	KT_EQ(rev_begin(), 0);
	ksec_pair(0, NULL, NULL);
	ksec_settle();
	KT_EQ(rev_output(0, rev_packet(100, 0, 0)), 0);
	KT_EQ(ksec_destroy(0), 0);
	KT_EQ(tdb_count(), 2);
	KT_EQ(ksec_espstat(esps_pdrops), 0);
	KT_EQ(ksec_reflect(NULL), 1);
	KT_EQ(ksec_espstat(esps_pdrops), 1);
	KT_EQ(ksec_create(0), 0);
	ksec_settle();
	ifp = if_unit("sec0");
	KT_EQ(ifp->if_link_state, LINK_STATE_UP);
	if_put(ifp);
	KT_EQ(rev_output(0, rev_packet(100, 0, 0)), 0);
	KT_EQ(ksec_reflect(NULL), 1);
	ksec_settle();
	ksec_ifdata(0, &d);
	KT_EQ(d.ifi_ipackets, 1);
	rev_end();
}

KTEST(rev_linkdown, "without SAs every sender hears that it is unreachable")
{
	struct socket *so = ktu_open(SOCK_DGRAM, 0);
	struct tdb *in, *out;
	uint64_t noroute;

	KT_EQ(rev_begin(), 0);
	KT_EQ(ktu_send(so, FARHOST, 9, 10), EHOSTUNREACH);
	KT_EQ(ktu_connect(so, FARHOST, 9), EHOSTUNREACH);
	noroute = kti_ipstat(ips_noroute);
	kti_input(&kti0, rev_packet(100, 0, 0));
	ksec_settle();
	KT_ASSERT(rev_answer(ICMP_UNREACH_HOST, 0));
	KT_EQ(kti_ipstat(ips_noroute), noroute + 1);

	ksec_pair(0, &out, &in);
	ksec_settle();
	KT_EQ(ktu_send(so, FARHOST, 9, 10), 0);
	kti_input(&kti0, rev_packet(100, 0, 0));
	ksec_settle();
	KT_EQ(rev_drain(&kti1), 2);

	KT_EQ(ksec_flags(0, 0), 0);
	KT_EQ(ktu_send(so, FARHOST, 9, 10), EHOSTUNREACH);
	KT_EQ(ktu_send(so, INSIDE_PEER, 9, 10), EHOSTUNREACH);
	KT_EQ(ksec_flags(0, IFF_UP), 0);
	KT_EQ(ktu_send(so, INSIDE_PEER, 9, 10), 0);
	ksec_settle();
	KT_EQ(rev_drain(&kti1), 1);

	ksec_delete(out);
	ksec_delete(in);
	ksec_settle();
	KT_EQ(ktu_send(so, FARHOST, 9, 10), EHOSTUNREACH);
	KT_EQ(kti_nsent(&kti0) + kti_nsent(&kti1), 0);
	ktu_close(so);
	rev_end();
}

KTEST(rev_udp_limit, "ESP in UDP counts its header before it is too large")
{
	struct ksec_sa ks = { .ks_unit = 0, .ks_spi = KSEC_SPI,
	    .ks_dir = IPSP_DIRECTION_OUT, .ks_flags = TDBF_UDPENCAP };
	uint64_t toobig = ksec_espstat(esps_toobig);
	struct tdb *tdb;
	int error;

	KT_EQ(rev_begin(), 0);
	tdb = ksec_add(&ks);
	NET_LOCK_SHARED();
	KERNEL_LOCK();
	/* 65532 bytes without UDP */
	error = ipsp_process_packet(rev_packet(65470, 0, 0), tdb, AF_INET, 0,
	    IPSP_DF_OFF);
	KERNEL_UNLOCK();
	NET_UNLOCK_SHARED();
	KT_EQ(error, EMSGSIZE);
	KT_EQ(ksec_espstat(esps_toobig), toobig + 1);
	KT_EQ(kti_nsent(&kti1), 0);
	rev_end();
}

KTEST(rev_lo0, "lo0 cannot be destroyed, and stays up")
{
	struct ifnet *ifp = if_unit("lo0");

	NET_LOCK();
	if_up(ifp);
	NET_UNLOCK();
	KT_EQ(if_clone_destroy("lo0"), EPERM);
	KT_ASSERT(ISSET(ifp->if_flags, IFF_UP));
	if_put(ifp);
}

/*
 * A cipher that changes nothing and finds every packet authentic; while it
 * works, the SA's window moves on.
 */
static struct tdb *rev_moving;

static int
rev_probe(const struct crypto_params *cp)
{
	return (cp->cp_enc == CRYPTO_NULL);
}

static int
rev_newsession(void *state, const struct crypto_params *cp)
{
	return (0);
}

static int
rev_invoke(const void *state, struct cryptop *crp)
{
	if (crp->crp_flags & CRYPTO_F_ENCRYPT)
		return (0);
	mtx_enter(&rev_moving->tdb_mtx);
	rev_moving->tdb_rpl = 5000;
	mtx_leave(&rev_moving->tdb_mtx);
	return (0);
}

static const struct crypto_provider rev_provider = {
	"moving window", 1000, 1, rev_probe, rev_newsession, NULL, rev_invoke
};

/* An SA pair's half with ESN and that cipher. */
static struct tdb *
rev_addnull(int dir)
{
	static u_int8_t key[32];
	struct ipsecinit ii = { .ii_encalg = SADB_EALG_NULL,
	    .ii_authalg = SADB_X_AALG_SHA2_256, .ii_authkey = key,
	    .ii_authkeylen = sizeof(key) };
	struct ksec_sa ks = { .ks_unit = 0, .ks_spi = KSEC_SPI,
	    .ks_dir = dir, .ks_flags = TDBF_ESN };
	struct tdb *tdb = ksec_add(&ks);

	NET_LOCK();
	tdb->tdb_xform->xf_zeroize(tdb);
	if (tdb_init(tdb, XF_ESP, &ii) != 0)
		panic("rev_addnull");
	NET_UNLOCK();
	return (tdb);
}

KTEST(rev_esn_stale, "a number whose meaning changed meanwhile moves nothing")
{
	uint64_t replay = ksec_espstat(esps_replay);

	KT_EQ(rev_begin(), 0);
	KT_EQ(crypto_register(&rev_provider), 0);
	rev_moving = rev_addnull(IPSP_DIRECTION_IN);
	rev_addnull(IPSP_DIRECTION_OUT);
	ksec_settle();
	KT_EQ(rev_output(0, rev_packet(100, 0, 0)), 0);
	KT_EQ(ksec_reflect(NULL), 1);
	ksec_settle();
	KT_EQ(ksec_espstat(esps_replay), replay + 1);
	KT_EQ(rev_moving->tdb_rpl, 5000);
	rev_end();
}
