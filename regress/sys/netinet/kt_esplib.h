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


#ifndef _KT_ESPLIB_H_
#define _KT_ESPLIB_H_

/*
 * ESP packets made by hand, authentic whatever is in them, for the inbound
 * SA of sec0; and what became of them.
 */
#include "../net/kt_seclib.h"

#define KTE_INNER	100	/* bytes of a good inner packet */

/*
 * sec0 with an inbound SA of SPI KSEC_SPI, AES-GCM or CBC with SHA2-256;
 * NULL when anything fails.  More TDBF_* are allowed.
 */
struct tdb *kte_setup(int, u_int32_t);
void	kte_end(void);

/*
 * Payload as it is, with the trailer that it has, encrypted as number seq;
 * its length a multiple of what the cipher wants.
 */
struct mbuf *kte_seal(struct tdb *, u_int64_t, const u_char *, int);
/* A packet inside with padding and trailer as the RFC wants them. */
struct mbuf *kte_wrap(struct tdb *, u_int64_t, struct mbuf *, int);
/* An inner packet that goes nowhere after sec0; wrapped. */
struct mbuf *kte_good(struct tdb *, u_int64_t);
/* ESP in an IP packet as it is: SPI in host order, then random bytes. */
struct mbuf *kte_raw(u_int32_t, int);
void	kte_input(struct mbuf *);		/* by kti1, and settle */
int	kte_ivlen(struct tdb *);
int	kte_block(struct tdb *);

/* Since the last kte_mark(): */
void	kte_mark(void);
/*
 * how many were dropped for this cause (esps_*), or -1 when one was for
 * another cause, something was answered, or the counts do not agree;
 */
int	kte_only(int);
int	kte_arrived(void);	/* how many came out of sec0 */
int	kte_dropped(void);	/* how many ESP lost for any cause */

#endif /* _KT_ESPLIB_H_ */
