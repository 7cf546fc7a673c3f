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
 * What the engine has, for the FIFO's S and r.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

const char *
exch_state_name(const struct exch *x)
{
	static const char *const names[] = {
		[XS_START] = "starting",
		[XS_SENT_SA] = "SA sent",
		[XS_SENT_CHOICE] = "SA answered",
		[XS_SENT_KE] = "KE sent",
		[XS_SENT_AUTH] = "ID sent",
		[XS_SENT_QM1] = "first message sent",
		[XS_SENT_QM2] = "first message answered",
		[XS_COMMIT] = "waiting for CONNECTED",
		[XS_DONE] = "done"
	};

	return (names[x->x_state]);
}

static void
show_cookies(struct buf *b, const struct sa *sa)
{
	int i;

	for (i = 0; i < 16; i++)
		buf_printf(b, "%s%02x", i == 8 ? ":" : "", sa->sa_cookies[i]);
}

static void
show_exch(struct buf *b, const struct exch *x, uint64_t now)
{
	if (x->x_state == XS_DONE)
		return;
	buf_printf(b, "\texchange %s msgid %08x, %s, %s, %llu s, %u "
	    "retransmissions\n", v1_exch_name(x->x_type), x->x_msgid,
	    x->x_initiator ? "initiator" : "responder", exch_state_name(x),
	    (unsigned long long)(now - x->x_started) / 1000, x->x_tries);
}

static void
show_sa(struct buf *b, const struct sa *sa, uint64_t now)
{
	const struct exch *x;

	buf_printf(b, "SA phase 1 %s cookies ", sa->sa_conf->pe_name);
	show_cookies(b, sa);
	buf_printf(b, " %s %s", sa->sa_flags & SAF_INITIATOR ? "initiator" :
	    "responder", sa->sa_flags & SAF_REPLACED ? "replaced" :
	    sa->sa_flags & SAF_ESTABLISHED ? "established" : "larval");
	buf_printf(b, "\n\tlocal %s peer %s\n", addr_print(&sa->sa_local),
	    addr_print(&sa->sa_peer));
	if (sa->sa_group != 0)
		buf_printf(b, "\t%s %s %s %s\n",
		    v1_enc_name(sa->sa_keys.k_cipher.ci_enc),
		    v1_hash_name(sa->sa_keys.k_hash),
		    v1_group_name(sa->sa_group), v1_auth_name(sa->sa_auth));
	if (sa->sa_flags & SAF_ESTABLISHED)
		buf_printf(b, "\tpeer is %s%s%s%s\n\tage %llu s of %u s\n",
		    id_print(&sa->sa_remote),
		    sa->sa_flags & SAF_DPD ? ", DPD" : "",
		    sa->sa_flags & SAF_NAT_SELF ? ", NAT before us" : "",
		    sa->sa_flags & SAF_NAT_PEER ? ", NAT before the peer" :
		    "", (unsigned long long)(now - sa->sa_established) / 1000,
		    sa->sa_life_s);
	if (sa->sa_p1 != NULL)
		show_exch(b, sa->sa_p1, now);
	TAILQ_FOREACH(x, &sa->sa_exchs, x_entry)
		show_exch(b, x, now);
}

static void
show_pair(struct buf *b, struct pair *pr, uint64_t now)
{
	const struct conn *cn = pr->pr_conn;
	struct ksa_stat st[2];

	pair_stats(pr, st);
	buf_printf(b, "SA phase 2 %s msgid %08x spi in 0x%08x out 0x%08x %s "
	    "%s\n", cn->cn_conf->pc_name, pr->pr_msgid, pr->pr_in, pr->pr_out,
	    pr->pr_flags & PRF_INITIATOR ? "initiator" : "responder",
	    pr->pr_settled == 0 ? "larval" : pr->pr_flags & PRF_REPLACED ?
	    "replaced" : "mature");
	buf_printf(b, "\tlocal %s peer %s\n\t%s %s%s%s%s group %s%s\n",
	    addr_ntop(&pr->pr_local), addr_ntop(&pr->pr_peer),
	    pr->pr_proto == V1_PROTO_AH ? "AH" : "ESP",
	    pr->pr_proto == V1_PROTO_AH ? v1_ah_name(pr->pr_id) :
	    v1_esp_name(pr->pr_id), pr->pr_mac != V1_MAC_NONE ? " " : "",
	    pr->pr_mac != V1_MAC_NONE ? v1_mac_name(pr->pr_mac) : "",
	    pr->pr_transport ? " transport" : " tunnel",
	    v1_group_name(pr->pr_group), pr->pr_udp ? ", in UDP" : "");
	if (cn->cn_conf->pc_flags & P2C_IFACE)
		buf_printf(b, "\tinterface sec%u\n", cn->cn_conf->pc_unit);
	if (pr->pr_settled != 0)
		buf_printf(b, "\tage %llu s of %u s, %llu octets in, %llu "
		    "out\n", (unsigned long long)(now - pr->pr_settled) /
		    1000, pr->pr_life_s, (unsigned long long)st[0].kt_bytes,
		    (unsigned long long)st[1].kt_bytes);
}

void
engine_show(struct engine *en, struct buf *b)
{
	const uint64_t now = en_now(en);
	const struct sa *sa;
	struct conn *cn;
	struct pair *pr;

	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		show_sa(b, sa, now);
	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry)
			show_pair(b, pr, now);
	if (b->b_len == 0)
		buf_printf(b, "No SAs\n");
}

static void
report_conn(struct buf *b, struct conn *cn)
{
	const struct p2conf *pc = cn->cn_conf;

	buf_printf(b, "connection %s peer %s local-id %s remote-id %s",
	    pc->pc_name, pc->pc_peer->pe_name, p2_id_print(&pc->pc_local),
	    p2_id_print(&pc->pc_remote));
	if (pc->pc_flags & P2C_IFACE)
		buf_printf(b, " interface sec%u", pc->pc_unit);
	buf_printf(b, " %s %s", cn->cn_flags & CNF_WANTED ? "active" :
	    "passive", conn_current(cn) != NULL ? "up" : "down");
	if (cn->cn_failures > 0)
		buf_printf(b, ", failed %u times: %s", cn->cn_failures,
		    cn->cn_said != NULL ? cn->cn_said : "");
	buf_printf(b, "\n");
}

void
engine_report(struct engine *en, struct buf *b)
{
	const struct engine_stats *st = &en->en_stats;
	struct conn *cn;
	const struct {
		const char	*text;
		uint64_t	 n;
	} lines[] = {
		{ "messages sent", st->st_sent },
		{ "messages that could not be sent", st->st_sendfail },
		{ "messages received", st->st_received },
		{ "messages dropped", st->st_dropped },
		{ "messages malformed", st->st_malformed },
		{ "messages that came twice", st->st_doubles },
		{ "retransmissions", st->st_retransmitted },
		{ "ISAKMP SAs established", st->st_p1_ok },
		{ "phase 1 exchanges failed", st->st_p1_failed },
		{ "pairs of SAs established", st->st_p2_ok },
		{ "quick modes failed", st->st_p2_failed },
		{ "dead peer probes sent", st->st_probes },
		{ "NAT keepalives sent", st->st_keepalives },
		{ "errors told to peers", st->st_notifies }
	};
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		buf_printf(b, "%llu %s\n", (unsigned long long)lines[i].n,
		    lines[i].text);
	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		report_conn(b, cn);
	engine_show(en, b);
}
