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

#ifndef _NET_IFQ_H_
#define _NET_IFQ_H_

#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/task.h>

struct ifnet;

#define IFQ_NQUEUES	8
#define IFQ_MINPRIO	0
#define IFQ_MAXPRIO	7
#define IFQ_DEFPRIO	3
#define IFQ_MAXLEN	256
#define IFQ_PRIO2TOS(p)	((p) << 5)
#define IFQ_TOS2PRIO(t)	((t) >> 5)

/*
 * Transmit queue of an interface: eight priorities, the highest leaves
 * first.
 *
 * Locks used to protect struct members:
 *	I	immutable after ifq_init()
 *	q	ifq_mtx
 *	s	the serialiser (ifq_task_mtx hands it over)
 */
struct ifqueue {
	struct ifnet	*ifq_if;		/* [I] */
	struct taskq	*ifq_softnet;		/* [I] where it runs */
	unsigned int	 ifq_idx;		/* [I] */
	unsigned int	 ifq_maxlen;		/* [I] packets */

	struct mutex	 ifq_mtx;
	struct mbuf_list ifq_prio[IFQ_NQUEUES];	/* [q] */
	unsigned int	 ifq_len;		/* [q] packets */
	unsigned int	 ifq_oactive;		/* [q] device is full */
	uint64_t	 ifq_packets;		/* [q] */
	uint64_t	 ifq_bytes;		/* [q] */
	uint64_t	 ifq_mcasts;		/* [q] */
	uint64_t	 ifq_qdrops;		/* [q] found no room */
	uint64_t	 ifq_errors;		/* [q] */

	struct mutex	 ifq_task_mtx;
	struct task_list ifq_task_list;		/* ifq_task_mtx */
	int		 ifq_serializer;	/* ifq_task_mtx: busy */
	struct task	 ifq_bundle;		/* ifq_start() from softnet */
	struct task	 ifq_start;
	struct task	 ifq_restart;
};

void	ifq_init(struct ifqueue *, struct ifnet *, unsigned int);
void	ifq_destroy(struct ifqueue *);
int	ifq_enqueue(struct ifqueue *, struct mbuf *);	/* consumes; ENOBUFS */
struct mbuf *ifq_dequeue(struct ifqueue *);
/* up to max packets in leaving order; for drivers that send batches */
unsigned int ifq_dequeue_list(struct ifqueue *, struct mbuf_list *,
	    unsigned int);
/* put back packets the device had no room for: they leave first again */
void	ifq_requeue(struct ifqueue *, struct mbuf_list *);
unsigned int ifq_purge(struct ifqueue *);	/* counts them as qdrops */
void	ifq_start(struct ifqueue *);
void	ifq_restart(struct ifqueue *);
void	ifq_serialize(struct ifqueue *, struct task *);
void	ifq_barrier(struct ifqueue *);		/* may sleep */
void	ifq_set_oactive(struct ifqueue *);
void	ifq_clr_oactive(struct ifqueue *);
#define ifq_is_oactive(q)	READ_ONCE((q)->ifq_oactive)
#define ifq_len(q)		READ_ONCE((q)->ifq_len)
#define ifq_empty(q)		(ifq_len(q) == 0)
#define ifq_init_maxlen(q, n)	((q)->ifq_maxlen = (n))

/*
 * Receive queue.
 *
 * Locks used to protect struct members:
 *	I	immutable after ifiq_init()
 *	q	ifiq_mtx
 */
struct ifiqueue {
	struct ifnet	*ifiq_if;		/* [I] */
	struct taskq	*ifiq_softnet;		/* [I] */
	unsigned int	 ifiq_idx;		/* [I] */
	struct mutex	 ifiq_mtx;
	struct mbuf_list ifiq_ml;		/* [q] */
	struct task	 ifiq_task;
	uint64_t	 ifiq_packets;		/* [q] */
	uint64_t	 ifiq_bytes;		/* [q] */
	uint64_t	 ifiq_qdrops;		/* [q] */
	uint64_t	 ifiq_errors;		/* [q] */
	uint64_t	 ifiq_noproto;		/* [q] */
};

void	ifiq_init(struct ifiqueue *, struct ifnet *, unsigned int);
void	ifiq_destroy(struct ifiqueue *);
int	ifiq_input(struct ifiqueue *, struct mbuf_list *); /* consumes */
int	ifiq_enqueue(struct ifiqueue *, struct mbuf *);	/* no limit; consumes */

#endif /* _NET_IFQ_H_ */
