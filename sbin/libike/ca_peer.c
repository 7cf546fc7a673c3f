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
 * What ends prove themselves with: certificates that came, the public keys
 * that we have copies of, and our own chain for them.
 */
#include <sys/types.h>

#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "log.h"
#include "store.h"

/* RFC 4945 5.1.3.2: what may sign, if it says anything about it. */
#define KU_SIGN	(KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)

X509 *
cert_parse(const struct buf *b, unsigned int number, char **why)
{
	const unsigned char *p = b->b_data;
	const char *fault;
	X509 *x;

	ERR_clear_error();
	if ((x = d2i_X509(NULL, &p, b->b_len)) == NULL)
		ca_refuse(why, "certificate %u of the peer is none: %s",
		    number, ca_liberror());
	else if (p != b->b_data + b->b_len)
		ca_refuse(why, "certificate %u of the peer, %s, has something "
		    "behind it", number, cert_subject(x));
	else if ((fault = key_fault(X509_get0_pubkey(x))) != NULL)
		ca_refuse(why, "certificate %u of the peer, %s: %s: it needs "
		    "another key", number, cert_subject(x), fault);
	else
		return (x);
	X509_free(x);
	return (NULL);
}

int
cert_put(const X509 *x, struct buf *b)
{
	unsigned char *der = NULL;
	int len;

	if ((len = i2d_X509(x, &der)) <= 0)
		return (-1);
	buf_put(b, der, len);
	OPENSSL_free(der);
	return (b->b_failed ? -1 : 0);
}

static int
push(STACK_OF(X509) *stack, X509 *x)
{
	if (!X509_up_ref(x))
		return (-1);
	if (sk_X509_push(stack, x) > 0)
		return (0);
	X509_free(x);
	return (-1);
}

STACK_OF(X509) *
store_between(struct ca_store *st)
{
	STACK_OF(X509) *stack = sk_X509_new_null();
	const struct ca_file *cf;

	if (stack == NULL)
		return (NULL);
	TAILQ_FOREACH(cf, &st->st_certs, cf_entry)
		if (X509_check_ca(cf->cf_x509) &&
		    push(stack, cf->cf_x509) == -1) {
			sk_X509_pop_free(stack, X509_free);
			return (NULL);
		}
	return (stack);
}

static int
leaf_refuse(X509 *x, const struct ike_id *id, char **why)
{
	struct buf names = { 0 };

	cert_names(x, &names);
	buf_put8(&names, '\0');
	ca_refuse(why, "certificate %s is for %s, not for %s: it needs that "
	    "subjectAltName, or the peer another srcid", cert_subject(x),
	    names.b_failed ? "others" : (char *)names.b_data, id_print(id));
	buf_clear(&names);
	return (-1);
}

int
leaf_check(X509 *leaf, const struct ike_id *id, char **why)
{
	if (!cert_isfor(leaf, id))
		return (leaf_refuse(leaf, id, why));
	if ((X509_get_key_usage(leaf) & KU_SIGN) == 0)
		return (ca_refuse(why, "certificate %s must not sign: its "
		    "keyUsage needs digitalSignature", cert_subject(leaf)));
	return (0);
}

const struct ca_file *
pub_find(const struct ca_store *st, const struct ike_id *id)
{
	const struct ca_file *cf;

	TAILQ_FOREACH(cf, &st->st_pubs, cf_entry)
		if (id_same(&cf->cf_id, id))
			return (cf);
	return (NULL);
}

const char *
pub_dir(uint8_t idtype)
{
	switch (idtype) {
	case IKE_ID_IPV4:
		return ("pubkeys/ipv4");
	case IKE_ID_IPV6:
		return ("pubkeys/ipv6");
	case IKE_ID_FQDN:
		return ("pubkeys/fqdn");
	case IKE_ID_UFQDN:
		return ("pubkeys/ufqdn");
	default:
		return ("pubkeys (as none of them has a name, give the peer "
		    "another srcid)");
	}
}

int
pub_same(const struct ca_store *st, const struct ca_file *cf,
    const struct ike_id *id, uint8_t encoding, const struct buf *came,
    char **why)
{
	struct buf ours = { 0 };
	int same;

	if (cf == NULL)
		return (ca_refuse(why, "%s sent a public key and no "
		    "certificate: put its local.pub into %s/%s",
		    id_print(id), st->st_name, pub_dir(id->id_type)));
	same = key_encode(cf->cf_key, encoding, &ours) == 0 &&
	    ours.b_len == came->b_len &&
	    memcmp(ours.b_data, came->b_data, ours.b_len) == 0;
	buf_clear(&ours);
	if (!same)
		return (ca_refuse(why, "the public key that %s sent is not "
		    "that of %s: copy its local.pub anew if it has a new key",
		    id_print(id), cf->cf_name));
	return (0);
}

/* Its dates make a certificate better than another, then who signed it. */
static void
own_try(struct ca_store *st, const struct ca_file *cf, own_asked *asked,
    const void *arg, struct own *best)
{
	struct own own = { .ow_file = cf, .ow_score = 1 };
	uint8_t root[20];

	own.ow_n = chain_build(st, cf->cf_x509, own.ow_chain, OWN_MAX, root);
	if (X509_cmp_current_time(X509_get0_notAfter(cf->cf_x509)) > 0 &&
	    X509_cmp_current_time(X509_get0_notBefore(cf->cf_x509)) < 0)
		own.ow_score += 2;
	if (asked(arg, &own, root))
		own.ow_score++;
	if (own.ow_score > best->ow_score)
		*best = own;
}

void
own_find(struct ca_store *st, const struct ike_id *id, own_asked *asked,
    const void *arg, struct own *best)
{
	const struct ca_file *cf, *other = NULL;

	memset(best, 0, sizeof(*best));
	TAILQ_FOREACH(cf, &st->st_certs, cf_entry) {
		if (EVP_PKEY_eq(X509_get0_pubkey(cf->cf_x509),
		    st->st_key) != 1)
			continue;
		if (cert_isfor(cf->cf_x509, id))
			own_try(st, cf, asked, arg, best);
		else
			other = cf;
	}
	ERR_clear_error();
	if (best->ow_score == 0 && other != NULL)
		log_warnx("%s has our key but is not for %s: the peer gets no "
		    "certificate, and has to know our public key; change "
		    "srcid or the certificate", other->cf_name, id_print(id));
	else if (best->ow_score > 0 && best->ow_score < 3)
		log_warnx("%s has expired or is not valid yet: the peer will "
		    "refuse it", best->ow_file->cf_name);
}
