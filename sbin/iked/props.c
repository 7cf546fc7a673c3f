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
 * Lists of proposals: made, compared, chosen from (RFC 7296 2.7, 3.3).
 */
#include <stdlib.h>
#include <string.h>

#include "props.h"

#define nitems(a)	(sizeof(a) / sizeof((a)[0]))

int
prop_add(struct ike_prop *pr, uint8_t type, uint16_t id, uint16_t bits)
{
	struct ike_xform *xf;

	xf = realloc(pr->pr_xf, (pr->pr_n + 1) * sizeof(*xf));
	if (xf == NULL)
		return (-1);
	pr->pr_xf = xf;
	xf += pr->pr_n++;
	xf->xf_type = type;
	xf->xf_id = id;
	xf->xf_keybits = bits;
	return (0);
}

int
props_add(struct ike_props *ps, uint8_t proto)
{
	struct ike_prop *pr;

	/* the number is one octet */
	if (ps->ps_n == 255)
		return (-1);
	pr = realloc(ps->ps_prop, (ps->ps_n + 1) * sizeof(*pr));
	if (pr == NULL)
		return (-1);
	ps->ps_prop = pr;
	pr += ps->ps_n++;
	memset(pr, 0, sizeof(*pr));
	pr->pr_num = ps->ps_n;
	pr->pr_proto = proto;
	return (0);
}

/* One behind the others, with its number and SPI. */
static int
props_append(struct ike_props *ps, const struct ike_prop *from)
{
	struct ike_prop *to;
	unsigned int i;

	if (props_add(ps, from->pr_proto) == -1)
		return (-1);
	to = &ps->ps_prop[ps->ps_n - 1];
	to->pr_num = from->pr_num;
	to->pr_spilen = from->pr_spilen;
	memcpy(to->pr_spi, from->pr_spi, sizeof(to->pr_spi));
	for (i = 0; i < from->pr_n; i++)
		if (prop_add(to, from->pr_xf[i].xf_type,
		    from->pr_xf[i].xf_id, from->pr_xf[i].xf_keybits) == -1)
			return (-1);
	return (0);
}

int
props_copy(struct ike_props *to, const struct ike_props *from)
{
	unsigned int i;

	memset(to, 0, sizeof(*to));
	for (i = 0; i < from->ps_n; i++)
		if (props_append(to, &from->ps_prop[i]) == -1) {
			props_clear(to);
			return (-1);
		}
	return (0);
}

void
props_clear(struct ike_props *ps)
{
	unsigned int i;

	for (i = 0; i < ps->ps_n; i++)
		free(ps->ps_prop[i].pr_xf);
	free(ps->ps_prop);
	memset(ps, 0, sizeof(*ps));
}

static int
xform_equal(const struct ike_xform *a, const struct ike_xform *b)
{
	return (a->xf_type == b->xf_type && a->xf_id == b->xf_id &&
	    a->xf_keybits == b->xf_keybits);
}

static int
prop_equal(const struct ike_prop *a, const struct ike_prop *b)
{
	unsigned int i;

	if (a->pr_proto != b->pr_proto || a->pr_n != b->pr_n)
		return (0);
	for (i = 0; i < a->pr_n; i++)
		if (!xform_equal(&a->pr_xf[i], &b->pr_xf[i]))
			return (0);
	return (1);
}

/* The order counts, numbers and SPIs do not. */
int
props_equal(const struct ike_props *a, const struct ike_props *b)
{
	unsigned int i;

	if (a->ps_n != b->ps_n)
		return (0);
	for (i = 0; i < a->ps_n; i++)
		if (!prop_equal(&a->ps_prop[i], &b->ps_prop[i]))
			return (0);
	return (1);
}

const struct ike_xform *
prop_get(const struct ike_prop *pr, uint8_t type)
{
	unsigned int i;

	for (i = 0; i < pr->pr_n; i++)
		if (pr->pr_xf[i].xf_type == type)
			return (&pr->pr_xf[i]);
	return (NULL);
}

static int
xform_aead(const struct ike_xform *xf)
{
	const struct xform_name *xn = xform_find(xf);

	return (xn != NULL && (xn->xn_flags & XN_AEAD) != 0);
}

int
prop_aead(const struct ike_prop *pr)
{
	unsigned int i, n = 0;

	for (i = 0; i < pr->pr_n; i++) {
		if (pr->pr_xf[i].xf_type != IKE_T_ENCR)
			continue;
		if (!xform_aead(&pr->pr_xf[i]))
			return (0);
		n++;
	}
	return (n > 0);
}

/*
 * The defaults.
 */

static const struct ike_xform def_gcm[] = {
	{ IKE_T_ENCR, IKE_ENCR_AES_GCM_16, 128 },
	{ IKE_T_ENCR, IKE_ENCR_AES_GCM_16, 256 },
}, def_cbc[] = {
	{ IKE_T_ENCR, IKE_ENCR_AES_CBC, 256 },
	{ IKE_T_ENCR, IKE_ENCR_AES_CBC, 192 },
	{ IKE_T_ENCR, IKE_ENCR_AES_CBC, 128 },
}, def_3des[] = {
	{ IKE_T_ENCR, IKE_ENCR_3DES, 0 },
}, def_prf[] = {
	{ IKE_T_PRF, IKE_PRF_SHA2_256, 0 },
	{ IKE_T_PRF, IKE_PRF_SHA2_384, 0 },
	{ IKE_T_PRF, IKE_PRF_SHA2_512, 0 },
	{ IKE_T_PRF, IKE_PRF_SHA1, 0 },
}, def_integ[] = {
	{ IKE_T_INTEG, IKE_INTEG_SHA2_256, 0 },
	{ IKE_T_INTEG, IKE_INTEG_SHA2_384, 0 },
	{ IKE_T_INTEG, IKE_INTEG_SHA2_512, 0 },
	{ IKE_T_INTEG, IKE_INTEG_SHA1_96, 0 },
}, def_dh[] = {
	{ IKE_T_DH, IKE_DH_CURVE25519, 0 },
	{ IKE_T_DH, IKE_DH_ECP521, 0 },
	{ IKE_T_DH, IKE_DH_ECP384, 0 },
	{ IKE_T_DH, IKE_DH_ECP256, 0 },
	{ IKE_T_DH, IKE_DH_MODP4096, 0 },
	{ IKE_T_DH, IKE_DH_MODP3072, 0 },
	{ IKE_T_DH, IKE_DH_MODP2048, 0 },
	{ IKE_T_DH, IKE_DH_MODP1536, 0 },
	{ IKE_T_DH, IKE_DH_MODP1024, 0 },
}, def_esp[] = {
	{ IKE_T_DH, IKE_DH_NONE, 0 },
	{ IKE_T_ESN, IKE_ESN_YES, 0 },
	{ IKE_T_ESN, IKE_ESN_NO, 0 },
};

/* Proposal by proposal: 1 begins one. */
static const struct def {
	uint8_t			 d_proto;
	uint8_t			 d_first;
	const struct ike_xform	*d_xf;
	unsigned int		 d_n;
} defs[] = {
#define DEF(proto, first, xf)	{ IKE_PROTO_##proto, first, xf, nitems(xf) }
	DEF(IKE, 1, def_gcm), DEF(IKE, 0, def_prf), DEF(IKE, 0, def_dh),
	DEF(IKE, 1, def_cbc), DEF(IKE, 0, def_3des), DEF(IKE, 0, def_prf),
	DEF(IKE, 0, def_integ), DEF(IKE, 0, def_dh),
	DEF(ESP, 1, def_gcm), DEF(ESP, 0, def_esp),
	DEF(ESP, 1, def_cbc), DEF(ESP, 0, def_integ), DEF(ESP, 0, def_esp),
	DEF(AH, 1, def_integ), DEF(AH, 0, def_esp),
#undef DEF
};

static int
prop_add_def(struct ike_prop *pr, const struct def *d)
{
	const struct ike_xform *xf;
	const struct xform_name *xn;
	int want = d->d_proto == IKE_PROTO_IKE ? XN_IKE : XN_KERNEL;

	for (xf = d->d_xf; xf < d->d_xf + d->d_n; xf++) {
		if ((xn = xform_find(xf)) == NULL ||
		    (xn->xn_flags & want) == 0)
			continue;
		if (prop_add(pr, xf->xf_type, xf->xf_id, xf->xf_keybits) == -1)
			return (-1);
	}
	return (0);
}

int
props_default(struct ike_props *ps, uint8_t proto)
{
	const struct def *d;

	memset(ps, 0, sizeof(*ps));
	for (d = defs; d < defs + nitems(defs); d++) {
		if (d->d_proto != proto)
			continue;
		if ((d->d_first && props_add(ps, proto) == -1) ||
		    prop_add_def(&ps->ps_prop[ps->ps_n - 1], d) == -1) {
			props_clear(ps);
			return (-1);
		}
	}
	return (ps->ps_n > 0 ? 0 : -1);
}

unsigned int
xform_rank(const struct ike_xform *xf)
{
	const struct def *d;
	unsigned int i, rank = 0;

	for (d = defs; d < defs + nitems(defs); d++)
		for (i = 0; i < d->d_n; i++, rank++)
			if (xform_equal(&d->d_xf[i], xf))
				return (rank);
	return (rank);
}

/*
 * Selection.
 */

static const struct ike_xform *
prop_find(const struct ike_prop *pr, const struct ike_xform *want)
{
	unsigned int i;

	for (i = 0; i < pr->pr_n; i++)
		if (xform_equal(&pr->pr_xf[i], want))
			return (&pr->pr_xf[i]);
	return (NULL);
}

/*
 * The first of ours of a type that they have, too; NONE, which is 0 for
 * integrity and for groups, only if `none'.
 */
static int
fit_type(struct prop_fit *pf, const struct ike_prop *ours,
    const struct ike_prop *theirs, uint8_t type, int none)
{
	const struct ike_xform *xf, *their;
	unsigned int pos = 0;

	for (xf = ours->pr_xf; xf < ours->pr_xf + ours->pr_n; xf++) {
		if (xf->xf_type != type)
			continue;
		if ((none || xf->xf_id != 0) &&
		    (their = prop_find(theirs, xf)) != NULL) {
			pf->pf_xf[type] = their;
			pf->pf_score += pos;
			return (0);
		}
		pos++;
	}
	pf->pf_missing |= FIT_TYPE(type);
	return (-1);
}

int
prop_integ_clear(const struct ike_prop *pr)
{
	unsigned int i;

	for (i = 0; i < pr->pr_n; i++)
		if (pr->pr_xf[i].xf_type == IKE_T_INTEG &&
		    (pr->pr_xf[i].xf_id != IKE_INTEG_NONE ||
		    pr->pr_xf[i].xf_keybits != 0))
			return (0);
	return (1);
}

/* Integrity for a cipher: an AEAD has its own, all others need one. */
static void
fit_integ(struct prop_fit *pf, const struct ike_prop *ours,
    const struct ike_prop *theirs, int aead)
{
	if (!aead)
		fit_type(pf, ours, theirs, IKE_T_INTEG, 0);
	else if (prop_integ_clear(ours) && prop_integ_clear(theirs))
		pf->pf_xf[IKE_T_INTEG] = prop_get(theirs, IKE_T_INTEG);
	else
		pf->pf_missing |= FIT_TYPE(IKE_T_INTEG);
}

/*
 * A cipher, and integrity to go with it.  A peer may mix AEADs and others in
 * one proposal: then a later cipher of ours may be the one that is complete.
 */
static void
fit_encr(struct prop_fit *pf, const struct ike_prop *ours,
    const struct ike_prop *theirs)
{
	const struct prop_fit empty = *pf;
	struct prop_fit try, first = empty;
	const struct ike_xform *xf;
	unsigned int pos = 0, n = 0;

	for (xf = ours->pr_xf; xf < ours->pr_xf + ours->pr_n; xf++) {
		if (xf->xf_type != IKE_T_ENCR)
			continue;
		try = empty;
		try.pf_score += pos++;
		try.pf_xf[IKE_T_ENCR] = prop_find(theirs, xf);
		if (try.pf_xf[IKE_T_ENCR] == NULL || xform_find(xf) == NULL)
			continue;
		fit_integ(&try, ours, theirs, xform_aead(xf));
		if (n++ == 0 || try.pf_missing == empty.pf_missing)
			first = try;
		if (try.pf_missing == empty.pf_missing)
			break;
	}
	*pf = first;
	if (n > 0)
		return;
	pf->pf_missing |= FIT_TYPE(IKE_T_ENCR);
	fit_integ(pf, ours, theirs, prop_aead(ours));
}

/* A type that ESP and AH may leave out, meaning 0: no group, no ESN. */
static void
fit_esp(struct prop_fit *pf, const struct ike_prop *ours,
    const struct ike_prop *theirs, uint8_t type)
{
	struct ike_xform zero = { type, 0, 0 };
	struct ike_prop none = { .pr_n = 1, .pr_xf = &zero };
	int absent = prop_get(theirs, type) == NULL;

	fit_type(pf, prop_get(ours, type) == NULL ? &none : ours,
	    absent ? &none : theirs, type, 1);
	/* what they did not say is not said to them, either */
	if (absent)
		pf->pf_xf[type] = NULL;
}

/* Types that have no place in a proposal for this protocol. */
static int
prop_others(const struct ike_prop *pr)
{
	unsigned int i, type;
	uint8_t not = pr->pr_proto == IKE_PROTO_IKE ? IKE_T_ESN : IKE_T_PRF;

	for (i = 0; i < pr->pr_n; i++) {
		type = pr->pr_xf[i].xf_type;
		if (type == 0 || type > IKE_T_MAX || type == not ||
		    (pr->pr_proto == IKE_PROTO_AH && type == IKE_T_ENCR))
			return (1);
	}
	return (0);
}

int
prop_fit(struct prop_fit *pf, const struct ike_prop *ours,
    const struct ike_prop *theirs, int nodh)
{
	memset(pf, 0, sizeof(*pf));
	if (ours->pr_proto != theirs->pr_proto)
		return (-1);
	if (ours->pr_proto == IKE_PROTO_AH)
		fit_type(pf, ours, theirs, IKE_T_INTEG, 0);
	else
		fit_encr(pf, ours, theirs);
	if (ours->pr_proto == IKE_PROTO_IKE) {
		fit_type(pf, ours, theirs, IKE_T_PRF, 0);
		fit_type(pf, ours, theirs, IKE_T_DH, 0);
	} else {
		if (!nodh)
			fit_esp(pf, ours, theirs, IKE_T_DH);
		fit_esp(pf, ours, theirs, IKE_T_ESN);
	}
	if (prop_others(ours) || prop_others(theirs))
		pf->pf_missing |= FIT_OTHER;
	return (0);
}

static int
props_choose(struct ike_props *chosen, const struct ike_prop *theirs,
    const struct prop_fit *pf)
{
	struct ike_prop head = *theirs;
	const struct ike_xform *xf;
	unsigned int type;

	memset(chosen, 0, sizeof(*chosen));
	head.pr_n = 0;
	head.pr_xf = NULL;
	if (props_append(chosen, &head) == -1)
		return (-1);
	for (type = 1; type <= IKE_T_MAX; type++) {
		if ((xf = pf->pf_xf[type]) == NULL)
			continue;
		if (prop_add(chosen->ps_prop, xf->xf_type, xf->xf_id,
		    xf->xf_keybits) == -1) {
			props_clear(chosen);
			return (-1);
		}
	}
	return (0);
}

/*
 * The first of our proposals that fits one of theirs at all is it, so that a
 * later one never wins by a better score; the score is for telling theirs
 * apart.
 */
int
props_select(struct ike_props *chosen, const struct ike_props *ours,
    const struct ike_props *theirs, int nodh)
{
	struct prop_fit pf, best;
	const struct ike_prop *which;
	unsigned int i, j;

	memset(chosen, 0, sizeof(*chosen));
	for (i = 0; i < ours->ps_n; i++) {
		which = NULL;
		for (j = 0; j < theirs->ps_n; j++) {
			if (prop_fit(&pf, &ours->ps_prop[i],
			    &theirs->ps_prop[j], nodh) == -1 ||
			    pf.pf_missing != 0)
				continue;
			if (which == NULL || pf.pf_score < best.pf_score) {
				which = &theirs->ps_prop[j];
				best = pf;
			}
		}
		if (which != NULL)
			return (props_choose(chosen, which, &best));
	}
	return (-1);
}

int
props_offered(const struct ike_props *ours, const struct ike_prop *chosen,
    int nodh)
{
	struct prop_fit pf;
	unsigned int i, types = 0, bit;

	for (i = 0; i < chosen->pr_n; i++) {
		bit = FIT_TYPE(chosen->pr_xf[i].xf_type & 31);
		if (nodh && chosen->pr_xf[i].xf_type == IKE_T_DH)
			continue;
		if (types & bit)
			return (-1);
		types |= bit;
	}
	for (i = 0; i < ours->ps_n; i++)
		if (prop_fit(&pf, &ours->ps_prop[i], chosen, nodh) == 0 &&
		    pf.pf_missing == 0)
			return (0);
	return (-1);
}

unsigned int
props_groups(const struct ike_props *ps, uint16_t *groups, unsigned int max)
{
	const struct ike_prop *pr;
	unsigned int i, k, n = 0;
	uint16_t id;

	for (pr = ps->ps_prop; pr < ps->ps_prop + ps->ps_n; pr++)
		for (i = 0; i < pr->pr_n; i++) {
			id = pr->pr_xf[i].xf_id;
			if (pr->pr_xf[i].xf_type != IKE_T_DH ||
			    id == IKE_DH_NONE)
				continue;
			for (k = 0; k < n && groups[k] != id; k++)
				;
			if (k == n && n < max)
				groups[n++] = id;
		}
	return (n);
}

int
props_has_group(const struct ike_props *ps, uint16_t group)
{
	uint16_t groups[64];
	unsigned int i, n;

	n = props_groups(ps, groups, sizeof(groups) / sizeof(groups[0]));
	for (i = 0; i < n && groups[i] != group; i++)
		;
	return (i < n);
}

/*
 * All of one type.  "auth none" is said by every AEAD already.
 */
static void
prop_print_type(struct buf *b, const struct ike_prop *pr, unsigned int type,
    const char **sep)
{
	const struct ike_xform *xf;
	const char *word;

	word = xform_word(type);
	for (xf = pr->pr_xf; xf < pr->pr_xf + pr->pr_n; xf++) {
		if (type <= IKE_T_MAX ? xf->xf_type != type :
		    xf->xf_type != 0 && xf->xf_type <= IKE_T_MAX)
			continue;
		if (type == IKE_T_INTEG && xf->xf_id == IKE_INTEG_NONE &&
		    prop_aead(pr))
			continue;
		/* a number has its type in front already */
		buf_printf(b, "%s%s%s%s", *sep,
		    word != NULL && xform_find(xf) != NULL ? word : "",
		    word != NULL && xform_find(xf) != NULL ? " " : "",
		    xform_print(xf));
		*sep = " ";
	}
}

void
prop_print(struct buf *b, const struct ike_prop *pr)
{
	const char *sep = "";
	unsigned int type;

	/* the last round is for types that we do not know */
	for (type = IKE_T_ENCR; type <= IKE_T_MAX + 1; type++)
		prop_print_type(b, pr, type, &sep);
}

void
props_print(struct buf *b, const struct ike_props *ps)
{
	unsigned int i;

	for (i = 0; i < ps->ps_n; i++) {
		if (i > 0)
			buf_printf(b, " | ");
		prop_print(b, &ps->ps_prop[i]);
	}
}
