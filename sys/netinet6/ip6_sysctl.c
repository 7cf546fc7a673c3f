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
 * The variables of net.inet6.ip6.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/sysctl.h>

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip6.h>
#include <netinet6/ip6_var.h>
#include <netinet6/nd6.h>

int ip6_auto_flowlabel = 1;
int ip6_dad_count = 1;
int ip6_dad_pending;

static int ip6_never;			/* what is not done at all */

static const struct sysctl_bounded_args ip6ctl_vars[] = {
	{ IPV6CTL_FORWARDING, &ip6_forwarding, 0, 2 },
	{ IPV6CTL_SENDREDIRECTS, &ip6_never, 0, 0 },
	{ IPV6CTL_DEFHLIM, &ip6_defhlim, 0, IPV6_MAXHLIM },
	{ IPV6CTL_MAXFRAGPACKETS, &ip6_maxfragpackets, 0, 1000 },
	{ IPV6CTL_HDRNESTLIMIT, &ip6_hdrnestlimit, 0, 100 },
	{ IPV6CTL_DAD_COUNT, &ip6_dad_count, 0, 10 },
	{ IPV6CTL_AUTO_FLOWLABEL, &ip6_auto_flowlabel, 0, 1 },
	{ IPV6CTL_DEFMCASTHLIM, &ip6_defmcasthlim, 0, IPV6_MAXHLIM },
	{ IPV6CTL_USE_DEPRECATED, &ip6_use_deprecated, 0, 1 },
	{ IPV6CTL_MAXFRAGS, &ip6_maxfrags, 0, 1000 },
	{ IPV6CTL_MFORWARDING, &ip6_never, 0, 0 },
	{ IPV6CTL_MULTIPATH, &ip6_multipath, 0, 1 },
	{ IPV6CTL_MCAST_PMTU, &ip6_never, 0, 0 },
	{ IPV6CTL_NEIGHBORGCTHRESH, &nd6_gcthresh, -1, 5 * 2048 },
	{ IPV6CTL_DAD_PENDING, &ip6_dad_pending, SYSCTL_INT_READONLY },
};

static int
ip6_sysctl_stats(void *oldp, size_t *oldlenp, void *newp)
{
	uint64_t counters[ip6s_ncounters];

	CTASSERT(sizeof(counters) == sizeof(struct ip6stat));
	counters_read(ip6counters, counters, nitems(counters), NULL);
	return (sysctl_rdstruct(oldp, oldlenp, newp, counters,
	    sizeof(counters)));
}

static int
ip6_sysctl_nd6stats(void *oldp, size_t *oldlenp, void *newp)
{
	struct nd6stat ns;

	nd6stat_read(&ns);
	return (sysctl_rdstruct(oldp, oldlenp, newp, &ns, sizeof(ns)));
}

int
ip6_sysctl(int *name, u_int namelen, void *oldp, size_t *oldlenp, void *newp,
    size_t newlen)
{
	int error;

	if (namelen != 1)
		return (ENOTDIR);
	switch (name[0]) {
	case IPV6CTL_STATS:
		return (ip6_sysctl_stats(oldp, oldlenp, newp));
	case IPV6CTL_ND6STATS:
		return (ip6_sysctl_nd6stats(oldp, oldlenp, newp));
	case IPV6CTL_MTUDISCTIMEOUT:
		error = sysctl_int_bounded(oldp, oldlenp, newp, newlen,
		    &ip6_mtudisc_timeout, 0, INT_MAX);
		if (error == 0 && newp != NULL)
			icmp6_mtudisc_changed();
		return (error);
	default:
		return (sysctl_bounded_arr(ip6ctl_vars, nitems(ip6ctl_vars),
		    name, namelen, oldp, oldlenp, newp, newlen));
	}
}
