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

#include "daemon.h"
#include "log.h"
#include "proc.h"

const char *const isakmpd_procs[PROC_N] = { "parent", "ca", "ike" };
const struct proc_prog proc_prog = { "isakmpd", ISAKMPD_USER, ISAKMPD_EMPTY,
    isakmpd_procs };

static const char	*child;		/* -P */
static int		 keynote = 1;	/* no -K */
static int		 natt;		/* -N */
static struct opts	 opts = {
	.op_file = ISAKMPD_CONF,
	.op_fifo = ISAKMPD_FIFO,
	.op_pid = ISAKMPD_PID,
	.op_pcap = ISAKMPD_PCAP,
	.op_report = ISAKMPD_REPORT,
	.op_port = IKE_PORT,
	.op_natt = IKE_PORT_NATT
};

static void	usage(void) __attribute__((__noreturn__));

static void
usage(void)
{
	fprintf(stderr, "usage: isakmpd [-46adKLnSTv] [-c config-file] "
	    "[-D class=level] [-f fifo]\n"
	    "               [-i pid-file] [-l packetlog-file] "
	    "[-N udpencap-port]\n"
	    "               [-p listen-port] [-R report-file]\n");
	exit(1);
}

/* Those that take no argument.  -1: none of them. */
static int
flag(int ch)
{
	switch (ch) {
	case '4':
	case '6':
		opts.op_families |= ch == '4' ? FAMILY_4 : FAMILY_6;
		break;
	case 'a':
		opts.op_noflows = 1;
		break;
	case 'd':
		opts.op_foreground = 1;
		break;
	case 'K':
		keynote = 0;
		break;
	case 'L':
		opts.op_pcapnow = 1;
		break;
	case 'n':
		opts.op_nokernel = 1;
		break;
	case 'S':
		opts.op_passive = 1;
		break;
	case 'T':
		opts.op_natt = 0;
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
argument(int ch, const char *arg)
{
	switch (ch) {
	case 'c':
		opts.op_file = arg;
		break;
	case 'D':
		if (dbg_parse(arg) == -1)
			errx(1, "-D %s: a class is 0 to %d or A, its level 0 "
			    "to 99, as in -D A=50", arg, DBG_N - 1);
		break;
	case 'f':
		opts.op_fifo = arg;
		break;
	case 'i':
		opts.op_pid = arg;
		break;
	case 'l':
		opts.op_pcap = arg;
		opts.op_pcapnow = 1;
		break;
	case 'N':
		natt = proc_port(arg);
		break;
	case 'P':
		child = arg;
		break;
	case 'p':
		opts.op_port = proc_port(arg);
		break;
	case 'R':
		opts.op_report = arg;
		break;
	default:
		usage();
	}
}

static void
options(int argc, char *argv[])
{
	int ch;

	while ((ch = getopt(argc, argv,
	    "46ac:D:df:i:KLl:N:nP:p:R:STv")) != -1)
		if (flag(ch) == -1)
			argument(ch, optarg);
	if (optind != argc)
		usage();
	if (opts.op_families == (FAMILY_4 | FAMILY_6))
		errx(1, "-4 and -6 are mutually exclusive");
	if (natt != 0 && opts.op_natt == 0)
		errx(1, "-T and -N are mutually exclusive");
	if (natt != 0)
		opts.op_natt = natt;
	if (opts.op_natt == opts.op_port)
		errx(1, "port %u cannot be both -p and -N: behind a NAT, IKE "
		    "shares its port with ESP", opts.op_port);
	if (opts.op_families == 0)
		opts.op_families = FAMILY_4 | FAMILY_6;
}

static void
run_child(void)
{
	static void (*const runs[PROC_N])(void) = {
		[PROC_CA] = ca_run,
		[PROC_IKE] = ike_run
	};
	int i;

	for (i = PROC_CA; i < PROC_N; i++) {
		if (strcmp(child, isakmpd_procs[i]) != 0)
			continue;
		log_init(isakmpd_procs[i], opts.op_foreground,
		    opts.op_verbose);
		proc_signals();
		setproctitle("%s", isakmpd_procs[i]);
		runs[i]();
		exit(0);
	}
	errx(1, "-P %s: no such process", child);
}

static void
policy(void)
{
	if (keynote)
		log_info("there is no KeyNote policy here: going on as with "
		    "-K");
	if (access(ISAKMPD_POLICY, F_OK) == 0)
		log_info("%s is not read: what peers may have is what the "
		    "configuration says", ISAKMPD_POLICY);
}

/* The daemon's directory will be another. */
static void
absolute(void)
{
	opts.op_file = proc_absolute(opts.op_file);
	opts.op_pid = proc_absolute(opts.op_pid);
	opts.op_pcap = proc_absolute(opts.op_pcap);
	opts.op_report = proc_absolute(opts.op_report);
	if (strcmp(opts.op_fifo, "-") != 0)
		opts.op_fifo = proc_absolute(opts.op_fifo);
}

int
main(int argc, char *argv[])
{
	proc_standard();
	options(argc, argv);
	if (child != NULL)
		run_child();
	closefrom(STDERR_FILENO + 1);
	log_init("isakmpd", 1, 0);
	dbg_verbose(opts.op_verbose);
	if (geteuid() != 0)
		errx(1, "need root privileges");
	absolute();
	policy();
	parent_run(&opts);
}
