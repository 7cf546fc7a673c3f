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


#ifndef _FUZZ_V1INSIDE_H_
#define _FUZZ_V1INSIDE_H_

/*
 * What fuzz_v1engine.c has to know of the inside of an engine.  Apart from
 * it, as the simulated kernel has SAs of its own.
 */
#include "engine.h"
#include "keys.h"

/* An exchange of the engine's; the buffers are its own. */
struct inside_exch {
	uint8_t		 ix_type;	/* 0: there is none */
	uint32_t	 ix_msgid;
	int		 ix_initiator;	/* we are */
	int		 ix_hash;	/* of quick mode that comes: 1 to 3 */
	uint8_t		 ix_iv[IV_MAX];
	uint16_t	 ix_group;
	const struct buf *ix_ni, *ix_nr, *ix_gxi, *ix_gxr, *ix_sai;
};

/* How to speak to an ISAKMP SA as its peer would. */
struct inside_sa {
	uint8_t		 is_cookies[16];
	int		 is_established;
	int		 is_haskeys;
	struct p1_keys	 is_keys;
	struct ike_addr	 is_local;
	struct ike_addr	 is_peer;
	uint32_t	 is_dpd;	/* number of the last probe */
	struct inside_exch is_p1;
};

/* The nth of all, modulo their number, or the last.  0, or -1: none. */
#define INSIDE_LAST	255
int	 inside_sa(struct engine *, unsigned int, struct inside_sa *);
int	 inside_find(struct engine *, const uint8_t cookies[16],
	    struct inside_sa *);
/* The nth of phase 2, and by its message ID. */
int	 inside_exch(struct engine *, const uint8_t cookies[16],
	    unsigned int, struct inside_exch *);
int	 inside_msgid(struct engine *, const uint8_t cookies[16], uint32_t,
	    struct inside_exch *);
int	 inside_pair(struct engine *, unsigned int, uint32_t *in,
	    uint32_t *out);
/* Is a kernel's SA somebody's? */
int	 inside_owns(struct engine *, uint32_t spi, int out);
/* Somebody has proven to be at that address, or we turned to it. */
int	 inside_proven(struct engine *, const struct ike_addr *);
const uint8_t *inside_vendor(unsigned int);
/* NULL, or what is not as it must be at all times. */
const char *inside_fault(struct engine *);

/* A message for an engine, made as the input says. */
struct forged {
	struct buf	 f_data;
	struct ike_addr	 f_src;		/* ia_family 0: no SA that it is for */
	struct ike_addr	 f_dst;
	unsigned int	 f_how;
	int		 f_sealed;	/* under keys that nobody else has */
};
/* -1: too long. */
int	 forge(struct span *, struct engine *, struct forged *);
/* One that is on its way, with its plain octets changed. */
int	 forge_again(struct span *, struct engine *, const void *, size_t,
	    struct forged *);

#endif
