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

#ifndef _LIBIKE_PAYLOAD_H_
#define _LIBIKE_PAYLOAD_H_

/*
 * What the messages of both versions of IKE have in common: the header and
 * chains of payloads (RFC 2408 3.1, 3.2, RFC 7296 3.1, 3.2).  Nothing here
 * trusts a length.
 */
#include "buf.h"
#include "ike.h"

struct ike_hdr {
	uint64_t	 h_spii;
	uint64_t	 h_spir;
	uint8_t		 h_next;	/* first payload */
	uint8_t		 h_version;
	uint8_t		 h_exch;
	uint8_t		 h_flags;
	uint32_t	 h_msgid;
	uint32_t	 h_len;
};

/*
 * The header.  0; -1: not IKE at all (short, length lies).  A version that
 * is not ours is the caller's to see.
 */
int	 hdr_parse(struct ike_hdr *, const uint8_t *, size_t);

/*
 * Reading a chain: the payload that `s' starts with, past which it is moved.
 * NULL, or what is wrong.
 */
#define PAYLOAD_HDRLEN	4
struct payload_hdr {
	uint8_t		 ph_next;	/* type of the one behind */
	uint8_t		 ph_flags;	/* IKE_P_CRITICAL, or 0 */
	uint16_t	 ph_len;	/* with this header */
};
const char	*payload_get(struct span *s, struct payload_hdr *,
		    struct span *body);

/*
 * Making a chain: each mb_ call adds a payload behind the others.  What
 * mb_open started ends with the next, or with mb_close.
 */
struct msgb {
	struct buf	 mb_buf;
	uint8_t		 mb_first;	/* type of the first payload */
	size_t		 mb_last;	/* where the last one starts */
	int		 mb_isopen;
};

void	 mb_open(struct msgb *, uint8_t type);	/* then put to mb_buf */
void	 mb_close(struct msgb *);
void	 mb_clear(struct msgb *);
/* A copy; the last payload ends here if nobody closed it.  0 or -1. */
int	 mb_put(struct buf *, const struct msgb *);
/* The length of what starts at `at' and ends here, in its octets 2 and 3. */
void	 payload_length(struct buf *, size_t at);
/* The datagrams of one message, without a non-ESP marker. */
struct pkts {
	unsigned int	 pk_n;
	struct buf	*pk_buf;
};
void	 pkts_clear(struct pkts *);
size_t	 pkts_len(const struct pkts *);
int	 pkts_new(struct pkts *, unsigned int n); /* empty ones; 0 or -1 */
/* The header with that next payload and length. */
void	 hdr_put(struct buf *, const struct ike_hdr *, uint8_t next,
	    size_t len);

/* One clear message; h_next and h_len are filled in.  0 or -1. */
int	 msg_clear_make(struct pkts *, const struct ike_hdr *,
	    const struct msgb *);
#endif /* _LIBIKE_PAYLOAD_H_ */
