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
 * Keys, certificates and CRLs, the files of both ends, and one proof from
 * its making to the verdict.
 */
#include <sys/types.h>
#include <sys/stat.h>

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "catest.h"

#define DAY	86400L

static void *
must(void *p)
{
	if (p == NULL)
		fatalx("libcrypto makes nothing here");
	return (p);
}

EVP_PKEY *
mint_key(const char *kind)
{
	EVP_PKEY *key = NULL;
	EVP_PKEY_CTX *ctx;
	BIGNUM *e = must(BN_new());

	if (strncmp(kind, "P-", 2) == 0)
		key = EVP_EC_gen(kind);
	else if (strcmp(kind, "ED25519") == 0)
		key = EVP_PKEY_Q_keygen(NULL, NULL, kind);
	else if (strcmp(kind, "RSA3") == 0) {
		BN_set_word(e, 3);
		ctx = must(EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL));
		if (EVP_PKEY_keygen_init(ctx) == 1 &&
		    EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048) == 1 &&
		    EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e) == 1)
			EVP_PKEY_generate(ctx, &key);
		EVP_PKEY_CTX_free(ctx);
	} else if (strcmp(kind, "RSA-PSS") == 0) {
		ctx = must(EVP_PKEY_CTX_new_from_name(NULL, kind, NULL));
		if (EVP_PKEY_keygen_init(ctx) == 1 &&
		    EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048) == 1)
			EVP_PKEY_generate(ctx, &key);
		EVP_PKEY_CTX_free(ctx);
	} else
		key = EVP_RSA_gen(strcmp(kind, "RSA512") == 0 ? 512 : 2048);
	BN_free(e);
	return (must(key));
}

EVP_PKEY *
mint_rsapub(const char *n, const char *e)
{
	OSSL_PARAM_BLD *bld = must(OSSL_PARAM_BLD_new());
	BIGNUM *bn = NULL, *be = NULL;
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *key = NULL;
	OSSL_PARAM *params;

	BN_hex2bn(&bn, n);
	BN_hex2bn(&be, e);
	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, bn);
	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, be);
	params = must(OSSL_PARAM_BLD_to_param(bld));
	ctx = must(EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL));
	if (EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	BN_free(bn);
	BN_free(be);
	return (must(key));
}

/* /CN=a/O=b, as simple as that */
static void
set_subject(X509 *x, const char *text)
{
	struct ike_id id = { 0 };
	const unsigned char *p;
	X509_NAME *name;

	if (text == NULL)
		return;
	if (id_parse(text, &id) == -1)
		fatalx("no subject: %s", text);
	p = id.id_data;
	name = must(d2i_X509_NAME(NULL, &p, id.id_len));
	X509_set_subject_name(x, name);
	X509_NAME_free(name);
	id_clear(&id);
}

static void
add_ext(X509 *x, X509 *issuer, const struct ext *ext)
{
	X509_EXTENSION *e;
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	e = must(X509V3_EXT_conf_nid(NULL, &ctx, ext->nid, ext->value));
	X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
}

X509 *
mint(const struct mint *m)
{
	static long serial = 1;
	X509 *x = must(X509_new()), *issuer;
	EVP_PKEY *signer = m->m_signer != NULL ? m->m_signer : m->m_key;
	const EVP_MD *md = NULL;
	size_t i;

	issuer = m->m_issuer != NULL ? m->m_issuer : x;
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), serial++);
	X509_gmtime_adj(X509_getm_notBefore(x), m->m_from * DAY - 3600);
	X509_gmtime_adj(X509_getm_notAfter(x),
	    (m->m_to != 0 ? m->m_to : 30) * DAY);
	set_subject(x, m->m_subject);
	X509_set_issuer_name(x, X509_get_subject_name(issuer));
	X509_set_pubkey(x, m->m_key);
	for (i = 0; i < 6 && m->m_ext[i].value != NULL; i++)
		add_ext(x, issuer, &m->m_ext[i]);
	if (EVP_PKEY_get_base_id(signer) != EVP_PKEY_ED25519)
		md = EVP_get_digestbyname(m->m_md != NULL ? m->m_md :
		    "SHA256");
	if (X509_sign(x, signer, md) == 0)
		fatalx("cannot sign a certificate");
	return (x);
}

X509 *
mint_ca(const char *subject, EVP_PKEY *key, X509 *issuer, EVP_PKEY *signer)
{
	return (mint(&(struct mint){ .m_subject = subject, .m_key = key,
	    .m_issuer = issuer, .m_signer = signer, .m_ext = {
	    { NID_basic_constraints, "critical,CA:TRUE" },
	    { NID_key_usage, "critical,keyCertSign,cRLSign" },
	    { NID_subject_key_identifier, "hash" } } }));
}

X509 *
mint_leaf(const char *san, EVP_PKEY *key, X509 *issuer, EVP_PKEY *signer)
{
	return (mint(&(struct mint){ .m_subject = "/O=test/CN=leaf",
	    .m_key = key, .m_issuer = issuer, .m_signer = signer, .m_ext = {
	    { NID_subject_alt_name, san },
	    { NID_key_usage, "digitalSignature" } } }));
}

X509_CRL *
mint_crl(X509 *issuer, EVP_PKEY *key, X509 *revoked)
{
	X509_CRL *crl = must(X509_CRL_new());
	ASN1_TIME *t = must(ASN1_TIME_new());
	X509_REVOKED *r;

	X509_CRL_set_version(crl, X509_CRL_VERSION_2);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer));
	X509_gmtime_adj(t, -3600);
	X509_CRL_set1_lastUpdate(crl, t);
	if (revoked != NULL) {
		r = must(X509_REVOKED_new());
		X509_REVOKED_set_serialNumber(r,
		    X509_get_serialNumber(revoked));
		X509_REVOKED_set_revocationDate(r, t);
		X509_CRL_add0_revoked(crl, r);
	}
	X509_gmtime_adj(t, DAY);
	X509_CRL_set1_nextUpdate(crl, t);
	ASN1_TIME_free(t);
	if (X509_CRL_sign(crl, key, EVP_sha256()) == 0)
		fatalx("cannot sign a CRL");
	return (crl);
}

void
side_open(struct side *sd, const char *name)
{
	static const char *const dirs[] = { "", "/ca", "/certs", "/crls",
	    "/private", "/pubkeys", "/pubkeys/ipv4", "/pubkeys/ipv6",
	    "/pubkeys/fqdn", "/pubkeys/ufqdn" };
	char path[512];
	size_t i;

	memset(sd, 0, sizeof(*sd));
	snprintf(sd->sd_dir, sizeof(sd->sd_dir), "%s/%s", getenv("W"), name);
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", sd->sd_dir, dirs[i]);
		mkdir(path, 0700);
	}
	sd->sd_ca = must(ca_new());
}

void
side_load(struct side *sd)
{
	logged[0] = '\0';
	check(ca_load(sd->sd_ca, sd->sd_dir, sd->sd_partial) == 0,
	    "cannot load %s", sd->sd_dir);
}

void
side_close(struct side *sd)
{
	ca_free(sd->sd_ca);
	sd->sd_ca = NULL;
}

void
side_text(struct side *sd, const char *file, const char *text, size_t len,
    int mode)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", sd->sd_dir, file);
	unlink(path);
	if ((fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode)) == -1 ||
	    fchmod(fd, mode) == -1 || write(fd, text, len) != (ssize_t)len)
		fatalx("cannot write %s", path);
	close(fd);
}

static void
side_bio(struct side *sd, const char *file, BIO *bio, int mode)
{
	char *text;
	long len = BIO_get_mem_data(bio, &text);

	side_text(sd, file, text, len, mode);
	BIO_free(bio);
}

void
side_cert(struct side *sd, const char *file, X509 *x)
{
	BIO *bio = must(BIO_new(BIO_s_mem()));

	PEM_write_bio_X509(bio, x);
	side_bio(sd, file, bio, 0644);
}

void
side_crl(struct side *sd, const char *file, X509_CRL *crl)
{
	BIO *bio = must(BIO_new(BIO_s_mem()));

	PEM_write_bio_X509_CRL(bio, crl);
	side_bio(sd, file, bio, 0644);
}

void
side_pub(struct side *sd, const char *file, EVP_PKEY *key)
{
	BIO *bio = must(BIO_new(BIO_s_mem()));

	PEM_write_bio_PUBKEY(bio, key);
	side_bio(sd, file, bio, 0644);
}

void
side_key(struct side *sd, EVP_PKEY *key)
{
	BIO *bio = must(BIO_new(BIO_s_mem()));

	PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
	side_bio(sd, "private/local.key", bio, 0600);
	side_pub(sd, "local.pub", key);
}

void
side_psk(struct side *sd, const char *psk)
{
	struct policy pol = { .pol_id = POLICY, .pol_name = (char *)"east",
	    .pol_file = (char *)"/etc/iked.conf", .pol_line = 12 };
	struct conf conf = { 0 };

	TAILQ_INIT(&conf.conf_policies);
	TAILQ_INSERT_TAIL(&conf.conf_policies, &pol, pol_entry);
	if (psk != NULL) {
		pol.pol_auth = CONF_AUTH_PSK;
		pol.pol_psk = (uint8_t *)psk;
		pol.pol_psklen = strlen(psk);
	}
	check(ca_setconf(sd->sd_ca, &conf) == 0, "setconf");
}

void
proof_start(struct proof *pr, const char *id)
{
	memset(pr, 0, sizeof(*pr));
	pr->pr_id = id;
	pr->pr_hashes = ANY_HASH;
}

int
proof_sign(struct proof *pr, struct side *sd)
{
	struct sign_req req = { .sr_id = 0x1122334455667788,
	    .sr_policy = POLICY, .sr_auth = pr->pr_sign, .sr_prf = PRF,
	    .sr_hashes = pr->pr_hashes };
	struct sign_res res;
	struct buf b = { 0 };
	struct span s;
	unsigned int i;

	/* what it asks for may be there already */
	for (i = 0; i < pr->pr_req.sr_nreqs; i++) {
		req.sr_reqs[i].ac_encoding =
		    pr->pr_req.sr_reqs[i].ac_encoding;
		buf_putbuf(&req.sr_reqs[i].ac_data,
		    &pr->pr_req.sr_reqs[i].ac_data);
	}
	req.sr_nreqs = pr->pr_req.sr_nreqs;
	if (id_parse(pr->pr_id, &req.sr_self) == -1)
		fatalx("no identity: %s", pr->pr_id);
	buf_put(&req.sr_octets, "what both of us saw", 19);
	sign_req_put(&b, &req);
	sign_req_clear(&req);
	sign_req_clear(&pr->pr_req);
	s = (struct span){ b.b_data, b.b_len };
	check(sign_req_get(&s, &pr->pr_req) == 0 && s.s_len == 0,
	    "a request to sign does not come back");
	buf_clear(&b);

	ca_sign(sd->sd_ca, &pr->pr_req, &res);
	sign_res_put(&b, &res);
	sign_res_clear(&res);
	s = (struct span){ b.b_data, b.b_len };
	check(sign_res_get(&s, &pr->pr_res) == 0 && s.s_len == 0,
	    "a signature does not come back");
	buf_clear(&b);
	check(pr->pr_res.ss_id == 0x1122334455667788, "ss_id");
	return (pr->pr_res.ss_ok);
}

void
proof_carry(struct proof *pr)
{
	struct verify_req *vr = &pr->pr_vreq;
	unsigned int i;

	vr->vr_id = 0x99aabbccddeeff00;
	vr->vr_policy = POLICY;
	vr->vr_prf = PRF;
	vr->vr_auth = pr->pr_want;
	vr->vr_method = pr->pr_res.ss_method;
	id_copy(&vr->vr_peer, &pr->pr_req.sr_self);
	buf_putbuf(&vr->vr_auth_data, &pr->pr_res.ss_auth);
	buf_putbuf(&vr->vr_octets, &pr->pr_req.sr_octets);
	vr->vr_ncerts = pr->pr_res.ss_ncerts;
	for (i = 0; i < vr->vr_ncerts; i++) {
		vr->vr_certs[i].ac_encoding =
		    pr->pr_res.ss_certs[i].ac_encoding;
		buf_putbuf(&vr->vr_certs[i].ac_data,
		    &pr->pr_res.ss_certs[i].ac_data);
	}
}

int
proof_verify(struct proof *pr, struct side *sd)
{
	struct verify_req req;
	struct verify_res res;
	struct buf b = { 0 };
	struct span s;

	verify_req_put(&b, &pr->pr_vreq);
	s = (struct span){ b.b_data, b.b_len };
	if (verify_req_get(&s, &req) == -1 || s.s_len != 0)
		fatalx("a request to verify does not come back");
	buf_clear(&b);
	ca_verify(sd->sd_ca, &req, &res);
	verify_req_clear(&req);
	verify_res_put(&b, &res);
	verify_res_clear(&res);
	verify_res_clear(&pr->pr_vres);
	s = (struct span){ b.b_data, b.b_len };
	if (verify_res_get(&s, &pr->pr_vres) == -1 || s.s_len != 0)
		fatalx("a verdict does not come back");
	buf_clear(&b);
	check(pr->pr_vres.vs_id == 0x99aabbccddeeff00, "vs_id");
	return (pr->pr_vres.vs_ok);
}

void
proof_end(struct proof *pr)
{
	sign_req_clear(&pr->pr_req);
	sign_res_clear(&pr->pr_res);
	verify_req_clear(&pr->pr_vreq);
	verify_res_clear(&pr->pr_vres);
}

/* Is a reason fit for a log, and the one that was expected? */
static void
check_why(const char *got, const char *why, const char *what)
{
	size_t i, len;

	if (got == NULL)
		got = "";
	len = strlen(got);
	for (i = 0; i < len; i++)
		if (!isprint((unsigned char)got[i]))
			break;
	check(len > 0 && i == len && len <= 500,
	    "%s: this is no text for a log: %s", what, got);
	check(strstr(got, why) != NULL, "%s: \"%s\" instead of \"%s\"", what,
	    got, why);
	if (getenv("VERBOSE") != NULL)
		printf("%s: %s\n", what, got);
}

void
expect_verdict(struct proof *pr, struct side *sd, const char *why,
    const char *what)
{
	int ok = proof_verify(pr, sd);

	if (why == NULL)
		check(ok && pr->pr_vres.vs_why == NULL, "%s: refused: %s",
		    what, pr->pr_vres.vs_why);
	else if (ok)
		check(0, "%s: accepted", what);
	else
		check_why(pr->pr_vres.vs_why, why, what);
}

void
expect_nosign(struct proof *pr, struct side *sd, const char *why,
    const char *what)
{
	if (proof_sign(pr, sd))
		check(0, "%s: signed", what);
	else
		check_why(pr->pr_res.ss_why, why, what);
	check(pr->pr_res.ss_ncerts == 0 && pr->pr_res.ss_auth.b_len == 0,
	    "%s: leaves something", what);
}

void
expect(struct side *from, struct side *to, const char *id, const char *why,
    const char *what)
{
	struct proof pr;

	proof_start(&pr, id);
	if (!proof_sign(&pr, from))
		check(0, "%s: not signed: %s", what, pr.pr_res.ss_why);
	else {
		proof_carry(&pr);
		expect_verdict(&pr, to, why, what);
	}
	proof_end(&pr);
}
