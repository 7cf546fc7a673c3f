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
 * Traffic selectors (RFC 7296 2.9, 3.13).
 */
#include <string.h>

#include "proposal.h"

/* A peer may send 255 of them; more than this nobody can use. */
#define TS_MAX	64

static size_t
ts_addrlen(const struct ike_ts *ts)
{
	return (ts->ts_family == 4 ? 4 : 16);
}

/* A range that holds something; 65535-0, which is OPAQUE, does not. */
static int
ts_valid(const struct ike_ts *ts)
{
	return ((ts->ts_family == 4 || ts->ts_family == 6) &&
	    memcmp(ts->ts_lo, ts->ts_hi, ts_addrlen(ts)) <= 0 &&
	    ts->ts_port[0] <= ts->ts_port[1]);
}

static int
ts_same(const struct ike_ts *a, const struct ike_ts *b)
{
	return (a->ts_family == b->ts_family && a->ts_proto == b->ts_proto &&
	    a->ts_port[0] == b->ts_port[0] && a->ts_port[1] == b->ts_port[1] &&
	    memcmp(a->ts_lo, b->ts_lo, ts_addrlen(a)) == 0 &&
	    memcmp(a->ts_hi, b->ts_hi, ts_addrlen(a)) == 0);
}

int
ts_intersect(struct ike_ts *r, const struct ike_ts *a, const struct ike_ts *b)
{
	size_t len = ts_addrlen(a);

	if (!ts_valid(a) || !ts_valid(b) || a->ts_family != b->ts_family ||
	    (a->ts_proto != b->ts_proto && a->ts_proto != 0 &&
	    b->ts_proto != 0))
		return (-1);
	memset(r, 0, sizeof(*r));
	r->ts_family = a->ts_family;
	r->ts_proto = a->ts_proto != 0 ? a->ts_proto : b->ts_proto;
	r->ts_port[0] = a->ts_port[0] > b->ts_port[0] ?
	    a->ts_port[0] : b->ts_port[0];
	r->ts_port[1] = a->ts_port[1] < b->ts_port[1] ?
	    a->ts_port[1] : b->ts_port[1];
	memcpy(r->ts_lo, memcmp(a->ts_lo, b->ts_lo, len) > 0 ?
	    a->ts_lo : b->ts_lo, len);
	memcpy(r->ts_hi, memcmp(a->ts_hi, b->ts_hi, len) < 0 ?
	    a->ts_hi : b->ts_hi, len);
	return (ts_valid(r) ? 0 : -1);
}

static int
tslist_has(const struct ike_tslist *tl, const struct ike_ts *ts)
{
	unsigned int i;

	for (i = 0; i < tl->tl_n; i++)
		if (ts_same(&tl->tl_ts[i], ts))
			return (1);
	return (0);
}

int
ts_narrow(struct ike_tslist *result, const struct ike_tslist *theirs,
    const struct ike_tslist *ours)
{
	struct ike_ts ts;
	unsigned int i, j;

	memset(result, 0, sizeof(*result));
	for (i = 0; i < theirs->tl_n; i++)
		for (j = 0; j < ours->tl_n && result->tl_n < TS_MAX; j++) {
			if (ts_intersect(&ts, &theirs->tl_ts[i],
			    &ours->tl_ts[j]) == -1 || tslist_has(result, &ts))
				continue;
			if (tslist_add(result, &ts) == -1) {
				tslist_clear(result);
				return (-1);
			}
		}
	return (result->tl_n > 0 ? 0 : -1);
}

static int
ts_inside(const struct ike_ts *ts, const struct ike_tslist *tl)
{
	struct ike_ts both;
	unsigned int i;

	for (i = 0; i < tl->tl_n; i++)
		if (ts_intersect(&both, ts, &tl->tl_ts[i]) == 0 &&
		    ts_same(&both, ts))
			return (1);
	return (0);
}

/* No selector at all is in nothing: a peer must not get away with that. */
int
ts_within(const struct ike_tslist *a, const struct ike_tslist *b)
{
	unsigned int i;

	for (i = 0; i < a->tl_n; i++)
		if (!ts_inside(&a->tl_ts[i], b))
			return (0);
	return (a->tl_n > 0);
}

/* In the same order. */
int
ts_equal(const struct ike_tslist *a, const struct ike_tslist *b)
{
	unsigned int i;

	if (a->tl_n != b->tl_n)
		return (0);
	for (i = 0; i < a->tl_n; i++)
		if (!ts_same(&a->tl_ts[i], &b->tl_ts[i]))
			return (0);
	return (1);
}
