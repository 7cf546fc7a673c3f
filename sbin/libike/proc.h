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


#ifndef _LIBIKE_PROC_H_
#define _LIBIKE_PROC_H_

/*
 * The processes, and how they talk: messages over pairs of stream sockets,
 * each with a type, octets, and maybe a descriptor.
 */
#include <sys/types.h>

#include <event2/event.h>

#include "buf.h"

/* What a program is made of; it defines the one it is. */
struct proc_prog {
	const char	*pp_name;
	const char	*pp_user;	/* whom its children become */
	const char	*pp_empty;	/* made if there is no /var/empty */
	const char	*const *pp_procs; /* names, by number */
};
extern const struct proc_prog proc_prog;

/*
 * start.c: of the command line; on failure they exit, having said why.  The
 * standard descriptors are open and there will be no core; a port; the path
 * from the root directory.
 */
void	 proc_standard(void);
uint16_t proc_port(const char *);
const char *proc_absolute(const char *path);
/* Root, or the user whose program this is: the owner of a file? */
int	 proc_isowner(uid_t);

/*
 * Messages, of any daemon; those of its own begin at M_OWN.
 */
enum {
	M_PEER = 1,	/* u8 number of a process; fd: a channel to it */
	M_STOP,		/* from the parent: say goodbye and exit */
	/* to the one that speaks IKE, see sockets.h */
	M_PFKEY,	/* fd: requests, then, in another, upcalls */
	M_ROUTE,	/* fd: a routing socket */
	M_UDP,		/* struct udp_info; fd: the socket */
	M_PROBE,	/* u8 4 or 6; fd: a UDP socket for outside_source */
	M_OWN
};

#define PROC_TOLD	3		/* exit of a child that has said why */
#define PROC_FD		3		/* a child's channel to its parent */
#define PROC_MAXMSG	(64U << 20)	/* octets of a message */

struct chan;

/*
 * A message came.  The descriptor is the receiver's to close; -1: none.  The
 * octets are gone after the call.
 */
typedef void	 chan_recv(void *, unsigned int type, struct span *, int fd);

/*
 * On memory running out these end the process.  lost: the other end is
 * gone; only chan_free is of use then.
 */
struct chan	*chan_new(struct event_base *, int fd, chan_recv *,
		    void (*lost)(void *), void *);
void		 chan_free(struct chan *);	/* NULL is none */
void		 chan_send(struct chan *, unsigned int type, const void *,
		    size_t);
/* The octets, and overwrites and frees them here. */
void		 chan_sendbuf(struct chan *, unsigned int type, struct buf *);
/* The descriptor is closed here. */
void		 chan_sendfd(struct chan *, unsigned int type, const void *,
		    size_t, int fd);

void		 proc_pair(int [2]);
/* That process of this program; returns our end of its channel. */
int		 proc_start(unsigned int, pid_t *);
/* No signal but SIGKILL ends a child: its parent does. */
void		 proc_signals(void);
/*
 * Where the real root is who he is: change the root directory to dir, or to
 * an empty one if it is NULL or missing, and become the
 * user of the program.
 */
void		 proc_drop(const char *dir);
int		 proc_chrooted(void);
int		 proc_isroot(void);
void		 proc_checkuser(void);	/* that pp_user is there, if needed */
void		 proc_unveil(const char *path, const char *permissions);
void		 proc_pledge(const char *promises);

#endif /* _LIBIKE_PROC_H_ */
