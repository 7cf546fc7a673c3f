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


#ifndef _CATEST_H_
#define _CATEST_H_

/*
 * Two machines with /etc/iked each, below $W: east proves who it is, west
 * looks.  Keys and certificates are made as the tests run.
 */
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "auth.h"
#include "log.h"

#define ANY_HASH	(1U << IKE_HASH_SHA2_256 | 1U << IKE_HASH_SHA2_384 | \
			    1U << IKE_HASH_SHA2_512)
#define POLICY		7		/* pol_id of the one policy */
#define PRF		IKE_PRF_SHA2_256

/* catest.c */
extern char	 logged[4096];		/* all that was warned of */
extern unsigned int seed;

void	 check(int good, const char *, ...)
	    __attribute__((__format__(printf, 2, 3)));
unsigned int rnd(unsigned int);		/* below */

/* mint.c */
struct side {
	char		 sd_dir[256];
	struct ca	*sd_ca;
	int		 sd_partial;
};

struct ext {
	int		 nid;
	const char	*value;		/* as openssl.cnf(5) has it */
};

struct mint {
	const char	*m_subject;	/* /CN=..., NULL: none */
	EVP_PKEY	*m_key;
	X509		*m_issuer;	/* NULL: itself */
	EVP_PKEY	*m_signer;	/* NULL: m_key */
	const char	*m_md;		/* NULL: SHA2-256 */
	int		 m_from;	/* days from today */
	int		 m_to;		/* 0: 30 */
	struct ext	 m_ext[6];
};

EVP_PKEY *mint_key(const char *kind);	/* "P-256", "RSA", "RSA3", ... */
EVP_PKEY *mint_rsapub(const char *n, const char *e);	/* hex */
X509	*mint(const struct mint *);
X509	*mint_ca(const char *subject, EVP_PKEY *, X509 *issuer, EVP_PKEY *);
X509	*mint_leaf(const char *san, EVP_PKEY *, X509 *issuer, EVP_PKEY *);
X509_CRL *mint_crl(X509 *issuer, EVP_PKEY *, X509 *revoked);

void	 side_open(struct side *, const char *name);
void	 side_load(struct side *);
void	 side_close(struct side *);
void	 side_text(struct side *, const char *file, const char *, size_t,
	    int mode);
void	 side_cert(struct side *, const char *file, X509 *);
void	 side_crl(struct side *, const char *file, X509_CRL *);
void	 side_key(struct side *, EVP_PKEY *);	/* and local.pub */
void	 side_pub(struct side *, const char *file, EVP_PKEY *);
void	 side_psk(struct side *, const char *);	/* NULL: a policy without */

/* What travels from one to the other. */
struct proof {
	const char	*pr_id;		/* as srcid says it */
	enum conf_auth	 pr_sign;	/* what the policies want */
	enum conf_auth	 pr_want;
	unsigned int	 pr_hashes;
	struct sign_req	 pr_req;
	struct sign_res	 pr_res;
	struct verify_req pr_vreq;
	struct verify_res pr_vres;
};

void	 proof_start(struct proof *, const char *id);
/* Also over the messages between the processes; returns ss_ok. */
int	 proof_sign(struct proof *, struct side *);
void	 proof_carry(struct proof *);	/* pr_res to pr_vreq */
int	 proof_verify(struct proof *, struct side *);	/* vs_ok */
void	 proof_end(struct proof *);
/* All of it; why: a part of the text it has to fail with, NULL: it must not */
void	 expect(struct side *, struct side *, const char *id,
	    const char *why, const char *what);
/* The last two steps, for a proof that was changed on the way. */
void	 expect_verdict(struct proof *, struct side *, const char *why,
	    const char *what);
/* The first step has to fail so. */
void	 expect_nosign(struct proof *, struct side *, const char *why,
	    const char *what);

/* the tests */
void	 chains_good(void);
void	 chains_dates(void);
void	 chains_bad(void);
void	 chains_crl(void);
void	 chains_partial(void);
void	 chains_deep(void);
void	 chains_local(void);
void	 chains_nofetch(void);
void	 chains_weak(void);
void	 chains_mutated(void);
void	 forged_pkcs1(void);
void	 forged_cube(void);
void	 names_san(void);
void	 names_dn(void);
void	 names_bad(void);
void	 secrets_psk(void);
void	 secrets_messages(void);
void	 sigs_kinds(void);
void	 sigs_policy(void);
void	 sigs_names(void);
void	 sigs_ecdsa(void);
void	 sigs_raw(void);
void	 stores_files(void);
void	 stores_own(void);
void	 stores_certreq(void);

#endif /* _CATEST_H_ */
