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

#ifndef _MACHINE_HOST_H_
#define _MACHINE_HOST_H_

/*
 * What the kernel asks of the process it runs in: the only header that
 * both sides read.  C's own types only; times are nanoseconds, errors are
 * errno numbers (the tree's and the host's are the same).  Nothing here
 * knows a scheduler token: whoever may wait gives his back first.
 */

/* memory */
void	*host_alloc(unsigned long, unsigned long);	/* size, align */
void	 host_free(void *);

/* time and chance */
unsigned long host_monotime(void);
unsigned long host_walltime(void);
unsigned long host_coarsetime(void);	/* host_monotime(), ms behind */
unsigned long host_cputime(void);	/* used by the process so far */
void	 host_random(void *, unsigned long);

/* console, end */
void	 host_console(const char *, unsigned long);
void	 host_alert(const char *, unsigned long);	/* also stderr */
void	 host_halt(int) __attribute__((__noreturn__));
void	 host_abort(void) __attribute__((__noreturn__));

unsigned long host_scale(void);	/* per cent of a test's full count */

/* processors and threads */
unsigned int host_ncpus(void);
int	 host_thread_create(void (*)(void *), void *, const char *);
void	 host_thread_exit(void) __attribute__((__noreturn__));
void	 host_yield(void);
/*
 * Wait until the word is not 0 and set it to 0, or until the deadline
 * (~0UL: none).  0, or ETIMEDOUT.
 */
int	 host_park(unsigned int *, unsigned long);
void	 host_unpark(unsigned int *);	/* set the word to 1 and wake */

/* a set of NICs and one kick, waited for by one thread */
struct host_poll;
struct host_poll *host_poll_new(void);
void	 host_poll_free(struct host_poll *);
/* Wait for a frame, room to send, a kick or the deadline. */
void	 host_poll_wait(struct host_poll *, unsigned long);
void	 host_poll_kick(struct host_poll *);

/* NICs */
struct host_nic;
struct host_nicinfo {
	unsigned int	hn_mtu;		/* largest IP packet */
	unsigned int	hn_offload;	/* HOST_NIC_* the other end takes */
};
#define HOST_NIC_GSO	0x1		/* TCP packets larger than the MTU */
#define HOST_NIC_CSUM	0x2		/* checksums left to the other end */

/*
 * A frame in a batch.  Sent: the pieces hf_iov of the frame, not kept
 * after the call.  Received: hf_buf points into the backend's memory and
 * stays good until the next receive on that NIC.
 */
struct host_iov {
	void		*hi_base;
	unsigned long	 hi_len;
};
struct host_frame {
	struct host_iov	*hf_iov;	/* send */
	unsigned int	 hf_niov;
	unsigned char	*hf_buf;	/* receive */
	unsigned int	 hf_len;	/* receive */
	unsigned short	 hf_gso;	/* segment size, 0 none */
	unsigned short	 hf_flags;	/* HOST_FRAME_* */
};
#define HOST_FRAME_IOVS		16	/* pieces of a frame at most */
#define HOST_FRAME_BATCH	64	/* frames of a call at most */
#define HOST_FRAME_CSUM_OK	0x1	/* received: checksums were verified */
#define HOST_FRAME_CSUM_PARTIAL	0x2	/* sent: TCP/UDP sum wants filling */

/*
 * Open "wire:path", "tap:name" or "inject:"; an error text for the user
 * goes into the buffer.  NULL on failure.
 */
struct host_nic *host_nic_open(const char *, struct host_nicinfo *, char *,
	    unsigned long);
int	 host_nic_attach(struct host_nic *, struct host_poll *);
/* frames received: 0 .. n; 0 means none is there now */
unsigned int host_nic_recv(struct host_nic *, struct host_frame *,
	    unsigned int);
/*
 * Frames taken: the rest did not fit now and may be tried again when
 * host_poll_wait() returns; frames nobody would ever take (no peer on the
 * wire) are taken and counted by host_nic_lost().
 */
unsigned int host_nic_send(struct host_nic *, struct host_frame *,
	    unsigned int);
/* "inject" only: a frame in, a frame out (0: none), all frames lost */
int	 host_inject_put(struct host_nic *, const void *, unsigned int);
unsigned int host_inject_get(struct host_nic *, void *, unsigned int);
void	 host_inject_sink(struct host_nic *, int);
int	 host_nic_linkup(struct host_nic *);
unsigned long host_nic_lost(struct host_nic *);
void	 host_nic_close(struct host_nic *);

/*
 * Clients: processes that hold sockets of this kernel.  See umproto.h for
 * the messages and um/proxy.c for the kernel's side.
 */
struct host_sp;			/* all clients of this kernel */
struct host_so;			/* our end of a socket or root connection */
struct host_call {
	void		*hc_msg;	/* room for UMP_MAXREQ, the caller's */
	unsigned long	 hc_len;	/* bytes of the request; 0: none came */
	struct host_so	*hc_so;		/* where it came from */
	void		*hc_cookie;	/* of the socket; root: NULL */
	unsigned int	 hc_rights;	/* of the root connection */
	int		 hc_gone;	/* no process has the socket any more */
	int		 hc_writable;	/* host_so_deliver() has room again */
	int		 hc_pid;
	unsigned int	 hc_uid;
	int		 hc_priv;	/* may configure: uid 0 or the owner */

	unsigned int	 hc_seq;	/* the rest is the host side's own */
	int		 hc_replyfd;
	int		 hc_newfd;
	struct host_so	*hc_newso;
	int		 hc_silent;	/* did not serve a copy */
	unsigned long	 hc_deadline;
};

/* host/main.c: listen at the path; 0 or errno.  Unlinked at the end. */
int	 host_sp_init(const char *, unsigned int);	/* path, owner's uid */
struct host_sp *host_sp_open(void);	/* NULL: nobody wants clients */
unsigned int host_sp_owner(struct host_sp *);
/*
 * Wait for an event; many threads may.  0, or EINTR for ever after
 * host_sp_shutdown().  A request is whole and its lengths are right.  The
 * socket is the caller's until host_call_done(), or host_so_free() when it
 * is gone.  Root connections that are gone are not reported.
 */
int	 host_sp_wait(struct host_sp *, struct host_call *);
/* Answer: errno, value, data; with what host_so_new() made, unless errno. */
void	 host_call_reply(struct host_call *, int, long, const void *,
	    unsigned long);
void	 host_call_done(struct host_call *);
/*
 * Memory of the client, until its call is answered: 0, or EFAULT, also when
 * it died or kept us waiting for too long.
 */
int	 host_call_copyin(struct host_call *, unsigned long, void *,
	    unsigned long);
int	 host_call_copyout(struct host_call *, const void *, unsigned long,
	    unsigned long);
/*
 * A new socket for this client (cookie, UMP_FRAMED ...) or a root connection
 * (no cookie); EMFILE, ENFILE ...  Served once the call is answered.
 */
int	 host_so_new(struct host_sp *, struct host_call *, void *, int,
	    struct host_so **);
void	 host_so_setrights(struct host_so *, unsigned int);
/* One message to the client, does not wait; 0, EAGAIN, or it is lost. */
int	 host_so_deliver(struct host_so *, const struct host_iov *,
	    unsigned int);
void	 host_so_notify(struct host_so *);	/* want hc_writable, once */
void	 host_so_shutdown(struct host_so *);	/* the client reads the end */
void	 host_so_free(struct host_so *);
void	 host_sp_shutdown(struct host_sp *);
void	 host_sp_close(struct host_sp *);	/* when nobody waits any more */

/* entry points of the kernel, called by the host side */
struct kernel_args {
	unsigned int	  ka_ncpus;
	int		  ka_seeded;		/* deterministic */
	int		  ka_exact;		/* and the clock is virtual */
	unsigned long	  ka_seed;
	unsigned int	  ka_nnics;
	const char	**ka_nics;		/* "um0=wire:path" */
	const char	 *ka_hostname;
	const char	 *ka_ktest;		/* run this test and halt */
	int		  ka_leaks;		/* memory that leaked: exit 3 */
};
/* what the process is to exit with if the kernel failed, else 0 */
int	 kernel_main(const struct kernel_args *);
void	 kernel_halt(void);	/* any thread: begin the shutdown */
/* host/main.c: sockets are served, the command may start */
void	 host_booted(void);

#endif /* _MACHINE_HOST_H_ */
