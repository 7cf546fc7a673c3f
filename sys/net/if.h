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
 * Interfaces as programs see them. The kernel's own structures are in
 * <net/if_var.h>.
 */
#ifndef _NET_IF_H_
#define _NET_IF_H_

#include <sys/types.h>
#include <sys/time.h>
#include <sys/socket.h>

#define IFNAMSIZ	16		/* with the terminating NUL */
#define IF_NAMESIZE	IFNAMSIZ
#define IFDESCRSIZE	64
#define IFRTLABELSIZE	32

struct if_nameindex {
	unsigned int	 if_index;
	char		*if_name;
};

/* record of sysctl NET_RT_IFNAMES */
struct if_nameindex_msg {
	unsigned int	 if_index;
	char		 if_name[IFNAMSIZ];
};

/*
 * if_flags. Programs cannot change those in IFF_CANTCHANGE.
 */
#define IFF_UP		0x1
#define IFF_BROADCAST	0x2
#define IFF_DEBUG	0x4
#define IFF_LOOPBACK	0x8
#define IFF_POINTOPOINT	0x10
#define IFF_STATICARP	0x20
#define IFF_RUNNING	0x40
#define IFF_NOARP	0x80
#define IFF_PROMISC	0x100
#define IFF_ALLMULTI	0x200
#define IFF_OACTIVE	0x400
#define IFF_SIMPLEX	0x800
#define IFF_LINK0	0x1000
#define IFF_LINK1	0x2000
#define IFF_LINK2	0x4000
#define IFF_MULTICAST	0x8000

#define IFF_CANTCHANGE							\
	(IFF_BROADCAST|IFF_LOOPBACK|IFF_POINTOPOINT|IFF_RUNNING|	\
	    IFF_OACTIVE|IFF_SIMPLEX|IFF_MULTICAST|IFF_ALLMULTI)

#define IFXF_MPSAFE		0x1
#define IFXF_CLONED		0x2
#define IFXF_AUTOCONF6TEMP	0x4
#define IFXF_MPLS		0x8
#define IFXF_WOL		0x10
#define IFXF_AUTOCONF6		0x20
#define IFXF_INET6_NOSOII	0x40
#define IFXF_AUTOCONF4		0x80
#define IFXF_MONITOR		0x100
#define IFXF_LRO		0x200
#define IFXF_MBUF_64BIT		0x400

#define IFXF_CANTCHANGE		(IFXF_MPSAFE|IFXF_CLONED|IFXF_MBUF_64BIT)

#define LINK_STATE_UNKNOWN	0
#define LINK_STATE_INVALID	1
#define LINK_STATE_DOWN		2
#define LINK_STATE_KALIVE_DOWN	3
#define LINK_STATE_UP		4
#define LINK_STATE_HALF_DUPLEX	5
#define LINK_STATE_FULL_DUPLEX	6
#define LINK_STATE_IS_UP(s) \
	((s) >= LINK_STATE_UP || (s) == LINK_STATE_UNKNOWN)

/* if_capabilities */
#define IFCAP_CSUM_IPv4		0x00000001
#define IFCAP_CSUM_TCPv4	0x00000002
#define IFCAP_CSUM_UDPv4	0x00000004
#define IFCAP_VLAN_MTU		0x00000010
#define IFCAP_VLAN_HWTAGGING	0x00000020
#define IFCAP_CSUM_TCPv6	0x00000080
#define IFCAP_CSUM_UDPv6	0x00000100
#define IFCAP_TSOv4		0x00001000
#define IFCAP_TSOv6		0x00002000
#define IFCAP_LRO		0x00004000
#define IFCAP_WOL		0x00008000

struct if_data {
	unsigned char	ifi_type;		/* IFT_ */
	unsigned char	ifi_addrlen;
	unsigned char	ifi_hdrlen;
	unsigned char	ifi_link_state;		/* LINK_STATE_ */
	u_int32_t	ifi_mtu;		/* bytes */
	u_int32_t	ifi_metric;
	u_int32_t	ifi_rdomain;
	u_int64_t	ifi_baudrate;		/* bits per second, 0 unknown */
	u_int64_t	ifi_ipackets;
	u_int64_t	ifi_ierrors;
	u_int64_t	ifi_opackets;
	u_int64_t	ifi_oerrors;
	u_int64_t	ifi_collisions;
	u_int64_t	ifi_ibytes;
	u_int64_t	ifi_obytes;
	u_int64_t	ifi_imcasts;
	u_int64_t	ifi_omcasts;
	u_int64_t	ifi_iqdrops;
	u_int64_t	ifi_oqdrops;
	u_int64_t	ifi_noproto;
	u_int32_t	ifi_capabilities;	/* IFCAP_ */
	struct timeval	ifi_lastchange;		/* of the link state */
};

/*
 * Messages of the routing socket about interfaces; the head is shared with
 * struct rt_msghdr in <net/route.h>.
 */
struct if_msghdr {
	u_short		ifm_msglen;	/* bytes, with the addresses */
	u_char		ifm_version;	/* RTM_VERSION */
	u_char		ifm_type;	/* RTM_IFINFO */
	u_short		ifm_hdrlen;	/* where the addresses begin */
	u_short		ifm_index;
	u_short		ifm_tableid;
	u_char		ifm_pad1;
	u_char		ifm_pad2;
	int		ifm_addrs;	/* RTA_ */
	int		ifm_flags;	/* IFF_ */
	int		ifm_xflags;	/* IFXF_ */
	struct if_data	ifm_data;
};

struct ifa_msghdr {
	u_short		ifam_msglen;
	u_char		ifam_version;
	u_char		ifam_type;	/* RTM_NEWADDR, RTM_DELADDR, ... */
	u_short		ifam_hdrlen;
	u_short		ifam_index;
	u_short		ifam_tableid;
	u_char		ifam_pad1;
	u_char		ifam_pad2;
	int		ifam_addrs;	/* RTA_ */
	int		ifam_flags;	/* RTF_ */
	int		ifam_metric;
};

struct if_announcemsghdr {
	u_short		ifan_msglen;
	u_char		ifan_version;
	u_char		ifan_type;	/* RTM_IFANNOUNCE */
	u_short		ifan_hdrlen;
	u_short		ifan_index;
	u_short		ifan_what;	/* IFAN_ */
	char		ifan_name[IFNAMSIZ];
};
#define IFAN_ARRIVAL	0
#define IFAN_DEPARTURE	1

/*
 * Arguments of ioctls.
 */
struct ifreq {
	char	ifr_name[IFNAMSIZ];
	union {
		struct sockaddr	ifru_addr;
		struct sockaddr	ifru_dstaddr;
		struct sockaddr	ifru_broadaddr;
		short		ifru_flags;
		int		ifru_metric;
		int64_t		ifru_vnetid;
		uint64_t	ifru_media;
		caddr_t		ifru_data;
		unsigned int	ifru_index;
	} ifr_ifru;
};
#define ifr_addr	ifr_ifru.ifru_addr
#define ifr_dstaddr	ifr_ifru.ifru_dstaddr
#define ifr_broadaddr	ifr_ifru.ifru_broadaddr
#define ifr_flags	ifr_ifru.ifru_flags
#define ifr_metric	ifr_ifru.ifru_metric
#define ifr_mtu		ifr_ifru.ifru_metric
#define ifr_hardmtu	ifr_ifru.ifru_metric
#define ifr_rdomainid	ifr_ifru.ifru_metric
#define ifr_ttl		ifr_ifru.ifru_metric
#define ifr_df		ifr_ifru.ifru_metric
#define ifr_llprio	ifr_ifru.ifru_metric
#define ifr_hdrprio	ifr_ifru.ifru_metric
#define ifr_vnetid	ifr_ifru.ifru_vnetid
#define ifr_media	ifr_ifru.ifru_media
#define ifr_data	ifr_ifru.ifru_data
#define ifr_index	ifr_ifru.ifru_index

#define IF_HDRPRIO_MIN		0
#define IF_HDRPRIO_MAX		7
#define IF_HDRPRIO_PACKET	(-1)	/* from the mbuf */
#define IF_HDRPRIO_PAYLOAD	(-2)	/* from the inner header */
#define IF_HDRPRIO_OUTER	(-3)	/* from the outer header */

struct ifaliasreq {
	char	ifra_name[IFNAMSIZ];
	struct sockaddr	ifra_addr;
	struct sockaddr	ifra_dstaddr;
#define ifra_broadaddr	ifra_dstaddr
	struct sockaddr	ifra_mask;
};

struct ifmediareq {
	char		 ifm_name[IFNAMSIZ];
	uint64_t	 ifm_current;
	uint64_t	 ifm_mask;
	uint64_t	 ifm_status;
	uint64_t	 ifm_active;
	int		 ifm_count;	/* room in ifm_ulist, then its use */
	uint64_t	*ifm_ulist;
};

struct ifkalivereq {
	char	ikar_name[IFNAMSIZ];
	int	ikar_timeo;		/* seconds */
	int	ikar_cnt;
};

struct ifconf {
	int	ifc_len;		/* bytes of the buffer, then used */
	union {
		caddr_t		 ifcu_buf;
		struct ifreq	*ifcu_req;
	} ifc_ifcu;
};
#define ifc_buf		ifc_ifcu.ifcu_buf
#define ifc_req		ifc_ifcu.ifcu_req

struct if_clonereq {
	int	 ifcr_total;		/* cloners there are */
	int	 ifcr_count;		/* names the buffer can take */
	char	*ifcr_buffer;		/* IFNAMSIZ bytes each; NULL: count */
};

struct if_laddrreq {
	char		iflr_name[IFNAMSIZ];
	unsigned int	flags;
#define IFLR_PREFIX	0x8000
	unsigned int	prefixlen;
	struct sockaddr_storage addr;
	struct sockaddr_storage dstaddr;
};

struct if_afreq {
	char		ifar_name[IFNAMSIZ];
	sa_family_t	ifar_af;
};

struct if_parent {
	char	ifp_name[IFNAMSIZ];
	char	ifp_parent[IFNAMSIZ];
};

struct ifg_req {
	union {
		char	ifgrqu_group[IFNAMSIZ];
		char	ifgrqu_member[IFNAMSIZ];
	} ifgrq_ifgrqu;
};
#define ifgrq_group	ifgrq_ifgrqu.ifgrqu_group
#define ifgrq_member	ifgrq_ifgrqu.ifgrqu_member

struct ifg_attrib {
	int	ifg_carp_demoted;
};

struct ifgroupreq {
	char		ifgr_name[IFNAMSIZ];	/* interface or group */
	unsigned int	ifgr_len;		/* bytes of ifgr_groups */
	union {
		char		 ifgru_group[IFNAMSIZ];
		struct ifg_req	*ifgru_groups;
		struct ifg_attrib ifgru_attrib;
	} ifgr_ifgru;
};
#define ifgr_group	ifgr_ifgru.ifgru_group
#define ifgr_groups	ifgr_ifgru.ifgru_groups
#define ifgr_attrib	ifgr_ifgru.ifgru_attrib

#define IFG_ALL		"all"
#define IFG_EGRESS	"egress"

#endif /* _NET_IF_H_ */
