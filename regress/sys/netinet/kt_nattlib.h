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

#ifndef _KT_NATTLIB_H_
#define _KT_NATTLIB_H_

/*
 * ESP in UDP (RFC 3948), for what kt_espmake.h makes: the peer is behind a
 * NAT, which gives it another port.
 */
#include "kt_espmake.h"
#include "kt_sock.h"

#define IPHDR		((int)sizeof(struct ip))
#define UDPHDR		((int)sizeof(struct udphdr))
#define OUTER		(IPHDR + UDPHDR)
#define PORT		4500
#define OTHERPORT	4501
#define NATPORT		31337	/* what a NAT made of the peer's 4500 */

extern struct socket *natt_ike;		/* where iked would listen */

/* As kesp_begin(), with both SAs in UDP and a socket for IKE. */
int	natt_begin(int);
int	natt_end(void);
void	natt_encap(struct tdb *, int);	/* into UDP, or out of it */
void	natt_port(u_int);		/* net.inet.esp.udpencap_port */
struct udphdr *natt_udp(struct mbuf *);	/* contiguous with its IP header */

/* Bytes outside for so many inside, by the RFCs: with UDP or without. */
int	natt_wire(int, int);
/*
 * Send a packet of so many bytes by sec0: the bytes of what left, which has
 * to be ESP in UDP with these two ports and this number; 0 if nothing left;
 * less than 0 when anything is wrong with it.
 */
int	natt_sent(int, u_int, u_int, u_int32_t);

/*
 * What a router quotes of an outer packet of so many bytes; and that router
 * says that it has a smaller MTU, quoting so many bytes.
 */
struct natt_quote {
	struct ip	q_ip;
	struct udphdr	q_uh;
	u_int32_t	q_esp[2];
};
struct natt_quote natt_quoted(int);
void	natt_needfrag(const struct natt_quote *, int, u_int);

#endif /* _KT_NATTLIB_H_ */
