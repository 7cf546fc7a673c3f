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


#ifndef _IKED_MSG_H_
#define _IKED_MSG_H_

/*
 * Messages: from octets to what they say and back (RFC 7296 3, RFC 7383).
 * Nothing here trusts a length, and nothing here knows of state.
 */
#include "buf.h"
#include "crypto.h"
#include "ike.h"
#include "payload.h"

#define MSG_MAXPAYLOADS		64	/* of one message */
#define MSG_MAXCERTS		16
#define MSG_MAXNOTIFIES		32
#define MSG_MAXDELETES		16
#define MSG_MAXPROPS		64	/* of one SA payload */
#define MSG_MAXXFORMS		1024	/* of one SA payload, together */
#define MSG_MAXTS		255
#define MSG_MAXFRAGS		111	/* of one message */
/* Id of a transform that has attributes we do not know: never acceptable. */
#define MSG_XFORM_NEVER		65535

struct msg_cert {
	uint8_t		 mc_encoding;
	struct span	 mc_data;
};

struct msg_notify {
	uint8_t		 mn_proto;
	uint16_t	 mn_type;
	struct span	 mn_spi;
	struct span	 mn_data;
};

struct msg_delete {
	uint8_t		 md_proto;
	uint8_t		 md_spilen;
	uint16_t	 md_n;
	struct span	 md_spis;
};

/*
 * What a chain of payloads says.  Spans point into the octets parsed, lists
 * are owned: msg_clear.
 */
struct msg {
	uint64_t	 m_seen;	/* MSG_HAS(), by payload */
	struct ike_props m_sa;
	uint16_t	 m_group;	/* KE */
	struct span	 m_ke;
	struct span	 m_nonce;
	struct ike_id	 m_idi;
	struct ike_id	 m_idr;
	uint8_t		 m_authmethod;
	struct span	 m_auth;
	struct ike_tslist m_tsi;
	struct ike_tslist m_tsr;
	unsigned int	 m_ncerts;
	struct msg_cert	 m_certs[MSG_MAXCERTS];
	unsigned int	 m_ncertreqs;
	struct msg_cert	 m_certreqs[MSG_MAXCERTS];
	unsigned int	 m_nnotifies;
	struct msg_notify m_notifies[MSG_MAXNOTIFIES];
	unsigned int	 m_ndeletes;
	struct msg_delete m_deletes[MSG_MAXDELETES];
	/* SK or SKF, always the last payload */
	size_t		 m_skoff;	/* of what follows its header */
	uint8_t		 m_sktype;	/* IKE_P_SK, IKE_P_SKF or 0 */
	uint8_t		 m_sknext;	/* first payload inside */
	uint16_t	 m_frag;	/* SKF: number from 1 */
	uint16_t	 m_frags;	/* SKF: of so many */
};
/* p: 33 .. 53 */
#define MSG_HAS(m, p)	(((m)->m_seen >> ((p) - 32)) & 1)

/*
 * A chain that starts with payload `first': `len' octets at base + off.
 * `base' is where the message begins (for m_skoff); an off of 0 says that
 * this is the inside of a SK payload, which has no other.  0, or the notify
 * to answer with (IKE_N_INVALID_SYNTAX, IKE_N_UNSUPPORTED_CRITICAL_PAYLOAD,
 * whose octet is then *critical, or IKE_N_TEMPORARY_FAILURE: no memory), and
 * *why says what is wrong, for a log.  A payload that may come once and
 * comes twice is wrong.  Payloads that we do not know and need not are
 * passed over.  On error there is nothing to clear.
 */
int	 msg_parse(struct msg *, uint8_t first, const uint8_t *base,
	    size_t off, size_t len, uint8_t *critical, const char **why);
void	 msg_clear(struct msg *);
/* The first notify of a type, NULL: none. */
const struct msg_notify	*msg_notify(const struct msg *, uint16_t type);
/* The first error notify, NULL: none. */
const struct msg_notify	*msg_error(const struct msg *);

/* Payloads of a chain, see payload.h. */
void	 mb_sa(struct msgb *, const struct ike_props *);
/* The same with one SPI in all of them: spilen 4 or 8; nodh: without DH. */
void	 mb_sa_spi(struct msgb *, const struct ike_props *, const void *spi,
	    size_t spilen, int nodh);
void	 mb_ke(struct msgb *, uint16_t group, const struct buf *pub);
void	 mb_nonce(struct msgb *, const void *, size_t);
void	 mb_id(struct msgb *, uint8_t payload, const struct ike_id *);
void	 mb_auth(struct msgb *, uint8_t method, const void *, size_t);
void	 mb_cert(struct msgb *, uint8_t encoding, const void *, size_t);
void	 mb_certreq(struct msgb *, uint8_t encoding, const void *, size_t);
void	 mb_notify(struct msgb *, uint8_t proto, const void *spi,
	    size_t spilen, uint16_t type, const void *, size_t);
void	 mb_delete(struct msgb *, uint8_t proto, const uint32_t *spis,
	    unsigned int n);		/* IKE: none; SPIs in host order */
void	 mb_ts(struct msgb *, uint8_t payload, const struct ike_tslist *);
void	 mb_vendor(struct msgb *, const void *, size_t);

/*
 * A protected one: padded, sealed; in fragments of at most `mtu' octets each
 * (IKE header included), if mtu is not 0 and one would be longer.  *counter
 * is used and moved on.  0 or -1.
 */
int	 msg_seal(struct pkts *, const struct ike_hdr *, const struct msgb *,
	    const struct skey *, uint64_t *counter, size_t mtu);
/*
 * Open the SK or SKF payload that `m' (of the whole datagram) has, to
 * `plain', padding off.  0 or -1: not authentic or badly padded.
 */
int	 msg_open(struct buf *plain, const uint8_t *data, size_t len,
	    const struct msg *m, const struct skey *);

/*
 * Fragments of one message that have come so far (RFC 7383 2.6); {0} has
 * none.  Open them first.
 */
struct frags {
	uint32_t	 fr_msgid;
	uint16_t	 fr_total;
	uint16_t	 fr_have;
	uint8_t		 fr_next;	/* first payload inside, of number 1 */
	size_t		 fr_octets;
	struct buf	*fr_part;	/* fr_total of them */
};
/*
 * Takes `plain' (moved away).  1: the message is whole, in *whole with the
 * first payload's type in *next, and the frags are cleared; 0: wait; -1:
 * this one is no use (number 0 or above the total, a smaller total, a
 * double, too many, too long in sum).  A new message ID or a larger total
 * starts anew.
 */
int	 frags_add(struct frags *, const struct ike_hdr *, const struct msg *,
	    struct buf *plain, struct buf *whole, uint8_t *next);
void	 frags_clear(struct frags *);

#endif /* _IKED_MSG_H_ */
