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

#ifndef _FUZZ_INSIDE_H_
#define _FUZZ_INSIDE_H_

/*
 * What fuzz_engine.c has to know of the inside of an engine.  Apart from it,
 * as the simulated kernel has SAs of its own.
 */
#include "engine.h"
#include "msg.h"

/* How to speak to an IKE SA as its peer would. */
struct inside_sa {
	uint64_t	 is_spi[2];
	int		 is_initiator;	/* we are */
	int		 is_halfopen;
	uint32_t	 is_request;	/* message ID wanted of a request */
	uint32_t	 is_response;	/* ... of a response */
	uint8_t		 is_exch;	/* of the request under way, or 0 */
	struct skey	 is_in;		/* sk_ekeylen 0: none yet */
	struct ike_addr	 is_local;
	struct ike_addr	 is_peer;
};

/* The nth of all, modulo their number.  0, or -1: there is none. */
int	 inside_sa(struct engine *, unsigned int, struct inside_sa *);
int	 inside_child(struct engine *, unsigned int, uint32_t *in,
	    uint32_t *out);
/* Is a kernel's SA somebody's? */
int	 inside_owns(struct engine *, uint32_t spi, int out);
/* NULL, or what is not as it must be at all times. */
const char *inside_fault(struct engine *);

/* A message for an engine, made as the input says. */
struct forged {
	struct pkts	 f_pkts;
	struct ike_addr	 f_src;		/* none: no SA that it is for */
	struct ike_addr	 f_dst;
	int		 f_elsewhere;	/* send it from another port */
	int		 f_sealed;
};
int	 forge(struct span *, struct engine *, struct forged *);

#endif
