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
 * catest command ...: what auth.h promises, one request at a time, for
 * ca.sh, which makes the keys and looks at the answers with openssl(1).
 *
 *	names dir
 *	skeyid psk alg ni nr		a psk of "-": the peer has none
 *	sign dir id hash file [request ...]
 *	verify dir id hash signature [encoding:certificate ...]
 *	messages			octets between processes
 *	octets hex file			for openssl(1)
 *
 * hash, ni and nr are in hex; an option -s means Accept-self-signed, -k that
 * the key is handed over.  The answer is "ok" or "no: " and the reason.
 */
#include <sys/types.h>

#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "auth.h"
#include "log.h"
#include "store.h"

#define PEER	7		/* pe_id of the one peer */
#define ASKER	0x1122334455667788ULL

static int	 selfsigned, handed;

static void
take_hex(struct buf *b, const char *s)
{
	char two[3] = "";

	for (; s[0] != '\0' && s[1] != '\0'; s += 2) {
		memcpy(two, s, 2);
		buf_put8(b, strtoul(two, NULL, 16));
	}
}

static void
take_file(struct buf *b, const char *name)
{
	uint8_t data[8192];
	FILE *f;
	size_t n;

	if ((f = fopen(name, "r")) == NULL)
		err(2, "%s", name);
	while ((n = fread(data, 1, sizeof(data), f)) > 0)
		buf_put(b, data, n);
	fclose(f);
}

static void
put_file(const char *name, const struct buf *b)
{
	FILE *f;

	if ((f = fopen(name, "w")) == NULL ||
	    fwrite(b->b_data, 1, b->b_len, f) != b->b_len || fclose(f) != 0)
		err(2, "%s", name);
}

static void
put_hex(const struct buf *b)
{
	size_t i;

	for (i = 0; i < b->b_len; i++)
		printf("%02x", b->b_data[i]);
	printf("\n");
}

/* A model with one peer, as from a configuration. */
static struct model *
model_one(const char *psk)
{
	struct model *md = calloc(1, sizeof(*md));
	struct peer *pe = calloc(1, sizeof(*pe));

	if (md == NULL || pe == NULL || (pe->pe_name = strdup("east")) == NULL)
		err(2, "model");
	TAILQ_INIT(&md->md_peers);
	TAILQ_INIT(&md->md_conns);
	TAILQ_INSERT_TAIL(&md->md_peers, pe, pe_entry);
	md->md_selfsigned = selfsigned;
	pe->pe_id = PEER;
	if (psk == NULL || strcmp(psk, "-") == 0)
		return (md);
	if ((pe->pe_psk = (uint8_t *)strdup(psk)) == NULL)
		err(2, "model");
	pe->pe_psklen = strlen(psk);
	return (md);
}

static struct ca *
ca_open(const char *dir, const char *psk)
{
	struct buf pem = { 0 };
	struct ca *ca;

	if ((ca = ca_new()) == NULL)
		errx(2, "ca_new");
	if (dir != NULL && handed)
		(void)store_readkey(dir, "/etc/isakmpd", &pem);
	if (dir != NULL && ca_load(ca, dir, handed ? &pem : NULL) == -1)
		errx(2, "ca_load %s", dir);
	if (pem.b_len != 0)
		errx(1, "two have the key");
	ca_setmodel(ca, model_one(psk));
	return (ca);
}

/* There and back, as between processes, and what the ca makes of it. */
static int
ask(struct ca *ca, struct auth_req *ar, struct auth_res *as)
{
	struct auth_req req;
	struct auth_res res;
	struct buf b = { 0 };
	struct span s;

	ar->ar_asker = ASKER;
	auth_req_put(&b, ar);
	auth_req_clear(ar);
	s = (struct span){ b.b_data, b.b_len };
	if (auth_req_get(&s, &req) == -1 || s.s_len != 0)
		errx(1, "the request does not come back");
	buf_clear(&b);
	ca_do(ca, &req, &res);
	auth_res_put(&b, &res);
	if (res.as_kind != req.ar_kind || res.as_asker != ASKER ||
	    res.as_ok != (res.as_why == NULL) || (!res.as_ok &&
	    (res.as_data.b_len != 0 || res.as_ncerts != 0)))
		errx(1, "the answer contradicts itself");
	auth_req_clear(&req);
	auth_res_clear(&res);
	s = (struct span){ b.b_data, b.b_len };
	if (auth_res_get(&s, as) == -1 || s.s_len != 0)
		errx(1, "the answer does not come back");
	buf_clear(&b);
	printf(as->as_ok ? "ok\n" : "no: %s\n", as->as_why);
	ca_free(ca);
	return (as->as_ok);
}

static void
take_cert(struct auth_req *ar, unsigned int encoding, const char *file)
{
	ar->ar_certs[ar->ar_ncerts].ac_encoding = encoding;
	take_file(&ar->ar_certs[ar->ar_ncerts++].ac_data, file);
}

static void
do_names(char *argv[])
{
	struct ca *ca = ca_open(argv[0], NULL);
	struct buf b = { 0 };

	ca_names(ca, &b);
	put_hex(&b);
	buf_clear(&b);
	ca_free(ca);
}

static void
do_skeyid(char *argv[])
{
	struct auth_req ar = { .ar_kind = AUTH_SKEYID, .ar_peer = PEER,
	    .ar_alg = strtoul(argv[1], NULL, 10) };
	struct auth_res as;

	if (strcmp(argv[0], "gone") == 0)
		ar.ar_peer++;
	take_hex(&ar.ar_ni, argv[2]);
	take_hex(&ar.ar_nr, argv[3]);
	if (ask(ca_open(NULL, argv[0]), &ar, &as))
		put_hex(&as.as_data);
	auth_res_clear(&as);
}

/* The hash of IKEv1 that has so many octets; else SHA2-256. */
static uint16_t
alg_of(size_t len)
{
	static const uint16_t algs[] = { V1_HASH_MD5, V1_HASH_SHA1,
	    V1_HASH_SHA2_256, V1_HASH_SHA2_384, V1_HASH_SHA2_512 };
	size_t i;

	for (i = 0; i < sizeof(algs) / sizeof(algs[0]); i++)
		if (hash_len(algs[i]) == len)
			return (algs[i]);
	return (V1_HASH_SHA2_256);
}

static void
do_sign(char *argv[])
{
	struct auth_req ar = { .ar_kind = AUTH_SIGN, .ar_peer = PEER };
	struct auth_res as;
	char name[1024];
	unsigned int i;

	if (id_parse(argv[1], &ar.ar_id) == -1)
		errx(2, "no identity: %s", argv[1]);
	take_hex(&ar.ar_hash, argv[2]);
	ar.ar_alg = alg_of(ar.ar_hash.b_len);
	for (i = 4; argv[i] != NULL; i++)
		take_cert(&ar, IKE_CERT_X509, argv[i]);
	if (ask(ca_open(argv[0], NULL), &ar, &as)) {
		put_file(argv[3], &as.as_data);
		printf("%u certificates\n", as.as_ncerts);
		for (i = 0; i < as.as_ncerts; i++) {
			snprintf(name, sizeof(name), "%s.%u", argv[3], i);
			put_file(name, &as.as_certs[i].ac_data);
		}
	}
	auth_res_clear(&as);
}

static void
do_verify(char *argv[])
{
	struct auth_req ar = { .ar_kind = AUTH_VERIFY, .ar_peer = PEER };
	struct auth_res as;
	unsigned int i;
	char *file;

	if (id_parse(argv[1], &ar.ar_id) == -1)
		errx(2, "no identity: %s", argv[1]);
	take_hex(&ar.ar_hash, argv[2]);
	ar.ar_alg = alg_of(ar.ar_hash.b_len);
	take_file(&ar.ar_sig, argv[3]);
	for (i = 4; argv[i] != NULL; i++) {
		file = strchr(argv[i], ':') + 1;
		take_cert(&ar, strtoul(argv[i], NULL, 10), file);
	}
	ask(ca_open(argv[0], NULL), &ar, &as);
	auth_res_clear(&as);
}

/* A request and an answer with all that there can be. */
static void
full(struct buf *req, struct buf *res)
{
	struct auth_req ar = { .ar_asker = ASKER, .ar_kind = AUTH_VERIFY,
	    .ar_peer = PEER, .ar_alg = 4, .ar_ncerts = AUTH_MAXCERTS };
	struct auth_res as = { .as_asker = ASKER, .as_kind = AUTH_SIGN,
	    .as_ok = 1, .as_ncerts = AUTH_MAXCERTS };
	int i;

	(void)id_parse("east.example.org", &ar.ar_id);
	buf_put(&ar.ar_ni, "initiator", 9);
	buf_put(&ar.ar_nr, "responder", 9);
	buf_put(&ar.ar_hash, "hash", 4);
	buf_put(&ar.ar_sig, "signature", 9);
	buf_put(&as.as_data, "signature", 9);
	as.as_why = strdup("why not");
	for (i = 0; i < AUTH_MAXCERTS; i++) {
		buf_put8(&ar.ar_certs[i].ac_data, i);
		buf_put8(&as.as_certs[i].ac_data, i);
	}
	auth_req_put(req, &ar);
	auth_res_put(res, &as);
	auth_req_clear(&ar);
	auth_res_clear(&as);
}

/* As often as good, cut off and changed; a sanitizer sees the rest. */
static void
damage(const struct buf *whole, int isreq)
{
	struct auth_req ar;
	struct auth_res as;
	struct buf b = { 0 };
	struct span s;
	size_t i, n, good = 0;

	for (i = 0; i < 20000; i++) {
		buf_putbuf(&b, whole);
		n = i < whole->b_len ? i : i == whole->b_len ||
		    rand() % 4 != 0 ? whole->b_len : rand() % whole->b_len;
		buf_trim(&b, n);
		if (i > whole->b_len && n > 0)
			b.b_data[rand() % n] = rand();
		s = (struct span){ b.b_data, b.b_len };
		if (isreq && auth_req_get(&s, &ar) == 0) {
			good++;
			auth_req_clear(&ar);
		} else if (!isreq && auth_res_get(&s, &as) == 0) {
			good++;
			auth_res_clear(&as);
		} else if (i == whole->b_len)
			errx(1, "the whole is no good");
		if (i < whole->b_len && good > 0)
			errx(1, "%zu octets are good", i);
		buf_clear(&b);
	}
	if (good == 0 || good == 20000)
		errx(1, "%zu good ones", good);
}

static void
do_messages(char *argv[])
{
	const char *s = getenv("SEED");
	unsigned int seed = s != NULL ? strtoul(s, NULL, 10) :
	    (unsigned int)(time(NULL) ^ getpid());
	struct buf req = { 0 }, res = { 0 };

	printf("SEED=%u\n", seed);
	srand(seed);
	full(&req, &res);
	damage(&req, 1);
	damage(&res, 0);
	buf_clear(&req);
	buf_clear(&res);
	printf("ok\n");
}

static void
do_octets(char *argv[])
{
	struct buf b = { 0 };

	take_hex(&b, argv[0]);
	put_file(argv[1], &b);
	buf_clear(&b);
}

static const struct {
	const char	*name;
	int		 args;		/* at least */
	void		(*fn)(char *[]);
} commands[] = {
	{ "names", 1, do_names },
	{ "skeyid", 4, do_skeyid },
	{ "sign", 4, do_sign },
	{ "verify", 4, do_verify },
	{ "messages", 0, do_messages },
	{ "octets", 2, do_octets }
};
#define NCOMMANDS	(sizeof(commands) / sizeof(commands[0]))

int
main(int argc, char *argv[])
{
	size_t i;
	int ch;

	while ((ch = getopt(argc, argv, "ks")) != -1) {
		handed |= ch == 'k';
		selfsigned |= ch == 's';
	}
	argc -= optind;
	argv += optind;
	for (i = 0; i < NCOMMANDS && argc > 0; i++)
		if (strcmp(argv[0], commands[i].name) == 0 &&
		    argc > commands[i].args) {
			commands[i].fn(argv + 1);
			return (0);
		}
	errx(2, "usage: catest [-ks] command ...");
}
