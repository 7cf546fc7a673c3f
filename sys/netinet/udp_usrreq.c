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
 * UDP, RFC 768, and ESP inside it, RFC 3948.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/domain.h>
#include <sys/mbuf.h>
#include <sys/percpu.h>
#include <sys/protosw.h>
#include <sys/socket.h>
#include <sys/socketvar.h>
#include <sys/sysctl.h>

#include <net/if_var.h>
#include <net/route.h>
#include <net/rtable.h>

#include <netinet/in.h>
#include <netinet/in_pcb.h>
#include <netinet/in_var.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_spd.h>
#include <netinet/ip_var.h>
#include <netinet/udp.h>
#include <netinet/udp_var.h>

#define UDP_HASHSIZE	128	/* slots to begin with */

/* an IPv4 header without options and that of UDP */
struct udpiphdr {
	struct ip	ui_ip;
	struct udphdr	ui_udp;
};

struct inpcbtable udbtable, udb6table;
struct cpumem *udpcounters;
int udpcksum = 1;

static int udp_sendspace = 9216;	/* [a] bytes: largest datagram */
static int udp_recvspace = 41600;	/* [a] bytes */

/*
 * Ports not to be chosen for anybody, and for the superuser alone.
 * Atomic.
 */
static u_int32_t udp_baddynamic[DP_MAPSIZE];
static u_int32_t udp_rootonly[DP_MAPSIZE];

/* A socket that got this one by chance would lose packets to an SA. */
#define UDPENCAP_PORT	4500

void
udp_init(void)
{
	udp_baddynamic[UDPENCAP_PORT >> 5] |= 1U << (UDPENCAP_PORT & 31);
	in_pcbinit(&udbtable, UDP_HASHSIZE);
	udbtable.inpt_baddynamic = udp_baddynamic;
	udbtable.inpt_rootonly = udp_rootonly;
#ifdef INET6
	in_pcbinit(&udb6table, UDP_HASHSIZE);
	udb6table.inpt_baddynamic = udp_baddynamic;
	udb6table.inpt_rootonly = udp_rootonly;
#endif
	udpcounters = counters_alloc(udps_ncounters);
}

/*
 * Input
 */

static int
udp_cksum_bad(struct mbuf *m, int iphlen, const struct udphdr *uh)
{
	if (uh->uh_sum == 0) {
		udpstat_inc(udps_nosum);
		return (0);
	}
	if (m->m_pkthdr.csum_flags & M_UDP_CSUM_IN_OK)
		return (0);
	if (m->m_pkthdr.csum_flags & M_UDP_CSUM_IN_BAD)
		return (1);
	udpstat_inc(udps_inswcsum);
	return (in4_cksum(m, IPPROTO_UDP, iphlen, ntohs(uh->uh_ulen)) != 0);
}

struct mbuf *
udp_check(struct mbuf *m, int iphlen,
    int (*cksum_bad)(struct mbuf *, int, const struct udphdr *))
{
	enum udpstat_counters why = udps_hdrops;
	struct udphdr *uh;
	int len;

	if (m->m_pkthdr.len < iphlen + (int)sizeof(*uh))
		goto drop;
	if ((m = m_pullup(m, iphlen + sizeof(*uh))) == NULL)
		goto drop;
	uh = (struct udphdr *)(mtod(m, caddr_t) + iphlen);
	len = ntohs(uh->uh_ulen);
	why = udps_badlen;
	if (len < (int)sizeof(*uh) || len > m->m_pkthdr.len - iphlen)
		goto drop;
	/* what is not bound yet has port 0, and is not meant */
	why = udps_noport;
	if (uh->uh_dport == 0)
		goto drop;
	why = udps_badsum;
	if (cksum_bad(m, iphlen, uh))
		goto drop;
	if (iphlen + len < m->m_pkthdr.len)
		m_adj(m, iphlen + len - m->m_pkthdr.len);
	return (m);

 drop:
	udpstat_inc(why);
	m_freem(m);
	return (NULL);
}

#ifdef IPSEC
/* Is it for an SA?  The first word of IKE on this port is 0. */
int
udp_isesp(struct mbuf *m, int skip, const struct udphdr *uh)
{
	u_int32_t spi;

	if (!READ_ONCE(udpencap_enable) || READ_ONCE(udpencap_port) == 0 ||
	    uh->uh_dport != htons(READ_ONCE(udpencap_port)) ||
	    !READ_ONCE(esp_enable) || (m->m_flags & (M_BCAST | M_MCAST)))
		return (0);
	if (m->m_pkthdr.len - skip < (int)sizeof(spi))
		return (1);
	m_copydata(m, skip, sizeof(spi), &spi);
	return (spi != 0);
}

/*
 * Take the UDP header out, so that ESP follows the IP header.  A payload
 * too short to be ESP keeps a NAT's mapping alive and has done its work.
 */
static int
udp_esp(struct mbuf **mp, int iphlen, struct netstack *ns)
{
	struct mbuf *m = *mp;
	struct ip *ip;

	if (m->m_pkthdr.len - iphlen - (int)sizeof(struct udphdr) <
	    (int)sizeof(u_int32_t)) {
		m_freemp(mp);
		return (IPPROTO_DONE);
	}
	if (m_readonly(m) && (m = *mp = m_contig(m, M_RXHEADROOM,
	    M_RXTAILROOM, M_DONTWAIT)) == NULL) {
		udpstat_inc(udps_hdrops);
		return (IPPROTO_DONE);
	}
	memmove(mtod(m, caddr_t) + sizeof(struct udphdr), mtod(m, caddr_t),
	    iphlen);
	m_adj(m, sizeof(struct udphdr));
	ip = mtod(m, struct ip *);
	ip->ip_len = htons(m->m_pkthdr.len);
	ip->ip_p = IPPROTO_ESP;
	/* the sum was right for another header */
	ip->ip_sum = 0;
	ip->ip_sum = in_cksum(m, iphlen);
	return (ipsec_common_input(mp, iphlen, offsetof(struct ip, ip_p),
	    AF_INET, IPPROTO_ESP, 1, ns));
}
#endif

/* Into the socket.  m, both headers still on it, is consumed. */
static void
udp_deliver(struct inpcb *inp, struct mbuf *m, int iphlen)
{
	struct ip *ip = mtod(m, struct ip *);
	struct udphdr *uh = (struct udphdr *)((caddr_t)ip + iphlen);
	struct mbuf *opts = NULL;
	struct sockaddr_in sin;

	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	sin.sin_port = uh->uh_sport;
	sin.sin_addr = ip->ip_src;
	ip_savecontrol(inp, &opts, ip, m);
	m_adj(m, iphlen + sizeof(*uh));
	if (sbappendaddr(inp->inp_socket, sintosa(&sin), m, opts) == 0) {
		udpstat_inc(udps_fullsock);
		m_freem(m);
		m_freem(opts);
		return;
	}
	sorwakeup(inp->inp_socket);
}

/* Does a socket take what came for a group or for everybody? */
static int
udp_wantscast(struct inpcb *inp, const struct ip *ip,
    const struct udphdr *uh, u_int rdomain)
{
	if (inp->inp_lport != uh->uh_dport ||
	    (READ_ONCE(inp->inp_flags) & INP_IPV6) ||
	    rtable_l2(inp->inp_rtableid) != rdomain)
		return (0);
	if (inp->inp_laddr.s_addr != INADDR_ANY &&
	    inp->inp_laddr.s_addr != ip->ip_dst.s_addr)
		return (0);
	if (inp->inp_faddr.s_addr != INADDR_ANY &&
	    (inp->inp_faddr.s_addr != ip->ip_src.s_addr ||
	    inp->inp_fport != uh->uh_sport))
		return (0);
	return (READ_ONCE(inp->inp_ip_minttl) <= ip->ip_ttl);
}

/* Everybody who wants it gets a copy.  m is consumed. */
static void
udp_input_cast(struct mbuf *m, int iphlen)
{
	struct ip *ip = mtod(m, struct ip *);
	struct udphdr *uh = (struct udphdr *)((caddr_t)ip + iphlen);
	u_int rdomain = rtable_l2(m->m_pkthdr.ph_rtableid);
	struct inpcb *inp;
	struct mbuf *n;
	int found = 0;

	mtx_enter(&udbtable.inpt_mtx);
	TAILQ_FOREACH(inp, &udbtable.inpt_queue, inp_queue) {
		if (!udp_wantscast(inp, ip, uh, rdomain))
			continue;
		found = 1;
		if (!in_pcbsecok(inp, m, AF_INET))
			udpstat_inc(udps_nosec);
		else if ((n = m_dup_pkt(m, 0, M_DONTWAIT)) == NULL)
			udpstat_inc(udps_fullsock);
		else
			udp_deliver(inp, n, iphlen);
	}
	mtx_leave(&udbtable.inpt_mtx);
	if (!found)
		udpstat_inc(udps_noportbcast);
	m_freem(m);
}

/* Whose is it?  A reference, or NULL. */
static struct inpcb *
udp_lookup(struct mbuf *m, const struct ip *ip, const struct udphdr *uh)
{
	u_int rtableid = m->m_pkthdr.ph_rtableid;
	struct inpcb *inp;

	inp = in_pcblookup(&udbtable, ip->ip_src, uh->uh_sport, ip->ip_dst,
	    uh->uh_dport, rtableid);
	if (inp != NULL)
		return (inp);
	udpstat_inc(udps_pcbhashmiss);
	return (in_pcblookup_listen(&udbtable, ip->ip_dst, uh->uh_dport,
	    rtableid));
}

static void
udp_input_uni(struct mbuf *m, int iphlen)
{
	struct ip *ip = mtod(m, struct ip *);
	struct udphdr *uh = (struct udphdr *)((caddr_t)ip + iphlen);
	struct inpcb *inp;

	if ((inp = udp_lookup(m, ip, uh)) == NULL) {
		udpstat_inc(udps_noport);
#ifdef IPSEC
		/* who may not come in gets no answer either */
		if (ipsec_input_wanted(NULL) &&
		    ipsec_input_check(m, AF_INET, NULL) != 0) {
			m_freem(m);
			return;
		}
#endif
		icmp_error(m, ICMP_UNREACH, ICMP_UNREACH_PORT, 0, 0);
		return;
	}
	if (!in_pcbsecok(inp, m, AF_INET)) {
		udpstat_inc(udps_nosec);
		m_freem(m);
	} else if (READ_ONCE(inp->inp_ip_minttl) > ip->ip_ttl) {
		udpstat_inc(udps_hdrops);
		m_freem(m);
	} else
		udp_deliver(inp, m, iphlen);
	in_pcbunref(inp);
}

int
udp_input(struct mbuf **mp, int *offp, int proto, int af,
    struct netstack *ns)
{
	int iphlen = *offp;
	struct mbuf *m;

	NET_ASSERT_LOCKED();
	KASSERT(af == AF_INET);
	udpstat_inc(udps_ipackets);
	if ((m = *mp = udp_check(*mp, iphlen, udp_cksum_bad)) == NULL)
		return (IPPROTO_DONE);
#ifdef IPSEC
	if (udp_isesp(m, iphlen + sizeof(struct udphdr),
	    (struct udphdr *)(mtod(m, caddr_t) + iphlen)))
		return (udp_esp(mp, iphlen, ns));
#endif
	*mp = NULL;
	if (m->m_flags & (M_BCAST | M_MCAST))
		udp_input_cast(m, iphlen);
	else
		udp_input_uni(m, iphlen);
	return (IPPROTO_DONE);
}

/* v: the IP header of a packet we sent, and 8 bytes behind it; or NULL. */
void
udp_ctlinput(int cmd, struct sockaddr *sa, u_int rtableid, void *v)
{
	struct sockaddr_in *sin = satosin(sa);
	struct ip *ip = v;
	struct udphdr *uh;
	struct inpcb *inp;
	int error = in_prcerrno(cmd);

	if (sa->sa_family != AF_INET || error == 0)
		return;
	if (ip == NULL) {
		in_pcbnotifyall(&udbtable, sin, rtableid, error, in_pcberror);
		return;
	}
	uh = (struct udphdr *)((caddr_t)ip + (ip->ip_hl << 2));
#ifdef IPSEC
	if (cmd == PRC_MSGSIZE && READ_ONCE(udpencap_enable) &&
	    READ_ONCE(udpencap_port) != 0 &&
	    uh->uh_sport == htons(READ_ONCE(udpencap_port)))
		udpencap_ctlinput(cmd, sa, rtableid, v);
#endif
	inp = in_pcblookup(&udbtable, ip->ip_dst, uh->uh_dport, ip->ip_src,
	    uh->uh_sport, rtableid);
	if (inp != NULL)
		in_pcberror(inp, error);
	in_pcbunref(inp);
}

/*
 * Output
 */

/* Where from and where to. */
struct udp_way {
	struct in_addr	uw_laddr;
	struct in_addr	uw_faddr;
	u_int16_t	uw_lport;
	u_int16_t	uw_fport;
};

/* A source that this message alone asks for. */
static int
udp_sendsrc(struct inpcb *inp, struct in_addr src, struct udp_way *uw)
{
	struct sockaddr_in sin;
	int error;

	if (src.s_addr == INADDR_ANY)
		return (0);
	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	sin.sin_addr = src;
	/* where the socket is bound to that very address nothing changes */
	if (sin.sin_addr.s_addr != inp->inp_laddr.s_addr) {
		sin.sin_port = inp->inp_laddr.s_addr == INADDR_ANY ? 0 :
		    inp->inp_lport;
		if (IN_MULTICAST(sin.sin_addr.s_addr) ||
		    in_broadcast(sin.sin_addr, inp->inp_rtableid))
			return (EADDRNOTAVAIL);
		if ((error = in_pcbaddrisavail(inp, &sin)) != 0)
			return (error);
	}
	uw->uw_laddr = src;
	return (0);
}

static int
udp_findway(struct inpcb *inp, struct mbuf *addr, struct in_addr src,
    struct udp_way *uw)
{
	struct sockaddr_in *sin;
	int error;

	uw->uw_laddr = inp->inp_laddr;
	uw->uw_faddr = inp->inp_faddr;
	uw->uw_fport = inp->inp_fport;
	if (addr != NULL) {
		if (inp->inp_faddr.s_addr != INADDR_ANY)
			return (EISCONN);
		if ((error = in_nam2sin(addr, &sin)) != 0)
			return (error);
		if (sin->sin_port == 0 || sin->sin_addr.s_addr == INADDR_ANY)
			return (EADDRNOTAVAIL);
		uw->uw_faddr = sin->sin_addr;
		uw->uw_fport = sin->sin_port;
		if (src.s_addr == INADDR_ANY &&
		    (error = in_pcbselsrc(&uw->uw_laddr, sin, inp)) != 0)
			return (error);
	} else if (inp->inp_faddr.s_addr == INADDR_ANY)
		return (EDESTADDRREQ);
	if (inp->inp_lport == 0 && (error = in_pcbbind(inp, NULL)) != 0)
		return (error);
	uw->uw_lport = inp->inp_lport;
	return (udp_sendsrc(inp, src, uw));
}

/* Put the headers before the data; consumes m, NULL: no memory. */
static struct mbuf *
udp_encap(struct inpcb *inp, struct mbuf *m, const struct udp_way *uw)
{
	int len = m->m_pkthdr.len;
	struct udpiphdr *ui;

	M_PREPEND(m, sizeof(*ui), M_DONTWAIT);
	if (m == NULL)
		return (NULL);
	ui = mtod(m, struct udpiphdr *);
	memset(&ui->ui_ip, 0, sizeof(ui->ui_ip));
	ui->ui_ip.ip_v = IPVERSION;
	ui->ui_ip.ip_hl = sizeof(ui->ui_ip) >> 2;
	ui->ui_ip.ip_tos = inp->inp_ip.ip_tos;
	ui->ui_ip.ip_ttl = inp->inp_ip.ip_ttl;
	ui->ui_ip.ip_p = IPPROTO_UDP;
	ui->ui_ip.ip_len = htons(sizeof(*ui) + len);
	ui->ui_ip.ip_src = uw->uw_laddr;
	ui->ui_ip.ip_dst = uw->uw_faddr;
	ui->ui_udp.uh_sport = uw->uw_lport;
	ui->ui_udp.uh_dport = uw->uw_fport;
	ui->ui_udp.uh_ulen = htons(sizeof(ui->ui_udp) + len);
	ui->ui_udp.uh_sum = 0;
	if (READ_ONCE(udpcksum))
		m->m_pkthdr.csum_flags |= M_UDP_CSUM_OUT;
	m->m_pkthdr.ph_rtableid = inp->inp_rtableid;
	return (m);
}

int
udp_output(struct inpcb *inp, struct mbuf *m, struct mbuf *addr,
    struct mbuf *control)
{
	struct in_addr src;
	struct udp_way uw;
	int error, flags;

	soassertlocked(inp->inp_socket);
	NET_ASSERT_LOCKED();
	if ((error = in_getsendsrc(&src, control)) != 0 ||
	    (error = udp_findway(inp, addr, src, &uw)) != 0) {
		m_freem(m);
		return (error);
	}
	if (m->m_pkthdr.len + sizeof(struct udpiphdr) > IP_MAXPACKET) {
		m_freem(m);
		return (EMSGSIZE);
	}
	if ((m = udp_encap(inp, m, &uw)) == NULL)
		return (ENOBUFS);
	udpstat_inc(udps_opackets);
	/* SO_BROADCAST is IP_ALLOWBROADCAST, SO_DONTROUTE IP_ROUTETOIF */
	flags = inp->inp_socket->so_options & (SO_DONTROUTE | SO_BROADCAST);
	return (ip_output(m, inp->inp_options, &inp->inp_route, flags,
	    inp->inp_moptions, inp, 0));
}

/*
 * What sockets ask for
 */

int
udp_attach(struct socket *so, int proto)
{
	struct inpcbtable *table = &udbtable;
	int error;

	if (so->so_proto->pr_domain->dom_family == AF_INET6)
		table = &udb6table;

	if (so->so_pcb != NULL)
		return (EINVAL);
	error = soreserve(so, READ_ONCE(udp_sendspace),
	    READ_ONCE(udp_recvspace));
	if (error != 0)
		return (error);
	return (in_pcballoc(so, table, IPPROTO_UDP));
}

int
udp_detach(struct socket *so)
{
	in_pcbdetach(sotoinpcb(so));
	return (0);
}

static int
udp_bind(struct socket *so, struct mbuf *nam, struct proc *p)
{
	int error;

	NET_LOCK_SHARED();
	error = in_pcbbind(sotoinpcb(so), nam);
	NET_UNLOCK_SHARED();
	return (error);
}

static int
udp_connect(struct socket *so, struct mbuf *nam)
{
	int error;

	if (sotoinpcb(so)->inp_faddr.s_addr != INADDR_ANY)
		return (EISCONN);
	NET_LOCK_SHARED();
	error = in_pcbconnect(sotoinpcb(so), nam);
	NET_UNLOCK_SHARED();
	if (error == 0)
		soisconnected(so);
	return (error);
}

int
udp_disconnect(struct socket *so)
{
	if (IN6_IS_ADDR_UNSPECIFIED(&sotoinpcb(so)->inp_faddr6))
		return (ENOTCONN);
	in_pcbdisconnect(sotoinpcb(so));
	soisdisconnected(so);
	return (0);
}

static int
udp_send(struct socket *so, struct mbuf *m, struct mbuf *addr,
    struct mbuf *control)
{
	int error;

	NET_LOCK_SHARED();
	error = udp_output(sotoinpcb(so), m, addr, control);
	NET_UNLOCK_SHARED();
	m_freem(addr);
	m_freem(control);
	return (error);
}

const struct pr_usrreqs udp_usrreqs = {
	.pru_attach	= udp_attach,
	.pru_detach	= udp_detach,
	.pru_bind	= udp_bind,
	.pru_connect	= udp_connect,
	.pru_disconnect	= udp_disconnect,
	.pru_send	= udp_send,
	.pru_control	= in_control,
	.pru_sockaddr	= in_sockaddr,
	.pru_peeraddr	= in_peeraddr,
};

/*
 * Variables of net.inet.udp
 */

static const struct sysctl_bounded_args udpctl_vars[] = {
	{ UDPCTL_CHECKSUM, &udpcksum, 0, 1 },
	{ UDPCTL_RECVSPACE, &udp_recvspace, 1, SB_MAX },
	{ UDPCTL_SENDSPACE, &udp_sendspace, 1, SB_MAX },
};

static int
udp_sysctl_stats(void *oldp, size_t *oldlenp, void *newp)
{
	uint64_t counters[udps_ncounters];

	CTASSERT(sizeof(counters) == sizeof(struct udpstat));
	counters_read(udpcounters, counters, udps_ncounters, NULL);
	return (sysctl_rdstruct(oldp, oldlenp, newp, counters,
	    sizeof(counters)));
}

/* A bitmap is copied as a whole, and read in use word by word. */
static int
udp_sysctl_ports(u_int32_t *map, void *oldp, size_t *oldlenp, void *newp,
    size_t newlen)
{
	u_int32_t *copy;
	size_t size = DP_MAPSIZE * sizeof(*map);
	int error, i;

	copy = malloc(size, M_SYSCTL, M_WAITOK);
	for (i = 0; i < DP_MAPSIZE; i++)
		copy[i] = READ_ONCE(map[i]);
	error = sysctl_struct(oldp, oldlenp, newp, newlen, copy, size);
	if (error == 0 && newp != NULL) {
		for (i = 0; i < DP_MAPSIZE; i++)
			WRITE_ONCE(map[i], copy[i]);
	}
	free(copy, M_SYSCTL, size);
	return (error);
}

int
udp_sysctl(int *name, u_int namelen, void *oldp, size_t *oldlenp,
    void *newp, size_t newlen)
{
	if (namelen != 1)
		return (ENOTDIR);
	switch (name[0]) {
	case UDPCTL_STATS:
		return (udp_sysctl_stats(oldp, oldlenp, newp));
	case UDPCTL_BADDYNAMIC:
		return (udp_sysctl_ports(udp_baddynamic, oldp, oldlenp, newp,
		    newlen));
	case UDPCTL_ROOTONLY:
		return (udp_sysctl_ports(udp_rootonly, oldp, oldlenp, newp,
		    newlen));
	default:
		return (sysctl_bounded_arr(udpctl_vars, nitems(udpctl_vars),
		    name, namelen, oldp, oldlenp, newp, newlen));
	}
}
