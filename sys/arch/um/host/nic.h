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

#ifndef _HOST_NIC_H_
#define _HOST_NIC_H_

/*
 * A NIC backend.  All calls come from the one softnet thread that owns
 * the NIC, but for open and close.  A backend keeps its descriptors in
 * the NIC's own epoll set, which host_poll_wait() watches as one.
 */
#include <stddef.h>

#include <machine/host.h>

struct nic_ops {
	const char	*no_name;
	/* fill in hn_*; 0, or -1 with a reason in the buffer */
	int		 (*no_open)(struct host_nic *, const char *,
			    char *, size_t);
	unsigned int	 (*no_recv)(struct host_nic *, struct host_frame *,
			    unsigned int);
	unsigned int	 (*no_send)(struct host_nic *, struct host_frame *,
			    unsigned int);
	void		 (*no_close)(struct host_nic *);
};

struct host_nic {
	const struct nic_ops	*hn_ops;
	struct host_nicinfo	 hn_info;
	int			 hn_epoll;
	int			 hn_linkup;	/* atomic */
	unsigned long		 hn_lost;	/* atomic */
	void			*hn_priv;	/* the backend's */
};

extern const struct nic_ops nic_wire, nic_tap, nic_inject;

void	nic_lost(struct host_nic *, unsigned long);
void	nic_setlink(struct host_nic *, int);
/* epoll_ctl on the NIC's set; events 0 removes */
int	nic_watch(struct host_nic *, int, unsigned int);
/* "path,mtu=9000": cuts the options off and obeys them; -1 and a reason */
int	nic_options(struct host_nic *, char *, char *, size_t);

#endif /* _HOST_NIC_H_ */
