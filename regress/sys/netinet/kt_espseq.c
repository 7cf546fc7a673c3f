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

#include "../net/kt_pfkeylib.h"
#include "kt_espmake.h"

/*
 * Sequence numbers of ESP, and how long an SA lasts.
 */
#define WINDOW		((u_int64_t)TDB_REPLAYWIN)
#define HOUR		SEC_TO_NSEC(3600)

static struct kpk_msg answer;

/* An SA as if it had sent, or seen, this number and none before. */
static void
set_sequence(struct tdb *tdb, u_int64_t seq)
{
	mtx_enter(&tdb->tdb_mtx);
	tdb->tdb_rpl = seq;
	memset(tdb->tdb_seen, 0, sizeof(tdb->tdb_seen));
	mtx_leave(&tdb->tdb_mtx);
}

static int
taken(u_int64_t seq)
{
	kesp_input(kesp_good(seq));
	return (kesp_passed(1));
}

static int
refused(u_int64_t seq, int cause)
{
	kesp_input(kesp_good(seq));
	return (kesp_dropped(cause, 1));
}

KTEST(b07_replay, "B07: a packet is taken once; below the window, never")
{
	u_int64_t seq;

	KT_EQ(kesp_begin(1, 0), 0);
	KT_EQ(refused(0, esps_wrap), 0);
	for (seq = 1; seq <= 10; seq++) {
		KT_EQ(taken(seq), 0);
		KT_EQ(refused(seq, esps_replay), 0);
	}
	KT_EQ(taken(5000), 0);
	KT_EQ(refused(5000 - WINDOW, esps_replay), 0);
	KT_EQ(taken(5000 - WINDOW + 1), 0);
	KT_EQ(refused(5000 - WINDOW + 1, esps_replay), 0);
	KT_EQ(refused(11, esps_replay), 0);
	/* each bit of a word, then the words around it */
	for (seq = 4000; seq < 4070; seq++)
		KT_EQ(taken(seq), 0);
	for (seq = 4000; seq < 4070; seq++)
		KT_EQ(refused(seq, esps_replay), 0);
	KT_EQ(refused(0, esps_wrap), 0);
	KT_EQ(taken(5001), 0);
	KT_EQ(kesp_end(), 0);
}

KTEST(b07_far, "B07: far ahead, then old; to the last number, and no further")
{
	KT_EQ(kesp_begin(0, 0), 0);
	KT_EQ(taken(7), 0);
	KT_EQ(taken(1000000), 0);
	KT_EQ(refused(7, esps_replay), 0);
	KT_EQ(refused(8, esps_replay), 0);
	KT_EQ(taken(1000000 - WINDOW + 1), 0);
	KT_EQ(taken(999999), 0);
	KT_EQ(taken(UINT32_MAX), 0);
	KT_EQ(refused(UINT32_MAX, esps_replay), 0);
	KT_EQ(refused(0, esps_wrap), 0);
	KT_EQ(refused(1, esps_replay), 0);
	KT_EQ(taken(UINT32_MAX - WINDOW + 1), 0);
	KT_EQ(refused(UINT32_MAX - WINDOW, esps_replay), 0);
	KT_EQ(kesp_end(), 0);
}

KTEST(b07_esn, "B07: ESN: both sides of 2^32, and a high word that is wrong")
{
	const u_int64_t k4g = 1ULL << 32;

	KT_EQ(kesp_begin(1, TDBF_ESN), 0);
	KT_EQ(refused(0, esps_wrap), 0);
	/* looks like one of the 2^32 before the first */
	KT_EQ(refused(UINT32_MAX, esps_replay), 0);
	KT_EQ(taken(1), 0);
	set_sequence(kesp.k_in, k4g - 16);
	KT_EQ(taken(k4g - 10), 0);
	KT_EQ(taken(k4g + 5), 0);
	KT_EQ(taken(k4g - 9), 0);
	KT_EQ(taken(k4g), 0);
	KT_EQ(taken(k4g - 1), 0);
	KT_EQ(refused(k4g - 9, esps_replay), 0);
	KT_EQ(refused(k4g, esps_replay), 0);
	KT_EQ(refused(k4g + 5, esps_replay), 0);
	KT_EQ(refused(6, esps_badauth), 0);
	KT_EQ(refused(2 * k4g + 6, esps_badauth), 0);
	KT_EQ(refused(k4g - 8 + k4g, esps_badauth), 0);
	KT_EQ(kesp.k_in->tdb_rpl, k4g + 5);
	KT_EQ(taken(k4g + 6), 0);
	KT_EQ(taken(k4g - 8), 0);
	KT_EQ(taken(k4g + 5 - WINDOW + 2), 0);
	KT_EQ(refused(k4g + 5 - WINDOW + 1, esps_badauth), 0);
	/* one number below the window is read as 2^32 further on */
	KT_EQ(taken(2 * k4g + 5 - WINDOW + 1), 0);
	KT_EQ(kesp_end(), 0);
}

KTEST(b07_esn_end, "B07: ESN: the last number of all")
{
	KT_EQ(kesp_begin(0, TDBF_ESN), 0);
	set_sequence(kesp.k_in, UINT64_MAX - 3);
	KT_EQ(taken(UINT64_MAX - 5), 0);
	KT_EQ(taken(UINT64_MAX), 0);
	KT_EQ(refused(UINT64_MAX, esps_replay), 0);
	KT_EQ(refused(0, esps_replay), 0);
	KT_EQ(refused(1, esps_replay), 0);
	KT_EQ(kesp.k_in->tdb_rpl, UINT64_MAX);
	KT_EQ(taken(UINT64_MAX - 1), 0);
	KT_EQ(kesp_end(), 0);
}

/*
 * The window as a plain set: what has been seen, each number in full.
 */
struct model {
	u_int64_t	 mo_seen[2 * TDB_REPLAYMAX];
	int		 mo_n;
	u_int64_t	 mo_top;
	int		 mo_esn;
};

/* 0 and the whole number, or why there is none; as checkreplaywindow(). */
static int
model_expand(const struct model *mo, u_int32_t seq, u_int64_t *full)
{
	__int128 bottom = (__int128)mo->mo_top - (TDB_REPLAYWIN - 1), n;

	n = seq;
	if (mo->mo_esn) {
		/* the only one that lies in 2^32 from the bottom on */
		n = bottom + (u_int32_t)(seq - (u_int32_t)bottom);
		if (n < 0 || n > UINT64_MAX)
			return (2);
	}
	*full = n;
	return (n == 0 ? 1 : n < bottom ? 2 : 0);
}

static int
model_check(struct model *mo, u_int32_t seq, u_int64_t *full)
{
	int i, kept, why;

	if ((why = model_expand(mo, seq, full)) != 0)
		return (why);
	for (i = 0; i < mo->mo_n; i++)
		if (mo->mo_seen[i] == *full)
			return (3);
	if (mo->mo_n == nitems(mo->mo_seen)) {
		for (i = kept = 0; i < mo->mo_n; i++)
			if (mo->mo_top - mo->mo_seen[i] < TDB_REPLAYWIN)
				mo->mo_seen[kept++] = mo->mo_seen[i];
		mo->mo_n = kept;
	}
	mo->mo_seen[mo->mo_n++] = *full;
	mo->mo_top = MAX(mo->mo_top, *full);
	return (0);
}

/* Mostly near the top, either side, now and then anywhere. */
static u_int32_t
model_next(const struct model *mo)
{
	u_int32_t top = mo->mo_top, r = kt_random();

	switch (kt_random() % 16) {
	case 0:
		return (r);
	case 1:
		return (top + r % 10000);
	case 2:
		return (top - TDB_REPLAYWIN + r % 5 - 2);
	case 3:
		return (top - r % 5000);
	case 4:
		return (r % 3);
	case 5:
		return (top + 64 * (r % 70));
	default:
		return (top + r % 70 - 60);
	}
}

static void
model_run(int esn, u_int64_t top, unsigned long n)
{
	static struct model mo;
	static struct tdb tdb, was;
	u_int64_t full;
	u_int32_t seq, hi;
	int want, dry;

	memset(&mo, 0, sizeof(mo));
	memset(&tdb, 0, sizeof(tdb));
	mtx_init(&tdb.tdb_mtx, IPL_SOFTNET);
	tdb.tdb_flags = esn ? TDBF_ESN : 0;
	mo.mo_esn = esn;
	mo.mo_top = tdb.tdb_rpl = top;
	mtx_enter(&tdb.tdb_mtx);
	while (n-- > 0) {
		seq = model_next(&mo);
		was = tdb;
		dry = checkreplaywindow(&tdb, seq, &hi, 0);
		KT_MEMEQ(&was, &tdb, sizeof(tdb));
		want = model_check(&mo, seq, &full);
		if (dry != want)
			KT_FAIL("top %llx, %x: %d, not %d", (unsigned long
			    long)was.tdb_rpl, seq, dry, want);
		if (want == 0)
			KT_EQ(hi, full >> 32);
		KT_EQ(checkreplaywindow(&tdb, seq, &hi, 1), want);
		KT_EQ(tdb.tdb_rpl, mo.mo_top);
		/* random numbers soon use up what there is */
		if (kt_random() % 1000 == 0)
			break;
	}
	mtx_leave(&tdb.tdb_mtx);
}

static void
model_runs(int esn)
{
	unsigned long i, n = kt_count(500);
	u_int64_t top;

	for (i = 0; i < n; i++) {
		switch (kt_random() % 5) {
		case 0:
			top = 0;
			break;
		case 1:
			top = kt_random() % 5000;
			break;
		case 2:
			top = UINT32_MAX - kt_random() % 5000;
			break;
		case 3:
			top = !esn ? kt_random() : (u_int64_t)kt_random() << 32
			    | (u_int32_t)(kt_random() % 8000 - 4000);
			break;
		default:
			top = !esn ? kt_random() : UINT64_MAX -
			    kt_random() % 5000;
			break;
		}
		model_run(esn, top, 2000);
	}
}

KTEST(b07_esp_model, "B07: the window against a plain set, numbers of 32 bits")
{
	model_runs(0);
}

KTEST(b07_esp_model_esn, "B07: the window against a plain set, ESN")
{
	model_runs(1);
}

/* A packet whose number was changed on the way. */
static struct mbuf *
forged(u_int64_t seq, u_int32_t to)
{
	struct mbuf *m = kesp_good(seq);

	to = htonl(to);
	memcpy(mtod(m, u_int8_t *) + sizeof(struct ip) + 4, &to, sizeof(to));
	return (m);
}

static void
forge(int gcm, u_int32_t flags)
{
	static u_int64_t was[TDB_REPLAYMAX / 64];
	int i;

	KT_EQ(kesp_begin(gcm, flags), 0);
	KT_EQ(taken(2), 0);
	KT_EQ(taken(100), 0);
	memcpy(was, kesp.k_in->tdb_seen, sizeof(was));
	for (i = 0; i < 32; i++) {
		kesp_input(forged(101, 100 + (1U << i)));
		if (i > 0)
			KT_EQ(kesp_dropped(esps_badauth, 1), 0);
		else
			KT_EQ(kesp_passed(1), 0);
		if (i == 0)
			memcpy(was, kesp.k_in->tdb_seen, sizeof(was));
		KT_EQ(kesp.k_in->tdb_rpl, 101);
		KT_MEMEQ(was, kesp.k_in->tdb_seen, sizeof(was));
	}
	/* nor does one inside the window mark a number as seen */
	kesp_input(forged(101, 50));
	KT_EQ(kesp_dropped(esps_badauth, 1), 0);
	KT_EQ(taken(50), 0);
	KT_EQ(taken(1), 0);
	KT_EQ(taken(102), 0);
	KT_EQ(kesp_end(), 0);
}

KTEST(b08_esp_forged, "B08: what is not authentic does not move the window")
{
	forge(1, 0);
}

KTEST(b08_forged_esn, "B08: likewise with ESN, AES-CBC")
{
	forge(0, TDBF_ESN);
}

/* EXPIRE messages that have come since: of the in and out SA, by kind. */
static int
expired(int *soft, int *hard)
{
	*soft = *hard = 0;
	while (kpk_recv(kpk_listener, &answer)) {
		if (answer.km.hdr.sadb_msg_type != SADB_EXPIRE ||
		    answer.km.hdr.sadb_msg_errno != 0)
			return (1);
		*soft += kpk_find(&answer, SADB_EXT_LIFETIME_SOFT) != NULL;
		*hard += kpk_find(&answer, SADB_EXT_LIFETIME_HARD) != NULL;
	}
	kpk_drain();
	return (0);
}

#define EXPECT(s, h)	do {						\
	int soft, hard;							\
	KT_EQ(expired(&soft, &hard), 0);				\
	KT_EQ(soft, (s));						\
	KT_EQ(hard, (h));						\
} while (0)

static int
life_begin(int gcm, u_int32_t flags)
{
	int error;

	if ((error = kpk_open()) == 0)
		error = kesp_begin(gcm, flags);
	return (error);
}

static int
life_end(void)
{
	kpk_drain();
	kpk_close();
	return (kesp_end());
}

static void
set_flags(struct tdb *tdb, u_int32_t flags)
{
	mtx_enter(&tdb->tdb_mtx);
	WRITE_ONCE(tdb->tdb_flags, tdb->tdb_flags | flags);
	mtx_leave(&tdb->tdb_mtx);
}

static void
set_bytes(struct tdb *tdb, u_int64_t soft, u_int64_t hard)
{
	NET_LOCK();
	tdb->tdb_soft_bytes = soft;
	tdb->tdb_exp_bytes = hard;
	set_flags(tdb, TDBF_BYTES | TDBF_SOFT_BYTES);
	NET_UNLOCK();
}

static uint64_t
exceeded(void)
{
	uint64_t c[ipsec_ncounters];

	counters_read(ipseccounters, c, ipsec_ncounters, NULL);
	return (c[ipsec_exctdb_c]);
}

KTEST(esp_lifetime_bytes_in, "bytes in: soft is told once, hard ends the SA")
{
	u_int64_t plen;
	int seq;

	KT_EQ(life_begin(1, 0), 0);
	plen = roundup(KESP_IPLEN + 2, kesp.k_align);
	set_bytes(kesp.k_in, 3 * plen, 6 * plen);
	for (seq = 1; seq <= 5; seq++) {
		KT_EQ(taken(seq), 0);
		EXPECT(seq == 3, 0);
	}
	/* what is refused costs nothing */
	KT_EQ(refused(5, esps_replay), 0);
	EXPECT(0, 0);
	KT_EQ(exceeded(), 0);
	KT_EQ(refused(6, KESP_NONE), 0);
	EXPECT(0, 1);
	KT_EQ(exceeded(), 1);
	KT_EQ(refused(7, esps_notdb), 0);
	KT_EQ(exceeded(), 1);
	KT_EQ(tdb_count(), 1);
	kesp.k_in = kesp_add(IPSP_DIRECTION_IN, KSEC_SPI);
	KT_EQ(kesp_works(1), 0);
	KT_EQ(life_end(), 0);
}

/* Send one of 80 bytes; 1 if it left, and has been put away. */
static int
left(int *error)
{
	struct mbuf *m;

	*error = ksec_send(0, KTI_PEER0, 80);
	ksec_settle();
	if ((m = kti_sent(&kti1)) == NULL)
		return (0);
	m_freem(m);
	return (1);
}

KTEST(esp_lifetime_bytes_out, "bytes out: soft is told once, hard ends the SA")
{
	struct sec_stats ss;
	int i, error;

	KT_EQ(life_begin(0, 0), 0);
	set_bytes(kesp.k_out, 240, 401);
	for (i = 1; i <= 5; i++) {
		KT_EQ(left(&error), 1);
		EXPECT(i == 3, 0);
	}
	KT_EQ(left(&error), 0);
	KT_EQ(error, 0);
	EXPECT(0, 1);
	KT_EQ(exceeded(), 1);
	ksec_stats(0, &ss);
	KT_EQ(ss.ss_oerror, 1);
	KT_EQ(ksec_espstat(esps_output), 5);
	KT_EQ(left(&error), 0);
	KT_EQ(error, EHOSTUNREACH);
	KT_EQ(exceeded(), 1);
	KT_EQ(tdb_count(), 1);
	kesp.k_out = kesp_add(IPSP_DIRECTION_OUT, KSEC_SPI);
	KT_EQ(left(&error), 1);
	KT_EQ(life_end(), 0);
}

KTEST(esp_lifetime_time, "age: soft after hours, hard after more")
{
	int error;

	KT_EQ(life_begin(1, 0), 0);
	NET_LOCK();
	kesp.k_in->tdb_soft_timeout = 2 * 3600;
	kesp.k_in->tdb_exp_timeout = 5 * 3600;
	kesp.k_out->tdb_exp_timeout = 9 * 3600;
	set_flags(kesp.k_in, TDBF_TIMER | TDBF_SOFT_TIMER);
	set_flags(kesp.k_out, TDBF_TIMER);
	tdb_addtimeouts(kesp.k_in);
	tdb_addtimeouts(kesp.k_out);
	NET_UNLOCK();
	kt_sleep(2 * HOUR - SEC_TO_NSEC(2));
	EXPECT(0, 0);
	kt_sleep(SEC_TO_NSEC(4));
	EXPECT(1, 0);
	KT_EQ(taken(1), 0);
	kt_sleep(3 * HOUR - SEC_TO_NSEC(6));
	EXPECT(0, 0);
	KT_EQ(taken(2), 0);
	kt_sleep(SEC_TO_NSEC(6));
	EXPECT(0, 1);
	KT_EQ(refused(3, esps_notdb), 0);
	KT_EQ(left(&error), 1);
	kt_sleep(5 * HOUR);
	EXPECT(0, 1);
	KT_EQ(left(&error), 0);
	KT_EQ(error, EHOSTUNREACH);
	KT_EQ(tdb_count(), 0);
	KT_EQ(life_end(), 0);
}

static void
set_firstuse(struct tdb *tdb, u_int64_t soft, u_int64_t hard)
{
	NET_LOCK();
	tdb->tdb_soft_first_use = soft;
	tdb->tdb_exp_first_use = hard;
	set_flags(tdb, TDBF_FIRSTUSE | TDBF_SOFT_FIRSTUSE);
	NET_UNLOCK();
}

KTEST(esp_lifetime_firstuse, "first use: the clock starts with a packet")
{
	int error;

	KT_EQ(life_begin(0, 0), 0);
	set_firstuse(kesp.k_in, 3600, 2 * 3600);
	set_firstuse(kesp.k_out, 3600, 3 * 3600);
	kt_sleep(20 * HOUR);
	EXPECT(0, 0);
	KT_EQ(kesp.k_in->tdb_first_use, 0);
	KT_EQ(taken(1), 0);
	KT_EQ(left(&error), 1);
	KT_ASSERT(kesp.k_in->tdb_first_use != 0);
	kt_sleep(HOUR - SEC_TO_NSEC(2));
	EXPECT(0, 0);
	/* a second packet does not start it anew */
	KT_EQ(taken(2), 0);
	KT_EQ(left(&error), 1);
	kt_sleep(SEC_TO_NSEC(4));
	EXPECT(2, 0);
	kt_sleep(HOUR);
	EXPECT(0, 1);
	KT_EQ(refused(3, esps_notdb), 0);
	KT_EQ(left(&error), 1);
	kt_sleep(HOUR);
	EXPECT(0, 1);
	KT_EQ(left(&error), 0);
	KT_EQ(tdb_count(), 0);
	KT_EQ(life_end(), 0);
}

KTEST(esp_lifetime_larval, "a larval SA goes after a minute, unannounced")
{
	union sockaddr_union src, dst;
	int error;

	KT_EQ(life_begin(1, 0), 0);
	src = kesp.k_in->tdb_src;
	dst = kesp.k_in->tdb_dst;
	NET_LOCK();
	reserve_spi(0, 0x2000, 0x2000, &src, &dst, IPPROTO_ESP, &error);
	NET_UNLOCK();
	KT_EQ(error, 0);
	kt_sleep(SEC_TO_NSEC(IPSEC_INVAL_LIFE - 2));
	KT_EQ(tdb_count(), 3);
	kt_sleep(SEC_TO_NSEC(4));
	KT_EQ(tdb_count(), 2);
	EXPECT(0, 0);
	KT_EQ(kesp_works(1), 0);
	KT_EQ(life_end(), 0);
}

static void
exhaust(int gcm, u_int32_t flags, u_int64_t last)
{
	struct sec_stats ss;
	int error;

	KT_EQ(life_begin(gcm, flags), 0);
	set_sequence(kesp.k_out, last - 2);
	KT_EQ(left(&error), 1);
	KT_EQ(left(&error), 1);
	KT_EQ(kesp.k_out->tdb_rpl, last);
	EXPECT(0, 0);
	KT_EQ(left(&error), 0);
	KT_EQ(error, 0);
	EXPECT(0, 1);
	KT_EQ(ksec_espstat(esps_wrap), 1);
	ksec_stats(0, &ss);
	KT_EQ(ss.ss_oerror, 1);
	KT_EQ(tdb_count(), 1);
	KT_EQ(left(&error), 0);
	KT_EQ(error, EHOSTUNREACH);
	EXPECT(0, 0);
	KT_EQ(ksec_espstat(esps_wrap), 1);
	kesp.k_out = kesp_add(IPSP_DIRECTION_OUT, KSEC_SPI);
	KT_EQ(left(&error), 1);
	KT_EQ(life_end(), 0);
}

KTEST(esp_exhausted, "numbers used up: the SA is gone, and EXPIRE says so")
{
	exhaust(1, 0, UINT32_MAX);
}

KTEST(esp_exhausted_esn, "ESN: the same after 2^64")
{
	exhaust(0, TDBF_ESN, UINT64_MAX);
}

/* What left is kept, to come back in another order. */
static void
esn_return(struct mbuf *m)
{
	struct ip *ip = mtod(m, struct ip *);
	struct in_addr addr = ip->ip_src;

	ip->ip_src = ip->ip_dst;
	ip->ip_dst = addr;
	m_tag_delete_chain(m);
	kesp_input(m);
}

static void
esn_cross(int gcm, int backwards)
{
	struct mbuf *m[8];
	u_int64_t from = (1ULL << 32) - 4;
	u_int8_t *inner;
	int i, n = nitems(m);

	KT_EQ(kesp_begin(gcm, TDBF_ESN), 0);
	set_sequence(kesp.k_out, from);
	set_sequence(kesp.k_in, from);
	for (i = 0; i < n; i++) {
		KT_EQ(ksec_send(0, KTI_PEER0, KESP_IPLEN), 0);
		ksec_settle();
		KT_ASSERT((m[i] = kti_sent(&kti1)) != NULL);
		inner = mtod(m[i], u_int8_t *) + sizeof(struct ip) + 4;
		KT_EQ(inner[0], i < 3 ? 0xff : 0);
		KT_EQ(inner[3], (u_int8_t)(from + i + 1));
	}
	KT_EQ(kesp.k_out->tdb_rpl, from + n);
	kesp_mark();
	for (i = 0; i < n; i++) {
		esn_return(m[backwards ? n - 1 - i : i]);
		KT_EQ(kti_nsent(&kti0), 1);
		m_freem(kti_sent(&kti0));
		KT_EQ(kesp_passed(0), 0);
	}
	KT_EQ(kesp.k_in->tdb_rpl, from + n);
	KT_EQ(kesp_works(from + n + 1), 0);
	KT_EQ(kesp_end(), 0);
}

KTEST(esp_esn_cross, "ESN: sent and received across 2^32, in order")
{
	esn_cross(1, 0);
}

KTEST(esp_esn_back, "ESN: across 2^32, the newest first")
{
	esn_cross(0, 1);
}
