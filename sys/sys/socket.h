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

#ifndef _SYS_SOCKET_H_
#define _SYS_SOCKET_H_

#include <sys/cdefs.h>
#include <sys/types.h>
#include <sys/uio.h>

#define SOCK_STREAM		1
#define SOCK_DGRAM		2
#define SOCK_RAW		3
#define SOCK_RDM		4
#define SOCK_SEQPACKET		5
#define SOCK_TYPE_MASK		0x000f
#define SOCK_DNS		0x1000
#define SOCK_NONBLOCK		0x4000
#define SOCK_CLOEXEC		0x8000

/*
 * Socket options, level SOL_SOCKET: flags, then values.
 */
#define SOL_SOCKET		0xffff

#define SO_DEBUG		0x0001
#define SO_ACCEPTCONN		0x0002
#define SO_REUSEADDR		0x0004
#define SO_KEEPALIVE		0x0008
#define SO_DONTROUTE		0x0010
#define SO_BROADCAST		0x0020
#define SO_USELOOPBACK		0x0040
#define SO_LINGER		0x0080
#define SO_OOBINLINE		0x0100
#define SO_REUSEPORT		0x0200
#define SO_TIMESTAMP		0x0800
#define SO_BINDANY		0x1000
#define SO_ZEROIZE		0x2000

#define SO_SNDBUF		0x1001
#define SO_RCVBUF		0x1002
#define SO_SNDLOWAT		0x1003
#define SO_RCVLOWAT		0x1004
#define SO_SNDTIMEO		0x1005
#define SO_RCVTIMEO		0x1006
#define SO_ERROR		0x1007
#define SO_TYPE			0x1008
#define SO_NETPROC		0x1020
#define SO_RTABLE		0x1021
#define SO_PEERCRED		0x1022
#define SO_SPLICE		0x1023
#define SO_DOMAIN		0x1024
#define SO_PROTOCOL		0x1025

struct linger {
	int		l_onoff;
	int		l_linger;	/* seconds */
};

/*
 * Address families.
 */
#define AF_UNSPEC		0
#define AF_UNIX			1
#define AF_LOCAL		AF_UNIX
#define AF_INET			2
#define AF_ROUTE		17
#define AF_LINK			18
#define AF_INET6		24
#define AF_ENCAP		28
#define AF_KEY			30
#define AF_MPLS			33
#define AF_MAX			37

#define PF_UNSPEC		AF_UNSPEC
#define PF_UNIX			AF_UNIX
#define PF_LOCAL		AF_LOCAL
#define PF_INET			AF_INET
#define PF_ROUTE		AF_ROUTE
#define PF_LINK			AF_LINK
#define PF_INET6		AF_INET6
#define PF_ENCAP		AF_ENCAP
#define PF_KEY			AF_KEY
#define PF_MPLS			AF_MPLS
#define PF_MAX			AF_MAX

struct sockaddr {
	uint8_t		sa_len;		/* of the whole address, bytes */
	sa_family_t	sa_family;
	char		sa_data[14];
};

struct sockaddr_storage {
	uint8_t		ss_len;
	sa_family_t	ss_family;
	unsigned char	__ss_pad1[6];
	uint64_t	__ss_pad2;	/* forces the alignment */
	unsigned char	__ss_pad3[240];
};

struct sockproto {
	unsigned short	sp_family;
	unsigned short	sp_protocol;
};

struct sockpeercred {
	uid_t		uid;
	gid_t		gid;
	pid_t		pid;
};

#define SOMAXCONN	128

#define SHUT_RD		0
#define SHUT_WR		1
#define SHUT_RDWR	2

struct msghdr {
	void		*msg_name;
	socklen_t	 msg_namelen;
	struct iovec	*msg_iov;
	unsigned int	 msg_iovlen;
	void		*msg_control;
	socklen_t	 msg_controllen;
	int		 msg_flags;	/* of the message received */
};

#define MSG_OOB			0x0001
#define MSG_PEEK		0x0002
#define MSG_DONTROUTE		0x0004
#define MSG_EOR			0x0008
#define MSG_TRUNC		0x0010
#define MSG_CTRUNC		0x0020
#define MSG_WAITALL		0x0040
#define MSG_DONTWAIT		0x0080
#define MSG_BCAST		0x0100
#define MSG_MCAST		0x0200
#define MSG_NOSIGNAL		0x0400
#define MSG_CMSG_CLOEXEC	0x0800
#define MSG_WAITFORONE		0x1000
#define MSG_CMSG_CLOFORK	0x2000

/*
 * Control data: header and data are each padded to 8 bytes, the length
 * counts the header and the data without the last padding.
 */
struct cmsghdr {
	socklen_t	cmsg_len;
	int		cmsg_level;
	int		cmsg_type;
};

#define SCM_RIGHTS		0x01
#define SCM_TIMESTAMP		0x04

#define _CMSG_ALIGN(n)	(((unsigned long)(n) + 7) & ~7UL)
#define CMSG_DATA(cmsg) \
	((unsigned char *)(cmsg) + _CMSG_ALIGN(sizeof(struct cmsghdr)))
#define CMSG_LEN(len)	(_CMSG_ALIGN(sizeof(struct cmsghdr)) + (len))
#define CMSG_SPACE(len) \
	(_CMSG_ALIGN(sizeof(struct cmsghdr)) + _CMSG_ALIGN(len))
#define CMSG_FIRSTHDR(mhdr) \
	((mhdr)->msg_controllen >= sizeof(struct cmsghdr) ? \
	    (struct cmsghdr *)(mhdr)->msg_control : (struct cmsghdr *)0)
#define CMSG_NXTHDR(mhdr, cmsg) \
	((unsigned char *)(cmsg) + _CMSG_ALIGN((cmsg)->cmsg_len) + \
	    _CMSG_ALIGN(sizeof(struct cmsghdr)) > \
	    (unsigned char *)(mhdr)->msg_control + (mhdr)->msg_controllen ? \
	    (struct cmsghdr *)0 : (struct cmsghdr *)(void *) \
	    ((unsigned char *)(cmsg) + _CMSG_ALIGN((cmsg)->cmsg_len)))

/*
 * sysctl CTL_NET: the second number is a protocol family. For PF_ROUTE:
 * { CTL_NET, PF_ROUTE, 0, af, NET_RT_x, arg [, table] }.
 */
#define NET_MAXID		AF_MAX

#define NET_RT_DUMP		1
#define NET_RT_FLAGS		2
#define NET_RT_IFLIST		3	/* arg: interface index, 0 all */
#define NET_RT_STATS		4
#define NET_RT_TABLE		5
#define NET_RT_IFNAMES		6
#define NET_RT_SOURCE		7
#define NET_RT_MAXID		8

#define RT_TABLEID_MAX		255
#define RT_TABLEID_BITS		8
#define RT_TABLEID_MASK		0xff

#endif /* _SYS_SOCKET_H_ */
