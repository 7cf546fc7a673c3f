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
 * The engine as a whole: its configuration, its end, its clock.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define STOP_TIME	(2 * SEC)

static void	 engine_stopped(void *);

uint64_t
en_now(struct engine *en)
{
	return (en->en_world.w_now(en->en_arg));
}

void
en_random(struct engine *en, void *p, size_t len)
{
	en->en_world.w_random(en->en_arg, p, len);
}

/* Some number of ms in between. */
uint64_t
en_jitter(struct engine *en, uint64_t from, uint64_t to)
{
	uint32_t r;

	if (to <= from)
		return (from);
	en_random(en, &r, sizeof(r));
	return (from + r % (to - from + 1));
}

void
en_timer(struct engine *en, struct timer *t, uint64_t ms)
{
	en->en_world.w_timer(en->en_arg, t, ms);
}

void
en_untimer(struct engine *en, struct timer *t)
{
	en->en_world.w_untimer(en->en_arg, t);
}

void
en_event(struct engine *en, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	if (en->en_world.w_event == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	en->en_world.w_event(en->en_arg, line);
}

struct engine *
engine_new(const struct world *world, void *arg)
{
	struct engine *en;
	unsigned int i;

	if ((en = calloc(1, sizeof(*en))) == NULL)
		return (NULL);
	en->en_world = *world;
	en->en_arg = arg;
	TAILQ_INIT(&en->en_plans);
	TAILQ_INIT(&en->en_tunnels);
	for (i = 0; i < HASHSIZE; i++)
		LIST_INIT(&en->en_hash[i]);
	en->en_ikeport = IKE_PORT;
	en->en_nattport = IKE_PORT_NATT;
	en->en_stop.t_fn = engine_stopped;
	en->en_stop.t_arg = en;
	en_random(en, en->en_secret, sizeof(en->en_secret));
	en->en_secret_at = en_now(en);
	return (en);
}

void
engine_free(struct engine *en)
{
	struct tunnel *tn;
	struct child *ch;
	struct plan *pn;

	if (en == NULL)
		return;
	en->en_flags |= ENF_STOPPING | ENF_DECOUPLED;
	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry)
		TAILQ_FOREACH(ch, &tn->tn_children, ch_entry)
			ch->ch_flags &= ~CHF_INKERNEL;
	while ((tn = TAILQ_FIRST(&en->en_tunnels)) != NULL)
		tun_free(tn);
	while ((pn = TAILQ_FIRST(&en->en_plans)) != NULL)
		plan_free(pn);
	en_untimer(en, &en->en_stop);
	if (en->en_conf != NULL)
		conf_free(en->en_conf);
	buf_clear(&en->en_certreq);
	explicit_bzero(en->en_secret, sizeof(en->en_secret));
	free(en);
}

/* The plan of a policy that says the same, if it is not taken yet. */
static struct plan *
plan_same(struct plans *plans, const struct policy *pol)
{
	struct plan *pn;

	TAILQ_FOREACH(pn, plans, pn_entry)
		if (policy_same(pn->pn_policy, pol))
			return (pn);
	return (NULL);
}

/* The policy is gone: so are its tunnels. */
static void
plan_drop(struct plan *pn)
{
	struct engine *en = pn->pn_engine;
	struct tunnel *tn, *next;

	TAILQ_FOREACH_SAFE(tn, &en->en_tunnels, tn_entry, next) {
		if (tn->tn_plan != pn)
			continue;
		if (!(tn->tn_flags & (TNF_CLOSING | TNF_GONE)))
			tun_close(tn, "Policy no longer exists", 1, 0);
	}
	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry)
		if (tn->tn_plan == pn)
			tn->tn_plan = NULL;
	plan_free(pn);
}

void
engine_config(struct engine *en, struct conf *conf)
{
	struct conf *before = en->en_conf;
	unsigned int changed = conf->conf_flags ^
	    (before == NULL ? 0 : before->conf_flags);
	struct plans old;
	struct policy *pol;
	struct plan *pn;

	TAILQ_INIT(&old);
	TAILQ_CONCAT(&old, &en->en_plans, pn_entry);
	en->en_conf = conf;
	TAILQ_FOREACH(pol, &conf->conf_policies, pol_entry) {
		if ((pn = plan_same(&old, pol)) != NULL) {
			TAILQ_REMOVE(&old, pn, pn_entry);
			TAILQ_INSERT_TAIL(&en->en_plans, pn, pn_entry);
			pn->pn_policy = pol;
		} else if (plan_new(en, pol) == NULL)
			log_warn("policy \"%s\"", pol->pol_name);
	}
	while ((pn = TAILQ_FIRST(&old)) != NULL) {
		/* plan_free takes it off the engine's list */
		TAILQ_REMOVE(&old, pn, pn_entry);
		TAILQ_INSERT_TAIL(&en->en_plans, pn, pn_entry);
		plan_drop(pn);
	}
	if (before != NULL)
		conf_free(before);
	/* what it says as before, ikectl(8) may have changed since */
	if (changed & CONF_DECOUPLE)
		engine_couple(en, !(conf->conf_flags & CONF_DECOUPLE));
	if (changed & CONF_PASSIVE)
		engine_active(en, !(conf->conf_flags & CONF_PASSIVE));
	if (en->en_flags & ENF_STARTED)
		TAILQ_FOREACH(pn, &en->en_plans, pn_entry)
			plan_start(pn);
}

void
engine_certreq(struct engine *en, const void *data, size_t len)
{
	buf_clear(&en->en_certreq);
	buf_put(&en->en_certreq, data, len);
}

void
engine_start(struct engine *en)
{
	struct plan *pn;

	en->en_flags |= ENF_STARTED;
	TAILQ_FOREACH(pn, &en->en_plans, pn_entry)
		plan_start(pn);
}

static void
engine_stopped(void *arg)
{
	struct engine *en = arg;
	void (*done)(void *) = en->en_done;
	struct tunnel *tn;
	struct child *ch, *next;

	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry)
		TAILQ_FOREACH_SAFE(ch, &tn->tn_children, ch_entry, next)
			child_free(ch);
	en_untimer(en, &en->en_stop);
	en->en_done = NULL;
	if (done != NULL)
		done(en->en_donearg);
}

/* Nobody is left to say goodbye to? */
void
en_maybe_done(struct engine *en)
{
	struct tunnel *tn;

	if (en->en_done == NULL)
		return;
	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry)
		if (!(tn->tn_flags & TNF_GONE))
			return;
	/* not from inside of whatever ended the last one */
	en_timer(en, &en->en_stop, 0);
}

void
engine_stop(struct engine *en, void (*done)(void *), void *arg)
{
	struct tunnel *tn, *next;
	struct plan *pn;

	en->en_flags |= ENF_STOPPING;
	en->en_done = done;
	en->en_donearg = arg;
	TAILQ_FOREACH(pn, &en->en_plans, pn_entry) {
		en_untimer(en, &pn->pn_timer);
		en_untimer(en, &pn->pn_hint);
	}
	en_timer(en, &en->en_stop, STOP_TIME);
	TAILQ_FOREACH_SAFE(tn, &en->en_tunnels, tn_entry, next)
		if (!(tn->tn_flags & (TNF_CLOSING | TNF_GONE)))
			tun_close(tn, "closed", 1, 0);
	en_maybe_done(en);
}

void
engine_expire(struct engine *en, uint32_t spi, const struct ike_addr *dst,
    int hard)
{
	struct tunnel *tn;
	struct child *ch;

	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry)
		TAILQ_FOREACH(ch, &tn->tn_children, ch_entry) {
			if ((ch->ch_in == spi &&
			    addr_same(dst, &ch->ch_local)) ||
			    (ch->ch_out == spi &&
			    addr_same(dst, &ch->ch_peer))) {
				child_expired(ch, hard);
				return;
			}
		}
}

/* What it asks for may be on its way: a tunnel, or a child of one. */
void
engine_acquire(struct engine *en, const struct kacquire *ka)
{
	struct ike_addr peer = ka->ka_peer;
	struct tunnel *tn;
	struct plan *pn;

	if ((en->en_flags & (ENF_PASSIVE | ENF_STOPPING | ENF_DECOUPLED)) ||
	    !(en->en_flags & ENF_STARTED) ||
	    (pn = plan_for_acquire(en, ka)) == NULL)
		return;
	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry) {
		if (tn->tn_plan != pn ||
		    (tn->tn_flags & (TNF_CLOSING | TNF_GONE)) ||
		    (tn->tn_sa != NULL &&
		    !addr_same(&tn->tn_sa->sa_peer, &peer)))
			continue;
		if (tn->tn_up != 0 && child_current(tn) == NULL &&
		    job_find(tn, JOB_CHILD_NEW, NULL) == NULL) {
			job_add(tn, JOB_CHILD_NEW, NULL, 0);
			job_next(tn);
		}
		return;
	}
	log_debug("the kernel asks for an SA with %s", addr_ntop(&peer));
	(void)init_start(pn, &peer);
}

void
engine_addresses(struct engine *en)
{
	struct ike_addr local;
	struct tunnel *tn, *next;
	struct sa *sa;

	TAILQ_FOREACH_SAFE(tn, &en->en_tunnels, tn_entry, next) {
		if ((sa = tn->tn_sa) == NULL || tn->tn_plan == NULL ||
		    sa->sa_state != SA_ESTABLISHED ||
		    (sa->sa_flags & SAF_ALIAS) ||
		    tn->tn_plan->pn_policy->pol_local.ce_addr.ia_family != 0)
			continue;
		local = sa->sa_local;
		if (en->en_world.w_source(en->en_arg, &sa->sa_peer,
		    &local) != 0 || addr_same(&local, &sa->sa_local))
			continue;
		local.ia_port = sa->sa_local.ia_port;
		if (!(sa->sa_flags & SAF_MOBIKE)) {
			tun_close(tn, "address changed", 0, 1);
			continue;
		}
		if (!(tn->tn_flags & TNF_INITIATOR) ||
		    job_find(tn, JOB_MOVE, NULL) != NULL)
			continue;
		job_add(tn, JOB_MOVE, NULL, 0);
	}
}

void
engine_ports(struct engine *en, uint16_t ike, uint16_t natt, int force)
{
	en->en_ikeport = ike;
	en->en_nattport = natt;
	if (force)
		en->en_flags |= ENF_FORCENATT;
	else
		en->en_flags &= ~ENF_FORCENATT;
}

void
engine_active(struct engine *en, int on)
{
	struct tunnel *tn;
	struct plan *pn;

	if (!on) {
		en->en_flags |= ENF_PASSIVE;
		return;
	}
	en->en_flags &= ~ENF_PASSIVE;
	if (!(en->en_flags & ENF_STARTED))
		return;
	TAILQ_FOREACH(pn, &en->en_plans, pn_entry)
		plan_start(pn);
	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry)
		job_next(tn);
}

/*
 * The keys of what was negotiated without the kernel are gone: coupled
 * again, each tunnel asks for new ones.
 */
void
engine_couple(struct engine *en, int on)
{
	struct tunnel *tn;
	struct child *ch, *next;
	struct plan *pn;

	if (on == !(en->en_flags & ENF_DECOUPLED))
		return;
	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry)
		TAILQ_FOREACH_SAFE(ch, &tn->tn_children, ch_entry, next)
			if (on && ch->ch_state == CH_LIVE)
				job_add(tn, JOB_CHILD_REKEY, ch, 0);
			else if (!on)
				child_uncouple(ch);
	if (on)
		en->en_flags &= ~ENF_DECOUPLED;
	else
		en->en_flags |= ENF_DECOUPLED;
	TAILQ_FOREACH(pn, &en->en_plans, pn_entry)
		flow_sync(pn, NULL);
	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry)
		job_next(tn);
}

unsigned int
engine_reset(struct engine *en, const char *id)
{
	struct tunnel *tn, *next;
	unsigned int n = 0;

	TAILQ_FOREACH_SAFE(tn, &en->en_tunnels, tn_entry, next) {
		if (tn->tn_flags & (TNF_CLOSING | TNF_GONE))
			continue;
		if (id != NULL && strcmp(id, id_print(&tn->tn_peerid)) != 0)
			continue;
		tun_close(tn, id == NULL ? "reset control message" :
		    "reset sa control message", 1, 1);
		n++;
	}
	return (n);
}

void
engine_counts(struct engine *en, struct engine_count *ec)
{
	struct tunnel *tn;
	struct child *ch;
	struct sa *sa;

	memset(ec, 0, sizeof(*ec));
	ec->ec_halfopen = en->en_halfopen;
	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry) {
		LIST_FOREACH(sa, &tn->tn_sas, sa_entry) {
			ec->ec_sas++;
			ec->ec_established += sa->sa_state == SA_ESTABLISHED;
		}
		TAILQ_FOREACH(ch, &tn->tn_children, ch_entry) {
			ec->ec_children++;
			ec->ec_live += ch->ch_state == CH_LIVE &&
			    ch->ch_mine == NULL && ch->ch_theirs == NULL;
		}
	}
}

void
engine_rekey(struct engine *en, int ike)
{
	struct tunnel *tn;
	struct child *ch;

	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry) {
		if (tn->tn_flags & (TNF_CLOSING | TNF_GONE))
			continue;
		if (ike)
			job_add(tn, JOB_IKE_REKEY, NULL, 0);
		else if ((ch = child_current(tn)) != NULL)
			job_add(tn, JOB_CHILD_REKEY, ch, 0);
		job_next(tn);
	}
}
