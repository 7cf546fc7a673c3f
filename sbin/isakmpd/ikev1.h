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

#ifndef _ISAKMPD_IKEV1_H_
#define _ISAKMPD_IKEV1_H_

/*
 * IKEv1 on the wire: ISAKMP (RFC 2408), the IPsec DOI (RFC 2407), IKE (RFC
 * 2409) and what came later.  What both versions share is in ike.h: header,
 * ports, groups, types of identities, encodings of certificates.
 */
#include "ike.h"

#define V1_VERSION		0x10
#define V1_COOKIELEN		8
#define V1_DOI			1	/* IPsec; 0 is ISAKMP's own */
#define V1_SIT_IDENTITY		1
#define V1_NONCE_MIN		8
#define V1_NONCE_MAX		256
#define V1_NONCE_LEN		32	/* ours */
#define V1_MAXMSG		16384	/* octets of a message we look at */

/* exchange types */
#define V1_X_MAIN		2
#define V1_X_AGGRESSIVE		4
#define V1_X_INFO		5
#define V1_X_TRANSACTION	6
#define V1_X_QUICK		32
#define V1_X_NEWGROUP		33

/* flags of the header */
#define V1_F_ENCRYPTED		0x01
#define V1_F_COMMIT		0x02
#define V1_F_AUTHONLY		0x04

/* payloads */
#define V1_P_NONE		0
#define V1_P_SA			1
#define V1_P_PROPOSAL		2
#define V1_P_TRANSFORM		3
#define V1_P_KE			4
#define V1_P_ID			5
#define V1_P_CERT		6
#define V1_P_CERTREQ		7
#define V1_P_HASH		8
#define V1_P_SIG		9
#define V1_P_NONCE		10
#define V1_P_NOTIFY		11
#define V1_P_DELETE		12
#define V1_P_VENDOR		13
#define V1_P_ATTR		14
#define V1_P_NATD		20	/* RFC 3947 */
#define V1_P_NATOA		21
#define V1_P_NATD_DRAFT		130	/* draft-ietf-ipsec-nat-t-ike-02, -03 */
#define V1_P_NATOA_DRAFT	131

/* protocols */
#define V1_PROTO_ISAKMP		1
#define V1_PROTO_AH		2
#define V1_PROTO_ESP		3
#define V1_PROTO_IPCOMP		4

/* the one transform of an ISAKMP proposal */
#define V1_KEY_IKE		1

/* attributes of an ISAKMP SA */
#define V1_A_ENC		1
#define V1_A_HASH		2
#define V1_A_AUTH		3
#define V1_A_GROUP		4
#define V1_A_LIFETYPE		11
#define V1_A_LIFEDUR		12
#define V1_A_PRF		13
#define V1_A_KEYLEN		14	/* bits */
#define V1_A_BASIC		0x8000	/* value in place of the length */

#define V1_ENC_DES		1
#define V1_ENC_BLOWFISH		3
#define V1_ENC_3DES		5
#define V1_ENC_CAST		6
#define V1_ENC_AES		7
#define V1_HASH_MD5		1
#define V1_HASH_SHA1		2
#define V1_HASH_SHA2_256	4
#define V1_HASH_SHA2_384	5
#define V1_HASH_SHA2_512	6
#define V1_AUTH_PSK		1
#define V1_AUTH_DSS		2
#define V1_AUTH_RSA		3	/* signatures */
#define V1_LIFE_SECONDS		1
#define V1_LIFE_KBYTES		2

/* attributes of an IPsec SA */
#define V1_B_LIFETYPE		1
#define V1_B_LIFEDUR		2
#define V1_B_GROUP		3
#define V1_B_ENCAP		4
#define V1_B_AUTH		5
#define V1_B_KEYLEN		6	/* bits */
#define V1_B_KEYROUNDS		7

#define V1_ENCAP_TUNNEL		1
#define V1_ENCAP_TRANSPORT	2
#define V1_ENCAP_UDP_TUNNEL	3
#define V1_ENCAP_UDP_TRANSPORT	4
#define V1_ENCAP_DRAFT_TUNNEL	61443
#define V1_ENCAP_DRAFT_TRANSPORT 61444
#define V1_MAC_NONE		0
#define V1_MAC_MD5		1
#define V1_MAC_SHA1		2
#define V1_MAC_SHA2_256		5
#define V1_MAC_SHA2_384		6
#define V1_MAC_SHA2_512		7
#define V1_MAC_RIPEMD		8

#define V1_ESP_3DES		3
#define V1_ESP_CAST		6
#define V1_ESP_BLOWFISH		7
#define V1_ESP_NULL		11
#define V1_ESP_AES		12
#define V1_ESP_AES_CTR		13
#define V1_ESP_AES_GCM		20
#define V1_ESP_AES_GMAC		23
#define V1_AH_MD5		2
#define V1_AH_SHA1		3
#define V1_AH_SHA2_256		5
#define V1_AH_SHA2_384		6
#define V1_AH_SHA2_512		7
#define V1_AH_RIPEMD		8

/* notify messages; below 16384 they are errors */
#define V1_N_INVALID_PAYLOAD_TYPE	1
#define V1_N_DOI_NOT_SUPPORTED		2
#define V1_N_SITUATION_NOT_SUPPORTED	3
#define V1_N_INVALID_COOKIE		4
#define V1_N_INVALID_MAJOR_VERSION	5
#define V1_N_INVALID_EXCHANGE_TYPE	7
#define V1_N_INVALID_FLAGS		8
#define V1_N_INVALID_MESSAGE_ID		9
#define V1_N_INVALID_PROTOCOL_ID	10
#define V1_N_INVALID_SPI		11
#define V1_N_INVALID_TRANSFORM_ID	12
#define V1_N_ATTRIBUTES_NOT_SUPPORTED	13
#define V1_N_NO_PROPOSAL_CHOSEN		14
#define V1_N_BAD_PROPOSAL_SYNTAX	15
#define V1_N_PAYLOAD_MALFORMED		16
#define V1_N_INVALID_KEY_INFORMATION	17
#define V1_N_INVALID_ID_INFORMATION	18
#define V1_N_INVALID_CERT_ENCODING	19
#define V1_N_INVALID_CERTIFICATE	20
#define V1_N_CERT_TYPE_UNSUPPORTED	21
#define V1_N_INVALID_CERT_AUTHORITY	22
#define V1_N_INVALID_HASH_INFORMATION	23
#define V1_N_AUTHENTICATION_FAILED	24
#define V1_N_INVALID_SIGNATURE		25
#define V1_N_ADDRESS_NOTIFICATION	26
#define V1_N_NOTIFY_SA_LIFETIME		27
#define V1_N_CERTIFICATE_UNAVAILABLE	28
#define V1_N_UNSUPPORTED_EXCHANGE_TYPE	29
#define V1_N_UNEQUAL_PAYLOAD_LENGTHS	30
#define V1_N_STATUS			16384	/* the first of them */
#define V1_N_CONNECTED			16384
#define V1_N_RESPONDER_LIFETIME		24576
#define V1_N_REPLAY_STATUS		24577
#define V1_N_INITIAL_CONTACT		24578
#define V1_N_R_U_THERE			36136
#define V1_N_R_U_THERE_ACK		36137

/* identities of phase 2, beside those of ike.h */
#define V1_ID_IPV4_SUBNET	4
#define V1_ID_IPV6_SUBNET	6
#define V1_ID_IPV4_RANGE	7
#define V1_ID_IPV6_RANGE	8

/* names.c: for logs, never NULL; unknown numbers in digits */
const char	*v1_exch_name(unsigned int);		/* "MAIN_MODE" */
const char	*v1_notify_name(unsigned int);	/* "NO-PROPOSAL-CHOSEN" */
const char	*v1_payload_name(unsigned int);
const char	*v1_enc_name(unsigned int);		/* "AES_CBC" */
const char	*v1_hash_name(unsigned int);		/* "SHA2_256" */
const char	*v1_auth_name(unsigned int);		/* "PRE_SHARED" */
const char	*v1_group_name(unsigned int);		/* "MODP_2048" */
const char	*v1_esp_name(unsigned int);		/* "AES_GCM_16" */
const char	*v1_ah_name(unsigned int);		/* "SHA2_256" */
const char	*v1_mac_name(unsigned int);		/* "HMAC_SHA2_256" */
const char	*v1_encap_name(unsigned int);		/* "TUNNEL" */
/* The reverse, as isakmpd.conf(5) spells them; -1: none is called so. */
int		 v1_exch_number(const char *);		/* ID_PROT, .. */
int		 v1_enc_number(const char *);
int		 v1_hash_number(const char *);
int		 v1_auth_number(const char *);
int		 v1_group_number(const char *);
int		 v1_esp_number(const char *);
int		 v1_ah_number(const char *);
int		 v1_mac_number(const char *);
int		 v1_encap_number(const char *);

#endif /* _ISAKMPD_IKEV1_H_ */
