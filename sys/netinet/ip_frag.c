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
 * Reassembly of IPv4, by the queues that both versions use.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mbuf.h>

#include <netinet/in.h>
#include <netinet/in_cksum.h>
#include <netinet/ip.h>
#include <netinet/ip_fragq.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_spd.h>
#include <netinet/ip_var.h>

/* no link may cut smaller than this, RFC 791 */
#define IPQ_MINMTU	68

static void	ipq_count(enum fragq_cause, u_int);
static void	ipq_complain(struct mbuf *);

int ip_maxqueue = 300;				/* [a] packets */
static int ip_maxfrags = 4096;			/* that wait, altogether */

static struct fragq_table ipq_table = {
	.ft_maxqueues	= &ip_maxqueue,
	.ft_maxfrags	= &ip_maxfrags,
	.ft_life	= SEC_TO_NSEC(30),
	.ft_count	= ipq_count,
	.ft_complain	= ipq_complain,
};

void
ip_frag_init(void)
{
	fragq_init(&ipq_table);
}

void
ip_frag_drain(void)
{
	fragq_drain(&ipq_table);
}

u_int
ip_frag_queues(void)
{
	return (READ_ONCE(ipq_table.ft_nqueues));
}

u_int
ip_frag_count(void)
{
	return (READ_ONCE(ipq_table.ft_nfrags));
}

static void
ipq_count(enum fragq_cause why, u_int n)
{
	static const enum ipstat_counters counter[] = {
		[FRAGQ_DROPPED] = ips_fragdropped,
		[FRAGQ_BAD] = ips_badfrags,
		[FRAGQ_TIMEOUT] = ips_fragtimeout,
		[FRAGQ_NOMEM] = ips_rcvmemdrop,
	};

	ipstat_add(counter[why], n);
}

static void
ipq_complain(struct mbuf *m)
{
	icmp_error(m, ICMP_TIMXCEED, ICMP_TIMXCEED_REASS, 0, 0);
}

static void
ipfrag_parse(struct mbuf *m, const struct ip *ip, struct frag *f)
{
	f->fr_m = m;
	f->fr_off = (ntohs(ip->ip_off) & IP_OFFMASK) << 3;
	f->fr_hlen = ip->ip_hl << 2;
	f->fr_len = ntohs(ip->ip_len) - f->fr_hlen;
	f->fr_more = (ip->ip_off & htons(IP_MF)) != 0;
	f->fr_ecn = ip->ip_tos & IPTOS_ECN_MASK;
}

static void
ipfrag_key(struct mbuf *m, const struct ip *ip, struct fragq_key *fk)
{
	memset(fk, 0, sizeof(*fk));
	fk->fk_src.s6_addr32[3] = ip->ip_src.s_addr;
	fk->fk_dst.s6_addr32[3] = ip->ip_dst.s_addr;
	fk->fk_rtableid = m->m_pkthdr.ph_rtableid;
	fk->fk_id = ip->ip_id;
	fk->fk_proto = ip->ip_p;
#ifdef IPSEC
	fk->fk_origin = ipsec_input_origin(m);
#endif
}

/* 0, or what the fragment is dropped for without a look at others. */
static int
ipfrag_check(const struct frag *f, enum ipstat_counters *why)
{
	*why = ips_toolong;
	if (f->fr_hlen + f->fr_off + f->fr_len > IP_MAXPACKET)
		return (EMSGSIZE);
	*why = ips_badfrags;
	if (f->fr_len == 0)
		return (EINVAL);
	if (f->fr_more && ((f->fr_len & 7) != 0 ||
	    f->fr_hlen + f->fr_len < IPQ_MINMTU))
		return (EINVAL);
	return (0);
}

static struct mbuf *
ipq_join(struct fragq *fq)
{
	struct frag *first = fragq_first(fq);
	struct ip *ip;
	struct mbuf *m;
	u_int hlen = first->fr_hlen;
	int ecn = fragq_ecn(fq, first->fr_ecn);

	if (ecn == -1) {
		ipstat_inc(ips_badfrags);
		return (NULL);
	}
	if (hlen + fq->fq_total > IP_MAXPACKET) {
		ipstat_inc(ips_toolong);
		return (NULL);
	}
	if ((m = fragq_join(&ipq_table, fq, hlen)) == NULL)
		return (NULL);
	ip = mtod(m, struct ip *);
	ip->ip_tos = (ip->ip_tos & ~IPTOS_ECN_MASK) | ecn;
	ip->ip_len = htons(m->m_pkthdr.len);
	ip->ip_off = 0;
	ip->ip_sum = 0;
	ip->ip_sum = in_cksum(m, hlen);
	ipstat_inc(ips_reassembled);
	return (m);
}

struct mbuf *
ip_reass(struct mbuf *m)
{
	struct ip *ip = mtod(m, struct ip *);
	struct fragq_key fk;
	struct frag f;
	struct fragq *fq;
	enum ipstat_counters why;

	ipstat_inc(ips_fragments);
	ipfrag_parse(m, ip, &f);
	if (ipfrag_check(&f, &why) != 0) {
		ipstat_inc(why);
		m_freem(m);
		return (NULL);
	}
	ipfrag_key(m, ip, &fk);
	if ((fq = fragq_add(&ipq_table, &fk, &f)) == NULL)
		return (NULL);
	m = ipq_join(fq);
	fragq_free(fq);
	return (m);
}
