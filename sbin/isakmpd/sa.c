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
 * ISAKMP SAs: found, established, renewed, closed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define DOUBLE_WAIT	5000	/* ms before one of two equal ones goes */
#define RENEW_RETRY	10000	/* ms */
#define HARD_MIN	1000	/* ms */

static void	sa_soft(void *);
static void	sa_hard(void *);

static unsigned int
hash_of(const uint8_t cookie[8])
{
	return (cookie[0] % SA_HASHSIZE);
}

const uint8_t *
sa_ourcookie(const struct sa *sa)
{
	return (sa->sa_cookies + (sa->sa_flags & SAF_INITIATOR ? 0 : 8));
}

/* Many begin and never come back: the oldest of them goes. */
static void
halfopen_limit(struct engine *en)
{
	const unsigned int want = en->en_halfopen < SA_MAXHALFOPEN ? 0 :
	    SAF_HALFOPEN;
	struct sa *sa, *oldest = NULL;
	unsigned int n = 0;

	TAILQ_FOREACH(sa, &en->en_sas, sa_entry) {
		if (sa->sa_flags & (SAF_INITIATOR | SAF_ESTABLISHED))
			continue;
		n++;
		if (oldest == NULL && (sa->sa_flags & want) == want)
			oldest = sa;
	}
	if (oldest != NULL && (want != 0 || n >= SA_MAXLARVAL))
		sa_free(oldest);
}

struct sa *
sa_new(struct engine *en, struct peer *pe, int initiator,
    const struct ike_addr *local, const struct ike_addr *peer)
{
	static const uint8_t zero[8];
	struct sa *sa;

	if (!initiator)
		halfopen_limit(en);
	if ((sa = calloc(1, sizeof(*sa))) == NULL) {
		log_warnx("ISAKMP SA with %s: out of memory",
		    addr_print(peer));
		return (NULL);
	}
	sa->sa_engine = en;
	sa->sa_conf = pe;
	sa->sa_flags = initiator ? SAF_INITIATOR : SAF_HALFOPEN;
	en->en_halfopen += !initiator;
	sa->sa_local = *local;
	sa->sa_peer = *peer;
	sa->sa_created = sa->sa_heard = en_now(en);
	sa->sa_soft = (struct timer){ .t_fn = sa_soft, .t_arg = sa };
	sa->sa_hard = (struct timer){ .t_fn = sa_hard, .t_arg = sa };
	sa->sa_alive.t_arg = sa->sa_dpd.t_arg = sa;
	TAILQ_INIT(&sa->sa_exchs);
	do
		en_random(en, sa->sa_cookies + (initiator ? 0 : 8), 8);
	while (memcmp(sa_ourcookie(sa), zero, 8) == 0);
	LIST_INSERT_HEAD(&en->en_hash[hash_of(sa_ourcookie(sa))], sa,
	    sa_hash);
	TAILQ_INSERT_TAIL(&en->en_sas, sa, sa_entry);
	return (sa);
}

void
sa_proven(struct sa *sa)
{
	if (sa->sa_flags & SAF_HALFOPEN)
		sa->sa_engine->en_halfopen--;
	sa->sa_flags &= ~SAF_HALFOPEN;
}

void
sa_free(struct sa *sa)
{
	struct engine *en = sa->sa_engine;
	struct exch *x;

	sa->sa_flags |= SAF_CLOSING;
	sa_proven(sa);
	if (sa->sa_p1 != NULL)
		exch_free(sa->sa_p1);
	while ((x = TAILQ_FIRST(&sa->sa_exchs)) != NULL)
		exch_free(x);
	en_untimer(en, &sa->sa_soft);
	en_untimer(en, &sa->sa_hard);
	en_untimer(en, &sa->sa_alive);
	en_untimer(en, &sa->sa_dpd);
	LIST_REMOVE(sa, sa_hash);
	TAILQ_REMOVE(&en->en_sas, sa, sa_entry);
	keys_clear(&sa->sa_keys);
	id_clear(&sa->sa_remote);
	free(sa->sa_msgids);
	freezero(sa, sizeof(*sa));
}

/*
 * Connections whose quick mode goes down with it begin again.  What is up
 * stays up, but needs another one to hear and to say that it ended; from a
 * peer that ends them as soon as they are there not at once.
 */
void
sa_orphans(const struct sa *sa)
{
	struct engine *en = sa->sa_engine;
	const uint64_t check = en->en_model->md_check * 1000ULL;
	struct conn *cn;

	TAILQ_FOREACH(cn, &en->en_conns, cn_entry) {
		if (cn->cn_quick != NULL && cn->cn_quick->x_sa == sa)
			exch_free(cn->cn_quick);
		else if (cn->cn_conf->pc_peer != sa->sa_conf ||
		    conn_current(cn) == NULL)
			continue;
		else if (en_now(en) - sa->sa_established < check) {
			conn_later(cn, check);
			continue;
		}
		conn_later(cn, en_jitter(en, 100, 1000));
	}
}

void
sa_close(struct sa *sa, const char *why)
{
	if (sa->sa_flags & SAF_CLOSING)
		return;
	sa->sa_flags |= SAF_CLOSING;
	dbg(DBG_SA, 10, "ISAKMP SA %s closed: %s", sa_name(sa), why);
	if (sa->sa_flags & SAF_ESTABLISHED)
		info_delete_sa(sa);
	sa_orphans(sa);
	sa_free(sa);
}

struct sa *
sa_find(struct engine *en, const uint8_t cookies[16])
{
	struct sa *sa;
	int i;

	for (i = 0; i < 16; i += 8)
		LIST_FOREACH(sa, &en->en_hash[hash_of(cookies + i)], sa_hash)
			if (memcmp(sa->sa_cookies, cookies, 16) == 0)
				return (sa);
	return (NULL);
}

/*
 * We initiated and have no answer, or the peer says its first message again.
 */
struct sa *
sa_find_first(struct engine *en, const uint8_t icookie[8],
    const struct ike_addr *peer)
{
	static const uint8_t zero[8];
	struct sa *sa;

	LIST_FOREACH(sa, &en->en_hash[hash_of(icookie)], sa_hash)
		if ((sa->sa_flags & SAF_INITIATOR) &&
		    memcmp(sa->sa_cookies, icookie, 8) == 0)
			return (memcmp(sa->sa_cookies + 8, zero, 8) == 0 ?
			    sa : NULL);
	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		if ((sa->sa_flags & SAF_INITIATOR) == 0 &&
		    memcmp(sa->sa_cookies, icookie, 8) == 0 &&
		    addr_cmp(&sa->sa_peer, peer) == 0)
			return (sa);
	return (NULL);
}

void
sa_cookie_known(struct sa *sa, const uint8_t rcookie[8])
{
	memcpy(sa->sa_cookies + 8, rcookie, 8);
}

/* The longest to live is the youngest. */
struct sa *
sa_for(struct engine *en, const struct peer *pe)
{
	struct sa *sa, *best = NULL;

	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		if (sa->sa_conf == pe &&
		    (sa->sa_flags & SAF_ESTABLISHED) &&
		    (sa->sa_flags & (SAF_REPLACED | SAF_CLOSING)) == 0 &&
		    (best == NULL ||
		    sa->sa_established >= best->sa_established))
			best = sa;
	return (best);
}

struct sa *
sa_making(struct engine *en, const struct peer *pe)
{
	struct sa *sa;

	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		if (sa->sa_conf == pe &&
		    (sa->sa_flags & SAF_INITIATOR) &&
		    (sa->sa_flags & (SAF_ESTABLISHED | SAF_CLOSING)) == 0)
			return (sa);
	return (NULL);
}

int
sa_sameends(const struct sa *a, const struct sa *b)
{
	return (a->sa_conf == b->sa_conf &&
	    addr_same(&a->sa_peer, &b->sa_peer) &&
	    addr_same(&a->sa_local, &b->sa_local) &&
	    id_cmp(&a->sa_remote, &b->sa_remote) == 0);
}

/*
 * Both ends began at once: of two SAs that came within a moment both take
 * the one with the higher cookie, which both know.  Of others the younger
 * one replaces the older.
 */
static struct sa *
sa_lesser(struct sa *new, struct sa *old)
{
	if (new->sa_established - old->sa_established > DOUBLE_WAIT ||
	    ((new->sa_flags ^ old->sa_flags) & SAF_INITIATOR) == 0)
		return (old);
	return (memcmp(new->sa_cookies, old->sa_cookies, 8) > 0 ? old : new);
}

static void
sa_replace_others(struct sa *new)
{
	struct engine *en = new->sa_engine;
	struct sa *sa, *gone;

	TAILQ_FOREACH(sa, &en->en_sas, sa_entry) {
		if (sa == new || (sa->sa_flags & SAF_ESTABLISHED) == 0 ||
		    (sa->sa_flags & (SAF_CLOSING | SAF_REPLACED)) ||
		    !sa_sameends(sa, new))
			continue;
		gone = sa_lesser(new, sa);
		gone->sa_flags |= SAF_REPLACED;
		/* who made it sees to its end; the other waits longer */
		en_timer(en, &gone->sa_hard, gone->sa_flags & SAF_INITIATOR ?
		    DOUBLE_WAIT : 6 * DOUBLE_WAIT);
		en_untimer(en, &gone->sa_soft);
		if (gone == new)
			return;
	}
}

void
sa_settled(struct sa *sa)
{
	struct engine *en = sa->sa_engine;
	const uint64_t life = sa->sa_life_s * 1000ULL;
	struct ike_addr source;

	sa_proven(sa);
	/* the peer may have come to any address of ours */
	if (en->en_world.w_source(en->en_arg, &sa->sa_peer, &source) == 0 &&
	    !addr_same(&source, &sa->sa_local))
		sa->sa_flags |= SAF_ALIAS;
	sa->sa_flags |= SAF_ESTABLISHED;
	sa->sa_established = sa->sa_heard = en_now(en);
	en->en_stats.st_p1_ok++;
	log_info("ISAKMP SA %s established: peer %s, %s, %s%s%s",
	    sa_name(sa), id_print(&sa->sa_remote),
	    v1_auth_name(sa->sa_auth), v1_group_name(sa->sa_group),
	    sa->sa_flags & SAF_NAT_SELF ? ", we are behind a NAT" : "",
	    sa->sa_flags & SAF_NAT_PEER ? ", peer behind a NAT" : "");
	if (life != 0) {
		en_timer(en, &sa->sa_hard, life > HARD_MIN ? life : HARD_MIN);
		/* the initiator is first, the other helps if it has to */
		en_timer(en, &sa->sa_soft, sa->sa_flags & SAF_INITIATOR ?
		    en_jitter(en, life * 85 / 100, life * 90 / 100) :
		    en_jitter(en, life * 92 / 100, life * 95 / 100));
	}
	sa_replace_others(sa);
	info_buried(sa);
	dpd_start(sa);
	natt_keepalive(sa);
	natt_adopt(sa);
}

/* Both ways.  At 90 percent of its life it is renewed. */
void
sa_count(struct sa *sa, size_t len)
{
	const uint64_t life = sa->sa_life_kb * 1024ULL;
	const uint64_t before = sa->sa_octets;

	sa->sa_octets += len;
	if (life == 0 || (sa->sa_flags & (SAF_ESTABLISHED | SAF_CLOSING |
	    SAF_REPLACED)) != SAF_ESTABLISHED)
		return;
	if (before < life / 10 * 9 && sa->sa_octets >= life / 10 * 9)
		en_timer(sa->sa_engine, &sa->sa_soft, 0);
	if (before < life && sa->sa_octets >= life)
		en_timer(sa->sa_engine, &sa->sa_hard, 0);
}

/* Somebody wants it: a connection that we may initiate, or a pair. */
static int
sa_wanted(const struct sa *sa)
{
	struct engine *en = sa->sa_engine;
	struct conn *cn;

	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		if (cn->cn_conf->pc_peer == sa->sa_conf && conn_active(cn))
			return (1);
	return (0);
}

/*
 * A new main mode before this one ends.  Who was not the initiator may have
 * no way to the peer but by the mapping that it made.
 */
static void
sa_soft(void *arg)
{
	struct sa *sa = arg;
	struct engine *en = sa->sa_engine;

	if ((sa->sa_flags & (SAF_REPLACED | SAF_CLOSING)) ||
	    (en->en_flags & (ENF_PASSIVE | ENF_STOPPING)) || !sa_wanted(sa) ||
	    sa->sa_conf->pe_addr.ia_family == 0 ||
	    sa_for(en, sa->sa_conf) != sa)	/* a younger one is there */
		return;
	if (sa_making(en, sa->sa_conf) == NULL) {
		dbg(DBG_SA, 10, "ISAKMP SA %s: renewing", sa_name(sa));
		p1_start(en, sa->sa_conf, sa->sa_flags & SAF_ALIAS ?
		    &sa->sa_local : NULL);
	}
	en_timer(en, &sa->sa_soft, RENEW_RETRY);
}

static int
sa_busy(const struct sa *sa)
{
	const struct exch *x;

	TAILQ_FOREACH(x, &sa->sa_exchs, x_entry)
		if (x->x_state != XS_DONE)
			return (1);
	return (0);
}

/* A pair that is or may be sent by was made under it. */
static int
sa_carries(const struct sa *sa)
{
	const struct pair *pr;
	const struct conn *cn;

	TAILQ_FOREACH(cn, &sa->sa_engine->en_conns, cn_entry)
		TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry)
			if ((pr->pr_flags & (PRF_IN | PRF_OUT)) ==
			    (PRF_IN | PRF_OUT) &&
			    memcmp(pr->pr_cookies, sa->sa_cookies,
			    sizeof(pr->pr_cookies)) == 0)
				return (1);
	return (0);
}

/*
 * Who said the last word of phase 1 cannot know that it was heard: until the
 * peer says something over what is to replace this SA, this one stays; it is
 * asked to.  What is under way comes to its end; and there are peers that end
 * the pairs that were made under an SA along with it.
 */
static int
sa_needed(const struct sa *sa)
{
	struct sa *other;
	int heirs = 0;

	if ((sa->sa_flags & SAF_REPLACED) == 0 || (sa->sa_life_s != 0 &&
	    en_now(sa->sa_engine) - sa->sa_established >=
	    sa->sa_life_s * 1000ULL))
		return (0);
	if (sa_busy(sa) || sa_carries(sa))
		return (1);
	TAILQ_FOREACH(other, &sa->sa_engine->en_sas, sa_entry) {
		if (other == sa || !sa_sameends(other, sa) ||
		    (other->sa_flags & (SAF_ESTABLISHED | SAF_REPLACED)) !=
		    SAF_ESTABLISHED)
			continue;
		if (((other->sa_flags & SAF_INITIATOR) != 0) !=
		    (other->sa_conf->pe_exch == V1_X_AGGRESSIVE) ||
		    other->sa_heard > other->sa_established)
			return (0);
		dpd_ask(other);
		heirs++;
	}
	return (heirs > 0);
}

static void
sa_hard(void *arg)
{
	struct sa *sa = arg;

	if (sa_needed(sa)) {
		en_timer(sa->sa_engine, &sa->sa_hard, DOUBLE_WAIT);
		return;
	}
	sa_close(sa, sa->sa_flags & SAF_REPLACED ? "replaced" : "expired");
}

/* The peer said something over another SA after what it said over this. */
static int
sa_outlived(const struct sa *sa)
{
	const struct sa *other;

	TAILQ_FOREACH(other, &sa->sa_engine->en_sas, sa_entry)
		if (other != sa && (other->sa_flags & SAF_ESTABLISHED) &&
		    sa_sameends(other, sa) && other->sa_heard > sa->sa_heard)
			return (1);
	return (0);
}

/* The peer does not answer any more: all that was with it goes. */
void
sa_dead(struct sa *sa, const char *why)
{
	struct engine *en = sa->sa_engine;
	struct pair *pr, *prnext;
	struct sa *other, *next;
	struct conn *cn;

	if (sa_outlived(sa)) {
		dbg(DBG_SA, 10, "ISAKMP SA %s: %s", sa_name(sa), why);
		sa_orphans(sa);
		sa_free(sa);
		return;
	}
	log_warnx("peer %s (%s): %s", addr_print(&sa->sa_peer),
	    sa->sa_conf->pe_name, why);
	TAILQ_FOREACH(cn, &en->en_conns, cn_entry) {
		if (cn->cn_conf->pc_peer != sa->sa_conf)
			continue;
		for (pr = TAILQ_FIRST(&cn->cn_pairs); pr != NULL;
		    pr = prnext) {
			prnext = TAILQ_NEXT(pr, pr_entry);
			if (addr_same(&pr->pr_peer, &sa->sa_peer) &&
			    addr_same(&pr->pr_local, &sa->sa_local))
				pair_close(pr, 0, why);
		}
	}
	for (other = TAILQ_FIRST(&en->en_sas); other != NULL; other = next) {
		next = TAILQ_NEXT(other, sa_entry);
		if (other != sa && (other->sa_flags & SAF_ESTABLISHED) &&
		    sa_sameends(other, sa) &&
		    other->sa_heard <= sa->sa_heard) {
			sa_orphans(other);
			sa_free(other);
		}
	}
	sa_orphans(sa);
	sa_free(sa);
}

/* Where it is or would be, in a sorted list. */
static unsigned int
msgid_place(const struct sa *sa, uint32_t msgid)
{
	unsigned int lo = 0, hi = sa->sa_nmsgids, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (sa->sa_msgids[mid] < msgid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (lo);
}

int
sa_msgid_used(const struct sa *sa, uint32_t msgid)
{
	const unsigned int at = msgid_place(sa, msgid);

	return (at < sa->sa_nmsgids && sa->sa_msgids[at] == msgid);
}

/* An SA that has had very many exchanges is replaced, and takes no more. */
int
sa_msgid(struct sa *sa, uint32_t msgid)
{
	const unsigned int at = msgid_place(sa, msgid);
	unsigned int size = sa->sa_sizemsgids;
	uint32_t *p;

	if (msgid == 0 ||
	    (at < sa->sa_nmsgids && sa->sa_msgids[at] == msgid))
		return (-1);
	if (sa->sa_nmsgids == SA_MAXMSGIDS) {
		/* deaf from now on: the peer is told, and makes another */
		en_timer(sa->sa_engine, &sa->sa_hard, 0);
		return (-1);
	}
	if (sa->sa_nmsgids == size) {
		size = size == 0 ? 16 : size * 2;
		p = reallocarray(sa->sa_msgids, size, sizeof(*p));
		if (p == NULL)
			return (-1);
		sa->sa_msgids = p;
		sa->sa_sizemsgids = size;
	}
	memmove(sa->sa_msgids + at + 1, sa->sa_msgids + at,
	    (sa->sa_nmsgids - at) * sizeof(*sa->sa_msgids));
	sa->sa_msgids[at] = msgid;
	if (++sa->sa_nmsgids == SA_MAXMSGIDS * 3 / 4)
		en_timer(sa->sa_engine, &sa->sa_soft, 0);
	return (0);
}

uint32_t
sa_newmsgid(struct sa *sa)
{
	uint32_t id;

	do
		en_random(sa->sa_engine, &id, sizeof(id));
	while (id == 0 || sa_msgid_used(sa, id));
	(void)sa_msgid(sa, id);
	return (id);
}

const char *
sa_name(const struct sa *sa)
{
	static char names[4][128];
	static unsigned int turn;
	char *s = names[turn++ % 4];
	const uint8_t *c = sa->sa_cookies;

	snprintf(s, sizeof(names[0]), "%02x%02x%02x%02x%02x%02x%02x%02x:"
	    "%02x%02x%02x%02x%02x%02x%02x%02x %s", c[0], c[1], c[2], c[3],
	    c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13],
	    c[14], c[15], addr_print(&sa->sa_peer));
	return (s);
}

int
sa_natt(const struct sa *sa)
{
	return (sa->sa_engine->en_nattport != 0 &&
	    sa->sa_local.ia_port == sa->sa_engine->en_nattport);
}

/* Without an identity of the configuration: our address. */
int
sa_self(const struct sa *sa, struct ike_id *id)
{
	const struct ike_addr *a = &sa->sa_local;
	struct ike_id addr = {
	    .id_type = a->ia_family == 4 ? IKE_ID_IPV4 : IKE_ID_IPV6,
	    .id_len = addr_len(a), .id_data = (uint8_t *)a->ia_addr };

	return (id_copy(id, sa->sa_conf->pe_self.id_type != 0 ?
	    &sa->sa_conf->pe_self : &addr));
}
