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
 * Messages on their way out.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define HINTS_PER_S	20	/* errors about what we do not know */

static void
header(const struct sa *sa, struct ike_hdr *h, uint8_t exch, uint32_t msgid)
{
	struct span s = { sa->sa_cookies, 16 };

	memset(h, 0, sizeof(*h));
	span_get64(&s, &h->h_spii);
	span_get64(&s, &h->h_spir);
	h->h_version = V1_VERSION;
	h->h_exch = exch;
	h->h_msgid = msgid;
}

/* With the ports that this machine has. */
void
sa_transmit(struct sa *sa, const struct buf *b)
{
	struct engine *en = sa->sa_engine;
	int error;

	en->en_stats.st_sent++;
	error = en->en_world.w_send(en->en_arg, &sa->sa_local, &sa->sa_peer,
	    b->b_data, b->b_len, sa_natt(sa));
	if (error == 0)
		return;
	en->en_stats.st_sendfail++;
	dbg(DBG_TRANSPORT, 10, "cannot send from %s to %s: %s",
	    addr_print(&sa->sa_local), addr_print(&sa->sa_peer),
	    strerror(error));
}

static void
packet(struct sa *sa, const struct buf *b)
{
	struct engine *en = sa->sa_engine;

	if (en->en_world.w_packet != NULL)
		en->en_world.w_packet(en->en_arg, &sa->sa_local, &sa->sa_peer,
		    b->b_data, b->b_len);
}

/*
 * Header and chain to `out', encrypted with iv (which moves on), or in the
 * clear if it is NULL.  0 or -1.
 */
static int
make(struct sa *sa, struct ike_hdr *h, const struct msgb *mb, uint8_t *iv,
    struct buf *out)
{
	const size_t block = iv != NULL ?
	    cipher_block(&sa->sa_keys.k_cipher) : 1;
	size_t len, pad;

	buf_clear(out);
	len = mb->mb_buf.b_len;
	pad = (block - len % block) % block;
	h->h_flags = 0;
	hdr_put(out, h, mb->mb_first, IKE_HDRLEN + len);
	if (mb_put(out, mb) == -1 || out->b_failed ||
	    len + pad > V1_MAXMSG - IKE_HDRLEN)
		return (-1);
	packet(sa, out);
	if (iv == NULL)
		return (0);
	if (pad > 0 && buf_room(out, pad) == NULL)
		return (-1);
	buf_set8(out, 19, V1_F_ENCRYPTED);
	buf_set32(out, 24, IKE_HDRLEN + len + pad);
	sa_count(sa, len + pad);
	return (keys_encrypt(&sa->sa_keys, iv, out->b_data + IKE_HDRLEN,
	    len + pad));
}

/* Phase 1 is in the clear until both have the keys. */
static uint8_t *
exch_iv(struct exch *x)
{
	struct sa *sa = x->x_sa;

	if (x != sa->sa_p1)
		return (x->x_iv);
	if (x->x_type == V1_X_MAIN)
		return (x->x_state == XS_SENT_AUTH || x->x_state == XS_DONE ?
		    sa->sa_keys.k_iv : NULL);
	return (x->x_initiator && x->x_state == XS_DONE ?
	    sa->sa_keys.k_iv : NULL);
}

int
exch_send(struct exch *x, struct msgb *mb, int again)
{
	struct sa *sa = x->x_sa;
	struct ike_hdr h;
	int error;

	header(sa, &h, x->x_type, x->x_msgid);
	error = make(sa, &h, mb, exch_iv(x), &x->x_out);
	mb_clear(mb);
	if (error) {
		buf_clear(&x->x_out);
		exch_fail(x, "a message could not be made");
		return (-1);
	}
	dbg(DBG_TRANSPORT, 30, "%s: send %s msgid %08x to %s, %zu octets",
	    exch_title(x), v1_exch_name(x->x_type), x->x_msgid,
	    addr_print(&sa->sa_peer), x->x_out.b_len);
	exch_sent(x, again);
	sa_transmit(sa, &x->x_out);
	return (0);
}

void
exch_resend(struct exch *x)
{
	if (x->x_out.b_len > 0)
		sa_transmit(x->x_sa, &x->x_out);
}

/* The payload HASH before a chain that there is. */
static int
prepend_hash(struct msgb *mb, const uint8_t *hash, size_t len)
{
	struct msgb with = { 0 };

	mb_close(mb);
	mb_data(&with, V1_P_HASH, hash, len);
	mb_close(&with);
	if (mb->mb_buf.b_len > 0) {
		if (!with.mb_buf.b_failed)
			buf_set8(&with.mb_buf, 0, mb->mb_first);
		with.mb_last = with.mb_buf.b_len + mb->mb_last;
		buf_putbuf(&with.mb_buf, &mb->mb_buf);
	}
	mb_clear(mb);
	*mb = with;
	return (mb->mb_buf.b_failed ? -1 : 0);
}

int
exch_send_hashed(struct exch *x, enum qm_hash which, struct msgb *mb,
    int again)
{
	const struct p1_keys *k = &x->x_sa->sa_keys;
	uint8_t hash[HASH_MAX];
	struct span rest;
	int error;

	mb_close(mb);
	rest.s_data = mb->mb_buf.b_data;
	rest.s_len = mb->mb_buf.b_len;
	if (which == QM_HASH1)
		error = keys_hash2_1(k, x->x_msgid, &rest, hash);
	else if (which == QM_HASH2)
		error = keys_hash2_2(k, x->x_msgid, &x->x_ni, &rest, hash);
	else
		error = keys_hash2_3(k, x->x_msgid, &x->x_ni, &x->x_nr, hash);
	if (error || mb->mb_buf.b_failed ||
	    prepend_hash(mb, hash, hash_len(k->k_hash)) == -1) {
		mb_clear(mb);
		exch_fail(x, "a message could not be made");
		return (-1);
	}
	return (exch_send(x, mb, again));
}

/* Once: what it says is either true for long or said again. */
int
sa_inform(struct sa *sa, struct msgb *mb)
{
	const struct p1_keys *k = &sa->sa_keys;
	const uint32_t msgid = sa_newmsgid(sa);
	uint8_t hash[HASH_MAX], iv[IV_MAX];
	struct buf out = { 0 };
	struct ike_hdr h;
	struct span rest;
	int error;

	mb_close(mb);
	rest.s_data = mb->mb_buf.b_data;
	rest.s_len = mb->mb_buf.b_len;
	header(sa, &h, V1_X_INFO, msgid);
	error = mb->mb_buf.b_failed ||
	    keys_hash2_1(k, msgid, &rest, hash) == -1 ||
	    prepend_hash(mb, hash, hash_len(k->k_hash)) == -1 ||
	    keys_iv2(k, msgid, iv) == -1 || make(sa, &h, mb, iv, &out) == -1;
	mb_clear(mb);
	if (!error)
		sa_transmit(sa, &out);
	buf_clear(&out);
	return (error ? -1 : 0);
}

/*
 * To anybody whom there is a rule for, so seldom, and never longer than the
 * question.
 */
void
send_notify(struct engine *en, const struct ike_addr *local,
    const struct ike_addr *peer, int natt, const uint8_t cookies[16],
    uint16_t type, size_t question)
{
	const uint64_t second = en_now(en) / 1000;
	struct span s = { cookies, 16 };
	struct ike_hdr h = { .h_version = V1_VERSION, .h_exch = V1_X_INFO };
	struct pkts pk = { 0 };
	struct msgb mb = { 0 };

	if (en->en_hint_at != second) {
		en->en_hint_at = second;
		en->en_hints = 0;
	}
	if (en->en_hints >= HINTS_PER_S || !p1_known(en, local, peer))
		return;
	span_get64(&s, &h.h_spii);
	span_get64(&s, &h.h_spir);
	en_random(en, &h.h_msgid, sizeof(h.h_msgid));
	mb_notify1(&mb, V1_PROTO_ISAKMP, NULL, 0, type, NULL, 0);
	mb_close(&mb);
	if (msg_clear_make(&pk, &h, &mb) == 0 && pkts_len(&pk) <= question) {
		en->en_hints++;
		en->en_stats.st_sent++;
		(void)en->en_world.w_send(en->en_arg, local, peer,
		    pk.pk_buf[0].b_data, pk.pk_buf[0].b_len, natt);
	}
	pkts_clear(&pk);
	mb_clear(&mb);
}
