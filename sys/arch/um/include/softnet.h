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

#ifndef _MACHINE_SOFTNET_H_
#define _MACHINE_SOFTNET_H_

#include <sys/queue.h>

/*
 * Softnet threads: each owns NICs, a task queue and a netstack, and runs
 * the loop of receiving, tasks and sleeping.  A NIC driver joins one.
 */
struct softnet;
struct netstack;
struct host_nic;
struct proc;

struct softnet_nic {
	TAILQ_ENTRY(softnet_nic) sn_entry;	/* the softnet's */
	/* Receive at most max frames; how many there were. */
	unsigned int	(*sn_recv)(void *, unsigned int);
	void		*sn_arg;
};

struct softnet	*softnet_of(unsigned int);
struct netstack	*softnet_ns(struct softnet *);
struct host_poll *softnet_poll(struct softnet *);
/* both sleep until the softnet has seen it */
void	softnet_nic_add(struct softnet *, struct softnet_nic *);
void	softnet_nic_del(struct softnet *, struct softnet_nic *);
void	softnet_kick(struct softnet *);		/* any context */
uint64_t softnet_kicks(void);			/* through the host so far */

#endif /* _MACHINE_SOFTNET_H_ */
