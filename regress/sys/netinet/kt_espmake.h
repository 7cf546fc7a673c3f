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

#ifndef _KT_ESPMAKE_H_
#define _KT_ESPMAKE_H_

/*
 * ESP packets as an attacker, or an odd peer, would make them.  sec0 has
 * an SA for each direction under KSEC_SPI; what is inside goes from KTI_FAR
 * to KTI_PEER0, so a packet that is accepted leaves kti0, to be compared.
 */
#include "../net/kt_seclib.h"

#define KESP_IPLEN	100		/* bytes of the packet inside */
#define KESP_NONE	(-1)		/* no counter of espstat */

struct kesp {
	struct tdb	*k_in;		/* borrowed */
	struct tdb	*k_out;		/* borrowed */
	u_int32_t	 k_spi;		/* of what is sealed, host order */
	const u_int8_t	*k_iv;		/* of what is sealed; NULL: random */
	int		 k_gcm;
	int		 k_esn;
	int		 k_ivlen;	/* bytes, as the others */
	int		 k_icvlen;
	int		 k_align;
};
extern struct kesp kesp;

int	kesp_begin(int, u_int32_t);	/* AES-GCM?, TDBF_*; 0 or errno */
int	kesp_end(void);		/* mbufs and clusters that leaked */
struct tdb *kesp_add(int, u_int32_t);	/* direction, SPI: another SA */

/*
 * Encrypt these bytes as they are, which must be whole blocks, into a
 * packet from KTI_PEER1 to KTI_US1 under k_spi.
 */
struct mbuf *kesp_seal(u_int64_t, const void *, int);
/* Add the trailer first: packet, bytes, next header. */
struct mbuf *kesp_wrap(u_int64_t, const void *, int, u_int8_t);
/* A packet that has to pass. */
struct mbuf *kesp_good(u_int64_t);
/* What kesp_good() has inside: KESP_IPLEN bytes. */
void	kesp_inner(u_int64_t, u_int8_t *);
/* Any bytes behind an outer header. */
struct mbuf *kesp_raw(const void *, int);
/* Let it come in by kti1, and all that follows happen. */
void	kesp_input(struct mbuf *);

/*
 * From here on counters are looked at.  Then, with 0 as the answer when
 * nothing else was counted or sent since, and the counting starts anew:
 */
void	kesp_mark(void);
int	kesp_dropped(int, unsigned int);	/* esps_*, ipsec_idrops, SA */
int	kesp_secdrop(size_t, unsigned int);	/* offset in sec_stats */
int	kesp_ipdrop(int, unsigned int);		/* ips_*, outer or inner */
int	kesp_passed(unsigned int);		/* left kti0, as they were */
/* all counters of losses, coming and going, since kesp_mark() */
uint64_t kesp_losses(void);
/* a good packet passes */
int	kesp_works(u_int64_t);

#endif /* _KT_ESPMAKE_H_ */
