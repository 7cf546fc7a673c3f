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

/*
 * Messages that are not the engine's: of whatever form, and authentic if
 * need be, as those of a peer that has gone mad.
 *
 * Input: how (1) which SA (1) exchange (1) message ID (1) payloads (1), and
 * each payload as its function below reads it.
 */
#include <string.h>

#include "crypto.h"
#include "msg.h"

#include "fuzz.h"
#include "fuzz_input.h"
#include "fuzz_v1engine.h"
#include "fuzz_v1inside.h"

/* What a payload is made for. */
struct about {
	struct engine	*a_engine;
	struct inside_sa *a_is;
};

static uint32_t	 counter;

static void
pay_sa1(struct msgb *mb, const struct about *a, struct span *s)
{
	uint8_t what = get(s);
	struct p1_xform px[2] = {
		{ V1_ENC_AES, { 128, 128, 128 }, V1_HASH_SHA2_256,
		    V1_AUTH_PSK, IKE_DH_ECP256, { { 3600, 60, 86400 },
		    { 0, 0, 0 } } },
		{ V1_ENC_AES, { 256, 256, 256 }, V1_HASH_SHA2_512,
		    V1_AUTH_PSK, IKE_DH_ECP256, { { 3600, 60, 86400 },
		    { 0, 0, 0 } } }
	};

	if (what & 1)
		px[0].px_auth = V1_AUTH_RSA;
	if (what & 2)
		px[0].px_life.lf_s.r_want = what;
	if (what & 4)
		px[0].px_hash = what;
	if (what & 8)
		px[0].px_life.lf_kb.r_want = what;
	if (what & 0x80)
		mb_p1_sa(mb, px, 2);
	else
		mb_p1_sa(mb, px + (what >> 6 & 1), 1);
}

static void
pay_sa2(struct msgb *mb, const struct about *a, struct span *s)
{
	uint8_t what = get(s), which = get(s);
	struct p2_xform qx[2] = {
		{ V1_PROTO_ESP, V1_ESP_AES, { 128, 128, 128 },
		    V1_MAC_SHA2_256, V1_ENCAP_TUNNEL, IKE_DH_NONE,
		    { { 1200, 60, 86400 }, { 0, 0, 0 } }, 0 },
		{ V1_PROTO_ESP, V1_ESP_AES_GCM, { 256, 256, 256 },
		    V1_MAC_NONE, V1_ENCAP_TUNNEL, IKE_DH_ECP256,
		    { { 1200, 60, 86400 }, { 0, 0, 0 } }, 1 }
	};
	uint32_t in, spi = 0x1000 + which;

	if (which >= 128 &&
	    inside_pair(a->a_engine, which & 63, &in, &spi) == 0 &&
	    which >= 192)
		spi = in;
	if (what & 1)
		qx[0].qx_group = IKE_DH_ECP256;
	if (what & 2)
		qx[0].qx_life.lf_s.r_want = what;
	if (what & 4)
		qx[0].qx_encap = V1_ENCAP_TRANSPORT;
	if (what & 8)
		qx[0].qx_life.lf_kb.r_want = what;
	mb_p2_sa(mb, what & 0x40 ? qx + 1 : qx, (what & 0xc0) == 0x80 ? 2 : 1,
	    which == 0 ? 0 : spi, what & 16 ? 2 : 0);
}

static void
pay_ke(struct msgb *mb, const struct about *a, struct span *s)
{
	static const uint8_t none[128];
	uint8_t what = get(s);
	struct buf pub = { 0 };
	struct dh *dh;

	if ((dh = dh_new(what & 4 ? IKE_DH_ECP384 : IKE_DH_ECP256)) == NULL ||
	    dh_public(dh, &pub) == -1)
		wrong("no memory");
	mb_data(mb, V1_P_KE, what & 1 ? none : pub.b_data,
	    pub.b_len - (what & 2 ? 1 : 0));
	buf_clear(&pub);
	dh_free(dh);
}

static void
pay_nonce(struct msgb *mb, const struct about *a, struct span *s)
{
	uint8_t what = get(s), nonce[256];

	memset(nonce, what, sizeof(nonce));
	mb_data(mb, V1_P_NONCE, nonce, what & 0x80 ? (what & 0x7f) * 2 : 20);
}

/* The identity that the peer would have: bit 0: another. */
static void
identity(struct ike_id *id, const struct about *a, uint8_t what)
{
	static const char *const names[] = { "a.example",
	    "b.example", "x@a.example" };
	const struct ike_addr *addr = &a->a_is->is_peer;

	if (what % 4 != 0) {
		if (id_parse(names[what % 4 - 1], id) == -1)
			wrong("no memory");
	} else {
		id->id_type = addr->ia_family == 6 ? IKE_ID_IPV6 :
		    IKE_ID_IPV4;
		id->id_len = addr->ia_family == 6 ? 16 : 4;
		id->id_data = (uint8_t *)addr->ia_addr;
	}
}

static void
pay_id1(struct msgb *mb, const struct about *a, struct span *s)
{
	struct ike_id id = { 0 };
	uint8_t what = get(s);

	identity(&id, a, what);
	mb_id1(mb, &id);
	if (what % 4 != 0)
		id_clear(&id);
}

/* bit 0: of the second connection; bit 1: only one; bit 2: IPv6 */
static void
pay_id2(struct msgb *mb, const struct about *a, struct span *s)
{
	struct p2_id any = { V1_ID_IPV4_SUBNET, { .ts_family = 4,
	    .ts_port = { 0, 65535 }, .ts_hi = { 255, 255, 255, 255 } } };
	uint8_t what = get(s);
	int i;

	if (what & 4) {
		any.pi_type = V1_ID_IPV6_SUBNET;
		any.pi_ts.ts_family = 6;
		memset(any.pi_ts.ts_hi, 0xff, 16);
	}
	for (i = 0; i < (what & 2 ? 1 : 2); i++) {
		if (what & 1) {
			any.pi_ts.ts_lo[0] = any.pi_ts.ts_hi[0] = 10;
			any.pi_ts.ts_lo[1] = any.pi_ts.ts_hi[1] = what >> 4 ?
			    what >> 4 : 1 + (i ^ (what >> 3 & 1));
		}
		mb_id2(mb, &any);
	}
}

/* ID and HASH of phase 1, or SIG, which is the same here. */
static void
pay_proof(struct msgb *mb, const struct about *a, struct span *s)
{
	const struct inside_exch *ix = &a->a_is->is_p1;
	uint8_t what = get(s), hash[HASH_MAX] = { 0 };
	struct ike_id id = { 0 };
	struct buf body = { 0 };
	struct span sp;

	identity(&id, a, what);
	mb_id1(mb, &id);
	id1_body(&body, &id);
	sp = (struct span){ body.b_data, body.b_len };
	if (ix->ix_type != 0 && a->a_is->is_haskeys)
		(void)keys_hash1(&a->a_is->is_keys, !ix->ix_initiator,
		    ix->ix_gxi, ix->ix_gxr, a->a_is->is_cookies, ix->ix_sai,
		    &sp, hash);
	hash[0] ^= what >> 7;
	mb_data(mb, what & 8 ? V1_P_SIG : V1_P_HASH, hash,
	    a->a_is->is_haskeys ? a->a_is->is_keys.k_len : 20);
	if (what % 4 != 0)
		id_clear(&id);
	buf_clear(&body);
}

/* The SPI that something is about. */
static size_t
about_spi(const struct about *a, uint8_t which, uint8_t *spi)
{
	uint32_t in = 1, out = 1;

	if (which == 0)
		return (0);
	if (which == 1) {
		memcpy(spi, a->a_is->is_cookies, 16);
		return (16);
	}
	(void)inside_pair(a->a_engine, which >> 2, &in, &out);
	if (which & 1)
		out = in;
	put_spi(spi, out);
	return (4);
}

static void
pay_notify(struct msgb *mb, const struct about *a, struct span *s)
{
	uint16_t type = get(s) << 8;
	uint8_t which, spi[16];
	struct span data;
	size_t len;

	type |= get(s);
	which = get(s);
	len = about_spi(a, which, spi);
	get_octets(s, &data);
	mb_notify1(mb, len == 4 ? V1_PROTO_ESP : V1_PROTO_ISAKMP, spi, len,
	    type, data.s_data, data.s_len);
}

static void
pay_delete(struct msgb *mb, const struct about *a, struct span *s)
{
	uint8_t which = get(s), spi[64] = { 0 };
	size_t len = about_spi(a, which & 0x7f, spi);

	if (len == 0)
		len = 4;
	mb_delete1(mb, len == 4 ? V1_PROTO_ESP : V1_PROTO_ISAKMP, spi, len,
	    which & 0x80 ? 3 : 1);
}

/* RESPONDER-LIFETIME */
static void
pay_life(struct msgb *mb, const struct about *a, struct span *s)
{
	uint8_t which = get(s), what = get(s), spi[16];
	size_t len = about_spi(a, which, spi);
	struct buf b = { 0 };

	buf_put16(&b, V1_A_BASIC | (len == 4 ? V1_B_LIFETYPE :
	    V1_A_LIFETYPE));
	buf_put16(&b, what & 1 ? V1_LIFE_KBYTES : V1_LIFE_SECONDS);
	buf_put16(&b, len == 4 ? V1_B_LIFEDUR : V1_A_LIFEDUR);
	buf_put16(&b, 4);
	buf_put32(&b, what * 8);
	mb_notify1(mb, len == 4 ? V1_PROTO_ESP : V1_PROTO_ISAKMP, spi, len,
	    V1_N_RESPONDER_LIFETIME, b.b_data, b.b_len);
	buf_clear(&b);
}

static void
pay_dpd(struct msgb *mb, const struct about *a, struct span *s)
{
	uint8_t what = get(s), n[4] = { 0 };
	uint32_t number = a->a_is->is_dpd + (what >> 2);

	put_spi(n, number);
	mb_notify1(mb, V1_PROTO_ISAKMP, a->a_is->is_cookies, 16, what & 1 ?
	    V1_N_R_U_THERE_ACK : V1_N_R_U_THERE, n, what & 2 ? 3 : 4);
}

static void
pay_vendor(struct msgb *mb, const struct about *a, struct span *s)
{
	mb_data(mb, V1_P_VENDOR, inside_vendor(get(s)), 16);
}

static void
pay_natd(struct msgb *mb, const struct about *a, struct span *s)
{
	uint8_t what = get(s), hash[HASH_MAX];

	memset(hash, what, sizeof(hash));
	mb_data(mb, what & 1 ? V1_P_NATD_DRAFT : V1_P_NATD, hash,
	    a->a_is->is_haskeys ? a->a_is->is_keys.k_len : 32);
}

static void
pay_cert(struct msgb *mb, const struct about *a, struct span *s)
{
	uint8_t what = get(s);
	struct span data;

	get_octets(s, &data);
	mb_cert1(mb, what & 1 ? V1_P_CERT : V1_P_CERTREQ, what & 2 ? what :
	    IKE_CERT_X509, data.s_data, data.s_len);
}

static pay_fn *const pays[NPAYS] = {
	[P_RAW] = pay_raw, [P_CHAIN] = pay_chain,
	[P_SA1] = pay_sa1, [P_SA2] = pay_sa2,
	[P_KE] = pay_ke, [P_NONCE] = pay_nonce,
	[P_ID1] = pay_id1, [P_ID2] = pay_id2,
	[P_PROOF] = pay_proof, [P_NOTIFY] = pay_notify,
	[P_DELETE] = pay_delete, [P_LIFE] = pay_life,
	[P_DPD] = pay_dpd, [P_VENDOR] = pay_vendor,
	[P_NATD] = pay_natd, [P_CERT] = pay_cert
};

/* The message ID, and the exchange if there is one. */
static uint32_t
get_msgid(struct engine *en, const struct inside_sa *is, uint8_t what,
    struct inside_exch *ix)
{
	memset(ix, 0, sizeof(*ix));
	if (what == 0)
		return (0);
	if (what >= 128 &&
	    inside_exch(en, is->is_cookies, what & 127, ix) == 0)
		return (ix->ix_msgid);
	return (what < 64 ? 0x10000 + ++counter : what);
}

static void
header(struct ike_hdr *h, const struct inside_sa *is, unsigned int how,
    uint8_t exch, uint32_t msgid)
{
	static const uint8_t exchs[] = { V1_X_MAIN, V1_X_AGGRESSIVE,
	    V1_X_INFO, V1_X_QUICK, V1_X_NEWGROUP, V1_X_TRANSACTION, 0 };
	struct span sp = { is->is_cookies, 16 };

	memset(h, 0, sizeof(*h));
	h->h_version = V1_VERSION;
	h->h_exch = exch < sizeof(exchs) ? exchs[exch] : exch;
	h->h_msgid = msgid;
	span_get64(&sp, &h->h_spii);
	span_get64(&sp, &h->h_spir);
	if (h->h_spir == 0)
		h->h_spir = 0x1234567800000000ULL + is->is_cookies[0];
	if (how & HOW_COMMIT)
		h->h_flags |= V1_F_COMMIT;
	if (how & HOW_FLAGS)
		h->h_flags |= V1_F_AUTHONLY;
	if (how & HOW_NEW) {
		h->h_spii = 0xfeed0000 + ++counter;
		h->h_spir = 0;
	}
}

/* HASH(n) over what comes behind it. */
static void
put_hash(struct buf *b, const struct inside_sa *is,
    const struct inside_exch *ix, uint32_t msgid, uint8_t next,
    const struct span *rest, int bad)
{
	uint8_t hash[HASH_MAX] = { 0 };

	if (ix->ix_hash == 2)
		(void)keys_hash2_2(&is->is_keys, msgid, ix->ix_ni, rest,
		    hash);
	else if (ix->ix_hash == 3)
		(void)keys_hash2_3(&is->is_keys, msgid, ix->ix_ni, ix->ix_nr,
		    hash);
	else
		(void)keys_hash2_1(&is->is_keys, msgid, rest, hash);
	hash[0] ^= bad;
	buf_put8(b, next);
	buf_put8(b, 0);
	buf_put16(b, PAYLOAD_HDRLEN + is->is_keys.k_len);
	buf_put(b, hash, is->is_keys.k_len);
	buf_put(b, rest->s_data, rest->s_len);
}

/* The whole message, encrypted with what the engine expects. */
static void
seal(struct buf *out, struct ike_hdr *h, uint8_t next, struct buf *chain,
    const struct inside_sa *is, const struct inside_exch *ix)
{
	uint8_t iv[IV_MAX];

	while (chain->b_len == 0 || chain->b_len %
	    cipher_block(&is->is_keys.k_cipher) != 0)
		buf_put8(chain, 0);
	if (h->h_msgid == 0)
		memcpy(iv, is->is_keys.k_iv, sizeof(iv));
	else if (h->h_exch != V1_X_INFO && ix->ix_type != 0)
		memcpy(iv, ix->ix_iv, sizeof(iv));
	else if (keys_iv2(&is->is_keys, h->h_msgid, iv) == -1)
		wrong("keys_iv2");
	if (keys_encrypt(&is->is_keys, iv, chain->b_data, chain->b_len) == -1)
		wrong("keys_encrypt");
	h->h_flags |= V1_F_ENCRYPTED;
	hdr_put(out, h, next, IKE_HDRLEN + chain->b_len);
	buf_putbuf(out, chain);
}

static void
finish(struct forged *f, struct ike_hdr *h, struct msgb *mb,
    const struct inside_sa *is, const struct inside_exch *ix)
{
	struct span rest = { mb->mb_buf.b_data, mb->mb_buf.b_len };
	struct buf chain = { 0 };
	uint8_t next = mb->mb_first;

	f->f_sealed = is->is_haskeys && !(f->f_how & (HOW_CLEAR | HOW_NEW));
	if (f->f_sealed && h->h_msgid != 0 && !(f->f_how & HOW_NOHASH)) {
		put_hash(&chain, is, ix, h->h_msgid, next, &rest,
		    (f->f_how & HOW_BADHASH) != 0);
		next = V1_P_HASH;
	} else
		buf_put(&chain, rest.s_data, rest.s_len);
	if (f->f_sealed)
		seal(&f->f_data, h, next, &chain, is, ix);
	else {
		hdr_put(&f->f_data, h, next, IKE_HDRLEN + chain.b_len);
		buf_putbuf(&f->f_data, &chain);
	}
	buf_clear(&chain);
}

int
forge(struct span *s, struct engine *en, struct forged *f)
{
	uint8_t which, exch, id;
	struct msgb mb = { 0 };
	struct inside_exch ix;
	struct inside_sa is;
	const struct about a = { en, &is };
	struct ike_hdr h;

	memset(f, 0, sizeof(*f));
	f->f_how = get(s);
	which = get(s);
	exch = get(s);
	id = get(s);
	if (inside_sa(en, which, &is) == -1)
		memset(&is, 0, sizeof(is));
	header(&h, &is, f->f_how, exch, get_msgid(en, &is, id, &ix));
	get_payloads(&mb, pays, NPAYS, &a, s);
	mb_close(&mb);
	if (f->f_how & HOW_NEW) {
		is.is_peer.ia_family = is.is_local.ia_family = 0;
		h.h_msgid = id == 0 ? 0 : h.h_msgid;
	}
	f->f_src = is.is_peer;
	f->f_dst = is.is_local;
	finish(f, &h, &mb, &is, &ix);
	mb_clear(&mb);
	return (f->f_data.b_failed || f->f_data.b_len > V1_MAXMSG ? -1 : 0);
}

/* The chain of a datagram in the clear; its length without padding. */
static int
open_again(struct buf *plain, size_t *end, const struct inside_sa *is,
    const struct inside_exch *ix, const struct ike_hdr *h, const uint8_t *data,
    size_t len)
{
	const char *why;
	uint8_t iv[IV_MAX];
	struct msg m;

	buf_put(plain, data + IKE_HDRLEN, len - IKE_HDRLEN);
	if (h->h_msgid == 0)
		memcpy(iv, is->is_keys.k_iv, sizeof(iv));
	else if (h->h_exch == V1_X_QUICK && ix->ix_type != 0)
		memcpy(iv, ix->ix_iv, sizeof(iv));
	else if (keys_iv2(&is->is_keys, h->h_msgid, iv) == -1)
		return (-1);
	if (keys_decrypt(&is->is_keys, iv, plain->b_data, plain->b_len) == -1)
		return (-1);
	*end = plain->b_len;
	if (msg_parse(&m, h->h_next, plain->b_data, plain->b_len, 1,
	    h->h_msgid == 0 ? 1 : 2, &why) != 0)
		return (-1);
	*end = m.m_end;
	msg_clear(&m);
	return (*end > 0 ? 0 : -1);
}

/* Some of its octets, as the input says. */
static void
edit(struct buf *plain, struct span *s)
{
	unsigned int at, n;

	for (n = get(s) % 8; n > 0; n--) {
		at = get(s) << 8;
		at |= get(s);
		plain->b_data[at % plain->b_len] ^= get(s);
	}
}

/*
 * With payloads more behind the first one, which is HASH in phase 2: then it
 * is made anew, if it is to be right.
 */
static void
put_again(struct buf *out, struct buf *plain, struct msgb *mb,
    const struct inside_sa *is, const struct inside_exch *ix,
    const struct ike_hdr *h, int bad)
{
	const size_t first = PAYLOAD_HDRLEN + is->is_keys.k_len;
	struct buf behind = { 0 };
	uint8_t next = plain->b_data[0];
	struct span rest;

	if (h->h_msgid == 0 || first >= plain->b_len) {
		buf_putbuf(out, plain);
		return;
	}
	if (mb->mb_buf.b_len >= PAYLOAD_HDRLEN && mb->mb_first != 0) {
		buf_set8(&mb->mb_buf, mb->mb_last, next);
		next = mb->mb_first;
		buf_putbuf(&behind, &mb->mb_buf);
	}
	buf_put(&behind, plain->b_data + first, plain->b_len - first);
	rest = (struct span){ behind.b_data, behind.b_len };
	put_hash(out, is, ix, h->h_msgid, next, &rest, bad);
	buf_clear(&behind);
}

/*
 * Input: how (1) edits (1), of each where (2) and what (1), payloads that
 * come in behind the first one.
 */
int
forge_again(struct span *s, struct engine *en, const void *data, size_t len,
    struct forged *f)
{
	struct buf plain = { 0 }, all = { 0 };
	struct msgb mb = { 0 };
	struct inside_exch ix;
	struct inside_sa is;
	const struct about a = { en, &is };
	struct ike_hdr h;
	size_t end = 0;

	memset(f, 0, sizeof(*f));
	f->f_how = get(s);
	if (hdr_parse(&h, data, len) == -1 ||
	    !(h.h_flags & V1_F_ENCRYPTED) ||
	    inside_find(en, data, &is) == -1 || !is.is_haskeys)
		return (-1);
	(void)inside_msgid(en, data, h.h_msgid, &ix);
	if (open_again(&plain, &end, &is, &ix, &h, data, len) == -1) {
		buf_clear(&plain);
		return (-1);
	}
	buf_trim(&plain, end);
	edit(&plain, s);
	get_payloads(&mb, pays, NPAYS, &a, s);
	mb_close(&mb);
	put_again(&all, &plain, &mb, &is, &ix, &h,
	    (f->f_how & HOW_BADHASH) != 0);
	f->f_sealed = 1;
	if (f->f_how & HOW_COMMIT)
		h.h_flags |= V1_F_COMMIT;
	seal(&f->f_data, &h, h.h_next, &all, &is, &ix);
	buf_clear(&plain);
	buf_clear(&all);
	mb_clear(&mb);
	return (f->f_data.b_failed || f->f_data.b_len > V1_MAXMSG ? -1 : 0);
}
