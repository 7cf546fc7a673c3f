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

#include "kt_sock.h"

#include <netinet/ip_esp.h>
#include <netinet/ip_ipsp.h>

#define DGRAM	ktu_open(SOCK_DGRAM, 0)
#define ANY	INADDR_ANY

/* Let a packet come in on kti0. */
static void
in0(struct mbuf *m)
{
	kti_input(&kti0, m);
}

/* Change a byte of a packet of ktu_udp() and, for the header, its length. */
static struct udphdr *
udphdr(struct mbuf *m)
{
	return ((struct udphdr *)(mtod(m, struct ip *) + 1));
}

KTEST(udp_receive, "a datagram reaches its socket with its sender")
{
	struct socket *so = DGRAM;
	struct sockaddr_in sin;
	struct mbuf *m, *data;
	u_char want[100], got[100];

	KT_EQ(kti_setup(), 0);
	KT_EQ(ktu_bind(so, ANY, 600), 0);
	m = ktu_udp(KTI_PEER0, 4321, KTI_US0, 600, sizeof(want));
	m_copydata(m, 28, sizeof(want), want);
	in0(m);
	KT_EQ(ktu_recv(so, &sin, &data, NULL), sizeof(want));
	m_copydata(data, 0, sizeof(got), got);
	m_freem(data);
	KT_MEMEQ(got, want, sizeof(want));
	KT_EQ(sin.sin_addr.s_addr, KTI_PEER0);
	KT_EQ(ntohs(sin.sin_port), 4321);
	KT_EQ(sin.sin_family, AF_INET);
	/* no data is data too */
	in0(ktu_udp(KTI_PEER0, 4321, KTI_US0, 600, 0));
	KT_EQ(ktu_recv(so, NULL, NULL, NULL), 0);
	KT_EQ(ktu_recv(so, NULL, NULL, NULL), -1);
	ktu_close(so);
	kti_cleanup();
}

KTEST(udp_bad, "bad datagrams are counted by cause")
{
	struct socket *so = DGRAM;
	uint64_t badsum, badlen, hdrops, nosum, noport;
	struct mbuf *m;

	KT_EQ(kti_setup(), 0);
	KT_EQ(ktu_bind(so, ANY, 600), 0);
	badsum = ktu_udpstat(udps_badsum);
	badlen = ktu_udpstat(udps_badlen);
	hdrops = ktu_udpstat(udps_hdrops);
	nosum = ktu_udpstat(udps_nosum);
	noport = ktu_udpstat(udps_noport);

	m = ktu_udp(KTI_PEER0, 1, KTI_US0, 600, 10);
	mtod(m, u_char *)[30] ^= 1;
	in0(m);
	KT_EQ(ktu_udpstat(udps_badsum), badsum + 1);
	in0(kti_packet(KTI_PEER0, KTI_US0, IPPROTO_UDP, 7));
	KT_EQ(ktu_udpstat(udps_hdrops), hdrops + 1);
	m = ktu_udp(KTI_PEER0, 1, KTI_US0, 600, 10);
	udphdr(m)->uh_ulen = htons(7);
	in0(m);
	m = ktu_udp(KTI_PEER0, 1, KTI_US0, 600, 10);
	udphdr(m)->uh_ulen = htons(19);
	in0(m);
	KT_EQ(ktu_udpstat(udps_badlen), badlen + 2);
	in0(ktu_udp(KTI_PEER0, 1, KTI_US0, 0, 10));
	KT_EQ(ktu_udpstat(udps_noport), noport + 1);
	KT_EQ(ktu_recv(so, NULL, NULL, NULL), -1);
	KT_EQ(kti_nsent(&kti0), 0);

	/* no checksum is fine, and so is something behind the end */
	m = ktu_udp(KTI_PEER0, 1, KTI_US0, 600, 10);
	udphdr(m)->uh_sum = 0;
	udphdr(m)->uh_ulen = htons(8 + 4);
	in0(m);
	KT_EQ(ktu_udpstat(udps_nosum), nosum + 1);
	KT_EQ(ktu_recv(so, NULL, NULL, NULL), 4);
	ktu_close(so);
	kti_cleanup();
}

KTEST(udp_noport, "the sender for a closed port is told")
{
	uint64_t noport = ktu_udpstat(udps_noport);
	struct icmp icp;
	struct mbuf *m;

	KT_EQ(kti_setup(), 0);
	in0(ktu_udp(KTI_PEER0, 4321, KTI_US0, 600, 10));
	KT_EQ(ktu_udpstat(udps_noport), noport + 1);
	m = kti_sent(&kti0);
	KT_ASSERT(m != NULL);
	KT_EQ(mtod(m, struct ip *)->ip_dst.s_addr, KTI_PEER0);
	KT_EQ(mtod(m, struct ip *)->ip_p, IPPROTO_ICMP);
	m_copydata(m, sizeof(struct ip), 8, &icp);
	m_freem(m);
	KT_EQ(icp.icmp_type, ICMP_UNREACH);
	KT_EQ(icp.icmp_code, ICMP_UNREACH_PORT);
	/* but not when it was for everybody */
	in0(ktu_udp(KTI_PEER0, 4321, KTI_BCAST0, 600, 10));
	KT_EQ(kti_nsent(&kti0), 0);
	kti_cleanup();
}

KTEST(udp_error, "an ICMP error reaches the connected socket, once")
{
	struct socket *so = DGRAM, *other = DGRAM;
	struct mbuf *m, *q;
	struct icmp *icp;

	KT_EQ(kti_setup(), 0);
	KT_EQ(ktu_bind(so, KTI_US0, 600), 0);
	KT_EQ(ktu_connect(so, KTI_PEER0, 9), 0);
	KT_EQ(ktu_connect(other, KTI_PEER0, 10), 0);
	q = ktu_udp(KTI_US0, 600, KTI_PEER0, 9, 0);
	m = kti_packet(KTI_PEER0, KTI_US0, IPPROTO_ICMP, 8 + 28);
	icp = (struct icmp *)(mtod(m, struct ip *) + 1);
	memset(icp, 0, 8);
	icp->icmp_type = ICMP_UNREACH;
	icp->icmp_code = ICMP_UNREACH_PORT;
	m_copydata(q, 0, 28, &icp->icmp_ip);
	m_freem(q);
	icp->icmp_cksum = in4_cksum(m, 0, sizeof(struct ip), 8 + 28);
	in0(m);
	KT_EQ(sotakeerror(other), 0);
	KT_EQ(ktu_send(so, 0, 0, 1), ECONNREFUSED);
	KT_EQ(ktu_send(so, 0, 0, 1), 0);
	ktu_close(so);
	ktu_close(other);
	kti_cleanup();
}

KTEST(udp_send, "what is sent has right headers and checksums")
{
	struct socket *so = DGRAM;
	struct udphdr *uh;
	struct mbuf *m;
	struct ip *ip;

	KT_EQ(kti_setup(), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_TTL, 33), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_TOS, 0xb8), 0);
	KT_EQ(ktu_send(so, KTI_PEER0, 9, 101), 0);
	m = kti_sent(&kti0);
	KT_ASSERT(m != NULL);
	KT_EQ(m->m_pkthdr.len, 20 + 8 + 101);
	m = m_pullup(m, 28);
	ip = mtod(m, struct ip *);
	uh = (struct udphdr *)(ip + 1);
	KT_EQ(ip->ip_src.s_addr, KTI_US0);
	KT_EQ(ip->ip_dst.s_addr, KTI_PEER0);
	KT_EQ(ip->ip_ttl, 33);
	KT_EQ(ip->ip_tos, 0xb8);
	KT_EQ(ip->ip_p, IPPROTO_UDP);
	KT_EQ(in_cksum(m, sizeof(*ip)), 0);
	KT_EQ(ntohs(uh->uh_sport), ktu_port(so));
	KT_EQ(ntohs(uh->uh_dport), 9);
	KT_EQ(ntohs(uh->uh_ulen), 8 + 101);
	KT_ASSERT(uh->uh_sum != 0);
	KT_EQ(in4_cksum(m, IPPROTO_UDP, sizeof(*ip), 8 + 101), 0);
	m_freem(m);
	ktu_close(so);
	kti_cleanup();
}

KTEST(udp_senderr, "what cannot be sent is refused")
{
	struct socket *so = DGRAM;

	KT_EQ(kti_setup(), 0);
	KT_EQ(ktu_send(so, 0, 0, 1), EDESTADDRREQ);
	KT_EQ(ktu_send(so, ANY, 9, 1), EADDRNOTAVAIL);
	KT_EQ(ktu_send(so, KTI_NOWHERE, 9, 1), EHOSTUNREACH);
	KT_EQ(ktu_send(so, KTI_BCAST0, 9, 1), EACCES);
	KT_EQ(ktu_setopt(so, SOL_SOCKET, SO_BROADCAST, 1), 0);
	KT_EQ(ktu_send(so, KTI_BCAST0, 9, 1), 0);
	KT_EQ(ktu_setopt(so, SOL_SOCKET, SO_SNDBUF, 100000), 0);
	KT_EQ(ktu_send(so, KTI_PEER0, 9, 65508), EMSGSIZE);
	KT_EQ(ktu_send(so, KTI_PEER0, 9, 65507), 0);
	KT_EQ(ktu_connect(so, KTI_PEER0, 9), 0);
	KT_EQ(ktu_send(so, KTI_PEER0, 9, 1), EISCONN);
	ktu_close(so);
	kti_cleanup();
}

static struct mbuf *
srcaddr(in_addr_t addr, u_int len)
{
	struct mbuf *m = m_getclr(M_WAIT, MT_CONTROL);
	struct cmsghdr *cm = mtod(m, struct cmsghdr *);

	m->m_len = len;
	cm->cmsg_len = CMSG_LEN(sizeof(addr));
	cm->cmsg_level = IPPROTO_IP;
	cm->cmsg_type = IP_SENDSRCADDR;
	memcpy(CMSG_DATA(cm), &addr, sizeof(addr));
	return (m);
}

KTEST(udp_sendsrc, "one message can choose its source")
{
	struct socket *so = DGRAM;
	u_int len = CMSG_SPACE(sizeof(in_addr_t));
	struct mbuf *m;

	KT_EQ(kti_setup(), 0);
	KT_EQ(ktu_bind(so, ANY, 600), 0);
	KT_EQ(ktu_sendmsg(so, KTI_PEER0, 9, 4, srcaddr(KTI_US1, len)), 0);
	m = kti_sent(&kti0);
	KT_ASSERT(m != NULL);
	KT_EQ(mtod(m, struct ip *)->ip_src.s_addr, KTI_US1);
	m_freem(m);
	KT_EQ(ktu_sendmsg(so, KTI_PEER0, 9, 4, srcaddr(KTI_FAR, len)),
	    EADDRNOTAVAIL);
	KT_EQ(ktu_sendmsg(so, KTI_PEER0, 9, 4, srcaddr(KTI_US1, len - 5)),
	    EINVAL);
	KT_EQ(ktu_sendmsg(so, KTI_PEER0, 9, 4, srcaddr(KTI_US1, 3)), EINVAL);
	KT_EQ(kti_nsent(&kti0), 0);
	ktu_close(so);
	kti_cleanup();
}

KTEST(udp_control, "what a socket asks to know about a datagram")
{
	struct socket *so = DGRAM;
	struct cmsghdr *cm;
	struct mbuf *control;
	in_addr_t dst;
	u_int off, seen = 0;

	KT_EQ(kti_setup(), 0);
	KT_EQ(ktu_bind(so, ANY, 600), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_RECVDSTADDR, 1), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_RECVIF, 1), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_RECVTTL, 1), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_RECVDSTPORT, 1), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_RECVRTABLE, 1), 0);
	KT_EQ(ktu_setopt(so, SOL_SOCKET, SO_TIMESTAMP, 1), 0);
	in0(ktu_udp(KTI_PEER0, 1, KTI_US0, 600, 4));
	KT_EQ(ktu_recv(so, NULL, NULL, &control), 4);
	KT_ASSERT(control != NULL);
	for (off = 0; off < control->m_len;
	    off += _CMSG_ALIGN(cm->cmsg_len)) {
		cm = (struct cmsghdr *)(mtod(control, caddr_t) + off);
		KT_ASSERT(cm->cmsg_len >= CMSG_LEN(1));
		seen++;
		if (cm->cmsg_level == SOL_SOCKET)
			KT_EQ(cm->cmsg_type, SCM_TIMESTAMP);
		else if (cm->cmsg_type == IP_RECVDSTADDR) {
			memcpy(&dst, CMSG_DATA(cm), sizeof(dst));
			KT_EQ(dst, KTI_US0);
		} else if (cm->cmsg_type == IP_RECVTTL)
			KT_EQ(*CMSG_DATA(cm), 64);
		else if (cm->cmsg_type == IP_RECVDSTPORT)
			KT_EQ(*(u_int16_t *)CMSG_DATA(cm), htons(600));
	}
	KT_EQ(off, control->m_len);
	KT_EQ(seen, 6);
	m_freem(control);
	ktu_close(so);
	kti_cleanup();
}

KTEST(udp_cast, "what is for everybody reaches all that want it")
{
	struct socket *a = DGRAM, *b = DGRAM, *c = DGRAM, *d = DGRAM;
	uint64_t noport = ktu_udpstat(udps_noportbcast);

	KT_EQ(kti_setup(), 0);
	KT_EQ(ktu_setopt(a, SOL_SOCKET, SO_REUSEPORT, 1), 0);
	KT_EQ(ktu_setopt(b, SOL_SOCKET, SO_REUSEPORT, 1), 0);
	KT_EQ(ktu_setopt(c, SOL_SOCKET, SO_REUSEPORT, 1), 0);
	KT_EQ(ktu_bind(a, ANY, 600), 0);
	KT_EQ(ktu_bind(b, ANY, 600), 0);
	KT_EQ(ktu_bind(c, KTI_US0, 600), 0);
	KT_EQ(ktu_bind(d, ANY, 601), 0);
	in0(ktu_udp(KTI_PEER0, 1, KTI_BCAST0, 600, 4));
	KT_EQ(ktu_recv(a, NULL, NULL, NULL), 4);
	KT_EQ(ktu_recv(b, NULL, NULL, NULL), 4);
	KT_EQ(ktu_recv(c, NULL, NULL, NULL), -1);
	KT_EQ(ktu_recv(d, NULL, NULL, NULL), -1);
	in0(ktu_udp(KTI_PEER0, 1, KTI_BCAST0, 602, 4));
	KT_EQ(ktu_udpstat(udps_noportbcast), noport + 1);
	ktu_close(a);
	ktu_close(b);
	ktu_close(c);
	ktu_close(d);
	kti_cleanup();
}

KTEST(udp_full, "a full socket loses the newest, and counts it")
{
	struct socket *so = DGRAM;
	uint64_t full = ktu_udpstat(udps_fullsock);
	int i, n = 0;

	KT_EQ(kti_setup(), 0);
	KT_EQ(ktu_bind(so, ANY, 600), 0);
	KT_EQ(ktu_setopt(so, SOL_SOCKET, SO_RCVBUF, 10000), 0);
	for (i = 0; i < 20; i++)
		in0(ktu_udp(KTI_PEER0, 1, KTI_US0, 600, 1000 + i));
	while (ktu_recv(so, NULL, NULL, NULL) == 1000 + n)
		n++;
	KT_ASSERT(n > 5 && n < 10);
	KT_EQ(ktu_udpstat(udps_fullsock) - full, 20 - n);
	ktu_close(so);
	kti_cleanup();
}

#ifdef IPSEC
static uint64_t
kt_espstat(enum espstat_counters c)
{
	uint64_t counters[esps_ncounters];

	counters_read(espcounters, counters, esps_ncounters, NULL);
	return (counters[c]);
}

/* A datagram for the port of ESP that begins with this word. */
static struct mbuf *
encap(u_int32_t word, u_int len)
{
	struct mbuf *m = ktu_udp(KTI_PEER0, 4500, KTI_US0, 4500, len);
	struct udphdr *uh = udphdr(m);

	uh->uh_sum = 0;
	memcpy(uh + 1, &word, MIN(len, sizeof(word)));
	return (m);
}

KTEST(udp_encap, "ESP, IKE and keepalives share a port")
{
	struct socket *so = DGRAM;
	uint64_t in = kt_espstat(esps_udpencin);
	struct mbuf *m;

	KT_EQ(kti_setup(), 0);
	KT_EQ(ktu_bind(so, ANY, 4500), 0);
	in0(encap(0xffffffff, 1));
	in0(encap(0, 3));
	KT_EQ(ktu_recv(so, NULL, NULL, NULL), -1);
	KT_EQ(kt_espstat(esps_udpencin), in);
	in0(encap(0, 40));
	KT_EQ(ktu_recv(so, NULL, NULL, NULL), 40);
	KT_EQ(kt_espstat(esps_udpencin), in);
	in0(encap(htonl(0x1234), 40));
	KT_EQ(ktu_recv(so, NULL, NULL, NULL), -1);
	KT_EQ(kt_espstat(esps_udpencin), in + 1);
	/* from memory that is shared, which must not change */
	m = encap(htonl(0x1234), 3000);
	in0(m_copym(m, 0, M_COPYALL, M_WAIT));
	KT_EQ(mtod(m, struct ip *)->ip_p, IPPROTO_UDP);
	KT_EQ(ntohs(mtod(m, struct ip *)->ip_len), 3028);
	KT_EQ(kt_espstat(esps_udpencin), in + 2);
	m_freem(m);
	/* off: all is the socket's */
	udpencap_enable = 0;
	in0(encap(htonl(0x1234), 40));
	udpencap_enable = 1;
	KT_EQ(ktu_recv(so, NULL, NULL, NULL), 40);
	KT_EQ(kt_espstat(esps_udpencin), in + 2);
	ktu_close(so);
	kti_cleanup();
}
#endif

KTEST(udp_seclevel, "a socket that requires protection gets nothing else")
{
	struct socket *so = DGRAM;
	uint64_t nosec = ktu_udpstat(udps_nosec);
	struct mbuf *m;

	KT_EQ(kti_setup(), 0);
	KT_EQ(ktu_bind(so, ANY, 600), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_ESP_TRANS_LEVEL,
	    IPSEC_LEVEL_REQUIRE), 0);
	in0(ktu_udp(KTI_PEER0, 1, KTI_US0, 600, 4));
	KT_EQ(ktu_udpstat(udps_nosec), nosec + 1);
	KT_EQ(ktu_recv(so, NULL, NULL, NULL), -1);
	/* only an SA can say that it was protected */
	m = ktu_udp(KTI_PEER0, 1, KTI_US0, 600, 4);
	SET(m->m_flags, M_CONF | M_AUTH);
	in0(m);
	KT_EQ(ktu_udpstat(udps_nosec), nosec + 2);
	KT_EQ(ktu_recv(so, NULL, NULL, NULL), -1);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_ESP_TRANS_LEVEL,
	    IPSEC_LEVEL_USE), 0);
	in0(ktu_udp(KTI_PEER0, 1, KTI_US0, 600, 4));
	KT_EQ(ktu_recv(so, NULL, NULL, NULL), 4);
	ktu_close(so);
	kti_cleanup();
}

KTEST(raw_receive, "raw sockets get copies of what they asked for")
{
	struct socket *all, *one, *raw, *user;
	struct sockaddr_in sin;

	KT_EQ(kti_setup(), 0);
	all = ktu_open(SOCK_RAW, 0);
	one = ktu_open(SOCK_RAW, 89);
	raw = ktu_open(SOCK_RAW, IPPROTO_RAW);
	KT_ASSERT(all != NULL && one != NULL && raw != NULL);
	curproc->p_suser = 0;
	user = ktu_open(SOCK_RAW, 89);
	curproc->p_suser = 1;
	KT_ASSERT(user == NULL);
	in0(kti_packet(KTI_PEER0, KTI_US0, 89, 30));
	in0(kti_packet(KTI_PEER0, KTI_US0, 90, 31));
	/* the header comes with it */
	KT_EQ(ktu_recv(one, &sin, NULL, NULL), 20 + 30);
	KT_EQ(sin.sin_addr.s_addr, KTI_PEER0);
	KT_EQ(sin.sin_port, 0);
	KT_EQ(ktu_recv(one, NULL, NULL, NULL), -1);
	KT_EQ(ktu_recv(all, NULL, NULL, NULL), 20 + 30);
	KT_EQ(ktu_recv(all, NULL, NULL, NULL), 20 + 31);
	KT_EQ(ktu_recv(raw, NULL, NULL, NULL), -1);
	KT_EQ(kti_nsent(&kti0), 0);
	/* connected: from the peer alone */
	KT_EQ(ktu_connect(one, KTI_FAR, 0), 0);
	in0(kti_packet(KTI_PEER0, KTI_US0, 89, 30));
	KT_EQ(ktu_recv(one, NULL, NULL, NULL), -1);
	ktu_close(all);
	ktu_close(one);
	ktu_close(raw);
	kti_cleanup();
}

KTEST(raw_unwanted, "a protocol that nobody has is refused")
{
	uint64_t noproto = kti_ipstat(ips_noproto);
	struct icmp icp;
	struct mbuf *m;

	KT_EQ(kti_setup(), 0);
	in0(kti_packet(KTI_PEER0, KTI_US0, 90, 31));
	KT_EQ(kti_ipstat(ips_noproto), noproto + 1);
	m = kti_sent(&kti0);
	KT_ASSERT(m != NULL);
	m_copydata(m, sizeof(struct ip), 8, &icp);
	m_freem(m);
	KT_EQ(icp.icmp_type, ICMP_UNREACH);
	KT_EQ(icp.icmp_code, ICMP_UNREACH_PROTOCOL);
	kti_cleanup();
}

KTEST(raw_send, "raw sockets send with our header or their own")
{
	struct socket *so;
	struct mbuf *m;
	int error;

	KT_EQ(kti_setup(), 0);
	so = ktu_open(SOCK_RAW, 89);
	KT_ASSERT(so != NULL);
	KT_EQ(ktu_send(so, KTI_PEER0, 1, 30), 0);
	m = kti_sent(&kti0);
	KT_ASSERT(m != NULL);
	KT_EQ(m->m_pkthdr.len, 20 + 30);
	KT_EQ(mtod(m, struct ip *)->ip_p, 89);
	KT_EQ(mtod(m, struct ip *)->ip_ttl, 255);
	KT_EQ(mtod(m, struct ip *)->ip_src.s_addr, KTI_US0);
	m_freem(m);

	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_HDRINCL, 1), 0);
	KT_EQ(ktu_send(so, KTI_PEER0, 1, 19), EINVAL);
	KT_EQ(ktu_send(so, KTI_PEER0, 1, 100), EINVAL);
	KT_EQ(ktu_connect(so, KTI_PEER0, 0), 0);
	m = kti_packet(ANY, KTI_PEER0, 123, 30);
	mtod(m, struct ip *)->ip_len = htons(51);
	solock(so);
	error = sosend(so, NULL, m, NULL, 0);
	sounlock(so);
	KT_EQ(error, EINVAL);
	m = kti_packet(ANY, KTI_PEER0, 123, 30);
	solock(so);
	error = sosend(so, NULL, m, NULL, 0);
	sounlock(so);
	KT_EQ(error, 0);
	m = kti_sent(&kti0);
	KT_ASSERT(m != NULL);
	KT_EQ(mtod(m, struct ip *)->ip_p, 123);
	KT_EQ(mtod(m, struct ip *)->ip_src.s_addr, KTI_US0);
	KT_EQ(in_cksum(m, sizeof(struct ip)), 0);
	m_freem(m);
	ktu_close(so);
	kti_cleanup();
}

/*
 * Several threads at it
 */

static int	mp_running;	/* atomic: threads that have not ended */
static struct mbuf *mp_udp[8];		/* what comes in: to be copied */

static void
mp_udp_input(void *arg)
{
	unsigned long n = (unsigned long)arg;

	for (; n > 0; n--)
		in0(m_dup_pkt(mp_udp[n % nitems(mp_udp)], 0, M_WAIT));
	__atomic_fetch_sub(&mp_running, 1, __ATOMIC_RELEASE);
}

/* Sockets come and go, change what they ask for, and send. */
static void
mp_udp_churn(void *arg)
{
	unsigned long n = (unsigned long)arg;
	struct socket *so;
	int on = 1;

	for (; n > 0; n--) {
		if ((so = ktu_open(SOCK_DGRAM, 0)) == NULL)
			continue;
		ktu_setopt(so, SOL_SOCKET, SO_REUSEPORT, 1);
		ktu_bind(so, n & 1 ? ANY : KTI_US0, 600 + n % 4);
		ktu_setopt(so, IPPROTO_IP, IP_RECVDSTADDR, on);
		if (n % 3 == 0)
			ktu_connect(so, KTI_PEER0, 9);
		ktu_send(so, n % 3 == 0 ? 0 : KTI_PEER0, n % 3 == 0 ? 0 : 9,
		    10);
		ktu_setopt(so, IPPROTO_IP, IP_RECVTTL, on);
		while (ktu_recv(so, NULL, NULL, NULL) >= 0)
			continue;
		ktu_close(so);
	}
	__atomic_fetch_sub(&mp_running, 1, __ATOMIC_RELEASE);
}

KTEST(mp_udp, "sockets come and go while datagrams arrive")
{
	unsigned long rounds = kt_count(200);
	int i;

	KT_EQ(kti_setup(), 0);
	for (i = 0; i < (int)nitems(mp_udp); i++)
		mp_udp[i] = ktu_udp(KTI_PEER0, 9, i & 1 ? KTI_US0 :
		    KTI_BCAST0, 600 + i / 2, 10 * i);
	mp_running = 4;
	for (i = 0; i < 2; i++) {
		KT_EQ(kthread_create(mp_udp_input, (void *)rounds, NULL,
		    "kt"), 0);
		KT_EQ(kthread_create(mp_udp_churn, (void *)rounds, NULL,
		    "kt"), 0);
	}
	while (__atomic_load_n(&mp_running, __ATOMIC_ACQUIRE) > 0)
		kt_sleep(MSEC_TO_NSEC(1));
	KT_EQ(udbtable.inpt_count, 0);
	for (i = 0; i < (int)nitems(mp_udp); i++)
		m_freem(mp_udp[i]);
	kti_cleanup();
}
