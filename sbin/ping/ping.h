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

#ifndef _PING_H_
#define _PING_H_

#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>

#define PING_MAXDATA	(IP_MAXPACKET - sizeof(struct ip) - ICMP_MINLEN)
#define PING_MAXDATA6	(65535 - ICMP_MINLEN)
#define PING_NSEQ	65536

union ping_addr {
	struct sockaddr		sa;
	struct sockaddr_in	sin;
	struct sockaddr_in6	sin6;
};

/* what the command line asks for */
struct ping_opts {
	const struct ping_af *po_af;
	const char	*po_host;		/* as it was given */
	union ping_addr	 po_dst;
	union ping_addr	 po_src;		/* sa_len 0: not given */
	unsigned long	 po_count;		/* 0: until interrupted */
	int64_t		 po_interval;		/* nanoseconds */
	int64_t		 po_maxwait;		/* nanoseconds */
	size_t		 po_size;		/* bytes of data */
	int		 po_df;
	int		 po_bigger;		/* -m, how often */
	int		 po_ttl;
	int		 po_tos;
	int		 po_rtable;		/* -1: of the process */
	int		 po_names;		/* look addresses up */
	int		 po_quiet;
	int		 po_verbose;
	unsigned char	 po_pattern[16];
	size_t		 po_patlen;		/* 0: bytes count up */
};

/* An echo and its reply look alike in both versions of ICMP. */
struct ping_echo {
	uint8_t		pe_type;
	uint8_t		pe_code;
	uint16_t	pe_cksum;
	uint16_t	pe_id;
	uint16_t	pe_seq;			/* network byte order */
};

struct ping {
	struct ping_opts	 p_opts;
	int			 p_s;
	uint16_t		 p_id;		/* network byte order */
	unsigned char		*p_out;		/* IP header, ICMP, data */
	struct ping_echo	*p_echo;	/* therein */
	unsigned char		 p_in[IP_MAXPACKET];
	uint64_t		 p_sent;
	uint64_t		 p_unsent;	/* of those, refused by the kernel */
	uint64_t		 p_received;
	uint64_t		 p_dups;
	double			 p_min, p_max;	/* milliseconds */
	double			 p_sum, p_sumsq;
	struct {
		int64_t	sent;			/* ns, 0 never */
		int	answered;
	} p_seq[PING_NSEQ];
};

/* What came in: in p_in. */
struct ping_msg {
	union ping_addr	 pm_from;
	int		 pm_hops;
	const unsigned char *pm_icmp;		/* NULL: too short */
	size_t		 pm_len;		/* of that, bytes */
};

/* What is different between the two. */
struct ping_af {
	int		 pa_family;
	const char	*pa_hops;		/* their name */
	uint8_t		 pa_request;		/* types */
	uint8_t		 pa_reply;
	size_t		 pa_maxdata;		/* bytes */
	/* fills in p_s; exits when it cannot */
	void		(*pa_open)(struct ping *);
	/* memory for the request; p_out and p_echo */
	void		(*pa_alloc)(struct ping *);
	/* the bytes to send for the request, which is complete but its sum */
	size_t		(*pa_finish)(struct ping *, unsigned char **);
	/* as recv(2) */
	ssize_t		(*pa_receive)(struct ping *, struct ping_msg *);
	/* is it an error? */
	int		(*pa_iserror)(const struct ping_msg *);
	/* the request of ours that it quotes, or NULL */
	const struct ping_echo *(*pa_quoted)(const struct ping *,
			    const struct ping_msg *);
	/* in words */
	void		(*pa_describe)(const struct ping_msg *, char *,
			    size_t);
};
extern const struct ping_af ping_inet, ping_inet6;

/* options.c: exits with a message when something is wrong */
void	options(int, char **, struct ping_opts *);
/* ping.c: setsockopt(2) of an int, or exit */
void	set_int(int, int, int, const char *, int);

/* error.c, error6.c: what an ICMP error says */
void	icmp_describe(const struct icmp *, size_t, char *, size_t);
void	icmp6_describe(const struct ping_msg *, char *, size_t);

#endif /* _PING_H_ */
