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
 * Encapsulating security payload: counters.
 */
#ifndef _NETINET_IP_ESP_H_
#define _NETINET_IP_ESP_H_

#include <sys/types.h>

struct espstat {
	u_int64_t	esps_hdrops;	/* shorter than their headers */
	u_int64_t	esps_nopf;	/* outer family not supported */
	u_int64_t	esps_notdb;	/* no SA */
	u_int64_t	esps_badkcr;
	u_int64_t	esps_qfull;	/* no room in a queue */
	u_int64_t	esps_noxform;	/* SA without a transform */
	u_int64_t	esps_badilen;	/* payload: not whole blocks */
	u_int64_t	esps_wrap;	/* replay counter wrapped */
	u_int64_t	esps_badenc;	/* padding is wrong */
	u_int64_t	esps_badauth;	/* ICV is wrong */
	u_int64_t	esps_replay;	/* replayed */
	u_int64_t	esps_input;
	u_int64_t	esps_output;
	u_int64_t	esps_invalid;	/* SA is larval */
	u_int64_t	esps_ibytes;
	u_int64_t	esps_obytes;
	u_int64_t	esps_toobig;	/* would exceed 65535 */
	u_int64_t	esps_pdrops;	/* dropped by policy */
	u_int64_t	esps_crypto;	/* the cipher failed */
	u_int64_t	esps_udpencin;	/* came in UDP */
	u_int64_t	esps_udpencout;	/* sent in UDP */
	u_int64_t	esps_udpinval;	/* in UDP, but the SA is not */
	u_int64_t	esps_udpneeded;	/* not in UDP, but the SA is */
	u_int64_t	esps_outfail;	/* could not be sent */
};

/*
 * sysctl { CTL_NET, PF_INET, IPPROTO_ESP, ... }
 */
#define ESPCTL_ENABLE			1
#define ESPCTL_UDPENCAP_ENABLE		2
#define ESPCTL_UDPENCAP_PORT		3	/* host byte order */
#define ESPCTL_STATS			4	/* struct espstat */
#define ESPCTL_MAXID			5
#define ESPCTL_EXCLUSIVE		200	/* test: the path without a
						 * netstack, exclusively */

#ifdef _KERNEL
#include <sys/percpu.h>

/* one per member of struct espstat, in the same order */
enum espstat_counters {
	esps_hdrops,
	esps_nopf,
	esps_notdb,
	esps_badkcr,
	esps_qfull,
	esps_noxform,
	esps_badilen,
	esps_wrap,
	esps_badenc,
	esps_badauth,
	esps_replay,
	esps_input,
	esps_output,
	esps_invalid,
	esps_ibytes,
	esps_obytes,
	esps_toobig,
	esps_pdrops,
	esps_crypto,
	esps_udpencin,
	esps_udpencout,
	esps_udpinval,
	esps_udpneeded,
	esps_outfail,
	esps_ncounters
};

extern struct cpumem *espcounters;

static inline void
espstat_inc(enum espstat_counters c)
{
	counters_inc(espcounters, c);
}

static inline void
espstat_add(enum espstat_counters c, uint64_t v)
{
	counters_add(espcounters, c, v);
}

/* ---- kernel: the protocol's own interface starts here ---- */
#define ESP_TRAILER		2	/* bytes: pad length, next header */
/* ---- kernel: end ---- */
#endif /* _KERNEL */

#endif /* _NETINET_IP_ESP_H_ */
