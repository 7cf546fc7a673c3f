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


#ifndef _NET_BPFDESC_H_
#define _NET_BPFDESC_H_

#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/queue.h>
#include <sys/rwlock.h>
#include <sys/smr.h>
#include <sys/timeout.h>
#include <net/bpf.h>

struct ifnet;

/*
 * Locks used to protect struct members:
 *	I	immutable after creation
 *	B	bpf_lock to write; read with it, or inside SMR
 */
struct bpf_prog {
	struct smr_entry bp_smr;
	u_int		 bp_len;	/* [I] */
	struct bpf_insn	 bp_insns[];	/* [I] */
};

struct bpf_d;

/* One tap: what an interface and a DLT have in common. */
struct bpf_if {
	TAILQ_ENTRY(bpf_if) bif_entry;		/* [B] bpf_ifs */
	SMR_LIST_HEAD(, bpf_d) bif_listeners;	/* [B] */
	caddr_t		*bif_driverp;		/* [I] set as long as there
						 * are listeners; atomic */
	struct ifnet	*bif_ifp;		/* [I] */
	u_int		 bif_dlt;		/* [I] */
	u_int		 bif_hdrlen;		/* [I] of the link layer */
};

/*
 * A descriptor.  Its records go into bd_store.  When that is full it waits
 * in bd_hold for the reader, and the next one is begun; when that is full,
 * too, packets are lost.  A store that is not full is read once it is
 * ready: because of its age, or always, in immediate mode.
 *
 * Locks used to protect struct members:
 *	I	immutable after creation
 *	B	bpf_lock
 *	S	bpf_lock to write; read inside SMR
 *	a	atomic
 *	m	bd_mtx
 *	c	calls of the descriptor, of which there is one at a time
 */
struct bpf_d {
	SMR_LIST_ENTRY(bpf_d) bd_entry;		/* [S] of bd_bif */
	struct bpf_if	*bd_bif;		/* [B] or NULL */
	int		 bd_promisc;		/* [B] */
	struct bpf_prog	*bd_rfilter;		/* [S] or NULL */
	struct bpf_prog	*bd_wfilter;		/* [S] or NULL */
	u_int		 bd_dirfilt;		/* [a] directions to ignore */
	u_int		 bd_fildrop;		/* [a] BPF_FILDROP_* */
	u_int		 bd_rcount;		/* [a] packets looked at */
	int		 bd_mode;		/* [I] FREAD, FWRITE */
	int		 bd_locked;		/* [c] BIOCLOCK */
	int		 bd_hdrcmplt;		/* [c] */
	struct timeval	 bd_rtimeout;		/* [c] */

	struct mutex	 bd_mtx;
	struct mbuf	*bd_store;		/* [m] or NULL: empty */
	struct mbuf	*bd_hold;		/* [m] or NULL */
	int		 bd_ready;		/* [m] the store may be read */
	int		 bd_gone;		/* [m] interface was detached */
	u_int		 bd_bufsize;		/* [m] */
	u_int		 bd_dcount;		/* [m] accepted, but no room */
	u_int		 bd_drops;		/* [m] since the last record */
	uint64_t	 bd_rwait;		/* [m] ns that a record may be */
	uint64_t	 bd_wwait;		/* [m] old before it is ready */
	struct timeout	 bd_age;
	void		(*bd_upcall)(void *);	/* [m] or NULL */
	void		*bd_upcallarg;		/* [m] */
};
#define BPF_FOREVER	UINT64_MAX

TAILQ_HEAD(bpf_iflist, bpf_if);
extern struct bpf_iflist bpf_ifs;		/* [B] */
extern struct rwlock	 bpf_lock;

/* all but the last under bpf_lock, held to write */
void	bpf_attach_d(struct bpf_d *, struct bpf_if *);	/* not attached */
void	bpf_detach_d(struct bpf_d *);	/* may be; sleeps if it was */
void	bpf_setprog(struct bpf_prog **, struct bpf_prog *); /* frees the old */
void	bpf_reset(struct bpf_d *);	/* empty buffers, counts 0 */
uint64_t bpf_wait(const struct bpf_d *);	/* bd_mtx */
void	bpf_age(void *);
/* the view of a packet and what is before it */
u_int	bpf_mfilter(const struct bpf_insn *, const struct mbuf *);

#endif /* _NET_BPFDESC_H_ */
