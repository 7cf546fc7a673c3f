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

/* rows: N4 */

#include "kt_nattlib.h"

/*
 * ESP in UDP: what comes in on the port, what becomes of it there and back.
 * kt_nattmtu.c has what leaves, net/kt_nattmove.c peers that move.
 */
static u_char bytes[2048];

static void
random_bytes(u_char *p, int len)
{
	while (len-- > 0)
		*p++ = kt_random();
}

/* A datagram from the peer to us; no checksum. */
static struct mbuf *
datagram(const void *p, int len, u_int sport, u_int dport)
{
	struct mbuf *m = ktu_udp(KTI_PEER1, sport, KTI_US1, dport, len);

	memcpy(mtod(m, u_char *) + OUTER, p, len);
	natt_udp(m)->uh_sum = 0;
	return (m);
}

/* The same with the checksum that it should have, and one more. */
static struct mbuf *
checksummed(struct mbuf *m, int wrong)
{
	struct udphdr *uh = natt_udp(m);

	uh->uh_sum = 0;
	uh->uh_sum = in4_cksum(m, IPPROTO_UDP, IPHDR, ntohs(uh->uh_ulen));
	if (uh->uh_sum == 0)
		uh->uh_sum = 0xffff;
	uh->uh_sum += wrong;
	return (m);
}

/* An ESP packet, put into UDP. */
static struct mbuf *
in_udp(struct mbuf *m, u_int sport, u_int dport)
{
	int len = m->m_pkthdr.len - IPHDR;

	m_copydata(m, IPHDR, len, bytes);
	m_freem(m);
	return (datagram(bytes, len, sport, dport));
}

static struct mbuf *
good(u_int64_t seq)
{
	return (in_udp(kesp_good(seq), NATPORT, PORT));
}

/*
 * The first mbuf in two, the first of at bytes; behind these is nothing
 * any more that looks like the rest.
 */
static struct mbuf *
cut(struct mbuf *m, int at)
{
	int rest = m->m_len - at;
	struct mbuf *n;

	if (at <= 0 || rest <= 0)
		return (m);
	if ((n = m_devget(mtod(m, char *) + at, rest, 0)) == NULL)
		panic("cut");
	m_removehdr(n);
	memset(mtod(m, u_char *) + at, 0xdb, rest);
	n->m_next = m->m_next;
	m->m_next = n;
	m->m_len = at;
	return (m);
}

/* How many ESP packets came in by UDP. */
static uint64_t
udpencin(void)
{
	return (ksec_espstat(esps_udpencin));
}

/* It arrived, went out behind sec0, and nothing else happened. */
static int
passes(struct mbuf *m)
{
	kesp_input(m);
	return (kesp_passed(1) == 0 &&
	    ktu_recv(natt_ike, NULL, NULL, NULL) == -1);
}

/* The socket has got these bytes, and ESP has not heard of them. */
static int
is_ike(struct mbuf *m, const void *want, int len)
{
	uint64_t in = udpencin();
	struct sockaddr_in sin;
	struct mbuf *data;
	int same;

	kesp_input(m);
	if (ktu_recv(natt_ike, &sin, &data, NULL) != len)
		return (0);
	m_copydata(data, 0, len, bytes);
	m_freem(data);
	same = memcmp(bytes, want, len) == 0;
	return (same && sin.sin_addr.s_addr == KTI_PEER1 &&
	    ktu_recv(natt_ike, NULL, NULL, NULL) == -1 &&
	    udpencin() == in && kesp_passed(0) == 0);
}

/* Nobody got it, and nobody complained. */
static int
is_nothing(struct mbuf *m)
{
	uint64_t in = udpencin();

	kesp_input(m);
	return (ktu_recv(natt_ike, NULL, NULL, NULL) == -1 &&
	    udpencin() == in && kesp_passed(0) == 0);
}

/* UDP dropped it, and this is why. */
static int
is_dropped(struct mbuf *m, enum udpstat_counters why)
{
	uint64_t before = ktu_udpstat(why);

	return (is_nothing(m) && ktu_udpstat(why) == before + 1);
}

/* ESP dropped it, and this is why. */
static int
is_refused(struct mbuf *m, int why)
{
	uint64_t in = udpencin();

	kesp_input(m);
	return (kesp_dropped(why, 1) == 0 && udpencin() == in + 1 &&
	    ktu_recv(natt_ike, NULL, NULL, NULL) == -1);
}

/* What ESP has to say to so many bytes of a good packet. */
static int
cause_of(int len)
{
	int plen = len - 8 - kesp.k_ivlen - kesp.k_icvlen;

	if (len < 8)
		return (esps_hdrops);
	if (plen < kesp.k_align || plen % kesp.k_align != 0)
		return (esps_badilen);
	return (esps_badauth);
}

KTEST(b11_marker, "B11: the non-ESP marker, whole or split over mbufs")
{
	static u_char ike[40];
	struct mbuf *m;
	int at, len, i;

	KT_EQ(natt_begin(1), 0);
	for (len = 4; len <= (int)sizeof(ike); len += 4) {
		for (i = 4; i < len; i++)
			ike[i] = kt_random() | 1;
		for (at = 1; at < OUTER + len; at++)
			KT_ASSERT(is_ike(cut(datagram(ike, len, NATPORT,
			    PORT), at), ike, len));
		/* each byte of the marker in an mbuf of its own */
		m = datagram(ike, len, NATPORT, PORT);
		for (at = OUTER + 4; at >= OUTER; at--)
			m = cut(m, at);
		KT_ASSERT(is_ike(m, ike, len));
	}
	/* one bit of it, and it is an SPI */
	for (i = 0; i < 32; i++) {
		memset(ike, 0, 4);
		ike[i / 8] = 1 << i % 8;
		for (at = OUTER; at <= OUTER + 4; at++)
			KT_ASSERT(is_refused(cut(datagram(ike, sizeof(ike),
			    NATPORT, PORT), at), i == 20 ? esps_badauth :
			    esps_notdb));
	}
	KT_EQ(natt_end(), 0);
}

KTEST(b11_split, "B11: ESP in UDP passes, wherever it is split, with options")
{
	int at, gcm, seq;
	struct mbuf *m;

	for (gcm = 0; gcm < 2; gcm++) {
		KT_EQ(natt_begin(gcm), 0);
		for (at = seq = 1; at < OUTER + 60; at++)
			KT_ASSERT(passes(cut(good(seq++), at)));
		for (at = 4; at <= 40; at += 4) {
			m = good(seq++);
			M_PREPEND(m, at, M_WAIT);
			memmove(mtod(m, u_char *), mtod(m, u_char *) + at,
			    IPHDR);
			memset(mtod(m, u_char *) + IPHDR, IPOPT_NOP, at);
			mtod(m, struct ip *)->ip_hl += at / 4;
			kti_finish(m);
			KT_ASSERT(passes(cut(m, at + 30)));
		}
		KT_EQ(natt_end(), 0);
	}
}

KTEST(b11_keepalive, "B11: keepalives, and what else has 0 to 3 bytes")
{
	struct socket *other;
	u_char p[4];
	int len, i;

	KT_EQ(natt_begin(1), 0);
	for (len = 0; len < 4; len++) {
		for (i = 0; i < 20; i++) {
			memset(p, i == 0 ? 0xff : 0, sizeof(p));
			if (i > 1)
				random_bytes(p, sizeof(p));
			KT_ASSERT(is_nothing(cut(datagram(p, len, NATPORT,
			    PORT), OUTER + (int)(kt_random() % 3))));
			KT_ASSERT(is_nothing(checksummed(datagram(p, len,
			    kt_random() % 65536, PORT), 0)));
		}
	}
	/* four of them are an SPI, and no packet */
	memset(p, 0xff, sizeof(p));
	KT_ASSERT(is_refused(datagram(p, 4, NATPORT, PORT), esps_hdrops));
	/* on any other port it is data like other data */
	other = ktu_open(SOCK_DGRAM, 0);
	KT_EQ(ktu_bind(other, INADDR_ANY, OTHERPORT), 0);
	kesp_input(datagram(p, 1, NATPORT, OTHERPORT));
	KT_EQ(ktu_recv(other, NULL, NULL, NULL), 1);
	ktu_close(other);
	KT_ASSERT(passes(good(1)));
	KT_EQ(kesp.k_out->tdb_udpencap_port, htons(NATPORT));
	KT_EQ(natt_end(), 0);
}

/* A good packet but for its SPI. */
static struct mbuf *
with_spi(u_int32_t spi)
{
	struct mbuf *m = good(1);

	spi = htonl(spi);
	memcpy(mtod(m, u_char *) + OUTER, &spi, sizeof(spi));
	return (m);
}

KTEST(b11_spi, "B11: ESP with SPI 0 is IKE's; 1 to 255 are no SA's")
{
	static u_char want[2048];
	struct mbuf *m;
	u_int32_t spi;
	int len;

	KT_EQ(natt_begin(0), 0);
	m = with_spi(0);
	len = m->m_pkthdr.len - OUTER;
	m_copydata(m, OUTER, len, want);
	KT_ASSERT(is_ike(m, want, len));
	for (spi = 1; spi < 256; spi++)
		KT_ASSERT(is_refused(with_spi(spi), esps_notdb));
	/* nobody listens: its sender is told, as of any other closed port */
	ktu_close(natt_ike);
	natt_ike = NULL;
	kesp_input(with_spi(0));
	KT_EQ(kti_nsent(&kti1), 1);
	m = kti_sent(&kti1);
	KT_EQ(mtod(m, struct ip *)->ip_p, IPPROTO_ICMP);
	m_freem(m);
	/* but ESP and keepalives need no listener */
	kesp_input(good(1));
	kesp_input(datagram("\377", 1, NATPORT, PORT));
	KT_EQ(kesp_passed(1), 0);
	KT_EQ(natt_end(), 0);
}

/* A good packet whose UDP header speaks of so many bytes. */
static struct mbuf *
lying(int ulen, int extra)
{
	struct mbuf *m = good(1);

	if (extra > 0) {
		m_copydata(m, OUTER, m->m_pkthdr.len - OUTER, bytes);
		memset(bytes + m->m_pkthdr.len - OUTER, 0xee, extra);
		extra += m->m_pkthdr.len - OUTER;
		m_freem(m);
		m = datagram(bytes, extra, NATPORT, PORT);
	}
	natt_udp(m)->uh_ulen = htons(ulen);
	return (m);
}

static void
lengths(int gcm)
{
	struct mbuf *m;
	int real, ulen;

	KT_EQ(natt_begin(gcm), 0);
	m = good(1);
	real = m->m_pkthdr.len - IPHDR;
	m_freem(m);
	for (ulen = 0; ulen < UDPHDR; ulen++)
		KT_ASSERT(is_dropped(lying(ulen, 0), udps_badlen));
	for (; ulen < UDPHDR + 4; ulen++)
		KT_ASSERT(is_nothing(lying(ulen, 0)));
	for (; ulen < real; ulen++)
		KT_ASSERT(is_refused(lying(ulen, 0),
		    cause_of(ulen - UDPHDR)));
	for (ulen = real + 1; ulen < real + 40; ulen++)
		KT_ASSERT(is_dropped(lying(ulen, 0), udps_badlen));
	KT_ASSERT(is_dropped(lying(65535, 0), udps_badlen));
	/* bytes behind the datagram are not of it */
	for (ulen = real + 1; ulen <= real + 40; ulen++)
		KT_ASSERT(is_refused(lying(ulen, 40),
		    cause_of(ulen - UDPHDR)));
	KT_EQ(kesp.k_in->tdb_rpl, 0);
	KT_ASSERT(passes(lying(real, 40)));
	/* too little even for the header, which IP says is all */
	for (ulen = 0; ulen < UDPHDR; ulen++)
		KT_ASSERT(is_dropped(kti_packet(KTI_PEER1, KTI_US1,
		    IPPROTO_UDP, ulen), udps_hdrops));
	KT_EQ(natt_end(), 0);
}

KTEST(b11_length_cbc, "B11: UDP lengths that lie, too short or too long: CBC")
{
	lengths(0);
}

KTEST(b11_length_gcm, "B11: UDP lengths that lie, too short or too long: GCM")
{
	lengths(1);
}

KTEST(b11_cksum, "B11: UDP checksums: none, right, wrong")
{
	u_char ike[8] = { 0, 0, 0, 0, 1, 2, 3, 4 };
	uint64_t nosum;
	struct mbuf *m;
	int off, seq = 0;

	KT_EQ(natt_begin(1), 0);
	nosum = ktu_udpstat(udps_nosum);
	KT_ASSERT(passes(good(++seq)));
	KT_EQ(ktu_udpstat(udps_nosum), nosum + 1);
	KT_ASSERT(passes(checksummed(good(++seq), 0)));
	KT_EQ(ktu_udpstat(udps_nosum), nosum + 1);
	/* it is not for UDP to judge, but it must not believe either */
	KT_ASSERT(is_dropped(checksummed(good(++seq), 1), udps_badsum));
	KT_ASSERT(is_dropped(checksummed(datagram("\377", 1, NATPORT, PORT),
	    1), udps_badsum));
	KT_ASSERT(is_dropped(checksummed(datagram(ike, 8, NATPORT, PORT), 1),
	    udps_badsum));
	KT_ASSERT(is_ike(checksummed(datagram(ike, 8, NATPORT, PORT), 0),
	    ike, 8));
	for (off = 0; off < 60; off++) {
		m = checksummed(good(seq), 0);
		mtod(m, u_char *)[OUTER + off] ^= 0x20;
		KT_ASSERT(is_dropped(m, udps_badsum));
		m = good(seq);
		mtod(m, u_char *)[OUTER + off] ^= 0x20;
		KT_ASSERT(is_refused(m, off < 4 ? esps_notdb :
		    esps_badauth));
	}
	/* none of that has moved the window */
	KT_EQ(kesp.k_in->tdb_rpl, 2);
	KT_ASSERT(passes(checksummed(good(seq), 0)));
	KT_EQ(natt_end(), 0);
}

KTEST(b11_source, "B11: from any port and address; we send where we did")
{
	static const u_int ports[] = { NATPORT, PORT, 1, 65535, 0, 500, 53 };
	struct mbuf *m;
	int i;

	KT_EQ(natt_begin(0), 0);
	for (i = 0; i < nitems(ports); i++) {
		m = in_udp(kesp_good(i + 1), ports[i], PORT);
		if (i & 1) {
			mtod(m, struct ip *)->ip_src.s_addr = KTI_FAR;
			kti_finish(m);
		}
		KT_ASSERT(passes(m));
		KT_EQ(kesp.k_out->tdb_udpencap_port, htons(NATPORT));
		KT_EQ(ksec_send(0, KTI_NOWHERE, 100), 0);
		ksec_settle();
		KT_EQ(kti_nsent(&kti1), 1);
		m = kti_sent(&kti1);
		KT_EQ(mtod(m, struct ip *)->ip_dst.s_addr, KTI_PEER1);
		KT_EQ(ntohs(natt_udp(m)->uh_dport), NATPORT);
		m_freem(m);
	}
	KT_EQ(natt_end(), 0);
}

KTEST(b11_form, "B11: with UDP and without, each SA takes its own form only")
{
	struct mbuf *m;

	KT_EQ(natt_begin(1), 0);
	kesp_input(kesp_good(1));
	KT_EQ(kesp_dropped(esps_udpneeded, 1), 0);
	natt_encap(kesp.k_in, 0);
	KT_ASSERT(is_refused(good(1), esps_udpinval));
	KT_ASSERT(passes(kesp_good(1)));
	natt_encap(kesp.k_in, 1);
	KT_ASSERT(passes(good(2)));
	/* to everybody: no SA is for that */
	m = good(3);
	mtod(m, struct ip *)->ip_dst.s_addr = KTI_BCAST0;
	kti_finish(m);
	kti_input(&kti0, m);
	KT_EQ(kesp_passed(0), 0);
	KT_ASSERT(ktu_recv(natt_ike, NULL, NULL, NULL) > 0);
	KT_EQ(natt_end(), 0);
}

/* Anything on that port, as long as no SA can like it. */
static struct mbuf *
anything(void)
{
	u_int32_t spi = htonl(KSEC_SPI);
	int len = kt_random() % 200;
	struct mbuf *m;

	random_bytes(bytes, sizeof(spi) + len);
	switch (kt_random() % 4) {
	case 0:
		memset(bytes, 0, sizeof(spi));
		break;
	case 1:
		memcpy(bytes, &spi, sizeof(spi));
		break;
	}
	m = datagram(bytes, len, kt_random() % 65536, PORT);
	if (kt_random() % 4 == 0)
		natt_udp(m)->uh_ulen = htons(kt_random() % 256);
	if (kt_random() % 8 == 0)
		natt_udp(m)->uh_sum = kt_random();
	return (cut(m, kt_random() % (OUTER + len)));
}

/* Whose is a datagram of so many bytes: 1 the socket's, 2 ESP's, 0 none's. */
static int
owner(struct mbuf *m)
{
	struct udphdr uh;
	u_int32_t spi;
	int len;

	m_copydata(m, IPHDR, UDPHDR, &uh);
	len = ntohs(uh.uh_ulen);
	if (len < UDPHDR || len > m->m_pkthdr.len - IPHDR)
		return (0);
	if (uh.uh_sum != 0 && in4_cksum(m, IPPROTO_UDP, IPHDR, len) != 0)
		return (0);
	if (len < UDPHDR + 4)
		return (0);
	m_copydata(m, OUTER, sizeof(spi), &spi);
	return (spi == 0 ? 1 : 2);
}

KTEST(b11_random, "B11: anything on the port goes to one place, or none")
{
	unsigned long n = kt_count(2000), seen[3] = { 0, 0, 0 };
	uint64_t in;
	struct mbuf *m;
	int who;

	KT_EQ(natt_begin(1), 0);
	while (n-- > 0) {
		m = anything();
		who = owner(m);
		seen[who]++;
		in = udpencin();
		kesp_mark();
		kesp_input(m);
		KT_EQ(ktu_recv(natt_ike, NULL, NULL, NULL) != -1, who == 1);
		KT_EQ(udpencin() - in, who == 2);
		KT_EQ(kesp_losses() != 0, who == 2);
	}
	KT_ASSERT(seen[0] > 0 && seen[1] > 0 && seen[2] > 0);
	KT_EQ(kesp.k_in->tdb_rpl, 0);
	kesp_mark();
	KT_ASSERT(passes(good(1)));
	KT_EQ(natt_end(), 0);
}

/*
 * Another port, or none
 */

KTEST(natt_port, "net.inet.esp.udpencap_port: in on it, out from it")
{
	struct mbuf *m;
	u_char p[300];
	int len;

	KT_EQ(natt_begin(1), 0);
	natt_port(OTHERPORT);
	KT_ASSERT(passes(in_udp(kesp_good(1), NATPORT, OTHERPORT)));
	KT_ASSERT(is_nothing(datagram("\377", 1, NATPORT, OTHERPORT)));
	/* the old one is a port like others */
	m = good(2);
	len = m->m_pkthdr.len - OUTER;
	m_copydata(m, OUTER, len, p);
	KT_ASSERT(is_ike(m, p, len));
	KT_ASSERT(is_ike(datagram("\377", 1, NATPORT, PORT), "\377", 1));
	KT_EQ(natt_sent(100, OTHERPORT, NATPORT, 1), natt_wire(100, 1));
	NET_LOCK();
	kesp.k_out->tdb_udpencap_port = 0;
	NET_UNLOCK();
	KT_EQ(natt_sent(100, OTHERPORT, OTHERPORT, 2), natt_wire(100, 1));
	natt_port(PORT);
	KT_EQ(natt_sent(100, PORT, PORT, 3), natt_wire(100, 1));
	KT_ASSERT(passes(good(2)));
	KT_EQ(natt_end(), 0);
}

/* sec0 cannot send, counts it, and what comes in is the socket's. */
static int
natt_is_off(void)
{
	struct sec_stats was, is;
	struct if_data before, after;
	uint64_t c[2][tdb_ncounters];
	uint64_t udpout = ksec_espstat(esps_udpencout), in = udpencin();
	int len;

	ksec_stats(0, &was);
	ksec_ifdata(0, &before);
	counters_read(kesp.k_out->tdb_counters, c[0], tdb_ncounters, NULL);
	if (natt_sent(100, PORT, NATPORT, 0) != 0)
		return (0);
	ksec_stats(0, &is);
	ksec_ifdata(0, &after);
	counters_read(kesp.k_out->tdb_counters, c[1], tdb_ncounters, NULL);
	kesp_input(good(1));
	kesp_input(datagram("\377", 1, NATPORT, PORT));
	len = ktu_recv(natt_ike, NULL, NULL, NULL);
	return (is.ss_oerror == was.ss_oerror + 1 &&
	    after.ifi_oerrors == before.ifi_oerrors + 1 &&
	    after.ifi_opackets == before.ifi_opackets &&
	    c[1][tdb_odrops] == c[0][tdb_odrops] + 1 &&
	    c[1][tdb_opackets] == c[0][tdb_opackets] &&
	    ksec_espstat(esps_udpencout) == udpout && len > 100 &&
	    ktu_recv(natt_ike, NULL, NULL, NULL) == 1 && udpencin() == in &&
	    kti_nsent(&kti0) == 0 && kti_nsent(&kti1) == 0);
}

KTEST(natt_off, "switched off or with port 0: an error out, data in")
{
	KT_EQ(natt_begin(1), 0);
	WRITE_ONCE(udpencap_enable, 0);
	KT_ASSERT(natt_is_off());
	WRITE_ONCE(udpencap_enable, 1);
	natt_port(0);
	KT_ASSERT(natt_is_off());
	natt_port(PORT);
	WRITE_ONCE(esp_enable, 0);
	KT_ASSERT(natt_is_off());
	WRITE_ONCE(esp_enable, 1);
	kesp_mark();
	KT_ASSERT(passes(good(1)));
	/* numbers were used, but none twice */
	KT_EQ(natt_sent(100, PORT, NATPORT, kesp.k_out->tdb_rpl + 1),
	    natt_wire(100, 1));
	KT_EQ(natt_end(), 0);
}

/*
 * There and back
 */

/* The NAT on the way: ports are exchanged, as addresses are. */
static void
nat(struct mbuf *m)
{
	struct ip *ip = mtod(m, struct ip *);
	struct udphdr uh;

	if (ip->ip_off & htons(IP_OFFMASK))
		return;
	m_copydata(m, IPHDR, UDPHDR, &uh);
	uh.uh_dport = uh.uh_sport;
	uh.uh_sport = htons(NATPORT);
	m_copyback(m, IPHDR, UDPHDR, &uh, M_NOWAIT);
}

/* Through sec0, and by the way back out of kti0; as it was? */
static int
round_trip(int len)
{
	static u_char before[2048], after[2048];
	struct sockaddr_in sin = { .sin_len = sizeof(sin),
	    .sin_family = AF_INET, .sin_addr.s_addr = KTI_PEER0 };
	struct ifnet *ifp = if_unit("sec0");
	struct mbuf *m;
	u_int want = natt_wire(len, 1) > 1400 ? 2 : 1;

	m = kti_packet(KTI_FAR, KTI_PEER0, IPPROTO_NONE, len - IPHDR);
	m_copydata(m, 0, len, before);
	NET_LOCK_SHARED();
	ifp->if_output(ifp, m, (struct sockaddr *)&sin, NULL);
	NET_UNLOCK_SHARED();
	if_put(ifp);
	ksec_settle();
	if (ksec_reflect(nat) != want)
		return (0);
	ksec_settle();
	if ((m = kti_sent(&kti0)) == NULL)
		return (0);
	memset(after, 0, sizeof(after));
	m_copydata(m, 0, m->m_pkthdr.len, after);
	/* a hop less, and a checksum for that */
	after[8]++;
	memcpy(after + 10, before + 10, 2);
	want = m->m_pkthdr.len;
	m_freem(m);
	return ((int)want == len && memcmp(before, after, len) == 0 &&
	    kti_nsent(&kti0) == 0 && kti_nsent(&kti1) == 0);
}

static void
round_trips(int gcm, int step)
{
	struct if_data d;
	int len, n = 0;

	KT_EQ(natt_begin(gcm), 0);
	for (len = IPHDR; len <= 1420; len += step, n++)
		if (!round_trip(len))
			KT_FAIL("%d bytes", len);
	KT_EQ(kesp_losses(), 0);
	ksec_ifdata(0, &d);
	KT_EQ(d.ifi_opackets, n);
	KT_EQ(d.ifi_ipackets, n);
	KT_EQ(kesp.k_in->tdb_rpl, n);
	KT_EQ(ktu_recv(natt_ike, NULL, NULL, NULL), -1);
	KT_EQ(natt_end(), 0);
}

KTEST(natt_sizes_gcm, "0 to 1400 bytes of data there and back in UDP: GCM")
{
	round_trips(1, 1);
}

KTEST(natt_sizes_cbc, "0 to 1400 bytes of data there and back in UDP: CBC")
{
	round_trips(0, 1);
}
