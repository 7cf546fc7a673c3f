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
 * All SAs: by messages, and by sysctl.
 *
 * The walk takes a reference to each under the exclusive netlock, which is
 * quick; the records are made under the shared one, and not in one go, so
 * that packets move meanwhile and a writer gets his turn.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/socket.h>
#include <sys/sysctl.h>

#include <netinet/in.h>
#include <netinet/ip_ipsp.h>
#include <netinet/ip_spd.h>

#include <net/pfkeyvar.h>
#include <net/rtable.h>

#define DUMP_BATCH	256		/* SAs in one hold of the netlock */

struct pfkey_list {
	struct tdb	**pl_tdbs;	/* with a reference each */
	u_int		  pl_n;
	u_int		  pl_max;
	int		  pl_satype;	/* 0: all */
};

/* None can join them: who adds SAs wants the lock that the walk holds. */
static int
pfkey_gather(struct tdb *tdb, void *arg, int last)
{
	struct pfkey_list *pl = arg;

	if (pl->pl_satype != SADB_SATYPE_UNSPEC &&
	    pl->pl_satype != tdb->tdb_satype)
		return (0);
	KASSERT(pl->pl_n < pl->pl_max);
	pl->pl_tdbs[pl->pl_n++] = tdb_ref(tdb);
	return (0);
}

static void
pfkey_list(struct pfkey_list *pl, u_int rdomain, int satype)
{
	memset(pl, 0, sizeof(*pl));
	pl->pl_satype = satype;
	NET_LOCK();
	pl->pl_max = tdb_count();
	if (pl->pl_max > 0) {
		pl->pl_tdbs = mallocarray(pl->pl_max, sizeof(*pl->pl_tdbs),
		    M_PFKEY, M_WAITOK);
		tdb_walk(rdomain, pfkey_gather, pl);
	}
	NET_UNLOCK();
}

/*
 * func for each, under the shared netlock, until it returns an error; the
 * references are given back.  last: no other SA follows.
 */
static int
pfkey_foreach(struct pfkey_list *pl,
    int (*func)(struct tdb *, void *, int), void *arg)
{
	u_int i;
	int error = 0;

	NET_LOCK_SHARED();
	for (i = 0; i < pl->pl_n; i++) {
		if (i % DUMP_BATCH == DUMP_BATCH - 1) {
			NET_UNLOCK_SHARED();
			NET_LOCK_SHARED();
		}
		if (error == 0)
			error = func(pl->pl_tdbs[i], arg, i + 1 == pl->pl_n);
		tdb_unref(pl->pl_tdbs[i]);
	}
	NET_UNLOCK_SHARED();
	free(pl->pl_tdbs, M_PFKEY, pl->pl_max * sizeof(*pl->pl_tdbs));
	return (error);
}

/* One message; the last has the sequence number 0. */
static int
pfkey_dump_one(struct tdb *tdb, void *arg, int last)
{
	struct pfkey_req *pr = arg;
	struct sadb_msg hdr = *pr->pr_msg, *msg;
	void *exts[SADB_EXT_MAX + 1];
	size_t len;
	int error;

	hdr.sadb_msg_satype = tdb->tdb_satype;
	if (last)
		hdr.sadb_msg_seq = 0;
	pr->pr_out.pb_len = 0;
	pfkey_begin(&pr->pr_out, SADB_DUMP, tdb->tdb_satype);
	pfkey_export(tdb, &pr->pr_out);
	pfkey_buf_exts(&pr->pr_out, exts);
	msg = pfkey_flatten(&hdr, exts, ~0UL, &len);
	error = pfkey_unicast(pr->pr_so, msg, len);
	pfkey_wipe(msg, len);
	return (error);
}

int
pfkey_dump(struct pfkey_req *pr)
{
	struct pfkey_list pl;

	pfkey_list(&pl, pr->pr_rdomain, pr->pr_msg->sadb_msg_satype);
	return (pfkey_foreach(&pl, pfkey_dump_one, pr));
}

struct pfkey_record {
	struct pfkey_buf pr_buf;
	size_t		 pr_total;	/* bytes of all records */
	int		 pr_sizeonly;
};

static int
pfkey_record(struct tdb *tdb, void *arg, int last)
{
	struct pfkey_record *pr = arg;

	/* it may have gone since the walk */
	if (tdb_isdeleted(tdb))
		return (0);
	if (pr->pr_sizeonly)
		pr->pr_buf.pb_len = 0;
	pfkey_begin(&pr->pr_buf, SADB_DUMP, tdb->tdb_satype);
	pfkey_export(tdb, &pr->pr_buf);
	pfkey_end(&pr->pr_buf);
	pr->pr_total += pr->pr_buf.pb_len - pr->pr_buf.pb_msg;
	return (0);
}

static int
pfkey_sysctl_sadb(u_int rdomain, int satype, void *oldp, size_t *oldlenp,
    void *newp)
{
	struct pfkey_record pr;
	struct pfkey_list pl;
	int error;

	memset(&pr, 0, sizeof(pr));
	pfkey_buf_init(&pr.pr_buf, M_WAITOK);
	pr.pr_sizeonly = oldp == NULL;
	pfkey_list(&pl, rdomain, satype);
	pfkey_foreach(&pl, pfkey_record, &pr);
	error = sysctl_rdstruct(oldp, oldlenp, newp, pr.pr_buf.pb_data,
	    pr.pr_total);
	pfkey_buf_free(&pr.pr_buf);
	return (error);
}

static int
pfkey_policy(struct ipsec_policy *ipo, void *arg)
{
	struct pfkey_record *pr = arg;

	if (pr->pr_sizeonly)
		pr->pr_buf.pb_len = 0;
	pfkey_export_policy(ipo, &pr->pr_buf, suser(curproc) == 0);
	pr->pr_total += pr->pr_buf.pb_len - pr->pr_buf.pb_msg;
	return (0);
}

static int
pfkey_sysctl_spd(u_int rdomain, void *oldp, size_t *oldlenp, void *newp)
{
	struct pfkey_record pr;
	int error;

	memset(&pr, 0, sizeof(pr));
	pfkey_buf_init(&pr.pr_buf, M_WAITOK);
	pr.pr_sizeonly = oldp == NULL;
	NET_LOCK_SHARED();
	spd_walk(rdomain, pfkey_policy, &pr);
	NET_UNLOCK_SHARED();
	error = sysctl_rdstruct(oldp, oldlenp, newp, pr.pr_buf.pb_data,
	    pr.pr_total);
	pfkey_buf_free(&pr.pr_buf);
	return (error);
}

/* name: PF_KEY_V2, operation [, SA type [, routing table]] */
int
pfkey_sysctl(int *name, u_int namelen, void *oldp, size_t *oldlenp,
    void *newp, size_t newlen)
{
	int satype = namelen > 2 ? name[2] : SADB_SATYPE_UNSPEC;
	u_int table = namelen > 3 ? (u_int)name[3] : curproc->p_rtableid;
	int error;

	if (namelen < 2)
		return (EISDIR);
	if (namelen > 4)
		return (ENOTDIR);
	if (name[0] != PF_KEY_V2)
		return (EPROTONOSUPPORT);
	if (newp != NULL)
		return (EPERM);
	if (satype < 0 || satype > SADB_SATYPE_MAX || !rtable_exists(table))
		return (EINVAL);
	switch (name[1]) {
	case NET_KEY_SADB_DUMP:
		if ((error = suser(curproc)) != 0)
			return (error);
		return (pfkey_sysctl_sadb(rtable_l2(table), satype, oldp,
		    oldlenp, newp));
	case NET_KEY_SPD_DUMP:
		return (pfkey_sysctl_spd(rtable_l2(table), oldp, oldlenp,
		    newp));
	default:
		return (EOPNOTSUPP);
	}
}
