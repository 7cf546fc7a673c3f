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

/* rows: S5 */

#include "kt_tunlib.h"

/*
 * What a stranger says about the path: believed in bounds, for a time, and
 * remembered in bounds.
 */

#define IPHDR		((int)sizeof(struct ip))
#define IP6HDR		((int)sizeof(struct ip6_hdr))
#define QUOTED		1400	/* bytes inside of what is quoted */
#define FORGERS		3000	/* destinations that somebody makes up */
#define MAXROUTES	1025	/* of those that somebody is right about */

/* Both families outside, without NAT-T and with. */
static const struct tunnel {
	int	f_oaf, f_natt, f_least;
} tunnels[] = {
	{ AF_INET, 0, 296 }, { AF_INET, 1, 296 },
	{ AF_INET6, 0, 1280 }, { AF_INET6, 1, 1280 },
};

/* An outer packet as it leaves; it is lost. */
static struct mbuf *
capture(int len)
{
	struct mbuf *m;

	ktun_input(ktun_packet(AF_INET, len, 0));
	while ((m = kti_sent(&kti1)) != NULL && m->m_pkthdr.len < len)
		m_freem(m);
	return (m);
}

static struct mbuf *
copy(struct mbuf *m)
{
	return (m_dup_pkt(m, 0, M_WAIT));
}

static int
spi_offset(const struct ktun *t)
{
	return ((t->t_oaf == AF_INET ? IPHDR : IP6HDR) +
	    (t->t_natt ? 8 : 0));
}

/* Say it, and let the errors' rate recover. */
static void
say(struct mbuf *m, u_int32_t mtu)
{
	ktun_toobig(m, mtu);
	ksec_settle();
}

static int
countroute(struct rtentry *rt, void *arg, u_int id)
{
	(*(int *)arg)++;
	return (0);
}

static int
routes(int af)
{
	int n = 0;

	NET_LOCK_SHARED();
	(void)rtable_walk(0, af, NULL, countroute, &n);
	NET_UNLOCK_SHARED();
	return (n);
}

static int begun;

static void
begin(struct ktun *t, const struct tunnel *f)
{
	memset(t, 0, sizeof(*t));
	t->t_oaf = f->f_oaf;
	t->t_natt = f->f_natt;
	t->t_df = 1;
	t->t_ns = kt_random() & 1;
	t->t_mtu = 1500;
	t->t_link = 9000;
	t->t_alg = kt_random() % ktun_nalgs;
	KT_EQ(ktun_begin(t), 0);
	begun = 1;
}

/* Not to go on with the next when one has failed. */
static void
check_all(void (*forge)(const struct tunnel *))
{
	u_int i;

	for (i = 0; i < nitems(tunnels); i++) {
		begun = 0;
		forge(&tunnels[i]);
		if (begun) {
			kt_say("in IPv%d%s\n", tunnels[i].f_oaf == AF_INET ?
			    4 : 6, tunnels[i].f_natt ? ", UDP" : "");
			return;
		}
	}
}

/* All of it was as it has to be. */
static void
done(void)
{
	KT_EQ(ktun_end(), 0);
	begun = 0;
}

static void
forge_values(const struct tunnel *f)
{
	static const u_int32_t absurd[] = { 9000, 65535, 0x7fffffff,
	    0x80000001, 0xffffffff };
	struct ktun_fate fate;
	struct mbuf *q;
	struct ktun t;
	u_int i;

	begin(&t, f);
	q = capture(QUOTED);
	/* 0 is what routers say that know of no numbers, RFC 1191 */
	for (i = f->f_oaf == AF_INET; i <= 68; i++)
		say(copy(q), i);
	for (i = 0; i < 20; i++)
		say(copy(q), 69 + kt_random() % (f->f_least - 69));
	say(copy(q), f->f_least - 1);
	for (i = 0; i < nitems(absurd); i++)
		say(copy(q), absurd[i]);
	/* what fitted needs no news, and is what IPv4 can tell */
	if (f->f_oaf == AF_INET)
		say(copy(q), q->m_pkthdr.len);
	m_freem(q);
	if (f->f_oaf == AF_INET)
		KT_EQ(t.t_out->tdb_mtu, 0);
	/* whatever was believed, nothing that was sent before is refused */
	fate = ktun_send(&t, AF_INET, 1400, 1);
	KT_EQ(fate.f_what, KTUN_ARRIVED);
	KT_EQ(fate.f_wire, 1);
	done();
}

KTEST(b12_values, "B12: an MTU that no link has, or that is no news")
{
	check_all(forge_values);
}

/* Change a byte of what is quoted, by offset. */
static struct mbuf *
spoilt(struct mbuf *q, int off)
{
	struct mbuf *m = copy(q);

	*(mtod(m, u_int8_t *) + off) ^= 1 << (kt_random() % 8);
	return (m);
}

static void
forge_other(const struct tunnel *f)
{
	int i, spi, src, dst, alen;
	struct mbuf *q;
	struct ktun t;

	begin(&t, f);
	q = capture(QUOTED);
	spi = spi_offset(&t);
	src = f->f_oaf == AF_INET ? offsetof(struct ip, ip_src) :
	    offsetof(struct ip6_hdr, ip6_src);
	alen = f->f_oaf == AF_INET ? 4 : 16;
	dst = src + alen;
	for (i = 0; i < 200; i++) {
		say(spoilt(q, spi + i % 4), 1280);
		KT_EQ(t.t_out->tdb_mtu, 0);
		say(spoilt(q, dst + i % alen), 1280);
		KT_EQ(t.t_out->tdb_mtu, 0);
		say(spoilt(q, src + i % 4), 1280);
		KT_EQ(t.t_out->tdb_mtu, 0);
	}
	/* so it was the change that made them useless */
	say(copy(q), f->f_oaf == AF_INET ? 1000 : 1280);
	KT_ASSERT(t.t_out->tdb_mtu != 0);
	m_freem(q);
	done();
}

KTEST(b12_other, "B12: about another SPI, or between others")
{
	check_all(forge_other);
}

/* With the worst that is believed, packets still get through. */
static void
forge_least(const struct tunnel *f)
{
	struct ktun_fate fate;
	struct mbuf *q;
	struct ktun t;
	int i, least;

	begin(&t, f);
	q = capture(QUOTED);
	for (i = 0; i < 300; i++)
		say(copy(q), kt_random() % 1500);
	say(q, f->f_least);
	least = ktun_fits(&t, f->f_least);
	KT_EQ(t.t_out->tdb_mtu, least);
	fate = ktun_send(&t, AF_INET, 1400, 0);
	KT_EQ(fate.f_what, KTUN_ARRIVED);
	fate = ktun_send(&t, AF_INET, 1400, 1);
	KT_EQ(fate.f_what, KTUN_ANSWERED);
	KT_EQ(fate.f_mtu, least);
	fate = ktun_send(&t, AF_INET, least, 1);
	KT_EQ(fate.f_what, KTUN_ARRIVED);
	fate = ktun_send(&t, AF_INET6, IPV6_MMTU, 0);
	KT_EQ(fate.f_what, KTUN_ARRIVED);
	fate = ktun_send(&t, AF_INET6, 1400, 0);
	KT_EQ(fate.f_mtu, IPV6_MMTU);
	/* and it is not for ever */
	kt_sleep(SEC_TO_NSEC(MAX(ip_mtudisc_timeout, ip6_mtudisc_timeout) +
	    1));
	fate = ktun_send(&t, AF_INET, 1400, 1);
	KT_EQ(fate.f_what, KTUN_ARRIVED);
	KT_EQ(fate.f_wire, 1);
	fate = ktun_send(&t, AF_INET6, 1400, 0);
	KT_EQ(fate.f_what, KTUN_ARRIVED);
	KT_EQ(fate.f_wire, 1);
	done();
}

KTEST(b12_least, "B12: never less than 296, or 1280, and not for ever")
{
	check_all(forge_least);
}

static void
forge_many(const struct tunnel *f)
{
	int before, i, dst, end, n = kt_count(FORGERS);
	struct mbuf *q, *m;
	struct ktun t;
	u_int32_t r;

	begin(&t, f);
	/* as if there were a way to all of them */
	q = capture(QUOTED);
	before = routes(f->f_oaf);
	dst = f->f_oaf == AF_INET ? offsetof(struct ip, ip_dst) :
	    offsetof(struct ip6_hdr, ip6_dst);
	end = f->f_oaf == AF_INET ? 3 : 12;
	for (i = 0; i < n; i++) {
		m = copy(q);
		r = kt_random();
		if (f->f_oaf == AF_INET)
			/* 203.0.113.0/24 is behind the far end */
			memcpy(mtod(m, u_int8_t *) + dst,
			    &(in_addr_t){ KTI_FAR }, 4);
		memcpy(mtod(m, u_int8_t *) + dst + end, &r,
		    f->f_oaf == AF_INET ? 1 : 4);
		ktun_toobig(m, 1280);
	}
	ksec_settle();
	/* without its SA it is not believed; anybody may have a socket */
	if (f->f_natt)
		KT_ASSERT(routes(f->f_oaf) > before);
	else
		KT_EQ(routes(f->f_oaf), before);
	KT_ASSERT(routes(f->f_oaf) < before + MAXROUTES);
	KT_EQ(t.t_out->tdb_mtu, 0);
	m_freem(q);
	kt_sleep(SEC_TO_NSEC(MAX(ip_mtudisc_timeout, ip6_mtudisc_timeout) +
	    1));
	KT_EQ(routes(f->f_oaf), before);
	done();
}

KTEST(b12_many, "B12: thousands of them: what is remembered has an end")
{
	check_all(forge_many);
}
