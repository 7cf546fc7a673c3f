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

#ifndef _KT_SOCK_H_
#define _KT_SOCK_H_

#include "kt_inet.h"

#include <sys/proc.h>
#include <sys/protosw.h>
#include <sys/socketvar.h>
#include <netinet/in_pcb.h>
#include <netinet/udp.h>
#include <netinet/udp_var.h>

/*
 * Sockets for the tests.  Port numbers in host order, addresses in
 * network order, errors as the calls return them.
 */
struct socket *ktu_open(int, int);	/* type, protocol; NULL: refused */
void	ktu_close(struct socket *);
int	ktu_bind(struct socket *, in_addr_t, u_int);
int	ktu_connect(struct socket *, in_addr_t, u_int);
u_int	ktu_port(struct socket *);		/* bound to */
/* len bytes 0xa5 to a destination, or to where it is connected with port 0 */
int	ktu_send(struct socket *, in_addr_t, u_int, u_int);
/* the same, with a control mbuf, which is consumed */
int	ktu_sendmsg(struct socket *, in_addr_t, u_int, u_int, struct mbuf *);
int	ktu_setopt(struct socket *, int, int, int);	/* level, name, int */
/*
 * The next record: bytes of its data, which the packet in *mp consists of
 * when mp is not NULL; -1: nothing there.
 */
int	ktu_recv(struct socket *, struct sockaddr_in *, struct mbuf **,
	    struct mbuf **);			/* ..., data, control */

/* A datagram, both headers and checksums complete. */
struct mbuf *ktu_udp(in_addr_t, u_int, in_addr_t, u_int, u_int);
uint64_t ktu_udpstat(enum udpstat_counters);

#endif /* _KT_SOCK_H_ */
