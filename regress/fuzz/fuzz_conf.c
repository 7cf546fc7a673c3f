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
 * iked.conf(5).  Input: a file.  A configuration that is taken is the same
 * after the way to another process, and after it is printed and read.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"

#include "fuzz.h"

int	 memfd_create(const char *, unsigned int);	/* host's, as GNU */

/* A file of those octets, for nobody else, and its name. */
static int
file_make(const void *data, size_t len, char *name, size_t size)
{
	int fd = memfd_create("iked.conf", 0);

	if (fd == -1 || fchmod(fd, 0600) == -1 ||
	    write(fd, data, len) != (ssize_t)len)
		wrong("memfd");
	snprintf(name, size, "/proc/self/fd/%d", fd);
	only_file(name);
	return (fd);
}

static struct conf *
parse(const void *data, size_t len)
{
	char name[64];
	struct conf *c;
	int fd = file_make(data, len, name, sizeof(name));

	c = parse_config(name, 1);
	close(fd);
	return (c);
}

static void
compare(const struct conf *a, const struct conf *b, const char *what)
{
	const struct policy *p, *q = TAILQ_FIRST(&b->conf_policies);

	if (a->conf_flags != b->conf_flags || a->conf_dpd != b->conf_dpd)
		wrong("%s: another configuration", what);
	TAILQ_FOREACH(p, &a->conf_policies, pol_entry) {
		if (q == NULL || !policy_equal(p, q))
			wrong("%s: another policy", what);
		q = TAILQ_NEXT(q, pol_entry);
	}
	if (q != NULL)
		wrong("%s: one policy more", what);
}

static void
sent(const struct conf *c)
{
	struct buf b = { 0 };
	struct conf *got;
	struct span s;

	conf_put(&b, c, 1);
	s = (struct span){ b.b_data, b.b_len };
	if ((got = conf_get(&s)) == NULL || s.s_len != 0)
		wrong("conf_get: %zu octets are left", s.s_len);
	compare(c, got, "sent");
	conf_free(got);
	buf_clear(&b);
}

static void
printed(const struct conf *c)
{
	struct buf b = { 0 };
	struct conf *got;

	conf_print(&b, c, 1);
	if (b.b_failed)
		wrong("no memory");
	if ((got = parse(b.b_data, b.b_len)) == NULL)
		wrong("printed, it is not understood: %.*s", (int)b.b_len,
		    (char *)b.b_data);
	compare(c, got, "printed");
	conf_free(got);
	buf_clear(&b);
}

/* Octets between processes, which are not trusted either. */
static void
received(const uint8_t *data, size_t len)
{
	struct span s = { data, len };
	struct conf *c = conf_get(&s);

	conf_free(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct conf *c;

	received(data, len);
	if ((c = parse(data, len)) == NULL)
		return (0);
	sent(c);
	printed(c);
	conf_free(c);
	return (0);
}

static const char *const files[] = {
	"local_gw = \"192.1.2.23\"\n"
	"remote_gw = \"192.1.2.45\"\n"
	"set fragmentation\n"
	"ikev2 \"west\" active from any to any local $local_gw \\\n"
	"\tpeer $remote_gw srcid east.example.org \\\n"
	"\tdstid west.example.org psk \"change-me\" iface sec1\n",
	"ikev2 \"aws1\" active from 0.0.0.0/0 to 0.0.0.0/0 \\\n"
	"\tlocal 198.51.100.2 peer 203.0.113.7 \\\n"
	"\tikesa enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 \\\n"
	"\tgroup modp2048 childsa enc aes-256 auth hmac-sha2-256 \\\n"
	"\tgroup modp2048 srcid 198.51.100.2 ikelifetime 28800 \\\n"
	"\tlifetime 3600 bytes 1G psk 0x6162636465 iface sec0\n",
	"# comment\nset passive\nset dpd_check_interval 60\n"
	"set enforcesingleikesa\nset nofragmentation\nset mobike\n"
	"ikev2 quick passive esp inet6 from ::/0 to ::/0 peer any \\\n"
	"\trsa iface sec7\n",
};

void
seeds(void)
{
	struct conf *c;
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if ((c = parse(files[i], strlen(files[i]))) == NULL)
			wrong("refused: %s", files[i]);
		conf_free(c);
		seed(files[i], strlen(files[i]));
	}
}
