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


#ifndef _LIBIKE_IKE_H_
#define _LIBIKE_IKE_H_

/*
 * IKEv2 on the wire, RFC 7296, and the small types everything is made of.
 */
#include <stddef.h>
#include <stdint.h>

#define IKE_HDRLEN		28
#define IKE_VERSION		0x20
#define IKE_PORT		500
#define IKE_PORT_NATT		4500
#define IKE_MAXMSG		65535	/* octets of a message, reassembled */
#define IKE_MAXSEND		8192	/* of one that we make */
#define IKE_NONCE_MIN		16
#define IKE_NONCE_MAX		256
#define IKE_NONCE_LEN		32	/* ours */

/* exchange types */
#define IKE_X_SA_INIT		34
#define IKE_X_AUTH		35
#define IKE_X_CREATE_CHILD	36
#define IKE_X_INFORMATIONAL	37

/* flags of the header */
#define IKE_F_INITIATOR		0x08
#define IKE_F_VERSION		0x10
#define IKE_F_RESPONSE		0x20

/* payloads */
#define IKE_P_NONE		0
#define IKE_P_SA		33
#define IKE_P_KE		34
#define IKE_P_IDI		35
#define IKE_P_IDR		36
#define IKE_P_CERT		37
#define IKE_P_CERTREQ		38
#define IKE_P_AUTH		39
#define IKE_P_NONCE		40
#define IKE_P_NOTIFY		41
#define IKE_P_DELETE		42
#define IKE_P_VENDOR		43
#define IKE_P_TSI		44
#define IKE_P_TSR		45
#define IKE_P_SK		46
#define IKE_P_CP		47
#define IKE_P_EAP		48
#define IKE_P_SKF		53	/* RFC 7383 */
#define IKE_P_CRITICAL		0x80

/* protocols of a proposal, a delete or a notify */
#define IKE_PROTO_NONE		0
#define IKE_PROTO_IKE		1
#define IKE_PROTO_AH		2
#define IKE_PROTO_ESP		3

/* transform types and what they may be; names stand in xform.c */
#define IKE_T_ENCR		1
#define IKE_T_PRF		2
#define IKE_T_INTEG		3
#define IKE_T_DH		4
#define IKE_T_ESN		5
#define IKE_T_MAX		5
#define IKE_ATTR_KEYBITS	14

#define IKE_ENCR_3DES		3
#define IKE_ENCR_CAST		6
#define IKE_ENCR_BLOWFISH	7
#define IKE_ENCR_NULL		11
#define IKE_ENCR_AES_CBC	12
#define IKE_ENCR_AES_CTR	13
#define IKE_ENCR_AES_GCM_12	19
#define IKE_ENCR_AES_GCM_16	20
#define IKE_ENCR_AES_GMAC	21	/* ENCR_NULL_AUTH_AES_GMAC */
#define IKE_ENCR_CHACHA20	28

#define IKE_PRF_MD5		1
#define IKE_PRF_SHA1		2
#define IKE_PRF_SHA2_256	5
#define IKE_PRF_SHA2_384	6
#define IKE_PRF_SHA2_512	7

#define IKE_INTEG_NONE		0
#define IKE_INTEG_MD5_96	1
#define IKE_INTEG_SHA1_96	2
#define IKE_INTEG_SHA2_256	12	/* _128 */
#define IKE_INTEG_SHA2_384	13	/* _192 */
#define IKE_INTEG_SHA2_512	14	/* _256 */
#define IKE_INTEG_RIPEMD_96	1032	/* ours: IKEv2 has no number for it */

#define IKE_DH_NONE		0
#define IKE_DH_MODP768		1
#define IKE_DH_MODP1024		2
#define IKE_DH_MODP1536		5
#define IKE_DH_MODP2048		14
#define IKE_DH_MODP3072		15
#define IKE_DH_MODP4096		16
#define IKE_DH_MODP6144		17
#define IKE_DH_MODP8192		18
#define IKE_DH_ECP256		19
#define IKE_DH_ECP384		20
#define IKE_DH_ECP521		21
#define IKE_DH_ECP192		25
#define IKE_DH_ECP224		26
#define IKE_DH_BP224		27
#define IKE_DH_BP256		28
#define IKE_DH_BP384		29
#define IKE_DH_BP512		30
#define IKE_DH_CURVE25519	31

#define IKE_ESN_NO		0
#define IKE_ESN_YES		1

/* notify messages; below 16384 they are errors */
#define IKE_N_UNSUPPORTED_CRITICAL_PAYLOAD	1
#define IKE_N_INVALID_IKE_SPI			4
#define IKE_N_INVALID_MAJOR_VERSION		5
#define IKE_N_INVALID_SYNTAX			7
#define IKE_N_INVALID_MESSAGE_ID		9
#define IKE_N_INVALID_SPI			11
#define IKE_N_NO_PROPOSAL_CHOSEN		14
#define IKE_N_INVALID_KE_PAYLOAD		17
#define IKE_N_AUTHENTICATION_FAILED		24
#define IKE_N_SINGLE_PAIR_REQUIRED		34
#define IKE_N_NO_ADDITIONAL_SAS			35
#define IKE_N_INTERNAL_ADDRESS_FAILURE		36
#define IKE_N_FAILED_CP_REQUIRED		37
#define IKE_N_TS_UNACCEPTABLE			38
#define IKE_N_INVALID_SELECTORS			39
#define IKE_N_UNACCEPTABLE_ADDRESSES		40
#define IKE_N_UNEXPECTED_NAT_DETECTED		41
#define IKE_N_TEMPORARY_FAILURE			43
#define IKE_N_CHILD_SA_NOT_FOUND		44
#define IKE_N_STATUS				16384	/* the first of them */
#define IKE_N_INITIAL_CONTACT			16384
#define IKE_N_SET_WINDOW_SIZE			16385
#define IKE_N_ADDITIONAL_TS_POSSIBLE		16386
#define IKE_N_IPCOMP_SUPPORTED			16387
#define IKE_N_NAT_DETECTION_SOURCE_IP		16388
#define IKE_N_NAT_DETECTION_DESTINATION_IP	16389
#define IKE_N_COOKIE				16390
#define IKE_N_USE_TRANSPORT_MODE		16391
#define IKE_N_HTTP_CERT_LOOKUP_SUPPORTED	16392
#define IKE_N_REKEY_SA				16393
#define IKE_N_ESP_TFC_PADDING_NOT_SUPPORTED	16394
#define IKE_N_NON_FIRST_FRAGMENTS_ALSO		16395
#define IKE_N_MOBIKE_SUPPORTED			16396	/* RFC 4555 */
#define IKE_N_ADDITIONAL_IP4_ADDRESS		16397
#define IKE_N_ADDITIONAL_IP6_ADDRESS		16398
#define IKE_N_NO_ADDITIONAL_ADDRESSES		16399
#define IKE_N_UPDATE_SA_ADDRESSES		16400
#define IKE_N_COOKIE2				16401
#define IKE_N_NO_NATS_ALLOWED			16402
#define IKE_N_AUTH_LIFETIME			16403
#define IKE_N_MULTIPLE_AUTH_SUPPORTED		16404
#define IKE_N_REDIRECT_SUPPORTED		16406
#define IKE_N_EAP_ONLY_AUTHENTICATION		16417
#define IKE_N_CHILDLESS_IKEV2_SUPPORTED		16418
#define IKE_N_FRAGMENTATION_SUPPORTED		16430	/* RFC 7383 */
#define IKE_N_SIGNATURE_HASH_ALGORITHMS		16431	/* RFC 7427 */
#define IKE_N_INTERMEDIATE_SUPPORTED		16438

/* identities */
#define IKE_ID_IPV4		1
#define IKE_ID_FQDN		2
#define IKE_ID_UFQDN		3	/* ID_RFC822_ADDR */
#define IKE_ID_IPV6		5
#define IKE_ID_DN		9	/* ID_DER_ASN1_DN */
#define IKE_ID_GN		10
#define IKE_ID_KEYID		11
#define IKE_ID_MAX		1024	/* octets */

/* methods of authentication, in the AUTH payload */
#define IKE_AUTH_RSA		1	/* PKCS#1 v1.5 with SHA1 */
#define IKE_AUTH_PSK		2
#define IKE_AUTH_ECDSA256	9
#define IKE_AUTH_ECDSA384	10
#define IKE_AUTH_ECDSA521	11
#define IKE_AUTH_SIGNATURE	14	/* RFC 7427 */

/* bits of a set of hashes, 1 << the number of RFC 7427 */
#define IKE_HASH_SHA1		1
#define IKE_HASH_SHA2_256	2
#define IKE_HASH_SHA2_384	3
#define IKE_HASH_SHA2_512	4
#define IKE_HASH_IDENTITY	5	/* RFC 8420: Ed25519 */

/* encodings of a certificate */
#define IKE_CERT_X509		4
#define IKE_CERT_CRL		7
#define IKE_CERT_RSA		11	/* raw RSA key, PKCS#1 RSAPublicKey */
#define IKE_CERT_RAW		15	/* SubjectPublicKeyInfo, RFC 7670 */
#define IKE_CERT_ECDSA		201	/* private use: raw ECDSA key */

#define IKE_TS_IPV4		7
#define IKE_TS_IPV6		8

/*
 * The address of one end.  Its family is said in digits, as AF_INET6 is one
 * number for the host and another for the machine.
 */
struct ike_addr {
	uint8_t		 ia_family;	/* 4, 6, or 0: none */
	uint8_t		 ia_addr[16];	/* IPv4 in the first four, rest 0 */
	uint16_t	 ia_port;	/* host byte order */
};

/* An identity.  id_data is the owner's, and malloc'ed; not a string. */
struct ike_id {
	uint8_t		 id_type;	/* IKE_ID_, or 0: none */
	uint16_t	 id_len;
	uint8_t		*id_data;
};

/* A traffic selector: a range of addresses, RFC 7296 3.13.1. */
struct ike_ts {
	uint8_t		 ts_family;	/* 4 or 6 */
	uint8_t		 ts_proto;	/* 0: any */
	uint16_t	 ts_port[2];	/* from, to: host byte order */
	uint8_t		 ts_lo[16];	/* as ia_addr */
	uint8_t		 ts_hi[16];
};

/* A list of them; tl_ts is malloc'ed. */
struct ike_tslist {
	unsigned int	 tl_n;
	struct ike_ts	*tl_ts;
};

struct ike_xform {
	uint8_t		 xf_type;	/* IKE_T_ */
	uint16_t	 xf_id;
	uint16_t	 xf_keybits;	/* 0: no such attribute */
};

struct ike_prop {
	uint8_t		 pr_num;	/* from 1 */
	uint8_t		 pr_proto;	/* IKE_PROTO_ */
	uint8_t		 pr_spilen;	/* 0, 4 or 8 */
	uint8_t		 pr_spi[8];
	unsigned int	 pr_n;
	struct ike_xform *pr_xf;	/* malloc'ed */
};

/* A list of proposals, first the best; ps_prop is malloc'ed. */
struct ike_props {
	unsigned int	 ps_n;
	struct ike_prop	*ps_prop;
};

/* types.c */

/* As text, in a static buffer of which there are eight in turn. */
const char	*addr_ntop(const struct ike_addr *);	/* no port */
const char	*addr_print(const struct ike_addr *);	/* with :port */
const char	*id_print(const struct ike_id *);	/* FQDN/a; safe */
const char	*ts_print(const struct ike_ts *);
const char	*tslist_print(const struct ike_tslist *);

/* 0, or -1: not an address.  The port becomes 0. */
int		 addr_pton(const char *, struct ike_addr *);
int		 addr_cmp(const struct ike_addr *, const struct ike_addr *);
					/* address and port, for order */
int		 addr_same(const struct ike_addr *, const struct ike_addr *);
					/* without the port */
size_t		 addr_len(const struct ike_addr *);	/* 4, 16 or 0 */

/*
 * The identity a word of the configuration means: /C=.. a DN, an address,
 * with @ an UFQDN, else a FQDN.  0, or -1: a DN that is none, too long.
 */
int		 id_parse(const char *, struct ike_id *);
int		 id_cmp(const struct ike_id *, const struct ike_id *);
int		 id_copy(struct ike_id *, const struct ike_id *);
void		 id_clear(struct ike_id *);		/* frees the data */

int		 tslist_add(struct ike_tslist *, const struct ike_ts *);
int		 tslist_copy(struct ike_tslist *, const struct ike_tslist *);
void		 tslist_clear(struct ike_tslist *);

/* Names for logs, never NULL; unknown numbers in digits. */
const char	*exch_name(unsigned int);
const char	*notify_name(unsigned int);

#endif /* _LIBIKE_IKE_H_ */
