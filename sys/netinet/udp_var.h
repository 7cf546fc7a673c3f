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
 * UDP: counters.
 */
#ifndef _NETINET_UDP_VAR_H_
#define _NETINET_UDP_VAR_H_

#include <sys/types.h>

struct udpstat {
	u_int64_t	udps_ipackets;
	u_int64_t	udps_hdrops;	/* shorter than their headers */
	u_int64_t	udps_badsum;
	u_int64_t	udps_nosum;
	u_int64_t	udps_badlen;
	u_int64_t	udps_noport;
	u_int64_t	udps_noportbcast;	/* the same, broadcast */
	u_int64_t	udps_nosec;	/* IPsec was required */
	u_int64_t	udps_fullsock;	/* no room in the socket */
	u_int64_t	udps_pcbhashmiss;
	u_int64_t	udps_inswcsum;
	u_int64_t	udps_opackets;
	u_int64_t	udps_outswcsum;
};

/*
 * sysctl { CTL_NET, PF_INET, IPPROTO_UDP, ... }
 */
#define UDPCTL_CHECKSUM			1
#define UDPCTL_BADDYNAMIC		2	/* bitmap of ports */
#define UDPCTL_RECVSPACE		3	/* bytes */
#define UDPCTL_SENDSPACE		4	/* bytes */
#define UDPCTL_ROOTONLY			5	/* bitmap of ports */
#define UDPCTL_STATS			6	/* struct udpstat */
#define UDPCTL_MAXID			7

#ifdef _KERNEL
#include <sys/percpu.h>

/* one per member of struct udpstat, in the same order */
enum udpstat_counters {
	udps_ipackets,
	udps_hdrops,
	udps_badsum,
	udps_nosum,
	udps_badlen,
	udps_noport,
	udps_noportbcast,
	udps_nosec,
	udps_fullsock,
	udps_pcbhashmiss,
	udps_inswcsum,
	udps_opackets,
	udps_outswcsum,
	udps_ncounters
};

extern struct cpumem *udpcounters;

static inline void
udpstat_inc(enum udpstat_counters c)
{
	counters_inc(udpcounters, c);
}

static inline void
udpstat_add(enum udpstat_counters c, uint64_t v)
{
	counters_add(udpcounters, c, v);
}

/* ---- kernel: the protocol's own interface starts here ---- */

struct inpcb;
struct mbuf;
struct netstack;
struct pr_usrreqs;
struct sockaddr;
struct socket;
struct udphdr;

extern const struct pr_usrreqs udp_usrreqs;
extern int	udpcksum;		/* [a] packets we send have a sum */

void	udp_init(void);
/*
 * A datagram for us, UDP header at *offp, is *mp: consumed, to the sockets
 * that want it or, in ESP, to the SA.  The sender of one for a port that
 * nobody has is told.  NET held; ns may be NULL.
 */
int	udp_input(struct mbuf **, int *, int, int, struct netstack *);
void	udp_ctlinput(int, struct sockaddr *, u_int, void *);
/*
 * Data, destination or NULL, control or NULL, of which the first is
 * consumed.  Socket locked, NET held.
 */
int	udp_output(struct inpcb *, struct mbuf *, struct mbuf *,
	    struct mbuf *);
/* udp6_usrreq.c: the same over IPv6; the last is struct ip6ctlparam */
extern const struct pr_usrreqs udp6_usrreqs;
int	udp6_input(struct mbuf **, int *, int, int, struct netstack *);
void	udp6_ctlinput(int, struct sockaddr *, u_int, void *);
/* udp_usrreq.c */
int	udp_attach(struct socket *, int);
int	udp_detach(struct socket *);
int	udp_disconnect(struct socket *);
/*
 * A datagram that is what its header, at the offset, says: all headers
 * contiguous and nothing behind its end; or NULL, it is gone and counted.
 * The function tells whether the checksum is bad.
 */
struct mbuf *udp_check(struct mbuf *, int,
	    int (*)(struct mbuf *, int, const struct udphdr *));
/* for an SA: data at the offset, UDP header */
int	udp_isesp(struct mbuf *, int, const struct udphdr *);
int	udp_sysctl(int *, u_int, void *, size_t *, void *, size_t);

/* ---- kernel: end ---- */
#endif /* _KERNEL */

#endif /* _NETINET_UDP_VAR_H_ */
