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
 * PF_KEY sockets: who listens, and how messages get there.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/domain.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/protosw.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/socketvar.h>
#include <sys/time.h>

#include <net/pfkeyvar.h>
#include <net/rtable.h>

#define PFKEY_SNDQ	8192
#define PFKEY_RCVQ	(64 * 1024)

/*
 * Locks used to protect struct members:
 *	I	immutable after creation
 *	K	pfkey_mtx
 */
struct pkpcb {
	TAILQ_ENTRY(pkpcb) kcb_entry;		/* [K] */
	struct socket	*kcb_socket;		/* [I] */
	u_int		 kcb_rdomain;		/* [I] */
	u_int		 kcb_registered;	/* [K] bits: SA types */
	int		 kcb_promisc;		/* [K] */
};

static int	pfkey_attach(struct socket *, int);
static int	pfkey_detach(struct socket *);
static int	pfkey_send(struct socket *, struct mbuf *, struct mbuf *,
		    struct mbuf *);
static int	pfkey_sockaddr(struct socket *, struct mbuf *);

/* also held while a message goes to one after the other: so all of them
 * see the same order, and none goes away meanwhile */
static struct mutex pfkey_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static TAILQ_HEAD(, pkpcb) pfkey_pcbs = TAILQ_HEAD_INITIALIZER(pfkey_pcbs);
static struct pfkeystat pfkey_stat;		/* [K] */
static struct timeval pfkey_lastlog;		/* [K] */

static const struct pr_usrreqs pfkey_usrreqs = {
	.pru_attach = pfkey_attach,
	.pru_detach = pfkey_detach,
	.pru_send = pfkey_send,
	.pru_sockaddr = pfkey_sockaddr,
	.pru_peeraddr = pfkey_sockaddr,
};

static const struct protosw pfkeysw[] = {
	{
		.pr_type = SOCK_RAW,
		.pr_domain = &pfkeydomain,
		.pr_protocol = PF_KEY_V2,
		.pr_flags = PR_ATOMIC,
		.pr_usrreqs = &pfkey_usrreqs,
	},
};

const struct domain pfkeydomain = {
	.dom_family = PF_KEY,
	.dom_name = "PF_KEY",
	.dom_protosw = pfkeysw,
	.dom_protoswNPROTOSW = &pfkeysw[nitems(pfkeysw)],
	.dom_sysctl = pfkey_sysctl,
};

static int
pfkey_attach(struct socket *so, int proto)
{
	struct pkpcb *kp;
	int error;

	if (!so->so_suser)
		return (EACCES);
	if ((error = soreserve(so, PFKEY_SNDQ, PFKEY_RCVQ)) != 0)
		return (error);
	kp = malloc(sizeof(*kp), M_PCB, M_WAITOK | M_ZERO);
	kp->kcb_socket = so;
	kp->kcb_rdomain = rtable_l2(so->so_rtableid);
	so->so_pcb = kp;
	so->so_options |= SO_USELOOPBACK;
	soisconnected(so);
	mtx_enter(&pfkey_mtx);
	TAILQ_INSERT_TAIL(&pfkey_pcbs, kp, kcb_entry);
	mtx_leave(&pfkey_mtx);
	return (0);
}

static int
pfkey_detach(struct socket *so)
{
	struct pkpcb *kp = so->so_pcb;

	mtx_enter(&pfkey_mtx);
	TAILQ_REMOVE(&pfkey_pcbs, kp, kcb_entry);
	mtx_leave(&pfkey_mtx);
	so->so_pcb = NULL;
	free(kp, M_PCB, sizeof(*kp));
	return (0);
}

/* There are no addresses but the family. */
static int
pfkey_sockaddr(struct socket *so, struct mbuf *nam)
{
	struct sockaddr *sa = mtod(nam, struct sockaddr *);

	nam->m_len = offsetof(struct sockaddr, sa_data);
	sa->sa_len = nam->m_len;
	sa->sa_family = PF_KEY;
	return (0);
}

/* Requests hold keys: neither the mbufs nor the copy keep them. */
static int
pfkey_copy(struct socket *so, struct mbuf *m)
{
	size_t len = m->m_pkthdr.len;
	struct sadb_msg *msg;
	struct mbuf *n;
	int error;

	for (n = m; n != NULL; n = n->m_next)
		n->m_flags |= M_ZEROIZE;
	if (len > PFKEY_MSGMAX)
		return (EMSGSIZE);
	if (len < sizeof(*msg))
		return (EINVAL);
	msg = malloc(len, M_PFKEY, M_WAITOK);
	m_copydata(m, 0, len, msg);
	error = pfkeyv2_request(so, msg, len);
	pfkey_wipe(msg, len);
	return (error);
}

static int
pfkey_send(struct socket *so, struct mbuf *m, struct mbuf *nam,
    struct mbuf *control)
{
	int error;

	soassertlocked(so);
	if (control != NULL && m_length(control) != 0)
		error = EINVAL;
	else if (nam != NULL)
		error = EISCONN;
	else
		error = pfkey_copy(so, m);
	m_freem(control);
	m_freem(nam);
	m_freem(m);
	return (error);
}

/*
 * Out.
 */

/* A message, in a second header of its own for those who overhear it. */
static struct mbuf *
pfkey_mbuf(const void *msg, size_t len, int wrap)
{
	struct sadb_msg *hdr;
	struct mbuf *m;
	size_t head = wrap ? sizeof(*hdr) : 0;

	m = m_getpacket(M_NOWAIT, 0, head + len, 0);
	if (m == NULL)
		return (NULL);
	m->m_flags |= M_ZEROIZE;
	m->m_len = m->m_pkthdr.len = head + len;
	if (wrap) {
		hdr = mtod(m, struct sadb_msg *);
		memset(hdr, 0, sizeof(*hdr));
		hdr->sadb_msg_version = PF_KEY_V2;
		hdr->sadb_msg_type = SADB_X_PROMISC;
		hdr->sadb_msg_len = m->m_len / 8;
	}
	memcpy(mtod(m, caddr_t) + head, msg, len);
	return (m);
}

static int
pfkey_deliver(struct pkpcb *kp, const void *msg, size_t len, int wrap)
{
	struct mbuf *m;

	MUTEX_ASSERT_LOCKED(&pfkey_mtx);
	if ((m = pfkey_mbuf(msg, len, wrap)) == NULL) {
		pfkey_stat.pfks_nomem++;
		return (ENOBUFS);
	}
	if (!sbappendrecord(kp->kcb_socket, m)) {
		pfkey_stat.pfks_full++;
		m_freem(m);
		return (ENOBUFS);
	}
	sorwakeup(kp->kcb_socket);
	return (0);
}

/* Who has missed something learns it from the next call. */
static void
pfkey_lost(struct pkpcb *kp)
{
	static const struct timeval interval = { 60, 0 };
	struct socket *so = kp->kcb_socket;

	MUTEX_ASSERT_LOCKED(&pfkey_mtx);
	mtx_enter(&so->so_rcv_mtx);
	so->so_error = ENOBUFS;
	mtx_leave(&so->so_rcv_mtx);
	sorwakeup(so);
	if (ratecheck(&pfkey_lastlog, &interval))
		log(LOG_WARNING, "pfkey: socket of process %d misses "
		    "messages, %llu so far in all: its buffer is full, or "
		    "memory\n", so->so_cpid, (unsigned long long)
		    (pfkey_stat.pfks_full + pfkey_stat.pfks_nomem));
}

static void
pfkey_wrapped(u_int rdomain, const void *msg, size_t len)
{
	struct pkpcb *kp;

	TAILQ_FOREACH(kp, &pfkey_pcbs, kcb_entry)
		if (kp->kcb_promisc && kp->kcb_rdomain == rdomain &&
		    pfkey_deliver(kp, msg, len, 1) != 0)
			pfkey_lost(kp);
}

void
pfkey_broadcast(u_int rdomain, const void *msg, size_t len)
{
	struct pkpcb *kp;

	mtx_enter(&pfkey_mtx);
	TAILQ_FOREACH(kp, &pfkey_pcbs, kcb_entry)
		if (kp->kcb_rdomain == rdomain &&
		    pfkey_deliver(kp, msg, len, 0) != 0)
			pfkey_lost(kp);
	pfkey_wrapped(rdomain, msg, len);
	mtx_leave(&pfkey_mtx);
}

int
pfkey_tellregistered(u_int rdomain, int satype, const void *msg, size_t len)
{
	struct pkpcb *kp;
	int error = ESRCH;

	mtx_enter(&pfkey_mtx);
	TAILQ_FOREACH(kp, &pfkey_pcbs, kcb_entry) {
		if (kp->kcb_rdomain != rdomain ||
		    !ISSET(kp->kcb_registered, 1U << satype))
			continue;
		if (pfkey_deliver(kp, msg, len, 0) == 0)
			error = 0;
		else
			pfkey_lost(kp);
	}
	if (error == 0)
		pfkey_wrapped(rdomain, msg, len);
	mtx_leave(&pfkey_mtx);
	return (error);
}

int
pfkey_unicast(struct socket *so, const void *msg, size_t len)
{
	struct pkpcb *kp = so->so_pcb;
	int error;

	mtx_enter(&pfkey_mtx);
	if ((error = pfkey_deliver(kp, msg, len, 0)) == 0)
		pfkey_wrapped(kp->kcb_rdomain, msg, len);
	mtx_leave(&pfkey_mtx);
	return (error);
}

void
pfkey_overhear(u_int rdomain, const void *msg, size_t len)
{
	mtx_enter(&pfkey_mtx);
	pfkey_wrapped(rdomain, msg, len);
	mtx_leave(&pfkey_mtx);
}

u_int
pfkey_rdomain(struct socket *so)
{
	struct pkpcb *kp = so->so_pcb;

	return (kp->kcb_rdomain);
}

void
pfkey_setregistered(struct socket *so, int satype)
{
	struct pkpcb *kp = so->so_pcb;

	mtx_enter(&pfkey_mtx);
	kp->kcb_registered |= 1U << satype;
	mtx_leave(&pfkey_mtx);
}

void
pfkey_setpromisc(struct socket *so, int on)
{
	struct pkpcb *kp = so->so_pcb;

	mtx_enter(&pfkey_mtx);
	kp->kcb_promisc = on;
	mtx_leave(&pfkey_mtx);
}

void
pfkey_nomem(void)
{
	struct pkpcb *kp;

	mtx_enter(&pfkey_mtx);
	pfkey_stat.pfks_nomem++;
	TAILQ_FOREACH(kp, &pfkey_pcbs, kcb_entry)
		pfkey_lost(kp);
	mtx_leave(&pfkey_mtx);
}

void
pfkey_getstat(struct pfkeystat *st)
{
	mtx_enter(&pfkey_mtx);
	*st = pfkey_stat;
	mtx_leave(&pfkey_mtx);
}
