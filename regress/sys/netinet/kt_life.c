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

/* rows: I5 */

/*
 * Lifetimes: of bytes, of packets, of seconds, from first use; soft and
 * hard; and of sequence numbers.
 */
#include "kt_spdlib.h"

#define PAYLOAD		40
#define PACKET		(28 + PAYLOAD)	/* what an SA is charged for one */

static struct kpk_msg	life_km, life_answer;

/* An SA to a peer by PF_KEY, with a lifetime, and its policy. */
static int
life_begin(int ext, u_int32_t packets, u_int64_t bytes, u_int64_t add,
    u_int64_t use)
{
	struct kspd_flow kf = { .kf_dst = KTI_FAR, .kf_dstlen = 32,
	    .kf_peer = KPK_PEER };
	struct sadb_lifetime *lt;
	int error;

	if ((error = kspd_begin()) != 0 ||
	    (error = kspd_flow(SADB_X_ADDFLOW, &kf)) != 0)
		return (error);
	kpk_esp(&life_km, SADB_ADD, KPK_SPI);
	kpk_lifetime(&life_km, ext, bytes, add, use);
	lt = kpk_find(&life_km, ext);
	lt->sadb_lifetime_allocations = packets;
	error = kpk_do(&life_km, NULL);
	kpk_drain();
	return (error);
}

static int
life_send(void)
{
	return (kspd_output(ktu_udp(KTI_US0, 1, KTI_FAR, 7, PAYLOAD)));
}

/* EXPIRE messages since the last, and which they are. */
static int
life_expired(int ext)
{
	int n = 0;

	while (kpk_recv(kpk_listener, &life_answer)) {
		if (life_answer.km.hdr.sadb_msg_type != SADB_EXPIRE)
			continue;
		if (kpk_find(&life_answer, ext) == NULL ||
		    kpk_find(&life_answer, SADB_EXT_LIFETIME_CURRENT) == NULL)
			return (-1);
		n++;
	}
	return (n);
}

static const struct sadb_lifetime *
life_current(void)
{
	return (kpk_find(&life_answer, SADB_EXT_LIFETIME_CURRENT));
}

static u_int
life_sent(void)
{
	u_int n = 0;
	struct mbuf *m;

	while ((m = kti_sent(&kti0)) != NULL) {
		m_freem(m);
		n++;
	}
	return (n);
}

/* The fifth packet is the one too many, or the one that says so. */
static void
life_traffic(u_int32_t packets, u_int64_t bytes)
{
	int i;

	KT_EQ(life_begin(SADB_EXT_LIFETIME_SOFT, packets, bytes, 0, 0), 0);
	for (i = 1; i < 10; i++) {
		KT_EQ(life_send(), 0);
		KT_EQ(life_expired(SADB_EXT_LIFETIME_SOFT), i == 5);
		if (i == 5)
			KT_EQ(life_current()->sadb_lifetime_allocations, 5);
	}
	KT_EQ(life_sent(), 9);
	KT_EQ(tdb_count(), 1);
	kspd_end();

	KT_EQ(life_begin(SADB_EXT_LIFETIME_HARD, packets, bytes, 0, 0), 0);
	for (i = 1; i < 5; i++)
		KT_EQ(life_send(), 0);
	KT_EQ(life_expired(SADB_EXT_LIFETIME_HARD), 0);
	KT_EQ(life_send(), EINVAL);
	KT_EQ(life_expired(SADB_EXT_LIFETIME_HARD), 1);
	KT_EQ(life_current()->sadb_lifetime_bytes, 5 * PACKET);
	KT_EQ(kspd_ipsec(ipsec_exctdb_c), 1);
	KT_EQ(kspd_ipsec(ipsec_odrops_c), 1);
	KT_EQ(tdb_count(), 0);
	KT_EQ(life_sent(), 4);
	/* and nothing in the clear from then on */
	KT_ASSERT(life_send() != 0);
	KT_EQ(life_sent(), 0);
	kspd_end();
}

KTEST(life_bytes, "bytes: soft says so once, hard ends it, nothing leaks")
{
	life_traffic(0, 4 * PACKET + 1);
}

KTEST(life_packets, "packets: soft says so once, hard ends it, nothing leaks")
{
	life_traffic(5, 0);
}

/* From the beginning, or from the first packet. */
static void
life_clock(int ext, int use)
{
	int hard = ext == SADB_EXT_LIFETIME_HARD;

	KT_EQ(life_begin(ext, 0, 0, use ? 0 : 3600, use ? 3600 : 0), 0);
	kt_sleep(SEC_TO_NSEC(3590));
	KT_EQ(life_send(), 0);
	KT_EQ(life_expired(ext), 0);
	if (use) {
		kt_sleep(SEC_TO_NSEC(3590));
		KT_EQ(life_send(), 0);
		KT_EQ(life_expired(ext), 0);
	}
	kt_sleep(SEC_TO_NSEC(11));
	ksec_settle();
	KT_EQ(life_expired(ext), 1);
	KT_ASSERT(life_current()->sadb_lifetime_usetime != 0);
	KT_EQ(tdb_count(), !hard);
	KT_EQ(life_send() != 0, hard);
	kt_sleep(SEC_TO_NSEC(10000));
	KT_EQ(life_expired(ext), 0);
	kspd_end();
}

KTEST(life_seconds, "seconds since it was added: soft and hard, on time")
{
	life_clock(SADB_EXT_LIFETIME_SOFT, 0);
	life_clock(SADB_EXT_LIFETIME_HARD, 0);
}

KTEST(life_firstuse, "seconds since its first packet: soft and hard, on time")
{
	life_clock(SADB_EXT_LIFETIME_SOFT, 1);
	life_clock(SADB_EXT_LIFETIME_HARD, 1);
}

KTEST(life_unused, "an SA that is never used has no first use to expire by")
{
	KT_EQ(life_begin(SADB_EXT_LIFETIME_HARD, 0, 0, 0, 60), 0);
	kt_sleep(SEC_TO_NSEC(100000));
	KT_EQ(life_expired(SADB_EXT_LIFETIME_HARD), 0);
	KT_EQ(tdb_count(), 1);
	kspd_end();
}

KTEST(life_in, "what comes in is charged as what goes out, forgeries are not")
{
	struct mbuf *m;
	struct tdb *in;
	int i;

	KT_EQ(kspd_begin(), 0);
	in = kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1,
	    .ka_flags = TDBF_ALLOCATIONS });
	in->tdb_exp_allocations = 3;
	for (i = 1; i < 9; i++) {
		m = kte_wrap(in, i, ktu_udp(KTI_FAR, 1, KTI_PEER0, 1, 9),
		    IPPROTO_IPV4);
		if (i < 6)
			mtod(m, u_int8_t *)[60] ^= 1;
		kti_input(&kti1, m);
		ksec_settle();
		KT_EQ(life_sent(), i == 6 || i == 7);
		KT_EQ(life_expired(SADB_EXT_LIFETIME_HARD), i == 8);
		if (tdb_count() == 0)
			break;
	}
	KT_EQ(i, 8);
	kspd_end();
}

/* The last number there is goes out, the one after it never. */
static void
life_exhausted(int proto, u_int32_t flags, u_int64_t last)
{
	struct kspd_flow kf = { .kf_dst = KTI_FAR, .kf_dstlen = 32,
	    .kf_peer = KTI_PEER1, .kf_satype = proto == IPPROTO_AH ?
	    SADB_SATYPE_AH : SADB_SATYPE_ESP };
	struct tdb *out;

	KT_EQ(kspd_begin(), 0);
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	out = kspd_sa(&(struct kspd_sa){ .ka_proto = proto, .ka_tunnel = 1,
	    .ka_out = 1, .ka_flags = flags });
	out->tdb_rpl = last - 1;
	KT_EQ(life_send(), 0);
	m_freem(kti_sent(&kti1));
	if (last == UINT32_MAX && flags) {
		KT_EQ(life_send(), 0);
		m_freem(kti_sent(&kti1));
		KT_EQ(tdb_count(), 1);
		kspd_end();
		return;
	}
	kspd_mark();
	KT_EQ(life_send(), EINVAL);
	KT_EQ(kti_nsent(&kti1), 0);
	KT_EQ(proto == IPPROTO_AH ? kspd_ah(ahs_wrap) : kspd_esp(esps_wrap),
	    1);
	KT_EQ(kspd_ipsec(ipsec_odrops_c), 1);
	KT_EQ(life_expired(SADB_EXT_LIFETIME_HARD), 1);
	KT_EQ(tdb_count(), 0);
	kspd_end();
}

KTEST(life_numbers, "T14: the last number is used, then the SA is dead")
{
	life_exhausted(IPPROTO_ESP, 0, UINT32_MAX);
	life_exhausted(IPPROTO_ESP, TDBF_ESN, UINT32_MAX);
	life_exhausted(IPPROTO_ESP, TDBF_ESN, UINT64_MAX);
	life_exhausted(IPPROTO_AH, 0, UINT32_MAX);
	life_exhausted(IPPROTO_AH, TDBF_ESN, UINT64_MAX);
}
