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

/* rows: S4 S5 N1 */

#include "kt_tunlib.h"

/*
 * The matrix of tunnels: families x families x DF x NAT-T x path x cipher.
 * Every packet arrives byte for byte, or its sender hears what fits.
 */

#define IPHDR		((int)sizeof(struct ip))
#define IP6HDR		((int)sizeof(struct ip6_hdr))
#define SAMPLES		12	/* sizes of a kind, out of 2000 */
#define LARGEST		2000

/* kti1's MTU and the router's; 0: it has none */
static const struct path {
	u_int	p_link, p_path;
} paths[] = {
	{ 1500, 0 }, { 1300, 0 }, { 1500, 1400 }, { 1500, 1280 }, { 9000, 0 },
	{ 1500, 400 }		/* of IPv4 alone */
};

/* What a station may send. */
static const struct kind {
	int		 k_af, k_df, k_min;
	const char	*k_name;
} kinds[] = {
	{ AF_INET, 0, IPHDR + 1, "v4" },
	{ AF_INET, 1, IPHDR + 1, "v4 with DF" },
	{ AF_INET6, 0, IP6HDR + 1, "v6" },
};

static struct cell_count {
	u_int	sent, arrived, answered;
} count;
static int cell_passed;

/* The most of that kind that goes through: what senders have to be told. */
static int
largest(const struct ktun *t, const struct kind *k)
{
	u_int mtu = t->t_path != 0 ? MIN(t->t_path, t->t_link) : t->t_link;
	int fits = MIN((int)t->t_mtu, ktun_fits(t, mtu));

	if (k->k_af == AF_INET && !k->k_df)
		return (IP_MAXPACKET);
	/* DF outside: never, or whenever the sender is asked to cut */
	if (t->t_df == 0)
		return (t->t_mtu);
	return (k->k_af == AF_INET6 ? MAX(fits, IPV6_MMTU) : fits);
}

static const char *
cellname(const struct ktun *t, const struct kind *k, int len)
{
	static char buf[160];

	snprintf(buf, sizeof(buf), "%s of %d in v%d%s, %s, df %d, mtu %u, "
	    "link %u, path %u", k->k_name, len, t->t_oaf == AF_INET ? 4 : 6,
	    t->t_natt ? " UDP" : "", ktun_algs[t->t_alg].ta_name, t->t_df,
	    t->t_mtu, t->t_link, t->t_path);
	return (buf);
}

/* Send it; whoever is told to send less does.  The size that arrived. */
static int
follow(const struct ktun *t, const struct kind *k, int len)
{
	struct ktun_fate f;
	int tries;

	for (tries = 0; tries < 4; tries++) {
		f = ktun_send(t, k->k_af, len, k->k_df);
		count.sent++;
		switch (f.f_what) {
		case KTUN_ARRIVED:
			count.arrived++;
			return (len);
		case KTUN_ANSWERED:
			count.answered++;
			if ((int)f.f_mtu >= len)
				return (-3);
			len = f.f_mtu;
			break;
		default:
			return (f.f_what == KTUN_LOST ? -1 : -2);
		}
	}
	return (-4);
}

/*
 * The first that is too big for the router is lost, and teaches; how many
 * were lost.
 */
static u_int
teach(const struct ktun *t)
{
	struct ktun_fate f;
	u_int i, n, len, lost = 0;

	for (i = 0; i < nitems(kinds); i++) {
		len = t->t_mtu;
		for (n = 0; n < 8; n++) {
			f = ktun_send(t, kinds[i].k_af, len, kinds[i].k_df);
			if (f.f_what == KTUN_ARRIVED)
				break;
			if (f.f_what == KTUN_ANSWERED)
				len = f.f_mtu;
			else
				lost++;
		}
	}
	(void)ktun_losses();
	return (lost);
}

static int
check_size(const struct ktun *t, const struct kind *k, int len)
{
	int want = MIN(len, largest(t, k)), got = follow(t, k, len);

	if (got == want)
		return (0);
	kt_say("%s: %d arrive, not %d\n", cellname(t, k, len), got, want);
	return (1);
}

/* All sizes, or some that chance has chosen, and those at the edge. */
static int
check_kind(const struct ktun *t, const struct kind *k, int all)
{
	int edge = MIN(largest(t, k), (int)t->t_mtu), bad = 0, len, i;

	for (i = -2; i <= 2; i++)
		bad += check_size(t, k, edge + i);
	if (all) {
		for (len = k->k_min; len <= LARGEST && bad == 0; len++)
			bad += check_size(t, k, len);
	}
	for (i = 0; i < SAMPLES && bad == 0; i++)
		bad += check_size(t, k, k->k_min +
		    kt_random() % (LARGEST - k->k_min));
	for (i = 0; i < 2 && bad == 0 && k->k_af == AF_INET; i++)
		bad += check_size(t, k, IP_MAXPACKET - kt_random() % 60000);
	return (bad);
}

static uint64_t
toobig(void)
{
	uint64_t c6[ip6s_ncounters];
	struct sec_stats ss;

	counters_read(ip6counters, c6, ip6s_ncounters, NULL);
	ksec_stats(0, &ss);
	return (ss.ss_otoobig + kti_ipstat(ips_cantfrag) +
	    c6[ip6s_cantfrag]);
}

static void
check_cell(struct ktun *t, int all)
{
	struct if_data now, was;
	uint64_t big;
	u_int i;

	cell_passed = 0;
	KT_EQ(ktun_begin(t), 0);
	KT_ASSERT(teach(t) <= (t->t_path != 0));
	memset(&count, 0, sizeof(count));
	ksec_ifdata(0, &was);
	big = toobig();
	for (i = 0; i < nitems(kinds); i++)
		KT_EQ(check_kind(t, &kinds[i], all), 0);
	/* nothing vanished, and the counters know it */
	KT_EQ(count.sent, count.arrived + count.answered);
	KT_EQ(ktun_losses(), 0);
	ksec_ifdata(0, &now);
	KT_EQ(now.ifi_opackets - was.ifi_opackets,
	    now.ifi_ipackets - was.ifi_ipackets);
	KT_EQ(now.ifi_obytes - was.ifi_obytes,
	    now.ifi_ibytes - was.ifi_ibytes);
	if (count.answered != 0)
		KT_ASSERT(toobig() - big >= count.answered);
	KT_EQ(ktun_end(), 0);
	cell_passed = 1;
}

static void
check_matrix(int oaf, int natt)
{
	static const u_int mtus[] = { 1280, 1500, 32768 };
	struct ktun t;
	u_int i, first = kt_random();

	for (i = 0; i < nitems(paths) * 3; i++) {
		if (oaf == AF_INET6 && paths[i / 3].p_path == 400)
			continue;
		memset(&t, 0, sizeof(t));
		t.t_oaf = oaf;
		t.t_natt = natt;
		t.t_df = i % 3;
		t.t_link = paths[i / 3].p_link;
		t.t_path = paths[i / 3].p_path;
		t.t_alg = (first + i) % ktun_nalgs;
		t.t_mtu = mtus[(first + i + i / 3) % nitems(mtus)];
		/* by the stack's own way in, or upstream's, or by a call */
		t.t_ns = (first / 16 + i) % 3 != 0;
		t.t_exclusive = (first / 16 + i) % 3 == 2;
		check_cell(&t, kt_count(5) == 5);
		KT_ASSERT(cell_passed);
	}
}

KTEST(tun_matrix_v4, "both families in IPv4, any size: arrives or is answered")
{
	check_matrix(AF_INET, 0);
}

KTEST(tun_matrix_v6, "both families in IPv6, any size: arrives or is answered")
{
	check_matrix(AF_INET6, 0);
}

KTEST(tun_matrix_udp4, "the same with NAT traversal over IPv4")
{
	check_matrix(AF_INET, 1);
}

KTEST(tun_matrix_udp6, "the same with NAT traversal over IPv6")
{
	check_matrix(AF_INET6, 1);
}

/* What AWS tells its customers: inside for 1500 outside, and with UDP. */
static const struct aws {
	const char	*a_alg;
	int		 a_plain, a_udp;
} aws[] = {
	{ "aes-128-gcm", 1446, 1438 },
	{ "aes-cbc/sha1", 1438, 1422 },
	{ "aes-cbc/sha2-256", 1438, 1422 },
	{ "aes-cbc/sha2-384", 1422, 1422 },
	{ "aes-cbc/sha2-512", 1422, 1406 },
};

static void
check_aws(const struct aws *a, int udp)
{
	struct ktun t = { .t_oaf = AF_INET, .t_df = 1, .t_natt = udp,
	    .t_mtu = 1500, .t_link = 1500 };
	int want = udp ? a->a_udp : a->a_plain;
	struct ktun_fate f;

	while (strcmp(ktun_algs[t.t_alg].ta_name, a->a_alg) != 0)
		t.t_alg++;
	KT_EQ(ktun_begin(&t), 0);
	KT_EQ(ktun_fits(&t, 1500), want);
	f = ktun_send(&t, AF_INET, 1500, 1);
	KT_EQ(f.f_what, KTUN_ANSWERED);
	KT_EQ(f.f_mtu, want);
	KT_EQ(t.t_out->tdb_mtu, want);
	f = ktun_send(&t, AF_INET6, want, 0);
	KT_EQ(f.f_what, KTUN_ARRIVED);
	f = ktun_send(&t, AF_INET6, want + 1, 0);
	KT_EQ(f.f_mtu, want);
	KT_EQ(ktun_end(), 0);
}

KTEST(tun_mtu_table, "what fits in 1500 bytes, by a cloud provider's table")
{
	u_int i;

	for (i = 0; i < nitems(aws); i++) {
		check_aws(&aws[i], 0);
		check_aws(&aws[i], 1);
	}
}

/* The link out there shrinks: one packet may be lost, and no other ever. */
static void
check_shrink(int oaf)
{
	struct ktun t = { .t_oaf = oaf, .t_df = 1, .t_mtu = 1500,
	    .t_link = 1500 };
	struct ktun_fate f;
	int i;

	KT_EQ(ktun_begin(&t), 0);
	f = ktun_send(&t, AF_INET, 1400, 0);
	KT_EQ(f.f_what, KTUN_ARRIVED);
	NET_LOCK();
	WRITE_ONCE(kti1.ki_if.if_mtu, 1300);
	NET_UNLOCK();
	f = ktun_send(&t, AF_INET, 1400, 0);
	for (i = 0; i < 3; i++) {
		f = ktun_send(&t, AF_INET, 1400, 0);
		KT_EQ(f.f_what, KTUN_ARRIVED);
		/* what was learned is forgotten, and learned again */
		kt_sleep(SEC_TO_NSEC(ip_mtudisc_timeout + 1));
		f = ktun_send(&t, AF_INET, 1400, 0);
		KT_EQ(f.f_what, KTUN_ARRIVED);
	}
	KT_EQ(ktun_end(), 0);
}

KTEST(tun_shrink, "a link that shrinks costs a packet, and no more than that")
{
	check_shrink(AF_INET);
	check_shrink(AF_INET6);
}

/* Does a packet of that size from the station leave, and how large? */
static int
leaves(int af, int len, int df)
{
	struct mbuf *m;
	int n = 0;

	ktun_input(ktun_packet(af, len, df));
	while ((m = kti_sent(&kti1)) != NULL) {
		n = MAX(n, m->m_pkthdr.len);
		m_freem(m);
	}
	return (n);
}

/* AH signs its addresses: what leaves does not come back here. */
static void
check_ah(int oaf, int mac)
{
	struct ktun t = { .t_oaf = oaf, .t_df = 1, .t_mtu = 1500,
	    .t_link = 1500 };
	struct tdb *ah;
	int fits;

	KT_EQ(ktun_begin(&t), 0);
	ah = ktun_ah(&t, IPSP_DIRECTION_OUT, KTUN_SPI, mac);
	KT_EQ(leaves(AF_INET, 1500, 1), 0);
	fits = ah->tdb_mtu;
	KT_ASSERT(fits > 1500 - 120);
	/* RFC 4302 2.2: whole words of 4 bytes, over IPv6 of 8 */
	KT_EQ(leaves(AF_INET, fits, 1), 1500);
	KT_EQ(leaves(AF_INET, fits + 1, 1), 0);
	KT_EQ(leaves(AF_INET6, fits, 0), 1500);
	KT_EQ(leaves(AF_INET6, fits + 1, 0), 0);
	KT_EQ(leaves(AF_INET, 60, 1), 1500 - fits + 60);
	ksec_delete(ah);
	KT_EQ(ktun_end(), 0);
}

KTEST(tun_mtu_ah, "AH in tunnels: what fits, exactly")
{
	int i;

	for (i = 0; i < ktun_nmacs; i++) {
		check_ah(AF_INET, i);
		check_ah(AF_INET6, i);
	}
}
