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

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "confdb.h"

static const char nomem[] = "no memory";

/* Of sections, of values, and of a bare name: all begin with the name. */
static int
cf_cmp(const void *a, const void *b)
{
	return (strcasecmp(*(char *const *)a, *(char *const *)b));
}

/* Any of them may be a key. */
static void
cf_free(char *s)
{
	if (s != NULL)
		freezero(s, strlen(s));
}

static void
cf_val_free(struct cfval *v)
{
	free(v->cv_tag);
	cf_free(v->cv_file);
	cf_free(v->cv_fifo);
	cf_free(v->cv_added);
	cf_free(v->cv_value);
	free(v);
}

static void
cf_val_drop(struct cfsect *s, struct cfval *v)
{
	tdelete(v, &s->cs_tree, cf_cmp);
	TAILQ_REMOVE(&s->cs_vals, v, cv_entry);
	cf_val_free(v);
}

static void
cf_sect_drop(struct confdb *db, struct cfsect *s)
{
	struct cfval *v;

	while ((v = TAILQ_FIRST(&s->cs_vals)) != NULL)
		cf_val_drop(s, v);
	tdelete(s, &db->cd_tree, cf_cmp);
	TAILQ_REMOVE(&db->cd_sects, s, cs_entry);
	free(s->cs_name);
	free(s);
}

/* What is built in may depend on what is said: it is made anew. */
static void
cf_changed(struct confdb *db)
{
	confdb_free(db->cd_builtin);
	db->cd_builtin = NULL;
}

void
cf_clear(struct confdb *db)
{
	struct cfsect *s;

	cf_changed(db);
	while ((s = TAILQ_FIRST(&db->cd_sects)) != NULL)
		cf_sect_drop(db, s);
	free(db->cd_file);
	db->cd_file = NULL;
}

struct confdb *
confdb_new(void)
{
	struct confdb *db;

	if ((db = calloc(1, sizeof(*db))) != NULL)
		TAILQ_INIT(&db->cd_sects);
	return (db);
}

void
confdb_free(struct confdb *db)
{
	if (db == NULL)
		return;
	cf_clear(db);
	free(db);
}

struct cfsect *
cf_sect(const struct confdb *db, const char *name)
{
	void *const *found;

	found = tfind(&name, &db->cd_tree, cf_cmp);
	return (found == NULL ? NULL : *found);
}

struct cfval *
cf_val(const struct cfsect *s, const char *tag)
{
	void *const *found;

	if (s == NULL)
		return (NULL);
	found = tfind(&tag, &s->cs_tree, cf_cmp);
	return (found == NULL ? NULL : *found);
}

struct cfsect *
cf_sect_make(struct confdb *db, const char *name)
{
	struct cfsect *s;

	if ((s = cf_sect(db, name)) != NULL)
		return (s);
	if ((s = calloc(1, sizeof(*s))) == NULL ||
	    (s->cs_name = strdup(name)) == NULL ||
	    tsearch(s, &db->cd_tree, cf_cmp) == NULL) {
		if (s != NULL)
			free(s->cs_name);
		free(s);
		return (NULL);
	}
	TAILQ_INIT(&s->cs_vals);
	TAILQ_INSERT_TAIL(&db->cd_sects, s, cs_entry);
	return (s);
}

struct cfval *
cf_val_make(struct cfsect *s, const char *tag)
{
	struct cfval *v;

	if ((v = cf_val(s, tag)) != NULL)
		return (v);
	if ((v = calloc(1, sizeof(*v))) == NULL ||
	    (v->cv_tag = strdup(tag)) == NULL ||
	    (v->cv_value = strdup("")) == NULL ||
	    tsearch(v, &s->cs_tree, cf_cmp) == NULL) {
		if (v != NULL)
			cf_val_free(v);
		return (NULL);
	}
	TAILQ_INSERT_TAIL(&s->cs_vals, v, cv_entry);
	return (v);
}

int
cf_val_update(struct cfval *v)
{
	const char *base = v->cv_fifo != NULL ? v->cv_fifo : v->cv_file;
	const char *more = v->cv_added;
	char *s;

	if (base == NULL || *base == '\0') {
		s = strdup(more != NULL ? more : "");
	} else if (more == NULL) {
		s = strdup(base);
	} else {
		size_t len = strlen(base) + strlen(more) + 2;

		if ((s = malloc(len)) != NULL)
			snprintf(s, len, "%s,%s", base, more);
	}
	if (s == NULL)
		return (-1);
	cf_free(v->cv_value);
	v->cv_value = s;
	return (0);
}

/* The next entry of a list, or NULL; `list' moves behind it. */
static const char *
word_next(const char **list, size_t *len)
{
	const char *word, *end;

	for (word = *list; *word != '\0'; word = end) {
		end = word + strcspn(word, ",");
		*list = *end == ',' ? end + 1 : end;
		word += strspn(word, " \t");
		if (word > end)
			word = end;
		*len = end - word;
		while (*len > 0 && strchr(" \t", word[*len - 1]) != NULL)
			--*len;
		if (*len > 0)
			return (word);
		end = *list;
	}
	return (NULL);
}

static int
list_has(const char *list, const char *word, size_t len)
{
	const char *w;
	size_t n;

	while (list != NULL && (w = word_next(&list, &n)) != NULL)
		if (n == len && strncasecmp(w, word, len) == 0)
			return (1);
	return (0);
}

/* Takes one entry out; a list without any becomes NULL.  0 or -1. */
static int
list_remove(char **list, const char *word, size_t len)
{
	const char *w, *rest = *list;
	struct buf left = { .b_data = NULL };
	size_t n;

	if (rest == NULL)
		return (0);
	while ((w = word_next(&rest, &n)) != NULL) {
		if (n == len && strncasecmp(w, word, len) == 0)
			continue;
		if (left.b_len > 0)
			buf_put8(&left, ',');
		buf_put(&left, w, n);
	}
	if (left.b_len > 0)
		buf_put8(&left, '\0');
	if (left.b_failed) {
		buf_clear(&left);
		return (-1);
	}
	cf_free(*list);
	*list = (char *)left.b_data;
	return (0);
}

/* Fields from outside have to be such that a file could say them. */
static const char *
field_why(const char *s, int istag)
{
	static const char *const wrong[2] = {
	    "a section needs a name, without ] and control characters, of at "
	    "most 200 octets",
	    "a tag needs a name, without = and control characters and not "
	    "beginning with # or [, of at most 200 octets"
	};
	size_t len = strlen(s);

	if (len == 0 || len > CONF_MAXFIFO ||
	    strpbrk(s, istag ? "=" : "]") != NULL ||
	    (istag && strchr("#[", *s) != NULL) ||
	    strchr(" \t", s[0]) != NULL || strchr(" \t", s[len - 1]) != NULL)
		return (wrong[istag]);
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return (wrong[istag]);
	return (NULL);
}

static const char *
value_why(const char *s)
{
	size_t len = strlen(s);

	if (len > CONF_MAXFIFO)
		return ("a value has at most 200 octets here; write a longer "
		    "one into isakmpd.conf(5)");
	if (len > 0 && (strchr(" \t", s[0]) != NULL ||
	    strchr(" \t", s[len - 1]) != NULL))
		return ("a value cannot begin or end with white space");
	for (; *s != '\0'; s++)
		if (((unsigned char)*s < ' ' && *s != '\t') || *s == 0x7f)
			return ("a value cannot have control characters");
	return (NULL);
}

static int
fifo_check(const char *section, const char *tag, const char *value,
    const char **why)
{
	*why = field_why(section, 0);
	if (*why == NULL && tag != NULL)
		*why = field_why(tag, 1);
	if (*why == NULL && value != NULL)
		*why = value_why(value);
	return (*why == NULL ? 0 : -1);
}

/* A section that neither says anything nor stands in the file is none. */
static void
cf_sect_tidy(struct confdb *db, struct cfsect *s)
{
	if (s != NULL && TAILQ_EMPTY(&s->cs_vals) && s->cs_line == 0)
		cf_sect_drop(db, s);
}

static struct cfval *
fifo_make(struct confdb *db, const char *section, const char *tag)
{
	struct cfsect *s;
	struct cfval *v = NULL;

	cf_changed(db);
	if ((s = cf_sect_make(db, section)) != NULL &&
	    (v = cf_val_make(s, tag)) == NULL)
		cf_sect_tidy(db, s);
	return (v);
}

/* The section as if the FIFO had never spoken of it. */
static void
cf_sect_unfifo(struct confdb *db, struct cfsect *s)
{
	struct cfval *v, *next;

	for (v = TAILQ_FIRST(&s->cs_vals); v != NULL; v = next) {
		next = TAILQ_NEXT(v, cv_entry);
		cf_free(v->cv_fifo);
		cf_free(v->cv_added);
		v->cv_fifo = v->cv_added = NULL;
		if (v->cv_file == NULL || cf_val_update(v) == -1)
			cf_val_drop(s, v);
	}
	cf_sect_tidy(db, s);
}

/* The tags of [Phase 1] that lead to the peer, as far as the FIFO set them. */
static void
cf_unlist_peer(struct confdb *db, const char *peer)
{
	struct cfsect *s = cf_sect(db, "Phase 1");
	struct cfval *v, *next;

	for (v = s != NULL ? TAILQ_FIRST(&s->cs_vals) : NULL; v != NULL;
	    v = next) {
		next = TAILQ_NEXT(v, cv_entry);
		if (v->cv_fifo == NULL || strcasecmp(v->cv_fifo, peer) != 0)
			continue;
		cf_free(v->cv_fifo);
		v->cv_fifo = NULL;
		if (v->cv_file == NULL || cf_val_update(v) == -1)
			cf_val_drop(s, v);
	}
	cf_sect_tidy(db, s);
}

/* Does any section say so? */
static int
cf_said(const struct confdb *db, const char *tag, const char *value)
{
	const struct cfsect *s;
	const struct cfval *v;

	TAILQ_FOREACH(s, &db->cd_sects, cs_entry)
		if ((v = cf_val(s, tag)) != NULL &&
		    strcasecmp(v->cv_value, value) == 0)
			return (1);
	return (0);
}

/* With its phase 1 configuration, if no other has the same. */
static void
cf_peer_unfifo(struct confdb *db, const char *peer)
{
	const struct cfval *v;
	struct cfsect *s;
	char *conf = NULL;

	cf_changed(db);
	v = cf_val(cf_sect(db, peer), "Configuration");
	if (v != NULL && v->cv_fifo != NULL)
		conf = strdup(v->cv_fifo);	/* no memory: it stays */
	if ((s = cf_sect(db, peer)) != NULL)
		cf_sect_unfifo(db, s);
	if (conf != NULL && !cf_said(db, "Configuration", conf) &&
	    (s = cf_sect(db, conf)) != NULL)
		cf_sect_unfifo(db, s);
	free(conf);
}

static int
cf_ispeer(const struct confdb *db, const char *name)
{
	const struct cfval *v = cf_val(cf_sect(db, name), "Phase");

	/* [General] is none */
	return (v != NULL && strcmp(v->cv_value, "1") == 0);
}

/* If no connection names that peer any more. */
static void
cf_forget(struct confdb *db, const char *peer)
{
	if (!cf_ispeer(db, peer) || cf_said(db, "ISAKMP-peer", peer))
		return;
	cf_unlist_peer(db, peer);
	cf_peer_unfifo(db, peer);
}

void
confdb_begin(struct confdb *db, const char *peer)
{
	if (cf_ispeer(db, peer))
		cf_peer_unfifo(db, peer);
}

int
confdb_set(struct confdb *db, const char *section, const char *tag,
    const char *value, int force, const char **why)
{
	struct cfval *v;
	char *s, *peer = NULL;

	if (fifo_check(section, tag, value, why) == -1)
		return (-1);
	v = cf_val(cf_sect(db, section), tag);
	if (!force && v != NULL && (v->cv_fifo != NULL ||
	    v->cv_added != NULL)) {
		*why = "it has been set already; say \"force\" to change it";
		return (-1);
	}
	*why = nomem;
	if (v != NULL && strcasecmp(tag, "ISAKMP-peer") == 0 &&
	    (peer = strdup(v->cv_value)) == NULL)
		return (-1);
	if ((s = strdup(value)) == NULL ||
	    (v = fifo_make(db, section, tag)) == NULL) {
		cf_free(s);
		free(peer);
		return (-1);
	}
	cf_free(v->cv_fifo);
	v->cv_fifo = s;
	cf_free(v->cv_added);
	v->cv_added = NULL;
	if (cf_val_update(v) == 0)
		*why = NULL;
	if (peer != NULL)
		cf_forget(db, peer);
	free(peer);
	return (*why == NULL ? 0 : -1);
}

static int
cf_append(char **list, const char *word, size_t len)
{
	size_t old = *list == NULL ? 0 : strlen(*list) + 1;
	char *s;

	if ((s = malloc(old + len + 1)) == NULL)
		return (-1);
	if (old > 0) {
		memcpy(s, *list, old - 1);
		s[old - 1] = ',';
	}
	memcpy(s + old, word, len);
	s[old + len] = '\0';
	cf_free(*list);
	*list = s;
	return (0);
}

/* A connection is either active or passive: the last word counts. */
static int
cf_unlist_conn(struct confdb *db, const char *tag, const char *word,
    size_t len)
{
	static const char active[] = "Connections";
	static const char passive[] = "Passive-Connections";
	struct cfval *v;

	if (strcasecmp(tag, active) != 0 && strcasecmp(tag, passive) != 0)
		return (0);
	v = cf_val(cf_sect(db, "Phase 2"),
	    strcasecmp(tag, active) == 0 ? passive : active);
	if (v == NULL)
		return (0);
	return (list_remove(&v->cv_added, word, len) == -1 ||
	    list_remove(&v->cv_fifo, word, len) == -1 ||
	    cf_val_update(v) == -1 ? -1 : 0);
}

int
confdb_add(struct confdb *db, const char *section, const char *tag,
    const char *value, const char **why)
{
	struct cfval *v;
	const char *word;
	size_t len;

	if (fifo_check(section, tag, value, why) == -1)
		return (-1);
	if (value[strspn(value, ", \t")] == '\0') {
		*why = "there is nothing to add";
		return (-1);
	}
	*why = nomem;
	if ((v = fifo_make(db, section, tag)) == NULL)
		return (-1);
	while ((word = word_next(&value, &len)) != NULL) {
		if (strcasecmp(section, "Phase 2") == 0 &&
		    cf_unlist_conn(db, tag, word, len) == -1)
			return (-1);
		if (list_has(v->cv_value, word, len))
			continue;
		if (cf_append(&v->cv_added, word, len) == -1 ||
		    cf_val_update(v) == -1)
			return (-1);
	}
	*why = NULL;
	return (0);
}

int
confdb_rmv(struct confdb *db, const char *section, const char *tag,
    const char *value, const char **why)
{
	struct cfsect *s;
	struct cfval *v;
	size_t len = strlen(value);

	if (fifo_check(section, tag, value, why) == -1)
		return (-1);
	s = cf_sect(db, section);
	v = cf_val(s, tag);
	if (v == NULL || !list_has(v->cv_value, value, len)) {
		*why = "the list has no such entry";
		return (-1);
	}
	cf_changed(db);
	if (list_remove(&v->cv_added, value, len) == -1 ||
	    list_remove(&v->cv_fifo, value, len) == -1 ||
	    list_remove(&v->cv_file, value, len) == -1 ||
	    cf_val_update(v) == -1) {
		*why = nomem;
		return (-1);
	}
	if (v->cv_added == NULL && v->cv_fifo == NULL && v->cv_file == NULL) {
		cf_val_drop(s, v);
		cf_sect_tidy(db, s);
	}
	return (0);
}

int
confdb_rm(struct confdb *db, const char *section, const char *tag,
    const char **why)
{
	struct cfsect *s;
	struct cfval *v;

	if (fifo_check(section, tag, NULL, why) == -1)
		return (-1);
	s = cf_sect(db, section);
	if ((v = cf_val(s, tag)) == NULL) {
		*why = "there is no such tag";
		return (-1);
	}
	cf_changed(db);
	cf_val_drop(s, v);
	cf_sect_tidy(db, s);
	return (0);
}

int
confdb_rms(struct confdb *db, const char *section, const char **why)
{
	const struct cfval *v;
	struct cfsect *s;
	char *peer = NULL;

	if (fifo_check(section, NULL, NULL, why) == -1)
		return (-1);
	if ((s = cf_sect(db, section)) == NULL) {
		*why = "there is no such section";
		return (-1);
	}
	if ((v = cf_val(s, "ISAKMP-peer")) != NULL &&
	    (peer = strdup(v->cv_value)) == NULL) {
		*why = nomem;
		return (-1);
	}
	cf_changed(db);
	cf_sect_drop(db, s);
	if (peer != NULL)
		cf_forget(db, peer);
	free(peer);
	return (0);
}

static int
cf_copy(char **to, const char *from)
{
	if (from == NULL)
		return (0);
	cf_free(*to);
	return ((*to = strdup(from)) == NULL ? -1 : 0);
}

int
cf_copyfifo(struct confdb *to, const struct confdb *from)
{
	const struct cfsect *s;
	const struct cfval *v;
	struct cfsect *ts;
	struct cfval *tv;

	TAILQ_FOREACH(s, &from->cd_sects, cs_entry)
		TAILQ_FOREACH(v, &s->cs_vals, cv_entry) {
			if (v->cv_fifo == NULL && v->cv_added == NULL)
				continue;
			if ((ts = cf_sect_make(to, s->cs_name)) == NULL ||
			    (tv = cf_val_make(ts, v->cv_tag)) == NULL ||
			    cf_copy(&tv->cv_fifo, v->cv_fifo) == -1 ||
			    cf_copy(&tv->cv_added, v->cv_added) == -1 ||
			    cf_val_update(tv) == -1)
				return (-1);
		}
	return (0);
}
