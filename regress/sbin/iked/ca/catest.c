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
 * catest [-l | test]: what auth.h promises, one named test after another.
 */
#include <sys/types.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "catest.h"

static const struct {
	const char	*name;
	void		(*fn)(void);
} tests[] = {
	{ "chains-good",	chains_good },
	{ "chains-dates",	chains_dates },
	{ "chains-bad",		chains_bad },
	{ "chains-crl",		chains_crl },
	{ "chains-partial",	chains_partial },
	{ "chains-local",	chains_local },
	{ "B38-deep",		chains_deep },
	{ "B38-nofetch",	chains_nofetch },
	{ "B38-weak",		chains_weak },
	{ "B38-mutated",	chains_mutated },
	{ "B37-pkcs1",		forged_pkcs1 },
	{ "B37-cube",		forged_cube },
	{ "B37-names",		sigs_names },
	{ "B37-ecdsa",		sigs_ecdsa },
	{ "B37-psk",		secrets_psk },
	{ "B36-names",		names_bad },
	{ "names-san",		names_san },
	{ "names-dn",		names_dn },
	{ "sigs-kinds",		sigs_kinds },
	{ "sigs-policy",	sigs_policy },
	{ "sigs-raw",		sigs_raw },
	{ "store-files",	stores_files },
	{ "store-own",		stores_own },
	{ "store-certreq",	stores_certreq },
	{ "messages",		secrets_messages }
};
#define NTESTS		(sizeof(tests) / sizeof(tests[0]))

char		 logged[4096];
unsigned int	 seed;
static int	 failed;

void
check(int good, const char *fmt, ...)
{
	va_list ap;

	if (good)
		return;
	failed = 1;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

unsigned int
rnd(unsigned int n)
{
	return (rand_r(&seed) % n);
}

/* The log is kept: what it says is tested, too. */
static void
keep(const char *fmt, va_list ap)
{
	size_t n = strlen(logged);

	vsnprintf(logged + n, sizeof(logged) - n, fmt, ap);
	strlcat(logged, "\n", sizeof(logged));
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	keep(fmt, ap);
	va_end(ap);
}

void
log_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	keep(fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
}

void
fatalx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	exit(1);
}

int
main(int argc, char *argv[])
{
	int list = argc == 2 && strcmp(argv[1], "-l") == 0;
	size_t i;

	if (argc != 2 || (!list && getenv("W") == NULL)) {
		fprintf(stderr, "usage: W=directory catest [-l | test]\n");
		return (2);
	}
	for (i = 0; i < NTESTS && list; i++)
		printf("%s\n", tests[i].name);
	if (list)
		return (0);
	seed = getenv("SEED") != NULL ? strtoul(getenv("SEED"), NULL, 10) :
	    (unsigned int)(time(NULL) ^ getpid());
	for (i = 0; i < NTESTS; i++)
		if (strcmp(argv[1], tests[i].name) == 0)
			break;
	if (i == NTESTS) {
		fprintf(stderr, "no test %s\n", argv[1]);
		return (2);
	}
	printf("SEED=%u\n", seed);
	tests[i].fn();
	return (failed);
}
