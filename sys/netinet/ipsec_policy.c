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

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>
#include <sys/proc.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/rtable.h>

#include <netinet/in.h>
#include <netinet/in_pcb.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_spd.h>
#include <netinet/ip_var.h>

#ifdef INET6
#include <netinet/icmp6.h>
#include <netinet6/ip6_var.h>
#endif

/*
 * Policies and packets: RFC 4301 5.1 and 5.2.
 */

/*
 * What a packet is to a policy
 */

/*
 * Ports are at the head of these, RFC 4301 4.4.1.1; where there are none
 * they are 0.  1: there are, but they are not here.
 */
static int
sel_ports(struct mbuf *m, int off, int proto, u_int16_t port[2])
{
	port[0] = port[1] = 0;
	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
	case IPPROTO_UDPLITE:
		break;
	default:
		return (0);
	}
	if (m->m_pkthdr.len < off + 2 * (int)sizeof(port[0]))
		return (1);
	m_copydata(m, off, 2 * sizeof(port[0]), port);
	return (0);
}

static int
sel_packet4(struct mbuf *m, struct sockaddr_encap *sen, int dir)
{
	int noports, off;
	u_int16_t port[2];
	struct ip ip;

	m_copydata(m, 0, sizeof(ip), &ip);
	sen->sen_type = SENT_IP4;
	sen->Sen.Sip4.Direction = dir;
	sen->Sen.Sip4.Src = ip.ip_src;
	sen->Sen.Sip4.Dst = ip.ip_dst;
	sen->Sen.Sip4.Proto = ip.ip_p;
	off = (ip.ip_off & htons(IP_OFFMASK)) == 0 ? ip.ip_hl << 2 :
	    m->m_pkthdr.len;
	noports = sel_ports(m, off, ip.ip_p, port);
	sen->Sen.Sip4.Sport = port[0];
	sen->Sen.Sip4.Dport = port[1];
	return (noports);
}

/* What is behind the extension headers; of a later fragment, nothing. */
static int
sel_upper6(struct mbuf *m, int nxt, int *off)
{
	struct ip6_frag frag;
	struct ip6_ext ext;

	while (m->m_pkthdr.len >= *off + (int)sizeof(frag)) {
		switch (nxt) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
			m_copydata(m, *off, sizeof(ext), &ext);
			nxt = ext.ip6e_nxt;
			*off += (ext.ip6e_len + 1) << 3;
			break;
		case IPPROTO_FRAGMENT:
			m_copydata(m, *off, sizeof(frag), &frag);
			nxt = frag.ip6f_nxt;
			*off += sizeof(frag);
			if (frag.ip6f_offlg & IP6F_OFF_MASK) {
				*off = m->m_pkthdr.len;
				return (nxt);
			}
			break;
		default:
			return (nxt);
		}
	}
	return (nxt);
}

static int
sel_packet6(struct mbuf *m, struct sockaddr_encap *sen, int dir)
{
	int noports, off = sizeof(struct ip6_hdr), proto;
	u_int16_t port[2];
	struct ip6_hdr ip6;

	m_copydata(m, 0, sizeof(ip6), &ip6);
	proto = sel_upper6(m, ip6.ip6_nxt, &off);
	noports = sel_ports(m, off, proto, port);
	sen->sen_type = SENT_IP6;
	sen->Sen.Sip6.Direction = dir;
	sen->Sen.Sip6.Src = ip6.ip6_src;
	sen->Sen.Sip6.Dst = ip6.ip6_dst;
	sen->Sen.Sip6.Proto = proto;
	sen->Sen.Sip6.Sport = port[0];
	sen->Sen.Sip6.Dport = port[1];
	return (noports);
}

/* What the packet is, and the policy for it, or NULL. */
static const struct ipsec_policy *
sel_policy(struct mbuf *m, int af, int dir, struct sockaddr_encap *sen)
{
	u_int rdomain = rtable_l2(m->m_pkthdr.ph_rtableid);
	int noports;

	memset(sen, 0, sizeof(*sen));
	sen->sen_len = sizeof(*sen);
	sen->sen_family = PF_KEY;
	noports = af == AF_INET6 ? sel_packet6(m, sen, dir) :
	    sel_packet4(m, sen, dir);
	return (noports ? spd_match_noports(rdomain, sen) :
	    spd_match(rdomain, sen));
}

static void
sel_addr(union sockaddr_union *su, int type, const struct in_addr *in,
    const struct in6_addr *in6)
{
	memset(su, 0, sizeof(*su));
	if (type == SENT_IP4) {
		su->sin.sin_len = sizeof(su->sin);
		su->sin.sin_family = AF_INET;
		su->sin.sin_addr = *in;
	} else {
		su->sin6.sin6_len = sizeof(su->sin6);
		su->sin6.sin6_family = AF_INET6;
		su->sin6.sin6_addr = *in6;
	}
}

#ifdef INET6
int
ipsec_isnd6(struct mbuf *m)
{
	struct ip6_hdr ip6;
	u_int8_t type;

	if (m->m_pkthdr.len < (int)(sizeof(ip6) + sizeof(struct icmp6_hdr)))
		return (0);
	m_copydata(m, 0, sizeof(ip6), &ip6);
	if (ip6.ip6_nxt != IPPROTO_ICMPV6 || ip6.ip6_hlim != 255)
		return (0);
	m_copydata(m, sizeof(ip6), sizeof(type), &type);
	return (type >= ND_ROUTER_SOLICIT && type <= ND_REDIRECT);
}
#endif

/* The far end of an outgoing packet. */
static void
sel_dst(const struct sockaddr_encap *sen, union sockaddr_union *dst)
{
	sel_addr(dst, sen->sen_type, &sen->Sen.Sip4.Dst, &sen->Sen.Sip6.Dst);
}

/* And of an incoming one. */
static void
sel_src(const struct sockaddr_encap *sen, union sockaddr_union *src)
{
	sel_addr(src, sen->sen_type, &sen->Sen.Sip4.Src, &sen->Sen.Sip6.Src);
}

static int
pol_isany(const union sockaddr_union *su)
{
	switch (su->sa.sa_family) {
	case AF_INET:
		return (su->sin.sin_addr.s_addr == INADDR_ANY);
	case AF_INET6:
		return (IN6_IS_ADDR_UNSPECIFIED(&su->sin6.sin6_addr));
	default:
		return (1);
	}
}

static int
pol_sameaddr(const union sockaddr_union *a, const union sockaddr_union *b)
{
	return (a->sa.sa_len == b->sa.sa_len &&
	    memcmp(a, b, a->sa.sa_len) == 0);
}

/*
 * What a socket wants
 */

static int
lvl_bypass(const struct inpcb *inp)
{
	return (inp != NULL &&
	    READ_ONCE(inp->inp_seclevel.sl_auth) == IPSEC_LEVEL_BYPASS &&
	    READ_ONCE(inp->inp_seclevel.sl_esp_trans) ==
	    IPSEC_LEVEL_BYPASS &&
	    READ_ONCE(inp->inp_seclevel.sl_esp_network) ==
	    IPSEC_LEVEL_BYPASS);
}

static int
lvl_max(const struct inpcb *inp)
{
	int max;

	if (inp == NULL)
		return (IPSEC_LEVEL_BYPASS);
	max = READ_ONCE(inp->inp_seclevel.sl_auth);
	max = MAX(max, READ_ONCE(inp->inp_seclevel.sl_esp_trans));
	return (MAX(max, READ_ONCE(inp->inp_seclevel.sl_esp_network)));
}

/* What SAs give, by the levels that ask for it. */
#define LVL_AUTH	0x1
#define LVL_ESP_TRANS	0x2
#define LVL_ESP_NETWORK	0x4

static int
lvl_asked(const struct inpcb *inp, int level)
{
	int set = 0;

	if (inp == NULL)
		return (0);
	if (READ_ONCE(inp->inp_seclevel.sl_auth) >= level)
		set |= LVL_AUTH;
	if (READ_ONCE(inp->inp_seclevel.sl_esp_trans) >= level)
		set |= LVL_ESP_TRANS;
	if (READ_ONCE(inp->inp_seclevel.sl_esp_network) >= level)
		set |= LVL_ESP_NETWORK;
	return (set);
}

static int
lvl_given(const struct tdb *tdb)
{
	int set = 0;

	if (tdb->tdb_authalgxform != NULL)
		set |= LVL_AUTH;
	if (tdb->tdb_sproto != IPPROTO_ESP)
		return (set);
	return (set | (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_TUNNELING) ?
	    LVL_ESP_NETWORK : LVL_ESP_TRANS));
}

/* By the SA and those it is bundled with. */
static int
lvl_given_out(struct tdb *tdb)
{
	struct tdb *next;
	int set = 0;

	tdb_ref(tdb);
	for (; tdb != NULL; tdb = next) {
		set |= lvl_given(tdb);
		tdb_bundled(tdb, &next);
		tdb_unref(tdb);
	}
	return (set);
}

int
ipsec_output_wanted(const struct inpcb *inp)
{
	return (READ_ONCE(ipsec_in_use) != 0 ||
	    lvl_max(inp) > IPSEC_LEVEL_AVAIL);
}

int
ipsec_input_wanted(const struct inpcb *inp)
{
	return (READ_ONCE(ipsec_in_use) != 0 ||
	    lvl_max(inp) >= IPSEC_LEVEL_REQUIRE);
}

/*
 * Out
 */

/* Has this SA had the packet already? */
static int
out_done(struct mbuf *m, const struct tdb *tdb)
{
	const struct tdb_ident *tdbi;
	struct m_tag *mtag = NULL;

	while ((mtag = m_tag_find(m, PACKET_TAG_IPSEC_OUT_DONE, mtag)) !=
	    NULL) {
		tdbi = (const struct tdb_ident *)(mtag + 1);
		if (tdbi->spi == tdb->tdb_spi &&
		    tdbi->proto == tdb->tdb_sproto &&
		    tdbi->rdomain == tdb->tdb_rdomain &&
		    pol_sameaddr(&tdbi->dst, &tdb->tdb_dst))
			return (1);
	}
	return (0);
}

static struct tdb *
out_search(const struct ipsec_policy *ipo, const union sockaddr_union *dst)
{
	struct tdb_search ts;

	memset(&ts, 0, sizeof(ts));
	ts.ts_dst = dst;
	ts.ts_src = pol_isany(&ipo->ipo_src) ? NULL : &ipo->ipo_src;
	ts.ts_ids = ipo->ipo_ids;
	ts.ts_flow = &ipo->ipo_addr;
	ts.ts_flowmask = &ipo->ipo_mask;
	ts.ts_rdomain = ipo->ipo_rdomain;
	ts.ts_sproto = ipo->ipo_sproto;
	return (tdb_search(&ts));
}

/* The policy wants an SA, and there is none. */
static int
out_missing(const struct ipsec_policy *ipo,
    const struct sockaddr_encap *packet, const union sockaddr_union *dst)
{
	int error;

	switch (ipo->ipo_type) {
	case IPSP_IPSEC_USE:
		return (0);
	case IPSP_IPSEC_ACQUIRE:
		spd_acquire(ipo, packet, dst);
		return (0);
	case IPSP_IPSEC_REQUIRE:
		error = spd_acquire(ipo, packet, dst);
		return (error == 0 ? EHOSTUNREACH : EACCES);
	default:
		return (EACCES);
	}
}

static int
out_policy(struct mbuf *m, const struct ipsec_policy *ipo,
    const struct sockaddr_encap *packet, struct tdb **tdbp)
{
	union sockaddr_union dst = ipo->ipo_dst;
	struct tdb *tdb;

	if (ipo->ipo_type == IPSP_PERMIT)
		return (0);
	if (ipo->ipo_type == IPSP_DENY)
		return (EACCES);
	if (pol_isany(&dst))
		sel_dst(packet, &dst);
	if ((tdb = out_search(ipo, &dst)) == NULL)
		return (out_missing(ipo, packet, &dst));
	if (out_done(m, tdb))
		tdb_unref(tdb);
	else
		*tdbp = tdb;
	return (0);
}

/*
 * No policy, but the socket wants protection: it is served by an SA to the
 * very host it speaks to, and one is asked for as if a policy said so.
 */
static int
out_level(const struct inpcb *inp, const struct sockaddr_encap *packet,
    u_int rdomain, struct tdb **tdbp)
{
	struct ipsec_policy ipo;
	union sockaddr_union dst;
	int want = lvl_asked(inp, IPSEC_LEVEL_USE);

	memset(&ipo, 0, sizeof(ipo));
	ipo.ipo_addr = *packet;
	memset(&ipo.ipo_mask, 0xff, sizeof(ipo.ipo_mask));
	ipo.ipo_mask.sen_len = packet->sen_len;
	ipo.ipo_mask.sen_family = packet->sen_family;
	ipo.ipo_mask.sen_type = packet->sen_type;
	ipo.ipo_rdomain = rdomain;
	ipo.ipo_sproto = want == LVL_AUTH ? IPPROTO_AH : IPPROTO_ESP;
	ipo.ipo_type = lvl_max(inp) >= IPSEC_LEVEL_REQUIRE ?
	    IPSP_IPSEC_REQUIRE : IPSP_IPSEC_ACQUIRE;
	sel_dst(packet, &dst);
	if ((*tdbp = out_search(&ipo, &dst)) == NULL &&
	    want == LVL_AUTH) {
		/* ESP authenticates as well */
		ipo.ipo_sproto = IPPROTO_ESP;
		*tdbp = out_search(&ipo, &dst);
		ipo.ipo_sproto = IPPROTO_AH;
	}
	return (*tdbp == NULL ? out_missing(&ipo, packet, &dst) : 0);
}

int
ipsec_output_lookup(struct mbuf *m, int af, const struct inpcb *inp,
    struct tdb **tdbp)
{
	u_int rdomain = rtable_l2(m->m_pkthdr.ph_rtableid);
	const struct ipsec_policy *ipo;
	struct sockaddr_encap packet;
	int error = 0, need;

	*tdbp = NULL;
	if (lvl_bypass(inp))
		return (0);
	ipo = sel_policy(m, af, IPSP_DIRECTION_OUT, &packet);
	if (ipo != NULL)
		error = out_policy(m, ipo, &packet, tdbp);
	else if (lvl_max(inp) >= IPSEC_LEVEL_USE)
		error = out_level(inp, &packet, rdomain, tdbp);
	need = lvl_asked(inp, IPSEC_LEVEL_REQUIRE);
	if (error == 0 && need != 0 && (*tdbp == NULL ||
	    (need & ~lvl_given_out(*tdbp)) != 0)) {
		tdb_unref(*tdbp);
		*tdbp = NULL;
		error = EACCES;
	}
	if (error != 0)
		ipsecstat_inc(ipsec_odrops_c);
	return (error);
}

/* Does the sender forbid to cut it? */
static int
out_nofrag(struct mbuf *m, int af)
{
	if (af == AF_INET6)
		return (m->m_pkthdr.len > IPV6_MMTU);
	return ((mtod(m, struct ip *)->ip_off & htons(IP_DF)) != 0);
}

static u_int32_t
out_mtu(struct tdb *tdb)
{
	u_int32_t mtu = READ_ONCE(tdb->tdb_mtu);

	if (READ_ONCE(tdb->tdb_mtutimeout) <= (u_int64_t)gettime())
		return (0);
	return (mtu);
}

/* Remember the MTU for the destination, for the sockets that ask there. */
static void
out_learn(struct mbuf *m, int af, u_int32_t mtu)
{
	struct rtentry *rt;

#ifdef INET6
	if (af == AF_INET6) {
		struct sockaddr_in6 sin6;

		memset(&sin6, 0, sizeof(sin6));
		sin6.sin6_len = sizeof(sin6);
		sin6.sin6_family = AF_INET6;
		sin6.sin6_addr = mtod(m, struct ip6_hdr *)->ip6_dst;
		rt = icmp6_mtudisc_clone(&sin6, m->m_pkthdr.ph_rtableid, 1);
	} else
#endif
	rt = icmp_mtudisc_clone(mtod(m, struct ip *)->ip_dst,
	    m->m_pkthdr.ph_rtableid, 1);
	if (rt != NULL)
		WRITE_ONCE(rt->rt_mtu, mtu);
	rtfree(rt);
}

static int
out_df(void)
{
	switch (READ_ONCE(ipsec_def_df)) {
	case IPSEC_DF_CLEAR:
		return (IPSP_DF_OFF);
	case IPSEC_DF_SET:
		return (IPSP_DF_ON);
	default:
		return (IPSP_DF_INHERIT);
	}
}

int
ipsec_output_send(struct mbuf *m, struct tdb *tdb, int af, u_int32_t *mtup)
{
	int df = out_df(), error, nofrag = out_nofrag(m, af);
	u_int32_t mtu = out_mtu(tdb);

	*mtup = 0;
	if (mtu != 0 && m->m_pkthdr.len > (int)mtu && df != IPSP_DF_OFF) {
		if (nofrag) {
			out_learn(m, af, mtu);
			ipsecstat_inc(ipsec_odrops_c);
			m_freem(m);
			*mtup = mtu;
			return (EMSGSIZE);
		}
		/* nobody could be told */
		df = IPSP_DF_OFF;
	}
	/* the last look at the header was to be that of an interface */
	if (af == AF_INET)
		SET(m->m_pkthdr.csum_flags, M_IPV4_CSUM_OUT);
	KERNEL_LOCK();
	error = ipsp_process_packet(m, tdb, af, 0, df);
	KERNEL_UNLOCK();
	if (error == EMSGSIZE && nofrag)
		*mtup = out_mtu(tdb);
	return (error);
}

/*
 * In
 */

/* The SA of one entry of the packet's history, with a reference. */
static struct tdb *
in_history(struct m_tag *mtag)
{
	struct tdb_ident *tdbi = (struct tdb_ident *)(mtag + 1);

	return (gettdb(tdbi->rdomain, tdbi->spi, &tdbi->dst, tdbi->proto));
}

/* A flow that is told as of what is sent is, for this, the other way. */
static void
sel_reverse(struct sockaddr_encap *sen)
{
	struct sockaddr_encap was = *sen;

	if (sen->sen_type == SENT_IP4) {
		sen->Sen.Sip4.Src = was.Sen.Sip4.Dst;
		sen->Sen.Sip4.Dst = was.Sen.Sip4.Src;
		sen->Sen.Sip4.Sport = was.Sen.Sip4.Dport;
		sen->Sen.Sip4.Dport = was.Sen.Sip4.Sport;
	} else {
		sen->Sen.Sip6.Src = was.Sen.Sip6.Dst;
		sen->Sen.Sip6.Dst = was.Sen.Sip6.Src;
		sen->Sen.Sip6.Sport = was.Sen.Sip6.Dport;
		sen->Sen.Sip6.Dport = was.Sen.Sip6.Sport;
	}
}

/* RFC 4301 5.2, step 4: is it what the SA was made for, if that is said? */
static int
in_selected(const struct tdb *tdb, const struct sockaddr_encap *packet)
{
	const struct sockaddr_encap *flow = &tdb->tdb_filter;
	struct sockaddr_encap seen = *packet;

	if (flow->sen_type == 0)
		return (1);
	if ((flow->sen_type == SENT_IP4 ? flow->Sen.Sip4.Direction :
	    flow->Sen.Sip6.Direction) == IPSP_DIRECTION_OUT)
		sel_reverse(&seen);
	return (spd_covers(flow, &tdb->tdb_filtermask, &seen));
}

/* An SA that is open about its sender has given its key to whoever it is. */
static int
in_fits(const struct ipsec_policy *ipo, const union sockaddr_union *peer,
    const struct tdb *tdb)
{
	if (tdb->tdb_sproto != ipo->ipo_sproto)
		return (0);
	if (!pol_isany(&tdb->tdb_src) && !pol_sameaddr(peer, &tdb->tdb_src))
		return (0);
	if (!pol_isany(&ipo->ipo_src) &&
	    !pol_sameaddr(&ipo->ipo_src, &tdb->tdb_dst))
		return (0);
	return (ipo->ipo_ids == NULL || ipo->ipo_ids == tdb->tdb_ids);
}

/* Has an SA that the policy is content with unwrapped it? */
static int
in_satisfied(struct mbuf *m, const struct ipsec_policy *ipo,
    const struct sockaddr_encap *packet)
{
	union sockaddr_union peer = ipo->ipo_dst;
	struct m_tag *mtag = NULL;
	struct tdb *tdb;
	int fits;

	if (pol_isany(&peer))
		sel_src(packet, &peer);
	while ((mtag = m_tag_find(m, PACKET_TAG_IPSEC_IN_DONE, mtag)) !=
	    NULL) {
		tdb = in_history(mtag);
		fits = tdb != NULL && in_fits(ipo, &peer, tdb) &&
		    in_selected(tdb, packet);
		tdb_unref(tdb);
		if (fits)
			return (1);
	}
	return (0);
}

static int
in_policy(struct mbuf *m, int af)
{
	const struct ipsec_policy *ipo;
	struct sockaddr_encap packet;

	if (READ_ONCE(ipsec_in_use) == 0)
		return (0);
	ipo = sel_policy(m, af, IPSP_DIRECTION_IN, &packet);
	if (ipo == NULL)
		return (0);
	switch (ipo->ipo_type) {
	case IPSP_DENY:
		return (EACCES);
	case IPSP_IPSEC_REQUIRE:
	case IPSP_IPSEC_DONTACQ:
		return (in_satisfied(m, ipo, &packet) ? 0 : EACCES);
	default:
		return (0);
	}
}

static int
in_level(struct mbuf *m, const struct inpcb *inp)
{
	int need = lvl_asked(inp, IPSEC_LEVEL_REQUIRE);
	struct m_tag *mtag = NULL;
	struct tdb *tdb;

	while (need != 0 && (mtag = m_tag_find(m, PACKET_TAG_IPSEC_IN_DONE,
	    mtag)) != NULL) {
		if ((tdb = in_history(mtag)) != NULL)
			need &= ~lvl_given(tdb);
		tdb_unref(tdb);
	}
	return (need == 0 ? 0 : EACCES);
}

int
ipsec_input_check(struct mbuf *m, int af, const struct inpcb *inp)
{
	if (lvl_bypass(inp))
		return (0);
	if (in_policy(m, af) == 0 && in_level(m, inp) == 0)
		return (0);
	ipsecstat_inc(ipsec_idrops_c);
	return (EACCES);
}

static u_int64_t
in_mix(u_int64_t h, u_int64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ULL;
	return (h ^ h >> 29);
}

static u_int64_t
in_mixaddr(u_int64_t h, const union sockaddr_union *su)
{
	const struct in6_addr *in6 = &su->sin6.sin6_addr;
	u_int i;

	if (su->sa.sa_family == AF_INET)
		return (in_mix(h, su->sin.sin_addr.s_addr));
	for (i = 0; i < sizeof(*in6); i++)
		h = in_mix(h, in6->s6_addr[i]);
	return (h);
}

/* Not which SA it was: the next fragment may come by its successor. */
u_int64_t
ipsec_input_origin(struct mbuf *m)
{
	struct m_tag *mtag = NULL;
	u_int64_t h = 0;
	struct tdb *tdb;

	while ((mtag = m_tag_find(m, PACKET_TAG_IPSEC_IN_DONE, mtag)) !=
	    NULL) {
		h = in_mix(h, 1);
		if ((tdb = in_history(mtag)) == NULL)
			continue;
		h = in_mix(h, (u_int64_t)tdb->tdb_rdomain << 16 |
		    tdb->tdb_sproto << 8 | lvl_given(tdb));
		h = in_mixaddr(h, &tdb->tdb_src);
		h = in_mixaddr(h, &tdb->tdb_dst);
		h = in_mix(h, (unsigned long)tdb->tdb_ids);
		tdb_unref(tdb);
	}
	return (h);
}
