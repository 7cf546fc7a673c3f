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
 * sim [-kv] [-n runs] [-s seed] test
 *
 * Runs a test with the seeds from 1 on, or with one seed.  -k goes on after
 * a failure, -v shows all that was logged.  -l lists the tests.  How many
 * runs is scaled by N, and is twenty times that with FULL=1.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pair.h"

static const struct {
	const char	*name;
	void		(*fn)(struct sim *);
	unsigned int	 runs;
} tests[] = {
	{ "up",		test_up,	500 },
	{ "twice",	test_twice,	100 },
	{ "rekey",	test_rekey,	500 },
	{ "B34-collide",	test_collide,	500 },
	{ "expire",	test_expire,	200 },
	{ "crash",	test_crash,	500 },
	{ "partition",	test_partition,	100 },
	{ "reload",	test_reload,	200 },
	{ "nat",	test_nat,	200 },
	{ "natmove",	test_natmove,	200 },
	{ "mobike",	test_mobike,	200 },
	{ "hub",	test_hub,	100 },
	{ "ctl",	test_ctl,	100 },
	{ "B39-flood",	test_flood,	5 },
	{ "wrong",	test_wrong,	200 },
	{ "B32-group",	test_group,	200 },
	{ "B40-junk",	test_junk,	200 },
	{ "B40-mutate",	test_mutate,	200 },
	{ "B34-rogue",	test_rogue,	200 }
};
#define NTESTS	(sizeof(tests) / sizeof(tests[0]))

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
run(unsigned int i, uint64_t seed, int verbose)
{
	struct sim *s;

	snprintf(doing, sizeof(doing), "%s: seed %llu\n", tests[i].name,
	    (unsigned long long)seed);
	history_clear();
	s = sim_new(seed);
	if (setjmp(s->s_fail) != 0) {
		fprintf(stderr, "%s", doing);
		history_print(verbose ? 100000 : 20);
		return (1);
	}
	tests[i].fn(s);
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
	unsigned int i;

	for (i = 0; i < NTESTS; i++)
		printf("%s\n", tests[i].name);
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
	unsigned int i, runs = 0, failed = 0;
	uint64_t seed = 0, k;
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
	for (i = 0; i < NTESTS; i++)
		if (strcmp(argv[optind], tests[i].name) == 0)
			break;
	if (i == NTESTS)
		errx(2, "no test %s", argv[optind]);
	signal(SIGSEGV, crashed);
	signal(SIGABRT, crashed);
	if (seed != 0)
		return (run(i, seed, verbose));
	if (runs == 0)
		runs = tests[i].runs * count("N", 1) *
		    (count("FULL", 0) == 1 ? 20 : 1);
	for (k = 1; k <= runs; k++)
		if (run(i, k, verbose) != 0) {
			failed++;
			if (!goon)
				break;
		}
	if (failed != 0)
		printf("%u runs failed\n", failed);
	return (failed != 0);
}
