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
 * Messages on their way in: to the SA and the exchange they are for.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define HDR_COOKIES	16
#define UNREADABLE	3	/* messages of an exchange that are told of */

static void
drop(struct engine *en, const struct arrival *ar, const char *why)
{
	en->en_stats.st_dropped++;
	dbg(DBG_MESSAGE, 20, "message from %s dropped: %s, %s, msgid %08x",
	    addr_print(&ar->ar_peer), why, v1_exch_name(ar->ar_hdr.h_exch),
	    ar->ar_hdr.h_msgid);
}

static void
refuse(struct engine *en, const struct arrival *ar, uint16_t type,
    const char *why)
{
	drop(en, ar, why);
	if (ar->ar_hdr.h_exch != V1_X_INFO)
		send_notify(en, &ar->ar_local, &ar->ar_peer, ar->ar_natt,
		    ar->ar_raw, type, ar->ar_rawlen);
}

/* For the packet log: header and chain as they are now. */
static void
packet(struct engine *en, const struct arrival *ar)
{
	struct ike_hdr h = ar->ar_hdr;
	struct buf b = { 0 };

	if (en->en_world.w_packet == NULL)
		return;
	h.h_flags &= ~V1_F_ENCRYPTED;
	hdr_put(&b, &h, h.h_next, IKE_HDRLEN + ar->ar_plain.b_len);
	buf_putbuf(&b, &ar->ar_plain);
	if (!b.b_failed)
		en->en_world.w_packet(en->en_arg, &ar->ar_peer, &ar->ar_local,
		    b.b_data, b.b_len);
	buf_clear(&b);
}

/*
 * The chain in the clear; with an iv it is decrypted, and ar_iv is what the
 * next message needs.  0 or -1.
 */
static int
open_chain(struct sa *sa, struct arrival *ar, const uint8_t *iv)
{
	buf_put(&ar->ar_plain, (const uint8_t *)ar->ar_raw + IKE_HDRLEN,
	    ar->ar_rawlen - IKE_HDRLEN);
	if (ar->ar_plain.b_failed)
		return (-1);
	if (iv == NULL)
		return (0);
	memcpy(ar->ar_iv, iv, IV_MAX);
	return (keys_decrypt(&sa->sa_keys, ar->ar_iv, ar->ar_plain.b_data,
	    ar->ar_plain.b_len));
}

/* 0, or the notify to refuse with; -1: no memory. */
static int
parse(struct engine *en, struct arrival *ar, int encrypted, int phase,
    const char **why)
{
	int error;

	error = msg_parse(&ar->ar_msg, ar->ar_hdr.h_next, ar->ar_plain.b_data,
	    ar->ar_plain.b_len, encrypted, phase, why);
	if (error != 0) {
		en->en_stats.st_malformed++;
		return (error);
	}
	packet(en, ar);
	return (0);
}

/*
 * Phase 1
 */

/* The first message of all: no SA is there. */
static void
first_message(struct engine *en, struct arrival *ar)
{
	const char *why;
	int error;

	if (ar->ar_hdr.h_flags & V1_F_ENCRYPTED || ar->ar_hdr.h_msgid != 0) {
		drop(en, ar, "no responder's cookie");
		return;
	}
	if (open_chain(NULL, ar, NULL) == -1)
		return;
	if ((error = parse(en, ar, 0, 1, &why)) != 0) {
		if (error > 0)
			refuse(en, ar, error, why);
		return;
	}
	if (ar->ar_hdr.h_exch == V1_X_MAIN)
		main_recv(NULL, ar);
	else
		aggr_recv(NULL, ar);
	msg_clear(&ar->ar_msg);
}

/*
 * What cannot be read under the keys of a pre-shared key was most likely
 * encrypted with another one.  The exchange goes on: it may be somebody else
 * who sends nonsense.
 */
static void
unreadable(struct exch *x, struct arrival *ar, const char *why)
{
	struct sa *sa = x->x_sa;
	struct engine *en = sa->sa_engine;

	drop(en, ar, why);
	if ((ar->ar_hdr.h_flags & V1_F_ENCRYPTED) == 0 ||
	    ++x->x_unread > UNREADABLE)
		return;
	if (x->x_said == 0)
		en_warn(en, "%s: %s from %s cannot be read (%s)%s",
		    exch_title(x), v1_exch_name(ar->ar_hdr.h_exch),
		    addr_print(&ar->ar_peer), why,
		    sa->sa_auth == V1_AUTH_PSK ? ": the pre-shared keys "
		    "differ? Let both ends have the same" : "");
	x->x_said = V1_N_PAYLOAD_MALFORMED;
	/* an initiator believes what is not protected the second time */
	if (ar->ar_hdr.h_exch != V1_X_INFO)
		send_notify(en, &ar->ar_local, &ar->ar_peer, ar->ar_natt,
		    ar->ar_raw, V1_N_PAYLOAD_MALFORMED, ar->ar_rawlen);
}

/* Has this exchange keys for what comes next? */
static int
p1_crypted(const struct exch *x)
{
	return (x->x_state == XS_SENT_AUTH ||
	    (x->x_type == V1_X_MAIN && x->x_state == XS_SENT_KE &&
	    !x->x_initiator));
}

static void
phase1_message(struct sa *sa, struct arrival *ar)
{
	struct engine *en = sa->sa_engine;
	struct exch *x = sa->sa_p1;
	const int crypted = ar->ar_hdr.h_flags & V1_F_ENCRYPTED;
	const char *why;

	if (x == NULL || x->x_type != ar->ar_hdr.h_exch) {
		drop(en, ar, "not the exchange that made this SA");
		return;
	}
	if (exch_double(x, ar->ar_raw, ar->ar_rawlen, &ar->ar_peer))
		return;
	if (x->x_wait != XW_NONE || x->x_state == XS_DONE) {
		drop(en, ar, "not its turn");
		return;
	}
	if (!addr_same(&ar->ar_peer, &sa->sa_peer)) {
		drop(en, ar, "from another address");
		return;
	}
	/* aggressive mode's third message may be in the clear */
	if (crypted ? !p1_crypted(x) : p1_crypted(x) &&
	    x->x_type == V1_X_MAIN) {
		drop(en, ar, crypted ? "encrypted before there are keys" :
		    "not encrypted");
		return;
	}
	if (open_chain(sa, ar, crypted ? sa->sa_keys.k_iv : NULL) == -1) {
		unreadable(x, ar, "its length");
		return;
	}
	if (parse(en, ar, crypted, 1, &why) != 0) {
		unreadable(x, ar, why);
		return;
	}
	if (x->x_type == V1_X_MAIN)
		main_recv(x, ar);
	else
		aggr_recv(x, ar);
	msg_clear(&ar->ar_msg);
}

/*
 * Phase 2: established, encrypted
 */

static void
quick_message(struct sa *sa, struct exch *x, struct arrival *ar)
{
	struct engine *en = sa->sa_engine;
	struct exch *other;
	unsigned int n = 0;

	if (x == NULL) {
		TAILQ_FOREACH(other, &sa->sa_exchs, x_entry)
			n += !other->x_initiator && other->x_state != XS_DONE;
		if (n >= EXCH_MAXQUICK) {
			drop(en, ar, "too many at a time");
			return;
		}
		x = exch_new(sa, V1_X_QUICK, 0, ar->ar_hdr.h_msgid);
		if (x == NULL)
			return;
		en_timer(en, &x->x_timer, en->en_model->md_exchmax * 1000ULL);
	}
	quick_recv(x, ar);
}

static void
phase2_open(struct sa *sa, struct exch *x, struct arrival *ar)
{
	struct engine *en = sa->sa_engine;
	uint8_t iv[IV_MAX];
	const char *why = "its length";

	if (x != NULL)
		memcpy(iv, x->x_iv, sizeof(iv));
	else if (keys_iv2(&sa->sa_keys, ar->ar_hdr.h_msgid, iv) == -1)
		return;
	if (open_chain(sa, ar, iv) == -1 || parse(en, ar, 1, 2, &why) != 0) {
		if (sa->sa_flags & SAF_ESTABLISHED)
			drop(en, ar, why);
		else
			unreadable(sa->sa_p1, ar, why);
		return;
	}
	if (!MSG_HAS(&ar->ar_msg, V1_P_HASH) ||
	    ar->ar_msg.m_first != V1_P_HASH)
		drop(en, ar, "it does not begin with HASH");
	else if (ar->ar_hdr.h_exch == V1_X_QUICK)
		quick_message(sa, x, ar);
	else
		info_recv(sa, ar);
	msg_clear(&ar->ar_msg);
}

static void
phase2_message(struct sa *sa, struct arrival *ar)
{
	struct engine *en = sa->sa_engine;
	const uint8_t type = ar->ar_hdr.h_exch;
	struct exch *x = exch_find(sa, ar->ar_hdr.h_msgid);

	/* why there is no SA may come under the keys of one */
	if (((sa->sa_flags & SAF_ESTABLISHED) == 0 && (type != V1_X_INFO ||
	    sa->sa_p1 == NULL || sa->sa_p1->x_wait != XW_NONE ||
	    sa->sa_p1->x_state != XS_SENT_AUTH)) ||
	    (ar->ar_hdr.h_flags & V1_F_ENCRYPTED) == 0) {
		drop(en, ar, "not established, or not encrypted");
		return;
	}
	if (type != V1_X_QUICK && type != V1_X_INFO) {
		refuse(en, ar, V1_N_UNSUPPORTED_EXCHANGE_TYPE,
		    "that exchange is not supported");
		return;
	}
	if (x != NULL && type == V1_X_QUICK) {
		if (exch_double(x, ar->ar_raw, ar->ar_rawlen, &ar->ar_peer))
			return;
		/* the other way round it is one of ours that comes back */
		if (x->x_state == XS_DONE) {
			drop(en, ar, "the exchange is over");
			/* once: anybody may have said it */
			if (x->x_orphan)
				info_delete_spi(sa, x->x_proto, x->x_ourspi);
			x->x_orphan = 0;
			return;
		}
	} else if (sa_msgid_used(sa, ar->ar_hdr.h_msgid) &&
	    (x == NULL || x->x_state != XS_COMMIT)) {
		drop(en, ar, "the message ID was there before");
		return;
	}
	phase2_open(sa, type == V1_X_QUICK ? x : NULL, ar);
}

static void
dispatch(struct engine *en, struct arrival *ar)
{
	static const uint8_t zero[8];
	const uint8_t *cookies = ar->ar_raw;
	const int first = memcmp(cookies + 8, zero, 8) == 0;
	const uint8_t type = ar->ar_hdr.h_exch;
	struct sa *sa;

	if (type == V1_X_INFO && (first ||
	    (ar->ar_hdr.h_flags & V1_F_ENCRYPTED) == 0)) {
		info_clear(en, ar);
		return;
	}
	if (!first && (sa = sa_find(en, cookies)) != NULL) {
		if (ar->ar_hdr.h_msgid == 0)
			phase1_message(sa, ar);
		else
			phase2_message(sa, ar);
		return;
	}
	if (type != V1_X_MAIN && type != V1_X_AGGRESSIVE) {
		refuse(en, ar, V1_N_INVALID_COOKIE, "unknown cookies");
		return;
	}
	sa = sa_find_first(en, cookies, &ar->ar_peer);
	if (sa == NULL && first)
		first_message(en, ar);
	else if (sa == NULL)
		refuse(en, ar, V1_N_INVALID_COOKIE, "unknown cookies");
	else if (first == ((sa->sa_flags & SAF_INITIATOR) != 0))
		drop(en, ar, "our own, or not its turn");
	else if (!first)
		phase1_message(sa, ar);
	else if (sa->sa_p1 == NULL || !exch_double(sa->sa_p1, ar->ar_raw,
	    ar->ar_rawlen, &ar->ar_peer))
		drop(en, ar, "another first message");	/* lacks our cookie */
}

void
engine_recv(struct engine *en, const struct ike_addr *local,
    const struct ike_addr *peer, const void *data, size_t len, int natt)
{
	struct arrival ar = { .ar_engine = en, .ar_local = *local,
	    .ar_peer = *peer,
	    .ar_raw = data, .ar_rawlen = len, .ar_natt = natt };
	const uint8_t *cookies = data;
	static const uint8_t zero[8];

	en->en_stats.st_received++;
	if (len > V1_MAXMSG || hdr_parse(&ar.ar_hdr, data, len) == -1 ||
	    en->en_model == NULL || (en->en_flags & ENF_STOPPING)) {
		en->en_stats.st_dropped++;
		return;
	}
	if (ar.ar_hdr.h_version >> 4 != V1_VERSION >> 4) {
		refuse(en, &ar, V1_N_INVALID_MAJOR_VERSION,
		    "it is not of IKEv1");
		return;
	}
	if (ar.ar_hdr.h_flags & ~(V1_F_ENCRYPTED | V1_F_COMMIT) ||
	    memcmp(cookies, zero, 8) == 0 ||
	    memcmp(cookies, cookies + 8, 8) == 0) {
		drop(en, &ar, "flags or cookies that cannot be");
		return;
	}
	dispatch(en, &ar);
	buf_clear(&ar.ar_plain);
}
