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

#include <crypto/cryptodev.h>

#include "kt_espmake.h"

#define ESP_HDR		8

struct kesp_counts {
	uint64_t	 kc_esp[esps_ncounters];
	uint64_t	 kc_ipsec[ipsec_ncounters];
	uint64_t	 kc_ip[ips_ncounters];
	struct sec_stats kc_sec;
	struct if_data	 kc_if;
};

struct kesp kesp;
static struct crypto_session *kesp_session;
static struct kesp_counts kesp_before;
static unsigned long kesp_mbufs;
static const u_int8_t kesp_key[64] = { 1, 2, 3, 4, 5, 6, 7, 8 };

struct tdb *
kesp_add(int dir, u_int32_t spi)
{
	return (ksec_add(&(struct ksec_sa){ .ks_unit = 0, .ks_dir = dir,
	    .ks_spi = spi, .ks_gcm = kesp.k_gcm,
	    .ks_flags = kesp.k_esn ? TDBF_ESN : 0 }));
}

static int
kesp_newsession(void)
{
	struct crypto_params cp;

	memset(&cp, 0, sizeof(cp));
	cp.cp_enckey = kesp_key;
	cp.cp_icvlen = kesp.k_icvlen;
	if (kesp.k_gcm) {
		cp.cp_enc = CRYPTO_AES_GCM_16;
		cp.cp_auth = CRYPTO_AES_128_GMAC;
		cp.cp_enckeylen = 20;
	} else {
		cp.cp_enc = CRYPTO_AES_CBC;
		cp.cp_auth = CRYPTO_SHA2_256_HMAC;
		cp.cp_enckeylen = 16;
		cp.cp_authkey = kesp_key + 16;
		cp.cp_authkeylen = 32;
	}
	return (crypto_newsession(&kesp_session, &cp));
}

int
kesp_begin(int gcm, u_int32_t flags)
{
	int error;

	memset(&kesp, 0, sizeof(kesp));
	kesp.k_spi = KSEC_SPI;
	kesp.k_gcm = gcm;
	kesp.k_esn = (flags & TDBF_ESN) != 0;
	kesp.k_ivlen = gcm ? 8 : 16;
	kesp.k_icvlen = 16;
	kesp.k_align = gcm ? 4 : 16;
	if ((error = ksec_setup()) != 0 || (error = ksec_create(0)) != 0 ||
	    (error = kesp_newsession()) != 0)
		return (error);
	ip_forwarding = 1;
	kesp_mbufs = m_inuse() + m_clinuse();
	kesp.k_in = kesp_add(IPSP_DIRECTION_IN, KSEC_SPI);
	kesp.k_out = kesp_add(IPSP_DIRECTION_OUT, KSEC_SPI);
	ksec_settle();
	kesp_mark();
	return (0);
}

int
kesp_end(void)
{
	unsigned long now;

	ksec_settle();
	now = m_inuse() + m_clinuse();
	ksec_destroy(0);
	ksec_cleanup();
	crypto_freesession(kesp_session);
	return ((int)(now - kesp_mbufs));
}

struct mbuf *
kesp_raw(const void *p, int len)
{
	struct mbuf *m = kti_packet(KTI_PEER1, KTI_US1, IPPROTO_ESP, len);

	memcpy(mtod(m, u_int8_t *) + sizeof(struct ip), p, len);
	kti_finish(m);
	return (m);
}

struct mbuf *
kesp_seal(u_int64_t seq, const void *p, int len)
{
	struct cryptop crp;
	struct mbuf *m;
	u_int32_t *esp;

	m = kti_packet(KTI_PEER1, KTI_US1, IPPROTO_ESP,
	    ESP_HDR + kesp.k_ivlen + len + kesp.k_icvlen);
	esp = (u_int32_t *)(mtod(m, u_int8_t *) + sizeof(struct ip));
	esp[0] = htonl(kesp.k_spi);
	esp[1] = htonl((u_int32_t)seq);
	memset(&crp, 0, sizeof(crp));
	crp.crp_session = kesp_session;
	crp.crp_flags = CRYPTO_F_ENCRYPT | (kesp.k_esn ? CRYPTO_F_ESN : 0);
	crp.crp_aad = (u_int8_t *)esp;
	crp.crp_aadlen = ESP_HDR;
	crp.crp_iv = crp.crp_aad + ESP_HDR;
	crp.crp_data = crp.crp_iv + kesp.k_ivlen;
	crp.crp_len = len;
	crp.crp_icv = crp.crp_data + len;
	crp.crp_esn = htonl(seq >> 32);
	if (kesp.k_iv != NULL)
		memcpy(crp.crp_iv, kesp.k_iv, kesp.k_ivlen);
	memcpy(crp.crp_data, p, len);
	if (crypto_invoke(&crp) != 0)
		panic("kesp_seal: %d bytes", len);
	return (m);
}

struct mbuf *
kesp_wrap(u_int64_t seq, const void *p, int len, u_int8_t next)
{
	static u_int8_t buf[2048];
	int i, pad = -(len + 2) & (kesp.k_align - 1);

	KASSERT(len + pad + 2 <= (int)sizeof(buf));
	memcpy(buf, p, len);
	for (i = 0; i < pad; i++)
		buf[len + i] = i + 1;
	buf[len + pad] = pad;
	buf[len + pad + 1] = next;
	return (kesp_seal(seq, buf, len + pad + 2));
}

void
kesp_inner(u_int64_t seq, u_int8_t *p)
{
	struct ip *ip = (struct ip *)p;
	struct mbuf *m;
	int i;

	m = kti_packet(KTI_FAR, KTI_PEER0, IPPROTO_NONE,
	    KESP_IPLEN - sizeof(*ip));
	m_copydata(m, 0, sizeof(*ip), ip);
	m_freem(m);
	for (i = sizeof(*ip); i < KESP_IPLEN; i++)
		p[i] = seq * 31 + i;
}

struct mbuf *
kesp_good(u_int64_t seq)
{
	u_int8_t inner[KESP_IPLEN];

	kesp_inner(seq, inner);
	return (kesp_wrap(seq, inner, sizeof(inner), IPPROTO_IPV4));
}

void
kesp_input(struct mbuf *m)
{
	kti_input(&kti1, m);
	ksec_settle();
}

static void
kesp_read(struct kesp_counts *kc)
{
	counters_read(espcounters, kc->kc_esp, esps_ncounters, NULL);
	counters_read(ipseccounters, kc->kc_ipsec, ipsec_ncounters, NULL);
	counters_read(ipcounters, kc->kc_ip, ips_ncounters, NULL);
	ksec_stats(0, &kc->kc_sec);
	ksec_ifdata(0, &kc->kc_if);
}

void
kesp_mark(void)
{
	kesp_read(&kesp_before);
}

/* The counters of packets that are not drops. */
static int
kesp_nodrop(int c)
{
	return (c == esps_input || c == esps_output || c == esps_ibytes ||
	    c == esps_obytes || c == esps_udpencin || c == esps_udpencout);
}

static int
kesp_differs(const char *what, int which, uint64_t got, uint64_t want)
{
	if (got == want)
		return (0);
	kt_say("%s %d: %lu, not %lu\n", what, which, (unsigned long)got,
	    (unsigned long)want);
	return (1);
}

static const enum ipstat_counters kesp_ipcauses[] = {
	ips_badsum, ips_tooshort, ips_toosmall, ips_badhlen, ips_badlen,
	ips_fragdropped, ips_cantforward, ips_noproto, ips_odropped,
	ips_cantfrag, ips_badoptions, ips_noroute, ips_badvers, ips_badfrags,
	ips_rcvmemdrop, ips_toolong, ips_badaddr, ips_wrongif, ips_idropped
};

static int
kesp_ipdrops(const struct kesp_counts *now, int cause, unsigned int n)
{
	int i, c, bad = 0;

	for (i = 0; i < nitems(kesp_ipcauses); i++) {
		c = kesp_ipcauses[i];
		bad += kesp_differs("ipstat", c, now->kc_ip[c] -
		    kesp_before.kc_ip[c], c == cause ? n : 0);
	}
	return (bad);
}

static int
kesp_secdrops(const struct kesp_counts *now, size_t off, unsigned int n)
{
	const char *a = (const char *)&kesp_before.kc_sec;
	const char *b = (const char *)&now->kc_sec;
	uint64_t ierrors, noproto, was, is;
	int bad = 0;
	size_t i;

	for (i = offsetof(struct sec_stats, ss_odown);
	    i < sizeof(struct sec_stats); i += sizeof(uint64_t)) {
		memcpy(&was, a + i, sizeof(was));
		memcpy(&is, b + i, sizeof(is));
		bad += kesp_differs("sec_stats", i, is - was,
		    i == off ? n : 0);
	}
	ierrors = off == offsetof(struct sec_stats, ss_iheader) ||
	    off == offsetof(struct sec_stats, ss_idown) ? n : 0;
	noproto = off == offsetof(struct sec_stats, ss_iproto) ? n : 0;
	bad += kesp_differs("ierrors", 0, now->kc_if.ifi_ierrors -
	    kesp_before.kc_if.ifi_ierrors, ierrors);
	return (bad + kesp_differs("noproto", 0, now->kc_if.ifi_noproto -
	    kesp_before.kc_if.ifi_noproto, noproto));
}

/* One that was forwarded: as it went in, one hop older. */
static int
kesp_compare(struct mbuf *m)
{
	u_int8_t buf[KESP_IPLEN];
	struct ip *ip = (struct ip *)buf;
	int i, bad = 0;

	if (m->m_pkthdr.len != KESP_IPLEN)
		return (kesp_differs("length", 0, m->m_pkthdr.len,
		    KESP_IPLEN));
	m_copydata(m, 0, KESP_IPLEN, buf);
	bad += kesp_differs("ttl", 0, ip->ip_ttl, 63);
	bad += kesp_differs("dst", 0, ip->ip_dst.s_addr, KTI_PEER0);
	bad += kesp_differs("src", 0, ip->ip_src.s_addr, KTI_FAR);
	for (i = sizeof(*ip) + 1; i < KESP_IPLEN; i++)
		bad += kesp_differs("byte", i, buf[i],
		    (u_int8_t)(buf[i - 1] + 1));
	return (bad);
}

static int
kesp_sent(unsigned int n)
{
	struct mbuf *m;
	int bad = 0;

	bad += kesp_differs("sent by", 0, kti_nsent(&kti0), n);
	bad += kesp_differs("sent by", 1, kti_nsent(&kti1), 0);
	while ((m = kti_sent(&kti0)) != NULL) {
		bad += kesp_compare(m);
		m_freem(m);
	}
	while ((m = kti_sent(&kti1)) != NULL)
		m_freem(m);
	return (bad);
}

/* Everything that could have been counted, in one look. */
static int
kesp_check(int esp, unsigned int idrops, size_t sec, int ip, unsigned int n,
    unsigned int sent)
{
	struct kesp_counts now;
	int i, bad = 0;

	kesp_read(&now);
	for (i = 0; i < esps_ncounters; i++)
		if (!kesp_nodrop(i))
			bad += kesp_differs("espstat", i, now.kc_esp[i] -
			    kesp_before.kc_esp[i], i == esp ? n : 0);
	bad += kesp_differs("ipsec_idrops", 0,
	    now.kc_ipsec[ipsec_idrops_c] -
	    kesp_before.kc_ipsec[ipsec_idrops_c], idrops);
	bad += kesp_secdrops(&now, sec, n);
	bad += kesp_ipdrops(&now, ip, n);
	bad += kesp_sent(sent);
	kesp_before = now;
	return (bad);
}

int
kesp_dropped(int cause, unsigned int n)
{
	return (kesp_check(cause, n, 0, -1, n, 0));
}

int
kesp_secdrop(size_t off, unsigned int n)
{
	return (kesp_check(KESP_NONE, 0, off, -1, n, 0));
}

int
kesp_ipdrop(int cause, unsigned int n)
{
	return (kesp_check(KESP_NONE, 0, 0, cause, n, 0));
}

int
kesp_passed(unsigned int n)
{
	return (kesp_check(KESP_NONE, 0, 0, -1, 0, n));
}

uint64_t
kesp_losses(void)
{
	struct kesp_counts now;
	uint64_t sum = 0;
	int i;

	kesp_read(&now);
	for (i = 0; i < esps_ncounters; i++)
		if (!kesp_nodrop(i))
			sum += now.kc_esp[i] - kesp_before.kc_esp[i];
	for (i = 0; i < nitems(kesp_ipcauses); i++)
		sum += now.kc_ip[kesp_ipcauses[i]] -
		    kesp_before.kc_ip[kesp_ipcauses[i]];
	sum += now.kc_ipsec[ipsec_idrops_c] + now.kc_ipsec[ipsec_odrops_c] -
	    kesp_before.kc_ipsec[ipsec_idrops_c] -
	    kesp_before.kc_ipsec[ipsec_odrops_c];
	sum += now.kc_if.ifi_ierrors + now.kc_if.ifi_oerrors -
	    kesp_before.kc_if.ifi_ierrors - kesp_before.kc_if.ifi_oerrors;
	return (sum + now.kc_if.ifi_iqdrops + now.kc_if.ifi_oqdrops -
	    kesp_before.kc_if.ifi_iqdrops - kesp_before.kc_if.ifi_oqdrops);
}

int
kesp_works(u_int64_t seq)
{
	kesp_input(kesp_good(seq));
	return (kesp_passed(1));
}
