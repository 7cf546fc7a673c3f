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
 * PF_KEY version 2: what each message does.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timeout.h>

#include <netinet/in.h>
#include <netinet/ip_ah.h>
#include <netinet/ip_ipsp.h>
#include <netinet/ip_spd.h>

#include <net/pfkeyvar.h>
#include <net/rtable.h>

#define SPI_RESERVED	255		/* and all below, RFC 4303 2.1 */

static int	pfkey_getspi(struct pfkey_req *);
static int	pfkey_add(struct pfkey_req *);
static int	pfkey_update(struct pfkey_req *);
static int	pfkey_delete(struct pfkey_req *);
static int	pfkey_get(struct pfkey_req *);
static int	pfkey_register(struct pfkey_req *);
static int	pfkey_expire(struct pfkey_req *);
static int	pfkey_flush(struct pfkey_req *);
static int	pfkey_promisc(struct pfkey_req *);
static int	pfkey_grpspis(struct pfkey_req *);
static int	pfkey_unsupported(struct pfkey_req *);
static int	pfkey_invalid(struct pfkey_req *);

static const struct pfkey_op {
	int	(*po_func)(struct pfkey_req *);
	int	  po_reply;
#define PO_ECHO		0	/* of the request, and what the kernel adds */
#define PO_FRESH	1	/* only what the kernel says */
#define PO_NONE		2	/* sent already */
} pfkey_ops[SADB_MAX + 1] = {
	[SADB_RESERVED] = { pfkey_invalid, PO_NONE },
	[SADB_GETSPI] = { pfkey_getspi, PO_ECHO },
	[SADB_UPDATE] = { pfkey_update, PO_ECHO },
	[SADB_ADD] = { pfkey_add, PO_ECHO },
	[SADB_DELETE] = { pfkey_delete, PO_ECHO },
	[SADB_GET] = { pfkey_get, PO_FRESH },
	[SADB_ACQUIRE] = { pfkey_unsupported, PO_NONE },
	[SADB_REGISTER] = { pfkey_register, PO_FRESH },
	[SADB_EXPIRE] = { pfkey_expire, PO_FRESH },
	[SADB_FLUSH] = { pfkey_flush, PO_ECHO },
	[SADB_DUMP] = { pfkey_dump, PO_NONE },
	[SADB_X_PROMISC] = { pfkey_promisc, PO_ECHO },
	[SADB_X_ADDFLOW] = { pfkey_addflow, PO_ECHO },
	[SADB_X_DELFLOW] = { pfkey_delflow, PO_ECHO },
	[SADB_X_GRPSPIS] = { pfkey_grpspis, PO_ECHO },
	[SADB_X_ASKPOLICY] = { pfkey_askpolicy, PO_ECHO },
	[SADB_X_SPDDUMP] = { pfkey_invalid, PO_NONE },
};

/* number of the kernel's own messages; atomic */
static unsigned int pfkey_seq;

/*
 * Answer.  These errors are the sender's alone, others are everybody's, as
 * a header without extensions.
 */
static int
pfkey_error(struct pfkey_req *pr, int error)
{
	struct sadb_msg hdr = *pr->pr_msg;

	switch (error) {
	case EINVAL:
	case ENOMEM:
	case ENOBUFS:
	case EPERM:
		return (error);
	}
	hdr.sadb_msg_errno = error;
	hdr.sadb_msg_len = sizeof(hdr) / 8;
	pfkey_broadcast(pr->pr_rdomain, &hdr, sizeof(hdr));
	return (0);
}

static void
pfkey_reply(struct pfkey_req *pr, int how)
{
	void *exts[SADB_EXT_MAX + 1];
	struct sadb_msg *msg;
	size_t len;
	int i;

	pfkey_buf_exts(&pr->pr_out, exts);
	for (i = 1; i <= SADB_EXT_MAX && how == PO_ECHO; i++)
		if (exts[i] == NULL)
			exts[i] = pr->pr_ext[i];
	msg = pfkey_flatten(pr->pr_msg, exts,
	    pfkey_outmask(pr->pr_msg->sadb_msg_type), &len);
	pfkey_broadcast(pr->pr_rdomain, msg, len);
	pfkey_wipe(msg, len);
}

int
pfkeyv2_request(struct socket *so, struct sadb_msg *msg, size_t len)
{
	const struct pfkey_op *op;
	struct pfkey_req pr;
	int error;

	memset(&pr, 0, sizeof(pr));
	if ((error = pfkeyv2_parsemessage(msg, len, pr.pr_ext)) != 0)
		return (error);
	pr.pr_so = so;
	pr.pr_rdomain = pfkey_rdomain(so);
	pr.pr_msg = msg;
	pfkey_overhear(pr.pr_rdomain, msg, len);

	pfkey_buf_init(&pr.pr_out, M_WAITOK);
	pfkey_begin(&pr.pr_out, msg->sadb_msg_type, msg->sadb_msg_satype);
	op = &pfkey_ops[msg->sadb_msg_type];
	if ((error = op->po_func(&pr)) != 0)
		error = pfkey_error(&pr, error);
	else if (op->po_reply != PO_NONE)
		pfkey_reply(&pr, op->po_reply);
	pfkey_buf_free(&pr.pr_out);
	return (error);
}

/*
 * Which SA.
 */

/* Is it a type of SA that there is here, and switched on? */
static int
pfkey_satype(const struct pfkey_req *pr)
{
	switch (pr->pr_msg->sadb_msg_satype) {
	case SADB_SATYPE_ESP:
		return (READ_ONCE(esp_enable) ? 0 : EOPNOTSUPP);
	case SADB_SATYPE_AH:
		return (READ_ONCE(ah_enable) ? 0 : EOPNOTSUPP);
	case SADB_X_SATYPE_IPIP:
		return (0);
	default:
		return (EOPNOTSUPP);
	}
}

static int
pfkey_xform(const struct pfkey_req *pr)
{
	switch (pr->pr_msg->sadb_msg_satype) {
	case SADB_SATYPE_AH:
		return (XF_AH);
	case SADB_X_SATYPE_IPIP:
		return (XF_IP4);
	default:
		return (XF_ESP);
	}
}

/* The routing domain that an SA of this request lives in. */
static u_int
pfkey_sardomain(const struct pfkey_req *pr)
{
	const struct sadb_x_rdomain *rd = pr->pr_ext[SADB_X_EXT_RDOMAIN];

	return (rd != NULL ? rd->sadb_x_rdomain_dom1 : pr->pr_rdomain);
}

/* With a reference, or NULL. */
static struct tdb *
pfkey_lookup(const struct pfkey_req *pr, int type)
{
	const struct sadb_sa *sa = pr->pr_ext[SADB_EXT_SA];
	union sockaddr_union dst;

	pfkey_import_addr(&dst, pr->pr_ext[type]);
	return (gettdb(pfkey_sardomain(pr), sa->sadb_sa_spi, &dst,
	    SADB_X_GETSPROTO(pr->pr_msg->sadb_msg_satype)));
}

/* For requests that only name an SA. */
static int
pfkey_find(const struct pfkey_req *pr, struct tdb **tdbp)
{
	int error;

	*tdbp = NULL;
	if ((error = pfkey_satype(pr)) != 0)
		return (error);
	*tdbp = pfkey_lookup(pr, SADB_EXT_ADDRESS_DST);
	return (*tdbp == NULL ? ESRCH : 0);
}

static int
pfkey_extfamily(const struct pfkey_req *pr, int type)
{
	const struct sadb_address *ad = pr->pr_ext[type];

	return (((const struct sockaddr *)(ad + 1))->sa_family);
}

static int
pfkey_getspi(struct pfkey_req *pr)
{
	const struct sadb_spirange *range = pr->pr_ext[SADB_EXT_SPIRANGE];
	union sockaddr_union src, dst;
	struct sadb_sa *sa;
	u_int32_t spi;
	int error;

	if (pfkey_extfamily(pr, SADB_EXT_ADDRESS_SRC) !=
	    pfkey_extfamily(pr, SADB_EXT_ADDRESS_DST))
		return (EINVAL);
	if ((error = pfkey_satype(pr)) != 0)
		return (error);
	pfkey_import_addr(&src, pr->pr_ext[SADB_EXT_ADDRESS_SRC]);
	pfkey_import_addr(&dst, pr->pr_ext[SADB_EXT_ADDRESS_DST]);
	NET_LOCK();
	spi = reserve_spi(pr->pr_rdomain, range->sadb_spirange_min,
	    range->sadb_spirange_max, &src, &dst,
	    SADB_X_GETSPROTO(pr->pr_msg->sadb_msg_satype), &error);
	NET_UNLOCK();
	if (spi == 0)
		return (error);
	/* daemons expect the state of what they are going to make of it */
	sa = pfkey_put(&pr->pr_out, SADB_EXT_SA, sizeof(*sa));
	sa->sadb_sa_spi = spi;
	sa->sadb_sa_state = SADB_SASTATE_MATURE;
	return (0);
}

/*
 * ADD and UPDATE.
 */

/* What can be said without looking at the SAs there are. */
static int
pfkey_checksa(const struct pfkey_req *pr)
{
	const struct sadb_sa *sa = pr->pr_ext[SADB_EXT_SA];

	if (sa->sadb_sa_state != SADB_SASTATE_MATURE ||
	    ntohl(sa->sadb_sa_spi) <= SPI_RESERVED ||
	    pfkey_checkflow((void **)pr->pr_ext, 1) != 0)
		return (EINVAL);
	/* before the SA type: these are wrong, not only missing here */
	if (pr->pr_ext[SADB_X_EXT_IFACE] != NULL &&
	    (pr->pr_msg->sadb_msg_satype != SADB_SATYPE_ESP ||
	    !ISSET(sa->sadb_sa_flags, SADB_X_SAFLAGS_TUNNEL)))
		return (EINVAL);
	if (pr->pr_ext[SADB_X_EXT_UDPENCAP] != NULL &&
	    pr->pr_msg->sadb_msg_satype != SADB_SATYPE_ESP)
		return (EINVAL);
	return (pfkey_satype(pr));
}

static void
pfkey_armfirst_one(struct tdb *tdb, struct timeout *to, u_int64_t after)
{
	u_int64_t age = gettime() - tdb->tdb_first_use;
	u_int64_t left = after > age ? after - age : 0;

	tdb_ref(tdb);
	if (!timeout_add_nsec(to, SEC_TO_NSEC(MIN(left, UINT32_MAX))))
		tdb_unref(tdb);
}

/*
 * All clocks.  Those that count from the first packet are started by it,
 * so here only when it has been already.
 */
static void
pfkey_arm(struct tdb *tdb)
{
	u_int32_t flags = READ_ONCE(tdb->tdb_flags);

	NET_ASSERT_LOCKED_EXCLUSIVE();
	tdb_addtimeouts(tdb);
	if (__atomic_load_n(&tdb->tdb_first_use, __ATOMIC_RELAXED) == 0)
		return;
	if (ISSET(flags, TDBF_FIRSTUSE))
		pfkey_armfirst_one(tdb, &tdb->tdb_first_tmo,
		    tdb->tdb_exp_first_use);
	if (ISSET(flags, TDBF_SOFT_FIRSTUSE))
		pfkey_armfirst_one(tdb, &tdb->tdb_sfirst_tmo,
		    tdb->tdb_soft_first_use);
}

/*
 * A new SA, which nobody knows yet; NET(X).  from: the larval one whose
 * place it takes, or NULL.
 */
static int
pfkey_newsa(struct pfkey_req *pr, const struct tdb *from, struct tdb **tdbp)
{
	struct ipsecinit ii;
	struct tdb *tdb;
	int error;

	if ((error = pfkey_import_keys(&ii, pr->pr_ext)) != 0)
		return (error);
	tdb = tdb_alloc(pr->pr_rdomain);
	tdb->tdb_satype = pr->pr_msg->sadb_msg_satype;
	tdb->tdb_sproto = SADB_X_GETSPROTO(tdb->tdb_satype);
	tdb->tdb_seq = pr->pr_msg->sadb_msg_seq;
	if (from != NULL) {
		tdb->tdb_ids_swapped = 1;
		tdb->tdb_cur_allocations = from->tdb_cur_allocations;
	}
	error = pfkey_import(tdb, pr->pr_ext);
	if (error == 0 && tdb_init(tdb, pfkey_xform(pr), &ii) != 0)
		error = EINVAL;
	if (error != 0) {
		tdb_unref(tdb);
		return (error);
	}
	*tdbp = tdb;
	return (0);
}

static int
pfkey_add_locked(struct pfkey_req *pr)
{
	struct tdb *tdb;
	int error;

	tdb = pfkey_lookup(pr, SADB_EXT_ADDRESS_DST);
	if (tdb != NULL) {
		tdb_unref(tdb);
		return (EEXIST);
	}
	if ((error = pfkey_newsa(pr, NULL, &tdb)) != 0)
		return (error);
	pfkey_arm(tdb);
	puttdb(tdb);
	return (0);
}

static int
pfkey_add(struct pfkey_req *pr)
{
	int error;

	if ((error = pfkey_checksa(pr)) != 0)
		return (error);
	NET_LOCK();
	error = pfkey_add_locked(pr);
	NET_UNLOCK();
	return (error);
}

/* What was reserved becomes an SA; it cannot move on the way. */
static int
pfkey_update_larval(struct pfkey_req *pr, struct tdb *larval)
{
	struct tdb *tdb;
	int error;

	if (pr->pr_ext[SADB_EXT_ADDRESS_PROXY] != NULL)
		return (EINVAL);
	if ((error = pfkey_newsa(pr, larval, &tdb)) != 0)
		return (error);
	if (tdb->tdb_rdomain != larval->tdb_rdomain) {
		tdb_unref(tdb);
		return (EINVAL);
	}
	tdb_delete(larval);
	pfkey_arm(tdb);
	puttdb(tdb);
	return (0);
}

/*
 * Where an SA in use goes: its source, and as its new destination the
 * proxy.  0, EINVAL or EEXIST.
 */
static int
pfkey_newaddrs(struct pfkey_req *pr, struct tdb *tdb,
    union sockaddr_union *src, union sockaddr_union *dst)
{
	struct tdb *other;

	pfkey_import_addr(src, pr->pr_ext[SADB_EXT_ADDRESS_SRC]);
	*dst = tdb->tdb_dst;
	if (pr->pr_ext[SADB_EXT_ADDRESS_PROXY] != NULL)
		pfkey_import_addr(dst, pr->pr_ext[SADB_EXT_ADDRESS_PROXY]);
	if (src->sa.sa_family != dst->sa.sa_family)
		return (EINVAL);
	if (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_IFACE) &&
	    (pfkey_addr_isany(dst) || (pfkey_addr_isany(src) &&
	    tdb->tdb_iface_dir == IPSP_DIRECTION_OUT)))
		return (EINVAL);
	if (pfkey_addr_equal(dst, &tdb->tdb_dst))
		return (0);
	other = pfkey_lookup(pr, SADB_EXT_ADDRESS_PROXY);
	tdb_unref(other);
	return (other != NULL ? EEXIST : 0);
}

/* The hashes and sec(4) hear of it in one go; what the old path could
 * carry does not matter any more. */
static void
pfkey_relink(struct tdb *tdb, const union sockaddr_union *src,
    const union sockaddr_union *dst)
{
	if (pfkey_addr_equal(src, &tdb->tdb_src) &&
	    pfkey_addr_equal(dst, &tdb->tdb_dst))
		return;
	mtx_enter(&tdb_sadb_mtx);
	tdb_unlink_locked(tdb);
	tdb->tdb_src = *src;
	tdb->tdb_dst = *dst;
	__atomic_store_n(&tdb->tdb_mtu, 0, __ATOMIC_RELAXED);
	puttdb_locked(tdb);
	mtx_leave(&tdb_sadb_mtx);
}

static int
pfkey_update_mature(struct pfkey_req *pr, struct tdb *tdb)
{
	union sockaddr_union src, dst;
	int error;

	if ((error = pfkey_unchanged(tdb, pr->pr_ext)) != 0 ||
	    (error = pfkey_newaddrs(pr, tdb, &src, &dst)) != 0)
		return (error);
	tdb_deltimeouts(tdb);
	pfkey_change(tdb, pr->pr_ext);
	tdb->tdb_seq = pr->pr_msg->sadb_msg_seq;
	pfkey_relink(tdb, &src, &dst);
	pfkey_arm(tdb);
	return (0);
}

static int
pfkey_update(struct pfkey_req *pr)
{
	struct tdb *tdb;
	int error;

	if ((error = pfkey_checksa(pr)) != 0)
		return (error);
	NET_LOCK();
	if ((error = pfkey_find(pr, &tdb)) == 0)
		error = ISSET(READ_ONCE(tdb->tdb_flags), TDBF_INVALID) ?
		    pfkey_update_larval(pr, tdb) :
		    pfkey_update_mature(pr, tdb);
	tdb_unref(tdb);
	NET_UNLOCK();
	return (error);
}

static int
pfkey_delete(struct pfkey_req *pr)
{
	struct tdb *tdb;
	int error;

	NET_LOCK();
	if ((error = pfkey_find(pr, &tdb)) == 0)
		tdb_delete(tdb);
	tdb_unref(tdb);
	NET_UNLOCK();
	return (error);
}

static int
pfkey_get(struct pfkey_req *pr)
{
	struct tdb *tdb;
	int error;

	NET_LOCK_SHARED();
	if ((error = pfkey_find(pr, &tdb)) == 0)
		pfkey_export(tdb, &pr->pr_out);
	tdb_unref(tdb);
	NET_UNLOCK_SHARED();
	return (error);
}

static int
pfkey_register(struct pfkey_req *pr)
{
	int satype = pr->pr_msg->sadb_msg_satype;

	if (satype == SADB_SATYPE_UNSPEC || satype > SADB_SATYPE_MAX)
		return (EINVAL);
	pfkey_setregistered(pr->pr_so, satype);
	pfkey_export_algs(&pr->pr_out, satype);
	return (0);
}

/* Somebody else who uses an SA says that it has expired: pass it on. */
static int
pfkey_expire(struct pfkey_req *pr)
{
	struct tdb *tdb;
	int error;

	NET_LOCK_SHARED();
	if ((error = pfkey_find(pr, &tdb)) == 0) {
		pfkey_export_sa(tdb, &pr->pr_out);
		pfkey_export_current(tdb, &pr->pr_out);
		pfkey_export_addrs(tdb, &pr->pr_out);
	}
	tdb_unref(tdb);
	NET_UNLOCK_SHARED();
	return (error);
}

static int
pfkey_flush_one(struct tdb *tdb, void *arg, int last)
{
	const int *satype = arg;

	if (*satype == SADB_SATYPE_UNSPEC || *satype == tdb->tdb_satype)
		tdb_delete(tdb);
	return (0);
}

static int
pfkey_flush(struct pfkey_req *pr)
{
	int satype = pr->pr_msg->sadb_msg_satype;

	switch (satype) {
	case SADB_SATYPE_UNSPEC:
	case SADB_SATYPE_AH:
	case SADB_SATYPE_ESP:
	case SADB_X_SATYPE_IPIP:
	case SADB_X_SATYPE_TCPSIGNATURE:
	case SADB_X_SATYPE_IPCOMP:
		break;
	default:
		return (EINVAL);
	}
	NET_LOCK();
	if (satype == SADB_SATYPE_UNSPEC)
		spd_flush(pr->pr_rdomain);
	tdb_walk(pr->pr_rdomain, pfkey_flush_one, &satype);
	NET_UNLOCK();
	return (0);
}

static int
pfkey_promisc(struct pfkey_req *pr)
{
	pfkey_setpromisc(pr->pr_so, pr->pr_msg->sadb_msg_satype != 0);
	return (0);
}

/* What leaves through the first SA goes on through the second. */
static int
pfkey_grpspis(struct pfkey_req *pr)
{
	const struct sadb_sa *sa2 = pr->pr_ext[SADB_X_EXT_SA2];
	const struct sadb_protocol *type2 = pr->pr_ext[SADB_X_EXT_SATYPE2];
	union sockaddr_union dst2;
	struct tdb *first, *next;
	int error;

	pfkey_import_addr(&dst2, pr->pr_ext[SADB_X_EXT_DST2]);
	NET_LOCK();
	first = pfkey_lookup(pr, SADB_EXT_ADDRESS_DST);
	next = gettdb(pfkey_sardomain(pr), sa2->sadb_sa_spi, &dst2,
	    SADB_X_GETSPROTO(type2->sadb_protocol_proto));
	if (first == NULL || next == NULL ||
	    ISSET(READ_ONCE(first->tdb_flags), TDBF_IFACE) ||
	    ISSET(READ_ONCE(next->tdb_flags), TDBF_IFACE))
		error = ESRCH;
	else
		error = tdb_bundle(first, next);
	tdb_unref(first);
	tdb_unref(next);
	NET_UNLOCK();
	return (error);
}

static int
pfkey_unsupported(struct pfkey_req *pr)
{
	return (EOPNOTSUPP);
}

static int
pfkey_invalid(struct pfkey_req *pr)
{
	return (EINVAL);
}

/*
 * The kernel's own message: an SA's lifetime has come, HARD or SOFT.  To
 * the listeners of both of its routing domains.  NET held, either way;
 * does not sleep.  0 or ENOBUFS, which is counted, and all are told.
 */
int
pfkeyv2_expire(struct tdb *tdb, u_int16_t type)
{
	struct pfkey_buf pb;
	struct sadb_msg *msg;
	int error;

	NET_ASSERT_LOCKED();
	pfkey_buf_init(&pb, M_NOWAIT);
	pfkey_begin(&pb, SADB_EXPIRE, tdb->tdb_satype);
	pfkey_export_sa(tdb, &pb);
	pfkey_export_current(tdb, &pb);
	pfkey_export_lifetime(tdb, &pb, type);
	pfkey_export_addrs(tdb, &pb);
	pfkey_end(&pb);
	if ((error = pb.pb_error) != 0) {
		pfkey_nomem();
	} else {
		msg = (struct sadb_msg *)pb.pb_data;
		msg->sadb_msg_seq = __atomic_add_fetch(&pfkey_seq, 1,
		    __ATOMIC_RELAXED);
		pfkey_broadcast(tdb->tdb_rdomain, msg, pb.pb_len);
		if (tdb->tdb_rdomain_post != tdb->tdb_rdomain)
			pfkey_broadcast(tdb->tdb_rdomain_post, msg,
			    pb.pb_len);
	}
	pfkey_buf_free(&pb);
	return (error);
}
