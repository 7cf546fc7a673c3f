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

#include <sys/stat.h>

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"

#define MAXDEPTH	16		/* of included files */
#define MAXMACROS	4096		/* in a statement */
#define MAXWORD		4096
#define MAXLINE		(256 * 1024)	/* with its continuations */
#define MAXERRORS	10
#define NBUCKET		256

/* where characters come from: a file, or the value of a macro */
struct input {
	struct input	*in_next;
	FILE		*in_fp;		/* NULL: macro */
	const char	*in_name;
	char		*in_text;	/* value, a copy */
	size_t		 in_pos;
	size_t		 in_len;	/* of the line */
	int		 in_unread;
	int		 in_line;
};

struct macro {
	struct macro	*m_next;
	char		*m_name;
	char		*m_value;
	int		 m_fixed;	/* by -D */
};

/* words of the statement, and the names of files for good */
struct chunk {
	struct chunk	*c_next;
	size_t		 c_size;
	uint64_t	 c_data[];
};

struct statement	 stmt;
static struct input	*input;
static struct macro	*macros[NBUCKET];
static struct chunk	*words, *names;
static char		 word[MAXWORD + 1];
static char		 near[48];
static int		 nearline;
static int		 fresh = 1;	/* next token begins a statement */
static int		 nmacros;	/* in this statement */
static int		 dead;		/* pointless to go on */
static int		 errors;

static struct chunk *
chunk_new(struct chunk **list, size_t size)
{
	struct chunk *c;

	c = xcalloc(1, sizeof(*c) + size);
	c->c_size = size;
	c->c_next = *list;
	*list = c;
	return (c);
}

static void
chunk_free(struct chunk **list)
{
	struct chunk *c;

	while ((c = *list) != NULL) {
		*list = c->c_next;
		freezero(c, sizeof(*c) + c->c_size);
	}
}

void *
lex_alloc(size_t size)
{
	return (chunk_new(&words, size)->c_data);
}

/* Text from the file, fit for a message. */
static void
readable(char *to, const char *from, size_t size)
{
	size_t i;

	for (i = 0; i < size - 1 && from[i] != '\0'; i++)
		to[i] = isprint((unsigned char)from[i]) ? from[i] : '?';
	to[i] = '\0';
	if (from[i] != '\0')
		memcpy(to + size - 4, "...", 4);
}

static void
tell(const char *file, int line, const char *fmt, va_list ap)
{
	fflush(stdout);
	fprintf(stderr, "%s: %d: ", file, line);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

static void
count(void)
{
	stmt.bad = 1;
	if (++errors == MAXERRORS && !dead) {
		warnx("%d errors, giving up", errors);
		dead = 1;
	}
}

void
conf_error(const char *fmt, ...)
{
	va_list ap;

	if (stmt.bad)
		return;
	va_start(ap, fmt);
	tell(stmt.file, stmt.line, fmt, ap);
	va_end(ap);
	count();
}

void
conf_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(stmt.file, stmt.line, fmt, ap);
	va_end(ap);
}

static struct input *
file_input(void)
{
	struct input *in;

	for (in = input; in != NULL && in->in_fp == NULL; in = in->in_next)
		;
	return (in);
}

/* An error where the lexer is, on whose token the parser then resyncs. */
static int __attribute__((format(printf, 1, 2)))
lex_bad(const char *fmt, ...)
{
	const struct input *in = file_input();
	va_list ap;

	if (!stmt.bad && !dead) {
		va_start(ap, fmt);
		tell(in->in_name, in->in_line, fmt, ap);
		va_end(ap);
		count();
	}
	return (LEX_BAD);
}

#define lex_fatal(...)	(lex_bad(__VA_ARGS__), dead = 1, EOF)

void
lex_error(const char *hint)
{
	const struct input *in = file_input();
	const char *file = in != NULL ? in->in_name : stmt.file;

	if (stmt.bad || dead)
		return;
	fflush(stdout);
	fprintf(stderr, "%s: %d: syntax error ", file, nearline);
	if (near[0] == '\0')
		fprintf(stderr, "at the end of the line");
	else
		fprintf(stderr, "near \"%s\"", near);
	fprintf(stderr, "%s%s\n", hint != NULL ? "; write " : "",
	    hint != NULL ? hint : "");
	count();
}

int
lex_errors(void)
{
	return (errors);
}

/*
 * Whose file it may be besides root's: the host's number, since the kernel
 * that the tools talk to may call this user root.
 */
int
lex_is_owner(uid_t uid)
{
	uid_t r, e, s;

	return (uid == 0 || uid == getuid() ||
	    (getresuid(&r, &e, &s) == 0 && uid == r));
}

FILE *
lex_fopen(const char *name, const char **why)
{
	struct stat st;
	FILE *fp;

	if ((fp = fopen(name, "r")) == NULL || fstat(fileno(fp), &st) == -1)
		*why = strerror(errno);
	else if (S_ISDIR(st.st_mode))
		*why = "is a directory";
	else if (!lex_is_owner(st.st_uid))
		*why = "owner not root or current user";
	else if (st.st_mode & (S_IWGRP | S_IRWXO))
		*why = "group writable or world read/writable: chmod 600 it";
	else
		return (fp);
	if (fp != NULL)
		fclose(fp);
	return (NULL);
}

static struct input *
input_new(void)
{
	struct input *in;

	in = xcalloc(1, sizeof(*in));
	in->in_unread = EOF;
	in->in_line = 1;
	in->in_next = input;
	input = in;
	return (in);
}

static void
input_free(void)
{
	struct input *in = input;

	input = in->in_next;
	if (in->in_fp != NULL && in->in_fp != stdin)
		fclose(in->in_fp);
	free(in->in_text);
	free(in);
}

static const char *
intern(const char *name)
{
	struct chunk *c = chunk_new(&names, strlen(name) + 1);

	return (memcpy(c->c_data, name, strlen(name) + 1));
}

static void
push_file(FILE *fp, const char *name)
{
	struct input *in = input_new();

	in->in_fp = fp;
	in->in_name = intern(name);
}

int
lex_open(const char *name)
{
	const char *why;
	FILE *fp;

	if (strcmp(name, "-") == 0) {
		push_file(stdin, "stdin");
		return (0);
	}
	if ((fp = lex_fopen(name, &why)) == NULL) {
		warnx("%s: %s", name, why);
		count();
		return (-1);
	}
	push_file(fp, name);
	return (0);
}

void
lex_include(const char *name)
{
	const struct input *in;
	const char *why;
	FILE *fp;
	int depth = 0;

	for (in = input; in != NULL; in = in->in_next)
		depth += in->in_fp != NULL;
	if (depth >= MAXDEPTH) {
		conf_error("include \"%s\": more than %d files deep: does it "
		    "include itself?", name, MAXDEPTH);
		dead = 1;
	} else if ((fp = lex_fopen(name, &why)) == NULL)
		conf_error("include \"%s\": %s", name, why);
	else
		push_file(fp, name);
}

void
lex_close(void)
{
	while (input != NULL)
		input_free();
	lex_end();
}

/* -1 is the end of all input, or of the file that is read. */
static int
get(void)
{
	struct input *in;
	int c;

	for (;;) {
		if (dead || (in = input) == NULL)
			return (EOF);
		if (in->in_fp == NULL) {
			if ((c = (unsigned char)in->in_text[in->in_pos++]) != 0)
				return (c);
			input_free();
			continue;
		}
		if ((c = in->in_unread) != EOF) {
			in->in_unread = EOF;
			return (c);
		}
		if ((c = getc(in->in_fp)) == EOF) {
			if (ferror(in->in_fp))
				return (lex_fatal("%s", strerror(errno)));
			return (EOF);
		}
		if (c == '\0')
			return (lex_fatal("NUL byte: this is no text file"));
		if (++in->in_len > MAXLINE)
			return (lex_fatal("line longer than %d characters",
			    MAXLINE));
		return (c);
	}
}

static void
unget(int c)
{
	if (c == EOF || input == NULL)
		return;
	if (input->in_fp == NULL)
		input->in_pos--;
	else
		input->in_unread = c;
}

/* The same with lines that end in a backslash joined. */
static int
getjoined(void)
{
	int c, next;

	while ((c = get()) == '\\') {
		if ((next = get()) != '\n') {
			unget(next);
			return (c);
		}
		input->in_line++;
	}
	return (c);
}

static unsigned int
hash(const char *name)
{
	unsigned int h = 5381;

	while (*name != '\0')
		h = h * 33 + (unsigned char)*name++;
	return (h % NBUCKET);
}

static struct macro *
macro_find(const char *name)
{
	struct macro *m;

	for (m = macros[hash(name)]; m != NULL; m = m->m_next)
		if (strcmp(m->m_name, name) == 0)
			return (m);
	return (NULL);
}

static int
is_name(const char *s)
{
	if (!isalpha((unsigned char)*s) && *s != '_')
		return (0);
	while (isalnum((unsigned char)*s) || *s == '_')
		s++;
	return (*s == '\0');
}

static struct macro *
define(const char *name, const char *value)
{
	struct macro *m;

	if ((m = macro_find(name)) == NULL) {
		m = xcalloc(1, sizeof(*m));
		m->m_name = xstrdup(name);
		m->m_next = macros[hash(name)];
		macros[hash(name)] = m;
	} else if (!m->m_fixed)
		freezero(m->m_value, strlen(m->m_value));
	else
		return (m);
	m->m_value = xstrdup(value);
	return (m);
}

void
lex_define(const char *name, const char *value)
{
	define(name, value);
}

int
conf_define(const char *arg)
{
	char *name = xstrdup(arg), *eq = strchr(name, '=');
	struct macro *m;
	int rv = -1;

	if (eq != NULL) {
		*eq = '\0';
		if (is_name(name)) {
			if ((m = macro_find(name)) != NULL)
				m->m_fixed = 0;
			define(name, eq + 1)->m_fixed = 1;
			rv = 0;
		}
	}
	free(name);
	return (rv);
}

void
conf_done(void)
{
	struct macro *m;
	int i;

	for (i = 0; i < NBUCKET; i++) {
		while ((m = macros[i]) != NULL) {
			macros[i] = m->m_next;
			freezero(m->m_value, strlen(m->m_value));
			free(m->m_name);
			free(m);
		}
	}
	chunk_free(&names);
}

/* Behind a dollar sign: read on in the value of the macro. */
static int
expand(void)
{
	char name[64], shown[64];
	struct input *in;
	struct macro *m;
	size_t n = 0;
	int c;

	while ((isalnum(c = getjoined()) || c == '_') && n < sizeof(name) - 1)
		name[n++] = c;
	unget(c);
	name[n] = '\0';
	if (n == 0)
		return (lex_bad("$ without the name of a macro"));
	if ((m = macro_find(name)) == NULL) {
		readable(shown, name, sizeof(shown));
		return (lex_bad("macro \"%s\" is not defined: write %s = "
		    "\"value\" before this line", shown, shown));
	}
	/* One that ends in its own name does not even nest. */
	if (++nmacros > MAXMACROS)
		return (lex_bad("macro \"%s\": more than %d macros in a line: "
		    "does it contain itself?", name, MAXMACROS));
	in = input_new();
	in->in_text = xstrdup(m->m_value);
	return (0);
}

/* Remember what is read for messages, and hand out a copy. */
static char *
keep(const char *text)
{
	readable(near, text, sizeof(near));
	return (memcpy(lex_alloc(strlen(text) + 1), text, strlen(text) + 1));
}

static int
quoted(int quote, char **text)
{
	size_t n = 0;
	int c, next;

	while ((c = get()) != quote) {
		if (c == '\\') {
			next = get();
			if (next == '\n') {
				input->in_line++;
				continue;
			}
			if (next == quote)
				c = quote;
			else
				unget(next);
		} else if (c == '\n' || c == EOF) {
			/* What follows would be read inside out. */
			(void)lex_bad("unterminated string: the closing %c "
			    "is missing", quote);
			dead = 1;
			return (LEX_BAD);
		}
		if (n == MAXWORD)
			return (lex_bad("string longer than %d characters",
			    MAXWORD));
		word[n++] = c;
	}
	word[n] = '\0';
	*text = keep(word);
	return (LEX_STRING);
}

static int
is_wordchar(int c)
{
	return (c > ' ' && c < 0x7f && strchr("{}(),=\"'#", c) == NULL);
}

/* Is the word the name in a definition?  Only blanks may be between. */
static int
is_macro(void)
{
	int c;

	while ((c = getjoined()) == ' ' || c == '\t')
		;
	unget(c);
	return (c == '=');
}

static int
plain(int c, char **text)
{
	size_t n = 0;
	int first = fresh;

	for (; is_wordchar(c); c = getjoined()) {
		if (c == '$') {
			if (expand() == LEX_BAD)
				return (LEX_BAD);
			continue;
		}
		if (n == MAXWORD)
			return (lex_bad("word longer than %d characters",
			    MAXWORD));
		word[n++] = c;
	}
	unget(c);
	word[n] = '\0';
	*text = keep(word);
	if (first && is_name(word) && is_macro())
		return (LEX_MACRO);
	return (LEX_WORD);
}

/* The end of a file ends its last line, too. */
static int
end_of_file(void)
{
	if (dead)
		return (LEX_EOF);
	if (!fresh)
		return (LEX_NEWLINE);
	if (input != NULL)
		input_free();
	return (input == NULL ? LEX_EOF : -1);
}

static int
newline(void)
{
	if (input != NULL) {
		input->in_line++;
		input->in_len = 0;
	}
	return (LEX_NEWLINE);
}

static int
blank(void)
{
	int c;

	while ((c = getjoined()) == ' ' || c == '\t' || c == '\r')
		;
	if (c == '#')
		while ((c = getjoined()) != '\n' && c != EOF)
			;
	return (c);
}

static int
scan(char **text)
{
	char one[2];
	int c, token;

	for (;;) {
		c = blank();
		nearline = input != NULL ? file_input()->in_line : nearline;
		near[0] = '\0';
		if (c == EOF) {
			if ((token = end_of_file()) != -1)
				return (token);
			continue;
		}
		if (c == '\n')
			return (newline());
		if (c == '$') {
			if ((token = expand()) == LEX_BAD)
				return (token);
			continue;
		}
		break;
	}
	if (fresh) {
		stmt.file = file_input()->in_name;
		stmt.line = nearline;
	}
	if (c == '"' || c == '\'')
		return (quoted(c, text));
	if (is_wordchar(c))
		return (plain(c, text));
	if (c < ' ' || c >= 0x7f) {
		(void)lex_bad("byte 0x%02x outside a string: is this a text "
		    "file?", c);
		dead = 1;
		return (LEX_EOF);
	}
	one[0] = c;
	one[1] = '\0';
	*text = keep(one);
	return (c);
}

int
lex_token(char **text)
{
	int token;

	if (fresh) {
		stmt.bad = 0;
		nmacros = 0;
		if (input != NULL) {
			stmt.file = file_input()->in_name;
			stmt.line = file_input()->in_line;
		}
	}
	token = scan(text);
	fresh = token == LEX_NEWLINE;
	return (dead ? LEX_EOF : token);
}

void
lex_end(void)
{
	chunk_free(&words);
	explicit_bzero(word, sizeof(word));
	explicit_bzero(near, sizeof(near));
}
