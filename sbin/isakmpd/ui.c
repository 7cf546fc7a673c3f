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
 * The commands that come by the FIFO.  Nobody waits for an answer: a line
 * that is refused gets one line of the log, without what may be a secret.
 */
#include <sys/types.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf.h"
#include "daemon.h"
#include "log.h"

#define SHOWN		200	/* characters of a refused line in the log */

/* What a line says, all in its own memory; a part that is missing is NULL. */
struct setting {
	char		*se_section;
	char		*se_tag;
	char		*se_value;
	int		 se_force;
};

/* The tag of a setting, behind which a value begins; NULL: no "[..]:". */
static const char *
line_tag(const char *line)
{
	const char *p = strchr(line, '[');

	if (p != NULL && (p = strstr(p, "]:")) != NULL)
		p += 2;
	return (p);
}

/*
 * How much of a line may be seen: not its value, and if there is no =, nothing
 * behind what may have been meant as the tag.
 */
static size_t
line_open(const char *line)
{
	static const char secret[] = "Authentication";
	const char *p, *from = line_tag(line), *end;

	if (from == NULL)
		from = line;
	end = from + strcspn(from, "=");
	if (*end == '\0' && from != line)
		end = from + strcspn(from, " \t");
	for (p = line; p < end; p++)
		if (strncasecmp(p, secret, sizeof(secret) - 1) == 0 &&
		    p + sizeof(secret) - 1 < end)
			end = p + sizeof(secret) - 1;
	return (end - line);
}

static const char *
line_show(const char *line)
{
	static char text[SHOWN + 4];
	size_t i, len = line_open(line);

	for (i = 0; i < len && i < SHOWN; i++)
		text[i] = line[i] < ' ' || line[i] > '~' ? '?' : line[i];
	strlcpy(text + i, line[i] != '\0' ? "..." : "", sizeof(text) - i);
	return (text);
}

static void
refuse(const char *line, const char *why)
{
	log_warnx("fifo: %s: %s", line_show(line), why);
}

static char *
skip_blanks(char *s)
{
	return (s + strspn(s, " \t"));
}

static void
trim(char *s)
{
	size_t len = strlen(s);

	while (len > 0 && strchr(" \t\r", s[len - 1]) != NULL)
		s[--len] = '\0';
}

/* Printable, so that it can be in a log. */
static int
is_name(const char *s)
{
	while (*s >= ' ' && *s <= '~')
		s++;
	return (*s == '\0');
}

/* The next word, ended; *s is moved behind it. */
static char *
word(char **s)
{
	char *w = skip_blanks(*s);
	size_t len = strcspn(w, " \t");

	*s = w + len;
	if (w[len] != '\0')
		*(*s)++ = '\0';
	return (len > 0 ? w : NULL);
}

/* " force" at the end is no part of a value. */
static void
take_force(struct setting *se)
{
	static const char force[] = "force";
	size_t len = strlen(se->se_value), flen = sizeof(force) - 1;
	char *at = se->se_value + len - flen;

	if (len <= flen || strcmp(at, force) != 0 ||
	    (at[-1] != ' ' && at[-1] != '\t'))
		return;
	*at = '\0';
	trim(se->se_value);
	se->se_force = 1;
}

/* [SECTION], [SECTION]:TAG or [SECTION]:TAG=VALUE [force].  Or why not. */
static const char *
setting_parse(char *s, struct setting *se)
{
	char *end;

	memset(se, 0, sizeof(*se));
	s = skip_blanks(s);
	trim(s);
	if (*s != '[')
		return ("no [section]");
	se->se_section = ++s;
	if ((end = strstr(s, "]:")) == NULL) {
		end = s + strlen(s);
		if (end == s || end[-1] != ']')
			return ("the [section] has no end");
		end[-1] = '\0';
		return (*s != '\0' ? NULL : "the [section] has no name");
	}
	*end = '\0';
	if (*s == '\0')
		return ("the [section] has no name");
	se->se_tag = s = end + 2;
	if ((end = strchr(s, '=')) != NULL) {
		*end = '\0';
		se->se_value = skip_blanks(end + 1);
		take_force(se);
	}
	trim(s);
	return (*s != '\0' ? NULL : "there is no tag behind the [section]");
}

/* C get.  Only the superuser reads the file of results. */
static const char *
conf_get(struct confdb *db, const struct setting *se)
{
	struct buf b = { 0 };
	const char *value;

	value = confdb_get(db, se->se_section, se->se_tag);
	if (value == NULL) {
		parent_result(&b);	/* nothing, not what was before */
		return ("there is no such value");
	}
	buf_printf(&b, "%s\n", value);
	parent_result(&b);
	buf_clear(&b);
	return (NULL);
}

/* The words behind C: what each needs, and whether it changes anything. */
static const struct conf_word {
	const char	*cw_name;
	int		 cw_tag;
	int		 cw_value;
	const char	*cw_form;
} conf_words[] = {
	{ "set", 1, 1, "it has to be C set [section]:tag=value" },
	{ "add", 1, 1, "it has to be C add [section]:tag=value" },
	{ "rmv", 1, 1, "it has to be C rmv [section]:tag=value" },
	{ "rm", 1, 0, "it has to be C rm [section]:tag" },
	{ "rms", 0, 0, "it has to be C rms [section]" },
	{ "get", 1, 0, "it has to be C get [section]:tag" }
};
#define NCONF	(sizeof(conf_words) / sizeof(conf_words[0]))

static const char *
conf_do(struct confdb *db, const struct conf_word *cw,
    const struct setting *se)
{
	const char *why = NULL;
	int rv;

	if (strcmp(cw->cw_name, "get") == 0)
		return (conf_get(db, se));
	if (strcmp(cw->cw_name, "set") == 0 && !parent_pending() &&
	    strcasecmp(se->se_section, "Phase 1") == 0)
		confdb_begin(db, se->se_value);
	if (strcmp(cw->cw_name, "set") == 0)
		rv = confdb_set(db, se->se_section, se->se_tag, se->se_value,
		    se->se_force, &why);
	else if (strcmp(cw->cw_name, "add") == 0)
		rv = confdb_add(db, se->se_section, se->se_tag, se->se_value,
		    &why);
	else if (strcmp(cw->cw_name, "rmv") == 0)
		rv = confdb_rmv(db, se->se_section, se->se_tag, se->se_value,
		    &why);
	else if (strcmp(cw->cw_name, "rm") == 0)
		rv = confdb_rm(db, se->se_section, se->se_tag, &why);
	else
		rv = confdb_rms(db, se->se_section, &why);
	if (rv == -1)
		return (why);
	parent_changed();
	return (NULL);
}

static const char *
do_config(struct confdb *db, char *args)
{
	const struct conf_word *cw = conf_words;
	struct setting se;
	const char *why;
	char *name;

	if ((name = word(&args)) == NULL)
		name = args;
	while (cw < conf_words + NCONF && strcmp(name, cw->cw_name) != 0)
		cw++;
	if (cw == conf_words + NCONF)
		return ("after C there is set, add, rmv, rm, rms or get");
	if ((why = setting_parse(args, &se)) != NULL)
		return (why);
	if (!is_name(se.se_section) ||
	    (se.se_tag != NULL && !is_name(se.se_tag)))
		return ("a name is not printable ASCII");
	if (cw->cw_tag != (se.se_tag != NULL) ||
	    cw->cw_value != (se.se_value != NULL))
		return (cw->cw_form);
	return (conf_do(db, cw, &se));
}

static const char *
do_connect(struct confdb *db, char *args)
{
	struct buf b = { 0 };
	char *name = word(&args);

	if (name == NULL || word(&args) != NULL)
		return ("it has to be c connection");
	buf_putstr(&b, name);
	parent_tell(M_CONNECT, &b);
	return (NULL);
}

static const char *
do_teardown(struct confdb *db, char *args)
{
	struct buf b = { 0 };
	char *name = word(&args), *more = word(&args);
	int phase = 0;

	if (more != NULL) {
		phase = strcmp(name, "main") == 0 ? 1 :
		    strcmp(name, "quick") == 0 ? 2 : -1;
		name = more;
	}
	if (name == NULL || phase == -1 || word(&args) != NULL)
		return ("it has to be t [main|quick] name");
	buf_put8(&b, phase);
	buf_putstr(&b, name);
	parent_tell(M_TEARDOWN, &b);
	return (NULL);
}

static const char *
do_teardown_all(struct confdb *db, char *args)
{
	struct buf b = { 0 };

	buf_put8(&b, 0);
	buf_putstr(&b, "");
	parent_tell(M_TEARDOWN, &b);
	return (NULL);
}

static const char *
do_delete(struct confdb *db, char *args)
{
	struct buf b = { 0 };
	char *cookies = word(&args), *msgid = word(&args);

	if (msgid == NULL || word(&args) != NULL)
		return ("it has to be d cookies message-ID, or d cookies -");
	buf_putstr(&b, cookies);
	buf_putstr(&b, strcmp(msgid, "-") == 0 ? "" : msgid);
	parent_tell(M_DELETE, &b);
	return (NULL);
}

static const char *
do_show(struct confdb *db, char *args)
{
	struct buf b = { 0 };

	parent_tell(M_SHOW, &b);
	return (NULL);
}

static const char *
do_report(struct confdb *db, char *args)
{
	struct buf b = { 0 };

	parent_tell(M_REPORT, &b);
	return (NULL);
}

static const char *
do_reload(struct confdb *db, char *args)
{
	parent_reload();
	return (NULL);
}

static const char *
do_packets(struct confdb *db, char *args)
{
	char *what = word(&args);

	if (what == NULL || word(&args) != NULL)
		what = args;
	if (strcmp(what, "off") == 0)
		parent_pcap(NULL);
	else if (strcmp(what, "on") == 0)
		parent_pcap("");
	else if (strncmp(what, "on=", 3) == 0 && what[3] != '\0')
		parent_pcap(what + 3);
	else
		return ("it has to be p on, p on=path or p off");
	return (NULL);
}

static const char *
do_debug(struct confdb *db, char *args)
{
	char *cls = word(&args), *level = word(&args), text[32];
	int n;

	if (cls != NULL && level == NULL && strcmp(cls, "T") == 0)
		dbg_toggle();
	else {
		n = snprintf(text, sizeof(text), "%s=%s",
		    cls != NULL ? cls : "", level != NULL ? level : "");
		if (n >= (int)sizeof(text) || word(&args) != NULL ||
		    dbg_parse(text) == -1)
			return ("it has to be D class level, with a class of "
			    "0 to 10 or A and a level of 0 to 99, or D T");
	}
	parent_debug();
	return (NULL);
}

static const char *
do_mode(struct confdb *db, char *args)
{
	struct buf b = { 0 };
	char *mode = word(&args);

	if (mode == NULL || word(&args) != NULL ||
	    (strcmp(mode, "active") != 0 && strcmp(mode, "passive") != 0))
		return ("it has to be M active or M passive");
	buf_put8(&b, strcmp(mode, "active") == 0);
	parent_tell(M_ACTIVE, &b);
	return (NULL);
}

static const char *
do_quit(struct confdb *db, char *args)
{
	parent_stop();
	return (NULL);
}

static const struct command {
	char		 co_letter;
	int		 co_args;
	const char	*(*co_fn)(struct confdb *, char *);
} commands[] = {
	{ 'C', 1, do_config },
	{ 'c', 1, do_connect },
	{ 'D', 1, do_debug },
	{ 'd', 1, do_delete },
	{ 'M', 1, do_mode },
	{ 'p', 1, do_packets },
	{ 'Q', 0, do_quit },
	{ 'R', 0, do_reload },
	{ 'r', 0, do_report },
	{ 'S', 0, do_show },
	{ 'T', 0, do_teardown_all },
	{ 't', 1, do_teardown }
};
#define NCOMMANDS	(sizeof(commands) / sizeof(commands[0]))

static const char *
ui_do(struct confdb *db, char letter, char *args)
{
	const struct command *co = commands;

	while (co < commands + NCOMMANDS && co->co_letter != letter)
		co++;
	if (co == commands + NCOMMANDS ||
	    (*args != '\0' && *args != ' ' && *args != '\t'))
		return ("there is no such command, see isakmpd(8)");
	args = skip_blanks(args);
	if (letter != 'C' && !is_name(args))
		return ("it is not printable ASCII");
	if (!co->co_args && *args != '\0')
		return ("this command stands alone");
	return (co->co_fn(db, args));
}

void
ui_line(struct confdb *db, char *line)
{
	const char *why;
	char *copy;

	trim(line);
	if (*line == '\0')
		return;
	if ((copy = strdup(line)) == NULL)
		fatal("fifo");
	dbg(DBG_UI, 50, "%s", line_show(line));
	if ((why = ui_do(db, line[0], line + 1)) != NULL)
		refuse(copy, why);
	freezero(copy, strlen(copy));
}
