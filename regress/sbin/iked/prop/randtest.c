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
 * Random lists: what is chosen is in both, one of a type, never without
 * integrity; what is not found by trying all combinations is not chosen; and
 * when nothing is, then the words that are said to mend it do mend it.
 * randtest [seed]
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "words.h"

#define ROUNDS	20000

static unsigned int seed;

static unsigned int
pick(unsigned int n)
{
	return ((unsigned int)random() % n);
}

static const struct xform_name *
any_name(uint8_t type)
{
	const struct xform_name *xn;
	unsigned int n;

	for (n = 0; xform_nth(n) != NULL; n++)
		;
	do {
		xn = xform_nth(pick(n));
	} while (xn->xn_type != type);
	return (xn);
}

/*
 * A few of a type.  A configuration has no NONE for integrity, no group
 * none and no ESN in ikesa, and does not mix AEADs with others.
 */
static void
some(struct ike_prop *pr, uint8_t type, unsigned int max, int ours, int aead)
{
	const struct xform_name *xn;
	int want = pr->pr_proto == IKE_PROTO_IKE ? XN_IKE : XN_CHILD;
	unsigned int n;

	for (n = pick(max) + (ours != 0); n > 0; n--) {
		do {
			xn = any_name(type);
		} while (ours && (!(xn->xn_flags & want) ||
		    (type == IKE_T_ENCR &&
		    !(xn->xn_flags & XN_AEAD) != !aead)));
		if (prop_add(pr, type, xn->xn_id, ours || pick(20) != 0 ?
		    xn->xn_keybits : pick(65536)) == -1)
			err(1, NULL);
	}
}

static void
random_props(struct ike_props *ps, uint8_t proto, int ours)
{
	struct ike_prop *pr;
	unsigned int n;
	int aead;

	memset(ps, 0, sizeof(*ps));
	for (n = pick(3) + (ours != 0); n > 0; n--) {
		if (props_add(ps, proto) == -1)
			err(1, NULL);
		pr = &ps->ps_prop[ps->ps_n - 1];
		aead = pick(2);
		some(pr, IKE_T_ENCR, 4, ours, aead);
		if (proto == IKE_PROTO_IKE)
			some(pr, IKE_T_PRF, 4, ours, 0);
		if (ours ? !aead : pick(2))
			some(pr, IKE_T_INTEG, 4, ours, 0);
		if (proto == IKE_PROTO_IKE || pick(3) == 0)
			some(pr, IKE_T_DH, 6, ours, 0);
		if (proto == IKE_PROTO_ESP)
			some(pr, IKE_T_ESN, 3, ours, 0);
		if (!ours && pick(30) == 0)
			prop_add(pr, pick(9), pick(40), 0);
	}
}

/*
 * What is acceptable, said again another way: by trying all numbers.
 */
static int
same(const struct ike_xform *a, const struct ike_xform *b)
{
	return (a->xf_type == b->xf_type && a->xf_id == b->xf_id &&
	    a->xf_keybits == b->xf_keybits);
}

static int
in_prop(const struct ike_prop *pr, const struct ike_xform *xf)
{
	unsigned int i;

	for (i = 0; i < pr->pr_n; i++)
		if (same(&pr->pr_xf[i], xf))
			return (1);
	return (0);
}

static int
is_aead(const struct ike_xform *xf)
{
	return (xf->xf_id >= IKE_ENCR_AES_GCM_12);
}

/* One transform of a type, or its absence, at one end. */
static int
admits(const struct ike_prop *pr, uint8_t type, uint16_t id, int nodh)
{
	const struct ike_xform xf = { type, id, 0 };

	if (type == IKE_T_DH && nodh)
		return (1);
	if (prop_get(pr, type) == NULL)
		return (id == 0 && pr->pr_proto == IKE_PROTO_ESP);
	return (in_prop(pr, &xf));
}

static int
both_admit(const struct ike_prop *a, const struct ike_prop *b, uint8_t type,
    int nodh)
{
	unsigned int id, first = a->pr_proto == IKE_PROTO_IKE;

	for (id = first; id < 64; id++)
		if (admits(a, type, id, nodh) && admits(b, type, id, nodh))
			return (1);
	return (0);
}

static int
only_none(const struct ike_prop *pr)
{
	static const struct ike_xform none = { IKE_T_INTEG, 0, 0 };
	unsigned int i;

	for (i = 0; i < pr->pr_n; i++)
		if (pr->pr_xf[i].xf_type == IKE_T_INTEG &&
		    !same(&pr->pr_xf[i], &none))
			return (0);
	return (1);
}

static int
both_cipher(const struct ike_prop *a, const struct ike_prop *b)
{
	struct ike_xform integ = { IKE_T_INTEG, 0, 0 };
	unsigned int i;

	for (i = 0; i < a->pr_n; i++) {
		if (a->pr_xf[i].xf_type != IKE_T_ENCR ||
		    !in_prop(b, &a->pr_xf[i]))
			continue;
		if (is_aead(&a->pr_xf[i])) {
			if (only_none(a) && only_none(b))
				return (1);
			continue;
		}
		for (integ.xf_id = 1; integ.xf_id < 64; integ.xf_id++)
			if (in_prop(a, &integ) && in_prop(b, &integ))
				return (1);
	}
	return (0);
}

static int
strange(const struct ike_prop *pr)
{
	unsigned int i, type;

	for (i = 0; i < pr->pr_n; i++) {
		type = pr->pr_xf[i].xf_type;
		if (type == 0 || type > 5 || type ==
		    (pr->pr_proto == IKE_PROTO_IKE ? IKE_T_ESN : IKE_T_PRF))
			return (1);
	}
	return (0);
}

static int
possible(const struct ike_props *ours, const struct ike_props *theirs,
    int nodh)
{
	const struct ike_prop *a, *b;
	int ike;

	for (a = ours->ps_prop; a < ours->ps_prop + ours->ps_n; a++)
		for (b = theirs->ps_prop; b < theirs->ps_prop + theirs->ps_n;
		    b++) {
			ike = a->pr_proto == IKE_PROTO_IKE;
			if (!strange(b) && both_cipher(a, b) &&
			    (!ike || both_admit(a, b, IKE_T_PRF, 0)) &&
			    both_admit(a, b, IKE_T_DH, nodh) &&
			    (ike || both_admit(a, b, IKE_T_ESN, 0)))
				return (1);
		}
	return (0);
}

/* Is all of what was chosen in one proposal of theirs, once each type? */
static void
look_at(const struct ike_prop *pr, const struct ike_props *theirs)
{
	const struct ike_prop *from = &theirs->ps_prop[pr->pr_num - 1];
	const struct ike_xform *encr = prop_get(pr, IKE_T_ENCR), *integ;
	unsigned int i, types = 0;

	for (i = 0; i < pr->pr_n; i++) {
		check(in_prop(from, &pr->pr_xf[i]), "chosen, not offered");
		check(!(types & 1U << pr->pr_xf[i].xf_type), "two of a type");
		types |= 1U << pr->pr_xf[i].xf_type;
	}
	integ = prop_get(pr, IKE_T_INTEG);
	check(encr != NULL && (is_aead(encr) ?
	    integ == NULL || integ->xf_id == 0 :
	    integ != NULL && integ->xf_id != 0), "integrity");
}

/* Do as the text says, at each of our proposals: does it help? */
static int
obey(const struct ike_props *ours, const struct ike_props *theirs, int nodh,
    char *words, const char *which)
{
	struct ike_props mended, chosen;
	unsigned int i;
	int helps = 0;

	if (strncmp(words, which, strlen(which)) == 0) {
		words += strlen(which);
		if (props_copy(&mended, ours) == -1 ||
		    props_add(&mended, ours->ps_prop->pr_proto) == -1)
			err(1, NULL);
		prop_words(&mended.ps_prop[mended.ps_n - 1], words);
		helps = props_select(&chosen, &mended, theirs, nodh) == 0;
		props_clear(&chosen);
		props_clear(&mended);
		return (helps);
	}
	for (i = 0; i < ours->ps_n && !helps; i++) {
		if (props_copy(&mended, ours) == -1)
			err(1, NULL);
		prop_words(&mended.ps_prop[i], words);
		helps = props_select(&chosen, &mended, theirs, nodh) == 0;
		props_clear(&chosen);
		props_clear(&mended);
	}
	return (helps);
}

static unsigned int mended, longest;

static void
explain(const struct ike_props *ours, const struct ike_props *theirs,
    int nodh)
{
	const char *which = ours->ps_prop->pr_proto == IKE_PROTO_IKE ?
	    "ikesa" : "childsa";
	struct buf b = { 0 };
	const char *text;
	char *words, *copy;

	props_explain(&b, ours, theirs, which, nodh);
	text = text_of(&b);
	if (strlen(text) > longest)
		longest = strlen(text);
	check(strlen(text) < 900, "too long: %s", text);
	if ((words = strstr(text, "add \"")) == NULL) {
		check(strstr(text, "the peer must") != NULL, "%s", text);
		return;
	}
	if ((copy = strdup(words + 5)) == NULL)
		err(1, NULL);
	*strchr(copy, '"') = '\0';
	check(obey(ours, theirs, nodh, copy, which), "no help: %s", text);
	mended++;
	free(copy);
}

int
main(int argc, char *argv[])
{
	const char *s = argc > 1 ? argv[1] : getenv("SEED");
	struct ike_props ours, theirs, chosen;
	unsigned int i, found = 0;
	int nodh, rc;
	uint8_t proto;

	seed = s != NULL ? strtoul(s, NULL, 0) : (unsigned int)time(NULL);
	printf("seed %u\n", seed);
	srandom(seed);
	for (i = 0; i < ROUNDS; i++) {
		proto = pick(2) ? IKE_PROTO_IKE : IKE_PROTO_ESP;
		nodh = proto == IKE_PROTO_ESP && pick(2);
		random_props(&ours, proto, 1);
		random_props(&theirs, proto, 0);
		rc = props_select(&chosen, &ours, &theirs, nodh);
		check((rc == 0) == possible(&ours, &theirs, nodh),
		    "round %u: %d, but not so", i, rc);
		if (rc == 0) {
			found++;
			look_at(chosen.ps_prop, &theirs);
			check(props_offered(&ours, chosen.ps_prop, nodh) == 0,
			    "round %u: not ours", i);
		} else
			explain(&ours, &theirs, nodh);
		props_clear(&chosen);
		props_clear(&theirs);
		props_clear(&ours);
	}
	printf("%u chosen, %u mended, longest text %u\n", found, mended,
	    longest);
	check(found > ROUNDS / 50 && mended > ROUNDS / 50, "too few");
	return (check_done());
}
