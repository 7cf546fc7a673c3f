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
 * bpf(4): from the interfaces to the buffers of those who listen.  What
 * they ask for is in bpf_dev.c.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/proc.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/bpf.h>
#include <net/bpfdesc.h>

/* A packet behind a header that no mbuf holds. */
struct bpf_packet {
	struct bpf_view		 bk_view;	/* bv_arg is this struct */
	const u_char		*bk_hdr;
	u_int			 bk_hdrlen;
	const struct mbuf	*bk_m;
};

struct bpf_iflist	 bpf_ifs = TAILQ_HEAD_INITIALIZER(bpf_ifs);
struct rwlock		 bpf_lock = RWLOCK_INITIALIZER("bpflk");

static int	 bpf_copy(const struct bpf_view *, u_int, u_char *, u_int);

void
bpfilterattach(int n)
{
}

void
bpfattach(caddr_t *driverp, struct ifnet *ifp, u_int dlt, u_int hdrlen)
{
	struct bpf_if *bif;

	bif = malloc(sizeof(*bif), M_DEVBUF, M_WAITOK | M_ZERO);
	SMR_LIST_INIT(&bif->bif_listeners);
	bif->bif_driverp = driverp;
	bif->bif_ifp = ifp;
	bif->bif_dlt = dlt;
	bif->bif_hdrlen = hdrlen;
	SMR_PTR_SET_LOCKED(driverp, NULL);
	rw_enter_write(&bpf_lock);
	TAILQ_INSERT_TAIL(&bpf_ifs, bif, bif_entry);
	rw_exit_write(&bpf_lock);
}

/* Who listened reads what there is, and then that there is no more. */
static void
bpf_gone(struct bpf_d *d)
{
	mtx_enter(&d->bd_mtx);
	d->bd_gone = 1;
	if (d->bd_upcall != NULL)
		d->bd_upcall(d->bd_upcallarg);
	mtx_leave(&d->bd_mtx);
}

void
bpfdetach(struct ifnet *ifp)
{
	struct bpf_if *bif, *next;
	struct bpf_d *d;

	rw_enter_write(&bpf_lock);
	for (bif = TAILQ_FIRST(&bpf_ifs); bif != NULL; bif = next) {
		next = TAILQ_NEXT(bif, bif_entry);
		if (bif->bif_ifp != ifp)
			continue;
		while ((d = SMR_LIST_FIRST_LOCKED(&bif->bif_listeners)) !=
		    NULL) {
			bpf_detach_d(d);
			bpf_gone(d);
		}
		TAILQ_REMOVE(&bpf_ifs, bif, bif_entry);
		free(bif, M_DEVBUF, sizeof(*bif));
	}
	rw_exit_write(&bpf_lock);
}

void
bpf_attach_d(struct bpf_d *d, struct bpf_if *bif)
{
	rw_assert_wrlock(&bpf_lock);
	d->bd_bif = bif;
	SMR_LIST_INSERT_HEAD_LOCKED(&bif->bif_listeners, d, bd_entry);
	SMR_PTR_SET_LOCKED(bif->bif_driverp, (caddr_t)bif);
}

void
bpf_detach_d(struct bpf_d *d)
{
	struct bpf_if *bif = d->bd_bif;

	rw_assert_wrlock(&bpf_lock);
	if (bif == NULL)
		return;
	d->bd_bif = NULL;
	SMR_LIST_REMOVE_LOCKED(d, bd_entry);
	if (SMR_LIST_EMPTY_LOCKED(&bif->bif_listeners))
		SMR_PTR_SET_LOCKED(bif->bif_driverp, NULL);
	smr_barrier();
	if (d->bd_promisc) {
		d->bd_promisc = 0;
		NET_LOCK();
		ifpromisc(bif->bif_ifp, 0);
		NET_UNLOCK();
	}
}

static void
bpf_freeprog(void *arg)
{
	struct bpf_prog *bp = arg;

	free(bp, M_DEVBUF, sizeof(*bp) + bp->bp_len * sizeof(struct bpf_insn));
}

void
bpf_setprog(struct bpf_prog **bpp, struct bpf_prog *bp)
{
	struct bpf_prog *old = SMR_PTR_GET_LOCKED(bpp);

	rw_assert_wrlock(&bpf_lock);
	SMR_PTR_SET_LOCKED(bpp, bp);
	if (old != NULL) {
		smr_init(&old->bp_smr);
		smr_call(&old->bp_smr, bpf_freeprog, old);
	}
}

/* What the old filter accepted does not come after what this empties. */
void
bpf_reset(struct bpf_d *d)
{
	struct mbuf *store, *hold;

	smr_barrier();
	mtx_enter(&d->bd_mtx);
	store = d->bd_store;
	hold = d->bd_hold;
	d->bd_store = d->bd_hold = NULL;
	d->bd_ready = 0;
	d->bd_dcount = d->bd_drops = 0;
	mtx_leave(&d->bd_mtx);
	atomic_store_int(&d->bd_rcount, 0);
	m_freem(store);
	m_freem(hold);
}

uint64_t
bpf_wait(const struct bpf_d *d)
{
	return (d->bd_rwait < d->bd_wwait ? d->bd_rwait : d->bd_wwait);
}

static void
bpf_tell(struct bpf_d *d)
{
	if (d->bd_upcall != NULL)
		d->bd_upcall(d->bd_upcallarg);
}

void
bpf_age(void *arg)
{
	struct bpf_d *d = arg;

	mtx_enter(&d->bd_mtx);
	if (d->bd_store != NULL) {
		d->bd_ready = 1;
		bpf_tell(d);
	}
	mtx_leave(&d->bd_mtx);
}

/* A store with room for so many bytes, or NULL.  bd_mtx */
static struct mbuf *
bpf_room(struct bpf_d *d, u_int len)
{
	struct mbuf *m = d->bd_store;

	if (m != NULL && BPF_WORDALIGN(m->m_len) + len > d->bd_bufsize) {
		if (d->bd_hold != NULL)
			return (NULL);
		d->bd_hold = m;
		d->bd_store = NULL;
		d->bd_ready = 0;
		timeout_del(&d->bd_age);
		bpf_tell(d);
	}
	if (d->bd_store != NULL)
		return (d->bd_store);
	if ((m = m_get(M_DONTWAIT, MT_DATA)) == NULL)
		return (NULL);
	if (m_clget(m, M_DONTWAIT, d->bd_bufsize) == NULL) {
		m_free(m);
		return (NULL);
	}
	m->m_len = 0;
	return (d->bd_store = m);
}

/* The store has a new record: when may it be read?  bd_mtx */
static void
bpf_added(struct bpf_d *d, int first)
{
	uint64_t wait = bpf_wait(d);

	if (wait == 0) {
		d->bd_ready = 1;
		bpf_tell(d);
	} else if (first && wait != BPF_FOREVER)
		timeout_add_nsec(&d->bd_age, wait);
}

static void
bpf_catch(struct bpf_d *d, const struct bpf_view *bv, u_int linklen,
    u_int snaplen, const struct bpf_hdr *proto)
{
	struct bpf_hdr *bh;
	struct mbuf *m;
	u_int caplen = bv->bv_wirelen, hdrlen;
	int first;

	/* what follows the header of the link layer is aligned, too */
	hdrlen = BPF_WORDALIGN(linklen + SIZEOF_BPF_HDR) - linklen;
	if (caplen > snaplen)
		caplen = snaplen;
	mtx_enter(&d->bd_mtx);
	if (hdrlen >= d->bd_bufsize)
		caplen = 0;
	else if (caplen > d->bd_bufsize - hdrlen)
		caplen = d->bd_bufsize - hdrlen;
	if (caplen == 0 || (m = bpf_room(d, hdrlen + caplen)) == NULL) {
		d->bd_dcount++;
		d->bd_drops++;
		mtx_leave(&d->bd_mtx);
		return;
	}
	first = m->m_len == 0;
	while (m->m_len % BPF_ALIGNMENT != 0)
		mtod(m, u_char *)[m->m_len++] = 0;
	bh = (struct bpf_hdr *)(mtod(m, u_char *) + m->m_len);
	memset(bh, 0, hdrlen);
	*bh = *proto;
	bh->bh_caplen = caplen;
	bh->bh_datalen = bv->bv_wirelen;
	bh->bh_hdrlen = hdrlen;
	bh->bh_drops = ulmin(d->bd_drops, 255);
	(void)bpf_copy(bv, 0, (u_char *)bh + hdrlen, caplen);
	m->m_len += hdrlen + caplen;
	d->bd_drops = 0;
	bpf_added(d, first);
	mtx_leave(&d->bd_mtx);
}

/* bv_more: what is beyond the first bytes, or across their end. */
static int
bpf_copy(const struct bpf_view *bv, u_int off, u_char *to, u_int n)
{
	const struct bpf_packet *bk = bv->bv_arg;
	const struct mbuf *m = bk->bk_m;
	u_int len;

	if (off > bv->bv_wirelen || n > bv->bv_wirelen - off)
		return (0);
	if (off < bk->bk_hdrlen) {
		len = ulmin(n, bk->bk_hdrlen - off);
		memcpy(to, bk->bk_hdr + off, len);
		to += len;
		n -= len;
		off = bk->bk_hdrlen;
	}
	for (off -= bk->bk_hdrlen; n > 0; m = m->m_next) {
		if (off >= m->m_len) {
			off -= m->m_len;
			continue;
		}
		len = ulmin(n, m->m_len - off);
		memcpy(to, mtod(m, u_char *) + off, len);
		to += len;
		n -= len;
		off = 0;
	}
	return (1);
}

/* The chain says how long the packet is: so bpf_copy() never leaves it. */
static void
bpf_view(struct bpf_packet *bk, const void *hdr, u_int hdrlen,
    const struct mbuf *m)
{
	struct bpf_view *bv = &bk->bk_view;
	const struct mbuf *n;

	bk->bk_hdr = hdr;
	bk->bk_hdrlen = hdrlen;
	bk->bk_m = m;
	bv->bv_data = hdrlen > 0 ? hdr : mtod(m, const u_char *);
	bv->bv_len = hdrlen > 0 ? hdrlen : m->m_len;
	bv->bv_wirelen = hdrlen;
	for (n = m; n != NULL; n = n->m_next)
		bv->bv_wirelen += n->m_len;
	bv->bv_more = bpf_copy;
	bv->bv_arg = bk;
}

u_int
bpf_mfilter(const struct bpf_insn *in, const struct mbuf *m)
{
	struct bpf_packet bk;

	bpf_view(&bk, NULL, 0, m);
	return (bpf_run(in, &bk.bk_view));
}

static void
bpf_mkhdr(struct bpf_hdr *bh, const struct mbuf *m, u_int dir)
{
	struct timeval tv;

	memset(bh, 0, sizeof(*bh));
	microtime(&tv);
	bh->bh_tstamp.tv_sec = tv.tv_sec;
	bh->bh_tstamp.tv_usec = tv.tv_usec;
	bh->bh_flags = dir << BPF_F_DIR_SHIFT;
	if (!ISSET(m->m_flags, M_PKTHDR))
		return;
	bh->bh_ifidx = m->m_pkthdr.ph_ifidx;
	bh->bh_flowid = m->m_pkthdr.ph_flowid;
	bh->bh_flags |= m->m_pkthdr.pf.prio & BPF_F_PRI_MASK;
	if (ISSET(m->m_pkthdr.csum_flags, M_FLOWID))
		bh->bh_flags |= BPF_F_FLOWID;
	bh->bh_csumflags = m->m_pkthdr.csum_flags;
}

int
bpf_mtap_hdr(caddr_t arg, const void *hdr, u_int hdrlen,
    const struct mbuf *m, u_int dir)
{
	struct bpf_if *bif = (struct bpf_if *)arg;
	struct bpf_packet bk;
	struct bpf_prog *bp;
	struct bpf_hdr bh;
	struct bpf_d *d;
	u_int fildrop, keep;
	int drop = 0;

	if (bif == NULL)
		return (0);
	bpf_view(&bk, hdr, hdrlen, m);
	bpf_mkhdr(&bh, m, dir);
	smr_read_enter();
	SMR_LIST_FOREACH(d, &bif->bif_listeners, bd_entry) {
		atomic_inc_int(&d->bd_rcount);
		if (atomic_load_int(&d->bd_dirfilt) & dir)
			continue;
		bp = SMR_PTR_GET(&d->bd_rfilter);
		keep = bpf_run(bp == NULL ? NULL : bp->bp_insns, &bk.bk_view);
		if (keep == 0)
			continue;
		fildrop = atomic_load_int(&d->bd_fildrop);
		drop |= fildrop != BPF_FILDROP_PASS;
		if (fildrop != BPF_FILDROP_DROP)
			bpf_catch(d, &bk.bk_view, bif->bif_hdrlen, keep, &bh);
	}
	smr_read_leave();
	return (drop);
}

int
bpf_mtap(caddr_t arg, const struct mbuf *m, u_int dir)
{
	return (bpf_mtap_hdr(arg, NULL, 0, m, dir));
}

/* No interface here leaves the tag of a VLAN beside the frame. */
int
bpf_mtap_ether(caddr_t arg, const struct mbuf *m, u_int dir)
{
	return (bpf_mtap(arg, m, dir));
}

int
bpf_mtap_af(caddr_t arg, u_int32_t af, const struct mbuf *m, u_int dir)
{
	u_int32_t hdr = htonl(af);

	return (bpf_mtap_hdr(arg, &hdr, sizeof(hdr), m, dir));
}
