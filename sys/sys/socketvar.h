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

#ifndef _SYS_SOCKETVAR_H_
#define _SYS_SOCKETVAR_H_

#include <sys/queue.h>
#include <sys/rwlock.h>
#include <sys/mutex.h>
#include <sys/refcnt.h>
#include <sys/mbuf.h>

struct protosw;
struct proc;

/*
 * A socket.  It belongs to one client end (um/proxy.c); soclose() takes it
 * down.
 *
 * Locks used to protect struct members:
 *	I	immutable after socreate()
 *	s	so_lock
 *	r	so_rcv_mtx: the receive queue; taken by protocols from any
 *		context, also with other mutexes held
 */
struct socket {
	const struct protosw *so_proto;		/* [I] */
	void		*so_pcb;		/* [s] the protocol's */
	struct rwlock	 so_lock;
	struct refcnt	 so_refcnt;
	short		 so_type;		/* [I] */
	int		 so_options;		/* [s] SO_* */
	int		 so_state;		/* [r] SS_* */
	int		 so_error;		/* [r] for the next call */
	pid_t		 so_cpid;		/* [I] who made it */
	int		 so_suser;		/* [I] made by the superuser */
	u_int		 so_rtableid;		/* [s] */
	u_long		 so_sndhiwat;		/* [s] largest message */

	struct mutex	 so_rcv_mtx;
	struct mbuf_list so_rcv;		/* [r] records, see below */
	u_long		 so_rcv_cc;		/* [r] bytes queued, and MSIZE
						 * for each record */
	u_long		 so_rcv_hiwat;		/* [r] bytes allowed */
	uint64_t	 so_rcv_drops;		/* [r] records without room */
	/* tells the proxy that so_rcv, so_error or so_state changed; any
	 * context, with so_rcv_mtx held */
	void		(*so_upcall)(struct socket *, void *);	/* [r] */
	void		*so_upcallarg;				/* [r] */
};

#define SS_ISCONNECTED		0x0002
#define SS_CANTRCVMORE		0x0020
#define SS_CANTSENDMORE		0x0010
#define SS_PRIV			0x0080

#define SB_MAX			(8 * 1024 * 1024)

/*
 * A record of so_rcv is one chain: with PR_ADDR one MT_SONAME mbuf with the
 * sender's address, MT_CONTROL mbufs, and the data; otherwise data alone.
 */

/* 0, EAFNOSUPPORT, EPROTONOSUPPORT, EACCES, ENOBUFS; may sleep */
int	socreate(int, struct socket **, int, int, struct proc *);
void	soclose(struct socket *);
void	soref(struct socket *);
void	sorele(struct socket *);
void	solock(struct socket *);
void	sounlock(struct socket *);
void	soassertlocked(struct socket *);
int	sobind(struct socket *, struct mbuf *, struct proc *);	/* m kept */
int	soconnect(struct socket *, struct mbuf *);		/* m kept */
int	sodisconnect(struct socket *);
int	soshutdown(struct socket *, int);
/* address or NULL, data, control or NULL: all consumed; MSG_* flags */
int	sosend(struct socket *, struct mbuf *, struct mbuf *, struct mbuf *,
	    int);
/* take the next record off the queue: NULL when there is none */
struct mbuf *soreceive(struct socket *);
int	sotakeerror(struct socket *);		/* so_error, once */
int	sosetopt(struct socket *, int, int, struct mbuf *);	/* m kept */
int	sogetopt(struct socket *, int, int, struct mbuf *);
/* interface ioctls go to ifioctl(), with the socket locked */
int	soo_ioctl(struct socket *, u_long, caddr_t, struct proc *);
int	soreserve(struct socket *, u_long, u_long);

/*
 * For protocols, any context.  1 when queued; 0 when there was no room,
 * and then nothing is consumed and so_rcv_drops counts it.
 */
/* sender, data, control or NULL */
int	sbappendaddr(struct socket *, const struct sockaddr *, struct mbuf *,
	    struct mbuf *);
int	sbappendrecord(struct socket *, struct mbuf *);
u_long	sbspace(struct socket *);
void	sorwakeup(struct socket *);
void	socantrcvmore(struct socket *);
void	soisconnected(struct socket *);
void	soisdisconnected(struct socket *);

#endif /* _SYS_SOCKETVAR_H_ */
