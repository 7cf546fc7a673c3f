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
 * Two nodes, a and b, and the connections between them: connection t is sec
 * t at both ends.
 */
#include "world.h"

#define PAIR_TUNNELS	3

/* What their configurations say, a's first. */
struct pair_opt {
	int		 o_active[2];
	unsigned int	 o_tunnels;
	unsigned int	 o_dpd;			/* s, 0: off */
	unsigned int	 o_check;		/* s, 0: the default */
	int		 o_aggressive;
	int		 o_rsa;
	int		 o_policy;		/* no interface */
	int		 o_ids;			/* FQDN, not addresses */
	int		 o_anypeer[2];		/* it does not know whom */
	const char	*o_life[2];		/* of phase 1 and 2, or NULL */
	const char	*o_enc[2][2];		/* of whom, of which phase */
	const char	*o_hash[2][2];
	const char	*o_group[2][2];
	const char	*o_psk[2];
	const char	*o_from[2];		/* NULL: any, or by t */
	const char	*o_to[2];
	const char	*o_dstid[2];		/* another than it is */
};

struct pair {
	struct sim	*p_sim;
	struct node	*p_node[2];
	struct pair_opt	 p_opt;
	struct flow	*p_flow[PAIR_TUNNELS][2];	/* from a, from b */
	char		 p_why[200];	/* it is not as it should be */
};

void	 pair_make(struct pair *, struct sim *);	/* options may change */
void	 pair_v4(struct pair *);
void	 pair_nat(struct pair *, int which, uint64_t timeout);
void	 pair_rule(struct pair *, int which, unsigned int t, struct rule *);
struct confdb *pair_conf(struct pair *, int which);
void	 pair_start(struct pair *, int which);
void	 pair_startboth(struct pair *);	/* b at most 3 s before or after */
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
/* SPIs and keys of connection t. */
uint64_t pair_print(struct pair *, unsigned int t);
/* Nothing but what is being made: it was told why. */
void	 pair_none(struct pair *, const char *what);

/* tests, by file */
void	 test_up(struct sim *);
void	 test_twice(struct sim *);
void	 test_loss(struct sim *);
void	 test_rekey(struct sim *);
void	 test_expire(struct sim *);
void	 test_crash(struct sim *);
void	 test_dpd(struct sim *);
void	 test_partition(struct sim *);
void	 test_reload(struct sim *);
void	 test_restless(struct sim *);
void	 test_kernel(struct sim *);
void	 test_collide(struct sim *);
void	 test_policy(struct sim *);
void	 test_chaos(struct sim *);

void	 test_delete(struct sim *);
void	 test_stop(struct sim *);
void	 test_active(struct sim *);

void	 test_nat(struct sim *);
void	 test_natmove(struct sim *);
void	 test_many(struct sim *);

void	 test_mismatch(struct sim *);
void	 test_replay(struct sim *);
void	 test_junk(struct sim *);
void	 test_amplify(struct sim *);
void	 test_flood(struct sim *);

void	 test_false(struct sim *);
void	 test_rogue(struct sim *);

#endif /* _SIM_PAIR_H_ */
