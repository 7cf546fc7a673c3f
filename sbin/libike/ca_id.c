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
 * Identities and the certificates that may carry them, RFC 4945 3.1 and
 * RFC 7296 3.5.  Everything is compared by length and octets: a name with a
 * NUL inside equals nothing shorter.
 */
#include <sys/types.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "store.h"
#include "crypto.h"

#define MAXNAMES	8		/* of a certificate, in a message */

/* The same name in the encoding that DER prescribes. */
static int
name_isder(const X509_NAME *name, const uint8_t *der, size_t len)
{
	X509_NAME *copy = X509_NAME_new();
	const X509_NAME_ENTRY *ne;
	unsigned char *again = NULL;
	int i, set, n = -1;

	for (i = set = 0; copy != NULL && i < X509_NAME_entry_count(name);
	    i++) {
		ne = X509_NAME_get_entry(name, i);
		/* -1 and 0: in the set of the one before, in a new one */
		if (!X509_NAME_add_entry(copy, ne, -1,
		    i > 0 && X509_NAME_ENTRY_set(ne) == set ? -1 : 0))
			break;
		set = X509_NAME_ENTRY_set(ne);
	}
	if (copy != NULL && i == X509_NAME_entry_count(name))
		n = i2d_X509_NAME(copy, &again);
	i = n > 0 && (size_t)n == len && memcmp(again, der, len) == 0;
	OPENSSL_free(again);
	X509_NAME_free(copy);
	return (i);
}

static X509_NAME *
name_parse(const struct ike_id *id)
{
	const unsigned char *p = id->id_data;
	X509_NAME *name;

	if ((name = d2i_X509_NAME(NULL, &p, id->id_len)) == NULL)
		return (NULL);
	if (p != id->id_data + id->id_len ||
	    !name_isder(name, id->id_data, id->id_len)) {
		X509_NAME_free(name);
		return (NULL);
	}
	return (name);
}

static int
check_dn(const struct ike_id *id, char **why)
{
	X509_NAME *name = name_parse(id);
	int n;

	ERR_clear_error();
	if (name == NULL)
		return (ca_refuse(why, "the distinguished name of the "
		    "identity is not DER"));
	n = X509_NAME_entry_count(name);
	X509_NAME_free(name);
	if (n == 0)
		return (ca_refuse(why, "the distinguished name of the "
		    "identity is empty: it names nobody"));
	return (0);
}

static int
check_text(const struct ike_id *id, char **why)
{
	size_t i;

	for (i = 0; i < id->id_len; i++)
		if (id->id_data[i] <= ' ' || id->id_data[i] > 126)
			return (ca_refuse(why, "identity %s has characters "
			    "that no such name has", id_print(id)));
	if (id->id_type == IKE_ID_UFQDN &&
	    memchr(id->id_data, '@', id->id_len) == NULL)
		return (ca_refuse(why, "identity %s has no @", id_print(id)));
	return (0);
}

int
id_check(const struct ike_id *id, char **why)
{
	if (id->id_type != 0 && (id->id_len == 0 || id->id_data == NULL ||
	    id->id_len > IKE_ID_MAX))
		return (ca_refuse(why, "the identity has %u octets, not 1 to "
		    "%d", (unsigned int)id->id_len, IKE_ID_MAX));
	switch (id->id_type) {
	case IKE_ID_IPV4:
	case IKE_ID_IPV6:
		if (id->id_len == (id->id_type == IKE_ID_IPV4 ? 4 : 16))
			return (0);
		return (ca_refuse(why, "the address of the identity has %u "
		    "octets", (unsigned int)id->id_len));
	case IKE_ID_FQDN:
	case IKE_ID_UFQDN:
		return (check_text(id, why));
	case IKE_ID_DN:
		return (check_dn(id, why));
	default:
		return (ca_refuse(why, "no certificate can prove identity %s: "
		    "use an address, a name, user@name or /C=.../CN=... as "
		    "srcid", id_print(id)));
	}
}

static int
text_same(const uint8_t *a, const uint8_t *b, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (tolower(a[i]) != tolower(b[i]))
			return (0);
	return (1);
}

/* Case counts before the @ of user@name, and nowhere else. */
static int
octets_same(uint8_t type, const uint8_t *a, size_t alen, const uint8_t *b,
    size_t blen)
{
	const uint8_t *at;
	size_t exact = alen;

	if (alen != blen || alen == 0)
		return (0);
	if (type == IKE_ID_FQDN)
		exact = 0;
	else if (type == IKE_ID_UFQDN && (at = memchr(a, '@', alen)) != NULL)
		exact = at - a;
	return (memcmp(a, b, exact) == 0 &&
	    text_same(a + exact, b + exact, alen - exact));
}

int
id_same(const struct ike_id *a, const struct ike_id *b)
{
	return (a->id_type == b->id_type && octets_same(a->id_type,
	    a->id_data, a->id_len, b->id_data, b->id_len));
}

static int
subject_is(const X509 *x, const struct ike_id *id)
{
	X509_NAME *name = name_parse(id);
	int same;

	same = name != NULL && X509_NAME_entry_count(name) > 0 &&
	    X509_NAME_cmp(name, X509_get_subject_name(x)) == 0;
	X509_NAME_free(name);
	return (same);
}

/* The identity a name of a certificate stands for; type 0: for none. */
static struct ike_id
san_id(const GENERAL_NAME *gn)
{
	struct ike_id id = { 0 };
	const ASN1_STRING *s;

	switch (gn->type) {
	case GEN_DNS:
		id.id_type = IKE_ID_FQDN;
		break;
	case GEN_EMAIL:
		id.id_type = IKE_ID_UFQDN;
		break;
	case GEN_IPADD:
		break;
	default:
		return (id);
	}
	s = gn->type == GEN_IPADD ? gn->d.iPAddress : gn->d.ia5;
	if (ASN1_STRING_length(s) > IKE_ID_MAX)
		return ((struct ike_id){ 0 });
	id.id_len = ASN1_STRING_length(s);
	id.id_data = (uint8_t *)ASN1_STRING_get0_data(s);
	if (gn->type == GEN_IPADD && (id.id_len == 4 || id.id_len == 16))
		id.id_type = id.id_len == 4 ? IKE_ID_IPV4 : IKE_ID_IPV6;
	return (id);
}

int
cert_isfor(X509 *x, const struct ike_id *id)
{
	GENERAL_NAMES *names;
	struct ike_id san;
	int i, found = 0;

	if (id->id_type == IKE_ID_DN)
		return (subject_is(x, id));
	names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	for (i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
		san = san_id(sk_GENERAL_NAME_value(names, i));
		found = san.id_type != 0 && id_same(&san, id);
	}
	GENERAL_NAMES_free(names);
	return (found);
}

void
cert_names(X509 *x, struct buf *b)
{
	GENERAL_NAMES *names;
	struct ike_id san;
	int i, n = 0;

	names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	for (i = 0; i < sk_GENERAL_NAME_num(names) && n < MAXNAMES; i++) {
		san = san_id(sk_GENERAL_NAME_value(names, i));
		if (san.id_type != 0)
			buf_printf(b, "%s%s", n++ > 0 ? " " : "",
			    id_print(&san));
	}
	GENERAL_NAMES_free(names);
	if (n == 0)
		buf_printf(b, "its subject alone");
}

const char *
cert_subject(const X509 *x)
{
	static char text[256];

	if (X509_NAME_entry_count(X509_get_subject_name(x)) == 0)
		return ("(no subject)");
	X509_NAME_oneline(X509_get_subject_name(x), text, sizeof(text));
	return (text);
}

int
cert_keyhash(const X509 *x, uint8_t hash[20])
{
	unsigned char *der = NULL;
	int n;

	if ((n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der)) <= 0)
		return (-1);
	crypto_sha1(der, n, hash);
	OPENSSL_free(der);
	return (0);
}
