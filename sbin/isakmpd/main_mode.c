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
 * Main mode (RFC 2409 5.1, 5.4; RFC 3947 3.2): six messages, and nobody is
 * told who we are before there are keys.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

/* 1: SA */
void
main_start(struct exch *x)
{
	struct msgb mb = { 0 };

	if (p1_offer(x, &mb) == -1) {
		mb_clear(&mb);
		exch_fail(x, "out of memory");
		return;
	}
	p1_puttraits(x, &mb);
	exch_to(x, XS_SENT_SA);
	(void)exch_send(x, &mb, 1);
}

/* 1 came: 2 */
static void
recv_sa(struct engine *en, struct arrival *ar)
{
	struct exch *x;

	if ((x = p1_respond(en, ar)) == NULL)
		return;
	exch_note(x, ar->ar_raw, ar->ar_rawlen);
	exch_to(x, XS_SENT_CHOICE);
	(void)exch_send(x, &x->x_reply, 0);
}

/* 2 came: 3, KE and nonce */
static void
recv_choice(struct exch *x, struct arrival *ar)
{
	struct msgb mb = { 0 };

	if (p1_agreed(x, ar) == -1)
		return;
	if (p1_newdh(x) == -1) {
		exch_fail(x, "no Diffie-Hellman key");
		return;
	}
	exch_note(x, ar->ar_raw, ar->ar_rawlen);
	p1_putke(x, &mb);
	p1_putreqs(x, &mb);
	natt_put(x->x_sa, &mb);
	exch_to(x, XS_SENT_KE);
	(void)exch_send(x, &mb, 1);
}

/* 3 or 4 came: the keys */
static void
recv_ke(struct exch *x, struct arrival *ar)
{
	struct sa *sa = x->x_sa;
	uint16_t error;

	sa_proven(sa);
	if ((error = p1_getke(x, &ar->ar_msg)) != 0) {
		info_refuse(x, error);
		exch_fail(x, "its KE or nonce: %s", v1_notify_name(error));
		return;
	}
	if ((!x->x_initiator && p1_newdh(x) == -1) || p1_secret(x) == -1) {
		info_refuse(x, V1_N_INVALID_KEY_INFORMATION);
		exch_fail(x, "its public value is none of group %s",
		    v1_group_name(sa->sa_group));
		return;
	}
	natt_get(sa, &ar->ar_msg, &ar->ar_local, &ar->ar_peer);
	p1_keepreqs(x, &ar->ar_msg);
	exch_note(x, ar->ar_raw, ar->ar_rawlen);
	p1_keys(x);
}

void
main_keyed(struct exch *x)
{
	struct sa *sa = x->x_sa;
	struct msgb mb = { 0 };

	if (!x->x_initiator) {
		p1_putke(x, &mb);
		p1_putreqs(x, &mb);
		natt_put(sa, &mb);
		exch_to(x, XS_SENT_KE);
		(void)exch_send(x, &mb, 1);
		return;
	}
	natt_float(sa);
	if (p1_putid(x, &mb) == 0)
		p1_prove(x, &mb);
	mb_clear(&mb);
}

/* 5 or 6 is complete */
void
main_signed(struct exch *x)
{
	p1_contact(x, &x->x_reply, NULL);
	exch_to(x, XS_SENT_AUTH);
	if (exch_send(x, &x->x_reply, x->x_initiator) == 0 &&
	    !x->x_initiator)
		p1_done(x);
}

/* 5 or 6 came */
static void
recv_auth(struct exch *x, struct arrival *ar)
{
	struct sa *sa = x->x_sa;

	memcpy(sa->sa_keys.k_iv, ar->ar_iv, IV_MAX);
	exch_note(x, ar->ar_raw, ar->ar_rawlen);
	x->x_local = ar->ar_local;
	x->x_peer = ar->ar_peer;
	if (p1_getid(x, &ar->ar_msg) == -1)
		return;
	p1_keepreqs(x, &ar->ar_msg);
	p1_keepproof(x, &ar->ar_msg);
	p1_contact(x, NULL, &ar->ar_msg);
	if (x->x_initiator)
		info_lifetime(sa, &ar->ar_msg);
	p1_verify(x);
}

void
main_verified(struct exch *x)
{
	struct msgb mb = { 0 };

	natt_follow(x->x_sa, &x->x_local, &x->x_peer);
	if (x->x_initiator) {
		p1_done(x);
		return;
	}
	if (p1_putid(x, &mb) == 0)
		p1_prove(x, &mb);
	mb_clear(&mb);
}

void
main_recv(struct exch *x, struct arrival *ar)
{
	struct engine *en = ar->ar_engine;
	const struct msg *m = &ar->ar_msg;

	if (x == NULL) {
		if (m->m_nsa == 1)
			recv_sa(en, ar);
		else
			send_notify(en, &ar->ar_local, &ar->ar_peer,
			    ar->ar_natt, ar->ar_raw, V1_N_PAYLOAD_MALFORMED,
			    ar->ar_rawlen);
		return;
	}
	switch (x->x_state) {
	case XS_SENT_SA:
		recv_choice(x, ar);
		break;
	case XS_SENT_CHOICE:
		recv_ke(x, ar);
		break;
	case XS_SENT_KE:
		if (x->x_initiator)
			recv_ke(x, ar);
		else
			recv_auth(x, ar);
		break;
	case XS_SENT_AUTH:
		recv_auth(x, ar);
		break;
	default:
		break;
	}
}
