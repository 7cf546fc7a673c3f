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

/* rows: I4 I7 */

/*
 * Policies, and what becomes of packets by them.
 */
#include "kt_spdlib.h"

#define PAYLOAD		40
#define NPOLICIES	10000

/* one host behind us, one behind the peer */
#define HERE		KTI_PEER0
#define THERE		KTI_FAR

static struct kpk_msg	spd_km;

/* between the two, by an SA to the peer */
static struct kspd_flow
spd_hosts(int type, int in)
{
	return ((struct kspd_flow){ .kf_type = type, .kf_in = in,
	    .kf_src = in ? THERE : HERE, .kf_srclen = 32,
	    .kf_dst = in ? HERE : THERE, .kf_dstlen = 32,
	    .kf_peer = KTI_PEER1 });
}

/* Both, and the one for what comes in. */
static struct tdb *
spd_sas(void)
{
	kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1, .ka_out = 1 });
	return (kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1 }));
}

static struct mbuf *
spd_packet(int in, int proto)
{
	struct mbuf *m;
	int src = in ? THERE : HERE, dst = in ? HERE : THERE;

	if (proto == IPPROTO_UDP)
		return (ktu_udp(src, in ? 7 : 9, dst, in ? 9 : 7, PAYLOAD));
	m = kti_packet(src, dst, proto, 8 + PAYLOAD);
	return (m);
}

/* The protocol of the one packet that left by an interface; 0: none. */
static int
spd_left(struct kti_if *ki)
{
	struct mbuf *m = kti_sent(ki);
	int proto;

	if (m == NULL)
		return (0);
	if (kti_nsent(ki) != 0)
		return (-1);
	m = m_pullup(m, sizeof(struct ip));
	proto = mtod(m, struct ip *)->ip_p;
	m_freem(m);
	return (proto);
}

/* Goes out: IPPROTO_ESP, 253 for the clear, ICMP when it was refused. */
static int
spd_goes(struct mbuf *m)
{
	int out, back;

	kti_input(&kti0, m);
	ksec_settle();
	out = spd_left(&kti1);
	back = spd_left(&kti0);
	kt_sleep(SEC_TO_NSEC(1));	/* errors are rated */
	return (out != 0 ? out : back);
}

static int
spd_comes(struct mbuf *m)
{
	int in, back;

	kti_input(&kti1, m);
	ksec_settle();
	in = spd_left(&kti0);
	back = spd_left(&kti1);
	kt_sleep(SEC_TO_NSEC(1));
	return (in != 0 ? in : back);
}

/* What came by an SA and from the peer. */
static struct mbuf *
spd_wrapped(struct tdb *in, struct mbuf *inner)
{
	struct mbuf *m;
	u_int32_t seq = in->tdb_rpl + 1;

	m = kte_wrap(in, seq, inner, IPPROTO_IPV4);
	mtod(m, struct ip *)->ip_src = in->tdb_src.sin.sin_addr;
	mtod(m, struct ip *)->ip_dst = in->tdb_dst.sin.sin_addr;
	kti_finish(m);
	return (m);
}

KTEST(spd_types, "each type of policy, out and in, with an SA and without")
{
	static const struct {
		int	type, none, sa, clear;
	} t[] = {
		/* type, goes without SA, with one, comes in the clear */
		{ SADB_X_FLOW_TYPE_USE, 253, IPPROTO_ESP, 253 },
		{ SADB_X_FLOW_TYPE_ACQUIRE, 253, IPPROTO_ESP, 253 },
		{ SADB_X_FLOW_TYPE_REQUIRE, IPPROTO_ICMP, IPPROTO_ESP,
		    IPPROTO_ICMP },
		{ SADB_X_FLOW_TYPE_BYPASS, 253, 253, 253 },
		{ SADB_X_FLOW_TYPE_DENY, IPPROTO_ICMP, IPPROTO_ICMP,
		    IPPROTO_ICMP },
		{ SADB_X_FLOW_TYPE_DONTACQ, IPPROTO_ICMP, IPPROTO_ESP,
		    IPPROTO_ICMP },
	};
	struct kspd_flow kf;
	struct tdb *in;
	u_int i;

	KT_EQ(kspd_begin(), 0);
	KT_EQ(spd_goes(spd_packet(0, 253)), 253);
	for (i = 0; i < nitems(t); i++) {
		kf = spd_hosts(t[i].type, 0);
		KT_EQ(kspd_both(SADB_X_ADDFLOW, &kf), 0);
		KT_EQ(ipsec_in_use, 2);
		kspd_mark();
		KT_EQ(spd_goes(spd_packet(0, 253)), t[i].none);
		KT_EQ(kspd_ipsec(ipsec_odrops_c),
		    t[i].none == IPPROTO_ICMP);
		KT_EQ(spd_comes(spd_packet(1, 253)), t[i].clear);
		KT_EQ(kspd_ipsec(ipsec_idrops_c),
		    t[i].clear == IPPROTO_ICMP);
		in = spd_sas();
		KT_EQ(spd_goes(spd_packet(0, 253)), t[i].sa);
		if (t[i].type != SADB_X_FLOW_TYPE_DENY)
			KT_EQ(spd_comes(spd_wrapped(in, spd_packet(1, 253))),
			    253);
		/* other hosts are not concerned */
		KT_EQ(spd_goes(kti_packet(KTI_PEER0 + htonl(1), THERE, 253,
		    8)), 253);
		KT_EQ(kspd_both(SADB_X_DELFLOW, &kf), 0);
		kspd_end();
		KT_EQ(ipsec_in_use, 0);
		KT_EQ(kspd_begin(), 0);
	}
	kspd_end();
}

KTEST(spd_history, "I7: in by the SA that the policy names, and no other way")
{
	struct kspd_flow kf = spd_hosts(0, 1);
	struct tdb *in, *other, *ah, *any;

	KT_EQ(kspd_begin(), 0);
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	in = kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1 });
	other = kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1,
	    .ka_spi = KSPD_SPI + 1, .ka_peer = KTI_FAR + htonl(1) });
	ah = kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1,
	    .ka_proto = IPPROTO_AH });
	KT_EQ(spd_comes(spd_packet(1, 253)), IPPROTO_ICMP);
	KT_EQ(spd_comes(spd_wrapped(in, spd_packet(1, 253))), 253);
	kspd_mark();
	KT_EQ(spd_comes(spd_wrapped(other, spd_packet(1, 253))),
	    IPPROTO_ICMP);
	KT_EQ(kspd_esp(esps_input), 1);
	KT_EQ(kspd_ipsec(ipsec_idrops_c), 1);
	KT_EQ(spd_comes(kah_wrap(ah, 1, spd_packet(1, 253))), IPPROTO_ICMP);
	/* without a peer, it is the packet's own source */
	KT_EQ(kspd_flow(SADB_X_DELFLOW, &kf), 0);
	kf.kf_peer = 0;
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	KT_EQ(spd_comes(spd_wrapped(in, spd_packet(1, 253))), IPPROTO_ICMP);
	any = kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1,
	    .ka_spi = KSPD_SPI + 2, .ka_peer = THERE });
	KT_EQ(spd_comes(spd_wrapped(any, spd_packet(1, 253))), 253);
	/* an SA that is gone vouches for nothing: no packet is under way */
	KT_EQ(kspd_flow(SADB_X_DELFLOW, &kf), 0);
	KT_EQ(spd_comes(spd_packet(1, 253)), 253);
	kspd_end();
}

/* Of spd_packet(UDP), what is behind the first 8 bytes of it. */
static struct mbuf *
spd_later(int in)
{
	struct mbuf *m = spd_packet(in, 253);

	mtod(m, struct ip *)->ip_p = IPPROTO_UDP;
	mtod(m, struct ip *)->ip_off = htons(1);
	kti_finish(m);
	return (m);
}

/* The SA is for a flow, told as that of one direction. */
static void
spd_filter(struct tdb *tdb, int in, in_addr_t far)
{
	struct kspd_flow kf = { .kf_in = in, .kf_proto = IPPROTO_UDP };
	void *exts[SADB_EXT_MAX + 1] = { NULL };
	int i;

	*(in ? &kf.kf_src : &kf.kf_dst) = far;
	*(in ? &kf.kf_srclen : &kf.kf_dstlen) = 32;
	*(in ? &kf.kf_sport : &kf.kf_dport) = 7;
	kspd_message(&spd_km, SADB_X_ADDFLOW, &kf);
	for (i = 1; i <= SADB_EXT_MAX; i++)
		exts[i] = kpk_find(&spd_km, i);
	NET_LOCK();
	mtx_enter(&tdb_sadb_mtx);
	tdb_unlink_locked(tdb);
	pfkey_import_flow(exts, &tdb->tdb_filter, &tdb->tdb_filtermask);
	puttdb_locked(tdb);
	mtx_leave(&tdb_sadb_mtx);
	NET_UNLOCK();
}

KTEST(spd_selectors, "I7: an SA that is for a flow lets in nothing else")
{
	struct kspd_flow kf = spd_hosts(0, 1);
	struct tdb *in;
	int i;

	KT_EQ(kspd_begin(), 0);
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	in = kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1 });
	for (i = 0; i < 2; i++) {
		spd_filter(in, i, THERE);
		KT_EQ(spd_comes(spd_wrapped(in, spd_packet(1,
		    IPPROTO_UDP))), IPPROTO_UDP);
		KT_EQ(spd_comes(spd_wrapped(in, ktu_udp(THERE, 8, HERE, 9,
		    9))), IPPROTO_ICMP);
		KT_EQ(spd_comes(spd_wrapped(in, spd_packet(1, 253))),
		    IPPROTO_ICMP);
		/* of a fragment, as much as can be seen */
		KT_EQ(spd_comes(spd_wrapped(in, spd_later(1))), IPPROTO_UDP);
		spd_filter(in, i, THERE + htonl(1));
		KT_EQ(spd_comes(spd_wrapped(in, spd_packet(1,
		    IPPROTO_UDP))), IPPROTO_ICMP);
		KT_EQ(spd_comes(spd_wrapped(in, spd_later(1))), 0);
	}
	kspd_end();
}

KTEST(spd_narrow, "the narrowest policy wins, in whatever order they come")
{
	/* each one is narrower than those before, and says something else */
	static const struct kspd_flow kf[] = {
		{ .kf_type = SADB_X_FLOW_TYPE_DENY, .kf_dst = THERE &
		    KTI_A(248, 0, 0, 0), .kf_dstlen = 5 },
		{ .kf_type = SADB_X_FLOW_TYPE_BYPASS, .kf_dst = THERE &
		    KTI_A(255, 0, 0, 0), .kf_dstlen = 8 },
		{ .kf_type = SADB_X_FLOW_TYPE_DENY, .kf_dst = THERE &
		    KTI_A(255, 255, 0, 0), .kf_dstlen = 16 },
		{ .kf_type = SADB_X_FLOW_TYPE_BYPASS, .kf_dst = THERE,
		    .kf_dstlen = 32 },
		{ .kf_type = SADB_X_FLOW_TYPE_DENY, .kf_dst = THERE,
		    .kf_dstlen = 32, .kf_proto = IPPROTO_UDP },
		{ .kf_type = SADB_X_FLOW_TYPE_BYPASS, .kf_dst = THERE,
		    .kf_dstlen = 32, .kf_proto = IPPROTO_UDP, .kf_dport = 7 },
		{ .kf_type = SADB_X_FLOW_TYPE_DENY, .kf_dst = THERE,
		    .kf_dstlen = 32, .kf_proto = IPPROTO_UDP, .kf_dport = 7,
		    .kf_sport = 9 },
		{ .kf_type = SADB_X_FLOW_TYPE_BYPASS, .kf_src = HERE,
		    .kf_srclen = 32, .kf_dst = THERE, .kf_dstlen = 32,
		    .kf_proto = IPPROTO_UDP, .kf_dport = 7, .kf_sport = 9 },
	};
	int i, k, n = nitems(kf), at;

	KT_EQ(kspd_begin(), 0);
	for (k = 0; k < 2; k++) {
		for (i = 0; i < n; i++) {
			at = k ? n - 1 - i : i;
			KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf[at]), 0);
			at = k ? n - 1 : i;
			KT_EQ(spd_goes(spd_packet(0, IPPROTO_UDP)), at & 1 ?
			    IPPROTO_UDP : IPPROTO_ICMP);
		}
		/* another protocol, another port */
		KT_EQ(spd_goes(spd_packet(0, 253)), 253);
		KT_EQ(spd_goes(ktu_udp(HERE, 9, THERE, 8, 9)), IPPROTO_ICMP);
		KT_EQ(spd_goes(ktu_udp(HERE, 8, THERE, 7, 9)), IPPROTO_UDP);
		for (i = n - 1; i >= 0; i--) {
			KT_EQ(spd_goes(spd_packet(0, IPPROTO_UDP)), i & 1 ?
			    IPPROTO_UDP : IPPROTO_ICMP);
			KT_EQ(kspd_flow(SADB_X_DELFLOW, &kf[i]), 0);
		}
		KT_EQ(ipsec_in_use, 0);
	}
	kspd_end();
}

/* The first, with what the sender wants it to be short of. */
static struct mbuf *
spd_tiny(int in, int len)
{
	struct mbuf *m = spd_packet(in, IPPROTO_UDP);

	mtod(m, struct ip *)->ip_off = htons(IP_MF);
	m_adj(m, len - (m->m_pkthdr.len - 20));
	kti_finish(m);
	return (m);
}

KTEST(spd_fragments, "a fragment without ports is held to the strictest policy")
{
	struct kspd_flow kf = spd_hosts(0, 0), in = spd_hosts(0, 1);
	struct kspd_flow all = spd_hosts(SADB_X_FLOW_TYPE_BYPASS, 0);

	KT_EQ(kspd_begin(), 0);
	kf.kf_proto = in.kf_proto = IPPROTO_UDP;
	kf.kf_dport = in.kf_sport = 7;
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &in), 0);
	KT_EQ(spd_goes(spd_packet(0, IPPROTO_UDP)), IPPROTO_ICMP);
	/* to a later one nobody is answered */
	KT_EQ(spd_goes(spd_later(0)), 0);
	KT_EQ(spd_comes(spd_later(1)), 0);
	KT_EQ(spd_goes(spd_tiny(0, 0)), IPPROTO_ICMP);
	KT_EQ(spd_goes(spd_tiny(0, 3)), IPPROTO_ICMP);
	KT_EQ(spd_comes(spd_tiny(1, 3)), IPPROTO_ICMP);
	KT_EQ(spd_goes(spd_packet(0, 253)), 253);
	KT_EQ(spd_goes(ktu_udp(HERE, 1, THERE, 8, 8)), IPPROTO_UDP);
	/* whatever else may be true of such packets, and before or after */
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &all), 0);
	KT_EQ(spd_goes(spd_later(0)), 0);
	KT_EQ(kspd_flow(SADB_X_DELFLOW, &kf), 0);
	KT_EQ(spd_goes(spd_later(0)), IPPROTO_UDP);
	kf.kf_type = SADB_X_FLOW_TYPE_BYPASS;
	all.kf_type = SADB_X_FLOW_TYPE_REQUIRE;
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &all), 0);
	KT_EQ(spd_goes(spd_packet(0, IPPROTO_UDP)), IPPROTO_UDP);
	KT_EQ(spd_goes(spd_later(0)), 0);
	/* with an SA both get where they should */
	spd_sas();
	KT_EQ(spd_goes(spd_later(0)), IPPROTO_ESP);
	KT_EQ(spd_goes(spd_tiny(0, 3)), IPPROTO_ESP);
	kspd_end();
}

/* Half of a datagram for ourselves, from there; by an SA or, NULL, bare. */
static void
spd_half(struct tdb *tdb, int id, int second)
{
	struct mbuf *m = ktu_udp(THERE, 7, KTI_US0, KSPD_PORT, 104);
	struct ip *ip = mtod(m, struct ip *);

	ip->ip_id = htons(id);
	/* no checksum: the halves are not of one datagram */
	memset((char *)(ip + 1) + 6, 0, 2);
	if (second) {
		memmove(ip + 1, (char *)(ip + 1) + 56, 56);
		ip->ip_off = htons(7);
	} else
		ip->ip_off = htons(IP_MF);
	m_adj(m, -56);
	kti_finish(m);
	kti_input(&kti1, tdb != NULL ? spd_wrapped(tdb, m) : m);
	ksec_settle();
}

KTEST(spd_halves, "fragments of two peers, or of one and nobody, do not mix")
{
	struct kspd_flow kf = { .kf_in = 1, .kf_src = THERE, .kf_srclen = 32,
	    .kf_dst = KTI_US0, .kf_dstlen = 32, .kf_peer = KTI_PEER1 };
	struct tdb *sa[4];
	struct socket *so;
	int i, k, n = 0;

	KT_EQ(kspd_begin(), 0);
	so = ktu_open(SOCK_DGRAM, 0);
	KT_EQ(ktu_bind(so, INADDR_ANY, KSPD_PORT), 0);
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	sa[0] = kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1 });
	/* its successor, somebody else, and nobody */
	sa[1] = kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1,
	    .ka_spi = KSPD_SPI + 1 });
	sa[2] = kspd_sa(&(struct kspd_sa){ .ka_tunnel = 1,
	    .ka_spi = KSPD_SPI + 2, .ka_peer = KTI_FAR + htonl(1) });
	sa[3] = NULL;
	for (i = 0; i < 4; i++) {
		for (k = 0; k < 4; k++, n++) {
			spd_half(sa[i], 100 + n, 0);
			spd_half(sa[k], 100 + n, 1);
			KT_EQ(ktu_recv(so, NULL, NULL, NULL),
			    i < 2 && k < 2 ? 104 : -1);
		}
	}
	ktu_close(so);
	kspd_end();
}

KTEST(spd_bypass, "in the clear by no way round: IP in IP, options, errors")
{
	struct kspd_flow kf = spd_hosts(0, 0);
	struct socket *so;
	struct mbuf *m;
	struct ip *ip;

	KT_EQ(kspd_begin(), 0);
	KT_EQ(kspd_both(SADB_X_ADDFLOW, &kf), 0);
	/* wrapped by anybody, for us: taken apart if it may be, then asked */
	ipip_allow = 2;
	m = spd_packet(1, 253);
	m = m_prepend(m, 20, M_WAIT);
	m = m_pullup(m, m->m_pkthdr.len);
	ip = mtod(m, struct ip *);
	*ip = *(struct ip *)(ip + 1);
	ip->ip_p = IPPROTO_IPIP;
	ip->ip_src.s_addr = KTI_PEER1;
	ip->ip_dst.s_addr = KTI_US1;
	kti_finish(m);
	KT_EQ(spd_comes(m), IPPROTO_ICMP);
	KT_EQ(kspd_ipip(ipips_ipackets), 1);
	/* for the router itself, to a port where nobody is */
	kf = (struct kspd_flow){ .kf_src = KTI_US1, .kf_srclen = 32,
	    .kf_dst = KTI_PEER1, .kf_dstlen = 32, .kf_peer = KTI_PEER1 };
	KT_EQ(kspd_both(SADB_X_ADDFLOW, &kf), 0);
	kspd_sa(&(struct kspd_sa){ .ka_out = 1 });
	KT_EQ(spd_comes(ktu_udp(KTI_PEER1, 1, KTI_US1, 999, 9)), 0);
	/* and no other protocol, an echo request among them */
	m = kti_packet(KTI_PEER1, KTI_US1, IPPROTO_ICMP, 8);
	memset(mtod(m, struct ip *) + 1, 0, 8);
	mtod(m, u_int8_t *)[20] = ICMP_ECHO;
	mtod(m, u_int8_t *)[22] = 0xf7;
	mtod(m, u_int8_t *)[23] = 0xff;
	KT_EQ(spd_comes(m), 0);
	so = ktu_open(SOCK_RAW, 89);
	kti_input(&kti1, kti_packet(KTI_PEER1, KTI_US1, 89, 9));
	KT_EQ(ktu_recv(so, NULL, NULL, NULL), -1);
	KT_EQ(ktu_send(so, KTI_PEER1, 1, 9), 0);
	KT_EQ(spd_left(&kti1), IPPROTO_ESP);
	ktu_close(so);
	kspd_end();
}

KTEST(spd_static, "what an administrator has said stays")
{
	struct kspd_flow kf = spd_hosts(SADB_X_FLOW_TYPE_BYPASS, 0);

	KT_EQ(kspd_begin(), 0);
	kf.kf_static = 1;
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	kf.kf_static = 0;
	kf.kf_type = SADB_X_FLOW_TYPE_DENY;
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	KT_EQ(ipsec_in_use, 1);
	KT_EQ(spd_goes(spd_packet(0, 253)), 253);
	kf.kf_static = 1;
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	KT_EQ(ipsec_in_use, 1);
	KT_EQ(spd_goes(spd_packet(0, 253)), IPPROTO_ICMP);
	/* one that is not is replaced by anybody's */
	KT_EQ(kspd_flow(SADB_X_DELFLOW, &kf), 0);
	KT_EQ(kspd_flow(SADB_X_DELFLOW, &kf), ESRCH);
	kf.kf_static = 0;
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	kf.kf_type = SADB_X_FLOW_TYPE_BYPASS;
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	KT_EQ(spd_goes(spd_packet(0, 253)), 253);
	/* FLUSH of one type of SA leaves them, that of all does not */
	kpk_init(&spd_km, SADB_FLUSH, SADB_SATYPE_ESP);
	KT_EQ(kpk_do(&spd_km, NULL), 0);
	KT_EQ(ipsec_in_use, 1);
	kpk_init(&spd_km, SADB_FLUSH, SADB_SATYPE_UNSPEC);
	KT_EQ(kpk_do(&spd_km, NULL), 0);
	KT_EQ(ipsec_in_use, 0);
	kspd_end();
}

/* ACQUIREs that wait, the number of the last; and all else is gone. */
static int
spd_acquires(u_int32_t *seq)
{
	int n = 0;

	while (kpk_recv(kpk_so, &spd_km)) {
		if (spd_km.km.hdr.sadb_msg_type != SADB_ACQUIRE)
			continue;
		n++;
		*seq = spd_km.km.hdr.sadb_msg_seq;
	}
	return (n);
}

static int
spd_ask(u_int32_t seq)
{
	struct sadb_x_policy *pol;

	kpk_init(&spd_km, SADB_X_ASKPOLICY, 0);
	pol = kpk_ext(&spd_km, SADB_X_EXT_POLICY, sizeof(*pol));
	pol->sadb_x_policy_seq = seq;
	return (kpk_do(&spd_km, &spd_km));
}

static in_addr_t
spd_acquired_addr(int type)
{
	struct sadb_address *ad = kpk_find(&spd_km, type);

	return (((struct sockaddr_in *)(ad + 1))->sin_addr.s_addr);
}

KTEST(spd_acquire, "ACQUIRE: once for a flow, again in time, who it is for")
{
	struct kspd_flow kf = spd_hosts(0, 0);
	const struct sadb_prop *prop;
	u_int32_t seq = 0, first;
	int i;

	KT_EQ(kspd_begin(), 0);
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	/* nobody listens: the next packet asks again */
	KT_EQ(spd_goes(spd_packet(0, 253)), IPPROTO_ICMP);
	kpk_init(&spd_km, SADB_REGISTER, SADB_SATYPE_ESP);
	KT_EQ(kpk_do(&spd_km, NULL), 0);
	kpk_drain();
	for (i = 0; i < 5; i++)
		KT_EQ(spd_goes(spd_packet(0, 253)), IPPROTO_ICMP);
	KT_EQ(spd_acquires(&seq), 1);
	KT_EQ(spd_acquired_addr(SADB_EXT_ADDRESS_DST), KTI_PEER1);
	prop = kpk_find(&spd_km, SADB_EXT_PROPOSAL);
	KT_ASSERT(prop != NULL && prop->sadb_prop_num == 1);
	KT_EQ(kpk_recv(kpk_listener, &spd_km), 0);
	/* which flow it was */
	KT_EQ(spd_ask(seq), 0);
	KT_EQ(spd_acquired_addr(SADB_X_EXT_SRC_FLOW), HERE);
	KT_EQ(spd_acquired_addr(SADB_X_EXT_DST_FLOW), THERE);
	KT_EQ(spd_acquired_addr(SADB_X_EXT_DST_MASK), INADDR_BROADCAST);
	KT_EQ(spd_ask(seq + 1), ESRCH);
	first = seq;
	kt_sleep(SEC_TO_NSEC(30));
	KT_EQ(spd_ask(first), ESRCH);
	KT_EQ(spd_goes(spd_packet(0, 253)), IPPROTO_ICMP);
	KT_EQ(spd_acquires(&seq), 1);
	KT_ASSERT(seq != first);
	/* forgotten at once, and asked each time */
	ipsec_prop.pd_expire_acquire = 0;
	kt_sleep(SEC_TO_NSEC(30));
	for (i = 0; i < 3; i++)
		KT_EQ(spd_goes(spd_packet(0, 253)), IPPROTO_ICMP);
	KT_EQ(spd_acquires(&seq), 3);
	ipsec_prop.pd_expire_acquire = 30;
	/* an SA came: it is not asked for any more */
	spd_sas();
	KT_EQ(spd_goes(spd_packet(0, 253)), IPPROTO_ESP);
	KT_EQ(spd_acquires(&seq), 0);
	kspd_end();
}

KTEST(spd_flood, "ACQUIRE: many peers at once, and a flow each has its own")
{
	struct kspd_flow kf = { .kf_dst = KTI_A(10, 0, 0, 0), .kf_dstlen = 8 };
	u_int32_t seq;
	int i, n = 0;

	KT_EQ(kspd_begin(), 0);
	KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	kpk_init(&spd_km, SADB_REGISTER, SADB_SATYPE_ESP);
	KT_EQ(kpk_do(&spd_km, NULL), 0);
	for (i = 0; i < 600; i++) {
		kti_input(&kti0, kti_packet(HERE, KTI_A(10, 0, i / 256, i),
		    253, 8));
		n += spd_acquires(&seq);
		if (i == 0)
			KT_EQ(spd_acquires(&seq) + n, 1);
	}
	/* so many questions are open at a time */
	KT_EQ(n, 256);
	kt_sleep(SEC_TO_NSEC(30));
	kti_input(&kti0, kti_packet(HERE, KTI_A(10, 9, 9, 9), 253, 8));
	KT_EQ(spd_acquires(&seq), 1);
	kspd_end();
}

static u_int8_t	spd_seen[NPOLICIES];
static size_t	spd_bytes;

/* What the dump says of one: 10.0.0.0 and its number. */
static int
spd_look(struct ipsec_policy *ipo, void *arg)
{
	struct pfkey_buf pb;
	u_int32_t n;

	pfkey_buf_init(&pb, M_WAITOK);
	pfkey_export_policy(ipo, &pb, 1);
	spd_km.km_len = pb.pb_len;
	memcpy(spd_km.km.bytes, pb.pb_data, pb.pb_len);
	spd_bytes += pb.pb_len;
	pfkey_buf_free(&pb);
	n = ntohl(spd_acquired_addr(SADB_X_EXT_DST_FLOW)) - 0x0a000000;
	if (n >= NPOLICIES || spd_seen[n]++ != 0 ||
	    spd_km.km.hdr.sadb_msg_type != SADB_X_SPDDUMP)
		return (EINVAL);
	return (0);
}

KTEST(spd_many, "10,000 policies: each is found, the dump has all of them")
{
	int i, mib[] = { PF_KEY_V2, NET_KEY_SPD_DUMP };
	struct kspd_flow kf = spd_hosts(SADB_X_FLOW_TYPE_DENY, 0);
	size_t size = 0;

	KT_EQ(kspd_begin(), 0);
	kf.kf_src = kf.kf_srclen = 0;
	for (i = 0; i < NPOLICIES; i++) {
		kf.kf_dst = htonl(0x0a000000 + i);
		KT_EQ(kspd_flow(SADB_X_ADDFLOW, &kf), 0);
	}
	KT_EQ(ipsec_in_use, NPOLICIES);
	for (i = 0; i < 50; i++)
		KT_EQ(spd_goes(kti_packet(HERE, htonl(0x0a000000 +
		    kt_random() % NPOLICIES), 253, 8)), IPPROTO_ICMP);
	KT_EQ(spd_goes(spd_packet(0, 253)), 253);
	NET_LOCK_SHARED();
	KT_EQ(spd_walk(0, spd_look, NULL), 0);
	NET_UNLOCK_SHARED();
	for (i = 0; i < NPOLICIES; i++)
		KT_EQ(spd_seen[i], 1);
	KT_EQ(pfkey_sysctl(mib, nitems(mib), NULL, &size, NULL, 0), 0);
	KT_EQ(size, spd_bytes);
	for (i = 0; i < NPOLICIES; i += 100) {
		kf.kf_dst = htonl(0x0a000000 + i);
		KT_EQ(kspd_flow(SADB_X_DELFLOW, &kf), 0);
		KT_EQ(kspd_flow(SADB_X_DELFLOW, &kf), ESRCH);
	}
	KT_EQ(ipsec_in_use, NPOLICIES - NPOLICIES / 100);
	kspd_end();
	KT_EQ(ipsec_in_use, 0);
}

KTEST(spd_nomem, "B15: a policy's packets without memory, at each allocation")
{
	struct kspd_flow kf = spd_hosts(0, 0);
	unsigned long mbufs, nth, refused = 1;
	int out, what;

	KT_EQ(kspd_begin(), 0);
	KT_EQ(kspd_both(SADB_X_ADDFLOW, &kf), 0);
	kpk_init(&spd_km, SADB_REGISTER, SADB_SATYPE_ESP);
	KT_EQ(kpk_do(&spd_km, NULL), 0);
	kpk_drain();
	mbufs = m_inuse() + m_clinuse();
	for (out = 0; out < 2; out++, refused = 1) {
		for (nth = 1; refused != 0; nth++) {
			KT_ASSERT(nth < 100);
			malloc_fail_nth(nth);
			kti_input(&kti0, spd_packet(0, 253));
			ksec_settle();
			refused = malloc_failed();
			malloc_fail_nth(0);
			what = spd_left(&kti1);
			KT_ASSERT(what == 0 || (out && what == IPPROTO_ESP));
			what = spd_left(&kti0);
			KT_ASSERT(what == 0 || what == IPPROTO_ICMP);
			kpk_drain();
			KT_EQ(m_inuse() + m_clinuse(), mbufs);
			kt_sleep(SEC_TO_NSEC(31));
		}
		KT_ASSERT(nth > 2);
		spd_sas();
	}
	kspd_end();
}
