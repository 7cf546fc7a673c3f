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
 * The IPv4 header, RFC 791. Network byte order.
 */
#ifndef _NETINET_IP_H_
#define _NETINET_IP_H_

#include <sys/types.h>
#include <sys/endian.h>
#include <netinet/in.h>

#define IPVERSION	4

struct ip {
#if BYTE_ORDER == LITTLE_ENDIAN
	u_int32_t	ip_hl:4,	/* header length, 32-bit words */
			ip_v:4;
#else
	u_int32_t	ip_v:4,
			ip_hl:4;
#endif
	u_int8_t	ip_tos;
	u_int16_t	ip_len;		/* with the header, bytes */
	u_int16_t	ip_id;
	u_int16_t	ip_off;		/* IP_RF ... and 8-byte units */
#define IP_RF		0x8000
#define IP_DF		0x4000
#define IP_MF		0x2000
#define IP_OFFMASK	0x1fff
	u_int8_t	ip_ttl;
	u_int8_t	ip_p;
	u_int16_t	ip_sum;
	struct in_addr	ip_src;
	struct in_addr	ip_dst;
};

#define IP_MAXPACKET	65535
#define IP_MSS		576	/* every host takes a packet of this size */

#define IPTOS_LOWDELAY		0x10
#define IPTOS_THROUGHPUT	0x08
#define IPTOS_RELIABILITY	0x04
#define IPTOS_ECT		0x02
#define IPTOS_CE		0x01

#define IPTOS_PREC_ROUTINE	0x00
#define IPTOS_PREC_PRIORITY	0x20
#define IPTOS_PREC_IMMEDIATE	0x40
#define IPTOS_PREC_FLASH	0x60
#define IPTOS_PREC_FLASHOVERRIDE 0x80
#define IPTOS_PREC_CRITIC_ECP	0xa0
#define IPTOS_PREC_INTERNETCONTROL 0xc0
#define IPTOS_PREC_NETCONTROL	0xe0

/* RFC 3168 */
#define IPTOS_ECN_NOTECT	0x00
#define IPTOS_ECN_ECT1		0x01
#define IPTOS_ECN_ECT0		0x02
#define IPTOS_ECN_CE		0x03
#define IPTOS_ECN_MASK		0x03

/* RFC 2474 */
#define IPTOS_DSCP_CS0		0x00
#define IPTOS_DSCP_LE		0x04
#define IPTOS_DSCP_CS1		0x20
#define IPTOS_DSCP_AF11		0x28
#define IPTOS_DSCP_AF12		0x30
#define IPTOS_DSCP_AF13		0x38
#define IPTOS_DSCP_CS2		0x40
#define IPTOS_DSCP_AF21		0x48
#define IPTOS_DSCP_AF22		0x50
#define IPTOS_DSCP_AF23		0x58
#define IPTOS_DSCP_CS3		0x60
#define IPTOS_DSCP_AF31		0x68
#define IPTOS_DSCP_AF32		0x70
#define IPTOS_DSCP_AF33		0x78
#define IPTOS_DSCP_CS4		0x80
#define IPTOS_DSCP_AF41		0x88
#define IPTOS_DSCP_AF42		0x90
#define IPTOS_DSCP_AF43		0x98
#define IPTOS_DSCP_CS5		0xa0
#define IPTOS_DSCP_VA		0xb0
#define IPTOS_DSCP_EF		0xb8
#define IPTOS_DSCP_CS6		0xc0
#define IPTOS_DSCP_CS7		0xe0
#define IPTOS_DSCP_MASK		0xfc

#define IPOPT_EOL		0
#define IPOPT_NOP		1
#define IPOPT_RR		7
#define IPOPT_TS		68
#define IPOPT_LSRR		131
#define IPOPT_SSRR		137
#define IPOPT_RA		148
/* offsets in an option */
#define IPOPT_OPTVAL		0
#define IPOPT_OLEN		1
#define IPOPT_OFFSET		2
#define IPOPT_MINOFF		4
#define IPOPT_COPIED(o)		((o) & 0x80)
#define MAX_IPOPTLEN		40

#define MAXTTL			255
#define IPDEFTTL		64
#define IPFRAGTTL		60	/* seconds */
#define IPTTLDEC		1

/* what TCP and UDP checksum in front of their own header */
struct ippseudo {
	struct in_addr	ippseudo_src;
	struct in_addr	ippseudo_dst;
	u_int8_t	ippseudo_pad;
	u_int8_t	ippseudo_p;
	u_int16_t	ippseudo_len;
};

#endif /* _NETINET_IP_H_ */
