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

#include "kt_nattlib.h"

struct socket *natt_ike;

struct udphdr *
natt_udp(struct mbuf *m)
{
	return ((struct udphdr *)(mtod(m, struct ip *) + 1));
}

void
natt_encap(struct tdb *tdb, int on)
{
	u_int32_t flags = tdb->tdb_flags & ~TDBF_UDPENCAP;

	NET_LOCK();
	WRITE_ONCE(tdb->tdb_flags, flags | (on ? TDBF_UDPENCAP : 0));
	NET_UNLOCK();
}

void
natt_port(u_int port)
{
	WRITE_ONCE(udpencap_port, port);
}

int
natt_begin(int gcm)
{
	int error;

	if ((error = kesp_begin(gcm, 0)) != 0)
		return (error);
	natt_encap(kesp.k_in, 1);
	natt_encap(kesp.k_out, 1);
	NET_LOCK();
	kesp.k_out->tdb_udpencap_port = htons(NATPORT);
	NET_UNLOCK();
	natt_ike = ktu_open(SOCK_DGRAM, 0);
	return (natt_ike == NULL ? ENOBUFS :
	    ktu_bind(natt_ike, INADDR_ANY, PORT));
}

int
natt_end(void)
{
	ktu_close(natt_ike);
	natt_ike = NULL;
	return (kesp_end());
}

int
natt_wire(int len, int udp)
{
	return (IPHDR + (udp ? UDPHDR : 0) + 8 + kesp.k_ivlen +
	    roundup(len + 2, kesp.k_align) + kesp.k_icvlen);
}

/* The packet on its way is ESP in UDP; its bytes, or what is wrong. */
static int
encapsulated(struct mbuf *m, u_int sport, u_int dport, u_int32_t seq)
{
	struct ip *ip = mtod(m, struct ip *);
	struct udphdr *uh = natt_udp(m);
	u_int32_t esp[2];

	if (m->m_len < OUTER || ip->ip_hl << 2 != IPHDR ||
	    ntohs(ip->ip_len) != m->m_pkthdr.len || in_cksum(m, IPHDR) != 0)
		return (-1);
	if (ip->ip_p != IPPROTO_UDP || ip->ip_src.s_addr != KTI_US1 ||
	    ip->ip_dst.s_addr != KTI_PEER1 || ip->ip_off != 0)
		return (-2);
	if (ntohs(uh->uh_sport) != sport || ntohs(uh->uh_dport) != dport)
		return (-3);
	if (ntohs(uh->uh_ulen) != m->m_pkthdr.len - IPHDR || uh->uh_sum != 0)
		return (-4);
	m_copydata(m, OUTER, sizeof(esp), esp);
	if (ntohl(esp[0]) != KSEC_SPI || ntohl(esp[1]) != seq)
		return (-5);
	return (m->m_pkthdr.len);
}

int
natt_sent(int len, u_int sport, u_int dport, u_int32_t seq)
{
	struct mbuf *m;
	int n;

	if (ksec_send(0, KTI_NOWHERE, len) != 0)
		return (-10);
	ksec_settle();
	if ((m = kti_sent(&kti1)) == NULL)
		return (0);
	n = encapsulated(m, sport, dport, seq);
	m_freem(m);
	return (kti_nsent(&kti1) == 0 ? n : -11);
}

struct natt_quote
natt_quoted(int len)
{
	struct natt_quote q;

	memset(&q, 0, sizeof(q));
	q.q_ip.ip_v = IPVERSION;
	q.q_ip.ip_hl = IPHDR >> 2;
	q.q_ip.ip_len = htons(len);
	q.q_ip.ip_off = htons(IP_DF);
	q.q_ip.ip_p = IPPROTO_UDP;
	q.q_ip.ip_src.s_addr = KTI_US1;
	q.q_ip.ip_dst.s_addr = KTI_PEER1;
	q.q_uh.uh_sport = htons(PORT);
	q.q_uh.uh_dport = htons(NATPORT);
	q.q_uh.uh_ulen = htons(len - IPHDR);
	q.q_esp[0] = htonl(KSEC_SPI);
	q.q_esp[1] = htonl(1);
	return (q);
}

void
natt_needfrag(const struct natt_quote *q, int qlen, u_int mtu)
{
	struct mbuf *m;
	struct icmp *icp;

	m = kti_packet(KTI_PEER1, KTI_US1, IPPROTO_ICMP, 8 + qlen);
	icp = (struct icmp *)(mtod(m, struct ip *) + 1);
	memset(icp, 0, 8);
	icp->icmp_type = ICMP_UNREACH;
	icp->icmp_code = ICMP_UNREACH_NEEDFRAG;
	icp->icmp_nextmtu = htons(mtu);
	memcpy(&icp->icmp_ip, q, qlen);
	icp->icmp_cksum = in4_cksum(m, 0, IPHDR, 8 + qlen);
	kti_input(&kti1, m);
}
