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

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/pool.h>
#include <sys/proc.h>
#include <sys/smr.h>
#include <sys/socket.h>
#include <sys/task.h>
#include <sys/time.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/pfkeyv2.h>
#include <net/rtable.h>

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_ah.h>
#include <netinet/ip_esp.h>
#include <netinet/ip_ipip.h>
#include <netinet/ip_ipsp.h>
#include <netinet/ip_spd.h>

#include <crypto/xform.h>

#include "sec.h"
#if NSEC > 0
#include <net/if_sec.h>
#endif

/*
 * Security associations.  Readers of the hash are inside SMR; it changes
 * under tdb_sadb_mtx.  An SA keeps the hash's reference until a grace
 * period after it left, so a reader never finds one without references.
 */
#define TDB_HASHSIZE	131072		/* a power of two */
#define TDB_MAXBUNDLE	8		/* SAs in one bundle */

static void	tdb_timeout(void *);
static void	tdb_firstuse_timeout(void *);
static void	tdb_soft_timeout_fn(void *);
static void	tdb_soft_firstuse_timeout(void *);
static void	tdb_reap(void *);

struct mutex		 tdb_sadb_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static struct tdb	*tdb_hash[TDB_HASHSIZE];	/* [D] */
static struct tdb	*tdb_dsthash[TDB_HASHSIZE];	/* [D] by tdb_dnext */
static TAILQ_HEAD(, tdb) tdb_list = TAILQ_HEAD_INITIALIZER(tdb_list); /* [D] */
static unsigned int	 tdb_total;			/* [D] */
static unsigned int	 tdb_relinks;			/* [D] atomic load */
static uint32_t		 tdb_hashkey;			/* [I] */
static struct pool	 tdb_pool;
static struct tdb	*tdb_dead;			/* [D] by tdb_snext */
static struct task	 tdb_reap_task = TASK_INITIALIZER(tdb_reap, NULL);
static LIST_HEAD(, ipsec_ids) ipsp_ids = LIST_HEAD_INITIALIZER(ipsp_ids);

struct cpumem		*ipseccounters;
struct cpumem		*espcounters;
struct cpumem		*ahcounters;
u_int64_t		 ipsec_last_added;
int			 ipsec_keep_invalid = IPSEC_INVAL_LIFE;

const struct xformsw xformsw[] = {
	{ XF_ESP, XFT_CONF | XFT_AUTH, "IPsec ESP", esp_attach, esp_init,
	  esp_zeroize, esp_input, esp_output },
	{ XF_AH, XFT_AUTH, "IPsec AH", ah_attach, ah_init, ah_zeroize,
	  ah_input, ah_output },
	{ XF_IP4, 0, "IP in IP", ipe4_attach, ipe4_init, ipe4_zeroize,
	  ipe4_input, ipe4_output },
};
const struct xformsw *const xformswNXFORMSW = &xformsw[nitems(xformsw)];

void
ipsp_init(void)
{
	const struct xformsw *xf;

	pool_init(&tdb_pool, sizeof(struct tdb), 64, IPL_SOFTNET, 0, "tdb",
	    NULL);
	tdb_hashkey = arc4random();
	ipseccounters = counters_alloc(ipsec_ncounters);
	espcounters = counters_alloc(esps_ncounters);
	ahcounters = counters_alloc(ahs_ncounters);
	for (xf = xformsw; xf < xformswNXFORMSW; xf++)
		xf->xf_attach();
}

static struct tdb **
tdb_bucket(u_int32_t spi, const union sockaddr_union *dst, u_int8_t proto)
{
	uint32_t h = spi ^ tdb_hashkey ^ proto;
	const uint32_t *w;
	int i;

	if (dst->sa.sa_family == AF_INET) {
		h = (h ^ dst->sin.sin_addr.s_addr) * 0x85ebca6bU;
	} else {
		w = (const uint32_t *)&dst->sin6.sin6_addr;
		for (i = 0; i < 4; i++)
			h = (h ^ w[i]) * 0x85ebca6bU;
	}
	h ^= h >> 15;
	h *= 0xc2b2ae35U;
	h ^= h >> 13;
	return (&tdb_hash[h & (TDB_HASHSIZE - 1)]);
}

static int
tdb_sameaddr(const union sockaddr_union *a, const union sockaddr_union *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return (0);
	if (a->sa.sa_family == AF_INET)
		return (a->sin.sin_addr.s_addr == b->sin.sin_addr.s_addr);
	return (memcmp(&a->sin6.sin6_addr, &b->sin6.sin6_addr,
	    sizeof(a->sin6.sin6_addr)) == 0);
}

static struct tdb *
tdb_find(u_int rdomain, u_int32_t spi, const union sockaddr_union *addr,
    u_int8_t proto, int reverse)
{
	struct tdb *tdb;

	tdb = SMR_PTR_GET(tdb_bucket(spi, addr, proto));
	while (tdb != NULL) {
		if (tdb->tdb_spi == spi && tdb->tdb_sproto == proto &&
		    (reverse ? tdb->tdb_rdomain_post : tdb->tdb_rdomain) ==
		    rdomain &&
		    tdb_sameaddr(&tdb->tdb_dst, addr))
			return (tdb);
		tdb = SMR_PTR_GET(&tdb->tdb_hnext);
	}
	return (NULL);
}

/*
 * An SA that moves to another bucket may carry a reader along: who finds
 * nothing looks again if one moved meanwhile.
 */
struct tdb *
gettdb_dir(u_int rdomain, u_int32_t spi, union sockaddr_union *addr,
    u_int8_t proto, int reverse)
{
	struct tdb *tdb;
	unsigned int seq;

	NET_ASSERT_LOCKED();
	smr_read_enter();
	do {
		seq = __atomic_load_n(&tdb_relinks, __ATOMIC_ACQUIRE);
		tdb = tdb_find(rdomain, spi, addr, proto, reverse);
	} while (tdb == NULL &&
	    seq != __atomic_load_n(&tdb_relinks, __ATOMIC_ACQUIRE));
	tdb_ref(tdb);
	smr_read_leave();
	return (tdb);
}

/* The flow of an SA is part of its place in this hash; NULL: it has none. */
static struct tdb **
tdb_dstbucket(const union sockaddr_union *dst, u_int8_t proto,
    const struct sockaddr_encap *flow)
{
	u_int8_t copy[sizeof(*flow)];
	u_int32_t w, h = 0;
	size_t i;

	if (flow == NULL || flow->sen_type == 0)
		return (&tdb_dsthash[tdb_bucket(0, dst, proto) - tdb_hash]);
	memcpy(copy, flow, sizeof(copy));
	copy[offsetof(struct sockaddr_encap, Sen)] = 0;	/* direction */
	for (i = 0; i < sizeof(copy); i += sizeof(w)) {
		memcpy(&w, copy + i, sizeof(w));
		h = (h ^ w) * 0x9e3779b1U;
		h ^= h >> 15;
	}
	return (&tdb_dsthash[tdb_bucket(h, dst, proto) - tdb_hash]);
}

static int
tdb_fits(struct tdb *tdb, const struct tdb_search *ts,
    const struct sockaddr_encap *flow)
{
	u_int32_t flags = READ_ONCE(tdb->tdb_flags);

	if (tdb->tdb_sproto != ts->ts_sproto ||
	    tdb->tdb_rdomain != ts->ts_rdomain ||
	    !tdb_sameaddr(&tdb->tdb_dst, ts->ts_dst) ||
	    ISSET(flags, TDBF_INVALID | TDBF_DELETED) ||
	    (flags & ts->ts_mask) != ts->ts_flags)
		return (0);
	if (ts->ts_src != NULL && !tdb_sameaddr(&tdb->tdb_src, ts->ts_src))
		return (0);
	if (ts->ts_ids != NULL && ts->ts_ids != tdb->tdb_ids)
		return (0);
	if (flow == NULL)
		return (tdb->tdb_filter.sen_type == 0);
	return (spd_sameflow(&tdb->tdb_filter, flow) &&
	    spd_sameflow(&tdb->tdb_filtermask, ts->ts_flowmask));
}

static struct tdb *
tdb_search_flow(const struct tdb_search *ts, const struct sockaddr_encap *flow)
{
	struct tdb *tdb;

	tdb = SMR_PTR_GET(tdb_dstbucket(ts->ts_dst, ts->ts_sproto, flow));
	while (tdb != NULL && !tdb_fits(tdb, ts, flow))
		tdb = SMR_PTR_GET(&tdb->tdb_dnext);
	return (tdb);
}

struct tdb *
tdb_search(const struct tdb_search *ts)
{
	struct tdb *tdb = NULL;
	unsigned int seq;

	NET_ASSERT_LOCKED();
	smr_read_enter();
	do {
		seq = __atomic_load_n(&tdb_relinks, __ATOMIC_ACQUIRE);
		if (ts->ts_flow != NULL)
			tdb = tdb_search_flow(ts, ts->ts_flow);
		if (tdb == NULL)
			tdb = tdb_search_flow(ts, NULL);
	} while (tdb == NULL &&
	    seq != __atomic_load_n(&tdb_relinks, __ATOMIC_ACQUIRE));
	tdb_ref(tdb);
	smr_read_leave();
	return (tdb);
}

struct tdb *
tdb_ref(struct tdb *tdb)
{
	if (tdb != NULL)
		refcnt_take(&tdb->tdb_refcnt);
	return (tdb);
}

void
tdb_unref(struct tdb *tdb)
{
	if (tdb != NULL && refcnt_rele(&tdb->tdb_refcnt)) {
		NET_ASSERT_LOCKED();
		tdb_free(tdb);
	}
}

struct tdb *
tdb_alloc(u_int rdomain)
{
	struct tdb *tdb;

	tdb = pool_get(&tdb_pool, PR_WAITOK | PR_ZERO);
	refcnt_init(&tdb->tdb_refcnt);
	mtx_init(&tdb->tdb_mtx, IPL_SOFTNET);
	tdb->tdb_rdomain = rdomain;
	tdb->tdb_rdomain_post = rdomain;
	tdb->tdb_established = gettime();
	tdb->tdb_counters = counters_alloc(tdb_ncounters);
	timeout_set_proc(&tdb->tdb_timer_tmo, tdb_timeout, tdb);
	timeout_set_proc(&tdb->tdb_first_tmo, tdb_firstuse_timeout, tdb);
	timeout_set_proc(&tdb->tdb_stimer_tmo, tdb_soft_timeout_fn, tdb);
	timeout_set_proc(&tdb->tdb_sfirst_tmo, tdb_soft_firstuse_timeout,
	    tdb);
	return (tdb);
}

int
tdb_init(struct tdb *tdb, u_int16_t type, struct ipsecinit *ii)
{
	const struct xformsw *xf;

	for (xf = xformsw; xf < xformswNXFORMSW; xf++) {
		if (xf->xf_type == type)
			return (xf->xf_init(tdb, xf, ii));
	}
	return (EINVAL);
}

u_int8_t *
ipsec_keydup(const u_int8_t *key, size_t len)
{
	u_int8_t *copy;

	if (len == 0)
		return (NULL);
	copy = malloc(len, M_XDATA, M_WAITOK);
	memcpy(copy, key, len);
	return (copy);
}

void
ipsec_keyfree(u_int8_t **key, size_t len)
{
	if (*key != NULL) {
		explicit_bzero(*key, len);
		free(*key, M_XDATA, len);
	}
	*key = NULL;
}

void
tdb_free(struct tdb *tdb)
{
	NET_ASSERT_LOCKED();
	KASSERT(tdb->tdb_inext == NULL && tdb->tdb_onext == NULL);
	if (tdb->tdb_xform != NULL)
		tdb->tdb_xform->xf_zeroize(tdb);
	ipsp_ids_free(tdb->tdb_ids);
	counters_free(tdb->tdb_counters, tdb_ncounters);
	explicit_bzero(tdb, sizeof(*tdb));
	pool_put(&tdb_pool, tdb);
}

void
puttdb(struct tdb *tdb)
{
	mtx_enter(&tdb_sadb_mtx);
	puttdb_locked(tdb);
	mtx_leave(&tdb_sadb_mtx);
}

/* All SAs to one gateway may be in one bucket: no way there is walked. */
static void
tdb_link_dst(struct tdb *tdb, struct tdb **bucket)
{
	struct tdb *next = SMR_PTR_GET_LOCKED(bucket);

	SMR_PTR_SET_LOCKED(&tdb->tdb_dnext, next);
	if (next != NULL)
		next->tdb_dprev = &tdb->tdb_dnext;
	tdb->tdb_dprev = bucket;
	SMR_PTR_SET_LOCKED(bucket, tdb);
}

/* No policy finds it any more. */
static void
tdb_unlink_dst(struct tdb *tdb)
{
	struct tdb *next = SMR_PTR_GET_LOCKED(&tdb->tdb_dnext);

	SMR_PTR_SET_LOCKED(tdb->tdb_dprev, next);
	if (next != NULL)
		next->tdb_dprev = tdb->tdb_dprev;
	tdb->tdb_dprev = NULL;
}

void
puttdb_locked(struct tdb *tdb)
{
	struct tdb **bucket;

	MUTEX_ASSERT_LOCKED(&tdb_sadb_mtx);
	bucket = tdb_bucket(tdb->tdb_spi, &tdb->tdb_dst, tdb->tdb_sproto);
	SMR_PTR_SET_LOCKED(&tdb->tdb_hnext, SMR_PTR_GET_LOCKED(bucket));
	SMR_PTR_SET_LOCKED(bucket, tdb);
	TAILQ_INSERT_TAIL(&tdb_list, tdb, tdb_all);
	tdb_total++;
	if (ISSET(tdb->tdb_flags, TDBF_TUNNELING))
		ipsecstat_inc(ipsec_tunnels_c);
	WRITE_ONCE(ipsec_last_added, getuptime());
	if (ISSET(tdb->tdb_flags, TDBF_IFACE)) {
#if NSEC > 0
		sec_tdb_insert(tdb);
#endif
		return;
	}
	bucket = tdb_dstbucket(&tdb->tdb_dst, tdb->tdb_sproto,
	    &tdb->tdb_filter);
	tdb_link_dst(tdb, bucket);
}

void
tdb_unlink_locked(struct tdb *tdb)
{
	struct tdb **pp;

	MUTEX_ASSERT_LOCKED(&tdb_sadb_mtx);
	/* it may have become an interface's since */
	if (tdb->tdb_dprev != NULL)
		tdb_unlink_dst(tdb);
	pp = tdb_bucket(tdb->tdb_spi, &tdb->tdb_dst, tdb->tdb_sproto);
	while (SMR_PTR_GET_LOCKED(pp) != tdb)
		pp = &SMR_PTR_GET_LOCKED(pp)->tdb_hnext;
	SMR_PTR_SET_LOCKED(pp, SMR_PTR_GET_LOCKED(&tdb->tdb_hnext));
	__atomic_store_n(&tdb_relinks, tdb_relinks + 1, __ATOMIC_RELEASE);
	TAILQ_REMOVE(&tdb_list, tdb, tdb_all);
	tdb_total--;
	if (ISSET(tdb->tdb_flags, TDBF_TUNNELING)) {
		ipsecstat_dec(ipsec_tunnels_c);
		ipsecstat_inc(ipsec_prevtunnels_c);
	}
#if NSEC > 0
	if (ISSET(tdb->tdb_flags, TDBF_IFACE))
		sec_tdb_remove(tdb);
#endif
}

unsigned int
tdb_count(void)
{
	unsigned int n;

	mtx_enter(&tdb_sadb_mtx);
	n = tdb_total;
	mtx_leave(&tdb_sadb_mtx);
	return (n);
}

int
tdb_isdeleted(struct tdb *tdb)
{
	return (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_DELETED) != 0);
}

void
tdb_unref_later(struct tdb *tdb)
{
	mtx_enter(&tdb_sadb_mtx);
	tdb->tdb_snext = tdb_dead;
	tdb_dead = tdb;
	mtx_leave(&tdb_sadb_mtx);
	task_add(systqmp, &tdb_reap_task);
}

static void
tdb_reap_list(void)
{
	struct tdb *list, *tdb;

	mtx_enter(&tdb_sadb_mtx);
	list = tdb_dead;
	tdb_dead = NULL;
	mtx_leave(&tdb_sadb_mtx);
	if (list == NULL)
		return;
	smr_barrier();
	NET_LOCK_SHARED();
	while ((tdb = list) != NULL) {
		list = tdb->tdb_snext;
		tdb->tdb_snext = NULL;
		tdb_unref(tdb);
	}
	NET_UNLOCK_SHARED();
}

static void
tdb_reap(void *arg)
{
	tdb_reap_list();
}

void
tdb_drain(void)
{
	NET_ASSERT_UNLOCKED();
	tdb_reap_list();
	taskq_barrier(systqmp);
}

/*
 * Bundles: packets that leave through one SA go on through the next.  The
 * links hold no reference: they are gone before the grace period begins,
 * after which a deleted SA may be freed.
 */
int
tdb_bundle(struct tdb *first, struct tdb *next)
{
	struct tdb *tdb;
	int n = 0;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	for (tdb = next; tdb != NULL; tdb = tdb->tdb_onext, n++) {
		if (tdb == first)
			return (ESRCH);
	}
	if (first->tdb_onext == next)
		return (0);
	if (first->tdb_onext != NULL || next->tdb_inext != NULL)
		return (EEXIST);
	for (tdb = first; tdb != NULL; tdb = tdb->tdb_inext)
		n++;
	if (n > TDB_MAXBUNDLE)
		return (E2BIG);
	mtx_enter(&tdb_sadb_mtx);
	SMR_PTR_SET_LOCKED(&first->tdb_onext, next);
	SMR_PTR_SET_LOCKED(&next->tdb_inext, first);
	WRITE_ONCE(first->tdb_orphan, 0);
	mtx_leave(&tdb_sadb_mtx);
	return (0);
}

static void
tdb_unbundle(struct tdb *tdb)
{
	struct tdb *in, *out;

	mtx_enter(&tdb_sadb_mtx);
	in = tdb->tdb_inext;
	out = tdb->tdb_onext;
	if (in != NULL) {
		/* before the link goes: whoever misses that sees this */
		__atomic_store_n(&in->tdb_orphan, 1, __ATOMIC_RELEASE);
		SMR_PTR_SET_LOCKED(&in->tdb_onext, NULL);
	}
	if (out != NULL)
		SMR_PTR_SET_LOCKED(&out->tdb_inext, NULL);
	SMR_PTR_SET_LOCKED(&tdb->tdb_inext, NULL);
	SMR_PTR_SET_LOCKED(&tdb->tdb_onext, NULL);
	mtx_leave(&tdb_sadb_mtx);
}

int
tdb_bundled(struct tdb *tdb, struct tdb **next)
{
	smr_read_enter();
	*next = tdb_ref(SMR_PTR_GET(&tdb->tdb_onext));
	smr_read_leave();
	if (*next == NULL && __atomic_load_n(&tdb->tdb_orphan,
	    __ATOMIC_ACQUIRE))
		return (ENXIO);
	return (0);
}

void
tdb_delete(struct tdb *tdb)
{
	int again;

	NET_ASSERT_LOCKED();
	mtx_enter(&tdb->tdb_mtx);
	again = ISSET(tdb->tdb_flags, TDBF_DELETED);
	WRITE_ONCE(tdb->tdb_flags, tdb->tdb_flags | TDBF_DELETED);
	mtx_leave(&tdb->tdb_mtx);
	if (again)
		return;
	mtx_enter(&tdb_sadb_mtx);
	tdb_unlink_locked(tdb);
	mtx_leave(&tdb_sadb_mtx);
	tdb_unbundle(tdb);
	tdb_deltimeouts(tdb);
	tdb_unref_later(tdb);
}

/*
 * Each walk gathers references first, so the callback may delete anything.
 */
int
tdb_walk(u_int rdomain, int (*func)(struct tdb *, void *, int), void *arg)
{
	SIMPLEQ_HEAD(, tdb) found = SIMPLEQ_HEAD_INITIALIZER(found);
	struct tdb *tdb;
	int error = 0;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	mtx_enter(&tdb_sadb_mtx);
	TAILQ_FOREACH(tdb, &tdb_list, tdb_all) {
		if (tdb->tdb_rdomain != rdomain)
			continue;
		tdb_ref(tdb);
		SIMPLEQ_INSERT_TAIL(&found, tdb, tdb_walk);
	}
	mtx_leave(&tdb_sadb_mtx);
	while ((tdb = SIMPLEQ_FIRST(&found)) != NULL) {
		SIMPLEQ_REMOVE_HEAD(&found, tdb_walk);
		if (error == 0)
			error = func(tdb, arg, SIMPLEQ_EMPTY(&found));
		tdb_unref(tdb);
	}
	return (error);
}

static void
tdb_arm(struct timeout *to, struct tdb *tdb, u_int64_t sec)
{
	tdb_ref(tdb);
	if (!timeout_add_nsec(to, SEC_TO_NSEC(MIN(sec, UINT32_MAX))))
		tdb_unref(tdb);
}

void
tdb_addtimeouts(struct tdb *tdb)
{
	u_int64_t now = gettime(), age;
	u_int32_t flags = READ_ONCE(tdb->tdb_flags);

	/* somebody may have set the clock back */
	age = now > tdb->tdb_established ? now - tdb->tdb_established : 0;
	if (ISSET(flags, TDBF_TIMER))
		tdb_arm(&tdb->tdb_timer_tmo, tdb, tdb->tdb_exp_timeout > age ?
		    tdb->tdb_exp_timeout - age : 0);
	if (ISSET(flags, TDBF_SOFT_TIMER))
		tdb_arm(&tdb->tdb_stimer_tmo, tdb,
		    tdb->tdb_soft_timeout > age ?
		    tdb->tdb_soft_timeout - age : 0);
}

void
tdb_deltimeouts(struct tdb *tdb)
{
	if (timeout_del(&tdb->tdb_timer_tmo))
		tdb_unref(tdb);
	if (timeout_del(&tdb->tdb_first_tmo))
		tdb_unref(tdb);
	if (timeout_del(&tdb->tdb_stimer_tmo))
		tdb_unref(tdb);
	if (timeout_del(&tdb->tdb_sfirst_tmo))
		tdb_unref(tdb);
}

/* The first packet starts the clocks that count from it. */
void
tdb_firstuse(struct tdb *tdb)
{
	u_int32_t flags;

	if (__atomic_load_n(&tdb->tdb_first_use, __ATOMIC_RELAXED) != 0)
		return;
	mtx_enter(&tdb->tdb_mtx);
	flags = tdb->tdb_first_use == 0 ? tdb->tdb_flags : TDBF_DELETED;
	__atomic_store_n(&tdb->tdb_first_use, gettime(), __ATOMIC_RELAXED);
	mtx_leave(&tdb->tdb_mtx);
	if (ISSET(flags, TDBF_DELETED))
		return;
	if (ISSET(flags, TDBF_FIRSTUSE))
		tdb_arm(&tdb->tdb_first_tmo, tdb, tdb->tdb_exp_first_use);
	if (ISSET(flags, TDBF_SOFT_FIRSTUSE))
		tdb_arm(&tdb->tdb_sfirst_tmo, tdb, tdb->tdb_soft_first_use);
	/* a delete that ran before the clocks started did not stop them */
	if (tdb_isdeleted(tdb))
		tdb_deltimeouts(tdb);
}

/* Clear a flag; was it set? */
static int
tdb_clrflag(struct tdb *tdb, u_int32_t flag)
{
	int was;

	mtx_enter(&tdb->tdb_mtx);
	was = ISSET(tdb->tdb_flags, flag) &&
	    !ISSET(tdb->tdb_flags, TDBF_DELETED);
	WRITE_ONCE(tdb->tdb_flags, tdb->tdb_flags & ~flag);
	mtx_leave(&tdb->tdb_mtx);
	return (was);
}

/*
 * While this waited for the netlock an UPDATE may have given the SA more
 * time: then the clock runs again.
 */
static void
tdb_expire_hard(struct tdb *tdb, struct timeout *to, u_int32_t flag)
{
	NET_LOCK();
	if (!timeout_pending(to) && tdb_clrflag(tdb, flag)) {
		if (!ISSET(READ_ONCE(tdb->tdb_flags), TDBF_INVALID))
			pfkeyv2_expire(tdb, SADB_EXT_LIFETIME_HARD);
		tdb_delete(tdb);
	}
	tdb_unref(tdb);
	NET_UNLOCK();
}

static void
tdb_expire_soft(struct tdb *tdb, struct timeout *to, u_int32_t flag)
{
	NET_LOCK();
	if (!timeout_pending(to) && tdb_clrflag(tdb, flag))
		pfkeyv2_expire(tdb, SADB_EXT_LIFETIME_SOFT);
	tdb_unref(tdb);
	NET_UNLOCK();
}

static void
tdb_timeout(void *arg)
{
	struct tdb *tdb = arg;

	tdb_expire_hard(tdb, &tdb->tdb_timer_tmo, TDBF_TIMER);
}

static void
tdb_firstuse_timeout(void *arg)
{
	struct tdb *tdb = arg;

	tdb_expire_hard(tdb, &tdb->tdb_first_tmo, TDBF_FIRSTUSE);
}

static void
tdb_soft_timeout_fn(void *arg)
{
	struct tdb *tdb = arg;

	tdb_expire_soft(tdb, &tdb->tdb_stimer_tmo, TDBF_SOFT_TIMER);
}

static void
tdb_soft_firstuse_timeout(void *arg)
{
	struct tdb *tdb = arg;

	tdb_expire_soft(tdb, &tdb->tdb_sfirst_tmo, TDBF_SOFT_FIRSTUSE);
}

/* One try: a larval SA under that SPI, unless it is taken. */
static int
tdb_reserve(u_int rdomain, u_int32_t spi, union sockaddr_union *src,
    union sockaddr_union *dst, u_int8_t sproto)
{
	struct tdb *tdb;

	if ((tdb = gettdb(rdomain, spi, dst, sproto)) != NULL) {
		tdb_unref(tdb);
		return (EEXIST);
	}
	tdb = tdb_alloc(rdomain);
	tdb->tdb_spi = spi;
	tdb->tdb_src = *src;
	tdb->tdb_dst = *dst;
	tdb->tdb_sproto = sproto;
	tdb->tdb_satype = sproto == IPPROTO_AH ? SADB_SATYPE_AH :
	    sproto == IPPROTO_ESP ? SADB_SATYPE_ESP : SADB_X_SATYPE_IPIP;
	tdb->tdb_flags = TDBF_INVALID;
	if (ipsec_keep_invalid > 0) {
		tdb->tdb_flags |= TDBF_TIMER;
		tdb->tdb_exp_timeout = ipsec_keep_invalid;
	}
	tdb_addtimeouts(tdb);
	puttdb(tdb);
	return (0);
}

u_int32_t
reserve_spi(u_int rdomain, u_int32_t min, u_int32_t max,
    union sockaddr_union *src, union sockaddr_union *dst, u_int8_t sproto,
    int *errval)
{
	u_int32_t spi;
	int tries;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if (min < 256)
		min = 256;
	*errval = EINVAL;
	if (min > max)
		return (0);
	for (tries = 0; tries < 100; tries++) {
		spi = min == max ? min : max - min == UINT32_MAX ?
		    arc4random() : min + arc4random_uniform(max - min + 1);
		*errval = tdb_reserve(rdomain, htonl(spi), src, dst, sproto);
		if (*errval == 0)
			return (htonl(spi));
	}
	return (0);
}

static struct ipsec_id *
ipsp_id_copy(const struct ipsec_id *id)
{
	struct ipsec_id *copy;
	size_t len;

	if (id == NULL)
		return (NULL);
	len = sizeof(*id) + id->len;
	copy = malloc(len, M_CREDENTIALS, M_WAITOK);
	memcpy(copy, id, len);
	return (copy);
}

static void
ipsp_id_free(struct ipsec_id *id)
{
	if (id != NULL)
		free(id, M_CREDENTIALS, sizeof(*id) + id->len);
}

static int
ipsp_id_equal(const struct ipsec_id *a, const struct ipsec_id *b)
{
	if (a == NULL || b == NULL)
		return (a == b);
	return (a->type == b->type && a->len == b->len &&
	    memcmp(a, b, sizeof(*a) + a->len) == 0);
}

struct ipsec_ids *
ipsp_ids_insert(struct ipsec_id *local, struct ipsec_id *remote)
{
	struct ipsec_ids *ids, *new;

	new = malloc(sizeof(*new), M_CREDENTIALS, M_WAITOK | M_ZERO);
	refcnt_init(&new->id_refcnt);
	new->id_local = ipsp_id_copy(local);
	new->id_remote = ipsp_id_copy(remote);
	mtx_enter(&tdb_sadb_mtx);
	LIST_FOREACH(ids, &ipsp_ids, id_list) {
		if (ipsp_id_equal(ids->id_local, local) &&
		    ipsp_id_equal(ids->id_remote, remote)) {
			refcnt_take(&ids->id_refcnt);
			break;
		}
	}
	if (ids == NULL)
		LIST_INSERT_HEAD(&ipsp_ids, new, id_list);
	mtx_leave(&tdb_sadb_mtx);
	if (ids == NULL)
		return (new);
	ipsp_id_free(new->id_local);
	ipsp_id_free(new->id_remote);
	free(new, M_CREDENTIALS, sizeof(*new));
	return (ids);
}

void
ipsp_ids_free(struct ipsec_ids *ids)
{
	int last;

	if (ids == NULL)
		return;
	mtx_enter(&tdb_sadb_mtx);
	if ((last = refcnt_rele(&ids->id_refcnt)))
		LIST_REMOVE(ids, id_list);
	mtx_leave(&tdb_sadb_mtx);
	if (!last)
		return;
	ipsp_id_free(ids->id_local);
	ipsp_id_free(ids->id_remote);
	free(ids, M_CREDENTIALS, sizeof(*ids));
}
