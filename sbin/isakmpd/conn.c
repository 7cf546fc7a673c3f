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
 * Connections: which are up, and when to begin.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define WAIT_PHASE1	45000	/* ms for an ISAKMP SA that is being made */
#define WAIT_ANSWER	3000	/* ms for a pair that the peer makes */

static void	conn_timeout(void *);

struct conn *
conn_new(struct engine *en, struct p2conf *pc)
{
	struct conn *cn;

	if ((cn = calloc(1, sizeof(*cn))) == NULL)
		return (NULL);
	cn->cn_engine = en;
	cn->cn_conf = pc;
	cn->cn_timer = (struct timer){ .t_fn = conn_timeout, .t_arg = cn };
	TAILQ_INIT(&cn->cn_pairs);
	TAILQ_INSERT_TAIL(&en->en_conns, cn, cn_entry);
	return (cn);
}

/* No exchange may speak for it any more. */
static void
conn_forget(struct conn *cn)
{
	struct exch *x, *next;
	struct sa *sa;

	TAILQ_FOREACH(sa, &cn->cn_engine->en_sas, sa_entry)
		for (x = TAILQ_FIRST(&sa->sa_exchs); x != NULL; x = next) {
			next = TAILQ_NEXT(x, x_entry);
			if (x->x_conn == cn)
				exch_free(x);
		}
}

void
conn_free(struct conn *cn)
{
	struct engine *en = cn->cn_engine;
	const int quiet = en->en_flags & ENF_STOPPING;
	struct pair *pr;

	cn->cn_flags &= ~(CNF_WANTED | CNF_ONCE);
	/* those in the making, too: the peer may have them already */
	while ((pr = TAILQ_FIRST(&cn->cn_pairs)) != NULL)
		if (quiet)
			pair_free(pr);
		else
			pair_close(pr, 1, "its connection goes");
	conn_forget(cn);
	en_untimer(en, &cn->cn_timer);
	TAILQ_REMOVE(&en->en_conns, cn, cn_entry);
	free(cn->cn_said);
	free(cn);
}

struct conn *
conn_find(struct engine *en, const char *name)
{
	struct conn *cn;

	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		if (strcasecmp(cn->cn_conf->pc_name, name) == 0)
			return (cn);
	return (NULL);
}

struct conn *
conn_byid(struct engine *en, unsigned int id)
{
	struct conn *cn;

	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		if (cn->cn_conf->pc_id == id)
			return (cn);
	return (NULL);
}

/* Do both have something in common? */
static int
ts_meets(const struct ike_ts *a, const struct ike_ts *b)
{
	size_t len = a->ts_family == 4 ? 4 : 16;

	return (a->ts_family == b->ts_family &&
	    (a->ts_proto == 0 || b->ts_proto == 0 ||
	    a->ts_proto == b->ts_proto) &&
	    a->ts_port[0] <= b->ts_port[1] && b->ts_port[0] <= a->ts_port[1] &&
	    memcmp(a->ts_lo, b->ts_hi, len) <= 0 &&
	    memcmp(b->ts_lo, a->ts_hi, len) <= 0);
}

/* Of those without an interface, for that is not asked for. */
struct conn *
conn_acquired(struct engine *en, const struct kacquire *ka)
{
	const struct p2conf *pc;
	struct conn *cn;

	TAILQ_FOREACH(cn, &en->en_conns, cn_entry) {
		pc = cn->cn_conf;
		if ((pc->pc_flags & P2C_IFACE) == 0 &&
		    addr_same(&pc->pc_peer->pe_addr, &ka->ka_peer) &&
		    (ka->ka_local.ts_family == 0 ||
		    (ts_meets(&pc->pc_local.pi_ts, &ka->ka_local) &&
		    ts_meets(&pc->pc_remote.pi_ts, &ka->ka_remote))))
			return (cn);
	}
	return (NULL);
}

static int
same_id(const struct p2_id *a, const struct p2_id *b)
{
	return (memcmp(&a->pi_ts, &b->pi_ts, sizeof(a->pi_ts)) == 0);
}

/*
 * By the peer first: several connections may have the same IDs, 0/0 towards
 * everybody, but not with one peer.
 */
struct conn *
conn_match(const struct sa *sa, const struct p2_id *local,
    const struct p2_id *remote, struct buf *why)
{
	const struct p2conf *pc;
	struct conn *cn;
	unsigned int n = 0;

	TAILQ_FOREACH(cn, &sa->sa_engine->en_conns, cn_entry) {
		pc = cn->cn_conf;
		if (pc->pc_peer == sa->sa_conf &&
		    (pc->pc_flags & P2C_ACTIVEONLY) == 0 &&
		    same_id(&pc->pc_local, local) &&
		    same_id(&pc->pc_remote, remote))
			return (cn);
	}
	buf_printf(why, "the peer wants %s here and %s there; with %s there "
	    "is", p2_id_print(local), p2_id_print(remote),
	    sa->sa_conf->pe_name);
	TAILQ_FOREACH(cn, &sa->sa_engine->en_conns, cn_entry) {
		pc = cn->cn_conf;
		if (pc->pc_peer != sa->sa_conf || n == 8)
			continue;
		buf_printf(why, "%s %s here and %s there", n++ > 0 ? "," : "",
		    p2_id_print(&pc->pc_local), p2_id_print(&pc->pc_remote));
	}
	buf_printf(why, "%s", n == 0 ? " nothing: add an ike rule" :
	    ": let one end say what the other does");
	return (NULL);
}

int
conn_active(const struct conn *cn)
{
	const struct engine *en = cn->cn_engine;

	return ((cn->cn_flags & (CNF_WANTED | CNF_ONCE)) &&
	    (en->en_flags & ENF_STARTED) &&
	    (en->en_flags & (ENF_PASSIVE | ENF_STOPPING)) == 0 &&
	    cn->cn_conf->pc_peer->pe_addr.ia_family != 0);
}

/* The youngest that is good both ways. */
struct pair *
conn_current(struct conn *cn)
{
	struct pair *pr, *best = NULL;

	TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry)
		if ((pr->pr_flags & (PRF_IN | PRF_OUT | PRF_REPLACED)) ==
		    (PRF_IN | PRF_OUT) && pr->pr_settled != 0 &&
		    (best == NULL || pr->pr_settled >= best->pr_settled))
			best = pr;
	return (best);
}

int
conn_answering(struct conn *cn)
{
	struct exch *x;
	struct sa *sa;

	TAILQ_FOREACH(sa, &cn->cn_engine->en_sas, sa_entry)
		TAILQ_FOREACH(x, &sa->sa_exchs, x_entry)
			if (x->x_conn == cn && !x->x_initiator &&
			    x->x_state == XS_SENT_QM2)
				return (1);
	return (0);
}

void
conn_later(struct conn *cn, uint64_t ms)
{
	en_timer(cn->cn_engine, &cn->cn_timer, ms);
}

static void
conn_timeout(void *arg)
{
	conn_try(arg);
}

void
conn_try(struct conn *cn)
{
	struct engine *en = cn->cn_engine;
	struct peer *pe = cn->cn_conf->pc_peer;
	struct sa *sa;

	if (!conn_active(cn) || cn->cn_quick != NULL)
		return;
	if (conn_current(cn) != NULL) {
		/* without phase 1 nobody would see the end of phase 2 */
		if (sa_for(en, pe) == NULL && sa_making(en, pe) == NULL)
			p1_start(en, pe, NULL);
		return;
	}
	if (conn_answering(cn)) {
		conn_later(cn, WAIT_ANSWER);
		return;
	}
	if ((sa = sa_for(en, pe)) != NULL) {
		(void)quick_start(sa, cn, NULL);
		return;
	}
	conn_later(cn, WAIT_PHASE1);
	if (sa_making(en, pe) == NULL)
		p1_start(en, pe, NULL);
}

/* The first time and whenever it is another reason; the rest on demand. */
static void
conn_say(struct conn *cn, const char *why)
{
	if (cn->cn_said == NULL || strcmp(cn->cn_said, why) != 0) {
		free(cn->cn_said);
		cn->cn_said = strdup(why);
		log_warnx("%s: %s", cn->cn_conf->pc_name, why);
	} else
		dbg(DBG_EXCHANGE, 10, "%s: %s, again", cn->cn_conf->pc_name,
		    why);
}

/* 1, 2, 4 ... s, at most Check-interval; for ever. */
void
conn_failed(struct conn *cn, const char *fmt, ...)
{
	struct engine *en = cn->cn_engine;
	uint64_t max = en->en_model->md_check * 1000ULL, ms;
	char why[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	if (en->en_flags & ENF_STOPPING)
		return;
	conn_say(cn, why);
	ms = cn->cn_failures < 16 ? 1000ULL << cn->cn_failures : max;
	if (ms > max)
		ms = max > 0 ? max : 1000;
	cn->cn_failures++;
	if ((cn->cn_flags & CNF_WANTED) == 0)
		cn->cn_flags &= ~CNF_ONCE;
	else if (conn_current(cn) == NULL)
		conn_later(cn, en_jitter(en, ms * 9 / 10, ms * 11 / 10));
}

void
conn_changed(struct conn *cn)
{
	struct engine *en = cn->cn_engine;
	const struct pair *pr = conn_current(cn);

	if (pr == NULL) {
		if (cn->cn_flags & CNF_UP)
			log_info("%s: down", cn->cn_conf->pc_name);
		cn->cn_flags &= ~CNF_UP;
		if (conn_active(cn))
			conn_later(cn, en_jitter(en, 50, 500));
		return;
	}
	if (sa_for(en, cn->cn_conf->pc_peer) != NULL)
		en_untimer(en, &cn->cn_timer);
	cn->cn_failures = 0;
	free(cn->cn_said);
	cn->cn_said = NULL;
	if ((cn->cn_flags & CNF_UP) == 0)
		log_info("%s: up, peer %s%s, spi in 0x%08x out 0x%08x",
		    cn->cn_conf->pc_name, addr_print(&pr->pr_peer),
		    pr->pr_udp ? ", ESP in UDP" : "", pr->pr_in, pr->pr_out);
	cn->cn_flags |= CNF_UP;
}

void
conns_sa_ready(struct sa *sa)
{
	struct engine *en = sa->sa_engine;
	struct pair *pr;
	struct conn *cn;

	TAILQ_FOREACH(cn, &en->en_conns, cn_entry) {
		if (cn->cn_conf->pc_peer != sa->sa_conf)
			continue;
		if ((pr = conn_current(cn)) == NULL)
			conn_try(cn);
		else if (pr->pr_flags & PRF_SOFT)
			pair_rekey(pr);
	}
}

void
conns_sa_failed(struct sa *sa, const char *why)
{
	struct engine *en = sa->sa_engine;
	struct conn *cn;
	int told = 0;

	sa->sa_flags |= SAF_CLOSING;
	TAILQ_FOREACH(cn, &en->en_conns, cn_entry) {
		if (cn->cn_conf->pc_peer != sa->sa_conf || !conn_active(cn))
			continue;
		told = 1;
		if (conn_current(cn) == NULL && cn->cn_quick == NULL) {
			conn_failed(cn, "%s", why);
			continue;
		}
		conn_say(cn, why);
		if (sa_for(en, sa->sa_conf) == NULL)
			conn_later(cn, en->en_model->md_check * 1000ULL);
	}
	if (!told)
		log_warnx("%s: %s", sa->sa_conf->pe_name, why);
}
