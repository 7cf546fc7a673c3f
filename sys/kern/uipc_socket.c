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
 * Sockets as their owners see them: life, addresses, sending, options.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/proc.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/ioccom.h>
#include <sys/socket.h>
#include <sys/socketvar.h>
#include <sys/protosw.h>
#include <sys/domain.h>
#include <net/if_var.h>

/* until the protocol asks for its own */
#define SO_SNDDEFAULT	9216
#define SO_RCVDEFAULT	41600

/* flags of so_options that a protocol may look at */
#define SO_FLAGS	(SO_REUSEADDR | SO_REUSEPORT | SO_BROADCAST |	\
			    SO_DONTROUTE | SO_USELOOPBACK | SO_TIMESTAMP)

static int	so_findproto(int, int, int, const struct protosw **);
static int	so_getint(struct mbuf *, int *);
static int	so_setbuf(struct socket *, int, int);
static int	so_setrtable(struct socket *, struct mbuf *, int);

void
solock(struct socket *so)
{
	rw_enter_write(&so->so_lock);
}

void
sounlock(struct socket *so)
{
	rw_exit_write(&so->so_lock);
}

void
soassertlocked(struct socket *so)
{
	rw_assert_wrlock(&so->so_lock);
}

void
soref(struct socket *so)
{
	refcnt_take(&so->so_refcnt);
}

void
sorele(struct socket *so)
{
	if (refcnt_rele(&so->so_refcnt) == 0)
		return;
	ml_purge(&so->so_rcv);
	free(so, M_SOCKET, sizeof(*so));
}

static int
so_findproto(int family, int type, int protocol, const struct protosw **prp)
{
	const struct protosw *pr;

	if (pffinddomain(family) == NULL)
		return (EAFNOSUPPORT);
	pr = protocol != 0 ? pffindproto(family, protocol, type) :
	    pffindtype(family, type);
	if (pr == NULL && pffindtype(family, type) == NULL)
		return (EPROTOTYPE);
	if (pr == NULL || pr->pr_usrreqs == NULL)
		return (EPROTONOSUPPORT);
	*prp = pr;
	return (0);
}

int
socreate(int family, struct socket **sop, int type, int protocol,
    struct proc *p)
{
	const struct protosw *pr;
	struct socket *so;
	int error;

	if ((error = so_findproto(family, type, protocol, &pr)) != 0)
		return (error);
	so = malloc(sizeof(*so), M_SOCKET, M_WAITOK | M_ZERO);
	rw_init(&so->so_lock, "solock");
	mtx_init(&so->so_rcv_mtx, IPL_SOFTNET);
	refcnt_init(&so->so_refcnt);
	ml_init(&so->so_rcv);
	so->so_proto = pr;
	so->so_type = type;
	so->so_cpid = p->p_pid;
	so->so_suser = suser(p) == 0;
	so->so_state = so->so_suser ? SS_PRIV : 0;
	so->so_rtableid = p->p_rtableid;
	so->so_sndhiwat = SO_SNDDEFAULT;
	so->so_rcv_hiwat = SO_RCVDEFAULT;

	solock(so);
	error = pr->pr_usrreqs->pru_attach(so, protocol);
	sounlock(so);
	if (error != 0) {
		sorele(so);
		return (error);
	}
	*sop = so;
	return (0);
}

void
soclose(struct socket *so)
{
	solock(so);
	mtx_enter(&so->so_rcv_mtx);
	so->so_upcall = NULL;
	so->so_state |= SS_CANTRCVMORE | SS_CANTSENDMORE;
	mtx_leave(&so->so_rcv_mtx);
	if (so->so_pcb != NULL)
		so->so_proto->pr_usrreqs->pru_detach(so);
	sounlock(so);
	sorele(so);
}

int
sobind(struct socket *so, struct mbuf *nam, struct proc *p)
{
	soassertlocked(so);
	if (so->so_proto->pr_usrreqs->pru_bind == NULL)
		return (EOPNOTSUPP);
	return (so->so_proto->pr_usrreqs->pru_bind(so, nam, p));
}

/* Connecting to no address at all only ends the connection there was. */
int
soconnect(struct socket *so, struct mbuf *nam)
{
	int error;

	soassertlocked(so);
	if (so->so_proto->pr_usrreqs->pru_connect == NULL)
		return (EOPNOTSUPP);
	if (so->so_state & SS_ISCONNECTED) {
		if (so->so_proto->pr_flags & PR_CONNREQUIRED)
			return (EISCONN);
		if ((error = sodisconnect(so)) != 0)
			return (error);
	}
	if (mtod(nam, struct sockaddr *)->sa_family == AF_UNSPEC)
		return (0);
	return (so->so_proto->pr_usrreqs->pru_connect(so, nam));
}

int
sodisconnect(struct socket *so)
{
	soassertlocked(so);
	if ((so->so_state & SS_ISCONNECTED) == 0)
		return (ENOTCONN);
	if (so->so_proto->pr_usrreqs->pru_disconnect == NULL)
		return (EOPNOTSUPP);
	return (so->so_proto->pr_usrreqs->pru_disconnect(so));
}

int
soshutdown(struct socket *so, int how)
{
	int error = 0;

	soassertlocked(so);
	if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR)
		return (EINVAL);
	if (how != SHUT_WR)
		socantrcvmore(so);
	if (how != SHUT_RD) {
		if (so->so_proto->pr_usrreqs->pru_shutdown != NULL)
			error = so->so_proto->pr_usrreqs->pru_shutdown(so);
		mtx_enter(&so->so_rcv_mtx);
		so->so_state |= SS_CANTSENDMORE;
		mtx_leave(&so->so_rcv_mtx);
	}
	return (error);
}

int
sosend(struct socket *so, struct mbuf *addr, struct mbuf *m,
    struct mbuf *control, int flags)
{
	int dontroute, error;

	soassertlocked(so);
	if (so->so_state & SS_CANTSENDMORE)
		error = EPIPE;
	else if ((error = sotakeerror(so)) != 0)
		;
	else if (flags & ~(MSG_DONTROUTE | MSG_EOR))
		error = EOPNOTSUPP;
	else if (m->m_pkthdr.len > so->so_sndhiwat)
		error = EMSGSIZE;
	else if (addr == NULL && (so->so_state & SS_ISCONNECTED) == 0 &&
	    (so->so_proto->pr_flags & PR_ADDR))
		error = EDESTADDRREQ;
	if (error != 0) {
		m_freem(addr);
		m_freem(m);
		m_freem(control);
		return (error);
	}
	dontroute = (flags & MSG_DONTROUTE) != 0 &&
	    (so->so_options & SO_DONTROUTE) == 0;
	if (dontroute)
		so->so_options |= SO_DONTROUTE;
	error = so->so_proto->pr_usrreqs->pru_send(so, m, addr, control);
	if (dontroute)
		so->so_options &= ~SO_DONTROUTE;
	return (error);
}

static int
so_getint(struct mbuf *m, int *v)
{
	if (m == NULL || m->m_len < sizeof(*v))
		return (EINVAL);
	memcpy(v, mtod(m, caddr_t), sizeof(*v));
	return (0);
}

static int
so_setbuf(struct socket *so, int optname, int v)
{
	if (v <= 0)
		return (EINVAL);
	return (optname == SO_SNDBUF ?
	    soreserve(so, v, so->so_rcv_hiwat) :
	    soreserve(so, so->so_sndhiwat, v));
}

/* Who was moved to another table stays there, but for the superuser. */
static int
so_setrtable(struct socket *so, struct mbuf *m, int v)
{
	struct proc *p = curproc;
	int error;

	if (p->p_rtableid != 0 && v != p->p_rtableid &&
	    (error = suser(p)) != 0)
		return (error);
	if (so->so_proto->pr_ctloutput == NULL)
		return (ENOPROTOOPT);
	error = so->so_proto->pr_ctloutput(PRCO_SETOPT, so, SOL_SOCKET,
	    SO_RTABLE, m);
	if (error == 0)
		so->so_rtableid = v;
	return (error);
}

int
sosetopt(struct socket *so, int level, int optname, struct mbuf *m)
{
	int error, v;

	soassertlocked(so);
	if (level != SOL_SOCKET) {
		if (so->so_proto->pr_ctloutput == NULL)
			return (ENOPROTOOPT);
		return (so->so_proto->pr_ctloutput(PRCO_SETOPT, so, level,
		    optname, m));
	}
	if ((error = so_getint(m, &v)) != 0)
		return (error);
	switch (optname) {
	case SO_SNDBUF:
	case SO_RCVBUF:
		return (so_setbuf(so, optname, v));
	case SO_RTABLE:
		return (so_setrtable(so, m, v));
	}
	if (optname == 0 || (optname & ~SO_FLAGS) != 0 ||
	    !powerof2(optname))
		return (ENOPROTOOPT);
	if (v != 0)
		so->so_options |= optname;
	else
		so->so_options &= ~optname;
	return (0);
}

int
sogetopt(struct socket *so, int level, int optname, struct mbuf *m)
{
	int v;

	soassertlocked(so);
	if (level != SOL_SOCKET) {
		if (so->so_proto->pr_ctloutput == NULL)
			return (ENOPROTOOPT);
		return (so->so_proto->pr_ctloutput(PRCO_GETOPT, so, level,
		    optname, m));
	}
	switch (optname) {
	case SO_SNDBUF:
		v = so->so_sndhiwat;
		break;
	case SO_RCVBUF:
		v = so->so_rcv_hiwat;
		break;
	case SO_RTABLE:
		v = so->so_rtableid;
		break;
	case SO_ERROR:
		v = sotakeerror(so);
		break;
	case SO_TYPE:
		v = so->so_type;
		break;
	case SO_DOMAIN:
		v = so->so_proto->pr_domain->dom_family;
		break;
	case SO_PROTOCOL:
		v = so->so_proto->pr_protocol;
		break;
	default:
		if (optname == 0 || (optname & ~SO_FLAGS) != 0 ||
		    !powerof2(optname))
			return (ENOPROTOOPT);
		v = so->so_options & optname;
	}
	memcpy(mtod(m, caddr_t), &v, sizeof(v));
	m->m_len = sizeof(v);
	return (0);
}

int
soo_ioctl(struct socket *so, u_long cmd, caddr_t data, struct proc *p)
{
	int error = ENOTTY;

	solock(so);
	if (IOCGROUP(cmd) == 'i')
		error = ifioctl(so, cmd, data, p);
	else if (so->so_proto->pr_usrreqs->pru_control != NULL) {
		error = so->so_proto->pr_usrreqs->pru_control(so, cmd, data,
		    NULL);
		/* protocols say "not mine", programs expect "unknown" */
		if (error == EOPNOTSUPP)
			error = ENOTTY;
	}
	sounlock(so);
	return (error);
}
