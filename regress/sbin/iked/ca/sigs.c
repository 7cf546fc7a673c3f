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
 * Signatures: which there are, which a policy takes, how RFC 7427 calls them.
 */
#include <sys/types.h>

#include <stdlib.h>
#include <string.h>

#include <openssl/rsa.h>

#include "catest.h"

#define ID	"east"

static struct side	 east, west;
static EVP_PKEY		*root_key;
static X509		*root;

static void
begin(void)
{
	root_key = mint_key("P-256");
	root = mint_ca("/CN=root", root_key, NULL, NULL);
	side_open(&east, "east");
	side_open(&west, "west");
	side_cert(&west, "ca/root.crt", root);
	side_load(&west);
	side_psk(&east, NULL);
	side_psk(&west, NULL);
}

static void
end(void)
{
	side_close(&east);
	side_close(&west);
	X509_free(root);
	EVP_PKEY_free(root_key);
}

static void
use_key(EVP_PKEY *key)
{
	X509 *x = mint_leaf("DNS:" ID, key, root, root_key);

	side_key(&east, key);
	side_cert(&east, "certs/east.crt", x);
	X509_free(x);
	side_load(&east);
	check(logged[0] == '\0', "warned: %s", logged);
}

/* One way to sign: what comes of it, and that no other octet does. */
static void
one_kind(EVP_PKEY *key, const char *kind, enum conf_auth auth,
    unsigned int sethashes, unsigned int method, const char *algid)
{
	struct buf *sig;
	struct proof pr;
	char hex[5];
	size_t i;

	proof_start(&pr, ID);
	pr.pr_sign = pr.pr_want = auth;
	pr.pr_hashes = sethashes;
	check(proof_sign(&pr, &east), "%s: not signed: %s", kind,
	    pr.pr_res.ss_why);
	check(pr.pr_res.ss_method == method, "%s: method %u, not %u", kind,
	    pr.pr_res.ss_method, method);
	proof_carry(&pr);
	sig = &pr.pr_vreq.vr_auth_data;
	for (i = 0; algid[2 * i] != '\0' && sig->b_len > i + 1; i++) {
		memcpy(hex, "0x", 2);
		memcpy(hex + 2, algid + 2 * i, 2);
		hex[4] = '\0';
		check(sig->b_data[i + 1] == strtoul(hex, NULL, 16),
		    "%s: octet %zu of the algorithm", kind, i);
	}
	expect_verdict(&pr, &west, NULL, kind);
	for (i = 0; i < 8; i++) {
		size_t at = rnd(sig->b_len);
		uint8_t flip = 1 << rnd(8);

		sig->b_data[at] ^= flip;
		expect_verdict(&pr, &west, "", "one bit");
		sig->b_data[at] ^= flip;
	}
	buf_put8(sig, 0);
	expect_verdict(&pr, &west, "", "an octet behind");
	buf_trim(sig, sig->b_len - 2);
	expect_verdict(&pr, &west, "", "an octet less");
	proof_end(&pr);
}

#define H(n)	(1U << (n))

void
sigs_kinds(void)
{
	static const struct {
		const char	*kind;
		enum conf_auth	 auth;
		unsigned int	 hashes;
		unsigned int	 method;
		const char	*algid;
	} rows[] = {
	    { "RSA", CONF_AUTH_SIGNATURE, ANY_HASH, 14,
	      "300d06092a864886f70d01010b0500" },
	    { "RSA", CONF_AUTH_RFC7427, H(1) | H(3), 14,
	      "300d06092a864886f70d01010c0500" },
	    { "RSA", CONF_AUTH_SIGNATURE, H(4), 14,
	      "300d06092a864886f70d01010d0500" },
	    { "RSA", CONF_AUTH_SIGNATURE, 0, 1, "" },
	    { "RSA", CONF_AUTH_SIGNATURE, H(1), 1, "" },
	    { "RSA", CONF_AUTH_RSA, ANY_HASH, 1, "" },
	    { "RSA-PSS", CONF_AUTH_SIGNATURE, ANY_HASH, 14,
	      "304106092a864886f70d01010a3034a00f300d0609608648016503040201"
	      "0500a11c301a06092a864886f70d010108300d0609608648016503040201"
	      "0500a203020120" },
	    { "RSA-PSS", CONF_AUTH_RSA, H(4), 14,
	      "304106092a864886f70d01010a3034a00f300d0609608648016503040203"
	      "0500a11c301a06092a864886f70d010108300d0609608648016503040203"
	      "0500a203020140" },
	    { "P-256", CONF_AUTH_SIGNATURE, ANY_HASH, 14,
	      "300a06082a8648ce3d040302" },
	    { "P-256", CONF_AUTH_SIGNATURE, 0, 9, "" },
	    { "P-256", CONF_AUTH_ECDSA256, ANY_HASH, 9, "" },
	    { "P-384", CONF_AUTH_SIGNATURE, ANY_HASH, 14,
	      "300a06082a8648ce3d040303" },
	    { "P-384", CONF_AUTH_SIGNATURE, H(2), 14,
	      "300a06082a8648ce3d040302" },
	    { "P-384", CONF_AUTH_SIGNATURE, 0, 10, "" },
	    { "P-384", CONF_AUTH_ECDSA384, ANY_HASH, 10, "" },
	    { "P-521", CONF_AUTH_RFC7427, ANY_HASH, 14,
	      "300a06082a8648ce3d040304" },
	    { "P-521", CONF_AUTH_SIGNATURE, H(1), 11, "" },
	    { "P-521", CONF_AUTH_ECDSA521, ANY_HASH, 11, "" },
	    { "ED25519", CONF_AUTH_SIGNATURE, H(2) | H(5), 14,
	      "300506032b6570" }
	};
	EVP_PKEY *key = NULL;
	size_t i;

	begin();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (i == 0 || strcmp(rows[i].kind, rows[i - 1].kind) != 0) {
			EVP_PKEY_free(key);
			key = mint_key(rows[i].kind);
			use_key(key);
		}
		one_kind(key, rows[i].kind, rows[i].auth, rows[i].hashes,
		    rows[i].method, rows[i].algid);
	}
	EVP_PKEY_free(key);
	end();
}

/* Signed as `sign', wanted as `want', with that key. */
static void
one_policy(enum conf_auth sign, enum conf_auth want, unsigned int hashes,
    const char *why, const char *what)
{
	struct proof pr;

	proof_start(&pr, ID);
	pr.pr_sign = sign;
	pr.pr_want = want;
	pr.pr_hashes = hashes;
	check(proof_sign(&pr, &east), "%s: not signed: %s", what,
	    pr.pr_res.ss_why);
	proof_carry(&pr);
	expect_verdict(&pr, &west, why, what);
	proof_end(&pr);
}

static void
no_policy(enum conf_auth sign, unsigned int hashes, const char *why)
{
	struct proof pr;

	proof_start(&pr, ID);
	pr.pr_sign = sign;
	pr.pr_hashes = hashes;
	expect_nosign(&pr, &east, why, "no way to sign");
	proof_end(&pr);
}

void
sigs_policy(void)
{
	static const uint8_t others[] = { 0, 3, 12, 13, 15, 255 };
	EVP_PKEY *rsa = mint_key("RSA"), *p256 = mint_key("P-256"),
	    *ed = mint_key("ED25519");
	struct proof pr;
	size_t i;

	begin();
	use_key(p256);
	one_policy(CONF_AUTH_SIGNATURE, CONF_AUTH_ECDSA256, ANY_HASH, NULL,
	    "RFC 7427 for ecdsa256");
	one_policy(CONF_AUTH_SIGNATURE, CONF_AUTH_ECDSA256, 0, NULL,
	    "method 9 for ecdsa256");
	one_policy(CONF_AUTH_SIGNATURE, CONF_AUTH_RFC7427, 0,
	    "wants `rfc7427'", "method 9 for rfc7427");
	one_policy(CONF_AUTH_SIGNATURE, CONF_AUTH_RSA, ANY_HASH,
	    "policy \"east\" (/etc/iked.conf, line 12) wants `rsa'",
	    "ECDSA for rsa");
	one_policy(CONF_AUTH_SIGNATURE, CONF_AUTH_ECDSA384, 0,
	    "wants `ecdsa384'", "method 9 for ecdsa384");
	one_policy(CONF_AUTH_SIGNATURE, CONF_AUTH_ECDSA521, ANY_HASH,
	    "wants `ecdsa521'", "P-256 for ecdsa521");
	one_policy(CONF_AUTH_SIGNATURE, CONF_AUTH_PSK, ANY_HASH,
	    "wants a pre-shared key: take `psk' out", "signature for psk");
	no_policy(CONF_AUTH_RSA, ANY_HASH, "wants `rsa'");
	no_policy(CONF_AUTH_ECDSA384, 0, "wants `ecdsa384'");
	no_policy(CONF_AUTH_RFC7427, 0, "knows no hash of RFC 7427");
	no_policy(CONF_AUTH_RFC7427, H(1), "knows no hash of RFC 7427");

	proof_start(&pr, ID);
	check(proof_sign(&pr, &east), "not signed");
	proof_carry(&pr);
	for (i = 0; i < sizeof(others); i++) {
		pr.pr_vreq.vr_method = others[i];
		expect_verdict(&pr, &west, "does not know", "unknown method");
	}
	pr.pr_vreq.vr_method = IKE_AUTH_RSA;
	expect_verdict(&pr, &west, "the key is ECDSA P-256", "RSA for ECDSA");
	pr.pr_vreq.vr_method = IKE_AUTH_PSK;
	expect_verdict(&pr, &west, "with a pre-shared key, policy \"east\" "
	    "(/etc/iked.conf, line 12) wants a signature: add `psk'", "psk");
	proof_end(&pr);

	use_key(rsa);
	one_policy(CONF_AUTH_SIGNATURE, CONF_AUTH_RSA, ANY_HASH, NULL,
	    "RFC 7427 for rsa");
	one_policy(CONF_AUTH_RSA, CONF_AUTH_SIGNATURE, 0, NULL,
	    "method 1 for any");
	one_policy(CONF_AUTH_SIGNATURE, CONF_AUTH_ECDSA256, ANY_HASH,
	    "wants `ecdsa256'", "RSA for ecdsa256");
	use_key(ed);
	no_policy(CONF_AUTH_SIGNATURE, ANY_HASH, "use an RSA or ECDSA key");
	no_policy(CONF_AUTH_RSA, ANY_HASH | H(5), "wants `rsa'");
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(p256);
	EVP_PKEY_free(ed);
	end();
}

/* Put a signature made here, under such an algorithm, into the proof. */
static void
resign(struct proof *pr, EVP_PKEY *key, const char *algid, const char *md,
    int pss)
{
	struct buf *auth = &pr->pr_vreq.vr_auth_data;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx;
	unsigned char sig[512];
	unsigned int octet;
	size_t len = sizeof(sig);

	buf_clear(auth);
	buf_put8(auth, strlen(algid) / 2);
	for (; *algid != '\0'; algid += 2) {
		char hex[3] = { algid[0], algid[1], '\0' };

		octet = strtoul(hex, NULL, 16);
		buf_put8(auth, octet);
	}
	if (EVP_DigestSignInit_ex(ctx, &pctx, md, NULL, NULL, key,
	    NULL) != 1 || (pss && (EVP_PKEY_CTX_set_rsa_padding(pctx,
	    RSA_PKCS1_PSS_PADDING) != 1 ||
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx,
	    RSA_PSS_SALTLEN_DIGEST) != 1)) ||
	    EVP_DigestSign(ctx, sig, &len, pr->pr_vreq.vr_octets.b_data,
	    pr->pr_vreq.vr_octets.b_len) != 1)
		fatalx("cannot sign");
	buf_put(auth, sig, len);
	EVP_MD_CTX_free(ctx);
}

/* The names of RFC 7427 A, and some that are near. */
static const struct {
	const char	*what;
	const char	*algid;
	const char	*md;
	char		 kind;		/* e: ECDSA, r: PKCS#1, p: PSS */
	int		 good;
} names[] = {
	{ "sha256WithRSA", "300d06092a864886f70d01010b0500", "SHA256",
	  'r', 1 },
	{ "without NULL", "300b06092a864886f70d01010b", "SHA256", 'r', 1 },
	{ "sha384WithRSA", "300d06092a864886f70d01010c0500", "SHA384",
	  'r', 1 },
	{ "sha512WithRSA", "300d06092a864886f70d01010d0500", "SHA512",
	  'r', 1 },
	{ "sha1WithRSA", "300d06092a864886f70d0101050500", "SHA1", 'r', 0 },
	{ "md5WithRSA", "300d06092a864886f70d0101040500", "MD5", 'r', 0 },
	{ "sha224WithRSA", "300d06092a864886f70d01010e0500", "SHA224",
	  'r', 0 },
	{ "rsaEncryption", "300d06092a864886f70d0101010500", "SHA256",
	  'r', 0 },
	{ "another hash", "300d06092a864886f70d01010b0500", "SHA512",
	  'r', 0 },
	{ "a long length", "30810d06092a864886f70d01010b0500", "SHA256",
	  'r', 0 },
	{ "another parameter", "300d06092a864886f70d01010b3000", "SHA256",
	  'r', 0 },
	{ "an octet behind", "300d06092a864886f70d01010b050000", "SHA256",
	  'r', 0 },
	{ "no name", "", "SHA256", 'r', 0 },
	{ "PSS for PKCS#1", "300d06092a864886f70d01010b0500", "SHA256",
	  'p', 0 },
	{ "ECDSA for RSA", "300a06082a8648ce3d040302", "SHA256", 'r', 0 },

	{ "PSS", "304106092a864886f70d01010a3034a00f300d060960864801650304"
	  "02010500a11c301a06092a864886f70d010108300d06096086480165030402"
	  "010500a203020120", "SHA256", 'p', 1 },
	{ "PSS without NULL", "303d06092a864886f70d01010a3030a00d300b0609"
	  "608648016503040201a11a301806092a864886f70d010108300b0609608648"
	  "016503040201a203020120", "SHA256", 'p', 1 },
	{ "PSS with SHA-384", "304106092a864886f70d01010a3034a00f300d0609"
	  "608648016503040202"
	  "0500a11c301a06092a864886f70d010108300d06096086480165030402"
	  "020500a203020130", "SHA384", 'p', 1 },
	{ "PSS with SHA-512", "304106092a864886f70d01010a3034a00f300d0609"
	  "608648016503040203"
	  "0500a11c301a06092a864886f70d010108300d06096086480165030402"
	  "030500a203020140", "SHA512", 'p', 1 },
	{ "PKCS#1 for PSS", "304106092a864886f70d01010a3034a00f300d060960"
	  "86480165030402010500a11c301a06092a864886f70d010108300d06096086"
	  "480165030402010500a203020120", "SHA256", 'r', 0 },
	{ "PSS, all left out", "300d06092a864886f70d01010a3000", "SHA1",
	  'p', 0 },
	{ "PSS, no parameters", "300b06092a864886f70d01010a", "SHA1",
	  'p', 0 },
	{ "PSS, no MGF", "302306092a864886f70d01010a3016a00f300d0609608648"
	  "0165030402010500a203020120", "SHA256", 'p', 0 },
	{ "PSS, MGF without hash", "303406092a864886f70d01010a3027a00f300d"
	  "06096086480165030402010500a10f300d06092a864886f70d0101080500"
	  "a203020120", "SHA256", 'p', 0 },
	{ "PSS, MGF without parameter", "303206092a864886f70d01010a3025a0"
	  "0f300d06096086480165030402010500a10d300b06092a864886f70d010108"
	  "a203020120", "SHA256", 'p', 0 },
	{ "PSS, MGF with SHA-512", "304106092a864886f70d01010a3034a00f300d"
	  "06096086480165030402010500a11c301a06092a864886f70d010108300d06"
	  "096086480165030402030500a203020120", "SHA256", 'p', 0 },
	{ "PSS, salt of 4 GB", "304406092a864886f70d01010a3037a00f300d0609"
	  "6086480165030402010500a11c301a06092a864886f70d010108300d060960"
	  "86480165030402010500a2060204ffffffff", "SHA256", 'p', 0 },
	{ "PSS, salt -1", "304106092a864886f70d01010a3034a00f300d06096086"
	  "480165030402010500a11c301a06092a864886f70d010108300d0609608648"
	  "0165030402010500a2030201ff", "SHA256", 'p', 0 },

	{ "ecdsa-with-SHA256", "300a06082a8648ce3d040302", "SHA256",
	  'e', 1 },
	{ "ecdsa-with-SHA384", "300a06082a8648ce3d040303", "SHA384",
	  'e', 1 },
	{ "ecdsa-with-SHA512", "300a06082a8648ce3d040304", "SHA512",
	  'e', 1 },
	{ "ecdsa-with-SHA1", "300906072a8648ce3d0401", "SHA1", 'e', 0 },
	{ "ecdsa-with-SHA224", "300a06082a8648ce3d040301", "SHA224",
	  'e', 0 },
	{ "ECDSA with NULL", "300c06082a8648ce3d0403020500", "SHA256",
	  'e', 0 },
	{ "RSA for ECDSA", "300d06092a864886f70d01010b0500", "SHA256",
	  'e', 0 },
	{ "Ed25519 for ECDSA", "300506032b6570", "SHA256", 'e', 0 }
};

/* Each octet of a good name once another. */
static void
other_octets(struct proof *pr)
{
	struct buf *auth = &pr->pr_vreq.vr_auth_data;
	size_t i, len = auth->b_data[0];
	uint8_t was;

	for (i = 0; i <= len; i++) {
		was = auth->b_data[i];
		auth->b_data[i] ^= 1 + rnd(255);
		expect_verdict(pr, &west, "", "another octet in the name");
		auth->b_data[i] = was;
	}
	for (i = 0; i <= len + 1; i++) {
		buf_trim(auth, len + 1 - i);
		expect_verdict(pr, &west, "", "the name cut off");
	}
}

void
sigs_names(void)
{
	EVP_PKEY *rsa = mint_key("RSA"), *ec = mint_key("P-256"), *key;
	struct proof pr;
	size_t i;

	begin();
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		key = names[i].kind == 'e' ? ec : rsa;
		if (i == 0 || (names[i].kind == 'e') !=
		    (names[i - 1].kind == 'e'))
			use_key(key);
		proof_start(&pr, ID);
		check(proof_sign(&pr, &east), "not signed");
		proof_carry(&pr);
		resign(&pr, key, names[i].algid, names[i].md,
		    names[i].kind == 'p');
		expect_verdict(&pr, &west, names[i].good ? NULL : "",
		    names[i].what);
		if (names[i].good)
			other_octets(&pr);
		proof_end(&pr);
	}
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
	end();
}

/* r and s that nobody honest sends. */
void
sigs_ecdsa(void)
{
	static const char order[] = "\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff"
	    "\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2"
	    "\xfc\x63\x25\x51";
	EVP_PKEY *key = mint_key("P-256");
	uint8_t good[64];
	struct proof pr;
	struct buf *sig;
	size_t i;

	begin();
	use_key(key);
	proof_start(&pr, ID);
	pr.pr_hashes = 0;
	check(proof_sign(&pr, &east), "not signed");
	proof_carry(&pr);
	sig = &pr.pr_vreq.vr_auth_data;
	check(sig->b_len == 64, "r and s have %zu octets", sig->b_len);
	expect_verdict(&pr, &west, NULL, "the control");
	memcpy(good, sig->b_data, 64);
	memset(sig->b_data, 0, 64);
	expect_verdict(&pr, &west, "not by the key", "r = s = 0");
	memcpy(sig->b_data, good, 32);
	expect_verdict(&pr, &west, "not by the key", "s = 0");
	memset(sig->b_data, 0, 32);
	memcpy(sig->b_data + 32, good + 32, 32);
	expect_verdict(&pr, &west, "not by the key", "r = 0");
	memcpy(sig->b_data, order, 32);
	memcpy(sig->b_data + 32, order, 32);
	expect_verdict(&pr, &west, "not by the key", "r = s = n");
	memset(sig->b_data, 0xff, 64);
	expect_verdict(&pr, &west, "not by the key", "r and s above n");
	memcpy(sig->b_data, good, 64);
	for (i = 63; i > 0; i -= 7) {
		buf_trim(sig, i);
		expect_verdict(&pr, &west, "octets, not those of", "short");
	}
	buf_trim(sig, 0);
	expect_verdict(&pr, &west, "octets, not those of", "nothing");
	buf_put(sig, good, 64);
	buf_put(sig, good, 32);
	expect_verdict(&pr, &west, "octets, not those of", "96 octets");
	pr.pr_vreq.vr_method = IKE_AUTH_ECDSA384;
	expect_verdict(&pr, &west, "the key is ECDSA P-256", "method 10");
	proof_end(&pr);
	EVP_PKEY_free(key);
	end();
}

/* One bare key, in one encoding. */
static void
one_raw(const char *kind, unsigned int asked, unsigned int encoding)
{
	EVP_PKEY *key = mint_key(kind), *other = mint_key(kind);
	struct proof pr;

	side_key(&east, key);
	side_load(&east);
	side_pub(&west, "pubkeys/fqdn/" ID, key);
	side_load(&west);
	check(logged[0] == '\0', "warned: %s", logged);
	proof_start(&pr, ID);
	pr.pr_hashes |= 1U << IKE_HASH_IDENTITY;
	if (asked != 0) {
		pr.pr_req.sr_nreqs = 1;
		pr.pr_req.sr_reqs[0].ac_encoding = asked;
	}
	check(proof_sign(&pr, &east) && pr.pr_res.ss_ncerts == 1 &&
	    pr.pr_res.ss_certs[0].ac_encoding == encoding,
	    "%s: not one key in encoding %u: %s", kind, encoding,
	    pr.pr_res.ss_why);
	proof_carry(&pr);
	expect_verdict(&pr, &west, NULL, kind);
	pr.pr_vreq.vr_ncerts = 0;
	expect_verdict(&pr, &west, NULL, "without the key");
	pr.pr_vreq.vr_ncerts = 1;
	id_clear(&pr.pr_vreq.vr_peer);
	id_parse("west", &pr.pr_vreq.vr_peer);
	expect_verdict(&pr, &west, "put its local.pub into", "who is that");
	id_clear(&pr.pr_vreq.vr_peer);
	id_parse("/CN=" ID, &pr.pr_vreq.vr_peer);
	expect_verdict(&pr, &west, "give the peer another srcid", "a DN");
	id_clear(&pr.pr_vreq.vr_peer);
	id_parse(ID, &pr.pr_vreq.vr_peer);
	buf_put8(&pr.pr_vreq.vr_certs[0].ac_data, 0);
	expect_verdict(&pr, &west, "is not that of", "an octet behind");
	buf_trim(&pr.pr_vreq.vr_certs[0].ac_data,
	    pr.pr_vreq.vr_certs[0].ac_data.b_len - 1);
	pr.pr_vreq.vr_certs[0].ac_encoding = strcmp(kind, "RSA") == 0 ?
	    IKE_CERT_ECDSA : IKE_CERT_RSA;
	expect_verdict(&pr, &west, "is not that of", "another encoding");
	pr.pr_vreq.vr_certs[0].ac_encoding = encoding;
	side_pub(&west, "pubkeys/fqdn/" ID, other);
	side_load(&west);
	expect_verdict(&pr, &west, "is not that of", "another key");
	pr.pr_vreq.vr_ncerts = 0;
	expect_verdict(&pr, &west, "is not by the key", "another key here");
	pr.pr_vreq.vr_ncerts = 1;
	proof_end(&pr);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

void
sigs_raw(void)
{
	begin();
	one_raw("RSA", 0, IKE_CERT_RSA);
	one_raw("P-256", 0, IKE_CERT_ECDSA);
	one_raw("P-256", IKE_CERT_RAW, IKE_CERT_RAW);
	one_raw("ED25519", 0, IKE_CERT_RAW);
	end();
}
