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

#include "kt_spdlib.h"
#include "../crypto/kt_ref.h"

#include <crypto/cryptodev.h>
#include <crypto/xform.h>

#define AHHDR		12		/* bytes before the ICV */
#define MAXFLAT		1024

static const u_int8_t	kspd_key[64] = { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3 };
static uint64_t		kspd_ipsec0[ipsec_ncounters];
static uint64_t		kspd_ah0[ahs_ncounters];
static uint64_t		kspd_esp0[esps_ncounters];
static uint64_t		kspd_ipip0[ipips_ncounters];

int
kspd_begin(void)
{
	int error;

	if ((error = ksec_setup()) != 0 || (error = kpk_open()) != 0)
		return (error);
	ip_forwarding = 1;
	kspd_mark();
	return (0);
}

void
kspd_end(void)
{
	NET_LOCK();
	spd_flush(0);
	NET_UNLOCK();
	kpk_close();
	ipip_allow = 0;
	ipip_ecn = 1;
	ipsec_def_df = IPSEC_DF_COPY;
	ipsec_def_auth = ipsec_def_esp_trans = ipsec_def_esp_network =
	    IPSEC_LEVEL_DEFAULT;
	ksec_cleanup();
}

static void
kspd_sin(union sockaddr_union *su, in_addr_t addr)
{
	memset(su, 0, sizeof(*su));
	su->sin.sin_len = sizeof(su->sin);
	su->sin.sin_family = AF_INET;
	su->sin.sin_addr.s_addr = addr;
}

static u_int16_t
kspd_keys(const struct kspd_sa *ka, struct ipsecinit *ii)
{
	memset(ii, 0, sizeof(*ii));
	if (ka->ka_proto == IPPROTO_IPIP)
		return (XF_IP4);
	ii->ii_authalg = ka->ka_auth != 0 ? ka->ka_auth :
	    SADB_X_AALG_SHA2_256;
	ii->ii_authkey = (u_int8_t *)(uintptr_t)kspd_key;
	ii->ii_authkeylen = auth_hash_find(
	    pfkeyv2_authalg(ii->ii_authalg))->keysize;
	if (ka->ka_proto == IPPROTO_AH)
		return (XF_AH);
	ii->ii_encalg = SADB_X_EALG_AES;
	ii->ii_enckey = ii->ii_authkey;
	ii->ii_enckeylen = 16;
	return (XF_ESP);
}

struct tdb *
kspd_sa(const struct kspd_sa *ka)
{
	in_addr_t us = ka->ka_us != 0 ? ka->ka_us : KTI_US1;
	in_addr_t peer = ka->ka_peer != 0 ? ka->ka_peer : KTI_PEER1;
	struct ipsecinit ii;
	struct tdb *tdb;
	u_int16_t xf = kspd_keys(ka, &ii);

	NET_LOCK();
	tdb = tdb_alloc(0);
	tdb->tdb_spi = htonl(ka->ka_spi != 0 ? ka->ka_spi : KSPD_SPI);
	tdb->tdb_sproto = ka->ka_proto != 0 ? ka->ka_proto : IPPROTO_ESP;
	tdb->tdb_satype = xf == XF_AH ? SADB_SATYPE_AH : xf == XF_ESP ?
	    SADB_SATYPE_ESP : SADB_X_SATYPE_IPIP;
	tdb->tdb_wnd = 64;
	tdb->tdb_flags = ka->ka_flags | (ka->ka_tunnel ? TDBF_TUNNELING : 0);
	kspd_sin(&tdb->tdb_src, ka->ka_out ? us : peer);
	kspd_sin(&tdb->tdb_dst, ka->ka_out ? peer : us);
	if (tdb_init(tdb, xf, &ii) != 0)
		panic("kspd_sa");
	puttdb(tdb);
	NET_UNLOCK();
	return (tdb);
}

/*
 * Policies
 */

static void
kspd_end1(struct kpk_msg *km, int type, in_addr_t addr, int port)
{
	struct sadb_address *ad;
	struct sockaddr_in *sin;

	kpk_addr(km, type, addr);
	ad = kpk_find(km, type);
	sin = (struct sockaddr_in *)(ad + 1);
	sin->sin_port = htons(port);
}

static in_addr_t
kspd_mask(int bits)
{
	return (bits == 0 ? 0 : htonl(~0U << (32 - bits)));
}

void
kspd_message(struct kpk_msg *km, int type, const struct kspd_flow *kf)
{
	struct sadb_protocol *p;

	kpk_init(km, type, kf->kf_satype != 0 ? kf->kf_satype :
	    SADB_SATYPE_ESP);
	if (type == SADB_X_ADDFLOW && kf->kf_us != 0)
		kpk_addr(km, SADB_EXT_ADDRESS_SRC, kf->kf_us);
	if (type == SADB_X_ADDFLOW && kf->kf_peer != 0)
		kpk_addr(km, SADB_EXT_ADDRESS_DST, kf->kf_peer);
	p = kpk_ext(km, SADB_X_EXT_FLOW_TYPE, sizeof(*p));
	p->sadb_protocol_proto = kf->kf_type != 0 ? kf->kf_type :
	    SADB_X_FLOW_TYPE_REQUIRE;
	p->sadb_protocol_direction = kf->kf_in ? IPSP_DIRECTION_IN :
	    IPSP_DIRECTION_OUT;
	p->sadb_protocol_flags = kf->kf_static ? SADB_X_POLICYFLAGS_POLICY : 0;
	p = kpk_ext(km, SADB_X_EXT_PROTOCOL, sizeof(*p));
	p->sadb_protocol_proto = kf->kf_proto;
	kspd_end1(km, SADB_X_EXT_SRC_FLOW, kf->kf_src, kf->kf_sport);
	kspd_end1(km, SADB_X_EXT_SRC_MASK, kspd_mask(kf->kf_srclen),
	    kf->kf_sport != 0 ? 0xffff : 0);
	kspd_end1(km, SADB_X_EXT_DST_FLOW, kf->kf_dst, kf->kf_dport);
	kspd_end1(km, SADB_X_EXT_DST_MASK, kspd_mask(kf->kf_dstlen),
	    kf->kf_dport != 0 ? 0xffff : 0);
}

int
kspd_flow(int type, const struct kspd_flow *kf)
{
	static struct kpk_msg km;

	kspd_message(&km, type, kf);
	return (kpk_do(&km, NULL));
}

int
kspd_both(int type, const struct kspd_flow *kf)
{
	struct kspd_flow in = *kf;
	int error;

	in.kf_in = 1;
	in.kf_src = kf->kf_dst;
	in.kf_srclen = kf->kf_dstlen;
	in.kf_dst = kf->kf_src;
	in.kf_dstlen = kf->kf_srclen;
	in.kf_sport = kf->kf_dport;
	in.kf_dport = kf->kf_sport;
	if ((error = kspd_flow(type, kf)) != 0)
		return (error);
	return (kspd_flow(type, &in));
}

int
kspd_output(struct mbuf *m)
{
	int error;

	NET_LOCK_SHARED();
	error = ip_output(m, NULL, NULL, IP_RAWOUTPUT, NULL, NULL, 0);
	NET_UNLOCK_SHARED();
	ksec_settle();
	return (error);
}

/*
 * Counters
 */

void
kspd_mark(void)
{
	counters_read(ipseccounters, kspd_ipsec0, ipsec_ncounters, NULL);
	counters_read(ahcounters, kspd_ah0, ahs_ncounters, NULL);
	counters_read(espcounters, kspd_esp0, esps_ncounters, NULL);
	counters_read(ipipcounters, kspd_ipip0, ipips_ncounters, NULL);
}

uint64_t
kspd_ipsec(int which)
{
	uint64_t c[ipsec_ncounters];

	counters_read(ipseccounters, c, ipsec_ncounters, NULL);
	return (c[which] - kspd_ipsec0[which]);
}

uint64_t
kspd_ah(int which)
{
	uint64_t c[ahs_ncounters];

	counters_read(ahcounters, c, ahs_ncounters, NULL);
	return (c[which] - kspd_ah0[which]);
}

uint64_t
kspd_esp(int which)
{
	uint64_t c[esps_ncounters];

	counters_read(espcounters, c, esps_ncounters, NULL);
	return (c[which] - kspd_esp0[which]);
}

uint64_t
kspd_ipip(int which)
{
	uint64_t c[ipips_ncounters];

	counters_read(ipipcounters, c, ipips_ncounters, NULL);
	return (c[which] - kspd_ipip0[which]);
}

/*
 * AH
 */

/* RFC 4302 appendix A1, the options that stay: all else is hashed as 0. */
static int
kah_immutable(u_int8_t option)
{
	static const u_int8_t stay[] = { 0, 1, 130, 133, 134, 148, 149, 136 };
	u_int i;

	for (i = 0; i < nitems(stay); i++)
		if (stay[i] == option)
			return (1);
	return (0);
}

static void
kah_zero(u_int8_t *h, u_int hlen)
{
	u_int at, len;

	h[1] = 0;				/* type of service */
	h[6] = h[7] = 0;			/* flags, offset */
	h[8] = 0;				/* time to live */
	h[10] = h[11] = 0;			/* checksum */
	for (at = 20; at < hlen && h[at] != 0; at += len) {
		len = h[at] == 1 ? 1 : h[at + 1];
		if (!kah_immutable(h[at]))
			memset(h + at, 0, len);
	}
}

int
kah_icv(struct mbuf *m, const struct tdb *tdb, u_int32_t hi, u_int8_t *icv)
{
	static u_int8_t flat[MAXFLAT];
	int auth = tdb->tdb_authalgxform->type;
	int n = auth == CRYPTO_SHA1_HMAC ? 12 : auth ==
	    CRYPTO_SHA2_256_HMAC ? 16 : auth == CRYPTO_SHA2_384_HMAC ? 24 : 32;
	u_int8_t digest[64];
	u_int hlen, len = m->m_pkthdr.len;

	KASSERT(len + sizeof(hi) <= sizeof(flat));
	m_copydata(m, 0, len, flat);
	hlen = (flat[0] & 15) * 4;
	kah_zero(flat, hlen);
	memset(flat + hlen + AHHDR, 0, n);
	if (tdb->tdb_flags & TDBF_ESN) {
		hi = htonl(hi);
		memcpy(flat + len, &hi, sizeof(hi));
		len += sizeof(hi);
	}
	ref_hmac(auth, kspd_key, tdb->tdb_amxkeylen, flat, len, digest);
	memcpy(icv, digest, n);
	return (n);
}

static u_int
kah_where(struct mbuf *m)
{
	u_int8_t vhl;

	m_copydata(m, 0, 1, &vhl);
	return ((vhl & 15) * 4 + AHHDR);
}

void
kah_seal(struct mbuf *m, const struct tdb *tdb, u_int32_t hi)
{
	u_int8_t icv[32];
	int n = kah_icv(m, tdb, hi, icv);

	if (m_copyback(m, kah_where(m), n, icv, M_WAIT) != 0)
		panic("kah_seal");
}

int
kah_check(struct mbuf *m, const struct tdb *tdb, u_int32_t hi)
{
	u_int8_t icv[32], theirs[32];
	int n = kah_icv(m, tdb, hi, icv);

	m_copydata(m, kah_where(m), n, theirs);
	return (memcmp(icv, theirs, n) == 0 ? 0 : -1);
}

/* Transport mode keeps the header, options too, tunnel mode puts one on. */
struct mbuf *
kah_wrap(const struct tdb *tdb, u_int64_t seq, struct mbuf *in)
{
	int n = AHHDR + tdb->tdb_authalgxform->authsize;
	int tunnel = (tdb->tdb_flags & TDBF_TUNNELING) != 0;
	int hlen = tunnel ? 20 : mtod(in, struct ip *)->ip_hl << 2;
	int from = tunnel ? 0 : hlen, len = in->m_pkthdr.len - from;
	struct mbuf *m = kti_packet(tdb->tdb_src.sin.sin_addr.s_addr,
	    tdb->tdb_dst.sin.sin_addr.s_addr, IPPROTO_AH,
	    hlen - 20 + n + len);
	u_int8_t *p = mtod(m, u_int8_t *);
	u_int32_t w[2] = { tdb->tdb_spi, htonl((u_int32_t)seq) };

	if (!tunnel)
		m_copydata(in, 0, hlen, p);
	m_copydata(in, from, len, p + hlen + n);
	p[hlen] = tunnel ? IPPROTO_IPV4 : p[9];
	p[9] = IPPROTO_AH;
	p[hlen + 1] = n / 4 - 2;
	p[hlen + 2] = p[hlen + 3] = 0;
	memcpy(p + hlen + 4, w, sizeof(w));
	kti_finish(m);
	kah_seal(m, tdb, seq >> 32);
	m_freem(in);
	return (m);
}
