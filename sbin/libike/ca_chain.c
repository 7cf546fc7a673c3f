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
 * Chains of certificates, RFC 5280, by libcrypto; no more than the store and
 * the message have: nothing here follows a URI.
 */
#include <sys/types.h>

#include <string.h>
#include <time.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "store.h"

static const struct {
	int		 error;
	const char	*cure;
} cures[] = {		/* %s: the directory of the store */
	{ X509_V_ERR_CERT_HAS_EXPIRED,
	    "renew it, if this machine's clock is right" },
	{ X509_V_ERR_CERT_NOT_YET_VALID, "set the clock" },
	{ X509_V_ERR_CERT_REVOKED, "its owner needs a new one" },
	{ X509_V_ERR_UNABLE_TO_GET_CRL,
	    "put the CRL of its CA into crls/ (with any CRL, every CA of the "
	    "chain needs one)" },
	{ X509_V_ERR_CRL_HAS_EXPIRED, "put a newer CRL into %s/crls" },
	{ X509_V_ERR_CRL_NOT_YET_VALID, "set the clock" },
	{ X509_V_ERR_CRL_SIGNATURE_FAILURE,
	    "the CRL in %s/crls is not by this CA" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
	    "put the certificate of its CA into %s/ca; for a CA that "
	    "is no root, there is `set cert_partial_chain'" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
	    "put the certificate of its CA into %s/ca, or let the peer "
	    "send those between" },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
	    "put the certificate of its CA into %s/ca" },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
	    "put it into %s/ca to trust it" },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
	    "put it into %s/ca to trust it" },
	{ X509_V_ERR_CERT_CHAIN_TOO_LONG, "use fewer CAs" },
	{ X509_V_ERR_INVALID_CA,
	    "what signs others needs basicConstraints CA:TRUE" },
	{ X509_V_ERR_CA_MD_TOO_WEAK,
	    "sign it anew with SHA2-256 or better" },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, "its owner needs a longer key" },
	{ X509_V_ERR_CA_KEY_TOO_SMALL, "its CA needs a longer key" }
};

static const char *
chain_cure(int error)
{
	size_t i;

	for (i = 0; i < sizeof(cures) / sizeof(cures[0]); i++)
		if (cures[i].error == error)
			return (cures[i].cure);
	return ("its CA has to issue another one");
}

/* When what is wrong with the dates began or will end; "": no date. */
static void
chain_date(const X509 *x, int error, char *text, size_t size)
{
	const ASN1_TIME *t = NULL;
	struct tm tm;

	text[0] = '\0';
	if (error == X509_V_ERR_CERT_HAS_EXPIRED)
		t = X509_get0_notAfter(x);
	else if (error == X509_V_ERR_CERT_NOT_YET_VALID)
		t = X509_get0_notBefore(x);
	if (t != NULL && ASN1_TIME_to_tm(t, &tm))
		strftime(text, size, " (%Y-%m-%d %H:%M:%S UTC)", &tm);
}

static int
chain_refuse(struct ca_store *st, X509_STORE_CTX *ctx, X509 *leaf, char **why)
{
	int error = X509_STORE_CTX_get_error(ctx);
	X509 *x = X509_STORE_CTX_get_current_cert(ctx);
	char date[40], cure[256];

	if (x == NULL)
		x = leaf;
	chain_date(x, error, date, sizeof(date));
	snprintf(cure, sizeof(cure), chain_cure(error), st->st_name);
	return (ca_refuse(why, "certificate %s: %s%s: %s", cert_subject(x),
	    X509_verify_cert_error_string(error), date, cure));
}

int
chain_check(struct ca_store *st, X509 *leaf, STACK_OF(X509) *others,
    char **why)
{
	X509_STORE_CTX *ctx;
	int error = 0;

	ERR_clear_error();
	if ((ctx = X509_STORE_CTX_new()) == NULL ||
	    !X509_STORE_CTX_init(ctx, st->st_x509, leaf, others))
		error = ca_refuse(why, "%s", ca_liberror());
	else if (X509_verify_cert(ctx) != 1)
		error = chain_refuse(st, ctx, leaf, why);
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return (error);
}

static X509 *
issuer_among(const struct ca_files *files, X509 *x)
{
	const struct ca_file *cf;

	TAILQ_FOREACH(cf, files, cf_entry)
		if (X509_check_issued(cf->cf_x509, x) == X509_V_OK)
			return (cf->cf_x509);
	return (NULL);
}

static int
chain_has(X509 *const *chain, unsigned int n, const X509 *x)
{
	while (n > 0)
		if (chain[--n] == x)
			return (1);
	return (0);
}

unsigned int
chain_build(struct ca_store *st, X509 *leaf, X509 **chain, unsigned int max,
    uint8_t root[20])
{
	unsigned int n = 0;
	X509 *x = leaf, *issuer;

	memset(root, 0, 20);
	while (n < max) {
		/* a root goes along only when it is all there is */
		if (n > 0 && X509_check_issued(x, x) == X509_V_OK)
			break;
		chain[n++] = x;
		if ((issuer = issuer_among(&st->st_cas, x)) == NULL)
			issuer = issuer_among(&st->st_certs, x);
		if (issuer == NULL || chain_has(chain, n, issuer))
			break;
		x = issuer;
	}
	cert_keyhash(x, root);
	return (n);
}
