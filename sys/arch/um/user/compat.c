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
 * What BSD's libc and libutil have and the host's may lack.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "um.h"

size_t	um_strlcat(char *, const char *, size_t);
long long um_strtonum(const char *, long long, long long, const char **);
void	*um_recallocarray(void *, size_t, size_t, size_t);
void	um_freezero(void *, size_t);
int	um_timingsafe_bcmp(const void *, const void *, size_t);
int	um_timingsafe_memcmp(const void *, const void *, size_t);
void	um_setprogname(const char *);
void	um_setproctitle(const char *, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
int	um_fmt_scaled(long long, char *);
int	um_scan_scaled(char *, long long *);

static const char	 um_scales[] = "BKMGTPE";
static const char	*um_progname;
static char		*um_args;	/* where ps(1) looks */
static size_t		 um_argslen;

size_t
um_strlcpy(char *dst, const char *src, size_t size)
{
	size_t len = strlen(src), n;

	if (size > 0) {
		n = len < size ? len : size - 1;
		memcpy(dst, src, n);
		dst[n] = '\0';
	}
	return (len);
}

size_t
um_strlcat(char *dst, const char *src, size_t size)
{
	size_t at = strnlen(dst, size);

	return (at + um_strlcpy(dst + at, src, size - at));
}

long long
um_strtonum(const char *s, long long min, long long max, const char **errp)
{
	const char *err = NULL;
	long long v = 0;
	int saved = errno, error = 0;
	char *end;

	errno = 0;
	v = strtoll(s, &end, 10);
	if (min > max || end == s || *end != '\0') {
		err = "invalid";
		error = EINVAL;
	} else if ((errno == ERANGE && v == LLONG_MIN) || v < min) {
		err = "too small";
		error = ERANGE;
	} else if ((errno == ERANGE && v == LLONG_MAX) || v > max) {
		err = "too large";
		error = ERANGE;
	}
	errno = err != NULL ? error : saved;
	if (errp != NULL)
		*errp = err;
	return (err != NULL ? 0 : v);
}

void
um_freezero(void *p, size_t len)
{
	if (p == NULL)
		return;
	explicit_bzero(p, len);
	free(p);
}

void *
um_recallocarray(void *old, size_t oldn, size_t n, size_t size)
{
	size_t bytes, oldbytes;
	void *new;

	if (old == NULL)
		return (calloc(n, size));
	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return (NULL);
	}
	if (__builtin_mul_overflow(oldn, size, &oldbytes)) {
		errno = EINVAL;
		return (NULL);
	}
	if ((new = calloc(n == 0 ? 1 : n, size)) == NULL)
		return (NULL);
	memcpy(new, old, bytes < oldbytes ? bytes : oldbytes);
	um_freezero(old, oldbytes);
	return (new);
}

int
um_timingsafe_bcmp(const void *a, const void *b, size_t n)
{
	const volatile unsigned char *p = a, *q = b;
	unsigned char diff = 0;

	for (; n > 0; n--)
		diff |= *p++ ^ *q++;
	return (diff != 0);
}

/* The first difference decides, but the time does not tell which it was. */
int
um_timingsafe_memcmp(const void *a, const void *b, size_t n)
{
	const volatile unsigned char *p = a, *q = b;
	int less, more, res = 0, open = -1;

	for (; n > 0; n--, p++, q++) {
		less = ((int)*p - (int)*q) >> 8;
		more = ((int)*q - (int)*p) >> 8;
		res |= (less - more) & open;
		open &= ~(less | more);
	}
	return (res);
}

const char *
um_getprogname(void)
{
	return (um_progname != NULL ? um_progname :
	    program_invocation_short_name);
}

void
um_setprogname(const char *name)
{
	const char *slash = strrchr(name, '/');

	um_progname = slash != NULL ? slash + 1 : name;
}

/* The arguments lie one behind the other: that is the room for a title. */
__attribute__((__constructor__)) static void
um_argsinit(int argc, char **argv, char **envp)
{
	int i;

	if (argc < 1)
		return;
	um_args = argv[0];
	for (i = 0; i < argc && argv[i] == um_args + um_argslen; i++)
		um_argslen += strlen(argv[i]) + 1;
}

void
um_setproctitle(const char *fmt, ...)
{
	char title[256];
	va_list ap;

	if (um_argslen == 0)
		return;
	if (fmt == NULL)
		um_strlcpy(title, um_getprogname(), sizeof(title));
	else {
		int n = snprintf(title, sizeof(title), "%s: ",
		    um_getprogname());

		va_start(ap, fmt);
		vsnprintf(title + n, sizeof(title) - n, fmt, ap);
		va_end(ap);
	}
	/* the program may still read its own name here */
	if (um_progname == NULL)
		um_progname = strdup(program_invocation_short_name);
	memset(um_args, 0, um_argslen);
	um_strlcpy(um_args, title, um_argslen);
}

/* 1023B, 1.0K, 99.9K, 100K */
int
um_fmt_scaled(long long v, char *buf)
{
	unsigned long long n = v < 0 ? -(unsigned long long)v :
	    (unsigned long long)v, tenths = 0;
	const char *sign = v < 0 ? "-" : "";
	int scale = 0;

	while (n >= 1024) {
		tenths = (n % 1024 * 10 + 512) / 1024;
		n /= 1024;
		if (tenths == 10) {
			tenths = 0;
			n++;
		}
		scale++;
	}
	if (scale == 0)
		snprintf(buf, 7, "%s%lluB", sign, n);
	else if (n >= 100)
		snprintf(buf, 7, "%s%llu%c", sign, n + (tenths >= 5),
		    um_scales[scale]);
	else
		snprintf(buf, 7, "%s%llu.%llu%c", sign, n, tenths,
		    um_scales[scale]);
	return (0);
}

/* Digits, a fraction and a letter, between blanks. */
int
um_scan_scaled(char *s, long long *v)
{
	long double n;
	const char *scale;
	char *end;

	s += strspn(s, " \t");
	if (s[strspn(s, "+-")] == '\0' ||
	    strspn(s, "+-.0123456789") == 0) {
		errno = EINVAL;
		return (-1);
	}
	n = strtold(s, &end);
	if (*end != '\0' && *end != ' ' && *end != '\t') {
		scale = strchr(um_scales, *end & ~0x20);
		if (scale == NULL || *scale == '\0' ||
		    end[1 + strspn(end + 1, " \t")] != '\0') {
			errno = EINVAL;
			return (-1);
		}
		for (; scale > um_scales; scale--)
			n *= 1024;
	}
	if (n >= 9223372036854775808.0L || n < -9223372036854775808.0L) {
		errno = ERANGE;
		return (-1);
	}
	*v = n;
	return (0);
}
