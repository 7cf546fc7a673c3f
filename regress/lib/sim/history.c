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
 * log.c for a simulation: always at its most verbose, kept in memory and
 * shown if a run fails.  A key in a line is a failure by itself.
 */
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sim.h"

#define HISTORY_MAX	4096		/* lines */
#define HISTORY_WIDTH	400

static char		(*history)[HISTORY_WIDTH];
static unsigned int	 history_n;	/* lines ever */
static struct sim	*history_sim;
static const char	*history_name = "-";
static char		 secrets[8][17];	/* of keys, in hex */
static unsigned int	 secrets_n;

void
history_clear(void)
{
	history_n = 0;
	history_sim = NULL;
}

void
history_secret(const uint8_t *key, size_t len)
{
	char *s = secrets[secrets_n++ % 8];
	size_t i;

	for (i = 0; i < 8 && i < len; i++)
		snprintf(s + 2 * i, 3, "%02x", key[i]);
}

static int
history_tells(const char *line)
{
	unsigned int i;

	if (strstr(line, SIM_SECRET) != NULL)
		return (1);
	for (i = 0; i < 8; i++)
		if (secrets[i][0] != '\0' && strstr(line, secrets[i]) != NULL)
			return (1);
	return (0);
}

void
history_who(struct sim *s, const char *name)
{
	history_sim = s;
	history_name = name == NULL ? "-" : name;
}

void
history_print(unsigned int lines)
{
	unsigned int i, have;

	have = history_n < HISTORY_MAX ? history_n : HISTORY_MAX;
	if (lines > have)
		lines = have;
	for (i = history_n - lines; i < history_n; i++)
		fprintf(stderr, "%s\n", history[i % HISTORY_MAX]);
}

/* What a node said that is still kept. */
int
history_has(const char *who, const char *word)
{
	unsigned int i, have;
	const char *line;
	char name[40];

	snprintf(name, sizeof(name), " %s ", who);
	have = history_n < HISTORY_MAX ? history_n : HISTORY_MAX;
	for (i = history_n - have; i < history_n; i++) {
		line = history[i % HISTORY_MAX];
		if (strstr(line, name) != NULL && strstr(line, word) != NULL)
			return (1);
	}
	return (0);
}

static void
history_add(const char *level, int error, const char *fmt, va_list ap)
{
	uint64_t now = history_sim == NULL ? 0 : history_sim->s_now;
	char *line;
	int n;

	if (history == NULL &&
	    (history = calloc(HISTORY_MAX, sizeof(*history))) == NULL)
		err(2, NULL);
	line = history[history_n++ % HISTORY_MAX];
	n = snprintf(line, HISTORY_WIDTH, "%llu.%03llu %s %s: ",
	    (unsigned long long)(now / 1000),
	    (unsigned long long)(now % 1000), history_name, level);
	vsnprintf(line + n, HISTORY_WIDTH - n, fmt, ap);
	if (error) {
		n = strlen(line);
		snprintf(line + n, HISTORY_WIDTH - n, ": %s",
		    strerror(error));
	}
	if (history_sim != NULL && history_tells(line))
		sim_fail(history_sim, "a secret is logged: %s", line);
}

#define ADD(level, error) do {						\
	va_list ap;							\
									\
	va_start(ap, fmt);						\
	history_add(level, error, fmt, ap);				\
	va_end(ap);							\
} while (0)

void
log_init(const char *name, int foreground, int verbose)
{
}

void
log_setverbose(int verbose)
{
}

void
log_copyto(struct buf *b)
{
}

int
log_isforeground(void)
{
	return (1);
}

int
log_getverbose(void)
{
	return (2);
}

void
log_warn(const char *fmt, ...)
{
	ADD("warning", errno);
}

void
log_warnx(const char *fmt, ...)
{
	ADD("warning", 0);
}

void
log_info(const char *fmt, ...)
{
	ADD("info", 0);
}

void
log_debug(const char *fmt, ...)
{
	ADD("debug", 0);
}

void
fatal(const char *fmt, ...)
{
	ADD("fatal", errno);
	history_print(20);
	abort();
}

void
fatalx(const char *fmt, ...)
{
	ADD("fatal", 0);
	history_print(20);
	abort();
}
