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
 * Authentication header: counters.
 */
#ifndef _NETINET_IP_AH_H_
#define _NETINET_IP_AH_H_

#include <sys/types.h>

struct ahstat {
	u_int64_t	ahs_hdrops;	/* shorter than their headers */
	u_int64_t	ahs_nopf;	/* outer family not supported */
	u_int64_t	ahs_notdb;	/* no SA */
	u_int64_t	ahs_badkcr;
	u_int64_t	ahs_badauth;	/* ICV is wrong */
	u_int64_t	ahs_noxform;	/* SA without a transform */
	u_int64_t	ahs_qfull;	/* no room in a queue */
	u_int64_t	ahs_wrap;	/* replay counter wrapped */
	u_int64_t	ahs_replay;	/* replayed */
	u_int64_t	ahs_badauthl;	/* length of the ICV is wrong */
	u_int64_t	ahs_input;
	u_int64_t	ahs_output;
	u_int64_t	ahs_invalid;	/* SA is larval */
	u_int64_t	ahs_ibytes;
	u_int64_t	ahs_obytes;
	u_int64_t	ahs_toobig;	/* would exceed 65535 */
	u_int64_t	ahs_pdrops;	/* dropped by policy */
	u_int64_t	ahs_crypto;	/* the hash failed */
	u_int64_t	ahs_outfail;	/* could not be sent */
};

/*
 * sysctl { CTL_NET, PF_INET, IPPROTO_AH, ... }
 */
#define AHCTL_ENABLE			1
#define AHCTL_STATS			2	/* struct ahstat */
#define AHCTL_MAXID			3

#ifdef _KERNEL
#include <sys/percpu.h>

/* one per member of struct ahstat, in the same order */
enum ahstat_counters {
	ahs_hdrops,
	ahs_nopf,
	ahs_notdb,
	ahs_badkcr,
	ahs_badauth,
	ahs_noxform,
	ahs_qfull,
	ahs_wrap,
	ahs_replay,
	ahs_badauthl,
	ahs_input,
	ahs_output,
	ahs_invalid,
	ahs_ibytes,
	ahs_obytes,
	ahs_toobig,
	ahs_pdrops,
	ahs_crypto,
	ahs_outfail,
	ahs_ncounters
};

extern struct cpumem *ahcounters;

static inline void
ahstat_inc(enum ahstat_counters c)
{
	counters_inc(ahcounters, c);
}

static inline void
ahstat_add(enum ahstat_counters c, uint64_t v)
{
	counters_add(ahcounters, c, v);
}

/* ---- kernel: the protocol's own interface starts here ---- */
#include <sys/cdefs.h>

struct ipsecinit;
struct mbuf;
struct netstack;
struct tdb;
struct xformsw;

/* RFC 4302 2; the ICV follows, padded to 4 bytes, in IPv6 to 8 in all */
struct ah {
	u_int8_t	ah_nh;		/* what is behind */
	u_int8_t	ah_hl;		/* 32 bit words, less 2 */
	u_int16_t	ah_rv;		/* 0 */
	u_int32_t	ah_spi;
	u_int32_t	ah_rpl;		/* sequence number */
} __packed;

extern int	ah_enable;		/* [a] */

/* members of struct xformsw */
int	ah_attach(void);
int	ah_init(struct tdb *, const struct xformsw *, struct ipsecinit *);
int	ah_zeroize(struct tdb *);
int	ah_input(struct mbuf **, struct tdb *, int, int, struct netstack *);
int	ah_output(struct mbuf *, struct tdb *, int, int);
int	ah_hdrsiz(const struct tdb *);	/* bytes with ICV and padding */
/* ---- kernel: end ---- */
#endif /* _KERNEL */

#endif /* _NETINET_IP_AH_H_ */
