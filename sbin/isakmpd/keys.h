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

#ifndef _ISAKMPD_KEYS_H_
#define _ISAKMPD_KEYS_H_

/*
 * The keys of IKEv1 (RFC 2409 5, appendix B) and what is encrypted with them.
 * 0 for good, -1 for bad with the reason logged at debug level.
 */
#include "buf.h"
#include "crypto.h"
#include "ikev1.h"

#define HASH_MAX	64		/* octets of the longest output */
#define IV_MAX		16

size_t	 hash_len(uint16_t hash);	/* V1_HASH_; 0: unknown */
int	 hash_calc(uint16_t hash, const struct span *parts, unsigned int n,
	    uint8_t out[HASH_MAX]);
/* HMAC by that hash: the prf of RFC 2409. */
int	 hash_prf(uint16_t hash, const void *key, size_t keylen,
	    const struct span *parts, unsigned int n, uint8_t out[HASH_MAX]);

/* What an ISAKMP SA encrypts with. */
struct p1_cipher {
	uint16_t	 ci_enc;	/* V1_ENC_ */
	uint16_t	 ci_bits;	/* 0: fixed size */
};
size_t	 cipher_block(const struct p1_cipher *); /* 16 or 8; 0: unknown */
size_t	 cipher_keylen(const struct p1_cipher *);	/* octets */

struct p1_keys {
	uint16_t	 k_hash;
	struct p1_cipher k_cipher;
	size_t		 k_len;		/* of SKEYID and all below */
	uint8_t		 k_skeyid[HASH_MAX];
	uint8_t		 k_d[HASH_MAX];
	uint8_t		 k_a[HASH_MAX];
	uint8_t		 k_e[HASH_MAX];
	uint8_t		 k_key[64];	/* of the cipher, appendix B */
	uint8_t		 k_iv[IV_MAX];	/* of the next message of phase 1, then
					 * its last block for good */
};

/* SKEYID, by a signature: prf(Ni | Nr, g^xy), by a psk: prf(psk, Ni | Nr). */
int	 keys_skeyid_sig(uint16_t hash, const struct buf *ni,
	    const struct buf *nr, const struct buf *secret,
	    uint8_t out[HASH_MAX]);
int	 keys_skeyid_psk(uint16_t hash, const void *psk, size_t psklen,
	    const struct buf *ni, const struct buf *nr,
	    uint8_t out[HASH_MAX]);
/*
 * The rest from k_skeyid, with k_hash and k_cipher set: SKEYID_d, _a, _e, the
 * key of the cipher, the first IV from the public values (initiator's first).
 */
int	 keys_derive(struct p1_keys *, const struct buf *secret,
	    const uint8_t cookies[16], const struct buf *gxi,
	    const struct buf *gxr);
/*
 * HASH_I (initiator 1) or HASH_R: gx, cookie of who makes it come first.  id
 * is the body of the ID payload of who makes it.
 */
int	 keys_hash1(const struct p1_keys *, int initiator,
	    const struct buf *gxi, const struct buf *gxr,
	    const uint8_t cookies[16], const struct buf *sai,
	    const struct span *id, uint8_t out[HASH_MAX]);
/* The IV of a phase 2 exchange: hash(last block of phase 1 | M-ID). */
int	 keys_iv2(const struct p1_keys *, uint32_t msgid, uint8_t iv[IV_MAX]);
/*
 * HASH(1): prf(SKEYID_a, M-ID | rest); HASH(2): with Ni_b between; HASH(3):
 * prf(SKEYID_a, 0 | M-ID | Ni_b | Nr_b).
 */
int	 keys_hash2_1(const struct p1_keys *, uint32_t msgid,
	    const struct span *rest, uint8_t out[HASH_MAX]);
int	 keys_hash2_2(const struct p1_keys *, uint32_t msgid,
	    const struct buf *ni, const struct span *rest,
	    uint8_t out[HASH_MAX]);
int	 keys_hash2_3(const struct p1_keys *, uint32_t msgid,
	    const struct buf *ni, const struct buf *nr,
	    uint8_t out[HASH_MAX]);
/*
 * KEYMAT of one SA (RFC 2409 5.5): prf+ like chain over [g^xy |] protocol |
 * SPI | Ni_b | Nr_b.  secret NULL or empty: no PFS.  SPI in host order.
 */
int	 keys_mat(const struct p1_keys *, const struct buf *secret,
	    uint8_t proto, uint32_t spi, const struct buf *ni,
	    const struct buf *nr, uint8_t *out, size_t len);

/*
 * CBC in place over whole blocks; iv becomes the last block of ciphertext.
 * -1: length 0 or no multiple, cipher unknown.
 */
int	 keys_encrypt(const struct p1_keys *, uint8_t iv[IV_MAX], uint8_t *,
	    size_t len);
int	 keys_decrypt(const struct p1_keys *, uint8_t iv[IV_MAX], uint8_t *,
	    size_t len);
void	 keys_clear(struct p1_keys *);

/*
 * ESP and AH keys: octets of cipher key (with salt) and MAC key of a
 * transform; -1: not one we know.  bits: of the key length attribute, 0: none.
 * kernel: the same as the transforms of ike.h, for struct ksa; -1: ike.h has
 * no number for it.
 */
int	 esp_keylen(uint8_t proto, uint8_t id, uint16_t bits, uint16_t mac,
	    size_t *enc, size_t *auth);
int	 esp_xforms(uint8_t proto, uint8_t id, uint16_t bits, uint16_t mac,
	    struct ike_xform *encr, struct ike_xform *integ);

#endif /* _ISAKMPD_KEYS_H_ */
