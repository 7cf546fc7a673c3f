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


#ifndef _LIBIKE_STORE_H_
#define _LIBIKE_STORE_H_

/*
 * Certificates, keys and what is signed with them.  Files are those of
 * iked(8) or isakmpd(8) below their directory: ca/ certs/ crls/ pubkeys/
 * private/local.key.
 */
#include <sys/queue.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "buf.h"
#include "ike.h"

#define CA_MAXDEPTH	10		/* CAs between a leaf and its root */

enum key_kind {
	KEY_NONE,		/* none that we take */
	KEY_RSA,
	KEY_P256,
	KEY_P384,
	KEY_P521,
	KEY_ED25519
};

/* One thing that came from a file; exactly one of the three is there. */
struct ca_file {
	TAILQ_ENTRY(ca_file) cf_entry;
	char		*cf_name;	/* as the administrator knows it */
	X509		*cf_x509;
	X509_CRL	*cf_crl;
	EVP_PKEY	*cf_key;	/* of the peer cf_id */
	struct ike_id	 cf_id;
};
TAILQ_HEAD(ca_files, ca_file);

/* All that is on the disk. */
struct ca_store {
	char		*st_dir;	/* without the last slash */
	char		*st_name;	/* the same for messages */
	EVP_PKEY	*st_key;	/* local.key */
	char		*st_nokey;	/* why there is none */
	const char	*st_manual;	/* where it is explained */
	struct ca_files	 st_cas;
	struct ca_files	 st_certs;
	struct ca_files	 st_crls;
	struct ca_files	 st_pubs;
	X509_STORE	*st_x509;	/* st_cas and st_crls */
};

/* ca_why.c */

/*
 * -1, with the text in *why instead of what was there: printable and not
 * long, whatever the arguments hold.
 */
int	 ca_refuse(char **why, const char *, ...)
	    __attribute__((__format__(printf, 2, 3)));
/* The last failure of libcrypto in words; forgets them all. */
const char	*ca_liberror(void);

/* ca_store.c */
/*
 * Empty; called: its name for messages, which stays, /etc/ and that of the
 * daemon.  NULL: no memory
 */
struct ca_store	*store_new(const char *dir, const char *called);
/* pem: local.key, NULL: to be read here.  -1: no memory */
int	 store_load(struct ca_store *, const struct buf *pem, int partialchain);
void	 store_free(struct ca_store *);
/*
 * private/local.key below dir (`called' in messages) to `pem', for whom may
 * not read it.  -1: warned, but for a file that is not there.
 */
int	 store_readkey(const char *dir, const char *called, struct buf *pem);

/* ca_key.c */
enum key_kind	 key_kind(const EVP_PKEY *);
const char	*key_name(const EVP_PKEY *);	/* static */
/* NULL, or what is wrong with it, in a static buffer. */
const char	*key_fault(const EVP_PKEY *);
/* As in the CERT payload of such an encoding; -1: not for this key. */
int	 key_encode(const EVP_PKEY *, uint8_t encoding, struct buf *);
const char	*method_name(unsigned int);	/* static */

/* ca_id.c */

/* -1: no identity that a certificate or a file could have. */
int	 id_check(const struct ike_id *, char **why);
int	 id_same(const struct ike_id *, const struct ike_id *);
int	 cert_isfor(X509 *, const struct ike_id *);
/* Who it is for, for messages. */
void	 cert_names(X509 *, struct buf *);
const char	*cert_subject(const X509 *);	/* static */
/* SHA1 of the SubjectPublicKeyInfo; -1: no memory */
int	 cert_keyhash(const X509 *, uint8_t [20]);

/* ca_alg.c */
struct sigalg {
	enum {
		SIG_PKCS1,
		SIG_PSS,
		SIG_ECDSA,
		SIG_EDDSA
	}		 sa_scheme;
	unsigned int	 sa_hash;	/* IKE_HASH_ */
};
/* The DER AlgorithmIdentifier that we send. */
void	 alg_put(struct buf *, const struct sigalg *);
/* The one that came; -1: none that we take. */
int	 alg_get(const struct span *, struct sigalg *, char **why);
/* The one of a key and a hash; RSA: PKCS#1 v1.5 unless the key forbids. */
void	 alg_ofkey(const EVP_PKEY *, unsigned int hash, struct sigalg *);
/* Signatures as in RFC 7427 (ECDSA: DER).  0, or -1 with the reason. */
int	 alg_sign(EVP_PKEY *, const struct sigalg *, const struct buf *octets,
	    struct buf *sig, char **why);
int	 alg_verify(EVP_PKEY *, const struct sigalg *,
	    const struct buf *octets, const struct span *sig, char **why);
/* The methods of their own, RFC 7296 3.8 and RFC 4754; -1: not such a one. */
int	 alg_ofmethod(uint8_t method, struct sigalg *, enum key_kind *);
/* r | s of RFC 4754 from DER and back. */
int	 ecdsa_toraw(enum key_kind, const struct buf *der, struct buf *raw);
int	 ecdsa_toder(enum key_kind, const struct span *raw, struct buf *der);

/* ca_chain.c */

/* Is it signed, in the end, by a CA of the store?  -1 with the reason. */
int	 chain_check(struct ca_store *, X509 *leaf, STACK_OF(X509) *others,
	    char **why);
/*
 * The certificates from `leaf' up as far as the store has them, but for the
 * root; how many.  *root: the hash of the last key that has signed.
 */
unsigned int	 chain_build(struct ca_store *, X509 *leaf, X509 **chain,
		    unsigned int max, uint8_t root[20]);

/* ca_peer.c */

/* One that came, of which nothing is trusted yet.  NULL with the reason. */
X509	*cert_parse(const struct buf *, unsigned int number, char **why);
int	 cert_put(const X509 *, struct buf *);	/* in DER; or -1 */
/*
 * Our own CA certificates may fill the gaps in what a peer sends.  NULL: no
 * memory
 */
STACK_OF(X509)	*store_between(struct ca_store *);
/* Is it for that one, and may it sign?  -1 with the reason. */
int	 leaf_check(X509 *leaf, const struct ike_id *, char **why);
/* The public key of a peer, or NULL; where it would be, static. */
const struct ca_file *pub_find(const struct ca_store *,
	    const struct ike_id *);
const char	*pub_dir(uint8_t idtype);
/* Did the key come that is in the file (NULL: none)?  -1 with the reason. */
int	 pub_same(const struct ca_store *, const struct ca_file *,
	    const struct ike_id *, uint8_t encoding, const struct buf *came,
	    char **why);

#define OWN_MAX	16
/* A certificate for our key and what goes with it. */
struct own {
	const struct ca_file *ow_file;
	unsigned int	 ow_n;		/* 0: none */
	X509		*ow_chain[OWN_MAX];
	int		 ow_score;
};
/* Is a chain, and the hash of its root, by somebody whom the peer trusts? */
typedef int	 own_asked(const void *, const struct own *,
		    const uint8_t root[20]);
/* The best one for that identity; warns of certificates that are no good. */
void	 own_find(struct ca_store *, const struct ike_id *, own_asked *,
	    const void *, struct own *);

#endif /* _LIBIKE_STORE_H_ */
