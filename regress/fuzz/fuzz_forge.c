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
 * Input: how (1) which SA (1) exchange (1) message ID (1, relative)
 * payloads (1), and each payload as its function below reads it.
 */
#include <string.h>

#include "proposal.h"

#include "fuzz.h"
#include "fuzz_engine.h"
#include "fuzz_input.h"
#include "fuzz_inside.h"

#define HOW_RESPONSE	0x01
#define HOW_CLEAR	0x02
#define HOW_NEW		0x04	/* another IKE_SA_INIT */
#define HOW_PIECES	0x08	/* in fragments */
#define HOW_OTHERKEY	0x10
#define HOW_OTHERFLAGS	0x20
#define HOW_ELSEWHERE	0x40	/* from another port */
#define HOW_NOSPI	0x80

/* What a payload is made for. */
struct about {
	struct engine	*a_engine;
};

static uint64_t	 counter;

static void
put_props(struct msgb *mb, uint8_t proto, const void *spi, size_t spilen,
    uint8_t what)
{
	struct ike_props ps = { 0 };
	struct ike_prop *pr;

	if (props_add(&ps, proto) == -1)
		wrong("no memory");
	pr = &ps.ps_prop[0];
	pr->pr_num = 1;
	(void)prop_add(pr, IKE_T_ENCR, IKE_ENCR_AES_GCM_16,
	    what & 1 ? 256 : 128);
	if (proto == IKE_PROTO_IKE)
		(void)prop_add(pr, IKE_T_PRF, IKE_PRF_SHA2_256, 0);
	else
		(void)prop_add(pr, IKE_T_ESN, what & 2 ? IKE_ESN_YES :
		    IKE_ESN_NO, 0);
	if (!(what & 4))
		(void)prop_add(pr, IKE_T_DH, what & 8 ? IKE_DH_ECP256 :
		    IKE_DH_CURVE25519, 0);
	if (spilen == 0)
		mb_sa(mb, &ps);
	else
		mb_sa_spi(mb, &ps, spi, spilen, 0);
	props_clear(&ps);
}

static void
pay_esp(struct msgb *mb, const struct about *a, struct span *s)
{
	uint8_t which = get(s), spi[4] = { 0x12, 0x34, 0x56, which };
	uint32_t in, out;

	if (which == 0)
		memset(spi, 0, 4);
	else if (which >= 128 && inside_child(a->a_engine, which, &in,
	    &out) == 0)
		put_spi(spi, out);
	put_props(mb, IKE_PROTO_ESP, spi, sizeof(spi), get(s));
}

static void
pay_ike(struct msgb *mb, const struct about *a, struct span *s)
{
	uint8_t which = get(s), spi[8] = { 1, 2, 3, 4, 5, 6, 7, which };

	put_props(mb, IKE_PROTO_IKE, spi, which == 0 ? 0 : 8, get(s));
}

static void
pay_ke(struct msgb *mb, const struct about *a, struct span *s)
{
	static uint8_t nine[32] = { 9 }, none[32];
	uint8_t what = get(s);
	struct buf pub = { what & 1 ? none : nine, what & 2 ? 31 : 32, 0, 0 };

	mb_ke(mb, what & 4 ? IKE_DH_ECP256 : IKE_DH_CURVE25519, &pub);
}

static void
pay_nonce(struct msgb *mb, const struct about *a, struct span *s)
{
	uint8_t what = get(s), nonce[256];

	memset(nonce, what, sizeof(nonce));
	mb_nonce(mb, nonce, what & 0x80 ? what & 0x7f : 32);
}

static void
pay_ts(struct msgb *mb, const struct about *a, struct span *s)
{
	struct ike_tslist tl = { 0 };
	struct ike_ts ts = { .ts_family = 4, .ts_port = { 0, 65535 } };
	uint8_t what = get(s);

	if (what & 0x80)
		ts.ts_family = 6;
	memset(ts.ts_hi, 0xff, what & 0x80 ? 16 : 4);
	ts.ts_lo[0] = what;
	if (tslist_add(&tl, &ts) == -1)
		wrong("no memory");
	mb_ts(mb, IKE_P_TSI, &tl);
	mb_ts(mb, IKE_P_TSR, &tl);
	tslist_clear(&tl);
}

static void
pay_rekey(struct msgb *mb, const struct about *a, struct span *s)
{
	uint8_t what = get(s), spi[4];
	uint32_t in = 1, out = 1;

	(void)inside_child(a->a_engine, what >> 1, &in, &out);
	if (what & 1)
		out = in;
	put_spi(spi, out);
	mb_notify(mb, IKE_PROTO_ESP, spi, sizeof(spi), IKE_N_REKEY_SA, NULL,
	    0);
}

static void
pay_delete(struct msgb *mb, const struct about *a, struct span *s)
{
	uint8_t what = get(s);
	uint32_t spi[2] = { 1, 1 };

	if (what & 1)
		mb_delete(mb, IKE_PROTO_IKE, NULL, 0);
	else {
		(void)inside_child(a->a_engine, what >> 2, &spi[1], &spi[0]);
		mb_delete(mb, IKE_PROTO_ESP, spi, what & 2 ? 2 : 1);
	}
}

static void
pay_notify(struct msgb *mb, const struct about *a, struct span *s)
{
	struct span data;
	uint16_t type = get(s) << 8;

	type |= get(s);
	get_octets(s, &data);
	mb_notify(mb, 0, NULL, 0, type, data.s_data, data.s_len);
}

static void
pay_auth(struct msgb *mb, const struct about *a, struct span *s)
{
	uint8_t what = get(s), auth[32];
	struct ike_id id = { 0 };

	if (id_parse(what & 1 ? "a0.example" : "b0.example", &id) == -1)
		wrong("no memory");
	memset(auth, what, sizeof(auth));
	mb_id(mb, what & 1 ? IKE_P_IDI : IKE_P_IDR, &id);
	mb_auth(mb, what & 2 ? IKE_AUTH_SIGNATURE : IKE_AUTH_PSK, auth,
	    what & 4 ? 0 : sizeof(auth));
	id_clear(&id);
}

static pay_fn *const pays[NPAYS] = {
	[P_RAW] = pay_raw, [P_CHAIN] = pay_chain,
	[P_ESP] = pay_esp, [P_IKE] = pay_ike,
	[P_KE] = pay_ke, [P_NONCE] = pay_nonce,
	[P_TS] = pay_ts, [P_REKEY] = pay_rekey,
	[P_DELETE] = pay_delete, [P_NOTIFY] = pay_notify,
	[P_AUTH] = pay_auth
};

static void
forge_header(struct ike_hdr *h, const struct inside_sa *is, uint8_t how,
    uint8_t exch, uint8_t id)
{
	static const uint8_t exchs[] = { IKE_X_SA_INIT, IKE_X_AUTH,
	    IKE_X_CREATE_CHILD, IKE_X_INFORMATIONAL, 0, 43, 38 };

	memset(h, 0, sizeof(*h));
	h->h_version = IKE_VERSION;
	h->h_exch = exch < sizeof(exchs) ? exchs[exch] : exch;
	if (h->h_exch == 0)
		h->h_exch = is->is_exch;
	h->h_flags = (!is->is_initiator != !(how & HOW_OTHERFLAGS) ?
	    IKE_F_INITIATOR : 0) | (how & HOW_RESPONSE ? IKE_F_RESPONSE : 0);
	h->h_spii = is->is_spi[0];
	h->h_spir = is->is_spi[1];
	h->h_msgid = (how & HOW_RESPONSE ? is->is_response :
	    is->is_request) + (int8_t)id;
	if (how & HOW_NOSPI)
		h->h_spii = h->h_spir = 0;
	if (how & HOW_NEW) {
		h->h_exch = IKE_X_SA_INIT;
		h->h_flags = IKE_F_INITIATOR;
		h->h_spii = ++counter << 8 | exch;
		h->h_spir = 0;
		h->h_msgid = 0;
	}
}

int
forge(struct span *s, struct engine *en, struct forged *f)
{
	uint8_t how = get(s), which = get(s), exch = get(s), id = get(s);
	const struct about a = { en };
	struct msgb mb = { 0 };
	struct inside_sa is;
	struct ike_hdr h;
	int rc;

	memset(f, 0, sizeof(*f));
	if (inside_sa(en, which, &is) == -1)
		memset(&is, 0, sizeof(is));
	forge_header(&h, &is, how, exch, id);
	get_payloads(&mb, pays, NPAYS, &a, s);
	f->f_src = is.is_peer;
	f->f_dst = is.is_local;
	f->f_elsewhere = (how & HOW_ELSEWHERE) != 0;
	f->f_sealed = !(how & (HOW_CLEAR | HOW_NEW)) &&
	    is.is_in.sk_ekeylen != 0;
	if (how & HOW_OTHERKEY)
		is.is_in.sk_ekey[0] ^= 1;
	if (f->f_sealed)
		rc = msg_seal(&f->f_pkts, &h, &mb, &is.is_in, &counter,
		    how & HOW_PIECES ? 128 : 0);
	else
		rc = msg_clear_make(&f->f_pkts, &h, &mb);
	mb_clear(&mb);
	return (rc);
}
