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

#ifndef _KT_PFKEYLIB_H_
#define _KT_PFKEYLIB_H_

#include <sys/ktest.h>
#include <sys/socket.h>
#include <sys/socketvar.h>
#include <netinet/in.h>
#include <net/pfkeyvar.h>

/*
 * A PF_KEY client inside the kernel.  Two sockets: one that asks, and one
 * that only listens.
 */

#define KPK_A(a, b, c, d) \
	htonl((u_int32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))
#define KPK_LOCAL	KPK_A(192, 0, 2, 1)
#define KPK_PEER	KPK_A(192, 0, 2, 2)
#define KPK_PEER2	KPK_A(198, 51, 100, 9)
#define KPK_SPI		0x1000

/* a message, as sent or as received */
struct kpk_msg {
	union {
		struct sadb_msg	 hdr;
		u_char		 bytes[16384];
	} km;
	size_t	 km_len;		/* bytes */
};

extern struct socket *kpk_so, *kpk_listener;

int	kpk_open(void);
void	kpk_close(void);		/* and no SA is left */

void	kpk_init(struct kpk_msg *, int, int);
/* an extension of so many bytes (rounded up), zeroed */
void	*kpk_ext(struct kpk_msg *, int, size_t);
void	kpk_sa(struct kpk_msg *, u_int32_t, u_int32_t);	/* SPI, flags */
void	kpk_addr(struct kpk_msg *, int, in_addr_t);
void	kpk_key(struct kpk_msg *, int, u_int);		/* bits */
void	kpk_lifetime(struct kpk_msg *, int, u_int64_t, u_int64_t, u_int64_t);
void	kpk_ident(struct kpk_msg *, int, const char *);
void	kpk_iface(struct kpk_msg *, u_int, int);
void	kpk_rdomain(struct kpk_msg *, u_int, u_int);
void	kpk_flow(struct kpk_msg *);			/* all six */
/* the whole of an ESP SA with AES-GCM-16, tunnel mode, and its address */
void	kpk_esp(struct kpk_msg *, int, u_int32_t);
/* names one: SA and addresses */
void	kpk_name(struct kpk_msg *, int, u_int32_t);

/* what sending returns */
int	kpk_send(struct socket *, const void *, size_t);
/* the next message of a socket; 0 when there is none */
int	kpk_recv(struct socket *, struct kpk_msg *);
void	kpk_drain(void);		/* both sockets */
/* send, and get the answer: what sending returned, or else its errno */
int	kpk_do(const struct kpk_msg *, struct kpk_msg *);
void	*kpk_find(const struct kpk_msg *, int);
/* the SA's record, or the error */
int	kpk_get(u_int32_t, struct kpk_msg *);
/* with a reference, or NULL; NET held */
struct tdb *kpk_tdb(u_int32_t, in_addr_t);
void	kpk_remove(struct kpk_msg *, int);		/* the extension */

#endif /* _KT_PFKEYLIB_H_ */
