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

#include "kt_nattlib.h"

/* ESP in UDP: what is sent, and how much fits. */

/* The most that is possible inside. */
static int
fits(int mtu, int udp)
{
	int len = mtu;

	while (len > 0 && natt_wire(len, udp) > mtu)
		len--;
	return (len);
}

KTEST(natt_output, "what is sent: ports, lengths, no checksum, every size")
{
	uint64_t out;
	struct mbuf *m;
	int gcm, len, seq;

	for (gcm = 0; gcm < 2; gcm++) {
		KT_EQ(natt_begin(gcm), 0);
		out = ksec_espstat(esps_udpencout);
		for (len = IPHDR, seq = 0; natt_wire(len, 1) <= 1400; len++)
			KT_EQ(natt_sent(len, PORT, NATPORT, ++seq),
			    natt_wire(len, 1));
		KT_EQ(ksec_espstat(esps_udpencout), out + seq);
		/* 8 bytes are UDP's */
		natt_encap(kesp.k_out, 0);
		KT_EQ(ksec_send(0, KTI_NOWHERE, 500), 0);
		ksec_settle();
		m = kti_sent(&kti1);
		KT_EQ(m->m_pkthdr.len, natt_wire(500, 1) - 8);
		KT_EQ(mtod(m, struct ip *)->ip_p, IPPROTO_ESP);
		m_freem(m);
		KT_EQ(ksec_espstat(esps_udpencout), out + seq);
		KT_EQ(natt_end(), 0);
	}
}

/* What was learned of the path, and the driver's way to use it. */
static void
learn(u_int32_t mtu)
{
	NET_LOCK();
	WRITE_ONCE(kesp.k_out->tdb_mtu, 0);
	ipsec_set_mtu(kesp.k_out, mtu);
	NET_UNLOCK();
}

static int
tunneldf(void)
{
	struct ifnet *ifp = if_unit("sec0");
	struct ifreq ifr;
	int error;

	memset(&ifr, 0, sizeof(ifr));
	ifr.ifr_df = 1;
	NET_LOCK();
	error = ifp->if_ioctl(ifp, SIOCSLIFPHYDF, (caddr_t)&ifr);
	NET_UNLOCK();
	if_put(ifp);
	return (error);
}

static void
path_mtu(u_int mtu)
{
	NET_LOCK();
	WRITE_ONCE(kti1.ki_if.if_mtu, mtu);
	NET_UNLOCK();
}

KTEST(natt_mtu, "what fits, for every MTU outside: exactly 8 bytes less")
{
	u_int mtu;
	int gcm;

	for (gcm = 0; gcm < 2; gcm++) {
		KT_EQ(natt_begin(gcm), 0);
		for (mtu = 296; mtu <= 1500; mtu++) {
			learn(mtu);
			KT_EQ(kesp.k_out->tdb_mtu, fits(mtu, 1));
			natt_encap(kesp.k_out, 0);
			learn(mtu - 8);
			KT_EQ(kesp.k_out->tdb_mtu, fits(mtu, 1));
			natt_encap(kesp.k_out, 1);
		}
		/* as sec(4) says */
		KT_EQ(kesp.k_out->tdb_mtu, gcm ? 1438 : 1422);
		KT_EQ(natt_end(), 0);
	}
}

/* A packet that only its sender may cut, into sec0. */
static int
send_df(int len)
{
	struct sockaddr_in sin = { .sin_len = sizeof(sin),
	    .sin_family = AF_INET, .sin_addr.s_addr = KTI_NOWHERE };
	struct ifnet *ifp = if_unit("sec0");
	struct mbuf *m;
	int error;

	m = kti_packet(KTI_PEER0, KTI_NOWHERE, IPPROTO_NONE, len - IPHDR);
	mtod(m, struct ip *)->ip_off = htons(IP_DF);
	kti_finish(m);
	NET_LOCK_SHARED();
	error = ifp->if_output(ifp, m, (struct sockaddr *)&sin, NULL);
	NET_UNLOCK_SHARED();
	if_put(ifp);
	ksec_settle();
	return (error);
}

/* Drop what left; how many. */
static int
drain(struct kti_if *ki)
{
	struct mbuf *m;
	int n = 0;

	for (; (m = kti_sent(ki)) != NULL; n++)
		m_freem(m);
	return (n);
}

KTEST(natt_mtu_route, "the route's MTU: what fits goes, one byte more does not")
{
	int gcm, mtu, inner;

	for (gcm = 0; gcm < 2; gcm++) {
		KT_EQ(natt_begin(gcm), 0);
		KT_EQ(tunneldf(), 0);
		for (mtu = 1380; mtu < 1400; mtu++) {
			path_mtu(mtu);
			learn(0);
			inner = fits(mtu, 1);
			KT_EQ(send_df(inner), 0);
			KT_EQ(drain(&kti1), 1);
			KT_EQ(send_df(inner + 1), 0);
			KT_EQ(drain(&kti1), 0);
			KT_EQ(kesp.k_out->tdb_mtu, inner);
			KT_EQ(send_df(inner + 1), EMSGSIZE);
			KT_EQ(send_df(inner), 0);
			KT_EQ(drain(&kti1), 1);
			kt_sleep(SEC_TO_NSEC(2));
		}
		KT_ASSERT(drain(&kti0) > 0);
		KT_EQ(natt_end(), 0);
	}
}

/* What the SA makes of it: what fits, 0: nothing was learned. */
static u_int32_t
learned(const struct natt_quote *q, u_int mtu)
{
	learn(0);
	natt_needfrag(q, sizeof(*q), mtu);
	return (kesp.k_out->tdb_mtu);
}

KTEST(natt_pmtu, "ICMP about ESP in UDP: its SA learns, from what is its own")
{
	struct natt_quote q;

	KT_EQ(natt_begin(0), 0);
	q = natt_quoted(1364);
	KT_EQ(learned(&q, 1300), fits(1300, 1));
	KT_EQ(learned(&q, 296), fits(296, 1));
	KT_EQ(learned(&q, 1363), fits(1363, 1));
	KT_EQ(learned(&q, 1364), 0);
	KT_EQ(learned(&q, 65535), 0);
	KT_EQ(learned(&q, 295), 0);
	KT_EQ(learned(&q, 0), 0);
	q.q_uh.uh_sport = htons(OTHERPORT);
	KT_EQ(learned(&q, 1300), 0);
	natt_port(OTHERPORT);
	KT_EQ(learned(&q, 1300), fits(1300, 1));
	natt_port(PORT);
	q = natt_quoted(1364);
	q.q_esp[0] = htonl(KSEC_SPI + 1);
	KT_EQ(learned(&q, 1300), 0);
	q.q_esp[0] = 0;
	KT_EQ(learned(&q, 1300), 0);
	q = natt_quoted(1364);
	q.q_ip.ip_dst.s_addr = KTI_FAR;
	KT_EQ(learned(&q, 1300), 0);
	q = natt_quoted(1364);
	q.q_ip.ip_src.s_addr = KTI_FAR;
	KT_EQ(learned(&q, 1300), 0);
	q = natt_quoted(1364);
	WRITE_ONCE(udpencap_enable, 0);
	KT_EQ(learned(&q, 1300), 0);
	WRITE_ONCE(udpencap_enable, 1);
	ip_mtudisc = 0;
	KT_EQ(learned(&q, 1300), 0);
	ip_mtudisc = 1;
	KT_EQ(learned(&q, 1300), fits(1300, 1));
	KT_EQ(natt_end(), 0);
}

KTEST(natt_pmtu_short, "a router that quotes no SPI is understood, later")
{
	struct natt_quote q;
	int inner;

	KT_EQ(natt_begin(1), 0);
	KT_EQ(tunneldf(), 0);
	inner = fits(1300, 1);
	q = natt_quoted(natt_wire(1280, 1));
	natt_needfrag(&q, IPHDR + UDPHDR, 1300);
	KT_EQ(kesp.k_out->tdb_mtu, 0);
	/* the route knows it: the next one that is too big tells the SA */
	KT_EQ(send_df(1280), 0);
	KT_EQ(drain(&kti1), 0);
	KT_EQ(kesp.k_out->tdb_mtu, inner);
	KT_EQ(send_df(inner + 1), EMSGSIZE);
	KT_EQ(send_df(inner), 0);
	KT_EQ(drain(&kti1), 1);
	drain(&kti0);
	KT_EQ(natt_end(), 0);
}
