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
 * Our own proof: the AUTH payload and the certificates beside it, RFC 7296
 * 2.15 and 3.6.
 */
#include <sys/types.h>

#include <string.h>

#include <openssl/err.h>

#include "ca.h"
#include "crypto.h"
#include "log.h"

/* The hashes worth using with a kind of key, the best first. */
static unsigned int
hash_choose(enum key_kind kind, unsigned int theirs)
{
	static const uint8_t order[][3] = {
		[KEY_RSA] = { IKE_HASH_SHA2_256, IKE_HASH_SHA2_384,
		    IKE_HASH_SHA2_512 },
		[KEY_P256] = { IKE_HASH_SHA2_256, IKE_HASH_SHA2_384,
		    IKE_HASH_SHA2_512 },
		[KEY_P384] = { IKE_HASH_SHA2_384, IKE_HASH_SHA2_512,
		    IKE_HASH_SHA2_256 },
		[KEY_P521] = { IKE_HASH_SHA2_512, IKE_HASH_SHA2_384,
		    IKE_HASH_SHA2_256 },
		[KEY_ED25519] = { IKE_HASH_IDENTITY, IKE_HASH_IDENTITY,
		    IKE_HASH_IDENTITY }
	};
	size_t i;

	for (i = 0; i < sizeof(order[kind]); i++)
		if (theirs & (1U << order[kind][i]))
			return (order[kind][i]);
	return (0);
}

/*
 * RFC 7427, if both ends know it, unless the policy names another method;
 * then the method that goes with the key.
 */
static int
choose(const struct ca *ca, const struct sign_req *sr, const EVP_PKEY *key,
    uint8_t *method, struct sigalg *sa, char **why)
{
	static const uint8_t methods[] = { IKE_AUTH_RSA, IKE_AUTH_ECDSA256,
	    IKE_AUTH_ECDSA384, IKE_AUTH_ECDSA521 };
	unsigned int hash = hash_choose(key_kind(key), sr->sr_hashes);
	enum key_kind kind;
	size_t i;

	*method = IKE_AUTH_SIGNATURE;
	if (hash != 0 && (sr->sr_auth == CONF_AUTH_SIGNATURE ||
	    sr->sr_auth == CONF_AUTH_RFC7427)) {
		alg_ofkey(key, hash, sa);
		return (0);
	}
	if (sr->sr_auth == CONF_AUTH_RFC7427)
		return (ca_refuse(why, "the peer knows no hash of RFC 7427 "
		    "for a key that is %s, %s wants `rfc7427': let it say "
		    "`signature'", key_name(key),
		    ca_where(ca, sr->sr_policy)));
	for (i = 0; i < sizeof(methods); i++) {
		*method = methods[i];
		if (alg_ofmethod(*method, sa, &kind) == 0 &&
		    kind == key_kind(key) &&
		    EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA_PSS)
			return (key_allowed(ca, sr->sr_policy, sr->sr_auth,
			    *method, key, why));
	}
	if (key_allowed(ca, sr->sr_policy, sr->sr_auth, IKE_AUTH_SIGNATURE,
	    key, why) == -1)
		return (-1);
	if (hash == 0)
		return (ca_refuse(why, "the peer cannot check signatures of a "
		    "key that is %s: use an RSA or ECDSA key", key_name(key)));
	*method = IKE_AUTH_SIGNATURE;
	alg_ofkey(key, hash, sa);
	return (0);
}

static int
requested(const struct sign_req *sr, const uint8_t hash[20])
{
	const struct buf *b;
	unsigned int i;
	size_t at;

	for (i = 0; i < sr->sr_nreqs; i++) {
		b = &sr->sr_reqs[i].ac_data;
		if (sr->sr_reqs[i].ac_encoding != IKE_CERT_X509)
			continue;
		for (at = 0; b->b_len - at >= 20; at += 20)
			if (memcmp(b->b_data + at, hash, 20) == 0)
				return (1);
	}
	return (0);
}

/* own_asked: CERTREQ of IKEv2 has hashes of keys. */
static int
own_requested(const void *arg, const struct own *own, const uint8_t root[20])
{
	const struct sign_req *sr = arg;
	uint8_t hash[20];
	unsigned int i;

	for (i = 1; i < own->ow_n; i++)
		if (cert_keyhash(own->ow_chain[i], hash) == 0 &&
		    requested(sr, hash))
			return (1);
	return (requested(sr, root));
}

static int
cert_add(struct sign_res *ss, const X509 *x)
{
	struct auth_cert *ac = &ss->ss_certs[ss->ss_ncerts++];

	ac->ac_encoding = IKE_CERT_X509;
	return (cert_put(x, &ac->ac_data));
}

/* RFC 7670 for those who ask for it; else what iked has always said. */
static uint8_t
raw_encoding(const struct sign_req *sr, const EVP_PKEY *key)
{
	unsigned int i;

	for (i = 0; i < sr->sr_nreqs; i++)
		if (sr->sr_reqs[i].ac_encoding == IKE_CERT_RAW)
			return (IKE_CERT_RAW);
	switch (key_kind(key)) {
	case KEY_RSA:
		return (IKE_CERT_RSA);
	case KEY_ED25519:
		return (IKE_CERT_RAW);
	default:
		return (IKE_CERT_ECDSA);
	}
}

static int
add_certs(struct ca *ca, const struct sign_req *sr, struct sign_res *ss,
    char **why)
{
	EVP_PKEY *key = ca->ca_store->st_key;
	struct auth_cert *ac = &ss->ss_certs[0];
	struct own own;
	unsigned int i;

	own_find(ca->ca_store, &sr->sr_self, own_requested, sr, &own);
	for (i = 0; i < own.ow_n; i++)
		if (cert_add(ss, own.ow_chain[i]) == -1)
			return (ca_refuse(why, "%s", ca_liberror()));
	if (own.ow_n > 0)
		return (0);
	ac->ac_encoding = raw_encoding(sr, key);
	ss->ss_ncerts = 1;
	if (key_encode(key, ac->ac_encoding, &ac->ac_data) == -1)
		return (ca_refuse(why, "%s", ca_liberror()));
	return (0);
}

static int
sign_key(struct ca *ca, const struct sign_req *sr, struct sign_res *ss,
    char **why)
{
	EVP_PKEY *key = ca->ca_store->st_key;
	struct sigalg sa;
	struct buf sig = { 0 };
	size_t at;
	int error;

	if (choose(ca, sr, key, &ss->ss_method, &sa, why) == -1)
		return (-1);
	if (alg_sign(key, &sa, &sr->sr_octets, &sig, why) == -1) {
		buf_clear(&sig);
		return (-1);
	}
	error = 0;
	if (ss->ss_method == IKE_AUTH_SIGNATURE) {
		buf_put8(&ss->ss_auth, 0);
		alg_put(&ss->ss_auth, &sa);
		at = ss->ss_auth.b_len;
		buf_putbuf(&ss->ss_auth, &sig);
		if (!ss->ss_auth.b_failed)
			buf_set8(&ss->ss_auth, 0, at - 1);
	} else if (sa.sa_scheme == SIG_ECDSA)
		error = ecdsa_toraw(key_kind(key), &sig, &ss->ss_auth);
	else
		buf_putbuf(&ss->ss_auth, &sig);
	buf_clear(&sig);
	if (error == -1 || ss->ss_auth.b_failed)
		return (ca_refuse(why, "cannot encode the signature"));
	return (0);
}

static int
sign_psk(struct ca *ca, const struct sign_req *sr, struct sign_res *ss,
    char **why)
{
	uint8_t mic[PRF_MAX];
	size_t len;

	if ((len = ca_mic(ca, sr->sr_policy, sr->sr_prf, &sr->sr_octets, mic,
	    why)) == 0)
		return (-1);
	ss->ss_method = IKE_AUTH_PSK;
	buf_put(&ss->ss_auth, mic, len);
	if (ss->ss_auth.b_failed)
		return (ca_refuse(why, "no memory"));
	return (0);
}

void
ca_sign(struct ca *ca, const struct sign_req *sr, struct sign_res *ss)
{
	char *why = NULL;
	uint64_t id = sr->sr_id;
	int error;

	memset(ss, 0, sizeof(*ss));
	if (sr->sr_auth == CONF_AUTH_PSK)
		error = sign_psk(ca, sr, ss, &why);
	else if (ca->ca_store->st_key == NULL)
		error = ca_refuse(&why, "%s", ca->ca_store->st_nokey != NULL ?
		    ca->ca_store->st_nokey : "no private key");
	else if ((error = id_check(&sr->sr_self, &why)) == 0 &&
	    (error = sign_key(ca, sr, ss, &why)) == 0)
		error = add_certs(ca, sr, ss, &why);
	if (error != 0)
		sign_res_clear(ss);
	ss->ss_id = id;
	ss->ss_ok = error == 0;
	ss->ss_why = why;
}
