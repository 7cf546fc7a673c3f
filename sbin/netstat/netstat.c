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
#include <sys/socket.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netstat.h"
#include "show.h"

/* Show what the network does: routes, interfaces, counters. */

int	nflag, sflag;

/* what was asked for */
static struct {
	int		 bflag;
	int		 iflag;
	int		 rflag;
	int		 vflag;
	int		 Tflag;
	int		 af;
	unsigned int	 rtable;
	const char	*iface;
	const char	*proto;
} want;

static void __attribute__((__noreturn__))
usage(void)
{
	fprintf(stderr,
	    "usage: netstat -r [-nv] [-f inet | inet6] [-T rtable]\n"
	    "       netstat -i | -I interface [-bn] [-f inet | inet6]\n"
	    "       netstat -s [-s] [-p protocol | -r | -I interface]\n");
	exit(1);
}

static int
family(const char *name)
{
	if (strcmp(name, "inet") == 0)
		return (AF_INET);
	if (strcmp(name, "inet6") == 0)
		return (AF_INET6);
	errx(1, "%s: unknown address family, not inet or inet6", name);
}

static void
options(int argc, char **argv)
{
	int ch;

	while ((ch = getopt(argc, argv, "bf:I:inp:rsT:v")) != -1) {
		switch (ch) {
		case 'b':
			want.bflag = 1;
			break;
		case 'f':
			want.af = family(optarg);
			break;
		case 'I':
			want.iface = optarg;
			/* FALLTHROUGH */
		case 'i':
			want.iflag = 1;
			break;
		case 'n':
			nflag = 1;
			break;
		case 'p':
			want.proto = optarg;
			break;
		case 'r':
			want.rflag = 1;
			break;
		case 's':
			sflag++;
			break;
		case 'T':
			want.rtable = table_number(optarg);
			want.Tflag = 1;
			break;
		case 'v':
			want.vflag = 1;
			break;
		default:
			usage();
		}
	}
	if (optind != argc)
		errx(1, "%s: extra argument", argv[optind]);
}

/* Nothing that was asked for is passed over in silence. */
static void
options_check(void)
{
	if (!sflag && want.proto != NULL)
		errx(1, "-p %s needs -s", want.proto);
	if (want.rflag && want.iflag)
		errx(1, "-r and -i exclude each other");
	if (want.bflag && (!want.iflag || sflag))
		errx(1, "-b needs -i or -I, without -s");
	if (want.Tflag && (!want.rflag || sflag))
		errx(1, "-T needs -r, without -s");
	if (want.vflag && (!want.rflag || sflag))
		errx(1, "-v needs -r, without -s");
	if (want.af != AF_UNSPEC && sflag)
		errx(1, "-f and -s exclude each other");
	if (sflag && want.iflag && want.iface == NULL)
		errx(1, "-s and -i exclude each other: use -I interface");
	if (want.proto != NULL && (want.rflag || want.iflag))
		errx(1, "-p excludes -r and -I");
	if (!sflag && !want.rflag && !want.iflag)
		usage();
}

static void
routes(void)
{
	struct rtshow rs;

	memset(&rs, 0, sizeof(rs));
	rs.rs_af = want.af;
	rs.rs_table = want.Tflag ? want.rtable : (unsigned int)getrtable();
	rs.rs_numeric = nflag;
	rs.rs_verbose = want.vflag;
	show_routes(&rs);
}

int
main(int argc, char *argv[])
{
	options(argc, argv);
	options_check();
	if (sflag && want.iface != NULL)
		sec_counters(want.iface);
	else if (sflag && want.rflag)
		routing_counters();
	else if (sflag)
		protocols(want.proto);
	else if (want.rflag)
		routes();
	else
		interfaces(want.af, want.iface, want.bflag);
	return (0);
}
