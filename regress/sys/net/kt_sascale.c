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

/* rows: I6 */

#include "kt_pfkeylib.h"

#include <sys/sysctl.h>
#include <net/pfkeyv2.h>
#include <netinet/ip_ipsp.h>

/* What an SA costs does not depend on how many there are. */

#define MANY		100000
#define FEW		100
#define TIMED		51	/* of which the median counts */
#define ROUNDS		6
#define SECOND		2000000000ULL	/* clocks, at the very least */

static struct kpk_msg km, answer;

static uint64_t
clocks(void)
{
	return (__builtin_ia32_rdtsc());
}

/* iface: as sec(4) has them, else as policies do */
static int
add(u_int32_t i, int iface)
{
	kpk_esp(&km, SADB_ADD, KPK_SPI + i);
	if (iface)
		kpk_iface(&km, i % 5000, IPSP_DIRECTION_OUT);
	return (kpk_do(&km, &answer));
}

/*
 * Clocks, 0: there is none.  PF_KEY's part is the same for any SA, and the
 * threads that take turns in it would be measured instead.
 */
static uint64_t
delete(u_int32_t i)
{
	struct tdb *tdb;
	uint64_t took = 0;

	NET_LOCK();
	if ((tdb = kpk_tdb(KPK_SPI + i, KPK_PEER)) != NULL) {
		took = clocks();
		tdb_delete(tdb);
		took = clocks() - took;
	}
	tdb_unref(tdb);
	NET_UNLOCK();
	return (took);
}

static uint64_t
median(uint64_t *v)
{
	uint64_t x;
	int i, j;

	for (i = 1; i < TIMED; i++) {
		x = v[i];
		for (j = i; j > 0 && v[j - 1] > x; j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
	return (v[TIMED / 2]);
}

static int
measure_once(u_int32_t first, int iface, uint64_t *adding, uint64_t *deleting)
{
	static uint64_t a[TIMED], d[TIMED];
	int i;

	for (i = 0; i < TIMED; i++) {
		a[i] = clocks();
		if (add(first + i, iface) != 0)
			return (1);
		a[i] = clocks() - a[i];
	}
	for (i = 0; i < TIMED; i++) {
		if ((d[i] = delete(first + i)) == 0)
			return (1);
	}
	*adding = MIN(*adding, median(a));
	*deleting = MIN(*deleting, median(d));
	return (0);
}

/* The best of some: others have the processor, too. */
static int
measure(u_int32_t first, int iface, uint64_t *adding, uint64_t *deleting)
{
	int i, error = 0;

	*adding = *deleting = UINT64_MAX;
	for (i = 0; i < ROUNDS && error == 0; i++)
		error = measure_once(first, iface, adding, deleting);
	return (error);
}

static int
sum_spi(struct tdb *tdb, void *arg, int last)
{
	*(u_int64_t *)arg += ntohl(tdb->tdb_spi) - KPK_SPI;
	return (0);
}

/* The dump has a record of each, one bytes long; they are 0 to n - 1. */
static int
dumped(u_int32_t n, size_t one)
{
	int name[] = { CTL_NET, PF_KEY, PF_KEY_V2, NET_KEY_SADB_DUMP };
	u_int64_t sum = 0;
	size_t len = 0;

	NET_LOCK();
	tdb_walk(0, sum_spi, &sum);
	NET_UNLOCK();
	return (sum == (u_int64_t)n * (n - 1) / 2 &&
	    kern_sysctl_call(name, 4, NULL, &len, NULL, 0, curproc) == 0 &&
	    len == n * one);
}

static void
scale(int iface)
{
	u_int32_t i, n = kt_count(5) >= 5 ? MANY : 4000;
	uint64_t add0, delete0, add1, delete1, flush;

	KT_EQ(kpk_open(), 0);
	for (i = 0; i < n; i++) {
		KT_EQ(add(i, iface), 0);
		kpk_drain();
	}
	KT_EQ(measure(n, iface, &add1, &delete1), 0);
	KT_EQ(kpk_get(KPK_SPI, &answer), 0);
	KT_ASSERT(dumped(n, answer.km_len));
	kpk_init(&km, SADB_FLUSH, SADB_SATYPE_UNSPEC);
	flush = clocks();
	KT_EQ(kpk_do(&km, &answer), 0);
	flush = clocks() - flush;
	KT_EQ(tdb_count(), 0);
	/* few come last: by now the memory is there for both */
	for (i = 0; i < FEW; i++)
		KT_EQ(add(i, iface), 0);
	KT_EQ(measure(n, iface, &add0, &delete0), 0);
	kt_say("clocks: add %lu at %d, %lu at %u; delete %lu, %lu; flush "
	    "%lu\n", (unsigned long)add0, FEW, (unsigned long)add1, n,
	    (unsigned long)delete0, (unsigned long)delete1,
	    (unsigned long)flush);
	KT_ASSERT(add1 < 2 * add0);
	KT_ASSERT(delete1 < 2 * delete0);
	KT_ASSERT(flush < SECOND);
	kpk_close();
}

KTEST(sa_scale_sec, "SAs of interfaces: 100,000 cost each what 100 do")
{
	scale(1);
}

KTEST(sa_scale_policy, "SAs of policies: 100,000 cost each what 100 do")
{
	scale(0);
}
