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


#ifndef _NET_IF_ENC_H_
#define _NET_IF_ENC_H_

#include <sys/types.h>

/* Before a packet of DLT_ENC. */
struct enchdr {
	u_int32_t	af;		/* of the packet; machine's order */
	u_int32_t	spi;		/* network byte order */
	u_int32_t	flags;		/* M_CONF, M_AUTH; machine's order */
};
#define ENC_HDRLEN	12
/* the numbers that M_CONF and M_AUTH have, for those who read captures */
#define ENC_CONF	0x0400
#define ENC_AUTH	0x0800

#ifdef _KERNEL
struct ifnet;
struct mbuf;

void	encattach(int);
void	encdetach(void);		/* halt */
/*
 * The interface of a routing domain that SAs with this tap show their
 * packets on: that unit if it is in the domain, else the domain's first.
 * NULL if there is none.  NET held, and the pointer is good as long as it
 * is.
 */
struct ifnet *enc_getif(u_int, u_int);
/*
 * Show a packet, which is kept and begins with an IP header, on the enc
 * interface: tdb_rdomain, tdb_tap, the family of that header, tdb_spi, and
 * M_CONF | M_AUTH as the SA does them.  Count it, too.  NET held.  Before
 * ESP or AH is put on; behind them, when all is well and they are off.
 * The index of the interface, for ph_ifidx, or 0 when there is none.
 */
u_int	enc_tap_out(u_int, u_int, const struct mbuf *, u_int32_t, u_int32_t,
	    u_int32_t);
u_int	enc_tap_in(u_int, u_int, const struct mbuf *, u_int32_t, u_int32_t,
	    u_int32_t);
#endif

#endif /* _NET_IF_ENC_H_ */
