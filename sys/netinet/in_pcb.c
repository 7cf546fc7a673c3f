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
 * Protocol control blocks of Internet sockets.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/domain.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/protosw.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/socketvar.h>

#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_var.h>
#include <net/route.h>
#include <net/rtable.h>

#include <netinet/in.h>
#include <netinet/in_pcb.h>
#include <netinet/in_var.h>
#include <netinet/ip.h>
#include <netinet/ip_spd.h>
#include <netinet/ip_var.h>
#include <netinet/udp.h>
#ifdef INET6
#include <netinet/icmp6.h>
#include <netinet6/ip6_var.h>
#endif

#define IPPORT_LOWLAST	600	/* IP_PORTRANGE_LOW goes down to here */

static const struct in_addr in_any;

/*
 * Tables
 */

static struct inpcbhead *
in_pcbheads(u_int size)
{
	return (mallocarray(size, sizeof(struct inpcbhead), M_PCB,
	    M_WAITOK | M_ZERO));
}

void
in_pcbinit(struct inpcbtable *table, u_int size)
{
	KASSERT(powerof2(size));
	mtx_init(&table->inpt_mtx, IPL_SOFTNET);
	TAILQ_INIT(&table->inpt_queue);
	table->inpt_hashtbl = in_pcbheads(size);
	table->inpt_lhashtbl = in_pcbheads(size);
	table->inpt_size = size;
	table->inpt_count = 0;
	table->inpt_key = arc4random();
}

static u_int32_t
in_pcbmix(u_int32_t h, u_int32_t v)
{
	h = (h ^ v) * 0x9e3779b1U;
	return (h ^ (h >> 15));
}

static struct inpcbhead *
in_pcbhash(struct inpcbtable *table, u_int rdomain, struct in_addr faddr,
    u_int fport, struct in_addr laddr, u_int lport)
{
	u_int32_t h = table->inpt_key;

	h = in_pcbmix(h, faddr.s_addr);
	h = in_pcbmix(h, laddr.s_addr);
	h = in_pcbmix(h, fport << 16 | lport);
	h = in_pcbmix(h, rdomain);
	return (&table->inpt_hashtbl[h & (table->inpt_size - 1)]);
}

static struct inpcbhead *
in6_pcbhash(struct inpcbtable *table, u_int rdomain,
    const struct in6_addr *faddr, u_int fport, const struct in6_addr *laddr,
    u_int lport)
{
	u_int32_t h = table->inpt_key;
	int i;

	for (i = 0; i < 4; i++) {
		h = in_pcbmix(h, faddr->s6_addr32[i]);
		h = in_pcbmix(h, laddr->s6_addr32[i]);
	}
	h = in_pcbmix(h, fport << 16 | lport);
	h = in_pcbmix(h, rdomain);
	return (&table->inpt_hashtbl[h & (table->inpt_size - 1)]);
}

static struct inpcbhead *
in_pcblhash(struct inpcbtable *table, u_int lport)
{
	u_int32_t h = in_pcbmix(table->inpt_key, lport);

	return (&table->inpt_lhashtbl[h & (table->inpt_size - 1)]);
}

void
in_pcbhash_insert(struct inpcb *inp)
{
	struct inpcbtable *table = inp->inp_table;
	u_int rdomain = rtable_l2(inp->inp_rtableid);
	struct inpcbhead *head;

	MUTEX_ASSERT_LOCKED(&table->inpt_mtx);
	if (READ_ONCE(inp->inp_flags) & INP_IPV6)
		head = in6_pcbhash(table, rdomain, &inp->inp_faddr6,
		    inp->inp_fport, &inp->inp_laddr6, inp->inp_lport);
	else
		head = in_pcbhash(table, rdomain, inp->inp_faddr,
		    inp->inp_fport, inp->inp_laddr, inp->inp_lport);
	LIST_INSERT_HEAD(head, inp, inp_hash);
	LIST_INSERT_HEAD(in_pcblhash(table, inp->inp_lport), inp, inp_lhash);
}

void
in_pcbhash_remove(struct inpcb *inp)
{
	MUTEX_ASSERT_LOCKED(&inp->inp_table->inpt_mtx);
	LIST_REMOVE(inp, inp_hash);
	LIST_REMOVE(inp, inp_lhash);
}

/* Twice the slots, when there are as many pcbs as slots.  May sleep. */
static void
in_pcbgrow(struct inpcbtable *table)
{
	struct inpcbhead *hash, *lhash, *old, *lold;
	struct inpcb *inp;
	u_int size;

	mtx_enter(&table->inpt_mtx);
	size = table->inpt_size;
	if (table->inpt_count < size) {
		mtx_leave(&table->inpt_mtx);
		return;
	}
	mtx_leave(&table->inpt_mtx);

	old = hash = in_pcbheads(size * 2);
	lold = lhash = in_pcbheads(size * 2);
	mtx_enter(&table->inpt_mtx);
	/* another thread may have been quicker */
	if (table->inpt_size == size) {
		old = table->inpt_hashtbl;
		lold = table->inpt_lhashtbl;
		table->inpt_hashtbl = hash;
		table->inpt_lhashtbl = lhash;
		table->inpt_size = size * 2;
		TAILQ_FOREACH(inp, &table->inpt_queue, inp_queue)
			in_pcbhash_insert(inp);
	} else
		size *= 2;
	mtx_leave(&table->inpt_mtx);
	free(old, M_PCB, size * sizeof(*old));
	free(lold, M_PCB, size * sizeof(*lold));
}

/*
 * Life
 */

static void
in_pcbdeflevels(struct ipsec_level *sl)
{
	sl->sl_ipcomp = IPSEC_IPCOMP_LEVEL_DEFAULT;
#ifdef IPSEC
	sl->sl_auth = READ_ONCE(ipsec_def_auth);
	sl->sl_esp_trans = READ_ONCE(ipsec_def_esp_trans);
	sl->sl_esp_network = READ_ONCE(ipsec_def_esp_network);
#else
	sl->sl_auth = IPSEC_AUTH_LEVEL_DEFAULT;
	sl->sl_esp_trans = IPSEC_ESP_TRANS_LEVEL_DEFAULT;
	sl->sl_esp_network = IPSEC_ESP_NETWORK_LEVEL_DEFAULT;
#endif
}

int
in_pcballoc(struct socket *so, struct inpcbtable *table, int proto)
{
	struct inpcb *inp;

	soassertlocked(so);
	in_pcbgrow(table);
	inp = malloc(sizeof(*inp), M_PCB, M_WAITOK | M_ZERO);
	inp->inp_table = table;
	soref(so);
	inp->inp_socket = so;
	refcnt_init(&inp->inp_refcnt);
	inp->inp_rtableid = so->so_rtableid;
	inp->inp_hops = inp->inp_cksum6 = -1;
	if (so->so_proto->pr_domain->dom_family == AF_INET6) {
		inp->inp_flags = INP_IPV6;
		inp->inp_ipv6.ip6_nxt = proto;
#ifdef INET6
		if (READ_ONCE(ip6_auto_flowlabel))
			inp->inp_flags |= IN6P_FLOWLABEL;
#endif
		inp->inp_ipv6.ip6_flow = arc4random() & IPV6_FLOWLABEL_MASK;
	} else {
		inp->inp_ip.ip_ttl = READ_ONCE(ip_defttl);
		inp->inp_ip.ip_p = proto;
	}
	in_pcbdeflevels(&inp->inp_seclevel);

	mtx_enter(&table->inpt_mtx);
	TAILQ_INSERT_HEAD(&table->inpt_queue, inp, inp_queue);
	table->inpt_count++;
	in_pcbhash_insert(inp);
	mtx_leave(&table->inpt_mtx);
	so->so_pcb = inp;
	return (0);
}

void
in_pcbdetach(struct inpcb *inp)
{
	struct inpcbtable *table = inp->inp_table;

	soassertlocked(inp->inp_socket);
	mtx_enter(&table->inpt_mtx);
	TAILQ_REMOVE(&table->inpt_queue, inp, inp_queue);
	table->inpt_count--;
	in_pcbhash_remove(inp);
	mtx_leave(&table->inpt_mtx);

	inp->inp_socket->so_pcb = NULL;
	route_release(&inp->inp_route);
#ifdef INET6
	if (READ_ONCE(inp->inp_flags) & INP_IPV6) {
		ip6_freemoptions(inp->inp_moptions6);
		free(inp->inp_icmp6filt, M_PCB, sizeof(*inp->inp_icmp6filt));
	} else
#endif
		ip_freemoptions(inp->inp_moptions);
	inp->inp_moptions = NULL;
	in_pcbunref(inp);
}

struct inpcb *
in_pcbref(struct inpcb *inp)
{
	if (inp != NULL)
		refcnt_take(&inp->inp_refcnt);
	return (inp);
}

void
in_pcbunref(struct inpcb *inp)
{
	if (inp == NULL || refcnt_rele(&inp->inp_refcnt) == 0)
		return;
	KASSERT(inp->inp_moptions == NULL && inp->inp_route.ro_rt == NULL);
	sorele(inp->inp_socket);
	free(inp, M_PCB, sizeof(*inp));
}

/*
 * Look-ups
 */

static int
in_pcbis(struct inpcb *inp, u_int rdomain, struct in_addr faddr,
    u_int fport, struct in_addr laddr, u_int lport)
{
	return (inp->inp_faddr.s_addr == faddr.s_addr &&
	    inp->inp_laddr.s_addr == laddr.s_addr &&
	    inp->inp_fport == fport && inp->inp_lport == lport &&
	    (READ_ONCE(inp->inp_flags) & INP_IPV6) == 0 &&
	    rtable_l2(inp->inp_rtableid) == rdomain);
}

/* Table locked; no reference. */
static struct inpcb *
in_pcbfind(struct inpcbtable *table, struct in_addr faddr, u_int fport,
    struct in_addr laddr, u_int lport, u_int rtableid)
{
	u_int rdomain = rtable_l2(rtableid);
	struct inpcb *inp;

	MUTEX_ASSERT_LOCKED(&table->inpt_mtx);
	LIST_FOREACH(inp, in_pcbhash(table, rdomain, faddr, fport, laddr,
	    lport), inp_hash) {
		if (in_pcbis(inp, rdomain, faddr, fport, laddr, lport))
			return (inp);
	}
	return (NULL);
}

struct inpcb *
in_pcblookup(struct inpcbtable *table, struct in_addr faddr, u_int fport,
    struct in_addr laddr, u_int lport, u_int rtableid)
{
	struct inpcb *inp;

	mtx_enter(&table->inpt_mtx);
	inp = in_pcbref(in_pcbfind(table, faddr, fport, laddr, lport,
	    rtableid));
	mtx_leave(&table->inpt_mtx);
	return (inp);
}

struct inpcb *
in_pcblookup_listen(struct inpcbtable *table, struct in_addr laddr,
    u_int lport, u_int rtableid)
{
	struct inpcb *inp;

	mtx_enter(&table->inpt_mtx);
	inp = in_pcbfind(table, in_any, 0, laddr, lport, rtableid);
	if (inp == NULL)
		inp = in_pcbfind(table, in_any, 0, in_any, lport, rtableid);
	in_pcbref(inp);
	mtx_leave(&table->inpt_mtx);
	return (inp);
}

struct inpcb *
in6_pcbfind(struct inpcbtable *table, const struct in6_addr *faddr,
    u_int fport, const struct in6_addr *laddr, u_int lport, u_int rtableid)
{
	u_int rdomain = rtable_l2(rtableid);
	struct inpcb *inp;

	MUTEX_ASSERT_LOCKED(&table->inpt_mtx);
	LIST_FOREACH(inp, in6_pcbhash(table, rdomain, faddr, fport, laddr,
	    lport), inp_hash) {
		if (inp->inp_fport == fport && inp->inp_lport == lport &&
		    IN6_ARE_ADDR_EQUAL(&inp->inp_faddr6, faddr) &&
		    IN6_ARE_ADDR_EQUAL(&inp->inp_laddr6, laddr) &&
		    rtable_l2(inp->inp_rtableid) == rdomain)
			return (inp);
	}
	return (NULL);
}

struct inpcbhead *
in_pcblhead(struct inpcbtable *table, u_int lport)
{
	MUTEX_ASSERT_LOCKED(&table->inpt_mtx);
	return (in_pcblhash(table, lport));
}

void
in_pcbnotifyall(struct inpcbtable *table, const struct sockaddr_in *dst,
    u_int rtableid, int error, void (*notify)(struct inpcb *, int))
{
	u_int rdomain = rtable_l2(rtableid);
	struct inpcb *inp;

	if (dst->sin_addr.s_addr == INADDR_ANY)
		return;
	mtx_enter(&table->inpt_mtx);
	TAILQ_FOREACH(inp, &table->inpt_queue, inp_queue) {
		if (inp->inp_faddr.s_addr == dst->sin_addr.s_addr &&
		    (READ_ONCE(inp->inp_flags) & INP_IPV6) == 0 &&
		    rtable_l2(inp->inp_rtableid) == rdomain)
			notify(inp, error);
	}
	mtx_leave(&table->inpt_mtx);
}

void
in_pcberror(struct inpcb *inp, int error)
{
	struct socket *so = inp->inp_socket;

	mtx_enter(&so->so_rcv_mtx);
	so->so_error = error;
	mtx_leave(&so->so_rcv_mtx);
	sorwakeup(so);
}

int
in_prcerrno(int cmd)
{
	switch (cmd) {
	case PRC_MSGSIZE:
		return (EMSGSIZE);
	case PRC_HOSTDEAD:
		return (EHOSTDOWN);
	case PRC_HOSTUNREACH:
	case PRC_UNREACH_NET:
	case PRC_UNREACH_HOST:
	case PRC_UNREACH_SRCFAIL:
		return (EHOSTUNREACH);
	case PRC_UNREACH_PROTOCOL:
	case PRC_UNREACH_PORT:
		return (ECONNREFUSED);
	case PRC_PARAMPROB:
		return (ENOPROTOOPT);
	default:
		return (0);
	}
}

/*
 * Local addresses and ports
 */

/* SO_REUSE* as it counts for this address. */
static int
in_pcbreuse(struct inpcb *inp, struct in_addr laddr)
{
	int opt = inp->inp_socket->so_options & (SO_REUSEADDR | SO_REUSEPORT);

	/* groups are there to be shared */
	if (IN_MULTICAST(laddr.s_addr) && opt != 0)
		opt = SO_REUSEADDR | SO_REUSEPORT;
	return (opt);
}

/*
 * Is somebody in the way?  Without any of the options an address and "all
 * addresses" exclude each other; the same address can be shared only by
 * sockets that all have SO_REUSEPORT.
 */
static int
in_pcbconflict(struct inpcb *inp, struct in_addr laddr, u_int lport,
    int reuse)
{
	struct inpcbtable *table = inp->inp_table;
	u_int rdomain = rtable_l2(inp->inp_rtableid);
	struct inpcb *t;

	MUTEX_ASSERT_LOCKED(&table->inpt_mtx);
	LIST_FOREACH(t, in_pcblhash(table, lport), inp_lhash) {
		if (t == inp || t->inp_lport != lport ||
		    rtable_l2(t->inp_rtableid) != rdomain)
			continue;
		if (t->inp_laddr.s_addr != laddr.s_addr && (reuse != 0 ||
		    (t->inp_laddr.s_addr != INADDR_ANY &&
		    laddr.s_addr != INADDR_ANY)))
			continue;
		if ((reuse & t->inp_reuse & SO_REUSEPORT) == 0)
			return (1);
	}
	return (0);
}

int
in_pcbcheckport(struct inpcb *inp, u_int port)
{
	const u_int32_t *rootonly = inp->inp_table->inpt_rootonly;

	if (port != 0 && !inp->inp_socket->so_suser &&
	    (port < IPPORT_RESERVED || (rootonly != NULL &&
	    DP_ISSET(rootonly, port))))
		return (EACCES);
	return (0);
}

/* An address a socket may have, and a port it may ask for. */
static int
in_pcbcheckaddr(struct inpcb *inp, const struct sockaddr_in *sin)
{
	struct sockaddr_in key;

	NET_ASSERT_LOCKED();
	if (sin->sin_addr.s_addr != INADDR_ANY &&
	    !IN_MULTICAST(sin->sin_addr.s_addr) &&
	    !in_broadcast(sin->sin_addr, inp->inp_rtableid)) {
		memset(&key, 0, sizeof(key));
		key.sin_len = sizeof(key);
		key.sin_family = AF_INET;
		key.sin_addr = sin->sin_addr;
		if (ifa_ifwithaddr(sintosa(&key), inp->inp_rtableid) == NULL)
			return (EADDRNOTAVAIL);
	}
	return (in_pcbcheckport(inp, ntohs(sin->sin_port)));
}

int
in_pcbaddrisavail(struct inpcb *inp, const struct sockaddr_in *sin)
{
	int conflict, error;

	if ((error = in_pcbcheckaddr(inp, sin)) != 0 || sin->sin_port == 0)
		return (error);
	mtx_enter(&inp->inp_table->inpt_mtx);
	conflict = in_pcbconflict(inp, sin->sin_addr, sin->sin_port,
	    in_pcbreuse(inp, sin->sin_addr));
	mtx_leave(&inp->inp_table->inpt_mtx);
	return (conflict ? EADDRINUSE : 0);
}

/* The range of ports to choose from, host order. */
static int
in_pcbportrange(struct inpcb *inp, u_int *first, u_int *count)
{
	int flags = READ_ONCE(inp->inp_flags), lo, hi;

	if (flags & INP_LOWPORT) {
		if (!inp->inp_socket->so_suser)
			return (EACCES);
		lo = IPPORT_LOWLAST;
		hi = IPPORT_RESERVED - 1;
	} else if (flags & INP_HIGHPORT) {
		lo = READ_ONCE(ipport_hifirstauto);
		hi = READ_ONCE(ipport_hilastauto);
	} else {
		lo = READ_ONCE(ipport_firstauto);
		hi = READ_ONCE(ipport_lastauto);
	}
	*first = MIN(lo, hi);
	*count = MAX(lo, hi) - *first + 1;
	return (0);
}

static int
in_pcbtaken(struct inpcb *inp, const void *laddr, u_int lport)
{
	return (in_pcbconflict(inp, *(const struct in_addr *)laddr, lport,
	    0));
}

int
in_pcbpickport(struct inpcb *inp, int (*taken)(struct inpcb *, const void *,
    u_int), const void *laddr, u_int16_t *lport)
{
	const u_int32_t *bad = inp->inp_table->inpt_baddynamic;
	u_int first, count, start, i, port;
	int error;

	if ((error = in_pcbportrange(inp, &first, &count)) != 0)
		return (error);
	start = arc4random_uniform(count);
	for (i = 0; i < count; i++) {
		port = first + (start + i) % count;
		if (bad != NULL && DP_ISSET(bad, port))
			continue;
		if (taken(inp, laddr, htons(port)))
			continue;
		*lport = htons(port);
		return (0);
	}
	return (EADDRNOTAVAIL);
}

int
in_pcbbind(struct inpcb *inp, struct mbuf *nam)
{
	struct inpcbtable *table = inp->inp_table;
	struct sockaddr_in any, *sin = &any;
	u_int16_t lport;
	int error = 0, reuse;

	soassertlocked(inp->inp_socket);
	if (inp->inp_lport != 0 || inp->inp_laddr.s_addr != INADDR_ANY)
		return (EINVAL);
	memset(&any, 0, sizeof(any));
	if (nam != NULL && ((error = in_nam2sin(nam, &sin)) != 0 ||
	    (error = in_pcbcheckaddr(inp, sin)) != 0))
		return (error);
	lport = sin->sin_port;
	reuse = in_pcbreuse(inp, sin->sin_addr);
	mtx_enter(&table->inpt_mtx);
	if (lport == 0)
		error = in_pcbpickport(inp, in_pcbtaken, &sin->sin_addr,
		    &lport);
	else if (in_pcbconflict(inp, sin->sin_addr, lport, reuse))
		error = EADDRINUSE;
	if (error == 0) {
		in_pcbhash_remove(inp);
		inp->inp_laddr = sin->sin_addr;
		inp->inp_lport = lport;
		inp->inp_reuse = reuse;
		in_pcbhash_insert(inp);
	}
	mtx_leave(&table->inpt_mtx);
	return (error);
}

void
in_pcbset_laddr(struct inpcb *inp, struct in_addr laddr)
{
	soassertlocked(inp->inp_socket);
	mtx_enter(&inp->inp_table->inpt_mtx);
	in_pcbhash_remove(inp);
	inp->inp_laddr = laddr;
	in_pcbhash_insert(inp);
	mtx_leave(&inp->inp_table->inpt_mtx);
}

void
in_pcbset_faddr(struct inpcb *inp, struct in_addr faddr)
{
	soassertlocked(inp->inp_socket);
	mtx_enter(&inp->inp_table->inpt_mtx);
	in_pcbhash_remove(inp);
	inp->inp_faddr = faddr;
	in_pcbhash_insert(inp);
	mtx_leave(&inp->inp_table->inpt_mtx);
}

int
in_pcbset_rtableid(struct inpcb *inp, u_int rtableid)
{
	int error = 0;

	soassertlocked(inp->inp_socket);
	if (inp->inp_lport != 0 ||
	    !IN6_IS_ADDR_UNSPECIFIED(&inp->inp_laddr6) ||
	    !IN6_IS_ADDR_UNSPECIFIED(&inp->inp_faddr6))
		return (EBUSY);
	if (rtableid > RT_TABLEID_MAX)
		return (EINVAL);
	NET_LOCK_SHARED();
	if (!rtable_exists(rtableid))
		error = EINVAL;
	else {
		mtx_enter(&inp->inp_table->inpt_mtx);
		in_pcbhash_remove(inp);
		inp->inp_rtableid = rtableid;
		in_pcbhash_insert(inp);
		mtx_leave(&inp->inp_table->inpt_mtx);
	}
	NET_UNLOCK_SHARED();
	return (error);
}

/*
 * Foreign addresses
 */

struct rtentry *
in_pcbrtentry(struct inpcb *inp, struct in_addr dst)
{
	struct rtentry *rt;

	NET_ASSERT_LOCKED();
	rt = route_mpath(&inp->inp_route, &dst, NULL, inp->inp_rtableid);
	return (rtisvalid(rt) ? rt : NULL);
}

/* The first address of the interface that the socket sends groups to. */
static int
in_pcbselsrc_group(struct in_addr *src, const struct sockaddr_in *dst,
    u_int ifidx)
{
	struct ifaddr *ifa = NULL;
	struct ifnet *ifp;

	if ((ifp = if_get(ifidx)) != NULL)
		ifa = ifaof_ifpforaddr(sintosa_const(dst), ifp);
	if (ifa != NULL)
		*src = ifatoia(ifa)->ia_addr.sin_addr;
	if_put(ifp);
	return (ifa != NULL ? 0 : EADDRNOTAVAIL);
}

int
in_pcbselsrc(struct in_addr *src, const struct sockaddr_in *dst,
    struct inpcb *inp)
{
	struct ip_moptions *imo = inp->inp_moptions;
	struct rtentry *rt;

	*src = inp->inp_laddr;
	/* a socket may be bound to a group, which sends nothing itself */
	if (src->s_addr != INADDR_ANY && !IN_MULTICAST(src->s_addr))
		return (0);
	if (IN_MULTICAST(dst->sin_addr.s_addr) && imo != NULL &&
	    imo->imo_ifidx != 0)
		return (in_pcbselsrc_group(src, dst, imo->imo_ifidx));
	/* what ip_output() says of a route that is missing or down */
	if ((rt = in_pcbrtentry(inp, dst->sin_addr)) == NULL)
		return (EHOSTUNREACH);
	if (rt->rt_ifa->ifa_addr->sa_family != AF_INET)
		return (EADDRNOTAVAIL);
	*src = ifatoia(rt->rt_ifa)->ia_addr.sin_addr;
	return (0);
}

int
in_pcbconnect(struct inpcb *inp, struct mbuf *nam)
{
	struct inpcbtable *table = inp->inp_table;
	struct sockaddr_in *sin;
	struct in_addr laddr;
	u_int16_t lport;
	int error;

	soassertlocked(inp->inp_socket);
	if ((error = in_nam2sin(nam, &sin)) != 0)
		return (error);
	if (sin->sin_port == 0 || sin->sin_addr.s_addr == INADDR_ANY)
		return (EADDRNOTAVAIL);
	if ((error = in_pcbselsrc(&laddr, sin, inp)) != 0)
		return (error);

	mtx_enter(&table->inpt_mtx);
	lport = inp->inp_lport;
	if (lport == 0)
		error = in_pcbpickport(inp, in_pcbtaken, &laddr, &lport);
	else if (in_pcbfind(table, sin->sin_addr, sin->sin_port, laddr,
	    lport, inp->inp_rtableid) != NULL)
		error = EADDRINUSE;
	if (error == 0) {
		in_pcbhash_remove(inp);
		if (inp->inp_laddr.s_addr == INADDR_ANY)
			atomic_setbits_int(&inp->inp_flags, INP_AUTOLADDR);
		inp->inp_laddr = laddr;
		inp->inp_lport = lport;
		inp->inp_faddr = sin->sin_addr;
		inp->inp_fport = sin->sin_port;
		in_pcbhash_insert(inp);
	}
	mtx_leave(&table->inpt_mtx);
	return (error);
}

void
in_pcbdisconnect(struct inpcb *inp)
{
	soassertlocked(inp->inp_socket);
	mtx_enter(&inp->inp_table->inpt_mtx);
	in_pcbhash_remove(inp);
	memset(&inp->inp_faddru, 0, sizeof(inp->inp_faddru));
	inp->inp_fport = 0;
	/* only what connect() chose; bind() was for good */
	if (READ_ONCE(inp->inp_flags) & INP_AUTOLADDR)
		memset(&inp->inp_laddru, 0, sizeof(inp->inp_laddru));
	atomic_clearbits_int(&inp->inp_flags, INP_AUTOLADDR);
	in_pcbhash_insert(inp);
	mtx_leave(&inp->inp_table->inpt_mtx);
}

/*
 * What sockets are told
 */

static void
in_mksockaddr(struct mbuf *nam, struct in_addr addr, u_int16_t port)
{
	struct sockaddr_in *sin = mtod(nam, struct sockaddr_in *);

	nam->m_len = sizeof(*sin);
	memset(sin, 0, sizeof(*sin));
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	sin->sin_port = port;
	sin->sin_addr = addr;
}

void
in_setsockaddr(struct inpcb *inp, struct mbuf *nam)
{
	in_mksockaddr(nam, inp->inp_laddr, inp->inp_lport);
}

void
in_setpeeraddr(struct inpcb *inp, struct mbuf *nam)
{
	in_mksockaddr(nam, inp->inp_faddr, inp->inp_fport);
}

int
in_sockaddr(struct socket *so, struct mbuf *nam)
{
	soassertlocked(so);
	in_setsockaddr(sotoinpcb(so), nam);
	return (0);
}

int
in_peeraddr(struct socket *so, struct mbuf *nam)
{
	soassertlocked(so);
	if (sotoinpcb(so)->inp_faddr.s_addr == INADDR_ANY)
		return (ENOTCONN);
	in_setpeeraddr(sotoinpcb(so), nam);
	return (0);
}

void
in_cmsg(struct mbuf *m, int level, int type, const void *data, u_int len)
{
	struct cmsghdr *cm = (struct cmsghdr *)(mtod(m, caddr_t) + m->m_len);

	KASSERT(m_trailingspace(m) >= (int)CMSG_SPACE(len));
	memset(cm, 0, CMSG_SPACE(len));
	cm->cmsg_len = CMSG_LEN(len);
	cm->cmsg_level = level;
	cm->cmsg_type = type;
	memcpy(CMSG_DATA(cm), data, len);
	m->m_len += CMSG_SPACE(len);
}

static void
in_cmsg_recvif(struct mbuf *m, u_int ifidx)
{
	struct sockaddr_dl sdl;
	struct ifnet *ifp;

	memset(&sdl, 0, sizeof(sdl));
	if ((ifp = if_get(ifidx)) != NULL && ifp->if_sadl != NULL)
		memcpy(&sdl, ifp->if_sadl, MIN(ifp->if_sadl->sdl_len,
		    sizeof(sdl)));
	if_put(ifp);
	sdl.sdl_len = sizeof(sdl);
	sdl.sdl_family = AF_LINK;
	sdl.sdl_index = ifidx;
	in_cmsg(m, IPPROTO_IP, IP_RECVIF, &sdl, sizeof(sdl));
}

static void
in_cmsg_all(struct mbuf *mc, int flags, const struct ip *ip, struct mbuf *m,
    u_int rtableid)
{
	const struct udphdr *uh;
	u_int hlen = ip->ip_hl << 2;

	if (flags & INP_RECVDSTADDR)
		in_cmsg(mc, IPPROTO_IP, IP_RECVDSTADDR, &ip->ip_dst,
		    sizeof(ip->ip_dst));
	if (flags & INP_RECVIF)
		in_cmsg_recvif(mc, m->m_pkthdr.ph_ifidx);
	if (flags & INP_RECVTTL)
		in_cmsg(mc, IPPROTO_IP, IP_RECVTTL, &ip->ip_ttl,
		    sizeof(ip->ip_ttl));
	if ((flags & INP_RECVDSTPORT) && ip->ip_p == IPPROTO_UDP &&
	    m->m_len >= hlen + sizeof(*uh)) {
		uh = (const struct udphdr *)((const char *)ip + hlen);
		in_cmsg(mc, IPPROTO_IP, IP_RECVDSTPORT, &uh->uh_dport,
		    sizeof(uh->uh_dport));
	}
	if (flags & INP_RECVRTABLE)
		in_cmsg(mc, IPPROTO_IP, IP_RECVRTABLE, &rtableid,
		    sizeof(rtableid));
}

void
ip_savecontrol(struct inpcb *inp, struct mbuf **mp, struct ip *ip,
    struct mbuf *m)
{
	int flags = READ_ONCE(inp->inp_flags), stamp;
	struct timeval tv;
	struct mbuf *mc;

	stamp = READ_ONCE(inp->inp_socket->so_options) & SO_TIMESTAMP;
	if ((flags & INP_CONTROLOPTS) == 0 && !stamp)
		return;
	/* there is room for all of them: 176 bytes */
	if ((mc = m_get(M_DONTWAIT, MT_CONTROL)) == NULL)
		return;
	mc->m_len = 0;
	if (stamp) {
		microtime(&tv);
		in_cmsg(mc, SOL_SOCKET, SCM_TIMESTAMP, &tv, sizeof(tv));
	}
	in_cmsg_all(mc, flags, ip, m, m->m_pkthdr.ph_rtableid);
	if (mc->m_len == 0) {
		m_free(mc);
		return;
	}
	while (*mp != NULL)
		mp = &(*mp)->m_next;
	*mp = mc;
}

int
in_pcbsecok(struct inpcb *inp, struct mbuf *m, int af)
{
#ifdef IPSEC
	if (ipsec_input_wanted(inp))
		return (ipsec_input_check(m, af, inp) == 0);
#endif
	return (1);
}

int
in_getsendsrc(struct in_addr *src, const struct mbuf *control)
{
	const struct cmsghdr *cm;
	u_int off = 0, left;

	src->s_addr = INADDR_ANY;
	if (control == NULL)
		return (0);
	if (control->m_next != NULL)
		return (EINVAL);
	while ((left = control->m_len - off) > 0) {
		cm = (const struct cmsghdr *)(mtod(control, const char *) +
		    off);
		if (left < CMSG_LEN(sizeof(*src)) ||
		    cm->cmsg_len != CMSG_LEN(sizeof(*src)) ||
		    cm->cmsg_level != IPPROTO_IP ||
		    cm->cmsg_type != IP_SENDSRCADDR)
			return (EINVAL);
		memcpy(src, CMSG_DATA(cm), sizeof(*src));
		/* the padding of the last one may be missing */
		off += MIN(CMSG_SPACE(sizeof(*src)), left);
	}
	return (0);
}
