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

#include "kt_tunlib.h"

/*
 * Routing domains: what is inside lives in one, the outer packets in
 * another, and they never take the inner one's routes.
 */

static const struct domains {
	u_int	d_inner, d_outer;
	u_int	d_out1, d_out2, d_in1, d_in2;	/* of the SAs */
	int	d_domain;
} domains[] = {
	{ 1, 0, 0, 0, 0, 0, 0 },	/* ifconfig sec0 rdomain 1 */
	{ 1, 0, 1, 0, 0, 1, 0 },	/* SAs say so as well */
	{ 0, 1, 1, 1, 1, 1, 0 },
	{ 0, 1, 0, 1, 1, 0, 0 },
	{ 1, 2, 2, 2, 2, 2, 0 },
	{ 1, 2, 1, 2, 2, 1, 0 },
	{ 1, 2, 2, 2, 2, 2, 2 + 1 },	/* tunneldomain 2 */
	{ 1, 0, 1, 0, 0, 1, 0 + 1 },
	{ 0, 0, 0, 0, 0, 0, 0 + 1 },
};

static int passed;

static void
prepare(struct ktun *t, const struct domains *d, int oaf)
{
	memset(t, 0, sizeof(*t));
	t->t_oaf = oaf;
	t->t_df = 1;
	t->t_ns = kt_random() & 1;
	t->t_mtu = 1500;
	t->t_link = 1500;
	t->t_inner = d->d_inner;
	t->t_outer = d->d_outer;
	t->t_out1 = d->d_out1;
	t->t_out2 = d->d_out2;
	t->t_in1 = d->d_in1;
	t->t_in2 = d->d_in2;
	t->t_domain = d->d_domain;
}

static void
check(const struct domains *d, int oaf, int natt)
{
	struct ktun_fate f;
	struct ktun t;
	int fits;

	passed = 0;
	prepare(&t, d, oaf);
	t.t_natt = natt;
	KT_EQ(ktun_begin(&t), 0);
	/* this would swallow it */
	if (d->d_inner != d->d_outer)
		KT_EQ(ktun_route(d->d_inner, oaf), 0);
	f = ktun_send(&t, AF_INET, 1000, 0);
	KT_EQ(f.f_what, KTUN_ARRIVED);
	f = ktun_send(&t, AF_INET6, 1000, 0);
	KT_EQ(f.f_what, KTUN_ARRIVED);
	/* the link out there, then a router there, tell what fits */
	f = ktun_send(&t, AF_INET, 1500, 1);
	KT_EQ(f.f_what, KTUN_ANSWERED);
	fits = ktun_fits(&t, 1500);
	KT_EQ(f.f_mtu, fits);
	t.t_path = 1400;
	f = ktun_send(&t, AF_INET, fits, 1);
	KT_EQ(f.f_told, 1);
	f = ktun_send(&t, AF_INET, fits, 1);
	KT_EQ(f.f_what, KTUN_ANSWERED);
	KT_EQ(f.f_mtu, ktun_fits(&t, 1400));
	f = ktun_send(&t, AF_INET6, fits, 0);
	KT_EQ(f.f_what, KTUN_ANSWERED);
	KT_EQ(ktun_losses(), 0);
	KT_EQ(ktun_end(), 0);
	passed = 1;
}

KTEST(tun_rdomain, "inside and outside in different routing domains")
{
	u_int i;

	for (i = 0; i < nitems(domains) * 4; i++) {
		check(&domains[i / 4], i & 1 ? AF_INET6 : AF_INET,
		    i >> 1 & 1);
		if (!passed) {
			kt_say("case %u, IPv%d%s\n", i / 4, i & 1 ? 6 : 4,
			    i & 2 ? ", UDP" : "");
			break;
		}
	}
}

/* tunneldomain 1 and SAs of domain 2: they are not the interface's. */
KTEST(tun_rdomain_other, "SAs of another domain than the tunnel's are not used")
{
	static const struct domains other = { 0, 2, 2, 2, 2, 2, 0 + 1 };
	struct ktun_fate f;
	struct sec_stats a;
	struct ktun t;

	prepare(&t, &other, AF_INET);
	KT_EQ(ktun_begin(&t), 0);
	ksec_stats(0, &a);
	KT_EQ(a.ss_sforeign, 2);
	f = ktun_send(&t, AF_INET, 500, 0);
	KT_EQ(f.f_what, KTUN_LOST);
	KT_EQ(f.f_wire, 0);
	KT_EQ(ktun_end(), 0);
}

/* T26: the way to the far end leads into the tunnel itself. */
static void
check_loop(int oaf)
{
	struct sec_stats a, b;
	struct ktun_fate f;
	struct ktun t;
	struct tdb *tdb;

	memset(&t, 0, sizeof(t));
	t.t_oaf = oaf;
	t.t_mtu = 1500;
	t.t_link = 1500;
	KT_EQ(ktun_begin(&t), 0);
	tdb = t.t_out;
	NET_LOCK();
	mtx_enter(&tdb_sadb_mtx);
	tdb_unlink_locked(tdb);
	if (oaf == AF_INET)
		tdb->tdb_dst.sin.sin_addr.s_addr = KTUN_DST;
	else
		tdb->tdb_dst.sin6.sin6_addr = n6_addr(9, 77);
	puttdb_locked(tdb);
	mtx_leave(&tdb_sadb_mtx);
	NET_UNLOCK();
	ksec_stats(0, &a);
	f = ktun_send(&t, AF_INET, 500, 0);
	KT_EQ(f.f_what, KTUN_LOST);
	KT_EQ(f.f_wire, 0);
	f = ktun_send(&t, AF_INET6, 500, 0);
	KT_EQ(f.f_what, KTUN_LOST);
	ksec_stats(0, &b);
	KT_EQ(b.ss_oloop - a.ss_oloop, 2);
	KT_EQ(b.ss_oerror - a.ss_oerror, 0);
	KT_EQ(ktun_end(), 0);
}

KTEST(tun_loop, "T26: a tunnel whose way leads into itself, both families")
{
	check_loop(AF_INET);
	check_loop(AF_INET6);
}
