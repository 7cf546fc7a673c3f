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
 * sim [-klv] [-n runs] [-s seed] test
 *
 * Runs a test with the seeds from $SEED (1) on, or with one seed.  -k goes on
 * after a failure, -v shows all that was logged.  -l lists the tests.  How
 * many runs is scaled by N, and is twenty times that with FULL=1.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim.h"

static char	 doing[64];

/* Whatever ends the process, the seed is known. */
static void
crashed(int sig)
{
	if (write(STDERR_FILENO, doing, strlen(doing)) != -1) {
		signal(sig, SIG_DFL);
		raise(sig);
	}
}

void	__asan_on_error(void);
void
__asan_on_error(void)
{
	if (write(STDERR_FILENO, doing, strlen(doing)) == -1)
		return;
}

static int
run(const struct sim_test *t, uint64_t seed, int verbose)
{
	struct sim *s;

	snprintf(doing, sizeof(doing), "%s: seed %llu\n", t->st_name,
	    (unsigned long long)seed);
	history_clear();
	s = sim_new(seed);
	if (setjmp(s->s_fail) != 0) {
		fprintf(stderr, "%s", doing);
		history_print(verbose ? 100000 : 20);
		return (1);
	}
	t->st_fn(s);
	if (verbose)
		history_print(100000);
	return (0);
}

static unsigned int
count(const char *name, unsigned int def)
{
	const char *v = getenv(name);

	return (v == NULL || *v == '\0' ? def : strtoul(v, NULL, 10));
}

static void __attribute__((__noreturn__))
list(void)
{
	const struct sim_test *t;

	for (t = sim_tests; t->st_name != NULL; t++)
		printf("%s\n", t->st_name);
	exit(0);
}

static void
usage(void)
{
	fprintf(stderr, "usage: sim [-klv] [-n runs] [-s seed] test\n");
	exit(2);
}

int
main(int argc, char **argv)
{
	const struct sim_test *t;
	unsigned int runs = 0, failed = 0;
	uint64_t seed = 0, base = count("SEED", 1), k;
	int c, goon = 0, verbose = 0;

	while ((c = getopt(argc, argv, "kln:s:v")) != -1)
		switch (c) {
		case 'k':
			goon = 1;
			break;
		case 'l':
			list();
		case 'n':
			runs = strtoul(optarg, NULL, 10);
			break;
		case 's':
			seed = strtoull(optarg, NULL, 10);
			break;
		case 'v':
			verbose = 1;
			break;
		default:
			usage();
		}
	if (argc - optind != 1)
		usage();
	for (t = sim_tests; t->st_name != NULL; t++)
		if (strcmp(argv[optind], t->st_name) == 0)
			break;
	if (t->st_name == NULL)
		errx(2, "no test %s", argv[optind]);
	signal(SIGSEGV, crashed);
	signal(SIGABRT, crashed);
	if (seed != 0)
		return (run(t, seed, verbose));
	if (runs == 0)
		runs = t->st_runs * count("N", 1) *
		    (count("FULL", 0) == 1 ? 20 : 1);
	for (k = 0; k < runs; k++)
		if (run(t, base + k, verbose) != 0) {
			failed++;
			if (!goon)
				break;
		}
	if (failed != 0)
		printf("%u runs failed\n", failed);
	return (failed != 0);
}
