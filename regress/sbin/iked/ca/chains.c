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
 * Chains: from a leaf to a root, and all that can be wrong between.
 */
#include <sys/stat.h>
#include <sys/types.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <string.h>
#include <time.h>

#include <openssl/core_names.h>
#include <openssl/x509v3.h>

#include "catest.h"

#define ID	"east.example.org"
#define SAN	"DNS:" ID

/* A root, one below it, and who is proved. */
struct pki {
	EVP_PKEY	*root_key;
	EVP_PKEY	*mid_key;
	EVP_PKEY	*key;
	X509		*root;
	X509		*mid;
	struct side	 east;
	struct side	 west;
};

static void
pki_open(struct pki *p)
{
	p->root_key = mint_key("P-256");
	p->mid_key = mint_key("P-256");
	p->key = mint_key("P-256");
	p->root = mint_ca("/C=DE/CN=root", p->root_key, NULL, NULL);
	p->mid = mint_ca("/C=DE/CN=mid", p->mid_key, p->root, p->root_key);
	side_open(&p->east, "east");
	side_open(&p->west, "west");
	side_key(&p->east, p->key);
	side_cert(&p->east, "certs/mid.crt", p->mid);
	side_cert(&p->west, "ca/root.crt", p->root);
	side_load(&p->west);
}

static void
pki_close(struct pki *p)
{
	side_close(&p->east);
	side_close(&p->west);
	X509_free(p->root);
	X509_free(p->mid);
	EVP_PKEY_free(p->root_key);
	EVP_PKEY_free(p->mid_key);
	EVP_PKEY_free(p->key);
}

/* With such a leaf; it is consumed. */
static void
pki_expect(struct pki *p, X509 *leaf, const char *why, const char *what)
{
	side_cert(&p->east, "certs/east.crt", leaf);
	X509_free(leaf);
	side_load(&p->east);
	expect(&p->east, &p->west, ID, why, what);
}

static X509 *
pki_leaf(struct pki *p)
{
	return (mint_leaf(SAN, p->key, p->mid, p->mid_key));
}

void
chains_good(void)
{
	struct proof pr;
	struct pki p;

	pki_open(&p);
	pki_expect(&p, mint_leaf(SAN, p.key, p.root, p.root_key), NULL,
	    "leaf of the root");
	pki_expect(&p, pki_leaf(&p), NULL, "leaf of one below the root");

	proof_start(&pr, ID);
	check(proof_sign(&pr, &p.east) && pr.pr_res.ss_ncerts == 2,
	    "not the leaf and the one between, but %u", pr.pr_res.ss_ncerts);
	proof_carry(&pr);
	buf_put8(&pr.pr_vreq.vr_octets, 'x');
	expect_verdict(&pr, &p.west, "the signature is not by the key",
	    "other octets");
	proof_end(&pr);
	pki_close(&p);
}

void
chains_dates(void)
{
	struct mint m = { .m_subject = "/CN=leaf", .m_ext = {
	    { NID_subject_alt_name, SAN } } };
	struct pki p;

	pki_open(&p);
	m.m_key = p.key;
	m.m_issuer = p.mid;
	m.m_signer = p.mid_key;
	m.m_from = -20;
	m.m_to = -10;
	pki_expect(&p, mint(&m), "has expired (20", "expired");
	side_load(&p.east);
	check(strstr(logged, "east.crt: /CN=leaf has expired") != NULL,
	    "expired, but not warned: %s", logged);
	m.m_from = 10;
	m.m_to = 20;
	pki_expect(&p, mint(&m), "not yet valid (20", "not yet valid");
	m.m_from = -1;
	pki_expect(&p, mint(&m), NULL, "valid now");
	pki_close(&p);
}

void
chains_bad(void)
{
	struct mint m = { .m_subject = "/CN=leaf", .m_ext = {
	    { NID_subject_alt_name, SAN } } };
	struct mint ca = { .m_subject = "/C=DE/CN=mid" };
	struct pki p;
	EVP_PKEY *other = mint_key("P-256");
	X509 *x;

	pki_open(&p);
	m.m_key = p.key;
	pki_expect(&p, mint(&m), "self-signed", "self-signed");
	x = mint_ca("/C=DE/CN=root", other, NULL, NULL);
	pki_expect(&p, mint_leaf(SAN, p.key, x, other), ": ",
	    "of a root that is called the same");
	X509_free(x);

	m.m_issuer = p.mid;
	m.m_signer = p.mid_key;
	m.m_md = "SHA1";
	pki_expect(&p, mint(&m), "sign it anew", "signed with SHA1");
	m.m_md = NULL;
	m.m_ext[1] = (struct ext){ NID_key_usage, "critical,keyAgreement" };
	pki_expect(&p, mint(&m), "needs digitalSignature", "keyUsage");
	m.m_ext[1] = (struct ext){ NID_ext_key_usage, "serverAuth" };
	pki_expect(&p, mint(&m), NULL, "extendedKeyUsage does not matter");
	m.m_ext[1] = (struct ext){ NID_ext_key_usage, NULL };

	ca.m_key = p.mid_key;
	ca.m_issuer = p.root;
	ca.m_signer = p.root_key;
	ca.m_ext[0] = (struct ext){ NID_basic_constraints, "CA:FALSE" };
	x = mint(&ca);
	side_cert(&p.east, "certs/mid.crt", x);
	X509_free(x);
	pki_expect(&p, mint(&m), "CA:TRUE", "a leaf as CA");
	ca.m_ext[0] = (struct ext){ NID_key_usage, "keyCertSign" };
	x = mint(&ca);
	side_cert(&p.east, "certs/mid.crt", x);
	X509_free(x);
	pki_expect(&p, mint(&m), "CA:TRUE", "a CA that does not say so");
	ca.m_ext[0] = (struct ext){ NID_basic_constraints, "CA:TRUE" };
	ca.m_ext[1] = (struct ext){ NID_name_constraints,
	    "critical,permitted;DNS:example.net" };
	x = mint(&ca);
	side_cert(&p.east, "certs/mid.crt", x);
	X509_free(x);
	pki_expect(&p, mint(&m), "permitted subtree violation",
	    "name constraints");
	EVP_PKEY_free(other);
	pki_close(&p);
}

/* A directory in its place: not even root reads that. */
static void
unread(struct side *sd, const char *file)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/%s", sd->sd_dir, file);
	check(unlink(path) == 0 && mkdir(path, 0755) == 0, "%s", path);
}

void
chains_crl(void)
{
	X509_CRL *crl;
	struct pki p;
	X509 *leaf;

	pki_open(&p);
	leaf = pki_leaf(&p);
	side_cert(&p.east, "certs/east.crt", leaf);
	side_load(&p.east);
	crl = mint_crl(p.mid, p.mid_key, leaf);
	side_crl(&p.west, "crls/mid.crl", crl);
	X509_CRL_free(crl);
	crl = mint_crl(p.root, p.root_key, NULL);
	side_crl(&p.west, "crls/root.crl", crl);
	X509_CRL_free(crl);
	side_load(&p.west);
	expect(&p.east, &p.west, ID, "certificate revoked", "revoked");
	pki_expect(&p, pki_leaf(&p), NULL, "another one is not revoked");

	crl = mint_crl(p.root, p.root_key, p.mid);
	side_crl(&p.west, "crls/root.crl", crl);
	X509_CRL_free(crl);
	side_load(&p.west);
	expect(&p.east, &p.west, ID, "/C=DE/CN=mid: certificate revoked",
	    "its CA is revoked");

	crl = mint_crl(p.root, p.mid_key, NULL);
	side_crl(&p.west, "crls/root.crl", crl);
	X509_CRL_free(crl);
	side_load(&p.west);
	expect(&p.east, &p.west, ID, "CRL signature failure",
	    "the CRL is by somebody else");

	side_text(&p.west, "crls/root.crl", "junk", 4, 0644);
	side_load(&p.west);
	check(strstr(logged, "root.crl: no CRL") != NULL, "junk: %s", logged);
	expect(&p.east, &p.west, ID, "unable to get certificate CRL",
	    "a damaged CRL revokes nothing, and makes nothing good");
	side_text(&p.west, "crls/mid.crl", "", 0, 0644);
	side_load(&p.west);
	expect(&p.east, &p.west, ID, "unable to get certificate CRL",
	    "none but damaged CRLs");
	unread(&p.west, "crls/root.crl");
	unread(&p.west, "crls/mid.crl");
	side_load(&p.west);
	expect(&p.east, &p.west, ID, "unable to get certificate CRL",
	    "none but CRLs that cannot be read");
	X509_free(leaf);
	pki_close(&p);
}

void
chains_partial(void)
{
	struct pki p;

	pki_open(&p);
	side_cert(&p.west, "ca/root.crt", p.mid);
	side_load(&p.west);
	pki_expect(&p, pki_leaf(&p), "cert_partial_chain",
	    "a CA that is no root");
	p.west.sd_partial = 1;
	side_load(&p.west);
	pki_expect(&p, pki_leaf(&p), NULL, "the same, as one wants it");
	pki_close(&p);
}

/* n CAs below the root, each signed by the one before, then a leaf. */
static void
deep_chain(struct pki *p, unsigned int n, struct side *where)
{
	X509 *x = p->root, *next;
	char name[64];
	unsigned int i;

	X509_up_ref(x);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "/CN=ca %u", i);
		next = mint_ca(name, p->mid_key, x, i == 0 ? p->root_key :
		    p->mid_key);
		X509_free(x);
		x = next;
		snprintf(name, sizeof(name), "certs/%03u.crt", i);
		side_cert(where, name, x);
	}
	next = mint_leaf(SAN, p->key, x, p->mid_key);
	side_cert(&p->east, "certs/east.crt", next);
	X509_free(next);
	X509_free(x);
	side_load(&p->east);
	side_load(&p->west);
}

void
chains_deep(void)
{
	struct pki p;
	clock_t start;

	pki_open(&p);
	deep_chain(&p, 10, &p.east);
	expect(&p.east, &p.west, ID, NULL, "10 between");
	deep_chain(&p, 11, &p.east);
	expect(&p.east, &p.west, ID, "use fewer CAs", "11 between");
	deep_chain(&p, 100, &p.east);
	deep_chain(&p, 100, &p.west);
	start = clock();
	expect(&p.east, &p.west, ID, "use fewer CAs", "100 between");
	check(clock() - start < 2 * CLOCKS_PER_SEC,
	    "100 CAs keep it busy for seconds");
	pki_close(&p);
}

/* What we have here already need not be sent. */
void
chains_local(void)
{
	struct proof pr;
	struct pki p;
	X509 *leaf;

	pki_open(&p);
	leaf = pki_leaf(&p);
	side_cert(&p.east, "certs/east.crt", leaf);
	side_load(&p.east);
	proof_start(&pr, ID);
	check(proof_sign(&pr, &p.east), "not signed");
	proof_carry(&pr);
	pr.pr_vreq.vr_ncerts = 1;
	expect_verdict(&pr, &p.west, "unable to get local issuer",
	    "without the one between");
	side_cert(&p.west, "certs/mid.crt", p.mid);
	side_load(&p.west);
	expect_verdict(&pr, &p.west, NULL, "the one between is here");
	pr.pr_vreq.vr_ncerts = 0;
	expect_verdict(&pr, &p.west, "sent no certificate",
	    "no certificate at all");
	side_cert(&p.west, "certs/x.crt", leaf);
	side_load(&p.west);
	expect_verdict(&pr, &p.west, NULL, "the leaf is here, too");
	side_cert(&p.west, "ca/root.crt", p.mid);
	side_load(&p.west);
	expect_verdict(&pr, &p.west, "cert_partial_chain",
	    "the leaf is here, but no root");
	side_pub(&p.west, "pubkeys/fqdn/" ID, p.key);
	side_load(&p.west);
	expect_verdict(&pr, &p.west, NULL, "its public key is here");
	pr.pr_vreq.vr_ncerts = 2;
	proof_end(&pr);
	X509_free(leaf);
	pki_close(&p);
}

/*
 * A listener of the host's: these names go round libum, as libcrypto's own
 * calls would.
 */
int	host_socket(int, int, int) __asm__("socket");
int	host_listen(int, int) __asm__("listen");
int	host_getsockname(int, void *, unsigned int *) __asm__("getsockname");
int	host_accept4(int, void *, void *, int) __asm__("accept4");
int	host_connect(int, const void *, unsigned int) __asm__("connect");
#define HOST_INET	2
#define HOST_STREAM	(1 | 04000)	/* non-blocking */

static int
listener(unsigned int *port)
{
	uint8_t addr[128] = { 0 };
	unsigned int len = sizeof(addr);
	int fd;

	/* without bind(2), the system chooses the port on every address */
	if ((fd = host_socket(HOST_INET, HOST_STREAM, 0)) == -1 ||
	    host_listen(fd, 5) == -1 ||
	    host_getsockname(fd, addr, &len) == -1)
		fatalx("no socket: %s", strerror(errno));
	*port = addr[2] << 8 | addr[3];
	return (fd);
}

/* Would we have seen it? */
static int
would_see(int fd, unsigned int port)
{
	uint8_t addr[16] = { [2] = port >> 8, port, 127, 0, 0, 1 };
	uint16_t family = HOST_INET;
	int c = host_socket(HOST_INET, HOST_STREAM, 0);

	memcpy(addr, &family, sizeof(family));
	host_connect(c, addr, sizeof(addr));
	return (host_accept4(fd, NULL, NULL, 0) != -1);
}

void
chains_nofetch(void)
{
	struct mint m = { .m_subject = "/CN=leaf" };
	struct proof pr;
	struct pki p;
	char crl[80], aia[160];
	unsigned int port;
	X509_CRL *list;
	int fd = listener(&port);

	snprintf(crl, sizeof(crl), "URI:http://127.0.0.1:%u/a.crl", port);
	snprintf(aia, sizeof(aia), "caIssuers;URI:http://127.0.0.1:%u/a,"
	    "OCSP;URI:http://127.0.0.1:%u/b", port, port);
	pki_open(&p);
	m.m_key = p.key;
	m.m_issuer = p.mid;
	m.m_signer = p.mid_key;
	m.m_ext[0] = (struct ext){ NID_subject_alt_name, SAN };
	m.m_ext[1] = (struct ext){ NID_crl_distribution_points, crl };
	m.m_ext[2] = (struct ext){ NID_info_access, aia };
	pki_expect(&p, mint(&m), NULL, "with URIs");
	proof_start(&pr, ID);
	check(proof_sign(&pr, &p.east), "not signed");
	proof_carry(&pr);
	pr.pr_vreq.vr_ncerts = 1;
	expect_verdict(&pr, &p.west, "unable to get local issuer",
	    "the one between could be fetched");
	pr.pr_vreq.vr_ncerts = 2;
	list = mint_crl(p.root, p.root_key, NULL);
	side_crl(&p.west, "crls/root.crl", list);
	X509_CRL_free(list);
	side_load(&p.west);
	expect_verdict(&pr, &p.west, "unable to get certificate CRL",
	    "the CRL could be fetched");
	pr.pr_vreq.vr_ncerts = 1;
	pr.pr_vreq.vr_certs[0].ac_encoding = 12;
	buf_clear(&pr.pr_vreq.vr_certs[0].ac_data);
	buf_put(&pr.pr_vreq.vr_certs[0].ac_data, "01234567890123456789", 20);
	buf_put(&pr.pr_vreq.vr_certs[0].ac_data, crl + 4, strlen(crl + 4));
	expect_verdict(&pr, &p.west, "nothing is fetched", "hash and URL");
	pr.pr_vreq.vr_ncerts = 2;
	check(host_accept4(fd, NULL, NULL, 0) == -1,
	    "somebody followed a URI");
	check(would_see(fd, port), "nobody would have noticed");
	proof_end(&pr);
	pki_close(&p);
}

/* A good proof but for its first certificate, which has another key. */
static void
weak_key(struct pki *p, EVP_PKEY *key, const char *why, const char *what)
{
	X509 *x = mint_leaf(SAN, key, p->mid, p->mid_key);
	struct auth_cert *ac;
	struct proof pr;
	unsigned char *der = NULL;
	int len = i2d_X509(x, &der);

	proof_start(&pr, ID);
	check(proof_sign(&pr, &p->east), "not signed");
	proof_carry(&pr);
	ac = &pr.pr_vreq.vr_certs[0];
	buf_clear(&ac->ac_data);
	buf_put(&ac->ac_data, der, len);
	expect_verdict(&pr, &p->west, why, what);
	OPENSSL_free(der);
	proof_end(&pr);
	X509_free(x);
	EVP_PKEY_free(key);
}

/*
 * RSASSA-PSS as the algorithm of a certificate, the MGF without its hash.
 * The CA has to have an RSA key, or nobody looks that far.
 */
static X509 *
no_mgf_hash(struct pki *p)
{
	static const uint8_t params[] = {
	    0x30, 0x22,
	    0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
	    0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
	    0xa1, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
	    0x0d, 0x01, 0x01, 0x08, 0x05, 0x00 };
	EVP_PKEY *rsa = mint_key("RSA");
	X509 *mid = mint_ca("/C=DE/CN=mid", rsa, p->root, p->root_key);
	X509 *x = mint_leaf(SAN, p->key, mid, rsa);
	const ASN1_BIT_STRING *sig;
	const X509_ALGOR *alg[2];
	ASN1_STRING *s;
	int i;

	alg[0] = X509_get0_tbs_sigalg(x);
	X509_get0_signature(&sig, &alg[1], x);
	for (i = 0; i < 2; i++) {
		s = ASN1_STRING_new();
		ASN1_STRING_set(s, params, sizeof(params));
		X509_ALGOR_set0((X509_ALGOR *)alg[i],
		    OBJ_nid2obj(NID_rsassaPss), V_ASN1_SEQUENCE, s);
	}
	i2d_re_X509_tbs(x, NULL);
	side_cert(&p->east, "certs/mid.crt", mid);
	X509_free(mid);
	EVP_PKEY_free(rsa);
	return (x);
}

void
chains_weak(void)
{
	char n1024[257], n16k[4099];
	EVP_PKEY *key;
	struct pki p;

	memset(n1024, 'f', sizeof(n1024));
	n1024[256] = '\0';
	memset(n16k, 'f', sizeof(n16k));
	n16k[4098] = '\0';
	pki_open(&p);
	side_cert(&p.east, "certs/east.crt", p.mid);
	pki_expect(&p, pki_leaf(&p), NULL, "the control");
	weak_key(&p, mint_rsapub(n1024, "0"), "exponent is even or 1",
	    "exponent 0");
	weak_key(&p, mint_rsapub(n1024, "1"), "exponent is even or 1",
	    "exponent 1");
	weak_key(&p, mint_rsapub(n1024, "2"), "exponent is even or 1",
	    "exponent 2");
	weak_key(&p, mint_rsapub(n1024, "10000000000000001"),
	    "exponent has more", "exponent of 65 bits");
	weak_key(&p, mint_rsapub("1", "10001"), "modulus has 1 bits",
	    "modulus 1");
	weak_key(&p, mint_rsapub(n1024 + 1, "10001"), "modulus has 1020 bits",
	    "short modulus");
	weak_key(&p, mint_rsapub(n16k, "10001"), "modulus has 16392 bits",
	    "long modulus");
	n1024[255] = 'e';
	weak_key(&p, mint_rsapub(n1024, "10001"), "modulus is even",
	    "even modulus");
	weak_key(&p, mint_key("P-224"), "none of RSA, ECDSA", "P-224");
	weak_key(&p, EVP_EC_gen("secp256k1"), "none of RSA, ECDSA",
	    "a curve we do not have");
	weak_key(&p, EVP_PKEY_Q_keygen(NULL, NULL, "X25519"),
	    "none of RSA, ECDSA", "a key that cannot sign");
	key = mint_key("P-256");
	EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING,
	    OSSL_PKEY_EC_ENCODING_EXPLICIT);
	weak_key(&p, key, "none of RSA, ECDSA", "a curve that is spelled out");
	pki_expect(&p, no_mgf_hash(&p), "digest algorithm too weak",
	    "MGF without parameter");
	pki_close(&p);
}

void
chains_mutated(void)
{
	struct proof pr;
	struct buf *b, good = { 0 };
	struct pki p;
	size_t at;
	int i;

	pki_open(&p);
	pki_expect(&p, pki_leaf(&p), NULL, "the control");
	proof_start(&pr, ID);
	check(proof_sign(&pr, &p.east), "not signed");
	proof_carry(&pr);
	b = &pr.pr_vreq.vr_certs[0].ac_data;
	buf_putbuf(&good, b);
	for (i = 0; i < 400; i++) {
		buf_clear(b);
		buf_putbuf(b, &good);
		at = rnd(b->b_len);
		if (i % 4 == 0)
			buf_trim(b, at);
		else if (i % 4 == 1)
			buf_put8(b, rnd(256));
		else
			b->b_data[at] ^= 1 + rnd(255);
		expect_verdict(&pr, &p.west, "", "mutated");
	}
	buf_clear(&good);
	proof_end(&pr);
	pki_close(&p);
}
