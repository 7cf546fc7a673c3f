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

#ifndef _ISAKMPD_MSG_H_
#define _ISAKMPD_MSG_H_

/*
 * IKEv1 messages: from octets to what they say and back (RFC 2408 3).
 * Nothing here trusts a length, and nothing here knows of state.  Generic
 * chains are libike's, see payload.h.
 */
#include "buf.h"
#include "model.h"
#include "payload.h"

#define MSG_MAXPAYLOADS		64	/* of one message */
#define MSG_MAXCERTS		16
#define MSG_MAXNOTIFIES		16
#define MSG_MAXDELETES		16
#define MSG_MAXVENDORS		32
#define MSG_MAXNATD		8
#define MSG_MAXPROPS		64	/* of one SA payload */
#define MSG_MAXXFORMS		256	/* of one SA payload, together */
#define MSG_MAXSPIS		256	/* of one delete */

/*
 * The attributes of a transform, of either phase.  What is not said is 0;
 * x_bad: it has something that we cannot read or must not pass over (an
 * unknown attribute, one twice with different values, a number out of
 * range), so that it is never acceptable; the text says what.
 */
struct v1_xform {
	uint8_t		 x_num;
	uint8_t		 x_id;		/* KEY_IKE, ESP or AH transform */
	uint16_t	 x_enc;		/* phase 1 only */
	uint16_t	 x_hash;
	uint16_t	 x_auth;
	uint16_t	 x_prf;
	uint16_t	 x_group;	/* both */
	uint16_t	 x_bits;
	uint16_t	 x_mac;		/* phase 2 only */
	uint16_t	 x_encap;
	uint32_t	 x_life_s;	/* 0: not said; too long: UINT32_MAX */
	uint32_t	 x_life_kb;
	const char	*x_bad;		/* static, or NULL */
	struct span	 x_raw;		/* the attributes as they came */
};

struct v1_prop {
	uint8_t		 p_num;
	uint8_t		 p_proto;	/* V1_PROTO_ */
	struct span	 p_spi;
	unsigned int	 p_n;
	struct v1_xform	*p_xf;		/* into the list of the SA */
};

/*
 * An SA payload.  Proposals of the same number belong together (RFC 2408
 * 4.2) and follow one another here, as on the wire.
 */
struct v1_sa {
	uint32_t	 s_doi;
	uint32_t	 s_situation;
	struct span	 s_body;	/* all but the generic header: SAi_b */
	unsigned int	 s_n;
	struct v1_prop	*s_prop;	/* malloc'ed */
	unsigned int	 s_nxf;
	struct v1_xform	*s_xf;		/* malloc'ed: all of them */
};

struct v1_id {
	uint8_t		 i_type;
	uint8_t		 i_proto;
	uint16_t	 i_port;
	struct span	 i_data;	/* behind type, protocol and port */
	struct span	 i_body;	/* with them: IDii_b */
};

struct v1_notify {
	uint32_t	 n_doi;
	uint8_t		 n_proto;
	uint16_t	 n_type;
	struct span	 n_spi;
	struct span	 n_data;
};

struct v1_delete {
	uint32_t	 d_doi;
	uint8_t		 d_proto;
	uint8_t		 d_spilen;	/* 4, 16; others are wrong */
	uint16_t	 d_n;
	struct span	 d_spis;
};

struct v1_cert {
	uint8_t		 c_encoding;
	struct span	 c_data;
};

/*
 * What a chain says.  Spans point into the octets parsed; msg_clear frees
 * the lists.
 */
struct msg {
	uint32_t	 m_seen;	/* 1 << payload, of those below 22 */
	unsigned int	 m_nsa;		/* only the first one is parsed */
	struct v1_sa	 m_sa;
	struct span	 m_ke;
	struct span	 m_nonce;
	unsigned int	 m_nids;	/* at most two */
	struct v1_id	 m_id[2];
	struct span	 m_hash;
	size_t		 m_hashend;	/* where what is behind HASH begins */
	struct span	 m_sig;
	unsigned int	 m_ncerts;
	struct v1_cert	 m_certs[MSG_MAXCERTS];
	unsigned int	 m_ncertreqs;
	struct v1_cert	 m_certreqs[MSG_MAXCERTS];
	unsigned int	 m_nnotifies;
	struct v1_notify m_notifies[MSG_MAXNOTIFIES];
	unsigned int	 m_ndeletes;
	struct v1_delete m_deletes[MSG_MAXDELETES];
	unsigned int	 m_nvendors;
	struct span	 m_vendors[MSG_MAXVENDORS];
	unsigned int	 m_nnatd;	/* of either numbers */
	struct span	 m_natd[MSG_MAXNATD];
	uint8_t		 m_first;	/* type of the first payload */
	size_t		 m_end;		/* octets of the chain, no padding */
};
#define MSG_HAS(m, p)	(((m)->m_seen >> (p)) & 1)

/*
 * The chain that starts with payload `first' in these octets.  padded: it was
 * encrypted, any octets may follow the last payload.  phase: 1 or 2, says how
 * to read transforms.  0, or the notify to answer with
 * (V1_N_PAYLOAD_MALFORMED, V1_N_INVALID_PAYLOAD_TYPE, V1_N_DOI_NOT_SUPPORTED,
 * V1_N_SITUATION_NOT_SUPPORTED, V1_N_BAD_PROPOSAL_SYNTAX) and *why for a log;
 * -1: no memory.  A payload that may come once and comes twice is malformed,
 * a reserved octet that is not 0, too (RFC 2408 5.3), unknown private payloads
 * (128 and up) are passed over.  On error there is nothing to clear.
 */
int	 msg_parse(struct msg *, uint8_t first, const void *, size_t len,
	    int padded, int phase, const char **why);
void	 msg_clear(struct msg *);
const struct v1_notify *msg_notify(const struct msg *, uint16_t type);
/* The first error notify, NULL: none. */
const struct v1_notify *msg_error(const struct msg *);
int	 msg_vendor(const struct msg *, const void *, size_t);	/* it says so */

/*
 * Identities.  v1_id_get: of phase 1, to be id_clear'ed; 0, or -1: none that
 * we know or a wrong length.  p2_id_get: of phase 2; likewise.
 */
int	 v1_id_get(const struct v1_id *, struct ike_id *);
int	 p2_id_get(const struct v1_id *, struct p2_id *);

/*
 * Making payloads.
 *
 * mb_p1_sa: all transforms of the peer, one proposal.  mb_p2_sa: a proposal
 * per suite; SPI in host order; encap: adds to V1_ENCAP_TUNNEL or _TRANSPORT
 * (0, 2 for RFC 3947, 61442 for the drafts); group: that all have, or
 * IKE_DH_NONE.  mb_sa_chosen: the answer, one proposal with the one transform
 * as it came (RFC 2409 5: "MUST NOT modify the attributes").
 */
void	 mb_p1_sa(struct msgb *, const struct p1_xform *, unsigned int n);
void	 mb_p2_sa(struct msgb *, const struct p2_xform *, unsigned int n,
	    uint32_t spi, unsigned int encap);
void	 mb_sa_chosen(struct msgb *, const struct v1_prop *,
	    const struct v1_xform *, const void *spi, size_t spilen);
void	 mb_data(struct msgb *, uint8_t payload, const void *, size_t);
void	 mb_id1(struct msgb *, const struct ike_id *);
void	 mb_id2(struct msgb *, const struct p2_id *);
void	 mb_cert1(struct msgb *, uint8_t payload, uint8_t encoding,
	    const void *, size_t);
void	 mb_notify1(struct msgb *, uint8_t proto, const void *spi,
	    size_t spilen, uint16_t type, const void *, size_t);
/* SPIs as they go: n of spilen octets each. */
void	 mb_delete1(struct msgb *, uint8_t proto, const void *spis,
	    size_t spilen, unsigned int n);
/* The type and body of the ID payload, as hashes need it (IDii_b). */
void	 id1_body(struct buf *, const struct ike_id *);
/* The body of the SA payload that the chain starts with. */
struct span mb_first_body(const struct msgb *);

/*
 * Choosing (responder): the first of their transforms that one of ours
 * accepts.  -1: none; then the text for the log, what each lacks and what
 * would mend it in ipsec.conf(5) words, is in `why'.
 *
 * Phase 1: *ours and *life (what we keep: theirs, or ours if they say none).
 * Phase 2: also checks protocol, SPI length 4, that a proposal has one
 * protocol, encapsulation (natt: -1 none negotiated, 0 RFC 3947, 1 drafts).
 */
struct p1_choice {
	const struct v1_prop	*c_prop;
	const struct v1_xform	*c_xf;
	const struct p1_xform	*c_ours;
	uint16_t		 c_bits;	/* of the key */
	uint32_t		 c_life_s;	/* 0: none */
	uint32_t		 c_life_kb;
};
struct p2_choice {
	const struct v1_prop	*c_prop;
	const struct v1_xform	*c_xf;
	const struct p2_xform	*c_ours;
	uint32_t		 c_spi;		/* theirs, host byte order */
	uint16_t		 c_bits;	/* 0: none */
	int			 c_udp;		/* encapsulated in UDP */
	int			 c_transport;
	uint32_t		 c_life_s;
	uint32_t		 c_life_kb;
};
int	 p1_choose(struct p1_choice *, const struct v1_sa *,
	    const struct p1_xform *, unsigned int n, struct buf *why);
int	 p2_choose(struct p2_choice *, const struct v1_sa *,
	    const struct p2_xform *, unsigned int n, int natt,
	    struct buf *why);
/*
 * Initiator: is the answer one of what we offered, with nothing changed but
 * a lifetime that is shorter?  As above.
 */
int	 p1_accept(struct p1_choice *, const struct v1_sa *,
	    const struct p1_xform *, unsigned int n, struct buf *why);
int	 p2_accept(struct p2_choice *, const struct v1_sa *,
	    const struct p2_xform *, unsigned int n, unsigned int encap,
	    struct buf *why);

#endif /* _ISAKMPD_MSG_H_ */
