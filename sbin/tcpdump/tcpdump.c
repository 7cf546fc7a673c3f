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
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tcpdump.h"

struct options	 opt;

static struct capfile	*cf;		/* -r */
static struct bpf_program *bf;
static u_int	 dlt;
static u_int	 snaplen = SNAPLEN_MAX;
static int	 swapped;
static int	 writing;
static u_long	 want;			/* -c, 0: all */
static u_long	 count;

static void __attribute__((__noreturn__))
usage(void)
{
	fprintf(stderr, "usage: tcpdump [-AdefnpqvXx] [-c count] "
	    "[-i interface] [-r file]\n"
	    "               [-s snaplen] [-w file] [-y type] "
	    "[expression]\n");
	exit(1);
}

static u_long
number(const char *s, u_long max, const char *what)
{
	char *end;
	u_long v;

	errno = 0;
	v = strtoul(s, &end, 10);
	if (errno != 0 || *s < '0' || *s > '9' || *end != '\0' || v == 0 ||
	    v > max)
		errx(1, "%s is a number from 1 to %lu, not \"%s\"", what, max,
		    s);
	return (v);
}

static char *
join(char **argv)
{
	size_t size = 1;
	char *s, **ap;

	for (ap = argv; *ap != NULL; ap++)
		size += strlen(*ap) + 1;
	if ((s = calloc(1, size)) == NULL)
		err(1, NULL);
	for (ap = argv; *ap != NULL; ap++) {
		if (ap != argv)
			strcat(s, " ");
		strcat(s, *ap);
	}
	return (s);
}

static int
show(const struct packet *p)
{
	if (writing)
		file_write(p);
	else
		print_packet(p, dlt, swapped);
	return (++count != want);
}

static void
from_file(void)
{
	struct packet p;
	u_int keep;

	while (file_next(cf, &p)) {
		keep = bpf_filter(bf->bf_insns, p.p_data, p.p_len, p.p_caplen);
		if (keep == 0)
			continue;
		if (p.p_caplen > keep)
			p.p_caplen = keep;
		if (!show(&p))
			break;
	}
}

static void
stop(int sig)
{
	capture_stop();
}

static void
from_interface(const char *name)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = stop;
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	fprintf(stderr, "tcpdump: listening on %s, link-type %s\n", name,
	    dlt_name(dlt));
	capture_run(show);
	capture_stats();
}

static int
flags(int ch)
{
	switch (ch) {
	case 'A':
		opt.o_ascii = 1;
		break;
	case 'e':
		opt.o_link = 1;
		break;
	case 'f':
		opt.o_near = 1;
		break;
	case 'n':
		opt.o_numbers = 1;
		break;
	case 'q':
		opt.o_quick = 1;
		break;
	case 'v':
		opt.o_verbose++;
		break;
	case 'X':
		opt.o_hexascii = 1;
		break;
	case 'x':
		opt.o_hex = 1;
		break;
	default:
		return (0);
	}
	return (1);
}

/* The machine's files are read, and all files open, before this. */
static void
drop_privileges(void)
{
	if (pledge("stdio", NULL) == -1)
		err(1, "pledge");
}

int
main(int argc, char **argv)
{
	const char *interface = NULL, *infile = NULL, *outfile = NULL;
	int ch, dflag = 0, promisc = 1, type = -1;

	while ((ch = getopt(argc, argv, "Ac:defi:npqr:s:vw:Xxy:")) != -1)
		switch (ch) {
		case 'c':
			want = number(optarg, 1000000000, "count");
			break;
		case 'd':
			dflag = 1;
			break;
		case 'i':
			interface = optarg;
			break;
		case 'p':
			promisc = 0;
			break;
		case 'r':
			infile = optarg;
			break;
		case 's':
			snaplen = number(optarg, SNAPLEN_MAX, "snaplen");
			break;
		case 'w':
			outfile = optarg;
			break;
		case 'y':
			if ((type = dlt_number(optarg)) == -1)
				errx(1, "%s: no such link type", optarg);
			break;
		default:
			if (!flags(ch))
				usage();
		}
	if (infile != NULL && interface != NULL)
		errx(1, "-r and -i exclude each other");
	if (infile != NULL) {
		cf = file_read(infile);
		dlt = file_dlt(cf);
		swapped = file_swapped(cf);
		if (type != -1 && (u_int)type != dlt)
			errx(1, "%s does not have link type %s", infile,
			    dlt_name(type));
	} else if (dflag && type != -1)
		dlt = type;		/* nothing is opened for it */
	else {
		if (interface == NULL)
			interface = capture_interface();
		dlt = capture_open(interface, promisc && !dflag, type);
	}
	bf = expr_compile(join(argv + optind), dlt, swapped, snaplen);
	if (dflag) {
		code_dump(bf);
		return (0);
	}
	if (cf == NULL)
		capture_filter(bf);
	if (outfile != NULL) {
		writing = 1;
		file_create(outfile, dlt, cf != NULL && file_snaplen(cf) <
		    snaplen ? file_snaplen(cf) : snaplen);
	} else {
		names_init(interface);
		setvbuf(stdout, NULL, _IOLBF, 0);
	}
	drop_privileges();
	if (cf != NULL)
		from_file();
	else
		from_interface(interface);
	file_flush();
	if (fflush(stdout) == EOF)
		err(1, "stdout");
	return (0);
}
