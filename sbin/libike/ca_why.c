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
 * Refusals in words.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "store.h"

#define WHY_MAX		500		/* octets of one reason */

int
ca_refuse(char **why, const char *fmt, ...)
{
	va_list ap;
	char *text, *p;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n == -1)
		text = NULL;
	else if (n > WHY_MAX)
		memcpy(text + WHY_MAX - 3, "...", sizeof("..."));
	for (p = text; p != NULL && *p != '\0'; p++)
		if ((unsigned char)*p > 126 || !isprint((unsigned char)*p))
			*p = '?';
	/* Only now: the arguments may be what was there. */
	free(*why);
	*why = text;
	return (-1);
}

const char *
ca_liberror(void)
{
	const char *s = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return (s != NULL ? s : "unknown error of libcrypto");
}
