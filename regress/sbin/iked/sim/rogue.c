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
 * A peer with the keys of an IKE SA that never proved who it is: it may ask
 * for children, deletes and moves before IKE_AUTH (CVE-2014-2338,
 * CVE-2019-12312), and for anything in it.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "msg.h"
#include "pair.h"
#include "proposal.h"

struct rogue {
	struct pair	*r_pair;
	struct ike_addr	 r_addr;
	struct dgram	*r_answer;	/* the last one to it */
	unsigned int	 r_answers;
	struct dh	*r_dh;
	uint64_t	 r_spi[2];
	uint8_t		 r_ni[IKE_NONCE_LEN];
	struct skey	 r_key[2];	/* of the initiator, the responder */
	uint8_t		 r_skd[PRF_MAX];
	uint64_t	 r_counter;
	int		 r_natt;
};

static int
rogue_hook(struct sim *s, struct node *from, struct dgram *d, void *arg)
{
	struct rogue *r = arg;
	struct ike_hdr h;

	if (!addr_same(&d->dg_dst, &r->r_addr))
		return (-1);
	r->r_answers++;
	/* a late one about an SA of before tells nothing about this one */
	if (hdr_parse(&h, d->dg_data, d->dg_len) == -1 ||
	    h.h_exch != IKE_X_SA_INIT)
		return (-2);
	free(r->r_answer);
	if ((r->r_answer = malloc(sizeof(*d) + d->dg_len)) == NULL)
		err(2, NULL);
	memcpy(r->r_answer, d, sizeof(*d) + d->dg_len);
	return (-2);
}

static void
rogue_send(struct rogue *r, const void *data, size_t len)
{
	struct sim *s = r->r_pair->p_sim;
	struct dgram *d;

	if ((d = calloc(1, sizeof(*d) + len)) == NULL)
		err(2, NULL);
	d->dg_src = r->r_addr;
	d->dg_dst = r->r_pair->p_node[1]->n_addr;
	d->dg_marker = r->r_natt;
	d->dg_src.ia_port = r->r_natt ? IKE_PORT_NATT : IKE_PORT;
	d->dg_dst.ia_port = d->dg_src.ia_port;
	d->dg_len = len;
	memcpy(d->dg_data, data, len);
	sim_inject(s, d);
	free(d);
	sim_run(s, 1);
}

static void
rogue_header(struct rogue *r, struct ike_hdr *h, uint8_t exch, uint32_t id)
{
	memset(h, 0, sizeof(*h));
	h->h_spii = r->r_spi[0];
	h->h_spir = r->r_spi[1];
	h->h_version = IKE_VERSION;
	h->h_exch = exch;
	h->h_flags = IKE_F_INITIATOR;
	h->h_msgid = id;
}

static void
rogue_init(struct rogue *r)
{
	struct sim *s = r->r_pair->p_sim;
	struct ike_props props = { 0 };
	struct msgb mb;
	struct pkts pk = { 0 };
	struct ike_hdr h;
	struct buf pub = { 0 };
	unsigned int i;

	r->r_spi[0] = sim_random(s);
	r->r_spi[1] = 0;
	for (i = 0; i < sizeof(r->r_ni); i++)
		r->r_ni[i] = sim_random(s);
	memset(&mb, 0, sizeof(mb));
	r->r_dh = dh_new(IKE_DH_CURVE25519);
	if (r->r_dh == NULL || dh_public(r->r_dh, &pub) == -1 ||
	    props_add(&props, IKE_PROTO_IKE) == -1 ||
	    prop_add(&props.ps_prop[0], IKE_T_ENCR, IKE_ENCR_AES_GCM_16,
	    128) == -1 || prop_add(&props.ps_prop[0], IKE_T_PRF,
	    IKE_PRF_SHA2_256, 0) == -1 || prop_add(&props.ps_prop[0],
	    IKE_T_DH, IKE_DH_CURVE25519, 0) == -1)
		errx(2, "rogue_init");
	props.ps_prop[0].pr_num = 1;
	mb_sa(&mb, &props);
	mb_ke(&mb, IKE_DH_CURVE25519, &pub);
	mb_nonce(&mb, r->r_ni, sizeof(r->r_ni));
	rogue_header(r, &h, IKE_X_SA_INIT, 0);
	if (msg_clear_make(&pk, &h, &mb) == -1)
		errx(2, "msg_clear_make");
	rogue_send(r, pk.pk_buf[0].b_data, pk.pk_buf[0].b_len);
	pkts_clear(&pk);
	mb_clear(&mb);
	buf_clear(&pub);
	props_clear(&props);
}

static void
rogue_keys(struct rogue *r, const struct msg *m, const struct buf *secret)
{
	struct buf seed = { 0 };
	struct span parts[2], one;
	uint8_t skeyseed[PRF_MAX], out[256];
	struct skey *k;
	size_t off = 32;
	int i;

	parts[0].s_data = r->r_ni;
	parts[0].s_len = sizeof(r->r_ni);
	parts[1] = m->m_nonce;
	buf_put(&seed, r->r_ni, sizeof(r->r_ni));
	buf_put(&seed, m->m_nonce.s_data, m->m_nonce.s_len);
	one.s_data = seed.b_data;
	one.s_len = seed.b_len;
	if (prf_calc(IKE_PRF_SHA2_256, one.s_data, one.s_len,
	    &(struct span){ secret->b_data, secret->b_len }, 1,
	    skeyseed) == -1)
		errx(2, "prf_calc");
	buf_put64(&seed, r->r_spi[0]);
	buf_put64(&seed, r->r_spi[1]);
	parts[0].s_data = seed.b_data;
	parts[0].s_len = seed.b_len;
	if (prf_plus(IKE_PRF_SHA2_256, skeyseed, 32, parts, 1, out,
	    32 + 2 * 20 + 64) == -1)
		errx(2, "prf_plus");
	memcpy(r->r_skd, out, 32);
	for (i = 0; i < 2; i++) {
		k = &r->r_key[i];
		memset(k, 0, sizeof(*k));
		k->sk_encr.xf_type = IKE_T_ENCR;
		k->sk_encr.xf_id = IKE_ENCR_AES_GCM_16;
		k->sk_encr.xf_keybits = 128;
		if (skey_sizes(k) == -1 || k->sk_ekeylen != 20)
			errx(2, "skey_sizes");
		memcpy(k->sk_ekey, out + off, 20);
		off += 20;
	}
	buf_clear(&seed);
}

/* The answer to IKE_SA_INIT; 0, or -1: a cookie or the like. */
static int
rogue_answered(struct rogue *r)
{
	struct dgram *d = r->r_answer;
	struct buf secret = { 0 };
	struct ike_hdr h;
	const char *why;
	uint8_t critical;
	struct msg m;

	if (d == NULL || hdr_parse(&h, d->dg_data, d->dg_len) == -1 ||
	    msg_parse(&m, h.h_next, d->dg_data, IKE_HDRLEN,
	    d->dg_len - IKE_HDRLEN, &critical, &why) != 0)
		return (-1);
	if (!MSG_HAS(&m, IKE_P_KE) || dh_shared(r->r_dh, m.m_ke.s_data,
	    m.m_ke.s_len, &secret) == -1) {
		msg_clear(&m);
		return (-1);
	}
	r->r_spi[1] = h.h_spir;
	rogue_keys(r, &m, &secret);
	buf_clear(&secret);
	msg_clear(&m);
	return (0);
}

static void
rogue_ask(struct rogue *r, uint8_t exch, uint32_t id, struct msgb *mb)
{
	struct pkts pk = { 0 };
	struct ike_hdr h;
	unsigned int i;

	rogue_header(r, &h, exch, id);
	if (msg_seal(&pk, &h, mb, &r->r_key[0], &r->r_counter, 0) == -1)
		errx(2, "msg_seal");
	for (i = 0; i < pk.pk_n; i++)
		rogue_send(r, pk.pk_buf[i].b_data, pk.pk_buf[i].b_len);
	pkts_clear(&pk);
	mb_clear(mb);
}

static void
add_any_ts(struct msgb *mb)
{
	struct ike_tslist tl = { 0 };
	struct ike_ts ts;

	memset(&ts, 0, sizeof(ts));
	ts.ts_family = 4;
	ts.ts_port[1] = 65535;
	memset(ts.ts_hi, 0xff, 4);
	if (tslist_add(&tl, &ts) == -1)
		errx(2, "tslist_add");
	mb_ts(mb, IKE_P_TSI, &tl);
	mb_ts(mb, IKE_P_TSR, &tl);
	tslist_clear(&tl);
}

static void
add_child(struct rogue *r, struct msgb *mb)
{
	struct ike_props props = { 0 };
	uint32_t spi = 0x12345678;

	if (props_default(&props, IKE_PROTO_ESP) == -1)
		errx(2, "props_default");
	mb_sa_spi(mb, &props, &spi, sizeof(spi), 0);
	mb_nonce(mb, r->r_ni, sizeof(r->r_ni));
	add_any_ts(mb);
	props_clear(&props);
}

/* The identity of the real peer, and a proof that is none. */
static void
add_auth(struct rogue *r, struct msgb *mb)
{
	uint8_t auth[32];
	struct ike_id id;

	memset(&id, 0, sizeof(id));
	if (id_parse("a0.example", &id) == -1)
		errx(2, "id_parse");
	memset(auth, 0x55, sizeof(auth));
	mb_id(mb, IKE_P_IDI, &id);
	mb_auth(mb, IKE_AUTH_PSK, auth, sim_below(r->r_pair->p_sim, 33));
	id_clear(&id);
}

/* Payloads of the right form with anything in them. */
static void
add_noise(struct rogue *r, struct msgb *mb)
{
	struct sim *s = r->r_pair->p_sim;
	unsigned int n = sim_below(s, 6);

	while (n-- > 0) {
		mb_open(mb, 33 + sim_below(s, 16));
		noise(s, &mb->mb_buf);
		mb_close(mb);
	}
}

static void
rogue_try(struct rogue *r)
{
	static const uint8_t exchs[] = { IKE_X_CREATE_CHILD,
	    IKE_X_INFORMATIONAL, IKE_X_AUTH, IKE_X_SA_INIT, 43, 0 };
	struct sim *s = r->r_pair->p_sim;
	uint32_t spi = sadb_newest(r->r_pair->p_node[1], 0, 0)->sa_k.ks_spi;
	struct msgb mb;

	memset(&mb, 0, sizeof(mb));
	switch (sim_below(s, 7)) {
	case 0:
		add_child(r, &mb);
		break;
	case 1:
		mb_notify(&mb, IKE_PROTO_ESP, &spi, 4, IKE_N_REKEY_SA, NULL,
		    0);
		add_child(r, &mb);
		break;
	case 2:
		mb_delete(&mb, IKE_PROTO_ESP, &spi, 1);
		break;
	case 3:
		mb_delete(&mb, IKE_PROTO_IKE, NULL, 0);
		break;
	case 4:
		mb_notify(&mb, 0, NULL, 0, IKE_N_UPDATE_SA_ADDRESSES, NULL,
		    0);
		break;
	case 5:
		add_auth(r, &mb);
		mb_notify(&mb, 0, NULL, 0, IKE_N_INITIAL_CONTACT, NULL, 0);
		add_child(r, &mb);
		break;
	case 6:
		add_noise(r, &mb);
		break;
	}
	r->r_natt = sim_below(s, 3) == 0;
	rogue_ask(r, exchs[sim_below(s, 4) == 0 ? sim_below(s, 6) :
	    sim_below(s, 3)], sim_below(s, 3) == 0 ? sim_below(s, 4) : 1,
	    &mb);
}

void
test_rogue(struct sim *s)
{
	struct engine_count ec;
	struct rogue r;
	struct pair p;
	uint64_t print;
	unsigned int i, j, n;

	pair_make(&p, s);
	pair_v4(&p);
	p.p_opt.o_peer[1] = "peer any";
	p.p_node[1]->n_cadelay = sim_below(s, 2) ? 200 : 0;
	pair_startboth(&p);
	pair_settle(&p, SIM_MIN);
	print = sadb_newest(p.p_node[0], 0, 1)->sa_print;
	pair_flows(&p, 100);
	memset(&r, 0, sizeof(r));
	r.r_pair = &p;
	addr_pton("203.0.113.66", &r.r_addr);
	s->s_hook = rogue_hook;
	s->s_hookarg = &r;
	for (i = 0; i < 10; i++) {
		r.r_natt = 0;
		rogue_init(&r);
		if (rogue_answered(&r) == -1)
			sim_fail(s, "IKE_SA_INIT is not answered");
		n = 1 + sim_below(s, 5);
		for (j = 0; j < n; j++) {
			rogue_try(&r);
			sim_run(s, sim_below(s, 300));
			engine_counts(p.p_node[1]->n_engine, &ec);
			if (ec.ec_established != 1)
				sim_fail(s, "%u established",
				    ec.ec_established);
		}
		dh_free(r.r_dh);
	}
	s->s_hook = NULL;
	free(r.r_answer);
	pair_settle(&p, SIM_MIN);
	if (pair_lost(&p) != 0)
		sim_fail(s, "the rogue lost %u packets", pair_lost(&p));
	if (sadb_newest(p.p_node[0], 0, 1)->sa_print != print)
		sim_fail(s, "the rogue changed the SA");
	pair_data(&p);
	pair_end(&p);
}
