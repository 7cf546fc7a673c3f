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
 * What the ca process does for the other: SKEYID by a pre-shared key, and RSA
 * signatures (RFC 2409 5.1): the hash alone, without its name, in the padding
 * of PKCS#1.  Every way out but the good one is by ca_refuse().
 */
#include <sys/types.h>

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "auth.h"
#include "daemon.h"
#include "store.h"

struct ca {
	struct ca_store	*ca_store;	/* never NULL */
	struct model	*ca_model;	/* NULL: none yet */
};

struct ca *
ca_new(void)
{
	struct ca *ca;

	if ((ca = calloc(1, sizeof(*ca))) == NULL)
		return (NULL);
	if ((ca->ca_store = store_new(ISAKMPD_DIR, ISAKMPD_DIR)) == NULL) {
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
	if (ca->ca_model != NULL)
		model_free(ca->ca_model);
	store_free(ca->ca_store);
	free(ca);
}

/* Whoever is in ca/ is trusted, a root or not. */
int
ca_load(struct ca *ca, const char *dir, struct buf *pem)
{
	struct ca_store *st;
	int error;

	if ((st = store_new(dir, ISAKMPD_DIR)) == NULL)
		return (-1);
	error = store_load(st, pem, 1);
	if (pem != NULL)
		buf_clear(pem);
	if (error == -1) {
		store_free(st);
		return (-1);
	}
	store_free(ca->ca_store);
	ca->ca_store = st;
	return (0);
}

void
ca_setmodel(struct ca *ca, struct model *md)
{
	if (ca->ca_model != NULL)
		model_free(ca->ca_model);
	ca->ca_model = md;
}

/* The name of a certificate in DER, to the end of the buffer. */
static void
put_name(struct buf *b, const X509 *x)
{
	unsigned char *der = NULL;
	int len;

	if ((len = i2d_X509_NAME(X509_get_subject_name(x), &der)) > 0)
		buf_putsized(b, der, len);
	OPENSSL_free(der);
}

void
ca_names(struct ca *ca, struct buf *b)
{
	const struct ca_file *cf;

	TAILQ_FOREACH(cf, &ca->ca_store->st_cas, cf_entry)
		put_name(b, cf->cf_x509);
}

/*
 * Pre-shared keys
 */

static const struct peer *
ca_peer(const struct ca *ca, unsigned int id)
{
	const struct peer *pe;

	if (ca->ca_model != NULL)
		TAILQ_FOREACH(pe, &ca->ca_model->md_peers, pe_entry)
			if (pe->pe_id == id)
				return (pe);
	return (NULL);
}

static int
do_skeyid(struct ca *ca, const struct auth_req *ar, struct auth_res *as,
    char **why)
{
	const struct peer *pe = ca_peer(ca, ar->ar_peer);
	uint8_t skeyid[HASH_MAX];
	int error;

	if (pe == NULL)
		return (ca_refuse(why, "the peer is not in the configuration "
		    "any more"));
	if (pe->pe_psk == NULL)
		return (ca_refuse(why, "[%s] has no pre-shared key: it needs "
		    "Authentication", pe->pe_name));
	if (hash_len(ar->ar_alg) == 0)
		return (ca_refuse(why, "hash %u is unknown", ar->ar_alg));
	error = keys_skeyid_psk(ar->ar_alg, pe->pe_psk, pe->pe_psklen,
	    &ar->ar_ni, &ar->ar_nr, skeyid);
	if (error == 0)
		buf_put(&as->as_data, skeyid, hash_len(ar->ar_alg));
	explicit_bzero(skeyid, sizeof(skeyid));
	if (error == -1 || as->as_data.b_failed)
		return (ca_refuse(why, "SKEYID cannot be calculated by %s",
		    v1_hash_name(ar->ar_alg)));
	return (0);
}

/*
 * Signatures
 */

static int
check_rsa(const EVP_PKEY *key, const char *whose, char **why)
{
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
		return (0);
	return (ca_refuse(why, "%s is %s: IKEv1 signatures here are by RSA, "
	    "so that it needs an RSA key", whose, key_name(key)));
}

/* To sign or to verify, with no hash named: that is what makes it bare. */
static EVP_PKEY_CTX *
rsa_ctx(EVP_PKEY *key, int (*init)(EVP_PKEY_CTX *))
{
	EVP_PKEY_CTX *ctx;

	ERR_clear_error();
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	if (ctx != NULL && init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1)
		return (ctx);
	EVP_PKEY_CTX_free(ctx);
	return (NULL);
}

static int
rsa_sign(EVP_PKEY *key, const struct buf *hash, struct buf *sig, char **why)
{
	EVP_PKEY_CTX *ctx = rsa_ctx(key, EVP_PKEY_sign_init);
	size_t len = EVP_PKEY_get_size(key);
	uint8_t *out = buf_room(sig, len);
	int good;

	good = ctx != NULL && out != NULL &&
	    EVP_PKEY_sign(ctx, out, &len, hash->b_data, hash->b_len) == 1;
	EVP_PKEY_CTX_free(ctx);
	if (!good)
		return (ca_refuse(why, "cannot sign with local.key: %s",
		    ca_liberror()));
	buf_trim(sig, len);
	return (0);
}

static int
rsa_verify(EVP_PKEY *key, const struct auth_req *ar, char **why)
{
	const struct buf *hash = &ar->ar_hash, *sig = &ar->ar_sig;
	EVP_PKEY_CTX *ctx;
	int good;

	if (check_rsa(key, id_print(&ar->ar_id), why) == -1)
		return (-1);
	if ((ctx = rsa_ctx(key, EVP_PKEY_verify_init)) == NULL)
		return (ca_refuse(why, "%s", ca_liberror()));
	good = EVP_PKEY_verify(ctx, sig->b_data, sig->b_len, hash->b_data,
	    hash->b_len) == 1;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	if (good)
		return (0);
	return (ca_refuse(why, "the signature of %s is not by the key that we "
	    "know as its own (%s)", id_print(&ar->ar_id), key_name(key)));
}

/*
 * Our own
 */

/* own_asked: a CERTREQ of IKEv1 is the name of a CA; an empty one, any. */
static int
own_requested(const void *arg, const struct own *own, const uint8_t root[20])
{
	const struct auth_req *ar = arg;
	X509_NAME *name;
	unsigned int i, j;
	const unsigned char *p;
	int found = 0;

	for (i = 0; i < ar->ar_ncerts && i < AUTH_MAXCERTS && !found; i++) {
		if (ar->ar_certs[i].ac_encoding != IKE_CERT_X509)
			continue;
		p = ar->ar_certs[i].ac_data.b_data;
		name = d2i_X509_NAME(NULL, &p,
		    ar->ar_certs[i].ac_data.b_len);
		if (name == NULL)
			continue;
		for (j = 0; j < own->ow_n && !found; j++)
			found = X509_NAME_cmp(name, X509_get_issuer_name(
			    own->ow_chain[j])) == 0;
		X509_NAME_free(name);
	}
	ERR_clear_error();
	return (found);
}

/* No certificate: the peer has to have our public key. */
static int
add_certs(struct ca *ca, const struct auth_req *ar, struct auth_res *as,
    char **why)
{
	struct auth_cert *ac = as->as_certs;
	struct own own;
	unsigned int i;

	own_find(ca->ca_store, &ar->ar_id, own_requested, ar, &own);
	for (i = 0; i < own.ow_n && i < AUTH_MAXCERTS; i++, ac++) {
		ac->ac_encoding = IKE_CERT_X509;
		as->as_ncerts++;
		if (cert_put(own.ow_chain[i], &ac->ac_data) == -1)
			return (ca_refuse(why, "%s", ca_liberror()));
	}
	return (0);
}

static int
do_sign(struct ca *ca, const struct auth_req *ar, struct auth_res *as,
    char **why)
{
	struct ca_store *st = ca->ca_store;

	if (st->st_key == NULL)
		return (ca_refuse(why, "%s", st->st_nokey));
	if (id_check(&ar->ar_id, why) == -1 ||
	    check_rsa(st->st_key, "private/local.key", why) == -1 ||
	    rsa_sign(st->st_key, &ar->ar_hash, &as->as_data, why) == -1)
		return (-1);
	return (add_certs(ca, ar, as, why));
}

/*
 * The peer's
 */

/*
 * Accept-self-signed: without a CA, if we have a copy.  The signature of the
 * certificate on itself says nothing then, but its dates do.
 */
static int
is_copy(struct ca *ca, X509 *leaf)
{
	const struct ca_file *cf;

	if (ca->ca_model == NULL || !ca->ca_model->md_selfsigned ||
	    X509_check_issued(leaf, leaf) != X509_V_OK ||
	    X509_cmp_current_time(X509_get0_notAfter(leaf)) <= 0 ||
	    X509_cmp_current_time(X509_get0_notBefore(leaf)) >= 0)
		return (0);
	TAILQ_FOREACH(cf, &ca->ca_store->st_certs, cf_entry)
		if (X509_cmp(cf->cf_x509, leaf) == 0)
			return (1);
	return (0);
}

static int
verify_leaf(struct ca *ca, const struct auth_req *ar, X509 *leaf,
    STACK_OF(X509) *others, char **why)
{
	if (leaf_check(leaf, &ar->ar_id, why) == -1)
		return (-1);
	if (!is_copy(ca, leaf) &&
	    chain_check(ca->ca_store, leaf, others, why) == -1)
		return (-1);
	return (rsa_verify(X509_get0_pubkey(leaf), ar, why));
}

/* Those that came, on top of our own; -1 with the reason. */
static int
take_certs(const struct auth_req *ar, STACK_OF(X509) *stack, char **why)
{
	unsigned int i, n = 0;
	X509 *x;

	for (i = 0; i < ar->ar_ncerts && i < AUTH_MAXCERTS; i++) {
		if (ar->ar_certs[i].ac_encoding != IKE_CERT_X509)
			continue;
		x = cert_parse(&ar->ar_certs[i].ac_data, ++n, why);
		if (x == NULL)
			return (-1);
		if (sk_X509_push(stack, x) <= 0) {
			X509_free(x);
			return (ca_refuse(why, "no memory"));
		}
	}
	return (0);
}

/* They come in any order: the peer's own is the one with its name. */
static int
verify_certs(struct ca *ca, const struct auth_req *ar, char **why)
{
	STACK_OF(X509) *stack;
	X509 *leaf;
	int error, i, ours, tried;

	if ((stack = store_between(ca->ca_store)) == NULL)
		return (ca_refuse(why, "no memory"));
	ours = sk_X509_num(stack);
	if ((error = take_certs(ar, stack, why)) == 0) {
		/* a peer that renews may send the old one, too */
		for (i = ours, tried = 0; i < sk_X509_num(stack); i++) {
			leaf = sk_X509_value(stack, i);
			if (!cert_isfor(leaf, &ar->ar_id))
				continue;
			tried = 1;
			if ((error = verify_leaf(ca, ar, leaf, stack,
			    why)) == 0)
				break;
		}
		/* none: it is said whose the first one is */
		if (!tried)
			error = verify_leaf(ca, ar,
			    sk_X509_value(stack, ours), stack, why);
	}
	sk_X509_pop_free(stack, X509_free);
	return (error);
}

static int
verify_raw(struct ca *ca, const struct auth_req *ar,
    const struct auth_cert *ac, char **why)
{
	const struct ca_file *cf = pub_find(ca->ca_store, &ar->ar_id);

	if (pub_same(ca->ca_store, cf, &ar->ar_id, ac->ac_encoding,
	    &ac->ac_data, why) == -1)
		return (-1);
	return (rsa_verify(cf->cf_key, ar, why));
}

/* -1 with the reason; 1: there is no such certificate. */
static int
verify_stored(struct ca *ca, const struct auth_req *ar, char **why)
{
	const struct ca_file *cf;
	STACK_OF(X509) *others;
	int error = 1;

	if ((others = store_between(ca->ca_store)) == NULL)
		return (ca_refuse(why, "no memory"));
	TAILQ_FOREACH(cf, &ca->ca_store->st_certs, cf_entry) {
		if (error == 0 || !cert_isfor(cf->cf_x509, &ar->ar_id))
			continue;
		error = verify_leaf(ca, ar, cf->cf_x509, others, why);
	}
	sk_X509_pop_free(others, X509_free);
	return (error);
}

/* None came: the peer counts on what we have. */
static int
verify_local(struct ca *ca, const struct auth_req *ar, char **why)
{
	const struct ca_store *st = ca->ca_store;
	const struct ca_file *cf = pub_find(st, &ar->ar_id);
	int error;

	error = verify_stored(ca, ar, why);
	if (error != 0 && cf != NULL)
		error = rsa_verify(cf->cf_key, ar, why);
	if (error != 1)
		return (error);
	return (ca_refuse(why, "%s sent no certificate, and there is neither "
	    "one for it in %s/certs nor its public key in %s/%s",
	    id_print(&ar->ar_id), st->st_name, st->st_name,
	    pub_dir(ar->ar_id.id_type)));
}

/* The first payload that we can use decides. */
static int
do_verify(struct ca *ca, const struct auth_req *ar, char **why)
{
	const struct auth_cert *ac = ar->ar_certs;
	unsigned int i;

	if (id_check(&ar->ar_id, why) == -1)
		return (-1);
	for (i = 0; i < ar->ar_ncerts && i < AUTH_MAXCERTS; i++, ac++) {
		if (ac->ac_encoding == IKE_CERT_X509)
			return (verify_certs(ca, ar, why));
		if (ac->ac_encoding == IKE_CERT_RSA ||
		    ac->ac_encoding == IKE_CERT_RAW)
			return (verify_raw(ca, ar, ac, why));
	}
	return (verify_local(ca, ar, why));
}

/*
 * What RFC 2409 lets sign: a hash as it is.  With its name in front it would
 * be the signature of a certificate, or of whatever else people sign.
 */
static int
check_hash(const struct auth_req *ar, char **why)
{
	const size_t len = hash_len(ar->ar_alg);

	if (len != 0 && ar->ar_hash.b_len == len)
		return (0);
	return (ca_refuse(why, "the hash to be signed has %zu octets, not "
	    "%zu", ar->ar_hash.b_len, len));
}

static int
do_it(struct ca *ca, const struct auth_req *ar, struct auth_res *as,
    char **why)
{
	if (ar->ar_kind == AUTH_SKEYID)
		return (do_skeyid(ca, ar, as, why));
	if (check_hash(ar, why) == -1)
		return (-1);
	return (ar->ar_kind == AUTH_SIGN ? do_sign(ca, ar, as, why) :
	    do_verify(ca, ar, why));
}

void
ca_do(struct ca *ca, const struct auth_req *ar, struct auth_res *as)
{
	char *why = NULL;
	int error;

	memset(as, 0, sizeof(*as));
	if ((error = do_it(ca, ar, as, &why)) != 0)
		auth_res_clear(as);
	else {
		/* of what was tried before the right one */
		free(why);
		why = NULL;
	}
	as->as_asker = ar->ar_asker;
	as->as_kind = ar->ar_kind;
	as->as_ok = error == 0;
	as->as_why = why;
	ERR_clear_error();
}
