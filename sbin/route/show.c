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
#include <net/if.h>
#include <net/if_dl.h>
#include <net/route.h>
#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "show.h"

/* Routing tables as route(8) and netstat(1) show them. */

#define SA_SPACE(sa)	((sa)->sa_len == 0 ? 8 : (((sa)->sa_len + 7) & ~7))

/* RTF_DONE has no letter: each route of a table is done */
static const struct {
	int	flag;
	char	letter;
} flag_letters[] = {
	{ RTF_UP, 'U' }, { RTF_GATEWAY, 'G' }, { RTF_HOST, 'H' },
	{ RTF_REJECT, 'R' }, { RTF_DYNAMIC, 'D' }, { RTF_MODIFIED, 'M' },
	{ RTF_CLONING, 'C' }, { RTF_MULTICAST, 'm' }, { RTF_LLINFO, 'L' },
	{ RTF_STATIC, 'S' }, { RTF_BLACKHOLE, 'B' }, { RTF_PROTO3, '3' },
	{ RTF_PROTO2, '2' }, { RTF_PROTO1, '1' }, { RTF_CLONED, 'c' },
	{ RTF_CACHED, 'h' }, { RTF_MPATH, 'P' }, { RTF_MPLS, 'T' },
	{ RTF_LOCAL, 'l' }, { RTF_BROADCAST, 'b' }, { RTF_CONNECTED, 'n' },
	{ RTF_BFD, 'F' }
};
#define NFLAGS	(sizeof(flag_letters) / sizeof(flag_letters[0]))

char *
route_dump(int af, int priority, unsigned int table, size_t *lenp)
{
	int mib[7] = { CTL_NET, PF_ROUTE, 0, af, NET_RT_DUMP, priority,
	    (int)table };
	char *buf = NULL;
	size_t len;

	do {
		if (sysctl(mib, 7, NULL, &len, NULL, 0) == -1)
			break;
		len += 1024;		/* it may grow meanwhile */
		free(buf);
		if ((buf = malloc(len)) == NULL)
			err(1, NULL);
		if (sysctl(mib, 7, buf, &len, NULL, 0) == 0) {
			*lenp = len;
			return (buf);
		}
	} while (errno == ENOMEM);
	if (errno == ENOENT)
		errx(1, "routing table %u does not exist", table);
	err(1, "cannot read the routing table");
}

const struct rt_msghdr *
route_next(const char *buf, size_t len, const struct rt_msghdr *rtm)
{
	const char *p = rtm == NULL ? buf :
	    (const char *)rtm + rtm->rtm_msglen;

	for (; (size_t)(buf + len - p) >= sizeof(*rtm);
	    p += rtm->rtm_msglen) {
		rtm = (const struct rt_msghdr *)p;
		if (rtm->rtm_msglen < sizeof(*rtm) ||
		    rtm->rtm_msglen > buf + len - p)
			errx(1, "the kernel's routing table is garbled");
		if (rtm->rtm_version == RTM_VERSION)
			return (rtm);
	}
	return (NULL);
}

void
route_addrs(const void *msg, int addrs, const struct sockaddr **sas)
{
	const struct rt_msghdr *rtm = msg;
	const char *p = (const char *)msg + rtm->rtm_hdrlen;
	const char *end = (const char *)msg + rtm->rtm_msglen;
	const struct sockaddr *sa;
	int i;

	memset(sas, 0, RTAX_MAX * sizeof(*sas));
	for (i = 0; i < RTAX_MAX; i++) {
		if ((addrs & (1 << i)) == 0)
			continue;
		sa = (const struct sockaddr *)p;
		if (end - p < 8 || end - p < sa->sa_len)
			return;
		sas[i] = sa;
		p += SA_SPACE(sa);
	}
}

static const char *
flags_text(int flags, char *buf, size_t size)
{
	size_t i, n = 0;

	for (i = 0; i < NFLAGS && n + 1 < size; i++)
		if (flags & flag_letters[i].flag)
			buf[n++] = flag_letters[i].letter;
	buf[n] = '\0';
	return (buf);
}

/* Columns of destination and gateway. */
static int
dst_width(int af)
{
	return (af == AF_INET6 ? 43 : 18);
}

static int
gate_width(int af)
{
	return (af == AF_INET6 ? 39 : 18);
}

static void
show_family(const struct rtshow *rs, int af)
{
	switch (af) {
	case AF_INET:
		printf("\nInternet:\n");
		break;
	case AF_INET6:
		printf("\nInternet6:\n");
		break;
	case AF_MPLS:
		printf("\nMPLS:\n");
		break;
	default:
		printf("\nProtocol family %d:\n", af);
	}
	printf("%-*s %-*s %-6s %5s %8s %5s  %4s %s%s\n", dst_width(af),
	    "Destination", gate_width(af), "Gateway", "Flags", "Refs",
	    "Use", "Mtu", "Prio", "Iface", rs->rs_verbose ? " Label" : "");
}

/* A name that is too long would move the columns; a number is kept. */
static void
show_column(const char *text, int width, int numeric)
{
	if (numeric)
		printf("%-*s ", width, text);
	else
		printf("%-*.*s ", width, width, text);
}

static void
show_metrics(const struct rt_msghdr *rtm)
{
	char flags[NFLAGS + 1], mtu[16];
	const struct rt_metrics *rmx = &rtm->rtm_rmx;

	strlcpy(mtu, "-", sizeof(mtu));
	if (rmx->rmx_mtu != 0)
		snprintf(mtu, sizeof(mtu), "%u", rmx->rmx_mtu);
	printf("%-6s %5u %8llu %5s %c  %2d",
	    flags_text(rtm->rtm_flags, flags, sizeof(flags)),
	    rmx->rmx_refcnt, (unsigned long long)rmx->rmx_pksent, mtu,
	    rmx->rmx_locks & RTV_MTU ? 'L' : ' ',
	    rtm->rtm_priority & RTP_MASK);
}

static void
show_iface(const struct rt_msghdr *rtm, const struct sockaddr *ifp)
{
	const struct sockaddr_dl *sdl = (const struct sockaddr_dl *)ifp;
	char name[IFNAMSIZ];

	if (sdl != NULL && sdl->sdl_family == AF_LINK && sdl->sdl_nlen > 0 &&
	    sdl->sdl_nlen < sizeof(name)) {
		memcpy(name, sdl->sdl_data, sdl->sdl_nlen);
		name[sdl->sdl_nlen] = '\0';
	} else if (if_indextoname(rtm->rtm_index, name) == NULL)
		strlcpy(name, "-", sizeof(name));
	printf(" %-5s", name);
}

static void
show_route(const struct rtshow *rs, const struct rt_msghdr *rtm,
    const struct sockaddr **sas)
{
	const struct sockaddr *dst = sas[RTAX_DST];
	char buf[ADDR_TEXTLEN];
	int af = dst->sa_family;

	show_column(net_text(dst, rtm->rtm_flags & RTF_HOST ? af_bits(af) :
	    mask_len(af, sas[RTAX_NETMASK]), rs->rs_numeric, buf),
	    dst_width(af), rs->rs_numeric);
	strlcpy(buf, "-", sizeof(buf));
	if (sas[RTAX_GATEWAY] != NULL)
		addr_text(sas[RTAX_GATEWAY], rs->rs_numeric, buf);
	show_column(buf, gate_width(af), rs->rs_numeric);
	show_metrics(rtm);
	show_iface(rtm, sas[RTAX_IFP]);
	if (rs->rs_verbose && sas[RTAX_LABEL] != NULL)
		printf(" %s", label_text(sas[RTAX_LABEL], buf));
	putchar('\n');
}

static int
show_wants(const struct rtshow *rs, const struct rt_msghdr *rtm,
    const struct sockaddr **sas)
{
	char buf[ADDR_TEXTLEN];

	if (rtm->rtm_type != RTM_GET || sas[RTAX_DST] == NULL ||
	    (rtm->rtm_flags & rs->rs_flags) != rs->rs_flags ||
	    (rtm->rtm_flags & rs->rs_noflags) != 0)
		return (0);
	return (rs->rs_label == NULL || (sas[RTAX_LABEL] != NULL &&
	    strcmp(label_text(sas[RTAX_LABEL], buf), rs->rs_label) == 0));
}

void
show_routes(const struct rtshow *rs)
{
	const struct sockaddr *sas[RTAX_MAX];
	const struct rt_msghdr *rtm = NULL;
	int af = AF_UNSPEC;
	size_t len;
	char *buf;

	buf = route_dump(rs->rs_af, rs->rs_priority, rs->rs_table, &len);
	printf("Routing tables\n");
	while ((rtm = route_next(buf, len, rtm)) != NULL) {
		route_addrs(rtm, rtm->rtm_addrs, sas);
		if (!show_wants(rs, rtm, sas))
			continue;
		if (sas[RTAX_DST]->sa_family != af) {
			af = sas[RTAX_DST]->sa_family;
			show_family(rs, af);
		}
		show_route(rs, rtm, sas);
	}
	free(buf);
}
