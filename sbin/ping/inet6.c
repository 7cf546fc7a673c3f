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
#include <netinet/icmp6.h>
#include <netinet/ip6.h>

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "ping.h"

static int
to_group(const struct ping_opts *po)
{
	return (IN6_IS_ADDR_MULTICAST(&po->po_dst.sin6.sin6_addr));
}

/* Nothing but replies and errors. */
static void
inet6_filter(int s)
{
	struct icmp6_filter filt;

	ICMP6_FILTER_SETBLOCKALL(&filt);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filt);
	ICMP6_FILTER_SETPASS(ICMP6_DST_UNREACH, &filt);
	ICMP6_FILTER_SETPASS(ICMP6_PACKET_TOO_BIG, &filt);
	ICMP6_FILTER_SETPASS(ICMP6_TIME_EXCEEDED, &filt);
	ICMP6_FILTER_SETPASS(ICMP6_PARAM_PROB, &filt);
	if (setsockopt(s, IPPROTO_ICMPV6, ICMP6_FILTER, &filt,
	    sizeof(filt)) == -1)
		err(1, "setsockopt ICMP6_FILTER");
}

static void
inet6_open(struct ping *p)
{
	const struct ping_opts *po = &p->p_opts;
	int s;

	if ((s = socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)) == -1)
		err(1, "socket");
	p->p_s = s;
	inet6_filter(s);
	set_int(s, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, "IPV6_RECVHOPLIMIT", 1);
	if (po->po_rtable != -1)
		set_int(s, SOL_SOCKET, SO_RTABLE, "SO_RTABLE",
		    po->po_rtable);
	if (po->po_src.sa.sa_len != 0 && bind(s, &po->po_src.sa,
	    sizeof(po->po_src.sin6)) == -1)
		err(1, "bind");
	if (po->po_df)
		set_int(s, IPPROTO_IPV6, IPV6_DONTFRAG, "IPV6_DONTFRAG", 1);
	/* who asks for big packets wants to see them arrive, so they are
	 * cut to what every path takes unless told otherwise */
	if (!po->po_df && po->po_bigger < (to_group(po) ? 2 : 1))
		set_int(s, IPPROTO_IPV6, IPV6_USE_MIN_MTU,
		    "IPV6_USE_MIN_MTU", 1);
	else if (po->po_bigger > 1)
		set_int(s, IPPROTO_IPV6, IPV6_USE_MIN_MTU,
		    "IPV6_USE_MIN_MTU", 0);
	set_int(s, IPPROTO_IPV6, IPV6_TCLASS, "IPV6_TCLASS", po->po_tos);
	if (po->po_ttl != -1)
		set_int(s, IPPROTO_IPV6, to_group(po) ? IPV6_MULTICAST_HOPS :
		    IPV6_UNICAST_HOPS, "hop limit", po->po_ttl);
}

static void
inet6_alloc(struct ping *p)
{
	p->p_out = calloc(1, ICMP_MINLEN + p->p_opts.po_size);
	if (p->p_out == NULL)
		err(1, NULL);
	p->p_echo = (struct ping_echo *)p->p_out;
}

/* The kernel sums. */
static size_t
inet6_finish(struct ping *p, unsigned char **out)
{
	*out = p->p_out;
	return (ICMP_MINLEN + p->p_opts.po_size);
}

/* The hop limit in control data, or -1. */
static int
hop_limit(struct msghdr *mh)
{
	struct cmsghdr *cm;
	int hops;

	for (cm = CMSG_FIRSTHDR(mh); cm != NULL; cm = CMSG_NXTHDR(mh, cm)) {
		if (cm->cmsg_level != IPPROTO_IPV6 ||
		    cm->cmsg_type != IPV6_HOPLIMIT ||
		    cm->cmsg_len != CMSG_LEN(sizeof(hops)))
			continue;
		memcpy(&hops, CMSG_DATA(cm), sizeof(hops));
		return (hops);
	}
	return (-1);
}

static ssize_t
inet6_receive(struct ping *p, struct ping_msg *pm)
{
	union {
		struct cmsghdr	align;
		char		space[256];
	} control;
	struct iovec iov = { p->p_in, sizeof(p->p_in) };
	struct msghdr mh;
	ssize_t n;

	memset(&mh, 0, sizeof(mh));
	memset(pm, 0, sizeof(*pm));
	mh.msg_name = &pm->pm_from;
	mh.msg_namelen = sizeof(pm->pm_from);
	mh.msg_iov = &iov;
	mh.msg_iovlen = 1;
	mh.msg_control = &control;
	mh.msg_controllen = sizeof(control);
	n = recvmsg(p->p_s, &mh, MSG_DONTWAIT);
	if (n <= 0)
		return (n);
	pm->pm_hops = hop_limit(&mh);
	pm->pm_len = n;
	if (pm->pm_len >= ICMP_MINLEN)
		pm->pm_icmp = p->p_in;
	return (n);
}

static int
inet6_iserror(const struct ping_msg *pm)
{
	return ((pm->pm_icmp[0] & ICMP6_INFOMSG_MASK) == 0);
}

/* Behind the fragment header, if that is the first fragment. */
static const struct ping_echo *
inet6_quoted(const struct ping *p, const struct ping_msg *pm)
{
	const unsigned char *q = pm->pm_icmp + sizeof(struct icmp6_hdr);
	struct in6_addr dst = p->p_opts.po_dst.sin6.sin6_addr;
	size_t len = pm->pm_len - sizeof(struct icmp6_hdr);
	size_t off = sizeof(struct ip6_hdr);
	struct ip6_frag fh;
	uint8_t nxt;

	if (len < off || memcmp(q + offsetof(struct ip6_hdr, ip6_dst), &dst,
	    sizeof(dst)) != 0)
		return (NULL);
	nxt = q[offsetof(struct ip6_hdr, ip6_nxt)];
	if (nxt == IPPROTO_FRAGMENT && len >= off + sizeof(fh)) {
		memcpy(&fh, q + off, sizeof(fh));
		if (fh.ip6f_offlg & IP6F_OFF_MASK)
			return (NULL);
		nxt = fh.ip6f_nxt;
		off += sizeof(fh);
	}
	if (nxt != IPPROTO_ICMPV6 || len < off + sizeof(struct ping_echo))
		return (NULL);
	return ((const struct ping_echo *)(q + off));
}

const struct ping_af ping_inet6 = {
	.pa_family	= AF_INET6,
	.pa_hops	= "hlim",
	.pa_request	= ICMP6_ECHO_REQUEST,
	.pa_reply	= ICMP6_ECHO_REPLY,
	.pa_maxdata	= PING_MAXDATA6,
	.pa_open	= inet6_open,
	.pa_alloc	= inet6_alloc,
	.pa_finish	= inet6_finish,
	.pa_receive	= inet6_receive,
	.pa_iserror	= inet6_iserror,
	.pa_quoted	= inet6_quoted,
	.pa_describe	= icmp6_describe,
};
