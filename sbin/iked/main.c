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


#include <sys/types.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "ctl.h"
#include "iked.h"
#include "log.h"
#include "proc.h"

const char *const iked_procs[PROC_N] = { "parent", "ca", "control", "ikev2" };
const struct proc_prog proc_prog = { "iked", "_iked", "/var/run/iked.empty",
    iked_procs };

static const char	*theirs;	/* -C */
static const char	*child;		/* -P */
static int		 check;		/* -n */
static struct opts	 opts = {
	.op_file = IKED_CONF,
	.op_socket = CTL_SOCKET,
	.op_natt = IKE_PORT_NATT
};

static void	usage(void) __attribute__((__noreturn__));

static void
usage(void)
{
	fprintf(stderr, "usage: iked [-dnSTtVv] [-C file] [-D macro=value] "
	    "[-f file] [-K dir]\n"
	    "            [-p udpencap_port] [-s socket]\n");
	exit(1);
}

static void
macro(const char *arg)
{
	if (parse_cmdline_macro(arg) == -1)
		warnx("-D %s: no macro=value, ignored", arg);
}

static void
version(void)
{
	fprintf(stderr, "iked %s\n", IKED_VERSION);
	exit(0);
}

static int
option(int ch, const char *arg)
{
	switch (ch) {
	case '6':
		warnx("-6 is obsolete and ignored");
		break;
	case 'C':
		theirs = arg;
		break;
	case 'D':
		macro(arg);
		break;
	case 'd':
		opts.op_foreground = 1;
		break;
	case 'f':
		opts.op_file = arg;
		break;
	case 'K':
		opts.op_keydir = arg;
		break;
	case 'n':
		check = 1;
		break;
	case 'P':
		child = arg;
		break;
	case 'S':
		opts.op_passive = 1;
		break;
	case 's':
		opts.op_socket = arg;
		break;
	case 'V':
		version();
		break;
	case 'v':
		opts.op_verbose++;
		break;
	default:
		return (-1);
	}
	return (0);
}

static void
options(int argc, char *argv[])
{
	int ch, port = 0;

	while ((ch = getopt(argc, argv, "6C:D:df:K:nP:p:Ss:TtVv")) != -1) {
		switch (ch) {
		case 'p':
			opts.op_natt = proc_port(optarg);
			opts.op_force = port = 1;
			break;
		case 'T':
			opts.op_nonatt = 1;
			break;
		case 't':
			opts.op_force = 1;
			break;
		default:
			if (option(ch, optarg) == -1)
				usage();
		}
	}
	if (optind != argc)
		usage();
	if (opts.op_nonatt && port)
		errx(1, "-T and -p are mutually exclusive");
	if (opts.op_nonatt && opts.op_force)
		errx(1, "-T and -t are mutually exclusive");
	if (theirs != NULL && !check)
		errx(1, "-C needs -n");
}

/* To stdout, one way or the other. */
static void
put(struct buf *b)
{
	if (b->b_failed)
		errx(1, "out of memory");
	fwrite(b->b_data, 1, b->b_len, stdout);
	buf_clear(b);
	if (fflush(stdout) == EOF)
		err(1, "stdout");
}

/* -n -C: 0 if all of ours come to a tunnel. */
static int
compare(const struct conf *ours)
{
	struct buf b = { 0 };
	struct conf *other;
	int n;

	if ((other = parse_config(theirs, 1)) == NULL)
		return (1);
	n = conf_agree(&b, ours, other);
	put(&b);
	conf_free(other);
	return (n != 0);
}

/* -n.  Secrets are shown to whom the daemon would obey. */
static int
check_config(void)
{
	struct buf b = { 0 };
	struct conf *conf;
	int rv = 0;

	if ((conf = parse_config(opts.op_file, 1)) == NULL)
		return (1);
	if (opts.op_verbose > 0) {
		conf_print(&b, conf, geteuid() == 0);
		put(&b);
	}
	if (theirs != NULL)
		rv = compare(conf);
	else
		fprintf(stderr, "configuration OK\n");
	conf_free(conf);
	return (rv);
}

static void
run_child(const char *name)
{
	static void (*const runs[PROC_N])(void) = {
		[PROC_CA] = ca_run,
		[PROC_CONTROL] = control_run,
		[PROC_IKEV2] = ikev2_run
	};
	int i;

	for (i = 0; i < PROC_N; i++) {
		if (runs[i] == NULL || strcmp(name, iked_procs[i]) != 0)
			continue;
		log_init(iked_procs[i], opts.op_foreground, opts.op_verbose);
		proc_signals();
		setproctitle("%s", iked_procs[i]);
		runs[i]();
		exit(0);
	}
	errx(1, "-P %s: no such process", name);
}

int
main(int argc, char *argv[])
{
	proc_standard();
	options(argc, argv);
	if (child != NULL)
		run_child(child);
	closefrom(STDERR_FILENO + 1);
	log_init("iked", 1, opts.op_verbose);
	if (check)
		return (check_config());
	if (geteuid() != 0)
		errx(1, "need root privileges");
	if (!opts.op_foreground) {
		opts.op_file = proc_absolute(opts.op_file);
		opts.op_socket = proc_absolute(opts.op_socket);
	}
	parent_run(&opts);
}
