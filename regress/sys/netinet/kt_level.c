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

/* rows: I4 I5 */

/*
 * What sockets ask of IPsec: IP_AUTH_LEVEL and its kin.
 */
#include "kt_spdlib.h"

#include <netinet/in_pcb.h>

#define PAYLOAD		40

static const int lv_options[] = { IP_AUTH_LEVEL, IP_ESP_TRANS_LEVEL,
	IP_ESP_NETWORK_LEVEL };

/* SAs with the peer: which levels does each satisfy, as bits of these? */
static const struct {
	struct kspd_sa	sa;
	int		gives;
} lv_sas[] = {
	{ { .ka_proto = IPPROTO_AH }, 1 },
	{ { .ka_proto = IPPROTO_AH, .ka_tunnel = 1 }, 1 },
	{ { .ka_proto = IPPROTO_ESP }, 1 | 2 },
	{ { .ka_proto = IPPROTO_ESP, .ka_tunnel = 1 }, 1 | 4 },
};

static struct socket *
lv_open(int level)
{
	struct socket *so = ktu_open(SOCK_DGRAM, 0);
	u_int i;

	if (ktu_bind(so, INADDR_ANY, KSPD_PORT) != 0)
		panic("lv_open");
	for (i = 0; level >= 0 && i < nitems(lv_options); i++)
		if (ktu_setopt(so, IPPROTO_IP, lv_options[i], level) != 0)
			panic("lv_open");
	return (so);
}

static int
lv_send(struct socket *so)
{
	int error = ktu_send(so, KTI_PEER1, KSPD_PORT, PAYLOAD);

	ksec_settle();
	return (error);
}

/* Out in the clear: 17; or ESP or AH; 0: not. */
static int
lv_left(void)
{
	struct mbuf *m = kti_sent(&kti1);
	u_int8_t proto;

	if (m == NULL)
		return (0);
	m_copydata(m, 9, 1, &proto);
	m_freem(m);
	return (proto);
}

static struct mbuf *
lv_clear(void)
{
	return (ktu_udp(KTI_PEER1, 7, KTI_US1, KSPD_PORT, PAYLOAD));
}

/* The same packet by an SA. */
static struct mbuf *
lv_wrapped(struct tdb *tdb)
{
	struct mbuf *m = lv_clear();

	if (tdb->tdb_sproto == IPPROTO_AH)
		return (kah_wrap(tdb, tdb->tdb_rpl + 1, m));
	if (!(tdb->tdb_flags & TDBF_TUNNELING))
		m_adj(m, 20);
	return (kte_wrap(tdb, tdb->tdb_rpl + 1, m,
	    tdb->tdb_flags & TDBF_TUNNELING ? IPPROTO_IPV4 : IPPROTO_UDP));
}

static int
lv_hears(struct socket *so, struct mbuf *m)
{
	kti_input(&kti1, m);
	ksec_settle();
	return (ktu_recv(so, NULL, NULL, NULL) == PAYLOAD);
}

KTEST(level_require, "require: by an SA that gives it, or not at all")
{
	struct kspd_sa sa;
	struct socket *so;
	uint64_t nosec;
	struct tdb *in;
	u_int i, k;

	for (i = 0; i < nitems(lv_options); i++) {
		for (k = 0; k < nitems(lv_sas); k++) {
			KT_EQ(kspd_begin(), 0);
			so = lv_open(-1);
			KT_EQ(ktu_setopt(so, IPPROTO_IP, lv_options[i],
			    IPSEC_LEVEL_REQUIRE), 0);
			KT_ASSERT(lv_send(so) != 0);
			KT_EQ(lv_left(), 0);
			nosec = ktu_udpstat(udps_nosec);
			KT_EQ(lv_hears(so, lv_clear()), 0);
			KT_EQ(ktu_udpstat(udps_nosec), nosec + 1);
			sa = lv_sas[k].sa;
			in = kspd_sa(&sa);
			sa.ka_out = 1;
			kspd_sa(&sa);
			if (lv_sas[k].gives & 1 << i) {
				KT_EQ(lv_send(so), 0);
				KT_EQ(lv_left(), sa.ka_proto);
			} else {
				KT_ASSERT(lv_send(so) != 0);
				KT_EQ(lv_left(), 0);
			}
			KT_EQ(lv_hears(so, lv_wrapped(in)),
			    (lv_sas[k].gives & 1 << i) != 0);
			ktu_close(so);
			kspd_end();
		}
	}
}

KTEST(level_use, "use: by an SA if there is one, else in the clear")
{
	struct socket *so;

	KT_EQ(kspd_begin(), 0);
	so = lv_open(IPSEC_LEVEL_USE);
	KT_EQ(lv_send(so), 0);
	KT_EQ(lv_left(), IPPROTO_UDP);
	KT_EQ(lv_hears(so, lv_clear()), 1);
	kspd_sa(&(struct kspd_sa){ .ka_out = 1 });
	KT_EQ(lv_send(so), 0);
	KT_EQ(lv_left(), IPPROTO_ESP);
	KT_EQ(lv_hears(so, lv_clear()), 1);
	ktu_close(so);
	/* available: policies decide */
	so = lv_open(IPSEC_LEVEL_AVAIL);
	KT_EQ(lv_send(so), 0);
	KT_EQ(lv_left(), IPPROTO_UDP);
	ktu_close(so);
	kspd_end();
}

KTEST(level_bypass, "bypass: whatever policies say, but all three have to")
{
	struct kspd_flow kf = { .kf_type = SADB_X_FLOW_TYPE_DENY };
	struct socket *so, *raw;
	u_int i;

	KT_EQ(kspd_begin(), 0);
	KT_EQ(kspd_both(SADB_X_ADDFLOW, &kf), 0);
	so = lv_open(-1);
	raw = ktu_open(SOCK_RAW, IPPROTO_UDP);
	for (i = 0; i < nitems(lv_options); i++) {
		KT_EQ(lv_send(so), EACCES);
		KT_EQ(lv_hears(so, lv_clear()), 0);
		KT_EQ(ktu_setopt(so, IPPROTO_IP, lv_options[i],
		    IPSEC_LEVEL_BYPASS), 0);
	}
	KT_EQ(lv_left(), 0);
	KT_EQ(lv_send(so), 0);
	KT_EQ(lv_left(), IPPROTO_UDP);
	KT_EQ(lv_hears(so, lv_clear()), 1);
	KT_EQ(ktu_recv(raw, NULL, NULL, NULL), -1);
	ktu_close(raw);
	ktu_close(so);
	kspd_end();
}

KTEST(level_policy, "a policy's SA has to be enough for the socket")
{
	struct kspd_flow kf = { .kf_dst = KTI_PEER1, .kf_dstlen = 32,
	    .kf_satype = SADB_SATYPE_AH, .kf_peer = KTI_PEER1 };
	struct socket *so;

	KT_EQ(kspd_begin(), 0);
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	kspd_sa(&(struct kspd_sa){ .ka_proto = IPPROTO_AH, .ka_out = 1 });
	so = lv_open(-1);
	KT_EQ(lv_send(so), 0);
	KT_EQ(lv_left(), IPPROTO_AH);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_ESP_TRANS_LEVEL,
	    IPSEC_LEVEL_REQUIRE), 0);
	KT_EQ(lv_send(so), EACCES);
	KT_EQ(lv_left(), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_ESP_TRANS_LEVEL,
	    IPSEC_LEVEL_USE), 0);
	KT_EQ(lv_send(so), 0);
	KT_EQ(lv_left(), IPPROTO_AH);
	ktu_close(so);
	kspd_end();
}

KTEST(level_default, "the default is a new socket's, and a floor but for root")
{
	struct socket *so;

	KT_EQ(kspd_begin(), 0);
	ipsec_def_esp_trans = IPSEC_LEVEL_REQUIRE;
	so = lv_open(-1);
	KT_ASSERT(lv_send(so) != 0);
	KT_EQ(lv_left(), 0);
	ktu_close(so);
	curproc->p_suser = 0;
	so = lv_open(-1);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_ESP_TRANS_LEVEL,
	    IPSEC_LEVEL_USE), EACCES);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_AUTH_LEVEL,
	    IPSEC_LEVEL_BYPASS), EACCES);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_AUTH_LEVEL,
	    IPSEC_LEVEL_REQUIRE), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_AUTH_LEVEL,
	    IPSEC_LEVEL_AVAIL), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_ESP_TRANS_LEVEL,
	    IPSEC_LEVEL_UNIQUE), 0);
	KT_EQ(ktu_setopt(so, IPPROTO_IP, IP_ESP_TRANS_LEVEL,
	    IPSEC_LEVEL_UNIQUE + 1), EINVAL);
	ktu_close(so);
	curproc->p_suser = 1;
	ipsec_def_esp_trans = IPSEC_LEVEL_DEFAULT;
	so = lv_open(-1);
	KT_EQ(lv_send(so), 0);
	KT_EQ(lv_left(), IPPROTO_UDP);
	ktu_close(so);
	kspd_end();
}
