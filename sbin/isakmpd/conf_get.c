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
 * Asking a confdb; what nobody said may be built in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "confdb.h"

#define TEXTS		8
#define TEXTLEN		512

/*
 * A section that is built in is made on the first question.  It is no change
 * of what was said, so that a confdb may be const here.
 */
static const struct cfsect *
sect_builtin(const struct confdb *db, const char *name)
{
	struct confdb *made = db->cd_builtin;
	struct cfsect *s;

	if (made != NULL && (s = cf_sect(made, name)) != NULL)
		return (s);
	if (made == NULL && (made = confdb_new()) == NULL)
		return (NULL);
	((struct confdb *)db)->cd_builtin = made;
	if (builtin_make(db, name, made) != 1)
		return (NULL);
	return (cf_sect(made, name));
}

const char *
confdb_get(const struct confdb *db, const char *section, const char *tag)
{
	const struct cfval *v;

	if ((v = cf_val(cf_sect(db, section), tag)) == NULL)
		v = cf_val(sect_builtin(db, section), tag);
	return (v == NULL ? NULL : v->cv_value);
}

const char *
confdb_where(const struct confdb *db, const char *section, const char *tag)
{
	static char texts[TEXTS][TEXTLEN];
	static unsigned int next;
	const struct cfsect *s = cf_sect(db, section);
	const struct cfval *v;
	unsigned int line;
	char *text;

	if (s == NULL)
		return (sect_builtin(db, section) != NULL ? "built in" :
		    "configuration");
	line = s->cs_line;
	if (tag != NULL && (v = cf_val(s, tag)) != NULL)
		line = v->cv_fifo != NULL || v->cv_file == NULL ? 0 :
		    v->cv_line;
	if (line == 0)
		return ("fifo");
	text = texts[next++ % TEXTS];
	snprintf(text, TEXTLEN, "%.400s: %u",
	    db->cd_file != NULL ? db->cd_file : "file", line);
	return (text);
}

int
confdb_has(const struct confdb *db, const char *section)
{
	return (cf_sect(db, section) != NULL ||
	    sect_builtin(db, section) != NULL);
}

int
conflist_add(struct conflist *list, const char *word, size_t len)
{
	char **grown, *copy;

	if ((copy = strndup(word, len)) == NULL)
		return (-1);
	/* powers of two, for lists are long */
	if ((list->cl_n & (list->cl_n - 1)) == 0) {
		grown = reallocarray(list->cl_word,
		    list->cl_n == 0 ? 1 : list->cl_n * 2, sizeof(*grown));
		if (grown == NULL) {
			free(copy);
			return (-1);
		}
		list->cl_word = grown;
	}
	list->cl_word[list->cl_n++] = copy;
	return (0);
}

void
conflist_clear(struct conflist *list)
{
	size_t i;

	for (i = 0; i < list->cl_n; i++)
		freezero(list->cl_word[i], strlen(list->cl_word[i]));
	free(list->cl_word);
	memset(list, 0, sizeof(*list));
}

int
confdb_list(const struct confdb *db, const char *section, const char *tag,
    struct conflist *list)
{
	const char *s = confdb_get(db, section, tag);
	size_t len;

	memset(list, 0, sizeof(*list));
	while (s != NULL && *s != '\0') {
		s += strspn(s, " \t,");
		len = strcspn(s, ",");
		while (len > 0 && strchr(" \t", s[len - 1]) != NULL)
			len--;
		if (len > 0 && conflist_add(list, s, len) == -1) {
			conflist_clear(list);
			return (-1);
		}
		s += len;
	}
	return (0);
}

int
confdb_tags(const struct confdb *db, const char *section,
    struct conflist *list)
{
	const struct cfsect *said = cf_sect(db, section);
	const struct cfsect *s = said;
	const struct cfval *v;
	int pass;

	memset(list, 0, sizeof(*list));
	for (pass = 0; pass < 2; pass++) {
		if (pass == 1)
			s = sect_builtin(db, section);
		if (s == NULL)
			continue;
		TAILQ_FOREACH(v, &s->cs_vals, cv_entry) {
			if (pass == 1 && cf_val(said, v->cv_tag) != NULL)
				continue;
			if (conflist_add(list, v->cv_tag,
			    strlen(v->cv_tag)) == -1) {
				conflist_clear(list);
				return (-1);
			}
		}
	}
	return (0);
}

int
confdb_sections(const struct confdb *db, struct conflist *list)
{
	const struct cfsect *s;

	memset(list, 0, sizeof(*list));
	TAILQ_FOREACH(s, &db->cd_sects, cs_entry)
		if (conflist_add(list, s->cs_name, strlen(s->cs_name)) == -1) {
			conflist_clear(list);
			return (-1);
		}
	return (0);
}

static void
print_value(struct buf *out, const char *value)
{
	size_t len = strlen(value);

	buf_put(out, " ", len > 0);
	buf_put(out, value, len);
	/* The last backslash is the line's, the empty line the rest of it. */
	if (len > 0 && value[len - 1] == '\\')
		buf_put(out, "\\\n", 2);
	buf_put8(out, '\n');
}

/* Also what may have been meant as Authentication. */
static int
is_secret(const char *tag)
{
	return (strncasecmp(tag, "Auth", 4) == 0 &&
	    strncasecmp(tag, "AUTHENTICATION_", 15) != 0);
}

void
confdb_print(struct buf *out, const struct confdb *db, int secrets)
{
	const struct cfsect *s;
	const struct cfval *v;

	TAILQ_FOREACH(s, &db->cd_sects, cs_entry) {
		buf_printf(out, "%s[%s]\n",
		    s == TAILQ_FIRST(&db->cd_sects) ? "" : "\n", s->cs_name);
		TAILQ_FOREACH(v, &s->cs_vals, cv_entry) {
			if (!secrets && is_secret(v->cv_tag)) {
				buf_printf(out, "# %s= (not shown)\n",
				    v->cv_tag);
				continue;
			}
			buf_printf(out, "%s=", v->cv_tag);
			print_value(out, v->cv_value);
		}
	}
}
