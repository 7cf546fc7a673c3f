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

#ifndef _FUZZ_INPUT_H_
#define _FUZZ_INPUT_H_

/*
 * What the inputs of both engines' targets are read with and written from.
 */
#include "payload.h"

/* Octets; where there are no more, 0 and less. */
uint8_t	 get(struct span *);
void	 get_octets(struct span *, struct span *part);	/* length (1) first */
/* What is read anywhere in a message: as octets. */
void	 put_spi(uint8_t *, uint32_t);

/*
 * A payload that is forged, about what each target says of it: as the
 * functions of its table read it, whose numbers come first.
 */
struct about;
typedef void pay_fn(struct msgb *, const struct about *, struct span *);
pay_fn	 pay_raw, pay_chain;
/* How many (1), and them; npays functions. */
void	 get_payloads(struct msgb *, pay_fn *const *, unsigned int npays,
	    const struct about *, struct span *);

/* Records, or a whole input. */
struct script {
	const uint8_t	*sc_octets;
	size_t		 sc_len;
};
#define SCRIPT(...)	{ (const uint8_t []){ __VA_ARGS__ },		\
			    sizeof((const uint8_t []){ __VA_ARGS__ }) }
#define NSCRIPTS(a)	(sizeof(a) / sizeof((a)[0]))

/* Records behind options and a beginning. */
void	 seed_records(uint8_t opt, uint8_t begin, const struct script *);
void	 seed_inputs(const struct script *, unsigned int);

#endif
