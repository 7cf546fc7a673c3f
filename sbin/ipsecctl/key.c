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

#include <stdlib.h>
#include <string.h>

#include "conf.h"

#define MAXKEY	256		/* bytes */

static int
nibble(int c)
{
	if (c >= '0' && c <= '9')
		return (c - '0');
	if (c >= 'a' && c <= 'f')
		return (c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (c - 'A' + 10);
	return (-1);
}

/* The key itself is never shown. */
static int
key_hex(const char *hex, size_t n, struct key *key)
{
	size_t i;
	int hi, lo;

	if (n == 0 || n % 2 != 0 || n / 2 > MAXKEY) {
		conf_error("key of %zu hex digits: it needs two for each of "
		    "1 to %d bytes", n, MAXKEY);
		return (-1);
	}
	key->len = n / 2;
	key->data = xcalloc(1, key->len);
	for (i = 0; i < key->len; i++) {
		hi = nibble(hex[2 * i]);
		lo = nibble(hex[2 * i + 1]);
		if (hi == -1 || lo == -1) {
			conf_error("key: character %zu is no hex digit",
			    2 * i + (hi != -1) + 1);
			return (-1);
		}
		key->data[i] = hi << 4 | lo;
	}
	return (0);
}

/* One line of hex digits, 0x in front or not. */
static int
key_file(const char *name, struct key *key)
{
	char buf[2 + 2 * MAXKEY + 4], *p = buf;
	const char *why;
	FILE *fp;
	size_t n;
	int rv = -1;

	if ((fp = lex_fopen(name, &why)) == NULL) {
		conf_error("key file \"%s\": %s", name, why);
		return (-1);
	}
	setvbuf(fp, NULL, _IONBF, 0);
	n = fread(buf, 1, sizeof(buf) - 1, fp);
	buf[n] = '\0';
	fclose(fp);
	while (n > 0 && strchr(" \t\r\n", buf[n - 1]) != NULL)
		n--;
	if (n >= 2 && buf[0] == '0' && (buf[1] == 'x' || buf[1] == 'X')) {
		p += 2;
		n -= 2;
	}
	if (n > 2 * MAXKEY || n == 0)
		conf_error("key file \"%s\" must hold one key of 1 to %d "
		    "bytes in hex digits", name, MAXKEY);
	else
		rv = key_hex(p, n, key);
	explicit_bzero(buf, sizeof(buf));
	return (rv);
}

int
key_parse(const char *text, int isfile, struct key *key)
{
	if (isfile)
		return (key_file(text, key));
	if (strncmp(text, "0x", 2) != 0) {
		conf_error("key without 0x: write 0x and hex digits, or file "
		    "\"name\"");
		return (-1);
	}
	return (key_hex(text + 2, strlen(text + 2), key));
}
