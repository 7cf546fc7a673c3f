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

/* rows: I1 */

/* ESP with each algorithm, both ways: what it looks like on the wire. */

#include "kt_esplib.h"
#include "../crypto/kt_ref.h"

#include <crypto/cryptodev.h>
#include <crypto/xform.h>

#define ESPHDR		8
#define SIZES		20	/* of packets inside, one after the other */
#define SMALLEST	20

static u_int8_t keys[36 + 64];

/* pad: payloads that we send are a multiple of it; seqiv: the IV counts */
static const struct suite {
	int	enc, auth;
	size_t	enckeylen, authkeylen;
	int	iv, pad, icv, seqiv;
} suites[] = {
	{ SADB_EALG_NULL, SADB_AALG_SHA1HMAC, 0, 20, 0, 4, 12, 0 },
	{ SADB_EALG_NULL, SADB_X_AALG_SHA2_256, 0, 32, 0, 4, 16, 0 },
	{ SADB_EALG_NULL, SADB_X_AALG_SHA2_384, 0, 48, 0, 4, 24, 0 },
	{ SADB_EALG_NULL, SADB_X_AALG_SHA2_512, 0, 64, 0, 4, 32, 0 },
	{ SADB_EALG_3DESCBC, SADB_AALG_SHA1HMAC, 24, 20, 8, 8, 12, 0 },
	{ SADB_EALG_3DESCBC, SADB_X_AALG_SHA2_512, 24, 64, 8, 8, 32, 0 },
	{ SADB_X_EALG_AES, SADB_AALG_SHA1HMAC, 16, 20, 16, 16, 12, 0 },
	{ SADB_X_EALG_AES, SADB_X_AALG_SHA2_256, 24, 32, 16, 16, 16, 0 },
	{ SADB_X_EALG_AES, SADB_X_AALG_SHA2_384, 24, 48, 16, 16, 24, 0 },
	{ SADB_X_EALG_AES, SADB_X_AALG_SHA2_512, 32, 64, 16, 16, 32, 0 },
	{ SADB_X_EALG_AESCTR, SADB_AALG_SHA1HMAC, 20, 20, 8, 16, 12, 1 },
	{ SADB_X_EALG_AESCTR, SADB_X_AALG_SHA2_256, 28, 32, 8, 16, 16, 1 },
	{ SADB_X_EALG_AESCTR, SADB_X_AALG_SHA2_512, 36, 64, 8, 16, 32, 1 },
	{ SADB_X_EALG_AESGCM16, 0, 20, 0, 8, 4, 16, 1 },
	{ SADB_X_EALG_AESGCM16, 0, 28, 0, 8, 4, 16, 1 },
	{ SADB_X_EALG_AESGCM16, 0, 36, 0, 8, 4, 16, 1 },
	{ SADB_X_EALG_AESGMAC, 0, 20, 0, 8, 4, 16, 1 },
	{ SADB_X_EALG_AESGMAC, 0, 28, 0, 8, 4, 16, 1 },
	{ SADB_X_EALG_AESGMAC, 0, 36, 0, 8, 4, 16, 1 },
	{ SADB_X_EALG_CHACHA20POLY1305, 0, 36, 0, 8, 4, 16, 1 },
};

static struct tdb *
add_sa(const struct suite *s, int dir, u_int32_t flags)
{
	struct ipsecinit ii = {
		.ii_encalg = s->enc, .ii_authalg = s->auth,
		.ii_enckey = keys, .ii_enckeylen = s->enckeylen,
		.ii_authkey = keys + 36, .ii_authkeylen = s->authkeylen,
	};

	return (ksec_add(&(struct ksec_sa){ .ks_unit = 0,
	    .ks_spi = KSEC_SPI, .ks_dir = dir, .ks_flags = flags,
	    .ks_algs = &ii }));
}

/* the n-th packet that went out, with len bytes inside; its IV to iv */
static void
check_wire(const struct suite *s, u_int64_t n, int len, struct mbuf *m,
    u_int8_t iv[XFORM_MAXIV])
{
	int payload = roundup(len + 2, s->pad);
	u_int64_t seq;

	KT_EQ(m->m_pkthdr.len, (int)sizeof(struct ip) + ESPHDR + s->iv +
	    payload + s->icv);
	memset(iv, 0, XFORM_MAXIV);
	m_copydata(m, sizeof(struct ip) + ESPHDR, s->iv, iv);
	if (s->seqiv) {
		memcpy(&seq, iv, sizeof(seq));
		KT_EQ(seq, n);
	}
}

static struct mbuf *wire;

static void
keep_wire(struct mbuf *m)
{
	m_freem(wire);
	wire = m_dup_pkt(m, 0, M_WAIT);
}

static void
check_suite(const struct suite *s, u_int32_t flags)
{
	u_int8_t iv[XFORM_MAXIV], last[XFORM_MAXIV] = { 0 };
	int i;

	kt_fill(keys, sizeof(keys));
	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	add_sa(s, IPSP_DIRECTION_IN, flags);
	add_sa(s, IPSP_DIRECTION_OUT, flags);
	ksec_settle();
	kte_mark();
	for (i = 0; i < SIZES; i++) {
		KT_EQ(ksec_send(0, KTI_NOWHERE, SMALLEST + i), 0);
		ksec_settle();
		KT_EQ(ksec_reflect(keep_wire), 1);
		ksec_settle();
		KT_EQ(kte_arrived(), i + 1);
		check_wire(s, i + 1, SMALLEST + i, wire, iv);
		if (s->iv > 0)
			KT_ASSERT(memcmp(iv, last, sizeof(iv)) != 0);
		memcpy(last, iv, sizeof(last));
	}
	KT_EQ(kte_dropped(), 0);
	m_freem(wire);
	wire = NULL;
	ksec_destroy(0);
	ksec_cleanup();
}

KTEST(espalg_all, "every algorithm through sec(4), and back")
{
	int i;

	for (i = 0; i < nitems(suites); i++)
		check_suite(&suites[i], 0);
}

KTEST(espalg_esn, "the same with extended sequence numbers")
{
	int i;

	for (i = 0; i < nitems(suites); i++)
		check_suite(&suites[i], TDBF_ESN);
}

/* with the shortest padding that the cipher allows a peer */
static void
check_peer(const struct suite *s, u_int32_t flags)
{
	struct tdb *tdb;
	struct mbuf *m;
	int i, n;

	kt_fill(keys, sizeof(keys));
	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	tdb = add_sa(s, IPSP_DIRECTION_IN, flags);
	ksec_settle();
	kte_mark();
	for (i = 1, n = 0; i <= 16; i++, n++) {
		kte_input(kte_wrap(tdb, i, kti_packet(KTI_FAR, KTI_NOWHERE,
		    253, i), IPPROTO_IPV4));
		KT_EQ(kte_arrived(), i);
	}
	KT_EQ(kte_dropped(), 0);

	/* a bit of the last byte, which is the ICV's */
	m = kte_good(tdb, 100);
	*(mtod(m, u_int8_t *) + m->m_len - 1) ^= 1;
	kte_input(m);
	KT_EQ(kte_only(esps_badauth), 1);
	KT_EQ(kte_arrived(), n);
	kte_mark();
	kte_input(kte_good(tdb, 100));
	KT_EQ(kte_dropped(), 0);
	KT_EQ(kte_arrived(), 1);
	kte_end();
}

KTEST(espalg_peer, "a peer's padding, to 4 bytes with AES-CTR; a wrong ICV")
{
	int i;

	for (i = 0; i < nitems(suites); i++)
		check_peer(&suites[i], i % 2 ? TDBF_ESN : 0);
}
