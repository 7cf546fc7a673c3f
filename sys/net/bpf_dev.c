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


/* bpf(4): the device. */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/conf.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/proc.h>
#include <sys/socket.h>
#include <sys/sockio.h>

#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_var.h>
#include <net/bpf.h>
#include <net/bpfdesc.h>

#include <netinet/in.h>
#include <netinet/if_ether.h>

#define BPF_MAXWAIT	300		/* seconds */

static const u_int8_t bpf_broadcast[ETHER_ADDR_LEN] =
    { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

static int	bpf_open(int, struct proc *, void **);
static void	bpf_close(void *);
static int	bpf_read(void *, struct mbuf **);
static int	bpf_write(void *, const void *, size_t, struct proc *);
static int	bpf_ioctl(void *, u_long, caddr_t, struct proc *);
static void	bpf_upcall(void *, void (*)(void *), void *);

extern const struct cdevsw bpf_cdev;
const struct cdevsw bpf_cdev = {
	.d_name = "bpf",
	.d_open = bpf_open,
	.d_close = bpf_close,
	.d_read = bpf_read,
	.d_write = bpf_write,
	.d_ioctl = bpf_ioctl,
	.d_upcall = bpf_upcall
};

static int
bpf_open(int mode, struct proc *p, void **devp)
{
	struct bpf_d *d;

	if (suser(p) != 0)
		return (EACCES);
	d = malloc(sizeof(*d), M_DEVBUF, M_WAITOK | M_ZERO);
	d->bd_mode = mode;
	mtx_init(&d->bd_mtx, IPL_NET);
	d->bd_bufsize = BPF_BUFSIZE;
	d->bd_rwait = d->bd_wwait = BPF_FOREVER;
	timeout_set(&d->bd_age, bpf_age, d);
	*devp = d;
	return (0);
}

static void
bpf_close(void *dev)
{
	struct bpf_d *d = dev;

	rw_enter_write(&bpf_lock);
	bpf_detach_d(d);
	bpf_setprog(&d->bd_rfilter, NULL);
	bpf_setprog(&d->bd_wfilter, NULL);
	rw_exit_write(&bpf_lock);
	timeout_del_barrier(&d->bd_age);
	m_freem(d->bd_store);
	m_freem(d->bd_hold);
	free(d, M_DEVBUF, sizeof(*d));
}

static void
bpf_upcall(void *dev, void (*func)(void *), void *arg)
{
	struct bpf_d *d = dev;

	mtx_enter(&d->bd_mtx);
	d->bd_upcall = func;
	d->bd_upcallarg = arg;
	mtx_leave(&d->bd_mtx);
}

static int
bpf_read(void *dev, struct mbuf **mp)
{
	struct bpf_d *d = dev;
	int error = 0;

	mtx_enter(&d->bd_mtx);
	if (d->bd_hold != NULL) {
		*mp = d->bd_hold;
		d->bd_hold = NULL;
	} else if (d->bd_store != NULL && (d->bd_ready || d->bd_gone)) {
		*mp = d->bd_store;
		d->bd_store = NULL;
		d->bd_ready = 0;
		timeout_del(&d->bd_age);
	} else
		error = d->bd_gone ? ENXIO : EAGAIN;
	mtx_leave(&d->bd_mtx);
	return (error);
}

/* The frame as it is, but for the source's address if we know better. */
static int
bpf_send_ether(struct bpf_d *d, struct ifnet *ifp, struct mbuf *m)
{
	struct ether_header *eh = mtod(m, struct ether_header *);

	if (!d->bd_hdrcmplt && ifp->if_sadl != NULL)
		memcpy(eh->ether_shost, LLADDR(ifp->if_sadl), ETHER_ADDR_LEN);
	if (ETHER_IS_MULTICAST(eh->ether_dhost))
		SET(m->m_flags, memcmp(eh->ether_dhost, bpf_broadcast,
		    ETHER_ADDR_LEN) == 0 ? M_BCAST : M_MCAST);
	return (if_enqueue(ifp, m));
}

/* As if the stack had sent it by a route to this interface. */
static int
bpf_send_af(struct ifnet *ifp, struct mbuf *m)
{
	struct sockaddr_storage ss;
	u_int32_t af;

	memcpy(&af, mtod(m, caddr_t), sizeof(af));
	m_adj(m, sizeof(af));
	memset(&ss, 0, sizeof(ss));
	ss.ss_family = ntohl(af);
	ss.ss_len = sizeof(struct sockaddr);
	if (ntohl(af) != AF_INET && ntohl(af) != AF_INET6) {
		m_freem(m);
		return (EAFNOSUPPORT);
	}
	return (ifp->if_output(ifp, m, (struct sockaddr *)&ss, NULL));
}

/* Consumes the mbuf.  bpf_lock, so that the interface stays */
static int
bpf_send(struct bpf_d *d, struct mbuf *m)
{
	struct bpf_if *bif = d->bd_bif;
	struct ifnet *ifp = bif->bif_ifp;
	int error;

	m->m_pkthdr.ph_rtableid = ifp->if_rdomain;
	NET_LOCK_SHARED();
	if (bif->bif_dlt == DLT_EN10MB)
		error = bpf_send_ether(d, ifp, m);
	else
		error = bpf_send_af(ifp, m);
	NET_UNLOCK_SHARED();
	return (error);
}

static int
bpf_maywrite(struct bpf_d *d, const void *data, size_t len)
{
	struct bpf_if *bif = d->bd_bif;
	struct bpf_prog *bp = SMR_PTR_GET_LOCKED(&d->bd_wfilter);

	if (bif == NULL)
		return (ENXIO);
	if (bif->bif_dlt != DLT_EN10MB && bif->bif_dlt != DLT_LOOP)
		return (EOPNOTSUPP);
	if (!ISSET(READ_ONCE(bif->bif_ifp->if_flags), IFF_UP))
		return (ENETDOWN);
	if (len <= bif->bif_hdrlen)
		return (EINVAL);
	if (len - bif->bif_hdrlen > READ_ONCE(bif->bif_ifp->if_mtu))
		return (EMSGSIZE);
	if (bp != NULL && bpf_filter(bp->bp_insns, data, len, len) == 0)
		return (EPERM);
	return (0);
}

static int
bpf_write(void *dev, const void *data, size_t len, struct proc *p)
{
	struct bpf_d *d = dev;
	struct mbuf *m;
	int error;

	if (!ISSET(d->bd_mode, FWRITE))
		return (EBADF);
	if ((m = m_getpacket(M_WAIT, M_RXHEADROOM, len, M_RXTAILROOM)) == NULL)
		return (ENOBUFS);
	memcpy(mtod(m, caddr_t), data, len);
	m->m_len = m->m_pkthdr.len = len;
	rw_enter_read(&bpf_lock);
	if ((error = bpf_maywrite(d, data, len)) == 0)
		error = bpf_send(d, m);
	else
		m_freem(m);
	rw_exit_read(&bpf_lock);
	return (error);
}

/*
 * A program of the client.  Nothing is locked here: the client is asked
 * for it and may never answer.
 */
static int
bpf_getprog(caddr_t data, struct bpf_prog **bpp)
{
	struct bpf_program *bf = (struct bpf_program *)data;
	struct bpf_prog *bp;
	size_t size;
	int error;

	*bpp = NULL;
	if (bf->bf_len > BPF_MAXINSNS)
		return (EINVAL);
	if (bf->bf_len == 0)	/* none, then */
		return (bf->bf_insns == NULL ? 0 : EINVAL);
	size = bf->bf_len * sizeof(struct bpf_insn);
	bp = malloc(sizeof(*bp) + size, M_DEVBUF, M_WAITOK);
	bp->bp_len = bf->bf_len;
	if ((error = copyin(bf->bf_insns, bp->bp_insns, size)) == 0 &&
	    !bpf_validate(bp->bp_insns, bp->bp_len))
		error = EINVAL;
	if (error != 0) {
		free(bp, M_DEVBUF, sizeof(*bp) + size);
		return (error);
	}
	*bpp = bp;
	return (0);
}

static int
bpf_ioc_setf(struct bpf_d *d, u_long cmd, caddr_t data)
{
	struct bpf_prog *bp;
	int error;

	if ((error = bpf_getprog(data, &bp)) != 0)
		return (error);
	rw_enter_write(&bpf_lock);
	bpf_setprog(cmd == BIOCSETWF ? &d->bd_wfilter : &d->bd_rfilter, bp);
	if (cmd == BIOCSETF)
		bpf_reset(d);
	rw_exit_write(&bpf_lock);
	return (0);
}

static int
bpf_ioc_flush(struct bpf_d *d, u_long cmd, caddr_t data)
{
	bpf_reset(d);
	return (0);
}

static int
bpf_ioc_blen(struct bpf_d *d, u_long cmd, caddr_t data)
{
	u_int *len = (u_int *)data;
	int error = 0;

	rw_enter_read(&bpf_lock);
	if (cmd == BIOCSBLEN && d->bd_bif != NULL)
		error = EINVAL;
	else if (cmd == BIOCSBLEN) {
		mtx_enter(&d->bd_mtx);
		d->bd_bufsize = MIN(MAX(*len, BPF_MINBUFSIZE),
		    BPF_MAXBUFSIZE);
		mtx_leave(&d->bd_mtx);
	}
	*len = d->bd_bufsize;
	rw_exit_read(&bpf_lock);
	return (error);
}

/* the first tap of an interface */
static struct bpf_if *
bpf_find(const char *name)
{
	struct bpf_if *bif;

	TAILQ_FOREACH(bif, &bpf_ifs, bif_entry) {
		if (strcmp(bif->bif_ifp->if_xname, name) == 0)
			break;
	}
	return (bif);
}

static struct bpf_if *
bpf_find_dlt(struct ifnet *ifp, u_int dlt)
{
	struct bpf_if *bif;

	TAILQ_FOREACH(bif, &bpf_ifs, bif_entry) {
		if (bif->bif_ifp == ifp && bif->bif_dlt == dlt)
			break;
	}
	return (bif);
}

static int
bpf_ioc_setif(struct bpf_d *d, u_long cmd, caddr_t data)
{
	struct ifreq *ifr = (struct ifreq *)data;
	struct bpf_if *bif;

	ifr->ifr_name[IFNAMSIZ - 1] = '\0';
	rw_enter_write(&bpf_lock);
	if ((bif = bpf_find(ifr->ifr_name)) != NULL) {
		bpf_detach_d(d);
		bpf_reset(d);
		mtx_enter(&d->bd_mtx);
		d->bd_gone = 0;
		mtx_leave(&d->bd_mtx);
		bpf_attach_d(d, bif);
	}
	rw_exit_write(&bpf_lock);
	return (bif == NULL ? ENXIO : 0);
}

static int
bpf_ioc_getif(struct bpf_d *d, u_long cmd, caddr_t data)
{
	struct ifreq *ifr = (struct ifreq *)data;
	int error = 0;

	rw_enter_read(&bpf_lock);
	if (d->bd_bif != NULL)
		strlcpy(ifr->ifr_name, d->bd_bif->bif_ifp->if_xname,
		    sizeof(ifr->ifr_name));
	else
		error = EINVAL;
	rw_exit_read(&bpf_lock);
	return (error);
}

static int
bpf_ioc_promisc(struct bpf_d *d, u_long cmd, caddr_t data)
{
	int error = 0;

	rw_enter_write(&bpf_lock);
	if (d->bd_bif == NULL)
		error = EINVAL;
	else if (!d->bd_promisc) {
		NET_LOCK();
		error = ifpromisc(d->bd_bif->bif_ifp, 1);
		NET_UNLOCK();
		d->bd_promisc = error == 0;
	}
	rw_exit_write(&bpf_lock);
	return (error);
}

static int
bpf_ioc_dlt(struct bpf_d *d, u_long cmd, caddr_t data)
{
	struct bpf_if *bif;
	u_int *dlt = (u_int *)data;
	int error = 0;

	rw_enter_write(&bpf_lock);
	if (d->bd_bif == NULL)
		error = EINVAL;
	else if (cmd == BIOCGDLT)
		*dlt = d->bd_bif->bif_dlt;
	else if ((bif = bpf_find_dlt(d->bd_bif->bif_ifp, *dlt)) == NULL)
		error = EINVAL;
	else if (bif != d->bd_bif) {
		bpf_detach_d(d);
		bpf_reset(d);
		bpf_attach_d(d, bif);
	}
	rw_exit_write(&bpf_lock);
	return (error);
}

#define BPF_MAXDLT	8	/* of one interface; none here has as many */

static int
bpf_ioc_dltlist(struct bpf_d *d, u_long cmd, caddr_t data)
{
	struct bpf_dltlist *bfl = (struct bpf_dltlist *)data;
	struct bpf_if *bif;
	u_int dlts[BPF_MAXDLT], n = 0, room = bfl->bfl_len;
	int attached;

	rw_enter_read(&bpf_lock);
	attached = d->bd_bif != NULL;
	TAILQ_FOREACH(bif, &bpf_ifs, bif_entry) {
		if (attached && bif->bif_ifp == d->bd_bif->bif_ifp &&
		    n < nitems(dlts))
			dlts[n++] = bif->bif_dlt;
	}
	rw_exit_read(&bpf_lock);
	if (!attached)
		return (EINVAL);
	bfl->bfl_len = n;
	if (bfl->bfl_list == NULL)
		return (0);
	if (room < n)
		return (ENOMEM);
	return (copyout(dlts, bfl->bfl_list, n * sizeof(dlts[0])));
}

/* Those that wait already may wait no longer, or less. */
static void
bpf_rearm(struct bpf_d *d)
{
	uint64_t wait = bpf_wait(d);

	if (d->bd_store == NULL)
		return;
	timeout_del(&d->bd_age);
	if (wait == 0) {
		d->bd_ready = 1;
		if (d->bd_upcall != NULL)
			d->bd_upcall(d->bd_upcallarg);
	} else if (wait != BPF_FOREVER)
		timeout_add_nsec(&d->bd_age, wait);
}

static void
bpf_setwait(struct bpf_d *d, uint64_t *waitp, uint64_t wait)
{
	mtx_enter(&d->bd_mtx);
	*waitp = wait;
	bpf_rearm(d);
	mtx_leave(&d->bd_mtx);
}

static int
bpf_tvcheck(const struct timeval *tv)
{
	return (tv->tv_sec < 0 || tv->tv_usec < 0 || tv->tv_usec >= 1000000 ?
	    EINVAL : 0);
}

static uint64_t
bpf_tvnsec(const struct timeval *tv)
{
	return (tv->tv_sec * 1000000000ULL + tv->tv_usec * 1000ULL);
}

static int
bpf_ioc_rtimeout(struct bpf_d *d, u_long cmd, caddr_t data)
{
	struct timeval *tv = (struct timeval *)data;

	if (cmd == BIOCGRTIMEOUT) {
		*tv = d->bd_rtimeout;
		return (0);
	}
	if (bpf_tvcheck(tv) != 0 || tv->tv_sec > INT_MAX)
		return (EINVAL);
	d->bd_rtimeout = *tv;
	bpf_setwait(d, &d->bd_rwait, timerisset(tv) ? bpf_tvnsec(tv) :
	    BPF_FOREVER);
	return (0);
}

static int
bpf_ioc_wtimeout(struct bpf_d *d, u_long cmd, caddr_t data)
{
	struct timeval *tv = (struct timeval *)data;

	switch (cmd) {
	case BIOCDWTIMEOUT:
		bpf_setwait(d, &d->bd_wwait, BPF_FOREVER);
		return (0);
	case BIOCGWTIMEOUT:
		if (d->bd_wwait == BPF_FOREVER)
			return (ENXIO);
		tv->tv_sec = d->bd_wwait / 1000000000ULL;
		tv->tv_usec = d->bd_wwait % 1000000000ULL / 1000;
		return (0);
	default:
		if (bpf_tvcheck(tv) != 0 || tv->tv_sec > BPF_MAXWAIT ||
		    (tv->tv_sec == BPF_MAXWAIT && tv->tv_usec > 0))
			return (EINVAL);
		bpf_setwait(d, &d->bd_wwait, bpf_tvnsec(tv));
		return (0);
	}
}

static int
bpf_ioc_immediate(struct bpf_d *d, u_long cmd, caddr_t data)
{
	bpf_setwait(d, &d->bd_wwait, *(u_int *)data ? 0 : BPF_FOREVER);
	return (0);
}

static int
bpf_ioc_stats(struct bpf_d *d, u_long cmd, caddr_t data)
{
	struct bpf_stat *bs = (struct bpf_stat *)data;

	mtx_enter(&d->bd_mtx);
	bs->bs_recv = atomic_load_int(&d->bd_rcount);
	bs->bs_drop = d->bd_dcount;
	mtx_leave(&d->bd_mtx);
	return (0);
}

static int
bpf_ioc_version(struct bpf_d *d, u_long cmd, caddr_t data)
{
	struct bpf_version *bv = (struct bpf_version *)data;

	bv->bv_major = BPF_MAJOR_VERSION;
	bv->bv_minor = BPF_MINOR_VERSION;
	return (0);
}

static int
bpf_ioc_lock(struct bpf_d *d, u_long cmd, caddr_t data)
{
	d->bd_locked = 1;
	return (0);
}

static int
bpf_ioc_word(struct bpf_d *d, u_long cmd, caddr_t data)
{
	u_int *v = (u_int *)data;

	switch (cmd) {
	case BIOCGHDRCMPLT:
		*v = d->bd_hdrcmplt;
		break;
	case BIOCSHDRCMPLT:
		d->bd_hdrcmplt = *v != 0;
		break;
	case BIOCGFILDROP:
		*v = d->bd_fildrop;
		break;
	case BIOCSFILDROP:
		if (*v > BPF_FILDROP_DROP)
			return (EINVAL);
		atomic_store_int(&d->bd_fildrop, *v);
		break;
	case BIOCGDIRFILT:
		*v = d->bd_dirfilt;
		break;
	case BIOCSDIRFILT:
		if (*v & ~(BPF_DIRECTION_IN | BPF_DIRECTION_OUT))
			return (EINVAL);
		atomic_store_int(&d->bd_dirfilt, *v);
		break;
	}
	return (0);
}

#define BPF_SAFE	1	/* after BIOCLOCK, too */

static const struct {
	u_long	  cmd;
	int	  flags;
	int	(*func)(struct bpf_d *, u_long, caddr_t);
} bpf_ioctls[] = {
	{ BIOCGBLEN,		BPF_SAFE,	bpf_ioc_blen },
	{ BIOCSBLEN,		0,		bpf_ioc_blen },
	{ BIOCSETF,		0,		bpf_ioc_setf },
	{ BIOCSETFNR,		0,		bpf_ioc_setf },
	{ BIOCSETWF,		0,		bpf_ioc_setf },
	{ BIOCFLUSH,		BPF_SAFE,	bpf_ioc_flush },
	{ BIOCPROMISC,		0,		bpf_ioc_promisc },
	{ BIOCGDLT,		BPF_SAFE,	bpf_ioc_dlt },
	{ BIOCSDLT,		0,		bpf_ioc_dlt },
	{ BIOCGDLTLIST,		BPF_SAFE,	bpf_ioc_dltlist },
	{ BIOCGETIF,		BPF_SAFE,	bpf_ioc_getif },
	{ BIOCSETIF,		0,		bpf_ioc_setif },
	{ BIOCSRTIMEOUT,	BPF_SAFE,	bpf_ioc_rtimeout },
	{ BIOCGRTIMEOUT,	BPF_SAFE,	bpf_ioc_rtimeout },
	{ BIOCSWTIMEOUT,	BPF_SAFE,	bpf_ioc_wtimeout },
	{ BIOCGWTIMEOUT,	0,		bpf_ioc_wtimeout },
	{ BIOCDWTIMEOUT,	BPF_SAFE,	bpf_ioc_wtimeout },
	{ BIOCIMMEDIATE,	BPF_SAFE,	bpf_ioc_immediate },
	{ BIOCGSTATS,		BPF_SAFE,	bpf_ioc_stats },
	{ BIOCVERSION,		BPF_SAFE,	bpf_ioc_version },
	{ BIOCLOCK,		BPF_SAFE,	bpf_ioc_lock },
	{ BIOCGHDRCMPLT,	BPF_SAFE,	bpf_ioc_word },
	{ BIOCSHDRCMPLT,	0,		bpf_ioc_word },
	{ BIOCGFILDROP,		0,		bpf_ioc_word },
	{ BIOCSFILDROP,		0,		bpf_ioc_word },
	{ BIOCGDIRFILT,		BPF_SAFE,	bpf_ioc_word },
	{ BIOCSDIRFILT,		0,		bpf_ioc_word }
};

static int
bpf_ioctl(void *dev, u_long cmd, caddr_t data, struct proc *p)
{
	struct bpf_d *d = dev;
	int i;

	for (i = 0; i < nitems(bpf_ioctls); i++) {
		if (bpf_ioctls[i].cmd != cmd)
			continue;
		if (d->bd_locked && !(bpf_ioctls[i].flags & BPF_SAFE))
			return (EPERM);
		return (bpf_ioctls[i].func(d, cmd, data));
	}
	return (ENOTTY);
}
