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
 * Explicit congestion notification through tunnels, RFC 3168 and 6040.
 */
#ifndef _NETINET_IP_ECN_H_
#define _NETINET_IP_ECN_H_

#define ECN_ALLOWED_IPSEC	2	/* the same under RFC 6040 */
#define ECN_ALLOWED		1
#define ECN_FORBIDDEN		0
#define ECN_NOCARE		(-1)

#ifdef _KERNEL
/* ---- kernel: the tunnels' interface starts here ---- */
struct ip;

/*
 * The TOS, or traffic class, of the outer header for that of the inner
 * one: RFC 6040 4.1, in normal mode when ECN is allowed, else in
 * compatibility mode, where the outer packet is not ECN capable.
 */
void	ip_ecn_ingress(int, u_int8_t *, u_int8_t *);
/*
 * What the outer header says goes into the inner TOS, RFC 6040 4.2.  0:
 * congestion was met by what cannot tell anybody, drop it; else 1.
 */
int	ip_ecn_egress(int, u_int8_t *, u_int8_t *);
/* Change the TOS and, as little, the checksum: a wrong one stays wrong. */
void	ip_tos_patch(struct ip *, uint8_t);
/* ---- kernel: end ---- */
#endif

#endif /* _NETINET_IP_ECN_H_ */
