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

/* rows: S6 */

#include "kt_seclib.h"

/* sec(4) in one thread: what it does with packets and SAs. */

#define INNER	KTI_A(169, 254, 229, 41)

static int
sec_begin(void)
{
	if (ksec_setup() != 0 || ksec_create(0) != 0 || ksec_create(1) != 0)
		return (1);
	/* out of sec0, back in by sec1 */
	ksec_add(&(struct ksec_sa){ .ks_unit = 0, .ks_spi = KSEC_SPI,
	    .ks_dir = IPSP_DIRECTION_OUT });
	ksec_add(&(struct ksec_sa){ .ks_unit = 1, .ks_spi = KSEC_SPI,
	    .ks_dir = IPSP_DIRECTION_IN });
	ksec_settle();
	return (0);
}

static void
sec_end(void)
{
	ksec_settle();
	ksec_destroy(0);
	ksec_destroy(1);
	ksec_cleanup();
}

KTEST(sec_sizes, "every inner size from 28 to 1280 arrives whole, once")
{
	struct if_data in, out;
	struct sec_stats ss;
	int len;

	KT_EQ(sec_begin(), 0);
	for (len = 28; len <= 1280; len++) {
		KT_EQ(ksec_send(0, INNER, len), 0);
		ksec_settle();
		KT_EQ(kti_nsent(&kti1), 1);
		KT_EQ(ksec_reflect(NULL), 1);
		ksec_settle();
	}
	ksec_ifdata(0, &out);
	ksec_ifdata(1, &in);
	KT_EQ(out.ifi_opackets, 1280 - 28 + 1);
	KT_EQ(out.ifi_oerrors, 0);
	KT_EQ(in.ifi_ipackets, 1280 - 28 + 1);
	KT_EQ(in.ifi_ibytes, out.ifi_obytes);
	KT_EQ(in.ifi_ierrors, 0);
	ksec_stats(1, &ss);
	KT_EQ(ss.ss_iheader, 0);
	sec_end();
}

KTEST(sec_nosa, "without an SA the sender is told, and it is counted once")
{
	struct if_data d;
	struct sec_stats ss;

	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	KT_EQ(ksec_send(0, INNER, 100), EHOSTUNREACH);
	ksec_settle();
	ksec_stats(0, &ss);
	ksec_ifdata(0, &d);
	KT_EQ(ss.ss_onosa, 1);
	KT_EQ(d.ifi_oerrors, 1);
	KT_EQ(d.ifi_opackets, 0);
	KT_EQ(d.ifi_oqdrops, 0);
	KT_EQ(kti_nsent(&kti1), 0);
	ksec_pair(0, NULL, NULL);
	KT_EQ(ksec_send(0, INNER, 100), 0);
	ksec_settle();
	KT_EQ(kti_nsent(&kti1), 1);
	ksec_destroy(0);
	ksec_cleanup();
}

KTEST(sec_down, "down: nothing leaves, nothing comes in, all is counted")
{
	struct sec_stats ss;
	struct if_data d;

	KT_EQ(sec_begin(), 0);
	KT_EQ(ksec_send(0, INNER, 100), 0);
	ksec_settle();
	KT_EQ(ksec_flags(0, 0), 0);
	KT_EQ(ksec_send(0, INNER, 100), ENETDOWN);
	KT_EQ(ksec_flags(1, 0), 0);
	KT_EQ(ksec_reflect(NULL), 1);
	ksec_settle();
	ksec_stats(0, &ss);
	KT_EQ(ss.ss_odown, 1);
	ksec_stats(1, &ss);
	KT_EQ(ss.ss_idown, 1);
	ksec_ifdata(1, &d);
	KT_EQ(d.ifi_ipackets, 0);
	KT_EQ(d.ifi_ierrors, 1);
	sec_end();
}

KTEST(sec_loop, "a packet does not go through one interface twice")
{
	struct sec_stats ss;
	struct ifnet *ifp;
	struct mbuf *m;
	struct sockaddr_in sin = { .sin_len = sizeof(sin),
	    .sin_family = AF_INET };

	KT_EQ(sec_begin(), 0);
	ifp = if_unit("sec0");
	m = kti_packet(KTI_FAR, INNER, IPPROTO_NONE, 80);
	sin.sin_addr.s_addr = INNER;
	NET_LOCK_SHARED();
	KT_EQ(ifp->if_output(ifp, m_dup_pkt(m, 0, M_DONTWAIT),
	    (struct sockaddr *)&sin, NULL), 0);
	NET_UNLOCK_SHARED();
	ksec_settle();
	m_freem(m);
	/* the tag stays with the packet that left: send that once more */
	m = kti_sent(&kti1);
	KT_ASSERT(m != NULL);
	NET_LOCK_SHARED();
	KT_EQ(ifp->if_output(ifp, m, (struct sockaddr *)&sin, NULL), EIO);
	NET_UNLOCK_SHARED();
	ksec_stats(0, &ss);
	KT_EQ(ss.ss_oloop, 1);
	if_put(ifp);
	sec_end();
}

/* Change an SA as an UPDATE upstream does: fields first, then relink. */
static void
sec_update(struct tdb *tdb, unsigned int unit, int dir, u_int32_t flags)
{
	NET_LOCK();
	tdb->tdb_flags |= flags;
	tdb->tdb_iface = unit;
	tdb->tdb_iface_dir = dir;
	mtx_enter(&tdb_sadb_mtx);
	tdb_unlink_locked(tdb);
	puttdb_locked(tdb);
	mtx_leave(&tdb_sadb_mtx);
	NET_UNLOCK();
}

KTEST(sec_h1_relink, "H1: an SA that is relinked over and over keeps working")
{
	struct tdb *a, *b;
	int i;

	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	KT_EQ(ksec_create(4096), 0);	/* the same bucket */
	ksec_pair(0, &a, NULL);
	ksec_pair(4096, &b, NULL);
	for (i = 0; i < 50; i++) {
		sec_update(a, 0, IPSP_DIRECTION_OUT, 0);
		if (i % 3 == 0)
			sec_update(b, 4096, IPSP_DIRECTION_OUT, 0);
		KT_EQ(ksec_send(0, INNER, 100), 0);
		KT_EQ(ksec_send(4096, INNER, 100), 0);
		ksec_settle();
		KT_EQ(kti_nsent(&kti1), 2 * (i + 1));
	}
	KT_EQ(refcnt_read(&a->tdb_refcnt), 2);
	KT_EQ(refcnt_read(&b->tdb_refcnt), 2);
	ksec_destroy(0);
	ksec_destroy(4096);
	ksec_cleanup();
}

KTEST(sec_h2_move, "H2: an SA may change unit or direction, or become ours")
{
	struct ksec_sa ks = { .ks_unit = 0, .ks_spi = 0x5000,
	    .ks_dir = IPSP_DIRECTION_OUT };
	struct tdb *tdb;

	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	KT_EQ(ksec_create(1), 0);
	tdb = ksec_add(&ks);
	KT_EQ(ksec_send(0, INNER, 100), 0);
	sec_update(tdb, 1, IPSP_DIRECTION_OUT, 0);
	KT_EQ(ksec_send(0, INNER, 100), EHOSTUNREACH);
	KT_EQ(ksec_send(1, INNER, 100), 0);
	sec_update(tdb, 1, IPSP_DIRECTION_IN, 0);
	KT_EQ(ksec_send(1, INNER, 100), EHOSTUNREACH);
	sec_update(tdb, 0, 7, 0);
	KT_EQ(ksec_send(0, INNER, 100), EHOSTUNREACH);
	ksec_delete(tdb);
	ksec_settle();

	/* an SA that was not bound, and is now */
	ks.ks_spi = 0x5001;
	tdb = ksec_add(&ks);
	ksec_settle();
	NET_LOCK();
	mtx_enter(&tdb_sadb_mtx);
	tdb_unlink_locked(tdb);
	tdb->tdb_flags &= ~TDBF_IFACE;
	puttdb_locked(tdb);
	mtx_leave(&tdb_sadb_mtx);
	NET_UNLOCK();
	sec_update(tdb, 1, IPSP_DIRECTION_OUT, TDBF_IFACE);
	KT_EQ(ksec_send(1, INNER, 100), 0);
	ksec_delete(tdb);
	ksec_settle();
	KT_EQ(ksec_send(1, INNER, 100), EHOSTUNREACH);
	KT_EQ(tdb_count(), 0);
	ksec_destroy(0);
	ksec_destroy(1);
	ksec_cleanup();
}

KTEST(sec_newest, "of two SAs the newer one is used, then the other again")
{
	struct ksec_sa ks = { .ks_unit = 0, .ks_spi = 0x6000,
	    .ks_dir = IPSP_DIRECTION_OUT };
	struct tdb *a, *b;

	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	a = ksec_add(&ks);
	ks.ks_spi++;
	b = ksec_add(&ks);
	KT_EQ(ksec_send(0, INNER, 100), 0);
	ksec_settle();
	KT_EQ(b->tdb_rpl, 1);
	KT_EQ(a->tdb_rpl, 0);
	ksec_delete(b);
	KT_EQ(ksec_send(0, INNER, 100), 0);
	ksec_settle();
	KT_EQ(a->tdb_rpl, 1);
	ksec_destroy(0);
	ksec_cleanup();
}

KTEST(sec_nomem, "an SA that found no memory is bound by a task")
{
	struct ksec_sa ks = { .ks_unit = 0, .ks_spi = 0x7000,
	    .ks_dir = IPSP_DIRECTION_OUT };
	struct sec_stats ss;
	struct tdb *tdb;

	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	tdb = ksec_add(&ks);
	ksec_settle();
	ksec_delete(tdb);
	ksec_settle();
	/* the session is the first that does not wait, the record next */
	malloc_fail_nth(2);
	ks.ks_spi++;
	ksec_add(&ks);
	malloc_fail_nth(0);
	ksec_settle();
	ksec_stats(0, &ss);
	KT_EQ(ss.ss_snomem, 1);
	KT_EQ(ksec_send(0, INNER, 100), 0);
	ksec_destroy(0);
	ksec_cleanup();
}

KTEST(sec_link, "the link is up with an SA for each direction, or link0")
{
	struct tdb *in, *out;
	struct ifnet *ifp;

	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	ifp = if_unit("sec0");
	KT_EQ(ifp->if_link_state, LINK_STATE_DOWN);
	ksec_pair(0, &out, &in);
	KT_EQ(ifp->if_link_state, LINK_STATE_UP);
	ksec_delete(in);
	KT_EQ(ifp->if_link_state, LINK_STATE_DOWN);
	NET_LOCK();
	WRITE_ONCE(ifp->if_flags, ifp->if_flags | IFF_LINK0);
	NET_UNLOCK();
	ksec_flags(0, IFF_UP);
	KT_EQ(ifp->if_link_state, LINK_STATE_UNKNOWN);
	if_put(ifp);
	ksec_destroy(0);
	ksec_cleanup();
}

KTEST(sec_scale, "10,000 interfaces: created, keyed, used, destroyed")
{
	unsigned long n = kt_count(10000), i;

	KT_EQ(ksec_setup(), 0);
	for (i = 0; i < n; i++) {
		KT_EQ(ksec_create(i), 0);
		ksec_pair(i, NULL, NULL);
	}
	for (i = 0; i < n; i++) {
		KT_EQ(ksec_send(i, INNER, 100), 0);
		if (i % 50 == 49) {
			ksec_settle();
			KT_EQ(ksec_reflect(NULL), 50);
		}
	}
	ksec_settle();
	ksec_reflect(NULL);
	for (i = 0; i < n; i++)
		KT_EQ(ksec_destroy(i), 0);
	ksec_cleanup();
}
