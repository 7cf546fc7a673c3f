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

/* 1: SA, KE, nonce, ID */
void
aggr_start(struct exch *x)
{
	struct sa *sa = x->x_sa;
	struct msgb mb = { 0 };

	sa->sa_group = sa->sa_conf->pe_xforms[0].px_group;
	if (p1_newdh(x) == -1 || p1_offer(x, &mb) == -1) {
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
	p1_puttraits(x, &mb);
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

/* What the answer begins with waits in x_reply. */
static void
recv_first(struct engine *en, struct arrival *ar)
{
	struct exch *x;

	if ((x = p1_respond(en, ar)) != NULL)
		take_first(x, ar);
}

static void
recv_second(struct exch *x, struct arrival *ar)
{
	if (p1_agreed(x, ar) == -1)
		return;
	natt_get(x->x_sa, &ar->ar_msg, &ar->ar_local, &ar->ar_peer);
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
	x->x_local = ar->ar_local;
	x->x_peer = ar->ar_peer;
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
		natt_follow(x->x_sa, &x->x_local, &x->x_peer);
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
