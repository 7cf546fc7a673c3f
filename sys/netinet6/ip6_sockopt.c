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
 * Socket options of level IPPROTO_IPV6, the control data that say the same
 * of one message, and membership in groups: RFC 3493 and RFC 3542.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/protosw.h>
#include <sys/socket.h>
#include <sys/socketvar.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/route.h>

#include <netinet/in.h>
#include <netinet/in_pcb.h>
#include <netinet/ip6.h>
#include <netinet/ip_var.h>
#include <netinet6/in6_var.h>
#include <netinet6/ip6_var.h>

#define IM6O_MINMEMBERS	20
#define IM6O_MAXMEMBERS	4095

#define IN6P_MTUFLAGS	(IN6P_MINMTU | IN6P_PATHMTU)

/*
 * Groups
 */
static struct ip6_moptions *
ip6_getmoptions(struct inpcb *inp)
{
	struct ip6_moptions *im6o;

	if (inp->inp_moptions6 != NULL)
		return (inp->inp_moptions6);
	im6o = malloc(sizeof(*im6o), M_IPMOPTS, M_WAITOK | M_ZERO);
	im6o->im6o_hlim = READ_ONCE(ip6_defmcasthlim);
	im6o->im6o_loop = IPV6_DEFAULT_MULTICAST_LOOP;
	return (inp->inp_moptions6 = im6o);
}

void
ip6_freemoptions(struct ip6_moptions *im6o)
{
	u_int i;

	if (im6o == NULL)
		return;
	if (im6o->im6o_num > 0) {
		NET_LOCK();
		for (i = 0; i < im6o->im6o_num; i++)
			in6_delmulti(im6o->im6o_membership[i]);
		NET_UNLOCK();
	}
	free(im6o->im6o_membership, M_IPMOPTS,
	    im6o->im6o_max * sizeof(*im6o->im6o_membership));
	free(im6o, M_IPMOPTS, sizeof(*im6o));
}

/* Room for one more membership; 0 or ETOOMANYREFS. */
static int
im6o_grow(struct ip6_moptions *im6o)
{
	struct in6_multi **n;
	u_int max;

	if (im6o->im6o_num < im6o->im6o_max)
		return (0);
	if (im6o->im6o_num >= IM6O_MAXMEMBERS)
		return (ETOOMANYREFS);
	max = MIN(MAX(im6o->im6o_max * 2, IM6O_MINMEMBERS), IM6O_MAXMEMBERS);
	n = mallocarray(max, sizeof(*n), M_IPMOPTS, M_WAITOK | M_ZERO);
	if (im6o->im6o_num > 0)
		memcpy(n, im6o->im6o_membership,
		    im6o->im6o_num * sizeof(*n));
	free(im6o->im6o_membership, M_IPMOPTS, im6o->im6o_max * sizeof(*n));
	im6o->im6o_membership = n;
	im6o->im6o_max = max;
	return (0);
}

/* Which of the memberships; im6o_num when none.  ifidx 0: any interface. */
static u_int
im6o_find(const struct ip6_moptions *im6o, const struct in6_addr *group,
    u_int ifidx)
{
	const struct in6_multi *in6m;
	struct in6_addr addr;
	u_int i;

	for (i = 0; i < im6o->im6o_num; i++) {
		in6m = im6o->im6o_membership[i];
		addr = in6m->in6m_sin.sin6_addr;
		in6_clearscope(&addr);
		if (IN6_ARE_ADDR_EQUAL(&addr, group) && (ifidx == 0 ||
		    in6m->in6m_ifma.ifma_ifidx == ifidx))
			break;
	}
	return (i);
}

/* The interface of a group for which none is named; 0: no route. */
static u_int
ip6_group_if(struct inpcb *inp, const struct in6_addr *group)
{
	struct sockaddr_in6 sin6;
	struct rtentry *rt;
	u_int ifidx = inp->inp_moptions6->im6o_ifidx;

	if (ifidx != 0)
		return (ifidx);
	memset(&sin6, 0, sizeof(sin6));
	sin6.sin6_len = sizeof(sin6);
	sin6.sin6_family = AF_INET6;
	sin6.sin6_addr = *group;
	rt = rtalloc(sin6tosa(&sin6), 0, inp->inp_rtableid);
	if (rtisvalid(rt))
		ifidx = rt->rt_ifidx;
	rtfree(rt);
	return (ifidx);
}

/* NET(X) */
static int
im6o_join(struct inpcb *inp, const struct in6_addr *group, u_int ifidx)
{
	struct ip6_moptions *im6o = inp->inp_moptions6;
	struct in6_addr addr = *group;
	struct in6_multi *in6m;
	struct ifnet *ifp;
	int error = EADDRNOTAVAIL;

	if (ifidx == 0 && (ifidx = ip6_group_if(inp, group)) == 0)
		return (EADDRNOTAVAIL);
	if (im6o_find(im6o, group, ifidx) != im6o->im6o_num)
		return (EADDRINUSE);
	if ((ifp = if_get(ifidx)) == NULL)
		return (ENXIO);
	if (ISSET(ifp->if_flags, IFF_MULTICAST)) {
		error = 0;
		in6_setscope(&addr, ifidx);
		in6m = in6_addmulti(&addr, ifp, &error);
		if (in6m != NULL)
			im6o->im6o_membership[im6o->im6o_num++] = in6m;
	}
	if_put(ifp);
	return (error);
}

/* NET(X) */
static int
im6o_leave(struct ip6_moptions *im6o, const struct in6_addr *group,
    u_int ifidx)
{
	u_int i = im6o_find(im6o, group, ifidx);

	if (i == im6o->im6o_num)
		return (EADDRNOTAVAIL);
	in6_delmulti(im6o->im6o_membership[i]);
	im6o->im6o_membership[i] = im6o->im6o_membership[--im6o->im6o_num];
	return (0);
}

static int
ip6_setmembership(struct inpcb *inp, int optname, struct mbuf *m)
{
	struct ipv6_mreq mreq;
	struct ip6_moptions *im6o;
	int error;

	if (m == NULL || m->m_len != sizeof(mreq))
		return (EINVAL);
	memcpy(&mreq, mtod(m, caddr_t), sizeof(mreq));
	if (!IN6_IS_ADDR_MULTICAST(&mreq.ipv6mr_multiaddr))
		return (EINVAL);
	/* a scope that was written into the address says nothing */
	in6_clearscope(&mreq.ipv6mr_multiaddr);
	im6o = ip6_getmoptions(inp);
	if (optname == IPV6_JOIN_GROUP && (error = im6o_grow(im6o)) != 0)
		return (error);
	NET_LOCK();
	if (optname == IPV6_JOIN_GROUP)
		error = im6o_join(inp, &mreq.ipv6mr_multiaddr,
		    mreq.ipv6mr_interface);
	else
		error = im6o_leave(im6o, &mreq.ipv6mr_multiaddr,
		    mreq.ipv6mr_interface);
	NET_UNLOCK();
	return (error);
}

static int
ip6_setmcastif(struct inpcb *inp, int v)
{
	struct ifnet *ifp;
	int error = 0;

	if (v < 0)
		return (ENXIO);
	if (v != 0) {
		ifp = if_get(v);
		if (ifp == NULL)
			error = ENXIO;
		else if (!ISSET(ifp->if_flags, IFF_MULTICAST))
			error = EADDRNOTAVAIL;
		if_put(ifp);
	}
	if (error == 0)
		ip6_getmoptions(inp)->im6o_ifidx = v;
	return (error);
}

/*
 * What a socket and a message can both say
 */

/* Of IPV6_USE_MIN_MTU and IPV6_DONTFRAG: bits for a value, or -1. */
static int
ip6_minmtu_flags(int v)
{
	switch (v) {
	case -1:
		return (0);
	case 0:
		return (IN6P_PATHMTU);
	case 1:
		return (IN6P_MINMTU);
	default:
		return (-1);
	}
}

/* An address and an interface as the user names them; 0 or an errno. */
static int
ip6_getpktinfo(const void *data, u_int len, struct in6_pktinfo *pi)
{
	struct ifnet *ifp;

	if (len != sizeof(*pi))
		return (EINVAL);
	memcpy(pi, data, sizeof(*pi));
	if (IN6_IS_ADDR_MULTICAST(&pi->ipi6_addr) ||
	    IN6_IS_ADDR_V4MAPPED(&pi->ipi6_addr))
		return (EADDRNOTAVAIL);
	if (pi->ipi6_ifindex != 0) {
		if ((ifp = if_get(pi->ipi6_ifindex)) == NULL)
			return (ENXIO);
		if_put(ifp);
	}
	if (IN6_IS_SCOPE_EMBED(&pi->ipi6_addr)) {
		if (pi->ipi6_ifindex == 0)
			return (EADDRNOTAVAIL);
		in6_clearscope(&pi->ipi6_addr);
		in6_setscope(&pi->ipi6_addr, pi->ipi6_ifindex);
	}
	return (0);
}

/* One control message whose data are an int. */
static int
ip6_getctl_int(struct ip6_ctl *ic, int type, int v)
{
	switch (type) {
	case IPV6_HOPLIMIT:
		if (v < -1 || v > 255)
			return (EINVAL);
		ic->ic_hops = v;
		break;
	case IPV6_TCLASS:
		if (v < -1 || v > 255)
			return (EINVAL);
		ic->ic_tclass = v == -1 ? 0 : v;
		break;
	case IPV6_DONTFRAG:
		if (v < 0 || v > 1)
			return (EINVAL);
		CLR(ic->ic_flags, IN6P_DONTFRAG);
		if (v)
			SET(ic->ic_flags, IN6P_DONTFRAG);
		break;
	case IPV6_USE_MIN_MTU:
		if ((v = ip6_minmtu_flags(v)) == -1)
			return (EINVAL);
		ic->ic_flags = (ic->ic_flags & ~IN6P_MTUFLAGS) | v;
		break;
	default:
		return (EINVAL);
	}
	return (0);
}

static int
ip6_getctl_one(struct ip6_ctl *ic, const struct cmsghdr *cm)
{
	u_int len = cm->cmsg_len - CMSG_LEN(0);
	int v;

	if (cm->cmsg_level != IPPROTO_IPV6)
		return (EINVAL);
	if (cm->cmsg_type == IPV6_PKTINFO)
		return (ip6_getpktinfo(CMSG_DATA(cm), len, &ic->ic_pktinfo));
	if (len != sizeof(v))
		return (EINVAL);
	memcpy(&v, CMSG_DATA(cm), sizeof(v));
	return (ip6_getctl_int(ic, cm->cmsg_type, v));
}

int
ip6_getctl(struct inpcb *inp, const struct mbuf *control, struct ip6_ctl *ic)
{
	const struct cmsghdr *cm;
	u_int off = 0, left;
	int error;

	ic->ic_pktinfo = inp->inp_pktinfo6;
	ic->ic_hops = -1;
	ic->ic_tclass = (ntohl(inp->inp_ipv6.ip6_flow) >> 20) & 0xff;
	ic->ic_flags = READ_ONCE(inp->inp_flags) &
	    (IN6P_DONTFRAG | IN6P_MTUFLAGS);
	if (control == NULL)
		return (0);
	if (control->m_next != NULL)
		return (EINVAL);
	while ((left = control->m_len - off) > 0) {
		cm = (const struct cmsghdr *)(mtod(control, const char *) +
		    off);
		if (left < CMSG_LEN(0) || cm->cmsg_len < CMSG_LEN(0) ||
		    cm->cmsg_len > left)
			return (EINVAL);
		if ((error = ip6_getctl_one(ic, cm)) != 0)
			return (error);
		/* the padding of the last one may be missing */
		off += MIN(CMSG_SPACE(cm->cmsg_len -
		    CMSG_LEN(0)), left);
	}
	return (0);
}

/*
 * The rest
 */

/* The bit of inp_flags for an option that is on or off, or 0. */
static int
ip6_optflag(int optname)
{
	switch (optname) {
	case IPV6_RECVPKTINFO:
		return (IN6P_PKTINFO);
	case IPV6_RECVHOPLIMIT:
		return (IN6P_HOPLIMIT);
	case IPV6_RECVTCLASS:
		return (IN6P_TCLASS);
	case IPV6_RECVPATHMTU:
		return (IN6P_MTU);
	case IPV6_RECVDSTPORT:
		return (INP_RECVDSTPORT);
	case IPV6_DONTFRAG:
		return (IN6P_DONTFRAG);
	case IPV6_AUTOFLOWLABEL:
		return (IN6P_FLOWLABEL);
	default:
		return (0);
	}
}

static u_char *
ip6_optseclevel(struct inpcb *inp, int optname)
{
	switch (optname) {
	case IPV6_AUTH_LEVEL:
		return (&inp->inp_seclevel.sl_auth);
	case IPV6_ESP_TRANS_LEVEL:
		return (&inp->inp_seclevel.sl_esp_trans);
	case IPV6_ESP_NETWORK_LEVEL:
		return (&inp->inp_seclevel.sl_esp_network);
	case IPV6_IPCOMP_LEVEL:
		return (&inp->inp_seclevel.sl_ipcomp);
	default:
		return (NULL);
	}
}

static int
ip6_setflag(struct socket *so, struct inpcb *inp, int flag, int v)
{
	if (flag == INP_RECVDSTPORT && so->so_type != SOCK_DGRAM)
		return (ENOPROTOOPT);
	if (v)
		atomic_setbits_int(&inp->inp_flags, flag);
	else
		atomic_clearbits_int(&inp->inp_flags, flag);
	return (0);
}

/* A checksum that the kernel makes and checks, RFC 3542 3.1. */
static int
ip6_setcksum(struct socket *so, struct inpcb *inp, int v)
{
	if (so->so_type != SOCK_RAW)
		return (ENOPROTOOPT);
	if (inp->inp_ipv6.ip6_nxt == IPPROTO_ICMPV6 || v < -1 ||
	    (v & 1 && v != -1))
		return (EINVAL);
	WRITE_ONCE(inp->inp_cksum6, v);
	return (0);
}

static int
ip6_setmcast(struct inpcb *inp, int optname, int v)
{
	if (optname == IPV6_MULTICAST_IF)
		return (ip6_setmcastif(inp, v));
	if (optname == IPV6_MULTICAST_LOOP) {
		if (v < 0 || v > 1)
			return (EINVAL);
		ip6_getmoptions(inp)->im6o_loop = v;
		return (0);
	}
	if (v < -1 || v > 255)
		return (EINVAL);
	ip6_getmoptions(inp)->im6o_hlim = v == -1 ?
	    READ_ONCE(ip6_defmcasthlim) : v;
	return (0);
}

static int
ip6_setnumber(struct socket *so, struct inpcb *inp, int optname, int v)
{
	switch (optname) {
	case IPV6_V6ONLY:
		/* there is nothing else */
		return (v == 1 ? 0 : EINVAL);
	case IPV6_PORTRANGE:
		return (ip_setportrange(inp, v));
	case IPV6_CHECKSUM:
		return (ip6_setcksum(so, inp, v));
	case IPV6_MULTICAST_IF:
	case IPV6_MULTICAST_HOPS:
	case IPV6_MULTICAST_LOOP:
		return (ip6_setmcast(inp, optname, v));
	case IPV6_USE_MIN_MTU:
		if ((v = ip6_minmtu_flags(v)) == -1)
			return (EINVAL);
		WRITE_ONCE(inp->inp_flags,
		    (inp->inp_flags & ~IN6P_MTUFLAGS) | v);
		return (0);
	}
	if (v < -1 || v > 255)
		return (EINVAL);
	switch (optname) {
	case IPV6_UNICAST_HOPS:
		inp->inp_hops = v;
		return (0);
	case IPV6_TCLASS:
		inp->inp_ipv6.ip6_flow = (inp->inp_ipv6.ip6_flow &
		    IPV6_FLOWLABEL_MASK) | htonl(v == -1 ? 0 : v << 20);
		return (0);
	case IPV6_MINHOPCOUNT:
		if (v == -1)
			return (EINVAL);
		WRITE_ONCE(inp->inp_ip6_minhlim, v);
		return (0);
	default:
		return (ENOPROTOOPT);
	}
}

static int
ip6_setpktinfo(struct inpcb *inp, struct mbuf *m)
{
	struct in6_pktinfo pi;
	int error;

	if (m == NULL)
		return (EINVAL);
	error = ip6_getpktinfo(mtod(m, caddr_t), m->m_len, &pi);
	if (error != 0)
		return (error);
	NET_LOCK_SHARED();
	error = in6_pcbaddrisavail(inp, &pi.ipi6_addr, 0);
	NET_UNLOCK_SHARED();
	if (error == 0)
		inp->inp_pktinfo6 = pi;
	return (error);
}

static int
ip6_setopt(struct socket *so, struct inpcb *inp, int optname, struct mbuf *m)
{
	u_char *level;
	int error, v, n;

	switch (optname) {
	case IPV6_JOIN_GROUP:
	case IPV6_LEAVE_GROUP:
		return (ip6_setmembership(inp, optname, m));
	case IPV6_PKTINFO:
		return (ip6_setpktinfo(inp, m));
	}
	if ((error = ip_optint(m, &v)) != 0)
		return (error);
	if (optname == SO_RTABLE)
		return (v < 0 ? EINVAL : in_pcbset_rtableid(inp, v));
	if ((n = ip6_optflag(optname)) != 0)
		return (ip6_setflag(so, inp, n, v));
	if ((level = ip6_optseclevel(inp, optname)) != NULL)
		return (ip_setseclevel(so, level, v));
	return (ip6_setnumber(so, inp, optname, v));
}

/* Of a connected socket, RFC 3542 11.2 */
static int
ip6_getpathmtu(struct inpcb *inp, struct mbuf *m)
{
	struct ip6_mtuinfo mi;
	struct rtentry *rt;
	struct ifnet *ifp = NULL;

	if (IN6_IS_ADDR_UNSPECIFIED(&inp->inp_faddr6))
		return (ENOTCONN);
	memset(&mi, 0, sizeof(mi));
	in6_mksin6(&mi.ip6m_addr, &inp->inp_faddr6, 0);
	NET_LOCK_SHARED();
	rt = in6_pcbrtentry(inp, &inp->inp_faddr6);
	if (rt != NULL && (ifp = if_get(rt->rt_ifidx)) != NULL)
		mi.ip6m_mtu = ip6_route_mtu(rt, ifp);
	if_put(ifp);
	NET_UNLOCK_SHARED();
	if (mi.ip6m_mtu == 0)
		return (EHOSTUNREACH);
	m->m_len = sizeof(mi);
	memcpy(mtod(m, caddr_t), &mi, sizeof(mi));
	return (0);
}

static int
ip6_getpktinfo_opt(struct inpcb *inp, struct mbuf *m)
{
	struct in6_pktinfo pi = inp->inp_pktinfo6;

	in6_clearscope(&pi.ipi6_addr);
	m->m_len = sizeof(pi);
	memcpy(mtod(m, caddr_t), &pi, sizeof(pi));
	return (0);
}

static int
ip6_getnumber(struct inpcb *inp, int optname, struct mbuf *m)
{
	const struct ip6_moptions *im6o = inp->inp_moptions6;
	int flags = inp->inp_flags;

	switch (optname) {
	case IPV6_V6ONLY:
		return (ip_retint(m, 1));
	case IPV6_UNICAST_HOPS:
		return (ip_retint(m, inp->inp_hops != -1 ? inp->inp_hops :
		    READ_ONCE(ip6_defhlim)));
	case IPV6_TCLASS:
		return (ip_retint(m, (ntohl(inp->inp_ipv6.ip6_flow) >> 20) &
		    0xff));
	case IPV6_MINHOPCOUNT:
		return (ip_retint(m, inp->inp_ip6_minhlim));
	case IPV6_CHECKSUM:
		return (ip_retint(m, inp->inp_cksum6));
	case IPV6_PORTRANGE:
		return (ip_retint(m, flags & INP_HIGHPORT ?
		    IP_PORTRANGE_HIGH : flags & INP_LOWPORT ?
		    IP_PORTRANGE_LOW : IP_PORTRANGE_DEFAULT));
	case IPV6_USE_MIN_MTU:
		return (ip_retint(m, flags & IN6P_MINMTU ? 1 :
		    flags & IN6P_PATHMTU ? 0 : -1));
	case IPV6_MULTICAST_IF:
		return (ip_retint(m, im6o != NULL ? im6o->im6o_ifidx : 0));
	case IPV6_MULTICAST_HOPS:
		return (ip_retint(m, im6o != NULL ? im6o->im6o_hlim :
		    READ_ONCE(ip6_defmcasthlim)));
	case IPV6_MULTICAST_LOOP:
		return (ip_retint(m, im6o != NULL ? im6o->im6o_loop :
		    IPV6_DEFAULT_MULTICAST_LOOP));
	case SO_RTABLE:
		return (ip_retint(m, inp->inp_rtableid));
	default:
		return (ENOPROTOOPT);
	}
}

static int
ip6_getopt(struct inpcb *inp, int optname, struct mbuf *m)
{
	u_char *level;
	int n;

	if ((n = ip6_optflag(optname)) != 0)
		return (ip_retint(m, (inp->inp_flags & n) != 0));
	if ((level = ip6_optseclevel(inp, optname)) != NULL)
		return (ip_retint(m, *level));
	switch (optname) {
	case IPV6_PATHMTU:
		return (ip6_getpathmtu(inp, m));
	case IPV6_PKTINFO:
		return (ip6_getpktinfo_opt(inp, m));
	default:
		return (ip6_getnumber(inp, optname, m));
	}
}

int
ip6_ctloutput(int op, struct socket *so, int level, int optname,
    struct mbuf *m)
{
	struct inpcb *inp = sotoinpcb(so);

	soassertlocked(so);
	if (inp == NULL)
		return (EINVAL);
	if (level != IPPROTO_IPV6 && !(level == SOL_SOCKET &&
	    optname == SO_RTABLE))
		return (ENOPROTOOPT);
	if (op == PRCO_SETOPT)
		return (ip6_setopt(so, inp, optname, m));
	return (ip6_getopt(inp, optname, m));
}
