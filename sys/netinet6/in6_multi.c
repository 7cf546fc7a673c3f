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

/*
 * The IPv6 groups that interfaces have joined.  The list is written under
 * NET(X) and if_maddrlock, so that either is enough to read it.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/socket.h>
#include <sys/sockio.h>

#include <net/if.h>
#include <net/if_var.h>

#include <netinet/in.h>
#include <netinet6/in6_var.h>
#include <netinet6/nd6.h>

static struct in6_multi *
in6_lookupmulti(const struct in6_addr *addr, struct ifnet *ifp)
{
	struct ifmaddr *ifma;

	TAILQ_FOREACH(ifma, &ifp->if_maddrlist, ifma_list) {
		if (ifma->ifma_addr->sa_family == AF_INET6 &&
		    IN6_ARE_ADDR_EQUAL(&satosin6(ifma->ifma_addr)->sin6_addr,
		    addr))
			return ((struct in6_multi *)ifma);
	}
	return (NULL);
}

int
in6_hasmulti(const struct in6_addr *addr, struct ifnet *ifp)
{
	NET_ASSERT_LOCKED();
	return (in6_lookupmulti(addr, ifp) != NULL);
}

static int
in6_multi_driver(struct in6_multi *in6m, struct ifnet *ifp, u_long cmd)
{
	struct in6_ifreq ifr;
	int error;

	memset(&ifr, 0, sizeof(ifr));
	ifr.ifr_ifru.ifru_addr = in6m->in6m_sin;
	KERNEL_LOCK();
	error = ifp->if_ioctl(ifp, cmd, (caddr_t)&ifr);
	KERNEL_UNLOCK();
	return (error);
}

struct in6_multi *
in6_addmulti(const struct in6_addr *addr, struct ifnet *ifp, int *errorp)
{
	struct in6_multi *in6m;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	*errorp = 0;
	if ((in6m = in6_lookupmulti(addr, ifp)) != NULL) {
		refcnt_take(&in6m->in6m_ifma.ifma_refcnt);
		return (in6m);
	}
	in6m = malloc(sizeof(*in6m), M_IPMADDR, M_WAITOK | M_ZERO);
	in6m->in6m_sin.sin6_len = sizeof(in6m->in6m_sin);
	in6m->in6m_sin.sin6_family = AF_INET6;
	in6m->in6m_sin.sin6_addr = *addr;
	in6m->in6m_ifma.ifma_addr = sin6tosa(&in6m->in6m_sin);
	in6m->in6m_ifma.ifma_ifidx = ifp->if_index;
	refcnt_init(&in6m->in6m_ifma.ifma_refcnt);
	*errorp = in6_multi_driver(in6m, ifp, SIOCADDMULTI);
	if (*errorp != 0) {
		free(in6m, M_IPMADDR, sizeof(*in6m));
		return (NULL);
	}
	rw_enter_write(&ifp->if_maddrlock);
	TAILQ_INSERT_HEAD(&ifp->if_maddrlist, &in6m->in6m_ifma, ifma_list);
	rw_exit_write(&ifp->if_maddrlock);
	mld6_join(in6m, ifp);
	return (in6m);
}

static void
in6_unlinkmulti(struct in6_multi *in6m, struct ifnet *ifp)
{
	mld6_leave(in6m, ifp);
	in6_multi_driver(in6m, ifp, SIOCDELMULTI);
	rw_enter_write(&ifp->if_maddrlock);
	TAILQ_REMOVE(&ifp->if_maddrlist, &in6m->in6m_ifma, ifma_list);
	rw_exit_write(&ifp->if_maddrlock);
	in6m->in6m_ifma.ifma_ifidx = 0;
}

void
in6_delmulti(struct in6_multi *in6m)
{
	struct ifnet *ifp;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if (!refcnt_rele(&in6m->in6m_ifma.ifma_refcnt))
		return;
	/* of an interface that is gone, or on its way, it is off the list */
	if ((ifp = if_get(in6m->in6m_ifma.ifma_ifidx)) != NULL) {
		in6_unlinkmulti(in6m, ifp);
		if_put(ifp);
	}
	free(in6m, M_IPMADDR, sizeof(*in6m));
}

/* Sockets keep their memberships, which then lead nowhere. */
void
in6_detachmulti(struct ifnet *ifp)
{
	struct ifmaddr *ifma, *next;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	TAILQ_FOREACH_SAFE(ifma, &ifp->if_maddrlist, ifma_list, next) {
		if (ifma->ifma_addr->sa_family == AF_INET6)
			in6_unlinkmulti((struct in6_multi *)ifma, ifp);
	}
}
