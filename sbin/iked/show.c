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
 * What there is, for ikectl(8).
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

static const char *
sa_state_name(const struct sa *sa)
{
	static const char *const names[] = {
		"SA_INIT", "AUTH_SIGN", "AUTH_REQUEST", "AUTH_VERIFY",
		"ESTABLISHED", "REKEYED", "CLOSED"
	};

	return (names[sa->sa_state]);
}

static const char *
child_state_name(const struct child *ch)
{
	static const char *const names[] = {
		"LARVAL", "INBOUND", "LIVE", "OLD"
	};

	return (names[ch->ch_state]);
}

/* A JSON string; what a peer says may hold anything. */
static void
json_string(struct buf *b, const char *s)
{
	buf_put8(b, '"');
	for (; *s != '\0'; s++)
		if (*s == '"' || *s == '\\')
			buf_printf(b, "\\%c", *s);
		else if ((unsigned char)*s < 0x20 || (unsigned char)*s > 0x7e)
			buf_printf(b, "\\u%04x", (unsigned char)*s);
		else
			buf_put8(b, *s);
	buf_put8(b, '"');
}

static void
json_pair(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, ",\"%s\":", name);
	json_string(b, value);
}

static void
json_number(struct buf *b, const char *name, uint64_t n)
{
	buf_printf(b, ",\"%s\":%llu", name, (unsigned long long)n);
}

/* What the kernel counted by one SA of a pair. */
static int
child_stat(struct child *ch, int out, struct ksa_stat *kt)
{
	struct engine *en = ch->ch_tun->tn_engine;
	struct ksa ks;

	memset(kt, 0, sizeof(*kt));
	if (!(ch->ch_flags & CHF_INKERNEL) || ch->ch_state == CH_LARVAL ||
	    (out && (ch->ch_state != CH_LIVE || (ch->ch_flags & CHF_MUTE))))
		return (-1);
	child_ksa(ch, &ks, out);
	return (en->en_world.w_statsa(en->en_arg, &ks, kt) == 0 ? 0 : -1);
}

/*
 * The letters of iked_sas and its lines are those of old; where pointers
 * stood there are numbers that are as unique, and say nothing of memory.
 */
static unsigned int
show_sanum(const struct sa *sa)
{
	return (sa == NULL ? 0 : (unsigned int)sa_ourspi(sa));
}

static const char *
show_proto(const struct child *ch)
{
	return (ch->ch_proto == IKE_PROTO_AH ? "AH" : "ESP");
}

static void
show_child(struct child *ch, struct buf *b)
{
	unsigned int parent = show_sanum(ch->ch_tun->tn_sa);
	int i;

	for (i = 0; i < 2; i++) {
		if (i == 1 && ch->ch_out == 0)
			continue;
		buf_printf(b, "  sa_childsas: 0x%08x %s 0x%08x %s %s -> %s "
		    "(%s%s%s) B=0x%08x P=0x%08x @0x%08x\n", ch->ch_in,
		    show_proto(ch),
		    i ? ch->ch_out : ch->ch_in, i ? "out" : "in",
		    addr_ntop(i ? &ch->ch_local : &ch->ch_peer),
		    addr_ntop(i ? &ch->ch_peer : &ch->ch_local),
		    ch->ch_state == CH_LIVE || (i == 0 &&
		    ch->ch_state == CH_HALF) ? "L" : "",
		    ch->ch_mine != NULL || ch->ch_theirs != NULL ? "R" : "",
		    ch->ch_state == CH_LARVAL ? "A" : "",
		    i ? ch->ch_in : ch->ch_out, 0, parent);
	}
}

static void
show_flows(struct child *ch, struct buf *b)
{
	struct plan *pn = ch->ch_tun->tn_plan;
	unsigned int i, j;

	for (i = 0; i < ch->ch_src.tl_n; i++)
		for (j = 0; j < ch->ch_dst.tl_n; j++) {
			if (ch->ch_src.tl_ts[i].ts_family !=
			    ch->ch_dst.tl_ts[j].ts_family)
				continue;
			buf_printf(b, "  sa_flows: 0x%08x %s out %s -> %s "
			    "[%u]@-1 (%s) @0x%08x\n", ch->ch_in,
			    show_proto(ch), ts_print(&ch->ch_src.tl_ts[i]),
			    ts_print(&ch->ch_dst.tl_ts[j]),
			    ch->ch_src.tl_ts[i].ts_proto,
			    pn != NULL && flow_loaded(pn,
			    &ch->ch_src.tl_ts[i], &ch->ch_dst.tl_ts[j]) ?
			    "L" : "", show_sanum(ch->ch_tun->tn_sa));
		}
}

static void
show_text(struct tunnel *tn, struct sa *sa, struct buf *b)
{
	struct plan *pn = tn->tn_plan;
	struct child *ch;

	buf_printf(b, "iked_sas: 0x%08x rspi 0x%016llx ispi 0x%016llx %s->%s"
	    "<%s>[] %s %c%s%s nexti 0x%08x pol %u \"%s\"\n", show_sanum(sa),
	    (unsigned long long)sa->sa_spi[1],
	    (unsigned long long)sa->sa_spi[0], addr_print(&sa->sa_local),
	    addr_print(&sa->sa_peer), id_print(&tn->tn_peerid),
	    sa_state_name(sa), sa->sa_flags & SAF_INITIATOR ? 'i' : 'r',
	    sa_natt(sa) ? " natt" : "",
	    sa->sa_flags & SAF_ENCAP ? " udpecap" : "",
	    show_sanum(sa->sa_mine), pn != NULL ? pn->pn_policy->pol_id : 0,
	    pn != NULL ? pn->pn_policy->pol_name : "-");
	if (sa != tn->tn_sa)
		return;
	TAILQ_FOREACH(ch, &tn->tn_children, ch_entry)
		show_child(ch, b);
	if ((ch = child_current(tn)) != NULL)
		show_flows(ch, b);
}

static void
json_child(struct child *ch, struct buf *b)
{
	struct engine *en = ch->ch_tun->tn_engine;
	struct ksa_stat in, out;
	struct buf algs = { 0 };

	(void)child_stat(ch, 0, &in);
	(void)child_stat(ch, 1, &out);
	if (ch->ch_prop.ps_n > 0)
		prop_print(&algs, &ch->ch_prop.ps_prop[0]);
	buf_put8(&algs, '\0');
	buf_printf(b, "{\"spi_in\":\"0x%08x\",\"spi_out\":\"0x%08x\"",
	    ch->ch_in, ch->ch_out);
	json_pair(b, "state", child_state_name(ch));
	json_pair(b, "algorithms", algs.b_failed ? "" : (char *)algs.b_data);
	json_pair(b, "from", tslist_print(&ch->ch_src));
	json_pair(b, "to", tslist_print(&ch->ch_dst));
	json_number(b, "age", (en_now(en) - ch->ch_created) / SEC);
	json_number(b, "bytes_in", in.kt_bytes);
	json_number(b, "packets_in", in.kt_packets);
	json_number(b, "last_in", in.kt_lastuse);
	json_number(b, "bytes_out", out.kt_bytes);
	json_number(b, "packets_out", out.kt_packets);
	json_number(b, "last_out", out.kt_lastuse);
	buf_put8(b, '}');
	buf_clear(&algs);
}

static void
json_sa(struct tunnel *tn, struct sa *sa, struct buf *b)
{
	struct engine *en = tn->tn_engine;
	struct plan *pn = tn->tn_plan;
	const char *sep = "";
	struct child *ch;
	int asks = sa == tn->tn_sa || tn->tn_sa == NULL;

	buf_printf(b, "{\"spi_i\":\"0x%016llx\",\"spi_r\":\"0x%016llx\"",
	    (unsigned long long)sa->sa_spi[0],
	    (unsigned long long)sa->sa_spi[1]);
	json_pair(b, "policy", pn != NULL ? pn->pn_policy->pol_name : "");
	json_number(b, "unit", pn != NULL ? pn->pn_policy->pol_unit : 0);
	json_pair(b, "state", sa_state_name(sa));
	json_pair(b, "role", sa->sa_flags & SAF_INITIATOR ? "initiator" :
	    "responder");
	json_pair(b, "local", addr_print(&sa->sa_local));
	json_pair(b, "peer", addr_print(&sa->sa_peer));
	json_pair(b, "local_id", id_print(&tn->tn_self));
	json_pair(b, "peer_id", id_print(&tn->tn_peerid));
	json_pair(b, "algorithms", sa_algs(sa));
	buf_printf(b, ",\"nat_self\":%s,\"nat_peer\":%s,\"udpencap\":%s",
	    sa->sa_flags & SAF_NAT_SELF ? "true" : "false",
	    sa->sa_flags & SAF_NAT_PEER ? "true" : "false",
	    sa->sa_flags & SAF_ENCAP ? "true" : "false");
	json_number(b, "age", (en_now(en) - sa->sa_created) / SEC);
	json_number(b, "since", tn->tn_up_time);
	json_number(b, "heard", tn->tn_heard == 0 ? 0 :
	    (en_now(en) - tn->tn_heard) / SEC);
	/* the tunnel's: with one of its IKE SAs, so that sums are right */
	json_number(b, "rekeys", asks ? tn->tn_rekeys : 0);
	json_number(b, "ike_rekeys", asks ? tn->tn_ikerekeys : 0);
	json_number(b, "retransmissions", asks ? tn->tn_retransmits : 0);
	buf_printf(b, ",\"children\":[");
	if (asks)
		TAILQ_FOREACH(ch, &tn->tn_children, ch_entry) {
			buf_printf(b, "%s", sep);
			json_child(ch, b);
			sep = ",";
		}
	buf_printf(b, "]}");
}

/* Configured and not up: that, too, is worth a line. */
static void
json_down(struct engine *en, struct buf *b)
{
	const char *sep = "";
	struct tunnel *tn;
	struct plan *pn;

	buf_printf(b, "],\"down\":[");
	TAILQ_FOREACH(pn, &en->en_plans, pn_entry) {
		tn = tun_find(en, pn);
		if ((tn != NULL && child_current(tn) != NULL) ||
		    (pn->pn_policy->pol_flags & POL_SKIP))
			continue;
		buf_printf(b, "%s{\"policy\":", sep);
		json_string(b, pn->pn_policy->pol_name);
		json_number(b, "unit", pn->pn_policy->pol_unit);
		json_number(b, "failures", pn->pn_failures);
		json_pair(b, "why", pn->pn_said != NULL ? pn->pn_said : "");
		buf_put8(b, '}');
		sep = ",";
	}
}

void
engine_show_sa(struct engine *en, struct buf *b, int json)
{
	const char *sep = "";
	struct tunnel *tn;
	struct sa *sa;

	if (json)
		buf_printf(b, "{\"sas\":[");
	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry)
		LIST_FOREACH(sa, &tn->tn_sas, sa_entry) {
			if (sa->sa_state == SA_CLOSED)
				continue;
			if (!json) {
				show_text(tn, sa, b);
				continue;
			}
			buf_printf(b, "%s", sep);
			json_sa(tn, sa, b);
			sep = ",";
		}
	if (json) {
		json_down(en, b);
		buf_printf(b, "]}\n");
	}
}

void
engine_show_stats(struct engine *en, struct buf *b, int nonzero, int json)
{
	const struct engine_stats *st = &en->en_stats;
	struct engine_count ec;
	struct {
		uint64_t	 n;
		const char	*text;	/* "%s": plural */
		const char	*name;
	} rows[] = {
		{ st->st_sas_created, "IKE SA%s created", "sas_created" },
		{ st->st_sas_established, "IKE SA%s established",
		    "sas_established" },
		{ 0, "IKE SA%s currently established", "sas_current" },
		{ st->st_sas_failed, "IKE SA%s failed to establish",
		    "sas_failed" },
		{ st->st_proposals_failed, "failed proposal negotiation%s",
		    "proposals_failed" },
		{ st->st_sas_rekeyed, "IKE SA%s rekeyed", "sas_rekeyed" },
		{ st->st_sas_removed, "IKE SA%s removed", "sas_removed" },
		{ st->st_children_created, "Child SA%s created",
		    "children_created" },
		{ st->st_children_removed, "Child SA%s removed",
		    "children_removed" },
		{ st->st_sent, "message%s sent", "sent" },
		{ st->st_sendfail, "message%s could not be sent",
		    "send_failed" },
		{ st->st_received, "message%s received", "received" },
		{ st->st_dropped, "message%s dropped", "dropped" },
		{ st->st_busy, "request%s dropped, response being worked on",
		    "busy" },
		{ st->st_res_retransmitted, "response%s retransmitted",
		    "responses_retransmitted" },
		{ st->st_req_retransmitted, "request%s retransmitted",
		    "requests_retransmitted" },
		{ st->st_timeouts, "request%s timed out", "timeouts" },
		{ st->st_frags_sent, "fragment%s sent", "frags_sent" },
		{ st->st_frags_sendfail, "fragment%s could not be sent",
		    "frags_send_failed" },
		{ st->st_frags_received, "fragment%s received",
		    "frags_received" },
		{ st->st_frags_dropped, "fragment%s dropped",
		    "frags_dropped" },
		{ st->st_frags_reassembled, "fragmented message%s "
		    "reassembled", "frags_reassembled" },
		{ st->st_moves, "update addresses request%s", "moves" },
		{ st->st_probes, "dpd request%s sent", "probes" },
		{ st->st_keepalives, "keepalive message%s sent",
		    "keepalives" },
		{ st->st_cookies, "cookie%s asked for", "cookies" },
		{ st->st_hints, "hint%s that we have no SAs sent", "hints" }
	};
	size_t i;

	engine_counts(en, &ec);
	rows[2].n = ec.ec_established;
	buf_printf(b, json ? "{" : "ike:\n");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (json) {
			buf_printf(b, "%s\"%s\":%llu", i ? "," : "",
			    rows[i].name, (unsigned long long)rows[i].n);
			continue;
		}
		if (nonzero && rows[i].n == 0)
			continue;
		buf_printf(b, "\t%llu ", (unsigned long long)rows[i].n);
		buf_printf(b, rows[i].text, rows[i].n == 1 ? "" : "s");
		buf_put8(b, '\n');
	}
	if (json)
		buf_printf(b, "}\n");
}
