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
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <net/if.h>
#include <net/if_dl.h>
#include <net/route.h>
#include <netinet/in.h>
#include <netinet6/in6_var.h>
#include <netinet6/nd6.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ndp.h"
#include "show.h"

/* Entries are host routes with RTF_LLINFO; their states are asked for. */

struct ndp_request {
	struct rt_msghdr	nr_rtm;
	char			nr_addrs[256];
};

static int
sin6_same(const struct sockaddr_in6 *a, const struct sockaddr_in6 *b)
{
	return (memcmp(&a->sin6_addr, &b->sin6_addr,
	    sizeof(a->sin6_addr)) == 0 &&
	    a->sin6_scope_id == b->sin6_scope_id);
}

/* The next entry of a dump, and its addresses; our own are none. */
static const struct rt_msghdr *
entry_next(const char *buf, size_t len, const struct rt_msghdr *rtm,
    const struct sockaddr **sas)
{
	while ((rtm = route_next(buf, len, rtm)) != NULL) {
		if ((rtm->rtm_flags & (RTF_LLINFO | RTF_HOST | RTF_LOCAL)) !=
		    (RTF_LLINFO | RTF_HOST))
			continue;
		route_addrs(rtm, rtm->rtm_addrs, sas);
		if (sas[RTAX_DST] != NULL && sas[RTAX_GATEWAY] != NULL &&
		    sas[RTAX_GATEWAY]->sa_family == AF_LINK)
			return (rtm);
	}
	return (NULL);
}

/*
 * Showing
 */

static const char *
lladdr_text(const struct sockaddr *sa, char *buf)
{
	const struct sockaddr_dl *sdl = (const struct sockaddr_dl *)sa;

	if (sdl->sdl_alen == 0)
		return ("(incomplete)");
	return (addr_text(sa, 1, buf));
}

/* "1h2m3s" */
static const char *
time_text(long long s, char *buf, size_t size)
{
	int n = 0;

	if (s >= 3600)
		n += snprintf(buf + n, size - n, "%lldh", s / 3600);
	if (s >= 60)
		n += snprintf(buf + n, size - n, "%lldm", s / 60 % 60);
	snprintf(buf + n, size - n, "%llds", s % 60);
	return (buf);
}

static int
nbr_info(const struct sockaddr_in6 *sin6, const char *ifname,
    struct in6_nbrinfo *nbi)
{
	static int s = -1;

	if (s == -1 && (s = socket(AF_INET6, SOCK_DGRAM, 0)) == -1)
		err(1, "socket");
	memset(nbi, 0, sizeof(*nbi));
	strlcpy(nbi->ifname, ifname, sizeof(nbi->ifname));
	nbi->addr = sin6->sin6_addr;
	return (ioctl(s, SIOCGNBRINFO_IN6, nbi) == 0);
}

static void
show_state(const struct sockaddr_in6 *sin6, const char *ifname)
{
	static const char letters[] = "IRSDP";	/* by ND6_LLINFO_ */
	struct in6_nbrinfo nbi;
	char text[32];
	time_t now = time(NULL);

	/* it may just have gone */
	if (!nbr_info(sin6, ifname, &nbi)) {
		printf(" %-9s -\n", "-");
		return;
	}
	printf(" %-9s %c%s%s\n", nbi.expire == 0 ? "permanent" :
	    nbi.expire <= now ? "expired" :
	    time_text(nbi.expire - now, text, sizeof(text)),
	    nbi.state >= 0 && nbi.state < (int)sizeof(letters) - 1 ?
	    letters[nbi.state] : '?', nbi.isrouter ? " R" : "",
	    nbi.asked > 0 && nbi.state != ND6_LLINFO_REACHABLE ? " p" : "");
}

static void
show_entry(const struct rt_msghdr *rtm, const struct sockaddr **sas,
    int numeric)
{
	char host[ADDR_TEXTLEN], link[ADDR_TEXTLEN], ifname[IFNAMSIZ];

	if (if_indextoname(rtm->rtm_index, ifname) == NULL)
		strlcpy(ifname, "?", sizeof(ifname));
	printf("%-39s %-17s %6s",
	    addr_text(sas[RTAX_DST], numeric, host),
	    lladdr_text(sas[RTAX_GATEWAY], link), ifname);
	show_state((const struct sockaddr_in6 *)sas[RTAX_DST], ifname);
}

int
ndp_show(const struct sockaddr_in6 *only, int numeric)
{
	const struct sockaddr *sas[RTAX_MAX];
	const struct rt_msghdr *rtm = NULL;
	size_t len;
	char *buf = route_dump(AF_INET6, 0, 0, &len);
	int n = 0;

	while ((rtm = entry_next(buf, len, rtm, sas)) != NULL) {
		if (only != NULL && !sin6_same(only,
		    (const struct sockaddr_in6 *)sas[RTAX_DST]))
			continue;
		if (n++ == 0)
			printf("%-39s %-17s %6s %-9s %s %s\n", "Neighbor",
			    "Linklayer Address", "Netif", "Expire", "S",
			    "Flags");
		show_entry(rtm, sas, numeric);
	}
	free(buf);
	return (n);
}

/*
 * Changing
 */

static void
request_addr(struct ndp_request *nr, int bit, const void *sa, size_t len)
{
	size_t off = nr->nr_rtm.rtm_msglen - sizeof(nr->nr_rtm);

	memcpy(nr->nr_addrs + off, sa, len);
	nr->nr_rtm.rtm_addrs |= bit;
	nr->nr_rtm.rtm_msglen += (len + 7) & ~7UL;
}

static void
request_init(struct ndp_request *nr, int type,
    const struct sockaddr_in6 *sin6)
{
	memset(nr, 0, sizeof(*nr));
	nr->nr_rtm.rtm_version = RTM_VERSION;
	nr->nr_rtm.rtm_type = type;
	nr->nr_rtm.rtm_hdrlen = nr->nr_rtm.rtm_msglen = sizeof(nr->nr_rtm);
	nr->nr_rtm.rtm_flags = RTF_HOST | RTF_STATIC | RTF_LLINFO;
	nr->nr_rtm.rtm_seq = 1;
	request_addr(nr, RTA_DST, sin6, sizeof(*sin6));
}

/* Send it, and with get read the answer into it; 0 or -1 and errno. */
static int
request_send(struct ndp_request *nr, int get)
{
	static int s = -1;
	ssize_t n;

	if (s == -1 && (s = socket(AF_ROUTE, SOCK_RAW, AF_INET6)) == -1)
		err(1, "socket");
	if (!get)
		shutdown(s, SHUT_RD);
	if (write(s, nr, nr->nr_rtm.rtm_msglen) == -1)
		return (-1);
	while (get) {
		if ((n = read(s, nr, sizeof(*nr))) == -1)
			err(1, "read from routing socket");
		if (n >= (ssize_t)sizeof(nr->nr_rtm) &&
		    nr->nr_rtm.rtm_type == RTM_GET &&
		    nr->nr_rtm.rtm_pid == getpid())
			break;
	}
	return (0);
}

static void
need_root(void)
{
	if (geteuid() != 0)
		errx(1, "must be root to change the neighbour cache");
}

/* The interface whose network it is in. */
static unsigned int
neighbour_of(const struct sockaddr_in6 *sin6)
{
	char text[ADDR_TEXTLEN];
	struct ndp_request nr;

	request_init(&nr, RTM_GET, sin6);
	if (request_send(&nr, 1) == -1 ||
	    (nr.nr_rtm.rtm_flags & RTF_GATEWAY) ||
	    !(nr.nr_rtm.rtm_flags & (RTF_CLONING | RTF_LLINFO)) ||
	    (nr.nr_rtm.rtm_flags & RTF_LOCAL))
		errx(1, "%s: not on a network of ours", addr_text(
		    (const struct sockaddr *)sin6, 1, text));
	return (nr.nr_rtm.rtm_index);
}

void
ndp_set(const struct sockaddr_in6 *sin6, const unsigned char *lladdr)
{
	struct sockaddr_dl sdl;
	struct ndp_request nr;

	need_root();
	memset(&sdl, 0, sizeof(sdl));
	sdl.sdl_len = sizeof(sdl);
	sdl.sdl_family = AF_LINK;
	sdl.sdl_index = neighbour_of(sin6);
	sdl.sdl_alen = 6;
	memcpy(LLADDR(&sdl), lladdr, 6);
	(void)ndp_delete(sin6);
	request_init(&nr, RTM_ADD, sin6);
	request_addr(&nr, RTA_GATEWAY, &sdl, sizeof(sdl));
	if (request_send(&nr, 0) == -1)
		err(1, "cannot add the entry");
}

static int
is_entry(const struct sockaddr_in6 *sin6)
{
	const struct sockaddr *sas[RTAX_MAX];
	const struct rt_msghdr *rtm = NULL;
	size_t len;
	char *buf = route_dump(AF_INET6, 0, 0, &len);

	while ((rtm = entry_next(buf, len, rtm, sas)) != NULL) {
		if (sin6_same(sin6,
		    (const struct sockaddr_in6 *)sas[RTAX_DST]))
			break;
	}
	free(buf);
	return (rtm != NULL);
}

int
ndp_delete(const struct sockaddr_in6 *sin6)
{
	struct ndp_request nr;

	need_root();
	if (!is_entry(sin6))
		return (0);
	request_init(&nr, RTM_DELETE, sin6);
	if (request_send(&nr, 0) == 0)
		return (1);
	if (errno != ESRCH)
		err(1, "cannot delete the entry");
	return (0);
}

void
ndp_clear(void)
{
	const struct sockaddr *sas[RTAX_MAX];
	const struct rt_msghdr *rtm = NULL;
	size_t len;
	char *buf;

	need_root();
	buf = route_dump(AF_INET6, 0, 0, &len);
	while ((rtm = entry_next(buf, len, rtm, sas)) != NULL)
		(void)ndp_delete(
		    (const struct sockaddr_in6 *)sas[RTAX_DST]);
	free(buf);
}
