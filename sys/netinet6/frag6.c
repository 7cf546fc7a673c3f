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

/*
 * Reassembly of IPv6, RFC 8200 4.5, by the queues that both versions use.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>

#include <net/if_var.h>

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_fragq.h>
#include <netinet/ip_spd.h>
#include <netinet6/ip6_var.h>

/*
 * A link cuts no smaller than 1280 bytes unless it is the last piece; but
 * tunnels leave less than that, so only what nobody needs is refused.
 */
#define FRAG6_MINLEN	8

static void	frag6_count(enum fragq_cause, u_int);
static void	frag6_complain(struct mbuf *);

int ip6_maxfragpackets = 200;
int ip6_maxfrags = 200;

static struct fragq_table frag6_table = {
	.ft_maxqueues	= &ip6_maxfragpackets,
	.ft_maxfrags	= &ip6_maxfrags,
	.ft_life	= SEC_TO_NSEC(60),
	.ft_count	= frag6_count,
	.ft_complain	= frag6_complain,
};

void
frag6_init(void)
{
	fragq_init(&frag6_table);
}

void
frag6_drain(void)
{
	fragq_drain(&frag6_table);
}

u_int
frag6_queues(void)
{
	return (READ_ONCE(frag6_table.ft_nqueues));
}

u_int
frag6_frags(void)
{
	return (READ_ONCE(frag6_table.ft_nfrags));
}

static void
frag6_count(enum fragq_cause why, u_int n)
{
	static const enum ip6stat_counters counter[] = {
		[FRAGQ_DROPPED] = ip6s_fragdropped,
		[FRAGQ_BAD] = ip6s_badfrags,
		[FRAGQ_TIMEOUT] = ip6s_fragtimeout,
		[FRAGQ_NOMEM] = ip6s_rcvmemdrop,
	};

	ip6stat_add(counter[why], n);
}

static void
frag6_complain(struct mbuf *m)
{
	icmp6_error(m, ICMP6_TIME_EXCEEDED, ICMP6_TIME_EXCEED_REASSEMBLY, 0);
}

static void
frag6_parse(struct mbuf *m, int off, const struct ip6_frag *fh,
    struct frag *f)
{
	u_int32_t flow = ntohl(mtod(m, struct ip6_hdr *)->ip6_flow);

	f->fr_m = m;
	f->fr_hlen = off + sizeof(*fh);
	f->fr_off = ntohs(fh->ip6f_offlg & IP6F_OFF_MASK);
	f->fr_len = m->m_pkthdr.len - f->fr_hlen;
	f->fr_more = (fh->ip6f_offlg & IP6F_MORE_FRAG) != 0;
	f->fr_ecn = (flow >> 20) & IPTOS_ECN_MASK;
}

/*
 * RFC 8200 keys by addresses and identification alone, but the header
 * behind must be that of the first fragment for the whole to make sense.
 */
static void
frag6_key(struct mbuf *m, const struct ip6_frag *fh, struct fragq_key *fk)
{
	struct ip6_hdr *ip6 = mtod(m, struct ip6_hdr *);

	memset(fk, 0, sizeof(*fk));
	fk->fk_src = ip6->ip6_src;
	fk->fk_dst = ip6->ip6_dst;
	fk->fk_rtableid = m->m_pkthdr.ph_rtableid;
	fk->fk_id = fh->ip6f_ident;
#ifdef IPSEC
	fk->fk_origin = ipsec_input_origin(m);
#endif
}

/*
 * Does the first fragment hold all headers up to that of the upper layer,
 * RFC 7112?  Of that one a few bytes will do.
 */
static int
frag6_headerless(struct mbuf *m)
{
	int nxt, off;

	off = ip6_lasthdr(m, -1, &nxt, NULL);
	return (off == -1 || off >= m->m_pkthdr.len);
}

/* 0, or the fragment was bad by itself and is gone. */
static int
frag6_check(const struct frag *f, int off)
{
	struct mbuf *m = f->fr_m;

	if (f->fr_more && (f->fr_len & 7) != 0) {
		ip6stat_inc(ip6s_badfrags);
		icmp6_error(m, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_HEADER,
		    offsetof(struct ip6_hdr, ip6_plen));
		return (EINVAL);
	}
	/* the part that stays counts, without the fragment header */
	if (off - sizeof(struct ip6_hdr) + f->fr_off + f->fr_len >
	    IPV6_MAXPACKET) {
		ip6stat_inc(ip6s_toolong);
		icmp6_error(m, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_HEADER,
		    off + offsetof(struct ip6_frag, ip6f_offlg));
		return (EINVAL);
	}
	if (f->fr_len == 0 || (f->fr_more && f->fr_len < FRAG6_MINLEN) ||
	    (f->fr_off == 0 && frag6_headerless(m))) {
		ip6stat_inc(ip6s_badfrags);
		m_freem(m);
		return (EINVAL);
	}
	return (0);
}

/*
 * Take the fragment header at off out of a packet that is writable and
 * whose headers are contiguous; at is the byte that named it.
 */
static void
frag6_strip(struct mbuf *m, int off, int at, u_int8_t nxt)
{
	struct ip6_hdr *ip6;

	mtod(m, u_int8_t *)[at] = nxt;
	memmove(mtod(m, caddr_t) + sizeof(struct ip6_frag), mtod(m, caddr_t),
	    off);
	m_adj(m, sizeof(struct ip6_frag));
	ip6 = mtod(m, struct ip6_hdr *);
	ip6->ip6_plen = htons(m->m_pkthdr.len - sizeof(*ip6));
}

/* *offp is where the header *nxtp of the whole begins. */
static struct mbuf *
frag6_join(struct fragq *fq, int *offp, int *nxtp)
{
	struct frag *first = fragq_first(fq);
	struct ip6_hdr *ip6;
	struct mbuf *m;
	u_int off = first->fr_hlen - sizeof(struct ip6_frag);
	int at, own, ecn = fragq_ecn(fq, first->fr_ecn);

	if (ecn == -1) {
		ip6stat_inc(ip6s_badfrags);
		return (NULL);
	}
	if (off - sizeof(*ip6) + fq->fq_total > IPV6_MAXPACKET) {
		ip6stat_inc(ip6s_toolong);
		return (NULL);
	}
	m = fragq_join(&frag6_table, fq, first->fr_hlen);
	if (m == NULL)
		return (NULL);
	if (ip6_lasthdr(m, off, &own, &at) == -1) {
		ip6stat_inc(ip6s_badfrags);
		return (m_freem(m));
	}
	*nxtp = mtod(m, u_int8_t *)[off];
	frag6_strip(m, off, at, *nxtp);
	ip6 = mtod(m, struct ip6_hdr *);
	ip6->ip6_flow = (ip6->ip6_flow & ~htonl(IPTOS_ECN_MASK << 20)) |
	    htonl(ecn << 20);
	*offp = off;
	ip6stat_inc(ip6s_reassembled);
	return (m);
}

/*
 * A fragment that is the whole packet has nothing to do with others, even
 * of the same identification, RFC 6946 and RFC 8021.
 */
static int
frag6_atomic(struct mbuf **mp, int *offp, u_int8_t nxt)
{
	struct mbuf *m = *mp;
	int at, own;

	if (m_readonly(m) && (m = *mp = m_contig(m, M_RXHEADROOM,
	    M_RXTAILROOM, M_DONTWAIT)) == NULL) {
		ip6stat_inc(ip6s_rcvmemdrop);
		return (IPPROTO_DONE);
	}
	if (ip6_lasthdr(m, *offp, &own, &at) == -1) {
		ip6stat_inc(ip6s_badfrags);
		m_freemp(mp);
		return (IPPROTO_DONE);
	}
	frag6_strip(m, *offp, at, nxt);
	return (nxt);
}

int
frag6_input(struct mbuf **mp, int *offp, int proto, int af,
    struct netstack *ns)
{
	struct ip6_frag fh;
	struct fragq_key fk;
	struct fragq *fq;
	struct frag f;
	struct mbuf *m = *mp;
	int nxt = IPPROTO_DONE;

	ip6stat_inc(ip6s_fragments);
	if (m->m_pkthdr.len - *offp < (int)sizeof(fh)) {
		ip6stat_inc(ip6s_badfrags);
		m_freemp(mp);
		return (IPPROTO_DONE);
	}
	if ((m = *mp = m_pullup(m, *offp + sizeof(fh))) == NULL) {
		ip6stat_inc(ip6s_rcvmemdrop);
		return (IPPROTO_DONE);
	}
	memcpy(&fh, mtod(m, caddr_t) + *offp, sizeof(fh));
	if ((fh.ip6f_offlg & ~IP6F_RESERVED_MASK) == 0)
		return (frag6_atomic(mp, offp, fh.ip6f_nxt));
	*mp = NULL;
	frag6_parse(m, *offp, &fh, &f);
	if (frag6_check(&f, *offp) != 0)
		return (IPPROTO_DONE);
	frag6_key(m, &fh, &fk);
	if ((fq = fragq_add(&frag6_table, &fk, &f)) == NULL)
		return (IPPROTO_DONE);
	*mp = frag6_join(fq, offp, &nxt);
	fragq_free(fq);
	return (nxt);
}
