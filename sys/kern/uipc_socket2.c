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
 * Sockets as protocols see them: the receive queue and the state.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>
#include <sys/socket.h>
#include <sys/socketvar.h>

static u_long	 sb_size(struct mbuf *);
static int	 sb_enqueue(struct socket *, struct mbuf *, struct mbuf *);
static void	 so_changestate(struct socket *, int, int);

/*
 * Bytes a record is counted as.  The share for the mbuf itself keeps a
 * flood of empty datagrams from filling memory.
 */
static u_long
sb_size(struct mbuf *m)
{
	u_long size = MSIZE;

	for (; m != NULL; m = m->m_next)
		size += m->m_len;
	return (size);
}

/* Put head, then m behind it, on the queue; head may be NULL. */
static int
sb_enqueue(struct socket *so, struct mbuf *head, struct mbuf *m)
{
	struct mbuf *last = head;
	u_long size = sb_size(m) + (head != NULL ? sb_size(head) - MSIZE : 0);
	int room;

	mtx_enter(&so->so_rcv_mtx);
	room = (so->so_state & SS_CANTRCVMORE) == 0 &&
	    so->so_rcv_cc + size <= so->so_rcv_hiwat;
	if (room) {
		if (head != NULL) {
			while (last->m_next != NULL)
				last = last->m_next;
			last->m_next = m;
			m = head;
		}
		m->m_nextpkt = NULL;
		ml_enqueue(&so->so_rcv, m);
		so->so_rcv_cc += size;
	} else
		so->so_rcv_drops++;
	mtx_leave(&so->so_rcv_mtx);
	return (room);
}

int
sbappendaddr(struct socket *so, const struct sockaddr *sa, struct mbuf *m,
    struct mbuf *control)
{
	struct mbuf *name;

	KASSERT(sa->sa_len <= MLEN);
	if ((name = m_get(M_NOWAIT, MT_SONAME)) == NULL) {
		mtx_enter(&so->so_rcv_mtx);
		so->so_rcv_drops++;
		mtx_leave(&so->so_rcv_mtx);
		return (0);
	}
	memcpy(mtod(name, caddr_t), sa, sa->sa_len);
	name->m_len = sa->sa_len;
	name->m_next = control;
	if (sb_enqueue(so, name, m))
		return (1);
	m_free(name);
	return (0);
}

int
sbappendrecord(struct socket *so, struct mbuf *m)
{
	return (sb_enqueue(so, NULL, m));
}

struct mbuf *
soreceive(struct socket *so)
{
	struct mbuf *m;

	mtx_enter(&so->so_rcv_mtx);
	if ((m = ml_dequeue(&so->so_rcv)) != NULL) {
		m->m_nextpkt = NULL;
		so->so_rcv_cc -= sb_size(m);
	}
	mtx_leave(&so->so_rcv_mtx);
	return (m);
}

u_long
sbspace(struct socket *so)
{
	u_long space = 0;

	mtx_enter(&so->so_rcv_mtx);
	if (so->so_rcv_hiwat > so->so_rcv_cc + MSIZE)
		space = so->so_rcv_hiwat - so->so_rcv_cc - MSIZE;
	mtx_leave(&so->so_rcv_mtx);
	return (space);
}

int
soreserve(struct socket *so, u_long snd, u_long rcv)
{
	if (snd == 0 || snd > SB_MAX || rcv == 0 || rcv > SB_MAX)
		return (ENOBUFS);
	so->so_sndhiwat = snd;
	mtx_enter(&so->so_rcv_mtx);
	so->so_rcv_hiwat = rcv;
	mtx_leave(&so->so_rcv_mtx);
	return (0);
}

int
sotakeerror(struct socket *so)
{
	int error;

	mtx_enter(&so->so_rcv_mtx);
	error = so->so_error;
	so->so_error = 0;
	mtx_leave(&so->so_rcv_mtx);
	return (error);
}

/* The mutex keeps soclose() from pulling the upcall away under us. */
void
sorwakeup(struct socket *so)
{
	mtx_enter(&so->so_rcv_mtx);
	if (so->so_upcall != NULL)
		so->so_upcall(so, so->so_upcallarg);
	mtx_leave(&so->so_rcv_mtx);
}

static void
so_changestate(struct socket *so, int set, int clear)
{
	mtx_enter(&so->so_rcv_mtx);
	so->so_state = (so->so_state & ~clear) | set;
	if (so->so_upcall != NULL)
		so->so_upcall(so, so->so_upcallarg);
	mtx_leave(&so->so_rcv_mtx);
}

void
socantrcvmore(struct socket *so)
{
	so_changestate(so, SS_CANTRCVMORE, 0);
}

void
soisconnected(struct socket *so)
{
	so_changestate(so, SS_ISCONNECTED, 0);
}

void
soisdisconnected(struct socket *so)
{
	so_changestate(so, 0, SS_ISCONNECTED);
}
