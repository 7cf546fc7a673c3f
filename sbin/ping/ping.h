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
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>

#define PING_MAXDATA	(IP_MAXPACKET - sizeof(struct ip) - ICMP_MINLEN)

/* what the command line asks for */
struct ping_opts {
	const char	*po_host;		/* as it was given */
	struct sockaddr_in po_dst;
	struct sockaddr_in po_src;		/* sin_len 0: not given */
	unsigned long	 po_count;		/* 0: until interrupted */
	int64_t		 po_interval;		/* nanoseconds */
	int64_t		 po_maxwait;		/* nanoseconds */
	size_t		 po_size;		/* bytes of data */
	int		 po_df;
	int		 po_ttl;
	int		 po_tos;
	int		 po_rtable;		/* -1: of the process */
	int		 po_names;		/* look addresses up */
	int		 po_quiet;
	int		 po_verbose;
	unsigned char	 po_pattern[16];
	size_t		 po_patlen;		/* 0: bytes count up */
};

/* options.c: exits with a message when something is wrong */
void	options(int, char **, struct ping_opts *);

/* error.c: what an ICMP error says; icmplen bytes of it were received */
void	icmp_describe(const struct icmp *, size_t, char *, size_t);

#endif /* _PING_H_ */
