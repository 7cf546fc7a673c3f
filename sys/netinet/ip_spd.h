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

#ifndef _NETINET_IP_SPD_H_
#define _NETINET_IP_SPD_H_

/* The security policy database, RFC 4301 4.4.1. */

#ifdef _KERNEL

#include <sys/queue.h>
#include <netinet/ip_ipsp.h>

struct inpcb;
struct mbuf;

/* PF_KEY's flow types, less one */
#define IPSP_IPSEC_USE		0	/* protect if there is an SA */
#define IPSP_IPSEC_ACQUIRE	1	/* the same, and ask for one */
#define IPSP_IPSEC_REQUIRE	2	/* or drop, and ask for one */
#define IPSP_PERMIT		3	/* in the clear */
#define IPSP_DENY		4
#define IPSP_IPSEC_DONTACQ	5	/* or drop */

#define IPSP_POLICY_STATIC	0x01	/* an administrator's */

/*
 * A policy: what becomes of the packets that it fits.
 *
 * Locks used to protect struct members:
 *	I	immutable once it can be found
 *	N	netlock: exclusive to write, shared to read
 */
struct ipsec_policy {
	LIST_ENTRY(ipsec_policy) ipo_hash;	/* [N] in its group */
	TAILQ_ENTRY(ipsec_policy) ipo_list;	/* [N] all, oldest first */
	struct spd_group	*ipo_group;	/* [I] */
	struct sockaddr_encap	 ipo_addr;	/* [I] masked */
	struct sockaddr_encap	 ipo_mask;	/* [I] */
	union sockaddr_union	 ipo_src;	/* [N] of the SA, or any */
	union sockaddr_union	 ipo_dst;	/* [N] or any: the packet's */
	struct ipsec_ids	*ipo_ids;	/* [N] or NULL: whoever's */
	u_int			 ipo_rdomain;	/* [I] */
	u_int8_t		 ipo_type;	/* [N] IPSP_IPSEC_USE ... */
	u_int8_t		 ipo_sproto;	/* [N] IPPROTO_ESP ... */
	u_int8_t		 ipo_flags;	/* [N] IPSP_POLICY_* */
};

/*
 * ip_spd.c: the table.  NET(X) to change, NET to look.
 *
 * spd_insert() takes a policy from malloc(), with M_WAITOK allowed; it has
 * been filled in but for hash, list and group.  spd_remove() frees it and
 * drops its ids.  spd_find() wants the very same flow, spd_match() finds
 * for a packet the narrowest that fits, most mask bits first; both lend.
 * Of a fragment the ports are not known: spd_match_noports() finds the
 * strictest policy that the packet it is of might match.  spd_flush() takes
 * the questions of the domain along.
 */
void	spd_insert(struct ipsec_policy *);		/* may sleep */
void	spd_remove(struct ipsec_policy *);
void	spd_flush(u_int);
struct ipsec_policy *spd_find(u_int, const struct sockaddr_encap *,
	    const struct sockaddr_encap *);
struct ipsec_policy *spd_match(u_int, const struct sockaddr_encap *);
struct ipsec_policy *spd_match_noports(u_int, const struct sockaddr_encap *);
int	spd_walk(u_int, int (*)(struct ipsec_policy *, void *), void *);
/* Is a packet one of the flow's?  One without ports, whatever these are. */
int	spd_covers(const struct sockaddr_encap *,
	    const struct sockaddr_encap *, const struct sockaddr_encap *);
/* Do the two say the same?  Directions do not count. */
int	spd_sameflow(const struct sockaddr_encap *,
	    const struct sockaddr_encap *);

/*
 * Key management is asked for an SA once in net.inet.ip.ipsec-expire-acquire
 * seconds and flow: 0, asked now or before; ESRCH: nobody listens; ENOBUFS.
 * The flow is remembered under the number of the question, and
 * spd_acquired() copies it: 0 or ESRCH.  Any context under NET.
 */
int	spd_acquire(const struct ipsec_policy *, const struct sockaddr_encap *,
	    const union sockaddr_union *);
int	spd_acquired(u_int, u_int32_t, struct sockaddr_encap *,
	    struct sockaddr_encap *);

/*
 * ipsec_policy.c: packets.  NET held; m is kept, and begins with its IP
 * header.
 *
 * Out: 0, and an SA with a reference to send it through, or NULL: as it is.
 * EACCES: not to be sent; EHOSTUNREACH: not yet, an SA was asked for.  In:
 * 0 or EACCES.  The socket may be NULL.  What is refused is counted in
 * ipsec_odrops or ipsec_idrops.
 */
int	ipsec_output_lookup(struct mbuf *, int, const struct inpcb *,
	    struct tdb **);
int	ipsec_input_check(struct mbuf *, int, const struct inpcb *);
/* Is it neighbour discovery, which comes before any SA?  m is IPv6. */
int	ipsec_isnd6(struct mbuf *);
/*
 * Who vouches for a packet, a number: the same for packets that no policy
 * and no socket could tell apart by the SAs that have unwrapped them, and 0
 * when none has.
 */
u_int64_t ipsec_input_origin(struct mbuf *);
/* Is there anything to ask these for? */
int	ipsec_output_wanted(const struct inpcb *);
int	ipsec_input_wanted(const struct inpcb *);
/*
 * Send a packet through the SA that was found, with whatever DF bit
 * net.inet.ip.ipsec-df says; consumes m.  EMSGSIZE: it does not fit, and
 * the last argument says what does, or 0.
 */
int	ipsec_output_send(struct mbuf *, struct tdb *, int, u_int32_t *);

#endif /* _KERNEL */
#endif /* _NETINET_IP_SPD_H_ */
