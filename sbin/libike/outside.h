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

#ifndef _LIBIKE_OUTSIDE_H_
#define _LIBIKE_OUTSIDE_H_

/*
 * The real world of a state machine: clock, chance, UDP, routes and the SAs
 * of the kernel, in the process that speaks IKE.  The parent's descriptors
 * come first, then outside_kernel, at last outside_start.
 */
#include <event2/event.h>

#include "buf.h"
#include "kernel.h"
#include "timer.h"
#include "udp.h"

struct outside {
	struct event_base *o_base;
	struct udp	*o_udp;
	struct kernel	*o_kernel;
	int		 o_pfkey[2];	/* requests, upcalls; -1: not yet */
	int		 o_route;
	struct event	*o_upcall, *o_routed, *o_settled;
	unsigned int	*o_units;	/* of secN: those that are ours */
	unsigned int	 o_nunits;
	/* addresses of the machine changed */
	void		(*o_addresses)(void);
};

/*
 * o_addresses is there.  recv as for udp_new; its argument is
 * the outside.
 */
void	 outside_init(struct outside *, void (*recv)(void *,
	    const struct ike_addr *local, const struct ike_addr *peer,
	    const void *, size_t, int natt));
void	 outside_free(struct outside *);
/* Of sockets_send, taken over: 0; -1: another message; fatal if malformed. */
int	 outside_message(struct outside *, unsigned int type, struct span *,
	    int fd);
int	 outside_complete(const struct outside *);	/* PF_KEY, routes */
void	 outside_kernel(struct outside *, void (*expire)(void *,
	    uint32_t spi, const struct ike_addr *dst, int hard));
void	 outside_start(struct outside *);	/* to listen */
/*
 * Other units are ours (malloc'ed, taken over), or the first.  Left-over SAs
 * go: before (old 0) those on units that were not ours, after (old 1) those
 * on units that are not ours any more.
 */
void	 outside_flush(struct outside *, const unsigned int *units,
	    unsigned int n, int old);
/* Those of no interface that a daemon before us has left behind. */
void	 outside_orphans(struct outside *);
void	 outside_units(struct outside *, unsigned int *units, unsigned int n);

/* As kernel_onacquire. */
void	 outside_onacquire(struct outside *,
	    void (*)(void *, const struct kacquire *));

/* For a world whose argument is the outside; see there. */
uint64_t outside_now(void *);
int64_t	 outside_time(void *);
void	 outside_random(void *, void *, size_t);
void	 outside_timer(void *, struct timer *, uint64_t ms);
void	 outside_untimer(void *, struct timer *);
int	 outside_send(void *, const struct ike_addr *local,
	    const struct ike_addr *peer, const void *, size_t, int marker);
void	 outside_keepalive(void *, const struct ike_addr *local,
	    const struct ike_addr *peer);
int	 outside_source(void *, const struct ike_addr *peer,
	    struct ike_addr *local);
int	 outside_getspi(void *, const struct ksa *, uint32_t *spi);
int	 outside_addsa(void *, const struct ksa *);
int	 outside_movesa(void *, const struct ksa *old, const struct ksa *new);
int	 outside_delsa(void *, const struct ksa *);
int	 outside_statsa(void *, const struct ksa *, struct ksa_stat *);
int	 outside_flow(void *, const struct kflow *, int add);

#endif /* _LIBIKE_OUTSIDE_H_ */
