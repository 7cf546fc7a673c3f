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
 * Protocol control blocks of IPv6 sockets.  They are in tables of their
 * own: a socket of one family has nothing to do with packets, addresses or
 * ports of the other.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/socketvar.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/route.h>
#include <net/rtable.h>

#include <netinet/in.h>
#include <netinet/in_pcb.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <netinet6/in6_var.h>
#include <netinet6/ip6_var.h>

/*
 * Look-ups
 */
struct inpcb *
in6_pcblookup(struct inpcbtable *table, const struct in6_addr *faddr,
    u_int fport, const struct in6_addr *laddr, u_int lport, u_int rtableid)
{
	struct inpcb *inp;

	mtx_enter(&table->inpt_mtx);
	inp = in_pcbref(in6_pcbfind(table, faddr, fport, laddr, lport,
	    rtableid));
	mtx_leave(&table->inpt_mtx);
	return (inp);
}

struct inpcb *
in6_pcblookup_listen(struct inpcbtable *table, const struct in6_addr *laddr,
    u_int lport, u_int rtableid)
{
	struct inpcb *inp;

	mtx_enter(&table->inpt_mtx);
	inp = in6_pcbfind(table, &in6addr_any, 0, laddr, lport, rtableid);
	if (inp == NULL)
		inp = in6_pcbfind(table, &in6addr_any, 0, &in6addr_any, lport,
		    rtableid);
	in_pcbref(inp);
	mtx_leave(&table->inpt_mtx);
	return (inp);
}

/*
 * Errors
 */

/* RFC 3542 11.3: an empty message whose control data hold the path MTU. */
static void
in6_pcbpathmtu(struct inpcb *inp, const struct sockaddr_in6 *dst,
    u_int32_t mtu)
{
	struct ip6_mtuinfo mi;
	struct mbuf *m, *mc;

	memset(&mi, 0, sizeof(mi));
	in6_mksin6(&mi.ip6m_addr, &dst->sin6_addr, 0);
	mi.ip6m_mtu = mtu;
	m = m_gethdr(M_DONTWAIT, MT_DATA);
	mc = m_get(M_DONTWAIT, MT_CONTROL);
	if (m != NULL && mc != NULL) {
		m->m_len = m->m_pkthdr.len = mc->m_len = 0;
		in_cmsg(mc, IPPROTO_IPV6, IPV6_PATHMTU, &mi, sizeof(mi));
		if (sbappendaddr(inp->inp_socket,
		    sin6tosa(&mi.ip6m_addr), m, mc)) {
			sorwakeup(inp->inp_socket);
			return;
		}
	}
	ip6stat_inc(ip6s_idropped);
	m_freem(m);
	m_freem(mc);
}

void
in6_pcbnotify(struct inpcb *inp, const struct sockaddr_in6 *dst, int error,
    u_int32_t mtu)
{
	/* what is too big is cut from now on: no error of the socket */
	if (error != EMSGSIZE)
		in_pcberror(inp, error);
	else if (READ_ONCE(inp->inp_flags) & IN6P_MTU)
		in6_pcbpathmtu(inp, dst, mtu);
}

void
in6_pcbnotifyall(struct inpcbtable *table, const struct sockaddr_in6 *dst,
    u_int rtableid, int error, u_int32_t mtu)
{
	u_int rdomain = rtable_l2(rtableid);
	struct inpcb *inp;

	if (IN6_IS_ADDR_UNSPECIFIED(&dst->sin6_addr))
		return;
	mtx_enter(&table->inpt_mtx);
	TAILQ_FOREACH(inp, &table->inpt_queue, inp_queue) {
		if (IN6_ARE_ADDR_EQUAL(&inp->inp_faddr6, &dst->sin6_addr) &&
		    rtable_l2(inp->inp_rtableid) == rdomain)
			in6_pcbnotify(inp, dst, error, mtu);
	}
	mtx_leave(&table->inpt_mtx);
}

/*
 * Local addresses and ports
 */
int
in6_pcbnam(struct mbuf *nam, u_int ifidx, struct in6_addr *addr,
    u_int16_t *port)
{
	struct sockaddr_in6 *nam6, sin6;
	int error;

	if ((error = in6_nam2sin6(nam, &nam6)) != 0)
		return (error);
	sin6 = *nam6;
	if (IN6_IS_ADDR_V4MAPPED(&sin6.sin6_addr))
		return (EADDRNOTAVAIL);
	if (sin6.sin6_scope_id == 0 && IN6_IS_SCOPE_EMBED(&sin6.sin6_addr))
		sin6.sin6_scope_id = ifidx;
	*port = sin6.sin6_port;
	return (in6_embedscope(addr, &sin6));
}

/* The interface that the socket's messages leave by, if it named one. */
static u_int
in6_pcbifidx(const struct inpcb *inp)
{
	if (inp->inp_pktinfo6.ipi6_ifindex != 0)
		return (inp->inp_pktinfo6.ipi6_ifindex);
	return (inp->inp_moptions6 != NULL ? inp->inp_moptions6->im6o_ifidx :
	    0);
}

/* SO_REUSE* as it counts for this address. */
static int
in6_pcbreuse(struct inpcb *inp, const struct in6_addr *laddr)
{
	int opt = inp->inp_socket->so_options & (SO_REUSEADDR | SO_REUSEPORT);

	/* groups are there to be shared */
	if (IN6_IS_ADDR_MULTICAST(laddr) && opt != 0)
		opt = SO_REUSEADDR | SO_REUSEPORT;
	return (opt);
}

/* Is somebody in the way?  By the rules of in_pcbconflict(). */
static int
in6_pcbconflict(struct inpcb *inp, const struct in6_addr *laddr, u_int lport,
    int reuse)
{
	u_int rdomain = rtable_l2(inp->inp_rtableid);
	struct inpcb *t;

	LIST_FOREACH(t, in_pcblhead(inp->inp_table, lport), inp_lhash) {
		if (t == inp || t->inp_lport != lport ||
		    rtable_l2(t->inp_rtableid) != rdomain)
			continue;
		if (!IN6_ARE_ADDR_EQUAL(&t->inp_laddr6, laddr) &&
		    (reuse != 0 || (!IN6_IS_ADDR_UNSPECIFIED(laddr) &&
		    !IN6_IS_ADDR_UNSPECIFIED(&t->inp_laddr6))))
			continue;
		if ((reuse & t->inp_reuse & SO_REUSEPORT) == 0)
			return (1);
	}
	return (0);
}

static int
in6_pcbtaken(struct inpcb *inp, const void *laddr, u_int lport)
{
	return (in6_pcbconflict(inp, laddr, lport, 0));
}

/* An address a socket may have, and a port it may ask for. */
static int
in6_pcbcheckaddr(struct inpcb *inp, const struct in6_addr *addr, u_int lport)
{
	struct in6_ifaddr *ia;

	NET_ASSERT_LOCKED();
	if (!IN6_IS_ADDR_UNSPECIFIED(addr) && !IN6_IS_ADDR_MULTICAST(addr)) {
		ia = in6ifa_withaddr(addr, rtable_l2(inp->inp_rtableid));
		/* an anycast address is no source, RFC 4291 2.6 */
		if (ia == NULL || ISSET(READ_ONCE(ia->ia6_flags),
		    IN6_IFF_TENTATIVE | IN6_IFF_DUPLICATED | IN6_IFF_ANYCAST))
			return (EADDRNOTAVAIL);
	}
	return (in_pcbcheckport(inp, ntohs(lport)));
}

int
in6_pcbaddrisavail(struct inpcb *inp, const struct in6_addr *addr,
    u_int lport)
{
	int conflict, error;

	error = in6_pcbcheckaddr(inp, addr, lport);
	if (error != 0 || lport == 0)
		return (error);
	mtx_enter(&inp->inp_table->inpt_mtx);
	conflict = in6_pcbconflict(inp, addr, lport, in6_pcbreuse(inp, addr));
	mtx_leave(&inp->inp_table->inpt_mtx);
	return (conflict ? EADDRINUSE : 0);
}

int
in6_pcbbind(struct inpcb *inp, struct mbuf *nam)
{
	struct inpcbtable *table = inp->inp_table;
	struct in6_addr laddr = IN6ADDR_ANY_INIT;
	u_int16_t lport = 0;
	int error = 0, reuse;

	soassertlocked(inp->inp_socket);
	if (inp->inp_lport != 0 || !IN6_IS_ADDR_UNSPECIFIED(&inp->inp_laddr6))
		return (EINVAL);
	if (nam != NULL && ((error = in6_pcbnam(nam, in6_pcbifidx(inp),
	    &laddr, &lport)) != 0 ||
	    (error = in6_pcbcheckaddr(inp, &laddr, lport)) != 0))
		return (error);
	reuse = in6_pcbreuse(inp, &laddr);
	mtx_enter(&table->inpt_mtx);
	if (lport == 0)
		error = in_pcbpickport(inp, in6_pcbtaken, &laddr, &lport);
	else if (in6_pcbconflict(inp, &laddr, lport, reuse))
		error = EADDRINUSE;
	if (error == 0) {
		in_pcbhash_remove(inp);
		inp->inp_laddr6 = laddr;
		inp->inp_lport = lport;
		inp->inp_reuse = reuse;
		in_pcbhash_insert(inp);
	}
	mtx_leave(&table->inpt_mtx);
	return (error);
}

void
in6_pcbset_laddr(struct inpcb *inp, const struct in6_addr *laddr)
{
	soassertlocked(inp->inp_socket);
	mtx_enter(&inp->inp_table->inpt_mtx);
	in_pcbhash_remove(inp);
	inp->inp_laddr6 = *laddr;
	in_pcbhash_insert(inp);
	mtx_leave(&inp->inp_table->inpt_mtx);
}

void
in6_pcbset_faddr(struct inpcb *inp, const struct in6_addr *faddr)
{
	soassertlocked(inp->inp_socket);
	mtx_enter(&inp->inp_table->inpt_mtx);
	in_pcbhash_remove(inp);
	inp->inp_faddr6 = *faddr;
	in_pcbhash_insert(inp);
	mtx_leave(&inp->inp_table->inpt_mtx);
}

/*
 * Foreign addresses
 */
struct rtentry *
in6_pcbrtentry(struct inpcb *inp, const struct in6_addr *dst)
{
	struct rtentry *rt;

	NET_ASSERT_LOCKED();
	rt = route6_mpath(&inp->inp_route, dst, NULL, inp->inp_rtableid);
	return (rtisvalid(rt) ? rt : NULL);
}

/*
 * The source for packets to dst; ifidx is the interface to leave by, if
 * that is known (0: it is not).
 */
int
in6_pcbselsrc(struct in6_addr *src, const struct in6_addr *dst,
    struct inpcb *inp, u_int ifidx)
{
	const struct in6_addr *best = NULL;
	struct rtentry *rt;
	struct ifnet *ifp;

	/* who listens to a group speaks for himself */
	*src = inp->inp_laddr6;
	if (!IN6_IS_ADDR_UNSPECIFIED(src) && !IN6_IS_ADDR_MULTICAST(src))
		return (0);
	*src = inp->inp_pktinfo6.ipi6_addr;
	if (!IN6_IS_ADDR_UNSPECIFIED(src))
		return (0);
	if (ifidx == 0 && IN6_IS_ADDR_MULTICAST(dst)) {
		ifidx = IN6_IS_SCOPE_EMBED(dst) ? ntohs(dst->s6_addr16[1]) :
		    in6_pcbifidx(inp);
	}
	if (ifidx == 0) {
		if ((rt = in6_pcbrtentry(inp, dst)) == NULL)
			return (EHOSTUNREACH);
		ifidx = rt->rt_ifidx;
	}
	if ((ifp = if_get(ifidx)) == NULL)
		return (EADDRNOTAVAIL);
	best = in6_ifawithscope(ifp, dst, rtable_l2(inp->inp_rtableid));
	if (best != NULL)
		*src = *best;
	if_put(ifp);
	return (best == NULL ? EADDRNOTAVAIL : 0);
}

/* Where connect() leads to: 0 or an errno. */
static int
in6_pcbpeer(struct inpcb *inp, struct mbuf *nam, struct in6_addr *faddr,
    u_int16_t *fport, struct in6_addr *laddr)
{
	int error;

	error = in6_pcbnam(nam, in6_pcbifidx(inp), faddr, fport);
	if (error != 0)
		return (error);
	if (*fport == 0 || IN6_IS_ADDR_UNSPECIFIED(faddr))
		return (EADDRNOTAVAIL);
	if ((error = in6_pcbselsrc(laddr, faddr, inp, 0)) == 0 &&
	    IN6_IS_ADDR_MULTICAST(&inp->inp_laddr6))
		*laddr = inp->inp_laddr6;
	return (error);
}

int
in6_pcbconnect(struct inpcb *inp, struct mbuf *nam)
{
	struct inpcbtable *table = inp->inp_table;
	struct in6_addr faddr, laddr;
	u_int16_t fport, lport;
	int error;

	soassertlocked(inp->inp_socket);
	if ((error = in6_pcbpeer(inp, nam, &faddr, &fport, &laddr)) != 0)
		return (error);
	mtx_enter(&table->inpt_mtx);
	lport = inp->inp_lport;
	if (lport == 0)
		error = in_pcbpickport(inp, in6_pcbtaken, &laddr, &lport);
	else if (in6_pcbfind(table, &faddr, fport, &laddr, lport,
	    inp->inp_rtableid) != NULL)
		error = EADDRINUSE;
	if (error == 0) {
		in_pcbhash_remove(inp);
		if (IN6_IS_ADDR_UNSPECIFIED(&inp->inp_laddr6))
			atomic_setbits_int(&inp->inp_flags, INP_AUTOLADDR);
		inp->inp_laddr6 = laddr;
		inp->inp_lport = lport;
		inp->inp_faddr6 = faddr;
		inp->inp_fport = fport;
		in_pcbhash_insert(inp);
	}
	mtx_leave(&table->inpt_mtx);
	return (error);
}

/*
 * What sockets are told
 */
static void
in6_mksockaddr(struct mbuf *nam, const struct in6_addr *addr, u_int16_t port)
{
	struct sockaddr_in6 *sin6 = mtod(nam, struct sockaddr_in6 *);

	nam->m_len = sizeof(*sin6);
	in6_mksin6(sin6, addr, port);
}

int
in6_sockaddr(struct socket *so, struct mbuf *nam)
{
	struct inpcb *inp = sotoinpcb(so);

	soassertlocked(so);
	in6_mksockaddr(nam, &inp->inp_laddr6, inp->inp_lport);
	return (0);
}

int
in6_peeraddr(struct socket *so, struct mbuf *nam)
{
	struct inpcb *inp = sotoinpcb(so);

	soassertlocked(so);
	if (IN6_IS_ADDR_UNSPECIFIED(&inp->inp_faddr6))
		return (ENOTCONN);
	in6_mksockaddr(nam, &inp->inp_faddr6, inp->inp_fport);
	return (0);
}

/* Where it was sent to, and the interface: that of its scope, if any. */
static void
in6_cmsg_pktinfo(struct mbuf *mc, const struct in6_addr *dst, u_int ifidx)
{
	struct sockaddr_in6 sin6;
	struct in6_pktinfo pi;

	in6_mksin6(&sin6, dst, 0);
	pi.ipi6_addr = sin6.sin6_addr;
	pi.ipi6_ifindex = sin6.sin6_scope_id != 0 ? sin6.sin6_scope_id :
	    ifidx;
	in_cmsg(mc, IPPROTO_IPV6, IPV6_PKTINFO, &pi, sizeof(pi));
}

static void
in6_cmsg_all(struct mbuf *mc, int flags, struct mbuf *m, int off)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	u_int16_t port;
	int v;

	if (flags & IN6P_PKTINFO)
		in6_cmsg_pktinfo(mc, &ip6->ip6_dst, m->m_pkthdr.ph_ifidx);
	if (flags & IN6P_HOPLIMIT) {
		v = ip6->ip6_hlim;
		in_cmsg(mc, IPPROTO_IPV6, IPV6_HOPLIMIT, &v, sizeof(v));
	}
	if (flags & IN6P_TCLASS) {
		v = (ntohl(ip6->ip6_flow) >> 20) & 0xff;
		in_cmsg(mc, IPPROTO_IPV6, IPV6_TCLASS, &v, sizeof(v));
	}
	if (flags & INP_RECVDSTPORT) {
		m_copydata(m, off + offsetof(struct udphdr, uh_dport),
		    sizeof(port), &port);
		in_cmsg(mc, IPPROTO_IPV6, IPV6_RECVDSTPORT, &port,
		    sizeof(port));
	}
}

void
ip6_savecontrol(struct inpcb *inp, struct mbuf **mp, struct mbuf *m, int off)
{
	int flags = READ_ONCE(inp->inp_flags), stamp;
	struct timeval tv;
	struct mbuf *mc;

	stamp = READ_ONCE(inp->inp_socket->so_options) & SO_TIMESTAMP;
	if ((flags & (IN6P_PKTINFO | IN6P_HOPLIMIT | IN6P_TCLASS |
	    INP_RECVDSTPORT)) == 0 && !stamp)
		return;
	/* there is room for all of them: 168 bytes */
	if ((mc = m_get(M_DONTWAIT, MT_CONTROL)) == NULL)
		return;
	mc->m_len = 0;
	if (stamp) {
		microtime(&tv);
		in_cmsg(mc, SOL_SOCKET, SCM_TIMESTAMP, &tv, sizeof(tv));
	}
	in6_cmsg_all(mc, flags, m, off);
	*mp = mc;
}

/*
 * Output
 */
static u_int8_t
in6_pcbhops(const struct inpcb *inp, const struct in6_addr *dst,
    const struct ip6_ctl *ic)
{
	if (ic->ic_hops != -1)
		return (ic->ic_hops);
	if (IN6_IS_ADDR_MULTICAST(dst))
		return (inp->inp_moptions6 != NULL ?
		    inp->inp_moptions6->im6o_hlim :
		    READ_ONCE(ip6_defmcasthlim));
	return (inp->inp_hops != -1 ? inp->inp_hops :
	    READ_ONCE(ip6_defhlim));
}

int
in6_pcboutput(struct inpcb *inp, struct mbuf *m, const struct in6_addr *src,
    const struct in6_addr *dst, const struct ip6_ctl *ic)
{
	struct ip6_moptions im6o, *im6op = inp->inp_moptions6;
	struct ip6_hdr *ip6;
	u_int32_t flow = ic->ic_tclass << 20;
	int flags = 0, mcast = IN6_IS_ADDR_MULTICAST(dst);

	if (m->m_pkthdr.len > IPV6_MAXPACKET) {
		m_freem(m);
		return (EMSGSIZE);
	}
	M_PREPEND(m, sizeof(*ip6), M_DONTWAIT);
	if (m == NULL)
		return (ENOBUFS);
	if (READ_ONCE(inp->inp_flags) & IN6P_FLOWLABEL)
		flow |= ntohl(inp->inp_ipv6.ip6_flow & IPV6_FLOWLABEL_MASK);
	ip6 = mtod(m, struct ip6_hdr *);
	ip6->ip6_flow = htonl(flow);
	ip6->ip6_nxt = inp->inp_ipv6.ip6_nxt;
	ip6->ip6_hlim = in6_pcbhops(inp, dst, ic);
	ip6->ip6_src = *src;
	ip6->ip6_dst = *dst;
	m->m_pkthdr.ph_rtableid = inp->inp_rtableid;
	if (ic->ic_flags & IN6P_DONTFRAG)
		SET(m->m_pkthdr.csum_flags, M_IPV6_DF_OUT);
	/* RFC 3542 11.1: groups are told small packets by default */
	if ((ic->ic_flags & IN6P_MINMTU) ||
	    (mcast && (ic->ic_flags & IN6P_PATHMTU) == 0))
		flags |= IPV6_MINMTU;
	if (mcast && ic->ic_pktinfo.ipi6_ifindex != 0) {
		memset(&im6o, 0, sizeof(im6o));
		im6o.im6o_loop = im6op != NULL ? im6op->im6o_loop :
		    IPV6_DEFAULT_MULTICAST_LOOP;
		im6o.im6o_ifidx = ic->ic_pktinfo.ipi6_ifindex;
		im6op = &im6o;
	}
	return (ip6_output(m, NULL, &inp->inp_route, flags, im6op, inp));
}
