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

#include <sys/proc.h>

#include "kt_seclib.h"

/*
 * sec(4) with several threads at it.  With one token and a seed each lock
 * operation may hand over to another thread; with more tokens they are
 * really at it together.
 */
#define INNER	KTI_A(169, 254, 229, 41)

static int	mp_stop;		/* atomic */
static int	mp_threads;		/* atomic: still running */
static unsigned long mp_work;		/* atomic: packets */
static struct mbuf *mp_frame;		/* one ESP packet, to be copied */

static void
mp_start(void (*func)(void *), void *arg)
{
	__atomic_fetch_add(&mp_threads, 1, __ATOMIC_RELAXED);
	if (kthread_create(func, arg, NULL, "kt") != 0)
		panic("mp_start");
}

static int
mp_running(void)
{
	return (!__atomic_load_n(&mp_stop, __ATOMIC_ACQUIRE));
}

static void
mp_exit(void)
{
	__atomic_fetch_sub(&mp_threads, 1, __ATOMIC_RELEASE);
	wakeup(&mp_threads);
}

static void
mp_join(void)
{
	__atomic_store_n(&mp_stop, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&mp_threads, __ATOMIC_ACQUIRE) > 0)
		tsleep_nsec(&mp_threads, PWAIT, "ktjoin", MSEC_TO_NSEC(1));
	__atomic_store_n(&mp_stop, 0, __ATOMIC_RELEASE);
}

/* Send into secN for as long as the test lasts. */
static void
mp_sender(void *arg)
{
	unsigned int unit = (unsigned int)(unsigned long)arg;
	struct mbuf *m;

	while (mp_running()) {
		ksec_send(unit, INNER, 200);
		__atomic_fetch_add(&mp_work, 1, __ATOMIC_RELAXED);
		if ((m = kti_sent(&kti1)) != NULL)
			m_freem(m);
		yield();
	}
	mp_exit();
}

/* ESP for a unit keeps coming in; a bad packet does as well as a good. */
static void
mp_receiver(void *arg)
{
	struct mbuf *m;

	while (mp_running()) {
		m = m_dup_pkt(mp_frame, 0, M_DONTWAIT);
		if (m != NULL)
			kti_input(&kti1, m);
		__atomic_fetch_add(&mp_work, 1, __ATOMIC_RELAXED);
		yield();
	}
	mp_exit();
}

/* A frame as sec `unit' sends it, for its IN SA, which does not look at
 * replays. */
static int
mp_makeframe(unsigned int unit, struct tdb *in)
{
	struct in_addr addr;
	struct ip *ip;

	in->tdb_wnd = 0;
	if (ksec_send(unit, INNER, 200) != 0)
		return (1);
	ksec_settle();
	if ((mp_frame = kti_sent(&kti1)) == NULL)
		return (1);
	ip = mtod(mp_frame, struct ip *);
	addr = ip->ip_src;
	ip->ip_src = ip->ip_dst;
	ip->ip_dst = addr;
	m_tag_delete_chain(mp_frame);
	return (0);
}

static void
mp_end(void)
{
	m_freem(mp_frame);
	mp_frame = NULL;
	mp_work = 0;
	ksec_cleanup();
}

KTEST(mp_sec_h4_churn, "H4: create, up, down, destroy under inbound load")
{
	unsigned long n = kt_count(1000), i;
	struct tdb *in;

	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	ksec_pair(0, NULL, &in);
	KT_EQ(mp_makeframe(0, in), 0);
	mp_start(mp_receiver, NULL);
	mp_start(mp_sender, (void *)0UL);
	for (i = 0; i < n; i++) {
		KT_EQ(ksec_flags(0, 0), 0);
		KT_EQ(ksec_flags(0, IFF_UP), 0);
		KT_EQ(ksec_destroy(0), 0);
		KT_EQ(ksec_create(0), 0);
	}
	mp_join();
	KT_EQ(ksec_destroy(0), 0);
	mp_end();
}

/* Take the SA out and put it in again, as SADB_UPDATE does. */
static void
mp_relink(struct tdb *tdb)
{
	NET_LOCK();
	mtx_enter(&tdb_sadb_mtx);
	tdb_unlink_locked(tdb);
	puttdb_locked(tdb);
	mtx_leave(&tdb_sadb_mtx);
	NET_UNLOCK();
}

KTEST(mp_sec_h1_update, "H1: UPDATE of a live SA under load loses nothing")
{
	unsigned long n = kt_count(2500), i;
	struct sec_stats ss;
	struct tdb *in, *out;

	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	ksec_pair(0, &out, &in);
	KT_EQ(mp_makeframe(0, in), 0);
	mp_start(mp_receiver, NULL);
	mp_start(mp_sender, (void *)0UL);
	mp_start(mp_sender, (void *)0UL);
	for (i = 0; i < n; i++) {
		mp_relink(out);
		mp_relink(in);
	}
	mp_join();
	ksec_settle();
	ksec_stats(0, &ss);
	KT_EQ(ss.ss_onosa, 0);
	KT_EQ(ss.ss_oerror, 0);
	KT_EQ(ksec_espstat(esps_notdb), 0);
	KT_EQ(ksec_destroy(0), 0);
	mp_end();
}

KTEST(mp_sec_h3_neighbours, "H3: SAs of one bucket go, the other unit sends on")
{
	unsigned long n = kt_count(1500), i;
	struct sec_stats ss;
	struct tdb *in, *o;

	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	KT_EQ(ksec_create(4096), 0);
	ksec_pair(0, NULL, &in);
	KT_EQ(mp_makeframe(0, in), 0);
	mp_start(mp_sender, (void *)0UL);
	mp_start(mp_sender, (void *)0UL);
	for (i = 0; i < n; i++) {
		o = ksec_add(&(struct ksec_sa){ .ks_unit = 4096,
		    .ks_spi = 0x20000 + i, .ks_dir = IPSP_DIRECTION_OUT });
		yield();
		ksec_delete(o);
	}
	mp_join();
	ksec_settle();
	ksec_stats(0, &ss);
	KT_EQ(ss.ss_onosa, 0);
	KT_EQ(ksec_destroy(0), 0);
	KT_EQ(ksec_destroy(4096), 0);
	mp_end();
}

/* ifconfig, over and over. */
static void
mp_flipper(void *arg)
{
	unsigned long i, n = kt_count(1000);

	for (i = 0; i < n; i++) {
		ksec_flags(0, i & 1 ? IFF_UP : 0);
		yield();
	}
	mp_exit();
}

KTEST(mp_sec_h6_ifconfig, "H6: two that set flags at once, and one destroys")
{
	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	ksec_pair(0, NULL, NULL);
	mp_start(mp_flipper, NULL);
	mp_start(mp_flipper, NULL);
	mp_start(mp_sender, (void *)0UL);
	while (__atomic_load_n(&mp_threads, __ATOMIC_ACQUIRE) > 1) {
		KT_EQ(ksec_destroy(0), 0);
		KT_EQ(ksec_create(0), 0);
	}
	mp_join();
	KT_EQ(ksec_destroy(0), 0);
	mp_end();
}

KTEST(mp_sec_flush, "FLUSH under load; new SAs carry on by themselves")
{
	unsigned long n = kt_count(500), i;
	struct sec_stats ss;
	struct tdb *in, *out;

	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	ksec_pair(0, &out, &in);
	KT_EQ(mp_makeframe(0, in), 0);
	mp_start(mp_receiver, NULL);
	mp_start(mp_sender, (void *)0UL);
	for (i = 0; i < n; i++) {
		ksec_delete(out);
		ksec_delete(in);
		yield();
		ksec_pair(0, &out, &in);
	}
	mp_join();
	ksec_settle();
	ksec_stats(0, &ss);
	KT_EQ(ss.ss_oerror, 0);
	KT_EQ(ksec_send(0, INNER, 100), 0);
	KT_EQ(ksec_destroy(0), 0);
	mp_end();
}

static int	mp_planted;		/* on purpose without a lock */

static void
mp_racer(void *arg)
{
	int i;

	for (i = 0; i < 10000 && mp_running(); i++)
		mp_planted++;
	mp_exit();
}

/*
 * The sanitizer has to report this one: regress/sys/ktest/race.sh looks
 * for it.  It fails nothing else.
 */
KTEST(planted_race, "a race that the thread sanitizer must see")
{
	mp_start(mp_racer, NULL);
	mp_start(mp_racer, NULL);
	while (__atomic_load_n(&mp_threads, __ATOMIC_ACQUIRE) > 0)
		yield();
}
