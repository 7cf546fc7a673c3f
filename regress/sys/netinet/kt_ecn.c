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

/* rows: N5 */

/*
 * RFC 6040: what becomes of the ECN field, by sec(4) and by a policy.
 */
#include "kt_spdlib.h"

#include <netinet/ip_ecn.h>

/* not ECT, ECT(1), ECT(0), CE by their numbers; figure 4; -1: dropped */
static const int ecn_in[4][4] = {
	/* outer: 0, 1, 2, 3 */
	{ 0, 0, 0, -1 },
	{ 1, 1, 1, 3 },
	{ 2, 1, 2, 3 },
	{ 3, 3, 3, 3 },
};

static struct mbuf *
ecn_packet(in_addr_t src, in_addr_t dst, u_int tos)
{
	struct mbuf *m = kti_packet(src, dst, 253, 80);

	mtod(m, struct ip *)->ip_tos = tos;
	kti_finish(m);
	return (m);
}

/* Into a tunnel: the inner field is left alone. */
static void
ecn_out(void)
{
	u_int mode, tos;
	struct mbuf *m;

	for (mode = 0; mode < 2; mode++) {
		ipip_ecn = mode;
		for (tos = 0; tos < 256; tos += 1 + kt_random() % 7) {
			kti_input(&kti0, ecn_packet(KTI_PEER0, KTI_FAR,
			    tos));
			ksec_settle();
			m = kti_sent(&kti1);
			KT_ASSERT(m != NULL);
			m = m_pullup(m, sizeof(struct ip));
			KT_EQ(mtod(m, struct ip *)->ip_p, IPPROTO_ESP);
			KT_EQ(mtod(m, struct ip *)->ip_tos,
			    mode ? tos : tos & ~3U);
			m_freem(m);
		}
	}
}

static void
ecn_arrive(struct tdb *in, uint64_t (*lost)(void))
{
	uint64_t before;
	struct mbuf *m;
	struct ip *ip;
	u_int i, tos;

	for (i = 0; i < 16; i++) {
		tos = kt_random() & 0xfc;
		m = kte_wrap(in, i + 1, ecn_packet(KTI_FAR, KTI_PEER0,
		    tos | i / 4), IPPROTO_IPV4);
		mtod(m, struct ip *)->ip_tos = (kt_random() & 0xfc) | i % 4;
		kti_finish(m);
		before = lost();
		kti_input(&kti1, m);
		ksec_settle();
		m = kti_sent(&kti0);
		if (ecn_in[i / 4][i % 4] == -1) {
			KT_ASSERT(m == NULL);
			KT_EQ(lost() - before, 1);
			continue;
		}
		KT_ASSERT(m != NULL);
		KT_EQ(lost() - before, 0);
		ip = mtod(m, struct ip *);
		KT_EQ(ip->ip_tos, tos | ecn_in[i / 4][i % 4]);
		KT_EQ(in_cksum(m, sizeof(*ip)), 0);
		m_freem(m);
	}
}

static uint64_t
ecn_sec_lost(void)
{
	struct sec_stats ss;

	return (ksec_stats(0, &ss) == 0 ? ss.ss_iecn : 0);
}

static uint64_t
ecn_ipip_lost(void)
{
	return (kspd_ipip(ipips_pdrops));
}

KTEST(ecn_sec, "ECN by sec(4): 16 cases in")
{
	struct tdb *in;

	KT_EQ(kspd_begin(), 0);
	KT_EQ(ksec_create(0), 0);
	ksec_pair(0, NULL, &in);
	ksec_settle();
	ecn_arrive(in, ecn_sec_lost);
	KT_EQ(ksec_destroy(0), 0);
	kspd_end();
}

KTEST(ecn_policy, "ECN by a policy: 16 cases in, 4 out, and switched off")
{
	struct kspd_flow kf = { .kf_dst = KTI_FAR, .kf_dstlen = 32,
	    .kf_peer = KTI_PEER1 };
	struct tdb *in;

	KT_EQ(kspd_begin(), 0);
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	in = kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1 });
	kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1, .ka_out = 1 });
	ecn_out();
	ecn_arrive(in, ecn_ipip_lost);
	kspd_end();
}

/* By sec0, whose if_output is called. */
KTEST(ecn_sec_out, "ECN by sec(4): 4 cases out, and switched off")
{
	struct sockaddr_in sin = { .sin_len = sizeof(sin),
	    .sin_family = AF_INET };
	struct ifnet *ifp;
	struct mbuf *m;
	u_int mode, tos;

	KT_EQ(kspd_begin(), 0);
	KT_EQ(ksec_create(0), 0);
	ksec_pair(0, NULL, NULL);
	ksec_settle();
	ifp = if_unit("sec0");
	for (mode = 0; mode < 2; mode++) {
		ipip_ecn = mode;
		for (tos = 0; tos < 256; tos += 1 + kt_random() % 7) {
			m = ecn_packet(KTI_FAR, KTI_NOWHERE, tos);
			NET_LOCK_SHARED();
			KT_EQ(ifp->if_output(ifp, m, (struct sockaddr *)&sin,
			    NULL), 0);
			NET_UNLOCK_SHARED();
			ksec_settle();
			m = kti_sent(&kti1);
			KT_ASSERT(m != NULL);
			m = m_pullup(m, sizeof(struct ip));
			KT_EQ(mtod(m, struct ip *)->ip_tos,
			    mode ? tos : tos & ~3U);
			m_freem(m);
		}
	}
	if_put(ifp);
	KT_EQ(ksec_destroy(0), 0);
	kspd_end();
}
