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
 * Values of a configuration, and what to say if they are wrong.
 */
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "confdb.h"
#include "log.h"
#include "maker.h"

#define MAXTOLD		4096	/* warnings remembered */
#define MAXDISTANCE	2	/* of a name that is meant */

static int
told_cmp(const void *a, const void *b)
{
	return (strcasecmp(a, b));
}

int
told_has(void *const *tree, const char *text)
{
	return (tfind(text, tree, told_cmp) != NULL);
}

int
told_add(void **tree, const char *text)
{
	char *copy;

	if (told_has(tree, text))
		return (0);
	if ((copy = strdup(text)) == NULL ||
	    tsearch(copy, tree, told_cmp) == NULL) {
		free(copy);
		return (-1);
	}
	return (1);
}

void
told_clear(void **tree)
{
	char *text;

	while (*tree != NULL) {
		text = **(char ***)tree;
		tdelete(text, tree, told_cmp);
		free(text);
	}
}

static void
say(struct maker *mk, char *out, size_t size, const char *section,
    const char *tag, const char *fmt, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	snprintf(out, size, "%s: [%s]: %s%s%s",
	    confdb_where(mk->mk_db, section, tag), section,
	    tag != NULL ? tag : "", tag != NULL ? ": " : "", text);
}

int
mk_error(struct maker *mk, const char *section, const char *tag,
    const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	say(mk, text, sizeof(text), section, tag, fmt, ap);
	va_end(ap);
	if (told_add(&mk->mk_told, text) != 0)
		log_warnx("%s", text);
	return (-1);
}

void
mk_warn(struct maker *mk, const char *section, const char *tag,
    const char *fmt, ...)
{
	static void *told;
	static unsigned int ntold;
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	say(mk, text, sizeof(text), section, tag, fmt, ap);
	va_end(ap);
	if (told_has(&told, text))
		return;
	if (ntold < MAXTOLD && told_add(&told, text) == 1)
		ntold++;
	log_warnx("%s", text);
}

int
mk_nomemory(struct maker *mk)
{
	mk->mk_nomem = 1;
	return (-1);
}

static unsigned int
min3(unsigned int a, unsigned int b, unsigned int c)
{
	if (b < a)
		a = b;
	return (c < a ? c : a);
}

/* How many letters are to be put in, left out or changed. */
static unsigned int
distance(const char *a, const char *b)
{
	unsigned int row[CONF_MAXNAME + 1], before, here, i, j;
	size_t len = strlen(b);

	if (len > CONF_MAXNAME || strlen(a) > CONF_MAXNAME)
		return (CONF_MAXNAME);
	for (j = 0; j <= len; j++)
		row[j] = j;
	for (i = 1; a[i - 1] != '\0'; i++) {
		before = row[0];
		row[0] = i;
		for (j = 1; j <= len; j++) {
			here = row[j];
			row[j] = min3(row[j] + 1, row[j - 1] + 1, before +
			    (strncasecmp(&a[i - 1], &b[j - 1], 1) != 0));
			before = here;
		}
	}
	return (row[len]);
}

static void
unknown_tag(struct maker *mk, const char *section, const char *tag,
    const struct tagdef *def)
{
	const struct tagdef *best = NULL;
	unsigned int d, least = MAXDISTANCE + 1;

	for (; def->td_tag != NULL; def++)
		if ((d = distance(tag, def->td_tag)) < least) {
			least = d;
			best = def;
		}
	if (best != NULL)
		mk_warn(mk, section, tag, "unknown tag, ignored; did you "
		    "mean %s?", best->td_tag);
	else
		mk_warn(mk, section, tag, "unknown tag, ignored");
}

void
mk_tags(struct maker *mk, const char *section, const struct tagdef *def)
{
	const struct tagdef *d;
	struct conflist tags;
	size_t i;

	if (confdb_tags(mk->mk_db, section, &tags) == -1) {
		mk_nomemory(mk);
		return;
	}
	for (i = 0; i < tags.cl_n; i++) {
		for (d = def; d->td_tag != NULL; d++)
			if (strcasecmp(d->td_tag, tags.cl_word[i]) == 0)
				break;
		if (d->td_tag == NULL)
			unknown_tag(mk, section, tags.cl_word[i], def);
		else if (d->td_note != NULL)
			mk_warn(mk, section, d->td_tag, "ignored: %s",
			    d->td_note);
	}
	conflist_clear(&tags);
}

int
mk_section(struct maker *mk, const char *section, const char *tag,
    const char *name)
{
	const char *why;

	if (confdb_has(mk->mk_db, name))
		return (0);
	if ((why = builtin_why(name)) != NULL)
		return (mk_error(mk, section, tag, "no section [%.200s], and "
		    "none is built in: %s", name, why));
	return (mk_error(mk, section, tag, "no section [%.200s]: write it, or "
	    "correct the name", name));
}

int
mk_number(struct maker *mk, const char *section, const char *tag,
    unsigned int min, unsigned int max, unsigned int *out)
{
	const char *s = confdb_get(mk->mk_db, section, tag), *errstr;
	unsigned int n;

	if (s == NULL)
		return (0);
	n = strtonum(s, min, max, &errstr);
	if (errstr != NULL)
		return (mk_error(mk, section, tag, "\"%.80s\" is %s: a number "
		    "from %u to %u is needed", s, errstr, min, max));
	*out = n;
	return (0);
}

int
mk_bool(struct maker *mk, const char *section, const char *tag, int *out)
{
	static const char *const words[][2] = {
		{ "no", "yes" }, { "false", "true" }, { "off", "on" },
		{ "0", "1" }
	};
	const char *s = confdb_get(mk->mk_db, section, tag);
	unsigned int i;

	if (s == NULL)
		return (0);
	for (i = 0; i < sizeof(words) / sizeof(words[0]) * 2; i++)
		if (strcasecmp(s, words[i / 2][i % 2]) == 0) {
			*out = i % 2;
			return (0);
		}
	return (mk_error(mk, section, tag, "\"%.80s\" is neither yes nor no",
	    s));
}

/* Neither unspecified nor broadcast nor multicast. */
static int
addr_isone(const struct ike_addr *a)
{
	static const uint8_t zero[16], ones[4] = { 255, 255, 255, 255 };

	if (memcmp(a->ia_addr, zero, addr_len(a)) == 0)
		return (0);
	if (a->ia_family == 6)
		return (a->ia_addr[0] != 0xff);
	return (a->ia_addr[0] >> 4 != 14 &&
	    memcmp(a->ia_addr, ones, sizeof(ones)) != 0);
}

int
mk_addr(struct maker *mk, const char *section, const char *tag,
    struct ike_addr *out)
{
	const char *s = confdb_get(mk->mk_db, section, tag);

	if (s == NULL)
		return (0);
	if (addr_pton(s, out) == -1)
		return (mk_error(mk, section, tag, "\"%.80s\" is no IPv4 or "
		    "IPv6 address; names cannot stand here", s));
	return (0);
}

int
mk_host(struct maker *mk, const char *section, const char *tag,
    struct ike_addr *out)
{
	if (mk_addr(mk, section, tag, out) == -1)
		return (-1);
	if (out->ia_family != 0 && !addr_isone(out))
		return (mk_error(mk, section, tag, "%s is the address of no "
		    "one host; leave it out for any", addr_ntop(out)));
	return (0);
}

int
mk_named(struct maker *mk, const char *section, const char *tag,
    int (*number)(const char *), int *out)
{
	const char *s = confdb_get(mk->mk_db, section, tag);
	int n;

	if (s == NULL)
		return (0);
	if ((n = number(s)) == -1)
		return (mk_error(mk, section, tag, "\"%.80s\" is unknown or "
		    "not supported; see isakmpd.conf(5) for the names", s));
	*out = n;
	return (0);
}

int
mk_need(struct maker *mk, const char *section, const char *tag,
    const char *cure)
{
	const char *s = confdb_get(mk->mk_db, section, tag);

	if (s != NULL && *s != '\0')
		return (0);
	return (mk_error(mk, section, NULL, "no %s: %s", tag, cure));
}

/* What stands between a and b, as a number from 1. */
static int
part_number(const char *a, const char *b, uint32_t *out)
{
	char text[16];
	const char *errstr;

	a += strspn(a, " \t");
	while (b > a && strchr(" \t", b[-1]) != NULL)
		b--;
	if (b - a >= (ptrdiff_t)sizeof(text))
		return (-1);
	memcpy(text, a, b - a);
	text[b - a] = '\0';
	*out = strtonum(text, 1, UINT32_MAX, &errstr);
	return (errstr == NULL ? 0 : -1);
}

int
mk_range(struct maker *mk, const char *section, const char *tag,
    struct range *out)
{
	const char *s = confdb_get(mk->mk_db, section, tag);
	const char *comma, *colon, *end;
	struct range r = { 0, 0, 0 };

	if (s == NULL)
		return (0);
	end = s + strlen(s);
	comma = strchr(s, ',');
	colon = comma != NULL ? strchr(comma, ':') : NULL;
	if (part_number(s, comma != NULL ? comma : end, &r.r_want) == -1 ||
	    (comma != NULL && (colon == NULL ||
	    part_number(comma + 1, colon, &r.r_min) == -1 ||
	    part_number(colon + 1, end, &r.r_max) == -1)))
		return (mk_error(mk, section, tag, "\"%.80s\" is neither a "
		    "number from 1 nor number,least:most", s));
	if (comma != NULL && (r.r_min > r.r_want || r.r_want > r.r_max))
		return (mk_error(mk, section, tag, "%u is not from %u to %u, "
		    "which are to be accepted", r.r_want, r.r_min, r.r_max));
	*out = r;
	return (0);
}

int
mk_each(struct maker *mk, const char *section, const char *tag,
    int (*fn)(struct maker *, const char *, void *), void *arg)
{
	struct conflist list;
	int error = 0;
	size_t i;

	if (confdb_list(mk->mk_db, section, tag, &list) == -1)
		return (mk_nomemory(mk));
	for (i = 0; i < list.cl_n && error == 0; i++)
		error = fn(mk, list.cl_word[i], arg);
	conflist_clear(&list);
	return (error);
}

int
mk_conf(struct maker *mk, const char *section, int *exch)
{
	static const struct tagdef tags[] = {
		{ "DOI", NULL }, { "EXCHANGE_TYPE", NULL },
		{ "Transforms", NULL }, { "Suites", NULL }, { NULL, NULL }
	};
	const char *doi = confdb_get(mk->mk_db, section, "DOI");

	mk_tags(mk, section, tags);
	if (doi != NULL && strcasecmp(doi, "IPSEC") != 0)
		return (mk_error(mk, section, "DOI", "\"%.80s\" is not IPSEC, "
		    "the only one there is", doi));
	return (mk_named(mk, section, "EXCHANGE_TYPE", v1_exch_number, exch));
}

/* ipsecctl(8) says one number and means it as a wish, not as the law. */
static void
life_bare(struct range *r, int kbytes)
{
	if (r->r_max != 0)
		return;
	r->r_min = kbytes ? 1 : r->r_want < 60 ? r->r_want : 60;
	r->r_max = kbytes ? UINT32_MAX :
	    r->r_want > 86400 ? r->r_want : 86400;
}

struct life_arg {
	const char	*la_section;	/* where Life= stands */
	struct life	*la_life;
};

static int
life_one(struct maker *mk, const char *name, void *varg)
{
	static const struct tagdef tags[] = {
		{ "LIFE_TYPE", NULL }, { "LIFE_DURATION", NULL },
		{ NULL, NULL }
	};
	struct life_arg *arg = varg;
	struct range *r;
	const char *type;

	if (mk_section(mk, arg->la_section, "Life", name) == -1)
		return (-1);
	mk_tags(mk, name, tags);
	if (mk_need(mk, name, "LIFE_DURATION", "add it") == -1)
		return (-1);
	type = confdb_get(mk->mk_db, name, "LIFE_TYPE");
	if (type == NULL || strcasecmp(type, "SECONDS") == 0)
		r = &arg->la_life->lf_s;
	else if (strcasecmp(type, "KILOBYTES") == 0)
		r = &arg->la_life->lf_kb;
	else
		return (mk_error(mk, name, "LIFE_TYPE", "\"%.80s\" is neither "
		    "SECONDS nor KILOBYTES", type));
	if (r->r_want != 0)
		return (mk_error(mk, arg->la_section, "Life", "two lives in "
		    "%s: remove one", type != NULL ? type : "SECONDS"));
	if (mk_range(mk, name, "LIFE_DURATION", r) == -1)
		return (-1);
	life_bare(r, r == &arg->la_life->lf_kb);
	return (0);
}

int
mk_life(struct maker *mk, const char *section, const char *otherwise,
    struct life *life)
{
	struct life_arg arg = { section, life };

	memset(life, 0, sizeof(*life));
	if (confdb_get(mk->mk_db, section, "Life") == NULL)
		return (life_one(mk, otherwise, &arg));
	if (mk_need(mk, section, "Life", "name a life, or remove the tag") ==
	    -1)
		return (-1);
	return (mk_each(mk, section, "Life", life_one, &arg));
}

int
mk_keylen(struct maker *mk, const char *section, enum keykind kind,
    struct range *r)
{
	static const char tag[] = "KEY_LENGTH";
	unsigned int min = kind == KEY_AES ? 128 : 40;
	unsigned int max = kind == KEY_AES ? 256 : 448;
	unsigned int step = kind == KEY_AES ? 64 : 8;

	memset(r, 0, sizeof(*r));
	if (kind == KEY_FIXED && confdb_get(mk->mk_db, section, tag) != NULL)
		return (mk_error(mk, section, tag, "keys of this cipher have "
		    "one length: remove the tag"));
	if (kind == KEY_FIXED)
		return (0);
	r->r_want = 128;
	r->r_min = kind == KEY_AES ? 128 : 96;
	r->r_max = kind == KEY_AES ? 256 : 192;
	if (mk_range(mk, section, tag, r) == -1)
		return (-1);
	if (r->r_max == 0)
		r->r_min = r->r_max = r->r_want;
	if (r->r_min < min || r->r_max > max || r->r_want % step != 0 ||
	    r->r_min % step != 0 || r->r_max % step != 0)
		return (mk_error(mk, section, tag, kind == KEY_AES ?
		    "keys of AES have 128, 192 or 256 bits" :
		    "keys of Blowfish have 40 to 448 bits, a multiple of 8"));
	return (0);
}
