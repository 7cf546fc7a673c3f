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

#ifndef _UM_NETDB_H_
#define _UM_NETDB_H_

#include <sys/types.h>
#include <sys/socket.h>

struct addrinfo {
	int		 ai_flags;	/* AI_ */
	int		 ai_family;
	int		 ai_socktype;
	int		 ai_protocol;
	socklen_t	 ai_addrlen;
	struct sockaddr	*ai_addr;
	char		*ai_canonname;
	struct addrinfo	*ai_next;
};

#define AI_PASSIVE	1
#define AI_CANONNAME	2
#define AI_NUMERICHOST	4
#define AI_NUMERICSERV	16
#define AI_FQDN		32
#define AI_ADDRCONFIG	64
#define AI_MASK \
	(AI_PASSIVE|AI_CANONNAME|AI_NUMERICHOST|AI_NUMERICSERV|AI_FQDN| \
	    AI_ADDRCONFIG)

#define NI_NUMERICHOST	1
#define NI_NUMERICSERV	2
#define NI_NOFQDN	4
#define NI_NAMEREQD	8
#define NI_DGRAM	16
#define NI_MAXHOST	256
#define NI_MAXSERV	32

#define EAI_BADFLAGS	(-1)
#define EAI_NONAME	(-2)
#define EAI_AGAIN	(-3)
#define EAI_FAIL	(-4)
#define EAI_NODATA	(-5)
#define EAI_FAMILY	(-6)
#define EAI_SOCKTYPE	(-7)
#define EAI_SERVICE	(-8)
#define EAI_ADDRFAMILY	(-9)
#define EAI_MEMORY	(-10)
#define EAI_SYSTEM	(-11)
#define EAI_BADHINTS	(-12)
#define EAI_PROTOCOL	(-13)
#define EAI_OVERFLOW	(-14)

/* as the host lays them out */
struct hostent {
	char	 *h_name;
	char	**h_aliases;
	int	  h_addrtype;
	int	  h_length;
	char	**h_addr_list;
#define h_addr	h_addr_list[0]
};

struct servent {
	char	 *s_name;
	char	**s_aliases;
	int	  s_port;		/* network byte order */
	char	 *s_proto;
};

struct protoent {
	char	 *p_name;
	char	**p_aliases;
	int	  p_proto;
};

__BEGIN_DECLS
int	getaddrinfo(const char *, const char *, const struct addrinfo *,
	    struct addrinfo **) __UM_STUB(getaddrinfo);
void	freeaddrinfo(struct addrinfo *) __UM_STUB(freeaddrinfo);
int	getnameinfo(const struct sockaddr *, socklen_t, char *, size_t,
	    char *, size_t, int) __UM_STUB(getnameinfo);
const char *gai_strerror(int) __UM_STUB(gai_strerror);
struct hostent *gethostbyaddr(const void *, socklen_t, int)
	    __UM_STUB(gethostbyaddr);
struct hostent *gethostbyname2(const char *, int) __UM_STUB(gethostbyname2);

/* the host's: no structure differs, and IPv4 has the same number */
struct hostent *gethostbyname(const char *);
struct servent *getservbyname(const char *, const char *);
struct servent *getservbyport(int, const char *);
struct protoent *getprotobyname(const char *);
struct protoent *getprotobynumber(int);
__END_DECLS

#endif
