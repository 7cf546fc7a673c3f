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
 * IP in IP: counters.
 */
#ifndef _NETINET_IP_IPIP_H_
#define _NETINET_IP_IPIP_H_

#include <sys/types.h>

struct ipipstat {
	u_int64_t	ipips_ipackets;
	u_int64_t	ipips_opackets;
	u_int64_t	ipips_hdrops;	/* shorter than their headers */
	u_int64_t	ipips_qfull;	/* no room in a queue */
	u_int64_t	ipips_ibytes;
	u_int64_t	ipips_obytes;
	u_int64_t	ipips_pdrops;	/* dropped by policy */
	u_int64_t	ipips_spoof;	/* inner source is our own */
	u_int64_t	ipips_family;	/* inner family not supported */
	u_int64_t	ipips_unspec;	/* an endpoint is unspecified */
};

/*
 * sysctl { CTL_NET, PF_INET, IPPROTO_IPIP, ... }
 */
#define IPIPCTL_ALLOW			1	/* 2: without the spoof check */
#define IPIPCTL_STATS			2	/* struct ipipstat */
#define IPIPCTL_MAXID			3
#define IPIPCTL_ECN			200	/* ours: 0 or 1, RFC 6040 */

#ifdef _KERNEL
#include <sys/percpu.h>

/* one per member of struct ipipstat, in the same order */
enum ipipstat_counters {
	ipips_ipackets,
	ipips_opackets,
	ipips_hdrops,
	ipips_qfull,
	ipips_ibytes,
	ipips_obytes,
	ipips_pdrops,
	ipips_spoof,
	ipips_family,
	ipips_unspec,
	ipips_ncounters
};

extern struct cpumem *ipipcounters;

static inline void
ipipstat_inc(enum ipipstat_counters c)
{
	counters_inc(ipipcounters, c);
}

static inline void
ipipstat_add(enum ipipstat_counters c, uint64_t v)
{
	counters_add(ipipcounters, c, v);
}

static inline void
ipipstat_pkt(enum ipipstat_counters p, enum ipipstat_counters b,
    uint64_t len)
{
	counters_pkt(ipipcounters, p, b, len);
}

/* ---- kernel: the protocol's own interface starts here ---- */
struct ipsecinit;
struct mbuf;
struct netstack;
struct tdb;
struct xformsw;

extern int	ipip_allow;		/* [a] 0: only what IPsec let in */
extern int	ipip_ecn;		/* [a] ECN_ALLOWED or ECN_FORBIDDEN */

void	ipip_init(void);
/*
 * Put the SA's outer IP header before the packet, RFC 4301 5.1.2.  On
 * failure *mp is freed and NULL: EINVAL, EAFNOSUPPORT, EMSGSIZE, ENOBUFS.
 */
int	ipip_output(struct mbuf **, struct tdb *);
/*
 * pr_input of IPPROTO_IPV4 and IPPROTO_IPV6: takes the outer header off
 * and hands the packet to its family's input, on the same interface.  What
 * is not to be taken off goes to raw sockets.
 */
int	ipip_input(struct mbuf **, int *, int, int, struct netstack *);
/* members of struct xformsw */
int	ipe4_attach(void);
int	ipe4_init(struct tdb *, const struct xformsw *, struct ipsecinit *);
int	ipe4_zeroize(struct tdb *);
int	ipe4_input(struct mbuf **, struct tdb *, int, int, struct netstack *);
int	ipe4_output(struct mbuf *, struct tdb *, int, int);
int	ipip_sysctl(int *, u_int, void *, size_t *, void *, size_t);
/* ---- kernel: end ---- */
#endif /* _KERNEL */

#endif /* _NETINET_IP_IPIP_H_ */
