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
#include <netinet/icmp6.h>

#include <stdio.h>

#include "ping.h"

static const char *const unreach[] = {
	[ICMP6_DST_UNREACH_NOROUTE] = "No Route to Destination",
	[ICMP6_DST_UNREACH_ADMIN] = "Destination Administratively "
	    "Unreachable",
	[ICMP6_DST_UNREACH_BEYONDSCOPE] = "Destination Unreachable "
	    "Beyond Scope",
	[ICMP6_DST_UNREACH_ADDR] = "Destination Host Unreachable",
	[ICMP6_DST_UNREACH_NOPORT] = "Destination Port Unreachable",
};

static const char *const exceeded[] = {
	[ICMP6_TIME_EXCEED_TRANSIT] = "Hop limit exceeded",
	[ICMP6_TIME_EXCEED_REASSEMBLY] = "Fragment reassembly time exceeded",
};

static const char *const problems[] = {
	[ICMP6_PARAMPROB_HEADER] = "Erroneous Header",
	[ICMP6_PARAMPROB_NEXTHEADER] = "Unknown Next Header",
	[ICMP6_PARAMPROB_OPTION] = "Unrecognized Option",
};

#define TEXT(texts, code) \
	((code) < sizeof(texts) / sizeof((texts)[0]) ? (texts)[code] : NULL)

void
icmp6_describe(const struct ping_msg *pm, char *buf, size_t size)
{
	const struct icmp6_hdr *icp = (const struct icmp6_hdr *)pm->pm_icmp;
	const char *text = NULL;

	switch (icp->icmp6_type) {
	case ICMP6_DST_UNREACH:
		text = TEXT(unreach, icp->icmp6_code);
		break;
	case ICMP6_TIME_EXCEEDED:
		text = TEXT(exceeded, icp->icmp6_code);
		break;
	case ICMP6_PARAM_PROB:
		text = TEXT(problems, icp->icmp6_code);
		break;
	case ICMP6_PACKET_TOO_BIG:
		snprintf(buf, size, "Packet too big (mtu %u)",
		    ntohl(icp->icmp6_mtu));
		return;
	}
	if (text != NULL && icp->icmp6_type == ICMP6_PARAM_PROB)
		snprintf(buf, size, "Parameter problem: %s, pointer = 0x%02x",
		    text, ntohl(icp->icmp6_pptr));
	else if (text != NULL)
		snprintf(buf, size, "%s", text);
	else
		snprintf(buf, size, "ICMPv6 type %u code %u (%zu bytes)",
		    icp->icmp6_type, icp->icmp6_code, pm->pm_len);
}
