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
#include <netinet/in.h>
#include <netinet/ip.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ping.h"

#define NSEC		1000000000LL
#define DEFAULT_DATA	56		/* bytes */
#define DEFAULT_WAIT	10		/* seconds */
#define MAX_INTERVAL	86400.0		/* seconds */

/* One program with two names. */
static int
is_ping6(void)
{
	return (strcmp(getprogname(), "ping6") == 0);
}

static void __attribute__((__noreturn__))
usage(void)
{
	if (is_ping6())
		fprintf(stderr, "usage: ping6 [-DHmnqv] [-c count] "
		    "[-h hoplimit] [-I sourceaddr]\n"
		    "             [-i interval] [-p pattern] "
		    "[-s packetsize] [-T toskeyword]\n"
		    "             [-V rtable] [-w maxwait] host\n");
	else
		fprintf(stderr, "usage: ping [-DHnqv] [-c count] "
		    "[-I sourceaddr] [-i interval] [-p pattern]\n"
		    "            [-s packetsize] [-T toskeyword] [-t ttl] "
		    "[-V rtable] [-w maxwait]\n"
		    "            host\n");
	exit(1);
}

static long
number(const char *what, const char *text, long min, long max)
{
	const char *errstr;
	long n;

	n = strtonum(text, min, max, &errstr);
	if (errstr != NULL)
		errx(1, "%s is %s: %s", what, errstr, text);
	return (n);
}

/* Seconds, perhaps with a fraction. */
static int64_t
interval(const char *text)
{
	char *end;
	double d;

	errno = 0;
	d = strtod(text, &end);
	if (end == text || *end != '\0' || errno != 0 || !isfinite(d) ||
	    d <= 0 || d > MAX_INTERVAL)
		errx(1, "bad timing interval: %s", text);
	if (d < 1 && geteuid() != 0)
		errx(1, "only root can use an interval below 1 second");
	d *= NSEC;
	return (d < 1 ? 1 : (int64_t)d);
}

static void
pattern(const char *text, struct ping_opts *po)
{
	size_t len = strlen(text), i;
	unsigned int byte;
	char pair[3] = "";

	if (len == 0 || len % 2 != 0 || len > 2 * sizeof(po->po_pattern) ||
	    strspn(text, "0123456789abcdefABCDEF") != len)
		errx(1, "pattern must be 1 to %zu bytes, two hexadecimal "
		    "digits each: %s", sizeof(po->po_pattern), text);
	for (i = 0; i < len / 2; i++) {
		memcpy(pair, text + 2 * i, 2);
		sscanf(pair, "%x", &byte);
		po->po_pattern[i] = byte;
	}
	po->po_patlen = len / 2;
}

static const struct {
	const char	*name;
	int		 tos;
} tosnames[] = {
	{ "af11", IPTOS_DSCP_AF11 }, { "af12", IPTOS_DSCP_AF12 },
	{ "af13", IPTOS_DSCP_AF13 }, { "af21", IPTOS_DSCP_AF21 },
	{ "af22", IPTOS_DSCP_AF22 }, { "af23", IPTOS_DSCP_AF23 },
	{ "af31", IPTOS_DSCP_AF31 }, { "af32", IPTOS_DSCP_AF32 },
	{ "af33", IPTOS_DSCP_AF33 }, { "af41", IPTOS_DSCP_AF41 },
	{ "af42", IPTOS_DSCP_AF42 }, { "af43", IPTOS_DSCP_AF43 },
	{ "critical", IPTOS_PREC_CRITIC_ECP },
	{ "cs0", IPTOS_DSCP_CS0 }, { "cs1", IPTOS_DSCP_CS1 },
	{ "cs2", IPTOS_DSCP_CS2 }, { "cs3", IPTOS_DSCP_CS3 },
	{ "cs4", IPTOS_DSCP_CS4 }, { "cs5", IPTOS_DSCP_CS5 },
	{ "cs6", IPTOS_DSCP_CS6 }, { "cs7", IPTOS_DSCP_CS7 },
	{ "ef", IPTOS_DSCP_EF },
	{ "inetcontrol", IPTOS_PREC_INTERNETCONTROL },
	{ "lowdelay", IPTOS_LOWDELAY },
	{ "netcontrol", IPTOS_PREC_NETCONTROL },
	{ "reliability", IPTOS_RELIABILITY },
	{ "throughput", IPTOS_THROUGHPUT },
};

static int
tos(const char *text)
{
	unsigned long n;
	char *end;
	size_t i;

	for (i = 0; i < sizeof(tosnames) / sizeof(tosnames[0]); i++) {
		if (strcmp(tosnames[i].name, text) == 0)
			return (tosnames[i].tos);
	}
	errno = 0;
	n = strtoul(text, &end, 0);
	if (text[0] == '-' || end == text || *end != '\0' || errno != 0 ||
	    n > 255)
		errx(1, "bad type of service: %s", text);
	return (n);
}

static int
resolve(const char *host, const struct ping_opts *po, int flags,
    union ping_addr *addr)
{
	struct addrinfo hints, *res;
	int error;

	memset(&hints, 0, sizeof(hints));
	hints.ai_family = po->po_af->pa_family;
	hints.ai_socktype = SOCK_DGRAM;
	hints.ai_flags = flags;
	if ((error = getaddrinfo(host, NULL, &hints, &res)) != 0)
		return (error);
	memcpy(addr, res->ai_addr, res->ai_addrlen);
	addr->sa.sa_len = res->ai_addrlen;
	freeaddrinfo(res);
	return (0);
}

static void
source(const char *text, struct ping_opts *po)
{
	if (resolve(text, po, AI_NUMERICHOST, &po->po_src) != 0)
		errx(1, "bad source address: %s", text);
}

static void
destination(const char *host, struct ping_opts *po)
{
	int error;

	if (po->po_af == &ping_inet && strchr(host, ':') != NULL)
		errx(1, "%s: not an IPv4 address, see ping6(8)", host);
	if ((error = resolve(host, po, 0, &po->po_dst)) != 0)
		errx(1, "%s: %s", host, gai_strerror(error));
	po->po_host = host;
}

static void
defaults(struct ping_opts *po)
{
	memset(po, 0, sizeof(*po));
	po->po_af = is_ping6() ? &ping_inet6 : &ping_inet;
	po->po_interval = NSEC;
	po->po_maxwait = DEFAULT_WAIT * NSEC;
	po->po_size = DEFAULT_DATA;
	po->po_ttl = is_ping6() ? -1 : MAXTTL;
	po->po_rtable = -1;
}

static int
option(int ch, const char *arg, struct ping_opts *po)
{
	switch (ch) {
	case 'c':
		po->po_count = number("count", arg, 1, LONG_MAX);
		break;
	case 'D':
		po->po_df = 1;
		break;
	case 'h':
		po->po_ttl = number("hoplimit", arg, 0, MAXTTL);
		break;
	case 'H':
		po->po_names = 1;
		break;
	case 'I':
		source(arg, po);
		break;
	case 'i':
		po->po_interval = interval(arg);
		break;
	case 'm':
		po->po_bigger++;
		break;
	case 'n':
		po->po_names = 0;
		break;
	case 'p':
		pattern(arg, po);
		break;
	case 'q':
		po->po_quiet = 1;
		break;
	case 's':
		po->po_size = number("packet size", arg, 0,
		    po->po_af->pa_maxdata);
		break;
	case 'T':
		po->po_tos = tos(arg);
		break;
	case 't':
		po->po_ttl = number("ttl", arg, 1, MAXTTL);
		break;
	case 'V':
		po->po_rtable = number("rtable", arg, 0, RT_TABLEID_MAX);
		break;
	case 'v':
		po->po_verbose = 1;
		break;
	case 'w':
		po->po_maxwait = number("maxwait", arg, 1, INT_MAX) * NSEC;
		break;
	default:
		return (-1);
	}
	return (0);
}

void
options(int argc, char **argv, struct ping_opts *po)
{
	const char *letters = is_ping6() ? "c:DHh:I:i:mnp:qs:T:V:vw:" :
	    "c:DHI:i:np:qs:T:t:V:vw:";
	int ch;

	defaults(po);
	while ((ch = getopt(argc, argv, letters)) != -1) {
		if (option(ch, optarg, po) == -1)
			usage();
	}
	if (argc - optind != 1)
		usage();
	destination(argv[optind], po);
}
