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

#include <sys/malloc.h>
#include <sys/sockio.h>

#include <crypto/cryptodev.h>

#include "kt_espmake.h"

/*
 * Bad ESP packets, one at a time: each is dropped, counted under its own
 * cause and no other, answered by nothing, and a good one still passes.
 */
#define OUTER		((int)sizeof(struct ip))
#define NESTED		0x3000		/* SPI of sec1 */

static u_int8_t bytes[2048];
static u_int64_t inner_seq;

static void
random_bytes(u_int8_t *p, int len)
{
	while (len-- > 0)
		*p++ = kt_random();
}

/* The same bytes in a chain of two mbufs, cut anywhere behind the header. */
static struct mbuf *
in_two(struct mbuf *m)
{
	int len = m->m_pkthdr.len;
	struct mbuf *n;

	if (len <= OUTER)
		return (m);
	n = m_split(m, OUTER + kt_random() % (len - OUTER), M_WAIT);
	m_cat(m, n);
	m->m_pkthdr.len = len;
	return (m);
}

/* What ESP has to say to an unauthentic payload of so many bytes. */
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

static void
lengths(int gcm)
{
	u_int32_t word[2] = { htonl(KSEC_SPI) };
	int len, round;
	struct mbuf *m;

	KT_EQ(kesp_begin(gcm, 0), 0);
	for (round = 0; round < 4; round++) {
		for (len = 0; len < 64; len++) {
			word[1] = htonl(1 + kt_random() % 100000);
			random_bytes(bytes, 64);
			memcpy(bytes, word, sizeof(word));
			m = kesp_raw(bytes, len);
			kesp_input(round & 1 ? in_two(m) : m);
			KT_EQ(kesp_dropped(cause_of(len), 1), 0);
		}
	}
	KT_EQ(kesp.k_in->tdb_rpl, 0);
	KT_EQ(kesp_works(1), 0);
	KT_EQ(kesp_end(), 0);
}

KTEST(b01_esp_short_cbc, "B01: ESP of 0 to 63 bytes, AES-CBC and SHA2-256")
{
	lengths(0);
}

KTEST(b01_esp_short_gcm, "B01: ESP of 0 to 63 bytes, AES-GCM-16")
{
	lengths(1);
}

/* A good packet under another SPI. */
static struct mbuf *
with_spi(u_int64_t seq, u_int32_t spi)
{
	struct mbuf *m = kesp_good(seq);

	spi = htonl(spi);
	memcpy(mtod(m, u_int8_t *) + OUTER, &spi, sizeof(spi));
	return (m);
}

KTEST(b02_esp_spi, "B02: SPI 0, 1 to 255, unknown; all but one bit of ours")
{
	u_int32_t spi;
	int i;

	KT_EQ(kesp_begin(1, 0), 0);
	for (spi = 0; spi < 256; spi++) {
		kesp_input(with_spi(1, spi));
		KT_EQ(kesp_dropped(esps_notdb, 1), 0);
	}
	for (i = 0; i < 32; i++) {
		kesp_input(with_spi(1, KSEC_SPI ^ 1U << i));
		KT_EQ(kesp_dropped(esps_notdb, 1), 0);
	}
	kesp_input(with_spi(1, UINT32_MAX));
	KT_EQ(kesp_dropped(esps_notdb, 1), 0);
	KT_EQ(kesp_works(1), 0);
	KT_EQ(kesp_end(), 0);
}

KTEST(b02_address, "B02: an SA is found by its own address only")
{
	struct mbuf *m;

	KT_EQ(kesp_begin(0, 0), 0);
	KT_EQ(kti_addr(&kti1, KTI_A(198, 51, 100, 5), 30,
	    KTI_A(198, 51, 100, 6)), 0);
	ksec_settle();
	m = kesp_good(1);
	mtod(m, struct ip *)->ip_dst.s_addr = KTI_A(198, 51, 100, 5);
	kti_finish(m);
	kesp_input(m);
	KT_EQ(kesp_dropped(esps_notdb, 1), 0);
	/* a sender may move, RFC 4301 4.1: the SPI and our address decide */
	m = kesp_good(1);
	mtod(m, struct ip *)->ip_src.s_addr = KTI_FAR;
	kti_finish(m);
	kesp_input(m);
	KT_EQ(kesp_passed(1), 0);
	KT_EQ(kesp_end(), 0);
}

static u_int32_t
larval(u_int32_t spi)
{
	union sockaddr_union src, dst;
	u_int32_t got;
	int error;

	src = kesp.k_in->tdb_src;
	dst = kesp.k_in->tdb_dst;
	NET_LOCK();
	got = reserve_spi(0, spi, spi, &src, &dst, IPPROTO_ESP, &error);
	NET_UNLOCK();
	return (ntohl(got));
}

KTEST(b02_larval, "B02: a larval SA and a deleted one take no packets")
{
	struct tdb *tdb;
	u_int64_t c[tdb_ncounters];

	KT_EQ(kesp_begin(1, 0), 0);
	KT_EQ(larval(0x2000), 0x2000);
	kesp_input(with_spi(1, 0x2000));
	KT_EQ(kesp_dropped(esps_invalid, 1), 0);

	kesp_input(kesp_good(1));
	KT_EQ(kesp_passed(1), 0);
	tdb = tdb_ref(kesp.k_in);
	ksec_delete(tdb);
	kesp_input(kesp_good(2));
	KT_EQ(kesp_dropped(esps_notdb, 1), 0);
	ksec_settle();
	kesp_input(kesp_good(2));
	KT_EQ(kesp_dropped(esps_notdb, 1), 0);
	counters_read(tdb->tdb_counters, c, tdb_ncounters, NULL);
	KT_EQ(c[tdb_ipackets], 1);
	KT_EQ(c[tdb_idrops], 0);
	NET_LOCK();
	tdb_unref(tdb);
	NET_UNLOCK();

	kesp.k_in = kesp_add(IPSP_DIRECTION_IN, KSEC_SPI);
	KT_EQ(kesp_works(1), 0);
	KT_EQ(kesp_end(), 0);
}

KTEST(b02_direction, "B02: an SA to send with, or without sec, lets nothing in")
{
	KT_EQ(kesp_begin(1, 0), 0);
	NET_LOCK();
	kesp.k_in->tdb_iface_dir = IPSP_DIRECTION_OUT;
	NET_UNLOCK();
	kesp_input(kesp_good(1));
	KT_EQ(kesp_dropped(esps_pdrops, 1), 0);
	NET_LOCK();
	kesp.k_in->tdb_iface_dir = IPSP_DIRECTION_IN;
	kesp.k_in->tdb_iface = 77;
	NET_UNLOCK();
	kesp_input(kesp_good(2));
	KT_EQ(kesp_dropped(esps_pdrops, 1), 0);
	NET_LOCK();
	kesp.k_in->tdb_iface = 0;
	NET_UNLOCK();
	KT_EQ(kesp_works(3), 0);
	KT_EQ(kesp_end(), 0);
}

/* What a changed byte at this offset from the ESP header is taken for. */
static int
cause_at(int off)
{
	return (off < 4 ? esps_notdb : esps_badauth);
}

static void
flip(int gcm)
{
	int off, len;
	struct mbuf *m;

	KT_EQ(kesp_begin(gcm, 0), 0);
	m = kesp_good(1000);
	len = m->m_pkthdr.len - OUTER;
	m_freem(m);
	for (off = 0; off < len; off++) {
		m = kesp_good(1000);
		mtod(m, u_int8_t *)[OUTER + off] ^= 1 << kt_random() % 8;
		kesp_input(off & 1 ? in_two(m) : m);
		KT_EQ(kesp_dropped(cause_at(off), 1), 0);
	}
	KT_EQ(kesp.k_in->tdb_rpl, 0);
	KT_EQ(kesp_works(1000), 0);
	KT_EQ(kesp_end(), 0);
}

KTEST(b03_flip_cbc, "B03: a bit changed in any byte of ESP: AES-CBC, SHA2")
{
	flip(0);
}

KTEST(b03_flip_gcm, "B03: a bit changed in any byte of ESP: AES-GCM")
{
	flip(1);
}

/* Cut n bytes from the end, or add -n, and let the header say so. */
static struct mbuf *
resized(u_int64_t seq, int n)
{
	struct mbuf *m = kesp_good(seq);
	u_int8_t more[64];

	if (n > 0)
		m_adj(m, -n);
	else {
		random_bytes(more, -n);
		KASSERT(m_copyback(m, m->m_pkthdr.len, -n, more, M_WAIT) == 0);
	}
	kti_finish(m);
	return (m);
}

static void
resize(int gcm)
{
	struct mbuf *m;
	int n;

	KT_EQ(kesp_begin(gcm, 0), 0);
	for (n = -64; n <= 64; n++) {
		if (n == 0)
			continue;
		m = resized(5, n);
		kesp_input(m_dup_pkt(m, 0, M_WAIT));
		KT_EQ(kesp_dropped(cause_of(m->m_pkthdr.len - OUTER), 1), 0);
		m_freem(m);
	}
	/* bytes that the header does not cover are the link's */
	m = resized(5, -40);
	mtod(m, struct ip *)->ip_len = htons(m->m_pkthdr.len - 40);
	mtod(m, struct ip *)->ip_sum = 0;
	mtod(m, struct ip *)->ip_sum = in_cksum(m, OUTER);
	kesp_input(m);
	KT_EQ(kesp_passed(1), 0);
	KT_EQ(kesp_end(), 0);
}

KTEST(b03_resize_cbc, "B03: up to 64 bytes too few or too many: AES-CBC")
{
	resize(0);
}

KTEST(b03_resize_gcm, "B03: up to 64 bytes too few or too many: AES-GCM")
{
	resize(1);
}

/* A packet whose ICV is right, over a ciphertext of any length. */
static struct mbuf *
authentic(u_int32_t seq, int plen)
{
	static const u_int8_t key[64] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct crypto_params cp = { .cp_auth = CRYPTO_SHA2_256_HMAC,
	    .cp_authkey = key + 16, .cp_authkeylen = 32, .cp_icvlen = 16 };
	u_int32_t word[2] = { htonl(KSEC_SPI), htonl(seq) };
	struct cryptop crp = { .crp_flags = CRYPTO_F_ENCRYPT,
	    .crp_aad = bytes, .crp_aadlen = 8, .crp_iv = bytes + 8,
	    .crp_data = bytes + 8, .crp_len = 16 + plen,
	    .crp_icv = bytes + 8 + 16 + plen };

	random_bytes(bytes, 8 + 16 + plen);
	memcpy(bytes, word, sizeof(word));
	if (crypto_newsession(&crp.crp_session, &cp) != 0 ||
	    crypto_invoke(&crp) != 0)
		panic("authentic");
	crypto_freesession(crp.crp_session);
	return (kesp_raw(bytes, 8 + 16 + plen + 16));
}

KTEST(b04_esp_blocks, "B04: authentic, but not whole blocks of the cipher")
{
	int plen, seq = 1;

	KT_EQ(kesp_begin(0, 0), 0);
	/* the ICV is right indeed: what is inside is noise */
	kesp_input(authentic(seq, 16));
	KT_EQ(kesp.k_in->tdb_rpl, seq);
	kesp_mark();
	for (plen = 0; plen < 100; plen++) {
		if (plen % 16 == 0 && plen != 0)
			continue;
		kesp_input(authentic(++seq, plen));
		KT_EQ(kesp_dropped(esps_badilen, 1), 0);
	}
	KT_EQ(kesp.k_in->tdb_rpl, 1);
	KT_EQ(kesp_works(++seq), 0);
	KT_EQ(kesp_end(), 0);
}

/* len bytes of which the last pad + 2 are a correct trailer */
static void
trailer(u_int8_t *p, int len, int pad, u_int8_t next)
{
	int i;

	for (i = 0; i < pad; i++)
		p[len - 2 - pad + i] = i + 1;
	p[len - 2] = pad;
	p[len - 1] = next;
}

/* Padding that would be right, but for its first k bytes being the IV. */
static struct mbuf *
pad_from_iv(u_int64_t seq, int len, int k)
{
	u_int8_t iv[16];
	struct mbuf *m;
	int i;

	for (i = 0; i < k; i++)
		iv[kesp.k_ivlen - k + i] = i + 1;
	random_bytes(iv, kesp.k_ivlen - k);
	for (i = 0; i < len - 2; i++)
		bytes[i] = k + i + 1;
	bytes[len - 2] = k + len - 2;
	bytes[len - 1] = IPPROTO_IPV4;
	kesp.k_iv = iv;
	m = kesp_seal(seq, bytes, len);
	kesp.k_iv = NULL;
	return (m);
}

static void
padding(int gcm)
{
	int pad, len = 64, seq = 0, i;

	KT_EQ(kesp_begin(gcm, 0), 0);
	for (pad = len - 1; pad < 256; pad++) {
		random_bytes(bytes, len);
		trailer(bytes, len, 0, IPPROTO_IPV4);
		bytes[len - 2] = pad;
		kesp_input(kesp_seal(++seq, bytes, len));
		KT_EQ(kesp_dropped(esps_badenc, 1), 0);
	}
	for (pad = 1; pad <= len - 2; pad++) {
		i = kt_random() % pad;
		random_bytes(bytes, len);
		trailer(bytes, len, pad, IPPROTO_IPV4);
		bytes[len - 3 - i] ^= 1 << kt_random() % 8;
		kesp_input(kesp_seal(++seq, bytes, len));
		KT_EQ(kesp_dropped(esps_badenc, 1), 0);
	}
	for (i = 1; i <= kesp.k_ivlen; i++) {
		kesp_input(pad_from_iv(++seq, len, i));
		KT_EQ(kesp_dropped(esps_badenc, 1), 0);
	}
	/* nothing but padding is not an IP header */
	trailer(bytes, len, len - 2, IPPROTO_IPV4);
	kesp_input(kesp_seal(++seq, bytes, len));
	KT_EQ(kesp_secdrop(offsetof(struct sec_stats, ss_iheader), 1), 0);
	KT_EQ(kesp_works(++seq), 0);
	KT_EQ(kesp_end(), 0);
}

KTEST(b05_padding_cbc, "B05: pad length beyond the payload, wrong pad: CBC")
{
	padding(0);
}

KTEST(b05_padding_gcm, "B05: pad length beyond the payload, wrong pad: GCM")
{
	padding(1);
}

KTEST(b05_longpad, "B05: 255 bytes of padding are allowed")
{
	int len = roundup(KESP_IPLEN + 2 + 255 - 15, 16);

	KT_EQ(kesp_begin(0, 0), 0);
	kesp_inner(1, bytes);
	trailer(bytes, len, len - 2 - KESP_IPLEN, IPPROTO_IPV4);
	KT_ASSERT(len - 2 - KESP_IPLEN > 239);
	kesp_input(kesp_seal(1, bytes, len));
	KT_EQ(kesp_passed(1), 0);
	KT_EQ(kesp_end(), 0);
}

KTEST(b05_next, "B05: every next header but 4 is counted as what it is")
{
	size_t off;
	int next;

	KT_EQ(kesp_begin(1, 0), 0);
	for (next = 0; next < 256; next++) {
		if (next == IPPROTO_IPV4)
			continue;
		kesp_inner(next, bytes);
		kesp_input(kesp_wrap(next + 1, bytes, KESP_IPLEN, next));
		off = next == IPPROTO_NONE ?
		    offsetof(struct sec_stats, ss_idummy) :
		    offsetof(struct sec_stats, ss_iproto);
#ifdef INET6
		/* known, and this is none */
		if (next == IPPROTO_IPV6)
			off = offsetof(struct sec_stats, ss_iheader);
#endif
		KT_EQ(kesp_secdrop(off, 1), 0);
	}
	/* a dummy packet may be of any size */
	kesp_input(kesp_wrap(300, bytes, 0, IPPROTO_NONE));
	KT_EQ(kesp_secdrop(offsetof(struct sec_stats, ss_idummy), 1), 0);
	KT_EQ(kesp_works(301), 0);
	KT_EQ(kesp_end(), 0);
}

/* What is in bytes goes in as IPv4, the header's checksum made right. */
static void
inner_input(int len)
{
	struct ip *ip = (struct ip *)bytes;
	u_int32_t sum = 0;
	u_int16_t w;
	int i;

	ip->ip_sum = 0;
	for (i = 0; i < ip->ip_hl << 2; i += 2) {
		memcpy(&w, bytes + i, sizeof(w));
		sum += w;
	}
	while (sum > 0xffff)
		sum = (sum >> 16) + (sum & 0xffff);
	ip->ip_sum = ~sum;
	kesp_input(kesp_wrap(++inner_seq, bytes, len, IPPROTO_IPV4));
}

KTEST(b06_inner_short, "B06: less inside than an IP header")
{
	int len;

	KT_EQ(kesp_begin(1, 0), 0);
	for (inner_seq = 0, len = 0; len < OUTER; len++) {
		kesp_inner(1, bytes);
		inner_input(len);
		KT_EQ(kesp_secdrop(offsetof(struct sec_stats, ss_iheader),
		    1), 0);
	}
	/* a header that says it is longer than the packet */
	kesp_inner(1, bytes);
	for (len = 20; len < 60; len++) {
		bytes[0] = 0x4f;
		inner_input(len);
		KT_EQ(kesp_ipdrop(ips_badhlen, 1), 0);
	}
	bytes[0] = 0x44;
	inner_input(KESP_IPLEN);
	KT_EQ(kesp_ipdrop(ips_badhlen, 1), 0);
	KT_EQ(kesp_works(++inner_seq), 0);
	KT_EQ(kesp_end(), 0);
}

KTEST(b06_inner_version, "B06: versions inside; IPv6 under next header 4")
{
	int v;

	KT_EQ(kesp_begin(0, 0), 0);
	for (inner_seq = 0, v = 0; v < 16; v++) {
		if (v == IPVERSION)
			continue;
		kesp_inner(1, bytes);
		bytes[0] = v << 4 | 5;
		inner_input(KESP_IPLEN);
		KT_EQ(kesp_secdrop(offsetof(struct sec_stats, ss_iheader),
		    1), 0);
	}
	KT_EQ(kesp_works(++inner_seq), 0);
	KT_EQ(kesp_end(), 0);
}

KTEST(b06_esp_inner_length, "B06: lengths and checksum inside are for IP")
{
	struct ip *ip = (struct ip *)bytes;
	int len;

	KT_EQ(kesp_begin(1, 0), 0);
	for (inner_seq = 0, len = 1; len <= 64; len++) {
		kesp_inner(1, bytes);
		ip->ip_len = htons(KESP_IPLEN + len);
		inner_input(KESP_IPLEN);
		KT_EQ(kesp_ipdrop(ips_tooshort, 1), 0);
	}
	ip->ip_len = htons(65535);
	inner_input(KESP_IPLEN);
	KT_EQ(kesp_ipdrop(ips_tooshort, 1), 0);
	for (len = 0; len < OUTER; len++) {
		ip->ip_len = htons(len);
		inner_input(KESP_IPLEN);
		KT_EQ(kesp_ipdrop(ips_badlen, 1), 0);
	}
	/* each byte of the header is under the checksum */
	for (len = 1; len < OUTER; len++) {
		kesp_inner(1, bytes);
		bytes[len] ^= 1 << kt_random() % 8;
		kesp_input(kesp_wrap(++inner_seq, bytes, KESP_IPLEN,
		    IPPROTO_IPV4));
		KT_EQ(kesp_ipdrop(ips_badsum, 1), 0);
	}
	/* what is behind the packet is traffic flow confidentiality */
	kesp_inner(++inner_seq, bytes);
	random_bytes(bytes + KESP_IPLEN, 200);
	kesp_input(kesp_wrap(inner_seq, bytes, KESP_IPLEN + 200,
	    IPPROTO_IPV4));
	KT_EQ(kesp_passed(1), 0);
	KT_EQ(kesp_end(), 0);
}

/* A good packet with so many bytes of options in its outer header. */
static struct mbuf *
with_options(u_int64_t seq, const u_int8_t *opt, int len)
{
	struct mbuf *m = kesp_good(seq);
	u_int8_t hdr[OUTER];
	int off;

	m_copydata(m, 0, sizeof(hdr), hdr);
	m_adj(m, OUTER);
	M_PREPEND(m, OUTER + len, M_WAIT);
	off = OUTER + len;
	memcpy(mtod(m, u_int8_t *), hdr, sizeof(hdr));
	memcpy(mtod(m, u_int8_t *) + sizeof(hdr), opt, len);
	mtod(m, struct ip *)->ip_hl = off >> 2;
	kti_finish(m);
	return (m);
}

KTEST(b10_options, "B10: ESP behind a header with options, whole or broken")
{
	u_int8_t opt[40];
	int len, seq = 0;

	KT_EQ(kesp_begin(1, 0), 0);
	for (len = 4; len <= 40; len += 4) {
		memset(opt, IPOPT_NOP, sizeof(opt));
		kesp_input(with_options(++seq, opt, len));
		KT_EQ(kesp_passed(1), 0);
		kesp_input(in_two(with_options(++seq, opt, len)));
		KT_EQ(kesp_passed(1), 0);
		/* record route, longer than there are options */
		opt[0] = IPOPT_RR;
		opt[1] = len + 1;
		opt[2] = IPOPT_MINOFF;
		kesp_input(with_options(++seq, opt, len));
		/* a parameter problem, of which its sender is told */
		KT_EQ(kti_nsent(&kti1), 1);
		m_freem(kti_sent(&kti1));
		KT_EQ(kesp_ipdrop(ips_badoptions, 1), 0);
	}
	KT_EQ(kesp_works(++seq), 0);
	KT_EQ(kesp_end(), 0);
}

KTEST(b10_header, "B10: checksum and TTL of the outer header")
{
	struct mbuf *m;
	int bit, ttl;

	KT_EQ(kesp_begin(0, 0), 0);
	for (bit = 0; bit < 16; bit++) {
		m = kesp_good(1);
		mtod(m, struct ip *)->ip_sum ^= 1 << bit;
		kesp_input(m);
		KT_EQ(kesp_ipdrop(ips_badsum, 1), 0);
	}
	/* RFC 1122 3.2.1.7: a host takes what reached it */
	for (ttl = 0; ttl < 2; ttl++) {
		m = kesp_good(1 + ttl);
		mtod(m, struct ip *)->ip_ttl = ttl;
		kti_finish(m);
		kesp_input(m);
		KT_EQ(kesp_passed(1), 0);
	}
	KT_EQ(kesp_end(), 0);
}

/* The same bytes, and nobody has written to them. */
static int
untouched(struct mbuf *m, const u_int8_t *was, int len)
{
	u_int8_t is[512];

	KASSERT(len <= (int)sizeof(is));
	m_copydata(m, 0, len, is);
	return (m->m_pkthdr.len == len && memcmp(is, was, len) == 0);
}

static void
shared(int gcm)
{
	struct mbuf *m, *n;
	u_int8_t was[512];
	int i, len;

	KT_EQ(kesp_begin(gcm, 0), 0);
	for (i = 0; i < 4; i++) {
		m = kesp_good(1 + i);
		if (i & 1)		/* a bad one is not decrypted either */
			mtod(m, u_int8_t *)[m->m_len - 1] ^= 1;
		len = m->m_pkthdr.len;
		m_copydata(m, 0, len, was);
		n = m_copym(m, 0, M_COPYALL, M_WAIT);
		KT_ASSERT(n != NULL && m_readonly(m) && m_readonly(n));
		KT_EQ(mtod(m, u_int8_t *) == mtod(n, u_int8_t *), 1);
		kesp_input(i & 2 ? in_two(n) : n);
		KT_EQ(i & 1 ? kesp_dropped(esps_badauth, 1) :
		    kesp_passed(1), 0);
		KT_ASSERT(untouched(m, was, len));
		/* nor is it the only one who has it now */
		kesp_input(m);
		KT_EQ(kesp_dropped(i & 1 ? esps_badauth : esps_replay, 1), 0);
	}
	KT_EQ(kesp_end(), 0);
}

KTEST(b16_shared_cbc, "B16: what another holds as well is not written to: CBC")
{
	shared(0);
}

KTEST(b16_shared_gcm, "B16: what another holds as well is not written to: GCM")
{
	shared(1);
}

KTEST(b16_output, "B16: nor is what is sent encrypted in another's memory")
{
	struct sockaddr_in sin = { .sin_len = sizeof(sin),
	    .sin_family = AF_INET, .sin_addr.s_addr = KTI_PEER0 };
	struct ifnet *ifp;
	struct mbuf *m, *n;
	u_int8_t was[512];

	KT_EQ(kesp_begin(1, 0), 0);
	ifp = if_unit("sec0");
	m = kti_packet(KTI_FAR, KTI_PEER0, IPPROTO_NONE, 80);
	m_copydata(m, 0, 100, was);
	n = m_copym(m, 0, M_COPYALL, M_WAIT);
	KT_ASSERT(m_readonly(m));
	NET_LOCK_SHARED();
	KT_EQ(ifp->if_output(ifp, n, (struct sockaddr *)&sin, NULL), 0);
	NET_UNLOCK_SHARED();
	ksec_settle();
	KT_EQ(kti_nsent(&kti1), 1);
	KT_ASSERT(untouched(m, was, 100));
	m_freem(kti_sent(&kti1));
	m_freem(m);
	if_put(ifp);
	KT_EQ(kesp_end(), 0);
}

/* Put the packet in bytes into ESP so many times over. */
static struct mbuf *
nest(u_int64_t *seq, int times)
{
	int len = KESP_IPLEN;
	struct mbuf *m;

	kesp_inner(*seq, bytes);
	while (times-- > 1) {
		m = kesp_wrap((*seq)++, bytes, len, IPPROTO_IPV4);
		len = m->m_pkthdr.len;
		KASSERT(len <= (int)sizeof(bytes));
		m_copydata(m, 0, len, bytes);
		m_freem(m);
	}
	return (kesp_wrap((*seq)++, bytes, len, IPPROTO_IPV4));
}

KTEST(b13_esp_nested, "B13: ESP for sec1 inside ESP for sec0")
{
	struct if_data d;
	struct mbuf *m;
	int len;

	KT_EQ(kesp_begin(1, 0), 0);
	KT_EQ(ksec_create(1), 0);
	ksec_add(&(struct ksec_sa){ .ks_unit = 1, .ks_spi = NESTED,
	    .ks_dir = IPSP_DIRECTION_IN, .ks_gcm = 1 });
	kesp.k_spi = NESTED;
	m = kesp_good(1);
	kesp.k_spi = KSEC_SPI;
	len = m->m_pkthdr.len;
	m_copydata(m, 0, len, bytes);
	m_freem(m);
	kesp_input(kesp_wrap(1, bytes, len, IPPROTO_IPV4));
	KT_EQ(kesp_passed(1), 0);
	ksec_ifdata(0, &d);
	KT_EQ(d.ifi_ipackets, 1);
	ksec_ifdata(1, &d);
	KT_EQ(d.ifi_ipackets, 1);
	/* the inner one once more, in a new outer one */
	kesp_input(kesp_wrap(2, bytes, len, IPPROTO_IPV4));
	KT_EQ(kesp_dropped(esps_replay, 1), 0);
	KT_EQ(kesp_works(3), 0);
	ksec_destroy(1);
	KT_EQ(kesp_end(), 0);
}

KTEST(b13_depth, "B13: eight SAs may be wrapped around a packet, not nine")
{
	u_int64_t seq = 1;
	int times;

	KT_EQ(kesp_begin(1, 0), 0);
	for (times = 1; times <= 12; times++) {
		kesp_input(nest(&seq, times));
		if (times <= 8)
			KT_EQ(kesp_passed(1), 0);
		else
			KT_EQ(kesp_dropped(esps_pdrops, 1), 0);
	}
	KT_EQ(kesp_works(seq), 0);
	KT_EQ(kesp_end(), 0);
}

/* An address for secN; 0 or errno. */
static int
sec_addr(unsigned int unit, in_addr_t addr, in_addr_t peer)
{
	struct ifaliasreq ifra;
	struct sockaddr_in *sin;
	struct ifnet *ifp;
	char name[IFNAMSIZ];
	int error;

	snprintf(name, sizeof(name), "sec%u", unit);
	ifp = if_unit(name);
	memset(&ifra, 0, sizeof(ifra));
	sin = (struct sockaddr_in *)&ifra.ifra_addr;
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = addr;
	sin = (struct sockaddr_in *)&ifra.ifra_dstaddr;
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = peer;
	NET_LOCK();
	error = in_ioctl(SIOCAIFADDR, (caddr_t)&ifra, ifp, 1);
	NET_UNLOCK();
	if_put(ifp);
	return (error);
}

/* Three interfaces, and the way to each one's peer is the next one. */
static void
ring(int gcm)
{
	struct tdb *tdb;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		if (i > 0) {
			ksec_create(i);
			/* without it the link, and its routes, are down */
			ksec_add(&(struct ksec_sa){ .ks_unit = i,
			    .ks_spi = NESTED + i, .ks_gcm = gcm,
			    .ks_dir = IPSP_DIRECTION_IN });
		}
		sec_addr(i, KTI_A(10, 9, i, 1), KTI_A(10, 9, i, 2));
	}
	for (i = 0; i < 3; i++) {
		tdb = i == 0 ? kesp.k_out : ksec_add(&(struct ksec_sa){
		    .ks_unit = i, .ks_spi = NESTED + i, .ks_gcm = gcm,
		    .ks_dir = IPSP_DIRECTION_OUT });
		NET_LOCK();
		mtx_enter(&tdb_sadb_mtx);
		tdb_unlink_locked(tdb);
		tdb->tdb_dst.sin.sin_addr.s_addr =
		    KTI_A(10, 9, (i + 1) % 3, 2);
		puttdb_locked(tdb);
		mtx_leave(&tdb_sadb_mtx);
		NET_UNLOCK();
	}
	ksec_settle();
}

KTEST(b13_loop, "B13: a loop of three interfaces ends, and is counted once")
{
	struct sec_stats ss;
	struct if_data d;
	unsigned int i;

	KT_EQ(kesp_begin(0, 0), 0);
	ring(0);
	KT_EQ(ksec_send(0, KTI_FAR, 100), 0);
	ksec_settle();
	for (i = 0; i < 3; i++) {
		ksec_stats(i, &ss);
		ksec_ifdata(i, &d);
		KT_EQ(ss.ss_oloop, i == 0);
		KT_EQ(ss.ss_oerror, 0);
		KT_EQ(d.ifi_oerrors, i == 0);
		/* the last one's packet did not leave after all */
		KT_EQ(d.ifi_opackets, i < 2);
	}
	KT_EQ(kti_nsent(&kti0) + kti_nsent(&kti1), 0);
	KT_EQ(ksec_espstat(esps_output), 3);
	/* so large that it becomes fragments on its way */
	KT_EQ(ksec_send(0, KTI_FAR, 1280), 0);
	ksec_settle();
	ksec_stats(0, &ss);
	KT_ASSERT(ss.ss_oloop > 1 && ss.ss_oloop < 10);
	KT_EQ(kti_nsent(&kti0) + kti_nsent(&kti1), 0);
	ksec_destroy(2);
	ksec_destroy(1);
	KT_EQ(kesp_end(), 0);
}

/* A packet of kesp_inner()'s on its way out of sec0. */
static int
inner_send(struct mbuf *m)
{
	struct sockaddr_in sin = { .sin_len = sizeof(sin),
	    .sin_family = AF_INET, .sin_addr.s_addr = KTI_PEER0 };
	struct ifnet *ifp = if_unit("sec0");
	int error;

	NET_LOCK_SHARED();
	error = ifp->if_output(ifp, m, (struct sockaddr *)&sin, NULL);
	NET_UNLOCK_SHARED();
	ksec_settle();
	if_put(ifp);
	return (error);
}

static struct mbuf *
inner_packet(u_int64_t seq)
{
	struct mbuf *m;

	kesp_inner(seq, bytes);
	m = kti_packet(KTI_FAR, KTI_PEER0, IPPROTO_NONE, KESP_IPLEN - OUTER);
	memcpy(mtod(m, u_int8_t *), bytes, KESP_IPLEN);
	return (m);
}

/*
 * With each allocation refused in its turn, the n-th packet either passes
 * as it was, or is lost, and counted; and nothing stays behind.
 */
static void
nomem_input(int gcm)
{
	unsigned long mbufs, nth, refused = 1;
	struct mbuf *m;

	KT_EQ(kesp_begin(gcm, 0), 0);
	mbufs = m_inuse() + m_clinuse();
	for (nth = 1; refused != 0; nth++) {
		KT_ASSERT(nth < 100);
		m = in_two(kesp_good(nth));
		malloc_fail_nth(nth);
		kesp_input(m);
		refused = malloc_failed();
		malloc_fail_nth(0);
		if (kti_nsent(&kti0) != 0)
			KT_EQ(kesp_passed(1), 0);
		else
			KT_EQ(kesp_losses() > 0, 1);
		kesp_mark();
		KT_EQ(kti_nsent(&kti1), 0);
		KT_EQ(m_inuse() + m_clinuse(), mbufs);
	}
	KT_ASSERT(nth > 3);
	KT_EQ(kesp_works(nth), 0);
	KT_EQ(kesp_end(), 0);
}

KTEST(b15_input_cbc, "B15: input without memory, at each allocation: CBC")
{
	nomem_input(0);
}

KTEST(b15_input_gcm, "B15: input without memory, at each allocation: GCM")
{
	nomem_input(1);
}

static void
nomem_output(int gcm)
{
	unsigned long mbufs, nth, refused = 1;
	struct mbuf *m, *n;
	int error;

	KT_EQ(kesp_begin(gcm, 0), 0);
	mbufs = m_inuse() + m_clinuse();
	for (nth = 1; refused != 0; nth++) {
		KT_ASSERT(nth < 100);
		m = inner_packet(nth);
		n = m_copym(m, 0, M_COPYALL, M_WAIT);
		malloc_fail_nth(nth);
		error = inner_send(n);
		refused = malloc_failed();
		malloc_fail_nth(0);
		m_freem(m);
		KT_ASSERT(kti_nsent(&kti1) <= 1);
		KT_EQ(kti_nsent(&kti1) == 0, kesp_losses() > 0);
		KT_ASSERT(error == 0 || kesp_losses() > 0);
		kesp_mark();
		/* what left is what the other end reads */
		error = ksec_reflect(NULL);
		ksec_settle();
		KT_EQ(kesp_passed(error), 0);
		KT_EQ(m_inuse() + m_clinuse(), mbufs);
	}
	KT_EQ(error, 1);
	KT_ASSERT(nth > 3);
	KT_EQ(kesp_end(), 0);
}

KTEST(b15_output_cbc, "B15: output without memory, at each allocation: CBC")
{
	nomem_output(0);
}

KTEST(b15_output_gcm, "B15: output without memory, at each allocation: GCM")
{
	nomem_output(1);
}
