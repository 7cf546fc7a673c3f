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

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_var.h>
#include <net/rtable.h>

/* Addresses of interfaces, whatever their family. */

struct ifaddr *
ifaref(struct ifaddr *ifa)
{
	refcnt_take(&ifa->ifa_refcnt);
	return (ifa);
}

/* A family's address begins with its struct ifaddr, malloced M_IFADDR. */
void
ifafree(struct ifaddr *ifa)
{
	if (refcnt_rele(&ifa->ifa_refcnt))
		free(ifa, M_IFADDR, 0);
}

void
ifa_add(struct ifnet *ifp, struct ifaddr *ifa)
{
	NET_ASSERT_LOCKED_EXCLUSIVE();
	TAILQ_INSERT_TAIL(&ifp->if_addrlist, ifa, ifa_list);
}

void
ifa_del(struct ifnet *ifp, struct ifaddr *ifa)
{
	NET_ASSERT_LOCKED_EXCLUSIVE();
	TAILQ_REMOVE(&ifp->if_addrlist, ifa, ifa_list);
}

static int
ifa_equal(const struct sockaddr *a, const struct sockaddr *b)
{
	return (a != NULL && a->sa_len == b->sa_len &&
	    memcmp(a, b, a->sa_len) == 0);
}

struct ifaddr *
ifa_ifwithaddr(const struct sockaddr *addr, u_int rtableid)
{
	u_int rdomain = rtable_l2(rtableid);
	struct ifnet *ifp;
	struct ifaddr *ifa;

	NET_ASSERT_LOCKED();
	TAILQ_FOREACH(ifp, &ifnetlist, if_list) {
		if (ifp->if_rdomain != rdomain)
			continue;
		TAILQ_FOREACH(ifa, &ifp->if_addrlist, ifa_list) {
			if (ifa_equal(ifa->ifa_addr, addr))
				return (ifa);
		}
	}
	return (NULL);
}

struct ifaddr *
ifa_ifwithdstaddr(const struct sockaddr *addr, u_int rdomain)
{
	struct ifnet *ifp;
	struct ifaddr *ifa;

	NET_ASSERT_LOCKED();
	rdomain = rtable_l2(rdomain);
	TAILQ_FOREACH(ifp, &ifnetlist, if_list) {
		if (ifp->if_rdomain != rdomain ||
		    !ISSET(ifp->if_flags, IFF_POINTOPOINT))
			continue;
		TAILQ_FOREACH(ifa, &ifp->if_addrlist, ifa_list) {
			if (ifa->ifa_addr->sa_family == addr->sa_family &&
			    ifa_equal(ifa->ifa_dstaddr, addr))
				return (ifa);
		}
	}
	return (NULL);
}

/* Does the address lie in the network of ifa?  Port and the like do not
 * count: a mask covers the address alone. */
static int
ifa_covers(struct ifaddr *ifa, const struct sockaddr *addr)
{
	const uint8_t *a = (const uint8_t *)addr;
	const uint8_t *b = (const uint8_t *)ifa->ifa_addr;
	const uint8_t *m = (const uint8_t *)ifa->ifa_netmask;
	size_t i, len;

	if (m == NULL)
		return (0);
	len = MIN(ifa->ifa_netmask->sa_len, addr->sa_len);
	for (i = offsetof(struct sockaddr, sa_data); i < len; i++) {
		if ((a[i] ^ b[i]) & m[i])
			return (0);
	}
	return (len > offsetof(struct sockaddr, sa_data));
}

/* The address of this interface that fits a destination best. */
struct ifaddr *
ifaof_ifpforaddr(const struct sockaddr *addr, struct ifnet *ifp)
{
	struct ifaddr *ifa, *any = NULL;

	NET_ASSERT_LOCKED();
	TAILQ_FOREACH(ifa, &ifp->if_addrlist, ifa_list) {
		if (ifa->ifa_addr->sa_family != addr->sa_family)
			continue;
		if (any == NULL)
			any = ifa;
		if (ifa_equal(ifa->ifa_addr, addr) ||
		    (ISSET(ifp->if_flags, IFF_POINTOPOINT) ?
		    ifa_equal(ifa->ifa_dstaddr, addr) :
		    ifa_covers(ifa, addr)))
			return (ifa);
	}
	return (any);
}
