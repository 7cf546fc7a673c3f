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


#ifndef _IKED_PROPOSAL_H_
#define _IKED_PROPOSAL_H_

/*
 * Proposals made of transforms, and which of two lists both ends can have
 * (RFC 7296 2.7, 3.3); selectors.
 */
#include "xform.h"

/* "enc aes-128-gcm prf hmac-sha2-256 group curve25519" */
void			 prop_print(struct buf *, const struct ike_prop *);
/* All proposals, one behind another with " | " between. */
void			 props_print(struct buf *, const struct ike_props *);

/* 0, or -1: no memory */
int	 prop_add(struct ike_prop *, uint8_t type, uint16_t id, uint16_t bits);
int	 props_add(struct ike_props *, uint8_t proto);	/* an empty one */
int	 props_copy(struct ike_props *, const struct ike_props *);
void	 props_clear(struct ike_props *);
int	 props_equal(const struct ike_props *, const struct ike_props *);
/* The first transform of a type, NULL: there is none. */
const struct ike_xform	*prop_get(const struct ike_prop *, uint8_t type);
/* The default of iked.conf(5) for an IKE_PROTO_.  0 or -1. */
int	 props_default(struct ike_props *, uint8_t proto);
int	 prop_aead(const struct ike_prop *);	/* every cipher is one */

/*
 * What both can have: from `ours' and `theirs' one transform a type to
 * *chosen (props_clear it as a list of one), with number, protocol and SPI
 * of theirs.  Our order decides.  nodh: a DH transform of either side does
 * not count (IKE_AUTH has none).  0, or -1: nothing.
 */
int	 props_select(struct ike_props *chosen, const struct ike_props *ours,
	    const struct ike_props *theirs, int nodh);
/*
 * Why nothing: to the buffer, for a log line, what they offered, what we
 * have, and the words of iked.conf(5) that would mend it here ("add `group
 * modp2048' to ikesa").  which is "ikesa" or "childsa".
 */
void	 props_explain(struct buf *, const struct ike_props *ours,
	    const struct ike_props *theirs, const char *which, int nodh);
/*
 * Is what the responder chose one of what we offered, exactly one transform
 * a type?  0, or -1.
 */
int	 props_offered(const struct ike_props *ours,
	    const struct ike_prop *chosen, int nodh);
/* Groups of a list in order, without none; how many (at most max). */
unsigned int props_groups(const struct ike_props *, uint16_t *, unsigned int);
int	 props_has_group(const struct ike_props *, uint16_t);

/*
 * Selectors (RFC 7296 2.9).  narrow: what of the peer's lies in ours, in the
 * peer's order, without doubles; -1: nothing, or no memory.  within: every
 * one of `a' lies in one of `b'.
 */
int	 ts_narrow(struct ike_tslist *result, const struct ike_tslist *theirs,
	    const struct ike_tslist *ours);
int	 ts_within(const struct ike_tslist *a, const struct ike_tslist *b);
/* What both hold, -1: nothing. */
int	 ts_intersect(struct ike_ts *, const struct ike_ts *,
	    const struct ike_ts *);
int	 ts_equal(const struct ike_tslist *, const struct ike_tslist *);
/*
 * Why nothing: their selectors, ours, the words that would mend it.
 * their_src is the peer's side, so our_dst has to meet it.
 */
void	 ts_explain(struct buf *, const struct ike_tslist *our_src,
	    const struct ike_tslist *our_dst,
	    const struct ike_tslist *their_src,
	    const struct ike_tslist *their_dst);

#endif /* _IKED_PROPOSAL_H_ */
