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

#ifndef _NETSTAT_NETSTAT_H_
#define _NETSTAT_NETSTAT_H_

#include <stddef.h>
#include <stdint.h>

extern int	nflag;		/* no names */
extern int	sflag;		/* 2: without counters that are zero */

/* if.c: address family (0: all), one interface or NULL, bytes */
void	interfaces(int, const char *, int);

/* a line of the counters of a protocol */
struct counter {
	size_t		 c_offset;	/* in the structure */
	const char	*c_text;	/* for counter_print() */
};
#define COUNT(type, name, text) { offsetof(struct type, name), text }

/* what ICMP calls a message; the last has no name */
struct icmpname {
	int		 in_type;
	const char	*in_name;
};

/* stat6.c: those of IPv6; the last have no text */
extern const struct counter ip6_counters[], icmp6_counters[], nd6_counters[];
void	icmp6_histograms(const void *);

/* stat.c */
/*
 * "\tN text", where each '~' of the text is an s unless N is 1, and a
 * '|' stands between the words for one and for more: "is|are".
 */
void	counter_print(uint64_t, const char *);
/* a title and messages of so many types that there were: others by number */
void	icmp_histogram(const char *, const uint64_t *, int,
	    const struct icmpname *);
/* the counters of a protocol, or with NULL of all there are */
void	protocols(const char *);
void	routing_counters(void);

/* sec.c: why packets of a sec(4) interface were lost */
void	sec_counters(const char *);

#endif /* _NETSTAT_NETSTAT_H_ */
