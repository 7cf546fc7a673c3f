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
#include <netinet6/ip6_var.h>
#include <netinet6/nd6.h>

#include <stdio.h>

#include "netstat.h"

/* Counters of IPv6. */

const struct counter ip6_counters[] = {
	COUNT(ip6stat, ip6s_total, "total packet~ received"),
	COUNT(ip6stat, ip6s_toosmall,
	    "packet~ with size smaller than minimum"),
	COUNT(ip6stat, ip6s_tooshort, "packet~ with data size < data length"),
	COUNT(ip6stat, ip6s_badvers, "packet~ with incorrect version number"),
	COUNT(ip6stat, ip6s_badaddr,
	    "packet~ with an address not allowed there"),
	COUNT(ip6stat, ip6s_badscope,
	    "packet~ with an address of the wrong scope"),
	COUNT(ip6stat, ip6s_badoptions, "packet~ with bad options"),
	COUNT(ip6stat, ip6s_badhdr, "packet~ with bad extension headers"),
	COUNT(ip6stat, ip6s_toomanyhdr, "packet~ with too many headers"),
	COUNT(ip6stat, ip6s_wrongif,
	    "packet~ received on the wrong interface for the address"),
	COUNT(ip6stat, ip6s_tentative,
	    "packet~ for an address that is not ours yet"),
	COUNT(ip6stat, ip6s_fragments, "fragment~ received"),
	COUNT(ip6stat, ip6s_fragdropped,
	    "fragment~ dropped (duplicates or out of space)"),
	COUNT(ip6stat, ip6s_badfrags, "malformed fragment~ dropped"),
	COUNT(ip6stat, ip6s_fragtimeout, "fragment~ dropped after timeout"),
	COUNT(ip6stat, ip6s_reassembled, "packet~ reassembled ok"),
	COUNT(ip6stat, ip6s_toolong, "packet~ longer than 65535 bytes"),
	COUNT(ip6stat, ip6s_delivered, "packet~ for this host"),
	COUNT(ip6stat, ip6s_noproto,
	    "packet~ for unknown/unsupported protocol"),
	COUNT(ip6stat, ip6s_notmember,
	    "multicast packet~ of groups not joined here"),
	COUNT(ip6stat, ip6s_idropped,
	    "input packet~ dropped due to no bufs or no use for them"),
	COUNT(ip6stat, ip6s_rcvmemdrop,
	    "input packet~ dropped for lack of memory"),
	COUNT(ip6stat, ip6s_forward, "packet~ forwarded"),
	COUNT(ip6stat, ip6s_cantforward, "packet~ not forwardable"),
	COUNT(ip6stat, ip6s_localout, "packet~ sent from this host"),
	COUNT(ip6stat, ip6s_rawout, "packet~ sent with fabricated ip header"),
	COUNT(ip6stat, ip6s_odropped,
	    "output packet~ dropped due to no bufs, etc."),
	COUNT(ip6stat, ip6s_noroute,
	    "output packet~ discarded due to no route"),
	COUNT(ip6stat, ip6s_nosource,
	    "output packet~ discarded due to no source address"),
	COUNT(ip6stat, ip6s_fragmented, "output datagram~ fragmented"),
	COUNT(ip6stat, ip6s_ofragments, "fragment~ created"),
	COUNT(ip6stat, ip6s_cantfrag, "datagram~ that can't be fragmented"),
	COUNT(ip6stat, ip6s_outswcsum,
	    "output datagram~ checksum-processed by software"),
	{ 0, NULL }
};

const struct counter icmp6_counters[] = {
	COUNT(icmp6stat, icp6s_error, "call~ to icmp6_error"),
	COUNT(icmp6stat, icp6s_canterror,
	    "error~ not generated because of what the old packet was"),
	COUNT(icmp6stat, icp6s_toofreq,
	    "error~ not generated because of rate limitation"),
	COUNT(icmp6stat, icp6s_badcode, "message~ with bad code fields"),
	COUNT(icmp6stat, icp6s_tooshort, "message~ < minimum length"),
	COUNT(icmp6stat, icp6s_checksum, "bad checksum~"),
	COUNT(icmp6stat, icp6s_badlen, "message~ with bad length"),
	COUNT(icmp6stat, icp6s_badmld, "bad multicast listener message~"),
	COUNT(icmp6stat, icp6s_notmine,
	    "error~ about packets that were not ours"),
	COUNT(icmp6stat, icp6s_pmtuchg, "path MTU~ learned"),
	COUNT(icmp6stat, icp6s_reflect, "message response~ generated"),
	{ 0, NULL }
};

const struct counter nd6_counters[] = {
	COUNT(nd6stat, nd6s_rcvns, "neighbor solicitation~ received"),
	COUNT(nd6stat, nd6s_rcvna, "neighbor advertisement~ received"),
	COUNT(nd6stat, nd6s_txns, "neighbor solicitation~ sent"),
	COUNT(nd6stat, nd6s_txna, "neighbor advertisement~ sent"),
	COUNT(nd6stat, nd6s_learned, "link address|addresses learned"),
	COUNT(nd6stat, nd6s_changed, "link address|addresses changed"),
	COUNT(nd6stat, nd6s_held, "packet~ that waited for one"),
	COUNT(nd6stat, nd6s_dupaddr,
	    "address|addresses of ours found to be taken"),
	COUNT(nd6stat, nd6s_badhlim, "message~ that had been forwarded"),
	COUNT(nd6stat, nd6s_badcode, "message~ with bad code fields"),
	COUNT(nd6stat, nd6s_badlen, "message~ < minimum length"),
	COUNT(nd6stat, nd6s_badtarget, "message~ with bad target addresses"),
	COUNT(nd6stat, nd6s_badopt, "message~ with bad options"),
	COUNT(nd6stat, nd6s_badaddr,
	    "message~ with an address not allowed there"),
	COUNT(nd6stat, nd6s_badlladdr, "message~ with bad link addresses"),
	COUNT(nd6stat, nd6s_loop, "message~ sent by ourselves"),
	COUNT(nd6stat, nd6s_notours, "solicitation~ for somebody else"),
	COUNT(nd6stat, nd6s_tentative,
	    "solicitation~ for an address that is not ours yet"),
	COUNT(nd6stat, nd6s_offnet,
	    "solicitation~ from who is not on this network"),
	COUNT(nd6stat, nd6s_unasked,
	    "advertisement~ of neighbors not asked for"),
	COUNT(nd6stat, nd6s_nolladdr,
	    "advertisement~ without the link address asked for"),
	COUNT(nd6stat, nd6s_static,
	    "message~ that differ from a permanent entry"),
	COUNT(nd6stat, nd6s_ignored,
	    "advertisement~ that must not override an entry"),
	COUNT(nd6stat, nd6s_duplicate,
	    "message~ of who uses an address of ours"),
	COUNT(nd6stat, nd6s_noentry,
	    "packet~ dropped: the route leads to no neighbor"),
	COUNT(nd6stat, nd6s_full, "neighbor~ for which there was no room"),
	COUNT(nd6stat, nd6s_nosource,
	    "message~ not sent for lack of a source address"),
	COUNT(nd6stat, nd6s_nobufs, "message~ lost due to no bufs"),
	COUNT(nd6stat, nd6s_holdfull,
	    "packet~ dropped: too many wait for the neighbor"),
	COUNT(nd6stat, nd6s_holdlimit,
	    "packet~ dropped: too many wait for all neighbors"),
	COUNT(nd6stat, nd6s_timeout, "packet~ dropped: nobody answered"),
	COUNT(nd6stat, nd6s_flushed,
	    "packet~ dropped: the entry went while they waited"),
	{ 0, NULL }
};

static const struct icmpname icmp6_names[] = {
	{ ICMP6_DST_UNREACH, "unreach" },
	{ ICMP6_PACKET_TOO_BIG, "packet too big" },
	{ ICMP6_TIME_EXCEEDED, "time exceed" },
	{ ICMP6_PARAM_PROB, "parameter problem" },
	{ ICMP6_ECHO_REQUEST, "echo" },
	{ ICMP6_ECHO_REPLY, "echo reply" },
	{ MLD_LISTENER_QUERY, "multicast listener query" },
	{ MLD_LISTENER_REPORT, "multicast listener report" },
	{ MLD_LISTENER_DONE, "multicast listener done" },
	{ ND_ROUTER_SOLICIT, "router solicitation" },
	{ ND_ROUTER_ADVERT, "router advertisement" },
	{ ND_NEIGHBOR_SOLICIT, "neighbor solicitation" },
	{ ND_NEIGHBOR_ADVERT, "neighbor advertisement" },
	{ ND_REDIRECT, "redirect" },
	{ 0, NULL }
};

void
icmp6_histograms(const void *data)
{
	const struct icmp6stat *st = data;

	icmp_histogram("Output", st->icp6s_outhist, 256, icmp6_names);
	icmp_histogram("Input", st->icp6s_inhist, 256, icmp6_names);
}
