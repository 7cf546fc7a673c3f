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
#include <sys/task.h>

#include "kt_tunlib.h"

#include <netinet/udp.h>

#define IPHDR		((int)sizeof(struct ip))
#define IP6HDR		((int)sizeof(struct ip6_hdr))
#define UDPHDR		((int)sizeof(struct udphdr))
#define MAXLEN		65535

const struct ktun_alg ktun_algs[] = {
	{ "aes-128-gcm", SADB_X_EALG_AESGCM16, 0, 20, 0, 8, 4, 16 },
	{ "aes-cbc/sha2-256", SADB_X_EALG_AES, SADB_X_AALG_SHA2_256, 16, 32,
	    16, 16, 16 },
	{ "chacha20-poly1305", SADB_X_EALG_CHACHA20POLY1305, 0, 36, 0,
	    8, 4, 16 },
	{ "aes-ctr/sha1", SADB_X_EALG_AESCTR, SADB_AALG_SHA1HMAC, 20, 20,
	    8, 16, 12 },
	{ "null/sha1", SADB_EALG_NULL, SADB_AALG_SHA1HMAC, 0, 20, 0, 4, 12 },
	{ "aes-cbc/sha2-512", SADB_X_EALG_AES, SADB_X_AALG_SHA2_512, 32, 64,
	    16, 16, 32 },
	{ "aes-cbc/sha1", SADB_X_EALG_AES, SADB_AALG_SHA1HMAC, 16, 20,
	    16, 16, 12 },
	{ "aes-cbc/sha2-384", SADB_X_EALG_AES, SADB_X_AALG_SHA2_384, 24, 48,
	    16, 16, 24 },
	{ "3des/sha1", SADB_EALG_3DESCBC, SADB_AALG_SHA1HMAC, 24, 20,
	    8, 8, 12 },
	{ "aes-gmac", SADB_X_EALG_AESGMAC, 0, 36, 0, 8, 4, 16 },
};
const int ktun_nalgs = nitems(ktun_algs);
const struct ktun_mac ktun_macs[] = {
	{ "sha1", SADB_AALG_SHA1HMAC, 20 },
	{ "sha2-256", SADB_X_AALG_SHA2_256, 32 },
	{ "sha2-384", SADB_X_AALG_SHA2_384, 48 },
	{ "sha2-512", SADB_X_AALG_SHA2_512, 64 },
};
const int ktun_nmacs = nitems(ktun_macs);
const u_int8_t ktun_keys[128] = "We are the keys of all these tunnels, known "
    "to anybody, and 128 bytes long, as everybody can see who counts them "
    "at all.";

static struct mbuf_queue ktun_queue;
static unsigned long ktun_mbufs;
static uint64_t ktun_lost;
static int ktun_ns;

/*
 * The machine
 */

/* Instead of the stack above sec0. */
static void
ktun_arrive(struct ifnet *ifp, struct mbuf *m, struct netstack *ns)
{
	mq_enqueue(&ktun_queue, m);
}

static void
ktun_sin(union sockaddr_union *su, int af, in_addr_t addr,
    struct in6_addr addr6)
{
	memset(su, 0, sizeof(*su));
	if (af == AF_INET) {
		su->sin.sin_len = sizeof(su->sin);
		su->sin.sin_addr.s_addr = addr;
	} else {
		su->sin6.sin6_len = sizeof(su->sin6);
		su->sin6.sin6_addr = addr6;
	}
	su->sa.sa_family = af;
}

static struct tdb *
ktun_tdb(const struct ktun *t, int dir, u_int32_t spi, u_int8_t proto,
    struct ipsecinit *ii)
{
	int out = dir == IPSP_DIRECTION_OUT;
	union sockaddr_union us, peer;
	struct tdb *tdb;

	ktun_sin(&us, t->t_oaf, KTI_US1, KTUN_US6);
	ktun_sin(&peer, t->t_oaf, KTI_PEER1, KTUN_PEER6);
	tdb = tdb_alloc(out ? t->t_out1 : t->t_in1);
	tdb->tdb_rdomain_post = out ? t->t_out2 : t->t_in2;
	tdb->tdb_spi = htonl(spi);
	tdb->tdb_sproto = proto;
	tdb->tdb_satype = proto == IPPROTO_AH ? SADB_SATYPE_AH :
	    SADB_SATYPE_ESP;
	tdb->tdb_wnd = 64;
	tdb->tdb_flags = TDBF_TUNNELING | TDBF_IFACE;
	tdb->tdb_iface = 0;
	tdb->tdb_iface_dir = dir;
	tdb->tdb_src = out ? us : peer;
	tdb->tdb_dst = out ? peer : us;
	if (tdb_init(tdb, proto == IPPROTO_AH ? XF_AH : XF_ESP, ii) != 0)
		panic("ktun_tdb");
	return (tdb);
}

struct tdb *
ktun_sa(const struct ktun *t, int dir, u_int32_t spi, u_int32_t flags)
{
	const struct ktun_alg *ta = &ktun_algs[t->t_alg];
	struct ipsecinit ii;
	struct tdb *tdb;

	memset(&ii, 0, sizeof(ii));
	ii.ii_encalg = ta->ta_enc;
	ii.ii_authalg = ta->ta_auth;
	ii.ii_enckey = (u_int8_t *)ktun_keys;
	ii.ii_enckeylen = ta->ta_enckeylen;
	ii.ii_authkey = (u_int8_t *)ktun_keys + KTUN_AUTHKEY;
	ii.ii_authkeylen = ta->ta_authkeylen;
	NET_LOCK();
	tdb = ktun_tdb(t, dir, spi, IPPROTO_ESP, &ii);
	tdb->tdb_flags |= flags | (t->t_natt ? TDBF_UDPENCAP : 0);
	puttdb(tdb);
	NET_UNLOCK();
	return (tdb);
}

struct tdb *
ktun_ah(const struct ktun *t, int dir, u_int32_t spi, int mac)
{
	struct ipsecinit ii;
	struct tdb *tdb;

	memset(&ii, 0, sizeof(ii));
	ii.ii_authalg = ktun_macs[mac].tm_auth;
	ii.ii_authkey = (u_int8_t *)ktun_keys + KTUN_AUTHKEY;
	ii.ii_authkeylen = ktun_macs[mac].tm_keylen;
	NET_LOCK();
	tdb = ktun_tdb(t, dir, spi, IPPROTO_AH, &ii);
	puttdb(tdb);
	NET_UNLOCK();
	return (tdb);
}

static int
ktun_tunneldf(const struct ktun *t, struct ifnet *ifp)
{
	struct ifreq ifr;
	int error;

	memset(&ifr, 0, sizeof(ifr));
	ifr.ifr_df = t->t_df;
	NET_LOCK();
	error = ifp->if_ioctl(ifp, SIOCSLIFPHYDF, (caddr_t)&ifr);
	ifr.ifr_rdomainid = t->t_domain - 1;
	if (error == 0)
		error = ifp->if_ioctl(ifp, SIOCSLIFPHYRTABLE, (caddr_t)&ifr);
	WRITE_ONCE(ifp->if_mtu, t->t_mtu);
	WRITE_ONCE(kti1.ki_if.if_mtu, t->t_link);
	NET_UNLOCK();
	return (error);
}

static int
ktun_rdomain(struct ifnet *ifp, u_int rdomain)
{
	int error = 0;

	NET_LOCK();
	if (ifp->if_rdomain != rdomain)
		error = if_setrdomain(ifp, rdomain);
	NET_UNLOCK();
	return (error);
}

/* What moves to another domain leaves its addresses behind. */
static int
ktun_domains(const struct ktun *t)
{
	int error = 0;

	if (t->t_inner != 0 &&
	    ((error = ktun_rdomain(&kti0.ki_if, t->t_inner)) != 0 ||
	    (error = kti_addr(&kti0, KTI_US0, 24, 0)) != 0))
		return (error);
	if (t->t_outer != 0 &&
	    (error = ktun_rdomain(&kti1.ki_if, t->t_outer)) == 0)
		error = kti_addr(&kti1, KTI_US1, 30, KTI_PEER1);
	return (error);
}

int
ktun_route(u_int table, int af)
{
	union sockaddr_union dst, gw;
	struct rt_addrinfo info;
	int error;

	ktun_sin(&dst, af, KTI_PEER1, KTUN_PEER6);
	ktun_sin(&gw, af, KTUN_HOST, KTUN_HOST6);
	memset(&info, 0, sizeof(info));
	info.rti_flags = RTF_UP | RTF_GATEWAY | RTF_HOST | RTF_STATIC;
	info.rti_info[RTAX_DST] = &dst.sa;
	info.rti_info[RTAX_GATEWAY] = &gw.sa;
	info.rti_addrs = RTA_DST | RTA_GATEWAY;
	NET_LOCK();
	error = rtrequest(RTM_ADD, &info, RTP_STATIC, NULL, table);
	NET_UNLOCK();
	return (error);
}

/* sec0 with its addresses and what looks at its input */
static int
ktun_interface(const struct ktun *t)
{
	struct ifnet *sec0;
	int error;

	if ((error = ksec_create(0)) != 0)
		return (error);
	sec0 = if_unit("sec0");
	WRITE_ONCE(sec0->if_input, ktun_arrive);
	if ((error = ktun_rdomain(sec0, t->t_inner)) == 0 &&
	    (error = kti_addr((struct kti_if *)sec0, KTI_A(10, 9, 0, 1), 32,
	    KTUN_DST)) == 0 &&
	    (error = n6_add(sec0, n6_addr(9, 1), 64, 0)) == 0)
		error = ktun_tunneldf(t, sec0);
	if_put(sec0);
	return (error);
}

int
ktun_begin(struct ktun *t)
{
	int error;

	if ((error = ksec_setup()) != 0)
		return (error);
	mq_init(&ktun_queue, 100000, IPL_SOFTNET);
	ktun_ns = t->t_ns;
	WRITE_ONCE(ipsec_esp_exclusive, t->t_exclusive);
	ip6_dad_count = 0;
	if ((error = ktun_domains(t)) != 0 ||
	    (error = n6_add(&kti0.ki_if, n6_addr(0, 1), 64, 0)) != 0 ||
	    (error = n6_add(&kti1.ki_if, KTUN_US6, 64, 0)) != 0 ||
	    (error = ktun_interface(t)) != 0)
		return (error);
	ip_forwarding = ip6_forwarding = 1;
	kt_sleep(SEC_TO_NSEC(12));	/* reports of groups are over */
	mq_purge(&kti0.ki_out);
	mq_purge(&kti1.ki_out);
	ktun_mbufs = m_inuse() + m_clinuse();
	if (t->t_spi == 0)
		t->t_spi = KTUN_SPI;
	t->t_in = ktun_sa(t, IPSP_DIRECTION_IN, t->t_spi, t->t_inflags);
	t->t_out = ktun_sa(t, IPSP_DIRECTION_OUT, t->t_spi, t->t_outflags);
	kt_sleep(MSEC_TO_NSEC(1));
	(void)ktun_losses();
	return (0);
}

int
ktun_end(void)
{
	unsigned long now;

	/* what waits for fragments gives up */
	kt_sleep(SEC_TO_NSEC(61));
	mq_purge(&kti0.ki_out);
	mq_purge(&kti1.ki_out);
	mq_purge(&ktun_queue);
	now = m_inuse() + m_clinuse();
	ksec_destroy(0);
	ksec_cleanup();
	ktun_ns = 0;
	WRITE_ONCE(ipsec_esp_exclusive, 0);
	ip6_forwarding = 0;
	ip6_dad_count = 1;
	return ((int)(now - ktun_mbufs));
}

/*
 * Sizes
 */
int
ktun_wire(const struct ktun *t, int len)
{
	const struct ktun_alg *ta = &ktun_algs[t->t_alg];

	return ((t->t_oaf == AF_INET ? IPHDR : IP6HDR) +
	    (t->t_natt ? UDPHDR : 0) + 8 + ta->ta_iv +
	    roundup(len + 2, ta->ta_align) + ta->ta_icv);
}

int
ktun_fits(const struct ktun *t, int mtu)
{
	int len = mtu;

	while (len > 0 && ktun_wire(t, len) > mtu)
		len--;
	return (len);
}

/* What is sent by a task, and what is sent because that has failed. */
void
ktun_settle(void)
{
	int i;

	for (i = 0; i < (ktun_ns ? 4 : 2); i++) {
		net_tq_barriers("ktun");
		if (ktun_ns)
			taskq_barrier(systqmp);
	}
}

/*
 * Packets
 */
struct mbuf *
ktun_packet(int af, int len, int df)
{
	struct ip6_hdr *ip6;
	struct mbuf *m;

	if (af == AF_INET) {
		m = kti_packet(KTUN_HOST, KTUN_DST, 253, len - IPHDR);
		if (df)
			mtod(m, struct ip *)->ip_off = htons(IP_DF);
		kti_finish(m);
		return (m);
	}
	/* random bytes are there already */
	m = kti_packet(KTUN_HOST, KTUN_DST, 253, len - IPHDR);
	ip6 = mtod(m, struct ip6_hdr *);
	memset(ip6, 0, sizeof(*ip6));
	ip6->ip6_vfc = IPV6_VERSION;
	ip6->ip6_plen = htons(len - IP6HDR);
	ip6->ip6_nxt = 253;
	ip6->ip6_hlim = 64;
	ip6->ip6_src = KTUN_HOST6;
	ip6->ip6_dst = KTUN_DST6;
	return (m);
}

static int
ktun_version(struct mbuf *m)
{
	return (*mtod(m, u_int8_t *) >> 4);
}

void
ktun_in(struct kti_if *ki, struct mbuf *m)
{
	m->m_pkthdr.ph_ifidx = ki->ki_if.if_index;
	m->m_pkthdr.ph_rtableid = ki->ki_if.if_rdomain;
	if (ktun_ns) {
		m->m_pkthdr.ph_family = ktun_version(m) == 4 ? AF_INET :
		    AF_INET6;
		ifiq_enqueue(&ki->ki_if.if_rcv, m);
		return;
	}
	NET_LOCK_SHARED();
	if (ktun_version(m) == 4)
		ipv4_input(&ki->ki_if, m, NULL);
	else
		ipv6_input(&ki->ki_if, m, NULL);
	NET_UNLOCK_SHARED();
}

void
ktun_input(struct mbuf *m)
{
	ktun_in(&kti0, m);
	ktun_settle();
}

struct mbuf *
ktun_arrived(void)
{
	return (mq_dequeue(&ktun_queue));
}

/*
 * The router
 */
static void
ktun_toobig4(struct mbuf *q, u_int32_t mtu)
{
	int qlen = MIN(q->m_pkthdr.len, 64);
	struct icmp *icp;
	struct mbuf *m;

	m = kti_packet(KTI_PEER1, KTI_US1, IPPROTO_ICMP, 8 + qlen);
	icp = (struct icmp *)(mtod(m, struct ip *) + 1);
	memset(icp, 0, 8);
	icp->icmp_type = ICMP_UNREACH;
	icp->icmp_code = ICMP_UNREACH_NEEDFRAG;
	icp->icmp_nextmtu = htons(mtu);
	m_copydata(q, 0, qlen, &icp->icmp_ip);
	icp->icmp_cksum = in4_cksum(m, 0, IPHDR, 8 + qlen);
	ktun_in(&kti1, m);
}

static void
ktun_toobig6(struct mbuf *q, u_int32_t mtu)
{
	int qlen = MIN(q->m_pkthdr.len, IPV6_MMTU - IP6HDR - 8);
	struct icmp6_hdr *icp;
	struct ip6_hdr *ip6;
	struct mbuf *m;

	m = ktun_packet(AF_INET6, IP6HDR + 8 + qlen, 0);
	ip6 = mtod(m, struct ip6_hdr *);
	ip6->ip6_src = KTUN_PEER6;
	ip6->ip6_dst = KTUN_US6;
	ip6->ip6_nxt = IPPROTO_ICMPV6;
	icp = (struct icmp6_hdr *)(ip6 + 1);
	memset(icp, 0, sizeof(*icp));
	icp->icmp6_type = ICMP6_PACKET_TOO_BIG;
	icp->icmp6_mtu = htonl(mtu);
	m_copydata(q, 0, qlen, icp + 1);
	icp->icmp6_cksum = in6_cksum(m, IPPROTO_ICMPV6, IP6HDR, 8 + qlen);
	ktun_in(&kti1, m);
}

void
ktun_toobig(struct mbuf *m, u_int32_t mtu)
{
	if (ktun_version(m) == 4)
		ktun_toobig4(m, mtu);
	else
		ktun_toobig6(m, mtu);
	m_freem(m);
}

/* Swap the ends, and let it come. */
static void
ktun_back(struct mbuf *m, ktun_hook hook)
{
	struct in6_addr addr6;
	struct ip6_hdr *ip6;
	struct in_addr addr;
	struct ip *ip;

	if (ktun_version(m) == 4) {
		ip = mtod(m, struct ip *);
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
	m->m_pkthdr.csum_flags = 0;
	if (hook != NULL)
		m = hook(m);
	ktun_in(&kti1, m);
}

/* What the router makes of one that is too big: pieces, or an error. */
static u_int
ktun_squeeze(const struct ktun *t, struct mbuf *m, ktun_hook hook)
{
	struct mbuf_list ml;

	if (ktun_version(m) == 6 ||
	    ISSET(mtod(m, struct ip *)->ip_off, htons(IP_DF))) {
		ktun_toobig(m, t->t_path);
		return (1);
	}
	if (ip_fragment(m, &ml, NULL, t->t_path) != 0)
		panic("ktun_squeeze");
	while ((m = ml_dequeue(&ml)) != NULL)
		ktun_back(m_pullup(m, IPHDR), hook);
	return (0);
}

/* Is it a tunnel's?  Not what IPv6 says of neighbours and groups. */
static int
ktun_isouter(struct mbuf *m)
{
	u_int8_t nxt;

	if (ktun_version(m) == 4)
		return (1);
	nxt = mtod(m, struct ip6_hdr *)->ip6_nxt;
	return (nxt != IPPROTO_ICMPV6 && nxt != IPPROTO_HOPOPTS);
}

/* All that left kti1 comes to it, and goes back if it can. */
static void
ktun_router(const struct ktun *t, ktun_hook hook, struct ktun_fate *f)
{
	struct mbuf *m;

	while ((m = kti_sent(&kti1)) != NULL) {
		m = m_pullup(m, MIN(m->m_pkthdr.len, IP6HDR));
		if (m == NULL) {
			f->f_torn++;
			continue;
		}
		if (!ktun_isouter(m)) {
			m_freem(m);
			continue;
		}
		f->f_wire++;
		if (t->t_path != 0 && m->m_pkthdr.len > (int)t->t_path)
			f->f_told += ktun_squeeze(t, m, hook);
		else
			ktun_back(m, hook);
	}
	ktun_settle();
}

u_int
ktun_turn(const struct ktun *t, ktun_hook hook)
{
	struct ktun_fate f;

	memset(&f, 0, sizeof(f));
	ktun_router(t, hook, &f);
	return (f.f_wire);
}

/*
 * What became of it
 */
static u_int8_t ktun_sent[MAXLEN], ktun_got[MAXLEN];

/* One IPv4 packet or a fragment into ktun_got; bytes of data, -1: wrong. */
static int
ktun_join(struct mbuf *m, u_int8_t *hdr, int *total)
{
	int off, len = m->m_pkthdr.len - IPHDR;
	struct ip ip;

	m_copydata(m, 0, IPHDR, &ip);
	off = (ntohs(ip.ip_off) & IP_OFFMASK) << 3;
	if (ip.ip_hl << 2 != IPHDR || ntohs(ip.ip_len) != m->m_pkthdr.len ||
	    in_cksum(m, IPHDR) != 0 || IPHDR + off + len > MAXLEN)
		return (-1);
	if (off == 0)
		memcpy(hdr, &ip, IPHDR);
	if (!ISSET(ip.ip_off, htons(IP_MF)))
		*total = off + len;
	m_copydata(m, IPHDR, len, ktun_got + IPHDR + off);
	return (len);
}

/* Take all that arrived, in order, as one packet: its length, -1: wrong. */
static int
ktun_collect(struct ktun_fate *f)
{
	int n, len = 0, total = -1;
	struct mbuf *m;

	for (; (m = ktun_arrived()) != NULL; f->f_pieces++, len += n) {
		if (ktun_version(m) == 6) {
			n = total = m->m_pkthdr.len;
			m_copydata(m, 0, n, ktun_got);
			total -= IPHDR;
			n -= IPHDR;
		} else if ((n = ktun_join(m, ktun_got, &total)) == -1) {
			m_freem(m);
			return (-1);
		}
		m_freem(m);
	}
	return (len == total ? len + IPHDR : -1);
}

/* As it was sent, but for a hop and, in IPv4, what fragments change. */
static int
ktun_same(int af, int len)
{
	struct ip *a = (struct ip *)ktun_sent, *b = (struct ip *)ktun_got;

	if (af == AF_INET6) {
		((struct ip6_hdr *)ktun_sent)->ip6_hlim--;
		return (memcmp(ktun_sent, ktun_got, len) == 0);
	}
	a->ip_ttl--;
	a->ip_sum = b->ip_sum;
	a->ip_len = b->ip_len;
	a->ip_off &= ~htons(IP_MF);
	b->ip_off &= ~htons(IP_MF);
	return (memcmp(ktun_sent, ktun_got, len) == 0);
}

/* An error that came out of kti0: the MTU in it, 0: it is something else. */
static u_int
ktun_answer(struct mbuf *m)
{
	u_int8_t buf[IP6HDR + 8 + IP6HDR];
	struct icmp *icp = (struct icmp *)(buf + IPHDR);
	struct icmp6_hdr *icp6 = (struct icmp6_hdr *)(buf + IP6HDR);
	struct in6_addr host6 = KTUN_HOST6;
	int len = MIN(m->m_pkthdr.len, (int)sizeof(buf));

	memset(buf, 0, sizeof(buf));
	m_copydata(m, 0, len, buf);
	if (buf[0] >> 4 == 4) {
		if (((struct ip *)buf)->ip_dst.s_addr != KTUN_HOST ||
		    icp->icmp_type != ICMP_UNREACH ||
		    icp->icmp_code != ICMP_UNREACH_NEEDFRAG ||
		    icp->icmp_ip.ip_id != ((struct ip *)ktun_sent)->ip_id)
			return (0);
		return (ntohs(icp->icmp_nextmtu));
	}
	if (icp6->icmp6_type != ICMP6_PACKET_TOO_BIG ||
	    memcmp(&((struct ip6_hdr *)buf)->ip6_dst, &host6,
	    sizeof(host6)) != 0 ||
	    memcmp(icp6 + 1, ktun_sent, 7) != 0)
		return (0);
	return (ntohl(icp6->icmp6_mtu));
}

static u_int
ktun_answers(struct ktun_fate *f)
{
	struct mbuf *m;
	u_int n = 0, mtu;

	while ((m = kti_sent(&kti0)) != NULL) {
		if (ktun_isouter(m) || mtod(m, struct ip6_hdr *)->ip6_nxt ==
		    IPPROTO_ICMPV6) {
			mtu = ktun_answer(m);
			n += mtu != 0;
			f->f_mtu = mtu != 0 ? mtu : f->f_mtu;
		}
		m_freem(m);
	}
	/* errors are sent at a rate; SAs remember for longer than this */
	if (n != 0)
		kt_sleep(MSEC_TO_NSEC(20));
	return (n);
}

struct ktun_fate
ktun_send(const struct ktun *t, int af, int len, int df)
{
	struct ktun_fate f = { .f_what = KTUN_LOST };
	struct mbuf *m = ktun_packet(af, len, df), *shared = NULL;
	int got;

	m_copydata(m, 0, len, ktun_sent);
	if (t->t_shared)
		shared = m_copym(m, 0, M_COPYALL, M_WAIT);
	ktun_input(m);
	m_freem(shared);
	ktun_router(t, NULL, &f);
	got = ktun_collect(&f);
	switch (ktun_answers(&f)) {
	case 0:
		if (f.f_pieces != 0)
			f.f_what = got == len && ktun_same(af, len) ?
			    KTUN_ARRIVED : KTUN_WRONG;
		break;
	case 1:
		f.f_what = f.f_pieces == 0 ? KTUN_ANSWERED : KTUN_WRONG;
		break;
	default:
		f.f_what = KTUN_WRONG;
	}
	return (f);
}

/*
 * Counters
 */
static uint64_t
ktun_ifdrops(unsigned int unit)
{
	struct sec_stats ss;
	struct if_data ifd;

	if (ksec_stats(unit, &ss) != 0 || ksec_ifdata(unit, &ifd) != 0)
		return (0);
	return (ifd.ifi_ierrors + ifd.ifi_oerrors + ifd.ifi_iqdrops +
	    ifd.ifi_oqdrops + ifd.ifi_noproto - ss.ss_otoobig);
}

static uint64_t
ktun_ipdrops(void)
{
	static const enum ipstat_counters c4[] = {
		ips_badsum, ips_tooshort, ips_toosmall, ips_badhlen,
		ips_badlen, ips_fragdropped, ips_fragtimeout, ips_cantforward,
		ips_noproto, ips_odropped, ips_badoptions, ips_noroute,
		ips_badvers, ips_badfrags, ips_rcvmemdrop, ips_toolong,
		ips_badaddr, ips_wrongif, ips_idropped
	};
	uint64_t c[ips_ncounters], c6[ip6s_ncounters], n = 0;
	int i;

	counters_read(ipcounters, c, ips_ncounters, NULL);
	counters_read(ip6counters, c6, ip6s_ncounters, NULL);
	for (i = 0; i < nitems(c4); i++)
		n += c[c4[i]];
	for (i = ip6s_toosmall; i <= ip6s_rcvmemdrop; i++)
		if (i != ip6s_fragments && i != ip6s_reassembled &&
		    i != ip6s_delivered && i != ip6s_forward &&
		    i != ip6s_localout && i != ip6s_rawout &&
		    i != ip6s_fragmented && i != ip6s_ofragments &&
		    i != ip6s_cantfrag && i != ip6s_notmember)
			n += c6[i];
	return (n);
}

u_int
ktun_losses(void)
{
	uint64_t c[esps_ncounters], ipsec[ipsec_ncounters], now;
	uint64_t was = ktun_lost;
	int i;

	now = ktun_ifdrops(0) + ktun_ipdrops();
	counters_read(espcounters, c, esps_ncounters, NULL);
	counters_read(ipseccounters, ipsec, ipsec_ncounters, NULL);
	for (i = 0; i < esps_ncounters; i++)
		if (i != esps_input && i != esps_output && i != esps_ibytes &&
		    i != esps_obytes && i != esps_udpencin &&
		    i != esps_udpencout && i != esps_outfail)
			now += c[i];
	now += ipsec[ipsec_idrops_c];
	ktun_lost = now;
	return (now - was);
}
