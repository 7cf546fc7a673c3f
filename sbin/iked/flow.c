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
 * The kernel's policies of tunnels that have no interface: what both ends
 * agreed on, as long as there is a tunnel.  A rekeying that narrows them, a
 * peer that moves, a tunnel that goes: each time they are looked at as a
 * whole, and only the difference is told to the kernel.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "log.h"
#include "sa.h"

static void
flow_kernel(const struct flow *fl, struct kflow *kf)
{
	const struct tunnel *tn = fl->fl_tun;

	memset(kf, 0, sizeof(*kf));
	kf->kf_local = fl->fl_local;
	kf->kf_remote = fl->fl_remote;
	kf->kf_self = fl->fl_self;
	kf->kf_peer = fl->fl_peer;
	kf->kf_self.ia_port = kf->kf_peer.ia_port = 0;
	kf->kf_proto = fl->fl_proto;
	kf->kf_transport = fl->fl_transport;
	if (tn != NULL && tn->tn_peerid.id_type != 0) {
		kf->kf_selfid = &tn->tn_self;
		kf->kf_peerid = &tn->tn_peerid;
	}
}

/* Once for each tunnel that has none to carry it. */
static void
flow_load(struct plan *pn, struct flow *fl)
{
	struct engine *en = pn->pn_engine;
	struct kflow kf;
	int error;

	flow_kernel(fl, &kf);
	fl->fl_state = FL_LOADED;
	if ((error = en->en_world.w_flow(en->en_arg, &kf, 1)) == 0)
		return;
	fl->fl_state = FL_REFUSED;
	log_warnx("policy '%s': the kernel refuses the flow from %s to %s: %s",
	    pn->pn_policy->pol_name, ts_print(&fl->fl_local),
	    ts_print(&fl->fl_remote), kernel_flow_reason(error, &kf));
}

static void
flow_drop(struct plan *pn, struct flow *fl, int kernel)
{
	struct engine *en = pn->pn_engine;
	struct kflow kf;

	TAILQ_REMOVE(&pn->pn_flows, fl, fl_entry);
	fl->fl_tun = NULL;
	flow_kernel(fl, &kf);
	if (kernel && fl->fl_state == FL_LOADED)
		(void)en->en_world.w_flow(en->en_arg, &kf, 0);
	free(fl);
}

static struct flow *
flow_find(struct plan *pn, const struct flow *like)
{
	struct flow *fl;

	TAILQ_FOREACH(fl, &pn->pn_flows, fl_entry)
		if (memcmp(&fl->fl_local, &like->fl_local,
		    sizeof(fl->fl_local)) == 0 &&
		    memcmp(&fl->fl_remote, &like->fl_remote,
		    sizeof(fl->fl_remote)) == 0 &&
		    addr_same(&fl->fl_self, &like->fl_self) &&
		    addr_same(&fl->fl_peer, &like->fl_peer))
			return (fl);
	return (NULL);
}

/* It goes by this child; new ones stand behind the others. */
static void
flow_want(struct plan *pn, struct child *ch, const struct ike_ts *local,
    const struct ike_ts *remote)
{
	struct flow like, *fl;

	memset(&like, 0, sizeof(like));
	like.fl_local = *local;
	like.fl_remote = *remote;
	like.fl_self = ch->ch_local;
	like.fl_peer = ch->ch_peer;
	like.fl_proto = ch->ch_proto;
	like.fl_transport = (ch->ch_flags & CHF_TRANSPORT) != 0;
	if ((fl = flow_find(pn, &like)) == NULL) {
		if ((fl = malloc(sizeof(*fl))) == NULL)
			return;
		*fl = like;
		TAILQ_INSERT_TAIL(&pn->pn_flows, fl, fl_entry);
	}
	fl->fl_tun = ch->ch_tun;
	fl->fl_wanted = 1;
}

/* What was negotiated of one `from' and `to'. */
static void
flow_pair(struct plan *pn, struct child *ch, const struct ike_ts *src,
    const struct ike_ts *dst)
{
	struct ike_ts local, remote;
	unsigned int i, j;

	for (i = 0; i < ch->ch_src.tl_n; i++) {
		if (ts_intersect(&local, &ch->ch_src.tl_ts[i], src) == -1)
			continue;
		for (j = 0; j < ch->ch_dst.tl_n; j++)
			if (ts_intersect(&remote, &ch->ch_dst.tl_ts[j],
			    dst) == 0 && local.ts_proto == remote.ts_proto)
				flow_want(pn, ch, &local, &remote);
	}
}

static int
flow_carries(const struct child *ch)
{
	return (ch->ch_state == CH_LIVE || ch->ch_state == CH_HALF);
}

/*
 * A tunnel whose last child has expired keeps its flows until it has another
 * one: nothing is to leave in the clear meanwhile.
 */
static void
flow_tunnel(struct tunnel *tn)
{
	struct plan *pn = tn->tn_plan;
	const struct policy *pol = pn->pn_policy;
	struct child *ch;
	struct flow *fl;
	unsigned int i, n = 0;

	TAILQ_FOREACH(ch, &tn->tn_children, ch_entry) {
		if (!flow_carries(ch))
			continue;
		n++;
		for (i = 0; i < pol->pol_src.tl_n; i++)
			flow_pair(pn, ch, &pol->pol_src.tl_ts[i],
			    &pol->pol_dst.tl_ts[i]);
	}
	if (n == 0)
		TAILQ_FOREACH(fl, &pn->pn_flows, fl_entry)
			if (fl->fl_tun == tn)
				fl->fl_wanted = 1;
}

/* As iked has ever said it: the protocol stands behind both networks. */
static void
flow_put(struct buf *b, const struct flow *fl)
{
	const char *local = ts_print(&fl->fl_local);
	const char *remote = ts_print(&fl->fl_remote);

	buf_printf(b, "%s%s-%.*s=%.*s(%u)", b->b_len > 0 ? ", " : "",
	    fl->fl_proto == IKE_PROTO_AH ? "AH" : "ESP",
	    (int)strcspn(local, " "), local, (int)strcspn(remote, " "),
	    remote, fl->fl_local.ts_proto);
}

static void
flow_log(const struct sa *sa, const struct buf *b)
{
	if (b->b_len > 0 && !b->b_failed)
		log_info("%sikev2_childsa_enable: loaded flows: %.*s",
		    sa != NULL ? sa_prefix(sa) : "", (int)b->b_len,
		    (const char *)b->b_data);
}

void
flow_sync(struct plan *pn, const struct sa *sa)
{
	struct engine *en = pn->pn_engine;
	struct flow *fl, *next;
	struct buf b = { 0 };
	struct tunnel *tn;

	if (!(pn->pn_policy->pol_flags & POL_FLOWS))
		return;
	TAILQ_FOREACH(fl, &pn->pn_flows, fl_entry)
		fl->fl_wanted = 0;
	if (!(en->en_flags & ENF_DECOUPLED))
		TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry)
			if (tn->tn_plan == pn &&
			    !(tn->tn_flags & (TNF_CLOSING | TNF_GONE)))
				flow_tunnel(tn);
	TAILQ_FOREACH_SAFE(fl, &pn->pn_flows, fl_entry, next)
		if (!fl->fl_wanted)
			flow_drop(pn, fl, 1);
	TAILQ_FOREACH(fl, &pn->pn_flows, fl_entry) {
		if (fl->fl_state != FL_NEW)
			continue;
		flow_load(pn, fl);
		if (fl->fl_state == FL_LOADED)
			flow_put(&b, fl);
	}
	flow_log(sa, &b);
	buf_clear(&b);
}

void
flow_clear(struct plan *pn, int kernel)
{
	struct flow *fl;

	while ((fl = TAILQ_FIRST(&pn->pn_flows)) != NULL)
		flow_drop(pn, fl, kernel);
}

int
flow_loaded(struct plan *pn, const struct ike_ts *local,
    const struct ike_ts *remote)
{
	struct flow *fl;

	TAILQ_FOREACH(fl, &pn->pn_flows, fl_entry)
		if (fl->fl_state == FL_LOADED &&
		    memcmp(&fl->fl_local, local, sizeof(*local)) == 0 &&
		    memcmp(&fl->fl_remote, remote, sizeof(*remote)) == 0)
			return (1);
	return (0);
}
