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

#ifndef _SIM_PAIR_H_
#define _SIM_PAIR_H_

/*
 * Two nodes, a and b, and the tunnels between them: tunnel t is sec t at
 * both ends.  What they are told is each simulation's own: opt.h says what
 * there is to choose, but o_active, who initiates, and o_tunnels, how many
 * there are, are in each.
 */
#include "world.h"
#include "opt.h"

#define PAIR_TUNNELS	3

struct pair {
	struct sim	*p_sim;
	struct node	*p_node[2];
	struct pair_opt	 p_opt;
	struct flow	*p_flow[PAIR_TUNNELS][2];	/* from a, from b */
	char		 p_why[200];	/* it is not as it should be */
};

/* In what simulations differ; who, ca and certain may be NULL. */
struct pair_own {
	void		(*ow_new)(struct pair *);	/* the first options */
	void		(*ow_who)(struct pair *);	/* o_active is new */
	void		(*ow_ca)(struct pair *);	/* how it works */
	void		(*ow_up)(struct pair *);	/* to begin with */
	void		(*ow_certain)(struct pair *);	/* no foreign chance */
	void		(*ow_nat)(struct pair *, int inside);
	/* ms for a node that came back, after a rekey or not */
	uint64_t	(*ow_patience)(struct pair *, int which, int rekeyed);
	/* What the engine counts is right; else 0, and p_why. */
	int		(*ow_counts)(struct pair *, struct node *);
	/* Else a failure: nothing is left that may not be. */
	void		(*ow_stopped)(struct node *);
	/* ms until all is well again, after a bad wire and a crash */
	uint64_t	 ow_twice;
	uint64_t	 ow_crash;
	unsigned int	 ow_none;	/* messages a minute, in vain */
};

/* opt.c of each simulation */
extern const struct pair_own own;
void	 pair_start(struct pair *, int which);
void	 pair_reload(struct pair *, int which);	/* as its options are now */
void	 pair_reset(struct pair *, int which);	/* ends its SA of IKE */

/* pairs.c */
void	 pair_make(struct pair *, struct sim *);	/* options may change */
void	 pair_v4(struct pair *);
void	 pair_nat(struct pair *, int which, uint64_t timeout);
const char *node_outer(struct node *);	/* its address, as others see it */
void	 pair_who(struct pair *);	/* initiates: by chance */
void	 pair_ca(struct pair *);	/* how fast it is: by chance */
void	 pair_startboth(struct pair *);	/* b at most 3 s before or after */
int	 pair_bad(struct pair *, const char *, ...)	/* 0 */
	    __attribute__((__format__(printf, 2, 3)));
/* Packets would get through both ways, whatever else is there. */
int	 pair_works(struct pair *);
/* It works within so many ms; else a failure. */
void	 pair_back(struct pair *, uint64_t ms);
/* Everything there once, nothing twice; else 0, and p_why. */
int	 pair_good(struct pair *);
/* Within so many ms it becomes good, and stays so for a while. */
void	 pair_settle(struct pair *, uint64_t ms);
void	 pair_flows(struct pair *, unsigned int every);
unsigned int pair_lost(struct pair *);	/* by the ends */
/* Packets get through in both directions, and none is lost. */
void	 pair_data(struct pair *);
void	 pair_end(struct pair *);	/* both stop; frees all */
/* A wire that does its worst, up to so much loss. */
void	 pair_badwire(struct pair *, unsigned int permille);
/* SPIs and keys of tunnel t. */
uint64_t pair_print(struct pair *, unsigned int t);
/* Nothing but what is being made, quietly. */
void	 pair_none(struct pair *, const char *what);

/* trial.c: what may happen to a tunnel in its life */
void	 trial_up(struct sim *, struct pair *);	/* options of all kinds */
/* Up, with packets of ESP that overtake each other. */
void	 trial_mix(struct pair *);
/* Rekeys, then so many ms without, to the end; no packet is lost. */
void	 trial_rekey(struct pair *, uint64_t later);
/* Up, as the function wants it, and made anew without a loss in 5 minutes. */
void	 trial_expire(struct pair *, void (*)(struct pair *,
	    const struct ksa *));
/* Of the first two tunnels; they stay what they are, and a third goes. */
void	 trial_print(struct pair *, uint64_t *);
void	 trial_same(struct pair *, const uint64_t *, const char *what);
void	 trial_gone(struct pair *);
void	 trial_keybits(struct pair *, unsigned int);
void	 test_twice(struct sim *);
void	 test_crash(struct sim *);
void	 test_partition(struct sim *);

/* collide.c: what an end can do to the other's plans */
enum act { ACT_CHILD, ACT_IKE, ACT_EXPIRE, ACT_RESET, ACT_NOTHING };

struct collision {
	enum act	 co_act[2];	/* a's, b's */
	const char	*co_what;
};

/* The fate of the first messages after the collision began. */
struct script {
	int		 sc_delay[2][6];	/* of a's, of b's */
	unsigned int	 sc_n[2];
};

void	 collide_start(struct pair *, struct script *);
void	 collide_once(struct pair *, const struct collision *);
void	 collide_end(struct pair *, const struct collision *, uint64_t ms);

/* nat.c: a box before one of them */
void	 nat_pair(struct pair *, struct sim *, int inside);
/* The same; at most so many keepalives in ten minutes, from inside alone. */
void	 nat_kept(struct pair *, struct sim *, int inside, unsigned int most);
/* Something was sent from outside. */
void	 nat_end(struct pair *, int inside);
/* The box forgets: other ports, so many times, to the end. */
void	 nat_moves(struct pair *, int inside, unsigned int times);

/* attack.c */
struct attack {
	int		 at_mutating;
	uint64_t	 at_back;	/* ms to come up */
	uint64_t	 at_quiet;
	uint64_t	 at_settle;
	unsigned int	 at_lost;	/* packets, at most */
};
void	 attack(struct pair *, const struct attack *);
/* A message that everybody sends to who got it first. */
struct flood {
	struct dgram	*fl_first;
	unsigned int	 fl_times;
	unsigned int	 fl_every;	/* so many a rekey */
	int		 fl_kinds[3];	/* REKEY_*, in turn */
	unsigned int	 fl_sas;	/* of IKE, at most */
	uint64_t	 fl_settle;	/* ms */
};
/* What is up stays up, without a loss, and memory is bounded. */
void	 flood(struct pair *, const struct flood *);
/* One each so many ms. */
void	 flood_for(struct sim *, struct dgram *, unsigned int times,
	    unsigned int every);
/* What a payload may have in it. */
void	 noise(struct sim *, struct buf *);

#endif /* _SIM_PAIR_H_ */
