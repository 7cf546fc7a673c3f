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
 * The peer's proof, RFC 7296 2.15.  Every way out but the one where all
 * checks have passed is by ca_refuse().
 */
#include <sys/types.h>

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "ca.h"
#include "crypto.h"

/* Encodings that are a URL, RFC 7296 3.6. */
#define CERT_URL	12
#define CERT_URL_BUNDLE	13

static int
verify_psk(struct ca *ca, const struct verify_req *vr, char **why)
{
	const struct buf *auth = &vr->vr_auth_data;
	uint8_t mic[PRF_MAX];
	size_t len;
	int good;

	if ((len = ca_mic(ca, vr->vr_policy, vr->vr_prf, &vr->vr_octets, mic,
	    why)) == 0)
		return (-1);
	good = auth->b_len == len && crypto_equal(auth->b_data, mic, len);
	explicit_bzero(mic, sizeof(mic));
	if (!good)
		return (ca_refuse(why, "the pre-shared key of %s and that of "
		    "%s are not the same", id_print(&vr->vr_peer),
		    ca_where(ca, vr->vr_policy)));
	return (0);
}

static int
verify_rfc7427(const struct verify_req *vr, EVP_PKEY *key, char **why)
{
	struct span s = { vr->vr_auth_data.b_data, vr->vr_auth_data.b_len };
	struct span der;
	struct sigalg sa;
	uint8_t len;

	if (span_get8(&s, &len) == -1 || span_take(&s, len, &der) == -1)
		return (ca_refuse(why, "the AUTH payload ends before the "
		    "name of its algorithm does"));
	if (alg_get(&der, &sa, why) == -1)
		return (-1);
	return (alg_verify(key, &sa, &vr->vr_octets, &s, why));
}

/* Did this key sign, as the policy wants it? */
static int
verify_key(struct ca *ca, const struct verify_req *vr, EVP_PKEY *key,
    char **why)
{
	struct span sig = { vr->vr_auth_data.b_data, vr->vr_auth_data.b_len };
	struct buf der = { 0 };
	enum key_kind kind;
	struct sigalg sa;
	int error;

	if (key_allowed(ca, vr->vr_policy, vr->vr_auth, vr->vr_method, key,
	    why) == -1)
		return (-1);
	if (vr->vr_method == IKE_AUTH_SIGNATURE)
		return (verify_rfc7427(vr, key, why));
	if (alg_ofmethod(vr->vr_method, &sa, &kind) == -1 ||
	    kind != key_kind(key))
		return (ca_refuse(why, "proof is by %s, the key is %s",
		    method_name(vr->vr_method), key_name(key)));
	if (sa.sa_scheme == SIG_ECDSA) {
		if (ecdsa_toder(kind, &sig, &der) == -1) {
			buf_clear(&der);
			return (ca_refuse(why, "the signature has %zu octets, "
			    "not those of %s", sig.s_len,
			    method_name(vr->vr_method)));
		}
		sig = (struct span){ der.b_data, der.b_len };
	}
	error = alg_verify(key, &sa, &vr->vr_octets, &sig, why);
	buf_clear(&der);
	return (error);
}

static int
verify_leaf(struct ca *ca, const struct verify_req *vr, X509 *leaf,
    STACK_OF(X509) *others, char **why)
{
	if (leaf_check(leaf, &vr->vr_peer, why) == -1 ||
	    chain_check(ca->ca_store, leaf, others, why) == -1)
		return (-1);
	return (verify_key(ca, vr, X509_get0_pubkey(leaf), why));
}

/* The first certificate is the peer's own, RFC 7296 3.6. */
static int
verify_certs(struct ca *ca, const struct verify_req *vr, char **why)
{
	STACK_OF(X509) *others;
	X509 *leaf = NULL, *x;
	unsigned int i;
	int error = 0;

	if ((others = store_between(ca->ca_store)) == NULL)
		return (ca_refuse(why, "no memory"));
	for (i = 0; i < vr->vr_ncerts && i < AUTH_MAXCERTS && !error; i++) {
		if (vr->vr_certs[i].ac_encoding != IKE_CERT_X509)
			continue;
		x = cert_parse(&vr->vr_certs[i].ac_data, i + 1, why);
		if (x == NULL)
			error = -1;
		else if (leaf == NULL)
			leaf = x;
		else if (sk_X509_push(others, x) <= 0) {
			X509_free(x);
			error = ca_refuse(why, "no memory");
		}
	}
	if (!error && leaf == NULL)
		error = ca_refuse(why, "there is no certificate");
	if (!error)
		error = verify_leaf(ca, vr, leaf, others, why);
	X509_free(leaf);
	sk_X509_pop_free(others, X509_free);
	return (error);
}

/* A bare key: it has to be the one that we have a copy of. */
static int
verify_raw(struct ca *ca, const struct verify_req *vr,
    const struct auth_cert *ac, char **why)
{
	const struct ca_file *cf = pub_find(ca->ca_store, &vr->vr_peer);

	if (pub_same(ca->ca_store, cf, &vr->vr_peer, ac->ac_encoding,
	    &ac->ac_data, why) == -1)
		return (-1);
	return (verify_key(ca, vr, cf->cf_key, why));
}

/* No certificate came: the peer counts on what we have. */
static int
verify_local(struct ca *ca, const struct verify_req *vr, char **why)
{
	const struct ca_file *cf;
	STACK_OF(X509) *others;
	int error = -1, tried = 0;

	if ((others = store_between(ca->ca_store)) == NULL)
		return (ca_refuse(why, "no memory"));
	TAILQ_FOREACH(cf, &ca->ca_store->st_certs, cf_entry) {
		if (!cert_isfor(cf->cf_x509, &vr->vr_peer))
			continue;
		tried = 1;
		if ((error = verify_leaf(ca, vr, cf->cf_x509, others,
		    why)) == 0)
			break;
	}
	sk_X509_pop_free(others, X509_free);
	if (error == 0)
		return (0);
	if ((cf = pub_find(ca->ca_store, &vr->vr_peer)) != NULL)
		return (verify_key(ca, vr, cf->cf_key, why));
	if (tried)
		return (-1);
	return (ca_refuse(why, "%s sent no certificate, and there is neither "
	    "one for it in %s/certs nor its public key in %s/%s",
	    id_print(&vr->vr_peer), ca->ca_store->st_name,
	    ca->ca_store->st_name, pub_dir(vr->vr_peer.id_type)));
}

/* The first payload that we could use decides; *url: one is a URL. */
static const struct auth_cert *
first_cert(const struct verify_req *vr, int *url)
{
	unsigned int i;

	*url = 0;
	for (i = 0; i < vr->vr_ncerts && i < AUTH_MAXCERTS; i++)
		switch (vr->vr_certs[i].ac_encoding) {
		case IKE_CERT_X509:
		case IKE_CERT_RSA:
		case IKE_CERT_RAW:
		case IKE_CERT_ECDSA:
			return (&vr->vr_certs[i]);
		case CERT_URL:
		case CERT_URL_BUNDLE:
			*url = 1;
			break;
		}
	return (NULL);
}

static int
verify_signature(struct ca *ca, const struct verify_req *vr, char **why)
{
	const struct auth_cert *ac;
	int url;

	if (id_check(&vr->vr_peer, why) == -1)
		return (-1);
	if ((ac = first_cert(vr, &url)) == NULL && url)
		return (ca_refuse(why, "%s sent a URL for a certificate, and "
		    "nothing is fetched here: let it send the certificate",
		    id_print(&vr->vr_peer)));
	if (ac == NULL)
		return (verify_local(ca, vr, why));
	if (ac->ac_encoding == IKE_CERT_X509)
		return (verify_certs(ca, vr, why));
	return (verify_raw(ca, vr, ac, why));
}

/* Before anything is calculated: is it the kind of proof we want? */
static int
check_method(struct ca *ca, const struct verify_req *vr, char **why)
{
	int psk = vr->vr_method == IKE_AUTH_PSK;
	enum key_kind kind;
	struct sigalg sa;

	if (!psk && vr->vr_method != IKE_AUTH_SIGNATURE &&
	    alg_ofmethod(vr->vr_method, &sa, &kind) == -1)
		return (ca_refuse(why, "%s authenticates by %s, which iked "
		    "does not know: use a pre-shared key or a signature",
		    id_print(&vr->vr_peer), method_name(vr->vr_method)));
	if (psk && vr->vr_auth != CONF_AUTH_PSK)
		return (ca_refuse(why, "%s authenticates with a pre-shared "
		    "key, %s wants a signature: add `psk' to it, or let the "
		    "peer sign", id_print(&vr->vr_peer),
		    ca_where(ca, vr->vr_policy)));
	if (!psk && vr->vr_auth == CONF_AUTH_PSK)
		return (ca_refuse(why, "%s authenticates by %s, %s wants a "
		    "pre-shared key: take `psk' out of it, or give the peer "
		    "the key", id_print(&vr->vr_peer),
		    method_name(vr->vr_method), ca_where(ca, vr->vr_policy)));
	return (0);
}

void
ca_verify(struct ca *ca, const struct verify_req *vr, struct verify_res *vs)
{
	char *why = NULL;
	int error;

	memset(vs, 0, sizeof(*vs));
	vs->vs_id = vr->vr_id;
	if ((error = check_method(ca, vr, &why)) == 0)
		error = vr->vr_auth == CONF_AUTH_PSK ?
		    verify_psk(ca, vr, &why) : verify_signature(ca, vr, &why);
	vs->vs_ok = error == 0;
	if (vs->vs_ok) {
		/* of a certificate that was tried before the right one */
		free(why);
		why = NULL;
	}
	vs->vs_why = why;
	ERR_clear_error();
}

/* What `rsa', `ecdsa256', ... of iked.conf(5) ask for. */
static const struct {
	enum conf_auth	 auth;
	const char	*word;
	uint8_t		 method;	/* besides IKE_AUTH_SIGNATURE */
	enum key_kind	 kind;
} wants[] = {
	{ CONF_AUTH_RSA,	"rsa",		IKE_AUTH_RSA,	KEY_RSA },
	{ CONF_AUTH_ECDSA256,	"ecdsa256",	IKE_AUTH_ECDSA256, KEY_P256 },
	{ CONF_AUTH_ECDSA384,	"ecdsa384",	IKE_AUTH_ECDSA384, KEY_P384 },
	{ CONF_AUTH_ECDSA521,	"ecdsa521",	IKE_AUTH_ECDSA521, KEY_P521 }
};
#define NWANTS		(sizeof(wants) / sizeof(wants[0]))

int
key_allowed(const struct ca *ca, unsigned int policy, enum conf_auth auth,
    uint8_t method, const EVP_PKEY *key, char **why)
{
	size_t i;

	if (auth == CONF_AUTH_RFC7427 && method != IKE_AUTH_SIGNATURE)
		return (ca_refuse(why, "proof is by %s, %s wants `rfc7427': "
		    "let it say `signature'", method_name(method),
		    ca_where(ca, policy)));
	for (i = 0; i < NWANTS; i++) {
		if (auth != wants[i].auth)
			continue;
		if ((method != wants[i].method &&
		    method != IKE_AUTH_SIGNATURE) ||
		    key_kind(key) != wants[i].kind)
			return (ca_refuse(why, "proof is by %s with a key "
			    "that is %s, %s wants `%s': let it say "
			    "`signature'", method_name(method), key_name(key),
			    ca_where(ca, policy), wants[i].word));
	}
	return (0);
}
