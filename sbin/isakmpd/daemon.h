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


#ifndef _ISAKMPD_DAEMON_H_
#define _ISAKMPD_DAEMON_H_

/*
 * Between the processes: what the parent tells the ca and the one that speaks
 * IKE, and what they tell each other.
 */
#include "isakmpd.h"
#include "proc.h"
#include "sockets.h"

/* What came on the command line. */
struct opts {
	const char	*op_file;	/* -c */
	const char	*op_fifo;	/* -f; "-": the standard input */
	const char	*op_pid;	/* -i */
	const char	*op_pcap;	/* -l */
	const char	*op_report;	/* -R */
	int		 op_foreground;
	int		 op_verbose;
	int		 op_pcapnow;	/* -L, -l */
	int		 op_families;	/* FAMILY_4, FAMILY_6 */
	int		 op_noflows;	/* -a */
	int		 op_nokernel;	/* -n */
	int		 op_passive;	/* -S */
	uint16_t	 op_port;	/* -p, host byte order */
	uint16_t	 op_natt;	/* -N, 0: -T */
};

/*
 * Messages.  Numbers are those of buf.h; a struct is as it lies in memory,
 * for both ends are one program.
 */
enum m_type {
	/* from the parent */
	M_DEBUG = M_OWN,	/* struct dbg_state */
	M_SETUP,	/* to ike: struct ike_setup; all descriptors came */
	M_KEY,		/* to ca: the private key, PEM, or no octets */
	M_MODEL,	/* model_put; to ca with secrets */
	M_RENEW,	/* to ike: Renegotiate-on-HUP: all SAs of phase 2 */
	M_PCAP,		/* to ike: fd: the packet log; none: no more */
	M_CONNECT,	/* to ike: string */
	M_TEARDOWN,	/* to ike: u8 phase, string; "": all of them */
	M_DELETE,	/* to ike: cookies, message ID: strings, "": none */
	M_ACTIVE,	/* to ike: u8 */
	M_SHOW,		/* to ike: who asks gets M_SHOWN */
	M_REPORT,	/* to ike: M_REPORTED */
	/* to the parent */
	M_MODELDONE,	/* of M_MODEL; from ca: what ca_names has */
	M_SHOWN,	/* octets */
	M_REPORTED,
	/* between ike and ca */
	M_CANAMES,	/* from the parent, too: engine_canames */
	M_AUTH,		/* auth_req_put */
	M_AUTHDONE	/* auth_res_put */
};

/* The options that are ike's. */
struct ike_setup {
	uint16_t	 is_port;
	uint16_t	 is_natt;	/* 0: none */
	uint8_t		 is_noflows;
	uint8_t		 is_nokernel;
	uint8_t		 is_passive;
};

struct dbg_state {
	int		 ds_verbose;	/* -v */
	int		 ds_off;	/* toggled */
	uint8_t		 ds_level[DBG_N];
};

/* debug.c */
void	 dbg_verbose(int);		/* how many -v; before all others */
void	 dbg_get(struct dbg_state *);
void	 dbg_set(const struct dbg_state *);

/* the processes */
void	 parent_run(const struct opts *) __attribute__((__noreturn__));
void	 ca_run(void);
void	 ike_run(void);

/*
 * fifo.c: lines of commands.  line is called with each whole one, without
 * its newline.
 */
struct event_base;
struct fifo;
int	 fifo_open(const char *path);	/* ours alone, or the end */
struct fifo *fifo_new(struct event_base *, int fd, void (*line)(char *));
void	 fifo_free(struct fifo *);
void	 fifo_remove(const char *path, int fd);

/* files.c: of the parent */
int	 pid_lock(const char *path);	/* or the end, having said why */
void	 pid_write(int fd, const char *path);
int	 file_islinked(int fd, const char *path);
/* All of it or none, for its owner alone.  -1: warned */
int	 file_replace(const char *path, const struct buf *);
int	 pcap_open(const char *path);	/* -1: warned */

/*
 * ui.c: what the lines mean.  For the parent to do, with the configuration in
 * its hands:
 */
struct confdb;
void	 ui_line(struct confdb *, char *);
void	 parent_changed(void);		/* the configuration is another */
int	 parent_pending(void);		/* and ike does not know it yet */
void	 parent_tell(unsigned int type, struct buf *);	/* to ike */
void	 parent_reload(void);
void	 parent_stop(void);
void	 parent_result(const struct buf *);
void	 parent_pcap(const char *path);	/* NULL: no more; "": the usual */
void	 parent_debug(void);		/* the levels are others */

/* pcap.c: in ike */
void	 pcap_start(int fd, uint16_t natt);	/* -1: no more */
void	 pcap_packet(const struct ike_addr *from, const struct ike_addr *to,
	    const void *, size_t);

#endif /* _ISAKMPD_DAEMON_H_ */
