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
 * The files: which are taken, which are warned of, and what we make of ours.
 */
#include <sys/types.h>
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "catest.h"
#include "crypto.h"
#include "store.h"

#define ID	"east"

static struct side	 east, west;
static EVP_PKEY		*key, *root_key;
static X509		*root;

static void
begin(void)
{
	key = mint_key("P-256");
	root_key = mint_key("P-256");
	root = mint_ca("/CN=root", root_key, NULL, NULL);
	side_open(&east, "east");
	side_open(&west, "west");
}

static void
end(void)
{
	side_close(&east);
	side_close(&west);
	X509_free(root);
	EVP_PKEY_free(key);
	EVP_PKEY_free(root_key);
}

/* What a load warns of, NULL: nothing. */
static void
warned(const char *text, const char *what)
{
	side_load(&east);
	if (text == NULL)
		check(logged[0] == '\0', "%s: warned: %s", what, logged);
	else
		check(strstr(logged, text) != NULL, "%s: \"%s\", not \"%s\"",
		    what, logged, text);
	if (getenv("VERBOSE") != NULL)
		printf("%s: %s", what, logged);
}

/* What it says when it has to sign all the same. */
static void
no_key(const char *why)
{
	struct proof pr;

	proof_start(&pr, ID);
	expect_nosign(&pr, &east, why, "no key");
	proof_end(&pr);
}

static void
bad_keys(void)
{
	EVP_PKEY *weak = mint_key("RSA512"), *x = mint_key("P-224");
	char path[512];
	BIO *bio;
	char *pem;
	long len;

	warned(NULL, "nothing is there");
	no_key("private/local.key: no private key; see iked(8)");
	side_key(&east, key);
	warned(NULL, "a good key");
	snprintf(path, sizeof(path), "%s/private/local.key", east.sd_dir);
	chmod(path, 0640);
	warned("chmod 600 ", "readable by the group");
	no_key("private/local.key: cannot be used, the log says why");
	chmod(path, 0604);
	warned("local.key", "readable by the world");
	side_key(&east, weak);
	warned("modulus has 512 bits", "a weak key");
	no_key("modulus has 512 bits");
	side_key(&east, x);
	warned("none of RSA", "a key of a curve we do not have");
	side_text(&east, "private/local.key", "", 0, 0600);
	warned(NULL, "an empty file");
	no_key("is empty");
	side_text(&east, "private/local.key", "rubbish", 7, 0600);
	warned("no private key in PEM", "rubbish");
	bio = BIO_new(BIO_s_mem());
	PEM_write_bio_PrivateKey(bio, key, EVP_aes_128_cbc(),
	    (const unsigned char *)"pass", 4, NULL, NULL);
	len = BIO_get_mem_data(bio, &pem);
	side_text(&east, "private/local.key", pem, len, 0600);
	BIO_free(bio);
	warned("without passphrase", "an encrypted key");
	unlink(path);
	mkdir(path, 0700);
	warned("not a regular file", "a directory");
	rmdir(path);
	mkfifo(path, 0600);
	warned("not a regular file", "a fifo");
	unlink(path);
	side_key(&east, key);
	side_pub(&east, "local.pub", x);
	warned("local.pub is not the public key of", "another local.pub");
	side_key(&east, key);
	EVP_PKEY_free(weak);
	EVP_PKEY_free(x);
}

/* The key as another process reads it. */
static void
handed_over(void)
{
	struct buf pem = { 0 };
	char path[512];

	check(store_readkey(east.sd_dir, "/iked", &pem) == 0 && pem.b_len > 100,
	    "local.key cannot be read");
	snprintf(path, sizeof(path), "%s/private/local.key", east.sd_dir);
	unlink(path);
	ca_setkey(east.sd_ca, &pem);
	check(pem.b_len == 0, "two have the key");
	warned(NULL, "a key from elsewhere");
	check(store_readkey(east.sd_dir, "/iked", &pem) == -1 &&
	    logged[0] == '\0', "a key that is not there");
	side_pub(&west, "pubkeys/fqdn/" ID, key);
	side_load(&west);
	expect(&east, &west, ID, NULL, "a key from elsewhere");
	side_text(&east, "private/local.key", "rubbish", 7, 0600);
	warned(NULL, "a file that is not ours to read");
	ca_setkey(east.sd_ca, &pem);
	warned(NULL, "nor when there is no key");
	no_key("no private key; see iked(8)");
	side_key(&east, key);
	check(store_readkey(east.sd_dir, "/iked", &pem) == 0,
	    "local.key is there again");
	ca_setkey(east.sd_ca, &pem);
	warned(NULL, "the key is there again");
}

void
stores_files(void)
{
	EVP_PKEY *weak = mint_key("RSA512");
	struct buf show = { 0 };
	X509 *x;

	begin();
	bad_keys();
	handed_over();
	side_text(&east, "ca/junk.crt", "junk", 4, 0644);
	warned("ca/junk.crt: certificate 1 cannot be read", "junk");
	side_text(&east, "ca/junk.crt", "", 0, 0644);
	warned("ca/junk.crt: certificate 1 cannot be read", "empty");
	side_cert(&east, "ca/junk.crt", root);
	side_text(&east, "ca/other", "junk", 4, 0644);
	side_text(&east, "ca/.crt", "junk", 4, 0644);
	warned(NULL, "files that have other names");
	x = mint_ca("/CN=weak", weak, NULL, NULL);
	side_cert(&east, "ca/weak.crt", x);
	warned("ca/weak.crt: /CN=weak: its RSA modulus has 512", "weak CA");
	X509_free(x);
	side_text(&east, "ca/weak.crt", "", 0, 0644);
	side_pub(&east, "pubkeys/ipv4/192.0.2.300", key);
	warned("no identity of this kind", "an address that is none");
	side_pub(&east, "pubkeys/ufqdn/nobody", key);
	warned("ufqdn/nobody: its name is no identity", "no @");
	side_pub(&east, "pubkeys/ipv6/2001:DB8::1", key);
	side_pub(&east, "pubkeys/fqdn/weak", weak);
	warned("fqdn/weak: no public key in PEM that is good here: its RSA",
	    "a weak key");
	ca_show(east.sd_ca, &show);
	buf_put8(&show, '\0');
	check(strstr((char *)show.b_data, "private/local.key: ECDSA P-256\n")
	    != NULL && strstr((char *)show.b_data, "ca/junk.crt: /CN=root, "
	    "for its subject alone, ECDSA P-256, until ") != NULL &&
	    strstr((char *)show.b_data, "IPV6/2001:db8::1, ECDSA P-256\n") !=
	    NULL && strstr((char *)show.b_data, "weak") == NULL,
	    "shown: %s", show.b_data);
	buf_clear(&show);
	EVP_PKEY_free(weak);
	end();
}

/* The serial number of the first certificate that is sent; -1: no X.509 */
static long
sent(const uint8_t *hash, unsigned int want)
{
	struct proof pr;
	const unsigned char *p;
	long serial = -1;
	X509 *x;

	proof_start(&pr, ID);
	if (hash != NULL) {
		pr.pr_req.sr_nreqs = 1;
		pr.pr_req.sr_reqs[0].ac_encoding = IKE_CERT_X509;
		buf_put(&pr.pr_req.sr_reqs[0].ac_data,
		    "01234567890123456789", 20);
		buf_put(&pr.pr_req.sr_reqs[0].ac_data, hash, 20);
		buf_put8(&pr.pr_req.sr_reqs[0].ac_data, 0);
	}
	check(proof_sign(&pr, &east) && pr.pr_res.ss_ncerts == want,
	    "%u certificates, not %u", pr.pr_res.ss_ncerts, want);
	if (pr.pr_res.ss_certs[0].ac_encoding == IKE_CERT_X509) {
		p = pr.pr_res.ss_certs[0].ac_data.b_data;
		x = d2i_X509(NULL, &p, pr.pr_res.ss_certs[0].ac_data.b_len);
		serial = ASN1_INTEGER_get(X509_get0_serialNumber(x));
		X509_free(x);
	}
	proof_end(&pr);
	return (serial);
}

static void
drop(struct side *sd, const char *file, X509 *x)
{
	side_cert(sd, file, x);
	X509_free(x);
}

/* Which of our certificates goes out. */
void
stores_own(void)
{
	EVP_PKEY *other_key = mint_key("P-256");
	X509 *other, *mid, *a, *b, *old;
	struct buf hashes = { 0 };

	begin();
	other = mint_ca("/CN=other", other_key, NULL, NULL);
	mid = mint_ca("/CN=mid", other_key, other, other_key);
	old = mint(&(struct mint){ .m_subject = "/CN=old", .m_key = key,
	    .m_issuer = root, .m_signer = root_key, .m_from = -20,
	    .m_to = -10, .m_ext = { { NID_subject_alt_name, "DNS:" ID } } });
	a = mint_leaf("DNS:" ID, key, root, root_key);
	b = mint_leaf("DNS:" ID, key, mid, other_key);
	side_key(&east, key);
	drop(&east, "certs/x.crt", mint_leaf("DNS:" ID, other_key, root,
	    root_key));
	drop(&east, "certs/y.crt", mint_leaf("DNS:west", key, root,
	    root_key));
	side_load(&east);
	check(sent(NULL, 1) == -1, "a certificate of others");
	check(strstr(logged, "y.crt has our key but is not for FQDN/" ID) !=
	    NULL, "not told of the name: %s", logged);
	side_cert(&east, "certs/0.crt", old);
	side_load(&east);
	check(sent(NULL, 1) == ASN1_INTEGER_get(X509_get_serialNumber(old)),
	    "not even an old one");
	check(strstr(logged, "0.crt has expired") != NULL, "not told");
	side_cert(&east, "certs/a.crt", a);
	side_cert(&east, "certs/b.crt", b);
	side_cert(&east, "certs/mid.crt", mid);
	side_cert(&east, "ca/other.crt", other);
	side_load(&east);
	check(sent(NULL, 1) == ASN1_INTEGER_get(X509_get_serialNumber(a)),
	    "not the first that is valid");
	ca_certreq(east.sd_ca, &hashes);
	check(hashes.b_len == 20, "one CA, %zu octets", hashes.b_len);
	check(sent(hashes.b_data, 2) ==
	    ASN1_INTEGER_get(X509_get_serialNumber(b)),
	    "not the one whose root the peer asks for");
	buf_clear(&hashes);
	X509_free(other);
	X509_free(mid);
	X509_free(old);
	X509_free(a);
	X509_free(b);
	EVP_PKEY_free(other_key);
	end();
}

/* RFC 7296 3.7: SHA1 over the SubjectPublicKeyInfo. */
void
stores_certreq(void)
{
	X509 *other;
	struct buf b = { 0 };
	unsigned char *der = NULL;
	uint8_t hash[20];
	int len;

	begin();
	side_load(&east);
	ca_certreq(east.sd_ca, &b);
	check(b.b_len == 0, "no CA, but %zu octets", b.b_len);
	other = mint_ca("/CN=other", key, NULL, NULL);
	side_cert(&east, "ca/1.crt", root);
	side_cert(&east, "ca/2.crt", other);
	side_cert(&east, "ca/3.crt", root);
	side_load(&east);
	ca_certreq(east.sd_ca, &b);
	check(b.b_len == 40, "two CAs, but %zu octets", b.b_len);
	len = i2d_PUBKEY(root_key, &der);
	EVP_Q_digest(NULL, "SHA1", NULL, der, len, hash, NULL);
	check(memcmp(b.b_data, hash, 20) == 0, "another hash");
	OPENSSL_free(der);
	buf_clear(&b);
	X509_free(other);
	end();
}
