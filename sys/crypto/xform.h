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

#ifndef _CRYPTO_XFORM_H_
#define _CRYPTO_XFORM_H_

/*
 * What PF_KEY and ESP must know of an algorithm.  All lengths are bytes.
 * The tables end with an entry of type 0.
 */

/* enough for any algorithm in the tables */
#define XFORM_MAXBLOCK	16
#define XFORM_MAXIV	16
#define XFORM_MAXICV	32

/* what a cipher in a combined mode authenticates with */
enum xform_mac { XFORM_NOMAC, XFORM_GMAC, XFORM_POLY1305 };

struct enc_xform {
	int		 type;		/* CRYPTO_* of <crypto/cryptodev.h> */
	const char	*name;
	uint16_t	 blocksize;	/* a payload is a multiple of it */
	uint16_t	 padsize;	/* and one we send of this, for ESP */
	uint16_t	 ivsize;	/* on the wire */
	uint16_t	 minkey;	/* with the salt, if there is one */
	uint16_t	 maxkey;
	uint16_t	 keystep;	/* minkey, + keystep, ... maxkey */
	uint16_t	 saltsize;	/* last bytes of the key; if there is
					   one, an IV must not come twice */
	enum xform_mac	 mac;
};

struct auth_hash {
	int		 type;
	const char	*name;
	uint16_t	 keysize;	/* exact */
	uint16_t	 hashsize;	/* whole digest */
	uint16_t	 authsize;	/* ICV on the wire */
	uint16_t	 blocksize;
	enum xform_mac	 mac;		/* comes with ciphers, not by itself */
};

extern const struct enc_xform	enc_xforms[];
extern const struct auth_hash	auth_hashes[];

/* NULL if there is none */
const struct enc_xform	*enc_xform_find(int);
const struct auth_hash	*auth_hash_find(int);

/* is a key of so many bytes one for this cipher? */
int	enc_xform_keyok(const struct enc_xform *, size_t);

/*
 * The authentication that comes with a combined mode cipher under a key of
 * so many bytes (CRYPTO_AES_128_GMAC ...); NULL if the cipher brings none.
 */
const struct auth_hash	*enc_xform_auth(const struct enc_xform *, size_t);

#endif /* _CRYPTO_XFORM_H_ */
