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
 * The text of isakmpd.conf(5).
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "confdb.h"
#include "log.h"
#include "proc.h"

#define MAXLINE		(CONF_MAXNAME + CONF_MAXVALUE + 1024)
#define MAXERRORS	100		/* told; the others are counted */
#define MAXFILE		(16 * 1024 * 1024)

struct parser {
	const char	*ps_file;
	const char	*ps_at;
	const char	*ps_end;
	unsigned int	 ps_line;	/* the last one read */
	unsigned int	 ps_start;	/* where the logical line begins */
	unsigned int	 ps_errors;
	struct buf	 ps_text;	/* the logical line, NUL behind */
	struct confdb	*ps_db;
	struct cfsect	*ps_sect;
	int		 ps_skip;	/* of a section whose name is bad */
	int		 ps_nomem;
};

static void	 error(struct parser *, const char *, ...)
		    __attribute__((__format__(printf, 2, 3)));

static void
error(struct parser *ps, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (++ps->ps_errors > MAXERRORS)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_warnx("%s: %u: %s", ps->ps_file, ps->ps_start, text);
}

/* Names in messages: nothing that a terminal would obey. */
static const char *
show(const char *name)
{
	static char texts[2][CONF_MAXNAME + 1];
	static unsigned int next;
	char *text = texts[next++ % 2];
	size_t i;

	for (i = 0; i < CONF_MAXNAME && name[i] != '\0'; i++)
		text[i] = name[i] >= ' ' && name[i] < 0x7f ? name[i] : '?';
	text[i] = '\0';
	return (text);
}

/* One line of the file; *more: it goes on in the next. */
static void
line_physical(struct parser *ps, int *more)
{
	const char *at = ps->ps_at, *nl, *end;
	size_t room, blank;

	nl = memchr(at, '\n', ps->ps_end - at);
	end = nl != NULL ? nl : ps->ps_end;
	ps->ps_at = nl != NULL ? nl + 1 : end;
	ps->ps_line++;
	if (end > at && end[-1] == '\r')
		end--;
	for (blank = 0; at + blank < end && (at[blank] == ' ' ||
	    at[blank] == '\t'); blank++)
		;
	/* A backslash in a comment would silently swallow a line. */
	*more = end > at && end[-1] == '\\' &&
	    (ps->ps_text.b_len > 0 || at[blank] != '#');
	if (*more)
		end--;
	room = MAXLINE + 1 - ps->ps_text.b_len;
	buf_put(&ps->ps_text, at, (size_t)(end - at) < room ?
	    (size_t)(end - at) : room);
}

/* The next logical line into ps_text: 1 a good one, 0 a bad one, -1 none. */
static int
line_next(struct parser *ps)
{
	size_t i;
	int more;

	if (ps->ps_at == ps->ps_end)
		return (-1);
	ps->ps_start = ps->ps_line + 1;
	buf_trim(&ps->ps_text, 0);
	do {
		line_physical(ps, &more);
		if (more && ps->ps_at == ps->ps_end) {
			error(ps, "nothing follows the backslash: remove it, "
			    "or add an empty line if it is part of the value");
			return (0);
		}
	} while (more);
	buf_put8(&ps->ps_text, '\0');
	if (ps->ps_text.b_failed) {
		ps->ps_nomem = 1;
		return (-1);
	}
	if (ps->ps_text.b_len > MAXLINE + 1) {
		error(ps, "line too long: a value has at most %d octets",
		    CONF_MAXVALUE);
		return (0);
	}
	for (i = 0; i < ps->ps_text.b_len - 1; i++) {
		uint8_t c = ps->ps_text.b_data[i];

		if ((c < ' ' && c != '\t') || c == 0x7f) {
			error(ps, "octet 0x%02x in the text: remove it", c);
			return (0);
		}
	}
	return (1);
}

static char *
strip(char *s)
{
	size_t len;

	s += strspn(s, " \t");
	for (len = strlen(s); len > 0 && strchr(" \t", s[len - 1]) != NULL;)
		len--;
	s[len] = '\0';
	return (s);
}

static void
line_section(struct parser *ps, char *s)
{
	char *name, *end;

	ps->ps_skip = 1;
	if ((end = strchr(s, ']')) == NULL) {
		error(ps, "no ] behind the name of a section: write [name]");
		return;
	}
	*end++ = '\0';
	name = strip(s + 1);
	end += strspn(end, " \t");
	if (*end != '\0' && *end != '#') {
		error(ps, "text behind [%s]: begin a new line for it",
		    show(name));
	} else if (*name == '\0') {
		error(ps, "a section without a name: write [name]");
	} else if (strlen(name) > CONF_MAXNAME) {
		error(ps, "name of a section too long: at most %d octets",
		    CONF_MAXNAME);
	} else if ((ps->ps_sect = cf_sect_make(ps->ps_db, name)) == NULL) {
		ps->ps_nomem = 1;
	} else {
		if (ps->ps_sect->cs_line == 0)
			ps->ps_sect->cs_line = ps->ps_start;
		ps->ps_skip = 0;
	}
}

static void
value_store(struct parser *ps, const char *tag, const char *value)
{
	struct cfval *v;

	if (ps->ps_skip)
		return;
	if ((v = cf_val(ps->ps_sect, tag)) != NULL) {
		error(ps, "%s twice in [%s]: remove this one or that of "
		    "line %u", show(tag), show(ps->ps_sect->cs_name),
		    v->cv_line);
		return;
	}
	if ((v = cf_val_make(ps->ps_sect, tag)) == NULL ||
	    (v->cv_file = strdup(value)) == NULL || cf_val_update(v) == -1) {
		ps->ps_nomem = 1;
		return;
	}
	v->cv_line = ps->ps_start;
}

/* What the line says stays out of messages: it may be a key. */
static void
line_value(struct parser *ps, char *s)
{
	char *value, *tag;

	if (ps->ps_sect == NULL && !ps->ps_skip) {
		error(ps, "text before any section: begin with [name]");
		ps->ps_skip = 1;
		return;
	}
	if ((value = strchr(s, '=')) == NULL) {
		error(ps, "no = in the line: write tag= value, and # before "
		    "a comment");
		return;
	}
	*value++ = '\0';
	tag = strip(s);
	value = strip(value);
	if (*tag == '\0')
		error(ps, "no tag before the =: write tag= value");
	else if (strlen(tag) > CONF_MAXNAME)
		error(ps, "tag too long: at most %d octets", CONF_MAXNAME);
	else if (strlen(value) > CONF_MAXVALUE)
		error(ps, "value of %s too long: at most %d octets",
		    show(tag), CONF_MAXVALUE);
	else
		value_store(ps, tag, value);
}

static void
parse(struct parser *ps)
{
	char *s;
	int good;

	while (!ps->ps_nomem && (good = line_next(ps)) != -1) {
		if (!good) {
			/* what it was, a section perhaps, nobody knows */
			if (ps->ps_sect == NULL)
				ps->ps_skip = 1;
			continue;
		}
		s = strip((char *)ps->ps_text.b_data);
		if (*s == '[')
			line_section(ps, s);
		else if (*s != '\0' && *s != '#')
			line_value(ps, s);
	}
	if (ps->ps_errors > MAXERRORS)
		log_warnx("%s: %u more errors", ps->ps_file,
		    ps->ps_errors - MAXERRORS);
}

/* The heads of tail queues cannot just be copied. */
static void
swap_contents(struct confdb *a, struct confdb *b)
{
	struct cfsects rest;
	void *tree = a->cd_tree;
	char *file = a->cd_file;

	a->cd_tree = b->cd_tree;
	b->cd_tree = tree;
	a->cd_file = b->cd_file;
	b->cd_file = file;
	TAILQ_INIT(&rest);
	TAILQ_CONCAT(&rest, &a->cd_sects, cs_entry);
	TAILQ_CONCAT(&a->cd_sects, &b->cd_sects, cs_entry);
	TAILQ_CONCAT(&b->cd_sects, &rest, cs_entry);
}

int
confdb_parse(struct confdb *db, const char *file, const char *text,
    size_t len)
{
	struct parser ps = { .ps_file = file, .ps_at = text,
	    .ps_end = text + len };
	int error = -1;

	/* what some editors begin UTF-8 with */
	if (ps.ps_end - ps.ps_at >= 3 &&
	    memcmp(ps.ps_at, "\xef\xbb\xbf", 3) == 0)
		ps.ps_at += 3;
	if ((ps.ps_db = confdb_new()) == NULL ||
	    (ps.ps_db->cd_file = strdup(file)) == NULL)
		ps.ps_nomem = 1;
	else
		parse(&ps);
	buf_clear(&ps.ps_text);
	if (!ps.ps_nomem && ps.ps_errors == 0) {
		if (cf_copyfifo(ps.ps_db, db) == 0) {
			swap_contents(db, ps.ps_db);
			confdb_free(db->cd_builtin);
			db->cd_builtin = NULL;
			error = 0;
		} else
			ps.ps_nomem = 1;
	}
	if (ps.ps_nomem)
		log_warnx("%s: no memory", file);
	confdb_free(ps.ps_db);
	return (error);
}

static int
open_private(const char *file, struct stat *st, const char **why)
{
	int fd;

	*why = NULL;
	/* a fifo would have us wait for somebody to write */
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1 || fstat(fd, st) == -1)
		*why = strerror(errno);
	else if (!S_ISREG(st->st_mode))
		*why = "is no regular file";
	else if (!proc_isowner(st->st_uid))
		*why = "owner not root or current user: chown it";
	else if (st->st_mode & (S_IWGRP | S_IXGRP | S_IRWXO))
		*why = "group writable or world read/writable: chmod 600 it";
	else if (st->st_size > MAXFILE)
		*why = "is larger than 16 MB";
	else
		return (fd);
	if (fd != -1) {
		close(fd);
		errno = EPERM;		/* it is there */
	}
	return (-1);
}

static int
read_all(int fd, struct buf *text)
{
	char part[8192];
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) > 0 &&
	    text->b_len <= MAXFILE)
		buf_put(text, part, n);
	explicit_bzero(part, sizeof(part));
	if (text->b_failed)
		errno = ENOMEM;
	return (n < 0 || text->b_failed ? -1 : 0);
}

int
confdb_read(struct confdb *db, const char *file, int missing)
{
	struct buf text = { .b_data = NULL };
	struct stat st;
	const char *why;
	int error = -1, fd;

	if ((fd = open_private(file, &st, &why)) == -1) {
		if (missing && errno == ENOENT)
			return (confdb_parse(db, file, "", 0));
		log_warnx("%s: %s", file, why);
		return (-1);
	}
	if (read_all(fd, &text) == -1)
		log_warn("%s", file);
	else
		error = confdb_parse(db, file, text.b_len == 0 ? "" :
		    (char *)text.b_data, text.b_len);
	close(fd);
	buf_clear(&text);
	return (error);
}
