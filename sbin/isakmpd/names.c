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


#include <stdio.h>
#include <strings.h>

#include "ikev1.h"

#define TEXTS		8
#define TEXTLEN		12

/* Of the names of one number the first is the one that is printed. */
struct name {
	unsigned int	 n_number;
	const char	*n_name;
};

static const struct name exchs[] = {
	{ V1_X_MAIN,		"MAIN_MODE" },
	{ V1_X_MAIN,		"ID_PROT" },
	{ V1_X_AGGRESSIVE,	"AGGRESSIVE" },
	{ V1_X_INFO,		"INFO" },
	{ V1_X_INFO,		"INFORMATIONAL" },
	{ V1_X_TRANSACTION,	"TRANSACTION" },
	{ V1_X_QUICK,		"QUICK_MODE" },
	{ V1_X_NEWGROUP,	"NEW_GROUP_MODE" },
	{ 0, NULL }
};

static const struct name payloads[] = {
	{ V1_P_NONE,		"NONE" },
	{ V1_P_SA,		"SA" },
	{ V1_P_PROPOSAL,	"PROPOSAL" },
	{ V1_P_TRANSFORM,	"TRANSFORM" },
	{ V1_P_KE,		"KE" },
	{ V1_P_ID,		"ID" },
	{ V1_P_CERT,		"CERT" },
	{ V1_P_CERTREQ,		"CERTREQ" },
	{ V1_P_HASH,		"HASH" },
	{ V1_P_SIG,		"SIG" },
	{ V1_P_NONCE,		"NONCE" },
	{ V1_P_NOTIFY,		"NOTIFY" },
	{ V1_P_DELETE,		"DELETE" },
	{ V1_P_VENDOR,		"VENDOR" },
	{ V1_P_ATTR,		"ATTR" },
	{ V1_P_NATD,		"NAT-D" },
	{ V1_P_NATOA,		"NAT-OA" },
	{ V1_P_NATD_DRAFT,	"NAT-D (draft)" },
	{ V1_P_NATOA_DRAFT,	"NAT-OA (draft)" },
	{ 0, NULL }
};

static const struct name notifies[] = {
	{ V1_N_INVALID_PAYLOAD_TYPE,	"INVALID-PAYLOAD-TYPE" },
	{ V1_N_DOI_NOT_SUPPORTED,	"DOI-NOT-SUPPORTED" },
	{ V1_N_SITUATION_NOT_SUPPORTED,	"SITUATION-NOT-SUPPORTED" },
	{ V1_N_INVALID_COOKIE,		"INVALID-COOKIE" },
	{ V1_N_INVALID_MAJOR_VERSION,	"INVALID-MAJOR-VERSION" },
	{ 6,				"INVALID-MINOR-VERSION" },
	{ V1_N_INVALID_EXCHANGE_TYPE,	"INVALID-EXCHANGE-TYPE" },
	{ V1_N_INVALID_FLAGS,		"INVALID-FLAGS" },
	{ V1_N_INVALID_MESSAGE_ID,	"INVALID-MESSAGE-ID" },
	{ V1_N_INVALID_PROTOCOL_ID,	"INVALID-PROTOCOL-ID" },
	{ V1_N_INVALID_SPI,		"INVALID-SPI" },
	{ V1_N_INVALID_TRANSFORM_ID,	"INVALID-TRANSFORM-ID" },
	{ V1_N_ATTRIBUTES_NOT_SUPPORTED, "ATTRIBUTES-NOT-SUPPORTED" },
	{ V1_N_NO_PROPOSAL_CHOSEN,	"NO-PROPOSAL-CHOSEN" },
	{ V1_N_BAD_PROPOSAL_SYNTAX,	"BAD-PROPOSAL-SYNTAX" },
	{ V1_N_PAYLOAD_MALFORMED,	"PAYLOAD-MALFORMED" },
	{ V1_N_INVALID_KEY_INFORMATION,	"INVALID-KEY-INFORMATION" },
	{ V1_N_INVALID_ID_INFORMATION,	"INVALID-ID-INFORMATION" },
	{ V1_N_INVALID_CERT_ENCODING,	"INVALID-CERT-ENCODING" },
	{ V1_N_INVALID_CERTIFICATE,	"INVALID-CERTIFICATE" },
	{ V1_N_CERT_TYPE_UNSUPPORTED,	"CERT-TYPE-UNSUPPORTED" },
	{ V1_N_INVALID_CERT_AUTHORITY,	"INVALID-CERT-AUTHORITY" },
	{ V1_N_INVALID_HASH_INFORMATION, "INVALID-HASH-INFORMATION" },
	{ V1_N_AUTHENTICATION_FAILED,	"AUTHENTICATION-FAILED" },
	{ V1_N_INVALID_SIGNATURE,	"INVALID-SIGNATURE" },
	{ V1_N_ADDRESS_NOTIFICATION,	"ADDRESS-NOTIFICATION" },
	{ V1_N_NOTIFY_SA_LIFETIME,	"NOTIFY-SA-LIFETIME" },
	{ V1_N_CERTIFICATE_UNAVAILABLE,	"CERTIFICATE-UNAVAILABLE" },
	{ V1_N_UNSUPPORTED_EXCHANGE_TYPE, "UNSUPPORTED-EXCHANGE-TYPE" },
	{ V1_N_UNEQUAL_PAYLOAD_LENGTHS,	"UNEQUAL-PAYLOAD-LENGTHS" },
	{ V1_N_CONNECTED,		"CONNECTED" },
	{ V1_N_RESPONDER_LIFETIME,	"RESPONDER-LIFETIME" },
	{ V1_N_REPLAY_STATUS,		"REPLAY-STATUS" },
	{ V1_N_INITIAL_CONTACT,		"INITIAL-CONTACT" },
	{ V1_N_R_U_THERE,		"R-U-THERE" },
	{ V1_N_R_U_THERE_ACK,		"R-U-THERE-ACK" },
	{ 0, NULL }
};

static const struct name encs[] = {
	{ V1_ENC_DES,		"DES_CBC" },
	{ V1_ENC_DES,		"DES" },
	{ V1_ENC_BLOWFISH,	"BLOWFISH_CBC" },
	{ V1_ENC_BLOWFISH,	"BLOWFISH" },
	{ V1_ENC_3DES,		"3DES_CBC" },
	{ V1_ENC_3DES,		"3DES" },
	{ V1_ENC_CAST,		"CAST_CBC" },
	{ V1_ENC_CAST,		"CAST" },
	{ V1_ENC_AES,		"AES_CBC" },
	{ V1_ENC_AES,		"AES" },
	{ 0, NULL }
};

static const struct name hashes[] = {
	{ V1_HASH_MD5,		"MD5" },
	{ V1_HASH_SHA1,		"SHA" },
	{ V1_HASH_SHA1,		"SHA1" },
	{ V1_HASH_SHA2_256,	"SHA2_256" },
	{ V1_HASH_SHA2_384,	"SHA2_384" },
	{ V1_HASH_SHA2_512,	"SHA2_512" },
	{ 0, NULL }
};

static const struct name auths[] = {
	{ V1_AUTH_PSK,		"PRE_SHARED" },
	{ V1_AUTH_DSS,		"DSS" },
	{ V1_AUTH_RSA,		"RSA_SIG" },
	{ 0, NULL }
};

static const struct name groups[] = {
	{ IKE_DH_NONE,		"NONE" },
	{ IKE_DH_MODP768,	"MODP_768" },
	{ IKE_DH_MODP1024,	"MODP_1024" },
	{ IKE_DH_MODP1536,	"MODP_1536" },
	{ IKE_DH_MODP2048,	"MODP_2048" },
	{ IKE_DH_MODP3072,	"MODP_3072" },
	{ IKE_DH_MODP4096,	"MODP_4096" },
	{ IKE_DH_MODP6144,	"MODP_6144" },
	{ IKE_DH_MODP8192,	"MODP_8192" },
	{ IKE_DH_ECP256,	"ECP_256" },
	{ IKE_DH_ECP384,	"ECP_384" },
	{ IKE_DH_ECP521,	"ECP_521" },
	{ IKE_DH_ECP192,	"ECP_192" },
	{ IKE_DH_ECP224,	"ECP_224" },
	{ IKE_DH_BP224,		"BP_224" },
	{ IKE_DH_BP256,		"BP_256" },
	{ IKE_DH_BP384,		"BP_384" },
	{ IKE_DH_BP512,		"BP_512" },
	{ 0, NULL }
};

static const struct name esps[] = {
	{ V1_ESP_3DES,		"3DES" },
	{ V1_ESP_3DES,		"3DES_CBC" },
	{ V1_ESP_CAST,		"CAST" },
	{ V1_ESP_CAST,		"CAST_CBC" },
	{ V1_ESP_BLOWFISH,	"BLOWFISH" },
	{ V1_ESP_BLOWFISH,	"BLOWFISH_CBC" },
	{ V1_ESP_NULL,		"NULL" },
	{ V1_ESP_AES,		"AES" },
	{ V1_ESP_AES,		"AES_CBC" },
	{ V1_ESP_AES_CTR,	"AES_CTR" },
	{ V1_ESP_AES_GCM,	"AES_GCM_16" },
	{ V1_ESP_AES_GCM,	"AES_GCM" },
	{ V1_ESP_AES_GMAC,	"AES_GMAC" },
	{ 0, NULL }
};

static const struct name ahs[] = {
	{ V1_AH_MD5,		"MD5" },
	{ V1_AH_SHA1,		"SHA" },
	{ V1_AH_SHA1,		"SHA1" },
	{ V1_AH_SHA2_256,	"SHA2_256" },
	{ V1_AH_SHA2_384,	"SHA2_384" },
	{ V1_AH_SHA2_512,	"SHA2_512" },
	{ V1_AH_RIPEMD,		"RIPEMD" },
	{ 0, NULL }
};

static const struct name macs[] = {
	{ V1_MAC_NONE,		"NONE" },
	{ V1_MAC_MD5,		"HMAC_MD5" },
	{ V1_MAC_SHA1,		"HMAC_SHA" },
	{ V1_MAC_SHA1,		"HMAC_SHA1" },
	{ V1_MAC_SHA2_256,	"HMAC_SHA2_256" },
	{ V1_MAC_SHA2_384,	"HMAC_SHA2_384" },
	{ V1_MAC_SHA2_512,	"HMAC_SHA2_512" },
	{ V1_MAC_RIPEMD,	"HMAC_RIPEMD" },
	{ 0, NULL }
};

static const struct name encaps[] = {
	{ V1_ENCAP_TUNNEL,		"TUNNEL" },
	{ V1_ENCAP_TRANSPORT,		"TRANSPORT" },
	{ V1_ENCAP_UDP_TUNNEL,		"UDP_ENCAP_TUNNEL" },
	{ V1_ENCAP_UDP_TRANSPORT,	"UDP_ENCAP_TRANSPORT" },
	{ V1_ENCAP_DRAFT_TUNNEL,	"UDP_ENCAP_TUNNEL_DRAFT" },
	{ V1_ENCAP_DRAFT_TRANSPORT,	"UDP_ENCAP_TRANSPORT_DRAFT" },
	{ 0, NULL }
};

static const char *
name_of(const struct name *n, unsigned int number)
{
	static char texts[TEXTS][TEXTLEN];
	static unsigned int next;
	char *s;

	for (; n->n_name != NULL; n++)
		if (n->n_number == number)
			return (n->n_name);
	s = texts[next++ % TEXTS];
	snprintf(s, TEXTLEN, "%u", number);
	return (s);
}

static int
number_of(const struct name *n, const char *name)
{
	for (; n->n_name != NULL; n++)
		if (strcasecmp(n->n_name, name) == 0)
			return (n->n_number);
	return (-1);
}

const char *
v1_payload_name(unsigned int n)
{
	return (name_of(payloads, n));
}

const char *
v1_notify_name(unsigned int n)
{
	return (name_of(notifies, n));
}

const char *
v1_exch_name(unsigned int n)
{
	return (name_of(exchs, n));
}

int
v1_exch_number(const char *name)
{
	return (number_of(exchs, name));
}

const char *
v1_enc_name(unsigned int n)
{
	return (name_of(encs, n));
}

int
v1_enc_number(const char *name)
{
	return (number_of(encs, name));
}

const char *
v1_hash_name(unsigned int n)
{
	return (name_of(hashes, n));
}

int
v1_hash_number(const char *name)
{
	return (number_of(hashes, name));
}

const char *
v1_auth_name(unsigned int n)
{
	return (name_of(auths, n));
}

int
v1_auth_number(const char *name)
{
	return (number_of(auths, name));
}

const char *
v1_group_name(unsigned int n)
{
	return (name_of(groups, n));
}

int
v1_group_number(const char *name)
{
	return (number_of(groups, name));
}

const char *
v1_esp_name(unsigned int n)
{
	return (name_of(esps, n));
}

int
v1_esp_number(const char *name)
{
	return (number_of(esps, name));
}

const char *
v1_ah_name(unsigned int n)
{
	return (name_of(ahs, n));
}

int
v1_ah_number(const char *name)
{
	return (number_of(ahs, name));
}

const char *
v1_mac_name(unsigned int n)
{
	return (name_of(macs, n));
}

int
v1_mac_number(const char *name)
{
	return (number_of(macs, name));
}

const char *
v1_encap_name(unsigned int n)
{
	return (name_of(encaps, n));
}

int
v1_encap_number(const char *name)
{
	return (number_of(encaps, name));
}
