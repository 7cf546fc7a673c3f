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
 * Between the extensions of PF_KEY and struct tdb.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/percpu.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <netinet/in.h>
#include <netinet/ip_ipsp.h>

#include <net/pfkeyvar.h>
#include <net/rtable.h>

#define SA_FLAGS	(SADB_SAFLAGS_PFS | SADB_X_SAFLAGS_TUNNEL |	\
			    SADB_X_SAFLAGS_CHAINDEL |			\
			    SADB_X_SAFLAGS_UDPENCAP | SADB_X_SAFLAGS_ESN)
#define TDBF_HARD	(TDBF_ALLOCATIONS | TDBF_BYTES | TDBF_TIMER |	\
			    TDBF_FIRSTUSE)
#define TDBF_SOFT	(TDBF_SOFT_ALLOCATIONS | TDBF_SOFT_BYTES |	\
			    TDBF_SOFT_TIMER | TDBF_SOFT_FIRSTUSE)

static const struct pfkey_sapair {
	uint32_t	 sp_sadb;
	uint32_t	 sp_tdb;
} pfkey_saflags[] = {
	{ SADB_SAFLAGS_PFS, TDBF_PFS },
	{ SADB_X_SAFLAGS_TUNNEL, TDBF_TUNNELING },
	{ SADB_X_SAFLAGS_UDPENCAP, TDBF_UDPENCAP },
	{ SADB_X_SAFLAGS_ESN, TDBF_ESN },
};

/*
 * From an SA to extensions.
 */

void
pfkey_export_sa(struct tdb *tdb, struct pfkey_buf *pb)
{
	u_int32_t flags = READ_ONCE(tdb->tdb_flags);
	struct sadb_sa *sa;
	int i;

	if ((sa = pfkey_put(pb, SADB_EXT_SA, sizeof(*sa))) == NULL)
		return;
	sa->sadb_sa_spi = tdb->tdb_spi;
	sa->sadb_sa_replay = tdb->tdb_wnd;
	sa->sadb_sa_state = ISSET(flags, TDBF_INVALID) ?
	    SADB_SASTATE_LARVAL : SADB_SASTATE_MATURE;
	if (tdb->tdb_encalgxform != NULL)
		sa->sadb_sa_encrypt = pfkey_enc_sadb(tdb->tdb_encalgxform);
	if (tdb->tdb_authalgxform != NULL)
		sa->sadb_sa_auth = pfkey_auth_sadb(tdb->tdb_authalgxform);
	for (i = 0; i < nitems(pfkey_saflags); i++)
		if (ISSET(flags, pfkey_saflags[i].sp_tdb))
			sa->sadb_sa_flags |= pfkey_saflags[i].sp_sadb;
}

void
pfkey_export_current(struct tdb *tdb, struct pfkey_buf *pb)
{
	struct sadb_lifetime *lt;

	lt = pfkey_put(pb, SADB_EXT_LIFETIME_CURRENT, sizeof(*lt));
	if (lt == NULL)
		return;
	lt->sadb_lifetime_addtime = tdb->tdb_established;
	mtx_enter(&tdb->tdb_mtx);
	lt->sadb_lifetime_allocations = tdb->tdb_cur_allocations;
	lt->sadb_lifetime_bytes = tdb->tdb_cur_bytes;
	lt->sadb_lifetime_usetime = tdb->tdb_first_use;
	mtx_leave(&tdb->tdb_mtx);
}

/* HARD or SOFT: what was asked for, also after it has come */
void
pfkey_export_lifetime(struct tdb *tdb, struct pfkey_buf *pb, int type)
{
	struct sadb_lifetime lt, *ext;

	memset(&lt, 0, sizeof(lt));
	if (type == SADB_EXT_LIFETIME_HARD) {
		lt.sadb_lifetime_allocations = tdb->tdb_exp_allocations;
		lt.sadb_lifetime_bytes = tdb->tdb_exp_bytes;
		lt.sadb_lifetime_addtime = tdb->tdb_exp_timeout;
		lt.sadb_lifetime_usetime = tdb->tdb_exp_first_use;
	} else {
		lt.sadb_lifetime_allocations = tdb->tdb_soft_allocations;
		lt.sadb_lifetime_bytes = tdb->tdb_soft_bytes;
		lt.sadb_lifetime_addtime = tdb->tdb_soft_timeout;
		lt.sadb_lifetime_usetime = tdb->tdb_soft_first_use;
	}
	if ((ext = pfkey_put(pb, type, sizeof(*ext))) == NULL)
		return;
	lt.sadb_lifetime_len = ext->sadb_lifetime_len;
	lt.sadb_lifetime_exttype = ext->sadb_lifetime_exttype;
	*ext = lt;
}

static void
export_lifetimes(struct tdb *tdb, struct pfkey_buf *pb)
{
	struct sadb_lifetime *lt;
	u_int64_t used;

	pfkey_export_current(tdb, pb);
	if (tdb->tdb_soft_allocations != 0 || tdb->tdb_soft_bytes != 0 ||
	    tdb->tdb_soft_timeout != 0 || tdb->tdb_soft_first_use != 0)
		pfkey_export_lifetime(tdb, pb, SADB_EXT_LIFETIME_SOFT);
	if (tdb->tdb_exp_allocations != 0 || tdb->tdb_exp_bytes != 0 ||
	    tdb->tdb_exp_timeout != 0 || tdb->tdb_exp_first_use != 0)
		pfkey_export_lifetime(tdb, pb, SADB_EXT_LIFETIME_HARD);
	used = __atomic_load_n(&tdb->tdb_last_used, __ATOMIC_RELAXED);
	if (used == 0)
		return;
	lt = pfkey_put(pb, SADB_X_EXT_LIFETIME_LASTUSE, sizeof(*lt));
	if (lt != NULL)
		lt->sadb_lifetime_usetime = used;
}

void
pfkey_export_addrs(struct tdb *tdb, struct pfkey_buf *pb)
{
	pfkey_export_sockaddr(pb, SADB_EXT_ADDRESS_SRC, &tdb->tdb_src.sa);
	pfkey_export_sockaddr(pb, SADB_EXT_ADDRESS_DST, &tdb->tdb_dst.sa);
}

static void
export_idents(struct tdb *tdb, struct pfkey_buf *pb)
{
	pfkey_export_idents(pb, tdb->tdb_ids, tdb->tdb_ids_swapped);
}

static void
export_key(struct pfkey_buf *pb, int type, const u_int8_t *key, size_t len)
{
	struct sadb_key *ext;

	if (len == 0 || (ext = pfkey_put(pb, type, sizeof(*ext) + len)) == NULL)
		return;
	ext->sadb_key_bits = len * 8;
	memcpy(ext + 1, key, len);
}

static void
export_flow(struct tdb *tdb, struct pfkey_buf *pb)
{
	if (tdb->tdb_filter.sen_type != 0)
		pfkey_export_flow(pb, &tdb->tdb_filter, &tdb->tdb_filtermask,
		    SADB_X_FLOW_TYPE_USE, 0);
}

static void
export_path(struct tdb *tdb, struct pfkey_buf *pb)
{
	struct sadb_x_udpencap *ue;
	struct sadb_x_replay *replay;
	struct sadb_x_mtu *mtu;
	u_int32_t bytes = __atomic_load_n(&tdb->tdb_mtu, __ATOMIC_RELAXED);

	if (tdb->tdb_udpencap_port != 0 && (ue = pfkey_put(pb,
	    SADB_X_EXT_UDPENCAP, sizeof(*ue))) != NULL)
		ue->sadb_x_udpencap_port = tdb->tdb_udpencap_port;
	if ((replay = pfkey_put(pb, SADB_X_EXT_REPLAY,
	    sizeof(*replay))) != NULL) {
		mtx_enter(&tdb->tdb_mtx);
		replay->sadb_x_replay_count = tdb->tdb_rpl;
		mtx_leave(&tdb->tdb_mtx);
	}
	if (bytes != 0 && __atomic_load_n(&tdb->tdb_mtutimeout,
	    __ATOMIC_RELAXED) > (u_int64_t)gettime() &&
	    (mtu = pfkey_put(pb, SADB_X_EXT_MTU, sizeof(*mtu))) != NULL)
		mtu->sadb_x_mtu_mtu = bytes;
}

static void
export_tag(struct tdb *tdb, struct pfkey_buf *pb)
{
	struct sadb_x_tag *tag;
	size_t len = strlen(tdb->tdb_tagname) + 1;

	if (len == 1 ||
	    (tag = pfkey_put(pb, SADB_X_EXT_TAG, sizeof(*tag) + len)) == NULL)
		return;
	tag->sadb_x_tag_taglen = len;
	memcpy(tag + 1, tdb->tdb_tagname, len);
}

static void
export_place(struct tdb *tdb, struct pfkey_buf *pb)
{
	struct sadb_x_rdomain *rd;
	struct sadb_x_tap *tap;
	struct sadb_x_iface *iface;

	if (tdb->tdb_rdomain != tdb->tdb_rdomain_post && (rd = pfkey_put(pb,
	    SADB_X_EXT_RDOMAIN, sizeof(*rd))) != NULL) {
		rd->sadb_x_rdomain_dom1 = tdb->tdb_rdomain;
		rd->sadb_x_rdomain_dom2 = tdb->tdb_rdomain_post;
	}
	export_tag(tdb, pb);
	if (tdb->tdb_tap != 0 && (tap = pfkey_put(pb, SADB_X_EXT_TAP,
	    sizeof(*tap))) != NULL)
		tap->sadb_x_tap_unit = tdb->tdb_tap;
	if (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_IFACE) &&
	    (iface = pfkey_put(pb, SADB_X_EXT_IFACE,
	    sizeof(*iface))) != NULL) {
		iface->sadb_x_iface_unit = tdb->tdb_iface;
		iface->sadb_x_iface_direction = tdb->tdb_iface_dir;
	}
}

static void
export_counter(struct tdb *tdb, struct pfkey_buf *pb)
{
	uint64_t v[tdb_ncounters], scratch[tdb_ncounters];
	struct sadb_x_counter *cnt;

	counters_read(tdb->tdb_counters, v, tdb_ncounters, scratch);
	if ((cnt = pfkey_put(pb, SADB_X_EXT_COUNTER, sizeof(*cnt))) == NULL)
		return;
	cnt->sadb_x_counter_ipackets = v[tdb_ipackets];
	cnt->sadb_x_counter_opackets = v[tdb_opackets];
	cnt->sadb_x_counter_ibytes = v[tdb_ibytes];
	cnt->sadb_x_counter_obytes = v[tdb_obytes];
	cnt->sadb_x_counter_idrops = v[tdb_idrops];
	cnt->sadb_x_counter_odrops = v[tdb_odrops];
	cnt->sadb_x_counter_idecompbytes = v[tdb_idecompbytes];
	cnt->sadb_x_counter_ouncompbytes = v[tdb_ouncompbytes];
}

void
pfkey_export(struct tdb *tdb, struct pfkey_buf *pb)
{
	NET_ASSERT_LOCKED();
	pfkey_export_sa(tdb, pb);
	export_lifetimes(tdb, pb);
	pfkey_export_addrs(tdb, pb);
	export_idents(tdb, pb);
	export_key(pb, SADB_EXT_KEY_AUTH, tdb->tdb_amxkey,
	    tdb->tdb_amxkeylen);
	export_key(pb, SADB_EXT_KEY_ENCRYPT, tdb->tdb_emxkey,
	    tdb->tdb_emxkeylen);
	export_flow(tdb, pb);
	export_path(tdb, pb);
	export_place(tdb, pb);
	export_counter(tdb, pb);
}

/*
 * From extensions to an SA.  Each of these takes the whole array and does
 * nothing if its own extension is not there: 0 or EINVAL.
 */

static void
tdb_changeflags(struct tdb *tdb, u_int32_t clear, u_int32_t set)
{
	mtx_enter(&tdb->tdb_mtx);
	WRITE_ONCE(tdb->tdb_flags, (tdb->tdb_flags & ~clear) | set);
	mtx_leave(&tdb->tdb_mtx);
}

void
pfkey_import_addr(union sockaddr_union *su, void *ext)
{
	const struct sockaddr *sa = (struct sockaddr *)
	    ((struct sadb_address *)ext + 1);

	memset(su, 0, sizeof(*su));
	if (sa->sa_family == AF_INET)
		su->sin = *(const struct sockaddr_in *)sa;
	else if (sa->sa_family == AF_INET6)
		su->sin6 = *(const struct sockaddr_in6 *)sa;
}

int
pfkey_addr_equal(const union sockaddr_union *a, const union sockaddr_union *b)
{
	return (a->sa.sa_len == b->sa.sa_len &&
	    memcmp(a, b, a->sa.sa_len) == 0);
}

int
pfkey_addr_isany(const union sockaddr_union *su)
{
	return (su->sa.sa_family == AF_INET ?
	    su->sin.sin_addr.s_addr == 0 :
	    IN6_IS_ADDR_UNSPECIFIED(&su->sin6.sin6_addr));
}

static int
import_sa(struct tdb *tdb, void **exts)
{
	const struct sadb_sa *sa = exts[SADB_EXT_SA];
	u_int32_t set = 0;
	int i;

	if (ISSET(sa->sadb_sa_flags, ~SA_FLAGS))
		return (EINVAL);
	for (i = 0; i < nitems(pfkey_saflags); i++)
		if (ISSET(sa->sadb_sa_flags, pfkey_saflags[i].sp_sadb))
			set |= pfkey_saflags[i].sp_tdb;
	tdb->tdb_spi = sa->sadb_sa_spi;
	tdb->tdb_wnd = sa->sadb_sa_replay;
	tdb_changeflags(tdb, 0, set);
	return (0);
}

/* Without a source it is the unspecified address. */
static int
import_addrs(struct tdb *tdb, void **exts)
{
	pfkey_import_addr(&tdb->tdb_dst, exts[SADB_EXT_ADDRESS_DST]);
	if (exts[SADB_EXT_ADDRESS_SRC] != NULL)
		pfkey_import_addr(&tdb->tdb_src, exts[SADB_EXT_ADDRESS_SRC]);
	else {
		memset(&tdb->tdb_src, 0, sizeof(tdb->tdb_src));
		tdb->tdb_src.sa.sa_len = tdb->tdb_dst.sa.sa_len;
		tdb->tdb_src.sa.sa_family = tdb->tdb_dst.sa.sa_family;
	}
	if (tdb->tdb_dst.sa.sa_family == AF_UNSPEC ||
	    tdb->tdb_src.sa.sa_family != tdb->tdb_dst.sa.sa_family)
		return (EINVAL);
	return (0);
}

/* An SA cannot have been made in the time to come: its clocks need that. */
static int
current_ok(const struct sadb_lifetime *lt)
{
	u_int64_t now = gettime();

	return (lt == NULL || (lt->sadb_lifetime_addtime <= now &&
	    lt->sadb_lifetime_usetime <= now));
}

static void
set_current(struct tdb *tdb, const struct sadb_lifetime *lt)
{
	if (lt == NULL)
		return;
	tdb->tdb_cur_allocations = lt->sadb_lifetime_allocations;
	if (lt->sadb_lifetime_addtime != 0)
		tdb->tdb_established = lt->sadb_lifetime_addtime;
	mtx_enter(&tdb->tdb_mtx);
	tdb->tdb_cur_bytes = lt->sadb_lifetime_bytes;
	if (lt->sadb_lifetime_usetime != 0)
		__atomic_store_n(&tdb->tdb_first_use,
		    lt->sadb_lifetime_usetime, __ATOMIC_RELAXED);
	mtx_leave(&tdb->tdb_mtx);
}

static int
import_current(struct tdb *tdb, void **exts)
{
	if (!current_ok(exts[SADB_EXT_LIFETIME_CURRENT]))
		return (EINVAL);
	set_current(tdb, exts[SADB_EXT_LIFETIME_CURRENT]);
	return (0);
}

static void
set_hard(struct tdb *tdb, const struct sadb_lifetime *lt)
{
	u_int32_t set = 0;

	if (lt == NULL)
		return;
	if ((tdb->tdb_exp_allocations = lt->sadb_lifetime_allocations) != 0)
		set |= TDBF_ALLOCATIONS;
	if ((tdb->tdb_exp_bytes = lt->sadb_lifetime_bytes) != 0)
		set |= TDBF_BYTES;
	if ((tdb->tdb_exp_timeout = lt->sadb_lifetime_addtime) != 0)
		set |= TDBF_TIMER;
	if ((tdb->tdb_exp_first_use = lt->sadb_lifetime_usetime) != 0)
		set |= TDBF_FIRSTUSE;
	tdb_changeflags(tdb, TDBF_HARD, set);
}

static void
set_soft(struct tdb *tdb, const struct sadb_lifetime *lt)
{
	u_int32_t set = 0;

	if (lt == NULL)
		return;
	if ((tdb->tdb_soft_allocations = lt->sadb_lifetime_allocations) != 0)
		set |= TDBF_SOFT_ALLOCATIONS;
	if ((tdb->tdb_soft_bytes = lt->sadb_lifetime_bytes) != 0)
		set |= TDBF_SOFT_BYTES;
	if ((tdb->tdb_soft_timeout = lt->sadb_lifetime_addtime) != 0)
		set |= TDBF_SOFT_TIMER;
	if ((tdb->tdb_soft_first_use = lt->sadb_lifetime_usetime) != 0)
		set |= TDBF_SOFT_FIRSTUSE;
	tdb_changeflags(tdb, TDBF_SOFT, set);
}

static void
set_lastuse(struct tdb *tdb, const struct sadb_lifetime *lt)
{
	if (lt != NULL)
		__atomic_store_n(&tdb->tdb_last_used,
		    lt->sadb_lifetime_usetime, __ATOMIC_RELAXED);
}

static int
import_idents(struct tdb *tdb, void **exts)
{
	tdb->tdb_ids = pfkey_import_idents(exts, tdb->tdb_ids_swapped);
	return (0);
}

static int
import_flow(struct tdb *tdb, void **exts)
{
	if (pfkey_checkflow(exts, 1) != 0)
		return (EINVAL);
	if (exts[SADB_X_EXT_FLOW_TYPE] != NULL)
		pfkey_import_flow(exts, &tdb->tdb_filter, &tdb->tdb_filtermask);
	return (0);
}

/* A port is one of an SA that goes through UDP, and that is switched on. */
static int
udpencap_ok(const struct sadb_x_udpencap *ue, u_int32_t flags)
{
	return (ue == NULL || (READ_ONCE(udpencap_enable) &&
	    ISSET(flags, TDBF_UDPENCAP)));
}

static void
set_udpencap(struct tdb *tdb, const struct sadb_x_udpencap *ue)
{
	if (ue != NULL)
		tdb->tdb_udpencap_port = ue->sadb_x_udpencap_port;
}

static int
import_udpencap(struct tdb *tdb, void **exts)
{
	if (!udpencap_ok(exts[SADB_X_EXT_UDPENCAP], tdb->tdb_flags))
		return (EINVAL);
	set_udpencap(tdb, exts[SADB_X_EXT_UDPENCAP]);
	return (0);
}

int
pfkey_isrdomain(u_int id)
{
	return (rtable_exists(id) && rtable_l2(id) == id);
}

static int
import_rdomain(struct tdb *tdb, void **exts)
{
	const struct sadb_x_rdomain *rd = exts[SADB_X_EXT_RDOMAIN];

	if (rd == NULL)
		return (0);
	if (!pfkey_isrdomain(rd->sadb_x_rdomain_dom1) ||
	    !pfkey_isrdomain(rd->sadb_x_rdomain_dom2))
		return (EINVAL);
	tdb->tdb_rdomain = rd->sadb_x_rdomain_dom1;
	tdb->tdb_rdomain_post = rd->sadb_x_rdomain_dom2;
	return (0);
}

static void
set_tag(struct tdb *tdb, const struct sadb_x_tag *tag)
{
	if (tag == NULL)
		return;
	memset(tdb->tdb_tagname, 0, sizeof(tdb->tdb_tagname));
	memcpy(tdb->tdb_tagname, tag + 1, tag->sadb_x_tag_taglen);
}

static void
set_tap(struct tdb *tdb, const struct sadb_x_tap *tap)
{
	if (tap != NULL)
		tdb->tdb_tap = tap->sadb_x_tap_unit;
}

/*
 * A tunnel of an interface is ESP, needs both ends, and of its own only
 * when it sends.
 */
static int
import_iface(struct tdb *tdb, void **exts)
{
	const struct sadb_x_iface *iface = exts[SADB_X_EXT_IFACE];

	if (iface == NULL)
		return (0);
	if (tdb->tdb_satype != SADB_SATYPE_ESP ||
	    !ISSET(tdb->tdb_flags, TDBF_TUNNELING) ||
	    pfkey_addr_isany(&tdb->tdb_dst) ||
	    (iface->sadb_x_iface_direction == IPSP_DIRECTION_OUT &&
	    pfkey_addr_isany(&tdb->tdb_src)))
		return (EINVAL);
	tdb->tdb_iface = iface->sadb_x_iface_unit;
	tdb->tdb_iface_dir = iface->sadb_x_iface_direction;
	tdb_changeflags(tdb, 0, TDBF_IFACE);
	return (0);
}

/*
 * An SA that was in use elsewhere: all numbers up to its last one are as
 * good as seen, for nobody knows which were.
 */
static int
import_replay(struct tdb *tdb, void **exts)
{
	const struct sadb_x_replay *replay = exts[SADB_X_EXT_REPLAY];
	u_int64_t last;

	if (replay == NULL)
		return (0);
	last = replay->sadb_x_replay_count;
	if (last > UINT32_MAX && !ISSET(tdb->tdb_flags, TDBF_ESN))
		return (EINVAL);
	mtx_enter(&tdb->tdb_mtx);
	tdb->tdb_rpl = last;
	memset(tdb->tdb_seen, 0xff, sizeof(tdb->tdb_seen));
	tdb->tdb_seen[last / 64 % nitems(tdb->tdb_seen)] =
	    UINT64_MAX >> (63 - last % 64);
	mtx_leave(&tdb->tdb_mtx);
	return (0);
}

static void
set_counter(struct tdb *tdb, const struct sadb_x_counter *cnt)
{
	if (cnt == NULL)
		return;
	tdbstat_add(tdb, tdb_ipackets, cnt->sadb_x_counter_ipackets);
	tdbstat_add(tdb, tdb_opackets, cnt->sadb_x_counter_opackets);
	tdbstat_add(tdb, tdb_ibytes, cnt->sadb_x_counter_ibytes);
	tdbstat_add(tdb, tdb_obytes, cnt->sadb_x_counter_obytes);
	tdbstat_add(tdb, tdb_idrops, cnt->sadb_x_counter_idrops);
	tdbstat_add(tdb, tdb_odrops, cnt->sadb_x_counter_odrops);
	tdbstat_add(tdb, tdb_idecompbytes, cnt->sadb_x_counter_idecompbytes);
	tdbstat_add(tdb, tdb_ouncompbytes, cnt->sadb_x_counter_ouncompbytes);
}

static int
import_rest(struct tdb *tdb, void **exts)
{
	set_hard(tdb, exts[SADB_EXT_LIFETIME_HARD]);
	set_soft(tdb, exts[SADB_EXT_LIFETIME_SOFT]);
	set_lastuse(tdb, exts[SADB_X_EXT_LIFETIME_LASTUSE]);
	set_tag(tdb, exts[SADB_X_EXT_TAG]);
	set_tap(tdb, exts[SADB_X_EXT_TAP]);
	set_counter(tdb, exts[SADB_X_EXT_COUNTER]);
	return (0);
}

/* in this order: some look at what others have set */
static int (*const pfkey_imports[])(struct tdb *, void **) = {
	import_sa, import_addrs, import_current, import_idents, import_flow,
	import_udpencap, import_rdomain, import_iface, import_replay,
	import_rest
};

int
pfkey_import(struct tdb *tdb, void **exts)
{
	int error, i;

	for (i = 0; i < nitems(pfkey_imports); i++)
		if ((error = pfkey_imports[i](tdb, exts)) != 0)
			return (error);
	return (0);
}

static int
import_key(const struct sadb_key *key, int alg, u_int8_t **p, u_int16_t *len)
{
	if (key == NULL)
		return (0);
	if (alg == 0 || key->sadb_key_bits % 8 != 0)
		return (EINVAL);
	*p = (u_int8_t *)(key + 1);
	*len = key->sadb_key_bits / 8;
	return (0);
}

int
pfkey_import_keys(struct ipsecinit *ii, void **exts)
{
	const struct sadb_sa *sa = exts[SADB_EXT_SA];

	memset(ii, 0, sizeof(*ii));
	ii->ii_encalg = sa->sadb_sa_encrypt;
	ii->ii_authalg = sa->sadb_sa_auth;
	if (import_key(exts[SADB_EXT_KEY_ENCRYPT], ii->ii_encalg,
	    &ii->ii_enckey, &ii->ii_enckeylen) != 0)
		return (EINVAL);
	return (import_key(exts[SADB_EXT_KEY_AUTH], ii->ii_authalg,
	    &ii->ii_authkey, &ii->ii_authkeylen));
}

/*
 * An SA in use.  What cannot change may be named if it is the same; zero,
 * or a flag that is missing, says nothing.
 */

static int
unchanged_sa(struct tdb *tdb, const struct sadb_sa *sa)
{
	u_int32_t flags = READ_ONCE(tdb->tdb_flags);
	int i;

	if (ISSET(sa->sadb_sa_flags, ~SA_FLAGS) ||
	    (sa->sadb_sa_replay != 0 && sa->sadb_sa_replay != tdb->tdb_wnd))
		return (EINVAL);
	for (i = 0; i < nitems(pfkey_saflags); i++)
		if (ISSET(sa->sadb_sa_flags, pfkey_saflags[i].sp_sadb) &&
		    !ISSET(flags, pfkey_saflags[i].sp_tdb) &&
		    pfkey_saflags[i].sp_tdb != TDBF_UDPENCAP)
			return (EINVAL);
	if (sa->sadb_sa_encrypt != 0 &&
	    sa->sadb_sa_encrypt != pfkey_enc_sadb(tdb->tdb_encalgxform))
		return (EINVAL);
	if (sa->sadb_sa_auth != 0 && (tdb->tdb_authalgxform == NULL ||
	    sa->sadb_sa_auth != pfkey_auth_sadb(tdb->tdb_authalgxform)))
		return (EINVAL);
	return (0);
}

static int
unchanged_flow(struct tdb *tdb, void **exts)
{
	struct sockaddr_encap filter, mask;

	if (pfkey_checkflow(exts, 1) != 0)
		return (EINVAL);
	if (exts[SADB_X_EXT_FLOW_TYPE] == NULL)
		return (0);
	pfkey_import_flow(exts, &filter, &mask);
	if (memcmp(&filter, &tdb->tdb_filter, sizeof(filter)) != 0 ||
	    memcmp(&mask, &tdb->tdb_filtermask, sizeof(mask)) != 0)
		return (EINVAL);
	return (0);
}

static int
unchanged_place(struct tdb *tdb, void **exts)
{
	const struct sadb_x_rdomain *rd = exts[SADB_X_EXT_RDOMAIN];
	const struct sadb_x_iface *iface = exts[SADB_X_EXT_IFACE];

	if (rd != NULL && (rd->sadb_x_rdomain_dom1 != tdb->tdb_rdomain ||
	    rd->sadb_x_rdomain_dom2 != tdb->tdb_rdomain_post))
		return (EINVAL);
	if (iface != NULL &&
	    (!ISSET(READ_ONCE(tdb->tdb_flags), TDBF_IFACE) ||
	    iface->sadb_x_iface_unit != tdb->tdb_iface ||
	    iface->sadb_x_iface_direction != tdb->tdb_iface_dir))
		return (EINVAL);
	return (0);
}

int
pfkey_unchanged(struct tdb *tdb, void **exts)
{
	static const uint64_t never = PFKEY_EXT(SADB_EXT_KEY_AUTH) |
	    PFKEY_EXT(SADB_EXT_KEY_ENCRYPT) |
	    PFKEY_EXT(SADB_EXT_IDENTITY_SRC) |
	    PFKEY_EXT(SADB_EXT_IDENTITY_DST) |
	    PFKEY_EXT(SADB_X_EXT_COUNTER) | PFKEY_EXT(SADB_X_EXT_REPLAY);

	const struct sadb_sa *sa = exts[SADB_EXT_SA];
	u_int32_t flags = READ_ONCE(tdb->tdb_flags);

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if (ISSET(sa->sadb_sa_flags, SADB_X_SAFLAGS_UDPENCAP))
		flags |= TDBF_UDPENCAP;
	if ((pfkey_present(exts) & never) != 0 ||
	    unchanged_sa(tdb, sa) != 0 ||
	    unchanged_flow(tdb, exts) != 0 ||
	    unchanged_place(tdb, exts) != 0 ||
	    !current_ok(exts[SADB_EXT_LIFETIME_CURRENT]) ||
	    !udpencap_ok(exts[SADB_X_EXT_UDPENCAP], flags))
		return (EINVAL);
	return (0);
}

void
pfkey_change(struct tdb *tdb, void **exts)
{
	const struct sadb_sa *sa = exts[SADB_EXT_SA];

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if (ISSET(sa->sadb_sa_flags, SADB_X_SAFLAGS_UDPENCAP) &&
	    !ISSET(READ_ONCE(tdb->tdb_flags), TDBF_UDPENCAP)) {
		tdb_changeflags(tdb, 0, TDBF_UDPENCAP);
		/* UDP takes 8 bytes of what was found to fit */
		__atomic_store_n(&tdb->tdb_mtu, 0, __ATOMIC_RELAXED);
	}
	set_current(tdb, exts[SADB_EXT_LIFETIME_CURRENT]);
	set_hard(tdb, exts[SADB_EXT_LIFETIME_HARD]);
	set_soft(tdb, exts[SADB_EXT_LIFETIME_SOFT]);
	set_udpencap(tdb, exts[SADB_X_EXT_UDPENCAP]);
	set_tag(tdb, exts[SADB_X_EXT_TAG]);
	set_tap(tdb, exts[SADB_X_EXT_TAP]);
}
