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
 * Names and addresses.  Numbers are understood here; names are looked for
 * in the machine's /etc/hosts and then by the host's resolver, which talks
 * to the host's name servers.
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "um.h"

#define B_AI_PASSIVE		1
#define B_AI_CANONNAME		2
#define B_AI_NUMERICHOST	4
#define B_AI_NUMERICSERV	16
#define B_AI_FQDN		32
#define B_AI_ADDRCONFIG		64
#define B_AI_MASK		0x77

#define B_NI_NUMERICHOST	1
#define B_NI_NUMERICSERV	2
#define B_NI_NOFQDN		4
#define B_NI_NAMEREQD		8
#define B_NI_DGRAM		16

#define B_EAI_BADFLAGS		(-1)
#define B_EAI_NONAME		(-2)
#define B_EAI_AGAIN		(-3)
#define B_EAI_FAIL		(-4)
#define B_EAI_NODATA		(-5)
#define B_EAI_FAMILY		(-6)
#define B_EAI_SOCKTYPE		(-7)
#define B_EAI_SERVICE		(-8)
#define B_EAI_ADDRFAMILY	(-9)
#define B_EAI_MEMORY		(-10)
#define B_EAI_SYSTEM		(-11)
#define B_EAI_BADHINTS		(-12)
#define B_EAI_PROTOCOL		(-13)
#define B_EAI_OVERFLOW		(-14)

#define UM_MAXADDRS	64	/* of one name */

/* an address without a port */
struct um_addr {
	int		ua_af;		/* B_AF_* */
	uint32_t	ua_scope;
	uint8_t		ua_bytes[16];
};
struct um_addrs {
	struct um_addr	as_addr[UM_MAXADDRS];
	int		as_n;
	int		as_af;		/* wanted, or B_AF_UNSPEC */
};

int	um_getaddrinfo(const char *, const char *, const struct bsd_addrinfo *,
	    struct bsd_addrinfo **);
void	um_freeaddrinfo(struct bsd_addrinfo *);
int	um_getnameinfo(const struct bsd_sockaddr *, socklen_t, char *, size_t,
	    char *, size_t, int);
const char *um_gai_strerror(int);
struct hostent *um_gethostbyname2(const char *, int);
struct hostent *um_gethostbyaddr(const void *, socklen_t, int);

static const struct {
	int		 type;
	int		 protocol;
	const char	*name;
} um_types[] = {
	{ SOCK_DGRAM, IPPROTO_UDP, "udp" },
	{ SOCK_STREAM, IPPROTO_TCP, "tcp" },
	{ SOCK_RAW, 0, NULL }
};
#define UM_NTYPES	(sizeof(um_types) / sizeof(um_types[0]))

static const char *const um_gaierrors[] = {
	"no error", "flags are not valid", "name is not known",
	"name servers do not answer now", "name servers failed",
	"name has no address", "address family is not supported",
	"socket type is not supported", "service is not known",
	"name has no address in this family", "out of memory",
	"system error", "hints are not valid", "protocol is not supported",
	"buffer is too small"
};

const char *
um_gai_strerror(int error)
{
	if (error > 0 || -error >=
	    (int)(sizeof(um_gaierrors) / sizeof(um_gaierrors[0])))
		return ("unknown error");
	return (um_gaierrors[-error]);
}

static void
um_addaddr(struct um_addrs *as, int af, const void *bytes, uint32_t scope)
{
	struct um_addr *ua;

	if (as->as_n == UM_MAXADDRS ||
	    (as->as_af != B_AF_UNSPEC && as->as_af != af))
		return;
	ua = &as->as_addr[as->as_n++];
	memset(ua, 0, sizeof(*ua));
	ua->ua_af = af;
	ua->ua_scope = scope;
	memcpy(ua->ua_bytes, bytes, af == B_AF_INET ? 4 : 16);
}

/* "fe80::1%um0": 0 when it is no number at all */
static int
um_numeric(const char *name, struct um_addrs *as)
{
	struct in_addr in;
	uint8_t in6[16];
	char buf[INET6_ADDRSTRLEN];
	const char *percent = strchr(name, '%');
	uint32_t scope = 0;
	char *end;
	size_t n = percent != NULL ? (size_t)(percent - name) : strlen(name);

	if (percent == NULL && inet_aton(name, &in)) {
		um_addaddr(as, B_AF_INET, &in, 0);
		return (1);
	}
	if (n >= sizeof(buf))
		return (0);
	memcpy(buf, name, n);
	buf[n] = '\0';
	if (inet_pton(AF_INET6, buf, in6) != 1)
		return (0);
	if (percent != NULL) {
		scope = strtoul(percent + 1, &end, 10);
		if (percent[1] == '\0' || *end != '\0')
			scope = um_if_nametoindex(percent + 1);
		if (scope == 0)
			return (1);	/* a number, but of no interface */
	}
	um_addaddr(as, B_AF_INET6, in6, scope);
	return (1);
}

/*
 * The machine's hosts file: by name into the list, or by address into the
 * buffer.  1 when something was found.
 */
static int
um_hosts(const char *name, struct um_addrs *as, const struct um_addr *ua,
    char *found, size_t size)
{
	char path[PATH_MAX], line[1024], *word, *rest;
	const char *p = um_path("/etc/hosts", path, sizeof(path));
	struct um_addrs one;
	int n = 0;
	FILE *fp;

	/* the host's own file is its resolver's business */
	if (p != path || (fp = fopen(p, "re")) == NULL)
		return (0);
	while (n == 0 || as != NULL) {
		if (fgets(line, sizeof(line), fp) == NULL)
			break;
		line[strcspn(line, "#\n")] = '\0';
		memset(&one, 0, sizeof(one));
		if ((word = strtok_r(line, " \t\r", &rest)) == NULL ||
		    !um_numeric(word, &one) || one.as_n == 0)
			continue;
		while ((word = strtok_r(NULL, " \t\r", &rest)) != NULL) {
			if (as != NULL && strcasecmp(word, name) == 0) {
				um_addaddr(as, one.as_addr[0].ua_af,
				    one.as_addr[0].ua_bytes,
				    one.as_addr[0].ua_scope);
				n = 1;
				break;
			}
			if (as == NULL && one.as_addr[0].ua_af == ua->ua_af &&
			    memcmp(one.as_addr[0].ua_bytes, ua->ua_bytes,
			    16) == 0) {
				um_strlcpy(found, word, size);
				n = 1;
				break;
			}
		}
	}
	fclose(fp);
	return (n);
}

static int
um_hosterror(int error)
{
	switch (error) {
	case EAI_AGAIN:
		return (B_EAI_AGAIN);
	case EAI_FAIL:
		return (B_EAI_FAIL);
	case EAI_MEMORY:
		return (B_EAI_MEMORY);
	case EAI_NODATA:
		return (B_EAI_NODATA);
	case EAI_SYSTEM:
		return (B_EAI_SYSTEM);
	default:
		return (B_EAI_NONAME);
	}
}

static int
um_resolve(const char *name, struct um_addrs *as)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM }, *res, *ai;
	int error;

	hints.ai_family = as->as_af == B_AF_INET ? AF_INET :
	    as->as_af == B_AF_INET6 ? AF_INET6 : AF_UNSPEC;
	if ((error = getaddrinfo(name, NULL, &hints, &res)) != 0)
		return (um_hosterror(error));
	for (ai = res; ai != NULL; ai = ai->ai_next)
		if (ai->ai_family == AF_INET)
			um_addaddr(as, B_AF_INET, &((struct sockaddr_in *)
			    ai->ai_addr)->sin_addr, 0);
		else if (ai->ai_family == AF_INET6)
			um_addaddr(as, B_AF_INET6, &((struct sockaddr_in6 *)
			    ai->ai_addr)->sin6_addr, 0);
	freeaddrinfo(res);
	return (as->as_n > 0 ? 0 : B_EAI_NODATA);
}

/* Drop the families in which the machine has no address of its own. */
static void
um_addrconfig(struct um_addrs *as)
{
	static const uint8_t lo6[16] = { [15] = 1 };
	struct bsd_ifaddrs *ifa0, *ifa;
	int i, n = 0, has4 = 0, has6 = 0;

	if (um_getifaddrs(&ifa0) == -1)
		return;
	for (ifa = ifa0; ifa != NULL; ifa = ifa->ifa_next) {
		if (ifa->ifa_addr == NULL)
			continue;
		if (ifa->ifa_addr->sa_family == B_AF_INET)
			has4 |= ifa->ifa_addr->sa_data[2] != 127;
		else if (ifa->ifa_addr->sa_family == B_AF_INET6)
			has6 |= memcmp(((struct bsd_sin6 *)
			    ifa->ifa_addr)->sin6_addr, lo6, 16) != 0;
	}
	um_freeifaddrs(ifa0);
	for (i = 0; i < as->as_n; i++)
		if (as->as_addr[i].ua_af == B_AF_INET ? has4 : has6)
			as->as_addr[n++] = as->as_addr[i];
	as->as_n = n;
}

static int
um_lookup(const char *name, int flags, struct um_addrs *as)
{
	int error;

	if (name == NULL) {
		static const uint8_t any[16], lo4[4] = { 127, 0, 0, 1 },
		    lo6[16] = { [15] = 1 };

		um_addaddr(as, B_AF_INET6, flags & B_AI_PASSIVE ? any : lo6,
		    0);
		um_addaddr(as, B_AF_INET, flags & B_AI_PASSIVE ? any : lo4,
		    0);
		return (0);
	}
	if (um_numeric(name, as))
		return (as->as_n > 0 ? 0 : B_EAI_NONAME);
	if (flags & B_AI_NUMERICHOST)
		return (B_EAI_NONAME);
	if (!um_hosts(name, as, NULL, NULL, 0) || as->as_n == 0)
		if ((error = um_resolve(name, as)) != 0)
			return (error);
	if (flags & B_AI_ADDRCONFIG)
		um_addrconfig(as);
	return (as->as_n > 0 ? 0 : B_EAI_NODATA);
}

/* The port, in network byte order; -1 when the service is unknown. */
static int
um_service(const char *serv, const char *proto, int flags)
{
	struct servent *se;
	char *end;
	long port;

	if (serv == NULL)
		return (0);
	port = strtol(serv, &end, 10);
	if (serv[0] != '\0' && *end == '\0')
		return (port < 0 || port > 65535 ? -1 : htons(port));
	if (proto == NULL || (flags & B_AI_NUMERICSERV) ||
	    (se = getservbyname(serv, proto)) == NULL)
		return (-1);
	return (se->s_port);
}

static struct bsd_addrinfo *
um_aientry(const struct um_addr *ua, int type, int protocol, int port,
    const char *canon)
{
	struct bsd_addrinfo *ai;
	struct bsd_sin *sin;
	struct bsd_sin6 *sin6;

	if ((ai = calloc(1, sizeof(*ai) + sizeof(*sin6))) == NULL)
		return (NULL);
	if (canon != NULL && (ai->ai_canonname = strdup(canon)) == NULL) {
		free(ai);
		return (NULL);
	}
	ai->ai_family = ua->ua_af;
	ai->ai_socktype = type;
	ai->ai_protocol = protocol;
	ai->ai_addr = (struct bsd_sockaddr *)(ai + 1);
	if (ua->ua_af == B_AF_INET) {
		sin = (struct bsd_sin *)ai->ai_addr;
		sin->sin_port = port;
		memcpy(&sin->sin_addr, ua->ua_bytes, 4);
		ai->ai_addrlen = sizeof(*sin);
	} else {
		sin6 = (struct bsd_sin6 *)ai->ai_addr;
		sin6->sin6_port = port;
		sin6->sin6_scope_id = ua->ua_scope;
		memcpy(sin6->sin6_addr, ua->ua_bytes, 16);
		ai->ai_addrlen = sizeof(*sin6);
	}
	ai->ai_addr->sa_len = ai->ai_addrlen;
	ai->ai_addr->sa_family = ua->ua_af;
	return (ai);
}

static int
um_badhints(const char *name, const char *serv, const struct bsd_addrinfo *h)
{
	if (name == NULL && serv == NULL)
		return (B_EAI_NONAME);
	if (h->ai_flags & ~B_AI_MASK)
		return (B_EAI_BADFLAGS);
	if ((h->ai_flags & B_AI_CANONNAME) && name == NULL)
		return (B_EAI_BADFLAGS);
	if (h->ai_addrlen != 0 || h->ai_addr != NULL ||
	    h->ai_canonname != NULL || h->ai_next != NULL)
		return (B_EAI_BADHINTS);
	if (h->ai_family != B_AF_UNSPEC && h->ai_family != B_AF_INET &&
	    h->ai_family != B_AF_INET6)
		return (B_EAI_FAMILY);
	if (h->ai_socktype < 0 || h->ai_socktype > SOCK_RAW)
		return (B_EAI_SOCKTYPE);
	return (0);
}

/*
 * One entry for each address and each socket type that was asked for; the
 * error matters when there is none, or no memory.
 */
static int
um_expand(const struct um_addrs *as, const char *name, const char *serv,
    const struct bsd_addrinfo *h, struct bsd_addrinfo **tail)
{
	const char *canon = h->ai_flags & B_AI_CANONNAME ? name : NULL;
	int error = B_EAI_SOCKTYPE, i, port, proto;
	size_t t;

	for (i = 0; i < as->as_n; i++)
		for (t = 0; t < UM_NTYPES; t++) {
			proto = um_types[t].protocol;
			if (h->ai_socktype != 0 &&
			    h->ai_socktype != um_types[t].type)
				continue;
			if (proto == 0)
				proto = h->ai_protocol;
			else if (h->ai_protocol != 0 &&
			    h->ai_protocol != proto)
				continue;
			if (um_types[t].type == SOCK_RAW &&
			    h->ai_socktype == 0)
				continue;
			error = B_EAI_SERVICE;
			if ((port = um_service(serv, um_types[t].name,
			    h->ai_flags)) == -1)
				continue;
			*tail = um_aientry(&as->as_addr[i], um_types[t].type,
			    proto, port, canon);
			if (*tail == NULL)
				return (B_EAI_MEMORY);
			tail = &(*tail)->ai_next;
			canon = NULL;
		}
	return (error);
}

int
um_getaddrinfo(const char *name, const char *serv,
    const struct bsd_addrinfo *hints, struct bsd_addrinfo **res)
{
	static const struct bsd_addrinfo none;
	struct um_addrs as = { .as_n = 0 };
	int error;

	*res = NULL;
	if (hints == NULL)
		hints = &none;
	if ((error = um_badhints(name, serv, hints)) != 0)
		return (error);
	as.as_af = hints->ai_family;
	if ((error = um_lookup(name, hints->ai_flags, &as)) != 0)
		return (error);
	error = um_expand(&as, name, serv, hints, res);
	if (*res != NULL && error != B_EAI_MEMORY)
		return (0);
	um_freeaddrinfo(*res);
	*res = NULL;
	return (error);
}

void
um_freeaddrinfo(struct bsd_addrinfo *ai)
{
	struct bsd_addrinfo *next;

	for (; ai != NULL; ai = next) {
		next = ai->ai_next;
		free(ai->ai_canonname);
		free(ai);
	}
}

static int
um_saaddr(const struct bsd_sockaddr *sa, socklen_t len, struct um_addr *ua,
    in_port_t *port)
{
	const struct bsd_sin *sin = (const struct bsd_sin *)sa;
	const struct bsd_sin6 *sin6 = (const struct bsd_sin6 *)sa;

	memset(ua, 0, sizeof(*ua));
	if (len >= sizeof(*sin) && sa->sa_family == B_AF_INET) {
		memcpy(ua->ua_bytes, &sin->sin_addr, 4);
		*port = sin->sin_port;
	} else if (len >= sizeof(*sin6) && sa->sa_family == B_AF_INET6) {
		memcpy(ua->ua_bytes, sin6->sin6_addr, 16);
		ua->ua_scope = sin6->sin6_scope_id;
		*port = sin6->sin6_port;
	} else
		return (B_EAI_FAMILY);
	ua->ua_af = sa->sa_family;
	return (0);
}

static int
um_numerichost(const struct um_addr *ua, char *host, size_t size)
{
	char text[INET6_ADDRSTRLEN + 1 + 16], *p;

	um_inet_ntop(ua->ua_af, ua->ua_bytes, text, INET6_ADDRSTRLEN);
	if (ua->ua_scope != 0) {
		p = text + strlen(text);
		*p++ = '%';
		if (um_if_indextoname(ua->ua_scope, p) == NULL)
			snprintf(p, 16, "%u", ua->ua_scope);
	}
	return (um_strlcpy(host, text, size) >= size ? B_EAI_OVERFLOW : 0);
}

/* 0, B_EAI_NONAME when the address has no name, or another error */
static int
um_hostname(const struct um_addr *ua, char *host, size_t size)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	int error;

	if (um_hosts(NULL, NULL, ua, host, size))
		return (0);
	memcpy(&sin.sin_addr, ua->ua_bytes, 4);
	memcpy(&sin6.sin6_addr, ua->ua_bytes, 16);
	if (ua->ua_af == B_AF_INET)
		error = getnameinfo((struct sockaddr *)&sin, sizeof(sin),
		    host, size, NULL, 0, NI_NAMEREQD);
	else
		error = getnameinfo((struct sockaddr *)&sin6, sizeof(sin6),
		    host, size, NULL, 0, NI_NAMEREQD);
	return (error == 0 ? 0 : um_hosterror(error));
}

static int
um_servname(in_port_t port, char *serv, size_t size, int flags)
{
	struct servent *se = NULL;
	char num[8];

	if ((flags & B_NI_NUMERICSERV) == 0)
		se = getservbyport(port, flags & B_NI_DGRAM ? "udp" : "tcp");
	snprintf(num, sizeof(num), "%u", ntohs(port));
	return (um_strlcpy(serv, se != NULL ? se->s_name : num, size) >= size ?
	    B_EAI_OVERFLOW : 0);
}

int
um_getnameinfo(const struct bsd_sockaddr *sa, socklen_t len, char *host,
    size_t hostsize, char *serv, size_t servsize, int flags)
{
	struct um_addr ua;
	in_port_t port;
	int error;

	if ((error = um_saaddr(sa, len, &ua, &port)) != 0)
		return (error);
	if (serv != NULL && servsize > 0 &&
	    (error = um_servname(port, serv, servsize, flags)) != 0)
		return (error);
	if (host == NULL || hostsize == 0)
		return (0);
	if ((flags & B_NI_NUMERICHOST) == 0) {
		if ((error = um_hostname(&ua, host, hostsize)) == 0) {
			if (flags & B_NI_NOFQDN)
				host[strcspn(host, ".")] = '\0';
			return (0);
		}
		if (flags & B_NI_NAMEREQD)
			return (error);
	}
	return (um_numerichost(&ua, host, hostsize));
}

/* The old calls answer in static memory. */
static struct hostent *
um_hostent(const char *name, const struct um_addrs *as, int af)
{
	static struct hostent he;
	static char text[NI_MAXHOST], *none[1];
	static uint8_t bytes[UM_MAXADDRS][16];
	static char *list[UM_MAXADDRS + 1];
	int i;

	for (i = 0; i < as->as_n; i++) {
		memcpy(bytes[i], as->as_addr[i].ua_bytes, 16);
		list[i] = (char *)bytes[i];
	}
	list[i] = NULL;
	um_strlcpy(text, name, sizeof(text));
	he.h_name = text;
	he.h_aliases = none;
	he.h_addrtype = af;
	he.h_length = af == B_AF_INET ? 4 : 16;
	he.h_addr_list = list;
	return (&he);
}

struct hostent *
um_gethostbyname2(const char *name, int af)
{
	struct um_addrs as = { .as_n = 0, .as_af = af };
	int error;

	if ((af != B_AF_INET && af != B_AF_INET6) ||
	    (error = um_lookup(name, 0, &as)) != 0) {
		h_errno = HOST_NOT_FOUND;
		return (NULL);
	}
	return (um_hostent(name, &as, af));
}

struct hostent *
um_gethostbyaddr(const void *addr, socklen_t len, int af)
{
	struct um_addrs as = { .as_n = 0, .as_af = af };
	char name[NI_MAXHOST];

	if ((af != B_AF_INET || len < 4) && (af != B_AF_INET6 || len < 16)) {
		h_errno = NO_RECOVERY;
		return (NULL);
	}
	um_addaddr(&as, af, addr, 0);
	if (um_hostname(&as.as_addr[0], name, sizeof(name)) != 0) {
		h_errno = HOST_NOT_FOUND;
		return (NULL);
	}
	return (um_hostent(name, &as, af));
}
