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
 * Peers that are wrong, and attackers without keys: with everything that was
 * ever on the wire, and with anybody's address.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pair.h"

static const struct mismatch {
	const char	*what;
	const char	*psk;
	const char	*enc[2];	/* main and quick */
	const char	*hash[2];
	const char	*group[2];
	const char	*dstid;
	const char	*from;
} mismatches[] = {
	{ "psk", "another-secret", { NULL }, { NULL }, { NULL }, NULL, NULL },
	{ "main enc", NULL, { "aes-192" }, { NULL }, { NULL }, NULL, NULL },
	{ "main hash", NULL, { NULL }, { "SHA2_384" }, { NULL }, NULL, NULL },
	{ "main group", NULL, { NULL }, { NULL }, { "ECP_521" }, NULL, NULL },
	{ "quick enc", NULL, { NULL, "aes-192" }, { NULL }, { NULL }, NULL,
	    NULL },
	{ "quick hash", NULL, { NULL }, { NULL, "SHA2_512" }, { NULL }, NULL,
	    NULL },
	{ "quick group", NULL, { NULL }, { NULL }, { NULL, "ECP_521" }, NULL,
	    NULL },
	{ "identity", NULL, { NULL }, { NULL }, { NULL }, "nobody.example",
	    NULL },
	{ "selectors", NULL, { NULL }, { NULL }, { NULL }, NULL,
	    "192.168.7.0/255.255.255.0" }
};
#define NMISMATCHES	(sizeof(mismatches) / sizeof(mismatches[0]))

static void
mismatch_set(struct pair *p, int w, const struct mismatch *m)
{
	struct pair_opt *o = &p->p_opt;
	int i;

	for (i = 0; i < 2; i++) {
		if (m->enc[i] != NULL)
			o->o_enc[w][i] = m->enc[i];
		if (m->hash[i] != NULL)
			o->o_hash[w][i] = m->hash[i];
		if (m->group[i] != NULL)
			o->o_group[w][i] = m->group[i];
	}
	if (m->psk != NULL)
		o->o_psk[w] = m->psk;
	o->o_dstid[w] = m->dstid;
	o->o_from[w] = m->from;
}

/* Equal ones, of which none is that of a mismatch. */
static void
mismatch_base(struct pair *p)
{
	struct pair_opt *o = &p->p_opt;
	int i, w;

	for (w = 0; w < 2; w++)
		for (i = 0; i < 2; i++) {
			o->o_enc[w][i] = "aes-256";
			o->o_hash[w][i] = "SHA2_256";
			o->o_group[w][i] = "ECP_256";
		}
}

/* Both ends say so; they try for ever, quietly, until somebody mends it. */
void
test_mismatch(struct sim *s)
{
	const struct mismatch *m = &mismatches[s->s_seed % NMISMATCHES];
	uint64_t sent;
	struct pair p;
	int w = sim_below(s, 2), n;

	pair_make(&p, s);
	p.p_opt.o_active[1] = sim_below(s, 2);
	p.p_opt.o_aggressive = sim_below(s, 4) == 0;
	mismatch_base(&p);
	mismatch_set(&p, w, m);
	pair_startboth(&p);
	sim_run(s, 5 * SIM_MIN);
	for (n = 0; n < 2; n++) {
		p.p_node[n]->n_maxsent = 0;
		if (!history_has(p.p_node[n]->n_name, "warning") &&
		    !history_has(p.p_node[n]->n_name, "info"))
			sim_fail(s, "%s: %s says nothing", m->what,
			    p.p_node[n]->n_name);
	}
	sent = p.p_node[0]->n_sent;
	sim_run(s, 10 * SIM_MIN);
	pair_none(&p, m->what);
	if (p.p_node[0]->n_sent == sent)
		sim_fail(s, "%s: given up", m->what);
	p.p_opt.o_psk[w] = p.p_opt.o_psk[!w];
	p.p_opt.o_dstid[w] = p.p_opt.o_from[w] = NULL;
	mismatch_base(&p);
	pair_reload(&p, w);
	pair_back(&p, 2 * SIM_MIN);
	pair_settle(&p, 2 * SIM_MIN);
	pair_data(&p);
	pair_end(&p);
}

static void
tape(struct sim *s, int mutating)
{
	/* what one end has alone, for what was spoiled, is told of by then */
	struct attack at = {
		.at_mutating = mutating, .at_back = 3 * SIM_MIN,
		.at_quiet = 90 * SIM_SEC, .at_settle = 4 * SIM_MIN
	};
	struct pair p;

	pair_make(&p, s);
	p.p_opt.o_active[1] = sim_below(s, 2);
	p.p_opt.o_aggressive = sim_below(s, 3) == 0;
	attack(&p, &at);
}

void
test_junk(struct sim *s)
{
	tape(s, 1);
}

/* When nothing else happens, a tape changes nothing. */
void
test_replay(struct sim *s)
{
	struct engine_count ec;
	struct pair p;
	struct tape t;
	uint64_t print;
	int w;

	if (sim_below(s, 2)) {
		tape(s, 0);
		return;
	}
	pair_make(&p, s);
	p.p_opt.o_active[1] = sim_below(s, 2);
	p.p_opt.o_aggressive = sim_below(s, 3) == 0;
	p.p_opt.o_anypeer[1] = !p.p_opt.o_active[1] && sim_below(s, 2);
	pair_startboth(&p);
	tape_start(&t, s, 0);
	t.t_every = 1000;
	pair_back(&p, SIM_MIN);
	sim_run(s, 90 * SIM_SEC);	/* doubles are gone by then */
	print = pair_print(&p, 0);
	pair_flows(&p, 100);
	t.t_every = 1 + sim_below(s, 100);
	sim_run(s, SIM_MIN);
	for (w = 0; w < 2; w++) {
		engine_counts(p.p_node[w]->n_engine, &ec);
		if (ec.ec_established > 2 || ec.ec_live != 1)
			sim_fail(s, "%s: %u ISAKMP SAs, %u pairs",
			    p.p_node[w]->n_name, ec.ec_established,
			    ec.ec_live);
	}
	tape_stop(&t);
	pair_settle(&p, 4 * SIM_MIN);
	if (pair_lost(&p) != 0)
		sim_fail(s, "a replay lost %u packets", pair_lost(&p));
	if (pair_print(&p, 0) != print)
		sim_fail(s, "a replay made another pair");
	pair_data(&p);
	pair_end(&p);
}

/* What goes to an address that has proved nothing. */
struct meter {
	struct ike_addr	 m_addr;
	struct dgram	*m_first;	/* of main or aggressive mode */
	uint64_t	 m_in;		/* octets */
	uint64_t	 m_out;
	unsigned int	 m_nin;
	unsigned int	 m_nout;
};

static int
meter_hook(struct sim *s, struct node *from, struct dgram *d, void *arg)
{
	struct meter *m = arg;

	if (m->m_first == NULL)
		m->m_first = dgram_dup(d, d->dg_len);
	if (addr_same(&d->dg_dst, &m->m_addr)) {
		m->m_out += d->dg_len;
		m->m_nout++;
	}
	return (-1);
}

static void
meter_ask(struct sim *s, struct meter *m, const struct dgram *from)
{
	struct dgram *d = dgram_dup(from, from->dg_len);
	unsigned int i;

	memcpy(d->dg_src.ia_addr, m->m_addr.ia_addr,
	    sizeof(d->dg_src.ia_addr));
	if (sim_below(s, 2))
		for (i = 0; i < 8; i++)
			d->dg_data[i] = sim_random(s);
	if (sim_below(s, 4) == 0)
		dgram_mutate(s, d);
	m->m_in += d->dg_len;
	m->m_nin++;
	sim_inject(s, d);
	free(d);
}

/* The same with nothing behind its first payload. */
static struct dgram *
dgram_short(const struct dgram *from)
{
	size_t len = IKE_HDRLEN + (from->dg_data[30] << 8) +
	    from->dg_data[31];
	struct dgram *d;

	if (len > from->dg_len)
		errx(2, "the first message is short");
	d = dgram_dup(from, len);
	d->dg_data[26] = len >> 8;
	d->dg_data[27] = len;
	d->dg_data[28] = 0;
	return (d);
}

void
test_amplify(struct sim *s)
{
	struct meter m = { 0 };
	struct dgram *bare;
	struct pair p;
	unsigned int i;

	pair_make(&p, s);
	p.p_opt.o_anypeer[1] = sim_below(s, 2);
	p.p_opt.o_aggressive = sim_below(s, 2);
	p.p_opt.o_rsa = sim_below(s, 4) == 0;
	s->s_hook = meter_hook;
	s->s_hookarg = &m;
	pair_start(&p, 1);
	pair_start(&p, 0);
	pair_settle(&p, SIM_MIN);
	node_kill(p.p_node[0], 1);
	node_kill(p.p_node[1], 1);
	pair_start(&p, 1);
	m.m_addr = p.p_node[0]->n_addr;
	if (p.p_opt.o_anypeer[1] && sim_below(s, 2))
		m.m_addr.ia_addr[3] ^= 77;
	bare = dgram_short(m.m_first);
	for (i = 0; i < 50; i++) {
		meter_ask(s, &m, sim_below(s, 2) ? m.m_first : bare);
		sim_run(s, sim_below(s, sim_below(s, 2) ? 10 : SIM_SEC));
		if (m.m_nout > m.m_nin || m.m_out > m.m_in)
			sim_fail(s, "%u answers of %llu octets to %u "
			    "questions of %llu", m.m_nout,
			    (unsigned long long)m.m_out, m.m_nin,
			    (unsigned long long)m.m_in);
	}
	sim_run(s, 3 * SIM_MIN);
	if (m.m_nout > m.m_nin || m.m_out > m.m_in)
		sim_fail(s, "%u answers of %llu octets to %u questions of "
		    "%llu", m.m_nout, (unsigned long long)m.m_out, m.m_nin,
		    (unsigned long long)m.m_in);
	free(bare);
	free(m.m_first);
	m.m_first = NULL;
	s->s_hook = NULL;
	pair_start(&p, 0);
	pair_back(&p, SIM_MIN);
	pair_settle(&p, 3 * SIM_MIN);
	pair_end(&p);
}

/* Memory is bounded, what is up stays up, and who comes back gets in. */
void
test_flood(struct sim *s)
{
	struct flood fl = {
		.fl_times = 3000, .fl_every = 500, .fl_sas = 600,
		.fl_kinds = { REKEY_IKE, REKEY_CHILD, REKEY_IKE },
		.fl_settle = 4 * SIM_MIN
	};
	struct meter m = { 0 };
	struct pair p;

	pair_make(&p, s);
	p.p_opt.o_anypeer[1] = 1;
	p.p_opt.o_aggressive = sim_below(s, 4) == 0;
	s->s_hook = meter_hook;
	s->s_hookarg = &m;
	pair_start(&p, 1);
	pair_start(&p, 0);
	pair_settle(&p, SIM_MIN);
	s->s_hook = NULL;
	fl.fl_first = m.m_first;
	flood(&p, &fl);

	node_kill(p.p_node[0], 1);
	flood_for(s, m.m_first, 600, 1);
	pair_start(&p, 0);
	flood_for(s, m.m_first, 1000, 20);
	pair_back(&p, 1);
	free(m.m_first);
	pair_settle(&p, 4 * SIM_MIN);
	pair_data(&p);
	pair_end(&p);
}
