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
 * Traffic selectors: narrowed, compared, explained.
 */
#include <stdio.h>
#include <string.h>

#include "words.h"

#define OPAQUE	"10.0.0.0/8 port 65535-0"

static const struct {
	const char	*n_theirs;
	const char	*n_ours;
	const char	*n_result;	/* as ts_print has it; NULL: nothing */
} narrows[] = {
	{ "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/0" },
	{ "0.0.0.0/0, ::/0", "::/0, 0.0.0.0/0", "0.0.0.0/0, ::/0" },
	{ "0.0.0.0/0, ::/0", "0.0.0.0/0", "0.0.0.0/0" },
	{ "::/0", "0.0.0.0/0", NULL },
	{ "0.0.0.0/0", "10.1.0.0/16", "10.1.0.0/16" },
	{ "10.1.2.0/24", "10.1.0.0/16", "10.1.2.0/24" },
	{ "10.0.0.5-10.0.0.20", "10.0.0.16/28", "10.0.0.16-10.0.0.20" },
	{ "10.0.0.5-10.0.0.20", "10.0.0.20/32", "10.0.0.20/32" },
	{ "10.0.0.5-10.0.0.20", "10.0.0.21/32", NULL },
	/* the packet first, then what it belongs to; their order */
	{ "10.0.0.9/32 proto 6 port 80-80, 10.0.0.0/24",
	    "10.0.0.0/8", "10.0.0.9/32 proto 6 port 80, 10.0.0.0/24" },
	{ "10.0.9.0/24, 10.0.1.0/24", "10.0.1.0/24, 10.0.9.0/24",
	    "10.0.9.0/24, 10.0.1.0/24" },
	/* no doubles */
	{ "10.0.0.0/8, 10.0.0.0/8, 0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/8" },
	/* one of theirs in two of ours */
	{ "10.0.0.0/8", "10.1.0.0/16, 10.2.0.0/16",
	    "10.1.0.0/16, 10.2.0.0/16" },
	/* protocols: 0 is any */
	{ "10.0.0.0/8 proto 6", "10.0.0.0/8", "10.0.0.0/8 proto 6" },
	{ "10.0.0.0/8", "10.0.0.0/8 proto 17", "10.0.0.0/8 proto 17" },
	{ "10.0.0.0/8 proto 6", "10.0.0.0/8 proto 17", NULL },
	/* ports */
	{ "10.0.0.0/8 port 80-443", "10.0.0.0/8 port 0-100",
	    "10.0.0.0/8 port 80-100" },
	{ "10.0.0.0/8 port 80-90", "10.0.0.0/8 port 91-100", NULL },
	/* what holds nothing meets nothing */
	{ "10.0.0.9-10.0.0.1", "0.0.0.0/0", NULL },
	{ "0.0.0.0/0", "10.0.0.9-10.0.0.1", NULL },
	{ "10.0.0.0/8 port 90-80", "0.0.0.0/0", NULL },
	{ OPAQUE, "0.0.0.0/0", NULL },
	{ OPAQUE, OPAQUE, NULL },
	{ "10.0.0.9-10.0.0.1, 10.0.0.7/32", "0.0.0.0/0", "10.0.0.7/32" },
	{ "ff00::-::1", "::/0", NULL },
	{ "fe80::/10", "fe80::1-fe80::ffff", "fe80::1-fe80::ffff" },
	{ "", "0.0.0.0/0", NULL },
	{ "0.0.0.0/0", "", NULL },
};

static const char *
ts_words(const struct ike_tslist *tl)
{
	struct buf b = { 0 };
	unsigned int i;

	for (i = 0; i < tl->tl_n; i++)
		buf_printf(&b, "%s%s", i > 0 ? ", " : "",
		    ts_print(&tl->tl_ts[i]));
	return (text_of(&b));
}

static void
test_narrow(void)
{
	struct ike_tslist theirs, ours, result;
	const char *got;
	unsigned int i;

	for (i = 0; i < nitems(narrows); i++) {
		ts_make(&theirs, narrows[i].n_theirs);
		ts_make(&ours, narrows[i].n_ours);
		got = ts_narrow(&result, &theirs, &ours) == 0 ?
		    ts_words(&result) : NULL;
		check(got == NULL ? narrows[i].n_result == NULL &&
		    result.tl_n == 0 : narrows[i].n_result != NULL &&
		    strcmp(got, narrows[i].n_result) == 0,
		    "%s in %s: %s", narrows[i].n_theirs, narrows[i].n_ours,
		    got != NULL ? got : "nothing");
		if (got != NULL)
			check(ts_within(&result, &ours) &&
			    ts_within(&result, &theirs),
			    "%s: not in both", got);
		tslist_clear(&result);
		tslist_clear(&theirs);
		tslist_clear(&ours);
	}
}

static void
test_within(void)
{
	static const struct {
		const char	*w_a;
		const char	*w_b;
		int		 w_in;
	} withins[] = {
		{ "10.0.0.0/8", "0.0.0.0/0", 1 },
		{ "0.0.0.0/0", "10.0.0.0/8", 0 },
		{ "10.0.0.0/8, ::1/128", "0.0.0.0/0", 0 },
		{ "10.0.0.0/8, ::1/128", "0.0.0.0/0, ::/0", 1 },
		{ "10.0.0.0/8", "10.0.0.0/8 proto 6", 0 },
		{ "10.0.0.0/8 proto 6", "10.0.0.0/8", 1 },
		{ "10.0.0.0/8", "10.0.0.0/8 port 1-65535", 0 },
		{ "10.0.0.9-10.0.0.1", "0.0.0.0/0", 0 },
		{ OPAQUE, "0.0.0.0/0", 0 },
		{ "", "0.0.0.0/0", 0 },
		{ "0.0.0.0/0", "", 0 },
	};
	struct ike_tslist a, b;
	unsigned int i;

	for (i = 0; i < nitems(withins); i++) {
		ts_make(&a, withins[i].w_a);
		ts_make(&b, withins[i].w_b);
		check(ts_within(&a, &b) == withins[i].w_in,
		    "%s within %s: not %d", withins[i].w_a, withins[i].w_b,
		    withins[i].w_in);
		check(ts_equal(&a, &a), "%s: not itself", withins[i].w_a);
		check(!ts_equal(&a, &b), "%s is %s", withins[i].w_a,
		    withins[i].w_b);
		tslist_clear(&a);
		tslist_clear(&b);
	}
}

/* A family that is neither 4 nor 6 comes to nothing. */
static void
test_family(void)
{
	struct ike_tslist a, any, result;

	ts_make(&a, "10.0.0.0/8");
	ts_make(&any, "0.0.0.0/0, ::/0");
	a.tl_ts->ts_family = 9;
	check(ts_narrow(&result, &a, &any) == -1, "family 9 in any");
	check(ts_narrow(&result, &a, &a) == -1, "family 9 in itself");
	check(!ts_within(&a, &any), "family 9 within any");
	tslist_clear(&any);
	tslist_clear(&a);
}

/* 255 of theirs and 255 of ours, each meeting each: 65025 in all. */
static void
test_many(void)
{
	struct ike_tslist theirs = { 0 }, ours = { 0 }, one, result;
	struct ike_ts ts;
	unsigned int i;

	ts_make(&one, "10.0.0.0/8");
	ts = *one.tl_ts;
	for (i = 0; i < 255; i++) {
		ts.ts_lo[3] = i;
		ts.ts_hi[1] = 255;
		tslist_add(&theirs, &ts);
		ts.ts_lo[3] = 0;
		ts.ts_hi[1] = i;
		tslist_add(&ours, &ts);
	}
	check(ts_narrow(&result, &theirs, &ours) == 0 && result.tl_n == 64 &&
	    ts_within(&result, &ours), "255 x 255: %u", result.tl_n);
	tslist_clear(&result);
	/* all the same: one is left */
	for (i = 0; i < 255; i++)
		theirs.tl_ts[i] = ours.tl_ts[i] = *one.tl_ts;
	check(ts_narrow(&result, &theirs, &ours) == 0 && result.tl_n == 1,
	    "255 times the same: %u", result.tl_n);
	tslist_clear(&result);
	tslist_clear(&one);
	tslist_clear(&ours);
	tslist_clear(&theirs);
}

static const struct {
	const char	*e_our_src;
	const char	*e_our_dst;
	const char	*e_their_src;
	const char	*e_their_dst;
	const char	*e_text;
} explains[] = {
	{ "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.1.0.0/16",
	    "peer wants from 10.3.0.0/16 to 10.1.0.0/16; we have from "
	    "10.1.0.0/16 to 10.2.0.0/16; write \"to 10.3.0.0/16\"" },
	{ "10.1.0.0/16", "10.2.0.0/16", "10.2.9.0/24", "10.9.0.0/16",
	    "peer wants from 10.2.9.0/24 to 10.9.0.0/16; we have from "
	    "10.1.0.0/16 to 10.2.0.0/16; write \"from 10.9.0.0/16\"" },
	{ "0.0.0.0/0", "0.0.0.0/0", "::/0", "::/0",
	    "peer wants from ::/0 to ::/0; we have from 0.0.0.0/0 to "
	    "0.0.0.0/0; write \"from ::/0 to ::/0\"" },
	/* a range is no word of iked.conf(5), nor is a protocol here */
	{ "10.1.0.0/16", "10.2.0.0/16", "10.3.0.1-10.3.0.9", "10.1.0.0/16",
	    "peer wants from 10.3.0.1-10.3.0.9 to 10.1.0.0/16; we have from "
	    "10.1.0.0/16 to 10.2.0.0/16; write \"to any\"" },
	{ "10.1.0.0/16", "10.2.0.0/16",
	    "10.3.0.1/32 proto 6 port 80-80, 10.3.0.0/24", "10.1.0.0/16",
	    "peer wants from 10.3.0.1/32 proto 6 port 80, 10.3.0.0/24 to "
	    "10.1.0.0/16; we have from 10.1.0.0/16 to 10.2.0.0/16; "
	    "write \"to 10.3.0.0/24\"" },
	{ "10.1.0.0/16", "10.2.0.0/16", "10.3.0.9-10.3.0.1", "10.1.0.0/16",
	    "peer wants from 10.3.0.9-10.3.0.1 to 10.1.0.0/16; we have from "
	    "10.1.0.0/16 to 10.2.0.0/16; the peer must change: a side of "
	    "its has no selector that holds anything" },
	{ "10.1.0.0/16", "10.2.0.0/16", "", "10.1.0.0/16",
	    "peer wants from nothing to 10.1.0.0/16; we have from "
	    "10.1.0.0/16 to 10.2.0.0/16; the peer must change: a side of "
	    "its has no selector that holds anything" },
};

static const char *
explained(const char *our_src, const char *our_dst, const char *their_src,
    const char *their_dst)
{
	struct ike_tslist os, od, ts, td;
	struct buf b = { 0 };

	ts_make(&os, our_src);
	ts_make(&od, our_dst);
	ts_make(&ts, their_src);
	ts_make(&td, their_dst);
	ts_explain(&b, &os, &od, &ts, &td);
	tslist_clear(&os);
	tslist_clear(&od);
	tslist_clear(&ts);
	tslist_clear(&td);
	return (text_of(&b));
}

static void
test_explain(void)
{
	struct buf many = { 0 };
	const char *got, *list;
	unsigned int i;

	for (i = 0; i < nitems(explains); i++) {
		got = explained(explains[i].e_our_src, explains[i].e_our_dst,
		    explains[i].e_their_src, explains[i].e_their_dst);
		check(strcmp(got, explains[i].e_text) == 0, "%s", got);
	}
	for (i = 0; i < 255; i++)
		buf_printf(&many, "2001:db8:1234:5678:9abc:def0:1234:%x-"
		    "2001:db8:1234:5678:9abc:def0:ffff:%x proto 6 "
		    "port 1000-2000,", i + 0x8000, i);
	list = text_of(&many);
	got = explained(list, list, list, "10.0.0.0/8");
	check(strlen(got) < 900, "%zu octets of text", strlen(got));
}

int
main(void)
{
	test_narrow();
	test_within();
	test_family();
	test_many();
	test_explain();
	return (check_done());
}
