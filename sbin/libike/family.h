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

#ifndef _LIBIKE_FAMILY_H_
#define _LIBIKE_FAMILY_H_

/*
 * A parent and its children: all of them live, or none.  In the parent, one
 * family to a program.
 */
#include <stddef.h>
#include <stdint.h>

#include <event2/event.h>

#include "buf.h"
#include "proc.h"

struct family {
	unsigned int	 fa_n;		/* processes; 0 is the parent */
	unsigned int	 fa_last;	/* M_STOP has it say goodbye and end,
					 * the others end when we hang up */
	/* As of chan_recv. */
	void		(*fa_recv)(unsigned int from, unsigned int type,
			    struct span *, int fd);
	/* SIGHUP, SIGUSR1 and SIGPIPE. */
	void		(*fa_signal)(int);
};

/* The family stays the caller's.  Children and signals' events are there. */
void	 family_start(struct event_base *, const struct family *);
void	 family_introduce(unsigned int, unsigned int);	/* by M_PEER */
struct chan *family_chan(unsigned int);	/* NULL: not any more */
/*
 * Once all children are gone, 5 seconds from now at the most, the event loop
 * is left; family_end frees what family_start made, and says what to exit
 * with: rc, but not 0 if a child was lost.
 */
void	 family_stop(int rc);
int	 family_stopping(void);
int	 family_end(void);

/*
 * What the others see instead of a pre-shared key: it changes with the key,
 * and says nothing about it to who has not the secret of this process.
 */
uint64_t family_mark(const void *, size_t);

#endif /* _LIBIKE_FAMILY_H_ */
