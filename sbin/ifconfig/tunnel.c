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
#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ifconfig.h"

/*
 * Words of interfaces that put packets into other packets.  Which of them
 * an interface knows is for its driver to say: what the kernel refuses is
 * a warning.
 */

static void
req_int(struct ifcfg *ic, unsigned long request, const char *name, int value)
{
	struct ifreq ifr;

	ifr_init(ic, &ifr);
	ifr.ifr_metric = value;
	if (ioctl(ic->ic_s, request, &ifr) == -1)
		req_warn(name);
}

static void
tunnel_end(const char *word, struct sockaddr_storage *ss)
{
	struct addrinfo hints, *res;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_DGRAM;
	hints.ai_flags = AI_NUMERICHOST;
	if (getaddrinfo(word, NULL, &hints, &res) != 0)
		bad_value(word);
	memcpy(ss, res->ai_addr, res->ai_addrlen);
	freeaddrinfo(res);
}

void
set_tunnel(struct ifcfg *ic, char **argv, long value)
{
	struct if_laddrreq req;

	memset(&req, 0, sizeof(req));
	strlcpy(req.iflr_name, ic->ic_name, sizeof(req.iflr_name));
	tunnel_end(argv[0], &req.addr);
	tunnel_end(argv[1], &req.dstaddr);
	if (req.addr.ss_family != req.dstaddr.ss_family)
		errx(1, "tunnel: %s and %s are of different families",
		    argv[0], argv[1]);
	if (ioctl(ic->ic_s, SIOCSLIFPHYADDR, &req) == -1)
		req_warn("SIOCSLIFPHYADDR");
}

void
unset_tunnel(struct ifcfg *ic, char **argv, long value)
{
	struct ifreq ifr;

	ifr_init(ic, &ifr);
	if (ioctl(ic->ic_s, SIOCDIFPHYADDR, &ifr) == -1)
		req_warn("SIOCDIFPHYADDR");
}

void
set_tunneldf(struct ifcfg *ic, char **argv, long on)
{
	int df = on;

	if (on && argv[0] != NULL && strcmp(argv[0], "copy") == 0)
		df = 2;
	req_int(ic, SIOCSLIFPHYDF, "SIOCSLIFPHYDF", df);
}

void
set_tunnelttl(struct ifcfg *ic, char **argv, long value)
{
	int ttl = -1;

	if (strcmp(argv[0], "copy") != 0)
		ttl = number("tunnelttl", argv[0], 0, 255);
	req_int(ic, SIOCSLIFPHYTTL, "SIOCSLIFPHYTTL", ttl);
}

void
set_tunneldomain(struct ifcfg *ic, char **argv, long given)
{
	int table = -1;			/* that of the SAs */

	if (given)
		table = number("tunneldomain", argv[0], 0, RT_TABLEID_MAX);
	req_int(ic, SIOCSLIFPHYRTABLE, "SIOCSLIFPHYRTABLE", table);
}

static const struct {
	const char	*name;
	int		 value;
} hdrprios[] = {
	{ "packet",	IF_HDRPRIO_PACKET },
	{ "payload",	IF_HDRPRIO_PAYLOAD },
	{ "outer",	IF_HDRPRIO_OUTER },
};
#define NHDRPRIOS	(sizeof(hdrprios) / sizeof(hdrprios[0]))

void
set_hdrprio(struct ifcfg *ic, char **argv, long which)
{
	size_t i;
	int prio;

	for (i = 0; i < NHDRPRIOS; i++) {
		if (strcmp(hdrprios[i].name, argv[0]) == 0)
			break;
	}
	if (i < NHDRPRIOS)
		prio = hdrprios[i].value;
	else
		prio = number(argv[-1], argv[0], IF_HDRPRIO_MIN,
		    IF_HDRPRIO_MAX);
	if (which == 't')
		req_int(ic, SIOCSTXHPRIO, "SIOCSTXHPRIO", prio);
	else
		req_int(ic, SIOCSRXHPRIO, "SIOCSRXHPRIO", prio);
}

void
set_vnetid(struct ifcfg *ic, char **argv, long value)
{
	struct ifreq ifr;

	ifr_init(ic, &ifr);
	if (strcmp(argv[0], "any") == 0)
		ifr.ifr_vnetid = -1;
	else
		ifr.ifr_vnetid = number("vnetid", argv[0], 0, LONG_MAX);
	if (ioctl(ic->ic_s, SIOCSVNETID, &ifr) == -1)
		req_warn("SIOCSVNETID");
}

void
unset_vnetid(struct ifcfg *ic, char **argv, long value)
{
	req_int(ic, SIOCDVNETID, "SIOCDVNETID", 0);
}

void
set_parent(struct ifcfg *ic, char **argv, long value)
{
	struct if_parent req;

	memset(&req, 0, sizeof(req));
	strlcpy(req.ifp_name, ic->ic_name, sizeof(req.ifp_name));
	if (strlcpy(req.ifp_parent, argv[0], sizeof(req.ifp_parent)) >=
	    sizeof(req.ifp_parent))
		errx(1, "interface name '%s' too long", argv[0]);
	if (ioctl(ic->ic_s, SIOCSIFPARENT, &req) == -1)
		req_warn("SIOCSIFPARENT");
}

void
unset_parent(struct ifcfg *ic, char **argv, long value)
{
	req_int(ic, SIOCDIFPARENT, "SIOCDIFPARENT", 0);
}

static void
keepalive(struct ifcfg *ic, int seconds, int count)
{
	struct ifkalivereq req;

	memset(&req, 0, sizeof(req));
	strlcpy(req.ikar_name, ic->ic_name, sizeof(req.ikar_name));
	req.ikar_timeo = seconds;
	req.ikar_cnt = count;
	if (ioctl(ic->ic_s, SIOCSETKALIVE, &req) == -1)
		req_warn("SIOCSETKALIVE");
}

void
set_keepalive(struct ifcfg *ic, char **argv, long value)
{
	keepalive(ic, number("keepalive period", argv[0], 1, SHRT_MAX),
	    number("keepalive count", argv[1], 2, 255));
}

void
unset_keepalive(struct ifcfg *ic, char **argv, long value)
{
	keepalive(ic, 0, 0);
}

void
print_keepalive(struct ifcfg *ic)
{
	struct ifkalivereq req;

	memset(&req, 0, sizeof(req));
	strlcpy(req.ikar_name, ic->ic_name, sizeof(req.ikar_name));
	if (ioctl(ic->ic_s, SIOCGETKALIVE, &req) == 0 &&
	    (req.ikar_timeo != 0 || req.ikar_cnt != 0))
		printf("\tkeepalive: timeout %d count %d\n", req.ikar_timeo,
		    req.ikar_cnt);
}

static int
ask_int(struct ifcfg *ic, unsigned long request, int *value)
{
	struct ifreq ifr;

	ifr_init(ic, &ifr);
	if (ioctl(ic->ic_s, request, &ifr) == -1)
		return (0);
	*value = ifr.ifr_metric;
	return (1);
}

/* Each printer of a part of the line starts it when it is the first. */
static void
encap_begin(int *begun)
{
	if (!*begun)
		printf("\tencap:");
	*begun = 1;
}

static void
print_vnetid(struct ifcfg *ic, int *begun)
{
	struct ifreq ifr;
	int error;

	ifr_init(ic, &ifr);
	error = ioctl(ic->ic_s, SIOCGVNETID, &ifr);
	if (error == -1 && errno != EADDRNOTAVAIL)
		return;
	encap_begin(begun);
	if (error == -1)
		printf(" vnetid none");
	else if (ifr.ifr_vnetid < 0)
		printf(" vnetid any");
	else
		printf(" vnetid %lld", (long long)ifr.ifr_vnetid);
}

static void
print_parent(struct ifcfg *ic, int *begun)
{
	struct if_parent req;
	int error;

	memset(&req, 0, sizeof(req));
	strlcpy(req.ifp_name, ic->ic_name, sizeof(req.ifp_name));
	error = ioctl(ic->ic_s, SIOCGIFPARENT, &req);
	if (error == -1 && errno != EADDRNOTAVAIL)
		return;
	encap_begin(begun);
	printf(" parent %.*s", IFNAMSIZ, error == -1 ? "none" :
	    req.ifp_parent);
}

static void
print_hdrprio(struct ifcfg *ic, unsigned long request, const char *name,
    int *begun)
{
	size_t i;
	int prio;

	if (!ask_int(ic, request, &prio))
		return;
	encap_begin(begun);
	for (i = 0; i < NHDRPRIOS; i++) {
		if (hdrprios[i].value == prio) {
			printf(" %s %s", name, hdrprios[i].name);
			return;
		}
	}
	printf(" %s %d", name, prio);
}

void
print_encap(struct ifcfg *ic)
{
	int begun = 0;

	print_vnetid(ic, &begun);
	print_parent(ic, &begun);
	print_hdrprio(ic, SIOCGTXHPRIO, "txprio", &begun);
	print_hdrprio(ic, SIOCGRXHPRIO, "rxprio", &begun);
	if (begun)
		printf("\n");
}

static void
print_ends(struct if_laddrreq *req)
{
	char src[NI_MAXHOST], dst[NI_MAXHOST];

	if (getnameinfo((struct sockaddr *)&req->addr, req->addr.ss_len, src,
	    sizeof(src), NULL, 0, NI_NUMERICHOST) != 0)
		strlcpy(src, "?", sizeof(src));
	if (getnameinfo((struct sockaddr *)&req->dstaddr,
	    req->dstaddr.ss_len, dst, sizeof(dst), NULL, 0,
	    NI_NUMERICHOST) != 0)
		strlcpy(dst, "?", sizeof(dst));
	printf(" %s %s --> %s", req->addr.ss_family == AF_INET6 ? "inet6" :
	    "inet", src, dst);
}

static const char *
df_name(int df)
{
	return (df == 0 ? "nodf" : df == 1 ? "df" : "df copy");
}

void
print_tunnel(struct ifcfg *ic)
{
	struct if_laddrreq req;
	int n;

	memset(&req, 0, sizeof(req));
	strlcpy(req.iflr_name, ic->ic_name, sizeof(req.iflr_name));
	if (ioctl(ic->ic_s, SIOCGLIFPHYADDR, &req) == 0) {
		printf("\ttunnel:");
		print_ends(&req);
	} else if (errno == EADDRNOTAVAIL)
		printf("\ttunnel: (unset)");
	else
		return;
	if (ask_int(ic, SIOCGLIFPHYTTL, &n)) {
		if (n == -1)
			printf(" ttl copy");
		else if (n != 0)
			printf(" ttl %d", n);
	}
	if (ask_int(ic, SIOCGLIFPHYDF, &n))
		printf(" %s", df_name(n));
	if (ask_int(ic, SIOCGLIFPHYECN, &n))
		printf(" %s", n ? "ecn" : "noecn");
	if (ask_int(ic, SIOCGLIFPHYRTABLE, &n) && n != 0)
		printf(" rdomain %d", n);
	printf("\n");
}
