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


#include "kt_esplib.h"

#include <crypto/cryptodev.h>
#include <crypto/xform.h>

#define ESPHDR		8
#define MAXPLAIN	4096

static const int kte_drops[] = { esps_hdrops, esps_nopf, esps_notdb,
	esps_badkcr, esps_qfull, esps_noxform, esps_badilen, esps_wrap,
	esps_badenc, esps_badauth, esps_replay, esps_invalid, esps_toobig,
	esps_pdrops, esps_crypto, esps_udpinval, esps_udpneeded,
	esps_outfail };
static uint64_t	kte_before[esps_ncounters];
static uint64_t	kte_idrops;
static uint64_t	kte_packets;
static unsigned int kte_nsent;

struct tdb *
kte_setup(int gcm, u_int32_t flags)
{
	struct tdb *tdb;

	if (ksec_setup() != 0 || ksec_create(0) != 0)
		return (NULL);
	tdb = ksec_add(&(struct ksec_sa){ .ks_unit = 0, .ks_spi = KSEC_SPI,
	    .ks_dir = IPSP_DIRECTION_IN, .ks_gcm = gcm, .ks_flags = flags });
	ksec_settle();
	kte_mark();
	return (tdb);
}

void
kte_end(void)
{
	ksec_settle();
	ksec_destroy(0);
	ksec_cleanup();
}

int
kte_ivlen(struct tdb *tdb)
{
	return (tdb->tdb_ivlen);
}

int
kte_block(struct tdb *tdb)
{
	return (MAX(4, tdb->tdb_encalgxform->blocksize));
}

struct mbuf *
kte_raw(u_int32_t spi, int len)
{
	struct mbuf *m = kti_packet(KTI_PEER1, KTI_US1, IPPROTO_ESP, len);
	u_char *esp = mtod(m, u_char *) + sizeof(struct ip);

	spi = htonl(spi);
	memcpy(esp, &spi, MIN(len, (int)sizeof(spi)));
	return (m);
}

struct mbuf *
kte_seal(struct tdb *tdb, u_int64_t seq, const u_char *plain, int len)
{
	struct mbuf *m;
	struct cryptop crp;
	u_int32_t word = htonl((u_int32_t)seq);
	u_char *esp;

	m = kte_raw(ntohl(tdb->tdb_spi), ESPHDR + tdb->tdb_ivlen + len +
	    tdb->tdb_authalgxform->authsize);
	esp = mtod(m, u_char *) + sizeof(struct ip);
	memcpy(esp + 4, &word, sizeof(word));
	memset(&crp, 0, sizeof(crp));
	crp.crp_session = tdb->tdb_session;
	crp.crp_flags = CRYPTO_F_ENCRYPT |
	    (tdb->tdb_flags & TDBF_ESN ? CRYPTO_F_ESN : 0);
	crp.crp_aad = esp;
	crp.crp_aadlen = ESPHDR;
	crp.crp_iv = esp + ESPHDR;
	crp.crp_data = crp.crp_iv + tdb->tdb_ivlen;
	memcpy(crp.crp_data, plain, len);
	crp.crp_len = len;
	crp.crp_icv = crp.crp_data + len;
	crp.crp_esn = htonl(seq >> 32);
	if (crypto_invoke(&crp) != 0)
		panic("kte_seal");
	return (m);
}

struct mbuf *
kte_wrap(struct tdb *tdb, u_int64_t seq, struct mbuf *inner, int next)
{
	static u_char plain[MAXPLAIN];
	int len = inner->m_pkthdr.len, pad, i;

	if (len + 64 > MAXPLAIN)
		panic("kte_wrap: %d bytes", len);
	m_copydata(inner, 0, len, plain);
	m_freem(inner);
	pad = -(len + 2) & (kte_block(tdb) - 1);
	for (i = 1; i <= pad; i++)
		plain[len++] = i;
	plain[len++] = pad;
	plain[len++] = next;
	return (kte_seal(tdb, seq, plain, len));
}

struct mbuf *
kte_good(struct tdb *tdb, u_int64_t seq)
{
	return (kte_wrap(tdb, seq, kti_packet(KTI_FAR, KTI_NOWHERE, 253,
	    KTE_INNER - sizeof(struct ip)), IPPROTO_IPV4));
}

void
kte_input(struct mbuf *m)
{
	kti_input(&kti1, m);
	ksec_settle();
}

static uint64_t
kte_ipackets(void)
{
	struct if_data data;

	return (ksec_ifdata(0, &data) == 0 ? data.ifi_ipackets : 0);
}

static uint64_t
kte_ipsec_idrops(void)
{
	uint64_t c[ipsec_ncounters];

	counters_read(ipseccounters, c, ipsec_ncounters, NULL);
	return (c[ipsec_idrops_c]);
}

void
kte_mark(void)
{
	counters_read(espcounters, kte_before, esps_ncounters, NULL);
	kte_idrops = kte_ipsec_idrops();
	kte_packets = kte_ipackets();
	kte_nsent = kti_nsent(&kti0) + kti_nsent(&kti1);
}

int
kte_dropped(void)
{
	uint64_t now[esps_ncounters];
	unsigned int i, n = 0;

	counters_read(espcounters, now, esps_ncounters, NULL);
	for (i = 0; i < nitems(kte_drops); i++)
		n += now[kte_drops[i]] - kte_before[kte_drops[i]];
	return (n);
}

int
kte_only(int which)
{
	int n = ksec_espstat(which) - kte_before[which];

	if (n != kte_dropped() ||
	    kte_ipsec_idrops() - kte_idrops != (uint64_t)n ||
	    kti_nsent(&kti0) + kti_nsent(&kti1) != kte_nsent)
		return (-1);
	return (n);
}

int
kte_arrived(void)
{
	return (kte_ipackets() - kte_packets);
}
