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
 * The routing socket: who listens, and to what.
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
#include <sys/timeout.h>

#include <net/if.h>
#include <net/if_dl.h>
#include <net/route.h>
#include <net/rtable.h>
#include <net/rtsock_var.h>

#define ROUTESNDQ	8192		/* bytes */
#define ROUTERCVQ	65536		/* bytes: some 300 routes */
#define ROUTE_RETRY	200		/* ms between tries of RTM_DESYNC */

/*
 * Locks used to protect struct members:
 *	I	immutable after route_attach()
 *	R	rtsock_mtx
 */
struct rtpcb {
	TAILQ_ENTRY(rtpcb) rop_entry;		/* [R] in order of attach */
	struct socket	*rop_socket;		/* [I] */
	sa_family_t	 rop_family;		/* [I] AF_UNSPEC: all */
	int		 rop_desync;		/* [R] messages were lost */
	unsigned int	 rop_msgfilter;		/* [R] ROUTE_FILTER(), 0 all */
	unsigned int	 rop_flagfilter;	/* [R] RTF_* not wanted */
	unsigned int	 rop_tableid;		/* [R] or RTABLE_ANY */
	uint8_t		 rop_priority;		/* [R] highest, 0: all */
	struct timeout	 rop_timeout;		/* says RTM_DESYNC later */
};

/* also held while a message goes to one after the other: so all of them
 * see the same order */
static struct mutex rtsock_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static TAILQ_HEAD(, rtpcb) rtpcbs = TAILQ_HEAD_INITIALIZER(rtpcbs);

static int	route_attach(struct socket *, int);
static int	route_detach(struct socket *);
static int	route_send(struct socket *, struct mbuf *, struct mbuf *,
		    struct mbuf *);
static int	route_noaddr(struct socket *, struct mbuf *);
static int	route_ctloutput(int, struct socket *, int, int, struct mbuf *);
static void	rtp_timeout(void *);

static const struct pr_usrreqs route_usrreqs = {
	.pru_attach = route_attach,
	.pru_detach = route_detach,
	.pru_send = route_send,
	.pru_sockaddr = route_noaddr,
	.pru_peeraddr = route_noaddr,
};

static const struct protosw routesw[] = {
	{
		.pr_type = SOCK_RAW,
		.pr_domain = &routedomain,
		.pr_flags = PR_ATOMIC,
		.pr_ctloutput = route_ctloutput,
		.pr_usrreqs = &route_usrreqs,
		.pr_sysctl = sysctl_rtable,
	},
};

const struct domain routedomain = {
	.dom_family = PF_ROUTE,
	.dom_name = "route",
	.dom_init = route_init,
	.dom_protosw = routesw,
	.dom_protoswNPROTOSW = &routesw[nitems(routesw)],
};

static int
route_attach(struct socket *so, int proto)
{
	struct rtpcb *rop;
	int error;

	error = soreserve(so, ROUTESNDQ, ROUTERCVQ);
	if (error != 0)
		return (error);
	if (proto < 0 || proto > AF_MAX)
		return (EPROTONOSUPPORT);
	rop = malloc(sizeof(*rop), M_PCB, M_WAITOK | M_ZERO);
	rop->rop_socket = so;
	rop->rop_family = proto;
	rop->rop_tableid = so->so_rtableid;
	timeout_set_proc(&rop->rop_timeout, rtp_timeout, rop);
	so->so_pcb = rop;
	so->so_options |= SO_USELOOPBACK;
	soisconnected(so);
	mtx_enter(&rtsock_mtx);
	TAILQ_INSERT_TAIL(&rtpcbs, rop, rop_entry);
	mtx_leave(&rtsock_mtx);
	return (0);
}

static int
route_detach(struct socket *so)
{
	struct rtpcb *rop = so->so_pcb;

	mtx_enter(&rtsock_mtx);
	TAILQ_REMOVE(&rtpcbs, rop, rop_entry);
	rop->rop_desync = 0;
	mtx_leave(&rtsock_mtx);
	(void)timeout_del_barrier(&rop->rop_timeout);
	so->so_pcb = NULL;
	free(rop, M_PCB, sizeof(*rop));
	return (0);
}

static int
route_send(struct socket *so, struct mbuf *m, struct mbuf *nam,
    struct mbuf *control)
{
	int error = 0;

	soassertlocked(so);
	if (control != NULL && m_length(control) != 0)
		error = EINVAL;
	else if (nam != NULL)
		error = EISCONN;
	m_freem(control);
	m_freem(nam);
	if (error != 0) {
		m_freem(m);
		return (error);
	}
	return (route_request(so, m));
}

/* There is nothing that one could call the address of such a socket. */
static int
route_noaddr(struct socket *so, struct mbuf *nam)
{
	return (EOPNOTSUPP);
}

/*
 * Options.
 */

static int
route_setopt(struct socket *so, int optname, unsigned int val)
{
	struct rtpcb *rop = so->so_pcb;
	int error = 0;

	mtx_enter(&rtsock_mtx);
	switch (optname) {
	case ROUTE_MSGFILTER:
		rop->rop_msgfilter = val;
		break;
	case ROUTE_TABLEFILTER:
		if (val != RTABLE_ANY && !rtable_exists(val))
			error = ENOENT;
		else
			rop->rop_tableid = val;
		break;
	case ROUTE_PRIOFILTER:
		if (val > RTP_MAX)
			error = EINVAL;
		else
			rop->rop_priority = val;
		break;
	case ROUTE_FLAGFILTER:
		rop->rop_flagfilter = val;
		break;
	default:
		error = ENOPROTOOPT;
	}
	mtx_leave(&rtsock_mtx);
	return (error);
}

static int
route_getopt(struct socket *so, int optname, unsigned int *val)
{
	struct rtpcb *rop = so->so_pcb;
	int error = 0;

	mtx_enter(&rtsock_mtx);
	switch (optname) {
	case ROUTE_MSGFILTER:
		*val = rop->rop_msgfilter;
		break;
	case ROUTE_TABLEFILTER:
		*val = rop->rop_tableid;
		break;
	case ROUTE_PRIOFILTER:
		*val = rop->rop_priority;
		break;
	case ROUTE_FLAGFILTER:
		*val = rop->rop_flagfilter;
		break;
	default:
		error = ENOPROTOOPT;
	}
	mtx_leave(&rtsock_mtx);
	return (error);
}

/* Moving a socket to a table moves what it listens to. */
static int
route_ctloutput(int op, struct socket *so, int level, int optname,
    struct mbuf *m)
{
	unsigned int val;
	int error;

	if (level == SOL_SOCKET && optname == SO_RTABLE)
		optname = ROUTE_TABLEFILTER;
	else if (level != AF_ROUTE)
		return (ENOPROTOOPT);
	if (op == PRCO_SETOPT) {
		if (m == NULL || m->m_len < sizeof(val))
			return (EINVAL);
		memcpy(&val, mtod(m, caddr_t), sizeof(val));
		return (route_setopt(so, optname, val));
	}
	error = route_getopt(so, optname, &val);
	if (error == 0) {
		memcpy(mtod(m, caddr_t), &val, sizeof(val));
		m->m_len = sizeof(val);
	}
	return (error);
}

/*
 * Delivery.
 */

/* Which table must a socket listen to, to get this message? */
static int
rtp_wants_table(const struct rtpcb *rop, const struct rt_msghdr *rtm)
{
	switch (rtm->rtm_type) {
	case RTM_IFANNOUNCE:
	case RTM_DESYNC:
		return (1);
	case RTM_RESOLVE:
	case RTM_NEWADDR:
	case RTM_DELADDR:
	case RTM_IFINFO:
	case RTM_80211INFO:
		/* these carry a routing domain */
		return (rop->rop_tableid == RTABLE_ANY ||
		    rtable_l2(rop->rop_tableid) == rtm->rtm_tableid);
	default:
		return (rop->rop_tableid == RTABLE_ANY ||
		    rop->rop_tableid == rtm->rtm_tableid);
	}
}

static int
rtp_wants_route(const struct rtpcb *rop, const struct rt_msghdr *rtm)
{
	if (rtm->rtm_hdrlen != sizeof(*rtm) || rtm->rtm_type == RTM_DESYNC)
		return (1);
	if (rop->rop_priority != 0 && rtm->rtm_priority > rop->rop_priority)
		return (0);
	return ((rtm->rtm_flags & rop->rop_flagfilter) == 0);
}

static int
rtp_wants(const struct rtpcb *rop, const struct rt_msghdr *rtm,
    sa_family_t af)
{
	if (rop->rop_family != AF_UNSPEC && af != AF_UNSPEC &&
	    rop->rop_family != af)
		return (0);
	if (rop->rop_msgfilter != 0 &&
	    (rop->rop_msgfilter & ROUTE_FILTER(rtm->rtm_type)) == 0)
		return (0);
	return (rtp_wants_table(rop, rtm) && rtp_wants_route(rop, rtm));
}

static int
rtp_append(struct rtpcb *rop, const void *msg, size_t len)
{
	struct mbuf *m;

	MUTEX_ASSERT_LOCKED(&rtsock_mtx);
	m = m_devget((char *)(uintptr_t)msg, len, 0);
	if (m == NULL)
		return (0);
	if (sbappendrecord(rop->rop_socket, m) == 0) {
		m_freem(m);
		return (0);
	}
	sorwakeup(rop->rop_socket);
	return (1);
}

/* Say that messages were lost, once half of the queue is free again. */
static int
rtp_resync(struct rtpcb *rop)
{
	struct rt_msghdr rtm;
	struct socket *so = rop->rop_socket;

	if (rop->rop_desync && sbspace(so) >= READ_ONCE(so->so_rcv_hiwat) / 2) {
		memset(&rtm, 0, sizeof(rtm));
		rtm.rtm_msglen = rtm.rtm_hdrlen = sizeof(rtm);
		rtm.rtm_version = RTM_VERSION;
		rtm.rtm_type = RTM_DESYNC;
		if (rtp_append(rop, &rtm, sizeof(rtm)))
			rop->rop_desync = 0;
	}
	return (!rop->rop_desync);
}

static void
rtp_timeout(void *arg)
{
	struct rtpcb *rop = arg;

	mtx_enter(&rtsock_mtx);
	if (!rtp_resync(rop))
		(void)timeout_add_msec(&rop->rop_timeout, ROUTE_RETRY);
	mtx_leave(&rtsock_mtx);
}

void
rtm_broadcast(const void *msg, size_t len, sa_family_t af, struct socket *skip)
{
	struct rtpcb *rop;

	mtx_enter(&rtsock_mtx);
	TAILQ_FOREACH(rop, &rtpcbs, rop_entry) {
		if (rop->rop_socket == skip || !rtp_wants(rop, msg, af))
			continue;
		if (rtp_resync(rop) && rtp_append(rop, msg, len))
			continue;
		rop->rop_desync = 1;
		(void)timeout_add_msec(&rop->rop_timeout, ROUTE_RETRY);
	}
	mtx_leave(&rtsock_mtx);
}
