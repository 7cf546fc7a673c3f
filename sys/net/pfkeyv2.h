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
 * PF_KEY version 2, RFC 2367, with OpenBSD's extensions (SADB_X_).
 *
 * A message is a struct sadb_msg and extensions, each once at most. All
 * lengths count 64-bit words; what has a tail (address, key, identity, tag,
 * lists) is followed by it and padded with zeros. Host byte order unless
 * noted.
 */
#ifndef _NET_PFKEYV2_H_
#define _NET_PFKEYV2_H_

#include <sys/types.h>

#define PF_KEY_V2			2
#define PFKEYV2_REVISION		199806L
#define _OPENBSD_IPSEC_API_VERSION	2

#define SADB_RESERVED		0
#define SADB_GETSPI		1
#define SADB_UPDATE		2
#define SADB_ADD		3
#define SADB_DELETE		4
#define SADB_GET		5
#define SADB_ACQUIRE		6
#define SADB_REGISTER		7
#define SADB_EXPIRE		8
#define SADB_FLUSH		9
#define SADB_DUMP		10
#define SADB_X_PROMISC		11
#define SADB_X_ADDFLOW		12
#define SADB_X_DELFLOW		13
#define SADB_X_GRPSPIS		14
#define SADB_X_ASKPOLICY	15
#define SADB_X_SPDDUMP		16	/* record of a sysctl dump only */
#define SADB_MAX		16

struct sadb_msg {
	uint8_t		sadb_msg_version;	/* PF_KEY_V2 */
	uint8_t		sadb_msg_type;
	uint8_t		sadb_msg_errno;
	uint8_t		sadb_msg_satype;	/* SADB_SATYPE_ */
	uint16_t	sadb_msg_len;		/* with the extensions */
	uint16_t	sadb_msg_reserved;
	uint32_t	sadb_msg_seq;
	uint32_t	sadb_msg_pid;
};

struct sadb_ext {
	uint16_t	sadb_ext_len;
	uint16_t	sadb_ext_type;
};

#define SADB_EXT_RESERVED		0
#define SADB_EXT_SA			1
#define SADB_EXT_LIFETIME_CURRENT	2
#define SADB_EXT_LIFETIME_HARD		3
#define SADB_EXT_LIFETIME_SOFT		4
#define SADB_EXT_ADDRESS_SRC		5
#define SADB_EXT_ADDRESS_DST		6
#define SADB_EXT_ADDRESS_PROXY		7
#define SADB_EXT_KEY_AUTH		8
#define SADB_EXT_KEY_ENCRYPT		9
#define SADB_EXT_IDENTITY_SRC		10
#define SADB_EXT_IDENTITY_DST		11
#define SADB_EXT_SENSITIVITY		12
#define SADB_EXT_PROPOSAL		13
#define SADB_EXT_SUPPORTED_AUTH		14
#define SADB_EXT_SUPPORTED_ENCRYPT	15
#define SADB_EXT_SPIRANGE		16
#define SADB_X_EXT_SRC_MASK		17
#define SADB_X_EXT_DST_MASK		18
#define SADB_X_EXT_PROTOCOL		19
#define SADB_X_EXT_FLOW_TYPE		20
#define SADB_X_EXT_SRC_FLOW		21
#define SADB_X_EXT_DST_FLOW		22
#define SADB_X_EXT_SA2			23
#define SADB_X_EXT_DST2			24
#define SADB_X_EXT_POLICY		25
#define SADB_X_EXT_LOCAL_CREDENTIALS	26
#define SADB_X_EXT_REMOTE_CREDENTIALS	27
#define SADB_X_EXT_LOCAL_AUTH		28
#define SADB_X_EXT_REMOTE_AUTH		29
#define SADB_X_EXT_SUPPORTED_COMP	30
#define SADB_X_EXT_UDPENCAP		31
#define SADB_X_EXT_LIFETIME_LASTUSE	32
#define SADB_X_EXT_TAG			33
#define SADB_X_EXT_TAP			34
#define SADB_X_EXT_SATYPE2		35
#define SADB_X_EXT_COUNTER		36
#define SADB_X_EXT_RDOMAIN		37
#define SADB_X_EXT_MTU			38
#define SADB_X_EXT_REPLAY		39
#define SADB_X_EXT_IFACE		40
#define SADB_EXT_MAX			40

/* SA, X_SA2 */
struct sadb_sa {
	uint16_t	sadb_sa_len;
	uint16_t	sadb_sa_exttype;
	uint32_t	sadb_sa_spi;		/* network byte order */
	uint8_t		sadb_sa_replay;		/* window, packets */
	uint8_t		sadb_sa_state;		/* SADB_SASTATE_ */
	uint8_t		sadb_sa_auth;		/* SADB_AALG_ */
	uint8_t		sadb_sa_encrypt;	/* SADB_EALG_, SADB_X_CALG_ */
	uint32_t	sadb_sa_flags;		/* SADB_SAFLAGS_ */
};

/* seconds: relative for HARD and SOFT, absolute for CURRENT and LASTUSE */
struct sadb_lifetime {
	uint16_t	sadb_lifetime_len;
	uint16_t	sadb_lifetime_exttype;
	uint32_t	sadb_lifetime_allocations;
	uint64_t	sadb_lifetime_bytes;
	uint64_t	sadb_lifetime_addtime;
	uint64_t	sadb_lifetime_usetime;
};

/* tail: a sockaddr; for the flows' addresses and masks too */
struct sadb_address {
	uint16_t	sadb_address_len;
	uint16_t	sadb_address_exttype;
	uint32_t	sadb_address_reserved;
};

/* tail: the key */
struct sadb_key {
	uint16_t	sadb_key_len;
	uint16_t	sadb_key_exttype;
	uint16_t	sadb_key_bits;
	uint16_t	sadb_key_reserved;
};

/* tail: a string with its NUL */
struct sadb_ident {
	uint16_t	sadb_ident_len;
	uint16_t	sadb_ident_exttype;
	uint16_t	sadb_ident_type;	/* SADB_IDENTTYPE_ */
	uint16_t	sadb_ident_reserved;
	uint64_t	sadb_ident_id;
};

struct sadb_sens {
	uint16_t	sadb_sens_len;
	uint16_t	sadb_sens_exttype;
	uint32_t	sadb_sens_dpd;
	uint8_t		sadb_sens_sens_level;
	uint8_t		sadb_sens_sens_len;
	uint8_t		sadb_sens_integ_level;
	uint8_t		sadb_sens_integ_len;
	uint32_t	sadb_sens_reserved;
};

/* tail: struct sadb_comb, again and again */
struct sadb_prop {
	uint16_t	sadb_prop_len;
	uint16_t	sadb_prop_exttype;
	uint8_t		sadb_prop_num;
	uint8_t		sadb_prop_replay;
	uint16_t	sadb_prop_reserved;
};

struct sadb_comb {
	uint8_t		sadb_comb_auth;
	uint8_t		sadb_comb_encrypt;
	uint16_t	sadb_comb_flags;
	uint16_t	sadb_comb_auth_minbits;
	uint16_t	sadb_comb_auth_maxbits;
	uint16_t	sadb_comb_encrypt_minbits;
	uint16_t	sadb_comb_encrypt_maxbits;
	uint32_t	sadb_comb_reserved;
	uint32_t	sadb_comb_soft_allocations;
	uint32_t	sadb_comb_hard_allocations;
	uint64_t	sadb_comb_soft_bytes;
	uint64_t	sadb_comb_hard_bytes;
	uint64_t	sadb_comb_soft_addtime;
	uint64_t	sadb_comb_hard_addtime;
	uint64_t	sadb_comb_soft_usetime;
	uint64_t	sadb_comb_hard_usetime;
};

/* tail: struct sadb_alg, again and again */
struct sadb_supported {
	uint16_t	sadb_supported_len;
	uint16_t	sadb_supported_exttype;
	uint32_t	sadb_supported_reserved;
};

struct sadb_alg {
	uint8_t		sadb_alg_id;
	uint8_t		sadb_alg_ivlen;		/* bits */
	uint16_t	sadb_alg_minbits;
	uint16_t	sadb_alg_maxbits;
	uint16_t	sadb_alg_reserved;
};

struct sadb_spirange {
	uint16_t	sadb_spirange_len;
	uint16_t	sadb_spirange_exttype;
	uint32_t	sadb_spirange_min;	/* host byte order, both */
	uint32_t	sadb_spirange_max;
	uint32_t	sadb_spirange_reserved;
};

/* X_PROTOCOL; X_FLOW_TYPE (proto: SADB_X_FLOW_TYPE_); X_SATYPE2 (satype) */
struct sadb_protocol {
	uint16_t	sadb_protocol_len;
	uint16_t	sadb_protocol_exttype;
	uint8_t		sadb_protocol_proto;
	uint8_t		sadb_protocol_direction;	/* IPSP_DIRECTION_ */
	uint8_t		sadb_protocol_flags;	/* SADB_X_POLICYFLAGS_ */
	uint8_t		sadb_protocol_reserved2;
};

struct sadb_x_policy {
	uint16_t	sadb_x_policy_len;
	uint16_t	sadb_x_policy_exttype;
	uint32_t	sadb_x_policy_seq;
};

struct sadb_x_udpencap {
	uint16_t	sadb_x_udpencap_len;
	uint16_t	sadb_x_udpencap_exttype;
	uint16_t	sadb_x_udpencap_port;	/* network byte order */
	uint16_t	sadb_x_udpencap_reserved;
};

/* tail: a string with its NUL */
struct sadb_x_tag {
	uint16_t	sadb_x_tag_len;
	uint16_t	sadb_x_tag_exttype;
	uint32_t	sadb_x_tag_taglen;	/* bytes, with the NUL */
};

struct sadb_x_tap {
	uint16_t	sadb_x_tap_len;
	uint16_t	sadb_x_tap_exttype;
	uint32_t	sadb_x_tap_unit;	/* of enc(4) */
};

struct sadb_x_counter {
	uint16_t	sadb_x_counter_len;
	uint16_t	sadb_x_counter_exttype;
	uint32_t	sadb_x_counter_pad;
	uint64_t	sadb_x_counter_ipackets;
	uint64_t	sadb_x_counter_opackets;
	uint64_t	sadb_x_counter_ibytes;
	uint64_t	sadb_x_counter_obytes;
	uint64_t	sadb_x_counter_idrops;
	uint64_t	sadb_x_counter_odrops;
	uint64_t	sadb_x_counter_idecompbytes;
	uint64_t	sadb_x_counter_ouncompbytes;
};

/* dom1: of the outer packet; dom2: of the packet after processing */
struct sadb_x_rdomain {
	uint16_t	sadb_x_rdomain_len;
	uint16_t	sadb_x_rdomain_exttype;
	uint16_t	sadb_x_rdomain_dom1;
	uint16_t	sadb_x_rdomain_dom2;
};

struct sadb_x_mtu {
	uint16_t	sadb_x_mtu_len;
	uint16_t	sadb_x_mtu_exttype;
	uint32_t	sadb_x_mtu_mtu;		/* bytes */
};

struct sadb_x_replay {
	uint16_t	sadb_x_replay_len;
	uint16_t	sadb_x_replay_exttype;
	uint32_t	sadb_x_replay_reserved;
	uint64_t	sadb_x_replay_count;
};

struct sadb_x_iface {
	uint16_t	sadb_x_iface_len;
	uint16_t	sadb_x_iface_exttype;
	uint32_t	sadb_x_iface_unit;	/* of sec(4) */
	uint8_t		sadb_x_iface_direction;	/* IPSP_DIRECTION_ */
	uint8_t		sadb_x_iface_reserved[7];
};

#define SADB_SATYPE_UNSPEC		0
#define SADB_SATYPE_AH			1
#define SADB_SATYPE_ESP			2
#define SADB_SATYPE_RSVP		3
#define SADB_SATYPE_OSPFV2		4
#define SADB_SATYPE_RIPV2		5
#define SADB_SATYPE_MIP			6
#define SADB_X_SATYPE_IPIP		7
#define SADB_X_SATYPE_TCPSIGNATURE	8
#define SADB_X_SATYPE_IPCOMP		9
#define SADB_SATYPE_MAX			9

/* IP protocol of an SA type; needs <netinet/in.h> */
#define SADB_X_GETSPROTO(type)						\
	((type) == SADB_SATYPE_AH ? IPPROTO_AH :			\
	    (type) == SADB_SATYPE_ESP ? IPPROTO_ESP :			\
	    (type) == SADB_X_SATYPE_TCPSIGNATURE ? IPPROTO_TCP :	\
	    (type) == SADB_X_SATYPE_IPCOMP ? IPPROTO_IPCOMP : IPPROTO_IPIP)

#define SADB_SASTATE_LARVAL		0
#define SADB_SASTATE_MATURE		1
#define SADB_SASTATE_DYING		2
#define SADB_SASTATE_DEAD		3
#define SADB_SASTATE_MAX		3

#define SADB_AALG_NONE			0
#define SADB_AALG_MD5HMAC		2
#define SADB_AALG_SHA1HMAC		3
#define SADB_X_AALG_SHA2_256		5
#define SADB_X_AALG_SHA2_384		6
#define SADB_X_AALG_SHA2_512		7
#define SADB_X_AALG_RIPEMD160HMAC	8
#define SADB_X_AALG_AES128GMAC		9
#define SADB_X_AALG_AES192GMAC		10
#define SADB_X_AALG_AES256GMAC		11
#define SADB_X_AALG_CHACHA20POLY1305	12
#define SADB_AALG_MAX			12

#define SADB_EALG_NONE			0
#define SADB_EALG_3DESCBC		3
#define SADB_X_EALG_CAST		6
#define SADB_X_EALG_BLF			7
#define SADB_EALG_NULL			11
#define SADB_X_EALG_AES			12
#define SADB_X_EALG_AESCTR		13
#define SADB_X_EALG_AESGCM8		18
#define SADB_X_EALG_AESGCM12		19
#define SADB_X_EALG_AESGCM16		20
#define SADB_X_EALG_AESGMAC		21
#define SADB_X_EALG_CHACHA20POLY1305	22
#define SADB_EALG_MAX			22

#define SADB_X_CALG_NONE		0
#define SADB_X_CALG_OUI			1
#define SADB_X_CALG_DEFLATE		2

#define SADB_SAFLAGS_PFS		0x001
#define SADB_X_SAFLAGS_TUNNEL		0x004
#define SADB_X_SAFLAGS_CHAINDEL		0x008
#define SADB_X_SAFLAGS_UDPENCAP		0x200
#define SADB_X_SAFLAGS_ESN		0x400

#define SADB_X_POLICYFLAGS_POLICY	0x0001	/* static policy */

#define SADB_IDENTTYPE_RESERVED		0
#define SADB_IDENTTYPE_PREFIX		1
#define SADB_IDENTTYPE_FQDN		2
#define SADB_IDENTTYPE_USERFQDN		3
#define SADB_IDENTTYPE_ASN1_DN		4
#define SADB_IDENTTYPE_MAX		4

#define SADB_X_FLOW_TYPE_USE		1
#define SADB_X_FLOW_TYPE_ACQUIRE	2
#define SADB_X_FLOW_TYPE_REQUIRE	3
#define SADB_X_FLOW_TYPE_BYPASS		4
#define SADB_X_FLOW_TYPE_DENY		5
#define SADB_X_FLOW_TYPE_DONTACQ	6

#define IPSP_DIRECTION_IN		1
#define IPSP_DIRECTION_OUT		2

/*
 * sysctl { CTL_NET, PF_KEY, PF_KEY_V2, op [, satype [, tableid]] }
 */
#define NET_KEY_SADB_DUMP		1
#define NET_KEY_SPD_DUMP		2

#endif /* _NET_PFKEYV2_H_ */
