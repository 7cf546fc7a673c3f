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
 * A kernel's SAs, stricter than any kernel, and the packets they carry.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sim.h"

struct packet {
	struct sim	*p_sim;
	struct flow	*p_flow;
	uint32_t	 p_spi;
	struct ike_addr	 p_src;
	struct ike_addr	 p_dst;
	int		 p_udp;
	uint64_t	 p_print;
	unsigned int	 p_size;
};

static void
hash(uint64_t *h, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len-- > 0)
		*h = (*h ^ *p++) * 0x100000001b3;
}

/* Two ends with the same one understand each other. */
uint64_t
sadb_print(const struct ksa *k)
{
	uint64_t h = 0xcbf29ce484222325;

	hash(&h, &k->ks_spi, sizeof(k->ks_spi));
	hash(&h, &k->ks_encr.xf_id, sizeof(k->ks_encr.xf_id));
	hash(&h, &k->ks_encr.xf_keybits, sizeof(k->ks_encr.xf_keybits));
	hash(&h, &k->ks_integ.xf_id, sizeof(k->ks_integ.xf_id));
	hash(&h, &k->ks_esn, sizeof(k->ks_esn));
	hash(&h, k->ks_ekey, k->ks_ekeylen);
	hash(&h, k->ks_akey, k->ks_akeylen);
	return (h);
}

struct sa *
sadb_find(struct node *n, uint32_t spi, const struct ike_addr *dst)
{
	struct sa *sa;

	TAILQ_FOREACH(sa, &n->n_sas, sa_entry)
		if (sa->sa_k.ks_spi == spi &&
		    addr_same(&sa->sa_k.ks_dst, dst))
			return (sa);
	return (NULL);
}

static void
sa_free(struct sa *sa)
{
	struct node *n = sa->sa_node;

	if (sa->sa_evsoft != NULL)
		sim_cancel(n->n_sim, sa->sa_evsoft);
	if (sa->sa_evhard != NULL)
		sim_cancel(n->n_sim, sa->sa_evhard);
	TAILQ_REMOVE(&n->n_sas, sa, sa_entry);
	free(sa);
}

void
sadb_flush(struct node *n)
{
	while (!TAILQ_EMPTY(&n->n_sas))
		sa_free(TAILQ_FIRST(&n->n_sas));
}

static struct sa *
sa_new(struct node *n, const struct ksa *k)
{
	struct sa *sa;

	if ((sa = calloc(1, sizeof(*sa))) == NULL)
		err(2, NULL);
	sa->sa_node = n;
	sa->sa_born = n->n_sim->s_now;
	sa->sa_k = *k;
	sa->sa_k.ks_ekey = sa->sa_k.ks_akey = NULL;
	sa->sa_k.ks_srcid = sa->sa_k.ks_dstid = NULL;
	TAILQ_INSERT_TAIL(&n->n_sas, sa, sa_entry);
	return (sa);
}

static void
expire_larval(void *arg)
{
	struct sa *sa = arg;

	sa->sa_evhard = NULL;
	sa_free(sa);
}

static void
tell(struct node *n, uint32_t spi, const struct ike_addr *dst, int hard)
{
	if (n->n_engine == NULL)
		return;
	history_who(n->n_sim, n->n_name);
	node_expire(n, spi, dst, hard);
	history_who(n->n_sim, NULL);
}

static void
expire_soft(void *arg)
{
	struct sa *sa = arg;

	sa->sa_evsoft = NULL;
	if (sa->sa_soft)
		return;
	sa->sa_soft = 1;
	tell(sa->sa_node, sa->sa_k.ks_spi, &sa->sa_k.ks_dst, 0);
}

static void
expire_hard(void *arg)
{
	struct sa *sa = arg;
	struct node *n = sa->sa_node;
	uint32_t spi = sa->sa_k.ks_spi;
	struct ike_addr dst = sa->sa_k.ks_dst;

	sa->sa_evhard = NULL;
	sa_free(sa);
	tell(n, spi, &dst, 1);
}

void
sadb_expire(struct sa *sa)
{
	if (sa->sa_evhard != NULL)
		sim_cancel(sa->sa_node->n_sim, sa->sa_evhard);
	expire_hard(sa);
}

int
sadb_getspi(struct node *n, const struct ksa *k, uint32_t *spi)
{
	struct ksa larval = *k;
	struct sa *sa;

	do {
		larval.ks_spi = sim_random(n->n_sim);
	} while (larval.ks_spi < 0x100 ||
	    sadb_find(n, larval.ks_spi, &k->ks_dst) != NULL);
	sa = sa_new(n, &larval);
	sa->sa_larval = 1;
	sa->sa_evhard = sim_at(n->n_sim, SIM_LARVAL, expire_larval, sa);
	*spi = larval.ks_spi;
	return (0);
}

/* What no kernel would take, and no engine should ask for. */
static void
ksa_check(struct node *n, const struct ksa *k)
{
	struct sim *s = n->n_sim;
	const struct ike_addr *ours = k->ks_out ? &k->ks_src : &k->ks_dst;

	if (k->ks_spi < 0x100)
		sim_fail(s, "%s: SA with SPI %u", n->n_name, k->ks_spi);
	if (addr_len(&k->ks_src) == 0 ||
	    k->ks_src.ia_family != k->ks_dst.ia_family)
		sim_fail(s, "%s: SA between families", n->n_name);
	if (k->ks_src.ia_port != 0 || k->ks_dst.ia_port != 0)
		sim_fail(s, "%s: SA with a port", n->n_name);
	if (!addr_same(ours, &n->n_addr))
		sim_fail(s, "%s: SA at %s, which is not ours", n->n_name,
		    addr_ntop(ours));
	if (k->ks_udpencap != (k->ks_udpport != 0))
		sim_fail(s, "%s: UDP %d but port %u", n->n_name,
		    k->ks_udpencap, k->ks_udpport);
	if (k->ks_proto != IKE_PROTO_AH &&
	    k->ks_encr.xf_id != IKE_ENCR_NULL &&
	    (k->ks_ekey == NULL || k->ks_ekeylen < 16))
		sim_fail(s, "%s: SA without a key", n->n_name);
	if ((k->ks_integ.xf_id != 0) != (k->ks_akeylen != 0))
		sim_fail(s, "%s: SA with half an authenticator", n->n_name);
	if (k->ks_soft_s > k->ks_hard_s ||
	    k->ks_soft_bytes > k->ks_hard_bytes ||
	    k->ks_soft_packets > k->ks_hard_packets)
		sim_fail(s, "%s: SA soft after hard", n->n_name);
}

int
sadb_add(struct node *n, const struct ksa *k)
{
	struct sim *s = n->n_sim;
	struct sa *sa;

	ksa_check(n, k);
	sa = sadb_find(n, k->ks_spi, &k->ks_dst);
	if (k->ks_larval) {
		if (k->ks_out)
			sim_fail(s, "%s: update of an outbound SA",
			    n->n_name);
		if (sa == NULL)
			return (ESRCH);
		if (!sa->sa_larval)
			sim_fail(s, "%s: update of 0x%08x, which is live",
			    n->n_name, k->ks_spi);
		sa_free(sa);
	} else if (sa != NULL) {
		if (k->ks_out && sa->sa_k.ks_out)
			sim_fail(s, "%s: 0x%08x added twice", n->n_name,
			    k->ks_spi);
		return (EEXIST);
	}
	sa = sa_new(n, k);
	sa->sa_print = sadb_print(k);
	history_secret(k->ks_ekey, k->ks_ekeylen);
	if (k->ks_soft_s != 0)
		sa->sa_evsoft = sim_at(s, (uint64_t)k->ks_soft_s * SIM_SEC,
		    expire_soft, sa);
	if (k->ks_hard_s != 0)
		sa->sa_evhard = sim_at(s, (uint64_t)k->ks_hard_s * SIM_SEC,
		    expire_hard, sa);
	return (0);
}

/* As the kernel does it: the SA stays what and where it is in the order. */
int
sadb_move(struct node *n, const struct ksa *old, const struct ksa *new)
{
	struct sa *sa, *other;

	sa = sadb_find(n, old->ks_spi, &old->ks_dst);
	if (sa == NULL)
		return (ESRCH);
	if (sa->sa_larval || new->ks_spi != old->ks_spi)
		sim_fail(n->n_sim, "%s: move of 0x%08x to 0x%08x%s",
		    n->n_name, old->ks_spi, new->ks_spi,
		    sa->sa_larval ? ", larval" : "");
	ksa_check(n, new);
	other = sadb_find(n, new->ks_spi, &new->ks_dst);
	if (other != NULL && other != sa)
		return (EEXIST);
	sa->sa_k.ks_src = new->ks_src;
	sa->sa_k.ks_dst = new->ks_dst;
	sa->sa_k.ks_udpencap = new->ks_udpencap;
	sa->sa_k.ks_udpport = new->ks_udpport;
	return (0);
}

int
sadb_del(struct node *n, const struct ksa *k)
{
	struct sa *sa;

	if ((sa = sadb_find(n, k->ks_spi, &k->ks_dst)) == NULL)
		return (ESRCH);
	sa_free(sa);
	return (0);
}

int
sadb_stat(struct node *n, const struct ksa *k, struct ksa_stat *kt)
{
	struct sa *sa;

	memset(kt, 0, sizeof(*kt));
	if ((sa = sadb_find(n, k->ks_spi, &k->ks_dst)) == NULL)
		return (ESRCH);
	kt->kt_bytes = sa->sa_bytes;
	kt->kt_packets = sa->sa_packets;
	kt->kt_lastuse = sa->sa_lastuse;
	return (0);
}

unsigned int
sadb_count(struct node *n, unsigned int unit, int out, int larval)
{
	struct sa *sa;
	unsigned int count = 0;

	TAILQ_FOREACH(sa, &n->n_sas, sa_entry)
		if (sa->sa_k.ks_unit == unit && !sa->sa_k.ks_out == !out &&
		    !sa->sa_larval == !larval)
			count++;
	return (count);
}

struct sa *
sadb_newest(struct node *n, unsigned int unit, int out)
{
	struct sa *sa;

	TAILQ_FOREACH_REVERSE(sa, &n->n_sas, sas, sa_entry)
		if (sa->sa_k.ks_unit == unit && !sa->sa_k.ks_out == !out &&
		    !sa->sa_larval)
			return (sa);
	return (NULL);
}

/* Count a packet; 0, or -1 if the SA is used up. */
static int
sa_use(struct sa *sa, unsigned int size)
{
	struct sim *s = sa->sa_node->n_sim;
	struct ksa *k = &sa->sa_k;

	sa->sa_bytes += size;
	sa->sa_packets++;
	sa->sa_lastuse = sim_time(s);
	if ((k->ks_hard_bytes != 0 && sa->sa_bytes >= k->ks_hard_bytes) ||
	    (k->ks_hard_packets != 0 &&
	    sa->sa_packets >= k->ks_hard_packets)) {
		sadb_expire(sa);
		return (-1);
	}
	if (!sa->sa_soft &&
	    ((k->ks_soft_bytes != 0 && sa->sa_bytes >= k->ks_soft_bytes) ||
	    (k->ks_soft_packets != 0 &&
	    sa->sa_packets >= k->ks_soft_packets))) {
		if (sa->sa_evsoft != NULL)
			sim_cancel(s, sa->sa_evsoft);
		sa->sa_evsoft = sim_at(s, 0, expire_soft, sa);
	}
	return (0);
}

/* By the ends' doing.  The first of a row is logged. */
static void
packet_lost(struct flow *f, const char *why, uint32_t spi)
{
	struct sim *s = f->f_from->n_sim;

	if (f->f_gap++ != 0)
		return;
	history_who(s, f->f_from->n_name);
	log_debug("packet %u of sec%u lost: %s 0x%08x", f->f_sent,
	    f->f_unit, why, spi);
	history_who(s, NULL);
}

static void
packet_input(struct packet *p)
{
	struct flow *f = p->p_flow;
	struct sim *s = p->p_sim;
	struct node *n;
	struct sa *sa;

	if ((n = nat_in(s, &p->p_dst)) == NULL || n->n_cut) {
		f->f_wire++;
		return;
	}
	p->p_dst.ia_port = 0;
	sa = sadb_find(n, p->p_spi, &p->p_dst);
	if (sa == NULL || sa->sa_larval || sa->sa_k.ks_out) {
		f->f_noin++;
		packet_lost(f, "no SA in", p->p_spi);
		return;
	}
	if (sa->sa_k.ks_udpencap != p->p_udp) {
		f->f_encap++;
		packet_lost(f, "UDP or not", p->p_spi);
		return;
	}
	if (sa->sa_print != p->p_print)
		sim_fail(s, "%s: 0x%08x: keys are not the sender's",
		    n->n_name, p->p_spi);
	if (n != f->f_to || sa->sa_k.ks_unit != f->f_unit)
		sim_fail(s, "a packet of sec%u comes out of %s's sec%u",
		    f->f_unit, n->n_name, sa->sa_k.ks_unit);
	f->f_got++;
	f->f_gap = 0;
	sa_use(sa, p->p_size);
}

static void
packet_arrive(void *arg)
{
	packet_input(arg);
	free(arg);
}

static void
packet_output(struct flow *f, struct sa *sa)
{
	struct node *n = f->f_from;
	struct sim *s = n->n_sim;
	struct packet *p;
	int delay;

	if ((p = calloc(1, sizeof(*p))) == NULL)
		err(2, NULL);
	p->p_sim = s;
	p->p_flow = f;
	p->p_spi = sa->sa_k.ks_spi;
	p->p_src = sa->sa_k.ks_src;
	p->p_dst = sa->sa_k.ks_dst;
	p->p_udp = sa->sa_k.ks_udpencap;
	p->p_print = sa->sa_print;
	p->p_size = f->f_size;
	if (p->p_udp) {
		p->p_src.ia_port = n->n_natt;
		p->p_dst.ia_port = sa->sa_k.ks_udpport;
	}
	delay = wire_delay(s, &s->s_esp);
	if (n->n_cut || delay < 0 || (n->n_nat != NULL &&
	    (!p->p_udp || nat_out(s, n->n_nat, &p->p_src) == -1))) {
		f->f_wire++;
		free(p);
	} else
		sim_at(s, delay, packet_arrive, p);
	sa_use(sa, f->f_size);
}

static void
flow_tick(void *arg)
{
	struct flow *f = arg;
	struct sim *s = f->f_from->n_sim;
	struct sa *sa;

	f->f_ev = sim_at(s, f->f_every, flow_tick, f);
	f->f_sent++;
	if ((sa = sadb_newest(f->f_from, f->f_unit, 1)) == NULL) {
		f->f_noout++;
		packet_lost(f, "no SA out", 0);
	} else
		packet_output(f, sa);
}

struct flow *
flow_new(struct node *from, struct node *to, unsigned int unit,
    unsigned int every)
{
	struct sim *s = from->n_sim;
	struct flow *f;

	if (s->s_nflows == SIM_FLOWS)
		errx(2, "more than %d flows", SIM_FLOWS);
	f = &s->s_flow[s->s_nflows++];
	f->f_from = from;
	f->f_to = to;
	f->f_unit = unit;
	f->f_every = every;
	f->f_size = 1000;
	f->f_on = 1;
	f->f_ev = sim_at(s, sim_below(s, every), flow_tick, f);
	return (f);
}

void
flow_stop(struct flow *f)
{
	if (f->f_ev != NULL)
		sim_cancel(f->f_from->n_sim, f->f_ev);
	f->f_ev = NULL;
	f->f_on = 0;
}

unsigned int
flow_lost(const struct flow *f)
{
	return (f->f_noout + f->f_noin + f->f_encap);
}
