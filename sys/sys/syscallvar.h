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

#ifndef _SYS_SYSCALLVAR_H_
#define _SYS_SYSCALLVAR_H_

#include <sys/types.h>

struct cdevsw;
struct proc;
struct socket;

#define SC_MAXCTL	2048	/* bytes of control messages */
#define SC_MAXDATA	65536
#define SC_MAXREPLY	8192	/* an ioctl's argument is the largest */

/* what is asked of a socket, and the arguments */
#define SYS_BIND	16	/* address */
#define SYS_CONNECT	17	/* address */
#define SYS_SEND	18	/* flags; address, control, data */
#define SYS_SETOPT	19	/* level, option; data */
#define SYS_GETOPT	20	/* level, option, size; reply */
#define SYS_SOCKNAME	21	/* reply */
#define SYS_PEERNAME	22	/* reply */
#define SYS_SHUTDOWN	23	/* how */
#define SYS_IOCTL	24	/* command; data; reply */

/*
 * A request of a client.  Its parts are the caller's memory; their lengths
 * are those of what arrived.
 */
struct syscall {
	int		 sc_op;
	const uint64_t	*sc_arg;	/* four */
	const char	*sc_addr;
	size_t		 sc_alen;
	const char	*sc_ctl;
	size_t		 sc_clen;	/* up to SC_MAXCTL */
	const char	*sc_data;
	size_t		 sc_dlen;	/* up to SC_MAXDATA */

	long		 sc_ret;	/* value, 0 before */
	char		*sc_reply;	/* room for SC_MAXREPLY bytes */
	size_t		 sc_replylen;	/* bytes used, 0 before */
};

/* Serve a request about a socket.  0 or errno; may sleep. */
int	so_syscall(struct socket *, struct syscall *, struct proc *);
/* The same about an opened device, see sys/conf.h. */
int	dev_syscall(const struct cdevsw *, void *, struct syscall *,
	    struct proc *);
/* An ioctl's argument in and out of the request. */
int	sys_ioctl_arg(struct syscall *, int (*)(void *, u_long, caddr_t,
	    struct proc *), void *, struct proc *);
/* Make a socket: domain, type, protocol. */
int	sys_socket(struct syscall *, struct socket **, struct proc *);
/*
 * A variable: old, oldlen, new, newlen; data: its name.  sc_ret is the size
 * of the old value, also with ENOMEM.
 */
int	sys_sysctl(struct syscall *, struct proc *);

#endif /* _SYS_SYSCALLVAR_H_ */
