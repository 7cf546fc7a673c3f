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

#ifndef _FUZZ_WORLD_H_
#define _FUZZ_WORLD_H_

/*
 * What the targets of both daemons have in common: two engines in the
 * simulation's world, a network that is a queue, a kernel and a ca that fail
 * if they are told to.
 */
#include "world.h"

#include "fuzz_input.h"

#define QUEUE_MAX	48

struct fuzz_world {
	struct sim	*sim;
	struct node	*node[2];
	unsigned int	 opt;
	unsigned int	 policy[2];	/* of each configuration */
	struct dgram	*queue[QUEUE_MAX];
	unsigned int	 nqueue;
	/* What the ca has said, and nobody has heard yet. */
	TAILQ_HEAD(lates, answer) late;
	int		 hold;		/* what the ca says */
	int		 refuse;	/* it says no, if it can */
	int		 wire;		/* no queue: a good wire */
	uint8_t		 fail[2];	/* which of the next kernel calls */
	struct world	 world;		/* the simulation's */
	unsigned int	 records;
	unsigned int	 inits;		/* of a flood */
	unsigned int	 answers;	/* more of them than else are right */
	int		 forged;	/* what only a peer can do was done */
};
extern struct fuzz_world z;

/* Where to begin, and what is done when it is reached. */
struct beginning {
	int		(*bg_is)(void);	/* NULL: at once */
	unsigned int	 bg_then;
};
#define CHILD_A		0x01		/* is rekeyed */
#define CHILD_B		0x02
#define IKE_A		0x04
#define IKE_B		0x08
#define RESET_A		0x10
#define RESET_B		0x20
#define BOOT_A		0x40

/* What differs.  Those that may be NULL say so. */
struct play {
	unsigned int	 pl_nat;	/* options: a is behind one */
	unsigned int	 pl_recover;	/* in the end all has to be well */
	void		(*const *pl_ops)(struct span *);
	unsigned int	 pl_nops;
	const struct beginning *pl_begins;
	unsigned int	 pl_nbegins;
	unsigned int	 pl_steps;	/* to any of them, at most */
	unsigned int	 pl_live;	/* so many pairs, and all is up */
	unsigned int	 pl_npolicies;
	int		 pl_again;	/* s until all is well again */
	uint64_t	 pl_goodbye;	/* ms of an end */

	/* its world, besides that of both */
	void		(*pl_world)(void);
	int		(*pl_sent)(const struct node *, const struct dgram *);
					/* not to the queue; or NULL */
	void		(*pl_arrive)(const struct dgram *);
	void		(*pl_spoilt)(const struct dgram *);	/* or NULL */
	/* an end of the two, or its engine */
	void		(*pl_boot)(int side);
	void		(*pl_configure)(int side);	/* as its policy is */
	void		(*pl_well)(int side);	/* what was switched, too */
	void		(*pl_reset)(struct engine *);
	/* is not an end, but what the input says; or NULL */
	int		(*pl_expire)(struct sa *, unsigned int what);
	/* inside of an engine */
	const char	*(*pl_fault)(struct engine *);
	int		(*pl_owns)(struct engine *, uint32_t spi, int out);
	/* what must hold: always, when it has stopped, and then for ever */
	void		(*pl_check)(int side);
	void		(*pl_stopped)(struct node *);
	void		(*pl_gone)(void);	/* or NULL */
};
extern const struct play play;

/* fuzz_world.c */
void	 world_new(void);
void	 down(int side, int flush);
int	 side_of(const void *node);
/* Of the ca: it has said something. */
void	 late_say(struct node *, struct answer *);
void	 late_free(struct answer *);
void	 late_give(struct answer *);
/* Of the kernel: is it now that it fails? */
int	 kernel_fails(const void *node);
struct ike_addr pretend(struct node *, const struct ike_addr *);
/* Of the network; hand_over: now, as nobody else sent it. */
void	 enqueue(const struct dgram *);
struct dgram *dequeue(unsigned int);
struct dgram *spoil(unsigned int);	/* one that will be; NULL: none */
struct dgram *dgram_new(int to, int natt, const void *, size_t);
void	 hand_over(const struct dgram *);
void	 deliver(unsigned int);

/* fuzz_play.c: what is, and what may happen */
int	 is_sent(void);
int	 is_halfopen(void);
int	 is_late_a(void);
int	 is_late_b(void);
int	 is_up(void);
void	 op_step(struct span *);
void	 op_deliver(struct span *);
void	 op_drop(struct span *);
void	 op_double(struct span *);
void	 op_cut(struct span *);
void	 op_raw(struct span *);
void	 op_time(struct span *);
void	 op_expire(struct span *);
void	 op_config(struct span *);
void	 op_ca(struct span *);
void	 op_fail(struct span *);
void	 op_nat(struct span *);

#endif
