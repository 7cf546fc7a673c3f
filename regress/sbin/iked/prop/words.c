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


#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

static unsigned int checks, faults;

void
check(int good, const char *fmt, ...)
{
	va_list ap;

	checks++;
	if (good)
		return;
	faults++;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

int
check_done(void)
{
	printf("%u checks, %u faults\n", checks, faults);
	return (faults != 0 || checks == 0);
}

static void
prop_number(struct ike_prop *pr, const char *word)
{
	unsigned int type, id, bits;

	if (sscanf(word, "%u:%u:%u", &type, &id, &bits) != 3)
		errx(1, "%s: neither a transform nor numbers", word);
	if (prop_add(pr, type, id, bits) == -1)
		err(1, NULL);
}

void
prop_words(struct ike_prop *pr, const char *words)
{
	static const char *const types[] = {
		"", "enc", "prf", "auth", "group"
	};
	const struct xform_name *xn;
	char *copy, *rest, *word;
	unsigned int type;

	if ((rest = copy = strdup(words)) == NULL)
		err(1, NULL);
	while ((word = strsep(&rest, " ")) != NULL) {
		if (*word == '\0')
			continue;
		for (type = IKE_T_DH; type > 0; type--)
			if (strcmp(word, types[type]) == 0)
				break;
		if (type != 0)
			word = strsep(&rest, " ");
		xn = word == NULL ? NULL :
		    xform_byname(type != 0 ? type : IKE_T_ESN, word);
		if (xn == NULL)
			prop_number(pr, word == NULL ? words : word);
		else if (prop_add(pr, xn->xn_type, xn->xn_id,
		    xn->xn_keybits) == -1)
			err(1, NULL);
	}
	free(copy);
}

void
props_make(struct ike_props *ps, uint8_t proto, const char *words)
{
	char *copy, *rest, *one;

	memset(ps, 0, sizeof(*ps));
	if (strcmp(words, "default") == 0) {
		if (props_default(ps, proto) == -1)
			err(1, NULL);
		return;
	}
	if ((rest = copy = strdup(words)) == NULL)
		err(1, NULL);
	while ((one = strsep(&rest, "|")) != NULL) {
		if (*one == '\0')
			continue;
		if (props_add(ps, proto) == -1)
			err(1, NULL);
		prop_words(&ps->ps_prop[ps->ps_n - 1], one);
	}
	free(copy);
}

static void
ts_prefix(struct ike_ts *ts, unsigned int plen)
{
	unsigned int i, bits = ts->ts_family == 4 ? 32 : 128;

	memcpy(ts->ts_hi, ts->ts_lo, sizeof(ts->ts_hi));
	for (i = plen; i < bits; i++)
		ts->ts_hi[i / 8] |= 0x80 >> i % 8;
}

static void
ts_address(struct ike_ts *ts, uint8_t *octets, const char *word)
{
	struct ike_addr a;

	if (addr_pton(word, &a) == -1)
		errx(1, "%s: not an address", word);
	ts->ts_family = a.ia_family;
	memcpy(octets, a.ia_addr, sizeof(a.ia_addr));
}

static void
ts_word(struct ike_ts *ts, char *word)
{
	char *p;

	if ((p = strchr(word, '/')) != NULL) {
		*p++ = '\0';
		ts_address(ts, ts->ts_lo, word);
		ts_prefix(ts, atoi(p));
	} else if ((p = strchr(word, '-')) != NULL) {
		*p++ = '\0';
		ts_address(ts, ts->ts_lo, word);
		ts_address(ts, ts->ts_hi, p);
	} else
		errx(1, "%s: no selector", word);
}

static void
ts_one(struct ike_ts *ts, char *rest)
{
	unsigned int from, to;
	char *word;

	memset(ts, 0, sizeof(*ts));
	ts->ts_port[1] = 65535;
	while ((word = strsep(&rest, " ")) != NULL) {
		if (*word == '\0')
			continue;
		if (strcmp(word, "proto") == 0)
			ts->ts_proto = atoi(strsep(&rest, " "));
		else if (strcmp(word, "port") == 0) {
			word = strsep(&rest, " ");
			if (sscanf(word, "%u-%u", &from, &to) != 2)
				errx(1, "%s: no ports", word);
			ts->ts_port[0] = from;
			ts->ts_port[1] = to;
		} else
			ts_word(ts, word);
	}
}

void
ts_make(struct ike_tslist *tl, const char *words)
{
	struct ike_ts ts;
	char *copy, *rest, *one;

	memset(tl, 0, sizeof(*tl));
	if ((rest = copy = strdup(words)) == NULL)
		err(1, NULL);
	while ((one = strsep(&rest, ",")) != NULL) {
		if (*one == '\0')
			continue;
		ts_one(&ts, one);
		if (tslist_add(tl, &ts) == -1)
			err(1, NULL);
	}
	free(copy);
}

const char *
text_of(struct buf *b)
{
	static char *texts[8];
	static unsigned int turn;
	char **s = &texts[turn++ % nitems(texts)];

	free(*s);
	if (b->b_failed || (*s = malloc(b->b_len + 1)) == NULL)
		errx(1, "no memory");
	if (b->b_len > 0)
		memcpy(*s, b->b_data, b->b_len);
	(*s)[b->b_len] = '\0';
	buf_clear(b);
	return (*s);
}
