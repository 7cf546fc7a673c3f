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
 * The SA payloads of phase 1: with whom, what is offered, what is chosen.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

void
p1_start(struct engine *en, struct peer *pe, const struct ike_addr *from)
{
	struct ike_addr local, peer = pe->pe_addr;
	struct exch *x;
	struct sa *sa;
	int error;

	if (peer.ia_port == 0)
		peer.ia_port = IKE_PORT;
	local = from != NULL ? *from : pe->pe_local;
	if (local.ia_family == 0 && (error = en->en_world.w_source(en->en_arg,
	    &peer, &local)) != 0) {
		struct conn *cn;

		TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
			if (cn->cn_conf->pc_peer == pe)
				conn_failed(cn, "no way to %s: %s",
				    addr_print(&peer), strerror(error));
		return;
	}
	local.ia_port = en->en_port;
	if ((sa = sa_new(en, pe, 1, &local, &peer)) == NULL)
		return;
	if ((x = exch_new(sa, pe->pe_exch, 1, 0)) == NULL) {
		sa_free(sa);
		return;
	}
	dbg(DBG_EXCHANGE, 10, "%s: %s with %s begins", pe->pe_name,
	    v1_exch_name(pe->pe_exch), addr_print(&peer));
	if (pe->pe_exch == V1_X_MAIN)
		main_start(x);
	else
		aggr_start(x);
}

/* How well it fits these addresses; 0: not at all. */
static unsigned int
peer_fits(const struct peer *pe, const struct ike_addr *local,
    const struct ike_addr *peer)
{
	unsigned int n = 1;

	if (pe->pe_addr.ia_family != 0) {
		if (!addr_same(&pe->pe_addr, peer))
			return (0);
		n += 4;
	} else if (!pe->pe_default)
		return (0);
	if (pe->pe_local.ia_family != 0) {
		if (!addr_same(&pe->pe_local, local))
			return (0);
		n += 2;
	}
	return (n);
}

/* There is a rule for these addresses. */
int
p1_known(const struct engine *en, const struct ike_addr *local,
    const struct ike_addr *peer)
{
	const struct peer *pe;

	TAILQ_FOREACH(pe, &en->en_model->md_peers, pe_entry)
		if (peer_fits(pe, local, peer) != 0)
			return (1);
	return (0);
}

/*
 * Of those whose addresses fit best the first that can agree: whoever is
 * listed is that peer or nobody.
 */
static struct peer *
p1_peer(struct engine *en, const struct ike_addr *local,
    const struct ike_addr *peer, uint8_t exch, const struct v1_sa *sa,
    struct p1_choice *choice, struct buf *why)
{
	struct peer *pe, *best = NULL;
	unsigned int n, fit = 1;
	struct buf reason = { 0 };
	int other = 0;

	TAILQ_FOREACH(pe, &en->en_model->md_peers, pe_entry)
		if ((n = peer_fits(pe, local, peer)) > fit)
			fit = n;
	TAILQ_FOREACH(pe, &en->en_model->md_peers, pe_entry) {
		if (best != NULL || peer_fits(pe, local, peer) != fit)
			continue;
		if (pe->pe_exch != exch) {
			other = pe->pe_exch;
			continue;
		}
		buf_clear(&reason);
		if (p1_choose(choice, sa, pe->pe_xforms, pe->pe_nxforms,
		    &reason) == 0)
			best = pe;
		else {
			buf_clear(why);
			buf_move(why, &reason);
		}
	}
	buf_clear(&reason);
	if (best == NULL && why->b_len == 0)
		buf_printf(why, "%s%s", other != 0 ?
		    "it wants another exchange than is configured: " :
		    "no ike rule is for these addresses", other != 0 ?
		    (other == V1_X_MAIN ? "write `aggressive' here, or `main' "
		    "there" : "write `main' here, or `aggressive' there") :
		    "");
	return (best);
}

static void
p1_chosen(struct sa *sa, const struct p1_choice *c)
{
	const struct p1_xform *px = c->c_ours;

	sa->sa_keys.k_hash = px->px_hash;
	sa->sa_keys.k_cipher.ci_enc = px->px_enc;
	sa->sa_keys.k_cipher.ci_bits = c->c_bits;
	sa->sa_group = px->px_group;
	sa->sa_auth = px->px_auth;
	sa->sa_life_s = c->c_life_s;
	sa->sa_life_kb = c->c_life_kb;
}

/*
 * What we can.  A responder says only what the initiator can, too: no answer
 * is longer than its question.
 */
static void
p1_vendors(struct sa *sa, struct msgb *mb, const struct msg *m)
{
	static const struct {
		const uint8_t	*vid;
		int		 natt;
	} vids[] = {
		{ natt_vid_rfc, 1 }, { natt_vid_03, 1 }, { natt_vid_02n, 1 },
		{ natt_vid_02, 1 }, { dpd_vid, 0 }
	};
	int i, natt = 0;

	for (i = 0; i < 5; i++) {
		if (vids[i].natt && (sa->sa_engine->en_nattport == 0 ||
		    (m != NULL && natt)))
			continue;
		if (m != NULL && !msg_vendor(m, vids[i].vid, 16))
			continue;
		natt |= vids[i].natt;
		mb_data(mb, V1_P_VENDOR, vids[i].vid, 16);
	}
}

static void
p1_capabilities(struct sa *sa, const struct msg *m)
{
	if (msg_vendor(m, dpd_vid, 16))
		sa->sa_flags |= SAF_DPD;
	if (sa->sa_engine->en_nattport == 0)
		return;
	if (msg_vendor(m, natt_vid_rfc, 16))
		sa->sa_flags |= SAF_NATT;
	else if (msg_vendor(m, natt_vid_03, 16) ||
	    msg_vendor(m, natt_vid_02n, 16) || msg_vendor(m, natt_vid_02, 16))
		sa->sa_flags |= SAF_NATT | SAF_DRAFT;
}

static int
keep_sai(struct exch *x, const struct span *body)
{
	buf_clear(&x->x_sai);
	buf_put(&x->x_sai, body->s_data, body->s_len);
	return (x->x_sai.b_failed ? -1 : 0);
}

int
p1_offer(struct exch *x, struct msgb *mb)
{
	const struct peer *pe = x->x_sa->sa_conf;
	struct p1_xform *offer;
	struct span body;
	unsigned int i, n = 0;

	if ((offer = calloc(pe->pe_nxforms, sizeof(*offer))) == NULL)
		return (-1);
	/* in aggressive mode those that have the group of our KE */
	for (i = 0; i < pe->pe_nxforms; i++)
		if (x->x_dh == NULL ||
		    pe->pe_xforms[i].px_group == dh_group(x->x_dh))
			offer[n++] = pe->pe_xforms[i];
	mb_p1_sa(mb, offer, n);
	free(offer);
	mb_close(mb);
	body = mb_first_body(mb);
	return (keep_sai(x, &body));
}

void
p1_puttraits(struct exch *x, struct msgb *mb)
{
	p1_vendors(x->x_sa, mb, NULL);
}

/* Nobody, or none whose transforms fit: told to both. */
static void
p1_unwanted(struct engine *en, const struct arrival *ar,
    const struct buf *why)
{
	en_warn(en, "%s from %s refused: %.*s",
	    v1_exch_name(ar->ar_hdr.h_exch), addr_print(&ar->ar_peer),
	    (int)why->b_len, (const char *)why->b_data);
	send_notify(en, &ar->ar_local, &ar->ar_peer, ar->ar_natt, ar->ar_raw,
	    V1_N_NO_PROPOSAL_CHOSEN, ar->ar_rawlen);
}

struct exch *
p1_respond(struct engine *en, struct arrival *ar)
{
	const struct msg *m = &ar->ar_msg;
	struct buf why = { 0 };
	struct p1_choice c;
	struct peer *pe;
	struct exch *x;
	struct sa *sa;

	pe = p1_peer(en, &ar->ar_local, &ar->ar_peer, ar->ar_hdr.h_exch,
	    &m->m_sa, &c, &why);
	if (pe == NULL)
		p1_unwanted(en, ar, &why);
	buf_clear(&why);
	if (pe == NULL ||
	    (sa = sa_new(en, pe, 0, &ar->ar_local, &ar->ar_peer)) == NULL)
		return (NULL);
	memcpy(sa->sa_cookies, ar->ar_raw, V1_COOKIELEN);
	if ((x = exch_new(sa, ar->ar_hdr.h_exch, 0, 0)) == NULL ||
	    keep_sai(x, &m->m_sa.s_body) == -1) {
		sa_free(sa);
		return (NULL);
	}
	en_timer(en, &x->x_timer, en->en_model->md_exchmax * 1000ULL);
	x->x_question = ar->ar_rawlen;
	p1_chosen(sa, &c);
	p1_capabilities(sa, m);
	mb_sa_chosen(&x->x_reply, c.c_prop, c.c_xf, c.c_prop->p_spi.s_data,
	    c.c_prop->p_spi.s_len);
	p1_vendors(sa, &x->x_reply, m);
	return (x);
}

int
p1_agreed(struct exch *x, const struct arrival *ar)
{
	struct sa *sa = x->x_sa;
	const struct peer *pe = sa->sa_conf;
	struct buf why = { 0 };
	struct p1_choice c;

	if (ar->ar_msg.m_nsa != 1 || p1_accept(&c, &ar->ar_msg.m_sa,
	    pe->pe_xforms, pe->pe_nxforms, &why) == -1 ||
	    (x->x_dh != NULL && c.c_ours->px_group != dh_group(x->x_dh))) {
		exch_fail(x, "the peer chose what was not offered: %.*s",
		    (int)why.b_len, why.b_len > 0 ?
		    (const char *)why.b_data : "");
		buf_clear(&why);
		return (-1);
	}
	buf_clear(&why);
	sa_cookie_known(sa, (const uint8_t *)ar->ar_raw + V1_COOKIELEN);
	p1_chosen(sa, &c);
	p1_capabilities(sa, &ar->ar_msg);
	return (0);
}
