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
 * Aggressive mode (RFC 2409 5.1, 5.4; RFC 3947 3.2): three messages.  Who
 * listens learns who both are, and with a pre-shared key what it takes to try
 * keys at leisure; it is spoken only where the configuration says so.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

/*
 * Octets that the answer needs beyond what it has in common with the
 * question: an answer is never longer.  With certificates a lot.
 */
#define PAD_PSK		160
#define PAD_RSA		2400

/* A vendor ID of nobody's. */
static void
put_padding(struct sa *sa, struct msgb *mb)
{
	uint8_t pad[PAD_RSA];

	en_random(sa->sa_engine, pad, sizeof(pad));
	mb_data(mb, V1_P_VENDOR, pad,
	    sa->sa_conf->pe_xforms[0].px_auth == V1_AUTH_PSK ? PAD_PSK :
	    PAD_RSA);
}

/* All that is offered has the group of the KE that goes along. */
static int
put_offer(struct exch *x, struct msgb *mb)
{
	const struct peer *pe = x->x_sa->sa_conf;
	struct p1_xform *offer;
	struct span body;
	unsigned int i, n = 0;

	if ((offer = calloc(pe->pe_nxforms, sizeof(*offer))) == NULL)
		return (-1);
	for (i = 0; i < pe->pe_nxforms; i++)
		if (pe->pe_xforms[i].px_group == pe->pe_xforms[0].px_group)
			offer[n++] = pe->pe_xforms[i];
	mb_p1_sa(mb, offer, n);
	free(offer);
	mb_close(mb);
	body = mb_first_body(mb);
	buf_clear(&x->x_sai);
	buf_put(&x->x_sai, body.s_data, body.s_len);
	return (x->x_sai.b_failed ? -1 : 0);
}

/* 1: SA, KE, nonce, ID */
void
aggr_start(struct exch *x)
{
	struct sa *sa = x->x_sa;
	struct msgb mb = { 0 };

	sa->sa_group = sa->sa_conf->pe_xforms[0].px_group;
	if (put_offer(x, &mb) == -1 || p1_newdh(x) == -1) {
		mb_clear(&mb);
		exch_fail(x, "no Diffie-Hellman key");
		return;
	}
	p1_putke(x, &mb);
	if (p1_putid(x, &mb) == -1) {
		mb_clear(&mb);
		return;
	}
	sa->sa_auth = sa->sa_conf->pe_xforms[0].px_auth;
	p1_putreqs(x, &mb);
	p1_vendors(sa, &mb, NULL);
	put_padding(sa, &mb);
	exch_to(x, XS_SENT_SA);
	(void)exch_send(x, &mb, 1);
}

/* KE, nonce and ID of the other; then the keys. */
static void
take_first(struct exch *x, struct arrival *ar)
{
	const struct msg *m = &ar->ar_msg;
	uint16_t error;

	if ((error = p1_getke(x, m)) != 0) {
		info_refuse(x, error);
		exch_fail(x, "its KE or nonce: %s", v1_notify_name(error));
		return;
	}
	if ((!x->x_initiator && p1_newdh(x) == -1) || p1_secret(x) == -1) {
		info_refuse(x, V1_N_INVALID_KEY_INFORMATION);
		exch_fail(x, "its public value is none of group %s",
		    v1_group_name(x->x_sa->sa_group));
		return;
	}
	if (p1_getid(x, m) == -1)
		return;
	p1_keepreqs(x, m);
	p1_keepproof(x, m);
	exch_note(x, ar->ar_raw, ar->ar_rawlen);
	p1_keys(x);
}

static void
recv_first(struct engine *en, struct arrival *ar)
{
	const struct msg *m = &ar->ar_msg;
	struct buf why = { 0 };
	struct p1_choice c;
	struct peer *pe;
	struct exch *x;
	struct sa *sa;

	pe = p1_peer(en, &ar->ar_local, &ar->ar_peer, V1_X_AGGRESSIVE,
	    &m->m_sa, &c, &why);
	if (pe == NULL) {
		en_warn(en, "aggressive mode from %s refused: %.*s",
		    addr_print(&ar->ar_peer), (int)why.b_len,
		    (const char *)why.b_data);
		buf_clear(&why);
		send_notify(en, &ar->ar_local, &ar->ar_peer, ar->ar_natt,
		    ar->ar_raw, V1_N_NO_PROPOSAL_CHOSEN, ar->ar_rawlen);
		return;
	}
	buf_clear(&why);
	if ((sa = sa_new(en, pe, 0, &ar->ar_local, &ar->ar_peer)) == NULL)
		return;
	memcpy(sa->sa_cookies, ar->ar_raw, V1_COOKIELEN);
	if ((x = exch_new(sa, V1_X_AGGRESSIVE, 0, 0)) == NULL) {
		sa_free(sa);
		return;
	}
	en_timer(en, &x->x_timer, en->en_model->md_exchmax * 1000ULL);
	x->x_question = ar->ar_rawlen;
	buf_put(&x->x_sai, m->m_sa.s_body.s_data, m->m_sa.s_body.s_len);
	p1_chosen(sa, &c);
	p1_capabilities(sa, m);
	/* what the answer begins with: the octets are gone later */
	mb_sa_chosen(&x->x_reply, c.c_prop, c.c_xf, c.c_prop->p_spi.s_data,
	    c.c_prop->p_spi.s_len);
	p1_vendors(sa, &x->x_reply, m);
	take_first(x, ar);
}

static void
recv_second(struct exch *x, struct arrival *ar)
{
	struct sa *sa = x->x_sa;
	const struct peer *pe = sa->sa_conf;
	struct buf why = { 0 };
	struct p1_choice c;

	if (ar->ar_msg.m_nsa != 1 || p1_accept(&c, &ar->ar_msg.m_sa,
	    pe->pe_xforms, pe->pe_nxforms, &why) == -1 ||
	    c.c_ours->px_group != sa->sa_group) {
		exch_fail(x, "the peer chose what was not offered: %.*s",
		    (int)why.b_len, why.b_len > 0 ?
		    (const char *)why.b_data : "");
		buf_clear(&why);
		return;
	}
	buf_clear(&why);
	sa_cookie_known(sa, (const uint8_t *)ar->ar_raw + V1_COOKIELEN);
	p1_chosen(sa, &c);
	p1_capabilities(sa, &ar->ar_msg);
	natt_get(sa, &ar->ar_msg, &ar->ar_local, &ar->ar_peer);
	take_first(x, ar);
}

/* Responder: 2.  Initiator: is 2 right? */
void
aggr_keyed(struct exch *x)
{
	struct msgb mb = { 0 };

	if (x->x_initiator) {
		p1_verify(x);
		return;
	}
	mb = x->x_reply;
	memset(&x->x_reply, 0, sizeof(x->x_reply));
	p1_putke(x, &mb);
	natt_put(x->x_sa, &mb);
	p1_putreqs(x, &mb);
	if (p1_putid(x, &mb) == 0)
		p1_prove(x, &mb);
	mb_clear(&mb);
}

/* 2 or 3 is complete */
void
aggr_signed(struct exch *x)
{
	struct sa *sa = x->x_sa;

	if (!x->x_initiator) {
		if (x->x_reply.mb_buf.b_len + IKE_HDRLEN > x->x_question) {
			exch_fail(x, "our answer would have %zu octets, its "
			    "question had %zu, and it may come from anybody: "
			    "use main mode, or let it offer more transforms",
			    x->x_reply.mb_buf.b_len + IKE_HDRLEN,
			    x->x_question);
			return;
		}
		exch_to(x, XS_SENT_AUTH);
		(void)exch_send(x, &x->x_reply, 0);
		return;
	}
	natt_put(sa, &x->x_reply);
	p1_contact(x, &x->x_reply, NULL);
	exch_to(x, XS_DONE);
	if (exch_send(x, &x->x_reply, 0) == 0)
		p1_done(x);
}

/* 3 came */
static void
recv_third(struct exch *x, struct arrival *ar)
{
	struct sa *sa = x->x_sa;

	if (ar->ar_hdr.h_flags & V1_F_ENCRYPTED)
		memcpy(sa->sa_keys.k_iv, ar->ar_iv, IV_MAX);
	exch_note(x, ar->ar_raw, ar->ar_rawlen);
	sa_proven(sa);
	natt_get(sa, &ar->ar_msg, &ar->ar_local, &ar->ar_peer);
	natt_follow(sa, &ar->ar_local, &ar->ar_peer);
	p1_keepproof(x, &ar->ar_msg);
	if (ar->ar_hdr.h_flags & V1_F_ENCRYPTED)
		p1_contact(x, NULL, &ar->ar_msg);
	p1_verify(x);
}

void
aggr_verified(struct exch *x)
{
	struct msgb mb = { 0 };

	if (!x->x_initiator) {
		p1_done(x);
		return;
	}
	natt_float(x->x_sa);
	p1_prove(x, &mb);
}

void
aggr_recv(struct exch *x, struct arrival *ar)
{
	const struct msg *m = &ar->ar_msg;

	if (x == NULL) {
		if (m->m_nsa == 1)
			recv_first(ar->ar_engine, ar);
		else
			send_notify(ar->ar_engine, &ar->ar_local,
			    &ar->ar_peer, ar->ar_natt, ar->ar_raw,
			    V1_N_PAYLOAD_MALFORMED, ar->ar_rawlen);
	} else if (x->x_state == XS_SENT_SA)
		recv_second(x, ar);
	else if (x->x_state == XS_SENT_AUTH)
		recv_third(x, ar);
}
