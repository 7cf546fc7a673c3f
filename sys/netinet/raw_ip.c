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
 * Raw IPv4 sockets.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>
#include <sys/protosw.h>
#include <sys/socket.h>
#include <sys/socketvar.h>

#include <net/if_var.h>
#include <net/route.h>
#include <net/rtable.h>

#include <netinet/in.h>
#include <netinet/in_pcb.h>
#include <netinet/in_var.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_ipip.h>
#include <netinet/ip_var.h>

#define RIP_HASHSIZE	32	/* slots to begin with */
/* a whole packet fits, whatever its size */
#define RIP_SENDSPACE	65536
#define RIP_RECVSPACE	(2 * 65536)

struct inpcbtable rawcbtable;

void
rip_init(void)
{
	in_pcbinit(&rawcbtable, RIP_HASHSIZE);
}

/*
 * Input
 */

static int
rip_wants(struct inpcb *inp, const struct ip *ip, u_int rdomain)
{
	/* IPPROTO_RAW sends everything and receives nothing */
	if (inp->inp_ip.ip_p == IPPROTO_RAW ||
	    (inp->inp_ip.ip_p != 0 && inp->inp_ip.ip_p != ip->ip_p))
		return (0);
	if (rtable_l2(inp->inp_rtableid) != rdomain)
		return (0);
	if (inp->inp_laddr.s_addr != INADDR_ANY &&
	    inp->inp_laddr.s_addr != ip->ip_dst.s_addr)
		return (0);
	return (inp->inp_faddr.s_addr == INADDR_ANY ||
	    inp->inp_faddr.s_addr == ip->ip_src.s_addr);
}

/* The whole packet, header and all, into the socket.  m is consumed. */
static void
rip_deliver(struct inpcb *inp, struct mbuf *m)
{
	struct ip *ip = mtod(m, struct ip *);
	struct mbuf *opts = NULL;
	struct sockaddr_in sin;

	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	sin.sin_addr = ip->ip_src;
	ip_savecontrol(inp, &opts, ip, m);
	if (sbappendaddr(inp->inp_socket, sintosa(&sin), m, opts) == 0) {
		ipstat_inc(ips_idropped);
		m_freem(m);
		m_freem(opts);
		return;
	}
	sorwakeup(inp->inp_socket);
}

/* Nothing but raw sockets can want what comes here by that function. */
static int
rip_lastresort(int (*input)(struct mbuf **, int *, int, int,
    struct netstack *))
{
#ifdef IPSEC
	if (input == ipip_input)
		return (1);
#endif
	return (input == rip_input);
}

/*
 * Nobody wanted it.  The sender hears of that only when there is no
 * protocol either, of which this was the last resort.
 */
static void
rip_unwanted(struct mbuf *m, int proto)
{
	if (rip_lastresort(inetsw[ip_protox[proto]].pr_input)) {
		ipstat_inc(ips_noproto);
		if ((m->m_flags & (M_BCAST | M_MCAST)) == 0) {
			icmp_error(m, ICMP_UNREACH, ICMP_UNREACH_PROTOCOL,
			    0, 0);
			return;
		}
	}
	m_freem(m);
}

int
rip_input(struct mbuf **mp, int *offp, int proto, int af,
    struct netstack *ns)
{
	struct mbuf *n, *m = *mp;
	struct ip *ip = mtod(m, struct ip *);
	u_int rdomain = rtable_l2(m->m_pkthdr.ph_rtableid);
	struct inpcb *inp;
	int found = 0;

	NET_ASSERT_LOCKED();
	KASSERT(af == AF_INET);
	*mp = NULL;
	mtx_enter(&rawcbtable.inpt_mtx);
	TAILQ_FOREACH(inp, &rawcbtable.inpt_queue, inp_queue) {
		if (!rip_wants(inp, ip, rdomain))
			continue;
		found = 1;
		if (!in_pcbsecok(inp, m, AF_INET) ||
		    READ_ONCE(inp->inp_ip_minttl) > ip->ip_ttl ||
		    (n = m_dup_pkt(m, 0, M_DONTWAIT)) == NULL)
			ipstat_inc(ips_idropped);
		else
			rip_deliver(inp, n);
	}
	mtx_leave(&rawcbtable.inpt_mtx);
	if (found)
		m_freem(m);
	else
		rip_unwanted(m, proto);
	return (IPPROTO_DONE);
}

/*
 * Output
 */

/* Put our header before the data; consumes m, 0 or an errno and no *mp. */
static int
rip_encap(struct inpcb *inp, struct mbuf **mp, struct in_addr src,
    struct in_addr dst)
{
	struct mbuf *m = *mp;
	struct ip *ip;
	int len = m->m_pkthdr.len;

	if (len + sizeof(*ip) > IP_MAXPACKET) {
		m_freemp(mp);
		return (EMSGSIZE);
	}
	*mp = m = m_prepend(m, sizeof(*ip), M_DONTWAIT);
	if (m == NULL)
		return (ENOBUFS);
	ip = mtod(m, struct ip *);
	memset(ip, 0, sizeof(*ip));
	ip->ip_v = IPVERSION;
	ip->ip_hl = sizeof(*ip) >> 2;
	ip->ip_tos = inp->inp_ip.ip_tos;
	ip->ip_len = htons(sizeof(*ip) + len);
	ip->ip_ttl = inp->inp_ip.ip_ttl;
	ip->ip_p = inp->inp_ip.ip_p;
	ip->ip_src = src;
	ip->ip_dst = dst;
	return (0);
}

/*
 * The user's header is sent as it is, if there is sense in it: id, source
 * and checksum are filled in where it has none.  *mp stays on errors, but
 * is NULL with ENOBUFS.
 */
static int
rip_checkhdr(struct mbuf **mp, struct in_addr src)
{
	struct mbuf *m = *mp;
	struct ip *ip;
	u_int hlen;

	if (m->m_pkthdr.len > IP_MAXPACKET)
		return (EMSGSIZE);
	if (m->m_pkthdr.len < (int)sizeof(*ip))
		return (EINVAL);
	if ((*mp = m = m_pullup(m, sizeof(*ip))) == NULL)
		return (ENOBUFS);
	ip = mtod(m, struct ip *);
	hlen = ip->ip_hl << 2;
	if (ip->ip_v != IPVERSION || hlen < sizeof(*ip) ||
	    hlen > m->m_pkthdr.len || ntohs(ip->ip_len) != m->m_pkthdr.len)
		return (EINVAL);
	if ((*mp = m = m_pullup(m, hlen)) == NULL)
		return (ENOBUFS);
	ip = mtod(m, struct ip *);
	if (ip->ip_id == 0)
		ip->ip_id = htons(ip_randomid());
	if (ip->ip_src.s_addr == INADDR_ANY)
		ip->ip_src = src;
	ipstat_inc(ips_rawout);
	return (0);
}

/*
 * Destination of a message and its source, for which *src may have a wish:
 * 0 or an errno.
 */
static int
rip_findway(struct inpcb *inp, struct mbuf *addr, struct in_addr *src,
    struct in_addr *dst)
{
	struct sockaddr_in *sin, local;
	int error;

	*dst = inp->inp_faddr;
	if (addr != NULL) {
		if (dst->s_addr != INADDR_ANY)
			return (EISCONN);
		if ((error = in_nam2sin(addr, &sin)) != 0)
			return (error);
		*dst = sin->sin_addr;
	} else if (dst->s_addr == INADDR_ANY)
		return (EDESTADDRREQ);
	if (src->s_addr == INADDR_ANY) {
		*src = inp->inp_laddr;
		return (0);
	}
	memset(&local, 0, sizeof(local));
	local.sin_len = sizeof(local);
	local.sin_family = AF_INET;
	local.sin_addr = *src;
	return (ifa_ifwithaddr(sintosa(&local), inp->inp_rtableid) != NULL ?
	    0 : EADDRNOTAVAIL);
}

/* m is consumed; socket locked, NET held. */
static int
rip_output(struct inpcb *inp, struct mbuf *m, struct mbuf *addr,
    struct mbuf *control)
{
	struct in_addr src, dst;
	int error, flags;

	flags = inp->inp_socket->so_options & (SO_DONTROUTE | SO_BROADCAST);
	if ((error = in_getsendsrc(&src, control)) != 0 ||
	    (error = rip_findway(inp, addr, &src, &dst)) != 0)
		goto drop;
	if (READ_ONCE(inp->inp_flags) & INP_HDRINCL) {
		flags |= IP_RAWOUTPUT;
		error = rip_checkhdr(&m, src);
	} else
		error = rip_encap(inp, &m, src, dst);
	if (error != 0)
		goto drop;
	m->m_pkthdr.ph_rtableid = inp->inp_rtableid;
	return (ip_output(m, inp->inp_options, &inp->inp_route, flags,
	    inp->inp_moptions, inp, 0));

 drop:
	m_freem(m);
	return (error);
}

/*
 * What sockets ask for
 */

int
rip_ctloutput(int op, struct socket *so, int level, int optname,
    struct mbuf *m)
{
	return (ip_ctloutput(op, so, level, optname, m));
}

static int
rip_attach(struct socket *so, int proto)
{
	int error;

	if (so->so_pcb != NULL)
		return (EINVAL);
	if (!so->so_suser)
		return (EACCES);
	if (proto < 0 || proto >= IPPROTO_MAX)
		return (EPROTONOSUPPORT);
	if ((error = soreserve(so, RIP_SENDSPACE, RIP_RECVSPACE)) != 0 ||
	    (error = in_pcballoc(so, &rawcbtable, proto)) != 0)
		return (error);
	sotoinpcb(so)->inp_ip.ip_ttl = MAXTTL;
	return (0);
}

static int
rip_detach(struct socket *so)
{
	in_pcbdetach(sotoinpcb(so));
	return (0);
}

static int
rip_bind(struct socket *so, struct mbuf *nam, struct proc *p)
{
	struct sockaddr_in *sin, key;
	int error;

	if ((error = in_nam2sin(nam, &sin)) != 0)
		return (error);
	key = *sin;
	key.sin_port = 0;
	NET_LOCK_SHARED();
	error = in_pcbaddrisavail(sotoinpcb(so), &key);
	NET_UNLOCK_SHARED();
	if (error == 0)
		in_pcbset_laddr(sotoinpcb(so), sin->sin_addr);
	return (error);
}

static int
rip_connect(struct socket *so, struct mbuf *nam)
{
	struct sockaddr_in *sin;
	int error;

	if ((error = in_nam2sin(nam, &sin)) != 0)
		return (error);
	if (sin->sin_addr.s_addr == INADDR_ANY)
		return (EADDRNOTAVAIL);
	in_pcbset_faddr(sotoinpcb(so), sin->sin_addr);
	soisconnected(so);
	return (0);
}

static int
rip_disconnect(struct socket *so)
{
	if (sotoinpcb(so)->inp_faddr.s_addr == INADDR_ANY)
		return (ENOTCONN);
	in_pcbdisconnect(sotoinpcb(so));
	soisdisconnected(so);
	return (0);
}

static int
rip_send(struct socket *so, struct mbuf *m, struct mbuf *addr,
    struct mbuf *control)
{
	int error;

	NET_LOCK_SHARED();
	error = rip_output(sotoinpcb(so), m, addr, control);
	NET_UNLOCK_SHARED();
	m_freem(addr);
	m_freem(control);
	return (error);
}

const struct pr_usrreqs rip_usrreqs = {
	.pru_attach	= rip_attach,
	.pru_detach	= rip_detach,
	.pru_bind	= rip_bind,
	.pru_connect	= rip_connect,
	.pru_disconnect	= rip_disconnect,
	.pru_send	= rip_send,
	.pru_control	= in_control,
	.pru_sockaddr	= in_sockaddr,
	.pru_peeraddr	= in_peeraddr,
};
