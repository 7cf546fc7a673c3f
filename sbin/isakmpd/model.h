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

#ifndef _ISAKMPD_MODEL_H_
#define _ISAKMPD_MODEL_H_

/*
 * What the configuration means.  The parent makes a model of it, the ca gets
 * it with the keys, the engine without.
 */
#include <sys/queue.h>

#include "buf.h"
#include "conf.h"
#include "ikev1.h"

/* X,Y:Z of a number: propose X, accept Y to Z. */
struct range {
	uint32_t	 r_want;
	uint32_t	 r_min;
	uint32_t	 r_max;
};

struct life {
	struct range	 lf_s;		/* s; r_want 0: no limit by time */
	struct range	 lf_kb;		/* 1024 octets; r_want 0: no limit */
};

/* A transform of phase 1. */
struct p1_xform {
	uint16_t	 px_enc;	/* V1_ENC_ */
	struct range	 px_bits;	/* of the key; r_want 0: fixed size */
	uint16_t	 px_hash;
	uint16_t	 px_auth;
	uint16_t	 px_group;	/* IKE_DH_ */
	struct life	 px_life;
};

/* One of phase 2; those of one suite are alternatives. */
struct p2_xform {
	uint8_t		 qx_proto;	/* V1_PROTO_ESP or _AH */
	uint8_t		 qx_id;		/* V1_ESP_, V1_AH_ */
	struct range	 qx_bits;	/* r_want 0: no attribute */
	uint16_t	 qx_mac;	/* V1_MAC_; NONE: an AEAD or none */
	uint16_t	 qx_encap;	/* V1_ENCAP_TUNNEL or _TRANSPORT */
	uint16_t	 qx_group;	/* IKE_DH_NONE: no PFS */
	struct life	 qx_life;
	unsigned int	 qx_suite;	/* from 0: its proposal */
};

/* A section of phase 1. */
struct peer {
	TAILQ_ENTRY(peer) pe_entry;
	char		*pe_name;
	unsigned int	 pe_id;		/* from 1; by the model, see below */
	struct ike_addr	 pe_addr;	/* ia_family 0: whoever comes; with
					 * the port */
	struct ike_addr	 pe_local;	/* ia_family 0: any of ours */
	uint8_t		 pe_exch;	/* V1_X_MAIN, V1_X_AGGRESSIVE */
	int		 pe_default;	/* for whom no other is there */
	unsigned int	 pe_nxforms;
	struct p1_xform	*pe_xforms;
	struct ike_id	 pe_self;	/* none: our address */
	struct ike_id	 pe_remote;	/* none: with RSA its address, if
					 * there is one, else any proved */
	uint8_t		*pe_psk;	/* ca's alone; NULL elsewhere */
	size_t		 pe_psklen;
	uint64_t	 pe_pskmark;	/* tells psks apart; 0: none */
};
TAILQ_HEAD(peers, peer);

/* An end of phase 2. */
struct p2_id {
	uint8_t		 pi_type;	/* IKE_ID_IPV4, V1_ID_IPV4_SUBNET .. */
	struct ike_ts	 pi_ts;		/* what it means */
};

/* A section of phase 2. */
struct p2conf {
	TAILQ_ENTRY(p2conf) pc_entry;
	char		*pc_name;
	unsigned int	 pc_id;		/* from 1; by the model, see below */
	struct peer	*pc_peer;
	unsigned int	 pc_flags;
#define P2C_ACTIVE	0x01		/* of Connections: bring it up */
#define P2C_ACTIVEONLY	0x02		/* Flags=Active-only: do not answer */
#define P2C_IFACE	0x04		/* pc_unit counts */
	unsigned int	 pc_unit;	/* N of secN */
	struct p2_id	 pc_local;
	struct p2_id	 pc_remote;
	struct p2_id	 pc_nat;	/* NAT-ID; pi_type 0: none */
	char		*pc_tag;	/* PF-Tag, or NULL */
	unsigned int	 pc_nxforms;
	struct p2_xform	*pc_xforms;	/* by suite */
};
TAILQ_HEAD(p2confs, p2conf);

struct model {
	struct peers	 md_peers;
	struct p2confs	 md_conns;
	/* General */
	unsigned int	 md_retransmits;	/* 3 */
	unsigned int	 md_exchmax;		/* s, 120 */
	unsigned int	 md_check;		/* s, 60 */
	unsigned int	 md_dpd;		/* s, 0: off */
	unsigned int	 md_keepalive;		/* s, 20 */
	int		 md_deletesas;		/* Delete-SAs: at the end */
	int		 md_renegotiate;	/* Renegotiate-on-HUP */
	int		 md_acquireonly;	/* Acquire-Only: no Connections */
	unsigned int	 md_loglevel;		/* Loglevel of class "A" */
	struct ike_addr	*md_listen;		/* Listen-on; none: all */
	unsigned int	 md_nlisten;
	/* X509-certificates, for the parent and the ca */
	int		 md_selfsigned;		/* Accept-self-signed */
};

/* An algorithm that the kernel has (SADB_REGISTER). */
struct kalgs {
	unsigned int	 ka_n;
	struct kalg {
		uint8_t	 ka_proto;	/* V1_PROTO_ESP or _AH */
		uint8_t	 ka_id;		/* V1_ESP_ of a cipher, or 0 */
		uint16_t ka_mac;	/* V1_MAC_ of a MAC, or 0 */
		uint16_t ka_minbits;	/* of the key, without salt */
		uint16_t ka_maxbits;
	}		 ka_alg[32];
};

/* model.c */

/*
 * The model of a configuration.  What is wrong with a peer or a connection
 * is logged with where it stands and the cure, and that one is left out: the
 * others work; how many is *bad.  pe_id and pc_id stay what they were in `old'
 * (NULL: none) for what has the same name, and no number is ever used twice
 * in one line of models.  algs: where suites are not named, the defaults are
 * those of them that the kernel has.  NULL: no memory.
 */
struct model	*model_make(const struct confdb *, const struct model *old,
		    const struct kalgs *algs, unsigned int *bad);
void		 model_free(struct model *);	/* keys overwritten */
/* Equal in all that an SA once made depends on. */
int		 peer_same(const struct peer *, const struct peer *);
int		 p2conf_same(const struct p2conf *, const struct p2conf *);
/* To another process and back; NULL, if what came is no model. */
void		 model_put(struct buf *, const struct model *, int secrets);
struct model	*model_get(struct span *);

/* In words, for logs, in one of eight static texts. */
const char	*p1_xform_print(const struct p1_xform *);
const char	*p2_xform_print(const struct p2_xform *);
const char	*p2_id_print(const struct p2_id *);	/* "10.0.0.0/8" */

#endif /* _ISAKMPD_MODEL_H_ */
