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

#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "ping.h"

static uint16_t
checksum(const unsigned char *p, size_t len)
{
	uint32_t sum = 0;

	for (; len > 1; p += 2, len -= 2)
		sum += p[0] << 8 | p[1];
	if (len == 1)
		sum += p[0] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (htons(~sum & 0xffff));
}

static int
to_group(const struct ping_opts *po)
{
	return (IN_MULTICAST(ntohl(po->po_dst.sin.sin_addr.s_addr)));
}

static void
inet_source(const struct ping *p)
{
	const struct ping_opts *po = &p->p_opts;
	const struct sockaddr_in *src = &po->po_src.sin;

	if (bind(p->p_s, &po->po_src.sa, sizeof(*src)) == -1)
		err(1, "bind");
	if (to_group(po) && setsockopt(p->p_s, IPPROTO_IP, IP_MULTICAST_IF,
	    &src->sin_addr, sizeof(src->sin_addr)) == -1)
		err(1, "setsockopt IP_MULTICAST_IF");
}

static void
inet_open(struct ping *p)
{
	const struct ping_opts *po = &p->p_opts;
	unsigned char ttl = po->po_ttl;
	int s;

	if ((s = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)) == -1)
		err(1, "socket");
	p->p_s = s;
	set_int(s, SOL_SOCKET, SO_BROADCAST, "SO_BROADCAST", 1);
	if (po->po_rtable != -1)
		set_int(s, SOL_SOCKET, SO_RTABLE, "SO_RTABLE",
		    po->po_rtable);
	if (po->po_src.sa.sa_len != 0)
		inet_source(p);
	if (po->po_df) {
		set_int(s, IPPROTO_IP, IP_HDRINCL, "IP_HDRINCL", 1);
		return;
	}
	set_int(s, IPPROTO_IP, IP_TTL, "IP_TTL", po->po_ttl);
	set_int(s, IPPROTO_IP, IP_TOS, "IP_TOS", po->po_tos);
	if (to_group(po) && setsockopt(s, IPPROTO_IP, IP_MULTICAST_TTL, &ttl,
	    sizeof(ttl)) == -1)
		err(1, "setsockopt IP_MULTICAST_TTL");
}

/* The IP header goes out with -D alone. */
static void
inet_alloc(struct ping *p)
{
	const struct ping_opts *po = &p->p_opts;
	size_t len = sizeof(struct ip) + ICMP_MINLEN + po->po_size;
	struct ip *ip;

	if ((p->p_out = calloc(1, len)) == NULL)
		err(1, NULL);
	ip = (struct ip *)p->p_out;
	ip->ip_v = IPVERSION;
	ip->ip_hl = sizeof(*ip) >> 2;
	ip->ip_tos = po->po_tos;
	ip->ip_len = htons(len);
	ip->ip_off = htons(IP_DF);
	ip->ip_ttl = po->po_ttl;
	ip->ip_p = IPPROTO_ICMP;
	ip->ip_src = po->po_src.sin.sin_addr;
	ip->ip_dst = po->po_dst.sin.sin_addr;
	p->p_echo = (struct ping_echo *)(ip + 1);
}

static size_t
inet_finish(struct ping *p, unsigned char **out)
{
	size_t len = ICMP_MINLEN + p->p_opts.po_size;

	*out = (unsigned char *)p->p_echo;
	p->p_echo->pe_cksum = 0;
	p->p_echo->pe_cksum = checksum(*out, len);
	if (!p->p_opts.po_df)
		return (len);
	*out = p->p_out;
	return (len + sizeof(struct ip));
}

static ssize_t
inet_receive(struct ping *p, struct ping_msg *pm)
{
	const struct ip *ip = (const struct ip *)p->p_in;
	size_t hlen;
	ssize_t n;

	n = recv(p->p_s, p->p_in, sizeof(p->p_in), MSG_DONTWAIT);
	if (n <= 0)
		return (n);
	memset(pm, 0, sizeof(*pm));
	pm->pm_len = n;
	if (pm->pm_len < sizeof(*ip) ||
	    (hlen = ip->ip_hl << 2) < sizeof(*ip) ||
	    pm->pm_len < hlen + ICMP_MINLEN)
		return (n);
	pm->pm_from.sin.sin_len = sizeof(pm->pm_from.sin);
	pm->pm_from.sin.sin_family = AF_INET;
	pm->pm_from.sin.sin_addr = ip->ip_src;
	pm->pm_hops = ip->ip_ttl;
	pm->pm_icmp = p->p_in + hlen;
	pm->pm_len -= hlen;
	return (n);
}

static int
inet_iserror(const struct ping_msg *pm)
{
	return (!ICMP_INFOTYPE(pm->pm_icmp[0]));
}

static const struct ping_echo *
inet_quoted(const struct ping *p, const struct ping_msg *pm)
{
	const struct icmp *icp = (const struct icmp *)pm->pm_icmp;
	const struct ip *ip = &icp->icmp_ip;
	size_t hlen;

	if (pm->pm_len < ICMP_MINLEN + sizeof(*ip))
		return (NULL);
	hlen = ip->ip_hl << 2;
	if (hlen < sizeof(*ip) || pm->pm_len < ICMP_MINLEN + hlen +
	    ICMP_MINLEN || ip->ip_p != IPPROTO_ICMP ||
	    ip->ip_dst.s_addr != p->p_opts.po_dst.sin.sin_addr.s_addr)
		return (NULL);
	return ((const struct ping_echo *)((const unsigned char *)ip + hlen));
}

static void
inet_describe(const struct ping_msg *pm, char *buf, size_t size)
{
	icmp_describe((const struct icmp *)pm->pm_icmp, pm->pm_len, buf,
	    size);
}

const struct ping_af ping_inet = {
	.pa_family	= AF_INET,
	.pa_hops	= "ttl",
	.pa_request	= ICMP_ECHO,
	.pa_reply	= ICMP_ECHOREPLY,
	.pa_maxdata	= PING_MAXDATA,
	.pa_open	= inet_open,
	.pa_alloc	= inet_alloc,
	.pa_finish	= inet_finish,
	.pa_receive	= inet_receive,
	.pa_iserror	= inet_iserror,
	.pa_quoted	= inet_quoted,
	.pa_describe	= inet_describe,
};
