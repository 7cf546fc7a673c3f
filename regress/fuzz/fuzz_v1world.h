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
 * The world of fuzz_v1engine, besides what that of fuzz_engine has, too.
 */
#include "fuzz_world.h"

#define CONNS		2
#define NPOLICIES	5		/* and as number: none at all */

/* One at an address that nobody has. */
struct strangers {
	struct ike_addr	 st_addr;
	uint64_t	 st_asked[2];	/* by it: octets */
	uint64_t	 st_answered[2]; /* to it */
	int		 st_known[2];	/* it has proven its address */
};
extern struct strangers strangers;

void	 config_rule(struct rule *, int side, unsigned int conn);
void	 check_stranger(int side);
/* See struct play. */
void	 our_world(void);
int	 to_stranger(const struct node *, const struct dgram *);
void	 arrive(const struct dgram *);
void	 spoilt(const struct dgram *);
void	 boot(int side);
void	 configure(int side);

#endif
