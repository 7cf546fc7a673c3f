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
 * The variables of net.inet.ip.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/sysctl.h>

#include <netinet/in.h>
#include <netinet/if_ether.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_ipsp.h>
#include <netinet/ip_var.h>

/* the range of ports chosen for sockets that do not mind */
int ipport_firstauto = IPPORT_RESERVED;
int ipport_lastauto = IPPORT_USERRESERVED;
int ipport_hifirstauto = IPPORT_HIFIRSTAUTO;
int ipport_hilastauto = IPPORT_HILASTAUTO;

static int ip_sourceroute;		/* refused always */

static const struct sysctl_bounded_args ipctl_vars[] = {
	{ IPCTL_FORWARDING, &ip_forwarding, 0, 2 },
	{ IPCTL_SENDREDIRECTS, &ip_sendredirects, 0, 1 },
	{ IPCTL_DEFTTL, &ip_defttl, 0, MAXTTL },
	{ IPCTL_SOURCEROUTE, &ip_sourceroute, 0, 0 },
	{ IPCTL_DIRECTEDBCAST, &ip_directedbcast, 0, 1 },
	{ IPCTL_IPPORT_FIRSTAUTO, &ipport_firstauto, 1, 65535 },
	{ IPCTL_IPPORT_LASTAUTO, &ipport_lastauto, 1, 65535 },
	{ IPCTL_IPPORT_HIFIRSTAUTO, &ipport_hifirstauto, 1, 65535 },
	{ IPCTL_IPPORT_HILASTAUTO, &ipport_hilastauto, 1, 65535 },
	{ IPCTL_IPPORT_MAXQUEUE, &ip_maxqueue, 1, 65535 },
	{ IPCTL_MULTIPATH, &ip_multipath, 0, 1 },
	{ IPCTL_ARPQUEUED, &arp_queued, SYSCTL_INT_READONLY },
	{ IPCTL_ARPTIMEOUT, &arpt_keep, 1, INT_MAX },
	{ IPCTL_ARPDOWN, &arpt_down, 1, INT_MAX },
};

/* 64 bits inside, 32 outside: they wrap, as counters do. */
static int
ip_sysctl_stats(void *oldp, size_t *oldlenp, void *newp)
{
	uint64_t counters[ips_ncounters];
	u_int32_t stat[ips_ncounters];
	u_int i;

	CTASSERT(sizeof(stat) == sizeof(struct ipstat));
	counters_read(ipcounters, counters, nitems(counters), NULL);
	for (i = 0; i < nitems(stat); i++)
		stat[i] = counters[i];
	return (sysctl_rdstruct(oldp, oldlenp, newp, stat, sizeof(stat)));
}

static int
ip_sysctl_arpstats(void *oldp, size_t *oldlenp, void *newp)
{
	struct arpstat as;

	arpstat_read(&as);
	return (sysctl_rdstruct(oldp, oldlenp, newp, &as, sizeof(as)));
}

static int
ip_sysctl_mtudisc(int *var, int max, void *oldp, size_t *oldlenp, void *newp,
    size_t newlen)
{
	int error;

	error = sysctl_int_bounded(oldp, oldlenp, newp, newlen, var, 0, max);
	if (error == 0 && newp != NULL)
		icmp_mtudisc_changed();
	return (error);
}

int
ip_sysctl(int *name, u_int namelen, void *oldp, size_t *oldlenp, void *newp,
    size_t newlen)
{
	if (namelen != 1)
		return (ENOTDIR);
	switch (name[0]) {
	case IPCTL_STATS:
		return (ip_sysctl_stats(oldp, oldlenp, newp));
	case IPCTL_ARPSTATS:
		return (ip_sysctl_arpstats(oldp, oldlenp, newp));
	case IPCTL_MTUDISC:
		return (ip_sysctl_mtudisc(&ip_mtudisc, 1, oldp, oldlenp,
		    newp, newlen));
	case IPCTL_MTUDISCTIMEOUT:
		return (ip_sysctl_mtudisc(&ip_mtudisc_timeout, INT_MAX, oldp,
		    oldlenp, newp, newlen));
#ifdef IPSEC
	case IPCTL_ENCDEBUG ... IPCTL_IPSEC_AUTH_ALGORITHM:
	case IPCTL_IPSEC_DF ... IPCTL_IPSEC_ESP_NETWORK_LEVEL:
	case IPCTL_IPSEC_IPCOMP_ALGORITHM:
		return (ipsec_sysctl(name, namelen, oldp, oldlenp, newp,
		    newlen));
#endif
	default:
		return (sysctl_bounded_arr(ipctl_vars, nitems(ipctl_vars),
		    name, namelen, oldp, oldlenp, newp, newlen));
	}
}
