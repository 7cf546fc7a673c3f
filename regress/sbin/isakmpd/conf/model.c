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
 * model [file]: what stands in the file before a line %% is a configuration,
 * what stands behind it are commands, up to the next %%, behind which another
 * configuration takes the place of the first, and so on.  Without commands:
 * M.  Commands are those of the FIFO for values (C set, add, rmv, rm, rms,
 * get), and
 *	M	make a model and print it
 *	P, S	print the values; S: secrets, too
 *	K a ..	what the kernel has: gcm aes sha2-256 sha2-384 sha2-512 3des
 * Exit 1: there was something wrong.
 * model -f file: a file read as the daemon does it.  model -g n file: n times
 * something else than model_put() wrote, and n times no configuration.
 * model -b n: n connections.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "conf.h"
#include "log.h"
#include "model.h"

static struct confdb	*db;
static struct model	*model;
static struct kalgs	 algs;
static int		 status;

static void
bits_print(const struct range *r)
{
	if (r->r_want != r->r_min || r->r_want != r->r_max)
		printf(" bits %u:%u", r->r_min, r->r_max);
}

static void
life_print(const struct life *lf)
{
	if (lf->lf_s.r_want != 0)
		printf(" life %u (%u:%u)", lf->lf_s.r_want, lf->lf_s.r_min,
		    lf->lf_s.r_max);
	if (lf->lf_kb.r_want != 0)
		printf(" KB %u (%u:%u)", lf->lf_kb.r_want, lf->lf_kb.r_min,
		    lf->lf_kb.r_max);
	printf("\n");
}

static void
peer_print(const struct peer *pe)
{
	unsigned int i;

	printf("peer %s: id %u addr %s", pe->pe_name, pe->pe_id,
	    addr_print(&pe->pe_addr));
	printf(" local %s %s", addr_ntop(&pe->pe_local),
	    pe->pe_exch == V1_X_MAIN ? "main" : "aggressive");
	if (pe->pe_default)
		printf(" default");
	if (pe->pe_self.id_type != 0)
		printf(" self %s", id_print(&pe->pe_self));
	if (pe->pe_remote.id_type != 0)
		printf(" remote %s", id_print(&pe->pe_remote));
	if (pe->pe_psk != NULL)
		printf(" psk \"%.*s\"", (int)pe->pe_psklen, pe->pe_psk);
	if (pe->pe_pskmark != 0)
		printf(" mark %llu", (unsigned long long)pe->pe_pskmark);
	printf("\n");
	for (i = 0; i < pe->pe_nxforms; i++) {
		printf("\t%s", p1_xform_print(&pe->pe_xforms[i]));
		bits_print(&pe->pe_xforms[i].px_bits);
		life_print(&pe->pe_xforms[i].px_life);
	}
}

static void
conn_print(const struct p2conf *pc)
{
	unsigned int i;

	printf("connection %s: id %u peer %s%s%s", pc->pc_name, pc->pc_id,
	    pc->pc_peer->pe_name, pc->pc_flags & P2C_ACTIVE ? " active" : "",
	    pc->pc_flags & P2C_ACTIVEONLY ? " active-only" : "");
	if (pc->pc_flags & P2C_IFACE)
		printf(" sec%u", pc->pc_unit);
	printf(" local %s", p2_id_print(&pc->pc_local));
	printf(" remote %s", p2_id_print(&pc->pc_remote));
	if (pc->pc_nat.pi_type != 0)
		printf(" nat %s", p2_id_print(&pc->pc_nat));
	if (pc->pc_tag != NULL)
		printf(" tag %s", pc->pc_tag);
	printf("\n");
	for (i = 0; i < pc->pc_nxforms; i++) {
		printf("\t%u: %s", pc->pc_xforms[i].qx_suite,
		    p2_xform_print(&pc->pc_xforms[i]));
		bits_print(&pc->pc_xforms[i].qx_bits);
		life_print(&pc->pc_xforms[i].qx_life);
	}
}

static void
model_print(const struct model *md)
{
	const struct p2conf *pc;
	const struct peer *pe;
	unsigned int i;

	printf("retransmits %u exchange %u check %u dpd %u keepalive %u",
	    md->md_retransmits, md->md_exchmax, md->md_check, md->md_dpd,
	    md->md_keepalive);
	printf(" delete %d renegotiate %d acquire %d level %u selfsigned %d",
	    md->md_deletesas, md->md_renegotiate, md->md_acquireonly,
	    md->md_loglevel, md->md_selfsigned);
	for (i = 0; i < md->md_nlisten; i++)
		printf(" listen %s", addr_ntop(&md->md_listen[i]));
	printf("\n");
	TAILQ_FOREACH(pe, &md->md_peers, pe_entry)
		peer_print(pe);
	TAILQ_FOREACH(pc, &md->md_conns, pc_entry)
		conn_print(pc);
}

/* What arrives elsewhere is the same, and has keys only if it should. */
static void
trip(const struct model *md, int secrets)
{
	struct buf out = { .b_data = NULL }, again = { .b_data = NULL };
	const struct peer *p, *pe;
	const struct p2conf *c, *pc;
	struct model *got;
	struct span s;

	model_put(&out, md, secrets);
	s.s_data = out.b_data;
	s.s_len = out.b_len;
	if (out.b_failed || (got = model_get(&s)) == NULL || s.s_len != 0)
		errx(2, "model_get: lost");
	pe = TAILQ_FIRST(&md->md_peers);
	TAILQ_FOREACH(p, &got->md_peers, pe_entry) {
		if (pe == NULL || !peer_same(p, pe) ||
		    (p->pe_psk != NULL) != (secrets && pe->pe_psk != NULL))
			errx(2, "model_get: another peer: %s", p->pe_name);
		pe = TAILQ_NEXT(pe, pe_entry);
	}
	pc = TAILQ_FIRST(&md->md_conns);
	TAILQ_FOREACH(c, &got->md_conns, pc_entry) {
		if (pc == NULL || !p2conf_same(c, pc) ||
		    c->pc_flags != pc->pc_flags)
			errx(2, "model_get: another connection");
		pc = TAILQ_NEXT(pc, pc_entry);
	}
	model_put(&again, got, secrets);
	if (pe != NULL || pc != NULL || again.b_len != out.b_len ||
	    memcmp(again.b_data, out.b_data, out.b_len) != 0)
		errx(2, "model_put: something else");
	model_free(got);
	buf_clear(&out);
	buf_clear(&again);
}

/* Against what was there before: which SAs would go on living. */
static void
changes_print(const struct model *a, const struct model *b)
{
	const struct p2conf *c, *pc;
	const struct peer *p, *pe;

	TAILQ_FOREACH(p, &a->md_peers, pe_entry)
		TAILQ_FOREACH(pe, &b->md_peers, pe_entry)
			if (p->pe_id == pe->pe_id && !peer_same(p, pe))
				printf("changed: peer %s\n", p->pe_name);
	TAILQ_FOREACH(c, &a->md_conns, pc_entry)
		TAILQ_FOREACH(pc, &b->md_conns, pc_entry)
			if (c->pc_id == pc->pc_id && !p2conf_same(c, pc))
				printf("changed: connection %s\n",
				    c->pc_name);
}

static void
do_model(int quiet)
{
	struct model *md;
	unsigned int bad;

	if ((md = model_make(db, model, &algs, &bad)) == NULL)
		errx(2, "model_make");
	if (bad > 0)
		status = 1;
	trip(md, 0);
	trip(md, 1);
	if (!quiet) {
		model_print(md);
		if (bad > 0)
			printf("%u bad\n", bad);
		if (model != NULL)
			changes_print(model, md);
	}
	model_free(model);
	model = md;
}

static void
do_kernel(char *words)
{
	static const struct {
		const char	*name;
		struct kalg	 alg;
	} table[] = {
		{ "gcm", { V1_PROTO_ESP, V1_ESP_AES_GCM, 0, 128, 256 } },
		{ "gcm-128", { V1_PROTO_ESP, V1_ESP_AES_GCM, 0, 128, 128 } },
		{ "aes", { V1_PROTO_ESP, V1_ESP_AES, 0, 128, 256 } },
		{ "3des", { V1_PROTO_ESP, V1_ESP_3DES, 0, 192, 192 } },
		{ "sha1", { V1_PROTO_ESP, 0, V1_MAC_SHA1, 160, 160 } },
		{ "sha2-256", { V1_PROTO_ESP, 0, V1_MAC_SHA2_256, 256, 256 } },
		{ "sha2-384", { V1_PROTO_ESP, 0, V1_MAC_SHA2_384, 384, 384 } },
		{ "sha2-512", { V1_PROTO_ESP, 0, V1_MAC_SHA2_512, 512, 512 } }
	};
	unsigned int i;
	char *word;

	algs.ka_n = 0;
	while ((word = strsep(&words, " ")) != NULL)
		for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
			if (strcmp(word, table[i].name) == 0)
				algs.ka_alg[algs.ka_n++] = table[i].alg;
}

static void
do_print(int secrets)
{
	struct buf out = { .b_data = NULL }, again = { .b_data = NULL };
	struct confdb *other;

	confdb_print(&out, db, secrets);
	fwrite(out.b_len > 0 ? out.b_data : (uint8_t *)"", 1, out.b_len,
	    stdout);
	if (secrets) {
		if ((other = confdb_new()) == NULL || confdb_parse(other,
		    "printed", (char *)out.b_data, out.b_len) == -1)
			errx(2, "confdb_print: no file");
		confdb_print(&again, other, 1);
		if (again.b_len != out.b_len || (out.b_len > 0 &&
		    memcmp(again.b_data, out.b_data, out.b_len) != 0))
			errx(2, "confdb_print: another file");
		confdb_free(other);
	}
	buf_clear(&out);
	buf_clear(&again);
}

/* [section]:tag=value force, or less of it; 0, or -1: nothing like that. */
static int
fields(char *s, char *field[3], int *force)
{
	size_t len = strlen(s);
	char *end;

	if ((*force = len > 6 && strcmp(s + len - 6, " force") == 0))
		s[len - 6] = '\0';
	field[0] = s + 1;
	field[1] = field[2] = NULL;
	if (*s != '[' || (end = strchr(s, ']')) == NULL)
		return (-1);
	*end++ = '\0';
	if (*end++ != ':')
		return (0);
	field[1] = end;
	if ((end = strchr(end, '=')) == NULL)
		return (0);
	*end++ = '\0';
	field[2] = end;
	return (0);
}

static void
do_value(char *s)
{
	char *verb = strsep(&s, " "), *f[3];
	const char *why = NULL, *v;
	int force, error = 0;

	if (s == NULL || fields(s, f, &force) == -1)
		errx(2, "%s: bad line", verb);
	if (strcmp(verb, "set") == 0 && f[2] != NULL)
		error = confdb_set(db, f[0], f[1], f[2], force, &why);
	else if (strcmp(verb, "add") == 0 && f[2] != NULL)
		error = confdb_add(db, f[0], f[1], f[2], &why);
	else if (strcmp(verb, "rmv") == 0 && f[2] != NULL)
		error = confdb_rmv(db, f[0], f[1], f[2], &why);
	else if (strcmp(verb, "rm") == 0 && f[1] != NULL)
		error = confdb_rm(db, f[0], f[1], &why);
	else if (strcmp(verb, "rms") == 0)
		error = confdb_rms(db, f[0], &why);
	else if (strcmp(verb, "get") == 0 && f[1] != NULL) {
		v = confdb_get(db, f[0], f[1]);
		printf("[%s] %s= %s (%s)\n", f[0], f[1],
		    v != NULL ? v : "none", confdb_where(db, f[0], f[1]));
	} else
		errx(2, "%s: bad line", verb);
	if ((error != 0) != (why != NULL))
		errx(2, "%s: %d, but %s", verb, error, why);
	if (error != 0) {
		printf("%s [%.20s]: %s\n", verb, f[0], why);
		status = 1;
	}
}

static void
command(char *s)
{
	switch (*s) {
	case 'C':
		do_value(s + 2);
		break;
	case 'K':
		do_kernel(s + 2);
		break;
	case 'M':
		do_model(0);
		break;
	case 'P':
	case 'S':
		do_print(*s == 'S');
		break;
	default:
		errx(2, "%s: no command", s);
	}
}

/* Up to a line %%, or to the end; moves behind it. */
static char *
part(char **text, char *end, size_t *len)
{
	char *s = *text, *stop;

	if (strncmp(s, "%%\n", 3) == 0)
		stop = s;
	else if ((stop = memmem(s, end - s, "\n%%\n", 4)) != NULL)
		stop++;
	*len = stop != NULL ? stop - s : end - s;
	*text = stop != NULL ? stop + 3 : NULL;
	return (s);
}

static void
script(char *text, size_t size)
{
	char *s, *line, *end = text + size;
	size_t len;
	int some = 0;

	while (text != NULL) {
		s = part(&text, end, &len);
		if (confdb_parse(db, "in", s, len) == -1)
			status = 1;
		if (text == NULL)
			break;
		s = part(&text, end, &len);
		s[len > 0 ? len - 1 : 0] = '\0';
		while ((line = strsep(&s, "\n")) != NULL)
			if (*line != '\0' && *line != '#')
				command(line);
		some = 1;
	}
	if (!some)
		do_model(0);
}

static char *
slurp(const char *name, size_t *len)
{
	static char text[1 << 20];
	ssize_t n;
	int fd;

	*len = 0;
	if ((fd = open(name, O_RDONLY)) == -1)
		err(2, "%s", name);
	while ((n = read(fd, text + *len, sizeof(text) - *len - 1)) > 0)
		*len += n;
	close(fd);
	text[*len] = '\0';
	return (text);
}

static unsigned int
below(unsigned int n)
{
	return (random() % n);
}

/* One to four changes of any sort. */
static size_t
mutate(uint8_t *to, const uint8_t *from, size_t len)
{
	unsigned int i, n = 1 + below(4);
	size_t at;

	memcpy(to, from, len);
	for (i = 0; i < n && len > 0; i++) {
		at = below(len);
		switch (below(4)) {
		case 0:
			to[at] ^= 1 << below(8);
			break;
		case 1:
			to[at] = below(256);
			break;
		case 2:
			memmove(to + at, to + at + 1, len - at - 1);
			len--;
			break;
		case 3:
			if (below(4) == 0)
				len = at;
			break;
		}
	}
	return (len);
}

static void
garbage_model(const uint8_t *from, size_t len)
{
	uint8_t *to;
	struct model *md;
	struct span s;

	/* of its own size, so that a sanitizer sees the end */
	if ((to = malloc(len + 1)) == NULL)
		err(2, NULL);
	s.s_len = mutate(to, from, len);
	if ((s.s_data = realloc(to, s.s_len + 1)) == NULL)
		err(2, NULL);
	to = (uint8_t *)s.s_data;
	if ((md = model_get(&s)) != NULL)
		trip(md, 1);
	model_free(md);
	free(to);
}

static void
garbage_conf(const char *text, size_t len)
{
	uint8_t *to;

	if ((to = malloc(len + 1)) == NULL)
		err(2, NULL);
	confdb_parse(db, "garbage", (char *)to, mutate(to, (const uint8_t *)
	    text, len));
	do_model(1);
	free(to);
}

static void
garbage(unsigned int n, const char *name)
{
	const char *seed = getenv("SEED");
	struct buf out = { .b_data = NULL };
	unsigned int i;
	size_t len;
	char *text;

	if (seed == NULL || *seed == '\0')
		seed = "1";
	printf("seed %s\n", seed);
	srandom(strtoul(seed, NULL, 10));
	text = slurp(name, &len);
	if (confdb_parse(db, name, text, len) == -1)
		errx(2, "%s is bad", name);
	do_model(1);
	model_put(&out, model, 1);
	/* thousands of complaints: who reads them? */
	if (freopen("/dev/null", "w", stderr) == NULL)
		err(2, "/dev/null");
	for (i = 0; i < n; i++) {
		garbage_model(out.b_data, out.b_len);
		garbage_conf(text, len);
	}
	buf_clear(&out);
	status = 0;
}

static void
set(const char *what, unsigned int i, const char *tag, const char *value)
{
	char section[64];
	const char *why;

	snprintf(section, sizeof(section), "%s%u", what, i);
	if (confdb_set(db, section, tag, value, 1, &why) == -1)
		errx(2, "%s: %s", section, why);
}

/* What ipsecctl(8) says of so many rules, in seconds. */
static void
bench(unsigned int n)
{
	struct timespec from, to;
	char peer[32], addr[32], id[32];
	const char *why;
	unsigned int i, j;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (i = 0; i < n; i++) {
		snprintf(addr, sizeof(addr), "10.%u.%u.1", i / 256, i % 256);
		snprintf(peer, sizeof(peer), "peer%u", i);
		snprintf(id, sizeof(id), "conn%u", i);
		confdb_set(db, "Phase 1", addr, peer, 1, &why);
		set("peer", i, "Address", addr);
		set("peer", i, "Authentication", "secret");
		set("conn", i, "ISAKMP-peer", peer);
		set("conn", i, "Interface", peer + 4);
		set("conn", i, "Phase", "2");
		for (j = 0; j < 24; j++)
			set("other", i * 8 + j / 3, j % 3 == 0 ? "a" :
			    j % 3 == 1 ? "b" : "c", "value");
		confdb_add(db, "Phase 2", "Connections", id, &why);
	}
	do_model(1);
	clock_gettime(CLOCK_MONOTONIC, &to);
	to.tv_sec -= from.tv_sec;
	if (status != 0 || TAILQ_EMPTY(&model->md_conns))
		errx(2, "bench: bad");
	fprintf(stderr, "%.2f s\n", to.tv_sec + (to.tv_nsec - from.tv_nsec) /
	    1e9);
	if (to.tv_sec > 20)
		errx(1, "too slow");
}

int
main(int argc, char *argv[])
{
	size_t len;
	char *text;

	setvbuf(stdout, NULL, _IOLBF, 0);
	log_init("model", 1, 0);
	if ((db = confdb_new()) == NULL)
		err(2, NULL);
	if (argc == 4 && strcmp(argv[1], "-g") == 0)
		garbage(atoi(argv[2]), argv[3]);
	else if (argc == 3 && strcmp(argv[1], "-b") == 0)
		bench(atoi(argv[2]));
	else if (argc == 3 && strcmp(argv[1], "-f") == 0)
		status = confdb_read(db, argv[2], 0) == -1;
	else if (argc == 3 && strcmp(argv[1], "-m") == 0)
		status = confdb_read(db, argv[2], 1) == -1;
	else if (argc == 2) {
		text = slurp(argv[1], &len);
		script(text, len);
	} else
		errx(2, "usage: model [-fm] file | -g n file | -b n");
	model_free(model);
	confdb_free(db);
	return (status);
}
