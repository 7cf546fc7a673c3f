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
 * The IPv6 header and its extension headers, RFC 8200. Network byte order.
 */
#ifndef _NETINET_IP6_H_
#define _NETINET_IP6_H_

#include <sys/types.h>
#include <sys/cdefs.h>
#include <sys/endian.h>
#include <netinet/in.h>

struct ip6_hdr {
	union {
		struct ip6_hdrctl {
			u_int32_t	ip6_un1_flow;
			u_int16_t	ip6_un1_plen;
			u_int8_t	ip6_un1_nxt;
			u_int8_t	ip6_un1_hlim;
		} ip6_un1;
		u_int8_t	ip6_un2_vfc;
	} ip6_ctlun;
	struct in6_addr	ip6_src;
	struct in6_addr	ip6_dst;
};
#define ip6_vfc		ip6_ctlun.ip6_un2_vfc
#define ip6_flow	ip6_ctlun.ip6_un1.ip6_un1_flow
#define ip6_plen	ip6_ctlun.ip6_un1.ip6_un1_plen
#define ip6_nxt		ip6_ctlun.ip6_un1.ip6_un1_nxt
#define ip6_hlim	ip6_ctlun.ip6_un1.ip6_un1_hlim
#define ip6_hops	ip6_ctlun.ip6_un1.ip6_un1_hlim

#define IPV6_VERSION		0x60
#define IPV6_VERSION_MASK	0xf0
#define IPV6_MAXPACKET		65535	/* payload */
#define IPV6_MMTU		1280	/* smallest MTU of a link */
#define IPV6_MAXHLIM		255

/* of ip6_flow */
#define IPV6_FLOWINFO_MASK	htonl(0x0fffffff)
#define IPV6_FLOWLABEL_MASK	htonl(0x000fffff)

/* hop-by-hop and destination options; ip6e_len in 8 bytes after the first */
struct ip6_ext {
	u_int8_t	ip6e_nxt;
	u_int8_t	ip6e_len;
} __packed;

struct ip6_hbh {
	u_int8_t	ip6h_nxt;
	u_int8_t	ip6h_len;
} __packed;

struct ip6_dest {
	u_int8_t	ip6d_nxt;
	u_int8_t	ip6d_len;
} __packed;

struct ip6_opt {
	u_int8_t	ip6o_type;
	u_int8_t	ip6o_len;	/* bytes after this one */
} __packed;

#define IP6OPT_PAD1		0x00
#define IP6OPT_PADN		0x01
#define IP6OPT_ROUTER_ALERT	0x05
#define IP6OPT_JUMBO		0xc2
#define IP6OPT_MINLEN		2

/* what a node does with an option it does not know */
#define IP6OPT_TYPE(o)		((o) & 0xc0)
#define IP6OPT_TYPE_SKIP	0x00
#define IP6OPT_TYPE_DISCARD	0x40
#define IP6OPT_TYPE_FORCEICMP	0x80
#define IP6OPT_TYPE_ICMP	0xc0

struct ip6_rthdr {
	u_int8_t	ip6r_nxt;
	u_int8_t	ip6r_len;
	u_int8_t	ip6r_type;
	u_int8_t	ip6r_segleft;
} __packed;

struct ip6_frag {
	u_int8_t	ip6f_nxt;
	u_int8_t	ip6f_reserved;
	u_int16_t	ip6f_offlg;
	u_int32_t	ip6f_ident;
} __packed;
/* of ip6f_offlg; the offset is in bytes when masked in place */
#define IP6F_OFF_MASK		htons(0xfff8)
#define IP6F_RESERVED_MASK	htons(0x0006)
#define IP6F_MORE_FRAG		htons(0x0001)

#endif /* _NETINET_IP6_H_ */
