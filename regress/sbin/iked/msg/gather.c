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
 * Fragments that are no use, B31.
 */

#include "msgtest.h"

#define NONE	-1	/* no use */
#define WAIT	0
#define WHOLE	1

/* One fragment: its text is `text', or so many octets. */
struct piece {
	uint16_t	 p_frag;
	uint16_t	 p_frags;
	const char	*p_text;
	int		 p_want;
	const char	*p_whole;	/* what has come of it */
	uint32_t	 p_msgid;	/* 0: the same */
};

static int
add(struct frags *fr, const struct piece *p, struct buf *whole,
    uint8_t *next)
{
	struct ike_hdr h = header;
	struct msg m = { 0 };
	struct buf plain = { 0 };
	int got;

	if (p->p_msgid != 0)
		h.h_msgid = p->p_msgid;
	m.m_sktype = IKE_P_SKF;
	m.m_frag = p->p_frag;
	m.m_frags = p->p_frags;
	m.m_sknext = p->p_frag == 1 ? IKE_P_AUTH : 0;
	buf_put(&plain, p->p_text, strlen(p->p_text));
	got = frags_add(fr, &h, &m, &plain, whole, next);
	CHECK(plain.b_data == NULL, "the fragment is left behind");
	buf_clear(&plain);
	return (got);
}

static void
play(const char *what, const struct piece *p)
{
	struct frags fr = { 0 };
	struct buf whole = { 0 };
	uint8_t next;
	unsigned int i;
	int got;

	for (i = 0; p[i].p_text != NULL; i++) {
		next = 0;
		got = add(&fr, &p[i], &whole, &next);
		CHECK(got == p[i].p_want, "%s, %u: %d, not %d", what, i, got,
		    p[i].p_want);
		if (got != WHOLE)
			continue;
		CHECK(p[i].p_whole != NULL && next == IKE_P_AUTH &&
		    whole.b_len == strlen(p[i].p_whole) &&
		    (whole.b_len == 0 || memcmp(whole.b_data, p[i].p_whole,
		    whole.b_len) == 0), "%s, %u: whole, but different", what,
		    i);
		CHECK(fr.fr_part == NULL && fr.fr_total == 0 &&
		    fr.fr_octets == 0, "%s, %u: something is left", what, i);
	}
	frags_clear(&fr);
	buf_clear(&whole);
}

static const struct piece	 in_order[] = {
	{ 1, 3, "one", WAIT, NULL, 0 }, { 2, 3, "two", WAIT, NULL, 0 },
	{ 3, 3, "three", WHOLE, "onetwothree", 0 }, { 0 }
};
static const struct piece	 alone[] = {
	{ 1, 1, "one", WHOLE, "one", 0 }, { 1, 1, "", WHOLE, "", 0 }, { 0 }
};
static const struct piece	 doubles[] = {
	{ 2, 2, "two", WAIT, NULL, 0 }, { 2, 2, "two", NONE, NULL, 0 },
	{ 2, 2, "TWO", NONE, NULL, 0 },
	{ 1, 2, "one", WHOLE, "onetwo", 0 }, { 0 }
};
static const struct piece	 gap[] = {
	{ 1, 3, "one", WAIT, NULL, 0 }, { 3, 3, "three", WAIT, NULL, 0 },
	{ 1, 3, "one", NONE, NULL, 0 }, { 3, 3, "three", NONE, NULL, 0 },
	{ 2, 3, "two", WHOLE, "onetwothree", 0 }, { 0 }
};
static const struct piece	 zero[] = {
	{ 0, 2, "zero", NONE, NULL, 0 }, { 0, 0, "zero", NONE, NULL, 0 },
	{ 1, 0, "zero", NONE, NULL, 0 }, { 1, 2, "one", WAIT, NULL, 0 },
	{ 0, 2, "zero", NONE, NULL, 0 }, { 1, 0, "zero", NONE, NULL, 0 },
	{ 3, 2, "three", NONE, NULL, 0 },
	{ 2, 2, "two", WHOLE, "onetwo", 0 }, { 0 }
};
static const struct piece	 empty[] = {
	{ 1, 2, "", NONE, NULL, 0 }, { 2, 2, "", NONE, NULL, 0 },
	{ 2, 2, "two", WAIT, NULL, 0 },
	{ 1, 2, "one", WHOLE, "onetwo", 0 }, { 0 }
};
static const struct piece	 shrinks[] = {
	{ 1, 3, "one", WAIT, NULL, 0 }, { 2, 2, "TWO", NONE, NULL, 0 },
	{ 1, 1, "ONE", NONE, NULL, 0 }, { 2, 3, "two", WAIT, NULL, 0 },
	{ 3, 3, "three", WHOLE, "onetwothree", 0 }, { 0 }
};
static const struct piece	 grows[] = {
	{ 1, 2, "one", WAIT, NULL, 0 }, { 3, 3, "3", WAIT, NULL, 0 },
	{ 2, 2, "two", NONE, NULL, 0 }, { 2, 3, "2", WAIT, NULL, 0 },
	{ 1, 3, "1", WHOLE, "123", 0 }, { 0 }
};
static const struct piece	 another[] = {
	{ 1, 2, "one", WAIT, NULL, 0 }, { 2, 2, "TWO", WAIT, NULL, 7 },
	{ 2, 2, "two", WAIT, NULL, 0 },
	{ 1, 2, "one", WHOLE, "onetwo", 0 }, { 0 }
};
static const struct piece	 number[] = {
	{ 1, 65535, "one", NONE, NULL, 0 },
	{ 65535, 65535, "last", NONE, NULL, 0 },
	{ 1, MSG_MAXFRAGS + 1, "one", NONE, NULL, 0 },
	{ 1, MSG_MAXFRAGS, "one", WAIT, NULL, 0 },
	{ MSG_MAXFRAGS, MSG_MAXFRAGS, "last", WAIT, NULL, 0 }, { 0 }
};

/* Two peers at a time: each has its own. */
static void
interleaved(void)
{
	struct piece p[] = {
		{ 1, 2, "one", WAIT, NULL, 0 }, { 2, 2, "two", WAIT, NULL, 0 }
	};
	struct frags fr[2] = { 0 };
	struct buf whole = { 0 };
	uint8_t next;
	unsigned int i;

	for (i = 0; i < 2; i++)
		CHECK(add(&fr[i], &p[i], &whole, &next) == WAIT,
		    "interleaved, %u", i);
	for (i = 0; i < 2; i++)
		CHECK(add(&fr[i], &p[!i], &whole, &next) == WHOLE &&
		    whole.b_len == 6 &&
		    memcmp(whole.b_data, "onetwo", 6) == 0,
		    "interleaved, %u is different", i);
	buf_clear(&whole);
}

/* Together they may be as long as a message, and no octet more. */
static void
too_long(size_t sum, int want)
{
	static char text[IKE_MAXMSG + 1];
	struct piece p = { 0, 3, text, WAIT, NULL, 0 };
	struct frags fr = { 0 };
	struct buf whole = { 0 };
	uint8_t next;
	int got = WAIT;

	for (p.p_frag = 1; p.p_frag <= 3; p.p_frag++) {
		memset(text, 'a', sizeof(text));
		text[p.p_frag < 3 ? 30000 : sum - 60000] = '\0';
		got = add(&fr, &p, &whole, &next);
	}
	CHECK(got == want, "%zu octets: %d, not %d", sum, got, want);
	CHECK(want != WHOLE || whole.b_len == sum, "%zu octets of %zu",
	    whole.b_len, sum);
	frags_clear(&fr);
	buf_clear(&whole);
}

/* So many useless ones that walking a list for each would show. */
static void
flood(void)
{
	struct piece p = { 1, MSG_MAXFRAGS, "text", WAIT, NULL, 0 };
	struct frags fr = { 0 };
	struct buf whole = { 0 };
	uint8_t next;
	unsigned int i;

	for (i = 0; i < 100000; i++) {
		p.p_frag = 1 + i % (MSG_MAXFRAGS - 1);
		CHECK(add(&fr, &p, &whole, &next) ==
		    (i < MSG_MAXFRAGS - 1 ? WAIT : NONE), "flood, %u", i);
	}
	CHECK(fr.fr_octets == 4 * (MSG_MAXFRAGS - 1),
	    "%zu octets are kept", fr.fr_octets);
	frags_clear(&fr);
	buf_clear(&whole);
}

void
test_b31(void)
{
	play("in order", in_order);
	play("alone", alone);
	play("doubles", doubles);
	play("gap", gap);
	play("zero", zero);
	play("empty", empty);
	play("shrinks", shrinks);
	play("grows", grows);
	play("another", another);
	play("number", number);
	interleaved();
	too_long(IKE_MAXMSG, WHOLE);
	too_long(IKE_MAXMSG + 1, NONE);
	flood();
}
