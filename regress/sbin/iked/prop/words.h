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
 * What the tests here share: faults counted, and proposals and selectors
 * from words.
 */
#include "buf.h"
#include "proposal.h"

#ifndef nitems
#define nitems(a)	(sizeof(a) / sizeof((a)[0]))
#endif

void	 check(int good, const char *, ...)
	    __attribute__((__format__(printf, 2, 3)));
int	 check_done(void);

/*
 * "enc aes-256 auth hmac-sha1 | esn 4:22:0": as iked.conf(5) has it, or
 * type:id:bits for what has no name.  Ends the program when it is neither.
 */
void	 props_make(struct ike_props *, uint8_t proto, const char *);
void	 prop_words(struct ike_prop *, const char *);
/* "10.0.0.0/8, 10.0.0.1-10.0.0.9 proto 6 port 80-90, ::/0" */
void	 ts_make(struct ike_tslist *, const char *);

/* The text in the buffer, and the buffer empty; eight in turn. */
const char *text_of(struct buf *);
