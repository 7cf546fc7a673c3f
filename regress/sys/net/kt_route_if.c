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

#include <sys/ktest.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>

#include <net/if_types.h>
#include <net/rtable.h>

#include "kt_route.h"

static int
kt_if_ioctl(struct ifnet *ifp, u_long cmd, caddr_t data)
{
	return (ENOTTY);
}

static int
kt_if_output(struct ifnet *ifp, struct mbuf *m, struct sockaddr *dst,
    struct rtentry *rt)
{
	m_freem(m);
	return (0);
}

static void
kt_if_start(struct ifqueue *ifq)
{
	ifq_purge(ifq);
}

static void
kt_if_rtrequest(struct ifnet *ifp, int req, struct rtentry *rt)
{
	struct kt_if *ki = ifp->if_softc;

	atomic_inc_int(&ki->ki_requests[req]);
	if (req == RTM_RESOLVE)
		SET(rt->rt_flags, RTF_LLINFO);
}

struct kt_if *
kt_if_create(const char *name, int flags)
{
	struct kt_if *ki;
	struct ifnet *ifp;

	ki = malloc(sizeof(*ki), M_DEVBUF, M_WAITOK | M_ZERO);
	ifp = &ki->ki_if;
	strlcpy(ifp->if_xname, name, sizeof(ifp->if_xname));
	ifp->if_softc = ki;
	ifp->if_type = IFT_TUNNEL;
	ifp->if_mtu = 1400;
	ifp->if_flags = flags;
	ifp->if_xflags = IFXF_MPSAFE;
	ifp->if_ioctl = kt_if_ioctl;
	ifp->if_output = kt_if_output;
	ifp->if_qstart = kt_if_start;
	ifp->if_rtrequest = kt_if_rtrequest;
	if_attach(ifp);
	if_alloc_sadl(ifp);
	NET_LOCK();
	(void)if_setrdomain(ifp, KT_TABLE);
	if_up(ifp);
	NET_UNLOCK();
	return (ki);
}

void
kt_if_destroy(struct kt_if *ki)
{
	struct ifnet *ifp = &ki->ki_if;
	struct ifaddr *ifa;

	NET_LOCK();
	while ((ifa = TAILQ_FIRST(&ifp->if_addrlist)) != NULL) {
		rt_ifa_purge(ifa);
		ifa_del(ifp, ifa);
		ifafree(ifa);
	}
	NET_UNLOCK();
	if_detach(ifp);
	free(ki, M_DEVBUF, sizeof(*ki));
}

static void
kt_mksin(struct sockaddr_in *sin, const char *s)
{
	uint8_t *p = (uint8_t *)&sin->sin_addr;

	memset(sin, 0, sizeof(*sin));
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	for (; *s != '\0'; s++) {
		if (*s == '.')
			p++;
		else
			*p = *p * 10 + *s - '0';
	}
}

struct sockaddr *
kt_sin(const char *s)
{
	static struct sockaddr_in ring[8];
	static unsigned int next;
	struct sockaddr_in *sin = &ring[next++ % nitems(ring)];

	kt_mksin(sin, s);
	return ((struct sockaddr *)sin);
}

struct sockaddr *
kt_mask(int bits)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)kt_sin("");
	uint8_t *p = (uint8_t *)&sin->sin_addr;

	for (; bits > 0; bits -= 8)
		*p++ = bits < 8 ? 0xff << (8 - bits) : 0xff;
	return ((struct sockaddr *)sin);
}

struct ifaddr *
kt_if_addr(struct kt_if *ki, const char *addr, const char *peer, int bits)
{
	struct kt_addr *ka;

	ka = malloc(sizeof(*ka), M_IFADDR, M_WAITOK | M_ZERO);
	refcnt_init(&ka->ka_ifa.ifa_refcnt);
	kt_mksin(&ka->ka_addr, addr);
	memcpy(&ka->ka_mask, kt_mask(bits), sizeof(ka->ka_mask));
	ka->ka_ifa.ifa_ifp = &ki->ki_if;
	ka->ka_ifa.ifa_addr = (struct sockaddr *)&ka->ka_addr;
	ka->ka_ifa.ifa_netmask = (struct sockaddr *)&ka->ka_mask;
	if (peer != NULL) {
		kt_mksin(&ka->ka_dst, peer);
		ka->ka_ifa.ifa_dstaddr = (struct sockaddr *)&ka->ka_dst;
	}
	NET_LOCK();
	ifa_add(&ki->ki_if, &ka->ka_ifa);
	NET_UNLOCK();
	return (&ka->ka_ifa);
}

void
kt_if_link(struct kt_if *ki, int state)
{
	NET_LOCK();
	ki->ki_if.if_link_state = state;
	if_linkstate(&ki->ki_if);
	NET_UNLOCK();
}

int
kt_route_add(struct ifaddr *ifa, const char *dst, int bits, const char *gate,
    int flags, u_int8_t prio)
{
	struct rt_addrinfo info;
	int error;

	memset(&info, 0, sizeof(info));
	info.rti_ifa = ifa;
	info.rti_flags = flags;
	info.rti_info[RTAX_DST] = kt_sin(dst);
	info.rti_info[RTAX_NETMASK] = kt_mask(bits);
	info.rti_info[RTAX_GATEWAY] = gate != NULL ? kt_sin(gate) :
	    ifa->ifa_addr;
	NET_LOCK();
	error = rtable_add(KT_TABLE);
	if (error == 0)
		error = rtrequest(RTM_ADD, &info, prio, NULL, KT_TABLE);
	NET_UNLOCK();
	return (error);
}

int
kt_route_del(const char *dst, int bits, const char *gate, u_int8_t prio)
{
	struct rt_addrinfo info;
	int error;

	memset(&info, 0, sizeof(info));
	info.rti_info[RTAX_DST] = kt_sin(dst);
	info.rti_info[RTAX_NETMASK] = kt_mask(bits);
	if (gate != NULL)
		info.rti_info[RTAX_GATEWAY] = kt_sin(gate);
	NET_LOCK();
	error = rtrequest_delete(&info, prio, NULL, NULL, KT_TABLE);
	NET_UNLOCK();
	return (error);
}

const char *
kt_route_to(const char *dst)
{
	static char buf[20];
	struct rtentry *rt;
	const uint8_t *p;

	NET_LOCK_SHARED();
	rt = rtalloc(kt_sin(dst), RT_RESOLVE, KT_TABLE);
	if (rt == NULL)
		strlcpy(buf, "none", sizeof(buf));
	else if (!rtisvalid(rt))
		strlcpy(buf, "down", sizeof(buf));
	else if (rt->rt_gateway->sa_family == AF_LINK)
		strlcpy(buf, "link", sizeof(buf));
	else {
		p = (const uint8_t *)
		    &((struct sockaddr_in *)rt->rt_gateway)->sin_addr;
		snprintf(buf, sizeof(buf), "%d.%d.%d.%d", p[0], p[1], p[2],
		    p[3]);
	}
	rtfree(rt);
	NET_UNLOCK_SHARED();
	return (buf);
}

static int
kt_route_count1(struct rtentry *rt, void *arg, u_int id)
{
	(*(unsigned int *)arg)++;
	return (0);
}

unsigned int
kt_route_count(void)
{
	unsigned int n = 0;

	NET_LOCK_SHARED();
	(void)rtable_walk(KT_TABLE, AF_INET, NULL, kt_route_count1, &n);
	NET_UNLOCK_SHARED();
	return (n);
}

static int
kt_route_flush1(struct rtentry *rt, void *arg, u_int id)
{
	return (rtdeletemsg(rt, NULL, id));
}

void
kt_route_flush(void)
{
	NET_LOCK();
	(void)rtable_walk(KT_TABLE, AF_INET, NULL, kt_route_flush1, NULL);
	NET_UNLOCK();
}
