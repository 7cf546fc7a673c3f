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
 * Socket options of level IPPROTO_IP, and membership in groups.
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
#include <netinet/in_var.h>
#include <netinet/ip.h>
#include <netinet/ip_ipsp.h>
#include <netinet/ip_var.h>

#define IMO_MINMEMBERS	20

int
ip_optint(struct mbuf *m, int *v)
{
	if (m == NULL)
		return (EINVAL);
	if (m->m_len == sizeof(*v))
		memcpy(v, mtod(m, caddr_t), sizeof(*v));
	else if (m->m_len == sizeof(u_int8_t))
		*v = *mtod(m, u_int8_t *);
	else
		return (EINVAL);
	return (0);
}

int
ip_retint(struct mbuf *m, int v)
{
	m->m_len = sizeof(v);
	memcpy(mtod(m, caddr_t), &v, sizeof(v));
	return (0);
}

/*
 * Groups
 */

static struct ip_moptions *
ip_getmoptions(struct inpcb *inp)
{
	struct ip_moptions *imo;

	if (inp->inp_moptions != NULL)
		return (inp->inp_moptions);
	imo = malloc(sizeof(*imo), M_IPMOPTS, M_WAITOK | M_ZERO);
	imo->imo_ttl = IP_DEFAULT_MULTICAST_TTL;
	imo->imo_loop = IP_DEFAULT_MULTICAST_LOOP;
	return (inp->inp_moptions = imo);
}

void
ip_freemoptions(struct ip_moptions *imo)
{
	u_int i;

	if (imo == NULL)
		return;
	if (imo->imo_num > 0) {
		NET_LOCK();
		for (i = 0; i < imo->imo_num; i++)
			in_delmulti(imo->imo_membership[i]);
		NET_UNLOCK();
	}
	free(imo->imo_membership, M_IPMOPTS,
	    imo->imo_max * sizeof(*imo->imo_membership));
	free(imo, M_IPMOPTS, sizeof(*imo));
}

/* The interface with that address; 0, EADDRNOTAVAIL.  NET held. */
static int
ip_mcast_ifbyaddr(struct in_addr addr, u_int rtableid, u_int *ifidx)
{
	struct sockaddr_in sin;
	struct ifaddr *ifa;

	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	sin.sin_addr = addr;
	if ((ifa = ifa_ifwithaddr(sintosa(&sin), rtableid)) == NULL)
		return (EADDRNOTAVAIL);
	*ifidx = ifa->ifa_ifp->if_index;
	return (0);
}

/* The interface that the route to a group leads to.  NET held. */
static int
ip_mcast_ifbyroute(struct in_addr group, u_int rtableid, u_int *ifidx)
{
	struct sockaddr_in sin;
	struct rtentry *rt;
	int error = EADDRNOTAVAIL;

	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	sin.sin_addr = group;
	rt = rtalloc(sintosa(&sin), 0, rtableid);
	if (rtisvalid(rt)) {
		*ifidx = rt->rt_ifidx;
		error = 0;
	}
	rtfree(rt);
	return (error);
}

/* A struct ip_mreq or ip_mreqn; short ones are made long. */
static int
ip_getmreq(struct mbuf *m, struct ip_mreqn *mreq)
{
	if (m == NULL || (m->m_len != sizeof(struct ip_mreq) &&
	    m->m_len != sizeof(*mreq)))
		return (EINVAL);
	memset(mreq, 0, sizeof(*mreq));
	memcpy(mreq, mtod(m, caddr_t), m->m_len);
	return (mreq->imr_ifindex < 0 ? EINVAL : 0);
}

/* Which interface a request names; 0 in *ifidx: any.  NET held. */
static int
ip_mreq_if(const struct ip_mreqn *mreq, u_int rtableid, u_int *ifidx)
{
	*ifidx = mreq->imr_ifindex;
	if (mreq->imr_ifindex != 0 || mreq->imr_address.s_addr == INADDR_ANY)
		return (0);
	return (ip_mcast_ifbyaddr(mreq->imr_address, rtableid, ifidx));
}

static int
ip_setmcastif(struct inpcb *inp, struct mbuf *m)
{
	struct ip_mreqn mreq;
	u_int ifidx;
	struct ifnet *ifp;
	int error = 0;

	memset(&mreq, 0, sizeof(mreq));
	if (m != NULL && m->m_len == sizeof(mreq.imr_address))
		memcpy(&mreq.imr_address, mtod(m, caddr_t), m->m_len);
	else if ((error = ip_getmreq(m, &mreq)) != 0)
		return (error);
	NET_LOCK_SHARED();
	error = ip_mreq_if(&mreq, inp->inp_rtableid, &ifidx);
	if (error == 0 && ifidx != 0) {
		ifp = if_get(ifidx);
		if (ifp == NULL || !ISSET(ifp->if_flags, IFF_MULTICAST))
			error = EADDRNOTAVAIL;
		if_put(ifp);
	}
	NET_UNLOCK_SHARED();
	if (error == 0)
		ip_getmoptions(inp)->imo_ifidx = ifidx;
	return (error);
}

static int
ip_getmcastif(struct inpcb *inp, struct mbuf *m)
{
	struct sockaddr_in sin;
	struct in_addr addr = { INADDR_ANY };
	struct ifnet *ifp;
	struct ifaddr *ifa;

	if (inp->inp_moptions != NULL &&
	    (ifp = if_get(inp->inp_moptions->imo_ifidx)) != NULL) {
		memset(&sin, 0, sizeof(sin));
		sin.sin_len = sizeof(sin);
		sin.sin_family = AF_INET;
		NET_LOCK_SHARED();
		ifa = ifaof_ifpforaddr(sintosa(&sin), ifp);
		if (ifa != NULL)
			addr = ifatoia(ifa)->ia_addr.sin_addr;
		NET_UNLOCK_SHARED();
		if_put(ifp);
	}
	m->m_len = sizeof(addr);
	memcpy(mtod(m, caddr_t), &addr, sizeof(addr));
	return (0);
}

/* Room for one more membership; 0 or ETOOMANYREFS. */
static int
imo_grow(struct ip_moptions *imo)
{
	struct in_multi **n;
	u_int max;

	if (imo->imo_num < imo->imo_max)
		return (0);
	if (imo->imo_num >= IP_MAX_MEMBERSHIPS)
		return (ETOOMANYREFS);
	max = MIN(MAX(imo->imo_max * 2, IMO_MINMEMBERS), IP_MAX_MEMBERSHIPS);
	n = mallocarray(max, sizeof(*n), M_IPMOPTS, M_WAITOK | M_ZERO);
	if (imo->imo_num > 0)
		memcpy(n, imo->imo_membership, imo->imo_num * sizeof(*n));
	free(imo->imo_membership, M_IPMOPTS,
	    imo->imo_max * sizeof(*n));
	imo->imo_membership = n;
	imo->imo_max = max;
	return (0);
}

/* Which of the memberships; imo_num when none.  ifidx 0: any interface. */
static u_int
imo_find(const struct ip_moptions *imo, struct in_addr group, u_int ifidx)
{
	const struct in_multi *inm;
	u_int i;

	for (i = 0; i < imo->imo_num; i++) {
		inm = imo->imo_membership[i];
		if (inm->inm_sin.sin_addr.s_addr == group.s_addr &&
		    (ifidx == 0 || inm->inm_ifma.ifma_ifidx == ifidx))
			break;
	}
	return (i);
}

/* NET(X) */
static int
imo_join(struct ip_moptions *imo, const struct ip_mreqn *mreq, u_int rtableid)
{
	struct in_multi *inm;
	struct ifnet *ifp;
	u_int ifidx;
	int error;

	if ((error = ip_mreq_if(mreq, rtableid, &ifidx)) != 0 || (ifidx == 0 &&
	    (error = ip_mcast_ifbyroute(mreq->imr_multiaddr, rtableid,
	    &ifidx)) != 0))
		return (error);
	if (imo_find(imo, mreq->imr_multiaddr, ifidx) != imo->imo_num)
		return (EADDRINUSE);
	if ((ifp = if_get(ifidx)) == NULL)
		return (EADDRNOTAVAIL);
	if (!ISSET(ifp->if_flags, IFF_MULTICAST))
		error = EADDRNOTAVAIL;
	else if ((inm = in_addmulti(&mreq->imr_multiaddr, ifp)) == NULL)
		error = ENOBUFS;
	else
		imo->imo_membership[imo->imo_num++] = inm;
	if_put(ifp);
	return (error);
}

/* NET(X) */
static int
imo_leave(struct ip_moptions *imo, const struct ip_mreqn *mreq,
    u_int rtableid)
{
	u_int ifidx, i;
	int error;

	if ((error = ip_mreq_if(mreq, rtableid, &ifidx)) != 0)
		return (error);
	i = imo_find(imo, mreq->imr_multiaddr, ifidx);
	if (i == imo->imo_num)
		return (EADDRNOTAVAIL);
	in_delmulti(imo->imo_membership[i]);
	imo->imo_membership[i] = imo->imo_membership[--imo->imo_num];
	return (0);
}

static int
ip_setmembership(struct inpcb *inp, int optname, struct mbuf *m)
{
	struct ip_mreqn mreq;
	struct ip_moptions *imo;
	int error;

	if ((error = ip_getmreq(m, &mreq)) != 0)
		return (error);
	if (!IN_MULTICAST(mreq.imr_multiaddr.s_addr))
		return (EINVAL);
	imo = ip_getmoptions(inp);
	if (optname == IP_ADD_MEMBERSHIP && (error = imo_grow(imo)) != 0)
		return (error);
	NET_LOCK();
	if (optname == IP_ADD_MEMBERSHIP)
		error = imo_join(imo, &mreq, inp->inp_rtableid);
	else
		error = imo_leave(imo, &mreq, inp->inp_rtableid);
	NET_UNLOCK();
	return (error);
}

/*
 * The rest
 */

/* The bit of inp_flags for an option that is on or off, or 0. */
static int
ip_optflag(int optname)
{
	switch (optname) {
	case IP_RECVDSTADDR:
		return (INP_RECVDSTADDR);
	case IP_RECVIF:
		return (INP_RECVIF);
	case IP_RECVTTL:
		return (INP_RECVTTL);
	case IP_RECVDSTPORT:
		return (INP_RECVDSTPORT);
	case IP_RECVRTABLE:
		return (INP_RECVRTABLE);
	case IP_HDRINCL:
		return (INP_HDRINCL);
	default:
		return (0);
	}
}

/* The level that an option is about, or NULL. */
static u_char *
ip_optseclevel(struct inpcb *inp, int optname)
{
	switch (optname) {
	case IP_AUTH_LEVEL:
		return (&inp->inp_seclevel.sl_auth);
	case IP_ESP_TRANS_LEVEL:
		return (&inp->inp_seclevel.sl_esp_trans);
	case IP_ESP_NETWORK_LEVEL:
		return (&inp->inp_seclevel.sl_esp_network);
	case IP_IPCOMP_LEVEL:
		return (&inp->inp_seclevel.sl_ipcomp);
	default:
		return (NULL);
	}
}

static int
ip_setflag(struct socket *so, struct inpcb *inp, int flag, int v)
{
	if (flag == INP_HDRINCL && so->so_type != SOCK_RAW)
		return (ENOPROTOOPT);
	if (flag == INP_RECVDSTPORT && so->so_type != SOCK_DGRAM)
		return (ENOPROTOOPT);
	WRITE_ONCE(inp->inp_flags, v ? inp->inp_flags | flag :
	    inp->inp_flags & ~flag);
	return (0);
}

static int
ip_defseclevel(const struct inpcb *inp, const u_char *level)
{
#ifdef IPSEC
	if (level == &inp->inp_seclevel.sl_auth)
		return (READ_ONCE(ipsec_def_auth));
	if (level == &inp->inp_seclevel.sl_esp_trans)
		return (READ_ONCE(ipsec_def_esp_trans));
	if (level == &inp->inp_seclevel.sl_esp_network)
		return (READ_ONCE(ipsec_def_esp_network));
#endif
	return (IPSEC_LEVEL_DEFAULT);
}

/* Less protection than the default is the superuser's to ask for. */
int
ip_setseclevel(struct socket *so, u_char *level, int v)
{
	if (v < IPSEC_LEVEL_BYPASS || v > IPSEC_LEVEL_UNIQUE)
		return (EINVAL);
	if (v < ip_defseclevel(sotoinpcb(so), level) && !so->so_suser)
		return (EACCES);
	WRITE_ONCE(*level, v);
	return (0);
}

int
ip_setportrange(struct inpcb *inp, int v)
{
	int flags = inp->inp_flags & ~(INP_LOWPORT | INP_HIGHPORT);

	switch (v) {
	case IP_PORTRANGE_DEFAULT:
		break;
	case IP_PORTRANGE_HIGH:
		flags |= INP_HIGHPORT;
		break;
	case IP_PORTRANGE_LOW:
		flags |= INP_LOWPORT;
		break;
	default:
		return (EINVAL);
	}
	WRITE_ONCE(inp->inp_flags, flags);
	return (0);
}

static int
ip_setnumber(struct socket *so, struct inpcb *inp, int optname, int v)
{
	if (optname == IP_PORTRANGE)
		return (ip_setportrange(inp, v));
	if (optname == IP_TTL && v == -1)
		v = READ_ONCE(ip_defttl);
	if (v < 0 || v > 255)
		return (EINVAL);
	switch (optname) {
	case IP_TOS:
		inp->inp_ip.ip_tos = v;
		break;
	case IP_TTL:
		if (v == 0)
			return (EINVAL);
		inp->inp_ip.ip_ttl = v;
		break;
	case IP_MINTTL:
		WRITE_ONCE(inp->inp_ip_minttl, v);
		break;
	case IP_MULTICAST_TTL:
		ip_getmoptions(inp)->imo_ttl = v;
		break;
	case IP_MULTICAST_LOOP:
		if (v > 1)
			return (EINVAL);
		ip_getmoptions(inp)->imo_loop = v;
		break;
	default:
		return (ENOPROTOOPT);
	}
	return (0);
}

static int
ip_setopt(struct socket *so, struct inpcb *inp, int optname, struct mbuf *m)
{
	u_char *level;
	int error, v, n;

	switch (optname) {
	case IP_MULTICAST_IF:
		return (ip_setmcastif(inp, m));
	case IP_ADD_MEMBERSHIP:
	case IP_DROP_MEMBERSHIP:
		return (ip_setmembership(inp, optname, m));
	}
	if ((error = ip_optint(m, &v)) != 0)
		return (error);
	if (optname == SO_RTABLE)
		return (v < 0 ? EINVAL : in_pcbset_rtableid(inp, v));
	if ((n = ip_optflag(optname)) != 0)
		return (ip_setflag(so, inp, n, v));
	if ((level = ip_optseclevel(inp, optname)) != NULL)
		return (ip_setseclevel(so, level, v));
	return (ip_setnumber(so, inp, optname, v));
}

static int
ip_getopt(struct socket *so, struct inpcb *inp, int optname, struct mbuf *m)
{
	const struct ip_moptions *imo = inp->inp_moptions;
	u_char *level;
	int n;

	if ((n = ip_optflag(optname)) != 0)
		return (ip_retint(m, (inp->inp_flags & n) != 0));
	if ((level = ip_optseclevel(inp, optname)) != NULL)
		return (ip_retint(m, *level));
	switch (optname) {
	case IP_TOS:
		return (ip_retint(m, inp->inp_ip.ip_tos));
	case IP_TTL:
		return (ip_retint(m, inp->inp_ip.ip_ttl));
	case IP_MINTTL:
		return (ip_retint(m, inp->inp_ip_minttl));
	case IP_IPDEFTTL:
		return (ip_retint(m, READ_ONCE(ip_defttl)));
	case IP_PORTRANGE:
		return (ip_retint(m, inp->inp_flags & INP_HIGHPORT ?
		    IP_PORTRANGE_HIGH : inp->inp_flags & INP_LOWPORT ?
		    IP_PORTRANGE_LOW : IP_PORTRANGE_DEFAULT));
	case IP_MULTICAST_IF:
		return (ip_getmcastif(inp, m));
	case IP_MULTICAST_TTL:
		*mtod(m, u_int8_t *) = imo != NULL ? imo->imo_ttl :
		    IP_DEFAULT_MULTICAST_TTL;
		m->m_len = sizeof(u_int8_t);
		return (0);
	case IP_MULTICAST_LOOP:
		*mtod(m, u_int8_t *) = imo != NULL ? imo->imo_loop :
		    IP_DEFAULT_MULTICAST_LOOP;
		m->m_len = sizeof(u_int8_t);
		return (0);
	case SO_RTABLE:
		return (ip_retint(m, inp->inp_rtableid));
	default:
		return (ENOPROTOOPT);
	}
}

int
ip_ctloutput(int op, struct socket *so, int level, int optname,
    struct mbuf *m)
{
	struct inpcb *inp = sotoinpcb(so);

	soassertlocked(so);
	if (inp == NULL)
		return (EINVAL);
	if (level != IPPROTO_IP && !(level == SOL_SOCKET &&
	    optname == SO_RTABLE))
		return (ENOPROTOOPT);
	if (op == PRCO_SETOPT)
		return (ip_setopt(so, inp, optname, m));
	return (ip_getopt(so, inp, optname, m));
}
