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
 * Ethernet, and ARP for IPv4 on it.
 */
#ifndef _NETINET_IF_ETHER_H_
#define _NETINET_IF_ETHER_H_

#include <sys/types.h>
#include <net/ethertypes.h>
#include <net/if_arp.h>

#define ETHER_ADDR_LEN		6
#define ETHER_TYPE_LEN		2
#define ETHER_CRC_LEN		4
#define ETHER_HDR_LEN		(ETHER_ADDR_LEN * 2 + ETHER_TYPE_LEN)
#define ETHER_MIN_LEN		64	/* with header and CRC */
#define ETHER_MAX_LEN		1518
#define ETHER_VLAN_ENCAP_LEN	4
#define ETHER_ALIGN		2	/* puts the IP header on 4 bytes */
#define ETHER_MAX_HARDMTU_LEN	65435

#define ETHERMTU		(ETHER_MAX_LEN - ETHER_HDR_LEN - ETHER_CRC_LEN)
#define ETHERMIN		(ETHER_MIN_LEN - ETHER_HDR_LEN - ETHER_CRC_LEN)

struct ether_addr {
	u_int8_t	ether_addr_octet[ETHER_ADDR_LEN];
};

struct ether_header {
	u_int8_t	ether_dhost[ETHER_ADDR_LEN];
	u_int8_t	ether_shost[ETHER_ADDR_LEN];
	u_int16_t	ether_type;	/* network byte order */
};

#define ETHER_IS_MULTICAST(addr)	(*(addr) & 0x01)
#define ETHER_IS_BROADCAST(addr)					\
	(((addr)[0] & (addr)[1] & (addr)[2] & (addr)[3] & (addr)[4] &	\
	    (addr)[5]) == 0xff)
#define ETHER_IS_ANYADDR(addr)						\
	(((addr)[0] | (addr)[1] | (addr)[2] | (addr)[3] | (addr)[4] |	\
	    (addr)[5]) == 0)

/* 01:00:5e and the low 23 bits of the group, RFC 1112 */
#define ETHER_MAP_IP_MULTICAST(ipaddr, enaddr) do {			\
	const u_int8_t *_ip = (const u_int8_t *)(ipaddr);		\
	u_int8_t *_en = (u_int8_t *)(enaddr);				\
									\
	_en[0] = 0x01;							\
	_en[1] = 0x00;							\
	_en[2] = 0x5e;							\
	_en[3] = _ip[1] & 0x7f;						\
	_en[4] = _ip[2];						\
	_en[5] = _ip[3];						\
} while (0)
/* 33:33 and the low 32 bits of the group, RFC 2464 */
#define ETHER_MAP_IPV6_MULTICAST(ip6addr, enaddr) do {			\
	const u_int8_t *_ip6 = (const u_int8_t *)(ip6addr);		\
	u_int8_t *_en6 = (u_int8_t *)(enaddr);				\
									\
	_en6[0] = 0x33;							\
	_en6[1] = 0x33;							\
	_en6[2] = _ip6[12];						\
	_en6[3] = _ip6[13];						\
	_en6[4] = _ip6[14];						\
	_en6[5] = _ip6[15];						\
} while (0)

struct ether_arp {
	struct arphdr	ea_hdr;
	u_int8_t	arp_sha[ETHER_ADDR_LEN];
	u_int8_t	arp_spa[4];
	u_int8_t	arp_tha[ETHER_ADDR_LEN];
	u_int8_t	arp_tpa[4];
};
#define arp_hrd		ea_hdr.ar_hrd
#define arp_pro		ea_hdr.ar_pro
#define arp_hln		ea_hdr.ar_hln
#define arp_pln		ea_hdr.ar_pln
#define arp_op		ea_hdr.ar_op

/*
 * ARP's counters: sysctl { CTL_NET, PF_INET, IPPROTO_IP, IPCTL_ARPSTATS }.
 */
struct arpstat {
	u_int64_t	arps_rcvrequest;
	u_int64_t	arps_rcvreply;
	u_int64_t	arps_txrequest;
	u_int64_t	arps_txreply;
	u_int64_t	arps_learned;	/* addresses that were not known */
	u_int64_t	arps_changed;	/* or were another */
	u_int64_t	arps_held;	/* packets that waited for one */
	/* ARP packets dropped */
	u_int64_t	arps_badlen;	/* shorter than they say */
	u_int64_t	arps_badhdr;	/* not IPv4 on Ethernet */
	u_int64_t	arps_badop;
	u_int64_t	arps_badsender;	/* an address nobody can have */
	u_int64_t	arps_loop;	/* sent by ourselves */
	u_int64_t	arps_disabled;	/* the interface does no ARP */
	u_int64_t	arps_offnet;	/* sender is not on this network */
	u_int64_t	arps_static;	/* its entry is permanent, another */
	u_int64_t	arps_duplicate;	/* it uses an address of ours */
	/* IP packets dropped */
	u_int64_t	arps_noentry;	/* the route is not one of ARP's */
	u_int64_t	arps_nobufs;	/* or ARP packets not sent */
	u_int64_t	arps_holdfull;	/* the entry holds enough already */
	u_int64_t	arps_holdlimit;	/* all entries together do */
	u_int64_t	arps_timeout;	/* nobody answered */
	u_int64_t	arps_down;	/* and nobody has, a moment ago */
	u_int64_t	arps_flushed;	/* held by an entry that went */
};

#ifdef _KERNEL
/* ---- kernel: struct arpcom and Ethernet's interface start here ---- */

#include <sys/queue.h>
#include <net/if_var.h>

struct ifaddr;
struct mbuf;
struct rtentry;
struct sockaddr;

/* A range of groups the interface is to receive, often of one. */
struct ether_multi {
	u_int8_t		enm_addrlo[ETHER_ADDR_LEN];
	u_int8_t		enm_addrhi[ETHER_ADDR_LEN];
	u_int			enm_refcnt;
	LIST_ENTRY(ether_multi)	enm_list;
};

/*
 * What Ethernet has beside an interface, of which it is the beginning.
 *
 * Locks used to protect struct members:
 *	N	netlock: exclusive to write, shared to read
 */
struct arpcom {
	struct ifnet		ac_if;
	u_int8_t		ac_enaddr[ETHER_ADDR_LEN];	/* [N] ours */
	LIST_HEAD(, ether_multi) ac_multiaddrs;			/* [N] */
	int			ac_multicnt;			/* [N] */
};

void	arpstat_read(struct arpstat *);		/* any context */

/*
 * NET held, shared will do, for all of these.
 *
 * The address to send m to: 0, desten is filled in, and m is still the
 * caller's.  Otherwise m is consumed.  EAGAIN: it is held until the answer
 * comes, or was dropped and counted, and all the caller says is that it is
 * sent; EHOSTDOWN: nobody answers; EHOSTUNREACH: not by this route; ENOBUFS.
 * rt may be NULL, then dst is looked up; of a gateway route the next hop
 * counts.
 */
int	arpresolve(struct ifnet *, struct rtentry *, struct mbuf *,
	    const struct sockaddr *, u_int8_t *);
/* A packet of ETHERTYPE_ARP without its Ethernet header; consumes m. */
void	arpinput(struct ifnet *, struct mbuf *);
/* if_rtrequest of routes of AF_INET */
void	arp_rtrequest(struct ifnet *, int, struct rtentry *);
/* Ask for an address as somebody; network order. */
void	arprequest(struct ifnet *, const u_int32_t *, const u_int32_t *,
	    const u_int8_t *);
/* The interface is up and has this address: tell the others. */
void	arp_ifinit(struct ifnet *, struct ifaddr *);

/* ---- kernel: end ---- */
#endif

#endif /* _NETINET_IF_ETHER_H_ */
