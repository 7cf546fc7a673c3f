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
 * ICMPv6, RFC 4443, and neighbour discovery, RFC 4861. Network byte order.
 */
#ifndef _NETINET_ICMP6_H_
#define _NETINET_ICMP6_H_

#include <sys/types.h>
#include <sys/cdefs.h>
#include <netinet/in.h>

#define ICMPV6_PLD_MAXLEN	1232	/* an error fits in 1280 bytes */

struct icmp6_hdr {
	u_int8_t	icmp6_type;
	u_int8_t	icmp6_code;
	u_int16_t	icmp6_cksum;
	union {
		u_int32_t	icmp6_un_data32[1];
		u_int16_t	icmp6_un_data16[2];
		u_int8_t	icmp6_un_data8[4];
	} icmp6_dataun;
} __packed;
#define icmp6_data32	icmp6_dataun.icmp6_un_data32
#define icmp6_data16	icmp6_dataun.icmp6_un_data16
#define icmp6_data8	icmp6_dataun.icmp6_un_data8
#define icmp6_pptr	icmp6_data32[0]
#define icmp6_mtu	icmp6_data32[0]
#define icmp6_id	icmp6_data16[0]
#define icmp6_seq	icmp6_data16[1]
#define icmp6_maxdelay	icmp6_data16[0]

#define ICMP6_DST_UNREACH		1
#define ICMP6_DST_UNREACH_NOROUTE	0
#define ICMP6_DST_UNREACH_ADMIN		1
#define ICMP6_DST_UNREACH_BEYONDSCOPE	2
#define ICMP6_DST_UNREACH_ADDR		3
#define ICMP6_DST_UNREACH_NOPORT	4
#define ICMP6_PACKET_TOO_BIG		2
#define ICMP6_TIME_EXCEEDED		3
#define ICMP6_TIME_EXCEED_TRANSIT	0
#define ICMP6_TIME_EXCEED_REASSEMBLY	1
#define ICMP6_PARAM_PROB		4
#define ICMP6_PARAMPROB_HEADER		0
#define ICMP6_PARAMPROB_NEXTHEADER	1
#define ICMP6_PARAMPROB_OPTION		2
#define ICMP6_INFOMSG_MASK		0x80

#define ICMP6_ECHO_REQUEST		128
#define ICMP6_ECHO_REPLY		129
#define MLD_LISTENER_QUERY		130
#define MLD_LISTENER_REPORT		131
#define MLD_LISTENER_DONE		132
#define ND_ROUTER_SOLICIT		133
#define ND_ROUTER_ADVERT		134
#define ND_NEIGHBOR_SOLICIT		135
#define ND_NEIGHBOR_ADVERT		136
#define ND_REDIRECT			137
#define MLDV2_LISTENER_REPORT		143
#define ICMP6_MAXTYPE			201

struct mld_hdr {
	struct icmp6_hdr mld_icmp6_hdr;
	struct in6_addr	mld_addr;
} __packed;

struct nd_router_solicit {
	struct icmp6_hdr nd_rs_hdr;
} __packed;

struct nd_router_advert {
	struct icmp6_hdr nd_ra_hdr;
	u_int32_t	nd_ra_reachable;	/* milliseconds */
	u_int32_t	nd_ra_retransmit;	/* milliseconds */
} __packed;

struct nd_neighbor_solicit {
	struct icmp6_hdr nd_ns_hdr;
	struct in6_addr	nd_ns_target;
} __packed;

struct nd_neighbor_advert {
	struct icmp6_hdr nd_na_hdr;
	struct in6_addr	nd_na_target;
} __packed;
#define nd_na_flags_reserved	nd_na_hdr.icmp6_data32[0]
#define ND_NA_FLAG_ROUTER	htonl(0x80000000)
#define ND_NA_FLAG_SOLICITED	htonl(0x40000000)
#define ND_NA_FLAG_OVERRIDE	htonl(0x20000000)

struct nd_redirect {
	struct icmp6_hdr nd_rd_hdr;
	struct in6_addr	nd_rd_target;
	struct in6_addr	nd_rd_dst;
} __packed;

struct nd_opt_hdr {
	u_int8_t	nd_opt_type;
	u_int8_t	nd_opt_len;		/* 8 bytes */
} __packed;
#define ND_OPT_SOURCE_LINKADDR		1
#define ND_OPT_TARGET_LINKADDR		2
#define ND_OPT_PREFIX_INFORMATION	3
#define ND_OPT_REDIRECTED_HEADER	4
#define ND_OPT_MTU			5

/*
 * setsockopt(2), level IPPROTO_ICMPV6: the types a raw socket wants.
 */
#define ICMP6_FILTER			18

struct icmp6_filter {
	u_int32_t	icmp6_filt[8];	/* bit set: pass */
};
#define __ICMP6_FILT(type, fp)	((fp)->icmp6_filt[(type) >> 5])
#define __ICMP6_BIT(type)	(1U << ((type) & 31))

#define ICMP6_FILTER_SETPASSALL(fp) \
	__builtin_memset((fp), 0xff, sizeof(struct icmp6_filter))
#define ICMP6_FILTER_SETBLOCKALL(fp) \
	__builtin_memset((fp), 0x00, sizeof(struct icmp6_filter))
#define ICMP6_FILTER_SETPASS(type, fp) \
	(__ICMP6_FILT(type, fp) |= __ICMP6_BIT(type))
#define ICMP6_FILTER_SETBLOCK(type, fp) \
	(__ICMP6_FILT(type, fp) &= ~__ICMP6_BIT(type))
#define ICMP6_FILTER_WILLPASS(type, fp) \
	((__ICMP6_FILT(type, fp) & __ICMP6_BIT(type)) != 0)
#define ICMP6_FILTER_WILLBLOCK(type, fp) \
	((__ICMP6_FILT(type, fp) & __ICMP6_BIT(type)) == 0)

/* error: asked to send; toofreq, canterror: not sent, and why */
struct icmp6stat {
	u_int64_t	icp6s_error;
	u_int64_t	icp6s_canterror; /* about an error, to many, nobody */
	u_int64_t	icp6s_toofreq;	/* rate limit */
	u_int64_t	icp6s_badcode;
	u_int64_t	icp6s_tooshort;
	u_int64_t	icp6s_checksum;
	u_int64_t	icp6s_badlen;
	u_int64_t	icp6s_reflect;	/* answers sent */
	u_int64_t	icp6s_badmld;
	u_int64_t	icp6s_notmine;	/* errors about what we did not send */
	u_int64_t	icp6s_pmtuchg;	/* path MTUs learned */
	u_int64_t	icp6s_outhist[256];
	u_int64_t	icp6s_inhist[256];
};

/*
 * sysctl { CTL_NET, PF_INET6, IPPROTO_ICMPV6, ... }
 */
#define ICMPV6CTL_STATS			1	/* struct icmp6stat */
#define ICMPV6CTL_ERRPPSLIMIT		14	/* per second */
#define ICMPV6CTL_MAXID			22

#ifdef _KERNEL
#include <sys/percpu.h>

/* one per member of struct icmp6stat; the histograms are added to a type */
enum icmp6stat_counters {
	icp6s_error,
	icp6s_canterror,
	icp6s_toofreq,
	icp6s_badcode,
	icp6s_tooshort,
	icp6s_checksum,
	icp6s_badlen,
	icp6s_reflect,
	icp6s_badmld,
	icp6s_notmine,
	icp6s_pmtuchg,
	icp6s_outhist,
	icp6s_inhist = icp6s_outhist + 256,
	icp6s_ncounters = icp6s_inhist + 256
};

extern struct cpumem *icmp6counters;

static inline void
icmp6stat_inc(enum icmp6stat_counters c)
{
	counters_inc(icmp6counters, c);
}

/* ---- kernel: the protocol's own interface starts here ---- */

struct mbuf;
struct netstack;
struct rtentry;
struct sockaddr;
struct sockaddr_in6;

void	icmp6_init(void);
int	icmp6_input(struct mbuf **, int *, int, int, struct netstack *);
/*
 * Complain about the packet m, which is consumed: type, code, and the
 * parameter (MTU of PACKET_TOO_BIG, offset of PARAM_PROB), host order.  Its
 * header must be contiguous, as it was received, scopes embedded.  Any
 * context under NET: what goes out is queued.  Rate limited.
 */
void	icmp6_error(struct mbuf *, int, int, int);
/* A router said PACKET_TOO_BIG: the path MTU of the destination it quotes
 * (scope embedded), in that table.  NET. */
void	icmp6_mtudisc_update(const struct in6_addr *, u_int32_t, u_int);
/* As icmp_mtudisc_clone() of ip_icmp.h. */
struct rtentry *icmp6_mtudisc_clone(struct sockaddr_in6 *, u_int, int);
/* net.inet6.ip6.mtudisctimeout changed; NET not held */
void	icmp6_mtudisc_changed(void);
int	icmp6_sysctl(int *, u_int, void *, size_t *, void *, size_t);

/* ---- kernel: end ---- */
#endif

#endif /* _NETINET_ICMP6_H_ */
