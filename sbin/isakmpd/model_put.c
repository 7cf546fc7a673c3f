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
 * A model in words, compared, and on its way to another process.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "maker.h"

#define MODEL_MAGIC	0x494b4d31

static int
range_same(const struct range *a, const struct range *b)
{
	return (a->r_want == b->r_want && a->r_min == b->r_min &&
	    a->r_max == b->r_max);
}

static int
life_same(const struct life *a, const struct life *b)
{
	return (range_same(&a->lf_s, &b->lf_s) &&
	    range_same(&a->lf_kb, &b->lf_kb));
}

static int
p1_same(const struct p1_xform *a, const struct p1_xform *b)
{
	return (a->px_enc == b->px_enc && a->px_hash == b->px_hash &&
	    a->px_auth == b->px_auth && a->px_group == b->px_group &&
	    range_same(&a->px_bits, &b->px_bits) &&
	    life_same(&a->px_life, &b->px_life));
}

static int
p2_same(const struct p2_xform *a, const struct p2_xform *b)
{
	return (a->qx_proto == b->qx_proto && a->qx_id == b->qx_id &&
	    a->qx_mac == b->qx_mac && a->qx_encap == b->qx_encap &&
	    a->qx_group == b->qx_group && a->qx_suite == b->qx_suite &&
	    range_same(&a->qx_bits, &b->qx_bits) &&
	    life_same(&a->qx_life, &b->qx_life));
}

int
peer_same(const struct peer *a, const struct peer *b)
{
	unsigned int i;

	if (a->pe_id != b->pe_id || a->pe_exch != b->pe_exch ||
	    a->pe_pskmark != b->pe_pskmark ||
	    a->pe_nxforms != b->pe_nxforms ||
	    addr_cmp(&a->pe_addr, &b->pe_addr) != 0 ||
	    addr_cmp(&a->pe_local, &b->pe_local) != 0 ||
	    id_cmp(&a->pe_self, &b->pe_self) != 0 ||
	    id_cmp(&a->pe_remote, &b->pe_remote) != 0)
		return (0);
	for (i = 0; i < a->pe_nxforms; i++)
		if (!p1_same(&a->pe_xforms[i], &b->pe_xforms[i]))
			return (0);
	return (1);
}

static const char *
text_of(const char *s)
{
	return (s == NULL ? "" : s);
}

/* Whether it is to be brought up, or answered, is nothing to an SA. */
int
p2conf_same(const struct p2conf *a, const struct p2conf *b)
{
	unsigned int i;

	if (a->pc_id != b->pc_id || ((a->pc_flags ^ b->pc_flags) &
	    P2C_IFACE) || a->pc_unit != b->pc_unit ||
	    a->pc_nxforms != b->pc_nxforms ||
	    strcmp(text_of(a->pc_tag), text_of(b->pc_tag)) != 0 ||
	    !p2_id_same(&a->pc_local, &b->pc_local) ||
	    !p2_id_same(&a->pc_remote, &b->pc_remote) ||
	    !p2_id_same(&a->pc_nat, &b->pc_nat) ||
	    !peer_same(a->pc_peer, b->pc_peer))
		return (0);
	for (i = 0; i < a->pc_nxforms; i++)
		if (!p2_same(&a->pc_xforms[i], &b->pc_xforms[i]))
			return (0);
	return (1);
}

static void
range_put(struct buf *b, const struct range *r)
{
	buf_put32(b, r->r_want);
	buf_put32(b, r->r_min);
	buf_put32(b, r->r_max);
}

static int
range_get(struct span *s, struct range *r)
{
	if (span_get32(s, &r->r_want) == -1 ||
	    span_get32(s, &r->r_min) == -1 || span_get32(s, &r->r_max) == -1)
		return (-1);
	return (r->r_min <= r->r_want && r->r_want <= r->r_max ? 0 : -1);
}

static void
life_put(struct buf *b, const struct life *lf)
{
	range_put(b, &lf->lf_s);
	range_put(b, &lf->lf_kb);
}

static int
life_get(struct span *s, struct life *lf)
{
	return (range_get(s, &lf->lf_s) == -1 ||
	    range_get(s, &lf->lf_kb) == -1 ? -1 : 0);
}

static void
addr_put(struct buf *b, const struct ike_addr *a)
{
	buf_put8(b, a->ia_family);
	buf_put(b, a->ia_addr, sizeof(a->ia_addr));
	buf_put16(b, a->ia_port);
}

static int
addr_get(struct span *s, struct ike_addr *a)
{
	if (span_get8(s, &a->ia_family) == -1 ||
	    span_get(s, a->ia_addr, sizeof(a->ia_addr)) == -1 ||
	    span_get16(s, &a->ia_port) == -1)
		return (-1);
	return (a->ia_family == 0 || a->ia_family == 4 ||
	    a->ia_family == 6 ? 0 : -1);
}

static void
id_put(struct buf *b, const struct ike_id *id)
{
	buf_put8(b, id->id_type);
	buf_putsized(b, id->id_data, id->id_len);
}

static int
id_get(struct span *s, struct ike_id *id)
{
	struct span data;

	if (span_get8(s, &id->id_type) == -1 ||
	    span_getsized(s, &data) == -1 || data.s_len > IKE_ID_MAX ||
	    (id->id_type == 0) != (data.s_len == 0))
		return (-1);
	if (data.s_len == 0)
		return (0);
	if ((id->id_data = malloc(data.s_len)) == NULL)
		return (-1);
	memcpy(id->id_data, data.s_data, data.s_len);
	id->id_len = data.s_len;
	return (0);
}

static void
id2_put(struct buf *b, const struct p2_id *id)
{
	buf_put8(b, id->pi_type);
	buf_put8(b, id->pi_ts.ts_family);
	buf_put8(b, id->pi_ts.ts_proto);
	buf_put16(b, id->pi_ts.ts_port[0]);
	buf_put16(b, id->pi_ts.ts_port[1]);
	buf_put(b, id->pi_ts.ts_lo, sizeof(id->pi_ts.ts_lo));
	buf_put(b, id->pi_ts.ts_hi, sizeof(id->pi_ts.ts_hi));
}

static int
id2_get(struct span *s, struct p2_id *id)
{
	struct ike_ts *ts = &id->pi_ts;

	if (span_get8(s, &id->pi_type) == -1 ||
	    span_get8(s, &ts->ts_family) == -1 ||
	    span_get8(s, &ts->ts_proto) == -1 ||
	    span_get16(s, &ts->ts_port[0]) == -1 ||
	    span_get16(s, &ts->ts_port[1]) == -1 ||
	    span_get(s, ts->ts_lo, sizeof(ts->ts_lo)) == -1 ||
	    span_get(s, ts->ts_hi, sizeof(ts->ts_hi)) == -1)
		return (-1);
	switch (id->pi_type) {
	case 0:
		return (ts->ts_family == 0 ? 0 : -1);
	case IKE_ID_IPV4:
	case V1_ID_IPV4_SUBNET:
		return (ts->ts_family == 4 ? 0 : -1);
	case IKE_ID_IPV6:
	case V1_ID_IPV6_SUBNET:
		return (ts->ts_family == 6 ? 0 : -1);
	}
	return (-1);
}

static void
p1_put(struct buf *b, const struct p1_xform *px)
{
	buf_put16(b, px->px_enc);
	range_put(b, &px->px_bits);
	buf_put16(b, px->px_hash);
	buf_put16(b, px->px_auth);
	buf_put16(b, px->px_group);
	life_put(b, &px->px_life);
}

static int
p1_get(struct span *s, struct p1_xform *px)
{
	return (span_get16(s, &px->px_enc) == -1 ||
	    range_get(s, &px->px_bits) == -1 ||
	    span_get16(s, &px->px_hash) == -1 ||
	    span_get16(s, &px->px_auth) == -1 ||
	    span_get16(s, &px->px_group) == -1 ||
	    life_get(s, &px->px_life) == -1 ? -1 : 0);
}

static void
p2_put(struct buf *b, const struct p2_xform *qx)
{
	buf_put8(b, qx->qx_proto);
	buf_put8(b, qx->qx_id);
	range_put(b, &qx->qx_bits);
	buf_put16(b, qx->qx_mac);
	buf_put16(b, qx->qx_encap);
	buf_put16(b, qx->qx_group);
	life_put(b, &qx->qx_life);
	buf_put32(b, qx->qx_suite);
}

static int
p2_get(struct span *s, struct p2_xform *qx)
{
	if (span_get8(s, &qx->qx_proto) == -1 ||
	    span_get8(s, &qx->qx_id) == -1 ||
	    range_get(s, &qx->qx_bits) == -1 ||
	    span_get16(s, &qx->qx_mac) == -1 ||
	    span_get16(s, &qx->qx_encap) == -1 ||
	    span_get16(s, &qx->qx_group) == -1 ||
	    life_get(s, &qx->qx_life) == -1 ||
	    span_get32(s, &qx->qx_suite) == -1)
		return (-1);
	return ((qx->qx_proto == V1_PROTO_ESP || qx->qx_proto == V1_PROTO_AH) &&
	    (qx->qx_encap == V1_ENCAP_TUNNEL ||
	    qx->qx_encap == V1_ENCAP_TRANSPORT) &&
	    qx->qx_suite < MK_MAXSUITES ? 0 : -1);
}

static void
peer_put(struct buf *b, const struct peer *pe, int secrets)
{
	unsigned int i;

	buf_putstr(b, pe->pe_name);
	buf_put32(b, pe->pe_id);
	addr_put(b, &pe->pe_addr);
	addr_put(b, &pe->pe_local);
	buf_put8(b, pe->pe_exch);
	buf_put8(b, pe->pe_default);
	id_put(b, &pe->pe_self);
	id_put(b, &pe->pe_remote);
	buf_putsized(b, pe->pe_psk, secrets ? pe->pe_psklen : 0);
	buf_put64(b, pe->pe_pskmark);
	buf_put32(b, pe->pe_nxforms);
	for (i = 0; i < pe->pe_nxforms; i++)
		p1_put(b, &pe->pe_xforms[i]);
}

static int
peer_get_psk(struct span *s, struct peer *pe)
{
	struct span psk;

	if (span_getsized(s, &psk) == -1)
		return (-1);
	if (psk.s_len == 0)
		return (0);
	if ((pe->pe_psk = malloc(psk.s_len)) == NULL)
		return (-1);
	memcpy(pe->pe_psk, psk.s_data, psk.s_len);
	pe->pe_psklen = psk.s_len;
	return (0);
}

static int
peer_get_xforms(struct span *s, struct peer *pe)
{
	uint32_t n;

	if (span_get32(s, &n) == -1 || n == 0 || n > MK_MAXXFORMS ||
	    (pe->pe_xforms = calloc(n, sizeof(*pe->pe_xforms))) == NULL)
		return (-1);
	for (; pe->pe_nxforms < n; pe->pe_nxforms++)
		if (p1_get(s, &pe->pe_xforms[pe->pe_nxforms]) == -1)
			return (-1);
	return (0);
}

static int
peer_get(struct span *s, struct peer *pe)
{
	uint8_t dflt;

	if ((pe->pe_name = span_getstr(s)) == NULL || *pe->pe_name == '\0' ||
	    span_get32(s, &pe->pe_id) == -1 || pe->pe_id == 0 ||
	    addr_get(s, &pe->pe_addr) == -1 ||
	    addr_get(s, &pe->pe_local) == -1 ||
	    span_get8(s, &pe->pe_exch) == -1 ||
	    (pe->pe_exch != V1_X_MAIN && pe->pe_exch != V1_X_AGGRESSIVE) ||
	    span_get8(s, &dflt) == -1 || dflt > 1 ||
	    id_get(s, &pe->pe_self) == -1 ||
	    id_get(s, &pe->pe_remote) == -1 ||
	    peer_get_psk(s, pe) == -1 ||
	    span_get64(s, &pe->pe_pskmark) == -1)
		return (-1);
	pe->pe_default = dflt;
	return (peer_get_xforms(s, pe));
}

static void
conn_put(struct buf *b, const struct p2conf *pc)
{
	unsigned int i;

	buf_putstr(b, pc->pc_name);
	buf_put32(b, pc->pc_id);
	buf_put32(b, pc->pc_peer->pe_id);
	buf_put32(b, pc->pc_flags);
	buf_put32(b, pc->pc_unit);
	id2_put(b, &pc->pc_local);
	id2_put(b, &pc->pc_remote);
	id2_put(b, &pc->pc_nat);
	buf_putstr(b, pc->pc_tag);
	buf_put32(b, pc->pc_nxforms);
	for (i = 0; i < pc->pc_nxforms; i++)
		p2_put(b, &pc->pc_xforms[i]);
}

static int
conn_get_xforms(struct span *s, struct p2conf *pc)
{
	const struct p2_xform *before = NULL;
	struct p2_xform *qx;
	uint32_t n;

	if (span_get32(s, &n) == -1 || n == 0 || n > MK_MAXXFORMS ||
	    (pc->pc_xforms = calloc(n, sizeof(*pc->pc_xforms))) == NULL)
		return (-1);
	for (; pc->pc_nxforms < n; pc->pc_nxforms++) {
		qx = &pc->pc_xforms[pc->pc_nxforms];
		if (p2_get(s, qx) == -1 || (before != NULL &&
		    (before->qx_suite > qx->qx_suite ||
		    before->qx_group != qx->qx_group)))
			return (-1);
		before = qx;
	}
	return (0);
}

static int
conn_get(struct span *s, const struct model *md, struct p2conf *pc)
{
	struct peer *pe;
	uint32_t id;

	if ((pc->pc_name = span_getstr(s)) == NULL || *pc->pc_name == '\0' ||
	    span_get32(s, &pc->pc_id) == -1 || pc->pc_id == 0 ||
	    span_get32(s, &id) == -1 ||
	    span_get32(s, &pc->pc_flags) == -1 ||
	    (pc->pc_flags & ~(P2C_ACTIVE | P2C_ACTIVEONLY | P2C_IFACE)) ||
	    span_get32(s, &pc->pc_unit) == -1 || pc->pc_unit > INT_MAX ||
	    id2_get(s, &pc->pc_local) == -1 || pc->pc_local.pi_type == 0 ||
	    id2_get(s, &pc->pc_remote) == -1 || pc->pc_remote.pi_type == 0 ||
	    id2_get(s, &pc->pc_nat) == -1 ||
	    (pc->pc_tag = span_getstr(s)) == NULL ||
	    conn_get_xforms(s, pc) == -1)
		return (-1);
	if (*pc->pc_tag == '\0') {
		free(pc->pc_tag);
		pc->pc_tag = NULL;
	}
	TAILQ_FOREACH(pe, &md->md_peers, pe_entry)
		if (pe->pe_id == id) {
			pc->pc_peer = pe;
			return (0);
		}
	return (-1);
}

/* The numbers of General, in one order for both ways. */
#define NGENERAL	10
static void
general_of(const struct model *md, uint32_t n[NGENERAL])
{
	n[0] = md->md_retransmits;
	n[1] = md->md_exchmax;
	n[2] = md->md_check;
	n[3] = md->md_dpd;
	n[4] = md->md_keepalive;
	n[5] = md->md_deletesas;
	n[6] = md->md_renegotiate;
	n[7] = md->md_acquireonly;
	n[8] = md->md_loglevel;
	n[9] = md->md_selfsigned;
}

static int
general_get(struct span *s, struct model *md)
{
	uint32_t n[NGENERAL];
	unsigned int i;

	for (i = 0; i < NGENERAL; i++)
		if (span_get32(s, &n[i]) == -1 || n[i] > 86400)
			return (-1);
	md->md_retransmits = n[0];
	md->md_exchmax = n[1];
	md->md_check = n[2];
	md->md_dpd = n[3];
	md->md_keepalive = n[4];
	md->md_deletesas = n[5];
	md->md_renegotiate = n[6];
	md->md_acquireonly = n[7];
	md->md_loglevel = n[8];
	md->md_selfsigned = n[9];
	return (0);
}

static int
listen_get(struct span *s, struct model *md)
{
	uint32_t n;

	if (span_get32(s, &n) == -1 || n > s->s_len)
		return (-1);
	if (n > 0 && (md->md_listen = calloc(n, sizeof(*md->md_listen))) ==
	    NULL)
		return (-1);
	for (; md->md_nlisten < n; md->md_nlisten++)
		if (addr_get(s, &md->md_listen[md->md_nlisten]) == -1)
			return (-1);
	return (0);
}

void
model_put(struct buf *b, const struct model *md, int secrets)
{
	const struct p2conf *pc;
	const struct peer *pe;
	uint32_t n[NGENERAL];
	unsigned int i;

	buf_put32(b, MODEL_MAGIC);
	general_of(md, n);
	for (i = 0; i < NGENERAL; i++)
		buf_put32(b, n[i]);
	buf_put32(b, md->md_nlisten);
	for (i = 0; i < md->md_nlisten; i++)
		addr_put(b, &md->md_listen[i]);
	TAILQ_FOREACH(pe, &md->md_peers, pe_entry) {
		buf_put8(b, 1);
		peer_put(b, pe, secrets);
	}
	TAILQ_FOREACH(pc, &md->md_conns, pc_entry) {
		buf_put8(b, 2);
		conn_put(b, pc);
	}
	buf_put8(b, 0);
}

/* 1: there is more, 0: that was all, -1: no model. */
static int
part_get(struct span *s, struct model *md)
{
	struct p2conf *pc;
	struct peer *pe;
	uint8_t type;

	if (span_get8(s, &type) == -1 || type > 2)
		return (-1);
	if (type == 1 && TAILQ_EMPTY(&md->md_conns)) {
		if ((pe = calloc(1, sizeof(*pe))) == NULL)
			return (-1);
		TAILQ_INSERT_TAIL(&md->md_peers, pe, pe_entry);
		return (peer_get(s, pe) == -1 ? -1 : 1);
	}
	if (type == 2) {
		if ((pc = calloc(1, sizeof(*pc))) == NULL)
			return (-1);
		TAILQ_INSERT_TAIL(&md->md_conns, pc, pc_entry);
		return (conn_get(s, md, pc) == -1 ? -1 : 1);
	}
	return (type == 0 ? 0 : -1);
}

struct model *
model_get(struct span *s)
{
	struct model *md;
	uint32_t magic;
	int more;

	if ((md = calloc(1, sizeof(*md))) == NULL)
		return (NULL);
	TAILQ_INIT(&md->md_peers);
	TAILQ_INIT(&md->md_conns);
	more = span_get32(s, &magic) == -1 || magic != MODEL_MAGIC ||
	    general_get(s, md) == -1 || listen_get(s, md) == -1 ? -1 : 1;
	while (more == 1)
		more = part_get(s, md);
	if (more == 0)
		return (md);
	model_free(md);
	return (NULL);
}
