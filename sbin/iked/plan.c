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
 * What a policy is up to: when to initiate, whom to answer.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define HINT_EVERY	(5 * SEC)

static void
plan_initiate(void *arg)
{
	struct plan *pn = arg;
	struct engine *en = pn->pn_engine;

	if (!(pn->pn_policy->pol_flags & POL_ACTIVE) ||
	    (en->en_flags & (ENF_PASSIVE | ENF_STOPPING)) ||
	    tun_find(en, pn) != NULL)
		return;
	if (init_start(pn, NULL) == -1)
		plan_retry(pn, 1);
}

/*
 * We have no SA with this peer and may have had one before we started.  If
 * it still sends by it, this one-way notify (RFC 7296 1.5) has it look
 * sooner than its liveness checks would.
 */
static void
plan_hint(void *arg)
{
	struct plan *pn = arg;
	struct engine *en = pn->pn_engine;
	struct policy *pol = pn->pn_policy;
	struct ike_addr local = pol->pol_local.ce_addr;
	struct ike_addr peer = pol->pol_peer.ce_addr;
	struct ike_hdr h;
	struct msgb mb;
	uint32_t spi = 0;
	int natt;

	if ((en->en_flags & (ENF_PASSIVE | ENF_STOPPING)) ||
	    tun_find(en, pn) != NULL)
		return;
	natt = (en->en_flags & ENF_FORCENATT) && en->en_nattport != 0;
	peer.ia_port = natt ? en->en_nattport : en->en_ikeport;
	if (local.ia_family == 0 && en->en_world.w_source(en->en_arg, &peer,
	    &local) != 0)
		return;
	local.ia_port = peer.ia_port;
	memset(&h, 0, sizeof(h));
	memset(&mb, 0, sizeof(mb));
	h.h_exch = IKE_X_INFORMATIONAL;
	h.h_version = IKE_VERSION;
	h.h_flags = IKE_F_INITIATOR;
	mb_notify(&mb, IKE_PROTO_NONE, NULL, 0, IKE_N_INVALID_SPI, &spi,
	    sizeof(spi));
	send_clear(en, &local, &peer, natt, &h, &mb);
	en->en_stats.st_hints++;
	if (++pn->pn_hints < HINTS)
		en_timer(en, &pn->pn_hint, SEC << pn->pn_hints);
}

struct plan *
plan_new(struct engine *en, struct policy *pol)
{
	struct plan *pn;

	if ((pn = calloc(1, sizeof(*pn))) == NULL)
		return (NULL);
	pn->pn_engine = en;
	pn->pn_policy = pol;
	pn->pn_timer.t_fn = plan_initiate;
	pn->pn_timer.t_arg = pn;
	pn->pn_hint.t_fn = plan_hint;
	pn->pn_hint.t_arg = pn;
	TAILQ_INIT(&pn->pn_flows);
	TAILQ_INSERT_TAIL(&en->en_plans, pn, pn_entry);
	return (pn);
}

void
plan_free(struct plan *pn)
{
	TAILQ_REMOVE(&pn->pn_engine->en_plans, pn, pn_entry);
	en_untimer(pn->pn_engine, &pn->pn_timer);
	en_untimer(pn->pn_engine, &pn->pn_hint);
	flow_clear(pn, !(pn->pn_engine->en_flags & ENF_DECOUPLED));
	free(pn->pn_said);
	free(pn);
}

static int
end_is_host(const struct conf_end *ce)
{
	return (ce->ce_addr.ia_family != 0 &&
	    ce->ce_plen == addr_len(&ce->ce_addr) * 8);
}

void
plan_start(struct plan *pn)
{
	struct engine *en = pn->pn_engine;

	if ((en->en_flags & (ENF_PASSIVE | ENF_STOPPING)) ||
	    (pn->pn_policy->pol_flags & POL_SKIP) || tun_find(en, pn) != NULL)
		return;
	if (pn->pn_policy->pol_flags & POL_ACTIVE)
		en_timer(en, &pn->pn_timer, en_jitter(en, 0, 100));
	else if (end_is_host(&pn->pn_policy->pol_peer) && pn->pn_hints == 0)
		en_timer(en, &pn->pn_hint, en_jitter(en, 0, 100));
}

void
plan_retry(struct plan *pn, int failed)
{
	struct engine *en = pn->pn_engine;
	uint64_t ms = SEC / 2;

	if (!(pn->pn_policy->pol_flags & POL_ACTIVE) ||
	    (en->en_flags & ENF_STOPPING))
		return;
	if (failed) {
		ms = SEC << (pn->pn_failures < 6 ? pn->pn_failures : 6);
		pn->pn_failures++;
	}
	if (ms > BACKOFF_MAX)
		ms = BACKOFF_MAX;
	en_timer(en, &pn->pn_timer, en_jitter(en, ms * 3 / 4, ms));
}

void
plan_up(struct plan *pn)
{
	pn->pn_failures = 0;
	pn->pn_hints = HINTS;
	en_untimer(pn->pn_engine, &pn->pn_timer);
	en_untimer(pn->pn_engine, &pn->pn_hint);
}

void
plan_fine(struct plan *pn)
{
	free(pn->pn_said);
	pn->pn_said = NULL;
}

/* Between two attempts at this peer. */
static int
plan_waits_for(const struct plan *pn, const struct ike_addr *peer)
{
	const struct policy *pol = pn->pn_policy;

	return ((pol->pol_flags & (POL_ACTIVE | POL_SKIP)) == POL_ACTIVE &&
	    end_is_host(&pol->pol_peer) &&
	    addr_same(&pol->pol_peer.ce_addr, peer) &&
	    tun_find(pn->pn_engine, pn) == NULL);
}

/*
 * Somebody at this address says that he has lost our SAs.  Nothing proves
 * it, so it only makes us look: ask the peer, or ask again, once in a while.
 */
void
plan_hinted(struct engine *en, const struct ike_addr *peer)
{
	struct tunnel *tn, *next;
	struct plan *pn;
	struct sa *sa;
	uint64_t now = en_now(en);

	TAILQ_FOREACH_SAFE(tn, &en->en_tunnels, tn_entry, next)
		LIST_FOREACH(sa, &tn->tn_sas, sa_entry) {
			if (!addr_same(&sa->sa_peer, peer) ||
			    (tn->tn_sa != NULL && tn->tn_sa != sa) ||
			    now - tn->tn_hinted < HINT_EVERY)
				continue;
			if (sa->sa_job != NULL && sa->sa_wait > SEC) {
				tn->tn_hinted = now;
				sa_retransmit(sa);
				break;
			}
			if (sa->sa_state != SA_ESTABLISHED ||
			    (tn->tn_flags & TNF_CLOSING) ||
			    job_find(tn, JOB_PROBE, NULL) != NULL)
				continue;
			tn->tn_hinted = now;
			job_add(tn, JOB_PROBE, NULL, 0);
			break;
		}
	TAILQ_FOREACH(pn, &en->en_plans, pn_entry)
		if (plan_waits_for(pn, peer) &&
		    now - pn->pn_hinted >= HINT_EVERY) {
			pn->pn_hinted = now;
			en_timer(en, &pn->pn_timer, en_jitter(en, 0, 100));
		}
}

static int
end_has(const struct conf_end *ce, const struct ike_addr *a)
{
	unsigned int i, plen = ce->ce_plen;

	if (ce->ce_addr.ia_family == 0)
		return (1);
	if (ce->ce_addr.ia_family != a->ia_family)
		return (0);
	for (i = 0; i < plen / 8; i++)
		if (ce->ce_addr.ia_addr[i] != a->ia_addr[i])
			return (0);
	return (plen % 8 == 0 || ((ce->ce_addr.ia_addr[i] ^ a->ia_addr[i]) >>
	    (8 - plen % 8)) == 0);
}

int
plan_addresses(const struct plan *pn, const struct ike_addr *local,
    const struct ike_addr *peer)
{
	const struct policy *pol = pn->pn_policy;

	return ((pol->pol_af == 0 || pol->pol_af == peer->ia_family) &&
	    end_has(&pol->pol_local, local) && end_has(&pol->pol_peer, peer));
}

/* One step of "the last one that matches, quick at once, default last". */
static int
plan_better(struct plan **best, struct plan *pn)
{
	unsigned int flags = pn->pn_policy->pol_flags;

	if ((flags & POL_DEFAULT) && *best != NULL)
		return (0);
	*best = pn;
	return ((flags & POL_QUICK) != 0);
}

/* Is what the kernel has a packet for in one of the pairs? */
static int
plan_selects(const struct policy *pol, const struct kacquire *ka)
{
	struct ike_ts ts;
	unsigned int i;

	if (ka->ka_local.ts_family == 0)
		return (1);
	for (i = 0; i < pol->pol_src.tl_n; i++)
		if (ts_intersect(&ts, &ka->ka_local,
		    &pol->pol_src.tl_ts[i]) == 0 &&
		    ts_intersect(&ts, &ka->ka_remote,
		    &pol->pol_dst.tl_ts[i]) == 0)
			return (1);
	return (0);
}

struct plan *
plan_for_acquire(struct engine *en, const struct kacquire *ka)
{
	const struct policy *pol;
	struct plan *pn, *best = NULL;

	TAILQ_FOREACH(pn, &en->en_plans, pn_entry) {
		pol = pn->pn_policy;
		if ((pol->pol_flags & (POL_SKIP | POL_FLOWS)) != POL_FLOWS ||
		    policy_proto(pol) != ka->ka_proto ||
		    !end_has(&pol->pol_peer, &ka->ka_peer) ||
		    (ka->ka_self.ia_family != 0 &&
		    !end_has(&pol->pol_local, &ka->ka_self)) ||
		    !plan_selects(pol, ka))
			continue;
		if (plan_better(&best, pn))
			break;
	}
	return (best);
}

struct plan *
plan_for_init(struct engine *en, const struct ike_addr *local,
    const struct ike_addr *peer, const struct ike_props *theirs,
    struct ike_props *chosen, struct plan **nearest)
{
	struct plan *pn, *best = NULL;

	*nearest = NULL;
	TAILQ_FOREACH(pn, &en->en_plans, pn_entry) {
		if ((pn->pn_policy->pol_flags & POL_SKIP) ||
		    !plan_addresses(pn, local, peer))
			continue;
		*nearest = pn;
		if (props_select(chosen, &pn->pn_policy->pol_ikesa, theirs,
		    0) == -1)
			continue;
		props_clear(chosen);
		if (plan_better(&best, pn))
			break;
	}
	if (best != NULL && props_select(chosen, &best->pn_policy->pol_ikesa,
	    theirs, 0) == -1)
		return (NULL);
	return (best);
}

static int
plan_ids(const struct plan *pn, const struct ike_id *idi,
    const struct ike_id *idr)
{
	const struct policy *pol = pn->pn_policy;

	return ((pol->pol_dstid.id_type == 0 ||
	    id_cmp(&pol->pol_dstid, idi) == 0) && (idr->id_type == 0 ||
	    id_cmp(&pol->pol_srcid, idr) == 0));
}

/*
 * Could it have the Child SA that is asked for?  That tells the policies of
 * two ends from each other which have several between them.
 */
static int
plan_child(const struct policy *pol, const struct msg *m)
{
	struct ike_tslist src, dst;
	int rc;

	if (!(pol->pol_flags & POL_FLOWS) || m->m_sa.ps_n == 0)
		return (1);
	if (m->m_sa.ps_prop[0].pr_proto != policy_proto(pol) ||
	    (msg_notify(m, IKE_N_USE_TRANSPORT_MODE) == NULL) !=
	    !(pol->pol_flags & POL_TRANSPORT) ||
	    ts_narrow(&dst, &m->m_tsi, &pol->pol_dst) == -1)
		return (0);
	rc = ts_narrow(&src, &m->m_tsr, &pol->pol_src);
	tslist_clear(&dst);
	if (rc == 0)
		tslist_clear(&src);
	return (rc == 0);
}

struct plan *
plan_for_auth(struct engine *en, const struct sa *sa, const struct msg *m)
{
	struct plan *pn, *best = NULL, *second = NULL, *third = NULL;

	TAILQ_FOREACH(pn, &en->en_plans, pn_entry) {
		if ((pn->pn_policy->pol_flags & POL_SKIP) ||
		    !plan_addresses(pn, &sa->sa_local, &sa->sa_peer) ||
		    !plan_ids(pn, &m->m_idi, &m->m_idr) ||
		    props_offered(&pn->pn_policy->pol_ikesa,
		    &sa->sa_prop.ps_prop[0], 0) == -1)
			continue;
		/* the method decides if it can; the ca says why if not */
		if ((pn->pn_policy->pol_auth == CONF_AUTH_PSK) !=
		    (m->m_authmethod == IKE_AUTH_PSK)) {
			if (third == NULL)
				third = pn;
			continue;
		}
		/* who has nothing for it can say why */
		if (!plan_child(pn->pn_policy, m))
			(void)plan_better(&second, pn);
		else if (plan_better(&best, pn))
			break;
	}
	return (best != NULL ? best : second != NULL ? second : third);
}

void
plan_say(struct plan *pn, const char *fmt, ...)
{
	char said[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said, sizeof(said), fmt, ap);
	va_end(ap);
	if (pn->pn_said != NULL && strcmp(pn->pn_said, said) == 0) {
		log_debug("policy '%s': %s", pn->pn_policy->pol_name, said);
		return;
	}
	log_warnx("policy '%s': %s", pn->pn_policy->pol_name, said);
	en_event(pn->pn_engine, "failed %s: %s", pn->pn_policy->pol_name,
	    said);
	free(pn->pn_said);
	pn->pn_said = strdup(said);
}
