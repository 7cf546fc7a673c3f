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
 * Tunnels: what one IKE_AUTH made, until the end of its last rekeying.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define QUIET_EVER	(1LL << 40)	/* s */

static void	 tun_wake(void *);
static void	 tun_dpd(void *);
static void	 tun_alive(void *);

struct tunnel *
tun_new(struct engine *en, struct plan *pn)
{
	struct tunnel *tn;

	if ((tn = calloc(1, sizeof(*tn))) == NULL)
		return (NULL);
	tn->tn_engine = en;
	tn->tn_plan = pn;
	LIST_INIT(&tn->tn_sas);
	TAILQ_INIT(&tn->tn_children);
	TAILQ_INIT(&tn->tn_jobs);
	tn->tn_wake.t_fn = tun_wake;
	tn->tn_wake.t_arg = tn;
	tn->tn_dpd.t_fn = tun_dpd;
	tn->tn_dpd.t_arg = tn;
	tn->tn_keepalive.t_fn = tun_alive;
	tn->tn_keepalive.t_arg = tn;
	TAILQ_INSERT_TAIL(&en->en_tunnels, tn, tn_entry);
	return (tn);
}

/* Nothing more is asked. */
static void
tun_strip(struct tunnel *tn)
{
	struct job *jb;

	while ((jb = TAILQ_FIRST(&tn->tn_jobs)) != NULL) {
		TAILQ_REMOVE(&tn->tn_jobs, jb, jb_entry);
		job_free(tn->tn_engine, jb);
	}
	en_untimer(tn->tn_engine, &tn->tn_wake);
	en_untimer(tn->tn_engine, &tn->tn_dpd);
	en_untimer(tn->tn_engine, &tn->tn_keepalive);
}

void
tun_free(struct tunnel *tn)
{
	struct engine *en = tn->tn_engine;
	struct child *ch;
	struct job *jb;
	struct sa *sa;

	tn->tn_flags |= TNF_CLOSING | TNF_GONE | TNF_HELD;
	tun_strip(tn);
	while ((ch = TAILQ_FIRST(&tn->tn_children)) != NULL)
		child_free(ch);
	TAILQ_REMOVE(&en->en_tunnels, tn, tn_entry);
	/* what a request is making goes with the request */
	for (sa = LIST_FIRST(&tn->tn_sas); sa != NULL;)
		if ((jb = sa_answered(sa)) != NULL) {
			job_free(en, jb);
			sa = LIST_FIRST(&tn->tn_sas);
		} else
			sa = LIST_NEXT(sa, sa_entry);
	/* the last one would free the tunnel: keep it off the list */
	while ((sa = LIST_FIRST(&tn->tn_sas)) != NULL) {
		LIST_REMOVE(sa, sa_entry);
		sa->sa_tun = NULL;
		sa_free(sa, NULL);
	}
	id_clear(&tn->tn_self);
	id_clear(&tn->tn_peerid);
	free(tn);
}

/* IKE SAs that were never established know nothing worth a delete. */
static void
tun_drop_young(struct tunnel *tn)
{
	struct sa *sa, *next;

	LIST_FOREACH_SAFE(sa, &tn->tn_sas, sa_entry, next)
		if (sa->sa_state < SA_ESTABLISHED)
			sa_free(sa, NULL);
}

/*
 * One that we began, or that is up.  What somebody else began counts for
 * nothing before he has proved who he is.
 */
struct tunnel *
tun_find(struct engine *en, const struct plan *pn)
{
	struct tunnel *tn;

	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry)
		if (tn->tn_plan == pn && (tn->tn_up != 0 ||
		    (tn->tn_flags & TNF_INITIATOR)) &&
		    !(tn->tn_flags & (TNF_CLOSING | TNF_GONE)))
			return (tn);
	return (NULL);
}

/* The last IKE SA is gone, or the last child: what is left of it? */
void
tun_reap(struct tunnel *tn)
{
	struct engine *en = tn->tn_engine;

	if ((tn->tn_flags & TNF_HELD) || !LIST_EMPTY(&tn->tn_sas))
		return;
	tn->tn_flags |= TNF_CLOSING | TNF_GONE;
	if (TAILQ_EMPTY(&tn->tn_children))
		tun_free(tn);
	en_maybe_done(en);
}

/*
 * Another tunnel of the policy is up.  What is under way by this one may
 * arrive before it goes; until then it answers as it ever did.
 */
void
tun_replaced(struct tunnel *tn)
{
	struct engine *en = tn->tn_engine;
	struct child *ch;

	if (en->en_flags & ENF_STOPPING)
		return;
	TAILQ_FOREACH(ch, &tn->tn_children, ch_entry)
		child_stop(ch);
	if (job_add(tn, JOB_REPLACED, NULL, UNDERWAY) == NULL)
		tun_close(tn, "sa replaced", 1, 0);
}

/* Send no more; the peer's last packets are welcome for a while. */
static void
tun_retire(struct tunnel *tn)
{
	struct child *ch, *next;

	TAILQ_FOREACH_SAFE(ch, &tn->tn_children, ch_entry, next)
		if (ch->ch_state == CH_LARVAL)
			child_free(ch);
		else
			child_retire(ch);
}

void
tun_close(struct tunnel *tn, const char *why, int tell, int again)
{
	struct engine *en = tn->tn_engine;
	struct plan *pn = tn->tn_plan;
	struct sa *sa = tn->tn_sa, *next;

	if (tn->tn_flags & (TNF_CLOSING | TNF_GONE))
		return;
	if (sa != NULL || !LIST_EMPTY(&tn->tn_sas))
		log_info("%ssa_free: %s", sa_prefix(sa != NULL ? sa :
		    LIST_FIRST(&tn->tn_sas)), why);
	if (tn->tn_up != 0)
		en_event(en, "down %s: %s", pn != NULL ?
		    pn->pn_policy->pol_name : "-", why);
	tn->tn_flags |= TNF_CLOSING | TNF_HELD;
	tun_strip(tn);
	/* first, or the kernel would ask for what is going */
	if (pn != NULL)
		flow_sync(pn, NULL);
	tun_retire(tn);
	if (!tell || sa == NULL || sa->sa_state != SA_ESTABLISHED) {
		LIST_FOREACH_SAFE(sa, &tn->tn_sas, sa_entry, next)
			sa_close(sa, NULL);
	} else {
		if (job_add(tn, JOB_IKE_DELETE, NULL, 0) == NULL)
			sa_close(sa, NULL);
		tun_drop_young(tn);
		/* the peer's half of a simultaneous rekeying goes, too */
		LIST_FOREACH(sa, &tn->tn_sas, sa_entry)
			if (sa != tn->tn_sa && sa->sa_state == SA_ESTABLISHED)
				sa_retire(sa, 1);
	}
	if (pn != NULL && again)
		plan_retry(pn, 0);
	if (tn->tn_sa == NULL || tn->tn_sa->sa_state != SA_ESTABLISHED)
		tn->tn_flags |= TNF_GONE;
	else
		job_next(tn);
	tn->tn_flags &= ~TNF_HELD;
	tun_reap(tn);
	en_maybe_done(en);
}

/*
 * Both ends began at once, and now there are two.  Any order will do that
 * both ends see alike; whoever began the wrong one closes it, once the other
 * one has shown that it lives.  A peer that does not, and would begin anew
 * if we closed it, keeps its own, and ours goes.
 */
static void
tun_duplicate(struct tunnel *tn, struct tunnel *other)
{
	struct tunnel *lose = tn;

	if (other->tn_sa->sa_spi[0] > tn->tn_sa->sa_spi[0])
		lose = other;
	if (lose->tn_flags & TNF_INITIATOR)
		job_add(lose == tn ? other : tn, JOB_ONLY, NULL, SEC);
	else
		job_add(lose, JOB_ONLY, NULL, YIELD);
}

/*
 * Another tunnel of the same policy.  INITIAL_CONTACT says that the peer
 * had none when it asked: all but those that were not there yet.
 */
static void
tun_rival(struct tunnel *tn, struct tunnel *other)
{
	struct handshake *hs = tn->tn_sa->sa_hs;

	if (id_cmp(&tn->tn_peerid, &other->tn_peerid) != 0) {
		/* policies of the kernel are each peer's own */
		if (tn->tn_plan->pn_policy->pol_flags & POL_FLOWS)
			return;
		log_warnx("%spolicy '%s' has one interface, and %s takes it "
		    "from %s: say dstid in the policy",
		    sa_prefix(tn->tn_sa), tn->tn_plan->pn_policy->pol_name,
		    id_print(&tn->tn_peerid), id_print(&other->tn_peerid));
		tun_replaced(other);
	} else if (hs != NULL && hs->hs_contact &&
	    other->tn_up < hs->hs_started)
		tun_close(other, "sa replaced", 0, 0);
	else if (tn->tn_engine->en_conf->conf_flags & CONF_SINGLEIKE)
		tun_replaced(other);
	else
		tun_duplicate(tn, other);
}

/*
 * We have begun it, and the peer does not know yet who we are.  Without an
 * interface, several peers can have tunnels of one policy.
 */
static int
tun_unasked(const struct tunnel *tn, const struct sa *up)
{
	const struct sa *sa = LIST_FIRST(&tn->tn_sas);

	if (!(tn->tn_flags & TNF_INITIATOR) || sa == NULL ||
	    (sa->sa_state != SA_INIT && sa->sa_state != SA_SIGN))
		return (0);
	return (!(tn->tn_plan->pn_policy->pol_flags & POL_FLOWS) ||
	    addr_same(&sa->sa_peer, &up->sa_peer));
}

void
tun_established(struct tunnel *tn)
{
	struct engine *en = tn->tn_engine;
	struct tunnel *other, *next;
	struct policy *pol = tn->tn_plan->pn_policy;
	struct sa *sa = tn->tn_sa;

	tn->tn_up = en_now(en);
	tn->tn_up_time = en->en_world.w_time(en->en_arg);
	tn->tn_heard = tn->tn_up;
	log_info("%sestablished peer %s[%s] local %s[%s] policy '%s' as %s "
	    "(%s)", sa_prefix(sa), addr_print(&sa->sa_peer),
	    id_print(&tn->tn_peerid), addr_print(&sa->sa_local),
	    id_print(&tn->tn_self), pol->pol_name,
	    sa->sa_flags & SAF_INITIATOR ? "initiator" : "responder",
	    sa_algs(sa));
	en_event(en, "up %s: peer %s %s", pol->pol_name,
	    addr_print(&sa->sa_peer), id_print(&tn->tn_peerid));
	en->en_stats.st_sas_established++;
	plan_up(tn->tn_plan);
	en_timer(en, &tn->tn_dpd, en->en_conf->conf_dpd != 0 ?
	    en->en_conf->conf_dpd * SEC : IDLE);
	natt_keepalive(tn);
	TAILQ_FOREACH_SAFE(other, &en->en_tunnels, tn_entry, next) {
		if (other == tn || other->tn_plan != tn->tn_plan ||
		    (other->tn_flags & (TNF_CLOSING | TNF_GONE)))
			continue;
		if (other->tn_up != 0)
			tun_rival(tn, other);
		else if (tun_unasked(other, sa))
			tun_close(other, "sa replaced", 0, 0);
	}
	hs_free(sa);
	tun_changed(tn);
}

/* Without a child a tunnel is none: ask for one, or wait for the peer's. */
void
tun_changed(struct tunnel *tn)
{
	struct engine *en = tn->tn_engine;
	uint64_t ms;

	if ((tn->tn_flags & TNF_CLOSING) || tn->tn_sa == NULL ||
	    tn->tn_sa->sa_state != SA_ESTABLISHED)
		return;
	if (child_current(tn) != NULL) {
		tn->tn_childless = 0;
		if (tn->tn_plan != NULL)
			plan_fine(tn->tn_plan);
		return;
	}
	if (tn->tn_childless == 0)
		tn->tn_childless = en_now(en);
	if (!(tn->tn_flags & TNF_INITIATOR) ||
	    job_find(tn, JOB_CHILD_NEW, NULL) != NULL)
		return;
	ms = tn->tn_backoff == 0 ? 0 : SEC << tn->tn_backoff;
	job_add(tn, JOB_CHILD_NEW, NULL, ms > BACKOFF_MAX ? BACKOFF_MAX : ms);
	job_next(tn);
}

void
tun_heard(struct tunnel *tn)
{
	tn->tn_heard = en_now(tn->tn_engine);
}

static void
tun_wake(void *arg)
{
	job_next(arg);
}

static void
tun_alive(void *arg)
{
	natt_keepalive(arg);
}

/* Seconds since the peer's ESP came last, by the kernel. */
static int64_t
tun_quiet(struct tunnel *tn)
{
	struct engine *en = tn->tn_engine;
	int64_t quiet = QUIET_EVER, now = en->en_world.w_time(en->en_arg);
	struct ksa_stat kt;
	struct child *ch;
	struct ksa ks;

	if (en->en_flags & ENF_DECOUPLED)
		return (quiet);
	TAILQ_FOREACH(ch, &tn->tn_children, ch_entry) {
		if (!(ch->ch_flags & CHF_INKERNEL) ||
		    ch->ch_state == CH_LARVAL)
			continue;
		child_ksa(ch, &ks, 0);
		if (en->en_world.w_statsa(en->en_arg, &ks, &kt) == 0 &&
		    kt.kt_lastuse != 0 && now - kt.kt_lastuse < quiet)
			quiet = now - kt.kt_lastuse;
	}
	return (quiet);
}

/*
 * Nothing from the peer for an interval, by IKE or by ESP: ask.  Idle
 * tunnels are asked, too, for the link state is to tell the truth.
 */
static void
tun_dpd(void *arg)
{
	struct tunnel *tn = arg;
	struct engine *en = tn->tn_engine;
	uint64_t now = en_now(en), every = en->en_conf->conf_dpd * SEC;

	if (every == 0)
		every = IDLE;
	en_timer(en, &tn->tn_dpd, every);
	if (tn->tn_childless != 0 && now - tn->tn_childless >= CHILDLESS) {
		tun_close(tn, "no Child SA", 1, 1);
		return;
	}
	if (en->en_conf->conf_dpd == 0 || (en->en_flags & ENF_PASSIVE) ||
	    now - tn->tn_heard < every * 9 / 10 ||
	    tun_quiet(tn) * SEC < (int64_t)every ||
	    job_find(tn, JOB_PROBE, NULL) != NULL)
		return;
	job_add(tn, JOB_PROBE, NULL, 0);
	job_next(tn);
}

/*
 * Both SAs of a pair, or neither: one that is left behind would be looked
 * for at its new place when it is to be deleted.  0 or an errno.
 */
static int
tun_move1(struct child *ch, const struct sa *sa)
{
	struct engine *en = ch->ch_tun->tn_engine;
	struct ike_addr local = ch->ch_local, peer = ch->ch_peer;
	struct ksa from[2], to[2];
	int encap = ch->ch_encap, error, i, n;

	n = ch->ch_state == CH_LARVAL ? 0 : ch->ch_state == CH_LIVE &&
	    !(ch->ch_flags & CHF_MUTE) ? 2 : 1;
	if (!(ch->ch_flags & CHF_INKERNEL))
		n = 0;
	for (i = 0; i < n; i++)
		child_ksa(ch, &from[i], i);
	child_place(ch, sa);
	for (i = 0; i < n; i++)
		child_ksa(ch, &to[i], i);
	for (i = 0; i < n; i++) {
		error = en->en_world.w_movesa(en->en_arg, &from[i], &to[i]);
		if (error == 0)
			continue;
		if (i > 0)
			(void)en->en_world.w_movesa(en->en_arg, &to[0],
			    &from[0]);
		ch->ch_local = local;
		ch->ch_peer = peer;
		ch->ch_encap = encap;
		return (error);
	}
	return (0);
}

void
tun_moved(struct tunnel *tn, const struct sa *sa)
{
	struct child *ch;
	int error;

	TAILQ_FOREACH(ch, &tn->tn_children, ch_entry) {
		if (ch->ch_state == CH_LARVAL ||
		    (error = tun_move1(ch, sa)) == 0)
			continue;
		/* such as out of UDP: new ones, where we are now */
		log_info("%sSA 0x%08x does not move (%s): rekeying",
		    sa_prefix(sa), ch->ch_in, strerror(error));
		job_add(tn, JOB_CHILD_REKEY, ch, 0);
		if (ch->ch_state != CH_LIVE)
			continue;
		/* until that succeeds: see child_look() */
		ch->ch_rekey_at = en_now(tn->tn_engine);
		en_timer(tn->tn_engine, &ch->ch_timer, BACKOFF_MAX / 2);
	}
	if (tn->tn_plan != NULL)
		flow_sync(tn->tn_plan, sa);
}
