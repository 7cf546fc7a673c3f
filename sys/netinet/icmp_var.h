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
 * ICMP: counters.
 */
#ifndef _NETINET_ICMP_VAR_H_
#define _NETINET_ICMP_VAR_H_

#include <sys/types.h>
#include <netinet/ip_icmp.h>

struct icmpstat {
	u_int64_t	icps_error;	/* errors we were asked to send */
	u_int64_t	icps_toofreq;	/* not sent: rate limit */
	u_int64_t	icps_oldshort;	/* not sent: packet too short, or to
					 * many, or from nobody */
	u_int64_t	icps_oldicmp;	/* not sent: packet was an error */
	u_int64_t	icps_outhist[ICMP_MAXTYPE + 1];
	u_int64_t	icps_badcode;
	u_int64_t	icps_tooshort;
	u_int64_t	icps_checksum;
	u_int64_t	icps_badlen;
	u_int64_t	icps_reflect;	/* answers sent */
	u_int64_t	icps_bmcastecho; /* echo to a broadcast, ignored */
	u_int64_t	icps_inhist[ICMP_MAXTYPE + 1];
};

/*
 * sysctl { CTL_NET, PF_INET, IPPROTO_ICMP, ... }
 */
#define ICMPCTL_MASKREPL		1
#define ICMPCTL_BMCASTECHO		2
#define ICMPCTL_ERRPPSLIMIT		3	/* per second */
#define ICMPCTL_REDIRACCEPT		4
#define ICMPCTL_REDIRTIMEOUT		5	/* seconds */
#define ICMPCTL_TSTAMPREPL		6
#define ICMPCTL_STATS			7	/* struct icmpstat */
#define ICMPCTL_MAXID			8

#ifdef _KERNEL
#include <sys/percpu.h>

/* one per member of struct icmpstat; the histograms are added to a type */
enum icmpstat_counters {
	icps_error,
	icps_toofreq,
	icps_oldshort,
	icps_oldicmp,
	icps_outhist,
	icps_badcode = icps_outhist + ICMP_MAXTYPE + 1,
	icps_tooshort,
	icps_checksum,
	icps_badlen,
	icps_reflect,
	icps_bmcastecho,
	icps_inhist,
	icps_ncounters = icps_inhist + ICMP_MAXTYPE + 1
};

extern struct cpumem *icmpcounters;

static inline void
icmpstat_inc(enum icmpstat_counters c)
{
	counters_inc(icmpcounters, c);
}

/* ---- kernel: the protocol's own interface starts here ---- */
/* ---- kernel: end ---- */
#endif /* _KERNEL */

#endif /* _NETINET_ICMP_VAR_H_ */
