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

#ifndef _NET_IF_VAR_H_
#define _NET_IF_VAR_H_

#include <sys/queue.h>
#include <sys/mbuf.h>
#include <sys/socket.h>
#include <sys/refcnt.h>
#include <sys/rwlock.h>
#include <sys/smr.h>
#include <sys/task.h>
#include <sys/timeout.h>
#include <sys/percpu.h>
#include <sys/time.h>
#include <net/if.h>
#include <net/ifq.h>
#include <net/route.h>

struct rtentry;
struct ifnet;
struct proc;
struct socket;

/*
 * What a softnet thread carries along while it works on packets; nobody
 * else looks at it.  A packet that changes interface (a tunnel was taken
 * off) waits in ns_input until the current one is done: no recursion.
 */
struct netstack {
	struct mbuf_list	ns_input;
	struct mbuf_list	ns_proto;
	struct route		ns_route;	/* of the last packet forwarded */
	struct route		ns_route6;	/* the same of IPv6 */
	struct mbuf_list	ns_tcp_ml;
	struct mbuf_list	ns_tcp6_ml;
	struct route		ns_saroute;	/* of the last that an SA sent */
	struct route		ns_saroute6;
};

TAILQ_HEAD(ifnet_head, ifnet);

struct if_clone {
	LIST_ENTRY(if_clone)	 ifc_list;
	const char		*ifc_name;
	size_t			 ifc_namelen;
	int			 (*ifc_create)(struct if_clone *, int);
	int			 (*ifc_destroy)(struct ifnet *);
};
#define IF_CLONE_INITIALIZER(name, create, destroy)			\
	{ { NULL, NULL }, (name), sizeof(name) - 1, (create), (destroy) }

enum if_counters {
	ifc_ipackets, ifc_ierrors, ifc_opackets, ifc_oerrors,
	ifc_collisions, ifc_ibytes, ifc_obytes, ifc_imcasts, ifc_omcasts,
	ifc_iqdrops, ifc_oqdrops, ifc_noproto, ifc_ncounters
};

/* Membership and group are linked both ways; both under the netlock. */
struct ifg_group {
	char			 ifg_group[IFNAMSIZ];
	u_int			 ifg_refcnt;
	TAILQ_HEAD(, ifg_member) ifg_members;
	TAILQ_ENTRY(ifg_group)	 ifg_next;
};
struct ifg_member {
	TAILQ_ENTRY(ifg_member)	 ifgm_next;
	struct ifnet		*ifgm_ifp;
};
struct ifg_list {
	struct ifg_group	*ifgl_group;
	struct ifg_member	*ifgl_member;
	TAILQ_ENTRY(ifg_list)	 ifgl_next;
};

struct ifmaddr {
	struct sockaddr		*ifma_addr;
	unsigned int		 ifma_ifidx;
	struct refcnt		 ifma_refcnt;
	TAILQ_ENTRY(ifmaddr)	 ifma_list;
};

/*
 * A network interface.
 *
 * Locks used to protect struct members:
 *	I	immutable after if_attach()
 *	d	the driver
 *	N	netlock: exclusive to write, shared to read
 *	X	netlock to write; read by an atomic load anywhere
 *	c	if_cloners_lock
 *	m	if_maddrlock
 *	p	per CPU
 */
struct ifnet {
	void			*if_softc;	/* [I] */
	struct refcnt		 if_refcnt;
	TAILQ_ENTRY(ifnet)	 if_list;	/* [N] all interfaces */
	LIST_ENTRY(ifnet)	 if_hash;	/* [N] by name */
	TAILQ_HEAD(, ifaddr)	 if_addrlist;	/* [N] */
	TAILQ_HEAD(, ifmaddr)	 if_maddrlist;	/* [m] */
	TAILQ_HEAD(, ifg_list)	 if_groups;	/* [N] */
	struct rwlock		 if_maddrlock;
	struct task_list	 if_addrhooks;	/* if_hooks_mtx */
	struct task_list	 if_linkstatehooks; /* if_hooks_mtx */
	struct task_list	 if_detachhooks; /* if_hooks_mtx */
	void	(*if_rtrequest)(struct ifnet *, int, struct rtentry *);
	char			 if_xname[IFNAMSIZ];	/* [I] */
	int			 if_pcount;	/* [N] promiscuous users */
	caddr_t			 if_bpf;	/* for if_bpf_mtap(); atomic.
						 * NULL: nobody listens */
	unsigned int		 if_index;	/* [I] */
	short			 if_timer;
	unsigned short		 if_flags;	/* [X] IFF_* */
	int			 if_xflags;	/* [X] IFXF_* */
	u_char			 if_type;	/* [I] IFT_* */
	u_char			 if_addrlen;	/* [I] */
	u_char			 if_hdrlen;	/* [I] */
	u_char			 if_link_state;	/* [d] atomic */
	u_int32_t		 if_mtu;	/* [X] */
	u_int32_t		 if_metric;	/* [N] */
	u_int64_t		 if_baudrate;	/* [N] */
	u_int32_t		 if_capabilities; /* [I] */
	u_int			 if_rdomain;	/* [N] */
	struct timeval		 if_lastchange;	/* [d] */
	uint64_t		 if_data_counters[ifc_ncounters]; /* [N] */
	struct cpumem		*if_counters;	/* [p] or NULL */
	u_int32_t		 if_hardmtu;	/* [I] */
	char			 if_description[IFDESCRSIZE];	/* [N] */
	u_short			 if_rtlabelid;	/* [N] */
	u_int8_t		 if_priority;	/* [N] */
	u_int8_t		 if_llprio;	/* [N] */
	struct task		 if_linkstatetask; /* [I] */

	/* handlers: [I] but for if_detach(), which replaces them */
	void	(*if_input)(struct ifnet *, struct mbuf *, struct netstack *);
	int	(*if_bpf_mtap)(caddr_t, const struct mbuf *, u_int);
	int	(*if_output)(struct ifnet *, struct mbuf *, struct sockaddr *,
		    struct rtentry *);
	int	(*if_ll_output)(struct ifnet *, struct mbuf *,
		    struct sockaddr *, struct rtentry *);
	int	(*if_enqueue)(struct ifnet *, struct mbuf *);
	void	(*if_start)(struct ifnet *);
	int	(*if_ioctl)(struct ifnet *, u_long, caddr_t);
	void	(*if_watchdog)(struct ifnet *);
	int	(*if_wol)(struct ifnet *, int);
	void	(*if_qstart)(struct ifqueue *);

	struct ifqueue		 if_snd;
	unsigned int		 if_txmit;
	struct ifiqueue		 if_rcv;

	struct sockaddr_dl	*if_sadl;	/* [N] link address, or NULL */
};
#define if_name(ifp)	((ifp)->if_xname)

/* Address of an interface; family code embeds it first in its own. */
struct ifaddr {
	struct sockaddr		*ifa_addr;	/* [I] */
	struct sockaddr		*ifa_dstaddr;	/* [N] */
#define ifa_broadaddr	ifa_dstaddr
	struct sockaddr		*ifa_netmask;	/* [I] */
	struct ifnet		*ifa_ifp;	/* [I] */
	TAILQ_ENTRY(ifaddr)	 ifa_list;	/* [N] */
	u_int			 ifa_flags;	/* [N] IFA_ROUTE */
	struct refcnt		 ifa_refcnt;
	int			 ifa_metric;	/* [N] */
};
#define IFA_ROUTE	0x01			/* its network route exists */

extern struct ifnet_head ifnetlist;		/* [N] */

/* boot */
void	ifinit(void);
void	ifdrain(void);			/* halt: no interface is left */
void	loopattach(int);
void	loopdetach(void);		/* halt */
void	if_clone_attach(struct if_clone *);
void	softnet_init(void);
void	softnet_forget(void);		/* halt */
struct taskq *net_tq(unsigned int);	/* pure function of its argument */
void	net_tq_barriers(const char *);	/* every softnet has been idle or
					 * passed a round; may sleep */

/* life of an interface; netlock not held, may sleep */
void	if_attach(struct ifnet *);
void	if_detach(struct ifnet *);
void	if_alloc_sadl(struct ifnet *);
void	if_free_sadl(struct ifnet *);
void	if_counters_alloc(struct ifnet *);
void	if_counters_free(struct ifnet *);
int	if_clone_create(const char *, int);		/* name, rdomain */
int	if_clone_destroy(const char *);
int	if_addgroup(struct ifnet *, const char *);	/* NET(X) */
int	if_delgroup(struct ifnet *, const char *);	/* NET(X) */

/* look-ups.  if_get and if_unit hand out a reference for if_put(). */
struct ifnet *if_get(unsigned int);		/* any context */
struct ifnet *if_get_smr(unsigned int);		/* inside SMR */
/* NET held, and good as long as it is: no reference */
struct ifnet *if_get_locked(unsigned int);
struct ifnet *if_ref(struct ifnet *);
void	if_put(struct ifnet *);			/* NULL is fine */
struct ifnet *if_unit(const char *);
struct ifnet *if_unit_locked(const char *);	/* NET held, no ref */

/* state; NET(X) */
void	if_up(struct ifnet *);
void	if_down(struct ifnet *);
void	if_linkstate(struct ifnet *);
void	if_link_state_change(struct ifnet *);	/* any context */
int	if_setrdomain(struct ifnet *, int);
int	ifpromisc(struct ifnet *, int);
void	if_detachhook_add(struct ifnet *, struct task *);
void	if_detachhook_del(struct ifnet *, struct task *);
void	if_linkstatehook_add(struct ifnet *, struct task *);
void	if_linkstatehook_del(struct ifnet *, struct task *);
void	if_addrhook_add(struct ifnet *, struct task *);
void	if_addrhook_del(struct ifnet *, struct task *);
void	if_addrhooks_run(struct ifnet *);
void	if_getdata(struct ifnet *, struct if_data *);	/* sums counters */
int	ifioctl(struct socket *, u_long, caddr_t, struct proc *);
int	if_txhprio_l3_check(int);
int	if_rxhprio_l3_check(int);

/* packets: all consume the mbuf */
int	if_enqueue(struct ifnet *, struct mbuf *);	/* 0 or errno */
int	if_enqueue_ifq(struct ifnet *, struct mbuf *);
/* if_output() of each; the first error ends it, and the rest stays */
int	if_output_ml(struct ifnet *, struct mbuf_list *, struct sockaddr *,
	    struct rtentry *);
void	if_input_process(struct ifnet *, struct mbuf_list *, unsigned int);
void	if_vinput(struct ifnet *, struct mbuf *, struct netstack *);
void	if_input_proto(struct ifnet *, struct mbuf *, void (*)(struct ifnet *,
	    struct mbuf *, struct netstack *), struct netstack *);
int	if_input_local(struct ifnet *, struct mbuf *, sa_family_t,
	    struct netstack *);
int	if_output_local(struct ifnet *, struct mbuf *, sa_family_t);
/*
 * Show the packet, which is kept, to bpf(4); its direction.  Not 0: it has
 * to be dropped.  No netlock is needed.
 */
int	if_tap(struct ifnet *, const struct mbuf *, u_int);
void	p2p_input(struct ifnet *, struct mbuf *, struct netstack *);
int	p2p_bpf_mtap(caddr_t, const struct mbuf *, u_int);
void	p2p_rtrequest(struct ifnet *, int, struct rtentry *);
__dead void unhandled_af(int);

/* if_ethersubr.c */
void	ether_ifattach(struct ifnet *);
void	ether_ifdetach(struct ifnet *);
int	ether_ioctl(struct ifnet *, void *, u_long, caddr_t);
void	ether_input(struct ifnet *, struct mbuf *, struct netstack *);
int	ether_output(struct ifnet *, struct mbuf *, struct sockaddr *,
	    struct rtentry *);
void	ether_rtrequest(struct ifnet *, int, struct rtentry *);

/* addresses; NET held */
struct ifaddr *ifaref(struct ifaddr *);
void	ifafree(struct ifaddr *);
void	ifa_add(struct ifnet *, struct ifaddr *);	/* NET(X) */
void	ifa_del(struct ifnet *, struct ifaddr *);	/* NET(X) */
/* NET; the pointer is good while NET is held */
struct ifaddr *ifa_ifwithaddr(const struct sockaddr *, u_int);
struct ifaddr *ifa_ifwithdstaddr(const struct sockaddr *, u_int);
struct ifaddr *ifaof_ifpforaddr(const struct sockaddr *, struct ifnet *);

/* if_group.c; NET(X) to change, NET to read */
unsigned int if_getgroups(struct ifnet *, struct ifg_req *, unsigned int);
unsigned int if_getgroupmembers(const char *, struct ifg_req *, unsigned int);
unsigned int if_getgrouplist(struct ifg_req *, unsigned int);
int	if_isgroup(const char *);
void	if_delgroups(struct ifnet *);
/* if_clone.c */
int	if_clone_list(struct if_clonereq *);
extern int pdevinit_done;

#endif /* _NET_IF_VAR_H_ */
