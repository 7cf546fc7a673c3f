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
 * Policies, SAs and bundles come and go while packets are on their way, and
 * nothing leaves or comes in that should not.
 */
#include "kt_spdlib.h"

#include <sys/proc.h>

#define HERE		KTI_PEER0
#define THERE		KTI_FAR
#define CLEAR		254		/* nothing of this may come in */
#define WRAPPED		253

static int	mp_stop;		/* atomic */
static int	mp_threads;		/* atomic: still running */
static int	mp_leaks;		/* atomic */
static unsigned long mp_out, mp_in;	/* atomic: good ones */
static struct mbuf *mp_frame;		/* one ESP packet, to be copied */

static void
mp_start(void (*func)(void *))
{
	__atomic_fetch_add(&mp_threads, 1, __ATOMIC_RELAXED);
	if (kthread_create(func, NULL, NULL, "kt") != 0)
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

/* It works all the same. */
static void
mp_wait(unsigned long *n)
{
	unsigned long before = __atomic_load_n(n, __ATOMIC_RELAXED);

	while (__atomic_load_n(n, __ATOMIC_RELAXED) == before)
		kt_sleep(MSEC_TO_NSEC(1));
}

/* What came out of an interface: that protocol or ICMP, and no other. */
static void
mp_look(struct kti_if *ki, int good, unsigned long *n)
{
	struct mbuf *m;
	u_int8_t proto;

	while ((m = kti_sent(ki)) != NULL) {
		m_copydata(m, 9, sizeof(proto), &proto);
		if (proto == good)
			__atomic_fetch_add(n, 1, __ATOMIC_RELAXED);
		else if (proto != IPPROTO_ICMP)
			__atomic_fetch_add(&mp_leaks, 1, __ATOMIC_RELAXED);
		m_freem(m);
	}
}

static void
mp_sender(void *arg)
{
	while (mp_running()) {
		kti_input(&kti0, kti_packet(HERE, THERE, WRAPPED, 40));
		mp_look(&kti1, IPPROTO_ESP, &mp_out);
		yield();
	}
	mp_exit();
}

static void
mp_receiver(void *arg)
{
	struct mbuf *m;

	while (mp_running()) {
		kti_input(&kti1, kti_packet(THERE, HERE, CLEAR, 40));
		if ((m = m_dup_pkt(mp_frame, 0, M_DONTWAIT)) != NULL)
			kti_input(&kti1, m);
		mp_look(&kti0, WRAPPED, &mp_in);
		yield();
	}
	mp_exit();
}

/* A bundle of IP in IP and ESP that serves the wide policy. */
static struct tdb	*mp_ipip, *mp_esp;

static void
mp_bundle(void)
{
	if (mp_ipip == NULL)
		mp_ipip = kspd_sa(&(struct kspd_sa){ .ka_out = 1,
		    .ka_proto = IPPROTO_IPIP, .ka_tunnel = 1 });
	mp_esp = kspd_sa(&(struct kspd_sa){ .ka_out = 1,
	    .ka_spi = KSPD_SPI + 1 });
	NET_LOCK();
	if (tdb_bundle(mp_ipip, mp_esp) != 0)
		panic("mp_bundle");
	NET_UNLOCK();
}

static void
mp_unbundle(void)
{
	ksec_delete(mp_esp);
	mp_esp = NULL;
}

static int
mp_begin(struct kspd_flow *wide)
{
	struct tdb *in;
	struct kpk_msg *km;
	int error;

	if ((error = kspd_begin()) != 0 ||
	    (error = kspd_both(SADB_X_ADDFLOW, wide)) != 0)
		return (error);
	in = kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1 });
	in->tdb_wnd = 0;
	mp_frame = kte_wrap(in, 1, kti_packet(THERE, HERE, WRAPPED, 40),
	    IPPROTO_IPV4);
	km = malloc(sizeof(*km), M_TEMP, M_WAITOK);
	kpk_init(km, SADB_REGISTER, SADB_SATYPE_ESP);
	/* the socket that nobody waits at for answers */
	error = kpk_send(kpk_listener, km->km.bytes, km->km_len);
	free(km, M_TEMP, sizeof(*km));
	ipsec_prop.pd_expire_acquire = 0;
	mp_leaks = 0;
	return (error);
}

static void
mp_end(void)
{
	mp_join();
	ksec_settle();
	mp_look(&kti1, IPPROTO_ESP, &mp_out);
	mp_look(&kti0, WRAPPED, &mp_in);
	m_freem(mp_frame);
	mp_frame = NULL;
	mp_ipip = mp_esp = NULL;
	ipsec_prop.pd_expire_acquire = 30;
	kspd_end();
}

/* The narrow ones are as strict as the wide one. */
static int
mp_change(struct tdb **out, struct kspd_flow *narrow, int *there)
{
	int error = 0;

	switch (kt_random() % 4) {
	case 0:
		if (*out != NULL)
			ksec_delete(*out);
		*out = NULL;
		break;
	case 1:
		if (*out == NULL)
			*out = kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1,
			    .ka_out = 1 });
		break;
	case 2:
		error = kspd_both(SADB_X_ADDFLOW, narrow);
		*there = 1;
		break;
	case 3:
		error = kspd_both(SADB_X_DELFLOW, narrow);
		if (!*there && error == ESRCH)
			error = 0;
		*there = 0;
		break;
	}
	yield();
	return (error);
}

KTEST(mp_spd_churn, "policies and SAs come and go: never in the clear")
{
	unsigned long n = kt_count(500), i;
	struct kspd_flow wide = { .kf_src = HERE & KTI_A(255, 255, 0, 0),
	    .kf_srclen = 16, .kf_dst = THERE & KTI_A(255, 255, 0, 0),
	    .kf_dstlen = 16, .kf_peer = KTI_PEER1 };
	struct kspd_flow narrow = { .kf_src = HERE, .kf_srclen = 32,
	    .kf_dst = THERE, .kf_dstlen = 32, .kf_peer = KTI_PEER1 };
	struct tdb *out = NULL;
	int there = 0;

	KT_EQ(mp_begin(&wide), 0);
	mp_start(mp_sender);
	mp_start(mp_sender);
	mp_start(mp_receiver);
	for (i = 0; i < n; i++)
		KT_EQ(mp_change(&out, &narrow, &there), 0);
	mp_wait(&mp_in);
	mp_end();
	KT_EQ(mp_leaks, 0);
}

KTEST(mp_spd_bundle, "a bundle is taken apart: never one half alone")
{
	unsigned long n = kt_count(500), i;
	struct kspd_flow wide = { .kf_src = HERE, .kf_srclen = 32,
	    .kf_dst = THERE, .kf_dstlen = 32, .kf_peer = KTI_PEER1,
	    .kf_satype = SADB_X_SATYPE_IPIP };

	KT_EQ(mp_begin(&wide), 0);
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &wide), 0);
	mp_bundle();
	mp_start(mp_sender);
	mp_start(mp_sender);
	for (i = 0; i < n; i++) {
		mp_unbundle();
		yield();
		mp_bundle();
		yield();
	}
	mp_wait(&mp_out);
	mp_end();
	KT_EQ(mp_leaks, 0);
}
