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

/* rows: I2 */

/*
 * Transport mode, bundles, and SAs inside of SAs.
 */
#include "kt_spdlib.h"

#include <netinet/udp.h>

#define PAYLOAD		40

static struct socket	*tr_so;
static struct tdb	*tr_in, *tr_out, *tr_ah;
static struct kpk_msg	tr_km;

static int
tr_begin(void)
{
	int error;

	if ((error = kspd_begin()) != 0)
		return (error);
	tr_so = ktu_open(SOCK_DGRAM, 0);
	return (ktu_bind(tr_so, INADDR_ANY, KSPD_PORT));
}

static void
tr_end(void)
{
	ktu_close(tr_so);
	kspd_end();
}

static struct kspd_flow
tr_hosts(int satype)
{
	return ((struct kspd_flow){ .kf_satype = satype, .kf_src = KTI_US1,
	    .kf_srclen = 32, .kf_dst = KTI_PEER1, .kf_dstlen = 32,
	    .kf_peer = KTI_PEER1 });
}

/* ESP in transport mode with the peer, wanted by policies. */
static int
tr_pair(u_int32_t flags)
{
	struct kspd_flow kf = tr_hosts(SADB_SATYPE_ESP);

	tr_in = kspd_sa(&(struct kspd_sa){ .ka_flags = flags });
	tr_out = kspd_sa(&(struct kspd_sa){ .ka_flags = flags, .ka_out = 1 });
	return (kspd_both(SADB_X_ADDFLOW, &kf));
}

static int
tr_send(int len)
{
	int error = ktu_send(tr_so, KTI_PEER1, KSPD_PORT, len);

	ksec_settle();
	return (error);
}

/* Of ESP with AES-CBC and HMAC-SHA2-256, bytes outside. */
static int
tr_wire(int len)
{
	return (20 + 8 + 16 + roundup(len + 2, 16) + 16);
}

KTEST(transport_esp, "ESP in transport mode, out and back, each length")
{
	struct mbuf *m;
	int len;

	KT_EQ(tr_begin(), 0);
	KT_EQ(tr_pair(0), 0);
	for (len = 0; len < 200; len++) {
		KT_EQ(tr_send(len), 0);
		m = kti_sent(&kti1);
		KT_ASSERT(m != NULL);
		KT_EQ(m->m_pkthdr.len, tr_wire(8 + len));
		m = m_pullup(m, sizeof(struct ip));
		KT_EQ(mtod(m, struct ip *)->ip_p, IPPROTO_ESP);
		KT_EQ(mtod(m, struct ip *)->ip_dst.s_addr, KTI_PEER1);
		KT_EQ(in_cksum(m, 20), 0);
		mq_enqueue(&kti1.ki_out, m);
		KT_EQ(ksec_reflect(kti_finish), 1);
		KT_EQ(ktu_recv(tr_so, NULL, NULL, NULL), len);
	}
	KT_EQ(kspd_esp(esps_output), 200);
	KT_EQ(kspd_ipsec(ipsec_odrops_c), 0);
	KT_EQ(kspd_ipsec(ipsec_idrops_c), 0);
	/* what needs fragments is cut outside, and is whole again inside */
	KT_EQ(tr_send(5000), 0);
	KT_EQ(ksec_reflect(kti_finish), 4);
	KT_EQ(ktu_recv(tr_so, NULL, NULL, NULL), 5000);
	KT_EQ(kspd_esp(esps_output), 201);
	tr_end();
}

KTEST(transport_next, "transport mode: every next header, hostile ones too")
{
	struct mbuf *m;
	int i;

	KT_EQ(tr_begin(), 0);
	KT_EQ(tr_pair(0), 0);
	for (i = 0; i < 256; i++) {
		m = ktu_udp(KTI_PEER1, 1, KTI_US1, KSPD_PORT, 8);
		m_adj(m, 20);
		kti_input(&kti1, kte_wrap(tr_in, i + 1, m, i));
		ksec_settle();
		KT_EQ(ktu_recv(tr_so, NULL, NULL, NULL),
		    i == IPPROTO_UDP ? 8 : -1);
		while ((m = kti_sent(&kti1)) != NULL)
			m_freem(m);
	}
	tr_end();
}

static int
tr_group(struct tdb *first, struct tdb *next)
{
	struct sadb_protocol *p;
	struct sadb_sa *sa;

	kpk_init(&tr_km, SADB_X_GRPSPIS, first->tdb_satype);
	kpk_sa(&tr_km, ntohl(first->tdb_spi), 0);
	kpk_addr(&tr_km, SADB_EXT_ADDRESS_DST,
	    first->tdb_dst.sin.sin_addr.s_addr);
	sa = kpk_ext(&tr_km, SADB_X_EXT_SA2, sizeof(*sa));
	sa->sadb_sa_spi = next->tdb_spi;
	sa->sadb_sa_state = SADB_SASTATE_MATURE;
	kpk_addr(&tr_km, SADB_X_EXT_DST2, next->tdb_dst.sin.sin_addr.s_addr);
	p = kpk_ext(&tr_km, SADB_X_EXT_SATYPE2, sizeof(*p));
	p->sadb_protocol_proto = next->tdb_satype;
	return (kpk_do(&tr_km, NULL));
}

static struct tdb *
tr_addah(u_int32_t spi, int out)
{
	return (kspd_sa(&(struct kspd_sa){ .ka_proto = IPPROTO_AH,
	    .ka_spi = spi, .ka_out = out }));
}

static void
tr_reseal(struct mbuf *m)
{
	kti_finish(m);
	kah_seal(m, tr_ah, 0);
}

KTEST(bundle_esp_ah, "ESP and AH around it; one half alone sends nothing")
{
	struct mbuf *m;
	u_int8_t p[2];

	KT_EQ(tr_begin(), 0);
	KT_EQ(tr_pair(0), 0);
	tr_addah(0x3000, 0);
	tr_ah = tr_addah(0x3000, 1);
	KT_EQ(tr_group(tr_out, tr_ah), 0);
	KT_EQ(tr_group(tr_out, tr_ah), 0);
	KT_EQ(tr_send(PAYLOAD), 0);
	m = kti_sent(&kti1);
	KT_ASSERT(m != NULL);
	KT_EQ(m->m_pkthdr.len, tr_wire(8 + PAYLOAD) + 28);
	m_copydata(m, 9, 1, &p[0]);
	m_copydata(m, 20, 1, &p[1]);
	KT_ASSERT(p[0] == IPPROTO_AH && p[1] == IPPROTO_ESP);
	KT_EQ(kah_check(m, tr_ah, 0), 0);
	mq_enqueue(&kti1.ki_out, m);
	KT_EQ(ksec_reflect(tr_reseal), 1);
	ksec_settle();
	KT_EQ(ktu_recv(tr_so, NULL, NULL, NULL), PAYLOAD);
	/* the outer one cannot: one packet is lost, once */
	tr_ah->tdb_flags |= TDBF_INVALID;
	kspd_mark();
	KT_EQ(tr_send(PAYLOAD), ENXIO);
	KT_EQ(kspd_ipsec(ipsec_odrops_c), 1);
	tr_ah->tdb_flags &= ~TDBF_INVALID;
	/* the outer one is gone: nothing goes with the inner one alone */
	ksec_delete(tr_ah);
	kspd_mark();
	KT_EQ(tr_send(PAYLOAD), ENXIO);
	KT_EQ(kti_nsent(&kti1), 0);
	KT_EQ(kspd_ipsec(ipsec_odrops_c), 1);
	tr_ah = tr_addah(0x3001, 1);
	KT_EQ(tr_send(PAYLOAD), ENXIO);
	KT_EQ(tr_group(tr_out, tr_ah), 0);
	KT_EQ(tr_send(PAYLOAD), 0);
	m = kti_sent(&kti1);
	KT_ASSERT(m != NULL);
	KT_EQ(kah_check(m, tr_ah, 0), 0);
	m_freem(m);
	tr_end();
}

KTEST(bundle_ipip, "IP in IP and ESP around it, out and in, and never bare")
{
	struct kspd_flow kf = { .kf_satype = SADB_X_SATYPE_IPIP,
	    .kf_dst = KTI_FAR, .kf_dstlen = 32, .kf_peer = KTI_PEER1 };
	struct tdb *ipip;
	struct mbuf *m;

	KT_EQ(tr_begin(), 0);
	tr_in = kspd_sa(&(struct kspd_sa){ 0 });
	tr_out = kspd_sa(&(struct kspd_sa){ .ka_out = 1 });
	ipip = kspd_sa(&(struct kspd_sa){ .ka_proto = IPPROTO_IPIP,
	    .ka_out = 1, .ka_tunnel = 1 });
	KT_EQ(tr_group(ipip, tr_out), 0);
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	kti_input(&kti0, ktu_udp(KTI_PEER0, 9, KTI_FAR, 7, PAYLOAD));
	ksec_settle();
	m = kti_sent(&kti1);
	KT_ASSERT(m != NULL);
	KT_EQ(m->m_pkthdr.len, tr_wire(20 + 8 + PAYLOAD));
	m_freem(m);
	kti_input(&kti1, kte_wrap(tr_in, 1, ktu_udp(KTI_FAR, 7, KTI_PEER0, 9,
	    PAYLOAD), IPPROTO_IPV4));
	ksec_settle();
	KT_EQ(kti_nsent(&kti0), 1);
	m_freem(kti_sent(&kti0));
	ksec_delete(tr_out);
	kti_input(&kti0, ktu_udp(KTI_PEER0, 9, KTI_FAR, 7, PAYLOAD));
	ksec_settle();
	KT_EQ(kti_nsent(&kti1), 0);
	tr_end();
}

/* What left, opened by the other end, which would have to send it on. */
static int
tr_opened(void)
{
	uint64_t other = kti_ipstat(ips_cantforward);

	ksec_settle();
	if (ksec_reflect(kti_finish) != 1)
		return (-1);
	ksec_settle();
	return (kti_ipstat(ips_cantforward) - other);
}

KTEST(tunnel_own, "our own packets in tunnels have a whole header inside")
{
	struct kspd_flow kf = { .kf_dst = KTI_FAR, .kf_dstlen = 32,
	    .kf_peer = KTI_PEER1 };
	struct tdb *ipip;

	KT_EQ(tr_begin(), 0);
	ip_forwarding = 0;
	ipip_allow = 2;
	kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1 });
	tr_out = kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1, .ka_out = 1 });
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	KT_EQ(ktu_send(tr_so, KTI_FAR, 7, PAYLOAD), 0);
	KT_EQ(tr_opened(), 1);
	KT_EQ(kspd_ipip(ipips_ipackets), 1);
	/* and so has the outer one of the first of two tunnels */
	kf.kf_satype = SADB_X_SATYPE_IPIP;
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	ipip = kspd_sa(&(struct kspd_sa){ .ka_proto = IPPROTO_IPIP,
	    .ka_out = 1, .ka_tunnel = 1, .ka_us = KTI_US0 });
	KT_EQ(tr_group(ipip, tr_out), 0);
	KT_EQ(ktu_send(tr_so, KTI_FAR, 7, PAYLOAD), 0);
	KT_EQ(tr_opened(), 1);
	KT_EQ(kspd_ipip(ipips_ipackets), 2);
	tr_end();
}

KTEST(bundle_limits, "bundles: a circle, two at a time, too many, no sec")
{
	struct tdb *sa[12];
	int i;

	KT_EQ(tr_begin(), 0);
	for (i = 0; i < 12; i++)
		sa[i] = kspd_sa(&(struct kspd_sa){ .ka_out = 1,
		    .ka_spi = 0x4000 + i });
	for (i = 0; i < 7; i++)
		KT_EQ(tr_group(sa[i], sa[i + 1]), 0);
	KT_EQ(tr_group(sa[7], sa[0]), ESRCH);
	KT_EQ(tr_group(sa[0], sa[0]), ESRCH);
	KT_EQ(tr_group(sa[2], sa[9]), EEXIST);
	KT_EQ(tr_group(sa[9], sa[2]), EEXIST);
	KT_EQ(tr_group(sa[7], sa[8]), E2BIG);
	KT_EQ(tr_group(sa[8], sa[0]), E2BIG);
	ksec_delete(sa[3]);
	KT_EQ(tr_group(sa[7], sa[8]), 0);
	sa[0]->tdb_spi = htonl(5);
	KT_EQ(tr_group(sa[0], sa[9]), ESRCH);
	sa[0]->tdb_spi = htonl(0x4000);
	sa[10] = ksec_add(&(struct ksec_sa){ .ks_spi = 0x4100,
	    .ks_dir = IPSP_DIRECTION_OUT });
	KT_EQ(tr_group(sa[9], sa[10]), ESRCH);
	tr_end();
}

KTEST(nested_policies, "policies around one another end before the stack does")
{
	struct kspd_flow kf = { .kf_dstlen = 32 };
	in_addr_t peer = KTI_FAR;
	int i;

	KT_EQ(tr_begin(), 0);
	for (i = 0; i < 40; i++) {
		kf.kf_dst = peer;
		peer += htonl(1);
		kf.kf_peer = peer;
		KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
		kspd_sa(&(struct kspd_sa){ .ka_out = 1, .ka_tunnel = 1,
		    .ka_spi = 0x5000 + i, .ka_peer = peer });
	}
	KT_EQ(kspd_output(ktu_udp(KTI_US1, 1, KTI_FAR + htonl(30), 1, 9)), 0);
	KT_EQ(kti_nsent(&kti1), 1);
	m_freem(kti_sent(&kti1));
	KT_EQ(kspd_output(ktu_udp(KTI_US1, 1, KTI_FAR, 1, 9)), ELOOP);
	KT_EQ(kti_nsent(&kti1), 0);
	tr_end();
}

static struct mbuf *
tr_ipip(struct mbuf *m)
{
	struct ip *ip;

	m = m_prepend(m, 20, M_WAIT);
	m = m_pullup(m, 40);
	ip = mtod(m, struct ip *);
	*ip = *(ip + 1);
	ip->ip_hl = 5;
	ip->ip_p = IPPROTO_IPIP;
	kti_finish(m);
	return (m);
}

KTEST(nested_ipip, "IP in IP in IP: an end to it, and hostile ones within")
{
	struct mbuf *m;
	int depth, len;

	KT_EQ(tr_begin(), 0);
	ipip_allow = 1;
	for (depth = 1; depth < 40; depth++) {
		m = ktu_udp(KTI_PEER1, 1, KTI_US1, KSPD_PORT, PAYLOAD);
		for (len = 0; len < depth; len++)
			m = tr_ipip(m);
		kspd_mark();
		kti_input(&kti1, m);
		KT_EQ(ktu_recv(tr_so, NULL, NULL, NULL),
		    depth <= 16 ? PAYLOAD : -1);
		KT_EQ(kspd_ipip(ipips_pdrops), depth > 16);
	}
	/* cut short, of no version, and from ourselves */
	for (len = 0; len < 20; len++) {
		m = kti_packet(KTI_PEER1, KTI_US1, IPPROTO_IPIP, len);
		kspd_mark();
		kti_input(&kti1, m);
		KT_EQ(kspd_ipip(ipips_hdrops), 1);
	}
	for (len = 0; len < 16; len++) {
		m = tr_ipip(ktu_udp(KTI_PEER1, 1, KTI_US1, KSPD_PORT, 0));
		mtod(m, u_int8_t *)[20] = len << 4 | 5;
		kspd_mark();
		kti_input(&kti1, m);
		KT_EQ(kspd_ipip(ipips_family), len != 4);
	}
	m = tr_ipip(ktu_udp(KTI_US0, 1, KTI_US1, KSPD_PORT, 0));
	while (ktu_recv(tr_so, NULL, NULL, NULL) >= 0)
		;
	kspd_mark();
	kti_input(&kti1, m);
	KT_EQ(kspd_ipip(ipips_spoof), 1);
	KT_EQ(ktu_recv(tr_so, NULL, NULL, NULL), -1);
	tr_end();
}

/* A packet of the peer, whose address a NAT has changed since. */
static struct mbuf *
tr_natted(struct mbuf *inner, int proto, u_int32_t seq)
{
	struct mbuf *m, *u;
	int n;

	m_adj(inner, 20);
	m = kte_wrap(tr_in, seq, inner, proto);
	n = m->m_pkthdr.len - 20;
	u = ktu_udp(KTI_PEER1, 31337, KTI_US1, 4500, n);
	m_copydata(m, 20, n, mtod(u, u_int8_t *) + 28);
	memset(mtod(u, u_int8_t *) + 26, 0, 2);
	m_freem(m);
	return (u);
}

KTEST(transport_natt, "NAT-T in transport mode: checksums of before the NAT")
{
	struct socket *tcp;
	struct mbuf *m;

	KT_EQ(tr_begin(), 0);
	KT_EQ(tr_pair(TDBF_UDPENCAP), 0);
	tcp = ktu_open(SOCK_RAW, IPPROTO_TCP);
	/* made between 10.0.0.1 and us */
	m = ktu_udp(KTI_A(10, 0, 0, 1), 7, KTI_US1, KSPD_PORT, PAYLOAD);
	kti_input(&kti1, tr_natted(m, IPPROTO_UDP, 1));
	KT_EQ(ktu_recv(tr_so, NULL, NULL, NULL), PAYLOAD);
	m = kti_packet(KTI_A(10, 0, 0, 1), KTI_US1, IPPROTO_TCP, 40);
	kti_input(&kti1, tr_natted(m, IPPROTO_TCP, 2));
	KT_EQ(ktu_recv(tcp, NULL, &m, NULL), 60);
	KT_EQ(in4_cksum(m, IPPROTO_TCP, 20, 40), 0);
	m_freem(m);
	/* too short for one */
	m = kti_packet(KTI_PEER1, KTI_US1, IPPROTO_TCP, 17);
	kti_input(&kti1, tr_natted(m, IPPROTO_TCP, 3));
	KT_EQ(ktu_recv(tcp, NULL, NULL, NULL), 37);
	m = kti_packet(KTI_PEER1, KTI_US1, IPPROTO_UDP, 7);
	kti_input(&kti1, tr_natted(m, IPPROTO_UDP, 4));
	KT_EQ(ktu_recv(tr_so, NULL, NULL, NULL), -1);
	/* and out: ESP in UDP behind the same header */
	KT_EQ(tr_send(PAYLOAD), 0);
	m = kti_sent(&kti1);
	KT_ASSERT(m != NULL);
	KT_EQ(m->m_pkthdr.len, tr_wire(8 + PAYLOAD) + 8);
	m = m_pullup(m, 28);
	KT_EQ(mtod(m, struct ip *)->ip_p, IPPROTO_UDP);
	m_freem(m);
	ktu_close(tcp);
	tr_end();
}

KTEST(bundle_nomem, "B15: a bundle without memory, at each allocation")
{
	unsigned long mbufs, nth, refused = 1;
	int error = 0;

	KT_EQ(tr_begin(), 0);
	KT_EQ(tr_pair(0), 0);
	tr_addah(0x3000, 0);
	tr_ah = tr_addah(0x3000, 1);
	KT_EQ(tr_group(tr_out, tr_ah), 0);
	kpk_drain();
	mbufs = m_inuse() + m_clinuse();
	for (nth = 1; refused != 0; nth++) {
		KT_ASSERT(nth < 100);
		kspd_mark();
		malloc_fail_nth(nth);
		error = tr_send(PAYLOAD);
		refused = malloc_failed();
		malloc_fail_nth(0);
		KT_EQ(kti_nsent(&kti1), error == 0);
		malloc_fail_nth(nth);
		ksec_reflect(tr_reseal);
		ksec_settle();
		refused |= malloc_failed();
		malloc_fail_nth(0);
		if (ktu_recv(tr_so, NULL, NULL, NULL) != PAYLOAD)
			KT_ASSERT(refused);
		KT_EQ(m_inuse() + m_clinuse(), mbufs);
	}
	KT_EQ(error, 0);
	KT_ASSERT(nth > 3);
	tr_end();
}
