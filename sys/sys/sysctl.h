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
 * The tree of system variables: numbers of the upper levels. The numbers
 * below CTL_NET stand in the protocols' headers.
 */
#ifndef _SYS_SYSCTL_H_
#define _SYS_SYSCTL_H_

#include <sys/types.h>

#define CTL_MAXNAME	12

#define CTLTYPE_NODE	1
#define CTLTYPE_INT	2
#define CTLTYPE_STRING	3
#define CTLTYPE_QUAD	4
#define CTLTYPE_STRUCT	5

#define CTL_UNSPEC	0
#define CTL_KERN	1
#define CTL_VM		2
#define CTL_FS		3
#define CTL_NET		4
#define CTL_DEBUG	5
#define CTL_HW		6
#define CTL_MACHDEP	7
#define CTL_DDB		9
#define CTL_VFS		10
#define CTL_MAXID	11

#define KERN_OSTYPE	1	/* string */
#define KERN_OSRELEASE	2	/* string */
#define KERN_OSREV	3	/* int */
#define KERN_VERSION	4	/* string */
#define KERN_HOSTNAME	10	/* string */
#define KERN_BOOTTIME	21	/* struct timeval */
#define KERN_DOMAINNAME	22	/* string */
#define KERN_OSVERSION	27	/* string */

/*
 * Knobs of this kernel, for tests.  Writing n makes the nth allocation
 * from then on that must not wait fail, 0 none; the second tells how many
 * have failed since.
 */
#define KERN_MALLOC_FAIL	200	/* quad, write only */
#define KERN_MALLOC_FAILED	201	/* quad, read only */

#define HW_MACHINE	1	/* string */
#define HW_MODEL	2	/* string */
#define HW_NCPU		3	/* int */
#define HW_BYTEORDER	4	/* int */
#define HW_PAGESIZE	7	/* int, bytes */
#define HW_NCPUONLINE	25	/* int */

#ifdef _KERNEL

struct proc;

/*
 * The old and new buffers are the memory of the client, whose call this
 * thread serves: copied by copyin() and copyout(), so all of these may
 * sleep.  *oldlenp is the kernel's copy of the length: room in, size out.
 * Errors: ENOMEM the old buffer is too small (and *oldlenp is what it has
 * to be, except for strings), EINVAL a new value of a wrong size or out
 * of range, EPERM not writable or not by this client, EFAULT; names:
 * ENOTDIR too long, EISDIR too short, EOPNOTSUPP unknown.
 */
int	kern_sysctl_call(int *, u_int, void *, size_t *, void *, size_t,
	    struct proc *);

/* old, its length, new, its length, variable */
int	sysctl_int(void *, size_t *, void *, size_t, int *);
int	sysctl_rdint(void *, size_t *, void *, int);
/* ... lowest and highest value */
int	sysctl_int_bounded(void *, size_t *, void *, size_t, int *, int, int);
int	sysctl_quad(void *, size_t *, void *, size_t, int64_t *);
int	sysctl_rdquad(void *, size_t *, void *, int64_t);
/* ... buffer and its size; a longer new string is EINVAL */
int	sysctl_string(void *, size_t *, void *, size_t, char *, size_t);
/* the same, but an old buffer that is too small gets what fits */
int	sysctl_tstring(void *, size_t *, void *, size_t, char *, size_t);
int	sysctl_rdstring(void *, size_t *, void *, const char *);
int	sysctl_struct(void *, size_t *, void *, size_t, void *, size_t);
int	sysctl_rdstruct(void *, size_t *, void *, const void *, size_t);

#define SYSCTL_INT_READONLY	1, 0
#define SYSCTL_INT_UNBOUNDED	0, 0
struct sysctl_bounded_args {
	int	 mib;		/* the last number of the name */
	int	*var;		/* atomic */
	int	 minimum;
	int	 maximum;	/* or SYSCTL_INT_... in place of both */
};
/* table and its entries, name, old ...; finds name[0] */
int	sysctl_bounded_arr(const struct sysctl_bounded_args *, u_int, int *,
	    u_int, void *, size_t *, void *, size_t);

extern const char ostype[], osrelease[], osversion[], version[];
/* The name of this machine: copied, cut to MAXHOSTNAMELEN - 1. */
void	hostname_set(const char *);
void	hostname_get(char *, size_t);

#endif /* _KERNEL */

#endif /* _SYS_SYSCTL_H_ */
