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

#ifndef _MACHINE_UMPROTO_H_
#define _MACHINE_UMPROTO_H_

#ifdef _KERNEL
#include <sys/types.h>
#else
#include <stdint.h>
#endif

/*
 * How a process talks to a um kernel.  Every message is one record of a
 * UNIX SOCK_SEQPACKET socket and in the byte order of the machine; both
 * ends run on it.
 *
 * A process connects to the control socket, $UM_SOCKET, and gets a root
 * connection.  There it asks for sockets: descriptors of its own, whose
 * other end the kernel holds.  An opened device is one of them, too.
 * Requests about a socket go down that socket, all others down the root
 * connection.
 *
 * A request brings along one descriptor, an end of a SOCK_SEQPACKET pair:
 * the reply channel.  On it the kernel may first ask for memory of the
 * process (UMP_COPYIN) or fill it (UMP_COPYOUT), each time waiting for a
 * struct ump_ack, and then sends one UMP_REPLY.
 *
 * What the network delivers comes up the socket itself: as it is for
 * PF_ROUTE, PF_KEY and devices, behind a struct ump_dgram for the others.
 */
#define UMP_VERSION	1

/*
 * Abstract name of the kernel's end of a socket: UMP_NAME, 16 hexadecimal
 * digits that tell this kernel from others, UMP_FRAMED, UMP_RAW or
 * UMP_DEVICE, and a decimal number.
 */
#define UMP_NAME	"umso:"
#define UMP_NAMELEN	5
#define UMP_KINDOFF	(UMP_NAMELEN + 16)
#define UMP_FRAMED	'f'
#define UMP_RAW		'r'
#define UMP_DEVICE	'd'

struct ump_req {
	uint8_t		ur_version;	/* UMP_VERSION */
	uint8_t		ur_op;		/* UMP_* below */
	uint16_t	ur_rtable;	/* routing table of the process */
	uint32_t	ur_seq;		/* comes back in the answers */
	uint64_t	ur_arg[4];
	uint32_t	ur_alen;	/* bytes that follow: address, */
	uint32_t	ur_clen;	/* control messages, */
	uint32_t	ur_dlen;	/* data */
	uint32_t	ur_pad;
};

#define UMP_MAXADDR	256		/* bytes of an address */
#define UMP_MAXCTL	2048		/* bytes of control messages */
#define UMP_MAXDATA	65536
#define UMP_MAXREQ	(56 + UMP_MAXADDR + UMP_MAXCTL + UMP_MAXDATA)

/* root connection */
#define UMP_HELLO	1	/* returns the uid that is superuser beside 0 */
#define UMP_ATTACH	2	/* reply: another root connection */
#define UMP_PLEDGE	3	/* rights: keep only those */
#define UMP_SOCKET	4	/* domain, type, protocol; reply: a socket */
#define UMP_SYSCTL	5	/* old, oldlen, new, newlen; data: the name;
				 * returns the bytes at old, also with ENOMEM */
#define UMP_SETRTABLE	6	/* may the process move to ur_rtable? */
#define UMP_OPEN	7	/* UMP_O_*; data: the name of a device below
				 * /dev; reply: it takes SEND and IOCTL */

/* sockets */
#define UMP_BIND	16	/* address */
#define UMP_CONNECT	17	/* address */
#define UMP_SEND	18	/* flags; address, control, data */
#define UMP_SETOPT	19	/* level, option; data */
#define UMP_GETOPT	20	/* level, option, size; reply: data */
#define UMP_SOCKNAME	21	/* reply: data */
#define UMP_PEERNAME	22	/* reply: data */
#define UMP_SHUTDOWN	23	/* how */
#define UMP_IOCTL	24	/* command; data; reply: data */

/* UMP_PLEDGE: what a root connection may still ask for */
#define UMP_R_INET	0x01	/* internet sockets */
#define UMP_R_ROUTE	0x02	/* PF_ROUTE sockets */
#define UMP_R_KEY	0x04	/* PF_KEY sockets */
#define UMP_R_SYSCTL	0x08	/* UMP_SYSCTL */
#define UMP_R_OPEN	0x10	/* devices */
#define UMP_R_ALL	0x1f

/* UMP_OPEN: what for */
#define UMP_O_READ	0x01
#define UMP_O_WRITE	0x02

struct ump_rep {
	uint8_t		up_version;
	uint8_t		up_type;
	uint16_t	up_flags;
	uint32_t	up_seq;		/* of the request */
	int32_t		up_error;	/* UMP_REPLY: errno or 0 */
	uint32_t	up_pad;
	int64_t		up_ret;		/* UMP_REPLY: value */
	uint64_t	up_addr;	/* UMP_COPY*: in the process */
	uint64_t	up_len;		/* bytes of data, or wanted */
};

#define UMP_REPLY	1
#define UMP_COPYIN	2		/* send up_len bytes at up_addr */
#define UMP_COPYOUT	3		/* put the data at up_addr */

/* up_flags: a descriptor came along, and what it is */
#define UMP_FD		0x0001		/* the new socket or connection */
#define UMP_MEMFD	0x0002		/* a sealed file with the data */

#define UMP_MAXINLINE	32768		/* data behind a struct ump_rep */

struct ump_ack {
	uint32_t	ua_seq;		/* of the request */
	int32_t		ua_error;	/* 0 or EFAULT */
	uint64_t	ua_len;		/* bytes that follow, for UMP_COPYIN */
};

/*
 * Before every datagram.  The areas have fixed sizes so that one receive
 * call puts all parts in their places.
 */
#define UMP_DGADDR	128
#define UMP_DGCTL	368
struct ump_dgram {
	uint32_t	ud_alen;	/* bytes used of ud_addr */
	uint32_t	ud_clen;	/* bytes used of ud_ctl */
	int32_t		ud_error;	/* no datagram, but this error */
	uint32_t	ud_flags;	/* BSD's MSG_BCAST, MSG_CTRUNC ... */
	uint8_t		ud_addr[UMP_DGADDR];	/* sender, BSD sockaddr */
	uint8_t		ud_ctl[UMP_DGCTL];	/* BSD control messages */
};

_Static_assert(sizeof(struct ump_req) == 56, "ump_req");
_Static_assert(sizeof(struct ump_rep) == 40, "ump_rep");
_Static_assert(sizeof(struct ump_ack) == 16, "ump_ack");
_Static_assert(sizeof(struct ump_dgram) == 512, "ump_dgram");

#endif /* _MACHINE_UMPROTO_H_ */
