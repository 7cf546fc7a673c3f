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


#ifndef _IKED_IKED_H_
#define _IKED_IKED_H_

/*
 * What the processes of iked(8) share.
 */
#include <stdint.h>

#include "buf.h"
#include "ike.h"

#define IKED_CONF	"/etc/iked.conf"
#define IKED_CADIR	"/etc/iked"
#define IKED_USER	"_iked"
#define IKED_EMPTY	"/var/run/iked.empty"
#define IKED_VERSION	"1.0"
#define IKED_TOLD	3	/* exit of a child that has said why */

/* What came on the command line. */
struct opts {
	const char	*op_file;
	const char	*op_socket;
	const char	*op_keydir;	/* the debug key log, or NULL */
	int		 op_foreground;
	int		 op_verbose;
	int		 op_passive;
	int		 op_nonatt;	/* -T */
	int		 op_force;	/* -t */
	uint16_t	 op_natt;	/* port of -p, host byte order */
};

/*
 * Messages between processes.  Numbers are those of buf.h; a struct is as it
 * lies in memory, for both ends are one program.
 */
enum m_type {
	/* from the parent */
	M_PEER = 1,	/* u8 proc_id; fd: a channel to it */
	M_LISTEN,	/* to control: fd: the socket of ikectl(8) */
	M_PFKEY,	/* to ikev2: fd: requests, then, in another, upcalls */
	M_ROUTE,	/* to ikev2: fd: a routing socket */
	M_UDP,		/* to ikev2: struct udp_info; fd: the socket */
	M_PROBE,	/* to ikev2: u8 4 or 6; fd: a UDP socket for w_source */
	M_KEYLOG,	/* to ikev2: name of a table; fd: the file */
	M_PORTS,	/* to ikev2: u16 ike, u16 natt, u8 force */
	M_SETUP,	/* all descriptors are there */
	M_KEY,		/* to ca: the private key, PEM, or no octets */
	M_CAFILES,	/* to ca: read them again */
	M_CONF,		/* to ca, ikev2: conf_put */
	M_START,	/* to ikev2: the first configuration is complete */
	M_STOP,		/* to ikev2: say goodbye and exit */
	/* to the parent */
	M_CONFDONE,	/* of M_CONF; from ca: what M_CERTREQ has */
	/* between ca and ikev2 */
	M_CERTREQ,	/* engine_certreq */
	M_SIGN,
	M_SIGNED,
	M_VERIFY,
	M_VERIFIED,
	/* from control, and back: u32 client */
	M_CTL,		/* u32 ctl_type, u32 flags, string */
	M_CTLTEXT,	/* octets */
	M_CTLEND,	/* u32 ctl_status, octets */
	M_MONITOR,	/* to ikev2: u8 whether somebody watches */
	M_EVENT,	/* from ikev2: octets */
};

/* A UDP socket of ours. */
struct udp_info {
	uint8_t		 ui_family;	/* 4 or 6 */
	uint8_t		 ui_natt;	/* marker and ESP */
	uint16_t	 ui_port;	/* host byte order */
};

/* What ikectl(8) asked, in the process that does it. */
struct ctl_req {
	uint32_t	 cr_client;
	uint32_t	 cr_type;
	uint32_t	 cr_flags;
	char		*cr_arg;	/* malloc'ed */
};

struct chan;

void	 parent_run(const struct opts *) __attribute__((__noreturn__));
void	 ca_run(void);
void	 control_run(void);
void	 ikev2_run(void);

/* ctl.c */
int	 ctl_req_get(struct span *, struct ctl_req *);	/* or -1 */
void	 ctl_text(struct chan *, uint32_t client, const void *, size_t);
void	 ctl_end(struct chan *, uint32_t client, const char *why);
					/* NULL: all is well */
void	 ctl_log(uint32_t type);	/* of CTL_LOG_ */

/* sock.c: of the parent; on failure it exits, having said why */
void	 sock_alone(const char *path);	/* is it that of another iked? */
int	 sock_control(const char *path);	/* listening */
int	 sock_udp(const struct udp_info *);	/* -1: no such family */
int	 sock_probe(uint8_t family);		/* likewise */
int	 sock_route(void);
int	 sock_keylog(const char *dir, const char *table);
/* Warns if the kernel does not take ESP in UDP at that port. */
void	 sock_checkencap(uint16_t port);

/* udp.c: of ikev2 */
struct udp;
/*
 * UDP sockets of one machine.  A datagram for us is given on without the
 * marker; gone: the kernel is.
 */
struct event_base;
struct udp	*udp_new(struct event_base *, void (*recv)(void *,
		    const struct ike_addr *local, const struct ike_addr *peer,
		    const void *, size_t, int natt), void (*gone)(void *),
		    void *);
void		 udp_free(struct udp *);
void		 udp_add(struct udp *, const struct udp_info *, int fd);
void		 udp_start(struct udp *);	/* to receive */
void		 udp_addprobe(struct udp *, uint8_t family, int fd);
int		 udp_send(struct udp *, const struct ike_addr *,
		    const struct ike_addr *, const void *, size_t, int marker);
int		 udp_source(struct udp *, const struct ike_addr *,
		    struct ike_addr *);

/* log.c: warnings and errors go to the buffer, too; NULL: no more. */
void	 log_copyto(struct buf *);
int	 log_isforeground(void);

#endif /* _IKED_IKED_H_ */
