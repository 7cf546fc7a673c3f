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
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <net/if.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ifconfig.h"

/* Show and configure network interfaces. */

static void __attribute__((__noreturn__))
usage(void)
{
	fprintf(stderr, "usage: ifconfig [-AaC] [interface] "
	    "[address_family]\n"
	    "                [address [dest_address]] [parameters]\n");
	exit(1);
}

/* The host's texts for these differ from the ones people know from BSD. */
static const char *
reason(int error)
{
	switch (error) {
	case ENXIO:
		return ("Device not configured");
	case EADDRNOTAVAIL:
		return ("Can't assign requested address");
	case EAFNOSUPPORT:
		return ("Address family not supported by protocol family");
	case EBUSY:
		return ("Device busy");
	default:
		return (strerror(error));
	}
}

void
req_warn(const char *request)
{
	warnx("%s: %s", request, reason(errno));
}

void
req_err(const char *request)
{
	errx(1, "%s: %s", request, reason(errno));
}

void
req_err_name(struct ifcfg *ic, const char *request)
{
	errx(1, "%s: %s: %s", ic->ic_name, request, reason(errno));
}

long
number(const char *what, const char *text, long min, long max)
{
	const char *errstr;
	long n;

	n = strtonum(text, min, max, &errstr);
	if (errstr != NULL)
		errx(1, "%s %s: %s", what, text, errstr);
	return (n);
}

void
ifr_init(struct ifcfg *ic, struct ifreq *ifr)
{
	memset(ifr, 0, sizeof(*ifr));
	strlcpy(ifr->ifr_name, ic->ic_name, sizeof(ifr->ifr_name));
}

int
sock_get(void)
{
	int s;

	if ((s = socket(AF_INET, SOCK_DGRAM, 0)) == -1)
		err(1, "socket");
	return (s);
}

/* How many more words at argv are the command's: "tunneldf" or its "copy". */
static int
cmd_optional(const struct cmd *c, char **argv)
{
	return (c != NULL && strcmp(c->c_name, "tunneldf") == 0 &&
	    *argv != NULL && strcmp(*argv, "copy") == 0);
}

/* Nothing is done when a word at the end lacks its argument. */
static void
check_words(char **argv)
{
	const struct cmd *c;
	int i;

	while (*argv != NULL) {
		c = cmd_find(*argv++);
		for (i = 0; c != NULL && i < c->c_nargs; i++) {
			if (*argv++ == NULL)
				errx(1, "'%s' requires %s", c->c_name,
				    c->c_nargs == 1 ? "argument" :
				    "2 arguments");
		}
		argv += cmd_optional(c, argv);
	}
}

static void
obey_words(struct ifcfg *ic, char **argv)
{
	const struct cmd *c;

	while (*argv != NULL) {
		if ((c = cmd_find(*argv)) == NULL) {
			addr_word(ic, *argv++);
			continue;
		}
		c->c_func(ic, argv + 1, c->c_value);
		argv += 1 + c->c_nargs;
		argv += cmd_optional(c, argv);
	}
	addr_flush(ic);
}

/* An interface that is configured comes to be, unless it shall go. */
static void
need_iface(struct ifcfg *ic, const char *word)
{
	if (strcmp(word, "destroy") == 0 || iface_exists(ic))
		return;
	if (iface_create(ic) == 0)
		return;
	if (errno == EINVAL && strcmp(word, "create") != 0) {
		fprintf(stderr, "%s: no such interface\n", ic->ic_name);
		exit(1);
	}
	req_err_name(ic, "SIOCIFCREATE");
}

static void
configure(const char *name, char **argv)
{
	struct ifcfg ic;

	memset(&ic, 0, sizeof(ic));
	strlcpy(ic.ic_name, name, sizeof(ic.ic_name));
	ic.ic_af = &inet_ops;
	check_words(argv);
	ic.ic_s = sock_get();
	need_iface(&ic, argv[0]);
	obey_words(&ic, argv);
}

static int
show(const char *name, char **argv, int aliases)
{
	const struct afops *af = NULL;

	if (*argv != NULL && ((af = af_find(*argv)) == NULL ||
	    argv[1] != NULL))
		usage();
	if (name != NULL)
		return (show_one(sock_get(), name, af ? af->af_af : 0));
	return (show_all(sock_get(), af ? af->af_af : 0, aliases));
}

int
main(int argc, char *argv[])
{
	int ch, all = 0, aliases = 0, cloners = 0;

	while ((ch = getopt(argc, argv, "AaC")) != -1) {
		switch (ch) {
		case 'A':
			all = aliases = 1;
			break;
		case 'a':
			all = 1;
			break;
		case 'C':
			cloners = 1;
			break;
		default:
			usage();
		}
	}
	argc -= optind;
	argv += optind;

	if (cloners) {
		if (all || argc > 0)
			usage();
		clone_list(sock_get());
		return (0);
	}
	if (all || argc == 0)
		return (show(NULL, argv, aliases));
	if (strlen(argv[0]) >= IFNAMSIZ)
		errx(1, "interface name '%s' too long", argv[0]);
	if (argv[0][0] == '\0')
		errx(1, "interface name empty");
	/* a family alone is no parameter */
	if (argc == 1 || (argc == 2 && af_find(argv[1]) != NULL))
		return (show(argv[0], argv + 1, 1));
	configure(argv[0], argv + 1);
	return (0);
}
