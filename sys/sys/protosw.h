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

#ifndef _SYS_PROTOSW_H_
#define _SYS_PROTOSW_H_

#include <sys/types.h>

struct mbuf;
struct sockaddr;
struct socket;
struct domain;
struct proc;
struct ifnet;
struct netstack;
struct protosw;

/*
 * What a socket asks of its protocol.  All are called with the socket
 * locked (solock); those that touch the network take the netlock
 * themselves.  Errors are errno.
 */
struct pr_usrreqs {
	int	(*pru_attach)(struct socket *, int);	/* protocol number */
	int	(*pru_detach)(struct socket *);
	/* the address is the caller's, who frees it */
	int	(*pru_bind)(struct socket *, struct mbuf *, struct proc *);
	int	(*pru_connect)(struct socket *, struct mbuf *);
	int	(*pru_disconnect)(struct socket *);
	int	(*pru_shutdown)(struct socket *);
	/* data, destination or NULL, control or NULL: all consumed */
	int	(*pru_send)(struct socket *, struct mbuf *, struct mbuf *,
		    struct mbuf *);
	int	(*pru_control)(struct socket *, u_long, caddr_t,
		    struct ifnet *);
	/* fill the mbuf with a sockaddr */
	int	(*pru_sockaddr)(struct socket *, struct mbuf *);
	int	(*pru_peeraddr)(struct socket *, struct mbuf *);
};

struct protosw {
	short		 pr_type;	/* SOCK_* */
	const struct domain *pr_domain;
	short		 pr_protocol;
	short		 pr_flags;

	/*
	 * A packet from below, header at *offp: the next protocol to
	 * deliver to, or IPPROTO_DONE when *mp is consumed.
	 */
	int	(*pr_input)(struct mbuf **, int *, int, int,
		    struct netstack *);
	/* an ICMP error about a packet we sent: cmd, its destination,
	 * rtable, the inner IP header */
	void	(*pr_ctlinput)(int, struct sockaddr *, u_int, void *);
	int	(*pr_ctloutput)(int, struct socket *, int, int, struct mbuf *);
	const struct pr_usrreqs *pr_usrreqs;
	void	(*pr_init)(void);
	int	(*pr_sysctl)(int *, u_int, void *, size_t *, void *, size_t);
};

#define PR_ATOMIC	0x01	/* one message, one packet */
#define PR_ADDR		0x02	/* messages carry addresses */
#define PR_CONNREQUIRED	0x04
#define PR_WANTRCVD	0x08
#define PR_MPINPUT	0x100	/* runs under the shared netlock */
#define PR_MPSOCKET	0x200

#define PRCO_GETOPT	0
#define PRCO_SETOPT	1

/* pr_ctlinput commands */
#define PRC_IFDOWN		0
#define PRC_ROUTEDEAD		1
#define PRC_MSGSIZE		5
#define PRC_HOSTDEAD		6
#define PRC_HOSTUNREACH		7
#define PRC_UNREACH_NET		8
#define PRC_UNREACH_HOST	9
#define PRC_UNREACH_PROTOCOL	10
#define PRC_UNREACH_PORT	11
#define PRC_UNREACH_SRCFAIL	13
#define PRC_REDIRECT_NET	14
#define PRC_REDIRECT_HOST	15
#define PRC_TIMXCEED_INTRANS	18
#define PRC_TIMXCEED_REASS	19
#define PRC_PARAMPROB		20
#define PRC_NCMDS		22
#define PRC_IS_REDIRECT(c)	((c) >= PRC_REDIRECT_NET && \
				    (c) <= PRC_REDIRECT_HOST)

const struct protosw *pffindproto(int, int, int);  /* domain, proto, type */
const struct protosw *pffindtype(int, int);
void	pfctlinput(int, struct sockaddr *);
/* at boot: entry of the domain for each of 256 protocol numbers */
void	pffillprotox(int, u_char *);

/* netinet/in_proto.c, netinet6/in6_proto.c: deliver by protocol number */
extern u_char ip_protox[256];
extern const struct protosw inetsw[];
extern u_char ip6_protox[256];
extern const struct protosw inet6sw[];

#endif /* _SYS_PROTOSW_H_ */
