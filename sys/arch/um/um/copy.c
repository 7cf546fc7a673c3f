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

/*
 * The memory of the client whose call the running thread serves.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <machine/host.h>
#include <machine/sched.h>

#include "proxyvar.h"

#define PO_MINSIZE	4096
#define PO_MAXSIZE	(1024 * 1024)
#define PO_MAXBYTES	(64 * 1024 * 1024)	/* of one call, then it waits */
#define PAGE		4096

static struct pxout *po_extend(struct pxcall *, unsigned long, size_t);

/* Room for more at addr: behind the last piece, or in a new one. */
static struct pxout *
po_extend(struct pxcall *pc, unsigned long addr, size_t len)
{
	struct pxout *po = TAILQ_LAST(&pc->pc_out, pxouts);
	size_t size = PO_MINSIZE;

	if (po != NULL && po->po_addr + po->po_len == addr) {
		if (po->po_len < po->po_size)
			return (po);
		size = ulmin(2 * po->po_size, PO_MAXSIZE);
	}
	size = ulmax(size, ulmin(len, PO_MAXSIZE));
	po = malloc(sizeof(*po) + size, M_TEMP, M_WAITOK);
	po->po_addr = addr;
	po->po_len = 0;
	po->po_size = size;
	TAILQ_INSERT_TAIL(&pc->pc_out, po, po_entry);
	return (po);
}

int
copyout(const void *kaddr, void *uaddr, size_t len)
{
	struct pxcall *pc = curproc->p_call;
	unsigned long addr = (unsigned long)uaddr;
	const char *p = kaddr;
	struct pxout *po;
	size_t n;

	assertwaitok();
	if (pc == NULL || addr + len < addr)
		return (EFAULT);
	for (; len > 0; len -= n, p += n, addr += n) {
		if (pc->pc_outbytes >= PO_MAXBYTES && px_flush(pc) != 0)
			return (EFAULT);
		po = po_extend(pc, addr, len);
		n = ulmin(len, po->po_size - po->po_len);
		memcpy(po->po_data + po->po_len, p, n);
		po->po_len += n;
		pc->pc_outbytes += n;
	}
	return (0);
}

int
px_flush(struct pxcall *pc)
{
	struct pxout *po;
	int error = 0;

	if (TAILQ_EMPTY(&pc->pc_out))
		return (0);
	sched_release();
	TAILQ_FOREACH(po, &pc->pc_out, po_entry)
		if ((error = host_call_copyout(pc->pc_host, po->po_data,
		    po->po_addr, po->po_len)) != 0)
			break;
	sched_acquire();
	while ((po = TAILQ_FIRST(&pc->pc_out)) != NULL) {
		TAILQ_REMOVE(&pc->pc_out, po, po_entry);
		free(po, M_TEMP, sizeof(*po) + po->po_size);
	}
	pc->pc_outbytes = 0;
	return (error);
}

/* What was written before must be there for this to see it. */
int
copyin(const void *uaddr, void *kaddr, size_t len)
{
	struct pxcall *pc = curproc->p_call;
	int error;

	assertwaitok();
	if (len == 0)
		return (0);
	if (pc == NULL || (unsigned long)uaddr + len < len ||
	    px_flush(pc) != 0)
		return (EFAULT);
	sched_release();
	error = host_call_copyin(pc->pc_host, (unsigned long)uaddr, kaddr,
	    len);
	sched_acquire();
	return (error);
}

/* Page by page: the one behind the string's end may not be there. */
int
copyinstr(const void *uaddr, void *kaddr, size_t len, size_t *done)
{
	const char *from = uaddr;
	char *to = kaddr, *end;
	size_t n;
	int error;

	for (; len > 0; from += n, to += n, len -= n) {
		n = ulmin(len, PAGE - (unsigned long)from % PAGE);
		if ((error = copyin(from, to, n)) != 0)
			return (error);
		if ((end = memchr(to, '\0', n)) != NULL) {
			if (done != NULL)
				*done = end + 1 - (char *)kaddr;
			return (0);
		}
	}
	if (done != NULL)
		*done = to - (char *)kaddr;
	return (ENAMETOOLONG);
}
