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
 * The calls of the clients: from the bytes of a request to sockets and
 * mbufs, and back.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/proc.h>
#include <sys/mbuf.h>
#include <sys/ioccom.h>
#include <sys/socket.h>
#include <sys/socketvar.h>
#include <sys/protosw.h>
#include <sys/sysctl.h>
#include <sys/syscallvar.h>

static int	sys_addr(struct syscall *, struct mbuf **);
static int	sys_bytes(int, const void *, size_t, struct mbuf **);
static int	sys_bind(struct socket *, struct syscall *, struct proc *);
static int	sys_connect(struct socket *, struct syscall *, struct proc *);
static int	sys_send(struct socket *, struct syscall *, struct proc *);
static int	sys_setopt(struct socket *, struct syscall *, struct proc *);
static int	sys_getopt(struct socket *, struct syscall *, struct proc *);
static int	sys_name(struct socket *, struct syscall *, struct proc *);
static int	sys_shutdown(struct socket *, struct syscall *, struct proc *);
static int	sys_ioctl(struct socket *, struct syscall *, struct proc *);

static const struct {
	int	  op;
	int	(*func)(struct socket *, struct syscall *, struct proc *);
} so_calls[] = {
	{ SYS_BIND,	sys_bind },
	{ SYS_CONNECT,	sys_connect },
	{ SYS_SEND,	sys_send },
	{ SYS_SETOPT,	sys_setopt },
	{ SYS_GETOPT,	sys_getopt },
	{ SYS_SOCKNAME,	sys_name },
	{ SYS_PEERNAME,	sys_name },
	{ SYS_SHUTDOWN,	sys_shutdown },
	{ SYS_IOCTL,	sys_ioctl }
};

CTASSERT(SC_MAXREPLY >= IOCPARM_MASK);
CTASSERT(SC_MAXDATA <= MAXMCLBYTES);
CTASSERT(SC_MAXCTL <= MCLBYTES);

int
so_syscall(struct socket *so, struct syscall *sc, struct proc *p)
{
	int i;

	for (i = 0; i < nitems(so_calls); i++)
		if (so_calls[i].op == sc->sc_op)
			return (so_calls[i].func(so, sc, p));
	return (ENOSYS);
}

int
sys_socket(struct syscall *sc, struct socket **sop, struct proc *p)
{
	const uint64_t *arg = sc->sc_arg;

	if (arg[0] > AF_MAX)
		return (EAFNOSUPPORT);
	if (arg[1] > SOCK_TYPE_MASK)
		return (EPROTOTYPE);
	if (arg[2] > INT_MAX)
		return (EPROTONOSUPPORT);
	return (socreate(arg[0], sop, arg[1], arg[2], p));
}

int
sys_sysctl(struct syscall *sc, struct proc *p)
{
	int name[CTL_MAXNAME], error;
	size_t oldlen = sc->sc_arg[1];

	if (sc->sc_dlen == 0 || sc->sc_dlen % sizeof(int) != 0 ||
	    sc->sc_dlen > sizeof(name))
		return (EINVAL);
	memcpy(name, sc->sc_data, sc->sc_dlen);
	error = kern_sysctl_call(name, sc->sc_dlen / sizeof(int),
	    (void *)sc->sc_arg[0], &oldlen, (void *)sc->sc_arg[2],
	    sc->sc_arg[3], p);
	sc->sc_ret = oldlen;
	return (error);
}

/* Bytes of a request as an mbuf; at most a cluster. */
static int
sys_bytes(int type, const void *p, size_t len, struct mbuf **mp)
{
	struct mbuf *m;

	if ((m = m_get(M_WAIT, type)) == NULL)
		return (ENOBUFS);
	if (len > MLEN && m_clget(m, M_WAIT, len) == NULL) {
		m_freem(m);
		return (ENOBUFS);
	}
	memcpy(mtod(m, caddr_t), p, len);
	m->m_len = len;
	*mp = m;
	return (0);
}

/* The address, whose length byte need not be right: programs forget it. */
static int
sys_addr(struct syscall *sc, struct mbuf **mp)
{
	u_int len = sc->sc_alen;
	int error;

	if (len < offsetof(struct sockaddr, sa_data) || len > MLEN)
		return (EINVAL);
	if ((error = sys_bytes(MT_SONAME, sc->sc_addr, len, mp)) == 0)
		mtod(*mp, struct sockaddr *)->sa_len = len;
	return (error);
}

static int
sys_bind(struct socket *so, struct syscall *sc, struct proc *p)
{
	struct mbuf *nam;
	int error;

	if ((error = sys_addr(sc, &nam)) != 0)
		return (error);
	solock(so);
	error = sobind(so, nam, p);
	sounlock(so);
	m_freem(nam);
	return (error);
}

static int
sys_connect(struct socket *so, struct syscall *sc, struct proc *p)
{
	struct mbuf *nam;
	int error;

	if ((error = sys_addr(sc, &nam)) != 0)
		return (error);
	solock(so);
	error = soconnect(so, nam);
	sounlock(so);
	m_freem(nam);
	return (error);
}

static int
sys_send(struct socket *so, struct syscall *sc, struct proc *p)
{
	struct mbuf *m, *addr = NULL, *control = NULL;
	int error;

	/* below a datagram the stack puts its headers */
	if ((m = m_getpacket(M_WAIT, M_RXHEADROOM, sc->sc_dlen,
	    M_RXTAILROOM)) == NULL)
		return (ENOBUFS);
	memcpy(mtod(m, caddr_t), sc->sc_data, sc->sc_dlen);
	m->m_len = m->m_pkthdr.len = sc->sc_dlen;
	if ((sc->sc_alen != 0 && (error = sys_addr(sc, &addr)) != 0) ||
	    (sc->sc_clen != 0 && (error = sys_bytes(MT_CONTROL, sc->sc_ctl,
	    sc->sc_clen, &control)) != 0)) {
		m_freem(addr);
		m_freem(m);
		return (error);
	}
	solock(so);
	error = sosend(so, addr, m, control, (int)sc->sc_arg[0]);
	sounlock(so);
	if (error == 0)
		sc->sc_ret = sc->sc_dlen;
	return (error);
}

static int
sys_setopt(struct socket *so, struct syscall *sc, struct proc *p)
{
	struct mbuf *m;
	int error;

	if (sc->sc_dlen > MCLBYTES)
		return (EINVAL);
	if ((error = sys_bytes(MT_SOOPTS, sc->sc_data, sc->sc_dlen, &m)) != 0)
		return (error);
	solock(so);
	error = sosetopt(so, sc->sc_arg[0], sc->sc_arg[1], m);
	sounlock(so);
	m_freem(m);
	return (error);
}

static int
sys_getopt(struct socket *so, struct syscall *sc, struct proc *p)
{
	struct mbuf *m;
	int error;

	if ((m = m_get(M_WAIT, MT_SOOPTS)) == NULL)
		return (ENOBUFS);
	m->m_len = 0;
	solock(so);
	error = sogetopt(so, sc->sc_arg[0], sc->sc_arg[1], m);
	sounlock(so);
	if (error == 0) {
		sc->sc_replylen = ulmin(sc->sc_arg[2],
		    ulmin(m_length(m), SC_MAXREPLY));
		m_copydata(m, 0, sc->sc_replylen, sc->sc_reply);
	}
	m_freem(m);
	return (error);
}

static int
sys_name(struct socket *so, struct syscall *sc, struct proc *p)
{
	const struct pr_usrreqs *pru = so->so_proto->pr_usrreqs;
	int (*func)(struct socket *, struct mbuf *);
	struct mbuf *m;
	int error;

	func = sc->sc_op == SYS_SOCKNAME ? pru->pru_sockaddr :
	    pru->pru_peeraddr;
	if (func == NULL)
		return (EOPNOTSUPP);
	if ((m = m_get(M_WAIT, MT_SONAME)) == NULL)
		return (ENOBUFS);
	m->m_len = 0;
	solock(so);
	error = func(so, m);
	sounlock(so);
	if (error == 0) {
		sc->sc_replylen = m->m_len;
		memcpy(sc->sc_reply, mtod(m, caddr_t), m->m_len);
	}
	m_freem(m);
	return (error);
}

static int
sys_shutdown(struct socket *so, struct syscall *sc, struct proc *p)
{
	int error;

	if (sc->sc_arg[0] > SHUT_RDWR)
		return (EINVAL);
	solock(so);
	error = soshutdown(so, sc->sc_arg[0]);
	sounlock(so);
	return (error);
}

/* The argument has the size that is part of the command. */
int
sys_ioctl_arg(struct syscall *sc, int (*func)(void *, u_long, caddr_t,
    struct proc *), void *arg, struct proc *p)
{
	u_long cmd = sc->sc_arg[0];
	size_t size = IOCPARM_LEN(cmd);
	int error;

	if (cmd > UINT32_MAX || ((cmd & IOC_IN) && sc->sc_dlen != size))
		return (EINVAL);
	memset(sc->sc_reply, 0, size);
	if (cmd & IOC_IN)
		memcpy(sc->sc_reply, sc->sc_data, size);
	error = func(arg, cmd, sc->sc_reply, p);
	if (error == 0 && (cmd & IOC_OUT))
		sc->sc_replylen = size;
	return (error);
}

static int
sys_soioctl(void *so, u_long cmd, caddr_t data, struct proc *p)
{
	return (soo_ioctl(so, cmd, data, p));
}

static int
sys_ioctl(struct socket *so, struct syscall *sc, struct proc *p)
{
	return (sys_ioctl_arg(sc, sys_soioctl, so, p));
}
