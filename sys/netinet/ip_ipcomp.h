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
 * IP payload compression: counters.
 */
#ifndef _NETINET_IP_IPCOMP_H_
#define _NETINET_IP_IPCOMP_H_

#include <sys/types.h>

struct ipcompstat {
	u_int64_t	ipcomps_hdrops;	/* shorter than their headers */
	u_int64_t	ipcomps_nopf;	/* outer family not supported */
	u_int64_t	ipcomps_notdb;	/* no SA */
	u_int64_t	ipcomps_badkcr;
	u_int64_t	ipcomps_qfull;	/* no room in a queue */
	u_int64_t	ipcomps_noxform;	/* SA without a transform */
	u_int64_t	ipcomps_wrap;
	u_int64_t	ipcomps_input;
	u_int64_t	ipcomps_output;
	u_int64_t	ipcomps_invalid;	/* SA is larval */
	u_int64_t	ipcomps_ibytes;
	u_int64_t	ipcomps_obytes;
	u_int64_t	ipcomps_toobig;	/* would exceed 65535 */
	u_int64_t	ipcomps_pdrops;	/* dropped by policy */
	u_int64_t	ipcomps_crypto;	/* the compressor failed */
	u_int64_t	ipcomps_minlen;	/* too short to compress */
	u_int64_t	ipcomps_outfail;	/* could not be sent */
};

/*
 * sysctl { CTL_NET, PF_INET, IPPROTO_IPCOMP, ... }
 */
#define IPCOMPCTL_ENABLE		1
#define IPCOMPCTL_STATS			2	/* struct ipcompstat */
#define IPCOMPCTL_MAXID			3

#ifdef _KERNEL
#include <sys/percpu.h>

/* one per member of struct ipcompstat, in the same order */
enum ipcompstat_counters {
	ipcomps_hdrops,
	ipcomps_nopf,
	ipcomps_notdb,
	ipcomps_badkcr,
	ipcomps_qfull,
	ipcomps_noxform,
	ipcomps_wrap,
	ipcomps_input,
	ipcomps_output,
	ipcomps_invalid,
	ipcomps_ibytes,
	ipcomps_obytes,
	ipcomps_toobig,
	ipcomps_pdrops,
	ipcomps_crypto,
	ipcomps_minlen,
	ipcomps_outfail,
	ipcomps_ncounters
};

extern struct cpumem *ipcompcounters;

static inline void
ipcompstat_inc(enum ipcompstat_counters c)
{
	counters_inc(ipcompcounters, c);
}

static inline void
ipcompstat_add(enum ipcompstat_counters c, uint64_t v)
{
	counters_add(ipcompcounters, c, v);
}

/* ---- kernel: the protocol's own interface starts here ---- */
/* ---- kernel: end ---- */
#endif /* _KERNEL */

#endif /* _NETINET_IP_IPCOMP_H_ */
