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

#ifndef _LIBIKE_SOCKETS_H_
#define _LIBIKE_SOCKETS_H_

/*
 * What the parent opens, while it may, for the process that speaks IKE.
 */
#include <stdint.h>

#include "udp.h"

struct chan;

#define NUDP		4
struct sockets {
	int		 so_pfkey[2];	/* requests, upcalls */
	int		 so_route;
	unsigned int	 so_nudp;
	struct udp_info	 so_info[NUDP];
	int		 so_udp[NUDP];
	int		 so_probe[2];	/* IPv4, IPv6; -1: none */
};

/*
 * Of the families that are asked for, those the kernel has: so_nudp may be 0
 * afterwards.  Ports are in host byte order, 0: none.  On failure it exits,
 * having said why.
 */
#define FAMILY_4	0x01
#define FAMILY_6	0x02
void	 sockets_open(struct sockets *, int families, uint16_t ike,
	    uint16_t natt);
/* Closed here; the other end has outside_message. */
void	 sockets_send(const struct sockets *, struct chan *);

#endif /* _LIBIKE_SOCKETS_H_ */
