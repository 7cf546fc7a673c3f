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
 * The ca process's side of auth.h: pre-shared keys, what the others need to
 * be told, and words for what goes wrong.
 */
#include <sys/types.h>

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>

#include "ca.h"
#include "crypto.h"


static void
policies_clear(struct ca_policies *list)
{
	struct ca_policy *cp;

	while ((cp = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, cp, cp_entry);
		freezero(cp->cp_psk, cp->cp_psklen);
		free(cp->cp_where);
		free(cp);
	}
}

struct ca *
ca_new(void)
{
	struct ca *ca;

	if ((ca = calloc(1, sizeof(*ca))) == NULL)
		return (NULL);
	TAILQ_INIT(&ca->ca_policies);
	if ((ca->ca_store = store_new(CA_DIR, CA_DIR)) == NULL) {
		free(ca);
		return (NULL);
	}
	return (ca);
}

void
ca_free(struct ca *ca)
{
	if (ca == NULL)
		return;
	policies_clear(&ca->ca_policies);
	store_free(ca->ca_store);
	buf_clear(&ca->ca_pem);
	free(ca);
}

int
ca_load(struct ca *ca, const char *dir, int partialchain)
{
	struct ca_store *st;

	if ((st = store_new(dir, CA_DIR)) == NULL)
		return (-1);
	if (store_load(st, ca->ca_keyset ? &ca->ca_pem : NULL,
	    partialchain) == -1) {
		store_free(st);
		return (-1);
	}
	store_free(ca->ca_store);
	ca->ca_store = st;
	return (0);
}

void
ca_setkey(struct ca *ca, struct buf *pem)
{
	buf_clear(&ca->ca_pem);
	buf_move(&ca->ca_pem, pem);
	ca->ca_keyset = 1;
}

static int
policy_keep(struct ca_policies *list, const struct policy *pol)
{
	struct ca_policy *cp;

	if ((cp = calloc(1, sizeof(*cp))) == NULL)
		return (-1);
	TAILQ_INSERT_TAIL(list, cp, cp_entry);
	cp->cp_id = pol->pol_id;
	if (pol->pol_auth == CONF_AUTH_PSK && pol->pol_psk != NULL &&
	    pol->pol_psklen != 0) {
		if ((cp->cp_psk = malloc(pol->pol_psklen)) == NULL)
			return (-1);
		cp->cp_psklen = pol->pol_psklen;
		memcpy(cp->cp_psk, pol->pol_psk, pol->pol_psklen);
	}
	if (asprintf(&cp->cp_where, "policy \"%s\" (%s, line %u)",
	    pol->pol_name != NULL ? pol->pol_name : "",
	    pol->pol_file != NULL ? pol->pol_file : "iked.conf",
	    pol->pol_line) == -1) {
		cp->cp_where = NULL;
		return (-1);
	}
	return (0);
}

int
ca_setconf(struct ca *ca, const struct conf *conf)
{
	struct ca_policies list = TAILQ_HEAD_INITIALIZER(list);
	const struct policy *pol;

	TAILQ_FOREACH(pol, &conf->conf_policies, pol_entry)
		if (policy_keep(&list, pol) == -1) {
			policies_clear(&list);
			return (-1);
		}
	policies_clear(&ca->ca_policies);
	TAILQ_CONCAT(&ca->ca_policies, &list, cp_entry);
	return (0);
}

const struct ca_policy *
ca_policy(const struct ca *ca, unsigned int id)
{
	const struct ca_policy *cp;

	TAILQ_FOREACH(cp, &ca->ca_policies, cp_entry)
		if (cp->cp_id == id)
			return (cp);
	return (NULL);
}

const char *
ca_where(const struct ca *ca, unsigned int id)
{
	const struct ca_policy *cp = ca_policy(ca, id);

	return (cp != NULL ? cp->cp_where : "the policy");
}

size_t
ca_mic(const struct ca *ca, unsigned int policy, uint16_t prf,
    const struct buf *octets, uint8_t *out, char **why)
{
	static const char pad[] = "Key Pad for IKEv2";
	const struct ca_policy *cp = ca_policy(ca, policy);
	struct span part = { (const uint8_t *)pad, sizeof(pad) - 1 };
	uint8_t key[PRF_MAX];
	size_t len = prf_len(prf);
	int error;

	if (cp == NULL || cp->cp_psk == NULL) {
		ca_refuse(why, "%s has no pre-shared key: add `psk'",
		    ca_where(ca, policy));
		return (0);
	}
	if (len == 0 || len > PRF_MAX) {
		ca_refuse(why, "PRF %u is unknown", prf);
		return (0);
	}
	error = prf_calc(prf, cp->cp_psk, cp->cp_psklen, &part, 1, key);
	part = (struct span){ octets->b_data, octets->b_len };
	if (!error)
		error = prf_calc(prf, key, len, &part, 1, out);
	explicit_bzero(key, sizeof(key));
	if (error) {
		ca_refuse(why, "cannot calculate with PRF %u", prf);
		return (0);
	}
	return (len);
}

void
ca_certreq(struct ca *ca, struct buf *b)
{
	const struct ca_file *cf;
	uint8_t hash[20];

	TAILQ_FOREACH(cf, &ca->ca_store->st_cas, cf_entry)
		if (cert_keyhash(cf->cf_x509, hash) == 0)
			buf_put(b, hash, sizeof(hash));
}

static void
show_time(struct buf *b, const char *what, const ASN1_TIME *t)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *s;
	long n;

	if (t != NULL && bio != NULL && ASN1_TIME_print(bio, t) &&
	    (n = BIO_get_mem_data(bio, &s)) > 0)
		buf_printf(b, ", %s %.*s", what, (int)n, s);
	BIO_free(bio);
}

static void
show_certs(struct buf *b, const struct ca_files *files, const char *what)
{
	const struct ca_file *cf;

	TAILQ_FOREACH(cf, files, cf_entry) {
		buf_printf(b, "%s %s: %s, for ", what, cf->cf_name,
		    cert_subject(cf->cf_x509));
		cert_names(cf->cf_x509, b);
		buf_printf(b, ", %s", key_name(X509_get0_pubkey(cf->cf_x509)));
		show_time(b, "until", X509_get0_notAfter(cf->cf_x509));
		buf_printf(b, "\n");
	}
}

void
ca_show(struct ca *ca, struct buf *b)
{
	const struct ca_store *st = ca->ca_store;
	const struct ca_file *cf;
	char issuer[256];

	if (st->st_key != NULL)
		buf_printf(b, "key %s/private/local.key: %s\n", st->st_name,
		    key_name(st->st_key));
	else
		buf_printf(b, "no key: %s\n", st->st_nokey);
	show_certs(b, &st->st_cas, "ca");
	show_certs(b, &st->st_certs, "cert");
	TAILQ_FOREACH(cf, &st->st_crls, cf_entry) {
		X509_NAME_oneline(X509_CRL_get_issuer(cf->cf_crl), issuer,
		    sizeof(issuer));
		buf_printf(b, "crl %s: %s", cf->cf_name, issuer);
		show_time(b, "next by",
		    X509_CRL_get0_nextUpdate(cf->cf_crl));
		buf_printf(b, "\n");
	}
	TAILQ_FOREACH(cf, &st->st_pubs, cf_entry)
		buf_printf(b, "pubkey %s: %s, %s\n", cf->cf_name,
		    id_print(&cf->cf_id), key_name(cf->cf_key));
}
