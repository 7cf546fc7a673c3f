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

#ifndef _CRYPTO_CRYPTODEV_H_
#define _CRYPTO_CRYPTODEV_H_

#include <sys/types.h>

/*
 * The crypto framework: a session is an object that holds expanded keys, a
 * request is one ESP packet on its caller's stack, and crypto_invoke() is a
 * plain function call.  Which code does the work is the choice of the
 * provider, made when the session is created.
 */

/* algorithms; the numbers are those of OpenBSD */
#define CRYPTO_3DES_CBC		1
#define CRYPTO_SHA1_HMAC	5
#define CRYPTO_AES_CBC		7
#define CRYPTO_NULL		9
#define CRYPTO_SHA2_256_HMAC	11
#define CRYPTO_SHA2_384_HMAC	12
#define CRYPTO_SHA2_512_HMAC	13
#define CRYPTO_AES_CTR		14
#define CRYPTO_AES_GCM_16	16
#define CRYPTO_AES_128_GMAC	17
#define CRYPTO_AES_192_GMAC	18
#define CRYPTO_AES_256_GMAC	19
#define CRYPTO_AES_GMAC		20
#define CRYPTO_CHACHA20_POLY1305	21
#define CRYPTO_CHACHA20_POLY1305_MAC	22

#define CRYPTO_AAD_LEN		8	/* of an ESP header: SPI, sequence */
#define CRYPTO_MAXPROVIDERS	16

#define CRYPTO_SEQIV_LEN	8	/* of an IV with a salt */

struct crypto_session;

/*
 * What a session shall do.  All lengths are bytes; keys are copied.
 *	cipher alone, hash alone, or CRYPTO_NULL with a hash;
 *	cipher and hash: both keys;
 *	combined modes, AES-GCM, AES-GMAC (which encrypts nothing) and
 *	    ChaCha20-Poly1305: cp_auth is what comes with the cipher under
 *	    its key (enc_xform_auth()), the 4 byte salt ends cp_enckey, and
 *	    there is no cp_authkey;
 *	GMAC alone: the 4 byte salt ends cp_authkey.
 */
struct crypto_params {
	int		 cp_enc;	/* CRYPTO_AES_CBC ..., 0: none */
	int		 cp_auth;	/* CRYPTO_SHA2_256_HMAC ..., 0: none */
	const uint8_t	*cp_enckey;
	size_t		 cp_enckeylen;
	const uint8_t	*cp_authkey;
	size_t		 cp_authkeylen;
	size_t		 cp_icvlen;	/* on the wire: the hash's authsize */
};

/*
 * One packet: header, IV and payload lie behind each other in memory that
 * nobody else uses meanwhile.  The ICV may be anywhere outside of them.
 *
 * AH has a session without a cipher: there crp_data and crp_len are all
 * that is to be authenticated, in one piece and with zeroes where RFC 4302
 * wants them, crp_aad is crp_data and crp_aadlen is 0; or crp_aadlen of
 * these bytes are called the header, which makes no difference.  crp_iv
 * may be anywhere; GMAC reads CRYPTO_SEQIV_LEN bytes from it, HMAC none.
 */
struct cryptop {
	struct crypto_session	*crp_session;
	int			 crp_flags;
#define CRYPTO_F_ENCRYPT	0x01
#define CRYPTO_F_ESN		0x02
	uint8_t			*crp_aad;	/* ESP header */
	size_t			 crp_aadlen;	/* CRYPTO_AAD_LEN */
	uint8_t			*crp_iv;	/* of the cipher's ivsize */
	uint8_t			*crp_data;	/* payload with its padding */
	size_t			 crp_len;
	uint8_t			*crp_icv;	/* of cp_icvlen; 0: unused */
	uint32_t		 crp_esn;	/* network byte order */
};

/*
 * A set of implementations.  Memory for a session's state is the
 * framework's: cpv_statesize bytes, aligned to 64, zeroed before
 * cpv_newsession and erased after it is done with.
 *
 * cpv_probe says whether parameters, which are valid, can be served.
 * cpv_newsession expands the keys: 0 or an errno.  cpv_freesession may be
 * NULL if state refers to nothing.  cpv_invoke has the contract of
 * crypto_invoke() on a request that has been checked; with EBADMSG it
 * leaves the payload as it came.
 */
struct crypto_provider {
	const char	*cpv_name;
	int		 cpv_priority;	/* the highest that can, does */
	size_t		 cpv_statesize;
	int		(*cpv_probe)(const struct crypto_params *);
	int		(*cpv_newsession)(void *,
			    const struct crypto_params *);
	void		(*cpv_freesession)(void *);
	int		(*cpv_invoke)(const void *, struct cryptop *);
};

/*
 * While the kernel boots, before there is any session: the provider is
 * kept, not copied.  EEXIST if the name is taken, ENOSPC.
 */
int	crypto_register(const struct crypto_provider *);

/*
 * Create a session and hand it to the caller, who ends it with
 * crypto_freesession().  EINVAL: parameters that make no sense or that no
 * provider serves.  ENOMEM.  No locks are needed or taken.
 *
 * crypto_newsession_on() takes the provider of that name and no other:
 * ENOENT if it is not there, EINVAL if it cannot.
 */
int	crypto_newsession(struct crypto_session **,
	    const struct crypto_params *);
int	crypto_newsession_on(const char *, struct crypto_session **,
	    const struct crypto_params *);

/* Erases all keys.  Nobody may be in crypto_invoke(); NULL is let pass. */
void	crypto_freesession(struct crypto_session *);

/*
 * Encrypt and write the ICV, or check the ICV and decrypt.  The ICV covers
 * header, IV and ciphertext; with CRYPTO_F_ESN also crp_esn, which is not
 * sent: between SPI and sequence number in a combined mode, else at the
 * end.  (That flag changes nothing in a session without authentication.)
 *
 *	0		done
 *	EBADMSG		wrong ICV: payload is still the ciphertext
 *	EINVAL		the request breaks the rules of struct cryptop, or its
 *			length is no multiple of the cipher's block: untouched
 *
 * Never sleeps, takes no locks; a session serves any number of CPUs at a
 * time.  Time depends on lengths and on the outcome, on nothing else.
 *
 * An IV to send is the caller's to fill in: never the same twice for
 * one with a salt, unpredictable for one with CBC.
 */
int	crypto_invoke(struct cryptop *);

const char *crypto_provider_name(const struct crypto_session *);

/* name of provider 0, 1, ... in the order they are asked; NULL: no more */
const char *crypto_provider_nth(int);

/* the algorithms in portable C, at priority 0; to be called at boot */
void	cryptosoft_attach(void);

#endif /* _CRYPTO_CRYPTODEV_H_ */
