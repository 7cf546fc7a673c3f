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
 * ICMP for IPv4, RFC 792. Network byte order.
 */
#ifndef _NETINET_IP_ICMP_H_
#define _NETINET_IP_ICMP_H_

#include <sys/types.h>
#include <netinet/in.h>
#include <netinet/ip.h>

struct icmp_ra_addr {
	u_int32_t	ira_addr;
	u_int32_t	ira_preference;
};

struct icmp {
	u_int8_t	icmp_type;
	u_int8_t	icmp_code;
	u_int16_t	icmp_cksum;
	union {
		u_int8_t	ih_pptr;
		struct in_addr	ih_gwaddr;
		struct ih_idseq {
			u_int16_t	icd_id;
			u_int16_t	icd_seq;
		} ih_idseq;
		int32_t		ih_void;
		struct ih_pmtu {
			u_int16_t	ipm_void;
			u_int16_t	ipm_nextmtu;	/* bytes, RFC 1191 */
		} ih_pmtu;
	} icmp_hun;
#define icmp_pptr	icmp_hun.ih_pptr
#define icmp_gwaddr	icmp_hun.ih_gwaddr
#define icmp_id		icmp_hun.ih_idseq.icd_id
#define icmp_seq	icmp_hun.ih_idseq.icd_seq
#define icmp_void	icmp_hun.ih_void
#define icmp_pmvoid	icmp_hun.ih_pmtu.ipm_void
#define icmp_nextmtu	icmp_hun.ih_pmtu.ipm_nextmtu
	union {
		struct id_ts {
			u_int32_t	its_otime;
			u_int32_t	its_rtime;
			u_int32_t	its_ttime;
		} id_ts;
		struct id_ip {
			struct ip	idi_ip;	/* options, then 64 bits */
		} id_ip;
		u_int32_t	id_mask;
		int8_t		id_data[1];
	} icmp_dun;
#define icmp_otime	icmp_dun.id_ts.its_otime
#define icmp_rtime	icmp_dun.id_ts.its_rtime
#define icmp_ttime	icmp_dun.id_ts.its_ttime
#define icmp_ip		icmp_dun.id_ip.idi_ip
#define icmp_mask	icmp_dun.id_mask
#define icmp_data	icmp_dun.id_data
};

#define ICMP_MINLEN	8
#define ICMP_TSLEN	(8 + 3 * sizeof(u_int32_t))
#define ICMP_MASKLEN	12
/* an error quotes at least the header and 64 bits */
#define ICMP_ADVLENMIN	(8 + sizeof(struct ip) + 8)
#define ICMP_ADVLEN(p)	(8 + ((p)->icmp_ip.ip_hl << 2) + 8)

#define ICMP_ECHOREPLY			0
#define ICMP_UNREACH			3
#define ICMP_UNREACH_NET		0
#define ICMP_UNREACH_HOST		1
#define ICMP_UNREACH_PROTOCOL		2
#define ICMP_UNREACH_PORT		3
#define ICMP_UNREACH_NEEDFRAG		4
#define ICMP_UNREACH_SRCFAIL		5
#define ICMP_UNREACH_NET_UNKNOWN	6
#define ICMP_UNREACH_HOST_UNKNOWN	7
#define ICMP_UNREACH_ISOLATED		8
#define ICMP_UNREACH_NET_PROHIB		9
#define ICMP_UNREACH_HOST_PROHIB	10
#define ICMP_UNREACH_TOSNET		11
#define ICMP_UNREACH_TOSHOST		12
#define ICMP_UNREACH_FILTER_PROHIB	13
#define ICMP_UNREACH_HOST_PRECEDENCE	14
#define ICMP_UNREACH_PRECEDENCE_CUTOFF	15
#define ICMP_SOURCEQUENCH		4
#define ICMP_REDIRECT			5
#define ICMP_REDIRECT_NET		0
#define ICMP_REDIRECT_HOST		1
#define ICMP_REDIRECT_TOSNET		2
#define ICMP_REDIRECT_TOSHOST		3
#define ICMP_ECHO			8
#define ICMP_ROUTERADVERT		9
#define ICMP_ROUTERSOLICIT		10
#define ICMP_TIMXCEED			11
#define ICMP_TIMXCEED_INTRANS		0
#define ICMP_TIMXCEED_REASS		1
#define ICMP_PARAMPROB			12
#define ICMP_PARAMPROB_ERRATPTR		0
#define ICMP_PARAMPROB_OPTABSENT	1
#define ICMP_PARAMPROB_LENGTH		2
#define ICMP_TSTAMP			13
#define ICMP_TSTAMPREPLY		14
#define ICMP_IREQ			15
#define ICMP_IREQREPLY			16
#define ICMP_MASKREQ			17
#define ICMP_MASKREPLY			18
#define ICMP_MAXTYPE			40

/* queries and their answers, as opposed to errors */
#define ICMP_INFOTYPE(type)						\
	((type) == ICMP_ECHOREPLY || (type) == ICMP_ECHO ||		\
	    (type) == ICMP_ROUTERADVERT || (type) == ICMP_ROUTERSOLICIT || \
	    ((type) >= ICMP_TSTAMP && (type) <= ICMP_MASKREPLY))

#ifdef _KERNEL
/* ---- kernel: the protocol's own interface starts here ---- */

struct mbuf;
struct netstack;
struct rtentry;
struct rttimer_queue;
struct sockaddr;

void	icmp_init(void);
int	icmp_input(struct mbuf **, int *, int, int, struct netstack *);
/*
 * Complain about the packet m, which is consumed: type, code (of PARAMPROB
 * the offset of the bad byte), gateway of a redirect, MTU of NEEDFRAG.
 * Its header must be contiguous, and as it was received.  Any context
 * under NET: what goes out is queued.
 */
void	icmp_error(struct mbuf *, int, int, u_int32_t, int);
/* The same, but the error comes back, or NULL: for icmp_reflect(). */
struct mbuf *icmp_do_error(struct mbuf *, int, int, u_int32_t, int);
/* Turn m round to its sender: 0, or an errno and m is freed.  NET. */
int	icmp_reflect(struct mbuf *);
void	icmp_send(struct mbuf *);
/*
 * A router said NEEDFRAG: remember its MTU for the destination of the
 * packet it quotes, in that table.  NET.
 */
void	icmp_mtudisc(struct icmp *, u_int);
/*
 * A host route to keep the path MTU of a destination in, counted (rtfree),
 * or NULL: no route, or too many of them.  It ends after the time of
 * net.inet.ip.mtudisctimeout.  ipsec: for an SA, where the host route may
 * stem from a reject or blackhole route as well.  NET.
 */
struct rtentry *icmp_mtudisc_clone(struct in_addr, u_int, int);
/*
 * The same for any family, by a queue of routes with an end, which calls
 * icmp_mtudisc_end().
 */
struct rtentry *icmp_pmtu_route(const struct sockaddr *,
	    struct rttimer_queue *, u_int, int);
void	icmp_mtudisc_end(struct rtentry *, u_int);
/* net.inet.ip.mtudisc or mtudisctimeout changed; NET not held */
void	icmp_mtudisc_changed(void);
/* A redirect: the ICMP header at hlen, icmplen bytes of it; m is kept. */
void	icmp_input_redirect(struct mbuf *, int, int);
void	icmp_route_init(void);
extern int icmp_rediraccept;			/* [a] */
int	icmp_redirtimeout_sysctl(void *, size_t *, void *, size_t);
int	icmp_sysctl(int *, u_int, void *, size_t *, void *, size_t);

/* ---- kernel: end ---- */
#endif

#endif /* _NETINET_IP_ICMP_H_ */
