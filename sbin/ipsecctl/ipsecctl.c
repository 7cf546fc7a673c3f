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

#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipsecctl.h"

#define DO_FLUSH	0x1
#define DO_MONITOR	0x2

static void	usage(void) __attribute__((__noreturn__));

static void
usage(void)
{
	fprintf(stderr, "usage: %s [-cdFkmnv] [-D macro=value] [-f file] "
	    "[-i fifo] [-s modifier]\n", getprogname());
	exit(1);
}

/* What -s wants; its words may be shortened. */
static const char *
show_what(const char *word)
{
	static const char *const words[] = { "flow", "sa", "all" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (*word != '\0' &&
		    strncmp(word, words[i], strlen(word)) == 0)
			return (words[i]);
	warnx("Unknown show modifier '%s'", word);
	usage();
}

static int
load_ike(const struct rule *r, int opts, const char *fifo)
{
	const char *why;

	if ((why = fifo_write(fifo, r->ike.text, r->ike.len)) == NULL)
		return (0);
	warnx("failed to %s ike rule %u: %s: %d: %s",
	    opts & OPT_DELETE ? "delete" : "add", r->nr, r->file, r->line,
	    why);
	return (-1);
}

static int
load_one(const struct rule *r, int opts, const char *fifo)
{
	const char *why, *what;

	if (opts & OPT_VERBOSE)
		rule_print(r, opts);
	if (opts & OPT_NOACTION)
		return (0);
	if (r->type == RULE_IKE)
		return (load_ike(r, opts, fifo));
	if ((why = pfkey_rule(r, opts & OPT_DELETE)) == NULL)
		return (0);
	what = r->type == RULE_FLOW ? "flow" :
	    r->type == RULE_BUNDLE ? "bundle" : satype_name(r->satype);
	warnx("failed to %s rule %u: %s: %d: %s rule: %s",
	    opts & OPT_DELETE ? "delete" : "add", r->nr, r->file, r->line,
	    what, why);
	return (-1);
}

static int
load(struct rulelist *rules, int opts, const char *fifo)
{
	struct rule *r;
	int rv = 0;

	while ((r = TAILQ_FIRST(rules)) != NULL) {
		TAILQ_REMOVE(rules, r, entry);
		if (load_one(r, opts, fifo) == -1)
			rv = -1;
		rule_free(r);
	}
	return (rv);
}

/* Rules for isakmpd alone need no kernel. */
static int
needs_kernel(const struct rulelist *rules)
{
	const struct rule *r;

	TAILQ_FOREACH(r, rules, entry)
		if (r->type != RULE_IKE)
			return (1);
	return (0);
}

static int
run(int opts, int todo, const char *file, const char *fifo, const char *what)
{
	struct rulelist rules = TAILQ_HEAD_INITIALIZER(rules);
	int rv = 0;

	/* A file that cannot be loaded must not cost the SAs there are. */
	if (file != NULL && conf_load(file, opts, &rules) == -1)
		errx(1, "Syntax error in config file: ipsec rules not loaded");
	if (!(opts & OPT_NOACTION) && (needs_kernel(&rules) ||
	    todo & DO_FLUSH))
		pfkey_open();
	if (todo & DO_FLUSH && !(opts & OPT_NOACTION))
		pfkey_flush();
	if (load(&rules, opts, fifo) == -1)
		rv = 1;
	conf_done();
	addr_done();
	pfkey_close();
	if (what != NULL)
		show(strcmp(what, "sa") != 0, strcmp(what, "flow") != 0, opts);
	if (todo & DO_MONITOR) {
		fflush(stdout);
		pfkey_monitor(opts);
	}
	return (rv);
}

static void
check_options(int opts, int todo, const char *file, const char *fifo,
    const char *what)
{
	if (file == NULL && what == NULL && todo == 0)
		usage();
	if (file == NULL && opts & OPT_DELETE)
		errx(1, "-d deletes what a file describes: give it with -f");
	if (file == NULL && fifo != NULL)
		errx(1, "-i is where ike rules of a file go: give it with -f");
	if (file == NULL && opts & OPT_NOACTION)
		errx(1, "-n checks a file: give it with -f");
	if (opts & OPT_MERGE && (what == NULL || *what == 's'))
		errx(1, "-c merges the flows of -s flow and -s all");
	if (opts & OPT_NOACTION && todo & DO_MONITOR)
		errx(1, "-n and -m exclude each other");
}

int
main(int argc, char *argv[])
{
	const char *file = NULL, *fifo = NULL, *what = NULL;
	int ch, opts = 0, todo = 0;

	while ((ch = getopt(argc, argv, "cD:dFf:i:kmns:v")) != -1) {
		switch (ch) {
		case 'c':
			opts |= OPT_MERGE;
			break;
		case 'D':
			if (conf_define(optarg) == -1)
				errx(1, "-D %s: not name=value", optarg);
			break;
		case 'd':
			opts |= OPT_DELETE;
			break;
		case 'F':
			todo |= DO_FLUSH;
			break;
		case 'f':
			if (file != NULL)
				errx(1, "-f twice: use include in the file");
			file = optarg;
			break;
		case 'i':
			fifo = optarg;
			break;
		case 'k':
			opts |= OPT_SHOWKEY;
			break;
		case 'm':
			todo |= DO_MONITOR;
			break;
		case 'n':
			opts |= OPT_NOACTION;
			break;
		case 's':
			what = show_what(optarg);
			break;
		case 'v':
			opts |= opts & OPT_VERBOSE ? OPT_VERBOSE2 :
			    OPT_VERBOSE;
			break;
		default:
			usage();
		}
	}
	if (optind != argc) {
		warnx("unknown command line argument: %s ...", argv[optind]);
		usage();
	}
	check_options(opts, todo, file, fifo, what);
	ch = run(opts, todo, file, fifo != NULL ? fifo : IKE_FIFO, what);
	if (fflush(stdout) == EOF)
		err(1, "stdout");
	return (ch);
}
