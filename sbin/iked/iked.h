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
#include "proc.h"

#define IKED_CONF	"/etc/iked.conf"
#define IKED_CADIR	"/etc/iked"
#define IKED_VERSION	"1.0"

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

enum proc_id {
	PROC_PARENT,
	PROC_CA,
	PROC_CONTROL,
	PROC_IKEV2,
	PROC_N
};
extern const char *const iked_procs[PROC_N];	/* their names */

/*
 * Messages between processes.  Numbers are those of buf.h; a struct is as it
 * lies in memory, for both ends are one program.
 */
enum m_type {
	/* from the parent */
	M_LISTEN = M_OWN,	/* to control: fd: the socket of ikectl(8) */
	M_KEYLOG,	/* to ikev2: name of a table; fd: the file */
	M_PORTS,	/* to ikev2: u16 ike, u16 natt, u8 force */
	M_SETUP,	/* all descriptors are there */
	M_KEY,		/* to ca: the private key, PEM, or no octets */
	M_CAFILES,	/* to ca: read them again */
	M_CONF,		/* to ca, ikev2: conf_put */
	M_START,	/* to ikev2: the first configuration is complete */
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
int	 sock_keylog(const char *dir, const char *table);

#endif /* _IKED_IKED_H_ */
