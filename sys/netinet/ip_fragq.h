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

#ifndef _NETINET_IP_FRAGQ_H_
#define _NETINET_IP_FRAGQ_H_

#include <sys/types.h>
#include <sys/mutex.h>
#include <sys/queue.h>
#include <sys/timeout.h>
#include <netinet/in.h>

struct mbuf;

/*
 * Fragments that wait for the rest of their packet: what both versions of
 * IP have in common.
 */
#define FRAGQ_NHASH	256		/* power of 2 */
#define FRAGQ_UNITS	(65536 / 8)
#define FRAGQ_WORDS	(FRAGQ_UNITS / 64)

/*
 * Whose fragment: what was decrypted never mixes with what was not, nor
 * with what came from another peer.  It is compared as memory, so it begins
 * as zeros.
 */
struct fragq_key {
	struct in6_addr	fk_src;
	struct in6_addr	fk_dst;
	u_int32_t	fk_id;
	u_int		fk_rtableid;
	u_int64_t	fk_origin;	/* ipsec_input_origin() */
	u_int8_t	fk_proto;
	u_int8_t	fk_pad[7];
};

/* A fragment, in bytes; its data begin fr_hlen bytes into the mbuf. */
struct frag {
	struct mbuf	*fr_m;
	u_int		 fr_off;
	u_int		 fr_len;
	u_int		 fr_hlen;
	u_int8_t	 fr_more;
	u_int8_t	 fr_ecn;	/* code point */
};

/* A packet that is not complete; under the mutex of its table. */
struct fragq {
	LIST_ENTRY(fragq)	 fq_hash;
	TAILQ_ENTRY(fragq)	 fq_age;
	struct fragq_key	 fq_key;
	uint64_t		 fq_deadline;	/* ns of uptime */
	struct frag		*fq_frags;	/* unsorted */
	u_int			 fq_nfrags;
	u_int			 fq_room;	/* entries allocated */
	u_int			 fq_have;	/* bytes */
	u_int			 fq_end;	/* highest byte seen + 1 */
	u_int			 fq_total;	/* bytes in all, 0 unknown */
	u_int			 fq_ecn;	/* 1 << code point, of all */
	u_int			 fq_mflags;	/* M_BCAST|M_MCAST of all */
	uint64_t		 fq_map[FRAGQ_WORDS];
};
TAILQ_HEAD(fragq_list, fragq);

/* Why fragments are dropped. */
enum fragq_cause { FRAGQ_DROPPED, FRAGQ_BAD, FRAGQ_TIMEOUT, FRAGQ_NOMEM };

/*
 * All of a family.
 *
 * Locks used to protect struct members:
 *	I	immutable
 *	m	ft_mtx; ft_nqueues and ft_nfrags read by atomic loads
 */
struct fragq_table {
	struct mutex		 ft_mtx;
	LIST_HEAD(, fragq)	 ft_hash[FRAGQ_NHASH];	/* [m] */
	struct fragq_list	 ft_ages;		/* [m] oldest first */
	u_int			 ft_nqueues;		/* [m] */
	u_int			 ft_nfrags;		/* [m] */
	u_int64_t		 ft_secret;		/* [I] */
	struct timeout		 ft_to;
	/* limits, atomic: packets, fragments of all packets */
	const int		*ft_maxqueues;		/* [I] */
	const int		*ft_maxfrags;		/* [I] */
	uint64_t		 ft_life;		/* [I] ns */
	/* so many were dropped; any context, the mutex held */
	void			(*ft_count)(enum fragq_cause, u_int); /* [I] */
	/* the first fragment of one that ran out of time: consumed.  NET */
	void			(*ft_complain)(struct mbuf *);	/* [I] */
};

/* boot */
void	fragq_init(struct fragq_table *);
/*
 * Put a fragment where it belongs: its mbuf is consumed.  The packet comes
 * back, the caller's alone, when that made it complete.  Any context, no
 * mutex held.
 */
struct fragq *fragq_add(struct fragq_table *, const struct fragq_key *,
	    const struct frag *);
/* The fragment with offset 0, or NULL. */
struct frag *fragq_first(const struct fragq *);
/*
 * One buffer with the first fragment's hlen bytes of header and all data,
 * or NULL: no memory, which is counted.
 */
struct mbuf *fragq_join(struct fragq_table *, struct fragq *, u_int);
/*
 * The code point of the whole for that of its first fragment, RFC 3168
 * 5.3; -1: they contradict each other.
 */
int	fragq_ecn(const struct fragq *, u_int8_t);
void	fragq_free(struct fragq *);		/* one that came back */
void	fragq_drain(struct fragq_table *);

#endif /* _NETINET_IP_FRAGQ_H_ */
