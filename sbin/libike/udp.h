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


#ifndef _LIBIKE_UDP_H_
#define _LIBIKE_UDP_H_

/*
 * UDP sockets of one machine.
 */
#include <stddef.h>
#include <stdint.h>

#include <event2/event.h>

#include "ike.h"

/* A UDP socket of ours. */
struct udp_info {
	uint8_t		 ui_family;	/* 4 or 6 */
	uint8_t		 ui_natt;	/* marker and ESP */
	uint16_t	 ui_port;	/* host byte order */
};

/* udp_sock.c: of the parent; on failure it exits, having said why */
int	 sock_udp(const struct udp_info *);	/* -1: no such family */
int	 sock_probe(uint8_t family);		/* likewise */
int	 sock_route(void);		/* tells of addresses */
/* Warns if the kernel does not take ESP in UDP at that port. */
void	 sock_checkencap(uint16_t port, const char *option);

/*
 * udp.c: of the process that speaks.  A datagram for us is given on without
 * the marker; gone: the kernel is.
 */
struct udp;
struct udp	*udp_new(struct event_base *, void (*recv)(void *,
		    const struct ike_addr *local, const struct ike_addr *peer,
		    const void *, size_t, int natt), void (*gone)(void *),
		    void *);
void		 udp_free(struct udp *);
void		 udp_add(struct udp *, const struct udp_info *, int fd);
void		 udp_start(struct udp *);	/* to receive */
void		 udp_addprobe(struct udp *, uint8_t family, int fd);
/* With the ports of the addresses; marker: four zeros first.  0 or errno. */
int		 udp_send(struct udp *, const struct ike_addr *,
		    const struct ike_addr *, const void *, size_t, int marker);
/* The address we would send from.  0 or an errno. */
int		 udp_source(struct udp *, const struct ike_addr *,
		    struct ike_addr *);

#endif /* _LIBIKE_UDP_H_ */
