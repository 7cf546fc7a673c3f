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
 * The inside of an engine: keys to speak with, and what must always hold.
 */
#include <stdio.h>
#include <string.h>

#include "sa.h"

#include "fuzz_v1inside.h"

static void
exch_fill(const struct exch *x, struct inside_exch *ix)
{
	memset(ix, 0, sizeof(*ix));
	if (x == NULL)
		return;
	ix->ix_type = x->x_type;
	ix->ix_msgid = x->x_msgid;
	ix->ix_initiator = x->x_initiator;
	ix->ix_hash = x->x_state == XS_SENT_QM1 ? 2 :
	    x->x_state == XS_SENT_QM2 ? 3 : 1;
	memcpy(ix->ix_iv, x->x_iv, sizeof(ix->ix_iv));
	ix->ix_group = x->x_sa->sa_group;
	ix->ix_ni = &x->x_ni;
	ix->ix_nr = &x->x_nr;
	ix->ix_gxi = &x->x_gxi;
	ix->ix_gxr = &x->x_gxr;
	ix->ix_sai = &x->x_sai;
}

static void
sa_fill(const struct sa *sa, struct inside_sa *is)
{
	memset(is, 0, sizeof(*is));
	memcpy(is->is_cookies, sa->sa_cookies, sizeof(is->is_cookies));
	is->is_established = (sa->sa_flags & SAF_ESTABLISHED) != 0;
	is->is_keys = sa->sa_keys;
	is->is_haskeys = sa->sa_keys.k_len != 0 &&
	    cipher_block(&sa->sa_keys.k_cipher) != 0;
	is->is_local = sa->sa_local;
	is->is_peer = sa->sa_peer;
	is->is_dpd = sa->sa_dpdout;
	exch_fill(sa->sa_p1, &is->is_p1);
}

static struct sa *
sa_nth(struct engine *en, unsigned int nth)
{
	unsigned int n = 0;
	struct sa *sa;

	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		n++;
	if (n == 0 || nth == INSIDE_LAST)
		return (TAILQ_LAST(&en->en_sas, sas));
	nth %= n;
	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		if (nth-- == 0)
			break;
	return (sa);
}

int
inside_sa(struct engine *en, unsigned int nth, struct inside_sa *is)
{
	struct sa *sa = sa_nth(en, nth);

	if (sa == NULL)
		return (-1);
	sa_fill(sa, is);
	return (0);
}

int
inside_find(struct engine *en, const uint8_t cookies[16],
    struct inside_sa *is)
{
	struct sa *sa = sa_find(en, cookies);

	if (sa == NULL)
		return (-1);
	sa_fill(sa, is);
	return (0);
}

int
inside_exch(struct engine *en, const uint8_t cookies[16], unsigned int nth,
    struct inside_exch *ix)
{
	struct sa *sa = sa_find(en, cookies);
	struct exch *x = NULL;
	unsigned int n = 0;

	exch_fill(NULL, ix);
	if (sa == NULL)
		return (-1);
	TAILQ_FOREACH(x, &sa->sa_exchs, x_entry)
		n++;
	if (n == 0)
		return (-1);
	nth %= n;
	TAILQ_FOREACH(x, &sa->sa_exchs, x_entry)
		if (nth-- == 0)
			break;
	exch_fill(x, ix);
	return (0);
}

int
inside_msgid(struct engine *en, const uint8_t cookies[16], uint32_t msgid,
    struct inside_exch *ix)
{
	struct sa *sa = sa_find(en, cookies);
	struct exch *x = sa == NULL || msgid == 0 ? NULL :
	    exch_find(sa, msgid);

	exch_fill(x, ix);
	return (x == NULL ? -1 : 0);
}

int
inside_pair(struct engine *en, unsigned int nth, uint32_t *in, uint32_t *out)
{
	struct pair *pr, *first = NULL;
	struct conn *cn;

	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry)
			if (first == NULL || nth-- == 0)
				first = pr;
	if (first == NULL)
		return (-1);
	*in = first->pr_in;
	*out = first->pr_out;
	return (0);
}

int
inside_owns(struct engine *en, uint32_t spi, int out)
{
	struct conn *cn;
	struct pair *pr;

	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry)
			if (out ? (pr->pr_flags & PRF_OUT) &&
			    pr->pr_out == spi :
			    (pr->pr_flags & (PRF_SPI | PRF_IN)) &&
			    pr->pr_in == spi)
				return (1);
	return (0);
}

int
inside_proven(struct engine *en, const struct ike_addr *a)
{
	struct sa *sa;

	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		if (addr_same(&sa->sa_peer, a) &&
		    !(sa->sa_flags & SAF_HALFOPEN))
			return (1);
	return (0);
}

const uint8_t *
inside_vendor(unsigned int n)
{
	static const uint8_t *const vids[] = { dpd_vid, natt_vid_rfc,
	    natt_vid_03, natt_vid_02, natt_vid_02n };

	return (vids[n % (sizeof(vids) / sizeof(vids[0]))]);
}

static int
has_conn(struct engine *en, const struct conn *wanted)
{
	struct conn *cn;

	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		if (cn == wanted)
			return (1);
	return (wanted == NULL);
}

static int
has_pair(struct engine *en, const struct pair *wanted)
{
	struct conn *cn;
	struct pair *pr;

	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry)
			if (pr == wanted)
				return (1);
	return (wanted == NULL);
}

static const char *
exch_fault(struct engine *en, struct sa *sa, struct exch *x)
{
	if (x->x_sa != sa)
		return ("an exchange of another SA");
	if (x->x_timer.t_world == NULL)
		return ("an exchange without an end");
	if (!has_conn(en, x->x_conn))
		return ("an exchange about no connection");
	if (!has_pair(en, x->x_pair) || !has_pair(en, x->x_replaces))
		return ("an exchange about no pair");
	if (x != sa->sa_p1 && x->x_wait != XW_NONE)
		return ("a quick mode that waits for the ca");
	return (NULL);
}

static const char *
sa_fault(struct engine *en, struct sa *sa)
{
	const char *why;
	struct peer *pe;
	struct exch *x;

	TAILQ_FOREACH(pe, &en->en_model->md_peers, pe_entry)
		if (pe == sa->sa_conf)
			break;
	if (pe == NULL)
		return ("an SA of no configuration");
	if (sa->sa_engine != en || (sa_find(en, sa->sa_cookies) != sa &&
	    sa_find_first(en, sa->sa_cookies, &sa->sa_peer) == NULL))
		return ("an SA that is not to be found");
	if (!(sa->sa_flags & SAF_ESTABLISHED) && sa->sa_p1 == NULL)
		return ("an SA that nobody makes");
	if ((sa->sa_flags & SAF_ESTABLISHED) && sa->sa_hard.t_world == NULL &&
	    sa->sa_life_s != 0)
		return ("an SA without an end");
	if (sa->sa_p1 != NULL && (why = exch_fault(en, sa, sa->sa_p1)) != NULL)
		return (why);
	TAILQ_FOREACH(x, &sa->sa_exchs, x_entry)
		if ((why = exch_fault(en, sa, x)) != NULL)
			return (why);
	return (NULL);
}

static int
has_exch(struct engine *en, const struct exch *wanted)
{
	struct exch *x;
	struct sa *sa;

	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		TAILQ_FOREACH(x, &sa->sa_exchs, x_entry)
			if (x == wanted)
				return (1);
	return (wanted == NULL);
}

/* A pair that is in the making hangs on an exchange; others have an end. */
static int
is_made(struct engine *en, const struct pair *pr)
{
	struct exch *x;
	struct sa *sa;

	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		TAILQ_FOREACH(x, &sa->sa_exchs, x_entry)
			if (x->x_pair == pr)
				return (1);
	return (0);
}

static const char *
conn_fault(struct engine *en, struct conn *cn)
{
	struct p2conf *pc;
	struct pair *pr;

	TAILQ_FOREACH(pc, &en->en_model->md_conns, pc_entry)
		if (pc == cn->cn_conf)
			break;
	if (pc == NULL || cn->cn_engine != en)
		return ("a connection of no configuration");
	if (!has_exch(en, cn->cn_quick))
		return ("a connection's quick mode is gone");
	TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry) {
		if (pr->pr_conn != cn)
			return ("a pair of another connection");
		if (pr->pr_timer.t_world == NULL &&
		    pr->pr_switch.t_world == NULL && !is_made(en, pr) &&
		    (pr->pr_life_s != 0 || pr->pr_settled == 0 ||
		    (pr->pr_flags & PRF_REPLACED)))
			return ("a pair without an end");
	}
	return (NULL);
}

const char *
inside_fault(struct engine *en)
{
	unsigned int halfopen = 0;
	const char *why;
	struct conn *cn;
	struct sa *sa;

	TAILQ_FOREACH(sa, &en->en_sas, sa_entry) {
		halfopen += (sa->sa_flags & SAF_HALFOPEN) != 0;
		if ((why = sa_fault(en, sa)) != NULL)
			return (why);
	}
	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		if ((why = conn_fault(en, cn)) != NULL)
			return (why);
	return (halfopen == en->en_halfopen ? NULL : "half open, miscounted");
}
