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
 * Classes of debugging and their levels.
 */
#include <sys/types.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "log.h"

#define LEVEL_MAX	99

static const char *const names[DBG_N] = { "misc", "transport", "message",
    "crypto", "timer", "sysdep", "sa", "exchange", "negotiation", "policy",
    "ui" };
static struct dbg_state	 state;

/* What others have to say for debugging is heard with any class. */
static void
apply(void)
{
	int i;

	for (i = 0; i < DBG_N; i++)
		if (state.ds_level[i] > 0 && !state.ds_off)
			break;
	log_setverbose(i < DBG_N ? 2 : state.ds_verbose > 0);
}

void
dbg_verbose(int n)
{
	state.ds_verbose = n;
	apply();
}

void
dbg_get(struct dbg_state *ds)
{
	*ds = state;
}

void
dbg_set(const struct dbg_state *ds)
{
	state = *ds;
	apply();
}

int
dbg_on(enum dbg_class cls, int level)
{
	return (!state.ds_off && level > 0 && state.ds_level[cls] >= level);
}

void
dbg(enum dbg_class cls, int level, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	if (!dbg_on(cls, level))
		return;
	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len == -1)
		return;
	log_debug("%s %d: %s", names[cls], level, text);
	free(text);
}

void
dbg_level(enum dbg_class cls, int level)
{
	if (cls == DBG_N)
		memset(state.ds_level, level, sizeof(state.ds_level));
	else
		state.ds_level[cls] = level;
	apply();
}

int
dbg_parse(const char *s)
{
	const char *why, *eq = strchr(s, '=');
	enum dbg_class cls = DBG_N;
	char word[8];
	int level;

	if (eq == NULL || eq == s || (size_t)(eq - s) >= sizeof(word))
		return (-1);
	memcpy(word, s, eq - s);
	word[eq - s] = '\0';
	if (strcmp(word, "A") != 0) {
		cls = strtonum(word, 0, DBG_N - 1, &why);
		if (why != NULL)
			return (-1);
	}
	level = strtonum(eq + 1, 0, LEVEL_MAX, &why);
	if (why != NULL)
		return (-1);
	dbg_level(cls, level);
	return (0);
}

void
dbg_toggle(void)
{
	state.ds_off = !state.ds_off;
	apply();
}
