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
 * Why two lists have nothing in common, in words, and what would mend it.
 */
#include <string.h>

#include "props.h"

#define nitems(a)	(sizeof(a) / sizeof((a)[0]))

/* Whatever a peer sends, a text stays below 900 octets. */
#define WHATLEN		250	/* for the proposal of one end */
#define TSLEN		150	/* for one list of selectors */
#define CURELEN		80	/* for what we do not have */

/* A text of at most max octets, cut between words. */
static void
put_short(struct buf *b, const struct buf *text, size_t max)
{
	const char *s = (const char *)text->b_data;
	size_t n = text->b_len;

	if (text->b_failed) {
		b->b_failed = 1;
		return;
	}
	if (n > max) {
		for (n = max - 4; n > 0 && s[n] != ' '; n--)
			;
	}
	buf_put(b, s, n);
	if (n < text->b_len)
		buf_printf(b, " ...");
}

/* Its word once for all transforms of a type: "group ecp256, modp2048". */
static void
put_prop(struct buf *b, const struct ike_prop *pr)
{
	static const char *const words[] = {
		"", "enc ", "prf ", "auth ", "group ", ""
	};
	const struct ike_xform *xf;
	struct buf text = { 0 };
	unsigned int type, n;

	for (type = 1; type <= IKE_T_MAX + 1; type++) {
		n = 0;
		for (xf = pr->pr_xf; xf < pr->pr_xf + pr->pr_n; xf++) {
			if (type != (xf->xf_type == 0 || xf->xf_type >
			    IKE_T_MAX ? IKE_T_MAX + 1 : xf->xf_type))
				continue;
			buf_printf(&text, "%s%s%s", n > 0 ? ", " :
			    text.b_len > 0 ? " " : "", n > 0 ? "" :
			    words[type % nitems(words)], xform_print(xf));
			n++;
		}
	}
	if (text.b_len == 0 && !text.b_failed)
		buf_printf(&text, "nothing");
	put_short(b, &text, WHATLEN);
	buf_clear(&text);
}

/*
 * The words of iked.conf(5) that a proposal of ours lacks for one of theirs.
 */
struct mend {
	const struct ike_prop *m_ours;
	const struct ike_prop *m_theirs;
	struct prop_fit	 m_fit;
	unsigned int	 m_want;	/* what a transform must be: XN_ */
	/* by type what of theirs would do; a clause: all, else what lacks */
	const struct ike_xform *m_xf[IKE_T_MAX + 1];
	int		 m_clause;
	unsigned int	 m_never;	/* FIT_ of types we cannot mend */
};

/* What may be left out stands for this. */
static const struct ike_xform absent[IKE_T_MAX + 1] = {
	[IKE_T_DH] = { IKE_T_DH, IKE_DH_NONE, 0 },
	[IKE_T_ESN] = { IKE_T_ESN, IKE_ESN_NO, 0 },
};

static int
doable(const struct mend *m, const struct ike_xform *xf)
{
	const struct xform_name *xn = xform_find(xf);

	return (xn != NULL && (xn->xn_flags & m->m_want) == m->m_want);
}

/* The better of two, of which one may be none; then the first. */
static const struct ike_xform *
better(const struct ike_xform *a, const struct ike_xform *b)
{
	return (a == NULL || xform_rank(b) < xform_rank(a) ? b : a);
}

/* The best of theirs that we could have. */
static const struct ike_xform *
mend_type(const struct mend *m, uint8_t type)
{
	const struct ike_prop *pr = m->m_theirs;
	const struct ike_xform *best = NULL;
	unsigned int i;

	for (i = 0; i < pr->pr_n; i++)
		if (pr->pr_xf[i].xf_type == type && doable(m, &pr->pr_xf[i]) &&
		    (type != IKE_T_INTEG ||
		    pr->pr_xf[i].xf_id != IKE_INTEG_NONE))
			best = better(best, &pr->pr_xf[i]);
	if ((type == IKE_T_DH || type == IKE_T_ESN) &&
	    m->m_want != XN_IKE && prop_get(pr, type) == NULL)
		return (&absent[type]);
	return (best);
}

/* The best cipher of theirs that we could have and that is complete. */
static const struct ike_xform *
mend_encr(const struct mend *m, int aead)
{
	const struct ike_prop *pr = m->m_theirs;
	const struct ike_xform *best = NULL;
	unsigned int i;

	if (aead ? !prop_integ_clear(pr) : mend_type(m, IKE_T_INTEG) == NULL)
		return (NULL);
	for (i = 0; i < pr->pr_n; i++)
		if (pr->pr_xf[i].xf_type == IKE_T_ENCR &&
		    doable(m, &pr->pr_xf[i]) &&
		    !(xform_find(&pr->pr_xf[i])->xn_flags & XN_AEAD) == !aead)
			best = better(best, &pr->pr_xf[i]);
	return (best);
}

/*
 * A cipher, or integrity: added to the proposal when it is of the kind that
 * is there, else a clause of its own, as the kinds do not mix.
 */
static void
mend_cipher(struct mend *m)
{
	const struct ike_xform *xf;
	unsigned int missing = m->m_fit.pf_missing;
	int aead = prop_aead(m->m_ours);

	if (!(missing & (FIT_TYPE(IKE_T_ENCR) | FIT_TYPE(IKE_T_INTEG))))
		return;
	if ((xf = mend_encr(m, aead)) == NULL) {
		if ((xf = mend_encr(m, !aead)) == NULL) {
			m->m_never |= missing & (FIT_TYPE(IKE_T_ENCR) |
			    FIT_TYPE(IKE_T_INTEG));
			return;
		}
		aead = !aead;
		m->m_clause = 1;
	}
	if (m->m_clause || missing & FIT_TYPE(IKE_T_ENCR))
		m->m_xf[IKE_T_ENCR] = xf;
	if (!aead && (m->m_clause || missing & FIT_TYPE(IKE_T_INTEG)))
		m->m_xf[IKE_T_INTEG] = mend_type(m, IKE_T_INTEG);
}

static void
mend_rest(struct mend *m, uint8_t type)
{
	unsigned int bit = FIT_TYPE(type);

	if (m->m_fit.pf_missing & bit) {
		if ((m->m_xf[type] = mend_type(m, type)) == NULL)
			m->m_never |= bit;
	} else if (m->m_clause)
		/* what is there already goes into the new clause, too */
		m->m_xf[type] = m->m_fit.pf_xf[type];
}

/* 0, or -1: these are for different protocols. */
static int
mend(struct mend *m, const struct ike_prop *ours,
    const struct ike_prop *theirs, int nodh)
{
	memset(m, 0, sizeof(*m));
	m->m_ours = ours;
	m->m_theirs = theirs;
	m->m_want = ours->pr_proto == IKE_PROTO_IKE ? XN_IKE :
	    XN_CHILD | XN_KERNEL;
	if (prop_fit(&m->m_fit, ours, theirs, nodh) == -1)
		return (-1);
	if (ours->pr_proto == IKE_PROTO_AH)
		mend_rest(m, IKE_T_INTEG);
	else
		mend_cipher(m);
	mend_rest(m, IKE_T_PRF);
	mend_rest(m, IKE_T_DH);
	mend_rest(m, IKE_T_ESN);
	/* groups did not count now, but will */
	if (nodh && m->m_clause)
		m->m_xf[IKE_T_DH] = prop_get(ours, IKE_T_DH);
	m->m_never |= m->m_fit.pf_missing & FIT_OTHER;
	return (0);
}

/*
 * How far apart: what can be mended here is nearer than what cannot, then
 * the types without a match count.
 */
static unsigned int
mend_cost(const struct mend *m)
{
	unsigned int type, n = 0;

	for (type = 0; type <= IKE_T_MAX; type++)
		if (m->m_fit.pf_missing & FIT_TYPE(type))
			n++;
	return ((m->m_never != 0) * 100 + n * 2 + m->m_clause);
}

/* The nearest pair: 0, or -1: none for the same protocol. */
static int
mend_nearest(struct mend *best, const struct ike_props *ours,
    const struct ike_props *theirs, int nodh)
{
	struct mend m;
	unsigned int i, j;
	int rc = -1;

	memset(best, 0, sizeof(*best));
	for (i = 0; i < ours->ps_n; i++)
		for (j = 0; j < theirs->ps_n; j++) {
			if (mend(&m, &ours->ps_prop[i], &theirs->ps_prop[j],
			    nodh) == -1)
				continue;
			if (rc == -1 || mend_cost(&m) < mend_cost(best))
				*best = m;
			rc = 0;
		}
	return (rc);
}

static void
put_words(struct buf *b, const struct mend *m, const char *which)
{
	struct ike_xform xf[IKE_T_MAX];
	struct ike_prop pr = { .pr_xf = xf };
	unsigned int type;

	for (type = 1; type <= IKE_T_MAX; type++)
		if (m->m_xf[type] != NULL)
			xf[pr.pr_n++] = *m->m_xf[type];
	if (pr.pr_n == 0)
		return;
	buf_printf(b, m->m_clause ? "add \"%s " : "add \"", which);
	prop_print(b, &pr);
	if (m->m_clause)
		buf_printf(b, "\" to the policy");
	else
		buf_printf(b, "\" to %s", which);
}

/* Without it, AES is no cipher at all. */
static int
no_keybits(const struct ike_xform *xf)
{
	struct ike_xform aes = *xf;

	aes.xf_keybits = 128;
	return (xf->xf_type == IKE_T_ENCR && xf->xf_keybits == 0 &&
	    xform_find(xf) == NULL && xform_find(&aes) != NULL);
}

/* Those of theirs, of types without a match, that we cannot have. */
static void
put_unknown(struct buf *b, const struct mend *m)
{
	const struct ike_prop *pr = m->m_theirs;
	const struct ike_xform *xf;
	struct buf text = { 0 };

	for (xf = pr->pr_xf; xf < pr->pr_xf + pr->pr_n; xf++) {
		if (xf->xf_type > IKE_T_MAX || xf->xf_type == 0 ||
		    !(m->m_never & FIT_TYPE(xf->xf_type)) || doable(m, xf) ||
		    (xf->xf_type == IKE_T_INTEG &&
		    xf->xf_id == IKE_INTEG_NONE))
			continue;
		buf_printf(&text, "%s%s%s", text.b_len > 0 ? ", " : "",
		    xform_print(xf), no_keybits(xf) ? " without key length" :
		    "");
	}
	if (text.b_len > 0) {
		buf_printf(b, ": %s not have ", m->m_want == XN_IKE ?
		    "we do" : "the kernel's ESP does");
		put_short(b, &text, CURELEN);
	}
	buf_clear(&text);
}

/* Nothing written here would help; the first of ours of each type would. */
static void
put_must(struct buf *b, const struct mend *m)
{
	struct ike_xform xf[IKE_T_MAX];
	struct ike_prop pr = { .pr_xf = xf };
	const struct ike_xform *our;
	unsigned int type;

	buf_printf(b, "the peer must change");
	put_unknown(b, m);
	for (type = 1; type <= IKE_T_MAX; type++)
		if (m->m_fit.pf_missing & FIT_TYPE(type) &&
		    (our = prop_get(m->m_ours, type)) != NULL)
			xf[pr.pr_n++] = *our;
	if (pr.pr_n > 0) {
		buf_printf(b, ", it could offer \"");
		prop_print(b, &pr);
		buf_printf(b, "\"");
	}
	if (m->m_fit.pf_missing & FIT_TYPE(IKE_T_INTEG) &&
	    prop_aead(m->m_ours) && !prop_integ_clear(m->m_theirs))
		buf_printf(b, ", with %s it must not offer auth",
		    xform_print(prop_get(m->m_ours, IKE_T_ENCR)));
	if (m->m_never & FIT_OTHER)
		buf_printf(b, ", and leave out what is neither enc, auth, "
		    "group nor %s", m->m_want == XN_IKE ? "prf" : "esn");
}

int
props_cure(struct buf *b, const struct ike_props *ours,
    const struct ike_props *theirs, const char *which, int nodh)
{
	struct mend m;

	if (mend_nearest(&m, ours, theirs, nodh) == -1) {
		buf_printf(b, "the peer must offer an %s proposal",
		    strcmp(which, "ikesa") == 0 ? "IKE" : "ESP");
		return (-1);
	}
	if (m.m_fit.pf_missing == 0) {
		buf_printf(b, "these two agree");
		return (0);
	}
	if (m.m_never != 0) {
		put_must(b, &m);
		return (-1);
	}
	put_words(b, &m, which);
	return (0);
}

static void
put_list(struct buf *b, const char *who, const struct ike_props *ps,
    const struct ike_prop *nearest)
{
	buf_printf(b, "%s ", who);
	if (ps->ps_n == 0)
		buf_printf(b, "no proposal");
	else if (nearest == NULL)
		buf_printf(b, "proposals for another protocol");
	else {
		if (ps->ps_n > 1)
			buf_printf(b, "(nearest of %u) ", ps->ps_n);
		put_prop(b, nearest);
	}
	buf_printf(b, "; ");
}

/* The names of the types that have no match. */
static void
put_missing(struct buf *b, unsigned int missing)
{
	static const char *const words[] = {
		"", "enc", "prf", "auth", "group", "esn"
	};
	const char *sep = "no common ";
	unsigned int type;

	for (type = 1; type < nitems(words); type++)
		if (missing & FIT_TYPE(type)) {
			buf_printf(b, "%s%s", sep, words[type]);
			sep = ", ";
		}
	if ((missing & ~FIT_OTHER) != 0)
		buf_printf(b, ": ");
}

void
props_compare(struct buf *b, const struct ike_props *ours,
    const struct ike_props *theirs, int nodh, const char *we,
    const char *they)
{
	struct mend m;

	if (mend_nearest(&m, ours, theirs, nodh) == -1)
		m.m_ours = ours->ps_prop;
	put_list(b, they, theirs, m.m_theirs);
	put_list(b, we, ours, m.m_ours);
	put_missing(b, m.m_fit.pf_missing);
}

void
props_explain(struct buf *b, const struct ike_props *ours,
    const struct ike_props *theirs, const char *which, int nodh)
{
	props_compare(b, ours, theirs, nodh, "we have", "peer offered");
	props_cure(b, ours, theirs, which, nodh);
}

/*
 * Selectors.
 */

static void
put_ts(struct buf *b, const struct ike_tslist *tl)
{
	struct buf text = { 0 };
	unsigned int i;

	for (i = 0; i < tl->tl_n && text.b_len < TSLEN; i++)
		buf_printf(&text, "%s%s", i > 0 ? ", " : "",
		    ts_print(&tl->tl_ts[i]));
	if (text.b_len == 0 && !text.b_failed)
		buf_printf(&text, "nothing");
	put_short(b, &text, TSLEN);
	buf_clear(&text);
}

/*
 * A word for `from' or `to' that holds one of theirs.  iked.conf(5) has no
 * word for ranges, and one protocol for the whole policy.
 */
static void
put_host(struct buf *b, const char *word, const struct ike_tslist *tl)
{
	const char *s;
	unsigned int i;

	for (i = 0; i < tl->tl_n; i++) {
		s = ts_print(&tl->tl_ts[i]);
		if (strchr(s, '-') == NULL && strstr(s, " proto ") == NULL) {
			buf_printf(b, "%s %s", word, s);
			return;
		}
	}
	buf_printf(b, "%s any", word);
}

/* Does any of them hold something? */
static int
ts_sound(const struct ike_tslist *tl)
{
	struct ike_tslist self;

	if (ts_narrow(&self, tl, tl) == -1)
		return (0);
	tslist_clear(&self);
	return (1);
}

static int
ts_meet(const struct ike_tslist *a, const struct ike_tslist *b)
{
	struct ike_tslist both;

	if (ts_narrow(&both, a, b) == -1)
		return (0);
	tslist_clear(&both);
	return (1);
}

void
ts_cure(struct buf *b, const struct ike_tslist *our_src,
    const struct ike_tslist *our_dst, const struct ike_tslist *their_src,
    const struct ike_tslist *their_dst)
{
	int src = ts_meet(our_src, their_dst);
	int dst = ts_meet(our_dst, their_src);

	if (src && dst)
		buf_printf(b, "these two agree");
	else if (!ts_sound(their_src) || !ts_sound(their_dst))
		buf_printf(b, "the peer must change: a side of its has no "
		    "selector that holds anything");
	else {
		buf_printf(b, "write \"");
		if (!src)
			put_host(b, "from", their_dst);
		if (!dst)
			put_host(b, src ? "to" : " to", their_src);
		buf_printf(b, "\"");
	}
}

void
ts_explain(struct buf *b, const struct ike_tslist *our_src,
    const struct ike_tslist *our_dst, const struct ike_tslist *their_src,
    const struct ike_tslist *their_dst)
{
	buf_printf(b, "peer wants from ");
	put_ts(b, their_src);
	buf_printf(b, " to ");
	put_ts(b, their_dst);
	buf_printf(b, "; we have from ");
	put_ts(b, our_src);
	buf_printf(b, " to ");
	put_ts(b, our_dst);
	buf_printf(b, "; ");
	ts_cure(b, our_src, our_dst, their_src, their_dst);
}
