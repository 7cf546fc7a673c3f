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
#include <sys/sysctl.h>
#include <net/route.h>
#include <netinet/in.h>
#include <netinet/icmp6.h>
#include <netinet/icmp_var.h>
#include <netinet/ip_ah.h>
#include <netinet/ip_esp.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_ipip.h>
#include <netinet/ip_ipsp.h>
#include <netinet/ip_var.h>
#include <netinet/udp_var.h>
#include <netinet6/ip6_var.h>
#include <netinet6/nd6.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "netstat.h"

/* Counters of protocols. */

static const struct counter ip_counters[] = {
	COUNT(ipstat, ips_total, "total packet~ received"),
	COUNT(ipstat, ips_badsum, "bad header checksum~"),
	COUNT(ipstat, ips_toosmall, "packet~ with size smaller than minimum"),
	COUNT(ipstat, ips_tooshort, "packet~ with data size < data length"),
	COUNT(ipstat, ips_badhlen, "packet~ with header length < data size"),
	COUNT(ipstat, ips_badlen, "packet~ with data length < header length"),
	COUNT(ipstat, ips_badoptions, "packet~ with bad options"),
	COUNT(ipstat, ips_badvers, "packet~ with incorrect version number"),
	COUNT(ipstat, ips_badaddr, "packet~ with an address not allowed there"),
	COUNT(ipstat, ips_wrongif,
	    "packet~ received on the wrong interface for the address"),
	COUNT(ipstat, ips_fragments, "fragment~ received"),
	COUNT(ipstat, ips_fragdropped,
	    "fragment~ dropped (duplicates or out of space)"),
	COUNT(ipstat, ips_badfrags, "malformed fragment~ dropped"),
	COUNT(ipstat, ips_fragtimeout, "fragment~ dropped after timeout"),
	COUNT(ipstat, ips_reassembled, "packet~ reassembled ok"),
	COUNT(ipstat, ips_toolong, "packet~ longer than 65535 bytes"),
	COUNT(ipstat, ips_delivered, "packet~ for this host"),
	COUNT(ipstat, ips_noproto, "packet~ for unknown/unsupported protocol"),
	COUNT(ipstat, ips_nogif, "tunneling packet~ that nobody wanted"),
	COUNT(ipstat, ips_notmember,
	    "multicast packet~ of groups not joined here"),
	COUNT(ipstat, ips_idropped,
	    "input packet~ dropped due to no bufs or no use for them"),
	COUNT(ipstat, ips_rcvmemdrop,
	    "input packet~ dropped for lack of memory"),
	COUNT(ipstat, ips_forward, "packet~ forwarded"),
	COUNT(ipstat, ips_cantforward, "packet~ not forwardable"),
	COUNT(ipstat, ips_redirectsent, "redirect~ sent"),
	COUNT(ipstat, ips_localout, "packet~ sent from this host"),
	COUNT(ipstat, ips_rawout, "packet~ sent with fabricated ip header"),
	COUNT(ipstat, ips_odropped,
	    "output packet~ dropped due to no bufs, etc."),
	COUNT(ipstat, ips_noroute, "output packet~ discarded due to no route"),
	COUNT(ipstat, ips_fragmented, "output datagram~ fragmented"),
	COUNT(ipstat, ips_ofragments, "fragment~ created"),
	COUNT(ipstat, ips_cantfrag, "datagram~ that can't be fragmented"),
	COUNT(ipstat, ips_inswcsum,
	    "input datagram~ checksum-processed by software"),
	COUNT(ipstat, ips_outswcsum,
	    "output datagram~ checksum-processed by software"),
	COUNT(ipstat, ips_rtcachehit, "route cache hit~"),
	COUNT(ipstat, ips_rtcachemiss, "route cache miss|misses"),
};

static const struct counter udp_counters[] = {
	COUNT(udpstat, udps_ipackets, "datagram~ received"),
	COUNT(udpstat, udps_hdrops, "datagram~ with incomplete header"),
	COUNT(udpstat, udps_badlen, "datagram~ with bad data length field"),
	COUNT(udpstat, udps_badsum, "datagram~ with bad checksum"),
	COUNT(udpstat, udps_nosum, "datagram~ with no checksum"),
	COUNT(udpstat, udps_inswcsum,
	    "input packet~ software-checksummed"),
	COUNT(udpstat, udps_outswcsum,
	    "output packet~ software-checksummed"),
	COUNT(udpstat, udps_noport, "datagram~ dropped due to no socket"),
	COUNT(udpstat, udps_noportbcast,
	    "broadcast/multicast datagram~ dropped due to no socket"),
	COUNT(udpstat, udps_nosec, "datagram~ dropped due to missing IPsec "
	    "protection"),
	COUNT(udpstat, udps_fullsock,
	    "datagram~ dropped due to full socket buffers"),
	COUNT(udpstat, udps_opackets, "datagram~ output"),
	COUNT(udpstat, udps_pcbhashmiss, "missed PCB cache|caches"),
};

static const struct counter icmp_counters[] = {
	COUNT(icmpstat, icps_error, "call~ to icmp_error"),
	COUNT(icmpstat, icps_oldicmp,
	    "error~ not generated because old message was icmp"),
	COUNT(icmpstat, icps_oldshort,
	    "error~ not generated because of what the old packet was"),
	COUNT(icmpstat, icps_toofreq,
	    "error~ not generated because of rate limitation"),
	COUNT(icmpstat, icps_badcode, "message~ with bad code fields"),
	COUNT(icmpstat, icps_tooshort, "message~ < minimum length"),
	COUNT(icmpstat, icps_checksum, "bad checksum~"),
	COUNT(icmpstat, icps_badlen, "message~ with bad length"),
	COUNT(icmpstat, icps_bmcastecho,
	    "echo request~ to broadcast/multicast rejected"),
	COUNT(icmpstat, icps_reflect, "message response~ generated"),
};

static const struct counter esp_counters[] = {
	COUNT(espstat, esps_input, "input ESP packet~"),
	COUNT(espstat, esps_output, "output ESP packet~"),
	COUNT(espstat, esps_nopf,
	    "packet~ from unsupported protocol families"),
	COUNT(espstat, esps_hdrops, "packet~ shorter than header shows"),
	COUNT(espstat, esps_pdrops, "packet~ dropped due to policy"),
	COUNT(espstat, esps_notdb, "packet~ for which no TDB was found"),
	COUNT(espstat, esps_badkcr,
	    "input packet~ that failed to be processed"),
	COUNT(espstat, esps_badenc, "packet~ with bad encryption received"),
	COUNT(espstat, esps_badauth,
	    "packet~ that failed verification received"),
	COUNT(espstat, esps_noxform,
	    "packet~ for which no XFORM was set in TDB received"),
	COUNT(espstat, esps_qfull,
	    "packet~ were dropped due to full output queue"),
	COUNT(espstat, esps_wrap,
	    "packet~ where counter wrapping was detected"),
	COUNT(espstat, esps_replay, "possibly replayed packet~ received"),
	COUNT(espstat, esps_badilen,
	    "packet~ with bad payload size or padding received"),
	COUNT(espstat, esps_invalid,
	    "packet~ attempted to use an invalid TDB"),
	COUNT(espstat, esps_toobig,
	    "packet~ got larger than max IP packet size"),
	COUNT(espstat, esps_crypto, "packet~ that failed crypto processing"),
	COUNT(espstat, esps_udpencin, "input UDP encapsulated ESP packet~"),
	COUNT(espstat, esps_udpencout, "output UDP encapsulated ESP packet~"),
	COUNT(espstat, esps_udpinval,
	    "UDP packet~ for non-encapsulating TDB received"),
	COUNT(espstat, esps_udpneeded,
	    "packet~ received with UDP encapsulation needed"),
	COUNT(espstat, esps_outfail, "packet output failure~"),
	COUNT(espstat, esps_ibytes, "input byte~"),
	COUNT(espstat, esps_obytes, "output byte~"),
};

static const struct counter ah_counters[] = {
	COUNT(ahstat, ahs_input, "input AH packet~"),
	COUNT(ahstat, ahs_output, "output AH packet~"),
	COUNT(ahstat, ahs_nopf,
	    "packet~ from unsupported protocol families"),
	COUNT(ahstat, ahs_hdrops, "packet~ shorter than header shows"),
	COUNT(ahstat, ahs_pdrops, "packet~ dropped due to policy"),
	COUNT(ahstat, ahs_notdb, "packet~ for which no TDB was found"),
	COUNT(ahstat, ahs_badkcr,
	    "input packet~ that failed to be processed"),
	COUNT(ahstat, ahs_badauth,
	    "packet~ that failed verification received"),
	COUNT(ahstat, ahs_badauthl,
	    "packet~ with bad authenticator length received"),
	COUNT(ahstat, ahs_noxform,
	    "packet~ for which no XFORM was set in TDB received"),
	COUNT(ahstat, ahs_qfull,
	    "packet~ were dropped due to full output queue"),
	COUNT(ahstat, ahs_wrap,
	    "packet~ where counter wrapping was detected"),
	COUNT(ahstat, ahs_replay, "possibly replayed packet~ received"),
	COUNT(ahstat, ahs_invalid,
	    "packet~ attempted to use an invalid TDB"),
	COUNT(ahstat, ahs_toobig,
	    "packet~ got larger than max IP packet size"),
	COUNT(ahstat, ahs_crypto, "packet~ that failed crypto processing"),
	COUNT(ahstat, ahs_outfail, "packet output failure~"),
	COUNT(ahstat, ahs_ibytes, "input byte~"),
	COUNT(ahstat, ahs_obytes, "output byte~"),
};

static const struct counter ipsec_counters[] = {
	COUNT(ipsecstat, ipsec_tunnels, "tunnel SA~ now"),
	COUNT(ipsecstat, ipsec_prevtunnels, "tunnel SA~ that are gone"),
	COUNT(ipsecstat, ipsec_ipackets, "input IPsec packet~"),
	COUNT(ipsecstat, ipsec_opackets, "output IPsec packet~"),
	COUNT(ipsecstat, ipsec_ibytes, "input byte~"),
	COUNT(ipsecstat, ipsec_obytes, "output byte~"),
	COUNT(ipsecstat, ipsec_idecompbytes, "input byte~, decompressed"),
	COUNT(ipsecstat, ipsec_ouncompbytes, "output byte~, uncompressed"),
	COUNT(ipsecstat, ipsec_idrops, "packet~ dropped on input"),
	COUNT(ipsecstat, ipsec_odrops, "packet~ dropped on output"),
	COUNT(ipsecstat, ipsec_crypto,
	    "packet~ that failed crypto processing"),
	COUNT(ipsecstat, ipsec_notdb, "packet~ for which no TDB was found"),
	COUNT(ipsecstat, ipsec_noxform,
	    "packet~ for which no XFORM was set in TDB"),
	COUNT(ipsecstat, ipsec_exctdb,
	    "SA~ whose lifetime in bytes or packets ran out"),
};

static const struct counter ipip_counters[] = {
	COUNT(ipipstat, ipips_ipackets, "total input packet~"),
	COUNT(ipipstat, ipips_opackets, "total output packet~"),
	COUNT(ipipstat, ipips_hdrops, "packet~ shorter than header shows"),
	COUNT(ipipstat, ipips_qfull,
	    "packet~ dropped due to full output queue"),
	COUNT(ipipstat, ipips_pdrops, "packet~ dropped due to policy"),
	COUNT(ipipstat, ipips_spoof,
	    "packet~ with possibly spoofed local addresses"),
	COUNT(ipipstat, ipips_family,
	    "packet~ of a family that cannot be tunnelled"),
	COUNT(ipipstat, ipips_unspec,
	    "packet~ for tunnels with unspecified endpoint addresses"),
	COUNT(ipipstat, ipips_ibytes, "input byte~"),
	COUNT(ipipstat, ipips_obytes, "output byte~"),
};

static const struct counter route_counters[] = {
	COUNT(rtstat, rts_badredirect, "bad routing redirect~"),
	COUNT(rtstat, rts_dynamic, "dynamically created route~"),
	COUNT(rtstat, rts_newgateway, "new gateway~ due to redirects"),
	COUNT(rtstat, rts_unreach, "destination~ found unreachable"),
	COUNT(rtstat, rts_wildcard, "use~ of a wildcard route"),
};

static void	icmp_histograms(const void *);

/* the counters of a protocol, and the sysctl that has them */
struct protocol {
	const char		*p_name;
	int			 p_mib[3];	/* behind CTL_NET */
	size_t			 p_size;	/* bytes of the structure */
	size_t			 p_width;	/* and of each counter */
	const struct counter	*p_counters;
	size_t			 p_n;		/* or until there is no text */
	void			(*p_more)(const void *);
};
#define COUNTERS(t)	t, sizeof(t) / sizeof((t)[0])

#define MIB4(proto, name)	{ PF_INET, IPPROTO_##proto, name }
#define MIB6(proto, name)	{ PF_INET6, IPPROTO_##proto, name }

static const struct protocol all[] = {
	{ "ip", MIB4(IP, IPCTL_STATS), sizeof(struct ipstat), 4,
	    COUNTERS(ip_counters), NULL },
	{ "icmp", MIB4(ICMP, ICMPCTL_STATS), sizeof(struct icmpstat), 8,
	    COUNTERS(icmp_counters), icmp_histograms },
	{ "udp", MIB4(UDP, UDPCTL_STATS), sizeof(struct udpstat), 8,
	    COUNTERS(udp_counters), NULL },
	{ "ipsec", MIB4(IP, IPCTL_IPSEC_STATS), sizeof(struct ipsecstat), 8,
	    COUNTERS(ipsec_counters), NULL },
	{ "esp", MIB4(ESP, ESPCTL_STATS), sizeof(struct espstat), 8,
	    COUNTERS(esp_counters), NULL },
	{ "ah", MIB4(AH, AHCTL_STATS), sizeof(struct ahstat), 8,
	    COUNTERS(ah_counters), NULL },
	{ "ipip", MIB4(IPIP, IPIPCTL_STATS), sizeof(struct ipipstat), 8,
	    COUNTERS(ipip_counters), NULL },
	{ "ip6", MIB6(IPV6, IPV6CTL_STATS), sizeof(struct ip6stat), 8,
	    ip6_counters, SIZE_MAX, NULL },
	{ "icmp6", MIB6(ICMPV6, ICMPV6CTL_STATS), sizeof(struct icmp6stat),
	    8, icmp6_counters, SIZE_MAX, icmp6_histograms },
	{ "nd6", MIB6(IPV6, IPV6CTL_ND6STATS), sizeof(struct nd6stat), 8,
	    nd6_counters, SIZE_MAX, NULL },
};
#define NPROTOCOLS	(sizeof(all) / sizeof(all[0]))

union counters {
	struct ipstat		ip;
	struct icmpstat		icmp;
	struct udpstat		udp;
	struct ipsecstat	ipsec;
	struct espstat		esp;
	struct ahstat		ah;
	struct ipipstat		ipip;
	struct ip6stat		ip6;
	struct icmp6stat	icmp6;
	struct nd6stat		nd6;
	struct rtstat		route;
};

void
counter_print(uint64_t n, const char *text)
{
	const char *bar = strchr(text, '|'), *word, *end;

	if (n == 0 && sflag > 1)
		return;
	printf("\t%llu ", (unsigned long long)n);
	if (bar != NULL) {
		for (word = bar; word > text && word[-1] != ' '; word--)
			continue;
		end = bar + 1 + strcspn(bar + 1, " ");
		printf("%.*s", (int)(word - text), text);
		if (n == 1)
			printf("%.*s", (int)(bar - word), word);
		else
			printf("%.*s", (int)(end - bar - 1), bar + 1);
		text = end;
	}
	for (; *text != '\0'; text++) {
		if (*text != '~')
			putchar(*text);
		else if (n != 1)
			putchar('s');
	}
	putchar('\n');
}

static void
counters_print(const struct counter *c, size_t n, size_t width,
    const void *data)
{
	const char *p;
	uint32_t v32;
	uint64_t v;

	for (; n > 0 && c->c_text != NULL; n--, c++) {
		p = (const char *)data + c->c_offset;
		if (width == sizeof(v32)) {
			memcpy(&v32, p, sizeof(v32));
			v = v32;
		} else
			memcpy(&v, p, sizeof(v));
		counter_print(v, c->c_text);
	}
}

static const struct icmpname icmp_names[] = {
	{ ICMP_ECHOREPLY, "echo reply" },
	{ ICMP_UNREACH, "destination unreachable" },
	{ ICMP_SOURCEQUENCH, "source quench" },
	{ ICMP_REDIRECT, "routing redirect" },
	{ ICMP_ECHO, "echo" },
	{ ICMP_ROUTERADVERT, "router advertisement" },
	{ ICMP_ROUTERSOLICIT, "router solicitation" },
	{ ICMP_TIMXCEED, "time exceeded" },
	{ ICMP_PARAMPROB, "parameter problem" },
	{ ICMP_TSTAMP, "time stamp" },
	{ ICMP_TSTAMPREPLY, "time stamp reply" },
	{ ICMP_IREQ, "information request" },
	{ ICMP_IREQREPLY, "information request reply" },
	{ ICMP_MASKREQ, "address mask request" },
	{ ICMP_MASKREPLY, "address mask reply" },
	{ 0, NULL }
};

void
icmp_histogram(const char *title, const uint64_t *hist, int n,
    const struct icmpname *names)
{
	const struct icmpname *in;
	int i, first = 1;

	for (i = 0; i < n; i++) {
		if (hist[i] == 0)
			continue;
		if (first)
			printf("\t%s histogram:\n", title);
		first = 0;
		for (in = names; in->in_name != NULL && in->in_type != i; in++)
			continue;
		if (in->in_name != NULL)
			printf("\t\t%s", in->in_name);
		else
			printf("\t\t#%d", i);
		printf(": %llu\n", (unsigned long long)hist[i]);
	}
}

static void
icmp_histograms(const void *data)
{
	const struct icmpstat *st = data;

	icmp_histogram("Output", st->icps_outhist, ICMP_MAXTYPE + 1,
	    icmp_names);
	icmp_histogram("Input", st->icps_inhist, ICMP_MAXTYPE + 1,
	    icmp_names);
}

/* 0 when the kernel knows nothing of the protocol and that is no fault. */
static int
protocol_print(const struct protocol *p, int must)
{
	int mib[4] = { CTL_NET, p->p_mib[0], p->p_mib[1], p->p_mib[2] };
	union counters c;
	size_t len = p->p_size;

	memset(&c, 0, sizeof(c));
	if (sysctl(mib, 4, &c, &len, NULL, 0) == -1) {
		if (errno != ENOPROTOOPT && errno != EOPNOTSUPP)
			err(1, "counters of %s", p->p_name);
		if (must)
			errx(1, "%s: the kernel has no counters of it",
			    p->p_name);
		return (0);
	}
	if (len != p->p_size)
		errx(1, "%s: the kernel's counters are %zu bytes, not %zu",
		    p->p_name, len, p->p_size);
	printf("%s:\n", p->p_name);
	counters_print(p->p_counters, p->p_n, p->p_width, &c);
	if (p->p_more != NULL)
		p->p_more(&c);
	return (1);
}

void
protocols(const char *name)
{
	size_t i;
	int found = 0;

	for (i = 0; i < NPROTOCOLS; i++)
		if (name == NULL || strcmp(name, all[i].p_name) == 0)
			found += protocol_print(&all[i], name != NULL);
	if (name != NULL && !found)
		errx(1, "%s: unknown protocol, not ip, icmp, udp, ipsec, "
		    "esp, ah, ipip, ip6, icmp6 or nd6", name);
}

void
routing_counters(void)
{
	int mib[6] = { CTL_NET, PF_ROUTE, 0, 0, NET_RT_STATS, 0 };
	struct rtstat st;
	size_t len = sizeof(st);

	if (sysctl(mib, 6, &st, &len, NULL, 0) == -1)
		err(1, "counters of routing");
	printf("routing:\n");
	counters_print(COUNTERS(route_counters), sizeof(uint32_t), &st);
}
