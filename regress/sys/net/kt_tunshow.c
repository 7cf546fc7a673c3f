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

#include "kt_tunlib.h"

#include <netinet/ip_ah.h>

/*
 * Packets of every kind that leave, for others to decode: as lines on the
 * standard error, which regress/interop/modes.sh reads.
 *
 *	packet mode cipher spi high-word enckey authkey
 *	outer hexadecimal ...
 *	inner hexadecimal ...
 */

#define IPHDR		((int)sizeof(struct ip))
#define CHUNK		200	/* bytes in a line */
#define SMALL		60	/* bytes of the packets inside */

static void
hex(const char *what, const u_int8_t *p, int len)
{
	char line[2 * CHUNK + 1];
	int i, n;

	for (; len > 0; len -= n, p += n) {
		n = MIN(len, CHUNK);
		for (i = 0; i < n; i++)
			snprintf(line + 2 * i, 3, "%02x", p[i]);
		kt_say("%s %s\n", what, line);
	}
}

static void
hex_mbuf(const char *what, struct mbuf *m)
{
	u_int8_t buf[2048];
	int len = MIN(m->m_pkthdr.len, (int)sizeof(buf));

	m_copydata(m, 0, len, buf);
	hex(what, buf, len);
}

/* Readers that have a table of SAs want each once. */
static u_int32_t
nextspi(void)
{
	static u_int32_t spi = KTUN_SPI;

	return (++spi);
}

/* Sent from kti1, the last one; what else there is goes. */
static struct mbuf *
wire(void)
{
	struct mbuf *m, *last = NULL;

	while ((m = kti_sent(&kti1)) != NULL) {
		m_freem(last);
		last = m;
	}
	return (last);
}

static void
title(const char *mode, const char *alg, struct tdb *tdb, const u_int8_t *enc,
    size_t enclen, const u_int8_t *auth, size_t authlen)
{
	char e[2 * 64 + 1] = "-", a[2 * 64 + 1] = "-";
	size_t i;

	for (i = 0; i < enclen; i++)
		snprintf(e + 2 * i, 3, "%02x", enc[i]);
	for (i = 0; i < authlen; i++)
		snprintf(a + 2 * i, 3, "%02x", auth[i]);
	kt_say("packet %s %s %u %s%u %s %s\n", mode, alg,
	    ntohl(tdb->tdb_spi), ISSET(tdb->tdb_flags, TDBF_ESN) ? "esn" : "",
	    (u_int32_t)(tdb->tdb_rpl >> 32), e, a);
}

/* As it is behind the gateway: one hop older. */
static void
age(struct mbuf *m)
{
	if (*mtod(m, u_int8_t *) >> 4 == 4) {
		mtod(m, struct ip *)->ip_ttl--;
		kti_finish(m);
	} else
		mtod(m, struct ip6_hdr *)->ip6_hlim--;
}

static void
number(struct tdb *tdb, int esn)
{
	NET_LOCK();
	if (esn)
		tdb->tdb_rpl = 5ULL << 32;
	NET_UNLOCK();
}

/* ESP tunnels, by sec0. */
static void
tunnels(int alg, int oaf, int natt, int esn)
{
	const struct ktun_alg *ta = &ktun_algs[alg];
	struct mbuf *m, *inner;
	struct ktun t;
	int i;

	memset(&t, 0, sizeof(t));
	t.t_oaf = oaf;
	t.t_natt = natt;
	t.t_alg = alg;
	t.t_mtu = t.t_link = 1500;
	t.t_spi = nextspi();
	t.t_outflags = esn ? TDBF_ESN : 0;
	KT_EQ(ktun_begin(&t), 0);
	number(t.t_out, esn);
	for (i = 0; i < 4; i++) {
		inner = ktun_packet(i & 1 ? AF_INET6 : AF_INET, SMALL + 5 *
		    i + alg, 0);
		ktun_input(m_dup_pkt(inner, 64, M_WAIT));
		age(inner);
		title("esp-tunnel", ta->ta_name, t.t_out, ktun_keys,
		    ta->ta_enckeylen, ktun_keys + KTUN_AUTHKEY,
		    ta->ta_authkeylen);
		m = wire();
		KT_ASSERT(m != NULL);
		hex_mbuf("outer", m);
		hex_mbuf("inner", inner);
		m_freem(m);
		m_freem(inner);
	}
	KT_EQ(ktun_end(), 0);
}

KTEST(tun_show_esp, "ESP tunnels of every kind, for others to decode")
{
	int i;

	for (i = 0; i < ktun_nalgs * 8; i++)
		tunnels(i >> 3, i & 1 ? AF_INET6 : AF_INET, i >> 1 & 1,
		    i >> 2 & 1);
}

/*
 * SAs that no interface has: transport mode, and AH
 */
static struct tdb *
policy_sa(const struct ktun *t, int proto, int tunnel, struct ipsecinit *ii)
{
	struct tdb *tdb;

	NET_LOCK();
	tdb = tdb_alloc(0);
	tdb->tdb_spi = htonl(nextspi() + 0x1000);
	tdb->tdb_sproto = proto;
	tdb->tdb_satype = proto == IPPROTO_AH ? SADB_SATYPE_AH :
	    SADB_SATYPE_ESP;
	tdb->tdb_wnd = 64;
	tdb->tdb_flags = (tunnel ? TDBF_TUNNELING : 0) |
	    (t->t_natt ? TDBF_UDPENCAP : 0);
	tdb->tdb_src = t->t_out->tdb_src;
	tdb->tdb_dst = t->t_out->tdb_dst;
	if (tdb_init(tdb, proto == IPPROTO_AH ? XF_AH : XF_ESP, ii) != 0)
		panic("policy_sa");
	puttdb(tdb);
	NET_UNLOCK();
	return (tdb);
}

/* From us to the other end itself. */
static struct mbuf *
own(int af, int len)
{
	struct mbuf *m;

	if (af == AF_INET)
		return (kti_packet(KTI_US1, KTI_PEER1, 253, len - IPHDR));
	m = ktun_packet(AF_INET6, len, 0);
	mtod(m, struct ip6_hdr *)->ip6_src = KTUN_US6;
	mtod(m, struct ip6_hdr *)->ip6_dst = KTUN_PEER6;
	return (m);
}

static struct mbuf *
process(struct tdb *tdb, struct mbuf *m, int af)
{
	m = m_dup_pkt(m, 64, M_WAIT);
	NET_LOCK_SHARED();
	KERNEL_LOCK();
	(void)ipsp_process_packet(m, tdb, af, 0, 0);
	KERNEL_UNLOCK();
	NET_UNLOCK_SHARED();
	ktun_settle();
	return (wire());
}

static void
show(struct ktun *t, int proto, int tunnel, int alg)
{
	const struct ktun_alg *ta = &ktun_algs[alg];
	const struct ktun_mac *tm = &ktun_macs[alg % ktun_nmacs];
	int ah = proto == IPPROTO_AH;
	struct mbuf *m, *inner;
	struct ipsecinit ii;
	struct tdb *tdb;

	memset(&ii, 0, sizeof(ii));
	ii.ii_encalg = ah ? 0 : ta->ta_enc;
	ii.ii_enckey = (u_int8_t *)ktun_keys;
	ii.ii_enckeylen = ah ? 0 : ta->ta_enckeylen;
	ii.ii_authalg = ah ? tm->tm_auth : ta->ta_auth;
	ii.ii_authkey = (u_int8_t *)ktun_keys + KTUN_AUTHKEY;
	ii.ii_authkeylen = ah ? tm->tm_keylen : ta->ta_authkeylen;
	KT_EQ(ktun_begin(t), 0);
	tdb = policy_sa(t, proto, tunnel, &ii);
	inner = own(t->t_oaf, SMALL + 3 * alg);
	m = process(tdb, inner, t->t_oaf);
	KT_ASSERT(m != NULL);
	title(ah ? tunnel ? "ah-tunnel" : "ah-transport" : "esp-transport",
	    ah ? tm->tm_name : ta->ta_name, tdb, ktun_keys, ii.ii_enckeylen,
	    ktun_keys + KTUN_AUTHKEY, ii.ii_authkeylen);
	hex_mbuf("outer", m);
	hex_mbuf("inner", inner);
	m_freem(m);
	m_freem(inner);
	ksec_delete(tdb);
	KT_EQ(ktun_end(), 0);
}

KTEST(tun_show_modes, "AH, and transport mode, for others to decode")
{
	struct ktun t;
	int i, j;

	for (i = 0; i < 4; i++) {
		memset(&t, 0, sizeof(t));
		t.t_oaf = i & 1 ? AF_INET6 : AF_INET;
		t.t_natt = i >> 1;
		t.t_mtu = t.t_link = 1500;
		for (j = 0; j < ktun_nalgs; j++)
			show(&t, IPPROTO_ESP, 0, j);
		for (j = 0; j < 2 * ktun_nmacs && !t.t_natt; j++)
			show(&t, IPPROTO_AH, j & 1, j / 2);
	}
}
