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
 * parse [-cs] [-D name=value] [-l file] file: print a configuration as it is
 * understood, if all these agree: itself through conf_put() and conf_get();
 * what it is printed as, read again.  -c asks no kernel, -s shows secrets,
 * -l reads another file before, whatever comes of it, as a reload does.
 * parse -g n file: n times something else than conf_put() wrote.
 * parse -e other file: what policies of one name have in common.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "conf.h"
#include "log.h"
#include "proposal.h"

static int	 check;

/* Two that should be equal in everything. */
static void
compare(const struct conf *a, const struct conf *b, const char *what)
{
	const struct policy *p, *q = TAILQ_FIRST(&b->conf_policies);

	if (a->conf_flags != b->conf_flags || a->conf_dpd != b->conf_dpd)
		errx(2, "%s: another configuration", what);
	TAILQ_FOREACH(p, &a->conf_policies, pol_entry) {
		if (q == NULL || !policy_equal(p, q) || !policy_same(q, p))
			errx(2, "%s: another policy: %s", what, p->pol_name);
		q = TAILQ_NEXT(q, pol_entry);
	}
	if (q != NULL)
		errx(2, "%s: a policy more", what);
}

static void
failed(const struct buf *b)
{
	if (b->b_failed)
		errx(2, "no memory");
}

static void
trip(const struct conf *c, int secrets)
{
	struct policy *pol;
	struct conf *got;
	struct buf b;
	struct span s;

	memset(&b, 0, sizeof(b));
	conf_put(&b, c, secrets);
	failed(&b);
	s.s_data = b.b_data;
	s.s_len = b.b_len;
	if ((got = conf_get(&s)) == NULL || s.s_len != 0)
		errx(2, "conf_get: %zu octets are left", s.s_len);
	TAILQ_FOREACH(pol, &got->conf_policies, pol_entry)
		if (!secrets && pol->pol_psk != NULL)
			errx(2, "conf_put: a secret that was not wanted");
	if (secrets)
		compare(c, got, "conf_get");
	conf_free(got);
	buf_clear(&b);
}

static void
again(const struct conf *c)
{
	struct conf *got;
	struct buf b;
	char name[] = "again.XXXXXX";
	int fd;

	memset(&b, 0, sizeof(b));
	conf_print(&b, c, 1);
	failed(&b);
	if ((fd = mkstemp(name)) == -1 ||
	    write(fd, b.b_data, b.b_len) != (ssize_t)b.b_len)
		err(2, "%s", name);
	close(fd);
	if ((got = parse_config(name, 1)) == NULL)
		errx(2, "what is printed is not understood");
	unlink(name);
	compare(c, got, "what is printed");
	conf_free(got);
	buf_clear(&b);
}

static void
show(const struct conf *c, int secrets)
{
	struct buf b;

	memset(&b, 0, sizeof(b));
	conf_print(&b, c, secrets);
	failed(&b);
	fflush(stdout);
	if (write(STDOUT_FILENO, b.b_data, b.b_len) != (ssize_t)b.b_len)
		err(2, "stdout");
	buf_clear(&b);
}

/* What everybody who has a configuration may rely on. */
static void
sound(const struct conf *c)
{
	const struct policy *p;

	TAILQ_FOREACH(p, &c->conf_policies, pol_entry)
		if (p->pol_local.ce_plen >
		    8 * addr_len(&p->pol_local.ce_addr) ||
		    p->pol_peer.ce_plen >
		    8 * addr_len(&p->pol_peer.ce_addr) ||
		    p->pol_src.tl_n == 0 ||
		    p->pol_src.tl_n != p->pol_dst.tl_n ||
		    p->pol_srcid.id_type == 0 || p->pol_ikesa.ps_n == 0 ||
		    p->pol_childsa.ps_n == 0 ||
		    p->pol_auth > CONF_AUTH_RFC7427)
			errx(2, "%s: not sound", p->pol_name);
}

static void
garbage_once(const struct buf *b)
{
	uint8_t *data;
	struct conf *c;
	struct buf out;
	struct span s;
	size_t len = b->b_len, i;
	long what = random() % 4;

	/* a copy as long as it is, for the sanitizer to see its end */
	if (what == 0)
		len = random() % b->b_len;
	if ((data = malloc(len + 1)) == NULL)
		err(2, NULL);
	memcpy(data, b->b_data, len);
	for (i = what == 1 ? 1 : random() % 8; what != 0 && i > 0; i--)
		data[random() % len] = what == 3 ? 0xff : random();
	for (i = 0; what == 2 && i < len; i++)
		data[i] = i < 16 ? data[i] : random();
	s.s_data = data;
	s.s_len = len;
	if ((c = conf_get(&s)) != NULL) {
		sound(c);
		memset(&out, 0, sizeof(out));
		conf_print(&out, c, 1);
		buf_clear(&out);
		conf_free(c);
	} else if (s.s_len > len)
		errx(2, "read past the end");
	if (what == 0 && c != NULL)
		errx(2, "%zu of %zu octets were enough", len, b->b_len);
	free(data);
}

static void
garbage(const struct conf *c, int n)
{
	const char *s = getenv("SEED");
	unsigned int seed = s != NULL ? strtoul(s, NULL, 0) :
	    time(NULL) ^ getpid();
	struct buf b;

	memset(&b, 0, sizeof(b));
	conf_put(&b, c, 1);
	failed(&b);
	printf("seed %u\n", seed);
	fflush(stdout);
	srandom(seed);
	while (n-- > 0)
		garbage_once(&b);
	buf_clear(&b);
}

static void
common(const struct conf *a, const char *other)
{
	const struct policy *p, *q;
	struct conf *b;

	if ((b = parse_config(other, check)) == NULL)
		errx(2, "%s", other);
	TAILQ_FOREACH(p, &a->conf_policies, pol_entry)
		TAILQ_FOREACH(q, &b->conf_policies, pol_entry)
			if (strcmp(p->pol_name, q->pol_name) == 0)
				printf("%s %s\n", p->pol_name,
				    policy_equal(p, q) ? "equal" :
				    policy_same(p, q) ? "same" : "different");
	conf_free(b);
}

int
main(int argc, char *argv[])
{
	const char *other = NULL;
	struct conf *c;
	int ch, secrets = 0, n = 0;

	log_init("parse", 1, 0);
	while ((ch = getopt(argc, argv, "cD:e:g:l:s")) != -1)
		switch (ch) {
		case 'c':
			check = 1;
			break;
		case 'D':
			if (parse_cmdline_macro(optarg) == -1)
				log_warnx("%s: no macro", optarg);
			break;
		case 'e':
			other = optarg;
			break;
		case 'g':
			n = atoi(optarg);
			break;
		case 'l':
			conf_free(parse_config(optarg, check));
			break;
		case 's':
			secrets = 1;
			break;
		default:
			return (2);
		}
	if (optind != argc - 1)
		errx(2, "one file");
	if ((c = parse_config(argv[optind], check)) == NULL)
		return (1);
	if (n > 0)
		garbage(c, n);
	else if (other != NULL)
		common(c, other);
	else {
		trip(c, 0);
		trip(c, 1);
		again(c);
		show(c, secrets);
	}
	conf_free(c);
	return (0);
}
