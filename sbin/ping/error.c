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
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <arpa/inet.h>

#include <stdio.h>

#include "ping.h"

static const char *const unreach[] = {
	[ICMP_UNREACH_NET] = "Destination Net Unreachable",
	[ICMP_UNREACH_HOST] = "Destination Host Unreachable",
	[ICMP_UNREACH_PROTOCOL] = "Destination Protocol Unreachable",
	[ICMP_UNREACH_PORT] = "Destination Port Unreachable",
	[ICMP_UNREACH_SRCFAIL] = "Source Route Failed",
	[ICMP_UNREACH_NET_UNKNOWN] = "Destination Net Unknown",
	[ICMP_UNREACH_HOST_UNKNOWN] = "Destination Host Unknown",
	[ICMP_UNREACH_ISOLATED] = "Source Host Isolated",
	[ICMP_UNREACH_NET_PROHIB] = "Destination Net Prohibited",
	[ICMP_UNREACH_HOST_PROHIB] = "Destination Host Prohibited",
	[ICMP_UNREACH_TOSNET] = "Destination Net Unreachable for this TOS",
	[ICMP_UNREACH_TOSHOST] = "Destination Host Unreachable for this TOS",
	[ICMP_UNREACH_FILTER_PROHIB] = "Prohibited by a Filter",
	[ICMP_UNREACH_HOST_PRECEDENCE] = "Host Precedence Violation",
	[ICMP_UNREACH_PRECEDENCE_CUTOFF] = "Precedence Cutoff",
};

static const char *const redirects[] = {
	[ICMP_REDIRECT_NET] = "Net",
	[ICMP_REDIRECT_HOST] = "Host",
	[ICMP_REDIRECT_TOSNET] = "TOS and Net",
	[ICMP_REDIRECT_TOSHOST] = "TOS and Host",
};

static const char *const exceeded[] = {
	[ICMP_TIMXCEED_INTRANS] = "Time to live exceeded",
	[ICMP_TIMXCEED_REASS] = "Fragment reassembly time exceeded",
};

#define TEXT(texts, code) \
	((code) < sizeof(texts) / sizeof((texts)[0]) ? (texts)[code] : NULL)

static const char *
error_text(const struct icmp *icp)
{
	switch (icp->icmp_type) {
	case ICMP_UNREACH:
		return (TEXT(unreach, icp->icmp_code));
	case ICMP_REDIRECT:
		return (TEXT(redirects, icp->icmp_code));
	case ICMP_TIMXCEED:
		return (TEXT(exceeded, icp->icmp_code));
	case ICMP_SOURCEQUENCH:
		return ("Source Quench");
	default:
		return (NULL);
	}
}

void
icmp_describe(const struct icmp *icp, size_t icmplen, char *buf, size_t size)
{
	const char *text = error_text(icp);
	char gw[INET_ADDRSTRLEN];

	if (icp->icmp_type == ICMP_UNREACH &&
	    icp->icmp_code == ICMP_UNREACH_NEEDFRAG) {
		/* a router older than RFC 1191 says 0 */
		if (icp->icmp_nextmtu == 0)
			snprintf(buf, size, "frag needed and DF set");
		else
			snprintf(buf, size, "frag needed and DF set "
			    "(mtu %u)", ntohs(icp->icmp_nextmtu));
	} else if (icp->icmp_type == ICMP_PARAMPROB)
		snprintf(buf, size, "Parameter problem: pointer = 0x%02x",
		    icp->icmp_pptr);
	else if (icp->icmp_type == ICMP_REDIRECT && text != NULL)
		snprintf(buf, size, "Redirect %s (New addr: %s)", text,
		    inet_ntop(AF_INET, &icp->icmp_gwaddr, gw, sizeof(gw)));
	else if (text != NULL)
		snprintf(buf, size, "%s", text);
	else
		snprintf(buf, size, "ICMP type %u code %u (%zu bytes)",
		    icp->icmp_type, icp->icmp_code, icmplen);
}
