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
 * libum inside.  It is compiled with the host's headers; what is BSD's is
 * described here: names begin with bsd_ or B_, numbers are those of the
 * tree's headers.
 */
#ifndef UM_H
#define UM_H

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#define B_AF_UNSPEC	0
#define B_AF_UNIX	1
#define B_AF_INET	2
#define B_AF_ROUTE	17
#define B_AF_LINK	18
#define B_AF_INET6	24
#define B_AF_KEY	30

#define B_SOCK_NONBLOCK	0x4000
#define B_SOCK_CLOEXEC	0x8000

#define B_SOL_SOCKET	0xffff
#define B_SO_SNDTIMEO	0x1005
#define B_SO_RCVTIMEO	0x1006
#define B_SO_PEERCRED	0x1022

#define B_SCM_RIGHTS	1

#define B_MSG_PEEK	0x0002
#define B_MSG_DONTROUTE	0x0004
#define B_MSG_EOR	0x0008
#define B_MSG_TRUNC	0x0010
#define B_MSG_CTRUNC	0x0020
#define B_MSG_WAITALL	0x0040
#define B_MSG_DONTWAIT	0x0080
#define B_MSG_NOSIGNAL	0x0400
#define B_MSG_CMSG_CLOEXEC 0x0800

#define B_CTL_KERN	1
#define B_KERN_HOSTNAME	10
#define B_CTL_NET	4
#define B_NET_RT_IFLIST	3

struct bsd_sockaddr {
	uint8_t		sa_len;
	uint8_t		sa_family;
	char		sa_data[14];
};

struct bsd_sin {
	uint8_t		sin_len;
	uint8_t		sin_family;
	uint16_t	sin_port;
	uint32_t	sin_addr;
	uint8_t		sin_zero[8];
};

struct bsd_sin6 {
	uint8_t		sin6_len;
	uint8_t		sin6_family;
	uint16_t	sin6_port;
	uint32_t	sin6_flowinfo;
	uint8_t		sin6_addr[16];
	uint32_t	sin6_scope_id;
};

struct bsd_sdl {
	uint8_t		sdl_len;
	uint8_t		sdl_family;
	uint16_t	sdl_index;
	uint8_t		sdl_type;
	uint8_t		sdl_nlen;
	uint8_t		sdl_alen;
	uint8_t		sdl_slen;
	char		sdl_data[24];
};

struct bsd_sun {
	uint8_t		sun_len;
	uint8_t		sun_family;
	char		sun_path[104];
};

struct bsd_msghdr {
	void		*msg_name;
	uint32_t	 msg_namelen;
	struct iovec	*msg_iov;
	unsigned int	 msg_iovlen;
	void		*msg_control;
	uint32_t	 msg_controllen;
	int		 msg_flags;
};

/* header and data are each padded to 8 bytes */
struct bsd_cmsghdr {
	uint32_t	cmsg_len;
	int		cmsg_level;
	int		cmsg_type;
};
#define B_CMSG_ALIGN(n)	(((n) + 7) & ~(size_t)7)
#define B_CMSG_HDR	B_CMSG_ALIGN(sizeof(struct bsd_cmsghdr))

struct bsd_addrinfo {
	int		 ai_flags;
	int		 ai_family;
	int		 ai_socktype;
	int		 ai_protocol;
	uint32_t	 ai_addrlen;
	struct bsd_sockaddr *ai_addr;
	char		*ai_canonname;
	struct bsd_addrinfo *ai_next;
};

struct bsd_ifaddrs {
	struct bsd_ifaddrs *ifa_next;
	char		*ifa_name;
	unsigned int	 ifa_flags;
	struct bsd_sockaddr *ifa_addr;
	struct bsd_sockaddr *ifa_netmask;
	struct bsd_sockaddr *ifa_dstaddr;
	void		*ifa_data;
};

/*
 * call.c: one request and its answer.
 */
struct um_call {
	int		 uc_op;		/* UMP_* */
	uint64_t	 uc_arg[4];
	const void	*uc_addr;
	size_t		 uc_alen;
	const void	*uc_ctl;
	size_t		 uc_clen;
	const struct iovec *uc_iov;	/* data */
	int		 uc_iovcnt;
	void		*uc_out;	/* where the answer's data goes */
	size_t		 uc_outlen;	/* room there; bytes of the answer */
	int64_t		 uc_ret;	/* value, also with an error */
	int		 uc_fd;		/* descriptor that came, or -1 */
};
/* 0, or -1 and errno */
int	um_call(int, struct um_call *);		/* to this socket */
int	um_rootcall(struct um_call *);		/* to the kernel itself */
void	um_pledged(void);	/* no root connection from now on */
void	um_filtered_socket(void);	/* none that is new */
int	um_highfd(int);		/* move it out of the programs' way */
int	um_owner(uid_t *);	/* uid that is superuser; 0 when known */
/* 0: not a um socket; UMP_FRAMED, UMP_RAW.  errno stays. */
int	um_issock(int);

extern unsigned int um_rtable;		/* of this process */

/* unix.c: sockets that stay on the host; numbers and structures are BSD's */
int	um_host_bind(int, const void *, socklen_t);
int	um_host_connect(int, const void *, socklen_t);
int	um_host_accept(int, void *, socklen_t *, int);
int	um_host_name(int, void *, socklen_t *, int);	/* 1: the peer's */
ssize_t	um_host_sendmsg(int, const struct bsd_msghdr *, int);
ssize_t	um_host_recvmsg(int, struct bsd_msghdr *, int);
int	um_host_setsockopt(int, int, int, const void *, socklen_t);
int	um_host_getsockopt(int, int, int, void *, socklen_t *);
int	um_msgflags(int);		/* host's MSG_* */

/*
 * path.c: where a path of the machine lies on the host.  The path itself,
 * the buffer, or NULL and ENAMETOOLONG.
 */
const char *um_path(const char *, char *, size_t);
void	um_unpath(char *, size_t);	/* and back, in place */

/* unveil.c: from now on only what was named; 0, or -1 and errno */
int	um_unveil_lock(void);

int	um_sysctl(const int *, unsigned int, void *, size_t *, void *, size_t);
int	um_inet_pton(int, const char *, void *);
const char *um_inet_ntop(int, const void *, char *, socklen_t);
int	um_getifaddrs(struct bsd_ifaddrs **);
void	um_freeifaddrs(struct bsd_ifaddrs *);
unsigned int um_if_nametoindex(const char *);
char	*um_if_indextoname(unsigned int, char *);
size_t	um_strlcpy(char *, const char *, size_t);
const char *um_getprogname(void);
uid_t	um_mapuid(uid_t);		/* the owner is 0 */

#endif
