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
 * System calls of other processes: threads that wait for requests and serve
 * them, and the way of received packets to the clients.
 *
 * A socket's records wait in so_rcv, a device has its own way.  An upcall
 * tells a task, which moves them to the client's descriptor until that is
 * full; the host says when there is room again.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/conf.h>
#include <sys/proc.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/socket.h>
#include <sys/socketvar.h>
#include <sys/protosw.h>
#include <sys/domain.h>
#include <sys/syscallvar.h>
#include <sys/task.h>
#include <net/rtable.h>
#include <machine/host.h>
#include <machine/proxy.h>
#include <machine/sched.h>
#include <machine/umproto.h>

#include "proxyvar.h"

/* a request goes on as it came */
#define PX_SAME(op)	CTASSERT(UMP_##op == SYS_##op)
PX_SAME(BIND);
PX_SAME(CONNECT);
PX_SAME(SEND);
PX_SAME(SETOPT);
PX_SAME(GETOPT);
PX_SAME(SOCKNAME);
PX_SAME(PEERNAME);
PX_SAME(SHUTDOWN);
PX_SAME(IOCTL);
CTASSERT(UMP_O_READ == FREAD && UMP_O_WRITE == FWRITE);
CTASSERT(UMP_MAXDATA <= SC_MAXDATA && UMP_MAXCTL <= SC_MAXCTL);

#define PX_THREADS	4
#define PX_BATCH	64	/* records before others may go first */
#define PX_IOV		64	/* pieces of one record */

/*
 * Locks used to protect struct members:
 *	I	immutable after creation
 *	L	px_mtx
 *	t	the socket's task
 */
struct pxsock {
	LIST_ENTRY(pxsock) ps_entry;		/* [L] */
	struct socket	*ps_so;			/* [I] or NULL: a device */
	const struct cdevsw *ps_cdev;		/* [I] */
	void		*ps_dev;		/* [I] */
	struct host_so	*ps_host;		/* [I] */
	struct task	 ps_task;
	struct mbuf	*ps_next;		/* [t] found no room yet */
	unsigned int	 ps_full;		/* wait for the host; atomic */
	int		 ps_eof;		/* [t] the client knows */
};

static struct mutex	 px_mtx = MUTEX_INITIALIZER(IPL_NONE);
static LIST_HEAD(, pxsock) px_socks = LIST_HEAD_INITIALIZER(px_socks);
static unsigned int	 px_nthreads;		/* px_mtx */
static struct host_sp	*px_sp;

static void	 px_thread(void *);
static void	 px_event(struct host_call *, char *);
static void	 px_serve(struct host_call *, char *);
static int	 px_root(struct pxcall *, struct syscall *, struct proc *);
static int	 px_socket(struct pxcall *, struct syscall *, struct proc *);
static int	 px_open(struct pxcall *, struct syscall *, struct proc *);
static int	 px_isframed(struct pxsock *);
static void	 px_close(struct pxsock *);
static void	 px_free(struct pxsock *);
static void	 px_upcall(struct socket *, void *);
static void	 px_devupcall(void *);
static void	 px_deliver(void *);
static int	 px_send(struct pxsock *, struct mbuf *, int);

void
proxy_startup(void)
{
	int i;

	if ((px_sp = host_sp_open()) == NULL)
		return;
	mtx_enter(&px_mtx);
	px_nthreads = PX_THREADS;
	mtx_leave(&px_mtx);
	for (i = 0; i < PX_THREADS; i++)
		if (kthread_create(px_thread, NULL, NULL, "proxy") != 0)
			panic("proxy_startup: no thread");
}

void
proxy_shutdown(void)
{
	struct pxsock *ps;

	if (px_sp == NULL)
		return;
	host_sp_shutdown(px_sp);
	mtx_enter(&px_mtx);
	while (px_nthreads > 0)
		msleep_nsec(&px_nthreads, &px_mtx, PWAIT, "proxyend", INFSLP);
	while ((ps = LIST_FIRST(&px_socks)) != NULL) {
		LIST_REMOVE(ps, ps_entry);
		mtx_leave(&px_mtx);
		px_free(ps);
		mtx_enter(&px_mtx);
	}
	mtx_leave(&px_mtx);
	host_sp_close(px_sp);
	px_sp = NULL;
}

static void
px_thread(void *arg)
{
	struct host_call hc;
	char *req, *reply;
	int error;

	req = malloc(UMP_MAXREQ, M_TEMP, M_WAITOK);
	reply = malloc(SC_MAXREPLY, M_TEMP, M_WAITOK);
	hc.hc_msg = req;
	for (;;) {
		sched_release();
		error = host_sp_wait(px_sp, &hc);
		sched_acquire();
		if (error != 0)
			break;
		px_event(&hc, reply);
	}
	free(req, M_TEMP, UMP_MAXREQ);
	free(reply, M_TEMP, SC_MAXREPLY);
	mtx_enter(&px_mtx);
	if (--px_nthreads == 0)
		wakeup(&px_nthreads);
	mtx_leave(&px_mtx);
	kthread_exit(0);
}

static void
px_event(struct host_call *hc, char *reply)
{
	struct pxsock *ps = hc->hc_cookie;

	if (hc->hc_gone) {
		px_close(ps);
		return;
	}
	if (hc->hc_writable) {
		WRITE_ONCE(ps->ps_full, 0);
		task_add(systqmp, &ps->ps_task);
	}
	if (hc->hc_len != 0)
		px_serve(hc, reply);
	else
		host_call_done(hc);
}

/* The thread is the client while it serves a request. */
static void
px_serve(struct host_call *hc, char *reply)
{
	const struct ump_req *rq = hc->hc_msg;
	struct pxsock *ps = hc->hc_cookie;
	struct pxcall pc = { .pc_host = hc };
	struct syscall sc = { .sc_op = rq->ur_op, .sc_arg = rq->ur_arg,
	    .sc_alen = rq->ur_alen, .sc_clen = rq->ur_clen,
	    .sc_dlen = rq->ur_dlen, .sc_reply = reply };
	struct proc *p = curproc;
	int error, flushed;

	sc.sc_addr = (const char *)(rq + 1);
	sc.sc_ctl = sc.sc_addr + sc.sc_alen;
	sc.sc_data = sc.sc_ctl + sc.sc_clen;
	TAILQ_INIT(&pc.pc_out);
	p->p_call = &pc;
	p->p_pid = hc->hc_pid;
	p->p_suser = hc->hc_priv;
	p->p_rtableid = rq->ur_rtable;

	if (!rtable_exists(rq->ur_rtable))
		error = EINVAL;
	else if (ps != NULL && ps->ps_so == NULL)
		error = dev_syscall(ps->ps_cdev, ps->ps_dev, &sc, p);
	else if (ps != NULL)
		error = so_syscall(ps->ps_so, &sc, p);
	else
		error = px_root(&pc, &sc, p);
	/* an ENOMEM of sysctl leaves what did fit */
	if ((flushed = px_flush(&pc)) != 0 && error == 0)
		error = flushed;
	host_call_reply(hc, error, sc.sc_ret, reply,
	    error == 0 ? sc.sc_replylen : 0);

	p->p_call = NULL;
	p->p_pid = 0;
	p->p_suser = 1;
	p->p_rtableid = 0;
	if (pc.pc_end)
		host_so_free(hc->hc_so);
	else
		host_call_done(hc);
}

static int
px_root(struct pxcall *pc, struct syscall *sc, struct proc *p)
{
	struct host_call *hc = pc->pc_host;
	struct host_so *hso;

	switch (sc->sc_op) {
	case UMP_HELLO:
		sc->sc_ret = host_sp_owner(px_sp);
		return (0);
	case UMP_ATTACH:
		return (host_so_new(px_sp, hc, NULL, 0, &hso));
	case UMP_PLEDGE:
		hc->hc_rights &= sc->sc_arg[0];
		host_so_setrights(hc->hc_so, hc->hc_rights);
		pc->pc_end = hc->hc_rights == 0;
		return (0);
	case UMP_SOCKET:
		return (px_socket(pc, sc, p));
	case UMP_OPEN:
		return (px_open(pc, sc, p));
	case UMP_SYSCTL:
		if ((hc->hc_rights & UMP_R_SYSCTL) == 0)
			return (EPERM);
		return (sys_sysctl(sc, p));
	case UMP_SETRTABLE:
		/* the table it leaves; out of another only the superuser */
		return (sc->sc_arg[0] != 0 ? suser(p) : 0);
	default:
		return (ENOSYS);
	}
}

static unsigned int
px_needs(uint64_t family)
{
	switch (family) {
	case AF_ROUTE:
		return (UMP_R_ROUTE);
	case AF_KEY:
		return (UMP_R_KEY);
	default:
		return (UMP_R_INET);
	}
}

static int
px_isframed(struct pxsock *ps)
{
	return (ps->ps_so != NULL &&
	    (ps->ps_so->so_proto->pr_flags & PR_ADDR) != 0);
}

static void
px_insert(struct pxsock *ps)
{
	mtx_enter(&px_mtx);
	LIST_INSERT_HEAD(&px_socks, ps, ps_entry);
	mtx_leave(&px_mtx);
}

static int
px_socket(struct pxcall *pc, struct syscall *sc, struct proc *p)
{
	struct host_call *hc = pc->pc_host;
	struct pxsock *ps;
	struct socket *so;
	int error;

	if ((hc->hc_rights & px_needs(sc->sc_arg[0])) == 0)
		return (EPERM);
	if ((error = sys_socket(sc, &so, p)) != 0)
		return (error);
	ps = malloc(sizeof(*ps), M_SOCKET, M_WAITOK | M_ZERO);
	ps->ps_so = so;
	task_set(&ps->ps_task, px_deliver, ps);
	error = host_so_new(px_sp, hc, ps, px_isframed(ps) ? UMP_FRAMED :
	    UMP_RAW, &ps->ps_host);
	if (error != 0) {
		free(ps, M_SOCKET, sizeof(*ps));
		soclose(so);
		return (error);
	}
	px_insert(ps);
	mtx_enter(&so->so_rcv_mtx);
	so->so_upcall = px_upcall;
	so->so_upcallarg = ps;
	mtx_leave(&so->so_rcv_mtx);
	/* the protocol may have queued something already */
	task_add(systqmp, &ps->ps_task);
	return (0);
}

static int
px_open(struct pxcall *pc, struct syscall *sc, struct proc *p)
{
	struct host_call *hc = pc->pc_host;
	const struct cdevsw *cd;
	struct pxsock *ps;
	int error;

	if ((hc->hc_rights & UMP_R_OPEN) == 0)
		return (EPERM);
	if ((cd = cdev_lookup(sc->sc_data, sc->sc_dlen)) == NULL)
		return (ENXIO);
	ps = malloc(sizeof(*ps), M_SOCKET, M_WAITOK | M_ZERO);
	ps->ps_cdev = cd;
	task_set(&ps->ps_task, px_deliver, ps);
	error = cd->d_open(sc->sc_arg[0] & (FREAD | FWRITE), p, &ps->ps_dev);
	if (error == 0 && (error = host_so_new(px_sp, hc, ps, UMP_DEVICE,
	    &ps->ps_host)) != 0)
		cd->d_close(ps->ps_dev);
	if (error != 0) {
		free(ps, M_SOCKET, sizeof(*ps));
		return (error);
	}
	px_insert(ps);
	cd->d_upcall(ps->ps_dev, px_devupcall, ps);
	return (0);
}

static void
px_close(struct pxsock *ps)
{
	mtx_enter(&px_mtx);
	LIST_REMOVE(ps, ps_entry);
	mtx_leave(&px_mtx);
	px_free(ps);
}

static void
px_silence(struct pxsock *ps)
{
	struct socket *so = ps->ps_so;

	if (so == NULL) {
		ps->ps_cdev->d_upcall(ps->ps_dev, NULL, NULL);
		return;
	}
	mtx_enter(&so->so_rcv_mtx);
	so->so_upcall = NULL;
	mtx_leave(&so->so_rcv_mtx);
}

/* First nobody adds the task any more, then it has run, then it can go. */
static void
px_free(struct pxsock *ps)
{
	px_silence(ps);
	taskq_del_barrier(systqmp, &ps->ps_task);
	host_so_free(ps->ps_host);
	m_freem(ps->ps_next);
	if (ps->ps_so != NULL)
		soclose(ps->ps_so);
	else
		ps->ps_cdev->d_close(ps->ps_dev);
	free(ps, M_SOCKET, sizeof(*ps));
}

static void
px_upcall(struct socket *so, void *arg)
{
	struct pxsock *ps = arg;

	if (!READ_ONCE(ps->ps_full))
		task_add(systqmp, &ps->ps_task);
}

static void
px_devupcall(void *arg)
{
	struct pxsock *ps = arg;

	if (!READ_ONCE(ps->ps_full))
		task_add(systqmp, &ps->ps_task);
}

/* The next record, or NULL; *endp when there will be none any more. */
static struct mbuf *
px_next(struct pxsock *ps, int *endp)
{
	struct socket *so = ps->ps_so;
	struct mbuf *m = NULL;

	if (so == NULL) {
		*endp = ps->ps_cdev->d_read(ps->ps_dev, &m) != EAGAIN;
		return (m);
	}
	if ((m = soreceive(so)) == NULL) {
		mtx_enter(&so->so_rcv_mtx);
		*endp = (so->so_state & SS_CANTRCVMORE) != 0;
		mtx_leave(&so->so_rcv_mtx);
	}
	return (m);
}

/* An error is a record, too, for those who read such records. */
static void
px_deliver_error(struct pxsock *ps)
{
	struct socket *so = ps->ps_so;
	int error;

	/* others get it with their next call */
	if (!px_isframed(ps) || (error = sotakeerror(so)) == 0)
		return;
	if (px_send(ps, NULL, error) != 0) {
		mtx_enter(&so->so_rcv_mtx);
		so->so_error = error;
		mtx_leave(&so->so_rcv_mtx);
	}
}

/* A record that the host did not take: what counts it, if anything. */
static void
px_lost(struct pxsock *ps)
{
	struct socket *so = ps->ps_so;

	if (so == NULL)
		return;
	mtx_enter(&so->so_rcv_mtx);
	so->so_rcv_drops++;
	mtx_leave(&so->so_rcv_mtx);
}

static void
px_deliver(void *arg)
{
	struct pxsock *ps = arg;
	struct mbuf *m;
	int end = 0, error, i;

	if (READ_ONCE(ps->ps_full))
		return;
	px_deliver_error(ps);
	for (i = 0; i < PX_BATCH; i++) {
		if ((m = ps->ps_next) == NULL &&
		    (m = px_next(ps, &end)) == NULL) {
			/* after the last record the client reads the end */
			if (end && !ps->ps_eof) {
				ps->ps_eof = 1;
				host_so_shutdown(ps->ps_host);
			}
			return;
		}
		ps->ps_next = NULL;
		if ((error = px_send(ps, m, 0)) == EAGAIN) {
			ps->ps_next = m;
			WRITE_ONCE(ps->ps_full, 1);
			host_so_notify(ps->ps_host);
			return;
		}
		if (error != 0)
			px_lost(ps);
		m_freem(m);
	}
	task_add(systqmp, &ps->ps_task);
}

/*
 * The control messages that fit, each of them whole: returns the first mbuf
 * behind them.
 */
static struct mbuf *
px_frame(struct ump_dgram *ud, struct mbuf *m)
{
	if (m != NULL && m->m_type == MT_SONAME) {
		ud->ud_alen = ulmin(m->m_len, UMP_DGADDR);
		memcpy(ud->ud_addr, mtod(m, caddr_t), ud->ud_alen);
		m = m->m_next;
	}
	for (; m != NULL && m->m_type == MT_CONTROL; m = m->m_next) {
		u_int at = ALIGN(ud->ud_clen);

		if (at + m->m_len > UMP_DGCTL) {
			ud->ud_flags |= MSG_CTRUNC;
			continue;
		}
		memcpy(ud->ud_ctl + at, mtod(m, caddr_t), m->m_len);
		ud->ud_clen = at + m->m_len;
	}
	if (m != NULL && (m->m_flags & M_BCAST))
		ud->ud_flags |= MSG_BCAST;
	if (m != NULL && (m->m_flags & M_MCAST))
		ud->ud_flags |= MSG_MCAST;
	return (m);
}

/* A record in more pieces than the host takes: by way of one buffer. */
static int
px_sendlong(struct pxsock *ps, struct host_iov *iov, unsigned int n,
    struct mbuf *m)
{
	u_int len = m_length(m);
	char *buf;
	int error;

	buf = malloc(len, M_TEMP, M_WAITOK);
	m_copydata(m, 0, len, buf);
	iov[n].hi_base = buf;
	iov[n].hi_len = len;
	error = host_so_deliver(ps->ps_host, iov, n + 1);
	free(buf, M_TEMP, len);
	return (error);
}

/* One record, which stays the caller's, or an error; see host_so_deliver. */
static int
px_send(struct pxsock *ps, struct mbuf *m, int soerror)
{
	struct host_iov iov[PX_IOV];
	struct ump_dgram ud;
	unsigned int n = 0;
	struct mbuf *m0;

	if (px_isframed(ps)) {
		memset(&ud, 0, sizeof(ud));
		ud.ud_error = soerror;
		m = px_frame(&ud, m);
		iov[n].hi_base = &ud;
		iov[n++].hi_len = sizeof(ud);
	}
	for (m0 = m; m != NULL; m = m->m_next) {
		if (m->m_len == 0)
			continue;
		if (n == PX_IOV)
			return (px_sendlong(ps, iov,
			    px_isframed(ps), m0));
		iov[n].hi_base = mtod(m, caddr_t);
		iov[n++].hi_len = m->m_len;
	}
	return (host_so_deliver(ps->ps_host, iov, n));
}
