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


#ifndef _FUZZ_V1WORLD_H_
#define _FUZZ_V1WORLD_H_

/*
 * The world of fuzz_v1engine: two engines, a network that is a queue, a
 * kernel and a ca that fail if they are told to.
 */
#include <openssl/rand.h>

#include "world.h"

#define QUEUE_MAX	48
#define CONNS		2
#define NPOLICIES	5		/* and as number: none at all */

/* What the ca has said, and nobody has heard yet. */
struct late {
	TAILQ_ENTRY(late) la_entry;
	struct node	*la_node;
	struct auth_res	 la_res;
};

struct fuzz_world {
	struct sim	*sim;
	struct node	*node[2];
	unsigned int	 opt;
	unsigned int	 policy[2];	/* of each configuration */
	struct dgram	*queue[QUEUE_MAX];
	unsigned int	 nqueue;
	TAILQ_HEAD(lates, late) late;
	int		 hold;		/* what the ca says */
	int		 refuse;	/* it says no */
	int		 wire;		/* no queue: a good wire */
	uint8_t		 fail[2];	/* which of the next kernel calls */
	struct world	 world;		/* the simulation's */
	unsigned int	 records;
	unsigned int	 inits;		/* of a flood */
	int		 forged;	/* what only a peer can do was done */
	struct ike_addr	 stranger;
	uint64_t	 asked[2];	/* by it: octets */
	uint64_t	 answered[2];	/* to it */
	int		 known[2];	/* it has proven its address */
};
extern struct fuzz_world z;


void	 world_new(void);
/*
 * The keys of libcrypto come from no chance, either; to be called for each
 * of its generators.
 */
void	 chance(EVP_RAND_CTX *);
void	 boot(int side);
void	 down(int side, int flush);
struct confdb *config(int side);
void	 config_rule(struct rule *, int side, unsigned int conn);
/* Of the ca. */
void	 late_free(struct late *);
void	 late_give(struct late *);
/* Of the network; arrive: now, as nobody else sent it. */
void	 enqueue(const struct dgram *);
struct dgram *dequeue(unsigned int);
void	 arrive(const struct dgram *);
void	 deliver(unsigned int);

#endif
