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
#include <sys/sysctl.h>
#include <sys/time.h>

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sysctl.h"

/* Read and write system variables by name. */

#define PORTMAP_BITS	65536

static int	 nflag;		/* values alone */
static int	 qflag;		/* less to read */
static int	 failed;

static void __attribute__((__noreturn__))
usage(void)
{
	fprintf(stderr, "usage: sysctl [-anq] [name ...]\n"
	    "       sysctl [-nqw] name=value ...\n");
	exit(1);
}

/* What went wrong with one name; the others still have their turn. */
static void
complain(const char *name, const char *why)
{
	warnx("%s: %s", name, why);
	failed = 1;
}

/* Is the kernel without this one? */
static int
lacks(int error)
{
	return (error == EOPNOTSUPP || error == ENOPROTOOPT);
}

static const char *
reason(int error)
{
	if (lacks(error))
		return ("this kernel does not have it");
	if (error == EINVAL)
		return ("the kernel does not take this value");
	return (strerror(error));
}

/* The value, malloc'ed, with a NUL behind it; NULL with errno. */
static void *
fetch(const struct var *v, size_t *lenp)
{
	char *buf = NULL, *p;
	size_t len = 0;

	for (;;) {
		if (sysctl(v->v_mib, v->v_miblen, NULL, &len, NULL, 0) == -1)
			break;
		if ((p = realloc(buf, len + 1)) == NULL)
			err(1, NULL);
		buf = p;
		memset(buf, 0, len + 1);
		if (sysctl(v->v_mib, v->v_miblen, buf, &len, NULL, 0) == 0) {
			*lenp = len;
			return (buf);
		}
		/* it grew in between */
		if (errno != ENOMEM)
			break;
	}
	free(buf);
	return (NULL);
}

static void
print_boottime(const struct timeval *tv)
{
	time_t t = tv->tv_sec;
	char text[32];

	if (nflag)
		printf("%lld", (long long)t);
	else if (ctime_r(&t, text) == NULL)
		printf("?");
	else
		printf("%.*s", (int)strcspn(text, "\n"), text);
}

static void
print_ports(const uint32_t *map)
{
	const char *sep = "";
	int i;

	for (i = 0; i < PORTMAP_BITS; i++) {
		if (map[i / 32] & (1U << (i % 32))) {
			printf("%s%d", sep, i);
			sep = ",";
		}
	}
}

/* How many bytes the value must have: what is shorter is not shown. */
static size_t
min_size(enum vartype type)
{
	switch (type) {
	case V_INT:
		return (sizeof(int));
	case V_QUAD:
		return (sizeof(int64_t));
	case V_BOOTTIME:
		return (sizeof(struct timeval));
	case V_PORTS:
		return (PORTMAP_BITS / 8);
	default:
		return (0);
	}
}

static void
print_value(const struct var *v, const void *buf, size_t len)
{
	if (len < min_size(v->v_type)) {
		printf("?");
		complain(v->v_name, "the kernel's value is too short");
		return;
	}
	switch (v->v_type) {
	case V_INT:
		printf("%d", *(const int *)buf);
		break;
	case V_QUAD:
		printf("%" PRId64, *(const int64_t *)buf);
		break;
	case V_BOOTTIME:
		print_boottime(buf);
		break;
	case V_PORTS:
		print_ports(buf);
		break;
	default:
		printf("%s", (const char *)buf);
		break;
	}
}

/*
 * A name that was given must have a value; in a subtree, what the kernel
 * lacks or will not show is passed over.  Returns whether it was shown.
 */
static int
show(const struct var *v, int byname)
{
	void *buf;
	size_t len;

	if (v->v_type == V_STRUCT) {
		if (byname && !qflag)
			warnx("use '%s' to see %s", v->v_hint, v->v_name);
		return (0);
	}
	if ((buf = fetch(v, &len)) == NULL) {
		if (!byname && (lacks(errno) || errno == EPERM))
			return (0);
		/* without a kernel none of them has a value */
		if (!byname)
			err(1, "%s", v->v_name);
		if (!qflag)
			complain(v->v_name, reason(errno));
		failed = 1;
		return (0);
	}
	if (!nflag)
		printf("%s=", v->v_name);
	print_value(v, buf, len);
	printf("\n");
	free(buf);
	return (1);
}

static const struct var *
find(const char *name)
{
	size_t i;

	for (i = 0; i < nvars; i++) {
		if (strcmp(vars[i].v_name, name) == 0)
			return (&vars[i]);
	}
	return (NULL);
}

static int
is_below(const struct var *v, const char *node)
{
	size_t len = strlen(node);

	return (strncmp(v->v_name, node, len) == 0 && v->v_name[len] == '.');
}

static int
is_node(const char *name)
{
	size_t i;

	for (i = 0; i < nvars; i++) {
		if (is_below(&vars[i], name))
			return (1);
	}
	return (0);
}

/* Everything below a node, or with NULL everything: how many there are. */
static int
show_subtree(const char *node)
{
	size_t i;
	int n = 0;

	for (i = 0; i < nvars; i++) {
		if (node == NULL || is_below(&vars[i], node))
			n += show(&vars[i], 0);
	}
	return (n);
}

/* A node without a value to show: who else shows it? */
static void
show_hints(const char *node)
{
	size_t i;
	int n = 0;

	for (i = 0; i < nvars; i++) {
		if (is_below(&vars[i], node) && vars[i].v_type == V_STRUCT) {
			show(&vars[i], 1);
			n++;
		}
	}
	if (n > 0)
		return;
	failed = 1;
	if (!qflag)
		complain(node, reason(EOPNOTSUPP));
}

static void
show_name(const char *name)
{
	const struct var *v;

	if ((v = find(name)) != NULL)
		show(v, 1);
	else if (is_node(name)) {
		if (show_subtree(name) == 0)
			show_hints(name);
	} else {
		failed = 1;
		if (!qflag)
			complain(name, "no such name");
	}
}

/* The text as the kernel wants it: 0, or -1 and it was complained about. */
static int
parse(const struct var *v, const char *text, void *buf, size_t size,
    size_t *lenp)
{
	const char *errstr = NULL;
	int64_t n;
	int i;

	switch (v->v_type) {
	case V_INT:
		i = strtonum(text, INT_MIN, INT_MAX, &errstr);
		memcpy(buf, &i, *lenp = sizeof(i));
		break;
	case V_QUAD:
		n = strtonum(text, INT64_MIN, INT64_MAX, &errstr);
		memcpy(buf, &n, *lenp = sizeof(n));
		break;
	case V_STRING:
		if ((*lenp = strlcpy(buf, text, size)) >= size)
			errstr = "too long";
		break;
	default:
		errstr = "cannot be set";
		break;
	}
	if (errstr != NULL) {
		warnx("%s=%s: %s", v->v_name, text, errstr);
		failed = 1;
		return (-1);
	}
	return (0);
}

static void
report(const struct var *v, const void *old, size_t oldlen)
{
	void *buf;
	size_t len;

	if (qflag)
		return;
	if (!nflag) {
		printf("%s: ", v->v_name);
		if (old != NULL)
			print_value(v, old, oldlen);
		printf(" -> ");
	}
	if ((buf = fetch(v, &len)) != NULL)
		print_value(v, buf, len);
	printf("\n");
	free(buf);
}

static void
set(char *name, const char *text)
{
	const struct var *v;
	char new[1024];
	void *old;
	size_t oldlen = 0, newlen;

	if ((v = find(name)) == NULL) {
		complain(name, is_node(name) ? "names many values" :
		    "no such name");
		return;
	}
	if (parse(v, text, new, sizeof(new), &newlen) == -1)
		return;
	old = fetch(v, &oldlen);
	if (sysctl(v->v_mib, v->v_miblen, NULL, NULL, new, newlen) == -1) {
		warnx("%s=%s: %s", name, text, reason(errno));
		failed = 1;
	} else
		report(v, old, oldlen);
	free(old);
}

static void
word(char *arg, int wflag)
{
	char *value;

	if ((value = strchr(arg, '=')) != NULL) {
		*value++ = '\0';
		set(arg, value);
	} else if (wflag)
		complain(arg, "no value is given");
	else
		show_name(arg);
}

int
main(int argc, char *argv[])
{
	int ch, aflag = 0, wflag = 0;

	while ((ch = getopt(argc, argv, "anqw")) != -1) {
		switch (ch) {
		case 'a':
			aflag = 1;
			break;
		case 'n':
			nflag = 1;
			break;
		case 'q':
			qflag = 1;
			break;
		case 'w':
			wflag = 1;
			break;
		default:
			usage();
		}
	}
	argc -= optind;
	argv += optind;
	if ((aflag && argc > 0) || (wflag && (aflag || argc == 0)))
		usage();
	if (argc == 0)
		show_subtree(NULL);
	for (; *argv != NULL; argv++)
		word(*argv, wflag);
	if (fflush(stdout) == EOF)
		err(1, "stdout");
	return (failed);
}
