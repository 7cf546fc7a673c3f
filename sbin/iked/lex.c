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
 * A logical line is read whole, so that nothing in it can lead the next one
 * astray, and then cut into words.  All memory that held it is overwritten:
 * there may be keys in it.
 */
#include <sys/stat.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lex.h"
#include "log.h"
#include "proc.h"

#define MAXDEPTH	16		/* of included files */
#define MAXMACROS	1000		/* in a line */
#define MAXWORD		4096
#define MAXLINE		(256 * 1024)
#define MAXERRORS	20

struct input {
	struct input	*in_next;
	const char	*in_name;
	int		 in_fd;
	dev_t		 in_dev;	/* what it is, whatever its name */
	ino_t		 in_ino;
	unsigned int	 in_line;
	size_t		 in_pos, in_len;
	unsigned char	 in_data[8192];
};

struct macro {
	struct macro	*ma_next;
	char		*ma_name;
	char		*ma_value;
	int		 ma_fixed;	/* by -D */
};

struct chunk {
	struct chunk	*ch_next;
	size_t		 ch_size;
	uint64_t	 ch_data[];
};

struct statement	 stmt;

static struct input	*input;
static struct macro	*macros;
static struct chunk	*chunks, *names;
static unsigned int	 errors;
static int		 dead;		/* pointless to go on */

/* The line as read, with \ and newline where lines were joined. */
static struct {
	char		*l_text;
	size_t		 l_len, l_size, l_pos;
	unsigned int	 l_nr;		/* at l_pos */
	unsigned int	 l_macros;	/* expanded in it */
} line;

static void *
xcalloc(size_t n, size_t size)
{
	void *p;

	if ((p = calloc(n, size)) == NULL)
		fatal("configuration");
	return (p);
}

static char *
xstrdup(const char *s)
{
	char *p = xcalloc(1, strlen(s) + 1);

	return (memcpy(p, s, strlen(s)));
}

static void *
chunk_new(struct chunk **list, size_t size)
{
	struct chunk *c = xcalloc(1, sizeof(*c) + size);

	c->ch_size = size;
	c->ch_next = *list;
	*list = c;
	return (c->ch_data);
}

static void
chunk_free(struct chunk **list)
{
	struct chunk *c;

	while ((c = *list) != NULL) {
		*list = c->ch_next;
		freezero(c, sizeof(*c) + c->ch_size);
	}
}

void *
lex_alloc(size_t size)
{
	return (chunk_new(&chunks, size));
}

const char *
lex_show(const char *from)
{
	static char bufs[4][64];
	static unsigned int turn;
	char *to = bufs[turn++ % 4];
	size_t i;

	for (i = 0; i < sizeof(bufs[0]) - 4 && from[i] != '\0'; i++)
		to[i] = isprint((unsigned char)from[i]) ? from[i] : '?';
	strlcpy(to + i, from[i] != '\0' ? "..." : "", 4);
	return (to);
}

static void
tell(unsigned int nr, const char *fmt, va_list ap)
{
	char msg[1024];

	vsnprintf(msg, sizeof(msg), fmt, ap);
	log_warnx("%s: %u: %s", stmt.st_file, nr, msg);
}

static void
tell_error(unsigned int nr, const char *fmt, va_list ap)
{
	if (stmt.st_bad || dead)
		return;
	tell(nr, fmt, ap);
	stmt.st_bad = 1;
	if (++errors == MAXERRORS) {
		log_warnx("%s: %u errors, giving up", stmt.st_file, errors);
		dead = 1;
	}
}

void
conf_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell_error(stmt.st_line, fmt, ap);
	va_end(ap);
}

void
conf_error_at(unsigned int nr, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell_error(nr, fmt, ap);
	va_end(ap);
}

void
conf_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(stmt.st_line, fmt, ap);
	va_end(ap);
}

/*
 * Files
 */

int
lex_openfile(const char *name, const char **why)
{
	struct stat st;
	int fd;

	/* a fifo would have us wait for somebody to write */
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1 || fstat(fd, &st) == -1)
		*why = strerror(errno);
	else if (S_ISDIR(st.st_mode))
		*why = "is a directory";
	else if (!S_ISREG(st.st_mode))
		*why = "is no regular file";
	else if (!proc_isowner(st.st_uid))
		*why = "owner not root or current user";
	else if (st.st_mode & (S_IWGRP | S_IXGRP | S_IRWXO))
		*why = "group writable or world read/writable: chmod 600 it";
	else
		return (fd);
	if (fd != -1)
		close(fd);
	return (-1);
}

static void
push(int fd, const char *name)
{
	struct input *in = xcalloc(1, sizeof(*in));
	struct stat st;
	char *p;

	/* named in messages and policies after it is closed */
	p = chunk_new(&names, strlen(name) + 1);
	in->in_name = memcpy(p, name, strlen(name));
	in->in_fd = fd;
	if (fstat(fd, &st) == 0) {
		in->in_dev = st.st_dev;
		in->in_ino = st.st_ino;
	}
	in->in_line = 1;
	in->in_next = input;
	input = in;
}

static void
pop(void)
{
	struct input *in = input;

	input = in->in_next;
	close(in->in_fd);
	freezero(in, sizeof(*in));
}

int
lex_open(const char *name)
{
	const char *why;
	int fd;

	errors = 0;
	dead = 0;
	memset(&stmt, 0, sizeof(stmt));
	if ((fd = lex_openfile(name, &why)) == -1) {
		log_warnx("%s: %s", name, why);
		return (-1);
	}
	push(fd, name);
	return (0);
}

void
lex_include(const char *name)
{
	const struct input *in;
	const char *why;
	struct stat st;
	unsigned int depth = 0;
	int fd;

	if ((fd = lex_openfile(name, &why)) == -1) {
		conf_error("failed to include file %s: %s", lex_show(name),
		    why);
		return;
	}
	memset(&st, 0, sizeof(st));
	(void)fstat(fd, &st);
	for (in = input; in != NULL; in = in->in_next, depth++)
		if (in->in_dev == st.st_dev && in->in_ino == st.st_ino)
			break;
	if (in == NULL && depth < MAXDEPTH) {
		push(fd, name);
		return;
	}
	close(fd);
	if (in != NULL)
		conf_error("failed to include file %s: it is being read, so "
		    "it would include itself", lex_show(name));
	else
		conf_error("failed to include file %s: more than %d files "
		    "deep", lex_show(name), MAXDEPTH);
}

static void
line_wipe(void)
{
	chunk_free(&chunks);
	free(stmt.st_tok);
	stmt.st_tok = NULL;
	stmt.st_n = 0;
	if (line.l_text != NULL)
		/* l_len has been more: a macro may be longer than its value */
		explicit_bzero(line.l_text, line.l_size);
	line.l_len = line.l_pos = 0;
}

static void
macro_free(struct macro *m)
{
	freezero(m->ma_value, strlen(m->ma_value));
	free(m->ma_name);
	free(m);
}

unsigned int
lex_close(void)
{
	struct macro **mp = &macros, *m;

	while (input != NULL)
		pop();
	line_wipe();
	free(line.l_text);
	memset(&line, 0, sizeof(line));
	while ((m = *mp) != NULL) {
		if (m->ma_fixed) {
			mp = &m->ma_next;
			continue;
		}
		*mp = m->ma_next;
		macro_free(m);
	}
	stmt.st_file = NULL;
	chunk_free(&names);
	return (errors);
}

/*
 * Macros
 */
static int
is_namechar(int c)
{
	return (isalnum(c) || c == '_');
}

static struct macro *
macro_find(const char *name, size_t len)
{
	struct macro *m;

	for (m = macros; m != NULL; m = m->ma_next)
		if (strncmp(m->ma_name, name, len) == 0 &&
		    m->ma_name[len] == '\0')
			return (m);
	return (NULL);
}

static int
define(const char *name, const char *value, int fixed)
{
	struct macro *m;
	const char *s;

	for (s = name; is_namechar((unsigned char)*s); s++)
		;
	if (*s != '\0' || s == name)
		return (-1);
	if ((m = macro_find(name, s - name)) == NULL) {
		m = xcalloc(1, sizeof(*m));
		m->ma_name = xstrdup(name);
		m->ma_next = macros;
		macros = m;
	} else if (m->ma_fixed && !fixed)
		return (0);
	else
		freezero(m->ma_value, strlen(m->ma_value));
	m->ma_value = xstrdup(value);
	m->ma_fixed = fixed;
	return (0);
}

int
lex_define(const char *name, const char *value)
{
	return (define(name, value, 0));
}

int
lex_predefine(const char *name, const char *value)
{
	return (define(name, value, 1));
}

/*
 * Reading of lines
 */
static void
line_grow(size_t size)
{
	if (size <= line.l_size)
		return;
	size = size < 1024 ? 1024 : size * 2;
	line.l_text = recallocarray(line.l_text, line.l_size, size, 1);
	if (line.l_text == NULL)
		fatal("configuration");
	line.l_size = size;
}

static int
get(void)
{
	struct input *in = input;
	ssize_t n;

	if (in->in_pos == in->in_len) {
		n = read(in->in_fd, in->in_data, sizeof(in->in_data));
		if (n == -1) {
			conf_error_at(in->in_line, "%s", strerror(errno));
			dead = 1;
		}
		if (n <= 0)
			return (EOF);
		in->in_pos = 0;
		in->in_len = n;
	}
	return (in->in_data[in->in_pos++]);
}

/* To the newline that no backslash is before; 0: the file has ended. */
static int
line_read(void)
{
	int c, last = 0, before = 0, any = 0;

	while ((c = get()) != EOF) {
		any = 1;
		if (c == '\n') {
			input->in_line++;
			if (last == '\r') {
				line.l_len--;
				last = before;
			}
			if (last != '\\')
				break;
		}
		before = last;
		last = c;
		/* one more than is good, for lex_line() to see */
		if (line.l_len <= MAXLINE + 1) {
			line_grow(line.l_len + 1);
			line.l_text[line.l_len++] = c;
		}
	}
	return (any);
}

/*
 * Cutting into words.  Where lines were joined nobody sees more than that
 * the number is another.
 */
static int
peek(void)
{
	while (line.l_pos + 1 < line.l_len &&
	    line.l_text[line.l_pos] == '\\' &&
	    line.l_text[line.l_pos + 1] == '\n') {
		line.l_pos += 2;
		line.l_nr++;
	}
	return (line.l_pos < line.l_len ?
	    (unsigned char)line.l_text[line.l_pos] : EOF);
}

static int
next(void)
{
	line.l_pos++;
	return (peek());
}

static void
token(int kind, unsigned int nr, const char *text, size_t len)
{
	unsigned int n = stmt.st_n;
	struct token *t;

	/* doubled at each power of two */
	if ((n & (n - 1)) == 0) {
		t = reallocarray(stmt.st_tok, n == 0 ? 1 : n * 2, sizeof(*t));
		if (t == NULL)
			fatal("configuration");
		stmt.st_tok = t;
	}
	t = &stmt.st_tok[stmt.st_n++];
	t->tk_kind = kind;
	t->tk_line = nr;
	t->tk_text = memcpy(lex_alloc(len + 1), text, len);
}

static int
is_blank(int c)
{
	return (c == ' ' || c == '\t');
}

static int
is_wordchar(int c)
{
	return (c > ' ' && c < 0x7f && strchr("(){}<>!=#,\"", c) == NULL);
}

/* The length of the name behind the dollar sign that is next. */
static size_t
macro_len(void)
{
	size_t n = line.l_pos + 1;

	while (n < line.l_len && is_namechar((unsigned char)line.l_text[n]))
		n++;
	return (n - line.l_pos - 1);
}

/* The value of a macro takes the place of its name in the line. */
static void
expand(void)
{
	const struct macro *m;
	size_t n = macro_len(), vlen;
	char *name = lex_alloc(n + 1);

	memcpy(name, line.l_text + line.l_pos + 1, n);
	if (n == 0) {
		conf_error_at(line.l_nr, "$ without the name of a macro: put "
		    "the word in quotes, if it is meant");
		return;
	}
	m = macro_find(name, n);
	if (m == NULL && stmt.st_n > 0 && strcmp(
	    stmt.st_tok[stmt.st_n - 1].tk_text, "psk") == 0) {
		conf_error_at(line.l_nr, "macro behind `psk' not defined: "
		    "put the key in quotes, if a $ is meant");
		return;
	}
	if (m == NULL) {
		conf_error_at(line.l_nr, "macro '%s' not defined: write %s = "
		    "\"value\" before this line", lex_show(name),
		    lex_show(name));
		return;
	}
	vlen = strlen(m->ma_value);
	if (++line.l_macros > MAXMACROS || line.l_len + vlen > MAXLINE) {
		conf_error_at(line.l_nr, "macro '%s' makes the line longer "
		    "and longer: does it contain itself?", lex_show(name));
		return;
	}
	line_grow(line.l_len + vlen);
	memmove(line.l_text + line.l_pos + vlen,
	    line.l_text + line.l_pos + 1 + n,
	    line.l_len - line.l_pos - 1 - n);
	memcpy(line.l_text + line.l_pos, m->ma_value, vlen);
	line.l_len += vlen;
	line.l_len -= 1 + n;
}

/* Within quotes a backslash stands for itself, but before these. */
static void
quoted(int quote)
{
	unsigned int nr = line.l_nr;
	char text[MAXWORD];
	size_t n = 0;
	int c;

	while ((c = next()) != quote) {
		if (c == '\\' && line.l_pos + 1 < line.l_len &&
		    (line.l_text[line.l_pos + 1] == quote ||
		    is_blank(line.l_text[line.l_pos + 1])))
			c = next();
		if (c == EOF)
			conf_error_at(nr, "unterminated string: the closing "
			    "%c is missing", quote);
		else if ((c < ' ' && c != '\t') || c == 0x7f)
			conf_error_at(line.l_nr, "byte 0x%02x in a string: "
			    "only text can be", c);
		else if (n == sizeof(text))
			conf_error_at(nr, "string longer than %d characters",
			    MAXWORD);
		if (stmt.st_bad)
			break;
		text[n++] = c;
	}
	line.l_pos++;
	token(LEX_STRING, nr, text, n);
	explicit_bzero(text, sizeof(text));
}

static void
plain(void)
{
	unsigned int nr = line.l_nr;
	char text[MAXWORD];
	size_t n = 0;
	int c;

	for (c = peek(); is_wordchar(c) && !stmt.st_bad; c = next()) {
		if (n == sizeof(text))
			conf_error_at(nr, "word longer than %d characters",
			    MAXWORD);
		else if (c == '$' && macro_find(line.l_text + line.l_pos + 1,
		    macro_len()) != NULL)
			conf_error_at(nr, "a macro within a word is not "
			    "expanded: put the word in quotes, if a $ is "
			    "meant");
		else
			text[n++] = c;
	}
	token(LEX_WORD, nr, text, n);
	explicit_bzero(text, sizeof(text));
}

static void
cut(void)
{
	char c1;
	int c;

	while (!stmt.st_bad && (c = peek()) != EOF && c != '#') {
		if (is_blank(c))
			next();
		else if (c == '$')
			expand();
		else if (c == '"' || c == '\'')
			quoted(c);
		else if (is_wordchar(c))
			plain();
		else if (c < ' ' || c >= 0x7f)
			conf_error_at(line.l_nr, "byte 0x%02x outside a "
			    "string: is this a text file?", c);
		else {
			c1 = c;
			token(c, line.l_nr, &c1, 1);
			next();
		}
	}
}

/* What a file that is ipsec.conf(5), too, may say; nothing in it is read. */
static int
is_foreign(void)
{
	static const char *const words[] = { "flow", "from", "ike", "sa",
	    "tcpmd5", "to", "transport", "tunnel" };
	const char *s;
	size_t i, n;

	while (is_blank(peek()))
		line.l_pos++;
	if (line.l_text == NULL)
		return (0);
	s = line.l_text + line.l_pos;
	for (n = 0; line.l_pos + n < line.l_len && isalnum(
	    (unsigned char)s[n]); n++)
		;
	if (line.l_pos + n < line.l_len && !is_blank(s[n]) &&
	    s[n] != '\\' && s[n] != '#')
		return (0);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == n && memcmp(words[i], s, n) == 0)
			return (1);
	return (0);
}

int
lex_line(void)
{
	while (!dead && input != NULL) {
		line_wipe();
		stmt.st_bad = 0;
		stmt.st_file = input->in_name;
		stmt.st_line = line.l_nr = input->in_line;
		line.l_macros = 0;
		if (!line_read()) {
			pop();
			continue;
		}
		if (line.l_len > MAXLINE)
			conf_error("line longer than %d characters", MAXLINE);
		else if (!is_foreign())
			cut();
		if (stmt.st_n > 0 && !stmt.st_bad)
			return (1);
	}
	return (0);
}
