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
#include <net/pfkeyv2.h>
#include <netinet/in.h>
#include <netinet/icmp6.h>
#include <netinet/icmp_var.h>
#include <netinet/ip_ah.h>
#include <netinet/ip_esp.h>
#include <netinet/ip_ipcomp.h>
#include <netinet/ip_ipip.h>
#include <netinet/udp_var.h>

#include "sysctl.h"

/* The tree of names. */

#define KERN(name, num, type) \
	{ "kern." name, { CTL_KERN, num }, 2, type, NULL }
#define HW(name, num, type) \
	{ "hw." name, { CTL_HW, num }, 2, type, NULL }
#define INET(name, proto, num, type) \
	{ "net.inet." name, { CTL_NET, PF_INET, proto, num }, 4, type, NULL }
#define STATS(name, proto, num, how) \
	{ "net.inet." name, { CTL_NET, PF_INET, proto, num }, 4, V_STRUCT, \
	    how }
#define IP(name, num, type)	INET("ip." name, IPPROTO_IP, num, type)
#define ICMP(name, num)		INET("icmp." name, IPPROTO_ICMP, num, V_INT)
#define IP6(name, num) \
	{ "net.inet6.ip6." name, { CTL_NET, PF_INET6, IPPROTO_IPV6, num }, \
	    4, V_INT, NULL }
#define STATS6(name, proto, num, how) \
	{ "net.inet6." name, { CTL_NET, PF_INET6, proto, num }, 4, \
	    V_STRUCT, how }

const struct var vars[] = {
	KERN("ostype", KERN_OSTYPE, V_STRING),
	KERN("osrelease", KERN_OSRELEASE, V_STRING),
	KERN("osrevision", KERN_OSREV, V_INT),
	KERN("version", KERN_VERSION, V_STRING),
	KERN("hostname", KERN_HOSTNAME, V_STRING),
	KERN("boottime", KERN_BOOTTIME, V_BOOTTIME),
	KERN("domainname", KERN_DOMAINNAME, V_STRING),
	KERN("osversion", KERN_OSVERSION, V_STRING),
	KERN("malloc_fail", KERN_MALLOC_FAIL, V_QUAD),
	KERN("malloc_failed", KERN_MALLOC_FAILED, V_QUAD),
	HW("machine", HW_MACHINE, V_STRING),
	HW("model", HW_MODEL, V_STRING),
	HW("ncpu", HW_NCPU, V_INT),
	HW("byteorder", HW_BYTEORDER, V_INT),
	HW("pagesize", HW_PAGESIZE, V_INT),
	HW("ncpuonline", HW_NCPUONLINE, V_INT),

	IP("forwarding", IPCTL_FORWARDING, V_INT),
	IP("redirect", IPCTL_SENDREDIRECTS, V_INT),
	IP("ttl", IPCTL_DEFTTL, V_INT),
	IP("sourceroute", IPCTL_SOURCEROUTE, V_INT),
	IP("directed-broadcast", IPCTL_DIRECTEDBCAST, V_INT),
	IP("portfirst", IPCTL_IPPORT_FIRSTAUTO, V_INT),
	IP("portlast", IPCTL_IPPORT_LASTAUTO, V_INT),
	IP("porthifirst", IPCTL_IPPORT_HIFIRSTAUTO, V_INT),
	IP("porthilast", IPCTL_IPPORT_HILASTAUTO, V_INT),
	IP("maxqueue", IPCTL_IPPORT_MAXQUEUE, V_INT),
	IP("encdebug", IPCTL_ENCDEBUG, V_INT),
	STATS("ip.ipsec", IPPROTO_IP, IPCTL_IPSEC_STATS,
	    "netstat -s -p ipsec"),
	IP("ipsec-expire-acquire", IPCTL_IPSEC_EXPIRE_ACQUIRE, V_INT),
	IP("ipsec-invalid-life", IPCTL_IPSEC_EMBRYONIC_SA_TIMEOUT, V_INT),
	IP("ipsec-pfs", IPCTL_IPSEC_REQUIRE_PFS, V_INT),
	IP("ipsec-soft-allocs", IPCTL_IPSEC_SOFT_ALLOCATIONS, V_INT),
	IP("ipsec-allocs", IPCTL_IPSEC_ALLOCATIONS, V_INT),
	IP("ipsec-soft-bytes", IPCTL_IPSEC_SOFT_BYTES, V_INT),
	IP("ipsec-bytes", IPCTL_IPSEC_BYTES, V_INT),
	IP("ipsec-timeout", IPCTL_IPSEC_TIMEOUT, V_INT),
	IP("ipsec-soft-timeout", IPCTL_IPSEC_SOFT_TIMEOUT, V_INT),
	IP("ipsec-soft-firstuse", IPCTL_IPSEC_SOFT_FIRSTUSE, V_INT),
	IP("ipsec-firstuse", IPCTL_IPSEC_FIRSTUSE, V_INT),
	IP("ipsec-enc-alg", IPCTL_IPSEC_ENC_ALGORITHM, V_STRING),
	IP("ipsec-auth-alg", IPCTL_IPSEC_AUTH_ALGORITHM, V_STRING),
	IP("mtudisc", IPCTL_MTUDISC, V_INT),
	IP("mtudisctimeout", IPCTL_MTUDISCTIMEOUT, V_INT),
	IP("ipsec-comp-alg", IPCTL_IPSEC_IPCOMP_ALGORITHM, V_STRING),
	IP("ipsec-df", IPCTL_IPSEC_DF, V_INT),
	IP("ipsec-auth-level", IPCTL_IPSEC_AUTH_LEVEL, V_INT),
	IP("ipsec-esp-trans-level", IPCTL_IPSEC_ESP_TRANS_LEVEL, V_INT),
	IP("ipsec-esp-network-level", IPCTL_IPSEC_ESP_NETWORK_LEVEL, V_INT),
	IP("mforwarding", IPCTL_MFORWARDING, V_INT),
	IP("multipath", IPCTL_MULTIPATH, V_INT),
	STATS("ip.stats", IPPROTO_IP, IPCTL_STATS, "netstat -s -p ip"),
	IP("arpqueued", IPCTL_ARPQUEUED, V_INT),
	IP("arptimeout", IPCTL_ARPTIMEOUT, V_INT),
	IP("arpdown", IPCTL_ARPDOWN, V_INT),

	ICMP("maskrepl", ICMPCTL_MASKREPL),
	ICMP("bmcastecho", ICMPCTL_BMCASTECHO),
	ICMP("errppslimit", ICMPCTL_ERRPPSLIMIT),
	ICMP("rediraccept", ICMPCTL_REDIRACCEPT),
	ICMP("redirtimeout", ICMPCTL_REDIRTIMEOUT),
	ICMP("tstamprepl", ICMPCTL_TSTAMPREPL),
	STATS("icmp.stats", IPPROTO_ICMP, ICMPCTL_STATS,
	    "netstat -s -p icmp"),

	INET("ipip.allow", IPPROTO_IPIP, IPIPCTL_ALLOW, V_INT),
	INET("ipip.ecn", IPPROTO_IPIP, IPIPCTL_ECN, V_INT),
	STATS("ipip.stats", IPPROTO_IPIP, IPIPCTL_STATS,
	    "netstat -s -p ipip"),

	INET("udp.checksum", IPPROTO_UDP, UDPCTL_CHECKSUM, V_INT),
	INET("udp.baddynamic", IPPROTO_UDP, UDPCTL_BADDYNAMIC, V_PORTS),
	INET("udp.recvspace", IPPROTO_UDP, UDPCTL_RECVSPACE, V_INT),
	INET("udp.sendspace", IPPROTO_UDP, UDPCTL_SENDSPACE, V_INT),
	INET("udp.rootonly", IPPROTO_UDP, UDPCTL_ROOTONLY, V_PORTS),
	STATS("udp.stats", IPPROTO_UDP, UDPCTL_STATS, "netstat -s -p udp"),

	INET("esp.enable", IPPROTO_ESP, ESPCTL_ENABLE, V_INT),
	INET("esp.udpencap", IPPROTO_ESP, ESPCTL_UDPENCAP_ENABLE, V_INT),
	INET("esp.udpencap_port", IPPROTO_ESP, ESPCTL_UDPENCAP_PORT, V_INT),
	STATS("esp.stats", IPPROTO_ESP, ESPCTL_STATS, "netstat -s -p esp"),

	INET("ah.enable", IPPROTO_AH, AHCTL_ENABLE, V_INT),
	STATS("ah.stats", IPPROTO_AH, AHCTL_STATS, "netstat -s -p ah"),

	INET("ipcomp.enable", IPPROTO_IPCOMP, IPCOMPCTL_ENABLE, V_INT),
	STATS("ipcomp.stats", IPPROTO_IPCOMP, IPCOMPCTL_STATS,
	    "netstat -s -p ipcomp"),

	IP6("forwarding", IPV6CTL_FORWARDING),
	IP6("redirect", IPV6CTL_SENDREDIRECTS),
	IP6("hlim", IPV6CTL_DEFHLIM),
	IP6("maxfragpackets", IPV6CTL_MAXFRAGPACKETS),
	IP6("log_interval", IPV6CTL_LOG_INTERVAL),
	IP6("hdrnestlimit", IPV6CTL_HDRNESTLIMIT),
	IP6("dad_count", IPV6CTL_DAD_COUNT),
	IP6("auto_flowlabel", IPV6CTL_AUTO_FLOWLABEL),
	IP6("defmcasthlim", IPV6CTL_DEFMCASTHLIM),
	IP6("use_deprecated", IPV6CTL_USE_DEPRECATED),
	IP6("maxfrags", IPV6CTL_MAXFRAGS),
	IP6("mforwarding", IPV6CTL_MFORWARDING),
	IP6("multipath", IPV6CTL_MULTIPATH),
	IP6("multicast_mtudisc", IPV6CTL_MCAST_PMTU),
	IP6("neighborgcthresh", IPV6CTL_NEIGHBORGCTHRESH),
	IP6("maxdynroutes", IPV6CTL_MAXDYNROUTES),
	IP6("dad_pending", IPV6CTL_DAD_PENDING),
	IP6("mtudisctimeout", IPV6CTL_MTUDISCTIMEOUT),
	STATS6("ip6.stats", IPPROTO_IPV6, IPV6CTL_STATS,
	    "netstat -s -p ip6"),

	{ "net.inet6.icmp6.errppslimit", { CTL_NET, PF_INET6, IPPROTO_ICMPV6,
	    ICMPV6CTL_ERRPPSLIMIT }, 4, V_INT, NULL },
	STATS6("icmp6.stats", IPPROTO_ICMPV6, ICMPV6CTL_STATS,
	    "netstat -s -p icmp6"),

	{ "net.key.sadb_dump", { CTL_NET, PF_KEY, PF_KEY_V2,
	    NET_KEY_SADB_DUMP }, 4, V_STRUCT, "ipsecctl -s sa" },
	{ "net.key.spd_dump", { CTL_NET, PF_KEY, PF_KEY_V2,
	    NET_KEY_SPD_DUMP }, 4, V_STRUCT, "ipsecctl -s flow" },
};

const size_t nvars = sizeof(vars) / sizeof(vars[0]);
