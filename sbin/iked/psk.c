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
 * Pre-shared keys: text, or octets in hex.  None is ever shown.
 */
#include <sys/types.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draft.h"
#include "lex.h"
#include "log.h"

#define MAXPSK	1024		/* octets */

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

static int
take(const void *data, size_t len, uint8_t **psk, size_t *psklen)
{
	if ((*psk = malloc(len)) == NULL)
		fatal("configuration");
	memcpy(*psk, data, len);
	*psklen = len;
	return (0);
}

/* NULL, or what is wrong with the digits. */
static const char *
hex(const char *s, size_t n, uint8_t **psk, size_t *psklen)
{
	uint8_t octets[MAXPSK];
	const char *why = NULL;
	size_t i;
	int hi, lo;

	if (n > 2 * MAXPSK)
		return ("psk too long: at most 1024 octets, 2048 hex digits");
	if (n == 0 || n % 2 != 0)
		return ("two hex digits are needed for each octet");
	for (i = 0; i < n / 2 && why == NULL; i++) {
		hi = nibble(s[2 * i]);
		lo = nibble(s[2 * i + 1]);
		if (hi == -1 || lo == -1)
			why = "only hex digits can be in it";
		else
			octets[i] = hi << 4 | lo;
	}
	if (why == NULL)
		take(octets, n / 2, psk, psklen);
	explicit_bzero(octets, sizeof(octets));
	return (why);
}

/* One more octet than can be good, so that too much is seen. */
static const char *
from_file(const char *name, uint8_t **psk, size_t *psklen)
{
	char data[2 * MAXPSK + 16], *s = data;
	const char *why;
	size_t n = 0;
	ssize_t got;
	int fd;

	if ((fd = lex_openfile(name, &why)) == -1)
		return (why);
	while ((got = read(fd, data + n, sizeof(data) - n)) > 0)
		n += got;
	why = got == -1 ? strerror(errno) : NULL;
	close(fd);
	while (n > 0 && strchr(" \t\r\n", s[n - 1]) != NULL)
		n--;
	if (n >= 2 && s[0] == '0' && s[1] == 'x') {
		s += 2;
		n -= 2;
	}
	if (why == NULL)
		why = n == 0 ? "it is empty" : hex(s, n, psk, psklen);
	explicit_bzero(data, sizeof(data));
	return (why);
}

int
psk_parse(const char *word, int isfile, uint8_t **psk, size_t *psklen)
{
	const char *why;

	if (isfile) {
		if ((why = from_file(word, psk, psklen)) == NULL)
			return (0);
		conf_error("psk file %s: %s", lex_show(word), why);
	} else if (strncmp(word, "0x", 2) == 0) {
		if ((why = hex(word + 2, strlen(word + 2), psk,
		    psklen)) == NULL)
			return (0);
		conf_error("a psk that begins with 0x is in hex: %s", why);
	} else if (*word == '\0')
		conf_error("psk is empty");
	else if (strlen(word) > MAXPSK)
		conf_error("psk too long: at most %d characters", MAXPSK);
	else
		return (take(word, strlen(word), psk, psklen));
	return (-1);
}
