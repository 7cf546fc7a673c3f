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

#include <sys/queue.h>

struct host_call;

/*
 * A client's call while it is served; p_call of the thread.  What copyout()
 * writes is gathered here and goes out at the end, so that nobody waits for
 * a client with locks held and a table of many rows needs few messages.
 */
struct pxout {
	TAILQ_ENTRY(pxout) po_entry;
	unsigned long	 po_addr;	/* in the client */
	size_t		 po_len;
	size_t		 po_size;	/* room of po_data */
	char		 po_data[];
};

struct pxcall {
	struct host_call *pc_host;
	TAILQ_HEAD(pxouts, pxout) pc_out;
	size_t		 pc_outbytes;
	int		 pc_end;	/* the root connection ends with it */
};

int	px_flush(struct pxcall *);	/* may wait; 0 or EFAULT */
