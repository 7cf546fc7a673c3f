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

/* rows: N2 N3 */

/*
 * N2: the ends of sec(4)'s tunnel, shown and fixed.
 */
#include "kt_pfkeylib.h"
#include "kt_seclib.h"
#include "../netinet/kt_esplib.h"

#include <sys/sockio.h>

static struct kpk_msg	end_km;

static int
end_begin(void)
{
	int error;

	if ((error = ksec_setup()) != 0 || (error = kpk_open()) != 0 ||
	    (error = ksec_create(0)) != 0)
		return (error);
	ksec_settle();
	return (0);
}

static void
end_end(void)
{
	kpk_close();
	ksec_destroy(0);
	ksec_cleanup();
}

static void
end_sin(struct sockaddr_storage *ss, in_addr_t addr)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = addr;
}

static int
end_pin(u_int unit, in_addr_t src, in_addr_t dst)
{
	struct if_laddrreq req;

	memset(&req, 0, sizeof(req));
	end_sin(&req.addr, src);
	end_sin(&req.dstaddr, dst);
	return (ksec_ioctl(unit, SIOCSLIFPHYADDR, &req));
}

static int
end_unpin(u_int unit)
{
	struct ifreq ifr;

	memset(&ifr, 0, sizeof(ifr));
	return (ksec_ioctl(unit, SIOCDIFPHYADDR, &ifr));
}

static int
end_rtable(u_int unit, int rtable)
{
	struct ifreq ifr;

	memset(&ifr, 0, sizeof(ifr));
	ifr.ifr_rdomainid = rtable;
	return (ksec_ioctl(unit, SIOCSLIFPHYRTABLE, &ifr));
}

/* 0 if these are shown, or the errno, or -1 when others are. */
static int
end_shown(in_addr_t src, in_addr_t dst)
{
	struct if_laddrreq req;
	int error;

	memset(&req, 0xff, sizeof(req));
	error = ksec_ioctl(0, SIOCGLIFPHYADDR, &req);
	if (error != 0)
		return (error);
	if (((struct sockaddr_in *)&req.addr)->sin_addr.s_addr != src ||
	    ((struct sockaddr_in *)&req.dstaddr)->sin_addr.s_addr != dst)
		return (-1);
	return (0);
}

static uint64_t
end_stat(size_t off)
{
	struct sec_stats ss;

	if (ksec_stats(0, &ss) != 0)
		return (-1);
	return (*(u_int64_t *)((char *)&ss + off));
}
#define END_STAT(f)	end_stat(offsetof(struct sec_stats, f))

static int
end_link(void)
{
	struct ifnet *ifp = if_unit("sec0");
	int state = ifp->if_link_state;

	if_put(ifp);
	return (state);
}

/* A packet that the SA can read, from where it was to come from. */
static int
end_from(struct tdb *in)
{
	if (in->tdb_src.sin.sin_addr.s_addr != KTI_PEER1)
		return (EINVAL);
	kte_input(kte_good(in, in->tdb_rpl + 1));
	return (0);
}

static void
end_elsewhere(struct mbuf *m)
{
	mtod(m, struct ip *)->ip_src.s_addr = KTI_FAR;
	kti_finish(m);
}

KTEST(end_pair, "ends are shown as a pair, of the SAs in use, or not at all")
{
	struct ksec_sa ks = { .ks_spi = KSEC_SPI };
	struct tdb *in, *out;

	KT_EQ(end_begin(), 0);
	KT_EQ(end_shown(0, 0), EADDRNOTAVAIL);
	ks.ks_dir = IPSP_DIRECTION_OUT;
	out = ksec_add(&ks);
	KT_EQ(end_shown(0, 0), EADDRNOTAVAIL);
	ks.ks_dir = IPSP_DIRECTION_IN;
	in = ksec_add(&ks);
	KT_EQ(end_shown(KTI_US1, KTI_PEER1), 0);
	ksec_delete(out);
	KT_EQ(end_shown(0, 0), EADDRNOTAVAIL);
	ks.ks_dir = IPSP_DIRECTION_OUT;
	ksec_add(&ks);
	KT_EQ(end_shown(KTI_US1, KTI_PEER1), 0);
	ksec_delete(in);
	KT_EQ(end_shown(0, 0), EADDRNOTAVAIL);
	end_end();
}

KTEST(end_pins, "SAs with other ends than were fixed are of no use")
{
	struct tdb *in, *out;

	KT_EQ(end_begin(), 0);
	ksec_pair(0, &out, &in);
	KT_EQ(end_link(), LINK_STATE_UP);
	KT_EQ(end_pin(0, KTI_US1, KTI_FAR), 0);
	KT_EQ(end_shown(KTI_US1, KTI_FAR), 0);
	KT_EQ(END_STAT(ss_sforeign), 2);
	KT_EQ(end_link(), LINK_STATE_DOWN);
	KT_EQ(ksec_send(0, KTI_NOWHERE, 100), EHOSTUNREACH);
	KT_EQ(END_STAT(ss_onosa), 1);
	KT_EQ(end_from(in), 0);
	KT_EQ(END_STAT(ss_iforeign), 1);
	/* one end the right one is not enough */
	KT_EQ(end_pin(0, KTI_US0, KTI_PEER1), 0);
	KT_EQ(END_STAT(ss_sforeign), 2);
	/* the very ones are */
	KT_EQ(end_pin(0, KTI_US1, KTI_PEER1), 0);
	KT_EQ(END_STAT(ss_sforeign), 0);
	KT_EQ(end_link(), LINK_STATE_UP);
	KT_EQ(ksec_send(0, KTI_NOWHERE, 100), 0);
	ksec_settle();
	KT_EQ(ksec_reflect(NULL), 1);
	ksec_settle();
	KT_EQ(END_STAT(ss_iforeign), 1);
	/* fixed before there is an SA, and shown without one */
	ksec_delete(in);
	ksec_delete(out);
	KT_EQ(end_shown(KTI_US1, KTI_PEER1), 0);
	KT_EQ(end_pin(0, KTI_US1, KTI_FAR), 0);
	ksec_pair(0, &out, &in);
	KT_EQ(end_link(), LINK_STATE_DOWN);
	KT_EQ(END_STAT(ss_sforeign), 2);
	KT_EQ(end_unpin(0), 0);
	KT_EQ(end_link(), LINK_STATE_UP);
	KT_EQ(END_STAT(ss_sforeign), 0);
	KT_EQ(end_shown(KTI_US1, KTI_PEER1), 0);
	end_end();
}

KTEST(end_sender, "a packet from elsewhere by an SA that is open about that")
{
	struct tdb *in, *out;

	KT_EQ(end_begin(), 0);
	ksec_pair(0, &out, &in);
	NET_LOCK();
	in->tdb_src.sin.sin_addr.s_addr = INADDR_ANY;
	NET_UNLOCK();
	KT_EQ(end_pin(0, KTI_US1, KTI_PEER1), 0);
	KT_EQ(END_STAT(ss_sforeign), 0);
	KT_EQ(end_link(), LINK_STATE_UP);
	KT_EQ(ksec_send(0, KTI_NOWHERE, 100), 0);
	ksec_settle();
	KT_EQ(ksec_reflect(end_elsewhere), 1);
	ksec_settle();
	KT_EQ(END_STAT(ss_iforeign), 1);
	end_end();
}

KTEST(end_collide, "two interfaces cannot have the same ends")
{
	KT_EQ(end_begin(), 0);
	KT_EQ(ksec_create(1), 0);
	KT_EQ(end_pin(0, KTI_US1, KTI_PEER1), 0);
	KT_EQ(end_pin(0, KTI_US1, KTI_PEER1), 0);
	KT_EQ(end_pin(1, KTI_US1, KTI_PEER1), EADDRINUSE);
	KT_EQ(end_pin(1, KTI_PEER1, KTI_US1), 0);
	KT_EQ(end_pin(1, KTI_US1, KTI_FAR), 0);
	KT_EQ(end_rtable(1, 0), 0);
	KT_EQ(end_pin(1, KTI_US1, KTI_PEER1), EADDRINUSE);
	KT_EQ(end_unpin(0), 0);
	KT_EQ(end_pin(1, KTI_US1, KTI_PEER1), 0);
	KT_EQ(end_pin(0, KTI_US1, KTI_PEER1), EADDRINUSE);
	KT_EQ(ksec_destroy(1), 0);
	KT_EQ(end_pin(0, KTI_US1, KTI_PEER1), 0);
	KT_EQ(end_rtable(0, 77), EINVAL);
	KT_EQ(end_rtable(0, -2), EINVAL);
	KT_EQ(end_rtable(0, 100000), EINVAL);
	KT_EQ(end_rtable(0, -1), 0);
	end_end();
}

KTEST(end_bad, "ends that are none: any, groups, half a pair, lengths that lie")
{
	struct if_laddrreq req;

	KT_EQ(end_begin(), 0);
	KT_EQ(end_pin(0, INADDR_ANY, KTI_PEER1), EINVAL);
	KT_EQ(end_pin(0, KTI_US1, INADDR_ANY), EINVAL);
	KT_EQ(end_pin(0, KTI_US1, KTI_A(224, 0, 0, 5)), EINVAL);
	memset(&req, 0, sizeof(req));
	end_sin(&req.addr, KTI_US1);
	KT_EQ(ksec_ioctl(0, SIOCSLIFPHYADDR, &req), EINVAL);
	end_sin(&req.dstaddr, KTI_PEER1);
	req.dstaddr.ss_family = AF_INET6;
	KT_EQ(ksec_ioctl(0, SIOCSLIFPHYADDR, &req), EINVAL);
	req.dstaddr.ss_family = AF_INET;
	req.dstaddr.ss_len = 255;
	KT_EQ(ksec_ioctl(0, SIOCSLIFPHYADDR, &req), EINVAL);
	req.dstaddr.ss_len = 0;
	KT_EQ(ksec_ioctl(0, SIOCSLIFPHYADDR, &req), EINVAL);
	KT_EQ(end_shown(0, 0), EADDRNOTAVAIL);
	end_end();
}

/* Both directions by PF_KEY, between our address and the peer's. */
static int
end_sa(int type, int dir, in_addr_t proxy)
{
	int in = dir == IPSP_DIRECTION_IN;

	kpk_init(&end_km, type, SADB_SATYPE_ESP);
	kpk_sa(&end_km, KPK_SPI + dir, SADB_X_SAFLAGS_TUNNEL);
	kpk_addr(&end_km, SADB_EXT_ADDRESS_SRC, in && proxy != 0 ? proxy :
	    in ? KPK_PEER : KPK_LOCAL);
	kpk_addr(&end_km, SADB_EXT_ADDRESS_DST, in ? KPK_LOCAL : KPK_PEER);
	if (type == SADB_UPDATE && !in)
		kpk_addr(&end_km, SADB_EXT_ADDRESS_PROXY, proxy);
	if (type == SADB_ADD) {
		kpk_key(&end_km, SADB_EXT_KEY_ENCRYPT, 160);
		kpk_iface(&end_km, 0, dir);
	}
	return (kpk_do(&end_km, NULL));
}

KTEST(end_move, "an UPDATE that moves the SAs moves the ends, and pins hold")
{
	KT_EQ(end_begin(), 0);
	KT_EQ(end_sa(SADB_ADD, IPSP_DIRECTION_IN, 0), 0);
	KT_EQ(end_sa(SADB_ADD, IPSP_DIRECTION_OUT, 0), 0);
	KT_EQ(end_shown(KPK_LOCAL, KPK_PEER), 0);
	KT_EQ(end_sa(SADB_UPDATE, IPSP_DIRECTION_IN, KPK_PEER2), 0);
	KT_EQ(end_sa(SADB_UPDATE, IPSP_DIRECTION_OUT, KPK_PEER2), 0);
	KT_EQ(end_shown(KPK_LOCAL, KPK_PEER2), 0);
	KT_EQ(end_link(), LINK_STATE_UP);
	KT_EQ(end_pin(0, KPK_LOCAL, KPK_PEER2), 0);
	KT_EQ(end_link(), LINK_STATE_UP);
	KT_EQ(end_pin(0, KPK_LOCAL, KPK_PEER), 0);
	KT_EQ(END_STAT(ss_sforeign), 2);
	KT_EQ(end_link(), LINK_STATE_DOWN);
	end_end();
}

static int
end_df(int df)
{
	struct ifreq ifr;

	memset(&ifr, 0, sizeof(ifr));
	ifr.ifr_df = df;
	return (ksec_ioctl(0, SIOCSLIFPHYDF, &ifr));
}

/* Pieces on the wire, none of which may have DF; -1 when one has. */
static int
end_pieces(void)
{
	struct mbuf *m;
	u_int16_t off;
	int n = 0, df = 0;

	while ((m = kti_sent(&kti1)) != NULL) {
		m_copydata(m, offsetof(struct ip, ip_off), sizeof(off), &off);
		df |= off & htons(IP_DF);
		m_freem(m);
		n++;
	}
	return (df ? -1 : n);
}

KTEST(end_again, "with DF outside, what does not fit goes again")
{
	unsigned long mbufs, nth, refused = 1;
	uint64_t lost;
	int n = 0;

	KT_EQ(end_begin(), 0);
	ksec_pair(0, NULL, NULL);
	ksec_settle();
	KT_EQ(end_df(3), EINVAL);
	KT_EQ(end_df(1), 0);
	/* one that fits has it */
	KT_EQ(ksec_send(0, KTI_NOWHERE, 1000), 0);
	ksec_settle();
	KT_EQ(end_pieces(), -1);
	mbufs = m_inuse() + m_clinuse();
	for (nth = 1; refused != 0; nth++) {
		KT_ASSERT(nth < 100);
		lost = END_STAT(ss_otoobig) + END_STAT(ss_oerror) +
		    kti_ipstat(ips_odropped) +
		    ksec_espstat(esps_hdrops);
		malloc_fail_nth(nth);
		/* nothing is known of the path, each time */
		ksec_send(0, KTI_NOWHERE, 1390);
		ksec_settle();
		refused = malloc_failed();
		malloc_fail_nth(0);
		n = end_pieces();
		if (n != 2)
			KT_ASSERT(END_STAT(ss_otoobig) +
			    END_STAT(ss_oerror) +
			    kti_ipstat(ips_odropped) +
			    ksec_espstat(esps_hdrops) > lost);
		KT_EQ(m_inuse() + m_clinuse(), mbufs);
		/* and the next one starts without what this has taught */
		kt_sleep(SEC_TO_NSEC(601));
	}
	KT_EQ(n, 2);
	KT_ASSERT(nth > 3);
	/* DF as inside: it has none, and goes at once */
	KT_EQ(end_df(2), 0);
	KT_EQ(ksec_send(0, KTI_NOWHERE, 1000), 0);
	ksec_settle();
	KT_EQ(end_pieces(), 1);
	end_end();
}
