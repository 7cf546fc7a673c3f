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

#ifndef _ROUTE_ROUTE_H_
#define _ROUTE_ROUTE_H_

#include <sys/types.h>
#include <sys/socket.h>
#include <net/if.h>
#include <net/if_dl.h>
#include <net/route.h>
#include <netinet/in.h>

/* commands; a set of them is a mask */
#define CMD_ADD		0x01
#define CMD_DELETE	0x02
#define CMD_CHANGE	0x04
#define CMD_GET		0x08
#define CMD_SHOW	0x10
#define CMD_FLUSH	0x20
#define CMD_MONITOR	0x40
#define CMD_EXEC	0x80

/* the flags before the command */
extern int		 dflag;		/* show the message, change nothing */
extern int		 nflag;		/* no names */
extern int		 qflag;		/* say nothing */
extern int		 tflag;		/* change nothing */
extern int		 vflag;
extern int		 Tflag;		/* a table was named */
extern unsigned int	 rtable;

union sockunion {
	struct sockaddr		sa;
	struct sockaddr_in	sin;
	struct sockaddr_in6	sin6;
	struct sockaddr_dl	sdl;
	struct sockaddr_rtlabel	rtlabel;
};

/* what the words after a command say */
struct rtreq {
	int		 rq_cmd;	/* CMD_ */
	const char	*rq_name;	/* of the command */
	int		 rq_af;		/* AF_UNSPEC until it is known */
	int		 rq_flags;	/* RTF_ to be set, or wanted */
	int		 rq_clear;	/* RTF_ to be cleared, or not wanted */
	int		 rq_inits;	/* RTV_ */
	int		 rq_locks;	/* RTV_ */
	int		 rq_lock;	/* LOCK_ */
#define LOCK_NEXT	1
#define LOCK_REST	2
	unsigned int	 rq_mtu;	/* bytes */
	int		 rq_priority;	/* 0: the kernel's choice, or any */
	int		 rq_host;	/* -host */
	int		 rq_net;	/* -net */
	int		 rq_iface;	/* the gateway is an interface */
	int		 rq_plen;	/* bits of the mask, -1 unknown */
	const char	*rq_dst;	/* as typed, or NULL */
	const char	*rq_gate;
	const char	*rq_mask;
	const char	*rq_ifp;
	const char	*rq_ifa;
	const char	*rq_label;
	int		 rq_addrs;	/* RTA_ of rq_su */
	union sockunion	 rq_su[RTAX_MAX];
};

/* words.c: fills the request; exits with one message when they are wrong */
void	words_parse(struct rtreq *, char **);
/* turns the words into addresses, likewise */
void	words_resolve(struct rtreq *);

/* request.c: add, delete, change, get; the exit status */
int	request_run(struct rtreq *);
/* the socket that messages go to; exits when there is none */
int	route_socket(int);
/* what errno means to people who speak of routes */
const char *route_reason(int);

/* message.c */
void	message_print(const void *, size_t);
void	get_print(const struct rtreq *, const struct rt_msghdr *);
int	monitor(const struct rtreq *);

#endif /* _ROUTE_ROUTE_H_ */
