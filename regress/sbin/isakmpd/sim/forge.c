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
 * A peer made by hand.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "forge.h"

static const struct p1_xform forge_p1 = {
	.px_enc = V1_ENC_AES, .px_bits = { 128, 128, 128 },
	.px_hash = V1_HASH_SHA2_256, .px_auth = V1_AUTH_PSK,
	.px_group = IKE_DH_ECP256,
	.px_life = { .lf_s = { 3600, 60, 86400 } }
};

static const struct p2_xform forge_p2 = {
	.qx_proto = V1_PROTO_ESP, .qx_id = V1_ESP_AES,
	.qx_bits = { 128, 128, 128 }, .qx_mac = V1_MAC_SHA2_256,
	.qx_encap = V1_ENCAP_TUNNEL, .qx_group = IKE_DH_NONE,
	.qx_life = { .lf_s = { 1200, 60, 86400 } }
};

static int
forge_hook(struct sim *s, struct node *from, struct dgram *d, void *arg)
{
	struct forge *f = arg;

	if (!addr_same(&d->dg_dst, &f->f_addr))
		return (-1);
	f->f_got++;
	if (f->f_nin < FORGE_IN)
		f->f_in[f->f_nin++] = dgram_dup(d, d->dg_len);
	return (-2);
}

void
forge_new(struct forge *f, struct node *to, const char *addr)
{
	memset(f, 0, sizeof(*f));
	f->f_to = to;
	f->f_sim = to->n_sim;
	if (addr_pton(addr, &f->f_addr) == -1)
		errx(2, "%s is no address", addr);
	f->f_addr.ia_port = IKE_PORT;
	f->f_sim->s_hook = forge_hook;
	f->f_sim->s_hookarg = f;
}

static void
forge_forget(struct forge *f)
{
	if (f->f_hasmsg)
		msg_clear(&f->f_msg);
	f->f_hasmsg = 0;
	buf_clear(&f->f_plain);
}

static void
forge_clear(struct forge *f)
{
	struct buf *bufs[] = { &f->f_ni, &f->f_nr, &f->f_gxi, &f->f_gxr,
	    &f->f_secret, &f->f_sai, &f->f_qni, &f->f_qnr, &f->f_qsecret };
	size_t i;

	for (i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++)
		buf_clear(bufs[i]);
	dh_free(f->f_dh);
	dh_free(f->f_qdh);
	f->f_dh = f->f_qdh = NULL;
	while (f->f_nin > 0)
		free(f->f_in[--f->f_nin]);
	forge_forget(f);
}

void
forge_free(struct forge *f)
{
	f->f_sim->s_hook = NULL;
	forge_clear(f);
}

void
forge_nonce(struct forge *f, struct buf *b)
{
	unsigned int i;

	buf_clear(b);
	for (i = 0; i < 20; i++)
		buf_put8(b, sim_random(f->f_sim));
}

static void
forge_header(struct forge *f, struct ike_hdr *h, uint8_t exch, uint8_t flags,
    uint32_t msgid)
{
	struct span sp = { f->f_cookies, 16 };

	memset(h, 0, sizeof(*h));
	span_get64(&sp, &h->h_spii);
	span_get64(&sp, &h->h_spir);
	h->h_version = V1_VERSION;
	h->h_exch = exch;
	h->h_flags = flags;
	h->h_msgid = msgid;
}

void
forge_send(struct forge *f, uint8_t exch, uint8_t flags, uint32_t msgid,
    struct msgb *mb, uint8_t *iv)
{
	struct buf chain = { 0 }, all = { 0 };
	struct ike_hdr h;
	struct dgram *d;

	if (mb_put(&chain, mb) == -1)
		errx(2, "mb_put");
	while (iv != NULL && (chain.b_len == 0 || chain.b_len %
	    cipher_block(&f->f_keys.k_cipher) != 0))
		buf_put8(&chain, 0);
	if (iv != NULL && keys_encrypt(&f->f_keys, iv, chain.b_data,
	    chain.b_len) == -1)
		errx(2, "keys_encrypt");
	forge_header(f, &h, exch, flags | (iv != NULL ? V1_F_ENCRYPTED : 0),
	    msgid);
	hdr_put(&all, &h, mb->mb_first, IKE_HDRLEN + chain.b_len);
	buf_putbuf(&all, &chain);
	if (all.b_failed ||
	    (d = calloc(1, sizeof(*d) + all.b_len)) == NULL)
		err(2, NULL);
	d->dg_src = f->f_addr;
	d->dg_dst = f->f_to->n_addr;
	d->dg_dst.ia_port = IKE_PORT;
	d->dg_len = all.b_len;
	memcpy(d->dg_data, all.b_data, all.b_len);
	sim_inject(f->f_sim, d);
	free(d);
	buf_clear(&chain);
	buf_clear(&all);
	mb_clear(mb);
	sim_run(f->f_sim, 1);
}

/* The IV that a message has to be read with. */
static void
forge_iv(struct forge *f, uint8_t exch, uint8_t **iv)
{
	if (exch == V1_X_MAIN)
		*iv = f->f_keys.k_iv;
	else {
		if (exch != V1_X_QUICK || f->f_hdr.h_msgid != f->f_msgid) {
			f->f_msgid = f->f_hdr.h_msgid;
			if (keys_iv2(&f->f_keys, f->f_msgid, f->f_iv) == -1)
				errx(2, "keys_iv2");
		}
		*iv = f->f_iv;
	}
}

static void
forge_read(struct forge *f, const struct dgram *d)
{
	const char *why = "";
	uint8_t *iv;

	forge_forget(f);
	buf_put(&f->f_plain, d->dg_data + IKE_HDRLEN, d->dg_len - IKE_HDRLEN);
	if (f->f_hdr.h_flags & V1_F_ENCRYPTED) {
		forge_iv(f, f->f_hdr.h_exch, &iv);
		if (keys_decrypt(&f->f_keys, iv, f->f_plain.b_data,
		    f->f_plain.b_len) == -1)
			errx(2, "keys_decrypt");
	}
	if (msg_parse(&f->f_msg, f->f_hdr.h_next, f->f_plain.b_data,
	    f->f_plain.b_len, f->f_hdr.h_flags & V1_F_ENCRYPTED,
	    f->f_hdr.h_exch == V1_X_QUICK ? 2 : 1, &why) != 0)
		sim_fail(f->f_sim, "a message makes no sense: %s", why);
	f->f_hasmsg = 1;
	memcpy(f->f_cookies, d->dg_data, 16);
}

int
forge_take(struct forge *f, uint8_t exch)
{
	struct dgram *d = NULL;
	unsigned int i;

	for (i = 0; i < f->f_nin; i++) {
		d = f->f_in[i];
		/* not a late one of an SA of before */
		if (hdr_parse(&f->f_hdr, d->dg_data, d->dg_len) == 0 &&
		    f->f_hdr.h_exch == exch && (!f->f_initiator ||
		    memcmp(d->dg_data, f->f_cookies, V1_COOKIELEN) == 0))
			break;
	}
	if (i == f->f_nin)
		return (-1);
	memmove(&f->f_in[i], &f->f_in[i + 1],
	    (--f->f_nin - i) * sizeof(f->f_in[0]));
	forge_read(f, d);
	free(d);
	return (0);
}

void
forge_wait(struct forge *f, uint8_t exch, uint64_t ms)
{
	uint64_t end = f->f_sim->s_now + ms;

	while (forge_take(f, exch) == -1) {
		if (f->f_sim->s_now >= end)
			sim_fail(f->f_sim, "no %s comes",
			    v1_exch_name(exch));
		sim_run(f->f_sim, 10);
	}
}

static void
forge_ke(struct forge *f, struct msgb *mb)
{
	struct buf *pub = f->f_initiator ? &f->f_gxi : &f->f_gxr;
	struct buf *nonce = f->f_initiator ? &f->f_ni : &f->f_nr;

	if ((f->f_dh = dh_new(IKE_DH_ECP256)) == NULL ||
	    dh_public(f->f_dh, pub) == -1)
		errx(2, "dh_new");
	forge_nonce(f, nonce);
	mb_data(mb, V1_P_KE, pub->b_data, pub->b_len);
	mb_data(mb, V1_P_NONCE, nonce->b_data, nonce->b_len);
}

static void
forge_derive(struct forge *f, const char *psk)
{
	struct buf *pub = f->f_initiator ? &f->f_gxr : &f->f_gxi;
	struct buf *nonce = f->f_initiator ? &f->f_nr : &f->f_ni;
	struct p1_keys *k = &f->f_keys;

	buf_put(pub, f->f_msg.m_ke.s_data, f->f_msg.m_ke.s_len);
	buf_put(nonce, f->f_msg.m_nonce.s_data, f->f_msg.m_nonce.s_len);
	k->k_hash = V1_HASH_SHA2_256;
	k->k_cipher.ci_enc = V1_ENC_AES;
	k->k_cipher.ci_bits = 128;
	k->k_len = hash_len(k->k_hash);
	if (dh_shared(f->f_dh, pub->b_data, pub->b_len, &f->f_secret) == -1 ||
	    keys_skeyid_psk(k->k_hash, psk, strlen(psk), &f->f_ni, &f->f_nr,
	    k->k_skeyid) == -1 || keys_derive(k, &f->f_secret, f->f_cookies,
	    &f->f_gxi, &f->f_gxr) == -1)
		errx(2, "keys_derive");
}

/* ID and HASH, of ours. */
static void
forge_proof(struct forge *f, struct msgb *mb)
{
	struct ike_id id = { IKE_ID_IPV4, 4, NULL };
	uint8_t hash[HASH_MAX];
	struct buf body = { 0 };
	struct span sp;

	id.id_data = f->f_addr.ia_addr;
	mb_id1(mb, &id);
	id1_body(&body, &id);
	sp.s_data = body.b_data;
	sp.s_len = body.b_len;
	if (keys_hash1(&f->f_keys, f->f_initiator, &f->f_gxi, &f->f_gxr,
	    f->f_cookies, &f->f_sai, &sp, hash) == -1)
		errx(2, "keys_hash1");
	mb_data(mb, V1_P_HASH, hash, f->f_keys.k_len);
	buf_clear(&body);
}

void
forge_initiate(struct forge *f, const char *psk)
{
	struct msgb mb = { 0 };
	struct span body;
	unsigned int i;

	forge_clear(f);
	memset(&f->f_keys, 0, sizeof(f->f_keys));
	memset(f->f_cookies, 0, sizeof(f->f_cookies));
	f->f_initiator = 1;
	for (i = 0; i < V1_COOKIELEN; i++)
		f->f_cookies[i] = sim_random(f->f_sim);
	mb_p1_sa(&mb, &forge_p1, 1);
	body = mb_first_body(&mb);
	buf_put(&f->f_sai, body.s_data, body.s_len);
	forge_send(f, V1_X_MAIN, 0, 0, &mb, NULL);
	forge_wait(f, V1_X_MAIN, SIM_SEC);
	memset(&mb, 0, sizeof(mb));
	forge_ke(f, &mb);
	forge_send(f, V1_X_MAIN, 0, 0, &mb, NULL);
	forge_wait(f, V1_X_MAIN, SIM_SEC);
	forge_derive(f, psk);
}

void
forge_prove(struct forge *f)
{
	struct msgb mb = { 0 };

	forge_proof(f, &mb);
	forge_send(f, V1_X_MAIN, 0, 0, &mb, f->f_keys.k_iv);
	forge_wait(f, V1_X_MAIN, SIM_SEC);
	if (!MSG_HAS(&f->f_msg, V1_P_HASH) || !MSG_HAS(&f->f_msg, V1_P_ID))
		sim_fail(f->f_sim, "main mode ends without a proof");
}

void
forge_answer(struct forge *f, const char *psk, uint64_t ms)
{
	struct msgb mb = { 0 };
	const struct v1_sa *sa;
	unsigned int i;

	buf_clear(&f->f_sai);
	f->f_initiator = 0;
	forge_wait(f, V1_X_MAIN, ms);
	for (i = V1_COOKIELEN; i < 16; i++)
		f->f_cookies[i] = sim_random(f->f_sim);
	sa = &f->f_msg.m_sa;
	if (sa->s_n == 0)
		sim_fail(f->f_sim, "main mode begins without a proposal");
	buf_put(&f->f_sai, sa->s_body.s_data, sa->s_body.s_len);
	mb_sa_chosen(&mb, &sa->s_prop[0], &sa->s_prop[0].p_xf[0], NULL, 0);
	forge_send(f, V1_X_MAIN, 0, 0, &mb, NULL);
	forge_wait(f, V1_X_MAIN, SIM_SEC);
	memset(&mb, 0, sizeof(mb));
	forge_ke(f, &mb);
	forge_derive(f, psk);
	forge_send(f, V1_X_MAIN, 0, 0, &mb, NULL);
}

void
forge_answer_proof(struct forge *f, struct msgb *more)
{
	struct msgb mb = { 0 };

	forge_wait(f, V1_X_MAIN, SIM_SEC);
	forge_proof(f, &mb);
	if (more != NULL) {
		mb_open(&mb, more->mb_first);
		buf_put(&mb.mb_buf, more->mb_buf.b_data + PAYLOAD_HDRLEN,
		    more->mb_buf.b_len - PAYLOAD_HDRLEN);
		mb_close(&mb);
		mb_clear(more);
	}
	forge_send(f, V1_X_MAIN, 0, 0, &mb, f->f_keys.k_iv);
}

/* With a HASH over M-ID [| Ni] | chain before the chain. */
static void
forge_hashed(struct forge *f, uint8_t exch, uint8_t flags, struct msgb *mb,
    const struct buf *ni, uint8_t *iv)
{
	uint8_t hash[HASH_MAX];
	struct buf chain = { 0 }, all = { 0 };
	struct msgb out = { 0 };
	struct span rest;

	if (mb_put(&chain, mb) == -1)
		errx(2, "mb_put");
	rest.s_data = chain.b_data;
	rest.s_len = chain.b_len;
	if ((ni == NULL ? keys_hash2_1(&f->f_keys, f->f_msgid, &rest, hash) :
	    keys_hash2_2(&f->f_keys, f->f_msgid, ni, &rest, hash)) == -1)
		errx(2, "keys_hash2");
	mb_data(&out, V1_P_HASH, hash, f->f_keys.k_len);
	if (mb_put(&all, &out) == -1)
		errx(2, "mb_put");
	all.b_data[0] = mb->mb_first;
	buf_putbuf(&all, &chain);
	mb_clear(&out);
	out.mb_first = V1_P_HASH;
	buf_move(&out.mb_buf, &all);
	forge_send(f, exch, flags, f->f_msgid, &out, iv);
	buf_clear(&chain);
	mb_clear(mb);
}

void
forge_inform(struct forge *f, struct msgb *mb)
{
	uint32_t kept = f->f_msgid;
	uint8_t iv[IV_MAX];

	f->f_msgid = sim_random(f->f_sim) | 1;
	if (keys_iv2(&f->f_keys, f->f_msgid, iv) == -1)
		errx(2, "keys_iv2");
	forge_hashed(f, V1_X_INFO, 0, mb, NULL, iv);
	f->f_msgid = kept;
}

void
forge_quick(struct forge *f, uint8_t flags)
{
	struct p2_id any = { V1_ID_IPV4_SUBNET, { .ts_family = 4,
	    .ts_port = { 0, 65535 }, .ts_hi = { 255, 255, 255, 255 } } };
	struct msgb mb = { 0 };

	f->f_msgid = sim_random(f->f_sim) | 1;
	if (keys_iv2(&f->f_keys, f->f_msgid, f->f_iv) == -1)
		errx(2, "keys_iv2");
	forge_nonce(f, &f->f_qni);
	f->f_spi = 0x1000 + sim_below(f->f_sim, 1000000);
	mb_p2_sa(&mb, &forge_p2, 1, f->f_spi, 0);
	mb_data(&mb, V1_P_NONCE, f->f_qni.b_data, f->f_qni.b_len);
	mb_id2(&mb, &any);
	mb_id2(&mb, &any);
	forge_hashed(f, V1_X_QUICK, flags, &mb, NULL, f->f_iv);
}

void
forge_lifetime(struct msgb *mb, uint8_t proto, const void *spi, size_t len,
    uint32_t s)
{
	struct buf b = { 0 };

	/* the same numbers in phase 2 */
	buf_put16(&b, V1_A_BASIC | (proto == V1_PROTO_ISAKMP ?
	    V1_A_LIFETYPE : V1_B_LIFETYPE));
	buf_put16(&b, V1_LIFE_SECONDS);
	buf_put16(&b, proto == V1_PROTO_ISAKMP ? V1_A_LIFEDUR :
	    V1_B_LIFEDUR);
	buf_put16(&b, 4);
	buf_put32(&b, s);
	mb_notify1(mb, proto, spi, len, V1_N_RESPONDER_LIFETIME, b.b_data,
	    b.b_len);
	buf_clear(&b);
}

/* KE of a quick mode, if the other one sent any. */
static void
forge_quick_ke(struct forge *f, struct msgb *mb, uint16_t group)
{
	const struct span *ke = &f->f_msg.m_ke;
	struct buf pub = { 0 };

	buf_clear(&f->f_qsecret);
	if (ke->s_len == 0)
		return;
	dh_free(f->f_qdh);
	if ((f->f_qdh = dh_new(group)) == NULL ||
	    dh_public(f->f_qdh, &pub) == -1 ||
	    dh_shared(f->f_qdh, ke->s_data, ke->s_len, &f->f_qsecret) == -1)
		errx(2, "dh_new");
	mb_data(mb, V1_P_KE, pub.b_data, pub.b_len);
	buf_clear(&pub);
}

void
forge_quick_answer(struct forge *f, uint8_t flags, uint32_t lifetime,
    uint64_t ms)
{
	const struct v1_prop *pr;
	struct msgb mb = { 0 };
	struct span spi;
	uint8_t our[4];
	int i;

	forge_wait(f, V1_X_QUICK, ms);
	if (f->f_msg.m_sa.s_n == 0 || f->f_msg.m_nids != 2)
		sim_fail(f->f_sim, "quick mode without SA or IDs");
	pr = &f->f_msg.m_sa.s_prop[0];
	spi = pr->p_spi;
	if (span_get32(&spi, &f->f_peerspi) == -1)
		sim_fail(f->f_sim, "quick mode without a SPI");
	f->f_spi = 0x1000 + sim_below(f->f_sim, 1000000);
	for (i = 0; i < 4; i++)
		our[i] = f->f_spi >> (24 - 8 * i);
	mb_sa_chosen(&mb, pr, &pr->p_xf[0], our, 4);
	buf_clear(&f->f_qni);
	buf_put(&f->f_qni, f->f_msg.m_nonce.s_data, f->f_msg.m_nonce.s_len);
	forge_nonce(f, &f->f_qnr);
	mb_data(&mb, V1_P_NONCE, f->f_qnr.b_data, f->f_qnr.b_len);
	forge_quick_ke(f, &mb, pr->p_xf[0].x_group);
	for (i = 0; i < 2; i++)
		mb_data(&mb, V1_P_ID, f->f_msg.m_id[i].i_body.s_data,
		    f->f_msg.m_id[i].i_body.s_len);
	if (lifetime != 0)
		forge_lifetime(&mb, V1_PROTO_ESP, our, 4, lifetime);
	forge_hashed(f, V1_X_QUICK, flags, &mb, &f->f_qni, f->f_iv);
	forge_wait(f, V1_X_QUICK, SIM_SEC);
}

void
forge_connected(struct forge *f, int quick)
{
	struct msgb mb = { 0 };
	uint8_t our[4];
	int i;

	for (i = 0; i < 4; i++)
		our[i] = f->f_spi >> (24 - 8 * i);
	mb_notify1(&mb, V1_PROTO_ESP, our, 4, V1_N_CONNECTED, NULL, 0);
	if (quick)
		forge_hashed(f, V1_X_QUICK, V1_F_COMMIT, &mb, NULL, f->f_iv);
	else
		forge_inform(f, &mb);
}
