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
 * IPv6 begins on an interface: nothing of it is there before somebody asks.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_types.h>
#include <net/if_var.h>

#include <netinet/in.h>
#include <netinet/if_ether.h>
#include <netinet/ip6.h>
#include <netinet6/in6_var.h>
#include <netinet6/nd6.h>

/* Modified EUI-64, RFC 4291 appendix A. */
static void
in6_ifid_ether(const struct arpcom *ac, u_int8_t *id)
{
	memcpy(id, ac->ac_enaddr, 3);
	id[0] ^= 0x02;
	id[3] = 0xff;
	id[4] = 0xfe;
	memcpy(id + 5, ac->ac_enaddr + 3, 3);
}

/*
 * Nothing of the interface is unique.  All zeroes is the group of all
 * routers, and from fdff:ffff:ffff:ff80 on it is other anycast, RFC 5453.
 */
static void
in6_ifid_random(u_int8_t *id)
{
	do {
		arc4random_buf(id, 8);
		/* not a universal name */
		id[0] &= ~0x02;
	} while (id[0] == 0 || id[0] == 0xfd);
}

static void
in6_linklocal(struct ifnet *ifp, struct in6_addr *in6)
{
	memset(in6, 0, sizeof(*in6));
	in6->s6_addr[0] = 0xfe;
	in6->s6_addr[1] = 0x80;
	if (ISSET(ifp->if_flags, IFF_LOOPBACK))
		in6->s6_addr[15] = 1;
	else if (ifp->if_type == IFT_ETHER)
		in6_ifid_ether((struct arpcom *)ifp, in6->s6_addr + 8);
	else
		in6_ifid_random(in6->s6_addr + 8);
}

int
in6_ifcheck(struct ifnet *ifp)
{
	return (ifp->if_mtu < IPV6_MMTU ? EINVAL : 0);
}

int
in6_ifattach(struct ifnet *ifp)
{
	struct in6_addr in6;
	int error;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if ((error = in6_ifcheck(ifp)) != 0)
		return (error);
	if (ISSET(ifp->if_flags, IFF_LOOPBACK) &&
	    in6ifa_withaddr(&in6addr_loopback, ifp->if_rdomain) == NULL) {
		error = in6_setup(ifp, &in6addr_loopback, 128);
		if (error != 0)
			return (error);
	}
	if (in6ifa_ifpforlinklocal(ifp, 0) != NULL)
		return (0);
	in6_linklocal(ifp, &in6);
	return (in6_setup(ifp, &in6, 64));
}
