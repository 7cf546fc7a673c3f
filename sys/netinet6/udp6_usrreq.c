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
 * UDP over IPv6, RFC 8200 8.1, and ESP inside it, RFC 3948.
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

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/in_pcb.h>
#include <netinet/ip6.h>
#include <netinet/ip_ipsp.h>
#include <netinet/udp.h>
#include <netinet/udp_var.h>
#include <netinet6/in6_var.h>
#include <netinet6/ip6_var.h>

/*
 * Input
 */

/*
 * There is no checksum of the IPv6 header, so one without is refused, but
 * not that of ESP, which has its own: RFC 6935 5, RFC 3948 2.1.
 */
static int
udp6_cksum_bad(struct mbuf *m, int off, const struct udphdr *uh)
{
	if (uh->uh_sum == 0) {
		udpstat_inc(udps_nosum);
#ifdef IPSEC
		return (!udp_isesp(m, off + sizeof(*uh), uh));
#else
		return (1);
#endif
	}
	if (m->m_pkthdr.csum_flags & M_UDP_CSUM_IN_OK)
		return (0);
	if (m->m_pkthdr.csum_flags & M_UDP_CSUM_IN_BAD)
		return (1);
	udpstat_inc(udps_inswcsum);
	return (in6_cksum(m, IPPROTO_UDP, off, ntohs(uh->uh_ulen)) != 0);
}

#ifdef IPSEC
/*
 * Take the UDP header out, so that ESP follows the headers before it.  A
 * payload too short to be ESP keeps a NAT's mapping alive and has done its
 * work.
 */
static int
udp6_esp(struct mbuf **mp, int off, struct netstack *ns)
{
	struct mbuf *m = *mp;
	struct ip6_hdr *ip6;
	int at, nxt;

	if (m->m_pkthdr.len - off - (int)sizeof(struct udphdr) <
	    (int)sizeof(u_int32_t)) {
		m_freemp(mp);
		return (IPPROTO_DONE);
	}
	if (m_readonly(m) && (m = *mp = m_contig(m, M_RXHEADROOM,
	    M_RXTAILROOM, M_DONTWAIT)) == NULL) {
		udpstat_inc(udps_hdrops);
		return (IPPROTO_DONE);
	}
	if (ip6_lasthdr(m, off, &nxt, &at) == -1) {
		udpstat_inc(udps_hdrops);
		m_freemp(mp);
		return (IPPROTO_DONE);
	}
	memmove(mtod(m, caddr_t) + sizeof(struct udphdr), mtod(m, caddr_t),
	    off);
	m_adj(m, sizeof(struct udphdr));
	ip6 = mtod(m, struct ip6_hdr *);
	ip6->ip6_plen = htons(m->m_pkthdr.len - sizeof(*ip6));
	mtod(m, u_int8_t *)[at] = IPPROTO_ESP;
	return (ipsec_common_input(mp, off, at, AF_INET6, IPPROTO_ESP, 1,
	    ns));
}
#endif

/* Into the socket.  m, all headers still on it, is consumed. */
static void
udp6_deliver(struct inpcb *inp, struct mbuf *m, int off)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	struct udphdr *uh = (struct udphdr *)((caddr_t)ip6 + off);
	struct mbuf *opts = NULL;
	struct sockaddr_in6 sin6;

	in6_mksin6(&sin6, &ip6->ip6_src, uh->uh_sport);
	ip6_savecontrol(inp, &opts, m, off);
	m_adj(m, off + sizeof(*uh));
	if (sbappendaddr(inp->inp_socket, sin6tosa(&sin6), m, opts) == 0) {
		udpstat_inc(udps_fullsock);
		m_freem(m);
		m_freem(opts);
		return;
	}
	sorwakeup(inp->inp_socket);
}

/* Does a socket take what came for a group? */
static int
udp6_wantscast(struct inpcb *inp, const struct ip6_hdr *ip6,
    const struct udphdr *uh, u_int rdomain)
{
	if (inp->inp_lport != uh->uh_dport ||
	    rtable_l2(inp->inp_rtableid) != rdomain)
		return (0);
	if (!IN6_IS_ADDR_UNSPECIFIED(&inp->inp_laddr6) &&
	    !IN6_ARE_ADDR_EQUAL(&inp->inp_laddr6, &ip6->ip6_dst))
		return (0);
	if (!IN6_IS_ADDR_UNSPECIFIED(&inp->inp_faddr6) &&
	    (!IN6_ARE_ADDR_EQUAL(&inp->inp_faddr6, &ip6->ip6_src) ||
	    inp->inp_fport != uh->uh_sport))
		return (0);
	return (READ_ONCE(inp->inp_ip6_minhlim) <= ip6->ip6_hlim);
}

/* Everybody who wants it gets a copy.  m is consumed. */
static void
udp6_input_cast(struct mbuf *m, int off)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	struct udphdr *uh = (struct udphdr *)((caddr_t)ip6 + off);
	u_int rdomain = rtable_l2(m->m_pkthdr.ph_rtableid);
	struct inpcb *inp;
	struct mbuf *n;
	int found = 0;

	mtx_enter(&udb6table.inpt_mtx);
	TAILQ_FOREACH(inp, &udb6table.inpt_queue, inp_queue) {
		if (!udp6_wantscast(inp, ip6, uh, rdomain))
			continue;
		found = 1;
		if (!in_pcbsecok(inp, m, AF_INET6))
			udpstat_inc(udps_nosec);
		else if ((n = m_dup_pkt(m, 0, M_DONTWAIT)) == NULL)
			udpstat_inc(udps_fullsock);
		else
			udp6_deliver(inp, n, off);
	}
	mtx_leave(&udb6table.inpt_mtx);
	if (!found)
		udpstat_inc(udps_noportbcast);
	m_freem(m);
}

/* Whose is it?  A reference, or NULL. */
static struct inpcb *
udp6_lookup(struct mbuf *m, const struct ip6_hdr *ip6,
    const struct udphdr *uh)
{
	u_int rtableid = m->m_pkthdr.ph_rtableid;
	struct inpcb *inp;

	inp = in6_pcblookup(&udb6table, &ip6->ip6_src, uh->uh_sport,
	    &ip6->ip6_dst, uh->uh_dport, rtableid);
	if (inp != NULL)
		return (inp);
	udpstat_inc(udps_pcbhashmiss);
	return (in6_pcblookup_listen(&udb6table, &ip6->ip6_dst, uh->uh_dport,
	    rtableid));
}

static void
udp6_input_uni(struct mbuf *m, int off)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);
	struct udphdr *uh = (struct udphdr *)((caddr_t)ip6 + off);
	struct inpcb *inp;

	if ((inp = udp6_lookup(m, ip6, uh)) == NULL) {
		udpstat_inc(udps_noport);
		icmp6_error(m, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOPORT,
		    0);
		return;
	}
	if (!in_pcbsecok(inp, m, AF_INET6)) {
		udpstat_inc(udps_nosec);
		m_freem(m);
	} else if (READ_ONCE(inp->inp_ip6_minhlim) > ip6->ip6_hlim) {
		udpstat_inc(udps_hdrops);
		m_freem(m);
	} else
		udp6_deliver(inp, m, off);
	in_pcbunref(inp);
}

int
udp6_input(struct mbuf **mp, int *offp, int proto, int af,
    struct netstack *ns)
{
	int off = *offp;
	struct mbuf *m;

	NET_ASSERT_LOCKED();
	KASSERT(af == AF_INET6);
	udpstat_inc(udps_ipackets);
	if ((m = *mp = udp_check(*mp, off, udp6_cksum_bad)) == NULL)
		return (IPPROTO_DONE);
#ifdef IPSEC
	if (udp_isesp(m, off + sizeof(struct udphdr),
	    (struct udphdr *)(mtod(m, caddr_t) + off)))
		return (udp6_esp(mp, off, ns));
#endif
	*mp = NULL;
	if (m->m_flags & (M_BCAST | M_MCAST))
		udp6_input_cast(m, off);
	else
		udp6_input_uni(m, off);
	return (IPPROTO_DONE);
}

#ifdef IPSEC
/* It may have been ESP in UDP that did not fit. */
static void
udp6_esp_toobig(const struct ip6ctlparam *ip6c, const struct udphdr *uh,
    u_int rtableid)
{
	u_int32_t spi;

	if (!READ_ONCE(udpencap_enable) || READ_ONCE(udpencap_port) == 0 ||
	    uh->uh_sport != htons(READ_ONCE(udpencap_port)) ||
	    ip6c->ip6c_len < sizeof(*uh) + sizeof(spi))
		return;
	memcpy(&spi, uh + 1, sizeof(spi));
	ipsec6_pmtu(rtableid, &ip6c->ip6c_ip6->ip6_dst, IPPROTO_ESP, spi,
	    ip6c->ip6c_mtu);
}
#endif

/* v: struct ip6ctlparam, or NULL. */
void
udp6_ctlinput(int cmd, struct sockaddr *sa, u_int rtableid, void *v)
{
	const struct ip6ctlparam *ip6c = v;
	const struct udphdr *uh;
	struct inpcb *inp;
	int error = in_prcerrno(cmd);

	if (sa->sa_family != AF_INET6 || error == 0)
		return;
	if (ip6c == NULL) {
		in6_pcbnotifyall(&udb6table, satosin6(sa), rtableid, error,
		    0);
		return;
	}
	if (ip6c->ip6c_len < sizeof(*uh))
		return;
	uh = ip6c->ip6c_proto;
#ifdef IPSEC
	if (cmd == PRC_MSGSIZE)
		udp6_esp_toobig(ip6c, uh, rtableid);
#endif
	inp = in6_pcblookup(&udb6table, &ip6c->ip6c_ip6->ip6_dst,
	    uh->uh_dport, &ip6c->ip6c_ip6->ip6_src, uh->uh_sport, rtableid);
	if (inp != NULL)
		in6_pcbnotify(inp, satosin6(sa), error, ip6c->ip6c_mtu);
	in_pcbunref(inp);
}

/*
 * Output
 */

/* Where from and where to, scopes embedded. */
struct udp6_way {
	struct in6_addr	uw_laddr;
	struct in6_addr	uw_faddr;
	u_int16_t	uw_fport;
};

/*
 * A source that this message alone asks for.  Where the socket is bound to
 * that very address nothing changes.
 */
static int
udp6_sendsrc(struct inpcb *inp, const struct ip6_ctl *ic, struct udp6_way *uw)
{
	const struct in6_addr *src = &ic->ic_pktinfo.ipi6_addr;
	int error;

	if (IN6_IS_ADDR_UNSPECIFIED(src))
		return (0);
	if (!IN6_ARE_ADDR_EQUAL(src, &inp->inp_laddr6)) {
		if (IN6_IS_ADDR_MULTICAST(src))
			return (EADDRNOTAVAIL);
		error = in6_pcbaddrisavail(inp, src,
		    IN6_IS_ADDR_UNSPECIFIED(&inp->inp_laddr6) ? 0 :
		    inp->inp_lport);
		if (error != 0)
			return (error);
	}
	uw->uw_laddr = *src;
	return (0);
}

static int
udp6_findway(struct inpcb *inp, struct mbuf *addr, const struct ip6_ctl *ic,
    struct udp6_way *uw)
{
	u_int ifidx = ic->ic_pktinfo.ipi6_ifindex;
	int error;

	uw->uw_laddr = inp->inp_laddr6;
	uw->uw_faddr = inp->inp_faddr6;
	uw->uw_fport = inp->inp_fport;
	if (addr != NULL) {
		if (!IN6_IS_ADDR_UNSPECIFIED(&inp->inp_faddr6))
			return (EISCONN);
		error = in6_pcbnam(addr, ifidx != 0 ? ifidx :
		    inp->inp_moptions6 != NULL ?
		    inp->inp_moptions6->im6o_ifidx : 0, &uw->uw_faddr,
		    &uw->uw_fport);
		if (error != 0)
			return (error);
		if (uw->uw_fport == 0 ||
		    IN6_IS_ADDR_UNSPECIFIED(&uw->uw_faddr))
			return (EADDRNOTAVAIL);
	} else if (IN6_IS_ADDR_UNSPECIFIED(&inp->inp_faddr6))
		return (EDESTADDRREQ);
	if (IN6_IS_ADDR_UNSPECIFIED(&ic->ic_pktinfo.ipi6_addr) &&
	    (error = in6_pcbselsrc(&uw->uw_laddr, &uw->uw_faddr, inp,
	    ifidx)) != 0)
		return (error);
	if (inp->inp_lport == 0 && (error = in6_pcbbind(inp, NULL)) != 0)
		return (error);
	return (udp6_sendsrc(inp, ic, uw));
}

/* m is consumed; socket locked, NET held. */
static int
udp6_output(struct inpcb *inp, struct mbuf *m, struct mbuf *addr,
    struct mbuf *control)
{
	struct udp6_way uw;
	struct ip6_ctl ic;
	struct udphdr *uh;
	int error, len = m->m_pkthdr.len + sizeof(*uh);

	soassertlocked(inp->inp_socket);
	NET_ASSERT_LOCKED();
	if ((error = ip6_getctl(inp, control, &ic)) != 0 ||
	    (error = udp6_findway(inp, addr, &ic, &uw)) != 0)
		goto drop;
	error = EMSGSIZE;
	if (len > IPV6_MAXPACKET)
		goto drop;
	if ((m = m_prepend(m, sizeof(*uh), M_DONTWAIT)) == NULL)
		return (ENOBUFS);
	uh = mtod(m, struct udphdr *);
	uh->uh_sport = inp->inp_lport;
	uh->uh_dport = uw.uw_fport;
	uh->uh_ulen = htons(len);
	uh->uh_sum = 0;
	SET(m->m_pkthdr.csum_flags, M_UDP_CSUM_OUT);
	udpstat_inc(udps_opackets);
	return (in6_pcboutput(inp, m, &uw.uw_laddr, &uw.uw_faddr, &ic));

 drop:
	m_freem(m);
	return (error);
}

/*
 * What sockets ask for
 */
static int
udp6_bind(struct socket *so, struct mbuf *nam, struct proc *p)
{
	int error;

	NET_LOCK_SHARED();
	error = in6_pcbbind(sotoinpcb(so), nam);
	NET_UNLOCK_SHARED();
	return (error);
}

static int
udp6_connect(struct socket *so, struct mbuf *nam)
{
	int error;

	if (!IN6_IS_ADDR_UNSPECIFIED(&sotoinpcb(so)->inp_faddr6))
		return (EISCONN);
	NET_LOCK_SHARED();
	error = in6_pcbconnect(sotoinpcb(so), nam);
	NET_UNLOCK_SHARED();
	if (error == 0)
		soisconnected(so);
	return (error);
}

static int
udp6_send(struct socket *so, struct mbuf *m, struct mbuf *addr,
    struct mbuf *control)
{
	int error;

	NET_LOCK_SHARED();
	error = udp6_output(sotoinpcb(so), m, addr, control);
	NET_UNLOCK_SHARED();
	m_freem(addr);
	m_freem(control);
	return (error);
}

const struct pr_usrreqs udp6_usrreqs = {
	.pru_attach	= udp_attach,
	.pru_detach	= udp_detach,
	.pru_bind	= udp6_bind,
	.pru_connect	= udp6_connect,
	.pru_disconnect	= udp_disconnect,
	.pru_send	= udp6_send,
	.pru_control	= in6_control,
	.pru_sockaddr	= in6_sockaddr,
	.pru_peeraddr	= in6_peeraddr,
};
