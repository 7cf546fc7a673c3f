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


#ifndef _LIBIKE_CRYPTO_H_
#define _LIBIKE_CRYPTO_H_

/*
 * What IKE calculates, by libcrypto: PRF, DH and the protection of SK
 * payloads.  All of it is 0 for good and -1 for bad, with the reason logged
 * at debug level.
 */
#include "buf.h"
#include "ike.h"

#define PRF_MAX		64		/* octets of the longest output */

/* Output octets of a PRF, which are the octets of its preferred key; 0:
 * unknown. */
size_t	 prf_len(uint16_t prf);
/* One shot over parts that follow one another. */
int	 prf_calc(uint16_t prf, const void *key, size_t keylen,
	    const struct span *parts, unsigned int n, uint8_t out[PRF_MAX]);
/* prf+ of RFC 7296 2.13; outlen at most 255 outputs. */
int	 prf_plus(uint16_t prf, const void *key, size_t keylen,
	    const struct span *parts, unsigned int n, void *out,
	    size_t outlen);

/*
 * Diffie-Hellman.  A struct dh holds a fresh private value; dh_free
 * overwrites it.
 */
struct dh;
size_t		 dh_publen(uint16_t group);	/* octets, 0: unknown */
struct dh	*dh_new(uint16_t group);	/* NULL: unknown, no memory */
void		 dh_free(struct dh *);
uint16_t	 dh_group(const struct dh *);
int		 dh_public(struct dh *, struct buf *);	/* as in KE */
/*
 * The shared secret g^ir, checked by RFC 6989 (range, on the curve, not all
 * zero).  -1: a public value no honest peer sends.
 */
int		 dh_shared(struct dh *, const void *pub, size_t len,
		    struct buf *secret);

/*
 * The keys of one direction of an IKE SA.  Sizes by the transforms; for an
 * AEAD the salt stands behind the key and there is no integ.
 */
struct skey {
	struct ike_xform sk_encr;
	struct ike_xform sk_integ;	/* xf_id IKE_INTEG_NONE: an AEAD */
	uint8_t		 sk_ekey[68];
	uint8_t		 sk_akey[64];
	size_t		 sk_ekeylen;	/* with the salt */
	size_t		 sk_akeylen;
};

/* Sizes of the keys from the transforms. -1: not for an IKE SA. */
int	 skey_sizes(struct skey *);
size_t	 skey_ivlen(const struct skey *);	/* octets on the wire */
size_t	 skey_icvlen(const struct skey *);
size_t	 skey_block(const struct skey *);	/* padding: 16, 8 or 1 */

/*
 * Seal: aad is all of the message before the IV.  IV | ciphertext | ICV of
 * `plain', which is padded already, follow in `out'.  For ciphers with a MAC
 * the MAC is over aad | IV | ciphertext; the length fields in aad are
 * final.  The 8 octet IV of an AEAD is `counter' (never twice a key), that
 * of CBC is random.
 */
int	 skey_seal(const struct skey *, uint64_t counter, const void *aad,
	    size_t aadlen, const void *plain, size_t len, struct buf *out);
/*
 * Open IV | ciphertext | ICV to `plain', with its padding still on.  -1: not
 * authentic, or too short; then `plain' is as before.
 */
int	 skey_open(const struct skey *, const void *aad, size_t aadlen,
	    const void *data, size_t len, struct buf *plain);

int	 crypto_equal(const void *, const void *, size_t); /* constant time */
void	 crypto_sha1(const void *, size_t, uint8_t out[20]);
/* Logs what failed with libcrypto's reason, which is forgotten then. -1 */
int	 crypto_fail(const char *what);

#endif /* _LIBIKE_CRYPTO_H_ */
