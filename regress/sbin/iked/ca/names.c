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
 * Which certificate is whose.
 */
#include <sys/types.h>

#include <stdlib.h>
#include <string.h>

#include <openssl/x509v3.h>

#include "catest.h"

static EVP_PKEY		*root_key, *key;
static X509		*root;
static struct side	 east, west;

static void
begin(void)
{
	root_key = mint_key("P-256");
	key = mint_key("P-256");
	root = mint_ca("/CN=root", root_key, NULL, NULL);
	side_open(&east, "east");
	side_open(&west, "west");
	side_key(&east, key);
	side_cert(&west, "ca/root.crt", root);
	side_load(&west);
}

static void
end(void)
{
	side_close(&east);
	side_close(&west);
	X509_free(root);
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(key);
}

/* A proof of `id' with that certificate, whoever it is for. */
static void
carry(struct proof *pr, X509 *leaf, const char *id)
{
	struct auth_cert *ac;
	unsigned char *der = NULL;
	int len;

	proof_start(pr, id);
	check(proof_sign(pr, &east), "not signed: %s", pr->pr_res.ss_why);
	proof_carry(pr);
	while (pr->pr_vreq.vr_ncerts > 0)
		buf_clear(&pr->pr_vreq.vr_certs[
		    --pr->pr_vreq.vr_ncerts].ac_data);
	if ((len = i2d_X509(leaf, &der)) <= 0)
		fatalx("no DER");
	ac = &pr->pr_vreq.vr_certs[pr->pr_vreq.vr_ncerts++];
	ac->ac_encoding = IKE_CERT_X509;
	buf_put(&ac->ac_data, der, len);
	OPENSSL_free(der);
}

static void
one(X509 *leaf, const char *id, const char *why)
{
	struct proof pr;

	carry(&pr, leaf, id);
	expect_verdict(&pr, &west, why, id);
	proof_end(&pr);
}

void
names_san(void)
{
	X509 *x;

	begin();
	side_load(&east);
	x = mint_leaf("DNS:east.example.org,DNS:*.wild.example,"
	    "email:Joe@Example.org,IP:192.0.2.1,IP:2001:db8::1", key, root,
	    root_key);
	one(x, "east.example.org", NULL);
	one(x, "EAST.example.ORG", NULL);
	one(x, "Joe@example.ORG", NULL);
	one(x, "192.0.2.1", NULL);
	one(x, "2001:db8::1", NULL);
	one(x, "joe@Example.org", "for FQDN/east.example.org FQDN/*.wild");
	one(x, "east.example.or", "not for FQDN/east.example.or:");
	one(x, "east.example.org.", "not for");
	one(x, "ast.example.org", "not for");
	one(x, "a.wild.example", "not for");
	one(x, "leaf", "not for");
	one(x, "192.0.2.2", "not for IPV4/192.0.2.2");
	one(x, "2001:db8::2", "not for");
	one(x, "::ffff:192.0.2.1", "not for");
	one(x, "/O=test/CN=leaf", NULL);
	one(x, "/O=test/CN=leave", "not for");
	X509_free(x);
	x = mint_leaf("URI:http://east.example.org", key, root, root_key);
	one(x, "east.example.org", "its subject alone");
	X509_free(x);
	end();
}

/* The same name in strings of another kind is the same identity. */
static void
same_dn(void)
{
	static const uint8_t printable[] = { 0x30, 0x0d, 0x31, 0x0b, 0x30,
	    0x09, 0x06, 0x03, 0x55, 0x04, 0x03, 0x13, 0x02, 'g', 'w' };
	struct ike_id theirs = { IKE_ID_DN, sizeof(printable),
	    (uint8_t *)(uintptr_t)printable }, ours, other;

	check(id_parse("/CN=gw", &ours) == 0 &&
	    id_parse("/CN=gx", &other) == 0, "names");
	check(ours.id_len == theirs.id_len && memcmp(ours.id_data, printable,
	    sizeof(printable)) != 0, "the kinds of strings differ");
	check(id_cmp(&ours, &theirs) == 0, "the same name");
	check(id_cmp(&other, &theirs) != 0, "another name");
	id_clear(&ours);
	id_clear(&other);
}

void
names_dn(void)
{
	struct mint m = { .m_subject = "/C=DE/O=Some  Where/CN=East" };
	X509 *x;

	begin();
	side_load(&east);
	m.m_key = key;
	m.m_issuer = root;
	m.m_signer = root_key;
	x = mint(&m);
	one(x, "/C=DE/O=Some  Where/CN=East", NULL);
	one(x, "/C=DE/O=some where/CN=EAST", NULL);
	one(x, "/C=DE/CN=East/O=Some  Where", "not for");
	one(x, "/C=DE/O=Some  Where", "not for");
	one(x, "/C=DE/O=Some  Where/CN=East/CN=East", "not for");
	one(x, "east", "not for");
	side_cert(&east, "certs/e.crt", x);
	side_load(&east);
	expect(&east, &west, "/C=DE/O=Some  Where/CN=East", NULL,
	    "the whole way");
	same_dn();
	X509_free(x);
	end();
}

/* As carry(), but the peer calls itself these octets. */
static void
octets(X509 *leaf, uint8_t type, const void *data, size_t len,
    const char *why, const char *what)
{
	struct ike_id *id;
	struct proof pr;

	carry(&pr, leaf, "east.example.org");
	id = &pr.pr_vreq.vr_peer;
	id_clear(id);
	id->id_type = type;
	id->id_len = len;
	if (len > 0) {
		if ((id->id_data = malloc(len)) == NULL)
			fatalx("no memory");
		memcpy(id->id_data, data, len);
	}
	expect_verdict(&pr, &west, why, what);
	/* and where no certificate helps */
	pr.pr_vreq.vr_certs[0].ac_encoding = IKE_CERT_RAW;
	expect_verdict(&pr, &west, why, what);
	pr.pr_vreq.vr_certs[0].ac_encoding = IKE_CERT_CRL;
	expect_verdict(&pr, &west, why, what);
	proof_end(&pr);
}

/* SAN east.example.org, NUL, .evil */
static X509 *
nul_inside(void)
{
	static const char text[] = "east.example.org\0.evil";
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *gn = GENERAL_NAME_new();
	ASN1_IA5STRING *s = ASN1_IA5STRING_new();
	X509 *x = mint(&(struct mint){ .m_subject = "/CN=leaf", .m_key = key,
	    .m_issuer = root, .m_signer = root_key });

	ASN1_STRING_set(s, text, sizeof(text) - 1);
	GENERAL_NAME_set0_value(gn, GEN_DNS, s);
	sk_GENERAL_NAME_push(names, gn);
	X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, 0);
	GENERAL_NAMES_free(names);
	X509_sign(x, root_key, EVP_sha256());
	return (x);
}

/* The DER of a name in variations that are none. */
static void
bad_dn(X509 *x)
{
	static const struct {
		const char	*what;
		uint8_t		 len;
		uint8_t		 der[24];
		const char	*why;
	} rows[] = {
	    { "empty", 2, { 0x30, 0 }, "empty: it names nobody" },
	    { "a tag alone", 1, { 0x30 }, "not DER" },
	    { "longer than it is", 4, { 0x30, 0x20, 0x31, 0 }, "not DER" },
	    { "something behind", 3, { 0x30, 0, 0 }, "not DER" },
	    { "endless", 4, { 0x30, 0x80, 0, 0 }, "not DER" },
	    { "long form of a short length", 3, { 0x30, 0x81, 0 },
	      "not DER" },
	    { "not a sequence", 4, { 0x31, 2, 0x30, 0 }, "not DER" },
	    { "an empty set", 4, { 0x30, 2, 0x31, 0 }, "not DER" },
	    { "a set of nothing good", 6, { 0x30, 4, 0x31, 2, 0x30, 0 },
	      "not DER" },
	    { "length of 4 GB", 6, { 0x30, 0x84, 0xff, 0xff, 0xff, 0xff },
	      "not DER" },
	    { "a set out of order", 22, { 0x30, 20, 0x31, 18,
	      0x30, 7, 6, 3, 0x55, 4, 6, 0x13, 0,
	      0x30, 7, 6, 3, 0x55, 4, 3, 0x13, 0 }, "not DER" }
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		octets(x, IKE_ID_DN, rows[i].der, rows[i].len, rows[i].why,
		    rows[i].what);
}

void
names_bad(void)
{
	static uint8_t large[65535];
	uint8_t noise[64];
	X509 *x;
	int i, k;

	begin();
	side_load(&east);
	x = nul_inside();
	one(x, "east.example.org", "not for");
	octets(x, IKE_ID_FQDN, "east.example.org\0.evil", 22,
	    "characters that no such name has", "NUL inside");
	X509_free(x);
	x = mint_leaf("DNS:east.example.org", key, root, root_key);
	bad_dn(x);
	memset(large, 'a', sizeof(large));
	octets(x, IKE_ID_FQDN, large, sizeof(large), "65535 octets",
	    "64 kB of a name");
	octets(x, IKE_ID_DN, large, sizeof(large), "65535 octets",
	    "64 kB of a DN");
	octets(x, IKE_ID_FQDN, large, IKE_ID_MAX, "FQDN/aaaa",
	    "as long as it gets");
	octets(x, IKE_ID_FQDN, "", 0, "0 octets", "no name");
	octets(x, IKE_ID_FQDN, "east\n", 5, "characters that", "newline");
	octets(x, IKE_ID_UFQDN, "east", 4, "has no @", "no @");
	octets(x, IKE_ID_IPV4, "abc", 3, "3 octets", "short address");
	octets(x, IKE_ID_IPV6, "abcd", 4, "4 octets", "short address");
	octets(x, IKE_ID_KEYID, "key", 3, "no certificate can prove", "key");
	octets(x, IKE_ID_GN, "key", 3, "no certificate can prove", "GN");
	octets(x, 0, "", 0, "no certificate can prove", "none");
	octets(x, 255, "x", 1, "no certificate can prove", "type 255");
	for (i = 0; i < 100; i++) {
		for (k = 0; k < sizeof(noise); k++)
			noise[k] = rnd(256);
		noise[0] = 0x30;
		noise[1] = rnd(sizeof(noise));
		octets(x, IKE_ID_DN, noise, 1 + rnd(sizeof(noise)), "",
		    "noise");
	}
	X509_free(x);
	end();
}
