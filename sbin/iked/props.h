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


#ifndef _IKED_PROPS_H_
#define _IKED_PROPS_H_

/*
 * How near two proposals come: what props.c selects by and explain.c and
 * agree.c speak of.
 */
#include "proposal.h"

struct prop_fit {
	/* of each type the transform of theirs; NULL: none is needed */
	const struct ike_xform *pf_xf[IKE_T_MAX + 1];
	unsigned int	 pf_missing;	/* FIT_ of types without a match */
#define FIT_TYPE(t)	(1u << (t))
#define FIT_OTHER	FIT_TYPE(0)	/* a type that has no place here */
	unsigned int	 pf_score;	/* our order: the lower, the better */
};

/* 0, or -1: for different protocols. */
int	 prop_fit(struct prop_fit *, const struct ike_prop *ours,
	    const struct ike_prop *theirs, int nodh);
/* No integrity beside an AEAD: none at all, or NONE alone. */
int	 prop_integ_clear(const struct ike_prop *);
/* Its place in the defaults, the lower the better; the last: in none. */
unsigned int xform_rank(const struct ike_xform *);

/* explain.c */

/*
 * To the buffer what they have, what we have, of what type nothing is
 * common.  `we' and `they' stand before the proposals.
 */
void	 props_compare(struct buf *, const struct ike_props *ours,
	    const struct ike_props *theirs, int nodh, const char *we,
	    const char *they);
/*
 * The cure alone: what has to be written at `ours', 0; or, -1, what the
 * peer has to do, as nothing that is written here would help.
 */
int	 props_cure(struct buf *, const struct ike_props *ours,
	    const struct ike_props *theirs, const char *which, int nodh);
/* What has to be written at `our' selectors. */
void	 ts_cure(struct buf *, const struct ike_tslist *our_src,
	    const struct ike_tslist *our_dst,
	    const struct ike_tslist *their_src,
	    const struct ike_tslist *their_dst);

#endif /* _IKED_PROPS_H_ */
