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
#include <net/if.h>
#include <net/if_dl.h>
#include <net/route.h>
#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "route.h"
#include "show.h"

/* Messages of the routing socket, as people read them. */

#define TIME_LEN	64

struct number_text {
	unsigned int	 nt_number;
	const char	*nt_text;
};
#define COUNT(t)	(sizeof(t) / sizeof((t)[0]))

static const struct {
	int		 mt_type;
	const char	*mt_name;
	const char	*mt_text;
} message_types[] = {
	{ RTM_ADD, "RTM_ADD", "route added" },
	{ RTM_DELETE, "RTM_DELETE", "route deleted" },
	{ RTM_CHANGE, "RTM_CHANGE", "route changed" },
	{ RTM_GET, "RTM_GET", "route looked up" },
	{ RTM_LOSING, "RTM_LOSING", "packets of the route get lost" },
	{ RTM_REDIRECT, "RTM_REDIRECT", "redirected to another gateway" },
	{ RTM_MISS, "RTM_MISS", "no route" },
	{ RTM_RESOLVE, "RTM_RESOLVE", "link address of a host is wanted" },
	{ RTM_NEWADDR, "RTM_NEWADDR", "address added" },
	{ RTM_DELADDR, "RTM_DELADDR", "address deleted" },
	{ RTM_IFINFO, "RTM_IFINFO", "interface changed" },
	{ RTM_IFANNOUNCE, "RTM_IFANNOUNCE", "interface came or went" },
	{ RTM_DESYNC, "RTM_DESYNC",
	    "messages were lost, read the tables again" },
	{ RTM_INVALIDATE, "RTM_INVALIDATE", "route is to be forgotten" },
	{ RTM_BFD, "RTM_BFD", "forwarding path changed" },
	{ RTM_PROPOSAL, "RTM_PROPOSAL", "configuration proposed" },
	{ RTM_CHGADDRATTR, "RTM_CHGADDRATTR", "address changed" },
	{ RTM_80211INFO, "RTM_80211INFO", "wireless network changed" },
	{ RTM_SOURCE, "RTM_SOURCE", "preferred source changed" }
};

static const struct number_text route_flags[] = {
	{ RTF_UP, "UP" }, { RTF_GATEWAY, "GATEWAY" }, { RTF_HOST, "HOST" },
	{ RTF_REJECT, "REJECT" }, { RTF_DYNAMIC, "DYNAMIC" },
	{ RTF_MODIFIED, "MODIFIED" }, { RTF_DONE, "DONE" },
	{ RTF_CLONING, "CLONING" }, { RTF_MULTICAST, "MULTICAST" },
	{ RTF_LLINFO, "LLINFO" }, { RTF_STATIC, "STATIC" },
	{ RTF_BLACKHOLE, "BLACKHOLE" }, { RTF_PROTO3, "PROTO3" },
	{ RTF_PROTO2, "PROTO2" }, { RTF_PROTO1, "PROTO1" },
	{ RTF_CLONED, "CLONED" }, { RTF_CACHED, "CACHED" },
	{ RTF_MPATH, "MPATH" }, { RTF_MPLS, "MPLS" },
	{ RTF_LOCAL, "LOCAL" }, { RTF_BROADCAST, "BROADCAST" },
	{ RTF_CONNECTED, "CONNECTED" }, { RTF_BFD, "BFD" }
};

static const struct number_text iface_flags[] = {
	{ IFF_UP, "UP" }, { IFF_BROADCAST, "BROADCAST" },
	{ IFF_DEBUG, "DEBUG" }, { IFF_LOOPBACK, "LOOPBACK" },
	{ IFF_POINTOPOINT, "POINTOPOINT" }, { IFF_STATICARP, "STATICARP" },
	{ IFF_RUNNING, "RUNNING" }, { IFF_NOARP, "NOARP" },
	{ IFF_PROMISC, "PROMISC" }, { IFF_ALLMULTI, "ALLMULTI" },
	{ IFF_OACTIVE, "OACTIVE" }, { IFF_SIMPLEX, "SIMPLEX" },
	{ IFF_LINK0, "LINK0" }, { IFF_LINK1, "LINK1" },
	{ IFF_LINK2, "LINK2" }, { IFF_MULTICAST, "MULTICAST" }
};

static const struct number_text link_states[] = {
	{ LINK_STATE_UNKNOWN, "unknown" }, { LINK_STATE_INVALID, "invalid" },
	{ LINK_STATE_DOWN, "down" },
	{ LINK_STATE_KALIVE_DOWN, "down, no keepalive" },
	{ LINK_STATE_UP, "up" },
	{ LINK_STATE_HALF_DUPLEX, "up, half duplex" },
	{ LINK_STATE_FULL_DUPLEX, "up, full duplex" }
};

static const struct number_text priorities[] = {
	{ RTP_NONE, "none" }, { RTP_LOCAL, "local" },
	{ RTP_CONNECTED, "connected" }, { RTP_STATIC, "static" },
	{ RTP_EIGRP, "eigrp" }, { RTP_OSPF, "ospf" }, { RTP_ISIS, "isis" },
	{ RTP_RIP, "rip" }, { RTP_BGP, "bgp" }, { RTP_DEFAULT, "default" }
};

static const char *
text_find(const struct number_text *t, size_t n, unsigned int number)
{
	for (; n > 0; n--, t++)
		if (t->nt_number == number)
			return (t->nt_text);
	return ("");
}

static void
bits_print(const struct number_text *t, size_t n, unsigned int bits)
{
	const char *comma = "";

	putchar('<');
	for (; n > 0; n--, t++)
		if (bits & t->nt_number) {
			printf("%s%s", comma, t->nt_text);
			comma = ",";
		}
	putchar('>');
}

static void
priority_print(unsigned int priority)
{
	const char *name = text_find(priorities, COUNT(priorities), priority);

	printf("%u%s%s%s", priority, *name != '\0' ? " (" : "", name,
	    *name != '\0' ? ")" : "");
}

static const char *
iface_name(unsigned int index, char *buf)
{
	if (index == 0 || if_indextoname(index, buf) == NULL)
		snprintf(buf, IFNAMSIZ, "#%u", index);
	return (buf);
}

/* The name of an interface that may be gone by now. */
static const char *
ifp_name(const struct sockaddr *sa, unsigned int index, char *buf)
{
	const struct sockaddr_dl *sdl = (const struct sockaddr_dl *)sa;

	if (sa == NULL || sa->sa_family != AF_LINK || sdl->sdl_nlen == 0 ||
	    sdl->sdl_nlen >= IFNAMSIZ)
		return (iface_name(index, buf));
	memcpy(buf, sdl->sdl_data, sdl->sdl_nlen);
	buf[sdl->sdl_nlen] = '\0';
	return (buf);
}

static void
addr_print(const char *what, const struct sockaddr *sa)
{
	char buf[ADDR_TEXTLEN];

	if (sa != NULL && sa->sa_len != 0)
		printf("\t%s %s\n", what, addr_text(sa, nflag, buf));
}

static void
metrics_print(const struct rt_msghdr *rtm)
{
	const struct rt_metrics *rmx = &rtm->rtm_rmx;
	char when[TIME_LEN];
	time_t t = rmx->rmx_expire;
	struct tm *tm;

	printf("\tmtu %u%s, use %llu, ", rmx->rmx_mtu,
	    rmx->rmx_locks & RTV_MTU ? " (locked)" : "",
	    (unsigned long long)rmx->rmx_pksent);
	if (t == 0)
		printf("does not expire\n");
	else if ((tm = localtime(&t)) != NULL &&
	    strftime(when, sizeof(when), "%c", tm) > 0)
		printf("expires %s\n", when);
	else
		printf("expires at %lld\n", (long long)t);
}

static void
route_print(const struct rt_msghdr *rtm)
{
	const struct sockaddr *sas[RTAX_MAX], *dst;
	char name[IFNAMSIZ], buf[ADDR_TEXTLEN];

	route_addrs(rtm, rtm->rtm_addrs, sas);
	printf("\ttable %u, priority ", rtm->rtm_tableid);
	priority_print(rtm->rtm_priority & RTP_MASK);
	if (rtm->rtm_index != 0 || sas[RTAX_IFP] != NULL)
		printf(", interface %s", ifp_name(sas[RTAX_IFP],
		    rtm->rtm_index, name));
	printf(", pid %d, seq %d\n", (int)rtm->rtm_pid, rtm->rtm_seq);
	if (rtm->rtm_errno != 0)
		printf("\terror: %s\n", route_reason(rtm->rtm_errno));
	if ((dst = sas[RTAX_DST]) != NULL)
		printf("\tdestination %s\n", net_text(dst, mask_len(
		    dst->sa_family, sas[RTAX_NETMASK]), nflag, buf));
	addr_print("gateway", sas[RTAX_GATEWAY]);
	addr_print("interface address", sas[RTAX_IFA]);
	addr_print("author", sas[RTAX_AUTHOR]);
	if (sas[RTAX_LABEL] != NULL)
		printf("\tlabel %s\n", label_text(sas[RTAX_LABEL], buf));
	printf("\tflags ");
	bits_print(route_flags, COUNT(route_flags), rtm->rtm_flags);
	putchar('\n');
	metrics_print(rtm);
}

static void
iface_print(const struct if_msghdr *ifm)
{
	const struct sockaddr *sas[RTAX_MAX];
	char name[IFNAMSIZ];

	route_addrs(ifm, ifm->ifm_addrs, sas);
	printf("\tinterface %s, index %u, table %u\n",
	    ifp_name(sas[RTAX_IFP], ifm->ifm_index, name), ifm->ifm_index,
	    ifm->ifm_tableid);
	printf("\tlink state %s\n", text_find(link_states,
	    COUNT(link_states), ifm->ifm_data.ifi_link_state));
	printf("\tflags %x", (unsigned int)ifm->ifm_flags);
	bits_print(iface_flags, COUNT(iface_flags), ifm->ifm_flags);
	printf(", mtu %u\n", ifm->ifm_data.ifi_mtu);
}

static void
ifaddr_print(const struct ifa_msghdr *ifam)
{
	const struct sockaddr *sas[RTAX_MAX], *sa;
	char name[IFNAMSIZ], buf[ADDR_TEXTLEN];

	route_addrs(ifam, ifam->ifam_addrs, sas);
	printf("\tinterface %s, index %u, table %u\n",
	    ifp_name(sas[RTAX_IFP], ifam->ifam_index, name),
	    ifam->ifam_index, ifam->ifam_tableid);
	if ((sa = sas[RTAX_IFA]) != NULL)
		printf("\taddress %s prefixlen %d\n",
		    addr_text(sa, nflag, buf),
		    mask_len(sa->sa_family, sas[RTAX_NETMASK]));
	addr_print("broadcast or far end", sas[RTAX_BRD]);
}

static void
announce_print(const struct if_announcemsghdr *ifan)
{
	printf("\tinterface %.*s, index %u, ", (int)sizeof(ifan->ifan_name),
	    ifan->ifan_name, ifan->ifan_index);
	if (ifan->ifan_what == IFAN_ARRIVAL)
		printf("arrived\n");
	else if (ifan->ifan_what == IFAN_DEPARTURE)
		printf("departed\n");
	else
		printf("did %u\n", ifan->ifan_what);
}

/* Bytes that a message of that type has before its addresses. */
static size_t
head_len(int type)
{
	switch (type) {
	case RTM_IFINFO:
		return (sizeof(struct if_msghdr));
	case RTM_NEWADDR:
	case RTM_DELADDR:
	case RTM_CHGADDRATTR:
		return (sizeof(struct ifa_msghdr));
	case RTM_IFANNOUNCE:
		return (sizeof(struct if_announcemsghdr));
	case RTM_80211INFO:
	case RTM_DESYNC:
		/* of no use but for their type */
		return (offsetof(struct rt_msghdr, rtm_addrs));
	default:
		return (sizeof(struct rt_msghdr));
	}
}

static void
name_print(int type)
{
	size_t i;

	for (i = 0; i < COUNT(message_types); i++)
		if (message_types[i].mt_type == type) {
			printf("%s: %s\n", message_types[i].mt_name,
			    message_types[i].mt_text);
			return;
		}
	printf("message of unknown type %d\n", type);
}

void
message_print(const void *msg, size_t len)
{
	const struct rt_msghdr *rtm = msg;

	if (len < offsetof(struct rt_msghdr, rtm_addrs) ||
	    rtm->rtm_msglen > len || rtm->rtm_msglen < rtm->rtm_hdrlen ||
	    rtm->rtm_hdrlen < head_len(rtm->rtm_type)) {
		printf("message of %zu bytes that is garbled\n", len);
		return;
	}
	if (rtm->rtm_version != RTM_VERSION) {
		printf("message of version %u, not %d\n", rtm->rtm_version,
		    RTM_VERSION);
		return;
	}
	name_print(rtm->rtm_type);
	switch (rtm->rtm_type) {
	case RTM_IFINFO:
		iface_print(msg);
		break;
	case RTM_IFANNOUNCE:
		announce_print(msg);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
	case RTM_CHGADDRATTR:
		ifaddr_print(msg);
		break;
	case RTM_80211INFO:
	case RTM_DESYNC:
		break;
	default:
		route_print(msg);
	}
}

static void
get_line(const char *what, const char *text)
{
	printf("%11s: %s\n", what, text);
}

static const char *
mask_text(const struct sockaddr *mask, int plen, char *buf)
{
	if (plen == 0) {
		strlcpy(buf, "default", ADDR_TEXTLEN);
		return (buf);
	}
	return (addr_text(mask, 1, buf));
}

void
get_print(const struct rtreq *rq, const struct rt_msghdr *rtm)
{
	const struct sockaddr *sas[RTAX_MAX], *dst, *mask;
	char buf[ADDR_TEXTLEN], name[IFNAMSIZ];
	int plen;

	route_addrs(rtm, rtm->rtm_addrs, sas);
	if ((dst = sas[RTAX_DST]) == NULL)
		errx(1, "the kernel's answer has no destination");
	mask = sas[RTAX_NETMASK];
	plen = mask_len(dst->sa_family, mask);
	get_line("route to", rq->rq_plen == 0 ? "default" :
	    addr_text(&rq->rq_su[RTAX_DST].sa, nflag, buf));
	get_line("destination", plen == 0 ? "default" :
	    addr_text(dst, nflag, buf));
	if (mask != NULL)
		get_line("mask", mask_text(mask, plen, buf));
	if (sas[RTAX_GATEWAY] != NULL && (rtm->rtm_flags & RTF_GATEWAY))
		get_line("gateway", addr_text(sas[RTAX_GATEWAY], nflag, buf));
	get_line("interface", ifp_name(sas[RTAX_IFP], rtm->rtm_index, name));
	if (sas[RTAX_IFA] != NULL)
		get_line("if address", addr_text(sas[RTAX_IFA], nflag, buf));
	printf("%11s: ", "priority");
	priority_print(rtm->rtm_priority & RTP_MASK);
	printf("\n%11s: ", "flags");
	bits_print(route_flags, COUNT(route_flags), rtm->rtm_flags);
	putchar('\n');
	if (sas[RTAX_LABEL] != NULL)
		get_line("label", label_text(sas[RTAX_LABEL], buf));
	printf("%8s  %8s  %8s\n%8llu  %8u  %8lld\n", "use", "mtu", "expire",
	    (unsigned long long)rtm->rtm_rmx.rmx_pksent,
	    rtm->rtm_rmx.rmx_mtu, (long long)(rtm->rtm_rmx.rmx_expire == 0 ?
	    0 : rtm->rtm_rmx.rmx_expire - time(NULL)));
}

/* Without -T the messages of all tables. */
static int
monitor_socket(const struct rtreq *rq)
{
	unsigned int table = Tflag ? rtable : RTABLE_ANY;
	unsigned int priority = rq->rq_priority;
	int s;

	s = route_socket(rq->rq_af);
	if (setsockopt(s, AF_ROUTE, ROUTE_TABLEFILTER, &table,
	    sizeof(table)) == -1) {
		if (errno == ENOENT)
			errx(1, "routing table %u does not exist", table);
		err(1, "ROUTE_TABLEFILTER");
	}
	if (priority != 0 && setsockopt(s, AF_ROUTE, ROUTE_PRIOFILTER,
	    &priority, sizeof(priority)) == -1)
		err(1, "ROUTE_PRIOFILTER");
	return (s);
}

int
monitor(const struct rtreq *rq)
{
	uint64_t msg[RTM_MAXSIZE / sizeof(uint64_t)];
	char when[TIME_LEN];
	time_t now;
	ssize_t n;
	int s;

	s = monitor_socket(rq);
	for (;;) {
		fflush(stdout);
		if ((n = read(s, msg, sizeof(msg))) == 0)
			return (0);
		if (n == -1) {
			if (errno == EINTR)
				continue;
			err(1, "routing socket");
		}
		now = time(NULL);
		strftime(when, sizeof(when), "%c", localtime(&now));
		printf("got message of size %zd on %s\n", n, when);
		message_print(msg, n);
		putchar('\n');
	}
}
