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


#include <sys/ktest.h>
#include <sys/endian.h>
#include <sys/mbuf.h>
#include <netinet/in_cksum.h>

/* The checksum by the book: 16-bit words in network order. */
static uint16_t
slow_cksum(const u_char *p, size_t len, uint32_t sum)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? p[i] : p[i] << 8;
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (htons(~sum));
}

/* A chain that holds the bytes in random pieces, some of them empty. */
static struct mbuf *
chain(const u_char *p, u_int len)
{
	struct mbuf *m, *top, **mp = &top;
	u_int n;

	do {
		m = m_clget(NULL, M_WAIT, MCLBYTES);
		n = min(len, kt_random() % (kt_random() % 4 == 0 ? 600 : 9));
		m->m_data += kt_random() % 64;
		memcpy(m->m_data, p, n);
		m->m_len = n;
		*mp = m;
		mp = &m->m_next;
		p += n;
		len -= n;
	} while (len > 0);
	return (top);
}

KTEST(cksum_rfc1071, "the example of RFC 1071")
{
	static const u_char bytes[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5,
	    0xf6, 0xf7 };
	struct mbuf *m = chain(bytes, sizeof(bytes));

	KT_EQ(ntohs(in_cksum(m, sizeof(bytes))), 0x220d);
	m_freem(m);
}

KTEST(cksum_chains, "any pieces, offset and length as by the book")
{
	static u_char buf[2000];
	struct mbuf *m;
	u_int off, len, i;
	unsigned long n;

	for (n = 0; n < kt_count(2000); n++) {
		for (i = 0; i < sizeof(buf); i++)
			buf[i] = n % 3 == 0 ? 0xff : kt_random();
		m = chain(buf, sizeof(buf));
		off = kt_random() % sizeof(buf);
		len = kt_random() % (sizeof(buf) - off + 1);
		KT_EQ(in_cksum(m, len), slow_cksum(buf, len, 0));
		KT_EQ(in4_cksum(m, 0, off, len),
		    slow_cksum(buf + off, len, 0));
		m_freem(m);
	}
}

KTEST(cksum_pseudo, "the pseudo header; a filled in checksum gives 0")
{
	u_char pkt[20 + 101];
	struct mbuf *m;
	uint16_t sum, w[4];
	uint32_t pseudo, addr[2];
	u_int i;

	for (i = 0; i < sizeof(pkt); i++)
		pkt[i] = kt_random();
	memcpy(w, pkt + 12, 8);
	memcpy(addr, pkt + 12, 8);
	pseudo = ntohs(w[0]) + ntohs(w[1]) + ntohs(w[2]) + ntohs(w[3]) +
	    101 + 17;
	m = chain(pkt, sizeof(pkt));
	sum = in4_cksum(m, 17, 20, 101);
	KT_EQ(sum, slow_cksum(pkt + 20, 101, pseudo));
	KT_EQ((uint16_t)~in_cksum_phdr(addr[0], addr[1], htonl(101 + 17)),
	    slow_cksum(pkt, 0, pseudo));
	m_freem(m);

	pkt[20 + 6] = pkt[20 + 7] = 0;
	m = chain(pkt, sizeof(pkt));
	sum = in4_cksum(m, 17, 20, 101);
	KT_EQ(m_copyback(m, 20 + 6, 2, &sum, M_DONTWAIT), 0);
	KT_EQ(in4_cksum(m, 17, 20, 101), 0);
	m_freem(m);
}

KTEST(cksum_short, "a packet that is too short never has a good sum")
{
	u_char zeros[10] = { 0 };
	struct mbuf *m = chain(zeros, sizeof(zeros));

	KT_EQ(in_cksum(m, 10), 0xffff);
	KT_EQ(in_cksum(m, 11), 0xffff);
	KT_EQ(in4_cksum(m, 0, 8, 3), 0xffff);
	m_freem(m);
}
