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
 * PF_KEY while packets move and several clients are at it.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>
#include <sys/proc.h>
#include <sys/sysctl.h>

#include "kt_pfkeylib.h"
#include "kt_seclib.h"

#define CHURN_SPI	0x8000
#define CHURN_SAS	64

static int	pkmp_stop;		/* atomic */
static int	pkmp_threads;		/* atomic: still running */
static unsigned long pkmp_errors;	/* atomic: answers that cannot be */

static int
pkmp_running(void)
{
	yield();
	return (!__atomic_load_n(&pkmp_stop, __ATOMIC_ACQUIRE));
}

static void
pkmp_start(void (*func)(void *), void *arg)
{
	__atomic_fetch_add(&pkmp_threads, 1, __ATOMIC_RELAXED);
	if (kthread_create(func, arg, NULL, "kt") != 0)
		panic("pkmp_start");
}

static void
pkmp_exit(void)
{
	__atomic_fetch_sub(&pkmp_threads, 1, __ATOMIC_RELEASE);
	wakeup(&pkmp_threads);
}

static void
pkmp_join(void)
{
	__atomic_store_n(&pkmp_stop, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&pkmp_threads, __ATOMIC_ACQUIRE) > 0)
		tsleep_nsec(&pkmp_threads, PWAIT, "ktjoin", MSEC_TO_NSEC(1));
	__atomic_store_n(&pkmp_stop, 0, __ATOMIC_RELEASE);
}

static struct socket *
pkmp_socket(void)
{
	struct socket *so;

	if (socreate(PF_KEY, &so, SOCK_RAW, PF_KEY_V2, curproc) != 0)
		panic("pkmp_socket");
	return (so);
}

/* Whatever is there to read. */
static void
pkmp_drain(struct socket *so)
{
	struct mbuf *m;

	while ((m = soreceive(so)) != NULL)
		m_freem(m);
}

/* A listener that lagged is told so, and tries again. */
static void
pkmp_send(struct socket *so, const struct kpk_msg *km)
{
	int error;

	error = kpk_send(so, km->km.bytes, km->km_len);
	if (error != 0 && error != ENOBUFS)
		__atomic_fetch_add(&pkmp_errors, 1, __ATOMIC_RELAXED);
	pkmp_drain(so);
}

/* The SA that sec0 sends by moves from one source to the other. */
static void
pkmp_updater(void *arg)
{
	static struct kpk_msg km;
	struct socket *so = pkmp_socket();
	struct sadb_sa *sa;
	int i = 0;

	while (pkmp_running()) {
		kpk_init(&km, SADB_UPDATE, SADB_SATYPE_ESP);
		kpk_sa(&km, KSEC_SPI, SADB_X_SAFLAGS_TUNNEL);
		sa = kpk_find(&km, SADB_EXT_SA);
		sa->sadb_sa_encrypt = 0;
		kpk_addr(&km, SADB_EXT_ADDRESS_SRC,
		    i++ % 2 == 0 ? KTI_US0 : KTI_US1);
		kpk_addr(&km, SADB_EXT_ADDRESS_DST, KTI_PEER1);
		pkmp_send(so, &km);
	}
	soclose(so);
	pkmp_exit();
}

/* SAs of the same unit, newer than that one, come and go. */
static void
pkmp_churner(void *arg)
{
	static struct kpk_msg km;
	struct socket *so = pkmp_socket();
	u_int i;

	for (i = 0; pkmp_running(); i++) {
		kpk_esp(&km, i / CHURN_SAS % 2 == 0 ? SADB_ADD : SADB_DELETE,
		    CHURN_SPI + i % CHURN_SAS);
		if (km.km.hdr.sadb_msg_type == SADB_DELETE)
			kpk_remove(&km, SADB_EXT_KEY_ENCRYPT);
		else {
			/* so short that some run out on the way */
			kpk_lifetime(&km, SADB_EXT_LIFETIME_SOFT, 300, 1, 0);
			kpk_lifetime(&km, SADB_EXT_LIFETIME_HARD, 900, 2, 0);
			kpk_iface(&km, 0, IPSP_DIRECTION_OUT);
		}
		pkmp_send(so, &km);
	}
	soclose(so);
	pkmp_exit();
}

static void
pkmp_reader(void *arg)
{
	static int name[] = { CTL_NET, PF_KEY, PF_KEY_V2, NET_KEY_SADB_DUMP };
	static struct kpk_msg km;
	struct socket *so = pkmp_socket();
	size_t len;

	while (pkmp_running()) {
		kpk_init(&km, SADB_DUMP, SADB_SATYPE_UNSPEC);
		pkmp_send(so, &km);
		kpk_name(&km, SADB_GET, CHURN_SPI);
		pkmp_send(so, &km);
		if (kern_sysctl_call(name, 4, NULL, &len, NULL, 0,
		    curproc) != 0 || len == 0)
			__atomic_fetch_add(&pkmp_errors, 1, __ATOMIC_RELAXED);
	}
	soclose(so);
	pkmp_exit();
}

/* Sockets come and go while messages are on their way. */
static void
pkmp_opener(void *arg)
{
	static struct kpk_msg km;
	struct socket *so;

	while (pkmp_running()) {
		so = pkmp_socket();
		kpk_init(&km, SADB_X_PROMISC, 1);
		pkmp_send(so, &km);
		yield();
		soclose(so);
	}
	pkmp_exit();
}

static void
pkmp_sender(void *arg)
{
	struct mbuf *m;

	while (pkmp_running()) {
		ksec_send(0, KTI_FAR, 200);
		if ((m = kti_sent(&kti1)) != NULL)
			m_freem(m);
	}
	pkmp_exit();
}

KTEST(mp_pfkey, "add, update, delete, dump, listen and send at a time")
{
	static struct kpk_msg km, answer;
	unsigned long n = kt_count(500), i;
	struct sec_stats ss;

	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	KT_EQ(kpk_open(), 0);
	ksec_pair(0, NULL, NULL);
	pkmp_start(pkmp_sender, NULL);
	pkmp_start(pkmp_updater, NULL);
	pkmp_start(pkmp_churner, NULL);
	pkmp_start(pkmp_reader, NULL);
	pkmp_start(pkmp_opener, NULL);
	for (i = 0; i < n; i++) {
		kpk_name(&km, SADB_GET, CHURN_SPI);
		pkmp_send(kpk_so, &km);
		pkmp_drain(kpk_listener);
		yield();
	}
	pkmp_join();
	KT_EQ(pkmp_errors, 0);
	/* the one that was always there was always found */
	ksec_stats(0, &ss);
	KT_EQ(ss.ss_onosa, 0);
	kpk_drain();
	(void)sotakeerror(kpk_so);
	(void)sotakeerror(kpk_listener);
	KT_EQ(kpk_get(CHURN_SPI + CHURN_SAS, &answer), ESRCH);
	KT_EQ(ksec_destroy(0), 0);
	kpk_close();
	ksec_cleanup();
}
