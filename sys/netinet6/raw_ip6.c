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
 * Raw IPv6 sockets, RFC 3542 3: they send and see what is behind the
 * headers of IPv6, never these.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/protosw.h>
#include <sys/socket.h>
#include <sys/socketvar.h>

#include <net/if_var.h>
#include <net/route.h>
#include <net/rtable.h>

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/in_pcb.h>
#include <netinet/ip6.h>
#include <netinet6/in6_var.h>
#include <netinet6/ip6_var.h>

#define RIP6_HASHSIZE	32	/* slots to begin with */
/* a whole packet fits, whatever its size */
#define RIP6_SENDSPACE	65536
#define RIP6_RECVSPACE	(2 * 65536)

struct inpcbtable rawin6pcbtable;

void
rip6_init(void)
{
	in_pcbinit(&rawin6pcbtable, RIP6_HASHSIZE);
}

/*
 * Input
 */
static int
rip6_wants(struct inpcb *inp, const struct ip6_hdr *ip6, int proto,
    u_int rdomain)
{
	/* IPPROTO_RAW sends everything and receives nothing */
	if (inp->inp_ipv6.ip6_nxt == IPPROTO_RAW ||
	    (inp->inp_ipv6.ip6_nxt != 0 && inp->inp_ipv6.ip6_nxt != proto))
		return (0);
	if (rtable_l2(inp->inp_rtableid) != rdomain)
		return (0);
	if (!IN6_IS_ADDR_UNSPECIFIED(&inp->inp_laddr6) &&
	    !IN6_ARE_ADDR_EQUAL(&inp->inp_laddr6, &ip6->ip6_dst))
		return (0);
	return (IN6_IS_ADDR_UNSPECIFIED(&inp->inp_faddr6) ||
	    IN6_ARE_ADDR_EQUAL(&inp->inp_faddr6, &ip6->ip6_src));
}

/* ICMP6_FILTER; the table is locked. */
static int
rip6_filtered(const struct inpcb *inp, struct mbuf *m, int off, int proto)
{
	u_int8_t type;

	if (proto != IPPROTO_ICMPV6 || inp->inp_icmp6filt == NULL)
		return (0);
	m_copydata(m, off, sizeof(type), &type);
	return (ICMP6_FILTER_WILLBLOCK(type, inp->inp_icmp6filt) != 0);
}

/* IPV6_CHECKSUM: the sum must be right for such a socket. */
static int
rip6_cksum_bad(const struct inpcb *inp, struct mbuf *m, int off, int proto)
{
	int at = READ_ONCE(inp->inp_cksum6), len = m->m_pkthdr.len - off;

	if (at == -1 || proto == IPPROTO_ICMPV6)
		return (0);
	return (at + 2 > len || in6_cksum(m, proto, off, len) != 0);
}

/* What is behind the headers goes into the socket.  m is consumed. */
static void
rip6_deliver(struct inpcb *inp, struct mbuf *m, int off)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	struct mbuf *opts = NULL;
	struct sockaddr_in6 sin6;

	in6_mksin6(&sin6, &ip6->ip6_src, 0);
	ip6_savecontrol(inp, &opts, m, off);
	m_adj(m, off);
	if (sbappendaddr(inp->inp_socket, sin6tosa(&sin6), m, opts) == 0) {
		ip6stat_inc(ip6s_idropped);
		m_freem(m);
		m_freem(opts);
		return;
	}
	sorwakeup(inp->inp_socket);
}

/*
 * Nobody wanted it.  The sender hears of that only when there is no
 * protocol either, of which this was the last resort: the byte that names
 * it is to blame.  There is nothing to want in "no next header".
 */
static void
rip6_unwanted(struct mbuf *m, int off, int proto)
{
	int at, nxt;

	if (proto != IPPROTO_NONE &&
	    inet6sw[ip6_protox[proto]].pr_input == rip6_input) {
		ip6stat_inc(ip6s_noproto);
		if (ip6_lasthdr(m, off, &nxt, &at) != -1) {
			icmp6_error(m, ICMP6_PARAM_PROB,
			    ICMP6_PARAMPROB_NEXTHEADER, at);
			return;
		}
	}
	m_freem(m);
}

int
rip6_input(struct mbuf **mp, int *offp, int proto, int af,
    struct netstack *ns)
{
	struct mbuf *n, *m = *mp;
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	u_int rdomain = rtable_l2(m->m_pkthdr.ph_rtableid);
	struct inpcb *inp;
	int found = 0, off = *offp;

	NET_ASSERT_LOCKED();
	KASSERT(af == AF_INET6);
	*mp = NULL;
	mtx_enter(&rawin6pcbtable.inpt_mtx);
	TAILQ_FOREACH(inp, &rawin6pcbtable.inpt_queue, inp_queue) {
		if (!rip6_wants(inp, ip6, proto, rdomain))
			continue;
		found = 1;
		if (rip6_filtered(inp, m, off, proto))
			continue;
		if (!in_pcbsecok(inp, m, AF_INET6) ||
		    READ_ONCE(inp->inp_ip6_minhlim) > ip6->ip6_hlim ||
		    rip6_cksum_bad(inp, m, off, proto) ||
		    (n = m_dup_pkt(m, 0, M_DONTWAIT)) == NULL)
			ip6stat_inc(ip6s_idropped);
		else
			rip6_deliver(inp, n, off);
	}
	mtx_leave(&rawin6pcbtable.inpt_mtx);
	if (found)
		m_freem(m);
	else
		rip6_unwanted(m, off, proto);
	return (IPPROTO_DONE);
}

void
rip6_ctlinput(int cmd, struct sockaddr *sa, u_int rtableid, void *v)
{
	const struct ip6ctlparam *ip6c = v;
	int error = in_prcerrno(cmd);

	if (sa->sa_family == AF_INET6 && error != 0)
		in6_pcbnotifyall(&rawin6pcbtable, satosin6(sa), rtableid,
		    error, ip6c != NULL ? ip6c->ip6c_mtu : 0);
}

/*
 * Output
 */

/*
 * Destination of a message and its source, for which the socket or its
 * control data may have a wish: 0 or an errno.
 */
static int
rip6_findway(struct inpcb *inp, struct mbuf *addr, const struct ip6_ctl *ic,
    struct in6_addr *src, struct in6_addr *dst)
{
	u_int ifidx = ic->ic_pktinfo.ipi6_ifindex;
	u_int16_t port;
	int error;

	*dst = inp->inp_faddr6;
	if (addr != NULL) {
		if (!IN6_IS_ADDR_UNSPECIFIED(dst))
			return (EISCONN);
		error = in6_pcbnam(addr, ifidx != 0 ? ifidx :
		    inp->inp_moptions6 != NULL ?
		    inp->inp_moptions6->im6o_ifidx : 0, dst, &port);
		if (error != 0)
			return (error);
	}
	if (IN6_IS_ADDR_UNSPECIFIED(dst))
		return (EDESTADDRREQ);
	*src = ic->ic_pktinfo.ipi6_addr;
	if (IN6_IS_ADDR_UNSPECIFIED(src))
		return (in6_pcbselsrc(src, dst, inp, ifidx));
	return (in6_pcbaddrisavail(inp, src, 0));
}

/*
 * The checksum that the kernel makes: always of ICMPv6, where the socket
 * wants it of others.  0, or an errno.
 */
static int
rip6_cksum(struct inpcb *inp, struct mbuf **mp, const struct in6_addr *src,
    const struct in6_addr *dst)
{
	struct mbuf *m = *mp;
	struct ip6_hdr *ip6;
	u_int16_t sum = 0;
	int at = inp->inp_cksum6, len = m->m_pkthdr.len;

	if (inp->inp_ipv6.ip6_nxt == IPPROTO_ICMPV6) {
		if (len < (int)sizeof(struct icmp6_hdr))
			return (EINVAL);
		SET(m->m_pkthdr.csum_flags, M_ICMP_CSUM_OUT);
		return (0);
	}
	if (at == -1)
		return (0);
	if (at + (int)sizeof(sum) > len)
		return (EINVAL);
	if (m_copyback(m, at, sizeof(sum), &sum, M_DONTWAIT) != 0)
		return (ENOBUFS);
	*mp = m = m_prepend(m, sizeof(*ip6), M_DONTWAIT);
	if (m == NULL)
		return (ENOBUFS);
	ip6 = mtod(m, struct ip6_hdr *);
	ip6->ip6_src = *src;
	ip6->ip6_dst = *dst;
	sum = in6_cksum(m, inp->inp_ipv6.ip6_nxt, sizeof(*ip6), len);
	m_adj(m, sizeof(*ip6));
	return (m_copyback(m, at, sizeof(sum), &sum, M_DONTWAIT));
}

/* m is consumed; socket locked, NET held. */
static int
rip6_output(struct inpcb *inp, struct mbuf *m, struct mbuf *addr,
    struct mbuf *control)
{
	struct in6_addr src, dst;
	struct ip6_ctl ic;
	int error;

	if ((error = ip6_getctl(inp, control, &ic)) != 0 ||
	    (error = rip6_findway(inp, addr, &ic, &src, &dst)) != 0 ||
	    (error = rip6_cksum(inp, &m, &src, &dst)) != 0) {
		m_freem(m);
		return (error);
	}
	ip6stat_inc(ip6s_rawout);
	return (in6_pcboutput(inp, m, &src, &dst, &ic));
}

/*
 * What sockets ask for
 */

/* A filter of ICMPv6 types: set, or read back. */
static int
rip6_filteropt(int op, struct inpcb *inp, struct mbuf *m)
{
	struct icmp6_filter *filt = inp->inp_icmp6filt;

	if (op == PRCO_GETOPT) {
		m->m_len = sizeof(*filt);
		if (filt == NULL)
			ICMP6_FILTER_SETPASSALL(mtod(m,
			    struct icmp6_filter *));
		else
			memcpy(mtod(m, caddr_t), filt, sizeof(*filt));
		return (0);
	}
	if (m == NULL || m->m_len != sizeof(*filt))
		return (EINVAL);
	if (filt == NULL)
		filt = malloc(sizeof(*filt), M_PCB, M_WAITOK | M_ZERO);
	mtx_enter(&inp->inp_table->inpt_mtx);
	memcpy(filt, mtod(m, caddr_t), sizeof(*filt));
	inp->inp_icmp6filt = filt;
	mtx_leave(&inp->inp_table->inpt_mtx);
	return (0);
}

int
rip6_ctloutput(int op, struct socket *so, int level, int optname,
    struct mbuf *m)
{
	struct inpcb *inp = sotoinpcb(so);

	if (level != IPPROTO_ICMPV6)
		return (ip6_ctloutput(op, so, level, optname, m));
	if (inp == NULL)
		return (EINVAL);
	if (optname != ICMP6_FILTER ||
	    inp->inp_ipv6.ip6_nxt != IPPROTO_ICMPV6)
		return (ENOPROTOOPT);
	return (rip6_filteropt(op, inp, m));
}

static int
rip6_attach(struct socket *so, int proto)
{
	int error;

	if (so->so_pcb != NULL)
		return (EINVAL);
	if (!so->so_suser)
		return (EACCES);
	if (proto < 0 || proto >= IPPROTO_MAX)
		return (EPROTONOSUPPORT);
	if ((error = soreserve(so, RIP6_SENDSPACE, RIP6_RECVSPACE)) != 0)
		return (error);
	return (in_pcballoc(so, &rawin6pcbtable, proto));
}

static int
rip6_detach(struct socket *so)
{
	in_pcbdetach(sotoinpcb(so));
	return (0);
}

static int
rip6_bind(struct socket *so, struct mbuf *nam, struct proc *p)
{
	struct in6_addr laddr;
	u_int16_t port;
	int error;

	if ((error = in6_pcbnam(nam, 0, &laddr, &port)) != 0)
		return (error);
	NET_LOCK_SHARED();
	error = in6_pcbaddrisavail(sotoinpcb(so), &laddr, 0);
	NET_UNLOCK_SHARED();
	if (error == 0)
		in6_pcbset_laddr(sotoinpcb(so), &laddr);
	return (error);
}

static int
rip6_connect(struct socket *so, struct mbuf *nam)
{
	struct in6_addr faddr;
	u_int16_t port;
	int error;

	if ((error = in6_pcbnam(nam, 0, &faddr, &port)) != 0)
		return (error);
	if (IN6_IS_ADDR_UNSPECIFIED(&faddr))
		return (EADDRNOTAVAIL);
	in6_pcbset_faddr(sotoinpcb(so), &faddr);
	soisconnected(so);
	return (0);
}

static int
rip6_disconnect(struct socket *so)
{
	if (IN6_IS_ADDR_UNSPECIFIED(&sotoinpcb(so)->inp_faddr6))
		return (ENOTCONN);
	in_pcbdisconnect(sotoinpcb(so));
	soisdisconnected(so);
	return (0);
}

static int
rip6_send(struct socket *so, struct mbuf *m, struct mbuf *addr,
    struct mbuf *control)
{
	int error;

	NET_LOCK_SHARED();
	error = rip6_output(sotoinpcb(so), m, addr, control);
	NET_UNLOCK_SHARED();
	m_freem(addr);
	m_freem(control);
	return (error);
}

const struct pr_usrreqs rip6_usrreqs = {
	.pru_attach	= rip6_attach,
	.pru_detach	= rip6_detach,
	.pru_bind	= rip6_bind,
	.pru_connect	= rip6_connect,
	.pru_disconnect	= rip6_disconnect,
	.pru_send	= rip6_send,
	.pru_control	= in6_control,
	.pru_sockaddr	= in6_sockaddr,
	.pru_peeraddr	= in6_peeraddr,
};
