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
 * Which of our addresses to send from, RFC 6724 5.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_var.h>

#include <netinet/in.h>
#include <netinet6/in6_var.h>
#include <netinet6/ip6_var.h>

int ip6_use_deprecated = 1;

/* Prefixes that belong together, RFC 6724 2.1; the longest first. */
static const struct {
	struct in6_addr	lb_prefix;
	u_int8_t	lb_plen;	/* bits */
	u_int8_t	lb_label;
} in6_labels[] = {
	{ IN6ADDR_LOOPBACK_INIT, 128, 0 },
	{ {{{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff }}}, 96, 4 },
	{ IN6ADDR_ANY_INIT, 96, 3 },
	{ {{{ 0x20, 0x01 }}}, 32, 5 },
	{ {{{ 0x20, 0x02 }}}, 16, 2 },
	{ {{{ 0x3f, 0xfe }}}, 16, 12 },
	{ {{{ 0xfe, 0xc0 }}}, 10, 11 },
	{ {{{ 0xfc }}}, 7, 13 },
	{ IN6ADDR_ANY_INIT, 0, 1 },
};

/* What the rules compare, of an address and one destination. */
struct in6_candidate {
	struct in6_ifaddr	*ca_ia;		/* borrowed */
	int			 ca_same;
	int			 ca_scope;
	int			 ca_deprecated;
	int			 ca_onif;	/* of the interface it leaves by */
	int			 ca_label;	/* the destination has it too */
	int			 ca_temporary;
	int			 ca_common;	/* bits */
};

/* RFC 4291 2.7, RFC 6724 3.1 */
static int
in6_scope(const struct in6_addr *a)
{
	if (IN6_IS_ADDR_MULTICAST(a))
		return (a->s6_addr[1] & 0x0f);
	if (IN6_IS_ADDR_LINKLOCAL(a) || IN6_IS_ADDR_LOOPBACK(a))
		return (IPV6_ADDR_SCOPE_LINKLOCAL);
	if (IN6_IS_ADDR_SITELOCAL(a))
		return (IPV6_ADDR_SCOPE_SITELOCAL);
	return (IPV6_ADDR_SCOPE_GLOBAL);
}

/* Leading bits that two addresses have in common. */
static int
in6_matchlen(const struct in6_addr *a, const struct in6_addr *b)
{
	u_int8_t diff;
	int i, bits;

	for (i = 0; i < 16; i++) {
		if ((diff = a->s6_addr[i] ^ b->s6_addr[i]) == 0)
			continue;
		for (bits = 0; (diff & 0x80) == 0; diff <<= 1)
			bits++;
		return (i * 8 + bits);
	}
	return (128);
}

static int
in6_label(const struct in6_addr *a)
{
	u_int i = 0;

	while (in6_matchlen(a, &in6_labels[i].lb_prefix) <
	    in6_labels[i].lb_plen)
		i++;
	return (in6_labels[i].lb_label);
}

/* May this address be a source of packets that leave by the interface? */
static int
in6_issource(struct in6_ifaddr *ia, struct ifnet *oifp,
    const struct in6_addr *dst)
{
	const struct in6_addr *a = IA6_IN6(ia);
	int flags = READ_ONCE(ia->ia6_flags);

	if (ISSET(flags, IN6_IFF_TENTATIVE | IN6_IFF_DUPLICATED |
	    IN6_IFF_DETACHED | IN6_IFF_ANYCAST))
		return (0);
	if (ISSET(flags, IN6_IFF_DEPRECATED) && !READ_ONCE(ip6_use_deprecated))
		return (0);
	if (IN6_IS_ADDR_LOOPBACK(a))
		return (IN6_IS_ADDR_LOOPBACK(dst) ||
		    ISSET(oifp->if_flags, IFF_LOOPBACK));
	/* what is good on one link is so on this one only, RFC 6724 4 */
	if (ia->ia6_ifp == oifp)
		return (1);
	return (!IN6_IS_ADDR_LINKLOCAL(a) && !IN6_IS_ADDR_LINKLOCAL(dst) &&
	    !IN6_IS_ADDR_MC_LINKLOCAL(dst));
}

static void
in6_candidate(struct in6_candidate *ca, struct in6_ifaddr *ia,
    struct ifnet *oifp, const struct in6_addr *dst)
{
	const struct in6_addr *a = IA6_IN6(ia);
	int flags = READ_ONCE(ia->ia6_flags);
	int plen = in6_mask2len(&ia->ia_prefixmask.sin6_addr, NULL);

	ca->ca_ia = ia;
	ca->ca_same = IN6_ARE_ADDR_EQUAL(a, dst);
	ca->ca_scope = in6_scope(a);
	ca->ca_deprecated = ISSET(flags, IN6_IFF_DEPRECATED) != 0;
	ca->ca_onif = ia->ia6_ifp == oifp;
	ca->ca_label = in6_label(a) == in6_label(dst);
	ca->ca_temporary = ISSET(flags, IN6_IFF_TEMPORARY) != 0;
	ca->ca_common = MIN(in6_matchlen(a, dst), plen);
}

/* Is a better than b?  One line per rule, in their order. */
static int
in6_better(const struct in6_candidate *a, const struct in6_candidate *b,
    int dscope)
{
	if (a->ca_same != b->ca_same)
		return (a->ca_same);
	if (a->ca_scope < b->ca_scope)
		return (a->ca_scope >= dscope);
	if (a->ca_scope > b->ca_scope)
		return (b->ca_scope < dscope);
	if (a->ca_deprecated != b->ca_deprecated)
		return (b->ca_deprecated);
	if (a->ca_onif != b->ca_onif)
		return (a->ca_onif);
	if (a->ca_label != b->ca_label)
		return (a->ca_label);
	if (a->ca_temporary != b->ca_temporary)
		return (a->ca_temporary);
	return (a->ca_common > b->ca_common);
}

const struct in6_addr *
in6_ifawithscope(struct ifnet *oifp, const struct in6_addr *dst,
    u_int rdomain)
{
	struct in6_candidate ca, best;
	struct ifnet *ifp;
	struct ifaddr *ifa;
	int dscope = in6_scope(dst);

	NET_ASSERT_LOCKED();
	memset(&best, 0, sizeof(best));
	TAILQ_FOREACH(ifp, &ifnetlist, if_list) {
		if (ifp->if_rdomain != rdomain)
			continue;
		TAILQ_FOREACH(ifa, &ifp->if_addrlist, ifa_list) {
			if (ifa->ifa_addr->sa_family != AF_INET6 ||
			    !in6_issource(ifatoia6(ifa), oifp, dst))
				continue;
			in6_candidate(&ca, ifatoia6(ifa), oifp, dst);
			if (best.ca_ia == NULL ||
			    in6_better(&ca, &best, dscope))
				best = ca;
		}
	}
	return (best.ca_ia == NULL ? NULL : IA6_IN6(best.ca_ia));
}
